/* bench_ras.c - RAS of a dense table to rows and columns that are 5 % off on average.
 *
 *     bench_ras [N]      default 2464; WIO_BENCH_THREADS=1 for one thread
 *
 * CSV: case,n,threads,runs,best_s,median_s,gflops,residual,sweeps,sweep_ms
 *      gflops counts 4 n^2 a sweep; residual is the largest relative gap of a row. ras_numpy.py does
 * the same table with numpy, rows and columns scaled in place, to the same tolerance. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 7 };

/* The generator of ras_numpy.py: x -> x 6364136223846793005 + 1442695040888963407, upper 53 bits. */
static double congruential(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 11) * 0x1p-53;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 2464;
    const char *asked = getenv("WIO_BENCH_THREADS");
    int threads = wio_threads(asked != NULL ? (int)strtol(asked, NULL, 10) : 0);
    double *Z = wio_alloc(n * n, sizeof *Z), *X = wio_alloc(n * n, sizeof *X);
    double *u = wio_zalloc(n, sizeof *u), *v = wio_zalloc(n, sizeof *v), seconds[RUNS];
    uint64_t state = 2464;
    if (Z == NULL || X == NULL || u == NULL || v == NULL) {
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double z = congruential(&state);
            Z[i * n + j] = z * z * z * z * 1000.0; /* four decades */
            double other = Z[i * n + j] * (.9 + .2 * congruential(&state)) *
                           (1.0 + .1 * (double)(i % 5) + .1 * (double)(j % 7));
            u[i] += other;
            v[j] += other;
        }
    }
    wio_balance_report report = {0};
    const wio_balance_options options = {.threads = threads};
    for (int run = 0; run < RUNS; run++) {
        wio_error err = {0};
        double start = wio_clock();
        if (wio_balance(X, Z, n, n, u, v, &options, &report, NULL, &err) != WIO_OK) {
            fprintf(stderr, "%s\n", err.message);
            return EXIT_FAILURE;
        }
        seconds[run] = wio_clock() - start;
    }
    qsort(seconds, RUNS, sizeof *seconds, ascending);
    double size = (double)n, sweeps = (double)report.sweeps;
    printf("case,n,threads,runs,best_s,median_s,gflops,residual,sweeps,sweep_ms\n");
    printf("ras,%zu,%d,%d,%.4f,%.4f,%.2f,%.1e,%zu,%.2f\n", n, threads, RUNS, seconds[0],
           seconds[RUNS / 2], 4e-9 * size * size * sweeps / seconds[0], report.row_gap,
           report.sweeps, 1e3 * seconds[0] / sweeps);
    wio_free(v);
    wio_free(u);
    wio_free(X);
    wio_free(Z);
    return EXIT_SUCCESS;
}
