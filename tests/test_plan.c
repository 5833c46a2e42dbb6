/* test_plan.c - which method is chosen, why, and what it is expected to cost. */
#include "support.h"

#include "../solvers/linear/plan.h"
#include "../solvers/linear/system.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* The plan of n dense equations; no element is ever read. */
static wio_plan plan_of(size_t n, size_t k, double memory)
{
    static const double nothing = 0.0;
    const wio_matrix A = {.n = n, .dense = &nothing};
    const wio_solver_options options = {.right_hand_sides = k, .memory = memory};
    wio_plan plan = {0};
    wio_error err = {0};
    ck_assert_msg(wio_plan_make(&plan, &A, NULL, &options, &err) == WIO_OK, "%s", err.message);
    return plan;
}

START_TEST(small_systems_are_factored)
{
    ck_assert_int_eq(plan_of(1, 1, 1e12).method, WIO_METHOD_LU);
    ck_assert_int_eq(plan_of(113, 1, 1e12).method, WIO_METHOD_LU);
    ck_assert_int_eq(plan_of(WIO_SMALL, 1000, 1e12).method, WIO_METHOD_LU);
}
END_TEST

/* 2/3 9800^3 = 6.3e11 operations take seconds, 45 readings of 0.77 GB less than two. */
START_TEST(one_demand_on_a_large_table_needs_no_factors)
{
    wio_plan plan = plan_of(9800, 1, 1e12);
    ck_assert_int_eq(plan.method, WIO_METHOD_KRYLOV);
    ck_assert(plan.alternative[WIO_METHOD_LU] > plan.seconds);
    ck_assert_ptr_nonnull(strstr(plan.reason, "9800 equations, 1 right-hand side: lu would take"));
    ck_assert_int_eq(plan_of(9800, 5000, 1e12).method, WIO_METHOD_LU);
}
END_TEST

/* Factors of 9,800 equations hold 8 n^2 = 0.77 GB, of single precision half. */
START_TEST(what_does_not_fit_is_not_chosen)
{
    wio_plan plan = plan_of(9800, 5000, 7e8);
    ck_assert(plan.method != WIO_METHOD_LU);
    ck_assert(isnan(plan.alternative[WIO_METHOD_LU]));
    ck_assert(plan.bytes <= 7e8);
}
END_TEST

START_TEST(what_cannot_fit_is_refused_with_the_bytes)
{
    static const double nothing = 0.0;
    const wio_matrix A = {.n = 9800, .dense = &nothing};
    const wio_solver_options options = {.method = WIO_METHOD_LU, .memory = 5e8};
    wio_plan plan = {.seconds = 7.0};
    wio_error err = {0};
    double bytes = wio_method_cost(WIO_METHOD_LU, true, 9800, 9800 * 9800, 1).bytes;
    char want[64];
    ck_assert_int_eq(wio_plan_make(&plan, &A, NULL, &options, &err), WIO_E_MEMORY);
    (void)snprintf(want, sizeof want, "need %.0f bytes", bytes);
    ck_assert_msg(strstr(err.message, want) != NULL, "%s", err.message);
    ck_assert(plan.seconds == 7.0);
    ck_assert(bytes >= 8.0 * 9800 * 9800 && bytes <= 1.1 * 8.0 * 9800 * 9800);
}
END_TEST

START_TEST(a_sparse_matrix_is_not_expanded)
{
    size_t n = 1000000, *start = wio_zalloc(n + 1, sizeof *start);
    ck_assert_ptr_nonnull(start);
    start[n] = 20 * n;
    const uint32_t column = 0;
    const double value = 0.0;
    const wio_matrix A = {.n = n, .start = start, .column = &column, .value = &value};
    wio_plan plan;
    ck_assert_int_eq(wio_plan_make(&plan, &A, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(plan.method, WIO_METHOD_KRYLOV);
    ck_assert(isnan(plan.alternative[WIO_METHOD_LU])); /* 16 TB */
    wio_free(start);
}
END_TEST

START_TEST(a_method_is_taken_when_asked_for)
{
    static const double nothing = 0.0;
    const wio_matrix A = {.n = 600, .dense = &nothing};
    wio_plan plan;
    wio_error err = {0};
    for (wio_method m = WIO_METHOD_LU; m < WIO_METHOD_ENTRYWISE; m++) {
        const wio_solver_options options = {.method = m};
        ck_assert_int_eq(wio_plan_make(&plan, &A, NULL, &options, NULL), WIO_OK);
        ck_assert_int_eq(plan.method, m);
        ck_assert_ptr_nonnull(strstr(plan.reason, wio_method_name(m)));
    }
    const wio_solver_options entrywise = {.method = WIO_METHOD_ENTRYWISE};
    ck_assert_int_eq(wio_plan_make(&plan, &A, NULL, &entrywise, &err), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_plan_make(&plan, &A, &nothing, &entrywise, NULL), WIO_OK);
}
END_TEST

/* Bits must not depend on threads, so neither may the choice. */
START_TEST(the_choice_does_not_know_the_threads)
{
    static const double nothing = 0.0;
    for (size_t n = 600; n < 20000; n *= 3) {
        for (size_t k = 1; k <= 1000; k *= 1000) {
            wio_plan plan[2];
            const wio_matrix A = {.n = n, .dense = &nothing};
            for (int t = 0; t < 2; t++) {
                const wio_solver_options options = {
                    .threads = t == 0 ? 1 : 64, .right_hand_sides = k, .memory = 1e12};
                ck_assert_int_eq(wio_plan_make(&plan[t], &A, NULL, &options, NULL), WIO_OK);
            }
            ck_assert_int_eq(plan[0].method, plan[1].method);
        }
    }
}
END_TEST

START_TEST(what_is_held_is_counted)
{
    double left = wio_memory_left();
    ck_assert(left > 0.0 && isfinite(left));
    wio_alloc_mark();
    size_t before = wio_alloc_bytes;
    double *block = wio_alloc(1000000, sizeof *block);
    ck_assert_ptr_nonnull(block);
    ck_assert(wio_alloc_bytes - before >= 8000000 && wio_alloc_bytes - before < 8100000);
    wio_free(block);
    ck_assert_uint_eq(wio_alloc_bytes, before);
    ck_assert(wio_alloc_most - before >= 8000000);
}
END_TEST

START_TEST(more_than_there_is_is_refused_with_the_bytes)
{
    wio_error err = {0};
    ck_assert_int_eq(wio_memory_need(8e6, "a vector", &err), WIO_OK);
    ck_assert_int_eq(wio_memory_need(8e18, "a matrix", &err), WIO_E_MEMORY);
    ck_assert_msg(strstr(err.message, "a matrix needs 8000000000000000000 bytes") != NULL, "%s",
                  err.message);
}
END_TEST

START_TEST(a_limit_of_address_space_is_known)
{
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    const struct rlimit limit = {.rlim_cur = 500000000, .rlim_max = before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    double left = wio_memory_left();
    wio_status status = wio_memory_need(6e8, "a matrix", NULL);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
    ck_assert(left <= 500000000.0);
    ck_assert_int_eq(status, WIO_E_MEMORY);
}
END_TEST

START_TEST(nonsense_is_refused)
{
    static const double nothing = 0.0;
    const wio_matrix A = {.n = 3, .dense = &nothing}, none = {.n = 3}, empty = {.dense = &nothing};
    const wio_solver_options strange = {.method = WIO_METHODS};
    wio_plan plan;
    ck_assert_int_eq(wio_plan_make(NULL, &A, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_plan_make(&plan, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_plan_make(&plan, &none, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_plan_make(&plan, &empty, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_plan_make(&plan, &A, NULL, &strange, NULL), WIO_E_ARGUMENT);
    ck_assert_ptr_null(wio_method_name(WIO_METHODS));
    ck_assert_str_eq(wio_method_name(WIO_METHOD_KRYLOV), "krylov");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan");
    TCase *known = tcase_create("known answers"), *properties = tcase_create("properties");
    TCase *failures = tcase_create("failures");
    tcase_add_test(known, small_systems_are_factored);
    tcase_add_test(known, one_demand_on_a_large_table_needs_no_factors);
    tcase_add_test(known, what_does_not_fit_is_not_chosen);
    tcase_add_test(known, a_sparse_matrix_is_not_expanded);
    tcase_add_test(known, a_method_is_taken_when_asked_for);
    tcase_add_test(properties, the_choice_does_not_know_the_threads);
    tcase_add_test(properties, what_is_held_is_counted);
    tcase_add_test(failures, what_cannot_fit_is_refused_with_the_bytes);
    tcase_add_test(failures, more_than_there_is_is_refused_with_the_bytes);
    tcase_add_test(failures, a_limit_of_address_space_is_known);
    tcase_add_test(failures, nonsense_is_refused);
    suite_add_tcase(suite, known);
    suite_add_tcase(suite, properties);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
