/* bench.c - what the library's own methods cost on this machine, beside the machine's own rates.
 *
 * A case is one row of CASES: a matrix made from a seed, what is timed, and what is counted. Work of
 * order n^3 is held against the matrix product (wio_multiply) of the same run and threads, the rest
 * against reading memory: there the rate is that of ONE reading of A in the time, so limit / rate is
 * the number of readings that the method is worth. */
#include "change.h"
#include "extract.h"
#include "machine.h"
#include "sample.h"
#include "system.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    MOST_RUNS = 25,
    MOST_SIZES = 4,
    PRODUCT_ORDER = 2048, /* at most, of the product that the limit comes from */
    SEED = 2017
};

typedef enum shape { EVEN, BLOCKS, SPARSE } shape; /* wio_sample_dense, _blocks, _sparse */

typedef struct bench {
    size_t n, sides;
    int threads;
    wio_sample sample;
    double *F, *X; /* [sides x n]; X [n x n] for an inverse */
    size_t answer; /* numbers in X */
    double residual;
    wio_change *change; /* [sides] with their own indices and values; NULL: nothing is changed */
    size_t *index;
    double *value;
} bench;

typedef wio_status timed(bench *b, wio_error *err);

/* --- what is timed -------------------------------------------------------------------------------- */

static wio_status invert(bench *b, bool quick, wio_error *err)
{
    const wio_inverse_options options = {.threads = b->threads, .quick = quick};
    wio_inverse_report report;
    WIO_TRY(wio_inverse(b->X, b->n, b->sample.element, NULL, &options, &report, NULL, err));
    b->residual = report.residual;
    return WIO_OK;
}

static wio_status inverse_quick(bench *b, wio_error *err)
{
    return invert(b, true, err);
}

static wio_status inverse_proven(bench *b, wio_error *err)
{
    return invert(b, false, err);
}

static wio_status solve(bench *b, wio_method method, bool transposed, wio_error *err)
{
    const wio_solver_options options = {.method = method,
                                        .threads = b->threads,
                                        .right_hand_sides = b->sides,
                                        .block = b->sample.block,
                                        .blocks = b->sample.blocks};
    wio_solver *solver = NULL;
    wio_certificate certificate = {0};
    WIO_TRY(wio_solver_create(&solver, &b->sample.A, b->sample.v, &options, NULL, err));
    wio_status status =
        wio_solver_solve(b->X, solver, b->sides, b->F, transposed, &certificate, err);
    wio_solver_free(solver);
    b->residual = certificate.backward_error;
    return status;
}

static wio_status demands(bench *b, wio_error *err)
{
    return solve(b, WIO_METHOD_LU, false, err);
}

static wio_status demand_planned(bench *b, wio_error *err)
{
    return solve(b, WIO_METHOD_AUTO, false, err);
}

static wio_status demand_krylov(bench *b, wio_error *err)
{
    return solve(b, WIO_METHOD_KRYLOV, false, err);
}

static wio_status multipliers(bench *b, wio_error *err)
{
    return solve(b, WIO_METHOD_AUTO, true, err);
}

static wio_status entrywise(bench *b, wio_error *err)
{
    return solve(b, WIO_METHOD_ENTRYWISE, false, err);
}

/* A factorisation, and scenarios with coefficients of their own. */
static wio_status changed(bench *b, wio_error *err)
{
    const wio_system_options options = {.threads = b->threads, .borrow = true};
    const wio_change_options how = {.threads = b->threads};
    wio_system *base = NULL;
    wio_change_report *report = wio_alloc(b->sides, sizeof *report);
    if (report == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu scenarios", b->sides);
    }
    wio_status status =
        wio_system_create_with(&base, b->n, b->sample.element, b->sample.v, &options, NULL, err);
    if (status == WIO_OK) {
        status = wio_changes_solve(b->X, base, b->sides, b->change, b->F, false, false, &how,
                                   report, err);
    }
    b->residual = 0.0;
    for (size_t s = 0; status == WIO_OK && s < b->sides; s++) {
        b->residual = wio_worse(report[s].componentwise, b->residual);
    }
    wio_system_free(base);
    wio_free(report);
    return status;
}

/* Every unknown taken out in turn. */
static wio_status extractions(bench *b, wio_error *err)
{
    const wio_inverse_options options = {.threads = b->threads, .quick = true};
    wio_inverse_report report;
    WIO_TRY(wio_extract_each(b->X, NULL, NULL, b->n, b->sample.element, NULL, NULL, 1, b->F, b->F,
                             &options, &report, NULL, err));
    b->residual = report.residual;
    return WIO_OK;
}

static wio_status apply(bench *b, wio_error *err)
{
    (void)err;
    wio_apply_shared(b->X, b->n, b->sample.element, b->F, b->threads);
    return WIO_OK;
}

/* --- what is changed ------------------------------------------------------------------------------ */

enum { PART = 100 }; /* one in a hundred rows, or cells */

/* A number from -.1 to .1 that looks random. */
static double tenth(size_t i)
{
    return ((double)((i * 2654435761U) % 2001) - 1000.0) * 1e-4;
}

static wio_status take_changes(bench *b, size_t indices, size_t values, wio_error *err)
{
    b->change = wio_alloc(b->sides, sizeof *b->change);
    b->index = wio_alloc(b->sides, indices * sizeof *b->index);
    b->value = wio_alloc(b->sides, values * sizeof *b->value);
    return b->change != NULL && b->index != NULL && b->value != NULL
               ? WIO_OK
               : wio_fail(err, WIO_E_MEMORY, "no memory for %zu changes", b->sides);
}

/* Whole rows, other ones in every scenario. */
static wio_status change_rows(bench *b, wio_error *err)
{
    size_t n = b->n, few = n < PART ? 1 : n / PART;
    WIO_TRY(take_changes(b, few, few * n, err));
    for (size_t s = 0; s < b->sides; s++) {
        size_t *row = b->index + s * few;
        double *value = b->value + s * few * n;
        for (size_t k = 0; k < few; k++) {
            row[k] = (k * n + s * 37 % n) / few;
            for (size_t j = 0; j < n; j++) {
                value[k * n + j] = b->sample.element[row[k] * n + j] * tenth(k * n + j + s);
            }
        }
        b->change[s] = (wio_change){.count = few, .row = row, .value = value};
    }
    return WIO_OK;
}

/* Cells, one of every hundred in a row. */
static wio_status change_cells(bench *b, wio_error *err)
{
    size_t n = b->n, few = n * n / PART;
    WIO_TRY(take_changes(b, 2 * few, few, err));
    for (size_t s = 0; s < b->sides; s++) {
        size_t *row = b->index + 2 * s * few, *column = row + few;
        double *value = b->value + s * few;
        for (size_t k = 0; k < few; k++) {
            size_t cell = k * PART + (k * 7919 + s * 31) % PART;
            row[k] = cell / n;
            column[k] = cell % n;
            value[k] = b->sample.element[cell] * tenth(cell + s);
        }
        b->change[s] = (wio_change){few, row, column, value};
    }
    return WIO_OK;
}

/* n^3 and n^2 k coefficients of the flops that are counted; both 0: readings of A. */
static const struct {
    const char *name;
    timed *run;
    shape shape;
    size_t sides; /* 0: an inverse */
    double cubic, each;
    timed *before; /* not timed; NULL: nothing */
} CASES[] = {
    {"inverse_quick", inverse_quick, EVEN, 0, 2.0, 0.0, NULL},
    {"inverse_proven", inverse_proven, EVEN, 0, 2.0, 0.0, NULL},
    {"factor_1000_demands", demands, BLOCKS, 1000, 2.0 / 3.0, 2.0, NULL},
    {"factor_1_demand", demands, BLOCKS, 1, 2.0 / 3.0, 2.0, NULL},
    {"entrywise_1_demand", entrywise, BLOCKS, 1, 2.0 / 3.0, 2.0, NULL},
    {"changed_rows_64", changed, BLOCKS, 64, 2.0 / 3.0, 2.0, change_rows},
    {"changed_cells_64", changed, BLOCKS, 64, 2.0 / 3.0, 2.0, change_cells},
    {"every_extraction", extractions, EVEN, 1, 2.0, 0.0, NULL},
    {"apply", apply, BLOCKS, 1, 0.0, 0.0, NULL},
    {"demand_planned", demand_planned, BLOCKS, 1, 0.0, 0.0, NULL},
    {"demand_krylov", demand_krylov, BLOCKS, 1, 0.0, 0.0, NULL},
    {"multipliers_planned", multipliers, BLOCKS, 1, 0.0, 0.0, NULL},
    {"demand_sparse", demand_krylov, SPARSE, 1, 0.0, 0.0, NULL},
};

/* --- one line ------------------------------------------------------------------------------------- */

static void bench_free(bench *b)
{
    wio_sample_free(&b->sample);
    wio_free(b->F);
    wio_free(b->X);
    wio_free(b->change);
    wio_free(b->index);
    wio_free(b->value);
}

static wio_status make_sample(bench *b, shape kind, wio_error *err)
{
    enum { ENTRIES = 20 };
    size_t each = b->n % 56 == 0 ? 56 : 50; /* WIOD 2016 has 44 x 56 */
    switch (kind) {
    case BLOCKS:
        return wio_sample_blocks(&b->sample, b->n / each, each, .65, SEED, err);
    case SPARSE:
        return wio_sample_sparse(&b->sample, b->n, ENTRIES, SEED, err);
    default:
        return wio_sample_dense(&b->sample, b->n, SEED, err);
    }
}

static wio_status prepare(bench *b, shape kind, wio_error *err)
{
    WIO_TRY(make_sample(b, kind, err));
    size_t sides = b->sides > 0 ? b->sides : 1, rows = b->sides > 0 ? b->sides : b->n;
    b->answer = rows * b->n;
    b->F = wio_alloc(sides * b->n, sizeof *b->F);
    b->X = wio_alloc(b->answer, sizeof *b->X);
    if (b->F == NULL || b->X == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory to time %zu equations", b->n);
    }
    for (size_t i = 0; i < sides * b->n; i++) {
        b->F[i] = 1.0 + (double)(i * 7919 % 1000);
    }
    return WIO_OK;
}

static void sort(double *v, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        double x = v[i];
        size_t k = i;
        for (; k > 0 && v[k - 1] > x; k--) {
            v[k] = v[k - 1];
        }
        v[k] = x;
    }
}

/* Runs for about `seconds`; a first run that takes longer is the only one. */
static wio_status repeat(wio_bench_line *line, bench *b, timed *run, double seconds, wio_error *err)
{
    double took[MOST_RUNS], begin = wio_clock();
    for (line->runs = 0;
         line->runs == 0 || (line->runs < MOST_RUNS && wio_clock() - begin < seconds);) {
        double start = wio_clock();
        WIO_TRY(run(b, err));
        took[line->runs++] = wio_clock() - start;
    }
    sort(took, line->runs);
    line->best = took[0];
    line->median = took[line->runs / 2];
    return WIO_OK;
}

static wio_status measure(size_t c, bench *b, const wio_bench_options *options, wio_error *err)
{
    char hash[WIO_DIGEST_SIZE];
    double n = (double)b->n, seconds = options->seconds > 0.0 ? options->seconds : 2.0, limit = 0.0;
    double flops = CASES[c].cubic * n * n * n + CASES[c].each * n * n * (double)b->sides;
    wio_bench_line line = {.name = CASES[c].name, .n = b->n, .sides = b->sides};
    WIO_TRY(prepare(b, CASES[c].shape, err));
    const wio_matrix *A = &b->sample.A;
    line.entries = A->dense != NULL ? b->n * b->n : A->start[b->n];
    line.threads = b->threads;
    if (CASES[c].before != NULL) {
        WIO_TRY(CASES[c].before(b, err));
    }
    WIO_TRY(repeat(&line, b, CASES[c].run, seconds, err));
    if (flops > 0.0) {
        size_t order = b->n < PRODUCT_ORDER ? b->n : PRODUCT_ORDER;
        WIO_TRY(wio_product_rate(&limit, order, b->threads, fmin(seconds, .5), err));
    } else {
        WIO_TRY(wio_read_rate(&limit, b->threads, fmin(seconds, .3), err));
    }
    double stored = (A->dense != NULL ? 8.0 : 12.0) * (double)line.entries;
    line.rate = (flops > 0.0 ? flops : stored) / line.best * 1e-9;
    line.unit = flops > 0.0 ? "GF/s" : "GB/s";
    line.limit = limit * 1e-9;
    line.residual = b->residual;
    wio_digest(hash, b->X, b->answer * sizeof *b->X);
    hash[16] = '\0';
    line.bits = hash;
    options->line(options->context, &line);
    return WIO_OK;
}

/* What is not available, or does not fit, is left out and said. */
static wio_status bench_case(size_t c, size_t n, const wio_bench_options *options, int threads,
                             wio_log *log, wio_error *err)
{
    bench b = {.n = n, .sides = CASES[c].sides, .threads = threads, .residual = NAN};
    wio_error own = {0};
    double matrices = CASES[c].shape == SPARSE ? 0.0 : 7.0 * 8.0 * (double)n * (double)n;
    double vectors = 8.0 * (double)n * (100.0 + 3.0 * (double)b.sides);
    wio_status status = wio_memory_need(matrices + vectors, CASES[c].name, &own);
    if (status == WIO_OK) {
        status = measure(c, &b, options, &own);
    }
    bench_free(&b);
    if (status == WIO_E_UNSUPPORTED || (status == WIO_E_MEMORY && n > 400)) {
        wio_find(log, WIO_NOTE, NULL, 0, 0, "%s, n = %zu, is left out: %s", CASES[c].name, n,
                 own.message);
        return WIO_OK;
    }
    return status == WIO_OK ? WIO_OK : wio_fail(err, status, "%s", own.message);
}

wio_status wio_bench(const wio_bench_options *options, wio_log *log, wio_error *err)
{
    static const size_t DENSE[][MOST_SIZES] = {{400}, {400, 2464}, {400, 2464, 4000, 9800}};
    static const size_t ROWS[][MOST_SIZES] = {{10000}, {100000}, {100000, 1000000}};
    if (options == NULL || options->line == NULL || (unsigned)options->size > WIO_BENCH_LARGE) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_bench: no function for its lines, or no size");
    }
    int threads = omp_in_parallel() ? 1 : wio_blas_room(wio_threads(options->threads));
    if (threads == 0) {
        return wio_fail(err, WIO_E_MEMORY, "no room for the buffers of BLAS (ulimit -v)");
    }
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        const size_t *size = (CASES[c].shape == SPARSE ? ROWS : DENSE)[options->size];
        for (size_t s = 0; s < MOST_SIZES && size[s] > 0; s++) {
            WIO_TRY(bench_case(c, size[s], options, threads, log, err));
        }
    }
    return WIO_OK;
}
