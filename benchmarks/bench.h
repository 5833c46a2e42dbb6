/* bench.h - what the benchmarks share: random numbers, the matrix of the dense ones, an order. */
#ifndef WIO_BENCH_H
#define WIO_BENCH_H

#include "../core/internal.h"

/* For qsort of seconds. */
static inline int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* xorshift64 (Marsaglia 2003). */
static inline uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* [0, 1) */
static inline double uniform(uint64_t *state)
{
    return (double)(next(state) >> 11) * 0x1p-53;
}

/* [n x n] each: columns of A sum to .3 to .7; B = I - A. */
static inline void dense_pair(double *A, double *B, size_t n, uint64_t *state)
{
    for (size_t i = 0; i < n * n; i++) {
        A[i] = uniform(state);
    }
    for (size_t j = 0; j < n; j++) {
        double scale = (.3 + .4 * (double)(j % 17) / 16.0) / wio_sum(A + j, n, n);
        for (size_t i = 0; i < n; i++) {
            A[i * n + j] *= scale;
            B[i * n + j] = (i == j ? 1.0 : 0.0) - A[i * n + j];
        }
    }
}

#endif
