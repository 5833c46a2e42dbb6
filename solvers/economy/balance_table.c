/* balance_table.c - a table balanced: all of it, [Z Y; P], or its intermediate flows alone; and then
 * dated, where the totals were those of another year.
 *
 * There is no cell where a primary item meets a final use; it is 0 there and stays so. */
#include "../../core/table.h"

#include <math.h>
#include <string.h>

static const char *const METHODS[] = {"RAS", "GRAS", "KRAS"};

typedef struct block {
    size_t rows, columns;
    double *X;
    char **name; /* [rows + columns] */
    const char **label;
} block;

static wio_status name_lines(block *b, const wio_table *table, wio_error *err)
{
    for (size_t k = 0; k < b->rows + b->columns; k++) {
        size_t i = k < b->rows ? k : k - b->rows;
        bool row = k < b->rows, origin = row ? i < table->m : i < table->n;
        wio_text text = {0};
        if (origin) {
            wio_text_add(&text, "%s.%s", table->region.code[table->origin_region[i]],
                         table->sector.code[table->origin_sector[i]]);
        } else if (row) {
            wio_text_add(&text, "%s", table->item.code[i - table->m]);
        } else {
            wio_text_add(&text, "%s.%s", table->region.code[table->final_region[i - table->n]],
                         table->use.code[table->final_use[i - table->n]]);
        }
        WIO_TRY(wio_text_take(&b->name[k], &text, err));
        b->label[k] = b->name[k];
    }
    return WIO_OK;
}

static wio_status gather(block *b, const wio_table *table, bool whole, wio_error *err)
{
    b->rows = table->m + (whole ? table->p : 0);
    b->columns = table->n + (whole ? table->f : 0);
    size_t cells;
    if (__builtin_mul_overflow(b->rows, b->columns, &cells) ||
        (b->X = wio_zalloc(cells, sizeof *b->X)) == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%zu x %zu numbers", b->rows, b->columns);
    }
    b->name = wio_zalloc(b->rows + b->columns, sizeof *b->name);
    b->label = wio_zalloc(b->rows + b->columns, sizeof *b->label);
    if (b->name == NULL || b->label == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "labels of %zu rows", b->rows);
    }
    for (size_t i = 0; i < b->rows; i++) {
        double *to = b->X + i * b->columns;
        const double *from =
            i < table->m ? table->Z + i * table->n : table->P + (i - table->m) * table->n;
        memcpy(to, from, table->n * sizeof *to);
        if (whole && i < table->m && table->f != 0) {
            memcpy(to + table->n, table->Y + i * table->f, table->f * sizeof *to);
        }
    }
    return name_lines(b, table, err);
}

static void scatter(wio_table *table, const block *b, bool whole)
{
    for (size_t i = 0; i < b->rows; i++) {
        const double *from = b->X + i * b->columns;
        double *to = i < table->m ? table->Z + i * table->n : table->P + (i - table->m) * table->n;
        memcpy(to, from, table->n * sizeof *to);
        if (whole && i < table->m && table->f != 0) {
            memcpy(table->Y + i * table->f, from + table->n, table->f * sizeof *to);
        }
    }
}

static void free_block(block *b)
{
    for (size_t k = 0; b->name != NULL && k < b->rows + b->columns; k++) {
        wio_free(b->name[k]);
    }
    wio_free(b->name);
    wio_free(b->label);
    wio_free(b->X);
}

/* What was done, for whoever opens the table later. */
static wio_status add_notes(wio_table *table, const block *b, bool whole,
                            const wio_balance_options *options, const wio_balance_report *report,
                            wio_error *err)
{
    const char *row = b->label[report->largest_cell / b->columns];
    const char *column = b->label[b->rows + report->largest_cell % b->columns];
    WIO_TRY(wio_table_note(
        table, err,
        "Balanced by %s: %s, %zu sweeps, %zu of %zu cells changed, the most by %.6g (%s to %s); "
        "rows within %.1e and columns within %.1e of their totals.",
        METHODS[options->method], whole ? "flows, final uses and primary inputs" : "flows alone",
        report->sweeps, report->changed, b->rows * b->columns, report->largest_change, row, column,
        report->row_gap, report->column_gap));
    if (report->moved != 0) {
        WIO_TRY(wio_table_note(table, err,
                               "%zu totals gave way to others, the most by %.2g of its standard "
                               "error.",
                               report->moved, report->largest_move));
    }
    if (table->k != 0 || table->frames != 0 || isfinite(table->household_income)) {
        return wio_table_note(table, err,
                              "Satellites, household income and further files are those of the "
                              "table before it was balanced.");
    }
    return WIO_OK;
}

static wio_status balance_copy(wio_table *copy, block *b, bool whole, const double *u,
                               const double *v, const wio_balance_options *options,
                               wio_balance_report *report, wio_log *log, wio_error *err)
{
    wio_balance_options own = *options;
    WIO_TRY(gather(b, copy, whole, err));
    own.row_name = b->label;
    own.column_name = b->label + b->rows;
    WIO_TRY(wio_balance(b->X, b->X, b->rows, b->columns, u, v, &own, report, log, err));
    scatter(copy, b, whole);
    WIO_TRY(add_notes(copy, b, whole, options, report, err));
    return wio_table_finish(copy, log, err);
}

wio_status wio_table_balance(wio_table **out, const wio_table *table, wio_balance_block which,
                             const double *u, const double *v, const wio_balance_options *options,
                             wio_balance_report *report, wio_log *log, wio_error *err)
{
    static const wio_balance_options standard = {0};
    if (out == NULL || table == NULL || u == NULL || v == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_balance: NULL argument");
    }
    wio_table *copy = NULL;
    wio_balance_report made = {0};
    block b = {0};
    WIO_TRY(wio_table_copy(&copy, table, err));
    wio_status status = balance_copy(copy, &b, which == WIO_BALANCE_TABLE, u, v,
                                     options != NULL ? options : &standard, &made, log, err);
    free_block(&b);
    if (status != WIO_OK) {
        wio_table_free(copy);
        return status;
    }
    if (report != NULL) {
        *report = made;
    }
    *out = copy;
    return WIO_OK;
}

static wio_status date_copy(wio_table *copy, int year, const double *S, wio_log *log,
                            wio_error *err)
{
    wio_text name = {0};
    size_t missing = 0, cells = copy->k * copy->n;
    wio_text_add(&name, "%s-%d", copy->name, year);
    wio_free(copy->name);
    copy->name = NULL;
    WIO_TRY(wio_text_take(&copy->name, &name, err));
    for (size_t i = 0; i < cells; i++) {
        copy->S[i] = S != NULL ? S[i] : NAN;
        missing += isnan(copy->S[i]) ? 1 : 0;
    }
    for (size_t i = 0; i < 4 * copy->satellite_notes; i++) { /* they are on the old numbers */
        wio_free(copy->satellite_note[i]);
    }
    copy->satellite_notes = 0;
    WIO_TRY(wio_table_note(copy, err,
                           "Projected from %d to %d by totals of %d, at its prices. %zu of %zu "
                           "numbers of satellites are missing.%s",
                           copy->year, year, year, missing, cells,
                           copy->frames != 0 ? " Further files are those of the old year." : ""));
    if (isfinite(copy->household_income)) {
        WIO_TRY(wio_table_note(copy, err, "Household income (%.6g million in %d) is unknown in %d.",
                               copy->household_income, copy->year, year));
        copy->household_income = NAN;
    }
    copy->year = year;
    return wio_table_finish(copy, log, err);
}

wio_status wio_table_of_year(wio_table **out, const wio_table *table, int year, const double *S,
                             wio_log *log, wio_error *err)
{
    if (out == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_of_year: NULL argument");
    }
    if (year < 1800 || year > 2200 || year == table->year) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "a table of %d cannot become one of %d: give another year from 1800 to "
                        "2200",
                        table->year, year);
    }
    wio_table *copy = NULL;
    WIO_TRY(wio_table_copy(&copy, table, err));
    wio_status status = date_copy(copy, year, S, log, err);
    if (status != WIO_OK) {
        wio_table_free(copy);
        return status;
    }
    *out = copy;
    return WIO_OK;
}
