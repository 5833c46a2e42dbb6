/* jobs.c - jobs by sector of a region, from a CSV file: sector,jobs. Every sector has to be there. */
#include "io.h"

#include <string.h>

static wio_status wrong(wio_log *log, wio_error *err, const char *path, size_t line, size_t column,
                        const char *what, const char *value)
{
    wio_find(log, WIO_ERROR, path, line, column, "%s '%.80s'", what, value);
    return wio_fail(err, WIO_E_FORMAT, "%s:%zu:%zu: %s '%.80s'", path, line, column, what, value);
}

static wio_status read_rows(double *jobs, size_t *line, const wio_table *table, const wio_csv *csv,
                            const char *path, wio_log *log, wio_error *err)
{
    if (csv->rows == 0 || csv->columns[0] != 2 || strcmp(csv->cell[0], "sector") != 0 ||
        strcmp(csv->cell[1], "jobs") != 0) {
        return wrong(log, err, path, 1, 1, "the first line has to be", "sector,jobs");
    }
    wio_status status = WIO_OK;
    for (size_t row = 1; row < csv->rows; row++) {
        char *const *cell = csv->cell + csv->start[row];
        size_t at = SIZE_MAX, sector = wio_names_find(&table->sector, cell[0]);
        for (size_t j = 0; j < table->n && sector != SIZE_MAX; j++) {
            at = table->origin_sector[j] == sector ? j : at;
        }
        if (at == SIZE_MAX) {
            status = wrong(log, err, path, csv->line[row], 1, "no sector with output is called",
                           cell[0]);
        } else if (line[at] != 0) {
            status = wrong(log, err, path, csv->line[row], 1, "there twice:", cell[0]);
        } else if (csv->columns[row] != 2 ||
                   !wio_parse_double(&jobs[at], cell[1], strlen(cell[1]))) {
            status = wrong(log, err, path, csv->line[row], 2,
                           "jobs are not a number:", csv->columns[row] > 1 ? cell[1] : "");
        }
        if (at != SIZE_MAX) {
            line[at] = csv->line[row];
        }
    }
    for (size_t j = 0; j < table->n && status == WIO_OK; j++) {
        if (line[j] == 0) {
            status = wrong(log, err, path, 1, 1, "no line for sector",
                           table->sector.code[table->origin_sector[j]]);
        }
    }
    return status;
}

wio_status wio_jobs_read(double **jobs, const wio_table *table, const char *path, wio_log *log,
                         wio_error *err)
{
    static const size_t MAX_FILE = (size_t)1 << 28;
    if (jobs == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_jobs_read: NULL argument");
    }
    char *data = NULL;
    size_t length = 0;
    wio_csv csv;
    WIO_TRY(wio_file_read(&data, &length, path, MAX_FILE, err));
    WIO_TRY(wio_csv_parse(&csv, data, length, path, log, err));
    double *read = wio_zalloc(table->n, sizeof *read);
    size_t *line = wio_zalloc(table->n, sizeof *line);
    wio_status status = read != NULL && line != NULL
                            ? read_rows(read, line, table, &csv, path, log, err)
                            : wio_fail(err, WIO_E_MEMORY, "jobs of %zu sectors", table->n);
    wio_csv_clear(&csv);
    wio_free(line);
    if (status != WIO_OK) {
        wio_free(read);
        return status;
    }
    *jobs = read;
    return WIO_OK;
}
