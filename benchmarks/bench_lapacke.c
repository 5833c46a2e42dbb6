/* bench_lapacke.c - what a user of C would write first: LAPACKE in its row-major form, which copies
 * the matrix, on all threads of OpenBLAS. Rivals only; nothing of this library is timed.
 *
 *     bench_lapacke [N...]      default 1000 4000
 *
 * CSV: case,n,threads,runs,best_s,median_s,gflops,residual
 *      lapacke_row_getri  (I - A)^-1 by LAPACKE_dgetrf and LAPACKE_dgetri; 2 n^3
 *      lapacke_row_gesv   one right-hand side by LAPACKE_dgesv; 2/3 n^3
 *      residual is |b - B x|_1 / (|B|_1 |x|_1) of B x = 1, x by the inverse in the first case. */
#include "../solvers/linear/sample.h"
#include "bench.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RUNS = 7, BUDGET_S = 8 };
enum { INVERSE, SOLVE, CASES };
static const char *const NAMES[] = {"lapacke_row_getri", "lapacke_row_gesv"};

typedef struct bench {
    size_t n;
    wio_sample sample;
    double *B, *X, *x;
    lapack_int *pivot;
} bench;

static double norm1(const double *v, size_t count, size_t stride)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += fabs(v[i * stride]);
    }
    return sum;
}

static double run(bench *b, int which)
{
    int n = (int)b->n;
    memcpy(b->X, b->B, b->n * b->n * sizeof *b->X);
    for (size_t i = 0; i < b->n; i++) {
        b->x[i] = 1.0;
    }
    double start = wio_clock();
    int info = which == SOLVE ? LAPACKE_dgesv(LAPACK_ROW_MAJOR, n, 1, b->X, n, b->pivot, b->x, 1)
                              : LAPACKE_dgetrf(LAPACK_ROW_MAJOR, n, n, b->X, n, b->pivot);
    if (which == INVERSE && info == 0) {
        info = LAPACKE_dgetri(LAPACK_ROW_MAJOR, n, b->X, n, b->pivot);
    }
    double spent = wio_clock() - start;
    if (info != 0) {
        fprintf(stderr, "bench_lapacke: info %d\n", info);
        exit(EXIT_FAILURE);
    }
    for (size_t i = 0; which == INVERSE && i < b->n; i++) {
        b->x[i] = wio_sum(b->X + i * b->n, b->n, 1);
    }
    return spent;
}

static double residual(const bench *b)
{
    double worst = 0.0, norm = 0.0;
    for (size_t i = 0; i < b->n; i++) {
        worst += fabs(1.0 - wio_dot(b->B + i * b->n, b->x, b->n));
        norm = fmax(norm, norm1(b->B + i, b->n, b->n));
    }
    return worst / (norm * norm1(b->x, b->n, 1));
}

static void measure(size_t n)
{
    bench b = {.n = n};
    wio_error err = {0};
    b.B = wio_alloc(n, n * sizeof(double));
    b.X = wio_alloc(n, n * sizeof(double));
    b.x = wio_alloc(n, sizeof(double));
    b.pivot = wio_alloc(n, sizeof *b.pivot);
    if (b.B == NULL || b.X == NULL || b.x == NULL || b.pivot == NULL ||
        wio_sample_dense(&b.sample, n, 20171, &err) != WIO_OK) {
        fprintf(stderr, "bench_lapacke: no memory for n = %zu\n", n);
        exit(EXIT_FAILURE);
    }
    for (size_t i = 0; i < n * n; i++) {
        b.B[i] = (i % (n + 1) == 0 ? 1.0 : 0.0) - b.sample.element[i];
    }
    int threads = wio_threads(0);
    openblas_set_num_threads(threads);
    for (int c = 0; c < CASES; c++) {
        double seconds[MOST_RUNS], begin = wio_clock();
        size_t runs = 0;
        double flops = (c == INVERSE ? 2.0 : 2.0 / 3.0) * (double)n * (double)n * (double)n;
        while (runs < MOST_RUNS && (runs == 0 || wio_clock() - begin < BUDGET_S)) {
            seconds[runs++] = run(&b, c);
        }
        qsort(seconds, runs, sizeof(double), ascending);
        printf("%s,%zu,%d,%zu,%.4g,%.4g,%.1f,%.1e\n", NAMES[c], n, threads, runs, seconds[0],
               seconds[runs / 2], flops / seconds[0] * 1e-9, residual(&b));
    }
    (void)fflush(stdout);
    wio_sample_free(&b.sample);
    wio_free(b.pivot);
    wio_free(b.x);
    wio_free(b.X);
    wio_free(b.B);
}

int main(int argc, char **argv)
{
    puts("case,n,threads,runs,best_s,median_s,gflops,residual");
    if (argc < 2) {
        measure(1000);
        measure(4000);
    }
    for (int k = 1; k < argc; k++) {
        size_t n = strtoul(argv[k], NULL, 10);
        if (n == 0 || n > 40000) {
            fprintf(stderr, "bench_lapacke: an order is 1 to 40000, not '%s'\n", argv[k]);
            return EXIT_FAILURE;
        }
        measure(n);
    }
    return EXIT_SUCCESS;
}
