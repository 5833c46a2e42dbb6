/* test_import_sut.c - suite for supply and use: io/import_gloria.c with io/import_stream.c, io/import_bls.c
 * and MARIO's export in io/import_mario.c. The economy of test_import.c in their layouts; pymrio's mock
 * of GLORIA, whose numbers were read with numpy. BEA and MARIO's workbook: test_import_supply_use.c. */
#include "../io/import.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT       "tests/data/import/gloria"
#define DATA     "GLORIA_MRIOs_59_2015"
#define ACCOUNTS "GLORIA_SatelliteAccounts_059_2015"
#define FILE_OF(what)                                                                              \
    "0_120secMother_AllCountries_002_" what "-Results_2015_059_Markup001(full).csv"

enum { N = 4, F = 4 };
static const double Z[N * N] = {10, 5, 2, 1, 4, 20, 1, 3, 1, 2, 30, 6, 2, 3, 7, 40};
static const double Y[N * F] = {20.5, -1, 3, 0.5, 30, 2, 4, 1, 5, 0, 40, -2.5, 6, 1, 50, 4};
static const double W[2 * N] = {1, 1, 1.5, 3, 23, 34, 40, 60};
static const double OUTPUT[N] = {41, 65, 81.5, 113}, CO2[N] = {7, 8, 9.25, 10};

static wio_supply_use *import_of(const char *format, const char *source,
                                 const wio_import_options *options, wio_log *log)
{
    wio_supply_use *s = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_supply_use_import(&s, format, source, options, log, &err) == WIO_OK, "%s",
                  err.message);
    return s;
}

static wio_supply_use *import_ok(const char *source, const wio_import_options *options,
                                 wio_log *log)
{
    return import_of("gloria", source, options, log);
}

static void check_economy(const wio_supply_use *s)
{
    ck_assert_uint_eq(s->products, N);
    ck_assert_uint_eq(s->industries, N);
    check_equal(s->U, Z, (size_t)N * N);
    check_equal(s->Y, Y, (size_t)N * F);
    check_equal(s->W, W, (size_t)2 * N); /* rows of a region's own items add up to one of all */
    if (s->V == NULL) {                  /* GLORIA: what a region makes of its own two products */
        static const double own[] = {41, 0, 0, 65, 81.5, 0, 0, 113};
        check_equal(s->V_regions, own, (size_t)2 * N);
        return;
    }
    for (size_t i = 0; i < (size_t)N * N; i++) {
        ck_assert(s->V[i] == (i % (N + 1) == 0 ? OUTPUT[i / N] : 0.0));
    }
}

/* The fixture in the scratch folder, by links; the file that is given is written anew. */
static const char *linked(const char *file, const char *text)
{
    static const char *const files[] = {"GLORIA_ReadMe_059.xlsx",   DATA "/" FILE_OF("T"),
                                        DATA "/" FILE_OF("V"),      DATA "/" FILE_OF("Y"),
                                        ACCOUNTS "/" FILE_OF("TQ"), ACCOUNTS "/" FILE_OF("YQ")};
    ck_assert_int_eq(mkdir(scratch(DATA), 0777), 0);
    ck_assert_int_eq(mkdir(scratch(ACCOUNTS), 0777), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char from[300], *whole;
        (void)snprintf(from, sizeof from, AT "/%s", files[i]);
        whole = realpath(from, NULL);
        ck_assert_ptr_nonnull(whole);
        if (file == NULL || strcmp(files[i], file) != 0) {
            ck_assert_int_eq(symlink(whole, scratch(files[i])), 0);
        }
        free(whole);
    }
    if (file != NULL && text != NULL) {
        scratch_write(file, text);
    }
    return scratch("");
}

/* --- known answers ---------------------------------------------------------------------------------- */

START_TEST(supply_and_use_are_the_economy)
{
    wio_log *log = new_log();
    wio_supply_use *s = import_ok(AT, NULL, log);
    check_economy(s);
    ck_assert_uint_eq(s->regions, 2);
    ck_assert_str_eq(s->region_code[1], "BBB");
    ck_assert_str_eq(s->product[3], "Goods");
    ck_assert_str_eq(s->currency, "USD");
    ck_assert_int_eq(s->year, 2015);
    ck_assert_int_eq(s->item_role[0], WIO_ROLE_TAX);
    ck_assert_int_eq(s->final_role[1], WIO_ROLE_INVENTORY);
    ck_assert_uint_eq(s->accounts, 2);
    check_equal(s->S, CO2, N); /* as it is: the unit of money is not that of accounts */
    ck_assert_str_eq(s->account[0], "Emissions | co2");
    ck_assert_str_eq(s->account[1], "Emissions | co2 [2]");
    ck_assert_str_eq(s->account_unit[1], "tonnes");
    ck_assert_uint_eq(s->head->inputs, 5); /* T, Y, V, TQ, YQ with their digests */
    ck_assert_uint_eq(strlen(s->head->input[0].digest), 64);
    ck_assert(logged(log, "supply of products against their uses: largest gap 0"));
    ck_assert(!s->residual);
    wio_supply_use_free(s);
    wio_log_free(log);
}
END_TEST

START_TEST(an_export_of_mario_is_the_economy)
{
    static const char source[] = "tests/data/import/mario-sut-csv";
    static const wio_import_options options = {.year = 2015};
    ck_assert_str_eq(wio_import_detect(source), "mario-sut");
    wio_log *log = new_log();
    wio_supply_use *s = import_of("mario-sut", source, &options, log);
    check_economy(s);
    ck_assert_uint_eq(s->regions, 2);
    ck_assert_str_eq(s->currency, "EUR");
    ck_assert_str_eq(s->industry[3], "Goods");
    check_equal(s->S, CO2, N);
    ck_assert_str_eq(s->account_unit[0], "t");
    ck_assert(logged(log, "supply of products against their uses: largest gap 0"));
    wio_supply_use_free(s);
    s = NULL;
    wio_table *t = NULL;
    ck_assert_int_eq(wio_table_import(&t, "mario", source, &options, log, NULL), WIO_E_FORMAT);
    ck_assert(logged(log, "its format is mario-sut"));
    ck_assert_int_eq(
        wio_supply_use_import(&s, "mario-sut", "tests/data/import/mario", &options, log, NULL),
        WIO_E_FORMAT);
    ck_assert(logged(log, "the format 'mario' has tables of sectors"));
    wio_log_free(log);
}
END_TEST

/* What no line says of an industry is not known; it is not 0. */
START_TEST(an_account_without_an_industry_is_missing_there)
{
    static const char *const files[] = {"EY.csv", "V.csv", "VY.csv", "Y.csv", "Z.csv", "units.csv"};
    static const wio_import_options options = {.year = 2015};
    char *here = realpath("tests/data/import/mario-sut-csv", NULL), target[4096];
    ck_assert_ptr_nonnull(here);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(target, sizeof target, "%s/%s", here, files[i]);
        ck_assert_int_eq(symlink(target, scratch(files[i])), 0);
    }
    free(here);
    scratch_write("E.csv", "Region,AAA,AAA,BBB\nLevel,Activity,Activity,Activity\n"
                           "Item,Food,Goods,Food\nItem,,,\nCO2,7,8,9.25\n");
    wio_supply_use *s = import_of("mario-sut", scratch(""), &options, NULL);
    check_equal(s->S, CO2, N - 1);
    ck_assert(isnan(s->S[N - 1]));
    wio_supply_use_free(s);
}
END_TEST

#define BLS "tests/data/import/bls"

START_TEST(matrices_of_bls_get_their_labels_from_beside)
{
    static const double use[] = {10, 5, 4, 20}, make[] = {40, 2, 1, 66}, added[] = {28, 42};
    static const double final[] = {20, 6, 5, -5, 30, 8, 10, -4};
    ck_assert_str_eq(wio_import_detect(BLS), "bls");
    wio_log *log = new_log();
    wio_supply_use *s = import_of("bls", BLS, NULL, log);
    check_equal(s->U, use, 4);
    check_equal(s->V, make, 4);
    check_equal(s->Y, final, 8);
    check_equal(s->W, added, 2);
    ck_assert_int_eq(s->year, 2015);
    ck_assert_str_eq(s->product_name[1], "Animal production");
    ck_assert_int_eq(s->final_role[2], WIO_ROLE_EXPORT);
    ck_assert_str_eq(s->price_basis, "producer");
    ck_assert(logged(log, "not imported: column FD")); /* the sum of final uses */
    ck_assert(!s->residual);
    wio_table *t = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_table_symmetric(&t, s, WIO_SYMMETRIC_D, NULL, NULL, &err) == WIO_OK, "%s",
                  err.message);
    /* V q^-1 U by hand: q is 41 and 68 */
    ck_assert_double_eq_tol(t->Z[0], 40.0 / 41 * 10 + 2.0 / 68 * 4, 1e-14);
    ck_assert_double_eq_tol(t->Z[3], 1.0 / 41 * 5 + 66.0 / 68 * 20, 1e-14);
    wio_table_free(t);
    wio_supply_use_free(s);
    wio_log_free(log);
}
END_TEST

START_TEST(every_model_gives_the_economy_back)
{
    /* every industry makes one product, so that each model's table is the economy; x / x is 1 and
     * the sums are of small whole numbers and halves: exact, but for A, C and Almon, which solve */
    wio_supply_use *s = import_ok(AT, NULL, NULL);
    wio_table *t = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_table_symmetric(&t, s, (wio_symmetric_model)_i, NULL, NULL, &err) == WIO_OK,
                  "%s", err.message);
    ck_assert_uint_eq(t->n, N);
    for (size_t i = 0; i < (size_t)N * N; i++) {
        ck_assert_msg(fabs(t->Z[i] - Z[i]) <= 4e-15 * Z[i], "%.17g", t->Z[i]);
    }
    for (size_t j = 0; j < N; j++) {
        ck_assert(fabs(t->S[j] - CO2[j]) <= 4e-15 * CO2[j]);
    }
    ck_assert_str_eq(wio_table_origin_region(t, 3), "BBB");
    ck_assert_str_eq(wio_table_origin_sector(t, 3), "Goods");
    const wio_frame *frame = wio_table_frame(t, "final_satellites.csv");
    ck_assert_ptr_nonnull(frame);
    ck_assert_uint_eq(frame->rows, 2);
    ck_assert_str_eq(frame->cell[3], "1.5");
    wio_table_free(t);
    wio_supply_use_free(s);
}
END_TEST

START_TEST(the_mock_of_pymrio_has_its_shapes_totals_and_cells)
{
    char path[512];
    if (!third_party(path, sizeof path, "world/pymrio_mocks/gloria_mock")) {
        return;
    }
    ck_assert_str_eq(wio_import_detect(path), "gloria");
    wio_supply_use *s = import_ok(path, NULL, NULL);
    ck_assert_uint_eq(s->products, 9);
    ck_assert_uint_eq(s->finals, 6);
    ck_assert_uint_eq(s->items, 2);
    ck_assert_uint_eq(s->accounts, 5);
    /* sums in thousands by numpy, in another order and before the division: 1e-12 */
    const struct {
        const double *v;
        size_t count;
        double sum;
    } total[] = {{s->U, 81, 2947295.3504909384},
                 {s->V_regions, 27, 20686680.0},
                 {s->Y, 54, 3956844.515397762},
                 {s->W, 18, 3553956.0928017413}};
    for (size_t i = 0; i < 4; i++) {
        double sum = 1e3 * wio_sum(total[i].v, total[i].count, 1);
        ck_assert_msg(fabs(sum - total[i].sum) <= 1e-12 * total[i].sum, "%.17g", sum);
    }
    ck_assert(s->U[0] == 1386400.0 / 1e3); /* AUS Forestry: line 4, column 1 of T */
    ck_assert(s->U[1 * 9 + 2] == 129010.0 / 1e3);
    ck_assert(s->U[2 * 9 + 7] == 0.0052478 / 1e3);
    ck_assert(s->V_regions[1 * 3 + 1] == 5977600.0 / 1e3);
    ck_assert(s->Y[1 * 6 + 0] == 1750300.0 / 1e3);
    ck_assert(s->W[9 + 3] == 239340.0 / 1e3); /* AUT's taxes, in AUT's own row */
    wio_supply_use_free(s);
}
END_TEST

/* --- properties --------------------------------------------------------------------------------------- */

START_TEST(pieces_of_any_size_give_the_same)
{
    /* the longest line has 35 bytes */
    for (size_t bytes = 40; bytes < 300; bytes += 7) {
        wio_stream_bytes = bytes;
        wio_supply_use *s = import_ok(AT, NULL, NULL);
        check_economy(s);
        check_equal(s->S, CO2, N);
        ck_assert_uint_eq(s->head->inputs, 5);
        wio_supply_use_free(s);
    }
}
END_TEST

START_TEST(the_data_folder_itself_is_a_source)
{
    wio_supply_use *s = import_ok(AT "/" DATA, NULL, NULL);
    ck_assert_str_eq(wio_import_detect(AT "/" DATA), "gloria");
    ck_assert_str_eq(wio_import_detect(AT), "gloria");
    check_economy(s);
    ck_assert_uint_eq(s->accounts, 2);
    wio_supply_use_free(s);
    wio_import_summary summary;
    ck_assert_int_eq(wio_import_describe(&summary, "auto", AT, NULL, NULL), WIO_OK);
    ck_assert_str_eq(summary.format, "gloria");
    ck_assert_uint_eq(summary.accounts, 2);
}
END_TEST

START_TEST(satellites_may_be_missing_and_a_last_line_may_not_end)
{
    wio_log *log = new_log();
    const char *source = linked(DATA "/" FILE_OF("V"), "1000,1000,0,0,0,0,0,0\r\n"
                                                       "23000,34000,0,0,0,0,0,0\r\n\r\n"
                                                       "0,0,0,0,1500,3000,0,0\r\n"
                                                       "0,0,0,0,40000,60000,0,0");
    ck_assert_int_eq(rename(scratch(ACCOUNTS), scratch("elsewhere")), 0);
    wio_supply_use *s = import_ok(source, NULL, log);
    check_economy(s);
    ck_assert_uint_eq(s->accounts, 0);
    ck_assert(logged(log, "satellites are not imported"));
    wio_supply_use_free(s);
    wio_log_free(log);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------------- */

#define T_GOOD                                                                                     \
    "0,0,41000,0,0,0,0,0\n0,0,0,65000,0,0,0,0\n10000,5000,0,0,2000,1000,0,0\n"                     \
    "4000,20000,0,0,1000,3000,0,0\n0,0,0,0,0,0,81500,0\n0,0,0,0,0,0,0,113000\n"
static const struct {
    const char *file, *text, *says;
} wrong[] = {
    {DATA "/" FILE_OF("T"), T_GOOD "1000,2000,0,0,30000,6000,0,0\n",
     ":7:1: 7 lines, but there are"},
    {DATA "/" FILE_OF("T"),
     T_GOOD "1000,2000,0,0,30000,6000,0,0\n2000,3000,0,0,7000,40000,0,0\n1\n",
     ":9:1: more lines than the 8 that have a label"},
    {DATA "/" FILE_OF("T"), T_GOOD "1000,2000,0,0,30000,6000,0,0\n2000,3000,0,5,7000,40000,0,0\n",
     ":8:4: 5 between 'Goods' and 'Goods' has no place in supply and use"},
    {DATA "/" FILE_OF("T"),
     "0,0,41000,0,0,0,0,0\n0,0,0,65000,0,0,5,0\n10000,5000,0,0,2000,1000,0,0\n"
     "4000,20000,0,0,1000,3000,0,0\n0,0,0,0,0,0,81500,0\n0,0,0,0,0,0,0,113000\n"
     "1000,2000,0,0,30000,6000,0,0\n2000,3000,0,0,7000,40000,0,0\n",
     ":2:7: industry 'AAA.Goods' makes 5 of product 'BBB.Food': here a region makes its own "
     "products "
     "only"},
    {DATA "/" FILE_OF("T"), T_GOOD "1000,2000,0,0,30000,6000,0\n2000,3000,0,0,7000,40000,0,0\n",
     ":7:7: expected 8 cells as in the header, got 7"},
    {DATA "/" FILE_OF("T"), T_GOOD "1000,2000,0,0,x,6000,0,0\n2000,3000,0,0,7000,40000,0,0\n",
     ":7:5: 'x' is not a number"},
    {DATA "/" FILE_OF("V"), "0,0,1,0,0,0,0,0\n0,0,0,0,0,0,0,0\n0,0,0,0,0,0,0,0\n0,0,0,0,0,0,0,0\n",
     ":1:3: 1 between 'Taxes on production D.29' and 'Food' has no place"},
    {DATA "/" FILE_OF("Y"), NULL, "there is no *_Y-Results*_Markup001(full).csv in this folder"},
    {ACCOUNTS "/" FILE_OF("YQ"), NULL, "there is no *_YQ-Results*"},
    {"GLORIA_ReadMe_059.xlsx", NULL, "there is no GLORIA_ReadMe_*.xlsx in this folder"},
    {"GLORIA_ReadMe_059.xlsx", "no workbook", "GLORIA_ReadMe_059.xlsx"},
};

START_TEST(a_product_without_its_final_uses_is_refused)
{
    static const char *const names[] = {"Z.csv", "V.csv", "VY.csv", "E.csv", "EY.csv", "units.csv"};
    char target[4096], *here = realpath("tests/data/import/mario-sut-csv", NULL);
    ck_assert_int_eq(mkdir(scratch("mario"), 0777), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[40];
        (void)snprintf(target, sizeof target, "%s/%s", here, names[i]);
        (void)snprintf(name, sizeof name, "mario/%s", names[i]);
        ck_assert_int_eq(symlink(target, scratch(name)), 0);
    }
    free(here);
    scratch_write("mario/Y.csv", "Region,,,AAA\nLevel,,,Consumption category\nItem,,,Households\n"
                                 "Region,Level,Item,\nAAA,Commodity,Food,1\n");
    const wio_import_options options = {.year = 2015};
    wio_supply_use *s = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_supply_use_import(&s, "mario-sut", scratch("mario"), &options, NULL, &err),
                     WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, "AAA.Goods has no row of final uses") != NULL, "%s",
                  err.message);
}
END_TEST

START_TEST(a_mistake_is_named_with_its_place)
{
    const char *source = linked(wrong[_i].file, wrong[_i].text);
    wio_stream_bytes = 64; /* more than one piece: lines are counted over them */
    wio_supply_use *s = NULL;
    wio_error err = {0};
    long live = wio_alloc_live;
    ck_assert_int_eq(wio_supply_use_import(&s, "gloria", source, NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, wrong[_i].says) != NULL, "%s", err.message);
    ck_assert_int_eq(wio_alloc_live, live);
}
END_TEST

START_TEST(two_years_and_long_lines_are_refused)
{
    wio_supply_use *s = NULL;
    wio_error err = {0};
    const char *source = linked(NULL, NULL);
    ck_assert_int_eq(mkdir(scratch("GLORIA_MRIOs_59_2016"), 0777), 0);
    ck_assert_int_eq(wio_supply_use_import(&s, "gloria", source, NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "say with --year which year"));
    const wio_import_options options = {.year = 2015};
    s = import_ok(source, &options, NULL);
    check_economy(s);
    wio_supply_use_free(s);
    s = NULL;
    wio_stream_bytes = 16;
    err = (wio_error){0};
    ck_assert_int_eq(wio_supply_use_import(&s, "gloria", AT, NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, "a line of more than 16 bytes") != NULL, "%s", err.message);
}
END_TEST

/* A change of one file of the BLS fixture. */
static const struct {
    const char *file, *text, *says;
} bls_wrong[] = {
    {"labels_industries.csv", NULL, "BLS's matrices have no labels: write its sectoring plans"},
    {"labels_industries.csv", "code,name\n1,Crops\n",
     "3 lines of 3 numbers, but by the labels there are 2 of 2"},
    {"labels_industries.csv", "code,name\n1,Crops\n1,Animals\n", "row 'USA.1' is there twice"},
    {"labels_industries.csv", "code,name\n1\n2\n", "expected 2 cells as in the first line, got 1"},
    {"labels_uses.csv", "code,role\n1,household\n2,export\n",
     "2 lines of 4 numbers, but by the labels there are 2 of 2"},
    {"labels_uses.csv", "code,role\n1,household\n2,export\n3,tax\n4,inventory\n",
     "labels_uses.csv:4:2: 'tax' is no role of a final use"},
    {"NOMINAL_MAKE_2015.DAT", NULL, "there is no NOMINAL_MAKE_* of the year"},
    {"NOMINAL_MAKE_2015.DAT", "40\t2\n1\tx\n", "NOMINAL_MAKE_2015.DAT:2:2: 'x' is not a number"},
    {"NOMINAL_USE_2016.DAT", "1", "there are several NOMINAL_USE_*"},
};

START_TEST(a_mistake_in_bls_is_named)
{
    static const char *const files[] = {"NOMINAL_USE_2015.DAT", "NOMINAL_MAKE_2015.DAT",
                                        "NOMINAL_FDAGG_2015.DAT", "labels_industries.csv",
                                        "labels_uses.csv"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char from[300], *whole;
        (void)snprintf(from, sizeof from, BLS "/%s", files[i]);
        whole = realpath(from, NULL);
        ck_assert_ptr_nonnull(whole);
        if (strcmp(files[i], bls_wrong[_i].file) != 0) {
            ck_assert_int_eq(symlink(whole, scratch(files[i])), 0);
        }
        free(whole);
    }
    if (bls_wrong[_i].text != NULL) {
        scratch_write(bls_wrong[_i].file, bls_wrong[_i].text);
    }
    wio_supply_use *s = NULL;
    wio_error err = {0};
    long live = wio_alloc_live;
    ck_assert_int_eq(wio_supply_use_import(&s, "bls", scratch(""), NULL, NULL, &err), WIO_E_FORMAT);
    ck_assert_msg(strstr(err.message, bls_wrong[_i].says) != NULL, "%s", err.message);
    ck_assert_int_eq(wio_alloc_live, live);
}
END_TEST

START_TEST(no_memory_is_an_error_and_frees_everything)
{
    static const struct {
        const char *format, *source;
    } of[] = {{"gloria", AT},
              {"bls", BLS},
              {"mario-sut", "tests/data/import/mario-sut-csv"},
              {"mario-sut", "tests/data/import/mario-sut/tiny.xlsx"}};
    static const wio_import_options options = {.year = 2015};
    wio_status status = WIO_E_MEMORY;
    wio_stream_bytes = 100;
    for (long budget = 0; status != WIO_OK; budget++) {
        wio_supply_use *s = NULL;
        wio_log *log = new_log();
        long live = wio_alloc_live;
        wio_alloc_budget = budget;
        status = wio_supply_use_import(&s, of[_i].format, of[_i].source, &options, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        wio_supply_use_free(s);
        ck_assert_int_eq(wio_alloc_live, live);
        wio_log_free(log);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("import_sut");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, supply_and_use_are_the_economy);
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, an_export_of_mario_is_the_economy);
    tcase_add_test(known, an_account_without_an_industry_is_missing_there);
    tcase_add_test(known, matrices_of_bls_get_their_labels_from_beside);
    tcase_add_loop_test(known, every_model_gives_the_economy_back, 0, WIO_SYMMETRIC_MODELS);
    tcase_add_test(known, the_mock_of_pymrio_has_its_shapes_totals_and_cells);
    suite_add_tcase(s, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, scratch_make, scratch_remove);
    tcase_add_test(properties, pieces_of_any_size_give_the_same);
    tcase_add_test(properties, the_data_folder_itself_is_a_source);
    tcase_add_test(properties, satellites_may_be_missing_and_a_last_line_may_not_end);
    suite_add_tcase(s, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, a_product_without_its_final_uses_is_refused);
    tcase_add_loop_test(failures, a_mistake_is_named_with_its_place, 0,
                        sizeof wrong / sizeof wrong[0]);
    tcase_add_test(failures, two_years_and_long_lines_are_refused);
    tcase_add_loop_test(failures, a_mistake_in_bls_is_named, 0,
                        sizeof bls_wrong / sizeof bls_wrong[0]);
    tcase_add_loop_test(failures, no_memory_is_an_error_and_frees_everything, 0, 4);
    suite_add_tcase(s, failures);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
