/* trade_read.c - trade by product and partner, from a CSV file: sector,partner,value and optionally
 * use; or between regions: sector,seller,value,buyer. Whether a code is known is for the table to
 * say. */
#include "columns.h"

enum { SECTOR, PARTNER, VALUE, USE, NAMES };      /* with one table */
enum { BUYER = USE, BETWEEN_USE, BETWEEN_NAMES }; /* between regions: PARTNER is the seller */

void wio_trade_free(wio_trade *trade)
{
    if (trade == NULL) {
        return;
    }
    for (size_t i = 0; i < trade->count; i++) {
        wio_free(trade->sector != NULL ? trade->sector[i] : NULL);
        wio_free(trade->partner != NULL ? trade->partner[i] : NULL);
        wio_free(trade->use != NULL ? trade->use[i] : NULL);
        wio_free(trade->buyer != NULL ? trade->buyer[i] : NULL);
    }
    wio_free(trade->sector);
    wio_free(trade->partner);
    wio_free(trade->use);
    wio_free(trade->buyer);
    wio_free(trade->value);
    wio_free(trade->line);
    wio_free(trade->path);
    wio_free(trade);
}

static wio_status read_row(wio_trade *trade, wio_columns *columns, size_t row)
{
    double value = 0.0;
    if (!wio_columns_whole(columns, row)) {
        return WIO_OK;
    }
    const bool between = trade->buyer != NULL;
    for (size_t k = SECTOR; k <= (between ? BUYER : PARTNER); k++) {
        if (k != VALUE && *wio_columns_cell(columns, row, k) == '\0') {
            wio_columns_wrong(columns, row, k, "the code is empty");
        }
    }
    if (wio_columns_number(&value, columns, row, VALUE, "value", "million") && value < 0.0) {
        wio_columns_wrong(columns, row, VALUE, "value is %s: trade is not negative",
                          wio_columns_cell(columns, row, VALUE));
    }
    size_t at = trade->count++;
    trade->sector[at] = wio_strdup(wio_columns_cell(columns, row, SECTOR));
    trade->partner[at] = wio_strdup(wio_columns_cell(columns, row, PARTNER));
    trade->use[at] = wio_strdup(wio_columns_cell(columns, row, between ? BETWEEN_USE : USE));
    if (between) {
        trade->buyer[at] = wio_strdup(wio_columns_cell(columns, row, BUYER));
    }
    trade->value[at] = value;
    trade->line[at] = columns->csv.line[row];
    return trade->sector[at] != NULL && trade->partner[at] != NULL && trade->use[at] != NULL &&
                   (!between || trade->buyer[at] != NULL)
               ? WIO_OK
               : wio_fail(columns->err, WIO_E_MEMORY, "a line of %s", columns->path);
}

static wio_status read_all(wio_trade *trade, wio_columns *columns, bool between)
{
    size_t rows = columns->csv.rows;
    trade->sector = wio_zalloc(rows, sizeof *trade->sector);
    trade->partner = wio_zalloc(rows, sizeof *trade->partner);
    trade->use = wio_zalloc(rows, sizeof *trade->use);
    trade->buyer = between ? wio_zalloc(rows, sizeof *trade->buyer) : NULL;
    trade->value = wio_zalloc(rows, sizeof *trade->value);
    trade->line = wio_zalloc(rows, sizeof *trade->line);
    trade->path = wio_strdup(columns->path);
    if (trade->sector == NULL || trade->partner == NULL || trade->use == NULL ||
        (between && trade->buyer == NULL) || trade->value == NULL || trade->line == NULL ||
        trade->path == NULL) {
        return wio_fail(columns->err, WIO_E_MEMORY, "%s: %zu lines", columns->path, rows);
    }
    rows = columns->mistakes ? 0 : rows;
    for (size_t row = 1; row < rows; row++) {
        WIO_TRY(read_row(trade, columns, row));
    }
    return columns->mistakes ? WIO_E_FORMAT : WIO_OK;
}

static wio_status read_trade(wio_trade **out, const char *path, bool between, wio_log *log,
                             wio_error *err)
{
    static const char *const names[NAMES] = {"sector", "partner", "value", "use"};
    static const char *const pairs[BETWEEN_NAMES] = {"sector", "seller", "value", "buyer", "use"};
    wio_columns columns;
    wio_trade *trade = NULL;
    wio_status status =
        wio_columns_open(&columns, path, between ? pairs : names, between ? BETWEEN_NAMES : NAMES,
                         between ? 4 : 3, log, err);
    if (status == WIO_OK) {
        trade = wio_zalloc(1, sizeof *trade);
        status = trade != NULL ? read_all(trade, &columns, between)
                               : wio_fail(err, WIO_E_MEMORY, "trade");
    }
    wio_columns_close(&columns);
    if (status != WIO_OK) {
        wio_trade_free(trade);
        return status;
    }
    *out = trade;
    return WIO_OK;
}

wio_status wio_trade_read(wio_trade **out, const char *path, wio_log *log, wio_error *err)
{
    if (out == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_trade_read: NULL argument");
    }
    return read_trade(out, path, false, log, err);
}

wio_status wio_trade_read_between(wio_trade **out, const char *path, wio_log *log, wio_error *err)
{
    if (out == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_trade_read_between: NULL argument");
    }
    return read_trade(out, path, true, log, err);
}
