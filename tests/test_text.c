/* test_text.c - suite for the small things of core: text, log, names, sums, memory, threads, digest
 * and status. */
#include "../core/internal.h"
#include "support.h"

#include <check.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers ------------------------------------------------------------------------------------------ */

START_TEST(the_shortest_decimal_reads_back_the_same)
{
    static const struct {
        double value;
        const char *text;
    } known[] = {{0.1, "0.1"},
                 {1.0, "1"},
                 {-2.5, "-2.5"},
                 {1e300, "1e+300"},
                 {1.0 / 3.0, "0.3333333333333333"},
                 {123456789.125, "123456789.125"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {-0.0, "-0"},
                 {NAN, ""}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char buffer[WIO_NUMBER_SIZE];
        ck_assert_str_eq(wio_format_double(buffer, known[i].value), known[i].text);
    }
}
END_TEST

/* Property: any finite double survives. Bit patterns are random; _i is the seed. */
START_TEST(every_double_survives_as_text)
{
    uint64_t state = (uint64_t)_i + 1;
    for (int k = 0; k < 200; k++) {
        uint64_t bits = (uint64_t)(random_uniform(&state) * 0x1p53) << 11 ^
                        (uint64_t)(random_uniform(&state) * 0x1p53);
        double value, back = 0.0;
        char buffer[WIO_NUMBER_SIZE];
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) {
            continue;
        }
        const char *text = wio_format_double(buffer, value);
        ck_assert_msg(wio_parse_double(&back, text, strlen(text)), "'%s'", text);
        ck_assert_mem_eq(&back, &value, sizeof value);
    }
}
END_TEST

START_TEST(fixed_digits_have_no_negative_zero)
{
    char buffer[WIO_NUMBER_SIZE + 320];
    ck_assert_str_eq(wio_format_fixed(buffer, -0.0004, 2), "0.00");
    ck_assert_str_eq(wio_format_fixed(buffer, -0.006, 2), "-0.01");
    ck_assert_str_eq(wio_format_fixed(buffer, 1234.5, 0), "1234");
    ck_assert_uint_eq(strlen(wio_format_fixed(buffer, -DBL_MAX, 3)), 314);
}
END_TEST

START_TEST(only_plain_decimals_are_numbers)
{
    static const char *const good[] = {"0", "-1.5", "+2", ".5", "5.", "1e3", "1E-3", "-0"};
    static const double value[] = {0, -1.5, 2, 0.5, 5, 1000, 0.001, 0};
    static const char *const bad[] = {"",    " 1",    "1 ",    "1,5", "0x10",  "inf",
                                      "nan", "1e",    "1e+",   "--1", "1.2.3", ".",
                                      "e5",  "1e999", "1_000", "n/a"};
    double got = 7.0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert(wio_parse_double(&got, good[i], strlen(good[i])));
        ck_assert_double_eq(got, value[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        got = 7.0;
        ck_assert_msg(!wio_parse_double(&got, bad[i], strlen(bad[i])), "'%s'", bad[i]);
        ck_assert_double_eq(got, 7.0);
    }
    ck_assert(wio_parse_double(&got, "1234", 2)); /* length counts, not the zero byte */
    ck_assert_double_eq(got, 12.0);
}
END_TEST

/* --- text ---------------------------------------------------------------------------------------------- */

START_TEST(text_grows_and_is_handed_over)
{
    wio_text text = {0};
    char *out = NULL;
    for (int i = 0; i < 1000; i++) {
        wio_text_add(&text, "%d,", i);
    }
    ck_assert_int_eq(wio_text_take(&out, &text, NULL), WIO_OK);
    ck_assert_uint_eq(strlen(out), 10 * 2 + 90 * 3 + 900 * 4);
    ck_assert_ptr_null(text.data);
    wio_free(out);
    ck_assert_int_eq(wio_text_take(&out, &text, NULL), WIO_OK); /* nothing added: "" */
    ck_assert_str_eq(out, "");
    wio_free(out);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(unsafe_text_is_escaped_for_a_terminal)
{
    char *safe = wio_text_safe("a\x1b[31m\n\xe2\x80\xae\xff"
                               "caf\xc3\xa9\xc2\x9b");
    ck_assert_str_eq(safe, "a\\x1b[31m\\x0a\\u202e\\xffcaf\xc3\xa9\\x9b");
    wio_free(safe);
}
END_TEST

START_TEST(wrong_bytes_are_found_where_they_are)
{
    static const struct {
        const char *text;
        size_t length, at;
    } cases[] = {{"", 0, 0},
                 {"plain text, longer than eight", 29, 29},
                 {"caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80", 14, 14},
                 {"12345678\0", 9, 8},
                 {"1234567\0", 8, 7},
                 {"\x80", 1, 0},
                 {"123456789\xc3", 10, 9},
                 {"\xc3\xa9", 1, 0},
                 {"ab\xed\xa0\x80", 5, 2},
                 {"ab\xf4\x90\x80\x80", 6, 2},
                 {"ab\xc0\xaf", 4, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_uint_eq(wio_text_wrong(cases[i].text, cases[i].length), cases[i].at);
    }
    ck_assert(wio_text_combining("Cafe\xcc\x81"));
    ck_assert(!wio_text_combining("Caf\xc3\xa9 \xcd\xb0 \xcb\xbf"));
}
END_TEST

START_TEST(text_without_memory_fails_once_and_stays_so)
{
    wio_text text = {0};
    wio_error err = {0};
    char *out = NULL;
    wio_alloc_budget = 0;
    wio_text_add(&text, "x");
    wio_alloc_budget = -1;
    wio_text_add(&text, "y");
    ck_assert(text.failed);
    ck_assert_int_eq(wio_text_take(&out, &text, &err), WIO_E_MEMORY);
    ck_assert_ptr_null(out);
    ck_assert_int_eq(err.status, WIO_E_MEMORY);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* --- log ------------------------------------------------------------------------------------------------ */

START_TEST(findings_keep_their_order_and_place)
{
    wio_log *log = new_log();
    wio_find(log, WIO_NOTE, NULL, 0, 0, "first");
    wio_find(log, WIO_ERROR, "s.yaml", 7, 6, "unknown key '%s'", "shok");
    wio_find(log, WIO_WARNING, "t.csv", 2, 0, "bell\a");
    ck_assert_uint_eq(wio_log_count(log, WIO_NOTE), 3);
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 2);
    ck_assert_uint_eq(wio_log_count(log, WIO_ERROR), 1);
    static const char *const line[] = {"note: first", "s.yaml:7:6: error: unknown key 'shok'",
                                       "t.csv:2: warning: bell\\x07"};
    for (size_t i = 0; i < 3; i++) {
        char *text = wio_log_line(wio_log_finding(log, i));
        ck_assert_str_eq(text, line[i]);
        wio_free(text);
    }
    ck_assert_ptr_null(wio_log_finding(log, 3));
    wio_error err = {0};
    ck_assert_int_eq(wio_log_fail(&err, WIO_E_STUDY, log), WIO_E_STUDY);
    ck_assert_str_eq(err.message, "s.yaml:7:6: error: unknown key 'shok'");
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(without_a_log_nothing_happens)
{
    wio_error err = {0};
    wio_find(NULL, WIO_ERROR, "f", 1, 1, "lost");
    ck_assert_uint_eq(wio_log_count(NULL, WIO_NOTE), 0);
    ck_assert_ptr_null(wio_log_finding(NULL, 0));
    ck_assert_int_eq(wio_log_fail(&err, WIO_E_FORMAT, NULL), WIO_E_FORMAT);
    ck_assert_str_eq(err.message, "the file cannot be understood");
    wio_log_free(NULL);
}
END_TEST

START_TEST(a_finding_that_could_not_be_kept_is_told)
{
    for (long budget = 0; budget < 3; budget++) {
        wio_log *log = new_log();
        wio_error err = {0};
        wio_alloc_budget = budget;
        wio_find(log, WIO_ERROR, "f", 1, 1, "mistake");
        wio_alloc_budget = -1;
        ck_assert_uint_eq(wio_log_count(log, WIO_NOTE), 0);
        ck_assert_int_eq(wio_log_fail(&err, WIO_E_FORMAT, log), WIO_E_MEMORY);
        wio_log_free(log);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
}
END_TEST

/* --- names ---------------------------------------------------------------------------------------------- */

START_TEST(names_are_found_exactly)
{
    wio_names names = {0};
    char code[16];
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(code, sizeof code, "S%d", i);
        ck_assert_int_eq(wio_names_add(&names, code, "name"), WIO_OK);
    }
    ck_assert_int_eq(wio_names_add(&names, "S7", "again"), WIO_E_TABLE);
    ck_assert_uint_eq(names.count, 1000);
    ck_assert_uint_eq(wio_names_find(&names, "S0"), 0);
    ck_assert_uint_eq(wio_names_find(&names, "S999"), 999);
    ck_assert_uint_eq(wio_names_find(&names, "s7"), SIZE_MAX); /* case counts */
    ck_assert_uint_eq(wio_names_find(&names, ""), SIZE_MAX);
    const char *many[70]; /* more than are looked up together, with some that are not there */
    size_t found[70];
    for (size_t k = 0; k < 70; k++) {
        many[k] = k % 7 == 3 ? "none" : names.code[13 * k];
    }
    wio_names_find_all(found, &names, many, 70);
    for (size_t k = 0; k < 70; k++) {
        ck_assert_uint_eq(found[k], k % 7 == 3 ? SIZE_MAX : 13 * k);
    }
    wio_names_find_all(found, &(const wio_names){0}, many, 70);
    ck_assert_uint_eq(found[69], SIZE_MAX);
    wio_names_free(&names);
    ck_assert_uint_eq(wio_names_find(&names, "S0"), SIZE_MAX);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(names_stay_whole_when_memory_runs_out)
{
    for (long budget = 0; budget < 5; budget++) {
        wio_names names = {0};
        wio_alloc_budget = budget;
        ck_assert_int_eq(wio_names_add(&names, "a", "b"), WIO_E_MEMORY);
        wio_alloc_budget = -1;
        ck_assert_uint_eq(names.count, 0);
        ck_assert_int_eq(wio_names_add(&names, "a", "b"), WIO_OK);
        ck_assert_uint_eq(wio_names_find(&names, "a"), 0);
        wio_names_free(&names);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
}
END_TEST

START_TEST(a_misspelt_word_finds_its_neighbour)
{
    static const char *const words[] = {"shocks", "scenarios", "tariff", "us-2017"};
    static const char *numbers[10001];
    for (size_t k = 0; k <= 10000; k++) {
        numbers[k] = "F1";
    }
    ck_assert_str_eq(wio_nearest("F2", numbers, 10000), "F1");
    ck_assert_ptr_null(wio_nearest("F2", numbers, 10001)); /* numbers of firms are no names */
    ck_assert_str_eq(wio_nearest("shok", (const char *const[]){"shock"}, 1), "shock");
    ck_assert_str_eq(wio_nearest("tarrif", words, 4), "tariff");
    ck_assert_str_eq(wio_nearest("sceanrios", words, 4), "scenarios"); /* neighbours swapped: 1 */
    ck_assert_str_eq(wio_nearest("us2017", words, 4), "us-2017");
    ck_assert_ptr_null(wio_nearest("xyz", words, 4));
    ck_assert_ptr_null(wio_nearest("shocks", words, 0));
}
END_TEST

/* --- sums ------------------------------------------------------------------------------------------------ */

START_TEST(sums_lose_nothing_to_cancellation)
{
    static const double v[] = {1.0, 1e100, 1.0, -1e100};
    static const double tenth[] = {0.1, 9, 0.1, 9, 0.1, 9, 0.1, 9, 0.1, 9,
                                   0.1, 9, 0.1, 9, 0.1, 9, 0.1, 9, 0.1, 9};
    ck_assert_double_eq(wio_sum(v, 4, 1), 2.0);      /* 0 without compensation */
    ck_assert_double_eq(wio_sum(tenth, 10, 2), 1.0); /* 0.9999999999999999 without */
    ck_assert_double_eq(wio_sum(NULL, 0, 1), 0.0);
    static const double a[] = {1e8 + 1, 1e8, -1.0}, b[] = {1e8 + 1, -1e8, 2e8};
    ck_assert_double_eq(wio_dot(a, b, 3), 1.0); /* (1e8+1)^2 - 1e16 - 2e8, squares inexact */
}
END_TEST

/* --- memory ---------------------------------------------------------------------------------------------- */

START_TEST(memory_is_aligned_counted_and_checked_for_overflow)
{
    ck_assert_ptr_null(wio_alloc(SIZE_MAX / 2, 3));
    ck_assert_ptr_null(wio_alloc(SIZE_MAX, 1));
    void *nothing = wio_alloc(0, 8);
    double *zero = wio_zalloc(5, sizeof *zero);
    ck_assert_ptr_nonnull(nothing);
    ck_assert_uint_eq((uintptr_t)zero % 64, 0);
    ck_assert_int_eq(wio_alloc_live, 2);
    ck_assert_double_eq(zero[4], 0.0);
    zero[0] = 3.0;
    wio_alloc_budget = 0;
    ck_assert_ptr_null(wio_grow(zero, 5, 10, sizeof *zero)); /* the old block is kept */
    wio_alloc_budget = -1;
    ck_assert_double_eq(zero[0], 3.0);
    zero = wio_grow(zero, 5, 10, sizeof *zero);
    ck_assert_double_eq(zero[0], 3.0);
    wio_free(zero);
    wio_free(nothing);
    wio_free(NULL);
    char *copy = wio_strndup("text", 2);
    ck_assert_str_eq(copy, "te");
    wio_free(copy);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(an_arena_frees_all_it_gave)
{
    wio_arena arena = {0};
    for (size_t i = 0; i < 40; i++) {
        double *v = wio_take(&arena, i + 1);
        ck_assert_ptr_nonnull(v);
        ck_assert_double_eq(v[i], 0.0);
    }
    ck_assert(!arena.failed);
    wio_alloc_budget = 0;
    ck_assert_ptr_null(wio_take(&arena, 3));
    wio_alloc_budget = -1;
    ck_assert(arena.failed);
    ck_assert_ptr_null(wio_take(&arena, 3)); /* failed stays failed */
    wio_arena_free(&arena);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* --- threads, digest, status ---------------------------------------------------------------------------- */

START_TEST(threads_are_asked_for_or_found)
{
    ck_assert_int_eq(wio_threads(3), 3);
    (void)setenv("OMP_NUM_THREADS", "5", 1);
    (void)setenv("SLURM_CPUS_PER_TASK", "7", 1);
    ck_assert_int_eq(wio_threads(0), 5);
    (void)setenv("OMP_NUM_THREADS", "many", 1);
    ck_assert_int_eq(wio_threads(0), 7);
    (void)unsetenv("OMP_NUM_THREADS");
    (void)unsetenv("SLURM_CPUS_PER_TASK");
    ck_assert_int_ge(wio_threads(0), 1);
}
END_TEST

/* FIPS 180-4, examples of NIST for one block and for none. */
START_TEST(digests_are_sha_256)
{
    char hex[WIO_DIGEST_SIZE];
    wio_digest(hex, "abc", 3);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    wio_digest(hex, "", 0);
    ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

START_TEST(every_status_has_a_text_and_an_exit)
{
    ck_assert_str_eq(wio_status_text(WIO_OK), "success");
    ck_assert_int_eq(wio_status_exit(WIO_OK), 0);
    ck_assert_int_eq(wio_status_exit(WIO_E_NO), 1);
    ck_assert_int_eq(wio_status_exit(WIO_E_STUDY), 65);
    ck_assert_int_eq(wio_status_exit(WIO_E_NO_INPUT), 66);
    for (int i = 1; i <= WIO_E_NO; i++) {
        ck_assert_str_ne(wio_status_text((wio_status)i), "unknown status");
        ck_assert_int_ne(wio_status_exit((wio_status)i), 0);
    }
    ck_assert_str_eq(wio_status_text((wio_status)99), "unknown status");
    ck_assert_int_eq(wio_status_exit((wio_status)99), 70);
    ck_assert_str_eq(wio_version(), WIO_VERSION);
}
END_TEST

START_TEST(the_first_failure_is_kept)
{
    wio_error err = {0};
    ck_assert_int_eq(wio_fail(&err, WIO_E_SHAPE, "first %d", 1), WIO_E_SHAPE);
    ck_assert_int_eq(wio_fail(&err, WIO_E_MEMORY, "second"), WIO_E_MEMORY);
    ck_assert_int_eq(err.status, WIO_E_SHAPE);
    ck_assert_str_eq(err.message, "first 1");
    ck_assert_int_eq(wio_fail(NULL, WIO_E_TABLE, "nobody listens"), WIO_E_TABLE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");

    TCase *known = tcase_create("known answers");
    tcase_add_test(known, the_shortest_decimal_reads_back_the_same);
    tcase_add_test(known, fixed_digits_have_no_negative_zero);
    tcase_add_test(known, only_plain_decimals_are_numbers);
    tcase_add_test(known, text_grows_and_is_handed_over);
    tcase_add_test(known, wrong_bytes_are_found_where_they_are);
    tcase_add_test(known, unsafe_text_is_escaped_for_a_terminal);
    tcase_add_test(known, findings_keep_their_order_and_place);
    tcase_add_test(known, names_are_found_exactly);
    tcase_add_test(known, a_misspelt_word_finds_its_neighbour);
    tcase_add_test(known, sums_lose_nothing_to_cancellation);
    tcase_add_test(known, memory_is_aligned_counted_and_checked_for_overflow);
    tcase_add_test(known, threads_are_asked_for_or_found);
    tcase_add_test(known, digests_are_sha_256);
    tcase_add_test(known, every_status_has_a_text_and_an_exit);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, every_double_survives_as_text, 0, 20);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, text_without_memory_fails_once_and_stays_so);
    tcase_add_test(failures, without_a_log_nothing_happens);
    tcase_add_test(failures, a_finding_that_could_not_be_kept_is_told);
    tcase_add_test(failures, names_stay_whole_when_memory_runs_out);
    tcase_add_test(failures, an_arena_frees_all_it_gave);
    tcase_add_test(failures, the_first_failure_is_kept);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
