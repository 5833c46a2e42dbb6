/* test_households.c - households endogenous (MODEL 3b), solvers/economy/households.c.
 *
 * ANS are printed to six or seven decimals: half a digit is the tolerance. */
#include "support.h"

#include "../solvers/economy/economy.h"

#include <check.h>
#include <math.h>
#include <string.h>

static const double HALF = 5.001e-7, HALF7 = 5.001e-8;

static wio_table *table;
static wio_economy *economy;

static void set_up(void)
{
    table = toy3();
    ck_assert_int_eq(wio_economy_create(&economy, table, NULL, NULL), WIO_OK);
}

static void tear_down(void)
{
    wio_economy_free(economy);
    wio_table_free(table);
}

static wio_households *make(const wio_household_options *options)
{
    wio_households *households = NULL;
    wio_error err = {0};
    wio_status status = wio_households_create(&households, economy, economy->system, options, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return households;
}

/* Jobs from 10 of final demand for M: direct and indirect, plus induced. */
static double jobs_of_ten(const wio_households *households)
{
    double dx[] = {0, 10, 0}, induced[3];
    ck_assert_int_eq(wio_system_solve(dx, economy->system, 1, dx, NULL, NULL), WIO_OK);
    wio_households_induced(induced, households, 3, dx);
    return wio_dot(economy->e, dx, 3) + wio_dot(economy->e, induced, 3);
}

START_TEST(total_household_income)
{
    wio_households *h = make(&(wio_household_options){.endogenous = true});
    ck_assert_double_eq_tol(h->k, .4192274, HALF7);
    ck_assert_double_eq_tol(h->gain, 1.7218444, HALF7);
    ck_assert_double_eq_tol(jobs_of_ten(h), 105.078992, HALF);
    ck_assert_double_eq_tol(jobs_of_ten(h) - 59.437311, 45.641681, 2 * HALF);
    /* e'L + (e'L h_c)(h_r'L) gain, activity by activity */
    static const double ans[] = {17.999669, 10.507899, 13.421356};
    for (size_t j = 0; j < 3; j++) {
        double dx[3] = {0}, induced[3];
        dx[j] = 1;
        ck_assert_int_eq(wio_system_solve(dx, economy->system, 1, dx, NULL, NULL), WIO_OK);
        wio_households_induced(induced, h, 3, dx);
        ck_assert_double_eq_tol(wio_dot(economy->e, dx, 3) + wio_dot(economy->e, induced, 3),
                                ans[j], HALF);
        /* Q4: the ratio of Type II to Type I income is that of the gain, for every sector. */
        double income = wio_dot(economy->wage, dx, 3);
        ck_assert_double_eq_tol((income + wio_dot(economy->wage, induced, 3)) / income, h->gain,
                                1e-14);
    }
    wio_households_free(h);
}
END_TEST

START_TEST(disposable_income)
{
    wio_households *h = make(&(wio_household_options){.endogenous = true,
                                                      .income = WIO_INCOME_DISPOSABLE,
                                                      .tax = .22,
                                                      .saving = .08,
                                                      .leakage = .02});
    ck_assert_double_eq_tol(h->k, .3275787, HALF7);
    ck_assert_double_eq_tol(jobs_of_ten(h), 90.240259, HALF);
    wio_households_free(h);
}
END_TEST

START_TEST(truncated_rounds)
{
    static const double ans[] = {85.944748, 97.057392, 101.716118};
    for (size_t rounds = 1; rounds <= 3; rounds++) {
        wio_households *h = make(&(wio_household_options){.endogenous = true, .rounds = rounds});
        ck_assert_double_eq_tol(jobs_of_ten(h), ans[rounds - 1], HALF);
        wio_households_free(h);
    }
    wio_households *h = make(&(wio_household_options){.endogenous = true, .rounds = 1000});
    ck_assert_double_eq_tol(jobs_of_ten(h), 105.078992, HALF);
    wio_households_free(h);
}
END_TEST

START_TEST(wages_and_amounts_scale_the_consumption_column)
{
    wio_households *total = make(&(wio_household_options){.endogenous = true});
    wio_households *wages =
        make(&(wio_household_options){.endogenous = true, .income = WIO_INCOME_WAGES});
    wio_households *amount = make(
        &(wio_household_options){.endogenous = true, .income = WIO_INCOME_AMOUNT, .amount = 778});
    ck_assert_double_eq_tol(wages->k, total->k * 1000 / 778, 1e-14); /* wages 18 + 200 + 560 */
    ck_assert_double_eq(amount->k, wages->k);
    wio_households_free(amount);
    wio_households_free(wages);
    wages = make(&(wio_household_options){.endogenous = true, .replacement = .4});
    ck_assert_double_eq_tol(wages->k, .6 * total->k, 1e-15);
    wio_households_free(wages);
    wio_households_free(total);
}
END_TEST

/* The bordered matrix [A h_c; h_r' 0] solved whole gives the same output (MODEL 3b). */
START_TEST(the_closed_form_is_the_bordered_system)
{
    wio_households *h = make(&(wio_household_options){.endogenous = true});
    double bordered[16] = {0}, f[4] = {3, 10, -2, 0}, dx[3], induced[3];
    for (size_t i = 0; i < 3; i++) {
        memcpy(bordered + 4 * i, economy->A + 3 * i, 3 * sizeof(double));
        bordered[4 * i + 3] = h->consume[i];
        bordered[12 + i] = h->income[i];
    }
    wio_system *system = NULL;
    ck_assert_int_eq(wio_system_create(&system, 4, bordered, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_system_solve(dx, economy->system, 1, f, NULL, NULL), WIO_OK);
    wio_households_induced(induced, h, 3, dx);
    ck_assert_int_eq(wio_system_solve(f, system, 1, f, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(dx[i] + induced[i], f[i], 1e-13);
    }
    wio_system_free(system);
    wio_households_free(h);
}
END_TEST

/* --- failures ---------------------------------------------------------------------------------------- */

static void refused(const wio_economy *by, const wio_household_options *options, wio_status status,
                    const char *words)
{
    wio_households *none = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_households_create(&none, by, by->system, options, &err), status);
    ck_assert_ptr_null(none);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
}

START_TEST(what_is_missing_is_said)
{
    wio_table *world = toy_mrio();
    wio_economy *open = NULL;
    ck_assert_int_eq(wio_economy_create(&open, world, NULL, NULL), WIO_OK);
    refused(open, &(wio_household_options){0}, WIO_E_TABLE, "role compensation");
    table->household_income = NAN;
    refused(economy, &(wio_household_options){0}, WIO_E_TABLE, "wages, disposable, or an amount");
    wio_economy_free(open);
    wio_table_free(world);
}
END_TEST

START_TEST(shares_and_amounts_out_of_range_are_refused)
{
    refused(economy, &(wio_household_options){.income = WIO_INCOME_DISPOSABLE, .tax = 1.2},
            WIO_E_ARGUMENT, "tax 1.2");
    refused(economy, &(wio_household_options){.replacement = NAN}, WIO_E_ARGUMENT, "replacement");
    refused(economy, &(wio_household_options){.income = WIO_INCOME_AMOUNT}, WIO_E_ARGUMENT,
            "above 0");
    refused(economy, &(wio_household_options){.income = WIO_INCOME_AMOUNT, .amount = 300},
            WIO_E_ARGUMENT, "too small"); /* k = .419 * 1000 / 300 */
    refused(economy, &(wio_household_options){.income = (wio_income)9}, WIO_E_ARGUMENT, "unknown");
}
END_TEST

START_TEST(running_out_of_memory_leaves_nothing_behind)
{
    long before = wio_alloc_live, budget = 0;
    for (;; budget++) {
        wio_households *h = NULL;
        wio_alloc_budget = budget;
        wio_status status =
            wio_households_create(&h, economy, economy->system, &(wio_household_options){0}, NULL);
        wio_alloc_budget = -1;
        wio_households_free(h);
        ck_assert_int_eq((int)(wio_alloc_live - before), 0);
        if (status == WIO_OK) {
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
    }
    ck_assert_int_eq((int)budget, 6);
    wio_households_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("households");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, set_up, tear_down);
    tcase_add_test(known, total_household_income);
    tcase_add_test(known, disposable_income);
    tcase_add_test(known, truncated_rounds);
    tcase_add_test(known, wages_and_amounts_scale_the_consumption_column);
    tcase_add_test(known, the_closed_form_is_the_bordered_system);
    suite_add_tcase(suite, known);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, set_up, tear_down);
    tcase_add_test(failures, what_is_missing_is_said);
    tcase_add_test(failures, shares_and_amounts_out_of_range_are_refused);
    tcase_add_test(failures, running_out_of_memory_leaves_nothing_behind);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
