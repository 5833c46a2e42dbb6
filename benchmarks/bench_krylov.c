/* bench_krylov.c - one demand vector and one transposed solve without factors: the proof, the solution,
 * and how near a pass over A comes to the bandwidth of memory in the same run.
 *
 * usage: bench_krylov [FOLDER]   also writes the matrices there, for krylov_scipy.py
 * Columns: those of every benchmark, then passes over A, GB/s of the whole case, GB/s of reading. */
#include "../core/internal.h"
#include "../solvers/linear/iterative.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REGIONS = 49, SECTORS = 200, ROW = 20, RUNS = 3 };

static int threads;
static double reading; /* GB/s */

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* [0, 1) from a position: the same for any number of threads. */
static double noise(uint64_t key)
{
    key = (key + 0x9E3779B97F4A7C15U) * 0xBF58476D1CE4E5B9U;
    key = (key ^ (key >> 27)) * 0x94D049BB133111EBU;
    return (double)((key ^ (key >> 31)) >> 11) * 0x1p-53;
}

/* Columns of A to the sum 1 - v, v between .3 and .7. */
static void scale_columns(double *A, size_t n)
{
    double *sum = calloc(n, sizeof *sum);
    for (size_t e = 0; sum != NULL && e < n * n; e++) {
        sum[e % n] += A[e];
    }
    for (size_t e = 0; sum != NULL && e < n * n; e++) {
        A[e] *= (.3 + .4 * noise(e % n)) / sum[e % n];
    }
    free(sum);
}

/* Regions on a line: trade falls with distance squared, two thirds of it empty; sizes over three
 * decades. `mrio` false: any element, no zeros. */
static void fill(double *A, size_t n, bool mrio)
{
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double apart = fabs((double)(i / SECTORS) - (double)(j / SECTORS));
            double size = pow(10.0, -3.0 * noise(i * n + j));
            bool empty = mrio && noise((i * n + j) ^ 0x5555555555U) < (apart > 0.0 ? .68 : .2);
            A[i * n + j] = empty  ? 0.0
                           : mrio ? size * (apart > 0.0 ? .02 / (apart * apart) : 1.0)
                                  : size;
        }
    }
    scale_columns(A, n);
}

/* ROW elements a row at random places, columns to sums about .5. */
static void fill_sparse(wio_matrix *A, size_t n, size_t *start, uint32_t *column, double *value)
{
    double *sum = calloc(n, sizeof *sum);
    for (size_t i = 0; i < n; i++) {
        start[i] = i * ROW;
        for (size_t e = 0; e < ROW; e++) { /* one in each twentieth of the columns */
            size_t from = n / ROW * e, place = (size_t)((double)(n / ROW) * noise(i * ROW + e));
            column[i * ROW + e] = (uint32_t)(from + place);
            value[i * ROW + e] = pow(10.0, -2.0 * noise((i * ROW + e) ^ 0x777777777U));
            sum[column[i * ROW + e]] += value[i * ROW + e];
        }
    }
    start[n] = n * ROW;
    for (size_t e = 0; e < n * ROW; e++) {
        value[e] *= (.3 + .4 * noise(column[e])) / sum[column[e]];
    }
    free(sum);
    *A = (wio_matrix){.n = n, .start = start, .column = column, .value = value};
}

static double read_bandwidth(const double *A, size_t count)
{
    double best = 0.0, sink = 0.0;
    for (int run = 0; run < 4; run++) {
        double begin = now(), sum = 0.0;
#pragma omp parallel for num_threads(threads) reduction(+ : sum)
        for (size_t first = 0; first < count; first += 4096) {
            double lane[16] = {0};
            for (size_t e = first; e + 16 <= count && e < first + 4096; e += 16) {
                for (size_t l = 0; l < 16; l++) {
                    lane[l] += A[e + l];
                }
            }
            sum += lane[0] + lane[5] + lane[15];
        }
        sink += sum;
        best = fmax(best, (double)count * 8e-9 / (now() - begin));
    }
    return sink == 0.5 ? 0.0 : best;
}

static void line(const char *name, size_t n, double best, double flops, double residual,
                 double passes, double bytes)
{
    printf("%s,%zu,%d,%d,%.3e,%.3e,%.2f,%.1e,%.1f,%.1f,%.1f\n", name, n, threads, RUNS, best, best,
           flops / best * 1e-9, residual, passes, passes * bytes / best * 1e-9, reading);
    (void)fflush(stdout);
}

static void one_pass(const char *name, const wio_matrix *A, double bytes, const double *f,
                     double *x)
{
    static const char *const way[] = {"pass", "pass-transposed", "pass-single",
                                      "pass-single-transposed"};
    wio_operator *op = NULL;
    if (wio_operator_create(&op, A, threads, true, NULL) != WIO_OK) {
        return;
    }
    for (int which = 0; which < (op->single != NULL ? 4 : 2); which++) {
        double best = INFINITY;
        int kind = which >= 2 ? WIO_SINGLE : 0;
        for (int run = 0; run < RUNS; run++) {
            double begin = now();
            wio_operator_apply(x, op, which % 2 == 1, kind, 1, f);
            best = fmin(best, now() - begin);
        }
        char text[64];
        (void)snprintf(text, sizeof text, "%s/%s", name, way[which]);
        line(text, A->n, best, 2.0 * op->entries, 0.0, wio_operator_pass(op, kind), bytes);
    }
    wio_operator_free(op);
}

/* Creation with its proof, a solution, a transposed one. */
static void measure(const char *name, const wio_matrix *A, double bytes, const size_t *block,
                    size_t blocks)
{
    size_t n = A->n;
    double *f = wio_alloc(2 * n, sizeof *f), *x = f + n, flops = bytes / 4.0;
    if (f == NULL) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        f[i] = noise(i ^ 0x123456789U);
    }
    one_pass(name, A, bytes, f, x);
    double best[3] = {INFINITY, INFINITY, INFINITY};
    wio_krylov_report report[3] = {0};
    wio_alloc_mark();
    size_t before = wio_alloc_bytes;
    for (int run = 0; run < RUNS; run++) {
        wio_iterative_options options = {
            .threads = threads, .block = block, .blocks = blocks, .single = true};
        wio_iterative *it = NULL;
        wio_error err = {0};
        double begin = now();
        report[0] = report[1] = report[2] = (wio_krylov_report){0};
        wio_status status = wio_iterative_create(&it, A, NULL, &options, NULL, &report[0], &err);
        best[0] = fmin(best[0], now() - begin);
        for (int transposed = 0; status == WIO_OK && transposed < 2; transposed++) {
            begin = now();
            status = wio_iterative_solve(x, it, 1, f, transposed != 0, NULL,
                                         &report[1 + transposed], &err);
            best[1 + transposed] = fmin(best[1 + transposed], now() - begin);
        }
        wio_iterative_free(it);
        if (status != WIO_OK) {
            fprintf(stderr, "%s: %s\n", name, err.message);
            break;
        }
    }
    static const char *const part[] = {"proof", "solve", "transposed"};
    for (int p = 0; p < 3; p++) {
        char text[64];
        (void)snprintf(text, sizeof text, "%s/%s", name, part[p]);
        line(text, n, best[p], report[p].passes * flops, p == 0 ? 0.0 : report[p].residual,
             report[p].passes, bytes);
    }
    fprintf(stderr, "%s: held beside A at most %.2f of it\n", name,
            (double)(wio_alloc_most - before) / bytes);
    wio_free(f);
}

static void keep(const char *folder, const char *name, const void *bytes, size_t size, size_t count)
{
    char path[512];
    if (folder != NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, name);
        FILE *file = fopen(path, "wb");
        if (file == NULL || fwrite(bytes, size, count, file) != count || fclose(file) != 0) {
            fprintf(stderr, "cannot write %s\n", path);
        }
    }
}

static void dense(const char *folder, bool mrio)
{
    size_t n = (size_t)REGIONS * SECTORS, block[REGIONS + 1];
    double *A = wio_alloc(n * n, sizeof *A);
    if (A == NULL) {
        return;
    }
    for (size_t r = 0; r <= REGIONS; r++) {
        block[r] = r * SECTORS;
    }
    fill(A, n, mrio);
    if (mrio) {
        keep(folder, "krylov_mrio.bin", A, sizeof *A, n * n);
    }
    reading = read_bandwidth(A, n * n);
    double bytes = (double)n * (double)n * 8.0;
    measure(mrio ? "mrio" : "random", &(wio_matrix){.n = n, .dense = A}, bytes, block,
            mrio ? REGIONS : 0);
    wio_free(A);
}

static void sparse(const char *folder, size_t n)
{
    size_t *start = wio_alloc(n + 1, sizeof *start);
    uint32_t *column = wio_alloc(n * ROW, sizeof *column);
    double *value = wio_alloc(n * ROW, sizeof *value);
    if (start != NULL && column != NULL && value != NULL) {
        wio_matrix A;
        fill_sparse(&A, n, start, column, value);
        reading = read_bandwidth(value, n * ROW);
        if (n == 1000000) {
            keep(folder, "krylov_column.bin", column, sizeof *column, n * ROW);
            keep(folder, "krylov_value.bin", value, sizeof *value, n * ROW);
        }
        double bytes = (double)n * ROW * 12.0 + (double)n * 8.0;
        measure("sparse", &A, bytes, NULL, 0);
    }
    wio_free(start);
    wio_free(column);
    wio_free(value);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : NULL;
    threads = wio_threads(0);
    printf("case,n,threads,runs,best_s,median_s,gflops,residual,passes,gbps,read_gbps\n");
    sparse(folder, 100000);
    sparse(folder, 1000000);
    dense(folder, true);
    dense(NULL, false);
    return EXIT_SUCCESS;
}
