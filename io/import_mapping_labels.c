/* import_mapping_labels.c - the sheets of a mapping opened, and what every row and column of them is.
 *
 * A label is, in this order: renamed; left out when it is to be ignored; a primary item or account
 * (rows) or a final use (columns); a sector of a region. Rows go first over all sheets, since they
 * are what `sectors: labels` takes its sectors from. */
#include "import_mapping.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const size_t MAX_FILE = (size_t)4 << 30;

/* The text of a cell, "" where there is none. */
static const char *cell_text(const wio_map_sheet *sheet, size_t row, size_t column)
{
    const wio_csv *cells = &sheet->cells;
    return column < cells->columns[row] ? cells->cell[cells->start[row] + column] : "";
}

/* --- opening ----------------------------------------------------------------------------------------------- */

static wio_status record(wio_mapping *map, const char *path, const char *data, size_t length)
{
    for (size_t i = 0; i < map->inputs; i++) {
        if (strcmp(map->input[i].path, path) == 0) {
            return WIO_OK;
        }
    }
    wio_input_file *grown = wio_grow(map->input, map->inputs, map->inputs + 1, sizeof *grown);
    if (grown == NULL) {
        return wio_mapping_memory(map, "list of inputs");
    }
    map->input = grown;
    grown[map->inputs] = (wio_input_file){.path = wio_strdup(path), .bytes = length};
    if (grown[map->inputs].path == NULL) {
        return wio_mapping_memory(map, "list of inputs");
    }
    wio_digest(grown[map->inputs++].digest, data, length);
    return WIO_OK;
}

/* The cells of a file: a workbook when it begins as one, else text. A mistake is logged. */
static wio_status parse(wio_mapping *map, wio_map_sheet *sheet, char *data, size_t length)
{
    wio_error error = {0};
    wio_status status;
    if (length >= 4 &&
        (memcmp(data, "PK\x03\x04", 4) == 0 || memcmp(data, "\xd0\xcf\x11\xe0", 4) == 0)) {
        status = wio_xlsx_parse(&sheet->cells, data, length, sheet->path, sheet->sheet, map->log,
                                &error);
        wio_free(data);
    } else {
        const wio_csv_form form = {.delimiter = sheet->delimiter};
        status = wio_csv_read(&sheet->cells, data, length, sheet->path, &form, map->log, &error);
    }
    if (status == WIO_E_MEMORY) {
        return wio_mapping_memory(map, sheet->path);
    }
    if (status != WIO_OK) { /* already logged */
        (void)wio_fail(map->err, status, "%s", error.message);
        map->status = map->status == WIO_OK ? status : map->status;
    } else if (sheet->cells.rows == 0) {
        wio_mapping_wrong(map, sheet->node, "%s: there is nothing in it", sheet->path);
    }
    return WIO_OK;
}

static wio_status open_sheet(wio_mapping *map, wio_map_sheet *sheet)
{
    char *data = NULL;
    size_t length = 0;
    wio_error error = {0};
    const char *folder = *sheet->file == '/' ? "" : map->folder;
    if (wio_path_join(&sheet->path, folder, sheet->file, NULL) != WIO_OK) {
        return wio_mapping_memory(map, sheet->file);
    }
    wio_status status = wio_file_read(&data, &length, sheet->path, MAX_FILE, &error);
    if (status == WIO_E_MEMORY) {
        return wio_mapping_memory(map, sheet->path);
    }
    if (status != WIO_OK) {
        wio_mapping_wrong(map, wio_node_get(sheet->node, "file"), "%s", error.message);
        return WIO_OK;
    }
    status = record(map, sheet->path, data, length);
    if (status != WIO_OK) {
        wio_free(data);
        return status;
    }
    WIO_TRY(parse(map, sheet, data, length));
    for (size_t r = 0; r < sheet->cells.rows; r++) {
        sheet->columns =
            sheet->cells.columns[r] > sheet->columns ? sheet->cells.columns[r] : sheet->columns;
    }
    return WIO_OK;
}

/* --- one label ---------------------------------------------------------------------------------------------- */

static const char *nearest_of(const wio_names *names, const char *text)
{
    return wio_nearest(text, (const char *const *)names->code, names->count);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The text of a label without spaces around it; these are counted. */
static const char *trimmed(wio_map_sheet *sheet, size_t row, size_t column)
{
    wio_csv *cells = &sheet->cells;
    if (column >= cells->columns[row]) {
        return "";
    }
    char *text = cells->cell[cells->start[row] + column], *from = text;
    size_t length = strlen(text), whole = length;
    while (length != 0 && is_blank(text[length - 1])) {
        length--;
    }
    while (length != 0 && is_blank(*from)) {
        from++;
        length--;
    }
    if (length != whole) {
        if (sheet->trimmed++ == 0) {
            sheet->trimmed_row = row;
            sheet->trimmed_column = column;
        }
        if (cells->place != NULL) { /* a shared string: it may stand in other cells too */
            return length == 0 ? "" : from[length] == '\0' ? from : text;
        }
        from[length] = '\0';
    }
    return from;
}

static bool in_list(const wio_node *list, const char *text)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (list->item[i].kind == WIO_NODE_SCALAR && strcmp(list->item[i].text, text) == 0) {
            return true;
        }
    }
    return false;
}

typedef struct place { /* of a label in the sheet */
    wio_map_sheet *sheet;
    bool is_row;
    size_t row, column;               /* the code */
    size_t region_row, region_column; /* the region, where it has a cell */
} place;

/* The region's index: what the label says, else what the use or the sheet says, else the only one. */
static size_t find_region(wio_mapping *map, const place *at, const char *said, const char *of_use)
{
    const char *otherwise = at->is_row ? at->sheet->row_region : at->sheet->column_region;
    const char *text = said != NULL ? said : of_use != NULL ? of_use : otherwise;
    if (text == NULL) {
        if (map->region.count == 1) {
            return 0;
        }
        wio_mapping_cell(
            map, at->sheet, WIO_ERROR, at->row, at->column,
            "'%.80s' names no region, and the mapping has %zu: say `region` or `split` "
            "for this sheet",
            trimmed(at->sheet, at->row, at->column), map->region.count);
        return SIZE_MAX;
    }
    size_t region = wio_names_find(&map->region, text);
    if (region == SIZE_MAX) {
        const char *nearest = nearest_of(&map->region, text);
        wio_mapping_cell(map, at->sheet, WIO_ERROR, at->region_row, at->region_column,
                         "unknown region '%.80s'%s%s%s", text,
                         nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                         nearest != NULL ? "'?)" : "");
    }
    return region;
}

void wio_map_unknown(wio_mapping *map, wio_map_sheet *sheet, size_t row, size_t column,
                     const char *text, const char *what, const wio_names *const *lists,
                     size_t count)
{
    const char *nearest = NULL;
    for (size_t i = 0; i < count && nearest == NULL; i++) {
        nearest = nearest_of(lists[i], text);
    }
    wio_mapping_cell(map, sheet, WIO_ERROR, row, column,
                     "'%.80s' is no %s of the mapping%s%s%s: add it there, or to `ignore`", text,
                     what, nearest != NULL ? " (did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
}

static void unknown(wio_mapping *map, const place *at, const char *text)
{
    const wio_names *const lists[2][3] = {{&map->sector, &map->use, NULL},
                                          {&map->sector, &map->item, &map->account}};
    wio_map_unknown(map, at->sheet, at->row, at->column, text,
                    at->is_row ? "sector, primary item or account" : "sector or use",
                    lists[at->is_row], at->is_row ? 3 : 2);
}

/* A sector's or use's code in the lists; in a row, `sectors: labels` adds it. */
static wio_status find_code(wio_map_label *to, wio_mapping *map, const place *at, const char *code)
{
    size_t use = at->is_row ? SIZE_MAX : wio_names_find(&map->use, code);
    to->kind = use != SIZE_MAX ? WIO_MAP_USE : WIO_MAP_SECTOR;
    to->code = use != SIZE_MAX ? use : wio_names_find(&map->sector, code);
    if (to->code == SIZE_MAX && at->is_row && map->sectors_from_labels) {
        to->code = map->sector.count;
        if (wio_names_add(&map->sector, code, code) != WIO_OK) {
            return wio_mapping_memory(map, "sectors");
        }
    }
    if (to->code == SIZE_MAX) {
        to->kind = WIO_MAP_NONE;
        unknown(map, at, code);
    }
    return WIO_OK;
}

/* What a label is. `region` is the text of its region's cell, or NULL. */
static wio_status resolve(wio_map_label *to, wio_mapping *map, const place *at, const char *region)
{
    const char *text = trimmed(at->sheet, at->row, at->column);
    *to = (wio_map_label){0};
    if (in_list(at->sheet->ignore, text)) {
        return WIO_OK;
    }
    const wio_node *renamed = wio_node_get(at->sheet->rename, text);
    text = renamed != NULL && renamed->kind == WIO_NODE_SCALAR ? renamed->text : text;
    if (*text == '\0') {
        wio_mapping_cell(map, at->sheet, WIO_ERROR, at->row, at->column,
                         "a %s without a label: name it, or add \"\" to `ignore`",
                         at->is_row ? "row" : "column");
        return WIO_OK;
    }
    if (wio_text_combining(text) && !at->sheet->combining) {
        at->sheet->combining = true;
        wio_mapping_cell(map, at->sheet, WIO_WARNING, at->row, at->column,
                         "'%.80s' has accents as characters of their own: it equals no code with "
                         "accented letters",
                         text);
    }
    if (map->supply_use) {
        return wio_map_part_label(to, map, at->sheet, at->is_row, at->row, at->column, text);
    }
    if (at->is_row) {
        size_t item = wio_names_find(&map->item, text);
        size_t account = wio_names_find(&map->account, text);
        if (item != SIZE_MAX || account != SIZE_MAX) {
            to->kind = item != SIZE_MAX ? WIO_MAP_ITEM : WIO_MAP_ACCOUNT;
            to->code = item != SIZE_MAX ? item : account;
            return WIO_OK;
        }
    }
    region = region != NULL && *region != '\0' ? region : NULL;
    char before[256];
    const char *split =
        at->sheet->split != NULL && region == NULL ? strstr(text, at->sheet->split) : NULL;
    if (split != NULL && (size_t)(split - text) < sizeof before) {
        (void)snprintf(before, sizeof before, "%.*s", (int)(split - text), text);
        region = before;
        text = split + strlen(at->sheet->split);
    }
    WIO_TRY(find_code(to, map, at, text));
    if (to->kind != WIO_MAP_NONE) {
        const char *of_use = to->kind == WIO_MAP_USE ? map->use_region[to->code] : NULL;
        to->region = find_region(map, at, region, of_use);
        to->kind = to->region != SIZE_MAX ? to->kind : WIO_MAP_NONE;
    }
    return WIO_OK;
}

/* --- wide sheets ---------------------------------------------------------------------------------------------- */

/* The row of cells whose line has that number, or SIZE_MAX and a mistake. */
static size_t row_of(wio_mapping *map, wio_map_sheet *sheet, size_t number, const char *key)
{
    for (size_t r = 0; r < sheet->cells.rows; r++) {
        if (sheet->cells.line[r] == number) {
            return r;
        }
    }
    wio_mapping_wrong(map, wio_node_get(wio_node_get(sheet->node, "header"), key),
                      "row %zu of %s is empty or not there", number, sheet->path);
    return SIZE_MAX;
}

/* A label that is there twice, by kind, region and code. */
static wio_status check_twice(wio_mapping *map, wio_names *seen, size_t *first, const place *at,
                              const wio_map_label *label)
{
    char key[80];
    if (label->kind == WIO_MAP_NONE) {
        return WIO_OK;
    }
    (void)snprintf(key, sizeof key, "%d %zu %zu", (int)label->kind, label->region, label->code);
    size_t old = wio_names_find(seen, key), mine = at->is_row ? at->row : at->column;
    if (old == SIZE_MAX) {
        first[seen->count] = mine;
        return wio_names_add(seen, key, "") == WIO_OK ? WIO_OK : wio_mapping_memory(map, "labels");
    }
    if (at->is_row) {
        wio_mapping_cell(map, at->sheet, WIO_ERROR, at->row, at->column,
                         "row '%.80s' is there twice (first in line %zu)",
                         trimmed(at->sheet, at->row, at->column),
                         at->sheet->cells.line[first[old]]);
    } else {
        wio_mapping_cell(map, at->sheet, WIO_ERROR, at->row, at->column,
                         "column '%.80s' is there twice (first in column %zu)",
                         trimmed(at->sheet, at->row, at->column), first[old] + 1);
    }
    return WIO_OK;
}

static bool empty_row(const wio_map_sheet *sheet, size_t row)
{
    for (size_t c = 0; c < sheet->cells.columns[row]; c++) {
        if (*cell_text(sheet, row, c) != '\0') {
            return false;
        }
    }
    return true;
}

static wio_status wide_rows(wio_mapping *map, wio_map_sheet *sheet)
{
    wio_names seen = {0};
    size_t *first = wio_alloc(sheet->cells.rows, sizeof *first);
    wio_status status = first != NULL ? WIO_OK : wio_mapping_memory(map, "labels");
    for (size_t r = 0; status == WIO_OK && r < sheet->cells.rows; r++) {
        size_t line = sheet->cells.line[r];
        if (line < sheet->first_row || (sheet->last_row != 0 && line > sheet->last_row) ||
            empty_row(sheet, r)) {
            continue;
        }
        const place at = {sheet, true, r, sheet->code_column - 1, r, sheet->region_column - 1};
        const char *region =
            sheet->region_column != 0 ? trimmed(sheet, r, sheet->region_column - 1) : NULL;
        status = resolve(&sheet->row[r], map, &at, region);
        if (status == WIO_OK) {
            status = check_twice(map, &seen, first, &at, &sheet->row[r]);
        }
    }
    wio_names_free(&seen);
    wio_free(first);
    return status;
}

static wio_status wide_columns(wio_mapping *map, wio_map_sheet *sheet)
{
    size_t code = row_of(map, sheet, sheet->code_row, "code"), region_row = code;
    if (sheet->region_row != 0) {
        region_row = row_of(map, sheet, sheet->region_row, "region");
    }
    if (code == SIZE_MAX || region_row == SIZE_MAX) {
        return WIO_OK;
    }
    wio_names seen = {0};
    size_t *first = wio_alloc(sheet->columns, sizeof *first);
    wio_status status = first != NULL ? WIO_OK : wio_mapping_memory(map, "labels");
    size_t last = sheet->last_column != 0 && sheet->last_column < sheet->columns
                      ? sheet->last_column
                      : sheet->columns;
    for (size_t c = sheet->first_column - 1; status == WIO_OK && c < last; c++) {
        const place at = {sheet, false, code, c, region_row, c};
        const char *region = sheet->region_row != 0 ? trimmed(sheet, region_row, c) : NULL;
        status = resolve(&sheet->column_at[c], map, &at, region);
        if (status == WIO_OK) {
            status = check_twice(map, &seen, first, &at, &sheet->column_at[c]);
        }
    }
    wio_names_free(&seen);
    wio_free(first);
    return status;
}

/* --- long sheets ------------------------------------------------------------------------------------------------ */

/* A column by its name in the first row, SIZE_MAX and a mistake when it is not there. */
static size_t column_named(wio_mapping *map, wio_map_sheet *sheet, const wio_node *at)
{
    const char *header[512];
    size_t count = sheet->cells.columns[0] < 512 ? sheet->cells.columns[0] : 512;
    for (size_t c = 0; c < count; c++) {
        header[c] = trimmed(sheet, 0, c);
        if (strcmp(header[c], at->text) == 0) {
            return c;
        }
    }
    const char *nearest = wio_nearest(at->text, header, count);
    wio_mapping_wrong(map, at, "%s has no column '%.80s'%s%s%s", sheet->path, at->text,
                      nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                      nearest != NULL ? "'?)" : "");
    return SIZE_MAX;
}

/* Which columns hold what; false when one is not there. Mistakes are logged once. */
static bool find_columns(wio_mapping *map, wio_map_sheet *sheet)
{
    bool good = true;
    for (size_t i = 0; i < 5; i++) {
        sheet->at[i] =
            sheet->column[i] != NULL ? column_named(map, sheet, sheet->column[i]) : SIZE_MAX;
        good = good && (sheet->column[i] == NULL || sheet->at[i] != SIZE_MAX);
    }
    for (size_t i = 0; sheet->where != NULL && i < sheet->where->count; i++) {
        if (i == WIO_MAP_FILTERS) {
            wio_mapping_wrong(map, sheet->where, "`where` has more than %d columns",
                              (int)WIO_MAP_FILTERS);
            return false;
        }
        size_t column = column_named(map, sheet, &sheet->where->key[i]);
        bool text = sheet->where->item[i].kind == WIO_NODE_SCALAR;
        if (!text) {
            wio_mapping_wrong(map, &sheet->where->item[i], "where: {COLUMN: text, ...}");
        }
        sheet->filter[sheet->filters++] = column;
        good = good && column != SIZE_MAX && text;
    }
    return good;
}

static bool passes(wio_map_sheet *sheet, size_t row)
{
    for (size_t i = 0; i < sheet->filters; i++) {
        if (strcmp(trimmed(sheet, row, sheet->filter[i]), sheet->where->item[i].text) != 0) {
            return false;
        }
    }
    return true;
}

/* Both labels of every line; `rows` says which of the two. */
static wio_status long_labels(wio_mapping *map, wio_map_sheet *sheet, bool rows)
{
    size_t left = 0;
    if (rows) {
        sheet->long_known = find_columns(map, sheet);
    }
    if (!sheet->long_known) {
        return WIO_OK;
    }
    size_t region = sheet->at[rows ? 0 : 2], code = sheet->at[rows ? 1 : 3];
    for (size_t r = 1; r < sheet->cells.rows; r++) {
        if (!passes(sheet, r)) {
            left++;
            continue;
        }
        const place at = {sheet, rows, r, code, r, region};
        const char *text = region != SIZE_MAX ? trimmed(sheet, r, region) : NULL;
        WIO_TRY(resolve(rows ? &sheet->row[r] : &sheet->column_at[r], map, &at, text));
    }
    if (left != 0 && rows) {
        wio_find(map->log, WIO_NOTE, sheet->path, 0, 0,
                 "%zu lines are not what `where` says: left out", left);
    }
    return WIO_OK;
}

/* --- all sheets ------------------------------------------------------------------------------------------------- */

/* All rows or all columns of a sheet. */
static wio_status label_side(wio_mapping *map, wio_map_sheet *sheet, bool rows)
{
    size_t count = rows || sheet->is_long ? sheet->cells.rows : sheet->columns;
    wio_map_label *labels = wio_zalloc(count, sizeof *labels);
    if (labels == NULL) {
        return wio_mapping_memory(map, "labels");
    }
    *(rows ? &sheet->row : &sheet->column_at) = labels;
    return sheet->is_long ? long_labels(map, sheet, rows)
           : rows         ? wide_rows(map, sheet)
                          : wide_columns(map, sheet);
}

/* Rows, then columns; of supply and use the sheets of supply first, for `labels` takes products and
 * industries from them. */
wio_status wio_mapping_labels(wio_mapping *map)
{
    for (size_t i = 0; i < map->sheets; i++) {
        WIO_TRY(open_sheet(map, &map->sheet[i]));
    }
    if (map->status != WIO_OK) {
        return WIO_OK;
    }
    for (int pass = 0; pass < 4; pass++) {
        for (size_t i = 0; i < map->sheets; i++) {
            wio_map_sheet *sheet = &map->sheet[i];
            bool first = !map->supply_use || sheet->part == WIO_PART_SUPPLY;
            if (first == (pass < 2)) {
                WIO_TRY(label_side(map, sheet, pass % 2 == 0));
            }
        }
    }
    for (size_t i = 0; i < map->sheets; i++) {
        wio_map_sheet *sheet = &map->sheet[i];
        if (sheet->trimmed != 0) {
            wio_mapping_cell(map, sheet, WIO_WARNING, sheet->trimmed_row, sheet->trimmed_column,
                             "spaces around a label are left out (first of %zu)", sheet->trimmed);
        }
    }
    return WIO_OK;
}
