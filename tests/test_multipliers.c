/* test_multipliers.c - wio_multipliers and wio_solve: TOY3 (MODEL 3a, 3b), missing satellites,
 * failures. Published tables are in test_published.c. */
#include "support.h"

#include "../core/internal.h"
#include "../core/table.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double HALF = 5.001e-7; /* six digits printed */
static const wio_household_options TYPE2 = {.endogenous = true};

/* --- known answers -------------------------------------------------------------------------------------- */

START_TEST(toy3_type_one)
{
    wio_table *table = toy3();
    wio_result *r = multipliers_of(table, NULL);
    check_numbers(r, "output", (double[]){1.694424, 1.549602, 1.309920}, 3, HALF);
    check_numbers(r, "value_added", (double[]){.780371, .765497, .927734}, 3, HALF);
    check_numbers(r, "imports", (double[]){.219629, .234503, .072266}, 3, HALF);
    check_numbers(r, "jobs", (double[]){14.431748, 5.943731, 7.700941}, 3, HALF);
    ck_assert_str_eq(wio_result_attribute(r, "command"), "multipliers");
    ck_assert_str_eq(wio_result_attribute(r, "closure"), "Type I");
    ck_assert_str_eq(wio_result_attribute(r, "coverage/jobs"), "1");
    ck_assert_str_eq(wio_result_attribute(r, "lower_bound"), "");
    ck_assert_str_eq(wio_result_attribute(r, "certificate/productive"), "yes");
    ck_assert_str_eq(wio_result_find(r, "activity")->text[1], "US.M");
    ck_assert_str_eq(wio_result_find(r, "region")->text[1], "US");
    ck_assert_str_eq(wio_result_find(r, "sector")->text[2], "S");
    ck_assert_str_eq(wio_result_find(r, "jobs")->units, "thousand jobs per million USD");
    ck_assert_str_eq(wio_result_find(r, "output")->units, "million USD per million USD");
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

START_TEST(toy3_type_two)
{
    wio_table *table = toy3();
    wio_result *one = multipliers_of(table, NULL), *two = multipliers_of(table, &TYPE2);
    check_numbers(two, "jobs", (double[]){17.999669, 10.507899, 13.421356}, 3, HALF);
    for (size_t j = 0; j < 3; j++) { /* Q4 */
        ck_assert_double_gt(numbers_of(two, "output")[j], numbers_of(one, "output")[j]);
        ck_assert_double_eq_tol(numbers_of(two, "compensation")[j] /
                                    numbers_of(one, "compensation")[j],
                                1.7218444, 5.001e-8);
    }
    ck_assert_ptr_nonnull(strstr(wio_result_attribute(two, "closure"), "Type II"));
    wio_result_free(two);
    two = multipliers_of(table, &(wio_household_options){.endogenous = true, .rounds = 2});
    ck_assert_double_eq_tol(10 * numbers_of(two, "jobs")[1], 97.057392, HALF); /* MODEL 3b, K = 2 */
    ck_assert_ptr_nonnull(strstr(wio_result_attribute(two, "closure"), "2 rounds"));
    wio_result_free(two);
    wio_result_free(one);
    wio_table_free(table);
}
END_TEST

START_TEST(toy3_output_for_a_demand)
{
    wio_table *table = toy3();
    wio_result *r = NULL;
    static const double f[] = {0, 10, 0};
    ck_assert_int_eq(wio_solve(&r, table, f, NULL, NULL, NULL), WIO_OK);
    check_numbers(r, "output", (double[]){.868936, 12.338178, 2.288903}, 3, HALF);
    ck_assert_double_eq_tol(wio_sum(numbers_of(r, "jobs"), 3, 1), 59.437311, HALF);
    ck_assert_double_eq_tol(wio_sum(numbers_of(r, "value_added"), 3, 1), 7.654969, HALF);
    ck_assert_double_eq_tol(wio_sum(numbers_of(r, "imports"), 3, 1), 2.345031, HALF);
    ck_assert_double_eq_tol(strtod(wio_result_attribute(r, "total/jobs"), NULL), 59.437311, HALF);
    check_numbers(r, "demand", f, 3, 0);
    ck_assert_str_eq(wio_result_attribute(r, "command"), "solve");
    wio_result_free(r);
    ck_assert_int_eq(wio_solve(&r, table, f, &TYPE2, NULL, NULL), WIO_OK);
    ck_assert_double_eq_tol(wio_sum(numbers_of(r, "jobs"), 3, 1), 105.078992, HALF);
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

/* TOY3 with the jobs of S missing, and a satellite that nobody reports. */
START_TEST(missing_satellites_give_lower_bounds)
{
    wio_table *table = toy3();
    table->S[2] = NAN;
    wio_result *r = multipliers_of(table, NULL);
    double whole = 7.700941, services = 6 * 1.216510; /* e'L, and S's own part of it */
    ck_assert_double_eq_tol(numbers_of(r, "jobs")[2], whole - services, 7 * HALF);
    ck_assert_str_eq(wio_result_attribute(r, "lower_bound"), "jobs");
    double covered = strtod(wio_result_attribute(r, "coverage/jobs"), NULL);
    ck_assert_double_eq_tol(covered, 820.0 / 2020.0, 1e-15);
    wio_result_free(r);
    static const double f[] = {0, 10, 0};
    ck_assert_int_eq(wio_solve(&r, table, f, NULL, NULL, NULL), WIO_OK);
    ck_assert(isnan(numbers_of(r, "jobs")[2]) && numbers_of(r, "jobs")[1] > 0);
    ck_assert_double_eq_tol(strtod(wio_result_attribute(r, "total/jobs"), NULL),
                            59.437311 - 6 * 2.288903, 7 * HALF);
    wio_result_free(r);
    table->S[0] = table->S[1] = NAN;
    r = multipliers_of(table, NULL);
    ck_assert(isnan(numbers_of(r, "jobs")[0]) && isnan(numbers_of(r, "jobs")[2]));
    ck_assert_str_eq(wio_result_attribute(r, "lower_bound"), ""); /* nothing to call a bound */
    ck_assert_str_eq(wio_result_attribute(r, "coverage/jobs"), "0");
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

START_TEST(what_a_table_lacks_is_not_a_number)
{
    wio_table *table = toy_mrio();
    wio_result *r = multipliers_of(table, NULL);
    for (size_t j = 0; j < 6; j++) {
        ck_assert(isnan(numbers_of(r, "compensation")[j]) && isnan(numbers_of(r, "imports")[j]));
        ck_assert_double_eq_tol(numbers_of(r, "value_added")[j], 1.0, 1e-14); /* no leakage */
    }
    ck_assert_ptr_null(wio_result_find(r, "jobs"));
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

START_TEST(columns_come_in_the_order_of_the_csv_header)
{
    static const char *const order[] = {"activity",     "region",  "sector",
                                        "sector_name",  "output",  "value_added",
                                        "compensation", "imports", "jobs"};
    wio_table *table = toy3();
    wio_result *r = multipliers_of(table, NULL);
    ck_assert_uint_eq(wio_result_variables(r), 9);
    for (size_t i = 0; i < 9; i++) {
        ck_assert_str_eq(wio_result_variable(r, i)->name, order[i]);
    }
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------------ */

START_TEST(households_without_their_income_are_refused)
{
    wio_table *table = toy3();
    wio_result *r = NULL;
    wio_error err = {0};
    table->household_income = NAN;
    ck_assert_int_eq(wio_multipliers(&r, table, &TYPE2, NULL, &err), WIO_E_TABLE);
    ck_assert_ptr_nonnull(strstr(err.message, "wages, disposable, or an amount"));
    ck_assert_ptr_null(r);
    static const double f[] = {0, INFINITY, 0};
    err = (wio_error){0};
    ck_assert_int_eq(wio_solve(&r, table, f, NULL, NULL, &err), WIO_E_NONFINITE);
    ck_assert_int_eq(wio_solve(&r, table, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_multipliers(NULL, table, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_ptr_null(r);
    wio_table_free(table);
}
END_TEST

START_TEST(running_out_of_memory_leaves_nothing_behind)
{
    static const double f[] = {0, 10, 0};
    wio_table *table = toy3();
    long before = wio_alloc_live, budget = 0;
    for (;; budget++) {
        wio_result *r = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        wio_status status = _i == 0 ? wio_multipliers(&r, table, &TYPE2, NULL, &err)
                                    : wio_solve(&r, table, f, &TYPE2, NULL, &err);
        wio_alloc_budget = -1;
        wio_result_free(r);
        ck_assert_msg(wio_alloc_live == before, "%ld left at %ld", wio_alloc_live - before, budget);
        if (status == WIO_OK) {
            break;
        }
        ck_assert_msg(status == WIO_E_MEMORY, "budget %ld: %s", budget, err.message);
        ck_assert_ptr_null(r);
        ck_assert_int_lt((int)budget, 1000);
    }
    ck_assert_int_gt((int)budget, 50);
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multipliers");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, toy3_type_one);
    tcase_add_test(known, toy3_type_two);
    tcase_add_test(known, toy3_output_for_a_demand);
    tcase_add_test(known, missing_satellites_give_lower_bounds);
    tcase_add_test(known, what_a_table_lacks_is_not_a_number);
    tcase_add_test(known, columns_come_in_the_order_of_the_csv_header);
    suite_add_tcase(suite, known);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, households_without_their_income_are_refused);
    tcase_add_loop_test(failures, running_out_of_memory_leaves_nothing_behind, 0, 2);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
