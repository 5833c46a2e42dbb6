/* The command's progress bar: its line, and silence where there is no terminal. */
#include "../io/cli/progress.c"
#include "support.h"

#include <check.h>
#include <fcntl.h>

START_TEST(a_line_shows_share_and_what)
{
    char line[PROGRESS_LINE];
    progress_line(line, 79, 3, 10, "tariff and answer");
    ck_assert_str_eq(line, "[=========>                    ]  30%  tariff and answer");
    progress_line(line, 79, 10, 10, NULL);
    ck_assert_str_eq(line, "[==============================] 100%  ");
}
END_TEST

START_TEST(a_line_never_exceeds_the_width)
{
    char line[PROGRESS_LINE], what[400];
    memset(what, 'x', sizeof what - 1);
    what[sizeof what - 1] = '\0';
    for (size_t width = 20; width < 400; width++) {
        progress_line(line, width, width, 400, what);
        ck_assert_uint_le(strlen(line), width);
    }
}
END_TEST

START_TEST(a_total_of_zero_or_too_much_done_is_harmless)
{
    char line[PROGRESS_LINE];
    progress_line(line, 40, 5, 0, "a");
    ck_assert_str_eq(line, "[>         ]   0%  a");
    progress_line(line, 40, 9, 3, "a\033[2Jb\n");
    ck_assert_str_eq(line, "[==========] 100%  a?[2Jb?");
}
END_TEST

START_TEST(nothing_is_written_where_there_is_no_terminal)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(setenv("TERM", "xterm", 1), 0);
    progress bar;
    progress_start(&bar, file, false);
    ck_assert(!bar.on);
    bar.start -= 10.0;
    progress_show(&bar, 1, 2, "work");
    progress_end(&bar);
    ck_assert_int_eq(ftell(file), 0);
    fclose(file);
}
END_TEST

/* NULL where the system has no pseudo-terminals (a container without /dev/pts). */
static FILE *terminal(int *master)
{
    *master = posix_openpt(O_RDWR | O_NOCTTY);
    if (*master < 0) {
        printf("skipped: no pseudo-terminals here\n");
        return NULL;
    }
    ck_assert_int_eq(grantpt(*master), 0);
    ck_assert_int_eq(unlockpt(*master), 0);
    FILE *slave = fopen(ptsname(*master), "r+");
    ck_assert_ptr_nonnull(slave);
    return slave;
}

START_TEST(on_a_terminal_long_work_is_drawn_once_and_wiped)
{
    int master = -1;
    FILE *slave = terminal(&master);
    if (slave == NULL) {
        return;
    }
    ck_assert_int_eq(setenv("TERM", "xterm", 1), 0);
    progress bar;
    progress_start(&bar, slave, false);
    ck_assert(bar.on);
    progress_show(&bar, 1, 4, "too early");
    ck_assert(!bar.drawn);
    bar.start -= 10.0;
    progress_show(&bar, 2, 4, "half");
    ck_assert(bar.drawn);
    progress_show(&bar, 3, 4, "too soon");
    progress_end(&bar);
    ck_assert(!bar.drawn);
    char seen[512] = "";
    ssize_t got = read(master, seen, sizeof seen - 1);
    ck_assert_int_gt(got, 0);
    ck_assert_ptr_nonnull(strstr(seen, "50%  half"));
    ck_assert_ptr_null(strstr(seen, "too"));
    fclose(slave);
    close(master);
}
END_TEST

START_TEST(quiet_and_dumb_terminals_get_no_bar)
{
    int master = -1;
    FILE *slave = terminal(&master);
    if (slave == NULL) {
        return;
    }
    ck_assert_int_eq(setenv("TERM", "xterm", 1), 0);
    progress bar;
    progress_start(&bar, slave, true);
    ck_assert(!bar.on);
    ck_assert_int_eq(setenv("TERM", "dumb", 1), 0);
    progress_start(&bar, slave, false);
    ck_assert(!bar.on);
    ck_assert_int_eq(unsetenv("TERM"), 0);
    progress_start(&bar, slave, false);
    ck_assert(!bar.on);
    fclose(slave);
    close(master);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, a_line_shows_share_and_what);
    tcase_add_test(known, on_a_terminal_long_work_is_drawn_once_and_wiped);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, a_line_never_exceeds_the_width);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, a_total_of_zero_or_too_much_done_is_harmless);
    tcase_add_test(failures, nothing_is_written_where_there_is_no_terminal);
    tcase_add_test(failures, quiet_and_dumb_terminals_get_no_bar);
    suite_add_tcase(suite, known);
    suite_add_tcase(suite, properties);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
