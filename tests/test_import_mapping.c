/* test_import_mapping.c - suite for io/import_mapping*.c.
 *
 * HOME makes A and B and buys A from OUT; the numbers are made up and add up: A sells 100, B 200.
 * Germany 1995 is held against the same table in other files of another project. */
#include "../core/internal.h"
#include "../core/table.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                       \
    "mapping: 1\nname: small\nyear: 2020\ncurrency: EUR\nunit: million\nprice_basis: basic\n"      \
    "import_split: survey\ndelimiter: \",\"\ndecimal: \".\"\n"
#define LISTS                                                                                      \
    "regions:\n- {code: HOME, name: Home country, endogenous: true}\n"                             \
    "- {code: OUT, endogenous: false, valuation: customs}\n"                                       \
    "sectors: {A: Farms, B: Mills}\nuses: {HH: household, EXP: {role: export, name: Exports}}\n"   \
    "primary: {wages: compensation}\naccounts: {jobs: persons}\n"
#define WIDE                                                                                       \
    "sheets:\n- file: t.csv\n  header: {region: 1, code: 2}\n  labels: {region: 1, code: 2}\n"     \
    "  missing: [\"c\"]\n  zero: [\"\"]\n"
#define TEXT                                                                                       \
    ",,HOME,HOME,HOME,OUT\n,,A,B,HH,EXP\nHOME,A,10,20,60,10\nHOME,B,30,40,100,30\n"                \
    "OUT,A,5,15,7,0\n,wages,55,125,,\n,jobs,3,c,,\n"

static wio_table *import(wio_log *log)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_import_mapping(&table, scratch("m.yaml"), log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return table;
}

/* That the table is the one above. */
static void check_small(const wio_table *table)
{
    static const double Z[] = {10, 20, 30, 40, 5, 15}, Y[] = {60, 10, 100, 30, 7, 0};
    ck_assert_uint_eq(table->n, 2);
    ck_assert_uint_eq(table->m, 3);
    ck_assert_uint_eq(table->f, 2);
    ck_assert_mem_eq(table->Z, Z, sizeof Z);
    ck_assert_mem_eq(table->Y, Y, sizeof Y);
    ck_assert(table->P[0] == 55 && table->P[1] == 125);
    ck_assert(table->S[0] == 3 && isnan(table->S[1]));
    ck_assert(table->x[0] == 100 && table->x[1] == 200);
    wio_table_report report;
    ck_assert_int_eq(wio_table_check(&report, table, NULL, NULL), WIO_OK);
}

/* --- known answers ------------------------------------------------------------------------------------------- */

START_TEST(a_wide_sheet_is_a_table)
{
    wio_log *log = new_log();
    scratch_write("m.yaml", HEAD "title: Small\nlicence: none\nsources: [here]\nnotes: [one, two]\n"
                                 "household_income: 150\n" LISTS WIDE);
    scratch_write("t.csv", TEXT);
    wio_table *table = import(log);
    check_small(table);
    ck_assert_str_eq(table->title, "Small");
    ck_assert_str_eq(table->licence, "none");
    ck_assert_str_eq(table->source[0], "here");
    ck_assert_str_eq(table->note[1], "two");
    ck_assert_str_eq(table->region.name[0], "Home country");
    ck_assert_str_eq(table->sector.name[1], "Mills");
    ck_assert_str_eq(table->use.name[wio_names_find(&table->use, "EXP")], "Exports");
    ck_assert_int_eq(table->valuation[1], WIO_CUSTOMS);
    ck_assert_int_eq(table->item_role[0], WIO_ROLE_COMPENSATION);
    ck_assert_str_eq(table->account_unit[0], "persons");
    ck_assert_double_eq(table->household_income, 150);
    ck_assert_uint_eq(table->inputs, 1);
    ck_assert(logged(log, "t.csv:7:4: note: taken as unknown, as `missing` says (first of 1)"));
    ck_assert(logged(log, "t.csv:6:5: note: taken as 0, as `zero` says (first of 4)"));
    wio_table_free(table);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

static const struct {
    const char *what, *mapping, *text;
} same[] = {
    {"rows and columns in another order, and others left out",
     HEAD LISTS
     "sheets:\n- file: t.csv\n  header: {region: 2, code: 1}\n  labels: {region: B, code: "
     "A}\n  zero: [\"\"]\n  missing: [c]\n  ignore: [total, \"\"]\n",
     "code,,HH,A,total,B,EXP\n,region,HOME,HOME,,HOME,OUT\ntotal,,1,2,3,4,5\nA,OUT,7,5,,15,0\n"
     "jobs,,,3,,c,\nB,HOME,100,30,,40,30\nA,HOME,60,10,,20,10\nwages,,,55,,125,\n"},
    {"a decimal comma, thousands and spaces, in thousands of euros",
     "mapping: 1\nname: small\nyear: 2020\ncurrency: EUR\nunit: thousand\nprice_basis: basic\n"
     "import_split: survey\ndelimiter: \";\"\ndecimal: \",\"\nthousands: \".\"\n" LISTS WIDE,
     ";;HOME;HOME;HOME;OUT\n;;A;B;HH;EXP\nHOME;A;10.000;20.000,0;60000; 10.000\n"
     "HOME;B;30.000;40.000;100.000;30.000\nOUT; A;5.000;15.000;7.000;0\n;wages;55.000;125.000;;\n"
     ";jobs;3,0;c;;\n"},
    {"labels in one, renamed, and a region for the rest",
     HEAD LISTS
     "sheets:\n- file: t.csv\n  header: {code: 1}\n  labels: {code: 1}\n  split: _\n"
     "  region: {columns: HOME}\n  rename: {w: wages, OUT_agr: OUT_A, employment: jobs}\n"
     "  zero: [\"\"]\n  missing: [c]\n  last_row: 6\n  last_column: E\n",
     "code,HOME_A,HOME_B,HH,OUT_EXP,more\nHOME_A,10,20,60,10,x\nHOME_B,30,40,100,30,x\n"
     "OUT_agr,5,15,7,0,x\nw,55,125,,,x\nemployment,3,c,,,x\nnonsense,1,2,3,4,5\n"},
    {"a list of flows",
     HEAD LISTS
     "sheets:\n- file: t.csv\n  form: long\n  missing: [c]\n  where: {year: 2020}\n  columns:\n"
     "    {from_region: fr, from: f, to_region: tr, to: t, value: v}\n",
     "year,fr,f,tr,t,v\n2020,HOME,A,HOME,A,10\n2020,HOME,A,HOME,B,20\n2020,HOME,A,HOME,HH,60\n"
     "2019,HOME,A,HOME,HH,999\n2020,HOME,A,OUT,EXP,10\n2020,HOME,B,HOME,A,30\n2020,HOME,B,HOME,B,"
     "40\n"
     "2020,HOME,B,HOME,HH,100\n2020,HOME,B,OUT,EXP,30\n2020,OUT,A,HOME,A,5\n2020,OUT,A,HOME,B,15\n"
     "2020,OUT,A,HOME,HH,7\n2020,,wages,HOME,A,55\n2020,,wages,HOME,B,125\n2020,,jobs,HOME,A,3\n"
     "2020,,jobs,HOME,B,c\n"},
};

START_TEST(other_forms_are_the_same_table)
{
    scratch_write("m.yaml", same[_i].mapping);
    scratch_write("t.csv", same[_i].text);
    wio_table *table = import(NULL);
    check_small(table);
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(several_sheets_are_one_table)
{
    scratch_write("m.yaml", HEAD LISTS
                  "zero: [\"\"]\nsheets:\n"
                  "- {file: z.csv, header: {code: 1}, labels: {region: 1, code: 2}, region: HOME}\n"
                  "- {file: y.tsv, header: {code: 1}, labels: {region: 1, code: 2}, delimiter: "
                  "tab, region: {columns: HOME}, rename: {EXP: EXP}, split: /}\n"
                  "- {file: p.csv, header: {code: 1}, labels: {code: 1}, region: HOME, "
                  "missing: [c]}\n");
    scratch_write("z.csv", "r,s,A,B\nHOME,A,10,20\nHOME,B,30,40\nOUT,A,5,15\n");
    scratch_write("y.tsv", "r\ts\tHH\tOUT/EXP\nHOME\tA\t60\t10\nHOME\tB\t100\t30\nOUT\tA\t7\t0\n");
    scratch_write("p.csv", "s,A,B\nwages,55,125\njobs,3,c\n");
    wio_table *table = import(NULL);
    check_small(table);
    ck_assert_uint_eq(table->inputs, 3);
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_sheet_of_a_workbook_is_a_table)
{
    char mapping[2000];
    char *here = realpath("tests/data/xlsx/table.xlsx", NULL);
    ck_assert_ptr_nonnull(here);
    wio_log *log = new_log();
    (void)snprintf(
        mapping, sizeof mapping,
        "%s%szero: [\"\"]\nmissing: [c]\nsheets:\n- file: %s\n  sheet: Table 1\n  header: "
        "{region: 3, code: 4}\n  labels: {region: A, code: B}\n",
        HEAD, LISTS, here);
    free(here);
    scratch_write("m.yaml", mapping);
    wio_table *table = import(log);
    check_small(table);
    ck_assert(logged(log, "table.xlsx:Table 1!C6: warning: a number stored as text (first of 1)"));
    wio_table_free(table);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Germany 1995 (Beutel 2008, chapter 15): the wide and the long file of iotables give the same
 * table; output of agriculture and of industry are the published 43,910 and 1,079,446. */
START_TEST(germany_is_the_same_from_two_files)
{
    char path[2][1024], mapping[4000];
    if (!third_party(path[0], sizeof path[0], "world/germany_1995_wide.csv") ||
        !third_party(path[1], sizeof path[1], "world/germany_1995_long.csv")) {
        return;
    }
    char *wide = realpath(path[0], NULL), *list = realpath(path[1], NULL);
    ck_assert(wide != NULL && list != NULL);
    wio_table *table[2];
    for (int k = 0; k < 2; k++) {
        (void)snprintf(
            mapping, sizeof mapping,
            "%sregions:\n- {code: DE, endogenous: true}\n- {code: ROW, endogenous: "
            "false}\nsectors: "
            "[agriculture_group, industry_group, construction, trade_group, "
            "business_services_group, "
            "other_services_group]\nuses: {final_consumption_households: household, "
            "final_consumption_government: government, gross_capital_formation: investment, "
            "inventory_change: inventory, exports: {role: export, region: ROW}}\nprimary: "
            "{imports: "
            "import, compensation_employees: compensation, net_tax_products: tax, "
            "net_tax_production: tax, consumption_fixed_capital: surplus, os_mixed_income_net: "
            "surplus}\nsheets:\n- file: %s\n  region: DE\n  ignore: [total, output, "
            "total_final_use, gva, intermediate_consumption, employment_domestic_total, "
            "employment_self_employed, employment_wage_salary, output_bp, vapu_bp, cpa_total]\n%s",
            HEAD, k == 0 ? wide : list,
            k == 0
                ? "  header: {code: 1}\n  labels: {code: 1}\n"
                : "  form: long\n  zero: [NA]\n  columns: {from: iotables_row, to: iotables_col, "
                  "value: values}\n");
        scratch_write("m.yaml", mapping);
        table[k] = import(NULL);
    }
    const wio_table *a = table[0], *b = table[1];
    ck_assert_uint_eq(a->n, 6);
    ck_assert_uint_eq(a->f, 5);
    ck_assert_mem_eq(a->Z, b->Z, 36 * sizeof(double));
    ck_assert_mem_eq(a->Y, b->Y, 30 * sizeof(double));
    ck_assert_mem_eq(a->P, b->P, 36 * sizeof(double));
    ck_assert_double_eq(a->x[0], 43910);
    ck_assert_double_eq(a->x[1], 1079446);
    ck_assert_double_eq(a->cost[1], 1079446);
    free(wide);
    free(list);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

/* --- failures -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *mapping, *text, *line; /* mapping NULL: the usual one; text NULL: the usual one */
} mistakes[] = {
    {"mapping: 2\n", NULL, "m.yaml:1:10: error: mapping is '2': write 1"},
    {"maping: 1\n", NULL, "m.yaml:1:1: error: unknown key 'maping' (did you mean 'mapping'?)"},
    {"name: x\n", NULL, "m.yaml:1:1: error: key 'year' is missing"},
    {"[1]\n", NULL, "m.yaml:1:1: error: a mapping has to be 'key: value' lines"},
    {HEAD LISTS "sheets: []\n", NULL, "m.yaml:17:9: error: 0 sheets: 1 to 250 can be read"},
    {HEAD LISTS "sheets:\n- {fle: t.csv}\n", NULL,
     "m.yaml:18:4: error: unknown key 'fle' (did you mean 'file'?)"},
    {HEAD LISTS "sheets:\n- {file: t.csv, header: {code: 0}, labels: {code: A1}}\n", NULL,
     "m.yaml:18:32: error: code is '0': write a number from 1"},
    {HEAD LISTS "sheets:\n- {file: t.csv, header: {code: 0}, labels: {code: A1}}\n", NULL,
     "m.yaml:18:51: error: code is 'A1': write a number from 1, or letters as in a spreadsheet"},
    {HEAD LISTS "sheets:\n- {file: none.csv, header: {code: 1}, labels: {code: 1}}\n", NULL,
     "none.csv: cannot open: No such file or directory"},
    {HEAD LISTS "thousands: \".\"\n" WIDE, NULL,
     "m.yaml:17:12: error: with 'thousands', 'decimal' has to be declared, and differ"},
    {HEAD LISTS WIDE "  region: HOEM\n", NULL,
     "m.yaml:23:11: error: unknown region 'HOEM' (did you mean 'HOME'?)"},
    {HEAD "regions:\n- {code: X, endogenous: perhaps}\n", NULL,
     "m.yaml:11:25: error: endogenous is 'perhaps': write true or false"},
    {HEAD "regions:\n- {code: X, endogenous: false}\n", NULL,
     "m.yaml:11:1: error: no region is endogenous: nothing produces"},
    {HEAD "regions:\n- {code: X, endogenous: true}\n- {code: X, endogenous: true}\n", NULL,
     "m.yaml:12:3: error: region 'X' is there twice"},
    {HEAD "uses: {HH: wages}\n", NULL, "m.yaml:10:12: error: role 'wages': write household"},
    {HEAD "primary: {w: household}\n", NULL, "m.yaml:10:14: error: role 'household': write comp"},
    {HEAD "sectors: {A: x}\nuses: {A: household}\n", NULL,
     "m.yaml:11:8: error: 'A' is a sector already: give one of them another code (rename)"},
    {NULL, ",,HOME,HOME,HOME,OUT\n,,A,C,HH,EXP\n",
     "t.csv:2:4: error: 'C' is no sector or use of the mapping (did you mean 'A'?): add it there, "
     "or "
     "to `ignore`"},
    {NULL, ",,HOME,HOEM\n,,A,B\n",
     "t.csv:1:4: error: unknown region 'HOEM' (did you mean 'HOME'?)"},
    {NULL, ",,HOME,HOME\n,,A,B\nHOME,wagse,1,2\n",
     "t.csv:3:2: error: 'wagse' is no sector, primary item or account of the mapping (did you mean "
     "'wages'?): add it there, or to `ignore`"},
    {NULL, ",,HOME,HOME\n,,A,A\n",
     "t.csv:2:4: error: column 'A' is there twice (first in column 3)"},
    {NULL, ",,HOME,HOME\n,,A,B\nHOME,A,1,2\nHOME,A,1,2\n",
     "t.csv:4:2: error: row 'A' is there twice (first in line 3)"},
    {NULL, ",,HOME,HOME\n,,A,B\nHOME,A,1,2\n",
     "t.csv:2:4: error: HOME.B has a column but no row: its output is not known"},
    {NULL, ",,HOME,HOME\n,,A,HH\nHOME,A,1,2\nHOME,B,1,2\n",
     "m.yaml:18:1: error: HOME.B has a row but no column: its inputs are not known"},
    {NULL, ",,HOME,OUT\n,,A,A\nHOME,A,1,2\nOUT,A,1,2\n",
     "t.csv:2:4: error: OUT.A: the region is not endogenous, it has no columns of production"},
    {NULL, ",,HOME,HOME,HOME\n,,A,B,HH\nHOME,A,1,2,x\nHOME,B,1,,3\n",
     "t.csv:3:5: error: 'x' is not a number (decimal point)"},
    {NULL, ",,HOME,HOME,HOME\n,,A,B,HH\nHOME,A,1,c,1\nHOME,B,1,,3\n",
     "t.csv:3:4: error: 'c' is a missing number, which only an account may have"},
    {NULL, ",,HOME,HOME,HOME\n,,A,B,HH\nHOME,A,1,1e999,1\nHOME,B,1,,3\n",
     "t.csv:3:4: error: '1e999' is too large for a number (at most 1.8e308)"},
    {NULL, ",,HOME,HOME,HOME\n,,A,B,HH\nHOME,A,1,1,1\nHOME,B,1,2,3\n",
     "m.yaml:18:1: error: 2 of 2 primary inputs are in no sheet: wages to HOME.A first"},
    {NULL, ",,HOME\n,,A\nHOME,A,1\n,,5\n", "t.csv:4:2: error: a row without a label"},
    {NULL, "", "m.yaml:18:3: error: "},
    {NULL, "\n", "t.csv: there is nothing in it"},
    {NULL, ",,HOME\n", "m.yaml:19:29: error: row 2 of "},
    {HEAD LISTS "sheets:\n- {file: t.csv, form: long, columns: {from: f, to: t, value: v}}\n",
     "f,to,v\n", "m.yaml:18:52: error: "},
    {HEAD LISTS
     "sheets:\n- {file: t.csv, form: long, region: HOME, columns: {from: f, to: t, value: "
     "v}}\n",
     "f,t,v\nA,A,1\nA,A,2\n", "t.csv:3:3: error: this number is there twice (first in "},
    {HEAD LISTS "sheets:\n- {file: t.csv, form: long, columns: {from: f, to: t, value: v}}\n",
     "f,t,v\nA,A,1\n",
     "t.csv:2:1: error: 'A' names no region, and the mapping has 2: say `region` or `split`"},
};

START_TEST(mistakes_are_named_with_their_place)
{
    wio_table *table = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    scratch_write("m.yaml", mistakes[_i].mapping != NULL ? mistakes[_i].mapping : HEAD LISTS WIDE);
    scratch_write("t.csv", mistakes[_i].text != NULL ? mistakes[_i].text : TEXT);
    ck_assert_int_eq(wio_table_import_mapping(&table, scratch("m.yaml"), log, &err), WIO_E_FORMAT);
    ck_assert_ptr_null(table);
    ck_assert_msg(logged(log, mistakes[_i].line), "wanted '%s', got '%s'", mistakes[_i].line,
                  err.message);
    ck_assert_int_eq(err.status, WIO_E_FORMAT);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(an_ambiguous_number_asks_for_the_decimal)
{
    wio_log *log = new_log();
    wio_table *table = NULL;
    scratch_write(
        "m.yaml",
        "mapping: 1\nname: s\nyear: 2020\ncurrency: EUR\nunit: million\nprice_basis: basic\n"
        "import_split: survey\ndelimiter: \",\"\n" LISTS WIDE);
    scratch_write("t.csv", ",,HOME,HOME,HOME,OUT\n,,A,B,HH,EXP\nHOME,A,1.234,20,60,10\n"
                           "HOME,B,30,\"1,5\",100,30\n");
    ck_assert_int_eq(wio_table_import_mapping(&table, scratch("m.yaml"), log, NULL), WIO_E_FORMAT);
    ck_assert(logged(log, "t.csv:3:3: error: '1.234' is either a decimal or thousands: declare "
                          "`decimal`"));
    ck_assert(logged(log, "t.csv:4:4: error: '1,5' is not a number (`decimal` is not declared: a "
                          "point is expected)"));
    wio_log_free(log);
}
END_TEST

START_TEST(numbers_without_a_place_are_reported)
{
    wio_log *log = new_log();
    scratch_write("m.yaml", HEAD LISTS WIDE);
    scratch_write("t.csv",
                  ",,HOME,HOME,HOME,OUT\n,,A,B,HH,EXP\nHOME,A,10,20,60,10\nHOME,B,30,40,100,30\n"
                  "OUT,A,5,15,7,0\n,wages,55,125,8,0.5\n,jobs,3,c,,\n");
    wio_table *table = import(log);
    ck_assert(logged(log,
                     "t.csv:6:5: warning: primary items and accounts of final uses have no place "
                     "in a table: 2 numbers, this one first, are left out (sum of the items 8.5 "
                     "million)"));
    wio_table_free(table);
    wio_log_free(log);
}
END_TEST

START_TEST(accents_by_themselves_are_reported)
{
    wio_log *log = new_log();
    wio_table *table = NULL;
    scratch_write("m.yaml", HEAD LISTS WIDE);
    scratch_write("t.csv", ",,HOME,HOME\n,,A,B\nHOME,Cafe\xcc\x81,1,2\n");
    ck_assert_int_eq(wio_table_import_mapping(&table, scratch("m.yaml"), log, NULL), WIO_E_FORMAT);
    ck_assert(
        logged(log, "t.csv:3:2: warning: 'Cafe\xcc\x81' has accents as characters of their own"));
    wio_log_free(log);
}
END_TEST

START_TEST(every_allocation_failure_is_reported)
{
    scratch_write("m.yaml", HEAD "licence: x\nsources: [here]\n" LISTS WIDE);
    scratch_write("t.csv", TEXT);
    char *path = strdup(scratch("m.yaml"));
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 1000);
        wio_table *table = NULL;
        wio_alloc_budget = budget;
        status = wio_table_import_mapping(&table, path, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "budget %ld: %d", budget,
                      (int)status);
        wio_table_free(table);
        ck_assert_msg(wio_alloc_live == 0, "budget %ld", budget);
    }
    free(path);
}
END_TEST

START_TEST(arguments_are_checked)
{
    wio_table *table = NULL;
    ck_assert_int_eq(wio_table_import_mapping(NULL, "x", NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_import_mapping(&table, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_import_mapping(&table, scratch("none"), NULL, NULL), WIO_E_NO_INPUT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_mapping");

    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_wide_sheet_is_a_table);
    tcase_add_loop_test(known, other_forms_are_the_same_table, 0, sizeof same / sizeof same[0]);
    tcase_add_test(known, several_sheets_are_one_table);
    tcase_add_test(known, a_sheet_of_a_workbook_is_a_table);
    tcase_add_test(known, germany_is_the_same_from_two_files);
    suite_add_tcase(suite, known);

    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, mistakes_are_named_with_their_place, 0,
                        sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(failures, an_ambiguous_number_asks_for_the_decimal);
    tcase_add_test(failures, numbers_without_a_place_are_reported);
    tcase_add_test(failures, accents_by_themselves_are_reported);
    tcase_add_test(failures, every_allocation_failure_is_reported);
    tcase_add_test(failures, arguments_are_checked);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
