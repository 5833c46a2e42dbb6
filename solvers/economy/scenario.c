/* scenario.c - one scenario under one set of parameters: duties, prices, coefficients, pieces,
 * revenue, households, in this order (block recursion of MODEL 3d: prices first, one solve after). */
#include "ledger.h"

#include <math.h>
#include <string.h>

/* Everything that lives as long as one solve. */
typedef struct work {
    wio_arena arena;
    const wio_economy *economy;
    const wio_study *study;
    const wio_scenario *scenario;
    const wio_parameters *parameters;
    wio_duties duties;
    wio_projects projects;
    wio_armington *armington, *rigid; /* rigid: both elasticities 0, for the ledger */
    wio_system *changed;              /* I - A1, NULL when nothing substitutes */
    double *M1;
    wio_sides sides;
    wio_batch parts; /* parts solved on side 1, by part and year */
    wio_households *households;
    double *full_x, *tariff_x;
} work;

void wio_outcome_free(wio_outcome *outcome)
{
    wio_arena_free(&outcome->arena);
}

static void finish(work *w)
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

static wio_status outcome_start(wio_outcome *out, const work *w, wio_error *err)
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

/* --- prices ---------------------------------------------------------------------------------- */

static wio_status solve_armington(work *w, wio_outcome *out, bool ledger, wio_error *err)
{
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, f = economy->f;
    double *sigma_domestic = wio_take(&w->arena, economy->products);
    double *sigma_import = wio_take(&w->arena, economy->products);
    double *eta = wio_take(&w->arena, f), *epsilon = wio_take(&w->arena, n);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "elasticities");
    }
    for (size_t i = 0; i < n; i++) {
        size_t sector = table->origin_sector[i];
        sigma_domestic[i] = w->parameters->sigma_domestic[sector];
        sigma_import[i] = w->parameters->sigma_import[sector];
        epsilon[i] = w->parameters->export_elasticity[sector];
    }
    for (size_t o = 0; o < economy->q; o++) { /* products without a home producer */
        if (economy->product[o] >= n) {
            size_t sector = table->origin_sector[n + o];
            sigma_domestic[economy->product[o]] = w->parameters->sigma_domestic[sector];
            sigma_import[economy->product[o]] = w->parameters->sigma_import[sector];
        }
    }
    for (size_t c = 0; c < f; c++) {
        eta[c] = w->parameters->eta[table->use_role[table->final_use[c]]];
    }
    wio_armington_input input = {.phi = w->duties.phi,
                                 .sigma_domestic = sigma_domestic,
                                 .sigma_import = sigma_import,
                                 .eta = eta,
                                 .epsilon = epsilon,
                                 .phi_ret = w->duties.phi_ret,
                                 .recapture = w->duties.recapture,
                                 .zeta = w->duties.zeta_ret};
    WIO_TRY(wio_armington_create(&w->armington, economy, &input, err));
    out->price_residual = wio_armington_residual(w->armington, &out->iterations);
    out->fixed_cells = wio_armington_fixed_cells(w->armington);
    if (ledger) {
        memset(sigma_domestic, 0, economy->products * sizeof *sigma_domestic);
        memset(sigma_import, 0, economy->products * sizeof *sigma_import);
        WIO_TRY(wio_armington_create(&w->rigid, economy, &input, err));
    }
    double *A1 = wio_take(&w->arena, n * n);
    w->M1 = wio_take(&w->arena, economy->q * n);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "coefficients [%zu x %zu]", n, n);
    }
    wio_armington_coefficients(A1, w->M1, w->armington);
    WIO_TRY(wio_system_create(&w->changed, n, A1, NULL, NULL, err));
    wio_certificate start;
    wio_certificate_start(&start, w->changed);
    wio_certificate_merge(&out->certificate, &start);
    const double *p = wio_armington_prices(w->armington);
    for (size_t i = 0; i < n; i++) {
        out->price[i] = p[i] - 1.0;
    }
    return WIO_OK;
}

/* Cost of the base basket of one region and role: direct through imports, indirect through home
 * prices, both relative to the basket's value; the value itself in *total. */
static void basket(const work *w, const double *price, size_t region, size_t kind, double part[2],
                   double *total)
{
    static const wio_role roles[3] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_INVESTMENT, WIO_ROLE_GOVERNMENT};
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, f = economy->f, user = kind == 1 ? 2 : 1;
    double direct = 0.0, indirect = 0.0, value = 0.0;
    for (size_t c = 0; c < f; c++) {
        if (table->final_region[c] != region ||
            table->use_role[table->final_use[c]] != roles[kind]) {
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            double bought = table->Y[i * f + c];
            value += bought;
            indirect += price[i] * bought;
            if (w->duties.border) {
                direct += (1.0 + price[i]) * w->duties.T_final[i * f + c] * bought;
            }
        }
        for (size_t o = 0; o < economy->q; o++) {
            double bought = table->Y[(n + o) * f + c];
            value += bought;
            direct += w->duties.tau[3 * o + user] * bought;
        }
    }
    part[0] = value != 0.0 ? direct / value : NAN;
    part[1] = value != 0.0 ? indirect / value : NAN;
    *total = value;
}

static void price_indices(const work *w, wio_outcome *out)
{
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    for (size_t region = 0; region < table->region.count; region++) {
        if (!table->endogenous[region]) {
            continue;
        }
        double value = 0.0, exports = 0.0, dearer = 0.0;
        for (size_t kind = 0; kind < 3; kind++) {
            double *part = out->basket + 6 * region + 2 * kind;
            basket(w, out->price, region, kind, part, &value);
            if (kind == 0) {
                out->cost[region] = (part[0] + part[1]) * value;
            }
        }
        for (size_t i = 0; i < economy->n; i++) {
            for (size_t c = 0; table->origin_region[i] == region && c < economy->f; c++) {
                if (table->use_role[table->final_use[c]] == WIO_ROLE_EXPORT) {
                    exports += table->Y[i * economy->f + c];
                    dearer += out->price[i] * table->Y[i * economy->f + c];
                }
            }
        }
        out->export_price[region] = exports > 0.0 ? dearer / exports : NAN;
    }
    out->consumer_price =
        out->basket[6 * table->origin_region[0]] + out->basket[6 * table->origin_region[0] + 1];
}

static wio_status solve_prices(work *w, wio_outcome *out, bool ledger, wio_error *err)
{
    const wio_economy *economy = w->economy;
    wio_prices model = w->study->model.prices;
    if (w->study->model.substitution) {
        if (w->duties.any || w->duties.partners) {
            WIO_TRY(solve_armington(w, out, ledger, err));
        }
    } else if (w->duties.border) {
        double duty[2];
        double *p = wio_take(&w->arena, economy->n);
        if (p == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "prices");
        }
        WIO_TRY(wio_price_border(p, NULL, NULL, duty, economy, w->duties.T, w->duties.T_final,
                                 &out->certificate, err));
        for (size_t i = 0; i < economy->n; i++) {
            out->price[i] = p[i] - 1.0;
        }
    } else if (model == WIO_PRICES_COST_PUSH && w->duties.any) {
        const wio_table *table = economy->table;
        double *psi = wio_take(&w->arena, economy->n), *loss = wio_take(&w->arena, economy->n);
        if (w->arena.failed) {
            return wio_fail(err, WIO_E_MEMORY, "prices");
        }
        for (size_t i = 0; i < economy->n; i++) {
            psi[i] = w->parameters->sector_pass_through != NULL
                         ? w->parameters->sector_pass_through[table->origin_sector[i]]
                         : 1.0;
        }
        wio_price_input input = {
            .tau = w->duties.tau, .psi = psi, .wage_indexation = w->parameters->wage_indexation};
        wio_price_output price = {.change = out->price, .margin_loss = loss};
        WIO_TRY(wio_price_cost_push(&price, economy, &input, &out->certificate, err));
        for (size_t i = 0; i < economy->n; i++) {
            out->margin_loss[i] = loss[i] * economy->x[i];
        }
    }
    out->prices = model != WIO_PRICES_FIXED;
    if (out->prices) {
        price_indices(w, out);
    }
    return WIO_OK;
}

/* --- solve_for ------------------------------------------------------------------------------- */

/* Scale the capex of a scenario until the jobs in operation meet the target: all is linear. */
static wio_status meet_target(work *w, wio_outcome *out, wio_error *err)
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

/* A plant cannot displace more imports than there are after the study's tariffs. */
static wio_status check_displaced(const work *w, const double *imports_after, wio_error *err)
{
    const wio_table *table = w->economy->table;
    size_t q = w->economy->q, n = w->economy->n;
    for (size_t t = 0; t < w->projects.years; t++) {
        for (size_t o = 0; o < q; o++) {
            double displaced = w->projects.displaced_imports[t * q + o];
            if (displaced > imports_after[o] * (1.0 + 1e-9)) {
                return wio_fail(err, WIO_E_STUDY,
                                "scenario '%s': in %d the plants displace %.6g million of imports "
                                "%s.%s, and there are %.6g; lower the share, the capex or the "
                                "utilisation",
                                w->scenario->name, w->study->first_year + (int)t, displaced,
                                table->region.code[table->origin_region[n + o]],
                                table->sector.code[table->origin_sector[n + o]], imports_after[o]);
            }
        }
    }
    return WIO_OK;
}

/* --- trade and duties -------------------------------------------------------------------------- */

/* Imports bought directly by demand parts and plants, at the reported year. */
static void add_direct_imports(const work *w, double *after)
{
    size_t q = w->economy->q;
    for (size_t k = 0; k < w->projects.parts; k++) {
        const wio_part *part = &w->projects.part[k];
        size_t user = part->own != NULL ? 0 : 1; /* a plant's inputs, or final purchases */
        for (size_t t = 0; t < part->years; t++) {
            for (size_t o = 0; o < q; o++) {
                after[3 * o + user] += w->projects.weight[t] * part->imported[t * q + o];
            }
        }
    }
}

/* Recorded import values by kind of user, before and after [q x 3], and duties on them. */
static wio_status trade(work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, q = economy->q, f = economy->f;
    double *before = wio_take(&w->arena, 3 * q), *after = wio_take(&w->arena, 3 * q);
    double *remaining = wio_take(&w->arena, q);
    double *home = wio_take(&w->arena, n), *imported = wio_take(&w->arena, q);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "trade of %zu origins", q);
    }
    for (size_t o = 0; o < q; o++) {
        for (size_t j = 0; j < n; j++) {
            before[3 * o] += economy->M[o * n + j] * economy->x[j];
            after[3 * o] += w->sides.M[1][o * n + j] * (economy->x[j] + w->full_x[j]);
            remaining[o] += w->sides.M[1][o * n + j] * (economy->x[j] + w->tariff_x[j]);
        }
    }
    for (size_t c = 0; c < f; c++) {
        wio_role role = table->use_role[table->final_use[c]];
        size_t user = wio_use_kind(role);
        if (role == WIO_ROLE_EXPORT) {
            continue;
        }
        if (w->armington != NULL) {
            wio_armington_final_column(home, imported, w->armington, c, true, true);
        }
        for (size_t o = 0; o < q; o++) {
            double bought = table->Y[(n + o) * f + c];
            before[3 * o + user] += bought;
            after[3 * o + user] += w->armington != NULL ? imported[o] : bought;
        }
    }
    for (size_t o = 0; o < q; o++) {
        remaining[o] += after[3 * o + 1] + after[3 * o + 2];
    }
    WIO_TRY(check_displaced(w, remaining, err));
    add_direct_imports(w, after);
    for (size_t o = 0; o < q; o++) {
        double t0 = w->duties.base[o], customs = w->duties.customs[o];
        for (size_t u = 0; u < 3; u++) {
            size_t at = 3 * o + u;
            double points = w->duties.points[at], zeta = w->duties.zeta[at];
            out->revenue[o] += points * zeta * customs * after[at];
            out->revenue_static[o] += points * zeta * customs * before[at];
            out->revenue_change[o] +=
                ((t0 + points) * zeta * after[at] - t0 * before[at]) * customs;
            out->buyers_cost[o] += w->duties.tau[at] * before[at];
        }
    }
    return WIO_OK;
}

/* Revenue re-spent: domestic and imported purchases of households or government. */
static wio_status spend_revenue(work *w, wio_outcome *out, bool channels, wio_error *err)
{
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, q = economy->q, f = economy->f;
    double revenue = wio_sum(out->revenue_change, q, 1);
    double offset = isnan(w->parameters->duty_offset) ? 0.0 : w->parameters->duty_offset;
    out->revenue_offset = offset * revenue;
    if (w->parameters->revenue == WIO_REVENUE_NONE || !w->duties.any) {
        return WIO_OK;
    }
    wio_role role =
        w->parameters->revenue == WIO_REVENUE_HOUSEHOLDS ? WIO_ROLE_HOUSEHOLD : WIO_ROLE_GOVERNMENT;
    double *spend = wio_take(&w->arena, n + q), total = 0.0;
    if (spend == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "revenue");
    }
    for (size_t c = 0; c < f; c++) {
        for (size_t i = 0; table->use_role[table->final_use[c]] == role && i < n + q; i++) {
            spend[i] += table->Y[i * f + c];
            total += table->Y[i * f + c];
        }
    }
    if (!(total > 0.0)) {
        return wio_fail(err, WIO_E_UNSUPPORTED, "the table has no final use to re-spend duties on");
    }
    out->revenue_spent = revenue; /* the offset is reported apart (MODEL S5) */
    const wio_household_options *h = &w->parameters->households;
    double kept =
        role == WIO_ROLE_HOUSEHOLD ? (1.0 - h->tax) * (1.0 - h->saving) * (1.0 - h->leakage) : 1.0;
    for (size_t i = 0; i < n + q; i++) {
        spend[i] *= kept * out->revenue_spent / total;
    }
    for (int side = channels && w->armington != NULL ? 0 : 1; side < 2; side++) {
        double weight = channels && w->armington != NULL ? 0.5 : 1.0;
        double *rhs, *direct;
        wio_batch batch = {0};
        WIO_TRY(wio_batch_create(&batch, 1, n, q, err));
        (void)wio_batch_add(&batch, &rhs, &direct);
        memcpy(rhs, spend, n * sizeof *rhs);
        memcpy(direct, spend + n, q * sizeof *direct);
        wio_status status = wio_batch_solve(&batch, &w->sides, side, err);
        if (status == WIO_OK) {
            wio_ledger_add(out, economy, WIO_CHANNEL_REVENUE, rhs, direct, weight, NULL);
            if (weight < 1.0) {
                wio_ledger_add(out, economy, WIO_CHANNEL_SUBSTITUTION, rhs, direct,
                               side == 1 ? 0.5 : -0.5, NULL);
            }
            for (size_t i = 0; side == 1 && i < n; i++) {
                w->full_x[i] += rhs[i];
            }
        }
        wio_batch_free(&batch);
        WIO_TRY(status);
    }
    return WIO_OK;
}

/* Exports by column, and surplus lost where the partner's pass-through is below 1 (MODEL S6). */
static wio_status change_exports(work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, f = economy->f;
    memcpy(out->exports, w->projects.exports, n * f * sizeof *out->exports);
    if (w->armington == NULL) {
        return WIO_OK;
    }
    double *after = wio_take(&w->arena, n * f), *loss = wio_take(&w->arena, n);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "exports");
    }
    wio_armington_exports(after, w->armington, true, true);
    wio_armington_export_loss(loss, w->armington, true);
    for (size_t i = 0; i < n; i++) {
        out->value_added[WIO_CHANNEL_RETALIATION * n + i] -= loss[i];
        for (size_t c = 0; c < f; c++) {
            if (table->use_role[table->final_use[c]] == WIO_ROLE_EXPORT) {
                out->exports[i * f + c] += after[i * f + c] - table->Y[i * f + c];
            }
        }
    }
    return WIO_OK;
}

/* --- households, productivity, years ------------------------------------------------------------- */

/* Income of dx re-spent: output in `induced` [n], imports in `imports` [q] (may be NULL). */
static void induce(const work *w, double *induced, double *imports, const double *dx)
{
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, q = economy->q;
    wio_households_induced(induced, w->households, n, dx);
    if (imports == NULL) {
        return;
    }
    double income = w->households->gain * wio_dot(w->households->income, dx, n);
    double home = wio_sum(economy->consumption, n, 1);
    double per_unit = home != 0.0 ? wio_sum(w->households->consume, n, 1) / home : 0.0;
    for (size_t o = 0; o < q; o++) {
        double bought = 0.0, through = 0.0;
        for (size_t c = 0; c < economy->f; c++) {
            bought += table->use_role[table->final_use[c]] == WIO_ROLE_HOUSEHOLD
                          ? table->Y[(n + o) * economy->f + c]
                          : 0.0;
        }
        for (size_t j = 0; j < n; j++) {
            through += w->sides.M[1][o * n + j] * induced[j];
        }
        imports[o] = through + bought * per_unit * income;
    }
}

static wio_status add_induced(work *w, wio_outcome *out, wio_error *err)
{
    size_t n = w->economy->n;
    if (!w->parameters->households.endogenous) {
        return WIO_OK;
    }
    WIO_TRY(wio_households_create(&w->households, w->economy, w->sides.system[1],
                                  &w->parameters->households, err));
    double *dx = wio_take(&w->arena, n), *induced = wio_take(&w->arena, n);
    double *imports = wio_take(&w->arena, w->economy->q);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "induced effects");
    }
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        for (size_t i = 0; i < n; i++) {
            dx[i] += out->x[c * n + i];
        }
    }
    induce(w, induced, imports, dx);
    wio_ledger_add(out, w->economy, WIO_CHANNEL_INDUCED, induced, imports, 1.0, NULL);
    return WIO_OK;
}

/* S9 on top of everything: fewer jobs per output, fewer inputs per output. */
static wio_status add_productivity(work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n, q = economy->q;
    wio_arena *a = &w->arena;
    double *labour = wio_take(a, n), *inputs = wio_take(a, n), *x = wio_take(a, n);
    double *dx = wio_take(a, n), *imports = wio_take(a, q), *saved = wio_take(a, n * n);
    bool any = false, any_inputs = false;
    if (a->failed) {
        return wio_fail(err, WIO_E_MEMORY, "productivity");
    }
    for (size_t k = 0; k < w->scenario->shocks; k++) {
        if (w->scenario->shock[k].kind != WIO_SHOCK_PRODUCTIVITY) {
            continue;
        }
        const wio_productivity *p = &w->scenario->shock[k].as.productivity;
        for (size_t i = 0; i < n; i++) {
            labour[i] = (1.0 + labour[i]) * (1.0 + p->labour[i]) - 1.0;
            inputs[i] = 1.0 - (1.0 - inputs[i]) * (1.0 - p->inputs[i]);
            any_inputs = any_inputs || inputs[i] != 0.0;
        }
        any = true;
    }
    if (!any) {
        return WIO_OK;
    }
    for (size_t i = 0; i < n; i++) {
        x[i] = economy->x[i];
        for (size_t c = 0; c < WIO_CHANNELS; c++) {
            x[i] += out->x[c * n + i];
        }
    }
    const double *A1 = wio_system_matrix(w->sides.system[1]), *M1 = w->sides.M[1];
    if (any_inputs) { /* x' - x = L' (A' - A1) x with A' = A1 diag(1 - mu) */
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                saved[i * n + j] = A1[i * n + j] * (1.0 - inputs[j]);
                dx[i] -= A1[i * n + j] * inputs[j] * x[j];
            }
        }
        wio_system *system = NULL;
        WIO_TRY(wio_system_create(&system, n, saved, NULL, NULL, err));
        wio_status status = wio_system_solve(dx, system, 1, dx, &out->certificate, err);
        wio_system_free(system);
        WIO_TRY(status);
        for (size_t o = 0; o < q; o++) {
            for (size_t j = 0; j < n; j++) {
                imports[o] += M1[o * n + j] * ((1.0 - inputs[j]) * dx[j] - inputs[j] * x[j]);
            }
        }
    }
    wio_ledger_add(out, economy, WIO_CHANNEL_PRODUCTIVITY, dx, imports, 1.0, NULL);
    const double *e = economy->jobs != SIZE_MAX ? economy->e + economy->jobs * n : NULL;
    for (size_t j = 0; j < n; j++) {
        double column = 0.0, after = x[j] + dx[j];
        for (size_t i = 0; i < n + q; i++) {
            column += i < n ? A1[i * n + j] : M1[(i - n) * n + j];
        }
        out->value_added[WIO_CHANNEL_PRODUCTIVITY * n + j] += inputs[j] * column * after;
        if (e != NULL) {
            out->jobs[WIO_CHANNEL_PRODUCTIVITY * n + j] -=
                e[j] * labour[j] / (1.0 + labour[j]) * after;
        }
    }
    return WIO_OK;
}

/* Jobs and output in each year: what is not dated plus that year's parts. */
static wio_status fill_years(work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n, years = w->projects.years;
    out->x_year = wio_take(&out->arena, years * n);
    out->jobs_year = wio_take(&out->arena, years * n);
    double *steady = wio_take(&w->arena, n), *steady_jobs = wio_take(&w->arena, n);
    double *induced = wio_take(&w->arena, n), *piece = wio_take(&w->arena, n);
    if (out->arena.failed || w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "%zu years", years);
    }
    const double *e = economy->jobs != SIZE_MAX ? economy->e + economy->jobs * n : NULL;
    /* the whole change less the weighted parts is what every year has */
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        for (size_t i = 0; i < n; i++) {
            steady[i] += out->x[c * n + i];
            steady_jobs[i] += out->jobs[c * n + i];
        }
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < w->projects.parts; k++) {
            const wio_part *part = &w->projects.part[k];
            for (size_t t = 0; part->row != SIZE_MAX && t < part->years; t++) {
                double weight = pass == 0 ? -w->projects.weight[t] : 1.0;
                size_t row = part->row + t;
                for (size_t i = 0; i < n; i++) {
                    double own = part->own != NULL ? part->own[t * n + i] : 0.0;
                    piece[i] = w->parts.rhs[row * n + i] + own;
                }
                if (w->households != NULL) {
                    induce(w, induced, NULL, piece);
                }
                for (size_t i = 0; i < n; i++) {
                    double factor = part->factor != NULL ? part->factor[t * n + i] : 1.0;
                    double own_jobs = part->own_jobs != NULL ? part->own_jobs[t * n + i] : 0.0;
                    double jobs =
                        e != NULL
                            ? e[i] * (factor * w->parts.rhs[row * n + i] + induced[i]) + own_jobs
                            : 0.0;
                    double *x_to = pass == 0 ? steady : out->x_year + t * n;
                    double *jobs_to = pass == 0 ? steady_jobs : out->jobs_year + t * n;
                    x_to[i] += weight * (piece[i] + induced[i]);
                    jobs_to[i] += weight * jobs;
                }
            }
        }
        for (size_t t = 0; pass == 0 && t < years; t++) {
            memcpy(out->x_year + t * n, steady, n * sizeof *steady);
            memcpy(out->jobs_year + t * n, steady_jobs, n * sizeof *steady);
        }
    }
    return WIO_OK;
}

/* Construction job-years, and the jobs of plants by year: direct, gross, displaced, net. */
static wio_status fill_plants(work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n, q = economy->q, years = w->projects.years;
    const double *e = economy->jobs != SIZE_MAX ? economy->e + economy->jobs * n : NULL;
    out->job_years = wio_take(&out->arena, years * n);
    out->equipment = wio_take(&out->arena, years);
    out->capex = wio_take(&out->arena, years);
    out->operation = wio_take(&out->arena, years * 4);
    double *induced = wio_take(&w->arena, n);
    if (out->arena.failed || w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "%zu years of plants", years);
    }
    wio_batch batch = {0};
    WIO_TRY(wio_batch_create(&batch, years, n, q, err));
    for (size_t t = 0; t < years; t++) {
        double *rhs, *direct;
        (void)wio_batch_add(&batch, &rhs, &direct);
        memcpy(rhs, w->projects.construction + t * n, n * sizeof *rhs);
    }
    wio_status status = wio_batch_solve(&batch, &w->sides, 1, err);
    for (size_t t = 0; status == WIO_OK && t < years; t++) {
        const double *x = batch.rhs + t * n;
        if (w->households != NULL) {
            induce(w, induced, NULL, x);
        }
        double *operation = out->operation + 4 * t;
        operation[0] = operation[1] = w->projects.direct_jobs[t];
        for (size_t i = 0; e != NULL && i < n; i++) {
            out->job_years[t * n + i] = e[i] * (x[i] + induced[i]);
        }
        for (size_t k = 1; k <= 2; k++) { /* operation and displaced (projects.c) */
            size_t row = w->projects.part[k].row;
            for (size_t i = 0; e != NULL && row != SIZE_MAX && i < n; i++) {
                double jobs = e[i] * w->parts.rhs[(row + t) * n + i];
                operation[k] += isnan(jobs) ? 0.0 : k == 1 ? jobs : -jobs;
            }
        }
        operation[3] = operation[1] - operation[2];
        out->equipment[t] = wio_sum(w->projects.equipment + t * q, q, 1);
        out->capex[t] = w->projects.capex[t];
    }
    wio_batch_free(&batch);
    return status;
}

/* diag(e) L diag(d): jobs of the row activity for the demand of the column (MODEL 4). The demand
 * is what the scenario adds to the chain's right-hand side, (I - A1) dx. */
static wio_status fill_matrix(work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n;
    const double *e = economy->jobs != SIZE_MAX ? economy->e + economy->jobs * n : NULL;
    double *dx = wio_take(&w->arena, n), *L = wio_take(&w->arena, n * n);
    out->by_demand = wio_take(&out->arena, n * n);
    if (w->arena.failed || out->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "matrix of jobs [%zu x %zu]", n, n);
    }
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        for (size_t i = 0; i < n; i++) {
            dx[i] += c == WIO_CHANNEL_INDUCED ? 0.0 : out->x[c * n + i];
        }
    }
    const double *A1 = wio_system_matrix(w->sides.system[1]);
    for (size_t k = 0; k < n; k++) {
        double demand = dx[k];
        for (size_t j = 0; j < n; j++) {
            demand -= A1[k * n + j] * dx[j];
        }
        L[k * n + k] = demand; /* vector k of the batch is demand_k e_k */
    }
    WIO_TRY(wio_system_solve(L, w->sides.system[1], n, L, w->sides.certificate, err));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            out->by_demand[i * n + k] = e != NULL ? e[i] * L[k * n + i] : NAN;
        }
    }
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

static wio_status solve_quantities(work *w, wio_outcome *out, bool ledger, bool matrix,
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
    WIO_TRY(trade(w, out, err));
    WIO_TRY(spend_revenue(w, out, ledger, err));
    WIO_TRY(change_exports(w, out, err));
    WIO_TRY(add_induced(w, out, err));
    if (ledger && w->study->years > 0) {
        WIO_TRY(fill_years(w, out, err));
    }
    if (ledger && w->projects.plants) {
        WIO_TRY(fill_plants(w, out, err));
    }
    WIO_TRY(add_productivity(w, out, err));
    if (ledger && matrix) {
        WIO_TRY(fill_matrix(w, out, err));
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
    work w = {.economy = economy, .study = study, .scenario = scenario, .parameters = parameters};
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
        status = solve_prices(&w, &result, ledger, err);
    }
    result.quantities =
        study->model.substitution || !(w.duties.any || w.duties.partners || w.duties.border);
    if (status == WIO_OK && result.quantities) {
        status = solve_quantities(&w, &result, ledger, matrix, err);
    } else if (status == WIO_OK) { /* duties at base quantities need no closure */
        for (size_t o = 0; o < economy->q; o++) {
            const double *flows = economy->table->Y + (economy->n + o) * economy->f;
            double by_user[3] = {wio_dot(economy->M + o * economy->n, economy->x, economy->n)};
            for (size_t c = 0; c < economy->f; c++) {
                by_user[wio_use_kind(economy->table->use_role[economy->table->final_use[c]])] +=
                    flows[c];
            }
            for (size_t u = 0; u < 3; u++) {
                size_t at = 3 * o + u;
                result.revenue_static[o] +=
                    w.duties.points[at] * w.duties.zeta[at] * w.duties.customs[o] * by_user[u];
                result.buyers_cost[o] += w.duties.tau[at] * by_user[u];
            }
        }
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
    subtract(out->basket, base->basket, 6 * regions); /* points of the table's basket */
    subtract(out->export_price, base->export_price, regions);
    subtract(out->cost, base->cost, regions);
    subtract(out->jobs_year, base->jobs_year, years * n);
    subtract(out->x_year, base->x_year, years * n);
    subtract(out->job_years, base->job_years, years * n);
    subtract(out->equipment, base->equipment, years);
    subtract(out->capex, base->capex, years);
    subtract(out->operation, base->operation, 4 * years);
    subtract(out->purchases, base->purchases, 2 * years);
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
    out->consumer_price -= base->consumer_price;
    out->quantities = out->quantities && base->quantities;
    out->prices = out->prices && base->prices;
    wio_certificate_merge(&out->certificate, &base->certificate);
}
