/* test_import.c - suite for the importers: io/import*.c, and io/pymrio*.c, io/tree.c.
 *
 * tests/data/import holds one made-up economy in the layout of every format, so that all of them
 * have to give the same numbers. Real and mock files of the publishers are in test_import_formats.c. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define AT "tests/data/import/"

enum { N = 4, F = 4 };
static const double Z[N * N] = {10, 5, 2, 1, 4, 20, 1, 3, 1, 2, 30, 6, 2, 3, 7, 40};
static const double Y[N * F] = {20.5, -1, 3, 0.5, 30, 2, 4, 1, 5, 0, 40, -2.5, 6, 1, 50, 4};
static const double TAX[N] = {1, 1, 1.5, 3}, ADDED[N] = {23, 34, 40, 60};
static const double CO2[N] = {7, 8, 9.25, 10};

static const struct {
    const char *format, *source;
    const char *last_region, *last_sector, *inventory, *currency;
    bool co2; /* has a satellite */
} world[] = {
    {"pymrio", AT "pymrio", "BBB", "Goods", "Changes in inventories", "EUR", true},
    {"exiobase3", AT "exiobase3/IOT_2015_pxp", "BBB", "Goods", "Changes in inventories", "EUR",
     true},
    {"wiod2013", AT "wiod2013/2015", "BBB", "c2", "c42_INVNT", "USD", false},
    {"wiod2013", AT "wiod2013/wiot15_row_tiny.xlsx", "BBB", "c2", "c42", "USD", false},
    {"wiod2016", AT "wiod2016/WIOT2015_Nov16_ROW.xlsx", "BBB", "C10-C12", "INVEN", "USD", false},
    {"wiod2016", AT "wiod2016/WIOT2015_Nov16_ROW.csv", "BBB", "C10-C12", "INVEN", "USD", false},
    {"wiod2016", AT "wiod2016/frame.csv", "BBB", "C10-C12", "INVEN", "USD", false},
    {"adb", AT "adb/ADB-MRIO62-2015_Dec2022.xlsx", "BBB", "c2", "F5", "USD", false},
    {"adb", AT "adb/ADB-MRIO-LAC-2015_Mar2022-2.xlsx", "BBB", "c2", "F5", "USD", false},
    {"mario", AT "mario/tiny.xlsx", "BBB", "Goods", "Changes in inventories", "EUR", true},
    {"icio", AT "icio/2015.csv", "BB1", "B05_06", "INVNT", "USD", false},
    {"figaro", AT "figaro/matrix_eu-ic-io_ind-by-ind_24ed_2015.csv", "FIGW1", "C10T12", "P5M",
     "EUR", false},
    {"eora26", AT "eora26", "BBB", "Goods", "Changes in inventories P.52", "USD", true},
    {"mario", AT "mario", "BBB", "Goods", "Changes in inventories", "EUR", true},
};
enum { WORLD = sizeof world / sizeof world[0] };

static const wio_import_options year_2015 = {.year = 2015};

static wio_table *import_ok(const char *format, const char *source,
                            const wio_import_options *options, wio_log *log)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_import(&table, format, source, options, log, &err);
    ck_assert_msg(status == WIO_OK, "%s: %s", source, err.message);
    return table;
}

static void refused(const char *format, const char *source, const wio_import_options *options,
                    wio_status status, const char *says)
{
    wio_table *t = NULL;
    wio_error err = {0};
    wio_log *log = new_log();
    long live = wio_alloc_live;
    ck_assert_int_eq(wio_table_import(&t, format, source, options, NULL, &err), status);
    ck_assert_ptr_null(t);
    ck_assert_msg(strstr(err.message, says) != NULL, "%s", err.message);
    ck_assert_int_eq(wio_alloc_live, live);
    wio_log_free(log);
}

/* --- known answers ---------------------------------------------------------------------------------- */

START_TEST(every_world_format_gives_the_same_numbers)
{
    wio_table *t = import_ok(world[_i].format, world[_i].source, &year_2015, NULL);
    ck_assert_uint_eq(t->n, N);
    ck_assert_uint_eq(t->m, N);
    ck_assert_uint_eq(t->f, F);
    check_equal(t->Z, Z, (size_t)N * N);
    check_equal(t->Y, Y, (size_t)N * F);
    ck_assert_uint_eq(t->p, strcmp(world[_i].source, AT "wiod2013/2015") == 0 ? 1 : 2);
    for (size_t j = 0; j < N; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < t->p; i++) {
            sum += t->P[i * N + j];
        }
        ck_assert(sum == TAX[j] + ADDED[j]);
        ck_assert(t->x[j] == t->cost[j]);
    }
    wio_table_free(t);
}
END_TEST

START_TEST(labels_are_kept_as_they_are)
{
    wio_table *t = import_ok(world[_i].format, world[_i].source, &year_2015, NULL);
    ck_assert_str_eq(wio_table_origin_region(t, 3), world[_i].last_region);
    ck_assert_str_eq(wio_table_origin_sector(t, 3), world[_i].last_sector);
    ck_assert_str_eq(t->use.code[t->final_use[3]], world[_i].inventory);
    ck_assert_str_eq(t->region.code[t->final_region[3]], world[_i].last_region);
    ck_assert_str_eq(t->currency, world[_i].currency);
    ck_assert_int_eq(t->use_role[t->final_use[0]], WIO_ROLE_HOUSEHOLD);
    ck_assert_int_eq(t->use_role[t->final_use[3]], WIO_ROLE_INVENTORY);
    ck_assert_int_eq(t->year, 2015);
    wio_table_free(t);
}
END_TEST

START_TEST(satellites_come_with_their_units)
{
    wio_table *t = import_ok(world[_i].format, world[_i].source, &year_2015, NULL);
    ck_assert_uint_eq(t->k, world[_i].co2 ? 1 : 0);
    if (t->k != 0) {
        check_equal(t->S, CO2, N);
        ck_assert_str_ne(t->account_unit[0], "");
        const wio_frame *frame = wio_table_frame(t, "final_satellites.csv");
        ck_assert_ptr_nonnull(frame);
        ck_assert_uint_eq(frame->rows, 2); /* 1.5 and 2; zeros are not written */
        ck_assert_str_eq(frame->cell[3], "1.5");
    }
    wio_table_free(t);
}
END_TEST

START_TEST(what_final_uses_pay_is_kept_beside)
{
    wio_table *t = import_ok("icio", AT "icio/2015.csv", NULL, NULL);
    const wio_frame *frame = wio_table_frame(t, "final_primary.csv");
    static const char *const want[] = {"TLS", "AAA", "HFCE", "0.5", "TLS", "BB1", "HFCE", "0.25"};
    ck_assert_ptr_nonnull(frame);
    ck_assert_uint_eq(frame->rows, 2);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_str_eq(frame->cell[i], want[i]);
    }
    wio_table_free(t);
}
END_TEST

/* The whole list of codes of an edition, for two regions with one industry each: what the publisher's
 * files hold, by the readers of others (exvatools, pymrio, MARIO) and the ReadMe of the edition. A
 * letter is a role: h g i v (inventory) for columns; t c s d (value added) m (import) o (other). */
static const struct {
    const char *format, *file, *first, *sector;
    struct {
        const char *code, role;
    } use[7], row[7];
    bool row_of_region; /* AAA_TAXSUB */
    const char *output_row, *output_column;
} edition[] = {
    {"icio",
     "ICIO2021_2018.csv",
     "",
     "01T02",
     {{"HFCE", 'h'}, {"NPISH", 'h'}, {"GGFC", 'g'}, {"GFCF", 'i'}, {"INVNT", 'v'}, {"DPABR", 'h'}},
     {{"AAA_TAXSUB", 't'}, {"BBB_TAXSUB", 't'}, {"VALU", 'd'}},
     true,
     "OUTPUT",
     "TOTAL"},
    {"icio",
     "2020_SML.csv",
     "V1",
     "A01_02",
     {{"HFCE", 'h'}, {"NPISH", 'h'}, {"GGFC", 'g'}, {"GFCF", 'i'}, {"INVNT", 'v'}, {"DPABR", 'h'}},
     {{"TLS", 't'}, {"VA", 'd'}},
     false,
     "OUT",
     "OUT"},
    {"figaro",
     "matrix_eu-ic-io_ind-by-ind_25ed_2023.csv",
     "rowLabels",
     "C10T12",
     {{"P3_S13", 'g'}, {"P3_S14", 'h'}, {"P3_S15", 'h'}, {"P51G", 'i'}, {"P5M", 'v'}},
     {{"W2_D21X31", 't'},
      {"W2_OP_RES", 'm'},
      {"W2_OP_NRES", 'o'},
      {"W2_D1", 'c'},
      {"W2_D29X39", 't'},
      {"W2_B2A3G", 's'}},
     false,
     NULL,
     NULL},
};
enum { EDITIONS = sizeof edition / sizeof edition[0] };

static wio_role role_of(char letter)
{
    static const struct {
        char letter;
        wio_role role;
    } roles[] = {{'h', WIO_ROLE_HOUSEHOLD},  {'g', WIO_ROLE_GOVERNMENT},
                 {'i', WIO_ROLE_INVESTMENT}, {'v', WIO_ROLE_INVENTORY},
                 {'t', WIO_ROLE_TAX},        {'c', WIO_ROLE_COMPENSATION},
                 {'s', WIO_ROLE_SURPLUS},    {'d', WIO_ROLE_VALUE_ADDED},
                 {'m', WIO_ROLE_IMPORT},     {'o', WIO_ROLE_OTHER}};
    size_t i = 0;
    while (roles[i].letter != letter) {
        i++;
    }
    return roles[i].role;
}

START_TEST(every_code_of_an_edition_is_known)
{
    static const char *const regions[] = {"AAA", "BBB"};
    wio_text text = {0};
    wio_text_add(&text, "%s,AAA_%s,BBB_%s", edition[_i].first, edition[_i].sector,
                 edition[_i].sector);
    size_t uses = 0, rows = 0;
    while (uses < 7 && edition[_i].use[uses].code != NULL) {
        uses++;
    }
    while (rows < 7 && edition[_i].row[rows].code != NULL) {
        rows++;
    }
    for (size_t c = 0; c < 2 * uses; c++) {
        wio_text_add(&text, ",%s_%s", regions[c / uses], edition[_i].use[c % uses].code);
    }
    const bool total = edition[_i].output_column != NULL;
    wio_text_add(&text, "%s%s\n", total ? "," : "", total ? edition[_i].output_column : "");
    /* flows of 1; output 2 + 2 uses, which VALU or the first row closes with the rest */
    const size_t output = 2 + 2 * uses;
    for (size_t r = 0; r < 2 + rows + (total ? 1 : 0); r++) {
        bool sector = r < 2, out = r == 2 + rows;
        wio_text_add(&text, "%s%s%s", sector ? regions[r] : "", sector ? "_" : "",
                     sector ? edition[_i].sector
                     : out  ? edition[_i].output_row
                            : edition[_i].row[r - 2].code);
        for (size_t c = 0; c < 2 + 2 * uses; c++) {
            wio_text_add(&text, ",%zu",
                         out                ? output
                         : sector           ? (size_t)1
                         : c >= 2           ? (size_t)0
                         : r + 1 < 2 + rows ? (size_t)1
                                            : output - 2 - (rows - 1));
        }
        wio_text_add(&text, total ? ",%zu\n" : "\n", output);
    }
    scratch_write(edition[_i].file, text.data);
    wio_text_free(&text);
    ck_assert_str_eq(wio_import_detect(scratch(edition[_i].file)), edition[_i].format);
    wio_log *log = new_log();
    wio_table *t = import_ok("auto", scratch(edition[_i].file), NULL, log);
    ck_assert_uint_eq(t->use.count, uses);
    ck_assert_uint_eq(t->p, rows);
    for (size_t u = 0; u < uses; u++) {
        ck_assert_str_eq(t->use.code[u], edition[_i].use[u].code);
        ck_assert_int_eq(t->use_role[u], role_of(edition[_i].use[u].role));
    }
    for (size_t r = 0; r < rows; r++) {
        ck_assert_str_eq(t->item.code[r], edition[_i].row[r].code);
        ck_assert_int_eq(t->item_role[r], role_of(edition[_i].row[r].role));
    }
    ck_assert(t->x[0] == t->cost[0] && t->x[0] == (double)output);
    ck_assert(!logged(log, "largest gap 1"));
    ck_assert(t->year == 2018 || t->year == 2020 || t->year == 2023);
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(every_code_of_exiobase_3_is_known)
{
    static const char *const uses[] = {
        "Final consumption expenditure by households",
        "Final consumption expenditure by non-profit organisations serving households (NPISH)",
        "Final consumption expenditure by government",
        "Gross fixed capital formation",
        "Changes in inventories",
        "Changes in valuables",
        "Exports: Total (fob)"};
    static const char use_role[] = "hhgiviX";
#define WAGES "Compensation of employees; wages, salaries, & employers' social contributions: "
    static const char *const factors[] = {"Taxes less subsidies on products purchased: Total",
                                          "Other net taxes on production",
                                          WAGES "Low-skilled",
                                          WAGES "Medium-skilled",
                                          WAGES "High-skilled",
                                          "Operating surplus: Consumption of fixed capital",
                                          "Operating surplus: Rents on land",
                                          "Operating surplus: Royalties on resources",
                                          "Operating surplus: Remaining net operating surplus"};
    static const char factor_role[] = "ttcccssss";
    /* the folders of edition 3.9 and later: factors and other accounts each in a folder of their own */
    wio_text y = {0}, f = {0}, unit = {0};
    wio_text_add(&y, "region\t");
    for (size_t u = 0; u < 7; u++) {
        wio_text_add(&y, "\tAT");
    }
    wio_text_add(&y, "\ncategory\t");
    for (size_t u = 0; u < 7; u++) {
        wio_text_add(&y, "\t%s", uses[u]);
    }
    wio_text_add(&y, "\nregion\tsector\t\t\t\t\t\t\t\nAT\tPaddy rice\t1\t1\t1\t1\t1\t1\t2\n");
    wio_text_add(&f, "region\tAT\nsector\tPaddy rice\nstressor\t\n");
    wio_text_add(&unit, "stressor\tunit\n");
    for (size_t i = 0; i < 9; i++) {
        wio_text_add(&f, "%s\t%d\n", factors[i], i == 8 ? 0 : 1);
        wio_text_add(&unit, "%s\tM.EUR\n", factors[i]);
    }
    static const char *const folders[] = {"IOT_2022_pxp", "IOT_2022_pxp/factor_inputs",
                                          "IOT_2022_pxp/air_emissions", "IOT_2022_pxp/impacts"};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(mkdir(scratch(folders[i]), 0777), 0);
    }
    scratch_write("IOT_2022_pxp/Y.txt", y.data);
    scratch_write("IOT_2022_pxp/Z.txt",
                  "region\t\tAT\nsector\t\tPaddy rice\nregion\tsector\t\nAT\tPaddy rice\t3\n");
    scratch_write("IOT_2022_pxp/unit.txt", "region\tsector\tunit\nAT\tPaddy rice\tM.EUR\n");
    scratch_write("IOT_2022_pxp/factor_inputs/F.txt", f.data);
    scratch_write("IOT_2022_pxp/factor_inputs/unit.txt", unit.data);
    scratch_write("IOT_2022_pxp/air_emissions/F.txt",
                  "region\tAT\nsector\tPaddy rice\nstressor\t\nCO2 - combustion - air\t5\n");
    scratch_write("IOT_2022_pxp/air_emissions/unit.txt",
                  "stressor\tunit\nCO2 - combustion - air\tkg\n");
    scratch_write("IOT_2022_pxp/impacts/F.txt", "region\tAT\n");
    wio_text_free(&y);
    wio_text_free(&f);
    wio_text_free(&unit);
    wio_log *log = new_log();
    wio_table *t = import_ok("auto", scratch("IOT_2022_pxp"), NULL, log);
    ck_assert(logged(log, "taken for the format 'exiobase3'"));
    ck_assert(logged(log, "classification: EXIOBASE 3, products (pxp)"));
    ck_assert(logged(log, "extension impacts (derived from the others)"));
    ck_assert_uint_eq(t->use.count, 7);
    for (size_t u = 0; u < 7; u++) {
        ck_assert_int_eq(t->use_role[u],
                         use_role[u] == 'X' ? WIO_ROLE_EXPORT : role_of(use_role[u]));
    }
    ck_assert_uint_eq(t->p, 9);
    for (size_t i = 0; i < 9; i++) {
        ck_assert_str_eq(t->item.code[i], factors[i]);
        ck_assert_int_eq(t->item_role[i], role_of(factor_role[i]));
    }
    ck_assert_uint_eq(t->k, 1);
    ck_assert(t->x[0] == 11.0 && t->cost[0] == 11.0);
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(auto_finds_every_format)
{
    ck_assert_str_eq(wio_import_detect(world[_i].source), world[_i].format);
    wio_log *log = new_log();
    wio_table *t = import_ok("auto", world[_i].source, &year_2015, log);
    ck_assert(logged(log, world[_i].format));
    ck_assert(logged(log, "roles: "));
    ck_assert(logged(log, "2 negative final uses, the largest -2.5 from"));
    ck_assert(logged(log, "classification: "));
    ck_assert(logged(log, "every activity has output"));
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(a_national_wiod_table_has_imports_as_origins)
{
    wio_log *log = new_log();
    wio_table *t = import_ok("auto", AT "wiod2016-niot/AAA2014", NULL, log);
    static const double flows[] = {10, 20, 5, 40, 1, 2, 3, 18};
    static const double finals[] = {30, 0, -2, 12, 15, 25, 3, 32.5, 6, 0, 0, 0, 7, 11, 1, 4};
    ck_assert_uint_eq(t->n, 2);
    ck_assert_uint_eq(t->m, 4);
    check_equal(t->Z, flows, 8);
    check_equal(t->Y, finals, 16);
    ck_assert_str_eq(wio_table_origin_region(t, 0), "AAA");
    ck_assert_str_eq(wio_table_origin_region(t, 2), "ROW");
    ck_assert_str_eq(t->region.code[t->final_region[3]], "ROW"); /* exports */
    ck_assert(!t->endogenous[t->final_region[3]]);
    ck_assert_int_eq(t->year, 2014);
    ck_assert(logged(log, "against the row sums: largest gap 0"));
    ck_assert(logged(log, "against the column sums: largest gap 0"));
    ck_assert(logged(log, "not imported: column AAA.GO, row II_fob"));
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(a_national_table_meets_products_and_codes)
{
    const wio_import_options options = {.region = "AAA", .unit = "thousand EUR"};
    wio_log *log = new_log();
    wio_table *t = import_ok("auto", AT "siot/aaa_2014.csv", &options, log);
    static const double flows[] = {0.010, 0.020, 0.005, 0.040}; /* divided by 1000 */
    check_equal(t->Z, flows, 4);
    ck_assert_str_eq(wio_table_origin_sector(t, 0), "CPA_A01");
    ck_assert(logged(log, "columns are taken for the rows with CPA_ before their code"));
    ck_assert_str_eq(t->unit, "million EUR");
    ck_assert(t->x[1] == 0.1205);
    ck_assert(logged(log, "against the column sums: largest gap 0"));
    wio_table_free(t);
    const wio_import_options billion = {.region = "AAA", .unit = "billion EUR"};
    t = import_ok("auto", AT "siot/aaa_2014.csv", &billion, log);
    ck_assert_double_eq_tol(t->x[1], 120500, 1e-10); /* one division: an ulp of 1.5e-11 */
    ck_assert_str_eq(t->note[0], "The source is in billion EUR; every flow is divided by 0.001.");
    ck_assert_str_eq(t->unit, "million EUR");
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

/* The row codes of the Scottish Government's tables: every column adds up to its TOut. */
START_TEST(a_scottish_table_has_imports_from_two_places_and_three_kinds_of_exports)
{
    const wio_import_options options = {.region = "SCT", .unit = "million GBP"};
    wio_log *log = new_log();
    wio_table *t = import_ok("auto", AT "siot/scotland_2017.csv", &options, log);
    static const double flows[] = {10, 20, 15, 40}, imports[] = {10, 20, 5, 10};
    ck_assert_uint_eq(t->n, 2);
    check_equal(t->Z, flows, 4);
    ck_assert(t->x[0] == 100.0 && t->x[1] == 200.0);
    ck_assert(logged(log, "against the column sums: largest gap 0"));
    size_t seen = 0, exports = 0;
    for (size_t k = 0; k < t->p; k++) {
        if (t->item_role[k] == WIO_ROLE_IMPORT) {
            check_equal(t->P + k * t->n, imports + 2 * seen++, 2);
        }
    }
    for (size_t c = 0; c < t->f; c++) {
        exports += t->use_role[t->final_use[c]] == WIO_ROLE_EXPORT;
    }
    ck_assert_uint_eq(seen, 2);
    ck_assert_uint_eq(exports, 3);
    ck_assert_int_eq(t->year, 2017);
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(an_imported_table_goes_through_folder_and_file)
{
    wio_table *t = import_ok("auto", AT "wiod2016-niot/AAA2014", NULL, NULL), *back = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_write_folder(t, scratch("folder"), false, &err), WIO_OK);
    ck_assert_msg(wio_table_open(&back, scratch("folder"), NULL, NULL, &err) == WIO_OK, "%s",
                  err.message);
    check_equal(back->Z, t->Z, t->m * t->n);
    check_equal(back->Y, t->Y, t->m * t->f);
    wio_table_free(back);
    ck_assert_int_eq(wio_table_write_hdf5(t, scratch("t.h5"), false, &err), WIO_OK);
    ck_assert_msg(wio_table_open(&back, scratch("t.h5"), NULL, NULL, &err) == WIO_OK, "%s",
                  err.message);
    check_equal(back->P, t->P, t->p * t->n);
    wio_table_free(back);
    const wio_import_options options = {.region = "AAA", .unit = "million EUR"};
    wio_table *national = import_ok("siot", AT "siot/aaa_2014.csv", &options, NULL);
    ck_assert_int_eq(wio_table_write_folder(national, scratch("siot"), false, &err), WIO_OK);
    ck_assert_msg(wio_table_open(&back, scratch("siot"), NULL, NULL, &err) == WIO_OK, "%s",
                  err.message);
    check_equal(back->Y, national->Y, national->m * national->f);
    wio_table_free(back);
    wio_table_free(national);
    wio_table_free(t);
}
END_TEST

/* The ICIO fixture with a change of its text. */
static char *changed(const char *from, const char *to)
{
    char *data = NULL;
    size_t length = 0;
    wio_text text = {0};
    ck_assert_int_eq(wio_file_read(&data, &length, AT "icio/2015.csv", 1 << 20, NULL), WIO_OK);
    char *at = strstr(data, from);
    ck_assert_ptr_nonnull(at);
    wio_text_add_bytes(&text, data, (size_t)(at - data));
    wio_text_add(&text, "%s%s", to, at + strlen(from));
    wio_free(data);
    return text.data;
}

/* A folder of fixtures in the scratch folder, with `from` in one file changed to `to`. */
static const char *copy_of(const char *source, const char *const *files, const char *file,
                           const char *from, const char *to)
{
    ck_assert_int_eq(mkdir(scratch("copy"), 0777), 0);
    for (size_t i = 0; files[i] != NULL; i++) {
        char path[200], name[200], *data = NULL, *at = NULL;
        size_t length = 0;
        (void)snprintf(path, sizeof path, "%s/%s", source, files[i]);
        (void)snprintf(name, sizeof name, "copy/%s", files[i]);
        for (char *slash = name + 5; (slash = strchr(slash, '/')) != NULL; slash++) {
            *slash = '\0';
            (void)mkdir(scratch(name), 0777);
            *slash = '/';
        }
        ck_assert_int_eq(wio_file_read(&data, &length, path, 1 << 20, NULL), WIO_OK);
        wio_text text = {0};
        char *rest = data;
        while (strcmp(files[i], file) == 0 && (at = strstr(rest, from)) != NULL) {
            wio_text_add_bytes(&text, rest, (size_t)(at - rest));
            wio_text_add(&text, "%s", to);
            rest = at + strlen(from);
        }
        wio_text_add(&text, "%s", rest);
        scratch_write(name, text.data);
        wio_text_free(&text);
        wio_free(data);
    }
    return scratch("copy");
}

static const char *const pymrio_files[] = {"Z.txt",
                                           "Y.txt",
                                           "unit.txt",
                                           "metadata.json",
                                           "emissions/F.txt",
                                           "emissions/F_Y.txt",
                                           "emissions/unit.txt",
                                           "factor_inputs/F.txt",
                                           "factor_inputs/unit.txt",
                                           NULL};
static const char *const eora_files[] = {"Eora26_2015_bp_T.txt",  "Eora26_2015_bp_FD.txt",
                                         "Eora26_2015_bp_VA.txt", "Eora26_2015_bp_Q.txt",
                                         "Eora26_2015_bp_QY.txt", "labels_T.txt",
                                         "labels_FD.txt",         "labels_VA.txt",
                                         "labels_Q.txt",          NULL};

START_TEST(a_factor_in_another_unit_is_a_satellite)
{
    const char *path =
        copy_of(AT "pymrio", pymrio_files, "factor_inputs/unit.txt", "Mill EUR", "hours");
    wio_table *t = import_ok("pymrio", path, &year_2015, NULL), *back = NULL;
    ck_assert_uint_eq(t->p, 0);
    ck_assert_uint_eq(t->k, 3);
    check_equal(t->S + N, TAX, N);
    ck_assert_str_eq(t->account_unit[1], "hours");
    /* a table without primary inputs goes through both forms */
    ck_assert_int_eq(wio_table_write_hdf5(t, scratch("none.h5"), false, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_open(&back, scratch("none.h5"), NULL, NULL, NULL), WIO_OK);
    check_equal(back->S, t->S, 3 * N);
    wio_table_free(back);
    wio_table_free(t);
}
END_TEST

/* --- properties --------------------------------------------------------------------------------------- */

/* The bytes of two files. */
static void same_file(const char *a, const char *b)
{
    char *one = NULL, *two = NULL;
    size_t n = 0, m = 0;
    ck_assert_int_eq(wio_file_read(&one, &n, a, 1 << 20, NULL), WIO_OK);
    ck_assert_int_eq(wio_file_read(&two, &m, b, 1 << 20, NULL), WIO_OK);
    ck_assert_msg(n == m && memcmp(one, two, n) == 0, "%s and %s differ", a, b);
    wio_free(one);
    wio_free(two);
}

START_TEST(what_came_from_pymrio_is_written_as_it_was)
{
    static const char *const files[] = {"Z.txt",
                                        "Y.txt",
                                        "unit.txt",
                                        "emissions/F.txt",
                                        "emissions/F_Y.txt",
                                        "emissions/unit.txt",
                                        "factor_inputs/F.txt",
                                        "factor_inputs/unit.txt"};
    wio_table *t = import_ok("pymrio", AT "pymrio", NULL, NULL);
    wio_error err = {0};
    ck_assert_msg(wio_table_write_pymrio(t, scratch("p"), false, &err) == WIO_OK, "%s",
                  err.message);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char a[200], b[200];
        (void)snprintf(a, sizeof a, AT "pymrio/%s", files[i]);
        (void)snprintf(b, sizeof b, "p/%s", files[i]);
        same_file(a, scratch(b));
    }
    wio_table_free(t);
}
END_TEST

START_TEST(any_world_table_survives_the_layout_of_pymrio)
{
    wio_table *t = import_ok(world[_i].format, world[_i].source, &year_2015, NULL);
    wio_error err = {0};
    scratch_write("roles.csv", "code,role\nINVNT,inventory\n");
    ck_assert_msg(wio_table_write_pymrio(t, scratch("p"), false, &err) == WIO_OK, "%s",
                  err.message);
    wio_text roles = {0};
    wio_text_add(&roles, "code,role\n");
    for (size_t i = 0; i < t->use.count; i++) {
        wio_text_add(&roles, "%s,%s\n", t->use.code[i], wio_role_name(t->use_role[i]));
    }
    for (size_t i = 0; i < t->item.count; i++) {
        wio_text_add(&roles, "%s,%s\n", t->item.code[i], wio_role_name(t->item_role[i]));
    }
    scratch_write("roles.csv", roles.data);
    wio_text_free(&roles);
    const wio_import_options options = {.roles = scratch("roles.csv"), .year = 2015};
    wio_table *back = import_ok("pymrio", scratch("p"), &options, NULL);
    ck_assert_uint_eq(back->p, t->p);
    ck_assert_uint_eq(back->k, t->k);
    check_equal(back->Z, t->Z, t->m * t->n);
    check_equal(back->Y, t->Y, t->m * t->f);
    check_equal(back->P, t->P, t->p * t->n);
    check_equal(back->S, t->S, t->k * t->n);
    ck_assert_str_eq(back->unit, t->unit);
    wio_table_free(back);
    wio_table_free(t);
}
END_TEST

START_TEST(a_source_is_described_without_its_numbers)
{
    wio_import_summary s;
    wio_error err = {0};
    ck_assert_int_eq(wio_import_describe(&s, "auto", world[_i].source, NULL, &err), WIO_OK);
    ck_assert_str_eq(s.format, world[_i].format);
    ck_assert_uint_eq(s.regions, 2);
    ck_assert_uint_eq(s.activities, N);
    ck_assert_uint_eq(s.imports, 0);
    ck_assert_uint_eq(s.final_columns, F);
    ck_assert_uint_eq(s.accounts, world[_i].co2 ? 1 : 0);
    ck_assert_uint_eq(s.unknown, 0);
    char *text = changed("20.5", "no number");
    scratch_write("icio.csv", text);
    wio_free(text);
    ck_assert_int_eq(wio_import_describe(&s, "icio", scratch("icio.csv"), NULL, NULL), WIO_OK);
    ck_assert_int_eq(s.year, 0); /* nothing says it */
    ck_assert_int_eq(wio_import_describe(&s, "auto", "tests/run", NULL, NULL), WIO_E_UNSUPPORTED);
}
END_TEST

START_TEST(a_folder_of_years_needs_the_year)
{
    char *text = changed("20.5", "20.5");
    ck_assert_int_eq(mkdir(scratch("icio"), 0777), 0);
    scratch_write("icio/2015.csv", text);
    scratch_write("icio/2016.csv", text);
    wio_free(text);
    refused("icio", scratch("icio"), NULL, WIO_E_FORMAT, "there is more than one file *.csv");
    const wio_import_options options = {.year = 2016};
    wio_table *t = import_ok("icio", scratch("icio"), &options, NULL);
    ck_assert_int_eq(t->year, 2016);
    ck_assert_str_eq(t->name, "icio-2016");
    wio_table_free(t);
}
END_TEST

START_TEST(another_year_than_the_source_says_is_warned_of)
{
    const wio_import_options options = {.year = 2016};
    wio_log *log = new_log();
    wio_table *t = import_ok("icio", AT "icio/2015.csv", &options, log);
    ck_assert_int_eq(t->year, 2016);
    ck_assert(logged(log, "warning: the source says 2015; the table is of 2016, as asked"));
    wio_table_free(t);
    wio_log_free(log);
    log = new_log();
    t = import_ok("icio", AT "icio/2015.csv", &year_2015, log);
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 0);
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(merging_keeps_every_sum)
{
    scratch_write("merge.csv", "region,sector,into_region,into_sector\nAAA,c1,AAA,c2\n");
    const wio_import_options options = {.merge = scratch("merge.csv")};
    wio_table *t = import_ok("wiod2013", AT "wiod2013/2015", &options, NULL);
    /* c1 and c2 of AAA: rows and columns added, by hand */
    static const double flows[] = {39, 3, 4, 3, 30, 6, 5, 7, 40};
    static const double finals[] = {50.5, 1, 7, 1.5, 5, 0, 40, -2.5, 6, 1, 50, 4};
    static const double added[] = {59, 41.5, 63};
    ck_assert_uint_eq(t->n, 3);
    check_equal(t->Z, flows, 9);
    check_equal(t->Y, finals, 12);
    check_equal(t->P, added, 3);
    ck_assert_str_eq(wio_table_origin_sector(t, 0), "c2");
    wio_table *back = NULL;
    ck_assert_int_eq(wio_table_write_folder(t, scratch("folder"), false, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_open(&back, scratch("folder"), NULL, NULL, NULL), WIO_OK);
    check_equal(back->Z, t->Z, 9); /* regions with different sectors */
    wio_table_free(back);
    wio_table_free(t);
}
END_TEST

START_TEST(an_activity_is_left_out_when_asked)
{
    scratch_write("merge.csv", "region,sector,into_region,into_sector\nBBB,c1,,\nBBB,c2,,\n");
    const wio_import_options options = {.merge = scratch("merge.csv")};
    wio_log *log = new_log();
    wio_table *t = import_ok("wiod2013", AT "wiod2013/2015", &options, log);
    static const double flows[] = {10, 5, 4, 20};
    static const double finals[] = {20.5, -1, 3, 0.5, 30, 2, 4, 1};
    ck_assert_uint_eq(t->n, 2);
    ck_assert_uint_eq(t->m, 2);
    check_equal(t->Z, flows, 4);
    check_equal(t->Y, finals, 8);
    ck_assert(!t->endogenous[1]);
    ck_assert(logged(log, "BBB.c1 is left out, as asked: sales of 81.5 and inputs of 81.5"));
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(satellites_join_by_weights)
{
    scratch_write("jobs.csv", "region,sector,account,unit,value\n"
                              "AAA,farm,jobs,persons,100\nBBB,farm,jobs,persons,7\n"
                              "AAA,plant,jobs,persons,40\n");
    scratch_write("map.csv", "region,sector,into_region,into_sector,weight\n"
                             "*,farm,*,c1,0.75\n*,farm,*,c2,0.25\nAAA,plant,AAA,c2,1\n");
    const wio_import_options options = {.satellite = scratch("jobs.csv"),
                                        .concordance = scratch("map.csv")};
    wio_log *log = new_log();
    wio_table *t = import_ok("wiod2013", AT "wiod2013/2015", &options, log);
    static const double jobs[] = {75, 65, 5.25, 1.75};
    ck_assert_uint_eq(t->k, 1);
    check_equal(t->S, jobs, 4);
    ck_assert_str_eq(t->account_unit[0], "persons");
    ck_assert(logged(log, "account 'jobs' joined"));
    wio_table_free(t);
    scratch_write("own.csv", "region,sector,account,unit,value\nBBB,c2,jobs,persons,3\n");
    const wio_import_options own = {.satellite = scratch("own.csv")};
    t = import_ok("wiod2013", AT "wiod2013/2015", &own, log);
    ck_assert(t->S[3] == 3.0);
    ck_assert(isnan(t->S[0])); /* missing, not 0 */
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(the_user_says_what_a_code_is)
{
    scratch_write("roles.csv", "code,role\nHFCE,government\nTLS,left_out\n");
    const wio_import_options options = {.roles = scratch("roles.csv")};
    wio_log *log = new_log();
    wio_table *t = import_ok("icio", AT "icio/2015.csv", &options, log);
    ck_assert_int_eq(t->use_role[0], WIO_ROLE_GOVERNMENT);
    ck_assert_uint_eq(t->p, 1);
    ck_assert(logged(log, "not imported: row TLS"));
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(threads_do_not_change_a_bit_and_memory_is_text_and_table)
{
    /* a file of more than one piece (1 MB of text), so that several threads read it */
    enum { SIZE = 600 };
    wio_text text = {0};
    uint64_t state = 5;
    wio_text_add(&text, "V1");
    for (int j = 0; j < SIZE; j++) {
        wio_text_add(&text, ",AAA_S%d", j);
    }
    wio_text_add(&text, ",AAA_HFCE\n");
    for (int i = 0; i < SIZE; i++) {
        wio_text_add(&text, "AAA_S%d", i);
        for (int j = 0; j <= SIZE; j++) {
            char number[WIO_NUMBER_SIZE];
            wio_text_add(&text, ",%s", wio_format_double(number, random_uniform(&state)));
        }
        wio_text_add(&text, "\n");
    }
    scratch_write("big_2015.csv", text.data);
    size_t bytes = text.length;
    wio_text_free(&text);
    wio_table *one, *three;
    ck_assert_int_eq(setenv("OMP_NUM_THREADS", "1", 1), 0);
    size_t before = wio_alloc_bytes;
    wio_alloc_mark();
    one = import_ok("icio", scratch("big_2015.csv"), NULL, NULL);
    /* the table, the text, and labels: 1.2 times the table is the aim */
    double table = (double)(SIZE * (SIZE + 1) * sizeof(double));
    ck_assert_double_le((double)(wio_alloc_most - before), 1.2 * table + (double)bytes);
    ck_assert_int_eq(setenv("OMP_NUM_THREADS", "3", 1), 0);
    three = import_ok("icio", scratch("big_2015.csv"), NULL, NULL);
    ck_assert_mem_eq(one->Z, three->Z, sizeof(double) * SIZE * SIZE);
    state = 5;
    for (size_t i = 0; i < SIZE; i++) { /* and they are the numbers that were written */
        for (size_t j = 0; j <= SIZE; j++) {
            double v = random_uniform(&state);
            ck_assert(v == (j < SIZE ? one->Z[i * SIZE + j] : one->Y[i]));
        }
    }
    wio_table_free(one);
    wio_table_free(three);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------------- */

/* Whether a finding, with its place, has the text in it. */
static bool told(const wio_log *log, const char *text)
{
    const wio_finding *finding;
    bool found = false;
    for (size_t i = 0; !found && (finding = wio_log_finding(log, i)) != NULL; i++) {
        char *line = wio_log_line(finding);
        found = line != NULL && strstr(line, text) != NULL;
        wio_free(line);
    }
    return found;
}

/* What a change of the ICIO fixture's text says. */
static const struct {
    const char *from, *to, *says;
} wrong[] = {
    {"AAA_HFCE", "AAA_WHAT",
     "icio.csv:1:6: error: column 'AAA.WHAT' is no code of this format: say what it is with "
     "--roles "
     "(a CSV file with the columns code,role: the code is 'WHAT')"},
    {"\nTLS,", "\nNEW,", "icio.csv:6:1: error: row 'NEW' is no code of this format"},
    {"AAA_INVNT", "AAA_HFCE", "column 'AAA.HFCE' is there twice (first in column 6)"},
    {"20.5", "20,5", "expected 10 cells as in the header, got 11"},
    {"20.5", "x", "icio.csv:2:6: error: 'x' is not a number"},
    {"20.5", "", "icio.csv:2:6: error: '' is an empty cell"},
    {"20.5", "1e999", "is too large for a number"},
    {"\nBB1_B05_06,", "\nBB1_B07,", "column 'BB1.B05_06' is no code of this format"},
    {"20.5", "-200", "AAA.A01_02 has negative output"},
    {"AAA_A01_02,10,5,2,1,20.5,-1,3,0.5", "AAA_A01_02,0,0,0,0,0,0,0,0",
     "buys inputs but has no output"},
};

START_TEST(a_mistake_is_named_with_its_place)
{
    char *text = changed(wrong[_i].from, wrong[_i].to);
    scratch_write("icio.csv", text);
    wio_free(text);
    wio_log *log = new_log();
    wio_table *t = NULL;
    wio_error err = {0};
    wio_status status = wio_table_import(&t, "icio", scratch("icio.csv"), &year_2015, log, &err);
    ck_assert_int_ne(status, WIO_OK);
    ck_assert_ptr_null(t);
    ck_assert_msg(told(log, wrong[_i].says), "%s", err.message);
    wio_log_free(log);
}
END_TEST

START_TEST(what_cannot_be_known_is_refused)
{
    refused("icioo", AT "icio/2015.csv", NULL, WIO_E_ARGUMENT, "did you mean 'icio'?");
    refused("icio", AT "nothing", NULL, WIO_E_NO_INPUT, "there is no such file or folder");
    refused("auto", "tests/data/PROVENANCE.md", NULL, WIO_E_UNSUPPORTED, "name the format");
    refused("siot", AT "siot/aaa_2014.csv", NULL, WIO_E_FORMAT, "give it with --region");
    const wio_import_options region = {.region = "AAA"};
    refused("siot", AT "siot/aaa_2014.csv", &region, WIO_E_FORMAT, "does not say its unit");
    const wio_import_options unit = {.region = "AAA", .unit = "bushels"};
    refused("siot", AT "siot/aaa_2014.csv", &unit, WIO_E_FORMAT, "'bushels' is not understood");
    scratch_write("semicolons.csv", "code;A;P3_S14\nA;1,5;2\nP1;3,5;\n");
    refused("siot", scratch("semicolons.csv"), &region, WIO_E_FORMAT,
            "there is no ',' in the first line: the cells seem to be separated by ';'; save the "
            "file as it is published, or import it by a mapping");
    refused("mario", AT "mario", NULL, WIO_E_FORMAT, "does not say its year");
    refused("pymrio", AT "icio", NULL, WIO_E_NO_INPUT, "unit.txt");
    refused("icio", AT, NULL, WIO_E_FORMAT, "there is no file *.csv in this folder");
}
END_TEST

/* A change of the CSV files of WIOD 2016. */
static const struct {
    const char *file, *from, *to, *says;
} wiod_wrong[] = {
    {"WIOT2015_Nov16_ROW.csv", ",CONS_h,", ",CONS_x,", "AAA.CONS_x has no row of flows"},
    {"WIOT2015_Nov16_ROW.csv", "TXSP,", "TXXX,", "row 'TOT.TXXX' is no code of this format"},
    {"WIOT2015_Nov16_ROW.csv", "C10-C12,Food,BBB", "A01,Food,BBB",
     "row 'BBB.A01' is there twice (first in line 9)"},
    {"frame.csv", "\"AAA57\"", "\"AAA62\"", "column 'AAA62' is no code of this format"},
    {"frame.csv", "\"BBB2\"", "\"BBB1\"", "column 'BBB.A01' is there twice"},
    {"frame.csv", "\"BBB2\"", "\"CCC2\"", "column 'CCC2' is no code of this format"},
    {"frame.csv", ",20.5,", ",NA,", "'NA' is not a number"},
    {"frame.csv", "\"VA\",", "\"VX\",", "'TOT.VX' is no code"},
};

START_TEST(a_mistake_in_wiod_2016_is_named)
{
    static const char *const files[] = {"WIOT2015_Nov16_ROW.csv", "frame.csv", NULL};
    char path[300];
    const char *folder =
        copy_of(AT "wiod2016", files, wiod_wrong[_i].file, wiod_wrong[_i].from, wiod_wrong[_i].to);
    (void)snprintf(path, sizeof path, "%s/%s", folder, wiod_wrong[_i].file);
    refused("wiod2016", path, NULL, WIO_E_FORMAT, wiod_wrong[_i].says);
}
END_TEST

START_TEST(workbooks_that_cannot_be_known_are_refused)
{
    scratch_write("WIOT2014_Nov16_ROW.xlsb", "PK");
    refused("auto", scratch("WIOT2014_Nov16_ROW.xlsb"), NULL, WIO_E_FORMAT,
            "a binary workbook (.xlsb) cannot be read: open it in a spreadsheet and save it");
    refused("adb", AT "adb-wrong/ADB-MRIO-2015-uses.xlsx", NULL, WIO_E_FORMAT,
            "F1 is 'Final consumption expenditure by general government' here, not household");
    refused("adb", AT "wiod2016/WIOT2015_Nov16_ROW.xlsx", NULL, WIO_E_FORMAT,
            "row 'AAA.r1' is no code of this format");
    refused("adb", AT "mario/tiny.xlsx", NULL, WIO_E_FORMAT,
            "there is no header line with the code c1 in column E");
    scratch_write("roles.csv", "code,role\nF1,government\n");
    const wio_import_options options = {.roles = scratch("roles.csv")};
    wio_table *t = import_ok("adb", AT "adb-wrong/ADB-MRIO-2015-uses.xlsx", &options, NULL);
    ck_assert_int_eq(t->use_role[t->final_use[0]], WIO_ROLE_GOVERNMENT);
    wio_table_free(t);
}
END_TEST

START_TEST(blank_cells_of_adb_are_zeros_and_said)
{
    wio_log *log = new_log();
    wio_table *t = import_ok("adb", AT "adb/ADB-MRIO62-2015_Dec2022.xlsx", NULL, log);
    ck_assert(logged(log, "5 cells that the publisher left blank are taken as 0"));
    ck_assert_str_eq(t->price_basis_note,
                     "basic prices; 2 economies, at current prices (industry by industry)");
    ck_assert_int_eq(t->year, 2015); /* not 2022, when it was published */
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(output_that_cannot_be_used_says_how_to_go_on)
{
    char *text = changed("20.5", "-200");
    scratch_write("icio.csv", text);
    wio_free(text);
    wio_log *log = new_log();
    wio_table *t = NULL;
    ck_assert_int_eq(wio_table_import(&t, "icio", scratch("icio.csv"), &year_2015, log, NULL),
                     WIO_E_TABLE);
    ck_assert(logged(log, "give --merge a CSV file: the line "
                          "'region,sector,into_region,into_sector', then 'AAA,A01_02,,'; "));
    wio_log_free(log);
}
END_TEST

START_TEST(parts_that_do_not_fit_are_refused)
{
    const char *path = copy_of(AT "eora26", eora_files, "labels_VA.txt",
                               "Primary Inputs\tTaxes on production D.29\n", "");
    refused("eora26", path, NULL, WIO_E_FORMAT, "1 labels, but ");
}
END_TEST

START_TEST(purchasers_prices_and_units_that_differ_are_refused)
{
    const char *path = copy_of(AT "pymrio", pymrio_files, "unit.txt", "BBB\tGoods\tMill EUR",
                               "BBB\tGoods\tMill USD");
    refused("pymrio", path, &year_2015, WIO_E_FORMAT,
            "the unit is 'Mill USD', but that of the first activity is 'Mill EUR'");
    ck_assert_int_eq(mkdir(scratch("pp"), 0777), 0);
    scratch_write("pp/Eora26_2015_pp_T.txt", "1\n");
    refused("eora26", scratch("pp"), NULL, WIO_E_FORMAT, "purchasers' prices (pp)");
}
END_TEST

START_TEST(a_label_without_a_unit_is_refused)
{
    const char *path =
        copy_of(AT "pymrio", pymrio_files, "emissions/unit.txt", "CO2\tair", "CO2\twater");
    refused("pymrio", path, &year_2015, WIO_E_FORMAT, "'CO2 | air' has no unit in unit.txt");
}
END_TEST

/* Lines that are missing at the end or inside of a source; WIO_OK: a warning. */
static const char *const wiod_files[] = {"Z.csv", "Y.csv", "X_VA.csv", NULL};
static const char *const exio_files[] = {
    "Z.txt", "Y.txt", "unit.txt", "satellite/F.txt", "satellite/F_Y.txt", "satellite/unit.txt",
    NULL};
static const char *const mario_files[] = {"Z.csv", "Y.csv",  "V.csv",     "VY.csv",
                                          "E.csv", "EY.csv", "units.csv", NULL};
static const struct {
    const char *format, *source;
    const char *const *files;
    const char *file, *from, *to;
    wio_status status;
    const char *says;
} cut[] = {
    {"wiod2013", AT "wiod2013/2015", wiod_files, "X_VA.csv", "BBB_c1,81.5,41.5,40,0\n", "",
     WIO_E_FORMAT, "BBB.c1 has no row of primary inputs"},
    {"exiobase3", AT "exiobase3/IOT_2015_pxp", exio_files, "satellite/F.txt",
     "CO2 - combustion - air\t7\t8\t9.25\t10\n", "", WIO_OK,
     "F.txt: warning: 1 rows of unit.txt are not in it ('CO2 - combustion - air' first)"},
    {"exiobase3", AT "exiobase3/IOT_2015_pxp", exio_files, "unit.txt", "BBB\tGoods\tM.EUR\n", "",
     WIO_OK, "unit.txt: warning: has units for 3 activities, but Z.txt has 4"},
    {"mario", AT "mario", mario_files, "V.csv", "Wages,23,34,40,60\n", "", WIO_OK,
     "warning: inputs do not add up to output: largest gap at BBB.Goods (inputs 53, output 113): "
     "is the source whole?"},
    {"mario", AT "mario", mario_files, "units.csv", "Sector,Goods,M EUR\n",
     "Sector,Goods,M EUR\nSatellite account,CH4,t\n", WIO_OK,
     "warning: 1 items have a unit, but no row or column ('CH4' first)"},
};

START_TEST(a_source_that_is_not_whole_is_told)
{
    const char *path =
        copy_of(cut[_i].source, cut[_i].files, cut[_i].file, cut[_i].from, cut[_i].to);
    const wio_import_options options = {.year = 2015};
    wio_table *t = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    ck_assert_int_eq(wio_table_import(&t, cut[_i].format, path, &options, log, &err),
                     cut[_i].status);
    ck_assert_msg(told(log, cut[_i].says), "%s", err.message);
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(a_region_that_only_consumes_is_told)
{
    char *text = changed("AAA_INVNT", "ACA_INVNT");
    scratch_write("icio.csv", text);
    wio_free(text);
    wio_log *log = new_log();
    wio_table *t = import_ok("icio", scratch("icio.csv"), &year_2015, log);
    ck_assert(told(log, "warning: ACA: final uses, but no activity"));
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(a_file_that_ends_before_its_primary_inputs_is_told)
{
    char *text = changed("TLS,1,1,1.5,3,0.5,0,0.25,0,0\nVA,23,34,40,60,0,0,0,0,0\n"
                         "OUT,41,65,81.5,113,0,0,0,0,0\n",
                         "");
    scratch_write("icio.csv", text);
    wio_free(text);
    wio_log *log = new_log();
    wio_table *t = import_ok("icio", scratch("icio.csv"), &year_2015, log);
    ck_assert(told(log, "inputs do not add up to output: largest gap at BB1.B05_06 (inputs 50, "
                        "output 113): is the source whole? There are no primary inputs"));
    wio_table_free(t);
    wio_log_free(log);
}
END_TEST

START_TEST(no_extension_is_left_out_unsaid)
{
    (void)copy_of(AT "pymrio", pymrio_files, "unit.txt", "Mill EUR", "Mill EUR");
    for (int i = 0; i < 39; i++) { /* 41 with the two of the fixture */
        char name[40];
        (void)snprintf(name, sizeof name, "copy/e%02d", i);
        ck_assert_int_eq(mkdir(scratch(name), 0777), 0);
        (void)snprintf(name, sizeof name, "copy/e%02d/F.txt", i);
        scratch_write(name, "");
    }
    refused("pymrio", scratch("copy"), &year_2015, WIO_E_FORMAT,
            "more than 40 folders have an F.txt");
}
END_TEST

START_TEST(a_mapping_is_a_format_too)
{
    wio_table *t = NULL;
    scratch_write("map.yaml", "name: no mapping\n");
    const wio_import_options options = {.year = 2015};
    refused("mapping", scratch("map.yaml"), &options, WIO_E_ARGUMENT, "give it no other option");
    ck_assert_int_eq(wio_table_import(&t, "mapping", scratch("map.yaml"), NULL, NULL, NULL),
                     WIO_E_FORMAT); /* what is right is in test_import_mapping.c */
    wio_import_summary s;
    ck_assert_int_eq(wio_import_describe(&s, "mapping", scratch("map.yaml"), NULL, NULL),
                     WIO_E_UNSUPPORTED);
}
END_TEST

/* The folder above the right one: what is read, and which of its members would be. */
START_TEST(a_source_of_another_shape_is_told_what_is_read)
{
    wio_table *t = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_import(&t, "wiod2013", AT "wiod2013", NULL, log, NULL),
                     WIO_E_NO_INPUT);
    ck_assert(logged(log, "does not look like 'wiod2013', which reads WIOD 2013, world table: the "
                          "workbook wiotYY_row_*.xlsx, or a folder of one year with Z.csv, Y.csv "
                          "and X_VA.csv (did you mean '" AT "wiod2013/2015'?)"));
    wio_log_free(log);
}
END_TEST

START_TEST(maps_of_the_user_are_checked)
{
    const char *icio = AT "icio/2015.csv", *wiod = AT "wiod2013/2015";
    scratch_write("r1.csv", "code,role\nHFCE,houshold\n");
    wio_import_options o = {.roles = scratch("r1.csv")};
    refused("icio", icio, &o, WIO_E_FORMAT, "r1.csv:2:2: 'houshold' is no role (did you mean");
    scratch_write("r2.csv", "code,role\nNOPE,household\n");
    o = (wio_import_options){.roles = scratch("r2.csv")};
    refused("icio", icio, &o, WIO_E_FORMAT, "the source has no code 'NOPE'");
    scratch_write("r3.csv", "code,what\nHFCE,household\n");
    o = (wio_import_options){.roles = scratch("r3.csv")};
    refused("icio", icio, &o, WIO_E_FORMAT, "unknown column 'what'");
    scratch_write("m1.csv", "region,sector,into_region,into_sector\nAAA,c9,AAA,c2\n");
    o = (wio_import_options){.merge = scratch("m1.csv")};
    refused("wiod2013", wiod, &o, WIO_E_FORMAT, "m1.csv:2:1: 'AAA,c9' is no activity");
    scratch_write("m2.csv",
                  "region,sector,into_region,into_sector\nAAA,c1,AAA,c2\nAAA,c2,BBB,c2\n");
    o = (wio_import_options){.merge = scratch("m2.csv")};
    refused("wiod2013", wiod, &o, WIO_E_FORMAT, "name the last one");
    scratch_write("s.csv", "region,sector,account,unit,value\nAAA,farm,jobs,persons,1\n");
    char satellite[300];
    (void)snprintf(satellite, sizeof satellite, "%s", scratch("s.csv"));
    o = (wio_import_options){.satellite = satellite};
    refused("wiod2013", wiod, &o, WIO_E_FORMAT, "s.csv:2:1: 'AAA,farm' is no activity");
    scratch_write("c1.csv", "region,sector,into_region,into_sector,weight\nAAA,farm,AAA,c1,0.9\n");
    o.concordance = scratch("c1.csv");
    refused("wiod2013", wiod, &o, WIO_E_FORMAT, "the weights of 'AAA,farm' sum to 0.9, not to 1");
    scratch_write("c2.csv", "region,sector,into_region,into_sector\nAAA,plant,AAA,c1\n");
    o.concordance = scratch("c2.csv");
    refused("wiod2013", wiod, &o, WIO_E_FORMAT, "'AAA,farm' is not in the concordance");
    scratch_write("c3.csv", "region,sector,into_region,into_sector,weight\n"
                            "AAA,farm,AAA,c1,1.5\nAAA,farm,AAA,c2,-0.5\n");
    o.concordance = scratch("c3.csv");
    refused("wiod2013", wiod, &o, WIO_E_FORMAT,
            "c3.csv:3:5: weight is -0.5: a share is not negative");
    scratch_write("u.csv", "region,sector,account,unit,value\nAAA,c1,jobs,persons,1\n"
                           "AAA,c2,jobs,thousand persons,1\n");
    const wio_import_options units = {.satellite = scratch("u.csv")};
    refused("wiod2013", wiod, &units, WIO_E_FORMAT,
            "u.csv:3:4: the unit of account 'jobs' is 'thousand persons' here, but 'persons' "
            "before");
    o.satellite = NULL;
    refused("wiod2013", wiod, &o, WIO_E_ARGUMENT, "a concordance needs a satellite");
}
END_TEST

START_TEST(a_table_with_imports_is_not_written_for_pymrio)
{
    wio_table *t = import_ok("auto", AT "wiod2016-niot/AAA2014", NULL, NULL);
    wio_error err = {0};
    ck_assert_int_eq(wio_table_write_pymrio(t, scratch("p"), false, &err), WIO_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.message, "region ROW does not produce"));
    wio_table_free(t);
}
END_TEST

START_TEST(only_a_folder_of_pymrio_is_replaced)
{
    wio_table *t = import_ok("pymrio", AT "pymrio", NULL, NULL);
    wio_error err = {0};
    ck_assert_int_eq(wio_table_write_pymrio(t, scratch("p"), false, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_write_pymrio(t, scratch("p"), false, &err), WIO_E_CREATE);
    ck_assert_int_eq(wio_table_write_pymrio(t, scratch("p"), true, NULL), WIO_OK);
    ck_assert_int_eq(mkdir(scratch("mine"), 0777), 0);
    scratch_write("mine/letter.txt", "dear");
    ck_assert_int_eq(wio_table_write_pymrio(t, scratch("mine"), true, NULL), WIO_E_CREATE);
    ck_assert_uint_eq(scratch_files(), 2);
    wio_table_free(t);
}
END_TEST

START_TEST(a_full_disk_leaves_nothing)
{
    wio_table *t = import_ok("pymrio", AT "pymrio", NULL, NULL);
    wio_status status = WIO_E_WRITE;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 200);
        wio_write_budget = budget;
        status = wio_table_write_pymrio(t, scratch("p"), false, NULL);
        wio_write_budget = -1;
        ck_assert_uint_eq(scratch_files(), status == WIO_OK ? 1 : 0);
    }
    wio_table_free(t);
}
END_TEST

START_TEST(no_memory_is_an_error_and_frees_everything)
{
    const wio_import_options options = {.year = 2015};
    wio_status status = WIO_E_MEMORY;
    long live = wio_alloc_live;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 5000);
        wio_table *t = NULL;
        wio_alloc_budget = budget;
        status = wio_table_import(&t, world[_i].format, world[_i].source, &options, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "budget %ld: %s", budget,
                      wio_status_text(status));
        wio_table_free(t);
        ck_assert_int_eq(wio_alloc_live, live);
    }
}
END_TEST

START_TEST(no_memory_with_maps_and_when_writing)
{
    scratch_write("merge.csv", "region,sector,into_region,into_sector\nAAA,c1,AAA,c2\n");
    scratch_write("roles.csv", "code,role\nc37_HFCE,household\n");
    scratch_write("jobs.csv", "region,sector,account,unit,value\nAAA,farm,jobs,persons,100\n");
    scratch_write("map.csv", "region,sector,into_region,into_sector\n*,farm,*,c2\n");
    char paths[4][300];
    static const char *const names[] = {"merge.csv", "roles.csv", "jobs.csv", "map.csv"};
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "%s", scratch(names[i]));
    }
    const wio_import_options options = {
        .merge = paths[0], .roles = paths[1], .satellite = paths[2], .concordance = paths[3]};
    wio_status status = WIO_E_MEMORY;
    wio_table *t = NULL;
    long live = wio_alloc_live;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 5000);
        wio_alloc_budget = budget;
        status = wio_table_import(&t, "wiod2013", AT "wiod2013/2015", &options, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        ck_assert(status == WIO_OK || wio_alloc_live == live);
    }
    live = wio_alloc_live;
    status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 5000);
        wio_alloc_budget = budget;
        status = wio_table_write_pymrio(t, scratch("p"), false, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    wio_table_free(t);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("import");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_loop_test(known, every_world_format_gives_the_same_numbers, 0, WORLD);
    tcase_add_loop_test(known, labels_are_kept_as_they_are, 0, WORLD);
    tcase_add_loop_test(known, satellites_come_with_their_units, 0, WORLD);
    tcase_add_test(known, a_factor_in_another_unit_is_a_satellite);
    tcase_add_test(known, what_final_uses_pay_is_kept_beside);
    tcase_add_loop_test(known, every_code_of_an_edition_is_known, 0, EDITIONS);
    tcase_add_test(known, every_code_of_exiobase_3_is_known);
    tcase_add_loop_test(known, auto_finds_every_format, 0, WORLD);
    tcase_add_test(known, a_national_wiod_table_has_imports_as_origins);
    tcase_add_test(known, a_national_table_meets_products_and_codes);
    tcase_add_test(known, a_scottish_table_has_imports_from_two_places_and_three_kinds_of_exports);
    tcase_add_test(known, an_imported_table_goes_through_folder_and_file);
    suite_add_tcase(s, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60.0); /* a file of some megabytes on a busy machine */
    tcase_add_checked_fixture(properties, scratch_make, scratch_remove);
    tcase_add_test(properties, what_came_from_pymrio_is_written_as_it_was);
    tcase_add_loop_test(properties, any_world_table_survives_the_layout_of_pymrio, 0, WORLD);
    tcase_add_loop_test(properties, a_source_is_described_without_its_numbers, 0, WORLD);
    tcase_add_test(properties, a_folder_of_years_needs_the_year);
    tcase_add_test(properties, another_year_than_the_source_says_is_warned_of);
    tcase_add_test(properties, merging_keeps_every_sum);
    tcase_add_test(properties, an_activity_is_left_out_when_asked);
    tcase_add_test(properties, satellites_join_by_weights);
    tcase_add_test(properties, the_user_says_what_a_code_is);
    tcase_add_test(properties, threads_do_not_change_a_bit_and_memory_is_text_and_table);
    suite_add_tcase(s, properties);
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 60.0); /* every budget of writes syncs files */
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, a_mistake_is_named_with_its_place, 0,
                        sizeof wrong / sizeof wrong[0]);
    tcase_add_test(failures, what_cannot_be_known_is_refused);
    tcase_add_loop_test(failures, a_mistake_in_wiod_2016_is_named, 0,
                        sizeof wiod_wrong / sizeof wiod_wrong[0]);
    tcase_add_test(failures, workbooks_that_cannot_be_known_are_refused);
    tcase_add_test(failures, blank_cells_of_adb_are_zeros_and_said);
    tcase_add_test(failures, output_that_cannot_be_used_says_how_to_go_on);
    tcase_add_test(failures, parts_that_do_not_fit_are_refused);
    tcase_add_test(failures, purchasers_prices_and_units_that_differ_are_refused);
    tcase_add_test(failures, a_label_without_a_unit_is_refused);
    tcase_add_loop_test(failures, a_source_that_is_not_whole_is_told, 0, sizeof cut / sizeof *cut);
    tcase_add_test(failures, a_region_that_only_consumes_is_told);
    tcase_add_test(failures, a_file_that_ends_before_its_primary_inputs_is_told);
    tcase_add_test(failures, no_extension_is_left_out_unsaid);
    tcase_add_test(failures, a_mapping_is_a_format_too);
    tcase_add_test(failures, a_source_of_another_shape_is_told_what_is_read);
    tcase_add_test(failures, maps_of_the_user_are_checked);
    tcase_add_test(failures, a_table_with_imports_is_not_written_for_pymrio);
    tcase_add_test(failures, only_a_folder_of_pymrio_is_replaced);
    tcase_add_test(failures, a_full_disk_leaves_nothing);
    tcase_add_loop_test(failures, no_memory_is_an_error_and_frees_everything, 0, WORLD);
    tcase_add_test(failures, no_memory_with_maps_and_when_writing);
    suite_add_tcase(s, failures);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
