/* scenario.c - one scenario under one set of parameters: duties, prices, coefficients, pieces,
 * revenue, households, in this order (block recursion of MODEL 3d: prices first, one solve after). */
#include "work.h"

#include <math.h>

void wio_outcome_free(wio_outcome *outcome)
{
    wio_arena_free(&outcome->arena);
}

static void finish(wio_work *w)
{
    wio_households_free(w->households);
    wio_batch_free(&w->parts);
    wio_system_free(w->changed);
    wio_armington_free(w->rigid);
    wio_armington_free(w->armington);
    wio_projects_free(&w->projects);
    wio_duties_free(&w->duties);
    wio_arena_free(&w->arena);
}

static wio_status outcome_start(wio_outcome *out, const wio_work *w, wio_error *err)
{
    size_t n = w->economy->n, q = w->economy->q, regions = w->economy->table->region.count;
    wio_arena *a = &out->arena;
    out->x = wio_take(a, WIO_CHANNELS * n);
    out->jobs = wio_take(a, WIO_CHANNELS * n);
    out->value_added = wio_take(a, WIO_CHANNELS * n);
    out->imports = wio_take(a, WIO_CHANNELS * q);
    out->price = wio_take(a, n);
    out->margin_loss = wio_take(a, n);
    out->exports = wio_take(a, n * w->economy->f);
    out->revenue = wio_take(a, q);
    out->revenue_static = wio_take(a, q);
    out->revenue_change = wio_take(a, q);
    out->buyers_cost = wio_take(a, q);
    out->basket = wio_take(a, regions * 6);
    out->export_price = wio_take(a, regions);
    out->cost = wio_take(a, regions);
    return a->failed ? wio_fail(err, WIO_E_MEMORY, "outcome of %zu activities", n) : WIO_OK;
}

/* --- solve_for ------------------------------------------------------------------------------- */

/* Scale the capex of a scenario until the jobs in operation meet the target: all is linear. */
static wio_status meet_target(wio_work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n;
    if (w->scenario->solve_count == WIO_COUNT_NONE) {
        return WIO_OK;
    }
    if (economy->jobs == SIZE_MAX) {
        return wio_fail(err, WIO_E_UNSUPPORTED, "solve_for needs a table with jobs");
    }
    wio_batch batch = {0};
    WIO_TRY(wio_batch_create(&batch, 2, n, economy->q, err));
    double jobs[3] = {0}; /* direct, indirect, displaced (negative) */
    for (size_t k = 0; k < 2; k++) {
        double *rhs, *direct;
        (void)wio_batch_add(&batch, &rhs, &direct);
        const wio_part *part = &w->projects.part[1 + k]; /* operation, displaced */
        for (size_t t = 0; t < part->years; t++) {
            for (size_t i = 0; i < n; i++) {
                rhs[i] += w->projects.weight[t] * part->home[t * n + i];
            }
            jobs[0] += k == 0 ? w->projects.weight[t] * w->projects.direct_jobs[t] : 0.0;
        }
    }
    wio_status status = wio_batch_solve(&batch, &w->sides, 1, err);
    const double *e = economy->e + economy->jobs * n;
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < n; i++) {
            double x = batch.rhs[k * n + i];
            jobs[1 + k] += isnan(e[i]) ? 0.0 : e[i] * x;
        }
    }
    wio_batch_free(&batch);
    if (status != WIO_OK) {
        return status;
    }
    wio_count count = w->scenario->solve_count;
    double reached = jobs[0] + (count >= WIO_COUNT_GROSS ? jobs[1] : 0.0) +
                     (count == WIO_COUNT_NET ? jobs[2] : 0.0);
    if (!(reached > 0.0)) {
        return wio_fail(
            err, WIO_E_STUDY,
            "scenario '%s': solve_for cannot be met: the plants as given bring %.6g jobs "
            "in the reported year, and more of the same only scales that",
            w->scenario->name, reached);
    }
    wio_projects_scale(&w->projects, economy, w->scenario->solve_target / reached);
    out->capex_required = w->projects.capex_announced;
    return WIO_OK;
}

/* --- the whole --------------------------------------------------------------------------------- */

static double total(const double *by_channel, size_t n)
{
    double sum = 0.0;
    for (size_t k = 0; k < WIO_CHANNELS * n; k++) {
        sum += isnan(by_channel[k]) ? 0.0 : by_channel[k];
    }
    return sum;
}

/* Any scenario has: then all have the figures, so that they can be measured from one another. */
static bool has_plants(const wio_study *study)
{
    for (size_t s = 0; s < study->scenarios; s++) {
        for (size_t k = 0; k < study->scenario[s].shocks; k++) {
            if (study->scenario[s].shock[k].kind == WIO_SHOCK_INVESTMENT) {
                return true;
            }
        }
    }
    return false;
}

static wio_status solve_quantities(wio_work *w, wio_outcome *out, bool ledger, bool matrix,
                                   wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n;
    w->sides =
        (wio_sides){.economy = economy,
                    .system = {economy->system, w->changed != NULL ? w->changed : economy->system},
                    .M = {economy->M, w->M1 != NULL ? w->M1 : economy->M},
                    .armington = {w->rigid, w->armington},
                    .certificate = &out->certificate};
    w->full_x = wio_take(&w->arena, n);
    w->tariff_x = wio_take(&w->arena, n);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "scenario");
    }
    WIO_TRY(meet_target(w, out, err));
    WIO_TRY(wio_ledger_fill(out, w->full_x, w->tariff_x, &w->parts, &w->sides, &w->projects, ledger,
                            err));
    WIO_TRY(wio_work_trade(w, out, err));
    WIO_TRY(wio_work_spend_revenue(w, out, ledger, err));
    WIO_TRY(wio_work_exports(w, out, err));
    WIO_TRY(wio_work_households(w, out, err));
    if (ledger && w->study->years > 0) {
        WIO_TRY(wio_work_years(w, out, err));
        WIO_TRY(wio_work_purchases(w, out, err));
    }
    if (ledger && has_plants(w->study)) {
        WIO_TRY(wio_work_plants(w, out, err));
    }
    WIO_TRY(wio_work_productivity(w, out, err));
    if (ledger && matrix) {
        WIO_TRY(wio_work_matrix(w, out, err));
    }
    out->jobs_total = economy->jobs != SIZE_MAX ? total(out->jobs, n) : NAN;
    out->value_added_total = total(out->value_added, n);
    out->output_total = total(out->x, n);
    out->licence = w->projects.licence;
    out->cash_leaving = w->projects.cash_leaving;
    out->gdp = out->value_added_total - out->licence;
    out->gni = out->gdp - w->projects.foreign_profit;
    if (ledger && w->projects.purchases_gross != NULL && w->study->years > 0) {
        out->purchases = wio_take(&out->arena, 2 * w->projects.years);
        if (out->purchases == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "purchases");
        }
        for (size_t t = 0; t < w->projects.years; t++) {
            out->purchases[2 * t] = w->projects.purchases_gross[t];
            out->purchases[2 * t + 1] = w->projects.purchases_net[t];
        }
    }
    return WIO_OK;
}

wio_status wio_scenario_solve(wio_outcome *out, const wio_economy *economy, const wio_study *study,
                              const wio_scenario *scenario, const wio_parameters *parameters,
                              bool ledger, bool matrix, wio_error *err)
{
    wio_work w = {
        .economy = economy, .study = study, .scenario = scenario, .parameters = parameters};
    wio_outcome result = {.capex_required = NAN,
                          .jobs_total = NAN,
                          .consumer_price = NAN,
                          .value_added_total = NAN,
                          .output_total = NAN};
    wio_certificate_start(&result.certificate, economy->system);
    wio_status status = outcome_start(&result, &w, err);
    if (status == WIO_OK) {
        status = wio_duties_create(&w.duties, economy, study, scenario, parameters, err);
    }
    if (status == WIO_OK) {
        status = wio_projects_create(&w.projects, economy, study, scenario, parameters, err);
    }
    if (status == WIO_OK) {
        status = wio_work_prices(&w, &result, ledger, err);
    }
    result.quantities =
        study->model.substitution || !(w.duties.any || w.duties.partners || w.duties.border);
    if (status == WIO_OK && result.quantities) {
        status = solve_quantities(&w, &result, ledger, matrix, err);
    } else if (status == WIO_OK) {
        status = wio_work_static_trade(&w, &result, err);
    }
    finish(&w);
    if (status != WIO_OK) {
        wio_outcome_free(&result);
        return status;
    }
    *out = result;
    return WIO_OK;
}

static void subtract(double *a, const double *b, size_t count)
{
    for (size_t i = 0; a != NULL && b != NULL && i < count; i++) {
        a[i] -= b[i];
    }
}

void wio_outcome_compare(wio_outcome *out, const wio_outcome *base, const wio_economy *economy,
                         const wio_study *study)
{
    size_t n = economy->n, q = economy->q, regions = economy->table->region.count;
    size_t years = study->years > 0 ? study->years : 1;
    for (size_t i = 0; i < n; i++) {
        out->price[i] = (1.0 + out->price[i]) / (1.0 + base->price[i]) - 1.0;
    }
    subtract(out->x, base->x, WIO_CHANNELS * n);
    subtract(out->jobs, base->jobs, WIO_CHANNELS * n);
    subtract(out->value_added, base->value_added, WIO_CHANNELS * n);
    subtract(out->imports, base->imports, WIO_CHANNELS * q);
    subtract(out->margin_loss, base->margin_loss, n);
    subtract(out->exports, base->exports, n * economy->f);
    subtract(out->revenue, base->revenue, q);
    subtract(out->revenue_static, base->revenue_static, q);
    subtract(out->revenue_change, base->revenue_change, q);
    subtract(out->buyers_cost, base->buyers_cost, q);
    for (size_t b = 0; b < 3 * regions; b++) { /* parts over the basket's cost in the base */
        double cost = 1.0 + base->basket[2 * b] + base->basket[2 * b + 1];
        for (size_t part = 2 * b; part < 2 * b + 2; part++) {
            out->basket[part] = (out->basket[part] - base->basket[part]) / cost;
        }
    }
    for (size_t region = 0; region < regions; region++) {
        out->export_price[region] =
            (1.0 + out->export_price[region]) / (1.0 + base->export_price[region]) - 1.0;
    }
    subtract(out->cost, base->cost, regions);
    subtract(out->jobs_year, base->jobs_year, years * n);
    subtract(out->x_year, base->x_year, years * n);
    subtract(out->job_years, base->job_years, years * n);
    subtract(out->equipment, base->equipment, years);
    subtract(out->capex, base->capex, years);
    subtract(out->operation, base->operation, 4 * years);
    subtract(out->purchases, base->purchases, 2 * years);
    subtract(out->by_category, base->by_category, 3 * out->categories * years);
    subtract(out->by_demand, base->by_demand, n * n);
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        out->used[c] = out->used[c] || base->used[c];
    }
    out->revenue_spent -= base->revenue_spent;
    out->revenue_offset -= base->revenue_offset;
    out->gdp -= base->gdp;
    out->gni -= base->gni;
    out->licence -= base->licence;
    out->cash_leaving -= base->cash_leaving;
    out->jobs_total -= base->jobs_total;
    out->value_added_total -= base->value_added_total;
    out->output_total -= base->output_total;
    out->consumer_price = (1.0 + out->consumer_price) / (1.0 + base->consumer_price) - 1.0;
    out->quantities = out->quantities && base->quantities;
    out->prices = out->prices && base->prices;
    wio_certificate_merge(&out->certificate, &base->certificate);
}
