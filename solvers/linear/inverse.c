/* inverse.c - (I - A)^-1 of a nonsingular M-matrix by block recursion, matrix products alone.
 *
 *   [P B]^-1   [P^-1 + P^-1 B S^-1 C P^-1   -P^-1 B S^-1]
 *   [C D]    = [-S^-1 C P^-1                 S^-1       ],   S = D - C P^-1 B
 *
 * No pivots are needed (Berman & Plemmons, Nonnegative Matrices, ch. 6: principal blocks and Schur
 * complements of an M-matrix are M-matrices), and every sum off the diagonal of S adds numbers of
 * one sign, so the computed inverse has no negative element: only a pivot that is not positive can
 * stop it. Flops: six products of (n/2)^3 and two halves, T(n) = 3/2 n^3 + 2 T(n/2) = 2 n^3.
 *
 * Every product is cut into tiles by its shape alone, one tile is one BLAS call on one thread, and
 * the threads share the tiles: the bits do not depend on their number (TRUST 2.3). */
#include "inverse.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(WIO_NO_AVX2)
#define HAVE_AVX2_KERNEL 1
#endif

/* Leaves of 48, 64 and 96 do not differ by more than the measurement. */
enum {
    LEAF = 64, /* order that our own elimination inverts */
    ROWS = 64  /* rows of the inverse that one call solves for */
};

/* --- leaves ---------------------------------------------------------------------------------------- */

enum { QUADS = LEAF / 4 };

/* Gauss-Jordan without pivots on T, the first n rows and columns in use. Products and differences
 * are rounded one by one, so that every vector width gives the same bits. */
static inline __attribute__((always_inline)) bool eliminate(double *T, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        wio_quad *row = (wio_quad *)(T + k * LEAF);
        double pivot = T[k * LEAF + k];
        if (!(pivot > 0.0) || !isfinite(pivot)) {
            return false;
        }
        T[k * LEAF + k] = 1.0;
        for (size_t j = 0; j < QUADS; j++) {
            row[j] /= pivot;
        }
        for (size_t i = 0; i < n; i++) {
            wio_quad *x = (wio_quad *)(T + i * LEAF);
            double factor = T[i * LEAF + k];
            if (i == k || factor == 0.0) {
                continue;
            }
            T[i * LEAF + k] = 0.0;
            for (size_t j = 0; j < QUADS; j++) {
                x[j] -= factor * row[j];
            }
        }
    }
    return true;
}

#ifdef HAVE_AVX2_KERNEL
__attribute__((target("avx2"))) static bool eliminate_avx2(double *T, size_t n)
{
    return eliminate(T, n);
}
#endif

static bool invert_leaf(double *X, size_t ld, size_t n)
{
    double T[LEAF * LEAF] __attribute__((aligned(64)));
    memset(T, 0, sizeof T);
    for (size_t i = 0; i < n; i++) {
        memcpy(T + i * LEAF, X + i * ld, n * sizeof *T);
    }
    bool good;
#ifdef HAVE_AVX2_KERNEL
    good = __builtin_cpu_supports("avx2") ? eliminate_avx2(T, n) : eliminate(T, n);
#else
    good = eliminate(T, n);
#endif
    for (size_t i = 0; i < n; i++) {
        memcpy(X + i * ld, T + i * LEAF, n * sizeof *T);
    }
    return good;
}

/* --- the recursion ---------------------------------------------------------------------------------- */

/* The inverse of X [n x n] in its own place; work has room for n^2. False at a pivot that is not
 * positive. */
static bool invert(double *X, size_t ld, size_t n, double *work, int threads)
{
    if (n <= LEAF) {
        return invert_leaf(X, ld, n);
    }
    size_t h = (n / 2 + LEAF - 1) / LEAF * LEAF, r = n - h;
    double *P = X, *B = X + h, *C = X + h * ld, *D = C + h;
    double *CP = work, *PB = work + r * h;
    if (!invert(P, ld, h, work, threads)) {
        return false;
    }
    const wio_product both[] = {{r, h, h, 1.0, 0.0, C, P, CP, ld, ld, h, false},
                                {h, r, h, 1.0, 0.0, P, B, PB, ld, ld, r, false}};
    wio_multiply(both, 2, threads);
    const wio_product schur = {r, r, h, -1.0, 1.0, CP, B, D, h, ld, ld, false};
    wio_multiply(&schur, 1, threads);
    if (!invert(D, ld, r, PB + h * r, threads)) {
        return false;
    }
    const wio_product sides[] = {{h, r, r, -1.0, 0.0, PB, D, B, r, ld, ld, false},
                                 {r, h, r, -1.0, 0.0, D, CP, C, ld, h, ld, false}};
    wio_multiply(sides, 2, threads);
    const wio_product corner = {h, h, r, -1.0, 1.0, B, CP, P, ld, h, ld, false};
    wio_multiply(&corner, 1, threads);
    return true;
}

/* X = I - A; false when an element of A is negative or not a finite number. */
static bool prepare(double *X, size_t n, const double *A, int threads)
{
    int bad = 0;
#pragma omp parallel for schedule(static) num_threads(threads) reduction(| : bad) if (threads > 1)
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double a = A[i * n + j];
            bad |= !(a >= 0.0 && a <= DBL_MAX);
            X[i * n + j] = -a;
        }
        X[i * n + i] = 1.0 - A[i * n + i];
    }
    return bad == 0;
}

/* NOT_PRODUCTIVE when this path has no answer; the other one then has the last word. */
static wio_status without_pivots(double *X, size_t n, const double *A, bool quick, int threads,
                                 wio_inverse_report *report)
{
    if (!prepare(X, n, A, threads)) {
        return WIO_E_NOT_PRODUCTIVE;
    }
    double *work = wio_alloc(n, n * sizeof *work);
    if (work == NULL) {
        return WIO_E_MEMORY;
    }
    wio_status status = invert(X, n, n, work, threads)
                            ? wio_inverse_check(report, n, A, X, work, quick, threads)
                            : WIO_E_NOT_PRODUCTIVE;
    wio_free(work);
    return status;
}

/* --- with pivots ------------------------------------------------------------------------------------ */

/* Where the inverse is proven nonnegative, what is below 0 by no more than its bound becomes 0. */
static wio_status clamp(double *row, size_t n, size_t i, double relative, size_t *clamped,
                        wio_error *err)
{
    double top = 0.0;
    for (size_t j = 0; j < n; j++) {
        top = fmax(top, fabs(row[j]));
    }
    for (size_t j = 0; j < n; j++) {
        if (row[j] < -relative * top) {
            return wio_fail(err, WIO_E_NOT_CERTIFIED,
                            "element (%zu,%zu) of the inverse is %g, below 0 by more than its "
                            "bound %.2g",
                            i, j, row[j], relative * top);
        }
        if (row[j] < 0.0) {
            row[j] = 0.0;
            (*clamped)++;
        }
    }
    return WIO_OK;
}

/* Rows `first` on of B^-1: the solutions of B' y = e_i. */
static wio_status solve_rows(double *X, const wio_system *system, size_t first,
                             wio_certificate *certificate, size_t *clamped, wio_error *err)
{
    size_t n = system->n, rows = n - first < ROWS ? n - first : ROWS;
    double *Y = X + first * n;
    memset(Y, 0, rows * n * sizeof *Y);
    for (size_t i = 0; i < rows; i++) {
        Y[i * n + first + i] = 1.0;
    }
    wio_certificate_start(certificate, system);
    WIO_TRY(wio_system_solve_transposed(Y, system, rows, Y, certificate, err));
    for (size_t i = 0; certificate->productive && i < rows; i++) {
        WIO_TRY(clamp(Y + i * n, n, first + i, certificate->error_bound, clamped, err));
    }
    return WIO_OK;
}

static wio_status solve_all(double *X, const wio_system *system, int threads,
                            wio_inverse_report *report, wio_error *err)
{
    size_t blocks = (system->n + ROWS - 1) / ROWS, failed = blocks;
    wio_error first = {0};
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1 && blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        wio_certificate certificate;
        wio_error own = {0};
        size_t clamped = 0;
        wio_status status = solve_rows(X, system, b * ROWS, &certificate, &clamped, &own);
#pragma omp critical(wio_inverse)
        {
            wio_certificate_merge(&report->certificate, &certificate);
            report->clamped += clamped;
            if (status != WIO_OK && b < failed) {
                failed = b;
                first = own;
            }
        }
    }
    return failed < blocks ? wio_fail(err, first.status, "%s", first.message) : WIO_OK;
}

static wio_status with_pivots(double *X, size_t n, const double *A, const double *v, int threads,
                              wio_inverse_report *report, wio_diagnosis *diagnosis, wio_error *err)
{
    wio_system *system = NULL;
    WIO_TRY(wio_system_create(&system, n, A, v, diagnosis, err));
    *report = (wio_inverse_report){.pivoted = true};
    wio_status status = solve_all(X, system, threads, report, err);
    bool entrywise = system->diagonal != NULL;
    wio_system_free(system);
    WIO_TRY(status);
    double *work = wio_alloc(n, n * sizeof *work);
    status = work == NULL ? WIO_E_MEMORY
                          : wio_inverse_residual(&report->residual, n, A, X, work, threads);
    wio_free(work);
    if (status != WIO_OK) {
        return wio_fail(err, status, "no memory to check an inverse of order %zu", n);
    }
    /* Without subtraction the diagonal of A is not used: the residual says how well it agrees. */
    if (!entrywise && !(report->residual <= 1.0)) {
        return wio_fail(err, WIO_E_NOT_CERTIFIED,
                        "the inverse leaves a residual of %.2g times its limit n |B| |X| u",
                        report->residual);
    }
    return WIO_OK;
}

static bool all_finite(const double *v, size_t n)
{
    for (size_t i = 0; v != NULL && i < n; i++) {
        if (!isfinite(v[i])) {
            return false;
        }
    }
    return true;
}

wio_status wio_inverse(double *X, size_t n, const double *A, const double *v,
                       const wio_inverse_options *options, wio_inverse_report *report,
                       wio_diagnosis *diagnosis, wio_error *err)
{
    if (X == NULL || A == NULL || X == A || n == 0 || n >= INT_MAX) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_inverse: n is %zu, must be 1 to %d, and X another array than A", n,
                        INT_MAX - 1);
    }
    wio_inverse_report own = {0};
    int threads = omp_in_parallel() ? 1 : wio_threads(options != NULL ? options->threads : 0);
    wio_status status = WIO_E_NOT_PRODUCTIVE;
    threads = wio_blas_room(threads);
    if (threads == 0) {
        return wio_fail(err, WIO_E_MEMORY, "no room for the buffers of BLAS (ulimit -v)");
    }
    wio_blas_single();
    if (all_finite(v, n)) {
        status = wio_closed(n, A, v);
        if (status == WIO_OK) {
            status = without_pivots(X, n, A, options != NULL && options->quick, threads, &own);
        }
    }
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, status, "no memory for an inverse of order %zu (%.0f MB)", n,
                        (double)n * (double)n * 8e-6);
    }
    bool doubtful = own.certificate.condition > 1e8 && v != NULL; /* TRUST 1.4, step 5 */
    if (status != WIO_OK || doubtful) {
        WIO_TRY(with_pivots(X, n, A, v, threads, &own, diagnosis, err));
    }
    if (report != NULL) {
        *report = own;
    }
    return WIO_OK;
}
