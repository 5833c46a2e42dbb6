/* balance_read.c - what wassily balance is given in CSV files: totals of rows or columns with their
 * standard errors, cells that stay, and satellites of another year. Labels decide; what is not
 * listed keeps its total. */
#include "table_lines.h"

#include <math.h>
#include <stdio.h>

enum { REGION, LABEL, TOTAL, SIGMA, YEAR, TOTALS }; /* of a file of totals */
enum { TO_REGION = LABEL + 1, USER, FIXED };        /* of cells, after the first two */
enum { ACCOUNT = LABEL + 1, VALUE, ACCOUNTS };      /* of satellites, after the first two */

/* The totals that the table has now. */
static void present(double *total, const wio_lines *r, bool columns)
{
    const wio_table *table = r->table;
    for (size_t i = 0; !columns && i < r->rows; i++) {
        bool origin = i < table->m;
        const double *row = origin ? table->Z + i * table->n : table->P + (i - table->m) * table->n;
        total[i] = wio_sum(row, table->n, 1) +
                   (origin && r->whole ? wio_sum(table->Y + i * table->f, table->f, 1) : 0.0);
    }
    for (size_t j = 0; columns && j < r->columns; j++) {
        total[j] = j < table->n ? wio_sum(table->Z + j, table->m, table->n) +
                                      (r->whole ? wio_sum(table->P + j, table->p, table->n) : 0.0)
                                : wio_sum(table->Y + (j - table->n), table->m, table->f);
    }
}

static void read_total(wio_lines *r, double *total, double *sigma, size_t row, size_t *line,
                       size_t at)
{
    wio_columns *file = &r->file;
    double value = 0.0, error = 0.0;
    char unit[64];
    (void)snprintf(unit, sizeof unit, "million %s", r->table->currency);
    bool good = wio_columns_number(&value, file, row, TOTAL, "total", unit);
    if (*wio_columns_cell(file, row, SIGMA) != '\0') {
        good = wio_columns_number(&error, file, row, SIGMA, "sigma", unit) && good;
    }
    if (at == SIZE_MAX ||
        !wio_columns_once(&line[at], file, row, LABEL, wio_columns_cell(file, row, REGION),
                          wio_columns_cell(file, row, LABEL))) {
        return;
    }
    if (error < 0.0) {
        wio_columns_wrong(file, row, SIGMA, "sigma is %g: a standard error is not negative", error);
    } else if (good) {
        total[at] = value;
        sigma[at] = error;
    }
}

/* Whether the line is of the year that is asked for; a file without years is of any. */
static bool of_year(wio_lines *r, size_t row)
{
    double year = 0.0;
    if (r->file.at[YEAR] == SIZE_MAX) {
        return true;
    }
    if (!wio_columns_number(&year, &r->file, row, YEAR, "year", NULL)) {
        return false;
    }
    return year == r->year;
}

/* A file with years needs one to be chosen, and has to have it. */
static bool year_chosen(wio_lines *r)
{
    if (r->file.at[YEAR] == SIZE_MAX) {
        return true;
    }
    if (r->year == 0) {
        wio_columns_wrong(&r->file, 0, YEAR, "the file has totals by year: say which year");
        return false;
    }
    bool mistakes = false, found = false;
    for (size_t row = 1; row < r->file.csv.rows && !found && !mistakes; row++) {
        found = of_year(r, row);
        mistakes = r->file.mistakes;
    }
    if (!found && !mistakes) {
        wio_columns_wrong(&r->file, 0, YEAR, "the file has no totals of %d", r->year);
    }
    return found;
}

static void read_totals(wio_lines *r, double *total, double *sigma, size_t *line, bool columns)
{
    size_t listed = 0, count = columns ? r->columns : r->rows;
    size_t rows = year_chosen(r) ? r->file.csv.rows : 0;
    for (size_t row = 1; row < rows; row++) {
        if (wio_columns_whole(&r->file, row) && of_year(r, row)) {
            size_t at = columns ? wio_lines_column(r, row, REGION, LABEL)
                                : wio_lines_row(r, row, REGION, LABEL);
            read_total(r, total, sigma, row, line, at);
        }
    }
    for (size_t i = 0; i < count; i++) {
        listed += line[i] != 0 ? 1 : 0;
    }
    if (listed < count) {
        wio_find(r->file.log, WIO_NOTE, r->file.path, 0, 0,
                 "%zu of %zu %s are not listed and keep their total", count - listed, count,
                 columns ? "columns" : "rows");
    }
}

wio_status wio_balance_read(double **total, double **sigma, const wio_table *table,
                            wio_balance_block block, bool columns, const char *path, int year,
                            wio_log *log, wio_error *err)
{
    if (total == NULL || sigma == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_balance_read: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    const char *const names[TOTALS] = {"region", columns ? "user" : "sector", "total", "sigma",
                                       "year"};
    wio_lines r = wio_lines_of(table, block, year);
    size_t count = columns ? r.columns : r.rows;
    double *t = wio_alloc(count, sizeof *t), *s = wio_zalloc(count, sizeof *s);
    size_t *line = wio_zalloc(count, sizeof *line);
    wio_status status = wio_columns_open(&r.file, path, names, TOTALS, SIGMA, log, err);
    if (status == WIO_OK && (t == NULL || s == NULL || line == NULL)) {
        status = wio_fail(err, WIO_E_MEMORY, "%zu totals", count);
    } else if (status == WIO_OK) {
        present(t, &r, columns);
        if (!r.file.mistakes) {
            read_totals(&r, t, s, line, columns);
        }
        status = r.file.mistakes ? WIO_E_FORMAT : WIO_OK;
    }
    wio_columns_close(&r.file);
    wio_free(line);
    if (status != WIO_OK) {
        wio_free(t);
        wio_free(s);
        return status;
    }
    *total = t;
    *sigma = s;
    return WIO_OK;
}

wio_status wio_balance_read_fixed(bool **fixed, const wio_table *table, wio_balance_block block,
                                  const char *path, wio_log *log, wio_error *err)
{
    static const char *const names[FIXED] = {"region", "sector", "to_region", "user"};
    if (fixed == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_balance_read_fixed: NULL argument");
    }
    wio_lines r = wio_lines_of(table, block, 0);
    size_t cells;
    bool *f = NULL;
    wio_status status = wio_columns_open(&r.file, path, names, FIXED, FIXED, log, err);
    if (status == WIO_OK && (__builtin_mul_overflow(r.rows, r.columns, &cells) ||
                             (f = wio_zalloc(cells, sizeof *f)) == NULL)) {
        status = wio_fail(err, WIO_E_MEMORY, "%zu x %zu cells", r.rows, r.columns);
    } else if (status == WIO_OK) {
        size_t rows = r.file.mistakes ? 0 : r.file.csv.rows;
        for (size_t row = 1; row < rows; row++) {
            if (!wio_columns_whole(&r.file, row)) {
                continue;
            }
            size_t i = wio_lines_row(&r, row, REGION, LABEL);
            size_t j = wio_lines_column(&r, row, TO_REGION, USER);
            if (i != SIZE_MAX && j != SIZE_MAX) {
                f[i * r.columns + j] = true;
            }
        }
        status = r.file.mistakes ? WIO_E_FORMAT : WIO_OK;
    }
    wio_columns_close(&r.file);
    if (status != WIO_OK) {
        wio_free(f);
        return status;
    }
    *fixed = f;
    return WIO_OK;
}

static void read_account(double *S, size_t *line, wio_lines *r, size_t row)
{
    const wio_table *table = r->table;
    double value = 0.0;
    size_t k = wio_columns_code(&r->file, row, ACCOUNT, "account", &table->account);
    size_t j = wio_lines_row(r, row, REGION, LABEL);
    bool good = wio_columns_number(&value, &r->file, row, VALUE, "value",
                                   k != SIZE_MAX ? table->account_unit[k] : NULL);
    if (k == SIZE_MAX || j == SIZE_MAX) {
        return;
    }
    if (j >= table->n) {
        wio_columns_wrong(&r->file, row, REGION, "%s does not produce in this table",
                          wio_columns_cell(&r->file, row, REGION));
    } else if (wio_columns_once(&line[k * table->n + j], &r->file, row, LABEL,
                                wio_columns_cell(&r->file, row, REGION),
                                wio_columns_cell(&r->file, row, LABEL)) &&
               good) {
        S[k * table->n + j] = value;
    }
}

wio_status wio_accounts_read(double **S, const wio_table *table, const char *path, wio_log *log,
                             wio_error *err)
{
    static const char *const names[ACCOUNTS] = {"region", "sector", "account", "value"};
    if (S == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_accounts_read: NULL argument");
    }
    wio_lines r = wio_lines_of(table, WIO_BALANCE_FLOWS, 0);
    size_t cells = table->k * table->n;
    double *read = wio_alloc(cells, sizeof *read);
    size_t *line = wio_zalloc(cells, sizeof *line);
    wio_status status = wio_columns_open(&r.file, path, names, ACCOUNTS, ACCOUNTS, log, err);
    if (status == WIO_OK && (read == NULL || line == NULL)) {
        status = wio_fail(err, WIO_E_MEMORY, "%zu accounts of %zu activities", table->k, table->n);
    } else if (status == WIO_OK) {
        for (size_t i = 0; i < cells; i++) {
            read[i] = NAN;
        }
        for (size_t row = 1, rows = r.file.mistakes ? 0 : r.file.csv.rows; row < rows; row++) {
            if (wio_columns_whole(&r.file, row)) {
                read_account(read, line, &r, row);
            }
        }
        status = r.file.mistakes ? WIO_E_FORMAT : WIO_OK;
    }
    wio_columns_close(&r.file);
    wio_free(line);
    if (status != WIO_OK) {
        wio_free(read);
        return status;
    }
    *S = read;
    return WIO_OK;
}
