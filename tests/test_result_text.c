/* test_result_text.c - JSON and CSV of a result. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <string.h>

static const char *const activity[] = {"US.A", "US.M"};
static const char *const scenario[] = {"tariff, 10 points", "-answer"};

static wio_result *small(const char *command)
{
    static const char *const region[] = {"US", "US"}, *const sector[] = {"A", "M"};
    static const char *const name[] = {"Farms", "=1+1"};
    wio_result *r = NULL;
    double *data = NULL;
    ck_assert_int_eq(wio_result_create(&r, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(r, "activity", 2, activity, "activity", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add_text(r, "region", "activity", region, "region", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add_text(r, "sector", "activity", sector, "sector", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add_text(r, "sector_name", "activity", name, "name", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add(&data, r, "output", "activity", "1", "output", NULL), WIO_OK);
    data[0] = 1.5, data[1] = 0.1;
    ck_assert_int_eq(wio_result_add(&data, r, "imports", "activity", "1", "imports", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add(&data, r, "jobs", "activity", "persons", "jobs", NULL), WIO_OK);
    data[0] = -7, data[1] = 1e300;
    ck_assert_int_eq(wio_result_set(r, "command", NULL, "%s", command), WIO_OK);
    return r;
}

static wio_result *study(void)
{
    wio_result *r = small("run");
    double *data = NULL;
    ck_assert_int_eq(wio_result_dimension(r, "scenario", 2, scenario, "scenario", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(r, "year", 2, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(r, "draw", 2, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add(&data, r, "year", "year", "1", "year", NULL), WIO_OK);
    data[0] = 2026, data[1] = 2027;
    ck_assert_int_eq(wio_result_add(&data, r, "change", "scenario,year", "1", "change", NULL),
                     WIO_OK);
    data[0] = 1, data[1] = 2, data[2] = 3;
    ck_assert_int_eq(wio_result_add(&data, r, "share", "", "1", "share", NULL), WIO_OK);
    data[0] = 0.25;
    ck_assert_int_eq(wio_result_add(&data, r, "drawn", "draw", "1", "drawn", NULL), WIO_OK);
    data[0] = 4, data[1] = INFINITY;
    ck_assert_int_eq(wio_result_set_text(r, "title", "a \"b\"\n\xc3\xa9\xff\x01\\", NULL), WIO_OK);
    return r;
}

START_TEST(multipliers_are_one_line_per_activity)
{
    wio_result *r = small(_i == 0 ? "multipliers" : "solve");
    char *text = NULL;
    ck_assert_int_eq(wio_result_csv(&text, r, NULL, NULL), WIO_OK);
    ck_assert_str_eq(text, "activity,region,sector,output,imports,jobs\n"
                           "US.A,US,A,1.5,,-7\n"
                           "US.M,US,M,0.1,,1e+300\n");
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(a_study_is_long_with_the_dimensions_in_use)
{
    wio_result *r = study();
    char *text = NULL;
    ck_assert_int_eq(wio_result_csv(&text, r, NULL, NULL), WIO_OK);
    ck_assert_str_eq(text, "variable,activity,scenario,year,draw,value\n"
                           "output,US.A,,,,1.5\n"
                           "output,US.M,,,,0.1\n"
                           "imports,US.A,,,,\n"
                           "imports,US.M,,,,\n"
                           "jobs,US.A,,,,-7\n"
                           "jobs,US.M,,,,1e+300\n"
                           "change,,\"tariff, 10 points\",2026,,1\n"
                           "change,,\"tariff, 10 points\",2027,,2\n"
                           "change,,'-answer,2026,,3\n"
                           "change,,'-answer,2027,,\n"
                           "share,,,,,0.25\n"
                           "drawn,,,,1,4\n"
                           "drawn,,,,2,\n");
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(one_variable_has_its_own_dimensions)
{
    wio_result *r = study();
    char *text = NULL;
    ck_assert_int_eq(wio_result_csv(&text, r, "change", NULL), WIO_OK);
    ck_assert_str_eq(text, "variable,scenario,year,value\n"
                           "change,\"tariff, 10 points\",2026,1\n"
                           "change,\"tariff, 10 points\",2027,2\n"
                           "change,'-answer,2026,3\n"
                           "change,'-answer,2027,\n");
    wio_free(text);
    ck_assert_int_eq(wio_result_csv(&text, r, "share", NULL), WIO_OK);
    ck_assert_str_eq(text, "variable,value\nshare,0.25\n");
    wio_free(text);
    ck_assert_int_eq(wio_result_csv(&text, r, "sector_name", NULL), WIO_OK);
    ck_assert_str_eq(text, "variable,activity,value\n"
                           "sector_name,US.A,Farms\n"
                           "sector_name,US.M,'=1+1\n");
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(json_is_nested_and_escaped)
{
    wio_result *r = study();
    char *text = NULL;
    ck_assert_int_eq(wio_result_json(&text, r, NULL), WIO_OK);
    static const char *const part[] = {
        "\"title\": \"a \\\"b\\\"\\u000a\xc3\xa9\\ufffd\\u0001\\\\\"",
        "\"dims\": {\"activity\": 2, \"scenario\": 2, \"year\": 2, \"draw\": 2}",
        "\"change\": {\"dims\": [\"scenario\", \"year\"], \"attrs\": {\"units\": \"1\", "
        "\"long_name\": \"change\"}, \"data\": [[1,2],[3,null]]}",
        "\"share\": {\"dims\": [], \"attrs\": {\"units\": \"1\", \"long_name\": \"share\"}, "
        "\"data\": 0.25}",
        "\"data\": [4,null]}",
        "\"scenario\": {\"dims\": [\"scenario\"], \"attrs\": {\"units\": \"1\", \"long_name\": "
        "\"scenario\"}, \"data\": [\"tariff, 10 points\",\"-answer\"]}"};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        ck_assert_msg(strstr(text, part[i]) != NULL, "no %s in\n%s", part[i], text);
    }
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(an_unknown_variable_is_refused_with_a_suggestion)
{
    wio_result *r = study();
    wio_error err = {0};
    char *text = NULL;
    ck_assert_int_eq(wio_result_csv(&text, r, "chnage", &err), WIO_E_ARGUMENT);
    ck_assert_str_eq(err.message, "the result has no variable 'chnage' (did you mean 'change'?)");
    ck_assert_int_eq(wio_result_csv(&text, r, "quite something else", NULL), WIO_E_ARGUMENT);
    ck_assert_ptr_null(text);
    wio_result_free(r);
}
END_TEST

START_TEST(every_failed_allocation_is_reported)
{
    wio_result *r = study();
    long live = wio_alloc_live;
    for (int form = 0; form < 4; form++) {
        for (long budget = 0;; budget++) {
            char *text = NULL;
            wio_alloc_budget = budget;
            wio_status status = form == 0   ? wio_result_json(&text, r, NULL)
                                : form == 1 ? wio_result_csv(&text, r, NULL, NULL)
                                : form == 2 ? wio_result_csv(&text, r, "change", NULL)
                                            : wio_result_csv(&text, r, "chnage", NULL);
            wio_alloc_budget = -1;
            if (status != WIO_E_MEMORY) {
                ck_assert_int_eq(status, form == 3 ? WIO_E_ARGUMENT : WIO_OK);
                ck_assert_int_ge(budget, 1);
                wio_free(text);
                break;
            }
            ck_assert_ptr_null(text);
            ck_assert_int_eq(wio_alloc_live, live);
        }
    }
    wio_result_free(r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("result_text");
    TCase *known = tcase_create("known answers");
    tcase_add_loop_test(known, multipliers_are_one_line_per_activity, 0, 2);
    tcase_add_test(known, a_study_is_long_with_the_dimensions_in_use);
    tcase_add_test(known, one_variable_has_its_own_dimensions);
    tcase_add_test(known, json_is_nested_and_escaped);
    suite_add_tcase(suite, known);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, an_unknown_variable_is_refused_with_a_suggestion);
    tcase_add_test(failures, every_failed_allocation_is_reported);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
