/* study_demand.c - final_demand and productivity shocks (MODEL S1, S9).
 *
 * An amount for a product is split into what is bought at home and what is imported
 * (local_content), and the imports over the other origins as that use buys them in the table. */
#include "study_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The final column of (region, use), SIZE_MAX with a mistake. */
static size_t find_column(wio_binder *b, const wio_node *node, size_t region)
{
    const wio_table *table = b->table;
    const char *use = wio_bind_word(node, "use");
    const wio_node *at = wio_node_get(node, "use");
    if (use == NULL || region == SIZE_MAX) {
        return SIZE_MAX;
    }
    size_t index = wio_names_find(&table->use, use);
    for (size_t c = 0; index != SIZE_MAX && c < table->f; c++) {
        if (table->final_region[c] == region && table->final_use[c] == index) {
            return c;
        }
    }
    const char *nearest =
        wio_nearest(use, (const char *const *)(void *)table->use.code, table->use.count);
    if (index == SIZE_MAX && nearest != NULL) {
        wio_bind_wrong(b, at, "unknown use '%.60s' (did you mean '%s'?)", use, nearest);
    } else {
        wio_bind_wrong(b, at, "region %s has no final use '%.60s' in table %s",
                       table->region.code[region], use, table->name);
    }
    return SIZE_MAX;
}

/* Adds `value` from an origin row to the two arrays. */
static void add(const wio_table *table, double *domestic, double *imported, size_t origin,
                double value)
{
    if (origin < table->n) {
        domestic[origin] += value;
    } else {
        imported[origin - table->n] += value;
    }
}

static void bind_change(wio_binder *b, const wio_node *node, size_t column, double *domestic,
                        double *imported)
{
    const wio_table *table = b->table;
    static const char *const unused[] = {"amounts", "total",      "weights",
                                         "unit",    "price_year", "price_basis",
                                         "margin",  "tax",        "local_content"};
    for (size_t i = 0; i < sizeof unused / sizeof unused[0]; i++) {
        const wio_node *key = wio_node_get(node, unused[i]);
        if (key != NULL) {
            wio_bind_wrong(b, key, "%s is not used with change: it is of what the table has",
                           unused[i]);
        }
    }
    double *change = wio_bind_take(b, table->sector.count);
    bool *mask = wio_bind_zalloc(b, table->sector.count, sizeof *mask);
    if (wio_bind_by_sector(b, wio_node_get(node, "change"), WIO_UNIT_CHANGE, change) &&
        wio_bind_sectors(b, wio_node_get(node, "sectors"), mask) && column != SIZE_MAX) {
        for (size_t o = 0; o < table->m; o++) {
            size_t s = table->origin_sector[o];
            if (mask[s] && !isnan(change[s])) {
                add(table, domestic, imported, o, change[s] * table->Y[o * table->f + column]);
            }
        }
    }
    wio_free(mask);
}

/* The part of product s that a use buys at home, and where the rest comes from (share [m]). */
static bool split(wio_binder *b, const wio_node *at, double local, size_t region, size_t sector,
                  size_t column, double *share)
{
    const wio_table *table = b->table;
    bool known = wio_bind_origins(share, table, region, sector, column);
    if (isnan(local) && !known) {
        wio_bind_wrong(b, at, "local_content: table says nothing about %s in %s",
                       table->sector.code[sector], table->region.code[region]);
        return false;
    }
    if (isnan(local)) {
        return true; /* the table's own shares */
    }
    size_t home = wio_table_origin(table, region, sector);
    double imports = 0.0;
    if (local > 0.0 && (home == SIZE_MAX || home >= table->n)) {
        wio_bind_wrong(b, at, "%s does not produce %s: local_content of it has to be 0",
                       table->region.code[region], table->sector.code[sector]);
        return false;
    }
    for (size_t o = 0; o < table->m; o++) {
        imports += o == home ? 0.0 : share[o];
    }
    if (local < 1.0 && !(imports > 0.0)) {
        wio_bind_wrong(b, at, "the table has no imports of %s by %s: local_content has to be 1",
                       table->sector.code[sector], table->region.code[region]);
        return false;
    }
    for (size_t o = 0; o < table->m; o++) {
        share[o] = o == home ? local : imports > 0.0 ? (1.0 - local) * share[o] / imports : 0.0;
    }
    return true;
}

/* Exports of an exogenous buyer: from the endogenous regions as it buys in the table. */
static bool split_exports(wio_binder *b, const wio_node *at, size_t sector, size_t column,
                          double *share)
{
    const wio_table *table = b->table;
    double total = 0.0;
    size_t only = SIZE_MAX, producers = 0;
    wio_bind_fill(share, table->m, 0.0);
    for (size_t i = 0; i < table->n; i++) {
        if (table->origin_sector[i] == sector) {
            double sold = table->Y[i * table->f + column];
            share[i] = sold > 0.0 ? sold : 0.0;
            total += share[i];
            only = i;
            producers++;
        }
    }
    for (size_t i = 0; total > 0.0 && i < table->n; i++) {
        share[i] /= total;
    }
    if (!(total > 0.0) && producers == 1) {
        share[only] = 1.0;
    } else if (!(total > 0.0)) {
        wio_bind_wrong(b, at, "nobody exports %s to %s in this table", table->sector.code[sector],
                       table->region.code[table->final_region[column]]);
        return false;
    }
    return true;
}

/* amounts: codes only, since a group's amount would have to be split. */
static bool bind_amounts(wio_binder *b, const wio_node *amounts, double *out)
{
    const wio_node *map = wio_bind_unwrap(amounts);
    bool good = map->kind == WIO_NODE_MAP;
    for (size_t i = 0; map->kind == WIO_NODE_MAP && i < map->count; i++) {
        if (strcmp(map->key[i].text, "source") == 0) {
            continue;
        }
        size_t sector = wio_bind_sector(b, &map->key[i], map->key[i].text);
        double value = wio_bind_value(&map->item[i], WIO_UNIT_MONEY);
        if (sector == SIZE_MAX || isnan(value)) {
            good = false;
        } else {
            out[sector] = value;
        }
    }
    return good;
}

/* total x weights, over `sectors`. */
static bool bind_total(wio_binder *b, const wio_node *node, size_t column, double *out)
{
    const wio_table *table = b->table;
    const wio_node *weights = wio_node_get(node, "weights");
    double total = wio_bind_number(node, "total", WIO_UNIT_MONEY, NAN), sum = 0.0;
    bool *mask = wio_bind_zalloc(b, table->sector.count, sizeof *mask);
    bool good = wio_bind_sectors(b, wio_node_get(node, "sectors"), mask) && weights != NULL;
    if (weights == NULL) {
        wio_bind_missing(b, node,
                         "missing key 'weights' in final_demand (needed with total): shares by "
                         "sector that sum to 1, or table");
    } else if (good && wio_bind_is(node, "weights", "table")) {
        for (size_t o = 0; column != SIZE_MAX && o < table->m; o++) {
            double value = table->Y[o * table->f + column];
            out[table->origin_sector[o]] += value > 0.0 ? value : 0.0;
        }
        for (size_t s = 0; s < table->sector.count; s++) {
            out[s] = mask[s] ? out[s] : 0.0;
            sum += out[s];
        }
        if (column != SIZE_MAX && !(sum > 0.0)) {
            wio_bind_wrong(b, weights, "that use buys none of these sectors in the table");
            good = false;
        }
        for (size_t s = 0; sum > 0.0 && s < table->sector.count; s++) {
            out[s] /= sum;
        }
    } else if (good && wio_bind_by_sector(b, weights, WIO_UNIT_SHARE, out)) {
        for (size_t s = 0; s < table->sector.count; s++) {
            out[s] = mask[s] && !isnan(out[s]) ? out[s] : 0.0;
            sum += out[s];
        }
        wio_bind_sum_to_one(b, weights, "weights", sum);
    } else {
        good = false;
    }
    for (size_t s = 0; s < table->sector.count; s++) {
        out[s] *= total;
    }
    wio_free(mask);
    return good && !isnan(total);
}

/* The keys that an amount needs; reports what is missing. */
static bool need_money_keys(wio_binder *b, const wio_node *node, bool abroad)
{
    static const char *const needed[] = {"unit", "price_year", "price_basis", "local_content"};
    bool good = true;
    for (size_t i = 0; i < 4; i++) {
        const wio_schema_row *row = wio_schema_find("final_demand", needed[i]);
        if (wio_node_get(node, needed[i]) == NULL && !(abroad && i == 3)) {
            wio_bind_missing(b, node, "missing key '%s' in final_demand (needed with %s): %s",
                             needed[i], wio_fact_text(WIO_FACT_AMOUNTS), row->text);
            good = false;
        }
    }
    if (abroad && wio_node_get(node, "local_content") != NULL) {
        wio_bind_wrong(b, wio_node_get(node, "local_content"),
                       "local_content is not used: the buyer is abroad, what it buys is exported");
        good = false;
    }
    return good;
}

static void bind_money(wio_binder *b, const wio_node *node, size_t region, size_t column,
                       double *domestic, double *imported)
{
    const wio_table *table = b->table;
    const wio_node *amounts = wio_node_get(node, "amounts"),
                   *local = wio_node_get(node, "local_content");
    bool abroad = region != SIZE_MAX && !table->endogenous[region];
    wio_money money = {0};
    double *amount = wio_bind_take(b, table->sector.count);
    double *content = wio_bind_take(b, table->sector.count);
    double *share = wio_bind_take(b, table->m), *earners = wio_bind_take(b, table->n);
    double margins = 0.0;
    if (b->failed) {
        return;
    }
    bool good = need_money_keys(b, node, abroad);
    good &=
        amounts != NULL ? bind_amounts(b, amounts, amount) : bind_total(b, node, column, amount);
    good &= wio_bind_unit(b, node, &money.million);
    good &= wio_bind_price_year(b, node, &money.year);
    good &= wio_bind_basis(b, node, &money);
    if (local != NULL && !wio_bind_is(node, "local_content", "table")) {
        good &= wio_bind_by_sector(b, local, WIO_UNIT_SHARE, content);
    } else {
        wio_bind_fill(content, table->sector.count, NAN);
    }
    double index = good ? wio_bind_index(b, wio_node_get(node, "price_year"), money.year, 0) : NAN;
    if (!good || isnan(index) || region == SIZE_MAX || column == SIZE_MAX) {
        return;
    }
    double margin =
        money.margin != NULL ? wio_bind_number(money.margin, "share", WIO_UNIT_SHARE, NAN) : 0.0;
    if (isnan(margin)) {
        wio_bind_wrong(b, money.margin, "margin.share has to be one number here");
        return;
    }
    const wio_node *at = amounts != NULL ? amounts : wio_node_get(node, "total");
    for (size_t s = 0; s < table->sector.count; s++) {
        double value = amount[s] * money.million / index;
        bool found = value == 0.0 || (abroad ? split_exports(b, at, s, column, share)
                                             : split(b, at, content[s], region, s, column, share));
        if (value == 0.0 || !found) {
            continue;
        }
        double kept = money.purchaser ? 1.0 - margin - money.tax : 1.0;
        for (size_t o = 0; o < table->m; o++) {
            add(table, domestic, imported, o, share[o] * value * kept);
        }
        margins += money.purchaser ? value * margin : 0.0;
    }
    /* margins are services bought at home, wherever the good is from */
    if (margins != 0.0 &&
        wio_bind_earners(b, &money, abroad ? table->origin_region[0] : region, earners)) {
        for (size_t i = 0; i < table->n; i++) {
            domestic[i] += margins * earners[i];
        }
    }
}

/* Factor of each year of the study; false: undated. */
static bool bind_path(wio_binder *b, const wio_node *node, double *factor)
{
    const wio_study *study = b->study;
    int first = 0, last = 0;
    const wio_node *path = wio_bind_unwrap(node);
    if (node == NULL || factor == NULL) {
        return false;
    }
    if (path->kind == WIO_NODE_LIST && wio_bind_years(b, path, &first, &last)) {
        for (int year = first; year <= last; year++) {
            factor[year - study->first_year] = 1.0;
        }
    }
    for (size_t i = 0; path->kind == WIO_NODE_MAP && i < path->count; i++) {
        double year = wio_bind_value(&path->key[i], WIO_UNIT_YEAR);
        if (strcmp(path->key[i].text, "source") == 0) {
            continue;
        }
        if (isnan(year)) {
            wio_bind_wrong(b, &path->key[i], "'%.40s' is no year: a path is {year: factor}",
                           path->key[i].text);
        } else {
            factor[(int)year - study->first_year] = wio_bind_value(&path->item[i], WIO_UNIT_NUMBER);
        }
    }
    return true;
}

void wio_bind_final_demand(wio_binder *b, wio_shock *shock, const wio_node *node,
                           const wio_scenario *scenario)
{
    (void)scenario;
    const wio_table *table = b->table;
    size_t n = table->n, q = table->m - table->n, years = b->study->years;
    size_t region = wio_bind_region(b, node, "region"), column = find_column(b, node, region);
    double *domestic = wio_bind_take(b, n), *imported = wio_bind_take(b, q);
    double *factor = wio_bind_take(b, years);
    wio_final_demand *demand = &shock->as.final_demand;
    if (b->failed) {
        return;
    }
    bool change = wio_node_get(node, "change") != NULL;
    bool amounts = wio_node_get(node, "amounts") != NULL;
    bool total = wio_node_get(node, "total") != NULL;
    if (change + amounts + total != 1) {
        wio_bind_missing(b, node, "final_demand has one of amounts, total and change; found %d",
                         change + amounts + total);
        return;
    }
    if (change) {
        bind_change(b, node, column, domestic, imported);
    } else {
        bind_money(b, node, region, column, domestic, imported);
    }
    bool dated = bind_path(b, wio_node_get(node, "years"), factor);
    size_t rows = dated ? years : 1;
    demand->years = dated ? years : 0;
    demand->domestic = wio_bind_zalloc(b, rows * n, sizeof *demand->domestic);
    demand->imported = wio_bind_zalloc(b, rows * q, sizeof *demand->imported);
    for (size_t t = 0; !b->failed && t < rows; t++) {
        double part = dated ? factor[t] : 1.0;
        for (size_t i = 0; i < n; i++) {
            demand->domestic[t * n + i] = part * domestic[i];
        }
        for (size_t o = 0; o < q; o++) {
            demand->imported[t * q + o] = part * imported[o];
        }
    }
    char text[160];
    (void)snprintf(text, sizeof text, "final demand %.60s.%.60s",
                   region != SIZE_MAX ? table->region.code[region] : "?",
                   column != SIZE_MAX ? table->use.code[table->final_use[column]] : "?");
    wio_bind_text(b, &shock->label, text);
}

void wio_bind_productivity(wio_binder *b, wio_shock *shock, const wio_node *node,
                           const wio_scenario *scenario)
{
    (void)scenario;
    const wio_table *table = b->table;
    wio_productivity *productivity = &shock->as.productivity;
    bool *mask = wio_bind_zalloc(b, table->sector.count, sizeof *mask);
    productivity->labour = wio_bind_zalloc(b, table->n, sizeof *productivity->labour);
    productivity->inputs = wio_bind_zalloc(b, table->n, sizeof *productivity->inputs);
    size_t region = wio_bind_region(b, node, "region");
    double labour = wio_bind_number(node, "labour", WIO_UNIT_CHANGE, 0.0);
    double inputs = wio_bind_number(node, "inputs", WIO_UNIT_CHANGE, 0.0);
    if (wio_node_get(node, "labour") == NULL && wio_node_get(node, "inputs") == NULL) {
        wio_bind_missing(b, node, "missing key 'labour' or 'inputs' in productivity");
    }
    if (labour <= -1.0 || inputs >= 1.0) {
        wio_bind_wrong(b, wio_node_get(node, labour <= -1.0 ? "labour" : "inputs"),
                       labour <= -1.0 ? "labour productivity cannot fall by 100%%"
                                      : "inputs cannot be saved by 100%% or more");
    }
    if (region != SIZE_MAX && !table->endogenous[region]) {
        wio_bind_wrong(b, wio_node_get(node, "region"), "%s does not produce in this table",
                       table->region.code[region]);
    }
    if (!b->failed && region != SIZE_MAX &&
        wio_bind_sectors(b, wio_node_get(node, "sectors"), mask)) {
        for (size_t i = 0; i < table->n; i++) {
            if (table->origin_region[i] == region && mask[table->origin_sector[i]]) {
                productivity->labour[i] = labour;
                productivity->inputs[i] = inputs;
            }
        }
    }
    wio_free(mask);
    char text[160];
    (void)snprintf(text, sizeof text, "productivity %.60s",
                   region != SIZE_MAX ? table->region.code[region] : "?");
    wio_bind_text(b, &shock->label, text);
}
