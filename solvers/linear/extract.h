/* extract.h - what is lost when unknowns are taken out of x = A x + f. */
#ifndef WIO_EXTRACT_H
#define WIO_EXTRACT_H

#include "linear.h"

/* Every unknown taken out, one at a time: its row, its column and its f_k become 0, and then
 *   x - x* = L e_k x_k / l_kk,   loss(a,k) = g_a'(x - x*) = (g_a'L)_k x_k / l_kk.
 *   loss      [accounts x n]
 *   diagonal  [n] l_kk, or NULL
 *   A, v      as for wio_inverse; weight [accounts x n] the g_a; x [n] with x = A x + f
 *   options, report, diagnosis  as for wio_inverse
 * Errors: those of wio_inverse; NONFINITE for weight and x. Outputs are unchanged then.
 * Cost: one wio_inverse and 2 n^2 an account; memory n^2 more than that.
 * Source: Dietzenbacher & van der Linden 1997; Miller & Blair, 3rd ed., chapter 12. */
wio_status wio_extract_each(double *loss, double *diagonal, size_t n, const double *A,
                            const double *v, size_t accounts, const double *weight, const double *x,
                            const wio_inverse_options *options, wio_inverse_report *report,
                            wio_diagnosis *diagnosis, wio_error *err);

/* A group K taken out together: x - x* = L E_K y with L_KK y = x_K.
 *   drop   [n] x - x*; exactly x_k inside the group
 *   group  [count] increasing
 * Errors: ARGUMENT, NONFINITE, SINGULAR, those of wio_system_solve. Cost: `count` solves. */
wio_status wio_extract_group(double *drop, const wio_system *system, size_t count,
                             const size_t *group, const double *x, wio_certificate *certificate,
                             wio_error *err);

#endif
