/* import_fill.c - the numbers of an import, from the text into the blocks of the table.
 *
 * Of a grid's rows each kind is read by itself, for a row decides which blocks its cells go to.
 * Only primary inputs and accounts of final uses may be missing, and an account of an activity. */
#include "import.h"

#include <math.h>
#include <string.h>

static const char *const blank[] = {"", "NA", "NaN", "nan", "..", ":"};

typedef struct pass { /* rows of some marks, columns of some marks */
    wio_mark row, row_too;
    double *activity, *final, *output; /* where cells of these columns go; NULL: nowhere */
    double *primary, *account;         /* of a file with activities in its rows only */
    size_t activity_stride, final_stride;
    bool may_miss;
} pass;

static void name_problem(wio_import *import, const wio_grid *grid, const wio_csv_problem *problem)
{
    size_t line = grid->csv.line[problem->row];
    if (problem->kind == WIO_CELL_COUNT) {
        (void)wio_import_wrong(import, grid->path, line, problem->length,
                               "expected %zu cells as in the header, got %zu",
                               grid->labels + grid->columns, problem->length);
        return;
    }
    int length = problem->length < 40 ? (int)problem->length : 40;
    const char *what = problem->kind == WIO_CELL_EMPTY     ? "an empty cell"
                       : problem->kind == WIO_CELL_MISSING ? "missing"
                       : problem->kind == WIO_NUMBER_HUGE  ? "too large for a number"
                       : problem->kind == WIO_CELL_KIND    ? "a date or a truth value"
                                                           : "not a number";
    (void)wio_import_wrong(import, grid->path, line, problem->column + 1,
                           "'%.*s' is %s where a number is needed (decimal point, no other "
                           "separators)",
                           length, problem->text != NULL ? problem->text : "", what);
}

/* Which rows are read, and the first cell of a row without labels, which was cut as its label. */
static size_t choose_rows(size_t *index, const wio_grid *grid, const pass *p)
{
    size_t rows = 0;
    for (size_t r = 0; r < grid->csv.rows; r++) {
        const wio_import_label *label = &grid->row[r];
        bool chosen = label->mark == p->row || label->mark == p->row_too;
        index[r] = chosen ? label->mark == WIO_MARK_OUTPUT ? 0 : label->at : SIZE_MAX;
        rows += chosen;
    }
    return rows;
}

static size_t choose_columns(wio_csv_target *target, const wio_grid *grid, const pass *p, size_t n)
{
    size_t columns = 0;
    for (size_t c = 0; c < grid->columns; c++) {
        const wio_import_label *label = &grid->column[c];
        target[c] = (wio_csv_target){NULL, 0};
        if (label->mark == WIO_MARK_ACTIVITY && p->activity != NULL) {
            target[c] = (wio_csv_target){p->activity + label->at, p->activity_stride};
        } else if (label->mark == WIO_MARK_FINAL && p->final != NULL) {
            target[c] = (wio_csv_target){p->final + label->at, p->final_stride};
        } else if (label->mark == WIO_MARK_OUTPUT && p->output != NULL) {
            target[c] = (wio_csv_target){p->output, 1};
        } else if (label->mark == WIO_MARK_PRIMARY && p->primary != NULL) {
            target[c] = (wio_csv_target){p->primary + label->at * n, 1};
        } else if (label->mark == WIO_MARK_ACCOUNT && p->account != NULL) {
            target[c] = (wio_csv_target){p->account + label->at * n, 1};
        }
        columns += target[c].to != NULL;
    }
    return columns;
}

wio_status wio_import_cells(wio_import *import, wio_grid *grid, const size_t *index,
                            const wio_csv_target *target, bool may_miss)
{
    const wio_number_policy policy = {.form = {.decimal = '.'},
                                      .trim = true,
                                      .zero = grid->zero,
                                      .zeros = grid->zeros,
                                      .may_miss = may_miss,
                                      .missing = blank,
                                      .missings = may_miss ? sizeof blank / sizeof *blank : 0};
    size_t cut = grid->labels == 0; /* a first number was cut as a label */
    wio_csv_problems found = {0};
    if (wio_csv_numbers(&found, &grid->csv, grid->heads, grid->labels + cut, index,
                        grid->columns - cut, target + cut, &policy, 0, NULL) != WIO_OK) {
        return wio_import_memory(import, grid->path);
    }
    for (size_t r = grid->heads; cut != 0 && target[0].to != NULL && r < grid->csv.rows; r++) {
        if (index[r] != SIZE_MAX) {
            const char *cell = grid->csv.cell[grid->csv.start[r]];
            wio_csv_number(target[0].to + index[r] * target[0].stride, cell, strlen(cell), r, 0,
                           &policy, &found);
        }
    }
    for (size_t i = 0; i < found.named; i++) {
        name_problem(import, grid, &found.problem[i]);
    }
    if (found.tiny.count != 0) {
        wio_find(import->log, WIO_WARNING, grid->path, grid->csv.line[found.tiny.row],
                 found.tiny.column + 1,
                 "%zu numbers below 2.2e-308 lose digits, this one first: is the unit right?",
                 found.tiny.count);
    }
    if (found.texts.count != 0) {
        wio_find(import->log, WIO_WARNING, grid->path, grid->csv.line[found.texts.row],
                 found.texts.column + 1,
                 "%zu numbers are stored as text, this one first: read as numbers",
                 found.texts.count);
    }
    grid->taken_as_zero += found.zeros.count;
    wio_status status = found.failed ? wio_import_memory(import, grid->path) : WIO_OK;
    wio_csv_problems_clear(&found);
    return status;
}

static wio_status read_grid(wio_import *import, wio_grid *grid)
{
    wio_table *t = import->table;
    const wio_mark activity = WIO_MARK_ACTIVITY, primary = WIO_MARK_PRIMARY,
                   account = WIO_MARK_ACCOUNT, output = WIO_MARK_OUTPUT;
    const pass passes[] = {
        {.row = activity,
         .row_too = WIO_MARK_IMPORT,
         .activity = t->Z,
         .activity_stride = t->n,
         .final = t->Y,
         .final_stride = t->f},
        {.row = activity, .row_too = activity, .primary = t->P},
        {.row = activity, .row_too = activity, .account = t->S, .may_miss = true},
        {.row = activity,
         .row_too = WIO_MARK_IMPORT,
         .output = import->output_column,
         .may_miss = true},
        {.row = primary, .row_too = primary, .activity = t->P, .activity_stride = t->n},
        {.row = primary,
         .row_too = primary,
         .final = import->primary_final,
         .final_stride = t->f,
         .may_miss = true},
        {.row = account,
         .row_too = account,
         .activity = t->S,
         .activity_stride = t->n,
         .final = import->account_final,
         .final_stride = t->f,
         .may_miss = true},
        {.row = output,
         .row_too = output,
         .activity = import->output_row,
         .activity_stride = t->n,
         .may_miss = true}};
    size_t *index = wio_alloc(grid->csv.rows, sizeof *index);
    wio_csv_target *target = wio_alloc(grid->columns, sizeof *target);
    wio_status status =
        index != NULL && target != NULL ? WIO_OK : wio_import_memory(import, grid->path);
    for (size_t i = 0; i < sizeof passes / sizeof *passes && status == WIO_OK; i++) {
        if (choose_rows(index, grid, &passes[i]) != 0 &&
            choose_columns(target, grid, &passes[i], t->n) != 0) {
            status = wio_import_cells(import, grid, index, target, passes[i].may_miss);
        }
    }
    wio_free(index);
    wio_free(target);
    return status;
}

void wio_import_divide(double *v, size_t count, double divisor)
{
    for (size_t i = 0; v != NULL && i < count; i++) {
        v[i] /= divisor;
    }
}

wio_status wio_import_fill(wio_import *import)
{
    wio_table *t = import->table;
    for (size_t g = 0; g < import->grids; g++) {
        WIO_TRY(read_grid(import, &import->grid[g]));
        wio_csv_clear(&import->grid[g].csv); /* the text is not needed any more */
    }
    if (import->divisor != 1.0) {
        wio_import_divide(t->Z, t->m * t->n, import->divisor);
        wio_import_divide(t->Y, t->m * t->f, import->divisor);
        wio_import_divide(t->P, t->p * t->n, import->divisor);
        wio_import_divide(import->output_row, t->n, import->divisor);
        wio_import_divide(import->output_column, t->m, import->divisor);
        wio_import_divide(import->primary_final, t->p * t->f, import->divisor);
    }
    return import->status;
}
