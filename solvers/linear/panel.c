/* panel.c - products with a matrix that comes in panels of whole rows, several in one go.
 *
 * Plain: threads take rows. Transposed: threads take bands of columns, so that every sum of a column
 * runs down the rows in order, whichever panel they come in. */
#include "series.h"
#include "system.h"

#include <omp.h>

enum { ROWS = 64, STEP = 4, DOWN = 8, BAND = 8192, LEAST_WORK = 1 << 16 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int kind_of(const wio_panel_product *product)
{
    return product->absolute ? WIO_ABSOLUTE : 0;
}

static void plain_rows(size_t count, const wio_panel_product *product, size_t first, size_t from,
                       size_t to, size_t n, const double *Z)
{
    for (size_t i = from; i < to; i += STEP) {
        for (size_t c = 0; c < count; c++) {
            if (!product[c].transposed) {
                wio_rows(product[c].y + first + i, least(STEP, to - i), n, n, Z + i * n,
                         kind_of(&product[c]), product[c].x);
            }
        }
    }
}

static void transposed_band(size_t count, const wio_panel_product *product, size_t first,
                            size_t rows, size_t n, const double *Z, size_t j, size_t width)
{
    for (size_t i = 0; i < rows; i += DOWN) {
        for (size_t c = 0; c < count; c++) {
            if (product[c].transposed) {
                wio_band(product[c].y + j, least(DOWN, rows - i), width, n, Z + i * n + j,
                         kind_of(&product[c]), product[c].x + first + i);
            }
        }
    }
}

void wio_panel_apply(size_t count, const wio_panel_product *product, size_t first, size_t rows,
                     size_t n, const double *Z, int threads)
{
    size_t transposed = 0;
    int team = omp_in_parallel() || rows * n < LEAST_WORK ? 1 : threads;
    for (size_t c = 0; c < count; c++) {
        transposed += product[c].transposed;
    }
    if (transposed < count) {
#pragma omp parallel for schedule(dynamic) num_threads(team) if (team > 1)
        for (size_t i = 0; i < rows; i += ROWS) {
            plain_rows(count, product, first, i, least(i + ROWS, rows), n, Z);
        }
    }
    size_t band = least(BAND, (n / (size_t)team + 8) / 8 * 8);
    if (transposed != 0) {
#pragma omp parallel for schedule(dynamic) num_threads(team) if (team > 1)
        for (size_t j = 0; j < n; j += band) {
            transposed_band(count, product, first, rows, n, Z, j, least(band, n - j));
        }
    }
}
