/* test_stream.c - output and multipliers with Z in its file: those of the table in memory, within what is
 * proven, with the same bits for any number of threads and any size of panels. */
#include "../core/table.h"
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static double attribute(const wio_result *r, const char *name)
{
    double value = NAN;
    const char *text = wio_result_attribute(r, name);
    ck_assert_msg(text != NULL && wio_parse_double(&value, text, strlen(text)), "%s", name);
    return value;
}

static wio_result *solved(wio_table_file *file, const double *f, double relative, int threads)
{
    wio_result *r = NULL;
    wio_error err = {0};
    const wio_stream_options how = {.relative = relative, .threads = threads};
    ck_assert_msg(wio_table_file_solve(&r, file, f, &how, NULL, &err) == WIO_OK, "%s", err.message);
    return r;
}

static wio_result *multiplied(wio_table_file *file, double relative, int threads)
{
    wio_result *r = NULL;
    wio_error err = {0};
    const wio_stream_options how = {.relative = relative, .threads = threads};
    ck_assert_msg(wio_table_file_multipliers(&r, file, &how, NULL, &err) == WIO_OK, "%s",
                  err.message);
    return r;
}

/* Some flows below 0, and some activities that sell or use more than all of their output: what neither
 * row nor column sums of A bound. x is made again from what is left. */
static wio_table *hard(size_t n)
{
    wio_table *t = economy(n, 0.3), *out = NULL;
    for (size_t i = 0; i + 1 < n; i += 7) {
        t->Z[i * n + i + 1] *= -0.2;
        t->Z[3 * n + i] *= i == 21 ? 40.0 : 1.0; /* column 21 sums to more than its output */
    }
    t->Y[2] = -0.01; /* and 2 sells more than it makes */
    ck_assert_int_eq(wio_table_copy(&out, t, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_finish(out, NULL, NULL), WIO_OK);
    wio_table_free(t);
    return out;
}

static wio_table *table_of(int i)
{
    return i < 5 ? economy(60, 0.3 + 0.1 * i) : i == 5 ? toy_mrio() : hard(60);
}

/* x of the series in long double. The sum of errors is below what is proven, which is below the tolerance
 * that was asked for. */
START_TEST(the_solution_is_within_what_is_proven)
{
    static const double tolerance[] = {1e-3, 1e-6, 1e-9, 0.0, 1e-12};
    wio_table *t = table_of(_i);
    wio_table_file *file = packed(t);
    double *f = random_vector(t->n, -1.0, 5.0, &(uint64_t){17});
    long double *exact = calloc(t->n, sizeof *exact);
    reference(exact, t, f);
    for (size_t k = 0; k < 5; k++) {
        wio_result *r = solved(file, f, tolerance[k], 0);
        const double *x = numbers_of(r, "output");
        double bound = attribute(r, "certificate/error_bound");
        double want = tolerance[k] > 0.0 ? tolerance[k] : 1e-10;
        long double off = 0.0L, size = 0.0L;
        for (size_t i = 0; i < t->n; i++) {
            off += fabsl(x[i] - exact[i]);
            size += fabsl(x[i]);
        }
        ck_assert_msg(off <= bound * size, "%Lg > %g", off / size, bound);
        ck_assert(bound <= want && attribute(r, "stream/readings") > 1.0);
        ck_assert(attribute(r, "stream/contraction") < 1.0);
        wio_result_free(r);
    }
    free(exact);
    wio_free(f);
    wio_table_file_close(file);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Every multiplier by the transposed series in long double: m = g + A'm. */
static void reference_multipliers(long double *m, const wio_table *t, const double *g)
{
    size_t n = t->n;
    long double *next = calloc(n, sizeof *next);
    for (size_t j = 0; j < n; j++) {
        m[j] = g[j];
    }
    for (int step = 0; step < 400; step++) {
        for (size_t j = 0; j < n; j++) {
            long double sum = 0.0L;
            for (size_t i = 0; i < n; i++) {
                sum += (long double)t->Z[i * n + j] * m[i];
            }
            next[j] = g[j] + sum / t->x[j];
        }
        memcpy(m, next, n * sizeof *m);
    }
    free(next);
}

START_TEST(the_multipliers_are_within_what_is_proven)
{
    wio_table *t = table_of(_i);
    wio_table_file *file = packed(t);
    size_t n = t->n;
    double *g = calloc(n, sizeof *g);
    long double *exact = calloc(n, sizeof *exact);
    wio_result *r = multiplied(file, 0.0, 0);
    double bound = attribute(r, "certificate/error_bound");
    ck_assert(bound > 0.0 && bound <= 1e-10);
    for (int value_added = 0; value_added < (t->p > 0 ? 2 : 1); value_added++) {
        const double *m = numbers_of(r, value_added ? "value_added" : "output");
        double size = 0.0;
        for (size_t j = 0; j < n; j++) { /* one item, of value added, in toy_mrio */
            g[j] = value_added ? t->P[j] / t->x[j] : 1.0;
            size = fmax(size, fabs(m[j]));
        }
        reference_multipliers(exact, t, g);
        for (size_t j = 0; j < n; j++) {
            ck_assert_msg(fabsl(m[j] - exact[j]) <= bound * size, "%zu: %Lg > %g", j,
                          fabsl(m[j] - exact[j]), bound * size);
        }
    }
    free(exact);
    free(g);
    wio_result_free(r);
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

/* Every variable of the table in memory, in the same order, under the same name and unit. Error of the
 * answer from the file at most 2e-12 of the largest or of the sum, of the other 1e-14 of it. */
static void compare(const wio_result *a, const wio_result *b)
{
    ck_assert_uint_eq(wio_result_variables(a), wio_result_variables(b));
    for (size_t v = 0; v < wio_result_variables(a); v++) {
        const wio_variable *x = wio_result_variable(a, v), *y = wio_result_variable(b, v);
        double size = 0.0;
        ck_assert_str_eq(x->name, y->name);
        for (size_t i = 0; x->data != NULL && i < x->length[0]; i++) {
            size += fabs(x->data[i]) > 0.0 ? fabs(x->data[i]) : 0.0; /* NaN is passed over */
        }
        for (size_t i = 0; x->data != NULL && i < x->length[0]; i++) {
            ck_assert_msg(isnan(x->data[i]) == isnan(y->data[i]), "%s[%zu]", x->name, i);
            ck_assert_msg(!(fabs(x->data[i] - y->data[i]) > 3e-12 * size), "%s[%zu]", x->name, i);
        }
    }
    static const char *const same[] = {"table", "title", "closure", "lower_bound"};
    for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
        const char *p = wio_result_attribute(a, same[k]), *q = wio_result_attribute(b, same[k]);
        ck_assert_msg((p == NULL) == (q == NULL) && (p == NULL || strcmp(p, q) == 0), "%s",
                      same[k]);
    }
    ck_assert_double_eq_tol(attribute(a, "coverage/jobs"), attribute(b, "coverage/jobs"), 3e-12);
}

START_TEST(the_answers_are_those_of_the_table_in_memory)
{
    static const char *const names[] = {"us-2017", "world-2009", "world-2011"};
    wio_table *t = NULL;
    ck_assert_int_eq(wio_table_open(&t, names[_i], NULL, NULL, NULL), WIO_OK);
    wio_table_file *file = packed(t);
    wio_result *loaded = multipliers_of(t, NULL), *streamed = multiplied(file, 2e-12, 0);
    compare(loaded, streamed);
    wio_result_free(loaded);
    wio_result_free(streamed);
    double *f = random_vector(t->n, 0.0, 1e3, &(uint64_t){23});
    ck_assert_int_eq(wio_solve(&loaded, t, f, NULL, NULL, NULL), WIO_OK);
    streamed = solved(file, f, 2e-12, 0);
    compare(loaded, streamed);
    wio_result_free(loaded);
    wio_result_free(streamed);
    wio_free(f);
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

/* 2200 x 2200 numbers are 38.7 MB, a panel at most 32 MiB: two panels. Its own final demand gives its
 * own output: x = Z 1 + y by construction. */
START_TEST(a_table_of_several_panels_gives_its_own_output)
{
    wio_table *t = economy(2200, 0.5);
    wio_table_file *file = packed(t);
    wio_result *r = solved(file, t->Y, 1e-11, 0);
    const double *x = numbers_of(r, "output");
    double off = 0.0, size = 0.0;
    for (size_t i = 0; i < t->n; i++) {
        off += fabs(x[i] - t->x[i]);
        size += t->x[i];
    }
    /* and the rounding of both: 2200 terms of one sign */
    ck_assert(off <= (attribute(r, "certificate/error_bound") + 4400 * 0x1p-53) * size);
    wio_result_free(r);
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

/* 300 activities are above the work that one thread does alone. */
START_TEST(neither_threads_nor_panels_change_a_bit)
{
    static const size_t panel[] = {0, 1, 8 * 300 * 8, 8 * 300 * 24, 100000, 333333};
    wio_table *t = economy(300, 0.6);
    wio_table_file *file = packed(t);
    double *f = random_vector(t->n, 0.0, 9.0, &(uint64_t){5});
    wio_result *first[2] = {solved(file, f, 0.0, 1), multiplied(file, 0.0, 1)};
    for (int threads = 1; threads <= 3; threads++) {
        for (size_t p = 0; p < sizeof panel / sizeof *panel; p++) {
            file->panel = panel[p];
            wio_result *r[2] = {solved(file, f, 0.0, threads), multiplied(file, 0.0, threads)};
            for (int q = 0; q < 2; q++) {
                check_equal(numbers_of(r[q], "output"), numbers_of(first[q], "output"), t->n);
                ck_assert_str_eq(wio_result_attribute(r[q], "certificate/error_bound"),
                                 wio_result_attribute(first[q], "certificate/error_bound"));
                wio_result_free(r[q]);
            }
        }
    }
    wio_result_free(first[0]);
    wio_result_free(first[1]);
    wio_free(f);
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

static void refused(const wio_table *t, const double *f, double relative, wio_status want,
                    const char *text)
{
    wio_table_file *file = packed(t);
    wio_error err = {0};
    wio_result *r = NULL;
    const wio_stream_options how = {.relative = relative};
    ck_assert_int_eq(wio_table_file_solve(&r, file, f, &how, NULL, &err), want);
    ck_assert_msg(strstr(err.message, text) != NULL, "%s", err.message);
    ck_assert_ptr_null(r);
    if (want == WIO_E_NOT_CERTIFIED || want == WIO_E_TABLE) {
        ck_assert_int_eq(wio_table_file_multipliers(&r, file, &how, NULL, NULL), want);
        ck_assert_ptr_null(r);
    }
    wio_table_file_close(file);
}

START_TEST(what_cannot_be_proven_is_refused)
{
    wio_table *t = economy(20, 0.4), *bad = unproductive();
    double f[20] = {1.0};
    refused(t, f, 1e-17, WIO_E_NOT_CONVERGED, "is proven, not 1e-17");
    refused(t, f, -1.0, WIO_E_ARGUMENT, "relative is -1");
    refused(t, f, NAN, WIO_E_ARGUMENT, "relative is nan");
    f[3] = NAN;
    refused(t, f, 0.0, WIO_E_NONFINITE, "f[3] is not finite");
    f[3] = 0.0;
    refused(bad, f, 0.0, WIO_E_NOT_CERTIFIED, "nothing is proven of I - A");
    wio_table_free(bad);
    wio_table_free(t);
    wio_table_file *file = packed(t = toy3());
    wio_result *r = NULL;
    ck_assert_int_eq(wio_table_file_solve(NULL, file, f, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_solve(&r, NULL, f, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_solve(&r, file, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_multipliers(NULL, file, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_multipliers(&r, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    wio_table_file_close(file);
    t->P[0] *= 3.0;
    refused(t, f, 0.0, WIO_E_TABLE, "does not add up");
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Another writer, into the same file: its pieces were checked, so the bytes alone would pass. */
START_TEST(a_file_that_is_changed_meanwhile_is_refused)
{
    wio_table *t = economy(20, 0.4);
    wio_table_file *file = packed(t);
    double f[20] = {1.0};
    wio_error err = {0};
    wio_result *r = NULL;
    wio_result_free(solved(file, f, 0.0, 0));
    const struct timespec later[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, later, 0), 0);
    ck_assert_int_eq(wio_table_file_solve(&r, file, f, NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, "was changed while it was read") != NULL, "%s", err.message);
    wio_table_file_close(file);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* 800 x 800 numbers are above WIO_H5_LARGE: checked when they are read. A byte in their middle. */
START_TEST(damage_in_the_middle_is_refused)
{
    wio_table *t = economy(800, 0.4);
    wio_table_file_close(packed(t));
    FILE *stream = fopen(path, "r+b");
    ck_assert(stream != NULL && fseek(stream, 800 * 800 * 4, SEEK_SET) == 0);
    int byte = fgetc(stream);
    ck_assert(fseek(stream, -1, SEEK_CUR) == 0 && fputc(byte ^ 1, stream) != EOF);
    ck_assert_int_eq(fclose(stream), 0);
    wio_table_file *file = NULL;
    wio_result *r = NULL;
    wio_table_report report = {.output = 7.0};
    wio_error err = {0};
    ck_assert_int_eq(wio_table_file_open(&file, path, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_file_solve(&r, file, t->Y, NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, "is damaged") != NULL, "%s", err.message);
    ck_assert_int_eq(wio_table_file_multipliers(&r, file, NULL, NULL, NULL), WIO_E_FORMAT);
    ck_assert_int_eq(wio_table_file_check(&report, file, NULL, NULL, NULL), WIO_E_FORMAT);
    ck_assert(r == NULL && report.output == 7.0);
    wio_table_file_close(file);
    ck_assert_int_eq(truncate(path, 800 * 800 * 4), 0);
    ck_assert_int_eq(wio_table_file_open(&file, path, NULL, NULL, NULL), WIO_E_FORMAT);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(no_failed_allocation_leaves_anything)
{
    wio_table *t = economy(20, 0.4);
    wio_table_file *file = packed(t);
    double f[20] = {1.0};
    long before = wio_alloc_live;
    for (int question = 0; question < 2; question++) {
        wio_result *r = NULL;
        for (long budget = 0;; budget++) {
            wio_alloc_budget = budget;
            wio_status status = question == 0
                                    ? wio_table_file_solve(&r, file, f, NULL, NULL, NULL)
                                    : wio_table_file_multipliers(&r, file, NULL, NULL, NULL);
            wio_alloc_budget = -1;
            if (status == WIO_OK) {
                ck_assert_int_ge(budget, 30);
                break;
            }
            ck_assert_int_eq(status, WIO_E_MEMORY);
            ck_assert_ptr_null(r);
        }
        wio_result_free(r);
    }
    ck_assert_int_le(wio_alloc_live, before + 5); /* Y, P, S, output and cost stay with the file */
    wio_table_file_close(file);
    wio_table_free(t);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* 8 GB of flows are no table that any limit of less holds. Nothing of that size is made. */
START_TEST(what_memory_does_not_hold_is_known_beforehand)
{
    wio_table *t = toy3();
    wio_table_file *file = packed(t);
    ck_assert(wio_table_file_fits(file));
    size_t n = file->table->n, m = file->table->m;
    file->table->n = file->table->m = 2000000; /* 3.2e13 bytes */
    ck_assert(!wio_table_file_fits(file));
    file->table->n = n;
    file->table->m = m;
    wio_table_file_close(file);
    wio_table_free(t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stream");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, make_folder, scratch_remove);
    tcase_set_timeout(known, 60);
    tcase_add_test(known, a_table_of_several_panels_gives_its_own_output);
    tcase_add_loop_test(known, the_answers_are_those_of_the_table_in_memory, 0, 3);
    tcase_add_test(known, what_memory_does_not_hold_is_known_beforehand);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, make_folder, scratch_remove);
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, the_solution_is_within_what_is_proven, 0, 7);
    tcase_add_loop_test(properties, the_multipliers_are_within_what_is_proven, 0, 7);
    tcase_add_test(properties, neither_threads_nor_panels_change_a_bit);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, make_folder, scratch_remove);
    tcase_set_timeout(failures, 60);
    tcase_add_test(failures, what_cannot_be_proven_is_refused);
    tcase_add_test(failures, a_file_that_is_changed_meanwhile_is_refused);
    tcase_add_test(failures, damage_in_the_middle_is_refused);
    tcase_add_test(failures, no_failed_allocation_leaves_anything);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
