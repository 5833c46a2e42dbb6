/* lu_solve.c - solutions by the factors of lu.c: which way they are found, what is accepted of them,
 * and right-hand sides of any size. */
#include "iterative.h"
#include "system.h"

#include <math.h>
#include <string.h>

/* omega where some |r_i| is large beside (|B| |x| + |f|)_i. A row whose own terms all vanish beside
 * |B_i|_1 max|x| (weak links: x_i of 1e-24 beside x_j of 1) is measured by that instead: refinement
 * cannot take r_i below the rounding of the others (Arioli, Demmel & Duff 1989, section 2). */
static double sparse_error(const wio_system *system, bool transposed, const wio_figures *at)
{
    size_t n = system->n, row = transposed ? 1 : n, step = transposed ? n : 1;
    double omega = 0.0, top = 0.0;
    for (size_t i = 0; i < n; i++) {
        top = wio_worse(fabs(at->x[i]), top);
    }
    for (size_t i = 0; i < n; i++) {
        const double *a = system->A + i * row;
        double own = fabs(1.0 - a[i * step]), r = fabs(at->r[i]), norm = own;
        double scale = own * fabs(at->x[i]) + at->off[i] + fabs(at->y[i]);
        double error = r == 0.0 ? 0.0 : r / scale;
        if (error > (double)(n + 2) * WIO_UNIT) {
            for (size_t j = 0; j < n; j++) {
                norm += j != i ? fabs(a[j * step]) : 0.0;
            }
            double tiny = 1000.0 * (double)n * WIO_UNIT * (norm * top + fabs(at->y[i]));
            error = scale <= tiny ? r / (scale + norm * top) : error;
        }
        omega = wio_worse(error, omega);
    }
    return omega;
}

/* A row that no demand reaches has the solution 0. Where pivots were interchanged, LU leaves a
 * remainder of rounding there, which no refinement removes: |r_i| stays as large as (|B| |x| + |f|)_i.
 * Set to 0 what is exactly 0, and judge again; for the columns that fail otherwise. */
static wio_status clear_unreached(double *x, wio_quality *worth, const wio_system *system,
                                  bool transposed, const double *f)
{
    size_t n = system->n, count = 0;
    unsigned char *mark = wio_zalloc(n, 1);
    size_t *queue = wio_alloc(n, sizeof *queue);
    double *memory = wio_alloc(4 * n, sizeof *memory);
    if (mark == NULL || queue == NULL || memory == NULL) {
        wio_free(memory);
        wio_free(queue);
        wio_free(mark);
        return WIO_E_MEMORY;
    }
    const wio_figures one = {1, memory, memory + n, memory + 2 * n, memory + 3 * n};
    for (size_t i = 0; i < n; i++) {
        if (f[i] != 0.0) {
            mark[i] = 1;
            queue[count++] = i;
        }
    }
    const wio_matrix A = {.n = n, .dense = system->A};
    wio_spread(mark, queue, count, &A, !transposed);
    for (size_t i = 0; i < n; i++) {
        x[i] = mark[i] ? x[i] : 0.0;
    }
    memcpy(one.x, x, n * sizeof *x);
    memcpy(one.y, f, n * sizeof *f);
    wio_residual_one(one.r, one.off, n, system->A, transposed, x, f);
    *worth = wio_judge(system, transposed, &one, 0);
    worth->componentwise = sparse_error(system, transposed, &one);
    wio_free(memory);
    wio_free(queue);
    wio_free(mark);
    return WIO_OK;
}

/* The worst of all columns; NOT_CERTIFIED by the first that is not good enough. */
static wio_status accept(wio_certificate *all, double *X, wio_quality *worth,
                         const wio_system *system, bool transposed, size_t k, const double *F,
                         wio_error *err)
{
    size_t n = system->n;
    double limit = 8.0 * (double)(n + 2) * WIO_UNIT;
    for (size_t c = 0; c < k; c++) {
        if (wio_is_open(system, 1, &worth[c]) && system->diagonal == NULL) {
            WIO_TRY(clear_unreached(X + c * n, &worth[c], system, transposed, F + c * n));
        }
        if (!(worth[c].componentwise <= limit)) {
            return wio_fail(err, WIO_E_NOT_CERTIFIED,
                            "solution %zu: componentwise backward error %.2g is above %.2g", c,
                            worth[c].componentwise, limit);
        }
        all->backward_error = fmax(all->backward_error, worth[c].backward);
        all->componentwise = fmax(all->componentwise, worth[c].componentwise);
        all->error_bound = fmax(all->error_bound, worth[c].bound);
    }
    return WIO_OK;
}

/* Every column by its own figures. */
static wio_status solve_measured(double *X, wio_quality *each, const wio_system *system,
                                 bool transposed, size_t k, const double *F, wio_certificate *all,
                                 wio_error *err)
{
    size_t n = system->n, cells = k * n; /* checked by solve() */
    double *result = wio_alloc(k, (n + sizeof(wio_quality) / sizeof(double)) * sizeof *result);
    if (result == NULL) {
        return WIO_E_MEMORY;
    }
    wio_quality *worth = (wio_quality *)(result + cells);
    wio_blas_single();
    wio_status status = wio_solve_blocks(result, worth, system, transposed, k, F);
    if (status == WIO_OK) {
        status = accept(all, result, worth, system, transposed, k, F, err);
    }
    if (status == WIO_OK && cells > 0) {
        memcpy(X, result, cells * sizeof *result);
    }
    if (status == WIO_OK && each != NULL) {
        memcpy(each, worth, k * sizeof *each);
    }
    wio_free(result);
    return status;
}

/* Steady systems: the bound is each column's own, c max w max(|x| / w) over max |x| as in steady.c; the
 * residual is that of the combinations of this call. */
static wio_status solve_steady(double *X, wio_quality *each, const wio_system *system,
                               bool transposed, size_t k, const double *F, wio_certificate *all,
                               wio_error *err)
{
    const double *w = transposed ? system->columns.w : system->rows.w;
    size_t n = system->n;
    WIO_TRY(wio_steady_solve(X, system, transposed, k, F, all, err));
    for (size_t c = 0; each != NULL && c < k; c++) {
        double a = 0.0, top = 0.0, heaviest = 0.0;
        for (size_t i = 0; i < n; i++) {
            double x = fabs(X[c * n + i]);
            a = fmax(x / w[i], a);
            top = fmax(x, top);
            heaviest = fmax(w[i], heaviest);
        }
        double bound = top == 0.0 ? 0.0 : system->steady[transposed] * heaviest * a / top;
        each[c] = (wio_quality){.backward = all->backward_error,
                                .componentwise = all->componentwise,
                                .bound = bound * (1.0 + 12.0 * WIO_UNIT)};
    }
    return WIO_OK;
}

/* Right-hand sides of ordinary size. */
static wio_status solve_ordinary(double *X, wio_quality *each, const wio_system *system,
                                 bool transposed, size_t k, const double *F,
                                 wio_certificate *certificate, wio_error *err)
{
    if (system->iterative != NULL && k > 0) {
        return wio_iterative_solve(X, system->iterative, k, F, transposed, certificate, NULL, err);
    }
    wio_certificate all = system->own;
    bool steady = system->steady[transposed] > 0.0 && k > 0;
    wio_status status =
        (steady ? solve_steady : solve_measured)(X, each, system, transposed, k, F, &all, err);
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, status, "no memory for %zu right-hand sides of %zu", k, system->n);
    }
    all.solves = k;
    if (status == WIO_OK && certificate != NULL) {
        wio_certificate_merge(certificate, &all);
    }
    return status;
}

/* --- right-hand sides of any size ----------------------------------------------------------------- */

/* A column below 2^-450 or above 2^450 is solved for over a power of two, which is exact: inside,
 * squares and products neither overflow nor lose digits by underflow. */
static const double SMALLEST = 0x1p-450, LARGEST = 0x1p450;

/* The power of two that brings the column to ordinary size; 1 for most. */
double wio_right_scale(const double *f, size_t n)
{
    int power;
    double top = 0.0;
    for (size_t i = 0; i < n; i++) {
        top = fmax(top, fabs(f[i]));
    }
    if (top == 0.0 || (top >= SMALLEST && top <= LARGEST)) {
        return 1.0;
    }
    (void)frexp(top, &power);
    return power < 0 ? 0x1p600 : 0x1p-600; /* 2^-1074 becomes 2^-474, 2^1024 becomes 2^424 */
}

/* Back to the column's own size. What the rounding to a number below 2^-1022 may take is added to the
 * bound. False when a solution is above the largest double. */
static bool scale_back(double *x, size_t n, double scale, wio_certificate *all, wio_quality *own)
{
    double top = 0.0;
    for (size_t i = 0; i < n; i++) {
        x[i] /= scale;
        top = wio_worse(fabs(x[i]), top);
    }
    if (scale > 1.0) {
        double lost = top > 0.0 ? 0x1p-1074 / top : 1.0;
        all->error_bound += lost;
        if (own != NULL) {
            own->bound += lost;
        }
    }
    return isfinite(top);
}

static wio_status solve_scaled(double *X, wio_quality *each, const wio_system *system,
                               bool transposed, size_t k, const double *F, const double *scale,
                               wio_certificate *certificate, wio_error *err)
{
    size_t n = system->n;
    double *G = wio_alloc(k, n * sizeof *G);
    if (G == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu right-hand sides of %zu", k, n);
    }
    for (size_t c = 0; c < k; c++) {
        for (size_t i = 0; i < n; i++) {
            G[c * n + i] = F[c * n + i] * scale[c];
        }
    }
    wio_certificate all = {0};
    wio_status status = solve_ordinary(G, each, system, transposed, k, G, &all, err);
    for (size_t c = 0; status == WIO_OK && c < k; c++) {
        wio_quality *own = each != NULL ? each + c : NULL;
        if (scale[c] != 1.0 && !scale_back(G + c * n, n, scale[c], &all, own)) {
            status =
                wio_fail(err, WIO_E_NOT_CERTIFIED, "solution %zu is above the largest number", c);
        }
    }
    if (status == WIO_OK) {
        memcpy(X, G, k * n * sizeof *G);
        if (certificate != NULL) {
            wio_certificate_merge(certificate, &all);
        }
    }
    wio_free(G);
    return status;
}

/* Bytes above which it is looked at whether they are there: below, looking takes longer than it is worth. */
static const double LARGE = 1e8;

static wio_status solve(double *X, wio_quality *each, const wio_system *system, bool transposed,
                        size_t k, const double *F, wio_certificate *certificate, wio_error *err)
{
    if (system == NULL || (k > 0 && (X == NULL || F == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_system_solve: NULL argument");
    }
    size_t n = system->n, cells;
    if (k > SIZE_MAX - WIO_BLOCK || __builtin_mul_overflow(k, n, &cells)) {
        return wio_fail(err, WIO_E_MEMORY, "%zu right-hand sides of %zu equations", k, n);
    }
    double bytes = 8.0 * (double)n * (double)(k + k / 8 + WIO_BLOCK); /* as steady.c, the most */
    if (bytes > LARGE) {
        WIO_TRY(wio_memory_need(bytes, "a solution of so many right-hand sides", err));
    }
    WIO_TRY(wio_check_finite(F, cells, "right-hand side", err));
    double *scale = wio_alloc(k, sizeof *scale);
    if (scale == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu right-hand sides of %zu", k, n);
    }
    bool ordinary = true;
    for (size_t c = 0; c < k; c++) {
        scale[c] = wio_right_scale(F + c * n, n);
        ordinary = ordinary && scale[c] == 1.0;
    }
    wio_status status =
        ordinary ? solve_ordinary(X, each, system, transposed, k, F, certificate, err)
                 : solve_scaled(X, each, system, transposed, k, F, scale, certificate, err);
    wio_free(scale);
    return status;
}

wio_status wio_system_solve(double *X, const wio_system *system, size_t k, const double *F,
                            wio_certificate *certificate, wio_error *err)
{
    return solve(X, NULL, system, false, k, F, certificate, err);
}

wio_status wio_system_solve_transposed(double *Y, const wio_system *system, size_t k,
                                       const double *G, wio_certificate *certificate,
                                       wio_error *err)
{
    return solve(Y, NULL, system, true, k, G, certificate, err);
}

wio_status wio_system_solve_each(double *X, wio_quality *each, const wio_system *system,
                                 bool transposed, size_t k, const double *F, wio_error *err)
{
    return solve(X, each, system, transposed, k, F, NULL, err);
}
