/* test_check.c - suite for solvers/economy/check.c. */
#include "../solvers/economy/economy.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static wio_log *log_of_test;

static void make_log(void)
{
    ck_assert_int_eq(wio_log_create(&log_of_test, NULL), WIO_OK);
}

static void free_log(void)
{
    wio_log_free(log_of_test);
}

/* MODEL 1.5: GDP 1242; B1-B3 hold exactly; jobs 10500 thousand. */
START_TEST(toy3_holds)
{
    wio_table_report r = {0};
    wio_table *table = toy3();
    ck_assert_int_eq(wio_table_check(&r, table, log_of_test, NULL), WIO_OK);
    ck_assert_double_eq(r.row_gap, 0.0);
    ck_assert_double_eq(r.column_gap, 0.0);
    ck_assert_double_eq(r.gdp_gap, 0.0);
    ck_assert_double_eq(r.gdp, 1242);
    ck_assert_double_eq(r.output, 2020);
    ck_assert_double_eq(r.jobs, 10500);
    ck_assert_double_eq(r.output_covered_by_jobs, 1.0);
    ck_assert(r.certificate.productive);
    ck_assert_double_le(r.certificate.radius_low, r.certificate.radius_high);
    ck_assert_double_lt(r.certificate.radius_high, 1.0);
    ck_assert_uint_eq(r.certificate.solves, 1);
    ck_assert_uint_eq(wio_log_count(log_of_test, WIO_WARNING), 0);
    wio_table_free(table);
}
END_TEST

/* MODEL 1.6: GDP (1283, 1114, 2479), world 4876 = sum of GNE. */
START_TEST(toy_mrio_holds)
{
    wio_table_report r = {0};
    wio_table *table = toy_mrio();
    ck_assert_int_eq(wio_table_check(&r, table, log_of_test, NULL), WIO_OK);
    ck_assert_double_eq(r.gdp, 1283 + 1114 + 2479);
    ck_assert_double_eq(r.gdp_gap, 0.0);
    ck_assert_double_eq(r.jobs, 0.0);
    ck_assert_double_eq(r.output_covered_by_jobs, 0.0);
    wio_table_free(table);
}
END_TEST

/* GDP of us-2017 without final_adjustments.csv, added up in exact decimals from primary.csv. */
START_TEST(the_embedded_tables_hold)
{
    static const struct {
        const char *name;
        double gdp, covered;
        size_t zero;
    } known[] = {{"us-2017", 19573604, 1.0, 0},
                 {"world-2009", 56940120, 1.0, 0},
                 {"world-2011", 69268600, 0.212, 4}};
    for (size_t i = 0; i < 3; i++) {
        wio_table_report r = {0};
        wio_table *table = NULL;
        wio_error err = {0};
        ck_assert_int_eq(wio_table_open(&table, known[i].name, NULL, NULL, &err), WIO_OK);
        ck_assert_msg(wio_table_check(&r, table, log_of_test, &err) == WIO_OK, "%s", err.message);
        ck_assert_double_eq_tol(r.gdp, known[i].gdp, 0.5);
        ck_assert_double_eq_tol(r.output_covered_by_jobs, known[i].covered, 0.0005);
        ck_assert_uint_eq(r.zero_output, known[i].zero);
        ck_assert_double_lt(r.column_gap, 1e-10);
        ck_assert_double_lt(r.gdp_gap, 1e-10);
        ck_assert(r.certificate.productive);
        wio_table_free(table);
    }
    ck_assert(logged(log_of_test, "jobs are known for 21.2 % of output"));
    ck_assert(
        logged(log_of_test, "11 negative final uses outside inventories: USA.GSL to USA.EQUIP"));
}
END_TEST

/* --- tables of one region, n sectors, one final use -------------------------------------------------- */

enum { MOST = 12 };

typedef struct plain {
    size_t n;
    double Z[MOST * MOST], Y[MOST], P[MOST], S[MOST];
    bool primary;
} plain;

/* P closes the columns. */
static void close_columns(plain *t)
{
    for (size_t j = 0; j < t->n; j++) {
        t->P[j] = t->Y[j];
        for (size_t i = 0; i < t->n; i++) {
            t->P[j] += t->Z[j * t->n + i] - t->Z[i * t->n + j];
        }
    }
}

static wio_table *table_of(const plain *t)
{
    static const char *const codes[MOST] = {"a", "b", "c", "d", "e", "f",
                                            "g", "h", "i", "j", "k", "l"};
    wio_table_arrays arrays =
        one_region("plain", t->n, codes, t->Z, t->Y, t->primary ? t->P : NULL, t->S);
    arrays.region_code = (const char *const[]){"R"};
    arrays.currency = NULL; /* jobs for its money are not judged */
    return table_made(&arrays);
}

/* x = (100.123, 200.456): three decimals. */
static plain two(void)
{
    plain t = {.n = 2, .Z = {10, 20, 30, 40}, .Y = {70.123, 130.456}, .S = {1, 2}, .primary = true};
    close_columns(&t);
    return t;
}

static wio_status checked(wio_table_report *r, const plain *t, wio_error *err)
{
    wio_table *table = table_of(t);
    wio_status status = wio_table_check(r, table, log_of_test, err);
    wio_table_free(table);
    return status;
}

START_TEST(a_gap_within_rounding_is_no_finding)
{
    wio_table_report r = {0};
    plain t = two();
    t.P[0] += 0.003; /* 3 u sqrt(7 cells) / 2 = 0.00397 */
    ck_assert_int_eq(checked(&r, &t, NULL), WIO_OK);
    ck_assert_uint_eq(wio_log_count(log_of_test, WIO_WARNING), 0);
    ck_assert_double_eq_tol(r.column_gap, 0.003 / 100.123, 1e-15); /* few u of 100 / 100 */
}
END_TEST

START_TEST(a_small_gap_warns_and_a_large_one_fails)
{
    wio_table_report r = {0};
    wio_error err = {0};
    plain t = two();
    t.P[1] += 0.5;
    ck_assert_int_eq(checked(&r, &t, &err), WIO_OK);
    ck_assert(logged(log_of_test, "warning: B2 R.b: inputs add up to 200.956, output is 200.456 "
                                  "(0.25 % apart)"));
    t.P[1] += 2.0;
    ck_assert_int_eq(checked(&r, &t, &err), WIO_E_NO);
    ck_assert(logged(log_of_test, "error: B2 R.b"));
    ck_assert_ptr_nonnull(strstr(err.message, "B2 R.b"));
    ck_assert_int_eq(err.status, WIO_E_NO);
    ck_assert(logged(log_of_test, "warning: B3 R: value added is"));
    ck_assert_double_eq_tol(r.column_gap, 2.5 / 200.456, 1e-15);
}
END_TEST

START_TEST(many_gaps_are_named_ten_times_and_counted)
{
    wio_table_report r = {0};
    plain t = {.n = MOST, .primary = true};
    for (size_t j = 0; j < MOST; j++) {
        t.Z[j * MOST + j] = 10;
        t.Y[j] = 90.125;
    }
    close_columns(&t);
    for (size_t j = 0; j < MOST; j++) {
        t.P[j] *= 1.5;
    }
    ck_assert_int_eq(checked(&r, &t, NULL), WIO_E_NO);
    ck_assert(logged(log_of_test, "B2: 12 activities differ by more than 0.0001 of output, 12 by "
                                  "more than 0.01"));
    ck_assert_uint_eq(wio_log_count(log_of_test, WIO_ERROR), 11);
}
END_TEST

/* Of twelve gaps that grow, the first two are the smallest. */
START_TEST(the_largest_gaps_are_named_with_their_place)
{
    wio_table_report r = {0};
    plain t = {.n = MOST, .primary = true};
    for (size_t j = 0; j < MOST; j++) {
        t.Z[j * MOST + j] = 10;
        t.Y[j] = 90.125;
    }
    close_columns(&t);
    for (size_t j = 0; j < MOST; j++) {
        t.P[j] *= 1.5 + 0.1 * (double)j;
    }
    ck_assert_int_eq(checked(&r, &t, NULL), WIO_E_NO);
    ck_assert_uint_eq(r.column_at, MOST - 1);
    ck_assert(!logged(log_of_test, "B2 R.a:") && !logged(log_of_test, "B2 R.b:"));
    ck_assert(logged(log_of_test, "B2 R.c:") && logged(log_of_test, "B2 R.l:"));
}
END_TEST

START_TEST(every_identity_has_its_gap_in_every_place)
{
    wio_table *table = toy_mrio();
    wio_table_gap *gap = NULL;
    size_t count = 0;
    ck_assert_int_eq(wio_table_gaps(&gap, &count, table, NULL), WIO_OK);
    ck_assert_uint_eq(count, 2 * 6 + 3 + 1);
    for (size_t k = 0; k < count; k++) {
        ck_assert_double_eq(gap[k].left, gap[k].right);
        ck_assert_double_eq(gap[k].share, 0);
    }
    ck_assert_str_eq(gap[0].identity, "B1");
    ck_assert_double_eq(gap[12].left, 1283); /* MODEL 1.6 */
    ck_assert_double_eq(gap[15].left, 4876);
    ck_assert_uint_eq(gap[15].region, SIZE_MAX);
    wio_free(gap);
    table->P[1] += 5; /* costs of the second activity, income of the first region */
    table->cost[1] += 5;
    ck_assert_int_eq(wio_table_gaps(&gap, &count, table, NULL), WIO_OK);
    ck_assert_str_eq(gap[3].identity, "B2");
    ck_assert_uint_eq(gap[3].activity, 1);
    ck_assert_double_eq(gap[3].right - gap[3].left, 5);
    ck_assert_double_eq(gap[12].left - gap[12].right, 5);
    ck_assert_double_eq(gap[15].left - gap[15].right, 5);
    wio_free(gap);
    wio_error err = {0};
    ck_assert_int_eq(wio_table_gaps(NULL, &count, table, &err), WIO_E_ARGUMENT);
    wio_alloc_budget = 0;
    ck_assert_int_eq(wio_table_gaps(&gap, &count, table, &err), WIO_E_MEMORY);
    wio_alloc_budget = -1;
    wio_table_free(table);
}
END_TEST

START_TEST(jobs_in_thousands_that_are_called_persons_are_suspected)
{
    wio_table_report r = {0};
    wio_table *table = NULL;
    ck_assert_int_eq(wio_table_open(&table, "world-2009", NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_check(&r, table, log_of_test, NULL), WIO_OK);
    ck_assert(!logged(log_of_test, "W112"));
    for (size_t j = 0; j < table->k * table->n; j++) {
        table->S[j] /= table->origin_region[j % table->n] == 0 ? 1e3 : 1;
    }
    ck_assert_int_eq(wio_table_check(&r, table, log_of_test, NULL), WIO_OK);
    ck_assert(logged(log_of_test, "W112 USA: value added of a job is"));
    ck_assert(!logged(log_of_test, "W112 CHN"));
    wio_table_free(table);
}
END_TEST

START_TEST(thousands_beside_millions_are_suspected)
{
    wio_table_report r = {0};
    plain t = two();
    t.P[0] *= 1000;
    t.P[1] *= 1000;
    ck_assert_int_eq(checked(&r, &t, NULL), WIO_E_NO);
    ck_assert(logged(log_of_test, "W111 primary inputs are about 10^3 times"));
}
END_TEST

START_TEST(a_table_without_primary_inputs_says_so)
{
    wio_table_report r = {0};
    plain t = two();
    t.primary = false;
    ck_assert_int_eq(checked(&r, &t, NULL), WIO_OK);
    ck_assert(isnan(r.column_gap) && isnan(r.gdp));
    ck_assert(logged(log_of_test, "B2 and B3 cannot be checked"));
}
END_TEST

START_TEST(negative_flows_are_listed_and_not_refused)
{
    wio_table_report r = {0};
    plain t = two();
    t.Z[1] = -2;
    t.Z[2] = -1;
    t.Y[1] = 150;
    close_columns(&t);
    ck_assert_int_eq(checked(&r, &t, NULL), WIO_OK);
    ck_assert_uint_eq(r.negative_flows, 2);
    ck_assert(logged(log_of_test, "W202 2 negative flows, so that effects below zero are possible: "
                                  "R.a to R.b -2, R.b to R.a -1"));
    ck_assert(!r.certificate.nonnegative);
}
END_TEST

/* A = [[.2, .9], [.1, .3]] of TRUST 1.6: a column sum of 1.2, radius .5541, productive. */
START_TEST(a_column_sum_above_one_is_no_reason_to_refuse)
{
    wio_table_report r = {0};
    plain t = {.n = 2, .Z = {20, 90, 10, 30}, .Y = {-10, 60}, .primary = true};
    close_columns(&t);
    ck_assert_int_eq(checked(&r, &t, NULL), WIO_OK);
    ck_assert_uint_eq(r.column_sums_above_one, 1);
    ck_assert(logged(log_of_test, "W203 1 activities use more inputs than they produce: R.b 1.2"));
    ck_assert(r.certificate.productive);
    double radius = 0.25 + sqrt(0.0025 + 0.09); /* eigenvalues of a 2 x 2 by hand */
    ck_assert_double_le(r.certificate.radius_low, radius * (1 + 1e-15));
    ck_assert_double_ge(r.certificate.radius_high, radius * (1 - 1e-15));
}
END_TEST

START_TEST(a_table_that_is_not_productive_is_named)
{
    wio_table_report r = {0};
    wio_error err = {0};
    plain t = {.n = 3,
               .Z = {50, 60, 0, 60, 50, 0, 1, 1, 1}, /* a and b eat more than they make */
               .Y = {-10, -10, 97},
               .primary = true};
    close_columns(&t);
    ck_assert_int_eq(checked(&r, &t, &err), WIO_E_NO);
    ck_assert_ptr_nonnull(strstr(err.message, "B8"));
    ck_assert(logged(log_of_test, "Hawkins-Simon"));
    ck_assert(logged(log_of_test, "R.a") && logged(log_of_test, "R.b"));
    ck_assert(!r.certificate.productive);
    ck_assert_uint_eq(r.column_sums_above_one, 2); /* the rest is reported all the same */
}
END_TEST

START_TEST(missing_jobs_are_coverage_not_zero)
{
    wio_table_report r = {0};
    plain t = two();
    t.S[1] = NAN;
    ck_assert_int_eq(checked(&r, &t, NULL), WIO_OK);
    ck_assert_double_eq(r.jobs, 1.0);
    ck_assert_double_eq_tol(r.output_covered_by_jobs, 100.123 / 300.579, 0x1p-52);
    ck_assert(logged(log_of_test, "jobs are known for 33.3 % of output"));
}
END_TEST

/* Property: a table whose P closes its columns holds, whatever its size. _i is the seed. */
START_TEST(closed_tables_hold)
{
    uint64_t state = (uint64_t)_i + 1;
    wio_table_report r = {0};
    wio_error err = {0};
    plain t = {.n = 1 + (size_t)(random_uniform(&state) * MOST), .primary = true};
    double size = pow(10, 12 * random_uniform(&state) - 4), total = 0.0;
    for (size_t i = 0; i < t.n * t.n; i++) {
        t.Z[i] = random_uniform(&state) < 0.3 ? 0.0 : size * random_uniform(&state) / (double)t.n;
    }
    for (size_t i = 0; i < t.n; i++) {
        t.Y[i] = size * (0.1 + random_uniform(&state));
        total += t.Y[i];
    }
    close_columns(&t);
    ck_assert_msg(checked(&r, &t, &err) == WIO_OK, "seed %d: %s", _i, err.message);
    /* 2n additions of terms below x + 2 n size: at most 4 n^2 u relative to x >= size / 10 */
    double u = 0x1p-53, n = (double)t.n;
    ck_assert_double_le(r.column_gap, 80 * n * n * u);
    ck_assert_double_le(r.row_gap, 2 * n * u);
    ck_assert_double_eq_tol(r.gdp, total, 80 * n * n * u * total);
    ck_assert(r.certificate.productive);
}
END_TEST

START_TEST(a_run_refuses_a_table_that_does_not_add_up)
{
    wio_error err = {0};
    plain t = two();
    wio_table *table = table_of(&t);
    ck_assert_int_eq(wio_table_balanced(table, log_of_test, &err), WIO_OK);
    ck_assert_uint_eq(wio_log_count(log_of_test, WIO_NOTE), 0);
    wio_table_free(table);
    t.P[1] += 2.5;
    table = table_of(&t);
    ck_assert_int_eq(wio_table_balanced(table, log_of_test, &err), WIO_E_TABLE);
    ck_assert_ptr_nonnull(strstr(err.message, "does not add up: B2 R.b"));
    wio_alloc_budget = 0;
    ck_assert_int_eq(wio_table_balanced(table, NULL, NULL), WIO_E_MEMORY);
    wio_alloc_budget = -1;
    wio_table_free(table);
}
END_TEST

START_TEST(every_allocation_failure_is_reported)
{
    wio_table *table = toy3();
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        wio_table_report r = {.gdp = 7.0};
        wio_error err = {0};
        ck_assert_int_lt(budget, 500);
        wio_alloc_budget = budget;
        status = wio_table_check(&r, table, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        ck_assert_int_eq(err.status, status);
        ck_assert(status == WIO_OK || r.gdp == 7.0); /* untouched */
        ck_assert_int_eq(wio_alloc_live, live);
    }
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("check");

    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, make_log, free_log);
    tcase_add_test(known, toy3_holds);
    tcase_add_test(known, toy_mrio_holds);
    tcase_add_test(known, the_embedded_tables_hold);
    tcase_add_test(known, a_column_sum_above_one_is_no_reason_to_refuse);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, make_log, free_log);
    tcase_add_loop_test(properties, closed_tables_hold, 0, 40);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, make_log, free_log);
    tcase_add_test(failures, a_gap_within_rounding_is_no_finding);
    tcase_add_test(failures, a_small_gap_warns_and_a_large_one_fails);
    tcase_add_test(failures, many_gaps_are_named_ten_times_and_counted);
    tcase_add_test(failures, the_largest_gaps_are_named_with_their_place);
    tcase_add_test(failures, every_identity_has_its_gap_in_every_place);
    tcase_add_test(failures, jobs_in_thousands_that_are_called_persons_are_suspected);
    tcase_add_test(failures, thousands_beside_millions_are_suspected);
    tcase_add_test(failures, a_table_without_primary_inputs_says_so);
    tcase_add_test(failures, negative_flows_are_listed_and_not_refused);
    tcase_add_test(failures, a_table_that_is_not_productive_is_named);
    tcase_add_test(failures, a_run_refuses_a_table_that_does_not_add_up);
    tcase_add_test(failures, missing_jobs_are_coverage_not_zero);
    tcase_add_test(failures, every_allocation_failure_is_reported);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
