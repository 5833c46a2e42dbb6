/* scenario.h - one scenario under one set of parameters: what run.c solves many of.
 *
 * The change of output is taken apart before it is solved:
 *
 *   dx = L_s [ (H(s,eta) - H0) + s (A1 - A0) x0 + (X(eps,ret) - X0) + sum of demand parts + revenue ]
 *
 * s is the substitution switch: coefficients A1 and domestic shares of final demand after the
 * nests respond, L_s = (I - A_s)^-1. Every piece is solved on its own, so that the ledger's
 * channels add up to the total by construction and nothing is lost in a difference of levels. */
#ifndef WIO_SCENARIO_H
#define WIO_SCENARIO_H

#include "../../core/study.h"
#include "economy.h"

typedef enum wio_channel {
    WIO_CHANNEL_SUBSTITUTION, /* bought at home (or elsewhere) instead */
    WIO_CHANNEL_SPENDING,     /* spending squeezed by dearer goods */
    WIO_CHANNEL_EXPORTS,      /* dearer exports */
    WIO_CHANNEL_RETALIATION,  /* the partner's answer */
    WIO_CHANNEL_REVENUE,      /* duty revenue re-spent */
    WIO_CHANNEL_DIRECT,       /* demand shocks and new plants: where the money is spent first */
    WIO_CHANNEL_INDIRECT,     /* their supply chains */
    WIO_CHANNEL_DISPLACED,    /* what new plants take from existing ones */
    WIO_CHANNEL_PRODUCTIVITY,
    WIO_CHANNEL_INDUCED, /* household income re-spent (Type II) */
    WIO_CHANNELS
} wio_channel;

/* Demand from outside the chain, by year (one row when undated). */
typedef struct wio_part {
    size_t years;
    double *home;     /* [years x n] right-hand side */
    double *imported; /* [years x q] bought from exogenous origins directly */
    double *own;      /* [years x n] output that is not demanded through the chain, or NULL */
    double *own_jobs; /* [years x n] or NULL */
    double *own_value_added;
    double *own_pay; /* [years x n] output of the sector that would pay own's compensation */
    double *factor;  /* [years x n] jobs per output relative to the table's, or NULL */
    bool direct;     /* the right-hand side itself is the direct channel */
    bool displaced;  /* everything goes to the displaced channel */
    size_t row;      /* first of its `years` rows among the solved parts; SIZE_MAX: all zero */
} wio_part;

/* What the projects of a scenario (demand, purchases, plants) put into the chain. */
typedef struct wio_projects {
    wio_arena arena;
    size_t years;       /* rows of the dated arrays, at least 1 */
    double *weight;     /* [years] of each year in the reported change */
    size_t parts, rows; /* rows: right-hand sides of the parts that are not empty */
    wio_part *part;
    double *construction; /* [years x n] or NULL; job-years, never part of the change */
    double *equipment;    /* [years x q] direct imports of construction */
    double *capex;        /* [years] built */
    double *direct_jobs;  /* [years] of plants */
    double *purchases_gross, *purchases_net; /* [years] million, or NULL */
    double *displaced_imports; /* [years x q], to be held against the imports there are */
    double *exports;           /* [n x f] change of export columns at the reported year */
    double licence, foreign_profit, cash_leaving; /* at the reported year, million */
    double capex_announced;                       /* sum over years, before announced_to_built */
    bool plants, ventures;
} wio_projects;

wio_status wio_projects_create(wio_projects *out, const wio_economy *economy,
                               const wio_study *study, const wio_scenario *scenario,
                               const wio_parameters *parameters, wio_error *err);
/* Multiply everything that follows from capex (solve_for). */
void wio_projects_scale(wio_projects *projects, const wio_economy *economy, double factor);
void wio_projects_free(wio_projects *projects);

/* What is bought above the counterfactual, [categories] million, in year t of a purchase. */
void wio_purchase_gross(double *gross, const wio_purchase *purchase, size_t t);

/* The categories of all purchases of a study, each once, in the order of the file. */
wio_status wio_categories(wio_names *out, const wio_study *study, wio_error *err);

/* The duties and prices of a scenario, by origin row and kind of user. */
typedef struct wio_duties {
    wio_arena arena;
    bool any, partners; /* a tariff or import price at home; a partner's tariff */
    double *base;       /* [q] t0 where the study states one, else 0 */
    double *points;     /* [q x 3] effective points added */
    double *tau;        /* [q x 3] extra cost per recorded value (MODEL 3c) */
    double *phi;        /* [q x 3] buyer price factor */
    double *zeta;       /* [q x 3] exporter (customs) price factor */
    double *customs;    /* [q] customs value per recorded value */
    double *phi_ret, *recapture, *zeta_ret; /* [n x f] */
    double *points_ret, *moved_ret;         /* [n x f] sum of partners' points, of their sizes */
    double *T, *T_final; /* [n x n], [n x f] between endogenous regions, or NULL */
    bool border;
} wio_duties;

wio_status wio_duties_create(wio_duties *out, const wio_economy *economy, const wio_study *study,
                             const wio_scenario *scenario, const wio_parameters *parameters,
                             wio_error *err);
void wio_duties_free(wio_duties *duties);

/* Everything a scenario changes. Arrays live in the arena; NULL = not asked or not there. */
typedef struct wio_outcome {
    wio_arena arena;
    bool quantities; /* false: the closure does not determine them */
    bool prices;
    bool used[WIO_CHANNELS];
    double *x, *jobs, *value_added; /* [channels x n] */
    double *imports;                /* [channels x q] */
    double *price;                  /* [n] relative change */
    double *margin_loss;            /* [n] million a year */
    double *exports;                /* [n x f] change by export column, volume */
    double *revenue, *revenue_static, *revenue_change, *buyers_cost; /* [q] */
    double *basket;             /* [regions x 3 roles x 2 parts]: consumption, investment,
                                       government; direct, indirect */
    double *export_price;       /* [regions] */
    double *cost;               /* [regions] household cost, million a year */
    double *jobs_year, *x_year; /* [years x n] */
    double *job_years;          /* [years x n] */
    double *equipment, *capex;  /* [years] */
    double *operation;          /* [years x 4]: direct, gross, displaced, net */
    double *purchases;          /* [years x 2]: gross, net */
    size_t categories;          /* of all purchases of the study */
    double *by_category;        /* [categories x years x 3]: gross, net, jobs; by wio_categories */
    double *by_demand;          /* [n x n] jobs of row activity for demand of column, or NULL */
    double revenue_spent, revenue_offset;
    double gdp, gni, licence, cash_leaving, capex_required;
    double jobs_total, value_added_total, output_total, consumer_price; /* for cases */
    size_t over_activity, over_year; /* where plants displace most beyond home output; the excess */
    double over_amount, over_output; /* million displaced there and made there; 0: nowhere */
    size_t fixed_cells;
    wio_certificate certificate;
} wio_outcome;

/* ledger: sort the change into channels; without it only the totals are right (cases, break-even).
 * matrix: also by_demand. */
wio_status wio_scenario_solve(wio_outcome *out, const wio_economy *economy, const wio_study *study,
                              const wio_scenario *scenario, const wio_parameters *parameters,
                              bool ledger, bool matrix, wio_error *err);
void wio_outcome_free(wio_outcome *outcome);
/* out -= base, prices as ratios: changes measured from another scenario. */
void wio_outcome_compare(wio_outcome *out, const wio_outcome *base, const wio_economy *economy,
                         const wio_study *study);

#endif
