/* assemble.h - outcomes of a study become a result (core/result.h lists the variables). */
#ifndef WIO_ASSEMBLE_H
#define WIO_ASSEMBLE_H

#include "../../core/result.h"
#include "scenario.h"

/* outcome [cases x scenarios], case 0 with the ledger; break_even [scenarios] or NULL. */
wio_status wio_assemble(wio_result **out, const wio_economy *economy, const wio_study *study,
                        const wio_outcome *outcome, const double *break_even,
                        const wio_run_options *options, wio_error *err);
/* What is being put together. */
typedef struct wio_assembly {
    wio_result *result;
    const wio_economy *economy;
    const wio_study *study;
    const wio_outcome *outcome; /* [cases x scenarios] */
    size_t channels;
    wio_channel channel[WIO_CHANNELS]; /* those in use */
    size_t homes, partners;
    size_t *home, *partner;  /* region indices */
    const char *money;       /* "million USD" */
    bool quantities, prices; /* any scenario has them */
    bool plants, ventures, purchases, solved, matrix;
    wio_error *err;
} wio_assembly;

/* variables.c: the variables over scenarios; bases and cases beside them. */
wio_status wio_assemble_variables(wio_assembly *assembly, const double *break_even);

/* Dimension activity with its coordinates. */
wio_status wio_assemble_activities(wio_result *result, const wio_economy *economy, wio_error *err);
/* Table, closure, certificate and provenance attributes. */
wio_status wio_assemble_attributes(wio_result *result, const wio_economy *economy,
                                   const wio_study *study, const wio_outcome *outcome,
                                   const wio_run_options *options, wio_error *err);
wio_status wio_assemble_certificate(wio_result *result, const wio_certificate *certificate,
                                    wio_error *err);
/* plan/<field>: the method, why, predicted and actual seconds (from the system's creation until now)
 * and bytes (of the solver). Reproducible: without what a clock or a machine says. */
wio_status wio_assemble_plan(wio_result *result, const wio_economy *economy, bool reproducible,
                             wio_error *err);
/* Name, title, year, currency, price basis, licence and sources of a table (multipliers.c). */
wio_status wio_assemble_table(wio_result *result, const wio_table *table, wio_error *err);
/* What made it and the files it was made from; `more` files may come after the table's. */
wio_status wio_assemble_provenance(wio_result *result, const wio_table *table,
                                   const wio_input_file *more, size_t count, int threads,
                                   bool reproducible, wio_error *err);

/* --- columns.c: columns of an answer over activities --------------------------------------------- */

typedef struct wio_column {
    const char *name, *unit, *long_name;
    bool money; /* the unit is a currency, in million */
    bool known;
    size_t missing; /* activities with output but without a number */
    double covered; /* share of output with a number */
} wio_column;

bool wio_column_role(const wio_table *table, wio_role role); /* a primary item has it */
wio_column wio_column_value_added(const wio_table *table);
/* Satellite row a: weight [n] per unit of output, what is missing becomes 0, and how much of
 * `output` [n] has a number. */
wio_column wio_column_account(double *weight, const wio_economy *economy, size_t a,
                              const double *output);
/* The attribute group/name. */
wio_status wio_assemble_number(wio_result *result, const char *group, const char *name,
                               double value, wio_error *err);
/* coverage/<account>, and lower_bound: the accounts with missing parts. */
wio_status wio_assemble_coverage(wio_result *result, const wio_column *accounts, size_t count,
                                 wio_error *err);

#endif
