/* columns.h - a CSV file with a line of column names, as small inputs are (demands, concordances,
 * tariff lines): the columns found by name, and every mistake with its place. */
#ifndef WIO_COLUMNS_H
#define WIO_COLUMNS_H

#include "io.h"

enum { WIO_MOST_COLUMNS = 8 };

typedef struct wio_columns {
    wio_csv csv;
    const char *path;
    wio_log *log;
    wio_error *err;
    bool mistakes;               /* one was logged: in the end the status is FORMAT */
    size_t at[WIO_MOST_COLUMNS]; /* where the named columns are, SIZE_MAX when not there */
} wio_columns;

/* Reads the file and finds names[0..count); the first `required` have to be there, others may be, and
 * none else. Row 0 is the line of names. A mistake in it is logged, and `mistakes` is set.
 * Errors: NO_INPUT, FORMAT (not a CSV file), MEMORY. Close it whatever the status. */
wio_status wio_columns_open(wio_columns *columns, const char *path, const char *const *names,
                            size_t count, size_t required, wio_log *log, wio_error *err);
/* The same without looking at the names: `at` is the caller's to set. */
wio_status wio_columns_read(wio_columns *columns, const char *path, wio_log *log, wio_error *err);
void wio_columns_close(wio_columns *columns);

/* A cell by the index of its name, "" where the column is not there. */
const char *wio_columns_cell(const wio_columns *columns, size_t row, size_t name);
/* Whether the row is as long as the first; else logged. */
bool wio_columns_whole(wio_columns *columns, size_t row);
/* A number; else logged as "<what> is '...', not a number (<unit>)"; unit may be NULL. */
bool wio_columns_number(double *value, wio_columns *columns, size_t row, size_t name,
                        const char *what, const char *unit);
/* The index of a code; else logged with the nearest one. */
size_t wio_columns_code(wio_columns *columns, size_t row, size_t name, const char *what,
                        const wio_names *names);
/* Logs that a code is unknown, with the nearest one; SIZE_MAX. */
size_t wio_columns_unknown(wio_columns *columns, size_t row, size_t name, const char *what,
                           const wio_names *names);
/* Whether *line, where this was before, is 0; then it becomes the line of the row. Else logged as
 * "<region>.<label> is there twice"; region may be NULL or empty. */
bool wio_columns_once(size_t *line, wio_columns *columns, size_t row, size_t name,
                      const char *region, const char *label);
void wio_columns_wrong(wio_columns *columns, size_t row, size_t name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
