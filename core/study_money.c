/* study_money.c - amounts of money: unit, year of the prices, price basis.
 *
 *   million at table prices = stated x million per unit / price level of the year
 *
 * A purchaser price holds margins and product taxes (MODEL 1.4): of 1 spent on i,
 * 1 - mu - tax goes to i, mu to the sectors that earn the margin, tax to no sector. */
#include "study_bind.h"

#include <math.h>
#include <string.h>

bool wio_bind_unit(wio_binder *b, const wio_node *map, double *million)
{
    const char *unit = wio_bind_word(map, "unit");
    if (unit == NULL) {
        return false;
    }
    char lower[16] = "usd";
    for (size_t i = 0; b->table->currency != NULL && i + 1 < sizeof lower; i++) {
        char c = b->table->currency[i];
        lower[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        if (c == '\0') {
            break;
        }
    }
    bool known = (*unit == 'm' || *unit == 'b') && strcmp(unit + 1, lower) == 0;
    if (!known) {
        wio_bind_wrong(b, wio_node_get(map, "unit"),
                       "unknown unit '%.40s': m%s (million %s) or b%s (billion %s)", unit, lower,
                       b->table->currency, lower, b->table->currency);
        return false;
    }
    *million = *unit == 'b' ? 1000.0 : 1.0;
    return true;
}

bool wio_bind_price_year(wio_binder *b, const wio_node *map, int *year)
{
    (void)b;
    if (wio_bind_is(map, "price_year", "own")) {
        *year = 0;
        return true;
    }
    double value = wio_bind_number(map, "price_year", WIO_UNIT_YEAR, NAN);
    if (isnan(value)) {
        return false;
    }
    *year = (int)value;
    return true;
}

double wio_bind_index(wio_binder *b, const wio_node *at, int year, int own)
{
    int wanted = year == 0 ? own : year;
    if (wanted == b->table->year) {
        return 1.0;
    }
    double index = wanted >= 1900 && wanted <= 2200 ? b->index[wanted - 1900] : NAN;
    if (isnan(index)) {
        wio_bind_wrong(b, at,
                       "money of %d in a table of %d: base.price_index has no %d (its price "
                       "level, %d = 1)",
                       wanted, b->table->year, wanted, b->table->year);
    }
    return index;
}

bool wio_bind_basis(wio_binder *b, const wio_node *map, wio_money *money)
{
    const char *basis = wio_bind_word(map, "price_basis");
    const wio_node *margin = wio_node_get(map, "margin"), *tax = wio_node_get(map, "tax");
    if (basis == NULL) {
        return false;
    }
    money->purchaser = strcmp(basis, "purchaser") == 0;
    if (!money->purchaser) {
        const wio_node *extra = margin != NULL ? margin : tax;
        if (extra != NULL) {
            wio_bind_wrong(b, extra, "%s is not used: it needs price_basis: purchaser",
                           margin != NULL ? "margin" : "tax");
        }
        if (strcmp(basis, b->table->price_basis) != 0) {
            wio_bind_wrong(b, wio_node_get(map, "price_basis"),
                           "price_basis '%.40s': the table is in %s prices; write %s, or "
                           "purchaser with a margin",
                           basis, b->table->price_basis, b->table->price_basis);
            return false;
        }
        return extra == NULL;
    }
    if (margin == NULL || margin->kind != WIO_NODE_MAP) {
        if (margin == NULL) {
            wio_bind_missing(b, map,
                             "missing key 'margin' (needed with price_basis: purchaser): {share: "
                             ".., to: {SECTOR: ..}}");
        }
        return false;
    }
    money->margin = margin;
    money->tax = wio_bind_number(map, "tax", WIO_UNIT_SHARE, 0.0);
    /* who earns it is checked here, once, whatever the amounts are */
    double *to = wio_bind_take(b, b->table->sector.count);
    if (!wio_bind_by_sector(b, wio_node_get(margin, "to"), WIO_UNIT_SHARE, to)) {
        return false;
    }
    double sum = 0.0;
    for (size_t s = 0; s < b->table->sector.count; s++) {
        sum += isnan(to[s]) ? 0.0 : to[s];
    }
    wio_bind_sum_to_one(b, wio_node_get(margin, "to"), "margin.to", sum);
    return fabs(sum - 1.0) <= 1e-9 && !isnan(money->tax);
}

bool wio_bind_earners(wio_binder *b, const wio_money *money, size_t region, double *share)
{
    const wio_table *table = b->table;
    const wio_node *at = wio_node_get(money->margin, "to");
    double *to = wio_bind_take(b, table->sector.count);
    if (share == NULL || !wio_bind_by_sector(b, at, WIO_UNIT_SHARE, to)) {
        return false;
    }
    wio_bind_fill(share, table->n, 0.0);
    for (size_t s = 0; s < table->sector.count; s++) {
        size_t earner = wio_table_origin(table, region, s);
        if (isnan(to[s]) || to[s] == 0.0) {
            continue;
        }
        if (earner == SIZE_MAX || earner >= table->n) {
            wio_bind_wrong(b, at, "%s does not produce %s", table->region.code[region],
                           table->sector.code[s]);
            return false;
        }
        share[earner] += to[s];
    }
    return true;
}

void wio_bind_margin(wio_binder *b, const wio_money *money, size_t region, double share,
                     double *weight)
{
    if (!money->purchaser || money->margin == NULL || weight == NULL) {
        return;
    }
    size_t n = b->table->n;
    double *earners = wio_bind_take(b, n), kept = 1.0 - money->tax;
    if (!(share < kept)) {
        wio_bind_wrong(b, money->margin, "margin and tax leave nothing of the price");
        return;
    }
    if (!wio_bind_earners(b, money, region, earners)) {
        return;
    }
    double sum = wio_sum(weight, n, 1);
    for (size_t i = 0; i < n; i++) {
        weight[i] = (weight[i] * (kept - share) + sum * share * earners[i]) / kept;
    }
}
