/* bench_demand.c - what demand scenarios cost: factorisation, one solution alone, and each further
 * one of 1,000, with the certificate of every one of them.
 *
 * us-2017 when it is found, else a random matrix of its size; and n = 2464 (WIOD 2016), random,
 * with 128 right-hand sides. The residual is the largest normwise backward error. */
#include "../solvers/linear/linear.h"
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_RUNS = 9 };

/* case,n,threads,runs,best_s,median_s,gflops,residual; times are per solution or factorisation. */
static void report(const char *name, size_t n, double *seconds, size_t runs, double flops,
                   double residual)
{
    qsort(seconds, runs, sizeof *seconds, ascending);
    printf("%s,%zu,1,%zu,%.3e,%.3e,%.2f,%.1e\n", name, n, runs, seconds[0], seconds[runs / 2],
           flops / seconds[0] * 1e-9, residual);
}

static double *random_coefficients(size_t n)
{
    uint64_t state = 20171;
    double *A = wio_alloc(n * n, sizeof *A);
    for (size_t j = 0; A != NULL && j < n; j++) {
        double sum = 0.0, inputs = .3 + .4 * uniform(&state);
        for (size_t i = 0; i < n; i++) {
            A[i * n + j] = pow(uniform(&state), 6.0);
            sum += A[i * n + j];
        }
        for (size_t i = 0; i < n; i++) {
            A[i * n + j] *= inputs / sum;
        }
    }
    return A;
}

static double *table_coefficients(size_t *n, const char *name)
{
    wio_table *table = NULL;
    wio_table_info info;
    if (wio_table_open(&table, name, NULL, NULL, NULL) != WIO_OK) {
        return NULL;
    }
    wio_table_describe(&info, table);
    const double *Z = wio_table_Z(table), *x = wio_table_x(table);
    double *A = wio_alloc(info.n * info.n, sizeof *A);
    for (size_t i = 0; A != NULL && i < info.n * info.n; i++) {
        A[i] = x[i % info.n] > 0.0 ? Z[i] / x[i % info.n] : 0.0;
    }
    *n = info.n;
    wio_table_free(table);
    return A;
}

/* Runs until a second is spent. */
static int measure(size_t n, const double *A, size_t batch, wio_error *err)
{
    uint64_t state = 7;
    double factor[MOST_RUNS], alone[MOST_RUNS], further[MOST_RUNS], spent = 0.0;
    double order = (double)n, per_solve = 4.0 * order * order; /* two solves of 2 n^2 each */
    size_t runs = 0;
    wio_certificate worst = {0};
    double *F = wio_alloc(batch * n, sizeof *F), *X = wio_alloc(batch * n, sizeof *X);
    if (F == NULL || X == NULL) {
        wio_free(F);
        wio_free(X);
        return wio_fail(err, WIO_E_MEMORY, "%zu right-hand sides of %zu", batch, n) != WIO_OK;
    }
    for (size_t i = 0; i < batch * n; i++) {
        F[i] = uniform(&state);
    }
    while (runs < MOST_RUNS && (runs < 3 || spent < 1.0)) {
        wio_system *system = NULL;
        double start = wio_clock();
        wio_status status = wio_system_create(&system, n, A, NULL, NULL, err);
        double created = wio_clock();
        if (status == WIO_OK) {
            status = wio_system_solve(X, system, 1, F, &worst, err);
        }
        double one = wio_clock();
        if (status == WIO_OK) {
            status = wio_system_solve(X, system, batch, F, &worst, err);
        }
        double all = wio_clock();
        wio_system_free(system);
        if (status != WIO_OK) {
            break;
        }
        factor[runs] = created - start;
        alone[runs] = one - created;
        further[runs++] = (all - one) / (double)batch;
        spent += all - start;
    }
    if (err->status == WIO_OK) {
        report("factor_and_certify", n, factor, runs, 2.0 / 3.0 * order * order * order,
               worst.backward_error);
        report("demand_alone", n, alone, runs, per_solve, worst.backward_error);
        report("demand_further", n, further, runs, per_solve, worst.backward_error);
    }
    wio_free(F);
    wio_free(X);
    return err->status != WIO_OK;
}

int main(void)
{
    static const struct {
        size_t n, batch;
        const char *table;
    } cases[] = {{113, 1000, "us-2017"}, {2464, 128, NULL}};
    wio_error err = {0};
    printf("case,n,threads,runs,best_s,median_s,gflops,residual\n");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t n = cases[c].n;
        double *A = cases[c].table != NULL ? table_coefficients(&n, cases[c].table) : NULL;
        A = A != NULL ? A : random_coefficients(n);
        if (A == NULL || measure(n, A, cases[c].batch, &err) != 0) {
            fprintf(stderr, "bench_demand: %s\n", A != NULL ? err.message : "no memory");
            wio_free(A);
            return EXIT_FAILURE;
        }
        wio_free(A);
    }
    return EXIT_SUCCESS;
}
