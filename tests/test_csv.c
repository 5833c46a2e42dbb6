/* test_csv.c - suite for io/csv.c, io/csv_numbers.c and io/file.c. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <math.h>
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
    {"a,b\nx,\xe9\n", "f.csv:2:2: error: bytes that are no UTF-8 text (byte 7 of the file)"},
    {"PK\3\4\x14\x80", "f.csv:1:1: error: a ZIP archive and no text: unpack it first"},
    {"\x1f\x8b\x08x", "f.csv:1:1: error: packed by gzip and no text: unpack it first (gunzip)"},
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
    wio_log *log = new_log();
    wio_error err = {0};
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
    wio_log *log = new_log();
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

/* --- declared and found delimiters ------------------------------------------------------------------ */

static const struct {
    char delimiter;
    const char *text, *cells, *line; /* NULL line: nothing is logged */
} declared[] = {
    {';', "a;b\n1,5;2\n", "1:[a][b]2:[1,5][2]", NULL},
    {'\t', "a\tb\n\"x\ty\"\t2\n", "1:[a][b]2:[x\ty][2]", NULL},
    {'|', "a|b\n", "1:[a][b]", NULL},
    {';', "one column\n1\n", "1:[one column]2:[1]", NULL},
    {',', "a,b\r1,2\r", "1:[a][b]2:[1][2]", NULL}, /* carriage returns alone */
    {0, "a;b\n1,5;2\n", "1:[a][b]2:[1,5][2]",
     "f.csv:1:1: note: no delimiter is declared: the cells are taken to be separated by ';'"},
    {0, "a;b\n1,5;2,5\n3,5;4,5\n", "1:[a][b]2:[1,5][2,5]3:[3,5][4,5]",
     "f.csv:1:1: note: no delimiter is declared: the cells are taken to be separated by ';'"},
    {0, "a,b\n\"x;y\",2\n", "1:[a][b]2:[x;y][2]",
     "f.csv:1:1: note: no delimiter is declared: the cells are taken to be separated by ','"},
    {0, "a\tb\n1\t2\n", "1:[a][b]2:[1][2]", "are taken to be separated by tab"},
    {0, "a|b\n", "1:[a][b]", "are taken to be separated by '|'"},
    {0, "a,5;b,5\n1,5;2,5\n", "1:[a,5][b,5]2:[1,5][2,5]",
     "f.csv:1:1: warning: no delimiter is declared: the cells are taken to be separated by ';'; "
     "declare it to be sure"},
    {0, "alone\n", "1:[alone]",
     "f.csv:1:1: warning: no delimiter is declared: the cells are taken to be separated by ','"},
};

START_TEST(a_delimiter_is_declared_or_found_and_reported)
{
    const wio_csv_form form = {.delimiter = declared[_i].delimiter};
    wio_csv csv = {0};
    wio_log *log = new_log();
    wio_error err = {0};
    char *data = wio_strdup(declared[_i].text);
    ck_assert_msg(wio_csv_read(&csv, data, strlen(data), "f.csv", &form, log, &err) == WIO_OK, "%s",
                  err.message);
    ck_assert_str_eq(shown(&csv), declared[_i].cells);
    if (declared[_i].line != NULL) {
        ck_assert(logged(log, declared[_i].line));
    } else {
        ck_assert_uint_eq(wio_log_count(log, WIO_NOTE), 0);
    }
    wio_csv_clear(&csv);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_delimiter_that_is_not_there_is_refused)
{
    const wio_csv_form form = {.delimiter = ','};
    wio_csv csv = {0};
    wio_error err = {0};
    char *data = wio_strdup("a|b\n1|2\n");
    ck_assert_int_eq(wio_csv_read(&csv, data, strlen(data), "f.csv", &form, NULL, &err),
                     WIO_E_FORMAT);
    ck_assert_str_eq(err.message, "f.csv:1:1: there is no ',' in the first line: the cells seem to "
                                  "be separated by '|'; declare that delimiter");
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_line_above_64_megabytes_is_refused)
{
    enum { LENGTH = (64 << 20) + 100 };
    wio_csv csv = {0};
    wio_error err = {0};
    const wio_csv_form form = {.delimiter = ',', .heads = 1, .labels = 1};
    char *data = wio_alloc(LENGTH + 1, 1);
    ck_assert_ptr_nonnull(data);
    for (size_t i = 0; i < LENGTH; i++) {
        data[i] = i % 2 == 0 ? '1' : ',';
    }
    data[1] = '\n';
    data[LENGTH] = '\0';
    ck_assert_int_eq(wio_csv_read(&csv, data, LENGTH, "f.csv", &form, NULL, &err), WIO_E_FORMAT);
    ck_assert_str_eq(err.message, "f.csv:2:1: a line of more than 64 MB");
}
END_TEST

/* Bytes are checked by pieces of 1 MB: characters over a border are whole, and what is wrong at one
 * is found where it is. */
START_TEST(characters_over_a_border_of_pieces_are_whole)
{
    enum { LENGTH = 6 << 20 };
    for (size_t shift = 0; shift < 4; shift++) {
        char *data = wio_alloc(LENGTH + 1, 1);
        ck_assert_ptr_nonnull(data);
        memset(data, 'x', LENGTH);
        for (size_t at = 1 << 20; at + 8 < LENGTH; at += 1 << 20) {
            memcpy(data + at - shift, "\xf0\x9f\x98\x80", 4);
            memcpy(data + at + 500, "\n", 1);
        }
        for (size_t i = 40000; i < LENGTH; i += 40000) {
            data[i] = ',';
        }
        data[LENGTH] = '\0';
        char *wrong = wio_strndup(data, LENGTH);
        wrong[(3 << 20) - shift + 3] = 'y'; /* the last byte of the character */
        wio_csv csv = {0};
        wio_error err = {0};
        ck_assert_msg(wio_csv_parse(&csv, data, LENGTH, "f.csv", NULL, &err) == WIO_OK, "%s",
                      err.message);
        wio_csv_clear(&csv);
        ck_assert_int_eq(wio_csv_parse(&csv, wrong, LENGTH, "f.csv", NULL, &err), WIO_E_FORMAT);
        char want[80];
        (void)snprintf(want, sizeof want, "bytes that are no UTF-8 text (byte %zu of the file)",
                       ((size_t)3 << 20) - shift + 1);
        ck_assert_msg(strstr(err.message, want) != NULL, "%s", err.message);
    }
}
END_TEST

/* --- numbers straight from the text -------------------------------------------------------------------- */

/* Reads `text` (one header line, one label column) into [rows x columns]. */
static wio_csv_problems read_matrix(double *to, size_t columns, const char *text,
                                    const wio_number_policy *policy, char delimiter, int threads)
{
    const wio_csv_form form = {.delimiter = delimiter, .heads = 1, .labels = 1};
    wio_csv csv = {0};
    wio_csv_problems found = {0};
    wio_error err = {0};
    char *data = wio_strdup(text);
    ck_assert_msg(wio_csv_read(&csv, data, strlen(data), "f.csv", &form, NULL, &err) == WIO_OK,
                  "%s", err.message);
    size_t *index = wio_alloc(csv.rows, sizeof *index);
    wio_csv_target *target = wio_alloc(columns, sizeof *target);
    for (size_t r = 0; r < csv.rows; r++) {
        index[r] = r - 1;
    }
    for (size_t c = 0; c < columns; c++) {
        target[c] = (wio_csv_target){to + c, columns};
    }
    ck_assert_int_eq(
        wio_csv_numbers(&found, &csv, 1, 1, index, columns, target, policy, threads, &err), WIO_OK);
    wio_free(index);
    wio_free(target);
    for (size_t i = 0; i < found.named; i++) {
        found.problem[i].text = NULL; /* the text is gone */
    }
    wio_csv_clear(&csv);
    return found;
}

START_TEST(every_kind_of_cell_is_a_number_or_a_problem_with_its_place)
{
    static const char *const zero[] = {"-"}, *const missing[] = {":", "n/a"};
    const wio_number_policy policy = {.form = {'.', 0},
                                      .trim = true,
                                      .zero = zero,
                                      .zeros = 1,
                                      .missing = missing,
                                      .missings = 2};
    double v[5 * 4];
    wio_csv_problems found = read_matrix(v, 4,
                                         "l,a,b,c,d\n"
                                         "1,1.5,\"2\", 3,-4e1\n"
                                         "2,-,:,n/a,\n"
                                         "\"3\",1e400,1e-320,1x,\"1,5\"\r\n"
                                         "4,1,2\n"
                                         "5,1,2,3,4,5\n",
                                         &policy, ',', 1);
    static const double want[] = {1.5, 2, 3, -40, 0};
    for (size_t i = 0; i < 5; i++) {
        ck_assert_double_eq(v[i], want[i]);
    }
    ck_assert(isnan(v[5]) && isnan(v[6]) && isnan(v[7]));
    ck_assert_double_eq(v[9], 1e-320);
    static const struct {
        size_t row, column;
        int kind;
    } problems[] = {{2, 2, WIO_CELL_MISSING},    {2, 3, WIO_CELL_MISSING},
                    {2, 4, WIO_CELL_EMPTY},      {3, 1, WIO_NUMBER_HUGE},
                    {3, 3, WIO_NUMBER_TRAILING}, {3, 4, WIO_NUMBER_TRAILING},
                    {4, 2, WIO_CELL_COUNT},      {5, 5, WIO_CELL_COUNT}};
    ck_assert_uint_eq(found.named, 8);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_uint_eq(found.problem[i].row, problems[i].row);
        ck_assert_uint_eq(found.problem[i].column, problems[i].column);
        ck_assert_int_eq(found.problem[i].kind, problems[i].kind);
    }
    ck_assert_uint_eq(found.problem[6].length, 3);
    ck_assert(found.tiny.count == 1 && found.tiny.row == 3 && found.tiny.column == 2);
    ck_assert(found.spaces.count == 1 && found.spaces.row == 1 && found.spaces.column == 3);
    ck_assert(found.zeros.count == 1 && found.missing.count == 2);
    wio_csv_problems_clear(&found);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(decimal_commas_and_thousands_are_read_where_declared)
{
    const wio_number_policy european = {.form = {',', '.'}}, automatic = {.form = {0, 0}};
    double v[3];
    wio_csv_problems found =
        read_matrix(v, 3, "l;a;b;c\n1;1.234,5;\"2.000\";-3,25\n", &european, ';', 1);
    ck_assert_uint_eq(found.total, 0);
    ck_assert(v[0] == 1234.5 && v[1] == 2000.0 && v[2] == -3.25);
    found = read_matrix(v, 3, "l;a;b;c\n1;1.234;1.5;1234.567\n", &automatic, ';', 1);
    ck_assert_uint_eq(found.total, 1);
    ck_assert_int_eq(found.problem[0].kind, WIO_NUMBER_AMBIGUOUS);
    ck_assert(v[1] == 1.5 && v[2] == 1234.567);
    wio_csv_problems_clear(&found);
}
END_TEST

/* Property: 2 MB of text with mistakes here and there (more than are named, one in every chunk) give
 * the same bits and the same findings for 1, 2, 3 and 8 threads. */
START_TEST(any_number_of_threads_reads_the_same)
{
    enum { ROWS = 2000, COLUMNS = 150 };
    uint64_t state = (uint64_t)_i + 5;
    wio_text text = {0};
    for (size_t c = 0; c < COLUMNS; c++) {
        wio_text_add(&text, ",c%zu", c);
    }
    for (size_t r = 0; r < ROWS; r++) {
        wio_text_add(&text, "\n%zu", r);
        for (size_t c = 0; c < COLUMNS; c++) {
            double u = random_uniform(&state);
            if (u < 0.0005) {
                wio_text_add(&text, ",oops");
            } else {
                wio_text_add(&text, ",%.*g", (int)(1 + u * 17), random_uniform(&state) * 1e4);
            }
        }
    }
    const wio_number_policy policy = {.form = {'.', 0}};
    const int threads[] = {1, 2, 3, 8};
    double *v[4];
    wio_csv_problems found[4];
    for (size_t t = 0; t < 4; t++) {
        v[t] = wio_alloc((size_t)ROWS * COLUMNS, sizeof **v);
        found[t] = read_matrix(v[t], COLUMNS, text.data, &policy, ',', threads[t]);
        ck_assert_mem_eq(v[t], v[0], (size_t)ROWS * COLUMNS * sizeof **v);
        ck_assert_uint_eq(found[t].total, found[0].total);
        ck_assert_uint_eq(found[t].named, WIO_PROBLEMS_NAMED);
        for (size_t i = 0; i < found[t].named; i++) {
            ck_assert_uint_eq(found[t].problem[i].row, found[0].problem[i].row);
            ck_assert_uint_eq(found[t].problem[i].column, found[0].problem[i].column);
        }
    }
    ck_assert_uint_gt(found[0].total, 110);
    for (size_t t = 0; t < 4; t++) {
        wio_free(v[t]);
        wio_csv_problems_clear(&found[t]);
    }
    wio_text_free(&text);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(every_allocation_failure_of_numbers_is_reported)
{
    const wio_csv_form form = {.delimiter = ',', .heads = 1, .labels = 1};
    const wio_number_policy policy = {.form = {'.', 0}};
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 30);
        char *data = wio_strdup("l,a\n1,x\n2,3\n");
        wio_csv csv = {0};
        wio_csv_problems found = {0};
        double v[2];
        const size_t index[] = {0, 0, 1};
        const wio_csv_target target = {v, 1};
        wio_alloc_budget = budget;
        status = wio_csv_read(&csv, data, strlen(data), "f.csv", &form, NULL, NULL);
        if (status == WIO_OK) {
            status = wio_csv_numbers(&found, &csv, 1, 1, index, 1, &target, &policy, 1, NULL);
        }
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        ck_assert_uint_eq(found.named, status == WIO_OK);
        wio_csv_clear(&csv);
        wio_csv_problems_clear(&found);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
}
END_TEST

START_TEST(a_large_file_is_read_by_pieces)
{
    enum { LENGTH = (40 << 20) + 12345 };
    char *text = malloc(LENGTH + 1), *data = NULL;
    size_t length = 0;
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < LENGTH; i++) {
        text[i] = (char)('a' + i % 23);
    }
    text[LENGTH] = '\0';
    scratch_write("large", text);
    ck_assert_int_eq(wio_file_read(&data, &length, scratch("large"), (size_t)1 << 30, NULL),
                     WIO_OK);
    ck_assert_uint_eq(length, LENGTH);
    ck_assert_int_eq(memcmp(data, text, LENGTH + 1), 0);
    wio_free(data);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv");

    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_loop_test(known, cells_are_cut_and_unquoted, 0, sizeof forms / sizeof forms[0]);
    tcase_add_loop_test(known, a_delimiter_is_declared_or_found_and_reported, 0,
                        sizeof declared / sizeof declared[0]);
    tcase_add_test(known, every_kind_of_cell_is_a_number_or_a_problem_with_its_place);
    tcase_add_test(known, decimal_commas_and_thousands_are_read_where_declared);
    tcase_add_test(known, a_large_file_is_read_by_pieces);
    tcase_add_test(known, characters_over_a_border_of_pieces_are_whole);
    tcase_add_test(known, a_cell_is_quoted_only_where_needed);
    tcase_add_test(known, a_file_is_read_whole_with_a_zero_at_its_end);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, random_cells_survive_writing_and_reading, 0, 50);
    tcase_add_loop_test(properties, any_number_of_threads_reads_the_same, 0, 3);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, mistakes_of_form_are_named_with_their_place, 0,
                        sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(failures, a_zero_byte_is_refused);
    tcase_add_test(failures, all_mistakes_are_logged_but_not_thousands);
    tcase_add_test(failures, a_huge_cell_is_refused);
    tcase_add_test(failures, every_allocation_failure_of_parsing_is_reported);
    tcase_add_test(failures, every_allocation_failure_of_numbers_is_reported);
    tcase_add_test(failures, a_delimiter_that_is_not_there_is_refused);
    tcase_add_test(failures, a_line_above_64_megabytes_is_refused);
    tcase_add_test(failures, what_is_no_regular_file_is_not_read);
    tcase_add_test(failures, a_file_above_the_limit_is_refused);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
