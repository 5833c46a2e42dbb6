/* symmetric.c - a symmetric table from supply and use (models A to D of the Eurostat Manual).
 *
 * Products that nobody makes at home (q = 0) have no row: what industries use of the two that are
 * named becomes a primary item, whatever else is used at home but not made is refused. */
#include "symmetric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static wio_status blame(symmetric *w, wio_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static wio_status blame(symmetric *w, wio_status status, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(w->log, WIO_ERROR, w->place, 0, 0, "%s", message);
    return wio_fail(w->err, status, "%s", message);
}

/* Indices of regions; a rest where something is exported. */
static wio_status check_regions(const wio_supply_use *a, wio_error *err)
{
    for (size_t c = 0; c < a->finals; c++) {
        if (a->final_role[c] == WIO_ROLE_EXPORT && a->rest == NULL) {
            return wio_fail(err, WIO_E_ARGUMENT, "exports of %s go to no region: name a `rest`",
                            a->final_use[c]);
        }
    }
    if (a->regions == 0) {
        return WIO_OK;
    }
    if (a->region_code == NULL || a->product_region == NULL || a->industry_region == NULL ||
        (a->finals != 0 && a->final_region == NULL)) {
        return wio_fail(err, WIO_E_ARGUMENT, "an array of supply and use is missing");
    }
    if (a->Um != NULL || a->Ym != NULL) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "supply and use of %zu regions have imports as flows between regions, not "
                        "in arrays of their own",
                        a->regions);
    }
    const struct {
        const size_t *at;
        size_t count;
    } list[] = {{a->product_region, a->products},
                {a->industry_region, a->industries},
                {a->final_region, a->finals}};
    for (size_t l = 0; l < 3; l++) {
        for (size_t i = 0; i < list[l].count; i++) {
            if (list[l].at[i] >= a->regions) {
                return wio_fail(err, WIO_E_ARGUMENT, "there is no region %zu", list[l].at[i]);
            }
        }
    }
    return WIO_OK;
}

size_t wio_symmetric_product_region(const wio_supply_use *a, size_t product)
{
    return a->regions != 0 ? a->product_region[product] : 0;
}

size_t wio_symmetric_industry_region(const wio_supply_use *a, size_t industry)
{
    return a->regions != 0 ? a->industry_region[industry] : 0;
}

static wio_status check(const wio_supply_use *a, wio_symmetric_model model, wio_error *err)
{
    if (a == NULL || (unsigned)model >= WIO_SYMMETRIC_MODELS) {
        return wio_fail(err, WIO_E_ARGUMENT, "no arrays, or a model that is not known");
    }
    if (a->products == 0 || a->industries == 0 || a->product == NULL || a->industry == NULL ||
        a->U == NULL || (a->V == NULL && (a->V_regions == NULL || a->regions == 0)) ||
        (a->regions == 0 && a->region == NULL) ||
        (a->rest == NULL && (a->Um != NULL || a->Ym != NULL)) ||
        (a->accounts != 0 && (a->S == NULL || a->account == NULL || a->account_unit == NULL)) ||
        (a->finals != 0 && (a->Y == NULL || a->final_use == NULL || a->final_role == NULL)) ||
        (a->items != 0 && (a->W == NULL || a->item == NULL || a->item_role == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "an array of supply and use is missing");
    }
    WIO_TRY(check_regions(a, err));
    WIO_TRY(wio_symmetric_check_columns(a, err));
    const struct {
        const char *name;
        const double *v;
        size_t rows, columns;
    } blocks[] = {
        {"U", a->U, a->products, a->industries}, {"Um", a->Um, a->products, a->industries},
        {"V", a->V, a->industries, a->products}, {"Y", a->Y, a->products, a->finals},
        {"Ym", a->Ym, a->products, a->finals},   {"W", a->W, a->items, a->industries},
        {"S", a->S, a->accounts, a->industries}}; /* the last */
    const bool may_miss = !wio_symmetric_by_product(model);
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        for (size_t k = 0; blocks[b].v != NULL && k < blocks[b].rows * blocks[b].columns; k++) {
            bool missing = b == sizeof blocks / sizeof *blocks - 1 && isnan(blocks[b].v[k]);
            if (missing && !may_miss) {
                return wio_fail(err, WIO_E_NONFINITE,
                                "account %s of industry %s is not known and cannot be shared among "
                                "products: models C and D keep it as it is",
                                a->account[k / a->industries], a->industry[k % a->industries]);
            }
            if (!missing && !isfinite(blocks[b].v[k])) {
                return wio_fail(err, WIO_E_NONFINITE, "%s[%zu,%zu] is not a finite number",
                                blocks[b].name, k / blocks[b].columns, k % blocks[b].columns);
            }
        }
    }
    return WIO_OK;
}

static bool named(const char *code, const char *name)
{
    return name != NULL && strcmp(code, name) == 0;
}

bool wio_symmetric_is_item(const symmetric *w, size_t product)
{
    for (size_t k = 0; k < w->report.items_from_rows; k++) {
        if (w->item[k] == product) {
            return true;
        }
    }
    return false;
}

/* A product that nobody makes as a primary item: of that code there can be one. */
static wio_status add_item(symmetric *w, size_t product)
{
    const char *code = w->a->product[product];
    for (size_t k = 0; k < w->report.items_from_rows; k++) {
        if (strcmp(w->a->product[w->item[k]], code) == 0) {
            return blame(w, WIO_E_TABLE,
                         "nobody makes %s, which is there twice: it cannot be one primary item",
                         code);
        }
    }
    w->item[w->report.items_from_rows++] = product; /* two codes are named */
    return WIO_OK;
}

/* An industry without output must not use anything; it has none in the table either. */
static bool idle(const symmetric *w, size_t j)
{
    const wio_supply_use *a = w->a;
    const struct {
        const double *v;
        size_t rows;
    } block[] = {{a->U, a->products}, {a->Um, a->products}, {a->W, a->items}, {a->S, a->accounts}};
    for (size_t b = 0; b < sizeof block / sizeof *block; b++) {
        for (size_t i = 0; block[b].v != NULL && i < block[b].rows; i++) {
            double v = block[b].v[i * a->industries + j];
            if (v != 0.0 && !isnan(v)) { /* a satellite may be unknown */
                return false;
            }
        }
    }
    return wio_make_nothing(w, j);
}

/* q, g, and which products have a row. */
static wio_status outputs(symmetric *w)
{
    const wio_supply_use *a = w->a;
    wio_status status = WIO_OK;
    for (size_t i = 0; i < a->products; i++) {
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): first_room() made it
        w->q[i] = wio_make_of_product(w, i);
        if (w->q[i] != 0.0) {
            w->made[w->count++] = i;
        } else if (named(a->product[i], a->noncomparable) || named(a->product[i], a->scrap)) {
            WIO_TRY(add_item(w, i));
        }
    }
    for (size_t j = 0; j < a->industries; j++) {
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): first_room() made it
        w->g[j] = wio_make_of_industry(w, j);
        if (!(w->g[j] > 0.0) && !idle(w, j)) {
            status = blame(w, WIO_E_TABLE,
                           "industry %s makes %g in all but uses something: leave it out, or merge "
                           "it",
                           a->industry[j], w->g[j]);
        }
    }
    return status;
}

/* Home uses of the products that are made; the others must have none. Ud [count x industries]: room for
 * them where imports by user are taken off, else NULL. */
static wio_status home_uses(symmetric *w, double *Ud)
{
    const wio_supply_use *a = w->a;
    wio_status status = WIO_OK;
    for (size_t i = 0, at = 0; i < a->products; i++) {
        bool row = at < w->count && w->made[at] == i;
        double used = 0.0;
        if (row) {
            w->home[at] = Ud != NULL ? Ud + at * a->industries : a->U + i * a->industries;
        }
        for (size_t j = 0; j < a->industries + a->finals; j++) {
            bool industry = j < a->industries;
            size_t k = industry ? i * a->industries + j : i * a->finals + (j - a->industries);
            const double *total = industry ? a->U : a->Y, *import = industry ? a->Um : a->Ym;
            double home = total[k] - (import != NULL ? import[k] : 0.0);
            used += fabs(home);
            if (row && industry && Ud != NULL) {
                Ud[at * a->industries + j] = home;
            } else if (row && !industry) {
                w->Yd[at * w->finals + (j - a->industries)] = home;
            }
        }
        if (!row && used > 0.0 && !wio_symmetric_is_item(w, i)) {
            status = blame(w, WIO_E_TABLE,
                           "product %s is used (%g at home) but nobody makes it: name it as scrap "
                           "or noncomparable imports, or record its uses as imported",
                           a->product[i], used);
        }
        at += row;
    }
    return status;
}

/* What is supplied but not used: into its own final use, or a reason to refuse. */
static wio_status residuals(symmetric *w)
{
    const wio_supply_use *a = w->a;
    size_t worst = 0;
    double total = 0.0;
    for (size_t r = 0; r < w->count; r++) {
        double uses =
            wio_sum(w->home[r], a->industries, 1) + wio_sum(w->Yd + r * w->finals, a->finals, 1);
        double rest = w->q[w->made[r]] - uses;
        total += w->q[w->made[r]];
        w->report.residual_sum += fabs(rest);
        if (fabs(rest) > w->report.residual) {
            w->report.residual = fabs(rest);
            worst = r;
        }
        if (a->residual) {
            size_t region = wio_symmetric_product_region(a, w->made[r]);
            w->Yd[r * w->finals + a->finals + region] = rest;
        }
    }
    if (!a->residual && w->report.residual > 1e-10 * total) {
        return blame(w, WIO_E_TABLE,
                     "products do not balance: supply and uses of %s differ by %g (the most), all "
                     "together by %g; correct them, balance supply and use, or ask for a final use "
                     "`residual`",
                     a->product[w->made[worst]], w->report.residual, w->report.residual_sum);
    }
    return WIO_OK;
}

/* --- rows of inputs ------------------------------------------------------------------------------- */

size_t wio_symmetric_inputs(const symmetric *w)
{
    return w->count + w->imports + w->a->accounts + w->a->items + w->report.items_from_rows;
}

const double *wio_symmetric_input(const symmetric *w, size_t k)
{
    const wio_supply_use *a = w->a;
    const size_t n = a->industries;
    if (k < w->count) {
        return w->home[k];
    }
    k -= w->count;
    if (k < w->imports) {
        return a->Um != NULL && !wio_symmetric_is_item(w, k) ? a->Um + k * n : NULL;
    }
    k -= w->imports;
    if (k < a->accounts) {
        return a->S + k * n;
    }
    k -= a->accounts;
    return k < a->items ? a->W + k * n : a->U + w->item[k - a->items] * n;
}

double *wio_symmetric_output(const symmetric *w, size_t k)
{
    const size_t accounts = w->count + w->imports;
    if (k < w->count) {
        return w->Z + k * w->n;
    }
    if (k >= accounts && k < accounts + w->a->accounts) {
        return w->S + (k - accounts) * w->n;
    }
    return w->X + (k - w->count - (k < accounts ? 0 : w->a->accounts)) * w->n;
}

/* --- the whole ------------------------------------------------------------------------------------- */

static wio_status no_memory(const symmetric *w)
{
    return wio_fail(w->err, WIO_E_MEMORY, "%zu products x %zu industries", w->a->products,
                    w->a->industries);
}

/* What is needed before it is known which products have a row. */
static wio_status first_room(symmetric *w, wio_arena *arena)
{
    const wio_supply_use *a = w->a;
    w->regions = a->regions != 0 ? a->regions : 1;
    w->finals = a->finals + (a->residual ? w->regions : 0);
    w->imports = a->Um != NULL || a->Ym != NULL ? a->products : 0;
    w->q = wio_take(arena, a->products);
    w->g = wio_take(arena, a->industries);
    w->made = (size_t *)(void *)wio_take(arena, a->products);
    return arena->failed ? no_memory(w) : WIO_OK;
}

/* The result and its parts: beside use and the result nothing has the size of a table. */
static wio_status second_room(symmetric *w, double **Ud, wio_arena *arena)
{
    const wio_supply_use *a = w->a;
    size_t cells;
    w->n = wio_symmetric_by_product(w->model) ? w->count : a->industries;
    w->home = (const double **)(void *)wio_take(arena, w->count);
    w->Yd = wio_take(arena, w->count * w->finals);
    w->Y = wio_symmetric_by_product(w->model) ? w->Yd : wio_take(arena, w->n * w->finals);
    w->X = wio_take(arena, (w->imports + a->items + 3) * w->n);
    *Ud = w->imports != 0 ? wio_take(arena, w->count * a->industries) : NULL;
    if (__builtin_mul_overflow(w->n + w->imports, w->n, &cells)) {
        return no_memory(w);
    }
    w->Z = wio_alloc(cells, sizeof *w->Z);
    w->S = wio_alloc(a->accounts * w->n, sizeof *w->S);
    return arena->failed || w->Z == NULL || w->S == NULL ? no_memory(w) : WIO_OK;
}

static wio_status run(symmetric *w, wio_table **out, wio_arena *arena)
{
    double *Ud = NULL;
    WIO_TRY(first_room(w, arena));
    WIO_TRY(wio_make_layout(w, arena));
    WIO_TRY(outputs(w));
    WIO_TRY(second_room(w, &Ud, arena));
    WIO_TRY(home_uses(w, Ud));
    WIO_TRY(residuals(w));
    WIO_TRY(wio_make_blocks(w, arena));
    WIO_TRY(wio_symmetric_transform(w));
    return wio_symmetric_table(out, w);
}

wio_status wio_table_symmetric(wio_table **out, const wio_supply_use *arrays,
                               wio_symmetric_model model, wio_symmetric_report *report,
                               wio_log *log, wio_error *err)
{
    if (out == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_symmetric: NULL argument");
    }
    WIO_TRY(check(arrays, model, err));
    symmetric w = {.a = arrays,
                   .model = model,
                   .place = arrays->head != NULL ? arrays->head->path : NULL,
                   .log = log,
                   .err = err};
    wio_arena arena = {0};
    wio_supply_use ready;
    wio_status status = WIO_OK;
    if (arrays->columns != NULL) {
        status = wio_symmetric_settle(&ready, &w, &arena);
        w.a = &ready;
    }
    status = status == WIO_OK ? run(&w, out, &arena) : status;
    wio_free(w.Z);
    wio_free(w.S);
    wio_arena_free(&arena);
    if (status == WIO_OK && report != NULL) {
        *report = w.report;
    }
    return status;
}
