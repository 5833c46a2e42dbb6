/* import_supply_use.c - supply and use from the grids of an import: the object and who owns what of it.
 * import_supply_labels.c has the places of labels, import_supply_fill.c the numbers. */
#include "import.h"

#include <string.h>

enum { LABEL_LISTS = 10 };

typedef struct owned { /* arrays first: wio_supply_use_free gets it back from them */
    wio_supply_use arrays;
    wio_supply_blocks blocks;
    wio_table *head;
    char **text; /* what labels point to */
    size_t texts;
    void *list[LABEL_LISTS];
    size_t lists;
} owned;

void wio_supply_use_free(wio_supply_use *supply_use)
{
    owned *o = (owned *)(void *)supply_use;
    if (o == NULL) {
        return;
    }
    const wio_supply_blocks *b = &o->blocks;
    const wio_supply_columns *c = &b->columns;
    double *const block[] = {b->U,  b->Um, b->V, b->V_regions,      b->Y,
                             b->Ym, b->W,  b->S, b->product_output, b->industry_output};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        wio_free(block[i]);
    }
    const double *const column[] = {c->imports,    c->margin,  c->tax,
                                    c->margin_use, c->tax_use, c->home};
    for (size_t i = 0; i < sizeof column / sizeof *column; i++) {
        wio_free((void *)column[i]);
    }
    wio_free(b->first_product);
    wio_free(b->first_industry);
    wio_free(b->first_cell);
    for (size_t i = 0; i < o->lists; i++) {
        wio_free(o->list[i]);
    }
    for (size_t i = 0; i < o->texts; i++) {
        wio_free(o->text[i]);
    }
    wio_free(o->text);
    wio_table_free(o->head);
    wio_free(o);
}

/* --- labels, and the whole ------------------------------------------------------------------------------------ */

static void *new_list(owned *o, wio_import *import, size_t count, size_t size)
{
    void *list = wio_zalloc(count, size);
    if (list == NULL) {
        (void)wio_import_memory(import, "labels");
        return NULL;
    }
    o->list[o->lists++] = list;
    return list;
}

/* Codes, names and regions of "region\ncode" pairs. */
static wio_status label_pairs(const char *const **codes, const char *const **names,
                              const size_t **regions, owned *o, wio_import *import,
                              const wio_names *pairs)
{
    const char **code = new_list(o, import, pairs->count, sizeof *code);
    const char **name = new_list(o, import, pairs->count, sizeof *name);
    size_t *region = new_list(o, import, pairs->count, sizeof *region);
    if (code == NULL || name == NULL || region == NULL) {
        return import->status;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        size_t at;
        WIO_TRY(wio_import_cut_pair(&region[i], &at, import, pairs, i, &import->table->sector));
        const char *line = strchr(pairs->code[i], '\n') + 1;
        const char *own = strcmp(pairs->name[i], pairs->code[i]) != 0 ? pairs->name[i] : line;
        code[i] = wio_import_text(import, line, strlen(line));
        name[i] = wio_import_text(import, own, strlen(own));
        if (code[i] == NULL || name[i] == NULL) {
            return import->status;
        }
    }
    *codes = code;
    *names = name;
    *regions = region;
    return WIO_OK;
}

/* Final columns: in the head too, for what final uses pay beside. */
static wio_status label_finals(owned *o, wio_import *import)
{
    wio_table *head = import->table;
    const size_t count = import->final.count;
    const char **use = new_list(o, import, count, sizeof *use);
    wio_role *role = new_list(o, import, count, sizeof *role);
    head->final_region = wio_zalloc(count, sizeof *head->final_region);
    head->final_use = wio_zalloc(count, sizeof *head->final_use);
    if (use == NULL || role == NULL || head->final_region == NULL || head->final_use == NULL) {
        return wio_import_memory(import, "labels");
    }
    head->f = count;
    head->p = head->item.count;
    head->k = head->account.count;
    for (size_t c = 0; c < count; c++) {
        WIO_TRY(wio_import_cut_pair(&head->final_region[c], &head->final_use[c], import,
                                    &import->final, c, &head->use));
        use[c] = head->use.code[head->final_use[c]];
        role[c] = head->use_role[head->final_use[c]];
    }
    o->arrays.final_use = use;
    o->arrays.final_role = role;
    o->arrays.final_region = head->final_region;
    return WIO_OK;
}

static wio_status label(owned *o, wio_import *import)
{
    wio_supply_use *a = &o->arrays;
    const wio_table *head = import->table;
    WIO_TRY(label_pairs(&a->product, &a->product_name, &a->product_region, o, import,
                        &import->product));
    WIO_TRY(label_pairs(&a->industry, &a->industry_name, &a->industry_region, o, import,
                        &import->industry));
    WIO_TRY(label_finals(o, import));
    a->regions = head->region.count;
    a->region_code = (const char *const *)head->region.code;
    a->region = head->region.code[0];
    if (a->regions == 1) {
        a->regions = 0;
        a->region_code = NULL;
        a->product_region = a->industry_region = a->final_region = NULL;
    }
    a->item = (const char *const *)head->item.code;
    a->item_role = head->item_role;
    return WIO_OK;
}

/* Satellites of another source join the industries: to import_satellite.c they are the activities of
 * the head, which lends it its place for them. */
static wio_status join_satellites(wio_import *import, wio_supply_blocks *b)
{
    wio_table *head = import->table;
    if (import->options->satellite == NULL) {
        return wio_import_satellite(import);
    }
    head->origin_region = wio_zalloc(b->industries, sizeof *head->origin_region);
    head->origin_sector = wio_zalloc(b->industries, sizeof *head->origin_sector);
    if (head->origin_region == NULL || head->origin_sector == NULL) {
        return wio_import_memory(import, "satellites");
    }
    for (size_t j = 0; j < b->industries; j++) {
        WIO_TRY(wio_import_cut_pair(&head->origin_region[j], &head->origin_sector[j], import,
                                    &import->industry, j, &head->sector));
    }
    head->n = b->industries;
    head->S = b->S;
    b->S = NULL;
    wio_status status = wio_import_satellite(import);
    b->S = head->S;
    b->accounts = head->k;
    head->S = NULL;
    head->n = 0;
    return status;
}

static void point(owned *o, const wio_import *import)
{
    wio_supply_use *a = &o->arrays;
    const wio_supply_blocks *b = &o->blocks;
    const wio_table *head = import->table;
    a->name = head->name;
    a->title = head->title;
    a->currency = head->currency;
    a->year = head->year;
    a->price_basis = head->price_basis;
    a->import_split = head->import_split;
    a->rest = import->rest;
    a->products = b->products;
    a->industries = b->industries;
    a->finals = b->finals;
    a->items = b->items;
    a->accounts = b->accounts;
    a->account = (const char *const *)head->account.code;
    a->account_unit = (const char *const *)head->account_unit;
    a->U = b->U;
    a->Um = b->Um;
    a->V = b->V;
    a->V_regions = b->V_regions;
    a->Y = b->Y;
    a->Ym = b->Ym;
    a->W = b->W;
    a->S = b->S;
    a->columns = b->has_columns ? &b->columns : NULL;
    a->region_name = import->region_name;
    a->rest_name = import->rest_name;
    a->rest_valuation = import->rest_valuation;
    a->noncomparable = import->noncomparable;
    a->scrap = import->scrap;
    a->head = head;
}

/* The numbers of the grids. */
static wio_status read_grids(wio_import *import, wio_supply_blocks *b)
{
    WIO_TRY(wio_import_codes(import));
    WIO_TRY(wio_import_supply_places(import));
    WIO_TRY(wio_import_supply_check(import));
    WIO_TRY(wio_import_supply_fill(import, b));
    return import->importer->adjust != NULL ? import->importer->adjust(import, b) : WIO_OK;
}

static wio_status build(owned *o, wio_import *import)
{
    wio_supply_blocks *b = &o->blocks;
    WIO_TRY(import->importer->whole_supply != NULL ? import->importer->whole_supply(import, b)
                                                   : read_grids(import, b));
    WIO_TRY(label(o, import));
    WIO_TRY(wio_import_finals(import));
    WIO_TRY(join_satellites(import, b));
    point(o, import);
    wio_supply_report(import, &o->arrays, b);
    return import->status;
}

wio_status wio_import_supply_use(wio_supply_use **out, wio_import *import)
{
    owned *o = wio_zalloc(1, sizeof *o);
    if (o == NULL) {
        return wio_import_memory(import, "supply and use");
    }
    wio_status status = build(o, import);
    if (status != WIO_OK) {
        wio_supply_use_free(&o->arrays);
        return status;
    }
    o->head = import->table;
    o->text = import->text;
    o->texts = import->texts;
    import->table = NULL;
    import->text = NULL;
    import->texts = 0;
    *out = &o->arrays;
    return WIO_OK;
}
