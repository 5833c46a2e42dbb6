/* pool.c - the shares of Chenery-Moses in a table of several regions: every user of a product in a
 * region buys from its origins in the same proportions.
 *
 *   z*(r,i),j = z(.,i),j sum_u z(r,i),u / sum_u z(.,i),u        u: the users in the region of j
 *
 * Totals between regions stay, so rows do; a user's purchases of a product stay, so columns do. */
#include "../../core/table.h"

#include <math.h>
#include <string.h>

typedef struct pooling {
    wio_table *t;
    size_t *user;  /* [users of one region] activity, or n + final column */
    size_t *row;   /* [regions] origins of one product */
    double *share; /* [regions] */
    size_t users, rows;
} pooling;

static double *cell(const pooling *p, size_t row, size_t user)
{
    const wio_table *t = p->t;
    return user < t->n ? t->Z + row * t->n + user : t->Y + row * t->f + user - t->n;
}

static void find_users(pooling *p, size_t s)
{
    const wio_table *t = p->t;
    p->users = 0;
    for (size_t j = 0; j < t->n; j++) {
        if (t->origin_region[j] == s) {
            p->user[p->users++] = j;
        }
    }
    for (size_t c = 0; c < t->f && t->endogenous[s]; c++) {
        if (t->final_region[c] == s && t->use_role[t->final_use[c]] != WIO_ROLE_EXPORT) {
            p->user[p->users++] = t->n + c;
        }
    }
}

static wio_status pool_product(pooling *p, size_t s, size_t sector, wio_log *log, wio_error *err)
{
    const wio_table *t = p->t;
    double all = 0.0, size = 0.0;
    p->rows = 0;
    for (size_t r = 0; r < t->region.count; r++) {
        size_t i = wio_table_origin(t, r, sector);
        if (i == SIZE_MAX) {
            continue;
        }
        double sum = 0.0;
        for (size_t u = 0; u < p->users; u++) {
            sum += *cell(p, i, p->user[u]);
            size += fabs(*cell(p, i, p->user[u]));
        }
        p->row[p->rows] = i;
        p->share[p->rows++] = sum;
        all += sum;
    }
    if (size == 0.0) {
        return WIO_OK;
    }
    if (fabs(all) <= 1e-12 * size) {
        wio_find(log, WIO_ERROR, NULL, 0, 0, "uses of %s in %s cancel: it has no shares",
                 t->sector.code[sector], t->region.code[s]);
        return wio_fail(err, WIO_E_TABLE, "uses of %s in %s cancel: it has no shares",
                        t->sector.code[sector], t->region.code[s]);
    }
    for (size_t u = 0; u < p->users; u++) {
        double z = 0.0;
        for (size_t k = 0; k < p->rows; k++) {
            z += *cell(p, p->row[k], p->user[u]);
        }
        for (size_t k = 0; k < p->rows; k++) {
            *cell(p, p->row[k], p->user[u]) = z * (p->share[k] / all);
        }
    }
    return WIO_OK;
}

static wio_status describe(wio_table *t, wio_error *err)
{
    char *split = wio_strdup("proportional");
    char *note =
        wio_strdup("Chenery-Moses: every user of a product in a region has the same shares "
                   "of its origins, home included.");
    if (split == NULL || note == NULL) {
        wio_free(split);
        wio_free(note);
        return wio_fail(err, WIO_E_MEMORY, "a pooled table");
    }
    wio_free(t->import_split);
    wio_free(t->import_split_note);
    t->import_split = split;
    t->import_split_note = note;
    WIO_TRY(wio_table_entitle(t, err, "pooled", "the same origins for all users of a region"));
    return wio_table_note(t, err,
                          "Origins of a product pooled over the users of each region "
                          "(Chenery-Moses); totals between regions are as they were.");
}

static wio_status pool(pooling *p, wio_log *log, wio_error *err)
{
    const wio_table *t = p->t;
    p->user = wio_zalloc(t->n + t->f, sizeof *p->user);
    p->row = wio_zalloc(t->region.count, sizeof *p->row);
    p->share = wio_zalloc(t->region.count, sizeof *p->share);
    if (p->user == NULL || p->row == NULL || p->share == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "a pooled table");
    }
    WIO_TRY(wio_table_finish_labels(p->t, log, err)); /* the index of origins */
    for (size_t s = 0; s < t->region.count; s++) {
        find_users(p, s);
        for (size_t k = 0; k < t->sector.count && p->users != 0; k++) {
            WIO_TRY(pool_product(p, s, k, log, err));
        }
    }
    WIO_TRY(describe(p->t, err));
    return wio_table_finish(p->t, log, err);
}

wio_status wio_table_pool(wio_table **out, const wio_table *table, wio_log *log, wio_error *err)
{
    if (out == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_pool: NULL argument");
    }
    pooling p = {0};
    WIO_TRY(wio_table_copy(&p.t, table, err));
    wio_status status = pool(&p, log, err);
    wio_free(p.user);
    wio_free(p.row);
    wio_free(p.share);
    if (status != WIO_OK) {
        wio_table_free(p.t);
        return status;
    }
    *out = p.t;
    return WIO_OK;
}
