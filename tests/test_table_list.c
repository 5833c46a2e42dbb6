/* test_table_list.c - tables whose flows are a list: io/table_list.c, table_entries.c and
 * table_activities.c, core/table_compressed.c, and what solvers/economy makes of compressed rows. */
#include "../io/table_list.h"
#include "../solvers/economy/check.h"
#include "random_economy.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char HEAD[] = "name: small\ntitle: Small\nyear: 2020\nunit: million EUR\n"
                           "price_basis: basic\nimport_split: survey\n"
                           "import_valuation: {OUT: customs}\n";

/* OUT only delivers C; HOME makes A and B. x = (10, 20), as in test_table_folder.c. */
static const struct {
    const char *name, *matrix, *list;
} small[] = {
    {"table.yaml", HEAD, HEAD},
    {"regions.csv", "code,name,endogenous\nOUT,Abroad,0\nHOME,Home,1\n", NULL},
    {"sectors.csv", "code,name,region\nC,Chips,OUT\nA,Apples,HOME\nB,Bread,HOME\n", NULL},
    {"uses.csv",
     "code,name,role\nHH,Households,household\nGOV,State,government\n"
     "EXP,Exports,export\n",
     NULL},
    {"primary_items.csv", "item,name,role\nwages,Wages,compensation\nrest,Rest,surplus\n", NULL},
    {"flows.csv",
     ",,HOME,HOME,OUT,HOME\nregion,sector,A,B,EXP,HH\n"
     "OUT,C,1,1,0,2\nHOME,A,1,2,0.5,6.5\nHOME,B,3,4,3,10\n",
     "from_region,from,to_region,to,value\nHOME,B,HOME,B,4\nHOME,B,HOME,A,3\nHOME,A,OUT,EXP,0.5\n"
     "OUT,C,HOME,B,1\nOUT,C,HOME,A,1\n\nHOME,A,HOME,A,1\nHOME,A,HOME,B,2\n"
     "\"HOME\",\"A\",\"HOME\",\"HH\",\"6.5\"\nOUT,C,HOME,HH,2\nHOME,B,OUT,EXP,3\nHOME,B,HOME,HH,"
     "10\n"},
    {"primary.csv", ",HOME,HOME\nitem,A,B\nwages,4,10\nrest,1,3\n",
     "region,sector,rest,wages\nHOME,B,3,10\nHOME,A,1,4\n"},
    {"satellites.csv", ",,HOME,HOME\naccount,unit,A,B\njobs,persons,7,\nco2,kt,0,.5\n",
     "sector,jobs,co2\nunit,persons,kt\nA,7,0\nB,,.5\n"},
};
enum { FILES = sizeof small / sizeof *small };

/* The small table in the folder `name`, as a list or not, with one file replaced. */
static void write_small(const char *name, bool list, const char *file, const char *text)
{
    ck_assert_int_eq(mkdir(scratch(name), 0777), 0);
    for (size_t i = 0; i < FILES; i++) {
        char path[200];
        bool other = file != NULL && strcmp(file, small[i].name) == 0;
        (void)snprintf(path, sizeof path, "%s/%s", name, small[i].name);
        scratch_write(path, other                           ? text
                            : list && small[i].list != NULL ? small[i].list
                                                            : small[i].matrix);
    }
}

static wio_table *read_ok(const char *name)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_read_folder(&table, scratch(name), NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return table;
}

/* Z in full; wio_free. */
static double *full_flows(const wio_table *t)
{
    double *Z = wio_zalloc(t->m, t->n * sizeof *Z);
    for (size_t i = 0; i < t->m; i++) {
        wio_flow_row row = wio_table_row(t, i);
        for (size_t p = 0; p < row.count; p++) {
            Z[i * t->n + wio_flow_user(&row, p)] = row.value[p];
        }
    }
    return Z;
}

/* The same labels and numbers; final columns may be in another order. */
static void same_numbers(const wio_table *a, const wio_table *b)
{
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_uint_eq(a->m, b->m);
    ck_assert_uint_eq(a->f, b->f);
    ck_assert_uint_eq(a->p, b->p);
    ck_assert_uint_eq(a->k, b->k);
    double *Za = full_flows(a), *Zb = full_flows(b);
    ck_assert_mem_eq(Za, Zb, a->m * a->n * sizeof *Za);
    wio_free(Za);
    wio_free(Zb);
    for (size_t c = 0; c < a->f; c++) {
        size_t d = 0;
        while (d < b->f &&
               (a->final_region[c] != b->final_region[d] || a->final_use[c] != b->final_use[d])) {
            d++;
        }
        ck_assert_uint_lt(d, b->f);
        for (size_t i = 0; i < a->m; i++) {
            ck_assert(a->Y[i * a->f + c] == b->Y[i * b->f + d]);
        }
    }
    ck_assert(a->p == 0 || memcmp(a->P, b->P, a->p * a->n * sizeof *a->P) == 0);
    for (size_t k = 0; k < a->k; k++) {
        size_t l = wio_names_find(&b->account, a->account.code[k]);
        ck_assert_str_eq(a->account_unit[k], b->account_unit[l]);
        for (size_t j = 0; j < a->n; j++) {
            double s = a->S[k * a->n + j], t = b->S[l * a->n + j];
            ck_assert(s == t || (isnan(s) && isnan(t)));
        }
    }
    for (size_t j = 0; j < a->n; j++) { /* sums of other orders: n + 2 roundings of the terms */
        double slack = (double)(a->m + a->n + a->f) * 0x1p-53;
        ck_assert_double_eq_tol(a->x[j], b->x[j], slack * fabs(a->x[j]));
        ck_assert_double_eq_tol(a->cost[j], b->cost[j], slack * fabs(a->cost[j]));
    }
}

/* The files of a table with its flows as a list, those that are 0 left out; the lines in another
 * order for another seed. */
static void write_list(const wio_table *t, const char *folder, uint64_t seed)
{
    ck_assert_int_eq(wio_table_write_folder(t, scratch(folder), false, NULL), WIO_OK);
    size_t width = t->n + t->f, count = t->m * width;
    size_t *order = malloc(count * sizeof *order);
    ck_assert_ptr_nonnull(order);
    for (size_t k = 0; k < count; k++) { /* Fisher and Yates */
        size_t to = (size_t)(random_uniform(&seed) * (double)(k + 1));
        order[k] = order[to];
        order[to] = k;
    }
    char path[200], number[WIO_NUMBER_SIZE], *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    fprintf(out, "from_region,from,to_region,to,value\n");
    for (size_t k = 0; k < count; k++) {
        size_t i = order[k] / width, u = order[k] % width;
        double v = u < t->n ? t->Z[i * t->n + u] : t->Y[i * t->f + u - t->n];
        if (v != 0.0) {
            fprintf(out, "%s,%s,%s,%s,%s\n", wio_table_origin_region(t, i),
                    wio_table_origin_sector(t, i),
                    u < t->n ? wio_table_origin_region(t, u)
                             : t->region.code[t->final_region[u - t->n]],
                    u < t->n ? wio_table_origin_sector(t, u) : t->use.code[t->final_use[u - t->n]],
                    wio_format_double(number, v));
        }
    }
    fclose(out);
    (void)snprintf(path, sizeof path, "%s/flows.csv", folder);
    scratch_write(path, text);
    free(text);
    free(order);
}

/* Every number of one result against another's, as a share of the column's largest. */
static void same_columns(const wio_result *a, const wio_result *b, double tolerance)
{
    ck_assert_uint_eq(wio_result_variables(a), wio_result_variables(b));
    for (size_t v = 0; v < wio_result_variables(a); v++) {
        const wio_variable *x = wio_result_variable(a, v), *y = wio_result_find(b, x->name);
        ck_assert_ptr_nonnull(y);
        double largest = 0.0;
        for (size_t i = 0; x->data != NULL && i < x->length[0]; i++) {
            largest = fmax(largest, fabs(x->data[i]));
        }
        for (size_t i = 0; x->data != NULL && i < x->length[0]; i++) {
            ck_assert(isnan(x->data[i]) == isnan(y->data[i]));
            ck_assert_msg(isnan(x->data[i]) || fabs(x->data[i] - y->data[i]) <= tolerance * largest,
                          "%s[%zu] is %.17g, not %.17g", x->name, i, y->data[i], x->data[i]);
        }
    }
}

/* Multipliers and the output for a demand, by a method, of the table in full and in compressed rows. */
static void same_answers(const wio_table *full, const wio_table *list, wio_method method,
                         double tolerance)
{
    const wio_solver_options how = {.method = method};
    wio_result *a = NULL, *b = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_multipliers(&a, full, NULL, NULL, &err), WIO_OK);
    ck_assert_msg(wio_multipliers(&b, list, NULL, &how, &err) == WIO_OK, "%s", err.message);
    same_columns(a, b, tolerance);
    wio_result_free(a);
    wio_result_free(b);
    uint64_t seed = 7;
    double *f = random_vector(full->n, 0.0, 10.0, &seed);
    ck_assert_int_eq(wio_solve(&a, full, f, NULL, NULL, &err), WIO_OK);
    ck_assert_msg(wio_solve(&b, list, f, NULL, &how, &err) == WIO_OK, "%s", err.message);
    same_columns(a, b, tolerance);
    wio_result_free(a);
    wio_result_free(b);
    wio_free(f);
}

/* --- known answers ------------------------------------------------------------------------------------- */

START_TEST(a_list_is_the_table_of_the_matrix)
{
    write_small("matrix", false, NULL, NULL);
    write_small("list", true, NULL, NULL);
    wio_table *full = read_ok("matrix"), *list = read_ok("list");
    wio_matrix Z;
    ck_assert(!wio_table_compressed(&Z, full) && wio_table_compressed(&Z, list));
    ck_assert_ptr_null(wio_table_Z(list));
    same_numbers(full, list);
    ck_assert_uint_eq(Z.n, 2);
    ck_assert_mem_eq(Z.start, ((size_t[]){0, 2, 4, 6}), 4 * sizeof(size_t));
    ck_assert_mem_eq(Z.column, ((uint32_t[]){0, 1, 0, 1, 0, 1}), 6 * sizeof(uint32_t));
    check_equal(Z.value, (double[]){1, 2, 3, 4, 1, 1}, 6);
    ck_assert_str_eq(list->use.code[list->final_use[0]], "EXP"); /* by region, then by use */
    ck_assert_str_eq(list->use.code[list->final_use[1]], "HH");
    for (size_t i = 0; i < list->inputs; i++) { /* of the text as it is, not of its cells */
        char *data = NULL, digest[WIO_DIGEST_SIZE];
        size_t length = 0;
        ck_assert_int_eq(wio_file_read(&data, &length, list->input[i].path, 4096, NULL), WIO_OK);
        wio_digest(digest, data, length);
        ck_assert_str_eq(list->input[i].digest, digest);
        ck_assert_uint_eq(list->input[i].bytes, length);
        wio_free(data);
    }
    ck_assert_uint_eq(list->inputs, FILES);
    wio_table_info info;
    wio_table_describe(&info, list);
    ck_assert_uint_eq(info.stored, 6);
    wio_table_describe(&info, full);
    ck_assert_uint_eq(info.stored, 0);
    same_answers(full, list, WIO_METHOD_AUTO, 1e-14);
    same_answers(full, list, WIO_METHOD_KRYLOV, 1e-14);
    ck_assert_int_eq(wio_table_expand(list, NULL), WIO_OK);
    ck_assert(wio_table_Z(list) != NULL && !wio_table_compressed(&Z, list));
    same_numbers(full, list);
    ck_assert_int_eq(wio_table_expand(list, NULL), WIO_OK); /* nothing to do */
    ck_assert_int_eq(wio_table_write_folder(list, scratch("full"), false, NULL), WIO_OK);
    wio_table_free(full);
    wio_table_free(list);
}
END_TEST

/* One region: no columns of regions, as a network of firms is written. x = (4, 5), A = (0 .4; .5 0),
 * det(I - A) = .8, output multipliers ((1 + .5) / .8, (1 + .4) / .8). */
START_TEST(firms_of_one_region_need_no_regions)
{
    ck_assert_int_eq(mkdir(scratch("t"), 0777), 0);
    scratch_write("t/table.yaml", "name: firms\ntitle: Firms\nyear: 2020\nunit: million EUR\n"
                                  "price_basis: basic\nimport_split: survey\n");
    scratch_write("t/regions.csv", "code,name,endogenous\nX,Here,1\n");
    scratch_write("t/sectors.csv", "code,name\nF1,One\nF2,Two\n");
    scratch_write("t/uses.csv", "code,name,role\nC,Consumers,household\n");
    scratch_write("t/primary_items.csv", "item,name,role\nv,Value added,value_added\n");
    scratch_write("t/flows.csv", "from,to,value\nF1,F2,2\nF2,F1,2\nF1,C,2\nF2,C,3\n");
    scratch_write("t/primary.csv", "sector,v\nF1,2\nF2,3\n");
    wio_table *table = read_ok("t");
    ck_assert_int_eq(wio_table_balanced(table, NULL, NULL), WIO_OK);
    wio_result *r = multipliers_of(table, NULL);
    check_numbers(r, "output", (double[]){1.875, 1.75}, 2, 1e-15);
    check_numbers(r, "value_added", (double[]){1, 1}, 2, 1e-15);
    wio_result_free(r);
    wio_table_free(table);
}
END_TEST

/* Both with 120 equations of condition below 10: dense factors refine every column to omega <= (n + 2) u,
 * Krylov methods too, so that 1e-13 of the largest leaves room. */
START_TEST(world_2009_as_a_list_has_the_multipliers_of_the_matrix)
{
    wio_table *full = NULL;
    ck_assert_int_eq(wio_table_open(&full, "world-2009", NULL, NULL, NULL), WIO_OK);
    write_list(full, "world", 1);
    wio_table *list = read_ok("world");
    ck_assert_uint_eq(list->n, 120);
    same_numbers(full, list);
    same_answers(full, list, WIO_METHOD_AUTO, 1e-13);
    same_answers(full, list, WIO_METHOD_KRYLOV, 1e-13);
    wio_table_free(list);
    wio_table_free(full);
}
END_TEST

START_TEST(flows_may_be_given_as_compressed_rows)
{
    static const char *const sector[] = {"A", "B", "D"};
    static const double Z[] = {1, 0, 2, 0, 0, 3, 4, 0, 0};
    static const double Y[] = {7, 7, 6}, P[] = {5, 10, 5};
    static const size_t start[] = {0, 2, 3, 4};
    static const uint32_t column[] = {0, 2, 2, 0};
    static const double value[] = {1, 2, 3, 4};
    const wio_matrix flows = {.n = 3, .start = start, .column = column, .value = value};
    wio_table_arrays arrays = one_region("t", 3, sector, Z, Y, P, NULL);
    wio_table *full = table_made(&arrays);
    arrays.Z = NULL;
    arrays.flows = &flows;
    wio_table *list = table_made(&arrays);
    same_numbers(full, list);
    same_answers(full, list, WIO_METHOD_AUTO, 1e-15);
    wio_table_free(full);
    wio_table_free(list);
}
END_TEST

/* --- properties ---------------------------------------------------------------------------------------- */

static wio_table *compressed_copy(const wio_table *t)
{
    size_t count = 0;
    size_t *start = wio_zalloc(t->m + 1, sizeof *start);
    uint32_t *column = wio_alloc(t->m * t->n, sizeof *column);
    double *value = wio_alloc(t->m * t->n, sizeof *value);
    for (size_t i = 0; i < t->m; i++) {
        for (size_t j = 0; j < t->n; j++) {
            if (t->Z[i * t->n + j] != 0.0) {
                column[count] = (uint32_t)j;
                value[count++] = t->Z[i * t->n + j];
            }
        }
        start[i + 1] = count;
    }
    wio_table *copy = NULL;
    ck_assert_int_eq(wio_table_copy(&copy, t, NULL), WIO_OK);
    wio_free(copy->Z);
    copy->Z = NULL;
    const wio_matrix flows = {.n = t->n, .start = start, .column = column, .value = value};
    ck_assert_int_eq(wio_table_copy_flows(copy, &flows, NULL), WIO_OK);
    ck_assert_int_eq(wio_table_finish(copy, NULL, NULL), WIO_OK);
    wio_free(start);
    wio_free(column);
    wio_free(value);
    return copy;
}

/* Every sum of a compressed row leaves out zeros alone: the same bits of x and cost, the same findings. */
START_TEST(compressed_rows_are_the_same_table)
{
    uint64_t state = 1000 + (uint64_t)_i;
    for (int k = 0; k < 5 * test_depth(); k++) {
        wio_table *full = random_table(&state), *list = compressed_copy(full);
        check_equal(list->x, full->x, full->n);
        check_equal(list->cost, full->cost, full->n);
        same_answers(full, list, WIO_METHOD_AUTO, 1e-12);
        wio_table_report a, b;
        wio_log *la = new_log(), *lb = new_log();
        wio_status status = wio_table_check(&a, full, la, NULL);
        ck_assert_int_eq(wio_table_check(&b, list, lb, NULL), status);
        ck_assert_uint_eq(wio_log_count(la, WIO_NOTE), wio_log_count(lb, WIO_NOTE));
        for (size_t i = 0; i < wio_log_count(la, WIO_NOTE); i++) {
            ck_assert_str_eq(wio_log_finding(la, i)->text, wio_log_finding(lb, i)->text);
        }
        ck_assert(a.column_gap == b.column_gap && a.gdp == b.gdp && a.output == b.output);
        ck_assert(a.negative_flows == b.negative_flows && a.column_at == b.column_at);
        wio_table_gap *ga = NULL, *gb = NULL;
        size_t na = 0, nb = 0;
        ck_assert_int_eq(wio_table_gaps(&ga, &na, full, NULL), WIO_OK);
        ck_assert_int_eq(wio_table_gaps(&gb, &nb, list, NULL), WIO_OK);
        ck_assert_uint_eq(na, nb);
        for (size_t i = 0; i < na; i++) {
            ck_assert(ga[i].left == gb[i].left && ga[i].right == gb[i].right);
        }
        wio_free(ga);
        wio_free(gb);
        wio_log_free(la);
        wio_log_free(lb);
        wio_table_free(full);
        wio_table_free(list);
    }
}
END_TEST

static void same_vectors(const wio_flow_sums *a, const wio_flow_sums *b, size_t n)
{
    const double *const x[] = {a->row,         a->row_cells,   a->column_cells,
                               a->column,      a->column_lost, a->imports,
                               a->import_lost, a->below,       a->diagonal};
    const double *const y[] = {b->row,         b->row_cells,   b->column_cells,
                               b->column,      b->column_lost, b->imports,
                               b->import_lost, b->below,       b->diagonal};
    for (size_t v = 0; v < sizeof x / sizeof *x; v++) {
        for (size_t j = 0; j < n; j++) {
            ck_assert_msg(x[v][j] == y[v][j], "vector %zu, activity %zu", v, j);
        }
    }
}

/* A zero changes no sum, and is no cell: what check.h keeps of the flows is the same, with some of them
 * negative (a hundredth of what they were, so that no output is), or rounded. */
START_TEST(what_is_kept_of_flows_is_the_same)
{
    uint64_t state = 2000 + (uint64_t)_i;
    for (int k = 0; k < 5 * test_depth(); k++) {
        wio_table *full = random_table(&state);
        for (size_t c = 0; c < full->m * full->n; c++) {
            full->Z[c] = _i % 2 == 0 ? full->Z[c] : nearbyint(full->Z[c]);
            full->Z[c] *= c % 7 == 3 ? -0.01 : 1.0;
        }
        wio_table *list = compressed_copy(full);
        wio_checker a = {.table = full}, b = {.table = list};
        ck_assert_int_eq(wio_check_flows(&a), WIO_OK);
        ck_assert_int_eq(wio_check_flows(&b), WIO_OK);
        same_vectors(&a.sums, &b.sums, full->n);
        ck_assert(a.sums.total == b.sums.total && a.sums.total_lost == b.sums.total_lost);
        ck_assert_int_eq(a.sums.decimals, b.sums.decimals);
        ck_assert_uint_eq(a.sums.negative, b.sums.negative);
        ck_assert_uint_eq(a.sums.most_negative.count, b.sums.most_negative.count);
        for (size_t t = 0; t < a.sums.most_negative.count; t++) {
            ck_assert_uint_eq(a.sums.most_negative.at[t], b.sums.most_negative.at[t]);
            ck_assert(a.sums.most_negative.size[t] == b.sums.most_negative.size[t]);
        }
        for (size_t r = 0; r < full->region.count; r++) {
            ck_assert(a.sums.account[r].expenditure == b.sums.account[r].expenditure);
        }
        wio_check_end(&a);
        wio_check_end(&b);
        wio_table_free(full);
        wio_table_free(list);
    }
}
END_TEST

/* Parts of a few lines, on one and on three threads, and lines in any order: the same bits. */
START_TEST(neither_parts_nor_threads_nor_order_change_a_bit)
{
    static const size_t piece[] = {1, 50, 333, 4096, (size_t)1 << 21};
    wio_table *full = NULL;
    ck_assert_int_eq(wio_table_open(&full, "world-2009", NULL, NULL, NULL), WIO_OK);
    write_list(full, "one", 1);
    write_list(full, "two", 2);
    wio_table *first = read_ok("one");
    for (size_t k = 0; k < sizeof piece / sizeof *piece; k++) {
        wio_list_piece = piece[k];
        ck_assert_int_eq(setenv("OMP_NUM_THREADS", k % 2 == 0 ? "3" : "1", 1), 0);
        wio_table *t = read_ok(k % 2 == 0 ? "two" : "one");
        size_t count = first->start[first->m];
        ck_assert_mem_eq(t->start, first->start, (t->m + 1) * sizeof *t->start);
        ck_assert_mem_eq(t->column, first->column, count * sizeof *t->column);
        ck_assert_mem_eq(t->flow, first->flow, count * sizeof *t->flow);
        ck_assert_mem_eq(t->Y, first->Y, t->m * t->f * sizeof *t->Y);
        check_equal(t->x, first->x, t->n);
        wio_table_free(t);
    }
    wio_table_free(first);
    wio_table_free(full);
}
END_TEST

/* --- failures -------------------------------------------------------------------------------------------- */

#define LIST "from_region,from,to_region,to,value\n"

static const struct {
    const char *file, *text, *line;
} mistakes[] = {
    {"flows.csv", "from,to,value\nA,B,1\n",
     "flows.csv:1:1: error: the first line has to be 'from_region,from,to_region,to,value': "
     "regions.csv has 2 regions"},
    {"flows.csv", "from,value\nA,1\n",
     "flows.csv:1:1: error: the first line of a list of flows is "
     "'from_region,from,to_region,to,value', or 'from,to,value' where there is one region"},
    {"flows.csv", LIST "HOME,A,HOME,B,1\nHOME,B,HOME,A,1\n\nHOME,A,HOME,B,2\n",
     "flows.csv:5:1: error: the flow from HOME.A to HOME.B is there twice (first at line 2): add "
     "them up, or leave one out"},
    {"flows.csv", LIST "HOME,A,HOME,HH,1\nHOME,A,HOME,HH,1\nHOME,A,HOME,HH,1\n",
     "flows.csv:4:1: error: the flow from HOME.A to HOME.HH is there twice (first at line 2)"},
    {"flows.csv", LIST "HOME,A,HOME,B,1\nHME,A,HOME,B,1\n",
     "flows.csv:3:1: error: unknown region 'HME' (did you mean 'HOME'?)"},
    {"flows.csv", LIST "HOME,Q,HOME,B,1\n", "flows.csv:2:2: error: unknown sector 'Q'"},
    {"flows.csv", LIST "HOME,HH,HOME,B,1\n", "flows.csv:2:2: error: unknown sector 'HH'"},
    {"flows.csv", LIST "HOME,A,HOME,EXQ,1\n",
     "flows.csv:2:4: error: unknown sector or final use 'EXQ'"},
    {"flows.csv", LIST "HOME,C,HOME,A,1\n",
     "flows.csv:2:2: error: region 'HOME' has no sector 'C' in sectors.csv"},
    {"flows.csv", LIST "HOME,A,OUT,C,1\n",
     "flows.csv:2:4: error: region 'OUT' is not endogenous: it has no columns of production"},
    {"flows.csv", LIST "HOME,A,HOME\n",
     "flows.csv:2:3: error: expected 5 cells as in the first "
     "line, got 3"},
    {"flows.csv", LIST "HOME,A,HOME,B\n",
     "flows.csv:2:4: error: expected 5 cells as in the first "
     "line, got 4"},
    {"flows.csv", LIST "HOME,A,HOME,B,1,2\n",
     "flows.csv:2:6: error: expected 5 cells as in the "
     "first line, got 6"},
    {"flows.csv", LIST "HOME,A,HOME,B,ten\n",
     "flows.csv:2:5: error: 'ten' is not a number (decimal point, no other separators)"},
    {"flows.csv", LIST "HOME,A,HOME,B,\n",
     "flows.csv:2:5: error: an empty cell: write 0 where there is no flow"},
    {"flows.csv", LIST "HOME,A,HOME,B,1e999\n",
     "flows.csv:2:5: error: '1e999' is too large for a number (at most 1.8e308)"},
    {"flows.csv", LIST "HOME,A,HOME,B,1\n\"HOME,A,HOME,B,1\n",
     "flows.csv:3:1: error: a quote is opened here and never closed"},
    {"flows.csv", LIST "HOME,A,HOME,B,1\nHOME,\xff,HOME,B,1\n",
     "flows.csv:3:2: error: bytes that are no UTF-8 text"},
    {"flows.csv", "from_region;from;to_region;to;value\nHOME;A;HOME;B;1\n",
     "flows.csv:1:1: error: the cells are separated by ';': save the file with commas and decimal "
     "points"},
    {"primary.csv", "sector,wages\nA,1\nB,2\n", "primary.csv:1:1: error: column 'rest' is missing"},
    {"primary.csv", "sector,wages,rest,wages\nA,1,1,1\nB,2,1,1\n",
     "primary.csv:1:4: error: column 'wages' is there twice"},
    {"primary.csv", "sector,wages,rst\nA,1,1\nB,2,1\n",
     "primary.csv:1:3: error: unknown primary item 'rst' (did you mean 'rest'?)"},
    {"primary.csv", "sector,wages,rest\nA,1,1\n", "primary.csv: error: row HOME,B is missing"},
    {"primary.csv", "sector,wages,rest\nA,1,1\nB,1,1\nA,1,1\n",
     "primary.csv:4:1: error: row HOME,A is there twice (first at line 2)"},
    {"primary.csv", "region,sector,wages,rest\nHOME,A,1,1\nHOME,Q,1,1\n",
     "primary.csv:3:2: error: unknown sector 'Q'"},
    {"primary.csv", "region,sector,wages,rest\nHOME,A,1,1\nHME,B,1,1\n",
     "primary.csv:3:1: error: unknown region 'HME' (did you mean 'HOME'?)"},
    {"primary.csv", "region,sector,wages,rest\nOUT,C,1,1\n",
     "primary.csv:2:1: error: region 'OUT' is not endogenous"},
    {"primary.csv", "sector,wages,rest\nC,1,1\n",
     "primary.csv:2:1: error: its region has no sector 'C' in sectors.csv"},
    {"primary.csv", "sector,wages,rest\nA,1,\nB,1,1\n",
     "primary.csv:2:3: error: an empty cell: write 0 where there is no flow"},
    {"primary.csv", "sector,wages,rest\nA,1\nB,1,1\n",
     "primary.csv:2:2: error: expected 3 cells as in the first line, got 2"},
    {"satellites.csv", "sector,jobs\nA,7\nB,1\n",
     "satellites.csv:2:1: error: the second line has to say 'unit' here, then the unit of every "
     "account"},
    {"satellites.csv", "sector,jobs,co2\nunit,persons,\nA,7,1\nB,1,1\n",
     "satellites.csv:2:3: error: an account needs a code and a unit"},
    {"satellites.csv", "sector,jobs,jobs\nunit,persons,persons\nA,7,1\nB,1,1\n",
     "satellites.csv:1:3: error: column 'jobs' is there twice"},
    {"satellites.csv", "sector,jobs\nunit,persons\nA,x\nB,1\n",
     "satellites.csv:3:2: error: 'x' is not a number (leave the cell empty where it is unknown)"},
};

START_TEST(mistakes_are_named_with_their_place)
{
    wio_log *log = new_log();
    wio_table *table = NULL;
    wio_error err = {0};
    wio_list_piece = _i % 2 == 0 ? 16 : (size_t)1 << 21; /* wherever the parts are cut */
    write_small("t", true, mistakes[_i].file, mistakes[_i].text);
    ck_assert_int_eq(wio_table_read_folder(&table, scratch("t"), log, &err), WIO_E_FORMAT);
    ck_assert_ptr_null(table);
    if (!logged(log, mistakes[_i].line)) {
        for (size_t i = 0; wio_log_finding(log, i) != NULL; i++) {
            char *line = wio_log_line(wio_log_finding(log, i));
            fprintf(stderr, "%s\n", line);
            wio_free(line);
        }
        ck_abort_msg("not there: %s", mistakes[_i].line);
    }
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* What the dense path says of outputs (test_table.c), of compressed rows. */
START_TEST(outputs_are_judged_as_with_a_matrix)
{
    static const struct {
        const char *flows, *line;
        wio_status status;
    } cases[] = {{LIST "HOME,A,HOME,A,1\nHOME,A,HOME,HH,5\nOUT,C,HOME,B,1\n",
                  "HOME.B buys inputs but has no output", WIO_E_TABLE},
                 {LIST "HOME,A,HOME,A,1\nHOME,A,HOME,HH,5\nHOME,B,HOME,A,1\nHOME,B,HOME,HH,-1\n",
                  "HOME.B buys inputs but has no output", WIO_E_TABLE}, /* its primary inputs */
                 {LIST "HOME,A,HOME,A,1\nHOME,A,HOME,HH,-5\nHOME,B,HOME,HH,1\n",
                  "HOME.A has negative output", WIO_E_TABLE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wio_table *table = NULL;
        wio_log *log = new_log();
        char name[8];
        (void)snprintf(name, sizeof name, "t%zu", i);
        write_small(name, true, "flows.csv", cases[i].flows);
        ck_assert_int_eq(wio_table_read_folder(&table, scratch(name), log, NULL), cases[i].status);
        ck_assert_msg(logged(log, cases[i].line), "%s", cases[i].line);
        wio_log_free(log);
    }
    static const char *const sector[] = {"A", "B", "D"};
    static const double Y[] = {1, 0, 5}, P[] = {0, 0, 5};
    static const size_t start[] = {0, 2, 4, 4};
    static const uint32_t column[] = {0, 2, 0, 2};
    static const double value[] = {2, 0, 0, 0};
    const wio_matrix flows = {.n = 3, .start = start, .column = column, .value = value};
    wio_table_arrays arrays = one_region("t", 3, sector, NULL, Y, P, NULL);
    arrays.flows = &flows;
    wio_table *table = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_create(&table, &arrays, log, NULL), WIO_OK);
    ck_assert(logged(log, "US.B neither buys nor sells"));
    wio_table_free(table);
    static const double cancel[] = {2, 0, 1, -1};
    const wio_matrix sells = {.n = 3, .start = start, .column = column, .value = cancel};
    arrays.flows = &sells;
    ck_assert_int_eq(wio_table_create(&table, &arrays, log, NULL), WIO_E_TABLE);
    ck_assert(logged(log, "US.B has sales that cancel to no output"));
    wio_log_free(log);
}
END_TEST

START_TEST(what_needs_flows_in_full_refuses_a_list)
{
    write_small("t", true, NULL, NULL);
    wio_table *table = read_ok("t"), *other = NULL;
    wio_result *result = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_invert(&result, table, NULL, NULL, &err), WIO_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.message,
                                 "t: its flows are a list, kept in compressed rows, which solve, "
                                 "multipliers and check take and this does not; 'wassily convert' "
                                 "writes them in full"));
    ck_assert_int_eq(wio_extract(&result, table, NULL, NULL, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_write_folder(table, scratch("u"), false, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_write_hdf5(table, scratch("u.h5"), false, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_copy(&other, table, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_pool(&other, table, NULL, NULL), WIO_E_UNSUPPORTED);
    ck_assert_int_eq(wio_table_carve(&other, table, (const char *const[]){"HOME"}, 1, NULL, NULL),
                     WIO_E_UNSUPPORTED);
    ck_assert_ptr_null(result);
    ck_assert_ptr_null(other);
    wio_table_free(table);
    scratch_write("s.yaml", "wassily: 1\ntitle: S\ntable: t\n"
                            "model: {households: exogenous, prices: fixed}\nscenarios: []\n");
    wio_study *study = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_study_read(&study, scratch("s.yaml"), log, NULL), WIO_E_STUDY);
    ck_assert(logged(log, "its flows are a list, kept in compressed rows"));
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* Memory that does not suffice is told with the bytes; a table that is not productive by name. */
START_TEST(refusals_say_how_many_bytes_and_which_sectors)
{
    write_small("t", true, NULL, NULL);
    wio_table *table = read_ok("t");
    wio_result *result = NULL;
    wio_error err = {0};
    const wio_solver_options how = {.method = WIO_METHOD_KRYLOV, .memory = 100.0};
    ck_assert_int_eq(wio_multipliers(&result, table, NULL, &how, &err), WIO_E_MEMORY);
    ck_assert_ptr_nonnull(strstr(err.message, "2 equations by the method krylov need "));
    ck_assert_ptr_nonnull(strstr(err.message, " bytes"));
    wio_table_free(table);
    static const char *const sector[] = {"A", "B"};
    static const double Y[] = {-1, -1}, P[] = {-1, -1};
    static const size_t start[] = {0, 1, 2};
    static const uint32_t column[] = {1, 0};
    static const double value[] = {11, 11};
    const wio_matrix flows = {.n = 2, .start = start, .column = column, .value = value};
    wio_table_arrays arrays = one_region("t", 2, sector, NULL, Y, P, NULL);
    arrays.flows = &flows;
    table = table_made(&arrays);
    for (wio_method m = WIO_METHOD_AUTO; m <= WIO_METHOD_KRYLOV; m++) {
        const wio_solver_options by = {.method = m};
        err = (wio_error){0};
        ck_assert_int_eq(wio_multipliers(&result, table, NULL, &by, &err), WIO_E_NOT_PRODUCTIVE);
        ck_assert_msg(strstr(err.message, "inputs are not below output in US.A, US.B") != NULL,
                      "%s", err.message);
    }
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(compressed_rows_that_are_none_are_refused)
{
    static const char *const sector[] = {"A", "B"};
    static const double Y[] = {1, 1}, P[] = {1, 1}, value[] = {1, 1}, wrong[] = {1, NAN};
    static const size_t start[] = {0, 1, 2}, late[] = {1, 1, 2}, back[] = {0, 2, 1},
                        both[] = {0, 2, 2};
    static const uint32_t column[] = {1, 0}, far[] = {1, 2};
    const struct {
        wio_matrix flows;
        wio_status status;
        const char *text;
    } cases[] = {
        {{2, NULL, NULL, column, value}, WIO_E_ARGUMENT, "start, column or value is NULL"},
        {{3, NULL, start, column, value}, WIO_E_SHAPE, "flows of 3 columns"},
        {{2, NULL, late, column, value}, WIO_E_SHAPE, "the first row at 1"},
        {{2, NULL, back, column, value}, WIO_E_SHAPE, "row 1 of the flows ends before it begins"},
        {{2, NULL, both, column, value}, WIO_E_SHAPE, "row 0 of the flows: columns have to ascend"},
        {{2, NULL, start, far, value}, WIO_E_SHAPE, "row 1 of the flows: columns have to ascend"},
        {{2, NULL, start, column, wrong},
         WIO_E_NONFINITE,
         "Z[1,0], US.B to US.A, is missing: give the number, or leave the activity out"},
    };
    wio_table_arrays arrays = one_region("t", 2, sector, NULL, Y, P, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wio_table *table = NULL;
        wio_error err = {0};
        arrays.flows = &cases[i].flows;
        ck_assert_int_eq(wio_table_create(&table, &arrays, NULL, &err), cases[i].status);
        ck_assert_msg(strstr(err.message, cases[i].text) != NULL, "%s", err.message);
        ck_assert_ptr_null(table);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(every_allocation_failure_is_reported)
{
    write_small("t", true, NULL, NULL);
    wio_status status = WIO_E_MEMORY;
    wio_table *table = NULL;
    wio_list_piece = 40;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 2000);
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_table_read_folder(&table, scratch("t"), NULL, &err);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "%ld: %d %s", budget, status,
                      err.message);
        ck_assert(status == WIO_OK || wio_alloc_live == 0);
    }
    long live = wio_alloc_live;
    wio_alloc_budget = 0;
    ck_assert_int_eq(wio_table_expand(table, NULL), WIO_E_MEMORY);
    wio_alloc_budget = -1;
    ck_assert_int_eq(wio_alloc_live, live);
    for (wio_method m = WIO_METHOD_AUTO; m <= WIO_METHOD_KRYLOV; m += WIO_METHOD_KRYLOV) {
        const wio_solver_options how = {.method = m};
        status = WIO_E_MEMORY;
        for (long budget = 0; status != WIO_OK; budget++) {
            wio_result *result = NULL;
            ck_assert_int_lt(budget, 2000);
            wio_alloc_budget = budget;
            status = wio_multipliers(&result, table, NULL, &how, NULL);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
            wio_result_free(result);
            ck_assert_int_eq(wio_alloc_live, live);
        }
    }
    status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        wio_table_report report;
        ck_assert_int_lt(budget, 2000);
        wio_alloc_budget = budget;
        status = wio_table_check(&report, table, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table_list");

    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_list_is_the_table_of_the_matrix);
    tcase_add_test(known, firms_of_one_region_need_no_regions);
    tcase_add_test(known, world_2009_as_a_list_has_the_multipliers_of_the_matrix);
    tcase_add_test(known, flows_may_be_given_as_compressed_rows);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, scratch_make, scratch_remove);
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, compressed_rows_are_the_same_table, 0, 8);
    tcase_add_loop_test(properties, what_is_kept_of_flows_is_the_same, 0, 4);
    tcase_add_test(properties, neither_parts_nor_threads_nor_order_change_a_bit);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_set_timeout(failures, 60);
    tcase_add_loop_test(failures, mistakes_are_named_with_their_place, 0,
                        sizeof mistakes / sizeof *mistakes);
    tcase_add_test(failures, outputs_are_judged_as_with_a_matrix);
    tcase_add_test(failures, what_needs_flows_in_full_refuses_a_list);
    tcase_add_test(failures, refusals_say_how_many_bytes_and_which_sectors);
    tcase_add_test(failures, compressed_rows_that_are_none_are_refused);
    tcase_add_test(failures, every_allocation_failure_is_reported);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
