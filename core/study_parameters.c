/* study_parameters.c - the closure, the parameters, the sensitivity cases and the break-even. */
#include "study_bind.h"

#include <math.h>
#include <string.h>

/* Parameters that one number can set, with the range that a break-even searches by default. */
typedef enum slot {
    SIGMA_DOMESTIC,
    SIGMA_IMPORT,
    EXPORT_ELASTICITY,
    SECTOR_PASS_THROUGH, /* up to here: by sector */
    FINAL_DEMAND,
    WAGE_INDEXATION,
    DUTY_OFFSET,
    PASS_THROUGH,
    RECAPTURE,
    ADDITIONALITY,
    ANNOUNCED_TO_BUILT,
    DISPLACEMENT_HOME,
    SLOTS
} slot;

static const struct {
    const char *name;
    double low, high;
    bool shock; /* replaces the shocks' own number */
    wio_unit unit;
} slots[SLOTS] = {
    [SIGMA_DOMESTIC] = {"sigma_domestic", 0.2, 10.0, false, WIO_UNIT_NONNEGATIVE},
    [SIGMA_IMPORT] = {"sigma_import", 0.2, 12.0, false, WIO_UNIT_NONNEGATIVE},
    [EXPORT_ELASTICITY] = {"export_elasticity", 0.0, 8.0, false, WIO_UNIT_NONNEGATIVE},
    [SECTOR_PASS_THROUGH] = {"sector_pass_through", 0.0, 1.0, false, WIO_UNIT_SHARE},
    [FINAL_DEMAND] = {"final_demand_elasticity", 0.0, 3.0, false, WIO_UNIT_NONNEGATIVE},
    [WAGE_INDEXATION] = {"wage_indexation", 0.0, 1.0, false, WIO_UNIT_SHARE},
    [DUTY_OFFSET] = {"duty_offset", 0.0, 1.0, false, WIO_UNIT_SHARE},
    [PASS_THROUGH] = {"pass_through", 0.0, 1.0, true, WIO_UNIT_SHARE},
    [RECAPTURE] = {"recapture", 0.0, 1.0, true, WIO_UNIT_SHARE},
    [ADDITIONALITY] = {"additionality", 0.0, 1.0, true, WIO_UNIT_SHARE},
    [ANNOUNCED_TO_BUILT] = {"announced_to_built", 0.0, 1.0, true, WIO_UNIT_SHARE},
    [DISPLACEMENT_HOME] = {"displacement_home", 0.0, 1.0, true, WIO_UNIT_SHARE},
};

static slot find_slot(const char *name)
{
    size_t at = 0;
    while (at < SLOTS && strcmp(slots[at].name, name) != 0) {
        at++;
    }
    return (slot)at;
}

static double **array(wio_parameters *parameters, slot at)
{
    return at == SIGMA_DOMESTIC      ? &parameters->sigma_domestic
           : at == SIGMA_IMPORT      ? &parameters->sigma_import
           : at == EXPORT_ELASTICITY ? &parameters->export_elasticity
                                     : &parameters->sector_pass_through;
}

static double *number(wio_parameters *parameters, slot at)
{
    return at == WAGE_INDEXATION      ? &parameters->wage_indexation
           : at == DUTY_OFFSET        ? &parameters->duty_offset
           : at == PASS_THROUGH       ? &parameters->pass_through
           : at == RECAPTURE          ? &parameters->recapture
           : at == ADDITIONALITY      ? &parameters->additionality
           : at == ANNOUNCED_TO_BUILT ? &parameters->announced_to_built
                                      : &parameters->displacement_home;
}

wio_status wio_parameters_set(wio_parameters *parameters, const wio_table *table, const char *name,
                              double value, wio_error *err)
{
    slot at = find_slot(name);
    if (at == SLOTS) {
        return wio_fail(err, WIO_E_UNSUPPORTED, "'%.60s' is not a parameter that a number can set",
                        name);
    }
    if (at == FINAL_DEMAND) {
        for (int role = WIO_ROLE_HOUSEHOLD; role < WIO_ROLE_EXPORT; role++) {
            parameters->eta[role] = value;
        }
        return WIO_OK;
    }
    if (at > SECTOR_PASS_THROUGH) {
        *number(parameters, at) = value;
        return WIO_OK;
    }
    double **values = array(parameters, at);
    if (*values == NULL) {
        *values = wio_alloc(table->sector.count, sizeof **values);
        if (*values == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "parameter %s", name);
        }
    }
    (void)wio_bind_fill(*values, table->sector.count, value);
    return WIO_OK;
}

wio_status wio_parameters_copy(wio_parameters *out, const wio_parameters *in,
                               const wio_table *table, wio_error *err)
{
    wio_parameters copy = *in;
    size_t sectors = table->sector.count;
    bool good = true;
    copy.horizon = in->horizon != NULL ? wio_strdup(in->horizon) : NULL;
    good = in->horizon == NULL || copy.horizon != NULL;
    for (slot at = SIGMA_DOMESTIC; at <= SECTOR_PASS_THROUGH; at++) {
        double *from = *array(&copy, at), **to = array(&copy, at);
        *to = from != NULL ? wio_alloc(sectors, sizeof **to) : NULL;
        good &= from == NULL || *to != NULL;
        if (*to != NULL) {
            memcpy(*to, from, sectors * sizeof **to);
        }
    }
    if (!good) {
        wio_parameters_clear(&copy);
        return wio_fail(err, WIO_E_MEMORY, "parameters of %zu sectors", sectors);
    }
    *out = copy;
    return WIO_OK;
}

void wio_parameters_clear(wio_parameters *parameters)
{
    wio_free(parameters->horizon);
    for (slot at = SIGMA_DOMESTIC; at <= SECTOR_PASS_THROUGH; at++) {
        wio_free(*array(parameters, at));
    }
    *parameters = (wio_parameters){0};
}

/* --- the model -------------------------------------------------------------------------------------- */

static size_t producers(const wio_table *table)
{
    size_t count = 0;
    for (size_t r = 0; r < table->region.count; r++) {
        count += table->endogenous[r];
    }
    return count;
}

static void bind_closure(wio_binder *b, const wio_node *model)
{
    wio_model_options *options = &b->study->model;
    const wio_node *substitution = wio_node_get(model, "substitution");
    size_t count = producers(b->table);
    bool cost_push = wio_bind_is(model, "prices", "cost-push");
    bool border = wio_bind_is(model, "prices", "at-border");
    options->prices = cost_push ? WIO_PRICES_COST_PUSH
                      : border  ? WIO_PRICES_AT_BORDER
                                : WIO_PRICES_FIXED;
    options->substitution = wio_bind_is(model, "substitution", "nested");
    if (b->check.unknown[WIO_FACT_COST_PUSH]) {
        return; /* nothing follows from a word that is none */
    }
    if (options->substitution && !cost_push) {
        wio_bind_wrong(b, substitution, "substitution: nested needs prices: cost-push");
    } else if (options->substitution && count != 1) {
        wio_bind_wrong(b, substitution,
                       "substitution: nested needs a table with one region that produces; %s has "
                       "%zu",
                       b->table->name, count);
    }
    if (border && count < 2) {
        wio_bind_wrong(b, wio_node_get(model, "prices"),
                       "prices: at-border needs a table with several regions that produce; %s has "
                       "%zu: write cost-push",
                       b->table->name, count);
    }
}

static void bind_households(wio_binder *b, const wio_node *model, wio_household_options *options)
{
    const wio_node *income = wio_node_get(model, "household_income");
    const wio_node *kept = wio_node_get(wio_node_get(b->root, "parameters"), "disposable");
    options->endogenous = wio_bind_is(model, "households", "endogenous");
    options->income = wio_bind_is(model, "household_income", "wages")        ? WIO_INCOME_WAGES
                      : wio_bind_is(model, "household_income", "disposable") ? WIO_INCOME_DISPOSABLE
                                                                             : WIO_INCOME_TOTAL;
    double amount = wio_bind_value(income, WIO_UNIT_NONNEGATIVE);
    if (!isnan(amount)) {
        options->income = WIO_INCOME_AMOUNT;
        options->amount = amount;
        if (!(amount > 0.0)) {
            wio_bind_wrong(b, income, "household_income has to be above 0");
        }
    }
    if (options->endogenous && producers(b->table) != 1) {
        wio_bind_wrong(b, wio_node_get(model, "households"),
                       "households: endogenous needs a table with one region that produces; %s has "
                       "%zu",
                       b->table->name, producers(b->table));
    }
    bool known = b->table->household_income > 0.0;
    if (options->endogenous && wio_bind_is(model, "household_income", "total") && !known) {
        wio_bind_wrong(b, income,
                       "table %s has no household_income: write wages, disposable or an amount",
                       b->table->name);
    }
    double rounds = wio_bind_number(model, "rounds", WIO_UNIT_COUNT, 0.0);
    options->rounds = rounds >= 1.0 ? (size_t)rounds : 0;
    options->replacement = wio_bind_number(model, "replacement", WIO_UNIT_SHARE, 0.0);
    options->tax = wio_bind_number(kept, "tax", WIO_UNIT_SHARE, 0.0);
    options->saving = wio_bind_number(kept, "saving", WIO_UNIT_SHARE, 0.0);
    options->leakage = wio_bind_number(kept, "leakage", WIO_UNIT_SHARE, 0.0);
}

/* --- parameters and the set of a case --------------------------------------------------------------------- */

/* An array by sector, complete: an elasticity that is missing has no default. */
static void bind_array(wio_binder *b, const wio_node *node, slot at, double **out)
{
    const wio_table *table = b->table;
    double *values = wio_bind_zalloc(b, table->sector.count, sizeof *values);
    if (values == NULL || !wio_bind_by_sector(b, node, slots[at].unit, values)) {
        wio_free(values);
        return;
    }
    for (size_t s = 0; s < table->sector.count; s++) {
        if (isnan(values[s])) {
            wio_bind_wrong(b, node, "%s has no value for sector %s (`all` gives the others one)",
                           slots[at].name, table->sector.code[s]);
            wio_free(values);
            return;
        }
    }
    wio_free(*out);
    *out = values;
}

static void bind_elasticity_by_use(wio_binder *b, const wio_node *node, wio_parameters *out)
{
    const wio_node *inner = wio_bind_unwrap(node);
    if (inner->kind == WIO_NODE_SCALAR) {
        (void)wio_parameters_set(out, b->table, slots[FINAL_DEMAND].name,
                                 wio_bind_value(inner, WIO_UNIT_NONNEGATIVE), NULL);
        return;
    }
    static const char *const use[] = {"households", "government", "investment", "inventory"};
    for (int role = WIO_ROLE_HOUSEHOLD; role < WIO_ROLE_EXPORT; role++) {
        out->eta[role] =
            wio_bind_number(inner, use[role - WIO_ROLE_HOUSEHOLD], WIO_UNIT_NONNEGATIVE, 0.0);
    }
}

/* Whatever a map of parameters says, onto `out`. */
static void bind_set(wio_binder *b, const wio_node *map, wio_parameters *out)
{
    for (size_t i = 0; map != NULL && map->kind == WIO_NODE_MAP && i < map->count; i++) {
        const char *key = map->key[i].text;
        const wio_node *item = &map->item[i];
        slot at = find_slot(key);
        if (strcmp(key, "revenue") == 0) {
            out->revenue = wio_bind_is(map, key, "households")   ? WIO_REVENUE_HOUSEHOLDS
                           : wio_bind_is(map, key, "government") ? WIO_REVENUE_GOVERNMENT
                                                                 : WIO_REVENUE_NONE;
        } else if (strcmp(key, "horizon") == 0) {
            wio_free(out->horizon);
            out->horizon = NULL;
            wio_bind_text(b, &out->horizon, wio_bind_word(map, key));
        } else if (strcmp(key, "disposable") == 0) {
            out->households.tax = wio_bind_number(item, "tax", WIO_UNIT_SHARE, 0.0);
            out->households.saving = wio_bind_number(item, "saving", WIO_UNIT_SHARE, 0.0);
            out->households.leakage = wio_bind_number(item, "leakage", WIO_UNIT_SHARE, 0.0);
        } else if (at == FINAL_DEMAND) {
            bind_elasticity_by_use(b, item, out);
        } else if (at <= SECTOR_PASS_THROUGH) {
            bind_array(b, item, at, array(out, at));
        } else if (at < SLOTS) {
            *number(out, at) = wio_bind_value(item, slots[at].unit);
        }
    }
}

static bool same_name(const wio_study *study, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (study->cases_[i].name != NULL && strcmp(study->cases_[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void bind_cases(wio_binder *b, const wio_node *list)
{
    wio_study *study = b->study;
    for (size_t i = 0; list != NULL && list->kind == WIO_NODE_LIST && i < list->count; i++) {
        const wio_node *node = &list->item[i];
        const char *name = wio_bind_word(node, "name");
        wio_case *entry = &study->cases_[study->cases];
        if (b->failed || wio_parameters_copy(&entry->parameters, &study->cases_[0].parameters,
                                             b->table, NULL) != WIO_OK) {
            b->failed = true;
            return;
        }
        study->cases++;
        if (name != NULL && same_name(study, study->cases - 1, name)) {
            wio_bind_wrong(b, wio_node_get(node, "name"), "a second case '%.60s'%s", name,
                           strcmp(name, "central") == 0 ? ": that is the study itself" : "");
        }
        wio_bind_text(b, &entry->name, name != NULL ? name : "?");
        bind_set(b, wio_node_get(node, "set"), &entry->parameters);
        wio_arena_free(&b->scratch);
    }
}

void wio_bind_parameters(wio_binder *b)
{
    wio_study *study = b->study;
    const wio_node *model = wio_node_get(b->root, "model");
    const wio_node *cases = wio_node_get(b->root, "sensitivity");
    size_t count = cases != NULL && cases->kind == WIO_NODE_LIST ? cases->count : 0;
    study->cases_ = wio_bind_zalloc(b, count + 1, sizeof *study->cases_);
    if (study->cases_ == NULL) {
        return;
    }
    study->cases = 1;
    wio_bind_text(b, &study->cases_[0].name, "central");
    wio_parameters *central = &study->cases_[0].parameters;
    central->pass_through = central->recapture = central->additionality = NAN;
    central->announced_to_built = central->displacement_home = central->duty_offset = NAN;
    bind_closure(b, model);
    bind_households(b, model, &central->households);
    bind_set(b, wio_node_get(b->root, "parameters"), central);
    wio_arena_free(&b->scratch);
    bind_cases(b, cases);
}

/* Does anything in this study read the parameter? */
static bool used(const wio_binder *b, slot at)
{
    const wio_schema_row *row =
        wio_schema_find(slots[at].shock ? "set" : "parameters", slots[at].name);
    return row == NULL || row->applies == WIO_FACT_NONE || b->check.fact[row->applies] ||
           b->check.unknown[row->applies];
}

void wio_bind_break_even(wio_binder *b)
{
    wio_study *study = b->study;
    const wio_node *node = wio_node_get(b->root, "break_even");
    const wio_node *between = wio_node_get(node, "between");
    const char *over = wio_bind_word(node, "over");
    slot at = over != NULL ? find_slot(over) : SLOTS;
    if (at == SLOTS) {
        return;
    }
    if (!used(b, at)) {
        wio_bind_wrong(b, wio_node_get(node, "over"), "%s is not used by this study", over);
    }
    wio_bind_text(b, &study->break_even_over, over);
    wio_bind_text(b, &study->break_even_for, wio_bind_word(node, "for"));
    study->break_even_low = slots[at].low;
    study->break_even_high = slots[at].high;
    if (between == NULL || between->kind != WIO_NODE_LIST) {
        return;
    }
    double low = between->count > 0 ? wio_bind_value(&between->item[0], slots[at].unit) : NAN;
    double high = between->count > 1 ? wio_bind_value(&between->item[1], slots[at].unit) : NAN;
    if (between->count != 2 || !(low < high)) {
        wio_bind_wrong(b, between, "between is [low, high]%s",
                       slots[at].unit == WIO_UNIT_SHARE ? ", shares from 0 to 1" : "");
        return;
    }
    study->break_even_low = low;
    study->break_even_high = high;
}
