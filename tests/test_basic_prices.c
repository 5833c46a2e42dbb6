/* test_basic_prices.c - suite for solvers/economy/basic_prices.c: supply and use at purchasers' prices made
 * ready for a model. The same with files: test_import_mapping_sut.c. */
#include "../core/internal.h"
#include "../core/table.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { P = 5, N = 4, F = 3, USERS = N + F, KINDS = 2 };

/* A random economy: products 3 and 4 earn trade and transport margins, product 2 is not made. Everything
 * is made from uses at basic prices, which the model has to find again. */
typedef struct economy {
    double basic[P * USERS], margin_use[P * USERS],
        tax_use[P * USERS]; /* in proportion along rows */
    double U[P * N], Y[P * F], V[N * P], W[N], imports[P], margin[KINDS * P], tax[P];
    wio_supply_columns columns;
    wio_supply_use arrays;
} economy;

static const char *const products[] = {"p0", "p1", "p2", "p3", "p4"};
static const char *const industries[] = {"i0", "i1", "i2", "i3"}, *const uses[] = {"HH", "INV",
                                                                                   "EXP"};
static const char *const items[] = {"value_added"};
static const wio_role roles[] = {WIO_ROLE_HOUSEHOLD, WIO_ROLE_INVESTMENT, WIO_ROLE_EXPORT};
static const wio_role item_roles[] = {WIO_ROLE_VALUE_ADDED};

/* Basic uses and rates of taxes t and margins of two kinds a, b on the basic value: the purchasers'
 * value of a good is (1 + t + a + b) times it; of margin products, (1 + t) times what is bought of
 * them directly, the rest of their basic uses being what the others pay. */
static void make(economy *e, uint64_t seed)
{
    uint64_t state = seed + 1;
    double rate[P][3], paid[KINDS][USERS] = {{0}};
    memset(e, 0, sizeof *e);
    for (size_t i = 0; i < P; i++) {
        rate[i][0] = .2 * random_uniform(&state) - .05; /* subsidies too */
        rate[i][1] = i < 3 ? .3 * random_uniform(&state) : 0.0;
        rate[i][2] = i < 3 ? .1 * random_uniform(&state) : 0.0;
    }
    for (size_t i = 0; i < P; i++) {
        for (size_t u = 0; u < USERS; u++) {
            size_t k = i * USERS + u;
            double own = u == USERS - 1 && i == 2 ? 0.0 : 10 * random_uniform(&state);
            e->basic[k] += own;
            e->tax_use[k] = rate[i][0] * own;
            for (size_t v = 0; v < KINDS; v++) {
                double part = rate[i][1 + v] * own;
                e->margin_use[k] += part;
                e->margin_use[(3 + v) * USERS + u] -= part;
                e->basic[(3 + v) * USERS + u] += part;
                e->margin[v * P + i] += part;
                e->margin[v * P + 3 + v] -= part;
                paid[v][u] += part;
            }
            double price = own + e->tax_use[k] + (rate[i][1] + rate[i][2]) * own;
            *(u < N ? &e->U[i * N + u] : &e->Y[i * F + (u - N)]) = price;
            e->tax[i] += e->tax_use[k];
        }
    }
    for (size_t i = 0; i < P; i++) {
        double home = 0.0, all = 0.0;
        for (size_t u = 0; u < USERS; u++) {
            all += e->basic[i * USERS + u];
            home += u < USERS - 1 ? e->basic[i * USERS + u] : 0.0;
        }
        e->imports[i] = i == 2 ? home : .5 * random_uniform(&state) * home;
        for (size_t j = 0; j < N && i != 2; j++) {
            e->V[j * P + i] = (all - e->imports[i]) * (j == (i < 2 ? i : i - 1) ? .7 : .1);
        }
    }
    for (size_t j = 0; j < N; j++) {
        e->W[j] = wio_sum(e->V + j * P, P, 1) - wio_sum(e->U + j, P, N);
    }
    e->columns = (wio_supply_columns){.purchasers = true,
                                      .imports = e->imports,
                                      .margins = KINDS,
                                      .margin = e->margin,
                                      .tax = e->tax};
    e->arrays = (wio_supply_use){.name = "random",
                                 .currency = "EUR",
                                 .year = 2020,
                                 .price_basis = "basic",
                                 .import_split = "proportional",
                                 .region = "AAA",
                                 .rest = "ROW",
                                 .products = P,
                                 .industries = N,
                                 .finals = F,
                                 .items = 1,
                                 .product = products,
                                 .industry = industries,
                                 .final_use = uses,
                                 .final_role = roles,
                                 .item = items,
                                 .item_role = item_roles,
                                 .U = e->U,
                                 .V = e->V,
                                 .Y = e->Y,
                                 .W = e->W,
                                 .columns = &e->columns};
}

static wio_table *made(const economy *e, wio_symmetric_model model)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_symmetric(&table, &e->arrays, model, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return table;
}

/* The table of the same economy at basic prices, with the imports of every user. */
static wio_table *wanted(const economy *e, wio_symmetric_model model)
{
    double U[P * N], Y[P * F], Um[P * N] = {0}, Ym[P * F] = {0}, W[2 * N];
    static const char *const both[] = {"value_added", "taxes_on_products"};
    static const wio_role both_roles[] = {WIO_ROLE_VALUE_ADDED, WIO_ROLE_TAX};
    wio_supply_use a = e->arrays;
    for (size_t k = 0; k < (size_t)P * USERS; k++) {
        size_t i = k / USERS, u = k % USERS;
        double home = 0.0;
        for (size_t v = 0; v < USERS - 1; v++) {
            home += e->basic[i * USERS + v];
        }
        double imported = u < USERS - 1 ? e->basic[k] * (e->imports[i] / home) : 0.0;
        *(u < N ? &U[i * N + u] : &Y[i * F + (u - N)]) = e->basic[k];
        *(u < N ? &Um[i * N + u] : &Ym[i * F + (u - N)]) = i == 2 ? e->basic[k] : imported;
    }
    memcpy(W, e->W, sizeof e->W);
    for (size_t j = 0; j < N; j++) {
        W[N + j] = wio_sum(e->tax_use + j, P, USERS);
    }
    a.columns = NULL;
    a.U = U;
    a.Y = Y;
    a.Um = Um;
    a.Ym = Ym;
    a.W = W;
    a.items = 2;
    a.item = both;
    a.item_role = both_roles;
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_symmetric(&table, &a, model, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return table;
}

/* Numbers below 200, each the result of fewer than 50 roundings of numbers no larger, and of a
 * system with a make matrix of condition below 10 in models A and C. */
static const double CLOSE = 1e-11;

static void check_same(const wio_table *a, const wio_table *b)
{
    const struct {
        const double *a, *b;
        size_t count;
    } blocks[] = {{a->Z, b->Z, a->m * a->n},
                  {a->Y, b->Y, a->m * a->f},
                  {a->P, b->P, a->p * a->n},
                  {a->x, b->x, a->n}};
    ck_assert_uint_eq(a->m, b->m);
    ck_assert_uint_eq(a->p, b->p);
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < blocks[k].count; i++) {
            ck_assert_msg(fabs(blocks[k].a[i] - blocks[k].b[i]) <= CLOSE,
                          "block %zu, %zu: %.17g, not %.17g", k, i, blocks[k].a[i], blocks[k].b[i]);
        }
    }
}

/* --- properties --------------------------------------------------------------------------------------------- */

/* What was put on comes off again: in proportion, by user, and one of the two by user. Two kinds of
 * margins paid at one rate along a row are in proportion. */
START_TEST(uses_at_basic_prices_are_found_again)
{
    economy e;
    make(&e, (uint64_t)_i);
    for (int known = 0; known < 4; known++) {
        e.columns.margin_use = known % 2 != 0 ? e.margin_use : NULL;
        e.columns.tax_use = known / 2 != 0 ? e.tax_use : NULL;
        for (int model = 0; model < WIO_SYMMETRIC_MODELS; model++) {
            if (model == WIO_SYMMETRIC_ALMON) { /* its rounds need not settle for any make */
                continue;
            }
            wio_table *got = made(&e, (wio_symmetric_model)model);
            wio_table *want = wanted(&e, (wio_symmetric_model)model);
            check_same(got, want);
            wio_table_free(got);
            wio_table_free(want);
        }
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Home uses given: imports are what they leave. */
START_TEST(imports_are_what_home_uses_leave)
{
    economy e;
    double home[P * USERS];
    make(&e, (uint64_t)_i);
    for (size_t k = 0; k < (size_t)P * USERS; k++) {
        size_t i = k / USERS;
        double all = 0.0;
        for (size_t v = 0; v < USERS - 1; v++) {
            all += e.basic[i * USERS + v];
        }
        bool exported = k % USERS == USERS - 1;
        home[k] = i == 2 ? 0.0 : exported ? e.basic[k] : e.basic[k] * (1 - e.imports[i] / all);
    }
    wio_table *want = wanted(&e, WIO_SYMMETRIC_D);
    e.columns.imports = NULL;
    e.columns.home = home;
    /* product 2 is not made: what is left at home has to be exactly nothing */
    for (size_t u = 0; u < USERS; u++) {
        home[2 * USERS + u] = 0.0;
    }
    wio_table *got = made(&e, WIO_SYMMETRIC_D);
    check_same(got, want);
    wio_table_free(got);
    wio_table_free(want);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------------------ */

static void refused(const economy *e, wio_status status, const char *says)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_symmetric(&table, &e->arrays, WIO_SYMMETRIC_B, NULL, log, &err),
                     status);
    ck_assert_ptr_null(table);
    ck_assert_msg(strstr(err.message, says) != NULL, "%s", err.message);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}

START_TEST(columns_that_make_no_sense_are_refused)
{
    static const size_t where[P] = {0};
    economy e;
    make(&e, 7);
    e.tax[1] = NAN;
    refused(&e, WIO_E_NONFINITE, "tax[1,0] is not a finite number");
    make(&e, 7);
    e.tax[1] = 1000;
    refused(&e, WIO_E_TABLE, "taxes and margins of product p1 are ");
    make(&e, 7);
    memset(e.U + N, 0, N * sizeof *e.U);
    memset(e.Y + F, 0, F * sizeof *e.Y);
    refused(&e, WIO_E_TABLE, "product p1 has taxes or margins, but no use to share them by");
    make(&e, 7);
    e.margin[3] = 1;
    refused(&e, WIO_E_TABLE, "are paid, but no product earns them (has them below 0)");
    make(&e, 7);
    e.arrays.Um = e.U;
    refused(&e, WIO_E_ARGUMENT, "imports by user are there, and imports to be shared");
    make(&e, 7);
    e.columns.margin = NULL;
    refused(&e, WIO_E_ARGUMENT, "columns of supply are of one region");
    make(&e, 7);
    e.arrays.rest = NULL;
    refused(&e, WIO_E_ARGUMENT, "exports of EXP go to no region");
    make(&e, 7);
    e.arrays.regions = 1;
    e.arrays.region_code = products;
    e.arrays.product_region = e.arrays.industry_region = e.arrays.final_region = where;
    refused(&e, WIO_E_ARGUMENT, "columns of supply are of one region");
    make(&e, 7);
    e.imports[0] = 1000;
    refused(&e, WIO_E_TABLE, "imports of p0 for all home uses are 1000");
    make(&e, 7);
    e.V[0] += 1;
    refused(&e, WIO_E_TABLE, "products do not balance: supply and uses of p0 differ by 1 ");
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    economy e;
    make(&e, 3);
    e.columns.tax_use = e.tax_use;
    wio_status status = WIO_E_MEMORY;
    long budget = 0;
    for (; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 1000);
        wio_table *table = NULL;
        wio_alloc_budget = budget;
        status = wio_table_symmetric(&table, &e.arrays, WIO_SYMMETRIC_D, NULL, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "budget %ld", budget);
        wio_table_free(table);
        ck_assert_msg(wio_alloc_live == 0, "budget %ld", budget);
    }
    ck_assert_int_gt(budget, 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("basic_prices");

    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, uses_at_basic_prices_are_found_again, 0, 20 * test_depth());
    tcase_add_loop_test(properties, imports_are_what_home_uses_leave, 0, 20 * test_depth());
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, columns_that_make_no_sense_are_refused);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
