/* invert.c - the public wio_invert: the Leontief inverse L = (I - A)^-1 as a result.
 *
 * l_ij is the output of i that one unit of final demand for j needs, directly and indirectly
 * (Miller & Blair, Input-Output Analysis, 3rd ed., section 2.3). */
#include "assemble.h"

#include <string.h>

/* L straight into the result, which nobody sees before it is whole. */
static wio_status fill_inverse(double *L, wio_economy *economy, const wio_invert_options *options,
                               wio_inverse_report *report, wio_log *log, wio_error *err)
{
    double *share = wio_alloc(economy->n, sizeof *share);
    if (share == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu column shares", economy->n);
    }
    const wio_inverse_options how = {.threads = options->threads, .quick = options->quick};
    wio_diagnosis diagnosis = {0};
    wio_error detail = {0};
    wio_inverse_plan(&economy->plan, economy->n, options->quick, wio_threads(options->threads));
    economy->started = wio_clock();
    wio_status status = wio_economy_shares(share, economy, err);
    if (status != WIO_OK) {
        wio_free(share);
        return status;
    }
    status = wio_inverse(L, economy->n, economy->A, share, &how, report, &diagnosis, &detail);
    status = wio_economy_outcome(status, economy, &diagnosis, &detail, log, err);
    wio_free(share);
    return status;
}

static wio_status add_attributes(wio_result *result, const wio_economy *economy,
                                 const wio_invert_options *options,
                                 const wio_inverse_report *report, wio_error *err)
{
    const wio_table *table = economy->table;
    char number[WIO_NUMBER_SIZE];
    WIO_TRY(wio_result_set_text(result, "command", "invert", err));
    WIO_TRY(wio_result_set(result, "title", err, "Leontief inverse of %s", table->title));
    WIO_TRY(wio_assemble_table(result, table, err));
    WIO_TRY(wio_result_set_text(result, "closure", "Type I", err));
    WIO_TRY(wio_assemble_certificate(result, &report->certificate, err));
    WIO_TRY(wio_result_set_text(result, "certificate/residual",
                                wio_format_double(number, report->residual), err));
    WIO_TRY(wio_result_set_text(result, "certificate/residual_kind",
                                report->estimated ? "estimated" : "computed", err));
    WIO_TRY(wio_result_set(result, "certificate/clamped", err, "%zu", report->clamped));
    WIO_TRY(wio_assemble_plan(result, economy, options->reproducible, err));
    return wio_assemble_provenance(result, table, NULL, 0, options->threads, options->reproducible,
                                   err);
}

static wio_status assemble(wio_result *result, wio_economy *economy,
                           const wio_invert_options *options, wio_log *log, wio_error *err)
{
    const wio_table *table = economy->table;
    wio_inverse_report report = {0};
    wio_text units = {0};
    double *L = NULL;
    WIO_TRY(wio_assemble_activities(result, economy, err));
    WIO_TRY(wio_result_dimension(result, "demand", economy->n,
                                 wio_result_labels(result, "activity"),
                                 "activity whose output is demanded", err));
    wio_text_add(&units, "million %s per million %s", table->currency, table->currency);
    char *text = NULL;
    WIO_TRY(wio_text_take(&text, &units, err));
    size_t before = wio_alloc_bytes;
    wio_alloc_mark();
    wio_status status = wio_result_add(&L, result, "leontief_inverse", "activity,demand", text,
                                       "output needed per unit of final demand", err);
    wio_free(text);
    WIO_TRY(status);
    WIO_TRY(fill_inverse(L, economy, options, &report, log, err));
    size_t most = wio_alloc_most; /* another thread may have freed what was there before */
    economy->plan.held = most > before ? (double)(most - before) : 0.0;
    return add_attributes(result, economy, options, &report, err);
}

wio_status wio_invert(wio_result **out, const wio_table *table, const wio_invert_options *options,
                      wio_log *log, wio_error *err)
{
    static const wio_invert_options standard = {0};
    if (out == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_invert: NULL argument");
    }
    wio_economy *economy = NULL;
    wio_result *result = NULL;
    double n = (double)table->n; /* A, L, and what the recursion works in */
    WIO_TRY(wio_memory_need(3.0 * 8.0 * n * n, "the inverse", err));
    wio_status status = wio_economy_describe(&economy, table, err);
    if (status == WIO_OK) {
        status = wio_result_create(&result, err);
    }
    if (status == WIO_OK) {
        status = assemble(result, economy, options != NULL ? options : &standard, log, err);
    }
    wio_economy_free(economy);
    if (status != WIO_OK) {
        wio_result_free(result);
        return status;
    }
    *out = result;
    return WIO_OK;
}
