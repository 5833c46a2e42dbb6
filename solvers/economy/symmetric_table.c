/* symmetric_table.c - the transformed arrays as a table: labels, roles, notes, negative flows. */
#include "symmetric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const MODELS[] = {
    [WIO_SYMMETRIC_A] = "model A, product technology (product by product)",
    [WIO_SYMMETRIC_B] = "model B, industry technology (product by product)",
    [WIO_SYMMETRIC_C] = "model C, fixed industry sales (industry by industry)",
    [WIO_SYMMETRIC_D] = "model D, fixed product sales (industry by industry)",
    [WIO_SYMMETRIC_ALMON] = "Almon's method (product by product)",
};

static const char *const NAMES[] = {[WIO_SYMMETRIC_A] = "A",
                                    [WIO_SYMMETRIC_B] = "B",
                                    [WIO_SYMMETRIC_C] = "C",
                                    [WIO_SYMMETRIC_D] = "D",
                                    [WIO_SYMMETRIC_ALMON] = "almon"};

const char *wio_symmetric_name(wio_symmetric_model model)
{
    return (unsigned)model < WIO_SYMMETRIC_MODELS ? NAMES[model] : NULL;
}

bool wio_symmetric_find(wio_symmetric_model *model, const char *name)
{
    for (size_t i = 0; name != NULL && i < WIO_SYMMETRIC_MODELS; i++) {
        if (strcmp(NAMES[i], name) == 0) {
            *model = (wio_symmetric_model)i;
            return true;
        }
    }
    return false;
}

typedef struct labels {
    size_t n, m, p;
    const char **region_code, **region_name, **valuation;
    bool *endogenous;
    size_t regions;
    const char **origin, **origin_name, **use, **item;
    size_t *region, *final_region, *import; /* import: product of an import row */
    wio_role *role, *item_role;
    double *Y, *P;
} labels;

static wio_status label_room(labels *l, const symmetric *w)
{
    const wio_supply_use *a = w->a;
    const size_t most = l->n + w->imports, items = a->items + 3;
    l->region_code = wio_zalloc(w->regions + 1, sizeof *l->region_code);
    l->region_name = wio_zalloc(w->regions + 1, sizeof *l->region_name);
    l->valuation = wio_zalloc(w->regions + 1, sizeof *l->valuation);
    l->endogenous = wio_zalloc(w->regions + 1, sizeof *l->endogenous);
    l->origin = wio_zalloc(most, sizeof *l->origin);
    l->origin_name = wio_zalloc(most, sizeof *l->origin_name);
    l->region = wio_zalloc(most, sizeof *l->region);
    l->import = wio_zalloc(w->imports, sizeof *l->import);
    l->use = wio_zalloc(w->finals, sizeof *l->use);
    l->role = wio_zalloc(w->finals, sizeof *l->role);
    l->final_region = wio_zalloc(w->finals, sizeof *l->final_region);
    l->item = wio_zalloc(items, sizeof *l->item);
    l->item_role = wio_zalloc(items, sizeof *l->item_role);
    l->Y = w->imports != 0 ? wio_zalloc(most * w->finals, sizeof *l->Y) : w->Y;
    l->P = wio_zalloc(items * l->n, sizeof *l->P);
    const void *const block[] = {l->origin,       l->origin_name, l->region,   l->import,
                                 l->use,          l->role,        l->item,     l->item_role,
                                 l->final_region, l->Y,           l->P,        l->region_code,
                                 l->endogenous,   l->region_name, l->valuation};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        if (block[i] == NULL) {
            return wio_fail(w->err, WIO_E_MEMORY, "a table of %zu activities", l->n);
        }
    }
    return WIO_OK;
}

static void label_free(labels *l, const symmetric *w)
{
    l->Y = l->Y != w->Y ? l->Y : NULL;
    void *const block[] = {l->origin, l->origin_name, l->region,     l->import,       l->use,
                           l->role,   l->item,        l->item_role,  l->final_region, l->Y,
                           l->P,      l->region_code, l->endogenous, l->region_name,  l->valuation};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        wio_free(block[i]);
    }
}

static void fill_labels(labels *l, const symmetric *w)
{
    const wio_supply_use *a = w->a;
    const bool by_product = wio_symmetric_by_product(w->model);
    const char *const *code = by_product ? a->product : a->industry;
    const char *const *name = by_product ? a->product_name : a->industry_name;
    for (size_t r = 0; r < w->regions; r++) {
        l->region_code[r] = a->regions != 0 ? a->region_code[r] : a->region;
        l->region_name[r] =
            a->regions == 0 && a->region_name != NULL ? a->region_name : l->region_code[r];
        l->endogenous[r] = true;
    }
    l->region_code[w->regions] = a->rest;
    l->region_name[w->regions] = a->rest_name != NULL ? a->rest_name : a->rest;
    l->valuation[w->regions] = a->rest_valuation;
    l->regions = w->regions + (a->rest != NULL ? 1 : 0);
    for (size_t j = 0; j < l->n; j++) {
        size_t at = by_product ? w->made[j] : j;
        l->region[j] =
            by_product ? wio_symmetric_product_region(a, at) : wio_symmetric_industry_region(a, at);
        l->origin[j] = code[at];
        l->origin_name[j] = name != NULL ? name[at] : code[at];
    }
    l->m = l->n;
    for (size_t i = 0; i < w->imports; i++) {
        if (!wio_symmetric_is_item(w, i)) {
            l->import[l->m - l->n] = i;
            l->region[l->m] = w->regions;
            l->origin[l->m] = a->product[i];
            l->origin_name[l->m++] = a->product_name != NULL ? a->product_name[i] : a->product[i];
        }
    }
    for (size_t c = 0; c < w->finals; c++) {
        bool rest = c >= a->finals;
        l->use[c] = rest ? "residual" : a->final_use[c];
        l->role[c] = rest ? WIO_ROLE_INVENTORY : a->final_role[c];
        l->final_region[c] = l->role[c] == WIO_ROLE_EXPORT ? w->regions
                             : rest                        ? c - a->finals
                             : a->regions != 0             ? a->final_region[c]
                                                           : 0;
    }
}

/* Rows of X: imports of every product, items, products as items, Almon's difference. */
static void fill_numbers(labels *l, const symmetric *w)
{
    const wio_supply_use *a = w->a;
    const size_t n = l->n;
    const double *imports = w->X, *items = imports + w->imports * n;
    if (l->Y != w->Y) {
        memcpy(l->Y, w->Y, n * w->finals * sizeof *l->Y);
    }
    for (size_t o = n; o < l->m; o++) {
        size_t i = l->import[o - n];
        memcpy(w->Z + o * n, imports + i * n, n * sizeof *w->Z);
        for (size_t c = 0; a->Ym != NULL && c < a->finals; c++) {
            l->Y[o * w->finals + c] = a->Ym[i * a->finals + c];
        }
    }
    for (size_t k = 0; k < a->items; k++, l->p++) {
        l->item[l->p] = a->item[k];
        l->item_role[l->p] = a->item_role[k];
    }
    for (size_t k = 0; k < w->report.items_from_rows; k++, l->p++) {
        const char *code = a->product[w->item[k]];
        bool import = a->noncomparable != NULL && strcmp(code, a->noncomparable) == 0;
        l->item[l->p] = code;
        l->item_role[l->p] = import ? WIO_ROLE_IMPORT : WIO_ROLE_OTHER;
    }
    if (w->model == WIO_SYMMETRIC_ALMON) {
        l->item[l->p] = "almon_difference";
        l->item_role[l->p++] = WIO_ROLE_OTHER;
    }
    memcpy(l->P, items, l->p * n * sizeof *l->P);
}

static void count_negatives(symmetric *w, const labels *l)
{
    double largest = 0.0;
    size_t at = 0;
    for (size_t k = 0; k < l->n * l->n; k++) {
        largest = fmax(largest, fabs(w->Z[k]));
    }
    for (size_t k = 0; k < l->n * l->n; k++) {
        if (w->Z[k] < -1e-12 * largest) {
            w->report.negatives++;
            w->report.negative_sum += w->Z[k];
            if (w->Z[k] < w->report.most_negative) {
                w->report.most_negative = w->Z[k];
                at = k;
            }
        }
    }
    if (w->report.negatives != 0) {
        wio_find(
            w->log, WIO_WARNING, w->place, 0, 0,
            "%zu flows are negative, %.6g in all; the largest is %.6g, %s to %s; they are kept",
            w->report.negatives, w->report.negative_sum, w->report.most_negative,
            l->origin[at / l->n], l->origin[at % l->n]);
    }
}

wio_status wio_symmetric_note(wio_table *table, const symmetric *w, const char *format, ...)
{
    char message[600];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(w->log, WIO_NOTE, w->place, 0, 0, "%s", message);
    return wio_table_note(table, w->err, "%s", message);
}

static wio_status add_notes(wio_table *table, const symmetric *w)
{
    const wio_supply_use *a = w->a;
    WIO_TRY(wio_symmetric_note(
        table, w,
        "Made from supply and use of %zu products and %zu industries by %s: %zu "
        "activities; %zu negative flows, %.6g in all, are kept%s.",
        a->products, a->industries, MODELS[w->model], table->n, w->report.negatives,
        w->report.negative_sum, w->imports != 0 ? "; imports are by product" : ""));
    if (a->residual) {
        WIO_TRY(wio_symmetric_note(
            table, w,
            "The final use `residual` holds what the supply of products exceeds their "
            "recorded uses by: at most %.6g, %.6g without signs.",
            w->report.residual, w->report.residual_sum));
    }
    for (size_t k = 0; k < w->report.items_from_rows; k++) {
        size_t i = w->item[k];
        double final = a->finals != 0 ? wio_sum(a->Y + i * a->finals, a->finals, 1) : 0.0;
        WIO_TRY(wio_symmetric_note(
            table, w,
            "%s is not made at home: what industries use of it is a primary item; final "
            "uses of it, %.6g net, are left out.",
            a->product[i], final));
    }
    return WIO_OK;
}

static wio_status rename_all(wio_names *names, const wio_names *from, wio_error *err)
{
    for (size_t i = 0; i < names->count; i++) {
        size_t at = wio_names_find(from, names->code[i]);
        if (at == SIZE_MAX) {
            continue;
        }
        char *name = wio_strdup(from->name[at]);
        if (name == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "names of a table");
        }
        wio_free(names->name[i]);
        names->name[i] = name;
    }
    return WIO_OK;
}

/* What the source says of itself, beside what the arrays say. */
static wio_status take_head(wio_table *table, const symmetric *w)
{
    const wio_supply_use *a = w->a;
    const wio_table *head = a->head;
    const struct {
        char **to;
        const char *text;
    } own[] = {{&table->name, a->name},
               {&table->title, a->title},
               {&table->currency, a->currency},
               {&table->price_basis, a->price_basis},
               {&table->import_split, a->import_split}};
    WIO_TRY(wio_table_copy_head(table, head, w->err));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        char *text = own[i].text != NULL ? wio_strdup(own[i].text) : NULL;
        if (text != NULL) {
            wio_free(*own[i].to);
            *own[i].to = text;
        } else if (own[i].text != NULL) {
            return wio_fail(w->err, WIO_E_MEMORY, "names of a table");
        }
    }
    table->year = a->year;
    WIO_TRY(rename_all(&table->use, &head->use, w->err));
    WIO_TRY(rename_all(&table->item, &head->item, w->err));
    WIO_TRY(wio_table_copy_inputs(table, head, w->err));
    return wio_table_copy_frames(table, head, w->err);
}

static wio_status make(wio_table **out, labels *l, symmetric *w)
{
    const wio_supply_use *a = w->a;
    WIO_TRY(label_room(l, w));
    fill_labels(l, w);
    fill_numbers(l, w);
    count_negatives(w, l);
    const wio_table_arrays arrays = {.name = a->name,
                                     .title = a->title,
                                     .currency = a->currency,
                                     .year = a->year,
                                     .price_basis = a->price_basis,
                                     .import_split = a->import_split,
                                     .household_income = NAN,
                                     .regions = l->regions,
                                     .region_code = l->region_code,
                                     .region_name = l->region_name,
                                     .valuation = l->valuation,
                                     .endogenous = l->endogenous,
                                     .n = l->n,
                                     .m = l->m,
                                     .origin_region = l->region,
                                     .origin_sector = l->origin,
                                     .origin_sector_name = l->origin_name,
                                     .f = w->finals,
                                     .final_region = l->final_region,
                                     .final_use = l->use,
                                     .final_role = l->role,
                                     .p = l->p,
                                     .primary_item = l->item,
                                     .primary_role = l->item_role,
                                     .k = a->accounts,
                                     .account = a->account,
                                     .account_unit = a->account_unit,
                                     .Y = l->Y,
                                     .P = l->P};
    wio_table *table = NULL;
    WIO_TRY(wio_table_create_from(&table, &arrays, &w->Z, &w->S, w->log, w->err));
    wio_status status = a->head != NULL ? take_head(table, w) : WIO_OK;
    if (status == WIO_OK) {
        status = add_notes(table, w);
    }
    if (status == WIO_OK) {
        status = wio_symmetric_settled(table, w);
    }
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

wio_status wio_symmetric_table(wio_table **out, symmetric *w)
{
    labels l = {.n = w->n};
    wio_status status = make(out, &l, w);
    label_free(&l, w);
    return status;
}
