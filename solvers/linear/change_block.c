/* change_block.c - up to 64 scenarios with changed coefficients at once, by the base factors.
 *
 * D is what is added to A, K are its rows (D = E_K D_K) or columns (D = C E_K'):
 *   rows     (I - D_K L E_K) y = D_K x0,   x = x0 + (L E_K) y,    x0 = L f
 *   columns  (I - E_K'L C) y = E_K'x0,     x = L (f + C y)
 *   series   x = x0 + L D x0 + (L D)^2 x0 + ...
 * Each is one linear map f -> x, so a residual is corrected by the same one.
 *
 *   omega = max |r_i| / (f + x + (A + D) x)_i          (magnitudes)
 *   |x - x*|_i <= w_i max (|r_i| + gamma(n+3+d) (...)_i) / z'_i,   0 < z' <= B w - D w */
#include "change.h"
#include "system.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum {
    MOST_CORRECTIONS = 5, /* as lu.c */
    MOST_STEPS = 60 /* of the series: 16 digits at a ratio of .54; a factorisation costs n/3 */
};

typedef struct block {
    const wio_change_call *call;
    size_t n, used;
    int kind;
    const size_t *which;
    double *x, *v, *t, *g; /* [64 x n] */
    size_t *list;          /* [n] */
    unsigned char *mark;   /* [n] zero */
    bool *good;
    size_t steps[WIO_BLOCK];
    double rate[WIO_BLOCK];
} block;

size_t wio_change_room(size_t n)
{
    return 4 * WIO_BLOCK * n;
}

size_t wio_change_list(size_t *list, unsigned char *mark, const wio_change *change, bool columns)
{
    const size_t *index = columns ? change->column : change->row;
    size_t rank = 0;
    for (size_t k = 0; k < change->count; k++) {
        if (!mark[index[k]]) {
            mark[index[k]] = 1;
            list[rank++] = index[k];
        }
    }
    for (size_t k = 0; k < rank; k++) {
        mark[list[k]] = 0;
    }
    return rank;
}

/* y += D x, or D' x in a transposed call. */
static void add_change(double *y, const wio_change *d, bool transposed, const double *x)
{
    const size_t *to = transposed ? d->column : d->row, *from = transposed ? d->row : d->column;
    for (size_t k = 0; k < d->count; k++) {
        y[to[k]] += d->value[k] * x[from[k]];
    }
}

static void base_solve(const block *b, double *V)
{
    const wio_system *base = b->call->base;
    size_t width = b->n <= WIO_SMALL ? b->used : WIO_BLOCK;
    wio_lu_solve(V, base->lu, base->pivot, b->n, width, b->call->transposed);
}

/* S y = y for a small S [r x r], with partial pivots; false when it is singular. */
static bool solve_little(double *S, double *y, size_t r)
{
    for (size_t k = 0; k < r; k++) {
        size_t p = k;
        for (size_t i = k + 1; i < r; i++) {
            p = fabs(S[i * r + k]) > fabs(S[p * r + k]) ? i : p;
        }
        if (!(fabs(S[p * r + k]) > 0.0)) {
            return false;
        }
        for (size_t j = k; p != k && j < r; j++) {
            double kept = S[k * r + j];
            S[k * r + j] = S[p * r + j];
            S[p * r + j] = kept;
        }
        double kept = y[k];
        y[k] = y[p];
        y[p] = p != k ? kept : y[p];
        for (size_t i = k + 1; i < r; i++) {
            double factor = S[i * r + k] / S[k * r + k];
            for (size_t j = k + 1; j < r; j++) {
                S[i * r + j] -= factor * S[k * r + j];
            }
            y[i] -= factor * y[k];
        }
    }
    for (size_t k = r; k-- > 0;) {
        for (size_t j = k + 1; j < r; j++) {
            y[k] -= S[k * r + j] * y[j];
        }
        y[k] /= S[k * r + k];
    }
    return true;
}

/* S = I - D_K L E_K (rows) or I - E_K'L C (columns), as one product of [r x n] arrays: the entries
 * of D by rows or columns, and the r vectors of L. */
static wio_status capacitance(double *S, const block *b, const wio_change *d, size_t r,
                              const size_t *place, const size_t *own, const size_t *other)
{
    const size_t *slot = b->call->slot[b->kind];
    size_t n = b->n;
    double *D = wio_zalloc(2 * r, n * sizeof *D), *V = D != NULL ? D + r * n : D;
    if (D == NULL) {
        return WIO_E_MEMORY;
    }
    for (size_t e = 0; e < d->count; e++) {
        D[place[own[e]] * n + other[e]] = d->value[e];
    }
    for (size_t k = 0; k < r; k++) {
        memcpy(V + k * n, b->call->vector[b->kind] + slot[b->list[k]] * n, n * sizeof *V);
        S[k * r + k] = 1.0;
    }
    bool rows = b->kind == WIO_CHANGE_ROWS;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)r, (int)r, (int)n, -1.0, rows ? D : V,
                (int)n, rows ? V : D, (int)n, 1.0, S, (int)r);
    wio_free(D);
    return WIO_OK;
}

/* One scenario by Woodbury: x is x0 in; for rows the solution out, for columns v becomes f + C y.
 * In a transposed call rows and columns of D have changed places already (b->kind is of D or D'). */
static wio_status low_rank(block *b, size_t c)
{
    const wio_change_call *call = b->call;
    const wio_change *d = &call->change[b->which[c]];
    bool rows = b->kind == WIO_CHANGE_ROWS;
    const size_t *to = call->transposed ? d->column : d->row;
    const size_t *from = call->transposed ? d->row : d->column;
    const size_t *slot = call->slot[b->kind];
    const double *vector = call->vector[b->kind];
    size_t n = b->n, r = wio_change_list(b->list, b->mark, d, rows == call->transposed);
    double *x = b->x + c * n, *v = b->v + c * n;
    double *S = wio_zalloc(r + 1, (r + 1) * sizeof *S);
    size_t *place = wio_alloc(n, sizeof *place);
    if (S == NULL || place == NULL) {
        wio_free(S);
        wio_free(place);
        return WIO_E_MEMORY;
    }
    double *y = S + r * r;
    for (size_t k = 0; k < r; k++) {
        place[b->list[k]] = k;
        y[k] = rows ? 0.0 : x[b->list[k]];
    }
    for (size_t e = 0; rows && e < d->count; e++) { /* D_K x0 */
        y[place[to[e]]] += d->value[e] * x[from[e]];
    }
    if (capacitance(S, b, d, r, place, rows ? to : from, rows ? from : to) != WIO_OK) {
        wio_free(S);
        wio_free(place);
        return WIO_E_MEMORY;
    }
    b->good[c] = solve_little(S, y, r);
    for (size_t k = 0; b->good[c] && rows && k < r; k++) {
        const double *column = vector + slot[b->list[k]] * n;
        for (size_t i = 0; i < n; i++) {
            x[i] += y[k] * column[i];
        }
    }
    for (size_t e = 0; b->good[c] && !rows && e < d->count; e++) {
        v[to[e]] += d->value[e] * y[place[from[e]]];
    }
    wio_free(place);
    wio_free(S);
    return WIO_OK;
}

static double largest(const double *v, size_t n)
{
    double top = 0.0;
    for (size_t i = 0; i < n; i++) {
        top = wio_worse(fabs(v[i]), top);
    }
    return top;
}

/* Adds the terms after x0, each L D times the one before, until they vanish beside the sum. */
static void add_series(block *b)
{
    const wio_change_call *call = b->call;
    size_t n = b->n, open = 0;
    double last[WIO_BLOCK];
    bool going[WIO_BLOCK];
    memcpy(b->v, b->x, WIO_BLOCK * n * sizeof *b->v);
    for (size_t c = 0; c < b->used; c++) {
        last[c] = largest(b->x + c * n, n);
        going[c] = b->good[c];
        open += going[c];
    }
    for (size_t step = 1; open > 0; step++) {
        memset(b->t, 0, WIO_BLOCK * n * sizeof *b->t);
        for (size_t c = 0; c < b->used; c++) {
            if (going[c]) {
                add_change(b->t + c * n, &call->change[b->which[c]], call->transposed,
                           b->v + c * n);
            }
        }
        base_solve(b, b->t);
        for (size_t c = 0; c < b->used; c++) {
            double *x = b->x + c * n, *term = b->t + c * n, top = largest(term, n);
            for (size_t i = 0; going[c] && i < n; i++) {
                x[i] += term[i];
            }
            if (!going[c]) {
                continue;
            }
            b->rate[c] = last[c] > 0.0 ? top / last[c] : 0.0;
            b->steps[c]++;
            /* Three terms in, the ratio says how many more there will be. */
            double more = log(WIO_UNIT) / log(b->rate[c]);
            bool slow = step >= 3 && !(b->rate[c] < 1.0 && more <= MOST_STEPS);
            b->good[c] = isfinite(top) && !slow && step < MOST_STEPS;
            going[c] = b->good[c] && top > WIO_UNIT * largest(x, n);
            open -= !going[c];
            last[c] = top;
        }
        double *kept = b->v;
        b->v = b->t;
        b->t = kept;
    }
}

/* x = (I - A - D)^-1 v; v is lost. */
static wio_status respond(block *b)
{
    memcpy(b->x, b->v, WIO_BLOCK * b->n * sizeof *b->x);
    base_solve(b, b->x);
    if (b->kind == WIO_CHANGE_SERIES) {
        add_series(b);
        return WIO_OK;
    }
    for (size_t c = 0; c < b->used; c++) {
        if (b->good[c]) {
            WIO_TRY(low_rank(b, c));
        }
    }
    if (b->kind == WIO_CHANGE_COLUMNS) {
        base_solve(b, b->v);
        memcpy(b->x, b->v, WIO_BLOCK * b->n * sizeof *b->x);
    }
    return WIO_OK;
}

/* z [n] = lower bounds of (B - D) w, every rounding counted; true when all are positive. */
static bool prove(double *z, double *size, const wio_proof *proof, const wio_change *d,
                  bool transposed, size_t n)
{
    memset(z, 0, n * sizeof *z);
    memset(size, 0, n * sizeof *size);
    const size_t *to = transposed ? d->column : d->row, *from = transposed ? d->row : d->column;
    for (size_t k = 0; k < d->count; k++) {
        double part = d->value[k] * proof->w[from[k]];
        z[to[k]] += part;
        size[to[k]] += fabs(part);
    }
    /* Each sum has at most n terms and n roundings of them; one more for the difference. */
    double g = wio_gamma(2 * n + 4);
    bool positive = true;
    for (size_t i = 0; i < n; i++) {
        z[i] = proof->z[i] - z[i] - g * (proof->z[i] + size[i]);
        positive = positive && z[i] > 0.0;
    }
    return positive;
}

/* v = f - x + A x + D x and t = |f| + |x| + A |x| + |D| |x| of every column of X. */
static void residual(block *b, double *const *X, const double *const *F)
{
    const wio_change_call *call = b->call;
    size_t n = b->n;
    const double *A = call->base->A;
    CBLAS_TRANSPOSE how = call->transposed ? CblasNoTrans : CblasTrans;
    memset(b->g, 0, WIO_BLOCK * n * sizeof *b->g);
    for (size_t c = 0; c < b->used; c++) {
        memcpy(b->g + c * n, X[c], n * sizeof *b->g);
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, how, WIO_BLOCK, (int)n, (int)n, 1.0, b->g, (int)n, A,
                (int)n, 0.0, b->v, (int)n);
    bool signs = false;
    for (size_t i = 0; i < b->used * n; i++) {
        signs = signs || b->g[i] < 0.0;
        b->g[i] = fabs(b->g[i]);
    }
    memcpy(b->t, b->v, WIO_BLOCK * n * sizeof *b->t);
    if (signs) { /* else A |x| is A x, to the bit */
        cblas_dgemm(CblasRowMajor, CblasNoTrans, how, WIO_BLOCK, (int)n, (int)n, 1.0, b->g, (int)n,
                    A, (int)n, 0.0, b->t, (int)n);
    }
    for (size_t c = 0; c < b->used; c++) {
        const wio_change *d = &call->change[b->which[c]];
        const size_t *to = call->transposed ? d->column : d->row;
        const size_t *from = call->transposed ? d->row : d->column;
        double *r = b->v + c * n, *t = b->t + c * n;
        add_change(r, d, call->transposed, X[c]);
        for (size_t k = 0; k < d->count; k++) {
            t[to[k]] += fabs(d->value[k] * X[c][from[k]]);
        }
        for (size_t i = 0; i < n; i++) {
            r[i] = (F[c][i] - X[c][i]) + r[i];
            t[i] += fabs(F[c][i]) + fabs(X[c][i]);
        }
    }
}

static void judge(block *b, wio_change_report *report, size_t c, const double *x)
{
    const wio_change_call *call = b->call;
    const wio_system *base = call->base;
    const wio_proof *proof = call->transposed ? &base->columns : &base->rows;
    size_t n = b->n;
    double *z = b->g, *size = b->g + n, *r = b->v + c * n, *t = b->t + c * n;
    double omega = 0.0, most = 0.0, g = 1.01 * wio_gamma(2 * n + 4);
    b->good[c] = prove(z, size, proof, &call->change[b->which[c]], call->transposed, n);
    for (size_t i = 0; i < n && b->good[c]; i++) {
        omega = wio_worse(r[i] == 0.0 ? 0.0 : fabs(r[i]) / t[i], omega);
        most = wio_worse((fabs(r[i]) + g * t[i]) / z[i], most);
    }
    double top = largest(x, n);
    report->componentwise = omega;
    report->bound = top == 0.0 ? 0.0 : 1.01 * most * largest(proof->w, n) / top;
}

static wio_status run(block *b, double *const *X, wio_change_report *const *report,
                      const double *const *F)
{
    size_t n = b->n;
    double limit = (double)(n + 2) * WIO_UNIT;
    memset(b->v, 0, WIO_BLOCK * n * sizeof *b->v);
    for (size_t c = 0; c < b->used; c++) {
        memcpy(b->v + c * n, F[c], n * sizeof *b->v);
    }
    WIO_TRY(respond(b));
    for (size_t c = 0; c < b->used; c++) {
        memcpy(X[c], b->x + c * n, n * sizeof *b->x);
        *report[c] = (wio_change_report){.steps = b->steps[c], .rate = b->rate[c]};
    }
    for (int step = 0;; step++) {
        bool again[WIO_BLOCK] = {0};
        size_t open = 0;
        residual(b, X, F);
        for (size_t c = 0; c < b->used; c++) {
            if (b->good[c]) {
                judge(b, report[c], c, X[c]);
                again[c] = b->good[c] && !(report[c]->componentwise <= limit);
                open += again[c];
            }
        }
        if (open == 0 || step == MOST_CORRECTIONS) {
            break;
        }
        for (size_t c = 0; c < b->used; c++) {
            if (!again[c]) {
                memset(b->v + c * n, 0, n * sizeof *b->v);
            }
        }
        WIO_TRY(respond(b));
        for (size_t c = 0; c < b->used; c++) {
            for (size_t i = 0; again[c] && i < n; i++) {
                X[c][i] += b->x[c * n + i];
            }
        }
    }
    for (size_t c = 0; c < b->used; c++) {
        b->good[c] = b->good[c] && report[c]->componentwise <= 8.0 * limit;
    }
    return WIO_OK;
}

wio_status wio_change_block(double *const *X, bool *good, wio_change_report *const *report,
                            const wio_change_call *call, int kind, const size_t *which, size_t used,
                            const double *const *F, double *room)
{
    size_t n = call->base->n, wide = WIO_BLOCK * n;
    block b = {.call = call, .n = n, .used = used, .kind = kind, .which = which, .good = good};
    b.x = room;
    b.v = b.x + wide;
    b.t = b.v + wide;
    b.g = b.t + wide;
    b.list = wio_alloc(n, sizeof *b.list);
    b.mark = wio_zalloc(n, 1);
    for (size_t c = 0; c < used; c++) {
        good[c] = true;
    }
    wio_status status = b.list != NULL && b.mark != NULL ? run(&b, X, report, F) : WIO_E_MEMORY;
    wio_free(b.mark);
    wio_free(b.list);
    return status;
}
