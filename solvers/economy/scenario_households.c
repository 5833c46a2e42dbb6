/* scenario_households.c - what follows from the change of output: income re-spent (MODEL 3b), and
 * productivity (S9). */
#include "work.h"

#include <string.h>

/* Income of dx re-spent: output in `induced` [n], imports in `imports` [q] (may be NULL). */
void wio_work_induce(const wio_work *w, double *induced, double *imports, const double *dx)
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
    wio_apply_rows(imports, q, n, w->sides.M[1], induced);
    for (size_t o = 0; o < q; o++) {
        double bought = 0.0;
        for (size_t c = 0; c < economy->f; c++) {
            bought += table->use_role[table->final_use[c]] == WIO_ROLE_HOUSEHOLD
                          ? table->Y[(n + o) * economy->f + c]
                          : 0.0;
        }
        imports[o] += bought * per_unit * income;
    }
}

/* A plant's output pays what the plant pays, not what its sector does: the output of the sector that
 * would pay as much, less the plant's own, in the reported year. */
static void add_pay(const wio_work *w, double *dx)
{
    size_t n = w->economy->n;
    for (size_t k = 0; k < w->projects.parts; k++) {
        const wio_part *part = &w->projects.part[k];
        for (size_t t = 0; part->own != NULL && t < part->years; t++) {
            for (size_t i = 0; i < n; i++) {
                dx[i] += w->projects.weight[t] * (part->own_pay[t * n + i] - part->own[t * n + i]);
            }
        }
    }
}

wio_status wio_work_households(wio_work *w, wio_outcome *out, wio_error *err)
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
    add_pay(w, dx);
    wio_work_induce(w, induced, imports, dx);
    wio_ledger_add(out, w->economy, WIO_CHANNEL_INDUCED, induced, imports, 1.0, NULL);
    return WIO_OK;
}

/* S9: shares saved of labour and of inputs, several shocks compounded. */
static void gather_productivity(const wio_work *w, double *labour, double *inputs, bool *any_inputs)
{
    for (size_t k = 0; k < w->scenario->shocks; k++) {
        if (w->scenario->shock[k].kind != WIO_SHOCK_PRODUCTIVITY) {
            continue;
        }
        const wio_productivity *p = &w->scenario->shock[k].as.productivity;
        for (size_t i = 0; i < w->economy->n; i++) {
            labour[i] = 1.0 - (1.0 - labour[i]) / (1.0 + p->labour[i]);
            inputs[i] = 1.0 - (1.0 - inputs[i]) * (1.0 - p->inputs[i]);
            *any_inputs = *any_inputs || inputs[i] != 0.0;
        }
    }
}

/* x' - x = L' (A' - A1) x with A' = A1 diag(1 - mu), for k vectors x in G, answers in place. */
static wio_status save_inputs(const wio_work *w, double *G, size_t k, const double *inputs,
                              wio_certificate *certificate, wio_error *err)
{
    size_t n = w->economy->n;
    const double *A1 = wio_system_matrix(w->sides.system[1]);
    wio_arena arena = {0};
    double *saved = wio_take(&arena, n * n), *freed = wio_take(&arena, k * n);
    wio_system *system = NULL;
    wio_status status = WIO_OK;
    if (arena.failed) {
        status = wio_fail(err, WIO_E_MEMORY, "productivity");
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            saved[i * n + j] = A1[i * n + j] * (1.0 - inputs[j]);
            for (size_t c = 0; c < k; c++) {
                freed[c * n + i] -= A1[i * n + j] * inputs[j] * G[c * n + j];
            }
        }
    }
    status = wio_economy_solver(&system, w->economy, saved, k, err);
    if (status == WIO_OK) {
        status = wio_system_solve(G, system, k, freed, certificate, err);
    }
done:
    wio_system_free(system);
    wio_arena_free(&arena);
    return status;
}

/* S9 on top of everything: fewer jobs per output, fewer inputs per output; in each year too.
 * A plant's own jobs are as stated. */
wio_status wio_work_productivity(wio_work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n, q = economy->q, years = out->x_year != NULL ? w->projects.years : 0;
    bool asked = false;
    for (size_t k = 0; k < w->scenario->shocks; k++) {
        asked = asked || w->scenario->shock[k].kind == WIO_SHOCK_PRODUCTIVITY;
    }
    if (!asked) { /* nothing is allocated for most scenarios */
        return WIO_OK;
    }
    double *labour = wio_take(&w->arena, n), *inputs = wio_take(&w->arena, n);
    double *x = wio_take(&w->arena, (1 + years) * n), *dx = wio_take(&w->arena, (1 + years) * n);
    double *own = wio_take(&w->arena, (1 + years) * n), *imports = wio_take(&w->arena, q);
    bool any_inputs = false;
    if (w->arena.failed) {
        return wio_fail(err, WIO_E_MEMORY, "productivity");
    }
    gather_productivity(w, labour, inputs, &any_inputs);
    for (size_t i = 0; i < n; i++) { /* output in the reported change, then in each year */
        for (size_t t = 0; t <= years; t++) {
            x[t * n + i] = economy->x[i] + (t > 0 ? out->x_year[(t - 1) * n + i] : 0.0);
        }
        for (size_t c = 0; c < WIO_CHANNELS; c++) {
            x[i] += out->x[c * n + i];
        }
        for (size_t k = 0; k < w->projects.parts; k++) {
            const wio_part *part = &w->projects.part[k];
            for (size_t t = 0; part->own != NULL && t < part->years; t++) {
                own[i] += w->projects.weight[t] * part->own[t * n + i];
                own[years > 0 ? (t + 1) * n + i : i] += years > 0 ? part->own[t * n + i] : 0.0;
            }
        }
    }
    if (any_inputs) {
        memcpy(dx, x, (1 + years) * n * sizeof *dx);
        WIO_TRY(save_inputs(w, dx, 1 + years, inputs, &out->certificate, err));
    }
    const double *A1 = wio_system_matrix(w->sides.system[1]), *M1 = w->sides.M[1];
    for (size_t o = 0; o < q; o++) {
        for (size_t j = 0; j < n; j++) {
            imports[o] += M1[o * n + j] * ((1.0 - inputs[j]) * dx[j] - inputs[j] * x[j]);
        }
    }
    wio_ledger_add(out, economy, WIO_CHANNEL_PRODUCTIVITY, dx, imports, 1.0, NULL);
    const double *e = economy->jobs != SIZE_MAX ? economy->e + economy->jobs * n : NULL;
    double *value_added = out->value_added + WIO_CHANNEL_PRODUCTIVITY * n;
    double *jobs = out->jobs + WIO_CHANNEL_PRODUCTIVITY * n;
    for (size_t j = 0; j < n; j++) {
        double column = 0.0;
        for (size_t i = 0; i < n + q; i++) {
            column += i < n ? A1[i * n + j] : M1[(i - n) * n + j];
        }
        value_added[j] += inputs[j] * column * (x[j] + dx[j]);
        for (size_t t = 0; t <= years; t++) {
            double after = x[t * n + j] + dx[t * n + j] - own[t * n + j];
            double lost = e != NULL ? e[j] * labour[j] * after : 0.0;
            if (t == 0) {
                jobs[j] -= lost;
            } else {
                out->x_year[(t - 1) * n + j] += dx[t * n + j];
                out->jobs_year[(t - 1) * n + j] += (e != NULL ? e[j] * dx[t * n + j] : 0.0) - lost;
            }
        }
    }
    return WIO_OK;
}
