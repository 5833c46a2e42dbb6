/* table_entries.c - flows one by one, in any order, into compressed rows.
 *
 * Sorted by column, then, keeping that order, by row: each a count and one pass (Knuth, The Art of
 * Computer Programming, vol. 3, section 5.2.5), so that no order of the list is slow. Flows that are
 * there twice are then neighbours. */
#include "table_list.h"

#include <stdio.h>

enum { MOST_NAMED = 10 };

typedef struct sorter {
    wio_folder *folder;
    const char *path;
    const wio_entries *part;
    size_t parts, count;
    size_t users;   /* activities and all final uses that there may be */
    size_t *end;    /* [users + 1] of by_column: where a column ends */
    uint32_t *row;  /* [count] by column */
    double *value;  /* [count] by column */
    size_t *start;  /* [m + 1] the compressed rows, with final uses at their ends */
    uint32_t *user; /* [count] */
    double *flow;   /* [count] */
    size_t *final;  /* [users - n] final column of a use, SIZE_MAX: no flow goes there */
} sorter;

/* from[0..count] of counts becomes where each begins. */
static void begin(size_t *from, size_t count)
{
    size_t sum = 0;
    for (size_t i = 0; i <= count; i++) {
        size_t here = from[i];
        from[i] = sum;
        sum += here;
    }
}

static wio_status allocate(sorter *s)
{
    const wio_table *t = s->folder->table;
    s->end = wio_zalloc(s->users + 1, sizeof *s->end);
    s->row = wio_alloc(s->count, sizeof *s->row);
    s->value = wio_alloc(s->count, sizeof *s->value);
    s->start = wio_zalloc(t->m + 1, sizeof *s->start);
    s->user = wio_alloc(s->count, sizeof *s->user);
    s->flow = wio_alloc(s->count, sizeof *s->flow);
    s->final = wio_alloc(s->users - t->n, sizeof *s->final);
    return s->end != NULL && s->row != NULL && s->value != NULL && s->start != NULL &&
                   s->user != NULL && s->flow != NULL && s->final != NULL
               ? WIO_OK
               : wio_folder_memory(s->folder, "flows.csv");
}

static void sort(sorter *s)
{
    const wio_table *t = s->folder->table;
    for (size_t k = 0; k < s->parts; k++) {
        for (size_t e = 0; e < s->part[k].count; e++) {
            s->end[s->part[k].column[e]]++;
            s->start[s->part[k].row[e]]++;
        }
    }
    begin(s->end, s->users);
    begin(s->start, t->m);
    for (size_t k = 0; k < s->parts; k++) {
        const wio_entries *part = &s->part[k];
        for (size_t e = 0; e < part->count; e++) {
            size_t to = s->end[part->column[e]]++;
            s->row[to] = part->row[e];
            s->value[to] = part->value[e];
        }
    }
    size_t at = 0;
    for (size_t c = 0; c < s->users; c++) {
        for (; at < s->end[c]; at++) {
            size_t to = s->start[s->row[at]]++;
            s->user[to] = (uint32_t)c;
            s->flow[to] = s->value[at];
        }
    }
    for (size_t i = t->m; i > 0; i--) { /* each is where the next begins */
        s->start[i] = s->start[i - 1];
    }
    s->start[0] = 0;
}

/* --- what is there twice ------------------------------------------------------------------------------ */

static void name_pair(char text[256], const wio_table *t, size_t row, size_t user)
{
    size_t use = user - t->n, uses = t->use.count;
    bool final = user >= t->n;
    (void)snprintf(text, 256, "%.50s.%.50s to %.50s.%.50s", t->region.code[t->origin_region[row]],
                   t->sector.code[t->origin_sector[row]],
                   t->region.code[final ? use / uses : t->origin_region[user]],
                   final ? t->use.code[use % uses] : t->sector.code[t->origin_sector[user]]);
}

/* The lines of a flow: the list again, which only a mistake costs. */
static void tell_twice(const sorter *s, size_t row, size_t user)
{
    char name[256];
    size_t first = 0;
    name_pair(name, s->folder->table, row, user);
    for (size_t k = 0; k < s->parts; k++) {
        const wio_entries *part = &s->part[k];
        for (size_t e = 0; e < part->count; e++) {
            if (part->row[e] != row || part->column[e] != user) {
                continue;
            }
            if (first == 0) {
                first = part->line[e];
            } else {
                wio_folder_wrong(
                    s->folder, s->path, part->line[e], 1,
                    "the flow from %s is there twice (first at line %zu): add them up, "
                    "or leave one out",
                    name, first);
            }
        }
    }
}

static void find_twice(const sorter *s)
{
    size_t found = 0;
    for (size_t i = 0; i < s->folder->table->m; i++) {
        for (size_t p = s->start[i] + 1; p < s->start[i + 1]; p++) {
            bool again = s->user[p] == s->user[p - 1];
            bool before = p - 1 > s->start[i] && s->user[p - 1] == s->user[p - 2];
            if (again && !before && ++found <= MOST_NAMED) {
                tell_twice(s, i, s->user[p]);
            }
        }
    }
    if (found > MOST_NAMED) {
        wio_folder_wrong(s->folder, s->path, 0, 0, "%zu more flows are there more than once",
                         found - MOST_NAMED);
    }
}

/* --- into the table ------------------------------------------------------------------------------------ */

/* Final columns are the uses that a flow goes to. */
static wio_status make_final(sorter *s)
{
    wio_table *t = s->folder->table;
    for (size_t u = 0; u < s->users - t->n; u++) {
        size_t before = t->n + u > 0 ? s->end[t->n + u - 1] : 0;
        s->final[u] = s->end[t->n + u] > before ? t->f++ : SIZE_MAX;
    }
    size_t cells;
    if (__builtin_mul_overflow(t->m, t->f, &cells)) {
        return wio_folder_memory(s->folder, "flows.csv");
    }
    wio_error error = {0};
    if (wio_memory_need(8.0 * (double)cells, "final demand in full", &error) != WIO_OK) {
        return wio_folder_memory(s->folder, error.message);
    }
    t->final_region = wio_alloc(t->f, sizeof *t->final_region);
    t->final_use = wio_alloc(t->f, sizeof *t->final_use);
    t->Y = wio_zalloc(cells, sizeof *t->Y);
    if (t->final_region == NULL || t->final_use == NULL || t->Y == NULL) {
        return wio_folder_memory(s->folder, "flows.csv");
    }
    for (size_t u = 0; u < s->users - t->n; u++) {
        if (s->final[u] != SIZE_MAX) {
            t->final_region[s->final[u]] = u / t->use.count;
            t->final_use[s->final[u]] = u % t->use.count;
        }
    }
    return WIO_OK;
}

/* Final uses to Y; the others close up. */
static void split(sorter *s)
{
    wio_table *t = s->folder->table;
    size_t to = 0, p = 0;
    for (size_t i = 0; i < t->m; i++) {
        size_t end = s->start[i + 1];
        s->start[i] = to;
        for (; p < end; p++) {
            size_t user = s->user[p];
            if (user >= t->n) {
                t->Y[i * t->f + s->final[user - t->n]] = s->flow[p];
            } else {
                s->user[to] = (uint32_t)user;
                s->flow[to++] = s->flow[p];
            }
        }
    }
    s->start[t->m] = to;
    t->start = s->start;
    t->column = s->user;
    t->flow = s->flow;
    s->start = NULL;
    s->user = NULL;
    s->flow = NULL;
}

static wio_status place(sorter *s)
{
    const wio_table *t = s->folder->table;
    wio_error error = {0};
    double bytes = 24.0 * (double)s->count + 8.0 * (double)(2 * s->users + t->m);
    if (wio_memory_need(bytes, "sorting the flows", &error) != WIO_OK) {
        return wio_folder_memory(s->folder, error.message);
    }
    WIO_TRY(allocate(s));
    sort(s);
    find_twice(s);
    WIO_TRY(make_final(s));
    split(s);
    return WIO_OK;
}

wio_status wio_entries_place(wio_folder *folder, const char *path, const wio_entries *part,
                             size_t parts)
{
    const wio_table *t = folder->table;
    sorter s = {.folder = folder, .path = path, .part = part, .parts = parts};
    s.users = t->n + t->region.count * t->use.count;
    for (size_t k = 0; k < parts; k++) {
        s.count += part[k].count;
    }
    wio_status status = place(&s);
    void *const block[] = {s.end, s.row, s.value, s.start, s.user, s.flow, s.final};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        wio_free(block[i]);
    }
    return status;
}
