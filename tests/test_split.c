/* test_split.c - sectors and regions that become several, by given shares. */
#include "support.h"

#include "../core/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char *M_FROM[] = {"M", "M"}, *M_TO[] = {"M1", "M2"};
static double M_WEIGHT[] = {0.25, 0.75}, M_INPUTS[] = {0.5, 0.5}, M_JOBS[] = {0.125, 0.875};
static char *US_FROM[] = {"US", "US"}, *US_TO[] = {"WEST", "EAST"};
static double US_WEIGHT[] = {0.5, 0.5};

static const wio_split SECTORS = {
    .count = 2, .from = M_FROM, .to = M_TO, .weight = M_WEIGHT, .satellites = M_JOBS};
static const wio_split REGIONS = {.count = 2, .from = US_FROM, .to = US_TO, .weight = US_WEIGHT};

static wio_table *made(const wio_table *table, const wio_split *regions, const wio_split *sectors,
                       const char *residual)
{
    wio_table *out = NULL;
    wio_error err = {0};
    wio_status status = wio_table_split(&out, table, regions, sectors, residual, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return out;
}

/* --- known answers -------------------------------------------------------------------------------- */

/* TOY3 (MODEL 1.5): M has output 700, jobs 2100, buys 120 from itself, 40 from CN's M. */
START_TEST(a_quarter_of_manufacturing)
{
    wio_table *toy = toy3(), *out = made(toy, NULL, &SECTORS, NULL);
    ck_assert_uint_eq(out->n, 4);
    ck_assert_uint_eq(out->m, 12);
    ck_assert_str_eq(wio_table_origin_sector(out, 1), "M1");
    ck_assert_double_eq(out->x[1], 175);
    ck_assert_double_eq(out->cost[1], 175);
    ck_assert_double_eq(out->Z[1 * 4 + 1], 7.5);  /* 120 / 16 */
    ck_assert_double_eq(out->Z[1 * 4 + 2], 22.5); /* 120 * 3 / 16 */
    ck_assert_double_eq(out->Z[5 * 4 + 2], 7.5);  /* CN.M1: 40 * 3 / 16 */
    ck_assert_double_eq(out->P[0 * 4 + 1], 50);
    ck_assert_double_eq(out->S[1], 262.5);
    ck_assert_double_eq(out->S[2], 1837.5);
    wio_table_free(out);
    wio_table_free(toy);
}
END_TEST

/* Half of the inputs and a quarter of the sales: a surplus of 120/2 - 700/4 = -115. */
START_TEST(the_surplus_takes_the_difference)
{
    wio_split sectors = SECTORS;
    wio_log *log = new_log();
    wio_table *toy = toy3(), *out = NULL;
    sectors.inputs = M_INPUTS;
    ck_assert_int_eq(wio_table_split(&out, toy, NULL, &sectors, "gos", log, NULL), WIO_OK);
    ck_assert_double_eq(out->P[1 * 4 + 1], -115);
    ck_assert_double_eq(out->P[1 * 4 + 2], 235);
    ck_assert_double_eq(out->cost[1], out->x[1]);
    ck_assert_double_eq(out->cost[2], out->x[2]);
    ck_assert(logged(log, "warning: gos of US.M1 takes -175 million and is -115"));
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 1); /* M2's is positive */
    wio_log_free(log);
    wio_table_free(out);
    log = new_log();
    toy->P[4] -= 130, toy->P[1] += 130; /* gos -10: negative before */
    ck_assert_int_eq(wio_table_split(&out, toy, NULL, &sectors, "gos", log, NULL), WIO_OK);
    ck_assert_double_eq(out->P[1 * 4 + 1], -180);
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 0);
    wio_log_free(log);
    wio_table_free(out);
    wio_table_free(toy);
}
END_TEST

/* US.M buys 120 from itself, 40 from CN's M, pays wages 200 and has 2100 jobs: shares multiply. */
START_TEST(shares_of_regions_and_sectors_multiply)
{
    static double inputs[] = {0.25, 0.75}, jobs[] = {0.125, 0.875};
    wio_split regions = REGIONS, sectors = SECTORS;
    regions.inputs = inputs, regions.satellites = jobs;
    sectors.inputs = M_INPUTS;
    wio_table *toy = toy3(), *out = made(toy, &regions, &sectors, "gos");
    ck_assert_uint_eq(out->n, 8);
    ck_assert_str_eq(out->region.code[out->origin_region[1]], "WEST");
    ck_assert_str_eq(wio_table_origin_sector(out, 1), "M1");
    ck_assert_double_eq(out->x[1], 87.5);                  /* 700 / 8 */
    ck_assert_double_eq(out->Z[1 * 8 + 1], 120.0 / 8 / 8); /* sells 1/2 1/4, buys 1/4 1/2 */
    ck_assert_double_eq(out->P[1], 25);                    /* 200 / 8 */
    ck_assert_double_eq(out->S[1], 32.8125);               /* 2100 / 64 */
    wio_table_free(out);
    wio_table_free(toy);
}
END_TEST

START_TEST(regions_and_codes_that_stay_keep_what_they_are)
{
    static char *to[] = {"M", "M2"};
    wio_split sectors = SECTORS;
    sectors.to = to;
    wio_table *toy = toy3();
    wio_free(toy->sector.name[1]);
    toy->sector.name[1] = wio_strdup("Manufacturing");
    wio_table *out = made(toy, &REGIONS, &sectors, NULL);
    ck_assert_str_eq(out->sector.name[wio_names_find(&out->sector, "M")], "Manufacturing");
    ck_assert_str_eq(out->sector.name[wio_names_find(&out->sector, "M2")], "M2");
    ck_assert_int_ne(toy->valuation[1], toy->valuation[0]);
    for (size_t g = 0; g < 4; g++) { /* WEST, EAST, CN, RW */
        ck_assert_int_eq(out->valuation[g], toy->valuation[g < 2 ? 0 : g - 1]);
    }
    wio_table_free(out);
    wio_table_free(toy);
}
END_TEST

/* Shares that printing made 1e-10 too large: the last part has nothing, and not less. */
START_TEST(a_part_without_a_share_is_not_below_nothing)
{
    static double weight[] = {1.0 + 1e-10, 0.0};
    const wio_split sectors = {.count = 2, .from = M_FROM, .to = M_TO, .weight = weight};
    wio_table *toy = toy3(), *out = made(toy, NULL, &sectors, NULL);
    ck_assert_double_eq(out->x[2], 0);
    ck_assert_double_eq(out->Z[2 * 4 + 1], 0);
    wio_table_free(out);
    wio_table_free(toy);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

/* Dyadic shares of whole numbers are exact, so that adding up gives every bit. */
START_TEST(adding_the_parts_up_gives_the_table)
{
    static char *from[] = {"A", "M1", "M2", "S"}, *to[] = {"A", "M", "M", "S"};
    static char *rfrom[] = {"WEST", "EAST", "CN", "RW"}, *rto[] = {"US", "US", "CN", "RW"};
    const wio_concordance back = {.count = 4, .from = from, .to = to};
    const wio_concordance whole = {.count = 4, .from = rfrom, .to = rto};
    wio_split sectors = SECTORS;
    sectors.inputs = M_INPUTS;
    wio_table *toy = toy3();
    for (size_t k = 0; k < 3; k++) {
        bool r = k != 0, s = k != 1;
        wio_table *out = made(toy, r ? &REGIONS : NULL, s ? &sectors : NULL, "gos"), *again = NULL;
        char *changes = NULL;
        ck_assert_int_eq(wio_table_aggregate(&again, out, r ? &whole : NULL, s ? &back : NULL, NULL,
                                             NULL, NULL, NULL),
                         WIO_OK);
        ck_assert_int_eq(wio_table_changes(&changes, toy, again, NULL), WIO_OK);
        ck_assert_str_eq(changes, "block,region,sector,to_region,user,before,after,change\n");
        wio_free(changes);
        wio_table_free(again);
        wio_table_free(out);
    }
    wio_table_free(toy);
}
END_TEST

/* Printed thirds: the last share is closed, outputs add up to rounding (3 terms, 4 u each). */
START_TEST(printed_thirds_add_up)
{
    char *from[] = {"Metals", "Metals", "Metals"}, *to[] = {"Iron", "Steel", "Metals"};
    double weight[] = {0.3333333333, 0.3333333333, 0.3333333333};
    const wio_split thirds = {.count = 3, .from = from, .to = to, .weight = weight};
    wio_table *world = NULL;
    ck_assert_int_eq(wio_table_open(&world, "world-2009", NULL, NULL, NULL), WIO_OK);
    wio_table *out = made(world, NULL, &thirds, NULL);
    ck_assert_uint_eq(out->n, 140);
    double before = wio_sum(world->x, world->n, 1);
    ck_assert_double_eq_tol(wio_sum(out->x, out->n, 1), before, 1e-14 * before);
    ck_assert_int_eq(wio_table_balanced(out, NULL, NULL), WIO_OK);
    wio_table_free(out);
    wio_table_free(world);
}
END_TEST

/* A study names `goods`: its sectors' parts are goods too, and nothing else is. */
START_TEST(groups_have_the_parts_of_their_sectors)
{
    char *from[] = {"Metals", "Metals", "Services", "Services"};
    char *to[] = {"Iron", "Metals", "Care", "Banks"};
    double weight[] = {0.5, 0.5, 0.25, 0.75};
    const wio_split some = {.count = 4, .from = from, .to = to, .weight = weight};
    wio_table *world = NULL;
    ck_assert_int_eq(wio_table_open(&world, "world-2009", NULL, NULL, NULL), WIO_OK);
    wio_table *out = made(world, NULL, &some, NULL);
    ck_assert_uint_ne(world->groups, 0);
    ck_assert_uint_eq(out->groups, world->groups);
    for (size_t g = 0; g < world->groups; g++) {
        const wio_group *old = &world->group[g], *new = wio_table_group(out, old->code);
        ck_assert_ptr_nonnull(new);
        bool in[32] = {false};
        for (size_t k = 0; k < new->count; k++) {
            in[new->sector[k]] = true;
        }
        for (size_t s = 0; s < out->sector.count; s++) {
            const char *code = out->sector.code[s];
            const char *was = strcmp(code, "Iron") == 0                                 ? "Metals"
                              : strcmp(code, "Care") == 0 || strcmp(code, "Banks") == 0 ? "Services"
                                                                                        : code;
            bool member = false;
            for (size_t k = 0; k < old->count; k++) {
                member = member || strcmp(world->sector.code[old->sector[k]], was) == 0;
            }
            ck_assert_msg(in[s] == member, "%s in %s", code, old->code);
        }
    }
    wio_table_free(out);
    wio_table_free(world);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

static void refused(const wio_table *toy, const wio_split *sectors, const char *message)
{
    wio_table *out = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_split(&out, toy, NULL, sectors, NULL, NULL, &err), WIO_E_TABLE);
    ck_assert_str_eq(err.message, message);
    ck_assert_ptr_null(out);
}

START_TEST(shares_that_do_not_fit_are_named)
{
    wio_table *toy = toy3();
    char *from[] = {"M", "M"}, *to[] = {"M1", "M2"};
    double weight[] = {0.25, 0.5};
    wio_split sectors = {.count = 2, .from = from, .to = to, .weight = weight};
    refused(toy, &sectors, "the weights of M sum to 0.75, not to 1");
    weight[1] = 0.75 + 1e-8; /* ten times what printing may miss */
    refused(toy, &sectors, "the weights of M sum to 1.00000001, not to 1");
    weight[1] = 0.75;
    to[1] = "S";
    refused(toy, &sectors, "M cannot become S: the table has that sector already");
    to[1] = "M1";
    refused(toy, &sectors, "sector M1 is there twice");
    to[1] = "M2";
    from[0] = "Q";
    refused(toy, &sectors, "the table has no sector 'Q' (did you mean 'A'?)");
    from[0] = "M";
    sectors.inputs = M_INPUTS;
    refused(toy, &sectors,
            "US.M1 would sell 175 and pay 350 million: name a primary item for the difference");
    wio_table_free(toy);
}
END_TEST

START_TEST(mistakes_in_a_file_are_placed)
{
    wio_split *split = NULL;
    wio_log *log = new_log();
    scratch_write("s.csv", "from,to,weight,inputs\nM,,-1,1\nM,M1,x,1\n");
    ck_assert_int_eq(wio_split_read(&split, scratch("s.csv"), log, NULL), WIO_E_FORMAT);
    ck_assert(logged(log, "weight is -1: a share is not negative"));
    ck_assert(logged(log, "the code is empty"));
    ck_assert(logged(log, "weight is 'x', not a number"));
    ck_assert_ptr_null(split);
    wio_log_free(log);
    log = new_log();
    wio_table *toy = toy3(), *out = NULL;
    scratch_write("t.csv", "from,to,weight\nM,M1,1\nQ,Q1,1\n");
    ck_assert_int_eq(wio_split_read(&split, scratch("t.csv"), log, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_split(&out, toy, NULL, split, NULL, log, NULL), WIO_E_TABLE);
    ck_assert(logged(log, "t.csv:3: error: the table has no sector 'Q'"));
    wio_split_free(split);
    wio_table_free(toy);
    wio_log_free(log);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    wio_table *toy = toy3();
    toy->group = wio_zalloc(1, sizeof *toy->group);
    toy->groups = toy->group[0].count = 1;
    toy->group[0].code = wio_strdup("making");
    toy->group[0].sector = wio_alloc(1, sizeof *toy->group[0].sector);
    toy->group[0].sector[0] = 1;
    scratch_write("s.csv", "from,to,weight,inputs,satellites\nM,M1,.5,.25,.5\nM,M2,.5,.75,.5\n");
    char path[300];
    (void)snprintf(path, sizeof path, "%s", scratch("s.csv"));
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_table *out = NULL;
        wio_split *sectors = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_split_read(&sectors, path, NULL, &err);
        if (status == WIO_OK) {
            status = wio_table_split(&out, toy, &REGIONS, sectors, "gos", NULL, &err);
        }
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (out == NULL && err.message[0] != '\0'));
        wio_table_free(out);
        wio_split_free(sectors);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 800);
    }
    ck_assert_int_eq(status, WIO_OK);
    wio_table_free(toy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("split");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, a_quarter_of_manufacturing);
    tcase_add_test(known, the_surplus_takes_the_difference);
    tcase_add_test(known, shares_of_regions_and_sectors_multiply);
    tcase_add_test(known, regions_and_codes_that_stay_keep_what_they_are);
    tcase_add_test(known, a_part_without_a_share_is_not_below_nothing);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, adding_the_parts_up_gives_the_table);
    tcase_add_test(properties, printed_thirds_add_up);
    tcase_add_test(properties, groups_have_the_parts_of_their_sectors);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_test(failures, shares_that_do_not_fit_are_named);
    tcase_add_test(failures, mistakes_in_a_file_are_placed);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
