/* test_extract.c - unknowns taken out: MODEL 3(f), and systems in which they are not there. */
#include "support.h"

#include "../solvers/linear/extract.h"

#include "../core/internal.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

static wio_system *system_of(const double *A, size_t n)
{
    wio_system *system = NULL;
    wio_error err = {0};
    wio_status status = wio_system_create(&system, n, A, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return system;
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(manufacturing_of_toy3_as_printed)
{
    /* MODEL 3(f); e in thousand jobs per billion. L_MM as in 3(a). */
    static const double want[] = {49.298597, 700, 129.859719};
    static const double weight[] = {1, 1, 1, 10, 3, 6};
    static const size_t M[] = {1};
    double A[9], x[3], loss[6], diagonal[3], drop[3];
    toy_coefficients(A, x);
    ck_assert_int_eq(wio_extract_each(loss, NULL, diagonal, 3, A, NULL, NULL, 2, weight, x, NULL,
                                      NULL, NULL, NULL),
                     WIO_OK);
    ck_assert_double_eq_tol(loss[1], 879.158317, 5.001e-7);
    ck_assert_double_eq_tol(loss[4], 3372.144289, 5.001e-7);
    ck_assert_double_eq_tol(diagonal[1], 1.233818, 5.001e-7);
    wio_system *system = system_of(A, 3);
    ck_assert_int_eq(wio_extract_group(drop, system, NULL, 1, M, x, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(drop[i], want[i], 5.001e-7);
    }
    wio_system_free(system);
}
END_TEST

START_TEST(a_part_of_manufacturings_sales_as_printed)
{
    /* MODEL 3(f): .3 of what M sells to industries is imported instead. */
    static const double want[] = {4.750077, 67.447234, 12.512398}, e[] = {10, 3, 6};
    static const size_t M[] = {1};
    const wio_cut cut = {WIO_CUT_ROWS, .3};
    double A[9], x[3], sales[3], loss[3], own[3], drop[3];
    toy_coefficients(A, x);
    wio_apply(sales, 3, A, x);
    ck_assert_int_eq(
        wio_extract_each(loss, own, NULL, 3, A, NULL, &cut, 1, e, sales, NULL, NULL, NULL, NULL),
        WIO_OK);
    ck_assert_double_eq_tol(loss[1], 324.916863, 5.001e-7);
    ck_assert_double_eq_tol(own[1], want[1], 5.001e-7);
    wio_system *system = system_of(A, 3);
    ck_assert_int_eq(wio_extract_group(drop, system, &cut, 1, M, sales, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(drop[i], want[i], 5.001e-7);
    }
    wio_system_free(system);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

/* x* by factors of A with the links of the group cut; f_K becomes 0 where it is taken out whole. */
static void recompute(double *drop, const double *A, size_t n, const double *x, const wio_cut *cut,
                      size_t count, const size_t *group)
{
    double *B = malloc((n * n + n) * sizeof *B), *f = B + n * n;
    ck_assert_ptr_nonnull(B);
    memcpy(B, A, n * n * sizeof *B);
    wio_apply(f, n, A, x);
    for (size_t i = 0; i < n; i++) {
        f[i] = x[i] - f[i];
    }
    for (size_t k = 0; k < count; k++) {
        f[group[k]] *= cut->links == WIO_CUT_ALL ? 0.0 : 1.0;
        for (size_t i = 0; i < n; i++) {
            B[i * n + group[k]] *= cut->links != WIO_CUT_ROWS ? 1.0 - cut->share : 1.0;
            B[group[k] * n + i] *= cut->links != WIO_CUT_COLUMNS ? 1.0 - cut->share : 1.0;
        }
    }
    wio_system *system = system_of(B, n);
    ck_assert_int_eq(wio_system_solve(drop, system, 1, f, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < n; i++) {
        drop[i] = x[i] - drop[i];
    }
    wio_system_free(system);
    free(B);
}

/* MODEL Q10: columns of A sum to .5, so L has sums up to 2 and conditions below 10; n sums of n
 * numbers leave 64 n u of what is summed. */
START_TEST(closed_forms_agree_with_recomputation)
{
    uint64_t state = 1000 + (uint64_t)_i;
    size_t n = 2 + (size_t)(58 * random_uniform(&state));
    double *A = calloc(n * n, sizeof *A), *want = calloc(5 * n, sizeof *want);
    double *drop = want + n, *loss = drop + n, *own = loss + n, *sales = own + n;
    ck_assert(A != NULL && want != NULL);
    double *x = random_vector(n, 1.0, 2.0, &state), *g = random_vector(n, 0.0, 1.0, &state);
    random_matrix(A, n, .6, .5, &state);
    wio_system *system = system_of(A, n);
    const wio_cut cut = {(wio_cut_links)(_i % 3), _i % 3 == 0 || _i % 2 ? 1.0 : .3};
    wio_apply(sales, n, A, x);
    const double *amount = cut.links == WIO_CUT_ROWS ? sales : x;
    double top = 0.0, each = 64.0 * (double)n * U * 4.0;
    ck_assert_int_eq(
        wio_extract_each(loss, own, NULL, n, A, NULL, &cut, 1, g, amount, NULL, NULL, NULL, NULL),
        WIO_OK);
    for (size_t k = 0; k < n; k++) {
        recompute(want, A, n, x, &cut, 1, &k);
        double sum = wio_dot(g, want, n);
        top = fmax(top, sum);
        ck_assert_double_eq_tol(loss[k], sum, each * (double)n);
        ck_assert_double_eq_tol(own[k], want[k], each);
    }
    ck_assert_double_gt(top, 0.0);
    size_t group[60], count = 0;
    for (size_t k = 0; k < n; k++) {
        if (random_uniform(&state) < .3 || (k == n - 1 && count == 0)) {
            group[count++] = k;
        }
    }
    recompute(want, A, n, x, &cut, count, group);
    ck_assert_int_eq(wio_extract_group(drop, system, &cut, count, group, amount, NULL, NULL),
                     WIO_OK);
    for (size_t i = 0; i < n; i++) {
        ck_assert_double_eq_tol(drop[i], want[i], each);
    }
    for (size_t k = 0; k < count && cut.links == WIO_CUT_ALL; k++) {
        ck_assert_double_eq(drop[group[k]], x[group[k]]);
    }
    wio_system_free(system);
    wio_free(g);
    wio_free(x);
    free(want);
    free(A);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(arguments_are_checked)
{
    static const double A[] = {.2, .1, .1, .3}, one[] = {1, 1}, bad[] = {1, NAN};
    static const double out[] = {.2, 2.0, 2.0, .3};
    static const size_t twice[] = {0, 0}, far[] = {2};
    double loss[2] = {-1, -1};
    wio_system *s = system_of(A, 2);
    ck_assert_int_eq(
        wio_extract_each(NULL, NULL, NULL, 2, A, NULL, NULL, 1, one, one, NULL, NULL, NULL, NULL),
        WIO_E_ARGUMENT);
    ck_assert_int_eq(
        wio_extract_each(loss, NULL, NULL, 2, A, NULL, NULL, 1, one, bad, NULL, NULL, NULL, NULL),
        WIO_E_NONFINITE);
    ck_assert_int_eq(
        wio_extract_each(loss, NULL, NULL, 2, A, NULL, NULL, 1, bad, one, NULL, NULL, NULL, NULL),
        WIO_E_NONFINITE);
    ck_assert_int_eq(
        wio_extract_each(loss, NULL, NULL, 2, out, NULL, NULL, 1, one, one, NULL, NULL, NULL, NULL),
        WIO_E_NOT_PRODUCTIVE);
    ck_assert_int_eq(wio_extract_group(loss, s, NULL, 2, twice, one, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_extract_group(loss, s, NULL, 1, far, one, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_extract_group(loss, s, NULL, 0, far, one, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_extract_group(loss, s, NULL, 1, twice, bad, NULL, NULL), WIO_E_NONFINITE);
    for (int t = 0; t < 4; t++) { /* part of everything is another question; nothing; too much */
        const wio_cut cut = {t == 0 ? WIO_CUT_ALL : WIO_CUT_ROWS,
                             (const double[]){.5, 0.0, 1.5, NAN}[t]};
        ck_assert_int_eq(wio_extract_each(loss, NULL, NULL, 2, A, NULL, &cut, 1, one, one, NULL,
                                          NULL, NULL, NULL),
                         WIO_E_ARGUMENT);
        ck_assert_int_eq(wio_extract_group(loss, s, &cut, 1, twice, one, NULL, NULL),
                         WIO_E_ARGUMENT);
    }
    ck_assert(loss[0] == -1 && loss[1] == -1);
    wio_system_free(s);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    static const double one[] = {1, 1, 1};
    static const size_t group[] = {0, 2};
    static const wio_inverse_options how = {.threads = 1};
    double A[9], x[3], loss[3];
    toy_coefficients(A, x);
    wio_system *system = system_of(A, 3);
    long live = wio_alloc_live;
    for (int t = 0; t < 2; t++) {
        wio_status status = WIO_E_MEMORY;
        for (long budget = 0; status == WIO_E_MEMORY; budget++) {
            wio_error err = {0};
            wio_alloc_budget = budget;
            loss[0] = -7.0;
            status = t == 0 ? wio_extract_each(loss, NULL, NULL, 3, A, NULL, NULL, 1, one, x, &how,
                                               NULL, NULL, &err)
                            : wio_extract_group(loss, system, NULL, 2, group, x, NULL, &err);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || (loss[0] == -7.0 && err.message[0] != '\0'));
            ck_assert_int_eq(wio_alloc_live, live);
            ck_assert_int_lt(budget, 200);
        }
        ck_assert_int_eq(status, WIO_OK);
    }
    wio_system_free(system);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extract");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, manufacturing_of_toy3_as_printed);
    tcase_add_test(known, a_part_of_manufacturings_sales_as_printed);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, closed_forms_agree_with_recomputation, 0, 40);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, arguments_are_checked);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
