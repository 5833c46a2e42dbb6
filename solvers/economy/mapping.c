/* mapping.c - a concordance held against the codes of a table: all are mapped, none twice the same
 * way, and the shares of each sum to 1. */
#include "aggregate.h"

#include <math.h>
#include <stdio.h>

enum { MOST_NAMED = 10 };
static const double SHARES = 1e-9; /* of 1: what printed shares may miss by rounding */

void wio_mapping_free(mapping *map)
{
    wio_free(map->start);
    wio_free(map->to);
    wio_free(map->weight);
    *map = (mapping){0};
}

static wio_status room(mapping *map, size_t sources, size_t entries, wio_error *err)
{
    map->sources = sources;
    map->start = wio_zalloc(sources + 1, sizeof *map->start);
    map->to = wio_alloc(entries, sizeof *map->to);
    map->weight = wio_alloc(entries, sizeof *map->weight);
    return map->start != NULL && map->to != NULL && map->weight != NULL
               ? WIO_OK
               : wio_fail(err, WIO_E_MEMORY, "a concordance of %zu lines", entries);
}

static wio_status identity(mapping *map, wio_names *names, const wio_names *codes, wio_error *err)
{
    WIO_TRY(room(map, codes->count, codes->count, err));
    WIO_TRY(wio_names_copy(names, codes, err));
    for (size_t i = 0; i < codes->count; i++) {
        map->start[i + 1] = i + 1;
        map->to[i] = i;
        map->weight[i] = 1.0;
    }
    map->targets = codes->count;
    return WIO_OK;
}

/* One offender more, of which the first ones are named. */
typedef struct offenders {
    const wio_concordance *c;
    wio_log *log;
    wio_error *err;
    size_t count;
} offenders;

/* Line 0: of no line, but of the whole concordance. */
static void blame(offenders *o, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void blame(offenders *o, size_t line, const char *format, ...)
{
    if (++o->count > MOST_NAMED) {
        return;
    }
    char message[300];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(o->log, WIO_ERROR, o->c->path, line, line != 0 ? 1 : 0, "%s", message);
    wio_fail(o->err, WIO_E_TABLE, "%s", message);
}

/* Source of every line; codes that the table does not have, and lines that are there twice. */
static void look_up(size_t *source, const wio_names *codes, const wio_concordance *c,
                    const char *what, offenders *o)
{
    for (size_t k = 0; k < c->count; k++) {
        source[k] = wio_names_find(codes, c->from[k]);
        if (source[k] == SIZE_MAX) {
            const char *near =
                wio_nearest(c->from[k], (const char *const *)codes->code, codes->count);
            blame(o, c->line != NULL ? c->line[k] : 0, "the table has no %s '%.80s'%s%s%s", what,
                  c->from[k], near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
                  near != NULL ? "'?)" : "");
        }
    }
}

/* Entries by source, in the order of the lines. */
static void fill(mapping *map, const size_t *source, const wio_names *names,
                 const wio_concordance *c)
{
    size_t at = 0;
    for (size_t i = 0; i < map->sources; i++) {
        map->start[i] = at;
        for (size_t k = 0; k < c->count; k++) {
            if (source[k] == i) {
                map->to[at] = wio_names_find(names, c->to[k]);
                map->weight[at++] = c->weight != NULL ? c->weight[k] : 1.0;
            }
        }
    }
    map->start[map->sources] = at;
    map->targets = names->count;
}

/* The line of entry `nth` of a source; 0: not known. */
static size_t line_of(const wio_concordance *c, const size_t *source, size_t of, size_t nth)
{
    for (size_t k = 0; c->line != NULL && k < c->count; k++) {
        if (source[k] == of && nth-- == 0) {
            return c->line[k];
        }
    }
    return 0;
}

static void blame_twice(offenders *o, const size_t *source, size_t i, size_t first, size_t again,
                        const char *what, const char *from, const char *to)
{
    size_t line = line_of(o->c, source, i, again), before = line_of(o->c, source, i, first);
    if (line != 0) {
        blame(o, line, "%s %s goes to %s twice (first at line %zu)", what, from, to, before);
    } else {
        blame(o, 0, "%s %s goes to %s twice", what, from, to);
    }
}

static void check_shares(const mapping *map, const size_t *source, const wio_names *codes,
                         const wio_names *names, const char *what, offenders *o)
{
    for (size_t i = 0; i < map->sources; i++) {
        size_t first = map->start[i], end = map->start[i + 1];
        double sum = 0.0;
        for (size_t k = first; k < end; k++) {
            sum += map->weight[k];
            for (size_t l = first; l < k; l++) {
                if (map->to[l] == map->to[k]) {
                    blame_twice(o, source, i, l - first, k - first, what, codes->code[i],
                                names->code[map->to[k]]);
                }
            }
        }
        if (first == end) {
            blame(o, 0, "%s %s is not in the concordance: give it a target", what, codes->code[i]);
        } else if (!(fabs(sum - 1.0) <= SHARES)) {
            blame(o, line_of(o->c, source, i, 0), "the weights of %s %s sum to %.10g, not to 1",
                  what, codes->code[i], sum);
        }
    }
}

wio_status wio_mapping_codes(mapping *map, wio_names *names, const wio_names *codes,
                             const wio_concordance *c, const char *what, wio_log *log,
                             wio_error *err)
{
    if (c == NULL) {
        return identity(map, names, codes, err);
    }
    offenders o = {.c = c, .log = log, .err = err};
    size_t *source = wio_alloc(c->count, sizeof *source);
    if (source == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "a concordance of %zu lines", c->count);
    }
    look_up(source, codes, c, what, &o);
    wio_status status = room(map, codes->count, c->count, err);
    for (size_t k = 0; status == WIO_OK && k < c->count; k++) {
        if (wio_names_find(names, c->to[k]) == SIZE_MAX) {
            /* A code that stays keeps its name. */
            size_t same = wio_names_find(codes, c->to[k]);
            const char *name = same != SIZE_MAX ? codes->name[same] : c->to[k];
            if (wio_names_add(names, c->to[k], name) != WIO_OK) {
                status = wio_fail(err, WIO_E_MEMORY, "codes of a concordance");
            }
        }
    }
    if (status == WIO_OK) {
        fill(map, source, names, c);
        check_shares(map, source, codes, names, what, &o);
    }
    wio_free(source);
    if (o.count > MOST_NAMED) {
        wio_find(log, WIO_ERROR, c->path, 0, 0, "%zu more mistakes of this kind",
                 o.count - MOST_NAMED);
    }
    return status != WIO_OK ? status : o.count == 0 ? WIO_OK : WIO_E_TABLE;
}
