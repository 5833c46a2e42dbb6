/* table_hdf5_source.c - which table of a packed file, and what provenance says of it.
 *
 * A single table lies in the root of its file. A series has a group for each year ("/2010"), with the
 * same content. Of a single table provenance has the SHA-256 of the file; of a year that of its
 * content, so that a year more in the file does not make it another input:
 *
 *   SHA-256 of a line for each dataset of the year, in its order: path, length, SHA-256 of its bytes
 *
 * (numbers as little-endian doubles, texts with the zero that ends each). */
#include "hdf5.h"

#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- names ------------------------------------------------------------------------------------------- */

/* The year that text[0..length) says, or WIO_NO_YEAR. */
static int year_of(const char *text)
{
    bool negative = *text == '-';
    const char *digit = text + negative;
    size_t digits = strspn(digit, "0123456789");
    if (digits == 0 || digits > 5 || digit[digits] != '\0') {
        return WIO_NO_YEAR;
    }
    int year = 0;
    for (; *digit != '\0'; digit++) {
        year = 10 * year + (*digit - '0');
    }
    return negative ? -year : year;
}

wio_status wio_packed_split(char **file, int *year, const char *path, wio_error *err)
{
    const char *colon = strrchr(path, ':');
    *year = colon != NULL && colon != path && access(path, F_OK) != 0 ? year_of(colon + 1)
                                                                      : WIO_NO_YEAR;
    *file = *year != WIO_NO_YEAR ? wio_strndup(path, (size_t)(colon - path)) : wio_strdup(path);
    return *file != NULL ? WIO_OK : wio_fail(err, WIO_E_MEMORY, "%s: no memory for its name", path);
}

/* --- years ------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

int *wio_packed_years(wio_h5 *h5, size_t *count)
{
    *count = 0;
    if (!wio_h5_has_attribute(h5, "/", WIO_SERIES_MARK)) {
        return NULL;
    }
    if (wio_h5_number(h5, "/", WIO_SERIES_MARK) != WIO_SERIES_FORM) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "is a series of a later version of Wassily");
        return NULL;
    }
    int *year = wio_alloc(h5->items, sizeof *year);
    if (year == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for its years");
        return NULL;
    }
    for (size_t i = 0; i < h5->items; i++) {
        const wio_h5_item *item = &h5->item[i];
        if (item->group && item->attribute == NULL && strchr(item->path + 1, '/') == NULL &&
            year_of(item->path + 1) != WIO_NO_YEAR) {
            year[(*count)++] = year_of(item->path + 1);
        }
    }
    qsort(year, *count, sizeof *year, ascending);
    return year;
}

/* "2009, 2010 and 2011" */
static void list_years(char *text, size_t size, const int *year, size_t count)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%d",
                                 i == 0           ? ""
                                 : i + 1 == count ? " and "
                                                  : ", ",
                                 year[i]);
    }
}

static void enter_series(wio_h5 *h5, int year, const int *years, size_t count)
{
    char list[200];
    list_years(list, sizeof list, years, count);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || years[i] == year;
    }
    if (count == 0) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "is a series without a year");
    } else if (year == WIO_NO_YEAR && count > 1) {
        (void)wio_h5_fail(h5, WIO_E_TABLE, "holds %s: name the year, %.100s:%d", list, h5->path,
                          years[count - 1]);
    } else if (year != WIO_NO_YEAR && !found) {
        (void)wio_h5_fail(h5, WIO_E_TABLE, "has no year %d: it holds %s", year, list);
    } else {
        (void)snprintf(h5->root, sizeof h5->root, "/%d", year != WIO_NO_YEAR ? year : years[0]);
    }
}

void wio_packed_enter(wio_h5 *h5, int year)
{
    size_t count = 0;
    int *years = wio_packed_years(h5, &count);
    if (years != NULL) {
        enter_series(h5, year, years, count);
        wio_free(years);
    } else if (h5->status == WIO_OK && year != WIO_NO_YEAR &&
               wio_h5_has_attribute(h5, "/", WIO_PACKED_MARK) &&
               wio_h5_number(h5, "/", "year") != year) {
        (void)wio_h5_fail(h5, WIO_E_TABLE, "has no year %d: it holds %.0f", year,
                          wio_h5_number(h5, "/", "year"));
    }
}

wio_status wio_table_years(int **years, size_t *count, const char *path, wio_error *err)
{
    if (years == NULL || count == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_years: NULL argument");
    }
    wio_h5 h5;
    size_t found = 0;
    WIO_TRY(wio_h5_open(&h5, path, err));
    int *year = wio_packed_years(&h5, &found);
    if (year == NULL && h5.status == WIO_OK) {
        if (!wio_h5_has_attribute(&h5, "/", WIO_PACKED_MARK)) {
            (void)wio_h5_fail(&h5, WIO_E_FORMAT, "is not a packed table");
        } else if ((year = wio_alloc(1, sizeof *year)) == NULL) {
            (void)wio_h5_fail(&h5, WIO_E_MEMORY, "no memory for its year");
        } else {
            double value = wio_h5_number(&h5, "/", "year");
            year[found++] = value >= -99999 && value <= 99999 ? (int)value : 0;
        }
    }
    wio_status status = wio_h5_close(&h5);
    if (status != WIO_OK) {
        wio_free(year);
        return status;
    }
    *years = year;
    *count = found;
    return WIO_OK;
}

/* --- SHA-256 of a year -------------------------------------------------------------------------------- */

static void add_dataset(wio_text *list, wio_h5 *h5, const wio_h5_item *item)
{
    char hex[WIO_DIGEST_SIZE];
    size_t count = 1;
    for (size_t i = 0; i < item->rank; i++) {
        count *= item->dims[i]; /* inspected: no overflow */
    }
    const char *path = item->path + strlen(h5->root);
    if (item->text) {
        char **text = wio_h5_texts(h5, path, count);
        const char *first = text != NULL && count != 0 ? text[0] : "";
        const char *last = text != NULL && count != 0 ? text[count - 1] : "";
        wio_digest(hex, first, (size_t)(last - first) + strlen(last) + (count != 0));
        wio_free(text); /* one block, the texts one after another */
    } else {
        double *data = wio_h5_doubles(h5, path, item->rank, item->dims);
        for (size_t i = 0; data != NULL && BYTE_ORDER != LITTLE_ENDIAN && i < count; i++) {
            uint64_t word;
            memcpy(&word, data + i, sizeof word);
            word = htole64(word);
            memcpy(data + i, &word, sizeof word);
        }
        wio_digest(hex, data != NULL ? data : (const double[]){0}, count * sizeof *data);
        wio_free(data);
    }
    wio_text_add(list, "%s %zu %s\n", path, count, hex);
}

static wio_status digest_year(char digest[WIO_DIGEST_SIZE], const char *file, int year,
                              const wio_input_file *input, wio_error *err)
{
    wio_h5 h5;
    wio_text list = {0};
    WIO_TRY(wio_h5_open(&h5, file, err));
    if (h5.bytes.mark != input->mark) {
        (void)wio_h5_fail(&h5, WIO_E_NO_INPUT, "changed since the table was read from it");
    }
    wio_packed_enter(&h5, year);
    for (size_t i = 0; i < h5.items && h5.status == WIO_OK; i++) {
        const wio_h5_item *item = &h5.item[i];
        size_t root = strlen(h5.root);
        if (!item->group && item->attribute == NULL && strncmp(item->path, h5.root, root) == 0 &&
            item->path[root] == '/') {
            add_dataset(&list, &h5, item);
        }
    }
    if (list.failed) {
        (void)wio_h5_fail(&h5, WIO_E_MEMORY, "no memory for its SHA-256");
    }
    wio_status status = wio_h5_close(&h5);
    if (status == WIO_OK) {
        wio_digest(digest, list.data != NULL ? list.data : "", list.length);
    }
    wio_text_free(&list);
    return status;
}

/* --- SHA-256 of a file -------------------------------------------------------------------------------- */

typedef struct stream {
    int file;
    uint64_t at, size; /* of the file */
    uint64_t length;   /* of what its pieces cover */
    uint64_t *digest;  /* [pieces] found so far */
    size_t pieces;
    char piece[WIO_H5_PIECE];
} stream;

/* The pieces one by one, then what is after them. */
static size_t next_piece(void *context, const void **bytes)
{
    stream *s = context;
    uint64_t end = s->at < s->length ? s->length : s->size, left = end - s->at;
    size_t size = left < WIO_H5_PIECE ? (size_t)left : WIO_H5_PIECE;
    if (size == 0 || !wio_h5_pread(s->file, s->piece, size, s->at)) {
        return 0;
    }
    if (s->at < s->length) {
        s->digest[s->pieces++] = wio_h5_digest(s->at, s->piece, size);
    }
    s->at += size;
    *bytes = s->piece;
    return size;
}

static wio_status digest_file(char digest[WIO_DIGEST_SIZE], const char *file,
                              const wio_input_file *input, wio_error *err)
{
    wio_h5_bytes bytes;
    char hex[WIO_DIGEST_SIZE];
    if (wio_h5_bytes_open(&bytes, file, NULL) != WIO_OK) {
        return wio_fail(err, WIO_E_NO_INPUT, "%s: changed since the table was read from it", file);
    }
    stream *s = wio_alloc(1, sizeof *s);
    uint64_t *found = wio_alloc(bytes.pieces, sizeof *found);
    bool same = false, room = s != NULL && found != NULL;
    if (room) {
        s->file = bytes.file;
        s->at = s->pieces = 0;
        s->size = bytes.size;
        s->length = bytes.length;
        s->digest = found;
        wio_digest_pieces(hex, next_piece, s);
        same = s->at == s->size && s->size == input->bytes && s->pieces == bytes.pieces &&
               wio_h5_chain(found, s->pieces) == input->mark;
    }
    wio_free(found);
    wio_free(s);
    wio_h5_bytes_close(&bytes);
    if (!same) {
        return room ? wio_fail(err, WIO_E_NO_INPUT, "%s: changed since the table was read from it",
                               file)
                    : wio_fail(err, WIO_E_MEMORY, "%s: no memory for its SHA-256", file);
    }
    memcpy(digest, hex, sizeof hex);
    return WIO_OK;
}

static wio_status complete_digest(char digest[WIO_DIGEST_SIZE], const wio_input_file *input,
                                  wio_error *err)
{
    char *file = NULL;
    int year = WIO_NO_YEAR;
    WIO_TRY(wio_packed_split(&file, &year, input->path, err));
    wio_status status = year != WIO_NO_YEAR ? digest_year(digest, file, year, input, err)
                                            : digest_file(digest, file, input, err);
    wio_free(file);
    return status;
}

/* The packed file itself is the input that provenance names. A file of ours is known by the digest
 * that is checked as it is read; of another one the SHA-256 is taken at once. */
wio_status wio_packed_record(wio_table *table, const char *path, int year,
                             const wio_h5_bytes *bytes, wio_error *err)
{
    wio_text name = {0};
    char *data = NULL;
    size_t length = bytes->size;
    wio_text_add(&name, year != WIO_NO_YEAR ? "%s:%d" : "%s", path, year);
    WIO_TRY(wio_text_take(&table->path, &name, err));
    if (bytes->mark == 0) {
        WIO_TRY(wio_file_read(&data, &length, path, SIZE_MAX / 2, err));
    }
    table->input = wio_zalloc(1, sizeof *table->input);
    if (table->input != NULL) {
        table->inputs = 1;
        *table->input =
            (wio_input_file){.path = wio_strdup(table->path), .bytes = length, .mark = bytes->mark};
        if (bytes->mark == 0) {
            wio_digest(table->input->digest, data, length);
        } else {
            table->input->complete = complete_digest;
        }
    }
    wio_free(data);
    return table->input != NULL && table->input->path != NULL
               ? WIO_OK
               : wio_fail(err, WIO_E_MEMORY, "%s: no memory for its name", path);
}
