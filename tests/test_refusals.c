/* test_refusals.c - TRUST 7, P4: no silent nonsense. 500 unproductive tables, and 250 with numbers
 * that cannot be, are refused with the right status and the guilty sectors by name; 500 viable ones, in which some column needs more
 * inputs than its output, are accepted and right. */
#include "support.h"

#include "../core/internal.h"
#include "hard_matrices.h"
#include "quad.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double U = 0x1p-53;

enum { MOST = 10, EACH = 100, LOOPS = 5 };

/* A national table of region H, sectors s0, s1, ..., one final use INV, value added. */
typedef struct plain_table {
    size_t n;
    double Z[MOST * MOST], Y[MOST], P[MOST];
} plain_table;

static wio_status build(wio_table **out, const plain_table *t, wio_log *log, wio_error *err)
{
    static const char *const code[MOST] = {"s0", "s1", "s2", "s3", "s4",
                                           "s5", "s6", "s7", "s8", "s9"};
    wio_table_arrays arrays = one_region("planted", t->n, code, t->Z, t->Y, t->P, NULL);
    arrays.region_code = (const char *const[]){"H"};
    arrays.final_use = (const char *const[]){"INV"};
    arrays.final_role = (const wio_role[]){WIO_ROLE_INVENTORY};
    arrays.primary_item = (const char *const[]){"va"};
    return wio_table_create(out, &arrays, log, err);
}

/* Z = A diag(x), and the rest so that rows and columns add up. */
static void fill(plain_table *t, const double *A, const double *x)
{
    size_t n = t->n;
    for (size_t i = 0; i < n * n; i++) {
        t->Z[i] = A[i] * x[i % n];
    }
    for (size_t i = 0; i < n; i++) {
        t->Y[i] = x[i] - wio_sum(t->Z + i * n, n, 1);
        t->P[i] = x[i] - wio_sum(t->Z + i, n, n);
    }
}

/* An economy with shares of .2 to .9. */
static void draw(plain_table *t, uint64_t *state)
{
    double x[MOST];
    t->n = 3 + (size_t)(8 * random_uniform(state));
    hard_matrix m = hard_empty("", t->n);
    hard_shares(&m, .5, .6, state);
    for (size_t i = 0; i < t->n; i++) {
        x[i] = 100.0 + 900.0 * random_uniform(state);
    }
    fill(t, m.A, x);
    hard_free(&m);
}

/* A random choice of `count` sectors, ascending. */
static void choose(size_t *member, size_t count, size_t n, uint64_t *state)
{
    size_t taken = 0;
    for (size_t i = 0; i < n; i++) {
        double left = (double)(n - i), wanted = (double)(count - taken);
        if (random_uniform(state) * left < wanted) {
            member[taken++] = i;
        }
    }
    ck_assert_uint_eq(taken, count);
}

static bool has(const size_t *member, size_t count, size_t i)
{
    for (size_t k = 0; k < count; k++) {
        if (member[k] == i) {
            return true;
        }
    }
    return false;
}

/* --- the planted group: radius 1 or more ---------------------------------------------------------- */

/* Columns of the group buy `sum` of their output from the group, and `outside` times what they did
 * from the others; sold: the others buy from the group. The radius is at least `sum`, that of the
 * rest stays below .9. */
static void plant(plain_table *t, const size_t *member, size_t count, double sum, double outside,
                  bool sold, uint64_t *state)
{
    size_t n = t->n;
    double A[MOST * MOST], x[MOST];
    for (size_t j = 0; j < n; j++) {
        x[j] = wio_sum(t->Z + j * n, n, 1) + t->Y[j];
    }
    for (size_t i = 0; i < n * n; i++) {
        A[i] = sold || !has(member, count, i / n) ? t->Z[i] / x[i % n] : 0.0;
    }
    for (size_t k = 0; k < count; k++) {
        double inside = 0.0;
        for (size_t i = 0; i < n; i++) {
            double *a = &A[i * n + member[k]];
            *a = has(member, count, i) ? .1 + random_uniform(state) : *a * outside;
            inside += has(member, count, i) ? *a : 0.0;
        }
        for (size_t s = 0; s < count; s++) {
            A[member[s] * n + member[k]] *= sum / inside;
        }
    }
    fill(t, A, x);
    for (size_t k = 0; k < count && sum == 1.0 && outside == 0.0; k++) {
        t->P[member[k]] = 0.0; /* closed: no value added at all */
    }
}

/* "H.s1, H.s4" */
static void names(char text[128], const size_t *member, size_t count)
{
    size_t used = 0;
    for (size_t k = 0; k < count; k++) {
        used += (size_t)snprintf(text + used, 128 - used, "%sH.s%zu", k > 0 ? ", " : "", member[k]);
    }
}

/* The message has the code, and the group: by itself where nothing else is in its block, else among
 * the first to look at. */
static void check_message(const char *message, const size_t *member, size_t count, bool alone,
                          int seed)
{
    char text[128], wanted[200];
    ck_assert_msg(strstr(message, "E301 Hawkins-Simon fails") != NULL, "%d: %s", seed, message);
    if (alone) {
        names(text, member, count);
        (void)snprintf(wanted, sizeof wanted, "the group of %zu that needs its own output: %s; ",
                       count, text);
        ck_assert_msg(strstr(message, wanted) != NULL, "%d: %s, wanted: %s", seed, message, wanted);
        return;
    }
    const char *first = strstr(message, "look first at ");
    ck_assert_msg(first != NULL, "%d: %s", seed, message);
    for (size_t k = 0; k < count; k++) {
        names(text, member + k, 1);
        ck_assert_msg(strstr(first, text) != NULL, "%d: %s is guilty; %s", seed, text, message);
    }
}

/* By every way from a table to an answer. */
static void check_refused(const wio_table *table, const size_t *member, size_t count, bool alone,
                          int seed)
{
    double f[MOST] = {1};
    for (int way = 0; way < 4; way++) {
        wio_result *result = NULL;
        wio_error err = {0};
        wio_log *log = new_log();
        wio_status status = way == 0   ? wio_solve(&result, table, f, NULL, NULL, &err)
                            : way == 1 ? wio_multipliers(&result, table, NULL, NULL, &err)
                            : way == 2 ? wio_invert(&result, table, NULL, log, &err)
                                       : wio_table_check(&(wio_table_report){0}, table, log, &err);
        ck_assert_msg(status == (way == 3 ? WIO_E_NO : WIO_E_NOT_PRODUCTIVE), "%d, way %d: %s",
                      seed, way, err.message);
        ck_assert_ptr_null(result);
        if (way < 3) {
            check_message(err.message, member, count, alone, seed);
        }
        ck_assert(way < 2 || logged(log, "Hawkins-Simon fails"));
        wio_log_free(log);
    }
}

/* The same through a study: a folder, a file, wio_run. */
static void check_run(const wio_table *table, const size_t *member, size_t count, bool alone,
                      int seed)
{
    scratch_make();
    wio_study *study = NULL;
    wio_result *result = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    ck_assert_int_eq(wio_table_write_folder(table, scratch("bad"), false, NULL), WIO_OK);
    scratch_write("study.yaml",
                  "wassily: 1\ntitle: T\ntable: bad\n"
                  "model: {households: exogenous, prices: fixed}\n"
                  "scenarios:\n  - name: d\n    shocks:\n      - final_demand:\n"
                  "          {region: H, use: INV, amounts: {s0: 1}, unit: musd, price_year: 2017,"
                  " price_basis: basic, local_content: 1, source: assumed}\n");
    wio_status status = wio_study_read(&study, scratch("study.yaml"), log, &err);
    ck_assert_msg(status == WIO_OK, "%d: %s", seed, err.message);
    status = wio_run(&result, study, &(wio_run_options){.threads = 1}, log, &err);
    ck_assert_msg(status == WIO_E_NOT_PRODUCTIVE, "%d: %d %s", seed, (int)status, err.message);
    check_message(err.message, member, count, alone, seed);
    wio_study_free(study);
    wio_log_free(log);
    scratch_remove();
}

/* Kinds: a radius of 1.01 to 2 in a group that buys from nobody else; a closed group without value
 * added; a radius above 1 in a group that buys a little from others too; and the same where nobody
 * else buys from it, so that it is a block of its own. */
START_TEST(groups_that_need_their_own_output_are_named)
{
    for (int k = 0; k < EACH; k++) {
        int seed = _i * EACH + k, kind = k % 4;
        uint64_t state = 600 + (uint64_t)seed;
        plain_table t;
        size_t member[4], count = 1 + (size_t)(3 * random_uniform(&state));
        draw(&t, &state);
        count = count < t.n ? count : t.n - 1;
        choose(member, count, t.n, &state);
        double sum = kind == 1 ? 1.0 : 1.01 + random_uniform(&state);
        plant(&t, member, count, sum, kind < 2 ? 0.0 : .05, kind != 3, &state);
        wio_table *table = NULL;
        wio_error err = {0};
        ck_assert_msg(build(&table, &t, NULL, &err) == WIO_OK, "%d: %s", seed, err.message);
        check_refused(table, member, count, kind != 2, seed);
        if (k < 8) {
            check_run(table, member, count, kind != 2, seed);
        }
        wio_table_free(table);
    }
}
END_TEST

/* --- numbers that no table may have --------------------------------------------------------------- */

/* One or two sectors whose output is none, negative, or cancels. */
static const char *plant_output(plain_table *t, int kind, size_t j)
{
    size_t n = t->n;
    if (kind == 0) { /* nothing sold, inputs bought */
        memset(t->Z + j * n, 0, n * sizeof *t->Z);
        t->Y[j] = 0.0;
        t->Z[(j + 1) % n * n + j] = 3.0;
        return "buys inputs but has no output";
    }
    if (kind == 1) {
        t->Y[j] = -2.0 * (1.0 + wio_sum(t->Z + j * n, n, 1));
        return "has negative output";
    }
    for (size_t i = 0; i < n; i++) { /* sells, buys nothing, and the sales cancel */
        t->Z[i * n + j] = 0.0;
    }
    t->Z[j * n + (j + 1) % n] = 1.0;
    t->P[j] = 0.0;
    t->Y[j] = -wio_sum(t->Z + j * n, n, 1);
    return "has sales that cancel to no output";
}

START_TEST(outputs_that_cannot_be_are_refused_by_name)
{
    for (int k = 0; k < EACH / 4; k++) {
        int seed = _i * EACH + k;
        uint64_t state = 50000 + (uint64_t)seed;
        plain_table t;
        draw(&t, &state);
        size_t member[2], count = k % 3 == 1 ? 2 : 1; /* two at once do not disturb each other */
        choose(member, count, t.n, &state);
        wio_log *log = NULL;
        wio_table *table = NULL;
        wio_error err = {0};
        const char *problem = NULL;
        for (size_t s = 0; s < count; s++) {
            problem = plant_output(&t, k % 3, member[s]);
        }
        ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
        ck_assert_msg(build(&table, &t, log, &err) == WIO_E_TABLE, "%d: %s", seed, err.message);
        ck_assert_ptr_null(table);
        ck_assert_uint_ge(wio_log_count(log, WIO_ERROR), count);
        for (size_t s = 0; s < count; s++) {
            char wanted[96];
            (void)snprintf(wanted, sizeof wanted, "H.s%zu %s", member[s], problem);
            ck_assert_msg(logged(log, wanted), "%d: %s, wanted: %s", seed, err.message, wanted);
        }
        wio_log_free(log);
    }
}
END_TEST

START_TEST(numbers_that_are_none_are_refused_by_name)
{
    static const double none[] = {NAN, INFINITY, -INFINITY};
    for (int k = 0; k < EACH / 4; k++) {
        int seed = _i * EACH + k;
        uint64_t state = 90000 + (uint64_t)seed;
        plain_table t;
        draw(&t, &state);
        size_t row = (size_t)(random_uniform(&state) * (double)t.n),
               column = (size_t)(random_uniform(&state) * (double)t.n);
        char wanted[96];
        if (k % 3 == 0) {
            t.Z[row * t.n + column] = none[k / 3 % 3];
            (void)snprintf(wanted, sizeof wanted, "H.s%zu to H.s%zu, is", row, column);
        } else if (k % 3 == 1) {
            t.Y[row] = none[k / 3 % 3];
            (void)snprintf(wanted, sizeof wanted, "H.s%zu to H.INV, is", row);
        } else {
            t.P[column] = none[k / 3 % 3];
            (void)snprintf(wanted, sizeof wanted, "va to H.s%zu, is", column);
        }
        wio_table *table = NULL;
        wio_error err = {0};
        ck_assert_msg(build(&table, &t, NULL, &err) == WIO_E_NONFINITE, "%d: %s", seed,
                      err.message);
        ck_assert_ptr_null(table);
        ck_assert_msg(strstr(err.message, wanted) != NULL, "%d: %s, wanted: %s", seed, err.message,
                      wanted);
    }
}
END_TEST

/* --- viable tables with column sums above 1 -------------------------------------------------------- */

static double attribute(const wio_result *result, const char *name)
{
    const char *text = wio_result_attribute(result, name);
    ck_assert_msg(text != NULL, "no %s", name);
    return strtod(text, NULL);
}

/* x = (I - A)^-1 f and the column sums of the inverse, with A = Z / x in 113 bits; the engine's A is
 * rounded, by 2 u of each element. */
static void check_answers(const wio_table *table, const plain_table *t, const double *f, int seed)
{
    size_t n = t->n;
    wide *B = wide_zeros(n * n), *L;
    for (size_t i = 0; i < n * n; i++) {
        wide output = wio_table_x(table)[i % n];
        B[i] = (wide)(i % (n + 1) == 0) - (wide)t->Z[i] / output;
    }
    L = wide_inverse(n, B);
    ck_assert_ptr_nonnull(L);
    wio_result *solved = NULL, *made = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_solve(&solved, table, f, NULL, NULL, &err) == WIO_OK, "%d: %s", seed,
                  err.message);
    ck_assert_msg(wio_multipliers(&made, table, NULL, NULL, &err) == WIO_OK, "%d: %s", seed,
                  err.message);
    ck_assert_str_eq(wio_result_attribute(solved, "certificate/productive"), "yes");
    double bound = attribute(solved, "certificate/error_bound"), top = 0.0;
    double kappa = attribute(made, "certificate/condition");
    ck_assert(attribute(solved, "certificate/componentwise") <= (double)(n + 2) * U);
    const double *x = numbers_of(solved, "output"), *m = numbers_of(made, "output");
    for (size_t i = 0; i < n; i++) {
        top = fmax(top, fabs(x[i]));
    }
    for (size_t i = 0; i < n; i++) {
        wide exact = 0, sum = 0;
        for (size_t j = 0; j < n; j++) {
            exact += L[i * n + j] * f[j];
            sum += L[j * n + i];
        }
        /* L |dA| x <= 2 u L A x <= 2 u L x */
        wide moved = 0;
        for (size_t j = 0; j < n; j++) {
            moved += 2 * (wide)U * L[i * n + j] * wide_abs(x[j]);
        }
        ck_assert_msg(wide_abs(exact - x[i]) <= bound * top + moved,
                      "%d: output %zu is %.17g, not %.17g", seed, i, x[i], (double)exact);
        ck_assert_double_eq_tol(m[i], (double)sum, 8.0 * (double)n * kappa * U * (double)sum);
    }
    wio_result_free(made);
    wio_result_free(solved);
    free(L);
    free(B);
}

START_TEST(viable_tables_with_column_sums_above_one_are_right)
{
    for (int k = 0; k < EACH; k++) {
        int seed = _i * EACH + k;
        uint64_t state = 7000 + (uint64_t)seed;
        plain_table t = {.n = 2 + (size_t)(9 * random_uniform(&state))};
        size_t n = t.n, above = 0;
        double f[MOST], x[MOST];
        hard_matrix m;
        do { /* until some column sum is above 1 */
            m = hard_empty("", n);
            hard_shares(&m, .2 + .6 * random_uniform(&state), .02 + .4 * random_uniform(&state),
                        &state);
            hard_rescale(&m, .2 + random_uniform(&state), &state);
            above = 0;
            for (size_t j = 0; j < n; j++) {
                above += wio_sum(m.A + j, n, n) > 1.0;
                f[j] = random_uniform(&state) < .3 ? 0.0 : random_uniform(&state) - .2;
            }
            if (above == 0) {
                hard_free(&m);
            }
        } while (above == 0);
        wide *B = wide_system(n, m.A, NULL, false), *L = wide_inverse(n, B);
        ck_assert_ptr_nonnull(L);
        for (size_t i = 0; i < n; i++) { /* some demand for everything */
            x[i] = 0.0;
            for (size_t j = 0; j < n; j++) {
                x[i] += (double)L[i * n + j] * (100.0 + (double)j);
            }
        }
        fill(&t, m.A, x);
        wio_table *table = NULL;
        wio_error err = {0};
        ck_assert_msg(build(&table, &t, NULL, &err) == WIO_OK, "%d: %s", seed, err.message);
        check_answers(table, &t, f, seed);
        wio_table_report report = {0};
        wio_log *log = new_log();
        ck_assert_msg(wio_table_check(&report, table, log, &err) == WIO_OK, "%d: %s", seed,
                      err.message);
        ck_assert_uint_eq(report.column_sums_above_one, above);
        ck_assert(logged(log, "W203"));
        wio_log_free(log);
        wio_table_free(table);
        free(L);
        free(B);
        hard_free(&m);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refusals");
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 120);
    tcase_add_loop_test(properties, viable_tables_with_column_sums_above_one_are_right, 0,
                        LOOPS * test_depth());
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 120);
    int loops = LOOPS * test_depth();
    tcase_add_loop_test(failures, groups_that_need_their_own_output_are_named, 0, loops);
    tcase_add_loop_test(failures, outputs_that_cannot_be_are_refused_by_name, 0, loops);
    tcase_add_loop_test(failures, numbers_that_are_none_are_refused_by_name, 0, loops);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
