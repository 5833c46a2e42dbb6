/* import_mapping_numbers.c - the numbers of a mapping's sheets into a table.
 *
 * Origins are the (region, sector) pairs that have a row, endogenous regions first, in the order of
 * the lists; final columns are the (region, use) pairs that have a column. Every number has one place
 * or is reported: given twice, not given, or without a place in the table. */
#include "import_mapping.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NAMED = 10 };

typedef struct builder {
    wio_mapping *map;
    size_t n, m, f;
    size_t *origin_at, *final_at;          /* [regions x sectors], [regions x uses] or SIZE_MAX */
    size_t *origin_region, *origin_sector; /* [m] */
    size_t *final_region, *final_use;      /* [f] */
    wio_map_block Z, Y, P, S;
    bool has_long;
    wio_map_reader reader;
} builder;

static wio_status memory(builder *b, const char *what)
{
    return wio_mapping_memory(b->map, what);
}

/* --- who sells and who buys ------------------------------------------------------------------------------------ */

static bool product(size_t *to, size_t a, size_t b)
{
    enum { MOST = 64000000 };
    return !__builtin_mul_overflow(a, b, to) && *to <= MOST;
}

/* Marks what the sheets name, then numbers it. */
static wio_status order(builder *b)
{
    wio_mapping *map = b->map;
    size_t sectors = map->sector.count, uses = map->use.count, origins, finals;
    if (!product(&origins, map->region.count, sectors) ||
        !product(&finals, map->region.count, uses)) {
        wio_mapping_wrong(map, &map->root, "%zu regions times %zu sectors are too many",
                          map->region.count, sectors);
        return WIO_OK;
    }
    b->origin_at = wio_alloc(origins, sizeof *b->origin_at);
    b->final_at = wio_alloc(finals, sizeof *b->final_at);
    b->origin_region = wio_alloc(origins, sizeof *b->origin_region);
    b->origin_sector = wio_alloc(origins, sizeof *b->origin_sector);
    b->final_region = wio_alloc(finals, sizeof *b->final_region);
    b->final_use = wio_alloc(finals, sizeof *b->final_use);
    if (b->origin_at == NULL || b->final_at == NULL || b->origin_region == NULL ||
        b->origin_sector == NULL || b->final_region == NULL || b->final_use == NULL) {
        return memory(b, "labels");
    }
    memset(b->origin_at, 0xff, origins * sizeof *b->origin_at); /* SIZE_MAX */
    memset(b->final_at, 0xff, finals * sizeof *b->final_at);
    for (size_t i = 0; i < map->sheets; i++) {
        const wio_map_sheet *sheet = &map->sheet[i];
        size_t columns = sheet->is_long ? sheet->cells.rows : sheet->columns;
        for (size_t r = 0; r < sheet->cells.rows; r++) {
            if (sheet->row[r].kind == WIO_MAP_SECTOR) {
                b->origin_at[sheet->row[r].region * sectors + sheet->row[r].code] = 0;
            }
        }
        for (size_t c = 0; c < columns; c++) {
            if (sheet->column_at[c].kind == WIO_MAP_USE) {
                b->final_at[sheet->column_at[c].region * uses + sheet->column_at[c].code] = 0;
            }
        }
        b->has_long = b->has_long || sheet->is_long;
    }
    for (int endogenous = 1; endogenous >= 0; endogenous--) {
        for (size_t i = 0; i < origins; i++) {
            if (b->origin_at[i] != SIZE_MAX && map->endogenous[i / sectors] == (endogenous == 1)) {
                b->origin_region[b->m] = i / sectors;
                b->origin_sector[b->m] = i % sectors;
                b->origin_at[i] = b->m++;
            }
        }
        b->n = endogenous == 1 ? b->m : b->n;
    }
    for (size_t i = 0; i < finals; i++) {
        if (b->final_at[i] != SIZE_MAX) {
            b->final_region[b->f] = i / uses;
            b->final_use[b->f] = i % uses;
            b->final_at[i] = b->f++;
        }
    }
    return WIO_OK;
}

/* Columns that are no activity, and activities without a column. */
static wio_status check_columns(builder *b)
{
    wio_mapping *map = b->map;
    size_t sectors = map->sector.count, missing = 0;
    bool *bought = wio_zalloc(b->n, sizeof *bought);
    if (bought == NULL) {
        return memory(b, "labels");
    }
    for (size_t i = 0; i < map->sheets; i++) {
        wio_map_sheet *sheet = &map->sheet[i];
        size_t columns = sheet->is_long ? sheet->cells.rows : sheet->columns;
        for (size_t c = 0; c < columns; c++) {
            wio_map_label *at = &sheet->column_at[c];
            if (at->kind != WIO_MAP_SECTOR) {
                continue;
            }
            // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): order() made it
            size_t j = b->origin_at[at->region * sectors + at->code];
            size_t row = 0;
            while (!sheet->is_long && row + 1 < sheet->cells.rows &&
                   sheet->cells.line[row] != sheet->code_row) {
                row++;
            }
            size_t cell = sheet->is_long ? 0 : c;
            row = sheet->is_long ? c : row;
            if (!map->endogenous[at->region]) {
                wio_mapping_cell(map, sheet, WIO_ERROR, row, cell,
                                 "%s.%s: the region is not endogenous, it has no columns of "
                                 "production",
                                 map->region.code[at->region], map->sector.code[at->code]);
            } else if (j == SIZE_MAX) {
                wio_mapping_cell(map, sheet, WIO_ERROR, row, cell,
                                 "%s.%s has a column but no row: its output is not known",
                                 map->region.code[at->region], map->sector.code[at->code]);
            } else {
                bought[j] = true;
            }
        }
    }
    for (size_t j = 0; j < b->n; j++) {
        if (!bought[j] && ++missing <= MOST_NAMED) {
            wio_mapping_wrong(map, wio_node_get(&map->root, "sheets"),
                              "%s.%s has a row but no column: its inputs are not known",
                              map->region.code[b->origin_region[j]],
                              map->sector.code[b->origin_sector[j]]);
        }
    }
    wio_free(bought);
    if (b->n == 0) {
        wio_mapping_wrong(map, wio_node_get(&map->root, "sheets"),
                          "no row is a sector of an endogenous region");
    }
    return WIO_OK;
}

/* --- the numbers -------------------------------------------------------------------------------------------------- */

/* Which block a number of that row and column goes to, and where in it; NULL: the table has no place
 * for it. */
static wio_map_block *find_place(size_t *cell, builder *b, const wio_map_label *row,
                                 const wio_map_label *column)
{
    const wio_mapping *map = b->map;
    size_t i, j;
    if (column->kind == WIO_MAP_SECTOR) {
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): order() made it
        j = b->origin_at[column->region * map->sector.count + column->code];
    } else {
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): order() made it
        j = b->final_at[column->region * map->use.count + column->code];
    }
    i = row->kind == WIO_MAP_SECTOR ? b->origin_at[row->region * map->sector.count + row->code]
                                    : row->code;
    wio_map_block *in = row->kind == WIO_MAP_SECTOR ? column->kind == WIO_MAP_SECTOR ? &b->Z : &b->Y
                        : column->kind == WIO_MAP_USE ? NULL
                        : row->kind == WIO_MAP_ITEM   ? &b->P
                                                      : &b->S;
    *cell = in != NULL ? i * in->columns + j : 0;
    return in;
}

static void put(builder *b, size_t which, size_t row, size_t column, const wio_map_label *seller,
                const wio_map_label *buyer)
{
    size_t to;
    wio_map_block *in = find_place(&to, b, seller, buyer);
    bool account = seller->kind == WIO_MAP_ACCOUNT;
    wio_map_put(&b->reader, which, row, column, in, to, !account, account);
}

static wio_status fill(builder *b)
{
    wio_mapping *map = b->map;
    WIO_TRY(wio_map_block_make(&b->Z, map, b->m, b->n, 0.0));
    WIO_TRY(wio_map_block_make(&b->Y, map, b->m, b->f, 0.0));
    WIO_TRY(wio_map_block_make(&b->P, map, map->item.count, b->n, 0.0));
    WIO_TRY(wio_map_block_make(&b->S, map, map->account.count, b->n, (double)NAN));
    for (size_t i = 0; i < map->sheets; i++) {
        wio_map_sheet *sheet = &map->sheet[i];
        for (size_t r = 0; r < sheet->cells.rows; r++) {
            if (sheet->row[r].kind == WIO_MAP_NONE) {
                continue;
            }
            if (sheet->is_long) {
                if (sheet->column_at[r].kind != WIO_MAP_NONE) {
                    put(b, i, r, sheet->at[4], &sheet->row[r], &sheet->column_at[r]);
                }
                continue;
            }
            for (size_t c = 0; c < sheet->columns; c++) {
                if (sheet->column_at[c].kind != WIO_MAP_NONE) {
                    put(b, i, r, c, &sheet->row[r], &sheet->column_at[c]);
                }
            }
        }
        wio_map_reader_report(&b->reader, sheet);
        if (b->reader.found.failed) {
            return memory(b, "mistakes");
        }
    }
    return WIO_OK;
}

/* Numbers that no sheet gives: 0 where a long sheet left them out, else a mistake. */
static void check_given(builder *b)
{
    const wio_mapping *map = b->map;
    const struct {
        const wio_map_block *block;
        const char *name;
    } blocks[] = {
        {&b->Z, "flows between sectors"}, {&b->Y, "final flows"}, {&b->P, "primary inputs"}};
    for (size_t k = 0; k < 3; k++) {
        const wio_map_block *in = blocks[k].block;
        size_t absent = 0, first = 0, count = in->rows * in->columns;
        for (size_t i = 0; i < count; i++) {
            if (in->from[i] == 0 && absent++ == 0) {
                first = i;
            }
        }
        if (absent == 0) {
            continue;
        }
        size_t row = first / in->columns, column = first % in->columns;
        const char *seller =
            in == &b->P ? map->item.code[row] : map->sector.code[b->origin_sector[row]];
        const char *of = in == &b->P ? "" : map->region.code[b->origin_region[row]];
        const char *buyer = in == &b->Y ? map->use.code[b->final_use[column]]
                                        : map->sector.code[b->origin_sector[column]];
        size_t where = in == &b->Y ? b->final_region[column] : b->origin_region[column];
        if (b->has_long) {
            wio_find(map->log, WIO_NOTE, map->path, 0, 0,
                     "%zu of %zu %s are not listed: taken as 0", absent, count, blocks[k].name);
        } else {
            wio_mapping_wrong(b->map, wio_node_get(&map->root, "sheets"),
                              "%zu of %zu %s are in no sheet: %s%s%s to %s.%s first", absent, count,
                              blocks[k].name, of, *of != '\0' ? "." : "", seller,
                              map->region.code[where], buyer);
        }
    }
}

/* --- the table --------------------------------------------------------------------------------------------------------- */

/* Codes and roles of columns and origins, as wio_table_create wants them. */
typedef struct arrays {
    const char **sector, **sector_name, **use;
    wio_role *role;
} arrays;

static wio_status name_all(builder *b, arrays *a)
{
    const wio_mapping *map = b->map;
    a->sector = wio_alloc(b->m, sizeof *a->sector);
    a->sector_name = wio_alloc(b->m, sizeof *a->sector_name);
    a->use = wio_alloc(b->f, sizeof *a->use);
    a->role = wio_alloc(b->f, sizeof *a->role);
    if (a->sector == NULL || a->sector_name == NULL || a->use == NULL || a->role == NULL) {
        return memory(b, "labels");
    }
    for (size_t i = 0; i < b->m; i++) {
        a->sector[i] = map->sector.code[b->origin_sector[i]];
        a->sector_name[i] = map->sector.name[b->origin_sector[i]];
    }
    for (size_t c = 0; c < b->f; c++) {
        a->use[c] = map->use.code[b->final_use[c]];
        a->role[c] = map->use_role[b->final_use[c]];
    }
    return WIO_OK;
}

const char *wio_mapping_value(const wio_mapping *map, const char *key)
{
    const wio_node *node = wio_node_get(&map->root, key);
    return node != NULL ? node->text : NULL;
}

wio_status wio_mapping_list(char ***out, size_t *count, wio_mapping *map, const char *key)
{
    const wio_node *list = wio_node_get(&map->root, key);
    if (list == NULL || list->kind != WIO_NODE_LIST) {
        return WIO_OK;
    }
    *out = wio_zalloc(list->count, sizeof **out);
    if (*out == NULL) {
        return wio_mapping_memory(map, key);
    }
    *count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const wio_node *item = &list->item[i];
        (*out)[i] = wio_strdup(item->kind == WIO_NODE_SCALAR ? item->text : "");
        if ((*out)[i] == NULL) {
            return wio_mapping_memory(map, key);
        }
    }
    return WIO_OK;
}

/* What wio_table_create has no argument for. */
static wio_status add_rest(wio_table *table, builder *b)
{
    wio_mapping *map = b->map;
    const char *licence = wio_mapping_value(map, "licence");
    WIO_TRY(wio_mapping_list(&table->source, &table->sources, map, "sources"));
    WIO_TRY(wio_mapping_list(&table->note, &table->notes, map, "notes"));
    if (licence != NULL) {
        char *copy = wio_strdup(licence);
        if (copy == NULL) {
            return memory(b, "licence");
        }
        wio_free(table->licence);
        table->licence = copy;
    }
    table->path = wio_strdup(map->path);
    table->input = map->input;
    table->inputs = map->inputs;
    map->input = NULL;
    map->inputs = 0;
    for (size_t u = 0; u < table->use.count; u++) {
        size_t use = wio_names_find(&map->use, table->use.code[u]);
        char *name = use != SIZE_MAX ? wio_strdup(map->use.name[use]) : NULL;
        if (name == NULL) {
            return memory(b, "names");
        }
        wio_free(table->use.name[u]);
        table->use.name[u] = name;
    }
    return table->path != NULL ? WIO_OK : memory(b, "path");
}

static wio_status create(wio_table **out, builder *b, const arrays *a)
{
    wio_mapping *map = b->map;
    double income = NAN, year = 0.0;
    const char *text = wio_mapping_value(map, "household_income");
    if (text != NULL) {
        (void)wio_parse_double(&income, text, strlen(text));
    }
    text = wio_mapping_value(map, "year");
    (void)wio_parse_double(&year, text, strlen(text));
    const wio_table_arrays all = {.name = wio_mapping_value(map, "name"),
                                  .title = wio_mapping_value(map, "title"),
                                  .currency = wio_mapping_value(map, "currency"),
                                  .year = (int)year,
                                  .price_basis = wio_mapping_value(map, "price_basis"),
                                  .import_split = wio_mapping_value(map, "import_split"),
                                  .household_income = income,
                                  .regions = map->region.count,
                                  .region_code = (const char *const *)map->region.code,
                                  .region_name = (const char *const *)map->region.name,
                                  .endogenous = map->endogenous,
                                  .valuation = map->valuation,
                                  .n = b->n,
                                  .m = b->m,
                                  .origin_region = b->origin_region,
                                  .origin_sector = a->sector,
                                  .origin_sector_name = a->sector_name,
                                  .f = b->f,
                                  .final_region = b->final_region,
                                  .final_use = a->use,
                                  .final_role = a->role,
                                  .p = map->item.count,
                                  .primary_item = (const char *const *)map->item.code,
                                  .primary_role = map->item_role,
                                  .k = map->account.count,
                                  .account = (const char *const *)map->account.code,
                                  .account_unit = map->account_unit,
                                  .Z = b->Z.value,
                                  .Y = b->Y.value,
                                  .P = b->P.value,
                                  .S = b->S.value};
    wio_table *table = NULL;
    WIO_TRY(wio_table_create(&table, &all, map->log, map->err));
    wio_status status = add_rest(table, b);
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

static wio_status build(wio_table **out, builder *b, arrays *a)
{
    WIO_TRY(order(b));
    if (b->map->status == WIO_OK) {
        WIO_TRY(check_columns(b));
    }
    if (b->map->status != WIO_OK) {
        return WIO_OK;
    }
    WIO_TRY(fill(b));
    check_given(b);
    if (b->map->status != WIO_OK) {
        return WIO_OK;
    }
    WIO_TRY(name_all(b, a));
    return create(out, b, a);
}

wio_status wio_mapping_table(wio_table **out, wio_mapping *map)
{
    builder b = {.map = map, .reader = {.map = map}};
    arrays a = {0};
    wio_status status = build(out, &b, &a);
    wio_map_block *const block[] = {&b.Z, &b.Y, &b.P, &b.S};
    for (size_t i = 0; i < sizeof block / sizeof block[0]; i++) {
        wio_map_block_free(block[i]);
    }
    void *const owned[] = {b.origin_at,           b.final_at,   b.origin_region, b.origin_sector,
                           b.final_region,        b.final_use,  a.role,          (void *)a.sector,
                           (void *)a.sector_name, (void *)a.use};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        wio_free(owned[i]);
    }
    wio_csv_problems_clear(&b.reader.found);
    return status;
}
