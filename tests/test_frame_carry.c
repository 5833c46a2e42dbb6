/* test_frame_carry.c - further files of a table that is split, carved, given a new sector or origins, made
 * regional, balanced or pooled: which lines stay, what of an amount a part gets, what is left out. */
#include "support.h"

#include "../core/table.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *word(const char *text)
{
    return (char *)(uintptr_t)text;
}

static wio_table *with_files(wio_table *table, const char *rates, const char *columns)
{
    add_file(table, "tariffs.csv", rates);
    if (columns != NULL) {
        add_file(table, "columns.csv", columns);
    }
    return table;
}

/* --- splits --------------------------------------------------------------------------------------- */

static char *M_FROM[2], *M_TO[2], *US_FROM[2], *US_TO[2];
static double QUARTER[] = {0.25, 0.75}, HALF[] = {0.5, 0.5};

static wio_table *split_of(const wio_table *table, bool regions, bool sectors, wio_log *log)
{
    M_FROM[0] = M_FROM[1] = word("M"), M_TO[0] = word("M1"), M_TO[1] = word("M2");
    US_FROM[0] = US_FROM[1] = word("US"), US_TO[0] = word("WEST"), US_TO[1] = word("EAST");
    const wio_split m = {.count = 2, .from = M_FROM, .to = M_TO, .weight = QUARTER},
                    us = {.count = 2, .from = US_FROM, .to = US_TO, .weight = HALF};
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status =
        wio_table_split(&out, table, regions ? &us : NULL, sectors ? &m : NULL, NULL, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return out;
}

START_TEST(parts_of_a_sector_have_their_amounts_and_all_of_its_rates)
{
    wio_table *table = with_files(toy3(),
                                  "sector,mfn,elasticity,trade,note\nA,.50,2,10,wheat\n"
                                  "M,.020,3.0,30,steel\nS,,,,\n",
                                  "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n"
                                  "tariffs.csv,elasticity,same,\ntariffs.csv,trade,amount,\n"
                                  "tariffs.csv,note,text,\n");
    add_file(table, "prices.csv", "what,price\nbread,2\n");
    wio_log *log = new_log();
    wio_table *out = split_of(table, false, true, log);
    check_file(out, "tariffs.csv",
               "sector,mfn,elasticity,trade,note\nA,.50,2,10,wheat\nM1,.020,3.0,7.5,steel\n"
               "M2,.020,3.0,22.5,steel\nS,,,,\n");
    check_file(out, "columns.csv",
               "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n"
               "tariffs.csv,elasticity,same,\ntariffs.csv,trade,amount,\ntariffs.csv,note,text,\n");
    check_file(out, "prices.csv", "what,price\nbread,2\n");
    check_note(out, "tariffs.csv: amounts (trade) were divided by the weights of the parts.");
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 0);
    ck_assert_str_eq(out->name, "toy3-split");
    ck_assert_str_eq(out->title, "TOY3; split: M");
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(shares_of_an_importer_and_a_sector_multiply)
{
    wio_table *table = with_files(toy3(),
                                  "region,from,sector,mfn,trade\nUS,CN,M,.3,160\nCN,US,M,.1,16\n"
                                  "CN,RW,A,.2,5\n",
                                  "file,column,kind,weight\ntariffs.csv,from,partner,\n"
                                  "tariffs.csv,mfn,rate,imports\ntariffs.csv,trade,amount,\n");
    wio_table *out = split_of(table, true, true, NULL);
    check_file(out, "tariffs.csv",
               "region,from,sector,mfn,trade\nWEST,CN,M1,.3,20\nWEST,CN,M2,.3,60\n"
               "EAST,CN,M1,.3,20\nEAST,CN,M2,.3,60\nCN,WEST,M1,.1,2\nCN,WEST,M2,.1,6\n"
               "CN,EAST,M1,.1,2\nCN,EAST,M2,.1,6\nCN,RW,A,.2,5\n");
    ck_assert_str_eq(out->title, "TOY3; split: US, M");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* What USA bought from CN is what two regions buy now, and the output of a sector is that of two. */
START_TEST(a_rate_whose_weight_is_several_numbers_now_stays_as_it_is)
{
    wio_table *table = with_files(toy3(), "sector,mfn,share,trade\nM,.02,.7,30\n",
                                  "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n"
                                  "tariffs.csv,share,rate,output\ntariffs.csv,trade,amount,\n");
    wio_log *log = new_log();
    wio_table *out = split_of(table, true, false, log);
    check_file(out, "tariffs.csv", "sector,mfn,share,trade\nM,.02,.7,30\n");
    check_file(out, "columns.csv",
               "file,column,kind,weight\ntariffs.csv,mfn,same,\ntariffs.csv,share,same,\n"
               "tariffs.csv,trade,amount,\n");
    check_note(out, "tariffs.csv: rates become of the kind 'same', because their weights are not "
                    "numbers of the new table: mfn (US<-CN), share (output).");
    ck_assert(logged(log,
                     "rates become of the kind 'same', because their weights are not numbers of "
                     "the new table: mfn (US<-CN), share (output)"));
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 1);
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(a_plant_of_a_sector_that_is_split_is_named)
{
    wio_table *table = with_files(toy3(), "plant,sector,jobs_per_musd\nmill,A,3\nsmelter,M,2\n",
                                  "file,column,kind,weight\ntariffs.csv,plant,key,\n"
                                  "tariffs.csv,jobs_per_musd,same,\n");
    wio_log *log = new_log();
    wio_table *out = split_of(table, false, true, log);
    check_file(out, "tariffs.csv",
               "plant,sector,jobs_per_musd\nmill,A,3\nsmelter,M1,2\nsmelter,M2,2\n");
    ck_assert(logged(log, "plant 'smelter' is there 2 times now: there are several parts of its "
                          "sector or region"));
    check_note(out, "tariffs.csv: 1 lines stand more than once, their sectors or regions were "
                    "split.");
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* --- regions that stay, sectors that are new ------------------------------------------------------- */

START_TEST(a_carved_region_keeps_its_lines_and_those_of_its_trade)
{
    static const char *const keep[] = {"US"};
    wio_table *table = with_files(toy_mrio(),
                                  "region,from,sector,rate\nUS,CN,G,.1\nCN,US,G,.2\nCN,RW,G,.3\n"
                                  "RW,US,S,.40\n",
                                  "file,column,kind,weight\ntariffs.csv,from,partner,\n"
                                  "tariffs.csv,rate,rate,imports\nmore.csv,b,rate,US<-RW\n"
                                  "more.csv,c,rate,CN<-RW\n");
    add_file(table, "jobs.csv", "region,sector,jobs\nUS,G,7\nCN,G,9\nUS,S,\n"); /* not described */
    add_file(table, "more.csv", "sector,b,c\nG,1,2\n");
    add_file(table, "china.csv", "region,x\nCN,1\n");
    add_file(table, "places.csv", "at,x\nUS,1\nCN,2\n");
    wio_log *log = new_log();
    wio_table *out = NULL;
    ck_assert_int_eq(wio_table_carve(&out, table, keep, 1, log, NULL), WIO_OK);
    check_file(out, "tariffs.csv",
               "region,from,sector,rate\nUS,CN,G,.1\nCN,US,G,.2\nRW,US,S,.40\n");
    check_file(out, "jobs.csv", "region,sector,jobs\nUS,G,7\nUS,S,\n");
    check_file(out, "more.csv", "sector,b,c\nG,1,2\n");
    check_file(out, "columns.csv",
               "file,column,kind,weight\ntariffs.csv,from,partner,\ntariffs.csv,rate,rate,imports\n"
               "more.csv,b,rate,US<-RW\nmore.csv,c,same,\n");
    ck_assert_ptr_null(wio_table_frame(out, "china.csv"));
    ck_assert_ptr_null(wio_table_frame(out, "places.csv"));
    check_note(out, "tariffs.csv: 1 of 4 lines were left out, of regions that were not kept.");
    check_note(out, "jobs.csv: 1 of 3 lines were left out, of regions that were not kept.");
    check_note(out, "china.csv was left out: all its lines are of regions that were not kept.");
    check_note(out, "places.csv was left out: 2 of its columns ('at', ...) are not described in "
                    "columns.csv.");
    check_note(out,
               "more.csv: rates become of the kind 'same', because their weights are not numbers "
               "of the new table: c (CN<-RW).");
    ck_assert(logged(log, "1 of 4 lines are left out: they are of regions that were not kept"));
    ck_assert(
        logged(log, "china.csv is left out: all its lines are of regions that were not kept"));
    ck_assert_str_eq(out->name, "toy-mrio-carved");
    ck_assert_str_eq(out->title, "TOY-MRIO; US with all others as partners");
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

static const double INPUTS[] = {1, 4, 2, 0, 2, 0, 0, 3, 1, 5, 2};
static const double SALES[] = {0, 5, 5, 2, 0, 8, 0, 0};
static const double NEW_JOBS[] = {30};

/* M's output is 700 and that of the cells 20; of what CN sells there are no cells. */
START_TEST(a_new_sector_has_its_part_of_amounts_and_the_rates_of_its_parent)
{
    wio_table *table = with_files(toy3(), "sector,mfn,trade\nA,.5,10\nM,.02,350\n",
                                  "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n"
                                  "tariffs.csv,trade,amount,\ntrade.csv,from,partner,\n"
                                  "trade.csv,v,amount,\n");
    add_file(table, "trade.csv", "region,from,sector,v\nUS,CN,M,5\nCN,US,M,7\n");
    table->satellite_notes = 0;
    wio_table *out = NULL;
    ck_assert_int_eq(wio_table_new_sector(&out, table, 1, "PV", "Solar cells", INPUTS, SALES,
                                          NEW_JOBS, NULL, NULL),
                     WIO_OK);
    check_file(out, "tariffs.csv", "sector,mfn,trade\nA,.5,10\nM,.02,340\nPV,.02,10\n");
    check_file(out, "trade.csv",
               "region,from,sector,v\nUS,CN,M,5\nCN,US,M,6.8\nCN,US,PV,0.20000000000000018\n");
    check_note(out, "tariffs.csv: amounts (trade) were divided by output of the new sector and of "
                    "its parent.");
    ck_assert_str_eq(out->name, "toy3-PV");
    ck_assert_str_eq(out->title, "TOY3; PV (Solar cells) taken out of M");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* RW becomes JP and RW: what RW sold is no longer what one region sells; what it buys is. */
START_TEST(lines_of_a_block_that_is_split_into_origins_are_left_out)
{
    static char *sector[3], *partner[3], *use[3];
    static double value[] = {1, 1, 1};
    for (size_t k = 0; k < 3; k++) {
        sector[k] = word(k == 0 ? "A" : k == 1 ? "M" : "S");
        partner[k] = word("JP"), use[k] = word("");
    }
    const wio_trade trade = {
        .count = 3, .sector = sector, .partner = partner, .use = use, .value = value};
    const wio_origins_options options = {.block = "RW", .rest = "RW"};
    wio_table *table =
        with_files(toy3(), "region,from,sector,rate\nUS,CN,M,.1\nUS,RW,M,.2\nRW,US,M,.3\n",
                   "file,column,kind,weight\ntariffs.csv,from,partner,\n"
                   "tariffs.csv,rate,rate,imports\nmore.csv,b,rate,US<-RW\n"
                   "more.csv,c,rate,RW<-US\n");
    add_file(table, "more.csv", "sector,b,c\nM,1,2\n");
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status = wio_table_origins(&out, table, &trade, &options, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    check_file(out, "tariffs.csv", "region,from,sector,rate\nUS,CN,M,.1\nRW,US,M,.3\n");
    check_file(out, "columns.csv",
               "file,column,kind,weight\ntariffs.csv,from,partner,\ntariffs.csv,rate,rate,imports\n"
               "more.csv,b,same,\nmore.csv,c,rate,RW<-US\n");
    check_note(out,
               "tariffs.csv: 1 of 3 lines were left out, of RW, which is several origins now.");
    ck_assert_str_eq(out->name, "toy3-origins");
    ck_assert_str_eq(out->title, "TOY3; imports by 2 origins");
    wio_table_free(out);
    for (size_t k = 0; k < 3; k++) { /* the whole block under its own code: all lines stay */
        partner[k] = word("RW");
    }
    ck_assert_int_eq(wio_table_origins(&out, table, &trade, &options, NULL, NULL, NULL), WIO_OK);
    check_file(out, "tariffs.csv", "region,from,sector,rate\nUS,CN,M,.1\nUS,RW,M,.2\nRW,US,M,.3\n");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* Jobs are a half, a fifth and .3 of those of A, M and S; 3180 of 10500 in all (times 10500 as it rounds). */
START_TEST(a_region_of_a_nation_has_its_part_of_amounts)
{
    static const double jobs[] = {600, 420, 2160};
    wio_table *table = with_files(toy3(),
                                  "region,from,sector,mfn,v\nUS,CN,M,.3,10\nCN,US,A,.1,5\n"
                                  "CN,RW,A,.2,7\n",
                                  "file,column,kind,weight\ntariffs.csv,from,partner,\n"
                                  "tariffs.csv,mfn,rate,imports\ntariffs.csv,v,amount,\n"
                                  "jobs.csv,jobs,amount,\njobs.csv,pay,rate,output\n"
                                  "jobs.csv,w,rate,US<-CN\n");
    add_file(table, "jobs.csv", "sector,jobs,pay,w\nA,1200,3.50,1\n,10500,4,2\n");
    add_file(table, "old.csv", "sector,x\nA,1\n");
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status =
        wio_table_regionalise(&out, table, "OH", jobs, WIO_REGIONAL_LQ, NAN, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    check_file(out, "tariffs.csv",
               "region,from,sector,mfn,v\nOH,CN,M,.3,2\nCN,OH,A,.1,2.5\nCN,RW,A,.2,7\n");
    check_file(out, "jobs.csv", "sector,jobs,pay,w\nA,600,3.50,1\n,3180.0000000000005,4,2\n");
    check_note(out, "jobs.csv: amounts (jobs) were divided by jobs in the region and in the "
                    "nation.");
    check_note(out, "old.csv was left out: its column 'x' is not described in columns.csv.");
    check_file(out, "columns.csv",
               "file,column,kind,weight\ntariffs.csv,from,partner,\ntariffs.csv,mfn,rate,imports\n"
               "tariffs.csv,v,amount,\njobs.csv,jobs,amount,\njobs.csv,pay,rate,output\n"
               "jobs.csv,w,rate,OH<-CN\n");
    ck_assert_str_eq(out->name, "OH");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(balancing_pooling_and_carving_everything_leave_files_as_they_are)
{
    static const char *const all[] = {"US", "CN", "RW"};
    static const char RATES[] = "region,sector,x,y\nUS,G,1.50,\nCN,S,2,a\n",
                      COLUMNS[] = "file,column,kind,weight\ntariffs.csv,x,amount,\n"
                                  "tariffs.csv,y,drop,\n";
    wio_table *table = with_files(toy_mrio(), RATES, COLUMNS), *out = NULL;
    ck_assert_int_eq(wio_table_pool(&out, table, NULL, NULL), WIO_OK);
    check_file(out, "tariffs.csv", RATES);
    check_file(out, "columns.csv", COLUMNS);
    ck_assert_str_eq(out->name, "toy-mrio-pooled");
    wio_table_free(out);
    ck_assert_int_eq(wio_table_carve(&out, table, all, 3, NULL, NULL), WIO_OK);
    check_file(out, "tariffs.csv", RATES);
    check_file(out, "columns.csv", COLUMNS);
    wio_table_free(out);
    double u[6 + 1], v[6 + 3];
    for (size_t i = 0; i < 7; i++) {
        u[i] = i < 6 ? table->x[i] : wio_sum(table->P, 6, 1);
    }
    for (size_t j = 0; j < 9; j++) {
        v[j] = j < 6 ? table->x[j] : wio_sum(table->Y + (j - 6), 6, 3);
    }
    ck_assert_int_eq(
        wio_table_balance(&out, table, WIO_BALANCE_TABLE, u, v, NULL, NULL, NULL, NULL), WIO_OK);
    check_file(out, "tariffs.csv", RATES);
    check_file(out, "columns.csv", COLUMNS);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(notes_on_satellites_stay_with_numbers_that_stay)
{
    wio_table *table = toy3();
    static const char *const notes[] = {"jobs", "US", "A", "counted", "jobs", "US", "M", "guessed"};
    table->satellite_note = wio_zalloc(8, sizeof *table->satellite_note);
    for (size_t k = 0; k < 8; k++) {
        table->satellite_note[k] = wio_strdup(notes[k]);
    }
    table->satellite_notes = 2;
    wio_table *out = NULL;
    ck_assert_int_eq(
        wio_table_new_sector(&out, table, 1, "PV", NULL, INPUTS, SALES, NEW_JOBS, NULL, NULL),
        WIO_OK);
    ck_assert_uint_eq(out->satellite_notes, 1);
    ck_assert_str_eq(out->satellite_note[3], "counted");
    check_note(out, "1 of 2 notes on satellites of toy3 are not carried over: their cells are "
                    "others now.");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* --- properties ------------------------------------------------------------------------------------ */

/* Units in the last place between two numbers of one sign. */
static double units_apart(double a, double b)
{
    int64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return fabs((double)(x - y));
}

/* The last part has what the others leave, v - s with s their sum as it rounds, and adding up in the same
 * order gives s + (v - s): the difference is off by half a unit of its own last place at most, which is
 * no larger than v's, and so the sum by one unit. */
START_TEST(parts_add_up_to_what_was_split)
{
    enum { PARTS = 5 };
    static char *from[PARTS], *to[PARTS], names[PARTS][4];
    static double weight[PARTS];
    uint64_t state = 7;
    double most = 0.0;
    for (int round = 0; round < 300; round++) {
        double left = 1.0, value[3];
        char text[300], number[3][WIO_NUMBER_SIZE];
        const size_t parts = 2 + (size_t)round % (PARTS - 1);
        for (size_t k = 0; k < parts; k++) {
            (void)snprintf(names[k], sizeof names[k], "M%zu", k);
            from[k] = word("M"), to[k] = names[k];
            weight[k] = k + 1 == parts ? left : left * random_uniform(&state);
            left -= weight[k];
        }
        for (size_t k = 0; k < 3; k++) {
            value[k] = (random_uniform(&state) - 0.3) * pow(10.0, 8.0 * random_uniform(&state));
            (void)wio_format_double(number[k], value[k]);
        }
        (void)snprintf(text, sizeof text, "sector,mfn,v\nA,.1,%s\nM,.2,%s\nS,.3,%s\n", number[0],
                       number[1], number[2]);
        wio_table *table = with_files(toy3(), text,
                                      "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n"
                                      "tariffs.csv,v,amount,\n");
        const wio_split split = {.count = parts, .from = from, .to = to, .weight = weight};
        wio_table *fine = NULL, *back = NULL;
        wio_error err = {0};
        wio_status status = wio_table_split(&fine, table, NULL, &split, NULL, NULL, &err);
        ck_assert_msg(status == WIO_OK, "%s", err.message);
        ck_assert_uint_eq(wio_table_frame(fine, "tariffs.csv")->rows, 2 + parts);
        const char *members[PARTS + 2], *wholes[PARTS + 2];
        members[0] = wholes[0] = "A", members[1] = wholes[1] = "S";
        for (size_t k = 0; k < parts; k++) {
            members[2 + k] = to[k], wholes[2 + k] = "M";
        }
        const wio_concordance sectors = concordance_of(2 + parts, members, wholes, NULL);
        status = wio_table_aggregate(&back, fine, NULL, &sectors, NULL, NULL, NULL, &err);
        ck_assert_msg(status == WIO_OK, "%s", err.message);
        const wio_frame *f = wio_table_frame(back, "tariffs.csv");
        ck_assert_uint_eq(f->rows, 3);
        for (size_t r = 0; r < 3; r++) {
            double v = NAN;
            ck_assert(wio_parse_double(&v, f->cell[r * 3 + 2], strlen(f->cell[r * 3 + 2])));
            most = fmax(most, units_apart(v, value[r]));
            ck_assert_str_eq(f->cell[r * 3 + 1], r == 0 ? ".1" : r == 1 ? ".2" : ".3");
        }
        wio_table_free(back);
        wio_table_free(fine);
        wio_table_free(table);
    }
    ck_assert_msg(most <= 1.0, "%g units in the last place", most);
}
END_TEST

/* Every file of us-2017, whose description is complete, through a split of two of its sectors and back. */
START_TEST(the_files_of_a_real_table_come_back)
{
    static char *from[] = {NULL, NULL, NULL, NULL}, *to[] = {NULL, NULL, NULL, NULL};
    static double weight[] = {.3, .7, .125, .875};
    wio_table *table = NULL, *fine = NULL, *back = NULL, *same = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_open(&table, "us-2017", NULL, NULL, NULL), WIO_OK);
    from[0] = from[1] = word("111X"), to[0] = word("111X"), to[1] = word("rest-of-111X");
    from[2] = from[3] = word("3121"), to[2] = word("water"), to[3] = word("other-drinks");
    const wio_split split = {.count = 4, .from = from, .to = to, .weight = weight};
    wio_status status = wio_table_split(&fine, table, NULL, &split, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    ck_assert_uint_eq(fine->frames, table->frames);
    const char *member[1000], *whole[1000];
    ck_assert_uint_le(fine->sector.count, 1000);
    for (size_t s = 0; s < fine->sector.count; s++) {
        member[s] = whole[s] = fine->sector.code[s];
        for (size_t k = 0; k < 4; k++) {
            whole[s] = strcmp(member[s], to[k]) == 0 ? from[k] : whole[s];
        }
    }
    const wio_concordance sectors = concordance_of(fine->sector.count, member, whole, NULL);
    status = wio_table_aggregate(&back, fine, NULL, &sectors, NULL, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    for (size_t s = 0; s < table->sector.count; s++) {
        member[s] = table->sector.code[s];
    }
    const wio_concordance itself = concordance_of(table->sector.count, member, member, NULL);
    status = wio_table_aggregate(&same, table, NULL, &itself, NULL, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    for (size_t k = 0; k < same->frames; k++) {
        const wio_frame *a = &same->frame[k], *b = wio_table_frame(back, a->file);
        ck_assert_msg(b != NULL, "%s", a->file);
        ck_assert_uint_eq(a->columns, b->columns);
        ck_assert_uint_eq(a->rows, b->rows);
        for (size_t c = 0; c < a->rows * a->columns; c++) {
            double x = 0.0, y = 0.0;
            bool numbers = wio_parse_double(&x, a->cell[c], strlen(a->cell[c])) &&
                           wio_parse_double(&y, b->cell[c], strlen(b->cell[c]));
            ck_assert_msg(numbers ? units_apart(x, y) <= 1.0 : strcmp(a->cell[c], b->cell[c]) == 0,
                          "%s: %s, not %s", a->file, b->cell[c], a->cell[c]);
        }
    }
    wio_table_free(same);
    wio_table_free(back);
    wio_table_free(fine);
    wio_table_free(table);
}
END_TEST

/* --- failures --------------------------------------------------------------------------------------- */

static const struct {
    const char *rates, *columns, *note;
} LEFT[] = {
    {"sector,mfn\nM,1\n", NULL,
     "tariffs.csv was left out: its column 'mfn' is not described in columns.csv."},
    {"at,mfn\nM,1\nA,2\n", NULL,
     "tariffs.csv was left out: 2 of its columns ('at', ...) are not described in columns.csv."},
    {"sector,mfn\nM,1\n", "file,column,kind,weight\ntariffs.csv,mfn,ratio,\n",
     "tariffs.csv was left out: columns.csv:2: kind 'ratio' of tariffs.csv: write sector, region, "
     "partner, key, amount, rate, same, text or drop."},
    {"sector,mfn\nM,1\nB,2\n", "file,column,kind,weight\ntariffs.csv,mfn,amount,\n",
     "tariffs.csv was left out: tariffs.csv:3:1: sector is 'B': the table has no such sector."},
    {"sector,mfn\nM,x\n", "file,column,kind,weight\ntariffs.csv,mfn,amount,\n",
     "tariffs.csv was left out: tariffs.csv:2:2: mfn is 'x': not a number; describe the column "
     "otherwise."},
    {"sector,mfn\nM,1\n", "file,column,kind,weight\ntariffs.csv,*,drop,\n",
     "tariffs.csv was left out: columns.csv drops it."},
};

START_TEST(a_file_that_cannot_go_is_left_out_with_its_reason)
{
    wio_table *table = with_files(toy3(), LEFT[_i].rates, LEFT[_i].columns);
    add_file(table, "prices.csv", "what,price\nbread,2\n");
    wio_log *log = new_log();
    wio_table *out = split_of(table, false, true, log);
    ck_assert_ptr_null(wio_table_frame(out, "tariffs.csv"));
    ck_assert_ptr_nonnull(wio_table_frame(out, "prices.csv"));
    check_note(out, LEFT[_i].note);
    ck_assert(logged(log, "tariffs.csv is left out: "));
    ck_assert_uint_eq(wio_log_count(log, WIO_ERROR), 0);
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* Lines of sectors that nobody splits need no description. */
START_TEST(a_file_of_other_sectors_stays_undescribed)
{
    static const char RATES[] = "sector,mfn,also\nA,1,A\nS,x,S\n";
    wio_table *table = with_files(toy3(), RATES, NULL), *out = split_of(table, false, true, NULL);
    check_file(out, "tariffs.csv", RATES);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(a_table_gets_another_name)
{
    wio_table *table = toy3();
    wio_error err = {0};
    ck_assert_int_eq(wio_table_rename(table, "mine", NULL, &err), WIO_OK);
    ck_assert_str_eq(table->name, "mine");
    ck_assert_str_eq(table->title, "TOY3");
    ck_assert_int_eq(wio_table_rename(table, NULL, "My table", &err), WIO_OK);
    ck_assert_str_eq(table->name, "mine");
    ck_assert_str_eq(table->title, "My table");
    ck_assert_int_eq(wio_table_rename(table, "", NULL, &err), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_rename(NULL, "x", NULL, NULL), WIO_E_ARGUMENT);
    for (long budget = 0; budget < 2; budget++) {
        wio_alloc_budget = budget;
        ck_assert_int_eq(wio_table_rename(table, "other", "Other", NULL), WIO_E_MEMORY);
        wio_alloc_budget = -1;
        ck_assert_str_eq(table->name, "mine");
        ck_assert_str_eq(table->title, "My table");
    }
    wio_table_free(table);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    static const char *const keep[] = {"US"};
    wio_table *table = with_files(toy3(), "plant,sector,mfn,v\nx,M,.1,3\ny,A,.2,4\n",
                                  "file,column,kind,weight\ntariffs.csv,plant,key,\n"
                                  "tariffs.csv,mfn,rate,US<-CN\ntariffs.csv,v,amount,\n"),
              *world = with_files(toy_mrio(), "region,sector,v\nUS,G,1\nCN,S,2\n", NULL);
    add_file(table, "left.csv", "sector,x\nM,1\n");
    for (int which = 0; which < 3; which++) {
        long live = wio_alloc_live;
        wio_status status = WIO_E_MEMORY;
        for (long budget = 0; status == WIO_E_MEMORY; budget++) {
            wio_table *out = NULL;
            wio_error err = {0};
            const wio_split m = {.count = 2, .from = M_FROM, .to = M_TO, .weight = QUARTER};
            M_FROM[0] = M_FROM[1] = word("M"), M_TO[0] = word("M1"), M_TO[1] = word("M2");
            wio_alloc_budget = budget;
            status = which == 0 ? wio_table_split(&out, table, NULL, &m, NULL, NULL, &err)
                     : which == 1
                         ? wio_table_carve(&out, world, keep, 1, NULL, &err)
                         : wio_table_regionalise(&out, table, "OH", (double[]){600, 420, 2160},
                                                 WIO_REGIONAL_LQ, NAN, NULL, NULL, &err);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || (status == WIO_E_MEMORY && out == NULL));
            wio_table_free(out);
            ck_assert_int_eq(wio_alloc_live, live);
            ck_assert_int_lt(budget, 3000);
        }
        ck_assert_int_eq(status, WIO_OK);
    }
    wio_table_free(table);
    wio_table_free(world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frame_carry");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, parts_of_a_sector_have_their_amounts_and_all_of_its_rates);
    tcase_add_test(known, shares_of_an_importer_and_a_sector_multiply);
    tcase_add_test(known, a_rate_whose_weight_is_several_numbers_now_stays_as_it_is);
    tcase_add_test(known, a_plant_of_a_sector_that_is_split_is_named);
    tcase_add_test(known, a_carved_region_keeps_its_lines_and_those_of_its_trade);
    tcase_add_test(known, a_new_sector_has_its_part_of_amounts_and_the_rates_of_its_parent);
    tcase_add_test(known, lines_of_a_block_that_is_split_into_origins_are_left_out);
    tcase_add_test(known, a_region_of_a_nation_has_its_part_of_amounts);
    tcase_add_test(known, balancing_pooling_and_carving_everything_leave_files_as_they_are);
    tcase_add_test(known, notes_on_satellites_stay_with_numbers_that_stay);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, scratch_make, scratch_remove);
    tcase_add_test(properties, parts_add_up_to_what_was_split);
    tcase_add_test(properties, the_files_of_a_real_table_come_back);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, a_file_that_cannot_go_is_left_out_with_its_reason, 0,
                        (int)(sizeof LEFT / sizeof LEFT[0]));
    tcase_add_test(failures, a_file_of_other_sectors_stays_undescribed);
    tcase_add_test(failures, a_table_gets_another_name);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
