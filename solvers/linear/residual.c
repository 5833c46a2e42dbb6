/* residual.c - f - x + A x in twice the working precision, dense and compressed rows.
 *
 * Error-free transformations, as in apply.c: the portable kernels and the AVX2 ones give the same
 * bits. Dense: eight lanes along a row, or the rows one after the other down a band of columns. */
#include "operator_inside.h"

#include <string.h>

#ifdef WIO_WIDE
#include <immintrin.h>
#endif

/* Columns of a band, whose three sums stay in the first cache; rows that go down it together; bytes
 * ahead that are asked for, because the arithmetic is too long for the processor to look so far. */
enum { TWIN_BAND = 1024, TWIN_ROWS = 4, AHEAD = 1024 };

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

/* Lanes of eight over a row. */
static void along_portable(double *hi, double *lo, double *size, const double *a, bool absolute,
                           const double *x, size_t count)
{
    for (size_t j = 0; j < count; j += WIO_LANES) {
        twins(hi, lo, size, a + j, absolute, x + j, 1, least(WIO_LANES, count - j));
    }
}

/* `rows` rows, the next one at a + stride, one after the other into the same sums. */
static void across_portable(double *hi, double *lo, double *size, const double *a, size_t stride,
                            size_t rows, bool absolute, const double *x, size_t count)
{
    for (size_t r = 0; r < rows; r++) {
        twins(hi, lo, size, a + r * stride, absolute, x + r, 0, count);
    }
}

#ifdef WIO_WIDE
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
#pragma GCC unroll 2
    for (size_t h = 0; h < 2; h++) {
        s[h] = (twin_quad){_mm256_loadu_pd(hi + 4 * h), _mm256_loadu_pd(lo + 4 * h),
                           _mm256_loadu_pd(size + 4 * h)};
    }
    size_t j = 0;
    for (; j + WIO_LANES <= count; j += WIO_LANES) {
        _mm_prefetch((const char *)(a + j) + AHEAD, _MM_HINT_T0);
#pragma GCC unroll 2 /* else the sums live in memory */
        for (size_t h = 0; h < 2; h++) {
            twin_four(&s[h], _mm256_andnot_pd(off, _mm256_loadu_pd(a + j + 4 * h)),
                      _mm256_loadu_pd(x + j + 4 * h), sign);
        }
    }
#pragma GCC unroll 2
    for (size_t h = 0; h < 2; h++) {
        _mm256_storeu_pd(hi + 4 * h, s[h].hi);
        _mm256_storeu_pd(lo + 4 * h, s[h].lo);
        _mm256_storeu_pd(size + 4 * h, s[h].size);
    }
    twins(hi, lo, size, a + j, absolute, x + j, 1, count - j);
}

static inline __attribute__((always_inline, target("avx2,fma"))) void
across_rows(double *hi, double *lo, double *size, const double *a, size_t stride, const size_t rows,
            bool absolute, const double *x, size_t count)
{
    const __m256d sign = _mm256_set1_pd(-0.0), off = absolute ? sign : _mm256_setzero_pd();
    size_t j = 0;
    for (; j + 4 <= count; j += 4) {
        twin_quad s = {_mm256_loadu_pd(hi + j), _mm256_loadu_pd(lo + j), _mm256_loadu_pd(size + j)};
#pragma GCC unroll 4
        for (size_t r = 0; r < rows; r++) {
            const double *at = a + r * stride + j;
            _mm_prefetch((const char *)(at + TWIN_ROWS * stride), _MM_HINT_T0);
            twin_four(&s, _mm256_andnot_pd(off, _mm256_loadu_pd(at)), _mm256_set1_pd(x[r]), sign);
        }
        _mm256_storeu_pd(hi + j, s.hi);
        _mm256_storeu_pd(lo + j, s.lo);
        _mm256_storeu_pd(size + j, s.size);
    }
    across_portable(hi + j, lo + j, size + j, a + j, stride, rows, absolute, x, count - j);
}

__attribute__((target("avx2,fma"))) static void across_avx2(double *hi, double *lo, double *size,
                                                            const double *a, size_t stride,
                                                            size_t rows, bool absolute,
                                                            const double *x, size_t count)
{
    if (rows == TWIN_ROWS) {
        across_rows(hi, lo, size, a, stride, TWIN_ROWS, absolute, x, count);
    } else {
        for (size_t r = 0; r < rows; r++) {
            across_rows(hi, lo, size, a + r * stride, 0, 1, absolute, x + r, count);
        }
    }
}
#endif

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
    void (*along)(double *hi, double *lo, double *size, const double *a, bool absolute,
                  const double *x, size_t count);
    void (*across)(double *hi, double *lo, double *size, const double *a, size_t stride,
                   size_t rows, bool absolute, const double *x, size_t count);
    bool wide; /* AVX2 and FMA */
} residual_job;

static inline __attribute__((always_inline)) void
finish_row(const residual_job *job, size_t i, double a, double hi, double lo, double size)
{
    double shift = job->absolute && job->op->shift != NULL ? job->op->shift[i] : 0.0;
    finish(job->r + i, job->s + i, hi, lo, size, a, shift, job->x[i], job->f[i]);
}

static void residual_dense_row(const residual_job *job, size_t i)
{
    double hi[WIO_LANES] = {0}, lo[WIO_LANES] = {0}, size[WIO_LANES] = {0}, ignored = 0.0;
    size_t n = job->op->A.n;
    job->along(hi, lo, size, job->op->A.dense + i * n, job->absolute, job->x, n);
    for (size_t l = 1; l < WIO_LANES; l++) {
        twin(hi, lo, &ignored, 1.0, hi[l]);
        lo[0] += lo[l];
        size[0] += size[l];
    }
    finish_row(job, i, job->op->A.dense[i * n + i], hi[0], lo[0], size[0]);
}

/* The four lanes of a compressed row into one. */
static inline __attribute__((always_inline)) void
join_row(const residual_job *job, size_t i, double own, double *hi, double *lo, double *size)
{
    double ignored = 0.0;
    for (size_t l = 1; l < 4; l++) {
        twin(hi, lo, &ignored, 1.0, hi[l]);
        lo[0] += lo[l];
        size[0] += size[l];
    }
    finish_row(job, i, own, hi[0], lo[0], size[0]);
}

static void sparse_row_portable(const residual_job *job, size_t i)
{
    const wio_matrix *A = &job->op->A;
    double hi[4] = {0}, lo[4] = {0}, size[4] = {0}, own = 0.0;
    size_t from = A->start[i];
    for (size_t p = from; p < A->start[i + 1]; p++) {
        size_t l = (p - from) % 4;
        own = A->column[p] == i ? A->value[p] : own;
        twin(hi + l, lo + l, size + l, taken(A->value[p], job->absolute), job->x[A->column[p]]);
    }
    join_row(job, i, own, hi, lo, size);
}

#ifdef WIO_WIDE
/* Four elements of a row; what is beyond its end counts as 0. */
static inline __attribute__((always_inline, target("avx2,fma"))) void
row_four(twin_quad *s, __m256d *own, const double *a, const uint32_t *column, size_t count,
         const double *x, uint32_t i, __m256d off)
{
    const __m256d sign = _mm256_set1_pd(-0.0);
    double part[4] = {0};
    uint32_t at[4] = {i, i, i, i};
    if (count < 4) {
        memcpy(part, a, count * sizeof *a);
        memcpy(at, column, count * sizeof *at);
        a = part;
        column = at;
    }
    __m256d value = _mm256_loadu_pd(a);
    __m256i place = _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(const void *)column));
    __m256i here = _mm256_cmpeq_epi64(place, _mm256_set1_epi64x(i));
    *own = _mm256_or_pd(*own, _mm256_and_pd(_mm256_castsi256_pd(here), value));
    twin_four(s, _mm256_andnot_pd(off, value),
              _mm256_set_pd(x[column[3]], x[column[2]], x[column[1]], x[column[0]]), sign);
}

__attribute__((target("avx2,fma"))) static void sparse_row_fma(const residual_job *job, size_t i)
{
    const wio_matrix *A = &job->op->A;
    size_t end = A->start[i + 1];
    const __m256d off = job->absolute ? _mm256_set1_pd(-0.0) : _mm256_setzero_pd();
    twin_quad s = {_mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd()};
    __m256d diagonal = _mm256_setzero_pd();
    fetch(A, A->start[i], end, job->x);
    for (size_t p = A->start[i]; p < end; p += 4) {
        row_four(&s, &diagonal, A->value + p, A->column + p, end - p, job->x, (uint32_t)i, off);
    }
    double hi[4], lo[4], size[4], own[4];
    _mm256_storeu_pd(hi, s.hi);
    _mm256_storeu_pd(lo, s.lo);
    _mm256_storeu_pd(size, s.size);
    _mm256_storeu_pd(own, diagonal);
    join_row(job, i, (own[0] + own[1]) + (own[2] + own[3]), hi, lo, size);
}
#endif

static void residual_sparse_row(const residual_job *job, size_t i)
{
#ifdef WIO_WIDE
    if (job->wide) {
        sparse_row_fma(job, i);
        return;
    }
#endif
    sparse_row_portable(job, i);
}

static void residual_dense_band(const residual_job *job, size_t j, size_t width)
{
    size_t n = job->op->A.n;
    memset(job->r + j, 0, width * sizeof(double));
    memset(job->s + j, 0, width * sizeof(double));
    memset(job->t + j, 0, width * sizeof(double));
    for (size_t i = 0; i < n; i += TWIN_ROWS) {
        job->across(job->r + j, job->t + j, job->s + j, job->op->A.dense + i * n + j, n,
                    least(TWIN_ROWS, n - i), job->absolute, job->x + i, width);
    }
    for (size_t i = j; i < j + width; i++) {
        finish_row(job, i, diagonal(&job->op->A, i), job->r[i], job->t[i], job->s[i]);
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
        fetch(A, from, to, job->r);
        fetch(A, from, to, job->t);
        fetch(A, from, to, job->s);
        for (size_t p = from; p < to; p++) {
            size_t j = A->column[p];
            twin(job->r + j, job->t + j, job->s + j, taken(A->value[p], job->absolute), job->x[i]);
        }
    }
    for (size_t i = left; i < right; i++) {
        finish_row(job, i, diagonal(&job->op->A, i), job->r[i], job->t[i], job->s[i]);
    }
}

#ifdef WIO_WIDE
__attribute__((target("avx2,fma"))) static void sparse_band_fma(const residual_job *job, size_t t,
                                                                size_t bands)
{
    sparse_band(job, t, bands);
}
#endif

static void residual_sparse_band(const residual_job *job, size_t t, size_t bands)
{
#ifdef WIO_WIDE
    if (job->wide) {
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

static void residuals(double *R, double *S, double *T, const wio_operator *op, bool transposed,
                      int kind, size_t k, const double *X, const double *F, bool wide)
{
    size_t n = op->A.n;
    for (size_t c = 0; c < k; c++) {
        residual_job job = {.r = R + c * n,
                            .s = S + c * n,
                            .t = T,
                            .op = op,
                            .absolute = (kind & WIO_ABSOLUTE) != 0 && !op->nonnegative,
                            .x = X + c * n,
                            .f = F + c * n,
                            .along = along_portable,
                            .across = across_portable,
                            .wide = wide};
#ifdef WIO_WIDE
        if (wide) {
            job.along = along_avx2;
            job.across = across_avx2;
        }
#endif
        residual(&job, transposed);
    }
}

void wio_operator_residual(double *R, double *S, double *T, const wio_operator *op, bool transposed,
                           int kind, size_t k, const double *X, const double *F)
{
    residuals(R, S, T, op, transposed, kind, k, X, F, wio_has_wide());
}

void wio_operator_residual_portable(double *R, double *S, double *T, const wio_operator *op,
                                    bool transposed, int kind, size_t k, const double *X,
                                    const double *F)
{
    residuals(R, S, T, op, transposed, kind, k, X, F, false);
}
