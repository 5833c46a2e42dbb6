/* study_commitment.c - a purchase commitment as it is defined (MODEL S4).
 *
 * A commitment is stated in its own money. Two views are kept: at table prices and basis for the
 * models, and as stated, against which check_total and shortfall are held. A purchaser price keeps
 * its margins: weights move to the sectors that earn them, taxes leave. */
#include "study_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- categories and weights --------------------------------------------------------------------- */

static size_t category(const wio_purchase *purchase, const char *name)
{
    for (size_t c = 0; c < purchase->categories; c++) {
        if (strcmp(purchase->category[c], name) == 0) {
            return c;
        }
    }
    return SIZE_MAX;
}

static bool is_plain(const char *key, const char *section)
{
    const wio_schema_row *row = wio_schema_find(section, key);
    return row == NULL || strcmp(row->key, "*") == 0;
}

/* The categories are those of the baseline: a file of weights may have more. */
static bool bind_categories(wio_binder *b, const wio_node *node, wio_purchase *purchase)
{
    const wio_node *baseline = wio_node_get(node, "baseline");
    if (baseline == NULL || baseline->kind != WIO_NODE_MAP) {
        return false;
    }
    purchase->category = wio_bind_zalloc(b, baseline->count, sizeof *purchase->category);
    for (size_t i = 0; purchase->category != NULL && i < baseline->count; i++) {
        if (is_plain(baseline->key[i].text, "amounts")) {
            wio_bind_text(b, &purchase->category[purchase->categories], baseline->key[i].text);
            purchase->categories += !b->failed;
        }
    }
    if (purchase->categories == 0 && !b->failed) {
        wio_bind_wrong(b, baseline, "baseline has no category with an amount");
    }
    return purchase->categories > 0 && !b->failed;
}

static void unknown_category(wio_binder *b, const wio_node *at, const wio_purchase *purchase)
{
    const char *nearest = wio_nearest(at->text, (const char *const *)(void *)purchase->category,
                                      purchase->categories);
    if (nearest != NULL) {
        wio_bind_wrong(b, at, "unknown category '%.60s' (did you mean '%s'?)", at->text, nearest);
    } else {
        wio_bind_wrong(b, at, "unknown category '%.60s': baseline does not have it", at->text);
    }
}

/* One weight; the sector has to be one that the seller produces. */
static bool add_weight(wio_binder *b, const wio_node *at, wio_purchase *purchase, size_t c,
                       const char *sector, double value)
{
    const wio_table *table = b->table;
    size_t index = wio_names_find(&table->sector, sector);
    size_t activity =
        index == SIZE_MAX ? SIZE_MAX : wio_table_origin(table, purchase->seller, index);
    if (activity == SIZE_MAX || activity >= table->n) {
        if (index == SIZE_MAX) {
            (void)wio_bind_sector(b, at, sector);
        } else {
            wio_bind_wrong(b, at, "%s does not produce %s", table->region.code[purchase->seller],
                           sector);
        }
        return false;
    }
    purchase->weight[c * table->n + activity] += isnan(value) ? 0.0 : value;
    return !isnan(value);
}

static bool weights_from_file(wio_binder *b, const wio_node *weights, wio_purchase *purchase)
{
    const char *file = wio_bind_word(weights, "file"), *by = wio_bind_word(weights, "by");
    const char *column = wio_bind_word(weights, "column");
    const wio_node *at = wio_node_get(weights, "file");
    if (file == NULL || by == NULL) {
        wio_bind_missing(b, weights, "missing key '%s' in weights", file == NULL ? "file" : "by");
        return false;
    }
    const wio_frame *frame = wio_bind_frame(b, at, file);
    if (frame == NULL) {
        return false;
    }
    size_t group = wio_bind_frame_column(b, wio_node_get(weights, "by"), frame, by);
    size_t sector = wio_bind_frame_column(b, at, frame, "sector");
    size_t value = wio_bind_frame_column(b, column != NULL ? wio_node_get(weights, "column") : at,
                                         frame, column != NULL ? column : "weight");
    bool good = group != SIZE_MAX && sector != SIZE_MAX && value != SIZE_MAX;
    for (size_t r = 0; good && r < frame->rows; r++) {
        const char *const *cell = (const char *const *)(void *)&frame->cell[r * frame->columns];
        size_t c = category(purchase, cell[group]);
        double number = NAN;
        if (c != SIZE_MAX) {
            good = wio_bind_cell(b, at, frame, r, value, &number) &&
                   add_weight(b, at, purchase, c, cell[sector], isnan(number) ? 0.0 : number);
        }
    }
    return good;
}

static bool weights_inline(wio_binder *b, const wio_node *weights, wio_purchase *purchase)
{
    bool good = true;
    for (size_t i = 0; i < weights->count; i++) {
        const wio_node *key = &weights->key[i], *map = wio_bind_unwrap(&weights->item[i]);
        if (strcmp(key->text, "source") == 0) {
            continue;
        }
        size_t c = category(purchase, key->text);
        if (c == SIZE_MAX) {
            unknown_category(b, key, purchase);
            good = false;
        }
        for (size_t k = 0; c != SIZE_MAX && map->kind == WIO_NODE_MAP && k < map->count; k++) {
            good &= strcmp(map->key[k].text, "source") == 0 ||
                    add_weight(b, &map->key[k], purchase, c, map->key[k].text,
                               wio_bind_value(&map->item[k], WIO_UNIT_SHARE));
        }
    }
    return good;
}

static bool bind_weights(wio_binder *b, const wio_node *node, wio_purchase *purchase)
{
    const wio_node *weights = wio_node_get(node, "weights");
    size_t n = b->table->n;
    purchase->weight = wio_bind_zalloc(b, purchase->categories * n, sizeof *purchase->weight);
    if (purchase->weight == NULL || weights == NULL || weights->kind != WIO_NODE_MAP) {
        return false;
    }
    bool file = wio_node_get(weights, "file") != NULL || wio_node_get(weights, "by") != NULL;
    if (!(file ? weights_from_file(b, weights, purchase) : weights_inline(b, weights, purchase))) {
        return false;
    }
    for (size_t c = 0; c < purchase->categories; c++) {
        char what[120];
        (void)snprintf(what, sizeof what, "weights of %.80s", purchase->category[c]);
        double sum = wio_sum(purchase->weight + c * n, n, 1);
        wio_bind_sum_to_one(b, weights, what, sum);
        if (!(fabs(sum - 1.0) <= 1e-9)) {
            return false;
        }
    }
    return true;
}

/* --- amounts and shares by category ----------------------------------------------------------------- */

/* [years x categories]: as stated in million, and at table prices. Either may be NULL. */
static bool bind_amounts(wio_binder *b, const wio_node *map, const wio_purchase *purchase,
                         int first_year, double *stated, double *table_prices)
{
    double million = 0.0;
    int year = 0;
    bool good = map != NULL && map->kind == WIO_NODE_MAP;
    good = good && wio_bind_unit(b, map, &million) && wio_bind_price_year(b, map, &year);
    for (size_t c = 0; good && c < purchase->categories; c++) {
        if (wio_node_get(map, purchase->category[c]) == NULL) {
            wio_bind_missing(b, map, "missing key '%s': the baseline has that category",
                             purchase->category[c]);
            good = false;
        }
    }
    for (size_t i = 0; good && i < map->count; i++) {
        const wio_node *key = &map->key[i], *item = wio_bind_unwrap(&map->item[i]);
        if (!is_plain(key->text, "amounts")) {
            continue;
        }
        size_t c = category(purchase, key->text);
        bool list = item->kind == WIO_NODE_LIST;
        if (c == SIZE_MAX) {
            unknown_category(b, key, purchase);
            good = false;
        } else if (list && item->count != purchase->years) {
            wio_bind_wrong(b, item, "%zu amounts for %zu years", item->count, purchase->years);
            good = false;
        }
        for (size_t t = 0; good && t < purchase->years; t++) {
            double value = wio_bind_value(list ? &item->item[t] : item, WIO_UNIT_MONEY) * million;
            double index =
                wio_bind_index(b, wio_node_get(map, "price_year"), year, first_year + (int)t);
            size_t at = t * purchase->categories + c;
            good = !isnan(value) && !isnan(index);
            if (stated != NULL) {
                stated[at] = value;
            }
            table_prices[at] = value / index;
        }
    }
    return good;
}

/* A number for every category, or one by category. */
bool wio_bind_by_category(wio_binder *b, const wio_node *node, const wio_purchase *purchase,
                          wio_unit unit, double *out)
{
    const wio_node *inner = wio_bind_unwrap(node);
    if (inner == NULL || out == NULL) {
        return false;
    }
    if (inner->kind == WIO_NODE_SCALAR) {
        wio_bind_fill(out, purchase->categories, wio_bind_value(inner, unit));
        return !isnan(out[0]);
    }
    bool good = inner->kind == WIO_NODE_MAP;
    wio_bind_fill(out, purchase->categories, NAN);
    for (size_t i = 0; good && i < inner->count; i++) {
        size_t c = category(purchase, inner->key[i].text);
        if (strcmp(inner->key[i].text, "source") == 0) {
            continue;
        }
        if (c == SIZE_MAX) {
            unknown_category(b, &inner->key[i], purchase);
            good = false;
        } else {
            out[c] = wio_bind_value(&inner->item[i], unit);
            good = !isnan(out[c]);
        }
    }
    for (size_t c = 0; good && c < purchase->categories; c++) {
        if (isnan(out[c])) {
            wio_bind_missing(b, inner, "missing key '%s': every category needs a value",
                             purchase->category[c]);
            good = false;
        }
    }
    return good;
}

/* counterfactual: table. A sector of several categories is split by their baselines. */
static void table_exports(wio_binder *b, const wio_purchase *purchase, double *out)
{
    const wio_table *table = b->table;
    for (size_t i = 0; i < table->n; i++) {
        double sold = 0.0, weights = 0.0;
        for (size_t c = 0; c < table->f; c++) {
            sold += table->final_region[c] == purchase->buyer ? table->Y[i * table->f + c] : 0.0;
        }
        for (size_t c = 0; c < purchase->categories; c++) {
            weights += purchase->weight[c * table->n + i] * purchase->baseline[c];
        }
        for (size_t c = 0; weights > 0.0 && c < purchase->categories; c++) {
            double part = purchase->weight[c * table->n + i] * purchase->baseline[c] / weights;
            for (size_t t = 0; t < purchase->years; t++) {
                out[t * purchase->categories + c] += part * sold;
            }
        }
    }
}

static bool bind_counterfactual(wio_binder *b, const wio_node *node, int first_year, double tax,
                                wio_purchase *purchase)
{
    const wio_node *what = wio_node_get(node, "counterfactual");
    size_t cells = purchase->years * purchase->categories;
    if (wio_bind_is(node, "counterfactual", "baseline")) {
        memcpy(purchase->counterfactual, purchase->baseline, cells * sizeof(double));
        return true;
    }
    if (wio_bind_is(node, "counterfactual", "table")) {
        table_exports(b, purchase, purchase->counterfactual);
        return true;
    }
    bool good = bind_amounts(b, what, purchase, first_year, NULL, purchase->counterfactual);
    for (size_t i = 0; i < cells; i++) {
        purchase->counterfactual[i] *= 1.0 - tax;
    }
    return good;
}

/* --- a commitment ----------------------------------------------------------------------------------------- */

static bool bind_parties(wio_binder *b, const wio_node *node, wio_purchase *purchase)
{
    const wio_table *table = b->table;
    purchase->buyer = wio_bind_region(b, node, "buyer");
    purchase->seller = wio_bind_region(b, node, "seller");
    if (purchase->buyer == SIZE_MAX || purchase->seller == SIZE_MAX) {
        return false;
    }
    if (!table->endogenous[purchase->seller]) {
        wio_bind_wrong(b, wio_node_get(node, "seller"), "%s does not produce in this table",
                       table->region.code[purchase->seller]);
        return false;
    }
    if (purchase->buyer == purchase->seller) {
        wio_bind_wrong(b, wio_node_get(node, "buyer"), "buyer and seller are both %s",
                       table->region.code[purchase->seller]);
        return false;
    }
    return true;
}

void wio_bind_purchase_arrays(wio_binder *b, wio_purchase *purchase)
{
    size_t cells = purchase->years * purchase->categories;
    purchase->baseline = wio_bind_zalloc(b, cells, sizeof(double));
    purchase->increment = wio_bind_zalloc(b, cells, sizeof(double));
    purchase->counterfactual = wio_bind_zalloc(b, cells, sizeof(double));
    purchase->compliance = wio_bind_zalloc(b, cells, sizeof(double));
    purchase->stated_target = wio_bind_zalloc(b, cells, sizeof(double));
    purchase->stated_actual = wio_bind_zalloc(b, cells, sizeof(double));
    purchase->additionality = wio_bind_zalloc(b, purchase->categories, sizeof(double));
}

/* Margins by category and taxes: weights and amounts at the table's basis. */
static void bind_basis(wio_binder *b, const wio_money *money, wio_purchase *purchase)
{
    size_t cells = purchase->years * purchase->categories;
    double *share = wio_bind_take(b, purchase->categories);
    if (!money->purchaser || money->margin == NULL ||
        !wio_bind_by_category(b, wio_node_get(money->margin, "share"), purchase, WIO_UNIT_SHARE,
                              share)) {
        return;
    }
    for (size_t c = 0; c < purchase->categories; c++) {
        wio_bind_margin(b, money, purchase->seller, share[c], purchase->weight + c * b->table->n);
    }
    purchase->kept = 1.0 - money->tax;
    for (size_t i = 0; i < cells; i++) {
        purchase->baseline[i] *= 1.0 - money->tax;
        purchase->increment[i] *= 1.0 - money->tax;
    }
}

bool wio_bind_commitment(wio_binder *b, const wio_node *node, wio_purchase *purchase,
                         int *first_year)
{
    int last = 0;
    wio_money money = {0};
    bool parties = bind_parties(b, node, purchase);
    bool dated = wio_bind_years(b, wio_node_get(node, "years"), first_year, &last);
    bool basis = wio_bind_basis(b, node, &money);
    if (!bind_categories(b, node, purchase) || !dated) {
        return false;
    }
    purchase->years = (size_t)(last - *first_year) + 1;
    purchase->first = (size_t)(*first_year - b->study->first_year);
    wio_bind_purchase_arrays(b, purchase);
    if (b->failed) {
        return false;
    }
    bool good = parties && basis && bind_weights(b, node, purchase);
    good &= bind_amounts(b, wio_node_get(node, "baseline"), purchase, *first_year,
                         purchase->stated_actual, purchase->baseline);
    good &= bind_amounts(b, wio_node_get(node, "increment"), purchase, *first_year,
                         purchase->stated_target, purchase->increment);
    good &= wio_bind_by_category(b, wio_node_get(node, "additionality"), purchase, WIO_UNIT_SHARE,
                                 purchase->additionality);
    purchase->kept = 1.0;
    purchase->home_share = wio_bind_number(node, "home_share", WIO_UNIT_SHARE, 0.0);
    if (good) {
        bind_basis(b, &money, purchase);
        good = bind_counterfactual(b, node, *first_year, money.tax, purchase);
    } else if (!wio_bind_is(node, "counterfactual", "table") &&
               !wio_bind_is(node, "counterfactual", "baseline")) {
        (void)bind_amounts(b, wio_node_get(node, "counterfactual"), purchase, *first_year, NULL,
                           purchase->counterfactual);
    }
    return good;
}
