/* multiregional_rows.c - both sides of trade in a table of several regions: what a seller's table has as
 * exports against what the buyers have of it and trade to regions without a table. */
#include "multiregional.h"

#include <math.h>
#include <string.h>

static const double ROWS = 1e-9; /* of output: what a row may miss by rounding */
enum { MOST_NAMED = 10 };

/* The next gap by size after `last` (SIZE_MAX: the largest), SIZE_MAX when there is none. */
static size_t next_gap(const assembly *m, size_t last)
{
    size_t best = SIZE_MAX;
    for (size_t k = 0; k < m->r.n; k++) {
        const wio_multiregional_line *line = m->report.line;
        double size = fabs(line[k].gap);
        double limit = last != SIZE_MAX ? fabs(line[last].gap) : INFINITY;
        bool later = size < limit || (size == limit && last != SIZE_MAX && k > last);
        if (size > 0.0 && later && (best == SIZE_MAX || size > fabs(line[best].gap))) {
            best = k;
        }
    }
    return best;
}

static void name_gaps(assembly *m)
{
    const char *residual = m->options->residual;
    size_t k = SIZE_MAX;
    for (size_t named = 0; named < MOST_NAMED && (k = next_gap(m, k)) != SIZE_MAX; named++) {
        const wio_multiregional_line *line = &m->report.line[k];
        if (residual != NULL) {
            wio_find(m->a.log, WIO_WARNING, NULL, 0, 0,
                     "%s.%s: %.6g million of exports are in no buyer's table: in %s.%s",
                     m->a.region.code[k / m->a.sectors], m->a.sector.code[k % m->a.sectors],
                     line->gap, m->rest, residual);
        } else {
            wio_nations_blame(&m->a, NULL, 0,
                              "%s.%s exports %.6g million, but its buyers have %.6g and the rest "
                              "%.6g: gap %.6g",
                              m->a.region.code[k / m->a.sectors],
                              m->a.sector.code[k % m->a.sectors], line->exports, line->bought,
                              line->rest, line->gap);
        }
    }
    if (residual == NULL && m->report.gaps > 0) {
        wio_nations_blame(
            &m->a, NULL, 0,
            "%zu of %zu activities do not add up, %.6g million in all: mend trade, or "
            "name a final use for the residual",
            m->report.gaps, m->r.n, m->report.residual);
    }
}

/* Both sides of trade; gaps into the column of the residual. */
void wio_assembly_close(assembly *m)
{
    wio_multiregional_report *report = &m->report;
    const size_t n0 = m->a.sectors;
    report->lines = m->r.n;
    report->from_rest = m->from_rest;
    for (size_t k = 0; k < m->r.n; k++) {
        wio_multiregional_line *line = &report->line[k];
        double gap = m->exports[k] - m->bought[k] - m->to_rest[k];
        bool small = fabs(gap) <= ROWS * m->a.table[k / n0]->x[k % n0];
        *line = (wio_multiregional_line){.imports = m->imported[k],
                                         .trade = m->traded[k],
                                         .exports = m->exports[k],
                                         .bought = m->bought[k],
                                         .rest = m->to_rest[k],
                                         .gap = small ? 0.0 : gap};
        report->gaps += !small;
        report->residual += fabs(line->gap);
        report->largest = fmax(report->largest, fabs(line->gap));
        bool same =
            m->options->residual != NULL && strcmp(m->options->residual, WIO_ASSEMBLY_EXPORT) == 0;
        m->r.Y[k * m->r.f + m->columns + (same ? 0 : 1)] += line->gap;
    }
    name_gaps(m);
}

/* Leaves out the rows and the final columns of the rest that are empty. */
void wio_assembly_trim(assembly *m)
{
    rebuild *r = &m->r;
    const size_t old = r->f, rows = r->m;
    const char *const use[2] = {WIO_ASSEMBLY_EXPORT, m->options->residual};
    bool kept[2] = {false, false}, sells = false;
    for (size_t i = 0; i < r->n; i++) {
        for (size_t k = 0; k < 2; k++) {
            kept[k] = kept[k] || r->Y[i * old + m->columns + k] != 0.0;
        }
    }
    sells = m->from_rest != 0.0;
    for (size_t i = r->n * r->n; !sells && i < rows * r->n; i++) {
        sells = r->Z[i] != 0.0;
    }
    for (size_t i = r->n * old; !sells && i < rows * old; i++) {
        sells = r->Y[i] != 0.0;
    }
    r->f = m->columns;
    for (size_t k = 0; k < 2; k++) {
        if (kept[k]) {
            r->final_region[r->f] = m->a.count;
            r->use[r->f] = use[k];
            r->role[r->f++] = WIO_ROLE_EXPORT;
        }
    }
    r->m = sells ? rows : r->n;
    r->regions = m->a.count + (sells || kept[0] || kept[1]);
    for (size_t i = 0; i < r->m; i++) { /* the new row starts at or before the old one */
        size_t at = i * r->f + m->columns;
        double last[2] = {r->Y[i * old + m->columns], r->Y[i * old + m->columns + 1]};
        memmove(r->Y + i * r->f, r->Y + i * old, m->columns * sizeof *r->Y);
        for (size_t k = 0; k < 2; k++) {
            if (kept[k]) {
                r->Y[at++] = last[k];
            }
        }
    }
}
