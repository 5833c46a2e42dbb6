/* inverse.h - what inverse.c and inverse_check.c share; not for models. */
#ifndef WIO_INVERSE_H
#define WIO_INVERSE_H

#include "system.h"

/* C = beta C + alpha A B, all row-major, each with its own distance between rows. */
typedef struct wio_product {
    size_t rows, columns, inner;
    double alpha, beta;
    const double *A, *B;
    double *C;
    size_t lda, ldb, ldc;
} wio_product;

/* One product or two that do not depend on one another, cut into tiles by their shapes alone; the
 * threads share the tiles, so the bits do not depend on their number. */
void wio_multiply(const wio_product *product, size_t count, int threads);

/* What is proven about X >= 0 as the inverse of I - A, A >= 0; work [n x n] is overwritten.
 * NOT_PRODUCTIVE without a message when the proof fails or the residual is too large, MEMORY. */
wio_status wio_inverse_check(wio_inverse_report *report, size_t n, const double *A, const double *X,
                             double *work, bool quick, int threads);
/* |I - (I - A) X|_1 / (n |I - A|_1 |X|_1 u) for any signs; the product is made in work [n x n]. */
wio_status wio_inverse_residual(double *ratio, size_t n, const double *A, const double *X,
                                double *work, int threads);

#endif
