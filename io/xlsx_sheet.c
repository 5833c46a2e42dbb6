/* xlsx_sheet.c - the cells of one sheet of a workbook, as csv.c gives those of a text.
 *
 * A cell's text is what the file says ("0.1", "#REF!", a shared string); its kind says what it is
 * meant to be. Rows without a cell are no rows; a cell that is not there is "". What a reader of
 * the sheet might not see (formulas, hidden rows and columns, merged cells) is a warning. */
#include "xlsx.h"

#include <stdio.h>
#include <string.h>

/* Cells that are not there, in rows that reach far to the right: one for every cell and so many. */
static const size_t MAX_HOLES = 20000000, MAX_CELLS = 64000000;

typedef struct found {
    uint32_t row, column; /* from 1 */
    size_t text;          /* in the pool */
    unsigned char kind;
} found;

typedef struct tally {
    size_t count, row, column; /* how many, and the first */
} tally;

typedef struct sheet {
    const char *name;
    size_t count, capacity;
    found *cell;
    size_t row, column; /* of the cell being read */
    bool in_cell, in_value, in_text, phonetic, has_value, formula;
    char type[12];
    size_t style;
    wio_text value;
    tally formulas, hidden_rows, hidden_columns, merged;
} sheet;

char *wio_cell_name(char name[WIO_CELL_NAME], size_t row, size_t column)
{
    char letters[8];
    size_t used = sizeof letters - 1;
    letters[used] = '\0';
    for (size_t c = column + 1; c > 0 && used > 0; c = (c - 1) / 26) {
        letters[--used] = (char)('A' + (c - 1) % 26);
    }
    (void)snprintf(name, WIO_CELL_NAME, "%s%zu", letters + used, row);
    return name;
}

/* "C7" as row 7, column 3. */
static bool read_place(size_t *row, size_t *column, const char *text)
{
    size_t c = 0;
    for (; *text >= 'A' && *text <= 'Z'; text++) {
        c = 26 * c + (size_t)(*text - 'A') + 1;
        if (c > WIO_XLSX_COLUMNS) {
            return false;
        }
    }
    *column = c;
    return c != 0 && wio_whole(row, text, WIO_XLSX_ROWS) && *row != 0;
}

static void count_one(tally *t, size_t row, size_t column)
{
    if (t->count++ == 0) {
        t->row = row;
        t->column = column;
    }
}

/* --- elements ------------------------------------------------------------------------------------------ */

static bool is_true(const char *text)
{
    return text != NULL && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}

static void start_row(wio_member *member, sheet *s, const char **attribute)
{
    const char *number = wio_attribute(attribute, "r");
    size_t row = s->row + 1;
    if (number != NULL && (!wio_whole(&row, number, WIO_XLSX_ROWS) || row == 0)) {
        wio_member_stop(member, WIO_E_FORMAT, "'%.40s' is no row of a sheet", number);
    } else if (row <= s->row || row > WIO_XLSX_ROWS) {
        wio_member_stop(member, WIO_E_FORMAT, "row %zu follows row %zu", row, s->row);
    }
    s->row = row;
    s->column = 0;
    if (is_true(wio_attribute(attribute, "hidden"))) {
        count_one(&s->hidden_rows, row, 0);
    }
}

static void start_cell(wio_member *member, sheet *s, const char **attribute)
{
    const char *place = wio_attribute(attribute, "r"), *type = wio_attribute(attribute, "t");
    size_t row = s->row, column = s->column + 1;
    if (s->row == 0) {
        wio_member_stop(member, WIO_E_FORMAT, "a cell outside of a row");
        return;
    }
    if (place != NULL && (!read_place(&row, &column, place) || row != s->row)) {
        wio_member_stop(member, WIO_E_FORMAT, "'%.40s' is no cell of row %zu", place, s->row);
        return;
    }
    if (column <= s->column || column > WIO_XLSX_COLUMNS) {
        char name[WIO_CELL_NAME];
        wio_member_stop(member, WIO_E_FORMAT, "cell %s is there twice or out of order",
                        wio_cell_name(name, row, column - 1));
        return;
    }
    s->column = column;
    s->style = SIZE_MAX;
    (void)wio_whole(&s->style, wio_attribute(attribute, "s"), 1u << 30);
    (void)snprintf(s->type, sizeof s->type, "%s", type != NULL ? type : "n");
    s->in_cell = true;
    s->has_value = s->formula = s->phonetic = false;
    s->value.length = 0;
}

static void on_start(wio_member *member, const char *element, const char **attribute)
{
    sheet *s = member->own;
    size_t number;
    if (strcmp(element, "row") == 0) {
        start_row(member, s, attribute);
    } else if (strcmp(element, "c") == 0) {
        start_cell(member, s, attribute);
    } else if (s->in_cell && strcmp(element, "v") == 0) {
        s->in_value = s->has_value = true;
        s->value.length = 0;
    } else if (s->in_cell && strcmp(element, "t") == 0) {
        s->in_text = s->has_value = !s->phonetic;
    } else if (s->in_cell && strcmp(element, "rPh") == 0) {
        s->phonetic = true;
    } else if (s->in_cell && strcmp(element, "f") == 0) {
        s->formula = true;
    } else if (strcmp(element, "col") == 0 && is_true(wio_attribute(attribute, "hidden"))) {
        if (wio_whole(&number, wio_attribute(attribute, "min"), WIO_XLSX_COLUMNS) && number != 0) {
            count_one(&s->hidden_columns, 1, number);
        }
    } else if (strcmp(element, "mergeCell") == 0) {
        const char *ref = wio_attribute(attribute, "ref");
        char first[16] = "";
        size_t row = 1, column = 1;
        (void)snprintf(first, sizeof first, "%.*s", ref != NULL ? (int)strcspn(ref, ":") : 0,
                       ref != NULL ? ref : "");
        (void)read_place(&row, &column, first);
        count_one(&s->merged, row, column);
    }
}

static void on_text(wio_member *member, const char *text, size_t length)
{
    sheet *s = member->own;
    if (!s->in_value && !s->in_text) {
        return;
    }
    wio_text_add_bytes(&s->value, text, length);
    if (s->value.failed) {
        wio_member_stop(member, WIO_E_MEMORY, "a cell");
    } else if (s->value.length > WIO_XLSX_TEXT) {
        char name[WIO_CELL_NAME];
        wio_member_stop(member, WIO_E_FORMAT, "cell %s has more than 65536 bytes",
                        wio_cell_name(name, s->row, s->column - 1));
    }
}

/* The text and kind of the cell that ends. False: stopped. */
static bool take_value(wio_member *member, const sheet *s, found *to)
{
    wio_book *book = member->book;
    const char *text = s->value.data != NULL && s->value.length != 0 ? s->value.data : "";
    size_t length = s->value.length, index = 0;
    char name[WIO_CELL_NAME];
    to->kind = WIO_CELL_TEXT;
    if (strcmp(s->type, "s") == 0) {
        if (!wio_whole(&index, text, SIZE_MAX / 20) || index >= book->strings) {
            wio_member_stop(member, WIO_E_FORMAT, "cell %s: there is no shared string '%.20s'",
                            wio_cell_name(name, s->row, s->column - 1), text);
            return false;
        }
        to->text = book->string[index];
        return true;
    }
    bool number = strcmp(s->type, "n") == 0;
    if (number) {
        to->kind =
            s->style < book->styles && book->date[s->style] ? WIO_CELL_DATE : WIO_CELL_NUMBER;
    } else if (strcmp(s->type, "d") == 0) {
        to->kind = WIO_CELL_DATE;
    } else if (strcmp(s->type, "b") == 0) {
        to->kind = WIO_CELL_BOOLEAN;
    } else if (strcmp(s->type, "e") == 0) {
        to->kind = WIO_CELL_ERROR;
    } else if (strcmp(s->type, "str") != 0 && strcmp(s->type, "inlineStr") != 0) {
        wio_member_stop(member, WIO_E_FORMAT, "cell %s is of the unknown type '%s'",
                        wio_cell_name(name, s->row, s->column - 1), s->type);
        return false;
    }
    if (strlen(text) < length || !wio_pool_add(&to->text, book, text, length)) {
        wio_member_stop(member, WIO_E_MEMORY, "a cell");
        return false;
    }
    return true;
}

static void end_cell(wio_member *member, sheet *s)
{
    s->in_cell = false;
    bool nothing = !s->has_value || (s->value.length == 0 && strcmp(s->type, "n") == 0);
    if (s->formula) {
        count_one(&s->formulas, s->row, s->column);
        if (nothing) { /* never computed: as an error, so that using it is one */
            s->value.length = 0;
            wio_text_add(&s->value, "a formula without a value");
            (void)snprintf(s->type, sizeof s->type, "e");
        }
    } else if (nothing) {
        return; /* only a style */
    }
    if (s->count == s->capacity) {
        found *grown = wio_grow(s->cell, s->count, 2 * s->capacity + 256, sizeof *grown);
        if (grown == NULL) {
            wio_member_stop(member, WIO_E_MEMORY, "cells");
            return;
        }
        s->cell = grown;
        s->capacity = 2 * s->capacity + 256;
    }
    found *to = &s->cell[s->count];
    *to = (found){.row = (uint32_t)s->row, .column = (uint32_t)s->column};
    if (take_value(member, s, to) && ++s->count > MAX_CELLS) {
        wio_member_stop(member, WIO_E_FORMAT, "more than %zu cells", MAX_CELLS);
    }
}

static void on_end(wio_member *member, const char *element)
{
    sheet *s = member->own;
    if (strcmp(element, "v") == 0) {
        s->in_value = false;
    } else if (strcmp(element, "t") == 0) {
        s->in_text = false;
    } else if (strcmp(element, "rPh") == 0) {
        s->phonetic = false;
    } else if (strcmp(element, "c") == 0 && s->in_cell) {
        end_cell(member, s);
    }
}

/* --- rows of cells --------------------------------------------------------------------------------------- */

static void report(const wio_book *book, const wio_csv *csv, const sheet *s)
{
    char name[WIO_CELL_NAME], place[300];
    if (s->formulas.count != 0) {
        wio_cell_name(name, s->formulas.row, s->formulas.column - 1);
        (void)snprintf(place, sizeof place, "%s%s", csv->place, name);
        wio_find(book->log, WIO_WARNING, place, 0, 0,
                 "a formula (%zu in the sheet): the value last saved is read", s->formulas.count);
    }
    if (s->merged.count != 0) {
        wio_cell_name(name, s->merged.row, s->merged.column - 1);
        (void)snprintf(place, sizeof place, "%s%s", csv->place, name);
        wio_find(
            book->log, WIO_WARNING, place, 0, 0,
            "merged cells (%zu ranges in the sheet): only the first cell of a range has a value",
            s->merged.count);
    }
    if (s->hidden_rows.count != 0) {
        wio_find(book->log, WIO_WARNING, csv->place, 0, 0,
                 "row %zu is hidden (%zu rows in the sheet): it is read like the others",
                 s->hidden_rows.row, s->hidden_rows.count);
    }
    if (s->hidden_columns.count != 0) {
        wio_cell_name(name, 1, s->hidden_columns.column - 1);
        name[strlen(name) - 1] = '\0'; /* the row */
        wio_find(book->log, WIO_WARNING, csv->place, 0, 0,
                 "column %s is hidden (%zu ranges in the sheet): it is read like the others", name,
                 s->hidden_columns.count);
    }
}

/* Sizes: rows with a cell, and cells up to the last of each. */
static void measure(size_t *rows, size_t *cells, const sheet *s)
{
    *rows = *cells = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (i + 1 == s->count || s->cell[i + 1].row != s->cell[i].row) {
            ++*rows;
            *cells += s->cell[i].column;
        }
    }
}

static wio_status build(wio_csv *csv, wio_book *book, const sheet *s)
{
    size_t rows, cells;
    measure(&rows, &cells, s);
    if (cells > MAX_HOLES + s->count) {
        wio_find(book->log, WIO_ERROR, book->file, 0, 0,
                 "sheet '%.60s' has too many empty cells: its rows reach too far to the right",
                 s->name);
        return wio_fail(book->err, WIO_E_FORMAT, "%s: sheet '%.60s' has too many empty cells",
                        book->file, s->name);
    }
    csv->columns = wio_alloc(rows, sizeof *csv->columns);
    csv->start = wio_alloc(rows + 1, sizeof *csv->start);
    csv->line = wio_alloc(rows, sizeof *csv->line);
    csv->cell = wio_alloc(cells, sizeof *csv->cell);
    csv->kind = wio_zalloc(cells, 1);
    if (csv->columns == NULL || csv->start == NULL || csv->line == NULL || csv->cell == NULL ||
        csv->kind == NULL) {
        return wio_fail(book->err, WIO_E_MEMORY, "%s: %zu cells", book->file, cells);
    }
    csv->data = book->pool.data;
    book->pool = (wio_text){0};
    size_t at = 0;
    for (size_t i = 0; i < s->count; csv->rows++) {
        size_t row = s->cell[i].row;
        csv->start[csv->rows] = at;
        csv->line[csv->rows] = row;
        size_t columns = 0;
        for (; i < s->count && s->cell[i].row == row; i++) {
            for (; columns + 1 < s->cell[i].column; columns++) {
                csv->cell[at + columns] = csv->data; /* "" */
            }
            csv->cell[at + columns] = csv->data + s->cell[i].text;
            csv->kind[at + columns++] = s->cell[i].kind;
        }
        csv->columns[csv->rows] = columns;
        at += columns;
    }
    csv->start[csv->rows] = at;
    return WIO_OK;
}

wio_status wio_xlsx_sheet(wio_csv *out, wio_book *book, const char *member, const char *name)
{
    static const wio_handlers handlers = {.start = on_start, .end = on_end, .text = on_text};
    sheet s = {.name = name};
    wio_csv csv = {0};
    wio_text place = {0};
    wio_status status = wio_member_parse(book, member, &handlers, &s);
    if (status == WIO_OK) {
        wio_text_add(&place, "%s:%s!", book->file, name);
        status = wio_text_take(&csv.place, &place, book->err);
    }
    if (status == WIO_OK) {
        status = build(&csv, book, &s);
    }
    if (status == WIO_OK) {
        report(book, &csv, &s);
        *out = csv;
    } else {
        wio_csv_clear(&csv);
    }
    wio_free(s.cell);
    wio_text_free(&s.value);
    return status;
}
