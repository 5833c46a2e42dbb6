/* iterative.c - the proof that I - A can be solved with, and solves, by products with A alone.
 *
 * TRUST 1.5: w > 0 with <B> w >= z > 0 proves the M-matrix (H-matrix), and then
 * |x - exact| <= w max((|r| + rounding of r) / z). w needs only a few digits. */
#include "iterative.h"
#include "operator_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BASIS = 24, LEAST_BASIS = 4 };

struct wio_iterative {
    wio_operator *op;
    wio_blocks *blocks;      /* or NULL */
    wio_precondition *apply; /* by blocks or other factors, or NULL */
    const void *context;
    size_t cycles;
    wio_proof rows, columns;
    double norm1, normi; /* of I - A */
    double memory;
    wio_certificate own;
};

/* Scratch of a solve of k vectors. */
typedef struct room {
    double *memory, *X, *R, *S, *W, *T;
} room;

static wio_status room_create(room *out, size_t n, size_t k)
{
    double *next = wio_alloc(4 * k, n * sizeof *next);
    *out = (room){next, next, NULL, NULL, NULL, NULL};
    if (next == NULL) {
        return WIO_E_MEMORY;
    }
    out->R = next + k * n;
    out->S = out->R + k * n;
    out->W = out->S + k * n;
    out->T = out->W; /* never needed at the same time */
    return WIO_OK;
}

/* Vectors at a time, and of a basis, that fit. */
static void fit(size_t *width, wio_krylov *how, const wio_iterative *it, size_t k)
{
    double vector = (double)it->op->A.n * sizeof(double), left = it->memory / vector;
    size_t most = k < 16 ? k : 16;
    how->basis = MOST_BASIS;
    while (most > 1 && (double)most * (6.0 + MOST_BASIS / 2.0) > left) {
        most--;
    }
    while (how->basis > LEAST_BASIS && 6.0 + (double)(how->basis + 1) / 2.0 > left) {
        how->basis--;
    }
    how->bicgstab = 6.0 + (LEAST_BASIS + 1) / 2.0 > left;
    *width = most;
}

/* --- the proof ---------------------------------------------------------------------------------- */

/* z = lower bounds of <B> w from r = 0 - w + C w; true when all of w and z are positive. */
static bool bounds(double *z, const double *w, const double *r, const double *size,
                   const wio_operator *op)
{
    size_t n = op->A.n;
    double g = wio_gamma(n + 4), dot2 = 1.01 * g * g;
    bool positive = true;
#pragma omp parallel for num_threads(team(op)) schedule(static) reduction(&& : positive)
    for (size_t i = 0; i < n; i++) {
        double b = -r[i];
        z[i] = b - 8.0 * WIO_UNIT * (fabs(b) + size[i]) - dot2 * (size[i] + 2.0 * w[i]);
        positive = positive && isfinite(w[i]) && w[i] > 0.0 && z[i] > 0.0;
    }
    return positive;
}

/* The same for A >= 0 from r = 1 - (w - A w) by plain sums and size = w + A w. The sum of a row, two
 * subtractions and the one here: |error| <= gamma(n + 4) (size + |r| + 2). A diagonal element above
 * 1 leaves no such w. */
static bool plain_bounds(double *z, const double *w, const double *r, const double *size,
                         const wio_operator *op)
{
    size_t n = op->A.n;
    double g = 1.01 * wio_gamma(n + 8);
    bool positive = true;
#pragma omp parallel for num_threads(team(op)) schedule(static) reduction(&& : positive)
    for (size_t i = 0; i < n; i++) {
        z[i] = (1.0 - r[i]) - g * (size[i] + fabs(r[i]) + 2.0);
        positive = positive && isfinite(w[i]) && w[i] > 0.0 && z[i] > 0.5;
    }
    return positive;
}

/* The largest row sum of |I - A|, from above: with c_ii = 1 - |1 - a_ii| it is C e - c_ii + |1 - a_ii|,
 * and rounding, in single precision too, at most e (sum + 3 |a_ii|) <= 3 e (norm + 1). */
static double largest_sum(const wio_iterative *it, bool transposed, const room *at,
                          wio_krylov_report *report)
{
    const int kind = WIO_ABSOLUTE | WIO_SINGLE;
    size_t n = it->op->A.n;
    double most = 0.0;
#pragma omp parallel for num_threads(team(it->op)) schedule(static)
    for (size_t i = 0; i < n; i++) {
        at->X[i] = 1.0;
    }
    wio_operator_apply(at->R, it->op, transposed, kind, 1, at->X);
    report->passes += wio_operator_pass(it->op, kind);
#pragma omp parallel for num_threads(team(it->op)) schedule(static) reduction(max : most)
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, at->R[i] + (2.0 * fabs(1.0 - diagonal(&it->op->A, i)) - 1.0));
    }
    return most + 3.0 * (wio_gamma(n + 8) + 0x1p-23) * (most + 1.0);
}

/* Proof by w near <B>^-1 e. Plain sums do unless w is very large; then twice the precision. */
static wio_status prove(wio_iterative *it, bool transposed, const room *at,
                        wio_krylov_report *report)
{
    size_t n = it->op->A.n, width;
    wio_proof *proof = transposed ? &it->columns : &it->rows;
    bool plain = it->op->nonnegative; /* else the comparison matrix is another one */
    wio_krylov how = {.op = it->op,
                      .transposed = transposed,
                      .kind = WIO_ABSOLUTE | WIO_SINGLE,
                      .apply = plain ? it->apply : NULL,
                      .context = it->context,
                      .cycles = it->cycles,
                      .largest = 0.01,
                      .zero = it->op->A.dense == NULL};
    fit(&width, &how, it, 1);
    *(transposed ? &it->norm1 : &it->normi) = largest_sum(it, transposed, at, report);
    double *ones = proof->z;
#pragma omp parallel for num_threads(team(it->op)) schedule(static)
    for (size_t i = 0; i < n; i++) {
        ones[i] = proof->w[i] = 1.0;
    }
    wio_error ignored = {0};
    wio_status status =
        wio_krylov_solve(proof->w, at->R, at->S, at->T, at->W, &how, 1, ones, report, &ignored);
    if (status == WIO_E_MEMORY) {
        return status;
    }
    if (status == WIO_OK && it->op->nonnegative &&
        plain_bounds(proof->z, proof->w, at->R, at->S, it->op)) {
        return WIO_OK;
    }
    memset(at->X, 0, n * sizeof(double));
    wio_operator_residual(at->R, at->S, at->T, it->op, transposed, WIO_ABSOLUTE, 1, proof->w,
                          at->X);
    report->passes += 1.0;
    return bounds(proof->z, proof->w, at->R, at->S, it->op) ? WIO_OK : WIO_E_NOT_PRODUCTIVE;
}

/* Collatz-Wielandt by some powers of |A| from w, which leans to the Perron vector already. The
 * comparison matrix has I - C with c_ii = |a_ii| + shift_i, shift <= 0: |A| w <= w - z - shift w. */
static void radius(wio_iterative *it, const room *at, wio_krylov_report *report)
{
    enum { ROUNDS = 6 };
    size_t n = it->op->A.n;
    double g = wio_gamma(n + 4) + 0x1p-22, low = 0.0, high = 0.0; /* single: 2^-24 an element */
    double *w = at->X, *y = at->R, limit = 1.0 - WIO_UNIT;
    wio_operator magnitudes = *it->op;
    magnitudes.shift = NULL;
#pragma omp parallel for num_threads(team(it->op)) schedule(static) reduction(max : high, limit)
    for (size_t i = 0; i < n; i++) {
        double shift = it->op->shift != NULL ? it->op->shift[i] : 0.0;
        high = fmax(high, (1.0 - it->rows.z[i] / it->rows.w[i] - shift) * (1.0 + 4.0 * WIO_UNIT));
        limit = shift < 0.0 ? INFINITY : limit; /* else |A| is proven to have a radius below 1 */
    }
    memcpy(w, it->rows.w, n * sizeof *w);
    for (int round = 0; round < ROUNDS && high - low > 1e-2 * high; round++) {
        double least = INFINITY, most = 0.0, top = 0.0;
        wio_operator_apply(y, &magnitudes, false, WIO_ABSOLUTE | WIO_SINGLE, 1, w);
        report->passes += wio_operator_pass(it->op, WIO_SINGLE);
#pragma omp parallel for num_threads(team(it->op)) schedule(static) reduction(min                  \
                                                                              : least)             \
    reduction(max                                                                                  \
              : most, top)
        for (size_t i = 0; i < n; i++) {
            least = fmin(least, w[i] > 0.0 ? y[i] / w[i] : least);
            most = fmax(most, w[i] > 0.0 ? y[i] / w[i] : INFINITY);
            top = fmax(top, y[i]);
        }
        low = fmax(low, isfinite(least) ? least * (1.0 - g) : 0.0);
        high = fmin(high, most * (1.0 + g));
#pragma omp parallel for num_threads(team(it->op)) schedule(static)
        for (size_t i = 0; i < n; i++) {
            w[i] = top > 0.0 ? y[i] / top + 1e-12 * it->rows.w[i] : w[i];
        }
    }
    it->own.radius_low = it->op->nonnegative ? fmin(low, high) : 0.0;
    it->own.radius_high = fmin(high + 4.0 * WIO_UNIT, limit);
}

static wio_status certify(wio_iterative *it, wio_krylov_report *report)
{
    room at;
    size_t n = it->op->A.n;
    wio_status status = room_create(&at, n, 1);
    if (status == WIO_OK) {
        status = prove(it, false, &at, report);
    }
    if (status == WIO_OK) {
        status = prove(it, true, &at, report);
    }
    if (status == WIO_OK) {
        double most = 0.0, least = INFINITY; /* |B^-T e| <= w / min z */
#pragma omp parallel for num_threads(team(it->op)) schedule(static) reduction(max                  \
                                                                              : most)              \
    reduction(min                                                                                  \
              : least)
        for (size_t i = 0; i < n; i++) {
            most = fmax(most, it->columns.w[i]);
            least = fmin(least, it->columns.z[i]);
        }
        it->own.condition = it->norm1 * (most / least) * (1.0 + 8.0 * WIO_UNIT);
        it->own.condition_bound = true;
        it->own.nonnegative = it->own.productive = it->op->nonnegative;
        status = it->own.condition * (double)n * WIO_UNIT > 0.1 ? WIO_E_SINGULAR : WIO_OK;
        if (status == WIO_OK) {
            radius(it, &at, report);
        }
    }
    wio_free(at.memory);
    return status;
}

static wio_status refuse(wio_status status, const wio_iterative *it, const double *v,
                         wio_diagnosis *diagnosis, wio_error *err)
{
    size_t n = it->op->A.n;
    if (status == WIO_E_SINGULAR) {
        return wio_fail(err, status,
                        "I - A is singular to working precision: condition %.2g for %zu equations",
                        it->own.condition, n);
    }
    wio_diagnosis found = {0};
    if (status == WIO_E_MEMORY || wio_diagnose_matrix(&found, &it->op->A, v) != WIO_OK) {
        return wio_fail(err, WIO_E_MEMORY, "no memory to certify %zu equations", n);
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

static wio_status prepare(wio_iterative *it, const wio_matrix *A,
                          const wio_iterative_options *options, wio_error *err)
{
    WIO_TRY(wio_operator_create(&it->op, A, options->threads, options->single, err));
    if (options->blocks > 0 && options->block != NULL) {
        WIO_TRY(wio_blocks_create(&it->blocks, A, options->block, options->blocks, options->threads,
                                  err));
    }
    it->apply = options->stale != NULL ? wio_stale_apply
                : it->blocks != NULL   ? wio_blocks_apply
                                       : NULL;
    it->context = options->stale != NULL ? (const void *)options->stale : it->blocks;
    it->cycles = options->cycles;
    wio_proof *proof[] = {&it->rows, &it->columns};
    for (size_t p = 0; p < 2; p++) {
        proof[p]->w = wio_alloc(A->n, sizeof(double));
        proof[p]->z = wio_alloc(A->n, sizeof(double));
        if (proof[p]->w == NULL || proof[p]->z == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "no memory for %zu equations", A->n);
        }
    }
    double bytes = A->dense != NULL ? 8.0 * it->op->entries : 12.0 * it->op->entries;
    it->memory = options->memory > 0.0 ? options->memory : fmax(0.32 * bytes, 64e6);
    (void)snprintf(it->own.method, sizeof it->own.method, "Krylov%s, refined%s",
                   options->stale != NULL ? " by other factors"
                   : it->blocks != NULL   ? " by blocks"
                                          : "",
                   it->op->nonnegative ? ", M-matrix proof" : ", comparison matrix proof");
    return WIO_OK;
}

wio_status wio_iterative_create(wio_iterative **out, const wio_matrix *A, const double *v,
                                const wio_iterative_options *options, wio_diagnosis *diagnosis,
                                wio_krylov_report *report, wio_error *err)
{
    static const wio_iterative_options none = {0};
    wio_krylov_report own = {0};
    if (out == NULL || A == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_iterative_create: NULL argument");
    }
    wio_iterative *it = wio_zalloc(1, sizeof *it);
    if (it == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu equations", A->n);
    }
    wio_status status = prepare(it, A, options != NULL ? options : &none, err);
    if (status == WIO_OK) {
        status = certify(it, &own);
        if (status != WIO_OK) {
            status = refuse(status, it, v, diagnosis, err);
        }
    }
    if (status != WIO_OK) {
        wio_iterative_free(it);
        return status;
    }
    if (report != NULL) {
        *report = own;
    }
    *out = it;
    return WIO_OK;
}

void wio_iterative_free(wio_iterative *it)
{
    if (it != NULL) {
        wio_operator_free(it->op);
        wio_blocks_free(it->blocks);
        wio_free(it->rows.w);
        wio_free(it->rows.z);
        wio_free(it->columns.w);
        wio_free(it->columns.z);
        wio_free(it);
    }
}

void wio_iterative_start(wio_certificate *certificate, const wio_iterative *it)
{
    *certificate = it->own;
}

const wio_proof *wio_iterative_proof(const wio_iterative *it, bool transposed)
{
    return transposed ? &it->columns : &it->rows;
}

/* --- solves --------------------------------------------------------------------------------------- */

/* What a piece of a solution adds to its figures. */
typedef struct figures {
    double residual, size, right; /* sums of |r|, |x|, |f| */
    double omega, c, top, w;      /* largest of each */
} figures;

/* Elements `first` to `last`; c is the largest (|r| + its rounding) / z. */
static figures judge_piece(const wio_proof *proof, size_t n, size_t first, size_t last,
                           const double *r, const double *s, const double *x, const double *f)
{
    double g = wio_gamma(n + 4), dot2 = 1.01 * g * g;
    double least = (double)(n + 4) * 0x1p-1074; /* what products may lose by underflow */
    figures own = {0};
    for (size_t i = first; i < last; i++) {
        double ri = fabs(r[i]), xi = fabs(x[i]), fi = fabs(f[i]);
        own.residual += ri;
        own.size += xi;
        own.right += fi;
        own.top = wio_worse(xi, own.top);
        own.w = wio_worse(proof->w[i], own.w);
        own.omega = wio_worse(ri == 0.0 ? 0.0 : ri / (s[i] + fi), own.omega);
        double most = ri * (1.0 + 4.0 * WIO_UNIT) + dot2 * (fi + s[i] + 2.0 * xi) + least;
        own.c = wio_worse(most / proof->z[i], own.c);
    }
    return own;
}

/* As judge() of lu.c, from R and S of the solution, in fixed pieces. */
static wio_quality judge(const wio_iterative *it, bool transposed, const double *r, const double *s,
                         const double *x, const double *f)
{
    enum { PIECES = 64 };
    const wio_proof *proof = transposed ? &it->columns : &it->rows;
    size_t n = it->op->A.n;
    figures part[PIECES], all = {0};
#pragma omp parallel for num_threads(team(it->op)) schedule(static)
    for (size_t p = 0; p < PIECES; p++) {
        part[p] = judge_piece(proof, n, n * p / PIECES, n * (p + 1) / PIECES, r, s, x, f);
    }
    for (size_t p = 0; p < PIECES; p++) {
        all.residual += part[p].residual;
        all.size += part[p].size;
        all.right += part[p].right;
        all.top = wio_worse(part[p].top, all.top);
        all.w = wio_worse(part[p].w, all.w);
        all.omega = wio_worse(part[p].omega, all.omega);
        all.c = wio_worse(part[p].c, all.c);
    }
    double norm = transposed ? it->normi : it->norm1;
    return (wio_quality){
        .backward = all.residual == 0.0 ? 0.0 : all.residual / (norm * all.size + all.right),
        .componentwise = all.omega,
        .bound = all.top == 0.0 ? 0.0 : all.c * all.w / all.top * (1.0 + 8.0 * WIO_UNIT),
    };
}

/* Up to a batch of vectors, from x = f. */
static wio_status solve_batch(const room *at, const wio_iterative *it, const wio_krylov *how,
                              size_t first, size_t k, const double *F, wio_certificate *all,
                              wio_krylov_report *report, wio_error *err)
{
    size_t n = it->op->A.n;
    double limit = 8.0 * (double)(n + 2) * WIO_UNIT;
    if (!how->zero) {
        memcpy(at->X, F, k * n * sizeof *F);
    }
    WIO_TRY(wio_krylov_solve(at->X, at->R, at->S, at->T, at->W, how, k, F, report, err));
    for (size_t c = 0; c < k; c++) {
        wio_quality worth =
            judge(it, how->transposed, at->R + c * n, at->S + c * n, at->X + c * n, F + c * n);
        if (!(worth.componentwise <= limit)) {
            return wio_fail(err, WIO_E_NOT_CERTIFIED,
                            "solution %zu: componentwise backward error %.2g is above %.2g",
                            first + c, worth.componentwise, limit);
        }
        all->backward_error = fmax(all->backward_error, worth.backward);
        all->componentwise = fmax(all->componentwise, worth.componentwise);
        all->error_bound = fmax(all->error_bound, worth.bound);
    }
    return WIO_OK;
}

wio_status wio_iterative_solve(double *X, const wio_iterative *it, size_t k, const double *F,
                               bool transposed, wio_certificate *certificate,
                               wio_krylov_report *report, wio_error *err)
{
    size_t cells, width;
    if (it == NULL || k == 0 || X == NULL || F == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_iterative_solve: NULL or nothing to solve");
    }
    size_t n = it->op->A.n;
    if (__builtin_mul_overflow(k, n, &cells)) {
        return wio_fail(err, WIO_E_MEMORY, "%zu right-hand sides of %zu equations", k, n);
    }
    for (size_t e = 0; e < cells; e++) {
        if (!isfinite(F[e])) {
            return wio_fail(err, WIO_E_NONFINITE,
                            "right-hand side[%zu] is %g, it has to be a finite number", e, F[e]);
        }
    }
    wio_krylov how = {.op = it->op,
                      .transposed = transposed,
                      .kind = WIO_SINGLE,
                      .apply = it->apply,
                      .context = it->context,
                      .cycles = it->cycles,
                      .relative = 1e-14,
                      .component = (double)(n + 2) * WIO_UNIT,
                      .zero = it->op->A.dense == NULL};
    fit(&width, &how, it, k);
    wio_krylov_report sum = {0};
    wio_certificate all = it->own;
    room at = {0};
    wio_status status = room_create(&at, n, width);
    /* One batch: its own room is the result. Several: X must not change before all are solved. */
    double *result = k > width ? wio_alloc(cells, sizeof *result) : at.X;
    if (status != WIO_OK || result == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "no memory for %zu right-hand sides of %zu", k, n);
    }
    for (size_t first = 0; status == WIO_OK && first < k; first += width) {
        size_t used = k - first < width ? k - first : width;
        status = solve_batch(&at, it, &how, first, used, F + first * n, &all, &sum, err);
        if (status == WIO_OK && result != at.X) {
            memcpy(result + first * n, at.X, used * n * sizeof *result);
        }
    }
    if (status == WIO_OK) {
        memcpy(X, result, cells * sizeof *X);
        all.solves = k;
        if (certificate != NULL) {
            wio_certificate_merge(certificate, &all);
        }
        if (report != NULL) {
            report->iterations =
                report->iterations > sum.iterations ? report->iterations : sum.iterations;
            report->passes += sum.passes;
            report->seconds += sum.seconds;
            report->residual = wio_worse(sum.residual, report->residual);
        }
    }
    if (result != at.X) {
        wio_free(result);
    }
    wio_free(at.memory);
    return status;
}
