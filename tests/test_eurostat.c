/* test_eurostat.c - published coefficients and multipliers reproduced: Germany 1995 (Eurostat Manual
 * 2008, tables 15.9 to 15.19), the Netherlands 2000 (Spicosa), the United Kingdom 2010 (ONS, 127
 * products, double precision). Third-party data; skipped where it is not there. */
#include "support.h"

#include "../core/table.h"
#include "../io/io.h"

#include <check.h>
#include <math.h>
#include <string.h>

static bool load(wio_csv *csv, const char *relative)
{
    char path[4096], *data = NULL;
    size_t length;
    if (!third_party(path, sizeof path, relative)) {
        return false;
    }
    ck_assert_int_eq(wio_file_read(&data, &length, path, (size_t)1 << 30, NULL), WIO_OK);
    ck_assert_int_eq(wio_csv_parse(csv, data, length, relative, NULL, NULL), WIO_OK);
    return true;
}

/* The number in the row and column of these labels. */
static double number(const wio_csv *csv, const char *row, const char *column)
{
    size_t i = 1, j = 1;
    while (i < csv->rows && strcmp(csv->cell[csv->start[i]], row) != 0) {
        i++;
    }
    while (j < csv->columns[0] && strcmp(csv->cell[j], column) != 0) {
        j++;
    }
    ck_assert_msg(i < csv->rows && j < csv->columns[0], "%s, %s", row, column);
    const char *cell = csv->cell[csv->start[i] + j];
    double value;
    ck_assert_msg(wio_parse_double(&value, cell, strlen(cell)), "%s, %s: %s", row, column, cell);
    return value;
}

/* One region: flows among `code`, output and value added from their rows, final demand the rest. */
typedef struct rows {
    const char *output, *value_added, *wages, *jobs; /* value_added, jobs may be NULL */
} rows;

enum { MOST = 127 };

static wio_table *national(const wio_csv *csv, size_t n, const char *const *code, const rows *names)
{
    static double Z[MOST * MOST], Y[MOST], P[3 * MOST], S[MOST];
    for (size_t i = 0; i < n; i++) {
        Y[i] = number(csv, names->output, code[i]);
        P[n + i] = names->wages != NULL ? number(csv, names->wages, code[i]) : 0.0;
        P[i] = (names->value_added != NULL ? number(csv, names->value_added, code[i]) : 0.0) -
               P[n + i];
        S[i] = names->jobs != NULL ? number(csv, names->jobs, code[i]) : NAN;
        P[2 * n + i] = Y[i] - P[i] - P[n + i];
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            Z[i * n + j] = number(csv, code[i], code[j]);
            Y[i] -= Z[i * n + j];
            P[2 * n + j] -= Z[i * n + j];
        }
    }
    wio_table_arrays arrays = one_region("published", n, code, Z, Y, P, S);
    arrays.currency = "EUR";
    arrays.year = 2000;
    arrays.region_code = (const char *const[]){"C"};
    arrays.p = 3;
    arrays.primary_item = (const char *const[]){"rest_of_value_added", "wages", "other"};
    arrays.primary_role =
        (const wio_role[]){WIO_ROLE_VALUE_ADDED, WIO_ROLE_COMPENSATION, WIO_ROLE_OTHER};
    arrays.account_unit = (const char *const[]){"1000 persons"};
    return table_made(&arrays);
}

START_TEST(germany_1995)
{
    static const char *const code[] = {
        "agriculture_group", "industry_group",          "construction",
        "trade_group",       "business_services_group", "other_services_group"};
    static const double output[] = {1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782};
    static const double gva[] = {.845, .7647, .8615, .9019, .9393, .9199};
    static const double jobs[] = {.0326, .0162, .0207, .0237, .0112, .0242};
    wio_csv csv;
    if (!load(&csv, "world/germany_1995_wide.csv")) {
        return;
    }
    const rows names = {"output", "gva", "compensation_employees", "employment_domestic_total"};
    wio_table *table = national(&csv, 6, code, &names);
    ck_assert_double_eq_tol(1 - table->Z[0] / table->x[0], .9742, 5.001e-5); /* table 15.9 */
    ck_assert_double_eq_tol(-table->Z[8] / table->x[2], -.2613, 5.001e-5);
    wio_result *r = multipliers_of(table, NULL);
    check_numbers(r, "output", output, 6, 5.001e-5);
    check_numbers(r, "value_added", gva, 6, 5.001e-5);
    check_numbers(r, "jobs", jobs, 6, 5.001e-5);
    wio_result_free(r);
    wio_table_free(table);
    wio_csv_clear(&csv);
}
END_TEST

START_TEST(netherlands_2000)
{
    static const char *const code[] = {"agriculture_group",   "mining_group",
                                       "manufacturing_group", "utilities_group",
                                       "construction_group",  "services_group"};
    static const double effect[] = {.263, .099, .306, .212, .465, .493};
    static const double ratio[] = {2.466, 2.333, 1.840, 2.372, 1.953, 1.417}; /* Type I */
    wio_csv csv;
    if (!load(&csv, "world/netherlands_2000.csv")) {
        return;
    }
    const rows names = {"output_bp", "value_added_bp", "compensation_employees", NULL};
    wio_table *table = national(&csv, 6, code, &names);
    wio_result *r = multipliers_of(table, NULL);
    const double *income = numbers_of(r, "compensation");
    for (size_t j = 0; j < 6; j++) {
        ck_assert_double_eq_tol(income[j], effect[j], 5.001e-4);
        ck_assert_double_eq_tol(income[j] / (table->P[6 + j] / table->x[j]), ratio[j], 5.001e-4);
    }
    wio_result_free(r);
    wio_table_free(table);
    wio_csv_clear(&csv);
}
END_TEST

START_TEST(united_kingdom_2010)
{
    wio_csv csv, coefficients, published;
    if (!load(&csv, "world/uk2010/siot_domestic_bp_pxp.csv")) {
        return;
    }
    ck_assert(load(&coefficients, "world/uk2010/published_coefficients.csv"));
    ck_assert(load(&published, "world/uk2010/check_numpy_vs_published.csv"));
    const char *code[MOST];
    for (size_t i = 0; i < MOST; i++) {
        code[i] = csv.cell[i + 1];
    }
    const rows names = {"Total output", NULL, "Compensation of employees", NULL};
    wio_table *table = national(&csv, MOST, code, &names);
    wio_result *r = multipliers_of(table, NULL);
    const double *output = numbers_of(r, "output"), *wages = numbers_of(r, "compensation");
    for (size_t j = 0; j < MOST; j++) { /* 15 digits are printed; condition 4, 127 terms */
        for (size_t i = 0; i < MOST; i++) {
            ck_assert_double_eq_tol(table->Z[i * MOST + j] / table->x[j],
                                    number(&coefficients, code[i], code[j]), 1e-13);
        }
        ck_assert_double_eq_tol(output[j], number(&published, code[j], "out_mult_pub"), 1e-12);
        ck_assert_double_eq_tol(wages[j], number(&published, code[j], "empcost_eff_pub"), 1e-12);
    }
    wio_result_free(r);
    wio_table_free(table);
    wio_csv_clear(&published);
    wio_csv_clear(&coefficients);
    wio_csv_clear(&csv);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("eurostat");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, germany_1995);
    tcase_add_test(known, netherlands_2000);
    tcase_add_test(known, united_kingdom_2010);
    suite_add_tcase(suite, known);
    return run_suite(suite);
}
