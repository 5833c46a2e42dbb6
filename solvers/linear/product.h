/* product.h - matrix products cut into tiles; not for models. */
#ifndef WIO_PRODUCT_H
#define WIO_PRODUCT_H

#include "../../core/internal.h"

/* C = beta C + alpha A B, all row-major, each with its own distance between rows; of doubles, or of
 * floats when single. */
typedef struct wio_product {
    size_t rows, columns, inner;
    double alpha, beta;
    const void *A, *B;
    void *C;
    size_t lda, ldb, ldc;
    bool single;
} wio_product;

/* One product or two that do not depend on one another, cut into tiles by their shapes alone; the
 * threads share the tiles, so the bits do not depend on their number. */
void wio_multiply(const wio_product *product, size_t count, int threads);
/* One product by one call on this thread. */
void wio_multiply_here(const wio_product *product);
/* Where piece `at` of `count` of a length begins, on a multiple of one cache line. */
size_t wio_piece(size_t length, size_t count, size_t at);

#endif
