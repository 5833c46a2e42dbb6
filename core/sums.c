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

static inline void add_pair(pair *total, pair *lost, pair term)
{
    pair next = *total + term, part = next - *total;
    *lost += (*total - (next - part)) + (term - part);
    *total = next;
}

/* Columns first to first + count - 1 of some rows onto total and lost [count]. DEEP rows at a time, so
 * that sums go to and from the cache once for all of them. */
static void add_band(double *total, double *lost, size_t rows, size_t columns, const double *V,
                     size_t first, size_t count)
{
    enum { DEEP = 8 };
    size_t i = 0;
    for (; i + DEEP <= rows; i += DEEP) {
        const double *row = V + i * columns + first;
        for (size_t j = 0; j + 2 <= count; j += 2) {
            pair t = *(pair *)(total + j), l = *(pair *)(lost + j);
            for (size_t r = 0; r < DEEP; r++) {
                add_pair(&t, &l, *(const pair *)(row + r * columns + j));
            }
            *(pair *)(total + j) = t;
            *(pair *)(lost + j) = l;
        }
    }
    for (size_t r = 0; r < rows; r++) { /* the rows left, and the odd column of all */
        const double *row = V + r * columns + first;
        for (size_t j = r < i ? count / 2 * 2 : 0; j < count; j++) {
            double next = total[j] + row[j];
            lost[j] += error_of(total[j], row[j], next);
            total[j] = next;
        }
    }
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

/* TOGETHER rows, two in the lanes of a pair. */
static void add_all_rows(double *sum, size_t columns, const double *V)
{
    pair total[TOGETHER / 2] = {{0.0}}, lost[TOGETHER / 2] = {{0.0}};
    size_t j = 0;
    for (; j + 2 <= columns; j += 2) {
        for (size_t r = 0; r < TOGETHER / 2; r++) {
            pair a = *(const pair *)(V + 2 * r * columns + j);
            pair b = *(const pair *)(V + (2 * r + 1) * columns + j);
            add_pair(&total[r], &lost[r], (pair){a[0], b[0]});
            add_pair(&total[r], &lost[r], (pair){a[1], b[1]});
        }
    }
    for (size_t r = 0; r < TOGETHER / 2; r++) {
        if (j < columns) {
            add_pair(&total[r], &lost[r],
                     (pair){V[2 * r * columns + j], V[(2 * r + 1) * columns + j]});
        }
        *(pair *)(sum + 2 * r) = total[r] + lost[r];
    }
}

void wio_row_sums(double *sum, size_t rows, size_t columns, const double *V)
{
    int threads = threads_for(rows, columns);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < rows; i += TOGETHER) {
        size_t left = rows - i;
        if (left >= TOGETHER) {
            add_all_rows(sum + i, columns, V + i * columns);
        }
        for (size_t r = 0; r < left && left < TOGETHER; r++) {
            sum[i + r] = wio_sum(V + (i + r) * columns, columns, 1);
        }
    }
}
