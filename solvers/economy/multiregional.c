/* multiregional.c - national tables and trade as one table (Chenery-Moses, Isard).
 *
 *   imports of i by s from r:   t(i,r,s) / sum_q t(i,q,s)  of the imports of the national table
 *   exports of i by r:          what the buyers have of it, and trade to regions without a table
 *
 * Isard leaves home cells and splits imported ones; Chenery-Moses gives all users of i in s the same
 * shares, home included. Sums over origins, so columns, stay; rows are held against the exports of
 * the seller's table. Source: Miller & Blair (2009), chapter 3. */
#include "multiregional.h"
#include "bilateral.h"
#include "rebuild.h"

#include <stdio.h>
#include <string.h>

wio_status wio_assembly_memory(const assembly *m)
{
    return wio_fail(m->a.err, WIO_E_MEMORY, "a table of %zu regions", m->a.count);
}

size_t wio_assembly_region(const assembly *m, const char *code)
{
    return wio_names_find(&m->a.region, code);
}

/* Lines that no table can take. */
static void check_trade(assembly *m)
{
    const wio_trade *trade = m->trade;
    double outside = 0.0;
    for (size_t k = 0; k < trade->count; k++) {
        size_t seller = wio_assembly_region(m, trade->partner[k]),
               buyer = wio_assembly_region(m, trade->buyer[k]);
        if (strcmp(trade->partner[k], trade->buyer[k]) == 0 && seller != SIZE_MAX) {
            wio_nations_blame(&m->a, trade->path, trade->line != NULL ? trade->line[k] : 0,
                              "trade of %.80s with itself: its table has what it uses at home",
                              trade->buyer[k]);
        }
        outside += seller == SIZE_MAX && buyer == SIZE_MAX ? trade->value[k] : 0.0;
    }
    if (outside != 0.0) {
        wio_find(m->a.log, WIO_WARNING, trade->path, 0, 0,
                 "%.6g million of trade between regions without a table is not used", outside);
    }
    if (wio_assembly_region(m, m->rest) != SIZE_MAX) {
        wio_nations_blame(&m->a, NULL, 0,
                          "%.80s has a table: regions without one need another code", m->rest);
    }
}

/* The final uses EXP and that of the residual are exports wherever they are. */
static void check_use(assembly *m, const char *code)
{
    for (size_t s = 0; code != NULL && s < m->a.count; s++) {
        const wio_table *t = m->a.table[s];
        size_t use = wio_names_find(&t->use, code);
        if (use != SIZE_MAX && t->use_role[use] != WIO_ROLE_EXPORT) {
            wio_nations_blame(&m->a, NULL, 0,
                              "the final use %.80s of %s is %s: for exports it needs another code",
                              code, m->a.region.code[s], wio_role_name(t->use_role[use]));
            return;
        }
        if (wio_names_find(&t->sector, code) != SIZE_MAX) {
            wio_nations_blame(&m->a, NULL, 0, "'%.80s' is a sector: exports need another code",
                              code);
            return;
        }
    }
}

static wio_status make_room(assembly *m)
{
    nations *a = &m->a;
    size_t n = a->count * a->sectors, cells;
    for (size_t s = 0; s < a->count; s++) {
        const wio_table *t = a->table[s];
        m->most_users = m->most_users > t->n + t->f ? m->most_users : t->n + t->f;
        for (size_t c = 0; c < t->f; c++) {
            m->columns += !wio_nations_export(a, s, c);
        }
    }
    if (__builtin_mul_overflow(a->sector.count, m->most_users, &cells)) {
        return wio_assembly_memory(m);
    }
    m->view = (wio_trade){.sector = wio_zalloc(m->trade->count, sizeof *m->view.sector),
                          .partner = wio_zalloc(m->trade->count, sizeof *m->view.partner),
                          .use = wio_zalloc(m->trade->count, sizeof *m->view.use),
                          .value = wio_zalloc(m->trade->count, sizeof *m->view.value),
                          .line = wio_zalloc(m->trade->count, sizeof *m->view.line),
                          .path = m->trade->path};
    m->share = wio_zalloc(a->count + 1, sizeof *m->share);
    m->imports = wio_zalloc(cells, sizeof *m->imports);
    double **const rows[] = {&m->bought, &m->to_rest, &m->exports, &m->imported, &m->traded};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        *rows[k] = wio_zalloc(n, sizeof **rows[k]);
        if (*rows[k] == NULL) {
            return wio_assembly_memory(m);
        }
    }
    m->report.line = wio_zalloc(n, sizeof *m->report.line);
    if (m->view.sector == NULL || m->view.partner == NULL || m->view.use == NULL ||
        m->view.value == NULL || m->view.line == NULL || m->share == NULL || m->imports == NULL ||
        m->report.line == NULL) {
        return wio_assembly_memory(m);
    }
    return wio_rebuild_room(&m->r, a->table[0], a->count + 1, n, n + a->sector.count,
                            m->columns + 2, a->err);
}

static void label(assembly *m)
{
    const nations *a = &m->a;
    rebuild *r = &m->r;
    const wio_table *t = a->table[0];
    for (size_t s = 0; s <= a->count; s++) {
        bool rest = s == a->count;
        r->region[s] = rest ? m->rest : a->region.code[s];
        r->region_name[s] = rest ? "Regions without a table" : a->region.name[s];
        r->endogenous[s] = !rest;
        r->valuation[s] = wio_valuation_name(
            !rest ? a->table[s]->valuation[a->home[s]]
                  : t->valuation[t->m > t->n ? t->origin_region[t->n] : a->home[0]]);
    }
    for (size_t i = 0; i < r->m; i++) {
        size_t k = i < r->n ? i % a->sectors : i - r->n;
        r->origin[i] = i < r->n ? i / a->sectors : a->count;
        r->sector[i] = a->sector.code[k];
        r->sector_name[i] = a->sector.name[k];
    }
}

static wio_status describe(wio_table *table, assembly *m)
{
    const bool pooled = m->options->model == WIO_CHENERY_MOSES;
    wio_free(table->import_split_note);
    table->import_split_note = wio_strdup(
        pooled ? "Chenery-Moses: every user of a product in a region has the same shares "
                 "of its origins, home included."
               : "Isard: home and imported cells are those of the national tables; trade "
                 "gives the shares of the origins.");
    if (table->import_split_note == NULL) {
        return wio_assembly_memory(m);
    }
    const wio_multiregional_report *report = &m->report;
    WIO_TRY(wio_nations_head(table, &m->a, m->options->name != NULL ? m->options->name : "mrio",
                             m->rest));
    WIO_TRY(
        wio_table_note(table, m->a.err,
                       "Assembled from %zu national tables by %s: imports of %.6g million, %.6g "
                       "of them from regions without a table; exports to these %.6g.",
                       m->a.count, pooled ? "Chenery-Moses" : "Isard", report->imports,
                       report->from_rest, report->to_rest));
    if (report->gaps != 0) {
        WIO_TRY(wio_table_note(table, m->a.err,
                               "Exports of %zu activities differ from what their buyers have: %.6g "
                               "million in all, the largest %.6g, are in the final use %s.%s.",
                               report->gaps, report->residual, report->largest, m->rest,
                               m->options->residual));
    }
    return WIO_OK;
}

static wio_status assemble(wio_table **out, assembly *m)
{
    WIO_TRY(wio_nations_hold(&m->a));
    check_trade(m);
    check_use(m, WIO_ASSEMBLY_EXPORT);
    check_use(m, m->options->residual);
    WIO_TRY(make_room(m));
    label(m);
    for (size_t s = 0, first = 0; s < m->a.count; s++) {
        WIO_TRY(wio_assembly_fill(m, s, first));
        for (size_t c = 0; c < m->a.table[s]->f; c++) {
            first += !wio_nations_export(&m->a, s, c);
        }
    }
    if (m->a.mistakes == 0) {
        wio_assembly_close(m);
    }
    if (m->a.mistakes != 0) {
        return WIO_E_TABLE;
    }
    wio_assembly_trim(m);
    m->r.import_split = m->options->model == WIO_ISARD && m->by_use ? "mixed" : "proportional";
    wio_table *table = NULL;
    WIO_TRY(wio_rebuild_table(&table, &m->r, m->a.log, m->a.err));
    wio_status status = describe(table, m);
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    for (size_t k = 0; k < m->report.lines; k++) {
        m->report.line[k].region = table->region.code[table->origin_region[k]];
        m->report.line[k].sector = table->sector.code[table->origin_sector[k]];
    }
    *out = table;
    return WIO_OK;
}

void wio_multiregional_report_free(wio_multiregional_report *report)
{
    if (report != NULL) {
        wio_free(report->line);
        *report = (wio_multiregional_report){0};
    }
}

static void free_assembly(assembly *m)
{
    wio_free(m->report.line);
    wio_rebuild_free(&m->r);
    wio_bilateral_free(&m->b);
    wio_names_free(&m->partner);
    void *const block[] = {m->view.sector, m->view.partner, m->view.use, m->view.value,
                           m->view.line,   m->share,        m->imports,  m->bought,
                           m->to_rest,     m->exports,      m->imported, m->traded};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        wio_free(block[i]);
    }
    wio_nations_free(&m->a);
}

wio_status wio_table_multiregional(wio_table **out, const wio_table *const *table, size_t tables,
                                   const wio_trade *trade, const wio_multiregional_options *options,
                                   wio_multiregional_report *report, wio_log *log, wio_error *err)
{
    if (out == NULL || table == NULL || tables == 0 || trade == NULL || trade->buyer == NULL ||
        options == NULL || (unsigned)options->model > WIO_ISARD) {
        return wio_fail(
            err, WIO_E_ARGUMENT,
            "wio_table_multiregional: NULL argument, trade without buyers, or no model");
    }
    assembly m = {.a = {.count = tables, .log = log, .err = err},
                  .trade = trade,
                  .options = options,
                  .rest = options->rest != NULL ? options->rest : "REST"};
    wio_status status = wio_nations_take(&m.a, table);
    status = status == WIO_OK ? assemble(out, &m) : status;
    if (status == WIO_OK && report != NULL) {
        *report = m.report;
        m.report.line = NULL;
    }
    free_assembly(&m);
    return status;
}
