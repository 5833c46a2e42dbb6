/* support.c - what several suites share. */
#include "support.h"

#include "../core/table.h"

#include <dirent.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

wio_table *table_made(const wio_table_arrays *arrays)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_create(&table, arrays, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s: %s", arrays->name, err.message);
    return table;
}

wio_table_arrays one_region(const char *name, size_t n, const char *const *sector, const double *Z,
                            const double *Y, const double *P, const double *S)
{
    static size_t first[2200]; /* zeros */
    static const char *const region[] = {"US"}, *const use[] = {"C"},
                             *const item[] = {"value_added"};
    static const char *const account[] = {"jobs"}, *const unit[] = {"persons"};
    static const bool endogenous[] = {true};
    static const wio_role household[] = {WIO_ROLE_HOUSEHOLD}, added[] = {WIO_ROLE_VALUE_ADDED};
    ck_assert_uint_le(n, sizeof first / sizeof first[0]);
    return (wio_table_arrays){.name = name,
                              .title = name,
                              .currency = "USD",
                              .year = 2017,
                              .price_basis = "basic",
                              .import_split = "survey",
                              .household_income = NAN,
                              .regions = 1,
                              .region_code = region,
                              .endogenous = endogenous,
                              .n = n,
                              .m = n,
                              .origin_region = first,
                              .origin_sector = sector,
                              .f = 1,
                              .final_region = first,
                              .final_use = use,
                              .final_role = household,
                              .p = P != NULL ? 1 : 0,
                              .primary_item = item,
                              .primary_role = added,
                              .k = S != NULL ? 1 : 0,
                              .account = account,
                              .account_unit = unit,
                              .Z = Z,
                              .Y = Y,
                              .P = P,
                              .S = S};
}

wio_table *unproductive(void)
{
    static const char *const AB[] = {"A", "B"}, *const stocks[] = {"STOCKS"};
    static const double Z[] = {5, 6, 6, 5}, less[] = {-1, -1};
    wio_table_arrays arrays = one_region("slump", 2, AB, Z, less, less, NULL);
    arrays.final_use = stocks;
    arrays.final_role = (const wio_role[]){WIO_ROLE_INVENTORY};
    arrays.primary_role = (const wio_role[]){WIO_ROLE_SURPLUS};
    return table_made(&arrays);
}

wio_table *toy3(void)
{
    static const double Z[] = {20, 40, 10, 15, 120, 60, 20, 100, 200, /* Zd */
                               0,  2,  0,  5,  40,  15, 0,  0,   0,   /* Z_CN */
                               5,  6,  1,  5,  60,  20, 2,  12,  20}; /* Z_RW */
    static const double Y[] = {20, 0, 2, 8, 20, 170, 25, 150, 20, 140, 560, 190, 60, 6, 64,
                               0,  0, 0, 0, 0,  60,  0,  30,  0,  0,   0,   0,   0,  0, 0,
                               6,  0, 0, 0, 0,  70,  0,  45,  0,  0,   14,  0,   0,  0, 0};
    const wio_table_arrays arrays = {
        .name = "toy3",
        .title = "TOY3",
        .currency = "USD",
        .year = 2017,
        .price_basis = "basic",
        .import_split = "survey",
        .household_income = 1000,
        .regions = 3,
        .region_code = (const char *const[]){"US", "CN", "RW"},
        .endogenous = (const bool[]){true, false, false},
        .valuation = (const char *const[]){"basic", "customs", "customs"},
        .n = 3,
        .m = 9,
        .origin_region = (const size_t[]){0, 0, 0, 1, 1, 1, 2, 2, 2},
        .origin_sector = (const char *const[]){"A", "M", "S", "A", "M", "S", "A", "M", "S"},
        .f = 5,
        .final_region = (const size_t[]){0, 0, 0, 1, 2},
        .final_use = (const char *const[]){"C", "G", "I", "EXP", "EXP"},
        .final_role = (const wio_role[]){WIO_ROLE_HOUSEHOLD, WIO_ROLE_GOVERNMENT,
                                         WIO_ROLE_INVESTMENT, WIO_ROLE_EXPORT, WIO_ROLE_EXPORT},
        .p = 2,
        .primary_item = (const char *const[]){"wages", "gos"},
        .primary_role = (const wio_role[]){WIO_ROLE_COMPENSATION, WIO_ROLE_SURPLUS},
        .k = 1,
        .account = (const char *const[]){"jobs"},
        .account_unit = (const char *const[]){"thousand jobs"},
        .Z = Z,
        .Y = Y,
        .P = (const double[]){18, 200, 560, 30, 120, 314},
        .S = (const double[]){1200, 2100, 7200}};
    return table_made(&arrays);
}

void toy_coefficients(double A[9], double x[3])
{
    wio_table *table = toy3();
    memcpy(x, wio_table_x(table), 3 * sizeof *x);
    for (size_t i = 0; i < 9; i++) {
        A[i] = wio_table_Z(table)[i] / x[i % 3];
    }
    wio_table_free(table);
}

wio_table *toy_mrio(void)
{
    static const double Z[] = {200, 90, 12,  4,   30,  10,  180, 600, 4,   4,   10,  20,
                               40,  15, 500, 120, 60,  15,  2,   4,   160, 300, 8,   10,
                               60,  20, 70,  20,  700, 200, 10,  20,  10,  12,  260, 900};
    static const double Y[] = {330, 20,  60, 900, 10, 40,  90, 420, 100,
                               6,   460, 20, 100, 60, 900, 30, 30,  1300};
    const wio_table_arrays arrays = {
        .name = "toy-mrio",
        .title = "TOY-MRIO",
        .currency = "USD",
        .year = 2017,
        .price_basis = "basic",
        .import_split = "survey",
        .household_income = NAN,
        .regions = 3,
        .region_code = (const char *const[]){"US", "CN", "RW"},
        .endogenous = (const bool[]){true, true, true},
        .n = 6,
        .m = 6,
        .origin_region = (const size_t[]){0, 0, 1, 1, 2, 2},
        .origin_sector = (const char *const[]){"G", "S", "G", "S", "G", "S"},
        .f = 3,
        .final_region = (const size_t[]){0, 1, 2},
        .final_use = (const char *const[]){"F", "F", "F"},
        .final_role =
            (const wio_role[]){WIO_ROLE_HOUSEHOLD, WIO_ROLE_HOUSEHOLD, WIO_ROLE_HOUSEHOLD},
        .p = 1,
        .primary_item = (const char *const[]){"value_added"},
        .primary_role = (const wio_role[]){WIO_ROLE_VALUE_ADDED},
        .Z = Z,
        .Y = Y,
        .P = (const double[]){264, 1019, 604, 510, 1062, 1417}};
    return table_made(&arrays);
}

int test_depth(void)
{
    const char *depth = getenv("WIO_TEST_DEPTH");
    long times = depth != NULL ? strtol(depth, NULL, 10) : 1;
    return times >= 1 && times <= 1000 ? (int)times : 1;
}

double random_uniform(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)((*state * UINT64_C(2685821657736338717)) >> 11) * 0x1.0p-53;
}

void random_matrix(double *A, size_t n, double density, double share, uint64_t *state)
{
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) {
            bool there = random_uniform(state) < density || i == (j + 1) % n;
            A[i * n + j] = there ? pow(10.0, -3.0 * random_uniform(state)) : 0.0;
            sum += A[i * n + j];
        }
        for (size_t i = 0; i < n; i++) {
            A[i * n + j] *= (1.0 - share) / sum;
        }
    }
}

double *random_vector(size_t n, double low, double high, uint64_t *state)
{
    double *v = wio_alloc(n, sizeof *v);
    ck_assert_ptr_nonnull(v);
    for (size_t i = 0; i < n; i++) {
        v[i] = low + (high - low) * random_uniform(state);
    }
    return v;
}

bool third_party(char *path, size_t size, const char *relative)
{
    const char *folder = getenv("WASSILY_DATA");
    int length =
        snprintf(path, size, "%s/%s", folder != NULL ? folder : "../shared/data", relative);
    if (length < 0 || (size_t)length >= size || access(path, R_OK) != 0) {
        printf("skipped: no %s (set WASSILY_DATA)\n", relative);
        return false;
    }
    return true;
}

static char folder[64];

void scratch_make(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/wio_test_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

void scratch_remove(void)
{
    ck_assert_int_eq(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *scratch(const char *name)
{
    static char path[4][512];
    static unsigned next;
    char *to = path[next++ % 4];
    (void)snprintf(to, sizeof path[0], "%s/%s", folder, name);
    return to;
}

void scratch_write(const char *name, const char *text)
{
    FILE *file = fopen(scratch(name), "wb");
    ck_assert_msg(file != NULL, "cannot write %s", name);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    ck_assert_int_eq(fclose(file), 0);
}

size_t scratch_files(void)
{
    size_t count = 0;
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    (void)closedir(directory);
    return count;
}

wio_result *multipliers_of(const wio_table *table, const wio_household_options *households)
{
    wio_result *result = NULL;
    wio_error err = {0};
    wio_status status = wio_multipliers(&result, table, households, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return result;
}

const double *numbers_of(const wio_result *result, const char *name)
{
    const wio_variable *v = wio_result_find(result, name);
    ck_assert_msg(v != NULL && v->data != NULL, "no %s", name);
    return v->data;
}

void check_numbers(const wio_result *result, const char *name, const double *want, size_t count,
                   double tolerance)
{
    const double *got = numbers_of(result, name);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(fabs(got[i] - want[i]) <= tolerance, "%s[%zu] is %.12g, not %.12g", name, i,
                      got[i], want[i]);
    }
}

void check_equal(const double *got, const double *want, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(got[i] == want[i], "[%zu] is %.17g, not %.17g", i, got[i], want[i]);
    }
}

wio_concordance concordance_of(size_t count, const char *const *from, const char *const *to,
                               const double *weight)
{
    return (wio_concordance){.count = count,
                             .from = (char **)(void *)from,
                             .to = (char **)(void *)to,
                             .weight = (double *)(void *)weight};
}

wio_log *new_log(void)
{
    wio_log *log = NULL;
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    return log;
}

bool logged(const wio_log *log, const char *text)
{
    for (size_t i = 0; i < wio_log_count(log, WIO_NOTE); i++) {
        char *line = wio_log_line(wio_log_finding(log, i));
        bool found = line != NULL && strstr(line, text) != NULL;
        wio_free(line);
        if (found) {
            return true;
        }
    }
    return false;
}

void add_file(wio_table *table, const char *name, const char *text)
{
    wio_error err = {0};
    scratch_write(name, text);
    wio_status status = wio_table_add_file(table, name, scratch(name), NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
}

void check_file(const wio_table *table, const char *file, const char *want)
{
    static char text[4000];
    size_t used = 0;
    const wio_frame *f = wio_table_frame(table, file);
    ck_assert_msg(f != NULL, "%s is not there", file);
    for (size_t r = 0; r <= f->rows; r++) {
        for (size_t c = 0; c < f->columns; c++) {
            const char *cell = r == 0 ? f->header[c] : f->cell[(r - 1) * f->columns + c];
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s%s", c != 0 ? "," : "", cell);
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "\n");
    }
    ck_assert_str_eq(text, want);
}

bool noted(const wio_table *table, const char *note)
{
    for (size_t k = 0; k < table->notes; k++) {
        if (strcmp(table->note[k], note) == 0) {
            return true;
        }
    }
    return false;
}

void check_note(const wio_table *table, const char *note)
{
    ck_assert_msg(noted(table, note), "no note '%s'; the last is '%s'", note,
                  table->note[table->notes - 1]);
}
