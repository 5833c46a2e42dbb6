/* import_mapping_keys.c - what a mapping says of the whole table: its head, and the lists of regions,
 * sectors, uses, primary items and accounts. */
#include "import_mapping.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* --- keys ------------------------------------------------------------------------------------------------ */

void wio_mapping_check_keys(wio_mapping *map, const wio_node *node, const char *const *keys,
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
const wio_node *wio_mapping_get(wio_mapping *map, const wio_node *node, const char *key,
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

const char *wio_mapping_text(wio_mapping *map, const wio_node *node, const char *key, bool required)
{
    const wio_node *item = wio_mapping_get(map, node, key, WIO_NODE_SCALAR, required);
    return item != NULL ? item->text : NULL;
}

/* Which of `words` the text is; SIZE_MAX, and logged, when it is none of them. */
size_t wio_mapping_word(wio_mapping *map, const wio_node *item, const char *what,
                        const char *const *words, size_t count)
{
    wio_text all = {0};
    for (size_t i = 0; i < count; i++) {
        if (item->kind == WIO_NODE_SCALAR && strcmp(item->text, words[i]) == 0) {
            wio_text_free(&all);
            return i;
        }
        bool mark = ispunct((unsigned char)words[i][0]) != 0 || words[i][0] == ' ';
        const char *quote = mark ? "'" : "";
        wio_text_add(&all, "%s%s%s%s",
                     i == 0           ? ""
                     : i + 1 == count ? " or "
                                      : ", ",
                     quote, words[i], quote);
    }
    wio_mapping_wrong(map, item, "%s is '%.60s': write %s", what,
                      item->kind == WIO_NODE_SCALAR ? item->text : "no text",
                      all.data != NULL ? all.data : words[0]);
    wio_text_free(&all);
    return SIZE_MAX;
}

/* A row or column number from 1, a column also as letters; 0 when there is none. */
size_t wio_mapping_number(wio_mapping *map, const wio_node *node, const char *key, bool letters,
                          bool required)
{
    const wio_node *item = wio_mapping_get(map, node, key, WIO_NODE_SCALAR, required);
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

wio_status wio_mapping_add_code(wio_mapping *map, wio_names *names, const wio_node *at,
                                const char *what, const char *code, const char *name, bool *added)
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
    const wio_node *list = wio_mapping_get(map, &map->root, "regions", WIO_NODE_LIST, true);
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
        wio_mapping_check_keys(map, item, keys, COUNT(keys));
        const char *code = wio_mapping_text(map, item, "code", true);
        const wio_node *one = wio_mapping_get(map, item, "endogenous", WIO_NODE_SCALAR, true);
        const wio_node *value = wio_mapping_get(map, item, "valuation", WIO_NODE_SCALAR, false);
        size_t which = one != NULL ? wio_mapping_word(map, one, "endogenous", truth, 2) : SIZE_MAX;
        size_t basis =
            value != NULL ? wio_mapping_word(map, value, "valuation", valuations, 3) : SIZE_MAX;
        if (code == NULL) {
            continue;
        }
        WIO_TRY(wio_mapping_add_code(map, &map->region, item, "region", code,
                                     wio_mapping_text(map, item, "name", false), &added));
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

wio_status wio_mapping_read_codes(wio_mapping *map, const char *key, const char *what,
                                  wio_names *names, bool *from_labels)
{
    const wio_node *node = wio_node_get(&map->root, key);
    bool added;
    if (node == NULL) {
        wio_mapping_wrong(map, &map->root,
                          "key '%s' is missing: {CODE: name, ...}, [CODE, ...] "
                          "or 'labels' for what the rows are called",
                          key);
        return WIO_OK;
    }
    if (node->kind == WIO_NODE_SCALAR) {
        *from_labels = wio_mapping_word(map, node, key, (const char *const[]){"labels"}, 1) == 0;
        return WIO_OK;
    }
    for (size_t i = 0; i < node->count; i++) {
        const wio_node *item = &node->item[i], *code = node->key != NULL ? &node->key[i] : item;
        if (item->kind != WIO_NODE_SCALAR) {
            wio_mapping_wrong(map, item, "%s %s has to be text",
                              strchr("aeiou", *what) != NULL ? "an" : "a", what);
            continue;
        }
        WIO_TRY(wio_mapping_add_code(map, names, code, what, code->text, item->text, &added));
    }
    return WIO_OK;
}

void wio_mapping_other(wio_mapping *map, const wio_node *at, const wio_names *names,
                       const char *what)
{
    if (wio_names_find(names, at->text) != SIZE_MAX) {
        wio_mapping_wrong(map, at,
                          "'%.80s' is %s %s already: give one of them another code (rename)",
                          at->text, strchr("aeiou", *what) != NULL ? "an" : "a", what);
    }
}

static wio_status read_uses(wio_mapping *map)
{
    static const char *const keys[] = {"role", "region", "name"};
    const wio_node *node = wio_mapping_get(map, &map->root, "uses", WIO_NODE_MAP, true);
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
            wio_mapping_check_keys(map, item, keys, COUNT(keys));
            role = wio_mapping_get(map, item, "role", WIO_NODE_SCALAR, true);
            region = wio_mapping_text(map, item, "region", false);
            name = wio_mapping_text(map, item, "name", false);
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
        wio_mapping_other(map, &node->key[i], &map->sector, "sector");
        wio_mapping_other(map, &node->key[i], &map->industry, "industry");
        WIO_TRY(wio_mapping_add_code(map, &map->use, &node->key[i], "use", node->key[i].text, name,
                                     &added));
        if (added) {
            map->use_role[index] = found;
            map->use_region[index] = region;
        }
    }
    return WIO_OK;
}

static wio_status read_items(wio_mapping *map)
{
    const wio_node *node = wio_mapping_get(map, &map->root, "primary", WIO_NODE_MAP, true);
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
        wio_mapping_other(map, &node->key[i], &map->sector, "sector");
        wio_mapping_other(map, &node->key[i], &map->product, "product");
        WIO_TRY(wio_mapping_add_code(map, &map->item, &node->key[i], "primary item",
                                     node->key[i].text, NULL, &added));
        if (added) {
            map->item_role[index] = found;
        }
    }
    return WIO_OK;
}

static wio_status read_accounts(wio_mapping *map)
{
    const wio_node *node = wio_mapping_get(map, &map->root, "accounts", WIO_NODE_MAP, false);
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
        wio_mapping_other(map, &node->key[i], &map->sector, "sector");
        wio_mapping_other(map, &node->key[i], &map->product, "product");
        wio_mapping_other(map, &node->key[i], &map->item, "primary item");
        WIO_TRY(wio_mapping_add_code(map, &map->account, &node->key[i], "account",
                                     node->key[i].text, NULL, &added));
        if (added) {
            map->account_unit[index] = node->item[i].text;
        }
    }
    return WIO_OK;
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

wio_status wio_mapping_keys(wio_mapping *map)
{
    static const char *const keys[] = {
        "mapping",     "name",         "title",     "year",          "currency", "unit",
        "price_basis", "import_split", "licence",   "sources",       "notes",    "household_income",
        "delimiter",   "decimal",      "thousands", "missing",       "zero",     "regions",
        "uses",        "primary",      "accounts",  "sheets",        "sectors",  "products",
        "industries",  "supply",       "tolerance", "classification"};
    enum { SYMMETRIC = 23 }; /* keys, with `sectors`; the others are of supply and use */
    static const char *const bases[] = {"basic", "producer"};
    static const char *const splits[] = {"survey", "proportional", "mixed"};
    const wio_node *root = &map->root, *item;
    if (root->kind != WIO_NODE_MAP) {
        wio_mapping_wrong(map, root, "a mapping has to be 'key: value' lines");
        return WIO_OK;
    }
    map->supply_use =
        wio_node_get(root, "products") != NULL || wio_node_get(root, "industries") != NULL;
    wio_mapping_check_keys(map, root, keys, map->supply_use ? COUNT(keys) : SYMMETRIC);
    item = wio_mapping_get(map, root, "mapping", WIO_NODE_SCALAR, true);
    if (item != NULL) {
        (void)wio_mapping_word(map, item, "mapping", (const char *const[]){"1"}, 1);
    }
    (void)wio_mapping_text(map, root, "name", true);
    (void)wio_mapping_text(map, root, "title", false);
    (void)wio_mapping_text(map, root, "currency", true);
    (void)wio_mapping_text(map, root, "licence", false);
    size_t year = wio_mapping_number(map, root, "year", false, true);
    if (year > 9999) {
        wio_mapping_wrong(map, wio_node_get(root, "year"), "year is '%zu'", year);
    }
    if ((item = wio_mapping_get(map, root, "price_basis", WIO_NODE_SCALAR, true)) != NULL) {
        (void)wio_mapping_word(map, item, "price_basis", bases, 2);
    }
    if ((item = wio_mapping_get(map, root, "import_split", WIO_NODE_SCALAR, true)) != NULL) {
        (void)wio_mapping_word(map, item, "import_split", splits, 3);
    }
    double income;
    item = wio_mapping_get(map, root, "household_income", WIO_NODE_SCALAR, false);
    if (item != NULL && !wio_parse_double(&income, item->text, strlen(item->text))) {
        wio_mapping_wrong(map, item, "household_income is '%.40s', not a number (million)",
                          item->text);
    }
    WIO_TRY(read_regions(map));
    WIO_TRY(map->supply_use ? wio_mapping_parts(map)
                            : wio_mapping_read_codes(map, "sectors", "sector", &map->sector,
                                                     &map->sectors_from_labels));
    WIO_TRY(read_uses(map));
    WIO_TRY(read_items(map));
    WIO_TRY(read_accounts(map));
    if (map->supply_use) {
        wio_mapping_exports(map);
    }
    return wio_mapping_sheets(map);
}
