/* symmetric_make.c - the make of supply and use: as the source has it, whole or region by region, and as
 * the blocks that the models work on. Where every region makes its own products alone, a model takes
 * apart each region for itself: of V'^-1, V q^-1 and g^-1 V only the blocks on the diagonal are there.
 * Then no matrix of all products is needed but use and the result. */
#include "symmetric.h"

#include <math.h>
#include <string.h>

/* Row of an industry of a region, its products beside each other. */
static const double *make_row(const symmetric *w, size_t region, size_t industry)
{
    const make_layout *l = &w->layout;
    const size_t products = l->product[region + 1] - l->product[region];
    return w->a->V != NULL
               ? w->a->V + industry * w->a->products + l->product[region]
               : w->a->V_regions + l->cell[region] + (industry - l->industry[region]) * products;
}

static size_t region_of(const size_t *first, size_t regions, size_t at)
{
    size_t low = 0, high = regions - 1; /* the last region that does not begin after it */
    while (low < high) {
        size_t middle = (low + high + 1) / 2;
        if (first[middle] <= at) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* Firsts of each region; false when they are not in order of regions. */
static bool firsts(size_t *first, size_t regions, const size_t *region, size_t count)
{
    size_t at = 0;
    for (size_t r = 0; r < regions; r++) {
        first[r] = at;
        while (at < count && region[at] == r) {
            at++;
        }
    }
    first[regions] = at;
    return at == count;
}

/* Whether no region makes what is another's. */
static bool apart(const symmetric *w)
{
    const wio_supply_use *a = w->a;
    const make_layout *l = &w->layout;
    for (size_t r = 0; r < l->regions; r++) {
        for (size_t j = l->industry[r]; j < l->industry[r + 1]; j++) {
            for (size_t i = 0; i < a->products; i++) {
                bool own = i >= l->product[r] && i < l->product[r + 1];
                if (!own && a->V[j * a->products + i] != 0.0) {
                    return false;
                }
            }
        }
    }
    return true;
}

static void join(symmetric *w)
{
    make_layout *l = &w->layout;
    l->regions = 1;
    l->product[0] = l->industry[0] = 0;
    l->product[1] = w->a->products;
    l->industry[1] = w->a->industries;
}

wio_status wio_make_layout(symmetric *w, wio_arena *arena)
{
    const wio_supply_use *a = w->a;
    make_layout *l = &w->layout;
    l->regions = w->regions;
    l->product = (size_t *)(void *)wio_take(arena, w->regions + 1);
    l->industry = (size_t *)(void *)wio_take(arena, w->regions + 1);
    l->cell = (size_t *)(void *)wio_take(arena, w->regions + 1);
    if (arena->failed) {
        return wio_fail(w->err, WIO_E_MEMORY, "%zu regions", w->regions);
    }
    bool ordered = a->regions != 0 &&
                   firsts(l->product, l->regions, a->product_region, a->products) &&
                   firsts(l->industry, l->regions, a->industry_region, a->industries);
    if (a->V != NULL) {
        if (!ordered || !apart(w)) {
            join(w);
        }
        return WIO_OK;
    }
    if (!ordered) {
        return wio_fail(w->err, WIO_E_ARGUMENT,
                        "make by regions needs products and industries in the order of regions");
    }
    for (size_t r = 0; r < l->regions; r++) {
        l->cell[r + 1] = l->cell[r] + (l->product[r + 1] - l->product[r]) *
                                          (l->industry[r + 1] - l->industry[r]);
    }
    for (size_t k = 0; k < l->cell[l->regions]; k++) {
        if (!isfinite(a->V_regions[k])) {
            return wio_fail(w->err, WIO_E_NONFINITE, "V_regions[%zu] is not a finite number", k);
        }
    }
    return WIO_OK;
}

double wio_make_of_product(const symmetric *w, size_t product)
{
    const make_layout *l = &w->layout;
    const size_t r = region_of(l->product, l->regions, product);
    const size_t stride = w->a->V != NULL ? w->a->products : l->product[r + 1] - l->product[r];
    return wio_sum(make_row(w, r, l->industry[r]) + (product - l->product[r]),
                   l->industry[r + 1] - l->industry[r], stride);
}

double wio_make_of_industry(const symmetric *w, size_t industry)
{
    const make_layout *l = &w->layout;
    const size_t r = region_of(l->industry, l->regions, industry);
    return wio_sum(make_row(w, r, industry), l->product[r + 1] - l->product[r], 1);
}

bool wio_make_nothing(const symmetric *w, size_t industry)
{
    const make_layout *l = &w->layout;
    const size_t r = region_of(l->industry, l->regions, industry);
    const double *row = make_row(w, r, industry);
    for (size_t i = 0; i < l->product[r + 1] - l->product[r]; i++) {
        if (row[i] != 0.0) {
            return false;
        }
    }
    return true;
}

wio_status wio_make_blocks(symmetric *w, wio_arena *arena)
{
    const make_layout *l = &w->layout;
    const size_t words = (sizeof(make_block) + sizeof(double) - 1) / sizeof(double);
    size_t at = 0;
    w->blocks = l->regions;
    w->block = (make_block *)(void *)wio_take(arena, l->regions * words);
    for (size_t r = 0; r < l->regions && !arena->failed; r++) {
        make_block *b = &w->block[r];
        b->product = at;
        while (at < w->count && w->made[at] < l->product[r + 1]) {
            at++;
        }
        b->products = at - b->product;
        b->industry = l->industry[r];
        b->industries = l->industry[r + 1] - l->industry[r];
        b->V = wio_take(arena, b->industries * b->products);
        for (size_t j = 0; j < b->industries && !arena->failed; j++) {
            const double *row = make_row(w, r, b->industry + j);
            for (size_t p = 0; p < b->products; p++) {
                b->V[j * b->products + p] = row[w->made[b->product + p] - l->product[r]];
            }
        }
    }
    return arena->failed ? wio_fail(w->err, WIO_E_MEMORY, "make of %zu products", w->count)
                         : WIO_OK;
}
