/* frame_rows.c - where the lines of a file go when its table is made anew: the regions and sectors that
 * they are of, the new lines that they are members of, and what has to be said of these. */
#include "frames.h"

#include <math.h>
#include <string.h>

enum { MOST_NAMED = 10 };
static const double SHARES = 1e-9; /* of 1: what printed shares may miss by rounding */

wio_status wio_frame_places(frame_work *w)
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
static wio_status find_key(frame_work *w, size_t *at, size_t row, const frame_place *p)
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
        status = wio_names_add(&w->keys, code, "") == WIO_OK ? WIO_OK : wio_frame_memory(w);
    }
    wio_free(code);
    return status;
}

/* Room for one member more, and so for one row more. */
static wio_status member_room(frame_work *w)
{
    if (w->members < w->room) {
        return WIO_OK;
    }
    size_t room = 2 * w->room + 64;
    frame_member *member = wio_grow(w->member, w->members, room, sizeof *member);
    w->member = member != NULL ? member : w->member;
    frame_place *place = wio_grow(w->new_place, w->rows, room, sizeof *place);
    w->new_place = place != NULL ? place : w->new_place;
    if (member == NULL || place == NULL) {
        return wio_frame_memory(w);
    }
    w->room = room;
    return WIO_OK;
}

static wio_status add_member(frame_work *w, size_t row, const frame_place *p, double share)
{
    size_t at = w->rows;
    WIO_TRY(member_room(w));
    if (w->merges) {
        WIO_TRY(find_key(w, &at, row, p));
    }
    if (at == w->rows) {
        w->new_place[w->rows++] = *p;
    }
    w->member[w->members++] = (frame_member){.from = row, .to = at, .share = share};
    return WIO_OK;
}

/* Amounts of the members from `first` on are those of their row: what rounding takes from one is the
 * last one's, so that their sum in this order is within a unit in the last place of it. */
static void close_shares(frame_work *w, size_t first)
{
    double sum = 0.0;
    for (size_t k = first; k < w->members; k++) {
        sum += w->member[k].share;
    }
    if (w->members > first + 1) {
        frame_member *last = &w->member[w->members - 1];
        last->rest = fabs(sum - 1.0) <= SHARES && last->share > SHARES;
    }
}

wio_status wio_frame_members(frame_work *w)
{
    frame_share *own = w->how != NULL ? w->how->share : NULL;
    for (size_t r = 0; r < w->frame->rows; r++) {
        const frame_place old = w->old_place[r];
        const size_t first = w->members;
        for (size_t a = 0; a < wio_frame_targets(w->region, old.region); a++) {
            for (size_t b = 0; b < wio_frame_targets(w->region, old.partner); b++) {
                for (size_t c = 0; c < wio_frame_targets(w->sector, old.sector); c++) {
                    double share = 1.0;
                    frame_place p;
                    p.region = wio_frame_target(w->region, old.region, a, &share);
                    p.partner = wio_frame_target(w->region, old.partner, b, &share);
                    p.sector = wio_frame_target(w->sector, old.sector, c, &share);
                    share = own != NULL ? own(w->how->context, &old, c, share) : share;
                    if (!(share < 0.0)) {
                        WIO_TRY(add_member(w, r, &p, share));
                    }
                }
            }
        }
        close_shares(w, first);
        w->gone += w->members == first;
    }
    return WIO_OK;
}

bool wio_frame_one_to_one(const frame_work *w)
{
    for (size_t k = 0; k < w->members; k++) {
        if (w->member[k].share != 1.0 || (k != 0 && w->member[k - 1].from == w->member[k].from)) {
            return false;
        }
    }
    return w->members == w->rows;
}

/* --- what is said of them --------------------------------------------------------------------------- */

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
    size_t *lines = wio_zalloc(w->rows, sizeof *lines), fewer = 0;
    if (lines == NULL) {
        return wio_frame_memory(w);
    }
    for (size_t k = 0; k < w->members; k++) {
        lines[w->member[k].to]++;
    }
    for (size_t at = 0; at < w->rows; at++) {
        const frame_place *p = &w->new_place[at];
        size_t all = sources(w->region, p->region) * sources(w->region, p->partner) *
                     sources(w->sector, p->sector);
        fewer += lines[at] < all;
    }
    wio_free(lines);
    if (fewer != 0) {
        wio_find(w->log, WIO_NOTE, w->frame->file, 0, 0,
                 "%zu of %zu new lines have members without a line in the file", fewer, w->rows);
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
                     "%s '%.60s' is there %zu times now: %s its sector or region", f->header[key],
                     f->cell[row * f->columns + key], next - k,
                     w->how == NULL ? "the concordance splits" : "there are several parts of");
        }
    }
    return copied == 0
               ? WIO_OK
               : wio_table_note(w->to, w->err,
                                "%s: %zu lines stand more than once, their sectors or regions "
                                "were split.",
                                f->file, copied);
}

/* Amounts that are a part of what the file said, by the names of their columns. */
static wio_status note_shares(frame_work *w)
{
    const wio_frame *f = w->frame;
    bool divided = false;
    for (size_t k = 0; k < w->members; k++) {
        divided = divided || w->member[k].share != 1.0;
    }
    if (!divided || !wio_frame_has(w->rule, f, KIND_AMOUNT)) {
        return WIO_OK;
    }
    wio_text names = {0};
    size_t amounts = 0;
    for (size_t c = 0; c < f->columns; c++) {
        if (w->rule[c].kind == KIND_AMOUNT && ++amounts <= MOST_NAMED) {
            wio_text_add(&names, "%s%.60s", amounts > 1 ? ", " : "", f->header[c]);
        }
    }
    if (amounts > MOST_NAMED) {
        wio_text_add(&names, " and %zu more", amounts - MOST_NAMED);
    }
    char *list = NULL;
    WIO_TRY(wio_text_take(&list, &names, w->err));
    wio_status status = wio_table_note(w->to, w->err, "%s: amounts (%s) were divided by %s.",
                                       f->file, list, w->how->shares);
    wio_free(list);
    return status;
}

wio_status wio_frame_note_rows(frame_work *w)
{
    WIO_TRY(note_copies(w));
    if (w->merges) {
        WIO_TRY(note_lines(w));
    }
    if (w->gone != 0) {
        wio_find(w->log, WIO_WARNING, w->frame->file, 0, 0,
                 "%zu of %zu lines are left out: they are of %s", w->gone, w->frame->rows,
                 w->how->gone);
        WIO_TRY(wio_table_note(w->to, w->err, "%s: %zu of %zu lines were left out, of %s.",
                               w->frame->file, w->gone, w->frame->rows, w->how->gone));
    }
    return w->how != NULL && w->how->shares != NULL ? note_shares(w) : WIO_OK;
}
