/* bench_inverse.c - what the inverse of a dense I - A costs, against the machine's own matrix
 * product of the same order and against LAPACK's inverse as usually called, all in the same run.
 *
 *     bench_inverse [N...]      default 1000 2000 4000; WIO_BENCH_THREADS=1 for one thread;
 *                               WIO_BENCH_CASES="gemm inverse_quick" for these alone
 *
 * CSV: case,n,threads,runs,best_s,median_s,gflops,residual,of_gemm,kernel
 *      gflops is 2 n^3 / best for every case; of_gemm is that against the product's, in the same
 *      run; residual is |I - B X|_1 / (n |B|_1 |X|_1 u).
 * The cases take turns, so that what disturbs the machine disturbs all of them. */
#include "../solvers/linear/inverse.h"
#include "bench.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_RUNS = 7, FEWEST_RUNS = 3, BUDGET_S = 20 };
enum { GEMM, LAPACK, QUICK, PROVEN, CASES };
static const char *const NAMES[] = {"gemm", "getrf_getri", "inverse_quick", "inverse_proven"};

typedef struct bench {
    size_t n;
    int threads;
    double *A, *B, *X, *work;
    lapack_int *pivot;
    double seconds[CASES][MOST_RUNS], residual[CASES];
} bench;

/* The library's own setting is one thread a call; here the rivals get all of them. */
static double run_rival(bench *b, int which)
{
    int n = (int)b->n;
    memcpy(b->X, b->B, b->n * b->n * sizeof *b->X);
    openblas_set_num_threads(b->threads);
    double start = wio_clock();
    if (which == GEMM) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, b->A, n, b->B, n, 0.0,
                    b->X, n);
    } else if (LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, b->X, n, b->pivot) != 0 ||
               LAPACKE_dgetri(LAPACK_COL_MAJOR, n, b->X, n, b->pivot) != 0) {
        exit(EXIT_FAILURE);
    }
    double spent = wio_clock() - start;
    openblas_set_num_threads(1);
    /* Its idle threads keep a processor busy for up to 2^28 cycles: not in the next one's time. */
    const struct timespec rest = {.tv_nsec = 200000000};
    (void)nanosleep(&rest, NULL);
    if (which == LAPACK && b->residual[which] == 0.0 &&
        wio_inverse_residual(&b->residual[which], b->n, b->A, b->X, b->work, b->threads) !=
            WIO_OK) {
        exit(EXIT_FAILURE);
    }
    return spent;
}

static double run_own(bench *b, int which)
{
    const wio_inverse_options options = {.threads = b->threads, .quick = which == QUICK};
    wio_inverse_report report;
    wio_error err = {0};
    double start = wio_clock();
    if (wio_inverse(b->X, b->n, b->A, NULL, &options, &report, NULL, &err) != WIO_OK) {
        fprintf(stderr, "bench_inverse: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
    b->residual[which] = report.residual;
    return wio_clock() - start;
}

static bool chosen(int which)
{
    const char *asked = getenv("WIO_BENCH_CASES");
    return asked == NULL || strstr(asked, NAMES[which]) != NULL;
}

static void measure(size_t n, int threads)
{
    bench b = {.n = n, .threads = threads};
    char blas[256];
    b.A = wio_alloc(n, n * sizeof(double));
    b.B = wio_alloc(n, n * sizeof(double));
    b.X = wio_alloc(n, n * sizeof(double));
    b.work = wio_alloc(n, n * sizeof(double));
    b.pivot = wio_alloc(n, sizeof *b.pivot);
    if (b.A == NULL || b.B == NULL || b.X == NULL || b.work == NULL || b.pivot == NULL) {
        fprintf(stderr, "bench_inverse: no memory for n = %zu\n", n);
        exit(EXIT_FAILURE);
    }
    dense_pair(b.A, b.B, n, &(uint64_t){20171});
    size_t runs = 0;
    double begin = wio_clock();
    size_t fewest = n > 5000 ? 1 : FEWEST_RUNS; /* minutes each */
    while (runs < MOST_RUNS && (runs < fewest || wio_clock() - begin < BUDGET_S)) {
        for (int c = 0; c < CASES; c++) {
            if (!chosen(c)) {
                continue;
            }
            b.seconds[c][runs] = c <= LAPACK ? run_rival(&b, c) : run_own(&b, c);
        }
        runs++;
    }
    wio_blas_describe(blas, sizeof blas);
    const char *kernel = strrchr(blas, ' ');
    double flops = 2e-9 * (double)n * (double)n * (double)n, gemm = 0.0;
    for (int c = 0; c < CASES; c++) {
        if (!chosen(c)) {
            continue;
        }
        qsort(b.seconds[c], runs, sizeof(double), ascending);
        gemm = c == GEMM ? b.seconds[c][0] : gemm;
        printf("%s,%zu,%d,%zu,%.4f,%.4f,%.1f,%.1e,%.3f,%s\n", NAMES[c], n, threads, runs,
               b.seconds[c][0], b.seconds[c][runs / 2], flops / b.seconds[c][0], b.residual[c],
               gemm / b.seconds[c][0], kernel != NULL ? kernel + 1 : blas);
    }
    (void)fflush(stdout);
    wio_free(b.pivot);
    wio_free(b.work);
    wio_free(b.X);
    wio_free(b.B);
    wio_free(b.A);
}

int main(int argc, char **argv)
{
    static const size_t standard[] = {1000, 2000, 4000};
    const char *asked = getenv("WIO_BENCH_THREADS");
    int threads = wio_threads(asked != NULL ? (int)strtol(asked, NULL, 10) : 0);
    puts("case,n,threads,runs,best_s,median_s,gflops,residual,of_gemm,kernel");
    for (size_t k = 0; argc < 2 && k < sizeof standard / sizeof *standard; k++) {
        measure(standard[k], threads);
    }
    for (int k = 1; k < argc; k++) {
        size_t n = strtoul(argv[k], NULL, 10);
        if (n == 0 || n > 40000) {
            fprintf(stderr, "bench_inverse: an order is 1 to 40000, not '%s'\n", argv[k]);
            return EXIT_FAILURE;
        }
        measure(n, threads);
    }
    return EXIT_SUCCESS;
}
