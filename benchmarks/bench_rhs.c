/* bench_rhs.c - many right-hand sides of one dense I - A: this library's systems against the time
 * that the same operations would take at the rate of the machine's matrix product, and against
 * LAPACK as usually called (dgetrf, dgetrs on all threads), all in the same run.
 *
 *     bench_rhs [N K]...      default 4000 1000; WIO_BENCH_THREADS=1 for one thread
 *
 * CSV: case,n,k,threads,runs,best_s,median_s,of_ideal,residual,kernel
 *      of_ideal is best / ((2/3 n^3 + 2 n^2 k) / rate), rate that of the better of OpenBLAS's
 *      product and the tiled one; residual is the largest |f - B x|_1 / (|B|_1 |x|_1 + |f|_1).
 * The cases take turns, so that what disturbs the machine disturbs all of them. */
#include "../solvers/linear/factor.h"
#include "../solvers/linear/product.h"
#include "../solvers/linear/system.h"
#include "bench.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MOST_RUNS = 5,
    FEWEST_RUNS = 3,
    BUDGET_S = 20,
    FEW = 128 /* columns above which what refines each is left out: residuals in twice the precision
                 cost 50 n^2 and more */
};
enum { GEMM, TILED, FACTOR, FACTOR_SINGLE, CREATE, STEADY, REFINED, MIXED, LAPACK, CASES };
static const char *const NAMES[] = {"gemm",         "gemm_tiled", "factor",
                                    "factor_float", "create",     "create_solve",
                                    "refined",      "mixed",      "getrf_getrs"};

typedef struct bench {
    size_t n, k;
    int threads;
    double *A, *B, *F, *X, *lu, *copy;
    lapack_int *pivot;
    double seconds[CASES][MOST_RUNS], residual[CASES];
} bench;

static void fill(bench *b)
{
    uint64_t state = 20171;
    size_t n = b->n;
    dense_pair(b->A, b->B, n, &state);
    for (size_t i = 0; i < b->k * n; i++) {
        b->F[i] = uniform(&state);
    }
    memset(b->X, 0, b->k * n * sizeof *b->X);
    memset(b->lu, 0, n * n * sizeof *b->lu);
    memset(b->copy, 0, n * n * sizeof *b->copy);
}

/* Of every column, in the product's arithmetic; |B|_1 is below 1.7. */
static double residual_of(const bench *b)
{
    int n = (int)b->n, k = (int)b->k;
    double *R = b->copy, worst = 0.0, *own = NULL;
    if (b->k > b->n) {
        R = own = wio_alloc(b->k, b->n * sizeof *own);
    }
    memcpy(R, b->F, b->k * b->n * sizeof *R);
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, n, k, n, -1.0, b->B, n, b->X, n, 1.0, R,
                n);
    for (size_t c = 0; c < b->k; c++) {
        double r = 0.0, x = 0.0, f = 0.0;
        for (size_t i = c * b->n; i < (c + 1) * b->n; i++) {
            r += fabs(R[i]);
            x += fabs(b->X[i]);
            f += fabs(b->F[i]);
        }
        worst = fmax(worst, r / (1.7 * x + f));
    }
    wio_free(own);
    return worst;
}

/* The library's own setting is one thread a call; here the rivals get all of them. */
static double run_rival(bench *b, int which)
{
    int n = (int)b->n, k = (int)b->k;
    openblas_set_num_threads(b->threads);
    double start = wio_clock();
    if (which == GEMM) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, b->A, n, b->B, n, 0.0,
                    b->lu, n);
    } else { /* (I - A)' by columns, as numpy's and C's matrices are */
        memcpy(b->lu, b->B, b->n * b->n * sizeof *b->lu);
        memcpy(b->X, b->F, b->n * b->k * sizeof *b->X);
        if (LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, b->lu, n, b->pivot) != 0 ||
            LAPACKE_dgetrs(LAPACK_COL_MAJOR, 'T', n, k, b->lu, n, b->pivot, b->X, n) != 0) {
            exit(EXIT_FAILURE);
        }
    }
    double spent = wio_clock() - start;
    openblas_set_num_threads(1);
    /* Its idle threads keep a processor busy for up to 2^28 cycles: not in the next one's time. */
    const struct timespec rest = {.tv_nsec = 200000000};
    (void)nanosleep(&rest, NULL);
    return spent;
}

static double run_system(bench *b, int which)
{
    const wio_system_options options = {.borrow = true,
                                        .threads = b->threads,
                                        .refined = which == REFINED,
                                        .mixed = which == MIXED};
    wio_system *system = NULL;
    wio_error err = {0};
    double start = wio_clock();
    wio_status status = wio_system_create_with(&system, b->n, b->A, NULL, &options, NULL, &err);
    if (status == WIO_OK && which != CREATE) {
        status = wio_system_solve(b->X, system, b->k, b->F, NULL, &err);
    }
    double spent = wio_clock() - start;
    if (status != WIO_OK) {
        fprintf(stderr, "bench_rhs: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
    wio_system_free(system);
    return spent;
}

static double run(bench *b, int which)
{
    const size_t n = b->n;
    const wio_product product = {n, n, n, 1.0, 0.0, b->A, b->B, b->lu, n, n, n, false};
    double start, spent;
    switch (which) {
    case GEMM:
    case LAPACK:
        spent = run_rival(b, which);
        break;
    case TILED:
        start = wio_clock();
        wio_multiply(&product, 1, b->threads);
        return wio_clock() - start;
    case FACTOR:
    case FACTOR_SINGLE:
        start = wio_clock();
        (void)wio_factor(b->lu, n, b->A, which == FACTOR_SINGLE, b->threads);
        return wio_clock() - start;
    default:
        spent = run_system(b, which);
    }
    if (which > CREATE && b->residual[which] == 0.0) {
        b->residual[which] = residual_of(b);
    }
    return spent;
}

static void report(bench *b, size_t runs)
{
    char blas[256];
    wio_blas_describe(blas, sizeof blas);
    const char *kernel = strrchr(blas, ' ');
    double n = (double)b->n, product = 2.0 * n * n * n, factor = product / 3.0;
    double all = factor + 2.0 * n * n * (double)b->k;
    for (int c = 0; c < CASES; c++) {
        qsort(b->seconds[c], runs, sizeof(double), ascending);
    }
    double rate = product / fmin(b->seconds[GEMM][0], b->seconds[TILED][0]);
    for (int c = 0; c < CASES; c++) {
        if (isnan(b->seconds[c][0])) {
            continue;
        }
        double flops = c <= TILED ? product : (c <= CREATE ? factor : all);
        printf("%s,%zu,%zu,%d,%zu,%.4f,%.4f,%.3f,%.1e,%s\n", NAMES[c], b->n, c <= CREATE ? 0 : b->k,
               b->threads, runs, b->seconds[c][0], b->seconds[c][runs / 2],
               b->seconds[c][0] / (flops / rate), b->residual[c],
               kernel != NULL ? kernel + 1 : blas);
    }
    (void)fflush(stdout);
}

static void measure(size_t n, size_t k, int threads)
{
    bench b = {.n = n, .k = k, .threads = threads};
    double **const array[] = {&b.A, &b.B, &b.lu, &b.copy, &b.F, &b.X};
    for (size_t a = 0; a < sizeof array / sizeof *array; a++) {
        *array[a] = wio_alloc(a < 4 ? n : k, n * sizeof(double));
    }
    b.pivot = wio_alloc(n, sizeof *b.pivot);
    if (b.A == NULL || b.B == NULL || b.lu == NULL || b.copy == NULL || b.F == NULL ||
        b.X == NULL || b.pivot == NULL) {
        fprintf(stderr, "bench_rhs: no memory for n = %zu\n", n);
        exit(EXIT_FAILURE);
    }
    fill(&b);
    wio_blas_single();
    size_t runs = 0;
    double begin = wio_clock();
    size_t fewest = n > 5000 ? 1 : FEWEST_RUNS; /* minutes each */
    while (runs < MOST_RUNS && (runs < fewest || wio_clock() - begin < BUDGET_S)) {
        for (int c = 0; c < CASES; c++) {
            bool slow = (c == REFINED || c == MIXED) && k > FEW;
            b.seconds[c][runs] = slow ? NAN : run(&b, c);
        }
        runs++;
    }
    report(&b, runs);
    for (size_t a = 0; a < sizeof array / sizeof *array; a++) {
        wio_free(*array[a]);
    }
    wio_free(b.pivot);
}

int main(int argc, char **argv)
{
    const char *asked = getenv("WIO_BENCH_THREADS");
    int threads = wio_threads(asked != NULL ? (int)strtol(asked, NULL, 10) : 0);
    puts("case,n,k,threads,runs,best_s,median_s,of_ideal,residual,kernel");
    if (argc < 3) {
        measure(4000, 1000, threads);
    }
    for (int a = 1; a + 1 < argc; a += 2) {
        size_t n = strtoul(argv[a], NULL, 10), k = strtoul(argv[a + 1], NULL, 10);
        if (n == 0 || n > 40000 || k == 0 || k > 100000) {
            fprintf(stderr, "bench_rhs: not an order and a number of right-hand sides: '%s' '%s'\n",
                    argv[a], argv[a + 1]);
            return EXIT_FAILURE;
        }
        measure(n, k, threads);
    }
    return EXIT_SUCCESS;
}
