/* test_armington.c - suite for solvers/economy/armington*.c: the numbers of MODEL 3d. */
#include "armington_case.h"

#include <float.h>

static const double PRINTED = .5e-6 + 1e-11; /* half the last digit of MODEL, and rounding */

static wio_table *table;
static wio_economy *economy;
static tariff_case k;

static void setup(void)
{
    table = toy3();
    ck_assert_int_eq(wio_economy_create(&economy, table, NULL, NULL), WIO_OK);
    tariff_start(&k, economy, 2.5, 5, 1, 3);
}

static void teardown(void)
{
    wio_economy_free(economy);
    wio_table_free(table);
}

/* The price of Chinese A and M. */
static void chinese_goods(double factor)
{
    for (size_t at = 0; at < 6; at++) {
        k.phi[at] = factor;
    }
}

static void answered(double factor)
{
    k.phi_ret[3] = k.phi_ret[5 + 3] = factor;
}

static void check(const double *got, const double *expected, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_double_eq_tol(got[i], expected[i], PRINTED);
    }
}

/* --- one market: 50 at home, 20 from China, 30 from elsewhere, consumers only -------------------- */

static void one_market(double phi, double sigma_d, double sigma_m, double q[3], double *composite)
{
    const wio_table_arrays arrays = {.name = "one",
                                     .title = "one market",
                                     .currency = "USD",
                                     .price_basis = "basic",
                                     .import_split = "survey",
                                     .regions = 3,
                                     .region_code = (const char *const[]){"US", "CN", "RW"},
                                     .endogenous = (const bool[]){true, false, false},
                                     .n = 1,
                                     .m = 3,
                                     .origin_region = (const size_t[]){0, 1, 2},
                                     .origin_sector = (const char *const[]){"M", "M", "M"},
                                     .f = 1,
                                     .final_region = (const size_t[]){0},
                                     .final_use = (const char *const[]){"C"},
                                     .final_role = (const wio_role[]){WIO_ROLE_HOUSEHOLD},
                                     .p = 1,
                                     .primary_item = (const char *const[]){"wages"},
                                     .primary_role = (const wio_role[]){WIO_ROLE_COMPENSATION},
                                     .Z = (const double[]){0, 0, 0},
                                     .Y = (const double[]){50, 20, 30},
                                     .P = (const double[]){50}};
    wio_table *one = NULL;
    wio_economy *e = NULL;
    wio_armington *a = NULL;
    ck_assert_int_eq(wio_table_create(&one, &arrays, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_economy_create(&e, one, NULL, NULL), WIO_OK);
    const wio_armington_input input = {.phi = (const double[]){phi, phi, phi, 1, 1, 1},
                                       .sigma_domestic = &sigma_d,
                                       .sigma_import = &sigma_m,
                                       .eta = (const double[]){1},
                                       .epsilon = (const double[]){3}};
    ck_assert_int_eq(wio_armington_create(&a, e, &input, NULL), WIO_OK);
    wio_armington_final(q, q + 1, a, true, true);
    *composite = wio_armington_composite(a, 0, 0);
    wio_armington_free(a);
    wio_economy_free(e);
    wio_table_free(one);
}

START_TEST(one_nest_matches_the_model)
{
    double q[3], P;
    one_market(1.1, 3, 3, q, &P);
    ck_assert_double_eq_tol(P, 1.0178207, .5e-7);
    ck_assert_double_eq_tol(q[0] / 50, 1.0359589, .5e-7);
    ck_assert_double_eq_tol(q[2] / 30, 1.0359589, .5e-7);
    ck_assert_double_eq_tol(q[1] / 20, .7783313, .5e-7);
    double paid = q[0] + 1.1 * q[1] + q[2];
    ck_assert_double_eq_tol(1.1 * q[1] / paid, .1712329, .5e-7);
    ck_assert_double_eq_tol(q[2] / paid, .3107877, .5e-7);
    ck_assert_double_eq_tol(q[0] / paid, .5179795, .5e-7);
    ck_assert_double_eq_tol(log(q[1] / 20), -.250603, .5e-6);
    ck_assert_double_eq_tol(log(q[0] / 50), .035327, .5e-6);
    /* MODEL's linear forms are the slope at no duty: here of a duty of 1e-6, to second order */
    double small = log1p(1e-6), step = log(1.1) / small;
    one_market(1 + 1e-6, 3, 3, q, &P);
    ck_assert_double_eq_tol(step * log(q[1] / 20), -.247806, PRINTED + step * small * small);
    ck_assert_double_eq_tol(step * log(q[0] / 50), .038124, PRINTED + step * small * small);
}
END_TEST

START_TEST(two_nests_match_the_model)
{
    double q[3], PP;
    one_market(1.1, 2.5, 5, q, &PP);
    ck_assert_double_eq_tol(PP, 1.0168734, .5e-7);
    ck_assert_double_eq_tol(q[0] / 50, 1.0254166, .5e-7);
    ck_assert_double_eq_tol(q[1] / 20, .6930095, .5e-7);
    ck_assert_double_eq_tol(q[2] / 30, 1.1160987, .5e-7);
    /* q_M: spending on imports over PM, with PM from the quantities' own ratio (phi/PM)^-sm */
    double PM = pow(.4 * pow(1.1, -4) + .6, -.25);
    ck_assert_double_eq_tol(PM, 1.0344771, .5e-7);
    ck_assert_double_eq_tol((1.1 * q[1] + q[2]) / PM / 50, .9421024, .5e-7);
    ck_assert_double_eq_tol(q[1] - 20, -6.139810, PRINTED);
    ck_assert_double_eq_tol(q[2] - 30, 3.482961, PRINTED);
    ck_assert_double_eq_tol(q[0] - 50, 1.270831, PRINTED);
    ck_assert_double_eq_tol(.1 * q[1], 1.386019, PRINTED);
    /* Harberger's triangle; MODEL cuts .30699052 */
    ck_assert_double_eq_tol(-.5 * .1 * (q[1] - 20), .306990, 1e-6);
}
END_TEST

/* --- TOY3 ------------------------------------------------------------------------------------------ */

START_TEST(tariff_matches_the_model)
{
    static const double p[] = {1.005679, 1.006833, 1.001743};
    static const double x[] = {119.929781, 707.086883, 1198.867871};
    static const double jobs[] = {-.702, 21.261, -6.793};
    chinese_goods(1.1);
    tariff_solve(&k, economy);
    check(k.p, p, 3);
    check(k.x, x, 3);
    ck_assert_double_eq_tol(k.jobs, 13.765690, PRINTED);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(economy->e[i] * (k.x[i] - economy->x[i]), jobs[i], .5e-3);
    }
    ck_assert_double_eq_tol(k.imports[0], 1.347987, PRINTED);
    ck_assert_double_eq_tol(k.imports[1], 106.118727, PRINTED);
    ck_assert_double_eq_tol(k.imports[4], 227.786821, PRINTED);
    ck_assert_double_eq_tol(k.revenue, 10.746671, PRINTED);
    ck_assert_double_le(k.residual, 1e-15);
    ck_assert_uint_le(k.iterations, 6); /* Newton: the plain fixed point needs 25 */
}
END_TEST

/* VA + revenue = absorption at market prices + X - M. */
static void check_gdp(const wio_economy *e, double expected, double tolerance)
{
    const wio_table *t = e->table;
    size_t n = e->n, q = e->q, f = e->f;
    double made = k.revenue, spent = 0.0, abroad[MAX_Q], home[MAX_N];
    for (size_t j = 0; j < n; j++) {
        double v = 1.0;
        for (size_t i = 0; i < n; i++) {
            v -= e->A[i * n + j];
        }
        for (size_t o = 0; o < q; o++) {
            v -= e->M[o * n + j];
        }
        made += v * k.x[j];
    }
    wio_armington *a = NULL;
    const wio_armington_input input = tariff_input(&k);
    ck_assert_int_eq(wio_armington_create(&a, e, &input, NULL), WIO_OK);
    for (size_t c = 0; c < f; c++) {
        size_t kind = wio_use_kind(t->use_role[t->final_use[c]]);
        wio_armington_final_column(home, abroad, a, c, true, true);
        for (size_t i = 0; i < n; i++) {
            spent += k.p[i] * (home[i] + k.exports[i * f + c]);
        }
        for (size_t o = 0; o < q; o++) {
            spent += k.phi[3 * o + kind] * abroad[o];
        }
    }
    spent -= wio_sum(k.imports, q, 1);
    wio_armington_free(a);
    ck_assert_double_eq_tol(made, spent, tolerance);
    if (!isnan(expected)) {
        ck_assert_double_eq_tol(made, expected, PRINTED);
    }
}

START_TEST(gdp_is_the_same_from_both_sides)
{
    chinese_goods(1.1);
    tariff_solve(&k, economy);
    check_gdp(economy, 1255.133735, 1e-10);
}
END_TEST

START_TEST(retaliation_matches_the_model)
{
    static const double x[] = {117.121464, 700.621622, 1197.198750};
    chinese_goods(1.1);
    tariff_solve(&k, economy);
    double alone = k.jobs;
    answered(1.1);
    tariff_solve(&k, economy);
    check(k.x, x, 3);
    ck_assert_double_eq_tol(k.jobs, -43.727991, PRINTED);
    ck_assert_double_eq_tol(k.jobs - alone, -57.493681, PRINTED);
}
END_TEST

START_TEST(sweep_of_rates_matches_the_model)
{
    static const double t[] = {.1, .25, .6}, jobs[] = {13.766, 28.310, 45.165};
    static const double p[] = {1.006833, 1.013596, 1.020924}, revenue[] = {10.747, 16.135, 12.981};
    for (size_t i = 0; i < 3; i++) {
        chinese_goods(1 + t[i]);
        tariff_solve(&k, economy);
        ck_assert_double_eq_tol(k.jobs, jobs[i], .5e-3);
        ck_assert_double_eq_tol(k.p[1], p[i], PRINTED);
        ck_assert_double_eq_tol(k.revenue, revenue[i], .5e-3);
    }
}
END_TEST

START_TEST(revenue_has_its_maximum_where_the_model_says)
{
    double at[3];
    for (size_t i = 0; i < 3; i++) {
        chinese_goods(1.305557 + .001 * ((double)i - 1));
        tariff_solve(&k, economy);
        at[i] = k.revenue;
    }
    ck_assert_double_eq_tol(at[1], 16.414393, 1e-6); /* 16.4143925 */
    ck_assert(at[0] < at[1] && at[2] < at[1]);
}
END_TEST

START_TEST(import_surge_matches_the_model)
{
    static const double jobs[] = {1.328, -45.981, 16.414};
    chinese_goods(.85);
    tariff_solve(&k, economy);
    ck_assert_double_eq_tol(k.jobs, -28.239159, PRINTED);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(economy->e[i] * (k.x[i] - economy->x[i]), jobs[i], .5e-3);
    }
}
END_TEST

START_TEST(equal_nests_are_one_nest)
{
    tariff_start(&k, economy, 3, 3, 1, 3);
    chinese_goods(1.1);
    tariff_solve(&k, economy);
    ck_assert_double_eq_tol(k.A[3 + 1], .178178, PRINTED);
    ck_assert_double_eq_tol(k.M[3 + 1], .045597, PRINTED);
    /* one CES over home, CN, RW: the ratio of any two moves by (price ratio)^-3 */
    double ratio = k.M[3 + 1] / economy->M[3 + 1] / (k.A[3 + 1] / economy->A[3 + 1]);
    ck_assert_double_eq_tol(ratio, pow(1.1 / k.p[1], -3), 1e-14);
}
END_TEST

/* The rebate goes into the spending pattern of MODEL 3b at base prices, on changed coefficients. */
START_TEST(revenue_returned_to_households_matches_the_model)
{
    chinese_goods(1.1);
    tariff_solve(&k, economy);
    double f[3], more = 0.0;
    for (size_t i = 0; i < 3; i++) {
        f[i] = k.revenue * economy->consumption[i] / economy->consumption_total * (1 - .22) *
               (1 - .08) * (1 - .02);
    }
    wio_system *system = NULL;
    wio_certificate certificate;
    ck_assert_int_eq(wio_system_create(&system, 3, k.A, NULL, NULL, NULL), WIO_OK);
    wio_certificate_start(&certificate, system);
    ck_assert_int_eq(wio_system_solve(f, system, 1, f, &certificate, NULL), WIO_OK);
    wio_system_free(system);
    for (size_t i = 0; i < 3; i++) {
        more += economy->e[i] * f[i];
    }
    ck_assert_double_eq_tol(more, 47.254568, PRINTED);
}
END_TEST

static wio_status jobs_answered(void *context, double t, double *value, wio_error *err)
{
    (void)context;
    (void)err;
    answered(1 + t);
    tariff_solve(&k, economy);
    *value = k.jobs;
    return WIO_OK;
}

static wio_status half_the_imports(void *context, double t, double *value, wio_error *err)
{
    (void)context;
    (void)err;
    chinese_goods(1 + t);
    tariff_solve(&k, economy);
    *value = k.imports[0] + k.imports[1] - 76;
    return WIO_OK;
}

START_TEST(break_even_answer_matches_the_model)
{
    double t;
    chinese_goods(1.1);
    ck_assert_int_eq(wio_root(&t, jobs_answered, NULL, 0, .1, 1e-10, NULL), WIO_OK);
    ck_assert_double_eq_tol(t, .0206738, .5e-7 + 1e-10);
}
END_TEST

START_TEST(quota_at_half_the_imports_matches_the_model)
{
    double t;
    ck_assert_int_eq(wio_root(&t, half_the_imports, NULL, 0, 1, 1e-10, NULL), WIO_OK);
    ck_assert_double_eq_tol(t, .2013245, .5e-7 + 1e-10);
    ck_assert_double_eq_tol(t * 76, 15.300661, PRINTED + 76e-10);
}
END_TEST

/* --- us-2017 (MODEL 3d, "The closure decides the sign") ------------------------------------------- */

static wio_table *us;
static wio_economy *us_economy;

static bool open_us(void)
{
    if (wio_table_open(&us, "us-2017", NULL, NULL, NULL) != WIO_OK) {
        printf("skipped: no table us-2017\n");
        return false;
    }
    ck_assert_int_eq(wio_economy_create(&us_economy, us, NULL, NULL), WIO_OK);
    return true;
}

/* The duty of the February 2025 list on a sector; 0 where the frame has none. */
static double answer_on(const wio_frame *frame, const char *sector)
{
    size_t column = wio_frame_column(frame, "china_added_2025_02");
    for (size_t r = 0; r < frame->rows; r++) {
        const char *const *row = (const char *const *)frame->cell + r * frame->columns;
        if (strcmp(row[0], sector) == 0) {
            double rate = NAN;
            ck_assert(wio_parse_double(&rate, row[column], strlen(row[column])));
            return rate;
        }
    }
    return 0.0;
}

/* 10 points on Chinese goods at customs value; the list of February 2025 in answer. */
static void opening_salvo(bool answer)
{
    size_t china = wio_names_find(&us->region, "CHN"), n = us_economy->n, f = us_economy->f;
    const wio_group *goods = wio_table_group(us, "goods");
    const wio_frame *frame = wio_table_frame(us, "tariffs_partner.csv");
    ck_assert(goods != NULL && goods->count == 62 && frame != NULL);
    for (size_t g = 0; g < goods->count; g++) {
        size_t row = wio_table_origin(us, china, goods->sector[g]);
        for (size_t u = 0; row != SIZE_MAX && u < 3; u++) {
            k.phi[3 * (row - n) + u] = 1.1;
        }
    }
    for (size_t i = 0; answer && i < n; i++) {
        double t = answer_on(frame, us->sector.code[us->origin_sector[i]]);
        for (size_t c = 0; c < f; c++) {
            k.phi_ret[i * f + c] = us->final_region[c] == china ? 1 + t : 1.0;
        }
    }
}

START_TEST(the_closure_decides_the_sign_in_the_us)
{
    static const double closure[][5] = {{2.5, 3.8, 3, 25401, 20611},
                                        {1.19, 2.53, 1.04, -71846, -73604}};
    if (!open_us()) {
        return;
    }
    for (size_t c = 0; c < 2; c++) {
        for (size_t answer = 0; answer < 2; answer++) {
            tariff_start(&k, us_economy, closure[c][0], closure[c][1], 1, closure[c][2]);
            opening_salvo(answer == 1);
            tariff_solve(&k, us_economy);
            ck_assert_double_eq_tol(k.jobs, closure[c][3 + answer], .5);
            ck_assert_double_le(k.residual, 1e-13);
            /* MODEL's README of the table: eleven in HH and EQUIP; the rest are in INV */
            ck_assert_uint_eq(k.negatives, 34);
        }
    }
    wio_economy_free(us_economy);
    wio_table_free(us);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("armington");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 60);
    tcase_add_checked_fixture(known, setup, teardown);
    tcase_add_test(known, one_nest_matches_the_model);
    tcase_add_test(known, two_nests_match_the_model);
    tcase_add_test(known, tariff_matches_the_model);
    tcase_add_test(known, gdp_is_the_same_from_both_sides);
    tcase_add_test(known, retaliation_matches_the_model);
    tcase_add_test(known, sweep_of_rates_matches_the_model);
    tcase_add_test(known, revenue_has_its_maximum_where_the_model_says);
    tcase_add_test(known, import_surge_matches_the_model);
    tcase_add_test(known, equal_nests_are_one_nest);
    tcase_add_test(known, revenue_returned_to_households_matches_the_model);
    tcase_add_test(known, break_even_answer_matches_the_model);
    tcase_add_test(known, quota_at_half_the_imports_matches_the_model);
    tcase_add_test(known, the_closure_decides_the_sign_in_the_us);
    suite_add_tcase(s, known);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
