/* table_head.c - what a table folder says about itself: table.yaml and the lists of labels. */
#include "table_folder.h"

#include <math.h>
#include <string.h>

/* --- table.yaml ------------------------------------------------------------------------------------- */

static const char *const head_keys[] = {"name",
                                        "title",
                                        "year",
                                        "unit",
                                        "primary_unit",
                                        "price_basis",
                                        "price_basis_note",
                                        "import_split",
                                        "import_split_note",
                                        "import_valuation",
                                        "import_valuation_note",
                                        "household_income",
                                        "sources",
                                        "licence",
                                        "notes",
                                        "files"};

static const char *const income_keys[] = {"amount", "unit", "source", "note"};

typedef struct head {
    wio_folder *folder;
    const char *file;
    const wio_node *root;
} head;

static void check_keys(const head *h, const wio_node *map, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < map->count; i++) {
        const wio_node *key = &map->key[i];
        size_t k = 0;
        while (k < count && strcmp(keys[k], key->text) != 0) {
            k++;
        }
        if (k == count) {
            const char *nearest = wio_nearest(key->text, keys, count);
            wio_folder_wrong(h->folder, h->file, key->line, key->column, "unknown key '%s'%s%s%s",
                             key->text, nearest != NULL ? " (did you mean '" : "",
                             nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
        }
    }
}

/* The text of a key, "" when absent or wrong. */
static const char *text_of(const head *h, const wio_node *map, const char *key, bool required)
{
    const wio_node *node = wio_node_get(map, key);
    if (node == NULL) {
        if (required) {
            wio_folder_wrong(h->folder, h->file, map->line, map->column, "key '%s' is missing",
                             key);
        }
        return "";
    }
    if (node->kind != WIO_NODE_SCALAR) {
        wio_folder_wrong(h->folder, h->file, node->line, node->column, "'%s' has to be text", key);
        return "";
    }
    return node->text;
}

static wio_status keep(const head *h, char **out, const char *text)
{
    *out = wio_strdup(text);
    return *out != NULL ? WIO_OK : wio_folder_memory(h->folder, "table.yaml");
}

/* A word of a short list. */
static void check_word(const head *h, const char *key, const char *const *words, size_t count)
{
    const wio_node *node = wio_node_get(h->root, key);
    if (node == NULL || node->kind != WIO_NODE_SCALAR) {
        return; /* already said */
    }
    wio_text all = {0};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], node->text) == 0) {
            wio_text_free(&all);
            return;
        }
        wio_text_add(&all, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    }
    wio_folder_wrong(h->folder, h->file, node->line, node->column, "%s is '%s': write %s", key,
                     node->text, all.data != NULL ? all.data : words[0]);
    wio_text_free(&all);
}

static wio_status read_list(const head *h, const char *key, char ***out, size_t *count)
{
    const wio_node *list = wio_node_get(h->root, key);
    if (list == NULL) {
        return WIO_OK;
    }
    if (list->kind != WIO_NODE_LIST) {
        wio_folder_wrong(h->folder, h->file, list->line, list->column,
                         "'%s' has to be a list of texts", key);
        return WIO_OK;
    }
    char **text = wio_zalloc(list->count, sizeof *text);
    if (text == NULL) {
        return wio_folder_memory(h->folder, key);
    }
    *out = text;
    *count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const wio_node *item = &list->item[i];
        bool scalar = item->kind == WIO_NODE_SCALAR;
        if (!scalar) {
            wio_folder_wrong(h->folder, h->file, item->line, item->column,
                             "an item of '%s' has to be text (quote it when it holds ': ')", key);
        }
        WIO_TRY(keep(h, &text[i], scalar ? item->text : ""));
    }
    return WIO_OK;
}

/* "million USD" is the only unit; the currency follows from it. */
static wio_status read_unit(const head *h)
{
    wio_table *table = h->folder->table;
    const char *unit = text_of(h, h->root, "unit", true);
    const wio_node *node = wio_node_get(h->root, "unit"), *other;
    bool million = strncmp(unit, "million ", 8) == 0 && unit[8] != '\0';
    if (*unit != '\0' && !million) {
        wio_folder_wrong(h->folder, h->file, node->line, node->column,
                         "unit is '%s': amounts have to be in millions, \"million USD\" for "
                         "example; convert the numbers",
                         unit);
    }
    other = wio_node_get(h->root, "primary_unit");
    if (other != NULL && strcmp(text_of(h, h->root, "primary_unit", false), unit) != 0) {
        wio_folder_wrong(h->folder, h->file, other->line, other->column,
                         "primary_unit has to be the same as unit, '%s'", unit);
    }
    WIO_TRY(keep(h, &table->unit, unit));
    return keep(h, &table->currency, million ? unit + 8 : "");
}

static double number_of(const head *h, const wio_node *node, const char *key)
{
    double value = NAN;
    if (node == NULL || node->kind != WIO_NODE_SCALAR ||
        !wio_parse_double(&value, node->text, strlen(node->text))) {
        const wio_node *at = node != NULL ? node : h->root;
        wio_folder_wrong(h->folder, h->file, at->line, at->column, "'%s' has to be a number", key);
    }
    return value;
}

/* A number, or {amount, unit, source, note}: source and note are kept as one text. */
static wio_status read_income(const head *h)
{
    wio_table *table = h->folder->table;
    const wio_node *node = wio_node_get(h->root, "household_income");
    table->household_income = NAN;
    if (node == NULL || node->kind != WIO_NODE_MAP) {
        if (node != NULL) {
            table->household_income = number_of(h, node, "household_income");
        }
        return keep(h, &table->household_income_source, "");
    }
    check_keys(h, node, income_keys, sizeof income_keys / sizeof income_keys[0]);
    table->household_income = number_of(h, wio_node_get(node, "amount"), "amount");
    const wio_node *unit = wio_node_get(node, "unit");
    if (unit != NULL && strcmp(text_of(h, node, "unit", false), table->unit) != 0) {
        wio_folder_wrong(h->folder, h->file, unit->line, unit->column,
                         "the unit of household_income has to be the table's, '%s'", table->unit);
    }
    const char *source = text_of(h, node, "source", false), *note = text_of(h, node, "note", false);
    wio_text both = {0};
    wio_text_add(&both, "%s%s%s%s", source, *source != '\0' && *note != '\0' ? " (" : "", note,
                 *source != '\0' && *note != '\0' ? ")" : "");
    return wio_text_take(&table->household_income_source, &both, NULL) == WIO_OK
               ? WIO_OK
               : wio_folder_memory(h->folder, "household_income");
}

static wio_status read_texts(const head *h)
{
    wio_table *table = h->folder->table;
    const struct {
        const char *key;
        char **out;
        bool required;
    } texts[] = {{"name", &table->name, true},
                 {"title", &table->title, true},
                 {"price_basis", &table->price_basis, true},
                 {"price_basis_note", &table->price_basis_note, false},
                 {"import_split", &table->import_split, true},
                 {"import_split_note", &table->import_split_note, false},
                 {"import_valuation_note", &table->valuation_note, false},
                 {"licence", &table->licence, false}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        WIO_TRY(keep(h, texts[i].out, text_of(h, h->root, texts[i].key, texts[i].required)));
    }
    check_word(h, "price_basis", (const char *const[]){"basic", "producer"}, 2);
    check_word(h, "import_split", (const char *const[]){"survey", "proportional", "mixed"}, 3);
    return WIO_OK;
}

static void read_year(const head *h)
{
    const wio_node *node = wio_node_get(h->root, "year");
    double year = number_of(h, node, "year");
    if (isnan(year)) {
        return; /* already said */
    }
    if (year != floor(year) || year < 1 || year > 9999) {
        wio_folder_wrong(h->folder, h->file, node->line, node->column, "year is '%s'", node->text);
    } else {
        h->folder->table->year = (int)year;
    }
}

wio_status wio_folder_read_head(wio_folder *folder)
{
    wio_folder_text text;
    WIO_TRY(wio_folder_bytes(&text, folder, "table.yaml", true));
    if (text.data == NULL) {
        return WIO_OK;
    }
    wio_error error = {0};
    wio_folder_digest(folder, &text);
    wio_status status =
        wio_yaml_parse(&folder->head, text.data, text.length, text.path, folder->log, &error);
    head h = {.folder = folder, .file = text.path, .root = &folder->head};
    if (status == WIO_E_MEMORY) {
        wio_folder_memory(folder, "table.yaml");
    } else if (status != WIO_OK) { /* already logged */
        folder->status = wio_fail(folder->err, status, "%s", error.message);
        status = WIO_OK;
    } else if (folder->head.kind != WIO_NODE_MAP) {
        wio_folder_wrong(folder, text.path, 1, 1, "table.yaml has to be 'key: value' lines");
    } else {
        check_keys(&h, h.root, head_keys, sizeof head_keys / sizeof head_keys[0]);
        status = read_texts(&h);
        status = status == WIO_OK ? read_unit(&h) : status;
        status = status == WIO_OK ? read_income(&h) : status;
        status = status == WIO_OK
                     ? read_list(&h, "sources", &folder->table->source, &folder->table->sources)
                     : status;
        status = status == WIO_OK
                     ? read_list(&h, "notes", &folder->table->note, &folder->table->notes)
                     : status;
        read_year(&h);
    }
    wio_folder_text_clear(&text);
    return status;
}
