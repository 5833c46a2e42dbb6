/* split.c - sectors and regions disaggregated by shares; nothing is balanced.
 *
 *   Z*(I,J) = w_I z(i,j) c_J     w: shares of output (rows), c: of inputs (columns)
 *   P*(residual,J) += (w_J - c_J) cost_j       so that a part's inputs are its output
 *
 * Shares of a code sum to 1, so adding the parts up gives back every cell. */
#include "rebuild.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double SHARES = 1e-9; /* of 1: what printed shares may miss by rounding */
enum { MOST_NAMED = 20, MOST_TITLED = 4 };

typedef struct part { /* of a code: its new code and shares of output, inputs and satellites */
    const char *code, *name;
    double w, c, s;
} part;

typedef struct parts { /* of a list of codes: those of i are start[i] .. start[i+1]-1 */
    part *part;
    size_t *start; /* [codes + 1] */
} parts;

typedef struct splitting {
    const wio_table *t;
    size_t residual; /* primary item, SIZE_MAX */
    parts region, sector;
    size_t *old;   /* [new m] origin */
    part *share;   /* [new m] products of its region's and its sector's shares */
    size_t *final; /* [new f] final column */
    double *portion;
    rebuild r;
    size_t mistakes;
    wio_log *log;
    wio_error *err;
} splitting;

static void blame(splitting *s, const wio_split *split, size_t k, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void blame(splitting *s, const wio_split *split, size_t k, const char *format, ...)
{
    char message[300];
    if (++s->mistakes > MOST_NAMED) {
        return;
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(s->log, WIO_ERROR, split != NULL ? split->path : NULL,
             split != NULL && split->line != NULL ? split->line[k] : 0, 0, "%s", message);
    wio_fail(s->err, WIO_E_TABLE, "%s", message);
}

static void check_lines(splitting *s, const wio_split *split, const wio_names *codes,
                        const char *what)
{
    for (size_t k = 0; split != NULL && k < split->count; k++) {
        const char *from = split->from[k], *to = split->to[k];
        if (wio_names_find(codes, from) == SIZE_MAX) {
            const char *near = wio_nearest(from, (const char *const *)codes->code, codes->count);
            blame(s, split, k, "the table has no %s '%.80s'%s%s%s", what, from,
                  near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
                  near != NULL ? "'?)" : "");
        }
        if (strcmp(from, to) != 0 && wio_names_find(codes, to) != SIZE_MAX) {
            blame(s, split, k, "%.80s cannot become %.80s: the table has that %s already", from, to,
                  what);
        }
        for (size_t l = 0; l < k; l++) {
            if (strcmp(split->to[l], to) == 0) {
                blame(s, split, k, "%s %.80s is there twice", what, to);
            }
        }
    }
}

/* The last share of a code becomes 1 less the others; sums that are not 1 are named. */
static void close_shares(splitting *s, part *first, size_t count, const wio_split *split,
                         size_t line, const char *code)
{
    static const char *const WHAT[] = {"weights", "shares of inputs", "shares of satellites"};
    const bool own[] = {true, split->inputs != NULL, split->satellites != NULL};
    for (size_t k = 0; k < 3; k++) {
        double sum = 0.0, last = 0.0;
        for (size_t i = 0; i < count; i++) {
            last = k == 0 ? first[i].w : k == 1 ? first[i].c : first[i].s;
            sum += last;
        }
        if (own[k] && !(fabs(sum - 1.0) <= SHARES)) { /* otherwise it is the weights again */
            blame(s, split, line, "the %s of %s sum to %.10g, not to 1", WHAT[k], code, sum);
        }
        double closed = count > 1 && sum != 1.0 ? last + (1.0 - sum) : last;
        *(k == 0   ? &first[count - 1].w
          : k == 1 ? &first[count - 1].c
                   : &first[count - 1].s) = closed > 0.0 ? closed : 0.0;
    }
}

static wio_status find_parts(splitting *s, parts *p, const wio_split *split, const wio_names *codes,
                             const char *what)
{
    size_t at = 0;
    p->start = wio_zalloc(codes->count + 1, sizeof *p->start);
    p->part = wio_zalloc(codes->count + (split != NULL ? split->count : 0), sizeof *p->part);
    if (p->start == NULL || p->part == NULL) {
        return wio_fail(s->err, WIO_E_MEMORY, "parts of %zu codes", codes->count);
    }
    check_lines(s, split, codes, what);
    for (size_t i = 0; i < codes->count; i++) {
        size_t first = at, line = 0;
        for (size_t k = 0; split != NULL && k < split->count; k++) {
            if (strcmp(split->from[k], codes->code[i]) == 0) {
                double w = split->weight[k];
                bool same = strcmp(split->to[k], codes->code[i]) == 0;
                p->part[at++] = (part){.code = split->to[k],
                                       .name = same ? codes->name[i] : split->to[k],
                                       .w = w,
                                       .c = split->inputs != NULL ? split->inputs[k] : w,
                                       .s = split->satellites != NULL ? split->satellites[k] : w};
                line = k;
            }
        }
        if (at != first) {
            close_shares(s, p->part + first, at - first, split, line, codes->code[i]);
        } else {
            p->part[at++] = (part){codes->code[i], codes->name[i], 1.0, 1.0, 1.0};
        }
        p->start[i + 1] = at;
    }
    return WIO_OK;
}

static size_t parts_of(const parts *p, size_t code)
{
    return p->start[code + 1] - p->start[code];
}

static wio_status make_room(splitting *s)
{
    const wio_table *t = s->t;
    size_t n = 0, m = 0, f = 0;
    for (size_t i = 0; i < t->m; i++) {
        size_t more =
            parts_of(&s->region, t->origin_region[i]) * parts_of(&s->sector, t->origin_sector[i]);
        m += more;
        n += i < t->n ? more : 0;
    }
    for (size_t c = 0; c < t->f; c++) {
        f += parts_of(&s->region, t->final_region[c]);
    }
    s->old = wio_zalloc(m, sizeof *s->old);
    s->share = wio_zalloc(m, sizeof *s->share);
    s->final = wio_zalloc(f, sizeof *s->final);
    s->portion = wio_zalloc(f, sizeof *s->portion);
    if (s->old == NULL || s->share == NULL || s->final == NULL || s->portion == NULL) {
        return wio_fail(s->err, WIO_E_MEMORY, "a table of %zu activities", n);
    }
    return wio_rebuild_room(&s->r, t, s->region.start[t->region.count], n, m, f, s->err);
}

/* Region by region, the activities first. */
static void label(splitting *s)
{
    const wio_table *t = s->t;
    rebuild *r = &s->r;
    size_t at = 0, column = 0;
    for (size_t g = 0; g < t->region.count; g++) {
        for (size_t G = s->region.start[g]; G < s->region.start[g + 1]; G++) {
            r->region[G] = s->region.part[G].code;
            r->region_name[G] = s->region.part[G].name;
            r->endogenous[G] = t->endogenous[g];
            r->valuation[G] = wio_valuation_name(t->valuation[g]);
        }
    }
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t g = 0; g < t->region.count; g++) {
            size_t low = pass == 0 ? 0 : t->n, high = pass == 0 ? t->n : t->m;
            for (size_t G = s->region.start[g]; G < s->region.start[g + 1]; G++) {
                for (size_t i = low; i < high; i++) {
                    size_t k = t->origin_sector[i], end = s->sector.start[k + 1];
                    for (size_t K = s->sector.start[k]; t->origin_region[i] == g && K < end; K++) {
                        const part *a = &s->region.part[G], *b = &s->sector.part[K];
                        s->old[at] = i;
                        s->share[at] =
                            (part){b->code, b->name, a->w * b->w, a->c * b->c, a->s * b->s};
                        wio_rebuild_label(r, at, G, i);
                        r->sector[at] = b->code;
                        r->sector_name[at++] = b->name;
                    }
                }
            }
        }
    }
    for (size_t c = 0; c < t->f; c++) {
        size_t g = t->final_region[c];
        for (size_t G = s->region.start[g]; G < s->region.start[g + 1]; G++) {
            s->final[column] = c;
            s->portion[column] = s->region.part[G].w;
            r->final_region[column] = G;
            r->use[column] = t->use.code[t->final_use[c]];
            r->role[column++] = t->use_role[t->final_use[c]];
        }
    }
}

/* What a part sells and what it pays. */
static void close_column(splitting *s, size_t J)
{
    const wio_table *t = s->t;
    const part *share = &s->share[J];
    size_t j = s->old[J];
    double gap = (share->w - share->c) * t->cost[j];
    if (share->w == share->c) {
        return;
    }
    if (s->residual == SIZE_MAX) {
        blame(s, NULL, 0,
              "%s.%s would sell %.6g and pay %.6g million: name a primary item for the difference",
              s->r.region[s->r.origin[J]], share->code, share->w * t->cost[j],
              share->c * t->cost[j]);
        return;
    }
    double *item = &s->r.P[s->residual * s->r.n + J];
    *item += gap;
    wio_find(s->log, *item < 0.0 && *item - gap >= 0.0 ? WIO_WARNING : WIO_NOTE, NULL, 0, 0,
             "%s of %s.%s takes %.6g million and is %.6g", t->item.code[s->residual],
             s->r.region[s->r.origin[J]], share->code, gap, *item);
}

static void fill(splitting *s)
{
    const wio_table *t = s->t;
    rebuild *r = &s->r;
    for (size_t I = 0; I < r->m; I++) {
        const double *z = t->Z + s->old[I] * t->n, *y = t->Y + s->old[I] * t->f;
        for (size_t J = 0; J < r->n; J++) {
            r->Z[I * r->n + J] = s->share[I].w * z[s->old[J]] * s->share[J].c;
        }
        for (size_t c = 0; c < r->f; c++) {
            r->Y[I * r->f + c] = s->share[I].w * y[s->final[c]] * s->portion[c];
        }
    }
    for (size_t J = 0; J < r->n; J++) {
        for (size_t k = 0; k < t->p; k++) {
            r->P[k * r->n + J] = t->P[k * t->n + s->old[J]] * s->share[J].c;
        }
        for (size_t k = 0; k < t->k; k++) {
            r->S[k * r->n + J] = t->S[k * t->n + s->old[J]] * s->share[J].s;
        }
        close_column(s, J);
    }
}

static wio_concordance concordance_of(const wio_split *split)
{
    return split != NULL ? (wio_concordance){.count = split->count,
                                             .from = split->from,
                                             .to = split->to,
                                             .weight = split->weight,
                                             .line = split->line,
                                             .path = split->path}
                         : (wio_concordance){0};
}

/* The first codes that have several parts, or one of another code. */
static void list_split(wio_text *list, const parts *p, const wio_names *codes, size_t *count)
{
    for (size_t i = 0; i < codes->count; i++) {
        const bool stays =
            parts_of(p, i) == 1 && strcmp(p->part[p->start[i]].code, codes->code[i]) == 0;
        if (!stays && ++*count <= MOST_TITLED) {
            wio_text_add(list, "%s%.60s", *count > 1 ? ", " : "", codes->code[i]);
        }
    }
}

static wio_status entitle(wio_table *table, const splitting *s)
{
    const wio_table *t = s->t;
    size_t count = 0;
    wio_text text = {0};
    char *list = NULL;
    list_split(&text, &s->region, &t->region, &count);
    list_split(&text, &s->sector, &t->sector, &count);
    if (count > MOST_TITLED) {
        wio_text_add(&text, " and %zu more", count - MOST_TITLED);
    }
    wio_text_add(&text, "%s", "");
    WIO_TRY(wio_text_take(&list, &text, s->err));
    wio_status status = wio_table_entitle(table, s->err, "split", "split: %s", list);
    wio_free(list);
    return status;
}

static wio_status split(wio_table **out, splitting *s, const wio_split *regions,
                        const wio_split *sectors)
{
    const wio_table *t = s->t;
    const wio_concordance lines[] = {concordance_of(regions), concordance_of(sectors)};
    WIO_TRY(find_parts(s, &s->region, regions, &t->region, "region"));
    WIO_TRY(find_parts(s, &s->sector, sectors, &t->sector, "sector"));
    if (s->mistakes != 0) {
        return WIO_E_TABLE;
    }
    WIO_TRY(make_room(s));
    label(s);
    fill(s);
    if (s->mistakes != 0) {
        return WIO_E_TABLE;
    }
    const frame_carry files = {.from = t,
                               .region = regions != NULL ? &lines[0] : NULL,
                               .sector = sectors != NULL ? &lines[1] : NULL,
                               .gone = "codes that the new table does not have",
                               .shares = "the weights of the parts"};
    s->r.files = &files;
    wio_table *table = NULL;
    WIO_TRY(wio_rebuild_table(&table, &s->r, s->log, s->err));
    wio_status status = wio_table_note(
        table, s->err, "%zu activities of %s became %zu by given shares; nothing was balanced%s%s.",
        t->n, t->name, table->n, s->residual != SIZE_MAX ? "; differences are in " : "",
        s->residual != SIZE_MAX ? t->item.code[s->residual] : "");
    if (status == WIO_OK) {
        status = entitle(table, s);
    }
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

wio_status wio_table_split(wio_table **out, const wio_table *table, const wio_split *regions,
                           const wio_split *sectors, const char *residual, wio_log *log,
                           wio_error *err)
{
    if (out == NULL || table == NULL || (regions == NULL && sectors == NULL)) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_split: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    splitting s = {.t = table, .residual = SIZE_MAX, .log = log, .err = err};
    if (residual != NULL) {
        s.residual = wio_names_find(&table->item, residual);
        if (s.residual == SIZE_MAX) {
            return wio_fail(err, WIO_E_TABLE, "%s has no primary item '%.80s'", table->name,
                            residual);
        }
    }
    wio_status status = split(out, &s, regions, sectors);
    wio_rebuild_free(&s.r);
    wio_free(s.region.part);
    wio_free(s.region.start);
    wio_free(s.sector.part);
    wio_free(s.sector.start);
    wio_free(s.old);
    wio_free(s.share);
    wio_free(s.final);
    wio_free(s.portion);
    return status;
}
