/* study_scenarios.c - the year axis, and scenarios in an order in which each finds what it needs.
 *
 * A scenario owns the shocks of what it extends and its own, bound afresh: a mistake is reported
 * once whoever repeats it. A scenario waits for the one it extends and those it mirrors. */
#include "study_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SCENARIOS = 10000, MAX_SHOCKS = 20000, MAX_YEARS = 100 };

static const struct {
    const char *key;
    wio_bind_shock *bind;
} kinds[WIO_SHOCK_KINDS] = {
    [WIO_SHOCK_FINAL_DEMAND] = {"final_demand", wio_bind_final_demand},
    [WIO_SHOCK_TARIFF] = {"tariff", wio_bind_tariff},
    [WIO_SHOCK_IMPORT_PRICE] = {"import_price", wio_bind_import_price},
    [WIO_SHOCK_PURCHASE] = {"purchase", wio_bind_purchase},
    [WIO_SHOCK_PURCHASE_CATCH_UP] = {"purchase_catch_up", wio_bind_purchase_catch_up},
    [WIO_SHOCK_INVESTMENT] = {"investment", wio_bind_investment},
    [WIO_SHOCK_JOINT_VENTURE] = {"joint_venture", wio_bind_joint_venture},
    [WIO_SHOCK_PRODUCTIVITY] = {"productivity", wio_bind_productivity},
};

/* The map of a shock's own keys and its kind; NULL when the schema check refused it. */
static const wio_node *open_shock(const wio_node *shock, wio_shock_kind *kind)
{
    if (shock->kind != WIO_NODE_MAP || shock->count != 1 || shock->item[0].kind != WIO_NODE_MAP) {
        return NULL;
    }
    for (int k = 0; k < WIO_SHOCK_KINDS; k++) {
        if (strcmp(kinds[k].key, shock->key[0].text) == 0) {
            *kind = (wio_shock_kind)k;
            return &shock->item[0];
        }
    }
    return NULL;
}

static const wio_node *list_of(const wio_node *map, const char *key)
{
    const wio_node *node = wio_node_get(map, key);
    return node != NULL && node->kind == WIO_NODE_LIST ? node : NULL;
}

/* --- years ---------------------------------------------------------------------------------------- */

typedef struct span {
    int first, last; /* first > last: none */
} span;

static void widen(span *all, int first, int last)
{
    all->first = first < all->first ? first : all->first;
    all->last = last > all->last ? last : all->last;
}

static void years_of_demand(wio_binder *b, const wio_node *node, span *all)
{
    const wio_node *years = wio_bind_unwrap(wio_node_get(node, "years"));
    int first = 0, last = 0;
    if (years != NULL && years->kind == WIO_NODE_LIST) {
        if (wio_bind_years(b, years, &first, &last)) {
            widen(all, first, last);
        }
        return;
    }
    for (size_t i = 0; years != NULL && years->kind == WIO_NODE_MAP && i < years->count; i++) {
        double year = wio_bind_value(&years->key[i], WIO_UNIT_YEAR);
        if (!isnan(year)) {
            widen(all, (int)year, (int)year);
        }
    }
}

static void years_of_shock(wio_binder *b, wio_shock_kind kind, const wio_node *node, span *all)
{
    const char *outer = b->file, *file = NULL;
    int first = 0, last = 0;
    if (kind == WIO_SHOCK_FINAL_DEMAND) {
        years_of_demand(b, node, all);
    } else if (kind == WIO_SHOCK_PURCHASE) {
        const wio_node *definition =
            wio_bind_definition(b, wio_node_get(node, "use"), "commitments", &file);
        b->file = definition != NULL ? file : outer;
        if (wio_bind_years(b, wio_node_get(definition, "years"), &first, &last)) {
            widen(all, first, last);
        }
        b->file = outer;
    } else if (kind == WIO_SHOCK_PURCHASE_CATCH_UP) {
        if (wio_bind_years(b, wio_node_get(node, "years"), &first, &last)) {
            widen(all, first, last);
        }
    } else if (kind == WIO_SHOCK_INVESTMENT) {
        const wio_node *operation = wio_node_get(node, "operation");
        const wio_node *list = list_of(operation, "utilisation");
        double start = wio_bind_number(operation, "start", WIO_UNIT_YEAR, NAN);
        if (wio_bind_years(b, wio_node_get(wio_node_get(node, "capex"), "years"), &first, &last)) {
            widen(all, first, last);
        }
        if (!isnan(start) && list != NULL && list->count > 0 && list->count <= MAX_YEARS) {
            widen(all, (int)start, (int)start + (int)list->count - 1);
        }
    }
}

static bool bind_axis(wio_binder *b, const wio_node *scenarios)
{
    wio_study *study = b->study;
    const wio_node *report = wio_node_get(b->root, "report");
    const wio_node *at = wio_node_get(report, "year");
    double year = wio_bind_number(report, "year", WIO_UNIT_YEAR, NAN);
    span all = {.first = 9999, .last = 0};
    for (size_t i = 0; i < scenarios->count; i++) {
        const wio_node *shocks = list_of(&scenarios->item[i], "shocks");
        for (size_t k = 0; shocks != NULL && k < shocks->count; k++) {
            wio_shock_kind kind = WIO_SHOCK_KINDS;
            const wio_node *node = open_shock(&shocks->item[k], &kind);
            if (node != NULL) {
                years_of_shock(b, kind, node, &all);
            }
        }
    }
    study->demand_matrix = wio_bind_is(report, "matrix", "jobs");
    if (all.first > all.last) {
        return true;
    }
    if (!isnan(year)) {
        study->report_year = (int)year;
        /* plants run on at their last utilisation; other shocks end when they end */
        bool later = (int)year > all.last && b->check.fact[WIO_FACT_INVESTMENT];
        if (later) {
            all.last = (int)year;
        } else if ((int)year < all.first || (int)year > all.last) {
            wio_bind_wrong(b, at, "report.year %d is not a year of this study (%d to %d)",
                           (int)year, all.first, all.last);
        }
    }
    if (all.last - all.first >= MAX_YEARS) {
        wio_bind_wrong(b, at != NULL ? at : scenarios,
                       "the years of this study run from %d to %d: at most %d", all.first, all.last,
                       (int)MAX_YEARS);
        return false;
    }
    study->first_year = all.first;
    study->years = (size_t)(all.last - all.first) + 1;
    return true;
}

/* --- names and order -------------------------------------------------------------------------------- */

typedef struct plan { /* of a scenario, while binding */
    const wio_node *node;
    size_t extends;              /* SIZE_MAX: nothing */
    bool has_parent;             /* extends was given, whether found or not */
    size_t shocks;               /* with those of what it extends */
    const wio_node **shock_node; /* [shocks] maps of the shocks' own keys */
    wio_shock_kind *kind;        /* [shocks] */
    bool done;
} plan;

static size_t find_scenario(wio_binder *b, const wio_names *names, const wio_node *at)
{
    size_t found = wio_names_find(names, at->text);
    if (found == SIZE_MAX) {
        const char *nearest =
            wio_nearest(at->text, (const char *const *)(void *)names->code, names->count);
        if (nearest != NULL) {
            wio_bind_wrong(b, at, "unknown scenario '%.80s' (did you mean '%s'?)", at->text,
                           nearest);
        } else {
            wio_bind_wrong(b, at, "unknown scenario '%.80s'", at->text);
        }
    }
    return found;
}

/* A name for each scenario, in order, unique; a broken one gets a name that nobody can write. */
static void bind_names(wio_binder *b, const wio_node *scenarios, wio_names *names)
{
    for (size_t i = 0; !b->failed && i < scenarios->count; i++) {
        const wio_node *at = wio_node_get(&scenarios->item[i], "name");
        const char *name = wio_bind_word(&scenarios->item[i], "name");
        wio_status status = name != NULL ? wio_names_add(names, name, "") : WIO_E_TABLE;
        if (name != NULL && status == WIO_E_TABLE) {
            wio_bind_wrong(b, at, "a second scenario '%.80s'", name);
        } else if (name != NULL && strcmp(name, "table") == 0) {
            wio_bind_wrong(b, at, "a scenario cannot be called 'table': compare_to uses it");
        }
        if (status == WIO_E_TABLE) {
            char none[32];
            (void)snprintf(none, sizeof none, "\n%zu", i);
            status = wio_names_add(names, none, "");
        }
        b->failed |= status == WIO_E_MEMORY;
    }
}

static void bind_references(wio_binder *b, const wio_names *names, plan *p, wio_scenario *out)
{
    const char *extends = wio_bind_word(p->node, "extends");
    const char *compare = wio_bind_word(p->node, "compare_to");
    p->extends = SIZE_MAX;
    out->compare_to = SIZE_MAX;
    p->has_parent = extends != NULL;
    if (extends != NULL) {
        p->extends = find_scenario(b, names, wio_node_get(p->node, "extends"));
    }
    if (compare != NULL && strcmp(compare, "table") != 0) {
        const wio_node *at = wio_node_get(p->node, "compare_to");
        out->compare_to = find_scenario(b, names, at);
        if (out->name != NULL && strcmp(compare, out->name) == 0) {
            wio_bind_wrong(b, at, "scenario '%.80s' is compared to itself", compare);
        }
    }
}

/* Changes measured from one another in a circle have no table at the end. */
static void check_comparisons(wio_binder *b, const plan *plans)
{
    const wio_study *study = b->study;
    for (size_t s = 0; s < study->scenarios; s++) {
        size_t base = study->scenario[s].compare_to, steps = 0;
        while (base != SIZE_MAX && base != s && steps++ < study->scenarios) {
            base = study->scenario[base].compare_to;
        }
        if (base == s && study->scenario[s].compare_to != s) {
            wio_bind_wrong(b, wio_node_get(plans[s].node, "compare_to"),
                           "scenarios are compared in a circle: '%.80s' comes back to itself",
                           study->scenario[s].name);
        }
    }
}

/* What a shock waits for: the scenario that its tariff mirrors. */
static const wio_node *mirror_of(const wio_node *shock)
{
    wio_shock_kind kind = WIO_SHOCK_KINDS;
    const wio_node *node = open_shock(shock, &kind);
    const wio_node *mirror =
        kind == WIO_SHOCK_TARIFF ? wio_node_get(wio_node_get(node, "change"), "mirror") : NULL;
    return mirror != NULL && mirror->kind == WIO_NODE_SCALAR ? mirror : NULL;
}

/* Can it be bound now? A reference to nothing was reported and does not hold it up. */
static bool ready(const plan *plans, const wio_names *names, const plan *p)
{
    const wio_node *own = list_of(p->node, "shocks");
    if (p->extends != SIZE_MAX && !plans[p->extends].done) {
        return false;
    }
    for (size_t k = 0; own != NULL && k < own->count; k++) {
        const wio_node *mirror = mirror_of(&own->item[k]);
        size_t other = mirror != NULL ? wio_names_find(names, mirror->text) : SIZE_MAX;
        if (other != SIZE_MAX && !plans[other].done) {
            return false;
        }
    }
    return true;
}

/* --- shocks -------------------------------------------------------------------------------------------- */

/* The list of a scenario's shocks: its parent's, then its own. */
static bool gather(wio_binder *b, const plan *parent, plan *p, size_t *total)
{
    const wio_node *own = list_of(p->node, "shocks");
    size_t inherited = parent != NULL ? parent->shocks : 0;
    size_t count = inherited + (own != NULL ? own->count : 0);
    *total += count;
    if (*total > MAX_SHOCKS) {
        wio_bind_wrong(b, p->node, "more than %d shocks in all scenarios", (int)MAX_SHOCKS);
        return false;
    }
    p->shock_node = wio_bind_zalloc(b, count, sizeof *p->shock_node);
    p->kind = wio_bind_zalloc(b, count, sizeof *p->kind);
    if (b->failed) {
        return false;
    }
    for (size_t k = 0; k < inherited; k++) {
        p->shock_node[k] = parent->shock_node[k];
        p->kind[k] = parent->kind[k];
    }
    p->shocks = inherited;
    for (size_t k = 0; own != NULL && k < own->count; k++) {
        const wio_node *node = open_shock(&own->item[k], &p->kind[p->shocks]);
        if (node != NULL) {
            p->shock_node[p->shocks++] = node;
        }
    }
    return true;
}

static void bind_solve_for(wio_binder *b, const plan *p, wio_scenario *out)
{
    const wio_node *solve = wio_node_get(p->node, "solve_for");
    if (solve == NULL) {
        return;
    }
    out->solve_count = wio_bind_is(solve, "count", "direct")  ? WIO_COUNT_DIRECT
                       : wio_bind_is(solve, "count", "gross") ? WIO_COUNT_GROSS
                                                              : WIO_COUNT_NET;
    out->solve_target = wio_bind_number(solve, "jobs", WIO_UNIT_NONNEGATIVE, NAN);
    bool built = false;
    for (size_t k = 0; k < p->shocks; k++) {
        built |= p->kind[k] == WIO_SHOCK_INVESTMENT;
    }
    if (!built) {
        wio_bind_wrong(b, solve, "solve_for scales capex: the scenario has no investment");
    }
}

static void bind_scenario(wio_binder *b, const plan *p, wio_scenario *out)
{
    out->shock = wio_bind_zalloc(b, p->shocks, sizeof *out->shock);
    for (size_t k = 0; !b->failed && k < p->shocks; k++) {
        wio_shock *shock = &out->shock[k];
        shock->kind = p->kind[k];
        shock->line = p->shock_node[k]->line;
        shock->column = p->shock_node[k]->column;
        kinds[shock->kind].bind(b, shock, p->shock_node[k], out);
        wio_bind_text(b, &shock->label, kinds[shock->kind].key);
        out->shocks = k + 1;
        wio_arena_free(&b->scratch);
    }
    bind_solve_for(b, p, out);
    if (!b->failed) {
        wio_bind_check_tariffs(b, out, p->node);
        wio_bind_check_plants(b, out, p->node, p->shock_node);
    }
}

static void bind_in_order(wio_binder *b, plan *plans, const wio_names *names)
{
    wio_study *study = b->study;
    size_t total = 0;
    bool progress = true;
    while (progress && !b->failed) {
        progress = false;
        for (size_t i = 0; i < study->scenarios && !b->failed; i++) {
            plan *p = &plans[i];
            if (p->done || !ready(plans, names, p)) {
                continue;
            }
            p->done = progress = true;
            if (!gather(b, p->extends != SIZE_MAX ? &plans[p->extends] : NULL, p, &total)) {
                return;
            }
            if (b->table != NULL) {
                bind_scenario(b, p, &study->scenario[i]);
            }
            b->done[i] = &study->scenario[i];
        }
    }
    for (size_t i = 0; i < study->scenarios && !b->failed; i++) {
        if (!plans[i].done) {
            const wio_node *at = wio_node_get(plans[i].node, "extends");
            wio_bind_wrong(b, at != NULL ? at : plans[i].node,
                           "scenario '%.80s' extends or mirrors itself, directly or through others",
                           names->code[i]);
        }
    }
}

static void check_mirrors(wio_binder *b, const wio_node *scenarios, const wio_names *names)
{
    for (size_t i = 0; i < scenarios->count; i++) {
        const wio_node *shocks = list_of(&scenarios->item[i], "shocks");
        for (size_t k = 0; shocks != NULL && k < shocks->count; k++) {
            const wio_node *mirror = mirror_of(&shocks->item[k]);
            if (mirror != NULL) {
                (void)find_scenario(b, names, mirror);
            }
        }
    }
}

void wio_bind_scenarios(wio_binder *b)
{
    wio_study *study = b->study;
    const wio_node *scenarios = list_of(b->root, "scenarios");
    if (scenarios == NULL) {
        return;
    }
    if (scenarios->count == 0 || scenarios->count > MAX_SCENARIOS) {
        wio_bind_wrong(b, scenarios, "a study has 1 to %d scenarios, found %zu", (int)MAX_SCENARIOS,
                       scenarios->count);
        return;
    }
    wio_names names = {0};
    plan *plans = wio_bind_zalloc(b, scenarios->count, sizeof *plans);
    study->scenario = wio_bind_zalloc(b, scenarios->count, sizeof *study->scenario);
    b->done = wio_bind_zalloc(b, scenarios->count, sizeof *b->done);
    if (!b->failed) {
        study->scenarios = scenarios->count;
        bind_names(b, scenarios, &names);
    }
    for (size_t i = 0; !b->failed && i < study->scenarios; i++) {
        plans[i].node = &scenarios->item[i];
        wio_bind_text(b, &study->scenario[i].name, names.code[i]);
        bind_references(b, &names, &plans[i], &study->scenario[i]);
    }
    if (!b->failed) {
        check_comparisons(b, plans);
        check_mirrors(b, scenarios, &names);
        if (bind_axis(b, scenarios)) {
            bind_in_order(b, plans, &names);
        }
    }
    for (size_t i = 0; plans != NULL && i < scenarios->count; i++) {
        wio_free(plans[i].shock_node);
        wio_free(plans[i].kind);
    }
    wio_free(plans);
    wio_names_free(&names);
}
