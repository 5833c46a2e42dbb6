/* multiregional_check.c - whether national tables can be one table: the same sectors, items, accounts,
 * money, unit, year and prices, one region of production each. */
#include "multiregional.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NAMED = 20 };

void wio_nations_blame(nations *a, const char *file, size_t line, const char *format, ...)
{
    char message[400];
    if (++a->mistakes > MOST_NAMED) {
        return;
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(a->log, WIO_ERROR, file, line, 0, "%s", message);
    wio_fail(a->err, WIO_E_TABLE, "%s%s%s", file != NULL ? file : "", file != NULL ? ": " : "",
             message);
}

static wio_status no_memory(const nations *a)
{
    return wio_fail(a->err, WIO_E_MEMORY, "%zu national tables", a->count);
}

static const char *sector_of(const wio_table *t, size_t i)
{
    return t->sector.code[t->origin_sector[i]];
}

static wio_status find_home(nations *a, size_t s)
{
    const wio_table *t = a->table[s];
    size_t homes = 0;
    for (size_t g = 0; g < t->region.count; g++) {
        homes += t->endogenous[g];
        a->home[s] = t->endogenous[g] ? g : a->home[s];
    }
    if (homes != 1) {
        return wio_fail(a->err, WIO_E_TABLE, "%zu regions of %s produce: it is no national table",
                        homes, t->name);
    }
    const char *code = t->region.code[a->home[s]];
    if (wio_names_find(&a->region, code) != SIZE_MAX) {
        return wio_fail(a->err, WIO_E_TABLE, "two tables are of %s", code);
    }
    return wio_names_add(&a->region, code, t->region.name[a->home[s]]) == WIO_OK ? WIO_OK
                                                                                 : no_memory(a);
}

static void same_text(nations *a, size_t s, const char *what, const char *mine, const char *first)
{
    if (strcmp(mine != NULL ? mine : "", first != NULL ? first : "") != 0) {
        wio_nations_blame(a, NULL, 0, "the %s of %s is %.60s, of %s %.60s: it has to be the same",
                          what, a->region.code[s], mine != NULL ? mine : "not given",
                          a->region.code[0], first != NULL ? first : "not given");
    }
}

/* The first code of a list that the other does not have, or NULL. */
static const char *missing_code(const wio_names *list, const wio_names *other)
{
    for (size_t i = 0; i < list->count; i++) {
        if (wio_names_find(other, list->code[i]) == SIZE_MAX) {
            return list->code[i];
        }
    }
    return NULL;
}

/* Activity of a sector's code in a national table, SIZE_MAX. */
static size_t activity_of(const wio_table *t, const char *code)
{
    size_t sector = wio_names_find(&t->sector, code);
    size_t i = sector != SIZE_MAX ? wio_table_origin(t, t->origin_region[0], sector) : SIZE_MAX;
    return i < t->n ? i : SIZE_MAX;
}

static void same_sectors(nations *a, size_t s)
{
    const wio_table *t = a->table[s], *first = a->table[0];
    const char *me = a->region.code[s], *other = a->region.code[0];
    if (t->n != first->n) {
        wio_nations_blame(a, NULL, 0, "%s has %zu sectors, %s has %zu: they have to be the same",
                          me, t->n, other, first->n);
        return;
    }
    for (size_t j = 0; j < t->n; j++) {
        if (activity_of(first, sector_of(t, j)) == SIZE_MAX) {
            wio_nations_blame(a, NULL, 0,
                              "sector %zu of %s is %.60s, which %s does not have: they have to be "
                              "the same",
                              j + 1, me, sector_of(t, j), other);
            return;
        }
    }
}

static void same_items(nations *a, size_t s)
{
    const wio_table *t = a->table[s], *first = a->table[0];
    const char *me = a->region.code[s], *other = a->region.code[0];
    bool items = t->p == first->p && missing_code(&t->item, &first->item) == NULL;
    bool accounts = t->k == first->k && missing_code(&t->account, &first->account) == NULL;
    for (size_t i = 0; items && i < t->p; i++) {
        items = t->item_role[i] == first->item_role[wio_names_find(&first->item, t->item.code[i])];
    }
    for (size_t i = 0; accounts && i < t->k; i++) {
        size_t there = wio_names_find(&first->account, t->account.code[i]);
        accounts = strcmp(t->account_unit[i], first->account_unit[there]) == 0;
    }
    if (!items) {
        wio_nations_blame(a, NULL, 0,
                          "%s and %s differ in their primary items: codes and roles have to be the "
                          "same",
                          me, other);
    }
    if (!accounts) {
        wio_nations_blame(a, NULL, 0,
                          "%s and %s differ in their satellites: codes and units have to be the "
                          "same",
                          me, other);
    }
}

/* A use has one role in all tables, and no sector's code. */
static void same_uses(nations *a, size_t s)
{
    const wio_table *t = a->table[s];
    for (size_t u = 0; u < t->use.count; u++) {
        for (size_t o = 0; o < s; o++) {
            size_t there = wio_names_find(&a->table[o]->use, t->use.code[u]);
            if (there != SIZE_MAX && a->table[o]->use_role[there] != t->use_role[u]) {
                wio_nations_blame(a, NULL, 0, "final use %s is %s in %s and %s in %s",
                                  t->use.code[u], wio_role_name(t->use_role[u]), a->region.code[s],
                                  wio_role_name(a->table[o]->use_role[there]), a->region.code[o]);
                return;
            }
        }
    }
}

/* Valuation of what a table imports, as far as it has rows. */
static void same_valuation(nations *a, size_t s)
{
    const wio_table *t = a->table[s], *first = a->table[0];
    for (size_t i = t->n; i < t->m; i++) {
        wio_valuation mine = t->valuation[t->origin_region[i]];
        wio_valuation other =
            first->m > first->n ? first->valuation[first->origin_region[first->n]] : mine;
        if (mine != other) {
            wio_nations_blame(a, NULL, 0, "imports of %s are valued %s, of %s %s: value them alike",
                              a->region.code[s], wio_valuation_name(mine), a->region.code[0],
                              wio_valuation_name(other));
            return;
        }
    }
}

static wio_status find_sectors(nations *a)
{
    for (size_t s = 0; s < a->count; s++) {
        const wio_table *t = a->table[s];
        for (size_t i = s == 0 ? 0 : t->n; i < t->m; i++) {
            if (wio_names_find(&a->sector, sector_of(t, i)) == SIZE_MAX &&
                wio_names_add(&a->sector, sector_of(t, i), t->sector.name[t->origin_sector[i]]) !=
                    WIO_OK) {
                return no_memory(a);
            }
        }
    }
    return WIO_OK;
}

wio_status wio_nations_hold(nations *a)
{
    a->home = wio_zalloc(a->count, sizeof *a->home);
    if (a->home == NULL) {
        return no_memory(a);
    }
    const wio_table *first = a->table[0];
    a->sectors = first->n;
    for (size_t s = 0; s < a->count; s++) {
        WIO_TRY(wio_table_whole(a->table[s], a->err));
        WIO_TRY(find_home(a, s));
    }
    for (size_t s = 0; s < a->count; s++) {
        const wio_table *t = a->table[s];
        same_text(a, s, "currency", t->currency, first->currency);
        same_text(a, s, "unit", t->unit, first->unit);
        same_text(a, s, "price basis", t->price_basis, first->price_basis);
        if (t->year != first->year) {
            wio_nations_blame(a, NULL, 0, "%s is of %d, %s of %d: the year has to be the same",
                              a->region.code[s], t->year, a->region.code[0], first->year);
        }
        same_sectors(a, s);
        same_items(a, s);
        same_uses(a, s);
        same_valuation(a, s);
    }
    if (a->mistakes != 0) {
        return WIO_E_TABLE;
    }
    for (size_t s = 1; s < a->count; s++) {
        WIO_TRY(wio_nations_order(a, s));
    }
    return find_sectors(a);
}

wio_status wio_nations_take(nations *a, const wio_table *const *table)
{
    a->table = wio_zalloc(a->count, sizeof *a->table);
    a->copy = wio_zalloc(a->count, sizeof *a->copy);
    if (a->table == NULL || a->copy == NULL) {
        return no_memory(a);
    }
    for (size_t s = 0; s < a->count; s++) {
        a->table[s] = table[s];
    }
    return WIO_OK;
}

void wio_nations_free(nations *a)
{
    wio_names_free(&a->region);
    wio_names_free(&a->sector);
    wio_free(a->home);
    for (size_t s = 0; a->copy != NULL && s < a->count; s++) {
        wio_table_free(a->copy[s]);
    }
    wio_free(a->copy);
    wio_free(a->table);
}

bool wio_nations_export(const nations *a, size_t s, size_t column)
{
    const wio_table *t = a->table[s];
    return t->final_region[column] != a->home[s] ||
           t->use_role[t->final_use[column]] == WIO_ROLE_EXPORT;
}
