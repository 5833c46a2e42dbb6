/* change_block.c - up to 256 scenarios with changed coefficients at once, by the base factors.
 *
 * D is what is added to A:
 *   low rank  change_panel.c
 *   series    x = x0 + L D x0 + (L D)^2 x0 + ...,   x0 = L f
 * Each is one linear map f -> x, so a residual is corrected by the same one.
 *
 *   omega = max |r_i| / (f + x + (A + D) x)_i          (magnitudes)
 *   |x - x*|_i <= w_i max (|r_i| + gamma(n+3+d) (...)_i) / z'_i,   0 < z' <= B w - D w */
#include "change.h"
#include "woven.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum {
    MOST_CORRECTIONS = 5, /* as lu.c */
    ENOUGH = 8,     /* u of the largest element: what the terms that are left out may come to */
    MOST_STEPS = 60 /* of the series: 16 digits at a ratio of .54; a factorisation costs n/3 */
};

typedef struct block {
    const wio_change_call *call;
    size_t n, used;
    int kind;
    const size_t *which;
    double *x, *v, *t, *g; /* [group x n] */
    double *little;        /* room for the correction of low rank */
    double *y;             /* [group x rank] of the little systems */
    size_t first;          /* place of the first scenario among those of its kind */
    size_t *list, *place;  /* [group x rank] K of each; [n] */
    size_t rank[WIO_GROUP];
    bool sure[WIO_GROUP]; /* proven beforehand: no residual of its own */
    bool *good;
    size_t steps[WIO_GROUP];
    double rate[WIO_GROUP];
} block;

size_t wio_change_room(const wio_change_call *call)
{
    size_t n = call->base->n;
    return 4 * call->group * n + (call->rank > 0 ? wio_change_correct_room(n, call->rank) : 0) +
           call->group * call->rank;
}

static void base_solve(const block *b, double *V)
{
    const wio_system *base = b->call->base;
    wio_lu_solve(V, base->lu, base->pivot, b->n, b->used, b->call->transposed, b->g);
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
    double last[WIO_GROUP];
    bool going[WIO_GROUP];
    memcpy(b->v, b->x, b->used * n * sizeof *b->v);
    for (size_t c = 0; c < b->used; c++) {
        last[c] = largest(b->x + c * n, n);
        going[c] = b->good[c];
        open += going[c];
    }
    for (size_t step = 1; open > 0; step++) {
        memset(b->t, 0, b->used * n * sizeof *b->t);
        for (size_t c = 0; c < b->used; c++) {
            if (going[c]) {
                wio_change_add(b->t + c * n, &call->change[b->which[c]], n, call->transposed,
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
            /* Three terms in, the ratio says how many more there will be, and how large they are. */
            double rate = b->rate[c], more = log(WIO_UNIT) / log(rate);
            bool slow = step >= 3 && !(rate < 1.0 && more <= MOST_STEPS);
            b->good[c] = isfinite(top) && !slow && step < MOST_STEPS;
            double rest = rate < 1.0 ? top * rate / (1.0 - rate) : INFINITY;
            going[c] = b->good[c] && rest > ENOUGH * WIO_UNIT * largest(x, n);
            open -= !going[c];
            last[c] = top;
        }
        double *kept = b->v;
        b->v = b->t;
        b->t = kept;
    }
}

/* x = (I - A - D)^-1 v; v is lost. */
static void respond(block *b)
{
    size_t n = b->n;
    double *kept = b->v;
    if (b->kind != WIO_CHANGE_COLUMNS) {
        base_solve(b, b->v);
        b->v = b->x;
        b->x = kept;
        kept = b->x;
    }
    for (size_t c = 0; b->kind != WIO_CHANGE_SERIES && c < b->used; c++) {
        if (b->good[c]) {
            size_t at = c * b->call->rank;
            b->good[c] =
                wio_change_correct(kept + c * n, b->y + at, b->call, b->kind == WIO_CHANGE_ROWS,
                                   b->which[c], b->list + at, b->place, b->little, &b->rank[c]);
        }
    }
    if (b->kind == WIO_CHANGE_COLUMNS) {
        base_solve(b, b->v);
        b->v = b->x;
        b->x = kept;
    } else if (b->kind == WIO_CHANGE_SERIES) {
        add_series(b);
    }
}

/* to = A times what is woven in g; x is overwritten. */
static void multiply_woven(const block *b, double *to, size_t width)
{
    int n = (int)b->n, columns = (int)width;
    cblas_dgemm(CblasRowMajor, b->call->transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, n,
                columns, n, 1.0, b->call->base->A, n, b->g, columns, 0.0, b->x, columns);
    wio_unweave(to, b->x, width, b->n, b->used);
}

/* v = A x and t = A |x| of every column of X, side by side so that their bits depend on nothing else
 * (woven.c; groups are of 64 up to WIO_SMALL, where BLAS has other kernels for small products); x is
 * overwritten. */
static void multiply(block *b, double *const *X)
{
    size_t n = b->n, width = wio_woven_width(b->used);
    for (size_t c = 0; c < b->used; c++) {
        memcpy(b->t + c * n, X[c], n * sizeof *b->t);
    }
    wio_weave(b->g, width, b->t, n, b->used);
    multiply_woven(b, b->v, width);
    bool signs = false;
    for (size_t i = 0; i < width * n; i++) {
        signs = signs || b->g[i] < 0.0;
        b->g[i] = fabs(b->g[i]);
    }
    if (signs) {
        multiply_woven(b, b->t, width);
    } else { /* A |x| is A x, to the bit */
        memcpy(b->t, b->v, b->used * n * sizeof *b->t);
    }
}

/* From A x and A |x|: v = f - x + A x + D x, t = |f| + |x| + A |x| + |D| |x|, and what they say. */
static void judge(block *b, wio_change_report *report, size_t c, const double *x, const double *f)
{
    const wio_change_call *call = b->call;
    const wio_proof *proof = call->transposed ? &call->base->columns : &call->base->rows;
    size_t n = b->n;
    double *z = b->g, *size = z + n, *magnitude = size + n, *r = b->v + c * n, *t = b->t + c * n;
    double omega = 0.0, most = 0.0, g = 1.01 * wio_gamma(2 * n + 4);
    memset(z, 0, 2 * n * sizeof *z);
    for (size_t i = 0; i < n; i++) {
        magnitude[i] = fabs(x[i]);
    }
    const wio_change_sums sums = {r, t, z, size};
    wio_change_weigh(&sums, &call->change[b->which[c]], n, call->transposed, x, magnitude,
                     proof->w);
    b->good[c] = wio_change_prove(z, size, call->base, call->transposed);
    for (size_t i = 0; i < n; i++) {
        r[i] = (f[i] - x[i]) + r[i];
        t[i] += fabs(f[i]) + magnitude[i];
        omega = wio_worse(r[i] == 0.0 ? 0.0 : fabs(r[i]) / t[i], omega);
        most = wio_worse((fabs(r[i]) + g * t[i]) / z[i], most);
    }
    double top = largest(x, n);
    report->componentwise = omega;
    report->bound = top == 0.0 ? 0.0 : 1.01 * most * largest(proof->w, n) / top;
}

/* Which columns are proven beforehand; true when all are, or have failed. */
static bool foresee(block *b, double *const *X, wio_change_report *const *report,
                    const double *const *F)
{
    bool all = b->call->sums != NULL, rows = b->kind == WIO_CHANGE_ROWS;
    for (size_t c = 0; b->call->sums != NULL && c < b->used; c++) {
        if (b->good[c]) {
            size_t at = c * b->call->rank;
            double bound = wio_change_foresee(b->call, rows, b->which[c], b->first + c, X[c], F[c],
                                              b->y + at, b->list + at, b->rank[c], b->g);
            b->sure[c] = bound <= WIO_CHANGE_SURE;
            report[c]->bound = bound;
            report[c]->componentwise = -1.0;
        }
        all = all && (b->sure[c] || !b->good[c]);
    }
    return all;
}

static void run(block *b, double *const *X, wio_change_report *const *report,
                const double *const *F)
{
    size_t n = b->n;
    double limit = (double)(n + 2) * WIO_UNIT;
    for (size_t c = 0; c < b->used; c++) {
        memcpy(b->v + c * n, F[c], n * sizeof *b->v);
    }
    respond(b);
    for (size_t c = 0; c < b->used; c++) {
        memcpy(X[c], b->x + c * n, n * sizeof *b->x);
        *report[c] = (wio_change_report){.steps = b->steps[c], .rate = b->rate[c]};
    }
    if (foresee(b, X, report, F)) {
        return;
    }
    for (int step = 0;; step++) {
        bool again[WIO_GROUP] = {0};
        size_t open = 0;
        multiply(b, X);
        for (size_t c = 0; c < b->used; c++) {
            if (b->good[c] && !b->sure[c]) {
                judge(b, report[c], c, X[c], F[c]);
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
        respond(b);
        for (size_t c = 0; c < b->used; c++) {
            for (size_t i = 0; again[c] && i < n; i++) {
                X[c][i] += b->x[c * n + i];
            }
        }
    }
    for (size_t c = 0; c < b->used; c++) {
        b->good[c] = b->good[c] && report[c]->componentwise <= 8.0 * limit;
    }
}

wio_status wio_change_block(double *const *X, bool *good, wio_change_report *const *report,
                            const wio_change_call *call, int kind, size_t first,
                            const size_t *which, size_t used, const double *const *F, double *room)
{
    size_t n = call->base->n, wide = call->group * n;
    block b = {.call = call,
               .n = n,
               .used = used,
               .kind = kind,
               .which = which,
               .good = good,
               .first = first};
    b.x = room;
    b.v = b.x + wide;
    b.t = b.v + wide;
    b.g = b.t + wide;
    b.y = b.g + wide;
    b.little = b.y + call->group * call->rank;
    b.place = wio_alloc(n + call->group * call->rank, sizeof *b.place);
    if (b.place == NULL) {
        return WIO_E_MEMORY;
    }
    b.list = b.place + n;
    memset(b.place, 0xff, n * sizeof *b.place); /* SIZE_MAX */
    for (size_t c = 0; c < used; c++) {
        good[c] = true;
    }
    run(&b, X, report, F);
    wio_free(b.place);
    return WIO_OK;
}
