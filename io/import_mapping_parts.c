/* import_mapping_parts.c - what only a mapping of supply and use has: lists of products, industries and
 * columns of supply, which matrix a sheet holds, and what its labels are.
 *
 *     table of the sheet   rows                           columns
 *     supply               products                       industries, columns of `supply`
 *       (rows: industries  industries, `supply`           products)
 *     use, use_domestic,   products, primary items,       industries, final uses
 *       use_imports        accounts
 *     margins, taxes       products                       industries, final uses */
#include "import_mapping.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* --- the lists ----------------------------------------------------------------------------------------------- */

/* One region that produces, and at most one for the rest. */
static void find_regions(wio_mapping *map)
{
    const wio_node *list = wio_node_get(&map->root, "regions");
    map->home = map->rest = SIZE_MAX;
    if (map->status != WIO_OK) {
        return;
    }
    for (size_t r = 0; r < map->region.count; r++) {
        size_t *which = map->endogenous[r] ? &map->home : &map->rest;
        if (*which != SIZE_MAX) {
            wio_mapping_wrong(map, &list->item[r],
                              "supply and use are of one region that is endogenous, and of one for "
                              "the rest: '%.80s' is one more",
                              map->region.code[r]);
        }
        *which = r;
    }
}

/* {CODE: role}: the columns of a supply table beside its industries. */
static wio_status read_supply(wio_mapping *map)
{
    static const char *const roles[WIO_SUPPLIES] = {[WIO_SUPPLY_IMPORTS] = "imports",
                                                    [WIO_SUPPLY_MARGINS] = "margins",
                                                    [WIO_SUPPLY_TAXES] = "taxes",
                                                    [WIO_SUPPLY_OUTPUT] = "output",
                                                    [WIO_SUPPLY_TOTAL_BASIC] = "total_basic",
                                                    [WIO_SUPPLY_TOTAL] = "total"};
    const wio_node *node = wio_mapping_get(map, &map->root, "supply", WIO_NODE_MAP, false);
    size_t count = node != NULL ? node->count : 0;
    map->supply_role = wio_zalloc(count, sizeof *map->supply_role);
    if (map->supply_role == NULL) {
        return wio_mapping_memory(map, "supply");
    }
    for (size_t i = 0; i < count; i++) {
        const wio_node *key = &node->key[i];
        size_t index = map->supply.count;
        size_t role = wio_mapping_word(map, &node->item[i], "role", roles, WIO_SUPPLIES);
        bool added;
        wio_mapping_other(map, key, &map->industry, "industry");
        WIO_TRY(wio_mapping_add_code(map, &map->supply, key, "column of supply", key->text, NULL,
                                     &added));
        if (added) {
            map->supply_role[index] = (wio_map_supply)(role % WIO_SUPPLIES);
        }
    }
    return WIO_OK;
}

wio_status wio_mapping_parts(wio_mapping *map)
{
    const wio_node *sectors = wio_node_get(&map->root, "sectors");
    if (sectors != NULL) {
        wio_mapping_wrong(map, sectors,
                          "a table of `sectors` is symmetric, and has no products and industries");
    }
    const wio_node *tolerance =
        wio_mapping_get(map, &map->root, "tolerance", WIO_NODE_SCALAR, false);
    if (tolerance != NULL &&
        (!wio_parse_double(&map->tolerance, tolerance->text, strlen(tolerance->text)) ||
         !(map->tolerance >= 0.0))) {
        wio_mapping_wrong(map, tolerance,
                          "tolerance is '%.40s': write a number (million), 0 or more",
                          tolerance->text);
    }
    (void)wio_mapping_text(map, &map->root, "classification", false);
    find_regions(map);
    WIO_TRY(wio_mapping_read_codes(map, "products", "product", &map->product,
                                   &map->products_from_labels));
    WIO_TRY(wio_mapping_read_codes(map, "industries", "industry", &map->industry,
                                   &map->industries_from_labels));
    return read_supply(map);
}

void wio_mapping_exports(wio_mapping *map)
{
    const wio_node *uses = wio_node_get(&map->root, "uses");
    bool trade = false;
    if (map->status != WIO_OK) {
        return;
    }
    for (size_t u = 0; u < map->use.count; u++) {
        bool export = map->use_role[u] == WIO_ROLE_EXPORT;
        size_t region = export ? map->rest : map->home;
        const char *said = map->use_region[u];
        trade = trade || export;
        if (said != NULL && (region == SIZE_MAX || strcmp(said, map->region.code[region]) != 0)) {
            wio_mapping_wrong(map, &uses->item[u], "in supply and use %s: leave `region` out",
                              export ? "exports go to the region that is not endogenous"
                                     : "every final use but exports is the endogenous region's");
        }
    }
    for (size_t s = 0; s < map->supply.count; s++) {
        trade = trade || map->supply_role[s] == WIO_SUPPLY_IMPORTS;
    }
    if (trade && map->rest == SIZE_MAX) {
        wio_mapping_wrong(map, wio_node_get(&map->root, "regions"),
                          "imports come from, and exports go to, a region that is not endogenous: "
                          "add {code: ROW, endogenous: false}");
    }
}

/* --- what a sheet holds ----------------------------------------------------------------------------------- */

/* Regions of labels have no place here. */
static void check_no_region(wio_mapping *map, const wio_map_sheet *sheet)
{
    const wio_node *header = wio_node_get(sheet->node, "header");
    const wio_node *labels = wio_node_get(sheet->node, "labels");
    const wio_node *columns = wio_node_get(sheet->node, "columns");
    const wio_node *const said[] = {wio_node_get(sheet->node, "region"),
                                    wio_node_get(sheet->node, "split"),
                                    header != NULL ? wio_node_get(header, "region") : NULL,
                                    labels != NULL ? wio_node_get(labels, "region") : NULL,
                                    columns != NULL ? wio_node_get(columns, "from_region") : NULL,
                                    columns != NULL ? wio_node_get(columns, "to_region") : NULL};
    for (size_t i = 0; i < COUNT(said); i++) {
        if (said[i] != NULL) {
            wio_mapping_wrong(map, said[i],
                              "supply and use are of one region: labels name none (`where` takes "
                              "the lines of one)");
        }
    }
}

void wio_mapping_part(wio_mapping *map, wio_map_sheet *sheet)
{
    static const char *const parts[WIO_PARTS] = {
        [WIO_PART_SUPPLY] = "supply",         [WIO_PART_USE] = "use",
        [WIO_PART_DOMESTIC] = "use_domestic", [WIO_PART_IMPORTS] = "use_imports",
        [WIO_PART_MARGINS] = "margins",       [WIO_PART_TAXES] = "taxes"};
    static const char *const prices[] = {"basic", "purchasers"};
    static const char *const rows[] = {"products", "industries"};
    const wio_node *table = wio_mapping_get(map, sheet->node, "table", WIO_NODE_SCALAR, true);
    size_t part = table != NULL ? wio_mapping_word(map, table, "table", parts, WIO_PARTS) : 0;
    sheet->part = (wio_map_part)(part % WIO_PARTS);
    const wio_node *price =
        wio_mapping_get(map, sheet->node, "prices", WIO_NODE_SCALAR, part == WIO_PART_USE);
    const wio_node *row = wio_mapping_get(map, sheet->node, "rows", WIO_NODE_SCALAR, false);
    if (price != NULL && part != WIO_PART_USE) {
        wio_mapping_wrong(map, price,
                          "only `table: use` has `prices`: uses of home and of imported products "
                          "are at basic prices");
    } else if (price != NULL) {
        sheet->purchasers = wio_mapping_word(map, price, "prices", prices, COUNT(prices)) == 1;
    }
    if (row != NULL && part != WIO_PART_SUPPLY) {
        wio_mapping_wrong(map, row, "only `table: supply` may have industries in its rows");
    } else if (row != NULL) {
        sheet->turned = wio_mapping_word(map, row, "rows", rows, COUNT(rows)) == 1;
    }
    check_no_region(map, sheet);
}

/* --- what a label is -------------------------------------------------------------------------------------- */

typedef struct choice {
    wio_names *names;
    wio_map_kind kind;
} choice;

/* A supply table has the products and industries when the mapping takes them from labels. */
static wio_status add_new(wio_map_label *to, wio_mapping *map, wio_names *names, wio_map_kind kind,
                          const char *text)
{
    *to = (wio_map_label){.kind = kind, .code = names->count};
    return wio_names_add(names, text, text) == WIO_OK ? WIO_OK : wio_mapping_memory(map, "labels");
}

wio_status wio_map_part_label(wio_map_label *to, wio_mapping *map, wio_map_sheet *sheet,
                              bool is_row, size_t row, size_t column, const char *text)
{
    const bool supply = sheet->part == WIO_PART_SUPPLY, products = is_row != sheet->turned;
    const bool prices = sheet->part == WIO_PART_MARGINS || sheet->part == WIO_PART_TAXES;
    const choice of_products[] = {{&map->product, WIO_MAP_PRODUCT},
                                  {&map->item, WIO_MAP_ITEM},
                                  {&map->account, WIO_MAP_ACCOUNT}};
    const choice of_supply[] = {{&map->industry, WIO_MAP_INDUSTRY}, {&map->supply, WIO_MAP_SUPPLY}};
    const choice of_users[] = {{&map->industry, WIO_MAP_INDUSTRY}, {&map->use, WIO_MAP_USE}};
    const choice *list = products ? of_products : supply ? of_supply : of_users;
    const size_t count = !products ? 2 : supply || prices ? 1 : 3;
    const bool labels = products ? map->products_from_labels : map->industries_from_labels;
    const wio_names *names[3];
    for (size_t i = 0; i < count; i++) {
        names[i] = list[i].names;
        size_t code = wio_names_find(names[i], text);
        if (code != SIZE_MAX) {
            *to = (wio_map_label){.kind = list[i].kind, .code = code};
            return WIO_OK;
        }
    }
    if (supply && labels) {
        return add_new(to, map, list[0].names, list[0].kind, text);
    }
    wio_map_unknown(map, sheet, row, column, text,
                    products ? count == 1 ? "product" : "product, primary item or account"
                    : supply ? "industry or column of `supply`"
                             : "industry or use",
                    names, count);
    return WIO_OK;
}
