/* import_mapping_blocks.c - supply and use of a mapping as an import has it: head, labels, blocks, and the
 * further columns of supply for the model that takes uses to basic prices. */
#include "import_mapping.h"

#include <math.h>
#include <string.h>

static const char TAXES[] =
    "taxes_on_products"; /* code of the item, without a column that has one */

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

bool wio_map_split_shared(const wio_map_tables *t)
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
    const char *split = wio_map_split_shared(t)
                            ? "estimated: imports in proportion to the home uses of "
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
    b->has_columns = t->purchasers || by_home || wio_map_split_shared(t);
    to->purchasers = t->purchasers;
    if (wio_map_split_shared(t)) {
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

wio_status wio_map_blocks(wio_import *import, wio_supply_blocks *b, wio_map_tables *t)
{
    WIO_TRY(put_head(import, t));
    WIO_TRY(put_region(import, t->map));
    WIO_TRY(put_labels(import, t->map));
    WIO_TRY(put_blocks(import, b, t));
    return put_columns(import, b, t);
}
