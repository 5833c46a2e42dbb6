/* test_table_file.c - a packed table that stays in its file: its outline without its numbers, blocks
 * of Z, and an aggregation that reads Z once, with the bits of the table in memory. */
#include "../io/hdf5.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char path[128], second[128];

static void make_folder(void)
{
    scratch_make();
    (void)snprintf(path, sizeof path, "%s", scratch("t.h5"));
    (void)snprintf(second, sizeof second, "%s", scratch("second.h5"));
}

/* Two producing regions and one that exports to them, `sectors` each; numbers of full mantissas, or
 * whole ones, which are deflated. The last sector of each region neither buys nor sells. */
static wio_table *economy(size_t sectors, bool whole)
{
    static const char *const region[] = {"A", "B", "W"}, *const use[] = {"C", "C"};
    static const bool endogenous[] = {true, true, false};
    static const wio_role role[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_HOUSEHOLD};
    static const size_t final[] = {0, 1};
    static const char *const item[] = {"va"}, *const account[] = {"jobs"}, *const unit[] = {"p"};
    static const wio_role primary[] = {WIO_ROLE_VALUE_ADDED};
    uint64_t state = 5;
    size_t n = 2 * sectors, m = 3 * sectors;
    size_t *origin = calloc(m, sizeof *origin);
    char(*code)[8] = calloc(sectors, sizeof *code);
    const char **sector = calloc(m, sizeof *sector);
    double *Z = calloc(m * n, sizeof *Z), *Y = calloc(2 * m, sizeof *Y);
    double *P = calloc(n, sizeof *P), *S = calloc(n, sizeof *S);
    for (size_t i = 0; i < m; i++) {
        (void)snprintf(code[i % sectors], sizeof *code, "s%zu", i % sectors % 100000);
        sector[i] = code[i % sectors];
        origin[i] = i / sectors;
        bool idle = i % sectors == sectors - 1;
        for (size_t j = 0; j < n && !idle; j++) {
            double cell = 100.0 * random_uniform(&state);
            Z[i * n + j] = j % sectors == sectors - 1 ? 0.0 : whole ? floor(cell) : cell;
        }
        Y[2 * i] = idle ? 0.0 : 1000.0;
        if (i < n && !idle) {
            P[i] = 10.0 + (double)i;
            S[i] = i % 7 == 3 ? (double)NAN : (double)i;
        }
    }
    const wio_table_arrays arrays = {.name = "economy",
                                     .title = "economy",
                                     .currency = "USD",
                                     .year = 2017,
                                     .price_basis = "basic",
                                     .import_split = "survey",
                                     .regions = 3,
                                     .region_code = region,
                                     .endogenous = endogenous,
                                     .n = n,
                                     .m = m,
                                     .origin_region = origin,
                                     .origin_sector = sector,
                                     .f = 2,
                                     .final_region = final,
                                     .final_use = use,
                                     .final_role = role,
                                     .p = 1,
                                     .primary_item = item,
                                     .primary_role = primary,
                                     .k = 1,
                                     .account = account,
                                     .account_unit = unit,
                                     .Z = Z,
                                     .Y = Y,
                                     .P = P,
                                     .S = S};
    wio_table *table = table_made(&arrays);
    free(origin);
    free(code);
    free(sector);
    free(Z);
    free(Y);
    free(P);
    free(S);
    return table;
}

static wio_table *packed(size_t sectors, bool whole)
{
    wio_error err = {0};
    wio_table *table = economy(sectors, whole);
    ck_assert_msg(wio_table_write_hdf5(table, path, true, &err) == WIO_OK, "%s", err.message);
    return table;
}

static wio_table_file *opened(const char *name)
{
    wio_table_file *file = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_table_file_open(&file, name, NULL, NULL, &err) == WIO_OK, "%s", err.message);
    return file;
}

START_TEST(an_outline_is_the_table_without_its_numbers)
{
    wio_table *table = packed(10, false);
    wio_table_file *file = opened(path);
    const wio_table *outline = wio_table_file_outline(file);
    wio_table_info a, b;
    wio_table_describe(&a, table);
    wio_table_describe(&b, outline);
    ck_assert_str_eq(a.name, b.name);
    ck_assert(a.n == b.n && a.m == b.m && a.f == b.f && a.p == b.p && a.k == b.k);
    ck_assert(a.year == b.year && a.regions == b.regions);
    ck_assert(a.total_output == b.total_output && a.total_output > 0.0);
    for (size_t i = 0; i < a.m; i++) {
        ck_assert_str_eq(wio_table_origin_sector(table, i), wio_table_origin_sector(outline, i));
        ck_assert_str_eq(wio_table_origin_region(table, i), wio_table_origin_region(outline, i));
    }
    ck_assert_ptr_null(wio_table_Z(outline));
    wio_table_file_close(file);
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* 1200 x 800 numbers are 7.7 MB, of which the outline may allocate nothing: its own is 60 kB. */
START_TEST(an_outline_takes_no_memory_for_numbers)
{
    wio_table_free(packed(400, false));
    wio_alloc_mark();
    size_t before = wio_alloc_bytes;
    wio_table_file *file = opened(path);
    /* the pieces at both ends of the arrays are checked in 1 MiB for each thread */
    ck_assert_uint_lt(wio_alloc_most - before, (size_t)4 << 20);
    wio_table_file_close(file);
}
END_TEST

/* Blocks of every shape, from one run of bytes and from deflated chunks (of 163 rows), over the edges
 * of pieces and chunks, are the numbers of the table. */
START_TEST(a_block_is_a_part_of_Z)
{
    static const size_t some[][4] = {{0, 1200, 0, 800}, {0, 1, 0, 800},    {1199, 1, 799, 1},
                                     {3, 400, 0, 800},  {160, 8, 0, 800},  {5, 700, 11, 3},
                                     {0, 1200, 400, 1}, {100, 0, 100, 10}, {7, 64, 790, 10}};
    wio_table *table = packed(400, _i == 1);
    wio_error err = {0};
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq((size_t)info.st_size < 4 * 1200 * 800, _i == 1); /* deflated */
    for (size_t b = 0; b < sizeof some / sizeof some[0]; b++) {
        const size_t *s = some[b];
        wio_table_file *file = opened(path);
        double *block = wio_alloc(s[1] * s[3], sizeof *block);
        ck_assert_msg(wio_table_file_block(block, file, s[0], s[1], s[2], s[3], &err) == WIO_OK,
                      "%s", err.message);
        for (size_t i = 0; i < s[1]; i++) {
            ck_assert_mem_eq(block + i * s[3], wio_table_Z(table) + (s[0] + i) * 800 + s[2],
                             s[3] * sizeof *block);
        }
        wio_free(block);
        wio_table_file_close(file);
    }
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Sectors two by two into one, and all regions that produce into one; so with shares. */
static wio_concordance *concordance(const char *text)
{
    wio_concordance *c = NULL;
    wio_error err = {0};
    const char *file = scratch("concordance.csv");
    ck_assert_int_eq(wio_file_write(file, text, strlen(text), true, NULL), WIO_OK);
    ck_assert_msg(wio_concordance_read(&c, file, NULL, &err) == WIO_OK, "%s", err.message);
    return c;
}

static wio_concordance *of_sectors(size_t sectors)
{
    wio_text text = {0};
    wio_text_add(&text, "from,to,weight\n");
    for (size_t s = 0; s < sectors; s++) {
        wio_text_add(&text, "s%zu,g%zu,0.25\ns%zu,g%zu,0.75\n", s, s / 2, s, (s / 2 + 1) % 5);
    }
    wio_concordance *c = concordance(text.data);
    wio_text_free(&text);
    return c;
}

/* 350 sectors: 1050 x 700 numbers are two panels of 8 rows in eight hundred ... of PANEL bytes one; the
 * file has pieces of 1 MiB. Every number of the result has the bits of the table in memory. */
START_TEST(an_aggregation_from_the_file_has_the_same_bits)
{
    size_t sectors = _i < 2 ? 30 : 1700; /* 3400 columns: 32 MiB are 1232 of 5100 rows */
    wio_table *table = packed(sectors, _i % 2 == 1), *a = NULL, *b = NULL;
    wio_concordance *s = of_sectors(sectors), *r = concordance("from,to\nA,AB\nB,AB\nW,W\n");
    wio_aggregate_report x, y;
    wio_error err = {0};
    wio_table_file *file = opened(path);
    const wio_aggregate_options options = {.lower_bounds = true};
    ck_assert_msg(wio_table_aggregate(&a, table, r, s, &options, &x, NULL, &err) == WIO_OK, "%s",
                  err.message);
    ck_assert_msg(wio_table_file_aggregate(&b, file, r, s, &options, &y, NULL, &err) == WIO_OK,
                  "%s", err.message);
    ck_assert(a->m == b->m && a->n == b->n && x.n_after == y.n_after && x.split == y.split);
    ck_assert_mem_eq(a->Z, b->Z, a->m * a->n * sizeof *a->Z);
    ck_assert_mem_eq(a->Y, b->Y, a->m * a->f * sizeof *a->Y);
    ck_assert_mem_eq(a->P, b->P, a->p * a->n * sizeof *a->P);
    ck_assert_mem_eq(a->S, b->S, a->k * a->n * sizeof *a->S);
    ck_assert_mem_eq(a->x, b->x, a->n * sizeof *a->x);
    ck_assert_mem_eq(table->x, file->table->x, table->n * sizeof *table->x);
    ck_assert_mem_eq(table->cost, file->table->cost, table->n * sizeof *table->cost);
    ck_assert_uint_eq(a->satellite_notes, b->satellite_notes);
    wio_table_file_close(file);
    wio_concordance_free(s);
    wio_concordance_free(r);
    wio_table_free(table);
    wio_table_free(a);
    wio_table_free(b);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* A byte in the midst of Z turned over: who reads no numbers does not see it; everyone else does. */
START_TEST(damaged_numbers_are_found_when_they_are_read)
{
    wio_table *table = packed(400, _i == 1), *back = NULL;
    char *bytes = NULL;
    size_t length = 0;
    double *row = wio_alloc(800 * 1200, sizeof *row);
    ck_assert_int_eq(wio_file_read(&bytes, &length, path, SIZE_MAX / 2, NULL), WIO_OK);
    size_t last = length - length / 8; /* in the last eighth: the rows before are good */
    bytes[last] = (char)~bytes[last];
    ck_assert_int_eq(wio_file_write(path, bytes, length, true, NULL), WIO_OK);
    wio_error err = {0};
    ck_assert_int_eq(wio_table_open(&back, path, NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, "is damaged") != NULL, "%s", err.message);
    if (_i == 0) { /* deflated it is smaller than what is checked at once */
        wio_table_file *file = opened(path);
        ck_assert_int_eq(wio_table_file_block(row, file, 0, 10, 0, 800, NULL), WIO_OK);
        ck_assert_mem_eq(row, table->Z, 10 * 800 * sizeof *row);
        ck_assert_int_eq(wio_table_file_block(row, file, 0, 1200, 0, 800, NULL), WIO_E_FORMAT);
        ck_assert_int_eq(wio_table_file_block(row, file, 0, 1200, 5, 1, NULL), WIO_E_FORMAT);
        ck_assert_int_eq(wio_table_file_aggregate(&back, file, NULL, NULL, NULL, NULL, NULL, &err),
                         WIO_E_FORMAT);
        ck_assert_ptr_null(back);
        wio_table_file_close(file);
    }
    wio_free(bytes);
    wio_free(row);
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Two years, the first one's Z damaged: the second is read as it is, the first is not, and a third is
 * not added, since the new file's digests would vouch for all of it. */
START_TEST(damage_is_the_matter_of_its_year_and_of_an_append)
{
    wio_table *table[] = {economy(400, false), economy(400, false), economy(10, false)};
    wio_table *back = NULL;
    wio_series *series = NULL;
    wio_error err = {0};
    char *bytes = NULL;
    size_t length = 0;
    ck_assert_int_eq(wio_series_begin(&series, path, false, false, NULL), WIO_OK);
    for (int i = 0; i < 3; i++) {
        table[i]->year = 2009 + i;
        if (i < 2) {
            ck_assert_int_eq(wio_series_add(series, table[i], NULL), WIO_OK);
        }
    }
    ck_assert_int_eq(wio_series_end(series, NULL), WIO_OK);
    table[2]->year = 2012; /* an append between keeps what is known of the bytes before it */
    ck_assert_int_eq(wio_series_begin(&series, path, true, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_add(series, table[2], NULL), WIO_OK);
    ck_assert_int_eq(wio_series_end(series, NULL), WIO_OK);
    table[2]->year = 2011;
    ck_assert_int_eq(wio_file_read(&bytes, &length, path, SIZE_MAX / 2, NULL), WIO_OK);
    bytes[length / 4] = (char)~bytes[length / 4];
    ck_assert_int_eq(wio_file_write(path, bytes, length, true, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_open(&back, scratch("t.h5:2009"), NULL, NULL, NULL), WIO_E_FORMAT);
    ck_assert_int_eq(wio_table_open(&back, scratch("t.h5:2010"), NULL, NULL, NULL), WIO_OK);
    ck_assert_mem_eq(back->Z, table[1]->Z, 1200 * 800 * sizeof *back->Z);
    ck_assert_int_eq(wio_series_begin(&series, path, true, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_add(series, table[2], NULL), WIO_OK);
    ck_assert_int_eq(wio_series_end(series, &err), WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, "is damaged") != NULL, "%s", err.message);
    ck_assert_int_eq(wio_table_open(&back, scratch("t.h5:2011"), NULL, NULL, NULL), WIO_E_TABLE);
    wio_free(bytes);
    for (int i = 0; i < 3; i++) {
        wio_table_free(table[i]);
    }
    wio_table_free(back);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(what_needs_numbers_refuses_an_outline)
{
    wio_table *table = packed(10, false), *made = NULL;
    wio_table_file *file = opened(path);
    const wio_table *outline = wio_table_file_outline(file);
    wio_result *result = NULL;
    wio_table_report report;
    wio_error err = {0};
    double f[20] = {0};
    const char *const keep[] = {"A"};
    char *text = NULL;
    ck_assert_int_eq(wio_solve(&result, outline, f, NULL, NULL, &err), WIO_E_UNSUPPORTED);
    ck_assert_msg(strstr(err.message, "only its outline was read") != NULL, "%s", err.message);
    ck_assert_int_eq(wio_multipliers(&result, outline, NULL, NULL, NULL), WIO_E_UNSUPPORTED);
    wio_table_gap *gaps = NULL;
    const wio_trade trade = {0};
    const wio_split none = {0};
    size_t count;
    ck_assert_int_eq(wio_table_gaps(&gaps, &count, outline, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_origins(&made, outline, &trade, NULL, NULL, NULL, NULL),
                     WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_split(&made, outline, NULL, &none, NULL, NULL, NULL),
                     WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_invert(&result, outline, NULL, NULL, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_extract(&result, outline, NULL, NULL, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_check(&report, outline, NULL, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_balanced(outline, NULL, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_write_hdf5(outline, second, false, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_write_folder(outline, second, false, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_write_pymrio(outline, second, false, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_aggregate(&made, outline, NULL, NULL, NULL, NULL, NULL, NULL),
                     WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_carve(&made, outline, keep, 1, NULL, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_changes(&text, outline, table, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_changes(&text, table, outline, NULL), WIO_E_UNSUPPORTED);
    wio_table_file_close(file);
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(blocks_outside_and_other_mistakes_are_refused)
{
    wio_table *table = packed(10, false), *out = NULL;
    wio_table_file *file = NULL;
    wio_error err = {0};
    double z = 7.0;
    const wio_aggregate_options bias = {.bias = true};
    ck_assert_int_eq(wio_table_file_open(&file, "studies/tables/us-2017", NULL, NULL, &err),
                     WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_file_open(&file, "/nowhere.h5", NULL, NULL, NULL), WIO_E_NO_INPUT);
    ck_assert_int_eq(wio_table_file_open(NULL, path, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_ptr_null(file);
    file = opened(path);
    ck_assert_int_eq(wio_table_file_block(&z, file, 30, 1, 0, 1, &(wio_error){0}), WIO_E_SHAPE);
    ck_assert_int_eq(wio_table_file_block(&z, file, 29, 2, 0, 1, NULL), WIO_E_SHAPE);
    ck_assert_int_eq(wio_table_file_block(&z, file, 1, SIZE_MAX, 0, 1, NULL), WIO_E_SHAPE);
    ck_assert_int_eq(wio_table_file_block(&z, file, 0, 1, 20, 1, NULL), WIO_E_SHAPE);
    ck_assert_int_eq(wio_table_file_block(&z, file, 0, 1, 1, SIZE_MAX, NULL), WIO_E_SHAPE);
    ck_assert_int_eq(wio_table_file_block(NULL, file, 0, 1, 0, 1, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_file_aggregate(&out, file, NULL, NULL, &bias, NULL, NULL, NULL),
                     WIO_E_UNSUPPORTED);
    ck_assert_double_eq(z, 7.0);
    wio_table_file_close(file);
    wio_table_file_close(NULL);
    wio_table_free(table);
}
END_TEST

/* A table of a series is recorded with its year, as when it is read. */
START_TEST(an_outline_of_a_series_says_its_year)
{
    wio_table *table = economy(10, false), *back = NULL;
    wio_series *series = NULL;
    ck_assert_int_eq(wio_series_begin(&series, path, false, false, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_add(series, table, NULL), WIO_OK);
    ck_assert_int_eq(wio_series_end(series, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_open(&back, scratch("t.h5:2017"), NULL, NULL, NULL), WIO_OK);
    wio_table_file *file = opened(scratch("t.h5:2017"));
    const wio_table *outline = wio_table_file_outline(file);
    ck_assert_uint_eq(outline->inputs, back->inputs);
    ck_assert_str_eq(outline->input[0].path, back->input[0].path);
    ck_assert_ptr_nonnull(strstr(outline->input[0].path, ":2017"));
    wio_table_file_close(file);
    wio_table_free(back);
    wio_table_free(table);
}
END_TEST

/* Y with a column more than there are final uses. */
START_TEST(an_array_of_another_shape_is_refused)
{
    wio_table *table = packed(10, false);
    wio_table_file *file = NULL;
    wio_error err = {0};
    const hsize_t shape[] = {30, 3};
    hid_t h5 = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), space = H5Screate_simple(2, shape, NULL);
    ck_assert_int_ge(H5Ldelete(h5, "/Y", H5P_DEFAULT), 0);
    hid_t dataset =
        H5Dcreate2(h5, "/Y", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(dataset, 0);
    (void)H5Dclose(dataset);
    (void)H5Sclose(space);
    ck_assert_int_ge(H5Fclose(h5), 0);
    ck_assert_int_eq(wio_table_file_open(&file, path, NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, "dataset '/Y' does not have the expected shape") != NULL,
                  "%s", err.message);
    ck_assert_ptr_null(file);
    wio_table_free(table);
}
END_TEST

/* What table_finish refuses is refused from the file, with the same words. */
START_TEST(a_bad_number_is_named_as_in_memory)
{
    static const struct {
        const char *dataset;
        size_t element; /* of Z [30 x 20], Y [30 x 2], P [1 x 20] */
        double value;
        wio_status status;
    } bad[] = {{"/Z", 25, NAN, WIO_E_NONFINITE},     {"/Z", 599, INFINITY, WIO_E_NONFINITE},
               {"/Y", 3, NAN, WIO_E_NONFINITE},      {"/P", 4, INFINITY, WIO_E_NONFINITE},
               {"/Z", 8, -1e6, WIO_E_TABLE},         {"/Z", 9, 5.0, WIO_E_TABLE},
               {"/Z", 9 * 20 + 3, 0.0, WIO_OK},      {"/P", 9, 3.0, WIO_E_TABLE},
               {"/Z", 29 * 20 + 9, 2.0, WIO_E_TABLE}};
    wio_table *table = packed(10, false), *a = NULL, *b = NULL;
    double data[600];
    hid_t h5 = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(h5, bad[_i].dataset, H5P_DEFAULT);
    ck_assert_int_ge(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    data[bad[_i].element] = bad[_i].value;
    ck_assert_int_ge(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    (void)H5Dclose(dataset);
    ck_assert_int_ge(H5Fclose(h5), 0);
    wio_log *one = NULL, *two = NULL;
    ck_assert_int_eq(wio_log_create(&one, NULL), WIO_OK);
    ck_assert_int_eq(wio_log_create(&two, NULL), WIO_OK);
    wio_error err = {0}, other = {0};
    wio_table_file *file = opened(path);
    wio_status status = wio_table_open(&a, path, NULL, one, &err);
    ck_assert_int_eq(status, bad[_i].status);
    status = wio_table_file_aggregate(&b, file, NULL, NULL, NULL, NULL, two, &other);
    ck_assert_int_eq(status, bad[_i].status);
    ck_assert_str_eq(err.message, other.message);
    ck_assert_uint_eq(wio_log_count(one, WIO_ERROR), wio_log_count(two, WIO_ERROR));
    wio_table_file_close(file);
    wio_log_free(one);
    wio_log_free(two);
    wio_table_free(table);
    wio_table_free(a);
    wio_table_free(b);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(no_failed_allocation_leaves_anything)
{
    wio_table *table = packed(10, false), *out = NULL;
    wio_concordance *s = of_sectors(10);
    double block[20];
    long live = wio_alloc_live;
    for (long budget = 0;; budget++) {
        wio_table_file *file = NULL;
        wio_alloc_budget = budget;
        wio_status status = wio_table_file_open(&file, path, NULL, NULL, NULL);
        if (status == WIO_OK) {
            status = wio_table_file_block(block, file, 3, 1, 0, 20, NULL);
        }
        if (status == WIO_OK) {
            status = wio_table_file_aggregate(&out, file, NULL, s, NULL, NULL, NULL, NULL);
        }
        wio_alloc_budget = -1;
        wio_table_file_close(file);
        if (status == WIO_OK) {
            ck_assert_int_ge(budget, 50);
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_ptr_null(out);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    wio_table_free(out);
    wio_table_free(table);
    wio_concordance_free(s);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table_file");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 60);
    tcase_add_checked_fixture(known, make_folder, scratch_remove);
    tcase_add_test(known, an_outline_is_the_table_without_its_numbers);
    tcase_add_test(known, an_outline_takes_no_memory_for_numbers);
    tcase_add_test(known, an_outline_of_a_series_says_its_year);
    tcase_add_loop_test(known, a_block_is_a_part_of_Z, 0, 2);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 120);
    tcase_add_checked_fixture(properties, make_folder, scratch_remove);
    tcase_add_loop_test(properties, an_aggregation_from_the_file_has_the_same_bits, 0, 3);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 60);
    tcase_add_checked_fixture(failures, make_folder, scratch_remove);
    tcase_add_loop_test(failures, damaged_numbers_are_found_when_they_are_read, 0, 2);
    tcase_add_test(failures, damage_is_the_matter_of_its_year_and_of_an_append);
    tcase_add_test(failures, what_needs_numbers_refuses_an_outline);
    tcase_add_test(failures, blocks_outside_and_other_mistakes_are_refused);
    tcase_add_test(failures, an_array_of_another_shape_is_refused);
    tcase_add_loop_test(failures, a_bad_number_is_named_as_in_memory, 0, 9);
    tcase_add_test(failures, no_failed_allocation_leaves_anything);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
