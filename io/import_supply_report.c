/* import_supply_report.c - what was read of supply and use, as notes in the log and the head: shapes,
 * totals, negative numbers, the source's own totals against ours, products and industries without
 * output, and by how much supply and use differ. */
#include "import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NAMED = 12 };
static const double BALANCED =
    1e-10; /* of all supply: below it no final use `residual` is needed */

typedef struct report {
    wio_import *import;
    const wio_supply_use *a;
    const wio_supply_blocks *b;
    double *q, *g; /* [products], [industries] make */
} report;

static const char *region_of(const report *r, const size_t *regions, size_t at)
{
    return r->a->regions != 0 ? r->a->region_code[regions[at]] : r->a->region;
}

static void add_product(wio_text *text, const report *r, size_t i)
{
    wio_text_add(text, "%s.%s", region_of(r, r->a->product_region, i), r->a->product[i]);
}

static void add_industry(wio_text *text, const report *r, size_t j)
{
    wio_text_add(text, "%s.%s", region_of(r, r->a->industry_region, j), r->a->industry[j]);
}

static void add_value(wio_text *text, double value)
{
    char number[WIO_NUMBER_SIZE];
    wio_text_add(text, "%s", wio_format_double(number, value));
}

static void report_shape(const report *r)
{
    const wio_supply_use *a = r->a;
    const wio_supply_blocks *b = r->b;
    wio_text text = {0};
    wio_text_add(&text, "classification: %s",
                 r->import->classification != NULL ? r->import->classification
                                                   : "not named by the source, its codes are kept");
    wio_report_add(r->import, &text, WIO_NOTE);
    wio_text_add(&text,
                 "%s: %zu products, %zu industries in %zu region%s, %zu final columns, %zu primary "
                 "inputs, %zu satellite accounts, %s",
                 a->title, b->products, b->industries, a->regions != 0 ? a->regions : 1,
                 a->regions > 1 ? "s" : "", b->finals, b->items, b->accounts,
                 b->Um != NULL                                       ? "imports by user"
                 : a->columns != NULL && a->columns->home != NULL    ? "home products by user"
                 : a->columns != NULL && a->columns->imports != NULL ? "imports in all"
                 : a->regions != 0 ? "imports are flows between regions"
                                   : "no imports by user: uses are of home products only, or hold "
                                     "imports too");
    wio_report_add(r->import, &text, WIO_NOTE);
    const struct {
        const char *what;
        const double *v;
        size_t count;
    } block[] = {{"make", b->V != NULL ? b->V : b->V_regions, wio_supply_make_cells(b)},
                 {", intermediate use", b->U, b->products * b->industries},
                 {" (of it imported", b->Um, b->products * b->industries},
                 {", final use", b->Y, b->products * b->finals},
                 {" (of it imported", b->Ym, b->products * b->finals},
                 {", primary inputs", b->W, b->items * b->industries}};
    wio_text_add(&text, "totals in %s: ", r->import->table->unit);
    for (size_t k = 0; k < sizeof block / sizeof *block; k++) {
        if (block[k].v != NULL) {
            wio_text_add(&text, "%s ", block[k].what);
            wio_report_number(&text, wio_sum(block[k].v, block[k].count, 1));
            wio_text_add(&text, "%s", strchr(block[k].what, '(') != NULL ? ")" : "");
        }
    }
    wio_report_add(r->import, &text, WIO_NOTE);
}

/* Name of row i or column j of a block: products, industries, final uses or items. */
static void add_label(wio_text *text, const report *r, char kind, size_t at)
{
    switch (kind) {
    case 'p':
        add_product(text, r, at);
        break;
    case 'i':
        add_industry(text, r, at);
        break;
    case 'f':
        wio_text_add(text, "%s.%s", region_of(r, r->a->final_region, at), r->a->final_use[at]);
        break;
    default:
        wio_text_add(text, "%s", r->a->item[at]);
    }
}

static void report_negatives(const report *r)
{
    const wio_supply_blocks *b = r->b;
    const struct {
        const char *what;
        const double *v, *less; /* v - less */
        size_t rows, columns;
        char row, column;
    } block[] = {{"cells of use", b->U, NULL, b->products, b->industries, 'p', 'i'},
                 {"home uses (use less its imports)", b->Um != NULL ? b->U : NULL, b->Um,
                  b->products, b->industries, 'p', 'i'},
                 {"final uses", b->Y, NULL, b->products, b->finals, 'p', 'f'},
                 {"cells of make", b->V != NULL ? b->V : b->V_regions, NULL, 1,
                  wio_supply_make_cells(b), 'i', 'p'},
                 {"primary inputs", b->W, NULL, b->items, b->industries, 'w', 'i'}};
    for (size_t k = 0; k < sizeof block / sizeof *block; k++) {
        size_t count = 0, worst = 0;
        double sum = 0.0, least = 0.0;
        for (size_t c = 0; block[k].v != NULL && c < block[k].rows * block[k].columns; c++) {
            double v = block[k].v[c] - (block[k].less != NULL ? block[k].less[c] : 0.0);
            if (v < 0.0) {
                count++;
                sum += v;
                worst = v < least ? c : worst;
                least = fmin(v, least);
            }
        }
        if (count == 0) {
            continue;
        }
        wio_text text = {0};
        wio_text_add(&text, "negative, and kept: %zu %s, ", count, block[k].what);
        add_value(&text, sum);
        wio_text_add(&text, " in all, the largest ");
        add_value(&text, least);
        size_t row = worst / block[k].columns, column = worst % block[k].columns;
        if (block[k].row == 'i') {
            wio_supply_make_at(&row, &column, b, worst);
        }
        wio_text_add(&text, " from ");
        add_label(&text, r, block[k].row, row);
        wio_text_add(&text, " to ");
        add_label(&text, r, block[k].column, column);
        wio_report_add(r->import, &text, WIO_NOTE);
    }
}

/* The source's own totals, and what industries pay, against the sums of make. */
static void report_totals(const report *r)
{
    const wio_supply_blocks *b = r->b;
    const struct {
        const char *what;
        const double *theirs, *ours;
        size_t count;
        bool product;
    } side[] = {{"output of products", b->product_output, r->q, b->products, true},
                {"output of industries", b->industry_output, r->g, b->industries, false}};
    for (size_t s = 0; s < 2; s++) {
        size_t worst = SIZE_MAX;
        double gap = -1.0;
        for (size_t i = 0; i < side[s].count; i++) {
            double d = fabs(side[s].theirs[i] - side[s].ours[i]);
            worst = d > gap ? i : worst;
            gap = d > gap ? d : gap;
        }
        if (worst == SIZE_MAX) {
            continue;
        }
        wio_text text = {0};
        wio_text_add(&text, "%s of the source against the sums of make: largest gap ",
                     side[s].what);
        add_value(&text, gap);
        if (gap > 0.0) {
            wio_text_add(&text, " at ");
            (side[s].product ? add_product : add_industry)(&text, r, worst);
            wio_text_add(&text, " (source ");
            add_value(&text, side[s].theirs[worst]);
            wio_text_add(&text, ")");
        }
        wio_report_add(r->import, &text, WIO_NOTE);
    }
}

static void report_zeros(const report *r)
{
    const wio_supply_blocks *b = r->b;
    for (int product = 1; product >= 0; product--) {
        const double *make = product ? r->q : r->g;
        size_t count = 0, all = product ? b->products : b->industries;
        wio_text text = {0}, names = {0};
        for (size_t i = 0; i < all; i++) {
            if (make[i] == 0.0 && count++ < MOST_NAMED) {
                wio_text_add(&names, "%s", count > 1 ? ", " : "");
                (product ? add_product : add_industry)(&names, r, i);
            }
        }
        if (count == 0) {
            wio_text_add(&text, "every %s has output", product ? "product" : "industry");
        } else {
            wio_text_add(&text, "%zu %s without output: %s%s", count,
                         product ? "products" : "industries", names.data != NULL ? names.data : "",
                         count > MOST_NAMED ? ", ..." : "");
        }
        text.failed = text.failed || names.failed;
        wio_text_free(&names);
        wio_report_add(r->import, &text, WIO_NOTE);
    }
}

/* What the further columns of a supply table add to the supply of a product: imports, and at
 * purchasers' prices margins and taxes, by users where they are known. All uses are then compared. */
static double more_supply(const report *r, size_t i)
{
    const wio_supply_columns *c = r->a->columns;
    const wio_supply_blocks *b = r->b;
    const size_t n = b->industries, f = b->finals, users = n + f;
    if (c == NULL || c->home != NULL) {
        return 0.0;
    }
    double more = c->imports != NULL ? c->imports[i]
                  : b->Um != NULL    ? wio_sum(b->Um + i * n, n, 1) + wio_sum(b->Ym + i * f, f, 1)
                                     : 0.0;
    for (size_t k = 0; c->purchasers && c->margin_use == NULL && k < c->margins; k++) {
        more += c->margin[k * b->products + i];
    }
    more += c->margin_use != NULL ? wio_sum(c->margin_use + i * users, users, 1) : 0.0;
    return more + (c->tax_use != NULL ? wio_sum(c->tax_use + i * users, users, 1)
                   : c->tax != NULL   ? c->tax[i]
                                      : 0.0);
}

/* What kinds of margins do not add to 0 by: those who earn them will have it too much or too little. */
static double margin_gap(const report *r)
{
    const wio_supply_columns *c = r->a->columns;
    double gap = 0.0;
    for (size_t k = 0; c != NULL && c->margin_use == NULL && k < c->margins; k++) {
        gap += fabs(wio_sum(c->margin + k * r->b->products, r->b->products, 1));
    }
    return gap;
}

/* The uses that supply is to equal. */
static double uses_of(const report *r, size_t i)
{
    const wio_supply_blocks *b = r->b;
    const wio_supply_columns *c = r->a->columns;
    const size_t n = b->industries, f = b->finals;
    if (c != NULL && c->home != NULL) {
        return wio_sum(c->home + i * (n + f), n + f, 1);
    }
    double uses = wio_sum(b->U + i * n, n, 1) + wio_sum(b->Y + i * f, f, 1);
    return b->Um == NULL || c != NULL
               ? uses
               : uses - wio_sum(b->Um + i * n, n, 1) - wio_sum(b->Ym + i * f, f, 1);
}

/* A product that nobody makes and that is named needs no balance: it has no row. */
static bool has_row(const report *r, size_t i)
{
    const char *const named[] = {r->a->noncomparable, r->a->scrap};
    bool excepted = false;
    for (size_t k = 0; k < 2; k++) {
        excepted = excepted || (named[k] != NULL && strcmp(named[k], r->a->product[i]) == 0);
    }
    return r->q[i] != 0.0 || !excepted;
}

static void add_sizes(wio_text *text, const size_t *size, size_t count)
{
    static const char *const limit[] = {"1e-6", "1e-4", "1e-2"};
    wio_text_add(text, "; of %zu, %zu are within 1e-10 of output", count, size[0]);
    for (size_t s = 0; s < 3; s++) {
        wio_text_add(text, ", %zu within %s", size[s + 1], limit[s]);
    }
    wio_text_add(text, ", %zu beyond", size[4]);
}

static size_t size_of(double gap, double output)
{
    const double share = fabs(output) > 0.0 ? fabs(gap / output) : gap != 0.0 ? 1.0 : 0.0;
    return share <= 1e-10 ? 0 : share <= 1e-6 ? 1 : share <= 1e-4 ? 2 : share <= 1e-2 ? 3 : 4;
}

/* Whether products balance; what they do by. */
static bool report_products(const report *r)
{
    const wio_supply_blocks *b = r->b;
    const wio_supply_columns *c = r->a->columns;
    double largest = 0.0, all = 0.0, supply = 0.0;
    size_t worst = 0, size[5] = {0}, count = 0;
    for (size_t i = 0; i < b->products; i++) {
        if (!has_row(r, i)) {
            continue;
        }
        double made = r->q[i] + more_supply(r, i), gap = fabs(made - uses_of(r, i));
        count++;
        size[size_of(gap, made)]++;
        all += gap;
        supply += made;
        worst = gap > largest ? i : worst;
        largest = fmax(gap, largest);
    }
    wio_text text = {0};
    wio_text_add(&text, "supply of products%s against their uses%s: largest gap ",
                 c == NULL || c->home != NULL ? ""
                 : c->purchasers              ? " with imports, margins and taxes"
                                              : " with imports",
                 c != NULL && c->home != NULL ? " of home products"
                 : c == NULL && b->Um != NULL ? " less imports"
                                              : "");
    add_value(&text, largest);
    if (largest > 0.0) {
        wio_text_add(&text, " at ");
        add_product(&text, r, worst);
        wio_text_add(&text, " (supply ");
        add_value(&text, r->q[worst] + more_supply(r, worst));
        wio_text_add(&text, "), without signs ");
        add_value(&text, all);
        wio_text_add(&text, " in all");
        add_sizes(&text, size, count);
    }
    wio_report_add(r->import, &text, size[4] != 0 ? WIO_WARNING : WIO_NOTE);
    return all + margin_gap(r) <= BALANCED * fabs(supply);
}

static void report_industries(const report *r)
{
    const wio_supply_blocks *b = r->b;
    const size_t n = b->industries;
    double largest = 0.0, all = 0.0;
    size_t worst = 0, size[5] = {0};
    for (size_t j = 0; j < n; j++) {
        double cost = wio_sum(b->U + j, b->products, n) + wio_sum(b->W + j, b->items, n);
        double gap = fabs(r->g[j] - cost);
        size[size_of(gap, r->g[j])]++;
        all += gap;
        worst = gap > largest ? j : worst;
        largest = fmax(gap, largest);
    }
    wio_text text = {0};
    wio_text_add(&text, "make of industries against their uses and primary inputs: largest gap ");
    add_value(&text, largest);
    if (largest > 0.0) {
        wio_text_add(&text, " at ");
        add_industry(&text, r, worst);
        wio_text_add(&text, " (make ");
        add_value(&text, r->g[worst]);
        wio_text_add(&text, "), without signs ");
        add_value(&text, all);
        wio_text_add(&text, " in all");
        add_sizes(&text, size, n);
    }
    wio_report_add(r->import, &text, size[4] != 0 ? WIO_WARNING : WIO_NOTE);
}

void wio_supply_report(wio_import *import, wio_supply_use *arrays, const wio_supply_blocks *b)
{
    report r = {.import = import,
                .a = arrays,
                .b = b,
                .q = wio_alloc(b->products, sizeof *r.q),
                .g = wio_alloc(b->industries, sizeof *r.g)};
    if (r.q == NULL || r.g == NULL) {
        (void)wio_import_memory(import, "report");
    } else {
        wio_supply_make_sums(r.q, r.g, b);
        report_shape(&r);
        wio_report_roles(import);
        report_totals(&r);
        report_zeros(&r);
        report_negatives(&r);
        report_industries(&r);
        arrays->residual = !report_products(&r);
    }
    wio_free(r.q);
    wio_free(r.g);
}
