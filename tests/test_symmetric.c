/* test_symmetric.c - supply and use to symmetric tables: MODEL 1.3 and Q25, BEA's detail tables of
 * 2017, imports and purchasers' prices, what is refused. */
#include "support.h"

#include "../core/table.h"
#include "../io/io.h"
#include "../solvers/linear/linear.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* MODEL 1.3: products 1, 2 and industries a, b. */
static wio_supply_use two_by_two(void)
{
    static const double U[] = {10, 20, 30, 40}, V[] = {90, 10, 5, 195}, W[] = {60, 140};
    static const double e[] = {65, 135};
    static const char *const product[] = {"1", "2"}, *const industry[] = {"a", "b"};
    static const char *const use[] = {"F"}, *const item[] = {"value_added"};
    static const wio_role role[] = {WIO_ROLE_HOUSEHOLD}, item_role[] = {WIO_ROLE_VALUE_ADDED};
    return (wio_supply_use){.name = "q25",
                            .currency = "USD",
                            .year = 2017,
                            .price_basis = "basic",
                            .import_split = "survey",
                            .region = "US",
                            .rest = "ROW",
                            .products = 2,
                            .industries = 2,
                            .finals = 1,
                            .items = 1,
                            .product = product,
                            .industry = industry,
                            .final_use = use,
                            .final_role = role,
                            .item = item,
                            .item_role = item_role,
                            .U = U,
                            .V = V,
                            .Y = e,
                            .W = W};
}

static wio_table *symmetric(const wio_supply_use *a, wio_symmetric_model model,
                            wio_symmetric_report *report, wio_log *log)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_symmetric(&table, a, model, report, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return table;
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(models_of_the_specification)
{
    static const double want[][4] = {
        [WIO_SYMMETRIC_A] = {.1, .1, .311429, .197143},
        [WIO_SYMMETRIC_B] = {.1, .1, .294737, .204878},
        [WIO_SYMMETRIC_C] = {NAN},
        [WIO_SYMMETRIC_D] = {.109371, .104493, .290629, .195507},
        [WIO_SYMMETRIC_ALMON] = {.1, .1, .311429, .197143}, /* nothing is negative: as A */
    };
    const wio_supply_use a = two_by_two();
    for (int model = 0; model < WIO_SYMMETRIC_MODELS; model++) {
        wio_table *table = symmetric(&a, (wio_symmetric_model)model, NULL, NULL);
        for (size_t k = 0; k < 4 && !isnan(want[model][0]); k++) {
            ck_assert_double_eq_tol(table->Z[k] / table->x[k % 2], want[model][k], 5.001e-7);
        }
        wio_table_free(table);
    }
}
END_TEST

START_TEST(model_c_by_hand)
{
    /* V' = [[90, 5], [10, 195]], det 17500, so V'^-1 = [[195, -5], [-10, 90]] / 17500, and Z = g^
     * V'^-1 U with g = (100, 200). */
    const wio_supply_use a = two_by_two();
    wio_table *table = symmetric(&a, WIO_SYMMETRIC_C, NULL, NULL);
    const double want[] = {100 * (195 * 10 - 5 * 30) / 17500., 100 * (195 * 20 - 5 * 40) / 17500.,
                           200 * (-10 * 10 + 90 * 30) / 17500.,
                           200 * (-10 * 20 + 90 * 40) / 17500.};
    for (size_t k = 0; k < 4; k++) {
        ck_assert_double_eq_tol(table->Z[k], want[k], 1e-12);
    }
    wio_table_free(table);
}
END_TEST

START_TEST(purchasers_prices_of_the_specification)
{
    /* MODEL 1.4: 100 of M with 20 % margin and 5 % tax is 75 M + 20 S + 5 tax. */
    double y[] = {100, 0}, taxes[1];
    const double tax[] = {.05, 0}, mu[] = {0, 0, .2, 0};
    ck_assert_int_eq(wio_basic_prices(y, taxes, 2, 1, y, tax, mu, NULL), WIO_OK);
    ck_assert_double_eq_tol(y[0], 75, 1e-13);
    ck_assert_double_eq_tol(y[1], 20, 1e-13);
    ck_assert_double_eq_tol(taxes[0], 5, 1e-13);
}
END_TEST

/* --- BEA ----------------------------------------------------------------------------------------- */

enum { P = 402, I = 402, FINAL = 20, VALUE = 3 };

typedef struct bea {
    wio_csv codes;
    wio_names commodity, industry, final, value;
    double *U, *V, *Y, *W, *Um, *Ym;
} bea;

static bool load(wio_csv *csv, const char *name)
{
    char path[4096], relative[128], *data = NULL;
    size_t length;
    (void)snprintf(relative, sizeof relative, "us/io/%s.csv", name);
    if (!third_party(path, sizeof path, relative)) {
        return false;
    }
    ck_assert_int_eq(wio_file_read(&data, &length, path, (size_t)1 << 30, NULL), WIO_OK);
    ck_assert_int_eq(wio_csv_parse(csv, data, length, relative, NULL, NULL), WIO_OK);
    return true;
}

/* Triplets row,column,musd into one of two blocks, by which list has the column. */
static bool triplets(const char *name, const wio_names *rows, const wio_names *columns, double *to,
                     const wio_names *others, double *other)
{
    wio_csv csv;
    if (!load(&csv, name)) {
        return false;
    }
    for (size_t k = 1; k < csv.rows; k++) {
        char *const *cell = csv.cell + csv.start[k];
        double value;
        size_t i = wio_names_find(rows, cell[0]), j = wio_names_find(columns, cell[1]);
        ck_assert(wio_parse_double(&value, cell[2], strlen(cell[2])) && i != SIZE_MAX);
        if (j != SIZE_MAX) {
            to[i * columns->count + j] = value;
        } else {
            j = wio_names_find(others, cell[1]);
            ck_assert_uint_ne(j, SIZE_MAX);
            other[i * others->count + j] = value;
        }
    }
    wio_csv_clear(&csv);
    return true;
}

static bool read_bea(bea *b)
{
    if (!load(&b->codes, "detail_codes")) {
        return false;
    }
    for (size_t k = 1; k < b->codes.rows; k++) {
        char *const *cell = b->codes.cell + b->codes.start[k];
        wio_names *list = strcmp(cell[0], "commodity") == 0   ? &b->commodity
                          : strcmp(cell[0], "industry") == 0  ? &b->industry
                          : strcmp(cell[0], "final_use") == 0 ? &b->final
                                                              : &b->value;
        ck_assert_int_eq(wio_names_add(list, cell[1], cell[2]), WIO_OK);
    }
    ck_assert_uint_eq(b->commodity.count, P);
    b->U = wio_zalloc(P * I, sizeof(double));
    b->Um = wio_zalloc(P * I, sizeof(double));
    b->V = wio_zalloc(P * I, sizeof(double));
    b->Y = wio_zalloc(P * FINAL, sizeof(double));
    b->Ym = wio_zalloc(P * FINAL, sizeof(double));
    b->W = wio_zalloc(VALUE * I, sizeof(double));
    return triplets("detail_make_2017_after", &b->industry, &b->commodity, b->V, NULL, NULL) &&
           triplets("detail_use_intermediate_2017_after", &b->commodity, &b->industry, b->U, NULL,
                    NULL) &&
           triplets("detail_final_uses_2017_after", &b->commodity, &b->final, b->Y, NULL, NULL) &&
           triplets("detail_value_added_2017_after", &b->value, &b->industry, b->W, NULL, NULL) &&
           triplets("detail_import_matrix_2017", &b->commodity, &b->industry, b->Um, &b->final,
                    b->Ym);
}

static void free_bea(bea *b)
{
    wio_csv_clear(&b->codes);
    wio_names *const names[] = {&b->commodity, &b->industry, &b->final, &b->value};
    double *const block[] = {b->U, b->V, b->Y, b->W, b->Um, b->Ym};
    for (size_t k = 0; k < 4; k++) {
        wio_names_free(names[k]);
    }
    for (size_t k = 0; k < 6; k++) {
        wio_free(block[k]);
    }
}

static wio_supply_use supply_use_of(const bea *b, const wio_role *final, const wio_role *value)
{
    return (wio_supply_use){.name = "bea-detail",
                            .currency = "USD",
                            .year = 2017,
                            .price_basis = "producer",
                            .import_split = "proportional",
                            .region = "USA",
                            .rest = "ROW",
                            .products = P,
                            .industries = I,
                            .finals = FINAL,
                            .items = VALUE,
                            .product = (const char *const *)b->commodity.code,
                            .industry = (const char *const *)b->industry.code,
                            .final_use = (const char *const *)b->final.code,
                            .final_role = final,
                            .item = (const char *const *)b->value.code,
                            .item_role = value,
                            .U = b->U,
                            .Um = b->Um,
                            .V = b->V,
                            .Y = b->Y,
                            .Ym = b->Ym,
                            .W = b->W,
                            .noncomparable = "S00300",
                            .scrap = "S00402",
                            .residual = true};
}

START_TEST(bea_detail_closes)
{
    bea b = {0};
    if (!read_bea(&b)) {
        return;
    }
    wio_role final[FINAL];
    for (size_t c = 0; c < FINAL; c++) {
        final[c] = strncmp(b.final.code[c], "F040", 4) == 0   ? WIO_ROLE_EXPORT
                   : strncmp(b.final.code[c], "F010", 4) == 0 ? WIO_ROLE_HOUSEHOLD
                                                              : WIO_ROLE_INVENTORY;
    }
    static const wio_role value[] = {WIO_ROLE_COMPENSATION, WIO_ROLE_TAX, WIO_ROLE_SURPLUS};
    const wio_supply_use a = supply_use_of(&b, final, value);
    wio_symmetric_report report;
    wio_table *table = symmetric(&a, WIO_SYMMETRIC_D, &report, NULL);
    ck_assert_uint_eq(table->n, 402);
    ck_assert_uint_eq(report.items_from_rows, 2);
    ck_assert_uint_lt(wio_names_find(&table->item, "S00300"), table->p);
    double f[I], worst = 0.0;
    for (size_t i = 0; i < I; i++) { /* L D f = x: 1e-12 of each output */
        f[i] = wio_sum(table->Y + i * table->f, table->f, 1);
    }
    wio_result *result = NULL;
    ck_assert_int_eq(wio_solve(&result, table, f, NULL, NULL, NULL), WIO_OK);
    const double *x = numbers_of(result, "output");
    for (size_t i = 0; i < I; i++) {
        double g = wio_sum(b.V + i * P, P, 1);
        ck_assert_double_eq_tol(x[i], g, 1e-12 * g);
        /* README of the data: use column + value added = output within 14 million. */
        worst = fmax(worst, fabs(table->cost[i] - g));
    }
    ck_assert_double_le(worst, 14);
    /* And make = intermediate + final uses within 26; duties are in F05000, not in the residual. */
    ck_assert_double_le(report.residual, 26);
    ck_assert_double_gt(report.residual, 0);
    wio_result_free(result);
    wio_table_free(table);
    free_bea(&b);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

/* Every model keeps output and value added; L f = x. */
START_TEST(every_model_returns_output)
{
    const wio_supply_use a = two_by_two();
    for (int model = 0; model < WIO_SYMMETRIC_MODELS; model++) {
        wio_table *table = symmetric(&a, (wio_symmetric_model)model, NULL, NULL);
        const bool by_product = model != WIO_SYMMETRIC_C && model != WIO_SYMMETRIC_D;
        const double x[2] = {by_product ? 95 : 100, by_product ? 205 : 200};
        double f[2];
        for (size_t j = 0; j < 2; j++) {
            ck_assert_double_eq_tol(table->x[j], x[j], 1e-11);
            ck_assert_double_eq_tol(table->cost[j], x[j], 1e-11);
            f[j] = table->Y[j];
        }
        wio_result *result = NULL;
        ck_assert_int_eq(wio_solve(&result, table, f, NULL, NULL, NULL), WIO_OK);
        ck_assert_double_eq_tol(numbers_of(result, "output")[0], x[0], 1e-11);
        ck_assert_double_eq_tol(wio_sum(table->P, 2 * table->p, 1), 200, 1e-11);
        wio_result_free(result);
        wio_table_free(table);
    }
}
END_TEST

/* Two regions of two products and industries; V has cells within regions only, Y balances U. */
static wio_supply_use two_regions(double *numbers, uint64_t *state)
{
    static const char *const regions[] = {"A", "B"}, *const code[] = {"1", "2", "1", "2"};
    static const char *const use[] = {"hh", "hh"}, *const item[] = {"va"}, *const jobs[] = {"jobs"};
    static const char *const unit[] = {"persons"};
    static const size_t region[] = {0, 0, 1, 1}, final_region[] = {0, 1};
    static const wio_role role[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_HOUSEHOLD};
    static const wio_role value[] = {WIO_ROLE_VALUE_ADDED};
    double *U = numbers, *V = U + 16, *Y = V + 16, *W = Y + 8, *S = W + 4;
    for (size_t k = 0; k < 16; k++) {
        const size_t i = k / 4, j = k % 4;
        U[k] = random_uniform(state);
        V[k] = i / 2 == j / 2 ? (i == j ? 8 : 0) + random_uniform(state) : 0.0;
    }
    for (size_t i = 0; i < 4; i++) {
        double q = 0.0, uses = 0.0, g = 0.0, cost = 0.0;
        for (size_t j = 0; j < 4; j++) {
            q += V[j * 4 + i];
            g += V[i * 4 + j];
            uses += U[i * 4 + j];
            cost += U[j * 4 + i];
        }
        Y[2 * i] = 0.75 * (q - uses);
        Y[2 * i + 1] = q - uses - Y[2 * i];
        W[i] = g - cost;
        S[i] = random_uniform(state);
    }
    return (wio_supply_use){.name = "two",
                            .title = "two",
                            .currency = "USD",
                            .year = 2020,
                            .price_basis = "basic",
                            .import_split = "survey",
                            .regions = 2,
                            .region_code = regions,
                            .product_region = region,
                            .industry_region = region,
                            .final_region = final_region,
                            .products = 4,
                            .industries = 4,
                            .finals = 2,
                            .items = 1,
                            .product = code,
                            .industry = code,
                            .final_use = use,
                            .final_role = role,
                            .item = item,
                            .item_role = value,
                            .accounts = 1,
                            .account = jobs,
                            .account_unit = unit,
                            .U = U,
                            .V = V,
                            .Y = Y,
                            .W = W,
                            .S = S};
}

/* Every model keeps outputs, value added and jobs, and L f = x; products of one region are made
 * by its industries, so that a region's output is the same by products and by industries. */
START_TEST(regions_keep_their_outputs_in_every_model)
{
    uint64_t state = (uint64_t)_i + 1;
    double numbers[64], f[4];
    const wio_supply_use a = two_regions(numbers, &state);
    for (int model = 0; model < WIO_SYMMETRIC_MODELS; model++) {
        wio_table *t = symmetric(&a, (wio_symmetric_model)model, NULL, NULL);
        ck_assert_uint_eq(t->n, 4);
        ck_assert_uint_eq(t->m, 4);
        ck_assert_uint_eq(t->region.count, 2);
        ck_assert_double_eq_tol(wio_sum(t->S, 4, 1), wio_sum(a.S, 4, 1), 1e-12);
        for (size_t r = 0; r < 2; r++) {
            double made = wio_sum(a.V + 8 * r, 8, 1);
            ck_assert_double_eq_tol(t->x[2 * r] + t->x[2 * r + 1], made, 1e-12);
            ck_assert_uint_eq(t->origin_region[2 * r], r);
        }
        for (size_t i = 0; i < 4; i++) {
            f[i] = t->Y[2 * i] + t->Y[2 * i + 1];
            ck_assert_double_eq_tol(t->cost[i], t->x[i], 1e-11);
        }
        wio_result *result = NULL;
        ck_assert_int_eq(wio_solve(&result, t, f, NULL, NULL, NULL), WIO_OK);
        for (size_t i = 0; i < 4; i++) {
            ck_assert_double_eq_tol(numbers_of(result, "output")[i], t->x[i], 1e-11);
        }
        wio_result_free(result);
        wio_table_free(t);
    }
}
END_TEST

START_TEST(a_residual_is_bought_by_its_own_region)
{
    uint64_t state = 7;
    double numbers[64];
    wio_supply_use a = two_regions(numbers, &state);
    numbers[32 + 2 * 3] -= 0.25; /* of Y: what region A buys of the last product of B */
    a.residual = true;
    wio_table *t = symmetric(&a, WIO_SYMMETRIC_B, NULL, NULL);
    ck_assert_uint_eq(t->f, 4);
    ck_assert_uint_eq(t->final_region[2], 0);
    ck_assert_uint_eq(t->final_region[3], 1);
    ck_assert_double_eq_tol(t->Y[3 * 4 + 3], 0.25, 1e-13);
    ck_assert(t->Y[3 * 4 + 2] == 0);
    wio_table_free(t);
}
END_TEST

START_TEST(what_neither_makes_nor_uses_has_no_output)
{
    uint64_t state = 3;
    double numbers[64];
    wio_supply_use a = two_regions(numbers, &state);
    const double U[] = {1, 2, 0, 3, 4, 0, 0, 0, 0}, V[] = {9, 1, 0, 0, 7, 0, 0, 0, 0};
    const double Y[] = {6, 1, 0}, W[] = {6, 5, 0}, S[] = {1, 1, 0};
    static const char *const code[] = {"1", "2", "3"};
    a.regions = 0;
    a.region = "A";
    a.product_region = a.industry_region = a.final_region = NULL;
    a.products = a.industries = 3;
    a.product = a.industry = code;
    a.finals = 1;
    a.U = U;
    a.V = V;
    a.Y = Y;
    a.W = W;
    a.S = S;
    wio_table *t = symmetric(&a, WIO_SYMMETRIC_D, NULL, NULL);
    ck_assert_uint_eq(t->n, 3); /* the industry stays */
    ck_assert(t->x[2] == 0 && t->x[0] == 10);
    wio_table_free(t);
    const double unknown[] = {1, 1, NAN};
    a.S = unknown;
    t = symmetric(&a, WIO_SYMMETRIC_D, NULL, NULL);
    ck_assert(t->x[2] == 0 && isnan(t->S[2]));
    wio_table_free(t);
    a.S = S;
    t = symmetric(&a, WIO_SYMMETRIC_B, NULL, NULL);
    ck_assert_uint_eq(t->n, 2); /* the product has no row */
    ck_assert(t->x[0] == 9 && t->x[1] == 8);
    ck_assert_double_eq_tol(t->S[0], 0.9, 1e-15);
    wio_table_free(t);
}
END_TEST

/* Scrap that is imported is an item of the industries, and not an import beside. */
START_TEST(scrap_from_abroad_counts_once)
{
    static const char *const code[] = {"1", "2", "scrap"};
    wio_supply_use a = two_by_two();
    const double U[] = {10, 20, 30, 40, 2, 3}, Um[] = {0, 0, 0, 0, 2, 3}, Ym[3] = {0};
    const double V[] = {90, 10, 0, 5, 195, 0}, Y[] = {65, 135, 0}, W[] = {58, 137};
    a.products = 3;
    a.product = code;
    a.scrap = "scrap";
    a.U = U, a.Um = Um, a.Ym = Ym, a.V = V, a.Y = Y, a.W = W;
    wio_table *t = symmetric(&a, WIO_SYMMETRIC_D, NULL, NULL);
    for (size_t j = 0; j < 2; j++) {
        ck_assert_double_eq_tol(t->x[j], j == 0 ? 100 : 200, 1e-11);
        ck_assert_double_eq_tol(t->cost[j], t->x[j], 1e-11);
    }
    wio_table_free(t);
}
END_TEST

START_TEST(negative_flows_are_kept_and_counted_and_almon_has_none)
{
    /* Industry b makes 40 of product 1 but buys no product 1 at all: product technology needs a
     * negative flow there. */
    wio_supply_use a = two_by_two();
    const double U[] = {30, 0, 10, 40}, V[] = {60, 10, 40, 190}, Y[] = {70, 150};
    const double W[] = {30, 190};
    a.U = U;
    a.V = V;
    a.Y = Y;
    a.W = W;
    wio_symmetric_report report;
    wio_log *log = new_log();
    wio_table *table = symmetric(&a, WIO_SYMMETRIC_A, &report, log);
    ck_assert_uint_eq(report.negatives, 1);
    ck_assert_double_eq(report.most_negative, table->Z[1]);
    ck_assert(table->Z[1] < 0);
    ck_assert(logged(log, "1 flows are negative"));
    wio_table *almon = symmetric(&a, WIO_SYMMETRIC_ALMON, &report, NULL);
    ck_assert_uint_eq(report.negatives, 0);
    for (size_t i = 0; i < 2; i++) { /* rows keep their sums, columns their outputs */
        ck_assert_double_eq_tol(almon->Z[2 * i] + almon->Z[2 * i + 1], U[2 * i] + U[2 * i + 1],
                                1e-10);
        ck_assert_double_eq_tol(almon->cost[i], almon->x[i], 1e-10);
    }
    wio_table_free(almon);
    wio_table_free(table);
    wio_log_free(log);
}
END_TEST

START_TEST(imports_are_split_and_add_up)
{
    wio_supply_use a = two_by_two();
    const double one[] = {19, 20.5}, three[] = {3, 6.5, 0, 7, 13.5, 0};
    double Um[4], Ym[2];
    ck_assert_int_eq(wio_import_split(Um, Ym, &a, one, 1, NULL, NULL), WIO_OK);
    ck_assert_double_eq_tol(Um[0] + Um[1] + Ym[0], 19, 1e-13);
    ck_assert_double_eq_tol(Um[0], 10 * 19. / 95, 1e-14);
    ck_assert_double_eq_tol(Ym[1], 135 * 20.5 / 205, 1e-13);
    ck_assert_int_eq(wio_import_split(Um, Ym, &a, three, 3, NULL, NULL), WIO_OK);
    ck_assert_double_eq_tol(Um[0], 10 * .1, 1e-14);
    ck_assert_double_eq_tol(Ym[0], 6.5, 1e-14);
    a.Um = Um;
    a.Ym = Ym;
    a.residual = true;
    wio_table *table = symmetric(&a, WIO_SYMMETRIC_D, NULL, NULL);
    ck_assert_uint_eq(table->m, 4);
    ck_assert_str_eq(wio_table_origin_region(table, 2), "ROW");
    ck_assert_double_eq(table->Z[2 * 2], Um[0]);
    wio_table_free(table);
}
END_TEST

START_TEST(a_general_matrix_is_solved)
{
    const double B[] = {0, 2, 1, 3}; /* needs a pivot; X B' = (7, 11) for X = (2, 3.5) .. by hand */
    double X[] = {2 * 0 + 3.5 * 2, 2 * 1 + 3.5 * 3}; /* X B' with X = (2, 3.5) */
    ck_assert_int_eq(wio_general_right(X, 1, 2, B, NULL), WIO_OK);
    ck_assert_double_eq_tol(X[0], 2, 1e-14);
    ck_assert_double_eq_tol(X[1], 3.5, 1e-14);
    const double singular[] = {1, 2, 2, 4};
    ck_assert_int_eq(wio_general_right(X, 1, 2, singular, NULL), WIO_E_SINGULAR);
    ck_assert_double_eq_tol(X[0], 2, 1e-14);
}
END_TEST

/* --- regions by themselves ---------------------------------------------------------------------------- */

enum { REGIONS = 4, OWN = 3, ALL = REGIONS * OWN, BUYS = 2 };

/* Regions that make only their own products, BBB nothing of its last one: a row that is not there. */
typedef struct regional {
    double U[ALL * ALL], V[ALL * ALL], V_regions[REGIONS * OWN * OWN], Y[ALL * BUYS], W[ALL],
        S[ALL];
    char text[2 * ALL][8];
    const char *product[ALL], *industry[ALL];
    size_t region[ALL], final_region[BUYS];
} regional;

static wio_supply_use regional_make(regional *e, uint64_t seed, bool square, bool apart)
{
    static const char *const region[REGIONS] = {"AAA", "BBB", "CCC", "DDD"};
    static const char *const use[BUYS] = {"HH", "HH"}, *const item[] = {"va"};
    static const char *const single[BUYS] = {"HHA", "HHB"}, *const account[] = {"jobs"};
    static const wio_role role[BUYS] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_HOUSEHOLD};
    static const wio_role item_role[] = {WIO_ROLE_VALUE_ADDED};
    uint64_t state = seed + 1;
    memset(e, 0, sizeof *e);
    for (size_t i = 0; i < ALL; i++) {
        (void)snprintf(e->text[i], sizeof e->text[0], "p%zu", apart ? i % OWN : i);
        (void)snprintf(e->text[ALL + i], sizeof e->text[0], "i%zu", apart ? i % OWN : i);
        e->product[i] = e->text[i];
        e->industry[i] = e->text[ALL + i];
        e->region[i] = i / OWN;
        e->S[i] = random_uniform(&state);
        bool made = square || i != 2 * OWN - 1;
        for (size_t j = 0; j < ALL; j++) {
            e->U[i * ALL + j] = made && random_uniform(&state) < .8 ? random_uniform(&state) : 0.0;
        }
        for (size_t c = 0; c < BUYS; c++) {
            e->Y[i * BUYS + c] = made ? 5 * random_uniform(&state) : 0.0;
        }
        double q = wio_sum(e->U + i * ALL, ALL, 1) + wio_sum(e->Y + i * BUYS, BUYS, 1);
        for (size_t j = 0; j < OWN && made;
             j++) { /* industries of its region; the third share is .1 */
            size_t at = i / OWN * OWN + j;
            double share = j == i % OWN ? .75 : j == (i + 1) % OWN ? .15 : .1;
            e->V[at * ALL + i] = share * q;
            e->V_regions[i / OWN * OWN * OWN + j * OWN + i % OWN] = share * q;
        }
    }
    for (size_t j = 0; j < ALL; j++) {
        e->W[j] = wio_sum(e->V + j * ALL, ALL, 1) - wio_sum(e->U + j, ALL, ALL);
    }
    e->final_region[1] = 1;
    return (wio_supply_use){.name = "regional",
                            .currency = "EUR",
                            .year = 2020,
                            .price_basis = "basic",
                            .import_split = "survey",
                            .region = "AAA",
                            .products = ALL,
                            .industries = ALL,
                            .finals = BUYS,
                            .items = 1,
                            .accounts = 1,
                            .product = e->product,
                            .industry = e->industry,
                            .final_use = apart ? use : single,
                            .final_role = role,
                            .item = item,
                            .item_role = item_role,
                            .account = account,
                            .account_unit = account,
                            .U = e->U,
                            .V = e->V,
                            .Y = e->Y,
                            .W = e->W,
                            .S = e->S,
                            .residual = true,
                            .regions = apart ? REGIONS : 0,
                            .region_code = apart ? region : NULL,
                            .product_region = e->region,
                            .industry_region = e->region,
                            .final_region = e->final_region};
}

/* One region of all is the reference: the whole make at once. B and D add up the same numbers in the
 * same order: the same bits. A and C solve with each region's factors, Almon stops each region's
 * rounds by themselves: conditions below 10, numbers below 100, and rounds that settle to 1e-13. */
START_TEST(regions_by_themselves_are_the_whole)
{
    static regional e;
    const wio_symmetric_model model = (wio_symmetric_model)(_i % WIO_SYMMETRIC_MODELS);
    const bool solves = model != WIO_SYMMETRIC_B && model != WIO_SYMMETRIC_D;
    wio_supply_use whole = regional_make(&e, (uint64_t)_i, solves, false);
    wio_table *want = symmetric(&whole, model, NULL, NULL);
    for (int form = 0; form < 2; form++) {
        wio_supply_use apart = regional_make(&e, (uint64_t)_i, solves, true);
        apart.V = form == 0 ? e.V : NULL;
        apart.V_regions = form == 0 ? NULL : e.V_regions;
        wio_table *got = symmetric(&apart, model, NULL, NULL);
        ck_assert_uint_eq(got->n, want->n);
        ck_assert_uint_eq(got->p, want->p);
        for (size_t k = 0; k < got->n * got->n; k++) {
            ck_assert_msg(fabs(got->Z[k] - want->Z[k]) <= (solves ? 1e-11 : 0.0),
                          "Z[%zu] %.17g, not %.17g", k, got->Z[k], want->Z[k]);
        }
        for (size_t k = 0; k < got->p * got->n; k++) {
            ck_assert(fabs(got->P[k] - want->P[k]) <= (solves ? 1e-11 : 0.0));
        }
        for (size_t j = 0; j < got->n; j++) {
            ck_assert(fabs(got->S[j] - want->S[j]) <= (solves ? 1e-11 : 0.0));
            ck_assert(fabs(got->x[j] - want->x[j]) <= 1e-10);
        }
        wio_table_free(got);
    }
    wio_table_free(want);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* A cell of make outside its region: the whole make is taken, as one region. */
START_TEST(regions_that_make_each_other_s_products_are_one)
{
    static regional e;
    wio_supply_use whole = regional_make(&e, 5, true, false);
    double moved = .5 * e.V[0];
    e.V[0] -= moved;
    e.V[(ALL - 1) * ALL] += moved; /* DDD's last industry makes AAA's first product */
    wio_table *want = symmetric(&whole, WIO_SYMMETRIC_D, NULL, NULL);
    wio_supply_use apart = regional_make(&e, 5, true, true);
    e.V[0] -= moved;
    e.V[(ALL - 1) * ALL] += moved;
    wio_table *got = symmetric(&apart, WIO_SYMMETRIC_D, NULL, NULL);
    check_equal(got->Z, want->Z, (size_t)ALL * ALL);
    wio_table_free(got);
    wio_table_free(want);
}
END_TEST

START_TEST(every_allocation_of_regions_may_fail)
{
    static regional e;
    wio_supply_use a = regional_make(&e, 2, true, true);
    a.V = NULL;
    a.V_regions = e.V_regions;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 2000);
        wio_table *table = NULL;
        wio_alloc_budget = budget;
        status = wio_table_symmetric(&table, &a, (wio_symmetric_model)_i, NULL, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "budget %ld: %d", budget,
                      (int)status);
        wio_table_free(table);
        ck_assert_msg(wio_alloc_live == 0, "budget %ld", budget);
    }
}
END_TEST

START_TEST(make_by_regions_has_to_be_in_their_order)
{
    static regional e;
    wio_table *table = NULL;
    wio_error err = {0}, shape = {0}, more = {0};
    wio_supply_use a = regional_make(&e, 1, true, true);
    a.V = NULL;
    ck_assert_int_eq(wio_table_symmetric(&table, &a, WIO_SYMMETRIC_D, NULL, NULL, &err),
                     WIO_E_ARGUMENT);
    a.V_regions = e.V_regions;
    e.region[0] = 1;
    ck_assert_int_eq(wio_table_symmetric(&table, &a, WIO_SYMMETRIC_D, NULL, NULL, &more),
                     WIO_E_ARGUMENT);
    ck_assert_str_eq(more.message,
                     "make by regions needs products and industries in the order of regions");
    a = regional_make(&e, 1, true, true);
    e.region[OWN] = 0; /* a product more in AAA than it has industries */
    for (size_t j = 0; j < ALL; j++) {
        double *cell = &e.V[j * ALL + OWN];
        e.V[(j % OWN) * ALL + OWN] += j >= OWN ? *cell : 0.0;
        *cell = j >= OWN ? 0.0 : *cell;
    }
    static size_t of_industry[ALL];
    for (size_t j = 0; j < ALL; j++) {
        of_industry[j] = j / OWN;
    }
    a.industry_region = of_industry;
    ck_assert_int_eq(wio_table_symmetric(&table, &a, WIO_SYMMETRIC_A, NULL, NULL, &shape),
                     WIO_E_SHAPE);
    ck_assert_msg(strstr(shape.message, "4 products are made in AAA, by 3 industries") != NULL,
                  "%s", shape.message);
    a = regional_make(&e, 1, true, true);
    a.V = NULL;
    a.V_regions = e.V_regions;
    e.V_regions[4] = (double)NAN;
    err = (wio_error){0};
    ck_assert_int_eq(wio_table_symmetric(&table, &a, WIO_SYMMETRIC_D, NULL, NULL, &err),
                     WIO_E_NONFINITE);
    ck_assert_str_eq(err.message, "V_regions[4] is not a finite number");
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

static void refused(wio_status want, const char *message, const wio_supply_use *a,
                    wio_symmetric_model model)
{
    wio_table *table = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_symmetric(&table, a, model, NULL, NULL, &err), want);
    ck_assert_str_eq(err.message, message);
    ck_assert_ptr_null(table);
}

START_TEST(what_cannot_be_is_named)
{
    wio_supply_use a = two_by_two();
    const double off[] = {65, 130}, none[] = {90, 0, 5, 0}, idle[] = {95, 205, 0, 0};
    a.Y = off;
    refused(WIO_E_TABLE,
            "products do not balance: supply and uses of 2 differ by 5 (the most), all together by "
            "5; correct them, balance supply and use, or ask for a final use `residual`",
            &a, WIO_SYMMETRIC_D);
    const double little[] = {65, 135 + 1e-6}, both[] = {70, 130};
    a.Y = little; /* 3e-9 of the supply */
    refused(WIO_E_TABLE,
            "products do not balance: supply and uses of 2 differ by 1e-06 (the most), all "
            "together by 1e-06; correct them, balance supply and use, or ask for a final use "
            "`residual`",
            &a, WIO_SYMMETRIC_D);
    a.Y = both;
    refused(WIO_E_TABLE,
            "products do not balance: supply and uses of 1 differ by 5 (the most), all together by "
            "10; correct them, balance supply and use, or ask for a final use `residual`",
            &a, WIO_SYMMETRIC_D);
    a = two_by_two();
    const double less[] = {90, 10, 5, -6}, cancel[] = {10, 20, 5, -5}, nil[4] = {0};
    a.V = less;
    refused(WIO_E_TABLE, "industry b makes -1 in all but uses something: leave it out, or merge it",
            &a, WIO_SYMMETRIC_D);
    a = two_by_two();
    a.rest = NULL;
    a.Um = nil;
    refused(WIO_E_ARGUMENT, "an array of supply and use is missing", &a, WIO_SYMMETRIC_D);
    a = two_by_two();
    a.V = none;
    a.U = cancel;
    a.Y = (const double[]){65, 0};
    refused(WIO_E_TABLE,
            "product 2 is used (10 at home) but nobody makes it: name it as scrap or noncomparable "
            "imports, or record its uses as imported",
            &a, WIO_SYMMETRIC_D);
    a = two_by_two();
    a.V = none;
    refused(
        WIO_E_TABLE,
        "product 2 is used (205 at home) but nobody makes it: name it as scrap or noncomparable "
        "imports, or record its uses as imported",
        &a, WIO_SYMMETRIC_D);
    a.V = idle;
    refused(WIO_E_TABLE,
            "industry b makes 0 in all but uses something: leave it out, or merge "
            "it",
            &a, WIO_SYMMETRIC_D);
    a = two_by_two();
    a.industries = 1;
    const double U1[] = {30, 70}, V1[] = {95, 205}, W1[] = {200};
    a.U = U1;
    a.V = V1;
    a.W = W1;
    refused(WIO_E_SHAPE,
            "models A, C and almon need as many products as industries, B and D do not: 2 products "
            "are made at home, by 1 "
            "industries",
            &a, WIO_SYMMETRIC_A);
    a = two_by_two();
    const double m[] = {96, 1};
    double Um[4], Ym[2];
    wio_error err = {0};
    ck_assert_int_eq(wio_import_split(Um, Ym, &a, m, 1, NULL, &err), WIO_E_TABLE);
    ck_assert_str_eq(err.message, "imports of 1 for all home uses are 96, but 95 is used");
}
END_TEST

/* Product 2 of both regions is made by nobody: two rows of one name are no primary item. */
START_TEST(an_item_is_one_product)
{
    uint64_t state = 5;
    double numbers[64], *V = numbers + 16;
    wio_supply_use a = two_regions(numbers, &state);
    wio_table *out = NULL;
    wio_error err = {0};
    for (size_t j = 0; j < 4; j++) {
        V[j * 4 + 1] = V[j * 4 + 3] = 0.0;
    }
    a.scrap = "2";
    ck_assert_int_eq(wio_table_symmetric(&out, &a, WIO_SYMMETRIC_D, NULL, NULL, &err), WIO_E_TABLE);
    ck_assert_str_eq(err.message,
                     "nobody makes 2, which is there twice: it cannot be one primary item");
    ck_assert_ptr_null(out);
}
END_TEST

START_TEST(regions_have_to_fit)
{
    uint64_t state = 1;
    double numbers[64];
    static const size_t beyond[] = {0, 0, 1, 2};
    static const wio_role sold[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_EXPORT};
    wio_supply_use a = two_regions(numbers, &state);
    a.Um = a.U;
    a.rest = "ROW";
    refused(WIO_E_ARGUMENT,
            "supply and use of 2 regions have imports as flows between regions, not in arrays of "
            "their own",
            &a, WIO_SYMMETRIC_B);
    a.Um = NULL;
    a.rest = NULL;
    a.final_role = sold;
    refused(WIO_E_ARGUMENT, "exports of hh go to no region: name a `rest`", &a, WIO_SYMMETRIC_B);
    a = two_regions(numbers, &state);
    a.product_region = beyond;
    refused(WIO_E_ARGUMENT, "there is no region 2", &a, WIO_SYMMETRIC_D);
    a.product_region = NULL;
    refused(WIO_E_ARGUMENT, "an array of supply and use is missing", &a, WIO_SYMMETRIC_D);
    a = two_regions(numbers, &state);
    numbers[44] = NAN; /* a satellite: for models that keep industries it may be unknown */
    refused(WIO_E_NONFINITE,
            "account jobs of industry 1 is not known and cannot be shared among products: models C "
            "and D keep it as it is",
            &a, WIO_SYMMETRIC_B);
    numbers[44] = INFINITY;
    refused(WIO_E_NONFINITE, "S[0,0] is not a finite number", &a, WIO_SYMMETRIC_D);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    const wio_supply_use a = two_by_two();
    for (int model = 0; model < WIO_SYMMETRIC_MODELS; model++) {
        long live = wio_alloc_live;
        wio_status status = WIO_E_MEMORY;
        for (long budget = 0; status == WIO_E_MEMORY; budget++) {
            wio_table *table = NULL;
            wio_error err = {0};
            wio_alloc_budget = budget;
            status = wio_table_symmetric(&table, &a, (wio_symmetric_model)model, NULL, NULL, &err);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || (table == NULL && err.message[0] != '\0'));
            wio_table_free(table);
            ck_assert_int_eq(wio_alloc_live, live);
            ck_assert_int_lt(budget, 500);
        }
        ck_assert_int_eq(status, WIO_OK);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("symmetric");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, models_of_the_specification);
    tcase_add_test(known, model_c_by_hand);
    tcase_add_test(known, purchasers_prices_of_the_specification);
    tcase_add_test(known, bea_detail_closes);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, every_model_returns_output);
    tcase_add_loop_test(properties, regions_keep_their_outputs_in_every_model, 0, 50);
    tcase_add_test(properties, a_residual_is_bought_by_its_own_region);
    tcase_add_test(properties, what_neither_makes_nor_uses_has_no_output);
    tcase_add_test(properties, scrap_from_abroad_counts_once);
    tcase_add_test(properties, negative_flows_are_kept_and_counted_and_almon_has_none);
    tcase_add_test(properties, imports_are_split_and_add_up);
    tcase_add_test(properties, a_general_matrix_is_solved);
    tcase_add_loop_test(properties, regions_by_themselves_are_the_whole, 0,
                        4 * WIO_SYMMETRIC_MODELS * test_depth());
    tcase_add_test(properties, regions_that_make_each_other_s_products_are_one);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, what_cannot_be_is_named);
    tcase_add_test(failures, regions_have_to_fit);
    tcase_add_test(failures, an_item_is_one_product);
    tcase_add_test(failures, every_allocation_may_fail);
    tcase_add_test(failures, make_by_regions_has_to_be_in_their_order);
    tcase_add_loop_test(failures, every_allocation_of_regions_may_fail, 0, WIO_SYMMETRIC_MODELS);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
