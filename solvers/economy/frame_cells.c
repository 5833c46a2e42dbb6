/* frame_cells.c - the cells of a file that goes with its table into another (formulas: frame_files.c). */
#include "frames.h"

#include <math.h>
#include <string.h>

enum { MOST_NAMED = 10 };
static const double WHOLE = 1.0 - 1e-9; /* of a weight: what adding up may miss by rounding */

typedef struct sum { /* one cell of the new file */
    double amount, covered, whole;
    size_t with, without; /* members with and without a value */
    double share;         /* of the last member */
    const char *first;
    bool differ, unknown; /* values differ; a weight is not known */
    wio_text text;
} sum;

size_t wio_frame_targets(const mapping *map, size_t i)
{
    return i == SIZE_MAX ? 1 : map->start[i + 1] - map->start[i];
}

size_t wio_frame_target(const mapping *map, size_t i, size_t k, double *share)
{
    if (i == SIZE_MAX) {
        return SIZE_MAX;
    }
    *share *= map->weight[map->start[i] + k];
    return map->to[map->start[i] + k];
}

/* Purchases of a region from the origins of a partner (of a sector): by all (importer SIZE_MAX) of
 * all partners that produce (partner SIZE_MAX) it is output. */
static double flow(const wio_table *table, const double *flows, size_t importer, size_t partner,
                   size_t sector)
{
    const size_t regions = table->region.count;
    double total = 0.0;
    for (size_t i = 0; i < table->m; i++) {
        bool at = partner == SIZE_MAX ? i < table->n : table->origin_region[i] == partner;
        if (!at || (sector != SIZE_MAX && table->origin_sector[i] != sector)) {
            continue;
        }
        for (size_t r = 0; r < regions; r++) {
            total += importer == SIZE_MAX || importer == r ? flows[i * regions + r] : 0.0;
        }
    }
    return total;
}

static wio_status number(frame_work *w, double *value, size_t row, size_t column)
{
    const char *cell = w->frame->cell[row * w->frame->columns + column];
    *value = NAN;
    if (*cell != '\0' && (!wio_parse_double(value, cell, strlen(cell)) || !isfinite(*value))) {
        return wio_frame_wrong(w, row, column, "not a number; describe the column otherwise");
    }
    return WIO_OK;
}

/* Weight of a rate in an old row; NaN where its column has none. */
static wio_status weight_of(frame_work *w, double *weight, size_t column, size_t row)
{
    const frame_rule *rule = &w->rule[column];
    const frame_place *p = &w->old_place[row];
    switch (rule->weight) {
    case WEIGHT_OUTPUT:
        *weight = flow(w->from, w->before, SIZE_MAX, p->region, p->sector);
        return WIO_OK;
    case WEIGHT_IMPORTS:
        if (p->region == SIZE_MAX || p->partner == SIZE_MAX) {
            return wio_frame_wrong(w, row, column,
                                   "its weight is imports, and the line lacks a region or partner");
        }
        *weight = flow(w->from, w->before, p->region, p->partner, p->sector);
        return WIO_OK;
    case WEIGHT_FLOW:
        *weight = flow(w->from, w->before, rule->importer, rule->partner, p->sector);
        return WIO_OK;
    case WEIGHT_COLUMN:
    case WEIGHT_NONE:
        break;
    }
    return number(w, weight, row, rule->column);
}

/* The whole weight of a new row, with the members that have no row or no value. */
static double whole_weight(const frame_work *w, const frame_rule *rule, size_t at, double members)
{
    const frame_place *p = &w->new_place[at];
    double share = 1.0;
    switch (rule->weight) {
    case WEIGHT_OUTPUT:
        return flow(w->to, w->after, SIZE_MAX, p->region, p->sector);
    case WEIGHT_IMPORTS:
        return flow(w->to, w->after, p->region, p->partner, p->sector);
    case WEIGHT_FLOW: /* wio_frame_check_weights made sure that both have one target */
        return flow(w->to, w->after, wio_frame_target(w->region, rule->importer, 0, &share),
                    wio_frame_target(w->region, rule->partner, 0, &share), p->sector);
    case WEIGHT_COLUMN:
    case WEIGHT_NONE:
        break;
    }
    return members;
}

static bool holds(const char *text, const char *part) /* "a; b" holds "b" */
{
    size_t length = strlen(part);
    for (const char *at = text; at != NULL;
         at = strstr(at, "; "), at = at != NULL ? at + 2 : NULL) {
        if (strncmp(at, part, length) == 0 &&
            (at[length] == '\0' || strncmp(at + length, "; ", 2) == 0)) {
            return true;
        }
    }
    return false;
}

static void add_text(sum *s, const char *cell)
{
    if (*cell != '\0' && (s->text.data == NULL || !holds(s->text.data, cell))) {
        wio_text_add(&s->text, "%s%s", s->text.length != 0 ? "; " : "", cell);
    }
}

static wio_status add_number(frame_work *w, sum *s, size_t column, const frame_member *m)
{
    const frame_rule *rule = &w->rule[column];
    const char *cell = w->frame->cell[m->from * w->frame->columns + column];
    double value, weight = 1.0;
    WIO_TRY(number(w, &value, m->from, column));
    if (rule->kind == KIND_RATE && w->merges) {
        WIO_TRY(weight_of(w, &weight, column, m->from));
        if (weight < 0.0) {
            return wio_frame_wrong(w, m->from, column,
                                   "its weight is negative: give the rate another weight");
        }
        s->unknown = s->unknown || (isnan(weight) && !isnan(value));
        weight = isnan(weight) ? 0.0 : weight;
        s->whole += m->share * weight;
    }
    s->without += isnan(value) ? 1 : 0;
    if (!isnan(value)) {
        double first = value;
        (void)(s->with == 0 || wio_parse_double(&first, s->first, strlen(s->first)));
        s->differ = s->differ || first != value;
        s->first = s->with++ == 0 ? cell : s->first;
        s->share = m->share;
        double part =
            rule->kind == KIND_AMOUNT && m->rest ? value - w->given : m->share * weight * value;
        s->covered += m->share * weight;
        s->amount += part;
        w->given += part;
    }
    return WIO_OK;
}

static wio_status add_cell(frame_work *w, sum *s, size_t column, const frame_member *m)
{
    const wio_frame *f = w->frame;
    const char *cell = f->cell[m->from * f->columns + column];
    frame_kind kind = w->rule[column].kind;
    if (kind == KIND_AMOUNT || kind == KIND_RATE) {
        return add_number(w, s, column, m);
    }
    if (kind == KIND_TEXT) {
        add_text(s, cell);
        return WIO_OK;
    }
    s->differ = s->differ || (s->first != NULL && strcmp(s->first, cell) != 0);
    if (s->differ && kind == KIND_SAME) {
        return wio_frame_wrong(
            w, m->from, column,
            "another member of its new sector has another value, and the column is "
            "described as the same for all");
    }
    s->first = s->first != NULL ? s->first : cell;
    return WIO_OK;
}

/* Names a new row in messages: its codes and keys. */
static void name_row(const frame_work *w, char *name, size_t size, size_t at)
{
    const wio_frame *out = w->out;
    name[0] = '\0';
    for (size_t c = 0, k = 0; k < w->frame->columns; k++) {
        frame_kind kind = w->rule[k].kind;
        if (kind == KIND_DROP) {
            continue;
        }
        const char *cell = out->cell[at * out->columns + c++];
        if (kind >= KIND_SECTOR && kind <= KIND_KEY && cell != NULL) {
            size_t used = strlen(name);
            (void)snprintf(name + used, size - used, "%s%.40s", used != 0 ? " " : "", cell);
        }
    }
}

/* A cell that does not stand for all its members: named, counted, the largest gap kept. */
static void tell(frame_work *w, size_t column, size_t at, double gap, const char *what)
{
    char name[120], text[160], percent[WIO_NUMBER_SIZE];
    name_row(w, name, sizeof name, at);
    (void)snprintf(percent, sizeof percent, "%.3g", 100.0 * gap);
    (void)snprintf(text, sizeof text,
                   "members with %s %% of its weight have no value; this is the mean of the others",
                   percent);
    if (gap > w->gap) {
        w->gap = gap;
        (void)snprintf(w->where, sizeof w->where, "%.40s of %.100s", w->frame->header[column],
                       name);
    }
    if (++w->partial <= MOST_NAMED) {
        wio_find(w->log, WIO_WARNING, w->frame->file, 0, 0, "%s of %s: %s",
                 w->frame->header[column], name, what != NULL ? what : text);
    }
}

static void finish_amount(frame_work *w, char *text, size_t column, size_t at, const sum *s)
{
    bool bound = w->options->lower_bounds;
    if (s->without != 0) {
        tell(w, column, at, NAN,
             bound ? "a lower bound: some members have no number"
                   : "some members have no number, so the sum has none");
    }
    if (s->without == 0 || bound) {
        (void)wio_format_double(text, s->amount);
    }
}

static void finish_rate(frame_work *w, char *text, size_t column, size_t at, const sum *s)
{
    double whole = w->how == NULL ? whole_weight(w, &w->rule[column], at, s->whole) : s->whole;
    if (s->differ && (s->unknown || !(s->covered > 0.0))) {
        tell(w, column, at, NAN, "members differ and have no weight, so it is not known");
        return;
    }
    if (s->unknown) {
        tell(w, column, at, NAN, "the rate of its members, whose weight is not known");
    } else if (s->covered < WHOLE * whole) {
        tell(w, column, at, 1.0 - s->covered / whole, NULL);
    }
    (void)wio_format_double(text, s->differ ? s->amount / s->covered : 0.0);
}

/* Number of a new cell as text, as it was written where nothing was added; "": not known. */
static wio_status finish_number(frame_work *w, char **cell, size_t column, size_t at, const sum *s)
{
    char text[WIO_NUMBER_SIZE] = "";
    bool rate = w->rule[column].kind == KIND_RATE;
    if (s->with != 0 && rate) {
        finish_rate(w, text, column, at, s);
    } else if (s->with != 0) {
        finish_amount(w, text, column, at, s);
    }
    bool kept = *text != '\0' && !s->differ &&
                (rate || (s->with == 1 && s->without == 0 && s->share == 1.0));
    *cell = wio_strdup(kept ? s->first : text);
    return *cell != NULL ? WIO_OK : wio_frame_memory(w);
}

static wio_status finish_cell(frame_work *w, char **cell, size_t column, size_t at, sum *s)
{
    const frame_place *p = &w->new_place[at];
    switch (w->rule[column].kind) {
    case KIND_AMOUNT:
    case KIND_RATE:
        return finish_number(w, cell, column, at, s);
    case KIND_TEXT:
        return wio_text_take(cell, &s->text, w->err);
    case KIND_SECTOR:
        *cell = wio_strdup(p->sector == SIZE_MAX ? "" : w->to->sector.code[p->sector]);
        break;
    case KIND_REGION:
        *cell = wio_strdup(p->region == SIZE_MAX ? "" : w->to->region.code[p->region]);
        break;
    case KIND_PARTNER:
        *cell = wio_strdup(p->partner == SIZE_MAX ? "" : w->to->region.code[p->partner]);
        break;
    default:
        *cell = wio_strdup(s->first != NULL ? s->first : "");
        break;
    }
    return *cell != NULL ? WIO_OK : wio_frame_memory(w);
}

/* One column of the new file, column `c` of which it is. */
static wio_status add_column(frame_work *w, sum *s, size_t column, size_t c)
{
    wio_frame *out = w->out;
    wio_status status = WIO_OK;
    memset(s, 0, out->rows * sizeof *s);
    for (size_t k = 0; status == WIO_OK && k < w->members; k++) {
        if (k == 0 || w->member[k - 1].from != w->member[k].from) {
            w->given = 0.0;
        }
        status = add_cell(w, &s[w->member[k].to], column, &w->member[k]);
    }
    for (size_t at = 0; status == WIO_OK && at < out->rows; at++) {
        status = finish_cell(w, &out->cell[at * out->columns + c], column, at, &s[at]);
    }
    for (size_t at = 0; at < out->rows; at++) {
        wio_text_free(&s[at].text);
    }
    return status;
}

wio_status wio_frame_cells(frame_work *w)
{
    const wio_frame *f = w->frame;
    wio_frame *out = w->out;
    size_t columns = 0, cells;
    for (size_t c = 0; c < f->columns; c++) {
        columns += w->rule[c].kind != KIND_DROP;
    }
    out->header = wio_zalloc(columns, sizeof *out->header);
    out->columns = out->header != NULL ? columns : 0;
    out->line = wio_zalloc(w->rows, sizeof *out->line);
    if (out->header == NULL || out->line == NULL ||
        __builtin_mul_overflow(columns, w->rows, &cells) ||
        (out->cell = wio_zalloc(cells, sizeof *out->cell)) == NULL) {
        return wio_frame_memory(w);
    }
    out->rows = w->rows;
    sum *s = wio_alloc(out->rows, sizeof *s);
    wio_status status = s != NULL ? WIO_OK : wio_frame_memory(w);
    for (size_t pass = 0; status == WIO_OK && pass < 2; pass++) { /* labels first, for messages */
        size_t k = 0;
        for (size_t c = 0; status == WIO_OK && c < f->columns; c++) {
            frame_kind kind = w->rule[c].kind;
            if (kind == KIND_DROP) {
                continue;
            }
            if ((kind >= KIND_SECTOR && kind <= KIND_KEY) == (pass == 0)) {
                out->header[k] = wio_strdup(f->header[c]);
                status = out->header[k] != NULL ? add_column(w, s, c, k) : wio_frame_memory(w);
            }
            k++;
        }
    }
    wio_free(s);
    return status;
}
