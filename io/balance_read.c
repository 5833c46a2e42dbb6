/* balance_read.c - what wassily balance is given in CSV files: totals of rows or columns with their
 * standard errors, and cells that stay. Labels decide; what is not listed keeps its total. */
#include "io.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { REGION, LABEL, TO_REGION, USER, TOTAL, SIGMA, FIELDS };

typedef struct reader {
    const wio_table *table;
    bool whole;
    const char *path;
    wio_csv csv;
    wio_log *log;
    wio_error *err;
    bool mistakes;
    size_t at[FIELDS]; /* column of a field, SIZE_MAX when it is not there */
    size_t rows, columns;
} reader;

static void wrong(reader *r, size_t row, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void wrong(reader *r, size_t row, size_t column, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t line = row < r->csv.rows ? r->csv.line[row] : 1;
    column = column == SIZE_MAX ? 0 : column;
    wio_find(r->log, WIO_ERROR, r->path, line, column + 1, "%s", message);
    wio_fail(r->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", r->path, line, column + 1, message);
    r->mistakes = true;
}

static const char *cell(const reader *r, size_t row, size_t field)
{
    size_t column = r->at[field];
    return column < r->csv.columns[row] ? r->csv.cell[r->csv.start[row] + column] : "";
}

/* Fields by their names; NULL: not allowed here. `least` of them are needed. */
static void read_header(reader *r, const char *const name[FIELDS], const char *form)
{
    for (size_t f = 0; f < FIELDS; f++) {
        r->at[f] = SIZE_MAX;
    }
    for (size_t c = 0; r->csv.rows != 0 && c < r->csv.columns[0]; c++) {
        const char *word = r->csv.cell[c];
        size_t f = 0;
        while (f < FIELDS && (name[f] == NULL || strcmp(name[f], word) != 0)) {
            f++;
        }
        if (f == FIELDS) {
            wrong(r, 0, c, "unknown column '%.80s': the first line is '%s'", word, form);
        } else if (r->at[f] != SIZE_MAX) {
            wrong(r, 0, c, "column '%s' is there twice", word);
        } else {
            r->at[f] = c;
        }
    }
    for (size_t f = 0; f < SIGMA; f++) {
        if (name[f] != NULL && r->at[f] == SIZE_MAX) {
            wrong(r, 0, 0, "column '%s' is missing: the first line is '%s'", name[f], form);
        }
    }
}

static size_t unknown(reader *r, size_t row, size_t field, const char *what, const wio_names *names)
{
    const char *code = cell(r, row, field);
    const char *nearest = wio_nearest(code, (const char *const *)names->code, names->count);
    wrong(r, row, r->at[field], "unknown %s '%.80s'%s%s%s", what, code,
          nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
          nearest != NULL ? "'?)" : "");
    return SIZE_MAX;
}

/* The row of the block that (region, sector) or an item names; SIZE_MAX, and logged. */
static size_t find_row(reader *r, size_t row, size_t region_field, size_t label_field)
{
    const wio_table *table = r->table;
    const char *region = cell(r, row, region_field), *label = cell(r, row, label_field);
    if (*region == '\0') {
        size_t item = r->whole ? wio_names_find(&table->item, label) : SIZE_MAX;
        return item != SIZE_MAX ? table->m + item
                                : unknown(r, row, label_field, "primary item", &table->item);
    }
    size_t s = wio_names_find(&table->region, region), i = wio_names_find(&table->sector, label);
    if (s == SIZE_MAX) {
        return unknown(r, row, region_field, "region", &table->region);
    }
    if (i == SIZE_MAX) {
        return unknown(r, row, label_field, "sector", &table->sector);
    }
    size_t origin = wio_table_origin(table, s, i);
    if (origin == SIZE_MAX) {
        wrong(r, row, r->at[label_field], "%s has no sector %s", region, label);
    }
    return origin;
}

static size_t find_column(reader *r, size_t row, size_t region_field, size_t label_field)
{
    const wio_table *table = r->table;
    const char *region = cell(r, row, region_field), *label = cell(r, row, label_field);
    size_t s = wio_names_find(&table->region, region);
    if (s == SIZE_MAX) {
        return unknown(r, row, region_field, "region", &table->region);
    }
    size_t j = wio_table_origin(table, s, wio_names_find(&table->sector, label));
    if (j < table->n) {
        return j;
    }
    size_t use = wio_names_find(&table->use, label);
    for (size_t c = 0; r->whole && use != SIZE_MAX && c < table->f; c++) {
        if (table->final_region[c] == s && table->final_use[c] == use) {
            return table->n + c;
        }
    }
    if (use == SIZE_MAX) {
        return unknown(r, row, label_field, "user", &table->sector);
    }
    wrong(r, row, r->at[label_field], "%s.%s is no column of %s", region, label,
          r->whole ? "this table" : "the intermediate flows");
    return SIZE_MAX;
}

static bool read_number(reader *r, double *value, size_t row, size_t field, const char *what)
{
    const char *text = cell(r, row, field);
    if (wio_parse_double(value, text, strlen(text))) {
        return true;
    }
    wrong(r, row, r->at[field], "%s is '%.40s', not a number (million %s)", what, text,
          r->table->currency);
    return false;
}

/* The totals that the table has now. */
static void present(double *total, const reader *r, bool columns)
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

static void read_totals(reader *r, double *total, double *sigma, size_t *line, bool columns)
{
    size_t listed = 0, count = columns ? r->columns : r->rows;
    for (size_t row = 1; row < r->csv.rows; row++) {
        if (r->csv.columns[row] != r->csv.columns[0]) {
            wrong(r, row, 0, "expected %zu cells as in the first line, got %zu", r->csv.columns[0],
                  r->csv.columns[row]);
            continue;
        }
        double value = 0.0, error = 0.0;
        bool good = read_number(r, &value, row, TOTAL, "total");
        if (r->at[SIGMA] != SIZE_MAX && *cell(r, row, SIGMA) != '\0') {
            good = read_number(r, &error, row, SIGMA, "sigma") && good;
        }
        size_t at = columns ? find_column(r, row, REGION, LABEL) : find_row(r, row, REGION, LABEL);
        if (at == SIZE_MAX) {
            continue;
        }
        if (line[at] != 0) {
            wrong(r, row, r->at[LABEL], "%s.%s is there twice (first at line %zu)",
                  cell(r, row, REGION), cell(r, row, LABEL), line[at]);
        } else if (error < 0.0) {
            wrong(r, row, r->at[SIGMA], "sigma is %g: a standard error is not negative", error);
        } else if (good) {
            total[at] = value;
            sigma[at] = error;
        }
        line[at] = r->csv.line[row];
        listed++;
    }
    if (listed < count) {
        wio_find(r->log, WIO_NOTE, r->path, 0, 0,
                 "%zu of %zu %s are not listed and keep their total", count - listed, count,
                 columns ? "columns" : "rows");
    }
}

static wio_status open_file(reader *r)
{
    static const size_t MAX_FILE = (size_t)1 << 30;
    char *data = NULL;
    size_t length = 0;
    r->rows = r->table->m + (r->whole ? r->table->p : 0);
    r->columns = r->table->n + (r->whole ? r->table->f : 0);
    WIO_TRY(wio_file_read(&data, &length, r->path, MAX_FILE, r->err));
    return wio_csv_parse(&r->csv, data, length, r->path, r->log, r->err);
}

wio_status wio_balance_read(double **total, double **sigma, const wio_table *table,
                            wio_balance_block block, bool columns, const char *path, wio_log *log,
                            wio_error *err)
{
    static const char *const row_names[FIELDS] = {
        [REGION] = "region", [LABEL] = "sector", [TOTAL] = "total", [SIGMA] = "sigma"};
    static const char *const column_names[FIELDS] = {
        [REGION] = "region", [LABEL] = "user", [TOTAL] = "total", [SIGMA] = "sigma"};
    if (total == NULL || sigma == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_balance_read: NULL argument");
    }
    reader r = {
        .table = table, .whole = block == WIO_BALANCE_TABLE, .path = path, .log = log, .err = err};
    WIO_TRY(open_file(&r));
    size_t count = columns ? r.columns : r.rows;
    double *t = wio_alloc(count, sizeof *t), *s = wio_zalloc(count, sizeof *s);
    size_t *line = wio_zalloc(count, sizeof *line);
    wio_status status = WIO_OK;
    if (t == NULL || s == NULL || line == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "%zu totals", count);
    } else {
        present(t, &r, columns);
        read_header(&r, columns ? column_names : row_names,
                    columns ? "region,user,total" : "region,sector,total");
        if (!r.mistakes) {
            read_totals(&r, t, s, line, columns);
        }
        status = r.mistakes ? WIO_E_FORMAT : WIO_OK;
    }
    wio_csv_clear(&r.csv);
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
    static const char *const names[FIELDS] = {
        [REGION] = "region", [LABEL] = "sector", [TO_REGION] = "to_region", [USER] = "user"};
    if (fixed == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_balance_read_fixed: NULL argument");
    }
    reader r = {
        .table = table, .whole = block == WIO_BALANCE_TABLE, .path = path, .log = log, .err = err};
    WIO_TRY(open_file(&r));
    size_t cells;
    bool *f = NULL;
    wio_status status = WIO_OK;
    if (__builtin_mul_overflow(r.rows, r.columns, &cells) ||
        (f = wio_zalloc(cells, sizeof *f)) == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "%zu x %zu cells", r.rows, r.columns);
    } else {
        read_header(&r, names, "region,sector,to_region,user");
        for (size_t row = 1; !r.mistakes && row < r.csv.rows; row++) {
            size_t i = find_row(&r, row, REGION, LABEL);
            size_t j = find_column(&r, row, TO_REGION, USER);
            if (i != SIZE_MAX && j != SIZE_MAX) {
                f[i * r.columns + j] = true;
            }
        }
        status = r.mistakes ? WIO_E_FORMAT : WIO_OK;
    }
    wio_csv_clear(&r.csv);
    if (status != WIO_OK) {
        wio_free(f);
        return status;
    }
    *fixed = f;
    return WIO_OK;
}
