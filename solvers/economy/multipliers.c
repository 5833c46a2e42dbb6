/* multipliers.c - two questions to a table without a study: multipliers, and output for a demand.
 *
 *   Type I:  m' = g'L, one transposed solve for each row g (1, v, wages, imports, satellites)
 *   Type II: m' = g'L + gain (g'L h_c)(h_r'L), summed over industries only   (MODEL 3b)
 * A satellite that is missing for some activities counts as 0 there: its multipliers are lower
 * bounds, and the attribute coverage/<account> gives the share of output behind them. */
#include "assemble.h"
#include "stream.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIXED = 4, NAME_SIZE = 160 }; /* output, value_added, compensation, imports */

/* All columns: weights [count x n] and what they are; count = FIXED + accounts. */
static void make_columns(wio_column *columns, double *weight, const wio_economy *economy,
                         const double *output)
{
    const wio_table *table = economy->table;
    size_t n = economy->n;
    const char *money = table->currency;
    columns[0] = (wio_column){"output", money, "gross output", true, true, 0, 1.0};
    columns[1] = wio_column_value_added(table);
    columns[2] = (wio_column){"compensation",
                              money,
                              "compensation of employees",
                              true,
                              wio_column_role(table, WIO_ROLE_COMPENSATION),
                              0,
                              1.0};
    columns[3] = (wio_column){"imports",
                              money,
                              "imports from exogenous regions and noncompeting ones",
                              true,
                              economy->q > 0 || wio_column_role(table, WIO_ROLE_IMPORT),
                              0,
                              1.0};
    for (size_t j = 0; j < n; j++) {
        weight[j] = 1.0;
        weight[n + j] = economy->v[j];
        weight[2 * n + j] = columns[2].known ? economy->wage[j] : 0.0;
        weight[3 * n + j] = economy->import_item[j] + economy->imported[j];
    }
    for (size_t a = 0; a < table->k; a++) {
        columns[FIXED + a] = wio_column_account(weight + (FIXED + a) * n, economy, a, output);
    }
}

/* --- the result: labels and attributes -------------------------------------------------------------- */

static wio_status add_labels(wio_result *result, const wio_economy *economy, wio_error *err)
{
    const wio_table *table = economy->table;
    size_t n = economy->n;
    const char **text = wio_alloc(3 * n, sizeof *text);
    char **label = wio_zalloc(n, sizeof *label);
    wio_status status = WIO_OK;
    if (text == NULL || label == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "no memory for the labels of %zu activities", n);
    }
    for (size_t i = 0; i < n && status == WIO_OK; i++) {
        wio_text line = {0};
        text[i] = table->region.code[table->origin_region[i]];
        text[n + i] = table->sector.code[table->origin_sector[i]];
        text[2 * n + i] = table->sector.name[table->origin_sector[i]];
        wio_text_add(&line, "%s.%s", text[i], text[n + i]);
        status = wio_text_take(&label[i], &line, err);
    }
    if (status == WIO_OK) {
        status = wio_result_dimension(result, "activity", n, (const char *const *)label,
                                      "activity: region and sector", err);
    }
    if (status == WIO_OK) {
        status = wio_result_add_text(result, "region", "activity", text, "region", err);
    }
    if (status == WIO_OK) {
        status = wio_result_add_text(result, "sector", "activity", text + n, "sector", err);
    }
    if (status == WIO_OK) {
        status = wio_result_add_text(result, "sector_name", "activity", text + 2 * n,
                                     "name of the sector", err);
    }
    for (size_t i = 0; label != NULL && i < n; i++) {
        wio_free(label[i]);
    }
    wio_free(label);
    wio_free(text);
    return status;
}

static wio_status set_closure(wio_result *result, const wio_household_options *households,
                              wio_error *err)
{
    static const char *const income[] = {"total household income", "wages", "disposable income",
                                         "a stated amount"};
    if (households == NULL || !households->endogenous) {
        return wio_result_set_text(result, "closure", "Type I", err);
    }
    if (households->rounds > 0) {
        return wio_result_set(result, "closure", err,
                              "Type II over %s (an upper bound), %zu rounds, industries only",
                              income[households->income], households->rounds);
    }
    return wio_result_set(result, "closure", err,
                          "Type II over %s (an upper bound), industries only",
                          income[households->income]);
}

wio_status wio_assemble_table(wio_result *result, const wio_table *table, wio_error *err)
{
    WIO_TRY(wio_result_set_text(result, "table", table->name, err));
    WIO_TRY(wio_result_set_text(result, "table_title", table->title, err));
    WIO_TRY(wio_result_set(result, "table_year", err, "%d", table->year));
    WIO_TRY(wio_result_set_text(result, "currency", table->currency, err));
    WIO_TRY(wio_result_set_text(result, "price_basis", table->price_basis, err));
    WIO_TRY(wio_result_set_text(result, "import_split", table->import_split, err));
    if (table->licence != NULL) {
        WIO_TRY(wio_result_set_text(result, "licence", table->licence, err));
    }
    wio_text sources = {0};
    for (size_t i = 0; i < table->sources; i++) {
        wio_text_add(&sources, "%s\n", table->source[i]);
    }
    char *lines = NULL;
    WIO_TRY(wio_text_take(&lines, &sources, err));
    wio_status status = wio_result_set_text(result, "table_sources", lines, err);
    wio_free(lines);
    return status;
}

/* A variable over activities; an account may not take the name of what is there already. */
static wio_status add_variable(double **data, wio_result *result, const wio_column *c,
                               const char *per, wio_error *err)
{
    char name[NAME_SIZE], units[NAME_SIZE];
    bool taken = wio_result_find(result, c->name) != NULL;
    (void)snprintf(name, sizeof name, "%s%s", c->name, taken ? "_account" : "");
    (void)snprintf(units, sizeof units, "%s%s%s", c->money ? "million " : "", c->unit, per);
    return wio_result_add(data, result, name, "activity", units, c->long_name, err);
}

/* --- multipliers -------------------------------------------------------------------------------------- */

/* rows: [count x n] weights in, multipliers out. */
static wio_status multiply(double *rows, size_t count, const wio_economy *economy,
                           const wio_household_options *options, wio_certificate *certificate,
                           wio_error *err)
{
    size_t n = economy->n;
    wio_households *households = NULL;
    double *income = NULL, *spent = NULL;
    wio_status status = WIO_OK;
    if (options != NULL && options->endogenous) {
        income = wio_alloc(n, sizeof *income);
        spent = wio_alloc(count, sizeof *spent);
        status = income == NULL || spent == NULL
                     ? wio_fail(err, WIO_E_MEMORY, "no memory for Type II of %zu activities", n)
                     : wio_households_create(&households, economy, economy->system, options, err);
        if (status != WIO_OK) {
            goto done;
        }
        for (size_t c = 0; c < count; c++) { /* g'L h_c */
            spent[c] = wio_dot(rows + c * n, households->spread, n);
        }
        status = wio_system_solve_transposed(income, economy->system, 1, households->income,
                                             certificate, err); /* h_r'L */
        if (status != WIO_OK) {
            goto done;
        }
    }
    status = wio_system_solve_transposed(rows, economy->system, count, rows, certificate, err);
    for (size_t c = 0; status == WIO_OK && households != NULL && c < count; c++) {
        for (size_t j = 0; j < n; j++) {
            rows[c * n + j] += households->gain * spent[c] * income[j];
        }
    }
done:
    wio_households_free(households);
    wio_free(spent);
    wio_free(income);
    return status;
}

/* rows: multipliers. */
static wio_status fill_multipliers(wio_result *result, const wio_economy *economy,
                                   const wio_column *columns, const double *rows, size_t count,
                                   const wio_household_options *households, wio_error *err)
{
    const wio_table *table = economy->table;
    size_t n = economy->n;
    char per[NAME_SIZE];
    WIO_TRY(add_labels(result, economy, err));
    (void)snprintf(per, sizeof per, " per million %s", table->currency);
    for (size_t c = 0; c < count; c++) {
        double *data = NULL;
        WIO_TRY(add_variable(&data, result, &columns[c], per, err));
        if (columns[c].known) {
            memcpy(data, rows + c * n, n * sizeof *data);
        }
    }
    WIO_TRY(wio_result_set_text(result, "command", "multipliers", err));
    WIO_TRY(wio_result_set(result, "title", err, "Multipliers of %s", table->title));
    WIO_TRY(wio_assemble_table(result, table, err));
    WIO_TRY(set_closure(result, households, err));
    return wio_assemble_coverage(result, columns + FIXED, count - FIXED, err);
}

/* --- demand ------------------------------------------------------------------------------------------- */

/* output [n]: (I - A)^-1 f, with what households induce. */
static wio_status respond(double *output, const wio_economy *economy, const double *f,
                          const wio_household_options *options, wio_certificate *certificate,
                          wio_error *err)
{
    size_t n = economy->n;
    WIO_TRY(wio_system_solve(output, economy->system, 1, f, certificate, err));
    if (options == NULL || !options->endogenous) {
        return WIO_OK;
    }
    wio_households *households = NULL;
    double *induced = wio_alloc(n, sizeof *induced);
    wio_status status =
        induced == NULL
            ? wio_fail(err, WIO_E_MEMORY, "no memory for %zu induced outputs", n)
            : wio_households_create(&households, economy, economy->system, options, err);
    if (status == WIO_OK) {
        wio_households_induced(induced, households, n, output);
        for (size_t i = 0; i < n; i++) {
            output[i] += induced[i];
        }
    }
    wio_households_free(households);
    wio_free(induced);
    return status;
}

static wio_status fill_answer(wio_result *result, const wio_economy *economy,
                              const wio_column *columns, const double *weight, size_t count,
                              const double *f, const double *output, wio_error *err)
{
    size_t n = economy->n;
    const wio_column demand = {"demand", economy->table->currency, "final demand", true, true, 0,
                               1.0};
    double *data = NULL;
    WIO_TRY(add_labels(result, economy, err));
    WIO_TRY(add_variable(&data, result, &demand, "", err));
    memcpy(data, f, n * sizeof *data);
    WIO_TRY(wio_assemble_number(result, "total", "demand", wio_sum(f, n, 1), err));
    for (size_t c = 0; c < count; c++) {
        if (c == 2) {
            continue; /* compensation is a question to the multipliers */
        }
        WIO_TRY(add_variable(&data, result, &columns[c], "", err));
        for (size_t j = 0; j < n && columns[c].known; j++) {
            bool there = c < FIXED || !isnan(economy->e[(c - FIXED) * n + j]);
            data[j] = there ? weight[c * n + j] * output[j] : NAN;
        }
        if (columns[c].known) {
            WIO_TRY(wio_assemble_number(result, "total", columns[c].name,
                                        wio_dot(weight + c * n, output, n), err));
        }
    }
    return WIO_OK;
}

/* --- what both questions need --------------------------------------------------------------------- */

/* The economy, the columns and their weights. */
typedef struct question {
    wio_economy *owned;
    const wio_economy *economy; /* owned, or of a table in its file */
    wio_result *result;
    wio_column *columns; /* [count] */
    double *weight;      /* [count x n] */
    double *output;      /* [n] */
    size_t count;
    wio_certificate certificate;
} question;

static void question_free(question *q)
{
    wio_result_free(q->result);
    wio_economy_free(q->owned);
    wio_free(q->columns);
    wio_free(q->weight);
    wio_free(q->output);
}

static wio_status question_prepare(question *q, const wio_economy *economy, wio_error *err)
{
    const wio_table *table = economy->table;
    q->economy = economy;
    q->count = FIXED + table->k;
    q->columns = wio_zalloc(q->count, sizeof *q->columns);
    q->weight = wio_alloc(q->count, table->n * sizeof(double));
    q->output = wio_alloc(table->n, sizeof(double));
    if (q->columns == NULL || q->weight == NULL || q->output == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu multipliers of %zu activities",
                        q->count, table->n);
    }
    return wio_result_create(&q->result, err);
}

static wio_status question_create(question *q, const wio_table *table,
                                  const wio_solver_options *how, size_t sides, wio_error *err)
{
    wio_solver_options options = how != NULL ? *how : (wio_solver_options){0};
    options.right_hand_sides = sides;
    WIO_TRY(wio_economy_create_any(&q->owned, table, &options, NULL, err));
    return question_prepare(q, q->owned, err);
}

/* The result is the caller's. */
static wio_status question_finish(wio_result **out, question *q, wio_status status)
{
    if (status == WIO_OK) {
        *out = q->result;
        q->result = NULL;
    }
    question_free(q);
    return status;
}

static wio_status answer_multipliers(question *q, const wio_household_options *households,
                                     wio_error *err)
{
    make_columns(q->columns, q->weight, q->economy, q->economy->x);
    wio_certificate_start(&q->certificate, q->economy->system);
    WIO_TRY(multiply(q->weight, q->count, q->economy, households, &q->certificate, err));
    WIO_TRY(
        fill_multipliers(q->result, q->economy, q->columns, q->weight, q->count, households, err));
    WIO_TRY(wio_assemble_plan(q->result, q->economy, false, err));
    return wio_assemble_certificate(q->result, &q->certificate, err);
}

/* output [n] was found. */
static wio_status fill_solution(question *q, const double *f,
                                const wio_household_options *households, wio_error *err)
{
    const wio_table *table = q->economy->table;
    make_columns(q->columns, q->weight, q->economy, q->output);
    WIO_TRY(fill_answer(q->result, q->economy, q->columns, q->weight, q->count, f, q->output, err));
    WIO_TRY(wio_result_set_text(q->result, "command", "solve", err));
    WIO_TRY(wio_result_set(q->result, "title", err, "Output for a demand, %s", table->title));
    WIO_TRY(wio_assemble_table(q->result, table, err));
    WIO_TRY(set_closure(q->result, households, err));
    return wio_assemble_coverage(q->result, q->columns + FIXED, q->count - FIXED, err);
}

static wio_status answer_demand(question *q, const double *f,
                                const wio_household_options *households, wio_error *err)
{
    WIO_TRY(respond(q->output, q->economy, f, households, &q->certificate, err));
    WIO_TRY(fill_solution(q, f, households, err));
    WIO_TRY(wio_assemble_plan(q->result, q->economy, false, err));
    return wio_assemble_certificate(q->result, &q->certificate, err);
}

/* --- the public functions ----------------------------------------------------------------------------- */

wio_status wio_multipliers(wio_result **out, const wio_table *table,
                           const wio_household_options *households, const wio_solver_options *how,
                           wio_error *err)
{
    if (out == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_multipliers: NULL argument");
    }
    question q = {0};
    wio_status status = question_create(&q, table, how, FIXED + table->k, err);
    if (status == WIO_OK) {
        status = answer_multipliers(&q, households, err);
    }
    return question_finish(out, &q, status);
}

wio_status wio_solve(wio_result **out, const wio_table *table, const double *f,
                     const wio_household_options *households, const wio_solver_options *how,
                     wio_error *err)
{
    if (out == NULL || table == NULL || f == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_solve: NULL argument");
    }
    question q = {0};
    wio_status status = question_create(&q, table, how, 1, err);
    if (status == WIO_OK) {
        status = answer_demand(&q, f, households, err);
    }
    return question_finish(out, &q, status);
}

/* --- with the flows in their file ----------------------------------------------------------------------- */

static wio_status solve_streamed(question *q, const wio_streamed *s, double *X, bool transposed,
                                 size_t k, const double *F, const wio_stream_options *options,
                                 wio_error *err)
{
    static const double STANDARD = 1e-10;
    wio_series_report report = {0};
    double relative = options != NULL && options->relative > 0.0 ? options->relative : STANDARD;
    WIO_TRY(wio_series_solve(X, &s->stream.A, transposed, k, F, relative, &q->certificate, &report,
                             err));
    WIO_TRY(wio_assemble_number(q->result, "stream", "readings", (double)report.readings + 1.0,
                                err)); /* with that of the identities */
    WIO_TRY(wio_assemble_number(q->result, "stream", "contraction", report.contraction, err));
    WIO_TRY(wio_result_set_text(q->result, "plan/method", "series", err));
    WIO_TRY(wio_result_set(q->result, "plan/reason", err,
                           "the flows stay in their file, which was read %zu times",
                           report.readings + 1));
    return wio_assemble_certificate(q->result, &q->certificate, err);
}

/* f NULL: multipliers. */
static wio_status answer_streamed(question *q, wio_streamed *s, const double *f,
                                  const wio_stream_options *options, wio_error *err)
{
    WIO_TRY(question_prepare(q, s->economy, err));
    if (f != NULL) {
        WIO_TRY(solve_streamed(q, s, q->output, false, 1, f, options, err));
        return fill_solution(q, f, NULL, err);
    }
    make_columns(q->columns, q->weight, q->economy, q->economy->x);
    WIO_TRY(solve_streamed(q, s, q->weight, true, q->count, q->weight, options, err));
    return fill_multipliers(q->result, q->economy, q->columns, q->weight, q->count, NULL, err);
}

static wio_status ask_file(wio_result **out, wio_table_file *file, const double *f, size_t sides,
                           const wio_stream_options *options, wio_log *log, wio_error *err)
{
    question q = {0};
    wio_streamed s;
    if (options != NULL && !(options->relative >= 0.0)) {
        return wio_fail(err, WIO_E_ARGUMENT, "relative is %g, it has to be at least 0",
                        options->relative);
    }
    int threads = options != NULL ? options->threads : 0;
    wio_status status = wio_streamed_start(&s, file, sides, threads, log, err);
    if (status == WIO_OK) {
        status = answer_streamed(&q, &s, f, options, err);
    }
    status = question_finish(out, &q, status);
    wio_streamed_end(&s);
    return status;
}

wio_status wio_table_file_solve(wio_result **out, wio_table_file *file, const double *f,
                                const wio_stream_options *options, wio_log *log, wio_error *err)
{
    if (out == NULL || file == NULL || f == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_file_solve: NULL argument");
    }
    for (size_t i = 0; i < file->table->n; i++) {
        if (!isfinite(f[i])) {
            return wio_fail(err, WIO_E_NONFINITE, "f[%zu] is not finite", i);
        }
    }
    return ask_file(out, file, f, 1, options, log, err);
}

wio_status wio_table_file_multipliers(wio_result **out, wio_table_file *file,
                                      const wio_stream_options *options, wio_log *log,
                                      wio_error *err)
{
    if (out == NULL || file == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_file_multipliers: NULL argument");
    }
    return ask_file(out, file, NULL, FIXED + file->table->k, options, log, err);
}
