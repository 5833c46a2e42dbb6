/* import_mapping_supply.c - supply and use by a mapping: the numbers of its sheets into matrices, and
 * from them what import_supply_use.c makes of any source: head, labels, blocks.
 *
 * Users are industries, then final uses, in the order of the lists; every matrix of uses is
 * [products x users]. Uses at purchasers' prices stay so here: wio_table_symmetric takes them to basic
 * prices by the columns that are handed over, and says so. */
#include "import_mapping.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char TAXES[] =
    "taxes_on_products"; /* code of the item, without a column that has one */

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
    return column < a->columns->count ? a->columns->code[column]
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

/* --- head and labels ----------------------------------------------------------------------------------------------- */

static bool has_role(const wio_mapping *map, wio_map_supply role)
{
    for (size_t s = 0; s < map->supply.count; s++) {
        if (map->supply_role[s] == role) {
            return true;
        }
    }
    return false;
}

/* What the source does not say by user, and is shared in proportion by the model. */
static bool shared(const wio_map_tables *t, wio_map_part part, wio_map_supply role)
{
    return t->purchasers && !t->has[part] && has_role(t->map, role);
}

static bool split_shared(const wio_map_tables *t)
{
    return t->has[WIO_PART_USE] && !t->has[WIO_PART_DOMESTIC] && !t->has[WIO_PART_IMPORTS] &&
           has_role(t->map, WIO_SUPPLY_IMPORTS);
}

static wio_status put_head(wio_import *import, const wio_map_tables *t)
{
    wio_mapping *map = t->map;
    wio_table *head = import->table;
    const char *title = wio_mapping_value(map, "title"), *name = wio_mapping_value(map, "name");
    const char *currency = wio_mapping_value(map, "currency");
    const char *unit = wio_import_print(import, "million %.60s", currency);
    const bool margins = shared(t, WIO_PART_MARGINS, WIO_SUPPLY_MARGINS);
    const bool taxes = shared(t, WIO_PART_TAXES, WIO_SUPPLY_TAXES);
    const char *prices =
        margins || taxes
            ? "estimated: uses at purchasers' prices, margins or taxes in proportion along each row"
        : t->purchasers ? "uses at purchasers' prices, less margins and taxes by user"
                        : "";
    const char *split = split_shared(t) ? "estimated: imports in proportion to the home uses of "
                                          "each product, exports home-made"
                                        : "";
    const struct {
        char **to;
        const char *text;
    } list[] = {{&head->name, name},
                {&head->title, title != NULL ? title : name},
                {&head->currency, currency},
                {&head->unit, unit},
                {&head->price_basis, wio_mapping_value(map, "price_basis")},
                {&head->price_basis_note, prices},
                {&head->import_split, wio_mapping_value(map, "import_split")},
                {&head->import_split_note, split},
                {&head->valuation_note, ""},
                {&head->licence, wio_mapping_value(map, "licence")},
                {&head->household_income_source, ""},
                {&head->path, map->path}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        *list[i].to = wio_strdup(list[i].text != NULL ? list[i].text : "");
        if (*list[i].to == NULL) {
            return wio_mapping_memory(map, "head of a table");
        }
    }
    double year = 0.0, income = (double)NAN;
    const char *text = wio_mapping_value(map, "year");
    (void)wio_parse_double(&year, text, strlen(text));
    text = wio_mapping_value(map, "household_income");
    if (text != NULL) {
        (void)wio_parse_double(&income, text, strlen(text));
    }
    head->year = (int)year;
    head->household_income = income;
    head->input = map->input;
    head->inputs = map->inputs;
    map->input = NULL;
    map->inputs = 0;
    WIO_TRY(wio_mapping_list(&head->source, &head->sources, map, "sources"));
    return wio_mapping_list(&head->note, &head->notes, map, "notes");
}

/* Texts live as long as the import, the mapping does not. */
static const char *keep(wio_import *import, const char *text)
{
    return text != NULL ? wio_import_text(import, text, strlen(text)) : NULL;
}

static wio_status put_region(wio_import *import, const wio_mapping *map)
{
    const size_t home = map->home, rest = map->rest;
    const char *classification = wio_mapping_value(map, "classification");
    import->region_name = keep(import, map->region.name[home]);
    import->classification = keep(import, classification);
    if (rest != SIZE_MAX) {
        import->rest = keep(import, map->region.code[rest]);
        import->rest_name = keep(import, map->region.name[rest]);
        import->rest_valuation = keep(import, map->valuation[rest]);
    }
    return import->status;
}

/* Codes of one list as labels of a mark. */
static void add_labels(wio_import_label **next, wio_import *import, const wio_names *names,
                       wio_mark mark, const char *region)
{
    for (size_t i = 0; i < names->count; i++) {
        *(*next)++ = (wio_import_label){.mark = mark,
                                        .region = region,
                                        .code = keep(import, names->code[i]),
                                        .name = keep(import, names->name[i])};
    }
}

/* Every label once, as the columns of a grid without numbers: they get their places as any others.
 * Taxes that leave uses at purchasers' prices are paid through `tax_item`. */
static wio_status put_labels(wio_import *import, const wio_mapping *map)
{
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_new(&grid, import, import->source));
    size_t count = map->product.count + map->industry.count + map->use.count + map->item.count +
                   map->account.count;
    const char *region = keep(import, map->region.code[map->home]);
    grid->column = wio_zalloc(count, sizeof *grid->column);
    if (grid->column == NULL || region == NULL) {
        return wio_import_memory(import, "labels");
    }
    wio_import_label *next = grid->column;
    add_labels(&next, import, &map->product, WIO_MARK_PRODUCT, region);
    add_labels(&next, import, &map->industry, WIO_MARK_INDUSTRY, region);
    wio_import_label *use = next;
    add_labels(&next, import, &map->use, WIO_MARK_FINAL, region);
    wio_import_label *item = next;
    add_labels(&next, import, &map->item, WIO_MARK_PRIMARY, NULL);
    wio_import_label *account = next;
    add_labels(&next, import, &map->account, WIO_MARK_ACCOUNT, NULL);
    for (size_t u = 0; u < map->use.count; u++) {
        use[u].role = map->use_role[u];
    }
    for (size_t i = 0; i < map->item.count; i++) {
        item[i].role = map->item_role[i];
    }
    for (size_t a = 0; a < map->account.count; a++) {
        account[a].unit = keep(import, map->account_unit[a]);
    }
    grid->columns = count;
    return import->status == WIO_OK ? wio_import_supply_places(import) : import->status;
}

/* --- the blocks ------------------------------------------------------------------------------------------------------ */

/* Columns first .. first + count - 1 of a block; a number that is not given is `absent`. */
static wio_status cut(double **out, wio_import *import, const wio_map_block *block, size_t first,
                      size_t count, double absent)
{
    WIO_TRY(wio_import_block(out, import, block->rows, count, absent));
    for (size_t r = 0; r < block->rows; r++) {
        for (size_t c = 0; c < count; c++) {
            size_t at = r * block->columns + first + c;
            (*out)[r * count + c] = block->from[at] != 0 ? block->value[at] : absent;
        }
    }
    return WIO_OK;
}

/* All uses, and those of imports where they are at the same prices. */
static wio_status put_uses(wio_import *import, wio_supply_blocks *b, const wio_map_tables *t)
{
    const size_t n = t->industries, f = t->finals;
    const wio_map_block *home = &t->part[WIO_PART_DOMESTIC], *imported = &t->part[WIO_PART_IMPORTS];
    const wio_map_block *all = t->has[WIO_PART_USE] ? &t->part[WIO_PART_USE] : home;
    WIO_TRY(cut(&b->U, import, all, 0, n, 0.0));
    WIO_TRY(cut(&b->Y, import, all, n, f, 0.0));
    if (!t->has[WIO_PART_IMPORTS]) {
        return WIO_OK;
    }
    WIO_TRY(cut(&b->Um, import, imported, 0, n, 0.0));
    WIO_TRY(cut(&b->Ym, import, imported, n, f, 0.0));
    for (size_t k = 0; !t->has[WIO_PART_USE] && k < t->products * n; k++) {
        b->U[k] += b->Um[k];
    }
    for (size_t k = 0; !t->has[WIO_PART_USE] && k < t->products * f; k++) {
        b->Y[k] += b->Ym[k];
    }
    return WIO_OK;
}

/* Whether a column from `first` on has a number. */
static bool any_known(const wio_map_block *block, size_t first)
{
    for (size_t k = 0; k < block->rows * block->columns; k++) {
        if (block->from[k] != 0 && !isnan(block->value[k]) && k % block->columns >= first) {
            return true;
        }
    }
    return false;
}

static wio_status put_blocks(wio_import *import, wio_supply_blocks *b, const wio_map_tables *t)
{
    const size_t n = t->industries, f = t->finals;
    b->products = t->products;
    b->industries = n;
    b->finals = f;
    b->items = t->items.rows;
    b->accounts = t->accounts.rows;
    WIO_TRY(put_uses(import, b, t));
    WIO_TRY(wio_import_block(&b->V, import, n, t->products, 0.0));
    for (size_t i = 0; i < t->products; i++) {
        for (size_t j = 0; j < n; j++) {
            b->V[j * t->products + i] = t->part[WIO_PART_SUPPLY].value[i * n + j];
        }
    }
    WIO_TRY(cut(&b->W, import, &t->items, 0, n, 0.0));
    WIO_TRY(cut(&b->S, import, &t->accounts, 0, n, (double)NAN));
    if (any_known(&t->items, n)) {
        WIO_TRY(cut(&import->primary_final, import, &t->items, n, f, 0.0));
    }
    if (any_known(&t->accounts, n)) {
        WIO_TRY(cut(&import->account_final, import, &t->accounts, n, f, 0.0));
    }
    WIO_TRY(wio_import_block(&b->product_output, import, 1, t->products, (double)NAN));
    WIO_TRY(wio_import_block(&b->industry_output, import, 1, n, (double)NAN));
    if (has_role(t->map, WIO_SUPPLY_OUTPUT)) {
        (void)wio_map_supply_sums(b->product_output, t, WIO_SUPPLY_OUTPUT);
    }
    return WIO_OK;
}

/* Sums of the columns of a role, when there is one. */
static wio_status put_sums(const double **out, wio_import *import, const wio_map_tables *t,
                           wio_map_supply role)
{
    double *sum = NULL;
    if (!has_role(t->map, role)) {
        return WIO_OK;
    }
    WIO_TRY(wio_import_block(&sum, import, 1, t->products, 0.0));
    (void)wio_map_supply_sums(sum, t, role);
    *out = sum;
    return WIO_OK;
}

static wio_status put_margins(wio_supply_columns *to, wio_import *import, const wio_map_tables *t)
{
    const wio_mapping *map = t->map;
    double *margin = NULL;
    for (size_t s = 0; s < map->supply.count; s++) {
        to->margins += map->supply_role[s] == WIO_SUPPLY_MARGINS;
    }
    WIO_TRY(wio_import_block(&margin, import, to->margins, t->products, 0.0));
    to->margin = margin;
    for (size_t s = 0; s < map->supply.count; s++) {
        for (size_t i = 0; map->supply_role[s] == WIO_SUPPLY_MARGINS && i < t->products; i++) {
            *margin++ = t->supply.value[i * map->supply.count + s];
        }
    }
    return WIO_OK;
}

/* A matrix that is handed over as it is. */
static void give(const double **out, wio_map_block *block)
{
    *out = block->value;
    block->value = NULL;
}

static wio_status put_columns(wio_import *import, wio_supply_blocks *b, wio_map_tables *t)
{
    const wio_mapping *map = t->map;
    wio_supply_columns *to = &b->columns;
    const bool by_home =
        t->has[WIO_PART_DOMESTIC] && t->has[WIO_PART_USE] && !t->has[WIO_PART_IMPORTS];
    b->has_columns = t->purchasers || by_home || split_shared(t);
    to->purchasers = t->purchasers;
    if (split_shared(t)) {
        WIO_TRY(put_sums(&to->imports, import, t, WIO_SUPPLY_IMPORTS));
    }
    if (by_home) {
        give(&to->home, &t->part[WIO_PART_DOMESTIC]);
    }
    if (!t->purchasers) {
        return WIO_OK;
    }
    WIO_TRY(put_sums(&to->tax, import, t, WIO_SUPPLY_TAXES));
    WIO_TRY(put_margins(to, import, t));
    give(&to->margin_use, &t->part[WIO_PART_MARGINS]);
    give(&to->tax_use, &t->part[WIO_PART_TAXES]);
    for (size_t s = 0; s < map->supply.count && to->tax_item == NULL; s++) {
        if (map->supply_role[s] == WIO_SUPPLY_TAXES) {
            to->tax_item = keep(import, map->supply.code[s]);
        }
    }
    if (to->tax_item == NULL) {
        to->tax_item = TAXES;
    }
    return import->status;
}

/* --- the whole ------------------------------------------------------------------------------------------------------- */

/* What is said of prices and imports has to be what the sheets have. */
static void check_head(wio_map_tables *t)
{
    wio_mapping *map = t->map;
    const wio_node *split = wio_node_get(&map->root, "import_split");
    const wio_node *items = wio_node_get(&map->root, "primary");
    if (split_shared(t) && strcmp(split->text, "proportional") != 0) {
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
    WIO_TRY(put_head(import, t));
    WIO_TRY(put_region(import, map));
    WIO_TRY(put_labels(import, map));
    WIO_TRY(put_blocks(import, b, t));
    return put_columns(import, b, t);
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
