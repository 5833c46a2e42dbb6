/* columns.c - a CSV file with a line of column names. */
#include "columns.h"

#include <stdio.h>
#include <string.h>

static const size_t MAX_FILE = (size_t)1 << 30;

static void find(wio_columns *columns, size_t row, size_t column, const char *message)
{
    size_t line = row < columns->csv.rows ? columns->csv.line[row] : 1;
    wio_find(columns->log, WIO_ERROR, columns->path, line, column + 1, "%s", message);
    wio_fail(columns->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", columns->path, line, column + 1,
             message);
    columns->mistakes = true;
}

void wio_columns_wrong(wio_columns *columns, size_t row, size_t name, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t at = columns->at[name];
    find(columns, row, at != SIZE_MAX ? at : 0, message);
}

/* " (did you mean 'x'?)" or nothing; whether there is a nearest. */
static bool add_nearest(char *message, size_t size, const char *word, const char *const *words,
                        size_t count)
{
    const char *nearest = wio_nearest(word, words, count);
    size_t used = strlen(message);
    if (nearest != NULL) {
        (void)snprintf(message + used, size - used, " (did you mean '%s'?)", nearest);
    }
    return nearest != NULL;
}

/* ": the first line is 'sector,demand[,region]'", to one of the mistakes. */
static void add_form(bool *told, char *message, size_t size, const char *const *names, size_t count,
                     size_t required)
{
    for (size_t i = 0; i < count && !*told; i++) {
        size_t used = strlen(message);
        (void)snprintf(message + used, size - used, "%s%s%s%s%s",
                       i == 0 ? ": the first line is '" : "", i >= required ? "[" : "",
                       i == 0 ? "" : ",", names[i], i >= required ? "]" : "");
    }
    size_t used = strlen(message);
    (void)snprintf(message + used, size - used, "%s", *told ? "" : "'");
    *told = true;
}

static void find_columns(wio_columns *columns, const char *const *names, size_t count,
                         size_t required)
{
    char message[400];
    bool told = false;
    for (size_t c = 0; c < columns->csv.columns[0]; c++) {
        const char *word = columns->csv.cell[c];
        size_t i = 0;
        while (i < count && strcmp(names[i], word) != 0) {
            i++;
        }
        if (i == count) {
            (void)snprintf(message, sizeof message, "unknown column '%.80s'", word);
            if (!add_nearest(message, sizeof message, word, names, count)) {
                add_form(&told, message, sizeof message, names, count, required);
            }
            find(columns, 0, c, message);
        } else if (columns->at[i] != SIZE_MAX) {
            (void)snprintf(message, sizeof message, "column '%s' is there twice", names[i]);
            find(columns, 0, c, message);
        } else {
            columns->at[i] = c;
        }
    }
    for (size_t i = 0; i < required; i++) {
        if (columns->at[i] == SIZE_MAX) {
            (void)snprintf(message, sizeof message, "there is no column '%s'", names[i]);
            add_form(&told, message, sizeof message, names, count, required);
            find(columns, 0, 0, message);
        }
    }
}

wio_status wio_columns_read(wio_columns *columns, const char *path, wio_log *log, wio_error *err)
{
    char *data = NULL;
    size_t length = 0;
    *columns = (wio_columns){.path = path, .log = log, .err = err};
    for (size_t i = 0; i < WIO_MOST_COLUMNS; i++) {
        columns->at[i] = SIZE_MAX;
    }
    WIO_TRY(wio_file_read(&data, &length, path, MAX_FILE, err));
    WIO_TRY(wio_csv_parse(&columns->csv, data, length, path, log, err));
    if (columns->csv.rows == 0) {
        find(columns, 0, 0, "the file is empty");
    }
    return WIO_OK;
}

wio_status wio_columns_open(wio_columns *columns, const char *path, const char *const *names,
                            size_t count, size_t required, wio_log *log, wio_error *err)
{
    WIO_TRY(wio_columns_read(columns, path, log, err));
    if (columns->csv.rows != 0) {
        find_columns(columns, names, count, required);
    }
    return WIO_OK;
}

void wio_columns_close(wio_columns *columns)
{
    wio_csv_clear(&columns->csv);
}

const char *wio_columns_cell(const wio_columns *columns, size_t row, size_t name)
{
    size_t at = columns->at[name];
    return at < columns->csv.columns[row] ? columns->csv.cell[columns->csv.start[row] + at] : "";
}

bool wio_columns_whole(wio_columns *columns, size_t row)
{
    size_t want = columns->csv.columns[0], got = columns->csv.columns[row];
    if (want == got) {
        return true;
    }
    char message[120];
    (void)snprintf(message, sizeof message, "expected %zu cells as in the first line, got %zu",
                   want, got);
    find(columns, row, 0, message);
    return false;
}

bool wio_columns_number(double *value, wio_columns *columns, size_t row, size_t name,
                        const char *what, const char *unit)
{
    const char *text = wio_columns_cell(columns, row, name);
    if (wio_parse_double(value, text, strlen(text))) {
        return true;
    }
    wio_columns_wrong(columns, row, name, "%s is '%.40s', not a number%s%s%s", what, text,
                      unit != NULL ? " (" : "", unit != NULL ? unit : "", unit != NULL ? ")" : "");
    return false;
}

size_t wio_columns_unknown(wio_columns *columns, size_t row, size_t name, const char *what,
                           const wio_names *names)
{
    const char *code = wio_columns_cell(columns, row, name);
    char message[400];
    (void)snprintf(message, sizeof message, "unknown %s '%.80s'", what, code);
    (void)add_nearest(message, sizeof message, code, (const char *const *)names->code,
                      names->count);
    wio_columns_wrong(columns, row, name, "%s", message);
    return SIZE_MAX;
}

size_t wio_columns_code(wio_columns *columns, size_t row, size_t name, const char *what,
                        const wio_names *names)
{
    size_t found = wio_names_find(names, wio_columns_cell(columns, row, name));
    return found != SIZE_MAX ? found : wio_columns_unknown(columns, row, name, what, names);
}

bool wio_columns_once(size_t *line, wio_columns *columns, size_t row, size_t name,
                      const char *region, const char *label)
{
    if (*line == 0) {
        *line = columns->csv.line[row];
        return true;
    }
    bool placed = region != NULL && *region != '\0';
    wio_columns_wrong(columns, row, name, "%.80s%s%.80s is there twice (first at line %zu)",
                      placed ? region : "", placed ? "." : "", label, *line);
    return false;
}
