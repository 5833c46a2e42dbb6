/* series_radius.c - what is proven of I - A itself where A is read once for each step (series.h).
 *
 * One reading serves the proof, w = e + |A|' w, and a power of |A|', whose quotients bound the radius
 * (Collatz 1942, Wielandt 1950). Where the radius is not below 1: the sectors that lead, and the group
 * that needs its own output, found by products of |A| with vectors of 0 and 1. */
#include "series.h"

#include "operator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROUNDS = 32, MOST_ROUNDS = 256, CUTS = 4, LEADING = 24 };
static const double TIGHT = 0.99;       /* of min z: the condition is then at most 1 % too large */
static const double NARROW = 1e-3;      /* of the radius; the screen prints two digits */
static const double CLOSE = 1.0 - 1e-9; /* from here on a closed group is looked for */
static const double FLOOR = 1e-8;       /* a weight that no row falls below, as in certificate.c */
static const double SHIFT = 0.1;        /* keeps cycles from going round for ever */

typedef struct search {
    const wio_series *A;
    wio_series_proof proof;
    double *p, *y;       /* [n] a power of |A|' and the next */
    double *mask, *back; /* [CUTS x n] */
    double low, high;
    size_t *readings;
    wio_error *err;
} search;

static wio_status read_products(search *s, size_t count, const wio_panel_product *product)
{
    ++*s->readings;
    return s->A->read(s->A->context, count, product, s->err);
}

static wio_panel_product product_of(const search *s, double *y, const double *x, bool transposed)
{
    return (wio_panel_product){
        .y = y, .x = x, .transposed = transposed, .absolute = !s->A->nonnegative};
}

/* p becomes the next power. */
static void raise(double *p, const double *y, double high, size_t n)
{
    double shift = SHIFT * fmin(high, 1.0);
    for (size_t i = 0; i < n; i++) {
        p[i] = y[i] + shift * p[i];
    }
    wio_scale_to_one(p, n);
    for (size_t i = 0; i < n; i++) {
        p[i] += FLOOR;
    }
}

/* Sectors outside the leading group have vanishing weight and spoil the lower bound: leave them
 * out, with four cuts in one reading. */
static wio_status sharpen_low(search *s)
{
    static const double cut[CUTS] = {1e-6, 1e-4, 1e-2, 1e-1};
    size_t n = s->A->n;
    wio_panel_product product[CUTS];
    for (size_t c = 0; c < CUTS; c++) {
        for (size_t i = 0; i < n; i++) {
            s->mask[c * n + i] = s->p[i] >= cut[c] ? s->p[i] : 0.0;
        }
        product[c] = product_of(s, s->back + c * n, s->mask + c * n, true);
    }
    WIO_TRY(read_products(s, CUTS, product));
    for (size_t c = 0; c < CUTS; c++) {
        double ignored = INFINITY;
        wio_quotients(&s->low, &ignored, n, s->back + c * n, s->mask + c * n);
    }
    return WIO_OK;
}

/* Until the radius is proven to be on one side of 1, and known well enough. */
static wio_status narrow(search *s)
{
    size_t n = s->A->n;
    for (size_t round = 1;; round++) {
        const wio_panel_product both[] = {product_of(s, s->proof.t, s->proof.w, true),
                                          product_of(s, s->y, s->p, true)};
        WIO_TRY(read_products(s, 2, both));
        wio_series_judge(&s->proof, n);
        wio_quotients(&s->low, &s->high, n, s->y, s->p);
        s->high = fmin(s->high, s->proof.ratio);
        bool known = s->high - s->low <= NARROW * s->high;
        if (!known && round % ROUNDS == 0) {
            WIO_TRY(sharpen_low(s));
        }
        bool good = s->proof.least >= TIGHT && (known || round >= ROUNDS);
        bool hopeless = s->proof.least <= 0.0 && s->low >= CLOSE;
        if (good || hopeless || round >= MOST_ROUNDS) {
            return WIO_OK;
        }
        if (s->proof.least < TIGHT) {
            wio_series_advance(&s->proof, n);
        }
        raise(s->p, s->y, s->high, n);
    }
}

/* --- what stands in the way -------------------------------------------------------------------------- */

/* Marks all that is reached from the marks: users of a marked seller, or sellers to a marked user. */
static wio_status spread(double *mark, search *s, bool to_users)
{
    size_t n = s->A->n;
    for (bool more = true; more;) {
        const wio_panel_product product = product_of(s, s->y, mark, to_users);
        WIO_TRY(read_products(s, 1, &product));
        more = false;
        for (size_t i = 0; i < n; i++) {
            bool reached = mark[i] == 0.0 && s->y[i] != 0.0;
            mark[i] = reached ? 1.0 : mark[i];
            more = more || reached;
        }
    }
    return WIO_OK;
}

/* Those who buy from nobody with a share that is not in A, directly or not. */
static wio_status closed_group(double *inside, size_t *count, search *s, const double *share)
{
    size_t n = s->A->n;
    for (size_t j = 0; j < n; j++) {
        inside[j] = share[j] > 0.0 ? 1.0 : 0.0;
    }
    WIO_TRY(spread(inside, s, true));
    *count = 0;
    for (size_t j = 0; j < n; j++) {
        inside[j] = 1.0 - inside[j];
        *count += inside[j] != 0.0;
    }
    return WIO_OK;
}

/* Those who both supply and use row `start`, directly or not. */
static wio_status block_of(double *inside, double *other, search *s, size_t start)
{
    size_t n = s->A->n;
    memset(inside, 0, n * sizeof *inside);
    memset(other, 0, n * sizeof *other);
    inside[start] = other[start] = 1.0;
    WIO_TRY(spread(inside, s, true));
    WIO_TRY(spread(other, s, false));
    for (size_t i = 0; i < n; i++) {
        inside[i] *= other[i];
    }
    return WIO_OK;
}

/* The rows with the largest product of left and right Perron vectors; `right` is scratch. */
static wio_status find_leading(wio_diagnosis *found, search *s, double *right, double *next)
{
    size_t n = s->A->n;
    for (size_t i = 0; i < n; i++) {
        right[i] = 1.0;
    }
    for (size_t round = 0; round < LEADING; round++) {
        const wio_panel_product both[] = {product_of(s, s->y, s->p, true),
                                          product_of(s, next, right, false)};
        WIO_TRY(read_products(s, 2, both));
        wio_quotients(&s->low, &s->high, n, s->y, s->p);
        wio_quotients(&s->low, &s->high, n, next, right);
        raise(s->p, s->y, s->high, n);
        raise(right, next, s->high, n);
    }
    for (size_t i = 0; i < n; i++) {
        right[i] *= s->p[i];
    }
    wio_take_top(found, n, right);
    return WIO_OK;
}

/* As wio_diagnose_matrix; mask and back of the search are scratch. */
static wio_status diagnose(wio_diagnosis *diagnosis, search *s, const double *share)
{
    size_t n = s->A->n, group = 0;
    double *inside = s->mask, *other = s->mask + n;
    wio_diagnosis found = {0};
    WIO_TRY(find_leading(&found, s, s->mask, s->back));
    WIO_TRY(closed_group(inside, &group, s, share));
    if (group == 0) {
        WIO_TRY(block_of(inside, other, s, found.top_row[0]));
    } else if (s->A->nonnegative) {
        s->low = fmax(s->low, 1.0); /* its columns sum to 1 or more */
    }
    found.member = wio_alloc(n, sizeof *found.member);
    if (found.member == NULL) {
        return wio_fail(s->err, WIO_E_MEMORY, "no memory to certify %zu equations", n);
    }
    for (size_t i = 0; i < n; i++) {
        if (inside[i] != 0.0) {
            found.member[found.group++] = i;
        }
    }
    found.radius_low = s->A->nonnegative ? s->low : 0.0; /* |A| bounds it from above only */
    found.radius_high = fmax(s->high, found.radius_low);
    *diagnosis = found;
    return WIO_OK;
}

/* --- both --------------------------------------------------------------------------------------------- */

static wio_status refuse(wio_diagnosis *diagnosis, search *s, const double *share)
{
    bool below = s->low < 1.0;
    wio_diagnosis found = {0};
    WIO_TRY(diagnose(&found, s, share));
    if (below && s->low < 1.0) { /* nor a closed group */
        wio_free(found.member);
        return wio_fail(s->err, WIO_E_NOT_CONVERGED,
                        "after %zu readings of A its spectral radius is only known to be between "
                        "%.6g and %.6g",
                        *s->readings, s->low, s->high);
    }
    *diagnosis = found;
    return wio_fail(s->err, WIO_E_NOT_PRODUCTIVE,
                    "I - A is not productive: the spectral radius of A is in [%.6g, %.6g]",
                    found.radius_low, found.radius_high);
}

static wio_status conclude(wio_certificate *certificate, search *s)
{
    const wio_series *A = s->A;
    wio_certificate found = {.productive = A->nonnegative,
                             .nonnegative = A->nonnegative,
                             .radius_low = A->nonnegative ? s->low : 0.0,
                             .radius_high = fmin(s->high, 1.0 - WIO_UNIT),
                             .condition = A->norm1 * (s->proof.most / s->proof.least) *
                                          (1.0 + 8.0 * WIO_UNIT),
                             .condition_bound = true};
    if (found.condition * (double)A->n * WIO_UNIT > 0.1) {
        return wio_fail(s->err, WIO_E_SINGULAR,
                        "I - A is singular to working precision: condition %.2g for %zu equations",
                        found.condition, A->n);
    }
    (void)snprintf(found.method, sizeof found.method, "readings of A, %s proof",
                   A->nonnegative ? "M-matrix" : "comparison matrix");
    *certificate = found;
    return WIO_OK;
}

wio_status wio_series_certify(wio_certificate *certificate, const wio_series *A,
                              const double *share, wio_diagnosis *diagnosis, size_t *readings,
                              wio_error *err)
{
    size_t n = A->n;
    wio_arena arena = {0};
    search s = {.A = A,
                .proof = {.w = wio_take(&arena, n), .t = wio_take(&arena, n)},
                .p = wio_take(&arena, n),
                .y = wio_take(&arena, n),
                .mask = wio_take(&arena, CUTS * n),
                .back = wio_take(&arena, CUTS * n),
                .high = INFINITY,
                .readings = readings,
                .err = err};
    wio_status status = arena.failed
                            ? wio_fail(err, WIO_E_MEMORY, "no memory to certify %zu equations", n)
                            : WIO_OK;
    for (size_t i = 0; status == WIO_OK && i < n; i++) {
        s.proof.w[i] = s.p[i] = 1.0;
    }
    status = status == WIO_OK ? narrow(&s) : status;
    if (status == WIO_OK) {
        status = s.proof.least > 0.0 ? conclude(certificate, &s) : refuse(diagnosis, &s, share);
    }
    wio_arena_free(&arena);
    return status;
}
