/* result.h - the result container: named variables over named dimensions, and text attributes.
 *
 * The container is all that the writers know: HDF5, screen, JSON and CSV read it by name, so a
 * result that was read back prints the same screen. What `wassily run` puts in is listed here.
 *
 * Dimensions (each with a text variable of labels unless noted):
 *   scenario, activity ("USA.334413"), origin (imported rows: exogenous origins; for a table
 *   without exogenous regions the dimension is absent), partner (regions that only buy),
 *   channel, case ("central" first), year (a number variable), part ("direct", "indirect"),
 *   home (endogenous regions), group (goods, services, ... groups that cover every sector once).
 *
 * Coordinates beside activity: region(activity), sector(activity), sector_name(activity);
 * origin_region(origin), origin_sector(origin), origin_sector_name(origin); home_name(home),
 * partner_name(partner). scenario_compared_to(scenario) text;
 * scenario_jobs(scenario) text: "gross", "net of losses", "net of displaced", "net of diverted".
 * jobs unit "persons"; money unit "million USD"; prices are relative changes, unit "1".
 *
 *   output_base, value_added_base, jobs_base                        (activity)
 *   output_change, value_added_change, jobs_change, price_change    (scenario, activity)
 *   output_channel, value_added_channel, jobs_channel               (scenario, channel, activity)
 *   imports_channel                                                 (scenario, channel, origin)
 *   imports_base (origin); imports_change, tariff_revenue_change    (scenario, origin)
 *   tariff_revenue (gross duty at the new rate), tariff_revenue_static (nobody switches)
 *                                                                   (scenario, origin)
 *   buyers_cost (at base quantities)                                (scenario, origin)
 *   exports_base (partner, activity); exports_change                (scenario, partner, activity)
 *   exports_base_total (partner); exports_change_total              (scenario, partner)
 *   consumer_price_change, investment_price_change, government_price_change
 *                                                                   (scenario, home, part)
 *   export_price_change                                             (scenario, home)
 *   household_cost (million a year at base quantities)              (scenario, home)
 *   revenue_spent (million re-spent), revenue_offset                (scenario)
 *   jobs_group                                                      (scenario, group)
 *   jobs_case, value_added_case, output_case, consumer_price_case   (scenario, case)
 *   break_even                                                      (scenario) NaN: none found
 *   break_even_low, break_even_high: scalars, the bracket searched
 *   margin_loss                                                     (scenario, activity)
 *   gdp_change, gni_change, licence_fees, cash_leaving              (scenario) with investment/JV
 *   jobs_year, output_year  (jobs in each year)                     (scenario, year, activity)
 *   job_years (construction)                                        (scenario, year, activity)
 *   operation_jobs_direct, operation_jobs_gross, operation_jobs_displaced, operation_jobs_net
 *                                                                   (scenario, year)
 *   capex_built, equipment_imports                                  (scenario, year)
 *   capex_required (solve_for)                                      (scenario)
 *   purchases_gross, purchases_net (million, by year)               (scenario, year)
 *   category_purchases_gross, category_purchases_net, category_jobs (Type I)
 *                                                                   (scenario, category, year)
 *   jobs_by_demand (whose demand -> whose jobs, on request)         (scenario, activity, demand)
 *   jobs_covered_output_share: scalar
 *   leontief_inverse (`wassily invert`, alone in its result)        (activity, demand)
 *   <name>_lost, <name>_lost_outside, extracted (`wassily extract`)  (activity)
 * A quantity the closure does not determine is absent, and its name is in the attribute
 * "not_modelled" (comma-separated) with the reason in "not_modelled_reason".
 *
 * Attributes: title, table, table_title, table_year, currency, command ("run", "multipliers",
 * "solve", "invert", "extract"), closure ("Type I" / "Type II, ..."), horizon, elasticities (one line), base, revenue
 * ("none", "households", "government"), assumed (count, decimal), sourced (count), limits (lines),
 * jobs_unit_note, sources (lines), table_sources (lines), licence, repairs (lines),
 * report_year ("2021", "average" or ""), break_even_over, break_even_for,
 * certificate/<field> for every field of wio_certificate (numbers in the file),
 * provenance/<field>: study_text, study_sha256, version, compiler, libc, blas (with its kernel),
 * numerics, inputs (lines "path bytes sha256"); and end, host, threads, left out of a file that is
 * to be reproducible. */
#ifndef WIO_RESULT_H
#define WIO_RESULT_H

#include "internal.h"

wio_status wio_result_create(wio_result **out, wio_error *err);

/* A dimension with its labels; labels may be NULL for a dimension without a label variable.
 * Adding it again with the same length does nothing. */
wio_status wio_result_dimension(wio_result *result, const char *name, size_t length,
                                const char *const *labels, const char *long_name, wio_error *err);

/* Add a number variable over dimensions that exist, given as "scenario,activity" ("" = scalar).
 * *data receives the array to fill, set to NaN. */
wio_status wio_result_add(double **data, wio_result *result, const char *name,
                          const char *dimensions, const char *units, const char *long_name,
                          wio_error *err);
/* A text variable over one dimension. */
wio_status wio_result_add_text(wio_result *result, const char *name, const char *dimension,
                               const char *const *text, const char *long_name, wio_error *err);
/* Set or replace an attribute. */
wio_status wio_result_set(wio_result *result, const char *name, wio_error *err, const char *format,
                          ...) __attribute__((format(printf, 4, 5)));
/* The same, text taken as it is. */
wio_status wio_result_set_text(wio_result *result, const char *name, const char *text,
                               wio_error *err);

size_t wio_result_length(const wio_result *result, const char *name); /* 0 when absent */
size_t wio_result_dimensions(const wio_result *result);
const char *wio_result_dimension_name(const wio_result *result, size_t index, size_t *length);
const char *const *wio_result_labels(const wio_result *result, const char *name);
size_t wio_result_attributes(const wio_result *result);
const char *wio_result_attribute_at(const wio_result *result, size_t index, const char **value);

/* Where an attribute or variable is stored: names with a '/' go to that group in the file. */
#endif
