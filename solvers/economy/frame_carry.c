/* frame_carry.c - further files of a table for one that is made of it, but not aggregated: what its codes
 * become, weights that the new table has no word for, files that need no description. */
#include "frames.h"

#include <string.h>

enum { MOST_NAMED = 8 };

/* Whether a flow between two regions that a rule names is one flow of the new table. *split: the region
 * that is not one of it. */
static bool flow_stays(const frame_work *w, const frame_rule *rule, size_t *split)
{
    const size_t side[] = {rule->importer, rule->partner};
    for (size_t k = 0; k < 2; k++) {
        *split = side[k];
        if (wio_frame_targets(w->region, side[k]) != 1) {
            return false;
        }
    }
    const frame_place place = {rule->importer, rule->partner, SIZE_MAX};
    return w->how == NULL || w->how->share == NULL ||
           !(w->how->share(w->how->context, &place, 0, 1.0) < 0.0);
}

static bool several_produce(const wio_table *table)
{
    return table->origin_region[0] != table->origin_region[table->n - 1];
}

static wio_status refuse_weight(frame_work *w, size_t c, size_t split)
{
    const frame_rule *rule = &w->rule[c];
    return wio_fail(w->err, WIO_E_UNSUPPORTED,
                    "%s: %s is weighted by %s<-%s, and the concordance splits %s: leave the file "
                    "out (--drop-files)",
                    w->frame->file, w->frame->header[c], w->from->region.code[rule->importer],
                    w->from->region.code[rule->partner], w->from->region.code[split]);
}

/* Adds "mfn_rate (USA<-CHN)" to the list of rates that lose their weight; the first ones are named. */
static void list_rate(frame_work *w, wio_text *list, size_t *count, size_t c)
{
    const frame_rule *rule = &w->rule[c];
    w->lost[rule->line] = true;
    if (++*count > MOST_NAMED) {
        return;
    }
    wio_text_add(list, "%s%.40s (", *count > 1 ? ", " : "", w->frame->header[c]);
    if (rule->weight == WEIGHT_OUTPUT) {
        wio_text_add(list, "output)");
    } else {
        wio_text_add(list, "%.16s<-%.16s)", w->from->region.code[rule->importer],
                     w->from->region.code[rule->partner]);
    }
}

static wio_status tell_rates(frame_work *w, wio_text *list, size_t count)
{
    static const char *const WHAT =
        "rates become of the kind 'same', because their weights are not numbers of the new table";
    char *text = NULL;
    if (count > MOST_NAMED) {
        wio_text_add(list, " and %zu more", count - MOST_NAMED);
    }
    WIO_TRY(wio_text_take(&text, list, w->err));
    wio_find(w->log, WIO_WARNING, w->frame->file, 0, 0, "%s: %s", WHAT, text);
    wio_status status = wio_table_note(w->to, w->err, "%s: %s: %s.", w->frame->file, WHAT, text);
    wio_free(text);
    return status;
}

wio_status wio_frame_check_weights(frame_work *w)
{
    const wio_frame *f = w->frame;
    const bool placed =
        wio_frame_has(w->rule, f, KIND_REGION) || (w->how != NULL && w->how->home != NULL);
    wio_text list = {0};
    size_t count = 0;
    for (size_t c = 0; c < f->columns; c++) {
        const frame_rule *rule = &w->rule[c];
        size_t split = 0;
        bool flow = rule->weight == WEIGHT_FLOW && !flow_stays(w, rule, &split);
        if (flow && w->how == NULL) {
            return refuse_weight(w, c, split); /* the list is empty then */
        }
        bool output =
            w->how != NULL && rule->weight == WEIGHT_OUTPUT && !placed && several_produce(w->to);
        if (flow || output) {
            list_rate(w, &list, &count, c);
        }
    }
    return count != 0 ? tell_rates(w, &list, count) : WIO_OK;
}

/* Whether a code that stands in a column that nobody described is another one, or none, now. */
static bool code_moves(const frame_work *w, const mapping *map, const wio_names *to,
                       const wio_names *from, const char *code)
{
    double share = 1.0;
    size_t at = wio_names_find(from, code);
    return at != SIZE_MAX && (wio_frame_targets(map, at) != 1 ||
                              strcmp(to->code[wio_frame_target(map, at, 0, &share)], code) != 0 ||
                              (from == &w->from->region && w->how->share != NULL));
}

bool wio_frame_needs_no_word(const frame_work *w)
{
    const wio_frame *f = w->frame;
    if (w->how == NULL || !wio_frame_one_to_one(w)) {
        return false;
    }
    for (size_t c = 0; c < f->columns; c++) {
        bool unknown = w->rule[c].kind == KIND_NONE || w->rule[c].kind == KIND_DROP;
        bool sectors = unknown && wio_frame_holds_codes(f, c, &w->from->sector);
        bool regions = unknown && wio_frame_holds_codes(f, c, &w->from->region);
        for (size_t r = 0; (sectors || regions) && r < f->rows; r++) {
            const char *cell = f->cell[r * f->columns + c];
            if ((sectors && code_moves(w, w->sector, &w->to->sector, &w->from->sector, cell)) ||
                (regions && code_moves(w, w->region, &w->to->region, &w->from->region, cell))) {
                return false;
            }
        }
    }
    return true;
}

wio_status wio_frame_add_region(frame_work *w)
{
    wio_frame *out = w->out;
    if (w->how->home == NULL || wio_frame_has(w->rule, w->frame, KIND_REGION)) {
        return WIO_OK;
    }
    if (wio_frame_column(w->frame, "region") != SIZE_MAX) {
        return wio_fail(w->err, WIO_E_TABLE, "its column 'region' is not of the kind region");
    }
    const size_t columns = out->columns + 1;
    char **header = wio_zalloc(columns, sizeof *header), **cell = NULL;
    size_t cells;
    if (header == NULL || __builtin_mul_overflow(columns, out->rows, &cells) ||
        (cell = wio_zalloc(cells, sizeof *cell)) == NULL) {
        wio_free(header);
        return wio_frame_memory(w);
    }
    bool whole = (header[0] = wio_strdup("region")) != NULL;
    memcpy(header + 1, out->header, out->columns * sizeof *header);
    for (size_t r = 0; r < out->rows; r++) {
        whole = (cell[r * columns] = wio_strdup(w->how->home)) != NULL && whole;
        memcpy(cell + r * columns + 1, out->cell + r * out->columns, out->columns * sizeof *cell);
    }
    wio_free(out->header);
    wio_free(out->cell);
    out->header = header;
    out->cell = cell;
    out->columns = columns;
    return whole ? WIO_OK : wio_frame_memory(w);
}

static bool is_named(const wio_concordance *changes, const char *code)
{
    for (size_t k = 0; changes != NULL && k < changes->count; k++) {
        if (strcmp(changes->from[k], code) == 0) {
            return true;
        }
    }
    return false;
}

/* Codes to what the changes say, others to themselves; to nothing where the new table has no such code. */
static wio_status find_targets(mapping *map, const wio_names *from, const wio_names *to,
                               const wio_concordance *changes, wio_error *err)
{
    const size_t most = from->count + (changes != NULL ? changes->count : 0);
    size_t at = 0;
    *map = (mapping){.sources = from->count,
                     .targets = to->count,
                     .start = wio_zalloc(from->count + 1, sizeof *map->start),
                     .to = wio_alloc(most, sizeof *map->to),
                     .weight = wio_alloc(most, sizeof *map->weight)};
    if (map->start == NULL || map->to == NULL || map->weight == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "further files");
    }
    for (size_t i = 0; i < from->count; i++) {
        size_t same =
            is_named(changes, from->code[i]) ? SIZE_MAX : wio_names_find(to, from->code[i]);
        if (same != SIZE_MAX) {
            map->to[at] = same;
            map->weight[at++] = 1.0;
        }
        for (size_t k = 0; changes != NULL && k < changes->count; k++) {
            size_t there = strcmp(changes->from[k], from->code[i]) == 0
                               ? wio_names_find(to, changes->to[k])
                               : SIZE_MAX;
            if (there != SIZE_MAX) {
                map->to[at] = there;
                map->weight[at++] = changes->weight != NULL ? changes->weight[k] : 1.0;
            }
        }
        map->start[i + 1] = at;
    }
    return WIO_OK;
}

static wio_status find_merges(bool *merges, const mapping *map, wio_error *err)
{
    bool *seen = wio_zalloc(map->targets, sizeof *seen);
    if (seen == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "further files");
    }
    for (size_t k = 0; k < map->start[map->sources]; k++) {
        *merges = *merges || seen[map->to[k]];
        seen[map->to[k]] = true;
    }
    wio_free(seen);
    return WIO_OK;
}

static wio_status carry(frame_work *w, mapping *region, mapping *sector, double **before)
{
    const wio_table *from = w->from;
    size_t cells;
    WIO_TRY(find_targets(region, &from->region, &w->to->region, w->how->region, w->err));
    WIO_TRY(find_targets(sector, &from->sector, &w->to->sector, w->how->sector, w->err));
    WIO_TRY(find_merges(&w->merges, region, w->err));
    WIO_TRY(find_merges(&w->merges, sector, w->err));
    if (w->merges) {
        if (__builtin_mul_overflow(from->m, from->region.count, &cells) ||
            (*before = wio_zalloc(cells, sizeof **before)) == NULL) {
            return wio_frame_memory(w);
        }
        wio_frame_bought(*before, from, 0, from->m, from->Z);
    }
    w->before = *before;
    return wio_frames_map(w);
}

wio_status wio_frames_carry(wio_table *to, const frame_carry *how, wio_log *log, wio_error *err)
{
    static const wio_aggregate_options standard = {0};
    mapping region = {0}, sector = {0};
    double *before = NULL;
    frame_work w = {.from = how->from,
                    .to = to,
                    .how = how,
                    .region = &region,
                    .sector = &sector,
                    .options = &standard,
                    .log = log,
                    .err = err};
    wio_status status = how->from->frames != 0 ? carry(&w, &region, &sector, &before) : WIO_OK;
    wio_mapping_free(&region);
    wio_mapping_free(&sector);
    wio_free(before);
    return status;
}
