/* extract.h - what is lost when unknowns of x = A x + f are taken out, or some of their links. */
#ifndef WIO_EXTRACT_H
#define WIO_EXTRACT_H

#include "linear.h"

/* Which links of an unknown k, or of a group K, are cut, and how much of them, 0 < s <= 1. With
 * ((1-s) I + s L_KK) y = amount_K:
 *   ALL      row, column and f_k become 0, s = 1:  x - x* = L E_K y,          amount = x
 *   COLUMNS  the columns of A times 1-s:           x - x* = s (L - I) E_K y,  amount = x
 *   ROWS     the rows of A times 1-s:              x - x* = s L E_K y,        amount = A x
 * L is (I - A)^-1 and E_K the columns of the identity; y is what K keeps of x (COLUMNS), or of its
 * row of A x (ROWS). */
typedef enum wio_cut_links { WIO_CUT_ALL, WIO_CUT_COLUMNS, WIO_CUT_ROWS } wio_cut_links;

typedef struct wio_cut {
    wio_cut_links links;
    double share; /* s; 1 with ALL */
} wio_cut;

/* Every unknown's links cut, one unknown at a time: loss(a,k) = g_a'(x - x*).
 *   loss      [accounts x n]
 *   own       [n] x_k - x*_k, or NULL
 *   diagonal  [n] l_kk, or NULL
 *   A, v      as for wio_inverse; weight [accounts x n] the g_a; amount [n] as above
 *   cut       NULL: all of them
 *   options, report, diagnosis  as for wio_inverse
 * Errors: those of wio_inverse; ARGUMENT (share); NONFINITE for weight and amount. Outputs are
 * unchanged then. Cost: one wio_inverse and 2 n^2 an account; memory n^2 more than that.
 * Source: Dietzenbacher & van der Linden 1997; Miller & Blair, 3rd ed., chapter 12. */
wio_status wio_extract_each(double *loss, double *own, double *diagonal, size_t n, const double *A,
                            const double *v, const wio_cut *cut, size_t accounts,
                            const double *weight, const double *amount,
                            const wio_inverse_options *options, wio_inverse_report *report,
                            wio_diagnosis *diagnosis, wio_error *err);

/* The links of a group K cut together.
 *   drop   [n] x - x*; with ALL exactly x_k inside the group
 *   cut    NULL: all of them
 *   group  [count] increasing
 * Errors: ARGUMENT, NONFINITE, SINGULAR, those of wio_system_solve. Cost: `count` solves. */
wio_status wio_extract_group(double *drop, const wio_system *system, const wio_cut *cut,
                             size_t count, const size_t *group, const double *amount,
                             wio_certificate *certificate, wio_error *err);

#endif
