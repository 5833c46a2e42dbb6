/* test_multiregional.c - national tables and the trade between them as one table. */
#include "support.h"

#include "../core/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 60000, REGIONS = 10 };
typedef struct lines {
    wio_trade trade;
    char *sector[MOST], *seller[MOST], *buyer[MOST], *use[MOST];
    double value[MOST];
} lines;
static lines T;

static char *word(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void begin(void)
{
    T.trade = (wio_trade){
        .sector = T.sector, .partner = T.seller, .buyer = T.buyer, .use = T.use, .value = T.value};
}

static void add(const char *sector, const char *seller, const char *buyer, const char *use,
                double value)
{
    size_t k = T.trade.count++;
    ck_assert_uint_lt(k, MOST);
    T.sector[k] = word(sector);
    T.seller[k] = word(seller);
    T.buyer[k] = word(buyer);
    T.use[k] = word(use);
    T.value[k] = value;
}

/* Two national tables, sectors G and S, each with imports in one block IMP, households H and exports X:
 *
 *        A: G   S   H   X   x       imported G S  H       B: G   S   H    X   x      imported G S  H
 *   G      20  30  40  30  120            8  4 12          50  20  80   20  170          10  5 20
 *   S      10  40  60  10  120            2  6  4          30  60 100    5  195           1  3  2 */
static const char *const CODE[] = {"A", "IMP"}, *const CODE_B[] = {"B", "IMP"};
static const char *const SECTOR[] = {"G", "S", "G", "S"}, *const USE[] = {"H", "X"};
static const double ZA[] = {20, 30, 10, 40, 8, 4, 2, 6}, YA[] = {40, 30, 60, 10, 12, 0, 4, 0};
static const double ZB[] = {50, 20, 30, 60, 10, 5, 1, 3}, YB[] = {80, 20, 100, 5, 20, 0, 2, 0};

static wio_table_arrays arrays_of(bool b)
{
    static const bool endogenous[] = {true, false};
    static const size_t region[] = {0, 0, 1, 1}, final_region[] = {0, 0};
    static const wio_role role[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_EXPORT},
                          item_role[] = {WIO_ROLE_VALUE_ADDED};
    static const char *const item[] = {"VA"}, *const jobs[] = {"jobs"};
    static const double PA[] = {80, 40}, PB[] = {79, 107}, SA[] = {3, 7}, SB[] = {11, 13};
    return (wio_table_arrays){.name = b ? "nation-b" : "nation-a",
                              .currency = "USD",
                              .year = 2020,
                              .price_basis = "basic",
                              .import_split = "survey",
                              .household_income = b ? 90 : 70,
                              .regions = 2,
                              .region_code = b ? CODE_B : CODE,
                              .endogenous = endogenous,
                              .n = 2,
                              .m = 4,
                              .origin_region = region,
                              .origin_sector = SECTOR,
                              .f = 2,
                              .final_region = final_region,
                              .final_use = USE,
                              .final_role = role,
                              .p = 1,
                              .primary_item = item,
                              .primary_role = item_role,
                              .k = 1,
                              .account = jobs,
                              .account_unit = jobs,
                              .Z = b ? ZB : ZA,
                              .Y = b ? YB : YA,
                              .P = b ? PB : PA,
                              .S = b ? SB : SA};
}

static wio_table *nation(bool b)
{
    wio_table_arrays arrays = arrays_of(b);
    return table_made(&arrays);
}

/* Of A's 24 of G, 15 come from B and 9 from C; of its 12 of S, 4 and 8. Of B's 35 of G, 28 come from A
 * and 7 from C; its 6 of S from A. C buys the rest: 2 and 4 from A, 5 and 1 from B. */
static void small_trade(void)
{
    begin();
    add("G", "B", "A", "", 15), add("G", "C", "A", "", 9), add("S", "B", "A", "", 4);
    add("S", "C", "A", "", 8), add("G", "A", "B", "", 28), add("G", "C", "B", "", 7);
    add("S", "A", "B", "", 6), add("G", "A", "C", "", 2), add("S", "A", "C", "", 4);
    add("G", "B", "C", "", 5), add("S", "B", "D", "", 1);
}

static wio_status put_together(wio_table **out, wio_table *const *table, size_t count,
                               const wio_multiregional_options *options,
                               wio_multiregional_report *report, wio_log *log, wio_error *err)
{
    const wio_table *list[REGIONS] = {0};
    for (size_t s = 0; s < count; s++) {
        list[s] = table[s];
    }
    return wio_table_multiregional(out, list, count, &T.trade, options, report, log, err);
}

static wio_table *assembled(wio_table *const *table, size_t count,
                            const wio_multiregional_options *options,
                            wio_multiregional_report *report)
{
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status = put_together(&out, table, count, options, report, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return out;
}

static void check_cells(const double *got, const double *want, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(fabs(got[i] - want[i]) <= 1e-13 * (1.0 + fabs(want[i])),
                      "%zu: %.17g, not %.17g", i, got[i], want[i]);
    }
}

/* --- known answers -------------------------------------------------------------------------------- */

/* Isard: home cells stay; of G imported by A 5/8 come from B, of S 1/3; by B 4/5 of G from A, S all. */
START_TEST(isard_splits_imported_cells)
{
    wio_table *table[] = {nation(false), nation(true)};
    const wio_multiregional_options options = {.model = WIO_ISARD};
    wio_multiregional_report report = {0};
    small_trade();
    wio_table *out = assembled(table, 2, &options, &report);
    ck_assert_uint_eq(out->n, 4);
    ck_assert_uint_eq(out->m, 6);
    ck_assert_uint_eq(out->f, 3);
    const double Z[] = {20,     30, 8,  4,  10, 40,  1, 3, 5,      2.5, 50, 20,
                        2. / 3, 2,  30, 60, 3,  1.5, 2, 1, 4. / 3, 4,   0,  0};
    const double Y[] = {40, 16, 2, 60, 2, 4, 7.5, 80, 5, 4. / 3, 100, 1, 4.5, 4, 0, 8. / 3, 0, 0};
    const double x[] = {120, 120, 170, 195}, P[] = {80, 40, 79, 107}, S[] = {3, 7, 11, 13};
    check_cells(out->Z, Z, 24);
    check_cells(out->Y, Y, 18);
    check_cells(out->x, x, 4);
    check_cells(out->P, P, 4);
    check_cells(out->S, S, 4);
    ck_assert_str_eq(out->region.code[2], "REST");
    ck_assert(!out->endogenous[2]);
    ck_assert_str_eq(out->use.code[out->final_use[2]], "EXP");
    ck_assert_str_eq(out->import_split, "proportional");
    ck_assert_double_eq(out->household_income, 160);
    ck_assert_double_eq_tol(report.imports, 77, 1e-12);
    ck_assert_double_eq_tol(report.from_rest, 24, 1e-12);
    ck_assert_double_eq_tol(report.to_rest, 12, 1e-12);
    ck_assert_uint_eq(report.gaps, 0);
    ck_assert_str_eq(report.line[3].region, "B");
    ck_assert_double_eq(report.line[2].bought, 15);
    ck_assert_double_eq(report.line[2].imports, 35);
    wio_multiregional_report_free(&report);
    wio_table_free(out);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

/* Chenery-Moses: A uses 90 of its own G and 24 imported: shares 90/114, 15/114, 9/114; of S 110/122,
 * 4/122, 8/122. B: 28/185, 150/185, 7/185 of G; 6/196, 190/196 of S. */
START_TEST(chenery_moses_has_one_share_for_all_users)
{
    wio_table *table[] = {nation(false), nation(true)};
    const wio_multiregional_options options = {.model = WIO_CHENERY_MOSES, .rest = "ROW"};
    small_trade();
    wio_table *out = assembled(table, 2, &options, NULL);
    const double G[3][2] = {{90. / 114, 28. / 185}, {15. / 114, 150. / 185}, {9. / 114, 7. / 185}};
    const double S[3][2] = {{110. / 122, 6. / 196}, {4. / 122, 190. / 196}, {8. / 122, 0}};
    const double g[2][3] = {{28, 34, 52}, {60, 25, 100}}, s[2][3] = {{12, 46, 64}, {31, 63, 102}};
    for (size_t r = 0; r < 3; r++) {
        for (size_t b = 0; b < 2; b++) {
            for (size_t u = 0; u < 3; u++) {
                size_t i = 2 * r;
                double got[2] = {u < 2 ? out->Z[i * 4 + 2 * b + u] : out->Y[i * 3 + b],
                                 u < 2 ? out->Z[(i + 1) * 4 + 2 * b + u] : out->Y[(i + 1) * 3 + b]};
                const double want[2] = {g[b][u] * G[r][b], s[b][u] * S[r][b]};
                check_cells(got, want, 2);
            }
        }
    }
    const double x[] = {120, 120, 170, 195};
    check_cells(out->x, x, 4);
    check_cells(out->cost, x, 4);
    ck_assert_double_eq(out->Y[2], 2);
    ck_assert_str_eq(out->region.code[2], "ROW");
    wio_table_free(out);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

/* C bought 0.5 of A's G instead of 2, and 6 of B's G instead of 5: gaps 1.5 and -1. */
START_TEST(what_does_not_add_up_goes_to_a_named_use)
{
    wio_table *table[] = {nation(false), nation(true)};
    wio_multiregional_options options = {.model = WIO_ISARD, .residual = "GAP"};
    wio_multiregional_report report = {0};
    small_trade();
    T.value[7] = 0.5, T.value[9] = 6;
    wio_log *log = NULL;
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    wio_table *out = NULL;
    ck_assert_int_eq(put_together(&out, table, 2, &options, &report, log, NULL), WIO_OK);
    ck_assert(logged(log, "A.G: 1.5 million of exports are in no buyer's table: in REST.GAP"));
    ck_assert(logged(log, "B.G: -1 million of exports are in no buyer's table: in REST.GAP"));
    ck_assert_uint_eq(out->f, 4);
    ck_assert_double_eq_tol(out->Y[0 * 4 + 3], 1.5, 1e-13);
    ck_assert_double_eq_tol(out->Y[2 * 4 + 3], -1, 1e-13);
    const double x[] = {120, 120, 170, 195};
    check_cells(out->x, x, 4);
    ck_assert_uint_eq(report.gaps, 2);
    ck_assert_double_eq_tol(report.residual, 2.5, 1e-13);
    wio_multiregional_report_free(&report);
    wio_table_free(out);
    /* EXP itself may be that use: one column with both. */
    options.residual = "EXP";
    out = assembled(table, 2, &options, NULL);
    ck_assert_uint_eq(out->f, 3);
    ck_assert_double_eq_tol(out->Y[0 * 3 + 2], 2, 1e-13);
    ck_assert_double_eq_tol(out->Y[2 * 3 + 2], 5, 1e-13);
    wio_table_free(out);
    wio_log_free(log);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

static bool noted_in_part(const wio_table *t, const char *text)
{
    bool found = false;
    for (size_t k = 0; k < t->notes; k++) {
        found = found || strstr(t->note[k], text) != NULL;
    }
    return found;
}

START_TEST(texts_of_every_table_are_kept)
{
    wio_table *table[] = {nation(false), nation(true)};
    const wio_multiregional_options options = {.model = WIO_ISARD, .name = "two"};
    wio_free(table[1]->licence);
    table[1]->licence = wio_strdup("CC0");
    ck_assert_int_eq(wio_table_note(table[0], NULL, "first"), WIO_OK);
    ck_assert_int_eq(wio_table_note(table[1], NULL, "second"), WIO_OK);
    small_trade();
    wio_table *out = assembled(table, 2, &options, NULL);
    ck_assert_str_eq(out->name, "two");
    ck_assert(noted_in_part(out, "first") && noted_in_part(out, "second"));
    ck_assert(noted_in_part(out, "Licence of the table of B: CC0."));
    ck_assert(noted_in_part(
        out, "Assembled from 2 national tables by Isard: imports of 77 million, 24 of"));
    wio_table_free(out);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

static const char *origin(const wio_table *t, size_t i, bool region)
{
    return region ? t->region.code[t->origin_region[i]] : t->sector.code[t->origin_sector[i]];
}

static wio_table *world_2009(void)
{
    wio_table *world = NULL;
    ck_assert_int_eq(wio_table_open(&world, "world-2009", NULL, NULL, NULL), WIO_OK);
    return world;
}

/* The number of a cell, by user: activity, or n + final column. */
static double number(const wio_table *t, size_t i, size_t u)
{
    return u < t->n ? t->Z[i * t->n + u] : t->Y[i * t->f + u - t->n];
}

static size_t user_region(const wio_table *t, size_t u)
{
    return u < t->n ? t->origin_region[u] : t->final_region[u - t->n];
}

/* Its trade between regions, by user or in all. Of the regions that are not kept, what they use of a
 * product together. */
static void trade_of(const wio_table *t, bool by_user, size_t kept)
{
    begin();
    for (size_t i = 0; i < t->n; i++) {
        for (size_t s = 0; s < t->region.count; s++) {
            double total = 0.0;
            for (size_t u = 0; u < t->n + t->f; u++) {
                const char *use =
                    u < t->n ? origin(t, u, false) : t->use.code[t->final_use[u - t->n]];
                if (user_region(t, u) == s && t->origin_region[i] != s) {
                    total += number(t, i, u);
                    if (by_user && s < kept && number(t, i, u) != 0.0) {
                        add(origin(t, i, false), origin(t, i, true), t->region.code[s], use,
                            number(t, i, u));
                    }
                }
            }
            if ((!by_user || s >= kept) && total != 0.0) {
                add(origin(t, i, false), origin(t, i, true), t->region.code[s], "", total);
            }
        }
    }
}

static void carve_all(wio_table *nation_of[REGIONS], const wio_table *world)
{
    ck_assert_uint_eq(world->region.count, REGIONS);
    for (size_t s = 0; s < REGIONS; s++) {
        const char *const keep[] = {world->region.code[s]};
        ck_assert_int_eq(wio_table_carve(&nation_of[s], world, keep, 1, NULL, NULL), WIO_OK);
    }
}

static void free_all(wio_table *nation_of[REGIONS])
{
    for (size_t s = 0; s < REGIONS; s++) {
        wio_table_free(nation_of[s]);
    }
}

/* Tolerance of a cell: it is a product of shares, each a quotient of sums of 16 x 12 terms: 1e-12 of
 * the cell, and of what its row sells (a small cell has the rounding of a large share). */
static void check_same(const wio_table *got, const wio_table *want)
{
    ck_assert_uint_eq(got->n, want->n);
    ck_assert_uint_eq(got->m, want->m);
    ck_assert_uint_eq(got->f, want->f);
    for (size_t i = 0; i < want->m; i++) {
        ck_assert_str_eq(origin(got, i, true), origin(want, i, true));
        ck_assert_str_eq(origin(got, i, false), origin(want, i, false));
    }
    check_cells(got->P, want->P, want->p * want->n);
    for (size_t u = 0; u < want->n + want->f; u++) {
        ck_assert_str_eq(got->region.code[user_region(got, u)],
                         want->region.code[user_region(want, u)]);
        for (size_t i = 0; i < want->m; i++) {
            double tolerance =
                1e-12 * (fabs(number(want, i, u)) + (i < want->n ? want->x[i] : 1.0));
            ck_assert_double_eq_tol(number(got, i, u), number(want, i, u), tolerance);
        }
    }
}

/* world-2009 with the shares of Chenery-Moses, made here without the library's code. */
static wio_table *pooled_world(void)
{
    wio_table *t = world_2009();
    double *old_Z = wio_alloc(t->m * t->n, sizeof *old_Z), *old_Y = wio_alloc(t->m * t->f, 8);
    memcpy(old_Z, t->Z, t->m * t->n * sizeof *old_Z);
    memcpy(old_Y, t->Y, t->m * t->f * sizeof *old_Y);
    for (size_t k = 0; k < t->sector.count; k++) {
        for (size_t s = 0; s < t->region.count; s++) {
            double from[REGIONS] = {0}, all = 0.0;
            for (size_t i = 0; i < t->n; i++) {
                for (size_t u = 0; t->origin_sector[i] == k && u < t->n + t->f; u++) {
                    from[t->origin_region[i]] += user_region(t, u) == s ? number(t, i, u) : 0.0;
                }
            }
            for (size_t r = 0; r < REGIONS; r++) {
                all += from[r];
            }
            for (size_t u = 0; u < t->n + t->f; u++) {
                double z = 0.0;
                for (size_t i = 0; user_region(t, u) == s && i < t->n; i++) {
                    double old = u < t->n ? old_Z[i * t->n + u] : old_Y[i * t->f + u - t->n];
                    z += t->origin_sector[i] == k ? old : 0.0;
                }
                for (size_t i = 0; user_region(t, u) == s && i < t->n; i++) {
                    if (t->origin_sector[i] == k) {
                        *(u < t->n ? t->Z + i * t->n + u : t->Y + i * t->f + u - t->n) =
                            all != 0.0 ? z * from[t->origin_region[i]] / all : 0.0;
                    }
                }
            }
        }
    }
    wio_free(old_Z);
    wio_free(old_Y);
    return t;
}

START_TEST(equal_shares_come_back_with_both_models)
{
    wio_table *world = pooled_world(), *nation_of[REGIONS];
    carve_all(nation_of, world);
    trade_of(world, false, REGIONS);
    for (int model = WIO_CHENERY_MOSES; model <= WIO_ISARD; model++) {
        const wio_multiregional_options options = {.model = (wio_multiregional_model)model};
        wio_table *out = assembled(nation_of, REGIONS, &options, NULL);
        check_same(out, world);
        wio_table_free(out);
    }
    free_all(nation_of);
    wio_table_free(world);
}
END_TEST

/* Of world-2009 itself Chenery-Moses makes the same table as the test does by hand: totals between
 * regions, so rows, stay what they are. */
START_TEST(chenery_moses_keeps_totals_between_regions)
{
    wio_table *world = world_2009(), *want = pooled_world(), *nation_of[REGIONS];
    carve_all(nation_of, world);
    trade_of(world, false, REGIONS);
    const wio_multiregional_options options = {.model = WIO_CHENERY_MOSES};
    wio_multiregional_report report = {0};
    wio_table *out = assembled(nation_of, REGIONS, &options, &report);
    check_same(out, want);
    ck_assert_double_eq(report.from_rest, 0.0);
    ck_assert_uint_eq(report.gaps, 0);
    wio_multiregional_report_free(&report);
    wio_table_free(out);
    free_all(nation_of);
    wio_table_free(want);
    wio_table_free(world);
}
END_TEST

/* The same from the table of all regions at once; and pooled again it stays. */
START_TEST(a_pooled_table_has_these_shares)
{
    wio_table *world = world_2009(), *want = pooled_world(), *once = NULL, *twice = NULL;
    ck_assert_int_eq(wio_table_pool(&once, world, NULL, NULL), WIO_OK);
    check_same(once, want);
    check_cells(once->x, world->x, world->n);
    ck_assert_int_eq(wio_table_pool(&twice, once, NULL, NULL), WIO_OK);
    check_same(twice, once);
    ck_assert_str_eq(twice->import_split, "proportional");
    wio_table_free(twice);
    wio_table_free(once);
    wio_table_free(want);
    wio_table_free(world);
    /* Isard's table of the two nations becomes that of Chenery-Moses; EXP stays. */
    wio_table *table[] = {nation(false), nation(true)};
    wio_multiregional_options options = {.model = WIO_ISARD};
    small_trade();
    wio_table *isard = assembled(table, 2, &options, NULL);
    options.model = WIO_CHENERY_MOSES;
    want = assembled(table, 2, &options, NULL);
    ck_assert_int_eq(wio_table_pool(&once, isard, NULL, NULL), WIO_OK);
    check_same(once, want);
    wio_table_free(once);
    wio_table_free(want);
    wio_table_free(isard);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

/* Imported inventories without a sign: trade has none. */
static wio_table *world_with_signs(void)
{
    wio_table *t = world_2009();
    for (size_t i = 0; i < t->m; i++) {
        t->x[i] = 0.0;
        for (size_t u = 0; u < t->n + t->f; u++) {
            if (u >= t->n && user_region(t, u) != t->origin_region[i]) {
                t->Y[i * t->f + u - t->n] = fabs(number(t, i, u));
            }
            t->x[i] += number(t, i, u);
        }
    }
    return t;
}

START_TEST(isard_with_trade_by_user_comes_back)
{
    wio_table *world = world_with_signs(), *nation_of[REGIONS];
    carve_all(nation_of, world);
    trade_of(world, true, REGIONS);
    const wio_multiregional_options options = {.model = WIO_ISARD};
    wio_table *out = assembled(nation_of, REGIONS, &options, NULL);
    check_same(out, world);
    ck_assert_str_eq(out->import_split, "mixed");
    wio_table_free(out);
    free_all(nation_of);
    wio_table_free(world);
}
END_TEST

/* Three of ten regions have a table: what comes out is the world carved to them, the others as one. */
START_TEST(regions_without_a_table_are_one_rest)
{
    enum { KEPT = 3 };
    wio_table *world = world_with_signs(), *nation_of[REGIONS], *carved = NULL, *want = NULL;
    carve_all(nation_of, world);
    trade_of(world, true, KEPT);
    char *from[REGIONS], *to[REGIONS];
    const char *keep[KEPT];
    for (size_t s = 0; s < REGIONS; s++) {
        from[s] = world->region.code[s];
        to[s] = s < KEPT ? from[s] : word("REST");
        keep[s < KEPT ? s : 0] = s < KEPT ? from[s] : keep[0];
    }
    const wio_concordance regions = {.from = from, .to = to, .count = REGIONS};
    ck_assert_int_eq(wio_table_carve(&carved, world, keep, KEPT, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_aggregate(&want, carved, &regions, NULL, NULL, NULL, NULL, NULL),
                     WIO_OK);
    const wio_multiregional_options options = {.model = WIO_ISARD};
    wio_table *out = assembled(nation_of, KEPT, &options, NULL);
    check_same(out, want);
    wio_table_free(out);
    wio_table_free(want);
    wio_table_free(carved);
    free_all(nation_of);
    wio_table_free(world);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

static void refused(wio_table *const *table, const wio_multiregional_options *options,
                    const char *message)
{
    wio_table *out = NULL;
    wio_error err = {0};
    ck_assert_int_eq(put_together(&out, table, 2, options, NULL, NULL, &err), WIO_E_TABLE);
    ck_assert_str_eq(err.message, message);
    ck_assert_ptr_null(out);
}

static void trade_refused(size_t line, const char *seller, const char *buyer, double value,
                          const char *message)
{
    wio_table *table[] = {nation(false), nation(true)};
    const wio_multiregional_options options = {.model = WIO_ISARD};
    small_trade();
    T.seller[line] = word(seller), T.buyer[line] = word(buyer), T.value[line] = value;
    refused(table, &options, message);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}

START_TEST(trade_that_does_not_fit_is_named)
{
    trade_refused(7, "A", "C", 0.5,
                  "A.G exports 30 million, but its buyers have 28 and the rest 0.5: gap 1.5");
    trade_refused(6, "B", "A", 6,
                  "S from or to B for the same use is there twice (first at line 3)");
    trade_refused(6, "A", "C", 6,
                  "S from or to C for the same use is there twice (first at line 7)");
    trade_refused(6, "A", "B", 0, "no trade for 6 million of imports of S by B: add its sellers");
    trade_refused(6, "A", "A", 6, "trade of A with itself: its table has what it uses at home");
    trade_refused(6, "A", "B", NAN,
                  "trade of S is nan: it has to be a number that is not negative");
}
END_TEST

static void differs(const wio_table_arrays *arrays, const char *message)
{
    wio_table *table[] = {nation(false), table_made(arrays)};
    const wio_multiregional_options options = {.model = WIO_CHENERY_MOSES};
    small_trade();
    refused(table, &options, message);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}

START_TEST(tables_that_differ_are_named)
{
    static const char *const sector[] = {"G", "T", "G", "T"}, *const use[] = {"EXP", "X"};
    static const char *const item[] = {"GVA"}, *const hours[] = {"hours"},
                             *const valued[] = {"basic", "customs"};
    static const wio_role role[] = {WIO_ROLE_INVESTMENT, WIO_ROLE_EXPORT};
    static const bool all[] = {true, true};
    wio_table_arrays b = arrays_of(true);
    b.currency = "CNY";
    differs(&b, "the currency of B is CNY, of A USD: it has to be the same");
    b = arrays_of(true), b.year = 2019;
    differs(&b, "B is of 2019, A of 2020: the year has to be the same");
    b = arrays_of(true), b.price_basis = "purchasers";
    differs(&b, "the price basis of B is purchasers, of A basic: it has to be the same");
    b = arrays_of(true), b.origin_sector = sector;
    differs(&b, "sector 2 of B is T, which A does not have: they have to be the same");
    b = arrays_of(true), b.primary_item = item;
    differs(&b, "B and A differ in their primary items: codes and roles have to be the same");
    b = arrays_of(true), b.account_unit = hours;
    differs(&b, "B and A differ in their satellites: codes and units have to be the same");
    b = arrays_of(true), b.valuation = valued;
    differs(&b, "imports of B are valued customs, of A basic: value them alike");
    b = arrays_of(true), b.region_code = CODE;
    differs(&b, "two tables are of A");
    b = arrays_of(true), b.final_use = use, b.final_role = role;
    differs(&b, "the final use EXP of B is investment: for exports it needs another code");
    static const wio_role other[] = {WIO_ROLE_GOVERNMENT, WIO_ROLE_EXPORT};
    b = arrays_of(true), b.final_role = other;
    differs(&b, "final use H is government in B and household in A");
    b = arrays_of(true), b.endogenous = all, b.n = 4;
    static const double Z[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    static const double P[4] = {1, 1, 1, 1};
    b.Z = Z, b.P = P, b.S = P;
    differs(&b, "2 regions of nation-b produce: it is no national table");
    static const double re_exported[] = {80, 20, 100, 5, 20, 7, 2, 0};
    b = arrays_of(true), b.Y = re_exported;
    differs(&b,
            "G is imported by B and exported again (7 million): such exports cannot be assembled");
}
END_TEST

START_TEST(codes_of_the_rest_are_free)
{
    wio_table *table[] = {nation(false), nation(true)};
    wio_multiregional_options options = {.model = WIO_ISARD, .rest = "B"};
    small_trade();
    refused(table, &options, "B has a table: regions without one need another code");
    options = (wio_multiregional_options){.model = WIO_ISARD, .residual = "H"};
    refused(table, &options,
            "the final use H of A is household: for exports it needs another code");
    options.residual = "S";
    refused(table, &options, "'S' is a sector: exports need another code");
    wio_table *out = NULL;
    const wio_table *list[] = {table[0], table[1]};
    T.trade.buyer = NULL;
    ck_assert_int_eq(wio_table_multiregional(&out, list, 2, &T.trade, &options, NULL, NULL, NULL),
                     WIO_E_ARGUMENT);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

START_TEST(pooling_refuses_and_frees)
{
    wio_table_arrays arrays = arrays_of(false);
    static const double Y[] = {-74, 144, 60, 10,
                               12,  0,   4,  0}; /* G: 20 + 30 - 74 + 8 + 4 + 12 = 0 */
    wio_table *out = NULL, *good = nation(false);
    wio_error err = {0};
    arrays.Y = Y;
    wio_table *table = table_made(&arrays);
    ck_assert_int_eq(wio_table_pool(&out, table, NULL, &err), WIO_E_TABLE);
    ck_assert_str_eq(err.message, "uses of G in A cancel: it has no shares");
    ck_assert_ptr_null(out);
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_alloc_budget = budget;
        status = wio_table_pool(&out, good, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || out == NULL);
        wio_table_free(out);
        out = NULL;
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 500);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(table);
    wio_table_free(good);
}
END_TEST

START_TEST(mistakes_in_a_file_are_placed)
{
    wio_trade *trade = NULL;
    wio_log *log = NULL;
    ck_assert_int_eq(wio_log_create(&log, NULL), WIO_OK);
    scratch_write("t.csv", "sector,seller,buyer,value\nG,A,,1\nG,A,B,-2\n");
    ck_assert_int_eq(wio_trade_read_between(&trade, scratch("t.csv"), log, NULL), WIO_E_FORMAT);
    ck_assert(logged(log, "the code is empty"));
    ck_assert(logged(log, "value is -2: trade is not negative"));
    scratch_write("t.csv", "sector,partner,value\nG,A,1\n");
    ck_assert_int_eq(wio_trade_read_between(&trade, scratch("t.csv"), log, NULL), WIO_E_FORMAT);
    ck_assert(logged(log, "there is no column 'buyer'"));
    ck_assert_ptr_null(trade);
    wio_log_free(log);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *table[] = {nation(false), nation(true)};
    const wio_table *list[] = {table[0], table[1]};
    scratch_write("t.csv",
                  "sector,seller,buyer,value,use\nG,B,A,15,\nG,C,A,9,\nS,B,A,4,\nS,C,A,8,\n"
                  "G,A,B,28,\nG,C,B,7,\nS,A,B,6,H\n");
    char path[300];
    (void)snprintf(path, sizeof path, "%s", scratch("t.csv"));
    const wio_multiregional_options options = {.model = WIO_CHENERY_MOSES, .residual = "GAP"};
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *out = NULL;
        wio_trade *trade = NULL;
        wio_multiregional_report report = {0};
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_trade_read_between(&trade, path, NULL, &err);
        if (status == WIO_OK) {
            status = wio_table_multiregional(&out, list, 2, trade, &options, &report, NULL, &err);
        }
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (out == NULL && err.message[0] != '\0'));
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "%s", err.message);
        wio_multiregional_report_free(&report);
        wio_table_free(out);
        wio_trade_free(trade);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 1000);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(table[0]);
    wio_table_free(table[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multiregional");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, isard_splits_imported_cells);
    tcase_add_test(known, chenery_moses_has_one_share_for_all_users);
    tcase_add_test(known, what_does_not_add_up_goes_to_a_named_use);
    tcase_add_test(known, texts_of_every_table_are_kept);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, equal_shares_come_back_with_both_models);
    tcase_add_test(properties, chenery_moses_keeps_totals_between_regions);
    tcase_add_test(properties, a_pooled_table_has_these_shares);
    tcase_add_test(properties, isard_with_trade_by_user_comes_back);
    tcase_add_test(properties, regions_without_a_table_are_one_rest);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, trade_that_does_not_fit_is_named);
    tcase_add_test(failures, tables_that_differ_are_named);
    tcase_add_test(failures, codes_of_the_rest_are_free);
    tcase_add_test(failures, pooling_refuses_and_frees);
    tcase_add_test(failures, mistakes_in_a_file_are_placed);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
