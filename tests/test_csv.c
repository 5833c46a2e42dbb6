/* test_csv.c - suite for io/csv.c and io/file.c. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static wio_status parse_bytes(wio_csv *csv, const char *text, size_t length, wio_log *log,
                              wio_error *err)
{
    char *data = wio_alloc(length + 1, 1);
    ck_assert_ptr_nonnull(data);
    memcpy(data, text, length);
    data[length] = '\0';
    return wio_csv_parse(csv, data, length, "f.csv", log, err);
}

static wio_status parse(wio_csv *csv, const char *text, wio_log *log, wio_error *err)
{
    return parse_bytes(csv, text, strlen(text), log, err);
}

/* The rows as text, cells in brackets, with the line of each row. */
static const char *shown(const wio_csv *csv)
{
    static char text[2000];
    size_t used = 0;
    text[0] = '\0';
    for (size_t r = 0; r < csv->rows; r++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%zu:", csv->line[r]);
        for (size_t c = 0; c < csv->columns[r]; c++) {
            used += (size_t)snprintf(text + used, sizeof text - used, "[%s]",
                                     csv->cell[csv->start[r] + c]);
        }
    }
    return text;
}

static const struct {
    const char *text, *cells;
} forms[] = {
    {"a,b\n1,2\n", "1:[a][b]2:[1][2]"},
    {"a,b\r\n1,2\r\n", "1:[a][b]2:[1][2]"},
    {"a,b\n1,2", "1:[a][b]2:[1][2]"},
    {"a,b\n1,", "1:[a][b]2:[1][]"},
    {",\n", "1:[][]"},
    {"", ""},
    {"\n\na\n\nb\n", "3:[a]5:[b]"},
    {"\r\na\r\n", "2:[a]"},
    {"\xef\xbb\xbf"
     "code\n",
     "1:[code]"},
    {"\"\"\n", "1:[]"},
    {"\"a,b\",c\n", "1:[a,b][c]"},
    {"\"say \"\"yes\"\"\"\n", "1:[say \"yes\"]"},
    {"\"two\nlines\",x\ny\n", "1:[two\nlines][x]3:[y]"},
    {"\"crlf\"\r\n\"\"\"\"\r\n", "1:[crlf]2:[\"]"},
    {" a , b\n", "1:[ a ][ b]"},
    {"caf\xc3\xa9,\xe4\xb8\xad,\xf0\x9f\x98\x80\n",
     "1:[caf\xc3\xa9][\xe4\xb8\xad][\xf0\x9f\x98\x80]"},
    {"01.10,NO,1e3\n", "1:[01.10][NO][1e3]"},
};

START_TEST(cells_are_cut_and_unquoted)
{
    wio_csv csv = {0};
    wio_error err = {0};
    ck_assert_msg(parse(&csv, forms[_i].text, NULL, &err) == WIO_OK, "%s", err.message);
    ck_assert_str_eq(shown(&csv), forms[_i].cells);
    wio_csv_clear(&csv);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_cell_is_quoted_only_where_needed)
{
    static const char *const cell[] = {"plain", "a,b", "say \"yes\"", "two\nlines", "", "cr\r"};
    static const char *const written[] = {"plain",          "\"a,b\"", "\"say \"\"yes\"\"\"",
                                          "\"two\nlines\"", "",        "\"cr\r\""};
    for (size_t i = 0; i < 6; i++) {
        wio_text text = {0};
        char *out = NULL;
        wio_csv_add_cell(&text, cell[i]);
        ck_assert_int_eq(wio_text_take(&out, &text, NULL), WIO_OK);
        ck_assert_str_eq(out, written[i]);
        wio_free(out);
    }
}
END_TEST

/* Property: what is written is read again. _i is the seed. */
START_TEST(random_cells_survive_writing_and_reading)
{
    static const char letters[] = "ab,\"\n\r ;1.-\xc3\xa9";
    uint64_t state = (uint64_t)_i + 1;
    enum { ROWS = 6, COLUMNS = 3, LONGEST = 7 };
    char cell[ROWS * COLUMNS][2 * LONGEST + 2];
    wio_text text = {0};
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        size_t length = (size_t)(random_uniform(&state) * LONGEST), used = 0;
        for (size_t k = 0; k < length; k++) {
            size_t at = (size_t)(random_uniform(&state) * (sizeof letters - 2));
            cell[i][used++] = letters[at];
            if (letters[at] == '\xc3') {
                cell[i][used++] = '\xa9';
            }
        }
        cell[i][used] = '\0';
        wio_csv_add_cell(&text, cell[i]);
        wio_text_add_bytes(&text, i % COLUMNS == COLUMNS - 1 ? "\n" : ",", 1);
    }
    wio_csv csv = {0};
    wio_error err = {0};
    char *data = NULL;
    size_t length = text.length;
    ck_assert_int_eq(wio_text_take(&data, &text, NULL), WIO_OK);
    ck_assert_msg(wio_csv_parse(&csv, data, length, "f.csv", NULL, &err) == WIO_OK, "seed %d: %s",
                  _i, err.message);
    ck_assert_uint_eq(csv.rows, ROWS);
    for (size_t r = 0; r < ROWS; r++) {
        ck_assert_uint_eq(csv.columns[r], COLUMNS);
        for (size_t c = 0; c < COLUMNS; c++) {
            ck_assert_str_eq(csv.cell[csv.start[r] + c], cell[r * COLUMNS + c]);
        }
    }
    wio_csv_clear(&csv);
}
END_TEST

static const struct {
    const char *text, *line;
} mistakes[] = {
    {"a,b\n\"open,1\n", "f.csv:2:1: error: a quote is opened here and never closed"},
    {"a,b\nx,\"y\"z\n", "f.csv:2:2: error: text after a closing quote"},
    {"a,b\nx,y\"z\n", "f.csv:2:2: error: a quote inside a cell"},
    {"a,b\nx\ry,z\n", "f.csv:2:1: error: a carriage return without a line feed"},
    {"a;b\n1;2\n", "f.csv:1:1: error: the cells are separated by ';'"},
    {"a\tb\n", "f.csv:1:1: error: the cells are separated by tabs"},
    {"\xff\xfe"
     "a",
     "f.csv:1:1: error: this is UTF-16 text"},
    {"a,b\nx,\xe9\n", "f.csv:2:2: error: bytes that are no UTF-8 text"},
    {"a,\xc0\xaf\n", "f.csv:1:2: error: bytes that are no UTF-8 text"},
    {"a,\xed\xa0\x80\n", "f.csv:1:2: error: bytes that are no UTF-8 text"},
    {"a,\xe0\x80\x80\n", "f.csv:1:2: error: bytes that are no UTF-8 text"},
    {"a,\xf4\x90\x80\x80\n", "f.csv:1:2: error: bytes that are no UTF-8 text"},
    {"a,\xf0\x80\x80\x80\n", "f.csv:1:2: error: bytes that are no UTF-8 text"},
    {"a,\xc3", "f.csv:1:2: error: bytes that are no UTF-8 text"},
};

START_TEST(mistakes_of_form_are_named_with_their_place)
{
    wio_csv csv = {0};
    wio_log *log = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    ck_assert_int_eq(parse(&csv, mistakes[_i].text, log, &err), WIO_E_FORMAT);
    ck_assert_ptr_null(csv.cell);
    ck_assert_msg(logged(log, mistakes[_i].line), "expected '%s', got '%s'", mistakes[_i].line,
                  err.message);
    ck_assert_int_eq(err.status, WIO_E_FORMAT);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_zero_byte_is_refused)
{
    wio_csv csv = {0};
    wio_error err = {0};
    ck_assert_int_eq(parse_bytes(&csv, "a,b\n1,\0\n", 8, NULL, &err), WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "f.csv:2:2: a zero byte"));
}
END_TEST

START_TEST(all_mistakes_are_logged_but_not_thousands)
{
    wio_csv csv = {0};
    wio_log *log = NULL;
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    ck_assert_int_eq(parse(&csv, "a,b\nx\"y,1\nz,\"q\"r\n", log, NULL), WIO_E_FORMAT);
    ck_assert_uint_eq(wio_log_count(log, WIO_ERROR), 2);
    wio_log_free(log);

    char many[200] = "a,b\n";
    for (int i = 0; i < 60; i++) {
        memcpy(many + 4 + 2 * i, "\xff\n", 3);
    }
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    ck_assert_int_eq(parse(&csv, many, log, NULL), WIO_E_FORMAT);
    ck_assert_uint_eq(wio_log_count(log, WIO_ERROR), 11); /* ten, and that there are more */
    wio_log_free(log);
}
END_TEST

START_TEST(a_huge_cell_is_refused)
{
    wio_csv csv = {0};
    wio_error err = {0};
    char *text = malloc(70003);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', 70002);
    text[70002] = '\0';
    ck_assert_int_eq(parse(&csv, text, NULL, &err), WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 65536 bytes"));
    text[0] = text[70001] = '"';
    ck_assert_int_eq(parse(&csv, text, NULL, &err), WIO_E_FORMAT);
    free(text);
}
END_TEST

START_TEST(every_allocation_failure_of_parsing_is_reported)
{
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 20);
        char *data = wio_strdup("a,b\n1,\"2\"\n");
        wio_csv csv = {0};
        wio_alloc_budget = budget;
        status = wio_csv_parse(&csv, data, strlen(data), "f.csv", NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        wio_csv_clear(&csv);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
}
END_TEST

START_TEST(a_file_is_read_whole_with_a_zero_at_its_end)
{
    char *data = NULL;
    size_t length = 0;
    scratch_write("f", "two\nlines");
    ck_assert_int_eq(wio_file_read(&data, &length, scratch("f"), 9, NULL), WIO_OK);
    ck_assert_uint_eq(length, 9);
    ck_assert_str_eq(data, "two\nlines");
    wio_free(data);
    scratch_write("empty", "");
    ck_assert_int_eq(wio_file_read(&data, &length, scratch("empty"), 9, NULL), WIO_OK);
    ck_assert_uint_eq(length, 0);
    ck_assert_str_eq(data, "");
    wio_free(data);
    /* a file whose size is told as 0 is read to its end all the same */
    ck_assert_int_eq(wio_file_read(&data, &length, "/proc/self/status", 1 << 20, NULL), WIO_OK);
    ck_assert_uint_gt(length, 100);
    wio_free(data);
}
END_TEST

START_TEST(what_is_no_regular_file_is_not_read)
{
    char *data = NULL;
    size_t length = 0;
    wio_error err = {0};
    ck_assert_int_eq(wio_file_read(&data, &length, scratch("none"), 9, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_nonnull(strstr(err.message, "No such file"));
    err = (wio_error){0};
    ck_assert_int_eq(wio_file_read(&data, &length, scratch(""), 9, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_nonnull(strstr(err.message, "but a folder"));
    ck_assert_int_eq(mkfifo(scratch("pipe"), 0600), 0);
    err = (wio_error){0};
    ck_assert_int_eq(wio_file_read(&data, &length, scratch("pipe"), 9, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_nonnull(strstr(err.message, "pipe, socket or device"));
    ck_assert_int_eq(wio_file_read(&data, &length, "/dev/zero", 9, NULL), WIO_E_NO_INPUT);
    ck_assert_ptr_null(data);
}
END_TEST

START_TEST(a_file_above_the_limit_is_refused)
{
    char *data = NULL;
    size_t length = 0;
    wio_error err = {0};
    scratch_write("f", "0123456789");
    ck_assert_int_eq(wio_file_read(&data, &length, scratch("f"), 9, &err), WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 9 bytes"));
    ck_assert_int_eq(wio_file_read(&data, &length, "/proc/self/status", 9, NULL), WIO_E_FORMAT);
    ck_assert_ptr_null(data);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv");

    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_loop_test(known, cells_are_cut_and_unquoted, 0, sizeof forms / sizeof forms[0]);
    tcase_add_test(known, a_cell_is_quoted_only_where_needed);
    tcase_add_test(known, a_file_is_read_whole_with_a_zero_at_its_end);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, random_cells_survive_writing_and_reading, 0, 50);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, mistakes_of_form_are_named_with_their_place, 0,
                        sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(failures, a_zero_byte_is_refused);
    tcase_add_test(failures, all_mistakes_are_logged_but_not_thousands);
    tcase_add_test(failures, a_huge_cell_is_refused);
    tcase_add_test(failures, every_allocation_failure_of_parsing_is_reported);
    tcase_add_test(failures, what_is_no_regular_file_is_not_read);
    tcase_add_test(failures, a_file_above_the_limit_is_refused);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
