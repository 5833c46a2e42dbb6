/* frame_files.c - further files of a table, for the table that is made of it. A row of a file stands for
 * a sector (of a region, from a partner); with s the share of an old row in a new one, w its weight
 * and c its value, a new row has
 *     amount  sum s c         rate  sum s w c / sum s w,  over the rows with a value,
 * so that the amount a rate stands for (duty = rate x imports) is the same before and after. What
 * part of a rate's weight has a value is said in the log wherever it is not all of it.
 *
 * An aggregation refuses a file whose columns it does not know. All others (split, carve, assemble ...)
 * make one line of one line or several of one, which needs less: rates, texts and labels stay, amounts
 * are divided, and a file whose lines all stay needs no description. What they cannot carry they leave
 * out, by name and with the reason. */
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
    wio_find(w->mistakes, WIO_ERROR, f->file, f->line[row], column + 1, "%s is '%.60s': %s",
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

/* --- files ----------------------------------------------------------------------------------------- */

/* Whether a column of a file that nobody described holds codes of the table. */
bool wio_frame_holds_codes(const wio_frame *f, size_t column, const wio_names *names)
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
        places = wio_frame_holds_codes(f, c, &w->from->sector) ||
                 wio_frame_holds_codes(f, c, &w->from->region);
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
            wio_find(w->mistakes, WIO_ERROR, f->file, 0, c + 1,
                     "column '%s' is not described: is it an amount, a rate?", f->header[c]);
        }
    }
    if (w->how != NULL && missing == 1) {
        return wio_fail(w->err, WIO_E_UNSUPPORTED,
                        "its column '%.40s' is not described in columns.csv", first);
    }
    if (w->how != NULL) {
        return wio_fail(w->err, WIO_E_UNSUPPORTED,
                        "%zu of its columns ('%.40s', ...) are not described in columns.csv",
                        missing, first);
    }
    return wio_fail(w->err, WIO_E_UNSUPPORTED,
                    "%s has a line per sector or region, and %zu of its columns ('%.40s'%s) are "
                    "not described: say in columns.csv (file,column,kind,weight) what they are, "
                    "give such a list (--columns), or leave the file out (drop_files, "
                    "--drop-files)",
                    f->file, missing, first, missing > 1 ? ", ..." : "");
}

static wio_status leave_out(frame_work *w, const char *reason)
{
    if (w->how == NULL) {
        wio_find(w->log, WIO_WARNING, NULL, 0, 0, "%s is left out", w->frame->file);
        return wio_table_note(w->to, w->err, "%s was left out by the aggregation.", w->frame->file);
    }
    wio_find(w->log, WIO_WARNING, NULL, 0, 0, "%s is left out: %s", w->frame->file, reason);
    return wio_table_note(w->to, w->err, "%s was left out: %s.", w->frame->file, reason);
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
    w->members = w->room = w->rows = w->gone = w->partial = 0;
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

static wio_status fill_file(frame_work *w, wio_frame *out)
{
    const wio_frame *f = w->frame;
    w->out = out;
    out->file = wio_strdup(f->file);
    out->about = f->about != NULL ? wio_strdup(f->about) : NULL;
    if (out->file == NULL || (f->about != NULL && out->about == NULL)) {
        return wio_frame_memory(w);
    }
    if (w->how == NULL) {
        WIO_TRY(wio_frame_check_weights(w));
    }
    WIO_TRY(wio_frame_cells(w));
    if (w->how != NULL) {
        WIO_TRY(wio_frame_add_region(w));
        WIO_TRY(wio_frame_check_weights(w));
    }
    WIO_TRY(wio_frame_note_rows(w));
    return note_partial(w);
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
    WIO_TRY(wio_frame_rules(w->rule, &drop, w->from, f, w->mistakes, w->err));
    bool places = has_places(w, &missing);
    if (places && w->how != NULL) {
        WIO_TRY(wio_frame_places(w));
        WIO_TRY(wio_frame_members(w));
        if (w->rows == 0 && f->rows != 0) {
            return wio_fail(w->err, WIO_E_TABLE, "all its lines are of %s", w->how->gone);
        }
    }
    const bool known = w->how != NULL && (!places || wio_frame_needs_no_word(w));
    if (!known && (drop || (missing != 0 && w->options->drop_files))) {
        return leave_out(w, "columns.csv drops it");
    }
    if (!known && missing != 0) {
        return refuse_file(w, missing);
    }
    for (size_t c = 0; known && c < f->columns; c++) { /* what stays needs not be dropped */
        w->rule[c].kind = w->rule[c].kind == KIND_DROP ? KIND_NONE : w->rule[c].kind;
    }
    if (places && w->how == NULL) {
        WIO_TRY(wio_frame_places(w));
        WIO_TRY(wio_frame_members(w));
    }
    wio_frame *out = &w->to->frame[w->to->frames++];
    if (places) {
        return fill_file(w, out);
    }
    WIO_TRY(wio_frame_copy(out, f, w->err));
    return w->how != NULL ? wio_frame_check_weights(w) : WIO_OK;
}

/* A file, or the reason why it is left out. */
static wio_status carry_file(frame_work *w)
{
    const size_t frames = w->to->frames, notes = w->to->notes;
    wio_error own = {0}, *err = w->err;
    w->err = &own;
    wio_status status = map_file(w);
    w->err = err;
    if (status == WIO_OK) {
        return WIO_OK;
    }
    if (w->how == NULL || status == WIO_E_MEMORY) {
        return wio_fail(err, status, "%s", own.message);
    }
    while (w->to->frames > frames) {
        wio_frame_clear(&w->to->frame[--w->to->frames]);
    }
    while (w->to->notes > notes) { /* of a file that is not there */
        wio_free(w->to->note[--w->to->notes]);
    }
    return leave_out(w, own.message);
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
                                  w->lost, w->err);
}

wio_status wio_frames_map(frame_work *w)
{
    const wio_table *from = w->from;
    const wio_frame *rules = wio_table_frame(from, WIO_COLUMNS_FILE);
    wio_error *err = w->err;
    w->to->frame = wio_zalloc(from->frames, sizeof *w->to->frame);
    w->lost = wio_zalloc(rules != NULL ? rules->rows : 0, sizeof *w->lost);
    wio_status status = w->to->frame != NULL && w->lost != NULL ? WIO_OK : wio_frame_memory(w);
    if (status == WIO_OK && from->frames != 0 && w->how == NULL) {
        status = bought_after(&w->after, w->to, w);
    }
    wio_status first = status; /* of the files: every one is looked at, for the log */
    for (size_t i = 0; first != WIO_E_MEMORY && i < from->frames; i++) {
        w->frame = &from->frame[i];
        if (strcmp(w->frame->file, WIO_COLUMNS_FILE) != 0) {
            wio_error own = {0};
            w->err = first == WIO_OK ? err : &own;
            status = carry_file(w);
            first = first == WIO_OK || status == WIO_E_MEMORY ? status : first;
        }
        clear(w);
    }
    w->err = err;
    first = first == WIO_OK ? map_rules(w) : first;
    wio_free(w->after);
    wio_free(w->lost);
    return first;
}

wio_status wio_frames_aggregate(wio_table *to, const wio_table *from, const double *bought,
                                const mapping *region, const mapping *sector,
                                const wio_aggregate_options *options, wio_log *log, wio_error *err)
{
    frame_work w = {.from = from,
                    .to = to,
                    .merges = true,
                    .before = bought,
                    .region = region,
                    .sector = sector,
                    .options = options,
                    .log = log,
                    .mistakes = log,
                    .err = err};
    return wio_frames_map(&w);
}
