/* demand.c - a final demand from a CSV file: region,sector,demand, or sector,demand where one
 * region is endogenous. Million of the table's currency; what is not listed is 0. */
#include "io.h"

#include <stdio.h>
#include <string.h>

static const size_t MAX_FILE = (size_t)1 << 30;

typedef struct reader {
    const wio_table *table;
    const char *path;
    wio_csv csv;
    wio_log *log;
    wio_error *err;
    bool mistakes;
    size_t region, sector, demand; /* columns; region may be SIZE_MAX */
    size_t home;                   /* the endogenous region when there is no such column */
    double *f;
    size_t *line; /* [n] where an activity was, 0 before */
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
    wio_find(r->log, WIO_ERROR, r->path, line, column + 1, "%s", message);
    wio_fail(r->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", r->path, line, column + 1, message);
    r->mistakes = true;
}

static const char *cell(const reader *r, size_t row, size_t column)
{
    return column < r->csv.columns[row] ? r->csv.cell[r->csv.start[row] + column] : "";
}

static void unknown(reader *r, size_t row, size_t column, const char *what, const wio_names *names)
{
    const char *code = cell(r, row, column);
    const char *nearest = wio_nearest(code, (const char *const *)names->code, names->count);
    wrong(r, row, column, "unknown %s '%.80s'%s%s%s", what, code,
          nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
          nearest != NULL ? "'?)" : "");
}

/* Which column is which; false, and logged, when one is missing or not known. */
static bool read_header(reader *r)
{
    static const char *const names[] = {"region", "sector", "demand"};
    size_t *const at[] = {&r->region, &r->sector, &r->demand};
    r->region = r->sector = r->demand = SIZE_MAX;
    if (r->csv.rows == 0) {
        wrong(r, 0, 0, "the file is empty");
        return false;
    }
    for (size_t c = 0; c < r->csv.columns[0]; c++) {
        size_t i = 0;
        while (i < 3 && strcmp(names[i], cell(r, 0, c)) != 0) {
            i++;
        }
        if (i == 3) {
            const char *nearest = wio_nearest(cell(r, 0, c), names, 3);
            wrong(r, 0, c, "unknown column '%.80s'%s%s%s", cell(r, 0, c),
                  nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                  nearest != NULL ? "'?)" : "");
        } else if (*at[i] != SIZE_MAX) {
            wrong(r, 0, c, "column '%s' is there twice", names[i]);
        } else {
            *at[i] = c;
        }
    }
    const wio_table *table = r->table;
    size_t endogenous = 0;
    for (size_t region = 0; region < table->region.count; region++) {
        if (table->endogenous[region]) {
            endogenous++;
            r->home = region;
        }
    }
    if (r->sector == SIZE_MAX || r->demand == SIZE_MAX ||
        (r->region == SIZE_MAX && endogenous != 1)) {
        wrong(r, 0, 0, "the first line has to be '%ssector,demand'",
              endogenous != 1 ? "region," : "");
    }
    return !r->mistakes;
}

static void read_row(reader *r, size_t row)
{
    const wio_table *table = r->table;
    size_t region = r->home, sector = wio_names_find(&table->sector, cell(r, row, r->sector));
    double value = 0.0;
    if (r->csv.columns[row] != r->csv.columns[0]) {
        wrong(r, row, 0, "expected %zu cells as in the first line, got %zu", r->csv.columns[0],
              r->csv.columns[row]);
        return;
    }
    const char *number = cell(r, row, r->demand);
    bool good = wio_parse_double(&value, number, strlen(number));
    if (!good) {
        wrong(r, row, r->demand, "demand is '%.40s', not a number (million %s)", number,
              table->currency);
    }
    if (r->region != SIZE_MAX) {
        region = wio_names_find(&table->region, cell(r, row, r->region));
    }
    if (region == SIZE_MAX) {
        unknown(r, row, r->region, "region", &table->region);
        return;
    }
    if (sector == SIZE_MAX) {
        unknown(r, row, r->sector, "sector", &table->sector);
        return;
    }
    size_t j = wio_table_origin(table, region, sector);
    if (j >= table->n) {
        wrong(r, row, r->sector, "%s.%s produces nothing in this table: it is %s",
              table->region.code[region], table->sector.code[sector],
              j == SIZE_MAX ? "not there" : "only imported");
    } else if (r->line[j] != 0) {
        wrong(r, row, r->sector, "%s.%s is there twice (first at line %zu)",
              table->region.code[region], table->sector.code[sector], r->line[j]);
    } else {
        r->line[j] = r->csv.line[row];
        r->f[j] = value;
    }
}

static wio_status read_all(reader *r)
{
    r->f = wio_zalloc(r->table->n, sizeof *r->f);
    r->line = wio_zalloc(r->table->n, sizeof *r->line);
    if (r->f == NULL || r->line == NULL) {
        return wio_fail(r->err, WIO_E_MEMORY, "a demand for %zu activities", r->table->n);
    }
    if (read_header(r)) {
        for (size_t row = 1; row < r->csv.rows; row++) {
            read_row(r, row);
        }
    }
    return r->mistakes ? WIO_E_FORMAT : WIO_OK;
}

wio_status wio_demand_read(double **f, const wio_table *table, const char *path, wio_log *log,
                           wio_error *err)
{
    if (f == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_demand_read: NULL argument");
    }
    char *data = NULL;
    size_t length = 0;
    WIO_TRY(wio_file_read(&data, &length, path, MAX_FILE, err));
    reader r = {.table = table, .path = path, .log = log, .err = err};
    WIO_TRY(wio_csv_parse(&r.csv, data, length, path, log, err));
    wio_status status = read_all(&r);
    wio_csv_clear(&r.csv);
    wio_free(r.line);
    if (status != WIO_OK) {
        wio_free(r.f);
        return status;
    }
    *f = r.f;
    return WIO_OK;
}
