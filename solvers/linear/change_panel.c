/* change_panel.c - what changed coefficients do to vectors, and the little system of low rank.
 *
 * D is what is added to A (its transpose in a transposed call), K its rows or columns, P [r x n] its
 * rows D = E_K P or its columns D = P'E_K', V [r x n] the columns or rows K of L = (I - A)^-1:
 *   rows     (I - P V') y = P x0,  x = x0 + V'y,      x0 = L f
 *   columns  (I - V P') y = V f,   x = L (f + P'y)
 * so changed columns need one solve like unchanged ones: E_K'L f comes from the rows of L. */
#include "change.h"
#include "system.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Element k of D is at (to[k], from[k]); of a whole form one is NULL. */
typedef struct indices {
    const size_t *to, *from;
} indices;

static indices indices_of(const wio_change *d, bool transposed)
{
    return transposed ? (indices){d->column, d->row} : (indices){d->row, d->column};
}

/* Rows of D that are changed, or columns; in order of their first cell. list [n]; place [n] is all
 * SIZE_MAX before, and after: place of each in the list, until forget. */
static size_t list_changed(size_t *list, size_t *place, const wio_change *change, bool transposed,
                           bool columns)
{
    indices at = indices_of(change, transposed);
    const size_t *index = columns ? at.from : at.to;
    size_t rank = 0;
    for (size_t k = 0; k < change->count; k++) {
        if (place[index[k]] == SIZE_MAX) {
            place[index[k]] = rank;
            list[rank++] = index[k];
        }
    }
    return rank;
}

static void forget(size_t *place, const size_t *list, size_t rank)
{
    for (size_t k = 0; k < rank; k++) {
        place[list[k]] = SIZE_MAX;
    }
}

/* y += D x with D, or all |d_ij|, in whole rows or columns. */
static void add_whole(double *y, const wio_change *d, size_t n, bool transposed, int kind,
                      const double *x)
{
    indices at = indices_of(d, transposed);
    for (size_t k = 0; k < d->count; k++) {
        const double *line = d->value + k * n;
        if (at.from == NULL) { /* a row */
            double sum;
            wio_rows(&sum, 1, n, n, line, kind, x);
            y[at.to[k]] += sum;
        } else {
            wio_band(y, 1, n, n, line, kind, &x[at.from[k]]);
        }
    }
}

void wio_change_add(double *y, const wio_change *change, size_t n, bool transposed, const double *x)
{
    indices at = indices_of(change, transposed);
    if (at.to == NULL || at.from == NULL) {
        add_whole(y, change, n, transposed, 0, x);
        return;
    }
    for (size_t k = 0; k < change->count;) { /* y_i in a register for as long as i stays */
        size_t i = at.to[k];
        double sum = y[i];
        do {
            sum += change->value[k] * x[at.from[k]];
            k++;
        } while (k < change->count && at.to[k] == i);
        y[i] = sum;
    }
}

void wio_change_add_sizes(double *size, const wio_change *change, size_t n, bool transposed,
                          const double *magnitude)
{
    indices at = indices_of(change, transposed);
    if (at.to == NULL || at.from == NULL) {
        add_whole(size, change, n, transposed, WIO_ABSOLUTE, magnitude);
        return;
    }
    for (size_t k = 0; k < change->count; k++) {
        size[at.to[k]] += fabs(change->value[k]) * magnitude[at.from[k]];
    }
}

void wio_change_weigh(const wio_change_sums *sums, const wio_change *change, size_t n,
                      bool transposed, const double *x, const double *magnitude, const double *w)
{
    indices at = indices_of(change, transposed);
    bool cells = at.to != NULL && at.from != NULL;
    for (size_t k = 0; cells && k < change->count;) { /* as in wio_change_add */
        size_t i = at.to[k];
        double y = sums->y[i], size_y = sums->size_y[i], z = sums->z[i], size_z = sums->size_z[i];
        do {
            size_t j = at.from[k];
            double dx = change->value[k] * x[j], dw = change->value[k] * w[j];
            y += dx;
            size_y += fabs(dx);
            z += dw;
            size_z += fabs(dw);
            k++;
        } while (k < change->count && at.to[k] == i);
        sums->y[i] = y;
        sums->size_y[i] = size_y;
        sums->z[i] = z;
        sums->size_z[i] = size_z;
    }
    for (size_t k = 0; !cells && k < change->count; k++) { /* four uses while a line is in cache */
        const wio_change line = {1, change->row != NULL ? change->row + k : NULL,
                                 change->column != NULL ? change->column + k : NULL,
                                 change->value + k * n};
        add_whole(sums->y, &line, n, transposed, 0, x);
        add_whole(sums->size_y, &line, n, transposed, WIO_ABSOLUTE, magnitude);
        add_whole(sums->z, &line, n, transposed, 0, w);
        add_whole(sums->size_z, &line, n, transposed, WIO_ABSOLUTE, w);
    }
}

/* S y = y for a small S [r x stride], with partial pivots; false when it is singular. */
static bool solve_little(double *S, double *y, size_t r, size_t stride)
{
    for (size_t k = 0; k < r; k++) {
        size_t p = k;
        for (size_t i = k + 1; i < r; i++) {
            p = fabs(S[i * stride + k]) > fabs(S[p * stride + k]) ? i : p;
        }
        if (!(fabs(S[p * stride + k]) > 0.0)) {
            return false;
        }
        for (size_t j = k; p != k && j < r; j++) {
            double kept = S[k * stride + j];
            S[k * stride + j] = S[p * stride + j];
            S[p * stride + j] = kept;
        }
        double kept = y[k];
        y[k] = y[p];
        y[p] = p != k ? kept : y[p];
        for (size_t i = k + 1; i < r; i++) {
            double factor = S[i * stride + k] / S[k * stride + k];
            for (size_t j = k + 1; j < r; j++) {
                S[i * stride + j] -= factor * S[k * stride + j];
            }
            y[i] -= factor * y[k];
        }
    }
    for (size_t k = r; k-- > 0;) {
        for (size_t j = k + 1; j < r; j++) {
            y[k] -= S[k * stride + j] * y[j];
        }
        y[k] /= S[k * stride + k];
    }
    return true;
}

size_t wio_change_correct_room(size_t n, size_t rank)
{
    return (2 * rank + 1) * n + rank * (rank + 2);
}

/* P in place, or its cells spread out in room [r x n]. */
static const double *panel(double *room, const wio_change *d, size_t n, bool transposed, bool rows,
                           const size_t *place, size_t r)
{
    indices at = indices_of(d, transposed);
    const size_t *own = rows ? at.to : at.from, *other = rows ? at.from : at.to;
    if (other == NULL) {
        return d->value;
    }
    memset(room, 0, r * n * sizeof *room);
    for (size_t k = 0; k < d->count; k++) {
        room[place[own[k]] * n + other[k]] = d->value[k];
    }
    return room;
}

bool wio_change_correct(double *x, double *y, const wio_change_call *call, bool rows,
                        size_t scenario, size_t *list, size_t *place, double *room, size_t *rank)
{
    const wio_change *d = &call->change[scenario];
    int kind = rows ? WIO_CHANGE_ROWS : WIO_CHANGE_COLUMNS;
    size_t n = call->base->n, r = list_changed(list, place, d, call->transposed, !rows);
    /* Left [r x n], right [r+1 x n]: S - I and the right-hand side as one product. */
    double *copy = room, *spread = copy + (r + 1) * n, *S = spread + r * n;
    const double *P = panel(spread, d, n, call->transposed, rows, place, r);
    for (size_t k = 0; k < r; k++) {
        memcpy(copy + k * n, call->vector[kind] + call->slot[kind][list[k]] * n, n * sizeof *copy);
    }
    forget(place, list, r);
    *rank = r;
    int m = (int)r, wide = (int)r + 1, order = (int)n;
    if (rows) {
        memcpy(copy + r * n, x, n * sizeof *copy);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, wide, order, 1.0, P, order, copy,
                    order, 0.0, S, wide);
    } else {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, m, order, 1.0, copy, order, P,
                    order, 0.0, S, wide);
        wio_rows(y, r, n, n, copy, 0, x);
    }
    for (size_t k = 0; k < r; k++) {
        double *row = S + k * (r + 1);
        y[k] = rows ? row[r] : y[k];
        for (size_t l = 0; l < r; l++) {
            row[l] = (k == l ? 1.0 : 0.0) - row[l];
        }
    }
    if (!solve_little(S, y, r, r + 1)) {
        return false;
    }
    wio_band(x, r, n, n, rows ? copy : P, 0, y);
    return true;
}
