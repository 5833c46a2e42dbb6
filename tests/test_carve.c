/* test_carve.c - regions carved out of a multi-regional table; a new sector from a recipe. */
#include "support.h"

#include "../core/table.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const US[] = {"US"};

/* 20 of M's 700: half of everything is sold to M and S, made with A, M and both kinds of imports. */
static const double INPUTS[] = {1, 4, 2, 0, 2, 0, 0, 3, 1, 5, 2};
static const double SALES[] = {0, 5, 5, 2, 0, 8, 0, 0};
static const double NEW_JOBS[] = {30};

/* The same as a file. */
static const char RECIPE[] =
    "kind,region,label,value\ninput,US,A,1\ninput,US,M,4\ninput,US,S,2\ninput,CN,M,2\n"
    "input,RW,M,3\ninput,RW,S,1\ninput,,wages,5\ninput,,gos,2\nsale,US,M,5\nsale,US,S,5\n"
    "sale,US,C,2\nsale,US,I,8\naccount,,jobs,30\n";

static wio_table *with_cells(void)
{
    wio_table *table = toy3(), *out = NULL;
    wio_error err = {0};
    wio_status status = wio_table_new_sector(&out, table, 1, "PV", "Solar cells", INPUTS, SALES,
                                             NEW_JOBS, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    wio_table_free(table);
    return out;
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(the_united_states_out_of_the_toy)
{
    wio_table *table = toy_mrio(), *out = NULL;
    ck_assert_int_eq(wio_table_carve(&out, table, US, 1, NULL, NULL), WIO_OK);
    ck_assert_uint_eq(out->n, 2);
    ck_assert_uint_eq(out->m, 6);
    ck_assert_uint_eq(out->f, 3);
    /* USG sells 12 + 4 to Chinese users and 20 to Chinese final demand (MODEL 1.6). */
    static const double Y[] = {330, 36, 100, 900, 18, 70};
    static const double Z[] = {200, 90, 180, 600, 40, 15, 2, 4, 60, 20, 10, 20};
    for (size_t k = 0; k < 6; k++) {
        ck_assert_double_eq(out->Y[k], Y[k]);
    }
    for (size_t k = 0; k < 12; k++) {
        ck_assert_double_eq(out->Z[k], Z[k]);
    }
    ck_assert_double_eq(out->x[0], 756);
    ck_assert_double_eq(out->cost[0], 756);
    ck_assert_double_eq(out->cost[1], 1768);
    ck_assert_double_eq(out->Y[2 * 3], 90); /* US final purchases of CNG */
    ck_assert_double_eq(out->Y[2 * 3 + 1], 0);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(a_recipe_leaves_every_total)
{
    wio_table *before = toy3(), *after = with_cells();
    ck_assert_uint_eq(after->n, 4);
    ck_assert_uint_eq(after->m, 10);
    ck_assert_str_eq(wio_table_origin_sector(after, 3), "PV");
    static const double x[] = {120, 680, 1200, 20};
    for (size_t j = 0; j < 4; j++) {
        ck_assert_double_eq(after->x[j], x[j]);
        ck_assert_double_eq(after->cost[j], x[j]);
    }
    ck_assert_double_eq(after->Z[1 * 4 + 1], 120 - 4 - 5); /* M to M: less its inputs and sales */
    ck_assert_double_eq(after->Z[1 * 4 + 3], 4);
    ck_assert_double_eq(after->Z[3 * 4 + 1], 5);
    ck_assert_double_eq(after->Z[3 * 4 + 3], 0);
    ck_assert_double_eq(after->S[1], 2070);
    ck_assert_double_eq(after->S[3], 30);
    ck_assert_double_eq(wio_sum(after->Z, 40, 1), wio_sum(before->Z, 27, 1));
    ck_assert_double_eq(wio_sum(after->Y, 50, 1), wio_sum(before->Y, 45, 1));
    ck_assert_double_eq(after->household_income, 1000);
    wio_table_free(after);
    wio_table_free(before);
}
END_TEST

START_TEST(a_recipe_is_read_from_a_file)
{
    wio_table *table = toy3();
    wio_recipe *recipe = NULL;
    wio_error err = {0};
    scratch_write("pv.csv", RECIPE);
    ck_assert_msg(wio_recipe_read(&recipe, table, scratch("pv.csv"), NULL, &err) == WIO_OK, "%s",
                  err.message);
    ck_assert_mem_eq(recipe->inputs, INPUTS, sizeof INPUTS);
    ck_assert_mem_eq(recipe->sales, SALES, sizeof SALES);
    ck_assert_double_eq(recipe->accounts[0], 30);
    wio_recipe_free(recipe);
    scratch_write("pv.csv", "kind,region,label,value\n"); /* jobs that are not listed: missing */
    ck_assert_int_eq(wio_recipe_read(&recipe, table, scratch("pv.csv"), NULL, &err), WIO_OK);
    ck_assert(isnan(recipe->accounts[0]));
    wio_recipe_free(recipe);
    wio_table_free(table);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

START_TEST(aggregating_the_new_sector_back_gives_the_old_table)
{
    static const char *from[] = {"A", "M", "S", "PV"}, *to[] = {"A", "M", "S", "M"};
    const wio_concordance back = {
        .count = 4, .from = (char **)(void *)from, .to = (char **)(void *)to};
    wio_table *before = toy3(), *after = with_cells(), *again = NULL;
    char *changes = NULL;
    ck_assert_int_eq(wio_table_aggregate(&again, after, NULL, &back, NULL, NULL, NULL, NULL),
                     WIO_OK);
    ck_assert_int_eq(wio_table_changes(&changes, before, again, NULL), WIO_OK);
    ck_assert_str_eq(changes, "block,region,sector,to_region,user,before,after,change\n");
    wio_free(changes);
    wio_table_free(again);
    wio_table_free(after);
    wio_table_free(before);
}
END_TEST

START_TEST(keeping_all_regions_changes_nothing)
{
    static const char *const all[] = {"RW", "US", "CN"};
    wio_table *table = toy_mrio(), *out = NULL;
    char *changes = NULL;
    ck_assert_int_eq(wio_table_carve(&out, table, all, 3, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_changes(&changes, table, out, NULL), WIO_OK);
    ck_assert_str_eq(changes, "block,region,sector,to_region,user,before,after,change\n");
    wio_free(changes);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(a_region_without_production_is_refused)
{
    static const char *const keep[] = {"CN"};
    wio_table *table = toy3(), *out = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_carve(&out, table, keep, 1, NULL, &err), WIO_E_TABLE);
    ck_assert_str_eq(err.message, "toy3 has no region with production called 'CN'");
    ck_assert_int_eq(wio_table_carve(&out, table, NULL, 1, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_ptr_null(out);
    wio_table_free(table);
}
END_TEST

START_TEST(a_recipe_that_does_not_fit_is_refused)
{
    wio_table *table = toy3(), *out = NULL;
    double inputs[11], sales[8];
    memcpy(inputs, INPUTS, sizeof inputs);
    memcpy(sales, SALES, sizeof sales);
    wio_error err = {0};
    inputs[0] = 2;
    ck_assert_int_eq(
        wio_table_new_sector(&out, table, 1, "PV", NULL, inputs, sales, NEW_JOBS, NULL, &err),
        WIO_E_TABLE);
    ck_assert_str_eq(err.message, "PV has inputs of 21 and sales of 20: both are its output");
    inputs[0] = 1;
    inputs[4] = 0; /* what came from China's M comes from China's A, which sells only 2 to M */
    inputs[3] = 3;
    inputs[9] = 4;
    err = (wio_error){0};
    ck_assert_int_eq(
        wio_table_new_sector(&out, table, 1, "PV", NULL, inputs, sales, NEW_JOBS, NULL, &err),
        WIO_E_TABLE);
    ck_assert_str_eq(err.message, "PV takes 3 of the flow from A to M, which is 2");
    ck_assert_ptr_null(out);
    wio_table_free(table);
}
END_TEST

static const struct {
    const char *line, *message;
} WRONG[] = {
    {"inputs,US,A,1",
     ":2:1: 'inputs' is no kind of line: input, sale or account (did you mean 'input'?)"},
    {"input,US,X,1", ":2:3: unknown sector 'X' (did you mean 'A'?)"},
    {"input,EU,A,1", ":2:2: unknown region 'EU'"},
    {"input,,wage,1", ":2:3: unknown primary item 'wage' (did you mean 'wages'?)"},
    {"sale,CN,C,1", ":2:3: CN.C is no column of this table"},
    {"account,,job,1", ":2:3: unknown account 'job' (did you mean 'jobs'?)"},
    {"account,US,jobs,1", ":2:2: an account has no region"},
    {"input,US,A,much", ":2:4: value is 'much', not a number"},
    {"input,US,A,1\ninput,US,A,1", ":3:3: US.A is there twice (first at line 2)"},
    {"input,US,A", ":2:1: expected 4 cells as in the first line, got 3"},
};

START_TEST(mistakes_of_a_recipe_are_placed)
{
    wio_table *table = toy3();
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        wio_recipe *recipe = NULL;
        wio_error err = {0};
        char text[200];
        (void)snprintf(text, sizeof text, "kind,region,label,value\n%s\n", WRONG[i].line);
        scratch_write("pv.csv", text);
        ck_assert_int_eq(wio_recipe_read(&recipe, table, scratch("pv.csv"), NULL, &err),
                         WIO_E_FORMAT);
        ck_assert_ptr_nonnull(strstr(err.message, "pv.csv:"));
        ck_assert_str_eq(strstr(err.message, "pv.csv:") + 6, WRONG[i].message);
        ck_assert_ptr_null(recipe);
    }
    wio_table_free(table);
}
END_TEST

START_TEST(a_recipe_leaves_nothing_when_memory_ends)
{
    wio_table *table = toy3();
    scratch_write("pv.csv", RECIPE);
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_recipe *recipe = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_recipe_read(&recipe, table, scratch("pv.csv"), NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (recipe == NULL && err.message[0] != '\0'));
        wio_recipe_free(recipe);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 500);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(table);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *tables[] = {toy_mrio(), toy3()};
    for (size_t t = 0; t < 2; t++) {
        long live = wio_alloc_live;
        wio_status status = WIO_E_MEMORY;
        for (long budget = 0; status == WIO_E_MEMORY; budget++) {
            wio_table *out = NULL;
            wio_error err = {0};
            wio_alloc_budget = budget;
            status = t == 0 ? wio_table_carve(&out, tables[t], US, 1, NULL, &err)
                            : wio_table_new_sector(&out, tables[t], 1, "PV", NULL, INPUTS, SALES,
                                                   NEW_JOBS, NULL, &err);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || (out == NULL && err.message[0] != '\0'));
            wio_table_free(out);
            ck_assert_int_eq(wio_alloc_live, live);
            ck_assert_int_lt(budget, 500);
        }
        ck_assert_int_eq(status, WIO_OK);
    }
    wio_table_free(tables[0]);
    wio_table_free(tables[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("carve");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, the_united_states_out_of_the_toy);
    tcase_add_test(known, a_recipe_leaves_every_total);
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_recipe_is_read_from_a_file);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, aggregating_the_new_sector_back_gives_the_old_table);
    tcase_add_test(properties, keeping_all_regions_changes_nothing);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, a_region_without_production_is_refused);
    tcase_add_test(failures, a_recipe_that_does_not_fit_is_refused);
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, mistakes_of_a_recipe_are_placed);
    tcase_add_test(failures, a_recipe_leaves_nothing_when_memory_ends);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
