/* scenario_prices.c - the price side of one scenario: the model that the study names, then what its
 * prices do to the baskets of households, investors and government (MODEL 3c, 3d). */
#include "work.h"

#include <math.h>
#include <string.h>

enum { SIDES = 64 }; /* right-hand sides of the changed coefficients: the plan's guess, one block */

static wio_status solve_armington(wio_work *w, wio_outcome *out, bool ledger, wio_error *err)
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
    out->fixed_cells = wio_armington_fixed_cells(w->armington);
    if (ledger) {
        WIO_TRY(wio_armington_rigid(&w->rigid, w->armington, err));
    }
    double *A1 = wio_take(&w->arena, n * n);
    w->M1 = wio_take(&w->arena, economy->q * n);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "coefficients [%zu x %zu]", n, n);
    }
    wio_armington_coefficients(A1, w->M1, w->armington);
    WIO_TRY(wio_economy_solver(&w->changed, economy, A1, SIDES, err));
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
static void basket(const wio_work *w, const double *price, size_t region, size_t kind,
                   double part[2], double *total)
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

static void price_indices(const wio_work *w, wio_outcome *out)
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

wio_status wio_work_prices(wio_work *w, wio_outcome *out, bool ledger, wio_error *err)
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
