/* test_aggregate.c - aggregation: Hatanaka's condition (MODEL Q18), WIOD 2009 to 10 x 12, shares,
 * missing satellites, what is refused. */
#include "support.h"

#include "../core/table.h"
#include "../io/io.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static wio_table *aggregated(const wio_table *table, const wio_concordance *regions,
                             const wio_concordance *sectors, const wio_aggregate_options *options,
                             wio_aggregate_report *report, wio_log *log)
{
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status =
        wio_table_aggregate(&out, table, regions, sectors, options, report, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return out;
}

static const char *const ABC[] = {"a", "b", "c"};

/* MODEL Q18: A and f as printed; Z = A x^, x = (20, 29.0909.., 43.6363..) = (220, 320, 480)/11. */
static wio_table *hatanaka(void)
{
    static const double A[] = {.1, .2, .05, .2, .1, .05, .1, .1, .2};
    static const double f[] = {10, 20, 30};
    double Z[9], P[3];
    const double S[] = {5, NAN, 7}, x[] = {20, 320. / 11, 480. / 11};
    for (size_t j = 0; j < 3; j++) {
        P[j] = x[j];
        for (size_t i = 0; i < 3; i++) {
            Z[3 * i + j] = A[3 * i + j] * x[j];
            P[j] -= Z[3 * i + j];
        }
    }
    const wio_table_arrays arrays = one_region("q18", 3, ABC, Z, f, P, S);
    return table_made(&arrays);
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(hatanakas_condition)
{
    static const char *const to[] = {"ab", "ab", "c"};
    const wio_concordance sectors = concordance_of(3, ABC, to, NULL);
    const wio_aggregate_options options = {.bias = true};
    wio_aggregate_report report;
    wio_table *table = hatanaka();
    wio_table *out = aggregated(table, NULL, &sectors, &options, &report, NULL);
    ck_assert_uint_eq(out->n, 2);
    ck_assert_double_eq_tol(out->x[0], 49.090909, 5.001e-7);
    ck_assert_double_eq_tol(out->x[1], 43.636364, 5.001e-7);
    static const double want[] = {.3, .1, .1, .2};
    for (size_t k = 0; k < 4; k++) {
        ck_assert_double_eq_tol(out->Z[k] / out->x[k % 2], want[k], 1e-14);
    }
    ck_assert_double_lt(report.hatanaka, 1e-14);
    ck_assert_double_lt(report.multiplier_bias, 1e-13);
    ck_assert_double_lt(report.demand_bias, 1e-13);
    ck_assert_ptr_nonnull(strstr(out->note[out->notes - 1], "Aggregated from q18: 3 activities (1 "
                                                            "regions, 3 sectors) became 2 (1, 2)"));
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(toy3_has_a_bias)
{
    /* By hand from MODEL 3a: A* of {A, MS}: columns (20+35)/120.., and L* by Cramer's rule in long
     * double. S A - A* S is largest in column M or S. */
    static const char *const from[] = {"A", "M", "S"}, *const to[] = {"A", "MS", "MS"};
    const wio_concordance sectors = concordance_of(3, from, to, NULL);
    const wio_aggregate_options options = {.bias = true};
    wio_aggregate_report report;
    wio_table *table = toy3();
    wio_table *out = aggregated(table, NULL, &sectors, &options, &report, NULL);
    const long double a = 20.L / 120, b = 50.L / 1900, c = 35.L / 120, d = 480.L / 1900;
    const long double det = (1 - a) * (1 - d) - b * c;
    const long double m[] = {(1 - d + c) / det, (b + 1 - a) / det}; /* 1'L* */
    static const double L[] = {1.694424, 1.549602, 1.309920};       /* MODEL 3a, six digits */
    double worst = 0.0, mean = 0.0;
    for (size_t j = 0; j < 3; j++) {
        double off = fabs((double)m[j != 0] - L[j]);
        worst = fmax(worst, off);
        mean += off * table->x[j] / 2020;
    }
    ck_assert_double_eq_tol(report.multiplier_bias, worst, 1e-6);
    ck_assert_double_eq_tol(report.multiplier_mean, mean, 1e-6);
    ck_assert_uint_eq(report.multiplier_at, 1);
    /* Column M of S A is (40, 220)/700, of A* (50, 480)/1900; column S (10, 260)/1200. */
    ck_assert_double_eq_tol(report.hatanaka, 220. / 700 - 480. / 1900, 1e-14);
    ck_assert(report.demand_bias > 1e-3 && report.demand_bias < .1);
    ck_assert_double_eq(out->S[1], 9300);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* A block of numbers with labels in the first line and column. */
static void load(wio_csv *csv, const char *relative, bool *there)
{
    char path[4096], *data = NULL;
    size_t length;
    *there = third_party(path, sizeof path, relative);
    if (*there) {
        ck_assert_int_eq(wio_file_read(&data, &length, path, (size_t)1 << 30, NULL), WIO_OK);
        ck_assert_int_eq(wio_csv_parse(csv, data, length, relative, NULL, NULL), WIO_OK);
    }
}

static double number(const wio_csv *csv, size_t row, size_t column)
{
    const char *cell = csv->cell[csv->start[row] + column];
    double value = NAN;
    ck_assert(wio_parse_double(&value, cell, strlen(cell)));
    return value;
}

enum { N = 1435, F = 205, R = 41, USES = 5 };

/* WIOD 2009 as it is published: the two household uses apart. Integers lose so much of the smallest
 * sectors that some rows sum to nothing or less (LUX.c5: -1); these get their published output
 * instead of what their final uses sum to, in the last column. *added is how much. */
static wio_table *wiod(double *added, const wio_csv *Z, const wio_csv *Y, const wio_csv *X)
{
    static char region[R][8], sector[N][8], use[USES][16];
    static const char *region_code[R], *sector_code[N], *use_code[F];
    static size_t origin[N], final[F];
    static wio_role role[F];
    static bool endogenous[R];
    static const wio_role ROLE[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_HOUSEHOLD, WIO_ROLE_GOVERNMENT,
                                    WIO_ROLE_INVESTMENT, WIO_ROLE_INVENTORY};
    double *z = wio_alloc((size_t)N * N, sizeof *z), *y = wio_alloc((size_t)N * F, sizeof *y),
           *p = wio_alloc(N, sizeof *p);
    for (size_t i = 0; i < N; i++) {
        const char *label = Z->cell[Z->start[i + 1]];
        ck_assert_int_eq(sscanf(label, "%7[A-Za-z]_%7s", region[i / 35], sector[i]), 2);
        region_code[i / 35] = region[i / 35];
        endogenous[i / 35] = true;
        sector_code[i] = sector[i];
        origin[i] = i / 35;
        p[i] = number(X, i + 1, 2);
        for (size_t j = 0; j < N; j++) {
            z[i * N + j] = number(Z, i + 1, j + 1);
        }
        for (size_t j = 0; j < F; j++) {
            y[i * F + j] = number(Y, i + 1, j + 1);
        }
        double sum = wio_sum(z + i * N, N, 1) + wio_sum(y + i * F, F, 1);
        double output = number(X, i + 1, 1);
        if (sum <= 0.0) {
            memset(y + i * F, 0, F * sizeof *y);
            y[i * F + F - 1] = output - wio_sum(z + i * N, N, 1);
            *added += output - sum;
        }
    }
    for (size_t c = 0; c < F; c++) {
        final[c] = c / USES;
        role[c] = ROLE[c % USES];
        (void)sscanf(Y->cell[c + 1], "%*[A-Za-z]_%15s", use[c % USES]);
        use_code[c] = use[c % USES];
    }
    wio_table *table =
        table_made(&(wio_table_arrays){.name = "wiod-2009",
                                       .currency = "USD",
                                       .year = 2009,
                                       .price_basis = "basic",
                                       .import_split = "proportional",
                                       .household_income = NAN,
                                       .regions = R,
                                       .region_code = region_code,
                                       .endogenous = endogenous,
                                       .n = N,
                                       .m = N,
                                       .origin_region = origin,
                                       .origin_sector = sector_code,
                                       .f = F,
                                       .final_region = final,
                                       .final_use = use_code,
                                       .final_role = role,
                                       .p = 1,
                                       .primary_item = (const char *const[]){"value_added"},
                                       .primary_role = (const wio_role[]){WIO_ROLE_VALUE_ADDED},
                                       .Z = z,
                                       .Y = y,
                                       .P = p});
    wio_free(z);
    wio_free(y);
    wio_free(p);
    return table;
}

/* Position of row i of the 10 x 12 file in the aggregated table. */
static size_t place(const wio_table *table, const wio_csv *csv, size_t i)
{
    char region[16], sector[32];
    ck_assert_int_eq(sscanf(csv->cell[csv->start[i + 1]], "%15[A-Z0-9]_%31s", region, sector), 2);
    size_t at = wio_table_origin(table, wio_names_find(&table->region, region),
                                 wio_names_find(&table->sector, sector));
    ck_assert_uint_lt(at, table->n);
    return at;
}

START_TEST(wiod_2009_becomes_ten_by_twelve)
{
    wio_csv Z = {0}, Y = {0}, X = {0}, z = {0}, v = {0};
    bool there[5];
    load(&Z, "world/wiod2013/2009/Z.csv", &there[0]);
    load(&Y, "world/wiod2013/2009/Y.csv", &there[1]);
    load(&X, "world/wiod2013/2009/X_VA.csv", &there[2]);
    load(&z, "world/wiod2009_10x12/Z.csv", &there[3]);
    load(&v, "world/wiod2009_10x12/X_VA_EMP.csv", &there[4]);
    char regions[4096], sectors[4096];
    if (!there[0] || !there[3] ||
        !third_party(regions, sizeof regions, "world/wiod2009_10x12/concordance_regions.csv") ||
        !third_party(sectors, sizeof sectors, "world/wiod2009_10x12/concordance_sectors.csv")) {
        return;
    }
    wio_concordance *r = NULL, *s = NULL;
    double added = 0.0;
    ck_assert_int_eq(wio_concordance_read(&r, regions, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_concordance_read(&s, sectors, NULL, NULL), WIO_OK);
    wio_table *table = wiod(&added, &Z, &Y, &X), *shipped = NULL;
    wio_table *out = aggregated(table, r, s, NULL, NULL, NULL);
    ck_assert_int_eq(wio_table_open(&shipped, "world-2009", NULL, NULL, NULL), WIO_OK);
    ck_assert_uint_eq(out->n, 120);
    for (size_t i = 0; i < 120; i++) { /* integers: exact in any order */
        size_t I = place(out, &z, i);
        /* There value added is what the row sum leaves; WIOD's own is what its X leaves. */
        double rest = out->x[I] - wio_sum(out->Z + I, 120, 120);
        ck_assert_double_eq_tol(rest, number(&v, i + 1, 2), added);
        ck_assert_double_eq_tol(rest, shipped->P[i], added);
        for (size_t j = 0; j < 120; j++) {
            double flow = out->Z[I * 120 + place(out, &z, j)];
            ck_assert_double_eq(flow, number(&z, i + 1, j + 1));
            ck_assert_double_eq(flow, shipped->Z[i * 120 + j]);
        }
        ck_assert_double_eq_tol(out->x[I], shipped->x[i], added);
    }
    ck_assert_double_le(added, 100); /* of 1.1e8 */
    ck_assert_double_eq_tol(wio_sum(out->x, 120, 1), wio_sum(shipped->x, 120, 1) + added, 1e-6);
    wio_csv *const files[] = {&Z, &Y, &X, &z, &v};
    for (size_t k = 0; k < 5; k++) {
        wio_csv_clear(files[k]);
    }
    wio_table_free(shipped);
    wio_table_free(out);
    wio_table_free(table);
    wio_concordance_free(r);
    wio_concordance_free(s);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

START_TEST(totals_do_not_change)
{
    uint64_t state = 9 + (uint64_t)_i;
    static const char *const from[] = {"G", "G", "S", "S"}, *const to[] = {"P", "Q", "P", "Q"};
    double share = random_uniform(&state), other = random_uniform(&state);
    const double weight[] = {share, 1 - share, other, 1 - other};
    static const char *const three[] = {"US", "CN", "RW"}, *const two[] = {"US", "ROW", "ROW"};
    const wio_concordance sectors = concordance_of(4, from, to, weight);
    const wio_concordance regions = concordance_of(3, three, two, NULL);
    wio_table *table = toy_mrio();
    wio_aggregate_report report;
    wio_table *out = aggregated(table, &regions, &sectors, NULL, &report, NULL);
    ck_assert_uint_eq(out->n, 4);
    ck_assert_uint_eq(report.split, 2);
    const double before = wio_sum(table->x, 6, 1);
    ck_assert_double_eq_tol(wio_sum(out->x, 4, 1), before, 40 * 0x1p-53 * before);
    ck_assert_double_eq_tol(wio_sum(out->P, 4, 1), wio_sum(table->P, 6, 1), 40 * 0x1p-53 * before);
    for (size_t J = 0; J < 4; J++) { /* the identities survive */
        ck_assert_double_eq_tol(out->cost[J], out->x[J], 40 * 0x1p-53 * before);
    }
    /* CN and RW together trade at home: the ROW cell is the sum of four blocks. */
    ck_assert_double_eq_tol(wio_sum(out->Z, 16, 1), wio_sum(table->Z, 36, 1), 1e-9);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(without_concordances_nothing_changes)
{
    wio_table *table = toy3();
    wio_table *out = aggregated(table, NULL, NULL, NULL, NULL, NULL);
    char *changes = NULL;
    ck_assert_int_eq(wio_table_changes(&changes, table, out, NULL), WIO_OK);
    ck_assert_str_eq(changes, "block,region,sector,to_region,user,before,after,change\n");
    ck_assert_mem_eq(out->S, table->S, 3 * sizeof(double));
    wio_free(changes);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(a_missing_satellite_stays_missing_or_is_a_lower_bound)
{
    static const char *const to[] = {"ab", "ab", "c"};
    const wio_concordance sectors = concordance_of(3, ABC, to, NULL);
    const wio_aggregate_options bounds = {.lower_bounds = true};
    wio_table *table = hatanaka();
    wio_table *out = aggregated(table, NULL, &sectors, NULL, NULL, NULL);
    ck_assert(isnan(out->S[0]));
    ck_assert_double_eq(out->S[1], 7);
    wio_table_free(out);
    out = aggregated(table, NULL, &sectors, &bounds, NULL, NULL);
    ck_assert_double_eq(out->S[0], 5);
    ck_assert_uint_eq(out->satellite_notes, 1);
    ck_assert_str_eq(out->satellite_note[2], "ab");
    /* 20 of 49.0909 */
    ck_assert_str_eq(out->satellite_note[3],
                     "lower bound: members with 40.74 % of output have a number");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(every_code_that_is_not_mapped_is_named)
{
    static const char *const from[] = {"a", "b", "b", "d"}, *const to[] = {"x", "x", "y", "y"};
    const double weight[] = {1, .5, .4, 1};
    const wio_concordance sectors = concordance_of(4, from, to, weight);
    wio_table *table = hatanaka(), *out = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    ck_assert_int_eq(wio_table_aggregate(&out, table, NULL, &sectors, NULL, NULL, log, &err),
                     WIO_E_TABLE);
    ck_assert_ptr_null(out);
    ck_assert_str_eq(err.message, "the table has no sector 'd' (did you mean 'a'?)");
    ck_assert(logged(log, "the weights of sector b sum to 0.9, not to 1"));
    ck_assert(logged(log, "sector c is not in the concordance: give it a target"));
    wio_log_free(log);
    wio_table_free(table);
}
END_TEST

START_TEST(a_mistake_in_a_file_is_named_with_its_line)
{
    scratch_write("c.csv", "from,to,weight\na,x,1\nb,x,.5\nb,y,.4\nc,x,1\na,x,1\nd,x,1\n");
    wio_concordance *sectors = NULL;
    ck_assert_int_eq(wio_concordance_read(&sectors, scratch("c.csv"), NULL, NULL), WIO_OK);
    wio_table *table = hatanaka(), *out = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_aggregate(&out, table, NULL, sectors, NULL, NULL, log, NULL),
                     WIO_E_TABLE);
    ck_assert(logged(log, "c.csv:6:1: error: sector a goes to x twice (first at line 2)"));
    ck_assert(logged(log, "c.csv:3:1: error: the weights of sector b sum to 0.9, not to 1"));
    ck_assert(logged(log, "c.csv:7:1: error: the table has no sector 'd'"));
    wio_concordance_free(sectors);
    wio_log_free(log);
    wio_table_free(table);
}
END_TEST

START_TEST(what_cannot_be_one_region_is_refused)
{
    static const char *const from[] = {"US", "CN", "RW"}, *const to[] = {"W", "W", "RW"};
    const wio_concordance regions = concordance_of(3, from, to, NULL);
    wio_table *table = toy3(), *out = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_aggregate(&out, table, &regions, NULL, NULL, NULL, NULL, &err),
                     WIO_E_TABLE);
    ck_assert_str_eq(err.message,
                     "W cannot be one region: US has production columns and CN has not");
    wio_table_free(table);
}
END_TEST

START_TEST(files_that_nobody_described_are_refused_or_left_out)
{
    wio_table *table = NULL, *out = NULL;
    wio_error err = {0};
    const wio_aggregate_options drop = {.drop_files = true};
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_open(&table, "us-2017", NULL, NULL, NULL), WIO_OK);
    scratch_write("c.csv", "file,column,kind,weight\nplants.csv,*,drop,\n");
    ck_assert_int_eq(wio_table_add_file(table, "columns.csv", scratch("c.csv"), NULL, &err),
                     WIO_OK);
    ck_assert_int_eq(wio_table_aggregate(&out, table, NULL, NULL, NULL, NULL, NULL, &err),
                     WIO_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.message, "has a line per sector or region"));
    out = aggregated(table, NULL, NULL, &drop, NULL, log);
    ck_assert_ptr_null(wio_table_frame(out, "tariffs.csv"));
    ck_assert_ptr_null(wio_table_frame(out, "plants.csv"));
    ck_assert_ptr_nonnull(wio_table_frame(out, "phase_one_outcome.csv"));
    ck_assert(logged(log, "tariffs.csv is left out"));
    ck_assert_uint_eq(out->groups, table->groups);
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

static const struct {
    const char *text, *message;
} WRONG[] = {
    {"from\na\n", ":1:1: the first line has to be 'from,to' or 'from,to,weight'"},
    {"from,to,share\na,b,1\n", ":1:1: the first line has to be 'from,to' or 'from,to,weight'"},
    {"from,to,weight\na,b,x\n", ":2:3: weight is 'x', not a number"},
    {"from,to,weight\na,b,-1\n", ":2:3: weight is -1: a share is not negative"},
    {"from,to\na,\n", ":2:2: the code is empty"},
    {"from,to\na,b,c\n", ":2:1: expected 2 cells as in the first line, got 3"},
};

START_TEST(mistakes_in_a_concordance_are_placed)
{
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        wio_concordance *c = NULL;
        wio_error err = {0};
        scratch_write("c.csv", WRONG[i].text);
        ck_assert_int_eq(wio_concordance_read(&c, scratch("c.csv"), NULL, &err), WIO_E_FORMAT);
        ck_assert_str_eq(strstr(err.message, "c.csv:") + 5, WRONG[i].message);
        ck_assert_ptr_null(c);
    }
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    static const char *const to[] = {"ab", "ab", "c"};
    const wio_concordance sectors = concordance_of(3, ABC, to, NULL);
    const wio_aggregate_options options = {.lower_bounds = true, .bias = true};
    wio_table *table = hatanaka();
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *out = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_table_aggregate(&out, table, NULL, &sectors, &options, NULL, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (out == NULL && err.message[0] != '\0'));
        wio_table_free(out);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 2000);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aggregate");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 60);
    tcase_add_test(known, hatanakas_condition);
    tcase_add_test(known, toy3_has_a_bias);
    tcase_add_test(known, wiod_2009_becomes_ten_by_twelve);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, totals_do_not_change, 0, 10);
    tcase_add_test(properties, without_concordances_nothing_changes);
    tcase_add_test(properties, a_missing_satellite_stays_missing_or_is_a_lower_bound);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, every_code_that_is_not_mapped_is_named);
    tcase_add_test(failures, a_mistake_in_a_file_is_named_with_its_line);
    tcase_add_test(failures, what_cannot_be_one_region_is_refused);
    tcase_add_test(failures, files_that_nobody_described_are_refused_or_left_out);
    tcase_add_test(failures, mistakes_in_a_concordance_are_placed);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
