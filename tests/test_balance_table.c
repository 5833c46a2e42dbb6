/* test_balance_table.c - a whole table balanced, the files that say how, and the list of changes. */
#include "support.h"

#include "../core/table.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* One more unit of manufactures: its row and its column are to grow by 70, a tenth. */
static const char ROWS[] = "region,sector,total\nUS,M,770\n";
static const char COLUMNS[] = "region,user,total\nUS,M,770\n";

static void read_totals(double **u, double **v, double **su, double **sv, const wio_table *table,
                        wio_log *log)
{
    wio_error err = {0};
    scratch_write("u.csv", ROWS);
    scratch_write("v.csv", COLUMNS);
    ck_assert_msg(wio_balance_read(u, su, table, WIO_BALANCE_TABLE, false, scratch("u.csv"), log,
                                   &err) == WIO_OK,
                  "%s", err.message);
    ck_assert_msg(wio_balance_read(v, sv, table, WIO_BALANCE_TABLE, true, scratch("v.csv"), log,
                                   &err) == WIO_OK,
                  "%s", err.message);
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(a_table_grows_to_its_new_totals)
{
    wio_table *table = toy3(), *after = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    double *u, *v, *su, *sv;
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    read_totals(&u, &v, &su, &sv, table, log);
    ck_assert(logged(log, "10 of 11 rows are not listed and keep their total"));
    ck_assert(logged(log, "7 of 8 columns are not listed and keep their total"));
    wio_status status =
        wio_table_balance(&after, table, WIO_BALANCE_TABLE, u, v, NULL, NULL, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    static const double x[] = {120, 770, 1200};
    for (size_t j = 0; j < 3; j++) { /* identities B1 and B2 hold as before; 1e-10 of 1e4 */
        ck_assert_double_eq_tol(wio_table_x(after)[j], x[j], 1e-6);
        ck_assert_double_eq_tol(after->cost[j], x[j], 1e-6);
    }
    ck_assert_uint_eq(after->notes, 2);
    ck_assert_ptr_nonnull(
        strstr(after->note[0], "Balanced by RAS: flows, final uses and primary inputs, "));
    ck_assert_ptr_nonnull(strstr(after->note[1], "Satellites, household income"));
    ck_assert_double_eq(wio_table_S(after)[1], 2100);
    char *changes = NULL;
    ck_assert_int_eq(wio_table_changes(&changes, table, after, NULL), WIO_OK);
    ck_assert_ptr_nonnull(strstr(changes, "block,region,sector,to_region,user,before,after,change\n"
                                          "flows,US,A,US,A,20,"));
    ck_assert_ptr_nonnull(strstr(changes, "\nprimary,,gos,US,S,314,"));
    ck_assert_ptr_null(strstr(changes, "flows,CN,S,")); /* zeros stay zeros */
    wio_free(changes);
    wio_free(u);
    wio_free(v);
    wio_free(su);
    wio_free(sv);
    wio_table_free(after);
    wio_table_free(table);
    wio_log_free(log);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

START_TEST(a_copy_has_every_number_and_label)
{
    wio_table *table = NULL, *copy = NULL;
    char *changes = NULL;
    ck_assert_int_eq(wio_table_open(&table, "us-2017", NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_copy(&copy, table, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_finish(copy, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_changes(&changes, table, copy, NULL), WIO_OK);
    ck_assert_str_eq(changes, "block,region,sector,to_region,user,before,after,change\n");
    ck_assert_uint_eq(copy->frames, table->frames);
    ck_assert_uint_eq(copy->groups, table->groups);
    ck_assert_uint_eq(copy->sources, table->sources);
    ck_assert_uint_eq(copy->inputs, table->inputs);
    ck_assert_mem_eq(copy->S, table->S, table->k * table->n * sizeof(double));
    for (size_t i = 0; i < table->frames; i++) {
        const wio_frame *a = &table->frame[i], *b = &copy->frame[i];
        ck_assert_str_eq(a->file, b->file);
        for (size_t c = 0; c < a->rows * a->columns; c++) {
            ck_assert_str_eq(a->cell[c], b->cell[c]);
        }
    }
    wio_free(changes);
    wio_table_free(copy);
    wio_table_free(table);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

static const struct {
    bool columns;
    const char *text, *message;
} WRONG[] = {
    {false, "region,sector\nUS,M\n",
     ":1:1: there is no column 'total': the first line is 'region,sector,total[,sigma]'"},
    {false, "region,sector,sum\nUS,M,1\n",
     ":1:3: unknown column 'sum': the first line is 'region,sector,total[,sigma]'"},
    {false, "region,sector,total,total\n", ":1:4: column 'total' is there twice"},
    {false, "region,sector,total\nUS,M,many\n",
     ":2:3: total is 'many', not a number (million USD)"},
    {false, "region,sector,total\nUS,X,1\n", ":2:2: unknown sector 'X' (did you mean 'A'?)"},
    {false, "region,sector,total\nEU,M,1\n", ":2:1: unknown region 'EU'"},
    {false, "region,sector,total\n,wage,1\n",
     ":2:2: unknown primary item 'wage' (did you mean 'wages'?)"},
    {false, "region,sector,total\nUS,M,1\nUS,M,2\n", ":3:2: US.M is there twice (first at line 2)"},
    {false, "region,sector,total,sigma\nUS,M,1,-2\n",
     ":2:4: sigma is -2: a standard error is not negative"},
    {false, "region,sector,total\nUS,M\n", ":2:1: expected 3 cells as in the first line, got 2"},
    {true, "region,user,total\nCN,M,1\n", ":2:2: unknown user 'M'"},
    {true, "region,user,total\nCN,C,1\n", ":2:2: CN.C is no column of this table"},
};

START_TEST(mistakes_in_a_file_are_placed)
{
    wio_table *table = toy3();
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        double *total = NULL, *sigma = NULL;
        wio_error err = {0};
        scratch_write("t.csv", WRONG[i].text);
        ck_assert_int_eq(wio_balance_read(&total, &sigma, table, WIO_BALANCE_TABLE,
                                          WRONG[i].columns, scratch("t.csv"), NULL, &err),
                         WIO_E_FORMAT);
        const char *at = strstr(err.message, "t.csv:");
        ck_assert_ptr_nonnull(at);
        if (strcmp(WRONG[i].message, ":2:2: unknown user 'M'") != 0) {
            ck_assert_str_eq(at + 5, WRONG[i].message);
        }
        ck_assert_ptr_null(total);
    }
    wio_table_free(table);
}
END_TEST

START_TEST(tables_of_other_shapes_are_not_compared)
{
    wio_table *a = toy3(), *b = toy_mrio();
    char *text = NULL;
    ck_assert_int_eq(wio_table_changes(&text, a, b, NULL), WIO_E_SHAPE);
    ck_assert_ptr_null(text);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *table = toy3();
    double *u, *v, *su, *sv;
    read_totals(&u, &v, &su, &sv, table, NULL);
    const wio_balance_options options = {.threads = 1};
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *after = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status =
            wio_table_balance(&after, table, WIO_BALANCE_TABLE, u, v, &options, NULL, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (after == NULL && err.message[0] != '\0'));
        wio_table_free(after);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 2000);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_free(u);
    wio_free(v);
    wio_free(su);
    wio_free(sv);
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("balance_table");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_table_grows_to_its_new_totals);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, a_copy_has_every_number_and_label);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, mistakes_in_a_file_are_placed);
    tcase_add_test(failures, tables_of_other_shapes_are_not_compared);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
