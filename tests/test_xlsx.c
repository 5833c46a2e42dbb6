/* test_xlsx.c - suite for io/xlsx.c and io/xlsx_sheet.c. small.xlsx was made by openpyxl
 * (tests/data/make_xlsx.py); the other workbooks are put together here, member by member. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* --- workbooks -------------------------------------------------------------------------------------------- */

#define BOOK "<workbook><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
#define RELS                                                                                       \
    "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
#define STRINGS                                                                                    \
    "<sst><si><t>one</t></si><si><r><t>t</t></r><rPh><t>no</t></rPh><r><t>wo</t></r></si></sst>"
#define STYLES                                                                                     \
    "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy\"/>"                          \
    "<numFmt numFmtId=\"171\" formatCode=\"[Red]0.0&quot;days&quot;\\d_m*y\"/></numFmts>"          \
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"              \
    "<xf numFmtId=\"14\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/></cellXfs></styleSheet>"

typedef struct part {
    const char *name, *text;
} part;

/* An archive of the usual members, with `other` in place of or beside them; text NULL: left out. */
static char *workbook(size_t *length, const part *other, size_t others)
{
    part parts[12] = {{"xl/workbook.xml", BOOK},
                      {"xl/_rels/workbook.xml.rels", RELS},
                      {"xl/styles.xml", STYLES},
                      {"xl/sharedStrings.xml", STRINGS},
                      {"xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"}};
    size_t count = 5;
    for (size_t i = 0; i < others; i++) {
        size_t at = 0;
        while (at < count && strcmp(parts[at].name, other[i].name) != 0) {
            at++;
        }
        parts[at] = other[i];
        count += at == count;
    }
    int code = 0;
    zip_t *zip = zip_open(scratch("book.xlsx"), ZIP_CREATE | ZIP_TRUNCATE, &code);
    ck_assert_ptr_nonnull(zip);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].text != NULL) {
            zip_source_t *source = zip_source_buffer(zip, parts[i].text, strlen(parts[i].text), 0);
            ck_assert_int_ge(zip_file_add(zip, parts[i].name, source, ZIP_FL_ENC_UTF_8), 0);
        }
    }
    ck_assert_int_eq(zip_close(zip), 0);
    char *data = NULL;
    ck_assert_int_eq(wio_file_read(&data, length, scratch("book.xlsx"), 1u << 30, NULL), WIO_OK);
    return data;
}

/* Reads a workbook whose sheet has these rows (NULL: the usual) and one other member. */
static wio_status read_with(wio_csv *csv, const char *rows, part other, wio_log *log,
                            wio_error *err)
{
    size_t length = 0;
    wio_text sheet = {0};
    wio_text_add(&sheet, "<worksheet>%s</worksheet>", rows != NULL ? rows : "<sheetData/>");
    const part parts[] = {{"xl/worksheets/sheet1.xml", sheet.data}, other};
    char *data = workbook(&length, parts, other.name != NULL ? 2 : 1);
    wio_status status = wio_xlsx_parse(csv, data, length, "b.xlsx", NULL, log, err);
    wio_free(data);
    wio_text_free(&sheet);
    return status;
}

/* Rows as text: number:[cell/kind]... */
static const char *shown(const wio_csv *csv)
{
    static char text[2000];
    size_t used = 0;
    text[0] = '\0';
    for (size_t r = 0; r < csv->rows; r++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%zu:", csv->line[r]);
        for (size_t c = 0; c < csv->columns[r]; c++) {
            size_t at = csv->start[r] + c;
            used += (size_t)snprintf(text + used, sizeof text - used, "[%s%s]", csv->cell[at],
                                     (const char *[]){"", "#", "@", "?", "!"}[csv->kind[at]]);
        }
    }
    return text;
}

/* --- known answers --------------------------------------------------------------------------------------- */

START_TEST(a_workbook_of_another_writer_is_read)
{
    wio_csv csv = {0};
    wio_log *log = new_log();
    wio_error err = {0};
    ck_assert_msg(wio_xlsx_read(&csv, "tests/data/xlsx/small.xlsx", NULL, log, &err) == WIO_OK,
                  "%s", err.message);
    ck_assert_str_eq(shown(&csv),
                     "1:[][agriculture][Kaf\xc3\xa9][<done>]"
                     "2:[wheat][1#][2.5#][-0.1#][a formula without a value!][][7#][43000@][43000#]"
                     "3:[steel][1e+300#][123456789012#][0.3333333333333333#]"
                     "5:[odd][1?][43467@][#N/A!]7:[][][][][][1.5]9:[][merged]");
    ck_assert_str_eq(csv.place, "tests/data/xlsx/small.xlsx:flows & more!");
    static const char *const lines[] = {
        "small.xlsx: warning: no sheet is named: the first of 2, 'flows & more', is read",
        "small.xlsx:flows & more!E2: warning: a formula (1 in the sheet): the value last saved is "
        "read",
        "small.xlsx:flows & more!B9: warning: merged cells (1 ranges in the sheet)",
        "small.xlsx:flows & more!: warning: row 3 is hidden (1 rows in the sheet)",
        "small.xlsx:flows & more!: warning: column C is hidden (1 ranges in the sheet)"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ck_assert_msg(logged(log, lines[i]), "%s", lines[i]);
    }
    wio_csv_clear(&csv);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_sheet_is_found_by_name_or_number)
{
    static const char *const names[] = {"2", "flows & more", "1"}; /* a name goes before a number */
    static const char *const first[] = {"2:[][second]", "1:[][agr", "1:[][agr"};
    for (size_t i = 0; i < 3; i++) {
        wio_csv csv = {0};
        wio_error err = {0};
        ck_assert_int_eq(wio_xlsx_read(&csv, "tests/data/xlsx/small.xlsx", names[i], NULL, &err),
                         WIO_OK);
        ck_assert_int_eq(strncmp(shown(&csv), first[i], strlen(first[i])), 0);
        wio_csv_clear(&csv);
    }
}
END_TEST

static const struct {
    const char *rows, *cells;
} sheets[] = {
    {"<sheetData/>", ""},
    {"<sheetData><row r=\"2\"><c r=\"B2\" t=\"s\"><v>1</v></c></row></sheetData>", "2:[][two]"},
    {"<sheetData><row><c><v>1</v></c><c/><c "
     "t=\"inlineStr\"><is><t>x</t></is></c></row></sheetData>",
     "1:[1#][][x]"},
    {"<sheetData><row r=\"3\"/><row><c s=\"1\"><v>5</v></c><c s=\"2\"><v>5</v></c><c s=\"3\"><v>5"
     "</v></c><c s=\"9\"><v>5</v></c></row></sheetData>",
     "4:[5@][5@][5#][5#]"},
    {"<sheetData><row><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#REF!</v></c><c t=\"d\"><v>2020</v></c>"
     "<c t=\"str\"><f>A1</f><v>y</v></c></row></sheetData>",
     "1:[1?][#REF!!][2020@][y]"},
    {"<sheetData><row r=\"1048576\"><c r=\"XFD1048576\"><v>9</v></c></row></sheetData>", NULL},
    {"<x:sheetData xmlns:x=\"u\"><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData>", "1:[1#]"},
    {"<sheetData><row><c><v>a&amp;b</v></c></row></sheetData>", "1:[a&b#]"},
};

START_TEST(cells_have_their_place_and_kind)
{
    wio_csv csv = {0};
    wio_error err = {0};
    ck_assert_msg(read_with(&csv, sheets[_i].rows, (part){0}, NULL, &err) == WIO_OK, "%s",
                  err.message);
    if (sheets[_i].cells != NULL) {
        ck_assert_str_eq(shown(&csv), sheets[_i].cells);
    } else {
        ck_assert_uint_eq(csv.columns[0], 16384);
        ck_assert_str_eq(csv.cell[16383], "9");
    }
    wio_csv_clear(&csv);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(names_of_cells_are_those_of_a_spreadsheet)
{
    static const struct {
        size_t row, column;
        const char *name;
    } cells[] = {{1, 0, "A1"},
                 {7, 2, "C7"},
                 {1, 25, "Z1"},
                 {1, 26, "AA1"},
                 {1, 701, "ZZ1"},
                 {1, 702, "AAA1"},
                 {1048576, 16383, "XFD1048576"}};
    char name[WIO_CELL_NAME];
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        ck_assert_str_eq(wio_cell_name(name, cells[i].row, cells[i].column), cells[i].name);
    }
}
END_TEST

/* MARIO's workbook beside its own CSV of the same sheet: every number the same. */
START_TEST(a_real_workbook_holds_the_numbers_of_its_text)
{
    char book[1024], text[1024];
    if (!third_party(book, sizeof book, "world/mario/test_IOT_standard.xlsx") ||
        !third_party(text, sizeof text, "world/mario/test_IOT_standard__flows.csv")) {
        return;
    }
    wio_csv csv = {0}, want = {0};
    wio_error err = {0};
    char *data = NULL;
    size_t length = 0, numbers = 0;
    ck_assert_msg(wio_xlsx_read(&csv, book, "flows", NULL, &err) == WIO_OK, "%s", err.message);
    ck_assert_int_eq(wio_file_read(&data, &length, text, 1u << 26, &err), WIO_OK);
    ck_assert_int_eq(wio_csv_parse(&want, data, length, text, NULL, &err), WIO_OK);
    for (size_t r = 0; r < csv.rows; r++) {
        for (size_t c = 0; c < csv.columns[r]; c++) {
            double got, same;
            size_t at = csv.start[r] + c;
            if (csv.kind[at] != WIO_CELL_NUMBER) {
                continue;
            }
            const char *other = want.cell[want.start[csv.line[r] - 1] + c];
            ck_assert(wio_parse_double(&got, csv.cell[at], strlen(csv.cell[at])));
            ck_assert(wio_parse_double(&same, other, strlen(other)));
            ck_assert_msg(got == same, "%zu,%zu: %s and %s", r, c, csv.cell[at], other);
            numbers++;
        }
    }
    ck_assert_uint_eq(numbers, 88); /* 11 rows of 8 */
    wio_csv_clear(&csv);
    wio_csv_clear(&want);
}
END_TEST

/* --- failures --------------------------------------------------------------------------------------------- */

static const struct {
    const char *rows;
    part other;
    const char *message;
} mistakes[] = {
    {"<sheetData><row r=\"2\"/><row r=\"2\"/></sheetData>", {0}, "row 2 follows row 2"},
    {"<sheetData><row r=\"0\"/></sheetData>", {0}, "'0' is no row of a sheet"},
    {"<sheetData><row r=\"1048577\"/></sheetData>", {0}, "'1048577' is no row of a sheet"},
    {"<sheetData><row><c r=\"A2\"/></row></sheetData>", {0}, "'A2' is no cell of row 1"},
    {"<sheetData><row><c r=\"XFE1\"/></row></sheetData>", {0}, "'XFE1' is no cell of row 1"},
    {"<sheetData><row><c r=\"B1\"/><c r=\"B1\"/></row></sheetData>",
     {0},
     "cell B1 is there twice or out of order"},
    {"<c/>", {0}, "a cell outside of a row"},
    {"<sheetData><row><c t=\"s\"><v>2</v></c></row></sheetData>",
     {0},
     "cell A1: there is no shared string '2'"},
    {"<sheetData><row><c t=\"s\"><v>-1</v></c></row></sheetData>",
     {0},
     "cell A1: there is no shared string '-1'"},
    {"<sheetData><row><c t=\"z\"><v>2</v></c></row></sheetData>",
     {0},
     "cell A1 is of the unknown type 'z'"},
    {"<sheetData><row>",
     {0},
     "xl/worksheets/sheet1.xml: not well-formed XML (line 1: mismatched tag)"},
    {NULL,
     {"xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><workbook/>"},
     "xl/workbook.xml: a DOCTYPE is refused: no workbook needs one"},
    {NULL, {"xl/vbaProject.bin", "x"}, "the workbook holds macros: save it as .xlsx without them"},
    {NULL, {"xl/workbook.bin", "x"}, "this is a binary workbook (.xlsb): save it as .xlsx"},
    {NULL, {"xl/workbook.xml", NULL}, "a zip archive, but no workbook: xl/workbook.xml is missing"},
    {NULL, {"xl/workbook.xml", "<workbook/>"}, "the workbook has no sheet"},
    {NULL,
     {"xl/workbook.xml", "<workbook><sheet/></workbook>"},
     "a sheet without a name or relation"},
    {NULL, {"xl/_rels/workbook.xml.rels", "<a/>"}, "sheet 'S' has no place in the archive"},
    {NULL,
     {"xl/_rels/workbook.xml.rels", NULL},
     "not a whole workbook: xl/_rels/workbook.xml.rels is missing"},
    {NULL,
     {"xl/_rels/workbook.xml.rels", "<a><Relationship Id=\"r1\" Target=\"/etc/passwd\"/></a>"},
     "not a whole workbook: etc/passwd is missing"},
};

START_TEST(a_wrong_workbook_is_refused_with_the_reason)
{
    wio_csv csv = {0};
    wio_log *log = new_log();
    wio_error err = {0};
    ck_assert_int_eq(read_with(&csv, mistakes[_i].rows, mistakes[_i].other, log, &err),
                     WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, mistakes[_i].message) != NULL, "%s", err.message);
    ck_assert(logged(log, mistakes[_i].message));
    ck_assert_ptr_null(csv.cell);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* 3 MB of zeros pack to 3 KB: more than 200 to 1. */
START_TEST(a_bomb_is_stopped_while_it_is_unpacked)
{
    enum { LENGTH = 3 << 20 };
    wio_csv csv = {0};
    wio_error err = {0};
    char *blank = malloc(LENGTH + 1);
    ck_assert_ptr_nonnull(blank);
    memset(blank, ' ', LENGTH);
    blank[LENGTH] = '\0';
    ck_assert_int_eq(read_with(&csv, blank, (part){0}, NULL, &err), WIO_E_FORMAT);
    ck_assert_str_eq(err.message,
                     "b.xlsx: xl/worksheets/sheet1.xml: unpacks to more than 200 times "
                     "its size");
    free(blank);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(too_large_a_text_is_refused)
{
    wio_csv csv = {0};
    wio_error err = {0};
    wio_text text = {0}, string = {0};
    uint64_t state = 3;
    for (int i = 0; i < 70000; i++) { /* random, or it would be a bomb */
        char letter = (char)('a' + (int)(random_uniform(&state) * 26));
        wio_text_add_bytes(&text, &letter, 1);
    }
    wio_text_add(&string, "<sst><si><t>%s</t></si></sst>", text.data);
    const part other = {"xl/sharedStrings.xml", string.data};
    ck_assert_int_eq(read_with(&csv, NULL, other, NULL, &err), WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "shared string 0 has more than 65536 bytes"));
    wio_text sheet = {0};
    wio_text_add(&sheet, "<sheetData><row><c t=\"str\"><v>%s</v></c></row></sheetData>", text.data);
    err = (wio_error){0};
    ck_assert_int_eq(read_with(&csv, sheet.data, (part){0}, NULL, &err), WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "cell A1 has more than 65536 bytes"));
    wio_text_free(&text);
    wio_text_free(&string);
    wio_text_free(&sheet);
}
END_TEST

START_TEST(an_archive_that_is_none_or_damaged_is_refused)
{
    wio_csv csv = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_xlsx_parse(&csv, "a,b\n", 4, "b.xlsx", NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_str_eq(err.message,
                     "b.xlsx: not a workbook (.xlsx): it does not begin as a zip archive does");
    err = (wio_error){0};
    ck_assert_int_eq(wio_xlsx_parse(&csv, "\xd0\xcf\x11\xe0", 4, "b.xlsx", NULL, NULL, &err),
                     WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "encrypted, or a workbook of the old format (.xls)"));
    size_t length = 0;
    char *data = workbook(&length, NULL, 0);
    for (size_t cut = 4; cut < length; cut += 7) {
        err = (wio_error){0};
        ck_assert_int_eq(wio_xlsx_parse(&csv, data, cut, "b.xlsx", NULL, NULL, &err), WIO_E_FORMAT);
    }
    for (size_t at = 0; at < length; at++) { /* any byte may be anything: no crash, no leak */
        data[at] = (char)(data[at] ^ 0x55);
        if (wio_xlsx_parse(&csv, data, length, "b.xlsx", NULL, NULL, NULL) == WIO_OK) {
            wio_csv_clear(&csv);
        }
        data[at] = (char)(data[at] ^ 0x55);
        ck_assert_int_eq(wio_alloc_live, 1);
    }
    wio_free(data);
}
END_TEST

START_TEST(too_many_members_are_refused)
{
    int code = 0;
    zip_t *zip = zip_open(scratch("many.xlsx"), ZIP_CREATE | ZIP_TRUNCATE, &code);
    ck_assert_ptr_nonnull(zip);
    for (int i = 0; i <= 10000; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d", i);
        ck_assert_int_ge(zip_file_add(zip, name, zip_source_buffer(zip, "", 0, 0), 0), 0);
    }
    ck_assert_int_eq(zip_close(zip), 0);
    wio_csv csv = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_xlsx_read(&csv, scratch("many.xlsx"), NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "the archive has more than 10000 members"));
}
END_TEST

START_TEST(every_allocation_failure_is_reported)
{
    size_t length = 0;
    const part sheet = {"xl/worksheets/sheet1.xml",
                        "<w><sheetData><row><c t=\"s\"><v>0</v></c><c s=\"1\"><v>1</v></c></row>"
                        "</sheetData></w>"};
    char *data = workbook(&length, &sheet, 1);
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 60);
        wio_csv csv = {0};
        wio_alloc_budget = budget;
        status = wio_xlsx_parse(&csv, data, length, "b.xlsx", NULL, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "budget %ld: %d", budget,
                      (int)status);
        if (status == WIO_OK) {
            ck_assert_str_eq(shown(&csv), "1:[one][1@]");
        }
        wio_csv_clear(&csv);
        ck_assert_int_eq(wio_alloc_live, 1);
    }
    wio_free(data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("xlsx");

    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_workbook_of_another_writer_is_read);
    tcase_add_test(known, a_sheet_is_found_by_name_or_number);
    tcase_add_loop_test(known, cells_have_their_place_and_kind, 0,
                        sizeof sheets / sizeof sheets[0]);
    tcase_add_test(known, names_of_cells_are_those_of_a_spreadsheet);
    tcase_add_test(known, a_real_workbook_holds_the_numbers_of_its_text);
    suite_add_tcase(suite, known);

    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 30);
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, a_wrong_workbook_is_refused_with_the_reason, 0,
                        sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(failures, a_bomb_is_stopped_while_it_is_unpacked);
    tcase_add_test(failures, too_large_a_text_is_refused);
    tcase_add_test(failures, an_archive_that_is_none_or_damaged_is_refused);
    tcase_add_test(failures, too_many_members_are_refused);
    tcase_add_test(failures, every_allocation_failure_is_reported);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
