/* test_sample.c - matrices made from a seed: what they promise of their columns, zeros and bits. */
#include "support.h"

#include "../solvers/linear/sample.h"
#include "../solvers/linear/system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double BASE[] = {.1, .2, 0, .3, 0, .1, .05, .4, .2}; /* columns .45, .6, .3 */

static void made(wio_status status, const wio_error *err)
{
    ck_assert_msg(status == WIO_OK, "%s", err->message);
}

static wio_sample blocks_of(size_t blocks, size_t each, double zeros)
{
    wio_sample sample = {0};
    wio_error err = {0};
    made(wio_sample_blocks(&sample, blocks, each, zeros, 3, &err), &err);
    return sample;
}

/* wio_gth_fits asks what elimination with v as data asks. */
static void check_shares(const wio_sample *sample, double low, double high)
{
    ck_assert(wio_gth_fits(sample->A.n, sample->element, sample->v));
    for (size_t j = 0; j < sample->A.n; j++) {
        ck_assert(sample->v[j] >= low && sample->v[j] <= high);
    }
}

/* --- known answers ------------------------------------------------------------------------------ */

/* The formulas of sample.c in Python's integers and doubles. */
START_TEST(two_by_two_is_what_python_makes_of_the_formulas)
{
    wio_sample sample = {0};
    wio_error err = {0};
    made(wio_sample_dense(&sample, 2, 1, &err), &err);
    const double want[] = {0x1.3c4580d666508p-3, 0x1.660adb75e74eap-2, 0x1.e81a8bfca5dd1p-2,
                           0x1.39f02e0c2f341p-2};
    const double v[] = {0x1.79c2b39826facp-2, 0x1.6004f67de97d5p-2};
    ck_assert_mem_eq(sample.element, want, sizeof want);
    ck_assert_mem_eq(sample.v, v, sizeof v);
    wio_sample_free(&sample);
}
END_TEST

START_TEST(one_group_of_a_given_matrix_is_that_matrix)
{
    wio_sample sample = {0};
    wio_error err = {0};
    made(wio_sample_tiled(&sample, 3, BASE, 3, 5, &err), &err);
    for (size_t i = 0; i < 9; i++) { /* a quotient and a product: 2 u */
        ck_assert(fabs(sample.element[i] - BASE[i]) <= 3 * WIO_UNIT * BASE[i]);
    }
    wio_sample_free(&sample);
}
END_TEST

/* --- properties --------------------------------------------------------------------------------- */

START_TEST(columns_and_their_shares_sum_to_one)
{
    wio_sample sample = {0};
    wio_error err = {0};
    made(wio_sample_dense(&sample, 97, 7, &err), &err);
    check_shares(&sample, .3, .7);
    wio_sample_free(&sample);
    sample = blocks_of(7, 30, .7);
    check_shares(&sample, .3, .6);
    wio_sample_free(&sample);
    made(wio_sample_tiled(&sample, 100, BASE, 3, 5, &err), &err);
    check_shares(&sample, .39, .71);
    wio_sample_free(&sample);
}
END_TEST

/* Of 250,000 cells; four standard deviations of a count are 4 (.25 * 250,000)^(1/2) / 250,000. */
START_TEST(as_many_elements_are_zero_as_asked)
{
    static const double zeros[] = {0, .5, .65, .8};
    static const size_t blocks[] = {1, 2, 10};
    for (size_t z = 0; z < 4; z++) {
        for (size_t b = 0; b < 3; b++) {
            wio_sample sample = blocks_of(blocks[b], 500 / blocks[b], zeros[z]);
            size_t count = 0, n = sample.A.n;
            ck_assert_uint_eq(n, 500);
            for (size_t i = 0; i < n * n; i++) {
                count += sample.element[i] == 0.0;
            }
            /* the 500 elements of the diagonal are never zero */
            ck_assert_double_eq_tol((double)count / 250000, zeros[z], 4 * .001 + .002 * zeros[z]);
            wio_sample_free(&sample);
        }
    }
}
END_TEST

START_TEST(groups_deal_mostly_among_themselves)
{
    wio_sample sample = blocks_of(6, 40, .6);
    double home = 0.0, all = 0.0;
    ck_assert_uint_eq(sample.blocks, 6);
    ck_assert_uint_eq(sample.block[6], 240);
    for (size_t i = 0; i < 240; i++) {
        for (size_t j = 0; j < 240; j++) {
            all += sample.element[i * 240 + j];
            home += i / 40 == j / 40 ? sample.element[i * 240 + j] : 0.0;
        }
    }
    ck_assert(home > .6 * all && home < .99 * all);
    wio_sample_free(&sample);
}
END_TEST

START_TEST(a_repeated_matrix_keeps_the_zeros_and_sums_of_its_columns)
{
    wio_sample sample = {0};
    wio_error err = {0};
    made(wio_sample_tiled(&sample, 11, BASE, 3, 5, &err), &err);
    ck_assert_uint_eq(sample.blocks, 4);
    ck_assert_uint_eq(sample.block[4], 11);
    for (size_t i = 0; i < 11; i++) {
        for (size_t j = 0; j < 11; j++) {
            double base = BASE[i % 3 * 3 + j % 3], element = sample.element[i * 11 + j];
            ck_assert((base == 0.0) == (element == 0.0));
        }
        ck_assert_double_eq_tol(wio_sum(sample.element + i, 11, 11), wio_sum(BASE + i % 3, 3, 3),
                                16 * WIO_UNIT);
    }
    wio_sample_free(&sample);
}
END_TEST

START_TEST(compressed_rows_have_their_entries_in_ascending_columns)
{
    wio_sample sample = {0};
    wio_error err = {0};
    double sum[2500] = {0};
    made(wio_sample_sparse(&sample, 2500, 12, 9, &err), &err);
    ck_assert_uint_eq(sample.A.start[2500], 2500 * 12);
    ck_assert_uint_eq(sample.blocks, 3);
    for (size_t i = 0; i < 2500; i++) {
        bool diagonal = false;
        for (size_t k = sample.A.start[i]; k < sample.A.start[i + 1]; k++) {
            ck_assert(k == i * 12 || sample.A.column[k] > sample.A.column[k - 1]);
            ck_assert_uint_lt(sample.A.column[k], 2500);
            ck_assert(sample.A.value[k] > 0.0);
            diagonal |= sample.A.column[k] == i;
            sum[sample.A.column[k]] += sample.A.value[k];
        }
        ck_assert(diagonal);
    }
    for (size_t j = 0; j < 2500; j++) {
        ck_assert_double_eq_tol(sum[j] + sample.v[j], 1.0, 64 * WIO_UNIT); /* < 60 terms */
    }
    wio_sample_free(&sample);
    made(wio_sample_sparse(&sample, 5, 5, 9, &err), &err); /* every column is taken */
    for (uint32_t k = 0; k < 25; k++) {
        ck_assert_uint_eq(sample.A.column[k], k % 5);
    }
    wio_sample_free(&sample);
}
END_TEST

static void digest_of(char hex[WIO_DIGEST_SIZE], const char *threads)
{
    wio_sample sample[3] = {0};
    wio_error err = {0};
    char one[3 * WIO_DIGEST_SIZE];
    ck_assert_int_eq(setenv("OMP_NUM_THREADS", threads, 1), 0);
    made(wio_sample_blocks(&sample[0], 9, 77, .6, 11, &err), &err);
    made(wio_sample_tiled(&sample[1], 700, BASE, 3, 11, &err), &err);
    made(wio_sample_sparse(&sample[2], 3000, 9, 11, &err), &err);
    for (int s = 0; s < 3; s++) {
        size_t n = sample[s].A.n;
        wio_digest(one + s * (WIO_DIGEST_SIZE - 1), sample[s].element,
                   (s < 2 ? n * n : n * 9) * sizeof(double));
        wio_sample_free(&sample[s]);
    }
    wio_digest(hex, one, strlen(one));
}

START_TEST(the_bits_do_not_depend_on_the_threads)
{
    char one[WIO_DIGEST_SIZE], three[WIO_DIGEST_SIZE];
    digest_of(one, "1");
    digest_of(three, "3");
    ck_assert_str_eq(one, three);
}
END_TEST

START_TEST(another_seed_gives_another_matrix)
{
    wio_sample one = {0}, two = {0};
    wio_error err = {0};
    made(wio_sample_dense(&one, 9, 1, &err), &err);
    made(wio_sample_dense(&two, 9, 2, &err), &err);
    for (size_t i = 0; i < 81; i++) {
        ck_assert(one.element[i] != two.element[i]);
    }
    wio_sample_free(&one);
    wio_sample_free(&two);
}
END_TEST

/* --- failures ----------------------------------------------------------------------------------- */

START_TEST(sizes_that_make_no_matrix_are_refused)
{
    static const double negative[] = {-.1}, nan[] = {NAN};
    wio_sample sample = {.blocks = 77};
    wio_error err = {0};
    ck_assert_int_eq(wio_sample_dense(&sample, 0, 1, &err), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_sample_blocks(&sample, 0, 3, .5, 1, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_sample_blocks(&sample, 3, SIZE_MAX, .5, 1, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_sample_blocks(&sample, 3, 3, NAN, 1, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_sample_sparse(&sample, 3, 4, 1, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_sample_sparse(&sample, (size_t)1 << 33, 4, 1, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_sample_tiled(&sample, 2, BASE, 3, 1, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_sample_tiled(&sample, 2, negative, 1, 1, NULL), WIO_E_NONFINITE);
    ck_assert_int_eq(wio_sample_tiled(&sample, 2, nan, 1, 1, NULL), WIO_E_NONFINITE);
    ck_assert_int_eq(wio_sample_dense(&sample, SIZE_MAX / 9, 1, NULL), WIO_E_MEMORY);
    ck_assert_uint_eq(sample.blocks, 77);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    for (int which = 0; which < 4; which++) {
        long live = wio_alloc_live, budget = 0;
        wio_sample sample = {0};
        wio_status status = WIO_E_MEMORY;
        for (; status == WIO_E_MEMORY; budget++) {
            wio_alloc_budget = budget;
            status = which == 0   ? wio_sample_dense(&sample, 4, 1, NULL)
                     : which == 1 ? wio_sample_blocks(&sample, 2, 4, .5, 1, NULL)
                     : which == 2 ? wio_sample_sparse(&sample, 9, 3, 1, NULL)
                                  : wio_sample_tiled(&sample, 7, BASE, 3, 1, NULL);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || wio_alloc_live == live);
        }
        ck_assert_int_eq(status, WIO_OK);
        ck_assert_int_ge(budget, 5);
        wio_sample_free(&sample);
        ck_assert_int_eq(wio_alloc_live, live);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sample");
    TCase *known = tcase_create("known answers"), *properties = tcase_create("properties");
    TCase *failures = tcase_create("failures");
    tcase_add_test(known, two_by_two_is_what_python_makes_of_the_formulas);
    tcase_add_test(known, one_group_of_a_given_matrix_is_that_matrix);
    tcase_add_test(properties, columns_and_their_shares_sum_to_one);
    tcase_add_test(properties, as_many_elements_are_zero_as_asked);
    tcase_add_test(properties, groups_deal_mostly_among_themselves);
    tcase_add_test(properties, a_repeated_matrix_keeps_the_zeros_and_sums_of_its_columns);
    tcase_add_test(properties, compressed_rows_have_their_entries_in_ascending_columns);
    tcase_add_test(properties, the_bits_do_not_depend_on_the_threads);
    tcase_add_test(properties, another_seed_gives_another_matrix);
    tcase_add_test(failures, sizes_that_make_no_matrix_are_refused);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, known);
    suite_add_tcase(suite, properties);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
