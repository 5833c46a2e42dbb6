/* test_table_hdf5.c - packed tables: everything is kept, and files from elsewhere do no harm. */
#include "../io/hdf5.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[128], second[128], native[128];

static void make_folder(void)
{
    scratch_make();
    (void)snprintf(path, sizeof path, "%s", scratch("t.h5"));
    (void)snprintf(second, sizeof second, "%s", scratch("second.h5"));
    (void)snprintf(native, sizeof native, "%s", scratch("native"));
}

static void same_text(const char *a, const char *b)
{
    ck_assert((a == NULL) == (b == NULL));
    if (a != NULL) {
        ck_assert_str_eq(a, b);
    }
}

static void same_texts(char *const *a, char *const *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(a[i], b[i]);
    }
}

static void same_names(const wio_names *a, const wio_names *b)
{
    ck_assert_uint_eq(a->count, b->count);
    same_texts(a->code, b->code, a->count);
    same_texts(a->name, b->name, a->count);
}

static void same_numbers(const void *a, const void *b, size_t count, size_t size)
{
    if (count != 0) {
        ck_assert_mem_eq(a, b, count * size);
    }
}

static void same_frames(const wio_table *a, const wio_table *b)
{
    ck_assert_uint_eq(a->frames, b->frames);
    for (size_t i = 0; i < a->frames; i++) {
        const wio_frame *f = &a->frame[i], *g = &b->frame[i];
        ck_assert_str_eq(f->file, g->file);
        same_text(f->about, g->about);
        ck_assert_uint_eq(f->columns, g->columns);
        ck_assert_uint_eq(f->rows, g->rows);
        same_texts(f->header, g->header, f->columns);
        same_texts(f->cell, g->cell, f->rows * f->columns);
    }
    ck_assert_uint_eq(a->groups, b->groups);
    for (size_t i = 0; i < a->groups; i++) {
        ck_assert_str_eq(a->group[i].code, b->group[i].code);
        ck_assert_uint_eq(a->group[i].count, b->group[i].count);
        same_numbers(a->group[i].sector, b->group[i].sector, a->group[i].count, sizeof(size_t));
    }
}

static void assert_same(const wio_table *a, const wio_table *b)
{
    same_text(a->name, b->name);
    same_text(a->title, b->title);
    same_text(a->currency, b->currency);
    same_text(a->unit, b->unit);
    same_text(a->price_basis, b->price_basis);
    same_text(a->price_basis_note, b->price_basis_note);
    same_text(a->import_split, b->import_split);
    same_text(a->import_split_note, b->import_split_note);
    same_text(a->valuation_note, b->valuation_note);
    same_text(a->licence, b->licence);
    same_text(a->household_income_source, b->household_income_source);
    ck_assert_int_eq(a->year, b->year);
    ck_assert(a->household_income == b->household_income ||
              (isnan(a->household_income) && isnan(b->household_income)));
    ck_assert_uint_eq(a->sources, b->sources);
    same_texts(a->source, b->source, a->sources);
    ck_assert_uint_eq(a->notes, b->notes);
    same_texts(a->note, b->note, a->notes);
    same_names(&a->region, &b->region);
    same_names(&a->sector, &b->sector);
    same_names(&a->use, &b->use);
    same_names(&a->item, &b->item);
    same_names(&a->account, &b->account);
    same_texts(a->account_unit, b->account_unit, a->account.count);
    same_numbers(a->endogenous, b->endogenous, a->region.count, sizeof *a->endogenous);
    same_numbers(a->valuation, b->valuation, a->region.count, sizeof *a->valuation);
    same_numbers(a->use_role, b->use_role, a->use.count, sizeof *a->use_role);
    same_numbers(a->item_role, b->item_role, a->item.count, sizeof *a->item_role);
    ck_assert(a->n == b->n && a->m == b->m && a->f == b->f && a->p == b->p && a->k == b->k);
    same_numbers(a->origin_region, b->origin_region, a->m, sizeof(size_t));
    same_numbers(a->origin_sector, b->origin_sector, a->m, sizeof(size_t));
    same_numbers(a->final_region, b->final_region, a->f, sizeof(size_t));
    same_numbers(a->final_use, b->final_use, a->f, sizeof(size_t));
    same_numbers(a->Z, b->Z, a->m * a->n, sizeof(double));
    same_numbers(a->Y, b->Y, a->m * a->f, sizeof(double));
    same_numbers(a->P, b->P, a->p * a->n, sizeof(double));
    same_numbers(a->S, b->S, a->k * a->n, sizeof(double));
    same_numbers(a->x, b->x, a->n, sizeof(double));
    ck_assert_uint_eq(a->satellite_notes, b->satellite_notes);
    same_texts(a->satellite_note, b->satellite_note, 4 * a->satellite_notes);
    same_frames(a, b);
}

static wio_table *table_of(int i)
{
    static const char *const embedded[] = {"studies/tables/us-2017", "studies/tables/world-2009",
                                           "studies/tables/world-2011"};
    wio_table *table = NULL;
    wio_error err = {0};
    if (i < 3) {
        ck_assert_msg(wio_table_read_folder(&table, embedded[i], NULL, &err) == WIO_OK, "%s",
                      err.message);
        return table;
    }
    return i == 3 ? toy3() : toy_mrio();
}

static const char *digest_of(const char *file)
{
    static char hex[WIO_DIGEST_SIZE];
    char *bytes = NULL;
    size_t length = 0;
    ck_assert_int_eq(wio_file_read(&bytes, &length, file, SIZE_MAX / 2, NULL), WIO_OK);
    wio_digest(hex, bytes, length);
    wio_free(bytes);
    return hex;
}

/* The SHA-256 of the file that a packed table came from, as provenance asks for it. */
static const char *completed(const wio_table *table)
{
    static char hex[WIO_DIGEST_SIZE];
    wio_error err = {0};
    ck_assert(table->input[0].complete != NULL);
    ck_assert_msg(table->input[0].complete(hex, &table->input[0], &err) == WIO_OK, "%s",
                  err.message);
    return hex;
}

START_TEST(a_packed_table_is_the_same_table)
{
    wio_error err = {0};
    struct stat info;
    wio_table *table = table_of(_i), *back = NULL;
    ck_assert_msg(wio_table_write_hdf5(table, path, false, &err) == WIO_OK, "%s", err.message);
    ck_assert_msg(wio_table_read_hdf5(&back, path, NULL, &err) == WIO_OK, "%s", err.message);
    assert_same(table, back);
    ck_assert_str_eq(back->path, path);
    ck_assert_uint_eq(back->inputs, 1);
    ck_assert_str_eq(back->input[0].path, path);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(back->input[0].bytes, (size_t)info.st_size);
    ck_assert_str_eq(completed(back), digest_of(path));
    wio_table_free(table);
    wio_table_free(back);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(csv_to_hdf5_to_csv_keeps_every_double)
{
    wio_table *table = table_of(_i), *packed = NULL, *back = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_write_hdf5(table, path, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_read_hdf5(&packed, path, NULL, NULL), WIO_OK);
    ck_assert_msg(wio_table_write_folder(packed, native, false, &err) == WIO_OK, "%s", err.message);
    ck_assert_msg(wio_table_read_folder(&back, native, NULL, &err) == WIO_OK, "%s", err.message);
    ck_assert(table->m == back->m && table->n == back->n && table->f == back->f);
    same_numbers(table->Z, back->Z, table->m * table->n, sizeof(double));
    same_numbers(table->Y, back->Y, table->m * table->f, sizeof(double));
    same_numbers(table->P, back->P, table->p * table->n, sizeof(double));
    same_frames(table, back);
    for (size_t i = 0; i < table->k * table->n; i++) {
        ck_assert(table->S[i] == back->S[i] || (isnan(table->S[i]) && isnan(back->S[i])));
    }
    for (size_t i = 0; i < back->inputs; i++) {
        (void)unlink(back->input[i].path);
    }
    (void)rmdir(native);
    wio_table_free(table);
    wio_table_free(packed);
    wio_table_free(back);
}
END_TEST

/* One region of n sectors: whole numbers, which are deflated, or full mantissas, which are not. */
static wio_table *large_table(size_t n, bool whole)
{
    static const char *const region = "A", *const use = "C";
    static const bool endogenous = true;
    static const wio_role household = WIO_ROLE_HOUSEHOLD;
    static const size_t zero = 0;
    uint64_t state = 7;
    size_t *origin = calloc(n, sizeof *origin);
    char(*code)[8] = calloc(n, sizeof *code);
    const char **sector = calloc(n, sizeof *sector);
    double *Z = calloc(n * n, sizeof *Z), *Y = calloc(n, sizeof *Y);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(code[i], sizeof code[i], "%zu", i % 100000);
        sector[i] = code[i];
        Y[i] = 1000.0;
    }
    for (size_t i = 0; i < n * n; i++) {
        double cell = 100.0 * random_uniform(&state);
        Z[i] = whole ? floor(cell) : cell;
    }
    const wio_table_arrays arrays = {.name = "large",
                                     .title = "large",
                                     .currency = "USD",
                                     .year = 2017,
                                     .price_basis = "basic",
                                     .import_split = "survey",
                                     .regions = 1,
                                     .region_code = &region,
                                     .endogenous = &endogenous,
                                     .n = n,
                                     .m = n,
                                     .origin_region = origin,
                                     .origin_sector = sector,
                                     .f = 1,
                                     .final_region = &zero,
                                     .final_use = &use,
                                     .final_role = &household,
                                     .Z = Z,
                                     .Y = Y};
    wio_table *table = table_made(&arrays);
    free(origin);
    free(code);
    free(sector);
    free(Z);
    free(Y);
    return table;
}

/* 900 x 900 numbers are 6.5 MB: read straight from the file, on all threads. The chunks at the end
 * of the rows and of the matrix are not full (900 = 7 x 145 - 115). */
START_TEST(a_large_table_comes_back_bit_for_bit)
{
    wio_error err = {0};
    struct stat info;
    size_t n = 900;
    wio_table *table = large_table(n, _i == 1), *back = NULL;
    ck_assert_int_eq(wio_table_write_hdf5(table, path, false, NULL), WIO_OK);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq((size_t)info.st_size < n * n * 4, _i == 1); /* deflated */
    ck_assert_msg(wio_table_read_hdf5(&back, path, NULL, &err) == WIO_OK, "%s", err.message);
    assert_same(table, back);
    ck_assert_str_eq(completed(back), digest_of(path));
    wio_table_free(table);
    wio_table_free(back);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* No trailer: h5py made it, or changed it. The numbers are still read straight from the file. */
START_TEST(a_large_table_without_its_trailer_is_read)
{
    wio_table *table = large_table(900, _i == 1), *back = NULL;
    char *bytes = NULL;
    size_t length = 0;
    ck_assert_int_eq(wio_table_write_hdf5(table, path, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_file_read(&bytes, &length, path, SIZE_MAX / 2, NULL), WIO_OK);
    ck_assert_int_eq(wio_file_write(second, bytes, length - sizeof(wio_h5_trailer), false, NULL),
                     WIO_OK);
    ck_assert_int_eq(wio_table_read_hdf5(&back, second, NULL, NULL), WIO_OK);
    assert_same(table, back);
    ck_assert_str_eq(back->input[0].digest, digest_of(second));
    wio_free(bytes);
    wio_table_free(table);
    wio_table_free(back);
}
END_TEST

START_TEST(packing_twice_gives_the_same_bytes)
{
    char a[WIO_DIGEST_SIZE], b[WIO_DIGEST_SIZE], *bytes = NULL;
    size_t length = 0;
    wio_table *table = table_of(0);
    ck_assert_int_eq(wio_table_write_hdf5(table, path, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_write_hdf5(table, second, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_file_read(&bytes, &length, path, SIZE_MAX / 2, NULL), WIO_OK);
    wio_digest(a, bytes, length);
    wio_free(bytes);
    ck_assert_int_eq(wio_file_read(&bytes, &length, second, SIZE_MAX / 2, NULL), WIO_OK);
    wio_digest(b, bytes, length);
    wio_free(bytes);
    ck_assert_str_eq(a, b);
    wio_table_free(table);
}
END_TEST

START_TEST(every_failed_write_or_allocation_leaves_nothing)
{
    wio_table *table = table_of(3), *back = NULL;
    long live = wio_alloc_live;
    for (long budget = 0;; budget++) {
        wio_write_budget = budget;
        wio_status status = wio_table_write_hdf5(table, path, false, NULL);
        wio_write_budget = -1;
        if (status == WIO_OK) {
            ck_assert_int_ge(budget, 5);
            break;
        }
        ck_assert_int_eq(status, budget == 0 ? WIO_E_CREATE : WIO_E_WRITE);
        ck_assert_int_ne(access(path, F_OK), 0);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    for (long budget = 0;; budget++) {
        wio_error err = {0};
        wio_alloc_budget = budget;
        wio_status status = wio_table_write_hdf5(table, second, false, &err);
        wio_alloc_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live);
        if (status == WIO_OK) {
            break;
        }
        ck_assert_msg(status == WIO_E_MEMORY, "%ld: %s", budget, err.message);
        ck_assert_int_ne(access(second, F_OK), 0);
    }
    for (long budget = 0;; budget++) {
        wio_error err = {0};
        wio_alloc_budget = budget;
        wio_status status = wio_table_read_hdf5(&back, path, NULL, &err);
        wio_alloc_budget = -1;
        if (status == WIO_OK) {
            break;
        }
        ck_assert_msg(status == WIO_E_MEMORY, "%ld: %s", budget, err.message);
        ck_assert_ptr_null(back);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    assert_same(table, back);
    wio_table_free(table);
    wio_table_free(back);
}
END_TEST

/* --- files from elsewhere: a good table with one thing changed, and what the message says -------- */

static void replace(hid_t file, const char *name, hid_t type, int rank, const hsize_t *dims,
                    hid_t creation)
{
    hid_t space = H5Screate_simple(rank, dims, NULL);
    (void)H5Ldelete(file, name, H5P_DEFAULT);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    ck_assert(dataset >= 0);
    (void)H5Dclose(dataset);
    (void)H5Sclose(space);
}

static void soft_link(hid_t file)
{
    (void)H5Ldelete(file, "/P", H5P_DEFAULT);
    (void)H5Lcreate_soft("/Z", file, "/P", H5P_DEFAULT, H5P_DEFAULT);
}

static void external_link(hid_t file)
{
    (void)H5Ldelete(file, "/P", H5P_DEFAULT);
    (void)H5Lcreate_external("/etc/passwd", "/Z", file, "/P", H5P_DEFAULT, H5P_DEFAULT);
}

static void external_storage(hid_t file)
{
    hsize_t dims[] = {2, 3};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_external(creation, "/etc/passwd", 0, 48);
    replace(file, "/P", H5T_IEEE_F64LE, 2, dims, creation);
    (void)H5Pclose(creation);
}

static void virtual_dataset(hid_t file)
{
    hsize_t dims[] = {2, 3};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, dims, NULL);
    (void)H5Pset_virtual(creation, space, "/tmp/missing.h5", "/Z", space);
    replace(file, "/P", H5T_IEEE_F64LE, 2, dims, creation);
    (void)H5Sclose(space);
    (void)H5Pclose(creation);
}

static void strange_filter(hid_t file)
{
    hsize_t dims[] = {2, 3};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_chunk(creation, 2, dims);
    (void)H5Pset_scaleoffset(creation, H5Z_SO_FLOAT_DSCALE, 2);
    replace(file, "/P", H5T_IEEE_F64LE, 2, dims, creation);
    (void)H5Pclose(creation);
}

static void bomb(hid_t file) /* 8 TB of zeros in a few hundred bytes */
{
    hsize_t dims[] = {1000000, 1000000}, chunk[] = {1000, 1000};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_chunk(creation, 2, chunk);
    replace(file, "/P", H5T_IEEE_F64LE, 2, dims, creation);
    (void)H5Pclose(creation);
}

static void overflow(hid_t file)
{
    hsize_t dims[] = {(hsize_t)1 << 40, (hsize_t)1 << 40}, chunk[] = {1, 1};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_chunk(creation, 2, chunk);
    replace(file, "/P", H5T_IEEE_F64LE, 2, dims, creation);
    (void)H5Pclose(creation);
}

static void wrong_shape(hid_t file)
{
    hsize_t dims[] = {3, 2};
    replace(file, "/P", H5T_IEEE_F64LE, 2, dims, H5P_DEFAULT);
}

static void wrong_type(hid_t file)
{
    hsize_t dims[] = {2, 3};
    hid_t type = H5Tcreate(H5T_COMPOUND, 8);
    (void)H5Tinsert(type, "a", 0, H5T_IEEE_F64LE);
    replace(file, "/P", type, 2, dims, H5P_DEFAULT);
    (void)H5Tclose(type);
}

static void four_dimensions(hid_t file)
{
    hsize_t dims[] = {2, 3, 1, 1};
    replace(file, "/P", H5T_IEEE_F64LE, 4, dims, H5P_DEFAULT);
}

static void missing(hid_t file)
{
    (void)H5Ldelete(file, "/P", H5P_DEFAULT);
}

static void cycle(hid_t file)
{
    (void)H5Lcreate_hard(file, "/", file, "/regions/again", H5P_DEFAULT, H5P_DEFAULT);
}

static void put_index(hid_t file, const char *name, size_t element, double value)
{
    double data[64];
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    ck_assert_int_ge(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    data[element] = value;
    ck_assert_int_ge(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    (void)H5Dclose(dataset);
}

static void index_beyond(hid_t file)
{
    put_index(file, "/origins/sector", 4, 3);
}

static void index_negative(hid_t file)
{
    put_index(file, "/origins/region", 0, -1);
}

static void activity_late(hid_t file)
{
    put_index(file, "/origins/region", 8, 0);
}

static void not_finite(hid_t file)
{
    put_index(file, "/Z", 3, NAN);
}

static void later_version(hid_t file)
{
    int later = 2;
    hid_t id = H5Aopen(file, "wassily_table", H5P_DEFAULT);
    (void)H5Awrite(id, H5T_NATIVE_INT, &later);
    (void)H5Aclose(id);
}

static void no_mark(hid_t file)
{
    (void)H5Adelete(file, "wassily_table");
}

static void opaque_attribute(hid_t file)
{
    hid_t type = H5Tcreate(H5T_OPAQUE, 4), space = H5Screate(H5S_SCALAR);
    hid_t id = H5Acreate2(file, "x", type, space, H5P_DEFAULT, H5P_DEFAULT);
    (void)H5Aclose(id);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
}

static const struct {
    void (*spoil)(hid_t file);
    const char *message;
} foreign[] = {{soft_link, "'P' is a link to somewhere else"},
               {external_link, "'P' is a link to somewhere else"},
               {external_storage, "'/P' keeps its data in another file"},
               {virtual_dataset, "'/P' is a view of other data"},
               {strange_filter, "'/P' uses a filter other than"},
               {bomb, "bytes of data in a file of"},
               {overflow, "'/P' is larger than any memory"},
               {wrong_shape, "dataset '/P' does not have the expected shape"},
               {wrong_type, "'/P' has a type other than numbers"},
               {four_dimensions, "'/P' has more than 3 dimensions"},
               {missing, "has no dataset '/P'"},
               {cycle, "nested too deep"},
               {index_beyond, "'/origins/sector'[4] is 3, but there are 3 labels"},
               {index_negative, "'/origins/region'[0] is not a whole number"},
               {activity_late, "origin 8 is an activity after an import"},
               {not_finite, ""},
               {later_version, "later version"},
               {no_mark, "is not a packed table"},
               {opaque_attribute, "'x' is an attribute of an unknown kind"}};

START_TEST(a_file_from_elsewhere_is_refused_with_the_reason)
{
    wio_table *table = toy3(), *back = NULL;
    wio_error err = {0};
    wio_log *log = NULL;
    ck_assert_int_eq(wio_table_write_hdf5(table, path, false, NULL), WIO_OK);
    ck_assert_int_ge(H5Eset_auto2(H5E_DEFAULT, NULL, NULL), 0);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
    foreign[_i].spoil(file);
    ck_assert_int_ge(H5Fclose(file), 0);
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    long live = wio_alloc_live;
    wio_status status = wio_table_read_hdf5(&back, path, log, &err);
    bool finite = foreign[_i].message[0] != '\0';
    ck_assert_msg(status == (finite ? WIO_E_FORMAT : WIO_E_NONFINITE), "%d: %s", (int)status,
                  err.message);
    ck_assert_msg(strstr(err.message, foreign[_i].message) != NULL, "%s", err.message);
    ck_assert_ptr_null(back);
    ck_assert_uint_ge(wio_log_count(log, WIO_ERROR), 1);
    wio_log_free(log);
    ck_assert_int_lt(wio_alloc_live, live);
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_file_that_is_no_table_is_refused)
{
    wio_table *back = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_read_hdf5(&back, "/nowhere/t.h5", NULL, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_nonnull(strstr(err.message, "/nowhere/t.h5"));
    ck_assert_int_eq(wio_table_read_hdf5(&back, scratch("."), NULL, NULL), WIO_E_NO_INPUT);
    ck_assert_int_eq(wio_file_write(path, "region,code\n", 12, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_read_hdf5(&back, path, NULL, NULL), WIO_E_FORMAT);
    ck_assert_ptr_null(back);
}
END_TEST

/* Provenance never gives the digest of something that was not read. */
START_TEST(a_file_that_changed_since_has_no_digest)
{
    char hex[WIO_DIGEST_SIZE] = "as it was";
    wio_error err = {0};
    wio_table *table = toy3(), *other = toy_mrio(), *back = NULL;
    ck_assert_int_eq(wio_table_write_hdf5(table, path, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_read_hdf5(&back, path, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_write_hdf5(other, path, true, NULL), WIO_OK);
    ck_assert_int_eq(back->input[0].complete(hex, &back->input[0], &err), WIO_E_NO_INPUT);
    ck_assert_ptr_nonnull(strstr(err.message, "changed since the table was read"));
    ck_assert_str_eq(hex, "as it was");
    (void)unlink(path);
    ck_assert_int_eq(back->input[0].complete(hex, &back->input[0], NULL), WIO_E_NO_INPUT);
    wio_table_free(table);
    wio_table_free(other);
    wio_table_free(back);
}
END_TEST

/* Bits turned over in the numbers of a large file without a trailer: inflate fails, or the numbers
 * are others; nothing else may happen. With its trailer every one is found. */
START_TEST(a_damaged_chunk_does_no_harm)
{
    uint64_t state = 11;
    wio_table *table = large_table(900, true), *back = NULL;
    char *bytes = NULL;
    size_t length = 0;
    ck_assert_int_eq(wio_table_write_hdf5(table, path, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_file_read(&bytes, &length, path, SIZE_MAX / 2, NULL), WIO_OK);
    for (int i = 0; i < 6; i++) {
        size_t whole = length - (i % 2 == 0 ? 0 : sizeof(wio_h5_trailer));
        size_t at = length / 4 + (size_t)(random_uniform(&state) * (double)(length / 2));
        bytes[at] = (char)~bytes[at];
        ck_assert_int_eq(wio_file_write(second, bytes, whole, true, NULL), WIO_OK);
        bytes[at] = (char)~bytes[at];
        wio_status status = wio_table_read_hdf5(&back, second, NULL, NULL);
        ck_assert(i % 2 == 0 ? status == WIO_E_FORMAT : status != WIO_E_INTERNAL);
        if (status == WIO_OK) {
            wio_table_free(back);
        }
    }
    wio_free(bytes);
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table_hdf5");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 60);
    tcase_add_checked_fixture(known, make_folder, scratch_remove);
    tcase_add_loop_test(known, a_packed_table_is_the_same_table, 0, 5);
    tcase_add_loop_test(known, a_large_table_comes_back_bit_for_bit, 0, 2);
    tcase_add_loop_test(known, a_large_table_without_its_trailer_is_read, 0, 2);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_checked_fixture(properties, make_folder, scratch_remove);
    tcase_add_loop_test(properties, csv_to_hdf5_to_csv_keeps_every_double, 0, 4);
    tcase_add_test(properties, packing_twice_gives_the_same_bytes);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 120);
    tcase_add_checked_fixture(failures, make_folder, scratch_remove);
    tcase_add_test(failures, every_failed_write_or_allocation_leaves_nothing);
    tcase_add_loop_test(failures, a_file_from_elsewhere_is_refused_with_the_reason, 0,
                        sizeof foreign / sizeof foreign[0]);
    tcase_add_test(failures, a_file_that_is_no_table_is_refused);
    tcase_add_test(failures, a_file_that_changed_since_has_no_digest);
    tcase_add_test(failures, a_damaged_chunk_does_no_harm);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
