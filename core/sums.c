/* sums.c - sums in a fixed order, compensated (Neumaier 1974), so that a reported total has the
 * same bits for any number of threads and no rounding that matters. */
#include "internal.h"

#include <math.h>
#include <omp.h>

double wio_sum(const double *v, size_t count, size_t stride)
{
    double sum = 0.0, lost = 0.0;
    for (size_t i = 0; i < count; i++) {
        double term = v[i * stride], next = sum + term;
        lost += fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
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

/* Two lanes at any address: one register of every x86-64. */
typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

/* Columns first to first + count - 1. */
static void add_band(double *sum, size_t rows, size_t columns, const double *V, size_t first,
                     size_t count)
{
    double total[BAND] = {0.0}, lost[BAND] = {0.0};
    for (size_t i = 0; i < rows; i++) {
        const double *row = V + i * columns + first;
        size_t j = 0;
        for (; j + 2 <= count; j += 2) {
            pair *t = (pair *)(total + j), *l = (pair *)(lost + j);
            pair term = *(const pair *)(row + j), next = *t + term, part = next - *t;
            *l += (*t - (next - part)) + (term - part);
            *t = next;
        }
        for (; j < count; j++) {
            double next = total[j] + row[j];
            lost[j] += error_of(total[j], row[j], next);
            total[j] = next;
        }
    }
    for (size_t j = 0; j < count; j++) {
        sum[first + j] = total[j] + lost[j];
    }
}

void wio_column_sums(double *sum, size_t rows, size_t columns, const double *V)
{
    int threads = threads_for(rows, columns);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t first = 0; first < columns; first += BAND) {
        add_band(sum, rows, columns, V, first, columns - first < BAND ? columns - first : BAND);
    }
}

static void add_rows(double *sum, size_t rows, size_t columns, const double *V)
{
    double total[TOGETHER] = {0.0}, lost[TOGETHER] = {0.0};
    for (size_t j = 0; j < columns; j++) {
        for (size_t r = 0; r < rows; r++) {
            double term = V[r * columns + j], next = total[r] + term;
            lost[r] += error_of(total[r], term, next);
            total[r] = next;
        }
    }
    for (size_t r = 0; r < rows; r++) {
        sum[r] = total[r] + lost[r];
    }
}

void wio_row_sums(double *sum, size_t rows, size_t columns, const double *V)
{
    int threads = threads_for(rows, columns);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < rows; i += TOGETHER) {
        size_t left = rows - i;
        if (left >= TOGETHER) {
            add_rows(sum + i, TOGETHER, columns, V + i * columns);
        } else {
            add_rows(sum + i, left, columns, V + i * columns);
        }
    }
}
