/* study_tariff.c - tariff and import_price shocks (MODEL S5-S7).
 *
 *   t_eff = coverage (1 - exclusions) collected x (change x scale, or rate - what it replaces)
 *
 * The points are effective and by sector; the models never see how they were stated. */
#include "study_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Sector codes at which `bad` holds, at most three, for a message. */
static const char *some(char *out, size_t size, const wio_table *table, const bool *bad)
{
    size_t found = 0;
    *out = '\0';
    for (size_t s = 0; s < table->sector.count; s++) {
        size_t used = strlen(out);
        if (bad[s] && found++ < 3) {
            (void)snprintf(out + used, size - used, "%s%s", found > 1 ? ", " : "",
                           table->sector.code[s]);
        }
    }
    if (found > 3) {
        size_t used = strlen(out);
        (void)snprintf(out + used, size - used, " and %zu more", found - 3);
    }
    return out;
}

/* The mean effective rise, weighted by base imports, of the other side's tariffs in a scenario. */
static bool mirror(wio_binder *b, const wio_node *at, const wio_tariff *tariff, double *out)
{
    const wio_scenario *scenario = NULL;
    const wio_table *table = b->table;
    for (size_t i = 0; i < b->study->scenarios && at->kind == WIO_NODE_SCALAR; i++) {
        if (b->done[i] != NULL && strcmp(b->done[i]->name, at->text) == 0) {
            scenario = b->done[i];
        }
    }
    if (scenario == NULL) {
        return false; /* reported with the order of the scenarios */
    }
    double weighted = 0.0, weights = 0.0;
    for (size_t s = 0; s < table->sector.count; s++) {
        double points = 0.0;
        bool taxed = false;
        for (size_t k = 0; k < scenario->shocks; k++) {
            const wio_tariff *other = &scenario->shock[k].as.tariff;
            if (scenario->shock[k].kind == WIO_SHOCK_TARIFF &&
                other->importer == tariff->exporter && other->exporter == tariff->importer &&
                other->scope != NULL && other->points != NULL && other->scope[s]) {
                points += other->points[s];
                taxed = true;
            }
        }
        double flow = wio_bind_flow(table, tariff->exporter, tariff->importer, s);
        weighted += taxed ? flow * points : 0.0;
        weights += taxed ? flow : 0.0;
    }
    if (!(weights > 0.0)) {
        wio_bind_wrong(b, at, "scenario '%.60s' has no tariff of %s on %s to mirror", at->text,
                       table->region.code[tariff->exporter], table->region.code[tariff->importer]);
        return false;
    }
    wio_bind_fill(out, table->sector.count, weighted / weights);
    return true;
}

/* The flagged sectors' stand-in: the mean over the smallest group with other sectors of the tariff,
 * else over all of them. */
static double group_mean(const wio_binder *b, const wio_tariff *tariff, size_t sector,
                         const bool *flagged, const double *stated)
{
    const wio_table *table = b->table;
    size_t smallest = SIZE_MAX;
    double best = NAN;
    for (size_t g = 0; g <= table->groups; g++) { /* the last: all sectors */
        bool all = g == table->groups, member = all;
        size_t count = all ? table->sector.count : table->group[g].count;
        double weighted = 0.0, weights = 0.0;
        for (size_t i = 0; i < count; i++) {
            size_t s = all ? i : table->group[g].sector[i];
            member |= s == sector;
            if (tariff->scope[s] && !flagged[s]) {
                double flow = wio_bind_flow(table, tariff->importer, tariff->exporter, s);
                weighted += flow * stated[s];
                weights += flow;
            }
        }
        if (member && weights > 0.0 && (count < smallest || isnan(best)) &&
            !(all && !isnan(best))) {
            smallest = count;
            best = weighted / weights;
        }
    }
    return best;
}

static void unparsed(wio_binder *b, const wio_node *node, wio_tariff *tariff, double *stated)
{
    size_t sectors = b->table->sector.count;
    const char *column = wio_bind_word(node, "column");
    double above = wio_bind_number(node, "above", WIO_UNIT_SHARE, NAN);
    double *share = wio_bind_take(b, sectors);
    bool *flagged = wio_bind_zalloc(b, sectors, sizeof *flagged);
    bool drop = wio_bind_is(node, "use", "drop"), mean = wio_bind_is(node, "use", "group_mean");
    if (column != NULL && share != NULL && flagged != NULL && (drop || mean) && !isnan(above) &&
        wio_bind_column(b, wio_node_get(node, "column"), wio_bind_word(node, "file"), column,
                        share)) {
        for (size_t s = 0; s < sectors; s++) {
            flagged[s] = tariff->scope[s] && share[s] > above;
        }
        for (size_t s = 0; s < sectors; s++) {
            if (flagged[s] && drop) {
                tariff->scope[s] = false;
            } else if (flagged[s]) {
                double value = group_mean(b, tariff, s, flagged, stated);
                if (isnan(value)) {
                    wio_bind_wrong(b, node, "no other sector of this tariff has a rate");
                    break;
                }
                stated[s] = value;
            }
        }
    }
    wio_free(flagged);
}

static void bind_uses(const wio_node *map, bool uses[3])
{
    static const char *const name[3] = {"intermediate", "consumption", "investment"};
    const wio_node *node = wio_node_get(map, "uses");
    bool list = node != NULL && node->kind == WIO_NODE_LIST;
    for (size_t u = 0; u < 3; u++) {
        uses[u] = node == NULL;
        for (size_t i = 0; node != NULL && i < (list ? node->count : 1); i++) {
            const wio_node *word = list ? &node->item[i] : node;
            bool text = word->kind == WIO_NODE_SCALAR;
            uses[u] |= text && (strcmp(word->text, name[u]) == 0 || strcmp(word->text, "all") == 0);
        }
    }
}

/* Who taxes whom, and does the study's closure know what follows? */
static bool bind_pair(wio_binder *b, const wio_node *node, wio_tariff *tariff)
{
    const wio_table *table = b->table;
    tariff->importer = wio_bind_region(b, node, "importer");
    tariff->exporter = wio_bind_region(b, node, "exporter");
    if (tariff->importer == SIZE_MAX || tariff->exporter == SIZE_MAX) {
        return false;
    }
    const char *to = table->region.code[tariff->importer];
    const char *from = table->region.code[tariff->exporter];
    bool buys = table->endogenous[tariff->importer], sells = table->endogenous[tariff->exporter];
    const wio_node *at = wio_node_get(node, "exporter");
    if (tariff->importer == tariff->exporter) {
        wio_bind_wrong(b, at, "importer and exporter are both %s", to);
        return false;
    }
    if (!buys && !sells) {
        wio_bind_wrong(b, at, "neither %s nor %s produces in this table", to, from);
        return false;
    }
    if (buys && sells && b->study->model.prices != WIO_PRICES_AT_BORDER) {
        wio_bind_wrong(b, at, "%s and %s both produce in this table: prices: at-border is needed",
                       to, from);
        return false;
    }
    if (buys != sells && b->home == SIZE_MAX) {
        wio_bind_wrong(b, at,
                       "a duty between %s and %s needs a table with one region that produces: "
                       "here several buy from, or sell to, the one that only trades",
                       to, from);
        return false;
    }
    if (!buys && !b->study->model.substitution && b->check.fact[WIO_FACT_PRICES] &&
        !b->check.unknown[WIO_FACT_NESTED]) {
        wio_bind_wrong(b, at,
                       "a duty of %s on goods from %s changes nothing that this model determines: "
                       "substitution: nested is needed",
                       to, from);
        return false;
    }
    return true;
}

static void bind_recapture(wio_binder *b, const wio_node *node, wio_tariff *tariff)
{
    const wio_node *recapture = wio_node_get(node, "recapture");
    bool partner = !b->table->endogenous[tariff->importer];
    tariff->recapture = NAN;
    if (partner && recapture == NULL) {
        wio_bind_missing(b, node,
                         "missing key 'recapture' in tariff (needed with a tariff that a partner "
                         "puts on home's exports): share of the lost sales resold elsewhere");
    } else if (!partner && recapture != NULL) {
        wio_bind_wrong(b, recapture,
                       "recapture is not used: it needs a tariff that a partner puts on home's "
                       "exports");
    } else if (partner) {
        tariff->recapture = wio_bind_value(recapture, WIO_UNIT_SHARE);
    }
}

/* A factor by sector with a default. */
static double *factor(wio_binder *b, const wio_node *node, const char *key, double otherwise)
{
    double *out = wio_bind_take(b, b->table->sector.count);
    const wio_node *value = wio_node_get(node, key);
    if (out != NULL && (value == NULL || !wio_bind_by_sector(b, value, WIO_UNIT_SHARE, out))) {
        wio_bind_fill(out, b->table->sector.count, otherwise);
    }
    return out;
}

/* Refuse sectors in scope without a value; they are taken out, so that no NaN goes on. */
static void need_values(wio_binder *b, const wio_node *at, const char *what, const bool *scope,
                        double *values)
{
    size_t sectors = b->table->sector.count, count = 0;
    bool *bad = wio_bind_zalloc(b, sectors, sizeof *bad);
    char list[160];
    for (size_t s = 0; bad != NULL && s < sectors; s++) {
        bad[s] = scope[s] && isnan(values[s]);
        count += bad[s];
        values[s] = isnan(values[s]) ? 0.0 : values[s];
    }
    if (count > 0) {
        wio_bind_wrong(b, at, "no %s for sector %s", what, some(list, sizeof list, b->table, bad));
    }
    wio_free(bad);
}

/* The points or rates as stated, and where: sectors that are not named are those with a value. */
static bool bind_stated(wio_binder *b, const wio_node *node, wio_tariff *tariff, double *stated)
{
    const wio_node *rate = wio_node_get(node, "rate"), *change = wio_node_get(node, "change");
    const wio_node *named = wio_node_get(node, "sectors");
    if ((rate == NULL) == (change == NULL)) {
        wio_bind_missing(b, node,
                         rate == NULL ? "missing key 'rate' or 'change' in tariff: the new total, "
                                        "or the points added"
                                      : "a tariff has either rate (the new total) or change (the "
                                        "points added)");
        return false;
    }
    tariff->total = rate != NULL;
    const wio_node *wrong_key = wio_node_get(node, tariff->total ? "scale" : "replaces");
    if (wrong_key != NULL) {
        wio_bind_wrong(b, wrong_key, "%s is not used: it needs %s",
                       tariff->total ? "scale" : "replaces", tariff->total ? "change" : "rate");
    }
    const wio_node *other = wio_node_get(change, "mirror");
    bool good = other != NULL   ? mirror(b, other, tariff, stated)
                : tariff->total ? wio_bind_by_sector(b, rate, WIO_UNIT_RATE, stated)
                                : wio_bind_by_sector(b, change, WIO_UNIT_POINTS, stated);
    if (!good || !wio_bind_sectors(b, named, tariff->scope)) {
        return false;
    }
    for (size_t s = 0; named == NULL && s < b->table->sector.count; s++) {
        tariff->scope[s] = !isnan(stated[s]);
    }
    need_values(b, tariff->total ? rate : change, tariff->total ? "rate" : "change", tariff->scope,
                stated);
    return true;
}

static void bind_points(wio_binder *b, const wio_node *node, wio_tariff *tariff, double *stated)
{
    size_t sectors = b->table->sector.count, regions = b->table->region.count;
    const double *base = b->rate[tariff->importer * regions + tariff->exporter];
    const wio_node *minus = wio_node_get(node, "replaces");
    double *replaced = wio_bind_take(b, sectors), *t0 = wio_bind_take(b, sectors);
    const double *coverage = factor(b, node, "coverage", 1.0);
    const double *excluded = factor(b, node, "exclusions", 0.0);
    const double *collected = factor(b, node, "collected", 1.0);
    double scale = wio_bind_number(node, "scale", WIO_UNIT_NUMBER, 1.0);
    if (b->failed) {
        return;
    }
    memcpy(t0, base, sectors * sizeof *t0);
    need_values(b, node, "base rate (base.rates)", tariff->scope, t0);
    memcpy(replaced, t0, sectors * sizeof *replaced);
    if (minus != NULL && wio_bind_by_sector(b, minus, WIO_UNIT_RATE, replaced)) {
        need_values(b, minus, "rate to replace", tariff->scope, replaced);
    }
    const wio_node *flag = wio_node_get(node, "unparsed");
    if (flag != NULL) {
        unparsed(b, flag, tariff, stated);
    }
    for (size_t s = 0; s < sectors; s++) {
        double points = tariff->total ? stated[s] - replaced[s] : scale * stated[s];
        tariff->base[s] = t0[s];
        tariff->points[s] =
            tariff->scope[s] ? coverage[s] * (1.0 - excluded[s]) * collected[s] * points : 0.0;
    }
}

static void bind_pass_through(wio_binder *b, const wio_node *node, wio_tariff *tariff)
{
    const wio_node *value = wio_node_get(node, "pass_through");
    if (wio_bind_by_sector(b, value, WIO_UNIT_SHARE, tariff->pass_through)) {
        need_values(b, value, "pass_through", tariff->scope, tariff->pass_through);
    }
}

static void label(wio_binder *b, wio_shock *shock, const char *kind, size_t importer,
                  size_t exporter)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%s %.60s<-%.60s", kind, b->table->region.code[importer],
                   b->table->region.code[exporter]);
    wio_bind_text(b, &shock->label, text);
}

void wio_bind_tariff(wio_binder *b, wio_shock *shock, const wio_node *node,
                     const wio_scenario *scenario)
{
    (void)scenario;
    wio_tariff *tariff = &shock->as.tariff;
    size_t sectors = b->table->sector.count;
    tariff->base = wio_bind_zalloc(b, sectors, sizeof *tariff->base);
    tariff->points = wio_bind_zalloc(b, sectors, sizeof *tariff->points);
    tariff->pass_through = wio_bind_zalloc(b, sectors, sizeof *tariff->pass_through);
    tariff->scope = wio_bind_zalloc(b, sectors, sizeof *tariff->scope);
    double *stated = wio_bind_take(b, sectors);
    if (b->failed || !bind_pair(b, node, tariff)) {
        return;
    }
    label(b, shock, "tariff", tariff->importer, tariff->exporter);
    bind_uses(node, tariff->uses);
    bind_recapture(b, node, tariff);
    bool good = bind_stated(b, node, tariff, stated);
    bind_pass_through(b, node, tariff);
    if (b->rate[tariff->importer * b->table->region.count + tariff->exporter] == NULL) {
        if (b->rates_wrong) {
            return; /* a misspelt pair is one mistake */
        }
        wio_bind_missing(b, node, "base.rates has no '%s<-%s': what is this tariff measured from?",
                         b->table->region.code[tariff->importer],
                         b->table->region.code[tariff->exporter]);
    } else if (good) {
        bind_points(b, node, tariff, stated);
    }
}

void wio_bind_import_price(wio_binder *b, wio_shock *shock, const wio_node *node,
                           const wio_scenario *scenario)
{
    (void)scenario;
    wio_import_price *price = &shock->as.import_price;
    const wio_table *table = b->table;
    size_t sectors = table->sector.count;
    const wio_node *named = wio_node_get(node, "sectors"), *change = wio_node_get(node, "change");
    bool *scope = wio_bind_zalloc(b, sectors, sizeof *scope);
    price->change = wio_bind_zalloc(b, sectors, sizeof *price->change);
    price->importer = wio_bind_region(b, node, "importer");
    price->exporter = wio_bind_region(b, node, "exporter");
    if (b->failed || price->importer == SIZE_MAX || price->exporter == SIZE_MAX) {
        wio_free(scope);
        return;
    }
    label(b, shock, "import price", price->importer, price->exporter);
    if (!table->endogenous[price->importer] || table->endogenous[price->exporter]) {
        bool importer = !table->endogenous[price->importer];
        size_t region = importer ? price->importer : price->exporter;
        wio_bind_wrong(b, wio_node_get(node, importer ? "importer" : "exporter"),
                       "%s %s in this table: an import price is of goods from outside, bought by "
                       "a region that produces",
                       table->region.code[region], importer ? "does not produce" : "produces");
    } else if (b->home == SIZE_MAX) {
        wio_bind_wrong(b, wio_node_get(node, "importer"),
                       "import prices need a table with one region that produces: here several "
                       "buy from %s",
                       table->region.code[price->exporter]);
    } else if (wio_bind_by_sector(b, change, WIO_UNIT_CHANGE, price->change) &&
               wio_bind_sectors(b, named, scope)) {
        for (size_t s = 0; named == NULL && s < sectors; s++) {
            scope[s] = !isnan(price->change[s]);
        }
        need_values(b, change, "change", scope, price->change);
        for (size_t s = 0; s < sectors; s++) {
            price->change[s] = scope[s] ? price->change[s] : 0.0;
            if (price->change[s] <= -1.0) {
                wio_bind_wrong(b, change, "a price cannot fall by 100%%");
                break;
            }
        }
    }
    wio_free(scope);
}

/* --- over a whole scenario ------------------------------------------------------------------------ */

static bool share_uses(const wio_tariff *a, const wio_tariff *b)
{
    return (a->uses[0] && b->uses[0]) || (a->uses[1] && b->uses[1]) || (a->uses[2] && b->uses[2]);
}

static bool usable(const wio_shock *shock)
{
    const wio_tariff *tariff = &shock->as.tariff;
    return shock->kind == WIO_SHOCK_TARIFF && tariff->scope != NULL && tariff->points != NULL &&
           tariff->base != NULL && tariff->importer != SIZE_MAX && tariff->exporter != SIZE_MAX;
}

/* Two totals for one cell contradict each other; a duty below zero is a subsidy. */
void wio_bind_check_tariffs(wio_binder *b, const wio_scenario *scenario, const wio_node *at)
{
    (void)at;
    const wio_table *table = b->table;
    for (size_t k = 0; k < scenario->shocks; k++) {
        const wio_shock *shock = &scenario->shock[k];
        const wio_tariff *tariff = &shock->as.tariff;
        wio_node place = {.line = shock->line, .column = shock->column};
        for (size_t s = 0; usable(shock) && s < table->sector.count; s++) {
            double duty = tariff->base[s] + tariff->points[s];
            bool twice = false;
            for (size_t j = 0; j < k; j++) {
                const wio_tariff *other = &scenario->shock[j].as.tariff;
                if (usable(&scenario->shock[j]) && other->importer == tariff->importer &&
                    other->exporter == tariff->exporter && share_uses(other, tariff)) {
                    duty += other->points[s];
                    twice |= other->total && tariff->total && other->scope[s] && tariff->scope[s];
                }
            }
            if (twice) {
                wio_bind_wrong(b, &place,
                               "scenario '%s' has two rates for %s<-%s %s: a rate is the new "
                               "total; write change for what is added",
                               scenario->name, table->region.code[tariff->importer],
                               table->region.code[tariff->exporter], table->sector.code[s]);
                break;
            }
            if (duty < -1e-9 && tariff->points[s] < 0.0) {
                char text[WIO_NUMBER_SIZE + 320];
                wio_bind_wrong(b, &place, "the duty of %s<-%s on %s would be %s%%",
                               table->region.code[tariff->importer],
                               table->region.code[tariff->exporter], table->sector.code[s],
                               wio_format_fixed(text, 100.0 * duty, 3));
                break;
            }
        }
    }
}
