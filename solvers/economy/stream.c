/* stream.c - total output for a final demand, of a table that stays in its file.
 *
 *   x = f + A x,  A = Z / output,  by  x' = f + A x  from x = f on
 *
 * (Miller & Blair, 3rd ed., section 2.4: the power series), Z read once for each step. What is needed
 * beforehand is a norm of A below 1. Two can be had from sums of Z, which has to be nonnegative:
 *
 *   sum of |x_i|:              rho = largest column sum of A
 *   largest |x_i| / output_i:  rho = largest share of its output that an activity sells to activities
 *
 * Then for exact x*, with e what rounding may do to one step, ||x* - x'|| <= (rho ||x' - x|| + e) / (1 - rho),
 * since ||x* - x'|| <= rho ||x* - x|| + e. A sum of n products in any order is off by at most
 * gamma_n times the sum of sizes (Higham, Accuracy and Stability, 2nd ed., section 3.1). */
#include "../../core/table.h"
#include "../linear/linear.h"

#include <float.h>
#include <math.h>

enum { PANEL = 1 << 25, TOGETHER = 8, MOST = 10000 }; /* bytes read at once; rows; readings of Z */

typedef struct stream {
    wio_table_file *file;
    const wio_table *t;
    const double *f;
    double *x, *next, *scaled; /* [n] */
    double *column, *lost;     /* [n] sums of Z over the activities */
    double *row;               /* [n] */
    double *Z;                 /* [rows x n] */
    size_t rows;
    bool negative;
    wio_stream_report report;
    wio_error *err;
} stream;

/* Column and row sums over the activities, and whether every flow is at least 0. */
static wio_status look_at_rows(void *context, size_t first, size_t count, const double *Z)
{
    stream *s = context;
    size_t n = s->t->n, rows = first < n ? n - first : 0;
    rows = rows < count ? rows : count;
    if (rows == 0) {
        return WIO_OK;
    }
    double least = 0.0;
    for (size_t i = 0; i < rows * n; i++) {
        least = Z[i] < least ? Z[i] : least;
    }
    s->negative = s->negative || least < 0.0;
    wio_row_sums(s->row + first, rows, n, Z);
    wio_column_sums_add(s->column, s->lost, rows, n, Z);
    return WIO_OK;
}

/* The better of the two norms; sums and quotients are off by a few units of the last place. */
static wio_status find_norm(stream *s)
{
    double by_column = 0.0, by_row = 0.0;
    for (size_t i = 0; i < s->t->n; i++) {
        double output = s->t->x[i];
        if (output > 0.0) {
            by_column = fmax(by_column, (s->column[i] + s->lost[i]) / output);
            by_row = fmax(by_row, s->row[i] / output);
        }
    }
    s->report.by_output = by_row < by_column;
    s->report.contraction = fmin(by_row, by_column) * (1.0 + 16.0 * DBL_EPSILON);
    if (s->negative) {
        return wio_fail(s->err, WIO_E_UNSUPPORTED,
                        "the table has negative flows: nothing is proven of a solution from its "
                        "file; load it");
    }
    return s->report.contraction < 1.0
               ? WIO_OK
               : wio_fail(s->err, WIO_E_UNSUPPORTED,
                          "some activity uses, and some sells to others, all of its output (%.4g, "
                          "%.4g): nothing is proven of a solution from the file; load the table",
                          by_column, by_row);
}

static double norm(const stream *s, const double *v, const double *minus)
{
    double sum = 0.0, most = 0.0;
    for (size_t i = 0; i < s->t->n; i++) {
        double size = fabs(minus != NULL ? v[i] - minus[i] : v[i]);
        sum += size;
        most = s->t->x[i] > 0.0 ? fmax(most, size / s->t->x[i]) : most;
    }
    return s->report.by_output ? most : sum;
}

/* next = f + A x: one reading of the activities' rows. */
static wio_status advance(stream *s)
{
    size_t n = s->t->n;
    for (size_t j = 0; j < n; j++) {
        s->scaled[j] = s->t->x[j] > 0.0 ? s->x[j] / s->t->x[j] : 0.0;
    }
    for (size_t first = 0; first < n; first += s->rows) {
        size_t left = n - first, rows = left < s->rows ? left : s->rows;
        WIO_TRY(s->file->block(s->Z, s->file, first, rows, 0, n, s->err));
        wio_apply_rows(s->next + first, rows, n, s->Z, s->scaled);
    }
    for (size_t i = 0; i < n; i++) {
        s->next[i] += s->f[i];
    }
    s->report.passes++;
    return WIO_OK;
}

/* What is proven after a step: above, with the rounding of the step and of the norms themselves. */
static double bound_of(const stream *s, double moved, double size, double before)
{
    double rho = s->report.contraction, unit = 0.5 * DBL_EPSILON;
    double n = (double)s->t->n + 16.0;
    double gamma = n * unit / (1.0 - n * unit);
    double e = unit * size + gamma * rho * before;
    return (rho * moved + e) / (1.0 - rho) * (1.0 + 4.0 * n * unit);
}

static wio_status iterate(stream *s, double relative)
{
    double last = INFINITY;
    for (size_t i = 0; i < s->t->n; i++) {
        s->x[i] = s->f[i];
    }
    for (;;) {
        double before = norm(s, s->x, NULL);
        WIO_TRY(advance(s));
        double moved = norm(s, s->next, s->x), size = norm(s, s->next, NULL);
        double *old = s->x;
        s->x = s->next;
        s->next = old;
        s->report.bound = bound_of(s, moved, size, before);
        if (s->report.bound <= relative * size) {
            return WIO_OK;
        }
        if (!(moved < last) || s->report.passes >= MOST) { /* rounding moves it, and nothing else */
            return wio_fail(s->err, WIO_E_NOT_CONVERGED,
                            "after %zu readings only an error of %.2g is proven, not %.2g",
                            s->report.passes, s->report.bound / size, relative);
        }
        last = moved;
    }
}

static wio_status run(stream *s, double relative, wio_arena *arena, wio_log *log)
{
    size_t n = s->t->n;
    double **const vector[] = {&s->x, &s->next, &s->scaled, &s->column, &s->lost, &s->row};
    for (size_t i = 0; i < sizeof vector / sizeof *vector; i++) {
        *vector[i] = wio_take(arena, n);
    }
    s->rows = PANEL / sizeof(double) / n / TOGETHER * TOGETHER;
    s->rows = s->rows < TOGETHER ? TOGETHER : s->rows < n ? s->rows : n;
    if (arena->failed) {
        return wio_fail(s->err, WIO_E_MEMORY, "vectors of %zu activities", n);
    }
    WIO_TRY(wio_table_pass(s->file, look_at_rows, s, log, s->err));
    s->report.passes = 1;
    WIO_TRY(find_norm(s));
    s->Z = wio_alloc(s->rows, n * sizeof *s->Z);
    wio_status status =
        s->Z != NULL ? iterate(s, relative) : wio_fail(s->err, WIO_E_MEMORY, "a part of a table");
    wio_free(s->Z);
    return status;
}

wio_status wio_table_file_solve(double *x, wio_table_file *file, const double *f, double relative,
                                wio_stream_report *report, wio_log *log, wio_error *err)
{
    static const double standard = 1e-10;
    if (x == NULL || file == NULL || f == NULL || !(relative >= 0.0)) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_file_solve: NULL or negative argument");
    }
    for (size_t i = 0; i < file->table->n; i++) {
        if (!isfinite(f[i])) {
            return wio_fail(err, WIO_E_NONFINITE, "f[%zu] is not finite", i);
        }
    }
    wio_arena arena = {0};
    stream s = {.file = file, .t = file->table, .f = f, .err = err};
    wio_status status = run(&s, relative > 0.0 ? relative : standard, &arena, log);
    for (size_t i = 0; status == WIO_OK && i < s.t->n; i++) {
        x[i] = s.x[i];
    }
    if (status == WIO_OK && report != NULL) {
        *report = s.report;
    }
    wio_arena_free(&arena);
    return status;
}
