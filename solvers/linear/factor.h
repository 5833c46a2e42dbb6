/* factor.h - factors of an M-matrix without pivots, and solves with them; not for models. */
#ifndef WIO_FACTOR_H
#define WIO_FACTOR_H

#include "../../core/internal.h"

/* Factors of I - A = L U for A >= 0, U with ones on its diagonal, both in lu [n x n] row-major
 * (read by columns: LAPACK's factors of (I - A)' without interchanges), of floats when single.
 * OK; NOT_PRODUCTIVE when an element of A is negative or not finite, or a pivot is not positive; MEMORY.
 * No messages. The bits do not depend on the number of threads. Cost: 2/3 n^3 flops. */
wio_status wio_factor(void *lu, size_t n, const double *A, bool single, int threads);

typedef struct wio_factor_kind {
    bool transposed; /* B' x = b instead of B x = b */
    bool single;     /* lu and X are of floats */
    bool pivoted;    /* lu is LAPACK's, so that pivots may be negative */
} wio_factor_kind;

/* B x = b for `width` columns in place, on this thread. X [n x width], of the type of lu; the width
 * a multiple of 16, 64 at least: then the bits of a column depend on nothing but the column, except
 * the first and the last eight in floats (woven.c). */
void wio_factor_solve(void *X, const void *lu, size_t n, size_t width, const wio_factor_kind *kind);
/* The same for one vector, other bits; for proofs, which bound what they are given. */
void wio_factor_solve_one(double *x, const void *lu, size_t n, bool transposed, bool single,
                          int threads);

/* c such that |x - exact|_i <= c w_i max(|x| / w) for every solution x that wio_factor_solve gives
 * by double factors: proven before any is computed (factor_solve.c). work has room for 2 n. */
double wio_factor_bound(const double *lu, size_t n, const double *w, const double *z,
                        bool transposed, int threads, double *work);

#endif
