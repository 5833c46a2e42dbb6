/* test_shapley.c - suite for solvers/economy/shapley.c. */
#include "../solvers/economy/economy.h"
#include "support.h"

#include <check.h>
#include <math.h>

/* Three players, by hand: v = {0, a:1, b:2, ab:5, c:0, ac:1, bc:2, abc:6}.
 * c: 1/3 (v(c)-0) + 1/6 (v(ac)-v(a)) + 1/6 (v(bc)-v(b)) + 1/3 (6-5) = 1/3. */
START_TEST(three_players_match_the_hand_computation)
{
    const double worth[] = {0, 1, 2, 5, 0, 1, 2, 6};
    double share[3];
    wio_shapley(share, 3, worth);
    ck_assert_double_eq_tol(share[0], 1.0 / 3 + 3.0 / 6 + 1.0 / 6 + 4.0 / 3, 1e-15);
    ck_assert_double_eq_tol(share[1], 2.0 / 3 + 4.0 / 6 + 2.0 / 6 + 5.0 / 3, 1e-15);
    ck_assert_double_eq_tol(share[2], 1.0 / 3, 1e-15);
}
END_TEST

START_TEST(one_player_gets_everything)
{
    const double worth[] = {3, 10};
    double share;
    wio_shapley(&share, 1, worth);
    ck_assert_double_eq(share, 7);
}
END_TEST

/* --- the channels of MODEL 4 on TOY3 ------------------------------------------------------------ */

enum { SUBSTITUTION, FINAL_DEMAND, EXPORT_COST, RETALIATION, PURCHASES, INVESTMENT, PLAYERS };

static wio_table *table;
static wio_economy *economy;
static wio_armington *nested, *rigid;
static double worth[1 << PLAYERS], purchases[3], investment[3];

static void tariff_answered(wio_armington **out, double sigma_domestic, double sigma_import)
{
    double phi[18], sigma_d[3], sigma_m[3], phi_ret[15];
    const double eta[] = {1, 1, 1, 0, 0}, epsilon[] = {3, 3, 3};
    for (size_t k = 0; k < 18; k++) {
        phi[k] = k < 6 ? 1.1 : 1.0;
    }
    for (size_t i = 0; i < 3; i++) {
        sigma_d[i] = sigma_domestic;
        sigma_m[i] = sigma_import;
        for (size_t c = 0; c < 5; c++) {
            phi_ret[5 * i + c] = c == 3 && i < 2 ? 1.1 : 1.0;
        }
    }
    const wio_armington_input input = {.phi = phi,
                                       .sigma_domestic = sigma_d,
                                       .sigma_import = sigma_m,
                                       .eta = eta,
                                       .epsilon = epsilon,
                                       .phi_ret = phi_ret};
    ck_assert_int_eq(wio_armington_create(out, economy, &input, NULL), WIO_OK);
}

static void setup(void)
{
    table = toy3();
    ck_assert_int_eq(wio_economy_create(&economy, table, NULL, NULL), WIO_OK);
    tariff_answered(&nested, 2.5, 5);
    tariff_answered(&rigid, 0, 0);
    purchases[0] = 5 * .58 * .7;
    purchases[1] = 3 * .58 * .7;
    investment[1] = .5 * 10 * .6 * .45;
    investment[2] = .5 * 10 * .4;
}

static void teardown(void)
{
    wio_armington_free(nested);
    wio_armington_free(rigid);
    wio_economy_free(economy);
    wio_table_free(table);
}

/* Jobs of a coalition: e'(x - x0). */
static double jobs(size_t set)
{
    const wio_armington *a = set >> SUBSTITUTION & 1 ? nested : rigid;
    double A[9], M[18], f[3], imported[6], exports[15], after[3], abroad[6];
    wio_armington_coefficients(A, M, a);
    wio_armington_final(f, imported, a, true, set >> FINAL_DEMAND & 1);
    wio_armington_exports(exports, a, set >> EXPORT_COST & 1, set >> RETALIATION & 1);
    wio_armington_final_column(after, abroad, a, 2, true, false);
    for (size_t i = 0; i < 3; i++) {
        f[i] += exports[5 * i + 3] + exports[5 * i + 4];
        f[i] += set >> PURCHASES & 1 ? purchases[i] : 0.0;
        double base = table->Y[5 * i + 2];
        f[i] += set >> INVESTMENT & 1 ? investment[i] * after[i] / base : 0.0;
    }
    wio_system *system = NULL;
    ck_assert_int_eq(wio_system_create(&system, 3, A, NULL, NULL, NULL), WIO_OK);
    wio_certificate certificate;
    wio_certificate_start(&certificate, system);
    ck_assert_int_eq(wio_system_solve(f, system, 1, f, &certificate, NULL), WIO_OK);
    wio_system_free(system);
    double sum = 0.0;
    for (size_t i = 0; i < 3; i++) {
        sum += economy->e[i] * (f[i] - economy->x[i]);
    }
    return sum;
}

static void evaluate(void)
{
    for (size_t set = 0; set < 1 << PLAYERS; set++) {
        worth[set] = jobs(set);
    }
}

START_TEST(channels_of_a_deal_match_the_model)
{
    static const double expected[] = {97.743024,  -52.567337, -30.849973,
                                      -57.854246, 36.599423,  23.561869};
    double share[PLAYERS];
    evaluate();
    wio_shapley(share, PLAYERS, worth);
    for (size_t k = 0; k < PLAYERS; k++) {
        ck_assert_double_eq_tol(share[k], expected[k], .5e-6 + 1e-10);
    }
    ck_assert_double_eq_tol(worth[63] - worth[0], 16.632759, .5e-6 + 1e-10);
}
END_TEST

START_TEST(ordered_channels_match_the_model)
{
    static const double expected[] = {91.954164,  -49.164151, -29.024322,
                                      -57.493681, 36.662932,  23.697818};
    evaluate();
    for (size_t k = 0; k < PLAYERS; k++) {
        double step = worth[((size_t)2 << k) - 1] - worth[((size_t)1 << k) - 1];
        ck_assert_double_eq_tol(step, expected[k], .5e-6 + 1e-10);
    }
}
END_TEST

START_TEST(channels_one_at_a_time_miss_the_total)
{
    double sum = 0.0;
    evaluate();
    for (size_t k = 0; k < PLAYERS; k++) {
        sum += worth[(size_t)1 << k] - worth[0];
    }
    ck_assert_double_eq_tol(sum, 3.849064, .5e-6 + 1e-10);
    ck_assert_double_eq_tol(worth[63] - worth[0] - sum, 12.78, .005);
}
END_TEST

static double embodied(const double *w, const double *f)
{
    double x[3];
    wio_certificate certificate;
    wio_certificate_start(&certificate, economy->system);
    ck_assert_int_eq(wio_system_solve(x, economy->system, 1, f, &certificate, NULL), WIO_OK);
    return wio_dot(w, x, 3);
}

/* direct e'df, indirect e'(L-I)df, induced e'(Lbar-L)df = (e'L h_c)(h_r'L df)/(1-k), H = 1000. */
START_TEST(purchases_split_into_direct_indirect_and_induced)
{
    double spend[3], direct = wio_dot(economy->e, purchases, 3);
    for (size_t i = 0; i < 3; i++) {
        spend[i] = economy->consumption[i] / 1000;
    }
    ck_assert_double_eq_tol(direct, 23.954, 1e-12);
    ck_assert_double_eq_tol(embodied(economy->e, purchases) - direct, 12.581913, .5e-6);
    double induced = embodied(economy->e, spend) * embodied(economy->wage, purchases) /
                     (1 - embodied(economy->wage, spend));
    ck_assert_double_eq_tol(induced, 12.802037, .5e-6);
}
END_TEST

/* --- Q20 ---------------------------------------------------------------------------------------- */

START_TEST(shares_add_up_and_symmetric_players_share_alike)
{
    uint64_t state = (uint64_t)_i + 1;
    size_t players = 2 + (size_t)_i % 9, all = ((size_t)1 << players) - 1;
    double value[1 << 10], share[10], sum = 0.0;
    for (size_t set = 0; set <= all; set++) {
        value[set] = 2.0 * random_uniform(&state) - 1.0;
    }
    /* players 0 and 1 exchangeable: {0} + S is worth what {1} + S is */
    for (size_t set = 0; set <= all; set += 4) {
        value[set + 2] = value[set + 1];
    }
    wio_shapley(share, players, value);
    for (size_t k = 0; k < players; k++) {
        sum += share[k];
    }
    ck_assert_double_eq_tol(sum, value[all] - value[0], 1e-12);
    ck_assert_double_eq_tol(share[0], share[1], 1e-13);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("shapley");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, setup, teardown);
    tcase_add_test(known, three_players_match_the_hand_computation);
    tcase_add_test(known, one_player_gets_everything);
    tcase_add_test(known, channels_of_a_deal_match_the_model);
    tcase_add_test(known, ordered_channels_match_the_model);
    tcase_add_test(known, channels_one_at_a_time_miss_the_total);
    tcase_add_test(known, purchases_split_into_direct_indirect_and_induced);
    suite_add_tcase(s, known);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, shares_add_up_and_symmetric_players_share_alike, 0, 100);
    suite_add_tcase(s, properties);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
