/* table.c - the table object: made from arrays, freed.
 *
 * Everything is copied, so a table outlives what it was made from and nothing can change it. What
 * follows from the numbers (x, cost, what is refused) is in table_finish.c, for every reader. */
#include "table.h"

#include <math.h>
#include <string.h>

static void free_texts(char **text, size_t count)
{
    for (size_t i = 0; text != NULL && i < count; i++) {
        wio_free(text[i]);
    }
    wio_free(text);
}

void wio_frame_clear(wio_frame *frame)
{
    free_texts(frame->cell, frame->cell != NULL ? frame->rows * frame->columns : 0);
    free_texts(frame->header, frame->columns);
    wio_free(frame->file);
    wio_free(frame->about);
    wio_free(frame->line);
    *frame = (wio_frame){0};
}

static void free_frames(wio_table *table)
{
    for (size_t i = 0; table->frame != NULL && i < table->frames; i++) {
        wio_frame_clear(&table->frame[i]);
    }
    wio_free(table->frame);
}

static void free_groups(wio_table *table)
{
    for (size_t i = 0; table->group != NULL && i < table->groups; i++) {
        wio_free(table->group[i].code);
        wio_free(table->group[i].sector);
    }
    wio_free(table->group);
}

void wio_table_free(wio_table *table)
{
    if (table == NULL) {
        return;
    }
    char *const text[] = {table->name,         table->title,
                          table->currency,     table->unit,
                          table->price_basis,  table->price_basis_note,
                          table->import_split, table->import_split_note,
                          table->licence,      table->household_income_source,
                          table->path,         table->valuation_note};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        wio_free(text[i]);
    }
    free_texts(table->source, table->sources);
    free_texts(table->note, table->notes);
    free_texts(table->account_unit, table->account.count);
    free_texts(table->satellite_note, 4 * table->satellite_notes);
    free_groups(table);
    free_frames(table);
    for (size_t i = 0; table->input != NULL && i < table->inputs; i++) {
        wio_free(table->input[i].path);
    }
    wio_free(table->input);
    wio_names *const names[] = {&table->region, &table->sector, &table->use, &table->item,
                                &table->account};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        wio_names_free(names[i]);
    }
    void *const block[] = {table->endogenous,
                           table->valuation,
                           table->use_role,
                           table->item_role,
                           table->origin_region,
                           table->origin_sector,
                           table->final_region,
                           table->final_use,
                           table->Z,
                           table->Y,
                           table->P,
                           table->S,
                           table->x,
                           table->cost,
                           table->start,
                           table->column,
                           table->flow,
                           table->origin_at};
    for (size_t i = 0; i < sizeof block / sizeof block[0]; i++) {
        wio_free(block[i]);
    }
    wio_free(table);
}

/* Every pointer that a count announces has to be there. */
static wio_status check_arrays(const wio_table_arrays *a, wio_error *err)
{
    if (a == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "no arrays were given");
    }
    if (a->n == 0 || a->m < a->n || a->regions == 0) {
        return wio_fail(err, WIO_E_SHAPE,
                        "%zu activities, %zu origins and %zu regions: a table needs at least one "
                        "activity and one region, and its origins begin with the activities",
                        a->n, a->m, a->regions);
    }
    const struct {
        const void *array;
        size_t count;
        const char *name;
    } need[] = {{a->region_code, a->regions, "region_code"},
                {a->endogenous, a->regions, "endogenous"},
                {a->origin_region, a->m, "origin_region"},
                {a->origin_sector, a->m, "origin_sector"},
                {a->final_region, a->f, "final_region"},
                {a->final_use, a->f, "final_use"},
                {a->final_role, a->f, "final_role"},
                {a->primary_item, a->p, "primary_item"},
                {a->primary_role, a->p, "primary_role"},
                {a->account, a->k, "account"},
                {a->account_unit, a->k, "account_unit"},
                {a->Z, a->flows == NULL ? a->m : 0, "Z"},
                {a->Y, a->f, "Y"},
                {a->P, a->p, "P"},
                {a->S, a->k, "S"}};
    for (size_t i = 0; i < sizeof need / sizeof need[0]; i++) {
        if (need[i].array == NULL && need[i].count != 0) {
            return wio_fail(err, WIO_E_ARGUMENT, "%s is NULL, but the table has %zu of them",
                            need[i].name, need[i].count);
        }
    }
    for (size_t i = 0; i < a->m; i++) {
        if (a->origin_region[i] >= a->regions) {
            return wio_fail(err, WIO_E_SHAPE,
                            "origin_region[%zu] is %zu, but there are %zu regions", i,
                            a->origin_region[i], a->regions);
        }
        if (a->endogenous[a->origin_region[i]] != (i < a->n)) {
            return wio_fail(err, WIO_E_SHAPE,
                            "origin %zu is in region %s: the first %zu origins are the activities "
                            "of the endogenous regions, the others come after them",
                            i, a->region_code[a->origin_region[i]], a->n);
        }
    }
    for (size_t i = 0; i < a->f; i++) {
        if (a->final_region[i] >= a->regions) {
            return wio_fail(err, WIO_E_SHAPE, "final_region[%zu] is %zu, but there are %zu regions",
                            i, a->final_region[i], a->regions);
        }
    }
    return WIO_OK;
}

static wio_status copy_text(char **out, const char *text, wio_error *err)
{
    *out = wio_strdup(text != NULL ? text : "");
    return *out != NULL ? WIO_OK : wio_fail(err, WIO_E_MEMORY, "text of a table");
}

static wio_status copy_head(wio_table *table, const wio_table_arrays *a, wio_error *err)
{
    const char *name = a->name != NULL ? a->name : "table";
    WIO_TRY(copy_text(&table->name, name, err));
    WIO_TRY(copy_text(&table->title, a->title != NULL ? a->title : name, err));
    WIO_TRY(copy_text(&table->currency, a->currency, err));
    WIO_TRY(copy_text(&table->price_basis, a->price_basis, err));
    WIO_TRY(copy_text(&table->import_split, a->import_split, err));
    char **const empty[] = {&table->price_basis_note, &table->import_split_note,
                            &table->valuation_note, &table->licence,
                            &table->household_income_source};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        WIO_TRY(copy_text(empty[i], "", err));
    }
    wio_text unit = {0};
    wio_text_add(&unit, a->currency != NULL && *a->currency != '\0' ? "million %s" : "million%s",
                 table->currency);
    WIO_TRY(wio_text_take(&table->unit, &unit, err));
    table->year = a->year;
    table->household_income = a->household_income != 0.0 ? a->household_income : NAN;
    return WIO_OK;
}

/* A label that must be new in `names`. */
static wio_status add_unique(wio_names *names, const char *code, const char *name, const char *what,
                             wio_error *err)
{
    if (code == NULL || *code == '\0') {
        return wio_fail(err, WIO_E_ARGUMENT, "%s %zu has no code", what, names->count);
    }
    wio_status status = wio_names_add(names, code, name != NULL ? name : code);
    if (status == WIO_E_TABLE) {
        return wio_fail(err, status, "%s '%s' is there twice (%zu and %zu): codes must differ",
                        what, code, wio_names_find(names, code), names->count);
    }
    return status == WIO_OK ? WIO_OK : wio_fail(err, status, "labels of a table");
}

static wio_status copy_regions(wio_table *table, const wio_table_arrays *a, wio_error *err)
{
    table->endogenous = wio_alloc(a->regions, sizeof *table->endogenous);
    table->valuation = wio_alloc(a->regions, sizeof *table->valuation);
    if (table->endogenous == NULL || table->valuation == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%zu regions", a->regions);
    }
    for (size_t r = 0; r < a->regions; r++) {
        const char *name = a->region_name != NULL ? a->region_name[r] : NULL;
        WIO_TRY(add_unique(&table->region, a->region_code[r], name, "region", err));
        table->endogenous[r] = a->endogenous[r];
        table->valuation[r] = WIO_BASIC;
        const char *valuation = a->valuation != NULL ? a->valuation[r] : NULL;
        if (valuation != NULL && !wio_valuation_find(&table->valuation[r], valuation)) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "valuation of region %s is '%s': write customs, duty_paid or basic",
                            a->region_code[r], valuation);
        }
    }
    return WIO_OK;
}

static wio_status copy_origins(wio_table *table, const wio_table_arrays *a, wio_error *err)
{
    table->n = a->n;
    table->m = a->m;
    table->origin_region = wio_alloc(a->m, sizeof *table->origin_region);
    table->origin_sector = wio_alloc(a->m, sizeof *table->origin_sector);
    if (table->origin_region == NULL || table->origin_sector == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%zu origins", a->m);
    }
    for (size_t i = 0; i < a->m; i++) {
        const char *code = a->origin_sector[i];
        if (code == NULL || *code == '\0') {
            return wio_fail(err, WIO_E_ARGUMENT, "origin %zu has no sector code", i);
        }
        size_t sector = wio_names_find(&table->sector, code);
        if (sector == SIZE_MAX) {
            const char *name = a->origin_sector_name != NULL ? a->origin_sector_name[i] : NULL;
            sector = table->sector.count;
            WIO_TRY(add_unique(&table->sector, code, name, "sector", err));
        }
        table->origin_region[i] = a->origin_region[i];
        table->origin_sector[i] = sector;
    }
    return WIO_OK;
}

static wio_status copy_final(wio_table *table, const wio_table_arrays *a, wio_error *err)
{
    table->f = a->f;
    table->final_region = wio_alloc(a->f, sizeof *table->final_region);
    table->final_use = wio_alloc(a->f, sizeof *table->final_use);
    table->use_role = wio_alloc(a->f, sizeof *table->use_role);
    if (table->final_region == NULL || table->final_use == NULL || table->use_role == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%zu final columns", a->f);
    }
    for (size_t c = 0; c < a->f; c++) {
        if (!wio_role_is_final(a->final_role[c])) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "role of final column %zu is %s, not a final use's", c,
                            wio_role_name(a->final_role[c]));
        }
        size_t use =
            a->final_use[c] != NULL ? wio_names_find(&table->use, a->final_use[c]) : SIZE_MAX;
        if (use == SIZE_MAX) {
            use = table->use.count;
            WIO_TRY(add_unique(&table->use, a->final_use[c], NULL, "final use", err));
            table->use_role[use] = a->final_role[c];
        }
        if (table->use_role[use] != a->final_role[c]) {
            return wio_fail(err, WIO_E_TABLE, "final use %s is both %s and %s: give it one role",
                            a->final_use[c], wio_role_name(table->use_role[use]),
                            wio_role_name(a->final_role[c]));
        }
        table->final_region[c] = a->final_region[c];
        table->final_use[c] = use;
    }
    return WIO_OK;
}

static wio_status copy_primary(wio_table *table, const wio_table_arrays *a, wio_error *err)
{
    table->p = a->p;
    table->k = a->k;
    table->item_role = wio_alloc(a->p, sizeof *table->item_role);
    table->account_unit = wio_zalloc(a->k, sizeof *table->account_unit);
    if (table->item_role == NULL || table->account_unit == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "primary inputs and accounts");
    }
    for (size_t i = 0; i < a->p; i++) {
        wio_role role = a->primary_role[i];
        if ((unsigned)role >= WIO_ROLES || wio_role_is_final(role)) {
            return wio_fail(err, WIO_E_ARGUMENT, "role of primary item %zu is %s, a final use's", i,
                            wio_role_name(role));
        }
        WIO_TRY(add_unique(&table->item, a->primary_item[i], NULL, "primary item", err));
        table->item_role[i] = role;
    }
    for (size_t i = 0; i < a->k; i++) {
        WIO_TRY(add_unique(&table->account, a->account[i], NULL, "account", err));
        WIO_TRY(copy_text(&table->account_unit[i], a->account_unit[i], err));
    }
    return WIO_OK;
}

static wio_status copy_block(double **out, const double *block, size_t rows, size_t columns,
                             wio_error *err)
{
    size_t count;
    if (__builtin_mul_overflow(rows, columns, &count) ||
        (*out = wio_alloc(count, sizeof **out)) == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "a block of %zu x %zu numbers", rows, columns);
    }
    if (count != 0) {
        memcpy(*out, block, count * sizeof **out);
    }
    return WIO_OK;
}

static wio_status copy_all(wio_table *table, const wio_table_arrays *a, wio_error *err)
{
    WIO_TRY(copy_head(table, a, err));
    WIO_TRY(copy_regions(table, a, err));
    WIO_TRY(copy_origins(table, a, err));
    WIO_TRY(copy_final(table, a, err));
    WIO_TRY(copy_primary(table, a, err));
    if (a->flows != NULL) {
        WIO_TRY(wio_table_copy_flows(table, a->flows, err));
    }
    WIO_TRY(copy_block(&table->Y, a->Y, a->m, a->f, err));
    return copy_block(&table->P, a->P, a->p, a->n, err);
}

wio_status wio_table_create_from(wio_table **out, const wio_table_arrays *arrays, double **Z,
                                 double **S, wio_log *log, wio_error *err)
{
    wio_table_arrays all = *arrays;
    all.Z = *Z;
    all.S = *S;
    WIO_TRY(check_arrays(&all, err));
    wio_table *table = wio_zalloc(1, sizeof *table);
    if (table == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "a table");
    }
    wio_status status = copy_all(table, &all, err);
    if (status == WIO_OK) {
        table->Z = *Z;
        table->S = *S;
        status = wio_table_finish(table, log, err);
        if (status != WIO_OK) { /* they stay the caller's */
            table->Z = table->S = NULL;
        }
    }
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *Z = *S = NULL;
    *out = table;
    return WIO_OK;
}

wio_status wio_table_create(wio_table **out, const wio_table_arrays *arrays, wio_log *log,
                            wio_error *err)
{
    const wio_table_arrays *a = arrays;
    double *Z = NULL, *S = NULL;
    WIO_TRY(check_arrays(a, err));
    wio_status status = a->flows == NULL ? copy_block(&Z, a->Z, a->m, a->n, err) : WIO_OK;
    if (status == WIO_OK) {
        status = copy_block(&S, a->S, a->k, a->n, err);
    }
    if (status == WIO_OK) {
        status = wio_table_create_from(out, a, &Z, &S, log, err);
    }
    wio_free(Z);
    wio_free(S);
    return status;
}
