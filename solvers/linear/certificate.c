/* certificate.c - what is proven about I - A.
 *
 * If some w > 0 has B w > 0, B = I - A with A >= 0 is a nonsingular M-matrix: the spectral radius
 * of A is below 1 and B^-1 >= 0 (Berman & Plemmons, Nonnegative Matrices, ch. 6). w is the computed
 * solution of B w = e; B w is bounded from below with every rounding counted. With negative
 * elements the same test on the comparison matrix <B> makes B an H-matrix: |B^-1| <= <B>^-1.
 * Radius: min (A w)_i / w_i <= rho <= max (A w)_i / w_i (Collatz 1942, Wielandt 1950); the lower
 * bound holds for any w >= 0 over its support, the upper one for w > 0. */
#include "operator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double wio_gamma(size_t k)
{
    double ku = (double)k * WIO_UNIT;
    return ku / (1.0 - ku);
}

void wio_certificate_start(wio_certificate *certificate, const wio_system *system)
{
    *certificate = system->own;
}

void wio_certificate_merge(wio_certificate *into, const wio_certificate *from)
{
    if (from->method[0] == '\0') {
        return;
    }
    if (into->method[0] == '\0') { /* nothing in it yet */
        *into = *from;
        return;
    }
    into->productive = into->productive && from->productive;
    into->nonnegative = into->nonnegative && from->nonnegative;
    if (from->radius_high > into->radius_high) {
        into->radius_low = from->radius_low;
        into->radius_high = from->radius_high;
    }
    if (from->condition > into->condition) {
        into->condition = from->condition;
        into->condition_bound = from->condition_bound;
    }
    into->backward_error = fmax(into->backward_error, from->backward_error);
    into->componentwise = fmax(into->componentwise, from->componentwise);
    into->error_bound = fmax(into->error_bound, from->error_bound);
    into->solves += from->solves;
}

/* --- the proof ---------------------------------------------------------------------------------- */

/* The matrix to prove: <B> = I - C with its factors, and room for the residual's lanes. */
typedef struct comparison {
    size_t n;
    const double *C, *lu;
    const lapack_int *pivot;
    bool nonnegative;
    int threads;
    double *x, *y, *r, *off; /* [n] */
} comparison;

/* r = right - w + C w, where right is 0 or 1 in every row. */
static void one_residual(const comparison *c, bool transposed, const double *w, double right)
{
    for (size_t i = 0; i < c->n; i++) {
        c->y[i] = right;
    }
    wio_residual_one(c->r, c->off, c->n, c->C, transposed, w, c->y);
}

/* z = lower bounds of <B> w, every rounding counted; true when all of w and z are positive. */
static bool lower_bounds(double *z, const double *w, const comparison *c, bool transposed)
{
    double g = wio_gamma(c->n + 2), dot2 = 1.01 * g * g;
    bool positive = true;
    one_residual(c, transposed, w, 0.0);
    for (size_t i = 0; i < c->n; i++) {
        double r = -c->r[i], own = fabs(c->C[i * c->n + i]);
        double size = w[i] + own * w[i] + c->off[i];
        z[i] = r * (1.0 - 4.0 * WIO_UNIT) - dot2 * size;
        positive = positive && isfinite(w[i]) && w[i] > 0.0 && z[i] > 0.0;
    }
    return positive;
}

/* The same in plain arithmetic, one pass of all threads, for C >= 0: |z - exact| is at most
 * gamma(n+2) (w + C w), which matters only where the condition number is near 1/(n u). */
static bool plain_bounds(double *z, const double *w, const comparison *c, bool transposed)
{
    wio_operator op = wio_magnitudes(&(wio_matrix){.n = c->n, .dense = c->C});
    double g = wio_gamma(c->n + 2) * (1.0 + 4.0 * WIO_UNIT);
    bool positive = true;
    op.threads = c->threads;
    wio_operator_apply(c->y, &op, transposed, 0, 1, w);
    for (size_t i = 0; i < c->n; i++) {
        z[i] = (w[i] - c->y[i]) - g * (w[i] + c->y[i]);
        positive = positive && isfinite(w[i]) && w[i] > 0.0 && z[i] > 0.0;
    }
    return positive;
}

static wio_status prove(wio_proof *proof, const comparison *c, bool transposed)
{
    size_t n = c->n;
    for (size_t i = 0; i < n; i++) {
        proof->w[i] = 1.0;
    }
    wio_lu_solve_one(proof->w, c->lu, c->pivot, n, transposed, c->threads);
    bool large = n > WIO_SMALL && c->nonnegative;
    if ((large && plain_bounds(proof->z, proof->w, c, transposed)) ||
        lower_bounds(proof->z, proof->w, c, transposed)) {
        return WIO_OK;
    }
    /* Refined once more: helps only when the condition number is near 1/u. */
    one_residual(c, transposed, proof->w, 1.0);
    for (size_t i = 0; i < n; i++) {
        proof->z[i] = c->r[i];
        if (!isfinite(proof->z[i])) {
            return WIO_E_NOT_PRODUCTIVE;
        }
    }
    wio_lu_solve_one(proof->z, c->lu, c->pivot, n, transposed, c->threads);
    for (size_t i = 0; i < n; i++) {
        proof->w[i] += proof->z[i];
    }
    return lower_bounds(proof->z, proof->w, c, transposed) ? WIO_OK : WIO_E_NOT_PRODUCTIVE;
}

/* --- the radius --------------------------------------------------------------------------------- */

/* Narrow [low, high] by the quotients of y = C w, over the rows with w_i > 0; high needs all. */
void wio_quotients(double *low, double *high, size_t n, const double *y, const double *w)
{
    double least = INFINITY, most = 0.0, g = wio_gamma(n + 2);
    for (size_t i = 0; i < n; i++) {
        if (w[i] > 0.0) {
            double q = y[i] / w[i];
            least = fmin(least, q);
            most = fmax(most, q);
        } else {
            most = INFINITY;
        }
    }
    if (isfinite(least)) {
        *low = fmax(*low, least * (1.0 - g));
    }
    *high = fmin(*high, most * (1.0 + g));
}

void wio_scale_to_one(double *w, size_t n)
{
    double top = 0.0;
    for (size_t i = 0; i < n; i++) {
        top = fmax(top, w[i]);
    }
    for (size_t i = 0; i < n && top > 0.0; i++) {
        w[i] /= top;
    }
}

/* Sectors outside the leading group have vanishing weight and spoil the lower bound: leave them
 * out. v and y have room for n. */
void wio_sharpen_low(double *low, const wio_operator *C, const double *w, double *v, double *y)
{
    static const double cut[] = {1e-6, 1e-4, 1e-2, 1e-1};
    size_t n = C->A.n;
    for (size_t t = 0; t < sizeof cut / sizeof *cut; t++) {
        double ignored = INFINITY;
        for (size_t i = 0; i < n; i++) {
            v[i] = w[i] >= cut[t] ? w[i] : 0.0;
        }
        wio_operator_apply(y, C, false, WIO_ABSOLUTE, 1, v);
        wio_quotients(low, &ignored, n, y, v);
    }
}

/* A weight that no row falls below, so that the upper bound stays finite for reducible C; it
 * widens the interval by about as much. */
static const double FLOOR = 1e-8;

/* The step is w <- B^-1 A w, which separates the radius from the rest both when it is small and
 * when it is near 1. w starts from and ends near B^-1 e. */
void wio_radius(double *low, double *high, size_t n, const double *A, const wio_proof *rows,
                wio_step *step, const void *context, int threads, double *w, double *v, double *y)
{
    enum { ROUNDS = 16 };
    const double close = 1e-3; /* relative; the screen prints two digits */
    memcpy(v, rows->w, n * sizeof *v);
    wio_scale_to_one(v, n);
    memcpy(w, v, n * sizeof *w);
    *low = 0.0;
    *high = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        wio_apply_shared(y, n, A, w, threads);
        wio_quotients(low, high, n, y, w);
        if (*high - *low <= close * *high) {
            break;
        }
        step(w, y, context);
        wio_scale_to_one(w, n);
        for (size_t i = 0; i < n; i++) {
            w[i] = fmax(w[i], 0.0) + FLOOR * v[i];
        }
    }
    if (*high - *low > close * *high) {
        wio_operator op = wio_magnitudes(&(wio_matrix){.n = n, .dense = A});
        wio_sharpen_low(low, &op, w, v, y);
    }
    /* w with B w >= z > 0 gives (A w)_i / w_i <= 1 - z_i / w_i: below 1 as proven. */
    double proven = 0.0;
    for (size_t i = 0; i < n; i++) {
        proven = fmax(proven, 1.0 - rows->z[i] / rows->w[i]);
    }
    *high = fmin(*high, fmin(proven + 4.0 * WIO_UNIT, 1.0 - WIO_UNIT));
}

/* One solve with the factors of a system. */
static void factor_step(double *w, const double *y, const void *context)
{
    const wio_system *system = context;
    memcpy(w, y, system->n * sizeof *w);
    wio_lu_solve_one(w, system->lu, system->pivot, system->n, false,
                     system->threads > 0 ? system->threads : 1);
}

void wio_radius_productive(double *low, double *high, const wio_system *system, double *w,
                           double *v, double *y)
{
    wio_radius(low, high, system->n, system->A, &system->rows, factor_step, system,
               system->threads > 0 ? system->threads : 1, w, v, y);
}

/* --- everything about one system ---------------------------------------------------------------- */

/* Proofs, condition and, for A >= 0, the radius. c.C and c.lu are I - <B> and its factors. */
static wio_status certify_with(wio_system *system, comparison c)
{
    size_t n = system->n;
    double *block = wio_alloc(4 * n, sizeof *block);
    if (block == NULL) {
        return WIO_E_MEMORY;
    }
    c.x = block;
    c.y = block + n;
    c.r = c.y + n;
    c.off = c.r + n;
    wio_status status = prove(&system->rows, &c, false);
    if (status == WIO_OK) {
        status = prove(&system->columns, &c, true);
    }
    if (status == WIO_OK) {
        /* |B^-1|_1 = max (B^-T e)_j for an M-matrix, and at most that of <B> else. */
        double inverse = 0.0;
        for (size_t j = 0; j < n; j++) {
            inverse = fmax(inverse, system->columns.w[j]);
        }
        system->own.condition = system->norm1 * inverse;
        system->own.condition_bound = !system->own.nonnegative;
        if (system->own.condition * (double)n * WIO_UNIT > 0.1) {
            status = WIO_E_SINGULAR;
        } else if (system->own.nonnegative) {
            wio_radius_productive(&system->own.radius_low, &system->own.radius_high, system, c.x,
                                  c.y, c.r);
        }
    }
    wio_free(block);
    return status;
}

/* I - <B>: a_ii on the diagonal (up to 1; beyond, the reflected 2 - a_ii), |a_ij| off it. 2 - a_ii is
 * exact up to 2^54, where 2 is a multiple of a_ii's last place; beyond, the next number towards 0 is
 * at least 2 - a_ii, and a smaller diagonal of <B> proves no more than there is. */
static void compare(double *C, const double *A, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double a = A[i * n + j];
            double own = a <= 1.0 ? a : (a <= 0x1p54 ? 2.0 - a : nextafter(2.0 - a, 0.0));
            C[i * n + j] = i != j ? fabs(a) : own;
        }
    }
}

static wio_status certify_signed(wio_system *system)
{
    size_t n = system->n;
    double *C = wio_alloc(n * n, sizeof *C), *lu = wio_alloc(n * n, sizeof *lu);
    double *vectors = wio_alloc(3 * n, sizeof *vectors);
    lapack_int *pivot = wio_alloc(n, sizeof *pivot);
    wio_status status = WIO_E_MEMORY;
    if (C != NULL && lu != NULL && pivot != NULL && vectors != NULL) {
        compare(C, system->A, n);
        status = wio_lu_factor(lu, pivot, n, C) > 0
                     ? WIO_E_NOT_PRODUCTIVE
                     : certify_with(system, (comparison){.n = n, .C = C, .lu = lu, .pivot = pivot});
        if (status == WIO_OK) { /* rho(A) <= rho(|A|); nothing is known from below */
            double ignored;
            for (size_t i = 0; i < n; i++) {
                C[i * n + i] = fabs(system->A[i * n + i]);
            }
            wio_operator op = wio_magnitudes(&(wio_matrix){.n = n, .dense = C});
            wio_radius_any(&ignored, &system->own.radius_high, &op, false, 30, vectors, vectors + n,
                           vectors + 2 * n);
        }
    }
    wio_free(vectors);
    wio_free(pivot);
    wio_free(lu);
    wio_free(C);
    return status;
}

wio_status wio_certify(wio_system *system)
{
    size_t n = system->n;
    bool nonnegative = system->own.nonnegative;
    (void)snprintf(system->own.method, sizeof system->own.method, "dense LU, refined%s",
                   nonnegative ? ", M-matrix proof" : ", comparison matrix proof");
    const comparison c = {.n = n,
                          .C = system->A,
                          .lu = system->lu,
                          .pivot = system->pivot,
                          .nonnegative = true,
                          .threads = system->threads};
    WIO_TRY(nonnegative ? certify_with(system, c) : certify_signed(system));
    system->own.productive = nonnegative;
    return WIO_OK;
}
