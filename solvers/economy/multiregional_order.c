/* multiregional_order.c - a national table with its sectors, primary items and satellites in the order of
 * another one, by their codes. Rows of imports stay as they are. */
#include "multiregional.h"

#include <string.h>

typedef struct order {
    size_t *activity, *item, *account; /* places in the old table */
    double *room;                      /* [the most numbers of a block] */
    bool same;
} order;

static void free_order(order *o)
{
    wio_free(o->activity);
    wio_free(o->item);
    wio_free(o->account);
    wio_free(o->room);
}

static wio_status find_order(order *o, const wio_table *t, const wio_table *first, wio_error *err)
{
    size_t width = t->n > t->f ? t->n : t->f, rows = t->m > t->p ? t->m : t->p, cells;
    rows = rows > t->k ? rows : t->k;
    o->activity = wio_alloc(t->n, sizeof *o->activity);
    o->item = wio_alloc(t->p, sizeof *o->item);
    o->account = wio_alloc(t->k, sizeof *o->account);
    if (__builtin_mul_overflow(width, rows, &cells) || o->activity == NULL || o->item == NULL ||
        o->account == NULL || (o->room = wio_alloc(cells, sizeof *o->room)) == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "a table of %zu activities", t->n);
    }
    o->same = true;
    for (size_t i = 0; i < t->n; i++) {
        size_t sector = wio_names_find(&t->sector, first->sector.code[first->origin_sector[i]]);
        o->activity[i] = wio_table_origin(t, t->origin_region[0], sector);
        o->same = o->same && o->activity[i] == i;
    }
    for (size_t i = 0; i < t->p; i++) {
        o->item[i] = wio_names_find(&t->item, first->item.code[i]);
        o->same = o->same && o->item[i] == i;
    }
    for (size_t i = 0; i < t->k; i++) {
        o->account[i] = wio_names_find(&t->account, first->account.code[i]);
        o->same = o->same && o->account[i] == i;
    }
    return WIO_OK;
}

/* Rows 0 .. rows - 1 of X [rows x columns] by `row`, columns by `column`; NULL: as they are. */
static void permute(double *X, const order *o, size_t rows, size_t columns, const size_t *row,
                    const size_t *column)
{
    for (size_t i = 0; i < rows; i++) {
        const double *from = X + (row != NULL ? row[i] : i) * columns;
        for (size_t j = 0; j < columns; j++) {
            o->room[i * columns + j] = from[column != NULL ? column[j] : j];
        }
    }
    memcpy(X, o->room, rows * columns * sizeof *X);
}

/* Labels from those of the first table; codes, roles and units are the same, names its own. */
static wio_status permute_names(wio_names *names, const size_t *at, wio_error *err)
{
    wio_names sorted = {0};
    for (size_t i = 0; i < names->count; i++) {
        if (wio_names_add(&sorted, names->code[at[i]], names->name[at[i]]) != WIO_OK) {
            wio_names_free(&sorted);
            return wio_fail(err, WIO_E_MEMORY, "labels of a table");
        }
    }
    wio_names_free(names);
    *names = sorted;
    return WIO_OK;
}

static wio_status sort_table(wio_table *t, order *o, const wio_table *old, wio_error *err)
{
    WIO_TRY(permute_names(&t->item, o->item, err));
    WIO_TRY(permute_names(&t->account, o->account, err));
    for (size_t i = 0; i < t->p; i++) {
        t->item_role[i] = old->item_role[o->item[i]];
    }
    for (size_t i = 0; i < t->k; i++) {
        char *unit = wio_strdup(old->account_unit[o->account[i]]);
        if (unit == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "labels of a table");
        }
        wio_free(t->account_unit[i]);
        t->account_unit[i] = unit;
    }
    for (size_t i = 0; i < t->n; i++) {
        t->origin_sector[i] = old->origin_sector[o->activity[i]];
    }
    permute(t->Z, o, t->n, t->n, o->activity, o->activity);
    permute(t->Z + t->n * t->n, o, t->m - t->n, t->n, NULL, o->activity);
    permute(t->Y, o, t->n, t->f, o->activity, NULL);
    permute(t->P, o, t->p, t->n, o->item, o->activity);
    permute(t->S, o, t->k, t->n, o->account, o->activity);
    return WIO_OK;
}

wio_status wio_nations_order(nations *a, size_t s)
{
    const wio_table *t = a->table[s];
    order o = {0};
    wio_status status = find_order(&o, t, a->table[0], a->err);
    if (status == WIO_OK && !o.same) {
        wio_table *copy = NULL;
        status = wio_table_copy(&copy, t, a->err);
        status = status == WIO_OK ? sort_table(copy, &o, t, a->err) : status;
        status = status == WIO_OK ? wio_table_finish(copy, a->log, a->err) : status;
        if (status == WIO_OK) {
            a->table[s] = a->copy[s] = copy;
        } else {
            wio_table_free(copy);
        }
    }
    free_order(&o);
    return status;
}
