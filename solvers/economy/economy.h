/* economy.h - the models, on arrays (MODEL.md). A table becomes a wio_economy; every model is a
 * function on it, in its own file, with no file or study in sight. Sectors of exogenous regions
 * are matched to home products by sector code. q = m - n exogenous origin rows.
 *
 * Indices: i = seller / product, j = user, o = origin row of an exogenous region (0..q-1). */
#ifndef WIO_ECONOMY_H
#define WIO_ECONOMY_H

#include "../../core/table.h"
#include "../linear/linear.h"

typedef struct wio_economy {
    const wio_table *table;
    size_t n, q, f;    /* activities, exogenous origin rows, final columns */
    size_t products;   /* n home products, then imported products without a home producer */
    size_t *product;   /* [q] product of an origin row */
    wio_matrix stored; /* A as it is stored: in full, or in compressed rows */
    double *A;         /* [n x n] domestic coefficients Z_ij / x_j; 0 where x_j = 0; of compressed
                            rows their values */
    double *M; /* [q x n] coefficients of the exogenous origins; none: compressed, or in a file */
    double *imported;    /* [n] sums of the columns of M */
    double *x;           /* [n] */
    double *v;           /* [n] value added per output: compensation, tax, surplus, value_added */
    double *other;       /* [n] every further primary item per output (import, other) */
    double *wage;        /* [n] compensation per output, NaN without such an item */
    double *import_item; /* [n] primary items of role import per output */
    double *e;           /* [k x n] satellites per output, NaN where missing */
    size_t jobs;         /* row of e with jobs, SIZE_MAX without */
    wio_system *system;  /* I - A */
    wio_plan plan;       /* how it is solved */
    double started;      /* wio_clock before the system was made */
    double *consumption; /* [n] domestic household consumption, all endogenous regions */
    double consumption_total; /* with imports */
} wio_economy;

/* Errors: NOT_PRODUCTIVE (with the sectors named in the log), NONFINITE, MEMORY. */
wio_status wio_economy_create(wio_economy **out, const wio_table *table, wio_log *log,
                              wio_error *err);
/* The same with a solver chosen by how (method, threads, right_hand_sides, memory); the regions are
 * its blocks. Errors: also MEMORY with the bytes that are needed, UNSUPPORTED. */
wio_status wio_economy_create_with(wio_economy **out, const wio_table *table,
                                   const wio_solver_options *how, wio_log *log, wio_error *err);
void wio_economy_free(wio_economy *economy);
/* A solver for other coefficients A [n x n] of the same activities, planned for `sides` right-hand
 * sides; A has to outlive it. Errors: as wio_solver_create. */
wio_status wio_economy_solver(wio_system **out, const wio_economy *economy, const double *A,
                              size_t sides, wio_error *err);
/* The same for flows in full or in compressed rows: for what needs neither A nor M nor product, but
 * solves, shares and sums alone. */
wio_status wio_economy_create_any(wio_economy **out, const wio_table *table,
                                  const wio_solver_options *how, wio_log *log, wio_error *err);
/* The same as wio_economy_create without the factors: system is NULL. Errors: ARGUMENT, MEMORY. */
wio_status wio_economy_describe(wio_economy **out, const wio_table *table, wio_error *err);
/* The same of an outline whose output, primary inputs and satellites are known: A and M are NULL, and
 * imported is 0. Errors: MEMORY. */
wio_status wio_economy_outline(wio_economy **out, const wio_table *table, wio_error *err);
/* NOT_PRODUCTIVE, in the log and in err, with the sectors by their labels (TRUST 1.6).
 *   column  [n] column sums of A */
wio_status wio_economy_refuse(const wio_table *table, const wio_diagnosis *diagnosis,
                              const double *column, wio_log *log, wio_error *err);
/* [n] shares that are not in A, for the solvers of linear/. Errors: MEMORY. */
wio_status wio_economy_shares(double *share, const wio_economy *economy, wio_error *err);
/* What a solver of linear/ returned, said in the log and in err: NOT_PRODUCTIVE with the sectors of
 * the diagnosis by name, else the detail. Frees diagnosis->member. */
wio_status wio_economy_outcome(wio_status status, const wio_economy *economy,
                               wio_diagnosis *diagnosis, const wio_error *detail, wio_log *log,
                               wio_error *err);

/* --- (a), (b) quantity.c, households.c ---------------------------------------------------------- */

/* Households endogenous: h_c [n], h_r [n], k = h_r' L h_c (MODEL 3b). */
typedef struct wio_households {
    double *consume; /* [n] h_c: spending per unit of income */
    double *income;  /* [n] h_r: household income per unit of output */
    double *spread;  /* [n] L h_c */
    double k;        /* per round */
    double gain;     /* 1/(1-k), or the sum of `rounds` rounds */
} wio_households;

/* On any system (base or changed coefficients).
 * Errors: TABLE (total without household_income; no compensation item), ARGUMENT (1 - k <= 0). */
wio_status wio_households_create(wio_households **out, const wio_economy *economy,
                                 const wio_system *system, const wio_household_options *options,
                                 wio_error *err);
void wio_households_free(wio_households *households);
/* induced [n]: extra output from the household income of dx [n]; may not overlap. */
void wio_households_induced(double *induced, const wio_households *households, size_t n,
                            const double *dx);

/* --- (c) price.c: national cost-push price model -------------------------------------------------- */

/* Which of a table's three kinds of users a final column is: 1 consumption (household,
 * government), 2 investment (with inventories), 0 intermediate (and exports). */
size_t wio_use_kind(wio_role role);

typedef struct wio_price_input {
    const double *tau; /* [q x 3] extra cost per recorded value by user kind: intermediate,
                           consumption, investment (MODEL 3c's tau, valuation applied) */
    const double *psi; /* [n] sector pass-through, NULL = 1 */
    double wage_indexation;
} wio_price_input;

typedef struct wio_price_output { /* arrays given by the caller, any may be NULL */
    double *first_round;          /* [n] c1 */
    double *change;               /* [n] dp */
    double *margin_loss;          /* [n] per unit of output */
    double consumer[2], investment[2], government[2]; /* direct, indirect; relative */
    double export_price;                              /* export-weighted dp */
    double buyers_cost; /* tau on all imports at base quantities: intermediate + final */
} wio_price_output;

wio_status wio_price_cost_push(wio_price_output *out, const wio_economy *economy,
                               const wio_price_input *input, wio_certificate *certificate,
                               wio_error *err);
/* Effective protection erp [n] of duties t [products]: the rise of value added per unit of output
 * that they allow, with inputs of every origin dearer by t (MODEL 3c). For a duty on one partner t
 * is the change of the composite price. NaN where inputs take all of the output. */
void wio_effective_protection(double *erp, const wio_economy *economy, const double *t);

/* --- (c) border.c: exact ad-valorem-at-every-border model of a multi-regional table --------------- */

/* T [n x n] and T_final [n x f] duty rates on top of the current price (seller row, buyer column).
 *   p       [n] exact prices;  linear [n] first-order change, may be NULL
 *   cpi     [regions] consumer price by endogenous region, exact, relative change
 *   duty    [2] collected on intermediate and on final flows
 * p' = v'(I - A o (1+T))^-1. Errors: NOT_PRODUCTIVE when rho(A o (1+T)) >= 1. */
wio_status wio_price_border(double *p, double *linear, double *cpi, double duty[2],
                            const wio_economy *economy, const double *T, const double *T_final,
                            wio_certificate *certificate, wio_error *err);

/* --- (d) armington.c: national two-level CES, flat supply ------------------------------------------ */

typedef struct wio_armington_input {
    const double *phi; /* [q x 3] buyer price factor by kind: intermediate, consumption,
                              investment (government uses consumption) */
    const double *sigma_domestic, *sigma_import; /* [products] */
    const double *eta;       /* [f] final demand elasticity by final column (exports: unused) */
    const double *epsilon;   /* [n] export elasticity by product */
    const double *phi_ret;   /* [n x f] price factor of partners' duties on export columns; 1 */
    const double *recapture; /* [n x f] share of sales lost to the duty resold elsewhere; 0 */
    const double *zeta;      /* [n x f] exporter price factor when partners' pass-through < 1; 1 */
} wio_armington_input;

/* The solved prices and the two nests; creates what the quantity side needs. */
typedef struct wio_armington wio_armington;

wio_status wio_armington_create(wio_armington **out, const wio_economy *economy,
                                const wio_armington_input *input, wio_error *err);
/* The same tariffs and demand elasticities with both sigmas 0: nothing is exchanged. */
wio_status wio_armington_rigid(wio_armington **out, const wio_armington *flexible, wio_error *err);
void wio_armington_free(wio_armington *armington);
const double *wio_armington_prices(const wio_armington *armington); /* [n] p, base 1 */
double wio_armington_residual(const wio_armington *armington, size_t *iterations); /* zero profit */
/* Composite price of product i for final column c. */
double wio_armington_composite(const wio_armington *armington, size_t product, size_t final);

/* Coefficients after substitution: A [n x n], M [q x n]. */
void wio_armington_coefficients(double *A, double *M, const wio_armington *armington);
/* Final demand of domestic use (export columns give 0): home [n] summed over columns, imported
 * [q]; with or without substitution, with or without the demand response eta. Prices are those of
 * `armington` either way: the channel "substitution" of MODEL 4 needs a second object with both
 * sigmas 0, see shapley.c. */
void wio_armington_final(double *home, double *imported, const wio_armington *armington,
                         bool substitution, bool response);
/* The same for one final column. */
void wio_armington_final_column(double *home, double *imported, const wio_armington *armington,
                                size_t column, bool substitution, bool response);
/* Exports by product and export column [n x f] (zero in other columns), with or without the
 * response to own prices and to partners' duties. */
void wio_armington_exports(double *exports, const wio_armington *armington, bool own_price,
                           bool partners);

/* What exporters earn less [n], million, because partners' duties pass through only in part:
 * (1 - zeta) p X; charged to operating surplus. */
void wio_armington_export_loss(double *loss, const wio_armington *armington, bool own_price);
/* Cells of domestic users held fixed because a flow in them is negative. Columns of role inventory
 * are held fixed as a whole, whatever eta says, and imports in export columns are kept. */
size_t wio_armington_fixed_cells(const wio_armington *armington);

/* --- S2, S3, S4: pledge.c, venture.c, purchase.c ------------------------------------------------------ */

/* cap_{t} and output of a plant: cap = K/kappa, K_{t+1} = (1-delta) K_t + I_t.
 *   capacity [years], output [years] = capacity * utilisation */
void wio_plant_path(double *capacity, double *output, size_t years, const double *capex,
                    double kappa, double depreciation, const double *utilisation);
/* Construction demand of one year's capex: home [n], imported [q]. */
void wio_pledge_construction(double *home, double *imported, const wio_economy *economy,
                             double capex, const double *bridge, const double *local_content,
                             const double *import_share);

typedef struct wio_venture_effect {
    double gdp, gni, cash_leaving, licence;
} wio_venture_effect;
/* S3 for output o with pi, w per unit of output. */
wio_venture_effect wio_venture_direct(double output, double compensation, double surplus,
                                      double foreign_share, double licence, double repatriation,
                                      double profit_tax);

/* Change of exports to the partner of one category and year, before additionality. */
double wio_purchase_change(double baseline, double increment, double compliance, bool on_level,
                           double counterfactual);

/* --- Shapley (shapley.c) -------------------------------------------------------------------------------- */

/* share [players] of v(all) - v(none); worth [2^players], bit b set = player b on. */
void wio_shapley(double *share, size_t players, const double *worth);

#endif
