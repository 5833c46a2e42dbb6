/* bench_change.c - scenarios that change coefficients, against the same number of unchanged ones and
 * against factors for each.
 *
 * n = 2464 (WIOD 2016), random; 1 % of the rows, of the columns, or of the cells, each coefficient
 * by up to 10 % either way; rows and columns whole, or listed cell by cell. Seconds are for all
 * scenarios; factoring each is measured on two and scaled. The residual is the largest omega; for
 * the unchanged, which are not judged one by one, that of their combinations. Beside them every
 * sector's extraction and the inverse.
 *   of_unchanged  time over that of the unchanged
 *   of_refactor   times as fast as factors for each
 *   of_inverse    time over one quick inverse */
#include "../solvers/linear/change.h"
#include "../solvers/linear/extract.h"
#include "../solvers/linear/sample.h"
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 2464, FEW = 25, FACTORED = 2, RUNS = 3 };

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

/* FEW of N lines in strides, so that all are used. Row-wise in both forms. */
static void make_lines(bench *b, size_t s, bool columns, bool whole, uint64_t *state)
{
    size_t most = (size_t)FEW * N, stride = N / FEW, at = 0;
    size_t shift = (size_t)(uniform(state) * (double)stride);
    size_t *row = b->row + s * most, *column = b->column + s * most;
    double *value = b->value + s * most;
    for (size_t k = 0; k < most; k++) {
        size_t line = shift + stride * (columns && !whole ? k % FEW : k / N);
        size_t other = columns && !whole ? k / FEW : k % N;
        size_t i = columns ? other : line, j = columns ? line : other;
        row[at] = i;
        column[at] = j;
        value[at++] = b->A[i * N + j] * .1 * (2.0 * uniform(state) - 1.0);
    }
    for (size_t k = 0; whole && k < FEW; k++) {
        (columns ? column : row)[k] = shift + stride * k;
    }
    b->change[s] = whole ? (wio_change){FEW, columns ? NULL : row, columns ? column : NULL, value}
                         : (wio_change){at, row, column, value};
}

/* One cell in each run of N / FEW. */
static void make_cells(bench *b, size_t s, uint64_t *state)
{
    size_t most = (size_t)FEW * N, stride = N / FEW, at = 0;
    size_t *row = b->row + s * most, *column = b->column + s * most;
    double *value = b->value + s * most;
    for (size_t k = 0; k < most; k++) {
        size_t cell = k * stride + (size_t)(uniform(state) * (double)stride);
        row[at] = cell / N;
        column[at] = cell % N;
        value[at++] = b->A[cell] * .1 * (2.0 * uniform(state) - 1.0);
    }
    b->change[s] = (wio_change){at, row, column, value};
}

typedef struct figures {
    size_t runs;
    double best, residual, of_unchanged, of_refactor, of_inverse;
} figures;

/* `flops` are those of one solve for each; what is not a number stays empty. */
static void print(const bench *b, const char *name, const figures *f, double flops)
{
    double more[] = {f->of_unchanged, f->of_refactor, f->of_inverse};
    printf("%s,%d,%d,%zu,%.3e,%.3e,%.2f,%.1e", name, N, b->threads, f->runs, f->best, f->best,
           flops / f->best * 1e-9, f->residual);
    for (size_t k = 0; k < 3; k++) {
        printf(more[k] > 0.0 ? ",%.3g" : ",", more[k]);
    }
    printf("\n");
    (void)fflush(stdout);
}

/* Every sector taken out, weighted two ways, beside the inverse alone. */
static wio_status run_extraction(bench *b, wio_error *err)
{
    double order = N, flops = 2.0 * order * order * order;
    figures inverse = {.runs = RUNS, .best = INFINITY}, each = inverse;
    wio_inverse_report report = {0};
    const wio_inverse_options how = {.threads = b->threads, .quick = true};
    for (int run = 0; run < RUNS; run++) {
        double start = wio_clock();
        WIO_TRY(wio_inverse(b->X, N, b->A, NULL, &how, &report, NULL, err));
        double middle = wio_clock();
        WIO_TRY(wio_extract_each(b->X, NULL, NULL, N, b->A, NULL, NULL, 2, b->F, b->F, &how,
                                 &report, NULL, err));
        inverse.best = fmin(inverse.best, middle - start);
        each.best = fmin(each.best, wio_clock() - middle);
    }
    inverse.residual = each.residual = report.residual;
    each.of_inverse = each.best / inverse.best;
    print(b, "change_inverse", &inverse, flops);
    print(b, "extraction", &each, flops);
    return WIO_OK;
}

static wio_status run_unchanged(bench *b, double *best, wio_error *err)
{
    wio_certificate worth = {0};
    figures f = {.runs = RUNS, .best = INFINITY, .of_unchanged = 1.0};
    for (int run = 0; run < RUNS; run++) {
        double start = wio_clock();
        WIO_TRY(wio_system_solve(b->X, b->base, b->scenarios, b->F, &worth, err));
        f.best = fmin(f.best, wio_clock() - start);
    }
    f.residual = worth.componentwise;
    print(b, "unchanged", &f, 2.0 * N * N * (double)b->scenarios);
    *best = f.best;
    return WIO_OK;
}

static wio_status run_case(bench *b, const char *name, double unchanged, wio_error *err)
{
    double flops = 2.0 * N * N * (double)b->scenarios, steps = 0.0;
    size_t anew = 0;
    figures f = {.runs = RUNS, .best = INFINITY};
    wio_change_options how = {.threads = b->threads, .method = WIO_CHANGE_REFACTOR};
    double start = wio_clock();
    WIO_TRY(wio_changes_solve(b->X, b->base, FACTORED, b->change, b->F, false, false, &how,
                              b->report, err));
    double refactor = (wio_clock() - start) * (double)b->scenarios / FACTORED;
    how.method = WIO_CHANGE_AUTO;
    for (int run = 0; run < RUNS; run++) {
        start = wio_clock();
        WIO_TRY(wio_changes_solve(b->X, b->base, b->scenarios, b->change, b->F, false, false, &how,
                                  b->report, err));
        f.best = fmin(f.best, wio_clock() - start);
    }
    for (size_t s = 0; s < b->scenarios; s++) {
        f.residual = fmax(f.residual, b->report[s].componentwise);
        steps += (double)b->report[s].steps / (double)b->scenarios;
        anew += b->report[s].method == WIO_CHANGE_REFACTOR;
    }
    f.of_unchanged = f.best / unchanged;
    f.of_refactor = refactor / f.best;
    print(b, name, &f, flops);
    fprintf(stderr, "bench_change: %s: %.2f terms, %zu scenarios factored anew\n", name, steps,
            anew);
    return WIO_OK;
}

static const char *const CASES[] = {"change_rows", "change_columns", "change_cells",
                                    "change_rows_listed", "change_columns_listed"};

static bool chosen(const char *name, int count, char **wanted)
{
    for (int k = 0; k < count; k++) {
        if (strcmp(name, wanted[k]) == 0) {
            return true;
        }
    }
    return count <= 0;
}

static wio_status run_all(bench *b, int count, char **wanted, wio_error *err)
{
    double unchanged;
    printf("case,n,threads,runs,best_s,median_s,gflops,residual,of_unchanged,of_refactor,"
           "of_inverse\n");
    WIO_TRY(run_unchanged(b, &unchanged, err));
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        uint64_t state = 99 + k;
        if (!chosen(CASES[k], count, wanted)) {
            continue;
        }
        for (size_t s = 0; s < b->scenarios; s++) {
            if (k == 2) {
                make_cells(b, s, &state);
            } else {
                make_lines(b, s, k % 3 == 1, k < 2, &state);
            }
        }
        WIO_TRY(run_case(b, CASES[k], unchanged, err));
    }
    return chosen("extraction", count, wanted) ? run_extraction(b, err) : WIO_OK;
}

/* bench_change [SCENARIOS [THREADS [CASE...]]] */
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
        status = run_all(&b, argc - 3, argv + 3, &err);
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
