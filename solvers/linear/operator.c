/* operator.c - A X and A' X, dense and compressed rows, and residuals in twice the precision.
 *
 * Plain: threads take rows. Transposed: threads take bands of columns, so that every sum of a column
 * runs down its rows in order, whoever makes it. */
#include "operator.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2_KERNEL 1
#endif

enum { ROWS = 64, BAND = 1024, TWIN_BAND = 256, SPARSE_ROWS = 256, LEAST_WORK = 1 << 16 };

static int team(const wio_operator *op)
{
    return omp_in_parallel() != 0 || op->entries < LEAST_WORK ? 1 : op->threads;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* --- creation ----------------------------------------------------------------------------------- */

wio_status wio_matrix_check(const wio_matrix *A, wio_error *err)
{
    if (A->start[0] != 0) {
        return wio_fail(err, WIO_E_SHAPE, "start[0] is %zu, it has to be 0", A->start[0]);
    }
    for (size_t i = 0; i < A->n; i++) { /* all of them, before any column is read */
        if (A->start[i + 1] < A->start[i]) {
            return wio_fail(err, WIO_E_SHAPE, "row %zu ends at %zu, before its start %zu", i,
                            A->start[i + 1], A->start[i]);
        }
    }
    for (size_t i = 0; i < A->n; i++) {
        for (size_t p = A->start[i]; p < A->start[i + 1]; p++) {
            if (A->column[p] >= A->n || (p > A->start[i] && A->column[p] <= A->column[p - 1])) {
                return wio_fail(err, WIO_E_SHAPE,
                                "row %zu, position %zu: column %u has to be below %zu and above "
                                "the one before it",
                                i, p, A->column[p], A->n);
            }
        }
    }
    return WIO_OK;
}

/* What a pass over the values finds. */
typedef struct scan {
    size_t bad; /* first element that is not finite, SIZE_MAX: none */
    bool negative, fits;
} scan;

/* Looks at count elements, and copies them where `to` is not NULL. */
static void scan_values(scan *seen, float *to, const double *value, size_t first, size_t count)
{
    double wrong = 0.0, low = 0.0, most = 0.0;
    bool small = false;
    for (size_t k = first; k < first + count; k++) {
        double a = value[k], size = fabs(a);
        wrong += a - a; /* NaN as soon as one is not finite */
        low = a < low ? a : low;
        most = size > most ? size : most;
        small |= (size < 1e-36) & (size > 0.0);
        if (to != NULL) {
            to[k] = (float)a;
        }
    }
    seen->negative = seen->negative || low < 0.0;
    seen->fits = seen->fits && !small && most < 1e36;
    for (size_t k = first; wrong != 0.0 && k < first + count && seen->bad == SIZE_MAX; k++) {
        seen->bad = isfinite(value[k]) ? SIZE_MAX : k;
    }
}

static wio_status check_values(wio_operator *op, wio_error *err)
{
    enum { CHUNK = 1 << 16 };
    size_t count = op->A.dense != NULL ? op->A.n * op->A.n : op->A.start[op->A.n];
    const double *value = op->A.dense != NULL ? op->A.dense : op->A.value;
    scan all = {.bad = SIZE_MAX, .fits = true};
#pragma omp parallel for num_threads(team(op)) schedule(static)
    for (size_t first = 0; first < count; first += CHUNK) {
        scan seen = {.bad = SIZE_MAX, .fits = true};
        scan_values(&seen, op->single, value, first, least(CHUNK, count - first));
#pragma omp critical(wio_operator_scan)
        {
            all.bad = least(all.bad, seen.bad);
            all.negative = all.negative || seen.negative;
            all.fits = all.fits && seen.fits;
        }
    }
    if (all.bad != SIZE_MAX && op->A.dense != NULL) {
        return wio_fail(err, WIO_E_NONFINITE, "A[%zu][%zu] is %g, it has to be a finite number",
                        all.bad / op->A.n, all.bad % op->A.n, value[all.bad]);
    }
    if (all.bad != SIZE_MAX) {
        return wio_fail(err, WIO_E_NONFINITE, "value[%zu] is %g, it has to be a finite number",
                        all.bad, value[all.bad]);
    }
    if (!all.fits) {
        wio_free(op->single);
        op->single = NULL;
    }
    op->nonnegative = !all.negative;
    return WIO_OK;
}

/* First position of row i at or after column c. */
static size_t position(const wio_matrix *A, size_t i, size_t c)
{
    size_t low = A->start[i], high = A->start[i + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (A->column[middle] < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static wio_status cut_bands(wio_operator *op)
{
    size_t n = op->A.n, cuts = (size_t)op->threads - 1;
    op->cut = wio_alloc(n * cuts, sizeof *op->cut);
    if (op->cut == NULL) {
        return WIO_E_MEMORY;
    }
#pragma omp parallel for num_threads(team(op)) schedule(static)
    for (size_t i = 0; i < n; i++) {
        for (size_t t = 0; t < cuts; t++) {
            size_t at = position(&op->A, i, n * (t + 1) / (cuts + 1));
            op->cut[i * cuts + t] = (uint32_t)(at - op->A.start[i]);
        }
    }
    return WIO_OK;
}

static double diagonal(const wio_matrix *A, size_t i)
{
    if (A->dense != NULL) {
        return A->dense[i * A->n + i];
    }
    size_t p = position(A, i, i);
    return p < A->start[i + 1] && A->column[p] == i ? A->value[p] : 0.0;
}

/* |b_ii| = 1 - c_ii: c = a up to 1, and 2 - a beyond. */
static wio_status shift_diagonal(wio_operator *op)
{
    op->shift = wio_alloc(op->A.n, sizeof *op->shift);
    if (op->shift == NULL) {
        return WIO_E_MEMORY;
    }
    for (size_t i = 0; i < op->A.n; i++) {
        double a = diagonal(&op->A, i);
        op->shift[i] = a < 0.0 ? 2.0 * a : a > 1.0 ? 2.0 * (1.0 - a) : 0.0;
    }
    return WIO_OK;
}

wio_status wio_operator_create(wio_operator **out, const wio_matrix *A, int threads, bool single,
                               wio_error *err)
{
    if (out == NULL || A == NULL || A->n == 0 || A->n >= UINT32_MAX ||
        (A->dense == NULL && (A->start == NULL || A->column == NULL || A->value == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_operator_create: no matrix of order 1 to %u",
                        UINT32_MAX - 1);
    }
    if (A->dense == NULL) {
        WIO_TRY(wio_matrix_check(A, err));
    }
    wio_operator *op = wio_zalloc(1, sizeof *op);
    if (op == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for an operator of %zu rows", A->n);
    }
    op->A = *A;
    op->threads = wio_threads(threads);
    op->entries =
        A->dense != NULL ? (double)A->n * (double)A->n : (double)A->start[A->n] + (double)A->n;
    if (single && A->dense != NULL) {
        op->single = wio_alloc(A->n * A->n, sizeof *op->single);
    }
    bool lacks = single && A->dense != NULL && op->single == NULL;
    wio_status status = lacks ? WIO_E_MEMORY : check_values(op, err);
    if (status == WIO_OK && A->dense == NULL && op->threads > 1) {
        status = cut_bands(op);
    }
    if (status == WIO_OK) {
        status = shift_diagonal(op);
    }
    if (status != WIO_OK) {
        wio_operator_free(op);
        return status == WIO_E_MEMORY
                   ? wio_fail(err, status, "no memory for an operator of %zu rows", A->n)
                   : status;
    }
    if (op->nonnegative) { /* zeros, unless some a_ii > 1, which no proof survives */
        wio_free(op->shift);
        op->shift = NULL;
    }
    *out = op;
    return WIO_OK;
}

void wio_operator_free(wio_operator *op)
{
    if (op != NULL) {
        wio_free(op->single);
        wio_free(op->cut);
        wio_free(op->shift);
        wio_free(op);
    }
}

double wio_operator_pass(const wio_operator *op, int kind)
{
    return (kind & WIO_SINGLE) != 0 && op->single != NULL ? 0.5 : 1.0;
}

/* --- products ----------------------------------------------------------------------------------- */

static void dense_rows(double *Y, const wio_operator *op, int kind, const char *A, size_t size,
                       size_t k, const double *X)
{
    size_t n = op->A.n, step = k == 1 ? ROWS : 4;
#pragma omp parallel for num_threads(team(op)) schedule(dynamic)
    for (size_t first = 0; first < n; first += ROWS) {
        size_t last = least(first + ROWS, n);
        for (size_t i = first; i < last; i += step) {
            for (size_t c = 0; c < k; c++) {
                wio_rows(Y + c * n + i, least(step, last - i), n, n, A + i * n * size, kind,
                         X + c * n);
            }
        }
    }
}

static void dense_bands(double *Y, const wio_operator *op, int kind, const char *A, size_t size,
                        size_t k, const double *X)
{
    enum { DOWN = 8 };
    size_t n = op->A.n;
#pragma omp parallel for num_threads(team(op)) schedule(dynamic)
    for (size_t j = 0; j < n; j += BAND) {
        size_t width = least(BAND, n - j), step = k == 1 ? n : DOWN;
        for (size_t c = 0; c < k; c++) {
            memset(Y + c * n + j, 0, width * sizeof *Y);
        }
        for (size_t i = 0; i < n; i += step) {
            for (size_t c = 0; c < k; c++) {
                wio_band(Y + c * n + j, least(step, n - i), width, n, A + (i * n + j) * size, kind,
                         X + c * n + i);
            }
        }
    }
}

static inline double taken(double a, bool absolute)
{
    return absolute ? fabs(a) : a;
}

static void sparse_rows(double *Y, const wio_operator *op, bool absolute, size_t k, const double *X)
{
    const wio_matrix *A = &op->A;
    size_t n = A->n;
#pragma omp parallel for num_threads(team(op)) schedule(dynamic, 8)
    for (size_t first = 0; first < n; first += SPARSE_ROWS) {
        size_t last = least(first + SPARSE_ROWS, n);
        for (size_t c = 0; c < k; c++) {
            const double *x = X + c * n;
            for (size_t i = first; i < last; i++) {
                double even = 0.0, odd = 0.0;
                size_t p = A->start[i], end = A->start[i + 1];
                for (; p + 2 <= end; p += 2) {
                    even += taken(A->value[p], absolute) * x[A->column[p]];
                    odd += taken(A->value[p + 1], absolute) * x[A->column[p + 1]];
                }
                if (p < end) {
                    even += taken(A->value[p], absolute) * x[A->column[p]];
                }
                Y[c * n + i] = even + odd;
            }
        }
    }
}

/* The part of row i in band t of `bands`. */
static void band_of(size_t *from, size_t *to, const wio_operator *op, size_t i, size_t t,
                    size_t bands)
{
    size_t cuts = (size_t)op->threads - 1;
    *from = op->A.start[i] + (t == 0 ? 0 : op->cut[i * cuts + t - 1]);
    *to = t + 1 == bands ? op->A.start[i + 1] : op->A.start[i] + op->cut[i * cuts + t];
}

static void sparse_bands(double *Y, const wio_operator *op, bool absolute, size_t k,
                         const double *X)
{
    const wio_matrix *A = &op->A;
    size_t n = A->n, bands = (size_t)team(op);
#pragma omp parallel for num_threads((int)bands) schedule(static)
    for (size_t t = 0; t < bands; t++) {
        size_t left = n * t / bands, right = n * (t + 1) / bands;
        for (size_t c = 0; c < k; c++) {
            memset(Y + c * n + left, 0, (right - left) * sizeof *Y);
        }
        for (size_t first = 0; first < n; first += SPARSE_ROWS) {
            size_t last = least(first + SPARSE_ROWS, n);
            for (size_t c = 0; c < k; c++) {
                double *y = Y + c * n;
                for (size_t i = first; i < last; i++) {
                    size_t from, to;
                    band_of(&from, &to, op, i, t, bands);
                    for (size_t p = from; p < to; p++) {
                        y[A->column[p]] += taken(A->value[p], absolute) * X[c * n + i];
                    }
                }
            }
        }
    }
}

void wio_operator_apply(double *Y, const wio_operator *op, bool transposed, int kind, size_t k,
                        const double *X)
{
    bool single = (kind & WIO_SINGLE) != 0 && op->single != NULL;
    kind = (op->nonnegative ? 0 : kind & WIO_ABSOLUTE) | (single ? WIO_SINGLE : 0);
    if (op->A.dense != NULL) {
        const char *A = single ? (const char *)op->single : (const char *)op->A.dense;
        size_t size = single ? sizeof(float) : sizeof(double);
        (transposed ? dense_bands : dense_rows)(Y, op, kind, A, size, k, X);
    } else {
        (transposed ? sparse_bands : sparse_rows)(Y, op, (kind & WIO_ABSOLUTE) != 0, k, X);
    }
    size_t n = op->A.n;
    if ((kind & WIO_ABSOLUTE) != 0 && op->shift != NULL) {
        for (size_t e = 0; e < k * n; e++) {
            Y[e] += op->shift[e % n] * X[e];
        }
    }
}

/* --- residuals ---------------------------------------------------------------------------------- */

/* hi + lo += a x, size += |a x|: exact but for the sum of the low parts. */
static inline __attribute__((always_inline)) void twin(double *hi, double *lo, double *size,
                                                       double a, double x)
{
    double p = a * x, e = fma(a, x, -p);
    double next = *hi + p, part = next - *hi;
    double q = (*hi - (next - part)) + (p - part);
    *hi = next;
    *lo += q + e;
    *size += fabs(p);
}

/* Element j of each array by a_j x_j with x_j at x[j step]; step is 0 or 1. */
static inline __attribute__((always_inline)) void twins(double *hi, double *lo, double *size,
                                                        const double *a, bool absolute,
                                                        const double *x, size_t step, size_t count)
{
    for (size_t j = 0; j < count; j++) {
        twin(hi + j, lo + j, size + j, taken(a[j], absolute), x[j * step]);
    }
}

typedef void twin_kernel(double *hi, double *lo, double *size, const double *a, bool absolute,
                         const double *x, size_t count);

/* Lanes of eight over a row. */
static void along_portable(double *hi, double *lo, double *size, const double *a, bool absolute,
                           const double *x, size_t count)
{
    for (size_t j = 0; j < count; j += WIO_LANES) {
        twins(hi, lo, size, a + j, absolute, x + j, 1, least(WIO_LANES, count - j));
    }
}

static void across_portable(double *hi, double *lo, double *size, const double *a, bool absolute,
                            const double *x, size_t count)
{
    twins(hi, lo, size, a, absolute, x, 0, count);
}

#ifdef HAVE_AVX2_KERNEL
typedef struct twin_quad {
    __m256d hi, lo, size;
} twin_quad;

static inline __attribute__((always_inline, target("avx2,fma"))) void
twin_four(twin_quad *s, __m256d a, __m256d x, __m256d sign)
{
    __m256d p = _mm256_mul_pd(a, x), e = _mm256_fmsub_pd(a, x, p);
    __m256d next = _mm256_add_pd(s->hi, p), part = _mm256_sub_pd(next, s->hi);
    __m256d q =
        _mm256_add_pd(_mm256_sub_pd(s->hi, _mm256_sub_pd(next, part)), _mm256_sub_pd(p, part));
    s->hi = next;
    s->lo = _mm256_add_pd(s->lo, _mm256_add_pd(q, e));
    s->size = _mm256_add_pd(s->size, _mm256_andnot_pd(sign, p));
}

__attribute__((target("avx2,fma"))) static void along_avx2(double *hi, double *lo, double *size,
                                                           const double *a, bool absolute,
                                                           const double *x, size_t count)
{
    const __m256d sign = _mm256_set1_pd(-0.0), off = absolute ? sign : _mm256_setzero_pd();
    twin_quad s[2];
    for (size_t h = 0; h < 2; h++) {
        s[h] = (twin_quad){_mm256_loadu_pd(hi + 4 * h), _mm256_loadu_pd(lo + 4 * h),
                           _mm256_loadu_pd(size + 4 * h)};
    }
    size_t j = 0;
    for (; j + WIO_LANES <= count; j += WIO_LANES) {
        for (size_t h = 0; h < 2; h++) {
            twin_four(&s[h], _mm256_andnot_pd(off, _mm256_loadu_pd(a + j + 4 * h)),
                      _mm256_loadu_pd(x + j + 4 * h), sign);
        }
    }
    for (size_t h = 0; h < 2; h++) {
        _mm256_storeu_pd(hi + 4 * h, s[h].hi);
        _mm256_storeu_pd(lo + 4 * h, s[h].lo);
        _mm256_storeu_pd(size + 4 * h, s[h].size);
    }
    twins(hi, lo, size, a + j, absolute, x + j, 1, count - j);
}

__attribute__((target("avx2,fma"))) static void across_avx2(double *hi, double *lo, double *size,
                                                            const double *a, bool absolute,
                                                            const double *x, size_t count)
{
    const __m256d sign = _mm256_set1_pd(-0.0), off = absolute ? sign : _mm256_setzero_pd();
    __m256d all = _mm256_set1_pd(*x);
    size_t j = 0;
    for (; j + 4 <= count; j += 4) {
        twin_quad s = {_mm256_loadu_pd(hi + j), _mm256_loadu_pd(lo + j), _mm256_loadu_pd(size + j)};
        twin_four(&s, _mm256_andnot_pd(off, _mm256_loadu_pd(a + j)), all, sign);
        _mm256_storeu_pd(hi + j, s.hi);
        _mm256_storeu_pd(lo + j, s.lo);
        _mm256_storeu_pd(size + j, s.size);
    }
    twins(hi + j, lo + j, size + j, a + j, absolute, x, 0, count - j);
}
#endif

static twin_kernel *choose(bool across)
{
#ifdef HAVE_AVX2_KERNEL
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return across ? across_avx2 : along_avx2;
    }
#endif
    return across ? across_portable : along_portable;
}

/* The end of one element: y - x and the shift, and |b_ii| x for |a_ii| x in the size. */
static inline __attribute__((always_inline)) void finish(double *r, double *s, double hi, double lo,
                                                         double size, double a, double shift,
                                                         double x, double f)
{
    double own = fabs(a * x), ignored = 0.0;
    twin(&hi, &lo, &ignored, 1.0, f);
    twin(&hi, &lo, &ignored, -1.0, x);
    twin(&hi, &lo, &ignored, shift, x);
    *r = hi + lo;
    *s = fmax(size - own, 0.0) + fabs(1.0 - a) * fabs(x);
}

typedef struct residual_job {
    double *r, *s, *t; /* [n] of one vector */
    const wio_operator *op;
    bool absolute;
    const double *x, *f;
} residual_job;

static inline __attribute__((always_inline)) void finish_row(const residual_job *job, size_t i,
                                                             double hi, double lo, double size)
{
    double a = diagonal(&job->op->A, i);
    double shift = job->absolute && job->op->shift != NULL ? job->op->shift[i] : 0.0;
    finish(job->r + i, job->s + i, hi, lo, size, a, shift, job->x[i], job->f[i]);
}

static void residual_dense_row(const residual_job *job, size_t i)
{
    double hi[WIO_LANES] = {0}, lo[WIO_LANES] = {0}, size[WIO_LANES] = {0}, ignored = 0.0;
    size_t n = job->op->A.n;
    choose(false)(hi, lo, size, job->op->A.dense + i * n, job->absolute, job->x, n);
    for (size_t l = 1; l < WIO_LANES; l++) {
        twin(hi, lo, &ignored, 1.0, hi[l]);
        lo[0] += lo[l];
        size[0] += size[l];
    }
    finish_row(job, i, hi[0], lo[0], size[0]);
}

static inline __attribute__((always_inline)) void sparse_row(const residual_job *job, size_t i)
{
    const wio_matrix *A = &job->op->A;
    double hi = 0.0, lo = 0.0, size = 0.0;
    for (size_t p = A->start[i]; p < A->start[i + 1]; p++) {
        twin(&hi, &lo, &size, taken(A->value[p], job->absolute), job->x[A->column[p]]);
    }
    finish_row(job, i, hi, lo, size);
}

/* fma() is one instruction here, and a call of the library's exact one below. */
#ifdef HAVE_AVX2_KERNEL
__attribute__((target("avx2,fma"))) static void sparse_row_fma(const residual_job *job, size_t i)
{
    sparse_row(job, i);
}
#endif

static bool has_fma(void)
{
#ifdef HAVE_AVX2_KERNEL
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

static void residual_sparse_row(const residual_job *job, size_t i)
{
#ifdef HAVE_AVX2_KERNEL
    if (has_fma()) {
        sparse_row_fma(job, i);
        return;
    }
#endif
    sparse_row(job, i);
}

static void residual_dense_band(const residual_job *job, size_t j, size_t width)
{
    size_t n = job->op->A.n;
    twin_kernel *across = choose(true);
    memset(job->r + j, 0, width * sizeof(double));
    memset(job->s + j, 0, width * sizeof(double));
    memset(job->t + j, 0, width * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        across(job->r + j, job->t + j, job->s + j, job->op->A.dense + i * n + j, job->absolute,
               job->x + i, width);
    }
    for (size_t i = j; i < j + width; i++) {
        finish_row(job, i, job->r[i], job->t[i], job->s[i]);
    }
}

static inline __attribute__((always_inline)) void sparse_band(const residual_job *job, size_t t,
                                                              size_t bands)
{
    const wio_matrix *A = &job->op->A;
    size_t left = A->n * t / bands, right = A->n * (t + 1) / bands;
    memset(job->r + left, 0, (right - left) * sizeof(double));
    memset(job->s + left, 0, (right - left) * sizeof(double));
    memset(job->t + left, 0, (right - left) * sizeof(double));
    for (size_t i = 0; i < A->n; i++) {
        size_t from, to;
        band_of(&from, &to, job->op, i, t, bands);
        for (size_t p = from; p < to; p++) {
            size_t j = A->column[p];
            twin(job->r + j, job->t + j, job->s + j, taken(A->value[p], job->absolute), job->x[i]);
        }
    }
    for (size_t i = left; i < right; i++) {
        finish_row(job, i, job->r[i], job->t[i], job->s[i]);
    }
}

#ifdef HAVE_AVX2_KERNEL
__attribute__((target("avx2,fma"))) static void sparse_band_fma(const residual_job *job, size_t t,
                                                                size_t bands)
{
    sparse_band(job, t, bands);
}
#endif

static void residual_sparse_band(const residual_job *job, size_t t, size_t bands)
{
#ifdef HAVE_AVX2_KERNEL
    if (has_fma()) {
        sparse_band_fma(job, t, bands);
        return;
    }
#endif
    sparse_band(job, t, bands);
}

/* One vector: k of them are k passes. */
static void residual(const residual_job *job, bool transposed)
{
    size_t n = job->op->A.n, bands = (size_t)team(job->op);
    bool dense = job->op->A.dense != NULL;
    if (!transposed) {
#pragma omp parallel for num_threads((int)bands) schedule(dynamic, 64)
        for (size_t i = 0; i < n; i++) {
            (dense ? residual_dense_row : residual_sparse_row)(job, i);
        }
    } else if (dense) {
#pragma omp parallel for num_threads((int)bands) schedule(dynamic)
        for (size_t j = 0; j < n; j += TWIN_BAND) {
            residual_dense_band(job, j, least(TWIN_BAND, n - j));
        }
    } else {
#pragma omp parallel for num_threads((int)bands) schedule(static)
        for (size_t t = 0; t < bands; t++) {
            residual_sparse_band(job, t, bands);
        }
    }
}

void wio_operator_residual(double *R, double *S, double *T, const wio_operator *op, bool transposed,
                           int kind, size_t k, const double *X, const double *F)
{
    size_t n = op->A.n;
    for (size_t c = 0; c < k; c++) {
        residual_job job = {
            R + c * n, S + c * n, T, op, (kind & WIO_ABSOLUTE) != 0 && !op->nonnegative,
            X + c * n, F + c * n};
        residual(&job, transposed);
    }
}
