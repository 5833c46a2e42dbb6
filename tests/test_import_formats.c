/* test_import_formats.c - suite for the importers on files of the publishers, or mock files of their
 * formats: shapes, totals, five cells by their labels.
 *
 * What the numbers have to be was read from the same files with pandas. Nothing of these files is in
 * the repository: where they are not there the tests say "skipped". */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct cell {
    char block; /* 'Z' or 'Y' */
    const char *seller_region, *seller, *buyer_region, *buyer;
    double value;
} cell;

static const struct source {
    const char *format, *path;
    wio_import_options options; /* .merge and .roles say that there is such a file: see below */
    size_t n, m, f, p, k;
    double Z, Y, P; /* sums */
    cell cells[5];
} sources[] = {
    {"pymrio",
     "pymrio_native/test_mrio_raw_txt",
     {.year = 2010},
     48,
     48,
     42,
     1,
     2,
     38872616.88392532,
     3285132732.4211073,
     39141414.265,
     {{'Z', "reg6", "trade", "reg2", "other", 888.43593},
      {'Z', "reg4", "trade", "reg6", "other", 998.18941},
      {'Z', "reg5", "food", "reg6", "food", 2926.985},
      {'Y', "reg6", "food", "reg3", "Final consumption expenditure by households", 7622.2409},
      {'Y', "reg5", "trade", "reg5", "Gross fixed capital formation", 55392967.0}}},
    {"wiod2013",
     "wiod2013/2009",
     {.merge = "merge"},
     1433,
     1433,
     205,
     1,
     0,
     57155872.0,
     56940120.0,
     57002214.0,
     {{'Z', "BEL", "c6", "RUS", "c12", 1.0},
      {'Z', "ESP", "c3", "DNK", "c22", 1.0},
      {'Z', "DNK", "c12", "NLD", "c15", 6.0},
      {'Y', "AUS", "c9", "RoW", "c37_HFCE", 489.0},
      {'Y', "IND", "c9", "SVN", "c39_GGFC", 4.0}}},
    {"wiod2016-niot",
     "wiod2016_niot/USA2014",
     {.year = 0},
     56,
     112,
     6,
     6,
     0,
     13554177.267015915,
     19824513.760569528,
     17416845.828327708,
     {{'Z', "USA", "C24", "USA", "E36", 0.7059353636902765},
      {'Z', "USA", "C23", "USA", "C13-C15", 225.3767132642682},
      {'Z', "ROW", "H51", "USA", "J58", 293.66986752962606},
      {'Y', "USA", "J59_J60", "USA", "CONS_h", 104363.35525387831},
      {'Y', "USA", "H51", "ROW", "EXP", 48076.2723766948}}},
    {"wiod2016-niot",
     "wiod2016_niot/CHN2014",
     {.year = 0},
     56,
     112,
     6,
     6,
     0,
     21346381.812146913,
     12241557.623841345,
     10398719.841411341,
     {{'Z', "ROW", "T", "CHN", "A02", 0.0029390639953540514},
      {'Z', "ROW", "F", "CHN", "G47", 26.107921531506676},
      {'Z', "CHN", "G46", "CHN", "H49", 8841.685818522317},
      {'Y', "ROW", "B", "CHN", "GFCF", 219.1380909798723},
      {'Y', "ROW", "C21", "CHN", "INVEN", 43.786191229625636}}},
    {"icio",
     "pymrio_mocks/oecd_mock/ICIO2016_2003.csv",
     {.year = 0},
     48,
     48,
     24,
     1,
     0,
     25308592.60580565,
     10752436026.0,
     24117105.775,
     {{'Z', "PER", "C20WOD", "NZL", "C23PET", 6.5887596},
      {'Z', "CN2", "C24CHM", "CN1", "C24CHM", 1693.0201},
      {'Z', "CN2", "C01T05AGR", "NZL", "C20WOD", 37.025998},
      {'Y', "CN1", "C01T05AGR", "NZL", "DIRP", 17776578.0},
      {'Y', "NZL", "C21T22PAP", "PER", "GFCF", 356368.0}}},
    {"eora26",
     "pymrio_mocks/eora26_mock",
     {.year = 0},
     48,
     48,
     42,
     1,
     2,
     38872.61688392532,
     3285132.7324211076,
     39141.414265,
     {{'Z', "reg6", "food", "reg4", "electricity", 0.00011058943},
      {'Z', "reg2", "manufactoring", "reg2", "other", 100.05135},
      {'Z', "reg3", "transport", "reg3", "mining", 5.1568371},
      {'Y', "reg1", "trade", "reg3", "Gross fixed capital formation", 0.8096524399999999},
      {'Y', "reg4", "trade", "reg6", "Final consumption expenditure by government", 0.017253634}}},
    {"mario",
     "mario/iot_export_csv",
     {.year = 2020, .roles = "roles"},
     6,
     6,
     2,
     3,
     2,
     86392977.8644973,
     84884053.43411592,
     84884053.43438211,
     {{'Z', "Reg1", "Services", "Reg2", "Agriculture", 1301.725200439248},
      {'Z', "Reg1", "Agriculture", "Reg2", "Services", 10341.91611013922},
      {'Z', "Reg1", "Agriculture", "Reg1", "Industry", 5357798.997117119},
      {'Y', "Reg1", "Services", "Reg2", "Final demand", 52869.74778356473},
      {'Y', "Reg2", "Industry", "Reg2", "Final demand", 299898.9111312811}}},
    {"siot",
     "germany_1995_wide.csv",
     {.region = "DEU", .unit = "million EUR"},
     6,
     6,
     5,
     6,
     3,
     1225617.0,
     1884813.0,
     1884813.0,
     {{'Z', "DEU", "construction", "DEU", "industry_group", 7334.0},
      {'Z', "DEU", "other_services_group", "DEU", "industry_group", 14986.0},
      {'Z', "DEU", "industry_group", "DEU", "other_services_group", 30360.0},
      {'Y', "DEU", "construction", "ROW", "exports", 149.0},
      {'Y', "DEU", "construction", "DEU", "gross_capital_formation", 191715.0}}},
    {"siot",
     "croatia_2010_1700_wide.csv",
     {.year = 2010, .region = "HRV", .unit = "thousand HRK"},
     65,
     65,
     7,
     6,
     0,
     266282.0069953613,
     415415.9327961937,
     415415.9327961935,
     {{'Z', "HRV", "CPA_C16", "HRV", "CPA_C30", 19.954912747396502},
      {'Z', "HRV", "CPA_A01", "HRV", "CPA_M74_M75", 8.828672070305771},
      {'Z', "HRV", "CPA_U", "HRV", "CPA_H53", 1.16171976955348e-08},
      {'Y', "HRV", "CPA_O84", "HRV", "P3_S13", 33391.1870050813},
      {'Y', "HRV", "CPA_J62_J63", "HRV", "P3_S14", 307.68973632801}}},
    {"siot",
     "uk2010/siot_domestic_bp_pxp.csv",
     {.year = 2010, .region = "GBR", .unit = "million GBP"},
     127,
     127,
     9,
     5,
     0,
     1027811.0000000001,
     1683369.0,
     1683369.0,
     {{'Z', "GBR", "37", "GBR", "28", 4.39732548163353},
      {'Z', "GBR", "28", "GBR", "66", 1.34309706914103},
      {'Z', "GBR", "66", "GBR", "64", 2473.57806538591},
      {'Y', "GBR", "58", "GBR", "Changes in inventories", 38.0},
      {'Y', "GBR", "79", "GBR", "Households", 578.0}}},
    {"wiod2013",
     "pymrio_mocks/wiod_mock/wiot09_row_sep12.xlsx",
     {.year = 0},
     48,
     48,
     30,
     6,
     0,
     38872616.88392532,
     3283795836.1656485,
     2559123.6455900003,
     {{'Z', "BEL", "c35", "USA", "c2", 150.66811},
      {'Z', "USA", "c3", "ROM", "c1", 3609.2739},
      {'Z', "BEL", "c4", "BEL", "c5", 2392.3255},
      {'Y', "BEL", "c7", "RoW", "c37", 2459.2333},
      {'Y', "ROM", "c35", "BEL", "c37", 401.93686}}},
    {"mario",
     "mario/test_IOT_standard.xlsx",
     {.year = 2020, .roles = "roles"},
     6,
     6,
     2,
     3,
     2,
     86392977.8644973,
     84884053.4341159,
     84884053.4343821,
     {{'Z', "Reg2", "Agriculture", "Reg2", "Agriculture", 2962.557737794539},
      {'Z', "Reg1", "Agriculture", "Reg1", "Services", 1075278.308690827},
      {'Z', "Reg2", "Industry", "Reg1", "Agriculture", 6890.986703343548},
      {'Y', "Reg2", "Industry", "Reg2", "Final demand", 299898.9111312811},
      {'Y', "Reg1", "Industry", "Reg1", "Final demand", 18160868.99186129}}},
};
enum { SOURCES = sizeof sources / sizeof sources[0] };

static size_t origin_of(const wio_table *t, const char *region, const char *sector)
{
    size_t r = wio_names_find(&t->region, region), s = wio_names_find(&t->sector, sector);
    size_t i = wio_table_origin(t, r, s);
    ck_assert_msg(i < t->m, "there is no %s.%s", region, sector);
    return i;
}

static double value_of(const wio_table *t, const cell *c)
{
    size_t i = origin_of(t, c->seller_region, c->seller), column = 0;
    if (c->block == 'Z') {
        return t->Z[i * t->n + origin_of(t, c->buyer_region, c->buyer)];
    }
    while (column < t->f &&
           (strcmp(t->region.code[t->final_region[column]], c->buyer_region) != 0 ||
            strcmp(t->use.code[t->final_use[column]], c->buyer) != 0)) {
        column++;
    }
    ck_assert_msg(column < t->f, "there is no %s.%s", c->buyer_region, c->buyer);
    return t->Y[i * t->f + column];
}

/* The sums are of up to 2 million numbers, in pairs (pandas) and compensated (here): 1e-12 is 20
 * times what pairwise summation may lose. */
static void close_to(double got, double want)
{
    ck_assert_msg(fabs(got - want) <= 1e-12 * fabs(want), "%.17g, not %.17g", got, want);
}

START_TEST(shapes_totals_and_cells_are_those_of_the_source)
{
    const struct source *s = &sources[_i];
    char path[512], data[600], merge[200], roles[200];
    (void)snprintf(data, sizeof data, "world/%s", s->path);
    if (!third_party(path, sizeof path, data)) {
        return;
    }
    /* rounding leaves two activities of Luxembourg at -1: added to their neighbours */
    scratch_write("merge.csv", "region,sector,into_region,into_sector\n"
                               "LUX,c5,LUX,c4\nLUX,c8,LUX,c17\n");
    scratch_write("roles.csv", "code,role\nFinal demand,household\n");
    (void)snprintf(merge, sizeof merge, "%s", scratch("merge.csv"));
    (void)snprintf(roles, sizeof roles, "%s", scratch("roles.csv"));
    wio_import_options options = s->options;
    options.merge = options.merge != NULL ? merge : NULL;
    options.roles = options.roles != NULL ? roles : NULL;
    wio_table *t = NULL;
    wio_error err = {0};
    ck_assert_str_eq(wio_import_detect(path), s->format);
    ck_assert_msg(wio_table_import(&t, s->format, path, &options, NULL, &err) == WIO_OK, "%s",
                  err.message);
    ck_assert_uint_eq(t->n, s->n);
    ck_assert_uint_eq(t->m, s->m);
    ck_assert_uint_eq(t->f, s->f);
    ck_assert_uint_eq(t->p, s->p);
    ck_assert_uint_eq(t->k, s->k);
    close_to(wio_sum(t->Z, t->m * t->n, 1), s->Z);
    close_to(wio_sum(t->Y, t->m * t->f, 1), s->Y);
    close_to(wio_sum(t->P, t->p * t->n, 1), s->P);
    for (size_t i = 0; i < 5; i++) {
        double got = value_of(t, &s->cells[i]);
        ck_assert_msg(got == s->cells[i].value, "%s to %s is %.17g, not %.17g", s->cells[i].seller,
                      s->cells[i].buyer, got, s->cells[i].value);
    }
    wio_table_free(t);
}
END_TEST

static void expect(const char *relative, const wio_import_options *options, wio_status status,
                   const char *says)
{
    char path[512];
    if (!third_party(path, sizeof path, relative)) {
        return;
    }
    wio_table *t = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_import(&t, "auto", path, options, log, NULL), status);
    ck_assert(logged(log, says));
    wio_log_free(log);
    wio_table_free(t);
}

START_TEST(what_a_publisher_got_wrong_is_said)
{
    expect("world/wiod2013/2009", NULL, WIO_E_TABLE, "LUX.c5 has negative output (row sum -1)");
    /* the mock has inputs for the MEX rows that ICIO leaves empty beside MX1 */
    expect("world/pymrio_mocks/oecd_mock/ICIO2018_2010.CSV", NULL, WIO_E_TABLE,
           "MEX.01T03 buys inputs but has no output");
    expect("world/pymrio_mocks/exio3_mock", NULL, WIO_E_FORMAT, "but no flows (Z.txt)");
    expect("world/mario/iot_export_csv", &(wio_import_options){.year = 2020}, WIO_E_FORMAT,
           "column 'Reg1.Final demand' is no code of this format");
    /* a part of another column, and a part of value added */
    expect("world/netherlands_2000.csv",
           &(wio_import_options){.region = "NLD", .unit = "million EUR"}, WIO_OK,
           "is a total, or a part of another line, among what was read?");
    expect("world/netherlands_2000.csv",
           &(wio_import_options){.region = "NLD", .unit = "million EUR"}, WIO_OK,
           "Without 'compensation_employees' they agree. To leave a line out give --roles a CSV "
           "file: the line 'code,role', then 'compensation_employees,left_out'");
}
END_TEST

START_TEST(mexico_split_by_firms_is_one_when_merged)
{
    static const char *const sectors[] = {"01T03", "05T06", "07T08", "09",
                                          "10T12", "13T15", "16",    "17T18"};
    char path[512];
    if (!third_party(path, sizeof path, "world/pymrio_mocks/oecd_mock/ICIO2018_2010.CSV")) {
        return;
    }
    wio_text text = {0};
    wio_text_add(&text, "region,sector,into_region,into_sector\n");
    for (size_t i = 0; i < 8; i++) {
        wio_text_add(&text, "MEX,%s,MX1,%s\n", sectors[i], sectors[i]);
    }
    scratch_write("mexico.csv", text.data);
    wio_text_free(&text);
    const wio_import_options options = {.merge = scratch("mexico.csv")};
    wio_table *t = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_table_import(&t, "icio", path, &options, NULL, &err) == WIO_OK, "%s",
                  err.message);
    ck_assert_uint_eq(t->n, 40); /* 48 less the 8 of MEX */
    ck_assert_uint_eq(t->f, 25); /* MEX still buys */
    ck_assert_uint_eq(t->p, 6);  /* a row of taxes for each of five countries, and VALU */
    close_to(wio_sum(t->Z, t->m * t->n, 1), 25308592.60580565);
    close_to(wio_sum(t->Y, t->m * t->f, 1), 11436429103.3);
    const cell first = {'Z', "AUS", "01T03", "AUS", "05T06", 57.495387};
    const cell final = {'Y', "AUS", "05T06", "MEX", "GGFC", 7555228.0};
    ck_assert(value_of(t, &first) == first.value);
    ck_assert(value_of(t, &final) == final.value);
    ck_assert_str_eq(t->item.code[0], "AUS_TAXSUB");
    ck_assert_int_eq(t->item_role[0], WIO_ROLE_TAX);
    wio_table_free(t);
}
END_TEST

START_TEST(the_netherlands_add_up_when_parts_are_left_out)
{
    char path[512];
    if (!third_party(path, sizeof path, "world/netherlands_2000.csv")) {
        return;
    }
    scratch_write("roles.csv", "code,role\nfinal_consumption_households,left_out\n"
                               "compensation_employees,left_out\n");
    const wio_import_options options = {
        .region = "NLD", .unit = "million EUR", .roles = scratch("roles.csv")};
    wio_table *t = NULL;
    ck_assert_int_eq(wio_table_import(&t, "siot", path, &options, NULL, NULL), WIO_OK);
    static const double output[] = {21863, 12292, 210900, 18249, 60244, 435953}; /* published */
    for (size_t i = 0; i < 6; i++) { /* rounded to whole millions */
        ck_assert(fabs(t->x[i] - output[i]) <= 1.0);
        ck_assert(fabs(t->cost[i] - output[i]) <= 1.0);
    }
    wio_table_free(t);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("import_formats");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_loop_test(known, shapes_totals_and_cells_are_those_of_the_source, 0, SOURCES);
    tcase_add_test(known, mexico_split_by_firms_is_one_when_merged);
    tcase_add_test(known, the_netherlands_add_up_when_parts_are_left_out);
    suite_add_tcase(s, known);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, what_a_publisher_got_wrong_is_said);
    suite_add_tcase(s, failures);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
