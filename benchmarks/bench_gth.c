/* bench_gth.c - what elimination without subtraction costs beside LAPACK's dgetrf of the same order.
 *
 * Both in place, from the same random matrix of column sums near 1; gth with the threads there are,
 * dgetrf with one (as everywhere in Wassily) and with as many. The residual is |I - A - LU|_1 over
 * n |I - A|_1 u, as in LAPACK's own tests, by 8 columns of the product. */
#include "../solvers/linear/system.h"
#include "bench.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RUNS = 9, SAMPLE = 8 };

typedef enum method { GTH, DGETRF_ONE, DGETRF_ALL, METHODS } method;

/* Columns of A with v: sums of 1 together, v about 1e-9. */
static void random_shares(double *A, double *v, size_t n)
{
    uint64_t state = 1985;
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        v[j] = 1e-9 * (0.5 + uniform(&state));
        for (size_t i = 0; i < n; i++) {
            A[i * n + j] = pow(10.0, -6.0 * uniform(&state));
            sum += A[i * n + j];
        }
        for (size_t i = 0; i < n; i++) {
            A[i * n + j] *= (1.0 - v[j]) / sum;
        }
    }
}

/* Row s of B against row s of (U' L' P') over the pivots, |difference|_1, for SAMPLE rows. */
static double residual(size_t n, const double *A, const double *lu, const lapack_int *pivot)
{
    double worst = 0.0, *x = wio_alloc(n, sizeof *x);
    for (size_t t = 0; x != NULL && t < SAMPLE; t++) {
        /* B' e_s = P L U e_s, by columns of lu. */
        size_t s = t * (n - 1) / (SAMPLE - 1);
        memset(x, 0, n * sizeof *x);
        x[s] = 1.0;
        cblas_dtrmv(CblasColMajor, CblasUpper, CblasNoTrans, CblasNonUnit, (int)n, lu, (int)n, x,
                    1);
        cblas_dtrmv(CblasColMajor, CblasLower, CblasNoTrans, CblasUnit, (int)n, lu, (int)n, x, 1);
        for (size_t k = n; k-- > 0;) {
            size_t with = (size_t)pivot[k] - 1;
            double kept = x[k];
            x[k] = x[with];
            x[with] = kept;
        }
        double sum = 0.0;
        for (size_t j = 0; j < n; j++) {
            sum += fabs((j == s ? 1.0 : 0.0) - A[s * n + j] - x[j]);
        }
        worst = fmax(worst, sum);
    }
    wio_free(x);
    return worst / ((double)n * 2.0 * WIO_UNIT);
}

/* Runs until a second is spent; the best time, or 0 without memory. */
static double measure(size_t n, method which, int threads)
{
    static const char *const name[] = {"gth", "dgetrf", "dgetrf"};
    double *A = wio_alloc(n * n, sizeof *A), *v = wio_alloc(n, sizeof *v);
    double *lu = wio_alloc((n + 1) * n, sizeof *lu), seconds[MOST_RUNS], spent = 0.0, best = 0.0;
    lapack_int *pivot = wio_alloc(n, sizeof *pivot);
    if (A != NULL && v != NULL && lu != NULL && pivot != NULL) {
        size_t runs = 0;
        random_shares(A, v, n);
        while (runs < MOST_RUNS && (runs < 3 || spent < 1.0)) {
            double start = wio_clock();
            if (which == GTH) {
                (void)wio_gth_factor(lu, pivot, n, A, v, 0);
            } else if (which == DGETRF_ONE) {
                (void)wio_lu_factor(lu, pivot, n, A);
            } else { /* wio_lu_factor with threads of BLAS's own */
                for (size_t i = 0; i < n * n; i++) {
                    lu[i] = (i % (n + 1) == 0 ? 1.0 : 0.0) - A[i];
                }
                openblas_set_num_threads(threads);
                (void)LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, (lapack_int)n, (lapack_int)n, lu,
                                          (lapack_int)n, pivot);
                openblas_set_num_threads(1);
            }
            seconds[runs++] = wio_clock() - start;
            spent += seconds[runs - 1];
        }
        qsort(seconds, runs, sizeof *seconds, ascending);
        best = seconds[0];
        double order = (double)n, flops = 2.0 / 3.0 * order * order * order;
        printf("%s,%zu,%d,%zu,%.3e,%.3e,%.2f,%.1e\n", name[which], n,
               which == DGETRF_ONE ? 1 : threads, runs, best, seconds[runs / 2],
               flops / best * 1e-9, residual(n, A, lu, pivot));
    }
    wio_free(A);
    wio_free(v);
    wio_free(lu);
    wio_free(pivot);
    return best;
}

int main(void)
{
    static const size_t orders[] = {500, 1000, 2000};
    int threads = wio_threads(0);
    printf("case,n,threads,runs,best_s,median_s,gflops,residual\n");
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        for (int which = GTH; which < METHODS; which++) {
            if (which == DGETRF_ALL && threads == 1) {
                continue;
            }
            if (!(measure(orders[o], (method)which, threads) > 0.0)) {
                fprintf(stderr, "bench_gth: no memory for order %zu\n", orders[o]);
                return EXIT_FAILURE;
            }
        }
    }
    return EXIT_SUCCESS;
}
