/* woven.h - right-hand sides of a large system side by side (woven.c); not for models. */
#ifndef WIO_WOVEN_H
#define WIO_WOVEN_H

#include "system.h"

enum {
    /* Most columns that go through the factors together: at n = 4000 BLAS's products run at .90 of
       their rate with 512, .83 with 256, .65 with 64 (kernel Cooperlake, two threads, measured). */
    WIO_WIDE = 512
};

/* The width for k columns: a multiple of 16, 64 at least. */
size_t wio_woven_width(size_t k);
/* Y [n x width], k vectors of X [k x n] beside each other and then zeros; and back. */
void wio_weave(double *Y, size_t width, const double *X, size_t n, size_t k);
void wio_unweave(double *X, const double *Y, size_t width, size_t n, size_t k);
/* wio_lu_solve in place for columns side by side, in doubles, above WIO_SMALL. */
void wio_woven_solve(double *Y, const double *lu, const lapack_int *pivot, size_t n, size_t width,
                     bool transposed);

#endif
