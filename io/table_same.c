/* table_same.c - what two tables have in common, part by part: years of a series store it once. */
#include "hdf5.h"

#include <string.h>

static bool same_bytes(const void *a, const void *b, size_t count, size_t size)
{
    return count == 0 || memcmp(a, b, count * size) == 0;
}

static bool same_texts(char *const *a, char *const *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(a[i], b[i]) != 0) {
            return false;
        }
    }
    return true;
}

static bool same_names(const wio_names *a, const wio_names *b)
{
    return a->count == b->count && same_texts(a->code, b->code, a->count) &&
           same_texts(a->name, b->name, a->count);
}

bool wio_same_sources(const wio_table *a, const wio_table *b)
{
    return a->sources == b->sources && same_texts(a->source, b->source, a->sources);
}

bool wio_same_notes(const wio_table *a, const wio_table *b)
{
    return a->notes == b->notes && same_texts(a->note, b->note, a->notes);
}

bool wio_same_regions(const wio_table *a, const wio_table *b)
{
    size_t count = a->region.count;
    return same_names(&a->region, &b->region) &&
           same_bytes(a->endogenous, b->endogenous, count, sizeof *a->endogenous) &&
           same_bytes(a->valuation, b->valuation, count, sizeof *a->valuation);
}

bool wio_same_sectors(const wio_table *a, const wio_table *b)
{
    return same_names(&a->sector, &b->sector);
}

bool wio_same_uses(const wio_table *a, const wio_table *b)
{
    return same_names(&a->use, &b->use) &&
           same_bytes(a->use_role, b->use_role, a->use.count, sizeof *a->use_role);
}

bool wio_same_items(const wio_table *a, const wio_table *b)
{
    return same_names(&a->item, &b->item) &&
           same_bytes(a->item_role, b->item_role, a->item.count, sizeof *a->item_role);
}

bool wio_same_accounts(const wio_table *a, const wio_table *b)
{
    return same_names(&a->account, &b->account) &&
           same_texts(a->account_unit, b->account_unit, a->account.count);
}

bool wio_same_groups(const wio_table *a, const wio_table *b)
{
    bool same = a->groups == b->groups;
    for (size_t g = 0; same && g < a->groups; g++) {
        same = strcmp(a->group[g].code, b->group[g].code) == 0 &&
               a->group[g].count == b->group[g].count &&
               same_bytes(a->group[g].sector, b->group[g].sector, a->group[g].count,
                          sizeof *a->group[g].sector);
    }
    return same;
}

bool wio_same_origins(const wio_table *a, const wio_table *b)
{
    return a->m == b->m &&
           same_bytes(a->origin_region, b->origin_region, a->m, sizeof *a->origin_region) &&
           same_bytes(a->origin_sector, b->origin_sector, a->m, sizeof *a->origin_sector);
}

bool wio_same_axes(const wio_table *a, const wio_table *b)
{
    return a->n == b->n && wio_same_origins(a, b) && wio_same_regions(a, b) &&
           wio_same_sectors(a, b);
}

bool wio_same_final_axis(const wio_table *a, const wio_table *b)
{
    return wio_same_finals(a, b) && wio_same_regions(a, b) && wio_same_uses(a, b);
}

bool wio_same_finals(const wio_table *a, const wio_table *b)
{
    return a->f == b->f &&
           same_bytes(a->final_region, b->final_region, a->f, sizeof *a->final_region) &&
           same_bytes(a->final_use, b->final_use, a->f, sizeof *a->final_use);
}

bool wio_same_satellite_notes(const wio_table *a, const wio_table *b)
{
    return a->satellite_notes == b->satellite_notes &&
           same_texts(a->satellite_note, b->satellite_note, 4 * a->satellite_notes);
}

bool wio_same_frame(const wio_frame *a, const wio_frame *b)
{
    bool about = a->about == NULL || b->about == NULL ? a->about == b->about
                                                      : strcmp(a->about, b->about) == 0;
    return about && a->rows == b->rows && a->columns == b->columns &&
           same_texts(a->header, b->header, a->columns) &&
           same_texts(a->cell, b->cell, a->rows * a->columns);
}
