/* test_sums.c - sums of rows and columns: the bits of wio_sum for every shape and in every part. */
#include "../core/internal.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* Sizes around the registers (2, 4), the rows at once (8), the band (1024) and the least size for
 * threads (2^18 elements); numbers over forty decades, so that what a sum loses is large. */
static const size_t shapes[][2] = {{1, 1},    {1, 7},      {7, 1},   {8, 2},  {9, 3},
                                   {15, 5},   {16, 4},     {17, 33}, {31, 1}, {100, 100},
                                   {3, 1025}, {300, 1027}, {24, 8},  {8, 9},  {1030, 11}};

static double *numbers(size_t rows, size_t columns)
{
    uint64_t state = rows * 1000 + columns;
    double *V = wio_alloc(rows * columns, sizeof *V);
    for (size_t i = 0; i < rows * columns; i++) {
        V[i] = (random_uniform(&state) - 0.5) * pow(10.0, 40.0 * random_uniform(&state) - 20.0);
    }
    return V;
}

START_TEST(sums_of_rows_and_columns_are_wio_sums)
{
    size_t rows = shapes[_i][0], columns = shapes[_i][1];
    double *V = numbers(rows, columns), *sum = wio_alloc(rows + columns, sizeof *sum);
    wio_row_sums(sum, rows, columns, V);
    wio_column_sums(sum + rows, rows, columns, V);
    for (size_t i = 0; i < rows; i++) {
        double want = wio_sum(V + i * columns, columns, 1);
        ck_assert_mem_eq(&sum[i], &want, sizeof want);
    }
    for (size_t j = 0; j < columns; j++) {
        double want = wio_sum(V + j, rows, columns);
        ck_assert_mem_eq(&sum[rows + j], &want, sizeof want);
    }
    wio_free(V);
    wio_free(sum);
}
END_TEST

/* In parts of 1, 5 and 8 rows. */
START_TEST(columns_in_parts_are_columns_at_once)
{
    static const size_t part[] = {1, 5, 8};
    size_t rows = shapes[_i][0], columns = shapes[_i][1];
    double *V = numbers(rows, columns), *sum = wio_zalloc(3 * columns, sizeof *sum);
    double *total = sum + columns, *lost = total + columns;
    wio_column_sums(sum, rows, columns, V);
    for (size_t p = 0; p < 3; p++) {
        memset(total, 0, 2 * columns * sizeof *total);
        for (size_t i = 0; i < rows; i += part[p]) {
            size_t left = rows - i;
            wio_column_sums_add(total, lost, left < part[p] ? left : part[p], columns,
                                V + i * columns);
        }
        for (size_t j = 0; j < columns; j++) {
            double found = total[j] + lost[j];
            ck_assert_mem_eq(&found, &sum[j], sizeof found);
        }
    }
    wio_free(V);
    wio_free(sum);
}
END_TEST

START_TEST(what_is_not_finite_stays_so)
{
    double V[64] = {0.0}, sum[8];
    V[9] = INFINITY;
    V[18] = NAN;
    wio_column_sums(sum, 8, 8, V);
    ck_assert(!isfinite(sum[1]) && !isfinite(sum[2]) && sum[0] == 0.0);
    wio_row_sums(sum, 8, 8, V);
    ck_assert(!isfinite(sum[1]) && !isfinite(sum[2]) && sum[3] == 0.0);
}
END_TEST

int main(void)
{
    const int count = sizeof shapes / sizeof shapes[0];
    Suite *suite = suite_create("sums");
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, sums_of_rows_and_columns_are_wio_sums, 0, count);
    tcase_add_loop_test(properties, columns_in_parts_are_columns_at_once, 0, count);
    tcase_add_test(properties, what_is_not_finite_stays_so);
    suite_add_tcase(suite, properties);
    return run_suite(suite);
}
