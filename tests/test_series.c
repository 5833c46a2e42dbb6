/* test_series.c - several years in one packed file: each is the table that was added, what they have
 * in common is stored once, and the file is the old one or whole. */
#include "../io/hdf5.h"
#include "support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[128], second[128];

static void make_folder(void)
{
    scratch_make();
    (void)snprintf(path, sizeof path, "%s", scratch("s.h5"));
    (void)snprintf(second, sizeof second, "%s", scratch("second.h5"));
}

static wio_table *opened(const char *name)
{
    wio_table *table = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_table_open(&table, name, NULL, NULL, &err) == WIO_OK, "%s", err.message);
    return table;
}

/* TOY3 of another year, its numbers times `scale` and its title changed where that is not 1. */
static wio_table *of_year(int year, double scale)
{
    wio_table *table = toy3();
    table->year = year;
    for (size_t i = 0; i < table->m * table->n; i++) {
        table->Z[i] *= scale;
    }
    for (size_t i = 0; i < table->m * table->f; i++) {
        table->Y[i] *= scale;
    }
    ck_assert_int_eq(wio_table_finish(table, NULL, NULL), WIO_OK);
    return table;
}

static wio_status add(const char *file, bool append, size_t count, wio_table *const *table,
                      wio_error *err)
{
    wio_series *series = NULL;
    WIO_TRY(wio_series_begin(&series, file, append, false, err));
    for (size_t i = 0; i < count; i++) {
        wio_status status = wio_series_add(series, table[i], err);
        if (status != WIO_OK) {
            wio_series_abort(series);
            return status;
        }
    }
    return wio_series_end(series, err);
}

/* The folder form of two tables, file by file: everything that a table is. */
static void assert_same(const wio_table *a, const wio_table *b)
{
    char one[128], two[128], command[400];
    (void)snprintf(one, sizeof one, "%s", scratch("one"));
    (void)snprintf(two, sizeof two, "%s", scratch("two"));
    ck_assert_int_eq(wio_table_write_folder(a, one, true, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_write_folder(b, two, true, NULL), WIO_OK);
    (void)snprintf(command, sizeof command, "diff -r %s %s", one, two);
    ck_assert_int_eq(system(command), 0); /* NOLINT: names of our own */
    (void)snprintf(command, sizeof command, "rm -r %s %s", one, two);
    ck_assert_int_eq(system(command), 0); /* NOLINT */
}

static char *bytes_of(const char *file, size_t *length)
{
    char *bytes = NULL;
    ck_assert_int_eq(wio_file_read(&bytes, length, file, SIZE_MAX / 2, NULL), WIO_OK);
    return bytes;
}

/* Tables of other regions, sectors and files beside one another, in any order of years. */
START_TEST(each_year_is_the_table_that_was_added)
{
    wio_table *table[] = {opened("world-2011"), opened("us-2017"), opened("world-2009")};
    wio_error err = {0};
    int *years = NULL;
    size_t count = 0;
    ck_assert_msg(add(path, false, 3, table, &err) == WIO_OK, "%s", err.message);
    ck_assert_int_eq(wio_table_years(&years, &count, path, NULL), WIO_OK);
    ck_assert(count == 3 && years[0] == 2009 && years[1] == 2011 && years[2] == 2017);
    wio_free(years);
    for (size_t i = 0; i < 3; i++) {
        char name[160];
        (void)snprintf(name, sizeof name, "%s:%d", path, table[i]->year);
        wio_table *back = opened(name);
        ck_assert_str_eq(back->path, name);
        assert_same(table[i], back);
        wio_table_free(back);
        wio_table_file *file = NULL;
        ck_assert_int_eq(wio_table_file_open(&file, name, NULL, NULL, NULL), WIO_OK);
        double *Z = wio_alloc(table[i]->m * table[i]->n, sizeof *Z);
        ck_assert_int_eq(wio_table_file_block(Z, file, 0, table[i]->m, 0, table[i]->n, NULL),
                         WIO_OK);
        ck_assert_mem_eq(Z, table[i]->Z, table[i]->m * table[i]->n * sizeof *Z);
        wio_free(Z);
        wio_table_file_close(file);
        wio_table_free(table[i]);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

static haddr_t address(hid_t file, const char *name)
{
    H5O_info_t info;
    ck_assert_int_ge(H5Oget_info_by_name1(file, name, &info, H5P_DEFAULT), 0);
    return info.addr;
}

START_TEST(labels_in_common_are_stored_once)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2010, 1.1), of_year(2011, 1.2)};
    wio_free(table[2]->sector.name[1]);
    table[2]->sector.name[1] = wio_strdup("renamed in 2011");
    ck_assert_int_eq(add(path, false, 3, table, NULL), WIO_OK);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert(address(file, "/2009/sectors") == address(file, "/2010/sectors"));
    ck_assert(address(file, "/2009/sectors") != address(file, "/2011/sectors"));
    ck_assert(address(file, "/2009/regions") == address(file, "/2011/regions"));
    ck_assert(address(file, "/2009/Z") != address(file, "/2010/Z"));
    (void)H5Fclose(file);
    wio_table *back = opened(scratch("s.h5:2011"));
    ck_assert_str_eq(back->sector.name[1], "renamed in 2011");
    wio_table_free(back);
    for (size_t i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
}
END_TEST

START_TEST(a_year_has_to_be_named_where_there_are_several)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2010, 1.1), of_year(-44, 1.2)}, *back = NULL;
    wio_error err = {0}, other = {0};
    ck_assert_int_eq(add(path, false, 1, table, NULL), WIO_OK);
    wio_table_free(opened(path)); /* the only one */
    ck_assert_int_eq(add(path, true, 2, table + 1, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_open(&back, path, NULL, NULL, &err), WIO_E_TABLE);
    ck_assert_msg(strstr(err.message, "holds -44, 2009 and 2010: name the year") != NULL, "%s",
                  err.message);
    ck_assert_int_eq(wio_table_open(&back, scratch("s.h5:2012"), NULL, NULL, &other), WIO_E_TABLE);
    ck_assert_msg(strstr(other.message, "has no year 2012: it holds -44, 2009 and 2010") != NULL,
                  "%s", other.message);
    back = opened(scratch("s.h5:-44"));
    ck_assert_int_eq(back->year, -44);
    wio_table_free(back);
    ck_assert_int_eq(wio_table_write_hdf5(table[1], second, false, NULL), WIO_OK);
    wio_table_free(opened(scratch("second.h5:2010")));
    back = NULL;
    ck_assert_int_eq(wio_table_open(&back, scratch("second.h5:2009"), NULL, NULL, NULL),
                     WIO_E_TABLE);
    ck_assert_int_eq(wio_table_open(&back, scratch("second.h5:x"), NULL, NULL, NULL),
                     WIO_E_NO_INPUT);
    ck_assert_int_eq(wio_table_open(&back, "studies/tables/us-2017:2017", NULL, NULL, NULL),
                     WIO_E_NO_INPUT);
    for (size_t i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* A year more changes no year that is there, and not its SHA-256. */
START_TEST(an_appended_year_leaves_the_others)
{
    wio_table *table[] = {opened("world-2009"), opened("world-2011"), opened("us-2017")};
    char before[WIO_DIGEST_SIZE], after[WIO_DIGEST_SIZE];
    wio_error err = {0};
    ck_assert_int_eq(add(path, false, 2, table, NULL), WIO_OK);
    wio_table *one = opened(scratch("s.h5:2011"));
    ck_assert_int_eq(one->input[0].complete(before, &one->input[0], NULL), WIO_OK);
    ck_assert_int_eq(add(path, true, 1, table + 2, NULL), WIO_OK);
    wio_table *two = opened(scratch("s.h5:2011"));
    ck_assert_msg(two->input[0].complete(after, &two->input[0], &err) == WIO_OK, "%s", err.message);
    ck_assert_str_eq(before, after);
    assert_same(one, two);
    /* what was read before the append can no longer be vouched for */
    ck_assert_int_eq(one->input[0].complete(after, &one->input[0], &err), WIO_E_NO_INPUT);
    wio_table *other = opened(scratch("s.h5:2009"));
    ck_assert_int_eq(other->input[0].complete(after, &other->input[0], NULL), WIO_OK);
    ck_assert_str_ne(before, after);
    wio_table_free(one);
    wio_table_free(two);
    wio_table_free(other);
    for (size_t i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(the_same_years_give_the_same_bytes)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2010, 1.1), of_year(2011, 1.2)};
    size_t a = 0, b = 0;
    ck_assert_int_eq(add(path, false, 3, table, NULL), WIO_OK);
    ck_assert_int_eq(add(second, false, 3, table, NULL), WIO_OK);
    char *one = bytes_of(path, &a), *two = bytes_of(second, &b);
    ck_assert_uint_eq(a, b);
    ck_assert_mem_eq(one, two, a);
    wio_free(one);
    wio_free(two);
    for (size_t i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
}
END_TEST

START_TEST(what_is_no_series_is_not_appended_to)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2009, 2.0), of_year(2010, 1.0)};
    wio_series *series = NULL;
    wio_error err = {0}, one = {0}, foreign = {0}, twice = {0};
    ck_assert_int_eq(add(path, true, 1, table, NULL), WIO_E_NO_INPUT); /* not there */
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_eq(wio_table_write_hdf5(table[0], second, false, NULL), WIO_OK);
    ck_assert_int_eq(add(second, true, 1, table + 2, &one), WIO_E_FORMAT);
    ck_assert_msg(strstr(one.message, "holds one table and no series") != NULL, "%s", one.message);
    ck_assert_int_eq(add(path, false, 1, table, NULL), WIO_OK);
    ck_assert_int_eq(add(path, false, 1, table + 2, &err), WIO_E_CREATE); /* it exists */
    ck_assert_int_eq(add(path, true, 1, table + 1, &twice), WIO_E_TABLE);
    ck_assert_msg(strstr(twice.message, "s.h5: has the year 2009 already") != NULL, "%s",
                  twice.message);
    ck_assert_int_eq(add(path, true, 0, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_series_begin(NULL, path, false, false, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_series_add(NULL, table[0], NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_series_end(NULL, NULL), WIO_E_ARGUMENT);
    wio_series_abort(NULL);
    /* h5py changes an attribute: the digests are gone, and with them what could be vouched for */
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), space = H5Screate(H5S_SCALAR);
    hid_t id = H5Acreate2(file, "mine", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);
    (void)H5Aclose(id);
    (void)H5Sclose(space);
    (void)H5Fclose(file);
    ck_assert_int_eq(wio_series_begin(&series, path, true, false, &foreign), WIO_E_FORMAT);
    ck_assert_msg(strstr(foreign.message, "changed by another program") != NULL, "%s",
                  foreign.message);
    ck_assert_ptr_null(series);
    for (size_t i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
    ck_assert_uint_eq(scratch_files(), 2);
}
END_TEST

/* Two programs add a year each: the second one sees that the file is another, and does not take the
 * first one's year away. */
START_TEST(an_append_never_undoes_another)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2010, 1.0), of_year(2011, 1.0)};
    wio_series *a = NULL, *b = NULL;
    wio_error err = {0};
    ck_assert_int_eq(add(path, false, 1, table, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_begin(&a, path, true, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_begin(&b, path, true, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_add(a, table[1], NULL), WIO_OK);
    ck_assert_int_eq(wio_series_add(b, table[2], NULL), WIO_OK);
    ck_assert_int_eq(wio_series_end(a, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_end(b, &err), WIO_E_CREATE);
    ck_assert_msg(strstr(err.message, "changed meanwhile") != NULL, "%s", err.message);
    wio_table_free(opened(scratch("s.h5:2010")));
    ck_assert_uint_eq(scratch_files(), 1);
    for (size_t i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Every write and every allocation fails once: the file is byte for byte the old one, or, where only
 * the folder could not be synced, the whole new one. */
START_TEST(every_failure_leaves_the_old_file)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2010, 1.1)};
    size_t length = 0, now = 0;
    ck_assert_int_eq(add(path, false, 1, table, NULL), WIO_OK);
    char *bytes = bytes_of(path, &length);
    long live = wio_alloc_live;
    for (int kind = 0; kind < 2; kind++) {
        for (long budget = 0;; budget++) {
            wio_error err = {0};
            *(kind == 0 ? &wio_write_budget : &wio_alloc_budget) = budget;
            wio_status status = add(path, true, 1, table + 1, &err);
            wio_write_budget = wio_alloc_budget = -1;
            ck_assert_int_eq(wio_alloc_live, live);
            ck_assert_uint_eq(scratch_files(), 1);
            if (status == WIO_OK) {
                ck_assert_int_ge(budget, kind == 0 ? 8 : 200);
                break;
            }
            ck_assert_msg(kind == 1 ? status == WIO_E_MEMORY
                                    : status == WIO_E_WRITE || status == WIO_E_CREATE,
                          "%ld: %s", budget, err.message);
            char *same = bytes_of(path, &now);
            if (strstr(err.message, "cannot sync its folder") != NULL) { /* renamed already */
                wio_table_free(opened(scratch("s.h5:2010")));
                ck_assert_int_eq(wio_file_write(path, bytes, length, true, NULL), WIO_OK);
            } else {
                ck_assert_uint_eq(now, length);
                ck_assert_mem_eq(same, bytes, length);
            }
            wio_free(same);
        }
        ck_assert_int_eq(wio_file_write(path, bytes, length, true, NULL), WIO_OK);
    }
    wio_free(bytes);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* The same of a file that is new: nothing is there. */
START_TEST(every_failure_of_a_new_file_leaves_nothing)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2010, 1.1)};
    long live = wio_alloc_live;
    for (long budget = 0;; budget++) {
        wio_write_budget = budget;
        wio_status status = add(path, false, 2, table, NULL);
        wio_write_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live);
        if (status == WIO_OK) {
            break;
        }
        ck_assert_uint_eq(scratch_files(), 0);
    }
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

/* A year that could not be written ends it: nothing more is added, and the file does not appear. */
START_TEST(after_a_failure_nothing_is_added)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2010, 1.1), of_year(100000, 1.0)};
    wio_error err = {0};
    wio_series *series = NULL;
    ck_assert_int_eq(add(path, false, 1, table + 2, &err), WIO_E_TABLE);
    ck_assert_msg(strstr(err.message, "100000 is no year") != NULL, "%s", err.message);
    ck_assert_int_eq(wio_series_begin(&series, path, false, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_add(series, table[0], NULL), WIO_OK);
    wio_status status = WIO_E_TABLE;
    for (long budget = 0; status == WIO_E_TABLE; budget++) { /* until the looking back succeeds */
        wio_alloc_budget = budget;
        ck_assert_int_eq(wio_series_add(series, table[1], NULL), WIO_E_MEMORY);
        wio_alloc_budget = -1;
        err = (wio_error){0};
        status = wio_series_add(series, table[0], &err); /* there already */
    }
    ck_assert_int_eq(status, WIO_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, "a year before could not be added") != NULL, "%s",
                  err.message);
    ck_assert_int_eq(wio_series_end(series, &err), WIO_E_ARGUMENT);
    ck_assert_uint_eq(scratch_files(), 0);
    for (size_t i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Truncated anywhere, or with a bit turned over anywhere: no command takes it for a good file, and
 * an append does not make it one. */
START_TEST(a_damaged_series_is_refused)
{
    wio_table *table[] = {opened("world-2009"), opened("world-2011"), of_year(2012, 1.0)};
    wio_table *back = NULL;
    uint64_t state = 31;
    size_t length = 0;
    ck_assert_int_eq(add(path, false, 2, table, NULL), WIO_OK);
    char *bytes = bytes_of(path, &length);
    for (int i = 0; i < 60; i++) {
        size_t at = (size_t)(random_uniform(&state) * (double)(length - sizeof(wio_h5_trailer)));
        bytes[at] = (char)(bytes[at] ^ 1 << i % 8);
        ck_assert_int_eq(wio_file_write(second, bytes, i % 3 == 0 ? at : length, true, NULL),
                         WIO_OK);
        bytes[at] = (char)(bytes[at] ^ 1 << i % 8);
        bool read = wio_table_open(&back, scratch("second.h5:2009"), NULL, NULL, NULL) == WIO_OK;
        if (read) {
            wio_table_free(back);
            read = wio_table_open(&back, scratch("second.h5:2011"), NULL, NULL, NULL) == WIO_OK;
        }
        ck_assert_msg(!read, "byte %zu of %zu", at, length);
        ck_assert_int_ne(add(second, true, 1, table + 2, NULL), WIO_OK);
    }
    wio_free(bytes);
    for (size_t i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

static void later_version(hid_t file)
{
    int later = 2;
    hid_t id = H5Aopen(file, WIO_SERIES_MARK, H5P_DEFAULT);
    (void)H5Awrite(id, H5T_NATIVE_INT, &later);
    (void)H5Aclose(id);
}

static void other_year(hid_t file)
{
    (void)H5Lmove(file, "/2010", file, "/2013", H5P_DEFAULT, H5P_DEFAULT);
}

static void no_year(hid_t file)
{
    (void)H5Ldelete(file, "/2009", H5P_DEFAULT);
    (void)H5Ldelete(file, "/2010", H5P_DEFAULT);
}

static void no_table(hid_t file)
{
    (void)H5Ldelete(file, "/2010", H5P_DEFAULT);
    (void)H5Gclose(H5Gcreate2(file, "/2010", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

static void no_Z(hid_t file)
{
    (void)H5Ldelete(file, "/2010/Z", H5P_DEFAULT);
}

static void soft_link(hid_t file)
{
    (void)H5Ldelete(file, "/2010/sectors", H5P_DEFAULT);
    (void)H5Lcreate_soft("/2009/sectors", file, "/2010/sectors", H5P_DEFAULT, H5P_DEFAULT);
}

static const struct {
    void (*spoil)(hid_t file);
    const char *message;
} foreign[] = {{later_version, "is a series of a later version of Wassily"},
               {other_year, "has no year 2010: it holds 2009 and 2013"},
               {no_year, "is a series without a year"},
               {no_table, "is not a packed table"},
               {no_Z, "has no dataset '/Z'"},
               {soft_link, "'sectors' is a link to somewhere else"}};

START_TEST(a_series_from_elsewhere_is_refused_with_the_reason)
{
    wio_table *table[] = {of_year(2009, 1.0), of_year(2010, 1.1)}, *back = NULL;
    wio_error err = {0};
    ck_assert_int_eq(add(path, false, 2, table, NULL), WIO_OK);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    foreign[_i].spoil(file);
    ck_assert_int_ge(H5Fclose(file), 0);
    wio_status status = wio_table_open(&back, scratch("s.h5:2010"), NULL, NULL, &err);
    ck_assert(status == WIO_E_FORMAT || status == WIO_E_TABLE);
    ck_assert_msg(strstr(err.message, foreign[_i].message) != NULL, "%s", err.message);
    ck_assert_ptr_null(back);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("series");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 60);
    tcase_add_checked_fixture(known, make_folder, scratch_remove);
    tcase_add_test(known, each_year_is_the_table_that_was_added);
    tcase_add_test(known, labels_in_common_are_stored_once);
    tcase_add_test(known, a_year_has_to_be_named_where_there_are_several);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_checked_fixture(properties, make_folder, scratch_remove);
    tcase_add_test(properties, an_appended_year_leaves_the_others);
    tcase_add_test(properties, the_same_years_give_the_same_bytes);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 120);
    tcase_add_checked_fixture(failures, make_folder, scratch_remove);
    tcase_add_test(failures, what_is_no_series_is_not_appended_to);
    tcase_add_test(failures, an_append_never_undoes_another);
    tcase_add_test(failures, every_failure_leaves_the_old_file);
    tcase_add_test(failures, every_failure_of_a_new_file_leaves_nothing);
    tcase_add_test(failures, after_a_failure_nothing_is_added);
    tcase_add_test(failures, a_damaged_series_is_refused);
    tcase_add_loop_test(failures, a_series_from_elsewhere_is_refused_with_the_reason, 0,
                        sizeof foreign / sizeof foreign[0]);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
