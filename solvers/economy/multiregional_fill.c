/* multiregional_fill.c - the columns of one region in a table of several: what it uses, split among
 * the regions that it is from by the shares of trade (formulas: multiregional.c). */
#include "multiregional.h"

#include <math.h>
#include <string.h>

/* Files the lines of one region: what it buys, or what it sells to regions without a table. */
static wio_status file_trade(assembly *m, size_t s, bool exports)
{
    const wio_trade *trade = m->trade;
    const wio_table *t = m->a.table[s];
    wio_trade *v = &m->view;
    v->count = 0;
    wio_names_free(&m->partner);
    m->partner = (wio_names){0};
    wio_bilateral_free(&m->b);
    for (size_t k = 0; k < trade->count; k++) {
        const char *mine = exports ? trade->partner[k] : trade->buyer[k];
        char *other = exports ? trade->buyer[k] : trade->partner[k];
        if (wio_assembly_region(m, mine) != s ||
            (exports && wio_assembly_region(m, other) != SIZE_MAX)) {
            continue;
        }
        size_t at = v->count++;
        v->sector[at] = trade->sector[k];
        v->partner[at] = other;
        v->use[at] = trade->use != NULL ? trade->use[k] : (char *)(uintptr_t) "";
        v->value[at] = trade->value[k];
        v->line[at] = trade->line != NULL ? trade->line[k] : k + 1;
        if (wio_names_find(&m->partner, other) == SIZE_MAX &&
            wio_names_add(&m->partner, other, other) != WIO_OK) {
            return wio_assembly_memory(m);
        }
    }
    size_t *row_of = wio_alloc(t->sector.count, sizeof *row_of);
    if (row_of == NULL) {
        return wio_assembly_memory(m);
    }
    for (size_t k = 0; k < t->sector.count; k++) {
        size_t row = wio_names_find(&m->a.sector, t->sector.code[k]);
        row_of[k] = exports && row >= m->a.sectors ? SIZE_MAX : row;
    }
    wio_status status = wio_bilateral_make(&m->b, t, v, row_of, m->a.sector.count, &m->partner,
                                           true, m->a.log, m->a.err);
    wio_free(row_of);
    m->a.mistakes += m->b.mistakes;
    m->by_use = m->by_use || (m->b.by_use && !exports);
    return status;
}

/* Imports of a buyer by product, origins together; what is exported again is a mistake. */
static void add_imports(assembly *m, size_t s)
{
    const wio_table *t = m->a.table[s];
    const size_t users = t->n + t->f;
    memset(m->imports, 0, m->a.sector.count * m->most_users * sizeof *m->imports);
    for (size_t i = t->n; i < t->m; i++) {
        const char *code = t->sector.code[t->origin_sector[i]];
        double *to = m->imports + wio_names_find(&m->a.sector, code) * m->most_users;
        for (size_t u = 0; u < users; u++) {
            double z = u < t->n ? t->Z[i * t->n + u] : t->Y[i * t->f + u - t->n];
            if (u >= t->n && z != 0.0 && wio_nations_export(&m->a, s, u - t->n)) {
                wio_nations_blame(&m->a, NULL, 0,
                                  "%s is imported by %s and exported again (%.6g million): such "
                                  "exports cannot be assembled",
                                  code, m->a.region.code[s], z);
            }
            to[u] += z;
        }
    }
}

/* Shares of the regions in imports of product i for a use; false without trade. */
static bool find_shares(assembly *m, size_t i, size_t use)
{
    const size_t rest = m->a.count;
    memset(m->share, 0, (rest + 1) * sizeof *m->share);
    double total = use != SIZE_MAX ? wio_bilateral_total(&m->b, i, use) : 0.0;
    if (!(total > 0.0)) {
        m->share[rest] = 1.0; /* nobody who has a table makes it */
        return i >= m->a.sectors;
    }
    for (size_t p = 0; p < m->partner.count; p++) {
        size_t r = wio_assembly_region(m, m->partner.code[p]);
        m->share[r != SIZE_MAX ? r : rest] += wio_bilateral_values(&m->b, i, use)[p];
    }
    for (size_t r = 0; r <= rest; r++) {
        m->share[r] /= total;
    }
    return true;
}

/* The cell (region r, product i) of a column of the new table: activity j of s, or final column. */
static double *cell(assembly *m, size_t r, size_t i, size_t s, size_t user, size_t column)
{
    const size_t n0 = m->a.sectors, row = r < m->a.count ? r * n0 + i : m->r.n + i;
    return user < n0 ? m->r.Z + row * m->r.n + s * n0 + user : m->r.Y + row * m->r.f + column;
}

/* Adds what a user buys from every region, by m->share; returns what is not from rest. */
static void put_imports(assembly *m, size_t s, size_t i, size_t user, size_t column, double value)
{
    for (size_t r = 0; r <= m->a.count; r++) {
        double z = value * m->share[r];
        if (z == 0.0) {
            continue;
        }
        *cell(m, r, i, s, user, column) += z;
        if (r < m->a.count) {
            m->bought[r * m->a.sectors + i] += z;
        } else {
            m->from_rest += z;
        }
    }
}

/* Whether a column stays in the region: an activity, or a final column that is no export. */
static bool stays(const assembly *m, size_t s, size_t user)
{
    const wio_table *t = m->a.table[s];
    return user < t->n || !wio_nations_export(&m->a, s, user - t->n);
}

static void fill_product(assembly *m, size_t s, size_t i, size_t first)
{
    const wio_table *t = m->a.table[s];
    const double *in = m->imports + i * m->most_users;
    const bool pooled = m->options->model == WIO_CHENERY_MOSES, made = i < t->n;
    double imported = 0.0, home = 0.0, missing = 0.0;
    bool any = false;
    for (size_t u = 0; u < t->n + t->f; u++) {
        double z = !made ? 0.0 : u < t->n ? t->Z[i * t->n + u] : t->Y[i * t->f + u - t->n];
        home += stays(m, s, u) ? z : 0.0;
        imported += stays(m, s, u) ? in[u] : 0.0;
        any = any || in[u] != 0.0;
        m->exports[made ? s * t->n + i : 0] += stays(m, s, u) ? 0.0 : z;
    }
    const double all = home + imported;
    if (pooled && all == 0.0 && any) {
        wio_nations_blame(&m->a, NULL, 0,
                          "uses of %s in %s cancel (%.6g million imported): it has no shares",
                          m->a.sector.code[i], m->a.region.code[s], imported);
        return;
    }
    for (size_t u = 0, column = first; u < t->n + t->f; u++) {
        if (!stays(m, s, u)) {
            continue;
        }
        size_t use = pooled ? WIO_USE_ALL : wio_bilateral_use(&m->b, t, i, u);
        double z = !made ? 0.0 : u < t->n ? t->Z[i * t->n + u] : t->Y[i * t->f + u - t->n];
        double bought = in[u];
        if (pooled && any) {
            bought = (z + in[u]) * (imported / all);
            z = (z + in[u]) * (home / all);
        }
        if (made) {
            *cell(m, s, i, s, u, column) = z;
        }
        if (bought != 0.0 && !find_shares(m, i, use)) {
            missing += fabs(bought);
        } else if (bought != 0.0) {
            put_imports(m, s, i, u, column, bought);
        }
        column += u >= t->n;
    }
    if (made) {
        m->imported[s * t->n + i] = imported;
        m->traded[s * t->n + i] = wio_bilateral_total(&m->b, i, WIO_USE_ALL);
    }
    const double traded = wio_bilateral_total(&m->b, i, WIO_USE_ALL);
    if (!any && traded > 0.0) {
        wio_find(m->a.log, WIO_WARNING, m->trade->path, 0, 0,
                 "%.6g million of %s sold to %s is not used: its table imports none", traded,
                 m->a.sector.code[i], m->a.region.code[s]);
    }
    m->report.imports += imported;
    if (missing > 0.0) {
        wio_nations_blame(&m->a, NULL, 0,
                          "no trade for %.6g million of imports of %s by %s: add its sellers",
                          missing, m->a.sector.code[i], m->a.region.code[s]);
    }
}

/* A product that only others make cannot come from a region with a table. */
static void check_sellers(assembly *m, size_t s)
{
    for (size_t i = m->a.sectors; i < m->a.sector.count; i++) {
        for (size_t p = 0; p < m->partner.count; p++) {
            double value = wio_bilateral_values(&m->b, i, WIO_USE_ALL)[p];
            if (value != 0.0 && wio_assembly_region(m, m->partner.code[p]) != SIZE_MAX) {
                wio_nations_blame(
                    &m->a, m->trade->path, 0, "%s makes no %s, but sells %.6g million of it to %s",
                    m->partner.code[p], m->a.sector.code[i], value, m->a.region.code[s]);
            }
        }
    }
}

wio_status wio_assembly_fill(assembly *m, size_t s, size_t first)
{
    const wio_table *t = m->a.table[s];
    const size_t n0 = m->a.sectors, n = m->r.n;
    WIO_TRY(file_trade(m, s, true));
    for (size_t i = 0; i < n0; i++) {
        m->to_rest[s * n0 + i] = wio_bilateral_total(&m->b, i, WIO_USE_ALL);
        m->r.Y[(s * n0 + i) * m->r.f + m->columns] = m->to_rest[s * n0 + i];
        m->report.to_rest += m->to_rest[s * n0 + i];
    }
    WIO_TRY(file_trade(m, s, false));
    check_sellers(m, s);
    if (m->a.mistakes != 0) {
        return WIO_OK; /* of trade: what follows would only repeat them */
    }
    add_imports(m, s);
    for (size_t i = 0; i < m->a.sector.count; i++) {
        fill_product(m, s, i, first);
    }
    for (size_t c = 0, column = first; c < t->f; c++) {
        if (!wio_nations_export(&m->a, s, c)) {
            m->r.final_region[column] = s;
            m->r.use[column] = t->use.code[t->final_use[c]];
            m->r.role[column++] = t->use_role[t->final_use[c]];
        }
    }
    for (size_t j = 0; j < n0; j++) {
        for (size_t k = 0; k < t->p; k++) {
            m->r.P[k * n + s * n0 + j] = t->P[k * t->n + j];
        }
        for (size_t k = 0; k < t->k; k++) {
            m->r.S[k * n + s * n0 + j] = t->S[k * t->n + j];
        }
    }
    return WIO_OK;
}
