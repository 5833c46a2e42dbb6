/* lu.c - the factors of I - A, and what is proven about them; lu_solve.c solves with them.
 *
 * A row-major matrix read as column-major is its transpose, so LAPACK factors (I - A)' in place
 * and the plain solve asks for trans = 'T', the transposed one for 'N'. Above WIO_SMALL equations
 * and for A >= 0 factor.c does it without pivots, on all threads, in the same storage. */
#include "factor.h"
#include "iterative.h"

#include <limits.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* Proven relative error of every solution below which none is refined by itself. */
static const double STEADY = 1e-9;
/* Condition number above which factors in single precision are not used (TRUST 1.7). */
static const double MIXED_CONDITION = 1e6;

int wio_solve_threads(int asked)
{
    return wio_blas_room(omp_in_parallel() ? 1 : wio_threads(asked));
}

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

wio_status wio_check_finite(const double *v, size_t count, const char *name, wio_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(v[i])) {
            return wio_fail(err, WIO_E_NONFINITE, "%s[%zu] is %g, it has to be a finite number",
                            name, i, v[i]);
        }
    }
    return WIO_OK;
}

/* Sums of one row of |I - A|, with the row kept where `to` is not NULL; one lane, in order, up to
 * WIO_SMALL, four lanes above. */
static double take_row(double *to, const double *a, size_t n, size_t i, bool *nonnegative)
{
    double lane[4] = {0.0};
    size_t lanes = n > WIO_SMALL ? 4 : 1, j = 0;
    bool good = true;
    if (to != NULL) {
        memcpy(to, a, n * sizeof *a);
    }
    for (; lanes == 4 && j + 4 <= n; j += 4) {
        for (size_t l = 0; l < 4; l++) {
            good &= a[j + l] >= 0.0;
            lane[l] += fabs(a[j + l]);
        }
    }
    for (; j < n; j++) {
        good &= a[j] >= 0.0;
        lane[0] += lanes == 1 && j == i ? fabs(1.0 - a[j]) : fabs(a[j]);
    }
    *nonnegative = good;
    double sum = (lane[0] + lane[1]) + (lane[2] + lane[3]);
    return lanes == 1 ? sum : sum - fabs(a[i]) + fabs(1.0 - a[i]);
}

/* Sums of columns [first, end) of |I - A|; up to WIO_SMALL in the order of the rows, above it with the
 * diagonal last. ones [n]. */
static void sum_columns(double *sums, const double *A, size_t n, size_t first, size_t end,
                        const double *ones)
{
    memset(sums + first, 0, (end - first) * sizeof *sums);
    if (n > WIO_SMALL) {
        wio_band(sums + first, n, end - first, n, A + first, WIO_ABSOLUTE, ones);
        for (size_t j = first; j < end; j++) {
            double a = A[j * n + j];
            sums[j] = sums[j] - fabs(a) + fabs(1.0 - a);
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = first; j < end; j++) {
            sums[j] += fabs(i == j ? 1.0 - A[i * n + j] : A[i * n + j]);
        }
    }
}

/* The system's own A, unless it is borrowed, and the largest column sum (norm1) and row sum (normi)
 * of |I - A|; sums has room for 3 n. An element that is not finite makes normi infinite or NaN. */
static void take_matrix(wio_system *system, const double *A, double *sums)
{
    enum { BAND = 1024 }; /* columns whose sums stay in the nearest cache (core/sums.c) */
    size_t n = system->n;
    double *row_sum = sums + n, *ones = row_sum + n;
    int negative = 0;
#pragma omp parallel for schedule(static) num_threads(system->threads)                             \
    reduction(|                                                                                    \
              : negative) if (n > WIO_SMALL)
    for (size_t i = 0; i < n; i++) {
        bool nonnegative;
        double *to = system->copy != NULL ? system->copy + i * n : NULL;
        row_sum[i] = take_row(to, A + i * n, n, i, &nonnegative);
        negative |= !nonnegative;
        ones[i] = 1.0;
    }
#pragma omp parallel for schedule(static) num_threads(system->threads) if (n > WIO_SMALL)
    for (size_t first = 0; first < n; first += BAND) {
        sum_columns(sums, A, n, first, first + BAND < n ? first + BAND : n, ones);
    }
    system->own.nonnegative = negative == 0;
    for (size_t j = 0; j < n; j++) {
        system->normi = wio_worse(row_sum[j], system->normi);
        system->norm1 = wio_worse(sums[j], system->norm1);
    }
}

/* lu is not there yet: how large depends on the method. */
static wio_status allocate(wio_system **out, size_t n, const double *borrowed, wio_error *err)
{
    wio_system *system = wio_zalloc(1, sizeof *system);
    size_t cells;
    if (system != NULL && !__builtin_mul_overflow(n, n + 1, &cells)) {
        system->n = n;
        system->copy = borrowed == NULL ? wio_alloc(cells - n, sizeof(double)) : NULL;
        system->A = borrowed != NULL ? borrowed : system->copy;
        system->pivot = wio_alloc(n, sizeof *system->pivot);
        system->rows.w = wio_alloc(n, sizeof(double));
        system->rows.z = wio_alloc(n, sizeof(double));
        system->columns.w = wio_alloc(n, sizeof(double));
        system->columns.z = wio_alloc(n, sizeof(double));
        if (system->A != NULL && system->pivot != NULL && system->rows.w != NULL &&
            system->rows.z != NULL && system->columns.w != NULL && system->columns.z != NULL) {
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
        return wio_fail(err, status, "no memory for the factors of %zu equations (%.0f MB)",
                        system->n, 2.0 * (double)system->n * (double)system->n * 8e-6);
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
    if (status == WIO_E_NOT_CONVERGED && found.radius_low < 1.0) { /* mixed, and half */
        wio_free(found.member);
        return wio_fail(err, status,
                        "single precision does not do for these %zu equations, and factors in "
                        "double precision hold %.0f bytes more",
                        system->n, 4.0 * (double)system->n * (double)system->n);
    }
    status = wio_fail(err, WIO_E_NOT_PRODUCTIVE,
                      "%s: the spectral radius of A is in [%.6g, %.6g], row %zu leads",
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

/* Room for n + 1 rows of doubles, or n of floats, in place of what was there. */
static bool take_room(wio_system *system, bool single)
{
    size_t n = system->n;
    wio_free(system->lu);
    system->lu = single ? wio_alloc(n * n, sizeof(float)) : wio_alloc(n * (n + 1), sizeof(double));
    return system->lu != NULL;
}

/* Tiles where there is no need for pivots, LAPACK else. */
static wio_status factor_double(wio_system *system)
{
    size_t n = system->n;
    if (!take_room(system, false)) {
        return WIO_E_MEMORY;
    }
    if (n > WIO_SMALL) {
        wio_status status = wio_factor(system->lu, n, system->A, false, system->threads);
        system->pivot[0] = WIO_TILED;
        if (status != WIO_E_NOT_PRODUCTIVE) {
            return status;
        }
    }
    /* A zero pivot means that 1 is an eigenvalue of A: for A >= 0 that is not productive. */
    return wio_lu_factor(system->lu, system->pivot, n, system->A) > 0 ? WIO_E_NOT_PRODUCTIVE
                                                                      : WIO_OK;
}

/* Whether the errors of all solutions are proven to be small beforehand; MEMORY. */
static wio_status weigh(wio_system *system)
{
    size_t n = system->n;
    double *work = wio_alloc(2 * n, sizeof *work);
    if (work == NULL) {
        return WIO_E_MEMORY;
    }
    for (int t = 0; t < 2; t++) {
        const wio_proof *proof = t == 0 ? &system->rows : &system->columns;
        double c =
            wio_factor_bound(system->lu, n, proof->w, proof->z, t == 1, system->threads, work);
        double least = INFINITY, most = 0.0;
        for (size_t i = 0; i < n; i++) {
            least = fmin(least, proof->w[i]);
            most = fmax(most, proof->w[i]);
        }
        system->steady[t] = c * (most / least) <= STEADY ? c : 0.0;
    }
    wio_free(work);
    if (system->steady[0] > 0.0 && system->steady[1] > 0.0) {
        (void)snprintf(system->own.method, sizeof system->own.method,
                       "tiled LU, M-matrix proof, error bounded beforehand");
    }
    return WIO_OK;
}

static wio_status factor_and_prove(wio_system *system, bool refined)
{
    WIO_TRY(factor_double(system));
    WIO_TRY(wio_certify(system));
    bool tiled = system->n > WIO_SMALL && system->pivot[0] == WIO_TILED;
    return tiled && !refined ? weigh(system) : WIO_OK;
}

/* OK; NOT_CONVERGED where double precision has to be used. */
static wio_status factor_mixed(wio_system *system)
{
    if (!take_room(system, true)) {
        return WIO_E_MEMORY;
    }
    wio_status status = wio_factor(system->lu, system->n, system->A, true, system->threads);
    system->pivot[0] = WIO_TILED_SINGLE;
    if (status == WIO_OK) {
        status = wio_certify(system);
    }
    if (status == WIO_OK) {
        status = system->own.condition <= MIXED_CONDITION ? wio_try_refinement(system)
                                                          : WIO_E_NOT_CONVERGED;
    }
    if (status == WIO_OK) {
        (void)snprintf(system->own.method, sizeof system->own.method,
                       "tiled LU in single precision, refined, M-matrix proof");
    }
    return status == WIO_OK || status == WIO_E_MEMORY ? status : WIO_E_NOT_CONVERGED;
}

static wio_status factor(wio_system *system, const double *v, bool entrywise,
                         const wio_system_options *options)
{
    WIO_TRY(wio_closed(system->n, system->A, v));
    wio_status status = WIO_E_NOT_CONVERGED;
    bool mixed = options->mixed && !entrywise && system->n > WIO_SMALL;
    if (mixed) {
        status = factor_mixed(system);
    }
    if (status == WIO_E_NOT_CONVERGED && !entrywise && !(mixed && options->half)) {
        status = factor_and_prove(system, options->refined);
    }
    if (status == WIO_E_MEMORY) {
        return status;
    }
    if (entrywise || (doubtful(status, system) && wio_gth_fits(system->n, system->A, v))) {
        system->steady[0] = system->steady[1] = 0.0;
        status = entrywise && !take_room(system, false) ? WIO_E_MEMORY : wio_gth_adopt(system, v);
    }
    return status;
}

/* What no method may be given, now that the matrix was looked at: NONFINITE, ARGUMENT. */
static wio_status unusable(const wio_system *system, const double *v, bool entrywise,
                           wio_error *err)
{
    size_t n = system->n;
    if (!isfinite(system->normi)) {
        WIO_TRY(wio_check_finite(system->A, n * n, "A", err));
    }
    if (entrywise && !wio_gth_fits(n, system->A, v)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "entrywise accuracy needs A >= 0 and v >= 0, the share of every column "
                        "that is not in A, as data: here it is not there or not 1 - column sum");
    }
    return WIO_OK;
}

static wio_status create(wio_system **out, size_t n, const double *A, const double *v,
                         bool entrywise, const wio_system_options *options,
                         wio_diagnosis *diagnosis, wio_error *err)
{
    static const wio_system_options none = {0};
    if (out == NULL || A == NULL || n == 0 || n >= INT_MAX) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_system_create: n is %zu, must be 1 to %d", n,
                        INT_MAX - 1);
    }
    options = options != NULL ? options : &none;
    int threads = n > WIO_SMALL ? wio_solve_threads(options->threads) : wio_blas_room(1);
    if (threads == 0) {
        return wio_fail(err, WIO_E_MEMORY, "no room for the buffers of BLAS (ulimit -v)");
    }
    wio_blas_single();
    if (v != NULL) {
        WIO_TRY(wio_check_finite(v, n, "v", err));
    }
    wio_system *system = NULL;
    WIO_TRY(allocate(&system, n, options->borrow ? A : NULL, err));
    system->threads = threads;

    double *sums = wio_alloc(3 * n, sizeof *sums);
    wio_status status = sums == NULL ? WIO_E_MEMORY : WIO_OK;
    if (status == WIO_OK) {
        take_matrix(system, A, sums);
        wio_free(sums);
        status = unusable(system, v, entrywise, err);
        if (status != WIO_OK) {
            wio_system_free(system);
            return status;
        }
        status = factor(system, v, entrywise, options);
    }
    if (status != WIO_OK) {
        status = refuse(status, system, v, diagnosis, err);
        wio_system_free(system);
        return status;
    }
    system->threads = options->threads;
    *out = system;
    return WIO_OK;
}

wio_status wio_system_create(wio_system **out, size_t n, const double *A, const double *v,
                             wio_diagnosis *diagnosis, wio_error *err)
{
    return create(out, n, A, v, false, NULL, diagnosis, err);
}

wio_status wio_system_create_with(wio_system **out, size_t n, const double *A, const double *v,
                                  const wio_system_options *options, wio_diagnosis *diagnosis,
                                  wio_error *err)
{
    return create(out, n, A, v, options != NULL && options->entrywise, options, diagnosis, err);
}

wio_status wio_system_create_entrywise(wio_system **out, size_t n, const double *A, const double *v,
                                       wio_diagnosis *diagnosis, wio_error *err)
{
    return create(out, n, A, v, true, NULL, diagnosis, err);
}

void wio_system_free(wio_system *system)
{
    if (system == NULL) {
        return;
    }
    wio_free(system->copy);
    wio_free(system->lu);
    wio_free(system->pivot);
    wio_free(system->rows.w);
    wio_free(system->rows.z);
    wio_free(system->columns.w);
    wio_free(system->columns.z);
    wio_free(system->diagonal);
    wio_iterative_free(system->iterative);
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
