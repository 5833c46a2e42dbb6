/* projects.c - what demand shocks, purchases and pledges put into the chain (MODEL S1-S4).
 *
 * A plant's output o is not demanded through the chain: its own jobs and value added are direct,
 * its inputs (recipe x o) are demand, what it sells instead of others is demand taken away:
 *
 *   home -= d_home o  at its sector,   imports -= d_r o  at its sector from region r,
 *   home and imports of households -= d_new o  when other consumption pays for it.
 *
 * Sales to another plant of the package displace nothing, and what the buying plant's recipe would
 * have bought of that product is no demand on anybody else. */
#include "scenario.h"

#include <math.h>
#include <string.h>

void wio_projects_free(wio_projects *projects)
{
    wio_arena_free(&projects->arena);
    wio_free(projects->part);
    projects->part = NULL;
}

enum { PART_DEMAND, PART_OPERATION, PART_DISPLACED, PART_FIRST_FACTOR };

static void part_arrays(wio_projects *p, wio_part *part, const wio_economy *economy, bool own)
{
    size_t rows = p->years;
    part->years = rows;
    part->home = wio_take(&p->arena, rows * economy->n);
    part->imported = wio_take(&p->arena, rows * economy->q);
    if (own) {
        part->own = wio_take(&p->arena, rows * economy->n);
        part->own_jobs = wio_take(&p->arena, rows * economy->n);
        part->own_value_added = wio_take(&p->arena, rows * economy->n);
        part->own_pay = wio_take(&p->arena, rows * economy->n);
    }
}

static wio_status start(wio_projects *p, const wio_economy *economy, const wio_study *study,
                        const wio_scenario *scenario, wio_error *err)
{
    p->years = study->years > 0 ? study->years : 1;
    p->part = wio_zalloc(PART_FIRST_FACTOR + scenario->shocks, sizeof *p->part);
    p->parts = PART_FIRST_FACTOR;
    p->weight = wio_take(&p->arena, p->years);
    p->construction = wio_take(&p->arena, p->years * economy->n);
    p->equipment = wio_take(&p->arena, p->years * economy->q);
    p->capex = wio_take(&p->arena, p->years);
    p->direct_jobs = wio_take(&p->arena, p->years);
    p->purchases_gross = wio_take(&p->arena, p->years);
    p->purchases_net = wio_take(&p->arena, p->years);
    p->displaced_imports = wio_take(&p->arena, p->years * economy->q);
    p->exports = wio_take(&p->arena, economy->n * economy->f);
    if (p->part != NULL && !p->arena.failed) {
        part_arrays(p, &p->part[PART_DEMAND], economy, false);
        part_arrays(p, &p->part[PART_OPERATION], economy, true);
        part_arrays(p, &p->part[PART_DISPLACED], economy, false);
        p->part[PART_DEMAND].direct = true;
        p->part[PART_DISPLACED].displaced = true;
    }
    if (p->part == NULL || p->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "projects of %zu years", p->years);
    }
    for (size_t t = 0; t < p->years; t++) {
        bool reported = study->report_year == study->first_year + (int)t;
        p->weight[t] = study->years == 0        ? 1.0
                       : study->report_year > 0 ? (reported ? 1.0 : 0.0)
                                                : 1.0 / (double)p->years;
    }
    return WIO_OK;
}

static void add_final_demand(wio_projects *p, const wio_economy *economy, const wio_study *study,
                             const wio_final_demand *demand, bool dated)
{
    wio_part *part = &p->part[PART_DEMAND];
    for (size_t t = 0; t < p->years; t++) {
        size_t row = dated && study->years > 0 ? t : 0;
        for (size_t i = 0; i < economy->n; i++) {
            part->home[t * economy->n + i] += demand->domestic[row * economy->n + i];
        }
        for (size_t o = 0; o < economy->q; o++) {
            part->imported[t * economy->q + o] += demand->imported[row * economy->q + o];
        }
    }
}

/* Exports by column: the buyer's rise, what is not additional leaves the other buyers' in
 * proportion to what they bought, except the part that the study takes from home sales. */
static void add_export(wio_projects *p, const wio_economy *economy, const wio_purchase *purchase,
                       size_t i, double rise, double kept)
{
    const wio_table *table = economy->table;
    double others = 0.0;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t c = 0; c < economy->f; c++) {
            if (table->use_role[table->final_use[c]] != WIO_ROLE_EXPORT) {
                continue;
            }
            double sold = table->Y[i * economy->f + c];
            if (table->final_region[c] == purchase->buyer) {
                p->exports[i * economy->f + c] += pass == 0 ? rise : 0.0;
            } else if (pass == 0) {
                others += sold;
            } else if (others > 0.0) {
                p->exports[i * economy->f + c] -=
                    (1.0 - purchase->home_share) * (rise - kept) * sold / others;
            }
        }
    }
}

/* One year of a commitment: `gross` [categories] million more bought than in the counterfactual. */
static void add_purchase_year(wio_projects *p, wio_part *part, const wio_economy *economy,
                              const wio_purchase *purchase, double additionality, size_t t,
                              const double *gross)
{
    for (size_t c = 0; c < purchase->categories; c++) {
        double g = isnan(additionality) ? purchase->additionality[c] : additionality;
        p->purchases_gross[t] += gross[c];
        p->purchases_net[t] += g * gross[c];
        for (size_t i = 0; i < economy->n; i++) {
            double rise = purchase->weight[c * economy->n + i] * gross[c];
            part->home[t * economy->n + i] += g * rise;
            if (rise != 0.0 && p->weight[t] != 0.0) {
                add_export(p, economy, purchase, i, p->weight[t] * rise, p->weight[t] * g * rise);
            }
        }
    }
}

/* A part of its own when jobs per output follow the money's year. */
static wio_part *purchase_part(wio_projects *p, const wio_economy *economy,
                               const wio_purchase *purchase)
{
    if (purchase->jobs_factor == NULL) {
        return &p->part[PART_DEMAND];
    }
    wio_part *part = &p->part[p->parts];
    part_arrays(p, part, economy, false);
    part->factor = wio_take(&p->arena, p->years * economy->n);
    if (p->arena.failed) {
        return NULL;
    }
    p->parts++;
    part->direct = true;
    for (size_t k = 0; k < p->years * economy->n; k++) {
        part->factor[k] = 1.0;
    }
    for (size_t t = 0; t < purchase->years && purchase->first + t < p->years; t++) {
        memcpy(part->factor + (purchase->first + t) * economy->n,
               purchase->jobs_factor + t * economy->n, economy->n * sizeof *part->factor);
    }
    return part;
}

void wio_purchase_gross(double *gross, const wio_purchase *purchase, size_t t)
{
    for (size_t c = 0; c < purchase->categories; c++) {
        size_t at = t * purchase->categories + c;
        gross[c] = wio_purchase_change(purchase->baseline[at], purchase->increment[at],
                                       purchase->compliance[at], purchase->on_level,
                                       purchase->counterfactual[at]);
    }
}

wio_status wio_categories(wio_names *out, const wio_study *study, wio_error *err)
{
    for (size_t s = 0; s < study->scenarios; s++) {
        for (size_t k = 0; k < study->scenario[s].shocks; k++) {
            const wio_shock *shock = &study->scenario[s].shock[k];
            bool buys =
                shock->kind == WIO_SHOCK_PURCHASE || shock->kind == WIO_SHOCK_PURCHASE_CATCH_UP;
            for (size_t c = 0; buys && c < shock->as.purchase.categories; c++) {
                const char *name = shock->as.purchase.category[c];
                if (wio_names_find(out, name) == SIZE_MAX &&
                    wio_names_add(out, name, name) != WIO_OK) {
                    return wio_fail(err, WIO_E_MEMORY, "categories of purchases");
                }
            }
        }
    }
    return WIO_OK;
}

static wio_status add_purchase(wio_projects *p, const wio_economy *economy,
                               const wio_purchase *purchase, double additionality, wio_error *err)
{
    wio_part *part = purchase_part(p, economy, purchase);
    double *gross = wio_take(&p->arena, purchase->categories);
    if (part == NULL || gross == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "purchases of %zu categories", purchase->categories);
    }
    for (size_t t = 0; t < purchase->years && purchase->first + t < p->years; t++) {
        wio_purchase_gross(gross, purchase, t);
        add_purchase_year(p, part, economy, purchase, additionality, purchase->first + t, gross);
    }
    return WIO_OK;
}

/* What a plant sells on the market in year t, and whom it displaces. */
static void add_displacement(wio_projects *p, const wio_economy *economy,
                             const wio_investment *plant, double home_override, size_t t,
                             double market)
{
    const wio_table *table = economy->table;
    wio_part *part = &p->part[PART_DISPLACED];
    size_t n = economy->n, q = economy->q;
    double home = isnan(home_override) ? plant->displaces_home : home_override;
    /* an overridden home share takes from, or gives to, the others in proportion */
    double rest = plant->displaces_home < 1.0 ? (1.0 - home) / (1.0 - plant->displaces_home) : 0.0;
    part->home[t * n + plant->activity] -= home * market;
    for (size_t o = 0; o < q; o++) {
        size_t region = table->origin_region[n + o];
        if (table->origin_sector[n + o] == table->origin_sector[plant->activity]) {
            double taken = rest * plant->displaces_import[region] * market;
            part->imported[t * q + o] -= taken;
            p->displaced_imports[t * q + o] += taken;
        }
    }
    for (size_t i = 0; i < n; i++) { /* several endogenous regions: imports are activities */
        size_t region = table->origin_region[i];
        if (region != table->origin_region[plant->activity] &&
            table->origin_sector[i] == table->origin_sector[plant->activity]) {
            part->home[t * n + i] -= rest * plant->displaces_import[region] * market;
        }
    }
    bool paid_by_consumption = plant->new_demand_paid_by != NULL &&
                               strcmp(plant->new_demand_paid_by, "other_consumption") == 0;
    double paid = rest * plant->displaces_new * market;
    if (!paid_by_consumption || paid == 0.0 || !(economy->consumption_total > 0.0)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        part->home[t * n + i] -= paid * economy->consumption[i] / economy->consumption_total;
    }
    for (size_t o = 0; o < q; o++) {
        double bought = 0.0;
        for (size_t c = 0; c < economy->f; c++) {
            bought += table->use_role[table->final_use[c]] == WIO_ROLE_HOUSEHOLD
                          ? table->Y[(n + o) * economy->f + c]
                          : 0.0;
        }
        part->imported[t * q + o] -= paid * bought / economy->consumption_total;
    }
}

static void add_operation(wio_projects *p, const wio_economy *economy, const wio_investment *plant,
                          double home_override, const double *output)
{
    wio_part *part = &p->part[PART_OPERATION];
    size_t n = economy->n, q = economy->q, k = plant->activity;
    for (size_t t = 0; t < p->years; t++) {
        double o = output[t];
        for (size_t i = 0; i < n; i++) {
            part->home[t * n + i] += plant->recipe[i] * o;
        }
        for (size_t i = 0; i < q; i++) {
            part->imported[t * q + i] += plant->recipe[n + i] * o;
        }
        part->own[t * n + k] += o;
        part->own_jobs[t * n + k] += plant->jobs * o;
        part->own_value_added[t * n + k] += (plant->compensation + plant->surplus) * o;
        if (economy->wage[k] > 0.0) { /* NaN without an item of compensation */
            part->own_pay[t * n + k] += plant->compensation * o / economy->wage[k];
        }
        p->direct_jobs[t] += plant->jobs * o;
        if (plant->net) {
            add_displacement(p, economy, plant, home_override, t, plant->market * o);
        }
    }
}

/* Inside sales meet what the package's other recipes buy of the product: first from home, then from
 * abroad. output [shocks][years], NULL for a shock that is not a plant. */
static void net_inside_sales(wio_projects *p, const wio_economy *economy,
                             const wio_scenario *scenario, double *const *output)
{
    const wio_table *table = economy->table;
    wio_part *part = &p->part[PART_OPERATION];
    size_t n = economy->n, q = economy->q;
    for (size_t s = 0; s < scenario->shocks; s++) {
        const wio_investment *seller = &scenario->shock[s].as.investment;
        if (scenario->shock[s].kind != WIO_SHOCK_INVESTMENT || seller->market >= 1.0) {
            continue;
        }
        size_t sector = table->origin_sector[seller->activity];
        for (size_t t = 0; t < p->years; t++) {
            double inside = (1.0 - seller->market) * output[s][t];
            double *home = &part->home[t * n + seller->activity];
            double bought = 0.0; /* of this product by the other plants, from home */
            for (size_t b = 0; b < scenario->shocks; b++) {
                if (b != s && scenario->shock[b].kind == WIO_SHOCK_INVESTMENT) {
                    bought +=
                        scenario->shock[b].as.investment.recipe[seller->activity] * output[b][t];
                }
            }
            double met = fmin(inside, fmin(bought, fmax(*home, 0.0)));
            *home -= met;
            inside -= met;
            for (size_t o = 0; o < q && inside > 0.0; o++) {
                double *imported = &part->imported[t * q + o];
                if (table->origin_sector[n + o] == sector) {
                    met = fmin(inside, fmax(*imported, 0.0));
                    *imported -= met;
                    inside -= met;
                }
            }
        }
    }
}

static wio_status add_investment(wio_projects *p, const wio_economy *economy,
                                 const wio_scenario *scenario, const wio_investment *plant,
                                 const wio_parameters *parameters, double **produced,
                                 wio_error *err)
{
    size_t years = p->years, n = economy->n, q = economy->q;
    double *built = wio_take(&p->arena, years), *capacity = wio_take(&p->arena, years);
    double *output = wio_take(&p->arena, years);
    double *home = wio_take(&p->arena, n), *imported = wio_take(&p->arena, q);
    if (p->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "plant %s", plant->plant);
    }
    double share = isnan(parameters->announced_to_built) ? plant->announced_to_built
                                                         : parameters->announced_to_built;
    for (size_t t = 0; t < years; t++) {
        built[t] = share * plant->capex[t];
        p->capex[t] += built[t];
        p->capex_announced += plant->capex[t];
        wio_pledge_construction(home, imported, economy, built[t] * (1.0 - plant->land),
                                plant->bridge, plant->local_content, plant->import_share);
        for (size_t i = 0; i < n; i++) {
            p->construction[t * n + i] += home[i];
        }
        for (size_t i = 0; i < q; i++) {
            p->equipment[t * q + i] += imported[i];
        }
    }
    wio_plant_path(capacity, output, years, built, plant->capital_output, plant->depreciation,
                   plant->utilisation);
    *produced = output;
    add_operation(p, economy, plant, parameters->displacement_home, output);
    p->plants = true;
    if (plant->venture == SIZE_MAX) {
        return WIO_OK;
    }
    for (size_t k = 0, venture = 0; k < scenario->shocks; k++) {
        if (scenario->shock[k].kind != WIO_SHOCK_JOINT_VENTURE || venture++ != plant->venture) {
            continue;
        }
        const wio_venture *v = &scenario->shock[k].as.venture;
        for (size_t t = 0; t < years; t++) {
            wio_venture_effect effect = wio_venture_direct(
                p->weight[t] * output[t], plant->compensation, plant->surplus, v->foreign_share,
                v->licence_fee, v->repatriation, v->profit_tax);
            p->licence += effect.licence;
            p->foreign_profit += effect.gdp - effect.gni;
            p->cash_leaving += effect.cash_leaving;
        }
        p->ventures = true;
    }
    return WIO_OK;
}

static bool is_zero(const double *values, size_t count)
{
    for (size_t i = 0; values != NULL && i < count; i++) {
        if (values[i] != 0.0) {
            return false;
        }
    }
    return true;
}

/* Only parts with something in them are solved. */
static void number_rows(wio_projects *p, const wio_economy *economy)
{
    for (size_t k = 0; k < p->parts; k++) {
        wio_part *part = &p->part[k];
        bool empty = is_zero(part->home, part->years * economy->n) &&
                     is_zero(part->imported, part->years * economy->q) &&
                     is_zero(part->own, part->years * economy->n);
        part->row = empty ? SIZE_MAX : p->rows;
        p->rows += empty ? 0 : part->years;
    }
}

wio_status wio_projects_create(wio_projects *out, const wio_economy *economy,
                               const wio_study *study, const wio_scenario *scenario,
                               const wio_parameters *parameters, wio_error *err)
{
    wio_projects p = {0};
    wio_status status = start(&p, economy, study, scenario, err);
    double **output = wio_zalloc(scenario->shocks, sizeof *output); /* of each plant, by year */
    if (status == WIO_OK && output == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "plants");
    }
    for (size_t k = 0; status == WIO_OK && k < scenario->shocks; k++) {
        const wio_shock *shock = &scenario->shock[k];
        if (shock->kind == WIO_SHOCK_FINAL_DEMAND) {
            add_final_demand(&p, economy, study, &shock->as.final_demand,
                             shock->as.final_demand.years > 0);
        } else if (shock->kind == WIO_SHOCK_PURCHASE ||
                   shock->kind == WIO_SHOCK_PURCHASE_CATCH_UP) {
            status = add_purchase(&p, economy, &shock->as.purchase, parameters->additionality, err);
        } else if (shock->kind == WIO_SHOCK_INVESTMENT) {
            status = add_investment(&p, economy, scenario, &shock->as.investment, parameters,
                                    &output[k], err);
        }
    }
    if (status == WIO_OK && p.arena.failed) {
        status = wio_fail(err, WIO_E_MEMORY, "projects");
    }
    if (status == WIO_OK) {
        net_inside_sales(&p, economy, scenario, output);
    }
    wio_free(output);
    if (status != WIO_OK) {
        wio_projects_free(&p);
        return status;
    }
    number_rows(&p, economy);
    *out = p;
    return WIO_OK;
}

static void scale(double *values, size_t count, double factor)
{
    for (size_t i = 0; values != NULL && i < count; i++) {
        values[i] *= factor;
    }
}

void wio_projects_scale(wio_projects *p, const wio_economy *economy, double factor)
{
    size_t home = p->years * economy->n, imported = p->years * economy->q;
    for (size_t k = PART_OPERATION; k <= PART_DISPLACED; k++) {
        scale(p->part[k].home, home, factor);
        scale(p->part[k].imported, imported, factor);
        scale(p->part[k].own, home, factor);
        scale(p->part[k].own_jobs, home, factor);
        scale(p->part[k].own_value_added, home, factor);
        scale(p->part[k].own_pay, home, factor);
    }
    scale(p->construction, home, factor);
    scale(p->equipment, imported, factor);
    scale(p->displaced_imports, imported, factor);
    scale(p->capex, p->years, factor);
    scale(p->direct_jobs, p->years, factor);
    p->capex_announced *= factor;
    p->licence *= factor;
    p->foreign_profit *= factor;
    p->cash_leaving *= factor;
}
