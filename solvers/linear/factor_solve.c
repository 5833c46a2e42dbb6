/* factor_solve.c - solves with the factors of factor.c, and what their error can be at most.
 *
 * Sixty-four columns go through the recursion of factor.c together, its leaves by BLAS's
 * triangular solve (substitution; it multiplies by rounded reciprocals of the diagonal, one rounding
 * more). With the error of the factors, E in factor.c, and n + 2 roundings for each triangle
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

#include "system.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    /* OpenBLAS has other kernels for products of no more than 1e6 operations (rows times 64 times
       terms; SkylakeX and Cooperlake): no product here is smaller than 112 x 64 x 112. So leaves
       have 112 to 255 equations, 6 % of the work at 4000, where BLAS's triangular solve runs at .4
       of the product's rate (measured). */
    SPLIT = 256,
    /* At odd orders those kernels round the last four of 64 columns differently (measured in dgetrs
       at 577): BLAS gets multiples of this, the rest own loops. */
    EVEN = 16,
    TILE = 512,    /* rows and terms of one product, .9 of the rate of a large one (measured) */
    ONE_LEAF = 64, /* for one column */
    SHARE = 64     /* rows or columns that one thread takes at a time */
};

/* --- sixty-four columns ---------------------------------------------------------------------------- */

typedef struct sweep {
    size_t n, size;
    const char *lu;
    char *X; /* [WIO_BLOCK x n] */
    bool transposed, single;
    size_t start; /* rows of X before it are 0 in every column, until the backward sweep */
} sweep;

/* Where piece `at` of `count` begins; the length is a multiple of EVEN, and so is every piece. */
static size_t even_piece(size_t length, size_t count, size_t at)
{
    return length / EVEN * at / count * EVEN;
}

/* Rows `to` on of X less the block of the matrix times rows `from` on: read by columns, that block
 * is transposed for the plain solve. */
static void update(const sweep *s, size_t to, size_t rows, size_t from, size_t inner)
{
    int n = (int)s->n;
    CBLAS_TRANSPOSE kind = s->transposed ? CblasNoTrans : CblasTrans;
    size_t down = (rows + TILE - 1) / TILE, along = (inner + TILE - 1) / TILE;
    for (size_t t = 0; t < down * along; t++) {
        size_t i = even_piece(rows, down, t / along), k = even_piece(inner, along, t % along);
        int height = (int)(even_piece(rows, down, t / along + 1) - i);
        int depth = (int)(even_piece(inner, along, t % along + 1) - k);
        size_t r = to + i, c = from + k;
        const char *T = s->lu + (s->transposed ? c * s->n + r : r * s->n + c) * s->size;
        const char *Y = s->X + c * s->size;
        char *X = s->X + r * s->size;
        if (s->single) {
            cblas_sgemm(CblasColMajor, kind, CblasNoTrans, height, WIO_BLOCK, depth, -1.0F,
                        (const float *)T, n, (const float *)Y, n, 1.0F, (float *)X, n);
        } else {
            cblas_dgemm(CblasColMajor, kind, CblasNoTrans, height, WIO_BLOCK, depth, -1.0,
                        (const double *)T, n, (const double *)Y, n, 1.0, (double *)X, n);
        }
    }
}

/* One leaf. The plain solve has the pivots first, the transposed one last. */
static void leaf(const sweep *s, size_t i, size_t h, bool backward)
{
    bool pivots = s->transposed == backward;
    CBLAS_UPLO side = pivots ? CblasUpper : CblasLower; /* read by columns */
    CBLAS_TRANSPOSE kind = s->transposed ? CblasNoTrans : CblasTrans;
    CBLAS_DIAG diagonal = pivots ? CblasNonUnit : CblasUnit;
    const char *T = s->lu + i * (s->n + 1) * s->size;
    char *X = s->X + i * s->size;
    if (s->single) {
        cblas_strsm(CblasColMajor, CblasLeft, side, kind, diagonal, (int)h, WIO_BLOCK, 1.0F,
                    (const float *)T, (int)s->n, (float *)X, (int)s->n);
    } else {
        cblas_dtrsm(CblasColMajor, CblasLeft, side, kind, diagonal, (int)h, WIO_BLOCK, 1.0,
                    (const double *)T, (int)s->n, (double *)X, (int)s->n);
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
    size_t first = n / 2 / EVEN * EVEN, rest = n - first; /* both at least 112 */
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

static double number_at(const sweep *s, size_t i, size_t j)
{
    const void *at = s->lu + (s->transposed ? j * s->n + i : i * s->n + j) * s->size;
    return s->single ? (double)*(const float *)at : *(const double *)at;
}

/* x_i -= sum over j in [from, to) of t_ij x_j in every column, and over the pivot when it has one. */
static void own_row(const sweep *s, size_t i, size_t from, size_t to, bool divide)
{
    for (size_t c = 0; c < WIO_BLOCK; c++) {
        char *x = s->X + c * s->n * s->size;
        double *d = (double *)x;
        float *f = (float *)x;
        double sum = s->single ? (double)f[i] : d[i];
        for (size_t j = from; j < to; j++) {
            sum -= number_at(s, i, j) * (s->single ? (double)f[j] : d[j]);
        }
        sum = divide ? sum / number_at(s, i, i) : sum;
        if (s->single) {
            f[i] = (float)sum;
        } else {
            d[i] = sum;
        }
    }
}

/* The first row of X that is not 0 in all columns. -0 becomes 0 on the way: then leaving out what is
 * multiplied by 0 changes no bit, whatever the neighbours. */
static size_t find_start(void *X, size_t n, bool single)
{
    size_t start = n;
    double *d = X;
    float *f = X;
    for (size_t c = 0; c < WIO_BLOCK; c++) {
        for (size_t i = 0; i < n; i++) {
            size_t at = c * n + i;
            bool zero;
            if (single) {
                f[at] += 0.0F;
                zero = f[at] == 0.0F;
            } else {
                d[at] += 0.0;
                zero = d[at] == 0.0;
            }
            start = !zero && i < start ? i : start;
        }
    }
    return start;
}

void wio_factor_solve(void *X, const void *lu, size_t n, bool transposed, bool single)
{
    const sweep s = {.n = n,
                     .size = single ? sizeof(float) : sizeof(double),
                     .lu = lu,
                     .X = X,
                     .transposed = transposed,
                     .single = single,
                     .start = find_start(X, n, single)};
    size_t most = n / EVEN * EVEN; /* the rest by own loops: less than EVEN equations */
    if (most > 0) {
        triangle(&s, 0, most, false);
    }
    for (size_t i = most; i < n; i++) {
        own_row(&s, i, 0, i, !transposed);
    }
    for (size_t i = n; i-- > most;) {
        own_row(&s, i, i + 1, n, transposed);
    }
    for (size_t i = 0; most < n && i < most; i++) {
        own_row(&s, i, most, n, false);
    }
    if (most > 0) {
        triangle(&s, 0, most, true);
    }
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
