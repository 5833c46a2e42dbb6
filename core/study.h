/* study.h - a study after it was read, checked against the schema and bound to its table
 * (DESIGN section 3). Everything is resolved: codes are indices, columns are arrays, money is in
 * million of the table's currency at table-year prices and at the table's price basis.
 * Arrays "by sector" have table->sector.count elements. */
#ifndef WIO_STUDY_H
#define WIO_STUDY_H

#include "table.h"

/* --- the document tree (node.c): what io/yaml.c makes and the schema checks -------------------- */

typedef enum wio_node_kind { WIO_NODE_SCALAR, WIO_NODE_LIST, WIO_NODE_MAP } wio_node_kind;

typedef struct wio_node {
    wio_node_kind kind;
    size_t line, column;
    char *text;           /* scalar */
    bool quoted;          /* scalar was quoted: a string whatever it looks like */
    size_t count;         /* list items or map pairs */
    struct wio_node *key; /* [count] map keys (scalars), in file order; NULL for a list */
    struct wio_node *item;
} wio_node;

void wio_node_clear(wio_node *node);
const wio_node *wio_node_get(const wio_node *map, const char *key); /* NULL when absent */

/* --- the model and its parameters --------------------------------------------------------------- */

typedef enum wio_prices { WIO_PRICES_FIXED, WIO_PRICES_COST_PUSH, WIO_PRICES_AT_BORDER } wio_prices;
typedef enum wio_revenue {
    WIO_REVENUE_NONE,
    WIO_REVENUE_HOUSEHOLDS,
    WIO_REVENUE_GOVERNMENT
} wio_revenue;

typedef struct wio_model_options {
    wio_prices prices;
    bool substitution; /* nested Armington; false: a tariff's quantities are not modelled */
} wio_model_options;

typedef struct wio_parameters {
    char *horizon;             /* "long": names the elasticity set */
    double *sigma_domestic;    /* [sectors] home against imports; NULL when not used */
    double *sigma_import;      /* [sectors] between origins */
    double *export_elasticity; /* [sectors] */
    double eta[WIO_ROLES];     /* final demand elasticity by role of the use */
    wio_revenue revenue;
    double *sector_pass_through; /* [sectors] psi: share of a cost rise moved into price */
    double wage_indexation;      /* lambda */
    double pass_through;         /* replaces that of every tariff on home's imports; NaN: no */
    double recapture;            /* replaces that of every partner's tariff; NaN: no */
    double duty_offset;          /* share of duties lost to income and payroll tax; NaN */
    double additionality;        /* replaces that of every purchase; NaN: no */
    double announced_to_built;   /* replaces that of every investment; NaN: no */
    double displacement_home;    /* replaces the home share of every displacement; NaN: no */
    wio_household_options households;
} wio_parameters;

/* --- shocks --------------------------------------------------------------------------------------- */

typedef enum wio_shock_kind {
    WIO_SHOCK_FINAL_DEMAND,
    WIO_SHOCK_TARIFF,
    WIO_SHOCK_IMPORT_PRICE,
    WIO_SHOCK_PURCHASE,
    WIO_SHOCK_PURCHASE_CATCH_UP,
    WIO_SHOCK_INVESTMENT,
    WIO_SHOCK_JOINT_VENTURE,
    WIO_SHOCK_PRODUCTIVITY,
    WIO_SHOCK_KINDS
} wio_shock_kind;

/* S1. Paths over the study's years; an undated shock has years == 0 and one row. */
typedef struct wio_final_demand {
    size_t years;     /* 0: undated, one row */
    double *domestic; /* [max(years,1) x n] demand for activities */
    double *imported; /* [max(years,1) x (m-n)] bought from exogenous origins directly */
} wio_final_demand;

/* S5, S6. points = coverage (1 - exclusions) collected (t1 - t0): already effective. */
typedef struct wio_tariff {
    size_t importer, exporter; /* regions */
    double *base;              /* [sectors] t0, all duties on this pair */
    double *points;            /* [sectors] t_eff; 0 where the tariff does not apply */
    double *pass_through;      /* [sectors] beta */
    bool uses[3];              /* applies to: intermediate, consumption, investment */
    double recapture; /* share of the lost sales resold elsewhere; NaN for home's tariffs */
    bool *scope;      /* [sectors] where the tariff applies, also with 0 points */
    bool total;       /* stated as a rate, the new total */
} wio_tariff;

/* S7. */
typedef struct wio_import_price {
    size_t importer, exporter;
    double *change; /* [sectors] phi - 1 */
} wio_import_price;

/* S4, one commitment. A catch-up (WIO_SHOCK_PURCHASE_CATCH_UP) is one too: baseline 0, increment
 * the part of the shortfall due in the year, compliance 1 on the level, counterfactual 0 (or what
 * on_top_of says). All money in million at table prices (price_index already applied). */
typedef struct wio_purchase {
    size_t buyer, seller;
    size_t categories;
    char **category;
    double *weight;         /* [categories x n] over the seller's activities, rows sum to 1 */
    size_t years, first;    /* first: index into the study's years */
    double *baseline;       /* [years x categories] B */
    double *increment;      /* [years x categories] D */
    double *counterfactual; /* [years x categories] CF */
    double *compliance;     /* [years x categories] */
    bool on_level;          /* compliance on B + D, else on D */
    double *additionality;  /* [categories] g */
    double home_share;      /* of the part that is not additional: taken from home sales, 0 */
    double *jobs_factor;    /* [years x n] jobs per million at table prices in the year over those
                                  of the table, or NULL: 1 */
    char *commitment;       /* the name it was used by */
    double kept;           /* amount at the table's basis per amount as stated: 1 - product taxes */
    double *stated_target; /* [years x categories] million as stated: B + D, what was bought */
    double *stated_actual;
} wio_purchase;

/* S2. */
typedef struct wio_investment {
    char *plant;
    size_t activity; /* the sector the plant belongs to */
    double *capex;   /* [years of the study] as announced */
    double announced_to_built;
    double land;           /* share of capex that buys land: a transfer, no demand */
    double *bridge;        /* [n] what the capex buys, by product; sums to 1 */
    double *local_content; /* [n] */
    double *import_share;  /* [m-n] how the imported part of a product splits over origins */
    double capital_output; /* kappa */
    double depreciation;
    size_t operation;                   /* first year of operation, index into the study's years */
    double *utilisation;                /* [years of the study], 0 before operation */
    double *recipe;                     /* [m] inputs per unit of output, by origin */
    double jobs, compensation, surplus; /* per million of output */
    double market; /* share of output sold outside the package (1 - sells_to) */
    double displaces_home, displaces_new, displaces_export; /* shares of market sales */
    double *displaces_import;                               /* [regions] */
    char *new_demand_paid_by;
    bool net;       /* displacement counted; false: gross, as in a press release */
    size_t venture; /* index into the scenario's ventures, or SIZE_MAX */
} wio_investment;

/* S3. */
typedef struct wio_venture {
    char *plant;
    double foreign_share, licence_fee, repatriation, profit_tax;
} wio_venture;

/* S9. */
typedef struct wio_productivity {
    double *labour; /* [n] omega: e -> e / (1 + omega) */
    double *inputs; /* [n] mu: column of A times (1 - mu) */
} wio_productivity;

typedef struct wio_shock {
    wio_shock_kind kind;
    char *label; /* "tariff USA<-CHN", for the ledger and messages */
    size_t line, column;
    union {
        wio_final_demand final_demand;
        wio_tariff tariff;
        wio_import_price import_price;
        wio_purchase purchase;
        wio_investment investment;
        wio_venture venture;
        wio_productivity productivity;
    } as;
} wio_shock;

/* solve_for: every capex of the scenario is scaled until the count is met. */
typedef enum wio_count {
    WIO_COUNT_NONE,
    WIO_COUNT_DIRECT,
    WIO_COUNT_GROSS,
    WIO_COUNT_NET
} wio_count;

typedef struct wio_scenario {
    char *name;
    size_t compare_to; /* scenario index its changes are measured from; SIZE_MAX: the table */
    size_t shocks;     /* its own and those of what it extends, in order */
    wio_shock *shock;  /* owned copies */
    wio_count solve_count;
    double solve_target; /* jobs */
} wio_scenario;

typedef struct wio_case {
    char *name;
    wio_parameters parameters; /* complete: the study's with the case's set applied */
} wio_case;

struct wio_study {
    char *title, *path, *text, *table_name; /* text: the file, verbatim */
    size_t text_length;
    char digest[WIO_DIGEST_SIZE];
    wio_table *table;
    size_t inputs;
    wio_input_file *input; /* further files read (use: OTHER.yaml#name) */

    wio_model_options model;
    size_t cases; /* case 0 is the study itself, "central" */
    wio_case *cases_;
    size_t scenarios;
    wio_scenario *scenario;

    size_t years; /* length of the year axis, 0 when nothing is dated */
    int first_year;
    int report_year; /* the year that jobs_change reports; 0: average over the years */
    bool demand_matrix;

    char *break_even_over; /* parameter name, or NULL */
    char *break_even_for;  /* "jobs_change", "value_added_change", "output_change" */
    double break_even_low, break_even_high;

    double **base_rate; /* [regions x regions], importer-major: [sectors] duty of the base, or
                              NULL where the study states none */
    char *base_text;    /* one line for the screen: "rates from MFN 2.6%" */
    size_t assumed;     /* numbers marked `source: assumed` */
    size_t sourced;
    size_t sources;
    char **source; /* distinct source texts, in file order */
};

/* Sets a parameter of a copy by its schema name ("sigma_domestic" = 2.0 for every sector):
 * break-even and sensitivity use the same list. UNSUPPORTED when it is not a number parameter. */
wio_status wio_parameters_set(wio_parameters *parameters, const wio_table *table, const char *name,
                              double value, wio_error *err);
wio_status wio_parameters_copy(wio_parameters *out, const wio_parameters *in,
                               const wio_table *table, wio_error *err);
void wio_parameters_clear(wio_parameters *parameters);

/* Checks a document against the schema table and binds it; every mistake goes to the log.
 * `root` is the document; definitions from other files arrive through `load`. */
typedef wio_status wio_load_document(void *context, wio_node *out, char **path, const char *name,
                                     wio_log *log, wio_error *err);
wio_status wio_study_bind(wio_study *study, const wio_node *root, const char *file,
                          wio_load_document *load, void *context, wio_log *log, wio_error *err);

#endif
