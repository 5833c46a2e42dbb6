/* lu_solve.c - solutions by the factors of lu.c: each judged, refined where its figures ask for it.
 *
 * OpenBLAS rounds a right-hand side differently alone and in company; in blocks of exactly 64
 * columns, padded with zeros, on one thread, it does not (TRUST 2.2; kernels for AVX-512 need even
 * rows besides, factor_solve.c). Up to WIO_SMALL equations the factors are used by substitute.c
 * instead, for the columns there are. */
#include "factor.h"
#include "iterative.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    FEW = 4,              /* columns that are cheaper one by one than as eight lanes */
    MOST_REFINEMENTS = 5, /* as LAPACK's dgerfs; one is the rule */
    MOST_MIXED = 12 /* from single precision: three are the rule, 1e-6 of the condition each */
};

/* WIO_BLOCK columns by factors in single precision, in X's own memory: every column over its power
 * of two, so that none overflows. */
static void solve_single(double *X, const double *lu, size_t n, bool transposed)
{
    float *Y = (float *)X;
    int power[WIO_BLOCK];
    for (size_t c = 0; c < WIO_BLOCK; c++) {
        double top = 0.0;
        for (size_t i = c * n; i < (c + 1) * n; i++) {
            top = fmax(top, fabs(X[i]));
        }
        (void)frexp(isfinite(top) ? top : 1.0, &power[c]);
        power[c] = power[c] < -1000 ? -1000 : (power[c] > 1000 ? 1000 : power[c]);
        double scale = ldexp(1.0, -power[c]);
        for (size_t i = c * n; i < (c + 1) * n; i++) {
            float y = (float)(X[i] * scale);
            memcpy(&Y[i], &y, sizeof y);
        }
    }
    wio_factor_solve(Y, lu, n, transposed, true);
    for (size_t c = WIO_BLOCK; c-- > 0;) {
        double scale = ldexp(1.0, power[c]);
        for (size_t i = (c + 1) * n; i-- > c * n;) {
            float y;
            memcpy(&y, &Y[i], sizeof y);
            X[i] = (double)y * scale;
        }
    }
}

static void solve_tiled(double *X, const double *lu, size_t n, size_t width, bool transposed,
                        bool single)
{
    if (width == WIO_BLOCK && single) {
        solve_single(X, lu, n, transposed);
    } else if (width == WIO_BLOCK) {
        wio_factor_solve(X, lu, n, transposed, false);
    } else {
        int threads = omp_in_parallel() ? 1 : wio_threads(0);
        for (size_t c = 0; c < width; c++) {
            wio_factor_solve_one(X + c * n, lu, n, transposed, single, threads);
        }
    }
}

void wio_lu_solve(double *X, const double *lu, const lapack_int *pivot, size_t n, size_t width,
                  bool transposed)
{
    if (n <= WIO_SMALL) {
        for (size_t c = 0; c < width; c++) {
            wio_substitute_one(X + c * n, lu, pivot, n, transposed);
        }
        return;
    }
    wio_blas_single();
    if (pivot[0] <= WIO_TILED) {
        solve_tiled(X, lu, n, width, transposed, pivot[0] == WIO_TILED_SINGLE);
        return;
    }
    lapack_int order = (lapack_int)n;
    (void)LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, transposed ? 'N' : 'T', order, (lapack_int)width,
                              lu, order, pivot, X, order);
}

/*   eta   = |r|_1 / (|B|_1 |x|_1 + |f|_1)
 *   omega = max |r_i| / (|B| |x| + |f|)_i                      (Oettli & Prager 1964)
 *           but see sparse_error
 *   |x - exact|_i <= w_i max (|r_i| + rounding of r_i) / z_i   (<B> w >= z > 0) */
static wio_quality judge(const wio_system *system, bool transposed, const wio_figures *at,
                         size_t lane)
{
    const wio_proof *proof = transposed ? &system->columns : &system->rows;
    size_t n = system->n;
    double g = wio_gamma(n + 2), dot2 = 1.01 * g * g;
    double least = (double)(n + 4) * 0x1p-1074; /* what products may lose by underflow */
    double residual = 0.0, size = 0.0, right = 0.0, omega = 0.0, c = 0.0, top = 0.0, w = 0.0;
    for (size_t i = 0; i < n; i++) {
        size_t k = i * at->width + lane;
        double r = fabs(at->r[k]), x = fabs(at->x[k]), f = fabs(at->y[k]), off = at->off[k];
        double a = system->A[i * n + i], scale = fabs(1.0 - a) * x + off + f;
        residual += r;
        size += x;
        right += f;
        top = wio_worse(x, top);
        w = wio_worse(proof->w[i], w);
        omega = wio_worse(r == 0.0 ? 0.0 : r / scale, omega);
        double most = r * (1.0 + 4.0 * WIO_UNIT) + dot2 * (f + x + off + fabs(a) * x) + least;
        c = wio_worse(most / proof->z[i], c);
    }
    double norm = transposed ? system->normi : system->norm1;
    return (wio_quality){
        .backward = residual == 0.0 ? 0.0 : residual / (norm * size + right),
        .componentwise = omega,
        .bound = top == 0.0 ? 0.0 : c * w / top * (1.0 + 8.0 * WIO_UNIT),
    };
}

/* Every column is refined once, then for as long as its own figures ask for it. */
static bool is_open(const wio_system *system, int step, const wio_quality *worth)
{
    return step == 0 || !(worth->componentwise <= (double)(system->n + 2) * WIO_UNIT);
}

/* --- small systems: eight interleaved columns, or one ----------------------------------------- */

static void interleave(double *to, const double *from, size_t n, size_t lanes)
{
    memset(to, 0, n * WIO_LANES * sizeof *to);
    for (size_t l = 0; l < lanes; l++) {
        for (size_t i = 0; i < n; i++) {
            to[i * WIO_LANES + l] = from[l * n + i];
        }
    }
}

static void solve_eight(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                        const wio_figures *at, const double *F, size_t lanes)
{
    size_t n = system->n;
    interleave(at->y, F, n, lanes);
    memcpy(at->x, at->y, n * WIO_LANES * sizeof *at->x);
    wio_substitute(at->x, system->lu, system->pivot, n, transposed);
    for (int step = 0;; step++) {
        double keep[WIO_LANES] = {0}; /* 1: this lane is corrected */
        bool open = false;
        wio_residual(at->r, at->off, n, system->A, transposed, at->x, at->y);
        for (size_t l = 0; l < lanes; l++) {
            worth[l] = judge(system, transposed, at, l);
            keep[l] = is_open(system, step, &worth[l]) ? 1.0 : 0.0;
            open = open || keep[l] != 0.0;
        }
        if (!open || step == MOST_REFINEMENTS) {
            break;
        }
        wio_substitute(at->r, system->lu, system->pivot, n, transposed);
        for (size_t i = 0; i < n * WIO_LANES; i++) {
            at->x[i] = keep[i % WIO_LANES] != 0.0 ? at->x[i] + at->r[i] : at->x[i];
        }
    }
    for (size_t l = 0; l < lanes; l++) {
        for (size_t i = 0; i < n; i++) {
            X[l * n + i] = at->x[i * WIO_LANES + l];
        }
    }
}

static void solve_one(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                      const wio_figures *at, const double *F)
{
    size_t n = system->n;
    memcpy(at->x, F, n * sizeof *F);
    memcpy(at->y, F, n * sizeof *F);
    wio_substitute_one(at->x, system->lu, system->pivot, n, transposed);
    for (int step = 0;; step++) {
        wio_residual_one(at->r, at->off, n, system->A, transposed, at->x, at->y);
        *worth = judge(system, transposed, at, 0);
        if (!is_open(system, step, worth) || step == MOST_REFINEMENTS) {
            break;
        }
        wio_substitute_one(at->r, system->lu, system->pivot, n, transposed);
        for (size_t i = 0; i < n; i++) {
            at->x[i] += at->r[i];
        }
    }
    memcpy(X, at->x, n * sizeof *X);
}

/* Up to WIO_BLOCK columns. */
static void solve_small(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                        const wio_workspace *work, const double *F, size_t used)
{
    size_t n = system->n, done = 0;
    while (done < used) {
        size_t lanes = used - done < WIO_LANES ? used - done : WIO_LANES;
        if (lanes <= FEW) {
            lanes = 1;
            solve_one(X + done * n, worth + done, system, transposed, &work->one, F + done * n);
        } else {
            solve_eight(X + done * n, worth + done, system, transposed, &work->eight, F + done * n,
                        lanes);
        }
        done += lanes;
    }
}

/* --- large systems: blocks of 64 columns through LAPACK ---------------------------------------- */

/* Residuals of `used` columns into work->correction, and what each column is worth. */
static void measure(wio_quality *worth, const wio_system *system, bool transposed,
                    const wio_workspace *work, const double *F, size_t used)
{
    size_t n = system->n;
    const wio_figures *at = &work->eight;
    memset(work->correction, 0, WIO_BLOCK * n * sizeof(double));
    for (size_t first = 0; first < used; first += WIO_LANES) {
        size_t lanes = used - first < WIO_LANES ? used - first : WIO_LANES;
        interleave(at->x, work->solution + first * n, n, lanes);
        interleave(at->y, F + first * n, n, lanes);
        wio_residual(at->r, at->off, n, system->A, transposed, at->x, at->y);
        for (size_t l = 0; l < lanes; l++) {
            size_t c = first + l;
            worth[c] = judge(system, transposed, at, l);
            for (size_t i = 0; i < n; i++) {
                work->correction[c * n + i] = at->r[i * WIO_LANES + l];
            }
        }
    }
}

/* X: the solutions of one block, refined until omega is small. Each column is treated by its own
 * figures alone. */
static void solve_block(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                        const wio_workspace *work, const double *F, size_t used)
{
    size_t n = system->n;
    int most = system->pivot[0] == WIO_TILED_SINGLE ? MOST_MIXED : MOST_REFINEMENTS;
    memcpy(work->solution, F, used * n * sizeof *F);
    memset(work->solution + used * n, 0, (WIO_BLOCK - used) * n * sizeof *F);
    wio_lu_solve(work->solution, system->lu, system->pivot, n, WIO_BLOCK, transposed);
    for (int step = 0;; step++) {
        measure(worth, system, transposed, work, F, used);
        size_t open = 0;
        for (size_t c = 0; c < used; c++) {
            open += is_open(system, step, &worth[c]);
        }
        if (open == 0 || step == most) {
            break;
        }
        wio_lu_solve(work->correction, system->lu, system->pivot, n, WIO_BLOCK, transposed);
        for (size_t c = 0; c < used; c++) {
            if (is_open(system, step, &worth[c])) {
                for (size_t i = c * n; i < (c + 1) * n; i++) {
                    work->solution[i] += work->correction[i];
                }
            }
        }
    }
    memcpy(X, work->solution, used * n * sizeof *X);
}

/* --- both --------------------------------------------------------------------------------------- */

/* Doubles that one thread needs, and where they are in its memory. */
static size_t workspace(wio_workspace *work, double *memory, const wio_system *system, size_t k)
{
    size_t n = system->n;
    bool small = n <= WIO_SMALL;
    size_t block = small && system->diagonal == NULL ? 0 : WIO_BLOCK,
           lanes = small && k <= FEW ? 0 : WIO_LANES;
    if (memory != NULL) {
        double *next = memory;
        *work = (wio_workspace){.memory = next, .solution = next, .correction = next + block * n};
        next += 2 * block * n;
        work->eight = (wio_figures){WIO_LANES, next, next + lanes * n, next + 2 * lanes * n,
                                    next + 3 * lanes * n};
        next += 4 * lanes * n;
        work->one = (wio_figures){1, next, next + n, next + 2 * n, next + 3 * n};
    }
    return (2 * block + 4 * lanes + 4) * n;
}

wio_status wio_try_refinement(const wio_system *system)
{
    size_t n = system->n, size = workspace(NULL, NULL, system, WIO_BLOCK);
    double *memory = wio_alloc(size + 2 * n, sizeof *memory);
    if (memory == NULL) {
        return WIO_E_MEMORY;
    }
    double *e = memory + size, *x = e + n;
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        e[i] = 1.0;
    }
    for (int transposed = 0; transposed < 2 && good; transposed++) {
        wio_workspace work;
        wio_quality worth;
        (void)workspace(&work, memory, system, WIO_BLOCK);
        solve_block(x, &worth, system, transposed == 1, &work, e, 1);
        good = !is_open(system, 1, &worth);
    }
    wio_free(memory);
    return good ? WIO_OK : WIO_E_NOT_CONVERGED;
}

/* Blocks of 64 columns, each column treated by its own figures alone; threads share the blocks. */
static wio_status solve_blocks(double *X, wio_quality *worth, const wio_system *system,
                               bool transposed, size_t k, const double *F)
{
    size_t n = system->n, blocks = (k + WIO_BLOCK - 1) / WIO_BLOCK;
    size_t size = workspace(NULL, NULL, system, k), all;
    int threads = n <= WIO_SMALL || blocks < 2 ? 1 : wio_solve_threads(system->threads);
    double *memory =
        __builtin_mul_overflow(size, (size_t)threads, &all) ? NULL : wio_alloc(all, sizeof *memory);
    if (memory == NULL || threads == 0) {
        wio_free(memory);
        return WIO_E_MEMORY;
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t first = b * WIO_BLOCK, used = k - first < WIO_BLOCK ? k - first : WIO_BLOCK;
        size_t own = threads > 1 ? (size_t)omp_get_thread_num() : 0;
        wio_workspace work;
        (void)workspace(&work, memory + own * size, system, k);
        (system->diagonal != NULL ? wio_gth_block
         : n <= WIO_SMALL         ? solve_small
                          : solve_block)(X + first * n, worth + first, system, transposed, &work,
                                         F + first * n, used);
    }
    wio_free(memory);
    return WIO_OK;
}

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
    *worth = judge(system, transposed, &one, 0);
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
        if (is_open(system, 1, &worth[c]) && system->diagonal == NULL) {
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

/* Room for k solutions in whole blocks, and what each is worth; NULL when there is none. */
static double *result_room(size_t n, size_t k, bool steady, wio_quality **worth)
{
    size_t columns = steady ? (k + WIO_BLOCK - 1) / WIO_BLOCK * WIO_BLOCK : k, cells;
    size_t per = sizeof(wio_quality) / sizeof(double);
    if (__builtin_mul_overflow(columns, n + (steady ? 0 : per), &cells)) {
        return NULL;
    }
    double *result = wio_alloc(cells, sizeof *result);
    *worth = result == NULL || steady ? NULL : (wio_quality *)(result + columns * n);
    return result;
}

/* Right-hand sides of ordinary size. */
static wio_status solve_ordinary(double *X, const wio_system *system, bool transposed, size_t k,
                                 const double *F, wio_certificate *certificate, wio_error *err)
{
    if (system->iterative != NULL && k > 0) {
        return wio_iterative_solve(X, system->iterative, k, F, transposed, certificate, NULL, err);
    }
    size_t n = system->n, cells = k * n;
    bool steady = system->steady[transposed] > 0.0 && k > 0;
    wio_quality *worth = NULL;
    wio_certificate all = system->own;
    double *result = result_room(n, k, steady, &worth);
    wio_status status = WIO_E_MEMORY;
    if (result == NULL) {
        goto done;
    }
    wio_blas_single();
    if (steady) {
        status = wio_steady_solve(result, system, transposed, k, F, &all, err);
    } else {
        status = solve_blocks(result, worth, system, transposed, k, F);
        status =
            status == WIO_OK ? accept(&all, result, worth, system, transposed, k, F, err) : status;
    }
    if (status != WIO_OK) {
        goto done;
    }
    all.solves = k;
    if (cells > 0) {
        memcpy(X, result, cells * sizeof *result);
    }
    if (certificate != NULL) {
        wio_certificate_merge(certificate, &all);
    }
done:
    wio_free(result);
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, status, "no memory for %zu right-hand sides of %zu", k, n);
    }
    return status;
}

/* --- right-hand sides of any size ----------------------------------------------------------------- */

/* A column below 2^-450 or above 2^450 is solved for over a power of two, which is exact: inside,
 * squares and products neither overflow nor lose digits by underflow. */
static const double SMALLEST = 0x1p-450, LARGEST = 0x1p450;

/* The power of two that brings the column to ordinary size; 1 for most. */
static double scale_of(const double *f, size_t n)
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
static bool scale_back(double *x, size_t n, double scale, wio_certificate *all)
{
    double top = 0.0;
    for (size_t i = 0; i < n; i++) {
        x[i] /= scale;
        top = wio_worse(fabs(x[i]), top);
    }
    if (scale > 1.0) {
        all->error_bound += top > 0.0 ? 0x1p-1074 / top : 1.0;
    }
    return isfinite(top);
}

static wio_status solve_scaled(double *X, const wio_system *system, bool transposed, size_t k,
                               const double *F, const double *scale, wio_certificate *certificate,
                               wio_error *err)
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
    wio_status status = solve_ordinary(G, system, transposed, k, G, &all, err);
    for (size_t c = 0; status == WIO_OK && c < k; c++) {
        if (scale[c] != 1.0 && !scale_back(G + c * n, n, scale[c], &all)) {
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

static wio_status solve(double *X, const wio_system *system, bool transposed, size_t k,
                        const double *F, wio_certificate *certificate, wio_error *err)
{
    if (system == NULL || (k > 0 && (X == NULL || F == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_system_solve: NULL argument");
    }
    size_t n = system->n, cells;
    if (k > SIZE_MAX - WIO_BLOCK || __builtin_mul_overflow(k, n, &cells)) {
        return wio_fail(err, WIO_E_MEMORY, "%zu right-hand sides of %zu equations", k, n);
    }
    WIO_TRY(wio_check_finite(F, cells, "right-hand side", err));
    double *scale = wio_alloc(k, sizeof *scale);
    if (scale == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu right-hand sides of %zu", k, n);
    }
    bool ordinary = true;
    for (size_t c = 0; c < k; c++) {
        scale[c] = scale_of(F + c * n, n);
        ordinary = ordinary && scale[c] == 1.0;
    }
    wio_status status = ordinary
                            ? solve_ordinary(X, system, transposed, k, F, certificate, err)
                            : solve_scaled(X, system, transposed, k, F, scale, certificate, err);
    wio_free(scale);
    return status;
}

wio_status wio_system_solve(double *X, const wio_system *system, size_t k, const double *F,
                            wio_certificate *certificate, wio_error *err)
{
    return solve(X, system, false, k, F, certificate, err);
}

wio_status wio_system_solve_transposed(double *Y, const wio_system *system, size_t k,
                                       const double *G, wio_certificate *certificate,
                                       wio_error *err)
{
    return solve(Y, system, true, k, G, certificate, err);
}
