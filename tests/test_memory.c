/* test_memory.c - the library's memory: alignment, overflow, the budget that other tests fail with. */
#include "support.h"

#include "../core/internal.h"

#include <check.h>
#include <omp.h>
#include <stdint.h>

START_TEST(blocks_are_aligned_counted_and_never_of_a_wrapped_size)
{
    long live = wio_alloc_live;
    double *a = wio_alloc(3, sizeof *a), *b = wio_zalloc(5, sizeof *b);
    ck_assert(a != NULL && b != NULL);
    ck_assert_uint_eq((uintptr_t)a % 64, 0);
    ck_assert(b[0] == 0.0 && b[4] == 0.0);
    ck_assert_int_eq((int)(wio_alloc_live - live), 2);
    ck_assert_ptr_null(wio_alloc(SIZE_MAX / 8 + 2, 8));
    ck_assert_ptr_null(wio_alloc(1, SIZE_MAX));
    wio_free(a);
    wio_free(b);
    wio_free(NULL);
    ck_assert_int_eq((int)(wio_alloc_live - live), 0);
}
END_TEST

/* A budget of `left` allocations is worth exactly that many, whoever takes them: a hook that looks
 * first and subtracts after grants more, and wraps below 0 to "no limit". */
START_TEST(threads_share_a_budget_to_the_last_allocation)
{
    enum { THREADS = 4, TIMES = 2000, LEFT = 1000 };
    long live = wio_alloc_live;
    void *block[THREADS][TIMES] = {{NULL}};
    int got = 0;
    wio_alloc_budget = LEFT;
#pragma omp parallel num_threads(THREADS) reduction(+ : got)
    for (int k = 0; k < TIMES; k++) {
        void **own = &block[omp_get_thread_num()][k];
        *own = wio_alloc(1, 1);
        got += *own != NULL;
    }
    ck_assert_int_eq((int)wio_alloc_budget, 0);
    wio_alloc_budget = -1;
    ck_assert_int_eq(got, LEFT);
    for (size_t t = 0; t < THREADS; t++) {
        for (size_t k = 0; k < TIMES; k++) {
            wio_free(block[t][k]);
        }
    }
    ck_assert_int_eq((int)(wio_alloc_live - live), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, blocks_are_aligned_counted_and_never_of_a_wrapped_size);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, threads_share_a_budget_to_the_last_allocation, 0, 20);
    suite_add_tcase(suite, properties);
    return run_suite(suite);
}
