/* test_frames.c - further files aggregated with their table: amounts, rates with their weights, what
 * is missing, what is refused. TOY3's imports of M from CN are 150, of A 2, of S 0 (numbers of
 * support.c: rows of Z and Y). */
#include "support.h"

#include "../core/table.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const AMS[] = {"A", "M", "S"}, *const GGS[] = {"AM", "AM", "S"};

static void add(wio_table *table, const char *name, const char *text)
{
    wio_error err = {0};
    scratch_write(name, text);
    wio_status status = wio_table_add_file(table, name, scratch(name), NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
}

/* TOY3 with a tariffs.csv and its description. */
static wio_table *with_files(const char *rates, const char *columns)
{
    wio_table *table = toy3();
    add(table, "tariffs.csv", rates);
    add(table, "columns.csv", columns);
    return table;
}

static wio_table *goods(const wio_table *table, const wio_aggregate_options *options, wio_log *log)
{
    const wio_concordance sectors = concordance_of(3, AMS, GGS, NULL);
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status = wio_table_aggregate(&out, table, NULL, &sectors, options, NULL, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return out;
}

static const char *cell(const wio_table *table, const char *file, size_t row, const char *column)
{
    const wio_frame *frame = wio_table_frame(table, file);
    ck_assert_ptr_nonnull(frame);
    size_t c = wio_frame_column(frame, column);
    ck_assert(c != SIZE_MAX && row < frame->rows);
    return frame->cell[row * frame->columns + c];
}

static double value(const wio_table *table, size_t row, const char *column)
{
    double v = NAN;
    const char *text = cell(table, "tariffs.csv", row, column);
    ck_assert(wio_parse_double(&v, text, strlen(text)));
    return v;
}

/* --- known answers -------------------------------------------------------------------------------- */

static const char RATES[] = "sector,mfn,jobs_share,trade,note,who\n"
                            "A,.5,.1,10,wheat,x\n"
                            "M,.02,.3,30,steel,x\n"
                            "S,.1234500,.7,,,y\n";
static const char COLUMNS[] = "file,column,kind,weight\n"
                              "tariffs.csv,mfn,rate,US<-CN\n"
                              "tariffs.csv,jobs_share,rate,output\n"
                              "tariffs.csv,trade,amount,\n"
                              "tariffs.csv,note,text,\n"
                              "tariffs.csv,who,same,\n";

START_TEST(a_rate_is_weighted_by_what_it_says)
{
    wio_table *table = with_files(RATES, COLUMNS), *out = goods(table, NULL, NULL);
    /* imports from CN: A 0 + 2 + 0 = 2; M 5 + 40 + 15 + 60 + 30 = 150 */
    ck_assert_double_eq_tol(value(out, 0, "mfn"), (.5 * 2 + .02 * 150) / 152, 1e-16);
    const double *x = table->x;
    ck_assert_double_eq_tol(value(out, 0, "jobs_share"), (.1 * x[0] + .3 * x[1]) / (x[0] + x[1]),
                            1e-16);
    ck_assert_double_eq(value(out, 0, "trade"), 40);
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "sector"), "AM");
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "note"), "wheat; steel");
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "who"), "x");
    ck_assert_str_eq(cell(out, "tariffs.csv", 1, "mfn"), ".1234500"); /* as it was written */
    ck_assert_str_eq(cell(out, "tariffs.csv", 1, "trade"), "");
    ck_assert_str_eq(cell(out, "columns.csv", 0, "weight"), "US<-CN");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(a_share_of_a_sector_takes_its_share_of_the_weight)
{
    static const char *const from[] = {"A", "A", "M", "S"}, *const to[] = {"P", "Q", "Q", "S"};
    static const double weight[] = {.25, .75, 1, 1};
    const wio_concordance sectors = concordance_of(4, from, to, weight);
    wio_table *table = with_files("sector,mfn,trade\nA,.5,10\nM,.02,30\nS,0,0\n",
                                  "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n"
                                  "tariffs.csv,trade,amount,\n");
    wio_table *out = NULL;
    ck_assert_int_eq(wio_table_aggregate(&out, table, NULL, &sectors, NULL, NULL, NULL, NULL),
                     WIO_OK);
    ck_assert_double_eq(value(out, 0, "mfn"), .5);
    ck_assert_double_eq(value(out, 0, "trade"), 2.5);
    ck_assert_double_eq_tol(value(out, 1, "mfn"), (.5 * 1.5 + .02 * 150) / 151.5, 1e-16);
    ck_assert_double_eq(value(out, 1, "trade"), 37.5);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(rows_of_an_importer_and_a_partner)
{
    static const char *const from[] = {"US", "CN", "RW"}, *const to[] = {"US", "W", "W"};
    const wio_concordance regions = concordance_of(3, from, to, NULL);
    wio_table *table =
        with_files("region,from,sector,mfn\nUS,CN,M,.3\nUS,RW,M,.1\nUS,CN,A,.2\nUS,RW,A,\n",
                   "file,column,kind,weight\ntariffs.csv,from,partner,\n"
                   "tariffs.csv,mfn,rate,imports\n");
    wio_table *out = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_aggregate(&out, table, &regions, NULL, NULL, NULL, log, NULL),
                     WIO_OK);
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "from"), "W");
    /* M from RW: 5 + 60 + 20 + 70 + 45 = 200; A from RW: 5 + 6 + 1 + 6 = 18, without a rate */
    ck_assert_double_eq_tol(value(out, 0, "mfn"), (.3 * 150 + .1 * 200) / 350, 1e-16);
    ck_assert_str_eq(cell(out, "tariffs.csv", 1, "mfn"), ".2");
    ck_assert(logged(log, "mfn of US W A: members with 90 % of its weight have no value"));
    ck_assert(logged(log, "this is the mean of the others"));
    ck_assert_ptr_nonnull(strstr(out->note[out->notes - 2], "members with 90 % of the weight"));
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* Of what W sells (350 of M), RW's 200 have the rate; of what US sells to W, RW's part. */
START_TEST(a_flow_of_regions_that_are_merged_counts_as_one)
{
    static const char *const from[] = {"US", "CN", "RW"}, *const to[] = {"US", "W", "W"};
    static const char *const weight[] = {"US<-RW", "RW<-US"};
    const wio_concordance regions = concordance_of(3, from, to, NULL);
    for (int w = 0; w < 2; w++) {
        char columns[200], says[200];
        (void)snprintf(columns, sizeof columns,
                       "file,column,kind,weight\ntariffs.csv,mfn,rate,%s\n", weight[w]);
        wio_table *table = with_files("sector,mfn\nM,.02\n", columns), *out = NULL;
        const double *y = table->Y + 1 * table->f; /* of US.M: to CN and RW */
        double gap = w == 0 ? 100 * 150.0 / 350 : 100 * y[3] / (y[3] + y[4]);
        wio_log *log = new_log();
        ck_assert_int_eq(wio_table_aggregate(&out, table, &regions, NULL, NULL, NULL, log, NULL),
                         WIO_OK);
        (void)snprintf(says, sizeof says, "mfn of M: members with %.3g %% of its weight", gap);
        ck_assert(logged(log, says));
        wio_table_free(out);
        wio_table_free(table);
        wio_log_free(log);
    }
}
END_TEST

START_TEST(texts_are_listed_once_and_a_number_alone_stays_as_written)
{
    wio_table *table = with_files("sector,note,also,jobs\nA,rye bread,rye,\nM,rye,rye,\nS,,,7.50\n",
                                  "file,column,kind,weight\ntariffs.csv,note,text,\n"
                                  "tariffs.csv,also,text,\ntariffs.csv,jobs,amount,\n");
    wio_table *out = goods(table, NULL, NULL);
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "note"), "rye bread; rye");
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "also"), "rye");
    ck_assert_str_eq(cell(out, "tariffs.csv", 1, "jobs"), "7.50");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(keys_keep_rows_apart_and_files_without_places_stay)
{
    wio_table *table = with_files("sector,year,jobs\nA,2017,1\nM,2017,2\nA,2018,3\nM,2018,5\n",
                                  "file,column,kind,weight\ntariffs.csv,year,key,\n"
                                  "tariffs.csv,jobs,amount,\n");
    add(table, "prices.csv", "what,price\nbread,2\n");
    wio_table *out = goods(table, NULL, NULL);
    ck_assert_uint_eq(wio_table_frame(out, "tariffs.csv")->rows, 2);
    ck_assert_double_eq(value(out, 0, "jobs"), 3);
    ck_assert_double_eq(value(out, 1, "jobs"), 8);
    ck_assert_str_eq(cell(out, "tariffs.csv", 1, "year"), "2018");
    ck_assert_str_eq(cell(out, "prices.csv", 0, "price"), "2");
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* --- what is missing ------------------------------------------------------------------------------- */

START_TEST(a_missing_amount_is_missing_in_the_sum_or_a_lower_bound)
{
    const wio_aggregate_options lower = {.lower_bounds = true};
    wio_log *log = new_log();
    wio_table *table = with_files("sector,trade\nA,10\nM,\n",
                                  "file,column,kind,weight\ntariffs.csv,trade,amount,\n");
    wio_table *out = goods(table, NULL, log);
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "trade"), "");
    ck_assert(logged(log, "trade of AM: some members have no number, so the sum has none"));
    wio_table_free(out);
    out = goods(table, &lower, log);
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "trade"), "10");
    ck_assert(logged(log, "trade of AM: a lower bound"));
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(rates_that_differ_and_have_no_weight_are_not_known)
{
    wio_log *log = new_log();
    wio_table *table = with_files("sector,mfn,same,trade\nA,.1,.5,0\nM,.2,.5,0\n",
                                  "file,column,kind,weight\ntariffs.csv,mfn,rate,trade\n"
                                  "tariffs.csv,same,rate,trade\ntariffs.csv,trade,amount,\n");
    wio_table *out = goods(table, NULL, log);
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "mfn"), "");
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "same"), ".5");
    ck_assert(logged(log, "mfn of AM: members differ and have no weight, so it is not known"));
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(a_rate_whose_weight_is_not_known_is_said)
{
    static const char WEIGHTS[] = "file,column,kind,weight\ntariffs.csv,mfn,rate,w\n"
                                  "tariffs.csv,w,amount,\n";
    for (int differ = 0; differ < 2; differ++) {
        wio_log *log = new_log();
        wio_table *table = with_files(differ ? "sector,mfn,w\nA,.50,\nM,.3,10\n"
                                             : "sector,mfn,w\nA,.50,\nM,.5,10\n",
                                      WEIGHTS);
        wio_table *out = goods(table, NULL, log);
        ck_assert_str_eq(cell(out, "tariffs.csv", 0, "mfn"), differ ? "" : ".50");
        ck_assert(logged(log, differ ? "mfn of AM: members differ and have no weight"
                                     : "mfn of AM: the rate of its members, whose weight is not "
                                       "known"));
        wio_table_free(out);
        wio_table_free(table);
        wio_log_free(log);
    }
}
END_TEST

START_TEST(a_sector_without_a_line_counts_in_the_weight)
{
    wio_log *log = new_log();
    wio_table *table =
        with_files("sector,mfn\nM,.2\n", "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n");
    wio_table *out = goods(table, NULL, log);
    ck_assert_str_eq(cell(out, "tariffs.csv", 0, "mfn"), ".2");
    ck_assert(
        logged(log, "mfn of AM: members with 1.32 % of its weight have no value")); /* 2/152 */
    ck_assert(logged(log, "1 of 1 new lines have members without a line in the file"));
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

static void same_frames(const wio_table *a, const wio_table *b)
{
    ck_assert_uint_eq(a->frames, b->frames);
    for (size_t k = 0; k < a->frames; k++) {
        const wio_frame *one = &a->frame[k], *two = wio_table_frame(b, one->file);
        ck_assert_msg(two != NULL, "%s", one->file);
        ck_assert_uint_eq(one->rows, two->rows);
        ck_assert_uint_eq(one->columns, two->columns);
        for (size_t c = 0; c < one->columns; c++) {
            ck_assert_str_eq(one->header[c], two->header[c]);
        }
        for (size_t c = 0; c < one->rows * one->columns; c++) {
            ck_assert_str_eq(one->cell[c], two->cell[c]);
        }
    }
}

/* us-2017 by the first two characters of its codes, from its packed file and in memory: every digit of
 * its further files, and every number. */
START_TEST(a_packed_table_is_aggregated_as_one_in_memory)
{
    enum { MOST = 500 };
    static char to[MOST][3];
    const char *from[MOST], *into[MOST];
    wio_table *table = NULL, *out[2] = {NULL, NULL};
    wio_table_file *file = NULL;
    char path[300];
    (void)snprintf(path, sizeof path, "%s", scratch("us.h5"));
    ck_assert_int_eq(wio_table_open(&table, "us-2017", NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_write_hdf5(table, path, true, NULL), WIO_OK);
    ck_assert_uint_le(table->sector.count, MOST);
    for (size_t s = 0; s < table->sector.count; s++) {
        (void)snprintf(to[s], sizeof to[s], "%.2s", table->sector.code[s]);
        from[s] = table->sector.code[s];
        into[s] = to[s];
    }
    const wio_concordance sectors = concordance_of(table->sector.count, from, into, NULL);
    ck_assert_int_eq(wio_table_file_open(&file, path, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_aggregate(&out[0], table, NULL, &sectors, NULL, NULL, NULL, NULL),
                     WIO_OK);
    ck_assert_int_eq(
        wio_table_file_aggregate(&out[1], file, NULL, &sectors, NULL, NULL, NULL, NULL), WIO_OK);
    char *changes = NULL;
    ck_assert_int_eq(wio_table_changes(&changes, out[0], out[1], NULL), WIO_OK);
    ck_assert_str_eq(changes, "block,region,sector,to_region,user,before,after,change\n");
    wio_free(changes);
    ck_assert_uint_gt(out[0]->frames, 5);
    same_frames(out[0], out[1]);
    ck_assert_uint_eq(out[0]->notes, out[1]->notes);
    for (size_t k = 0; k < out[0]->notes; k++) {
        ck_assert_str_eq(out[0]->note[k], out[1]->note[k]);
    }
    ck_assert_uint_eq(out[0]->groups, out[1]->groups);
    ck_assert_mem_eq(out[0]->S, out[1]->S, out[0]->k * out[0]->n * sizeof(double));
    wio_table_file_close(file);
    wio_table_free(out[0]);
    wio_table_free(out[1]);
    wio_table_free(table);
}
END_TEST

/* Half of A's plants cannot be: a line that is there twice is named. */
START_TEST(a_plant_whose_sector_is_split_is_named)
{
    static const char *const from[] = {"A", "A", "M", "S"}, *const to[] = {"P", "Q", "M", "S"};
    static const double weight[] = {.25, .75, 1, 1};
    const wio_concordance sectors = concordance_of(4, from, to, weight);
    wio_table *table = with_files("plant,sector,jobs_per_musd\nmill,A,3\nsmelter,M,2\n",
                                  "file,column,kind,weight\ntariffs.csv,plant,key,\n"
                                  "tariffs.csv,jobs_per_musd,same,\n");
    wio_table *out = NULL;
    wio_log *log = NULL;
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_aggregate(&out, table, NULL, &sectors, NULL, NULL, log, NULL),
                     WIO_OK);
    ck_assert(logged(log, "plant 'mill' is there 2 times now: the concordance splits its sector"));
    ck_assert(!logged(log, "smelter"));
    ck_assert_ptr_nonnull(strstr(out->note[out->notes - 2], "1 lines stand more than once"));
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

START_TEST(what_is_dropped_is_no_longer_described)
{
    wio_table *table = with_files(RATES, "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n"
                                         "tariffs.csv,jobs_share,drop,\ntariffs.csv,trade,drop,\n"
                                         "tariffs.csv,note,drop,\ntariffs.csv,who,drop,\n"
                                         "more.csv,*,drop,\n");
    add(table, "more.csv", "sector,x\nA,1\n");
    wio_log *log = new_log();
    wio_table *out = goods(table, NULL, log);
    ck_assert_uint_eq(wio_table_frame(out, "tariffs.csv")->columns, 2);
    ck_assert_uint_eq(wio_table_frame(out, "columns.csv")->rows, 1);
    ck_assert_ptr_null(wio_table_frame(out, "more.csv"));
    ck_assert(logged(log, "more.csv is left out"));
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(table);
}
END_TEST

/* --- failures --------------------------------------------------------------------------------------- */

static const struct {
    const char *rates, *columns, *message;
} WRONG[] = {
    {"sector,mfn\nA,1\n", "file,column\n",
     "columns.csv:1: there is no column 'kind': the first line is 'file,column,kind,weight'"},
    {"sector,mfn\nA,1\n", "file,column,kind,weight\ntariffs.csv,mnf,rate,output\n",
     "columns.csv:2: tariffs.csv has no column 'mnf' (did you mean 'mfn'?)"},
    {"sector,mfn\nA,1\n", "file,column,kind,weight\ntariffs.csv,mfn,ratio,output\n",
     "columns.csv:2: kind 'ratio' of tariffs.csv: write sector, region, partner, key, amount, "
     "rate, same, text or drop"},
    {"sector,mfn\nA,1\n", "file,column,kind,weight\ntariffs.csv,mfn,rate,\n",
     "columns.csv:2: the rate 'mfn' needs a weight: imports, output, USA<-CHN (what USA buys from "
     "CHN) or a column of tariffs.csv"},
    {"sector,mfn\nA,1\n", "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CHN\n",
     "columns.csv:2: weight 'US<-CHN': the table has no region 'CHN'"},
    {"sector,mfn\nA,1\n", "file,column,kind,weight\ntariffs.csv,mfn,rate,trade\n",
     "columns.csv:2: weight 'trade' is neither imports, output, USA<-CHN (what USA buys from CHN) "
     "nor a column of tariffs.csv"},
    {"sector,mfn\nA,1\n", "file,column,kind,weight\ntariffs.csv,mfn,rate,imports\n",
     "columns.csv:2: weight 'imports' needs columns of the kinds region and partner in "
     "tariffs.csv; without them write IMPORTER<-PARTNER"},
    {"sector,mfn\nA,1\n", "file,column,kind,weight\ntariffs.csv,mfn,amount,output\n",
     "columns.csv:2: only a rate has a weight, 'mfn' is of the kind amount"},
    {"sector,mfn\nA,1\n",
     "file,column,kind,weight\ntariffs.csv,mfn,amount,\ntariffs.csv,mfn,same,\n",
     "columns.csv:3: tariffs.csv: column 'mfn' is described twice (first in line 2)"},
    {"sector,mfn,t\nA,1,2\n",
     "file,column,kind,weight\ntariffs.csv,mfn,rate,t\ntariffs.csv,t,same,\n",
     "columns.csv:2: weight 't' of mfn is not described as an amount"},
    {"sector,mfn\nA,1\n", "file,column,kind,weight\ntariffs.csv,*,amount,\n",
     "columns.csv:2: all columns (*) of tariffs.csv can only be of the kind drop"},
    {"sector,mfn\nA,x\n", "file,column,kind,weight\ntariffs.csv,mfn,amount,\n",
     "tariffs.csv:2:2: mfn is 'x': not a number; describe the column otherwise"},
    {"sector,mfn\nB,1\n", "file,column,kind,weight\ntariffs.csv,mfn,amount,\n",
     "tariffs.csv:2:1: sector is 'B': the table has no such sector"},
    {"sector,mfn\nA,1\nM,2\n", "file,column,kind,weight\ntariffs.csv,mfn,same,\n",
     "tariffs.csv:3:2: mfn is '2': another member of its new sector has another value, and the "
     "column is described as the same for all"},
    {"sector,mfn,t\nA,1,-2\n",
     "file,column,kind,weight\ntariffs.csv,mfn,rate,t\ntariffs.csv,t,amount,\n",
     "tariffs.csv:2:2: mfn is '1': its weight is negative: give the rate another weight"},
    {"region,from,mfn\nUS,CN,1\nUS,,2\n",
     "file,column,kind,weight\ntariffs.csv,from,partner,\ntariffs.csv,mfn,rate,imports\n",
     "tariffs.csv:3:3: mfn is '2': its weight is imports, and the line lacks a region or partner"},
    {"at,mfn\nA,1\n", "file,column,kind,weight\n",
     "tariffs.csv has a line per sector or region, and 2 of its columns ('at', ...) are not "
     "described: say in columns.csv (file,column,kind,weight) what they are, give such a list "
     "(--columns), or leave the file out (drop_files, --drop-files)"},
};

START_TEST(mistakes_in_a_description_are_placed)
{
    const wio_concordance sectors = concordance_of(3, AMS, GGS, NULL);
    wio_table *table = with_files(WRONG[_i].rates, WRONG[_i].columns), *out = NULL;
    wio_error err = {0};
    wio_status status = wio_table_aggregate(&out, table, NULL, &sectors, NULL, NULL, NULL, &err);
    ck_assert(status == WIO_E_TABLE || status == WIO_E_UNSUPPORTED);
    ck_assert_str_eq(err.message, WRONG[_i].message);
    ck_assert_ptr_null(out);
    wio_table_free(table);
}
END_TEST

START_TEST(a_flow_of_a_region_that_is_split_is_refused)
{
    static const char *const from[] = {"US", "CN", "CN", "RW"}, *const to[] = {"US", "N", "S",
                                                                               "RW"};
    static const double weight[] = {1, .5, .5, 1};
    const wio_concordance regions = concordance_of(4, from, to, weight);
    wio_table *table = with_files("sector,mfn\nA,1\n",
                                  "file,column,kind,weight\ntariffs.csv,mfn,rate,US<-CN\n"),
              *out = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_aggregate(&out, table, &regions, NULL, NULL, NULL, NULL, &err),
                     WIO_E_UNSUPPORTED);
    ck_assert_str_eq(err.message, "tariffs.csv: mfn is weighted by US<-CN, and the concordance "
                                  "splits CN: leave the file out (--drop-files)");
    wio_table_free(table);
}
END_TEST

START_TEST(a_file_is_added_or_replaced_and_never_half)
{
    wio_table *table = toy3();
    wio_error err = {0};
    add(table, "a.csv", "x,y\n1,2\n");
    add(table, "a.csv", "x\n3\n");
    ck_assert_uint_eq(table->frames, 1);
    ck_assert_str_eq(cell(table, "a.csv", 0, "x"), "3");
    scratch_write("b.csv", "x,x\n1,2\n");
    ck_assert_int_eq(wio_table_add_file(table, "a.csv", scratch("b.csv"), NULL, &err),
                     WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "b.csv:1:2: column 'x' is there twice"));
    ck_assert_int_eq(wio_table_add_file(table, "a.csv", scratch("none.csv"), NULL, &err),
                     WIO_E_NO_INPUT);
    ck_assert_int_eq(wio_table_add_file(table, "flows.csv", scratch("b.csv"), NULL, &err),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_add_file(NULL, "a.csv", scratch("b.csv"), NULL, &err),
                     WIO_E_ARGUMENT);
    scratch_write("c.csv", "");
    ck_assert_int_eq(wio_table_add_file(table, "a.csv", scratch("c.csv"), NULL, &err),
                     WIO_E_FORMAT);
    ck_assert_str_eq(cell(table, "a.csv", 0, "x"), "3");
    wio_table_free(table);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    const wio_concordance sectors = concordance_of(3, AMS, GGS, NULL);
    wio_table *table = with_files(RATES, COLUMNS);
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *out = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_table_aggregate(&out, table, NULL, &sectors, NULL, NULL, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (out == NULL && err.message[0] != '\0'));
        wio_table_free(out);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 2000);
    }
    ck_assert_int_eq(status, WIO_OK);
    status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_table_add_file(table, "tariffs.csv", scratch("tariffs.csv"), NULL, &err);
        wio_alloc_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live); /* on success it takes the place of its like */
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frames");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_rate_is_weighted_by_what_it_says);
    tcase_add_test(known, a_share_of_a_sector_takes_its_share_of_the_weight);
    tcase_add_test(known, rows_of_an_importer_and_a_partner);
    tcase_add_test(known, a_flow_of_regions_that_are_merged_counts_as_one);
    tcase_add_test(known, texts_are_listed_once_and_a_number_alone_stays_as_written);
    tcase_add_test(known, keys_keep_rows_apart_and_files_without_places_stay);
    suite_add_tcase(suite, known);
    TCase *missing = tcase_create("properties");
    tcase_add_checked_fixture(missing, scratch_make, scratch_remove);
    tcase_add_test(missing, a_missing_amount_is_missing_in_the_sum_or_a_lower_bound);
    tcase_add_test(missing, rates_that_differ_and_have_no_weight_are_not_known);
    tcase_add_test(missing, a_rate_whose_weight_is_not_known_is_said);
    tcase_add_test(missing, a_sector_without_a_line_counts_in_the_weight);
    tcase_add_test(missing, a_packed_table_is_aggregated_as_one_in_memory);
    tcase_add_test(missing, a_plant_whose_sector_is_split_is_named);
    tcase_add_test(missing, what_is_dropped_is_no_longer_described);
    suite_add_tcase(suite, missing);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, mistakes_in_a_description_are_placed, 0,
                        (int)(sizeof WRONG / sizeof WRONG[0]));
    tcase_add_test(failures, a_flow_of_a_region_that_is_split_is_refused);
    tcase_add_test(failures, a_file_is_added_or_replaced_and_never_half);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
