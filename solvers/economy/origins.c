/* origins.c - imports of a national table by origin: the table gives levels, trade gives shares.
 *
 *   z(p,i),j = z(block,i),j t(p,i,u) / T(i,u)     T: all partners; or, with levels, the block's imports
 *
 * The export column of the block is split in the same way where trade of exports is given. */
#include "bilateral.h"
#include "rebuild.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NAMED = 20 };

typedef struct origins {
    const wio_table *t;
    const wio_trade *trade;
    const wio_origins_options *options;
    size_t block, rows, exporters; /* region; its rows; partners with a column of exports */
    size_t rest;                   /* partner, SIZE_MAX */
    size_t *row;                   /* [rows] origin of a row of the block */
    size_t *row_of, *home;         /* [sectors] row of the block; activity; SIZE_MAX */
    wio_names partner;
    size_t *region; /* [partners] in the new table */
    bool slot;      /* a partner has the place of the block in the list of regions */
    wio_bilateral in, out;
    double *share;   /* [partners] */
    double *imports; /* [uses] of one row */
    rebuild r;
    wio_origins_report report;
    size_t mistakes;
    wio_log *log;
    wio_error *err;
} origins;

static void blame(origins *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void blame(origins *o, const char *format, ...)
{
    char message[300];
    if (++o->mistakes > MOST_NAMED) {
        return;
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(o->log, WIO_ERROR, NULL, 0, 0, "%s", message);
    wio_fail(o->err, WIO_E_TABLE, "%s", message);
}

static wio_status no_memory(origins *o)
{
    return wio_fail(o->err, WIO_E_MEMORY, "a table of %zu activities by origin", o->t->n);
}

/* The exogenous region that is split. */
static wio_status find_block(origins *o)
{
    const wio_table *t = o->t;
    const char *named = o->options->block;
    size_t found = SIZE_MAX, count = 0, homes = 0;
    for (size_t s = 0; s < t->region.count; s++) {
        homes += t->endogenous[s];
    }
    for (size_t i = t->n; i < t->m; i++) {
        if (found != t->origin_region[i] &&
            (named == NULL || strcmp(named, t->region.code[t->origin_region[i]]) == 0)) {
            found = t->origin_region[i];
            count++;
        }
    }
    if (homes != 1) {
        return wio_fail(o->err, WIO_E_TABLE, "%zu regions of %s produce: it is no national table",
                        homes, t->name);
    }
    if (named != NULL && found == SIZE_MAX) {
        return wio_fail(o->err, WIO_E_TABLE, "%s has no imports from a region '%.80s'", t->name,
                        named);
    }
    if (found == SIZE_MAX || count > 1) {
        return wio_fail(o->err, WIO_E_TABLE,
                        "%s has imports from %zu regions: name the one that is split (--block)",
                        t->name, count);
    }
    o->block = found;
    return WIO_OK;
}

static wio_status add_partner(origins *o, const char *code)
{
    const wio_table *t = o->t;
    if (wio_names_find(&o->partner, code) != SIZE_MAX) {
        return WIO_OK;
    }
    size_t there = wio_names_find(&t->region, code);
    if (there != SIZE_MAX && there != o->block) {
        blame(o, "partner %.80s is a region of the table already", code);
    }
    return wio_names_add(&o->partner, code, there != SIZE_MAX ? t->region.name[there] : code) ==
                   WIO_OK
               ? WIO_OK
               : no_memory(o);
}

static wio_status find_partners(origins *o)
{
    const wio_trade *exports = o->options->exports;
    for (size_t k = 0; k < o->trade->count; k++) {
        WIO_TRY(add_partner(o, o->trade->partner[k]));
    }
    if (o->partner.count == 1 && !o->options->levels) {
        wio_find(o->log, WIO_WARNING, o->trade->path, 0, 0,
                 "all trade is with %s, so that all imports with trade are from there; its values "
                 "count with levels alone",
                 o->partner.code[0]);
    }
    for (size_t k = 0; exports != NULL && k < exports->count; k++) {
        WIO_TRY(add_partner(o, exports->partner[k]));
    }
    o->rest = SIZE_MAX;
    if (o->options->rest != NULL) {
        WIO_TRY(add_partner(o, o->options->rest));
        o->rest = wio_names_find(&o->partner, o->options->rest);
    } else if (o->options->levels) {
        return wio_fail(o->err, WIO_E_ARGUMENT,
                        "levels need a partner for the rest of the imports");
    }
    return WIO_OK;
}

static wio_status find_rows(origins *o)
{
    const wio_table *t = o->t;
    o->row = wio_zalloc(t->m, sizeof *o->row);
    o->row_of = wio_alloc(2 * t->sector.count, sizeof *o->row_of);
    if (o->row == NULL || o->row_of == NULL) {
        return no_memory(o);
    }
    o->home = o->row_of + t->sector.count;
    memset(o->row_of, 0xff, 2 * t->sector.count * sizeof *o->row_of); /* SIZE_MAX */
    for (size_t i = 0; i < t->m; i++) {
        if (i < t->n) {
            o->home[t->origin_sector[i]] = i;
        } else if (t->origin_region[i] == o->block) {
            o->row_of[t->origin_sector[i]] = o->rows;
            o->row[o->rows++] = i;
        }
    }
    return WIO_OK;
}

static wio_status file_trade(origins *o)
{
    const wio_trade *exports = o->options->exports;
    WIO_TRY(wio_bilateral_make(&o->in, o->t, o->trade, o->row_of, o->rows, &o->partner, true,
                               o->log, o->err));
    if (exports != NULL) {
        WIO_TRY(wio_bilateral_make(&o->out, o->t, exports, o->home, o->t->n, &o->partner, false,
                                   o->log, o->err));
        o->exporters = o->partner.count;
    }
    o->mistakes += o->in.mistakes + o->out.mistakes;
    if (o->options->levels && o->in.shared) {
        blame(o, "a use of the trade is a code that several users have: at its level it needs one");
    }
    o->share = wio_zalloc(o->partner.count, sizeof *o->share);
    o->imports = wio_zalloc(o->in.uses, sizeof *o->imports);
    o->region = wio_zalloc(o->partner.count, sizeof *o->region);
    o->report.line = wio_zalloc(o->rows, sizeof *o->report.line);
    return o->share != NULL && o->imports != NULL && o->region != NULL && o->report.line != NULL
               ? WIO_OK
               : no_memory(o);
}

/* Regions, rows and columns of the new table. */
static wio_status lay_out(origins *o)
{
    const wio_table *t = o->t;
    const size_t partners = o->partner.count;
    size_t f = 0, next = t->region.count, split = 0;
    for (size_t c = 0; c < t->f; c++) {
        split += t->final_region[c] == o->block;
    }
    bool stays = split != 0 && o->exporters == 0;
    size_t same = wio_names_find(&o->partner, t->region.code[o->block]);
    size_t slot = same != SIZE_MAX ? same : stays ? SIZE_MAX : 0;
    o->slot = slot != SIZE_MAX;
    for (size_t p = 0; p < partners; p++) {
        o->region[p] = p == slot ? o->block : next++;
    }
    f = t->f + (o->exporters != 0 ? split * (partners - 1) : 0);
    WIO_TRY(wio_rebuild_room(&o->r, t, next, t->n, t->m + o->rows * (partners - 1), f, o->err));
    for (size_t p = 0; p < partners; p++) {
        o->r.region[o->region[p]] = o->partner.code[p];
        o->r.region_name[o->region[p]] = o->partner.name[p];
        o->r.endogenous[o->region[p]] = false;
        o->r.valuation[o->region[p]] = wio_valuation_name(t->valuation[o->block]);
    }
    o->r.import_split = o->in.by_use ? "mixed" : "proportional";
    return WIO_OK;
}

/* A cell of row i of the block: a user is an activity, or n + a final column. */
static double cell(const origins *o, size_t i, size_t user)
{
    const wio_table *t = o->t;
    return user < t->n ? t->Z[o->row[i] * t->n + user] : t->Y[o->row[i] * t->f + user - t->n];
}

/* The shares of one use in `share`. Without trade all goes to the rest, if there is one; else false.
 * At its level trade that stands for other uses leaves nothing for this one. */
static bool shares(origins *o, const wio_bilateral *b, size_t row, size_t use, double level)
{
    const bool none = use == SIZE_MAX || (o->options->levels && use == WIO_USE_ALL);
    const double total = none ? 0.0 : wio_bilateral_total(b, row, use);
    const double whole = o->options->levels ? level : total;
    memset(o->share, 0, b->partners * sizeof *o->share);
    if (o->rest != SIZE_MAX && (total == 0.0 || whole == 0.0)) {
        o->share[o->rest] = 1.0;
        return true;
    }
    if (!(total > 0.0)) {
        return false;
    }
    double given = 0.0;
    for (size_t p = 0; p < b->partners; p++) {
        o->share[p] = wio_bilateral_values(b, row, use)[p] / whole;
        given += o->share[p];
    }
    if (o->options->levels) {
        o->share[o->rest] += 1.0 - given;
    }
    return true;
}

/* Imports of a row by the use that decides for them. */
static void add_imports(origins *o, size_t i)
{
    const wio_table *t = o->t;
    memset(o->imports, 0, o->in.uses * sizeof *o->imports);
    for (size_t u = 0; u < t->n + t->f; u++) {
        size_t use = wio_bilateral_use(&o->in, t, i, u);
        if (use != SIZE_MAX) {
            o->imports[use] += cell(o, i, u);
        }
    }
}

/* With levels, no use may have more trade than imports. */
static void check_levels(origins *o, size_t i)
{
    const char *code = o->t->sector.code[o->t->origin_sector[o->row[i]]];
    for (size_t use = 0; o->options->levels && use < o->in.uses; use++) {
        double trade = wio_bilateral_total(&o->in, i, use);
        if (use != WIO_USE_ALL && trade > 0.0 && trade > o->imports[use] * (1.0 + 1e-12)) {
            blame(
                o,
                "trade of %s is %.6g million, but only %.6g is imported for that use: bring it to "
                "the table's year and prices",
                code, trade, o->imports[use]);
        }
    }
}

static void split_row(origins *o, size_t i)
{
    const wio_table *t = o->t;
    rebuild *r = &o->r;
    const size_t others = t->m - o->rows;
    const char *code = t->sector.code[t->origin_sector[o->row[i]]];
    wio_origins_gap *gap = &o->report.line[i];
    double missing = 0.0;
    *gap = (wio_origins_gap){.sector = code, .trade = wio_bilateral_total(&o->in, i, WIO_USE_ALL)};
    add_imports(o, i);
    check_levels(o, i);
    for (size_t u = 0, column = 0; u < t->n + t->f; u++) {
        double z = cell(o, i, u);
        bool spread = u >= t->n && o->exporters != 0 && t->final_region[u - t->n] == o->block;
        size_t use = wio_bilateral_use(&o->in, t, i, u), to = u < t->n ? u : column;
        column += u < t->n ? 0 : spread ? o->exporters : 1;
        gap->table += z;
        if (z == 0.0) {
            continue;
        }
        if (spread) {
            blame(o, "%s is imported and exported again (%.6g): such exports cannot be split", code,
                  z);
        }
        if (!shares(o, &o->in, i, use, use != SIZE_MAX ? o->imports[use] : 0.0)) {
            missing += fabs(z);
            continue;
        }
        gap->rest += o->rest != SIZE_MAX ? z * o->share[o->rest] : 0.0;
        for (size_t p = 0; p < o->partner.count; p++) {
            size_t row = others + p * o->rows + i;
            (u < t->n ? r->Z + row * r->n : r->Y + row * r->f)[to] = z * o->share[p];
        }
    }
    if (missing > 0.0) {
        blame(o,
              "no trade for %.6g million of imports of %s: add it, or name a partner for the rest",
              missing, code);
    }
}

/* Shares of what an old row sells to the block, in `share`: the same in every column that it has. */
static void export_shares(origins *o, size_t from)
{
    const wio_table *t = o->t;
    const char *code = t->sector.code[t->origin_sector[from]];
    double level = 0.0, size = 0.0;
    for (size_t c = 0; c < t->f; c++) {
        double y = t->final_region[c] == o->block ? t->Y[from * t->f + c] : 0.0;
        level += y;
        size += fabs(y);
    }
    if (from >= t->n) {
        if (size != 0.0) {
            blame(o, "%s of %s is exported again (%.6g): such exports cannot be split", code,
                  t->region.code[t->origin_region[from]], level);
        }
        return;
    }
    double trade = wio_bilateral_total(&o->out, from, WIO_USE_OTHER);
    if (o->options->levels && trade > 0.0 && trade > level * (1.0 + 1e-12)) {
        blame(o, "trade says %.6g million of exports of %s, the table %.6g", trade, code, level);
    } else if (size == 0.0 && trade > 0.0) {
        wio_find(o->log, WIO_WARNING, o->options->exports->path, 0, 0,
                 "%.6g million of exports of %s are not used: the table has none", trade, code);
    } else if (size != 0.0 && !shares(o, &o->out, from, WIO_USE_OTHER, level)) {
        blame(o, "no trade for %.6g million of exports of %s", level, code);
    }
}

/* Numbers of an old row that stays; exports by partner where trade has them. */
static void copy_row(origins *o, size_t from, size_t to)
{
    const wio_table *t = o->t;
    rebuild *r = &o->r;
    memcpy(r->Z + to * r->n, t->Z + from * t->n, t->n * sizeof *r->Z);
    if (o->exporters != 0) {
        export_shares(o, from);
    }
    for (size_t c = 0, at = 0; c < t->f; c++) {
        double y = t->Y[from * t->f + c];
        if (o->exporters == 0 || t->final_region[c] != o->block) {
            r->Y[to * r->f + at++] = y;
            continue;
        }
        for (size_t p = 0; p < o->exporters; p++) {
            r->Y[to * r->f + at++] = y != 0.0 ? y * o->share[p] : 0.0;
        }
    }
}

static void fill(origins *o)
{
    const wio_table *t = o->t;
    rebuild *r = &o->r;
    size_t at = 0;
    for (size_t i = 0; i < t->m; i++) {
        if (i < t->n || t->origin_region[i] != o->block) {
            wio_rebuild_label(r, at, t->origin_region[i], i);
            copy_row(o, i, at++);
        }
    }
    for (size_t p = 0; p < o->partner.count; p++) {
        for (size_t i = 0; i < o->rows; i++) {
            wio_rebuild_label(r, at++, o->region[p], o->row[i]);
        }
    }
    for (size_t i = 0; i < o->rows; i++) {
        split_row(o, i);
        o->report.table += o->report.line[i].table;
        o->report.trade += o->report.line[i].trade;
        o->report.rest += o->report.line[i].rest;
    }
    for (size_t c = 0, column = 0; c < t->f; c++) {
        bool split = o->exporters != 0 && t->final_region[c] == o->block;
        for (size_t p = 0; p < (split ? o->exporters : 1); p++, column++) {
            r->final_region[column] = split ? o->region[p] : t->final_region[c];
            r->use[column] = t->use.code[t->final_use[c]];
            r->role[column] = t->use_role[t->final_use[c]];
        }
    }
    memcpy(r->P, t->P, t->p * t->n * sizeof *r->P);
    memcpy(r->S, t->S, t->k * t->n * sizeof *r->S);
    o->report.partners = o->partner.count;
    o->report.lines = o->rows;
}

/* Lines of what the block sells are no longer those of one region; of what it buys they are, where its
 * column of exports stays. */
static double stays(const void *context, const frame_place *p, size_t k, double share)
{
    const origins *o = context;
    bool sells = p->partner == o->block || (p->partner == SIZE_MAX && p->region == o->block);
    bool buys = p->region == o->block && o->exporters != 0;
    (void)k;
    return sells || buys ? -1.0 : share;
}

static wio_status split(wio_table **out, origins *o)
{
    WIO_TRY(find_block(o));
    WIO_TRY(find_partners(o));
    WIO_TRY(find_rows(o));
    WIO_TRY(file_trade(o));
    if (o->mistakes != 0 || o->partner.count == 0) {
        return o->mistakes != 0 ? WIO_E_TABLE
                                : wio_fail(o->err, WIO_E_TABLE, "the trade has no line");
    }
    WIO_TRY(lay_out(o));
    fill(o);
    if (o->mistakes != 0) {
        return WIO_E_TABLE;
    }
    wio_text gone = {0};
    char *lost = NULL;
    const char *block = o->t->region.code[o->block];
    wio_text_add(&gone, "%s, which is several origins now", block);
    WIO_TRY(wio_text_take(&lost, &gone, o->err));
    const bool one = o->partner.count == 1 && wio_names_find(&o->partner, block) == 0;
    const frame_carry files = {
        .from = o->t, .share = one ? NULL : stays, .context = o, .gone = lost};
    o->r.files = &files;
    wio_table *table = NULL;
    wio_status made = wio_rebuild_table(&table, &o->r, o->log, o->err);
    wio_free(lost);
    WIO_TRY(made);
    wio_status status = wio_table_note(
        table, o->err,
        "Imports from %s split into %zu origins by trade%s%s: trade of %.6g million for imports "
        "of %.6g; %.6g went to %s.",
        o->t->region.code[o->block], o->partner.count, o->in.by_use ? " by use" : "",
        o->options->levels ? ", at its level" : "", o->report.trade, o->report.table,
        o->report.rest, o->rest != SIZE_MAX ? o->partner.code[o->rest] : "no rest");
    if (status == WIO_OK) {
        status =
            wio_table_entitle(table, o->err, "origins", "imports by %zu origins", o->partner.count);
    }
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

void wio_origins_report_free(wio_origins_report *report)
{
    if (report != NULL) {
        wio_free(report->line);
        *report = (wio_origins_report){0};
    }
}

wio_status wio_table_origins(wio_table **out, const wio_table *table, const wio_trade *trade,
                             const wio_origins_options *options, wio_origins_report *report,
                             wio_log *log, wio_error *err)
{
    static const wio_origins_options standard = {0};
    if (out == NULL || table == NULL || trade == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_origins: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    origins o = {.t = table,
                 .trade = trade,
                 .options = options != NULL ? options : &standard,
                 .log = log,
                 .err = err};
    wio_status status = split(out, &o);
    if (status == WIO_OK && report != NULL) {
        *report = o.report;
        o.report.line = NULL;
    }
    wio_free(o.report.line);
    wio_rebuild_free(&o.r);
    wio_bilateral_free(&o.in);
    wio_bilateral_free(&o.out);
    wio_names_free(&o.partner);
    wio_free(o.row);
    wio_free(o.row_of);
    wio_free(o.region);
    wio_free(o.share);
    wio_free(o.imports);
    return status;
}
