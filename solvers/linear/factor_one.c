/* factor_one.c - one column by the factors of factor.c on all threads, at the speed of memory, and the
 * bound of factor_solve.c, which reads the factors twice more. */
#include "factor.h"

#include "system.h"

#include <string.h>

enum {
    LEAF = 64,         /* equations of a triangle that is solved row by row */
    ROWS = 64,         /* that one thread takes at a time */
    COLUMNS = 256,     /* the same; 2 kB of every row, one after the other */
    SHARED = 256 * 256 /* elements above which threads share a rectangle: 20 us of reading */
};

typedef struct sweep {
    size_t n, size;
    const char *lu;
    bool transposed, single;
    int threads;
} sweep;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int kind_of(const sweep *s)
{
    return s->single ? WIO_SINGLE : 0;
}

static const char *element(const sweep *s, size_t i, size_t j)
{
    return s->lu + (i * s->n + j) * s->size;
}

/* x_i -= sum of m_ij x_j for rows [i, i + rows) and columns [j, j + inner). */
static void take_rows(const sweep *s, double *x, size_t i, size_t rows, size_t j, size_t inner)
{
#pragma omp parallel for schedule(static)                                                          \
    num_threads(s->threads) if (s->threads > 1 && rows * inner > SHARED)
    for (size_t r = i; r < i + rows; r += ROWS) {
        double y[ROWS];
        size_t count = smaller(ROWS, i + rows - r);
        wio_rows(y, count, inner, s->n, element(s, r, j), kind_of(s), x + j);
        for (size_t k = 0; k < count; k++) {
            x[r + k] -= y[k];
        }
    }
}

/* The same with m_ji, a sum down the rows for each column. */
static void take_columns(const sweep *s, double *x, size_t i, size_t rows, size_t j, size_t inner)
{
#pragma omp parallel for schedule(static)                                                          \
    num_threads(s->threads) if (s->threads > 1 && rows * inner > SHARED)
    for (size_t c = i; c < i + rows; c += COLUMNS) {
        double y[COLUMNS] = {0.0};
        size_t count = smaller(COLUMNS, i + rows - c);
        wio_band(y, inner, count, s->n, element(s, j, c), kind_of(s), x + j);
        for (size_t k = 0; k < count; k++) {
            x[c + k] -= y[k];
        }
    }
}

static double number_at(const sweep *s, size_t i, size_t j)
{
    const void *at = s->transposed ? element(s, j, i) : element(s, i, j);
    return s->single ? (double)*(const float *)at : *(const double *)at;
}

static void triangle(const sweep *s, double *x, size_t i, size_t n, bool backward)
{
    if (n > LEAF) {
        size_t first = n / 2, rest = n - first;
        triangle(s, x, backward ? i + first : i, backward ? rest : first, backward);
        (s->transposed ? take_columns
                       : take_rows)(s, x, backward ? i : i + first, backward ? first : rest,
                                    backward ? i + first : i, backward ? rest : first);
        triangle(s, x, backward ? i : i + first, backward ? first : rest, backward);
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
                     .single = single,
                     .threads = threads};
    triangle(&s, x, 0, n, false);
    triangle(&s, x, 0, n, true);
}

/* --- the bound ------------------------------------------------------------------------------------- */

/* All beside the diagonals is at most 0: magnitudes are differences. */

/* t = |U| w, then g = |L| t. */
static void weigh_rows(double *g, double *t, const double *lu, size_t n, const double *w,
                       int threads)
{
    for (int step = 0; step < 2; step++) {
        const double *x = step == 0 ? w : t;
        double *to = step == 0 ? t : g;
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
        for (size_t first = 0; first < n; first += ROWS) {
            size_t end = smaller(n, first + ROWS);
            size_t j = step == 0 ? end : 0, width = step == 0 ? n - end : first;
            wio_rows(to + first, end - first, width, n, lu + first * n + j, 0, x + j);
            for (size_t i = first; i < end; i++) { /* and the triangle at the diagonal */
                double sum = (step == 0 ? x[i] : lu[i * n + i] * x[i]) - to[i];
                for (size_t k = step == 0 ? i + 1 : first; k < (step == 0 ? end : i); k++) {
                    sum -= lu[i * n + k] * x[k];
                }
                to[i] = sum;
            }
        }
    }
}

/* t = |L'| w, then g = |U'| t: sums down the columns. */
static void weigh_columns(double *g, double *t, const double *lu, size_t n, const double *w,
                          int threads)
{
    for (int step = 0; step < 2; step++) {
        const double *x = step == 0 ? w : t;
        double *to = step == 0 ? t : g;
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
        for (size_t first = 0; first < n; first += COLUMNS) {
            size_t end = smaller(n, first + COLUMNS);
            size_t i = step == 0 ? end : 0, rows = step == 0 ? n - end : first;
            memset(to + first, 0, (end - first) * sizeof *to);
            wio_band(to + first, rows, end - first, n, lu + i * n + first, 0, x + i);
            for (size_t r = first; r < end; r++) { /* and the triangle at the diagonal */
                for (size_t j = step == 0 ? first : r + 1; j < (step == 0 ? r : end); j++) {
                    to[j] += lu[r * n + j] * x[r];
                }
            }
            for (size_t j = first; j < end; j++) {
                to[j] = (step == 0 ? lu[j * n + j] * x[j] : x[j]) - to[j];
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
