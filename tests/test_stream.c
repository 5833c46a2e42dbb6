/* test_stream.c - total output with Z in its file: the solution of the table in memory, within what is
 * proven, for the same bits with any number of threads. */
#include "../core/table.h"
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char path[128];

static void make_folder(void)
{
    scratch_make();
    (void)snprintf(path, sizeof path, "%s", scratch("t.h5"));
}

static wio_table_file *packed(const wio_table *table)
{
    wio_table_file *file = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_table_write_hdf5(table, path, true, &err) == WIO_OK, "%s", err.message);
    ck_assert_msg(wio_table_file_open(&file, path, NULL, NULL, &err) == WIO_OK, "%s", err.message);
    return file;
}

/* One region of n sectors that sell `share` of their output to one another. */
static wio_table *economy(size_t n, double share)
{
    uint64_t state = 9;
    char(*code)[8] = calloc(n, sizeof *code);
    const char **sector = calloc(n, sizeof *sector);
    double *Z = calloc(n * n, sizeof *Z), *Y = calloc(n, sizeof *Y);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(code[i], sizeof code[i], "%zu", i % 100000);
        sector[i] = code[i];
        double sold = 0.0;
        for (size_t j = 0; j < n; j++) {
            double u = random_uniform(&state);
            Z[i * n + j] = u < 0.5 ? 0.0 : u;
            sold += Z[i * n + j];
        }
        Y[i] = sold * (1.0 - share) / share + 1e-3;
    }
    const wio_table_arrays arrays = one_region("e", n, sector, Z, Y, NULL, NULL);
    wio_table *table = table_made(&arrays);
    free(code);
    free(sector);
    free(Z);
    free(Y);
    return table;
}

/* The exact solution to 64 bits of mantissa: the series in long double, until nothing changes. */
static void reference(long double *x, const wio_table *t, const double *f)
{
    size_t n = t->n;
    long double *next = calloc(n, sizeof *next);
    for (size_t i = 0; i < n; i++) {
        x[i] = f[i];
    }
    for (int step = 0; step < 400; step++) {
        for (size_t i = 0; i < n; i++) {
            long double sum = f[i];
            for (size_t j = 0; j < n && t->Z != NULL; j++) {
                sum += t->x[j] > 0.0 ? (long double)t->Z[i * n + j] * x[j] / t->x[j] : 0.0L;
            }
            next[i] = sum;
        }
        memcpy(x, next, n * sizeof *x);
    }
    free(next);
}

static long double error_of(const wio_table *t, const wio_stream_report *r, const double *x,
                            const long double *exact)
{
    long double sum = 0.0L, most = 0.0L;
    for (size_t i = 0; i < t->n; i++) {
        long double off = fabsl(x[i] - exact[i]);
        sum += off;
        most = t->x[i] > 0.0 && off / t->x[i] > most ? off / t->x[i] : most;
    }
    return r->by_output ? most : sum;
}

/* A table's own final demand gives its own output, and any other what the series in long double gives.
 * The bound is above the error, and below the tolerance that was asked for. */
START_TEST(the_solution_is_within_what_is_proven)
{
    static const double tolerance[] = {1e-3, 1e-6, 1e-9, 0.0, 1e-12};
    wio_table *t = _i < 5 ? economy(60, 0.3 + 0.1 * _i) : toy_mrio();
    wio_table_file *file = packed(t);
    double *f = random_vector(t->n, -1.0, 5.0, &(uint64_t){17}), *x = wio_alloc(t->n, sizeof *x);
    long double *exact = calloc(t->n, sizeof *exact);
    reference(exact, t, f);
    for (size_t k = 0; k < 5; k++) {
        wio_stream_report report = {0};
        wio_error err = {0};
        ck_assert_msg(wio_table_file_solve(x, file, f, tolerance[k], &report, NULL, &err) == WIO_OK,
                      "%s", err.message);
        ck_assert(report.contraction > 0.0 && report.contraction < 1.0 && report.passes > 1);
        ck_assert_msg(error_of(t, &report, x, exact) <= report.bound, "%g > %g",
                      (double)error_of(t, &report, x, exact), report.bound);
        double size = 0.0, most = 0.0, want = tolerance[k] > 0.0 ? tolerance[k] : 1e-10;
        for (size_t i = 0; i < t->n; i++) {
            size += fabs(x[i]);
            most = fmax(most, fabs(x[i]) / t->x[i]);
        }
        ck_assert(report.bound <= want * (report.by_output ? most : size) * (1.0 + 1e-12));
    }
    free(exact);
    wio_free(f);
    wio_free(x);
    wio_table_file_close(file);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* 2200 x 2200 numbers are 38.7 MB, a panel at most 32 MiB: two panels. Its own final demand gives its
 * own output: x = Z 1 + y by construction. */
START_TEST(a_table_of_several_panels_gives_its_own_output)
{
    wio_table *t = economy(2200, 0.5);
    wio_table_file *file = packed(t);
    double *x = wio_alloc(t->n, sizeof *x);
    wio_stream_report report;
    ck_assert_int_eq(wio_table_file_solve(x, file, t->Y, 1e-11, &report, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < t->n && report.by_output; i++) {
        /* the bound, and the rounding of x itself: 2200 terms of one sign */
        ck_assert(fabs(x[i] / t->x[i] - 1.0) <= report.bound + 2200 * 0x1p-53);
    }
    ck_assert(report.by_output && report.bound < 1e-10);
    wio_free(x);
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

START_TEST(the_command_line_solver_gives_the_same)
{
    wio_table *t = economy(60, 0.4);
    wio_table_file *file = packed(t);
    wio_result *result = NULL;
    wio_stream_report report;
    double f[60] = {0}, x[60], most = 1.0;
    f[7] = 100.0;
    ck_assert_int_eq(wio_table_file_solve(x, file, f, 1e-13, &report, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < 60 && report.by_output; i++) {
        most = fmax(most, t->x[i]); /* the bound is of x_i / output_i */
    }
    ck_assert_int_eq(wio_solve(&result, t, f, NULL, NULL, NULL), WIO_OK);
    check_numbers(result, "output", x, 60, report.bound * most + 1e-12); /* its own: 1e-14 of 100 */
    wio_result_free(result);
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

START_TEST(what_cannot_be_proven_is_refused)
{
    wio_table *t = economy(20, 0.4);
    double f[20] = {1.0}, x[20] = {7.0};
    wio_error err = {0}, sold = {0};
    wio_table_file *file = packed(t);
    ck_assert_int_eq(wio_table_file_solve(x, file, f, 1e-17, NULL, NULL, &err),
                     WIO_E_NOT_CONVERGED);
    ck_assert_msg(strstr(err.message, "is proven, not 1e-17") != NULL, "%s", err.message);
    ck_assert_int_eq(wio_table_file_solve(x, file, f, -1.0, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_solve(NULL, file, f, 0.0, NULL, NULL, NULL), WIO_E_ARGUMENT);
    f[3] = NAN;
    ck_assert_int_eq(wio_table_file_solve(x, file, f, 0.0, NULL, NULL, NULL), WIO_E_NONFINITE);
    f[3] = 0.0;
    wio_table_file_close(file);
    t->Z[5] = -0.01;
    file = packed(t);
    ck_assert_int_eq(wio_table_file_solve(x, file, f, 0.0, NULL, NULL, NULL), WIO_E_UNSUPPORTED);
    wio_table_file_close(file);
    /* sector 4 sells everything to the others, and sector 5 buys more than it makes */
    t->Z[5] = 0.0;
    t->Y[4] = 0.0;
    t->Z[3 * 20 + 5] = 1000.0;
    file = packed(t);
    ck_assert_int_eq(wio_table_file_solve(x, file, f, 0.0, NULL, NULL, &sold), WIO_E_UNSUPPORTED);
    ck_assert_msg(strstr(sold.message, "nothing is proven") != NULL, "%s", sold.message);
    ck_assert_double_eq(x[0], 7.0);
    wio_table_file_close(file);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(no_failed_allocation_leaves_anything)
{
    wio_table *t = economy(20, 0.4);
    wio_table_file *file = packed(t);
    double f[20] = {1.0}, x[20] = {7.0};
    for (long budget = 0;; budget++) {
        wio_alloc_budget = budget;
        wio_status status = wio_table_file_solve(x, file, f, 0.0, NULL, NULL, NULL);
        wio_alloc_budget = -1;
        if (status == WIO_OK) {
            ck_assert_int_ge(budget, 8);
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_double_eq(x[0], 7.0);
    }
    wio_table_file_close(file);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stream");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, make_folder, scratch_remove);
    tcase_set_timeout(known, 60);
    tcase_add_test(known, a_table_of_several_panels_gives_its_own_output);
    tcase_add_test(known, the_command_line_solver_gives_the_same);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, make_folder, scratch_remove);
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, the_solution_is_within_what_is_proven, 0, 6);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, make_folder, scratch_remove);
    tcase_set_timeout(failures, 60);
    tcase_add_test(failures, what_cannot_be_proven_is_refused);
    tcase_add_test(failures, no_failed_allocation_leaves_anything);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
