/* bench_change.c - scenarios that change coefficients, against the same number of unchanged ones and
 * against factors for each.
 *
 * n = 2464 (WIOD 2016), random; 1 % of the rows, of the columns, or of the cells, each coefficient
 * by up to 10 % either way. Seconds are for all scenarios; factoring each is measured on few and
 * scaled. The residual is the largest omega; for the unchanged, which are not judged one by one, the
 * normwise one. Beside them every sector's extraction and the inverse. */
#include "../core/internal.h"
#include "../solvers/linear/change.h"
#include "../solvers/linear/extract.h"
#include "../solvers/linear/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N = 2464, FEW = 25, FACTORED = 2 };

typedef struct bench {
    size_t scenarios;
    int threads;
    const double *A;
    const wio_system *base;
    double *F, *X;
    wio_change *change;
    wio_change_report *report;
    size_t *row, *column; /* [scenarios x most] */
    double *value;
} bench;

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) * 0x1p-53;
}

/* kind 0: rows, 1: columns, 2: cells. FEW of N in strides, so that all are different. */
static void make_changes(bench *b, int kind)
{
    uint64_t state = 99 + (uint64_t)kind;
    size_t most = (size_t)FEW * N;
    for (size_t s = 0; s < b->scenarios; s++) {
        size_t *row = b->row + s * most, *column = b->column + s * most, at = 0;
        double *value = b->value + s * most;
        size_t stride = N / FEW, shift = (size_t)(uniform(&state) * (double)stride);
        for (size_t k = 0; k < most; k++) {
            size_t i = k / N * stride + shift, j = k % N;
            if (kind == 1) {
                i = k / FEW;
                j = k % FEW * stride + shift;
            } else if (kind == 2) { /* one cell in each run of N / FEW */
                size_t cell = k * stride + (size_t)(uniform(&state) * (double)stride);
                i = cell / N;
                j = cell % N;
            }
            if (i < N && j < N) {
                row[at] = i;
                column[at] = j;
                value[at++] = b->A[i * N + j] * .1 * (2.0 * uniform(&state) - 1.0);
            }
        }
        b->change[s] = (wio_change){at, row, column, value};
    }
}

/* case,n,threads,runs,best_s,median_s,gflops,residual; `flops` are those of one solve for each. */
static void print(const bench *b, const char *name, size_t runs, double seconds, double flops,
                  double residual)
{
    printf("%s,%d,%d,%zu,%.3e,%.3e,%.2f,%.1e\n", name, N, b->threads, runs, seconds, seconds,
           flops / seconds * 1e-9, residual);
    (void)fflush(stdout);
}

/* Every sector taken out, weighted two ways, beside the inverse alone. */
static wio_status run_extraction(bench *b, wio_error *err)
{
    double order = N, flops = 2.0 * order * order * order, best[2] = {INFINITY, INFINITY};
    double *L = b->X; /* room for N x N is looked for in main */
    wio_inverse_report report;
    const wio_inverse_options how = {.threads = b->threads, .quick = true};
    for (int run = 0; run < 3; run++) {
        double start = now();
        WIO_TRY(wio_inverse(L, N, b->A, NULL, &how, &report, NULL, err));
        double middle = now();
        WIO_TRY(wio_extract_each(L, NULL, NULL, N, b->A, NULL, NULL, 2, b->F, b->F, &how, &report,
                                 NULL, err));
        best[0] = fmin(best[0], middle - start);
        best[1] = fmin(best[1], now() - middle);
    }
    print(b, "inverse_quick", 3, best[0], flops, report.residual);
    print(b, "extract_each", 3, best[1], flops, report.residual);
    return WIO_OK;
}

static wio_status run_case(bench *b, const char *name, int kind, wio_error *err)
{
    char factored[64];
    double omega = 0.0, flops = 2.0 * N * N * (double)b->scenarios;
    size_t anew = 0;
    wio_change_options how = {.threads = b->threads};
    make_changes(b, kind);
    double start = now();
    WIO_TRY(wio_changes_solve(b->X, b->base, b->scenarios, b->change, b->F, false, false, &how,
                              b->report, err));
    double seconds = now() - start;
    for (size_t s = 0; s < b->scenarios; s++) {
        omega = fmax(omega, b->report[s].componentwise);
        anew += b->report[s].method == WIO_CHANGE_REFACTOR;
    }
    print(b, name, 1, seconds, flops, omega);
    if (anew > 0) {
        fprintf(stderr, "bench_change: %s: %zu scenarios were factored anew\n", name, anew);
    }
    how.method = WIO_CHANGE_REFACTOR;
    start = now();
    WIO_TRY(wio_changes_solve(b->X, b->base, FACTORED, b->change, b->F, false, false, &how,
                              b->report, err));
    seconds = (now() - start) * (double)b->scenarios / FACTORED;
    (void)snprintf(factored, sizeof factored, "%s_factored", name);
    print(b, factored, FACTORED, seconds, flops, b->report[0].componentwise);
    return WIO_OK;
}

static wio_status run_all(bench *b, wio_error *err)
{
    wio_certificate worth = {0};
    double start = now();
    WIO_TRY(wio_system_solve(b->X, b->base, b->scenarios, b->F, &worth, err));
    double seconds = now() - start;
    printf("case,n,threads,runs,best_s,median_s,gflops,residual\n");
    print(b, "unchanged", 1, seconds, 2.0 * N * N * (double)b->scenarios, worth.backward_error);
    WIO_TRY(run_extraction(b, err));
    WIO_TRY(run_case(b, "rows", 0, err));
    WIO_TRY(run_case(b, "columns", 1, err));
    return run_case(b, "cells", 2, err);
}

/* bench_change [SCENARIOS [THREADS]] */
int main(int argc, char **argv)
{
    bench b = {.scenarios = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000,
               .threads = wio_threads(argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0)};
    size_t cells = b.scenarios * FEW * N;
    uint64_t state = 7;
    wio_error err = {0};
    wio_sample sample = {0};
    wio_system *base = NULL;
    const wio_system_options how = {.threads = b.threads};
    b.F = wio_alloc(b.scenarios, N * sizeof *b.F);
    b.X = wio_alloc(b.scenarios > N ? b.scenarios : N, N * sizeof *b.X);
    b.change = wio_alloc(b.scenarios, sizeof *b.change);
    b.report = wio_alloc(b.scenarios, sizeof *b.report);
    b.row = wio_alloc(cells, sizeof *b.row);
    b.column = wio_alloc(cells, sizeof *b.column);
    b.value = wio_alloc(cells, sizeof *b.value);
    wio_status status = WIO_E_MEMORY;
    if (b.scenarios >= FACTORED && b.F != NULL && b.X != NULL && b.change != NULL &&
        b.report != NULL && b.row != NULL && b.column != NULL && b.value != NULL) {
        status = wio_sample_dense(&sample, N, 20171, &err);
    }
    if (status == WIO_OK) {
        b.A = sample.element;
        status = wio_system_create_with(&base, N, b.A, NULL, &how, NULL, &err);
        b.base = base;
    }
    for (size_t i = 0; status == WIO_OK && i < b.scenarios * N; i++) {
        b.F[i] = uniform(&state);
    }
    if (status == WIO_OK) {
        status = run_all(&b, &err);
    }
    if (status != WIO_OK) {
        fprintf(stderr, "bench_change: %s\n", err.message[0] != '\0' ? err.message : "no memory");
    }
    wio_system_free(base);
    wio_sample_free(&sample);
    wio_free(b.F);
    wio_free(b.X);
    wio_free(b.change);
    wio_free(b.report);
    wio_free(b.row);
    wio_free(b.column);
    wio_free(b.value);
    return status == WIO_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
