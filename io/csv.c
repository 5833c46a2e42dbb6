/* csv.c - comma-separated values (RFC 4180) as rows of cells.
 *
 * Cells are cut and unquoted in place: an unquoted cell is never longer than it was. A finding's
 * column counts cells, as a spreadsheet does, because that is where the economist looks. Lines that
 * are empty are no rows. Mistakes are all logged, reading goes on to find the next. */
#include "io.h"

#include <stdio.h>
#include <string.h>

enum { MAX_CELL = 64 * 1024, MOST_NAMED = 10 };

typedef struct reader {
    const char *file;
    wio_log *log;
    wio_error *err;
    size_t mistakes;
    char *at, *end; /* the next byte, the end; *end is NUL */
    size_t line;
    wio_csv csv;
    size_t cells;
} reader;

static void wrong(reader *r, size_t line, size_t column, const char *text)
{
    if (r->mistakes < MOST_NAMED) {
        wio_find(r->log, WIO_ERROR, r->file, line, column, "%s", text);
        wio_fail(r->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", r->file, line, column, text);
    } else if (r->mistakes == MOST_NAMED) {
        wio_find(r->log, WIO_ERROR, r->file, line, column, "more mistakes of form follow");
    }
    r->mistakes++;
}

static size_t column_of(const reader *r)
{
    return r->cells - r->csv.start[r->csv.rows] + 1;
}

/* Encoding and form of the whole file, before it is cut. */
static void check_bytes(reader *r)
{
    const unsigned char *s = (const unsigned char *)r->at, *end = (const unsigned char *)r->end;
    if (end - s >= 2 && ((s[0] == 0xff && s[1] == 0xfe) || (s[0] == 0xfe && s[1] == 0xff))) {
        wrong(r, 1, 1, "this is UTF-16 text: save the file as UTF-8");
        r->at = r->end;
        return;
    }
    size_t line = 1, column = 1;
    for (; s < end; s++) {
        size_t more = *s < 0x80   ? 0
                      : *s < 0xc2 ? 9
                      : *s < 0xe0 ? 1
                      : *s < 0xf0 ? 2
                      : *s < 0xf5 ? 3
                                  : 9;
        bool good = more < 9 && more < (size_t)(end - s);
        for (size_t i = 1; good && i <= more; i++) {
            good = (s[i] & 0xc0) == 0x80;
        }
        if (good && more == 2) { /* overlong forms and surrogates */
            good = !(s[0] == 0xe0 && s[1] < 0xa0) && !(s[0] == 0xed && s[1] > 0x9f);
        } else if (good && more == 3) {
            good = !(s[0] == 0xf0 && s[1] < 0x90) && !(s[0] == 0xf4 && s[1] > 0x8f);
        }
        if (*s == '\0') {
            wrong(r, line, column, "a zero byte: this is no text file");
        } else if (!good) {
            wrong(r, line, column, "bytes that are no UTF-8 text: save the file as UTF-8");
        } else {
            s += more;
        }
        column = *s == ',' ? column + 1 : *s == '\n' ? 1 : column;
        line += *s == '\n';
    }
}

static void check_delimiter(reader *r)
{
    size_t length = strcspn(r->at, "\n\""), semicolons = 0, tabs = 0, commas = 0;
    for (size_t i = 0; i < length; i++) {
        semicolons += r->at[i] == ';';
        tabs += r->at[i] == '\t';
        commas += r->at[i] == ',';
    }
    if (commas == 0 && r->at[length] != '"' && (semicolons != 0 || tabs != 0)) {
        wrong(r, 1, 1,
              semicolons != 0
                  ? "the cells are separated by ';': save the file with commas and decimal points"
                  : "the cells are separated by tabs: save the file with commas");
    }
}

/* Whether the cell has ended: at a comma, the end of a line or of the file. */
static bool at_end(const reader *r)
{
    return r->at == r->end || *r->at == ',' || *r->at == '\n' ||
           (*r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n');
}

/* "..." with "" for a quote; the closing quote has to end the cell. */
static char *quoted_cell(reader *r)
{
    char *to = r->at, *start = r->at++;
    size_t line = r->line, column = column_of(r);
    for (;;) {
        if (r->at == r->end) {
            wrong(r, line, column, "a quote is opened here and never closed");
            break;
        }
        if (*r->at == '"' && r->at + 1 < r->end && r->at[1] == '"') {
            *to++ = '"';
            r->at += 2;
        } else if (*r->at == '"') {
            r->at++;
            break;
        } else {
            r->line += *r->at == '\n';
            *to++ = *r->at++;
        }
    }
    if (!at_end(r)) {
        wrong(r, r->line, column, "text after a closing quote: double the quotes inside a cell");
        while (!at_end(r)) {
            *to++ = *r->at++;
        }
    }
    if ((size_t)(to - start) > MAX_CELL) {
        wrong(r, line, column, "a cell of more than 65536 bytes");
    }
    return to;
}

static char *plain_cell(reader *r)
{
    char *start = r->at;
    for (; !at_end(r); r->at++) {
        if (*r->at == '"') {
            wrong(r, r->line, column_of(r), "a quote inside a cell that does not begin with one");
        } else if (*r->at == '\r') {
            wrong(r, r->line, column_of(r), "a carriage return without a line feed");
        }
    }
    if ((size_t)(r->at - start) > MAX_CELL) {
        wrong(r, r->line, column_of(r), "a cell of more than 65536 bytes");
    }
    return r->at;
}

/* One line into cells. The byte after a cell is overwritten with NUL once it is not needed. */
static void read_row(reader *r)
{
    wio_csv *csv = &r->csv;
    csv->line[csv->rows] = r->line;
    csv->start[csv->rows] = r->cells;
    for (;;) {
        char *start = r->at;
        char *end = *r->at == '"' ? quoted_cell(r) : plain_cell(r);
        bool more = r->at < r->end && *r->at == ',';
        if (!more && r->at < r->end) {
            r->at += *r->at == '\r';
            r->line++;
        }
        r->at += r->at < r->end;
        *end = '\0';
        csv->cell[r->cells++] = start;
        if (!more) {
            break;
        }
    }
    csv->columns[csv->rows] = r->cells - csv->start[csv->rows];
    csv->rows++;
}

/* Room for as many rows and cells as there are line feeds and separators. */
static wio_status reserve(reader *r)
{
    size_t lines = 1, separators = 1;
    for (const char *s = r->at; s < r->end; s++) {
        lines += *s == '\n';
        separators += *s == ',' || *s == '\n';
    }
    wio_csv *csv = &r->csv;
    csv->columns = wio_alloc(lines, sizeof *csv->columns);
    csv->start = wio_zalloc(lines + 1, sizeof *csv->start);
    csv->line = wio_alloc(lines, sizeof *csv->line);
    csv->cell = wio_alloc(separators, sizeof *csv->cell);
    if (csv->columns == NULL || csv->start == NULL || csv->line == NULL || csv->cell == NULL) {
        return wio_fail(r->err, WIO_E_MEMORY, "%s: %zu cells", r->file, separators);
    }
    return WIO_OK;
}

wio_status wio_csv_parse(wio_csv *out, char *data, size_t length, const char *file, wio_log *log,
                         wio_error *err)
{
    reader r = {.file = file, .log = log, .err = err, .line = 1, .csv = {.data = data}};
    char *terminated = wio_grow(data, length, length + 1, 1);
    if (terminated == NULL) {
        wio_csv_clear(&r.csv);
        return wio_fail(err, WIO_E_MEMORY, "%s: %zu bytes", file, length);
    }
    terminated[length] = '\0';
    r.csv.data = terminated;
    r.at = terminated;
    r.end = terminated + length;
    if (length >= 3 && memcmp(r.at, "\xef\xbb\xbf", 3) == 0) { /* byte order mark */
        r.at += 3;
    }
    check_bytes(&r);
    check_delimiter(&r);
    wio_status status = reserve(&r);
    while (status == WIO_OK && r.at < r.end) {
        if (*r.at == '\n' || (*r.at == '\r' && r.at[1] == '\n')) {
            r.at += 1 + (*r.at == '\r');
            r.line++;
        } else {
            read_row(&r);
        }
    }
    if (status == WIO_OK && r.mistakes != 0) {
        status = WIO_E_FORMAT;
    }
    if (status != WIO_OK) {
        wio_csv_clear(&r.csv);
        return status;
    }
    r.csv.start[r.csv.rows] = r.cells;
    *out = r.csv;
    return WIO_OK;
}

void wio_csv_clear(wio_csv *csv)
{
    wio_free(csv->columns);
    wio_free(csv->start);
    wio_free(csv->line);
    wio_free(csv->cell);
    wio_free(csv->data);
    *csv = (wio_csv){0};
}

void wio_csv_add_cell(wio_text *text, const char *cell)
{
    if (*cell != '\0' && strpbrk(cell, ",\"\r\n") == NULL) {
        wio_text_add_bytes(text, cell, strlen(cell));
        return;
    }
    if (*cell == '\0') {
        return;
    }
    wio_text_add_bytes(text, "\"", 1);
    for (const char *s = cell; *s != '\0'; s++) {
        wio_text_add_bytes(text, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
    }
    wio_text_add_bytes(text, "\"", 1);
}
