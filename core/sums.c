/* sums.c - sums in a fixed order, compensated (Neumaier 1974), so that a reported total has the
 * same bits for any number of threads and no rounding that matters. */
#include "internal.h"

#include <math.h>
#include <omp.h>

void wio_sum_add(double *total, double *lost, const double *v, size_t count, size_t stride)
{
    double sum = *total, gone = *lost;
    for (size_t i = 0; i < count; i++) {
        double term = v[i * stride], next = sum + term;
        gone += fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    *total = sum;
    *lost = gone;
}

double wio_sum(const double *v, size_t count, size_t stride)
{
    double sum = 0.0, lost = 0.0;
    wio_sum_add(&sum, &lost, v, count, stride);
    return sum + lost;
}

double wio_dot(const double *a, const double *b, size_t count)
{
    double sum = 0.0, lost = 0.0;
    for (size_t i = 0; i < count; i++) {
        double term = a[i] * b[i];
        double error = fma(a[i], b[i], -term); /* exact: two-product */
        double next = sum + term;
        lost += (fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum) + error;
        sum = next;
    }
    return sum + lost;
}

/* --- sums of many rows or columns at memory speed ----------------------------------------------- */

enum {
    BAND =
        1024, /* columns at once: their sums fill half the nearest cache; 256 take 1.5 times as long,
                       waiting for pages, 2048 1.25 times (n = 4000, EPYC) */
    TOGETHER = 8,   /* rows that are added up side by side, so that none waits for itself */
    LARGE = 1 << 18 /* elements from which threads are worth their start */
};

/* The error of a sum without a branch (Knuth's two-sum): the very number that wio_sum keeps, since
 * both are exact. */
static inline double error_of(double sum, double term, double next)
{
    double part = next - sum;
    return (sum - (next - part)) + (term - part);
}

static int threads_for(size_t rows, size_t columns)
{
    return rows * columns < LARGE || omp_in_parallel() ? 1 : wio_threads(0);
}

/* Lanes at any address: two are one register of every x86-64, four one of those with AVX2. Lanes do not
 * meet, so the bits are the same. */
typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));
typedef double quad __attribute__((vector_size(32), aligned(8), may_alias));

#define ADD(type, total, lost, term)                                                               \
    do {                                                                                           \
        type term_ = (term), next_ = (total) + term_, part_ = next_ - (total);                     \
        (lost) += ((total) - (next_ - part_)) + (term_ - part_);                                   \
        (total) = next_;                                                                           \
    } while (0)

/* Columns first to first + count - 1 of some rows onto total and lost [count]. DEEP rows at a time, so
 * that sums go to and from the cache once for all of them. */
enum { DEEP = 8 };
#define ADD_BAND(name, type, target)                                                               \
    target static void name(double *total, double *lost, size_t rows, size_t columns,              \
                            const double *V, size_t first, size_t count)                           \
    {                                                                                              \
        enum { LANES = sizeof(type) / sizeof(double) };                                            \
        for (size_t i = 0; i + DEEP <= rows; i += DEEP) {                                          \
            const double *row = V + i * columns + first;                                           \
            for (size_t j = 0; j + LANES <= count; j += LANES) {                                   \
                type t = *(type *)(total + j), l = *(type *)(lost + j);                            \
                for (size_t r = 0; r < DEEP; r++) {                                                \
                    ADD(type, t, l, *(const type *)(row + r * columns + j));                       \
                }                                                                                  \
                *(type *)(total + j) = t;                                                          \
                *(type *)(lost + j) = l;                                                           \
            }                                                                                      \
        }                                                                                          \
        size_t deep = rows / DEEP * DEEP, done = count / LANES * LANES;                            \
        for (size_t r = 0; r < rows; r++) {                                                        \
            const double *row = V + r * columns + first;                                           \
            for (size_t j = r < deep ? done : 0; j < count; j++) {                                 \
                double next = total[j] + row[j];                                                   \
                lost[j] += error_of(total[j], row[j], next);                                       \
                total[j] = next;                                                                   \
            }                                                                                      \
        }                                                                                          \
    }

ADD_BAND(add_band_any, pair, )

/* TOGETHER rows, two in the lanes of a pair. */
static void add_rows_any(double *sum, size_t columns, const double *V)
{
    pair total[TOGETHER / 2] = {{0.0}}, lost[TOGETHER / 2] = {{0.0}};
    size_t j = 0;
    for (; j + 2 <= columns; j += 2) {
        for (size_t r = 0; r < TOGETHER / 2; r++) {
            pair a = *(const pair *)(V + 2 * r * columns + j);
            pair b = *(const pair *)(V + (2 * r + 1) * columns + j);
            ADD(pair, total[r], lost[r], ((pair){a[0], b[0]}));
            ADD(pair, total[r], lost[r], ((pair){a[1], b[1]}));
        }
    }
    for (size_t r = 0; r < TOGETHER / 2; r++) {
        if (j < columns) {
            ADD(pair, total[r], lost[r],
                ((pair){V[2 * r * columns + j], V[(2 * r + 1) * columns + j]}));
        }
        *(pair *)(sum + 2 * r) = total[r] + lost[r];
    }
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2")))
ADD_BAND(add_band_avx2, quad, AVX2)

/* The same, four rows in the lanes of a quad: blocks of 4 x 4 transposed on the way. */
AVX2 static void add_rows_avx2(double *sum, size_t columns, const double *V)
{
    quad total[TOGETHER / 4] = {{0.0}}, lost[TOGETHER / 4] = {{0.0}};
    size_t j = 0;
    for (; j + 4 <= columns; j += 4) {
        for (size_t r = 0; r < TOGETHER / 4; r++) {
            const double *at = V + 4 * r * columns + j;
            quad a = *(const quad *)at, b = *(const quad *)(at + columns);
            quad c = *(const quad *)(at + 2 * columns), d = *(const quad *)(at + 3 * columns);
            quad even = __builtin_shufflevector(a, b, 0, 4, 2, 6);
            quad odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
            quad more = __builtin_shufflevector(c, d, 0, 4, 2, 6);
            quad most = __builtin_shufflevector(c, d, 1, 5, 3, 7);
            ADD(quad, total[r], lost[r], __builtin_shufflevector(even, more, 0, 1, 4, 5));
            ADD(quad, total[r], lost[r], __builtin_shufflevector(odd, most, 0, 1, 4, 5));
            ADD(quad, total[r], lost[r], __builtin_shufflevector(even, more, 2, 3, 6, 7));
            ADD(quad, total[r], lost[r], __builtin_shufflevector(odd, most, 2, 3, 6, 7));
        }
    }
    for (; j < columns; j++) {
        for (size_t r = 0; r < TOGETHER / 4; r++) {
            const double *at = V + 4 * r * columns + j;
            ADD(quad, total[r], lost[r],
                ((quad){at[0], at[columns], at[2 * columns], at[3 * columns]}));
        }
    }
    for (size_t r = 0; r < TOGETHER / 4; r++) {
        *(quad *)(sum + 4 * r) = total[r] + lost[r];
    }
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}

#else

#define add_band_avx2 add_band_any
#define add_rows_avx2 add_rows_any

static bool has_avx2(void)
{
    return false;
}

#endif

static void add_band(double *total, double *lost, size_t rows, size_t columns, const double *V,
                     size_t first, size_t count)
{
    (has_avx2() ? add_band_avx2 : add_band_any)(total, lost, rows, columns, V, first, count);
}

void wio_column_sums_add(double *total, double *lost, size_t rows, size_t columns, const double *V)
{
    int threads = threads_for(rows, columns);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t first = 0; first < columns; first += BAND) {
        add_band(total + first, lost + first, rows, columns, V, first,
                 columns - first < BAND ? columns - first : BAND);
    }
}

void wio_column_sums(double *sum, size_t rows, size_t columns, const double *V)
{
    int threads = threads_for(rows, columns);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t first = 0; first < columns; first += BAND) {
        double total[BAND] = {0.0}, lost[BAND] = {0.0};
        size_t count = columns - first < BAND ? columns - first : BAND;
        add_band(total, lost, rows, columns, V, first, count);
        for (size_t j = 0; j < count; j++) {
            sum[first + j] = total[j] + lost[j];
        }
    }
}

void wio_row_sums(double *sum, size_t rows, size_t columns, const double *V)
{
    int threads = threads_for(rows, columns);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < rows; i += TOGETHER) {
        size_t left = rows - i;
        if (left >= TOGETHER) {
            (has_avx2() ? add_rows_avx2 : add_rows_any)(sum + i, columns, V + i * columns);
        }
        for (size_t r = 0; r < left && left < TOGETHER; r++) {
            sum[i + r] = wio_sum(V + (i + r) * columns, columns, 1);
        }
    }
}
