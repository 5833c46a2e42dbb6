/* test_commit.c - files are whole under their final name, or not there. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[128];

static void make_folder(void)
{
    scratch_make();
    (void)snprintf(path, sizeof path, "%s", scratch("out.txt"));
}

static const char *content(void)
{
    static char buffer[256];
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(buffer, 1, sizeof buffer - 1, file);
    buffer[length] = '\0';
    (void)fclose(file);
    return buffer;
}

START_TEST(a_file_is_written_whole_and_nothing_is_left_beside_it)
{
    wio_error err = {0};
    ck_assert_int_eq(wio_file_write(path, "grain\n", 6, false, &err), WIO_OK);
    ck_assert_str_eq(content(), "grain\n");
    ck_assert_uint_eq(scratch_files(), 1);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(an_existing_file_is_kept_unless_asked)
{
    wio_error err = {0};
    ck_assert_int_eq(wio_file_write(path, "old", 3, false, &err), WIO_OK);
    ck_assert_int_eq(wio_file_write(path, "new", 3, false, &err), WIO_E_CREATE);
    ck_assert_ptr_nonnull(strstr(err.message, "exists"));
    ck_assert_ptr_nonnull(strstr(err.message, path));
    ck_assert_str_eq(content(), "old");
    ck_assert_int_eq(wio_file_write(path, "new", 3, true, NULL), WIO_OK);
    ck_assert_str_eq(content(), "new");
    ck_assert_uint_eq(scratch_files(), 1);
}
END_TEST

START_TEST(a_file_that_appears_meanwhile_is_kept)
{
    wio_commit commit = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_commit_begin(&commit, path, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_commit_write(&commit, "mine", 4, NULL), WIO_OK);
    ck_assert_int_eq(wio_file_write(path, "theirs", 6, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_commit_end(&commit, &err), WIO_E_CREATE);
    ck_assert_str_eq(content(), "theirs");
    ck_assert_uint_eq(scratch_files(), 1);
    wio_commit_abort(&commit);
}
END_TEST

START_TEST(a_name_in_the_current_folder_needs_no_slash)
{
    char before[1024];
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(scratch(".")), 0);
    ck_assert_int_eq(wio_file_write("out.txt", "here", 4, false, NULL), WIO_OK);
    ck_assert_int_eq(chdir(before), 0);
    ck_assert_str_eq(content(), "here");
}
END_TEST

START_TEST(places_that_cannot_be_written_are_refused)
{
    wio_error err = {0};
    ck_assert_int_eq(wio_file_write(scratch("."), "x", 1, true, &err), WIO_E_CREATE);
    ck_assert_ptr_nonnull(strstr(err.message, "is a folder"));
    err = (wio_error){0};
    ck_assert_int_eq(wio_file_write("/nowhere/at/all", "x", 1, true, &err), WIO_E_CREATE);
    ck_assert_ptr_nonnull(strstr(err.message, "/nowhere/at/all"));
    ck_assert_int_eq(wio_file_write("/dev/null", "x", 1, true, NULL), WIO_E_CREATE);
    ck_assert_int_eq(wio_file_write("", "x", 1, true, NULL), WIO_E_CREATE);
    ck_assert_int_eq(wio_file_write("/proc/wio", "x", 1, true, NULL), WIO_E_CREATE);
    char under[160];
    ck_assert_int_eq(wio_file_write(path, "x", 1, false, NULL), WIO_OK);
    (void)snprintf(under, sizeof under, "%s/below", path);
    ck_assert_int_eq(wio_file_write(under, "x", 1, true, NULL), WIO_E_CREATE);
    ck_assert_uint_eq(scratch_files(), 1);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* On the write budget a text of 3 MiB takes: create, 3 writes, sync, rename, sync of the folder. */
START_TEST(every_failed_operation_leaves_the_place_as_it_was)
{
    bool existed = _i == 1;
    size_t length = (size_t)3 << 20;
    char *data = wio_zalloc(length, 1);
    ck_assert_ptr_nonnull(data);
    long failures = 0;
    for (;; failures++) {
        if (existed) {
            ck_assert_int_eq(wio_file_write(path, "old", 3, true, NULL), WIO_OK);
        }
        wio_error err = {0};
        wio_write_budget = failures;
        wio_status status = wio_file_write(path, data, length, existed, &err);
        wio_write_budget = -1;
        if (status == WIO_OK) {
            break;
        }
        ck_assert_int_eq(status, failures == 0 ? WIO_E_CREATE : WIO_E_WRITE);
        ck_assert_ptr_nonnull(strstr(err.message, "No space left"));
        ck_assert_uint_eq(scratch_files(), existed ? 1 : 0);
        if (existed && failures < 6) {
            ck_assert_str_eq(content(), "old");
        }
    }
    ck_assert_int_eq(failures, 7);
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_size, (long)length);
    wio_free(data);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(every_failed_allocation_leaves_nothing)
{
    long budget = 0;
    for (;; budget++) {
        wio_alloc_budget = budget;
        wio_status status = wio_file_write(path, "x", 1, false, NULL);
        wio_alloc_budget = -1;
        if (status == WIO_OK) {
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_uint_eq(scratch_files(), 0);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
    ck_assert_int_eq(budget, 3);
}
END_TEST

START_TEST(what_a_dead_process_left_is_swept_and_nothing_else)
{
    static const char *const strangers[] = {".out.txt.tmp.00000000.999999999.0", ".out.txt.tmp.1.0",
                                            "out.txt.tmp", ".tmp.", "notes"};
    enum { STRANGERS = sizeof strangers / sizeof *strangers };
    for (size_t i = 0; i < STRANGERS; i++) {
        scratch_write(strangers[i], "mine");
    }
    wio_commit living = {0};
    ck_assert_int_eq(wio_commit_begin(&living, scratch("other.txt"), false, NULL), WIO_OK);
    ck_assert_uint_eq(scratch_files(), STRANGERS + 1);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) { /* dies in the middle of a file */
        wio_commit dying = {0};
        wio_status status = wio_commit_begin(&dying, path, false, NULL);
        _exit(status == WIO_OK && wio_commit_write(&dying, "half", 4, NULL) == WIO_OK ? 0 : 1);
    }
    int how = 1;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_int_eq(how, 0);
    ck_assert_uint_eq(scratch_files(), STRANGERS + 2);
    ck_assert_int_eq(wio_file_write(path, "whole", 5, false, NULL), WIO_OK);
    ck_assert_uint_eq(scratch_files(), STRANGERS + 2); /* the living one's, and out.txt */
    ck_assert_str_eq(content(), "whole");
    for (size_t i = 0; i < STRANGERS; i++) {
        ck_assert_int_eq(access(scratch(strangers[i]), F_OK), 0);
    }
    ck_assert_int_eq(wio_commit_end(&living, NULL), WIO_OK);
    ck_assert_int_eq(access(scratch("other.txt"), F_OK), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("commit");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, make_folder, scratch_remove);
    tcase_add_test(known, a_file_is_written_whole_and_nothing_is_left_beside_it);
    tcase_add_test(known, an_existing_file_is_kept_unless_asked);
    tcase_add_test(known, a_name_in_the_current_folder_needs_no_slash);
    suite_add_tcase(suite, known);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, make_folder, scratch_remove);
    tcase_add_test(failures, a_file_that_appears_meanwhile_is_kept);
    tcase_add_test(failures, places_that_cannot_be_written_are_refused);
    tcase_add_loop_test(failures, every_failed_operation_leaves_the_place_as_it_was, 0, 2);
    tcase_add_test(failures, every_failed_allocation_leaves_nothing);
    tcase_add_test(failures, what_a_dead_process_left_is_swept_and_nothing_else);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
