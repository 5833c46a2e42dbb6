/* work.h - one scenario while it is being solved: what the scenario_*.c files share. scenario.c calls
 * them in the order in which they stand here. */
#ifndef WIO_WORK_H
#define WIO_WORK_H

#include "ledger.h"

/* Everything that lives as long as one solve. */
typedef struct wio_work {
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
} wio_work;

/* scenario_prices.c: duties and import prices into prices, coefficients and baskets. */
wio_status wio_work_prices(wio_work *w, wio_outcome *out, bool ledger, wio_error *err);

/* scenario_trade.c: duties on imports after the change and at base quantities; those at base
 * quantities alone, where the closure determines no others; duties re-spent; exports. */
wio_status wio_work_trade(wio_work *w, wio_outcome *out, wio_error *err);
wio_status wio_work_static_trade(wio_work *w, wio_outcome *out, wio_error *err);
wio_status wio_work_spend_revenue(wio_work *w, wio_outcome *out, bool channels, wio_error *err);
wio_status wio_work_exports(wio_work *w, wio_outcome *out, wio_error *err);

/* scenario_households.c: income re-spent (dx [n] to induced [n], imports [q] or NULL); the induced
 * channel; productivity on top of everything, in each year too. */
void wio_work_induce(const wio_work *w, double *induced, double *imports, const double *dx);
wio_status wio_work_households(wio_work *w, wio_outcome *out, wio_error *err);
wio_status wio_work_productivity(wio_work *w, wio_outcome *out, wio_error *err);

/* scenario_years.c: the change by year, purchases by category and year, construction and plants by
 * year, jobs by whose demand. */
wio_status wio_work_years(wio_work *w, wio_outcome *out, wio_error *err);
wio_status wio_work_purchases(wio_work *w, wio_outcome *out, wio_error *err);
wio_status wio_work_plants(wio_work *w, wio_outcome *out, wio_error *err);
wio_status wio_work_matrix(wio_work *w, wio_outcome *out, wio_error *err);

#endif
