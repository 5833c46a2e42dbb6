/* concordance.c - a concordance from a CSV file: from, to and optionally weight. The names of the
 * first two columns are free (they often say which classifications they hold). */
#include "columns.h"

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
    wio_free(concordance->line);
    wio_free(concordance->path);
    wio_free(concordance);
}

enum { FROM, TO, WEIGHT };

static wio_status read_row(wio_concordance *c, wio_columns *columns, size_t row)
{
    double weight = 1.0;
    if (!wio_columns_whole(columns, row)) {
        return WIO_OK;
    }
    for (size_t k = FROM; k <= TO; k++) {
        if (*wio_columns_cell(columns, row, k) == '\0') {
            wio_columns_wrong(columns, row, k, "the code is empty");
        }
    }
    if (columns->at[WEIGHT] != SIZE_MAX &&
        wio_columns_number(&weight, columns, row, WEIGHT, "weight", NULL) && weight < 0.0) {
        wio_columns_wrong(columns, row, WEIGHT, "weight is %s: a share is not negative",
                          wio_columns_cell(columns, row, WEIGHT));
    }
    size_t at = c->count++;
    c->from[at] = wio_strdup(wio_columns_cell(columns, row, FROM));
    c->to[at] = wio_strdup(wio_columns_cell(columns, row, TO));
    c->weight[at] = weight;
    c->line[at] = columns->csv.line[row];
    return c->from[at] != NULL && c->to[at] != NULL
               ? WIO_OK
               : wio_fail(columns->err, WIO_E_MEMORY, "a code of %s", columns->path);
}

/* Two columns, whatever they are called, or three, of which the last is `weight`. */
static void find_columns(wio_columns *columns)
{
    const wio_csv *csv = &columns->csv;
    size_t count = csv->rows != 0 ? csv->columns[0] : 0;
    columns->at[FROM] = 0;
    columns->at[TO] = 1;
    if (count == 3 && strcmp(csv->cell[2], "weight") == 0) {
        columns->at[WEIGHT] = 2;
    } else if (count != 2 && !columns->mistakes) {
        wio_columns_wrong(columns, 0, FROM,
                          "the first line has to be 'from,to' or 'from,to,weight'");
    }
}

static wio_status read_all(wio_concordance *c, wio_columns *columns)
{
    size_t rows = columns->csv.rows;
    c->from = wio_zalloc(rows, sizeof *c->from);
    c->to = wio_zalloc(rows, sizeof *c->to);
    c->weight = wio_alloc(rows, sizeof *c->weight);
    c->line = wio_alloc(rows, sizeof *c->line);
    c->path = wio_strdup(columns->path);
    if (c->from == NULL || c->to == NULL || c->weight == NULL || c->line == NULL ||
        c->path == NULL) {
        return wio_fail(columns->err, WIO_E_MEMORY, "%s: %zu lines", columns->path, rows);
    }
    find_columns(columns);
    rows = columns->mistakes ? 0 : rows;
    for (size_t row = 1; row < rows; row++) {
        WIO_TRY(read_row(c, columns, row));
    }
    return columns->mistakes ? WIO_E_FORMAT : WIO_OK;
}

wio_status wio_concordance_read(wio_concordance **out, const char *path, wio_log *log,
                                wio_error *err)
{
    if (out == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_concordance_read: NULL argument");
    }
    wio_columns columns;
    wio_concordance *c = NULL;
    wio_status status = wio_columns_read(&columns, path, log, err);
    if (status == WIO_OK) {
        c = wio_zalloc(1, sizeof *c);
        status = c != NULL ? read_all(c, &columns) : wio_fail(err, WIO_E_MEMORY, "a concordance");
    }
    wio_columns_close(&columns);
    if (status != WIO_OK) {
        wio_concordance_free(c);
        return status;
    }
    *out = c;
    return WIO_OK;
}
