/* new_sector.c - a sector from a recipe, taken out of a parent so that every total stays.
 *
 *   old cell (i, k)  becomes  (i, k) - c_i  and  (i, new) = c_i         inputs c of the new sector
 *   old cell (k, j)  becomes  (k, j) - s_j  and  (new, j) = s_j         its sales s
 *   old cell (k, k)  becomes  (k, k) - c_k - s_k, (k, new) = c_k, (new, k) = s_k, (new, new) = 0 */
#include "rebuild.h"

#include <math.h>

static const double SAME = 1e-9; /* of the new output: how far inputs and sales may differ */

typedef struct recipe {
    const wio_table *t;
    size_t parent, at; /* activity; place of the new one: last of the activities */
    const char *code, *name;
    const double *inputs, *sales, *accounts;
    double share, share_of_all; /* of the parent's output; of that of its sector in all regions */
    rebuild r;
} recipe;

static wio_status check(const recipe *c, wio_error *err)
{
    const wio_table *t = c->t;
    double in = 0.0, out = 0.0;
    for (size_t i = 0; i < t->m + t->p; i++) {
        if (!isfinite(c->inputs[i])) {
            return wio_fail(err, WIO_E_NONFINITE, "input %zu of %s is not a finite number", i,
                            c->code);
        }
        in += c->inputs[i];
    }
    for (size_t j = 0; j < t->n + t->f; j++) {
        if (!isfinite(c->sales[j])) {
            return wio_fail(err, WIO_E_NONFINITE, "sale %zu of %s is not a finite number", j,
                            c->code);
        }
        out += c->sales[j];
    }
    if (!(out > 0.0) || !(fabs(in - out) <= SAME * out)) {
        return wio_fail(err, WIO_E_TABLE,
                        "%s has inputs of %.10g and sales of %.10g: both are its output", c->code,
                        in, out);
    }
    return WIO_OK;
}

/* What is left of a cell of the parent; a cell that was not negative may not become so. */
static wio_status take(double *cell, const recipe *c, double part, const char *seller,
                       const char *buyer, wio_error *err)
{
    double left = *cell - part;
    if (left < 0.0 && *cell >= 0.0 && left >= -1e-12 * *cell) {
        left = 0.0; /* all of it, but for rounding */
    }
    if (left < 0.0 && *cell >= 0.0) {
        return wio_fail(err, WIO_E_TABLE, "%s takes %.6g of the flow from %s to %s, which is %.6g",
                        c->code, part, seller, buyer, *cell);
    }
    *cell = left;
    return WIO_OK;
}

/* New place of an old origin: those behind the activities move up by one. */
static size_t place(const recipe *c, size_t origin)
{
    return origin < c->at ? origin : origin + 1;
}

static void copy_old(recipe *c)
{
    const wio_table *t = c->t;
    rebuild *r = &c->r;
    for (size_t i = 0; i < t->m; i++) {
        size_t I = place(c, i);
        wio_rebuild_label(r, I, t->origin_region[i], i);
        for (size_t j = 0; j < t->n; j++) {
            r->Z[I * r->n + j] = t->Z[i * t->n + j];
        }
        for (size_t k = 0; k < t->f; k++) {
            r->Y[I * r->f + k] = t->Y[i * t->f + k];
        }
    }
    for (size_t k = 0; k < t->f; k++) {
        r->final_region[k] = t->final_region[k];
        r->use[k] = t->use.code[t->final_use[k]];
        r->role[k] = t->use_role[t->final_use[k]];
    }
    for (size_t j = 0; j < t->n; j++) {
        for (size_t k = 0; k < t->p; k++) {
            r->P[k * r->n + j] = t->P[k * t->n + j];
        }
        for (size_t k = 0; k < t->k; k++) {
            r->S[k * r->n + j] = t->S[k * t->n + j];
        }
    }
    wio_rebuild_label(r, c->at, t->origin_region[c->parent], c->parent);
    r->sector[c->at] = c->code;
    r->sector_name[c->at] = c->name != NULL ? c->name : c->code;
}

static wio_status move(recipe *c, wio_error *err)
{
    const wio_table *t = c->t;
    rebuild *r = &c->r;
    const size_t k = c->parent, n = r->n;
    const char *parent = t->sector.code[t->origin_sector[k]];
    for (size_t i = 0; i < t->m; i++) {
        size_t I = place(c, i);
        r->Z[I * n + c->at] = c->inputs[i];
        WIO_TRY(take(&r->Z[I * n + k], c, c->inputs[i], t->sector.code[t->origin_sector[i]], parent,
                     err));
    }
    for (size_t p = 0; p < t->p; p++) {
        r->P[p * n + c->at] = c->inputs[t->m + p];
        WIO_TRY(take(&r->P[p * n + k], c, c->inputs[t->m + p], t->item.code[p], parent, err));
    }
    for (size_t j = 0; j < t->n; j++) {
        r->Z[c->at * n + j] = c->sales[j];
        WIO_TRY(take(&r->Z[k * n + j], c, c->sales[j], parent, t->sector.code[t->origin_sector[j]],
                     err));
    }
    for (size_t f = 0; f < t->f; f++) {
        r->Y[c->at * r->f + f] = c->sales[t->n + f];
        WIO_TRY(take(&r->Y[k * r->f + f], c, c->sales[t->n + f], parent,
                     t->use.code[t->final_use[f]], err));
    }
    for (size_t a = 0; a < t->k; a++) {
        r->S[a * n + c->at] = c->accounts[a];
        r->S[a * n + k] -= c->accounts[a];
        if (r->S[a * n + k] < 0.0) {
            return wio_fail(err, WIO_E_TABLE, "%s takes %.6g %s of %s, which has %.6g", c->code,
                            c->accounts[a], t->account.code[a], parent, t->S[a * t->n + k]);
        }
    }
    return WIO_OK;
}

/* Lines of the parent are divided, k = 0 is what it keeps; what other regions sell stays as it was. */
static double part(const void *context, const frame_place *p, size_t k, double share)
{
    const recipe *c = context;
    const size_t seller = p->partner != SIZE_MAX ? p->partner : p->region;
    if (p->sector != c->t->origin_sector[c->parent]) {
        return share;
    }
    if (seller != SIZE_MAX && seller != c->t->origin_region[c->parent]) {
        return k == 0 ? 1.0 : -1.0;
    }
    double of = seller == SIZE_MAX ? c->share_of_all : c->share;
    return k == 0 ? 1.0 - of : of;
}

static void find_shares(recipe *c)
{
    const wio_table *t = c->t;
    double all = 0.0, out = 0.0;
    for (size_t j = 0; j < t->n; j++) {
        all += t->origin_sector[j] == t->origin_sector[c->parent] ? t->x[j] : 0.0;
    }
    for (size_t j = 0; j < t->n + t->f; j++) {
        out += c->sales[j];
    }
    c->share = out / t->x[c->parent];
    c->share_of_all = out / all;
}

static wio_status run(wio_table **out, recipe *c, wio_log *log, wio_error *err)
{
    const wio_table *t = c->t;
    WIO_TRY(check(c, err));
    WIO_TRY(wio_rebuild_room(&c->r, t, t->region.count, t->n + 1, t->m + 1, t->f, err));
    copy_old(c);
    WIO_TRY(move(c, err));
    find_shares(c);
    char *parent = t->sector.code[t->origin_sector[c->parent]], *code = (char *)(uintptr_t)c->code;
    char *from[] = {parent, parent}, *to[] = {parent, code};
    const wio_concordance sectors = {.count = 2, .from = from, .to = to};
    const frame_carry files = {.from = t,
                               .sector = &sectors,
                               .share = part,
                               .context = c,
                               .gone = "codes that the new table does not have",
                               .shares = "output of the new sector and of its parent"};
    c->r.files = &files;
    wio_table *table = NULL;
    WIO_TRY(wio_rebuild_table(&table, &c->r, log, err));
    wio_status status =
        wio_table_note(table, err, "%s, output %.6g, was taken out of %s by a recipe.", c->code,
                       table->x[c->at], parent);
    if (status == WIO_OK) {
        status = wio_table_entitle(table, err, c->code, "%.60s (%.200s) taken out of %.60s",
                                   c->code, c->name != NULL ? c->name : c->code, parent);
    }
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

wio_status wio_table_new_sector(wio_table **out, const wio_table *table, size_t parent,
                                const char *code, const char *name, const double *inputs,
                                const double *sales, const double *accounts, wio_log *log,
                                wio_error *err)
{
    if (out == NULL || table == NULL || code == NULL || inputs == NULL || sales == NULL ||
        (accounts == NULL && table->k != 0) || parent >= table->n) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_new_sector: NULL argument, or no parent");
    }
    WIO_TRY(wio_table_whole(table, err));
    recipe c = {.t = table,
                .parent = parent,
                .at = table->n,
                .code = code,
                .name = name,
                .inputs = inputs,
                .sales = sales,
                .accounts = accounts};
    wio_status status = run(out, &c, log, err);
    wio_rebuild_free(&c.r);
    return status;
}
