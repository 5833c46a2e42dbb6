/* stream.c - a table whose flows stay in its file: A = Z / output for the solvers that only read it.
 *
 *   A x  = Z (x / output),   A'x = (Z'x) / output
 *
 * Z is read once for any number of products, in panels of whole rows. */
#include "stream.h"

#include "../linear/plan.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* --- a reading ------------------------------------------------------------------------------------- */

static wio_status add_panel(void *context, size_t first, size_t rows, const double *Z)
{
    wio_stream *s = context;
    wio_panel_apply(s->count, s->own, first, rows, s->t->n, Z, s->threads);
    return WIO_OK;
}

static wio_status read_products(void *context, size_t count, const wio_panel_product *product,
                                wio_error *err)
{
    wio_stream *s = context;
    size_t n = s->t->n;
    const double *output = s->t->x;
    if (count > s->room) {
        return wio_fail(err, WIO_E_INTERNAL, "%zu products of %zu", count, s->room);
    }
    for (size_t c = 0; c < count; c++) {
        double *scaled = s->scaled + c * n;
        s->own[c] = product[c];
        if (product[c].transposed) {
            memset(product[c].y, 0, n * sizeof *product[c].y);
            continue;
        }
        s->own[c].x = scaled;
        for (size_t j = 0; j < n; j++) {
            scaled[j] = output[j] > 0.0 ? product[c].x[j] / output[j] : 0.0;
        }
    }
    s->count = count;
    WIO_TRY(wio_table_read(s->file, n, add_panel, s, err));
    for (size_t c = 0; c < count; c++) {
        for (size_t j = 0; j < n && product[c].transposed; j++) {
            product[c].y[j] = output[j] > 0.0 ? product[c].y[j] / output[j] : 0.0;
        }
    }
    return WIO_OK;
}

/* --- from the sums of the first reading --------------------------------------------------------------- */

/* As wio_economy_shares: what a column records outside A, else what it leaves of its output. */
static double share_of(const wio_checker *c, size_t j)
{
    const wio_table *t = c->table;
    const wio_flow_sums *s = &c->sums;
    double x = t->x[j], left = x - (s->column[j] + s->column_lost[j]);
    double outside = s->imports[j] + s->import_lost[j] + wio_sum(t->P + j, t->p, t->n);
    if (x == 0.0) {
        return 1.0;
    }
    return outside != 0.0 ? outside / x : fabs(left) <= 1e-12 * x ? 0.0 : left / x;
}

/* |I - A| has |1 - a_jj| + the other |a_ij| in column j: sums and quotients are off by some units. */
static double norm1_of(const wio_checker *c)
{
    const wio_flow_sums *s = &c->sums;
    double most = 0.0;
    for (size_t j = 0; j < c->table->n; j++) {
        double x = c->table->x[j], sum = 1.0;
        if (x > 0.0) {
            double all = (s->column[j] + s->column_lost[j] - 2.0 * s->below[j]) / x;
            double own = s->diagonal[j] / x;
            sum = fabs(1.0 - own) + (all - fabs(own));
        }
        most = fmax(most, sum);
    }
    return most * (1.0 + 64.0 * DBL_EPSILON);
}

wio_status wio_stream_start(wio_stream *out, wio_table_file *file, const wio_checker *c,
                            wio_arena *arena, size_t sides, int threads, wio_error *err)
{
    enum { LEAST_ROOM = 4 }; /* products that wio_series_certify asks for */
    const wio_flow_sums *sums = &c->sums;
    size_t n = c->table->n, room = sides + 1 < LEAST_ROOM ? LEAST_ROOM : sides + 1;
    bool nonnegative = true;
    wio_stream s = {.file = file,
                    .t = c->table,
                    .threads = wio_threads(threads),
                    .room = room,
                    .scaled = wio_take(arena, room * n),
                    .share = wio_take(arena, n),
                    .imported = wio_take(arena, n),
                    .column = wio_take(arena, n),
                    .own = wio_alloc(room, sizeof *s.own)};
    if (arena->failed || s.own == NULL) {
        wio_free(s.own);
        return wio_fail(err, WIO_E_MEMORY, "vectors of %zu activities", n);
    }
    for (size_t j = 0; j < n; j++) {
        double x = c->table->x[j];
        s.share[j] = share_of(c, j);
        s.imported[j] = x > 0.0 ? (sums->imports[j] + sums->import_lost[j]) / x : 0.0;
        s.column[j] = x > 0.0 ? (sums->column[j] + sums->column_lost[j]) / x : 0.0;
        nonnegative = nonnegative && !(sums->below[j] < 0.0);
    }
    *out = s;
    out->A = (wio_series){.n = n,
                          .nonnegative = nonnegative,
                          .norm1 = norm1_of(c),
                          .read = read_products,
                          .context = out};
    return WIO_OK;
}

void wio_stream_end(wio_stream *stream)
{
    wio_free(stream->own);
}

/* --- a question ---------------------------------------------------------------------------------------- */

static wio_status look_and_prepare(wio_streamed *s, wio_table_file *file, size_t sides, int threads,
                                   wio_error *err)
{
    wio_status status = wio_check_file(&s->checker, file);
    if (status != WIO_OK) {
        return wio_fail(err, status, "%s", s->detail.message);
    }
    wio_check_identities(&s->checker);
    WIO_TRY(wio_check_balanced(&s->checker, err));
    WIO_TRY(wio_stream_start(&s->stream, file, &s->checker, &s->arena, sides, threads, err));
    WIO_TRY(wio_economy_outline(&s->economy, file->table, err));
    memcpy(s->economy->imported, s->stream.imported, file->table->n * sizeof *s->stream.imported);
    return WIO_OK;
}

wio_status wio_streamed_start(wio_streamed *s, wio_table_file *file, size_t sides, int threads,
                              wio_log *log, wio_error *err)
{
    *s = (wio_streamed){.checker = {.table = file->table, .log = log}};
    s->checker.report = &s->found;
    s->checker.err = &s->detail;
    return look_and_prepare(s, file, sides, threads, err);
}

void wio_streamed_end(wio_streamed *s)
{
    wio_economy_free(s->economy);
    wio_stream_end(&s->stream);
    wio_arena_free(&s->arena);
    wio_check_end(&s->checker);
}

bool wio_table_file_fits(const wio_table_file *file)
{
    const wio_table *t = file->table;
    double n = (double)t->n, m = (double)t->m, cells = (double)(t->f + t->p + t->k);
    double least = wio_method_cost(WIO_METHOD_KRYLOV, true, t->n, t->n * t->n, 1).bytes;
    return 8.0 * (2.0 * m * n + m * cells) + least <= wio_memory_left();
}
