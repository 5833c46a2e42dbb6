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

/* One block, with where each number was: sheet + 1 in the top 8 bits, line in the others. */
typedef struct block {
    size_t rows, columns;
    double *value;
    uint32_t *from;
} block;

typedef struct builder {
    wio_mapping *map;
    size_t n, m, f;
    size_t *origin_at, *final_at;          /* [regions x sectors], [regions x uses] or SIZE_MAX */
    size_t *origin_region, *origin_sector; /* [m] */
    size_t *final_region, *final_use;      /* [f] */
    block Z, Y, P, S;
    bool has_long;
    size_t homeless, numbers_as_text; /* of the sheet now read */
    double homeless_sum;
    size_t at_row[2], at_column[2]; /* the first of each */
    wio_csv_problems found;
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

static wio_status make(builder *b, block *to, size_t rows, size_t columns, double value)
{
    size_t count;
    to->rows = rows;
    to->columns = columns;
    if (__builtin_mul_overflow(rows, columns, &count) ||
        (to->value = wio_alloc(count, sizeof *to->value)) == NULL ||
        (to->from = wio_zalloc(count, sizeof *to->from)) == NULL) {
        return memory(b, "numbers");
    }
    for (size_t i = 0; i < count; i++) {
        to->value[i] = value;
    }
    return WIO_OK;
}

/* Where a number of that row and column goes; NULL: the table has no place for it. */
static double *find_place(builder *b, block **in, const wio_map_label *row,
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
    *in = row->kind == WIO_MAP_SECTOR   ? column->kind == WIO_MAP_SECTOR ? &b->Z : &b->Y
          : column->kind == WIO_MAP_USE ? NULL
          : row->kind == WIO_MAP_ITEM   ? &b->P
                                        : &b->S;
    return *in != NULL ? &(*in)->value[i * (*in)->columns + j] : NULL;
}

static const char *problem_text(int kind, const wio_number_policy *policy)
{
    switch (kind) {
    case WIO_CELL_EMPTY:
        return "an empty cell: write 0, or add \"\" to `zero` or `missing`";
    case WIO_CELL_MISSING:
        return "a missing number, which only an account may have";
    case WIO_NUMBER_HUGE:
        return "too large for a number (at most 1.8e308)";
    case WIO_NUMBER_AMBIGUOUS:
        return "either a decimal or thousands: declare `decimal`";
    case WIO_NUMBER_TRAILING:
    default:
        return policy->form.decimal == ',' ? "not a number (decimal comma)"
               : policy->form.decimal == '.'
                   ? "not a number (decimal point)"
                   : "not a number (`decimal` is not declared: a point is expected)";
    }
}

/* The number of a cell; false when it is none (and logged). */
static bool read_number(builder *b, wio_map_sheet *sheet, double *value, size_t row, size_t column,
                        bool may_miss)
{
    const wio_csv *cells = &sheet->cells;
    bool there = column < cells->columns[row];
    const char *text = there ? cells->cell[cells->start[row] + column] : "";
    int kind =
        cells->kind != NULL && there ? cells->kind[cells->start[row] + column] : WIO_CELL_TEXT;
    wio_number_policy policy = sheet->policy;
    policy.may_miss = may_miss;
    if (kind == WIO_CELL_NUMBER) {
        policy.form = (wio_number_form){.decimal = '.'};
    } else if (kind != WIO_CELL_TEXT) {
        wio_mapping_cell(b->map, sheet, WIO_ERROR, row, column, "'%.40s' is %s, not a number", text,
                         kind == WIO_CELL_DATE      ? "a date"
                         : kind == WIO_CELL_BOOLEAN ? "a truth value"
                                                    : "an error");
        return false;
    }
    size_t before = b->found.total, replaced = b->found.zeros.count + b->found.missing.count;
    wio_csv_number(value, text, strlen(text), row, column, &policy, &b->found);
    if (b->found.total != before) {
        int why = b->found.named != 0 ? b->found.problem[b->found.named - 1].kind : WIO_NUMBER_BAD;
        b->found.named = b->found.total = 0;
        wio_mapping_cell(b->map, sheet, WIO_ERROR, row, column, "%s%.40s%s%s",
                         *text != '\0' ? "'" : "", text, *text != '\0' ? "' is " : "",
                         problem_text(why, &policy));
        return false;
    }
    if (kind == WIO_CELL_TEXT && cells->kind != NULL && *text != '\0' &&
        replaced == b->found.zeros.count + b->found.missing.count && b->numbers_as_text++ == 0) {
        b->at_row[1] = row;
        b->at_column[1] = column;
    }
    return true;
}

static void put(builder *b, size_t which, size_t row, size_t column, const wio_map_label *seller,
                const wio_map_label *buyer)
{
    wio_map_sheet *sheet = &b->map->sheet[which];
    block *in;
    double value = NAN, *to = find_place(b, &in, seller, buyer);
    bool account = seller->kind == WIO_MAP_ACCOUNT;
    uint32_t *from = to != NULL ? &in->from[to - in->value] : NULL;
    if (from != NULL && *from != 0) {
        const wio_map_sheet *first = &b->map->sheet[(*from >> 24) - 1];
        wio_mapping_cell(b->map, sheet, WIO_ERROR, row, column,
                         "this number is there twice (first in %s, line %u)", first->path,
                         (unsigned)(*from & 0xffffff));
        return;
    }
    if (from != NULL) { /* given, even when it is no number */
        size_t line = sheet->cells.line[row];
        *from = (uint32_t)(which + 1) << 24 | (uint32_t)(line < 0xffffff ? line : 0xffffff);
    }
    if (!read_number(b, sheet, &value, row, column, account || to == NULL)) {
        return;
    }
    value = account ? value : value / sheet->per_million;
    if (to != NULL) {
        *to = value;
        return;
    }
    if (value != 0.0 && !isnan(value) && b->homeless++ == 0) {
        b->at_row[0] = row;
        b->at_column[0] = column;
    }
    b->homeless_sum += account || isnan(value) ? 0.0 : value;
}

static void report(builder *b, wio_map_sheet *sheet)
{
    wio_mapping *map = b->map;
    char number[WIO_NUMBER_SIZE];
    const wio_csv_problems *found = &b->found;
    if (found->tiny.count != 0) {
        wio_mapping_cell(map, sheet, WIO_WARNING, found->tiny.row, found->tiny.column,
                         "a number below 2.2e-308 loses digits (first of %zu): is the unit right?",
                         found->tiny.count);
    }
    if (found->spaces.count != 0) {
        wio_mapping_cell(map, sheet, WIO_WARNING, found->spaces.row, found->spaces.column,
                         "spaces around a number are left out (first of %zu)", found->spaces.count);
    }
    if (found->zeros.count != 0) {
        wio_mapping_cell(map, sheet, WIO_NOTE, found->zeros.row, found->zeros.column,
                         "taken as 0, as `zero` says (first of %zu)", found->zeros.count);
    }
    if (found->missing.count != 0) {
        wio_mapping_cell(map, sheet, WIO_NOTE, found->missing.row, found->missing.column,
                         "taken as unknown, as `missing` says (first of %zu)",
                         found->missing.count);
    }
    if (b->numbers_as_text != 0) {
        wio_mapping_cell(map, sheet, WIO_WARNING, b->at_row[1], b->at_column[1],
                         "a number stored as text (first of %zu): read as a number",
                         b->numbers_as_text);
    }
    if (b->homeless != 0) {
        wio_mapping_cell(map, sheet, WIO_WARNING, b->at_row[0], b->at_column[0],
                         "primary items and accounts of final uses have no place in a table: %zu "
                         "numbers, this one first, are left out (sum of the items %s million)",
                         b->homeless, wio_format_double(number, b->homeless_sum));
    }
    b->found.tiny = b->found.spaces = b->found.zeros = b->found.missing = (wio_csv_tally){0};
    b->numbers_as_text = b->homeless = 0;
    b->homeless_sum = 0.0;
}

static wio_status fill(builder *b)
{
    wio_mapping *map = b->map;
    WIO_TRY(make(b, &b->Z, b->m, b->n, 0.0));
    WIO_TRY(make(b, &b->Y, b->m, b->f, 0.0));
    WIO_TRY(make(b, &b->P, map->item.count, b->n, 0.0));
    WIO_TRY(make(b, &b->S, map->account.count, b->n, NAN));
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
        report(b, sheet);
        if (b->found.failed) {
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
        const block *block;
        const char *name;
    } blocks[] = {
        {&b->Z, "flows between sectors"}, {&b->Y, "final flows"}, {&b->P, "primary inputs"}};
    for (size_t k = 0; k < 3; k++) {
        const block *in = blocks[k].block;
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

static const char *text_of(const wio_mapping *map, const char *key)
{
    const wio_node *node = wio_node_get(&map->root, key);
    return node != NULL ? node->text : NULL;
}

static wio_status copy_list(char ***out, size_t *count, builder *b, const char *key)
{
    const wio_node *list = wio_node_get(&b->map->root, key);
    if (list == NULL || list->kind != WIO_NODE_LIST) {
        return WIO_OK;
    }
    *out = wio_zalloc(list->count, sizeof **out);
    if (*out == NULL) {
        return memory(b, key);
    }
    *count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const wio_node *item = &list->item[i];
        (*out)[i] = wio_strdup(item->kind == WIO_NODE_SCALAR ? item->text : "");
        if ((*out)[i] == NULL) {
            return memory(b, key);
        }
    }
    return WIO_OK;
}

/* What wio_table_create has no argument for. */
static wio_status add_rest(wio_table *table, builder *b)
{
    wio_mapping *map = b->map;
    const char *licence = text_of(map, "licence");
    WIO_TRY(copy_list(&table->source, &table->sources, b, "sources"));
    WIO_TRY(copy_list(&table->note, &table->notes, b, "notes"));
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
    const char *text = text_of(map, "household_income");
    if (text != NULL) {
        (void)wio_parse_double(&income, text, strlen(text));
    }
    text = text_of(map, "year");
    (void)wio_parse_double(&year, text, strlen(text));
    const wio_table_arrays all = {.name = text_of(map, "name"),
                                  .title = text_of(map, "title"),
                                  .currency = text_of(map, "currency"),
                                  .year = (int)year,
                                  .price_basis = text_of(map, "price_basis"),
                                  .import_split = text_of(map, "import_split"),
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
    builder b = {.map = map};
    arrays a = {0};
    wio_status status = build(out, &b, &a);
    void *const owned[] = {b.origin_at,
                           b.final_at,
                           b.origin_region,
                           b.origin_sector,
                           b.final_region,
                           b.final_use,
                           b.Z.value,
                           b.Z.from,
                           b.Y.value,
                           b.Y.from,
                           b.P.value,
                           b.P.from,
                           b.S.value,
                           b.S.from,
                           a.role,
                           (void *)a.sector,
                           (void *)a.sector_name,
                           (void *)a.use};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        wio_free(owned[i]);
    }
    wio_csv_problems_clear(&b.found);
    return status;
}
