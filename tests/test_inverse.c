/* test_inverse.c - wio_inverse: known inverses, a reference in 113 bits, bits, and refusals. */
#include "support.h"

#include "../solvers/linear/inverse.h"
#include "quad.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;
static const size_t ORDERS[] = {1, 2, 63, 64, 65, 127, 300};
enum { ORDER_COUNT = sizeof ORDERS / sizeof *ORDERS };

static double *array(size_t count)
{
    double *a = calloc(count, sizeof *a);
    ck_assert_ptr_nonnull(a);
    return a;
}

/* An inverse that has to be made. */
static wio_inverse_report inverse(double *X, size_t n, const double *A, int threads, bool quick)
{
    const wio_inverse_options options = {.threads = threads, .quick = quick};
    wio_inverse_report report = {0};
    wio_error err = {0};
    wio_status status = wio_inverse(X, n, A, NULL, &options, &report, NULL, &err);
    ck_assert_msg(status == WIO_OK, "n = %zu: %s", n, err.message);
    return report;
}

/* Every column within the proven bound, which is relative to its largest element. */
static void check_bound(size_t n, const double *A, const double *X, const wio_inverse_report *r)
{
    wide *B = wide_system(n, A, NULL, false), *T = wide_inverse(n, B);
    ck_assert_ptr_nonnull(T);
    double top = 0.0, most = 0.0;
    for (size_t i = 0; i < n * n; i++) {
        wide gap = (wide)X[i] - T[i];
        most = fmax(most, fabs((double)gap));
        top = fmax(top, fabs(X[i]));
    }
    ck_assert_msg(most <= r->certificate.error_bound * top, "n = %zu: error %g, bound %g", n, most,
                  r->certificate.error_bound * top);
    ck_assert_double_le(most, 4.0 * (double)n * r->certificate.condition * U * top);
    free(T);
    free(B);
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(toy3_as_printed)
{
    /* MODEL 3a: six digits printed. */
    static const double L[] = {1.216510, .086894, .017379, .200279, 1.233818,
                               .076032,  .277636, .228890, 1.216510};
    double A[9], x[3], X[9];
    toy_coefficients(A, x);
    wio_inverse_report r = inverse(X, 3, A, 1, false);
    for (size_t i = 0; i < 9; i++) {
        ck_assert_double_eq_tol(X[i], L[i], 5.001e-7);
    }
    ck_assert(r.certificate.productive && r.certificate.nonnegative && !r.pivoted && !r.estimated);
}
END_TEST

START_TEST(miller_and_blair_two_sectors)
{
    /* Input-Output Analysis, 3rd ed., section 2.3: L printed with four digits. */
    static const double A[] = {.15, .25, .20, .05}, L[] = {1.2541, .3300, .2640, 1.1221};
    double X[4];
    (void)inverse(X, 2, A, 1, false);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq_tol(X[i], L[i], 5.001e-5);
    }
}
END_TEST

START_TEST(a_column_sum_above_one_is_accepted)
{
    /* TRUST 1.6: det = .8 .7 - .9 .1 = .47, radius .25 + sqrt(.0025 + .09) = .554. */
    static const double A[] = {.2, .9, .1, .3};
    double X[4], rho = .25 + sqrt(.0925);
    wio_inverse_report r = inverse(X, 2, A, 1, false);
    ck_assert_double_eq_tol(X[0], .7 / .47, 8 * U * X[0]);
    ck_assert_double_eq_tol(X[1], .9 / .47, 8 * U * X[1]);
    ck_assert_double_eq_tol(X[2], .1 / .47, 8 * U * X[2]);
    ck_assert_double_eq_tol(X[3], .8 / .47, 8 * U * X[3]);
    /* |B|_1 = .9 + .7, |X|_1 = (.9 + .8) / .47 */
    ck_assert_double_eq_tol(r.certificate.condition, 1.6 * 1.7 / .47, 64 * U);
    ck_assert(r.certificate.radius_low <= rho && rho <= r.certificate.radius_high);
    ck_assert(r.certificate.productive && !r.pivoted);
}
END_TEST

START_TEST(nothing_bought_gives_the_identity)
{
    size_t n = 130;
    double *A = array(n * n), *X = array(n * n);
    wio_inverse_report r = inverse(X, n, A, 2, false);
    for (size_t i = 0; i < n * n; i++) {
        ck_assert_double_eq(X[i], i % (n + 1) == 0 ? 1.0 : 0.0);
    }
    ck_assert_double_eq(r.residual, 0.0);
    ck_assert_double_eq(r.certificate.condition, 1.0);
    free(X);
    free(A);
}
END_TEST

/* --- properties ------------------------------------------------------------------------------------ */

START_TEST(the_error_is_within_its_bound_for_every_condition)
{
    static const size_t orders[] = {1, 2, 7, 40, 60};
    static const double shares[] = {.5, .1, 1e-3, 1e-6, 1e-9};
    uint64_t state = 11;
    for (size_t k = 0; k < sizeof orders / sizeof *orders; k++) {
        for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
            size_t n = orders[k];
            double *A = array(n * n), *X = array(n * n);
            random_matrix(A, n, .5, shares[s], &state);
            wio_inverse_report r = inverse(X, n, A, 1, false);
            ck_assert(r.certificate.error_bound < 1.0 && r.residual <= 1.0);
            check_bound(n, A, X, &r);
            free(X);
            free(A);
        }
    }
}
END_TEST

START_TEST(it_agrees_with_the_factorisation)
{
    uint64_t state = 5;
    for (size_t k = 0; k < ORDER_COUNT; k++) {
        size_t n = ORDERS[k];
        double *A = array(n * n), *X = array(n * n), *Y = array(n * n);
        random_matrix(A, n, .3, .2, &state);
        wio_inverse_report r = inverse(X, n, A, 2, false);
        wio_system *system = NULL;
        wio_certificate c = {0};
        ck_assert_int_eq(wio_system_create(&system, n, A, NULL, NULL, NULL), WIO_OK);
        for (size_t i = 0; i < n; i++) {
            Y[i * n + i] = 1.0;
        }
        ck_assert_int_eq(wio_system_solve_transposed(Y, system, n, Y, &c, NULL), WIO_OK);
        double top = 0.0;
        for (size_t i = 0; i < n * n; i++) {
            top = fmax(top, Y[i]);
        }
        for (size_t i = 0; i < n * n; i++) {
            ck_assert_double_ge(X[i], 0.0);
            ck_assert_double_le(fabs(X[i] - Y[i]),
                                (r.certificate.error_bound + c.error_bound) * top);
        }
        ck_assert(!r.pivoted && r.clamped == 0 && r.certificate.solves == n);
        ck_assert_double_le(r.residual, 1.0);
        wio_certificate own;
        wio_certificate_start(&own, system);
        ck_assert_double_eq_tol(r.certificate.condition, own.condition,
                                4.0 * (double)n * U * own.condition * own.condition);
        ck_assert_double_le(r.certificate.radius_low, own.radius_high);
        ck_assert_double_le(own.radius_low, r.certificate.radius_high);
        wio_system_free(system);
        free(Y);
        free(X);
        free(A);
    }
}
END_TEST

START_TEST(the_bits_are_the_same_for_any_number_of_threads)
{
    static const size_t orders[] = {65, 300, 1100};
    static const int threads[] = {2, 3, 8};
    uint64_t state = 3;
    for (size_t k = 0; k < sizeof orders / sizeof *orders; k++) {
        size_t n = orders[k], bytes = n * n * sizeof(double);
        double *A = array(n * n), *one = array(n * n), *X = array(n * n);
        random_matrix(A, n, .5, .3, &state);
        bool quick = n > 1000;
        wio_inverse_report first = inverse(one, n, A, 1, quick);
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
            wio_inverse_report r = inverse(X, n, A, threads[t], quick);
            ck_assert_msg(memcmp(X, one, bytes) == 0, "n = %zu, %d threads", n, threads[t]);
            ck_assert_double_eq(r.residual, first.residual);
            ck_assert_double_eq(r.certificate.condition, first.certificate.condition);
            ck_assert_double_eq(r.certificate.radius_high, first.certificate.radius_high);
            ck_assert(quick || r.certificate.error_bound == first.certificate.error_bound);
        }
        free(X);
        free(one);
        free(A);
    }
}
END_TEST

START_TEST(negative_elements_have_the_same_bits_too)
{
    size_t n = 600; /* above WIO_SMALL: LAPACK's blocks */
    uint64_t state = 9;
    double *A = array(n * n), *one = array(n * n), *X = array(n * n);
    random_matrix(A, n, .5, .4, &state);
    A[1] = -A[1] - .01;
    wio_inverse_report r = inverse(one, n, A, 1, false);
    ck_assert(r.pivoted && !r.certificate.productive && !r.certificate.nonnegative);
    ck_assert_double_le(r.residual, 1.0);
    (void)inverse(X, n, A, 3, false);
    ck_assert_int_eq(memcmp(X, one, n * n * sizeof *X), 0);
    free(X);
    free(one);
    free(A);
}
END_TEST

START_TEST(one_thread_is_used_inside_a_parallel_region)
{
    size_t n = 200;
    uint64_t state = 21;
    double *A = array(n * n), *X = array(4 * n * n), *one = array(n * n);
    random_matrix(A, n, .5, .3, &state);
    (void)inverse(one, n, A, 1, true);
    int failed = 0;
#pragma omp parallel for num_threads(4) reduction(+ : failed)
    for (size_t t = 0; t < 4; t++) {
        failed += wio_inverse(X + t * n * n, n, A, NULL, NULL, NULL, NULL, NULL) != WIO_OK;
    }
    ck_assert_int_eq(failed, 0);
    for (size_t t = 0; t < 4; t++) {
        ck_assert_int_eq(memcmp(X + t * n * n, one, n * n * sizeof *X), 0);
    }
    free(one);
    free(X);
    free(A);
}
END_TEST

START_TEST(negative_elements_go_through_the_pivots)
{
    uint64_t state = 17;
    for (size_t n = 2; n <= 60; n += 29) {
        double *A = array(n * n), *X = array(n * n);
        random_matrix(A, n, .5, .4, &state);
        for (size_t i = 0; i < n * n; i += 3) {
            A[i] = -A[i];
        }
        A[1] = -.05;
        wio_inverse_report r = inverse(X, n, A, 2, false);
        ck_assert(r.pivoted && !r.certificate.productive && r.clamped == 0);
        check_bound(n, A, X, &r);
        free(X);
        free(A);
    }
}
END_TEST

START_TEST(shares_near_zero_keep_the_digits_of_every_element)
{
    /* Condition near 1e10, where 1 - a_jj in double leaves six digits. */
    size_t n = 40;
    uint64_t state = 23;
    double *A = array(n * n), *X = array(n * n), v[40];
    random_matrix(A, n, .5, 1e-10, &state);
    for (size_t j = 0; j < n; j++) {
        wide sum = 0;
        for (size_t i = 0; i < n; i++) {
            sum += (wide)A[i * n + j];
        }
        v[j] = (double)(1 - sum);
    }
    wio_inverse_report r = {0};
    wio_error err = {0};
    wio_status status = wio_inverse(X, n, A, v, NULL, &r, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    ck_assert(r.pivoted && r.certificate.productive && r.certificate.condition > 1e8);
    ck_assert_ptr_nonnull(strstr(r.certificate.method, "GTH"));
    /* v is right to 2^-53 of itself, so 1 - a_jj in 113 bits is the same. */
    wide *B = wide_system(n, A, NULL, false), *T = wide_inverse(n, B);
    ck_assert_ptr_nonnull(T);
    for (size_t i = 0; i < n * n; i++) {
        ck_assert_double_le(fabs((double)((wide)X[i] - T[i])), 1.01 * wio_gth_bound(n) * X[i]);
    }
    free(T);
    free(B);
    free(X);
    free(A);
}
END_TEST

START_TEST(what_cannot_be_reached_stays_exactly_zero)
{
    /* The first half buys nothing from the second. */
    size_t n = 150, half = 70;
    uint64_t state = 2;
    double *A = array(n * n), *X = array(n * n);
    random_matrix(A, n, .8, .3, &state);
    for (size_t i = half; i < n; i++) {
        memset(A + i * n, 0, half * sizeof *A);
    }
    (void)inverse(X, n, A, 2, false);
    for (size_t i = half; i < n; i++) {
        for (size_t j = 0; j < half; j++) {
            ck_assert_double_eq(X[i * n + j], 0.0);
        }
    }
    free(X);
    free(A);
}
END_TEST

START_TEST(the_quick_residual_is_an_upper_bound_that_is_not_wild)
{
    uint64_t state = 31;
    for (size_t k = 2; k < ORDER_COUNT; k++) {
        size_t n = ORDERS[k];
        double *A = array(n * n), *X = array(n * n), *Y = array(n * n);
        random_matrix(A, n, .5, .1, &state);
        wio_inverse_report full = inverse(X, n, A, 1, false), quick = inverse(Y, n, A, 1, true);
        ck_assert_int_eq(memcmp(X, Y, n * n * sizeof *X), 0);
        ck_assert(quick.estimated && isnan(quick.certificate.error_bound));
        /* |R_j|_1 <= sqrt(n) |R_j|_2 <= sqrt(n) |R_j|_1, estimated within a factor of 4; the
           rounding of the estimate itself is that of one more product. */
        ck_assert_double_ge(quick.residual, full.residual / 4);
        ck_assert_double_le(quick.residual, 8 * sqrt((double)n) * full.residual);
        free(Y);
        free(X);
        free(A);
    }
}
END_TEST

/* --- failures -------------------------------------------------------------------------------------- */

START_TEST(a_wrong_inverse_does_not_pass)
{
    size_t n = 100;
    uint64_t state = 41;
    double *A = array(n * n), *X = array(n * n), *work = array(n * n);
    random_matrix(A, n, .5, .3, &state);
    (void)inverse(X, n, A, 1, false);
    wio_inverse_report r = {0};
    ck_assert_int_eq(wio_inverse_check(&r, n, A, X, work, false, 1), WIO_OK);
    ck_assert_int_eq(wio_inverse_check(&r, n, A, X, work, true, 1), WIO_OK);
    /* The limit n |B| |X| u is about 1e-13 here. */
    X[37 * n + 5] += 1e-10;
    ck_assert_int_eq(wio_inverse_check(&r, n, A, X, work, false, 1), WIO_E_NOT_PRODUCTIVE);
    ck_assert_int_eq(wio_inverse_check(&r, n, A, X, work, true, 1), WIO_E_NOT_PRODUCTIVE);
    X[37 * n + 5] = NAN;
    ck_assert_int_eq(wio_inverse_check(&r, n, A, X, work, false, 1), WIO_E_NOT_PRODUCTIVE);
    free(work);
    free(X);
    free(A);
}
END_TEST

START_TEST(a_radius_above_one_is_refused_with_the_group)
{
    /* 1 and 3 buy only from each other and add no value. */
    static const double A[] = {.1, 0, .2, 0, .3, .5, .1, .25, .1, 0, .2, 0, .1, .5, .1, .75};
    static const double v[] = {.4, 0, .4, 0};
    double X[16];
    wio_diagnosis d = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_inverse(X, 4, A, v, NULL, NULL, &d, &err), WIO_E_NOT_PRODUCTIVE);
    ck_assert_uint_eq(d.group, 2);
    ck_assert_uint_eq(d.member[0], 1);
    ck_assert_uint_eq(d.member[1], 3);
    ck_assert_double_ge(d.radius_low, 1.0);
    ck_assert_ptr_nonnull(strstr(err.message, "not productive"));
    wio_free(d.member);
    /* TRUST 1.6: radius 1.1, where LAPACK inverts without a word. */
    static const double nonsense[] = {.5, .6, .6, .5};
    d = (wio_diagnosis){0};
    ck_assert_int_eq(wio_inverse(X, 2, nonsense, NULL, NULL, NULL, &d, NULL), WIO_E_NOT_PRODUCTIVE);
    ck_assert_uint_eq(d.group, 2);
    wio_free(d.member);
}
END_TEST

START_TEST(hundred_unproductive_matrices_are_refused)
{
    uint64_t state = 77;
    double A[40 * 40], X[40 * 40];
    for (size_t k = 0; k < 100; k++) {
        size_t n = 1 + k % 40;
        double share = -1e-6 - random_uniform(&state); /* every column sum above 1 */
        random_matrix(A, n, .6, share, &state);
        for (size_t j = 0; j < n; j++) { /* a column that random_matrix left empty */
            double sum = wio_sum(A + j, n, n);
            A[j * n + j] += sum > 1.0 ? 0.0 : 1.0 - share - sum;
        }
        ck_assert_int_eq(wio_inverse(X, n, A, NULL, NULL, NULL, NULL, NULL), WIO_E_NOT_PRODUCTIVE);
    }
}
END_TEST

START_TEST(arguments_are_checked)
{
    double A[4] = {.1, .2, .3, .1}, X[4];
    wio_error err = {0};
    ck_assert_int_eq(wio_inverse(NULL, 2, A, NULL, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_inverse(X, 2, NULL, NULL, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_inverse(A, 2, A, NULL, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_inverse(X, 0, A, NULL, NULL, NULL, NULL, &err), WIO_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "n is 0"));
    A[2] = NAN;
    err = (wio_error){0};
    ck_assert_int_eq(wio_inverse(X, 2, A, NULL, NULL, NULL, NULL, &err), WIO_E_NONFINITE);
    ck_assert_ptr_nonnull(strstr(err.message, "A[2]"));
    A[2] = .3;
    ck_assert_int_eq(wio_inverse(X, 2, A, (const double[]){.6, INFINITY}, NULL, NULL, NULL, NULL),
                     WIO_E_NONFINITE);
    A[0] = INFINITY;
    ck_assert_int_eq(wio_inverse(X, 2, A, NULL, NULL, NULL, NULL, NULL), WIO_E_NONFINITE);
}
END_TEST

/* Every allocation fails once; the report stays as it was and nothing is left. */
static void walk_allocations(size_t n, const double *A, wio_status want)
{
    static const double v[] = {.1, 0, .1, .1};
    double *X = array(n * n);
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        const wio_inverse_options options = {.threads = 1};
        wio_inverse_report report = {.clamped = 99};
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_inverse(X, n, A, n == 4 ? v : NULL, &options, &report, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert(status == WIO_OK || report.clamped == 99);
        ck_assert(status == WIO_OK || err.message[0] != '\0');
        ck_assert_int_lt(budget, 200);
    }
    ck_assert_int_eq(status, want);
    free(X);
}

START_TEST(every_allocation_may_fail)
{
    size_t n = 130;
    uint64_t state = 8;
    double *A = array(n * n);
    random_matrix(A, n, .5, .3, &state);
    walk_allocations(n, A, WIO_OK);
    A[1] = -.01;
    walk_allocations(n, A, WIO_OK); /* pivots */
    static const double closed[] = {.1, 0, .2, 0, .3, 1, .1, 0, .1, 0, .2, 0, .1, 0, .1, .7};
    walk_allocations(4, closed, WIO_E_NOT_PRODUCTIVE);
    free(A);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inverse");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, toy3_as_printed);
    tcase_add_test(known, miller_and_blair_two_sectors);
    tcase_add_test(known, a_column_sum_above_one_is_accepted);
    tcase_add_test(known, nothing_bought_gives_the_identity);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 120);
    tcase_add_test(properties, the_error_is_within_its_bound_for_every_condition);
    tcase_add_test(properties, it_agrees_with_the_factorisation);
    tcase_add_test(properties, the_bits_are_the_same_for_any_number_of_threads);
    tcase_add_test(properties, negative_elements_have_the_same_bits_too);
    tcase_add_test(properties, one_thread_is_used_inside_a_parallel_region);
    tcase_add_test(properties, negative_elements_go_through_the_pivots);
    tcase_add_test(properties, shares_near_zero_keep_the_digits_of_every_element);
    tcase_add_test(properties, what_cannot_be_reached_stays_exactly_zero);
    tcase_add_test(properties, the_quick_residual_is_an_upper_bound_that_is_not_wild);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 60);
    tcase_add_test(failures, a_wrong_inverse_does_not_pass);
    tcase_add_test(failures, a_radius_above_one_is_refused_with_the_group);
    tcase_add_test(failures, hundred_unproductive_matrices_are_refused);
    tcase_add_test(failures, arguments_are_checked);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
