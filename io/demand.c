/* demand.c - a final demand from a CSV file: region,sector,demand, or sector,demand where one
 * region is endogenous. Million of the table's currency; what is not listed is 0. */
#include "columns.h"

#include <stdio.h>

enum { SECTOR, DEMAND, REGION, NAMES };

typedef struct reader {
    const wio_table *table;
    wio_columns columns;
    size_t home; /* the endogenous region when there is no such column */
    double *f;
    size_t *line; /* [n] where an activity was, 0 before */
} reader;

/* Without a column `region` one region alone may produce. */
static void find_home(reader *r)
{
    const wio_table *table = r->table;
    size_t endogenous = 0;
    for (size_t region = 0; region < table->region.count; region++) {
        if (table->endogenous[region]) {
            endogenous++;
            r->home = region;
        }
    }
    if (r->columns.at[REGION] == SIZE_MAX && endogenous != 1 && !r->columns.mistakes) {
        wio_columns_wrong(&r->columns, 0, SECTOR,
                          "the first line has to be 'region,sector,demand': %zu regions produce",
                          endogenous);
    }
}

static void read_row(reader *r, size_t row)
{
    const wio_table *table = r->table;
    wio_columns *columns = &r->columns;
    if (!wio_columns_whole(columns, row)) {
        return;
    }
    char unit[64];
    double value = 0.0;
    (void)snprintf(unit, sizeof unit, "million %s", table->currency);
    bool good = wio_columns_number(&value, columns, row, DEMAND, "demand", unit);
    size_t region = columns->at[REGION] == SIZE_MAX
                        ? r->home
                        : wio_columns_code(columns, row, REGION, "region", &table->region);
    size_t sector = wio_columns_code(columns, row, SECTOR, "sector", &table->sector);
    if (!good || region == SIZE_MAX || sector == SIZE_MAX) {
        return;
    }
    size_t j = wio_table_origin(table, region, sector);
    if (j >= table->n) {
        wio_columns_wrong(columns, row, SECTOR, "%s.%s produces nothing in this table: it is %s",
                          table->region.code[region], table->sector.code[sector],
                          j == SIZE_MAX ? "not there" : "only imported");
    } else if (wio_columns_once(&r->line[j], columns, row, SECTOR, table->region.code[region],
                                table->sector.code[sector])) {
        r->f[j] = value;
    }
}

static wio_status read_all(reader *r, wio_error *err)
{
    r->f = wio_zalloc(r->table->n, sizeof *r->f);
    r->line = wio_zalloc(r->table->n, sizeof *r->line);
    if (r->f == NULL || r->line == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "a demand for %zu activities", r->table->n);
    }
    find_home(r);
    size_t rows = r->columns.mistakes ? 0 : r->columns.csv.rows;
    for (size_t row = 1; row < rows; row++) {
        read_row(r, row);
    }
    return r->columns.mistakes ? WIO_E_FORMAT : WIO_OK;
}

wio_status wio_demand_read(double **f, const wio_table *table, const char *path, wio_log *log,
                           wio_error *err)
{
    static const char *const names[NAMES] = {"sector", "demand", "region"};
    if (f == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_demand_read: NULL argument");
    }
    reader r = {.table = table};
    wio_status status = wio_columns_open(&r.columns, path, names, NAMES, 2, log, err);
    if (status == WIO_OK) {
        status = read_all(&r, err);
    }
    wio_columns_close(&r.columns);
    wio_free(r.line);
    if (status != WIO_OK) {
        wio_free(r.f);
        return status;
    }
    *f = r.f;
    return WIO_OK;
}
