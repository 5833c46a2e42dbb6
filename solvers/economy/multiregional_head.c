/* multiregional_head.c - what a table of several national tables says of itself: its name, their sources,
 * notes, licences and files, and the groups on which they agree. */
#include "multiregional.h"

#include <stdio.h>
#include <string.h>

/* Adds the texts that are not there yet. */
static wio_status merge_texts(char ***list, size_t *count, char *const *more, size_t added,
                              const nations *a)
{
    char **out = wio_zalloc(*count + added, sizeof *out);
    if (out == NULL) {
        return wio_fail(a->err, WIO_E_MEMORY, "%zu national tables", a->count);
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
                return wio_fail(a->err, WIO_E_MEMORY, "%zu national tables", a->count);
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
        return wio_fail(a->err, WIO_E_MEMORY, "%zu national tables", a->count);
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
                return wio_fail(a->err, WIO_E_MEMORY, "%zu national tables", a->count);
            }
        }
    }
    return WIO_OK;
}

/* Whether two groups have the same sectors, by their codes. */
static bool same_group(const wio_table *t, const wio_group *g, const wio_table *u,
                       const wio_group *h)
{
    bool same = g->count == h->count;
    for (size_t k = 0; same && k < g->count; k++) {
        bool there = false;
        for (size_t l = 0; !there && l < h->count; l++) {
            there = strcmp(t->sector.code[g->sector[k]], u->sector.code[h->sector[l]]) == 0;
        }
        same = there;
    }
    return same;
}

/* Groups that are the same in all tables that have them. */
static wio_status merge_groups(wio_table *table, const nations *a)
{
    for (size_t s = 0; s < a->count; s++) {
        for (size_t g = 0; g < a->table[s]->groups; g++) {
            const wio_group *group = &a->table[s]->group[g];
            bool known = false;
            for (size_t o = 0; o < s; o++) {
                known = known || wio_table_group(a->table[o], group->code) != NULL;
            }
            size_t differs = a->count;
            for (size_t o = s + 1; !known && o < a->count; o++) {
                const wio_group *other = wio_table_group(a->table[o], group->code);
                if (other != NULL && !same_group(a->table[s], group, a->table[o], other)) {
                    differs = o;
                }
            }
            if (!known && differs == a->count) {
                WIO_TRY(wio_rebuild_group(table, a->table[s], group, a->err));
            } else if (!known) {
                wio_find(a->log, WIO_WARNING, NULL, 0, 0,
                         "group %s is left out: %s and %s have other sectors in it", group->code,
                         a->region.code[s], a->region.code[differs]);
                WIO_TRY(wio_table_note(table, a->err,
                                       "Group %s was left out: %s and %s have other sectors in it.",
                                       group->code, a->region.code[s], a->region.code[differs]));
            }
        }
    }
    return WIO_OK;
}

wio_status wio_nations_head(wio_table *table, const nations *a, const char *name, const char *rest)
{
    char title[100];
    (void)snprintf(title, sizeof title, "%zu regions, assembled from national tables and trade",
                   a->count);
    char *own = wio_strdup(name), *words = wio_strdup(title);
    if (own == NULL || words == NULL) {
        wio_free(own);
        wio_free(words);
        return wio_fail(a->err, WIO_E_MEMORY, "%zu national tables", a->count);
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
        if (a->copy[s] != NULL) {
            WIO_TRY(wio_table_note(table, a->err,
                                   "Sectors, items and satellites of %s came in another order: "
                                   "they were taken by their codes.",
                                   a->region.code[s]));
        }
        WIO_TRY(wio_rebuild_satellite_notes(table, t, a->err));
    }
    WIO_TRY(merge_groups(table, a));
    WIO_TRY(wio_frames_assemble(table, a->table, a->count, rest, a->log, a->err));
    return merge_inputs(table, a);
}
