/* test_properties.c - MODEL 5, Q1 to Q9 and Q26, on random economies.
 *
 * An economy has 2 to 60 sectors, imports of each product, three final uses and jobs; columns are
 * Dirichlet(1): shares of exponential draws. With column sums of A below .9 the condition number is
 * below 20, so that n kappa u stays below 60 * 20 * u = 1.4e-13 relative. */
#include "support.h"

#include "../solvers/economy/economy.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LOOPS = 40, SEEDS = 25, LARGEST = 60 }; /* 1000 economies for each property */

/* A test over SEEDS economies; the body sees its seed as `index`. */
#define PROPERTY(name)                                                                             \
    static void name##_of(int index);                                                              \
    START_TEST(name)                                                                               \
    {                                                                                              \
        for (int s = 0; s < SEEDS; s++) {                                                          \
            name##_of(_i *SEEDS + s);                                                              \
        }                                                                                          \
    }                                                                                              \
    END_TEST                                                                                       \
    static void name##_of(int index)

static const double CLOSE = 1.4e-13;

/* The arrays of one random economy of n home sectors and as many imported products. */
typedef struct random_economy {
    size_t n;
    double Z[2 * LARGEST * LARGEST], Y[2 * LARGEST * 3], P[2 * LARGEST], S[LARGEST];
} random_economy;

static void draw(random_economy *r, uint64_t *state)
{
    size_t n = r->n;
    double x[LARGEST], share[2 * LARGEST + 2];
    for (size_t j = 0; j < n; j++) {
        x[j] = 10.0 + 990.0 * random_uniform(state);
    }
    double scale = 1.0;
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < 2 * n + 2;
             i++) { /* two last: wages and surplus, at least .05 each */
            share[i] = -log(1.0 - random_uniform(state)) * (i < 2 * n ? 1.0 : .2 * (double)n);
            sum += share[i];
        }
        for (size_t i = 0; i < 2 * n; i++) {
            r->Z[i * n + j] = .9 * x[j] * share[i] / sum;
        }
        r->P[j] = x[j] * (.9 * share[2 * n] / sum + .05);
        r->P[n + j] = x[j] * (.9 * share[2 * n + 1] / sum + .05);
        r->S[j] = x[j] * (1.0 + 9.0 * random_uniform(state));
    }
    for (size_t i = 0; i < n; i++) { /* no inputs above output: scale the flows of all down */
        scale = fmin(scale, .9 * x[i] / (1e-9 + wio_sum(r->Z + i * n, n, 1)));
    }
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < 2 * n; i++) {
            r->P[j] += (1.0 - scale) * r->Z[i * n + j];
            r->Z[i * n + j] *= scale;
        }
    }
    for (size_t i = 0; i < 2 * n; i++) {
        double part = random_uniform(state), size = 50.0 * random_uniform(state);
        double rest = i < n ? x[i] - wio_sum(r->Z + i * n, n, 1) : size;
        r->Y[3 * i] = .6 * rest * part;
        r->Y[3 * i + 1] = .4 * rest * part;
        r->Y[3 * i + 2] = i < n ? rest * (1.0 - part) : 0.0;
    }
}

/* Position p of the table is sector order[p] of r; money times c. */
static wio_table *make_table(const random_economy *r, const size_t *order, double c)
{
    size_t n = r->n;
    double *Z = wio_alloc(2 * n * n, sizeof *Z), *Y = wio_alloc(2 * n * 3, sizeof *Y);
    double P[2 * LARGEST], S[LARGEST];
    char name[LARGEST][8];
    const char *sector[2 * LARGEST];
    size_t region[2 * LARGEST];
    ck_assert(Z != NULL && Y != NULL);
    for (size_t p = 0; p < n; p++) {
        size_t i = order != NULL ? order[p] : p;
        (void)snprintf(name[p], sizeof name[p], "s%zu", i);
        for (size_t h = 0; h < 2; h++) { /* home, imports */
            region[h * n + p] = h;
            sector[h * n + p] = name[p];
            P[h * n + p] = c * r->P[h * n + i];
            for (size_t q = 0; q < n; q++) {
                size_t j = order != NULL ? order[q] : q;
                Z[(h * n + p) * n + q] = c * r->Z[(h * n + i) * n + j];
            }
            for (size_t u = 0; u < 3; u++) {
                Y[(h * n + p) * 3 + u] = c * r->Y[(h * n + i) * 3 + u];
            }
        }
        S[p] = r->S[i];
    }
    const wio_table_arrays arrays = {
        .name = "random",
        .title = "random",
        .currency = "USD",
        .year = 2000,
        .price_basis = "basic",
        .import_split = "survey",
        .household_income = NAN,
        .regions = 2,
        .region_code = (const char *const[]){"H", "W"},
        .endogenous = (const bool[]){true, false},
        .n = n,
        .m = 2 * n,
        .origin_region = region,
        .origin_sector = sector,
        .f = 3,
        .final_region = (const size_t[]){0, 0, 1},
        .final_use = (const char *const[]){"C", "G", "EXP"},
        .final_role = (const wio_role[]){WIO_ROLE_HOUSEHOLD, WIO_ROLE_GOVERNMENT, WIO_ROLE_EXPORT},
        .p = 2,
        .primary_item = (const char *const[]){"w", "pi"},
        .primary_role = (const wio_role[]){WIO_ROLE_COMPENSATION, WIO_ROLE_SURPLUS},
        .k = 1,
        .account = (const char *const[]){"jobs"},
        .account_unit = (const char *const[]){"persons"},
        .Z = Z,
        .Y = Y,
        .P = P,
        .S = S};
    wio_table *table = table_made(&arrays);
    wio_free(Z);
    wio_free(Y);
    return table;
}

static random_economy sample;
static wio_table *table;
static wio_economy *economy;
static uint64_t seed;

static void start(int index)
{
    seed = 1000003u * (uint64_t)(index + 1);
    sample.n = 2 + (size_t)index % (LARGEST - 1);
    draw(&sample, &seed);
    table = make_table(&sample, NULL, 1.0);
    wio_error err = {0};
    ck_assert_msg(wio_economy_create(&economy, table, NULL, &err) == WIO_OK, "seed %d: %s", index,
                  err.message);
}

static void finish(void)
{
    wio_economy_free(economy);
    wio_table_free(table);
}

static void near(double got, double want, double scale, int index)
{
    ck_assert_msg(fabs(got - want) <= CLOSE * fabs(scale), "seed %d: %.17g, not %.17g", index, got,
                  want);
}

static void respond(double *x, const wio_economy *by, const double *f)
{
    ck_assert_int_eq(wio_system_solve(x, by->system, 1, f, NULL, NULL), WIO_OK);
}

static void row_response(double *m, const wio_economy *by, const double *g)
{
    ck_assert_int_eq(wio_system_solve_transposed(m, by->system, 1, g, NULL, NULL), WIO_OK);
}

PROPERTY(output_and_base_prices_are_reproduced) /* Q1, Q2, Q3 and B7 */
{
    start(index);
    size_t n = sample.n;
    double f[LARGEST], x[LARGEST], m[LARGEST], v[LARGEST];
    for (size_t i = 0; i < n; i++) {
        f[i] = wio_sum(sample.Y + 3 * i, 3, 1);
        v[i] = economy->v[i] + wio_sum(economy->M + i, n, n);
    }
    respond(x, economy, f);
    row_response(m, economy, v);
    for (size_t i = 0; i < n; i++) {
        near(x[i], economy->x[i], 1000.0, index);
        near(m[i], 1.0, 1.0, index);
    }
    finish();
}

PROPERTY(the_inverse_is_at_least_the_identity) /* Q1 */
{
    start(index);
    size_t n = sample.n;
    double *L = wio_zalloc(n * n, sizeof *L);
    ck_assert_ptr_nonnull(L);
    for (size_t j = 0; j < n; j++) {
        L[j * n + j] = 1.0;
    }
    ck_assert_int_eq(wio_system_solve(L, economy->system, n, L, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < n * n; i++) {
        ck_assert_double_ge(L[i], i % (n + 1) == 0 ? 1.0 : 0.0);
    }
    wio_free(L);
    finish();
}

PROPERTY(type_two_is_above_type_one_by_one_ratio) /* Q4 */
{
    start(index);
    size_t n = sample.n;
    wio_households *h = NULL;
    wio_household_options wages = {.endogenous = true, .income = WIO_INCOME_DISPOSABLE};
    ck_assert_int_eq(wio_households_create(&h, economy, economy->system, &wages, NULL), WIO_OK);
    double one[LARGEST], jobs[LARGEST];
    row_response(one, economy, economy->wage);
    row_response(jobs, economy, economy->e);
    double e_spread = wio_dot(economy->e, h->spread, n), ratio = 1.0 / (1.0 - h->k);
    for (size_t j = 0; j < n; j++) {
        double unit[LARGEST] = {0}, dx[LARGEST], induced[LARGEST];
        unit[j] = 1.0;
        respond(dx, economy, unit);
        wio_households_induced(induced, h, n, dx);
        double more = wio_dot(economy->e, induced, n);
        ck_assert_double_ge(more, 0.0);
        near(more, e_spread * one[j] * ratio, 1e3, index);
        double income = wio_dot(economy->wage, dx, n) + wio_dot(economy->wage, induced, n);
        near(income / one[j], ratio, ratio, index);
        near(wio_dot(economy->e, dx, n), jobs[j], 1e3, index); /* Q8 */
    }
    wio_households_free(h);
    finish();
}

PROPERTY(output_is_linear_in_demand_and_dual_to_prices) /* Q5, Q8 */
{
    start(index);
    size_t n = sample.n;
    double a = 4.0 * random_uniform(&seed) - 2.0, b = 3.0 * random_uniform(&seed);
    double F[3 * LARGEST], X[3 * LARGEST], v[LARGEST], p[LARGEST];
    for (size_t i = 0; i < n; i++) {
        F[i] = random_uniform(&seed);
        F[n + i] = random_uniform(&seed);
        F[2 * n + i] = a * F[i] + b * F[n + i];
        v[i] = economy->v[i] * (1.0 + random_uniform(&seed)); /* any primary prices */
    }
    ck_assert_int_eq(wio_system_solve(X, economy->system, 3, F, NULL, NULL), WIO_OK);
    row_response(p, economy, v);
    for (size_t i = 0; i < n; i++) {
        near(X[2 * n + i], a * X[i] + b * X[n + i], 100.0, index);
    }
    near(wio_dot(v, X, n), wio_dot(p, F, n), 100.0 * (double)n, index);
    finish();
}

PROPERTY(money_may_be_counted_in_other_units) /* Q6 */
{
    start(index);
    size_t n = sample.n;
    double c = exp(10.0 * random_uniform(&seed) - 5.0), f[LARGEST], x[LARGEST], scaled[LARGEST];
    wio_table *other = make_table(&sample, NULL, c);
    wio_economy *in_c = NULL;
    ck_assert_int_eq(wio_economy_create(&in_c, other, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < n; i++) {
        f[i] = random_uniform(&seed);
    }
    respond(x, economy, f);
    for (size_t i = 0; i < n; i++) {
        f[i] *= c;
    }
    respond(scaled, in_c, f);
    for (size_t i = 0; i < n; i++) {
        near(scaled[i] / c, x[i], 20.0, index);
        near(in_c->e[i] * c, economy->e[i], 10.0, index);
        near(in_c->v[i], economy->v[i], 1.0, index);
    }
    near(wio_dot(in_c->e, scaled, n), wio_dot(economy->e, x, n), 20.0 * 10.0 * (double)n, index);
    wio_economy_free(in_c);
    wio_table_free(other);
    finish();
}

PROPERTY(sectors_may_come_in_any_order) /* Q7 */
{
    start(index);
    size_t n = sample.n, order[LARGEST];
    double f[LARGEST], x[LARGEST], g[LARGEST], y[LARGEST];
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
        f[i] = random_uniform(&seed);
    }
    for (size_t i = n - 1; i > 0; i--) {
        size_t j = (size_t)(random_uniform(&seed) * (double)(i + 1)), keep = order[i];
        order[i] = order[j];
        order[j] = keep;
    }
    wio_table *other = make_table(&sample, order, 1.0);
    wio_economy *permuted = NULL;
    ck_assert_int_eq(wio_economy_create(&permuted, other, NULL, NULL), WIO_OK);
    for (size_t p = 0; p < n; p++) {
        g[p] = f[order[p]];
    }
    respond(x, economy, f);
    respond(y, permuted, g);
    for (size_t p = 0; p < n; p++) {
        near(y[p], x[order[p]], 20.0, index);
    }
    wio_certificate here, there;
    wio_certificate_start(&here, economy->system);
    wio_certificate_start(&there, permuted->system);
    near(there.condition, here.condition, here.condition, index);
    ck_assert(there.radius_low <= here.radius_high && here.radius_low <= there.radius_high);
    wio_economy_free(permuted);
    wio_table_free(other);
    finish();
}

/* Ghosh: B = x^-1 Z has the inverse G = x^-1 L x. */
PROPERTY(supply_side_inverse_is_similar_to_leontiefs) /* Q9 */
{
    start(index);
    size_t n = sample.n, j = (size_t)index % n;
    double *B = wio_alloc(n * n, sizeof *B), unit[LARGEST] = {0}, column[LARGEST], l[LARGEST];
    ck_assert_ptr_nonnull(B);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            B[i * n + k] = sample.Z[i * n + k] / economy->x[i];
        }
    }
    wio_system *ghosh = NULL; /* column sums of B may be above 1 */
    wio_error err = {0};
    ck_assert_msg(wio_system_create(&ghosh, n, B, NULL, NULL, &err) == WIO_OK, "%s", err.message);
    unit[j] = 1.0;
    respond(l, economy, unit);
    ck_assert_int_eq(wio_system_solve(column, ghosh, 1, unit, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < n; i++) {
        near(column[i], l[i] * economy->x[j] / economy->x[i], 20.0 * 100.0, index);
    }
    wio_system_free(ghosh);
    wio_free(B);
    finish();
}

/* A second region without trade, larger by c: its block is an economy of its own. */
PROPERTY(regions_without_trade_are_economies_of_their_own) /* Q26 */
{
    start(index);
    size_t n = sample.n;
    double *A = wio_zalloc(4 * n * n, sizeof *A);
    double f[2 * LARGEST], x[2 * LARGEST], alone[LARGEST];
    ck_assert_ptr_nonnull(A);
    for (size_t r = 0; r < 2; r++) {
        for (size_t i = 0; i < n; i++) {
            f[r * n + i] = random_uniform(&seed);
            memcpy(A + ((r * n + i) * 2 + r) * n, economy->A + i * n, n * sizeof *A);
        }
    }
    wio_system *both = NULL;
    ck_assert_int_eq(wio_system_create(&both, 2 * n, A, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_system_solve(x, both, 1, f, NULL, NULL), WIO_OK);
    for (size_t r = 0; r < 2; r++) {
        respond(alone, economy, f + r * n);
        for (size_t i = 0; i < n; i++) {
            near(x[r * n + i], alone[i], 20.0, index);
        }
    }
    wio_certificate one, two;
    wio_certificate_start(&one, economy->system);
    wio_certificate_start(&two, both);
    near(two.condition, one.condition, one.condition, index);
    ck_assert(two.radius_low <= one.radius_high && one.radius_low <= two.radius_high);
    wio_system_free(both);
    wio_free(A);
    finish();
}

int main(void)
{
    Suite *suite = suite_create("properties");
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 20);
    tcase_add_loop_test(properties, output_and_base_prices_are_reproduced, 0, LOOPS);
    tcase_add_loop_test(properties, the_inverse_is_at_least_the_identity, 0, LOOPS);
    tcase_add_loop_test(properties, type_two_is_above_type_one_by_one_ratio, 0, LOOPS);
    tcase_add_loop_test(properties, output_is_linear_in_demand_and_dual_to_prices, 0, LOOPS);
    tcase_add_loop_test(properties, money_may_be_counted_in_other_units, 0, LOOPS);
    tcase_add_loop_test(properties, sectors_may_come_in_any_order, 0, LOOPS);
    tcase_add_loop_test(properties, supply_side_inverse_is_similar_to_leontiefs, 0, LOOPS);
    tcase_add_loop_test(properties, regions_without_trade_are_economies_of_their_own, 0, LOOPS);
    suite_add_tcase(suite, properties);
    return run_suite(suite);
}
