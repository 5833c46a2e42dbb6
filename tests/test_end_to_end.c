/* test_end_to_end.c - from the files of a table and a study to a result file and back.
 *
 * The table is TOY3 in a folder, the study has every kind of answer: a tariff and its retaliation
 * (MODEL 3d), a purchase, an investment, a sensitivity case and a break-even. Every answer is
 * asked of the file that was written, as a user would; then every allocation and every write of
 * the whole way fails once. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double PRINTED = 0.5e-6 + 1e-11; /* half the last digit, and rounding */

static const char STUDY[] =
    "wassily: 1\n"
    "title: End to end\n"
    "table: toy\n"
    "base: {rates: {US<-CN: 0, CN<-US: 0}}\n"
    "model: {households: exogenous, prices: cost-push, substitution: nested}\n"
    "parameters:\n"
    "  horizon: long\n"
    "  sigma_domestic: {value: 2.5, source: assumed}\n"
    "  sigma_import: 5\n"
    "  export_elasticity: 3\n"
    "  final_demand_elasticity: 1\n"
    "  revenue: none\n"
    "sensitivity:\n"
    "  - {name: stiff, set: {sigma_domestic: 1.5, sigma_import: 3}}\n"
    "break_even: {for: jobs_change, over: sigma_domestic, between: [0.5, 8]}\n"
    "commitments:\n"
    "  promise:\n"
    "    buyer: CN\n"
    "    seller: US\n"
    "    years: [2018, 2019]\n"
    "    weights: {machines: {M: 1}}\n"
    "    baseline: {unit: musd, price_year: 2017, machines: 30}\n"
    "    increment: {unit: musd, price_year: 2017, machines: [4, 6]}\n"
    "    price_basis: basic\n"
    "    counterfactual: baseline\n"
    "    additionality: 0.5\n"
    "    source: assumed\n"
    "plants:\n"
    "  works:\n"
    "    like: M\n"
    "    capital_output: 2\n"
    "    bridge: {machines: 0.6, buildings: 0.4}\n"
    "    bridge_sectors: {machines: {M: 1}, buildings: {S: 1}}\n"
    "    local_content: {machines: 0.5, buildings: 1}\n"
    "    source: assumed\n"
    "report: {year: 2019, matrix: jobs}\n"
    "scenarios:\n"
    "  - name: tariff\n"
    "    shocks:\n"
    "      - tariff: {importer: US, exporter: CN, sectors: [A, M], change: 10pp,\n"
    "                 pass_through: 1, source: assumed}\n"
    "  - name: answer\n"
    "    extends: tariff\n"
    "    shocks:\n"
    "      - tariff: {importer: CN, exporter: US, sectors: [A, M], change: 10pp,\n"
    "                 pass_through: 1, recapture: 0, source: assumed}\n"
    "  - name: purchase\n"
    "    shocks:\n"
    "      - purchase: {use: promise, compliance: 1, compliance_on: level, source: assumed}\n"
    "  - name: plant\n"
    "    shocks:\n"
    "      - investment:\n"
    "          plant: works\n"
    "          capex: {total: 20, unit: musd, years: [2018, 2019], profile: [0.5, 0.5],\n"
    "                  price_year: 2017, price_basis: basic}\n"
    "          announced_to_built: 1\n"
    "          operation: {start: 2019, utilisation: [1], depreciation: 0}\n"
    "          displaces: none\n"
    "          net: false\n"
    "          source: assumed\n";

/* The scratch folder with the table and the study in it. */
static void setup(void)
{
    scratch_make();
    wio_table *table = toy3();
    wio_error err = {0};
    ck_assert_msg(wio_table_write_folder(table, scratch("toy"), false, &err) == WIO_OK, "%s",
                  err.message);
    wio_table_free(table);
    scratch_write("study.yaml", STUDY);
}

enum { INPUTS = 2 }; /* entries of the folder before anything is solved */

/* What a run of the command does, with everything that it can print. */
static wio_status chain(const char *study_path, const char *path, const wio_run_options *options,
                        wio_error *err)
{
    wio_log *log = NULL;
    wio_study *study = NULL;
    wio_result *result = NULL, *back = NULL;
    char *screen = NULL, *json = NULL, *csv = NULL;
    const wio_write_options writing = {.reproducible = options->reproducible};
    wio_status status = wio_log_create(&log, err);
    if (status == WIO_OK) {
        status = wio_study_read(&study, study_path, log, err);
    }
    if (status == WIO_OK) {
        status = wio_run(&result, study, options, log, err);
    }
    if (status == WIO_OK) {
        status = wio_result_screen(&screen, result, path, NULL, err);
    }
    if (status == WIO_OK) {
        status = wio_result_json(&json, result, err);
    }
    if (status == WIO_OK) {
        status = wio_result_csv(&csv, result, NULL, err);
    }
    if (status == WIO_OK) {
        status = wio_result_write(result, path, &writing, err);
    }
    if (status == WIO_OK) {
        status = wio_result_read(&back, path, err);
    }
    wio_result_free(back);
    wio_free(csv);
    wio_free(json);
    wio_free(screen);
    wio_result_free(result);
    wio_study_free(study);
    wio_log_free(log);
    return status;
}

/* The result file of the study, solved, written and read again. */
static wio_result *answer(void)
{
    const wio_run_options options = {.threads = 1, .reproducible = true};
    wio_error err = {0};
    wio_result *result = NULL;
    wio_status status = chain(scratch("study.yaml"), scratch("out.h5"), &options, &err);
    ck_assert_msg(status == WIO_OK, "%s: %s", wio_status_text(status), err.message);
    status = wio_result_read(&result, scratch("out.h5"), &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return result;
}

/* The elements [scenario][...] of a variable. */
static const double *of(const wio_result *result, const char *name, size_t scenario, size_t *length)
{
    const wio_variable *v = wio_result_find(result, name);
    ck_assert_msg(v != NULL && v->data != NULL, "no %s", name);
    *length = 1;
    for (size_t d = 1; d < v->rank; d++) {
        *length *= v->length[d];
    }
    ck_assert_uint_lt(scenario, v->length[0]);
    return v->data + scenario * *length;
}

static double total(const wio_result *result, const char *name, size_t scenario)
{
    size_t length;
    const double *v = of(result, name, scenario, &length);
    return wio_sum(v, length, 1);
}

enum { TARIFF, ANSWER, PURCHASE, PLANT };

START_TEST(the_answers_of_the_model_come_back_from_the_file)
{
    static const double price[] = {0.005679, 0.006833, 0.001743};
    static const double jobs[] = {-.702, 21.261, -6.793};
    wio_result *result = answer();
    size_t length;
    ck_assert_double_eq_tol(total(result, "jobs_change", TARIFF), 13.765690, PRINTED);
    ck_assert_double_eq_tol(total(result, "jobs_change", ANSWER), -43.727991, PRINTED);
    ck_assert_double_eq_tol(total(result, "tariff_revenue_change", TARIFF), 10.746671, PRINTED);
    const double *p = of(result, "price_change", TARIFF, &length);
    const double *j = of(result, "jobs_change", TARIFF, &length);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(p[i], price[i], PRINTED);
        ck_assert_double_eq_tol(j[i], jobs[i], 0.5e-3 + 1e-11);
    }
    wio_result_free(result);
}
END_TEST

/* h'L e_i: TOY3 has h = (10, 3, 6) jobs per million and (I - Ad) of MODEL 1.5. Solved by
 * Cramer's rule, so that no code of the library stands on both sides. */
static double jobs_multiplier(size_t i)
{
    static const double A[3][3] = {{20.0 / 120, 40.0 / 700, 10.0 / 1200},
                                   {15.0 / 120, 120.0 / 700, 60.0 / 1200},
                                   {20.0 / 120, 100.0 / 700, 200.0 / 1200}};
    static const double h[] = {10, 3, 6};
    double B[3][3], D[3][3]; /* transposed system B' m = h; D has h in column i */
    for (size_t r = 0; r < 3; r++) {
        for (size_t c = 0; c < 3; c++) {
            B[r][c] = (r == c) - A[c][r];
            D[r][c] = c == i ? h[r] : B[r][c];
        }
    }
    double det[2];
    for (int k = 0; k < 2; k++) {
        double(*M)[3] = k == 0 ? D : B;
        det[k] = M[0][0] * (M[1][1] * M[2][2] - M[1][2] * M[2][1]) -
                 M[0][1] * (M[1][0] * M[2][2] - M[1][2] * M[2][0]) +
                 M[0][2] * (M[1][0] * M[2][1] - M[1][1] * M[2][0]);
    }
    return det[0] / det[1];
}

/* In 2019 half of the 6 million is new (additionality), all of it machines. */
START_TEST(purchases_and_plants_give_what_the_multipliers_say)
{
    wio_result *result = answer();
    double machines = jobs_multiplier(1), services = jobs_multiplier(2);
    double tolerance = 100 * 3 * 4 * 0x1p-53 * machines; /* c n kappa u */
    ck_assert_double_eq_tol(total(result, "jobs_change", PURCHASE), 0.5 * 6 * machines, tolerance);
    /* 10 million of capital in each of two years: 6 of machines, half from home, and 4 of
     * buildings, all from home */
    ck_assert_double_eq_tol(total(result, "job_years", PLANT), 2 * (3 * machines + 4 * services),
                            tolerance * 10);
    wio_result_free(result);
}
END_TEST

START_TEST(channels_add_up_in_the_file)
{
    wio_result *result = answer();
    size_t length, n;
    for (size_t s = 0; s <= PLANT; s++) {
        const double *by_channel = of(result, "jobs_channel", s, &length);
        const double *change = of(result, "jobs_change", s, &n);
        for (size_t i = 0; i < n; i++) {
            double sum = wio_sum(by_channel + i, length / n, n);
            ck_assert_double_eq_tol(sum, change[i], 64 * 0x1p-53 * 10000);
        }
    }
    wio_result_free(result);
}
END_TEST

START_TEST(at_the_break_even_no_job_is_gained_or_lost)
{
    wio_result *result = answer();
    const wio_variable *root = wio_result_find(result, "break_even");
    ck_assert(root != NULL && root->length[0] == 4);
    ck_assert(root->data[TARIFF] > 0.5 && root->data[TARIFF] < 8);
    /* the same study, with the answer as its elasticity */
    char digits[WIO_NUMBER_SIZE], text[sizeof STUDY + 64];
    const char *at = strstr(STUDY, "value: 2.5");
    ck_assert_ptr_nonnull(at);
    (void)snprintf(text, sizeof text, "%.*svalue: %s%s", (int)(at - STUDY), STUDY,
                   wio_format_double(digits, root->data[TARIFF]), at + strlen("value: 2.5"));
    scratch_write("even.yaml", text);
    const wio_run_options options = {.threads = 1};
    wio_error err = {0};
    ck_assert_msg(chain(scratch("even.yaml"), scratch("even.h5"), &options, &err) == WIO_OK, "%s",
                  err.message);
    wio_result *even = NULL;
    ck_assert_int_eq(wio_result_read(&even, scratch("even.h5"), &err), WIO_OK);
    /* the search stops at 1e-6 of the bracket of 7.5; the answer moves some 10 jobs per unit */
    ck_assert_double_eq_tol(total(even, "jobs_change", TARIFF), 0.0, 7.5e-6 * 50);
    wio_result_free(even);
    wio_result_free(result);
}
END_TEST

static char *bytes_of(const char *path, size_t *length)
{
    char *data = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_file_read(&data, length, path, 64 << 20, &err) == WIO_OK, "%s", err.message);
    return data;
}

START_TEST(any_number_of_threads_writes_the_same_bytes)
{
    char *first = NULL;
    size_t length = 0;
    for (int threads = 1; threads <= 3; threads++) {
        const wio_run_options options = {.threads = threads, .reproducible = true};
        char name[32];
        wio_error err = {0};
        (void)snprintf(name, sizeof name, "threads%d.h5", threads);
        wio_status status = chain(scratch("study.yaml"), scratch(name), &options, &err);
        ck_assert_msg(status == WIO_OK, "%s", err.message);
        size_t size;
        char *bytes = bytes_of(scratch(name), &size);
        if (first == NULL) {
            first = bytes;
            length = size;
            continue;
        }
        ck_assert_uint_eq(size, length);
        ck_assert_msg(memcmp(bytes, first, size) == 0, "%d threads give other bytes", threads);
        wio_free(bytes);
    }
    wio_free(first);
}
END_TEST

/* The steps of the chain one by one: so every allocation of the whole way can fail without all
 * the earlier ones being made again each time. */
typedef struct session {
    wio_study *study;
    wio_result *result, *back;
    char *screen, *json, *csv;
} session;

enum { READ, RUN, SCREEN, JSON, CSV, WRITE, READ_BACK, STEPS };

static wio_status step(session *s, int which, wio_log *log, wio_error *err)
{
    const wio_run_options options = {.threads = 1, .reproducible = true};
    const wio_write_options writing = {.reproducible = true};
    switch (which) {
    case READ:
        return wio_study_read(&s->study, scratch("study.yaml"), log, err);
    case RUN:
        return wio_run(&s->result, s->study, &options, log, err);
    case SCREEN:
        return wio_result_screen(&s->screen, s->result, "out.h5", NULL, err);
    case JSON:
        return wio_result_json(&s->json, s->result, err);
    case CSV:
        return wio_result_csv(&s->csv, s->result, NULL, err);
    case WRITE:
        return wio_result_write(s->result, scratch("out.h5"), &writing, err);
    default:
        return wio_result_read(&s->back, scratch("out.h5"), err);
    }
}

START_TEST(every_allocation_fails_once)
{
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 28); /* thousands of runs: keep the heap between them */
    session s = {0};
    long start = wio_alloc_live, all = 0;
    for (int which = 0; which < STEPS; which++) {
        wio_status status = WIO_E_MEMORY;
        size_t files = INPUTS + (which > WRITE ? 1 : 0);
        /* 2251 allocations of the file: test_result_hdf5 fails each of them; here every seventh */
        long stride = which == WRITE ? 7 : 1;
        for (long budget = 0; status != WIO_OK; budget += stride, all++) {
            long live = wio_alloc_live;
            wio_log *log = new_log();
            wio_error err = {0};
            session before = s;
            wio_alloc_budget = budget;
            status = step(&s, which, log, &err);
            wio_alloc_budget = -1;
            wio_log_free(log);
            if (status == WIO_OK) {
                continue;
            }
            ck_assert_msg(status == WIO_E_MEMORY && err.status == status && err.message[0] != '\0',
                          "step %d, %ld: %s: %s", which, budget, wio_status_text(status),
                          err.message);
            ck_assert_msg(wio_alloc_live == live, "step %d, %ld: %ld blocks left", which, budget,
                          (long)wio_alloc_live - live);
            ck_assert_mem_eq(&s, &before, sizeof s); /* no output changed */
            ck_assert_uint_eq(scratch_files(), files);
        }
    }
    ck_assert_int_gt(all, 1000);
    wio_result_free(s.back);
    wio_free(s.csv);
    wio_free(s.json);
    wio_free(s.screen);
    wio_result_free(s.result);
    wio_study_free(s.study);
    ck_assert_int_eq(wio_alloc_live, start);
}
END_TEST

START_TEST(every_write_fails_once)
{
    const wio_run_options options = {.threads = 1, .reproducible = true};
    long live = wio_alloc_live, budget = 0;
    for (;; budget++) {
        wio_error err = {0};
        wio_write_budget = budget;
        wio_status status = chain(scratch("study.yaml"), scratch("out.h5"), &options, &err);
        wio_write_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live);
        if (status == WIO_OK) {
            break;
        }
        ck_assert_msg(status == WIO_E_CREATE || status == WIO_E_WRITE, "%ld: %s", budget,
                      err.message);
        ck_assert_ptr_nonnull(strstr(err.message, "out.h5"));
        ck_assert_uint_eq(scratch_files(), INPUTS);
    }
    ck_assert_int_ge(budget, 5); /* create, write, sync, rename, sync of the folder */
}
END_TEST

/* Stops when `done` of the progress reaches the context. */
typedef struct stopper {
    size_t after;
    volatile int stop;
} stopper;

static void stop_after(void *context, size_t done, size_t total_tasks, const char *what)
{
    stopper *s = context;
    (void)total_tasks;
    (void)what;
    if (done >= s->after) {
        s->stop = 1;
    }
}

START_TEST(the_stop_flag_interrupts_at_any_moment)
{
    for (size_t after = 0; after < 8; after++) { /* 4 scenarios, 2 cases */
        stopper s = {.after = after, .stop = after == 0};
        const wio_run_options options = {
            .threads = 1, .progress = stop_after, .context = &s, .stop = &s.stop};
        wio_error err = {0};
        long live = wio_alloc_live;
        ck_assert_int_eq(chain(scratch("study.yaml"), scratch("out.h5"), &options, &err),
                         WIO_E_INTERRUPTED);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_uint_eq(scratch_files(), INPUTS);
    }
    /* after the last scenario there is still the search for the break-even */
    stopper s = {.after = 8};
    const wio_run_options options = {
        .threads = 1, .progress = stop_after, .context = &s, .stop = &s.stop};
    wio_error err = {0};
    ck_assert_int_eq(chain(scratch("study.yaml"), scratch("out.h5"), &options, &err),
                     WIO_E_INTERRUPTED);
    ck_assert_uint_eq(scratch_files(), INPUTS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("end_to_end");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, setup, scratch_remove);
    tcase_add_test(known, the_answers_of_the_model_come_back_from_the_file);
    tcase_add_test(known, purchases_and_plants_give_what_the_multipliers_say);
    tcase_add_test(known, at_the_break_even_no_job_is_gained_or_lost);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, setup, scratch_remove);
    tcase_add_test(properties, channels_add_up_in_the_file);
    tcase_add_test(properties, any_number_of_threads_writes_the_same_bytes);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, setup, scratch_remove);
    tcase_set_timeout(failures, 300);
    tcase_add_test(failures, every_allocation_fails_once);
    tcase_add_test(failures, every_write_fails_once);
    tcase_add_test(failures, the_stop_flag_interrupts_at_any_moment);
    suite_add_tcase(suite, failures);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
