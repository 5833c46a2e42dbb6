/* lu.c - (I - A) x = f by one LU factorisation, refined and certified.
 *
 * A row-major matrix read as column-major is its transpose, so LAPACK factors (I - A)' in place
 * and the plain solve asks for trans = 'T', the transposed one for 'N'. OpenBLAS rounds a right-
 * hand side differently alone and in company; in blocks of exactly 64 columns, padded with zeros,
 * on one thread, it does not (TRUST 2.2). Up to WIO_SMALL equations the factors are used by
 * substitute.c instead, for the columns there are. */
#include "system.h"

#include <limits.h>
#include <math.h>
#include <string.h>

enum {
    FEW = 4,             /* columns that are cheaper one by one than as eight lanes */
    MOST_REFINEMENTS = 5 /* as LAPACK's dgerfs; one is the rule */
};

size_t wio_lu_factor(double *lu, lapack_int *pivot, size_t n, const double *A)
{
    for (size_t i = 0; i < n * n; i++) {
        lu[i] = -A[i];
    }
    for (size_t i = 0; i < n; i++) {
        lu[i * n + i] = 1.0 - A[i * n + i];
    }
    wio_blas_single();
    lapack_int order = (lapack_int)n;
    lapack_int info = LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, order, order, lu, order, pivot);
    return info > 0 ? (size_t)info : 0;
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
    lapack_int order = (lapack_int)n;
    wio_blas_single();
    (void)LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, transposed ? 'N' : 'T', order, (lapack_int)width,
                              lu, order, pivot, X, order);
}

static wio_status check_finite(const double *v, size_t count, const char *name, wio_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(v[i])) {
            return wio_fail(err, WIO_E_NONFINITE, "%s[%zu] is %g, it has to be a finite number",
                            name, i, v[i]);
        }
    }
    return WIO_OK;
}

/* Largest column sum (norm1) and row sum (normi) of |I - A|; sums has room for n. */
static void norms(wio_system *system, double *sums)
{
    size_t n = system->n;
    memset(sums, 0, n * sizeof *sums);
    for (size_t i = 0; i < n; i++) {
        double row = 0.0;
        for (size_t j = 0; j < n; j++) {
            double a = system->A[i * n + j], b = fabs(i == j ? 1.0 - a : a);
            row += b;
            sums[j] += b;
        }
        system->normi = fmax(system->normi, row);
    }
    for (size_t j = 0; j < n; j++) {
        system->norm1 = fmax(system->norm1, sums[j]);
    }
}

static wio_status allocate(wio_system **out, size_t n, wio_error *err)
{
    wio_system *system = wio_zalloc(1, sizeof *system);
    size_t cells;
    if (system != NULL && !__builtin_mul_overflow(n, n + 1, &cells)) {
        system->n = n;
        system->A = wio_alloc(cells - n, sizeof(double));
        system->lu = wio_alloc(cells, sizeof(double));
        system->pivot = wio_alloc(n, sizeof *system->pivot);
        system->rows.w = wio_alloc(n, sizeof(double));
        system->rows.z = wio_alloc(n, sizeof(double));
        system->columns.w = wio_alloc(n, sizeof(double));
        system->columns.z = wio_alloc(n, sizeof(double));
        if (system->A != NULL && system->lu != NULL && system->pivot != NULL &&
            system->rows.w != NULL && system->rows.z != NULL && system->columns.w != NULL &&
            system->columns.z != NULL) {
            *out = system;
            return WIO_OK;
        }
    }
    wio_system_free(system);
    (void)wio_fail(err, WIO_E_MEMORY, "no memory for the factors of %zu equations (%.0f MB)", n,
                   2.0 * (double)n * (double)n * 8e-6);
    return WIO_E_MEMORY;
}

/* Say why it was refused; the diagnosis goes to the caller. */
static wio_status refuse(wio_status status, const wio_system *system, const double *v,
                         wio_diagnosis *diagnosis, wio_error *err)
{
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, status, "no memory to certify %zu equations", system->n);
    }
    if (status == WIO_E_SINGULAR) {
        return wio_fail(err, status,
                        "I - A is singular to working precision: condition %.2g for %zu equations",
                        system->own.condition, system->n);
    }
    wio_diagnosis found = {0};
    if (wio_diagnose(&found, system->n, system->A, v) != WIO_OK) {
        return wio_fail(err, WIO_E_MEMORY, "no memory to diagnose %zu equations", system->n);
    }
    status = wio_fail(err, status, "%s: the spectral radius of A is in [%.6g, %.6g], row %zu leads",
                      found.radius_low >= 1.0 ? "I - A is not productive"
                                              : "I - A could not be proven productive",
                      found.radius_low, found.radius_high, found.top_row[0]);
    if (diagnosis != NULL) {
        *diagnosis = found;
    } else {
        wio_free(found.member);
    }
    return status;
}

wio_status wio_closed(size_t n, const double *A, const double *v)
{
    size_t count = 0, positive = 0;
    while (v != NULL && positive < n && v[positive] > 0.0) {
        positive++;
    }
    if (v == NULL || positive == n) {
        return WIO_OK;
    }
    unsigned char *outside = wio_alloc(n, 1);
    if (outside == NULL) {
        return WIO_E_MEMORY;
    }
    wio_status status = wio_closed_group(&count, outside, n, A, v);
    wio_free(outside);
    return status == WIO_OK && count > 0 ? WIO_E_NOT_PRODUCTIVE : status;
}

/* Whether the digits of LU are to be doubted, by the exact condition number or for want of a proof:
 * TRUST 1.4, step 5. Above 1e8 LU may lose half of them. */
static bool doubtful(wio_status status, const wio_system *system)
{
    return status == WIO_E_SINGULAR || status == WIO_E_NOT_PRODUCTIVE ||
           (status == WIO_OK && system->own.condition > 1e8);
}

static wio_status factor(wio_system *system, const double *v, bool entrywise)
{
    WIO_TRY(wio_closed(system->n, system->A, v));
    wio_status status = WIO_OK;
    if (!entrywise) {
        /* A zero pivot means that 1 is an eigenvalue of A: for A >= 0 that is not productive. */
        size_t zero = wio_lu_factor(system->lu, system->pivot, system->n, system->A);
        status = zero > 0 ? WIO_E_NOT_PRODUCTIVE : wio_certify(system);
    }
    if (entrywise || (doubtful(status, system) && wio_gth_fits(system->n, system->A, v))) {
        status = wio_gth_adopt(system, v);
    }
    return status;
}

static wio_status create(wio_system **out, size_t n, const double *A, const double *v,
                         bool entrywise, wio_diagnosis *diagnosis, wio_error *err)
{
    if (out == NULL || A == NULL || n == 0 || n >= INT_MAX) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_system_create: n is %zu, must be 1 to %d", n,
                        INT_MAX - 1);
    }
    WIO_TRY(check_finite(A, n * n, "A", err));
    if (wio_blas_room(1) == 0) {
        return wio_fail(err, WIO_E_MEMORY, "no room for the buffers of BLAS (ulimit -v)");
    }
    if (v != NULL) {
        WIO_TRY(check_finite(v, n, "v", err));
    }
    if (entrywise && !wio_gth_fits(n, A, v)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "entrywise accuracy needs A >= 0 and v >= 0, the share of every column "
                        "that is not in A, as data: here it is not there or not 1 - column sum");
    }
    wio_system *system = NULL;
    WIO_TRY(allocate(&system, n, err));

    memcpy(system->A, A, n * n * sizeof *A);
    norms(system, system->rows.w);
    wio_status status = factor(system, v, entrywise);
    if (status != WIO_OK) {
        status = refuse(status, system, v, diagnosis, err);
        wio_system_free(system);
        return status;
    }
    *out = system;
    return WIO_OK;
}

wio_status wio_system_create(wio_system **out, size_t n, const double *A, const double *v,
                             wio_diagnosis *diagnosis, wio_error *err)
{
    return create(out, n, A, v, false, diagnosis, err);
}

wio_status wio_system_create_entrywise(wio_system **out, size_t n, const double *A, const double *v,
                                       wio_diagnosis *diagnosis, wio_error *err)
{
    return create(out, n, A, v, true, diagnosis, err);
}

void wio_system_free(wio_system *system)
{
    if (system == NULL) {
        return;
    }
    wio_free(system->A);
    wio_free(system->lu);
    wio_free(system->pivot);
    wio_free(system->rows.w);
    wio_free(system->rows.z);
    wio_free(system->columns.w);
    wio_free(system->columns.z);
    wio_free(system->diagonal);
    wio_free(system);
}

size_t wio_system_order(const wio_system *system)
{
    return system->n;
}

const double *wio_system_matrix(const wio_system *system)
{
    return system->A;
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
    memcpy(work->solution, F, used * n * sizeof *F);
    memset(work->solution + used * n, 0, (WIO_BLOCK - used) * n * sizeof *F);
    wio_lu_solve(work->solution, system->lu, system->pivot, n, WIO_BLOCK, transposed);
    for (int step = 0;; step++) {
        measure(worth, system, transposed, work, F, used);
        size_t open = 0;
        for (size_t c = 0; c < used; c++) {
            open += is_open(system, step, &worth[c]);
        }
        if (open == 0 || step == MOST_REFINEMENTS) {
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

static wio_status workspace_create(wio_workspace *work, const wio_system *system, size_t k)
{
    size_t n = system->n;
    bool small = n <= WIO_SMALL;
    size_t block = small && system->diagonal == NULL ? 0 : WIO_BLOCK,
           lanes = small && k <= FEW ? 0 : WIO_LANES;
    double *next = wio_alloc(2 * block + 4 * lanes + 4, n * sizeof *next);
    if (next == NULL) {
        return WIO_E_MEMORY;
    }
    *work = (wio_workspace){.memory = next, .solution = next, .correction = next + block * n};
    next += 2 * block * n;
    work->eight = (wio_figures){WIO_LANES, next, next + lanes * n, next + 2 * lanes * n,
                                next + 3 * lanes * n};
    next += 4 * lanes * n;
    work->one = (wio_figures){1, next, next + n, next + 2 * n, next + 3 * n};
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
                                  bool transposed, const wio_workspace *work, const double *f)
{
    size_t n = system->n, count = 0;
    unsigned char *mark = wio_zalloc(n, 1);
    size_t *queue = wio_alloc(n, sizeof *queue);
    if (mark == NULL || queue == NULL) {
        wio_free(queue);
        wio_free(mark);
        return WIO_E_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        if (f[i] != 0.0) {
            mark[i] = 1;
            queue[count++] = i;
        }
    }
    wio_spread(mark, queue, count, n, system->A, !transposed);
    for (size_t i = 0; i < n; i++) {
        x[i] = mark[i] ? x[i] : 0.0;
    }
    memcpy(work->one.x, x, n * sizeof *x);
    memcpy(work->one.y, f, n * sizeof *f);
    wio_residual_one(work->one.r, work->one.off, n, system->A, transposed, x, f);
    *worth = judge(system, transposed, &work->one, 0);
    worth->componentwise = sparse_error(system, transposed, &work->one);
    wio_free(queue);
    wio_free(mark);
    return WIO_OK;
}

/* Column `at` of a batch, as TRUST 1.4 has it. */
static wio_status accept(double *x, wio_quality *worth, const wio_system *system, bool transposed,
                         const wio_workspace *work, const double *f, size_t at, wio_error *err)
{
    double limit = 8.0 * (double)(system->n + 2) * WIO_UNIT;
    if (is_open(system, 1, worth) && system->diagonal == NULL &&
        clear_unreached(x, worth, system, transposed, work, f) != WIO_OK) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu equations", system->n);
    }
    if (!(worth->componentwise <= limit)) {
        return wio_fail(err, WIO_E_NOT_CERTIFIED,
                        "solution %zu: componentwise backward error %.2g is above %.2g", at,
                        worth->componentwise, limit);
    }
    return WIO_OK;
}

typedef void block_solver(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                          const wio_workspace *work, const double *F, size_t used);

static wio_status solve(double *X, const wio_system *system, bool transposed, size_t k,
                        const double *F, wio_certificate *certificate, wio_error *err)
{
    if (system == NULL || (k > 0 && (X == NULL || F == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_system_solve: NULL argument");
    }
    size_t n = system->n, cells;
    if (__builtin_mul_overflow(k, n, &cells)) {
        return wio_fail(err, WIO_E_MEMORY, "%zu right-hand sides of %zu equations", k, n);
    }
    WIO_TRY(check_finite(F, cells, "right-hand side", err));

    wio_workspace work = {0};
    wio_status status = workspace_create(&work, system, k);
    double *result = wio_alloc(cells, sizeof *result);
    if (status != WIO_OK || result == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "no memory for %zu right-hand sides of %zu", k, n);
        goto done;
    }
    wio_certificate all = system->own;
    for (size_t first = 0; first < k; first += WIO_BLOCK) {
        size_t used = k - first < WIO_BLOCK ? k - first : WIO_BLOCK;
        wio_quality worth[WIO_BLOCK];
        block_solver *method = system->diagonal != NULL ? wio_gth_block
                               : n <= WIO_SMALL         ? solve_small
                                                        : solve_block;
        method(result + first * n, worth, system, transposed, &work, F + first * n, used);
        for (size_t c = 0; c < used; c++) {
            size_t at = first + c;
            status =
                accept(result + at * n, &worth[c], system, transposed, &work, F + at * n, at, err);
            if (status != WIO_OK) {
                goto done;
            }
            all.backward_error = fmax(all.backward_error, worth[c].backward);
            all.componentwise = fmax(all.componentwise, worth[c].componentwise);
            all.error_bound = fmax(all.error_bound, worth[c].bound);
        }
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
    wio_free(work.memory);
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
