/* multiregional_check.c - whether national tables can be one table: the same sectors, items, accounts,
 * money, unit, year and prices, one region of production each; and the texts of what is made of them. */
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
        if (strcmp(sector_of(t, j), sector_of(first, j)) != 0) {
            wio_nations_blame(a, NULL, 0,
                              "sector %zu of %s is %.60s, of %s %.60s: they have to be the same in "
                              "the same order",
                              j + 1, me, sector_of(t, j), other, sector_of(first, j));
            return;
        }
    }
}

static void same_items(nations *a, size_t s)
{
    const wio_table *t = a->table[s], *first = a->table[0];
    const char *me = a->region.code[s], *other = a->region.code[0];
    bool items = t->p == first->p, accounts = t->k == first->k;
    for (size_t i = 0; items && i < t->p; i++) {
        items = strcmp(t->item.code[i], first->item.code[i]) == 0 &&
                t->item_role[i] == first->item_role[i];
    }
    for (size_t i = 0; accounts && i < t->k; i++) {
        accounts = strcmp(t->account.code[i], first->account.code[i]) == 0 &&
                   strcmp(t->account_unit[i], first->account_unit[i]) == 0;
    }
    if (!items) {
        wio_nations_blame(a, NULL, 0,
                          "%s and %s differ in their primary items: codes, roles and order have to "
                          "be the same",
                          me, other);
    }
    if (!accounts) {
        wio_nations_blame(a, NULL, 0,
                          "%s and %s differ in their satellites: codes, units and order have to be "
                          "the same",
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
    return a->mistakes != 0 ? WIO_E_TABLE : find_sectors(a);
}

void wio_nations_free(nations *a)
{
    wio_names_free(&a->region);
    wio_names_free(&a->sector);
    wio_free(a->home);
}

bool wio_nations_export(const nations *a, size_t s, size_t column)
{
    const wio_table *t = a->table[s];
    return t->final_region[column] != a->home[s] ||
           t->use_role[t->final_use[column]] == WIO_ROLE_EXPORT;
}

/* Adds the texts that are not there yet. */
static wio_status merge_texts(char ***list, size_t *count, char *const *more, size_t added,
                              const nations *a)
{
    char **out = wio_zalloc(*count + added, sizeof *out);
    if (out == NULL) {
        return no_memory(a);
    }
    if (*count != 0) {
        memcpy(out, *list, *count * sizeof *out);
    }
    wio_free(*list);
    *list = out;
    for (size_t k = 0; k < added; k++) {
        size_t at = 0;
        while (at < *count && strcmp(out[at], more[k]) != 0) {
            at++;
        }
        if (at == *count) {
            out[at] = wio_strdup(more[k]);
            if (out[at] == NULL) {
                return no_memory(a);
            }
            ++*count;
        }
    }
    return WIO_OK;
}

static wio_status merge_inputs(wio_table *table, const nations *a)
{
    size_t count = 0;
    for (size_t s = 0; s < a->count; s++) {
        count += a->table[s]->inputs;
    }
    wio_input_file *input = wio_zalloc(count, sizeof *input);
    if (input == NULL) {
        return no_memory(a);
    }
    for (size_t k = 0; k < table->inputs; k++) {
        wio_free(table->input[k].path);
    }
    wio_free(table->input);
    table->input = input;
    table->inputs = 0;
    for (size_t s = 0; s < a->count; s++) {
        for (size_t k = 0; k < a->table[s]->inputs; k++) {
            wio_input_file *to = &input[table->inputs++];
            *to = a->table[s]->input[k];
            const char *path = to->path;
            to->path = path != NULL ? wio_strdup(path) : NULL;
            if (to->path == NULL && path != NULL) {
                return no_memory(a);
            }
        }
    }
    return WIO_OK;
}

wio_status wio_nations_head(wio_table *table, const nations *a, const char *name)
{
    char title[100];
    (void)snprintf(title, sizeof title, "%zu regions, assembled from national tables and trade",
                   a->count);
    char *own = wio_strdup(name), *words = wio_strdup(title);
    if (own == NULL || words == NULL) {
        wio_free(own);
        wio_free(words);
        return no_memory(a);
    }
    wio_free(table->name);
    wio_free(table->title);
    table->name = own;
    table->title = words;
    table->household_income = 0.0;
    for (size_t s = 0; s < a->count; s++) {
        const wio_table *t = a->table[s];
        table->household_income += t->household_income; /* NaN where one is not known */
        WIO_TRY(merge_texts(&table->source, &table->sources, t->source, t->sources, a));
        WIO_TRY(merge_texts(&table->note, &table->notes, t->note, t->notes, a));
        if (strcmp(t->licence != NULL ? t->licence : "",
                   table->licence != NULL ? table->licence : "") != 0) {
            WIO_TRY(wio_table_note(table, a->err, "Licence of the table of %s: %s.",
                                   a->region.code[s],
                                   t->licence != NULL ? t->licence : "not given"));
        }
        if (s != 0 && (t->groups != 0 || t->frames != 0 || t->satellite_notes != 0)) {
            WIO_TRY(wio_table_note(table, a->err,
                                   "Groups, notes on satellites and further files of the table of "
                                   "%s are not carried over.",
                                   a->region.code[s]));
        }
    }
    return merge_inputs(table, a);
}
