/* study_bind.h - shared by study*.c: a checked document becomes a wio_study, one file per group
 * of keys. The readers below are silent about what the schema check reported, report what only a
 * table can tell, and go on: every mistake of a study is found in one run. */
#ifndef WIO_STUDY_BIND_H
#define WIO_STUDY_BIND_H

#include "schema.h"

/* A document that was loaded for a definition (`use: OTHER.yaml#NAME`). */
typedef struct wio_loaded {
    char *name, *path;
    wio_node root;
} wio_loaded;

typedef struct wio_mistake {
    const char *file;
    size_t line, column, order;
    char *text;
} wio_mistake;

typedef struct wio_binder {
    wio_study *study;
    const wio_table *table; /* NULL: it could not be opened, only the schema is checked */
    const wio_node *root;
    const char *file; /* where the nodes now bound come from */
    wio_log *log;
    wio_load_document *load;
    void *context;
    wio_schema_check check;

    wio_arena scratch; /* of one shock */
    bool failed;       /* out of memory */

    size_t mistakes; /* kept until the end, then logged by place */
    wio_mistake *mistake;
    wio_names sources;
    size_t home; /* the only endogenous region, or SIZE_MAX */

    bool rates_wrong; /* a pair of base.rates could not be read */
    double **rate;    /* [regions x regions] base rates with NaN where not known, or NULL */
    char **rate_name; /* [regions x regions] what the rates are called, or NULL */
    double *index;    /* [301] price level of 1900..2200, table year = 1; NaN */
    size_t loaded;
    wio_loaded *document;
    const wio_scenario **done; /* [scenarios] bound so far, NULL while not */
} wio_binder;

/* --- study_values.c: mistakes, memory, plain values ----------------------------------------------- */

/* Logs the mistakes in the order of the file; err gets the first and how many more there are. */
wio_status wio_bind_report(wio_binder *b, wio_error *err);
/* Reports a mistake at a node once; further ones at the same place follow from it. */
void wio_bind_wrong(wio_binder *b, const wio_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void wio_bind_note(wio_binder *b, const wio_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A finding about a key that is absent: several may be at one place. */
void wio_bind_missing(wio_binder *b, const wio_node *map, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Zeroed memory of the study; NULL sets b->failed. */
void *wio_bind_zalloc(wio_binder *b, size_t count, size_t size);
double *wio_bind_take(wio_binder *b, size_t count); /* of this shock, zeroed */
double *wio_bind_fill(double *values, size_t count, double value);
void wio_bind_text(wio_binder *b, char **out, const char *text);

/* The value without its `{value: .., source: ..}` wrapper; NULL stays NULL. */
const wio_node *wio_bind_unwrap(const wio_node *node);
/* A scalar's text, or NULL when absent, empty or no scalar. */
const char *wio_bind_word(const wio_node *map, const char *key);
bool wio_bind_is(const wio_node *map, const char *key, const char *word);
/* A number, or `otherwise` when it is absent; NaN when it is wrong. */
double wio_bind_number(const wio_node *map, const char *key, wio_unit unit, double otherwise);
double wio_bind_value(const wio_node *node, wio_unit unit);
/* [first, last] of a list of two years in order. */
bool wio_bind_years(wio_binder *b, const wio_node *node, int *first, int *last);
/* A list of shares that sums to 1, of a given length. */
bool wio_bind_profile(wio_binder *b, const wio_node *node, double *out, size_t count);
void wio_bind_sum_to_one(wio_binder *b, const wio_node *at, const char *what, double sum);

/* --- study_sectors.c: regions, sectors, groups, columns -------------------------------------------- */

/* A region by code; SIZE_MAX when it is wrong or absent. */
size_t wio_bind_region(wio_binder *b, const wio_node *map, const char *key);
size_t wio_bind_region_code(wio_binder *b, const wio_node *at, const char *code);
size_t wio_bind_sector(wio_binder *b, const wio_node *at, const char *code); /* a code only */
/* mask [sectors]; an absent node is all. False on a mistake. */
bool wio_bind_sectors(wio_binder *b, const wio_node *node, bool *mask);
/* out [sectors], NaN where nothing is said. False on a mistake. */
bool wio_bind_by_sector(wio_binder *b, const wio_node *node, wio_unit unit, double *out);
/* A column by sector of the table's files; file may be NULL. */
bool wio_bind_column(wio_binder *b, const wio_node *at, const char *file_name, const char *column,
                     double *out);
const wio_frame *wio_bind_frame(wio_binder *b, const wio_node *at, const char *file_name);
/* The column of a frame or SIZE_MAX with a mistake. */
size_t wio_bind_frame_column(wio_binder *b, const wio_node *at, const wio_frame *frame,
                             const char *column);
/* A cell as a number, NaN when empty; false with a mistake. */
bool wio_bind_cell(wio_binder *b, const wio_node *at, const wio_frame *frame, size_t row,
                   size_t column, double *value);
/* Shares of the origins of one product in a region's purchases: of final column `column` when it
 * buys any, else (or SIZE_MAX) of all its uses. share [m] is set to 0 first; false: no purchases. */
/* What region `importer` buys from (exporter, sector) in the table, all uses. */
double wio_bind_flow(const wio_table *table, size_t importer, size_t exporter, size_t sector);
bool wio_bind_origins(double *share, const wio_table *table, size_t region, size_t sector,
                      size_t column);

/* --- study_money.c ------------------------------------------------------------------------------------ */

typedef struct wio_money {
    double million; /* per unit as stated */
    int year;       /* of the prices; 0: own */
    bool purchaser;
    double tax;
    const wio_node *margin; /* NULL: none */
} wio_money;

bool wio_bind_unit(wio_binder *b, const wio_node *map, double *million);
/* price_year; false when absent or wrong. */
bool wio_bind_price_year(wio_binder *b, const wio_node *map, int *year);
bool wio_bind_basis(wio_binder *b, const wio_node *map, wio_money *money);
/* Price level of a year (`own` for year 0), NaN with a mistake at `at`. */
double wio_bind_index(wio_binder *b, const wio_node *at, int year, int own);
/* Who earns the margin, shares by activity of a region; false with a mistake. */
bool wio_bind_earners(wio_binder *b, const wio_money *money, size_t region, double *share);
/* Shares by activity of purchaser money become shares of what is left without product taxes:
 * margins move to the sectors that earn them. weight [n] keeps its sum; `share` of the margin. */
void wio_bind_margin(wio_binder *b, const wio_money *money, size_t region, double share,
                     double *weight);

/* --- one group of keys each ---------------------------------------------------------------------------- */

void wio_bind_rates(wio_binder *b);      /* study_rates.c: base.rates */
void wio_bind_parameters(wio_binder *b); /* study_parameters.c: model, parameters, sensitivity */
void wio_bind_break_even(wio_binder *b);
void wio_bind_scenarios(wio_binder *b); /* study_scenarios.c: years, scenarios */

/* A shock of a kind from its map; the scenario holds those before it. */
typedef void wio_bind_shock(wio_binder *b, wio_shock *shock, const wio_node *node,
                            const wio_scenario *scenario);
wio_bind_shock wio_bind_tariff;            /* study_tariff.c */
wio_bind_shock wio_bind_import_price;      /* study_tariff.c */
wio_bind_shock wio_bind_final_demand;      /* study_demand.c */
wio_bind_shock wio_bind_productivity;      /* study_demand.c */
wio_bind_shock wio_bind_purchase;          /* study_purchase.c */
wio_bind_shock wio_bind_purchase_catch_up; /* study_purchase.c */
wio_bind_shock wio_bind_investment;        /* study_pledge.c */
wio_bind_shock wio_bind_joint_venture;     /* study_pledge.c */
/* What only a whole scenario tells; `at` is its node. */
void wio_bind_check_tariffs(wio_binder *b, const wio_scenario *scenario, const wio_node *at);
void wio_bind_check_plants(wio_binder *b, wio_scenario *scenario, const wio_node *at,
                           const wio_node *const *shock_node);

/* A definition by name ("phase_one" or "OTHER.yaml#phase_one") of `commitments` or `plants`;
 * *file is where it is. NULL with a mistake. study_definitions.c */
const wio_node *wio_bind_definition(wio_binder *b, const wio_node *name, const char *kind,
                                    const char **file);

/* study_commitment.c: everything of a commitment but its compliance. Until that is known,
 * stated_target holds the increment and stated_actual the baseline, as stated. */
bool wio_bind_commitment(wio_binder *b, const wio_node *node, wio_purchase *purchase,
                         int *first_year);
void wio_bind_purchase_arrays(wio_binder *b, wio_purchase *purchase); /* years and categories set */
/* A number for every category, or one by category; out [categories]. */
bool wio_bind_by_category(wio_binder *b, const wio_node *node, const wio_purchase *purchase,
                          wio_unit unit, double *out);

typedef struct wio_plant { /* study_plant.c; arrays owned */
    size_t activity;
    double capital_output, jobs, compensation, surplus;
    double *recipe;                                /* [m] */
    double *bridge, *local_content, *import_share; /* [n], [n], [m-n] */
} wio_plant;
/* basis: of the capex, or NULL. */
bool wio_bind_plant(wio_binder *b, wio_plant *out, const wio_node *node, const wio_money *basis);
void wio_plant_clear(wio_plant *plant);

#endif
