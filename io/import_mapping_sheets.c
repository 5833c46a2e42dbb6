/* import_mapping_sheets.c - what a mapping says of a sheet: file, form of numbers, where labels are. */
#include "import_mapping.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { MOST_SHEETS = 250 };

/* A list of texts as an array that the policy owns. */
static wio_status read_texts(wio_mapping *map, const wio_node *node, const char *key,
                             const char *const **out, size_t *count)
{
    const wio_node *list = wio_mapping_get(map, node, key, WIO_NODE_LIST, false);
    *count = 0;
    *out = NULL;
    if (list == NULL) {
        return WIO_OK;
    }
    const char **text = wio_alloc(list->count, sizeof *text);
    if (text == NULL) {
        return wio_mapping_memory(map, key);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (list->item[i].kind != WIO_NODE_SCALAR) {
            wio_mapping_wrong(map, &list->item[i], "an item of '%s' has to be text", key);
        } else {
            text[(*count)++] = list->item[i].text;
        }
    }
    *out = text;
    return WIO_OK;
}

/* A key of the sheet, else of the whole mapping. */
static const wio_node *either(const wio_mapping *map, const wio_node *node, const char *key)
{
    const wio_node *item = wio_node_get(node, key);
    return item != NULL ? item : wio_node_get(&map->root, key);
}

/* How numbers and cells are written. */
static wio_status read_form(wio_mapping *map, wio_map_sheet *sheet)
{
    static const char *const delimiters[] = {",", ";", "tab", "|"};
    static const char *const marks[] = {".", ","};
    static const char *const groups[] = {"none", ".", ",", " ", "'"};
    static const char *const units[] = {"one", "thousand", "million", "billion"};
    static const double per_million[] = {1e6, 1e3, 1, 1e-3};
    static const char between[] = {',', ';', '\t', '|', '\0'};
    static const char points[] = {'.', ',', '\0'}, separators[] = {'\0', '.', ',', ' ', '\'', '\0'};
    const wio_node *node = sheet->node;
    const wio_node *item = either(map, node, "delimiter");
    size_t which =
        item != NULL ? wio_mapping_word(map, item, "delimiter", delimiters, 4) : SIZE_MAX;
    sheet->delimiter = between[which < 4 ? which : 4];
    item = either(map, node, "decimal");
    which = item != NULL ? wio_mapping_word(map, item, "decimal", marks, 2) : SIZE_MAX;
    sheet->policy.form.decimal = points[which < 2 ? which : 2];
    item = either(map, node, "thousands");
    which = item != NULL ? wio_mapping_word(map, item, "thousands", groups, 5) : 0;
    sheet->policy.form.thousands = separators[which < 5 ? which : 5];
    if (sheet->policy.form.thousands != '\0' &&
        (sheet->policy.form.decimal == '\0' ||
         sheet->policy.form.decimal == sheet->policy.form.thousands)) {
        wio_mapping_wrong(map, item, "with 'thousands', 'decimal' has to be declared, and differ");
    }
    item = either(map, node, "unit");
    if (item == NULL) {
        wio_mapping_wrong(map, node,
                          "key 'unit' is missing: one, thousand, million or billion of "
                          "the currency");
    }
    which = item != NULL ? wio_mapping_word(map, item, "unit", units, 4) : SIZE_MAX;
    sheet->per_million = which != SIZE_MAX ? per_million[which] : 1.0;
    sheet->policy.trim = true;
    const wio_node *zero = wio_node_get(node, "zero") != NULL ? node : &map->root;
    const wio_node *missing = wio_node_get(node, "missing") != NULL ? node : &map->root;
    WIO_TRY(read_texts(map, zero, "zero", &sheet->policy.zero, &sheet->policy.zeros));
    return read_texts(map, missing, "missing", &sheet->policy.missing, &sheet->policy.missings);
}

/* A code of the list of regions, or {rows: CODE, columns: CODE}. */
static void read_region(wio_mapping *map, wio_map_sheet *sheet)
{
    static const char *const keys[] = {"rows", "columns"};
    const wio_node *node = wio_node_get(sheet->node, "region");
    const wio_node *at[2] = {node, node};
    if (node == NULL) {
        return;
    }
    if (node->kind == WIO_NODE_MAP) {
        wio_mapping_check_keys(map, node, keys, 2);
        at[0] = wio_mapping_get(map, node, "rows", WIO_NODE_SCALAR, false);
        at[1] = wio_mapping_get(map, node, "columns", WIO_NODE_SCALAR, false);
    } else if (node->kind == WIO_NODE_LIST) {
        wio_mapping_wrong(map, node, "region has to be a code, or {rows: CODE, columns: CODE}");
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (at[i] != NULL && wio_names_find(&map->region, at[i]->text) == SIZE_MAX &&
            (i == 0 || at[1] != at[0])) {
            const char *nearest =
                wio_nearest(at[i]->text, (const char *const *)map->region.code, map->region.count);
            wio_mapping_wrong(map, at[i], "unknown region '%.80s'%s%s%s", at[i]->text,
                              nearest != NULL ? " (did you mean '" : "",
                              nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
        }
    }
    sheet->row_region = at[0] != NULL ? at[0]->text : NULL;
    sheet->column_region = at[1] != NULL ? at[1]->text : NULL;
}

static void read_wide(wio_mapping *map, wio_map_sheet *sheet)
{
    static const char *const keys[] = {"region", "code"};
    const wio_node *header = wio_mapping_get(map, sheet->node, "header", WIO_NODE_MAP, true);
    const wio_node *labels = wio_mapping_get(map, sheet->node, "labels", WIO_NODE_MAP, true);
    if (header != NULL) {
        wio_mapping_check_keys(map, header, keys, 2);
        sheet->region_row = wio_mapping_number(map, header, "region", false, false);
        sheet->code_row = wio_mapping_number(map, header, "code", false, true);
    }
    if (labels != NULL) {
        wio_mapping_check_keys(map, labels, keys, 2);
        sheet->region_column = wio_mapping_number(map, labels, "region", true, false);
        sheet->code_column = wio_mapping_number(map, labels, "code", true, true);
    }
    size_t row = sheet->region_row > sheet->code_row ? sheet->region_row : sheet->code_row;
    size_t column =
        sheet->region_column > sheet->code_column ? sheet->region_column : sheet->code_column;
    sheet->first_row = wio_mapping_number(map, sheet->node, "first_row", false, false);
    sheet->last_row = wio_mapping_number(map, sheet->node, "last_row", false, false);
    sheet->first_column = wio_mapping_number(map, sheet->node, "first_column", true, false);
    sheet->last_column = wio_mapping_number(map, sheet->node, "last_column", true, false);
    sheet->first_row = sheet->first_row != 0 ? sheet->first_row : row + 1;
    sheet->first_column = sheet->first_column != 0 ? sheet->first_column : column + 1;
}

static void read_long(wio_mapping *map, wio_map_sheet *sheet)
{
    static const char *const keys[] = {"from_region", "from", "to_region", "to", "value"};
    const wio_node *columns = wio_mapping_get(map, sheet->node, "columns", WIO_NODE_MAP, true);
    if (columns == NULL) {
        return;
    }
    wio_mapping_check_keys(map, columns, keys, COUNT(keys));
    for (size_t i = 0; i < COUNT(keys); i++) {
        sheet->column[i] =
            wio_mapping_get(map, columns, keys[i], WIO_NODE_SCALAR, i % 2 == 1 || i == 4);
    }
}

static wio_status read_sheet(wio_mapping *map, wio_map_sheet *sheet, const wio_node *node)
{
    static const char *const keys[] = {
        "file",    "sheet",   "form",        "delimiter", "decimal",  "thousands",
        "unit",    "missing", "zero",        "region",    "split",    "rename",
        "ignore",  "header",  "labels",      "first_row", "last_row", "first_column",
        "columns", "where",   "last_column", "table",     "prices",   "rows"};
    enum { OF_SUPPLY_AND_USE = 3 }; /* the last keys */
    static const char *const forms[] = {"wide", "long"};
    *sheet = (wio_map_sheet){.node = node};
    if (node->kind != WIO_NODE_MAP) {
        wio_mapping_wrong(map, node, "a sheet has to be {file: ..., header: ..., labels: ...}");
        return WIO_OK;
    }
    wio_mapping_check_keys(map, node, keys,
                           COUNT(keys) - (map->supply_use ? 0 : (size_t)OF_SUPPLY_AND_USE));
    sheet->file = wio_mapping_text(map, node, "file", true);
    sheet->sheet = wio_mapping_text(map, node, "sheet", false);
    sheet->split = wio_mapping_text(map, node, "split", false);
    if (sheet->split != NULL && strlen(sheet->split) == 0) {
        wio_mapping_wrong(map, wio_node_get(node, "split"),
                          "split is empty: write what separates "
                          "region and sector, \"_\" for example");
        sheet->split = NULL;
    }
    sheet->rename = wio_mapping_get(map, node, "rename", WIO_NODE_MAP, false);
    sheet->ignore = wio_mapping_get(map, node, "ignore", WIO_NODE_LIST, false);
    const wio_node *form = wio_node_get(node, "form");
    sheet->is_long = form != NULL && wio_mapping_word(map, form, "form", forms, 2) == 1;
    WIO_TRY(read_form(map, sheet));
    read_region(map, sheet);
    if (sheet->is_long) {
        read_long(map, sheet);
        sheet->where = wio_mapping_get(map, node, "where", WIO_NODE_MAP, false);
    } else {
        read_wide(map, sheet);
    }
    if (map->supply_use) {
        wio_mapping_part(map, sheet);
    }
    return WIO_OK;
}

wio_status wio_mapping_sheets(wio_mapping *map)
{
    const wio_node *list = wio_mapping_get(map, &map->root, "sheets", WIO_NODE_LIST, true);
    size_t count = list != NULL ? list->count : 0;
    if (list != NULL && (count == 0 || count > MOST_SHEETS)) {
        wio_mapping_wrong(map, list, "%zu sheets: 1 to %d can be read", count, (int)MOST_SHEETS);
        return WIO_OK;
    }
    map->sheet = wio_zalloc(count, sizeof *map->sheet);
    if (map->sheet == NULL) {
        return wio_mapping_memory(map, "sheets");
    }
    for (size_t i = 0; i < count; i++) {
        map->sheets++;
        WIO_TRY(read_sheet(map, &map->sheet[i], &list->item[i]));
    }
    return WIO_OK;
}
