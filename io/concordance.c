/* concordance.c - a concordance from a CSV file: from, to and optionally weight. The names of the
 * first two columns are free (they often say which classifications they hold). */
#include "io.h"

#include <stdio.h>
#include <string.h>

void wio_concordance_free(wio_concordance *concordance)
{
    if (concordance == NULL) {
        return;
    }
    for (size_t i = 0; i < concordance->count; i++) {
        wio_free(concordance->from != NULL ? concordance->from[i] : NULL);
        wio_free(concordance->to != NULL ? concordance->to[i] : NULL);
    }
    wio_free(concordance->from);
    wio_free(concordance->to);
    wio_free(concordance->weight);
    wio_free(concordance);
}

typedef struct reader {
    const char *path;
    const wio_csv *csv;
    wio_log *log;
    wio_error *err;
    bool mistakes;
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
    size_t line = row < r->csv->rows ? r->csv->line[row] : 1;
    wio_find(r->log, WIO_ERROR, r->path, line, column + 1, "%s", message);
    wio_fail(r->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", r->path, line, column + 1, message);
    r->mistakes = true;
}

static wio_status read_row(wio_concordance *c, reader *r, size_t row)
{
    char *const *cell = r->csv->cell + r->csv->start[row];
    double weight = 1.0;
    if (r->csv->columns[row] != r->csv->columns[0]) {
        wrong(r, row, 0, "expected %zu cells as in the first line, got %zu", r->csv->columns[0],
              r->csv->columns[row]);
        return WIO_OK;
    }
    for (size_t k = 0; k < 2; k++) {
        if (*cell[k] == '\0') {
            wrong(r, row, k, "the code is empty");
        }
    }
    if (r->csv->columns[0] == 3 && !wio_parse_double(&weight, cell[2], strlen(cell[2]))) {
        wrong(r, row, 2, "weight is '%.40s', not a number", cell[2]);
    } else if (weight < 0.0) {
        wrong(r, row, 2, "weight is %s: a share is not negative", cell[2]);
    }
    size_t at = c->count;
    c->from[at] = wio_strdup(cell[0]);
    c->to[at] = wio_strdup(cell[1]);
    c->weight[at] = weight;
    c->count++;
    return c->from[at] != NULL && c->to[at] != NULL
               ? WIO_OK
               : wio_fail(r->err, WIO_E_MEMORY, "a code of %s", r->path);
}

static wio_status read_all(wio_concordance *c, reader *r)
{
    const wio_csv *csv = r->csv;
    c->from = wio_zalloc(csv->rows, sizeof *c->from);
    c->to = wio_zalloc(csv->rows, sizeof *c->to);
    c->weight = wio_alloc(csv->rows, sizeof *c->weight);
    if (c->from == NULL || c->to == NULL || c->weight == NULL) {
        return wio_fail(r->err, WIO_E_MEMORY, "%s: %zu lines", r->path, csv->rows);
    }
    size_t columns = csv->rows != 0 ? csv->columns[0] : 0;
    if ((columns != 2 && columns != 3) || (columns == 3 && strcmp(csv->cell[2], "weight") != 0)) {
        wrong(r, 0, 0, "the first line has to be 'from,to' or 'from,to,weight'");
        return WIO_E_FORMAT;
    }
    for (size_t row = 1; row < csv->rows; row++) {
        WIO_TRY(read_row(c, r, row));
    }
    return r->mistakes ? WIO_E_FORMAT : WIO_OK;
}

wio_status wio_concordance_read(wio_concordance **out, const char *path, wio_log *log,
                                wio_error *err)
{
    static const size_t MAX_FILE = (size_t)1 << 28;
    if (out == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_concordance_read: NULL argument");
    }
    char *data = NULL;
    size_t length = 0;
    wio_csv csv;
    WIO_TRY(wio_file_read(&data, &length, path, MAX_FILE, err));
    WIO_TRY(wio_csv_parse(&csv, data, length, path, log, err));
    reader r = {.path = path, .csv = &csv, .log = log, .err = err};
    wio_concordance *c = wio_zalloc(1, sizeof *c);
    wio_status status = c != NULL ? read_all(c, &r) : wio_fail(err, WIO_E_MEMORY, "a concordance");
    wio_csv_clear(&csv);
    if (status != WIO_OK) {
        wio_concordance_free(c);
        return status;
    }
    *out = c;
    return WIO_OK;
}
