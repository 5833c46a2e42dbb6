/* test_balance.c - RAS, GRAS, KRAS and SUT-RAS: printed examples, answers of numpy (named at each),
 * margins and zero patterns on random tables, and targets that cannot be met. */
#include "support.h"

#include "../core/internal.h"

#include <check.h>
#include <math.h>
#include <string.h>

static const double RAS_Z[] = {20, 40, 10, 15, 120, 60, 20, 100, 200};
static const double RAS_U[] = {80, 200, 330}, RAS_V[] = {60, 270, 280};
static const double GRAS_Z[] = {7, 3, 5, -3, 2, 9, 8, 1, -2, 0, 2, 1};
static const double GRAS_U[] = {15, 26, -1}, GRAS_V[] = {9, 16, 17, -2};

static void balance_ok(double *X, const double *Z, size_t rows, size_t columns, const double *u,
                       const double *v, const wio_balance_options *options,
                       wio_balance_report *report)
{
    wio_error err = {0};
    ck_assert_msg(wio_balance(X, Z, rows, columns, u, v, options, report, NULL, &err) == WIO_OK,
                  "%s", err.message);
}

static void check_close(const double *X, const double *want, size_t count, double tolerance)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_double_eq_tol(X[i], want[i], tolerance);
    }
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(ras_of_the_specification)
{
    /* MODEL 1.2: six digits printed. */
    static const double want[] = {23.264713, 45.293373, 11.441915,  15.720807, 122.425473,
                                  61.853720, 21.014480, 102.281155, 206.704365};
    double X[9];
    wio_balance_report report;
    balance_ok(X, RAS_Z, 3, 3, RAS_U, RAS_V, NULL, &report);
    check_close(X, want, 9, 5.001e-7);
    ck_assert_uint_eq(report.changed, 9);
    ck_assert_uint_lt(report.sweeps, 20);
    ck_assert_uint_eq(report.largest_cell, 8);
    ck_assert_double_eq_tol(report.largest_change, 6.704365, 5.001e-7);
}
END_TEST

START_TEST(ras_of_miller_and_blair)
{
    /* Miller & Blair p. 335, the converged answer of ras_miller_blair.json; the five rounds that
     * the book prints come within 1e-3. */
    static const double Z[] = {5, .5, 4, 3}, u[] = {10, 2}, v[] = {7, 5};
    static const double want[] = {6.590207718719951, 3.409792281280033, .4097922812800495,
                                  1.5902077187199661};
    static const double printed[] = {6.5911, 3.4089, .4099, 1.5901};
    double X[4];
    balance_ok(X, Z, 2, 2, u, v, NULL, NULL);
    check_close(X, want, 4, 1e-9); /* targets are met to 1e-10 of at most 10 */
    check_close(X, printed, 4, 1e-3);
}
END_TEST

START_TEST(gras_keeps_the_signs)
{
    /* numpy: the fixed point in log multipliers, and scipy's SLSQP on the sum of |a| z (ln z - 1)
     * agree to 2e-8. The data are Junius & Oosterhaven's (2003). */
    static const double want[] = {
        8.976440309989,  3.743160245013, 5.721728439895, -3.441328994898, 2.799335403600,
        12.256839754987, 9.992313662806, .951511178608,  -2.775775713589, 0,
        1.285957897299,  .489817816290};
    const wio_balance_options options = {.method = WIO_BALANCE_GRAS};
    double X[12];
    balance_ok(X, GRAS_Z, 3, 4, GRAS_U, GRAS_V, &options, NULL);
    check_close(X, want, 12, 1e-9); /* 1e-10 of targets up to 26 */
}
END_TEST

START_TEST(gras_with_a_row_of_negative_cells_only)
{
    /* Temurshoev, Miller & Bouwmeester (2013): p = 0 needs r = -n/u. By hand: the row (-1, -3) with
     * target -2 keeps its proportions only if the columns let it; here they do: the other row takes
     * what is left. Row 1 (2,2), targets 4 and -2, columns 1.5 and .5: x11 + x21 = 1.5. The answer
     * is checked by its own conditions: x = z r s, or z / (r s). */
    static const double Z[] = {2, 2, -1, -3}, u[] = {4, -2}, v[] = {1.5, .5};
    const wio_balance_options options = {.method = WIO_BALANCE_GRAS};
    double X[4];
    balance_ok(X, Z, 2, 2, u, v, &options, NULL);
    ck_assert_double_eq_tol(X[0] + X[1], 4, 1e-9);
    ck_assert_double_eq_tol(X[2] + X[3], -2, 1e-9);
    ck_assert_double_eq_tol(X[0] + X[2], 1.5, 1e-9);
    /* Row 1 scales by r1 s_j, row 2 by 1/(r2 s_j): the products per column do not depend on j. */
    ck_assert_double_eq_tol(X[0] / 2 * X[2] / -1, X[1] / 2 * X[3] / -3, 1e-9);
    ck_assert(X[2] < 0 && X[3] < 0);
}
END_TEST

START_TEST(kras_meets_a_condition_with_coefficients)
{
    /* scipy least_squares on the dual: x = z exp(sgn z (a_i + b_j + c g_ij)), residual 0. */
    static const double Z[] = {5, 3, 2, 4, 6, 1, 2, 1, -1}, u[] = {12, 13, 3}, v[] = {11, 13, 4};
    static const double want[] = {4.457936259339, 4.472534279534, 3.069529461127,
                                  4.507987319383, 7.073033223445, 1.418979457172,
                                  2.034076421278, 1.454432497021, -.488508918299};
    const wio_balance_condition condition = {.name = "energy",
                                             .count = 3,
                                             .cell = (const size_t[]){1, 3, 8},
                                             .coefficient = (const double[]){1, 2, 1},
                                             .value = 13};
    const wio_balance_options options = {
        .method = WIO_BALANCE_KRAS, .condition = &condition, .conditions = 1};
    wio_balance_report report;
    double X[9];
    balance_ok(X, Z, 3, 3, u, v, &options, &report);
    check_close(X, want, 9, 2e-9);
    ck_assert_uint_eq(report.moved, 0);
    ck_assert_double_le(report.condition_gap, 1e-10);
}
END_TEST

START_TEST(kras_lets_the_less_certain_target_give_way)
{
    /* Rows sum to 10, columns to 11.1. Row targets are exact; column targets are known to .1 and
     * 1: both move by as many standard errors, 1.1 = s (.1 + 1), s = 1, but for the last step. */
    static const double Z[] = {1, 2, 3, 4}, u[] = {4, 6}, v[] = {5, 6.1};
    const wio_balance_options options = {.method = WIO_BALANCE_KRAS,
                                         .column_sigma = (const double[]){.1, 1}};
    wio_balance_report report;
    wio_log *log = new_log();
    double X[4];
    wio_error err = {0};
    ck_assert_msg(wio_balance(X, Z, 2, 2, u, v, &options, &report, log, &err) == WIO_OK, "%s",
                  err.message);
    ck_assert_double_eq_tol(X[0] + X[1], 4, 1e-9);
    ck_assert_double_eq_tol(X[2] + X[3], 6, 1e-9);
    ck_assert_double_eq_tol(X[0] + X[2], 4.9, .02); /* the last two steps, of .1 sigma each */
    ck_assert_uint_eq(report.moved, 2);
    ck_assert_double_eq_tol(report.largest_move, 1, .2);
    ck_assert(logged(log, "the target of column 2 gave way by -"));
    wio_log_free(log);
}
END_TEST

START_TEST(supply_and_use_balance_together)
{
    /* scipy least_squares on the equations of Temurshoev & Timmer, unstacked; residual 1e-14. */
    double U[] = {20, 30, 50, 5, 10, 40, 30, -2, 15, 5, 60, 0};
    double V[] = {60, 15, 10, 30, 50, 0, 0, 10, 60}, m[] = {15, 3, 10};
    static const double use[] = {48, 80, 150, 4}, output[] = {95, 85, 75};
    static const double want_U[] = {21.420519401901, 32.107588695065, 53.833191853106,
                                    5.748621150419,  10.654684303600, 42.587977116979,
                                    32.132311275275, -1.748621150419, 15.924796294500,
                                    5.304434187956,  64.034496871619, 0};
    static const double want_V[] = {
        66.927703070240, 16.819200378096, 11.253096551664, 31.771424106243, 53.228575893757, 0, 0,
        10.681382995988, 64.318617004012};
    static const double want_m[] = {14.410793924006, 2.897192277595, 9.692013798399};
    wio_error err = {0};
    ck_assert_msg(
        wio_balance_supply_use(U, V, m, 3, 4, 3, use, output, 27, NULL, NULL, NULL, &err) == WIO_OK,
        "%s", err.message);
    check_close(U, want_U, 12, 3e-8); /* 1e-10 of a total of 282 */
    check_close(V, want_V, 9, 3e-8);
    check_close(m, want_m, 3, 3e-8);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

/* A random pattern with a full first row and column, and targets from another random table of the
 * same pattern, so that they can be met. */
static void random_problem(double *Z, double *u, double *v, size_t rows, size_t columns,
                           bool negative, uint64_t *state)
{
    memset(u, 0, rows * sizeof *u);
    memset(v, 0, columns * sizeof *v);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            bool there = i == 0 || j == 0 || random_uniform(state) < .4;
            double sign = negative && random_uniform(state) < .1 ? -1.0 : 1.0;
            double size = sign * pow(10.0, 3.0 * random_uniform(state));
            Z[i * columns + j] = there ? size : 0.0;
            double other = there ? size * exp(random_uniform(state) - .5) : 0.0;
            u[i] += other;
            v[j] += other;
        }
    }
}

START_TEST(margins_are_met_and_zeros_stay)
{
    uint64_t state = 77 + (uint64_t)_i;
    size_t rows = 1 + (size_t)(60 * random_uniform(&state));
    size_t columns = 1 + (size_t)(60 * random_uniform(&state));
    double Z[60 * 60], X[60 * 60], first[60 * 60], u[60], v[60];
    bool negative = _i % 2 == 1;
    random_problem(Z, u, v, rows, columns, negative, &state);
    for (int threads = 1; threads <= 3; threads++) {
        const wio_balance_options options = {
            .method = negative ? WIO_BALANCE_GRAS : WIO_BALANCE_RAS, .threads = threads};
        wio_balance_report report;
        balance_ok(X, Z, rows, columns, u, v, &options, &report);
        ck_assert_double_le(report.row_gap, 1e-10);
        ck_assert_double_le(report.column_gap, 1e-10);
        for (size_t k = 0; k < rows * columns; k++) {
            ck_assert((X[k] > 0) == (Z[k] > 0) && (X[k] < 0) == (Z[k] < 0));
        }
        if (threads == 1) {
            memcpy(first, X, sizeof first);
        }
        ck_assert_mem_eq(first, X, rows * columns * sizeof *X);
    }
}
END_TEST

START_TEST(many_blocks_have_the_same_bits)
{
    /* 300 rows are 19 blocks: what threads share is really cut. */
    enum { N = 300 };
    uint64_t state = 5;
    double *Z = wio_alloc(N * N, sizeof *Z), *X = wio_alloc(2 * N * N, sizeof *X);
    double u[N], v[N];
    random_problem(Z, u, v, N, N, true, &state);
    for (size_t k = 0; k < N * N; k++) { /* and once without negative cells */
        Z[k] = fabs(Z[k]);
    }
    for (size_t i = 0; i < N; i++) {
        u[i] = wio_sum(Z + i * N, N, 1) * 1.5;
        v[i] = wio_sum(Z + i, N, N) * 1.5;
    }
    for (int method = WIO_BALANCE_RAS; method <= WIO_BALANCE_GRAS; method++) {
        for (int threads = 1; threads <= 3; threads++) {
            const wio_balance_options options = {.method = (wio_balance_method)method,
                                                 .threads = threads};
            double *to = X + (threads == 1 ? 0 : N * N);
            balance_ok(to, Z, N, N, u, v, &options, NULL);
            ck_assert(threads == 1 || memcmp(X, to, N * N * sizeof *X) == 0);
        }
        Z[7] = -Z[7];
        u[0] += 3 * Z[7];
        v[7] += 3 * Z[7];
    }
    wio_free(X);
    wio_free(Z);
}
END_TEST

START_TEST(a_balanced_table_is_left_alone)
{
    double u[3], v[3], X[9];
    for (size_t i = 0; i < 3; i++) {
        u[i] = wio_sum(RAS_Z + 3 * i, 3, 1);
        v[i] = wio_sum(RAS_Z + i, 3, 3);
    }
    for (int method = WIO_BALANCE_RAS; method <= WIO_BALANCE_KRAS; method++) {
        const wio_balance_options options = {.method = (wio_balance_method)method};
        balance_ok(X, RAS_Z, 3, 3, u, v, &options, NULL);
        check_close(X, RAS_Z, 9, 200 * 4 * 0x1p-53);
    }
}
END_TEST

START_TEST(kras_without_conditions_is_gras)
{
    const wio_balance_options gras = {.method = WIO_BALANCE_GRAS, .tolerance = 1e-12};
    const wio_balance_options kras = {.method = WIO_BALANCE_KRAS, .tolerance = 1e-12};
    double X[12], Y[12];
    balance_ok(X, GRAS_Z, 3, 4, GRAS_U, GRAS_V, &gras, NULL);
    balance_ok(Y, GRAS_Z, 3, 4, GRAS_U, GRAS_V, &kras, NULL);
    check_close(X, Y, 12, 1e-10);
}
END_TEST

START_TEST(fixed_cells_keep_their_value)
{
    const bool fixed[9] = {[4] = true};
    for (int method = WIO_BALANCE_RAS; method <= WIO_BALANCE_KRAS; method++) {
        const wio_balance_options options = {.method = (wio_balance_method)method, .fixed = fixed};
        wio_balance_report report;
        double X[9];
        memcpy(X, RAS_Z, sizeof X);
        balance_ok(X, X, 3, 3, RAS_U, RAS_V, &options, &report); /* in place */
        ck_assert_double_eq(X[4], 120);
        ck_assert_double_le(report.row_gap, 1e-10);
        ck_assert_double_le(report.column_gap, 1e-10);
        ck_assert_uint_eq(report.changed, 8);
    }
}
END_TEST

START_TEST(a_target_of_zero_empties_its_row)
{
    static const double Z[] = {1, 2, -3, -4, 5, 6}, u[] = {3, 0, 11}, v[] = {7, 7};
    const wio_balance_options options = {.method = WIO_BALANCE_GRAS};
    double X[6];
    wio_log *log = new_log();
    ck_assert_int_eq(wio_balance(X, Z, 3, 2, u, v, &options, NULL, log, NULL), WIO_OK);
    ck_assert(X[2] == 0.0 && X[3] == 0.0);
    ck_assert_double_eq_tol(X[0] + X[4], 7, 1e-9);
    ck_assert(logged(log, "row 2 is to sum to 0: its cells become 0"));
    wio_log_free(log);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

/* The status, the message, and that X is as it was. */
static void refused(wio_status want, const char *message, const double *Z, size_t rows,
                    size_t columns, const double *u, const double *v,
                    const wio_balance_options *options)
{
    double X[16];
    for (size_t i = 0; i < 16; i++) {
        X[i] = 42;
    }
    wio_error err = {0};
    ck_assert_int_eq(wio_balance(X, Z, rows, columns, u, v, options, NULL, NULL, &err), want);
    ck_assert_str_eq(err.message, message);
    for (size_t i = 0; i < 16; i++) {
        ck_assert_double_eq(X[i], 42);
    }
}

START_TEST(what_cannot_be_met_is_named)
{
    static const char *const row[] = {"US.A", "US.M", "US.S"};
    static const char *const column[] = {"US.A", "US.M", "US.C"};
    const wio_balance_options named = {.row_name = row, .column_name = column, .sweeps = 2000};
    static const double hole[] = {1, 2, 3, 0, 0, 0, 4, 5, 6}, one[] = {1, 1, 1};
    refused(WIO_E_TABLE, "row US.M has no cell that may change, but is to sum to 1", hole, 3, 3,
            one, one, &named);
    static const double below[] = {5, -1, 2};
    refused(WIO_E_TABLE, "row US.M has positive cells only, but is to sum to -1", RAS_Z, 3, 3,
            below, (const double[]){2, 2, 2}, &named);
    refused(WIO_E_TABLE,
            "the rows are to sum to 610 in all and the columns to 611 (-1): both are the sum of "
            "every cell; correct a target, or let KRAS move targets by their standard errors",
            RAS_Z, 3, 3, RAS_U, (const double[]){60, 270, 281}, &named);
    static const double blocks[] = {1, 2, 0, 3, 4, 0, 0, 0, 5};
    refused(WIO_E_TABLE,
            "rows US.A, US.M trade only with columns US.A, US.M, but the rows are to sum to 10 and "
            "the columns to 11 (-1)",
            blocks, 3, 3, (const double[]){4, 6, 7}, (const double[]){5, 6, 6}, &named);
    static const double gale[] = {1, 0, 0, 1, 0, 0, 1, 1, 1};
    refused(WIO_E_TABLE,
            "rows US.A, US.M are to sum to 8, but sell only to columns US.A, which are to sum to 5",
            gale, 3, 3, (const double[]){4, 4, 4}, (const double[]){5, 4, 3}, &named);
}
END_TEST

START_TEST(every_offender_is_in_the_log)
{
    static const double Z[] = {0, 0, 0, 0, 0, 0, 4, 5, 6}, one[] = {1, 1, 1};
    wio_log *log = new_log();
    double X[9];
    ck_assert_int_eq(wio_balance(X, Z, 3, 3, one, one, NULL, NULL, log, NULL), WIO_E_TABLE);
    ck_assert(logged(log, "row 1 has no cell"));
    ck_assert(logged(log, "row 2 has no cell"));
    wio_log_free(log);
}
END_TEST

START_TEST(arguments_are_checked)
{
    const wio_balance_options tight = {.tolerance = 1e-18};
    double X[12];
    ck_assert_int_eq(wio_balance(NULL, RAS_Z, 3, 3, RAS_U, RAS_V, NULL, NULL, NULL, NULL),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_balance(X, RAS_Z, 0, 3, RAS_U, RAS_V, NULL, NULL, NULL, NULL),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_balance(X, RAS_Z, 3, 3, RAS_U, RAS_V, &tight, NULL, NULL, NULL),
                     WIO_E_ARGUMENT);
    refused(WIO_E_UNSUPPORTED, "RAS cannot scale negative cells (1 to 4 is -3): use GRAS", GRAS_Z,
            3, 4, GRAS_U, GRAS_V, NULL);
    refused(WIO_E_NONFINITE, "the target of row 2 is missing", RAS_Z, 3, 3,
            (const double[]){1, NAN, 1}, RAS_V, NULL);
    refused(WIO_E_NONFINITE, "the cell 1 to 2 is not a finite number",
            (const double[]){1, INFINITY, 1, 1}, 2, 2, RAS_U, RAS_V, NULL);
    const wio_balance_options sigma = {.row_sigma = RAS_U};
    refused(WIO_E_ARGUMENT, "conditions and standard errors of targets need the method KRAS", RAS_Z,
            3, 3, RAS_U, RAS_V, &sigma);
}
END_TEST

START_TEST(exact_targets_that_conflict_are_refused)
{
    const wio_balance_condition condition = {
        .name = "energy", .count = 2, .cell = (const size_t[]){0, 1}, .value = 100};
    const wio_balance_options options = {
        .method = WIO_BALANCE_KRAS, .condition = &condition, .conditions = 1, .sweeps = 1000};
    double X[9];
    wio_error err = {0};
    ck_assert_int_eq(wio_balance(X, RAS_Z, 3, 3, RAS_U, RAS_V, &options, NULL, NULL, &err),
                     WIO_E_NOT_CONVERGED);
    ck_assert_ptr_nonnull(strstr(err.message, "targets conflict that have no standard error"));
    ck_assert_ptr_nonnull(strstr(err.message, "give those that are less certain a sigma"));
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    const bool fixed[12] = {[4] = true};
    for (int method = WIO_BALANCE_RAS; method <= WIO_BALANCE_KRAS; method++) {
        const wio_balance_options options = {
            .method = (wio_balance_method)method, .fixed = fixed, .threads = 1};
        const bool ras = method == WIO_BALANCE_RAS;
        long live = wio_alloc_live;
        wio_status status = WIO_E_MEMORY;
        for (long budget = 0; status == WIO_E_MEMORY; budget++) {
            double X[12] = {0};
            wio_error err = {0};
            wio_alloc_budget = budget;
            status = ras ? wio_balance(X, RAS_Z, 3, 3, RAS_U, RAS_V, &options, NULL, NULL, &err)
                         : wio_balance(X, GRAS_Z, 3, 4, GRAS_U, GRAS_V, &options, NULL, NULL, &err);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || (X[0] == 0.0 && err.message[0] != '\0'));
            ck_assert_int_eq(wio_alloc_live, live);
            ck_assert_int_lt(budget, 200);
        }
        ck_assert_int_eq(status, WIO_OK);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("balance");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, ras_of_the_specification);
    tcase_add_test(known, ras_of_miller_and_blair);
    tcase_add_test(known, gras_keeps_the_signs);
    tcase_add_test(known, gras_with_a_row_of_negative_cells_only);
    tcase_add_test(known, kras_meets_a_condition_with_coefficients);
    tcase_add_test(known, kras_lets_the_less_certain_target_give_way);
    tcase_add_test(known, supply_and_use_balance_together);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, margins_are_met_and_zeros_stay, 0, 40);
    tcase_add_test(properties, many_blocks_have_the_same_bits);
    tcase_add_test(properties, a_balanced_table_is_left_alone);
    tcase_add_test(properties, kras_without_conditions_is_gras);
    tcase_add_test(properties, fixed_cells_keep_their_value);
    tcase_add_test(properties, a_target_of_zero_empties_its_row);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, what_cannot_be_met_is_named);
    tcase_add_test(failures, every_offender_is_in_the_log);
    tcase_add_test(failures, arguments_are_checked);
    tcase_add_test(failures, exact_targets_that_conflict_are_refused);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
