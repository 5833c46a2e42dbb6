/* scenario_trade.c - imports, duties and exports of one scenario, at recorded values (MODEL S5, S6). */
#include "work.h"

#include <math.h>
#include <string.h>

/* A plant cannot displace more imports than there are after the study's tariffs. */
static wio_status check_displaced(const wio_work *w, const double *there, wio_error *err)
{
    const wio_table *table = w->economy->table;
    size_t q = w->economy->q, n = w->economy->n;
    for (size_t t = 0; t < w->projects.years; t++) {
        for (size_t o = 0; o < q; o++) {
            double displaced = w->projects.displaced_imports[t * q + o];
            if (displaced > 0.0 && displaced > there[o] * (1.0 + 1e-9)) { /* inventories may fall */
                return wio_fail(err, WIO_E_STUDY,
                                "scenario '%s': in %d the plants displace %.6g million of imports "
                                "%s.%s, and there are %.6g; lower the share, the capex or the "
                                "utilisation",
                                w->scenario->name, w->study->first_year + (int)t, displaced,
                                table->region.code[table->origin_region[n + o]],
                                table->sector.code[table->origin_sector[n + o]], there[o]);
            }
        }
    }
    return WIO_OK;
}

/* Nor more than home makes, but a study that asks what would have to be true (solve_for) shall see
 * that it cannot: the worst place is kept, and stands first among the limits. */
static void find_excess(const wio_work *w, wio_outcome *out)
{
    const wio_economy *economy = w->economy;
    for (size_t k = 0; k < w->projects.parts; k++) {
        const wio_part *part = &w->projects.part[k];
        for (size_t at = 0; part->displaced && at < part->years * economy->n; at++) {
            size_t i = at % economy->n;
            double made = economy->x[i] + w->tariff_x[i], taken = -part->home[at];
            if (taken > made * (1.0 + 1e-9) && taken - made > out->over_amount - out->over_output) {
                out->over_activity = i;
                out->over_year = at / economy->n;
                out->over_amount = taken;
                out->over_output = made;
            }
        }
    }
}

/* Imports bought directly by demand parts and plants, at the reported year. */
static void add_direct_imports(const wio_work *w, double *after)
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

/* Recorded import values by kind of user before any change [q x 3], with room for q more behind
 * them. Imports that go straight to exports pay no duty and are left out. */
static void base_imports(const wio_work *w, double *before)
{
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, q = economy->q, f = economy->f;
    double *inputs = before + 3 * q;
    wio_apply_rows(inputs, q, n, economy->M, economy->x);
    for (size_t o = 0; o < q; o++) {
        before[3 * o] = inputs[o];
        for (size_t c = 0; c < f; c++) {
            wio_role role = table->use_role[table->final_use[c]];
            if (role != WIO_ROLE_EXPORT) {
                before[3 * o + wio_use_kind(role)] += table->Y[(n + o) * f + c];
            }
        }
    }
}

/* What the duties are and cost at base quantities: no closure is needed for these. */
static void static_duties(const wio_work *w, wio_outcome *out, const double *before)
{
    for (size_t at = 0; at < 3 * w->economy->q; at++) {
        size_t o = at / 3;
        out->revenue_static[o] +=
            w->duties.points[at] * w->duties.zeta[at] * w->duties.customs[o] * before[at];
        out->buyers_cost[o] += w->duties.tau[at] * before[at];
    }
}

wio_status wio_work_static_trade(wio_work *w, wio_outcome *out, wio_error *err)
{
    double *before = wio_take(&w->arena, 4 * w->economy->q);
    if (before == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "trade of %zu origins", w->economy->q);
    }
    base_imports(w, before);
    static_duties(w, out, before);
    return WIO_OK;
}

/* Imports after the change [q x 3]; fails when plants displace more than there are. */
static wio_status imports_after(const wio_work *w, double *after, double *remaining, double *home,
                                double *imported, wio_error *err)
{
    const wio_economy *economy = w->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, q = economy->q, f = economy->f;
    for (size_t i = 0; i < n; i++) {
        home[i] = economy->x[i] + w->full_x[i];
    }
    wio_apply_rows(imported, q, n, w->sides.M[1], home);
    for (size_t o = 0; o < q; o++) {
        after[3 * o] = imported[o];
    }
    for (size_t i = 0; i < n; i++) {
        home[i] = economy->x[i] + w->tariff_x[i];
    }
    wio_apply_rows(remaining, q, n, w->sides.M[1], home);
    for (size_t c = 0; c < f; c++) {
        wio_role role = table->use_role[table->final_use[c]];
        if (role == WIO_ROLE_EXPORT) {
            continue;
        }
        if (w->armington != NULL) {
            wio_armington_final_column(home, imported, w->armington, c, true, true);
        }
        for (size_t o = 0; o < q; o++) {
            after[3 * o + wio_use_kind(role)] +=
                w->armington != NULL ? imported[o] : table->Y[(n + o) * f + c];
        }
    }
    for (size_t o = 0; o < q; o++) {
        remaining[o] += after[3 * o + 1] + after[3 * o + 2];
    }
    WIO_TRY(check_displaced(w, remaining, err));
    add_direct_imports(w, after);
    return WIO_OK;
}

/* Duties at the new rates: on the points added, and the change against the base rates. */
wio_status wio_work_trade(wio_work *w, wio_outcome *out, wio_error *err)
{
    size_t n = w->economy->n, q = w->economy->q;
    double *before = wio_take(&w->arena, 4 * q), *after = wio_take(&w->arena, 3 * q);
    double *remaining = wio_take(&w->arena, q);
    double *home = wio_take(&w->arena, n), *imported = wio_take(&w->arena, q);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "trade of %zu origins", q);
    }
    base_imports(w, before);
    static_duties(w, out, before);
    find_excess(w, out);
    WIO_TRY(imports_after(w, after, remaining, home, imported, err));
    for (size_t at = 0; at < 3 * q; at++) {
        size_t o = at / 3;
        double t0 = w->duties.base[o], customs = w->duties.customs[o];
        double points = w->duties.points[at], zeta = w->duties.zeta[at];
        out->revenue[o] += points * zeta * customs * after[at];
        out->revenue_change[o] += ((t0 + points) * zeta * after[at] - t0 * before[at]) * customs;
    }
    return WIO_OK;
}

/* Revenue re-spent: domestic and imported purchases of households or government. */
wio_status wio_work_spend_revenue(wio_work *w, wio_outcome *out, bool channels, wio_error *err)
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
wio_status wio_work_exports(wio_work *w, wio_outcome *out, wio_error *err)
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
