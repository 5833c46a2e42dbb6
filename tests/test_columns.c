/* test_columns.c - a CSV file with a line of column names: what is found, what is refused and where. */
#include "support.h"

#include "../io/columns.h"

#include <check.h>
#include <string.h>

enum { CODE, VALUE, NOTE, NAMES };
static const char *const names[NAMES] = {"code", "value", "note"};

static wio_status open_text(wio_columns *columns, const char *text, wio_log *log, wio_error *err)
{
    scratch_write("c.csv", text);
    return wio_columns_open(columns, scratch("c.csv"), names, NAMES, NOTE, log, err);
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(columns_are_found_in_any_order)
{
    wio_columns c;
    double value = 0.0;
    ck_assert_int_eq(open_text(&c, "value,code\n2.5,A\n", NULL, NULL), WIO_OK);
    ck_assert(!c.mistakes);
    ck_assert_uint_eq(c.csv.rows, 2);
    ck_assert(wio_columns_whole(&c, 1));
    ck_assert_str_eq(wio_columns_cell(&c, 1, CODE), "A");
    ck_assert_str_eq(wio_columns_cell(&c, 1, NOTE), "");
    ck_assert(wio_columns_number(&value, &c, 1, VALUE, "value", NULL));
    ck_assert(value == 2.5);
    ck_assert(!c.mistakes);
    wio_columns_close(&c);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(mistakes_in_the_first_line_are_placed)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"", ":1:1: the file is empty"},
        {"code\n", ":1:1: there is no column 'value': the first line is 'code,value[,note]'"},
        {"code,vlaue,value\n", ":1:2: unknown column 'vlaue' (did you mean 'value'?)"},
        {"code,value,zzzzzzzz\n",
         ":1:3: unknown column 'zzzzzzzz': the first line is 'code,value[,note]'"},
        {"code,value,code\n", ":1:3: column 'code' is there twice"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        wio_columns c;
        wio_error err = {0};
        ck_assert_int_eq(open_text(&c, wrong[i].text, NULL, &err), WIO_OK);
        ck_assert(c.mistakes);
        ck_assert_str_eq(strstr(err.message, "c.csv:") + 5, wrong[i].message);
        wio_columns_close(&c);
    }
}
END_TEST

START_TEST(mistakes_in_a_row_are_all_logged)
{
    wio_columns c;
    wio_log *log = new_log();
    wio_names codes = {0};
    double value = 7.0;
    size_t line = 0;
    ck_assert_int_eq(wio_names_add(&codes, "AGR", "Farms"), WIO_OK);
    ck_assert_int_eq(open_text(&c, "code,value\nARG,ten\nAGR\nAGR,1\n", log, NULL), WIO_OK);
    ck_assert_uint_eq(wio_columns_code(&c, 1, CODE, "sector", &codes), SIZE_MAX);
    ck_assert(!wio_columns_number(&value, &c, 1, VALUE, "value", "persons"));
    ck_assert(value == 7.0);
    ck_assert(!wio_columns_whole(&c, 2));
    ck_assert_uint_eq(wio_columns_code(&c, 3, CODE, "sector", &codes), 0);
    ck_assert(wio_columns_once(&line, &c, 2, CODE, "HOME", "AGR"));
    ck_assert_uint_eq(line, 3);
    ck_assert(!wio_columns_once(&line, &c, 3, CODE, "HOME", "AGR"));
    ck_assert(!wio_columns_once(&line, &c, 3, CODE, "", "AGR"));
    ck_assert_uint_eq(line, 3);
    static const char *const lines[] = {
        "c.csv:2:1: error: unknown sector 'ARG' (did you mean 'AGR'?)",
        "c.csv:2:2: error: value is 'ten', not a number (persons)",
        "c.csv:3:1: error: expected 2 cells as in the first line, got 1",
        "c.csv:4:1: error: HOME.AGR is there twice (first at line 3)",
        "c.csv:4:1: error: AGR is there twice (first at line 3)"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        ck_assert_msg(logged(log, lines[i]), "%s", lines[i]);
    }
    ck_assert(c.mistakes);
    wio_columns_close(&c);
    wio_names_free(&codes);
    wio_log_free(log);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_columns c;
        wio_error err = {0};
        scratch_write("c.csv", "code,value\nA,1\n");
        const char *path = scratch("c.csv");
        wio_alloc_budget = budget;
        status = wio_columns_open(&c, path, names, NAMES, NOTE, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || err.message[0] != '\0');
        wio_columns_close(&c);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 100);
    }
    ck_assert_int_eq(status, WIO_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("columns");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, columns_are_found_in_any_order);
    suite_add_tcase(suite, known);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, mistakes_in_the_first_line_are_placed);
    tcase_add_test(failures, mistakes_in_a_row_are_all_logged);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
