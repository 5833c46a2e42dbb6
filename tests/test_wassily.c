/* test_wassily.c - what holds for every function of core/wassily.h. */
#include "support.h"

#include "../core/internal.h"

/* Each would fail on NULL alone; nothing is changed and nothing stays allocated. */
START_TEST(a_missing_argument_is_refused)
{
    wio_table *table = NULL;
    wio_study *study = NULL;
    wio_result *result = NULL;
    wio_log *log = NULL;
    wio_table_report report = {0};
    char *text = NULL, **names = NULL;
    double *f = NULL;
    const wio_status status[] = {
        wio_log_create(NULL, NULL),
        wio_table_create(&table, NULL, NULL, NULL),
        wio_table_open(&table, NULL, NULL, NULL, NULL),
        wio_table_open(NULL, "us-2017", NULL, NULL, NULL),
        wio_table_write_folder(NULL, "x", false, NULL),
        wio_table_write_hdf5(NULL, "x", false, NULL),
        wio_table_names(NULL, NULL),
        wio_table_check(&report, NULL, NULL, NULL),
        wio_result_write(NULL, "x", NULL, NULL),
        wio_result_read(&result, NULL, NULL),
        wio_result_read(NULL, "x", NULL),
        wio_result_screen(&text, NULL, NULL, NULL, NULL),
        wio_result_json(&text, NULL, NULL),
        wio_result_csv(&text, NULL, NULL, NULL),
        wio_study_read(&study, NULL, NULL, NULL),
        wio_study_read(NULL, "x", NULL, NULL),
        wio_schema_text(NULL, false, NULL),
        wio_run(&result, NULL, NULL, NULL, NULL),
        wio_multipliers(&result, NULL, NULL, NULL, NULL),
        wio_solve(&result, NULL, NULL, NULL, NULL, NULL),
        wio_demand_read(&f, NULL, "x", NULL, NULL),
    };
    for (size_t i = 0; i < sizeof status / sizeof *status; i++) {
        ck_assert_msg(status[i] == WIO_E_ARGUMENT, "call %zu: %s", i, wio_status_text(status[i]));
    }
    ck_assert(table == NULL && study == NULL && result == NULL && log == NULL);
    ck_assert(text == NULL && names == NULL && f == NULL);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(freeing_nothing_is_fine)
{
    wio_table_free(NULL);
    wio_study_free(NULL);
    wio_result_free(NULL);
    wio_log_free(NULL);
    wio_free(NULL);
    ck_assert_uint_eq(wio_log_count(NULL, WIO_NOTE), 0);
    ck_assert_ptr_null(wio_log_finding(NULL, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wassily");
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, a_missing_argument_is_refused);
    tcase_add_test(failures, freeing_nothing_is_fine);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
