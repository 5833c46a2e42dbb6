/* test_result.c - the container of results. */
#include "../core/result.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"tariff", "tariff and answer"};
static const char *const codes[] = {"US.A", "US.M", "US.S"};

static wio_result *small(void)
{
    wio_result *result = NULL;
    ck_assert_int_eq(wio_result_create(&result, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(result, "scenario", 2, names, "scenario", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(result, "activity", 3, codes, "activity", NULL), WIO_OK);
    return result;
}

START_TEST(a_variable_is_found_by_name_with_its_shape)
{
    wio_result *result = small();
    double *data = NULL;
    ck_assert_int_eq(wio_result_add(&data, result, "jobs_change", "scenario,activity", "persons",
                                    "change in jobs", NULL),
                     WIO_OK);
    data[4] = -7.5;
    const wio_variable *v = wio_result_find(result, "jobs_change");
    ck_assert_ptr_nonnull(v);
    ck_assert_uint_eq(v->rank, 2);
    ck_assert_str_eq(v->dimension[0], "scenario");
    ck_assert_str_eq(v->dimension[1], "activity");
    ck_assert_uint_eq(v->length[0] * v->length[1], 6);
    ck_assert_double_eq(v->data[4], -7.5);
    ck_assert_str_eq(v->units, "persons");
    ck_assert_ptr_null(v->text);
    ck_assert_ptr_null(wio_result_find(result, "jobs"));
    ck_assert_uint_eq(wio_result_variables(result), 3);
    ck_assert_ptr_eq(wio_result_variable(result, 2), v);
    ck_assert_ptr_null(wio_result_variable(result, 3));
    wio_result_free(result);
}
END_TEST

START_TEST(new_numbers_are_missing_until_they_are_set)
{
    wio_result *result = small();
    double *data = NULL;
    ck_assert_int_eq(wio_result_add(&data, result, "a", "activity", "1", "", NULL), WIO_OK);
    ck_assert(isnan(data[0]) && isnan(data[1]) && isnan(data[2]));
    ck_assert_int_eq(wio_result_add(&data, result, "s", "", "1", "scalar", NULL), WIO_OK);
    ck_assert(isnan(data[0]));
    ck_assert_uint_eq(wio_result_find(result, "s")->rank, 0);
    wio_result_free(result);
}
END_TEST

START_TEST(labels_are_a_text_variable_of_the_dimensions_name)
{
    wio_result *result = small();
    const wio_variable *v = wio_result_find(result, "activity");
    ck_assert_ptr_nonnull(v);
    ck_assert_ptr_null(v->data);
    ck_assert_str_eq(v->text[2], "US.S");
    ck_assert_ptr_eq(wio_result_labels(result, "activity"), v->text);
    size_t length = 0;
    ck_assert_str_eq(wio_result_dimension_name(result, 1, &length), "activity");
    ck_assert_uint_eq(length, 3);
    ck_assert_ptr_null(wio_result_dimension_name(result, 2, &length));
    ck_assert_uint_eq(wio_result_dimensions(result), 2);
    ck_assert_uint_eq(wio_result_length(result, "year"), 0);
    wio_result_free(result);
}
END_TEST

START_TEST(a_dimension_may_get_its_labels_later_or_never)
{
    wio_result *result = small();
    ck_assert_int_eq(wio_result_dimension(result, "channel", 2, NULL, "", NULL), WIO_OK);
    ck_assert_ptr_null(wio_result_labels(result, "channel"));
    ck_assert_int_eq(wio_result_dimension(result, "channel", 2, names, "", NULL), WIO_OK);
    ck_assert_str_eq(wio_result_labels(result, "channel")[0], "tariff");
    ck_assert_int_eq(wio_result_dimension(result, "channel", 2, codes, "", NULL), WIO_OK);
    ck_assert_str_eq(wio_result_labels(result, "channel")[0], "tariff");
    ck_assert_int_eq(wio_result_dimension(result, "year", 2, NULL, "", NULL), WIO_OK);
    double *year = NULL;
    ck_assert_int_eq(wio_result_add(&year, result, "year", "year", "1", "year", NULL), WIO_OK);
    ck_assert_ptr_null(wio_result_labels(result, "year"));
    ck_assert_uint_eq(wio_result_dimensions(result), 4);
    wio_result_free(result);
}
END_TEST

START_TEST(an_attribute_is_replaced_when_it_is_set_again)
{
    wio_result *result = small();
    ck_assert_int_eq(wio_result_set(result, "assumed", NULL, "%d", 3), WIO_OK);
    ck_assert_int_eq(wio_result_set_text(result, "title", "100 % of it", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_set(result, "assumed", NULL, "%d", 4), WIO_OK);
    ck_assert_str_eq(wio_result_attribute(result, "assumed"), "4");
    ck_assert_str_eq(wio_result_attribute(result, "title"), "100 % of it");
    ck_assert_ptr_null(wio_result_attribute(result, "closure"));
    ck_assert_uint_eq(wio_result_attributes(result), 2);
    const char *value = NULL;
    ck_assert_str_eq(wio_result_attribute_at(result, 1, &value), "title");
    ck_assert_str_eq(value, "100 % of it");
    ck_assert_ptr_null(wio_result_attribute_at(result, 2, &value));
    wio_result_free(result);
}
END_TEST

START_TEST(handed_out_variables_stay_when_others_are_added)
{
    wio_result *result = small();
    double *first = NULL, *data = NULL;
    ck_assert_int_eq(wio_result_add(&first, result, "v", "activity", "1", "", NULL), WIO_OK);
    const wio_variable *v = wio_result_find(result, "v");
    for (int i = 0; i < 200; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "v%d", i);
        ck_assert_int_eq(wio_result_add(&data, result, name, "activity", "1", "", NULL), WIO_OK);
        ck_assert_int_eq(wio_result_set(result, name, NULL, "%d", i), WIO_OK);
        (void)snprintf(name, sizeof name, "d%d", i);
        ck_assert_int_eq(wio_result_dimension(result, name, 2, NULL, "", NULL), WIO_OK);
    }
    first[1] = 5;
    ck_assert_ptr_eq(wio_result_find(result, "v"), v);
    ck_assert_double_eq(v->data[1], 5);
    ck_assert_str_eq(v->dimension[0], "activity");
    wio_result_free(result);
}
END_TEST

START_TEST(what_cannot_be_stored_is_refused)
{
    wio_result *result = small();
    double *data = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_result_add(&data, result, "a", "activity,origin", "1", "", &err),
                     WIO_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "'a' over 'origin'"));
    ck_assert_int_eq(
        wio_result_add(&data, result, "a", "activity,activity,activity,activity", "1", "", NULL),
        WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_add(&data, result, "a", "activity,activity", "1", "", NULL),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_add(&data, result, "scenario", "activity", "1", "", NULL),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_add(&data, result, "/a", "activity", "1", "", NULL),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_add(&data, result, "", "activity", "1", "", NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_add_text(result, "t", "", codes, "", NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_add_text(result, "t", "activity,scenario", codes, "", NULL),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_dimension(result, "activity", 4, NULL, "", NULL), WIO_E_SHAPE);
    ck_assert_int_eq(wio_result_dimension(result, "none", 0, NULL, "", NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_dimension(result, "a,b", 1, NULL, "", NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_dimension(result, "huge", SIZE_MAX / 2, NULL, "", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(result, "vast", SIZE_MAX / 2, NULL, "", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add(&data, result, "h", "huge,vast", "1", "", NULL), WIO_E_SHAPE);
    ck_assert_int_eq(wio_result_add(&data, result, "h", "huge", "1", "", NULL), WIO_E_MEMORY);
    ck_assert_ptr_null(data);
    ck_assert_uint_eq(wio_result_variables(result), 2);
    ck_assert_int_eq(wio_result_add(&data, result, "a", "", "1", "", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add(&data, result, "a", "", "1", "", NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_result_dimension(result, "a", 3, NULL, "", NULL), WIO_E_ARGUMENT);
    wio_result_free(result);
}
END_TEST

static wio_status fill(wio_result **out)
{
    wio_result *result = NULL;
    WIO_TRY(wio_result_create(&result, NULL));
    double *data = NULL;
    wio_status status = wio_result_dimension(result, "activity", 3, codes, "activity", NULL);
    if (status == WIO_OK) {
        status = wio_result_add(&data, result, "x", "activity", "1", "", NULL);
    }
    if (status == WIO_OK) {
        status = wio_result_add_text(result, "sector", "activity", codes, "", NULL);
    }
    if (status == WIO_OK) {
        status = wio_result_set(result, "assumed", NULL, "%d", 3);
    }
    if (status != WIO_OK) {
        wio_result_free(result);
        return status;
    }
    *out = result;
    return WIO_OK;
}

START_TEST(every_failed_allocation_is_reported_and_nothing_stays)
{
    long live = wio_alloc_live, failures = 0;
    for (long budget = 0;; budget++) {
        wio_result *result = NULL;
        wio_alloc_budget = budget;
        wio_status status = fill(&result);
        wio_alloc_budget = -1;
        if (status == WIO_OK) {
            wio_result_free(result);
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_ptr_null(result);
        ck_assert_int_eq(wio_alloc_live, live);
        failures++;
    }
    ck_assert_int_ge(failures, 15);
    ck_assert_int_eq(wio_alloc_live, live);
    wio_result_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("result");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, a_variable_is_found_by_name_with_its_shape);
    tcase_add_test(known, new_numbers_are_missing_until_they_are_set);
    tcase_add_test(known, labels_are_a_text_variable_of_the_dimensions_name);
    tcase_add_test(known, a_dimension_may_get_its_labels_later_or_never);
    tcase_add_test(known, an_attribute_is_replaced_when_it_is_set_again);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, handed_out_variables_stay_when_others_are_added);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, what_cannot_be_stored_is_refused);
    tcase_add_test(failures, every_failed_allocation_is_reported_and_nothing_stays);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
