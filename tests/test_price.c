/* test_price.c - suite for solvers/economy/price.c. */
#include "../solvers/economy/economy.h"
#include "random_economy.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PRINTED = .5e-6 + 1e-12; /* half the last digit of MODEL, and rounding */

static wio_table *table;
static wio_economy *economy;

static void setup(void)
{
    table = toy3();
    ck_assert_int_eq(wio_economy_create(&economy, table, NULL, NULL), WIO_OK);
}

static void teardown(void)
{
    wio_economy_free(economy);
    wio_table_free(table);
}

/* 10 % on all Chinese goods, passed on by beta. */
static void chinese_goods(double tau[18], double beta)
{
    for (size_t k = 0; k < 18; k++) {
        tau[k] = k < 6 ? .1 * beta : 0;
    }
}

START_TEST(full_pass_through_matches_the_model)
{
    double tau[18], c1[3], dp[3], loss[3];
    static const double first[] = {.004167, .006, .00125}, full[] = {.006618, .008051, .002049};
    chinese_goods(tau, 1);
    wio_price_output out = {.first_round = c1, .change = dp, .margin_loss = loss};
    wio_certificate certificate;
    wio_certificate_start(&certificate, economy->system);
    ck_assert_int_eq(
        wio_price_cost_push(&out, economy, &(wio_price_input){.tau = tau}, &certificate, NULL),
        WIO_OK);
    for (size_t j = 0; j < 3; j++) {
        ck_assert_double_eq_tol(c1[j], first[j], PRINTED);
        ck_assert_double_eq_tol(dp[j], full[j], PRINTED);
        ck_assert_double_eq(loss[j], 0);
    }
    ck_assert_double_eq_tol(out.consumer[0], .0066667, .5e-7);
    ck_assert_double_eq_tol(out.consumer[1], .0029429, .5e-7);
    ck_assert_double_eq_tol(out.consumer[0] + out.consumer[1], .0096096, .5e-7);
    ck_assert_double_eq_tol(out.investment[0] + out.investment[1], .0151354, .5e-7);
    ck_assert_double_eq_tol(out.government[0], 0, 1e-18);
    ck_assert_double_eq_tol(out.government[1], (dp[1] * 25 + dp[2] * 190) / 215, 1e-15);
    ck_assert_double_eq_tol(out.export_price, (dp[0] * 28 + dp[1] * 160 + dp[2] * 70) / 258, 1e-15);
    ck_assert_double_eq_tol(out.buyers_cost, 15.2, 1e-13);
    ck_assert(certificate.solves > 0);
}
END_TEST

START_TEST(effective_protection_matches_the_model)
{
    static const double ans[] = {-.052083, .15, -.010870};
    double erp[3];
    wio_effective_protection(erp, economy, (double[]){0, .1, 0});
    for (size_t j = 0; j < 3; j++) {
        ck_assert_double_eq_tol(erp[j], ans[j], PRINTED);
    }
    wio_effective_protection(erp, economy, (double[]){.2, .2, .2}); /* uniform: no more, no less */
    for (size_t j = 0; j < 3; j++) {
        ck_assert_double_eq_tol(erp[j], .2, 1e-14);
    }
}
END_TEST

START_TEST(wage_indexation_matches_the_model)
{
    double tau[18], dp[3];
    chinese_goods(tau, 1);
    wio_price_output out = {.change = dp};
    const wio_price_input input = {.tau = tau, .wage_indexation = .5};
    ck_assert_int_eq(wio_price_cost_push(&out, economy, &input, NULL, NULL), WIO_OK);
    double cpi = out.consumer[0] + out.consumer[1];
    ck_assert_double_eq_tol(cpi, .0125272, .5e-7);
    for (size_t j = 0; j < 3; j++) { /* the fixed point itself */
        double cost = .5 * cpi * economy->wage[j];
        for (size_t o = 0; o < 6; o++) {
            cost += tau[3 * o] * economy->M[3 * o + j];
        }
        for (size_t i = 0; i < 3; i++) {
            cost += dp[i] * economy->A[3 * i + j];
        }
        ck_assert_double_eq_tol(dp[j], cost, 1e-15);
    }
}
END_TEST

START_TEST(sector_pass_through_matches_the_model)
{
    double tau[18], dp[3], loss[3], c1[3];
    const double psi[] = {1, .5, .8};
    static const double full[] = {.004646, .002855, .001091}, margin[] = {0, .002855, .000273};
    chinese_goods(tau, .8);
    wio_price_output out = {.first_round = c1, .change = dp, .margin_loss = loss};
    const wio_price_input input = {.tau = tau, .psi = psi};
    ck_assert_int_eq(wio_price_cost_push(&out, economy, &input, NULL, NULL), WIO_OK);
    double paid = 0.0, cost = 0.0;
    for (size_t j = 0; j < 3; j++) {
        ck_assert_double_eq_tol(dp[j], full[j], PRINTED);
        ck_assert_double_eq_tol(loss[j], margin[j], PRINTED);
        double f = 0.0;
        for (size_t c = 0; c < 5; c++) {
            f += table->Y[5 * j + c];
        }
        paid += dp[j] * f + loss[j] * economy->x[j];
        cost += c1[j] * economy->x[j];
    }
    ck_assert_double_eq_tol(paid, cost, 1e-13);
    ck_assert_double_eq_tol(out.buyers_cost, 12.16, 1e-13); /* MODEL S5 */
}
END_TEST

/* MODEL 1.5 and S5: 12.16 borne by buyers, 14.92 collected at beta .8 and t0 = 0. */
START_TEST(duty_collected_exceeds_what_buyers_bear)
{
    double customs = 0.8 * .1; /* phi - 1 */
    double zeta = (1 + customs) / 1.1;
    ck_assert_double_eq_tol(zeta, .981818, .5e-6);
    ck_assert_double_eq_tol(.1 * zeta * 152, 14.92, .005);
}
END_TEST

/* --- properties on random economies --------------------------------------------------------------- */

/* Q14: dp'f + margins = buyers' cost of inputs; with psi = 1 and final duties: of everything. */
START_TEST(price_rises_add_up_to_the_buyers_cost)
{
    uint64_t state = (uint64_t)_i + 1;
    wio_table *random = random_table(&state);
    wio_economy *e = NULL;
    ck_assert_int_eq(wio_economy_create(&e, random, NULL, NULL), WIO_OK);
    size_t n = e->n, q = e->q, f = e->f;
    double *tau = malloc((3 * q + 4 * n) * sizeof *tau);
    double *c1 = tau + 3 * q, *dp = c1 + n, *loss = dp + n, *psi = loss + n;
    for (size_t k = 0; k < 3 * q; k++) {
        tau[k] = .3 * random_uniform(&state);
    }
    for (size_t j = 0; j < n; j++) {
        psi[j] = random_uniform(&state);
    }
    for (size_t half = 0; half < 2; half++) {
        wio_price_output out = {.first_round = c1, .change = dp, .margin_loss = loss};
        const wio_price_input input = {.tau = tau, .psi = half ? psi : NULL};
        ck_assert_int_eq(wio_price_cost_push(&out, e, &input, NULL, NULL), WIO_OK);
        double left = 0.0, right = 0.0, direct = 0.0;
        for (size_t j = 0; j < n; j++) {
            for (size_t c = 0; c < f; c++) {
                left += dp[j] * random->Y[j * f + c];
            }
            left += loss[j] * e->x[j];
            right += c1[j] * e->x[j];
        }
        for (size_t o = 0; o < q; o++) {
            for (size_t c = 0; c < f; c++) {
                size_t kind = wio_use_kind(random->use_role[random->final_use[c]]);
                direct += tau[3 * o + kind] * random->Y[(n + o) * f + c];
            }
        }
        ck_assert_double_eq_tol(left, right, 1e-12 * fabs(right));
        ck_assert_double_eq_tol(right + direct, out.buyers_cost, 1e-12 * out.buyers_cost);
    }
    free(tau);
    wio_economy_free(e);
    wio_table_free(random);
}
END_TEST

/* Q12, Q15 */
START_TEST(no_tariff_changes_nothing_and_a_higher_one_raises_every_price)
{
    uint64_t state = (uint64_t)_i + 1;
    wio_table *random = random_table(&state);
    wio_economy *e = NULL;
    ck_assert_int_eq(wio_economy_create(&e, random, NULL, NULL), WIO_OK);
    size_t n = e->n, q = e->q;
    double *tau = calloc(3 * q + 2 * n, sizeof *tau), *low = tau + 3 * q, *high = low + n;
    wio_price_output out = {.change = low}, more = {.change = high};
    ck_assert_int_eq(wio_price_cost_push(&out, e, &(wio_price_input){.tau = tau}, NULL, NULL),
                     WIO_OK);
    for (size_t j = 0; j < n; j++) {
        ck_assert_double_eq(low[j], 0);
    }
    for (size_t k = 0; k < 3 * q; k++) {
        tau[k] = .2 * random_uniform(&state);
    }
    ck_assert_int_eq(wio_price_cost_push(&out, e, &(wio_price_input){.tau = tau}, NULL, NULL),
                     WIO_OK);
    for (size_t k = 0; k < 3 * q; k++) {
        tau[k] *= 1 + random_uniform(&state);
    }
    ck_assert_int_eq(wio_price_cost_push(&more, e, &(wio_price_input){.tau = tau}, NULL, NULL),
                     WIO_OK);
    for (size_t j = 0; j < n; j++) {
        ck_assert(high[j] >= low[j] && low[j] >= 0);
    }
    free(tau);
    wio_economy_free(e);
    wio_table_free(random);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_is_refused_and_changes_nothing)
{
    double tau[18], dp[3] = {7, 7, 7};
    const double psi[] = {1, 1.5, 1};
    wio_error err = {0};
    wio_price_output out = {.change = dp, .buyers_cost = 7};
    chinese_goods(tau, 1);
    ck_assert_int_eq(
        wio_price_cost_push(&out, economy, &(wio_price_input){.tau = tau, .psi = psi}, NULL, &err),
        WIO_E_ARGUMENT);
    ck_assert_str_eq(err.message, "sector pass-through psi[1] is 1.5, expected 0 to 1");
    err = (wio_error){0};
    ck_assert_int_eq(wio_price_cost_push(&out, economy,
                                         &(wio_price_input){.tau = tau, .wage_indexation = 3}, NULL,
                                         &err),
                     WIO_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "price spiral"));
    ck_assert_int_eq(wio_price_cost_push(&out, economy,
                                         &(wio_price_input){.tau = tau, .wage_indexation = NAN},
                                         NULL, NULL),
                     WIO_E_NONFINITE);
    tau[4] = NAN;
    ck_assert_int_eq(wio_price_cost_push(&out, economy, &(wio_price_input){.tau = tau}, NULL, NULL),
                     WIO_E_NONFINITE);
    ck_assert_double_eq(dp[1], 7);
    ck_assert_double_eq(out.buyers_cost, 7);
}
END_TEST

START_TEST(wages_cannot_follow_prices_where_the_table_has_none)
{
    wio_table *mrio = toy_mrio();
    wio_economy *e = NULL;
    wio_price_output out = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_economy_create(&e, mrio, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_price_cost_push(&out, e,
                                         &(wio_price_input){.tau = NULL, .wage_indexation = .5},
                                         NULL, &err),
                     WIO_E_TABLE);
    ck_assert_ptr_nonnull(strstr(err.message, "wage_indexation"));
    wio_economy_free(e);
    wio_table_free(mrio);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    double tau[18], dp[3];
    const double psi[] = {1, .5, .8};
    chinese_goods(tau, 1);
    const wio_price_input input = {.tau = tau, .psi = psi, .wage_indexation = .5};
    wio_price_output out = {.change = dp};
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    long failures = 0;
    for (; status == WIO_E_MEMORY; failures++) {
        wio_alloc_budget = failures;
        status = wio_price_cost_push(&out, economy, &input, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live);
    }
    ck_assert_int_eq(status, WIO_OK);
    ck_assert(failures > 3);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("price");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, setup, teardown);
    tcase_add_test(known, full_pass_through_matches_the_model);
    tcase_add_test(known, effective_protection_matches_the_model);
    tcase_add_test(known, wage_indexation_matches_the_model);
    tcase_add_test(known, sector_pass_through_matches_the_model);
    tcase_add_test(known, duty_collected_exceeds_what_buyers_bear);
    suite_add_tcase(s, known);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, price_rises_add_up_to_the_buyers_cost, 0, 200 * test_depth());
    tcase_add_loop_test(properties, no_tariff_changes_nothing_and_a_higher_one_raises_every_price,
                        0, 200 * test_depth());
    suite_add_tcase(s, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, setup, teardown);
    tcase_add_test(failures, what_cannot_be_is_refused_and_changes_nothing);
    tcase_add_test(failures, wages_cannot_follow_prices_where_the_table_has_none);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(s, failures);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
