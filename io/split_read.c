/* split_read.c - which sector or region becomes which, with shares of output, inputs, satellites. */
#include "columns.h"

enum { FROM, TO, WEIGHT, INPUTS, SATELLITES, NAMES };

void wio_split_free(wio_split *split)
{
    if (split == NULL) {
        return;
    }
    for (size_t i = 0; i < split->count; i++) {
        wio_free(split->from != NULL ? split->from[i] : NULL);
        wio_free(split->to != NULL ? split->to[i] : NULL);
    }
    wio_free(split->from);
    wio_free(split->to);
    wio_free(split->weight);
    wio_free(split->inputs);
    wio_free(split->satellites);
    wio_free(split->line);
    wio_free(split->path);
    wio_free(split);
}

static void read_share(double *share, wio_columns *columns, size_t row, size_t name,
                       const char *what)
{
    if (wio_columns_number(share, columns, row, name, what, NULL) && *share < 0.0) {
        wio_columns_wrong(columns, row, name, "%s is %s: a share is not negative", what,
                          wio_columns_cell(columns, row, name));
    }
}

static wio_status read_row(wio_split *split, wio_columns *columns, size_t row)
{
    if (!wio_columns_whole(columns, row)) {
        return WIO_OK;
    }
    for (size_t k = FROM; k <= TO; k++) {
        if (*wio_columns_cell(columns, row, k) == '\0') {
            wio_columns_wrong(columns, row, k, "the code is empty");
        }
    }
    size_t at = split->count++;
    read_share(&split->weight[at], columns, row, WEIGHT, "weight");
    if (split->inputs != NULL) {
        read_share(&split->inputs[at], columns, row, INPUTS, "inputs");
    }
    if (split->satellites != NULL) {
        read_share(&split->satellites[at], columns, row, SATELLITES, "satellites");
    }
    split->line[at] = columns->csv.line[row];
    split->from[at] = wio_strdup(wio_columns_cell(columns, row, FROM));
    split->to[at] = wio_strdup(wio_columns_cell(columns, row, TO));
    return split->from[at] != NULL && split->to[at] != NULL
               ? WIO_OK
               : wio_fail(columns->err, WIO_E_MEMORY, "a line of %s", columns->path);
}

static wio_status read_all(wio_split *split, wio_columns *columns)
{
    size_t rows = columns->csv.rows;
    bool inputs = columns->at[INPUTS] != SIZE_MAX, satellites = columns->at[SATELLITES] != SIZE_MAX;
    split->from = wio_zalloc(rows, sizeof *split->from);
    split->to = wio_zalloc(rows, sizeof *split->to);
    split->weight = wio_zalloc(rows, sizeof *split->weight);
    split->inputs = inputs ? wio_zalloc(rows, sizeof *split->inputs) : NULL;
    split->satellites = satellites ? wio_zalloc(rows, sizeof *split->satellites) : NULL;
    split->line = wio_zalloc(rows, sizeof *split->line);
    split->path = wio_strdup(columns->path);
    if (split->from == NULL || split->to == NULL || split->weight == NULL || split->line == NULL ||
        split->path == NULL || (inputs && split->inputs == NULL) ||
        (satellites && split->satellites == NULL)) {
        return wio_fail(columns->err, WIO_E_MEMORY, "%s: %zu lines", columns->path, rows);
    }
    rows = columns->mistakes ? 0 : rows;
    for (size_t row = 1; row < rows; row++) {
        WIO_TRY(read_row(split, columns, row));
    }
    return columns->mistakes ? WIO_E_FORMAT : WIO_OK;
}

wio_status wio_split_read(wio_split **out, const char *path, wio_log *log, wio_error *err)
{
    static const char *const names[NAMES] = {"from", "to", "weight", "inputs", "satellites"};
    if (out == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_split_read: NULL argument");
    }
    wio_columns columns;
    wio_split *split = NULL;
    wio_status status = wio_columns_open(&columns, path, names, NAMES, 3, log, err);
    if (status == WIO_OK) {
        split = wio_zalloc(1, sizeof *split);
        status = split != NULL ? read_all(split, &columns) : wio_fail(err, WIO_E_MEMORY, "shares");
    }
    wio_columns_close(&columns);
    if (status != WIO_OK) {
        wio_split_free(split);
        return status;
    }
    *out = split;
    return WIO_OK;
}
