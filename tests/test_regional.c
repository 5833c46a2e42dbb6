/* test_regional.c - location quotients: TOY3 against numpy, identities, what is refused. */
#include "support.h"

#include "../core/table.h"

#include <check.h>
#include <math.h>
#include <string.h>

static const double JOBS[] = {600, 420, 2160};

static wio_table *regional(wio_regional_method method, double delta, wio_regional_report *report,
                           wio_log *log)
{
    wio_table *nation = toy3(), *table = NULL;
    wio_error err = {0};
    wio_status status =
        wio_table_regionalise(&table, nation, "OH", JOBS, method, delta, report, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    wio_table_free(nation);
    return table;
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(quotients_of_toy3)
{
    /* numpy, the formulas written out; delta .3 for the last two. */
    static const double want[WIO_REGIONAL_METHODS][9] = {
        {10., 8., 3., 4.952830188679, 15.849056603774, 11.88679245283, 9.905660377358,
         19.811320754717, 59.433962264151},
        {10., 8., 3., 3., 15.849056603774, 12., 6., 20., 59.433962264151},
        {10., 8., 3., 2.247142952769, 11.8716986184, 8.988571811074, 4.494285905537, 20.,
         44.518869819001},
        {10., 8., 3., 3.16061974404, 11.8716986184, 8.988571811074, 6.321239488081, 20.,
         44.518869819001},
    };
    for (int method = 0; method < WIO_REGIONAL_METHODS; method++) {
        wio_regional_report report;
        wio_table *table = regional((wio_regional_method)method,
                                    method >= WIO_REGIONAL_FLQ ? .3 : (double)NAN, &report, NULL);
        for (size_t k = 0; k < 9; k++) {
            ck_assert_double_eq_tol(table->Z[k], want[method][k], 1e-9);
        }
        ck_assert_double_eq_tol(report.size, 3180. / 10500, 1e-15);
        wio_table_free(table);
    }
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

START_TEST(a_region_balances_and_flegg_imports_more)
{
    double imports[2];
    for (int k = 0; k < 2; k++) {
        wio_regional_report report;
        wio_table *table = regional(WIO_REGIONAL_FLQ, k == 0 ? .0 : .3, &report, NULL);
        static const double x[] = {60, 140, 360}; /* output by jobs: a half, a fifth, .3 */
        const double bought[] = {15 * .5, 120 * .2, 60 * .3};
        for (size_t j = 0; j < 3; j++) {
            ck_assert_double_eq_tol(table->x[j], x[j], 1e-12 * 360);
            ck_assert_double_eq_tol(table->cost[j], x[j], 1e-12 * 360);
            ck_assert_double_eq(table->S[j], JOBS[j]);
            /* What the region buys of a home product, from itself and the rest, is the nation's. */
            ck_assert_double_eq_tol(table->Z[3 + j] + table->Z[12 + j], bought[j], 1e-13);
        }
        ck_assert_str_eq(wio_table_origin_region(table, 3), "US-rest");
        ck_assert_str_eq(wio_table_origin_region(table, 6), "CN");
        ck_assert_str_eq(wio_table_code(NULL, table, WIO_CODE_REGION, 0), "OH");
        ck_assert_uint_eq(table->f, 6);
        imports[k] = report.imports;
        wio_table_free(table);
    }
    ck_assert_double_gt(imports[1], imports[0]);
}
END_TEST

START_TEST(the_whole_nation_is_its_own_region)
{
    static const double all[] = {1200, 2100, 7200};
    wio_table *nation = toy3(), *table = NULL;
    wio_regional_report report;
    ck_assert_int_eq(wio_table_regionalise(&table, nation, "ALL", all, WIO_REGIONAL_FLQ, .2,
                                           &report, NULL, NULL),
                     WIO_OK);
    ck_assert_double_eq(report.imports, 0);
    ck_assert_uint_eq(report.negative_exports, 0);
    ck_assert_mem_eq(table->Z, nation->Z, 9 * sizeof(double));
    wio_table_free(table);
    wio_table_free(nation);
}
END_TEST

START_TEST(a_proportional_region_sells_nothing_to_the_rest)
{
    double jobs[3];
    static const double nation_jobs[] = {1200, 2100, 7200};
    wio_table *nation = toy3(), *table = NULL;
    for (int tenth = 1; tenth < 10; tenth++) {
        for (size_t j = 0; j < 3; j++) {
            jobs[j] = .1 * tenth * nation_jobs[j];
        }
        ck_assert_int_eq(wio_table_regionalise(&table, nation, "OH", jobs, WIO_REGIONAL_LQ, .2,
                                               NULL, NULL, NULL),
                         WIO_OK);
        for (size_t i = 0; i < 3; i++) {
            ck_assert(table->Y[i * table->f + table->f - 1] ==
                      0.0); /* and not what rounding left */
        }
        ck_assert_ptr_null(strstr(table->note[table->notes - 1], "delta")); /* LQ has none */
        wio_table_free(table);
    }
    wio_table_free(nation);
}
END_TEST

/* Imputed rents are made by nobody: a region has none of them by jobs, which is said. */
START_TEST(output_without_jobs_is_named)
{
    wio_table *nation = toy3(), *table = NULL;
    static const double jobs[] = {600, 0, 2160};
    wio_log *log = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    nation->S[1] = 0.0;
    ck_assert_msg(wio_table_regionalise(&table, nation, "OH", jobs, WIO_REGIONAL_LQ, NAN, NULL, log,
                                        &err) == WIO_OK,
                  "%s", err.message);
    ck_assert_str_eq(wio_log_finding(log, 0)->text,
                     "M makes 700 without a job in the nation: jobs give the region none of it");
    ck_assert_double_eq(table->x[1], 0.0);
    ck_assert(strstr(table->note[table->notes - 1],
                     "; 1 have output and no jobs in the nation, and none of it here.") != NULL);
    wio_table_free(table);
    wio_table_free(nation);
    wio_log_free(log);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(what_is_missing_is_said)
{
    wio_table *nation = toy3(), *many = toy_mrio(), *table = NULL;
    static const double more[] = {1300, 1, 1}, none[] = {0, 0, 0};
    const struct {
        const wio_table *nation;
        const double *jobs;
        wio_regional_method method;
        wio_status status;
        const char *message;
    } wrong[] = {
        {nation, JOBS, WIO_REGIONAL_FLQ, WIO_E_ARGUMENT,
         "FLQ needs delta, 0 to 1: it decides how much a small region imports"},
        {nation, more, WIO_REGIONAL_LQ, WIO_E_TABLE,
         "A has 1300 jobs in the region and 1200 in the nation"},
        {nation, none, WIO_REGIONAL_LQ, WIO_E_TABLE, "the region has no jobs"},
        {many, JOBS, WIO_REGIONAL_LQ, WIO_E_TABLE,
         "toy-mrio has 3 regions with production: quotients need a national table"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        wio_error err = {0};
        ck_assert_int_eq(wio_table_regionalise(&table, wrong[i].nation, "OH", wrong[i].jobs,
                                               wrong[i].method, NAN, NULL, NULL, &err),
                         wrong[i].status);
        ck_assert_str_eq(err.message, wrong[i].message);
        ck_assert_ptr_null(table);
    }
    wio_table_free(many);
    wio_table_free(nation);
}
END_TEST

static const struct {
    const char *text, *message;
} FILES[] = {
    {"sector,persons\n", ":1:2: unknown column 'persons': the first line is 'sector,jobs'"},
    {"sector,jobs\nA,1\nM,2\n", ":1:1: no line for sector 'S'"},
    {"sector,jobs\nX,1\n", ":2:1: unknown sector 'X' (did you mean 'A'?)"},
    {"sector,jobs\nA,1\nA,2\n", ":3:1: A is there twice (first at line 2)"},
    {"sector,jobs\nA,many\n", ":2:2: jobs is 'many', not a number (persons)"},
    {"sector,jobs\nA\n", ":2:1: expected 2 cells as in the first line, got 1"},
};

START_TEST(mistakes_in_a_file_are_placed)
{
    wio_table *nation = toy3();
    double *jobs = NULL;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        wio_error err = {0};
        scratch_write("j.csv", FILES[i].text);
        ck_assert_int_eq(wio_jobs_read(&jobs, nation, scratch("j.csv"), NULL, &err), WIO_E_FORMAT);
        ck_assert_str_eq(strstr(err.message, "j.csv:") + 5, FILES[i].message);
        ck_assert_ptr_null(jobs);
    }
    scratch_write("j.csv", "sector,jobs\nS,2160\nA,600\nM,420\n");
    ck_assert_int_eq(wio_jobs_read(&jobs, nation, scratch("j.csv"), NULL, NULL), WIO_OK);
    ck_assert_mem_eq(jobs, JOBS, sizeof JOBS);
    wio_free(jobs);
    wio_table_free(nation);
}
END_TEST

/* One mistake, that of the table: not one for every sector of every region. */
START_TEST(jobs_of_a_table_of_several_nations_are_refused_at_once)
{
    wio_table *world = toy_mrio();
    double *jobs = NULL;
    wio_error err = {0};
    scratch_write("j.csv", "sector,jobs\nA,1\n");
    ck_assert_int_eq(wio_jobs_read(&jobs, world, scratch("j.csv"), NULL, &err), WIO_E_TABLE);
    ck_assert(strstr(err.message, "regions with production: jobs by sector need a national table"));
    ck_assert_ptr_null(jobs);
    wio_table_free(world);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *nation = toy3();
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *table = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_table_regionalise(&table, nation, "OH", JOBS, WIO_REGIONAL_AFLQ, .3, NULL,
                                       NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (table == NULL && err.message[0] != '\0'));
        wio_table_free(table);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 500);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(nation);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("regional");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, quotients_of_toy3);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, a_region_balances_and_flegg_imports_more);
    tcase_add_test(properties, the_whole_nation_is_its_own_region);
    tcase_add_test(properties, a_proportional_region_sells_nothing_to_the_rest);
    tcase_add_test(properties, output_without_jobs_is_named);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, what_is_missing_is_said);
    tcase_add_test(failures, mistakes_in_a_file_are_placed);
    tcase_add_test(failures, jobs_of_a_table_of_several_nations_are_refused_at_once);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
