/* test_yaml.c - suite for io/yaml.c and core/node.c. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static wio_log *findings;
static wio_node root;

static void setup(void)
{
    ck_assert_int_eq(wio_log_create(&findings, NULL), WIO_OK);
    root = (wio_node){0};
}

static void teardown(void)
{
    wio_node_clear(&root);
    wio_log_free(findings);
    ck_assert_int_eq(wio_alloc_live, 0);
}

static wio_status parse(const char *text)
{
    wio_error err = {0};
    return wio_yaml_parse(&root, text, strlen(text), "f.yaml", findings, &err);
}

/* All findings, one line each, in one text; the caller frees. */
static char *all_findings(void)
{
    wio_text text = {0};
    wio_text_add(&text, "%s", "");
    for (size_t i = 0; wio_log_finding(findings, i) != NULL; i++) {
        char *line = wio_log_line(wio_log_finding(findings, i));
        wio_text_add(&text, "%s\n", line);
        wio_free(line);
    }
    char *all = NULL;
    ck_assert_int_eq(wio_text_take(&all, &text, NULL), WIO_OK);
    return all;
}

static void refused(const char *text, const char *expected)
{
    ck_assert_int_eq(parse(text), WIO_E_FORMAT);
    char *all = all_findings();
    ck_assert_str_eq(all, expected);
    wio_free(all);
    ck_assert_uint_eq(root.count, 0);
    ck_assert_ptr_null(root.text);
}

START_TEST(a_document_keeps_its_order_its_text_and_its_places)
{
    ck_assert_int_eq(parse("wassily: 1\nlist:\n  - a\n  - {b: no, c: '10'}\n"), WIO_OK);
    ck_assert_int_eq(root.kind, WIO_NODE_MAP);
    ck_assert_uint_eq(root.count, 2);
    ck_assert_str_eq(root.key[0].text, "wassily");
    ck_assert_str_eq(root.item[0].text, "1");
    ck_assert_uint_eq(root.item[0].line, 1);
    ck_assert_uint_eq(root.item[0].column, 10);
    const wio_node *list = wio_node_get(&root, "list");
    ck_assert_int_eq(list->kind, WIO_NODE_LIST);
    ck_assert_uint_eq(list->count, 2);
    ck_assert_uint_eq(list->item[0].line, 3);
    ck_assert_uint_eq(list->item[0].column, 5);
    const wio_node *b = wio_node_get(&list->item[1], "b");
    ck_assert_str_eq(b->text, "no");
    ck_assert(!b->quoted);
    const wio_node *c = wio_node_get(&list->item[1], "c");
    ck_assert(c->quoted);
    ck_assert_uint_eq(c->line, 4);
    ck_assert_uint_eq(c->column, 16);
    ck_assert_ptr_null(wio_node_get(&root, "absent"));
    ck_assert_ptr_null(wio_node_get(b, "absent"));
}
END_TEST

START_TEST(a_byte_order_mark_does_not_move_the_columns)
{
    ck_assert_int_eq(parse("\xef\xbb\xbf"
                           "a: b\n"),
                     WIO_OK);
    ck_assert_uint_eq(root.item[0].column, 4);
}
END_TEST

START_TEST(columns_count_characters_not_bytes)
{
    ck_assert_int_eq(parse("{\"\xc3\xa9\": x}\n"), WIO_OK);
    ck_assert_uint_eq(root.item[0].column, 7);
}
END_TEST

static const struct {
    const char *text, *expected;
} REFUSED[] = {
    {"", "f.yaml:1:1: error: the file is empty\n"},
    {"# nothing\n", "f.yaml:1:1: error: the file is empty\n"},
    {"a: &x 1\nb: *x\n",
     "f.yaml:1:4: error: anchor '&x' is not allowed: write the value where it is used\n"
     "f.yaml:2:4: error: alias '*x' is not allowed: write the value where it is used\n"},
    {"a: !!int 1\n",
     "f.yaml:1:4: error: tag 'tag:yaml.org,2002:int' is not allowed: the schema decides the "
     "type\n"},
    {"a: !x [1]\nb: !y {c: 1}\n",
     "f.yaml:1:4: error: tag '!x' is not allowed: the schema decides the type\n"
     "f.yaml:2:4: error: tag '!y' is not allowed: the schema decides the type\n"},
    {"%YAML 1.1\n---\na: 1\n", "f.yaml:1:1: error: %YAML and %TAG directives are not allowed\n"},
    {"a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n",
     "f.yaml:3:1: error: key 'a' is there twice (first at line 1)\n"
     "f.yaml:4:11: error: key 'd' is there twice (first at line 4)\n"},
    {"[a]: 1\n", "f.yaml:1:1: error: a key has to be plain text\n"},
    {"a: 1\n---\nb: 2\n", "f.yaml:2:1: error: a second document: one file holds one\n"},
    {"a: \"\\0\"\n", "f.yaml:1:4: error: a zero byte inside a value\n"},
    {"a: [1, 2\n",
     "f.yaml:2:1: error: YAML: did not find expected ',' or ']' (while parsing a flow sequence, "
     "line 1)\n"},
    {"a: b: c\n", "f.yaml:1:5: error: YAML: mapping values are not allowed in this context\n"},
    {"\ta: 1\n",
     "f.yaml:1:1: error: YAML: a text cannot begin with this character, and a line not with a tab: "
     "quote the text, indent with spaces\n"},
    {"a: x\nb: \xff\n", "f.yaml:2:4: error: not valid UTF-8 text: invalid leading UTF-8 octet\n"},
};

START_TEST(what_yaml_allows_and_a_study_does_not_is_refused_with_its_place)
{
    refused(REFUSED[_i].text, REFUSED[_i].expected);
}
END_TEST

START_TEST(thirty_three_levels_are_too_deep_and_thirty_two_are_not)
{
    char text[80] = "";
    for (size_t depth = 32; depth <= 33; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        if (depth == 32) {
            ck_assert_int_eq(parse(text), WIO_OK);
            wio_node_clear(&root);
        } else {
            refused(text, "f.yaml:1:33: error: nested deeper than 32 levels\n");
        }
    }
}
END_TEST

START_TEST(size_is_limited)
{
    size_t length = 5 * 1024 * 1024;
    char *text = malloc(length);
    ck_assert_ptr_nonnull(text);
    memset(text, 'a', length);
    ck_assert_int_eq(wio_yaml_parse(&root, text, length, "f.yaml", findings, NULL), WIO_E_FORMAT);
    ck_assert_int_eq(wio_yaml_parse(&root, text, 65537, "f.yaml", findings, NULL), WIO_E_FORMAT);
    ck_assert_int_eq(wio_yaml_parse(&root, text, 65536, "f.yaml", findings, NULL), WIO_OK);
    wio_node_clear(&root);
    for (size_t i = 0; i < 400002; i += 2) {
        text[i] = i == 0 ? '[' : 'b';
        text[i + 1] = i == 0 ? ' ' : ',';
    }
    ck_assert_int_eq(wio_yaml_parse(&root, text, 400002, "f.yaml", findings, NULL), WIO_E_FORMAT);
    free(text);
    char *all = all_findings();
    ck_assert_str_eq(all, "f.yaml:1:1: error: 5242880 bytes are too many (at most 4194304)\n"
                          "f.yaml:1:1: error: a value of 65537 bytes is too long (at most 65536)\n"
                          "f.yaml:1:400001: error: more than 200000 values and lists\n");
    wio_free(all);
}
END_TEST

START_TEST(every_allocation_failure_leaves_nothing_behind)
{
    static const char text[] = "a: 1\nb: [x, {c: d, e: [f, g]}, y]\nz: {p: q, r: s}\n";
    wio_status status = WIO_E_MEMORY;
    long live = wio_alloc_live, budget = 0;
    for (; status != WIO_OK; budget++) {
        wio_node node = {0};
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_yaml_parse(&node, text, sizeof text - 1, "f.yaml", NULL, &err);
        wio_alloc_budget = -1;
        if (status != WIO_OK) {
            ck_assert_int_eq(status, WIO_E_MEMORY);
            ck_assert_str_eq(err.message, "f.yaml");
            ck_assert_uint_eq(node.count, 0);
        }
        wio_node_clear(&node);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    ck_assert_int_gt(budget, 40); /* 18 scalars, 15 names twice, the arrays */
}
END_TEST

/* Any prefix and any single changed byte of a document gives a tree or a place, and no leak. */
START_TEST(damaged_documents_are_read_or_refused_cleanly)
{
    static const char text[] =
        "a: {b: [1, 'two', \"3\"], c: |\n    text\n  }\nd:\n  - e\n  - f: g\n";
    static const char damage[] = "\0:[]{}&*!%\n\t\"'|>#-,?\x80\xff ";
    char copy[sizeof text];
    for (size_t at = 0; at < sizeof text - 1; at++) {
        for (size_t k = 0; k < sizeof damage; k++) {
            memcpy(copy, text, sizeof text);
            copy[at] = damage[k];
            size_t length = k == 0 ? at : sizeof text - 1;
            wio_node node = {0};
            wio_error err = {0};
            if (wio_yaml_parse(&node, copy, length, "f.yaml", NULL, &err) != WIO_OK) {
                ck_assert_int_eq(strncmp(err.message, "f.yaml:", 7), 0);
            }
            wio_node_clear(&node);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, setup, teardown);
    tcase_add_test(known, a_document_keeps_its_order_its_text_and_its_places);
    tcase_add_test(known, a_byte_order_mark_does_not_move_the_columns);
    tcase_add_test(known, columns_count_characters_not_bytes);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, setup, teardown);
    tcase_add_test(properties, damaged_documents_are_read_or_refused_cleanly);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, setup, teardown);
    tcase_add_loop_test(failures, what_yaml_allows_and_a_study_does_not_is_refused_with_its_place,
                        0, sizeof REFUSED / sizeof REFUSED[0]);
    tcase_add_test(failures, thirty_three_levels_are_too_deep_and_thirty_two_are_not);
    tcase_add_test(failures, size_is_limited);
    tcase_add_test(failures, every_allocation_failure_leaves_nothing_behind);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
