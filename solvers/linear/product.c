/* product.c - matrix products in fixed tiles: one tile is one BLAS call on one thread, and the
 * threads share the tiles, so the bits do not depend on their number (TRUST 2.3). */
#include "product.h"

#include <cblas.h>

/* Measured on two threads, kernel SkylakeX (160 GF/s), n = 4000, as the share of a whole product's
 * rate: tiles of 512 x 512 reach .81, 1024 x 1024 .90, 1024 x 2048 .94, 2048 x 2048 .95; with the
 * kernel Haswell (81 GF/s) they differ by .03. What small tiles lose is the packing of their sides,
 * once for every tile; what large ones lose is the work for more threads. */
enum {
    TILE_ROWS = 1024, /* at most, in a tile */
    TILE_COLUMNS = 2048,
    DIVIDED = 96, /* a product of no more rows is too short to be shared */
    GRAIN = 8     /* tiles begin on multiples of this, one cache line of doubles */
};

/* How a product is cut. One that is alone has an even number of pieces down, so that two threads
 * both have work; two products have one in each. */
typedef struct cut {
    size_t down, across;
} cut;

static cut cut_of(const wio_product *p, bool alone)
{
    cut c = {.down = (p->rows + TILE_ROWS - 1) / TILE_ROWS,
             .across = (p->columns + TILE_COLUMNS - 1) / TILE_COLUMNS};
    if (alone && p->rows > DIVIDED) {
        c.down += c.down % 2;
    }
    return c;
}

size_t wio_piece(size_t length, size_t count, size_t at)
{
    size_t start = (length * at / count + GRAIN - 1) / GRAIN * GRAIN;
    return start < length ? start : length;
}

void wio_multiply_here(const wio_product *p)
{
    int rows = (int)p->rows, columns = (int)p->columns, inner = (int)p->inner;
    int lda = (int)p->lda, ldb = (int)p->ldb, ldc = (int)p->ldc;
    if (p->single) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, inner,
                    (float)p->alpha, p->A, lda, p->B, ldb, (float)p->beta, p->C, ldc);
    } else {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, inner, p->alpha, p->A,
                    lda, p->B, ldb, p->beta, p->C, ldc);
    }
}

static void multiply_tile(const wio_product *p, cut c, size_t tile)
{
    size_t i = wio_piece(p->rows, c.down, tile / c.across);
    size_t j = wio_piece(p->columns, c.across, tile % c.across);
    size_t size = p->single ? sizeof(float) : sizeof(double);
    wio_product part = *p;
    part.rows = wio_piece(p->rows, c.down, tile / c.across + 1) - i;
    part.columns = wio_piece(p->columns, c.across, tile % c.across + 1) - j;
    part.A = (const char *)p->A + i * p->lda * size;
    part.B = (const char *)p->B + j * size;
    part.C = (char *)p->C + (i * p->ldc + j) * size;
    if (part.rows > 0 && part.columns > 0) {
        wio_multiply_here(&part);
    }
}

void wio_multiply(const wio_product *product, size_t count, int threads)
{
    const wio_product *last = &product[count - 1];
    cut first = cut_of(product, count == 1), second = cut_of(last, count == 1);
    size_t begin = first.down * first.across;
    size_t tiles = count == 1 ? begin : begin + second.down * second.across;
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (tiles > 1 && threads > 1)
    for (size_t t = 0; t < tiles; t++) {
        if (t < begin) {
            multiply_tile(product, first, t);
        } else {
            multiply_tile(last, second, t - begin);
        }
    }
}
