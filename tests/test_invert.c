/* test_invert.c - wio_invert: TOY3 (MODEL 3a), agreement with wio_multipliers, failures. */
#include "support.h"

#include "../core/internal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static wio_result *inverse_of(const wio_table *table, const wio_invert_options *options)
{
    wio_result *result = NULL;
    wio_error err = {0};
    wio_status status = wio_invert(&result, table, options, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return result;
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(toy3_as_printed)
{
    /* MODEL 3a: six digits printed. */
    static const double L[] = {1.216510, .086894, .017379, .200279, 1.233818,
                               .076032,  .277636, .228890, 1.216510};
    wio_table *table = toy3();
    wio_result *r = inverse_of(table, NULL);
    check_numbers(r, "leontief_inverse", L, 9, 5.001e-7);
    const wio_variable *v = wio_result_find(r, "leontief_inverse");
    ck_assert_uint_eq(v->rank, 2);
    ck_assert_str_eq(v->dimension[0], "activity");
    ck_assert_str_eq(v->dimension[1], "demand");
    ck_assert_str_eq(v->units, "million USD per million USD");
    ck_assert_str_eq(wio_result_find(r, "demand")->text[1], "US.M");
    ck_assert_str_eq(wio_result_find(r, "sector")->text[2], "S");
    ck_assert_str_eq(wio_result_attribute(r, "command"), "invert");
    ck_assert_str_eq(wio_result_attribute(r, "certificate/productive"), "yes");
    ck_assert_str_eq(wio_result_attribute(r, "certificate/residual_kind"), "computed");
    ck_assert_str_eq(wio_result_attribute(r, "certificate/clamped"), "0");
    ck_assert_ptr_nonnull(wio_result_attribute(r, "provenance/blas"));
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

START_TEST(column_sums_are_the_output_multipliers)
{
    wio_table *table = toy_mrio();
    wio_table_info info;
    wio_table_describe(&info, table);
    wio_result *r = inverse_of(table, NULL), *m = multipliers_of(table, NULL);
    const double *L = numbers_of(r, "leontief_inverse"), *output = numbers_of(m, "output");
    for (size_t j = 0; j < info.n; j++) { /* sums of n numbers, each right to some units */
        double sum = wio_sum(L + j, info.n, info.n);
        ck_assert_double_eq_tol(sum, output[j], 64 * 0x1p-53 * sum);
    }
    wio_result_free(m);
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

START_TEST(quick_says_that_it_bounds_nothing)
{
    wio_table *table = toy3();
    const wio_invert_options options = {.quick = true, .threads = 2, .reproducible = true};
    wio_result *full = inverse_of(table, NULL), *quick = inverse_of(table, &options);
    ck_assert_mem_eq(numbers_of(full, "leontief_inverse"), numbers_of(quick, "leontief_inverse"),
                     9 * sizeof(double));
    ck_assert_str_eq(wio_result_attribute(quick, "certificate/error_bound"), "");
    ck_assert_str_eq(wio_result_attribute(quick, "certificate/residual_kind"), "estimated");
    ck_assert_ptr_null(wio_result_attribute(quick, "provenance/threads"));
    double bound = strtod(wio_result_attribute(full, "certificate/error_bound"), NULL);
    ck_assert(bound > 0.0 && bound < 1e-13);
    wio_result_free(quick);
    wio_result_free(full);
    wio_table_free(table);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(an_unproductive_table_is_refused_by_name)
{
    wio_table *table = unproductive();
    wio_result *r = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    ck_assert_int_eq(wio_invert(&r, table, NULL, log, &err), WIO_E_NOT_PRODUCTIVE);
    ck_assert_ptr_null(r);
    ck_assert_ptr_nonnull(strstr(err.message, "Hawkins-Simon fails"));
    ck_assert_ptr_nonnull(strstr(err.message, "US.A"));
    ck_assert(logged(log, "US.B"));
    wio_log_free(log);
    wio_table_free(table);
}
END_TEST

START_TEST(arguments_are_checked)
{
    wio_table *table = toy3();
    wio_result *r = NULL;
    ck_assert_int_eq(wio_invert(NULL, table, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_invert(&r, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    wio_table_free(table);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *tables[] = {toy3(), unproductive()};
    static const wio_status want[] = {WIO_OK, WIO_E_NOT_PRODUCTIVE};
    const wio_invert_options options = {.threads = 1};
    for (size_t t = 0; t < 2; t++) {
        long live = wio_alloc_live;
        wio_status status = WIO_E_MEMORY;
        for (long budget = 0; status == WIO_E_MEMORY; budget++) {
            wio_result *r = NULL;
            wio_error err = {0};
            wio_alloc_budget = budget;
            status = wio_invert(&r, tables[t], &options, NULL, &err);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || (r == NULL && err.message[0] != '\0'));
            wio_result_free(r);
            ck_assert_int_eq(wio_alloc_live, live);
            ck_assert_int_lt(budget, 2000);
        }
        ck_assert_int_eq(status, want[t]);
        wio_table_free(tables[t]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("invert");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, toy3_as_printed);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, column_sums_are_the_output_multipliers);
    tcase_add_test(properties, quick_says_that_it_bounds_nothing);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, an_unproductive_table_is_refused_by_name);
    tcase_add_test(failures, arguments_are_checked);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
