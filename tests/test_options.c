/* test_options.c - suite for io/cli/options.c and manual.c, over a command of its own. */
#include "../io/cli/manual.c"
#include "../io/cli/options.c"
#include "support.h"

#include <check.h>

enum { OUTPUT, FORCE, SHARE, THREADS, TO };

static const cli_option OPTIONS[] = {
    {"output", 'o', CLI_TEXT, "FILE", "write here"},
    {"force", 'f', CLI_FLAG, NULL, "replace it"},
    {"share", 0, CLI_NUMBER, "SHARE", "a share"},
    {"threads", 't', CLI_COUNT, "N", "threads"},
    {"to", 0, CLI_CHOICE, "csv|json|hdf5", "the form"},
};

static const cli_command COMMAND = {
    .name = "try",
    .operands = "A [B]",
    .summary = "a command to try the parser on",
    .about = "First paragraph, which is long enough that it has to be broken into two lines.\n"
             ".Second paragraph with a back\\slash.",
    .examples = "wassily try a -o b",
    .least = 1,
    .most = 2,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
};

const cli_command *const cli_commands[] = {&COMMAND, NULL};

/* Parses the words (ended by NULL) and returns what cli_parse returned. */
static int parse(cli_arguments *out, const char *const *words)
{
    char *argv[16];
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        argv[argc] = (char *)(uintptr_t)words[argc];
    }
    return cli_parse(out, &COMMAND, argc, argv);
}

#define PARSE(out, ...) parse(out, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(options_and_operands_mix_freely)
{
    cli_arguments got;
    ck_assert_int_eq(PARSE(&got, "a", "--force", "b", "-o", "c"), 0);
    ck_assert_uint_eq(got.operands, 2);
    ck_assert_str_eq(got.operand[0], "a");
    ck_assert_str_eq(got.operand[1], "b");
    ck_assert(got.value[FORCE].set);
    ck_assert_str_eq(got.value[OUTPUT].text, "c");
    ck_assert(!got.value[SHARE].set);
}
END_TEST

START_TEST(a_value_may_be_attached_or_apart)
{
    static const char *const forms[][3] = {
        {"--output=x", NULL}, {"--output", "x", NULL}, {"-ox", NULL}, {"-o", "x", NULL}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        cli_arguments got;
        ck_assert_int_eq(PARSE(&got, "a", forms[i][0], forms[i][1]), 0);
        ck_assert_str_eq(got.value[OUTPUT].text, "x");
    }
}
END_TEST

START_TEST(two_dashes_end_the_options_and_one_is_an_operand)
{
    cli_arguments got;
    ck_assert_int_eq(PARSE(&got, "-", "--", "--force"), 0);
    ck_assert_str_eq(got.operand[0], "-");
    ck_assert_str_eq(got.operand[1], "--force");
    ck_assert(!got.value[FORCE].set);
    ck_assert_int_eq(PARSE(&got, "--", "--help"), 0);
    ck_assert(!got.help);
}
END_TEST

START_TEST(numbers_counts_and_choices_are_read)
{
    cli_arguments got;
    ck_assert_int_eq(PARSE(&got, "a", "--share=.25", "-t", "12", "--to", "json"), 0);
    ck_assert_double_eq(got.value[SHARE].number, 0.25); /* exact in binary */
    ck_assert_uint_eq(got.value[THREADS].count, 12);
    ck_assert_str_eq(got.value[TO].text, "json");
}
END_TEST

START_TEST(help_wins_over_every_mistake)
{
    cli_arguments got;
    ck_assert_int_eq(PARSE(&got, "--nonsense", "--help"), 0);
    ck_assert(got.help);
}
END_TEST

START_TEST(every_mistake_is_a_usage_error)
{
    static const char *const wrong[][5] = {
        {"--frce", "a"},
        {"-x", "a"},
        {"a", "-o"},
        {"a", "--force=1"},
        {"a", "-f", "-f"},
        {"a", "--share", "0,25"},
        {"a", "--share", "1x"},
        {"a", "-t", "-1"},
        {"a", "-t", "two"},
        {"a", "-t", "1e3"},
        {"a", "-t", "999999999999999999999"},
        {"a", "--to", "cs"},
        {"a", "--to", ""},
        {"a", "--to", "csv|json"},
        {"a", "b", "c"},
        {"--force"},
        {"a", "--forc\x1b[31m"},
        {"a", "--"},
    };
    size_t count = sizeof wrong / sizeof *wrong;
    cli_arguments got;
    for (size_t i = 0; i + 1 < count; i++) {
        ck_assert_msg(parse(&got, wrong[i]) == 64, "case %zu passed", i);
    }
    ck_assert_int_eq(parse(&got, wrong[count - 1]), 0); /* the last one is right */
}
END_TEST

/* What a printer prints, in a buffer. */
static void printed(char *buffer, size_t size, void (*print)(FILE *, const cli_command *))
{
    FILE *file = fmemopen(buffer, size, "w");
    ck_assert_ptr_nonnull(file);
    print(file, &COMMAND);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(help_names_every_option_within_the_width)
{
    char text[8192];
    printed(text, sizeof text, cli_print_help);
    for (size_t i = 0; i < COMMAND.options; i++) {
        ck_assert_ptr_nonnull(strstr(text, OPTIONS[i].name));
        ck_assert_ptr_nonnull(strstr(text, OPTIONS[i].help));
    }
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        ck_assert_uint_le(strlen(line), 79);
    }
}
END_TEST

START_TEST(a_manual_page_escapes_what_roff_would_read)
{
    char text[8192];
    printed(text, sizeof text, cli_print_manual);
    ck_assert_ptr_nonnull(strstr(text, "\n\\&.Second paragraph with a back\\eslash."));
    ck_assert_ptr_nonnull(strstr(text, "\\-\\-output \\fIFILE\\fR"));
    ck_assert_ptr_nonnull(strstr(text, ".B 65\n"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, options_and_operands_mix_freely);
    tcase_add_test(known, a_value_may_be_attached_or_apart);
    tcase_add_test(known, two_dashes_end_the_options_and_one_is_an_operand);
    tcase_add_test(known, numbers_counts_and_choices_are_read);
    tcase_add_test(known, help_wins_over_every_mistake);
    suite_add_tcase(suite, known);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, every_mistake_is_a_usage_error);
    suite_add_tcase(suite, failures);
    TCase *golden = tcase_create("golden");
    tcase_add_test(golden, help_names_every_option_within_the_width);
    tcase_add_test(golden, a_manual_page_escapes_what_roff_would_read);
    suite_add_tcase(suite, golden);
    return run_suite(suite);
}
