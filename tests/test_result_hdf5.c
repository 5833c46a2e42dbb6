/* test_result_hdf5.c - the result file: everything comes back, everywhere, or nothing is there. */
#include "../io/hdf5.h"
#include "support.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[128], second[128], json[128];

static void make_folder(void)
{
    scratch_make();
    (void)snprintf(path, sizeof path, "%s", scratch("out.h5"));
    (void)snprintf(second, sizeof second, "%s", scratch("second.h5"));
    (void)snprintf(json, sizeof json, "%s", scratch("out.json"));
}

/* n activities; every kind of variable, dimension and attribute that a result can have. */
static wio_result *sample(size_t n)
{
    static const char *const scenario[] = {"tariff", "tariff and answer"};
    static const char *const channel[] = {"direct", "indirect", "induced"};
    wio_result *r = NULL;
    double *data = NULL;
    char **code = wio_alloc(n, sizeof *code), **name = wio_alloc(n, sizeof *name);
    ck_assert(code != NULL && name != NULL);
    for (size_t i = 0; i < n; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "USA.%06zu", 334413 + i);
        code[i] = wio_strdup(text);
        (void)snprintf(text, sizeof text, "Caf\xc3\xa9 \xe2\x80\x93 \xe7\xbb\x8f %zu", i);
        name[i] = wio_strdup(i == 1 ? "" : text);
    }
    const char *const *codes = (const char *const *)code, *const *labels = (void *)name;
    ck_assert_int_eq(wio_result_create(&r, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(r, "scenario", 2, scenario, "scenario", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(r, "activity", n, codes, "activity", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(r, "demand", n, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(r, "channel", 3, channel, "channel", NULL), WIO_OK);
    ck_assert_int_eq(wio_result_dimension(r, "year", 2, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_add_text(r, "sector_name", "activity", labels, "sector", NULL),
                     WIO_OK);
    ck_assert_int_eq(wio_result_add(&data, r, "year", "year", "1", "year", NULL), WIO_OK);
    data[0] = 2026, data[1] = 2027;
    ck_assert_int_eq(wio_result_add(&data, r, "jobs_change", "scenario,activity", "persons",
                                    "change in jobs", NULL),
                     WIO_OK);
    for (size_t i = 0; i < 2 * n; i++) {
        data[i] = i % 7 == 3 ? NAN : sin((double)i + 0.1) * 1e5;
    }
    ck_assert_int_eq(wio_result_add(&data, r, "jobs_by_demand", "scenario,activity,demand",
                                    "persons", "whose demand", NULL),
                     WIO_OK);
    for (size_t i = 0; i < 2 * n * n; i++) {
        data[i] = i % 5 == 0 ? (double)(i % 1000) : 0;
    }
    ck_assert_int_eq(wio_result_add(&data, r, "hours", "year", "hours", "hours worked", NULL),
                     WIO_OK);
    data[0] = 5e-324, data[1] = -0.0;
    ck_assert_int_eq(wio_result_add(&data, r, "jobs_covered_output_share", "", "1", "", NULL),
                     WIO_OK);
    data[0] = 0.1;
    ck_assert_int_eq(wio_result_add(&data, r, "emissions/co2", "activity", "kt", "CO2", NULL),
                     WIO_OK);
    ck_assert_int_eq(wio_result_add(&data, r, "not known", "", "1", "", NULL), WIO_OK);
    char *study = wio_alloc(200001, 1);
    ck_assert_ptr_nonnull(study);
    memset(study, 'y', 200000);
    study[200000] = '\0';
    ck_assert_int_eq(wio_result_set(r, "title", NULL, "Opening salvo \xe2\x80\x93 10 points"),
                     WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "command", NULL, "run"), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "report_year", NULL, "%s", ""), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "limits", NULL, "one\ntwo \"three\""), WIO_OK);
    ck_assert_int_eq(wio_result_set_text(r, "provenance/study_text", study, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "provenance/inputs", NULL, "a.csv 12 0f"), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "certificate/condition", NULL, "3.25"), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "provenance/end", NULL, "2026-11-23T20:00:00Z"), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "provenance/host", NULL, "%ld", (long)getpid()), WIO_OK);
    wio_free(study);
    for (size_t i = 0; i < n; i++) {
        wio_free(code[i]);
        wio_free(name[i]);
    }
    wio_free(code);
    wio_free(name);
    return r;
}

static size_t count_of(const wio_variable *v)
{
    return (v->rank > 0 ? v->length[0] : 1) * (v->rank > 1 ? v->length[1] : 1) *
           (v->rank > 2 ? v->length[2] : 1);
}

static void assert_same(const wio_result *a, const wio_result *b)
{
    ck_assert_uint_eq(wio_result_dimensions(a), wio_result_dimensions(b));
    for (size_t i = 0; i < wio_result_dimensions(a); i++) {
        size_t length_a = 0, length_b = 0;
        ck_assert_str_eq(wio_result_dimension_name(a, i, &length_a),
                         wio_result_dimension_name(b, i, &length_b));
        ck_assert_uint_eq(length_a, length_b);
    }
    ck_assert_uint_eq(wio_result_variables(a), wio_result_variables(b));
    for (size_t i = 0; i < wio_result_variables(a); i++) {
        const wio_variable *v = wio_result_variable(a, i), *w = wio_result_find(b, v->name);
        ck_assert_msg(w != NULL, "'%s' is gone", v->name);
        ck_assert_str_eq(v->units, w->units);
        ck_assert_str_eq(v->long_name, w->long_name);
        ck_assert_uint_eq(v->rank, w->rank);
        for (size_t d = 0; d < v->rank; d++) {
            ck_assert_str_eq(v->dimension[d], w->dimension[d]);
            ck_assert_uint_eq(v->length[d], w->length[d]);
        }
        ck_assert((v->text == NULL) == (w->text == NULL));
        if (v->text == NULL) {
            ck_assert_mem_eq(v->data, w->data, count_of(v) * sizeof *v->data);
        }
        for (size_t k = 0; v->text != NULL && k < count_of(v); k++) {
            ck_assert_str_eq(v->text[k], w->text[k]);
        }
    }
    ck_assert_uint_eq(wio_result_attributes(a), wio_result_attributes(b));
    for (size_t i = 0; i < wio_result_attributes(a); i++) {
        const char *value = NULL, *name = wio_result_attribute_at(a, i, &value);
        ck_assert_msg(wio_result_attribute(b, name) != NULL, "attribute '%s' is gone", name);
        ck_assert_str_eq(wio_result_attribute(b, name), value);
    }
}

START_TEST(everything_comes_back_bit_for_bit)
{
    wio_error err = {0};
    wio_result *r = sample(_i == 0 ? 2 : 113), *back = NULL;
    ck_assert_msg(wio_result_write(r, path, NULL, &err) == WIO_OK, "%s", err.message);
    ck_assert_msg(wio_result_read(&back, path, &err) == WIO_OK, "%s", err.message);
    assert_same(r, back);
    ck_assert_str_eq(wio_result_variable(back, 0)->name, "scenario");
    ck_assert_uint_eq(scratch_files(), 1);
    wio_result_free(r);
    wio_result_free(back);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* python3 of Debian has the readers; 77 is "not here". */
START_TEST(xarray_netcdf4_h5py_and_ncdump_read_the_same_numbers)
{
    wio_result *r = sample(113);
    char *text = NULL;
    ck_assert_int_eq(wio_result_write(r, path, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_json(&text, r, NULL), WIO_OK);
    ck_assert_int_eq(wio_file_write(json, text, strlen(text), false, NULL), WIO_OK);
    wio_free(text);
    wio_result_free(r);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)execl("/usr/bin/python3", "python3", "tests/open_result.py", path, json,
                    (char *)NULL);
        _exit(77);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        printf("test_result_hdf5: skipped, python3 with xarray, h5netcdf, netCDF4, h5py or ncdump "
               "is missing\n");
        return;
    }
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

static char *bytes_of(const char *file, size_t *length)
{
    struct stat info;
    ck_assert_int_eq(stat(file, &info), 0);
    *length = (size_t)info.st_size;
    char *bytes = wio_alloc(*length, 1);
    FILE *stream = fopen(file, "rb");
    ck_assert(bytes != NULL && stream != NULL);
    ck_assert_uint_eq(fread(bytes, 1, *length, stream), *length);
    (void)fclose(stream);
    return bytes;
}

START_TEST(reproducible_files_are_the_same_bytes)
{
    size_t length[2];
    wio_write_options options = {.reproducible = true};
    wio_result *r = sample(40), *back = NULL;
    ck_assert_int_eq(wio_result_write(r, path, &options, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "provenance/end", NULL, "another day"), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "provenance/threads", NULL, "7"), WIO_OK);
    ck_assert_int_eq(wio_result_set(r, "provenance/host", NULL, "another machine"), WIO_OK);
    ck_assert_int_eq(wio_result_write(r, second, &options, NULL), WIO_OK);
    char *a = bytes_of(path, &length[0]), *b = bytes_of(second, &length[1]);
    ck_assert_uint_eq(length[0], length[1]);
    ck_assert_int_eq(memcmp(a, b, length[0]), 0);
    ck_assert_int_eq(wio_result_read(&back, path, NULL), WIO_OK);
    ck_assert_ptr_null(wio_result_attribute(back, "provenance/host"));
    ck_assert_ptr_null(wio_result_attribute(back, "provenance/end"));
    ck_assert_ptr_nonnull(wio_result_attribute(back, "provenance/inputs"));
    wio_free(a);
    wio_free(b);
    wio_result_free(r);
    wio_result_free(back);
}
END_TEST

START_TEST(a_file_that_was_read_is_written_the_same_again)
{
    size_t length[2];
    wio_write_options options = {.reproducible = true};
    wio_result *r = sample(5), *back = NULL;
    ck_assert_int_eq(wio_result_write(r, path, &options, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_read(&back, path, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_write(back, second, &options, NULL), WIO_OK);
    char *a = bytes_of(path, &length[0]), *b = bytes_of(second, &length[1]);
    ck_assert_uint_eq(length[0], length[1]);
    ck_assert_int_eq(memcmp(a, b, length[0]), 0);
    wio_free(a);
    wio_free(b);
    wio_result_free(r);
    wio_result_free(back);
}
END_TEST

/* 0.8 of the matrix are zeros and the rest small whole numbers: deflate has to win there, and to
 * stay away from full mantissas, which it cannot shorten by a tenth. */
START_TEST(only_what_shrinks_is_compressed)
{
    wio_result *r = sample(113);
    ck_assert_int_eq(wio_result_write(r, path, NULL, NULL), WIO_OK);
    ck_assert_int_eq(H5Eset_auto2(H5E_DEFAULT, NULL, NULL), 0);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t dense = H5Dopen2(file, "/jobs_change", H5P_DEFAULT);
    hid_t sparse = H5Dopen2(file, "/jobs_by_demand", H5P_DEFAULT);
    ck_assert(file >= 0 && dense >= 0 && sparse >= 0);
    hid_t dense_list = H5Dget_create_plist(dense), sparse_list = H5Dget_create_plist(sparse);
    ck_assert_int_eq(H5Pget_nfilters(dense_list), 0);
    ck_assert_int_eq(H5Pget_nfilters(sparse_list), 2);
    ck_assert_uint_lt(H5Dget_storage_size(sparse), sizeof(double) * 2 * 113 * 113 / 4);
    (void)H5Pclose(dense_list);
    (void)H5Pclose(sparse_list);
    (void)H5Dclose(dense);
    (void)H5Dclose(sparse);
    (void)H5Fclose(file);
    wio_result_free(r);
}
END_TEST

START_TEST(an_existing_file_is_kept_unless_asked)
{
    wio_error err = {0};
    wio_write_options options = {.overwrite = true};
    wio_result *r = sample(3);
    ck_assert_int_eq(wio_file_write(path, "mine", 4, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_write(r, path, NULL, &err), WIO_E_CREATE);
    ck_assert_ptr_nonnull(strstr(err.message, "exists"));
    ck_assert_int_eq(wio_result_write(r, "/nowhere/out.h5", NULL, NULL), WIO_E_CREATE);
    ck_assert_int_eq(wio_result_write(r, path, &options, NULL), WIO_OK);
    ck_assert_uint_eq(scratch_files(), 1);
    wio_result_free(r);
}
END_TEST

START_TEST(every_failed_write_leaves_no_file)
{
    wio_result *r = sample(113);
    long budget = 0;
    for (;; budget++) {
        wio_error err = {0};
        wio_write_budget = budget;
        wio_status status = wio_result_write(r, path, NULL, &err);
        wio_write_budget = -1;
        if (status == WIO_OK) {
            break;
        }
        ck_assert_int_eq(status, budget == 0 ? WIO_E_CREATE : WIO_E_WRITE);
        ck_assert_ptr_nonnull(strstr(err.message, path));
        ck_assert_uint_eq(scratch_files(), 0);
    }
    ck_assert_int_ge(budget, 5); /* create, write, sync, rename, sync of the folder */
    wio_result_free(r);
}
END_TEST

/* The list of what was written says something else than the disk gives back. */
START_TEST(a_file_that_reads_back_differently_is_not_published)
{
    double number[] = {1, 2, 3};
    const char *const text[] = {"a", "", "c"};
    wio_h5 h5;
    wio_error err = {0};
    ck_assert_int_eq(wio_h5_create(&h5, path, &err), WIO_OK);
    wio_h5_put_doubles(&h5, "/number", 1, (size_t[]){3}, number);
    wio_h5_put_texts(&h5, "/text", 3, text);
    wio_h5_put_text(&h5, "/", "title", "t");
    wio_h5_put_number(&h5, "/", "year", H5T_STD_I32LE, 2017);
    ck_assert_uint_eq(h5.items, 4);
    if (_i < 4) {
        h5.item[_i].digest ^= 1;
    }
    wio_status status = wio_h5_commit(&h5, false);
    ck_assert_int_eq(status, _i < 4 ? WIO_E_WRITE : WIO_OK);
    ck_assert(_i == 4 || strstr(err.message, "reads back differently") != NULL);
    ck_assert_uint_eq(scratch_files(), _i < 4 ? 0 : 1);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(every_failed_allocation_of_a_write_leaves_no_file)
{
    wio_result *r = sample(3);
    long live = wio_alloc_live;
    for (long budget = 0;; budget++) {
        wio_error err = {0};
        wio_alloc_budget = budget;
        wio_status status = wio_result_write(r, path, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live);
        if (status == WIO_OK) {
            ck_assert_int_ge(budget, 100);
            break;
        }
        ck_assert_msg(status == WIO_E_MEMORY, "%ld: %d %s", budget, (int)status, err.message);
        ck_assert_uint_eq(scratch_files(), 0);
    }
    wio_result_free(r);
}
END_TEST

START_TEST(every_failed_allocation_of_a_read_leaves_nothing)
{
    wio_result *r = sample(3), *back = NULL;
    ck_assert_int_eq(wio_result_write(r, path, NULL, NULL), WIO_OK);
    long live = wio_alloc_live;
    for (long budget = 0;; budget++) {
        wio_error err = {0};
        wio_alloc_budget = budget;
        wio_status status = wio_result_read(&back, path, &err);
        wio_alloc_budget = -1;
        if (status == WIO_OK) {
            ck_assert_int_ge(budget, 100);
            break;
        }
        ck_assert_msg(status == WIO_E_MEMORY, "%ld: %d %s", budget, (int)status, err.message);
        ck_assert_ptr_null(back);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    assert_same(r, back);
    wio_result_free(r);
    wio_result_free(back);
}
END_TEST

/* A real full disk: tmpfs of 64 KiB to 384 KiB under a file of more than that. Needs root. */
START_TEST(a_full_disk_leaves_no_file)
{
    char options[64], target[160];
    (void)snprintf(options, sizeof options, "size=%dk", 64 * (_i + 1));
    if (mount("wio", scratch("."), "tmpfs", 0, options) != 0) {
        printf("test_result_hdf5: skipped, cannot mount a small tmpfs\n");
        return;
    }
    (void)snprintf(target, sizeof target, "%s", scratch("out.h5"));
    wio_error err = {0};
    wio_result *r = sample(113);
    double *data = NULL;
    ck_assert_int_eq(wio_result_add(&data, r, "dense", "activity,demand,scenario", "1", "", NULL),
                     WIO_OK);
    for (size_t i = 0; i < (size_t)2 * 113 * 113; i++) {
        data[i] = sin((double)i);
    }
    wio_status status = wio_result_write(r, target, NULL, &err);
    size_t left = scratch_files();
    (void)umount(scratch("."));
    ck_assert_int_eq(status, WIO_E_WRITE);
    ck_assert_ptr_nonnull(strstr(err.message, "No space left"));
    ck_assert_uint_eq(left, 0);
    wio_result_free(r);
}
END_TEST

START_TEST(files_of_another_kind_are_refused)
{
    wio_error err = {0};
    wio_result *back = NULL;
    ck_assert_int_eq(wio_result_read(&back, "/nowhere/out.h5", &err), WIO_E_NO_INPUT);
    ck_assert_int_eq(wio_result_read(&back, scratch("."), NULL), WIO_E_NO_INPUT);
    ck_assert_int_eq(wio_result_read(&back, "/dev/zero", NULL), WIO_E_NO_INPUT);
    ck_assert_int_eq(wio_file_write(path, "a,b\n1,2\n", 8, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_result_read(&back, path, NULL), WIO_E_FORMAT);
    ck_assert_ptr_null(back);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Truncated anywhere, or with any bit turned over: refused. Only a trailer that is not recognised
 * lets the file through, and then the content is the same. */
START_TEST(a_damaged_file_is_refused)
{
    size_t length = 0, passed = 0;
    uint64_t state = 20261123;
    wio_error err = {0};
    wio_result *r = sample(2), *back = NULL;
    ck_assert_int_eq(wio_result_write(r, path, NULL, NULL), WIO_OK);
    char *bytes = bytes_of(path, &length);
    for (int i = 0; i < 300; i++) {
        size_t at = (size_t)(random_uniform(&state) * (double)length);
        char good = bytes[at];
        bytes[at] = (char)(good ^ (1 << (i % 8)));
        ck_assert_int_eq(wio_file_write(second, bytes, length, true, NULL), WIO_OK);
        bytes[at] = good;
        wio_status status = wio_result_read(&back, second, &err);
        size_t mark = length - sizeof(wio_h5_trailer);
        ck_assert_int_eq(status, at >= mark && at < mark + 8 ? WIO_OK : WIO_E_FORMAT);
        if (status == WIO_OK) {
            assert_same(r, back);
            wio_result_free(back);
            passed++;
        }
    }
    ck_assert_uint_lt(passed, 3);
    ck_assert_ptr_nonnull(strstr(err.message, "is damaged"));
    /* without a part of the content; the digest of its one piece is after it */
    for (size_t cut = 0; cut < length - sizeof(wio_h5_trailer) - 8; cut += length / 40) {
        ck_assert_int_eq(wio_file_write(second, bytes, cut, true, NULL), WIO_OK);
        ck_assert_int_eq(wio_result_read(&back, second, NULL), WIO_E_FORMAT);
    }
    wio_free(bytes);
    wio_result_free(r);
}
END_TEST

/* Another program may add to a file: HDF5 cuts the trailer off, and the rest still reads. */
START_TEST(a_file_that_h5py_changed_is_still_read)
{
    wio_result *r = sample(2), *back = NULL;
    ck_assert_int_eq(wio_result_write(r, path, NULL, NULL), WIO_OK);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t id = H5Acreate2(file, "mine", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);
    double value = 1;
    ck_assert_int_ge(H5Awrite(id, H5T_NATIVE_DOUBLE, &value), 0);
    (void)H5Aclose(id);
    (void)H5Sclose(space);
    ck_assert_int_ge(H5Fclose(file), 0);
    ck_assert_int_eq(wio_result_read(&back, path, NULL), WIO_OK);
    assert_same(r, back);
    wio_result_free(r);
    wio_result_free(back);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("result_hdf5");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 120);
    tcase_add_checked_fixture(known, make_folder, scratch_remove);
    tcase_add_loop_test(known, everything_comes_back_bit_for_bit, 0, 2);
    tcase_add_test(known, xarray_netcdf4_h5py_and_ncdump_read_the_same_numbers);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, make_folder, scratch_remove);
    tcase_add_test(properties, reproducible_files_are_the_same_bytes);
    tcase_add_test(properties, a_file_that_was_read_is_written_the_same_again);
    tcase_add_test(properties, only_what_shrinks_is_compressed);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 120);
    tcase_add_checked_fixture(failures, make_folder, scratch_remove);
    tcase_add_test(failures, an_existing_file_is_kept_unless_asked);
    tcase_add_test(failures, every_failed_write_leaves_no_file);
    tcase_add_loop_test(failures, a_file_that_reads_back_differently_is_not_published, 0, 5);
    tcase_add_test(failures, every_failed_allocation_of_a_write_leaves_no_file);
    tcase_add_test(failures, every_failed_allocation_of_a_read_leaves_nothing);
    tcase_add_loop_test(failures, a_full_disk_leaves_no_file, 0, 6);
    tcase_add_test(failures, files_of_another_kind_are_refused);
    tcase_add_test(failures, a_damaged_file_is_refused);
    tcase_add_test(failures, a_file_that_h5py_changed_is_still_read);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
