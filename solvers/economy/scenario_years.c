/* scenario_years.c - one scenario year by year, its plants, and whose demand gives whose jobs. */
#include "work.h"

#include <math.h>
#include <string.h>

/* Jobs and output in each year: what is not dated plus that year's parts. */
wio_status wio_work_years(wio_work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n, years = w->projects.years;
    out->x_year = wio_take(&out->arena, years * n);
    out->jobs_year = wio_take(&out->arena, years * n);
    double *steady = wio_take(&w->arena, n), *steady_jobs = wio_take(&w->arena, n);
    double *induced = wio_take(&w->arena, n), *piece = wio_take(&w->arena, n);
    double *paid = wio_take(&w->arena, n);
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
                    for (size_t i = 0; i < n; i++) {
                        double pay = part->own != NULL ? part->own_pay[t * n + i] : 0.0;
                        paid[i] = w->parts.rhs[row * n + i] + pay;
                    }
                    wio_work_induce(w, induced, NULL, paid);
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

/* Jobs per million of demand in each year's money, G = L' (e o factor_t), a row a year. */
static wio_status year_multipliers(wio_work *w, double *G, const wio_purchase *purchase,
                                   wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n;
    const double *e = economy->e + economy->jobs * n;
    for (size_t t = 0; t < purchase->years; t++) {
        for (size_t i = 0; i < n; i++) {
            double factor = purchase->jobs_factor != NULL ? purchase->jobs_factor[t * n + i] : 1.0;
            G[t * n + i] = isnan(e[i]) ? 0.0 : e[i] * factor;
        }
    }
    return wio_system_solve_transposed(G, w->sides.system[1], purchase->years, G,
                                       w->sides.certificate, err);
}

/* One commitment by category and year: gross, net, and direct and indirect jobs of the net. */
static wio_status add_commitment(wio_work *w, wio_outcome *out, const wio_names *categories,
                                 const wio_purchase *purchase, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n, years = w->projects.years;
    double *G = wio_take(&w->arena, purchase->years * n);
    double *gross = wio_take(&w->arena, purchase->categories);
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "purchases by category");
    }
    if (economy->jobs != SIZE_MAX) {
        WIO_TRY(year_multipliers(w, G, purchase, err));
    }
    for (size_t t = 0; t < purchase->years && purchase->first + t < years; t++) {
        wio_purchase_gross(gross, purchase, t);
        for (size_t c = 0; c < purchase->categories; c++) {
            double g = isnan(w->parameters->additionality) ? purchase->additionality[c]
                                                           : w->parameters->additionality;
            size_t category = wio_names_find(categories, purchase->category[c]);
            double *to = out->by_category + 3 * (category * years + purchase->first + t);
            to[0] += gross[c];
            to[1] += g * gross[c];
            to[2] += g * gross[c] * wio_dot(G + t * n, purchase->weight + c * n, n);
        }
    }
    return WIO_OK;
}

wio_status wio_work_purchases(wio_work *w, wio_outcome *out, wio_error *err)
{
    wio_names categories = {0};
    wio_status status = wio_categories(&categories, w->study, err);
    out->categories = categories.count;
    if (status == WIO_OK && categories.count > 0) {
        out->by_category = wio_take(&out->arena, 3 * categories.count * w->projects.years);
        status = out->by_category == NULL ? wio_fail(err, WIO_E_MEMORY, "purchases by category")
                                          : WIO_OK;
    }
    for (size_t k = 0; status == WIO_OK && k < w->scenario->shocks; k++) {
        const wio_shock *shock = &w->scenario->shock[k];
        if (shock->kind == WIO_SHOCK_PURCHASE || shock->kind == WIO_SHOCK_PURCHASE_CATCH_UP) {
            status = add_commitment(w, out, &categories, &shock->as.purchase, err);
        }
    }
    wio_names_free(&categories);
    return status;
}

/* Construction job-years, and the jobs of plants by year: direct, gross, displaced, net. Direct and
 * indirect work only: what incomes induce is in jobs_year. */
wio_status wio_work_plants(wio_work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n, q = economy->q, years = w->projects.years;
    const double *e = economy->jobs != SIZE_MAX ? economy->e + economy->jobs * n : NULL;
    out->job_years = wio_take(&out->arena, years * n);
    out->equipment = wio_take(&out->arena, years);
    out->capex = wio_take(&out->arena, years);
    out->operation = wio_take(&out->arena, years * 4);
    if (out->arena.failed) {
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
        double *operation = out->operation + 4 * t;
        operation[0] = operation[1] = w->projects.direct_jobs[t];
        for (size_t i = 0; e != NULL && i < n; i++) {
            out->job_years[t * n + i] = e[i] * x[i];
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

/* Demand of the parts on the chain with jobs that follow their own year, and jobs in the plants. */
static void add_own_jobs(const wio_work *w, double *by_demand, const double *L, const double *e)
{
    size_t n = w->economy->n;
    for (size_t part = 0; part < w->projects.parts; part++) {
        const wio_part *p = &w->projects.part[part];
        for (size_t t = 0; t < p->years; t++) {
            double weight = w->projects.weight[t];
            for (size_t k = 0; weight != 0.0 && k < n; k++) {
                double demand = weight * p->home[t * n + k];
                by_demand[k * n + k] += p->own != NULL ? weight * p->own_jobs[t * n + k] : 0.0;
                for (size_t i = 0; p->factor != NULL && demand != 0.0 && i < n; i++) {
                    by_demand[i * n + k] +=
                        e[i] * (p->factor[t * n + i] - 1.0) * L[k * n + i] * demand;
                }
            }
        }
    }
}

/* diag(e) L diag(d): jobs of the row activity for the demand of the column (MODEL 4). The demand
 * is what the scenario adds to the chain's right-hand side, (I - A1) dx; a plant's own output is
 * not demanded through the chain, its jobs stand on the diagonal. What is neither demand nor a
 * plant (productivity, household spending) is not in the matrix. */
wio_status wio_work_matrix(wio_work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n;
    const double *e = economy->jobs != SIZE_MAX ? economy->e + economy->jobs * n : NULL;
    double *dx = wio_take(&w->arena, n), *L = wio_take(&w->arena, n * n);
    out->by_demand = wio_take(&out->arena, n * n);
    if (w->arena.failed || out->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "matrix of jobs [%zu x %zu]", n, n);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < WIO_CHANNELS; c++) {
            bool chain = c != WIO_CHANNEL_INDUCED && c != WIO_CHANNEL_PRODUCTIVITY;
            dx[i] += chain ? out->x[c * n + i] : 0.0;
        }
        for (size_t k = 0; k < w->projects.parts; k++) {
            const wio_part *part = &w->projects.part[k];
            for (size_t t = 0; part->own != NULL && t < part->years; t++) {
                dx[i] -= w->projects.weight[t] * part->own[t * n + i];
            }
        }
        L[i * n + i] = 1.0; /* vector k of the batch becomes column k of L */
    }
    const double *A1 = wio_system_matrix(w->sides.system[1]);
    WIO_TRY(wio_system_solve(L, w->sides.system[1], n, L, w->sides.certificate, err));
    for (size_t k = 0; k < n; k++) {
        double demand = dx[k];
        for (size_t j = 0; j < n; j++) {
            demand -= A1[k * n + j] * dx[j];
        }
        for (size_t i = 0; i < n; i++) {
            out->by_demand[i * n + k] = e != NULL ? e[i] * L[k * n + i] * demand : NAN;
        }
    }
    if (e != NULL) {
        add_own_jobs(w, out->by_demand, L, e);
    }
    return WIO_OK;
}
