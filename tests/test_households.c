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

/* A social accounting matrix as a system of six: activities A, M, S; labour, capital; households.
 * Labour income and 222 of 464 of capital's go to households, who spend C/1000 at home. */
static void accounting_matrix(double *S)
{
    memset(S, 0, 36 * sizeof *S);
    for (size_t i = 0; i < 3; i++) {
        memcpy(S + 6 * i, economy->A + 3 * i, 3 * sizeof *S);
        S[6 * 3 + i] = economy->wage[i];
        S[6 * 4 + i] = economy->v[i] - economy->wage[i]; /* gross operating surplus */
        S[6 * i + 5] = economy->consumption[i] / 1000;
    }
    S[6 * 5 + 3] = 1;
    S[6 * 5 + 4] = 222.0 / 464;
}

/* (I - S)^-1, solved by the engine. */
static void inverse_of(double *M, const double *S)
{
    double columns[36];
    wio_system *system = NULL;
    ck_assert_int_eq(wio_system_create(&system, 6, S, NULL, NULL, NULL), WIO_OK);
    for (size_t k = 0; k < 36; k++) {
        columns[k] = k % 7 == 0;
    }
    ck_assert_int_eq(wio_system_solve(columns, system, 6, columns, NULL, NULL), WIO_OK);
    for (size_t k = 0; k < 36; k++) {
        M[k] = columns[k % 6 * 6 + k / 6]; /* vector k of the batch is column k */
    }
    wio_system_free(system);
}

static void multiply(double *C, const double *A, const double *B)
{
    for (size_t i = 0; i < 6; i++) {
        for (size_t j = 0; j < 6; j++) {
            C[6 * i + j] = 0;
            for (size_t k = 0; k < 6; k++) {
                C[6 * i + j] += A[6 * i + k] * B[6 * k + j];
            }
        }
    }
}

START_TEST(a_social_accounting_matrix_matches_the_model)
{
    static const double ans[] = {2.954392, 2.913444, 2.985514};
    double S[36], M[36], jobs = 0;
    accounting_matrix(S);
    inverse_of(M, S);
    for (size_t j = 0; j < 3; j++) {
        ck_assert_double_eq_tol(M[j] + M[6 + j] + M[12 + j], ans[j], HALF);
        jobs += economy->e[j] * 10 * M[6 * j + 1];
    }
    ck_assert_double_eq_tol(jobs, 133.678348, HALF);
    ck_assert_double_eq_tol(10 * M[6 * 5 + 1], 13.229932, HALF);
}
END_TEST

/* Pyatt and Round: M = M3 M2 M1 over three groups of accounts, transfers inside a group, once
 * around the other groups, and closed loops. */
START_TEST(accounting_multipliers_fall_into_three_factors)
{
    double S[36], M[36], M1[36], M2[36], M3[36], A0[36] = {0}, star[36], square[36], cube[36];
    accounting_matrix(S);
    inverse_of(M, S);
    for (size_t i = 0; i < 3; i++) { /* only activities deal inside their group */
        memcpy(A0 + 6 * i, S + 6 * i, 3 * sizeof *S);
    }
    inverse_of(M1, A0);
    for (size_t k = 0; k < 36; k++) {
        M2[k] = S[k] - A0[k];
    }
    multiply(star, M1, M2);
    multiply(square, star, star);
    multiply(cube, square, star);
    inverse_of(M3, cube);
    for (size_t k = 0; k < 36; k++) {
        M2[k] = (k % 7 == 0) + star[k] + square[k];
    }
    multiply(A0, M3, M2);
    multiply(S, A0, M1);
    for (size_t k = 0; k < 36; k++) {
        ck_assert_double_eq_tol(S[k], M[k], 1e-14);
    }
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
    ck_assert_int_eq((int)budget, 7);
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
    tcase_add_test(known, a_social_accounting_matrix_matches_the_model);
    tcase_add_test(known, accounting_multipliers_fall_into_three_factors);
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
