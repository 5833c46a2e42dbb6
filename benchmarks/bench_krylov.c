/* bench_krylov.c - one demand vector and one transposed solve without factors: what the proof and the
 * solution cost, and how near a pass over A comes to the bandwidth of memory in the same run.
 *
 * usage: bench_krylov [N]...       default 2464 100000; up to 20,000 dense in regions, else sparse
 *        bench_krylov --scattered N...  sparse without groups; cases are scattered_...
 *        bench_krylov --write N FILE [--scattered]  the sparse matrix as columns (uint32), then values (double)
 *        bench_krylov --passes N     no solves
 * Columns beyond the usual ones: passes over A (of its doubles), the bytes they read as a share of the
 * bandwidth of reading, memory with A over A's own, seconds of the parts of the case.
 *   demand            operator, preconditioner and solution, no proof: what numpy.linalg.solve does
 *   demand_certified  with the proof of A, and every figure of the solution bounded
 *   demand_further    one more with the same object; multipliers... the same, transposed */
#include "../solvers/linear/iterative.h"
#include "../solvers/linear/machine.h"
#include "../solvers/linear/sample.h"
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DENSE = 20000, ROW = 20, RUNS = 5, SEED = 1 };

typedef struct bench {
    wio_sample sample;
    size_t n;
    int threads;
    bool dense, scattered;
    double bytes, flops; /* of a pass */
    double reading;      /* bytes/s */
    double *f, *x;       /* [n], [4 n] */
} bench;

static void line(const bench *b, const char *name, double *seconds, size_t runs, double residual,
                 double passes, double memory)
{
    qsort(seconds, runs, sizeof *seconds, ascending);
    printf("%s%s,%zu,%d,%zu,%.3e,%.3e,%.2f,%.1e,%.1f,%.3f,%.2f\n",
           b->dense       ? ""
           : b->scattered ? "scattered_"
                          : "sparse_",
           name, b->n, b->threads, runs, seconds[0], seconds[runs / 2],
           passes * b->flops / seconds[0] * 1e-9, residual, passes,
           passes * b->bytes / seconds[0] / b->reading, memory);
    (void)fflush(stdout);
}

/* --- passes ------------------------------------------------------------------------------------- */

static wio_status time_passes(const bench *b, wio_error *err)
{
    static const char *const name[] = {"pass",        "pass_transposed",
                                       "pass_single", "pass_single_transposed",
                                       "residual",    "residual_transposed"};
    wio_operator *op = NULL;
    double seconds[RUNS];
    for (size_t r = 0; r < RUNS; r++) {
        wio_operator_free(op);
        double begin = wio_clock();
        WIO_TRY(wio_operator_create(&op, &b->sample.A, b->threads, true, err));
        seconds[r] = wio_clock() - begin;
    }
    line(b, "operator", seconds, RUNS, 0.0, 1.0, 0.0);
    for (size_t which = 0; which < 6; which++) {
        int kind = which / 2 == 1 ? WIO_SINGLE : 0;
        if (kind != 0 && op->single == NULL) {
            continue;
        }
        for (size_t r = 0; r < RUNS; r++) {
            double begin = wio_clock();
            if (which < 4) {
                wio_operator_apply(b->x, op, which % 2 == 1, kind, 1, b->f);
            } else {
                wio_operator_residual(b->x, b->x + b->n, b->x + 2 * b->n, op, which % 2 == 1, 0, 1,
                                      b->f, b->f);
            }
            seconds[r] = wio_clock() - begin;
        }
        line(b, name[which], seconds, RUNS, 0.0, wio_operator_pass(op, kind), 0.0);
    }
    wio_operator_free(op);
    return WIO_OK;
}

/* --- solutions ---------------------------------------------------------------------------------- */

/* Operator, preconditioner and solution, by the pieces that wio_iterative is made of. */
static wio_status unproven(const bench *b, bool transposed, wio_krylov_report *report,
                           wio_error *err)
{
    wio_operator *op = NULL;
    wio_blocks *blocks = NULL;
    WIO_TRY(wio_operator_create(&op, &b->sample.A, b->threads, true, err));
    wio_status status = WIO_OK;
    if (b->dense) {
        status = wio_blocks_create(&blocks, &b->sample.A, b->sample.block, b->sample.blocks,
                                   b->threads, err);
    }
    if (status == WIO_OK) {
        wio_krylov how = {.op = op,
                          .transposed = transposed,
                          .kind = WIO_SINGLE,
                          .apply = b->dense ? wio_blocks_apply : NULL,
                          .context = blocks,
                          .basis = b->dense ? 24 : 6,
                          .relative = 1e-14,
                          .component = (double)(b->n + 2) * WIO_UNIT,
                          .zero = !b->dense};
        double *x = b->x;
        memcpy(x, b->f, b->n * sizeof *x);
        status = wio_krylov_solve(x, x + b->n, x + 2 * b->n, x + 3 * b->n, x + 3 * b->n, &how, 1,
                                  b->f, report, err);
    }
    wio_blocks_free(blocks);
    wio_operator_free(op);
    return status;
}

static wio_status time_unproven(const bench *b, bool transposed, wio_error *err)
{
    double seconds[RUNS];
    wio_krylov_report report;
    wio_alloc_mark();
    size_t before = wio_alloc_bytes;
    for (size_t r = 0; r < RUNS; r++) {
        double begin = wio_clock();
        report = (wio_krylov_report){0};
        WIO_TRY(unproven(b, transposed, &report, err));
        seconds[r] = wio_clock() - begin;
    }
    line(b, transposed ? "multipliers" : "demand", seconds, RUNS, report.residual, report.passes,
         1.0 + (double)(wio_alloc_most - before) / b->bytes);
    return WIO_OK;
}

/* Creation with its proof, a solution, a transposed one; alone and with the creation. */
static wio_status time_proven(const bench *b, wio_error *err)
{
    static const char *const name[] = {"create", "demand_further", "multipliers_further",
                                       "demand_certified", "multipliers_certified"};
    double seconds[5][RUNS];
    wio_krylov_report report[5];
    wio_alloc_mark();
    size_t before = wio_alloc_bytes;
    for (size_t r = 0; r < RUNS; r++) {
        wio_iterative_options options = {.threads = b->threads, .single = true};
        if (b->dense) {
            options.block = b->sample.block;
            options.blocks = b->sample.blocks;
        }
        wio_iterative *it = NULL;
        memset(report, 0, sizeof report);
        double begin = wio_clock();
        WIO_TRY(
            wio_iterative_create(&it, &b->sample.A, b->sample.v, &options, NULL, &report[0], err));
        seconds[0][r] = wio_clock() - begin;
        wio_status status = WIO_OK;
        for (size_t t = 0; status == WIO_OK && t < 2; t++) {
            begin = wio_clock();
            status = wio_iterative_solve(b->x, it, 1, b->f, t == 1, NULL, &report[1 + t], err);
            seconds[1 + t][r] = wio_clock() - begin;
            seconds[3 + t][r] = seconds[0][r] + seconds[1 + t][r];
        }
        wio_iterative_free(it);
        if (status != WIO_OK) {
            return status;
        }
    }
    double memory = 1.0 + (double)(wio_alloc_most - before) / b->bytes;
    for (size_t k = 0; k < 5; k++) {
        double passes = report[k].passes;
        if (k >= 3) {
            report[k].residual = report[k - 2].residual;
            passes = report[0].passes + report[k - 2].passes;
        }
        line(b, name[k], seconds[k], RUNS, report[k].residual, passes, memory);
    }
    return WIO_OK;
}

/* --- cases -------------------------------------------------------------------------------------- */

static wio_status make(bench *b, size_t n, bool scattered, wio_error *err)
{
    size_t each = n % 200 == 0 ? 200 : n % 56 == 0 ? 56 : n;
    *b = (bench){.n = n,
                 .threads = wio_threads(0),
                 .dense = n <= DENSE && !scattered,
                 .scattered = scattered};
    if (b->dense) {
        WIO_TRY(wio_sample_blocks(&b->sample, n / each, each, .6, SEED, err));
    } else {
        WIO_TRY(
            (scattered ? wio_sample_scattered : wio_sample_sparse)(&b->sample, n, ROW, SEED, err));
    }
    double order = (double)n, stored = b->dense ? order * order : order * ROW;
    b->flops = 2.0 * stored;
    b->bytes = b->dense ? 8.0 * stored : 12.0 * stored + 8.0 * (order + 1.0);
    b->f = wio_alloc(5 * n, sizeof *b->f);
    if (b->f == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for vectors of %zu", n);
    }
    b->x = b->f + n;
    for (size_t i = 0; i < n; i++) {
        b->f[i] = .01 + (double)(i * 2654435761U % 1000003U) * 1e-6;
    }
    return wio_read_rate(&b->reading, b->threads, 0.5, err);
}

static wio_status measure(size_t n, bool solves, bool scattered, wio_error *err)
{
    bench b;
    wio_status status = make(&b, n, scattered, err);
    if (status == WIO_OK) {
        status = time_passes(&b, err);
    }
    for (int t = 0; status == WIO_OK && solves && t < 2; t++) {
        status = time_unproven(&b, t == 1, err);
    }
    if (status == WIO_OK && solves) {
        status = time_proven(&b, err);
    }
    fprintf(stderr, "n = %zu: memory is read at %.1f GB/s\n", n, b.reading * 1e-9);
    wio_free(b.f);
    wio_sample_free(&b.sample);
    return status;
}

static bool write_sparse(size_t n, const char *path, bool scattered)
{
    wio_sample sample = {0};
    bool good = (scattered ? wio_sample_scattered : wio_sample_sparse)(&sample, n, ROW, SEED,
                                                                       NULL) == WIO_OK;
    FILE *file = good ? fopen(path, "wb") : NULL;
    good = file != NULL && fwrite(sample.column, sizeof(uint32_t), n * ROW, file) == n * ROW &&
           fwrite(sample.element, sizeof(double), n * ROW, file) == n * ROW;
    good = file != NULL && fclose(file) == 0 && good;
    wio_sample_free(&sample);
    return good;
}

int main(int argc, char **argv)
{
    static char *usual[] = {"", "2464", "100000"};
    wio_error err = {0};
    if ((argc == 4 || argc == 5) && strcmp(argv[1], "--write") == 0) {
        return write_sparse(strtoull(argv[2], NULL, 10), argv[3], argc == 5) ? EXIT_SUCCESS
                                                                             : EXIT_FAILURE;
    }
    bool solves = argc < 2 || strcmp(argv[1], "--passes") != 0;
    bool scattered = argc > 1 && strcmp(argv[1], "--scattered") == 0;
    int first = solves && !scattered ? 1 : 2;
    if (first >= argc) {
        argv = usual;
        argc = 3;
        first = 1;
    }
    printf("case,n,threads,runs,best_s,median_s,gflops,residual,passes,of_bandwidth,of_memory\n");
    for (int a = first; a < argc; a++) {
        size_t n = strtoull(argv[a], NULL, 10);
        if (measure(n, solves, scattered, &err) != WIO_OK) {
            fprintf(stderr, "bench_krylov: %s\n", err.message);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
