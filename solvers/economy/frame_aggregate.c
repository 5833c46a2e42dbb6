/* frame_aggregate.c - further files of a table, added up with it. A row of a file stands for a
 * sector (of a region, from a partner); with s the share of an old row in a new one, w its weight
 * and c its value, a new row has
 *     amount  sum s c         rate  sum s w c / sum s w,  over the rows with a value,
 * so that the amount a rate stands for (duty = rate x imports) is the same before and after. What
 * part of a rate's weight has a value is said in the log wherever it is not all of it. */
#include "frames.h"

#include <math.h>
#include <string.h>

enum { MOST_NAMED = 10 };

wio_status wio_frame_memory(frame_work *w)
{
    return wio_fail(w->err, WIO_E_MEMORY, "%s",
                    w->frame != NULL ? w->frame->file : "further files");
}

wio_status wio_frame_wrong(frame_work *w, size_t row, size_t column, const char *what)
{
    const wio_frame *f = w->frame;
    const char *cell = f->cell[row * f->columns + column];
    wio_find(w->log, WIO_ERROR, f->file, f->line[row], column + 1, "%s is '%.60s': %s",
             f->header[column], cell, what);
    return wio_fail(w->err, WIO_E_TABLE, "%s:%zu:%zu: %s is '%.60s': %s", f->file, f->line[row],
                    column + 1, f->header[column], cell, what);
}

void wio_frame_bought(double *bought, const wio_table *table, size_t first, size_t count,
                      const double *Z)
{
    for (size_t i = first; i < first + count; i++) {
        double *row = bought + i * table->region.count;
        for (size_t j = 0; j < table->n; j++) {
            row[table->origin_region[j]] += Z[(i - first) * table->n + j];
        }
        for (size_t c = 0; c < table->f; c++) {
            row[table->final_region[c]] += table->Y[i * table->f + c];
        }
    }
}

static wio_status bought_after(double **out, const wio_table *table, frame_work *w)
{
    size_t cells;
    if (__builtin_mul_overflow(table->m, table->region.count, &cells) ||
        (*out = wio_zalloc(cells, sizeof **out)) == NULL) {
        return wio_frame_memory(w);
    }
    wio_frame_bought(*out, table, 0, table->m, table->Z);
    return WIO_OK;
}

/* --- rows ------------------------------------------------------------------------------------------ */

static wio_status find_places(frame_work *w)
{
    const wio_frame *f = w->frame;
    for (size_t r = 0; r < f->rows; r++) {
        frame_place *p = &w->old_place[r];
        *p = (frame_place){SIZE_MAX, SIZE_MAX, SIZE_MAX};
        for (size_t c = 0; c < f->columns; c++) {
            frame_kind kind = w->rule[c].kind;
            size_t *to = kind == KIND_SECTOR    ? &p->sector
                         : kind == KIND_REGION  ? &p->region
                         : kind == KIND_PARTNER ? &p->partner
                                                : NULL;
            const char *cell = f->cell[r * f->columns + c];
            if (to == NULL || *cell == '\0') {
                continue;
            }
            if (*to != SIZE_MAX) {
                return wio_frame_wrong(w, r, c, "a second code of the same kind in this line");
            }
            *to = wio_names_find(kind == KIND_SECTOR ? &w->from->sector : &w->from->region, cell);
            if (*to == SIZE_MAX) {
                return wio_frame_wrong(w, r, c,
                                       kind == KIND_SECTOR ? "the table has no such sector"
                                                           : "the table has no such region");
            }
        }
    }
    return WIO_OK;
}

/* The new row of labels: its number in keys; labels of the other kinds do not tell rows apart. */
static wio_status find_row(frame_work *w, size_t *at, size_t row, const frame_place *p)
{
    const wio_frame *f = w->frame;
    wio_text key = {0};
    wio_text_add(&key, "%zu.%zu.%zu", p->region, p->partner, p->sector);
    for (size_t c = 0; c < f->columns; c++) {
        if (w->rule[c].kind == KIND_KEY) {
            wio_text_add(&key, "\x1f%s", f->cell[row * f->columns + c]);
        }
    }
    char *code = NULL;
    WIO_TRY(wio_text_take(&code, &key, w->err));
    wio_status status = WIO_OK;
    *at = wio_names_find(&w->keys, code);
    if (*at == SIZE_MAX) {
        *at = w->keys.count;
        frame_place *grown = wio_grow(w->new_place, *at, *at + 1, sizeof *grown);
        if (grown == NULL || wio_names_add(&w->keys, code, "") != WIO_OK) {
            status = wio_frame_memory(w);
        }
        w->new_place = grown != NULL ? grown : w->new_place;
        if (status == WIO_OK) {
            w->new_place[*at] = *p;
        }
    }
    wio_free(code);
    return status;
}

static wio_status add_member(frame_work *w, size_t row, const frame_place *p, double share)
{
    if (w->members == w->room) {
        size_t room = 2 * w->room + 64;
        frame_member *grown = wio_grow(w->member, w->members, room, sizeof *grown);
        if (grown == NULL) {
            return wio_frame_memory(w);
        }
        w->member = grown;
        w->room = room;
    }
    size_t at;
    WIO_TRY(find_row(w, &at, row, p));
    w->member[w->members++] = (frame_member){.from = row, .to = at, .share = share};
    return WIO_OK;
}

static wio_status find_members(frame_work *w)
{
    for (size_t r = 0; r < w->frame->rows; r++) {
        const frame_place old = w->old_place[r];
        for (size_t a = 0; a < wio_frame_targets(w->region, old.region); a++) {
            for (size_t b = 0; b < wio_frame_targets(w->region, old.partner); b++) {
                for (size_t c = 0; c < wio_frame_targets(w->sector, old.sector); c++) {
                    double share = 1.0;
                    frame_place p;
                    p.region = wio_frame_target(w->region, old.region, a, &share);
                    p.partner = wio_frame_target(w->region, old.partner, b, &share);
                    p.sector = wio_frame_target(w->sector, old.sector, c, &share);
                    WIO_TRY(add_member(w, r, &p, share));
                }
            }
        }
    }
    return WIO_OK;
}

/* --- files ----------------------------------------------------------------------------------------- */

/* Whether a column of a file that nobody described holds codes of the table. */
static bool holds_codes(const wio_frame *f, size_t column, const wio_names *names)
{
    size_t found = 0;
    for (size_t r = 0; r < f->rows; r++) {
        const char *cell = f->cell[r * f->columns + column];
        if (*cell != '\0' && wio_names_find(names, cell) == SIZE_MAX) {
            return false;
        }
        found += *cell != '\0';
    }
    return found != 0;
}

/* Whether rows stand for sectors or regions; *missing counts columns that nobody described. */
static bool has_places(frame_work *w, size_t *missing)
{
    const wio_frame *f = w->frame;
    bool places = wio_frame_has(w->rule, f, KIND_SECTOR) ||
                  wio_frame_has(w->rule, f, KIND_REGION) || wio_frame_has(w->rule, f, KIND_PARTNER);
    bool described = false;
    *missing = 0;
    for (size_t c = 0; c < f->columns; c++) {
        described = described || w->rule[c].line != SIZE_MAX;
    }
    for (size_t c = 0; !places && !described && c < f->columns; c++) {
        places = holds_codes(f, c, &w->from->sector) || holds_codes(f, c, &w->from->region);
    }
    for (size_t c = 0; places && c < f->columns; c++) {
        *missing += w->rule[c].kind == KIND_NONE;
    }
    return places;
}

static wio_status refuse_file(frame_work *w, size_t missing)
{
    const wio_frame *f = w->frame;
    const char *first = NULL;
    for (size_t c = 0; c < f->columns; c++) {
        first = first == NULL && w->rule[c].kind == KIND_NONE ? f->header[c] : first;
        if (w->rule[c].kind == KIND_NONE) {
            wio_find(w->log, WIO_ERROR, f->file, 0, c + 1,
                     "column '%s' is not described: is it an amount, a rate?", f->header[c]);
        }
    }
    return wio_fail(w->err, WIO_E_UNSUPPORTED,
                    "%s has a line per sector or region, and %zu of its columns ('%.40s'%s) are "
                    "not described: say in columns.csv (file,column,kind,weight) what they are, "
                    "give such a list (--columns), or leave the file out (drop_files, "
                    "--drop-files)",
                    f->file, missing, first, missing > 1 ? ", ..." : "");
}

static wio_status leave_out(frame_work *w)
{
    wio_find(w->log, WIO_WARNING, NULL, 0, 0, "%s is left out", w->frame->file);
    return wio_table_note(w->to, w->err, "%s was left out by the aggregation.", w->frame->file);
}

static void clear(frame_work *w)
{
    wio_free(w->rule);
    wio_free(w->old_place);
    wio_free(w->member);
    wio_free(w->new_place);
    wio_names_free(&w->keys);
    w->rule = NULL;
    w->old_place = w->new_place = NULL;
    w->member = NULL;
    w->members = w->room = w->partial = 0;
    w->keys = (wio_names){0};
    w->gap = 0.0;
    w->where[0] = '\0';
    w->frame = NULL;
}

/* What was not whole, once more in the notes of the table. */
static wio_status note_partial(frame_work *w)
{
    if (w->partial > MOST_NAMED) {
        wio_find(w->log, WIO_WARNING, w->frame->file, 0, 0, "%zu more cells of this kind",
                 w->partial - MOST_NAMED);
    }
    if (w->partial == 0) {
        return WIO_OK;
    }
    if (*w->where == '\0') {
        return wio_table_note(w->to, w->err, "%s: %zu cells rest on some of their members alone.",
                              w->frame->file, w->partial);
    }
    return wio_table_note(
        w->to, w->err,
        "%s: %zu cells rest on some of their members alone; at most, members with %.3g %% "
        "of the weight have no value (%s).",
        w->frame->file, w->partial, 100.0 * w->gap, w->where);
}

/* A rate of trade between two regions that are named needs both as a whole. */
static wio_status check_flows(frame_work *w)
{
    for (size_t c = 0; c < w->frame->columns; c++) {
        const frame_rule *rule = &w->rule[c];
        const size_t side[] = {rule->importer, rule->partner};
        for (size_t k = 0; rule->weight == WEIGHT_FLOW && k < 2; k++) {
            if (wio_frame_targets(w->region, side[k]) != 1) {
                return wio_fail(w->err, WIO_E_UNSUPPORTED,
                                "%s: %s is weighted by %s<-%s, and the concordance splits %s: "
                                "leave the file out (--drop-files)",
                                w->frame->file, w->frame->header[c],
                                w->from->region.code[rule->importer],
                                w->from->region.code[rule->partner], w->from->region.code[side[k]]);
            }
        }
    }
    return WIO_OK;
}

/* How many indices become `to`; 1 where there is no such column. */
static size_t sources(const mapping *map, size_t to)
{
    size_t count = to == SIZE_MAX;
    for (size_t k = 0; to != SIZE_MAX && k < map->start[map->sources]; k++) {
        count += map->to[k] == to;
    }
    return count;
}

/* New rows whose members do not all have a line: usual (no tariffs on services), but said. */
static wio_status note_lines(frame_work *w)
{
    size_t *lines = wio_zalloc(w->keys.count, sizeof *lines), fewer = 0;
    if (lines == NULL) {
        return wio_frame_memory(w);
    }
    for (size_t k = 0; k < w->members; k++) {
        lines[w->member[k].to]++;
    }
    for (size_t at = 0; at < w->keys.count; at++) {
        const frame_place *p = &w->new_place[at];
        size_t all = sources(w->region, p->region) * sources(w->region, p->partner) *
                     sources(w->sector, p->sector);
        fewer += lines[at] < all;
    }
    wio_free(lines);
    if (fewer != 0) {
        wio_find(w->log, WIO_NOTE, w->frame->file, 0, 0,
                 "%zu of %zu new lines have members without a line in the file", fewer,
                 w->keys.count);
    }
    return WIO_OK;
}

/* A line with a key of its own (a plant) whose sector or region is split stands in several new lines.
 * Amounts are shared among them; in a file without amounts there would be two plants without a word. */
static wio_status note_copies(frame_work *w)
{
    const wio_frame *f = w->frame;
    size_t copied = 0, key = 0;
    if (!wio_frame_has(w->rule, f, KIND_KEY) || wio_frame_has(w->rule, f, KIND_AMOUNT)) {
        return WIO_OK;
    }
    while (w->rule[key].kind != KIND_KEY) {
        key++;
    }
    for (size_t k = 0, next; k < w->members; k = next) { /* in the order of the old rows */
        size_t row = w->member[k].from;
        for (next = k; next < w->members && w->member[next].from == row; next++) {}
        if (next - k > 1 && ++copied <= MOST_NAMED) {
            wio_find(w->log, WIO_WARNING, f->file, f->line[row], key + 1,
                     "%s '%.60s' is there %zu times now: the concordance splits its sector or "
                     "region",
                     f->header[key], f->cell[row * f->columns + key], next - k);
        }
    }
    return copied == 0
               ? WIO_OK
               : wio_table_note(w->to, w->err,
                                "%s: %zu lines stand more than once, their sectors or regions "
                                "were split.",
                                f->file, copied);
}

static wio_status map_file(frame_work *w)
{
    const wio_frame *f = w->frame;
    size_t missing = 0;
    bool drop = false;
    w->rule = wio_alloc(f->columns, sizeof *w->rule);
    w->old_place = wio_alloc(f->rows, sizeof *w->old_place);
    if (w->rule == NULL || w->old_place == NULL) {
        return wio_frame_memory(w);
    }
    WIO_TRY(wio_frame_rules(w->rule, &drop, w->from, f, w->log, w->err));
    bool places = has_places(w, &missing);
    if (drop || (missing != 0 && w->options->drop_files)) {
        return leave_out(w);
    }
    if (missing != 0) {
        return refuse_file(w, missing);
    }
    wio_frame *out = &w->to->frame[w->to->frames++];
    if (!places) {
        return wio_frame_copy(out, f, w->err);
    }
    w->out = out;
    out->file = wio_strdup(f->file);
    out->about = f->about != NULL ? wio_strdup(f->about) : NULL;
    if (out->file == NULL || (f->about != NULL && out->about == NULL)) {
        return wio_frame_memory(w);
    }
    WIO_TRY(check_flows(w));
    WIO_TRY(find_places(w));
    WIO_TRY(find_members(w));
    WIO_TRY(note_copies(w));
    WIO_TRY(note_lines(w));
    WIO_TRY(wio_frame_cells(w));
    return note_partial(w);
}

/* The description itself: weights "USA<-CHN" get the new codes, what was dropped is no longer
 * described. */
static wio_status map_rules(frame_work *w)
{
    const wio_frame *f = wio_table_frame(w->from, WIO_COLUMNS_FILE);
    if (f == NULL) {
        return WIO_OK;
    }
    return wio_frame_rules_rename(&w->to->frame[w->to->frames++], f, w->to, w->from, w->region,
                                  w->err);
}

wio_status wio_frames_aggregate(wio_table *to, const wio_table *from, const double *bought,
                                const mapping *region, const mapping *sector,
                                const wio_aggregate_options *options, wio_log *log, wio_error *err)
{
    frame_work w = {.from = from,
                    .to = to,
                    .before = bought,
                    .region = region,
                    .sector = sector,
                    .options = options,
                    .log = log,
                    .err = err};
    to->frame = wio_zalloc(from->frames, sizeof *to->frame);
    wio_status status = to->frame != NULL ? WIO_OK : wio_frame_memory(&w);
    if (status == WIO_OK && from->frames != 0) {
        status = bought_after(&w.after, to, &w);
    }
    wio_status first = status; /* of the files: every one is looked at, for the log */
    for (size_t i = 0; status != WIO_E_MEMORY && w.after != NULL && i < from->frames; i++) {
        w.frame = &from->frame[i];
        if (strcmp(w.frame->file, WIO_COLUMNS_FILE) != 0) {
            wio_error own = {0};
            w.err = first == WIO_OK ? err : &own;
            status = map_file(&w);
            first = first == WIO_OK || status == WIO_E_MEMORY ? status : first;
        }
        clear(&w);
    }
    w.err = err;
    first = first == WIO_OK ? map_rules(&w) : first;
    wio_free(w.after);
    return first;
}
