/* test_check_file.c - the check of a table whose flows stay in its file: the verdict, the numbers, the
 * findings and the gaps of the table in memory, for any number of threads and any size of panels. */
#include "../core/table.h"
#include "../io/io.h"
#include "random_economy.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char path[128];

static void make_folder(void)
{
    scratch_make();
    (void)snprintf(path, sizeof path, "%s", scratch("t.h5"));
}

static wio_table_file *opened(void)
{
    wio_table_file *file = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_table_file_open(&file, path, NULL, NULL, &err) == WIO_OK, "%s", err.message);
    return file;
}

static wio_table_file *packed(const wio_table *table)
{
    wio_error err = {0};
    ck_assert_msg(wio_table_write_hdf5(table, path, true, &err) == WIO_OK, "%s", err.message);
    return opened();
}

/* --- equal, where both have it ------------------------------------------------------------------------ */

static void same(double a, double b, const char *what)
{
    ck_assert_msg(memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b)), "%s: %.17g and %.17g",
                  what, a, b);
}

/* Bits of every figure; the interval of the radius has to meet the other, and the condition is an upper
 * bound, at most 1 % too large where the proof was followed to its end. */
static void same_reports(const wio_table_report *a, const wio_table_report *b)
{
    same(a->row_gap, b->row_gap, "row gap");
    same(a->column_gap, b->column_gap, "column gap");
    same(a->gdp_gap, b->gdp_gap, "gap of value added");
    same(a->output_covered_by_jobs, b->output_covered_by_jobs, "covered");
    same(a->gdp, b->gdp, "value added");
    same(a->output, b->output, "output");
    same(a->jobs, b->jobs, "jobs");
    ck_assert_uint_eq(a->row_at, b->row_at);
    ck_assert_uint_eq(a->column_at, b->column_at);
    ck_assert_uint_eq(a->gdp_at, b->gdp_at);
    ck_assert_uint_eq(a->zero_output, b->zero_output);
    ck_assert_uint_eq(a->negative_flows, b->negative_flows);
    ck_assert_uint_eq(a->negative_final, b->negative_final);
    ck_assert_uint_eq(a->column_sums_above_one, b->column_sums_above_one);
    const wio_certificate *x = &a->certificate, *y = &b->certificate;
    ck_assert_int_eq(x->productive, y->productive);
    ck_assert_int_eq(x->nonnegative, y->nonnegative);
    ck_assert_msg(x->radius_low <= y->radius_high && y->radius_low <= x->radius_high,
                  "[%g, %g] and [%g, %g]", x->radius_low, x->radius_high, y->radius_low,
                  y->radius_high);
    /* of the same matrix, within 1 + 16 units; by |A|, which bounds no less than <B>, where flows are
     * below 0 */
    ck_assert(y->condition >= x->condition * (1.0 - 1e-12));
    if (x->nonnegative) {
        ck_assert_msg(y->condition <= 1.02 * x->condition, "%g, %g", y->condition, x->condition);
    }
}

/* What follows the radius, which is known to other digits: "E301 ...: the radius is in [...]; ...". */
static const char *after_radius(const char *text)
{
    const char *rest = strstr(text, "the spectral radius of A is in [");
    return rest != NULL && strchr(rest, ';') != NULL ? strchr(rest, ';') : text;
}

static void same_logs(const wio_log *a, const wio_log *b)
{
    ck_assert_uint_eq(wio_log_count(a, WIO_NOTE), wio_log_count(b, WIO_NOTE));
    for (size_t i = 0; i < wio_log_count(a, WIO_NOTE); i++) {
        const wio_finding *x = wio_log_finding(a, i), *y = wio_log_finding(b, i);
        ck_assert_int_eq(x->severity, y->severity);
        ck_assert_str_eq(after_radius(x->text), after_radius(y->text));
        ck_assert_msg(strncmp(x->text, y->text, 4) == 0, "%s\n%s", x->text, y->text);
        ck_assert_str_eq(x->file, y->file);
    }
}

static void same_gaps(const wio_table *table, wio_table_file *file)
{
    wio_table_gap *a = NULL, *b = NULL;
    size_t count = 0, other = 0;
    ck_assert_int_eq(wio_table_gaps(&a, &count, table, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_file_gaps(&b, &other, file, NULL), WIO_OK);
    ck_assert_uint_eq(count, other);
    for (size_t k = 0; k < count; k++) {
        ck_assert_str_eq(a[k].identity, b[k].identity);
        ck_assert_uint_eq(a[k].region, b[k].region);
        ck_assert_uint_eq(a[k].activity, b[k].activity);
        same(a[k].left, b[k].left, "left");
        same(a[k].right, b[k].right, "right");
        same(a[k].share, b[k].share, "share");
    }
    wio_free(a);
    wio_free(b);
}

/* Writes the table, and asks both. Returns the verdict. */
static wio_status compare(const wio_table *table)
{
    wio_table *loaded = NULL;
    wio_table_file *file = packed(table);
    wio_log *log[2] = {new_log(), new_log()};
    wio_error err[2] = {{0}, {0}};
    wio_table_report report[2] = {0};
    wio_status status = wio_table_open(&loaded, path, NULL, log[0], &err[0]);
    status = status == WIO_OK ? wio_table_check(&report[0], loaded, log[0], &err[0]) : status;
    wio_status other = wio_table_file_check(&report[1], file, NULL, log[1], &err[1]);
    ck_assert_msg(status == other, "%d (%s), %d (%s)", status, err[0].message, other,
                  err[1].message);
    ck_assert_str_eq(after_radius(err[0].message), after_radius(err[1].message));
    same_logs(log[0], log[1]);
    if (status == WIO_OK || status == WIO_E_NO) {
        ck_assert_uint_ge(report[1].readings, 2);
        ck_assert_uint_eq(report[0].readings, 0);
        same_reports(&report[0], &report[1]);
        same_gaps(loaded, file);
    }
    wio_log_free(log[0]);
    wio_log_free(log[1]);
    wio_table_file_close(file);
    wio_table_free(loaded);
    return status;
}

/* --- known answers ------------------------------------------------------------------------------------ */

START_TEST(the_verdict_is_that_of_the_table_in_memory)
{
    static const char *const names[] = {"us-2017", "world-2009", "world-2011"};
    wio_table *t = NULL;
    if (_i < 3) {
        ck_assert_int_eq(wio_table_open(&t, names[_i], NULL, NULL, NULL), WIO_OK);
    } else {
        t = _i == 3 ? toy3() : _i == 4 ? toy_mrio() : unproductive();
    }
    ck_assert_int_eq(compare(t), _i < 5 ? WIO_OK : WIO_E_NO);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* A = [0 a; b 0]: radius sqrt(ab), powers that go round for ever. a = .5, b = .32: .4 exactly. Output
 * (1000, 800) and final demand (600, 480). */
START_TEST(a_table_that_goes_round_has_its_radius)
{
    static const char *const sector[] = {"a", "b"};
    const double Z[] = {0, 400, 320, 0}, Y[] = {600, 480}, P[] = {680, 400};
    const wio_table_arrays arrays = one_region("round", 2, sector, Z, Y, P, NULL);
    wio_table *t = table_made(&arrays);
    wio_table_file *file = packed(t);
    wio_table_report r = {0};
    ck_assert_int_eq(wio_table_file_check(&r, file, NULL, NULL, NULL), WIO_OK);
    ck_assert_double_le(r.certificate.radius_low, 0.4);
    ck_assert_double_ge(r.certificate.radius_high, 0.4);
    ck_assert_double_le(r.certificate.radius_high - r.certificate.radius_low, 1e-3 * 0.41);
    /* (I - A)^-1 = [1 .5; .32 1] / .84: column sums 1.32, 1.5 over .84; of I - A 1.32, 1.5 */
    ck_assert_double_eq_tol(r.certificate.condition, 1.5 * 1.5 / 0.84, 0.01 * 2.7);
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

/* Sectors 1 and 2 buy from each other alone and add no value: a closed group, with radius 1. */
START_TEST(a_closed_group_is_named)
{
    static const char *const sector[] = {"a", "b", "c", "d"};
    const double Z[] = {10, 0, 0, 5, 0, 20, 80, 0, 0, 80, 20, 0, 3, 0, 0, 4};
    const double Y[] = {85, 0, 0, 43}, P[] = {87, 0, 0, 41};
    const wio_table_arrays arrays = one_region("closed", 4, sector, Z, Y, P, NULL);
    wio_table *t = table_made(&arrays);
    wio_log *log = new_log();
    wio_table_report r = {0};
    ck_assert_int_eq(compare(t), WIO_E_NO);
    wio_table_file *file = opened();
    ck_assert_int_eq(wio_table_file_check(&r, file, NULL, log, NULL), WIO_E_NO);
    ck_assert(logged(log, "E301"));
    ck_assert(logged(log, "the group of 2 that needs its own output: US.b, US.c;"));
    ck_assert_uint_le(r.readings, 400);
    wio_table_file_close(file);
    wio_log_free(log);
    wio_table_free(t);
}
END_TEST

/* The same columns, which leave nothing, beside value added of 5 that the table records: a radius of 1
 * within rounding, and no closed group. That is left to the table in memory. */
START_TEST(a_radius_of_one_is_not_judged_where_records_disagree)
{
    static const char *const sector[] = {"a", "b", "c", "d"};
    const double Z[] = {10, 0, 0, 5, 0, 20, 80, 0, 0, 80, 20, 0, 3, 0, 0, 4};
    const double Y[] = {85, 0, 0, 43}, P[] = {87, 5, 5, 41};
    const wio_table_arrays arrays = one_region("odd", 4, sector, Z, Y, P, NULL);
    wio_table *t = table_made(&arrays);
    wio_table_file *file = packed(t);
    wio_log *log = new_log();
    wio_error err = {0};
    wio_table_report r = {.output = 7.0};
    ck_assert_int_eq(wio_table_file_check(&r, file, NULL, log, &err), WIO_E_NOT_CONVERGED);
    ck_assert(logged(log, "B2 US.b: inputs add up to 105, output is 100"));
    ck_assert(!logged(log, "E301") && r.output == 7.0);
    wio_log_free(log);
    wio_table_file_close(file);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* --- properties --------------------------------------------------------------------------------------- */

enum { FAULTS = 12 };

/* One fault in a table that holds; x is not made again: the file is read anew. */
static void spoil(wio_table *t, int fault, uint64_t *state)
{
    size_t n = t->n, i = (size_t)((double)n * random_uniform(state));
    size_t j = (size_t)((double)n * random_uniform(state));
    switch (fault) {
    case 1:
        t->P[j] *= 1.001; /* a small gap */
        break;
    case 2:
        t->P[j] += 0.3 * t->x[j]; /* a large one */
        break;
    case 3: /* all of them */
        for (size_t k = 0; k < n; k++) {
            t->P[k] += 0.05 * t->x[k] * random_uniform(state);
        }
        break;
    case 4: /* thousands */
        for (size_t k = 0; k < t->p * n; k++) {
            t->P[k] *= 1000.0;
        }
        break;
    case 5: /* negative flows */
        for (size_t k = 0; k < t->m * n; k += 5) {
            t->Z[k] *= -0.1;
        }
        break;
    case 6:
        t->Y[i * t->f] = -t->Y[i * t->f];
        break;
    case 7: /* more of one input than the output of its user: a column sum above one */
        t->Z[i * n + j] += 1.2 * t->x[j];
        break;
    case 8: /* everybody's inputs are more than their output */
        for (size_t k = 0; k < n * n; k++) {
            t->Z[k] += 1.5 * t->x[k % n] / (double)n;
        }
        for (size_t k = 0; k < n; k++) {
            t->Y[k * t->f] = -1.0;
        }
        break;
    case 9: /* sales that cancel */
        t->Y[i * t->f] -= t->x[i];
        break;
    case 10: /* missing jobs */
        for (size_t k = 0; t->k > 0 && k < n; k += 3) {
            t->S[k] = NAN;
        }
        break;
    case 11: /* whole numbers: gaps within rounding */
        for (size_t k = 0; k < t->m * n; k++) {
            t->Z[k] = nearbyint(t->Z[k]);
        }
        for (size_t k = 0; k < t->m * t->f; k++) {
            t->Y[k] = nearbyint(t->Y[k]);
        }
        for (size_t k = 0; k < t->p * n; k++) {
            t->P[k] = nearbyint(t->P[k]);
        }
        break;
    default:
        break;
    }
}

START_TEST(faults_are_found_as_in_memory)
{
    uint64_t state = (uint64_t)_i * 7919 + 3;
    for (int loop = 0; loop < test_depth(); loop++) {
        for (int fault = 0; fault < FAULTS; fault++) {
            wio_table *t = random_table(&state);
            spoil(t, fault, &state);
            wio_status status = compare(t);
            ck_assert_msg(fault != 0 || status == WIO_OK, "seed %d", _i);
            wio_table_free(t);
        }
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

static void same_bytes(const wio_table_report *a, const wio_table_report *b)
{
    same_reports(a, b);
    same(a->certificate.radius_low, b->certificate.radius_low, "radius");
    same(a->certificate.radius_high, b->certificate.radius_high, "radius");
    same(a->certificate.condition, b->certificate.condition, "condition");
    ck_assert_uint_eq(a->readings, b->readings);
}

/* 350 activities are above the work that one thread does alone; packed, they are one chunk of 1 MB, which
 * every panel unpacks. */
START_TEST(neither_threads_nor_panels_change_a_bit)
{
    static const size_t panel[] = {0, 300001};
    wio_table *t = NULL;
    ck_assert_int_eq(wio_table_open(&t, "world-2011", NULL, NULL, NULL), WIO_OK);
    wio_table_file *file = packed(t);
    wio_table_report first = {0};
    const wio_stream_options one = {.threads = 1};
    ck_assert_int_eq(wio_table_file_check(&first, file, &one, NULL, NULL), WIO_OK);
    for (int threads = 1; threads <= 3; threads++) {
        for (size_t p = 0; p < sizeof panel / sizeof *panel; p++) {
            wio_table_report r = {0};
            const wio_stream_options how = {.threads = threads};
            file->panel = panel[p];
            ck_assert_int_eq(wio_table_file_check(&r, file, &how, NULL, NULL), WIO_OK);
            same_bytes(&r, &first);
            same_gaps(t, file);
        }
    }
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

/* Panels of 8, 16, ... rows of up to 31 x 96 flows. */
START_TEST(small_panels_change_no_bit)
{
    uint64_t state = (uint64_t)_i + 1;
    wio_table *t = random_table(&state);
    wio_table_file *file = packed(t);
    wio_table_report first = {0};
    ck_assert_int_eq(wio_table_file_check(&first, file, NULL, NULL, NULL), WIO_OK);
    for (size_t rows = 8; rows < t->m; rows += 8) {
        wio_table_report r = {0};
        file->panel = rows * t->n * sizeof(double);
        ck_assert_int_eq(wio_table_file_check(&r, file, NULL, NULL, NULL), WIO_OK);
        same_bytes(&r, &first);
        same_gaps(t, file);
    }
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

/* --- failures ----------------------------------------------------------------------------------------- */

START_TEST(what_a_table_may_not_hold_is_refused_as_in_memory)
{
    for (int k = 0; k < 3; k++) {
        wio_table *t = toy3();
        if (k == 0) {
            t->Z[4] = NAN;
        } else if (k == 1) {
            t->Y[0] = INFINITY;
        } else {
            t->Y[0] = -1e6; /* negative output */
        }
        ck_assert_int_eq(compare(t), k < 2 ? WIO_E_NONFINITE : WIO_E_TABLE);
        wio_table_free(t);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(missing_arguments_are_refused)
{
    wio_table_report r;
    wio_table_gap *gap = NULL;
    size_t count = 0;
    wio_table *t = toy3();
    wio_table_file *file = packed(t);
    ck_assert_int_eq(wio_table_file_check(NULL, file, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_check(&r, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_gaps(NULL, &count, file, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_gaps(&gap, NULL, file, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_gaps(&gap, &count, NULL, NULL), WIO_E_ARGUMENT);
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

/* A productive table, and one that is not, whose group is looked for. */
START_TEST(every_allocation_failure_is_reported)
{
    for (int k = 0; k < 3; k++) {
        wio_table *t = k == 0 ? toy3() : k == 1 ? toy_mrio() : unproductive();
        wio_table_file *file = packed(t);
        wio_table_report r = {.output = 7.0};
        wio_table_gap *gap = NULL;
        size_t count = 0;
        wio_status want = k < 2 ? WIO_OK : WIO_E_NO, status = WIO_E_MEMORY;
        for (long budget = 0; status == WIO_E_MEMORY; budget++) {
            wio_alloc_budget = budget;
            status = k == 1 ? wio_table_file_gaps(&gap, &count, file, NULL)
                            : wio_table_file_check(&r, file, NULL, NULL, NULL);
            wio_alloc_budget = -1;
            ck_assert(status == want || (status == WIO_E_MEMORY && r.output == 7.0 && gap == NULL));
            ck_assert(status == WIO_E_MEMORY || budget >= 10);
        }
        wio_free(gap);
        wio_table_file_close(file);
        wio_table_free(t);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("check_file");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, make_folder, scratch_remove);
    tcase_set_timeout(known, 60);
    tcase_add_loop_test(known, the_verdict_is_that_of_the_table_in_memory, 0, 6);
    tcase_add_test(known, a_table_that_goes_round_has_its_radius);
    tcase_add_test(known, a_closed_group_is_named);
    tcase_add_test(known, a_radius_of_one_is_not_judged_where_records_disagree);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, make_folder, scratch_remove);
    tcase_set_timeout(properties, 120);
    tcase_add_loop_test(properties, faults_are_found_as_in_memory, 0, 8);
    tcase_add_test(properties, neither_threads_nor_panels_change_a_bit);
    tcase_add_loop_test(properties, small_panels_change_no_bit, 0, 4);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, make_folder, scratch_remove);
    tcase_set_timeout(failures, 60);
    tcase_add_test(failures, what_a_table_may_not_hold_is_refused_as_in_memory);
    tcase_add_test(failures, missing_arguments_are_refused);
    tcase_add_test(failures, every_allocation_failure_is_reported);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
