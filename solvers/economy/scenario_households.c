/* scenario_households.c - what follows from the change of output: income re-spent (MODEL 3b), and
 * productivity (S9). */
#include "work.h"

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
    wio_work_induce(w, induced, imports, dx);
    wio_ledger_add(out, w->economy, WIO_CHANNEL_INDUCED, induced, imports, 1.0, NULL);
    return WIO_OK;
}

/* S9 on top of everything: fewer jobs per output, fewer inputs per output. */
wio_status wio_work_productivity(wio_work *w, wio_outcome *out, wio_error *err)
{
    const wio_economy *economy = w->economy;
    size_t n = economy->n, q = economy->q;
    wio_arena *a = &w->arena;
    bool any = false, any_inputs = false;
    for (size_t k = 0; k < w->scenario->shocks; k++) {
        any = any || w->scenario->shock[k].kind == WIO_SHOCK_PRODUCTIVITY;
    }
    if (!any) {
        return WIO_OK;
    }
    double *labour = wio_take(a, n), *inputs = wio_take(a, n), *x = wio_take(a, n);
    double *dx = wio_take(a, n), *imports = wio_take(a, q), *saved = wio_take(a, n * n);
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
