/* test_published.c - wio_multipliers and wio_solve on published tables with published answers.
 *
 * Third-party tables and answers: ../shared/data/world, described in its README.md. Answers there
 * called "numpy" are in full precision (tolerance: c n kappa u, or the balance of the table);
 * published ones have the digits that were printed. */
#include "support.h"

#include "../core/internal.h"
#include "../io/io.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- tables from files --------------------------------------------------------------------------------- */

static char *slurp(const char *relative, size_t *length)
{
    char path[512];
    if (!third_party(path, sizeof path, relative)) {
        return NULL;
    }
    char *data = NULL;
    wio_error err = {0};
    wio_status status = wio_file_read(&data, length, path, 1u << 26, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return data;
}

static bool load(wio_csv *csv, const char *relative)
{
    size_t length = 0;
    char *data = slurp(relative, &length);
    if (data == NULL) {
        return false;
    }
    wio_error err = {0};
    wio_status status = wio_csv_parse(csv, data, length, relative, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return true;
}

static const char *at(const wio_csv *csv, size_t row, size_t column)
{
    ck_assert_uint_lt(row, csv->rows);
    ck_assert_uint_lt(column, csv->columns[row]);
    return csv->cell[csv->start[row] + column];
}

static size_t column_of(const wio_csv *csv, const char *label)
{
    size_t c = 0;
    while (strcmp(at(csv, 0, c), label) != 0) {
        c++;
    }
    return c;
}

static size_t row_of(const wio_csv *csv, const char *label)
{
    size_t r = 1;
    while (strcmp(at(csv, r, 0), label) != 0) {
        r++;
    }
    return r;
}

static double number(const wio_csv *csv, size_t row, size_t column)
{
    const char *text = at(csv, row, column);
    double value = NAN;
    ck_assert_msg(wio_parse_double(&value, text, strlen(text)), "'%s'", text);
    return value;
}

static double look_up(const wio_csv *csv, const char *row, const char *column)
{
    return number(csv, row_of(csv, row), column_of(csv, column));
}

/* `count` numbers after "key" in a JSON file, nesting ignored. */
static bool answers(double *values, size_t count, const char *relative, const char *key)
{
    size_t length = 0, found = 0;
    char *data = slurp(relative, &length), quoted[96];
    if (data == NULL) {
        return false;
    }
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", key);
    const char *p = strstr(data, quoted);
    ck_assert_msg(p != NULL, "no %s", quoted);
    for (p += strlen(quoted); found < count && *p != '\0';) {
        char *end;
        double value = strtod(p, &end);
        if (end != p) {
            values[found++] = value;
        }
        p = end != p ? end : p + 1;
    }
    ck_assert_uint_eq(found, count);
    wio_free(data);
    return true;
}

enum { MOST = 130, FEW = 8 };

/* A national table of one region "H", filled by the tests. */
typedef struct national {
    size_t n, f, p, k;
    char code[MOST][24];
    double *Z, *Y, *P, *S;
    wio_role use_role[FEW], item_role[FEW];
    double household_income;
} national;

static void national_start(national *t, size_t n, size_t f, size_t p, size_t k)
{
    *t = (national){.n = n, .f = f, .p = p, .k = k, .household_income = NAN};
    t->Z = wio_zalloc(n * n, sizeof(double));
    t->Y = wio_zalloc(n * f, sizeof(double));
    t->P = wio_zalloc(p * n, sizeof(double));
    t->S = wio_zalloc(k * n, sizeof(double));
    ck_assert(t->Z != NULL && t->Y != NULL && t->P != NULL && t->S != NULL);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(t->code[i], sizeof t->code[i], "s%zu", i + 1);
    }
}

static void national_free(national *t)
{
    wio_free(t->Z);
    wio_free(t->Y);
    wio_free(t->P);
    wio_free(t->S);
}

static wio_table *national_finish(national *t)
{
    static const char *const label[] = {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"};
    const char *code[MOST];
    for (size_t i = 0; i < t->n; i++) {
        code[i] = t->code[i];
    }
    wio_table_arrays arrays = one_region("national", t->n, code, t->Z, t->Y, t->P, t->S);
    arrays.currency = "EUR";
    arrays.year = 2000;
    arrays.household_income = t->household_income;
    arrays.region_code = (const char *const[]){"H"};
    arrays.f = t->f;
    arrays.final_use = label;
    arrays.final_role = t->use_role;
    arrays.p = t->p;
    arrays.primary_item = label;
    arrays.primary_role = t->item_role;
    arrays.k = t->k;
    arrays.account = (const char *const[]){"jobs", "a2", "a3"};
    arrays.account_unit = (const char *const[]){"persons", "", ""};
    wio_table *table = table_made(&arrays);
    national_free(t);
    return table;
}

/* --- known answers -------------------------------------------------------------------------------------- */

START_TEST(germany_1995)
{
    static const char *const file = "world/germany_1995_answers.json";
    static const char *const sector[] = {
        "agriculture_group", "industry_group",          "construction",
        "trade_group",       "business_services_group", "other_services_group"};
    static const char *const use[] = {"final_consumption_households",
                                      "final_consumption_government", "gross_capital_formation",
                                      "inventory_change", "exports"};
    static const char *const item[] = {"compensation_employees", "consumption_fixed_capital",
                                       "os_mixed_income_net",    "net_tax_production",
                                       "net_tax_products",       "imports"};
    static const wio_role item_role[] = {WIO_ROLE_COMPENSATION, WIO_ROLE_SURPLUS, WIO_ROLE_SURPLUS,
                                         WIO_ROLE_TAX,          WIO_ROLE_OTHER,   WIO_ROLE_IMPORT};
    wio_csv csv = {0};
    if (!load(&csv, "world/germany_1995_wide.csv")) {
        return;
    }
    national t;
    national_start(&t, 6, 5, 6, 1);
    for (size_t j = 0; j < 6; j++) {
        for (size_t i = 0; i < 6; i++) {
            t.Z[i * 6 + j] = look_up(&csv, sector[i], sector[j]);
            t.P[i * 6 + j] = look_up(&csv, item[i], sector[j]);
        }
        for (size_t c = 0; c < 5; c++) {
            t.Y[j * 5 + c] = look_up(&csv, sector[j], use[c]);
            t.use_role[c] = (wio_role)c; /* household, government, investment, inventory, export */
        }
        t.item_role[j] = item_role[j];
        t.S[j] = look_up(&csv, "employment_domestic_total", sector[j]); /* thousand persons */
    }
    wio_table *table = national_finish(&t);
    wio_result *r = multipliers_of(table, NULL);
    double want[6]; /* n = 6, condition 2.6: 8 * 6 * 2.6 * u is 1e-14 */
    ck_assert(answers(want, 6, file, "output_multipliers"));
    check_numbers(r, "output", want, 6, 1e-14);
    check_numbers(r, "output", (double[]){1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782}, 6,
                  5.001e-5);
    check_numbers(r, "value_added", (double[]){.8450, .7647, .8615, .9019, .9393, .9199}, 6,
                  5.001e-5);
    ck_assert(answers(want, 6, file, "gva_multipliers"));
    check_numbers(r, "value_added", want, 6, 1e-14);
    check_numbers(r, "jobs", (double[]){.0326, .0162, .0207, .0237, .0112, .0242}, 6, 5.001e-5);
    ck_assert(answers(want, 6, file, "employment_multipliers(1000 persons per MEUR)"));
    check_numbers(r, "jobs", want, 6, 1e-15);
    wio_result_free(r);
    wio_table_free(table);
    wio_csv_clear(&csv);
}
END_TEST

/* Type II as published needs consumption per wages cut to two decimals, as the publisher had it. */
START_TEST(netherlands_2000)
{
    static const char *const file = "world/netherlands_2000_answers.json";
    static const char *const sector[] = {"agriculture_group",   "mining_group",
                                         "manufacturing_group", "utilities_group",
                                         "construction_group",  "services_group"};
    wio_csv csv = {0};
    if (!load(&csv, "world/netherlands_2000.csv")) {
        return;
    }
    const double spending = look_up(&csv, "total_use_pp", "final_consumption_households");
    double wages = 0.0;
    for (size_t j = 0; j < 6; j++) {
        wages += look_up(&csv, "compensation_employees", sector[j]);
    }
    wio_table *tables[2]; /* consumption in full, and cut */
    for (int cut = 0; cut < 2; cut++) {
        national t;
        national_start(&t, 6, 2, 4, 0);
        t.use_role[0] = WIO_ROLE_HOUSEHOLD;
        t.use_role[1] = WIO_ROLE_GOVERNMENT;
        static const wio_role roles[] = {WIO_ROLE_COMPENSATION, WIO_ROLE_SURPLUS, WIO_ROLE_IMPORT,
                                         WIO_ROLE_OTHER};
        memcpy(t.item_role, roles, sizeof roles);
        for (size_t j = 0; j < 6; j++) {
            double sold = 0.0;
            for (size_t i = 0; i < 6; i++) {
                t.Z[i * 6 + j] = look_up(&csv, sector[i], sector[j]);
                sold += look_up(&csv, sector[j], sector[i]);
            }
            double bought = look_up(&csv, sector[j], "final_consumption_households");
            t.Y[2 * j] = cut ? floor(100.0 * bought / wages) / 100.0 * wages : bought;
            t.Y[2 * j + 1] = look_up(&csv, "output_bp", sector[j]) - sold - t.Y[2 * j];
            t.P[j] = look_up(&csv, "compensation_employees", sector[j]);
            t.P[6 + j] = look_up(&csv, "value_added_bp", sector[j]) - t.P[j];
            t.P[12 + j] = look_up(&csv, "imports", sector[j]);
            t.P[18 + j] = look_up(&csv, "net_tax", sector[j]);
        }
        tables[cut] = national_finish(&t);
    }
    wio_result *r = multipliers_of(tables[0], NULL);
    double want[6], direct[6], multiplier[6];
    ck_assert(answers(want, 6, file, "output_multipliers"));
    check_numbers(r, "output", want, 6,
                  1e-13); /* outputs are sums of rounded cells less than 1e-15 apart */
    check_numbers(r, "compensation", (double[]){.263, .099, .306, .212, .465, .493}, 6, 5.001e-4);
    for (size_t j = 0; j < 6; j++) {
        direct[j] = look_up(&csv, "compensation_employees", sector[j]) /
                    look_up(&csv, "output_bp", sector[j]);
        multiplier[j] = numbers_of(r, "compensation")[j] / direct[j];
    }
    static const double published[] = {2.466, 2.333, 1.840, 2.372, 1.953, 1.417};
    for (size_t j = 0; j < 6; j++) {
        ck_assert_double_eq_tol(multiplier[j], published[j], 5.001e-4);
    }
    wio_result_free(r);

    const struct {
        const char *key;
        int cut;
        wio_income income;
    } cases[] = {{"type2_hh_col=consumption/compensation", 0, WIO_INCOME_WAGES},
                 {"type2_hh_col=consumption/total_hh_use_pp", 0, WIO_INCOME_AMOUNT},
                 {"type2_hh_col_rounded_test", 1, WIO_INCOME_WAGES}};
    for (size_t c = 0; c < 3; c++) {
        r = multipliers_of(tables[cases[c].cut], &(wio_household_options){.endogenous = true,
                                                                          .income = cases[c].income,
                                                                          .amount = spending});
        ck_assert(answers(want, 6, file, cases[c].key));
        static const double type2[] = {3.6377, 3.4423, 2.7144, 3.4996, 2.8813, 2.0907};
        for (size_t j = 0; j < 6; j++) {
            double got = numbers_of(r, "compensation")[j] / direct[j];
            ck_assert_double_eq_tol(got, want[j], 1e-12);
            if (cases[c].cut) { /* the publisher rounded other coefficients too */
                ck_assert_double_eq_tol(got, type2[j], 1.2e-3);
            }
        }
        wio_result_free(r);
    }
    wio_table_free(tables[0]);
    wio_table_free(tables[1]);
    wio_csv_clear(&csv);
}
END_TEST

START_TEST(united_kingdom_2010)
{
    enum { N = 127 };
    static const char *const item[] = {"Compensation of employees", "Gross Operating Surplus",
                                       "Taxes less subsidies on production",
                                       "Taxes less subsidies on products",
                                       "Imported goods and services"};
    wio_csv csv = {0}, want = {0};
    if (!load(&csv, "world/uk2010/siot_domestic_bp_pxp.csv") ||
        !load(&want, "world/uk2010/check_numpy_vs_published.csv")) {
        return;
    }
    size_t first = column_of(&csv, "Households");
    national t;
    national_start(&t, N, 1, 5, 0);
    t.use_role[0] = WIO_ROLE_GOVERNMENT;
    static const wio_role roles[] = {WIO_ROLE_COMPENSATION, WIO_ROLE_SURPLUS, WIO_ROLE_TAX,
                                     WIO_ROLE_OTHER, WIO_ROLE_IMPORT};
    memcpy(t.item_role, roles, sizeof roles);
    for (size_t j = 0; j < N; j++) {
        (void)snprintf(t.code[j], sizeof t.code[j], "%s", at(&csv, j + 1, 0));
        for (size_t i = 0; i < N; i++) {
            t.Z[i * N + j] = number(&csv, i + 1, j + 1);
        }
        for (size_t c = 0; c < 9; c++) {
            t.Y[j] += number(&csv, j + 1, first + c);
        }
        for (size_t p = 0; p < 5; p++) {
            t.P[p * N + j] = number(&csv, row_of(&csv, item[p]), j + 1);
        }
    }
    wio_table *table = national_finish(&t);
    wio_result *r = multipliers_of(table, NULL);
    /* Published with 15 digits; rows balance to 4e-11 of 1e3 or more, condition number 4. */
    static const char *const column[] = {"out_mult_pub", "empcost_eff_pub", "gva_eff_pub"};
    static const char *const name[] = {"output", "compensation", "value_added"};
    for (size_t c = 0; c < 3; c++) {
        for (size_t j = 0; j < N; j++) {
            double answer = number(&want, j + 1, column_of(&want, column[c]));
            ck_assert_msg(fabs(numbers_of(r, name[c])[j] - answer) <= 1e-12,
                          "%s of %s: %.15g, not %.15g", name[c], at(&want, j + 1, 0),
                          numbers_of(r, name[c])[j], answer);
        }
    }
    wio_result_free(r);
    wio_table_free(table);
    wio_csv_clear(&csv);
    wio_csv_clear(&want);
}
END_TEST

START_TEST(chile_2013)
{
    enum { N = 12 };
    wio_csv flows = {0}, other = {0}, jobs = {0};
    static const char *const folder = "world/rpackages/leontief_chile2013/";
    char path[128];
    (void)snprintf(path, sizeof path, "%s%s", folder, "transaction_matrix.csv");
    if (!load(&flows, path)) {
        return;
    }
    (void)snprintf(path, sizeof path, "%s%s", folder, "wage_demand_matrix.csv");
    ck_assert(load(&other, path));
    (void)snprintf(path, sizeof path, "%s%s", folder, "employment_matrix.csv");
    ck_assert(load(&jobs, path));
    national t;
    double want[N], direct[N];
    national_start(&t, N, 1, 1, 1);
    t.item_role[0] = WIO_ROLE_COMPENSATION;
    for (size_t j = 0; j < N; j++) {
        double sold = 0.0;
        for (size_t i = 0; i < N; i++) {
            t.Z[i * N + j] = number(&flows, i + 1, j + 1);
            sold += number(&flows, j + 1, i + 1);
        }
        t.Y[j] = number(&other, j + 1, column_of(&other, "final_total_demand")) - sold;
        t.P[j] = number(&other, j + 1, column_of(&other, "wage"));
        t.S[j] = number(&jobs, j + 1, column_of(&jobs, "employees"));
        direct[j] = number(&jobs, j + 1, column_of(&jobs, "employment_coefficient"));
    }
    wio_table *table = national_finish(&t);
    wio_result *r = multipliers_of(table, NULL);
    (void)snprintf(path, sizeof path, "%s%s", folder, "answers_numpy.json");
    ck_assert(answers(want, N, path, "output_multiplier"));
    check_numbers(r, "output", want, N, 1e-14 * 4);
    double L[N * N]; /* jobs: e'L with the published coefficients and inverse */
    ck_assert(answers(L, (size_t)N * N, path, "L"));
    for (size_t j = 0; j < N; j++) {
        want[j] = 0.0;
        for (size_t i = 0; i < N; i++) {
            want[j] += direct[i] * L[i * N + j];
        }
    }
    check_numbers(r, "jobs", want, N,
                  1e-11); /* up to 100 jobs per million, 15 digits in the file */
    wio_result_free(r);
    wio_table_free(table);
    wio_csv_clear(&flows);
    wio_csv_clear(&other);
    wio_csv_clear(&jobs);
}
END_TEST

START_TEST(miller_and_blair)
{
    static const char *const file = "world/textbook/miller_blair_2sector.json";
    static const char *const two = "world/textbook/miller_blair_two_region_interregional.json";
    national t;
    double f[5], x[5], want[25];
    national_start(&t, 2, 1, 1, 1);
    if (!answers(t.Z, 4, file, "Z")) {
        national_free(&t);
        return;
    }
    ck_assert(answers(t.Y, 2, file, "f") && answers(t.P, 2, file, "value_added"));
    ck_assert(answers(x, 2, file, "x") && answers(want, 2, file, "labor_coeff"));
    t.item_role[0] = WIO_ROLE_VALUE_ADDED;
    t.S[0] = want[0] * x[0];
    t.S[1] = want[1] * x[1];
    wio_table *table = national_finish(&t);
    wio_result *r = multipliers_of(table, NULL);
    ck_assert(answers(want, 4, file, "L_full"));
    check_numbers(r, "output", (double[]){want[0] + want[2], want[1] + want[3]}, 2, 1e-15 * 4);
    check_numbers(r, "value_added", (double[]){1, 1}, 2, 1e-15 * 4);
    ck_assert(isnan(numbers_of(r, "compensation")[0]) && isnan(numbers_of(r, "imports")[1]));
    wio_result_free(r);
    ck_assert(answers(f, 2, file, "new_f") && answers(want, 2, file, "x_new_full"));
    ck_assert_int_eq(wio_solve(&r, table, f, NULL, NULL, NULL), WIO_OK);
    check_numbers(r, "output", (double[]){1247.5, 1841.6}, 2, .05001);
    check_numbers(r, "output", want, 2, 1842 * 1e-15 * 4);
    check_numbers(r, "jobs", (double[]){374.25, 460.4}, 2,
                  .0151); /* of outputs printed to a tenth */
    wio_result_free(r);
    wio_table_free(table);

    national_start(&t, 5, 1, 0, 0);
    ck_assert(answers(t.Z, 25, two, "Z") && answers(t.Y, 5, two, "f"));
    ck_assert(answers(want, 25, two, "L"));
    table = national_finish(&t);
    r = multipliers_of(table, NULL);
    for (size_t j = 0; j < 5; j++) {
        double sum = want[j] + want[5 + j] + want[10 + j] + want[15 + j] + want[20 + j];
        ck_assert_double_eq_tol(numbers_of(r, "output")[j], sum,
                                2e-14); /* n = 5, condition about 10 */
    }
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

/* World 2009: 10 regions, 12 sectors; the answers in thousand persons. */
static wio_table *world_2009(wio_csv *flows, wio_csv *uses, wio_csv *rest)
{
    enum { N = 120, F = 50 };
    static const wio_role roles[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_HOUSEHOLD, WIO_ROLE_GOVERNMENT,
                                     WIO_ROLE_INVESTMENT, WIO_ROLE_INVENTORY};
    static const char *const use[] = {"HFCE", "NPISH", "GGFC", "GFCF", "INVNT"};
    char *code[10];
    const char *region[10], *sector[N], *final_use[F];
    size_t origin[N], where[F];
    wio_role role[F];
    bool yes[10];
    double *Z = wio_alloc((size_t)N * N, sizeof *Z), *Y = wio_alloc((size_t)N * F, sizeof *Y);
    double P[N], S[N];
    ck_assert(Z != NULL && Y != NULL);
    for (size_t r = 0; r < 10; r++) {
        const char *label = at(rest, 1 + 12 * r, 0);
        code[r] = wio_strndup(label, strcspn(label, "_"));
        region[r] = code[r];
        yes[r] = true;
    }
    for (size_t i = 0; i < N; i++) {
        origin[i] = i / 12;
        sector[i] = strchr(at(rest, 1 + i, 0), '_') + 1;
        P[i] = number(rest, 1 + i, column_of(rest, "VA"));
        S[i] = number(rest, 1 + i, column_of(rest, "EMP_thousand"));
        for (size_t j = 0; j < N; j++) {
            Z[i * N + j] = number(flows, 1 + i, 1 + j);
        }
        for (size_t c = 0; c < F; c++) {
            Y[i * F + c] = number(uses, 1 + i, 1 + c);
            where[c] = c / 5;
            final_use[c] = use[c % 5];
            role[c] = roles[c % 5];
        }
    }
    const wio_table_arrays arrays = {.name = "world",
                                     .title = "world 2009",
                                     .currency = "USD",
                                     .year = 2009,
                                     .price_basis = "basic",
                                     .import_split = "survey",
                                     .household_income = NAN,
                                     .regions = 10,
                                     .region_code = region,
                                     .endogenous = yes,
                                     .n = N,
                                     .m = N,
                                     .origin_region = origin,
                                     .origin_sector = sector,
                                     .f = F,
                                     .final_region = where,
                                     .final_use = final_use,
                                     .final_role = role,
                                     .p = 1,
                                     .primary_item = (const char *const[]){"va"},
                                     .primary_role = (const wio_role[]){WIO_ROLE_VALUE_ADDED},
                                     .k = 1,
                                     .account = (const char *const[]){"jobs"},
                                     .account_unit = (const char *const[]){"thousand persons"},
                                     .Z = Z,
                                     .Y = Y,
                                     .P = P,
                                     .S = S};
    wio_table *table = table_made(&arrays);
    for (size_t r = 0; r < 10; r++) {
        wio_free(code[r]);
    }
    wio_free(Z);
    wio_free(Y);
    return table;
}

START_TEST(world_of_2009)
{
    enum { N = 120, F = 50, CHINA = 1 };
    wio_csv flows = {0}, uses = {0}, rest = {0}, want = {0};
    if (!load(&flows, "world/wiod2009_10x12/Z.csv")) {
        return;
    }
    ck_assert(load(&uses, "world/wiod2009_10x12/Y.csv"));
    ck_assert(load(&rest, "world/wiod2009_10x12/X_VA_EMP.csv"));
    ck_assert(load(&want, "world/wiod2009_10x12/ans_by_sector.csv"));
    wio_table *table = world_2009(&flows, &uses, &rest);
    wio_result *r = multipliers_of(table, NULL);
    double f[N], answer;
    for (size_t i = 0; i < N; i++) { /* printed with 17 digits; n = 120, condition 5.9 */
        answer = number(&want, 1 + i, column_of(&want, "output_multiplier"));
        ck_assert_double_eq_tol(numbers_of(r, "output")[i], answer, 1e-13);
        answer =
            number(&want, 1 + i, column_of(&want, "employment_multiplier_world_jobs_per_musd"));
        ck_assert_double_eq_tol(1e3 * numbers_of(r, "jobs")[i], answer, 1e-10);
        ck_assert_double_eq_tol(numbers_of(r, "value_added")[i], 1.0, 1e-13);
        f[i] = 0.0;
        for (size_t c = 5 * CHINA; c < 5 * CHINA + 5; c++) {
            f[i] -= .1 * wio_table_Y(table)[i * F + c];
        }
    }
    ck_assert(isnan(numbers_of(r, "imports")[0])); /* every region is inside */
    ck_assert_double_eq_tol(strtod(wio_result_attribute(r, "certificate/condition"), NULL),
                            5.919027892871969, 1e-11);
    double low = strtod(wio_result_attribute(r, "certificate/radius_low"), NULL);
    double high = strtod(wio_result_attribute(r, "certificate/radius_high"), NULL);
    ck_assert(low <= .6236987186364185 && .6236987186364185 <= high && high - low < 1e-3);
    wio_result_free(r);

    ck_assert_int_eq(wio_solve(&r, table, f, NULL, NULL, NULL),
                     WIO_OK); /* China's demand less a tenth */
    for (size_t i = 0; i < N; i++) {
        answer = number(&want, 1 + i, column_of(&want, "S5_dX_minus10pct_CHN_FD"));
        ck_assert_double_eq_tol(numbers_of(r, "output")[i], answer, 1e-13 * 3e5);
        answer = number(&want, 1 + i, column_of(&want, "S5_dEMP"));
        ck_assert_double_eq_tol(numbers_of(r, "jobs")[i], answer, 1e-13 * 3e4);
    }
    ck_assert_double_eq_tol(wio_sum(numbers_of(r, "output"), 12, 1), -19954.132764094335, 1e-7);
    ck_assert_double_eq_tol(wio_sum(numbers_of(r, "jobs"), 12, 1), -92.93029481229702, 1e-10);
    ck_assert_double_eq_tol(wio_sum(numbers_of(r, "value_added"), 12, 1), -9429.312945565514, 1e-7);
    wio_result_free(r);
    wio_table_free(table);
    wio_csv_clear(&flows);
    wio_csv_clear(&uses);
    wio_csv_clear(&rest);
    wio_csv_clear(&want);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("published");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 30);
    tcase_add_test(known, germany_1995);
    tcase_add_test(known, netherlands_2000);
    tcase_add_test(known, united_kingdom_2010);
    tcase_add_test(known, chile_2013);
    tcase_add_test(known, miller_and_blair);
    tcase_add_test(known, world_of_2009);
    suite_add_tcase(suite, known);
    return run_suite(suite);
}
