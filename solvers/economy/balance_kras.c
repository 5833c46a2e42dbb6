/* balance_kras.c - KRAS: rows, columns and further linear conditions in turn, each met exactly by
 * the least change in the sense of GRAS, until all are met (Lenzen, Gallego & Wood 2009).
 *
 *   condition k:  sum g x = c      x := x exp(lambda g sgn x),   lambda the one root of
 *                 sum g x exp(lambda g sgn x) = c,               which rises with lambda
 *
 * Targets that conflict keep the cycle from coming to rest. Once the largest violation has stopped
 * falling, a target with standard error sigma gives way when its turn comes, towards the sum that
 * is there, by at most GIVE sigma a cycle: what is less certain moves more. Targets without sigma
 * never move; if the rest is among them, they are named and the problem is refused. */
#include "balance.h"

#include <math.h>
#include <string.h>

/* The paper leaves the step open; a tenth of sigma ends within some hundred cycles where targets
 * conflict by a few sigma. 50 cycles with less than a tenth gained are a stall: a factor of .998 a
 * cycle, which consistent tables do not show before rounding. */
static const double GIVE = .1, STALL = .9;
enum { PATIENCE = 50, MOST_STEPS = 200, MOST_NAMED = 20 };

typedef struct kras {
    balance *b;
    double *X;
    double *c;         /* [conditions] values, less fixed cells, as they move */
    double *from;      /* [rows + columns + conditions] where targets began */
    double *p, *n;     /* [columns] */
    bool giving, gave; /* targets may move; one did in this cycle */
    double worst;      /* largest violation of this cycle, before each was met */
    size_t worst_at;   /* rows, then columns, then conditions */
} kras;

static double sigma_of(const balance *b, size_t at)
{
    const wio_balance_options *o = b->options;
    if (at < b->rows) {
        return o->row_sigma != NULL ? o->row_sigma[at] : 0.0;
    }
    at -= b->rows;
    if (at < b->columns) {
        return o->column_sigma != NULL ? o->column_sigma[at] : 0.0;
    }
    return o->condition[at - b->columns].sigma;
}

static double *target_of(kras *k, size_t at)
{
    size_t lines = k->b->rows + k->b->columns;
    return at < lines ? &k->b->target[at] : &k->c[at - lines];
}

/* The turn of a target whose sum is now p - n: how far off it was, and whether it gives way. */
static double turn(kras *k, size_t at, double p, double n)
{
    double *target = target_of(k, at), off = p - n - *target;
    double gap = wio_balance_gap(p, n, *target, k->b->row_floor), sigma = sigma_of(k->b, at);
    if (!(gap <= k->worst)) {
        k->worst = gap;
        k->worst_at = at;
    }
    if (k->giving && sigma > 0.0 && gap > k->b->tolerance / 2) {
        double step = fmin(fabs(off), GIVE * sigma);
        *target += off < 0.0 ? -step : step;
        k->gave = true;
    }
    return *target;
}

/* Whether cells of positive sum p and negative sum -n can be brought to c without a change of sign. */
static bool reachable(double c, double p, double n)
{
    return (p > 0.0 && n > 0.0) || (p > 0.0 && c >= 0.0) || (n > 0.0 && c <= 0.0);
}

static void scale(double *x, size_t count, double r)
{
    for (size_t j = 0; j < count; j++) {
        x[j] = x[j] >= 0.0 ? x[j] * r : x[j] / r;
    }
}

static void rows_turn(kras *k)
{
    const size_t n = k->b->columns;
    for (size_t i = 0; i < k->b->rows; i++) {
        double *x = k->X + i * n, p = 0.0, m = 0.0;
        for (size_t j = 0; j < n; j++) {
            p += x[j] > 0.0 ? x[j] : 0.0;
            m -= x[j] < 0.0 ? x[j] : 0.0;
        }
        double c = turn(k, i, p, m);
        if (reachable(c, p, m)) {
            scale(x, n, wio_balance_factor(c, p, m));
        }
    }
}

static void columns_turn(kras *k)
{
    const size_t n = k->b->columns;
    memset(k->p, 0, n * sizeof *k->p);
    memset(k->n, 0, n * sizeof *k->n);
    for (size_t i = 0; i < k->b->rows; i++) {
        const double *x = k->X + i * n;
        for (size_t j = 0; j < n; j++) {
            k->p[j] += x[j] > 0.0 ? x[j] : 0.0;
            k->n[j] -= x[j] < 0.0 ? x[j] : 0.0;
        }
    }
    for (size_t j = 0; j < n; j++) { /* p becomes the factor */
        double c = turn(k, k->b->rows + j, k->p[j], k->n[j]);
        k->p[j] = reachable(c, k->p[j], k->n[j]) ? wio_balance_factor(c, k->p[j], k->n[j]) : 1.0;
    }
    for (size_t i = 0; i < k->b->rows; i++) {
        double *x = k->X + i * n;
        for (size_t j = 0; j < n; j++) {
            x[j] = x[j] >= 0.0 ? x[j] * k->p[j] : x[j] / k->p[j];
        }
    }
}

static double coefficient(const wio_balance_condition *condition, size_t i)
{
    return condition->coefficient != NULL ? condition->coefficient[i] : 1.0;
}

/* sum g x exp(lambda g sgn x), and its derivative. */
static double at_lambda(const kras *k, const wio_balance_condition *condition, double lambda,
                        double *slope)
{
    double sum = 0.0;
    *slope = 0.0;
    for (size_t i = 0; i < condition->count; i++) {
        double x = k->X[condition->cell[i]], g = coefficient(condition, i);
        double here = g * x * exp(lambda * (x < 0.0 ? -g : g));
        sum += here;
        *slope += fabs(g * here);
    }
    return sum;
}

/* Newton's method on a rising function, kept between the ends of a bracket. */
static double root_lambda(const kras *k, const wio_balance_condition *condition, double c)
{
    double low = -INFINITY, high = INFINITY, lambda = 0.0;
    for (int step = 0; step < MOST_STEPS; step++) {
        double slope, off = at_lambda(k, condition, lambda, &slope) - c;
        if (fabs(off) <= 1e-15 * fabs(c) || off == 0.0) {
            break;
        }
        *(off < 0.0 ? &low : &high) = lambda;
        double next = lambda - off / slope;
        if (!isfinite(next) || fabs(next - lambda) > 4.0) { /* far away the exponentials mislead */
            next = lambda + (off < 0.0 ? 4.0 : -4.0);
        }
        if (!(next > low && next < high)) {
            next = low + (high - low) / 2.0;
        }
        if (next == lambda) {
            break;
        }
        lambda = next;
    }
    return lambda;
}

/* The positive terms of a condition, and the negative ones without their sign. */
static void parts(double *p, double *n, const kras *k, const wio_balance_condition *condition)
{
    *p = *n = 0.0;
    for (size_t i = 0; i < condition->count; i++) {
        double part = coefficient(condition, i) * k->X[condition->cell[i]];
        *p += part > 0.0 ? part : 0.0;
        *n -= part < 0.0 ? part : 0.0;
    }
}

static void condition_turn(kras *k, size_t index)
{
    const wio_balance_condition *condition = &k->b->options->condition[index];
    double p, n, least = INFINITY, most = 0.0;
    parts(&p, &n, k, condition);
    for (size_t i = 0; i < condition->count; i++) {
        least = fmin(least, fabs(coefficient(condition, i)));
        most = fmax(most, fabs(coefficient(condition, i)));
    }
    double c = turn(k, k->b->rows + k->b->columns + index, p, n);
    if (!reachable(c, p, n)) {
        return;
    }
    /* One size of coefficient, or a sum that only zeros reach: the closed form, as for a row. */
    bool closed = least == most || (c == 0.0 && (p == 0.0 || n == 0.0));
    double r = closed ? wio_balance_factor(c, p, n) : 0.0;
    double lambda = closed ? 0.0 : root_lambda(k, condition, c);
    for (size_t i = 0; i < condition->count; i++) {
        double *x = &k->X[condition->cell[i]], g = coefficient(condition, i);
        if (closed) {
            *x = g * *x >= 0.0 ? *x * r : *x / r;
        } else {
            *x *= exp(lambda * (*x < 0.0 ? -g : g));
        }
    }
}

static void add_target_name(wio_text *text, const kras *k, size_t at)
{
    const balance *b = k->b;
    bool line = at < b->rows + b->columns;
    wio_text_add(text, !line ? "condition " : at < b->rows ? "row " : "column ");
    if (line) {
        wio_balance_name(text, b, at >= b->rows, at < b->rows ? at : at - b->rows);
    } else {
        const char *name = b->options->condition[at - b->rows - b->columns].name;
        wio_text_add(text, "%s", name != NULL ? name : "without a name");
    }
}

static wio_status stuck(kras *k, bool stalled)
{
    wio_text name = {0};
    add_target_name(&name, k, k->worst_at);
    wio_status status = wio_fail(
        k->b->err, WIO_E_NOT_CONVERGED,
        stalled ? "targets conflict that have no standard error: after %zu sweeps the worst is "
                  "%s, off by %.2g of its target; give those that are less certain a sigma"
                : "not balanced after %zu sweeps: %s is off by %.2g of its target",
        k->b->done, name.failed ? "?" : name.data, k->worst);
    wio_text_free(&name);
    return status;
}

static wio_status cycle(kras *k)
{
    double before = INFINITY;
    for (k->b->done = 0; k->b->done < k->b->sweeps;) {
        k->worst = 0.0;
        k->gave = false;
        rows_turn(k);
        columns_turn(k);
        for (size_t i = 0; i < k->b->options->conditions; i++) {
            condition_turn(k, i);
        }
        k->b->done++;
        if (k->worst <= k->b->tolerance / 2) {
            return WIO_OK;
        }
        if (!isfinite(k->worst)) {
            break;
        }
        if (k->b->done % PATIENCE == 0) {
            bool stalled = k->worst > STALL * before;
            if (stalled && k->giving && !k->gave) {
                return stuck(k, true);
            }
            k->giving = k->giving || stalled;
            before = k->worst;
        }
    }
    return stuck(k, false);
}

/* Which targets gave way, and by how much. */
static void tell(kras *k, wio_balance_report *report)
{
    const size_t count = k->b->rows + k->b->columns + k->b->options->conditions;
    for (size_t at = 0; at < count; at++) {
        double now = *target_of(k, at), move = now - k->from[at];
        if (move == 0.0) {
            continue;
        }
        double sigmas = fabs(move) / sigma_of(k->b, at);
        report->largest_move = fmax(report->largest_move, sigmas);
        if (++report->moved > MOST_NAMED) {
            continue;
        }
        wio_text name = {0};
        add_target_name(&name, k, at);
        wio_find(k->b->log, WIO_NOTE, NULL, 0, 0,
                 "the target of %s gave way by %.6g (%.2g standard errors)",
                 name.failed ? "?" : name.data, move, sigmas);
        wio_text_free(&name);
    }
    if (report->moved > MOST_NAMED) {
        wio_find(k->b->log, WIO_NOTE, NULL, 0, 0, "%zu more targets gave way",
                 report->moved - MOST_NAMED);
    }
}

static double condition_gap(const kras *k)
{
    double worst = 0.0;
    for (size_t i = 0; i < k->b->options->conditions; i++) {
        const wio_balance_condition *condition = &k->b->options->condition[i];
        double p, n;
        parts(&p, &n, k, condition);
        worst = fmax(worst, wio_balance_gap(p, n, k->c[i], k->b->row_floor));
    }
    return worst;
}

static wio_status check_conditions(const balance *b)
{
    const wio_balance_options *o = b->options;
    for (size_t at = 0; at < b->rows + b->columns; at++) {
        double sigma = sigma_of(b, at);
        if (!(sigma >= 0.0) || isinf(sigma)) {
            return wio_fail(b->err, WIO_E_NONFINITE, "the standard error of %s %zu is %g",
                            at < b->rows ? "row" : "column", at < b->rows ? at : at - b->rows,
                            sigma);
        }
    }
    for (size_t i = 0; i < o->conditions; i++) {
        const wio_balance_condition *c = &o->condition[i];
        const char *name = c->name != NULL ? c->name : "without a name";
        if (!isfinite(c->value) || !(c->sigma >= 0.0) || isinf(c->sigma)) {
            return wio_fail(b->err, WIO_E_NONFINITE, "condition %s: value %g, sigma %g", name,
                            c->value, c->sigma);
        }
        for (size_t j = 0; j < c->count; j++) {
            if (c->cell[j] >= b->rows * b->columns || coefficient(c, j) == 0.0 ||
                !isfinite(coefficient(c, j))) {
                return wio_fail(b->err, WIO_E_ARGUMENT,
                                "condition %s: term %zu has cell %zu of %zu and coefficient %g",
                                name, j, c->cell[j], b->rows * b->columns, coefficient(c, j));
            }
        }
    }
    return WIO_OK;
}

static wio_status run(kras *k, const double *Z, wio_balance_report *report)
{
    balance *b = k->b;
    const wio_balance_options *o = b->options;
    const size_t lines = b->rows + b->columns;
    memcpy(b->target, b->u, b->rows * sizeof *b->u);
    memcpy(b->target + b->rows, b->v, b->columns * sizeof *b->v);
    for (size_t i = 0; i < o->conditions; i++) {
        k->c[i] = o->condition[i].value;
        for (size_t j = 0; o->fixed != NULL && j < o->condition[i].count; j++) {
            size_t cell = o->condition[i].cell[j];
            k->c[i] -= o->fixed[cell] ? coefficient(&o->condition[i], j) * Z[cell] : 0.0;
        }
    }
    memcpy(k->from, b->target, lines * sizeof *k->from);
    if (o->conditions != 0) {
        memcpy(k->from + lines, k->c, o->conditions * sizeof *k->from);
    }
    WIO_TRY(cycle(k));
    tell(k, report);
    report->condition_gap = condition_gap(k);
    return WIO_OK;
}

wio_status wio_balance_kras(double *X, const double *Z, balance *b, wio_balance_report *report)
{
    WIO_TRY(check_conditions(b));
    if (b->options->row_sigma == NULL && b->options->column_sigma == NULL) {
        WIO_TRY(wio_balance_feasible(b));
    }
    b->negative = true; /* gaps are then measured for both signs */
    wio_arena arena = {0};
    kras k = {.b = b, .X = X};
    k.c = wio_take(&arena, b->options->conditions);
    k.from = wio_take(&arena, b->rows + b->columns + b->options->conditions);
    k.p = wio_take(&arena, b->columns);
    k.n = wio_take(&arena, b->columns);
    wio_status status =
        arena.failed ? wio_fail(b->err, WIO_E_MEMORY, "state of KRAS") : run(&k, Z, report);
    wio_arena_free(&arena);
    return status;
}
