/* import_mapping_supply.c - supply and use by a mapping: the numbers of its sheets into matrices, which
 * import_mapping_blocks.c gives to import_supply_use.c.
 *
 * Users are industries, then final uses, in the order of the lists; every matrix of uses is
 * [products x users]. Uses at purchasers' prices stay so here: wio_table_symmetric takes them to basic
 * prices by the columns that are handed over, and says so. */
#include "import_mapping.h"

#include <math.h>
#include <string.h>

/* --- the numbers --------------------------------------------------------------------------------------------- */

/* What the sheets have; whether that is enough, and not too much. */
static void survey(wio_map_tables *t)
{
    wio_mapping *map = t->map;
    const wio_node *list = wio_node_get(&map->root, "sheets");
    bool basic = false;
    for (size_t i = 0; i < map->sheets; i++) {
        const wio_map_sheet *sheet = &map->sheet[i];
        t->has[sheet->part] = true;
        t->has_long = t->has_long || sheet->is_long;
        if (sheet->part == WIO_PART_USE) {
            *(sheet->purchasers ? &t->purchasers : &basic) = true;
        }
    }
    if (!t->has[WIO_PART_SUPPLY]) {
        wio_mapping_wrong(map, list, "no sheet is a table of supply (`table: supply`)");
    }
    if (!t->has[WIO_PART_USE] && !t->has[WIO_PART_DOMESTIC]) {
        wio_mapping_wrong(map, list, "no sheet is a table of use (`table: use` or `use_domestic`)");
    }
    if (basic && t->purchasers) {
        wio_mapping_wrong(map, list,
                          "uses are at basic prices in one sheet, at purchasers' prices "
                          "in another");
    }
    if (!t->purchasers && (t->has[WIO_PART_MARGINS] || t->has[WIO_PART_TAXES])) {
        wio_mapping_wrong(map, list,
                          "margins and taxes by user take uses at purchasers' prices to basic "
                          "prices: no sheet of use is at purchasers' prices");
    }
    if (t->purchasers && t->has[WIO_PART_DOMESTIC] && t->has[WIO_PART_IMPORTS]) {
        wio_mapping_wrong(map, list,
                          "uses of home and of imported products are all uses at basic prices: "
                          "leave the table at purchasers' prices out");
    }
}

static wio_status make_blocks(wio_map_tables *t)
{
    wio_mapping *map = t->map;
    t->products = map->product.count;
    t->industries = map->industry.count;
    t->finals = map->use.count;
    t->users = t->industries + t->finals;
    if (t->products == 0 || t->industries == 0) {
        wio_mapping_wrong(map, &map->root, "there is no %s",
                          t->products == 0 ? "product" : "industry");
        return WIO_OK;
    }
    for (size_t p = 0; p < WIO_PARTS; p++) {
        size_t columns = p == WIO_PART_SUPPLY ? t->industries : t->users;
        if (t->has[p]) {
            WIO_TRY(wio_map_block_make(&t->part[p], map, t->products, columns, 0.0));
        }
    }
    WIO_TRY(wio_map_block_make(&t->supply, map, t->products, map->supply.count, 0.0));
    WIO_TRY(wio_map_block_make(&t->items, map, map->item.count, t->users, 0.0));
    return wio_map_block_make(&t->accounts, map, map->account.count, t->users, (double)NAN);
}

/* The number between two labels of a sheet. */
static void put(wio_map_tables *t, size_t which, size_t row, size_t column,
                const wio_map_label *seller, const wio_map_label *buyer)
{
    const wio_map_sheet *sheet = &t->map->sheet[which];
    const bool account = seller->kind == WIO_MAP_ACCOUNT, use = buyer->kind == WIO_MAP_USE;
    const wio_map_label *product = sheet->turned ? buyer : seller;
    const wio_map_label *other = sheet->turned ? seller : buyer;
    wio_map_block *in = other->kind == WIO_MAP_SUPPLY      ? &t->supply
                        : product->kind == WIO_MAP_ITEM    ? &t->items
                        : product->kind == WIO_MAP_ACCOUNT ? &t->accounts
                                                           : &t->part[sheet->part];
    size_t at = other->code + (use ? t->industries : 0);
    wio_map_put(&t->reader, which, row, column, in, product->code * in->columns + at, !account,
                account || (use && product->kind == WIO_MAP_ITEM));
}

static wio_status fill(wio_map_tables *t)
{
    wio_mapping *map = t->map;
    for (size_t i = 0; i < map->sheets; i++) {
        wio_map_sheet *sheet = &map->sheet[i];
        for (size_t r = 0; r < sheet->cells.rows; r++) {
            const wio_map_label *row = &sheet->row[r];
            size_t columns = row->kind == WIO_MAP_NONE ? 0 : sheet->is_long ? 1 : sheet->columns;
            for (size_t c = 0; c < columns; c++) {
                const wio_map_label *column = &sheet->column_at[sheet->is_long ? r : c];
                if (column->kind != WIO_MAP_NONE) {
                    put(t, i, r, sheet->is_long ? sheet->at[4] : c, row, column);
                }
            }
        }
        wio_map_reader_report(&t->reader, sheet);
        if (t->reader.found.failed) {
            return wio_mapping_memory(map, "mistakes");
        }
    }
    return WIO_OK;
}

/* --- numbers that no sheet gives ---------------------------------------------------------------------------------- */

typedef struct absence {
    const char *what;
    const wio_map_block *block;
    const wio_names *rows, *columns, *more; /* more: names of columns after those of `columns` */
    size_t needed;                          /* columns that have to be there */
    bool whole; /* a column that no sheet has at all is a mistake too, not 0 */
} absence;

static const char *column_name(const absence *a, size_t column)
{
    return column < a->columns->count || a->more == NULL
               ? a->columns->code[column]
               : a->more->code[column - a->columns->count];
}

/* Columns of the matrix that no sheet has are 0 when they may be, and said; counts the cells that are
 * missing beside them, and the first. */
static size_t count_absent(wio_map_tables *t, const absence *a, size_t *first)
{
    const wio_map_block *in = a->block;
    size_t absent = 0, columns = 0, named = 0;
    for (size_t c = 0; c < a->needed; c++) {
        size_t missing = 0, at = 0;
        for (size_t r = 0; r < in->rows; r++) {
            if (in->from[r * in->columns + c] == 0 && missing++ == 0) {
                at = r * in->columns + c;
            }
        }
        if (missing == in->rows && !a->whole && !t->has_long) {
            named = columns++ == 0 ? c : named;
            continue;
        }
        *first = absent == 0 || (missing != 0 && at < *first) ? at : *first;
        absent += missing;
    }
    if (columns != 0) {
        wio_find(t->map->log, WIO_NOTE, t->map->path, 0, 0,
                 "%zu column%s of %s %s in no sheet, '%s' first: taken as 0", columns,
                 columns > 1 ? "s" : "", a->what, columns > 1 ? "are" : "is",
                 column_name(a, named));
    }
    return absent;
}

/* Absent numbers are 0 where a long sheet left them out, else a mistake. */
static void check_given(wio_map_tables *t)
{
    wio_mapping *map = t->map;
    const wio_names *product = &map->product, *industry = &map->industry, *use = &map->use;
    const absence list[] = {
        {"supply", &t->part[WIO_PART_SUPPLY], product, industry, NULL, t->industries, true},
        {"supply", &t->supply, product, &map->supply, NULL, map->supply.count, true},
        {"use", &t->part[WIO_PART_USE], product, industry, use, t->users, true},
        {"use of home products", &t->part[WIO_PART_DOMESTIC], product, industry, use, t->users,
         !t->has[WIO_PART_USE]},
        {"use of imports", &t->part[WIO_PART_IMPORTS], product, industry, use, t->users, false},
        {"margins", &t->part[WIO_PART_MARGINS], product, industry, use, t->users, false},
        {"taxes", &t->part[WIO_PART_TAXES], product, industry, use, t->users, false},
        {"primary inputs", &t->items, &map->item, industry, use, t->industries, true}};
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        const absence *a = &list[k];
        size_t first = 0, absent = a->block->value != NULL ? count_absent(t, a, &first) : 0;
        if (absent != 0 && t->has_long) {
            wio_find(map->log, WIO_NOTE, map->path, 0, 0,
                     "%zu of %zu numbers of %s are not listed: taken as 0", absent,
                     a->block->rows * a->needed, a->what);
        } else if (absent != 0) {
            wio_mapping_wrong(map, wio_node_get(&map->root, "sheets"),
                              "%zu of %zu numbers of %s are in no sheet: '%s' by '%s' first",
                              absent, a->block->rows * a->needed, a->what,
                              a->rows->code[first / a->block->columns],
                              column_name(a, first % a->block->columns));
        }
    }
}

/* --- the whole ------------------------------------------------------------------------------------------------------- */

/* What is said of prices and imports has to be what the sheets have. */
static void check_head(wio_map_tables *t)
{
    wio_mapping *map = t->map;
    const wio_node *split = wio_node_get(&map->root, "import_split");
    const wio_node *items = wio_node_get(&map->root, "primary");
    if (wio_map_split_shared(t) && strcmp(split->text, "proportional") != 0) {
        wio_mapping_wrong(map, split,
                          "no sheet says which uses are imported (`table: use_imports` or "
                          "`use_domestic`): they can only be 'proportional', an estimate");
    }
    for (size_t s = 0; t->purchasers && s < map->supply.count; s++) {
        size_t item = map->supply_role[s] == WIO_SUPPLY_TAXES
                          ? wio_names_find(&map->item, map->supply.code[s])
                          : SIZE_MAX;
        if (item != SIZE_MAX) {
            wio_mapping_wrong(map, &items->key[item],
                              "'%.80s' are taxes on products, which become a primary input when "
                              "uses are taken from purchasers' to basic prices: leave it out here",
                              map->supply.code[s]);
        }
    }
}

static wio_status read_tables(wio_import *import, wio_supply_blocks *b, wio_map_tables *t)
{
    wio_mapping *map = t->map;
    survey(t);
    check_head(t);
    if (map->status == WIO_OK) {
        WIO_TRY(make_blocks(t));
    }
    if (map->status == WIO_OK) {
        WIO_TRY(fill(t));
        check_given(t);
    }
    if (map->status == WIO_OK) {
        WIO_TRY(wio_map_balance(t));
    }
    if (map->status != WIO_OK) {
        return map->status;
    }
    return wio_map_blocks(import, b, t);
}

wio_status wio_mapping_supply_use(wio_import *import, wio_supply_blocks *blocks)
{
    char *data = NULL, *folder = NULL;
    size_t length = 0;
    WIO_TRY(wio_mapping_file(&data, &length, &folder, import->source, import->err));
    wio_mapping map = {
        .path = import->source, .folder = folder, .log = import->log, .err = import->err};
    wio_map_tables t = {.map = &map, .reader = {.map = &map}};
    wio_status status = wio_mapping_open(&map, data, length, true);
    status = status == WIO_OK ? map.status : status;
    if (status == WIO_OK) {
        status = read_tables(import, blocks, &t);
    }
    for (size_t p = 0; p < WIO_PARTS; p++) {
        wio_map_block_free(&t.part[p]);
    }
    wio_map_block_free(&t.supply);
    wio_map_block_free(&t.items);
    wio_map_block_free(&t.accounts);
    wio_csv_problems_clear(&t.reader.found);
    wio_mapping_clear(&map);
    wio_free(folder);
    wio_free(data);
    return status;
}
