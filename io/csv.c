/* csv.c - comma-separated values (RFC 4180) as rows of cells.
 *
 * Cells are cut and unquoted in place: an unquoted cell is never longer than it was. A finding's
 * column counts cells, as a spreadsheet does, because that is where the economist looks. Lines that
 * are empty are no rows. Mistakes are all logged, reading goes on to find the next. Of a matrix
 * only the labels are cut; its numbers are read from the text as it is (csv_numbers.c). */
#include "io.h"

#include <omp.h>
#include <stdio.h>
#include <string.h>

enum { MAX_CELL = 64 * 1024, MOST_NAMED = 10, CHUNK = 1 << 20 };
static const size_t MAX_LINE = (size_t)64 << 20;

typedef struct reader {
    const char *file;
    wio_log *log;
    wio_error *err;
    size_t mistakes;
    char *begin, *at, *end; /* the text, the next byte, the end; *end is NUL */
    size_t line;
    wio_csv_form form;
    wio_csv csv;
    size_t cells, cell_capacity, row_capacity;
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

/* --- the whole text, before it is cut --------------------------------------------------------------- */

/* First byte from `at` on that is zero or no UTF-8, found on all threads: of every fixed piece the
 * first, then the first of all. */
static const char *first_wrong_byte(const char *begin, const char *end)
{
    size_t length = (size_t)(end - begin), first = length;
    size_t chunks = length / CHUNK + 1;
    int threads = chunks < 4 || omp_in_parallel() ? 1 : wio_threads(0);
    (void)threads; /* where the pragma is not read */
#pragma omp parallel for schedule(static) num_threads(threads) reduction(min                       \
                                                                         : first) if (threads > 1)
    for (size_t c = 0; c < chunks; c++) {
        const char *from = begin + c * CHUNK;
        const char *to = c + 1 < chunks ? from + CHUNK : end;
        /* a character over the border belongs to the piece where it begins */
        for (int i = 0; i < 3 && c > 0 && from < to && (*from & 0xc0) == 0x80; i++) {
            from++;
        }
        for (int i = 0; i < 3 && to < end && (*to & 0xc0) == 0x80; i++) {
            to++;
        }
        size_t at = (size_t)(from - begin) + wio_text_wrong(from, (size_t)(to - from));
        first = at < (size_t)(to - begin) && at < first ? at : first;
    }
    return begin + first;
}

/* Line and cell of a byte; quotes are not looked at. */
static void place(size_t *line, size_t *column, const reader *r, const char *at)
{
    *line = *column = 1;
    for (const char *s = r->begin; s < at; s++) {
        *column = *s == r->form.delimiter ? *column + 1 : *s == '\n' ? 1 : *column;
        *line += *s == '\n';
    }
}

/* What is often given for the text inside it. */
static const struct {
    const char *first, *what;
} PACKED[] = {{"PK\3\4",
               "a ZIP archive and no text: unpack it first (a workbook: save the sheet as "
               "CSV, or import it by a mapping)"},
              {"\x1f\x8b", "packed by gzip and no text: unpack it first (gunzip)"},
              {"BZh", "packed by bzip2 and no text: unpack it first (bunzip2)"},
              {"\xfd"
               "7zXZ",
               "packed by xz and no text: unpack it first (unxz)"},
              {"\x28\xb5\x2f\xfd", "packed by zstd and no text: unpack it first (unzstd)"},
              {"\x89HDF", "an HDF5 file and no text"},
              {"%PDF", "a PDF document and no text"}};

/* Encoding and form of the whole file. */
static void check_bytes(reader *r)
{
    for (size_t k = 0; k < sizeof PACKED / sizeof *PACKED; k++) {
        size_t length = strlen(PACKED[k].first);
        if ((size_t)(r->end - r->at) > length && memcmp(r->at, PACKED[k].first, length) == 0 &&
            first_wrong_byte(r->at, r->end) < r->end) {
            wrong(r, 1, 1, PACKED[k].what);
            return;
        }
    }
    for (const char *at = first_wrong_byte(r->at, r->end); at < r->end;) {
        size_t line, column;
        char text[120];
        place(&line, &column, r, at);
        (void)snprintf(text, sizeof text,
                       *at == '\0' ? "a zero byte (byte %zu of the file): this is no text file"
                                   : "bytes that are no UTF-8 text (byte %zu of the file): save "
                                     "the file as UTF-8",
                       (size_t)(at - r->csv.data) + 1);
        wrong(r, line, column, text);
        if (r->mistakes > MOST_NAMED) {
            break;
        }
        at++;
        at += wio_text_wrong(at, (size_t)(r->end - at));
    }
}

/* Old Macintosh files end their lines with CR alone: where there is no LF at all, CR is one. */
static void mend_line_ends(reader *r)
{
    if (memchr(r->at, '\n', (size_t)(r->end - r->at)) != NULL) {
        return;
    }
    for (char *s = r->at; (s = memchr(s, '\r', (size_t)(r->end - s))) != NULL; s++) {
        *s = '\n';
    }
}

static const char delimiters[] = {'\t', ';', '|', ','};
static const char *const delimiter_names[] = {"tab", "';'", "'|'", "','"};
enum { DELIMITERS = 4, SNIFFED_LINES = 20 };

static const char *name_of(char delimiter)
{
    for (size_t i = 0; i < DELIMITERS; i++) {
        if (delimiters[i] == delimiter) {
            return delimiter_names[i];
        }
    }
    return "?";
}

/* How often each may separate cells in a line, outside quotes; where the line ends. */
static const char *count_delimiters(size_t count[DELIMITERS], const char *at, const char *end)
{
    bool quoted = false;
    memset(count, 0, DELIMITERS * sizeof *count);
    for (; at < end && (quoted || *at != '\n'); at++) {
        quoted = quoted != (*at == '"');
        for (size_t i = 0; !quoted && i < DELIMITERS; i++) {
            count[i] += *at == delimiters[i];
        }
    }
    return at;
}

/* The one that is in every one of the first lines, as often; commas last, for they may be decimal
 * commas. Reported, since it was nobody's word. */
static char find_delimiter(reader *r)
{
    size_t first[DELIMITERS] = {0}, found = SIZE_MAX, most = SIZE_MAX, fit = 0;
    bool even[DELIMITERS] = {true, true, true, true};
    const char *at = r->at;
    for (size_t lines = 0; lines < SNIFFED_LINES && at < r->end;) {
        size_t count[DELIMITERS];
        const char *stop = count_delimiters(count, at, r->end);
        bool blank = stop == at || (stop == at + 1 && *at == '\r');
        for (size_t i = 0; !blank && i < DELIMITERS; i++) {
            first[i] = lines == 0 ? count[i] : first[i];
            even[i] = even[i] && count[i] == first[i] && count[i] != 0;
        }
        lines += !blank;
        at = stop < r->end ? stop + 1 : stop;
    }
    for (size_t i = 0; i < DELIMITERS; i++) {
        if (even[i] && first[i] != 0) {
            found = found == SIZE_MAX ? i : found;
            fit++;
        }
        if (first[i] != 0 && (most == SIZE_MAX || first[i] > first[most])) {
            most = i;
        }
    }
    size_t chosen = found != SIZE_MAX ? found : most != SIZE_MAX ? most : 3;
    wio_find(r->log, fit == 1 ? WIO_NOTE : WIO_WARNING, r->file, 1, 1,
             "no delimiter is declared: the cells are taken to be separated by %s%s",
             delimiter_names[chosen], fit == 1 ? "" : "; declare it to be sure");
    return delimiters[chosen];
}

/* A declared delimiter that the first line does not know. */
static void check_delimiter(reader *r)
{
    size_t count[DELIMITERS], other = SIZE_MAX;
    const char *stop = count_delimiters(count, r->at, r->end);
    if (memchr(r->at, r->form.delimiter, (size_t)(stop - r->at)) != NULL) {
        return;
    }
    for (size_t i = 0; i < DELIMITERS; i++) {
        if (count[i] != 0 && (other == SIZE_MAX || count[i] > count[other])) {
            other = i;
        }
    }
    if (r->form.native && (other == 0 || other == 1)) {
        wrong(r, 1, 1,
              other == 1
                  ? "the cells are separated by ';': save the file with commas and decimal points"
                  : "the cells are separated by tabs: save the file with commas");
    } else if (!r->form.native && other != SIZE_MAX) {
        char text[200];
        (void)snprintf(text, sizeof text,
                       "there is no %s in the first line: the cells seem to be separated by %s; %s",
                       name_of(r->form.delimiter), delimiter_names[other],
                       r->form.published ? "save the file as it is published, or import it by a "
                                           "mapping"
                                         : "declare that delimiter");
        wrong(r, 1, 1, text);
    }
}

/* --- cells ------------------------------------------------------------------------------------------- */

/* Whether the cell has ended: at a comma, the end of a line or of the file. */
static bool at_end(const reader *r)
{
    return r->at == r->end || *r->at == r->form.delimiter || *r->at == '\n' ||
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

static size_t *longer(size_t *array, size_t used, size_t capacity)
{
    return wio_grow(array, used, capacity, sizeof *array);
}

/* Room for one more row. An array that could not grow is freed as it is. */
static wio_status grow_rows(reader *r)
{
    wio_csv *csv = &r->csv;
    size_t used = csv->rows, capacity = r->row_capacity + r->row_capacity / 2 + 64;
    if (used + 1 < r->row_capacity) {
        return WIO_OK;
    }
    size_t *columns = longer(csv->columns, used, capacity);
    csv->columns = columns != NULL ? columns : csv->columns;
    size_t *start = longer(csv->start, used, capacity);
    csv->start = start != NULL ? start : csv->start;
    size_t *line = longer(csv->line, used, capacity);
    csv->line = line != NULL ? line : csv->line;
    bool failed = columns == NULL || start == NULL || line == NULL;
    if (r->form.labels != 0 && !failed) {
        size_t *rest_length = longer(csv->rest_length, used, capacity);
        csv->rest_length = rest_length != NULL ? rest_length : csv->rest_length;
        char **rest = wio_grow(csv->rest, used, capacity, sizeof *rest);
        csv->rest = rest != NULL ? rest : csv->rest;
        failed = rest_length == NULL || rest == NULL;
    }
    if (failed) {
        return wio_fail(r->err, WIO_E_MEMORY, "%s: %zu rows", r->file, capacity);
    }
    r->row_capacity = capacity;
    return WIO_OK;
}

static wio_status add_cell(reader *r, char *start)
{
    if (r->cells == r->cell_capacity) {
        size_t capacity = r->cell_capacity + r->cell_capacity / 2 + 64;
        char **grown = wio_grow(r->csv.cell, r->cells, capacity, sizeof *grown);
        if (grown == NULL) {
            return wio_fail(r->err, WIO_E_MEMORY, "%s: %zu cells", r->file, capacity);
        }
        r->csv.cell = grown;
        r->cell_capacity = capacity;
    }
    r->csv.cell[r->cells++] = start;
    return WIO_OK;
}

/* What is left of the line stays as it is. */
static void leave_rest(reader *r)
{
    char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
    char *next = stop != NULL ? stop + 1 : r->end;
    stop = stop != NULL ? stop : r->end;
    stop -= stop > r->at && stop[-1] == '\r';
    r->csv.rest[r->csv.rows] = r->at;
    r->csv.rest_length[r->csv.rows] = (size_t)(stop - r->at);
    r->at = next;
    r->line++;
}

/* One line into cells. The byte after a cell is overwritten with NUL once it is not needed. */
static wio_status read_row(reader *r)
{
    WIO_TRY(grow_rows(r));
    wio_csv *csv = &r->csv;
    const char *first = r->at;
    size_t line = r->line;
    size_t most = r->form.labels != 0 && csv->rows >= r->form.heads ? r->form.labels : SIZE_MAX;
    csv->line[csv->rows] = r->line;
    csv->start[csv->rows] = r->cells;
    if (r->form.labels != 0) {
        csv->rest[csv->rows] = NULL;
        csv->rest_length[csv->rows] = 0;
    }
    for (bool more = true; more;) {
        char *start = r->at;
        char *end = *r->at == '"' ? quoted_cell(r) : plain_cell(r);
        more = r->at < r->end && *r->at == r->form.delimiter;
        if (!more && r->at < r->end) {
            r->at += *r->at == '\r';
            r->line++;
        }
        r->at += r->at < r->end;
        *end = '\0';
        WIO_TRY(add_cell(r, start));
        if (more && r->cells - csv->start[csv->rows] == most) {
            leave_rest(r);
            more = false;
        }
    }
    csv->columns[csv->rows] = r->cells - csv->start[csv->rows];
    csv->rows++;
    if ((size_t)(r->at - first) > MAX_LINE) {
        wrong(r, line, 1, "a line of more than 64 MB");
    }
    return WIO_OK;
}

static wio_status read_rows(reader *r)
{
    WIO_TRY(grow_rows(r));
    while (r->at < r->end) {
        if (*r->at == '\n' || (*r->at == '\r' && r->at[1] == '\n')) {
            r->at += 1 + (*r->at == '\r');
            r->line++;
        } else {
            WIO_TRY(read_row(r));
        }
    }
    r->csv.start[r->csv.rows] = r->cells;
    return r->mistakes == 0 ? WIO_OK : WIO_E_FORMAT;
}

wio_status wio_csv_read(wio_csv *out, char *data, size_t length, const char *file,
                        const wio_csv_form *form, wio_log *log, wio_error *err)
{
    reader r = {.file = file, .log = log, .err = err, .line = 1, .form = *form};
    data[length] = '\0';
    r.csv.data = data;
    r.begin = r.at = data;
    r.end = data + length;
    if (length >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        wrong(&r, 1, 1, "this is UTF-16 text: save the file as UTF-8");
        wio_csv_clear(&r.csv);
        return WIO_E_FORMAT;
    }
    if (length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) { /* byte order mark */
        r.begin = r.at = data + 3;
    }
    mend_line_ends(&r);
    if (form->delimiter == '\0') {
        r.form.delimiter = find_delimiter(&r);
    } else {
        check_delimiter(&r);
    }
    r.csv.delimiter = r.form.delimiter;
    check_bytes(&r);
    wio_status status = read_rows(&r);
    if (status != WIO_OK) {
        wio_csv_clear(&r.csv);
        return status;
    }
    *out = r.csv;
    return WIO_OK;
}

wio_status wio_csv_parse(wio_csv *out, char *data, size_t length, const char *file, wio_log *log,
                         wio_error *err)
{
    const wio_csv_form native = {.delimiter = ',', .native = true};
    return wio_csv_read(out, data, length, file, &native, log, err);
}

void wio_csv_clear(wio_csv *csv)
{
    wio_free(csv->columns);
    wio_free(csv->start);
    wio_free(csv->line);
    wio_free(csv->cell);
    wio_free(csv->rest);
    wio_free(csv->rest_length);
    wio_free(csv->kind);
    wio_free(csv->place);
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
