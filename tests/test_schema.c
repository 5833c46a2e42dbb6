/* test_schema.c - suite for core/schema*.c: numbers as they are typed, and the reference. */
#include "../core/schema.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    wio_unit unit;
    const char *text;
    double value; /* NaN: refused */
} NUMBERS[] = {
    {WIO_UNIT_NUMBER, "2.5", 2.5},       {WIO_UNIT_NUMBER, "-1e3", -1000.0},
    {WIO_UNIT_NUMBER, "5%", NAN},        {WIO_UNIT_NUMBER, "1_000", NAN},
    {WIO_UNIT_NUMBER, "0x10", NAN},      {WIO_UNIT_NUMBER, "1e999", NAN},
    {WIO_UNIT_NUMBER, ".inf", NAN},      {WIO_UNIT_NUMBER, "", NAN},
    {WIO_UNIT_NUMBER, "%", NAN},         {WIO_UNIT_NUMBER, "pp", NAN},
    {WIO_UNIT_NUMBER, "12:30", NAN},     {WIO_UNIT_NONNEGATIVE, "-0.1", NAN},
    {WIO_UNIT_SHARE, "40%", 0.4},        {WIO_UNIT_SHARE, "0.4", 0.4},
    {WIO_UNIT_SHARE, "1.1", NAN},        {WIO_UNIT_SHARE, "40", NAN},
    {WIO_UNIT_SHARE, "40pp", NAN},       {WIO_UNIT_RATE, "40%", 0.4},
    {WIO_UNIT_RATE, "0.4", 0.4},         {WIO_UNIT_RATE, "40", NAN},
    {WIO_UNIT_RATE, "10pp", NAN},        {WIO_UNIT_RATE, "-1%", NAN},
    {WIO_UNIT_POINTS, "10pp", 0.1},      {WIO_UNIT_POINTS, "+10pp", 0.1},
    {WIO_UNIT_POINTS, "-7.5pp", -0.075}, {WIO_UNIT_POINTS, "0", 0.0},
    {WIO_UNIT_POINTS, "10%", NAN},       {WIO_UNIT_POINTS, "0.1", NAN},
    {WIO_UNIT_CHANGE, "-15%", -0.15},    {WIO_UNIT_CHANGE, "0", 0.0},
    {WIO_UNIT_CHANGE, "-0.15", NAN},     {WIO_UNIT_CHANGE, "-15pp", NAN},
    {WIO_UNIT_CHANGE, "-101%", NAN},     {WIO_UNIT_YEAR, "2020", 2020.0},
    {WIO_UNIT_YEAR, "2020.5", NAN},      {WIO_UNIT_YEAR, "20", NAN},
    {WIO_UNIT_COUNT, "3", 3.0},          {WIO_UNIT_COUNT, "0", NAN},
    {WIO_UNIT_COUNT, "2.5", NAN},        {WIO_UNIT_MONEY, "288.8", 288.8},
};

START_TEST(a_number_is_read_in_its_unit_or_refused_with_a_reason)
{
    double value = -99.0;
    char reason[WIO_REASON_SIZE] = "";
    bool read = wio_schema_number(&value, reason, NUMBERS[_i].unit, NUMBERS[_i].text);
    ck_assert_msg(read == !isnan(NUMBERS[_i].value), "'%s'", NUMBERS[_i].text);
    if (read) {
        ck_assert_double_eq_tol(value, NUMBERS[_i].value, 1e-15);
    } else {
        ck_assert_double_eq(value, -99.0);
        ck_assert_ptr_nonnull(strstr(reason, NUMBERS[_i].text));
    }
}
END_TEST

START_TEST(a_mix_of_rate_and_points_says_which_to_write)
{
    double value = 0.0;
    char reason[WIO_REASON_SIZE];
    ck_assert(!wio_schema_number(&value, reason, WIO_UNIT_POINTS, "10%"));
    ck_assert_str_eq(reason, "'10%' could be points or a rate: write '10pp' for points added, or "
                             "`rate: 10%` for the new total");
    ck_assert(!wio_schema_number(&value, reason, WIO_UNIT_RATE, "10pp"));
    ck_assert_str_eq(reason, "'10pp' are points added: write `change: 10pp`, or a rate such as "
                             "10%");
}
END_TEST

/* Every map and list of the table leads to a section that exists, and every section is reached. */
START_TEST(the_sections_hang_together)
{
    static const char *const reached[] = {"study", "value", "column", "mirror"};
    for (size_t i = 0; i < wio_schema_rows; i++) {
        const wio_schema_row *row = &wio_schema[i];
        bool below = (row->takes & (WIO_TAKES_MAP | WIO_TAKES_LIST)) != 0;
        ck_assert_msg(below == (row->below != NULL), "%s.%s", row->section, row->key);
        ck_assert_msg(((row->takes & WIO_TAKES_WORD) != 0) == (row->words != NULL) ||
                          (row->takes & WIO_TAKES_TEXTS) != 0,
                      "%s.%s", row->section, row->key);
        ck_assert_msg(row->text != NULL && row->text[0] != '\0', "%s.%s", row->section, row->key);
        bool found = row->below == NULL, named = false;
        for (size_t k = 0; k < wio_schema_rows; k++) {
            found |= row->below != NULL && strcmp(wio_schema[k].section, row->below) == 0;
            named |= wio_schema[k].below != NULL && strcmp(wio_schema[k].below, row->section) == 0;
        }
        for (size_t k = 0; k < sizeof reached / sizeof reached[0]; k++) {
            named |= strcmp(reached[k], row->section) == 0;
        }
        ck_assert_msg(found, "%s.%s leads nowhere", row->section, row->key);
        ck_assert_msg(named, "section %s is not reached", row->section);
        for (size_t k = 0; k < i; k++) {
            ck_assert_msg(strcmp(wio_schema[k].section, row->section) != 0 ||
                              strcmp(wio_schema[k].key, row->key) != 0,
                          "%s.%s is there twice", row->section, row->key);
        }
    }
}
END_TEST

START_TEST(the_reference_names_every_key_in_lines_that_fit)
{
    char *text = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_schema_text(&text, false, &err), WIO_OK);
    for (size_t i = 0; i < wio_schema_rows; i++) {
        char wanted[80];
        (void)snprintf(wanted, sizeof wanted,
                       "- `%s`:", strcmp(wio_schema[i].key, "*") == 0 ? "NAME" : wio_schema[i].key);
        ck_assert_msg(strstr(text, wanted) != NULL, "%s", wanted);
    }
    ck_assert_ptr_nonnull(strstr(text, "## tariff\n"));
    ck_assert_ptr_nonnull(strstr(text, "Required with substitution: nested and a tariff, not "
                                       "allowed without."));
    wio_free(text);
}
END_TEST

/* Brackets and quotes of a JSON text balance. */
START_TEST(the_reference_is_also_json)
{
    char *text = NULL;
    ck_assert_int_eq(wio_schema_text(&text, true, NULL), WIO_OK);
    long depth = 0;
    size_t rows = 0;
    bool quoted = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\') {
            at++;
        } else if (*at == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
            rows += *at == '{';
        }
        ck_assert(depth >= 0);
    }
    ck_assert_int_eq(depth, 0);
    ck_assert(!quoted);
    ck_assert_uint_eq(rows, wio_schema_rows + 1);
    wio_free(text);
}
END_TEST

START_TEST(every_allocation_failure_leaves_nothing_behind)
{
    char *text = NULL;
    long budget = 0;
    for (wio_status status = WIO_E_MEMORY; status != WIO_OK; budget++) {
        wio_alloc_budget = budget;
        status = wio_schema_text(&text, _i == 1, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        ck_assert_int_eq(wio_alloc_live, status == WIO_OK ? 1 : 0);
    }
    ck_assert_int_gt(budget, 5);
    wio_free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *known = tcase_create("known answers");
    tcase_add_loop_test(known, a_number_is_read_in_its_unit_or_refused_with_a_reason, 0,
                        sizeof NUMBERS / sizeof NUMBERS[0]);
    tcase_add_test(known, a_mix_of_rate_and_points_says_which_to_write);
    tcase_add_test(known, the_reference_names_every_key_in_lines_that_fit);
    tcase_add_test(known, the_reference_is_also_json);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, the_sections_hang_together);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_loop_test(failures, every_allocation_failure_leaves_nothing_behind, 0, 2);
    suite_add_tcase(suite, failures);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
