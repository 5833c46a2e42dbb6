/* test_certificate.c - what solvers/linear/certificate.c proves, and what it refuses. */
#include "support.h"

#include "../solvers/linear/iterative.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

static wio_system *make(size_t n, const double *A, const double *v)
{
    wio_system *system = NULL;
    wio_error err = {0};
    wio_status status = wio_system_create(&system, n, A, v, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return system;
}

/* --- known answers ------------------------------------------------------------------------------ */

START_TEST(a_column_sum_above_one_is_no_reason_to_refuse)
{
    /* TRUST 1.6: column sums .3 and 1.2, radius .554. */
    static const double A[] = {.2, .9, .1, .3};
    wio_system *system = make(2, A, NULL);
    wio_certificate c;
    wio_certificate_start(&c, system);
    double rho = .25 + sqrt(.0025 + .09);
    ck_assert(c.radius_low <= rho && rho <= c.radius_high && c.radius_high < .56);
    wio_system_free(system);
}
END_TEST

START_TEST(leontief_nonsense_is_refused)
{
    /* TRUST 1.6: radius 1.1; LAPACK gives x = (-10, -10) and no error. */
    static const double A[] = {.5, .6, .6, .5};
    wio_system *system = NULL;
    wio_diagnosis d = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_system_create(&system, 2, A, NULL, &d, &err), WIO_E_NOT_PRODUCTIVE);
    ck_assert_ptr_null(system);
    ck_assert_double_eq_tol(d.radius_low, 1.1, 1e-8);
    ck_assert(d.radius_low <= 1.1 && 1.1 <= d.radius_high);
    ck_assert_uint_eq(d.group, 2);
    ck_assert_uint_eq(d.top, 2);
    ck_assert_ptr_nonnull(strstr(err.message, "not productive"));
    wio_free(d.member);
}
END_TEST

START_TEST(a_closed_group_is_named)
{
    /* 1 and 3 buy only from each other and add no value; 0 and 2 are fine and buy from them. */
    static const double A[] = {.1, 0, .2, 0, .3, .5, .1, .25, .1, 0, .2, 0, .1, .5, .1, .75};
    static const double v[] = {.4, 0, .4, 0};
    wio_system *system = NULL;
    wio_diagnosis d = {0};
    ck_assert_int_eq(wio_system_create(&system, 4, A, v, &d, NULL), WIO_E_NOT_PRODUCTIVE);
    ck_assert_uint_eq(d.group, 2);
    ck_assert_uint_eq(d.member[0], 1);
    ck_assert_uint_eq(d.member[1], 3);
    ck_assert_double_ge(d.radius_low, 1.0);
    wio_free(d.member);
    /* The same without the shares: derived from the columns. */
    ck_assert_int_eq(wio_system_create(&system, 4, A, NULL, &d, NULL), WIO_E_NOT_PRODUCTIVE);
    ck_assert_uint_eq(d.group, 2);
    ck_assert_uint_eq(d.member[0], 1);
    wio_free(d.member);
    /* A sector without value added that buys from one with it is no closed group. */
    static const double fine[] = {.5, 1, .3, 0}, some[] = {.2, 0};
    wio_system_free(make(2, fine, some));
}
END_TEST

START_TEST(negative_elements_pass_by_the_comparison_matrix)
{
    static const double A[] = {.2, -.3, .1, .5}, f[] = {1, 1};
    wio_system *system = make(2, A, NULL);
    wio_certificate c = {0};
    double x[2];
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, &c, NULL), WIO_OK);
    /* B = [.8 .3; -.1 .5], det .43 */
    ck_assert_double_eq_tol(x[0], .2 / .43, 8 * U);
    ck_assert_double_eq_tol(x[1], .9 / .43, 16 * U);
    ck_assert(!c.nonnegative && !c.productive);
    ck_assert_double_ge(c.radius_high, sqrt(.13)); /* |lambda| of A: .35 +- .087i i, det = .13 */
    ck_assert_double_lt(c.radius_high, 1.0);
    ck_assert(c.error_bound > 0.0 && c.error_bound < 100 * U);
    wio_system_free(system);
    /* <B> = [.8 -.9; -.9 .5] is no M-matrix. */
    static const double bad[] = {.2, -.9, .9, .5};
    wio_error err = {0};
    ck_assert_int_eq(wio_system_create(&system, 2, bad, NULL, NULL, &err), WIO_E_NOT_PRODUCTIVE);
    ck_assert_ptr_nonnull(strstr(err.message, "could not be proven"));
}
END_TEST

START_TEST(sectors_that_sell_or_buy_nothing_leave_the_radius_sharp)
{
    /* Block {0,1} has radius .6; 2 only buys, 3 only sells, 4 is alone with .3. */
    static const double A[] = {.2, .4, .1, 0,  0, .4, .2, .3, 0, 0, 0, 0, 0,
                               0,  0,  .1, .2, 0, 0,  0,  0,  0, 0, 0, .3};
    wio_system *system = make(5, A, NULL);
    wio_certificate c;
    wio_certificate_start(&c, system);
    ck_assert(c.radius_low <= .6 && .6 <= c.radius_high);
    ck_assert_double_lt(c.radius_high - c.radius_low, .002);
    wio_system_free(system);
    double zero[9] = {0};
    system = make(3, zero, NULL);
    wio_certificate_start(&c, system);
    ck_assert_double_eq(c.radius_high, 0.0);
    ck_assert_double_eq(c.condition, 1.0);
    wio_system_free(system);
}
END_TEST

START_TEST(merging_keeps_the_worst)
{
    wio_certificate all = {0}, empty = {0};
    wio_certificate a = {.productive = true,
                         .nonnegative = true,
                         .radius_low = .4,
                         .radius_high = .5,
                         .condition = 3,
                         .backward_error = 1e-16,
                         .componentwise = 4e-16,
                         .error_bound = 1e-15,
                         .solves = 2,
                         .method = "dense LU"};
    wio_certificate b = a;
    b.productive = false;
    b.radius_low = .1;
    b.radius_high = .9;
    b.condition = 2;
    b.backward_error = 2e-16;
    wio_certificate_merge(&all, &empty);
    wio_certificate_merge(&all, &a);
    ck_assert_mem_eq(&all, &a, sizeof a);
    wio_certificate_merge(&all, &b);
    wio_certificate_merge(&all, &empty);
    ck_assert(!all.productive && all.nonnegative);
    ck_assert_double_eq(all.radius_low, .1);
    ck_assert_double_eq(all.radius_high, .9);
    ck_assert_double_eq(all.condition, 3);
    ck_assert_double_eq(all.backward_error, 2e-16);
    ck_assert_uint_eq(all.solves, 4);
}
END_TEST

/* --- properties: the loop index is the seed ------------------------------------------------------- */

START_TEST(the_condition_number_is_that_of_the_inverse)
{
    uint64_t state = 4711 + (uint64_t)_i;
    size_t n = 2 + (size_t)_i % 30;
    double *A = wio_alloc(n * n, sizeof *A), *L = wio_zalloc(n * n, sizeof *L);
    ck_assert(A != NULL && L != NULL);
    random_matrix(A, n, .5, .2, &state);
    wio_system *system = make(n, A, NULL);
    for (size_t j = 0; j < n; j++) {
        L[j * n + j] = 1.0; /* column j of L at L + j n */
    }
    wio_certificate c = {0};
    ck_assert_int_eq(wio_system_solve(L, system, n, L, &c, NULL), WIO_OK); /* in place */
    double norm = 0.0, inverse = 0.0;
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0, column = 0.0;
        for (size_t i = 0; i < n; i++) {
            ck_assert_double_ge(L[j * n + i], i == j ? 1.0 : 0.0); /* Q1 */
            sum += L[j * n + i];
            column += fabs((i == j) - A[i * n + j]);
        }
        norm = fmax(norm, column);
        inverse = fmax(inverse, sum);
    }
    double tolerance = 8.0 * (double)n * c.condition * U * c.condition;
    ck_assert_double_eq_tol(c.condition, norm * inverse, tolerance);
    ck_assert_uint_eq(c.solves, n);
    wio_system_free(system);
    wio_free(L);
    wio_free(A);
}
END_TEST

/* A viable matrix with a column sum above 1: scale the sectors, A -> D^-1 A D keeps the radius. */
START_TEST(viable_matrices_with_column_sums_above_one_are_accepted)
{
    uint64_t state = 900 + (uint64_t)_i;
    size_t n = 2 + (size_t)_i % 25;
    double *A = wio_alloc(n * n, sizeof *A);
    double *d = random_vector(n, .2, 4.0, &state);
    ck_assert_ptr_nonnull(A);
    double share = .02 + .5 * random_uniform(&state);
    random_matrix(A, n, .6, share, &state);
    double largest = 0.0;
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) {
            A[i * n + j] *= d[j] / d[i];
            sum += A[i * n + j];
        }
        largest = fmax(largest, sum);
    }
    wio_system *system = make(n, A, NULL);
    wio_certificate c;
    wio_certificate_start(&c, system);
    ck_assert(c.productive);
    ck_assert_double_le(c.radius_low, (1.0 - share) * (1.0 + 8 * U * (double)n));
    ck_assert_double_ge(c.radius_high, (1.0 - share) * (1.0 - 8 * U * (double)n));
    if (_i >= 40) { /* by construction nearly always */
        ck_assert_double_gt(largest, 1.0 - share);
    }
    /* The same sectors, demanding more of each other than they make. */
    for (size_t i = 0; i < n * n; i++) {
        A[i] *= 1.05 / (1.0 - share);
    }
    wio_system *none = NULL;
    wio_diagnosis found = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_system_create(&none, n, A, NULL, &found, &err), WIO_E_NOT_PRODUCTIVE);
    ck_assert_ptr_null(none);
    ck_assert_msg(found.radius_low > 1.0, "seed %d: radius from %g", _i, found.radius_low);
    ck_assert_double_ge(found.radius_high, 1.05 * (1.0 - 8 * U * (double)n));
    ck_assert_uint_gt(found.group, 0);
    ck_assert_uint_gt(found.top, 0);
    wio_free(found.member);
    wio_system_free(system);
    wio_free(d);
    wio_free(A);
}
END_TEST

/* z <= <B> w in 113 bits, row by row: what is proven may not rest on a rounding that went well. */
static void check_proof(const wio_proof *proof, size_t n, const double *A, bool transposed,
                        const char *what)
{
    for (size_t i = 0; i < n; i++) {
        __float128 exact = 0;
        for (size_t j = 0; j < n; j++) {
            __float128 a = transposed ? A[j * n + i] : A[i * n + j], b = i == j ? 1 - a : a;
            b = b < 0 ? -b : b;
            exact += (i == j ? b : -b) * proof->w[j];
        }
        ck_assert_msg(proof->z[i] > 0.0 && proof->z[i] <= exact,
                      "%s, n %zu, row %zu: %.17g > %.17g", what, n, i, proof->z[i], (double)exact);
    }
}

/* Even: A >= 0; odd: signs. Orders on both sides of WIO_SMALL, whose sums are others. */
START_TEST(no_lower_bound_is_above_what_it_bounds)
{
    static const size_t orders[] = {7, 60, 530};
    size_t n = orders[_i / 2];
    uint64_t state = 31 + (uint64_t)_i;
    double *A = calloc(n * n, sizeof *A);
    random_matrix(A, n, .7, .01, &state);
    for (size_t e = 0; _i % 2 == 1 && e < n * n; e += 3) {
        A[e] = -A[e];
    }
    wio_system *system = make(n, A, NULL);
    const wio_matrix dense = {.n = n, .dense = A};
    wio_iterative *it = NULL;
    ck_assert_int_eq(wio_iterative_create(&it, &dense, NULL, NULL, NULL, NULL, NULL), WIO_OK);
    check_proof(&system->rows, n, A, false, "factors");
    check_proof(&system->columns, n, A, true, "factors, transposed");
    check_proof(wio_iterative_proof(it, false), n, A, false, "products");
    check_proof(wio_iterative_proof(it, true), n, A, true, "products, transposed");
    wio_iterative_free(it);
    wio_system_free(system);
    free(A);
}
END_TEST

/* --- failures -------------------------------------------------------------------------------------- */

START_TEST(a_unit_pivot_and_digits_lost_to_condition_are_refused)
{
    static const double one[] = {1.0};
    wio_system *system = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_system_create(&system, 1, one, NULL, NULL, &err), WIO_E_NOT_PRODUCTIVE);
    /* 1 - a = 2^-52: proven productive, but no digits are left. */
    static const double nearly[] = {1.0 - DBL_EPSILON, 0, 0, .5};
    err = (wio_error){0};
    ck_assert_int_eq(wio_system_create(&system, 2, nearly, NULL, NULL, &err), WIO_E_SINGULAR);
    ck_assert_ptr_nonnull(strstr(err.message, "condition"));
    ck_assert_ptr_null(system);
}
END_TEST

/* The proof rests on B w > 0 alone, not on how w was found: with the factors of a productive matrix w
 * is positive, but B w of the stored one, radius 1.1, is not. */
START_TEST(factors_of_another_matrix_prove_nothing)
{
    static const double small[] = {.1, .1, .1, .1}, nonsense[] = {.5, .6, .6, .5};
    wio_system *system = make(2, small, NULL);
    memcpy(system->copy, nonsense, sizeof nonsense);
    ck_assert_int_eq(wio_certify(system), WIO_E_NOT_PRODUCTIVE);
    memcpy(system->copy, small, sizeof small);
    ck_assert_int_eq(wio_certify(system), WIO_OK);
    wio_system_free(system);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("certificate");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, a_column_sum_above_one_is_no_reason_to_refuse);
    tcase_add_test(known, leontief_nonsense_is_refused);
    tcase_add_test(known, a_closed_group_is_named);
    tcase_add_test(known, negative_elements_pass_by_the_comparison_matrix);
    tcase_add_test(known, sectors_that_sell_or_buy_nothing_leave_the_radius_sharp);
    tcase_add_test(known, merging_keeps_the_worst);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, the_condition_number_is_that_of_the_inverse, 0, 40);
    tcase_add_loop_test(properties, viable_matrices_with_column_sums_above_one_are_accepted, 0,
                        240);
    tcase_add_loop_test(properties, no_lower_bound_is_above_what_it_bounds, 0, 6);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, factors_of_another_matrix_prove_nothing);
    tcase_add_test(failures, a_unit_pivot_and_digits_lost_to_condition_are_refused);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
