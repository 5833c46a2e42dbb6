/* inverse.h - what inverse.c and inverse_check.c share; not for models. */
#ifndef WIO_INVERSE_H
#define WIO_INVERSE_H

#include "product.h"
#include "system.h"

/* What is proven about X >= 0 as the inverse of I - A, A >= 0; work [n x n] is overwritten.
 * NOT_PRODUCTIVE without a message when the proof fails or the residual is too large, MEMORY. */
wio_status wio_inverse_check(wio_inverse_report *report, size_t n, const double *A, const double *X,
                             double *work, bool quick, int threads);
/* |I - (I - A) X|_1 / (n |I - A|_1 |X|_1 u) for any signs; the product is made in work [n x n]. */
wio_status wio_inverse_residual(double *ratio, size_t n, const double *A, const double *X,
                                double *work, int threads);

#endif
