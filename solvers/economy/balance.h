/* balance.h - private to the balance_*.c files: one problem, its factors, its state. */
#ifndef WIO_BALANCE_H
#define WIO_BALANCE_H

#include "../../core/internal.h"

/* Four numbers side by side. Kernels on them are built for AVX2 and for any processor: the same
 * operations in the same order, so the same bits. */
typedef double balance_quad
    __attribute__((vector_size(4 * sizeof(double)), aligned(sizeof(double)), may_alias));
typedef long long balance_mask __attribute__((vector_size(4 * sizeof(long long))));
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define BALANCE_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define BALANCE_WIDE
#endif

typedef struct balance {
    size_t rows, columns;
    const double *W;     /* [rows x columns] cells that may change; those that may not are 0 */
    double *own;         /* W when it is a copy, else NULL */
    const double *u, *v; /* targets less the cells that may not change */
    double row_floor, column_floor; /* a gap is relative to the target, or cells, but not to less */
    bool negative;                  /* W has negative cells */
    double tolerance;
    size_t sweeps, done;
    int threads;
    const wio_balance_options *options;
    unsigned char *sign; /* [rows + columns] what wio_balance_signs found */
    double *room;        /* [2 x blocks x columns + 4 x blocks] of balance_report.c */
    double *r, *s, *t;   /* factors of rows and columns; t = 1/s, 0 where s is */
    double *target;      /* [rows + columns] u and v as KRAS moves them */
    wio_log *log;
    wio_error *err;
} balance;

/* "row US.A" or "column 3". */
void wio_balance_name(wio_text *text, const balance *b, bool column, size_t index);
/* What the cells of every row of Z are: WIO_POSITIVE, WIO_NEGATIVE, WIO_BROKEN (not finite) as bits. */
enum { WIO_POSITIVE = 1, WIO_NEGATIVE = 2, WIO_BROKEN = 4 };
void wio_balance_signs(balance *b, const double *Z);

/* balance_check.c: targets that cannot be met, all of them in the log. TABLE, MEMORY. */
wio_status wio_balance_feasible(balance *b);
/* After sweeps that did not converge (no negative cells): rows whose buyers take less than they have
 * to sell, or columns whose sellers have less than they need, found by the factors. TABLE when
 * there are some; WIO_OK when none are found. */
wio_status wio_balance_blocked(balance *b);

/* balance_sweep.c: r and s by sweeps. *gap: largest relative gap of a row; columns are met.
 * WIO_OK when it is within the tolerance; NOT_CONVERGED, without a message, when not. */
wio_status wio_balance_sweep(balance *b, double *gap);
/* Row i of W with the factors applied. */
void wio_balance_apply(double *x, const balance *b, size_t i);
/* How X meets u and v, the targets with fixed cells, and where it differs from Z; with `apply` X is
 * made row by row on the way. */
size_t wio_balance_report_room(size_t rows, size_t columns); /* doubles in b->room */
void wio_balance_report_fill(wio_balance_report *report, const balance *b, double *X,
                             const double *Z, const double *u, const double *v, bool apply);

/* balance_kras.c: X holds W and is changed in place; b->target becomes the targets that are met. */
wio_status wio_balance_kras(double *X, const double *Z, balance *b, wio_balance_report *report);

/* The factor that brings a row of positive sum p and negative sum -n to its target:
 * p r - n/r = u (Junius & Oosterhaven 2003; Temurshoev, Miller & Bouwmeester 2013 where p = 0). */
double wio_balance_factor(double target, double p, double n);
/* How far the sum p - n is off: relative to the target, to p + n (sums that cancel cannot be closer)
 * and to the floor, whichever is largest. */
double wio_balance_gap(double p, double n, double target, double floor);

#endif
