/* test_table.c - suite for core/table.c, table_access.c and table_finish.c. */
#include "../core/table.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* MODEL 1.5: x = (120, 700, 1200); the columns add up to it. */
START_TEST(toy3_has_the_output_of_the_model)
{
    static const double x[] = {120, 700, 1200};
    wio_table *table = toy3();
    for (size_t j = 0; j < 3; j++) {
        ck_assert_double_eq(wio_table_x(table)[j], x[j]);
        ck_assert_double_eq(table->cost[j], x[j]);
    }
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* MODEL 1.6: ANS x. */
START_TEST(toy_mrio_has_the_output_of_the_model)
{
    static const double x[] = {756, 1768, 1360, 970, 2130, 2572};
    wio_table *table = toy_mrio();
    for (size_t j = 0; j < 6; j++) {
        ck_assert_double_eq(wio_table_x(table)[j], x[j]);
        ck_assert_double_eq(table->cost[j], x[j]);
    }
    wio_table_free(table);
}
END_TEST

START_TEST(a_table_says_what_it_is)
{
    wio_table *table = toy3();
    wio_table_info info;
    wio_table_describe(&info, table);
    ck_assert_str_eq(info.name, "toy3");
    ck_assert_str_eq(info.unit, "million USD");
    ck_assert_uint_eq(info.n, 3);
    ck_assert_uint_eq(info.m, 9);
    ck_assert_uint_eq(info.f, 5);
    ck_assert_uint_eq(info.regions, 3);
    ck_assert_double_eq(info.household_income, 1000);
    bool endogenous = true;
    ck_assert_str_eq(wio_table_region(table, 1, &endogenous), "CN");
    ck_assert(!endogenous);
    ck_assert_ptr_null(wio_table_region(table, 3, NULL));
    ck_assert_str_eq(wio_table_origin_region(table, 8), "RW");
    ck_assert_str_eq(wio_table_origin_sector(table, 8), "S");
    ck_assert_str_eq(wio_table_sector_name(table, 8), "S");
    ck_assert_ptr_null(wio_table_origin_region(table, 9));
    ck_assert_ptr_null(wio_table_origin_sector(table, 9));
    ck_assert_ptr_null(wio_table_sector_name(table, 9));
    const char *unit = NULL;
    ck_assert_str_eq(wio_table_account(table, 0, &unit), "jobs");
    ck_assert_str_eq(unit, "thousand jobs");
    ck_assert_ptr_null(wio_table_account(table, 1, NULL));
    ck_assert_double_eq(wio_table_Z(table)[4 * 3 + 1], 40);
    ck_assert_double_eq(wio_table_Y(table)[4], 20);
    ck_assert_double_eq(wio_table_P(table)[5], 314);
    ck_assert_double_eq(wio_table_S(table)[2], 7200);
    wio_table_free(table);
    wio_table_free(NULL);
}
END_TEST

START_TEST(things_are_found_by_label)
{
    wio_table *table = toy3();
    ck_assert_uint_eq(wio_table_origin(table, 1, 2), 5);
    ck_assert_uint_eq(wio_table_origin(table, 3, 0), SIZE_MAX);
    ck_assert_uint_eq(wio_table_origin(table, 0, 3), SIZE_MAX);
    ck_assert_uint_eq(wio_table_jobs(table), 0);
    ck_assert_int_eq(table->valuation[1], WIO_CUSTOMS);
    wio_table_free(table);
}
END_TEST

START_TEST(every_code_that_a_study_can_name_is_listed)
{
    wio_table *table = toy3();
    const char *name = NULL;
    size_t count[WIO_CODES] = {0};
    for (int kind = 0; kind < WIO_CODES; kind++) {
        while (wio_table_code(NULL, table, (wio_code)kind, count[kind]) != NULL) {
            count[kind]++;
        }
    }
    ck_assert_uint_eq(count[WIO_CODE_REGION], 3);
    ck_assert_uint_eq(count[WIO_CODE_SECTOR], 3);
    ck_assert_uint_eq(count[WIO_CODE_GROUP], 0);
    ck_assert_uint_eq(count[WIO_CODE_USE], 4);
    ck_assert_uint_eq(count[WIO_CODE_ITEM], 2);
    ck_assert_uint_eq(count[WIO_CODE_COLUMN], 0);
    ck_assert_str_eq(wio_table_code(&name, table, WIO_CODE_ACCOUNT, 0), "jobs");
    ck_assert_str_eq(name, "thousand jobs");
    ck_assert_str_eq(wio_table_code(&name, table, WIO_CODE_SECTOR, 2), "S");
    ck_assert_str_eq(name, "S");
    ck_assert_ptr_null(wio_table_code(&name, table, WIO_CODES, 0));
    wio_table_free(table);
}
END_TEST

START_TEST(roles_and_valuations_have_names)
{
    for (int i = 0; i < WIO_ROLES; i++) {
        wio_role role = WIO_ROLES;
        ck_assert(wio_role_find(&role, wio_role_name((wio_role)i)));
        ck_assert_int_eq(role, i);
        ck_assert(wio_role_is_final(role) == (i <= WIO_ROLE_EXPORT));
    }
    wio_role role;
    ck_assert(!wio_role_find(&role, "households"));
    ck_assert_str_eq(wio_role_name(WIO_ROLES), "unknown");
    wio_valuation valuation = WIO_BASIC;
    ck_assert(wio_valuation_find(&valuation, "duty_paid"));
    ck_assert_int_eq(valuation, WIO_DUTY_PAID);
    ck_assert(!wio_valuation_find(&valuation, "cif"));
    ck_assert_str_eq(wio_valuation_name(WIO_CUSTOMS), "customs");
}
END_TEST

/* --- a table of two sectors that a test may spoil ------------------------------------------------------- */

typedef struct small {
    wio_table_arrays arrays;
    const char *region[2], *sector[3], *use[2], *item[1], *account[1], *unit[1];
    bool endogenous[2];
    size_t origin_region[3], final_region[2];
    wio_role final_role[2], item_role[1];
    double Z[6], Y[6], P[2], S[2];
} small;

/* HOME produces A and B, imports C from OUT: x = (10, 20). */
static void make_small(small *s)
{
    *s = (small){.region = {"HOME", "OUT"},
                 .sector = {"A", "B", "C"},
                 .use = {"HH", "EXP"},
                 .item = {"value_added"},
                 .account = {"jobs"},
                 .unit = {"persons"},
                 .endogenous = {true, false},
                 .origin_region = {0, 0, 1},
                 .final_region = {0, 1},
                 .final_role = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_EXPORT},
                 .item_role = {WIO_ROLE_VALUE_ADDED},
                 .Z = {1, 2, 3, 4, 1, 1},
                 .Y = {6, 1, 10, 3, 2, 0},
                 .P = {5, 13},
                 .S = {7, NAN}};
    s->arrays = (wio_table_arrays){.name = "small",
                                   .currency = "EUR",
                                   .price_basis = "basic",
                                   .import_split = "survey",
                                   .regions = 2,
                                   .region_code = s->region,
                                   .endogenous = s->endogenous,
                                   .n = 2,
                                   .m = 3,
                                   .origin_region = s->origin_region,
                                   .origin_sector = s->sector,
                                   .f = 2,
                                   .final_region = s->final_region,
                                   .final_use = s->use,
                                   .final_role = s->final_role,
                                   .p = 1,
                                   .primary_item = s->item,
                                   .primary_role = s->item_role,
                                   .k = 1,
                                   .account = s->account,
                                   .account_unit = s->unit,
                                   .Z = s->Z,
                                   .Y = s->Y,
                                   .P = s->P,
                                   .S = s->S};
}

static void refused(small *s, wio_status status, const char *message)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_log *log = new_log();
    wio_status got = wio_table_create(&table, &s->arrays, log, &err);
    ck_assert_msg(got == status, "'%s': %d", err.message, got);
    ck_assert_msg(strstr(err.message, message) != NULL, "expected '%s', got '%s'", message,
                  err.message);
    ck_assert_int_eq(err.status, status);
    ck_assert_ptr_null(table);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}

START_TEST(a_missing_satellite_stays_missing)
{
    small s;
    make_small(&s);
    wio_table *table = NULL;
    ck_assert_int_eq(wio_table_create(&table, &s.arrays, NULL, NULL), WIO_OK);
    ck_assert(isnan(wio_table_S(table)[1]));
    ck_assert(isnan(table->household_income)); /* 0 in the arrays: not known */
    s.Z[0] = 99;                               /* the table has its own copy */
    ck_assert_double_eq(wio_table_Z(table)[0], 1);
    wio_table_free(table);
}
END_TEST

START_TEST(an_inactive_activity_stays_with_a_warning)
{
    small s;
    make_small(&s);
    const double Z[] = {0, 0, 0, 7, 0, 0}, Y[] = {0, 0, 10, 3, 2, 0}, P[] = {0, 13};
    memcpy(s.Z, Z, sizeof Z);
    memcpy(s.Y, Y, sizeof Y);
    memcpy(s.P, P, sizeof P);
    wio_table *table = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_create(&table, &s.arrays, log, NULL), WIO_OK);
    ck_assert_double_eq(wio_table_x(table)[0], 0);
    ck_assert(logged(log, "warning: HOME.A neither buys nor sells"));
    wio_table_free(table);
    wio_log_free(log);
}
END_TEST

START_TEST(several_inactive_activities_are_one_finding)
{
    small s;
    make_small(&s);
    const double Z[] = {0, 0, 0, 0, 0, 0}, Y[] = {0, 0, 0, 0, 2, 0}, P[] = {0, 0};
    memcpy(s.Z, Z, sizeof Z);
    memcpy(s.Y, Y, sizeof Y);
    memcpy(s.P, P, sizeof P);
    wio_table *table = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_create(&table, &s.arrays, log, NULL), WIO_OK);
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 1);
    ck_assert(logged(log, "2 activities neither buy nor sell, and are kept as inactive: HOME.A, "
                          "HOME.B"));
    wio_table_free(table);
    wio_log_free(log);
}
END_TEST

START_TEST(output_that_no_model_can_use_is_refused)
{
    small s;
    make_small(&s);
    s.Y[0] = -20;
    refused(&s, WIO_E_TABLE, "HOME.A has negative output (row sum -16)");
    make_small(&s);
    s.Y[0] = -4;
    refused(&s, WIO_E_TABLE, "HOME.A buys inputs but has no output");
    make_small(&s);
    s.Z[0] = s.Z[2] = s.Z[4] = s.P[0] = 0; /* nothing bought; 2 sold, 2 taken back */
    s.Y[0] = -3;
    refused(&s, WIO_E_TABLE, "HOME.A has sales that cancel to no output");
}
END_TEST

START_TEST(numbers_that_are_none_are_refused_by_name)
{
    small s;
    make_small(&s);
    s.Z[5] = NAN;
    refused(&s, WIO_E_NONFINITE, "Z[2,1], OUT.C to HOME.B, is missing");
    make_small(&s);
    s.Y[1] = INFINITY;
    refused(&s, WIO_E_NONFINITE, "Y[0,1], HOME.A to OUT.EXP, is infinite");
    make_small(&s);
    s.P[1] = NAN;
    refused(&s, WIO_E_NONFINITE, "P[0,1], value_added to HOME.B, is missing");
    make_small(&s);
    s.S[0] = -INFINITY;
    refused(&s, WIO_E_NONFINITE, "S[0,0], jobs to HOME.A, is infinite");
    make_small(&s);
    s.Y[0] = s.Y[1] = 1.7e308;
    refused(&s, WIO_E_NONFINITE, "the row or column sum of HOME.A is not a number");
}
END_TEST

START_TEST(ten_numbers_are_named_and_the_others_counted)
{
    small s;
    make_small(&s);
    for (size_t i = 0; i < 6; i++) {
        s.Z[i] = s.Y[i] = NAN;
    }
    wio_table *table = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_create(&table, &s.arrays, log, NULL), WIO_E_NONFINITE);
    ck_assert_uint_eq(wio_log_count(log, WIO_ERROR), 11);
    ck_assert(logged(log, "2 more numbers are missing or infinite"));
    wio_log_free(log);
}
END_TEST

START_TEST(labels_that_are_there_twice_are_refused)
{
    small s;
    make_small(&s);
    s.sector[1] = "A";
    refused(&s, WIO_E_TABLE, "HOME.A is there twice (origins 0 and 1)");
    make_small(&s);
    s.region[1] = "HOME";
    refused(&s, WIO_E_TABLE, "region 'HOME' is there twice");
    make_small(&s);
    s.use[1] = "HH";
    s.final_region[1] = 0;
    s.final_role[1] = WIO_ROLE_HOUSEHOLD;
    refused(&s, WIO_E_TABLE, "final column HOME.HH is there twice");
    make_small(&s);
    s.use[1] = "A";
    refused(&s, WIO_E_TABLE, "'A' is a sector and a final use");
    make_small(&s);
    s.use[1] = "HH";
    refused(&s, WIO_E_TABLE, "final use HH is both household and export");
}
END_TEST

START_TEST(shapes_that_do_not_agree_are_refused)
{
    small s;
    make_small(&s);
    s.arrays.n = 4;
    refused(&s, WIO_E_SHAPE, "4 activities, 3 origins");
    make_small(&s);
    s.arrays.n = 0;
    refused(&s, WIO_E_SHAPE, "0 activities");
    make_small(&s);
    s.origin_region[2] = 2;
    refused(&s, WIO_E_SHAPE, "origin_region[2] is 2, but there are 2 regions");
    make_small(&s);
    s.origin_region[1] = 1;
    refused(&s, WIO_E_SHAPE, "origin 1 is in region OUT");
    make_small(&s);
    s.final_region[0] = 9;
    refused(&s, WIO_E_SHAPE, "final_region[0] is 9");
}
END_TEST

START_TEST(arguments_that_make_no_sense_are_refused)
{
    small s;
    make_small(&s);
    s.arrays.Y = NULL;
    refused(&s, WIO_E_ARGUMENT, "Y is NULL, but the table has 2 of them");
    make_small(&s);
    s.final_role[0] = WIO_ROLE_TAX;
    refused(&s, WIO_E_ARGUMENT, "role of final column 0 is tax");
    make_small(&s);
    s.item_role[0] = WIO_ROLE_EXPORT;
    refused(&s, WIO_E_ARGUMENT, "role of primary item 0 is export");
    make_small(&s);
    s.arrays.valuation = (const char *const[]){"basic", "cif"};
    refused(&s, WIO_E_ARGUMENT, "valuation of region OUT is 'cif'");
    make_small(&s);
    s.sector[2] = "";
    refused(&s, WIO_E_ARGUMENT, "origin 2 has no sector code");
    make_small(&s);
    s.use[0] = NULL;
    refused(&s, WIO_E_ARGUMENT, "final use 0 has no code");
    ck_assert_int_eq(wio_table_create(NULL, NULL, NULL, NULL), WIO_E_ARGUMENT);
}
END_TEST

START_TEST(every_allocation_failure_is_reported)
{
    wio_status status = WIO_E_MEMORY;
    long budget = 0;
    for (; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 500);
        small s;
        wio_table *table = NULL;
        wio_error err = {0};
        make_small(&s);
        wio_alloc_budget = budget;
        status = wio_table_create(&table, &s.arrays, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        ck_assert_int_eq(err.status, status);
        ck_assert((status == WIO_OK) == (table != NULL));
        wio_table_free(table);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
    ck_assert_int_gt(budget, 50);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table");

    TCase *known = tcase_create("known answers");
    tcase_add_test(known, toy3_has_the_output_of_the_model);
    tcase_add_test(known, toy_mrio_has_the_output_of_the_model);
    tcase_add_test(known, a_table_says_what_it_is);
    tcase_add_test(known, things_are_found_by_label);
    tcase_add_test(known, every_code_that_a_study_can_name_is_listed);
    tcase_add_test(known, roles_and_valuations_have_names);
    tcase_add_test(known, a_missing_satellite_stays_missing);
    tcase_add_test(known, an_inactive_activity_stays_with_a_warning);
    tcase_add_test(known, several_inactive_activities_are_one_finding);
    suite_add_tcase(suite, known);

    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, output_that_no_model_can_use_is_refused);
    tcase_add_test(failures, numbers_that_are_none_are_refused_by_name);
    tcase_add_test(failures, ten_numbers_are_named_and_the_others_counted);
    tcase_add_test(failures, labels_that_are_there_twice_are_refused);
    tcase_add_test(failures, shapes_that_do_not_agree_are_refused);
    tcase_add_test(failures, arguments_that_make_no_sense_are_refused);
    tcase_add_test(failures, every_allocation_failure_is_reported);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
