/* import_mapping.c - a table from any CSV, TSV or XLSX, by a small YAML file that says what is where
 * (io/README.md has its keys). Nothing is guessed: what a label is, is said in the mapping. */
#include "import_mapping.h"

#include <stdio.h>
#include <string.h>

static const size_t MAX_MAPPING = (size_t)4 << 20;
enum { MOST_IN_SHEET = 50, MOST_SHEETS = 250 };

/* --- findings ------------------------------------------------------------------------------------------- */

void wio_mapping_wrong(wio_mapping *map, const wio_node *at, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(map->log, WIO_ERROR, map->path, at->line, at->column, "%s", message);
    (void)wio_fail(map->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", map->path, at->line, at->column,
                   message);
    map->status = map->status == WIO_OK ? WIO_E_FORMAT : map->status;
}

wio_status wio_mapping_memory(wio_mapping *map, const char *what)
{
    map->status = WIO_E_MEMORY;
    return wio_fail(map->err, WIO_E_MEMORY, "%s: %s", map->path, what);
}

void wio_mapping_cell(wio_mapping *map, wio_map_sheet *sheet, wio_severity severity, size_t row,
                      size_t column, const char *format, ...)
{
    char message[400], place[400], name[WIO_CELL_NAME];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    const wio_csv *cells = &sheet->cells;
    size_t line = row < cells->rows ? cells->line[row] : 0;
    bool book = cells->place != NULL;
    if (book) {
        (void)snprintf(place, sizeof place, "%s%s", cells->place,
                       wio_cell_name(name, line, column));
    }
    if (severity == WIO_ERROR) {
        map->status = map->status == WIO_OK ? WIO_E_FORMAT : map->status;
        if (book) {
            (void)wio_fail(map->err, WIO_E_FORMAT, "%s: %s", place, message);
        } else {
            (void)wio_fail(map->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", sheet->path, line, column + 1,
                           message);
        }
        if (++sheet->wrong > MOST_IN_SHEET) {
            if (sheet->wrong == MOST_IN_SHEET + 1) {
                wio_find(map->log, WIO_ERROR, sheet->path, 0, 0, "more mistakes follow");
            }
            return;
        }
    }
    wio_find(map->log, severity, book ? place : sheet->path, book ? 0 : line, book ? 0 : column + 1,
             "%s", message);
}

/* --- keys ------------------------------------------------------------------------------------------------ */

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void check_keys(wio_mapping *map, const wio_node *node, const char *const *keys,
                       size_t count)
{
    for (size_t i = 0; i < node->count; i++) {
        const wio_node *key = &node->key[i];
        size_t k = 0;
        while (k < count && strcmp(keys[k], key->text) != 0) {
            k++;
        }
        if (k == count) {
            const char *nearest = wio_nearest(key->text, keys, count);
            wio_mapping_wrong(map, key, "unknown key '%.80s'%s%s%s", key->text,
                              nearest != NULL ? " (did you mean '" : "",
                              nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
        }
    }
}

/* The node of a key, of the kind it has to be, or NULL. */
static const wio_node *get(wio_mapping *map, const wio_node *node, const char *key,
                           wio_node_kind kind, bool required)
{
    static const char *const kinds[] = {"text", "a list", "{key: value, ...}"};
    const wio_node *item = wio_node_get(node, key);
    if (item == NULL) {
        if (required) {
            wio_mapping_wrong(map, node, "key '%s' is missing", key);
        }
        return NULL;
    }
    if (item->kind != kind) {
        wio_mapping_wrong(map, item, "'%s' has to be %s", key, kinds[kind]);
        return NULL;
    }
    return item;
}

static const char *text_of(wio_mapping *map, const wio_node *node, const char *key, bool required)
{
    const wio_node *item = get(map, node, key, WIO_NODE_SCALAR, required);
    return item != NULL ? item->text : NULL;
}

/* Which of `words` the text is; SIZE_MAX, and logged, when it is none of them. */
static size_t word_of(wio_mapping *map, const wio_node *item, const char *what,
                      const char *const *words, size_t count)
{
    wio_text all = {0};
    for (size_t i = 0; i < count; i++) {
        if (item->kind == WIO_NODE_SCALAR && strcmp(item->text, words[i]) == 0) {
            wio_text_free(&all);
            return i;
        }
        wio_text_add(&all, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    }
    wio_mapping_wrong(map, item, "%s is '%.60s': write %s", what,
                      item->kind == WIO_NODE_SCALAR ? item->text : "no text",
                      all.data != NULL ? all.data : words[0]);
    wio_text_free(&all);
    return SIZE_MAX;
}

/* A row or column number from 1, a column also as letters; 0 when there is none. */
static size_t number_of(wio_mapping *map, const wio_node *node, const char *key, bool letters,
                        bool required)
{
    const wio_node *item = get(map, node, key, WIO_NODE_SCALAR, required);
    size_t value = 0;
    if (item == NULL) {
        return 0;
    }
    const char *s = item->text;
    if (*s >= '0' && *s <= '9') {
        for (; *s >= '0' && *s <= '9' && value < 100000000; s++) {
            value = 10 * value + (size_t)(*s - '0');
        }
    } else if (letters) {
        for (; *s >= 'A' && *s <= 'Z' && value < 100000; s++) {
            value = 26 * value + (size_t)(*s - 'A') + 1;
        }
    }
    if (*s != '\0' || value == 0) {
        wio_mapping_wrong(map, item, "%s is '%.40s': write a number from 1%s", key, item->text,
                          letters ? ", or letters as in a spreadsheet" : "");
        return 0;
    }
    return value;
}

/* --- lists of codes ---------------------------------------------------------------------------------------- */

static wio_status add_code(wio_mapping *map, wio_names *names, const wio_node *at, const char *what,
                           const char *code, const char *name, bool *added)
{
    *added = false;
    if (*code == '\0') {
        wio_mapping_wrong(map, at, "a %s without a code", what);
        return WIO_OK;
    }
    wio_status status = wio_names_add(names, code, name != NULL && *name != '\0' ? name : code);
    if (status == WIO_E_MEMORY) {
        return wio_mapping_memory(map, what);
    }
    if (status != WIO_OK) {
        wio_mapping_wrong(map, at, "%s '%.80s' is there twice", what, code);
    }
    *added = status == WIO_OK;
    return WIO_OK;
}

static wio_status read_regions(wio_mapping *map)
{
    static const char *const keys[] = {"code", "name", "endogenous", "valuation"};
    static const char *const truth[] = {"true", "false"};
    static const char *const valuations[] = {"basic", "customs", "duty_paid"};
    const wio_node *list = get(map, &map->root, "regions", WIO_NODE_LIST, true);
    size_t count = list != NULL ? list->count : 0, endogenous = 0;
    map->endogenous = wio_zalloc(count, sizeof *map->endogenous);
    map->valuation = wio_zalloc(count, sizeof *map->valuation);
    if (map->endogenous == NULL || map->valuation == NULL) {
        return wio_mapping_memory(map, "regions");
    }
    for (size_t i = 0; i < count; i++) {
        const wio_node *item = &list->item[i];
        bool added;
        size_t index = map->region.count;
        if (item->kind != WIO_NODE_MAP) {
            wio_mapping_wrong(map, item, "a region has to be {code: ..., endogenous: true}");
            continue;
        }
        check_keys(map, item, keys, COUNT(keys));
        const char *code = text_of(map, item, "code", true);
        const wio_node *one = get(map, item, "endogenous", WIO_NODE_SCALAR, true);
        const wio_node *value = get(map, item, "valuation", WIO_NODE_SCALAR, false);
        size_t which = one != NULL ? word_of(map, one, "endogenous", truth, 2) : SIZE_MAX;
        size_t basis = value != NULL ? word_of(map, value, "valuation", valuations, 3) : SIZE_MAX;
        if (code == NULL) {
            continue;
        }
        WIO_TRY(add_code(map, &map->region, item, "region", code, text_of(map, item, "name", false),
                         &added));
        if (added) {
            map->endogenous[index] = which == 0;
            map->valuation[index] = basis != SIZE_MAX ? valuations[basis] : NULL;
            endogenous += which == 0;
        }
    }
    if (list != NULL && endogenous == 0 && map->status == WIO_OK) {
        wio_mapping_wrong(map, list, "no region is endogenous: nothing produces");
    }
    return WIO_OK;
}

/* {CODE: name}, [CODE, ...], or the word `labels`. */
static wio_status read_sectors(wio_mapping *map)
{
    const wio_node *node = wio_node_get(&map->root, "sectors");
    bool added;
    if (node == NULL) {
        wio_mapping_wrong(map, &map->root,
                          "key 'sectors' is missing: {CODE: name, ...}, [CODE, ...] "
                          "or 'labels' for what the rows are called");
        return WIO_OK;
    }
    if (node->kind == WIO_NODE_SCALAR) {
        map->sectors_from_labels =
            word_of(map, node, "sectors", (const char *const[]){"labels"}, 1) == 0;
        return WIO_OK;
    }
    for (size_t i = 0; i < node->count; i++) {
        const wio_node *item = &node->item[i], *code = node->key != NULL ? &node->key[i] : item;
        if (item->kind != WIO_NODE_SCALAR) {
            wio_mapping_wrong(map, item, "a sector has to be text");
            continue;
        }
        WIO_TRY(add_code(map, &map->sector, code, "sector", code->text, item->text, &added));
    }
    return WIO_OK;
}

/* A code of one list that is in another one before it. */
static void check_other(wio_mapping *map, const wio_node *at, const wio_names *names,
                        const char *what)
{
    if (wio_names_find(names, at->text) != SIZE_MAX) {
        wio_mapping_wrong(map, at,
                          "'%.80s' is a %s already: give one of them another code (rename)",
                          at->text, what);
    }
}

static wio_status read_uses(wio_mapping *map)
{
    static const char *const keys[] = {"role", "region", "name"};
    const wio_node *node = get(map, &map->root, "uses", WIO_NODE_MAP, true);
    size_t count = node != NULL ? node->count : 0;
    map->use_role = wio_zalloc(count, sizeof *map->use_role);
    map->use_region = wio_zalloc(count, sizeof *map->use_region);
    if (map->use_role == NULL || map->use_region == NULL) {
        return wio_mapping_memory(map, "uses");
    }
    for (size_t i = 0; i < count; i++) {
        const wio_node *item = &node->item[i], *role = item;
        size_t index = map->use.count;
        const char *region = NULL, *name = NULL;
        bool added;
        if (item->kind == WIO_NODE_MAP) {
            check_keys(map, item, keys, COUNT(keys));
            role = get(map, item, "role", WIO_NODE_SCALAR, true);
            region = text_of(map, item, "region", false);
            name = text_of(map, item, "name", false);
        }
        if (role == NULL) {
            continue;
        }
        wio_role found = WIO_ROLE_OTHER;
        if (role->kind != WIO_NODE_SCALAR || !wio_role_find(&found, role->text) ||
            !wio_role_is_final(found)) {
            wio_mapping_wrong(map, role,
                              "role '%.40s': write household, government, investment, inventory or "
                              "export",
                              role->kind == WIO_NODE_SCALAR ? role->text : "");
        }
        check_other(map, &node->key[i], &map->sector, "sector");
        WIO_TRY(add_code(map, &map->use, &node->key[i], "use", node->key[i].text, name, &added));
        if (added) {
            map->use_role[index] = found;
            map->use_region[index] = region;
        }
    }
    return WIO_OK;
}

static wio_status read_items(wio_mapping *map)
{
    const wio_node *node = get(map, &map->root, "primary", WIO_NODE_MAP, true);
    size_t count = node != NULL ? node->count : 0;
    map->item_role = wio_zalloc(count, sizeof *map->item_role);
    if (map->item_role == NULL) {
        return wio_mapping_memory(map, "primary");
    }
    for (size_t i = 0; i < count; i++) {
        const wio_node *role = &node->item[i];
        size_t index = map->item.count;
        wio_role found = WIO_ROLE_OTHER;
        bool added;
        if (role->kind != WIO_NODE_SCALAR || !wio_role_find(&found, role->text) ||
            wio_role_is_final(found)) {
            wio_mapping_wrong(map, role,
                              "role '%.40s': write compensation, tax, surplus, import, value_added "
                              "or other",
                              role->kind == WIO_NODE_SCALAR ? role->text : "");
        }
        check_other(map, &node->key[i], &map->sector, "sector");
        WIO_TRY(add_code(map, &map->item, &node->key[i], "primary item", node->key[i].text, NULL,
                         &added));
        if (added) {
            map->item_role[index] = found;
        }
    }
    return WIO_OK;
}

static wio_status read_accounts(wio_mapping *map)
{
    const wio_node *node = get(map, &map->root, "accounts", WIO_NODE_MAP, false);
    size_t count = node != NULL ? node->count : 0;
    map->account_unit = wio_zalloc(count, sizeof *map->account_unit);
    if (map->account_unit == NULL) {
        return wio_mapping_memory(map, "accounts");
    }
    for (size_t i = 0; i < count; i++) {
        size_t index = map->account.count;
        bool added;
        if (node->item[i].kind != WIO_NODE_SCALAR || *node->item[i].text == '\0') {
            wio_mapping_wrong(map, &node->item[i], "an account needs a unit");
            continue;
        }
        check_other(map, &node->key[i], &map->sector, "sector");
        check_other(map, &node->key[i], &map->item, "primary item");
        WIO_TRY(add_code(map, &map->account, &node->key[i], "account", node->key[i].text, NULL,
                         &added));
        if (added) {
            map->account_unit[index] = node->item[i].text;
        }
    }
    return WIO_OK;
}

/* --- sheets ------------------------------------------------------------------------------------------------ */

/* A list of texts as an array that the policy owns. */
static wio_status read_texts(wio_mapping *map, const wio_node *node, const char *key,
                             const char *const **out, size_t *count)
{
    const wio_node *list = get(map, node, key, WIO_NODE_LIST, false);
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
    static const char separators[] = {'\0', '.', ',', ' ', '\''};
    const wio_node *node = sheet->node;
    const wio_node *item = either(map, node, "delimiter");
    size_t which = item != NULL ? word_of(map, item, "delimiter", delimiters, 4) : SIZE_MAX;
    sheet->delimiter = which != SIZE_MAX ? ",;\t|"[which] : '\0';
    item = either(map, node, "decimal");
    which = item != NULL ? word_of(map, item, "decimal", marks, 2) : SIZE_MAX;
    sheet->policy.form.decimal = which != SIZE_MAX ? ".,"[which] : '\0';
    item = either(map, node, "thousands");
    which = item != NULL ? word_of(map, item, "thousands", groups, 5) : 0;
    sheet->policy.form.thousands = which != SIZE_MAX ? separators[which] : '\0';
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
    which = item != NULL ? word_of(map, item, "unit", units, 4) : SIZE_MAX;
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
        check_keys(map, node, keys, 2);
        at[0] = get(map, node, "rows", WIO_NODE_SCALAR, false);
        at[1] = get(map, node, "columns", WIO_NODE_SCALAR, false);
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
    const wio_node *header = get(map, sheet->node, "header", WIO_NODE_MAP, true);
    const wio_node *labels = get(map, sheet->node, "labels", WIO_NODE_MAP, true);
    if (header != NULL) {
        check_keys(map, header, keys, 2);
        sheet->region_row = number_of(map, header, "region", false, false);
        sheet->code_row = number_of(map, header, "code", false, true);
    }
    if (labels != NULL) {
        check_keys(map, labels, keys, 2);
        sheet->region_column = number_of(map, labels, "region", true, false);
        sheet->code_column = number_of(map, labels, "code", true, true);
    }
    size_t row = sheet->region_row > sheet->code_row ? sheet->region_row : sheet->code_row;
    size_t column =
        sheet->region_column > sheet->code_column ? sheet->region_column : sheet->code_column;
    sheet->first_row = number_of(map, sheet->node, "first_row", false, false);
    sheet->last_row = number_of(map, sheet->node, "last_row", false, false);
    sheet->first_column = number_of(map, sheet->node, "first_column", true, false);
    sheet->last_column = number_of(map, sheet->node, "last_column", true, false);
    sheet->first_row = sheet->first_row != 0 ? sheet->first_row : row + 1;
    sheet->first_column = sheet->first_column != 0 ? sheet->first_column : column + 1;
}

static void read_long(wio_mapping *map, wio_map_sheet *sheet)
{
    static const char *const keys[] = {"from_region", "from", "to_region", "to", "value"};
    const wio_node *columns = get(map, sheet->node, "columns", WIO_NODE_MAP, true);
    if (columns == NULL) {
        return;
    }
    check_keys(map, columns, keys, COUNT(keys));
    for (size_t i = 0; i < COUNT(keys); i++) {
        sheet->column[i] = get(map, columns, keys[i], WIO_NODE_SCALAR, i % 2 == 1 || i == 4);
    }
}

static wio_status read_sheet(wio_mapping *map, wio_map_sheet *sheet, const wio_node *node)
{
    static const char *const keys[] = {
        "file",    "sheet",     "form",     "delimiter",    "decimal", "thousands", "unit",
        "missing", "zero",      "region",   "split",        "rename",  "ignore",    "header",
        "labels",  "first_row", "last_row", "first_column", "columns", "where",     "last_column"};
    static const char *const forms[] = {"wide", "long"};
    *sheet = (wio_map_sheet){.node = node};
    if (node->kind != WIO_NODE_MAP) {
        wio_mapping_wrong(map, node, "a sheet has to be {file: ..., header: ..., labels: ...}");
        return WIO_OK;
    }
    check_keys(map, node, keys, COUNT(keys));
    sheet->file = text_of(map, node, "file", true);
    sheet->sheet = text_of(map, node, "sheet", false);
    sheet->split = text_of(map, node, "split", false);
    if (sheet->split != NULL && strlen(sheet->split) == 0) {
        wio_mapping_wrong(map, wio_node_get(node, "split"),
                          "split is empty: write what separates "
                          "region and sector, \"_\" for example");
        sheet->split = NULL;
    }
    sheet->rename = get(map, node, "rename", WIO_NODE_MAP, false);
    sheet->ignore = get(map, node, "ignore", WIO_NODE_LIST, false);
    const wio_node *form = wio_node_get(node, "form");
    sheet->is_long = form != NULL && word_of(map, form, "form", forms, 2) == 1;
    WIO_TRY(read_form(map, sheet));
    read_region(map, sheet);
    if (sheet->is_long) {
        read_long(map, sheet);
        sheet->where = get(map, node, "where", WIO_NODE_MAP, false);
    } else {
        read_wide(map, sheet);
    }
    return WIO_OK;
}

static wio_status read_sheets(wio_mapping *map)
{
    const wio_node *list = get(map, &map->root, "sheets", WIO_NODE_LIST, true);
    size_t count = list != NULL ? list->count : 0;
    if (list != NULL && (count == 0 || count > MOST_SHEETS)) {
        wio_mapping_wrong(map, list, "%zu sheets: 1 to %d can be read", count, (int)MOST_SHEETS);
        return WIO_OK;
    }
    map->sheet = wio_zalloc(count, sizeof *map->sheet);
    if (map->sheet == NULL) {
        return wio_mapping_memory(map, "sheets");
    }
    for (; map->sheets < count; map->sheets++) {
        WIO_TRY(read_sheet(map, &map->sheet[map->sheets], &list->item[map->sheets]));
    }
    return WIO_OK;
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

static wio_status read_keys(wio_mapping *map)
{
    static const char *const keys[] = {
        "mapping",     "name",         "title",     "year",     "currency", "unit",
        "price_basis", "import_split", "licence",   "sources",  "notes",    "household_income",
        "delimiter",   "decimal",      "thousands", "missing",  "zero",     "regions",
        "sectors",     "uses",         "primary",   "accounts", "sheets"};
    static const char *const bases[] = {"basic", "producer"};
    static const char *const splits[] = {"survey", "proportional", "mixed"};
    const wio_node *root = &map->root, *item;
    if (root->kind != WIO_NODE_MAP) {
        wio_mapping_wrong(map, root, "a mapping has to be 'key: value' lines");
        return WIO_OK;
    }
    check_keys(map, root, keys, COUNT(keys));
    item = get(map, root, "mapping", WIO_NODE_SCALAR, true);
    if (item != NULL) {
        (void)word_of(map, item, "mapping", (const char *const[]){"1"}, 1);
    }
    (void)text_of(map, root, "name", true);
    (void)text_of(map, root, "title", false);
    (void)text_of(map, root, "currency", true);
    (void)text_of(map, root, "licence", false);
    size_t year = number_of(map, root, "year", false, true);
    if (year > 9999) {
        wio_mapping_wrong(map, wio_node_get(root, "year"), "year is '%zu'", year);
    }
    if ((item = get(map, root, "price_basis", WIO_NODE_SCALAR, true)) != NULL) {
        (void)word_of(map, item, "price_basis", bases, 2);
    }
    if ((item = get(map, root, "import_split", WIO_NODE_SCALAR, true)) != NULL) {
        (void)word_of(map, item, "import_split", splits, 3);
    }
    double income;
    item = get(map, root, "household_income", WIO_NODE_SCALAR, false);
    if (item != NULL && !wio_parse_double(&income, item->text, strlen(item->text))) {
        wio_mapping_wrong(map, item, "household_income is '%.40s', not a number (million)",
                          item->text);
    }
    WIO_TRY(read_regions(map));
    WIO_TRY(read_sectors(map));
    WIO_TRY(read_uses(map));
    WIO_TRY(read_items(map));
    WIO_TRY(read_accounts(map));
    return read_sheets(map);
}

static void clear(wio_mapping *map)
{
    for (size_t i = 0; i < map->sheets; i++) {
        wio_map_sheet *sheet = &map->sheet[i];
        wio_free((void *)sheet->policy.zero);
        wio_free((void *)sheet->policy.missing);
        wio_csv_clear(&sheet->cells);
        wio_free(sheet->path);
        wio_free(sheet->row);
        wio_free(sheet->column_at);
    }
    for (size_t i = 0; i < map->inputs; i++) {
        wio_free(map->input[i].path);
    }
    wio_free(map->input);
    wio_free(map->sheet);
    wio_free(map->endogenous);
    wio_free(map->valuation);
    wio_free(map->use_role);
    wio_free(map->use_region);
    wio_free(map->item_role);
    wio_free(map->account_unit);
    wio_names_free(&map->region);
    wio_names_free(&map->sector);
    wio_names_free(&map->use);
    wio_names_free(&map->item);
    wio_names_free(&map->account);
    wio_node_clear(&map->root);
}

wio_status wio_mapping_parse(wio_table **out, const char *data, size_t length, const char *path,
                             const char *folder, wio_log *log, wio_error *err)
{
    wio_mapping map = {.path = path, .folder = folder, .log = log, .err = err};
    bool mistakes = false;
    wio_table *table = NULL;
    wio_status status = wio_yaml_read(&map.root, &mistakes, data, length, path, log, err);
    if (status == WIO_OK) {
        map.status = mistakes ? WIO_E_FORMAT : WIO_OK;
        status = read_keys(&map);
    }
    if (status == WIO_OK && map.status == WIO_OK) {
        status = wio_mapping_labels(&map);
    }
    if (status == WIO_OK && map.status == WIO_OK) {
        status = wio_mapping_table(&table, &map);
    }
    status = status == WIO_OK ? map.status : status;
    clear(&map);
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

wio_status wio_table_import_mapping(wio_table **out, const char *mapping_path, wio_log *log,
                                    wio_error *err)
{
    if (out == NULL || mapping_path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_import_mapping: NULL argument");
    }
    char *data = NULL;
    size_t length = 0;
    WIO_TRY(wio_file_read(&data, &length, mapping_path, MAX_MAPPING, err));
    const char *slash = strrchr(mapping_path, '/');
    char *folder = slash != NULL ? wio_strndup(mapping_path, (size_t)(slash - mapping_path) + 1)
                                 : wio_strdup("");
    wio_status status = folder != NULL
                            ? wio_mapping_parse(out, data, length, mapping_path, folder, log, err)
                            : wio_fail(err, WIO_E_MEMORY, "%s", mapping_path);
    wio_free(folder);
    wio_free(data);
    return status;
}
