/* substitute.c - forward and back substitution with the factors of lu.c, for systems of order up
 * to WIO_SMALL, where a block of 64 columns through LAPACK costs more than the few that are wanted.
 *
 * Every element of every right-hand side sees one sequence of operations,
 *   x_j <- (x_j - t_j0 x_0 - t_j1 x_1 - ...) / t_jj,
 * products and differences rounded one by one (no fused operation, no sums across lanes), so the
 * bits do not depend on lane, neighbours, vector width or the BLAS. Rows are taken four at a time
 * only to keep four independent sums in flight.
 *
 * lu holds the factors of (I - A)' = P L U by columns. Read by rows, row j of it is column j of
 * L\U, so the plain solve, U' L' P' x = f, runs along rows and the transposed one down columns. A
 * backward sweep is a forward one with every stride negative. */
#include "system.h"

enum { ROWS = 4 };

/* A triangle from its first row: element (j,i), i <= j, at t[j row + i column]; x_j at x[j step]. */
typedef struct sweep {
    const double *t;
    ptrdiff_t n, row, column, step;
    double *x;
    bool unit; /* ones on the diagonal, not stored */
} sweep;

static sweep make_sweep(double *x, const double *lu, size_t n, size_t width, bool transposed,
                        bool backward)
{
    ptrdiff_t order = (ptrdiff_t)n, step = (ptrdiff_t)width, last = order - 1;
    sweep s = {.t = lu,
               .n = order,
               .row = transposed ? 1 : order,
               .column = transposed ? order : 1,
               .step = step,
               .x = x,
               .unit = transposed != backward};
    if (backward) {
        s.t += last * (order + 1);
        s.x += last * step;
        s.row = -s.row;
        s.column = -s.column;
        s.step = -step;
    }
    return s;
}

/* Eight interleaved right-hand sides, `rows` rows from row j on. */
static inline __attribute__((always_inline)) void eight_rows(const sweep *s, ptrdiff_t j,
                                                             const int rows)
{
    const ptrdiff_t row = s->row, column = s->column, step = s->step;
    const double *t = s->t + j * row, *own = t + j * column, *from = s->x;
    double *x = s->x + j * step;
    wio_quad low[ROWS], high[ROWS];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        low[r] = *(const wio_quad *)(x + r * step);
        high[r] = *(const wio_quad *)(x + r * step + 4);
    }
    for (ptrdiff_t i = 0; i < j; i++) {
        wio_quad left = *(const wio_quad *)from, right = *(const wio_quad *)(from + 4);
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            low[r] -= t[r * row] * left;
            high[r] -= t[r * row] * right;
        }
        t += column;
        from += step;
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 4
        for (int i = 0; i < r; i++) {
            low[r] -= own[r * row + i * column] * low[i];
            high[r] -= own[r * row + i * column] * high[i];
        }
        if (!s->unit) {
            low[r] /= own[r * (row + column)];
            high[r] /= own[r * (row + column)];
        }
        *(wio_quad *)(x + r * step) = low[r];
        *(wio_quad *)(x + r * step + 4) = high[r];
    }
}

/* The same for one right-hand side. */
static inline __attribute__((always_inline)) void one_rows(const sweep *s, ptrdiff_t j,
                                                           const int rows)
{
    const ptrdiff_t row = s->row, column = s->column, step = s->step;
    const double *t = s->t + j * row, *own = t + j * column, *from = s->x;
    double *x = s->x + j * step, sum[ROWS];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        sum[r] = x[r * step];
    }
    for (ptrdiff_t i = 0; i < j; i++) {
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            sum[r] -= t[r * row] * *from;
        }
        t += column;
        from += step;
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 4
        for (int i = 0; i < r; i++) {
            sum[r] -= own[r * row + i * column] * sum[i];
        }
        x[r * step] = sum[r] = s->unit ? sum[r] : sum[r] / own[r * (row + column)];
    }
}

static inline __attribute__((always_inline)) void run_eight(const sweep *s)
{
    ptrdiff_t j = 0;
    for (; j + ROWS <= s->n; j += ROWS) {
        eight_rows(s, j, ROWS);
    }
    for (; j < s->n; j++) {
        eight_rows(s, j, 1);
    }
}

static void sweep_portable(const sweep *s)
{
    run_eight(s);
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(WIO_NO_AVX2)
__attribute__((target("avx2"))) static void sweep_avx2(const sweep *s)
{
    run_eight(s);
}
#endif

static void sweep_one(const sweep *s)
{
    ptrdiff_t j = 0;
    for (; j + ROWS <= s->n; j += ROWS) {
        one_rows(s, j, ROWS);
    }
    for (; j < s->n; j++) {
        one_rows(s, j, 1);
    }
}

typedef void sweep_kernel(const sweep *);

static sweep_kernel *choose_kernel(void)
{
#if defined(__x86_64__) && defined(__GNUC__) && !defined(WIO_NO_AVX2)
    if (__builtin_cpu_supports("avx2")) {
        return sweep_avx2;
    }
#endif
    return sweep_portable;
}

/* The interchanges of P, in order for P' g, from the last for P w. */
void wio_permute(double *x, const lapack_int *pivot, size_t n, size_t width, bool backward)
{
    for (size_t at = 0; at < n; at++) {
        size_t k = backward ? n - 1 - at : at, with = (size_t)pivot[k] - 1;
        for (size_t l = 0; with != k && l < width; l++) {
            double kept = x[k * width + l];
            x[k * width + l] = x[with * width + l];
            x[with * width + l] = kept;
        }
    }
}

static void substitute(double *x, const double *lu, const lapack_int *pivot, size_t n, size_t width,
                       bool transposed, sweep_kernel *run)
{
    sweep forward = make_sweep(x, lu, n, width, transposed, false);
    sweep backward = make_sweep(x, lu, n, width, transposed, true);
    if (transposed) {
        wio_permute(x, pivot, n, width, false);
    }
    run(&forward);
    run(&backward);
    if (!transposed) {
        wio_permute(x, pivot, n, width, true);
    }
}

void wio_substitute(double *x, const double *lu, const lapack_int *pivot, size_t n, bool transposed)
{
    substitute(x, lu, pivot, n, WIO_LANES, transposed, choose_kernel());
}

void wio_substitute_portable(double *x, const double *lu, const lapack_int *pivot, size_t n,
                             bool transposed)
{
    substitute(x, lu, pivot, n, WIO_LANES, transposed, sweep_portable);
}

void wio_substitute_one(double *x, const double *lu, const lapack_int *pivot, size_t n,
                        bool transposed)
{
    substitute(x, lu, pivot, n, 1, transposed, sweep_one);
}
