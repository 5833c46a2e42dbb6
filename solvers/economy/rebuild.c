/* rebuild.c - a table with the head, items and accounts of another, and its own rows and columns. */
#include "rebuild.h"

#include <math.h>
#include <string.h>

wio_status wio_rebuild_room(rebuild *r, const wio_table *from, size_t regions, size_t n, size_t m,
                            size_t f, wio_error *err)
{
    size_t flows, final;
    *r = (rebuild){.from = from,
                   .regions = regions,
                   .n = n,
                   .m = m,
                   .f = f,
                   .import_split = from->import_split};
    if (__builtin_mul_overflow(m, n, &flows) || __builtin_mul_overflow(m, f, &final)) {
        return wio_fail(err, WIO_E_MEMORY, "a table of %zu x %zu", m, n);
    }
    r->region = wio_zalloc(regions, sizeof *r->region);
    r->region_name = wio_zalloc(regions, sizeof *r->region_name);
    r->valuation = wio_zalloc(regions, sizeof *r->valuation);
    r->endogenous = wio_zalloc(regions, sizeof *r->endogenous);
    r->sector = wio_zalloc(m, sizeof *r->sector);
    r->sector_name = wio_zalloc(m, sizeof *r->sector_name);
    r->origin = wio_zalloc(m, sizeof *r->origin);
    r->was = wio_zalloc(m, sizeof *r->was);
    r->use = wio_zalloc(f, sizeof *r->use);
    r->final_region = wio_zalloc(f, sizeof *r->final_region);
    r->role = wio_zalloc(f, sizeof *r->role);
    r->Z = wio_zalloc(flows, sizeof *r->Z);
    r->Y = wio_zalloc(final, sizeof *r->Y);
    r->P = wio_zalloc(from->p * n, sizeof *r->P);
    r->S = wio_zalloc(from->k * n, sizeof *r->S);
    const void *const block[] = {r->region, r->valuation,    r->endogenous, r->sector,
                                 r->origin, r->sector_name,  r->use,        r->role,
                                 r->Z,      r->final_region, r->Y,          r->P,
                                 r->S,      r->region_name,  r->was};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        if (block[i] == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "a table of %zu x %zu", m, n);
        }
    }
    for (size_t s = 0; s < regions && s < from->region.count; s++) {
        r->region_name[s] = from->region.name[s];
        r->region[s] = from->region.code[s];
        r->endogenous[s] = from->endogenous[s];
        r->valuation[s] = wio_valuation_name(from->valuation[s]);
    }
    return WIO_OK;
}

void wio_rebuild_free(rebuild *r)
{
    void *const block[] = {r->region, r->valuation,    r->endogenous, r->sector,
                           r->origin, r->sector_name,  r->use,        r->role,
                           r->Z,      r->final_region, r->Y,          r->P,
                           r->S,      r->region_name,  r->was};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        wio_free(block[i]);
    }
}

void wio_rebuild_label(rebuild *r, size_t to, size_t region, size_t from)
{
    const wio_table *t = r->from;
    r->origin[to] = region;
    r->was[to] = t->origin_sector[from];
    r->sector[to] = t->sector.code[r->was[to]];
    r->sector_name[to] = t->sector.name[r->was[to]];
}

/* inside, outside [sectors]: origins of a new sector that come from a group, and from elsewhere. */
static wio_status keep_group(wio_group *to, wio_table *table, const wio_group *old,
                             const rebuild *r, size_t *inside)
{
    const size_t sectors = table->sector.count;
    size_t *outside = inside + sectors;
    memset(inside, 0, 2 * sectors * sizeof *inside);
    for (size_t i = 0; i < r->m; i++) {
        bool in = false;
        for (size_t k = 0; k < old->count; k++) {
            in = in || old->sector[k] == r->was[i];
        }
        (in ? inside : outside)[table->origin_sector[i]]++;
    }
    to->code = wio_strdup(old->code);
    to->sector = wio_alloc(sectors, sizeof *to->sector);
    for (size_t s = 0; to->sector != NULL && s < sectors; s++) {
        if (inside[s] != 0 && outside[s] == 0) {
            to->sector[to->count++] = s;
        }
    }
    return to->code != NULL && to->sector != NULL ? WIO_OK : WIO_E_MEMORY;
}

static wio_status keep_groups(wio_table *table, const rebuild *r, wio_error *err)
{
    const wio_table *from = r->from;
    size_t *room = wio_alloc(2 * table->sector.count, sizeof *room);
    table->group = wio_zalloc(from->groups, sizeof *table->group);
    wio_status status = room != NULL && table->group != NULL ? WIO_OK : WIO_E_MEMORY;
    for (size_t g = 0; status == WIO_OK && g < from->groups; g++) {
        wio_group *group = &table->group[table->groups++];
        status = keep_group(group, table, &from->group[g], r, room);
        if (status == WIO_OK && group->count == 0) { /* sectors without a row, or with others' */
            wio_free(group->code);
            wio_free(group->sector);
            *group = (wio_group){0};
            table->groups--;
        }
    }
    wio_free(room);
    return status == WIO_OK ? WIO_OK : wio_fail(err, status, "groups of a table");
}

wio_status wio_rebuild_group(wio_table *table, const wio_table *from, const wio_group *group,
                             wio_error *err)
{
    wio_group *grown = wio_grow(table->group, table->groups, table->groups + 1, sizeof *grown);
    if (grown == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "groups of a table");
    }
    table->group = grown;
    wio_group *to = &grown[table->groups++];
    *to = (wio_group){.code = wio_strdup(group->code),
                      .sector = wio_alloc(group->count, sizeof *to->sector)};
    if (to->code == NULL || to->sector == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "groups of a table");
    }
    for (size_t k = 0; k < group->count; k++) {
        size_t sector = wio_names_find(&table->sector, from->sector.code[group->sector[k]]);
        if (sector != SIZE_MAX) {
            to->sector[to->count++] = sector;
        }
    }
    return WIO_OK;
}

/* The number of an account at (region, sector) of a table; false: there is no such cell. */
static bool find_cell(double *value, const wio_table *t, char *const *label)
{
    size_t account = wio_names_find(&t->account, label[0]);
    size_t region = wio_names_find(&t->region, label[1]);
    size_t sector = wio_names_find(&t->sector, label[2]);
    size_t j =
        region != SIZE_MAX && sector != SIZE_MAX ? wio_table_origin(t, region, sector) : SIZE_MAX;
    if (account == SIZE_MAX || j >= t->n) {
        return false;
    }
    *value = t->S[account * t->n + j];
    return true;
}

wio_status wio_rebuild_satellite_notes(wio_table *table, const wio_table *from, wio_error *err)
{
    const size_t old = table->satellite_notes;
    size_t lost = 0;
    if (from->satellite_notes == 0) {
        return WIO_OK;
    }
    char **note =
        wio_grow(table->satellite_note, 4 * old, 4 * (old + from->satellite_notes), sizeof *note);
    if (note == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "notes on satellites");
    }
    table->satellite_note = note;
    for (size_t k = 0; k < from->satellite_notes; k++) {
        char *const *label = from->satellite_note + 4 * k;
        double before = 0.0, after = 0.0;
        bool same = find_cell(&before, from, label) && find_cell(&after, table, label) &&
                    (before == after || (isnan(before) && isnan(after)));
        bool whole = true;
        char **to = note + 4 * table->satellite_notes;
        for (size_t c = 0; same && c < 4; c++) {
            to[c] = wio_strdup(label[c]);
            whole = whole && to[c] != NULL;
        }
        table->satellite_notes += same;
        lost += !same;
        if (!whole) {
            return wio_fail(err, WIO_E_MEMORY, "notes on satellites");
        }
    }
    return lost == 0 ? WIO_OK
                     : wio_table_note(table, err,
                                      "%zu of %zu notes on satellites of %s are not carried over: "
                                      "their cells are others now.",
                                      lost, from->satellite_notes, from->name);
}

/* What goes with the numbers. */
static wio_status take_along(wio_table *table, const rebuild *r, wio_log *log, wio_error *err)
{
    WIO_TRY(keep_groups(table, r, err));
    WIO_TRY(wio_frames_carry(table, r->files, log, err));
    return wio_rebuild_satellite_notes(table, r->from, err);
}

wio_status wio_rebuild_table(wio_table **out, const rebuild *r, wio_log *log, wio_error *err)
{
    const wio_table *from = r->from;
    const wio_table_arrays arrays = {.name = from->name,
                                     .currency = from->currency,
                                     .year = from->year,
                                     .price_basis = from->price_basis,
                                     .import_split = r->import_split,
                                     .household_income = NAN,
                                     .regions = r->regions,
                                     .region_code = r->region,
                                     .region_name = r->region_name,
                                     .endogenous = r->endogenous,
                                     .valuation = r->valuation,
                                     .n = r->n,
                                     .m = r->m,
                                     .origin_region = r->origin,
                                     .origin_sector = r->sector,
                                     .origin_sector_name = r->sector_name,
                                     .f = r->f,
                                     .final_region = r->final_region,
                                     .final_use = r->use,
                                     .final_role = r->role,
                                     .p = from->p,
                                     .primary_item = (const char *const *)from->item.code,
                                     .primary_role = from->item_role,
                                     .k = from->k,
                                     .account = (const char *const *)from->account.code,
                                     .account_unit = (const char *const *)from->account_unit,
                                     .Z = r->Z,
                                     .Y = r->Y,
                                     .P = r->P,
                                     .S = r->S};
    wio_table *table = NULL;
    WIO_TRY(wio_table_create(&table, &arrays, log, err));
    char *split = wio_strdup(r->import_split);
    wio_status status = split != NULL ? wio_table_copy_head(table, from, err)
                                      : wio_fail(err, WIO_E_MEMORY, "a table");
    if (status == WIO_OK && strcmp(split, from->import_split) != 0) {
        wio_free(table->import_split);
        wio_free(table->import_split_note);
        table->import_split = split;
        table->import_split_note = NULL;
        split = NULL;
    }
    wio_free(split);
    if (status == WIO_OK && r->files != NULL) {
        status = take_along(table, r, log, err);
    }
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}
