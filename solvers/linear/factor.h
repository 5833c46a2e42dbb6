/* factor.h - factors of an M-matrix without pivots, and solves with them; not for models. */
#ifndef WIO_FACTOR_H
#define WIO_FACTOR_H

#include "../../core/internal.h"

/* Factors of I - A = L U for A >= 0, U with ones on its diagonal, both in lu [n x n] row-major
 * (read by columns: LAPACK's factors of (I - A)' without interchanges), of floats when single.
 * OK; NOT_PRODUCTIVE when an element of A is negative or not finite, or a pivot is not positive; MEMORY.
 * No messages. The bits do not depend on the number of threads. Cost: 2/3 n^3 flops. */
wio_status wio_factor(void *lu, size_t n, const double *A, bool single, int threads);

/* B x = b, or B' x = b when transposed, for exactly WIO_BLOCK columns in place, on this thread:
 * equal bits whatever the neighbours (TRUST 2.2). X [WIO_BLOCK x n] of the type of lu. */
void wio_factor_solve(void *X, const void *lu, size_t n, bool transposed, bool single);
/* The same for one vector, other bits; for proofs, which bound what they are given. */
void wio_factor_solve_one(double *x, const void *lu, size_t n, bool transposed, bool single,
                          int threads);

/* c such that |x - exact|_i <= c w_i max(|x| / w) for every solution x that wio_factor_solve gives
 * by double factors: proven before any is computed (factor_solve.c). work has room for 2 n. */
double wio_factor_bound(const double *lu, size_t n, const double *w, const double *z,
                        bool transposed, int threads, double *work);

#endif
