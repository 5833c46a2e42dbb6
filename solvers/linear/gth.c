/* gth.c - elimination without subtraction (Grassmann, Taksar & Heyman 1985): I - A from the
 * elements of A beside its diagonal and from v, the shares of the columns that are not in A, as
 * data. The diagonal of I - A, v_j + sum over i != j of a_ij, is never formed as 1 - a_jj, so no
 * digit is lost however near to 1 the radius of A is.
 *
 *   d_k = v_k + sum over i > k of m_ik,  r_kj = m_kj / d_k,  m_ij += m_ik r_kj   (i, j > k, v too)
 *   I - A = (D - C)(I - R): C below the diagonal, R above, both >= 0
 *
 * Error, every operation being +, * or / of numbers >= 0. By the matrix-tree theorem (Chaiken 1982)
 * the determinant and the cofactors of an m x m block are sums of products of m and m - 1 data with
 * no minus sign, so a relative change of the data by e roundings changes the inverse, element by
 * element, by at most (2m - 1) e (the result of Alfa, Xue & Ye 2002, Numer. Math. 90; the form is
 * that of O'Cinneide 1993, Numer. Math. 65). Step k hands on data with e <= PANEL + 4 roundings: 2
 * for the compensated d_k, a division, a product, and PANEL additions in whatever order BLAS adds.
 * Summed over m = n - 1, ..., 0, with n + 5 roundings a step for a right-hand side on its way down
 * and m + 5 on its way up:
 *   68 (n^2 - 2n + 1) + 1.5 n^2 + 9.5 n <= 70 n^2 roundings,
 * a proven bound of the relative error of every x_i, barring underflow. What is seen is near n u. */
#include "system.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

enum {
    PANEL = 64,   /* columns per step of the blocked elimination; in the bound above */
    STRIP = 8,    /* columns per step within a panel */
    TILE = 128,   /* columns per task; on n alone, so that threads do not change the bits */
    SERIAL = 512, /* orders below which threads cost more than they bring */
    FEW = 4       /* columns that are cheaper one by one than as eight lanes */
};

double wio_gth_bound(size_t n)
{
    return wio_gamma(70 * n * n);
}

/* Rounding of the table's quotients and totals: 1 - column sum and v may differ by this much. */
static double slack(size_t n)
{
    return 4.0 * (double)(n + 16) * WIO_UNIT;
}

bool wio_gth_fits(size_t n, const double *A, const double *v)
{
    for (size_t i = 0; v != NULL && i < n * n; i++) {
        if (!(A[i] >= 0.0)) {
            return false;
        }
    }
    for (size_t j = 0; v != NULL && j < n; j++) {
        if (!(v[j] >= 0.0) || !(fabs(1.0 - wio_sum(A + j, n, n) - v[j]) <= slack(n))) {
            return false;
        }
    }
    return v != NULL;
}

/* --- the elimination, in M [n+1 x n] by columns, the last row being v ---------------------------- */

typedef struct elimination {
    double *M;
    size_t n, step; /* step = n + 1, from column to column */
} elimination;

/* A product as below, four columns of eight rows at a time. Every element adds its terms one by one in
 * order, product and sum rounded by themselves, so that the bits are those of plain C. */
static inline __attribute__((always_inline)) void own_product(double *to, const double *from,
                                                              const double *by, size_t step,
                                                              size_t rows, size_t columns,
                                                              size_t depth)
{
    enum { ROWS = 8, COLUMNS = 4 };
    size_t i = 0;
    for (; i + ROWS <= rows; i += ROWS) {
        size_t j = 0;
        for (; j + COLUMNS <= columns; j += COLUMNS) {
            wio_quad low[COLUMNS], high[COLUMNS];
#pragma GCC unroll 4
            for (size_t c = 0; c < COLUMNS; c++) {
                low[c] = *(const wio_quad *)(to + (j + c) * step + i);
                high[c] = *(const wio_quad *)(to + (j + c) * step + i + 4);
            }
            for (size_t k = 0; k < depth; k++) {
                const double *m = from + k * step + i;
                wio_quad first = *(const wio_quad *)m, second = *(const wio_quad *)(m + 4);
#pragma GCC unroll 4
                for (size_t c = 0; c < COLUMNS; c++) {
                    double r = by[(j + c) * step + k];
                    low[c] += first * r;
                    high[c] += second * r;
                }
            }
#pragma GCC unroll 4
            for (size_t c = 0; c < COLUMNS; c++) {
                *(wio_quad *)(to + (j + c) * step + i) = low[c];
                *(wio_quad *)(to + (j + c) * step + i + 4) = high[c];
            }
        }
        for (; j < columns; j++) {
            wio_quad low = *(const wio_quad *)(to + j * step + i);
            wio_quad high = *(const wio_quad *)(to + j * step + i + 4);
            for (size_t k = 0; k < depth; k++) {
                double r = by[j * step + k];
                low += *(const wio_quad *)(from + k * step + i) * r;
                high += *(const wio_quad *)(from + k * step + i + 4) * r;
            }
            *(wio_quad *)(to + j * step + i) = low;
            *(wio_quad *)(to + j * step + i + 4) = high;
        }
    }
    for (size_t j = 0; j < columns; j++) {
        for (size_t k = 0; k < depth; k++) {
            for (size_t l = i; l < rows; l++) {
                to[j * step + l] += from[k * step + l] * by[j * step + k];
            }
        }
    }
}

static void own_portable(double *to, const double *from, const double *by, size_t step, size_t rows,
                         size_t columns, size_t depth)
{
    own_product(to, from, by, step, rows, columns, depth);
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(WIO_NO_AVX2)
__attribute__((target("avx2"))) static void own_avx2(double *to, const double *from,
                                                     const double *by, size_t step, size_t rows,
                                                     size_t columns, size_t depth)
{
    own_product(to, from, by, step, rows, columns, depth);
}
#endif

/* Rows [row, row + rows) of `columns` columns from `column` on += (columns [k, k + depth) of these
 * rows) times (rows [k, k + depth) of these columns). Up to WIO_SMALL by our own loops, at .4 to .6 of
 * the speed of BLAS: then a whole system has the same bits on any machine (TRUST 2.4, D2). */
static void multiply(const elimination *e, size_t row, size_t rows, size_t k, size_t depth,
                     size_t column, size_t columns)
{
    if (rows == 0 || columns == 0) {
        return;
    }
    int step = (int)e->step;
    double *to = e->M + column * e->step;
    if (e->n <= WIO_SMALL) {
        void (*own)(double *, const double *, const double *, size_t, size_t, size_t, size_t) =
            own_portable;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(WIO_NO_AVX2)
        own = __builtin_cpu_supports("avx2") ? own_avx2 : own_portable;
#endif
        own(to + row, e->M + k * e->step + row, to + k, e->step, rows, columns, depth);
        return;
    }
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)columns, (int)depth, 1.0,
                e->M + k * e->step + row, step, to + k, step, 1.0, to + row, step);
}

/* Rows [k, k + depth) of some columns, whose diagonal block is done: r_kj, and what it brings to
 * the rows of the block below. */
static void scale_rows(const elimination *e, size_t k, size_t depth, size_t column, size_t columns)
{
    for (size_t j = column; j < column + columns; j++) {
        double *to = e->M + j * e->step;
        for (size_t s = k; s < k + depth; s++) {
            const double *from = e->M + s * e->step;
            double r = to[s] /= from[s];
            for (size_t i = s + 1; i < k + depth; i++) {
                to[i] += from[i] * r;
            }
        }
    }
}

/* Columns [k, k + depth) in all rows; 0, or the 1-based column with nothing left. */
static size_t eliminate_strip(const elimination *e, size_t k, size_t depth)
{
    for (size_t s = k; s < k + depth; s++) {
        double *from = e->M + s * e->step;
        double d = wio_sum(from + s + 1, e->n - s, 1);
        if (!(d > 0.0)) {
            return s + 1;
        }
        from[s] = d;
        for (size_t j = s + 1; j < k + depth; j++) {
            double *to = e->M + j * e->step, r = to[s] /= d;
            for (size_t i = s + 1; i <= e->n; i++) {
                to[i] += from[i] * r; /* the diagonal too: nobody reads it */
            }
        }
    }
    return 0;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t eliminate_panel(const elimination *e, size_t k, size_t width)
{
    for (size_t s = k; s < k + width; s += STRIP) {
        size_t depth = smaller(STRIP, k + width - s), right = s + depth;
        size_t closed = eliminate_strip(e, s, depth);
        if (closed > 0) {
            return closed;
        }
        scale_rows(e, s, depth, right, k + width - right);
        multiply(e, right, e->step - right, s, depth, right, k + width - right);
    }
    return 0;
}

/* What the panel [k, k + width) brings to some columns to its right. */
static void update_tile(const elimination *e, size_t k, size_t width, size_t column, size_t columns)
{
    for (size_t s = k; s < k + width; s += STRIP) {
        size_t depth = smaller(STRIP, k + width - s), below = s + depth;
        scale_rows(e, s, depth, column, columns);
        multiply(e, below, k + width - below, s, depth, column, columns);
    }
    multiply(e, k + width, e->step - k - width, k, width, column, columns);
}

static size_t eliminate(const elimination *e, int threads)
{
    for (size_t k = 0; k < e->n; k += PANEL) {
        size_t width = smaller(PANEL, e->n - k), first = k + width;
        size_t closed = eliminate_panel(e, k, width);
        if (closed > 0) {
            return closed;
        }
        size_t tiles = (e->n - first + TILE - 1) / TILE;
#pragma omp parallel for num_threads(threads) schedule(dynamic) if (threads > 1 && tiles > 1)
        for (size_t t = 0; t < tiles; t++) {
            size_t column = first + t * TILE;
            update_tile(e, k, width, column, smaller(TILE, e->n - column));
        }
    }
    return 0;
}

/* In place, by blocks that stay in the cache. */
static void transpose(double *M, size_t n)
{
    enum { SIDE = 32 };
    for (size_t i0 = 0; i0 < n; i0 += SIDE) {
        for (size_t j0 = 0; j0 <= i0; j0 += SIDE) {
            for (size_t i = i0; i < smaller(i0 + SIDE, n); i++) {
                for (size_t j = j0; j < smaller(j0 + SIDE, i); j++) {
                    double kept = M[i * n + j];
                    M[i * n + j] = M[j * n + i];
                    M[j * n + i] = kept;
                }
            }
        }
    }
}

/* lu [n+1 x n]. On return its first n x n are what substitute.c and LAPACK take for the factors of
 * (I - A)' = (I - R')(D - C'), without interchanges: with elements <= 0 beside the diagonal their
 * x_i - t_ij x_j adds, and adds nothing but numbers >= 0 for a right-hand side >= 0. */
size_t wio_gth_factor(double *lu, lapack_int *pivot, size_t n, const double *A, const double *v,
                      int threads)
{
    memcpy(lu, A, n * n * sizeof *A);
    transpose(lu, n);
    for (size_t j = n; j-- > 0;) {
        memmove(lu + j * (n + 1), lu + j * n, n * sizeof *lu);
        lu[j * (n + 1) + n] = v[j];
        pivot[j] = (lapack_int)(j + 1);
    }
    wio_blas_single();
    threads = n < SERIAL ? 1 : wio_solve_threads(threads);
    size_t closed = eliminate(&(elimination){lu, n, n + 1}, threads > 1 ? threads : 1);
    if (closed > 0) {
        return closed;
    }
    for (size_t j = 0; j < n; j++) {
        double *to = lu + j * n, *from = lu + j * (n + 1), d = from[j];
        for (size_t i = 0; i < n; i++) {
            to[i] = -from[i];
        }
        to[j] = d;
    }
    transpose(lu, n);
    return 0;
}

/* --- the system ----------------------------------------------------------------------------------- */

/* The diagonal of I - A, and the norms that follow: no subtraction here either. */
static void take_diagonal(wio_system *system, const double *v)
{
    size_t n = system->n;
    const double *A = system->A;
    system->norm1 = system->normi = 0.0;
    for (size_t j = 0; j < n; j++) {
        size_t after = n - 1 - j;
        double beside =
            wio_sum(A + j, j, n) + (after == 0 ? 0.0 : wio_sum(A + (j + 1) * n + j, after, n));
        double row = wio_sum(A + j * n, j, 1) + wio_sum(A + j * n + j + 1, after, 1);
        system->diagonal[j] = v[j] + beside;
        system->norm1 = fmax(system->norm1, system->diagonal[j] + beside);
        system->normi = fmax(system->normi, system->diagonal[j] + row);
    }
}

/* w >= B^-1 e, from the solution and its bound; z = 1. */
static bool take_proof(wio_proof *proof, const wio_system *system, bool transposed)
{
    size_t n = system->n;
    bool finite = true;
    for (size_t i = 0; i < n; i++) {
        proof->w[i] = proof->z[i] = 1.0;
    }
    wio_lu_solve_one(proof->w, system->lu, system->pivot, n, transposed,
                     system->threads > 0 ? system->threads : 1);
    for (size_t i = 0; i < n; i++) {
        proof->w[i] *= 1.0 + 2.0 * wio_gth_bound(n);
        finite = finite && isfinite(proof->w[i]) && proof->w[i] > 0.0;
    }
    return finite;
}

wio_status wio_gth_adopt(wio_system *system, const double *v)
{
    size_t n = system->n;
    double *work = wio_alloc(4 * n, sizeof *work);
    if (work == NULL) {
        return WIO_E_MEMORY;
    }
    system->diagonal = work;
    take_diagonal(system, v);
    system->own = (wio_certificate){.nonnegative = true, .condition = INFINITY};
    if (wio_gth_factor(system->lu, system->pivot, n, system->A, v, system->threads) > 0 ||
        !take_proof(&system->rows, system, false) || !take_proof(&system->columns, system, true)) {
        return WIO_E_SINGULAR; /* closed groups were looked for before: elements underflow */
    }
    double inverse = 0.0;
    for (size_t j = 0; j < n; j++) {
        inverse = fmax(inverse, system->columns.w[j]);
    }
    wio_certificate *own = &system->own;
    own->condition = system->norm1 * inverse;
    wio_radius_productive(&own->radius_low, &own->radius_high, system, work + n, work + 2 * n,
                          work + 3 * n);
    /* The stored diagonal of A is off by rounding; 1 - 1 / max w is not. */
    own->radius_low = fmax(own->radius_low - 2.0 * slack(n), 0.0);
    own->radius_high = fmin(own->radius_high + 2.0 * slack(n), 1.0 - WIO_UNIT);
    own->productive = true;
    (void)snprintf(own->method, sizeof own->method, "GTH elimination, entrywise");
    return WIO_OK;
}

/* --- solutions ------------------------------------------------------------------------------------ */

/* The part of f that has the sign, as a number >= 0. */
static double part(double f, double sign)
{
    return f * sign > 0.0 ? f * sign : 0.0;
}

/* The figures of one half, x and y >= 0. Taken with the diagonal that was solved with:
 *   r_i = y_i + sum over j != i of a_ij x_j - d_i x_i */
static void judge_half(wio_quality *worth, const wio_system *system, bool transposed,
                       const wio_figures *at, size_t lane)
{
    double residual = 0.0, size = 0.0, right = 0.0;
    for (size_t i = 0; i < system->n; i++) {
        size_t k = i * at->width + lane;
        double own = system->diagonal[i] * at->x[k], others = at->y[k] + at->off[k];
        double r = fabs(others - own);
        residual += r;
        size += at->x[k];
        right += at->y[k];
        double omega = r == 0.0 ? 0.0 : r / (others + own);
        worth->componentwise = wio_worse(omega, worth->componentwise);
    }
    double norm = transposed ? system->normi : system->norm1;
    double eta = residual == 0.0 ? 0.0 : residual / (norm * size + right);
    worth->backward = wio_worse(eta, worth->backward);
}

/* `lanes` columns from F on, their parts of one sign, into Y; solved already when large. */
static void solve_lanes(double *Y, wio_quality *worth, const wio_system *system, bool transposed,
                        const wio_figures *at, const double *F, size_t lanes, double sign)
{
    size_t n = system->n, width = at->width;
    memset(at->y, 0, n * width * sizeof *at->y);
    memset(at->x, 0, n * width * sizeof *at->x);
    for (size_t l = 0; l < lanes; l++) {
        for (size_t i = 0; i < n; i++) {
            at->y[i * width + l] = part(F[l * n + i], sign);
            at->x[i * width + l] = Y[l * n + i];
        }
    }
    if (n <= WIO_SMALL) {
        (width == 1 ? wio_substitute_one : wio_substitute)(at->x, system->lu, system->pivot, n,
                                                           transposed);
    }
    (width == 1 ? wio_residual_one : wio_residual)(at->r, at->off, n, system->A, transposed, at->x,
                                                   at->y);
    for (size_t l = 0; l < lanes; l++) {
        judge_half(&worth[l], system, transposed, at, l);
        for (size_t i = 0; i < n; i++) {
            Y[l * n + i] = at->x[i * width + l];
        }
    }
}

/* Y = B^-1 times the parts of F that have the sign. */
static void solve_half(double *Y, wio_quality *worth, const wio_system *system, bool transposed,
                       const wio_workspace *work, const double *F, size_t used, double sign)
{
    size_t n = system->n;
    bool any = false;
    for (size_t i = 0; i < used * n; i++) {
        Y[i] = part(F[i], sign);
        any = any || Y[i] != 0.0;
    }
    if (!any) {
        return;
    }
    if (n > WIO_SMALL) {
        wio_lu_solve(Y, system->lu, system->pivot, n, used, transposed, work->room);
    }
    for (size_t c = 0, lanes; c < used; c += lanes) {
        bool few = n <= WIO_SMALL && used - c <= FEW;
        lanes = few ? 1 : smaller(WIO_LANES, used - c);
        solve_lanes(Y + c * n, worth + c, system, transposed, few ? &work->one : &work->eight,
                    F + c * n, lanes, sign);
    }
}

/* x = x+ - x-, the solutions for the two signs, each with the relative error of wio_gth_bound:
 *   |x_i - exact| <= bound (x+ + x-)_i; (x+ + x-) / |x| says what the signs cancel. */
void wio_gth_block(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                   const wio_workspace *work, const double *F, size_t used)
{
    size_t n = system->n;
    const double *plus = work->solution, *minus = work->correction;
    for (size_t c = 0; c < used; c++) {
        worth[c] = (wio_quality){0};
    }
    solve_half(work->solution, worth, system, transposed, work, F, used, 1.0);
    solve_half(work->correction, worth, system, transposed, work, F, used, -1.0);
    for (size_t c = 0; c < used; c++) {
        double most = 0.0, top = 0.0;
        for (size_t i = c * n; i < (c + 1) * n; i++) {
            X[i] = plus[i] - minus[i];
            top = wio_worse(fabs(X[i]), top);
            most = wio_worse(plus[i] + minus[i], most);
        }
        worth[c].bound = most == 0.0 ? 0.0 : (wio_gth_bound(n) + 8.0 * WIO_UNIT) * (most / top);
    }
}
