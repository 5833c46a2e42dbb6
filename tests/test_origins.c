/* test_origins.c - imports of a national table by origin. */
#include "support.h"

#include "../core/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Regions of a table but `home` as one, IMP. */
static wio_table *in_one_block(const wio_table *table, const char *home)
{
    char *from[16], *to[16];
    wio_concordance regions = {.from = from, .to = to};
    wio_table *out = NULL;
    wio_error err = {0};
    for (size_t s = 0; s < table->region.count; s++, regions.count++) {
        from[s] = table->region.code[s];
        to[s] = strcmp(from[s], home) == 0 ? from[s] : (char *)(uintptr_t) "IMP";
    }
    wio_status status = wio_table_aggregate(&out, table, &regions, NULL, NULL, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return out;
}

static double row_total(const wio_table *t, size_t i)
{
    return wio_sum(t->Z + i * t->n, t->n, 1) + wio_sum(t->Y + i * t->f, t->f, 1);
}

enum { MOST = 20000 };
typedef struct lines {
    wio_trade trade;
    char *sector[MOST], *partner[MOST], *use[MOST];
    double value[MOST];
} lines;
static lines L, E;

static void begin(lines *l)
{
    l->trade =
        (wio_trade){.sector = l->sector, .partner = l->partner, .use = l->use, .value = l->value};
}

static void add(lines *l, const char *sector, const char *partner, const char *use, double value)
{
    size_t k = l->trade.count++;
    ck_assert_uint_lt(k, MOST);
    l->sector[k] = (char *)(uintptr_t)sector;
    l->partner[k] = (char *)(uintptr_t)partner;
    l->use[k] = (char *)(uintptr_t)use;
    l->value[k] = value;
}

static const char *origin(const wio_table *t, size_t i, bool region)
{
    return region ? t->region.code[t->origin_region[i]] : t->sector.code[t->origin_sector[i]];
}

/* The row of another table with the same labels. */
static size_t same_row(const wio_table *t, const wio_table *of, size_t i)
{
    return wio_table_origin(t, wio_names_find(&t->region, origin(of, i, true)),
                            wio_names_find(&t->sector, origin(of, i, false)));
}

static size_t same_column(const wio_table *t, const wio_table *of, size_t c)
{
    size_t found = SIZE_MAX;
    for (size_t k = 0; k < t->f; k++) {
        if (strcmp(t->region.code[t->final_region[k]], of->region.code[of->final_region[c]]) == 0 &&
            strcmp(t->use.code[t->final_use[k]], of->use.code[of->final_use[c]]) == 0) {
            found = k;
        }
    }
    ck_assert_uint_ne(found, SIZE_MAX);
    return found;
}

static wio_table *split(const wio_table *table, const wio_origins_options *options,
                        wio_origins_report *report)
{
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status = wio_table_origins(&out, table, &L.trade, options, report, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return out;
}

/* --- known answers -------------------------------------------------------------------------------- */

/* TOY3 (MODEL 1.5): of A, 2 comes from CN and 18 from RW; of M, 150 and 200; of S, 0 and 48. So CN has
 * 0.1 of A and 3/7 of M; Z(IMP.M, M) = 40 + 60. */
START_TEST(shares_of_the_toy)
{
    wio_table *toy = toy3(), *block = in_one_block(toy, "US");
    wio_origins_report report = {0};
    begin(&L);
    add(&L, "A", "CN", "", 20), add(&L, "A", "RW", "", 180), add(&L, "M", "CN", "", 150);
    add(&L, "M", "RW", "", 200), add(&L, "S", "RW", "", 1);
    wio_table *out = split(block, NULL, &report);
    ck_assert_uint_eq(out->m, 9);
    ck_assert_str_eq(out->import_split, "proportional");
    ck_assert_double_eq_tol(out->Z[3 * 3 + 1], 0.8, 1e-15); /* (2 + 6) / 10 */
    ck_assert_double_eq_tol(out->Z[4 * 3 + 1], 300.0 / 7, 1e-14);
    ck_assert_double_eq_tol(out->Z[7 * 3 + 1], 400.0 / 7, 1e-14);
    ck_assert_double_eq(out->Z[8 * 3 + 2], 20);
    ck_assert_double_eq_tol(row_total(out, 3), 2, 1e-14);
    ck_assert_uint_eq(report.lines, 3);
    ck_assert_double_eq(report.line[0].table, 20);
    ck_assert_double_eq(report.line[0].trade, 200);
    ck_assert_double_eq(report.rest, 0);
    ck_assert_double_eq(report.table, 418); /* 20 + 350 + 48 */
    ck_assert_double_eq(report.trade, 551);
    wio_origins_report_free(&report);
    wio_table_free(out);
    /* At its level: 5 of the 20 of A from CN, the rest 15; M and S as a whole from the rest. */
    begin(&L);
    add(&L, "A", "CN", "", 5);
    const wio_origins_options options = {.rest = "ROW", .levels = true};
    out = split(block, &options, &report);
    ck_assert_double_eq_tol(row_total(out, 3), 5, 1e-14);
    ck_assert_double_eq_tol(report.line[0].rest, 15, 1e-14);
    ck_assert_double_eq(out->Z[7 * 3 + 1], 100);
    ck_assert_double_eq(out->Z[4 * 3 + 1], 0);
    wio_origins_report_free(&report);
    wio_table_free(out);
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

START_TEST(shares_by_use)
{
    wio_table *toy = toy3(), *block = in_one_block(toy, "US");
    begin(&L);
    add(&L, "A", "RW", "", 1), add(&L, "S", "RW", "", 1);
    add(&L, "M", "CN", "intermediate", 60), add(&L, "M", "RW", "intermediate", 140);
    add(&L, "M", "CN", "consumption", 1), add(&L, "M", "RW", "capital", 1);
    add(&L, "M", "CN", "S", 1), add(&L, "M", "RW", "S", 3);
    wio_table *out = split(block, NULL, NULL);
    size_t cn = wio_names_find(&out->region, "CN"), M = wio_names_find(&out->sector, "M");
    size_t i = wio_table_origin(out, cn, M);
    ck_assert_str_eq(out->import_split, "mixed");
    ck_assert_double_eq_tol(out->Z[i * 3 + 0], 3, 1e-14);    /* 0.3 of 10 */
    ck_assert_double_eq_tol(out->Z[i * 3 + 2], 8.75, 1e-14); /* a quarter of 35 */
    ck_assert_double_eq(out->Y[i * out->f + 0], 130);
    ck_assert_double_eq(out->Y[i * out->f + 2], 0);
    wio_table_free(out);
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

/* Of M, 145 are bought by activities and 205 by final users. At its level, 29 for activities is a fifth
 * of theirs and nothing of the others', who had no trade. */
START_TEST(trade_at_its_level_for_one_use_leaves_the_others_to_the_rest)
{
    wio_table *toy = toy3(), *block = in_one_block(toy, "US");
    const wio_origins_options options = {.rest = "ROW", .levels = true};
    begin(&L);
    add(&L, "M", "CN", "intermediate", 29);
    wio_table *out = split(block, &options, NULL);
    size_t M = wio_names_find(&out->sector, "M");
    size_t i = wio_table_origin(out, wio_names_find(&out->region, "CN"), M);
    size_t rest = wio_table_origin(out, wio_names_find(&out->region, "ROW"), M);
    ck_assert_double_eq_tol(out->Z[i * 3 + 1], 20, 1e-14);
    ck_assert_double_eq_tol(out->Z[rest * 3 + 1], 80, 1e-13);
    ck_assert_double_eq(out->Y[i * out->f], 0);
    ck_assert_double_eq(out->Y[rest * out->f], 130);
    ck_assert_double_eq_tol(row_total(out, i), 29, 1e-13);
    wio_table_free(out);
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

/* What is no import stays, with the block's valuation; a partner of the block's code has its place. */
START_TEST(the_rest_of_the_table_stays)
{
    wio_table *toy = toy3(), *block = in_one_block(toy, "US");
    const wio_origins_options options = {.rest = "IMP"};
    begin(&L);
    add(&L, "A", "CN", "", 1), add(&L, "M", "CN", "", 1);
    wio_free(block->region.name[1]);
    block->region.name[1] = wio_strdup("All others");
    wio_table *out = split(block, &options, NULL);
    ck_assert_uint_eq(out->region.count, 3);
    ck_assert_str_eq(out->region.code[1], "IMP");
    ck_assert_str_eq(out->region.name[1], "All others");
    ck_assert_str_eq(out->region.code[2], "CN");
    ck_assert_int_ne(block->valuation[1], block->valuation[0]);
    ck_assert_int_eq(out->valuation[1], block->valuation[1]);
    ck_assert_int_eq(out->valuation[2], block->valuation[1]);
    check_equal(out->Z, block->Z, 9);
    check_equal(out->P, block->P, 6);
    check_equal(out->S, block->S, 3);
    wio_table_free(out);
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

/* TOY3 sells 20 and 140 of M, here as two uses of one region: 16 of them together are a tenth. */
START_TEST(exports_at_their_level_may_have_several_columns)
{
    wio_table *toy = toy3(), *block = NULL;
    toy->final_region[4] = 1; /* EXP of RW: EXQ of CN */
    ck_assert_int_eq(wio_names_add(&toy->use, "EXQ", ""), WIO_OK);
    wio_role role[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_GOVERNMENT, WIO_ROLE_INVESTMENT,
                       WIO_ROLE_EXPORT, WIO_ROLE_EXPORT};
    toy->final_use[4] = 4;
    wio_free(toy->use_role);
    toy->use_role = wio_alloc(5, sizeof *toy->use_role);
    memcpy(toy->use_role, role, sizeof role);
    block = in_one_block(toy, "US");
    ck_assert_uint_eq(block->f, 5);
    const wio_origins_options options = {.rest = "ROW", .levels = true, .exports = &E.trade};
    begin(&L), begin(&E);
    add(&L, "A", "CN", "", 1), add(&E, "M", "CN", "", 16);
    wio_table *out = split(block, &options, NULL);
    ck_assert_uint_eq(out->f, 7);
    ck_assert_double_eq_tol(out->Y[1 * 7 + 3], 2, 1e-14);
    ck_assert_double_eq_tol(out->Y[1 * 7 + 4], 18, 1e-13);
    ck_assert_double_eq_tol(out->Y[1 * 7 + 5], 14, 1e-13);
    ck_assert_double_eq_tol(out->Y[1 * 7 + 6], 126, 1e-13);
    wio_table_free(out);
    E.value[0] = 161;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_origins(&out, block, &L.trade, &options, NULL, NULL, &err),
                     WIO_E_TABLE);
    ck_assert_str_eq(err.message, "trade says 161 million of exports of M, the table 160");
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

/* The United States of world-2009 with everyone else as one block: bilateral totals give back the totals
 * of every origin, and the exports cell by cell; trade by user gives back every cell. Tolerance: a
 * share and a product, and sums of 60 such, 1e-13. */
START_TEST(a_real_table_comes_back)
{
    static const char *const keep[] = {"USA"};
    wio_table *world = NULL, *usa = NULL;
    ck_assert_int_eq(wio_table_open(&world, "world-2009", NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_carve(&usa, world, keep, 1, NULL, NULL), WIO_OK);
    wio_table *block = in_one_block(usa, "USA");
    ck_assert_uint_eq(block->m, 24);
    for (int by_user = 0; by_user < 2; by_user++) {
        begin(&L), begin(&E);
        for (size_t i = usa->n; i < usa->m; i++) {
            const char *sector = origin(usa, i, false), *partner = origin(usa, i, true);
            if (by_user == 0) {
                add(&L, sector, partner, "", row_total(usa, i));
            }
            for (size_t j = 0; by_user == 1 && j < usa->n; j++) {
                add(&L, sector, partner, origin(usa, j, false), usa->Z[i * usa->n + j]);
            }
            for (size_t c = 0; by_user == 1 && c < 3; c++) { /* inventories have both signs */
                add(&L, sector, partner, usa->use.code[usa->final_use[c]], usa->Y[i * usa->f + c]);
            }
        }
        for (size_t i = 0; i < usa->n; i++) {
            for (size_t c = 4; c < usa->f; c++) {
                add(&E, origin(usa, i, false), usa->region.code[usa->final_region[c]], "",
                    usa->Y[i * usa->f + c]);
            }
        }
        const wio_origins_options options = {.exports = &E.trade};
        wio_table *out = split(block, &options, NULL);
        ck_assert_uint_eq(out->m, usa->m);
        ck_assert_uint_eq(out->f, usa->f);
        for (size_t i = 0; i < usa->m; i++) {
            size_t I = same_row(out, usa, i);
            double total = row_total(usa, i);
            for (size_t c = 0; c < usa->f; c++) {
                double y = usa->Y[i * usa->f + c];
                if (i < usa->n || (by_user == 1 && c < 3)) {
                    ck_assert_double_eq_tol(out->Y[I * out->f + same_column(out, usa, c)], y,
                                            1e-13 * (1.0 + fabs(y)));
                }
            }
            for (size_t j = 0; j < usa->n && (i < usa->n || by_user == 1); j++) {
                double z = usa->Z[i * usa->n + j];
                ck_assert_double_eq_tol(out->Z[I * out->n + j], z, 1e-13 * (1.0 + z));
            }
            if (by_user == 0) {
                ck_assert_double_eq_tol(row_total(out, I), total, 1e-13 * (1.0 + total));
            }
        }
        for (size_t j = 0; j < usa->n; j++) {
            ck_assert_double_eq_tol(out->cost[j], usa->cost[j], 1e-13 * usa->cost[j]);
            ck_assert_double_eq_tol(out->x[j], usa->x[j], 1e-13 * usa->x[j]);
        }
        wio_table_free(out);
    }
    wio_table_free(block);
    wio_table_free(usa);
    wio_table_free(world);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

static void refused(const wio_table *table, const wio_origins_options *options, const char *message)
{
    wio_table *out = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_origins(&out, table, &L.trade, options, NULL, NULL, &err),
                     WIO_E_TABLE);
    ck_assert_str_eq(err.message, message);
    ck_assert_ptr_null(out);
}

START_TEST(what_does_not_fit_is_named)
{
    wio_table *toy = toy3(), *block = in_one_block(toy, "US"), *mrio = toy_mrio();
    begin(&L);
    add(&L, "A", "CN", "", 5), add(&L, "S", "RW", "", 5);
    refused(block, NULL,
            "no trade for 350 million of imports of M: add it, or name a partner for the rest");
    const wio_origins_options levels = {.rest = "ROW", .levels = true};
    L.value[0] = 25;
    refused(block, &levels,
            "trade of A is 25 million, but only 20 is imported for that use: bring it to the "
            "table's year and prices");
    add(&L, "A", "CN", "", 5);
    refused(block, &levels, "A from or to CN for the same use is there twice (first at line 1)");
    L.trade.count--;
    add(&L, "N", "US", "", 5);
    refused(block, NULL, "partner US is a region of the table already");
    L.partner[2] = (char *)(uintptr_t) "CN";
    refused(block, NULL, "the table has no sector 'N' (did you mean 'A'?)");
    refused(toy, NULL, "toy3 has imports from 2 regions: name the one that is split (--block)");
    refused(mrio, NULL, "3 regions of toy-mrio produce: it is no national table");
    wio_table_free(mrio);
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

/* Trade with one country alone is its share only at its level. */
START_TEST(one_partner_without_levels_is_warned_of)
{
    wio_table *toy = toy3(), *block = in_one_block(toy, "US");
    const wio_origins_options options[] = {{.rest = "ROW"}, {.rest = "ROW", .levels = true}};
    begin(&L);
    add(&L, "A", "CN", "", 5), add(&L, "M", "CN", "", 5);
    for (size_t k = 0; k < 2; k++) {
        wio_table *out = NULL;
        wio_log *log = new_log();
        ck_assert_int_eq(wio_table_origins(&out, block, &L.trade, &options[k], NULL, log, NULL),
                         WIO_OK);
        ck_assert(logged(log, "all trade is with CN") == (k == 0));
        wio_log_free(log);
        wio_table_free(out);
    }
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

/* Too little and too much trade; what is imported only to be exported. */
START_TEST(exports_that_do_not_fit_are_named)
{
    wio_table *toy = toy3(), *block = in_one_block(toy, "US");
    wio_origins_options options = {.exports = &E.trade};
    begin(&L), begin(&E);
    add(&L, "A", "JP", "", 1), add(&L, "M", "JP", "", 1), add(&L, "S", "JP", "", 1);
    add(&E, "A", "JP", "", 1), add(&E, "S", "JP", "", 1);
    size_t c = block->f - 1;
    ck_assert_int_eq(block->use_role[block->final_use[c]], WIO_ROLE_EXPORT);
    char message[200];
    (void)snprintf(message, sizeof message, "no trade for %.6g million of exports of M",
                   block->Y[1 * block->f + c]);
    refused(block, &options, message);
    options.rest = "ROW", options.levels = true;
    L.value[0] = L.value[1] = L.value[2] = 0;
    E.value[1] = 1000;
    (void)snprintf(message, sizeof message,
                   "trade says 1000 million of exports of S, the table %.6g",
                   block->Y[2 * block->f + c]);
    refused(block, &options, message);
    E.value[1] = 1;
    block->Y[3 * block->f + c] = 1;
    refused(block, &options, "A is imported and exported again (1): such exports cannot be split");
    options = (wio_origins_options){.exports = &E.trade, .rest = "ROW", .block = "CN"};
    toy->Y[6 * toy->f + 3] = 1; /* RW's A, exported to CN */
    refused(toy, &options, "A of RW is exported again (1): such exports cannot be split");
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

START_TEST(mistakes_in_a_file_are_placed)
{
    wio_trade *trade = NULL;
    wio_log *log = new_log();
    scratch_write("t.csv", "sector,partner,value,use\nA,CN,-1,\n,CN,x,\nA,CN\n");
    ck_assert_int_eq(wio_trade_read(&trade, scratch("t.csv"), log, NULL), WIO_E_FORMAT);
    ck_assert(logged(log, "value is -1: trade is not negative"));
    ck_assert(logged(log, "the code is empty"));
    ck_assert(logged(log, "value is 'x', not a number (million)"));
    ck_assert(logged(log, "expected 4 cells as in the first line, got 2"));
    ck_assert_ptr_null(trade);
    wio_log_free(log);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *toy = toy3(), *block = in_one_block(toy, "US");
    scratch_write("t.csv", "sector,partner,value\nA,CN,1\nM,RW,1\n");
    char path[300];
    (void)snprintf(path, sizeof path, "%s", scratch("t.csv"));
    const wio_origins_options options = {.rest = "ROW"};
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *out = NULL;
        wio_trade *trade = NULL;
        wio_origins_report report = {0};
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_trade_read(&trade, path, NULL, &err);
        if (status == WIO_OK) {
            status = wio_table_origins(&out, block, trade, &options, &report, NULL, &err);
        }
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (out == NULL && err.message[0] != '\0'));
        wio_origins_report_free(&report);
        wio_table_free(out);
        wio_trade_free(trade);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 800);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(block);
    wio_table_free(toy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("origins");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, shares_of_the_toy);
    tcase_add_test(known, shares_by_use);
    tcase_add_test(known, trade_at_its_level_for_one_use_leaves_the_others_to_the_rest);
    tcase_add_test(known, exports_at_their_level_may_have_several_columns);
    tcase_add_test(known, the_rest_of_the_table_stays);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, a_real_table_comes_back);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, what_does_not_fit_is_named);
    tcase_add_test(failures, one_partner_without_levels_is_warned_of);
    tcase_add_test(failures, exports_that_do_not_fit_are_named);
    tcase_add_test(failures, mistakes_in_a_file_are_placed);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
