/* test_armington_properties.c - suite for solvers/economy/armington*.c: what holds on every economy
 * (MODEL 5, Q12-Q17), odd tables, partners' duties, and refusals. */
#include "armington_case.h"

static wio_table *table;
static wio_economy *economy;
static tariff_case k, other;

static void start(uint64_t *state)
{
    table = random_table(state);
    ck_assert_int_eq(wio_economy_create(&economy, table, NULL, NULL), WIO_OK);
}

static void finish(void)
{
    wio_economy_free(economy);
    wio_table_free(table);
}

static void setup(void)
{
    table = toy3();
    ck_assert_int_eq(wio_economy_create(&economy, table, NULL, NULL), WIO_OK);
    tariff_start(&k, economy, 2.5, 5, 1, 3);
}

/* Elasticities of every kind, some 0 or 1; duties of up to `most` on some origins. */
static void random_case(tariff_case *c, uint64_t *state, double most)
{
    tariff_start(c, economy, 0, 0, 0, 0);
    for (size_t i = 0; i < economy->products; i++) {
        double kind = random_uniform(state);
        c->sigma_d[i] = kind < .1 ? 0 : kind < .2 ? 1 : 6 * random_uniform(state);
        c->sigma_m[i] = kind > .9 ? 0 : kind > .8 ? 1 : 12 * random_uniform(state);
    }
    for (size_t i = 0; i < economy->f; i++) {
        c->eta[i] = 2 * random_uniform(state);
    }
    for (size_t i = 0; i < economy->n; i++) {
        c->epsilon[i] = 4 * random_uniform(state);
    }
    for (size_t at = 0; at < 3 * economy->q; at++) {
        c->phi[at] = random_uniform(state) < .5 ? 1 : 1 + most * random_uniform(state);
    }
}

#define EACH_SEED(state)                                                                           \
    for (uint64_t seed = RANDOM_SEEDS * (uint64_t)_i + 1, state = seed;                            \
         seed <= RANDOM_SEEDS * (uint64_t)(_i + 1); state = ++seed)

/* Q12: exactly, with 0 iterations. */
START_TEST(no_tariff_gives_exactly_the_base)
{
    EACH_SEED(state)
    {
        start(&state);
        random_case(&k, &state, 0);
        tariff_solve(&k, economy);
        ck_assert_uint_eq(k.iterations, 0);
        ck_assert_double_eq(k.residual, 0);
        ck_assert_mem_eq(k.A, economy->A, economy->n * economy->n * sizeof *k.A);
        for (size_t i = 0; i < economy->n; i++) {
            ck_assert_double_eq(k.p[i], 1);
            ck_assert_double_eq_tol(k.x[i], economy->x[i], 1e-12 * economy->x[i]);
        }
        finish();
    }
}
END_TEST

/* Q16, with duties by kind of user: VA + revenue = absorption at market prices + X - M. */
START_TEST(gdp_is_the_same_from_both_sides)
{
    EACH_SEED(state)
    {
        start(&state);
        random_case(&k, &state, .6);
        tariff_solve(&k, economy);
        size_t n = economy->n, q = economy->q, f = economy->f;
        double made = k.revenue, spent = 0.0, size = 0.0, home[MAX_N], abroad[MAX_Q];
        for (size_t j = 0; j < n; j++) {
            made += (economy->v[j] + economy->other[j]) * k.x[j];
            size += k.x[j];
        }
        wio_armington *a = NULL;
        const wio_armington_input input = tariff_input(&k);
        ck_assert_int_eq(wio_armington_create(&a, economy, &input, NULL), WIO_OK);
        for (size_t c = 0; c < f; c++) {
            size_t kind = wio_use_kind(table->use_role[table->final_use[c]]);
            wio_armington_final_column(home, abroad, a, c, true, true);
            for (size_t i = 0; i < n; i++) {
                spent += k.p[i] * (home[i] + k.exports[i * f + c]);
            }
            for (size_t o = 0; o < q; o++) {
                spent += k.phi[3 * o + kind] * abroad[o];
            }
        }
        wio_armington_free(a);
        spent -= wio_sum(k.imports, q, 1);
        ck_assert_double_le(k.residual, 1e-13);
        ck_assert_double_eq_tol(made, spent, 1e-12 * size);
        finish();
    }
}
END_TEST

/* Q15: more duty on one partner, higher prices at home and less from that partner. */
START_TEST(a_higher_duty_raises_prices_and_cuts_its_imports)
{
    EACH_SEED(state)
    {
        start(&state);
        size_t n = economy->n;
        tariff_start(&k, economy, 1 + 2 * random_uniform(&state), 0, 1, 2);
        for (size_t i = 0; i < economy->products; i++) {
            k.sigma_m[i] = k.sigma_d[i] + 3 * random_uniform(&state);
        }
        double before[MAX_N], low = 0.0, high = 0.0;
        for (size_t step = 1; step <= 2; step++) {
            for (size_t o = 0; o < economy->q; o++) {
                bool china = table->origin_region[n + o] == 1;
                k.phi[3 * o] = k.phi[3 * o + 1] = k.phi[3 * o + 2] =
                    china ? 1 + .2 * (double)step : 1;
            }
            memcpy(before, k.p, sizeof before);
            tariff_solve(&k, economy);
            low = high;
            high = 0.0;
            for (size_t o = 0; o < economy->q; o++) {
                high += table->origin_region[n + o] == 1 ? k.imports[o] : 0;
            }
        }
        for (size_t i = 0; i < n; i++) {
            ck_assert_double_ge(k.p[i], before[i]);
            ck_assert_double_ge(before[i], 1);
        }
        ck_assert_double_le(high, low);
        finish();
    }
}
END_TEST

/* The table after a tariff, in the units of its own prices: values are p z and phi z. */
static void rebase(void)
{
    size_t n = economy->n, m = n + economy->q, f = economy->f;
    double home[MAX_N], abroad[MAX_Q];
    wio_armington *a = NULL;
    const wio_armington_input input = tariff_input(&k);
    ck_assert_int_eq(wio_armington_create(&a, economy, &input, NULL), WIO_OK);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++) {
            double z = i < n ? k.p[i] * k.A[i * n + j] : k.phi[3 * (i - n)] * k.M[(i - n) * n + j];
            table->Z[i * n + j] = z * k.x[j];
        }
        for (size_t p = 0; p < table->p; p++) {
            table->P[p * n + j] *= k.x[j] / economy->x[j];
        }
        table->x[j] = k.p[j] * k.x[j];
    }
    for (size_t c = 0; c < f; c++) {
        size_t kind = wio_use_kind(table->use_role[table->final_use[c]]);
        wio_armington_final_column(home, abroad, a, c, true, true);
        for (size_t i = 0; i < n; i++) {
            table->Y[i * f + c] = k.p[i] * (home[i] + k.exports[i * f + c]);
        }
        for (size_t o = 0; o < economy->q; o++) {
            table->Y[(n + o) * f + c] = k.phi[3 * o + kind] * abroad[o];
        }
    }
    wio_armington_free(a);
}

/* Q13 */
START_TEST(a_tariff_and_its_relief_return_to_the_base)
{
    EACH_SEED(state)
    {
        start(&state);
        random_case(&k, &state, .4);
        tariff_solve(&k, economy);
        size_t n = economy->n;
        double x0[MAX_N];
        memcpy(x0, economy->x, n * sizeof *x0);
        rebase();
        wio_economy *after = NULL;
        ck_assert_int_eq(wio_economy_create(&after, table, NULL, NULL), WIO_OK);
        other = k;
        for (size_t at = 0; at < 3 * economy->q; at++) {
            other.phi[at] = 1 / k.phi[at];
        }
        tariff_solve(&other, after);
        for (size_t i = 0; i < n; i++) {
            ck_assert_double_eq_tol(other.p[i] * k.p[i], 1, 1e-13);
            ck_assert_double_eq_tol(other.x[i] / k.p[i], x0[i], 1e-11 * x0[i]);
        }
        wio_economy_free(after);
        finish();
    }
}
END_TEST

/* Q17 */
START_TEST(no_elasticity_no_response)
{
    EACH_SEED(state)
    {
        start(&state);
        random_case(&k, &state, .6);
        for (size_t i = 0; i < economy->products; i++) {
            k.sigma_d[i] = k.sigma_m[i] = 0;
        }
        memset(k.eta, 0, sizeof k.eta);
        memset(k.epsilon, 0, sizeof k.epsilon);
        tariff_solve(&k, economy);
        size_t n = economy->n;
        ck_assert_mem_eq(k.A, economy->A, n * n * sizeof *k.A);
        ck_assert_mem_eq(k.M, economy->M, economy->q * n * sizeof *k.M);
        for (size_t i = 0; i < n; i++) {
            ck_assert_double_eq_tol(k.x[i], economy->x[i], 1e-12 * economy->x[i]);
            ck_assert_double_ge(k.p[i], 1);
        }
        finish();
    }
}
END_TEST

START_TEST(elasticities_are_continuous_at_one)
{
    EACH_SEED(state)
    {
        start(&state);
        random_case(&k, &state, .4);
        for (size_t i = 0; i < economy->products; i++) {
            k.sigma_d[i] = k.sigma_m[i] = 1;
        }
        other = k;
        for (size_t i = 0; i < economy->products; i++) {
            other.sigma_d[i] = other.sigma_m[i] = 1 + 2e-6; /* beyond the Cobb-Douglas branch */
        }
        tariff_solve(&k, economy);
        tariff_solve(&other, economy);
        for (size_t i = 0; i < economy->n; i++) {
            ck_assert_double_eq_tol(other.p[i], k.p[i], 1e-6);
            ck_assert_double_eq_tol(other.x[i], k.x[i], 1e-5 * k.x[i]);
        }
        finish();
    }
}
END_TEST

/* Cobb-Douglas by its own formulas: log P = sum s log phi, constant value shares. */
START_TEST(value_shares_stay_at_unit_elasticity)
{
    tariff_start(&k, economy, 1, 1, 1, 3);
    for (size_t at = 0; at < 6; at++) {
        k.phi[at] = 1.1;
    }
    tariff_solve(&k, economy);
    double home = k.p[1] * k.A[4], cn = 1.1 * k.M[4], rw = k.M[13], all = home + cn + rw;
    ck_assert_double_eq_tol(home / all, 120.0 / 220, 1e-14);
    ck_assert_double_eq_tol(cn / all, 40.0 / 220, 1e-14);
    ck_assert_double_eq_tol(rw / all, 60.0 / 220, 1e-14);
    /* composite of M for M: p^(120/220) 1.1^(40/220), quantity fixed at 220/700 */
    double PP = exp(120.0 / 220 * log(k.p[1]) + 40.0 / 220 * log(1.1));
    ck_assert_double_eq_tol(all, PP * 220 / 700, 1e-14);
}
END_TEST

/* Newton's answer is the fixed point that plain iteration finds, at elasticities up to 40 and
 * prices that double, where powers leave the range of 1 + small. */
START_TEST(strong_responses_still_have_no_profit)
{
    EACH_SEED(state)
    {
        start(&state);
        random_case(&k, &state, 2);
        for (size_t i = 0; i < economy->products; i++) {
            k.sigma_d[i] *= 4;
            k.sigma_m[i] *= 4;
        }
        tariff_solve(&k, economy);
        size_t n = economy->n;
        for (size_t j = 0; j < n; j++) { /* zero profit from the quantities themselves */
            double cost = economy->v[j] + economy->other[j];
            for (size_t i = 0; i < n; i++) {
                cost += k.p[i] * k.A[i * n + j];
            }
            for (size_t o = 0; o < economy->q; o++) {
                cost += k.phi[3 * o] * k.M[o * n + j];
            }
            ck_assert_double_eq_tol(cost, k.p[j], 1e-12 * k.p[j]);
        }
        finish();
    }
}
END_TEST

/* --- partners' duties -------------------------------------------------------------------------- */

/* RW-A has 20, CN-A 8; the duty is on CN alone. */
START_TEST(recaptured_sales_go_to_other_partners)
{
    k.phi_ret[3] = 1.1;
    k.recapture[3] = .4;
    tariff_solve(&k, economy);
    double lost = 8 * (1 - pow(1.1, -3));
    ck_assert_double_eq_tol(k.exports[3], 8 - lost, 1e-14);
    ck_assert_double_eq_tol(k.exports[4], 20 + .4 * lost, 1e-14);
    k.phi_ret[4] = 1.1; /* both levy: what is recaptured stays, the total is right */
    k.recapture[4] = 1;
    tariff_solve(&k, economy);
    ck_assert_double_eq_tol(k.exports[3] + k.exports[4], 28 - .6 * lost, 1e-13);
}
END_TEST

/* MODEL S6: loss (1 - zeta) X, at t0 = 0 and X before it shrinks (1 - beta) t / (1 + t) X. */
START_TEST(exporters_bear_what_partners_duties_do_not_pass_on)
{
    double beta = .6, t = .2, loss[3];
    k.phi_ret[5 + 3] = 1 + beta * t;
    k.zeta[5 + 3] = (1 + beta * t) / (1 + t);
    memset(k.epsilon, 0, sizeof k.epsilon);
    wio_armington *a = NULL;
    const wio_armington_input input = tariff_input(&k);
    ck_assert_int_eq(wio_armington_create(&a, economy, &input, NULL), WIO_OK);
    wio_armington_export_loss(loss, a, true);
    wio_armington_free(a);
    ck_assert_double_eq(loss[0], 0);
    ck_assert_double_eq_tol(loss[1], (1 - beta) * t / (1 + t) * 20, 1e-14);
}
END_TEST

START_TEST(switches_turn_one_response_off_at_a_time)
{
    double home[3], abroad[6], exports[15];
    for (size_t at = 0; at < 6; at++) {
        k.phi[at] = 1.1;
    }
    k.phi_ret[5 + 3] = 1.1;
    wio_armington *a = NULL;
    const wio_armington_input input = tariff_input(&k);
    ck_assert_int_eq(wio_armington_create(&a, economy, &input, NULL), WIO_OK);
    const double *p = wio_armington_prices(a);
    wio_armington_final(home, abroad, a, false, false);
    ck_assert_double_eq(home[1], 345);
    ck_assert_double_eq(abroad[1], 90);
    wio_armington_final(home, abroad, a, false, true);
    double expected = 170 / wio_armington_composite(a, 1, 0) +
                      25 / wio_armington_composite(a, 1, 1) +
                      150 / wio_armington_composite(a, 1, 2);
    ck_assert_double_eq_tol(home[1], expected, 1e-12);
    ck_assert_double_eq(wio_armington_composite(a, 1, 1), p[1]); /* home only */
    wio_armington_exports(exports, a, true, false);
    ck_assert_double_eq_tol(exports[5 + 3], 20 * pow(p[1], -3), 1e-13);
    wio_armington_exports(exports, a, false, true);
    ck_assert_double_eq_tol(exports[5 + 3], 20 * pow(1.1, -3), 1e-13);
    wio_armington_exports(exports, a, false, false);
    ck_assert_double_eq(exports[5 + 3], 20);
    ck_assert_double_eq(exports[0], 0);
    wio_armington_free(a);
}
END_TEST

/* --- odd cells --------------------------------------------------------------------------------- */

/* TOY3 with I turned into inventories, M from CN in C negative, and a product nobody makes. */
START_TEST(negative_cells_and_inventories_are_held)
{
    table->use_role[table->final_use[2]] = WIO_ROLE_INVENTORY;
    table->Y[5 * 4 + 0] = -5; /* M from CN to C */
    wio_economy *odd = NULL;
    ck_assert_int_eq(wio_economy_create(&odd, table, NULL, NULL), WIO_OK);
    for (size_t at = 0; at < 6; at++) {
        k.phi[at] = 1.1;
    }
    tariff_solve(&k, odd);
    ck_assert_uint_eq(k.negatives, 1);
    wio_armington *a = NULL;
    double home[3], abroad[6];
    const wio_armington_input input = tariff_input(&k);
    ck_assert_int_eq(wio_armington_create(&a, odd, &input, NULL), WIO_OK);
    wio_armington_final_column(home, abroad, a, 0, true, true);
    ck_assert_double_eq(home[1], 170);
    ck_assert_double_eq(abroad[1], -5);
    ck_assert_double_lt(home[2], 560); /* services still respond */
    double P = wio_armington_composite(a, 1, 0);
    ck_assert_double_eq_tol(P, (170 * k.p[1] - 5 * 1.1 + 70) / 235, 1e-15);
    wio_armington_final_column(home, abroad, a, 2, true, true);
    ck_assert_double_eq(home[1], 150);
    ck_assert_double_eq(abroad[1], 30);
    wio_armington_free(a);
    wio_economy_free(odd);
}
END_TEST

/* A negative input: held, and its price still felt: p_j = sum p_i a_ij + ... */
START_TEST(a_negative_input_is_held_and_paid_for)
{
    table->Z[3 * 4 + 2] = -2; /* M from CN used by S: 15 -> -2 */
    table->P[2] += 17;
    wio_economy *odd = NULL;
    ck_assert_int_eq(wio_economy_create(&odd, table, NULL, NULL), WIO_OK);
    for (size_t at = 0; at < 6; at++) {
        k.phi[at] = 1.1;
    }
    tariff_solve(&k, odd);
    ck_assert_double_eq(k.A[3 * 1 + 2], odd->A[3 * 1 + 2]);
    ck_assert_double_eq(k.M[3 * 1 + 2], odd->M[3 * 1 + 2]);
    double cost = odd->v[2] + odd->other[2];
    for (size_t i = 0; i < 3; i++) {
        cost += k.p[i] * k.A[3 * i + 2] + k.phi[3 * i] * k.M[3 * i + 2] + k.M[3 * (i + 3) + 2];
    }
    ck_assert_double_eq_tol(cost, k.p[2], 1e-14);
    wio_economy_free(odd);
}
END_TEST

/* Home inputs are 99.9 % of cost: the inner iteration stops short and Newton's method goes on. */
START_TEST(thin_margins_only_take_longer)
{
    for (size_t j = 0; j < 3; j++) {
        double home = table->Z[j] + table->Z[3 + j] + table->Z[6 + j];
        for (size_t i = 0; i < 9; i++) {
            table->Z[3 * i + j] *= i < 3 ? .999 * table->x[j] / home : .0005;
        }
    }
    wio_economy *thin = NULL;
    ck_assert_int_eq(wio_economy_create(&thin, table, NULL, NULL), WIO_OK);
    for (size_t at = 0; at < 18; at++) {
        k.phi[at] = 2;
    }
    wio_armington *a = NULL;
    const wio_armington_input input = tariff_input(&k);
    ck_assert_int_eq(wio_armington_create(&a, thin, &input, NULL), WIO_OK);
    size_t iterations;
    ck_assert_double_le(wio_armington_residual(a, &iterations), 1e-13);
    ck_assert_uint_gt(iterations, 6);
    wio_armington_free(a);
    wio_economy_free(thin);
}
END_TEST

/* --- failures ---------------------------------------------------------------------------------- */

static wio_status refused(char message[480])
{
    wio_armington *a = NULL;
    wio_error err = {0};
    const wio_armington_input input = tariff_input(&k);
    long live = wio_alloc_live;
    wio_status status = wio_armington_create(&a, economy, &input, &err);
    ck_assert_ptr_null(a);
    ck_assert_int_eq(wio_alloc_live, live);
    memcpy(message, err.message, sizeof err.message);
    return status;
}

START_TEST(the_rigid_one_is_the_one_made_with_no_elasticities)
{
    wio_armington *flexible = NULL, *rigid = NULL, *made = NULL;
    k.phi[0] = k.phi[3] = 1.25;
    k.phi[4] = 1.1;
    wio_armington_input input = tariff_input(&k);
    ck_assert_int_eq(wio_armington_create(&flexible, economy, &input, NULL), WIO_OK);
    ck_assert_int_eq(wio_armington_rigid(&rigid, flexible, NULL), WIO_OK);
    const double zero[16] = {0};
    ck_assert_uint_le(economy->products, 16);
    input.sigma_domestic = input.sigma_import = zero;
    ck_assert_int_eq(wio_armington_create(&made, economy, &input, NULL), WIO_OK);
    size_t n = economy->n, q = economy->q, f = economy->f, size = (n + q) * n + n * f;
    double *one = wio_alloc(2 * size, sizeof *one), *two = one + size;
    ck_assert_ptr_nonnull(one);
    ck_assert_int_eq(
        memcmp(wio_armington_prices(rigid), wio_armington_prices(made), n * sizeof *one), 0);
    ck_assert(
        memcmp(wio_armington_prices(rigid), wio_armington_prices(flexible), n * sizeof *one) != 0);
    wio_armington_coefficients(one, one + n * n, rigid);
    wio_armington_coefficients(two, two + n * n, made);
    wio_armington_exports(one + (n + q) * n, rigid, true, true);
    wio_armington_exports(two + (n + q) * n, made, true, true);
    ck_assert_int_eq(memcmp(one, two, size * sizeof *one), 0);
    wio_armington_final(one, one + n, rigid, true, true);
    wio_armington_final(two, two + n, made, true, true);
    ck_assert_int_eq(memcmp(one, two, (n + q) * sizeof *one), 0);
    ck_assert_uint_eq(wio_armington_fixed_cells(rigid), wio_armington_fixed_cells(made));
    wio_free(one);
    wio_armington_free(made);
    wio_armington_free(rigid);
    wio_armington_free(flexible);
}
END_TEST

START_TEST(impossible_inputs_are_refused)
{
    char message[480];
    k.phi[4] = 0;
    ck_assert_int_eq(refused(message), WIO_E_ARGUMENT);
    ck_assert_str_eq(message, "phi[4] is 0: a price factor is above 0");
    k.phi[4] = NAN;
    ck_assert_int_eq(refused(message), WIO_E_NONFINITE);
    k.phi[4] = 1;
    k.sigma_m[1] = -1;
    ck_assert_int_eq(refused(message), WIO_E_ARGUMENT);
    ck_assert_str_eq(message, "sigma_import[1] is -1, expected at least 0");
    k.sigma_m[1] = INFINITY;
    ck_assert_int_eq(refused(message), WIO_E_NONFINITE);
    k.sigma_m[1] = 5;
    k.recapture[2] = 1.2;
    ck_assert_int_eq(refused(message), WIO_E_ARGUMENT);
    ck_assert_str_eq(message, "recapture[2] is 1.2, expected 0 to 1");
    k.recapture[2] = 0;
    ck_assert_int_eq(
        wio_armington_create(&(wio_armington *){NULL}, economy, &(wio_armington_input){0}, NULL),
        WIO_E_ARGUMENT);
    wio_table *mrio = toy_mrio();
    wio_economy *several = NULL;
    ck_assert_int_eq(wio_economy_create(&several, mrio, NULL, NULL), WIO_OK);
    wio_armington *a = NULL;
    const wio_armington_input input = tariff_input(&k);
    ck_assert_int_eq(wio_armington_create(&a, several, &input, NULL), WIO_E_UNSUPPORTED);
    wio_economy_free(several);
    wio_table_free(mrio);
    wio_armington_free(NULL);
}
END_TEST

START_TEST(powers_beyond_the_range_of_numbers_are_refused)
{
    char message[480];
    for (size_t i = 0; i < 3; i++) {
        k.sigma_d[i] = k.sigma_m[i] = 1000;
    }
    for (size_t at = 0; at < 6; at++) {
        k.phi[at] = .001;
    }
    ck_assert_int_eq(refused(message), WIO_E_NOT_CONVERGED);
    ck_assert_ptr_nonnull(strstr(message, "lower the elasticities"));
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_armington *a = NULL;
    const wio_armington_input input = tariff_input(&k);
    long live = wio_alloc_live, failures = 0;
    wio_status status = WIO_E_MEMORY;
    for (; status == WIO_E_MEMORY; failures++) {
        wio_alloc_budget = failures;
        status = wio_armington_create(&a, economy, &input, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (a == NULL && wio_alloc_live == live));
    }
    ck_assert_int_eq(status, WIO_OK);
    ck_assert_int_eq(failures, 27); /* 26 blocks and the success */
    wio_armington *rigid = NULL;
    long with = wio_alloc_live;
    for (failures = 0, status = WIO_E_MEMORY; status == WIO_E_MEMORY; failures++) {
        wio_alloc_budget = failures;
        status = wio_armington_rigid(&rigid, a, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (rigid == NULL && wio_alloc_live == with));
    }
    ck_assert_int_eq(status, WIO_OK);
    ck_assert_int_eq(failures, 25); /* cells are copied */
    wio_armington_free(rigid);
    wio_armington_free(a);
    ck_assert_int_eq(wio_alloc_live, live);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("armington_properties");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, setup, finish);
    tcase_add_test(known, value_shares_stay_at_unit_elasticity);
    tcase_add_test(known, recaptured_sales_go_to_other_partners);
    tcase_add_test(known, exporters_bear_what_partners_duties_do_not_pass_on);
    tcase_add_test(known, switches_turn_one_response_off_at_a_time);
    tcase_add_test(known, negative_cells_and_inventories_are_held);
    tcase_add_test(known, a_negative_input_is_held_and_paid_for);
    tcase_add_test(known, thin_margins_only_take_longer);
    tcase_add_test(known, the_rigid_one_is_the_one_made_with_no_elasticities);
    suite_add_tcase(s, known);
    int loops = RANDOM_LOOPS * test_depth();
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, no_tariff_gives_exactly_the_base, 0, loops);
    tcase_add_loop_test(properties, gdp_is_the_same_from_both_sides, 0, loops);
    tcase_add_loop_test(properties, a_higher_duty_raises_prices_and_cuts_its_imports, 0, loops);
    tcase_add_loop_test(properties, a_tariff_and_its_relief_return_to_the_base, 0, loops);
    tcase_add_loop_test(properties, no_elasticity_no_response, 0, loops);
    tcase_add_loop_test(properties, elasticities_are_continuous_at_one, 0, loops);
    tcase_add_loop_test(properties, strong_responses_still_have_no_profit, 0, loops);
    suite_add_tcase(s, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, setup, finish);
    tcase_add_test(failures, impossible_inputs_are_refused);
    tcase_add_test(failures, powers_beyond_the_range_of_numbers_are_refused);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(s, failures);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
