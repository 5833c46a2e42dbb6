/* jobs.c - jobs by sector of a region, from a CSV file: sector,jobs. Every sector has to be there. */
#include "columns.h"

enum { SECTOR, JOBS, NAMES };

/* Jobs by sector alone are those of a nation; every sector of every region would be asked for. */
static wio_status check_nation(const wio_table *table, wio_error *err)
{
    size_t producing = 0;
    for (size_t r = 0; r < table->region.count; r++) {
        producing += table->endogenous[r];
    }
    return producing == 1 ? WIO_OK
                          : wio_fail(err, WIO_E_TABLE,
                                     "%s has %zu regions with production: jobs by sector need a "
                                     "national table (wassily carve makes one)",
                                     table->name, producing);
}

/* The activity of a sector in the one endogenous region, SIZE_MAX where it has no output. */
static size_t find_activity(const wio_table *table, size_t sector)
{
    size_t at = SIZE_MAX;
    for (size_t j = 0; j < table->n; j++) {
        at = table->origin_sector[j] == sector ? j : at;
    }
    return at;
}

static void read_row(double *jobs, size_t *line, const wio_table *table, wio_columns *columns,
                     size_t row)
{
    double value = 0.0;
    if (!wio_columns_whole(columns, row)) {
        return;
    }
    bool good = wio_columns_number(&value, columns, row, JOBS, "jobs", "persons");
    size_t sector = wio_columns_code(columns, row, SECTOR, "sector", &table->sector);
    if (sector == SIZE_MAX) {
        return;
    }
    const char *code = table->sector.code[sector];
    size_t j = find_activity(table, sector);
    if (j == SIZE_MAX) {
        wio_columns_wrong(columns, row, SECTOR, "%s produces nothing in this table", code);
    } else if (wio_columns_once(&line[j], columns, row, SECTOR, NULL, code) && good) {
        jobs[j] = value;
    }
}

static wio_status read_all(double *jobs, size_t *line, const wio_table *table, wio_columns *columns)
{
    size_t rows = columns->mistakes ? 0 : columns->csv.rows;
    for (size_t row = 1; row < rows; row++) {
        read_row(jobs, line, table, columns, row);
    }
    for (size_t j = 0; j < table->n && rows != 0; j++) {
        if (line[j] == 0) {
            wio_columns_wrong(columns, 0, SECTOR, "no line for sector '%.80s'",
                              table->sector.code[table->origin_sector[j]]);
        }
    }
    return columns->mistakes ? WIO_E_FORMAT : WIO_OK;
}

wio_status wio_jobs_read(double **jobs, const wio_table *table, const char *path, wio_log *log,
                         wio_error *err)
{
    static const char *const names[NAMES] = {"sector", "jobs"};
    if (jobs == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_jobs_read: NULL argument");
    }
    WIO_TRY(check_nation(table, err));
    wio_columns columns;
    double *read = wio_zalloc(table->n, sizeof *read);
    size_t *line = wio_zalloc(table->n, sizeof *line);
    wio_status status = wio_columns_open(&columns, path, names, NAMES, NAMES, log, err);
    if (status == WIO_OK) {
        status = read != NULL && line != NULL
                     ? read_all(read, line, table, &columns)
                     : wio_fail(err, WIO_E_MEMORY, "jobs of %zu sectors", table->n);
    }
    wio_columns_close(&columns);
    wio_free(line);
    if (status != WIO_OK) {
        wio_free(read);
        return status;
    }
    *jobs = read;
    return WIO_OK;
}
