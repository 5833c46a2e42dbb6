/* balance.c - the public wio_balance: arguments, cells that stay, refusals, the report.
 *
 * Cells that are fixed leave the problem with their share of the targets, and come back at the end.
 * A row or column of target 0 whose cells have one sign can only be all zeros; it leaves too, so
 * that what depends on it is seen by the checks. */
#include "balance.h"

#include <math.h>
#include <string.h>

/* A sweep over fewer cells takes less than waking a thread, which is tens of microseconds. */
enum { SMALL = 1 << 16 };
static const double FLOOR =
    1e-9; /* of the sum of all targets: what a gap is at least relative to */

static wio_status check_arguments(const double *X, const double *Z, size_t rows, size_t columns,
                                  const double *u, const double *v,
                                  const wio_balance_options *options, wio_error *err)
{
    size_t cells;
    if (X == NULL || Z == NULL || u == NULL || v == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_balance: NULL argument");
    }
    if (rows == 0 || columns == 0 || __builtin_mul_overflow(rows, columns, &cells)) {
        return wio_fail(err, WIO_E_ARGUMENT, "a matrix of %zu x %zu cannot be balanced", rows,
                        columns);
    }
    if (options->conditions != 0 && options->condition == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "%zu conditions, but condition is NULL",
                        options->conditions);
    }
    if ((unsigned)options->method > WIO_BALANCE_KRAS || !(options->tolerance >= 0.0)) {
        return wio_fail(err, WIO_E_ARGUMENT, "unknown method, or a tolerance that is not positive");
    }
    double least = 16.0 * (double)(rows + columns) * 0x1p-53;
    if (options->tolerance != 0.0 && options->tolerance < least) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "tolerance %g is below what sums of %zu numbers can keep: at least %g",
                        options->tolerance, rows > columns ? rows : columns, least);
    }
    if (options->method != WIO_BALANCE_KRAS &&
        (options->conditions != 0 || options->row_sigma != NULL || options->column_sigma != NULL)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "conditions and standard errors of targets need the method KRAS");
    }
    return WIO_OK;
}

static void describe_cell(wio_text *text, const balance *b, size_t i, size_t j)
{
    wio_balance_name(text, b, false, i);
    wio_text_add(text, " to ");
    wio_balance_name(text, b, true, j);
}

static wio_status check_cell(const balance *b, const double *Z, size_t i, size_t j)
{
    const size_t k = i * b->columns + j;
    const bool broken = !isfinite(Z[k]);
    if (!broken && (b->options->method != WIO_BALANCE_RAS || Z[k] >= 0.0 ||
                    (b->options->fixed != NULL && b->options->fixed[k]))) {
        return WIO_OK;
    }
    wio_text name = {0};
    describe_cell(&name, b, i, j);
    wio_status status =
        broken ? wio_fail(b->err, WIO_E_NONFINITE, "the cell %s is not a finite number",
                          name.failed ? "?" : name.data)
               : wio_fail(b->err, WIO_E_UNSUPPORTED,
                          "RAS cannot scale negative cells (%s is %g): use GRAS",
                          name.failed ? "?" : name.data, Z[k]);
    wio_text_free(&name);
    return status;
}

/* Every number finite; RAS without negative cells. */
static wio_status check_numbers(balance *b, const double *Z, const double *u, const double *v)
{
    for (size_t i = 0; i < b->rows + b->columns; i++) {
        double target = i < b->rows ? u[i] : v[i - b->rows];
        if (!isfinite(target)) {
            wio_text name = {0};
            wio_balance_name(&name, b, i >= b->rows, i < b->rows ? i : i - b->rows);
            wio_status status =
                wio_fail(b->err, WIO_E_NONFINITE, "the target of %s %s is %s",
                         i < b->rows ? "row" : "column", name.failed ? "?" : name.data,
                         isnan(target) ? "missing" : "infinite");
            wio_text_free(&name);
            return status;
        }
    }
    wio_balance_signs(b, Z);
    const unsigned char look =
        b->options->method == WIO_BALANCE_RAS ? WIO_BROKEN | WIO_NEGATIVE : WIO_BROKEN;
    for (size_t i = 0; i < b->rows; i++) {
        for (size_t j = 0; j < b->columns && (b->sign[i] & look) != 0; j++) {
            WIO_TRY(check_cell(b, Z, i, j));
        }
    }
    return WIO_OK;
}

static wio_status own_copy(balance *b)
{
    const size_t cells = b->rows * b->columns;
    if (b->own != NULL) {
        return WIO_OK;
    }
    b->own = wio_alloc(cells, sizeof *b->own);
    if (b->own == NULL) {
        return wio_fail(b->err, WIO_E_MEMORY, "a copy of %zu x %zu numbers", b->rows, b->columns);
    }
    memcpy(b->own, b->W, cells * sizeof *b->own);
    b->W = b->own;
    return WIO_OK;
}

/* Fixed cells out of the matrix and out of the targets. */
static wio_status take_fixed(balance *b, const double *Z, double *u, double *v)
{
    if (b->options->fixed == NULL) {
        return WIO_OK;
    }
    WIO_TRY(own_copy(b));
    for (size_t i = 0; i < b->rows; i++) {
        for (size_t j = 0; j < b->columns; j++) {
            size_t k = i * b->columns + j;
            if (b->options->fixed[k]) {
                b->own[k] = 0.0;
                u[i] -= Z[k];
                v[j] -= Z[k];
            }
        }
    }
    /* What is left of a target after equal cells are taken away is rounding, not a target. */
    for (size_t i = 0; i < b->rows; i++) {
        u[i] = fabs(u[i]) < 64 * 0x1p-53 * b->row_floor / FLOOR ? 0.0 : u[i];
    }
    for (size_t j = 0; j < b->columns; j++) {
        v[j] = fabs(v[j]) < 64 * 0x1p-53 * b->column_floor / FLOOR ? 0.0 : v[j];
    }
    return WIO_OK;
}

/* Whether a line of target 0 has cells, all of one sign. */
static bool must_vanish(const double *z, size_t count, size_t stride, double target)
{
    bool above = false, below = false;
    for (size_t k = 0; k < count && target == 0.0; k++) {
        above = above || z[k * stride] > 0.0;
        below = below || z[k * stride] < 0.0;
    }
    return target == 0.0 && above != below;
}

static wio_status empty_line(balance *b, bool column, size_t index)
{
    wio_text name = {0};
    WIO_TRY(own_copy(b));
    for (size_t k = 0; k < (column ? b->rows : b->columns); k++) {
        b->own[column ? k * b->columns + index : index * b->columns + k] = 0.0;
    }
    wio_balance_name(&name, b, column, index);
    wio_find(b->log, WIO_NOTE, NULL, 0, 0, "%s %s is to sum to 0: its cells become 0",
             column ? "column" : "row", name.failed ? "?" : name.data);
    wio_text_free(&name);
    return WIO_OK;
}

/* Lines that can only be zeros, until there are no more. KRAS may still move their targets. */
static wio_status take_empty(balance *b)
{
    bool again = b->options->method != WIO_BALANCE_KRAS;
    while (again) {
        again = false;
        for (size_t i = 0; i < b->rows; i++) {
            if (b->u[i] == 0.0 && must_vanish(b->W + i * b->columns, b->columns, 1, 0.0)) {
                WIO_TRY(empty_line(b, false, i));
                again = true;
            }
        }
        for (size_t j = 0; j < b->columns; j++) {
            if (b->v[j] == 0.0 && must_vanish(b->W + j, b->rows, b->columns, 0.0)) {
                WIO_TRY(empty_line(b, true, j));
                again = true;
            }
        }
    }
    return WIO_OK;
}

/* Why the sweeps did not end: rows that are blocked, or else the worst row. */
static wio_status explain(balance *b, double gap)
{
    if (!b->negative) {
        WIO_TRY(wio_balance_blocked(b));
    }
    wio_text row = {0};
    double worst = -1.0;
    size_t at = 0;
    for (size_t i = 0; i < b->rows; i++) {
        double above = 0.0, below = 0.0, q = b->r[i] == 0.0 ? 0.0 : 1.0 / b->r[i];
        for (size_t j = 0; j < b->columns; j++) {
            double z = b->W[i * b->columns + j];
            above += z > 0.0 ? z * b->r[i] * b->s[j] : 0.0;
            below -= z < 0.0 ? z * q * b->t[j] : 0.0;
        }
        double here = wio_balance_gap(above, below, b->u[i], b->row_floor);
        if (!(here <= worst)) {
            worst = here;
            at = i;
        }
    }
    wio_balance_name(&row, b, false, at);
    wio_status status =
        wio_fail(b->err, WIO_E_NOT_CONVERGED,
                 "not balanced after %zu sweeps: the rows still miss their targets by %.2g, most "
                 "of all row %s; its cells may be too few or too small for its target",
                 b->done, gap, row.failed ? "?" : row.data);
    wio_text_free(&row);
    return status;
}

/* The result in X, which must not be Z. */
static wio_status solve(double *X, const double *Z, balance *b, const double *u, const double *v,
                        wio_balance_report *report)
{
    const wio_balance_options *options = b->options;
    double gap = 0.0;
    if (options->method == WIO_BALANCE_KRAS) {
        memcpy(X, b->W, b->rows * b->columns * sizeof *X);
        WIO_TRY(wio_balance_kras(X, Z, b, report));
        for (size_t i = 0; i < b->rows + b->columns; i++) { /* the targets that it ended with */
            bool row = i < b->rows;
            size_t at = row ? i : i - b->rows;
            b->target[i] += row ? u[at] - b->u[at] : v[at] - b->v[at];
        }
        u = b->target;
        v = b->target + b->rows;
    } else {
        WIO_TRY(wio_balance_feasible(b));
        wio_status swept = wio_balance_sweep(b, &gap);
        if (swept != WIO_OK) {
            return swept == WIO_E_NOT_CONVERGED ? explain(b, gap) : swept;
        }
    }
    wio_balance_report_fill(report, b, X, Z, u, v, options->method != WIO_BALANCE_KRAS);
    return WIO_OK;
}

static wio_status prepare(balance *b, wio_arena *arena, const double *Z, const double *u,
                          const double *v)
{
    double up = 0.0, vp = 0.0;
    double *own_u = wio_take(arena, b->rows), *own_v = wio_take(arena, b->columns);
    b->r = wio_take(arena, b->rows);
    b->s = wio_take(arena, b->columns);
    b->t = wio_take(arena, b->columns);
    b->target = wio_take(arena, b->rows + b->columns);
    b->sign = (unsigned char *)wio_take(arena, (b->rows + b->columns) / sizeof(double) + 1);
    b->room = wio_take(arena, wio_balance_report_room(b->rows, b->columns));
    if (arena->failed) {
        return wio_fail(b->err, WIO_E_MEMORY, "factors of %zu rows and columns",
                        b->rows + b->columns);
    }
    WIO_TRY(check_numbers(b, Z, u, v));
    for (size_t i = 0; i < b->rows; i++) {
        own_u[i] = u[i];
        up += fabs(u[i]);
    }
    for (size_t j = 0; j < b->columns; j++) {
        own_v[j] = v[j];
        vp += fabs(v[j]);
    }
    b->row_floor = b->column_floor = FLOOR * fmax(up, vp);
    if (b->row_floor == 0.0) { /* every target is 0 (SUT-RAS may do so by rows) */
        b->row_floor = b->column_floor = FLOOR;
    }
    b->u = own_u;
    b->v = own_v;
    WIO_TRY(take_fixed(b, Z, own_u, own_v));
    return take_empty(b);
}

wio_status wio_balance(double *X, const double *Z, size_t rows, size_t columns, const double *u,
                       const double *v, const wio_balance_options *options,
                       wio_balance_report *report, wio_log *log, wio_error *err)
{
    static const wio_balance_options standard = {0};
    options = options != NULL ? options : &standard;
    WIO_TRY(check_arguments(X, Z, rows, columns, u, v, options, err));
    wio_error own = {0};
    balance b = {.rows = rows,
                 .columns = columns,
                 .W = Z,
                 .options = options,
                 .tolerance = options->tolerance != 0.0 ? options->tolerance : 1e-10,
                 .sweeps = options->sweeps != 0 ? options->sweeps : 10000,
                 .threads = rows * columns < SMALL ? 1 : wio_threads(options->threads),
                 .log = log,
                 .err = err != NULL ? err : &own};
    wio_balance_report made = {0};
    wio_arena arena = {0};
    double *result = NULL;
    wio_status status = prepare(&b, &arena, Z, u, v);
    /* Without KRAS the result is written as the last step, when nothing can fail any more. */
    if (status == WIO_OK && (X == Z || options->method == WIO_BALANCE_KRAS)) {
        result = wio_alloc(rows * columns, sizeof *result);
        status = result != NULL ? WIO_OK
                                : wio_fail(b.err, WIO_E_MEMORY, "%zu x %zu numbers", rows, columns);
    }
    if (status == WIO_OK) {
        status = solve(result != NULL ? result : X, Z, &b, u, v, &made);
    }
    if (status == WIO_OK && result != NULL) {
        memcpy(X, result, rows * columns * sizeof *X);
    }
    if (status == WIO_OK && report != NULL) {
        *report = made;
    }
    wio_free(result);
    wio_free(b.own);
    wio_arena_free(&arena);
    return status;
}
