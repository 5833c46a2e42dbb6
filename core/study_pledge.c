/* study_pledge.c - investment and joint_venture shocks (MODEL S2, S3). */
#include "study_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* capex [years of the study] in million at table prices; the plant's bridge takes the basis. */
static bool bind_capex(wio_binder *b, const wio_node *node, wio_investment *plant, wio_money *money)
{
    const wio_node *capex = wio_node_get(node, "capex");
    int first = 0, last = 0;
    double total = wio_bind_number(capex, "total", WIO_UNIT_MONEY, NAN);
    if (capex == NULL || capex->kind != WIO_NODE_MAP) {
        return false;
    }
    bool good = wio_bind_unit(b, capex, &money->million);
    good &= wio_bind_price_year(b, capex, &money->year);
    good &= wio_bind_basis(b, capex, money);
    plant->land = wio_bind_number(capex, "land", WIO_UNIT_SHARE, 0.0);
    if (!wio_bind_years(b, wio_node_get(capex, "years"), &first, &last)) {
        return false;
    }
    size_t count = (size_t)(last - first) + 1, from = (size_t)(first - b->study->first_year);
    double *profile = wio_bind_take(b, count);
    good &= wio_bind_profile(b, wio_node_get(capex, "profile"), profile, count);
    for (size_t t = 0; good && t < count; t++) {
        double index =
            wio_bind_index(b, wio_node_get(capex, "price_year"), money->year, first + (int)t);
        good = !isnan(index) && !isnan(total);
        plant->capex[from + t] = profile[t] * total * money->million * (1.0 - money->tax) / index;
    }
    return good;
}

static void bind_operation(wio_binder *b, const wio_node *node, wio_investment *plant)
{
    const wio_node *operation = wio_node_get(node, "operation");
    const wio_node *list = wio_node_get(operation, "utilisation");
    double start = wio_bind_number(operation, "start", WIO_UNIT_YEAR, NAN);
    plant->depreciation = wio_bind_number(operation, "depreciation", WIO_UNIT_SHARE, NAN);
    if (isnan(start) || list == NULL || list->kind != WIO_NODE_LIST) {
        return;
    }
    if (list->count == 0) {
        wio_bind_wrong(b, list, "utilisation has no year");
        return;
    }
    plant->operation = (size_t)((int)start - b->study->first_year);
    for (size_t t = plant->operation; t < b->study->years; t++) {
        size_t k = t - plant->operation < list->count ? t - plant->operation : list->count - 1;
        plant->utilisation[t] = wio_bind_value(&list->item[k], WIO_UNIT_SHARE);
    }
}

static void bind_displaced_imports(wio_binder *b, const wio_node *imports, wio_investment *plant,
                                   double *sum)
{
    const wio_node *map = wio_bind_unwrap(imports);
    for (size_t i = 0; map != NULL && map->kind == WIO_NODE_MAP && i < map->count; i++) {
        if (strcmp(map->key[i].text, "source") == 0) {
            continue;
        }
        size_t region = wio_bind_region_code(b, &map->key[i], map->key[i].text);
        double share = wio_bind_value(&map->item[i], WIO_UNIT_SHARE);
        if (region != SIZE_MAX && region == b->home) {
            wio_bind_wrong(b, &map->key[i], "%s is home: its output is displaces.home",
                           map->key[i].text);
        } else if (region != SIZE_MAX) {
            plant->displaces_import[region] = share;
        }
        *sum += share;
    }
}

static void bind_displacement(wio_binder *b, const wio_node *node, wio_investment *plant)
{
    const wio_node *displaces = wio_node_get(node, "displaces");
    const wio_node *paid = wio_node_get(node, "new_demand_paid_by");
    const char *net = wio_bind_word(node, "net");
    bool map = displaces != NULL && displaces->kind == WIO_NODE_MAP;
    plant->net = net != NULL && strcmp(net, "true") == 0;
    if (net == NULL) {
        return;
    }
    if (plant->net && !map) {
        if (displaces == NULL) {
            wio_bind_missing(b, node,
                             "missing key 'displaces' in investment (needed with net: true): whose "
                             "sales the plant's sales replace");
        } else {
            wio_bind_wrong(b, displaces,
                           "net: true has to say what the plant's sales displace: {home: .., "
                           "imports: {..}, export: .., new: ..}");
        }
        return;
    }
    if (!plant->net) {
        const wio_node *unused = map ? displaces : paid;
        if (unused != NULL) {
            wio_bind_wrong(b, unused, "%s is not used: it needs net: true",
                           map ? "displaces" : "new_demand_paid_by");
        }
        return;
    }
    plant->displaces_home = wio_bind_number(displaces, "home", WIO_UNIT_SHARE, NAN);
    plant->displaces_export = wio_bind_number(displaces, "export", WIO_UNIT_SHARE, NAN);
    plant->displaces_new = wio_bind_number(displaces, "new", WIO_UNIT_SHARE, NAN);
    double sum = plant->displaces_home + plant->displaces_export + plant->displaces_new;
    bind_displaced_imports(b, wio_node_get(displaces, "imports"), plant, &sum);
    if (!isnan(sum)) {
        wio_bind_sum_to_one(b, displaces, "displaces", sum);
    }
    if (plant->displaces_new > 0.0 && paid == NULL) {
        wio_bind_missing(b, node,
                         "missing key 'new_demand_paid_by' in investment (needed with "
                         "displaces.new above 0): other_consumption or savings");
    } else if (!(plant->displaces_new > 0.0) && paid != NULL && !isnan(plant->displaces_new)) {
        wio_bind_wrong(b, paid, "new_demand_paid_by is not used: it needs displaces.new above 0");
    }
    wio_bind_text(b, &plant->new_demand_paid_by, wio_bind_word(node, "new_demand_paid_by"));
}

static void bind_sales(wio_binder *b, const wio_node *node, wio_investment *plant)
{
    const wio_node *sells_to = wio_bind_unwrap(wio_node_get(node, "sells_to"));
    double sold = 0.0;
    for (size_t i = 0; sells_to != NULL && sells_to->kind == WIO_NODE_MAP && i < sells_to->count;
         i++) {
        if (strcmp(sells_to->key[i].text, "source") != 0) {
            sold += wio_bind_value(&sells_to->item[i], WIO_UNIT_SHARE);
        }
    }
    if (sold > 1.0 + 1e-9) {
        wio_bind_wrong(b, sells_to, "sells_to is more than all of the output");
    }
    plant->market = sold < 1.0 ? 1.0 - sold : 0.0;
}

void wio_bind_investment(wio_binder *b, wio_shock *shock, const wio_node *node,
                         const wio_scenario *scenario)
{
    (void)scenario;
    wio_investment *plant = &shock->as.investment;
    const wio_node *name = wio_node_get(node, "plant");
    const char *outer = b->file, *file = NULL, *text = wio_bind_word(node, "plant");
    wio_money money = {0};
    wio_plant kind = {0};
    plant->venture = SIZE_MAX;
    plant->capex = wio_bind_zalloc(b, b->study->years, sizeof(double));
    plant->utilisation = wio_bind_zalloc(b, b->study->years, sizeof(double));
    plant->displaces_import = wio_bind_zalloc(b, b->table->region.count, sizeof(double));
    wio_bind_text(b, &plant->plant, text);
    if (b->failed) {
        return;
    }
    bool capex = bind_capex(b, node, plant, &money);
    plant->announced_to_built = wio_bind_number(node, "announced_to_built", WIO_UNIT_SHARE, NAN);
    bind_operation(b, node, plant);
    bind_displacement(b, node, plant);
    bind_sales(b, node, plant);
    const wio_node *definition = wio_bind_definition(b, name, "plants", &file);
    if (definition == NULL) {
        return;
    }
    char label[160];
    (void)snprintf(label, sizeof label, "investment %.120s", text);
    wio_bind_text(b, &shock->label, label);
    b->file = file;
    bool good = wio_bind_plant(b, &kind, definition, capex ? &money : NULL);
    b->file = outer;
    if (good) {
        plant->activity = kind.activity;
        plant->capital_output = kind.capital_output;
        plant->jobs = kind.jobs;
        plant->compensation = kind.compensation;
        plant->surplus = kind.surplus;
        plant->recipe = kind.recipe;
        plant->bridge = kind.bridge;
        plant->local_content = kind.local_content;
        plant->import_share = kind.import_share;
    }
}

void wio_bind_joint_venture(wio_binder *b, wio_shock *shock, const wio_node *node,
                            const wio_scenario *scenario)
{
    (void)scenario;
    wio_venture *venture = &shock->as.venture;
    const char *plant = wio_bind_word(node, "plant");
    venture->foreign_share = wio_bind_number(node, "foreign_share", WIO_UNIT_SHARE, NAN);
    venture->licence_fee = wio_bind_number(node, "licence_fee", WIO_UNIT_SHARE, NAN);
    venture->repatriation = wio_bind_number(node, "repatriation", WIO_UNIT_SHARE, NAN);
    venture->profit_tax = wio_bind_number(node, "profit_tax", WIO_UNIT_SHARE, NAN);
    wio_bind_text(b, &venture->plant, plant);
    char label[160];
    (void)snprintf(label, sizeof label, "joint venture %.120s", plant != NULL ? plant : "?");
    wio_bind_text(b, &shock->label, label);
}

/* --- over a whole scenario ------------------------------------------------------------------------ */

static wio_investment *find_plant(wio_scenario *scenario, const char *name)
{
    for (size_t k = 0; k < scenario->shocks; k++) {
        wio_investment *plant = &scenario->shock[k].as.investment;
        if (scenario->shock[k].kind == WIO_SHOCK_INVESTMENT && plant->plant != NULL &&
            strcmp(plant->plant, name) == 0) {
            return plant;
        }
    }
    return NULL;
}

static void check_sales(wio_binder *b, wio_scenario *scenario, const wio_node *node)
{
    const wio_node *sells_to = wio_bind_unwrap(wio_node_get(node, "sells_to"));
    const char *own = wio_bind_word(node, "plant");
    for (size_t i = 0; sells_to != NULL && sells_to->kind == WIO_NODE_MAP && i < sells_to->count;
         i++) {
        const wio_node *key = &sells_to->key[i];
        if (strcmp(key->text, "source") != 0 && find_plant(scenario, key->text) == NULL) {
            wio_bind_wrong(b, key, "no investment in plant '%.60s' in scenario '%s'", key->text,
                           scenario->name);
        } else if (own != NULL && strcmp(key->text, own) == 0) {
            wio_bind_wrong(b, key, "a plant does not sell to itself");
        }
    }
}

void wio_bind_check_plants(wio_binder *b, wio_scenario *scenario, const wio_node *at,
                           const wio_node *const *shock_node)
{
    (void)at;
    for (size_t k = 0, ventures = 0; k < scenario->shocks; k++) {
        wio_shock *shock = &scenario->shock[k];
        if (shock->kind == WIO_SHOCK_INVESTMENT) {
            check_sales(b, scenario, shock_node[k]);
        }
        if (shock->kind != WIO_SHOCK_JOINT_VENTURE) {
            continue;
        }
        const char *name = shock->as.venture.plant;
        size_t venture = ventures++;
        bool found = false;
        for (size_t j = 0; name != NULL && j < scenario->shocks; j++) {
            wio_investment *plant = &scenario->shock[j].as.investment;
            if (scenario->shock[j].kind == WIO_SHOCK_INVESTMENT && plant->plant != NULL &&
                strcmp(plant->plant, name) == 0) {
                if (plant->venture != SIZE_MAX) {
                    wio_bind_wrong(b, wio_node_get(shock_node[k], "plant"),
                                   "plant '%.60s' has two owners in scenario '%s'", name,
                                   scenario->name);
                }
                plant->venture = venture;
                found = true;
            }
        }
        if (name != NULL && !found) {
            wio_bind_wrong(b, wio_node_get(shock_node[k], "plant"),
                           "no investment in plant '%.60s' in scenario '%s'", name, scenario->name);
        }
    }
}
