/* test_import_mapping_sut.c - suite for supply and use by a mapping: io/import_mapping_parts.c,
 * import_mapping_supply.c, import_mapping_balance.c.
 *
 * A made-up economy of three products and three industries, balanced to the last digit:
 *
 *              A    C    G   made imports margins taxes | use: A    C    G   HH  EXP   (purchasers')
 *     CPA_A   90   10    0    100    20      24     16  |     20   40    0   80   20
 *     CPA_C    0  180   20    200    40      56     24  |     40   80   40  120   40
 *     CPA_G    0    0  100    100     0     -80      5  |      5    5    5   10    0
 *
 * and at basic prices, by hand: a tenth of CPA_A is taxes and .15 margins, .075 and .175 of CPA_C, a
 * fifth of CPA_G is taxes; G gets the margins. Symmetric tables: exact rational arithmetic (Python's
 * fractions) on these numbers. */
#include "../core/internal.h"
#include "../core/table.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT "tests/data/import/mapping-sut/"
enum { P = 3, N = 3, F = 2 };

static const double V[N * P] = {90, 0, 0, 10, 180, 0, 0, 20, 100};
static const double U[P * N] = {20, 40, 0, 40, 80, 40, 5, 5, 5};
static const double Y[P * F] = {80, 20, 120, 40, 10, 0};
static const double BASIC_U[P * N] = {15, 30, 0, 30, 60, 30, 14, 24, 11};
static const double BASIC_Y[P * F] = {60, 15, 90, 30, 41, 10};
static const double UM[P * N] = {5, 10, 0, 10, 10, 5, 0, 0, 0}; /* not in proportion */
static const double YM[P * F] = {5, 0, 15, 0, 0, 0};
static const double W[2 * N] = {15, 40, 50, 10, 25, 25}, EMP[N] = {300, 500, 400};

#define HEAD                                                                                       \
    "mapping: 1\nname: small\nyear: 2020\ncurrency: EUR\nunit: million\nprice_basis: basic\n"      \
    "delimiter: \",\"\ndecimal: \".\"\n"
#define REGIONS "regions:\n- {code: AAA, endogenous: true}\n- {code: ROW, endogenous: false}\n"
#define LISTS                                                                                      \
    "products: [CPA_A, CPA_C, CPA_G]\nindustries: [A, C, G]\n"                                     \
    "supply: {P7: imports, OTTM: margins, D21X31: taxes, TS_PP: total}\n"                          \
    "uses: {HH: household, EXP: export}\nprimary: {D1: compensation, B2A3G: surplus}\n"
#define SHEET  "header: {code: 1}, labels: {code: 1}, zero: [\"\"]"
#define SUPPLY "- {file: s.csv, table: supply, " SHEET "}\n"
#define USE    "- {file: u.csv, table: use, prices: purchasers, " SHEET "}\n"
#define SHARED HEAD "import_split: proportional\n" REGIONS LISTS "sheets:\n" SUPPLY USE
#define SUPPLIED                                                                                   \
    ",A,C,G,P7,OTTM,D21X31,TS_PP\nCPA_A,90,10,0,20,24,16,160\nCPA_C,0,180,20,40,56,24,320\n"       \
    "CPA_G,0,0,100,0,-80,5,25\n"
#define USED                                                                                       \
    ",A,C,G,HH,EXP\nCPA_A,20,40,0,80,20\nCPA_C,40,80,40,120,40\nCPA_G,5,5,5,10,0\n"                \
    "D1,15,40,50,,\nB2A3G,10,25,25,,\n"

static wio_supply_use *import_of(const char *path, wio_log *log)
{
    wio_supply_use *s = NULL;
    wio_error err = {0};
    wio_status status = wio_supply_use_import(&s, "mapping", path, NULL, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return s;
}

static wio_table *made(const wio_supply_use *s, wio_symmetric_model model, wio_log *log)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_symmetric(&table, s, model, NULL, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return table;
}

/* The files of one import. */
static wio_supply_use *import_text(const char *mapping, const char *supply, const char *use,
                                   wio_log *log)
{
    scratch_write("m.yaml", mapping);
    scratch_write("s.csv", supply);
    scratch_write("u.csv", use);
    return import_of(scratch("m.yaml"), log);
}

static void check_purchasers(const wio_supply_use *s)
{
    static const double imports[P] = {20, 40, 0}, margin[P] = {24, 56, -80}, tax[P] = {16, 24, 5};
    ck_assert_uint_eq(s->products, P);
    ck_assert_uint_eq(s->industries, N);
    ck_assert_uint_eq(s->finals, F);
    check_equal(s->V, V, (size_t)N * P);
    check_equal(s->U, U, (size_t)P * N);
    check_equal(s->Y, Y, (size_t)P * F);
    check_equal(s->W, W, (size_t)2 * N);
    ck_assert_ptr_null(s->Um);
    const wio_supply_columns *c = s->columns;
    ck_assert_ptr_nonnull(c);
    ck_assert(c->purchasers);
    ck_assert_uint_eq(c->margins, 1);
    check_equal(c->imports, imports, P);
    check_equal(c->margin, margin, P);
    check_equal(c->tax, tax, P);
    ck_assert_str_eq(c->tax_item, "D21X31");
    ck_assert(!s->residual);
}

/* --- known answers -------------------------------------------------------------------------------------- */

START_TEST(a_pair_at_purchasers_prices_is_read_with_its_columns)
{
    wio_log *log = new_log();
    wio_supply_use *s = import_of(AT "purchasers.yaml", log);
    check_purchasers(s);
    check_equal(s->S, EMP, N);
    ck_assert_str_eq(s->product[1], "CPA_C");
    ck_assert_str_eq(s->product_name[1], "Goods");
    ck_assert_str_eq(s->industry_name[2], "Trade and transport");
    ck_assert_int_eq(s->final_role[1], WIO_ROLE_EXPORT);
    ck_assert_str_eq(s->rest, "ROW");
    ck_assert_str_eq(s->rest_valuation, "customs");
    ck_assert_str_eq(s->head->currency, "EUR");
    ck_assert_uint_eq(s->head->inputs, 2);
    ck_assert(logged(log, "classification: CPA 2.1 and NACE Rev. 2, sections"));
    ck_assert(logged(log, "supply of products with imports, margins and taxes against their uses: "
                          "largest gap 0"));
    ck_assert(
        logged(log, "output of products of the source against the sums of make: largest gap 0"));
    wio_supply_use_free(s);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Rationals by Python's fractions; each cell is a few roundings of numbers below 100. */
static const struct {
    wio_symmetric_model model;
    double Z[N * N];
} symmetric[] = {
    {WIO_SYMMETRIC_A,
     {850. / 63, 14450. / 567, -1445. / 567, 1700. / 63, 28900. / 567, 10880. / 567, 140. / 9,
      2020. / 81, 689. / 81}},
    {WIO_SYMMETRIC_B,
     {255. / 19, 3060. / 133, 0, 510. / 19, 19975. / 399, 425. / 21, 290. / 19, 2801. / 114,
      55. / 6}},
    {WIO_SYMMETRIC_C,
     {3449. / 315, 6884. / 315, -773. / 630, 7144. / 315, 14554. / 315, 14687. / 630, 84. / 5,
      144. / 5, 66. / 5}},
    {WIO_SYMMETRIC_D,
     {153. / 14, 153. / 7, 0, 323. / 14, 323. / 7, 153. / 7, 115. / 7, 202. / 7, 94. / 7}}};
enum { MODELS = sizeof symmetric / sizeof *symmetric };

/* Model D's first cell is (90/100) of product A's home use 15 (1 - 4/21) = 85/7: 153/14. */
START_TEST(models_get_uses_at_basic_prices_less_imports)
{
    wio_log *log = new_log();
    wio_supply_use *s = import_of(AT "purchasers.yaml", NULL);
    wio_table *t = made(s, symmetric[_i].model, log);
    for (size_t i = 0; i < (size_t)N * N; i++) {
        ck_assert_msg(fabs(t->Z[i] - symmetric[_i].Z[i]) <= 1e-13, "%zu: %.17g, not %.17g", i,
                      t->Z[i], symmetric[_i].Z[i]);
    }
    ck_assert_uint_eq(t->m, 2 * N);
    /* rows and columns close: the table's own check, to the rounding of sums of 400 */
    wio_table_report report;
    ck_assert_int_eq(wio_table_check(&report, t, NULL, NULL), WIO_OK);
    for (size_t j = 0; j < N; j++) {
        ck_assert(fabs(t->x[j] - t->cost[j]) <= 1e-12);
    }
    ck_assert_str_eq(t->item.code[2], "D21X31");
    ck_assert_int_eq(t->item_role[2], WIO_ROLE_TAX);
    ck_assert(logged(log, "taxes less subsidies on products, 45 in all, in proportion along each "
                          "row, an estimate; margins, 80 in all, in proportion along each row, an "
                          "estimate"));
    ck_assert(logged(log, "Imports, 60 in all, are shared among the home uses of each product in "
                          "proportion, an estimate"));
    ck_assert_ptr_nonnull(strstr(t->price_basis_note, "estimated: uses at purchasers' prices"));
    ck_assert_ptr_nonnull(strstr(t->import_split_note, "estimated: imports in proportion"));
    ck_assert_int_eq(t->valuation[1], WIO_CUSTOMS);
    ck_assert_str_eq(t->region.name[0], "Aaa");
    ck_assert_str_eq(t->region.name[1], "Rest of the world");
    const wio_frame *frame = wio_table_frame(t, "final_primary.csv");
    ck_assert_ptr_nonnull(frame);
    ck_assert_uint_eq(frame->rows, 2); /* households 19, exports 5 */
    ck_assert_str_eq(frame->cell[2], "P3_S14");
    ck_assert_str_eq(frame->cell[3], "19");
    ck_assert_str_eq(frame->cell[7], "5");
    wio_table_free(t);
    wio_supply_use_free(s);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

static const struct {
    const char *what, *mapping, *supply, *use;
} same[] = {
    {"as it is", SHARED, SUPPLIED, USED},
    {"industries in the rows of supply, products in its columns",
     HEAD "import_split: proportional\n" REGIONS LISTS
          "sheets:\n- {file: s.csv, table: supply, rows: industries, " SHEET "}\n" USE,
     ",CPA_A,CPA_C,CPA_G\nA,90,0,0\nC,10,180,0\nG,0,20,100\nP7,20,40,0\nOTTM,24,56,-80\n"
     "D21X31,16,24,5\nTS_PP,160,320,25\n",
     USED},
    {"thousands with a decimal comma, products and industries by labels",
     "mapping: 1\nname: small\nyear: 2020\ncurrency: EUR\nunit: thousand\nprice_basis: basic\n"
     "delimiter: \";\"\ndecimal: \",\"\nthousands: \".\"\nimport_split: proportional\n" REGIONS
     "products: labels\nindustries: labels\nsupply: {P7: imports, OTTM: margins, D21X31: taxes}\n"
     "uses: {HH: household, EXP: export}\nprimary: {D1: compensation, B2A3G: surplus}\nsheets:\n"
     "- {file: u.csv, table: use, prices: purchasers, " SHEET "}\n"
     "- {file: s.csv, table: supply, " SHEET ", rename: {one: CPA_A}, ignore: [TOTAL]}\n",
     ";A;C;G;P7;OTTM;D21X31;TOTAL\none;90.000;10.000;0;20.000;24.000;16.000;x\n"
     "CPA_C;;180.000;20.000;40.000,0;56.000;24.000;\nCPA_G;;;100.000;;-80.000;5.000;1\n"
     "TOTAL;1;2;3;4;5;6;7\n",
     ";A;C;G;HH;EXP\nCPA_A;20.000;40.000;0;80.000;20.000\nCPA_C;40.000;80.000;40.000;120.000;40."
     "000\n"
     "CPA_G;5.000;5.000;5.000;10.000;0\nD1;15.000;40.000;50.000;;\nB2A3G;10.000;25.000;25.000;;\n"},
    {"lists of numbers, a year of them",
     HEAD "import_split: proportional\n" REGIONS LISTS
          "sheets:\n- {file: s.csv, table: supply, form: long, where: {t: 2020}, columns: {from: "
          "prod, to: ind, value: v}}\n"
          "- {file: u.csv, table: use, prices: purchasers, form: long, where: {t: 2020}, columns: "
          "{from: prod, to: ind, value: v}}\n",
     "t,prod,ind,v\n2020,CPA_A,A,90\n2020,CPA_A,C,10\n2020,CPA_C,C,180\n2020,CPA_C,G,20\n"
     "2020,CPA_G,G,100\n2020,CPA_A,P7,20\n2020,CPA_C,P7,40\n2020,CPA_A,OTTM,24\n"
     "2020,CPA_C,OTTM,56\n2020,CPA_G,OTTM,-80\n2020,CPA_A,D21X31,16\n2020,CPA_C,D21X31,24\n"
     "2020,CPA_G,D21X31,5\n2020,CPA_A,TS_PP,160\n2020,CPA_C,TS_PP,320\n2020,CPA_G,TS_PP,25\n"
     "2019,CPA_G,TS_PP,999\n",
     "t,prod,ind,v\n2020,CPA_A,A,20\n2020,CPA_A,C,40\n2020,CPA_A,HH,80\n2020,CPA_A,EXP,20\n"
     "2020,CPA_C,A,40\n2020,CPA_C,C,80\n2020,CPA_C,G,40\n2020,CPA_C,HH,120\n2020,CPA_C,EXP,40\n"
     "2020,CPA_G,A,5\n2020,CPA_G,C,5\n2020,CPA_G,G,5\n2020,CPA_G,HH,10\n2020,D1,A,15\n"
     "2020,D1,C,40\n2020,D1,G,50\n2020,B2A3G,A,10\n2020,B2A3G,C,25\n2020,B2A3G,G,25\n"}};
enum { SAME = sizeof same / sizeof *same };

START_TEST(other_forms_are_the_same_pair)
{
    wio_supply_use *s = import_text(same[_i].mapping, same[_i].supply, same[_i].use, NULL);
    check_purchasers(s);
    wio_supply_use_free(s);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(sheets_of_a_workbook_are_the_same_pair)
{
    wio_log *log = new_log();
    wio_supply_use *s = import_of(AT "workbook.yaml", log);
    check_purchasers(s);
    check_equal(s->S, EMP, N); /* persons are not thousands */
    ck_assert_uint_eq(s->head->inputs, 1);
    wio_supply_use_free(s);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

#define BASIC_USED                                                                                 \
    ",A,C,G,HH,EXP\nCPA_A,15,30,0,60,15\nCPA_C,30,60,30,90,30\nCPA_G,14,24,11,41,10\n"             \
    "D1,15,40,50,,\nB2A3G,10,25,25,,\nD21X31,6,11,4,19,5\n"
#define HOME_USED ",A,C,G,HH,EXP\nCPA_A,10,20,0,55,15\nCPA_C,20,50,25,75,30\nCPA_G,14,24,11,41,10\n"
#define IMPORTED  ",A,C,G,HH\nCPA_A,5,10,0,5\nCPA_C,10,10,5,15\nCPA_G,0,0,0,0\n"
#define BASIC_LISTS                                                                                \
    HEAD "import_split: survey\n" REGIONS                                                          \
         "products: [CPA_A, CPA_C, CPA_G]\nindustries: [A, C, G]\n"                                \
         "supply: {P7: imports, OTTM: margins, D21X31: taxes, TS_PP: total}\n"                     \
         "uses: {HH: household, EXP: export}\n"                                                    \
         "primary: {D1: compensation, B2A3G: surplus, D21X31: tax}\nsheets:\n" SUPPLY
#define BASIC_USE    "- {file: u.csv, table: use, prices: basic, " SHEET "}\n"
#define HOME_USE     "- {file: h.csv, table: use_domestic, " SHEET "}\n"
#define IMPORTED_USE "- {file: i.csv, table: use_imports, " SHEET "}\n"

/* Any two of use, home and imported use say the third. */
static const struct {
    const char *mapping, *home;
    bool by_home; /* left to the model */
} splits[] = {{BASIC_LISTS BASIC_USE IMPORTED_USE, HOME_USED, false},
              {BASIC_LISTS BASIC_USE HOME_USE, HOME_USED, true},
              {BASIC_LISTS BASIC_USE HOME_USE IMPORTED_USE, HOME_USED, false},
              {BASIC_LISTS HOME_USE IMPORTED_USE,
               HOME_USED "D1,15,40,50,,\nB2A3G,10,25,25,,\nD21X31,6,11,4,19,5\n", false}};
enum { SPLITS = sizeof splits / sizeof *splits };

/* Model B by hand: home uses of CPA_G in A are 14; of every unit of A's output .9 ... its make of
 * CPA_A is 90/90: Z[G, A] = 14 (90/90) + 24 (10/190) + 11 (0/120). */
START_TEST(uses_at_basic_prices_come_with_their_imports)
{
    wio_log *log = new_log();
    scratch_write("h.csv", splits[_i].home);
    scratch_write("i.csv", IMPORTED);
    wio_supply_use *s = import_text(splits[_i].mapping, SUPPLIED, BASIC_USED, log);
    check_equal(s->U, BASIC_U, (size_t)P * N);
    check_equal(s->Y, BASIC_Y, (size_t)P * F);
    ck_assert(!s->residual);
    ck_assert((s->Um == NULL) == splits[_i].by_home);
    if (!splits[_i].by_home) {
        ck_assert_ptr_null(s->columns);
        check_equal(s->Um, UM, (size_t)P * N);
        check_equal(s->Ym, YM, (size_t)P * F);
        ck_assert(logged(log,
                         "m.yaml: note: 1 column of use of imports is in no sheet, 'EXP' first: "
                         "taken as 0"));
    }
    wio_table *t = made(s, WIO_SYMMETRIC_B, NULL);
    ck_assert_double_eq_tol(t->Z[6], 14 + 24 * 10. / 190, 1e-14);
    ck_assert_double_eq_tol(t->Z[9], 5 + 10 * 10. / 190, 1e-14); /* imports of CPA_A by CPA_A */
    ck_assert_double_eq(t->Y[(N + 1) * F], 15);                  /* of CPA_C by households */
    ck_assert_str_eq(t->import_split, "survey");
    const wio_frame *frame = wio_table_frame(t, "final_primary.csv");
    ck_assert_ptr_nonnull(frame);
    ck_assert_str_eq(frame->cell[3], "19");
    wio_table_free(t);
    wio_supply_use_free(s);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* As Eurostat gives them out: one list of uses, all, home and imported, by a column of the flow. */
START_TEST(one_list_has_all_uses_and_the_imported_ones)
{
    static const char *const row[] = {"CPA_A", "CPA_C", "CPA_G"}, *const column[] = {"A", "C", "G",
                                                                                     "HH", "EXP"};
    wio_text list = {0};
    wio_text_add(&list, "stk_flow,prod_na,ind_use,OBS_VALUE\n");
    for (size_t i = 0; i < P; i++) {
        for (size_t u = 0; u < N + F; u++) {
            double all = u < N ? BASIC_U[i * N + u] : BASIC_Y[i * F + (u - N)];
            double imported = u < N ? UM[i * N + u] : YM[i * F + (u - N)];
            wio_text_add(&list, "TOTAL,%s,%s,%g\nDOM,%s,%s,%g\n", row[i], column[u], all, row[i],
                         column[u], all - imported);
            if (imported != 0.0) { /* what is not listed is 0 */
                wio_text_add(&list, "IMP,%s,%s,%g\n", row[i], column[u], imported);
            }
        }
    }
    for (size_t j = 0; j < N; j++) {
        wio_text_add(&list, "TOTAL,D1,%s,%g\nTOTAL,B2A3G,%s,%g\nTOTAL,D21X31,%s,%d\n", column[j],
                     W[j], column[j], W[N + j], column[j],
                     j == 0   ? 6
                     : j == 1 ? 11
                              : 4);
    }
#define LIST(part)                                                                                 \
    ", form: long, columns: {from: prod_na, to: ind_use, value: OBS_VALUE}, where: "               \
    "{stk_flow: " part "}}\n"
    wio_log *log = new_log();
    wio_supply_use *s = import_text(
        BASIC_LISTS "- {file: u.csv, table: use, prices: basic" LIST(
            "TOTAL") "- {file: u.csv, table: use_domestic" LIST("DOM") "- {file: u.csv, table: "
                                                                       "use_imports" LIST("IMP"),
        SUPPLIED, list.data, log);
    check_equal(s->U, BASIC_U, (size_t)P * N);
    check_equal(s->Um, UM, (size_t)P * N);
    check_equal(s->Y, BASIC_Y, (size_t)P * F);
    check_equal(s->Ym, YM, (size_t)P * F);
    ck_assert_uint_eq(s->head->inputs, 2); /* a file is one input, however many sheets it is */
    ck_assert(logged(log, "8 of 15 numbers of use of imports are not listed: taken as 0"));
    wio_text_free(&list);
    wio_supply_use_free(s);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Taxes that exports do not pay, margins that industries do not: X = P - M - T by hand. */
START_TEST(margins_and_taxes_by_user_are_taken_off_cell_by_cell)
{
    static const double x[P * (N + F)] = {20 - 2,     40 - 4,     0,          80 - 24 - 10,  20,
                                          40 - 8 - 4, 80 - 8 - 4, 40 - 8 - 4, 120 - 32 - 12, 40,
                                          5 + 8 - 1,  5 + 8 - 1,  5 + 8 - 1,  10 + 56 - 2,   0};
    wio_log *log = new_log();
    scratch_write("mm.csv", ",A,C,G,HH\nCPA_A,0,0,0,24\nCPA_C,8,8,8,32\nCPA_G,-8,-8,-8,-56\n");
    scratch_write("tt.csv", ",A,C,G,HH\nCPA_A,2,4,0,10\nCPA_C,4,4,4,12\nCPA_G,1,1,1,2\n");
    wio_supply_use *s = import_text(SHARED "- {file: mm.csv, table: margins, " SHEET "}\n"
                                           "- {file: tt.csv, table: taxes, " SHEET "}\n",
                                    SUPPLIED, USED, log);
    ck_assert_ptr_nonnull(s->columns->margin_use);
    wio_table *t = made(s, WIO_SYMMETRIC_B, log);
    ck_assert(logged(log, "taxes less subsidies on products, 45 in all, by user, as the source has "
                          "them; margins, 80 in all, by user"));
    /* all uses of CPA_G, at home and imported (none): its final uses are not changed by model B */
    ck_assert_double_eq(t->Y[2 * F], x[2 * (N + F) + N]);
    ck_assert_double_eq_tol(t->Y[0] + t->Y[N * F], x[N], 1e-13);
    /* D21X31 of industries 7, 9, 5: B shares 9 by make: 10/190 of it to CPA_A */
    ck_assert_double_eq_tol(t->P[2 * N], 7 + 9 * 10. / 190, 1e-14);
    wio_table_free(t);
    wio_supply_use_free(s);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Two kinds of margins: what each kind's earners get follows what is paid of that kind. */
START_TEST(kinds_of_margins_go_to_those_who_earn_them)
{
    wio_log *log = new_log();
    wio_supply_use *s = import_text(
        HEAD "import_split: proportional\n" REGIONS
             "products: [CPA_A, CPA_G, CPA_H]\nindustries: [A, G, H]\n"
             "supply: {TRADE: margins, TRANSPORT: margins}\nuses: {HH: household}\n"
             "primary: {D1: compensation}\nsheets:\n" SUPPLY USE,
        ",A,G,H,TRADE,TRANSPORT\nCPA_A,100,0,0,40,20\nCPA_G,0,50,0,-40,0\nCPA_H,0,0,30,0,-20\n",
        ",A,G,H,HH\nCPA_A,0,40,0,120\nCPA_G,5,0,0,5\nCPA_H,0,0,10,0\nD1,95,10,20,\n", log);
    ck_assert_uint_eq(s->columns->margins, 2);
    wio_table *t = made(s, WIO_SYMMETRIC_B, NULL);
    /* of 40: 25 at basic prices, a quarter for G, an eighth for H */
    static const double Z[] = {0, 25, 0, 5, 10, 0, 0, 5, 10};
    for (size_t k = 0; k < 9; k++) {
        ck_assert_double_eq_tol(t->Z[k], Z[k], 1e-13);
    }
    wio_table_free(t);
    wio_supply_use_free(s);
    wio_log_free(log);
}
END_TEST

/* Rounded figures: CPA_C is used 1 more than supplied, trade margins add to -1. */
START_TEST(what_the_tolerance_lets_pass_is_the_residual)
{
    wio_log *log = new_log();
    wio_supply_use *s = import_text(
        HEAD "tolerance: 1\nimport_split: proportional\n" REGIONS LISTS "sheets:\n" SUPPLY USE,
        ",A,C,G,P7,OTTM,D21X31,TS_PP\nCPA_A,90,10,0,20,24,16,160\nCPA_C,0,180,20,40,55,24,319\n"
        "CPA_G,0,0,100,0,-80,5,25\n",
        USED, log);
    ck_assert(s->residual);
    ck_assert(logged(log, "largest gap 1 at AAA.CPA_C (supply 319)"));
    wio_table *t = made(s, WIO_SYMMETRIC_B, log);
    size_t f = t->f - 1;
    ck_assert_str_eq(t->use.code[t->final_use[f]], "residual");
    /* uses 320 less taxes 24 and margins 55 are 241, supplied are 240; G earned 80, is paid 79 */
    ck_assert_double_eq_tol(t->Y[f], 0, 1e-12);
    ck_assert_double_eq_tol(t->Y[t->f + f], -1, 1e-12);
    ck_assert_double_eq_tol(t->Y[2 * t->f + f], 1, 1e-12);
    wio_table_free(t);
    wio_supply_use_free(s);
    wio_log_free(log);
}
END_TEST

/* A product that is only imported (15 of it used) has no row at home, and rows of imports. */
START_TEST(a_product_that_nobody_makes_is_imported)
{
    wio_supply_use *s = import_text(
        HEAD "import_split: proportional\n" REGIONS
             "products: [X, Y]\nindustries: [I]\nsupply: {P7: imports, T: taxes, M: margins}\n"
             "uses: {HH: household}\nprimary: {D1: compensation}\nsheets:\n" SUPPLY USE,
        ",I,P7,T,M\nX,100,0,3,-7\nY,0,15,2,7\n", ",I,HH\nX,19,77\nY,9,15\nD1,72,\n", NULL);
    wio_table *t = made(s, WIO_SYMMETRIC_D, NULL);
    ck_assert_uint_eq(t->n, 1);
    ck_assert_uint_eq(t->m, 3);
    ck_assert_double_eq_tol(t->Z[2], 9 * 15. / 24, 1e-14);
    ck_assert_double_eq_tol(t->Y[2], 15 * 15. / 24, 1e-14);
    wio_table_free(t);
    wio_supply_use_free(s);
}
END_TEST

/* --- failures --------------------------------------------------------------------------------------------- */

static const struct {
    const char *mapping, *supply, *use, *line; /* NULL: the usual one */
} mistakes[] = {
    {HEAD "import_split: survey\n" REGIONS LISTS "sectors: [A]\nsheets:\n" SUPPLY USE, NULL, NULL,
     "m.yaml:18:10: error: a table of `sectors` is symmetric, and has no products and industries"},
    {HEAD "import_split: survey\n" REGIONS LISTS "tolerance: -1\nsheets:\n" SUPPLY USE, NULL, NULL,
     "m.yaml:18:12: error: tolerance is '-1': write a number (million), 0 or more"},
    {HEAD "import_split: survey\n" REGIONS "- {code: X, endogenous: false}\n" LISTS
          "sheets:\n" SUPPLY,
     NULL, NULL,
     "m.yaml:13:3: error: supply and use are of one region that is endogenous, and of one for the "
     "rest: 'X' is one more"},
    {HEAD "import_split: survey\nregions:\n- {code: AAA, endogenous: true}\n" LISTS
          "sheets:\n" SUPPLY,
     NULL, NULL,
     "m.yaml:11:1: error: imports come from, and exports go to, a region that is not endogenous: "
     "add "
     "{code: ROW, endogenous: false}"},
    {HEAD "import_split: survey\n" REGIONS "products: [X]\nindustries: [I]\nsupply: {I: imports}\n",
     NULL, NULL,
     "m.yaml:15:10: error: 'I' is an industry already: give one of them another code (rename)"},
    {HEAD "import_split: survey\n" REGIONS "products: [X]\nindustries: [I]\nsupply: {P: import}\n",
     NULL, NULL,
     "m.yaml:15:13: error: role is 'import': write imports, margins, taxes, output, total_basic or "
     "total"},
    {HEAD "import_split: survey\n" REGIONS "industries: [I]\n", NULL, NULL,
     "m.yaml:1:1: error: key 'products' is missing: {CODE: name, ...}, [CODE, ...] or 'labels' for "
     "what the rows are called"},
    {HEAD
     "import_split: survey\n" REGIONS "products: [X]\nindustries: [I]\n"
     "uses: {HH: {role: household, region: ROW}}\nprimary: {D1: compensation}\nsheets:\n" SUPPLY,
     NULL, NULL,
     "m.yaml:15:12: error: in supply and use every final use but exports is the endogenous "
     "region's: "
     "leave `region` out"},
    {HEAD "import_split: survey\n" REGIONS LISTS "sheets:\n- {file: s.csv, " SHEET "}\n", NULL,
     NULL, "m.yaml:19:3: error: key 'table' is missing"},
    {HEAD "import_split: survey\n" REGIONS LISTS "sheets:\n- {file: s.csv, table: make, " SHEET
          "}\n",
     NULL, NULL,
     "m.yaml:19:24: error: table is 'make': write supply, use, use_domestic, use_imports, margins "
     "or "
     "taxes"},
    {HEAD "import_split: survey\n" REGIONS LISTS "sheets:\n- {file: u.csv, table: use, " SHEET
          "}\n",
     NULL, NULL, "m.yaml:19:3: error: key 'prices' is missing"},
    {HEAD "import_split: survey\n" REGIONS LISTS
          "sheets:\n- {file: s.csv, table: supply, prices: basic, " SHEET "}\n",
     NULL, NULL,
     "m.yaml:19:40: error: only `table: use` has `prices`: uses of home and of imported products "
     "are "
     "at basic prices"},
    {HEAD "import_split: survey\n" REGIONS LISTS
          "sheets:\n- {file: u.csv, table: use_imports, rows: industries, " SHEET "}\n",
     NULL, NULL, "m.yaml:19:43: error: only `table: supply` may have industries in its rows"},
    {HEAD "import_split: survey\n" REGIONS LISTS
          "sheets:\n- {file: s.csv, table: supply, region: AAA, " SHEET "}\n",
     NULL, NULL,
     "m.yaml:19:40: error: supply and use are of one region: labels name none (`where` takes the "
     "lines of one)"},
    {HEAD "import_split: survey\n" REGIONS LISTS "sheets:\n" USE, NULL, NULL,
     "m.yaml:19:1: error: no sheet is a table of supply (`table: supply`)"},
    {HEAD "import_split: survey\n" REGIONS LISTS "sheets:\n" SUPPLY, NULL, NULL,
     "m.yaml:19:1: error: no sheet is a table of use (`table: use` or `use_domestic`)"},
    {HEAD "import_split: survey\n" REGIONS LISTS "sheets:\n" SUPPLY USE, NULL, NULL,
     "m.yaml:9:15: error: no sheet says which uses are imported (`table: use_imports` or "
     "`use_domestic`): they can only be 'proportional', an estimate"},
    {SHARED "- {file: u.csv, table: use, prices: basic, " SHEET "}\n", NULL, NULL,
     "m.yaml:19:1: error: uses are at basic prices in one sheet, at purchasers' prices in another"},
    {HEAD "import_split: survey\n" REGIONS LISTS "sheets:\n" SUPPLY BASIC_USE
          "- {file: t.csv, table: taxes, " SHEET "}\n",
     NULL, NULL,
     "m.yaml:19:1: error: margins and taxes by user take uses at purchasers' prices to basic "
     "prices: "
     "no sheet of use is at purchasers' prices"},
    {SHARED HOME_USE IMPORTED_USE, NULL, NULL,
     "m.yaml:19:1: error: uses of home and of imported products are all uses at basic prices: "
     "leave "
     "the table at purchasers' prices out"},
    {BASIC_LISTS USE, NULL, NULL,
     "m.yaml:17:45: error: 'D21X31' are taxes on products, which become a primary input when uses "
     "are "
     "taken from purchasers' to basic prices: leave it out here"},
    {NULL, ",A,C,G,P7,OTTM,D21X31,TOTAL\n", NULL,
     "s.csv:1:8: error: 'TOTAL' is no industry or column of `supply` of the mapping: add it there, "
     "or "
     "to `ignore`"},
    {NULL, ",A,C,G,P7,OTTM,D21X31,TS_PP\nCPA_B,1,2,3,4,5,6,7\n", NULL,
     "s.csv:2:1: error: 'CPA_B' is no product of the mapping (did you mean 'CPA_A'?): add it "
     "there, "
     "or to `ignore`"},
    {NULL, NULL, ",A,C,G,HH,EXPO\n",
     "u.csv:1:6: error: 'EXPO' is no industry or use of the mapping (did you mean 'EXP'?): add it "
     "there, or to `ignore`"},
    {NULL, NULL, ",A,C,G,HH,EXP\nCPA_A,20,40,0,80,20\nVA,1,2,3,4,5\n",
     "u.csv:3:1: error: 'VA' is no product, primary item or account of the mapping"},
    {NULL, ",A,C,G,P7,OTTM,D21X31,TS_PP\nCPA_A,90,10,0,20,24,16,160\nCPA_C,0,180,20,40,56,24,320\n",
     NULL, "m.yaml:19:1: error: 3 of 9 numbers of supply are in no sheet: 'CPA_G' by 'A' first"},
    {NULL, NULL,
     ",A,C,G,HH,EXP\nCPA_A,20,40,0,80,20\nCPA_C,40,80,40,120,40\nCPA_G,5,5,5,10,0\nD1,1,2,3,,\n",
     "m.yaml:19:1: error: 3 of 6 numbers of primary inputs are in no sheet: 'B2A3G' by 'A' first"},
    {NULL, NULL,
     ",A,C,G,HH,EXP\nCPA_A,20,40,0,80,20\nCPA_C,40,80,40,118.5,40\nCPA_G,5,5,5,10,0\nD1,15,40,50,,"
     "\n"
     "B2A3G,10,25,25,,\n",
     "u.csv:3:1: error: product 'CPA_C': supply at purchasers' prices is 320, use is 318.5: they "
     "differ by 1.5 million"},
    {NULL,
     ",A,C,G,P7,OTTM,D21X31,TS_PP\nCPA_A,90,10,0,20,24,16,160\nCPA_C,0,180,20,40,56,24,321\n"
     "CPA_G,0,0,100,0,-80,5,25\n",
     NULL,
     "s.csv:3:1: error: product 'CPA_C': supply at purchasers' prices is 320, its total says 321: "
     "they differ by -1 million"},
    {NULL,
     ",A,C,G,P7,OTTM,D21X31,TS_PP\nCPA_A,90,10,0,20,24,16,160\nCPA_C,0,180,20,40,56,24,320\n"
     "CPA_G,0,0,100,0,-78,3,25\n",
     NULL,
     "m.yaml:15:23: error: margins 'OTTM' add to 2 million over all products, not to 0: those who "
     "earn them have them below 0"},
    {SHARED "- {file: t.csv, table: taxes, " SHEET "}\n", NULL, NULL,
     "t.csv:2:1: error: product 'CPA_A': its users have 13, taxes of its supply are 16: they "
     "differ by "
     "-3 million"},
    {SHARED "- {file: x.csv, table: margins, " SHEET "}\n", NULL, NULL,
     "m.yaml:19:1: error: margins in what 'A' uses add to 8 million over all products, not to 0"},
    {BASIC_LISTS BASIC_USE IMPORTED_USE, NULL, BASIC_USED,
     "i.csv:2:1: error: product 'CPA_A': its users have 21, imports of its supply are 20: they "
     "differ "
     "by 1 million"},
    {BASIC_LISTS BASIC_USE HOME_USE, NULL, BASIC_USED,
     "h.csv:4:1: error: product 'CPA_G': output by industries is 100, use of it at home and in "
     "exports is 101: they differ by -1 million"},
    {BASIC_LISTS BASIC_USE HOME_USE IMPORTED_USE, NULL, BASIC_USED,
     "u.csv:2:1: error: 'CPA_A' to 'A' is 15, but its home and imported parts are 16"},
};
enum { MISTAKES = sizeof mistakes / sizeof *mistakes };

START_TEST(mistakes_are_named_with_their_place)
{
    wio_supply_use *s = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    scratch_write("m.yaml", mistakes[_i].mapping != NULL ? mistakes[_i].mapping : SHARED);
    scratch_write("s.csv", mistakes[_i].supply != NULL ? mistakes[_i].supply : SUPPLIED);
    scratch_write("u.csv", mistakes[_i].use != NULL ? mistakes[_i].use : USED);
    scratch_write("t.csv", ",A,C,G,HH\nCPA_A,2,4,0,7\nCPA_C,4,4,4,12\nCPA_G,1,1,1,2\n");
    scratch_write("x.csv", ",A,C,G,HH\nCPA_A,8,0,0,16\nCPA_C,8,8,8,32\nCPA_G,-8,-8,-8,-56\n");
    scratch_write("h.csv", ",A,C,G,HH,EXP\nCPA_A,10,20,0,55,15\nCPA_C,20,50,25,75,30\n"
                           "CPA_G,14,24,11,42,10\n");
    scratch_write("i.csv", ",A,C,G,HH\nCPA_A,6,10,0,5\nCPA_C,10,10,5,15\nCPA_G,0,0,0,0\n");
    ck_assert_int_eq(wio_supply_use_import(&s, "mapping", scratch("m.yaml"), NULL, log, &err),
                     WIO_E_FORMAT);
    ck_assert_ptr_null(s);
    ck_assert_msg(logged(log, mistakes[_i].line), "wanted '%s', got '%s'", mistakes[_i].line,
                  err.message);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_mapping_is_of_one_kind)
{
    static const wio_import_options year = {.year = 2019};
    wio_table *t = NULL;
    wio_supply_use *s = NULL;
    wio_error err = {0}, other = {0}, more = {0};
    const char *path = AT "purchasers.yaml";
    ck_assert_int_eq(wio_table_import(&t, "mapping", path, NULL, NULL, &err), WIO_E_ARGUMENT);
    ck_assert_str_eq(err.message,
                     AT "purchasers.yaml: this mapping is of supply and use (`products`, "
                        "`industries`), which have to be made symmetric by a model");
    ck_assert_int_eq(wio_supply_use_import(&s, "mapping", path, &year, NULL, &other),
                     WIO_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(other.message, "a mapping says everything itself"));
    scratch_write("m.yaml", HEAD "import_split: survey\n" REGIONS
                                 "sectors: [A]\nuses: {HH: household}\nprimary: {D1: tax}\n"
                                 "sheets:\n- {file: none, " SHEET "}\n");
    ck_assert_int_eq(wio_supply_use_import(&s, "mapping", scratch("m.yaml"), NULL, NULL, &more),
                     WIO_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(more.message, "this mapping is of a symmetric table"));
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* More imported than is used at home: exports are home-made, and the product is named. */
START_TEST(imports_that_are_exported_again_are_refused)
{
    wio_log *log = new_log();
    wio_table *t = NULL;
    wio_error err = {0};
    wio_supply_use *s = import_text(
        HEAD "import_split: proportional\n" REGIONS
             "products: [X]\nindustries: [I]\nsupply: {P7: imports}\n"
             "uses: {HH: household, EXP: export}\nprimary: {D1: compensation}\nsheets:\n" SUPPLY
             "- {file: u.csv, table: use, prices: basic, " SHEET "}\n",
        ",I,P7\nX,10,20\n", ",I,HH,EXP\nX,1,14,15\nD1,9,,\n", NULL);
    ck_assert_int_eq(wio_table_symmetric(&t, s, WIO_SYMMETRIC_D, NULL, log, &err), WIO_E_TABLE);
    ck_assert_str_eq(err.message, "imports of X for all home uses are 20, but 15 is used");
    wio_supply_use_free(s);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

static const char *const failing[] = {AT "purchasers.yaml", AT "workbook.yaml", NULL};

START_TEST(every_allocation_may_fail)
{
    char *path = failing[_i] != NULL ? strdup(failing[_i]) : NULL;
    if (path == NULL) {
        scratch_write("m.yaml", SHARED "- {file: x.csv, table: margins, " SHEET "}\n");
        scratch_write("x.csv", ",A,C,G,HH\nCPA_A,0,0,0,24\nCPA_C,8,8,8,32\nCPA_G,-8,-8,-8,-56\n");
        scratch_write("s.csv", SUPPLIED);
        scratch_write("u.csv", USED);
        path = strdup(scratch("m.yaml"));
    }
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 3000);
        wio_supply_use *s = NULL;
        wio_table *t = NULL;
        wio_alloc_budget = budget;
        status = wio_supply_use_import(&s, "mapping", path, NULL, NULL, NULL);
        if (status == WIO_OK) {
            status = wio_table_symmetric(&t, s, WIO_SYMMETRIC_D, NULL, NULL, NULL);
        }
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "budget %ld: %d", budget,
                      (int)status);
        wio_supply_use_free(s);
        wio_table_free(t);
        ck_assert_msg(wio_alloc_live == 0, "budget %ld", budget);
    }
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_mapping_sut");

    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_pair_at_purchasers_prices_is_read_with_its_columns);
    tcase_add_loop_test(known, models_get_uses_at_basic_prices_less_imports, 0, MODELS);
    tcase_add_loop_test(known, other_forms_are_the_same_pair, 0, SAME);
    tcase_add_test(known, sheets_of_a_workbook_are_the_same_pair);
    tcase_add_loop_test(known, uses_at_basic_prices_come_with_their_imports, 0, SPLITS);
    tcase_add_test(known, one_list_has_all_uses_and_the_imported_ones);
    tcase_add_test(known, margins_and_taxes_by_user_are_taken_off_cell_by_cell);
    tcase_add_test(known, kinds_of_margins_go_to_those_who_earn_them);
    tcase_add_test(known, what_the_tolerance_lets_pass_is_the_residual);
    tcase_add_test(known, a_product_that_nobody_makes_is_imported);
    suite_add_tcase(suite, known);

    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_add_loop_test(failures, mistakes_are_named_with_their_place, 0, MISTAKES);
    tcase_add_test(failures, a_mapping_is_of_one_kind);
    tcase_add_test(failures, imports_that_are_exported_again_are_refused);
    tcase_add_loop_test(failures, every_allocation_may_fail, 0, 3);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
