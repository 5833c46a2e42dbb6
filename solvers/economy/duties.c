/* duties.c - the tariffs and import prices of a scenario, by origin row and kind of user
 * (MODEL S5-S7).
 *
 *   rise = beta t_eff / (1 + t0)                     of the price to the buyer
 *   zeta = (1 + rise) (1 + t0) / (1 + t0 + t_eff)    price at customs
 *   tau  = beta t_eff on customs values, rise on duty-paid values: cost per recorded value
 *   phi  = 1 + tau
 *
 * The models see recorded values, so that buyers' extra cost is tau times the row whatever the
 * valuation. Several tariffs on one entry add. */
#include "scenario.h"

#include <math.h>

void wio_duties_free(wio_duties *duties)
{
    wio_arena_free(&duties->arena);
}

static bool is_home(const wio_study *study, size_t region)
{
    return study->table->endogenous[region];
}

/* Duties that home levies on an exogenous origin: points and beta-weighted points by kind. */
static void add_import_tariff(wio_duties *d, double *passed, const wio_economy *economy,
                              const wio_tariff *tariff, double override)
{
    const wio_table *table = economy->table;
    for (size_t o = 0; o < economy->q; o++) {
        size_t sector = table->origin_sector[economy->n + o];
        if (table->origin_region[economy->n + o] != tariff->exporter) {
            continue;
        }
        double beta = isnan(override) ? tariff->pass_through[sector] : override;
        d->base[o] = tariff->base[sector];
        for (size_t u = 0; u < 3; u++) {
            if (tariff->uses[u]) {
                d->points[3 * o + u] += tariff->points[sector];
                passed[3 * o + u] += beta * tariff->points[sector];
            }
        }
    }
}

static void add_partner_tariff(wio_duties *d, const wio_economy *economy, const wio_tariff *tariff,
                               double recapture)
{
    const wio_table *table = economy->table;
    for (size_t c = 0; c < economy->f; c++) {
        if (table->final_region[c] != tariff->importer ||
            table->use_role[table->final_use[c]] != WIO_ROLE_EXPORT) {
            continue;
        }
        for (size_t i = 0; i < economy->n; i++) {
            if (table->origin_region[i] != tariff->exporter) {
                continue;
            }
            size_t sector = table->origin_sector[i], at = i * economy->f + c;
            double t = tariff->points[sector], t0 = tariff->base[sector];
            if (t == 0.0) {
                continue;
            }
            /* points and buyers' rises add over tariffs on one entry, and one that is taken back
             * leaves nothing; recapture is the mean over the points that were moved */
            d->points_ret[at] += t;
            d->phi_ret[at] += tariff->pass_through[sector] * t / (1.0 + t0);
            d->zeta_ret[at] = d->phi_ret[at] * (1.0 + t0) / (1.0 + t0 + d->points_ret[at]);
            d->moved_ret[at] += fabs(t);
            d->recapture[at] += (isnan(recapture) ? tariff->recapture : recapture) * fabs(t);
        }
    }
}

static void add_border_tariff(wio_duties *d, const wio_economy *economy, const wio_tariff *tariff,
                              double override)
{
    const wio_table *table = economy->table;
    for (size_t i = 0; i < economy->n; i++) {
        if (table->origin_region[i] != tariff->exporter) {
            continue;
        }
        size_t sector = table->origin_sector[i];
        double beta = isnan(override) ? tariff->pass_through[sector] : override;
        double rise = beta * tariff->points[sector];
        if (table->valuation[tariff->exporter] == WIO_DUTY_PAID) {
            rise /= 1.0 + tariff->base[sector];
        }
        for (size_t j = 0; tariff->uses[0] && j < economy->n; j++) {
            if (table->origin_region[j] == tariff->importer) {
                d->T[i * economy->n + j] += rise;
            }
        }
        for (size_t c = 0; c < economy->f; c++) {
            wio_role role = table->use_role[table->final_use[c]];
            if (table->final_region[c] == tariff->importer && tariff->uses[wio_use_kind(role)]) {
                d->T_final[i * economy->f + c] += rise;
            }
        }
    }
    d->border = true;
}

/* Allocates and sets the neutral values. */
static wio_status start(wio_duties *d, const wio_economy *economy, const wio_study *study,
                        wio_error *err)
{
    const wio_table *table = economy->table;
    size_t n = economy->n, q = economy->q, f = economy->f, regions = table->region.count;
    d->base = wio_take(&d->arena, q);
    d->points = wio_take(&d->arena, 3 * q);
    d->tau = wio_take(&d->arena, 3 * q);
    d->phi = wio_take(&d->arena, 3 * q);
    d->zeta = wio_take(&d->arena, 3 * q);
    d->customs = wio_take(&d->arena, q);
    d->phi_ret = wio_take(&d->arena, n * f);
    d->recapture = wio_take(&d->arena, n * f);
    d->zeta_ret = wio_take(&d->arena, n * f);
    d->points_ret = wio_take(&d->arena, n * f);
    d->moved_ret = wio_take(&d->arena, n * f);
    if (study->model.prices == WIO_PRICES_AT_BORDER) {
        d->T = wio_take(&d->arena, n * n);
        d->T_final = wio_take(&d->arena, n * f);
    }
    if (d->arena.failed) {
        wio_duties_free(d);
        return wio_fail(err, WIO_E_MEMORY, "duties of %zu origins", q);
    }
    for (size_t i = 0; i < n * f; i++) {
        d->phi_ret[i] = d->zeta_ret[i] = 1.0;
    }
    for (size_t o = 0; o < q; o++) {
        size_t from = table->origin_region[n + o], to = table->origin_region[0];
        const double *rates =
            study->base_rate != NULL ? study->base_rate[to * regions + from] : NULL;
        d->base[o] = rates != NULL ? rates[table->origin_sector[n + o]] : 0.0;
    }
    return WIO_OK;
}

wio_status wio_duties_create(wio_duties *out, const wio_economy *economy, const wio_study *study,
                             const wio_scenario *scenario, const wio_parameters *parameters,
                             wio_error *err)
{
    const wio_table *table = economy->table;
    wio_duties d = {0};
    WIO_TRY(start(&d, economy, study, err));
    wio_arena scratch = {0};
    double *passed = wio_take(&scratch, 3 * economy->q); /* sum of beta t_eff */
    double *foreign = wio_take(&scratch, economy->q);    /* price change at the source */
    if (scratch.failed) {
        wio_arena_free(&scratch);
        wio_duties_free(&d);
        return wio_fail(err, WIO_E_MEMORY, "duties of %zu origins", economy->q);
    }
    for (size_t k = 0; k < scenario->shocks; k++) {
        const wio_shock *shock = &scenario->shock[k];
        if (shock->kind == WIO_SHOCK_TARIFF) {
            const wio_tariff *tariff = &shock->as.tariff;
            bool to_home = is_home(study, tariff->importer);
            bool from_home = is_home(study, tariff->exporter);
            if (to_home && from_home && d.T != NULL) {
                add_border_tariff(&d, economy, tariff, parameters->pass_through);
            } else if (to_home && !from_home) {
                add_import_tariff(&d, passed, economy, tariff, parameters->pass_through);
                d.any = true;
            } else if (from_home && !to_home) {
                add_partner_tariff(&d, economy, tariff, parameters->recapture);
                d.partners = true;
            }
        } else if (shock->kind == WIO_SHOCK_IMPORT_PRICE) {
            for (size_t o = 0; o < economy->q; o++) {
                if (table->origin_region[economy->n + o] == shock->as.import_price.exporter) {
                    foreign[o] +=
                        shock->as.import_price.change[table->origin_sector[economy->n + o]];
                }
            }
            d.any = true;
        }
    }
    for (size_t o = 0; o < economy->q; o++) {
        bool duty_paid = table->valuation[table->origin_region[economy->n + o]] == WIO_DUTY_PAID;
        double t0 = d.base[o];
        d.customs[o] = duty_paid ? 1.0 / (1.0 + t0) : 1.0;
        for (size_t u = 0; u < 3; u++) {
            size_t at = 3 * o + u;
            double rise = passed[at] / (1.0 + t0), source = 1.0 + foreign[o];
            d.phi[at] = (1.0 + (duty_paid ? rise : passed[at])) * source;
            d.tau[at] = d.phi[at] - 1.0;
            d.zeta[at] = (1.0 + rise) * source * (1.0 + t0) / (1.0 + t0 + d.points[at]);
        }
    }
    for (size_t at = 0; at < economy->n * economy->f; at++) {
        d.recapture[at] = d.moved_ret[at] > 0.0 ? d.recapture[at] / d.moved_ret[at] : 0.0;
    }
    wio_arena_free(&scratch);
    *out = d;
    return WIO_OK;
}
