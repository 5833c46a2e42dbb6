/* test_quantity.c - the economy of a table and the open quantity model (MODEL 3a), economy.c.
 *
 * ANS are printed to six decimals: half a digit, 5e-7, is the tolerance; rounding is below 1e-12. */
#include "support.h"

#include "../solvers/economy/economy.h"

#include <check.h>
#include <math.h>
#include <string.h>

static const double HALF = 5.001e-7;

static wio_table *table;
static wio_economy *economy;

static void set_up(void)
{
    table = toy3();
    wio_error err = {0};
    ck_assert_msg(wio_economy_create(&economy, table, NULL, &err) == WIO_OK, "%s", err.message);
}

static void tear_down(void)
{
    wio_economy_free(economy);
    wio_table_free(table);
}

static void check(const double *got, const double *want, size_t count, double tolerance)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(fabs(got[i] - want[i]) <= tolerance, "[%zu] is %.9f, not %.9f", i, got[i],
                      want[i]);
    }
}

/* g'L for the row g. */
static void row_times_inverse(double *m, const double *g)
{
    ck_assert_int_eq(wio_system_solve_transposed(m, economy->system, 1, g, NULL, NULL), WIO_OK);
}

START_TEST(coefficients_of_toy3)
{
    static const double A[] = {.166667, .057143, .008333, .125,   .171429,
                               .05,     .166667, .142857, .166667};
    static const double e[] = {10, 3, 6}, wage[] = {.15, .285714, .466667};
    static const double product[] = {0, 1, 2, 0, 1, 2}, consumption[] = {20, 170, 560};
    check(economy->A, A, 9, HALF);
    check(economy->e, e, 3, 1e-14);
    check(economy->wage, wage, 3, HALF);
    check(economy->consumption, consumption, 3, 0);
    ck_assert_double_eq(economy->consumption_total, 900);
    ck_assert_uint_eq(economy->jobs, 0);
    ck_assert_uint_eq(economy->q, 6);
    ck_assert_uint_eq(economy->products, 3);
    for (size_t o = 0; o < 6; o++) {
        ck_assert_uint_eq(economy->product[o], (size_t)product[o]);
    }
    for (size_t j = 0; j < 3; j++) { /* B7 */
        double sum = economy->v[j] + economy->other[j];
        for (size_t i = 0; i < 3; i++) {
            sum += economy->A[i * 3 + j];
        }
        for (size_t o = 0; o < 6; o++) {
            sum += economy->M[o * 3 + j];
        }
        ck_assert_double_eq_tol(sum, 1.0, 1e-15 * 8);
    }
}
END_TEST

START_TEST(inverse_and_multipliers_of_toy3)
{
    static const double L[] = {1.216510, .086894, .017379, .200279, 1.233818,
                               .076032,  .277636, .228890, 1.216510};
    static const double ones[] = {1, 1, 1};
    double unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, m[3], am[3] = {0};
    ck_assert_int_eq(wio_system_solve(unit, economy->system, 3, unit, NULL, NULL), WIO_OK);
    for (size_t j = 0; j < 3; j++) {
        for (size_t i = 0; i < 3; i++) {
            ck_assert_double_eq_tol(unit[j * 3 + i], L[i * 3 + j], HALF);
        }
        for (size_t o = 0; o < 6; o++) {
            am[j] += economy->M[o * 3 + j];
        }
    }
    row_times_inverse(m, ones);
    check(m, (double[]){1.694424, 1.549602, 1.309920}, 3, HALF);
    row_times_inverse(m, economy->v);
    check(m, (double[]){.780371, .765497, .927734}, 3, HALF);
    row_times_inverse(m, am);
    check(m, (double[]){.219629, .234503, .072266}, 3, HALF);
    row_times_inverse(m, economy->e);
    check(m, (double[]){14.431748, 5.943731, 7.700941}, 3, HALF);
}
END_TEST

START_TEST(ten_of_manufactures_in_toy3)
{
    double dx[] = {0, 10, 0};
    ck_assert_int_eq(wio_system_solve(dx, economy->system, 1, dx, NULL, NULL), WIO_OK);
    check(dx, (double[]){.868936, 12.338178, 2.288903}, 3, HALF);
    ck_assert_double_eq_tol(wio_dot(economy->e, dx, 3), 59.437311, HALF);
    ck_assert_double_eq_tol(wio_dot(economy->e, dx, 3) - 30, 29.437311, HALF);
    ck_assert_double_eq_tol(wio_dot(economy->v, dx, 3), 7.654969, HALF);
    double imports = 0;
    for (size_t o = 0; o < 6; o++) {
        imports += wio_dot(economy->M + o * 3, dx, 3);
    }
    ck_assert_double_eq_tol(imports, 2.345031, HALF);
    ck_assert_double_eq_tol(imports + wio_dot(economy->v, dx, 3), 10.0, 1e-14 * 16);
}
END_TEST

START_TEST(outputs_of_the_regional_toy)
{
    wio_table *world = toy_mrio();
    wio_economy *open = NULL;
    ck_assert_int_eq(wio_economy_create(&open, world, NULL, NULL), WIO_OK);
    static const double x[] = {756, 1768, 1360, 970, 2130, 2572};
    check(open->x, x, 6, 0);
    double f[6];
    for (size_t i = 0; i < 6; i++) {
        f[i] = wio_sum(wio_table_Y(world) + i * 3, 3, 1);
    }
    ck_assert_int_eq(wio_system_solve(f, open->system, 1, f, NULL, NULL), WIO_OK);
    check(f, x, 6, 2572 * 1e-14); /* x = L f; condition number below 10 */
    ck_assert(isnan(open->wage[0]));
    ck_assert_uint_eq(open->jobs, SIZE_MAX);
    double gdp[3], spent[3], deficit[3]; /* MODEL 1.6: deficits sum to 0 */
    for (size_t i = 0; i < 6; i++) {
        f[i] = open->v[i] * open->x[i];
    }
    check(f, (double[]){264, 1019, 604, 510, 1062, 1417}, 6, 1e-12);
    for (size_t r = 0; r < 3; r++) {
        gdp[r] = f[2 * r] + f[2 * r + 1];
        spent[r] = wio_sum(wio_table_Y(world) + r, 6, 3);
        deficit[r] = spent[r] - gdp[r];
    }
    check(spent, (double[]){1456, 1000, 2420}, 3, 0);
    check(deficit, (double[]){173, -114, -59}, 3, 1e-12);
    ck_assert_uint_eq(open->q, 0);
    /* Q27: China's demand falls by 21 of goods and 46 of services; value added by region. */
    double slump[6] = {0, 0, -21, -46, 0, 0}, region[3];
    ck_assert_int_eq(wio_system_solve(slump, open->system, 1, slump, NULL, NULL), WIO_OK);
    for (size_t r = 0; r < 3; r++) {
        region[r] = wio_dot(open->v + 2 * r, slump + 2 * r, 2);
    }
    check(region, (double[]){-1.124709, -60.824045, -5.051246}, 3, HALF);
    wio_economy_free(open);
    wio_table_free(world);
}
END_TEST

/* --- tables with something missing ------------------------------------------------------------------ */

/* Two activities, the second idle; imports of a product that nobody at home makes, twice. */
static wio_table *with_idle(const double *Z, const double *P)
{
    const wio_table_arrays arrays = {
        .name = "idle",
        .title = "idle",
        .currency = "USD",
        .year = 2000,
        .price_basis = "basic",
        .import_split = "survey",
        .regions = 3,
        .region_code = (const char *const[]){"H", "P", "Q"},
        .endogenous = (const bool[]){true, false, false},
        .n = 2,
        .m = 5,
        .origin_region = (const size_t[]){0, 0, 1, 1, 2},
        .origin_sector = (const char *const[]){"a", "b", "c", "b", "c"},
        .f = 1,
        .final_region = (const size_t[]){0},
        .final_use = (const char *const[]){"C"},
        .final_role = (const wio_role[]){WIO_ROLE_HOUSEHOLD},
        .p = 2,
        .primary_item = (const char *const[]){"va", "m"},
        .primary_role = (const wio_role[]){WIO_ROLE_VALUE_ADDED, WIO_ROLE_IMPORT},
        .k = 1,
        .account = (const char *const[]){"jobs"},
        .account_unit = (const char *const[]){"persons"},
        .Z = Z,
        .Y = (const double[]){80, 0, 0, 0, 0},
        .P = P,
        .S = (const double[]){40, NAN}};
    wio_table *made = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_table_create(&made, &arrays, NULL, &err) == WIO_OK, "%s", err.message);
    return made;
}

START_TEST(an_idle_activity_keeps_its_place)
{
    static const double Z[] = {20, 0, 0, 0, 5, 0, 3, 0, 2, 0}, P[] = {60, 0, 10, 0};
    wio_table *idle = with_idle(Z, P);
    wio_economy *made = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_economy_create(&made, idle, NULL, &err) == WIO_OK, "%s", err.message);
    ck_assert_double_eq(made->A[1], 0.0);
    ck_assert_double_eq(made->v[1], 1.0);
    ck_assert(isnan(made->e[1]));
    ck_assert_double_eq(made->e[0], .4);
    ck_assert_double_eq(made->import_item[0], .1);
    ck_assert_double_eq(made->other[0], .1);
    ck_assert_uint_eq(made->products, 3); /* a, b and the imported c */
    ck_assert_uint_eq(made->product[0], 2);
    ck_assert_uint_eq(made->product[1], 1);
    ck_assert_uint_eq(made->product[2], 2);
    double x[] = {8, 3};
    ck_assert_int_eq(wio_system_solve(x, made->system, 1, x, NULL, NULL), WIO_OK);
    ck_assert_double_eq_tol(x[0], 10, 1e-14);
    ck_assert_double_eq(x[1], 3);
    wio_economy_free(made);
    wio_table_free(idle);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------------ */

/* Two sectors: the first lives on its own output and adds `value` per unit of output 100. */
static wio_table *closed(double value, double extra)
{
    static const char *const sector[] = {"steel", "rest"};
    const double Z[] = {100 - value + extra, 10, 0, 20};
    const double Y[] = {-10 + value - extra, 70}; /* inventories: row sum 100 and 90 */
    const double P[] = {value, 60};
    wio_table_arrays arrays = one_region("closed", 2, sector, Z, Y, P, NULL);
    arrays.region_code = (const char *const[]){"H"};
    arrays.final_use = (const char *const[]){"INV"};
    arrays.final_role = (const wio_role[]){WIO_ROLE_INVENTORY};
    return table_made(&arrays);
}

START_TEST(a_table_that_is_not_productive_is_refused_with_its_sectors)
{
    static const double value[] = {0, 0, 5}, extra[] = {0, 20, 15};
    wio_table *bad = closed(value[_i], extra[_i]);
    wio_log *log = new_log();
    wio_error err = {0};
    wio_economy *made = NULL;
    ck_assert_int_eq(wio_economy_create(&made, bad, log, &err), WIO_E_NOT_PRODUCTIVE);
    ck_assert_ptr_null(made);
    ck_assert_ptr_nonnull(strstr(err.message, "E301 Hawkins-Simon fails"));
    ck_assert_ptr_nonnull(strstr(err.message, "H.steel"));
    ck_assert_uint_eq(wio_log_count(log, WIO_ERROR), 1);
    ck_assert_str_eq(wio_log_finding(log, 0)->text, err.message);
    wio_log_free(log);
    wio_table_free(bad);
}
END_TEST

START_TEST(running_out_of_memory_leaves_nothing_behind)
{
    wio_table *made = _i == 0 ? toy3() : closed(0, 20);
    long before = wio_alloc_live, budget = 0;
    for (;; budget++) {
        wio_economy *none = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        wio_status status = wio_economy_create(&none, made, NULL, &err);
        wio_alloc_budget = -1;
        wio_economy_free(none);
        ck_assert_int_eq((int)(wio_alloc_live - before), 0);
        if (status == (_i == 0 ? WIO_OK : WIO_E_NOT_PRODUCTIVE)) {
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_ptr_null(none);
        ck_assert_int_lt((int)budget, 100);
    }
    ck_assert_int_gt((int)budget, 15);
    wio_table_free(made);
    ck_assert_int_eq(wio_economy_create(NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    wio_economy_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quantity");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, set_up, tear_down);
    tcase_add_test(known, coefficients_of_toy3);
    tcase_add_test(known, inverse_and_multipliers_of_toy3);
    tcase_add_test(known, ten_of_manufactures_in_toy3);
    tcase_add_test(known, outputs_of_the_regional_toy);
    tcase_add_test(known, an_idle_activity_keeps_its_place);
    suite_add_tcase(suite, known);
    TCase *failures = tcase_create("failures");
    tcase_add_loop_test(failures, a_table_that_is_not_productive_is_refused_with_its_sectors, 0, 3);
    tcase_add_loop_test(failures, running_out_of_memory_leaves_nothing_behind, 0, 2);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
