/* test_border.c - suite for solvers/economy/border.c. */
#include "../solvers/economy/economy.h"
#include "random_economy.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static const double PRINTED = .5e-6 + 1e-12;

static wio_table *table;
static wio_economy *economy;
static double T[36], T_final[18]; /* USG, USS, CNG, CNS, RWG, RWS */

static void setup(void)
{
    table = toy_mrio();
    ck_assert_int_eq(wio_economy_create(&economy, table, NULL, NULL), WIO_OK);
}

static void teardown(void)
{
    wio_economy_free(economy);
    wio_table_free(table);
}

/* A duty of region `importer` on product `row`. */
static void levy(size_t row, size_t importer, double rate)
{
    T[6 * row + 2 * importer] = T[6 * row + 2 * importer + 1] = rate;
    T_final[3 * row + importer] = rate;
}

static void check_all(const double *got, const double *expected, size_t count, double shift)
{
    for (size_t k = 0; k < count; k++) {
        ck_assert_double_eq_tol(got[k] - shift, expected[k], PRINTED);
    }
}

START_TEST(one_sided_duty_matches_the_model)
{
    static const double exact[] = {.007844, .001896, .000153, .000093, .000202, .000096};
    static const double first[] = {.007843, .001896, .000153, .000093, .000202, .000096};
    static const double cpi_expected[] = {.009158, .000298, .000360};
    double p[6], linear[6], cpi[3], duty[2], paid = 0.0;
    wio_certificate certificate;
    wio_certificate_start(&certificate, economy->system);
    levy(2, 0, .1);
    ck_assert_int_eq(
        wio_price_border(p, linear, cpi, duty, economy, T, T_final, &certificate, NULL), WIO_OK);
    check_all(p, exact, 6, 1);
    check_all(linear, first, 6, 0);
    check_all(cpi, cpi_expected, 3, 0);
    ck_assert_double_eq_tol(duty[0], 5.500843, PRINTED);
    ck_assert_double_eq_tol(duty[1], 9.001379, PRINTED);
    for (size_t k = 0; k < 18; k++) {
        paid += p[k / 3] * (1 + T_final[k]) * table->Y[k];
    }
    ck_assert_double_eq_tol(paid - 4876, duty[0] + duty[1], 1e-11);
    /* cumulative tariff of Rouzet and Miroudot: CNG delivered to USG */
    ck_assert_double_eq_tol(T[6 * 2] + linear[2], .1001532, .5e-7);
    ck_assert(certificate.solves >= 2);
}
END_TEST

/* c, A'c, A'A'c, ... */
START_TEST(propagation_rounds_match_the_model)
{
    static const double expected[][2] = {
        {.005291, .000848}, {.001602, .000557}, {.000566, .000272}, {.000222, .000123}};
    double c[6], next[6];
    levy(2, 0, .1);
    for (size_t j = 0; j < 6; j++) {
        c[j] = 0.0;
        for (size_t i = 0; i < 6; i++) {
            c[j] += T[6 * i + j] * economy->A[6 * i + j];
        }
    }
    for (size_t round = 0; round < 4; round++) {
        check_all(c, expected[round], 2, 0);
        wio_apply_transposed(next, 6, economy->A, c);
        memcpy(c, next, sizeof c);
    }
}
END_TEST

START_TEST(tit_for_tat_matches_the_model)
{
    static const double exact[] = {.008069, .001955, .002525, .001427, .000323, .000141};
    static const double cpi_expected[] = {.009421, .004946, .000544};
    double p[6], cpi[3];
    levy(2, 0, .1);
    levy(0, 1, .15);
    ck_assert_int_eq(wio_price_border(p, NULL, cpi, NULL, economy, T, T_final, NULL, NULL), WIO_OK);
    check_all(p, exact, 6, 1);
    check_all(cpi, cpi_expected, 3, 0);
}
END_TEST

START_TEST(no_duty_gives_exactly_the_base)
{
    double p[6], linear[6], cpi[3], duty[2];
    ck_assert_int_eq(wio_price_border(p, linear, cpi, duty, economy, T, T_final, NULL, NULL),
                     WIO_OK);
    for (size_t k = 0; k < 6; k++) {
        ck_assert_double_eq(p[k], 1);
        ck_assert_double_eq(linear[k], 0);
    }
    ck_assert_double_eq(cpi[1], 0);
    ck_assert_double_eq(duty[0] + duty[1], 0);
}
END_TEST

/* sum ptilde o F = VA + revenue; exact above linear; prices rise with the duty. */
START_TEST(buyers_pay_value_added_and_duties)
{
    uint64_t state = (uint64_t)_i + 1;
    double p[6], linear[6], higher[6], duty[2], paid = 0.0;
    for (size_t k = 0; k < 36; k++) {
        T[k] = .5 * random_uniform(&state);
    }
    for (size_t k = 0; k < 18; k++) {
        T_final[k] = .5 * random_uniform(&state);
    }
    ck_assert_int_eq(wio_price_border(p, linear, NULL, duty, economy, T, T_final, NULL, NULL),
                     WIO_OK);
    for (size_t k = 0; k < 18; k++) {
        paid += p[k / 3] * (1 + T_final[k]) * table->Y[k];
    }
    ck_assert_double_eq_tol(paid, 4876 + duty[0] + duty[1], 1e-10);
    T[(size_t)_i % 36] += .1;
    ck_assert_int_eq(wio_price_border(higher, NULL, NULL, NULL, economy, T, T_final, NULL, NULL),
                     WIO_OK);
    for (size_t i = 0; i < 6; i++) {
        ck_assert(p[i] - 1 >= linear[i] && higher[i] >= p[i]);
    }
}
END_TEST

/* Q26: a table of one region has no border between endogenous regions. */
START_TEST(one_region_alone_has_no_borders)
{
    uint64_t state = (uint64_t)_i + 1;
    wio_table *random = random_table(&state);
    wio_economy *e = NULL;
    ck_assert_int_eq(wio_economy_create(&e, random, NULL, NULL), WIO_OK);
    size_t n = e->n;
    double *zero = calloc(n * n + n * e->f + n, sizeof *zero), *p = zero + n * n + n * e->f;
    double cpi[3];
    ck_assert_int_eq(wio_price_border(p, NULL, cpi, NULL, e, zero, zero + n * n, NULL, NULL),
                     WIO_OK);
    for (size_t j = 0; j < n; j++) {
        ck_assert_double_eq(p[j], 1);
    }
    ck_assert_double_eq(cpi[0], 0);
    ck_assert_double_nan(cpi[1]); /* an exogenous region has no households */
    free(zero);
    wio_economy_free(e);
    wio_table_free(random);
}
END_TEST

START_TEST(duties_beyond_productivity_are_refused)
{
    double p[6] = {7};
    wio_error err = {0};
    for (size_t k = 0; k < 36; k++) {
        T[k] = 3;
    }
    ck_assert_int_eq(wio_price_border(p, NULL, NULL, NULL, economy, T, T_final, NULL, &err),
                     WIO_E_NOT_PRODUCTIVE);
    T[3] = NAN;
    ck_assert_int_eq(wio_price_border(p, NULL, NULL, NULL, economy, T, T_final, NULL, NULL),
                     WIO_E_NONFINITE);
    T[3] = -1;
    err = (wio_error){0};
    ck_assert_int_eq(wio_price_border(p, NULL, NULL, NULL, economy, T, T_final, NULL, &err),
                     WIO_E_ARGUMENT);
    ck_assert_str_eq(err.message, "T[3] is -1: a price cannot fall below 0");
    ck_assert_double_eq(p[0], 7);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    double p[6], linear[6];
    long live = wio_alloc_live, failures = 0;
    wio_status status = WIO_E_MEMORY;
    levy(2, 0, .1);
    for (; status == WIO_E_MEMORY; failures++) {
        wio_alloc_budget = failures;
        status = wio_price_border(p, linear, NULL, NULL, economy, T, T_final, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live);
    }
    ck_assert_int_eq(status, WIO_OK);
    ck_assert(failures > 3);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("border");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, setup, teardown);
    tcase_add_test(known, one_sided_duty_matches_the_model);
    tcase_add_test(known, propagation_rounds_match_the_model);
    tcase_add_test(known, tit_for_tat_matches_the_model);
    suite_add_tcase(s, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, setup, teardown);
    tcase_add_test(properties, no_duty_gives_exactly_the_base);
    tcase_add_loop_test(properties, buyers_pay_value_added_and_duties, 0, 100 * test_depth());
    tcase_add_loop_test(properties, one_region_alone_has_no_borders, 0, 10 * test_depth());
    suite_add_tcase(s, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, setup, teardown);
    tcase_add_test(failures, duties_beyond_productivity_are_refused);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(s, failures);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
