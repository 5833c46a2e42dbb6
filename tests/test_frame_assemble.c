/* test_frame_assemble.c - further files and groups of national tables that are assembled, and tables whose
 * sectors, items and satellites come in another order. */
#include "support.h"

#include "../core/table.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The two tables of test_multiregional.c, with imports by origin: A's from B, JP and RO, B's from A and RO.
 *
 *   A's imports of G  8 4 12: of these from B 5 2.5 7.5, JP 2 1 3, RO 1 .5 1.5; of S  2 6 4: B 1 2 1 ...
 *   B's imports of G 10 5 20: of these from A 8 4 16, RO 2 1 4;                 of S  1 3 2: all from A */
static const bool ENDOGENOUS[] = {true, false, false, false};
static const char *const USE[] = {"H", "X"}, *const ITEM[] = {"W", "O"},
                         *const ACCOUNT[] = {"jobs", "hours"};
static const wio_role ROLE[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_EXPORT},
                      ITEM_ROLE[] = {WIO_ROLE_COMPENSATION, WIO_ROLE_SURPLUS};
static const size_t FINAL_REGION[] = {0, 0};

static wio_table *nation_a(void)
{
    static const double Z[] = {20, 30, 10, 40, 5, 2.5, 1, 2, 2, 1, 1, 2, 1, .5, 0, 2},
                        Y[] = {40, 30, 60, 10, 7.5, 0, 1, 0, 3, 0, 1, 0, 1.5, 0, 2, 0};
    static const size_t region[] = {0, 0, 1, 1, 2, 2, 3, 3};
    static const char *const sector[] = {"G", "S", "G", "S", "G", "S", "G", "S"};
    const wio_table_arrays arrays = {.name = "nation-a",
                                     .currency = "USD",
                                     .year = 2020,
                                     .price_basis = "basic",
                                     .import_split = "survey",
                                     .household_income = 70,
                                     .regions = 4,
                                     .region_code = (const char *const[]){"A", "B", "JP", "RO"},
                                     .endogenous = ENDOGENOUS,
                                     .n = 2,
                                     .m = 8,
                                     .origin_region = region,
                                     .origin_sector = sector,
                                     .f = 2,
                                     .final_region = FINAL_REGION,
                                     .final_use = USE,
                                     .final_role = ROLE,
                                     .p = 2,
                                     .primary_item = ITEM,
                                     .primary_role = ITEM_ROLE,
                                     .k = 2,
                                     .account = ACCOUNT,
                                     .account_unit = ACCOUNT,
                                     .Z = Z,
                                     .Y = Y,
                                     .P = (const double[]){60, 30, 20, 10},
                                     .S = (const double[]){3, 7, 30, 70}};
    return table_made(&arrays);
}

/* `turned`: sectors S, G; items O, W; accounts hours, jobs. */
static wio_table *nation_b(bool turned)
{
    static const double Z[2][12] = {{50, 20, 30, 60, 8, 4, 1, 3, 2, 1, 0, 0},
                                    {60, 30, 20, 50, 4, 8, 3, 1, 1, 2, 0, 0}},
                        Y[2][12] = {{80, 20, 100, 5, 16, 0, 2, 0, 4, 0, 0, 0},
                                    {100, 5, 80, 20, 16, 0, 2, 0, 4, 0, 0, 0}},
                        P[2][4] = {{50, 70, 29, 37}, {37, 29, 70, 50}},
                        S[2][4] = {{11, 13, 110, 130}, {130, 110, 13, 11}};
    static const size_t region[] = {0, 0, 1, 1, 2, 2};
    static const char *const sector[2][6] = {{"G", "S", "G", "S", "G", "S"},
                                             {"S", "G", "G", "S", "G", "S"}};
    static const char *const item[2][2] = {{"W", "O"}, {"O", "W"}}, *const account[2][2] = {
                                                                        {"jobs", "hours"},
                                                                        {"hours", "jobs"}};
    static const wio_role role[2][2] = {{WIO_ROLE_COMPENSATION, WIO_ROLE_SURPLUS},
                                        {WIO_ROLE_SURPLUS, WIO_ROLE_COMPENSATION}};
    const wio_table_arrays arrays = {.name = "nation-b",
                                     .currency = "USD",
                                     .year = 2020,
                                     .price_basis = "basic",
                                     .import_split = "survey",
                                     .household_income = 90,
                                     .regions = 3,
                                     .region_code = (const char *const[]){"B", "A", "RO"},
                                     .endogenous = ENDOGENOUS,
                                     .n = 2,
                                     .m = 6,
                                     .origin_region = region,
                                     .origin_sector = sector[turned],
                                     .f = 2,
                                     .final_region = FINAL_REGION,
                                     .final_use = USE,
                                     .final_role = ROLE,
                                     .p = 2,
                                     .primary_item = item[turned],
                                     .primary_role = role[turned],
                                     .k = 2,
                                     .account = account[turned],
                                     .account_unit = account[turned],
                                     .Z = Z[turned],
                                     .Y = Y[turned],
                                     .P = P[turned],
                                     .S = S[turned]};
    return table_made(&arrays);
}

static wio_status put_together(wio_table **out, wio_table *a, wio_table *b, wio_log *log,
                               wio_error *err)
{
    static char *sector[] = {"G", "G", "S", "S", "G", "G", "S", "G", "S", "G", "S"};
    static char *seller[] = {"B", "C", "B", "C", "A", "C", "A", "A", "A", "B", "B"};
    static char *buyer[] = {"A", "A", "A", "A", "B", "B", "B", "C", "C", "C", "D"};
    static char *use[] = {"", "", "", "", "", "", "", "", "", "", ""};
    static double value[] = {15, 9, 4, 8, 28, 7, 6, 2, 4, 5, 1};
    const wio_trade trade = {.count = 11,
                             .sector = sector,
                             .partner = seller,
                             .buyer = buyer,
                             .use = use,
                             .value = value};
    const wio_multiregional_options options = {.model = WIO_ISARD};
    const wio_table *list[] = {a, b};
    return wio_table_multiregional(out, list, 2, &trade, &options, NULL, log, err);
}

static wio_table *assembled(wio_table *a, wio_table *b, wio_log *log)
{
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status = put_together(&out, a, b, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return out;
}

static void group(wio_table *table, const char *code, size_t count, size_t first)
{
    wio_group *grown = wio_grow(table->group, table->groups, table->groups + 1, sizeof *grown);
    ck_assert_ptr_nonnull(grown);
    table->group = grown;
    wio_group *to = &grown[table->groups++];
    *to = (wio_group){
        .code = wio_strdup(code), .count = count, .sector = wio_alloc(count, sizeof *to->sector)};
    for (size_t k = 0; k < count; k++) {
        to->sector[k] = first + k;
    }
}

/* --- known answers -------------------------------------------------------------------------------- */

/* What A buys of G from JP (6) and RO (3) is from the rest: (.2 6 + .5 3) / 9. What A says of B's imports
 * from A came first. */
START_TEST(lines_of_both_tables_are_put_together)
{
    static const char COLUMNS[] = "file,column,kind,weight\ntariffs.csv,from,partner,\n"
                                  "tariffs.csv,mfn,rate,imports\ntariffs.csv,v,amount,\n";
    wio_table *a = nation_a(), *b = nation_b(false);
    add_file(a, "tariffs.csv",
             "region,from,sector,mfn,v\nA,B,G,.10,15\nA,JP,G,.2,6\nA,RO,G,.5,3\nB,A,G,.07,28\n");
    add_file(a, "columns.csv", COLUMNS);
    add_file(b, "tariffs.csv", "v,from,region,sector,mfn\n28,A,B,G,.070\n7,RO,B,G,0\n");
    add_file(b, "columns.csv", COLUMNS);
    wio_log *log = new_log();
    wio_table *out = assembled(a, b, log);
    check_file(out, "tariffs.csv",
               "region,from,sector,mfn,v\nA,B,G,.10,15\nA,REST,G,0.30000000000000004,9\n"
               "B,A,G,.07,28\nB,REST,G,0,7\n");
    check_file(out, "columns.csv", COLUMNS);
    check_note(out, "tariffs.csv: 1 of 2 lines of B were left out, a table before it has lines of "
                    "the same labels.");
    ck_assert(logged(log, "1 of 2 lines of B are left out: a table before it has lines of the same "
                          "labels"));
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 1);
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

START_TEST(lines_without_a_region_get_their_tables)
{
    wio_table *a = nation_a(), *b = nation_b(false);
    add_file(a, "jobs.csv", "sector,jobs\nG,3\nS,7\n");
    add_file(a, "columns.csv", "file,column,kind,weight\njobs.csv,jobs,amount,\n");
    add_file(b, "jobs.csv", "jobs,sector\n13,S\n11,G\n");
    add_file(b, "only.csv", "sector,price\nG,1.50\n"); /* nobody says what a price is: it stays */
    add_file(b, "rates.csv", "sector,x\nG,1\n");
    add_file(b, "columns.csv",
             "column,file,kind,weight,unit\njobs,jobs.csv,amount,,\nx,rates.csv,rate,B<-RO,%\n");
    add_file(a, "words.csv", "what,price\nbread,2\n");
    add_file(b, "words.csv", "what,price\nbread,2\n");
    wio_table *out = assembled(a, b, NULL);
    check_file(out, "jobs.csv", "region,sector,jobs\nA,G,3\nA,S,7\nB,S,13\nB,G,11\n");
    check_file(out, "only.csv", "region,sector,price\nB,G,1.50\n");
    check_file(out, "words.csv", "what,price\nbread,2\n");
    check_file(out, "columns.csv",
               "file,column,kind,weight,unit\njobs.csv,jobs,amount,,\n"
               "rates.csv,x,rate,B<-REST,%\n");
    wio_table_free(out);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

/* A table with all imports in one block: B is in it, and what is said of it is not said of the rest. */
START_TEST(a_block_that_trade_splits_has_no_lines_any_more)
{
    char *from[] = {"A", "B", "JP", "RO"}, *to[] = {"A", "IMP", "IMP", "IMP"};
    const wio_concordance regions = {.count = 4, .from = from, .to = to};
    wio_table *fine = nation_a(), *a = NULL, *b = nation_b(false);
    ck_assert_int_eq(wio_table_aggregate(&a, fine, &regions, NULL, NULL, NULL, NULL, NULL), WIO_OK);
    add_file(a, "tariffs.csv", "region,from,sector,mfn\nA,IMP,G,.1\nIMP,A,G,.2\nA,A,G,0\n");
    add_file(a, "rates.csv", "sector,x\nG,1\n");
    add_file(a, "columns.csv",
             "file,column,kind,weight\ntariffs.csv,from,partner,\n"
             "tariffs.csv,mfn,rate,imports\nrates.csv,x,rate,A<-IMP\n");
    wio_table *out = assembled(a, b, NULL);
    check_file(out, "tariffs.csv", "region,from,sector,mfn\nA,A,G,0\n");
    check_file(out, "rates.csv", "region,sector,x\nA,G,1\n");
    check_note(out, "tariffs.csv: 2 of 3 lines were left out, of regions that are others now.");
    check_note(out, "rates.csv: rates become of the kind 'same', because their weights are not "
                    "numbers of the new table: x (A<-IMP).");
    wio_table_free(out);
    wio_table_free(fine);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

START_TEST(groups_stay_where_the_tables_agree)
{
    wio_table *a = nation_a(), *b = nation_b(true);
    group(a, "goods", 1, 0), group(b, "goods", 1, wio_names_find(&b->sector, "G"));
    group(a, "all", 2, 0), group(b, "all", 1, 0), group(b, "mine", 2, 0);
    group(a, "one", 1, 0), group(b, "one", 1, wio_names_find(&b->sector, "S"));
    wio_log *log = new_log();
    wio_table *out = assembled(a, b, log);
    ck_assert_uint_eq(out->groups, 2);
    ck_assert_str_eq(out->group[0].code, "goods");
    ck_assert_uint_eq(out->group[0].count, 1);
    ck_assert_str_eq(out->sector.code[out->group[0].sector[0]], "G");
    ck_assert_str_eq(out->group[1].code, "mine");
    ck_assert_uint_eq(out->group[1].count, 2);
    ck_assert(logged(log, "group all is left out: A and B have other sectors in it"));
    check_note(out, "Group all was left out: A and B have other sectors in it.");
    check_note(out, "Group one was left out: A and B have other sectors in it.");
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

/* --- properties ------------------------------------------------------------------------------------ */

START_TEST(another_order_of_the_same_codes_gives_the_same_bits)
{
    wio_table *a = nation_a(), *b[] = {nation_b(false), nation_b(true)}, *out[2];
    for (size_t k = 0; k < 2; k++) {
        out[k] = assembled(a, b[k], NULL);
    }
    ck_assert_uint_eq(out[0]->m, out[1]->m);
    ck_assert_uint_eq(out[0]->f, out[1]->f);
    check_equal(out[1]->Z, out[0]->Z, out[0]->m * out[0]->n);
    check_equal(out[1]->Y, out[0]->Y, out[0]->m * out[0]->f);
    check_equal(out[1]->P, out[0]->P, 2 * out[0]->n);
    check_equal(out[1]->S, out[0]->S, 2 * out[0]->n);
    for (size_t i = 0; i < out[0]->m; i++) {
        ck_assert_str_eq(wio_table_origin_sector(out[1], i), wio_table_origin_sector(out[0], i));
    }
    check_note(out[1],
               "Sectors, items and satellites of B came in another order: they were taken by their "
               "codes.");
    ck_assert_uint_eq(out[0]->notes + 1, out[1]->notes);
    static const double W[] = {60, 30, 50, 70}, jobs[] = {3, 7, 11, 13};
    check_equal(out[1]->P, W, 4);
    check_equal(out[1]->S, jobs, 4);
    for (size_t k = 0; k < 2; k++) {
        wio_table_free(out[k]);
        wio_table_free(b[k]);
    }
    wio_table_free(a);
}
END_TEST

/* --- failures --------------------------------------------------------------------------------------- */

static const struct {
    const char *a, *b, *columns_a, *columns_b, *note;
} DIFFER[] = {
    {"sector,x\nG,1\n", "sector,y\nG,1\n", "f.csv,x,amount,,\n", "f.csv,y,amount,,\n",
     "f.csv of B was left out: it has no column 'x', as that before it has."},
    {"sector,x\nG,1\n", "sector,x,y\nG,1,2\n", "f.csv,x,amount,,\n",
     "f.csv,x,amount,,\nf.csv,y,amount,,\n",
     "f.csv of B was left out: its column 'y' is not in that before it."},
    {"sector,x\nG,1\n", "sector,x\nG,1\n", "f.csv,x,amount,,\n", "f.csv,x,same,,\n",
     "f.csv of B was left out: the kind of its column 'x' is 'same', in that before it 'amount'."},
    {"sector,x\nG,1\n", "sector,x\nG,1\n", "f.csv,x,rate,A<-B,\n", "f.csv,x,rate,B<-A,\n",
     "f.csv of B was left out: the weight of its column 'x' is 'B<-A', in that before it 'A<-B'."},
    {"sector,x\nG,1\n", "sector,x\nG,1\n", "f.csv,x,amount,,persons\n",
     "f.csv,x,amount,,thousand\n",
     "f.csv of B was left out: the unit of its column 'x' is 'thousand', in that before it "
     "'persons'."},
    {"what,x\nbread,1\n", "what,x\nbread,2\n", "", "",
     "f.csv of B was left out: its lines are others and name no region."},
    {"sector,x\nG,1\n", "region,sector,x\nnorth,G,1\n", "f.csv,x,amount,,\n",
     "f.csv,x,amount,,\nf.csv,region,key,,\n",
     "f.csv was left out: its column 'region' is not of the kind region."},
};

START_TEST(files_that_differ_are_named)
{
    wio_table *a = nation_a(), *b = nation_b(false);
    char text[200];
    wio_log *log = new_log();
    (void)snprintf(text, sizeof text, "file,column,kind,weight,unit\n%s", DIFFER[_i].columns_a);
    add_file(a, "f.csv", DIFFER[_i].a);
    add_file(a, "columns.csv", text);
    (void)snprintf(text, sizeof text, "file,column,kind,weight,unit\n%s", DIFFER[_i].columns_b);
    add_file(b, "f.csv", DIFFER[_i].b);
    add_file(b, "columns.csv", text);
    wio_table *out = assembled(a, b, log);
    ck_assert_uint_eq(wio_table_frame(out, "f.csv")->rows, 1);
    check_note(out, DIFFER[_i].note);
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 1);
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *a = nation_a(), *b = nation_b(true);
    group(a, "goods", 1, 0);
    add_file(a, "tariffs.csv",
             "region,from,sector,mfn,v\nA,B,G,.10,15\nA,JP,G,.2,6\nA,RO,G,.5,3\n");
    add_file(a, "columns.csv",
             "file,column,kind,weight\ntariffs.csv,from,partner,\n"
             "tariffs.csv,mfn,rate,imports\ntariffs.csv,v,amount,\n");
    add_file(b, "tariffs.csv", "region,from,sector,mfn,v\nB,A,G,.10,15\n");
    add_file(b, "columns.csv",
             "file,column,kind,weight,unit\ntariffs.csv,from,partner,,\n"
             "tariffs.csv,mfn,rate,imports,\ntariffs.csv,v,amount,,\nx.csv,y,same,,m\n");
    add_file(b, "x.csv", "sector,y\nG,1\n");
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *out = NULL;
        wio_alloc_budget = budget;
        status = put_together(&out, a, b, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (status == WIO_E_MEMORY && out == NULL));
        wio_table_free(out);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 5000);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frame_assemble");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, lines_of_both_tables_are_put_together);
    tcase_add_test(known, lines_without_a_region_get_their_tables);
    tcase_add_test(known, a_block_that_trade_splits_has_no_lines_any_more);
    tcase_add_test(known, groups_stay_where_the_tables_agree);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, another_order_of_the_same_codes_gives_the_same_bits);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, files_that_differ_are_named, 0,
                        (int)(sizeof DIFFER / sizeof DIFFER[0]));
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
