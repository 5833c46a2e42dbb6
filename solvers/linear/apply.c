/* apply.c - matrix times vector in a fixed order, and residuals in twice the working precision.
 *
 * Sums run over eight fixed lanes, so the compiler may use vector instructions without changing
 * an order of additions. The residual uses error-free transformations,
 *   a b = p + e (fused multiply-add),  s + p = s' + q (Knuth's two-sum),
 * which are exact: the portable kernel and the AVX2 one give the same bits. */
#include "system.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(WIO_NO_AVX2)
#include <immintrin.h>
#define HAVE_AVX2_KERNEL 1
#endif

/* --- matrix times vector ------------------------------------------------------------------------ */

typedef float four
    __attribute__((vector_size(4 * sizeof(float)), aligned(sizeof(float)), may_alias));
typedef long long bits __attribute__((vector_size(4 * sizeof(long long))));

/* Elements at, at + 1, at + 2, at + 3 of A as doubles; kind is a constant where this is inlined. */
static inline __attribute__((always_inline)) void load_quad(wio_quad *a, const void *A, size_t at,
                                                            const int kind)
{
    if ((kind & WIO_SINGLE) != 0) {
        *a = __builtin_convertvector(*(const four *)((const float *)A + at), wio_quad);
    } else {
        *a = *(const wio_quad *)((const double *)A + at);
    }
    if ((kind & WIO_ABSOLUTE) != 0) {
        *a = (wio_quad)((bits)*a & INT64_MAX);
    }
}

static inline __attribute__((always_inline)) double load_one(const void *A, size_t at,
                                                             const int kind)
{
    double a = (kind & WIO_SINGLE) != 0 ? (double)((const float *)A)[at] : ((const double *)A)[at];
    return (kind & WIO_ABSOLUTE) != 0 ? fabs(a) : a;
}

/* The processor looks ahead a page at a time and not across its end; conversion leaves it no slack. */
static inline __attribute__((always_inline)) void ask_ahead(const void *A, size_t at,
                                                            const int kind)
{
    enum { AHEAD = 1024 }; /* bytes */
    if ((kind & WIO_SINGLE) != 0) {
        __builtin_prefetch((const char *)((const float *)A + at) + AHEAD);
    }
}

/* y_i = sum of eight lanes, lane l over j = l, l + 8, ...; `rows` rows at a time only to keep more
 * sums in flight. Row r begins at element `at` + r stride. */
static inline __attribute__((always_inline)) void dot_rows(double *y, size_t n, size_t stride,
                                                           const void *A, size_t at, const int kind,
                                                           const double *x, const size_t rows)
{
    enum { MOST = 4, DOT_LANES = 8 };
    wio_quad low[MOST] = {{0}}, high[MOST] = {{0}};
    size_t j = 0;
    for (; j + DOT_LANES <= n; j += DOT_LANES) {
        wio_quad left = *(const wio_quad *)(x + j), right = *(const wio_quad *)(x + j + 4);
#pragma GCC unroll 4
        for (size_t r = 0; r < rows; r++) {
            wio_quad a;
            ask_ahead(A, at + r * stride + j, kind);
            load_quad(&a, A, at + r * stride + j, kind);
            low[r] += a * left;
            load_quad(&a, A, at + r * stride + j + 4, kind);
            high[r] += a * right;
        }
    }
#pragma GCC unroll 4
    for (size_t r = 0; r < rows; r++) {
        double lane[DOT_LANES];
        *(wio_quad *)lane = low[r];
        *(wio_quad *)(lane + 4) = high[r];
        for (size_t l = 0; j + l < n; l++) {
            lane[l] += load_one(A, at + r * stride + j + l, kind) * x[j + l];
        }
        y[r] = ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
               ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    }
}

static inline __attribute__((always_inline)) void
apply(double *y, size_t m, size_t n, size_t stride, const void *A, const int kind, const double *x)
{
    size_t i = 0;
    for (; i + 4 <= m; i += 4) {
        dot_rows(y + i, n, stride, A, i * stride, kind, x, 4);
    }
    for (; i < m; i++) {
        dot_rows(y + i, n, stride, A, i * stride, kind, x, 1);
    }
}

/* y_j += a_ij x_i for `rows` rows, one after the other. */
static inline __attribute__((always_inline)) void add_rows(double *y, size_t width, size_t stride,
                                                           const void *A, size_t at, const int kind,
                                                           const double *x, const size_t rows)
{
    size_t j = 0;
    for (; j + 4 <= width; j += 4) {
        wio_quad sum = *(const wio_quad *)(y + j);
#pragma GCC unroll 8
        for (size_t r = 0; r < rows; r++) {
            wio_quad a;
            load_quad(&a, A, at + r * stride + j, kind);
            sum += a * x[r];
        }
        *(wio_quad *)(y + j) = sum;
    }
    for (; j < width; j++) {
        for (size_t r = 0; r < rows; r++) {
            y[j] += load_one(A, at + r * stride + j, kind) * x[r];
        }
    }
}

static inline __attribute__((always_inline)) void apply_band(double *y, size_t m, size_t width,
                                                             size_t stride, const void *A,
                                                             const int kind, const double *x)
{
    enum { ROWS = 8 };
    size_t i = 0;
    for (; i + ROWS <= m; i += ROWS) {
        add_rows(y, width, stride, A, i * stride, kind, x + i, ROWS);
    }
    for (; i < m; i++) {
        add_rows(y, width, stride, A, i * stride, kind, x + i, 1);
    }
}

/* One compiled body for every way A is stored and read. */
static inline __attribute__((always_inline)) void apply_kinds(double *y, size_t m, size_t width,
                                                              size_t stride, const void *A,
                                                              int kind, const bool band,
                                                              const double *x)
{
#define WITH(constant)                                                                             \
    (band ? apply_band(y, m, width, stride, A, constant, x)                                        \
          : apply(y, m, width, stride, A, constant, x))
    switch (kind) {
    case WIO_SINGLE | WIO_ABSOLUTE:
        WITH(WIO_SINGLE | WIO_ABSOLUTE);
        break;
    case WIO_SINGLE:
        WITH(WIO_SINGLE);
        break;
    case WIO_ABSOLUTE:
        WITH(WIO_ABSOLUTE);
        break;
    default:
        WITH(0);
    }
#undef WITH
}

#ifdef HAVE_AVX2_KERNEL
__attribute__((target("avx2"))) static void rows_avx2(double *y, size_t m, size_t width,
                                                      size_t stride, const void *A, int kind,
                                                      const double *x)
{
    apply_kinds(y, m, width, stride, A, kind, false, x);
}

__attribute__((target("avx2"))) static void band_avx2(double *y, size_t m, size_t width,
                                                      size_t stride, const void *A, int kind,
                                                      const double *x)
{
    apply_kinds(y, m, width, stride, A, kind, true, x);
}
#endif

static bool vectors_are_wide(void)
{
#ifdef HAVE_AVX2_KERNEL
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}

void wio_rows_portable(double *y, size_t m, size_t width, size_t stride, const void *A, int kind,
                       const double *x)
{
    apply_kinds(y, m, width, stride, A, kind, false, x);
}

void wio_band_portable(double *y, size_t m, size_t width, size_t stride, const void *A, int kind,
                       const double *x)
{
    apply_kinds(y, m, width, stride, A, kind, true, x);
}

void wio_rows(double *y, size_t m, size_t width, size_t stride, const void *A, int kind,
              const double *x)
{
#ifdef HAVE_AVX2_KERNEL
    if (vectors_are_wide()) {
        rows_avx2(y, m, width, stride, A, kind, x);
        return;
    }
#endif
    wio_rows_portable(y, m, width, stride, A, kind, x);
}

void wio_band(double *y, size_t m, size_t width, size_t stride, const void *A, int kind,
              const double *x)
{
#ifdef HAVE_AVX2_KERNEL
    if (vectors_are_wide()) {
        band_avx2(y, m, width, stride, A, kind, x);
        return;
    }
#endif
    wio_band_portable(y, m, width, stride, A, kind, x);
}

void wio_apply_portable(double *y, size_t m, size_t n, const double *A, const double *x)
{
    wio_rows_portable(y, m, n, n, A, 0, x);
}

void wio_apply_transposed_portable(double *y, size_t n, const double *A, const double *x)
{
    memset(y, 0, n * sizeof *y);
    wio_band_portable(y, n, n, n, A, 0, x);
}

void wio_apply_rows(double *y, size_t m, size_t n, const double *A, const double *x)
{
    wio_rows(y, m, n, n, A, 0, x);
}

void wio_apply(double *y, size_t n, const double *A, const double *x)
{
    wio_apply_rows(y, n, n, A, x);
}

void wio_apply_shared(double *y, size_t n, const double *A, const double *x, int threads)
{
    enum { ROWS = 64 };
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < n; i += ROWS) {
        wio_apply_rows(y + i, n - i < ROWS ? n - i : ROWS, n, A + i * n, x);
    }
}

void wio_apply_transposed(double *y, size_t n, const double *A, const double *x)
{
    memset(y, 0, n * sizeof *y);
    wio_band(y, n, n, n, A, 0, x);
}

/* --- residuals, eight vectors ------------------------------------------------------------------- */

/* One row: hi + lo += sum_j a_j x_j, size += sum_j |a_j| |x_j|, j = 0, step, ..., all lanes. */
typedef struct row_sums {
    double hi[WIO_LANES], lo[WIO_LANES], size[WIO_LANES];
} row_sums;

static void add_portable(row_sums *s, const double *a, size_t step, const double *x, size_t count)
{
    for (size_t j = 0; j < count; j++) {
        double aj = a[j * step];
        for (size_t l = 0; l < WIO_LANES; l++) {
            double xj = x[j * WIO_LANES + l];
            double p = aj * xj, e = fma(aj, xj, -p);
            double next = s->hi[l] + p, part = next - s->hi[l];
            double q = (s->hi[l] - (next - part)) + (p - part);
            s->hi[l] = next;
            s->lo[l] += q + e;
            s->size[l] += fabs(p);
        }
    }
}

#ifdef HAVE_AVX2_KERNEL
__attribute__((target("avx2,fma"))) static void add_avx2(row_sums *s, const double *a, size_t step,
                                                         const double *x, size_t count)
{
    const __m256d sign = _mm256_set1_pd(-0.0);
    __m256d hi[2], lo[2], size[2];
    for (size_t h = 0; h < 2; h++) {
        hi[h] = _mm256_loadu_pd(s->hi + 4 * h);
        lo[h] = _mm256_loadu_pd(s->lo + 4 * h);
        size[h] = _mm256_loadu_pd(s->size + 4 * h);
    }
    for (size_t j = 0; j < count; j++) {
        __m256d aj = _mm256_set1_pd(a[j * step]);
        for (size_t h = 0; h < 2; h++) {
            __m256d xj = _mm256_loadu_pd(x + j * WIO_LANES + 4 * h);
            __m256d p = _mm256_mul_pd(aj, xj), e = _mm256_fmsub_pd(aj, xj, p);
            __m256d next = _mm256_add_pd(hi[h], p), part = _mm256_sub_pd(next, hi[h]);
            __m256d q = _mm256_add_pd(_mm256_sub_pd(hi[h], _mm256_sub_pd(next, part)),
                                      _mm256_sub_pd(p, part));
            hi[h] = next;
            lo[h] = _mm256_add_pd(lo[h], _mm256_add_pd(q, e));
            size[h] = _mm256_add_pd(size[h], _mm256_andnot_pd(sign, p));
        }
    }
    for (size_t h = 0; h < 2; h++) {
        _mm256_storeu_pd(s->hi + 4 * h, hi[h]);
        _mm256_storeu_pd(s->lo + 4 * h, lo[h]);
        _mm256_storeu_pd(s->size + 4 * h, size[h]);
    }
}
#endif

typedef void add_kernel(row_sums *, const double *, size_t, const double *, size_t);

static add_kernel *choose_kernel(void)
{
#ifdef HAVE_AVX2_KERNEL
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return add_avx2;
    }
#endif
    return add_portable;
}

static void residual(double *r, double *off, size_t n, const double *A, bool transposed,
                     const double *x, const double *y, add_kernel *add)
{
    size_t step = transposed ? n : 1, row = transposed ? 1 : n;
    const double minus = -1.0;
    for (size_t i = 0; i < n; i++) {
        const double *a = A + i * row;
        row_sums s = {0};
        memcpy(s.hi, y + i * WIO_LANES, sizeof s.hi);
        add(&s, &minus, 1, x + i * WIO_LANES, 1);          /* y - x */
        add(&s, a + i * step, step, x + i * WIO_LANES, 1); /* + a_ii x_i */
        memset(s.size, 0, sizeof s.size);
        add(&s, a, step, x, i);
        if (i + 1 < n) {
            add(&s, a + (i + 1) * step, step, x + (i + 1) * WIO_LANES, n - i - 1);
        }
        for (size_t l = 0; l < WIO_LANES; l++) {
            r[i * WIO_LANES + l] = s.hi[l] + s.lo[l];
            off[i * WIO_LANES + l] = s.size[l];
        }
    }
}

void wio_residual(double *r, double *off, size_t n, const double *A, bool transposed,
                  const double *x, const double *y)
{
    residual(r, off, n, A, transposed, x, y, choose_kernel());
}

void wio_residual_portable(double *r, double *off, size_t n, const double *A, bool transposed,
                           const double *x, const double *y)
{
    residual(r, off, n, A, transposed, x, y, add_portable);
}

/* --- one vector: the lanes are eight rows of A --------------------------------------------------- */

/* One product into one sum, the operations of add_portable. */
static inline __attribute__((always_inline)) void add_one(row_sums *s, size_t l, double a, double x)
{
    double p = a * x, e = fma(a, x, -p);
    double next = s->hi[l] + p, part = next - s->hi[l];
    double q = (s->hi[l] - (next - part)) + (p - part);
    s->hi[l] = next;
    s->lo[l] += q + e;
    s->size[l] += fabs(p);
}

/* Lane l: the row at a + l row, j = 0, step, .... */
static void add_rows_portable(row_sums *s, const double *a, size_t row, size_t step,
                              const double *x, size_t count)
{
    for (size_t j = 0; j < count; j++) {
        for (size_t l = 0; l < WIO_LANES; l++) {
            add_one(s, l, a[l * row + j * step], x[j]);
        }
    }
}

#ifdef HAVE_AVX2_KERNEL
__attribute__((target("avx2,fma"))) static void
add_rows_avx2(row_sums *s, const double *a, size_t row, size_t step, const double *x, size_t count)
{
    const __m256d sign = _mm256_set1_pd(-0.0);
    __m256d hi[2], lo[2], size[2];
    for (size_t h = 0; h < 2; h++) {
        hi[h] = _mm256_loadu_pd(s->hi + 4 * h);
        lo[h] = _mm256_loadu_pd(s->lo + 4 * h);
        size[h] = _mm256_loadu_pd(s->size + 4 * h);
    }
    for (size_t j = 0; j < count; j++) {
        __m256d xj = _mm256_set1_pd(x[j]);
        for (size_t h = 0; h < 2; h++) {
            const double *b = a + 4 * h * row + j * step;
            __m256d aj = row == 1 ? _mm256_loadu_pd(b)
                                  : _mm256_setr_pd(b[0], b[row], b[2 * row], b[3 * row]);
            __m256d p = _mm256_mul_pd(aj, xj), e = _mm256_fmsub_pd(aj, xj, p);
            __m256d next = _mm256_add_pd(hi[h], p), part = _mm256_sub_pd(next, hi[h]);
            __m256d q = _mm256_add_pd(_mm256_sub_pd(hi[h], _mm256_sub_pd(next, part)),
                                      _mm256_sub_pd(p, part));
            hi[h] = next;
            lo[h] = _mm256_add_pd(lo[h], _mm256_add_pd(q, e));
            size[h] = _mm256_add_pd(size[h], _mm256_andnot_pd(sign, p));
        }
    }
    for (size_t h = 0; h < 2; h++) {
        _mm256_storeu_pd(s->hi + 4 * h, hi[h]);
        _mm256_storeu_pd(s->lo + 4 * h, lo[h]);
        _mm256_storeu_pd(s->size + 4 * h, size[h]);
    }
}
#endif

typedef void rows_kernel(row_sums *, const double *, size_t, size_t, const double *, size_t);

/* Rows `first` to first + rows - 1; every row in the order of residual() above: y - x, the
 * diagonal, then the others from the left. */
static inline __attribute__((always_inline)) void
residual_rows(double *r, double *off, size_t n, const double *a, size_t row, size_t step,
              const double *x, const double *y, size_t first, size_t rows, rows_kernel *add)
{
    row_sums s = {0};
    for (size_t l = 0; l < rows; l++) {
        size_t i = first + l;
        s.hi[l] = y[i];
        add_one(&s, l, -1.0, x[i]);
        add_one(&s, l, a[l * row + i * step], x[i]);
        s.size[l] = 0.0;
    }
    bool full = rows == WIO_LANES;
    size_t common = full ? first : 0, after = full ? first + rows : n;
    if (full) {
        add(&s, a, row, step, x, first);
    }
    for (size_t l = 0; l < rows; l++) {
        for (size_t j = common; j < after; j++) {
            if (j != first + l) {
                add_one(&s, l, a[l * row + j * step], x[j]);
            }
        }
    }
    if (full) {
        add(&s, a + after * step, row, step, x + after, n - after);
    }
    for (size_t l = 0; l < rows; l++) {
        r[first + l] = s.hi[l] + s.lo[l];
        off[first + l] = s.size[l];
    }
}

static inline __attribute__((always_inline)) void residual_one(double *r, double *off, size_t n,
                                                               const double *A, bool transposed,
                                                               const double *x, const double *y,
                                                               rows_kernel *add)
{
    size_t step = transposed ? n : 1, row = transposed ? 1 : n, i = 0;
    for (; i + WIO_LANES <= n; i += WIO_LANES) {
        residual_rows(r, off, n, A + i * row, row, step, x, y, i, WIO_LANES, add);
    }
    for (; i < n; i++) {
        residual_rows(r, off, n, A + i * row, row, step, x, y, i, 1, add);
    }
}

void wio_residual_one_portable(double *r, double *off, size_t n, const double *A, bool transposed,
                               const double *x, const double *y)
{
    residual_one(r, off, n, A, transposed, x, y, add_rows_portable);
}

#ifdef HAVE_AVX2_KERNEL
__attribute__((target("avx2,fma"))) static void residual_one_avx2(double *r, double *off, size_t n,
                                                                  const double *A, bool transposed,
                                                                  const double *x, const double *y)
{
    residual_one(r, off, n, A, transposed, x, y, add_rows_avx2);
}
#endif

void wio_residual_one(double *r, double *off, size_t n, const double *A, bool transposed,
                      const double *x, const double *y)
{
#ifdef HAVE_AVX2_KERNEL
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        residual_one_avx2(r, off, n, A, transposed, x, y);
        return;
    }
#endif
    wio_residual_one_portable(r, off, n, A, transposed, x, y);
}
