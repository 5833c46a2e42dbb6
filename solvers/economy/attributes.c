/* attributes.c - what a result says about itself: closure, limits, certificate, provenance. */
#include "assemble.h"

#include <gnu/libc-version.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void add_number(wio_text *text, double value)
{
    char buffer[WIO_NUMBER_SIZE];
    wio_text_add(text, "%s", wio_format_double(buffer, value));
}

/* "2.5", or "0.8 to 4" over sectors. */
static void add_range(wio_text *text, const double *by_sector, size_t sectors)
{
    double low = by_sector[0], high = by_sector[0];
    for (size_t i = 1; i < sectors; i++) {
        low = by_sector[i] < low ? by_sector[i] : low;
        high = by_sector[i] > high ? by_sector[i] : high;
    }
    add_number(text, low);
    if (high > low) {
        wio_text_add(text, " to ");
        add_number(text, high);
    }
}

static wio_status set_text(wio_result *result, const char *name, wio_text *text, wio_error *err)
{
    char *value = NULL;
    WIO_TRY(wio_text_take(&value, text, err));
    wio_status status = wio_result_set_text(result, name, value, err);
    wio_free(value);
    return status;
}

static wio_status set_closure(wio_result *result, const wio_study *study, wio_error *err)
{
    const wio_parameters *p = &study->cases_[0].parameters;
    static const char *const income[] = {"total household income", "wages", "disposable income",
                                         "a stated amount"};
    static const char *const prices[] = {"prices fixed", "cost-push prices",
                                         "prices with duties at every border"};
    static const char *const revenue[] = {"none", "households", "government"};
    wio_text closure = {0}, elasticities = {0};
    if (p->households.endogenous) {
        wio_text_add(&closure, "Type II over %s (an upper bound)", income[p->households.income]);
        if (p->households.rounds > 0) {
            wio_text_add(&closure, ", %zu rounds", p->households.rounds);
        }
    } else {
        wio_text_add(&closure, "Type I");
    }
    wio_text_add(&closure, ", %s, %s", prices[study->model.prices],
                 study->model.substitution ? "nested substitution" : "fixed coefficients");
    WIO_TRY(set_text(result, "closure", &closure, err));
    if (study->model.substitution) {
        size_t sectors = study->table->sector.count;
        wio_text_add(&elasticities, "sigma ");
        add_range(&elasticities, p->sigma_domestic, sectors);
        wio_text_add(&elasticities, " home/foreign, ");
        add_range(&elasticities, p->sigma_import, sectors);
        wio_text_add(&elasticities, " between origins, exports ");
        add_range(&elasticities, p->export_elasticity, sectors);
        wio_text_add(&elasticities, ", demand ");
        double eta[] = {p->eta[WIO_ROLE_HOUSEHOLD], p->eta[WIO_ROLE_GOVERNMENT],
                        p->eta[WIO_ROLE_INVESTMENT]};
        add_range(&elasticities, eta, 3);
        WIO_TRY(set_text(result, "elasticities", &elasticities, err));
        WIO_TRY(wio_result_set_text(result, "revenue", revenue[p->revenue], err));
    }
    return wio_result_set_text(result, "horizon", p->horizon != NULL ? p->horizon : "", err);
}

static void add_whole(wio_text *text, double value)
{
    char number[WIO_NUMBER_SIZE + 320];
    wio_text_add(text, "%s", wio_format_fixed(number, value, 0));
}

/* MODEL 7, by what the study uses. */
static wio_status set_limits(wio_result *result, const wio_economy *economy, const wio_study *study,
                             const wio_outcome *outcome, wio_error *err)
{
    const wio_table *table = study->table;
    wio_text limits = {0};
    bool purchases = false, plants = false, tariffs = false;
    for (size_t s = 0; s < study->scenarios; s++) {
        for (size_t k = 0; k < study->scenario[s].shocks; k++) {
            wio_shock_kind kind = study->scenario[s].shock[k].kind;
            plants = plants || kind == WIO_SHOCK_INVESTMENT;
            purchases =
                purchases || kind == WIO_SHOCK_PURCHASE || kind == WIO_SHOCK_PURCHASE_CATCH_UP;
            tariffs = tariffs || kind == WIO_SHOCK_TARIFF || kind == WIO_SHOCK_IMPORT_PRICE;
        }
    }
    for (size_t s = 0; s < study->scenarios; s++) {
        const wio_outcome *o = &outcome[s];
        if (o->over_amount > 0.0) {
            size_t sector = table->origin_sector[o->over_activity];
            wio_text_add(&limits, "'%s' cannot be: in %d its plants take ", study->scenario[s].name,
                         study->first_year + (int)o->over_year);
            add_whole(&limits, o->over_amount);
            wio_text_add(&limits, " million of sales from home makers of %s, who make ",
                         table->sector.code[sector]);
            add_whole(&limits, o->over_output);
            wio_text_add(&limits, "\n");
        }
    }
    wio_text_add(&limits, "capacity and labour unlimited: no full employment, crowding out, "
                          "exchange rate or central bank\n");
    wio_text_add(&limits, "average, not marginal, coefficients of %d\n", table->year);
    if (!study->model.substitution) {
        wio_text_add(&limits, "coefficients fixed\n");
    }
    if (study->cases_[0].parameters.households.endogenous) {
        wio_text_add(&limits, "induced jobs are an upper bound\n");
    }
    if (tariffs) {
        wio_text_add(&limits,
                     "imports by user are %s estimates; one rate per sector hides its "
                     "products\n",
                     table->import_split);
    }
    if (plants) {
        wio_text_add(&limits, "jobs supported, not created: subsidies and wages do not respond\n");
    }
    if (purchases) {
        wio_text_add(&limits, "additionality is stated, not modelled\n");
    }
    if (economy->jobs != SIZE_MAX) {
        for (size_t k = 0; k < table->satellite_notes; k++) {
            char *const *note = table->satellite_note + 4 * k;
            bool whole = strcmp(note[0], "jobs") == 0 && note[2][0] == '\0';
            if (whole) {
                wio_text_add(&limits, "jobs of %s: %s\n", note[1], note[3]);
            }
        }
    }
    return set_text(result, "limits", &limits, err);
}

static wio_status set_not_modelled(wio_result *result, const wio_study *study,
                                   const wio_outcome *outcome, wio_error *err)
{
    wio_text names = {0};
    for (size_t s = 0; s < study->scenarios; s++) {
        if (!outcome[s].quantities) {
            wio_text_add(&names, "jobs_change,output_change,value_added_change,imports_change,"
                                 "exports_change,tariff_revenue,tariff_revenue_change");
            WIO_TRY(wio_result_set_text(
                result, "not_modelled_reason",
                study->model.prices == WIO_PRICES_AT_BORDER
                    ? "quantities do not respond to prices in a table of several regions"
                    : "substitution: none leaves the quantities of a tariff undetermined",
                err));
            break;
        }
    }
    return set_text(result, "not_modelled", &names, err);
}

wio_status wio_assemble_certificate(wio_result *result, const wio_certificate *c, wio_error *err)
{
    const struct {
        const char *name;
        double value;
    } field[] = {{"certificate/radius_low", c->radius_low},
                 {"certificate/radius_high", c->radius_high},
                 {"certificate/condition", c->condition},
                 {"certificate/backward_error", c->backward_error},
                 {"certificate/componentwise", c->componentwise},
                 {"certificate/error_bound", c->error_bound},
                 {"certificate/solves", (double)c->solves}};
    char buffer[WIO_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        WIO_TRY(wio_result_set_text(result, field[i].name,
                                    wio_format_double(buffer, field[i].value), err));
    }
    if (c->condition_bound) {
        WIO_TRY(wio_result_set_text(result, "certificate/condition_kind", "upper bound", err));
    }
    WIO_TRY(
        wio_result_set_text(result, "certificate/productive", c->productive ? "yes" : "no", err));
    WIO_TRY(
        wio_result_set_text(result, "certificate/nonnegative", c->nonnegative ? "yes" : "no", err));
    return wio_result_set_text(result, "certificate/method", c->method, err);
}

wio_status wio_assemble_plan(wio_result *result, const wio_economy *economy, bool reproducible,
                             wio_error *err)
{
    const wio_plan *plan = &economy->plan;
    const struct {
        const char *name;
        double value;
        bool measured;
    } field[] = {{"plan/predicted_bytes", plan->bytes, false},
                 {"plan/bytes", plan->held, true},
                 {"plan/predicted_seconds", plan->seconds, true},
                 {"plan/seconds", wio_clock() - economy->started, true}};
    char buffer[WIO_NUMBER_SIZE];
    bool inverse = plan->method == WIO_METHOD_AUTO; /* of wio_inverse_plan */
    WIO_TRY(wio_result_set_text(result, "plan/method",
                                inverse ? "inverse" : wio_method_name(plan->method), err));
    WIO_TRY(wio_result_set_text(result, "plan/reason", plan->reason, err));
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        if (!reproducible || !field[i].measured) {
            WIO_TRY(wio_result_set_text(result, field[i].name,
                                        wio_format_double(buffer, field[i].value), err));
        }
    }
    return WIO_OK;
}

static wio_status set_lines(wio_result *result, const char *name, size_t count, char *const *line,
                            wio_error *err)
{
    wio_text text = {0};
    for (size_t i = 0; i < count; i++) {
        wio_text_add(&text, "%s\n", line[i]);
    }
    return set_text(result, name, &text, err);
}

/* The last two parts of a path: "us-2017/flows.csv" is the same on every machine. */
static const char *path_end(const char *path)
{
    const char *end = path + strlen(path);
    for (size_t slashes = 0; end > path; end--) {
        if (end[-1] == '/' && ++slashes == 2) {
            break;
        }
    }
    return end;
}

/* One line for each file that was read: path, bytes, SHA-256. */
static wio_status set_inputs(wio_result *result, const wio_table *table, const wio_input_file *more,
                             size_t count, bool reproducible, wio_error *err)
{
    wio_text lines = {0};
    for (size_t i = 0; i < table->inputs + count; i++) {
        const wio_input_file *input =
            i < table->inputs ? &table->input[i] : &more[i - table->inputs];
        char digest[WIO_DIGEST_SIZE];
        memcpy(digest, input->digest, sizeof digest);
        wio_status status = digest[0] == '\0' && input->complete != NULL
                                ? input->complete(digest, input, err)
                                : WIO_OK;
        if (status != WIO_OK) {
            wio_text_free(&lines);
            return status;
        }
        wio_text_add(&lines, "%s %zu %s\n", reproducible ? path_end(input->path) : input->path,
                     input->bytes, digest);
    }
    return set_text(result, "provenance/inputs", &lines, err);
}

#if defined(__clang__)
#define COMPILER __VERSION__ /* says its own name */
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

wio_status wio_assemble_provenance(wio_result *result, const wio_table *table,
                                   const wio_input_file *more, size_t count, int threads,
                                   bool reproducible, wio_error *err)
{
    char blas[256];
    wio_blas_describe(blas, sizeof blas);
    WIO_TRY(wio_result_set_text(result, "provenance/version", wio_version(), err));
    WIO_TRY(wio_result_set_text(result, "provenance/compiler", COMPILER, err));
    WIO_TRY(wio_result_set_text(result, "provenance/libc", gnu_get_libc_version(), err));
    WIO_TRY(wio_result_set_text(result, "provenance/blas", blas, err));
    WIO_TRY(wio_result_set_text(result, "provenance/numerics",
                                "D1: same binary and BLAS kernel, same bits for any threads", err));
    if (!reproducible) {
        char host[128] = "", stamp[64] = "";
        time_t now = time(NULL);
        struct tm utc;
        if (gmtime_r(&now, &utc) != NULL) {
            (void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
        }
        (void)gethostname(host, sizeof host - 1);
        char digest[WIO_DIGEST_SIZE]; /* the name of the machine is nobody's business */
        wio_digest(digest, host, strlen(host));
        WIO_TRY(wio_result_set_text(result, "provenance/end", stamp, err));
        WIO_TRY(wio_result_set(result, "provenance/host", err, "sha256:%.16s", digest));
        WIO_TRY(wio_result_set(result, "provenance/threads", err, "%d", wio_threads(threads)));
    }
    return set_inputs(result, table, more, count, reproducible, err);
}

wio_status wio_assemble_attributes(wio_result *result, const wio_economy *economy,
                                   const wio_study *study, const wio_outcome *outcome,
                                   const wio_run_options *options, wio_error *err)
{
    const wio_table *table = study->table;
    wio_certificate certificate = outcome[0].certificate;
    wio_text repairs = {0};
    size_t inactive = 0;
    WIO_TRY(wio_result_set_text(result, "command", "run", err));
    WIO_TRY(wio_result_set_text(result, "title", study->title, err));
    WIO_TRY(wio_result_set_text(result, "table", table->name, err));
    WIO_TRY(wio_result_set_text(result, "table_title", table->title, err));
    WIO_TRY(wio_result_set(result, "table_year", err, "%d", table->year));
    WIO_TRY(wio_result_set_text(result, "currency", table->currency, err));
    WIO_TRY(wio_result_set_text(result, "price_basis", table->price_basis, err));
    WIO_TRY(wio_result_set_text(result, "import_split", table->import_split, err));
    WIO_TRY(
        wio_result_set_text(result, "licence", table->licence != NULL ? table->licence : "", err));
    WIO_TRY(
        wio_result_set_text(result, "base", study->base_text != NULL ? study->base_text : "", err));
    WIO_TRY(wio_result_set(result, "assumed", err, "%zu", study->assumed));
    WIO_TRY(wio_result_set(result, "sourced", err, "%zu", study->sourced));
    if (study->report_year > 0) {
        WIO_TRY(wio_result_set(result, "report_year", err, "%d", study->report_year));
    } else {
        WIO_TRY(wio_result_set_text(result, "report_year", study->years > 0 ? "average" : "", err));
    }
    if (study->break_even_over != NULL) {
        WIO_TRY(wio_result_set_text(result, "break_even_over", study->break_even_over, err));
        WIO_TRY(wio_result_set_text(result, "break_even_for", study->break_even_for, err));
    }
    WIO_TRY(set_closure(result, study, err));
    WIO_TRY(set_limits(result, economy, study, outcome, err));
    WIO_TRY(set_not_modelled(result, study, outcome, err));
    WIO_TRY(set_lines(result, "sources", study->sources, study->source, err));
    WIO_TRY(set_lines(result, "table_sources", table->sources, table->source, err));
    for (size_t i = 0; i < economy->n; i++) {
        inactive += economy->x[i] == 0.0;
    }
    if (inactive > 0) {
        wio_text_add(&repairs, "%zu activities without output kept as inactive\n", inactive);
    }
    size_t fixed = 0; /* the same cells in every scenario that has a tariff */
    for (size_t s = 0; s < study->scenarios; s++) {
        fixed = outcome[s].fixed_cells > fixed ? outcome[s].fixed_cells : fixed;
    }
    if (fixed > 0) {
        wio_text_add(&repairs, "%zu cells with negative flows held fixed in the nests\n", fixed);
    }
    WIO_TRY(set_text(result, "repairs", &repairs, err));
    for (size_t s = 1; s < study->scenarios; s++) {
        wio_certificate_merge(&certificate, &outcome[s].certificate);
    }
    WIO_TRY(wio_assemble_certificate(result, &certificate, err));
    WIO_TRY(wio_assemble_plan(result, economy, options->reproducible, err));
    WIO_TRY(wio_result_set_text(result, "provenance/study_text", study->text, err));
    WIO_TRY(wio_result_set_text(result, "provenance/study_sha256", study->digest, err));
    return wio_assemble_provenance(result, table, study->input, study->inputs, options->threads,
                                   options->reproducible, err);
}
