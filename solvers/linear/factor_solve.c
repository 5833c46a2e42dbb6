/* factor_solve.c - solves with the factors of factor.c, and what their error can be at most.
 *
 * Many columns, side by side (woven.c), go through the recursion of factor.c together, its leaves
 * by BLAS's triangular solve (substitution; it multiplies by rounded reciprocals of the diagonal, one
 * rounding more). With the error of the factors, E in factor.c, and n + 2 roundings for each triangle
 * (Higham, 2nd ed., theorem 8.5 and 9.4) a computed x^ satisfies, for B = I - A,
 *
 *   (B + dB) x^ = f,  |dB| <= eps |L||U|,  eps = gamma(3 n + 2320), barring underflow.
 *
 * Where the proof of the system has w > 0 with B w >= z > 0, and g = |L||U|w, computed once:
 * |x^| <= a w, a = max |x^_i| / w_i, gives |dB x^| <= eps a g <= eps a max(g_i / z_i) B w, so that
 *
 *   |x^ - x*| = |B^-1 dB x^| <= w a c,  c = eps max(g_i / z_i),
 *
 * because B^-1 >= 0. The number c is known before anything is solved. */
#include "factor.h"

#include "product.h"
#include "system.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    /* OpenBLAS has other kernels for products of no more than 1e6 operations (rows times columns
       times terms; SkylakeX and Cooperlake), and which one is taken must not depend on the number
       of columns: no product here is smaller than 128 x 64 x 128. So leaves have 128 to 255
       equations, 4 % of the work at 4000, where BLAS's triangular solve runs at .6 of the product's
       rate (measured). */
    SPLIT = 256,
    TILE = 512 /* rows and terms of one product; 1024 and 4096 are no faster (measured) */
};

/* --- many columns ---------------------------------------------------------------------------------- */

typedef struct sweep {
    size_t n, size, width;
    const char *lu;
    char *X; /* [n x width] */
    bool transposed, single;
    size_t start; /* rows of X before it are 0 in every column, until the backward sweep */
} sweep;

/* Rows `to` on of X less the block of the matrix times rows `from` on. */
static void update(const sweep *s, size_t to, size_t rows, size_t from, size_t inner)
{
    CBLAS_TRANSPOSE kind = s->transposed ? CblasTrans : CblasNoTrans;
    int n = (int)s->n, width = (int)s->width;
    size_t down = (rows + TILE - 1) / TILE, along = (inner + TILE - 1) / TILE;
    for (size_t t = 0; t < down * along; t++) {
        size_t i = wio_piece(rows, down, t / along), k = wio_piece(inner, along, t % along);
        int height = (int)(wio_piece(rows, down, t / along + 1) - i);
        int depth = (int)(wio_piece(inner, along, t % along + 1) - k);
        size_t r = to + i, c = from + k;
        const char *T = s->lu + (s->transposed ? c * s->n + r : r * s->n + c) * s->size;
        const char *Y = s->X + c * s->width * s->size;
        char *X = s->X + r * s->width * s->size;
        if (s->single) {
            cblas_sgemm(CblasRowMajor, kind, CblasNoTrans, height, width, depth, -1.0F,
                        (const float *)T, n, (const float *)Y, width, 1.0F, (float *)X, width);
        } else {
            cblas_dgemm(CblasRowMajor, kind, CblasNoTrans, height, width, depth, -1.0,
                        (const double *)T, n, (const double *)Y, width, 1.0, (double *)X, width);
        }
    }
}

/* One leaf. The plain solve has the pivots first, the transposed one last. */
static void leaf(const sweep *s, size_t i, size_t h, bool backward)
{
    bool pivots = s->transposed == backward;
    CBLAS_UPLO side = pivots ? CblasLower : CblasUpper;
    CBLAS_TRANSPOSE kind = s->transposed ? CblasTrans : CblasNoTrans;
    CBLAS_DIAG diagonal = pivots ? CblasNonUnit : CblasUnit;
    const char *T = s->lu + i * (s->n + 1) * s->size;
    char *X = s->X + i * s->width * s->size;
    int n = (int)s->n, width = (int)s->width;
    if (s->single) {
        cblas_strsm(CblasRowMajor, CblasLeft, side, kind, diagonal, (int)h, width, 1.0F,
                    (const float *)T, n, (float *)X, width);
    } else {
        cblas_dtrsm(CblasRowMajor, CblasLeft, side, kind, diagonal, (int)h, width, 1.0,
                    (const double *)T, n, (double *)X, width);
    }
}

static void triangle(const sweep *s, size_t i, size_t n, bool backward)
{
    if (!backward && i + n <= s->start) {
        return;
    }
    if (n < SPLIT) {
        leaf(s, i, n, backward);
        return;
    }
    size_t first = n / 2, rest = n - first; /* both at least 128 */
    if (backward) {
        triangle(s, i + first, rest, true);
        update(s, i, first, i + first, rest);
        triangle(s, i, first, true);
    } else {
        triangle(s, i, first, false);
        if (i + first > s->start) {
            update(s, i + first, rest, i, first);
        }
        triangle(s, i + first, rest, false);
    }
}

/* The first row of X that is not 0 in all columns. -0 becomes 0 on the way: then leaving out what is
 * multiplied by 0, and divided by a pivot above 0, changes no bit, whatever the neighbours. */
static size_t find_start(void *X, size_t n, size_t width, bool single)
{
    double *d = X;
    float *f = X;
    size_t start = n;
    for (size_t i = 0; i < n; i++) {
        bool zero = true;
        for (size_t at = i * width; at < (i + 1) * width; at++) {
            if (single) {
                f[at] += 0.0F;
                zero = zero && f[at] == 0.0F;
            } else {
                d[at] += 0.0;
                zero = zero && d[at] == 0.0;
            }
        }
        start = !zero && i < start ? i : start;
    }
    return start;
}

void wio_factor_solve(void *X, const void *lu, size_t n, size_t width, const wio_factor_kind *kind)
{
    sweep s = {.n = n,
               .size = kind->single ? sizeof(float) : sizeof(double),
               .width = width,
               .lu = lu,
               .X = X,
               .transposed = kind->transposed,
               .single = kind->single};
    s.start = kind->pivoted ? 0 : find_start(X, n, width, kind->single);
    triangle(&s, 0, n, false);
    triangle(&s, 0, n, true);
}
