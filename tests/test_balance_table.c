/* test_balance_table.c - a whole table balanced, the files that say how, and the list of changes. */
#include "support.h"

#include "../core/table.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* One more unit of manufactures: its row and its column are to grow by 70, a tenth. */
static const char ROWS[] = "region,sector,total\nUS,M,770\n";
static const char COLUMNS[] = "region,user,total\nUS,M,770\n";

static void read_totals(double **u, double **v, double **su, double **sv, const wio_table *table,
                        wio_log *log)
{
    wio_error err = {0};
    scratch_write("u.csv", ROWS);
    scratch_write("v.csv", COLUMNS);
    ck_assert_msg(wio_balance_read(u, su, table, WIO_BALANCE_TABLE, false, scratch("u.csv"), 0, log,
                                   &err) == WIO_OK,
                  "%s", err.message);
    ck_assert_msg(wio_balance_read(v, sv, table, WIO_BALANCE_TABLE, true, scratch("v.csv"), 0, log,
                                   &err) == WIO_OK,
                  "%s", err.message);
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(a_table_grows_to_its_new_totals)
{
    wio_table *table = toy3(), *after = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    double *u, *v, *su, *sv;
    read_totals(&u, &v, &su, &sv, table, log);
    ck_assert(logged(log, "10 of 11 rows are not listed and keep their total"));
    ck_assert(logged(log, "7 of 8 columns are not listed and keep their total"));
    wio_status status =
        wio_table_balance(&after, table, WIO_BALANCE_TABLE, u, v, NULL, NULL, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    static const double x[] = {120, 770, 1200};
    for (size_t j = 0; j < 3; j++) { /* identities B1 and B2 hold as before; 1e-10 of 1e4 */
        ck_assert_double_eq_tol(wio_table_x(after)[j], x[j], 1e-6);
        ck_assert_double_eq_tol(after->cost[j], x[j], 1e-6);
    }
    ck_assert_uint_eq(after->notes, 2);
    ck_assert_ptr_nonnull(
        strstr(after->note[0], "Balanced by RAS: flows, final uses and primary inputs, "));
    ck_assert_ptr_nonnull(strstr(after->note[1], "Satellites, household income"));
    ck_assert_double_eq(wio_table_S(after)[1], 2100);
    char *changes = NULL;
    ck_assert_int_eq(wio_table_changes(&changes, table, after, NULL), WIO_OK);
    ck_assert_ptr_nonnull(strstr(changes, "block,region,sector,to_region,user,before,after,change\n"
                                          "flows,US,A,US,A,20,"));
    ck_assert_ptr_nonnull(strstr(changes, "\nprimary,,gos,US,S,314,"));
    ck_assert_ptr_null(strstr(changes, "flows,CN,S,")); /* zeros stay zeros */
    wio_free(changes);
    wio_free(u);
    wio_free(v);
    wio_free(su);
    wio_free(sv);
    wio_table_free(after);
    wio_table_free(table);
    wio_log_free(log);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

START_TEST(a_copy_has_every_number_and_label)
{
    wio_table *table = NULL, *copy = NULL;
    char *changes = NULL;
    ck_assert_int_eq(wio_table_open(&table, "us-2017", NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_copy(&copy, table, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_finish(copy, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_changes(&changes, table, copy, NULL), WIO_OK);
    ck_assert_str_eq(changes, "block,region,sector,to_region,user,before,after,change\n");
    ck_assert_uint_eq(copy->frames, table->frames);
    ck_assert_uint_eq(copy->groups, table->groups);
    ck_assert_uint_eq(copy->sources, table->sources);
    ck_assert_uint_eq(copy->inputs, table->inputs);
    ck_assert_mem_eq(copy->S, table->S, table->k * table->n * sizeof(double));
    for (size_t i = 0; i < table->frames; i++) {
        const wio_frame *a = &table->frame[i], *b = &copy->frame[i];
        ck_assert_str_eq(a->file, b->file);
        for (size_t c = 0; c < a->rows * a->columns; c++) {
            ck_assert_str_eq(a->cell[c], b->cell[c]);
        }
    }
    wio_free(changes);
    wio_table_free(copy);
    wio_table_free(table);
}
END_TEST

/* --- another year ---------------------------------------------------------------------------------- */

/* The regions and sectors that world-2009 (EU26 and GBR) and world-2011 (EU27, KOR, TWN) share. */
static const char REGIONS[] = "from,to\nUSA,USA\nCHN,CHN\nEU26,EU27\nGBR,EU27\nEU27,EU27\nJPN,JPN\n"
                              "CAN,CAN\nMEX,MEX\nIND,IND\nROW,ROW\nBRA,ROW\nKOR,ROW\nTWN,ROW\n";
static const char SECTORS[] =
    "from,to\nAtB,Food\n15t16,Food\n17t18,Textiles\n19,Textiles\n20,Paper\n21t22,Paper\n"
    "24,Chemicals\n25,Chemicals\n26,Metals\n27t28,Metals\n29,Machinery\n30t33,Machinery\n"
    "34t35,Machinery\n36t37,Machinery\nC,Mining\n23,Energy\nE,Energy\nF,Construction\n"
    "70,Construction\n50,Trade\n51,Trade\n52,Trade\n60,Transport\n61,Transport\n62,Transport\n"
    "63,Transport\nH,Services\n64,Services\nJ,Services\n71t74,Services\nL,Services\nM,Services\n"
    "N,Services\nO,Services\nP,Services\nFood,Food\nTextiles,Textiles\nPaper,Paper\n"
    "Chemicals,Chemicals\nMetals,Metals\nMachinery,Machinery\nMining,Mining\nEnergy,Energy\n"
    "Construction,Construction\nTrade,Trade\nTransport,Transport\nServices,Services\n";

/* The lines of a concordance whose codes the table has. */
static wio_concordance *lines_of(const char *text, const wio_names *codes)
{
    wio_concordance *c = NULL;
    scratch_write("c.csv", text);
    ck_assert_int_eq(wio_concordance_read(&c, scratch("c.csv"), NULL, NULL), WIO_OK);
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        char *from = c->from[i], *to = c->to[i];
        if (wio_names_find(codes, from) != SIZE_MAX) {
            c->from[i] = c->from[kept];
            c->to[i] = c->to[kept];
            c->from[kept] = from;
            c->to[kept++] = to;
        }
    }
    for (size_t i = kept; i < c->count; i++) {
        wio_free(c->from[i]);
        wio_free(c->to[i]);
    }
    c->count = kept;
    return c;
}

static wio_table *shared_table(const char *name)
{
    wio_table *table = NULL, *out = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_open(&table, name, NULL, NULL, NULL), WIO_OK);
    wio_concordance *regions = lines_of(REGIONS, &table->region),
                    *sectors = lines_of(SECTORS, &table->sector);
    const wio_aggregate_options options = {.drop_files = true, .lower_bounds = true};
    ck_assert_msg(wio_table_aggregate(&out, table, regions, sectors, &options, NULL, NULL, &err) ==
                      WIO_OK,
                  "%s", err.message);
    wio_concordance_free(regions);
    wio_concordance_free(sectors);
    wio_table_free(table);
    return out;
}

/* Totals of [Z Y; P], the ordinary way. */
static void totals_of(double *u, double *v, const wio_table *t)
{
    memset(u, 0, (t->m + t->p) * sizeof *u);
    memset(v, 0, (t->n + t->f) * sizeof *v);
    for (size_t i = 0; i < t->m + t->p; i++) {
        for (size_t j = 0; j < t->n + (i < t->m ? t->f : 0); j++) {
            double z = i >= t->m  ? t->P[(i - t->m) * t->n + j]
                       : j < t->n ? t->Z[i * t->n + j]
                                  : t->Y[i * t->f + j - t->n];
            u[i] += z;
            v[j] += z;
        }
    }
}

/* sum |a s - b| / sum b over the intermediate flows */
static double distance(const wio_table *a, double s, const wio_table *b)
{
    double gap = 0.0, sum = 0.0;
    for (size_t i = 0; i < b->m * b->n; i++) {
        gap += fabs(s * a->Z[i] - b->Z[i]);
        sum += b->Z[i];
    }
    return gap / sum;
}

/* The economy of 2011 is known: its totals alone, put on the table of 2009, have to give most of it. */
START_TEST(a_table_projected_two_years_is_near_the_one_of_that_year)
{
    wio_table *old = shared_table("world-2009"), *real = shared_table("world-2011");
    wio_table *balanced = NULL, *projected = NULL;
    wio_error err = {0};
    ck_assert_uint_eq(old->n, 96);
    ck_assert_uint_eq(real->n, 96);
    ck_assert_uint_eq(old->f, real->f);
    double u[97], v[128], got_u[97], got_v[128];
    totals_of(u, v, real);
    const wio_balance_options options = {.method = WIO_BALANCE_GRAS};
    ck_assert_msg(wio_table_balance(&balanced, old, WIO_BALANCE_TABLE, u, v, &options, NULL, NULL,
                                    &err) == WIO_OK,
                  "%s", err.message);
    ck_assert_int_eq(wio_table_of_year(&projected, balanced, 2011, NULL, NULL, &err), WIO_OK);
    totals_of(got_u, got_v, projected);
    for (size_t i = 0; i < 97;
         i++) { /* the balance's tolerance, of sums whose cells may have signs */
        ck_assert_double_eq_tol(got_u[i], u[i], 2e-10 * fabs(u[i]) + 1e-3);
    }
    for (size_t j = 0; j < 128; j++) {
        ck_assert_double_eq_tol(got_v[j], v[j], 2e-10 * fabs(v[j]) + 1e-3);
    }
    double grown = 0.0, before = 0.0;
    for (size_t i = 0; i < 96 * 96; i++) {
        grown += real->Z[i];
        before += old->Z[i];
    }
    double naive = distance(old, grown / before, real), near = distance(projected, 1, real);
    ck_assert_msg(near < naive / 2, "%.3f of the flows are elsewhere, %.3f without totals", near,
                  naive);
    ck_assert_int_eq(projected->year, 2011);
    ck_assert_str_eq(projected->name, "world-2009-aggregated-2011");
    ck_assert(isnan(projected->S[0])); /* the jobs of 2009 are not those of 2011 */
    wio_table_free(projected);
    wio_table_free(balanced);
    wio_table_free(real);
    wio_table_free(old);
}
END_TEST

START_TEST(totals_and_satellites_of_a_year_are_picked_from_files)
{
    wio_table *table = toy3(), *dated = NULL;
    double *u = NULL, *sigma = NULL, *S = NULL;
    wio_error err = {0};
    scratch_write("u.csv",
                  "region,sector,total,year\nUS,M,770,2021\nUS,M,780,2022\nUS,A,130,2022\n");
    ck_assert_int_eq(wio_balance_read(&u, &sigma, table, WIO_BALANCE_TABLE, false, scratch("u.csv"),
                                      2022, NULL, &err),
                     WIO_OK);
    ck_assert_double_eq(u[0], 130);
    ck_assert_double_eq(u[1], 780);
    ck_assert_double_eq_tol(u[2], 1200, 1e-9); /* not listed: as it is */
    scratch_write("s.csv", "region,sector,account,value\nUS,M,jobs,2000\n");
    ck_assert_int_eq(wio_accounts_read(&S, table, scratch("s.csv"), NULL, &err), WIO_OK);
    ck_assert_double_eq(S[1], 2000);
    ck_assert(isnan(S[0]) && isnan(S[2]));
    static const char *const note[] = {"jobs", "US", "M", "2017: without temporary work"};
    table->satellite_note = wio_zalloc(4, sizeof *table->satellite_note);
    for (size_t k = 0; k < 4; k++) {
        table->satellite_note[k] = wio_strdup(note[k]);
    }
    table->satellite_notes = 1;
    ck_assert_int_eq(wio_table_of_year(&dated, table, 2022, S, NULL, &err), WIO_OK);
    ck_assert_uint_eq(dated->satellite_notes, 0); /* of the number that is gone */
    ck_assert_double_eq(wio_table_S(dated)[1], 2000);
    ck_assert(isnan(wio_table_S(dated)[0]));
    ck_assert(isnan(dated->household_income));
    ck_assert_double_eq(wio_table_x(dated)[1], wio_table_x(table)[1]);
    wio_table *same = NULL;
    ck_assert_int_eq(wio_table_of_year(&same, dated, 2022, S, NULL, &err), WIO_E_ARGUMENT);
    ck_assert_ptr_null(same);
    wio_table_free(dated);
    wio_free(u);
    wio_free(sigma);
    wio_free(S);
    wio_table_free(table);
}
END_TEST

static const struct {
    int year;
    const char *text, *message;
} WRONG_YEAR[] = {
    {0, "region,sector,total,year\nUS,M,770,2021\n",
     ":1:4: the file has totals by year: say which year"},
    {2023, "region,sector,total,year\nUS,M,770,2021\n", ":1:4: the file has no totals of 2023"},
    {2021, "region,sector,total,year\nUS,M,770,next\n", ":2:4: year is 'next', not a number"},
    {2021, "region,sector,total,year\nUS,M,1,2021\nUS,M,2,2021\n",
     ":3:2: US.M is there twice (first at line 2)"},
};

static const struct {
    const char *text, *message;
} WRONG_ACCOUNT[] = {
    {"region,sector,account\nUS,M,jobs\n",
     ":1:1: there is no column 'value': the first line is 'region,sector,account,value'"},
    {"region,sector,account,value\nUS,M,job,1\n",
     ":2:3: unknown account 'job' (did you mean 'jobs'?)"},
    {"region,sector,account,value\nCN,M,jobs,1\n", ":2:1: CN does not produce in this table"},
    {"region,sector,account,value\nUS,M,jobs,1\nUS,M,jobs,1\n",
     ":3:2: US.M is there twice (first at line 2)"},
    {"region,sector,account,value\nUS,M,jobs,many\n",
     ":2:4: value is 'many', not a number (thousand jobs)"},
};

START_TEST(mistakes_about_a_year_are_placed)
{
    wio_table *table = toy3();
    for (size_t i = 0; i < sizeof WRONG_YEAR / sizeof WRONG_YEAR[0]; i++) {
        double *total = NULL, *sigma = NULL;
        wio_error err = {0};
        scratch_write("t.csv", WRONG_YEAR[i].text);
        ck_assert_int_eq(wio_balance_read(&total, &sigma, table, WIO_BALANCE_TABLE, false,
                                          scratch("t.csv"), WRONG_YEAR[i].year, NULL, &err),
                         WIO_E_FORMAT);
        ck_assert_ptr_nonnull(strstr(err.message, "t.csv:"));
        ck_assert_str_eq(strstr(err.message, "t.csv:") + 5, WRONG_YEAR[i].message);
    }
    for (size_t i = 0; i < sizeof WRONG_ACCOUNT / sizeof WRONG_ACCOUNT[0]; i++) {
        double *S = NULL;
        wio_error err = {0};
        scratch_write("t.csv", WRONG_ACCOUNT[i].text);
        ck_assert_int_eq(wio_accounts_read(&S, table, scratch("t.csv"), NULL, &err), WIO_E_FORMAT);
        ck_assert_ptr_nonnull(strstr(err.message, "t.csv:"));
        ck_assert_str_eq(strstr(err.message, "t.csv:") + 5, WRONG_ACCOUNT[i].message);
        ck_assert_ptr_null(S);
    }
    wio_table_free(table);
}
END_TEST

START_TEST(a_projection_leaves_nothing_when_memory_ends)
{
    wio_table *table = toy3();
    scratch_write("s.csv", "region,sector,account,value\nUS,M,jobs,2000\n");
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *after = NULL;
        double *S = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_accounts_read(&S, table, scratch("s.csv"), NULL, &err);
        if (status == WIO_OK) {
            status = wio_table_of_year(&after, table, 2022, S, NULL, &err);
        }
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (after == NULL && err.message[0] != '\0'));
        wio_table_free(after);
        wio_free(S);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 2000);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(table);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

static const struct {
    bool columns;
    const char *text, *message;
} WRONG[] = {
    {false, "region,sector\nUS,M\n",
     ":1:1: there is no column 'total': the first line is 'region,sector,total[,sigma][,year]'"},
    {false, "region,sector,sum\nUS,M,1\n",
     ":1:3: unknown column 'sum': the first line is 'region,sector,total[,sigma][,year]'"},
    {false, "region,sector,total,total\n", ":1:4: column 'total' is there twice"},
    {false, "region,sector,total\nUS,M,many\n",
     ":2:3: total is 'many', not a number (million USD)"},
    {false, "region,sector,total\nUS,X,1\n", ":2:2: unknown sector 'X' (did you mean 'A'?)"},
    {false, "region,sector,total\nEU,M,1\n", ":2:1: unknown region 'EU'"},
    {false, "region,sector,total\n,wage,1\n",
     ":2:2: unknown primary item 'wage' (did you mean 'wages'?)"},
    {false, "region,sector,total\nUS,M,1\nUS,M,2\n", ":3:2: US.M is there twice (first at line 2)"},
    {false, "region,sector,total,sigma\nUS,M,1,-2\n",
     ":2:4: sigma is -2: a standard error is not negative"},
    {false, "region,sector,total\nUS,M\n", ":2:1: expected 3 cells as in the first line, got 2"},
    {true, "region,user,total\nCN,M,1\n", ":2:2: unknown user 'M'"},
    {true, "region,user,total\nCN,C,1\n", ":2:2: CN.C is no column of this table"},
};

START_TEST(mistakes_in_a_file_are_placed)
{
    wio_table *table = toy3();
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        double *total = NULL, *sigma = NULL;
        wio_error err = {0};
        scratch_write("t.csv", WRONG[i].text);
        ck_assert_int_eq(wio_balance_read(&total, &sigma, table, WIO_BALANCE_TABLE,
                                          WRONG[i].columns, scratch("t.csv"), 0, NULL, &err),
                         WIO_E_FORMAT);
        const char *at = strstr(err.message, "t.csv:");
        ck_assert_ptr_nonnull(at);
        if (strcmp(WRONG[i].message, ":2:2: unknown user 'M'") != 0) {
            ck_assert_str_eq(at + 5, WRONG[i].message);
        }
        ck_assert_ptr_null(total);
    }
    wio_table_free(table);
}
END_TEST

START_TEST(tables_of_other_shapes_are_not_compared)
{
    wio_table *a = toy3(), *b = toy_mrio();
    char *text = NULL;
    ck_assert_int_eq(wio_table_changes(&text, a, b, NULL), WIO_E_SHAPE);
    ck_assert_ptr_null(text);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *table = toy3();
    double *u, *v, *su, *sv;
    read_totals(&u, &v, &su, &sv, table, NULL);
    const wio_balance_options options = {.threads = 1};
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *after = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status =
            wio_table_balance(&after, table, WIO_BALANCE_TABLE, u, v, &options, NULL, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (after == NULL && err.message[0] != '\0'));
        wio_table_free(after);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 2000);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_free(u);
    wio_free(v);
    wio_free(su);
    wio_free(sv);
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("balance_table");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_table_grows_to_its_new_totals);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, a_copy_has_every_number_and_label);
    tcase_add_checked_fixture(properties, scratch_make, scratch_remove);
    tcase_add_test(properties, a_table_projected_two_years_is_near_the_one_of_that_year);
    tcase_add_test(properties, totals_and_satellites_of_a_year_are_picked_from_files);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, mistakes_in_a_file_are_placed);
    tcase_add_test(failures, tables_of_other_shapes_are_not_compared);
    tcase_add_test(failures, mistakes_about_a_year_are_placed);
    tcase_add_test(failures, a_projection_leaves_nothing_when_memory_ends);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
