/* carve.c - some regions of a multi-regional table, the others exogenous.
 *
 * Rows: the kept activities, then every other origin as it was. Columns: the kept activities; final
 * uses in kept regions; one column EXP for each other region that buys, with its intermediate and
 * final uses together. Partners' purchases from each other are left out: they are in no identity of
 * the kept regions. */
#include "rebuild.h"

#include <math.h>
#include <string.h>

static const char EXPORT[] = "EXP";

typedef struct carving {
    const wio_table *t;
    bool *kept;     /* [regions] */
    size_t *row;    /* [m] old origin of a new one: kept activities first */
    size_t *column; /* [regions] new export column of a partner */
    rebuild r;
} carving;

static wio_status choose(carving *c, const char *const *keep, size_t count, wio_log *log,
                         wio_error *err)
{
    const wio_table *t = c->t;
    for (size_t k = 0; k < count; k++) {
        size_t s = wio_names_find(&t->region, keep[k]);
        if (s == SIZE_MAX || !t->endogenous[s]) {
            wio_find(log, WIO_ERROR, NULL, 0, 0, "%s is no region with production", keep[k]);
            return wio_fail(err, WIO_E_TABLE, "%s has no region with production called '%s'",
                            t->name, keep[k]);
        }
        c->kept[s] = true;
    }
    size_t use = wio_names_find(&t->use, EXPORT);
    if (use != SIZE_MAX && t->use_role[use] != WIO_ROLE_EXPORT) {
        return wio_fail(err, WIO_E_TABLE, "the final use EXP is %s: exports need that code",
                        wio_role_name(t->use_role[use]));
    }
    return WIO_OK;
}

/* Rows and columns of the new table; returns through n, f. */
static void number(carving *c, size_t *n, size_t *f)
{
    const wio_table *t = c->t;
    size_t at = 0;
    for (int kept = 1; kept >= 0; kept--) {
        for (size_t i = 0; i < t->m; i++) {
            if (c->kept[t->origin_region[i]] == (kept == 1)) {
                c->row[at++] = i;
            }
        }
        *n = kept == 1 ? at : *n;
    }
    *f = 0;
    for (size_t k = 0; k < t->f; k++) {
        *f += c->kept[t->final_region[k]];
    }
    for (size_t s = 0; s < t->region.count; s++) {
        c->column[s] = c->kept[s] ? SIZE_MAX : (*f)++;
    }
}

static void fill_labels(carving *c)
{
    const wio_table *t = c->t;
    rebuild *r = &c->r;
    size_t at = 0;
    for (size_t i = 0; i < r->m; i++) {
        wio_rebuild_label(r, i, t->origin_region[c->row[i]], c->row[i]);
    }
    for (size_t k = 0; k < t->f; k++) {
        if (c->kept[t->final_region[k]]) {
            r->final_region[at] = t->final_region[k];
            r->use[at] = t->use.code[t->final_use[k]];
            r->role[at++] = t->use_role[t->final_use[k]];
        }
    }
    for (size_t s = 0; s < t->region.count; s++) {
        r->endogenous[s] = c->kept[s];
        if (!c->kept[s]) {
            r->final_region[c->column[s]] = s;
            r->use[c->column[s]] = EXPORT;
            r->role[c->column[s]] = WIO_ROLE_EXPORT;
        }
    }
}

static void fill_numbers(carving *c)
{
    const wio_table *t = c->t;
    rebuild *r = &c->r;
    for (size_t i = 0; i < r->m; i++) {
        const double *z = t->Z + c->row[i] * t->n, *y = t->Y + c->row[i] * t->f;
        double *to = r->Y + i * r->f;
        for (size_t j = 0; j < r->n; j++) {
            r->Z[i * r->n + j] = z[c->row[j]];
        }
        for (size_t j = 0; i < r->n && j < t->n; j++) {
            size_t s = t->origin_region[j];
            if (!c->kept[s]) {
                to[c->column[s]] += z[j];
            }
        }
        for (size_t k = 0, at = 0; k < t->f; k++) {
            size_t s = t->final_region[k];
            if (c->kept[s]) {
                to[at++] = y[k];
            } else if (i < r->n) {
                to[c->column[s]] += y[k];
            }
        }
    }
    for (size_t j = 0; j < r->n; j++) {
        for (size_t k = 0; k < t->p; k++) {
            r->P[k * r->n + j] = t->P[k * t->n + c->row[j]];
        }
        for (size_t k = 0; k < t->k; k++) {
            r->S[k * r->n + j] = t->S[k * t->n + c->row[j]];
        }
    }
}

/* Lines of kept regions, and of what others sell to them or buy from them, stay; so do those that name no
 * region. */
static double stays(const void *context, const frame_place *p, size_t k, double share)
{
    const carving *c = context;
    bool none = p->region == SIZE_MAX && p->partner == SIZE_MAX;
    bool kept = (p->region != SIZE_MAX && c->kept[p->region]) ||
                (p->partner != SIZE_MAX && c->kept[p->partner]);
    (void)k;
    return none || kept ? share : -1.0;
}

/* What the table is called: "world-2009-carved". */
static wio_status entitle(wio_table *table, const carving *c, wio_error *err)
{
    wio_text codes = {0};
    char *list = NULL;
    for (size_t s = 0; s < c->t->region.count; s++) {
        if (c->kept[s]) {
            wio_text_add(&codes, "%s%s", codes.length != 0 ? ", " : "", c->t->region.code[s]);
        }
    }
    WIO_TRY(wio_text_take(&list, &codes, err));
    wio_status status =
        wio_table_entitle(table, err, "carved", "%.200s with all others as partners", list);
    wio_free(list);
    return status;
}

static wio_status carve(wio_table **out, carving *c, const char *const *keep, size_t kept,
                        wio_log *log, wio_error *err)
{
    size_t n = 0, f = 0;
    WIO_TRY(choose(c, keep, kept, log, err));
    number(c, &n, &f);
    WIO_TRY(wio_rebuild_room(&c->r, c->t, c->t->region.count, n, c->t->m, f, err));
    fill_labels(c);
    fill_numbers(c);
    const frame_carry files = {
        .from = c->t, .share = stays, .context = c, .gone = "regions that were not kept"};
    c->r.files = &files;
    wio_table *table = NULL;
    WIO_TRY(wio_rebuild_table(&table, &c->r, log, err));
    table->household_income = NAN; /* it was that of all regions */
    wio_status status = wio_table_note(table, err,
                                       "%zu activities of %zu kept from %s; the other regions are "
                                       "exogenous: no feedback through them.",
                                       n, c->t->n, c->t->name);
    status = status == WIO_OK ? entitle(table, c, err) : status;
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

wio_status wio_table_carve(wio_table **out, const wio_table *table, const char *const *keep,
                           size_t kept, wio_log *log, wio_error *err)
{
    if (out == NULL || table == NULL || keep == NULL || kept == 0) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_carve: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    carving c = {.t = table};
    c.kept = wio_zalloc(table->region.count, sizeof *c.kept);
    c.row = wio_zalloc(table->m, sizeof *c.row);
    c.column = wio_zalloc(table->region.count, sizeof *c.column);
    wio_status status = c.kept != NULL && c.row != NULL && c.column != NULL
                            ? carve(out, &c, keep, kept, log, err)
                            : wio_fail(err, WIO_E_MEMORY, "%zu origins", table->m);
    wio_rebuild_free(&c.r);
    wio_free(c.kept);
    wio_free(c.row);
    wio_free(c.column);
    return status;
}
