/* test_gth.c - solvers/linear/gth.c: every digit, however near to 1 the radius is.
 *
 * Reference: the same elimination in 113 bits, unblocked, on the same data (TRUST 1.2). */
#include "support.h"

#include "../core/internal.h"
#include "../solvers/linear/system.h"
#include "quad.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

static wio_system *make(size_t n, const double *A, const double *v, bool entrywise)
{
    wio_system *system = NULL;
    wio_error err = {0};
    wio_status status =
        (entrywise ? wio_system_create_entrywise : wio_system_create)(&system, n, A, v, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return system;
}

static wio_certificate solve(double *X, const wio_system *system, bool transposed, size_t k,
                             const double *F)
{
    wio_certificate c = {0};
    wio_error err = {0};
    wio_status status =
        (transposed ? wio_system_solve_transposed : wio_system_solve)(X, system, k, F, &c, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    ck_assert_str_eq(c.method, "GTH elimination, entrywise");
    return c;
}

static double *doubles(size_t count)
{
    double *made = wio_zalloc(count, sizeof *made);
    ck_assert_ptr_nonnull(made);
    return made;
}

/* Entries over six decades, about `density` of them and a ring, so that everybody reaches everybody;
 * column j has the sum 1 - v_j, v_j between delta / 2 and 3 delta / 2. */
static void make_shares(double *A, double *v, size_t n, double density, double delta,
                        uint64_t *state)
{
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        v[j] = delta * (0.5 + random_uniform(state));
        for (size_t i = 0; i < n; i++) {
            bool there = random_uniform(state) < density || i == (j + 1) % n;
            A[i * n + j] = there ? pow(10.0, -6.0 * random_uniform(state)) : 0.0;
            sum += A[i * n + j];
        }
        for (size_t i = 0; i < n; i++) {
            A[i * n + j] *= (1.0 - v[j]) / sum;
        }
    }
}

/* --- known answers ------------------------------------------------------------------------------ */

START_TEST(two_sectors_by_hand)
{
    /* B = [.8 -.3; -.1 .5], det .37, B^-1 = [.5 .3; .1 .8] / .37 */
    static const double A[] = {.2, .3, .1, .5}, v[] = {.7, .2};
    static const double f[] = {1, 1, 1, -1, 0, 0};
    static const double plain[] = {.8, .9, .2, -.7, 0, 0}, other[] = {.6, 1.1, .4, -.5, 0, 0};
    wio_system *system = make(2, A, v, true);
    double x[6], y[6];
    wio_certificate c = solve(x, system, false, 3, f);
    (void)solve(y, system, true, 3, f);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_double_eq_tol(x[i], plain[i] / .37, 8 * U * 3);
        ck_assert_double_eq_tol(y[i], other[i] / .37, 8 * U * 3);
    }
    ck_assert(c.productive && c.nonnegative);
    /* From w, which is above the solution by twice its bound of 280 u. */
    ck_assert_double_eq_tol(c.condition, .9 * 1.1 / .37, 600 * U * .9 * 1.1 / .37);
    ck_assert_double_ge(c.condition, (1 + 500 * U) * .9 * 1.1 / .37);
    double rho = .35 + sqrt(.0225 + .03); /* of A: trace .7, det .07 */
    ck_assert(c.radius_low <= rho && rho <= c.radius_high);
    ck_assert_uint_eq(c.solves, 3);
    /* 70 n^2 roundings, and what the signs cancel: (.8, .9) of which (.2, -.7) is left. */
    ck_assert_double_eq_tol(c.error_bound, 280 * U * .9 / .7, 20 * U);
    wio_system_free(system);
}
END_TEST

START_TEST(what_lu_has_to_refuse_is_solved_exactly)
{
    /* 1 - a = 2^-52: no rounding anywhere. */
    static const double A[] = {1.0 - 0x1p-52, 0, 0, .5}, v[] = {0x1p-52, .5}, f[] = {3, 1};
    wio_system *system = NULL;
    ck_assert_int_eq(wio_system_create(&system, 2, A, NULL, NULL, NULL), WIO_E_SINGULAR);
    system = make(2, A, v, false);
    double x[2];
    wio_certificate c = solve(x, system, false, 1, f);
    ck_assert_double_eq(x[0], 3 * 0x1p52);
    ck_assert_double_eq(x[1], 2);
    ck_assert(c.productive && c.radius_high < 1.0);
    ck_assert_double_eq_tol(c.condition, 0x1p51, 0x1p51 * 1e3 * U);
    wio_system_free(system);
    /* Below the rounding of 1 - a: the pivot of LU is 0. */
    static const double one[] = {1.0}, least[] = {1e-30};
    system = make(1, one, least, false);
    (void)solve(x, system, false, 1, f);
    ck_assert_double_eq_tol(x[0], 3e30, 3e30 * 4 * U);
    wio_system_free(system);
}
END_TEST

START_TEST(lu_stays_where_the_condition_allows_it)
{
    static const double A[] = {.2, .3, .1, .5}, v[] = {.7, .2};
    wio_certificate c;
    wio_system *system = make(2, A, v, false);
    wio_certificate_start(&c, system);
    ck_assert_ptr_nonnull(strstr(c.method, "dense LU"));
    wio_system_free(system);
}
END_TEST

START_TEST(a_closed_group_is_found_at_its_last_row_and_named)
{
    /* 1 and 3 buy only from each other and add no value. */
    static const double A[] = {.1, 0, .2, 0, .3, .5, .1, .25, .1, 0, .2, 0, .1, .5, .1, .75};
    static const double v[] = {.4, 0, .4, 0};
    double lu[20];
    lapack_int pivot[4];
    ck_assert_uint_eq(wio_gth_factor(lu, pivot, 4, A, v, 0), 4);
    static const double some[] = {.4, 0, .4, 1e-300};
    ck_assert_uint_eq(wio_gth_factor(lu, pivot, 4, A, some, 0), 0);
    wio_system *system = NULL;
    wio_diagnosis d = {0};
    ck_assert_int_eq(wio_system_create_entrywise(&system, 4, A, v, &d, NULL), WIO_E_NOT_PRODUCTIVE);
    ck_assert_ptr_null(system);
    ck_assert_uint_eq(d.group, 2);
    ck_assert_uint_eq(d.member[0], 1);
    ck_assert_uint_eq(d.member[1], 3);
    wio_free(d.member);
}
END_TEST

/* --- properties --------------------------------------------------------------------------------- */

/* Largest |x_i / exact - 1|; the exact ones of a productive, connected economy are all above 0. */
static double worst_digit(const double *x, const wide *exact, size_t n)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        worst = wio_worse(fabs((double)((x[i] - exact[i]) / exact[i])), worst);
    }
    return worst;
}

enum { SAMPLE = 16 };

typedef struct experiment {
    size_t n;
    double delta;
} experiment;

static const experiment EXPERIMENTS[] =
    {{60, 1e-1},   {60, 1e-5},   {60, 1e-9},   {60, 1e-11},  {60, 1e-13},
     {60, 1e-15},  {200, 1e-1},  {200, 1e-3},  {200, 1e-5},  {200, 1e-7},
     {200, 1e-9},  {200, 1e-11}, {200, 1e-13}, {200, 1e-15}, {400, 1e-8},
     {400, 1e-15}, {600, 1e-12}, {2000, 1e-15}}; /* the last under WIO_TEST_DEPTH: minutes in 113 bits */

/* P3: at most 1e-13, every element of the columns of the inverse, whatever the condition. LU's
 * error grows like u / delta; it is asked from 1e-11 on, where it has to be above 1e-13 by far. */
START_TEST(every_element_of_the_inverse_has_its_digits)
{
    experiment e = EXPERIMENTS[_i];
    size_t n = e.n;
    if (n > 600 && test_depth() == 1) {
        return;
    }
    uint64_t state = 1200 + (uint64_t)_i;
    double *A = doubles(n * n), *v = doubles(n), *F = doubles(SAMPLE * n), *X = doubles(SAMPLE * n);
    double *Y = doubles(SAMPLE * n);
    wide *exact = wide_zeros(n);
    make_shares(A, v, n, n > 400 ? .005 : .02, e.delta, &state);
    wide *M = wide_gth_factor(n, A, v); /* TRUST 1.3 as written */
    for (size_t c = 0; c < SAMPLE; c++) {
        F[c * n + c * (n - 1) / (SAMPLE - 1)] = 1.0;
    }
    wio_system *system = make(n, A, v, true), *lu = NULL;
    wio_certificate c = solve(X, system, false, SAMPLE, F);
    bool refused = wio_system_create(&lu, n, A, NULL, NULL, NULL) != WIO_OK ||
                   wio_system_solve(Y, lu, SAMPLE, F, NULL, NULL) != WIO_OK;
    double worst = 0.0, without = 0.0;
    for (size_t s = 0; s < SAMPLE; s++) {
        wide_gth_solve(exact, M, n, F + s * n);
        worst = wio_worse(worst_digit(X + s * n, exact, n), worst);
        without = refused ? 1.0 : wio_worse(worst_digit(Y + s * n, exact, n), without);
    }
    ck_assert_msg(worst <= 1e-13, "n %zu, delta %g: %g", n, e.delta, worst);
    ck_assert_double_le(worst, c.error_bound);
    if (e.delta <= 1e-11) {
        ck_assert_msg(without > 1e-9, "n %zu, delta %g: LU has %g", n, e.delta, without);
    }
    /* norm1(B) is near 2, norm1(B^-1) between 1 / the largest and 1 / the smallest share. */
    ck_assert(c.condition > .5 / e.delta && c.condition < 4.0 / e.delta);
    ck_assert_double_le(c.componentwise, (double)(n + 2) * U);
    ck_assert(c.radius_low <= 1.0 - .5 * e.delta && c.radius_high >= 1.0 - 1.5 * e.delta);
    ck_assert(c.radius_low <= c.radius_high && c.radius_high < 1.0);
    wio_system_free(lu);
    wio_system_free(system);
    free(M);
    free(exact);
    wio_free(Y);
    wio_free(X);
    wio_free(F);
    wio_free(v);
    wio_free(A);
}
END_TEST

/* A transposed solve of A with v is a plain one with A' and its own column shares only when these
 * are known; so by the inverse: (B^-T g)_j = sum of g_i (B^-1)_ij, all terms >= 0. */
START_TEST(transposed_solutions_have_their_digits_and_signs_cancel_as_reported)
{
    size_t n = _i == 0 ? 70 : 530;
    uint64_t state = 77;
    double *A = doubles(n * n), *v = doubles(n), *L = doubles(n * n), *Y = doubles(n);
    double *g = random_vector(n, 0.0, 1.0, &state), *signs = random_vector(n, -1.0, 1.0, &state);
    make_shares(A, v, n, .05, 1e-12, &state);
    for (size_t j = 0; j < n; j++) {
        L[j * n + j] = 1.0;
    }
    wio_system *system = make(n, A, v, false); /* found by its condition */
    (void)solve(L, system, false, n, L);
    (void)solve(Y, system, true, 1, g);
    for (size_t j = 0; j < n; j++) {
        double sum = wio_dot(g, L + j * n, n);
        ck_assert_double_eq_tol(Y[j], sum, 2e-13 * sum); /* P3 for both */
    }
    wio_certificate c = solve(Y, system, false, 1, signs);
    double top = 0.0, most = 0.0;
    for (size_t i = 0; i < n; i++) {
        double size = 0.0, sum = 0.0;
        for (size_t j = 0; j < n; j++) {
            size += fabs(signs[j]) * L[j * n + i];
            sum += signs[j] * L[j * n + i];
        }
        ck_assert_double_eq_tol(Y[i], sum, 2e-13 * size);
        top = fmax(top, fabs(Y[i]));
        most = fmax(most, size);
    }
    ck_assert_double_eq_tol(c.error_bound, (wio_gth_bound(n) + 8 * U) * most / top,
                            1e-6 * c.error_bound);
    wio_system_free(system);
    wio_free(signs);
    wio_free(g);
    wio_free(Y);
    wio_free(L);
    wio_free(v);
    wio_free(A);
}
END_TEST

/* Every one of k solutions again, by itself. */
static void check_alone(const wio_system *system, bool transposed, size_t n, size_t k,
                        const double *F, const double *X)
{
    double *alone = doubles(n);
    for (size_t c = 0; c < k; c++) {
        (void)solve(alone, system, transposed, 1, F + c * n);
        ck_assert_mem_eq(alone, X + c * n, n * sizeof *alone);
    }
    wio_free(alone);
}

START_TEST(bits_depend_on_no_threads_and_no_neighbours)
{
    static const char *const threads[] = {"1", "2", "3", "8"};
    size_t n = _i == 0 ? 130 : 700, k = 11;
    uint64_t state = 5;
    double *A = doubles(n * n), *v = doubles(n), *X = doubles(4 * k * n);
    double *F = random_vector(k * n, -.2, 1.0, &state);
    make_shares(A, v, n, .3, 1e-10, &state);
    memset(F, 0, n * sizeof *F); /* one with nothing, one without signs */
    for (size_t i = n; i < 2 * n; i++) {
        F[i] = fabs(F[i]);
    }
    for (size_t t = 0; t < 4; t++) {
        double *now = t == 0 ? X : X + 2 * k * n;
        ck_assert_int_eq(setenv("OMP_NUM_THREADS", threads[t], 1), 0);
        wio_system *system = make(n, A, v, true);
        (void)solve(now, system, false, k, F);
        (void)solve(now + k * n, system, true, k, F);
        ck_assert_mem_eq(now, X, 2 * k * n * sizeof *X);
        if (t == 0) {
            check_alone(system, false, n, k, F, X);
            check_alone(system, true, n, k, F, X + k * n);
        }
        wio_system_free(system);
    }
    wio_free(F);
    wio_free(X);
    wio_free(v);
    wio_free(A);
}
END_TEST

START_TEST(factors_made_inside_a_parallel_region_have_the_same_bits)
{
    size_t n = 600, cells = n * n;
    uint64_t state = 9;
    double *A = doubles(cells), *v = doubles(n), *lu = doubles(3 * (cells + n));
    lapack_int pivot[3 * 600];
    make_shares(A, v, n, .3, 1e-10, &state);
    ck_assert_uint_eq(wio_gth_factor(lu, pivot, n, A, v, 0), 0);
    size_t closed = 0;
#pragma omp parallel for num_threads(2) reduction(+ : closed)
    for (size_t t = 1; t < 3; t++) {
        closed += wio_gth_factor(lu + t * (cells + n), pivot + t * n, n, A, v, 0);
    }
    ck_assert_uint_eq(closed, 0);
    ck_assert_mem_eq(lu, lu + cells + n, cells * sizeof *lu);
    ck_assert_mem_eq(lu, lu + 2 * (cells + n), cells * sizeof *lu);
    wio_free(lu);
    wio_free(v);
    wio_free(A);
}
END_TEST

/* --- failures ----------------------------------------------------------------------------------- */

START_TEST(shares_that_are_not_those_of_the_columns_are_not_believed)
{
    static const double A[] = {1.0 - 0x1p-52, 0, 0, .5};
    static const double wrong[] = {1e-9, .5}, below[] = {-0x1p-52, .5}, right[] = {0x1p-52, .5};
    static const double mixed[] = {1.0 - 0x1p-52, -.1, 0, .6};
    const double *const shares[] = {wrong, below, NULL, right};
    for (size_t t = 0; t < 4; t++) {
        wio_system *system = NULL;
        wio_error err = {0};
        const double *matrix = t == 3 ? mixed : A;
        ck_assert_int_ne(wio_system_create(&system, 2, matrix, shares[t], NULL, NULL), WIO_OK);
        ck_assert_int_eq(wio_system_create_entrywise(&system, 2, matrix, shares[t], NULL, &err),
                         WIO_E_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(err.message, "entrywise"));
        ck_assert_ptr_null(system);
    }
    /* Overflow is not a solution. */
    static const double one[] = {1.0}, least[] = {1e-307};
    static const double large[] = {1e10};
    wio_system *system = make(1, one, least, true);
    double x = 7;
    ck_assert_int_eq(wio_system_solve(&x, system, 1, large, NULL, NULL), WIO_E_NOT_CERTIFIED);
    ck_assert_double_eq(x, 7);
    wio_system_free(system);
}
END_TEST

START_TEST(running_out_of_memory_leaves_nothing_behind)
{
    static const double A[] = {1.0 - 0x1p-40, 0, 0, .5}, v[] = {0x1p-40, .5}, f[] = {1, -1};
    long before = wio_alloc_live, budget = 0;
    double x[2] = {9, 9};
    for (;; budget++) {
        wio_system *system = NULL;
        wio_alloc_budget = budget;
        wio_status status = wio_system_create(&system, 2, A, v, NULL, NULL);
        if (status == WIO_OK) {
            status = wio_system_solve(x, system, 1, f, NULL, NULL);
        }
        wio_alloc_budget = -1;
        wio_system_free(system);
        ck_assert_int_eq((int)(wio_alloc_live - before), 0);
        if (status == WIO_OK) {
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_double_eq(x[0], 9);
        ck_assert_int_lt((int)budget, 40);
    }
    ck_assert_int_ge((int)budget, 10);
    ck_assert_double_eq(x[0], 0x1p40);
}
END_TEST

/* --- a table, from its arrays to the answer ----------------------------------------------------- */

/* Z = s Q, Q symmetric with row sums 1 and eigenvalues 1, +-sqrt(.07); x = s + 1, v = 1 / x. With
 * f = m e + g, sum g = 0:
 *   x (x I - Z)^-1 f = x (m e + (x g + s Q g) / (x^2 - .07 s^2)). */
START_TEST(a_table_with_hardly_any_value_added_gives_all_digits)
{
    static const double Q[] = {.2, .3, .5, .3, .5, .2, .5, .2, .3}, s = 1e12;
    double Z[9];
    for (size_t i = 0; i < 9; i++) {
        Z[i] = round(Q[i] * s);
    }
    static const char *const AMS[] = {"A", "M", "S"};
    static const double one[] = {1, 1, 1};
    const wio_table_arrays arrays = one_region("hub", 3, AMS, Z, one, one, NULL);
    wio_table *table = table_made(&arrays);
    static const double f[] = {1, 0, 0};
    wio_result *result = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_solve(&result, table, f, NULL, NULL, &err) == WIO_OK, "%s", err.message);
    const double *x = numbers_of(result, "output"), *added = numbers_of(result, "value_added");
    double total = s + 1.0;
    for (size_t i = 0; i < 3; i++) {
        double g = f[i] - 1.0 / 3, Qg = Q[i * 3] - 1.0 / 3;
        double exact = total / 3 + total * (total * g + s * Qg) / (total * total - .07 * s * s);
        /* Rounding of the shares: 2 n - 1 = 5 times 2 u; of the solution and of this: n^2 u. */
        ck_assert_double_eq_tol(x[i], exact, 24 * U * exact);
        ck_assert_double_eq_tol(added[i], exact / total, 26 * U * exact / total);
    }
    ck_assert_str_eq(wio_result_attribute(result, "certificate/method"),
                     "GTH elimination, entrywise");
    wio_result_free(result);
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gth");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, two_sectors_by_hand);
    tcase_add_test(known, what_lu_has_to_refuse_is_solved_exactly);
    tcase_add_test(known, lu_stays_where_the_condition_allows_it);
    tcase_add_test(known, a_closed_group_is_found_at_its_last_row_and_named);
    tcase_add_test(known, a_table_with_hardly_any_value_added_gives_all_digits);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, test_depth() == 1 ? 240 : 1200);
    tcase_add_loop_test(properties, every_element_of_the_inverse_has_its_digits, 0,
                        (int)(sizeof EXPERIMENTS / sizeof *EXPERIMENTS));
    tcase_add_loop_test(properties,
                        transposed_solutions_have_their_digits_and_signs_cancel_as_reported, 0, 2);
    tcase_add_loop_test(properties, bits_depend_on_no_threads_and_no_neighbours, 0, 2);
    tcase_add_test(properties, factors_made_inside_a_parallel_region_have_the_same_bits);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, shares_that_are_not_those_of_the_columns_are_not_believed);
    tcase_add_test(failures, running_out_of_memory_leaves_nothing_behind);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
