/* test_root.c - Brent's root finder, solvers/linear/root.c. */
#include "../solvers/linear/linear.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <string.h>

typedef struct probe {
    int kind, calls, fail_at;
} probe;

/* Zeros: 0: 2^(1/3); 1: the flat triple zero at 1; 2: a jump at .3; 3: none; 4: the end 2. */
static wio_status value(void *context, double x, double *y, wio_error *err)
{
    probe *p = context;
    if (++p->calls == p->fail_at) {
        return wio_fail(err, WIO_E_NOT_PRODUCTIVE, "call %d", p->calls);
    }
    switch (p->kind) {
    case 0:
        *y = x * x * x - 2.0;
        break;
    case 1:
        *y = (x - 1.0) * (x - 1.0) * (x - 1.0);
        break;
    case 2:
        *y = x < .3 ? -1.0 : 5.0;
        break;
    case 3:
        *y = 1.0 + x * x;
        break;
    case 4:
        *y = x - 2.0;
        break;
    default:
        *y = x > .5 ? NAN : x - .75;
    }
    return WIO_OK;
}

START_TEST(the_cube_root_of_two)
{
    probe p = {.kind = 0};
    double root = 0;
    ck_assert_int_eq(wio_root(&root, value, &p, 0.0, 2.0, 1e-14, NULL), WIO_OK);
    ck_assert_double_eq_tol(root, 1.2599210498948732, 1e-14 + 1e-15);
    ck_assert_int_lt(p.calls, 15); /* bisection needs 47 */
}
END_TEST

START_TEST(flat_zeros_and_jumps_are_found_by_bisection)
{
    probe flat = {.kind = 1}, jump = {.kind = 2};
    double root = 0;
    ck_assert_int_eq(wio_root(&root, value, &flat, -3.0, 2.5, 1e-6, NULL), WIO_OK);
    ck_assert_double_eq_tol(root, 1.0, 1e-6);
    ck_assert_int_eq(wio_root(&root, value, &jump, 0.0, 1.0, 1e-10, NULL), WIO_OK);
    ck_assert_double_eq_tol(root, .3, 1e-10);
}
END_TEST

START_TEST(a_zero_at_an_end_is_that_end)
{
    probe p = {.kind = 4};
    double root = 0;
    ck_assert_int_eq(wio_root(&root, value, &p, 2.0, 5.0, 1e-9, NULL), WIO_OK);
    ck_assert_double_eq(root, 2.0);
    ck_assert_int_eq(wio_root(&root, value, &p, -1.0, 2.0, 1e-9, NULL), WIO_OK);
    ck_assert_double_eq(root, 2.0);
    ck_assert_int_eq(wio_root(&root, value, &p, 3.0, 1.0, 1e-9, NULL), WIO_OK); /* turned round */
    ck_assert_double_eq_tol(root, 2.0, 1e-9);
}
END_TEST

START_TEST(any_power_is_inverted)
{
    probe p = {.kind = 0};
    double low = -1.0 - _i, high = 1.26 + .7 * _i, root = 0;
    ck_assert_int_eq(wio_root(&root, value, &p, low, high, 1e-12, NULL), WIO_OK);
    ck_assert_double_eq_tol(root, 1.2599210498948732, 2e-12);
}
END_TEST

START_TEST(ends_of_one_sign_are_no_bracket)
{
    probe p = {.kind = 3};
    double root = 1.0;
    wio_error err = {0};
    ck_assert_int_eq(wio_root(&root, value, &p, -1.0, 2.0, 1e-9, &err), WIO_E_NOT_CONVERGED);
    ck_assert(isnan(root));
    ck_assert_ptr_nonnull(strstr(err.message, "no sign change: 2 at -1 and 5 at 2"));
}
END_TEST

START_TEST(a_failing_function_passes_its_status_on)
{
    for (int at = 1; at <= 4; at++) {
        probe p = {.kind = 0, .fail_at = at};
        wio_error err = {0};
        double root = 3.0;
        ck_assert_int_eq(wio_root(&root, value, &p, 0.0, 2.0, 1e-12, &err), WIO_E_NOT_PRODUCTIVE);
        ck_assert_double_eq(root, 3.0);
    }
    probe missing = {.kind = 5};
    double root;
    ck_assert_int_eq(wio_root(&root, value, &missing, 0.0, 1.0, 1e-12, NULL), WIO_E_NONFINITE);
    ck_assert_int_eq(wio_root(&root, value, &missing, 0.0, INFINITY, 1e-12, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_root(&root, value, &missing, 0.0, 1.0, -1.0, NULL), WIO_E_ARGUMENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("root");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, the_cube_root_of_two);
    tcase_add_test(known, flat_zeros_and_jumps_are_found_by_bisection);
    tcase_add_test(known, a_zero_at_an_end_is_that_end);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, any_power_is_inverted, 0, 50);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, ends_of_one_sign_are_no_bracket);
    tcase_add_test(failures, a_failing_function_passes_its_status_on);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
