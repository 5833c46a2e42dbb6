/* test_extract_table.c - wio_extract: TOY3 (MODEL 3f), economies solved again without the links,
 * missing accounts, activities without output, what is refused. */
#include "random_economy.h"
#include "support.h"

#include "../core/internal.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const double U = 0x1p-53;
static const char *const MANUFACTURING[] = {"US.M"};

static wio_result *extracted(const wio_table *table, const wio_extract_options *options)
{
    wio_result *result = NULL;
    wio_error err = {0};
    wio_status status = wio_extract(&result, table, options, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return result;
}

static double attribute(const wio_result *result, const char *name)
{
    const char *text = wio_result_attribute(result, name);
    ck_assert_msg(text != NULL, "no attribute %s", name);
    return strtod(text, NULL);
}

/* Two activities that sell to each other, one that does nothing, jobs of one not known. */
static wio_table *with_gaps(void)
{
    static const char *const sector[] = {"A", "B", "IDLE"};
    static const double Z[] = {20, 20, 0, 10, 30, 0, 0, 0, 0}, Y[] = {60, 60, 0}, P[] = {70, 50, 0};
    const double S[] = {200, NAN, NAN};
    const wio_table_arrays arrays = one_region("gaps", 3, sector, Z, Y, P, S);
    return table_made(&arrays);
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(manufacturing_of_toy3_as_printed)
{
    /* MODEL 3(f), six digits; jobs per billion are 10, 3, 6 thousand. */
    static const double want[] = {49.298597, 700, 129.859719}, cut[] = {0, 1, 0};
    const wio_extract_options alone = {.sector = MANUFACTURING, .sectors = 1};
    wio_table *table = toy3();
    wio_result *r = extracted(table, &alone), *each = extracted(table, NULL);
    check_numbers(r, "output_lost", want, 3, 5.001e-7);
    check_numbers(r, "extracted", cut, 3, 0.0);
    ck_assert_double_eq_tol(attribute(r, "total/output_lost"), 879.158317, 5.001e-7);
    ck_assert_double_eq_tol(attribute(r, "outside/output_lost"), 179.158317, 5.001e-7);
    ck_assert_double_eq_tol(attribute(r, "total/jobs_lost"), 3372.144289, 5.001e-7);
    ck_assert_double_eq_tol(attribute(r, "outside/jobs_lost"), 3372.144289 - 2100, 5.001e-7);
    ck_assert_double_eq_tol(numbers_of(each, "output_lost")[1], 879.158317, 5.001e-7);
    ck_assert_double_eq_tol(numbers_of(each, "output_lost_outside")[1], 179.158317, 5.001e-7);
    ck_assert_double_eq_tol(numbers_of(each, "jobs_lost")[1], 3372.144289, 5.001e-7);
    ck_assert_double_eq_tol(numbers_of(each, "jobs_lost_outside")[1], 1272.144289, 5.001e-7);
    ck_assert_str_eq(wio_result_find(each, "jobs_lost")->units, "thousand jobs");
    ck_assert_str_eq(wio_result_find(each, "output_lost")->units, "million USD");
    wio_result_free(each);
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

START_TEST(a_part_of_manufacturings_sales_as_printed)
{
    static const double want[] = {4.750077, 67.447234, 12.512398}; /* MODEL 3(f), phi = .3 */
    wio_extract_options options = {
        .kind = WIO_EXTRACT_FORWARD, .share = .3, .sector = MANUFACTURING, .sectors = 1};
    wio_table *table = toy3();
    wio_result *r = extracted(table, &options);
    check_numbers(r, "output_lost", want, 3, 5.001e-7);
    ck_assert_double_eq_tol(attribute(r, "total/jobs_lost"), 324.916863, 5.001e-7);
    options.sectors = 0;
    wio_result *each = extracted(table, &options);
    ck_assert_double_eq_tol(numbers_of(each, "jobs_lost")[1], 324.916863, 5.001e-7);
    wio_result_free(each);
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

START_TEST(a_result_says_what_it_is)
{
    wio_table *table = toy3();
    const wio_extract_options options = {
        .kind = WIO_EXTRACT_BACKWARD, .share = .5, .sector = MANUFACTURING, .sectors = 1};
    wio_result *r = extracted(table, &options), *each = extracted(table, NULL);
    ck_assert_str_eq(wio_result_attribute(r, "command"), "extract");
    ck_assert_str_eq(wio_result_attribute(r, "kind"), "backward");
    ck_assert_str_eq(wio_result_attribute(r, "share"), "0.5");
    ck_assert_str_eq(wio_result_attribute(r, "extracted"), "US.M");
    ck_assert_str_eq(wio_result_attribute(each, "extracted"), "each in turn");
    ck_assert_str_eq(wio_result_attribute(each, "kind"), "total");
    ck_assert_str_eq(wio_result_attribute(each, "plan/method"), "inverse");
    ck_assert_str_eq(wio_result_attribute(each, "certificate/productive"), "yes");
    ck_assert_ptr_nonnull(strstr(wio_result_attribute(each, "limits"), "not a forecast"));
    ck_assert_ptr_nonnull(wio_result_attribute(each, "provenance/blas"));
    ck_assert_ptr_nonnull(wio_result_attribute(r, "plan/reason"));
    ck_assert(attribute(r, "certificate/changed_residual") <= 64 * U);
    wio_result *back = NULL;
    ck_assert_int_eq(wio_result_write(each, scratch("e.h5"), NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_read(&back, scratch("e.h5"), NULL), WIO_OK);
    ck_assert_mem_eq(numbers_of(back, "jobs_lost_outside"), numbers_of(each, "jobs_lost_outside"),
                     3 * sizeof(double));
    wio_result_free(back);
    wio_result_free(each);
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

START_TEST(what_is_missing_makes_a_lower_bound)
{
    /* A = [.2 .2; .1 .3], det(I - A) = .54, L = [.7 .2; .1 .8] / .54: without A, x - x* of B is
     * l_BA x_A / l_AA = 100/7; of jobs only A's own 200 are known. B's value added is .5. */
    wio_table *table = with_gaps();
    wio_result *each = extracted(table, NULL);
    const double *output = numbers_of(each, "output_lost"), *jobs = numbers_of(each, "jobs_lost");
    ck_assert_double_eq_tol(output[0], 100 + 100.0 / 7, 64 * U * 115);
    ck_assert_double_eq_tol(jobs[0], 200, 64 * U * 200);
    ck_assert_double_eq_tol(jobs[1], 2 * 25, 64 * U * 50); /* l_AB x_B / l_BB = 25 */
    ck_assert_double_eq_tol(numbers_of(each, "value_added_lost_outside")[0], 50.0 / 7, 64 * U * 77);
    ck_assert(output[2] == 0.0 && jobs[2] == 0.0 && numbers_of(each, "value_added_lost")[2] == 0.0);
    ck_assert_str_eq(wio_result_attribute(each, "lower_bound"), "jobs");
    ck_assert_double_eq_tol(attribute(each, "coverage/jobs"), .5, 4 * U);
    static const char *const idle[] = {"IDLE"}, *const a[] = {"A"};
    wio_result *none = extracted(table, &(wio_extract_options){.sector = idle, .sectors = 1});
    static const double nothing[] = {0, 0, 0};
    check_numbers(none, "output_lost", nothing, 3, 0.0);
    wio_result *r = extracted(table, &(wio_extract_options){.sector = a, .sectors = 1});
    ck_assert(isnan(numbers_of(r, "jobs_lost")[1]));
    ck_assert_double_eq_tol(attribute(r, "total/jobs_lost"), 200, 64 * U * 200);
    ck_assert_double_eq_tol(attribute(r, "coverage/jobs"), 7.0 / 8, 16 * U);
    wio_result_free(r);
    wio_result_free(none);
    wio_result_free(each);
    wio_table_free(table);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

/* drop [n] by solving the economy without the links of `taken`. */
static void recompute(double *drop, const wio_table *table, wio_extract_kind kind, double share,
                      const bool *taken)
{
    wio_table_info info;
    wio_table_describe(&info, table);
    size_t n = info.n;
    const double *Z = wio_table_Z(table), *x = wio_table_x(table), *Y = wio_table_Y(table);
    double *A = calloc(n * n + n, sizeof *A), *f = A + n * n;
    ck_assert_ptr_nonnull(A);
    for (size_t i = 0; i < n; i++) {
        bool out = kind == WIO_EXTRACT_TOTAL && taken[i];
        f[i] = out ? 0.0 : wio_sum(Y + i * info.f, info.f, 1);
        for (size_t j = 0; j < n; j++) {
            bool row = kind != WIO_EXTRACT_BACKWARD && taken[i];
            bool column = kind != WIO_EXTRACT_FORWARD && taken[j];
            A[i * n + j] = Z[i * n + j] / x[j] * (row || column ? 1.0 - share : 1.0);
        }
    }
    wio_solver *solver = NULL;
    const wio_matrix matrix = {.n = n, .dense = A};
    ck_assert_int_eq(wio_solver_create(&solver, &matrix, NULL, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_solver_solve(drop, solver, 1, f, false, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < n; i++) {
        drop[i] = x[i] - drop[i];
    }
    wio_solver_free(solver);
    free(A);
}

/* Column sums of A are at most .6, so the condition is below (1 + .6) / .4; sums of n terms. */
static double tolerance(size_t n, double size)
{
    return 64.0 * (double)n * U * 4.0 * size;
}

START_TEST(economies_solved_again_agree)
{
    uint64_t state = 77 + (uint64_t)_i;
    wio_table *table = random_table(&state);
    wio_table_info info;
    wio_table_describe(&info, table);
    size_t n = info.n, count = 0;
    const double *x = wio_table_x(table), *S = wio_table_S(table), *P = wio_table_P(table);
    wio_extract_options options = {
        .kind = (wio_extract_kind)(_i % 3),
        .share = _i % 3 == 0 || _i % 2 ? 1.0 : .1 + .8 * random_uniform(&state)};
    double drop[40], all = wio_sum(x, n, 1), persons = wio_sum(S, n, 1);
    bool taken[40] = {false};
    wio_result *each = extracted(table, &options);
    for (size_t k = 0; k < n; k++) {
        double jobs = 0.0, added = 0.0;
        taken[k] = true;
        recompute(drop, table, options.kind, options.share, taken);
        taken[k] = false;
        for (size_t i = 0; i < n; i++) {
            jobs += S[i] / x[i] * drop[i];
            added += (P[i] + P[n + i]) / x[i] * drop[i];
        }
        double own = S[k] / x[k] * drop[k];
        ck_assert_double_eq_tol(numbers_of(each, "output_lost")[k], wio_sum(drop, n, 1),
                                tolerance(n, all));
        ck_assert_double_eq_tol(numbers_of(each, "value_added_lost")[k], added, tolerance(n, all));
        ck_assert_double_eq_tol(numbers_of(each, "jobs_lost")[k], jobs, tolerance(n, persons));
        ck_assert_double_eq_tol(numbers_of(each, "jobs_lost_outside")[k], jobs - own,
                                tolerance(n, persons));
    }
    const char *sector[40];
    for (size_t k = 0; k < n; k++) {
        if (random_uniform(&state) < .3 || (k + 1 == n && count == 0)) {
            taken[k] = true;
            sector[count++] = wio_table_origin_sector(table, k);
        }
    }
    options.sector = sector;
    options.sectors = count;
    recompute(drop, table, options.kind, options.share, taken);
    wio_result *together = extracted(table, &options);
    check_numbers(together, "output_lost", drop, n, tolerance(n, all));
    ck_assert_double_le(attribute(together, "certificate/changed_residual"), 64.0 * (double)n * U);
    wio_result_free(together);
    wio_result_free(each);
    wio_table_free(table);
}
END_TEST

START_TEST(a_sector_of_every_region_is_its_activities_together)
{
    static const char *const sector[] = {"G"}, *const label[] = {"RW.G", "US.G", "CN.G"};
    wio_table *table = toy_mrio();
    wio_result *a = extracted(table, &(wio_extract_options){.sector = sector, .sectors = 1});
    wio_result *b = extracted(table, &(wio_extract_options){.sector = label, .sectors = 3});
    ck_assert_mem_eq(numbers_of(a, "output_lost"), numbers_of(b, "output_lost"),
                     6 * sizeof(double));
    ck_assert_str_eq(wio_result_attribute(a, "extracted"), "US.G,CN.G,RW.G");
    static const char *const all[] = {"G", "S"};
    wio_result *c = extracted(table, &(wio_extract_options){.sector = all, .sectors = 2});
    check_numbers(c, "output_lost", wio_table_x(table), 6, 0.0);
    ck_assert_double_eq(attribute(c, "outside/output_lost"), 0.0);
    wio_result_free(c);
    wio_result_free(b);
    wio_result_free(a);
    wio_table_free(table);
}
END_TEST

START_TEST(threads_give_the_same_bits)
{
    uint64_t state = 5;
    wio_table *table = random_table(&state);
    wio_result *one = extracted(table, &(wio_extract_options){.threads = 1});
    wio_result *three = extracted(table, &(wio_extract_options){.threads = 3});
    size_t n = wio_result_find(one, "jobs_lost")->length[0];
    ck_assert_mem_eq(numbers_of(one, "jobs_lost"), numbers_of(three, "jobs_lost"),
                     n * sizeof(double));
    wio_result_free(three);
    wio_result_free(one);
    wio_table_free(table);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_taken_out_is_refused)
{
    static const char *const wrong[] = {"US.Q"}, *const abroad[] = {"CN.M"};
    const struct {
        wio_extract_options options;
        const char *says;
    } cases[] = {
        {{.sector = wrong, .sectors = 1}, "'US.Q' is no activity"},
        {{.sector = abroad, .sectors = 1}, "'CN.M' is no activity"},
        {{.group = "goods"}, "no group 'goods'"},
        {{.share = .5}, "backward or forward"},
        {{.kind = WIO_EXTRACT_FORWARD, .share = 1.5}, "above 0, up to 1"},
        {{.kind = WIO_EXTRACT_FORWARD, .share = NAN}, "above 0, up to 1"},
        {{.kind = (wio_extract_kind)7}, "unknown kind"},
        {{.sectors = 1}, "sector is NULL"},
    };
    wio_table *table = toy3();
    wio_result *r = NULL;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        wio_error err = {0};
        ck_assert_int_eq(wio_extract(&r, table, &cases[c].options, NULL, &err), WIO_E_ARGUMENT);
        ck_assert_msg(strstr(err.message, cases[c].says) != NULL, "%s", err.message);
        ck_assert_ptr_null(r);
    }
    ck_assert_int_eq(wio_extract(NULL, table, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_extract(&r, NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
    wio_table_free(table);
}
END_TEST

START_TEST(an_unproductive_table_is_refused_by_name)
{
    static const char *const a[] = {"A"};
    wio_table *table = unproductive();
    for (size_t sectors = 0; sectors < 2; sectors++) {
        wio_result *r = NULL;
        wio_log *log = new_log();
        wio_error err = {0};
        const wio_extract_options options = {.sector = a, .sectors = sectors};
        ck_assert_int_eq(wio_extract(&r, table, &options, log, &err), WIO_E_NOT_PRODUCTIVE);
        ck_assert_ptr_null(r);
        ck_assert(logged(log, "US.B"));
        wio_log_free(log);
    }
    wio_table_free(table);
}
END_TEST

/* 3 x 400^2 doubles are 3.8 MB: not below a limit of 1 MB of data. */
START_TEST(memory_is_refused_with_its_bytes_before_the_work)
{
    enum { N = 400 };
    static char name[N][8];
    const char *sector[N];
    double *Z = calloc(N * N + 2 * N, sizeof *Z), *one = Z + N * N;
    ck_assert_ptr_nonnull(Z);
    for (size_t i = 0; i < N; i++) {
        (void)snprintf(name[i], sizeof name[i], "S%zu", i);
        sector[i] = name[i];
        one[i] = 1.0;
    }
    const wio_table_arrays arrays = one_region("wide", N, sector, Z, one, one, NULL);
    wio_table *table = table_made(&arrays);
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_DATA, &before), 0);
    const struct rlimit limit = {.rlim_cur = 1000000, .rlim_max = before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &limit), 0);
    wio_result *r = NULL;
    wio_error err = {0};
    wio_status status = wio_extract(&r, table, NULL, NULL, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &before), 0);
    ck_assert_int_eq(status, WIO_E_MEMORY);
    ck_assert_msg(strstr(err.message, "every activity's extraction needs 38") != NULL, "%s",
                  err.message);
    wio_table_free(table);
    free(Z);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *table = _i == 2 ? unproductive() : toy3();
    const wio_extract_options options = {
        .kind = WIO_EXTRACT_BACKWARD, .sector = MANUFACTURING, .sectors = _i == 1, .threads = 1};
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_result *r = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_extract(&r, table, &options, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (r == NULL && err.message[0] != '\0'));
        wio_result_free(r);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 2000);
    }
    ck_assert_int_eq(status, _i == 2 ? WIO_E_NOT_PRODUCTIVE : WIO_OK);
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extract_table");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, manufacturing_of_toy3_as_printed);
    tcase_add_test(known, a_part_of_manufacturings_sales_as_printed);
    tcase_add_test(known, a_result_says_what_it_is);
    tcase_add_test(known, what_is_missing_makes_a_lower_bound);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, economies_solved_again_agree, 0, 30);
    tcase_add_test(properties, a_sector_of_every_region_is_its_activities_together);
    tcase_add_test(properties, threads_give_the_same_bits);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, what_cannot_be_taken_out_is_refused);
    tcase_add_test(failures, an_unproductive_table_is_refused_by_name);
    tcase_add_test(failures, memory_is_refused_with_its_bytes_before_the_work);
    tcase_add_loop_test(failures, every_allocation_may_fail, 0, 3);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
