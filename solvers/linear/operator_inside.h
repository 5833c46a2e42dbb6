/* operator_inside.h - what operator.c and residual.c share: places in compressed rows. */
#ifndef WIO_OPERATOR_INSIDE_H
#define WIO_OPERATOR_INSIDE_H

#include "operator.h"

#include <math.h>
#include <omp.h>

enum { WIO_LEAST_WORK = 1 << 16 };

#if defined(__x86_64__) && defined(__GNUC__)
#define WIO_WIDE 1 /* kernels for AVX2 and FMA can be made */
#endif

static inline bool wio_has_wide(void)
{
#ifdef WIO_WIDE
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

static inline int team(const wio_operator *op)
{
    return omp_in_parallel() != 0 || op->entries < WIO_LEAST_WORK ? 1 : op->threads;
}

static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* First position of row i at or after column c. */
static inline size_t position(const wio_matrix *A, size_t i, size_t c)
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

/* The same, sooner for the short rows that most are: no branch to be guessed. */
static inline size_t position_short(const wio_matrix *A, size_t i, size_t c)
{
    size_t from = A->start[i], count = A->start[i + 1] - from;
    const uint32_t *column = A->column + from, limit = (uint32_t)c;
    uint32_t below = 0;
    if (count > 64) {
        return position(A, i, c);
    }
#pragma omp simd reduction(+ : below)
    for (size_t k = 0; k < count; k++) {
        below += column[k] < limit ? 1U : 0U;
    }
    return from + below;
}

static inline double diagonal(const wio_matrix *A, size_t i)
{
    if (A->dense != NULL) {
        return A->dense[i * A->n + i];
    }
    size_t p = position(A, i, i);
    return p < A->start[i + 1] && A->column[p] == i ? A->value[p] : 0.0;
}

static inline double taken(double a, bool absolute)
{
    return absolute ? fabs(a) : a;
}

/* The part of row i in band t of `bands`. */
static inline void band_of(size_t *from, size_t *to, const wio_operator *op, size_t i, size_t t,
                           size_t bands)
{
    size_t cuts = (size_t)op->threads - 1;
    *from = op->A.start[i] + (t == 0 ? 0 : op->cut[i * cuts + t - 1]);
    *to = t + 1 == bands ? op->A.start[i + 1] : op->A.start[i] + op->cut[i * cuts + t];
}

/* Asks for the elements of x that a row some way down will want: their places are known, memory is
 * far. Elements p to end belong to the present row. */
static inline void fetch(const wio_matrix *A, size_t p, size_t end, const double *x)
{
    enum { AHEAD = 64 };
    size_t stored = A->start[A->n];
    for (size_t q = p; q < end; q += 8) { /* A is read once: it must not drive x out of the cache */
        __builtin_prefetch(A->value + q + 256, 0, 0);
        __builtin_prefetch(A->column + q + 512, 0, 0);
    }
    for (size_t q = p + AHEAD; q < least(end + AHEAD, stored); q++) {
        __builtin_prefetch(x + A->column[q]);
    }
}

#endif
