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
    TILE = 512,    /* rows and terms of one product; 1024 and 4096 are no faster (measured) */
    ONE_LEAF = 64, /* for one column */
    SHARE = 64     /* rows or columns that one thread takes at a time */
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

static double number_at(const sweep *s, size_t i, size_t j)
{
    const void *at = s->lu + (s->transposed ? j * s->n + i : i * s->n + j) * s->size;
    return s->single ? (double)*(const float *)at : *(const double *)at;
}

/* --- one column ------------------------------------------------------------------------------------ */

/* sum of t_j x_j over count elements, in eight lanes. */
static inline __attribute__((always_inline)) double dot(const void *t, size_t count,
                                                        const double *x, bool single)
{
    enum { LANES = 8 };
    const double *d = t;
    const float *f = t;
    double lane[LANES] = {0};
    size_t j = 0;
    for (; j + LANES <= count; j += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            lane[l] += (single ? (double)f[j + l] : d[j + l]) * x[j + l];
        }
    }
    for (size_t l = 0; j < count; j++, l++) {
        lane[l] += (single ? (double)f[j] : d[j]) * x[j];
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* y_i -= sum of m_ij x_j for rows [i, i + rows) and columns [j, j + inner); rows are shared. */
static void take_rows(const sweep *s, double *x, size_t i, size_t rows, size_t j, size_t inner,
                      int threads)
{
    bool shared = threads > 1 && rows * inner > (size_t)TILE * TILE;
#pragma omp parallel for schedule(static) num_threads(threads) if (shared)
    for (size_t r = i; r < i + rows; r++) {
        const void *row = s->lu + (r * s->n + j) * s->size;
        x[r] -= s->single ? dot(row, inner, x + j, true) : dot(row, inner, x + j, false);
    }
}

/* The same with m_ji: columns are shared, each a sum down its rows in order. */
static void take_columns(const sweep *s, double *x, size_t i, size_t rows, size_t j, size_t inner,
                         int threads)
{
    bool shared = threads > 1 && rows * inner > (size_t)TILE * TILE;
#pragma omp parallel for schedule(static) num_threads(threads) if (shared)
    for (size_t c = i; c < i + rows; c += SHARE) {
        size_t end = c + SHARE < i + rows ? c + SHARE : i + rows;
        for (size_t k = j; k < j + inner; k++) {
            const float *f = (const float *)s->lu + k * s->n;
            const double *d = (const double *)s->lu + k * s->n;
            double by = x[k];
            if (s->single) {
                for (size_t l = c; l < end; l++) {
                    x[l] -= (double)f[l] * by;
                }
            } else {
                for (size_t l = c; l < end; l++) {
                    x[l] -= d[l] * by;
                }
            }
        }
    }
}

static void one_triangle(const sweep *s, double *x, size_t i, size_t n, bool backward, int threads)
{
    if (n > ONE_LEAF) {
        size_t first = n / 2, rest = n - first;
        one_triangle(s, x, backward ? i + first : i, backward ? rest : first, backward, threads);
        (s->transposed ? take_columns
                       : take_rows)(s, x, backward ? i : i + first, backward ? first : rest,
                                    backward ? i + first : i, backward ? rest : first, threads);
        one_triangle(s, x, backward ? i : i + first, backward ? first : rest, backward, threads);
        return;
    }
    bool pivots = s->transposed == backward;
    for (size_t at = 0; at < n; at++) {
        size_t r = backward ? i + n - 1 - at : i + at;
        double sum = x[r];
        for (size_t k = backward ? r + 1 : i; k < (backward ? i + n : r); k++) {
            sum -= number_at(s, r, k) * x[k];
        }
        x[r] = pivots ? sum / number_at(s, r, r) : sum;
    }
}

void wio_factor_solve_one(double *x, const void *lu, size_t n, bool transposed, bool single,
                          int threads)
{
    const sweep s = {.n = n,
                     .size = single ? sizeof(float) : sizeof(double),
                     .lu = lu,
                     .transposed = transposed,
                     .single = single};
    one_triangle(&s, x, 0, n, false, threads);
    one_triangle(&s, x, 0, n, true, threads);
}

/* --- the bound ------------------------------------------------------------------------------------- */

/* g = |L| (|U| w): rows of the triangles. All beside the diagonals is at most 0. */
static void weigh_rows(double *g, double *t, const double *lu, size_t n, const double *w,
                       int threads)
{
#pragma omp parallel for schedule(dynamic, SHARE) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < n; i++) {
        t[i] = w[i] - dot(lu + i * n + i + 1, n - i - 1, w + i + 1, false);
    }
#pragma omp parallel for schedule(dynamic, SHARE) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < n; i++) {
        g[i] = lu[i * n + i] * t[i] - dot(lu + i * n, i, t, false);
    }
}

/* g = |U'| (|L'| w): down the columns, SHARE of them at a time. */
static void weigh_columns(double *g, double *t, const double *lu, size_t n, const double *w,
                          int threads)
{
    for (int step = 0; step < 2; step++) {
        const double *from = step == 0 ? w : t;
        double *to = step == 0 ? t : g;
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
        for (size_t c = 0; c < n; c += SHARE) {
            size_t end = c + SHARE < n ? c + SHARE : n;
            memset(to + c, 0, (end - c) * sizeof *to);
            for (size_t i = step == 0 ? c : 0; i < (step == 0 ? n : end); i++) {
                const double *row = lu + i * n;
                /* the columns of row i that are below (above) the diagonal */
                size_t low = step == 0 || i < c ? c : i + 1;
                size_t high = step == 1 || i >= end ? end : i;
                for (size_t j = low; j < high; j++) {
                    to[j] -= row[j] * from[i];
                }
            }
            for (size_t j = c; j < end; j++) {
                to[j] += step == 0 ? lu[j * n + j] * from[j] : from[j];
            }
        }
    }
}

double wio_factor_bound(const double *lu, size_t n, const double *w, const double *z,
                        bool transposed, int threads, double *work)
{
    double *g = work, *t = work + n, most = 0.0;
    (transposed ? weigh_columns : weigh_rows)(g, t, lu, n, w, threads);
    for (size_t i = 0; i < n; i++) {
        most = wio_worse(g[i] / z[i], most);
    }
    /* g itself is rounded: two sums of n numbers of one sign, and the quotient. */
    return wio_gamma(3 * n + 2320) * most * (1.0 + 2.0 * wio_gamma(2 * n + 16));
}
