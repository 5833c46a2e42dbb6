/* series.c - solutions by the power series, where A is read once for each step (series.h).
 *
 *   plain       sum of |exact - x'| <= w'(|r| + rounding) / min z
 *   transposed  |exact - x'| <= w max(|r| + rounding) / z
 *
 * with the residual r = x' - x of the x before, x' = f + A x: since exact - x = B^-1 r,
 * exact - x' = A B^-1 r, and |A| (I - |A|)^-1 = (I - |A|)^-1 - I. w'|r|, or the largest |r| / w, is made
 * smaller by every step, by at least the largest t / w: when it is not, rounding is all there is. */
#include "series.h"

#include "system.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_UNPROVEN = 256, MOST = 10000 };
static const double SETTLED =
    0.9; /* of min z, whose limit is 1: the bound is at most 11 % larger */

typedef struct work {
    const wio_series *A;
    bool transposed, settled;
    size_t k, readings;
    const double *F;
    double *X, *Y; /* [k x n] */
    wio_series_proof proof;
    wio_panel_product *product; /* [k + 1] */
    double relative, moved, bound, backward;
    wio_error *err;
} work;

/* --- the proof ----------------------------------------------------------------------------------- */

void wio_series_judge(wio_series_proof *p, size_t n)
{
    double g = wio_gamma(n + 8);
    p->least = p->low = INFINITY;
    p->most = p->ratio = 0.0;
    for (size_t i = 0; i < n; i++) {
        double z = (p->w[i] - p->t[i]) - g * (p->w[i] + p->t[i]);
        p->least = fmin(p->least, z);
        p->most = fmax(p->most, p->w[i]);
        p->ratio = wio_worse(p->t[i] / p->w[i] * (1.0 + g), p->ratio);
        p->low = fmin(p->low, p->t[i] / p->w[i] * (1.0 - g));
    }
    p->least = isfinite(p->most) && isfinite(p->ratio) ? p->least : -INFINITY;
}

void wio_series_advance(wio_series_proof *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        p->w[i] = 1.0 + p->t[i];
    }
}

/* --- one solution ---------------------------------------------------------------------------------- */

/* x becomes f + y, y = A x; what is known of it. */
typedef struct figures {
    double moved;    /* w'|r|, or the largest |r| / w */
    double bound;    /* relative */
    double backward; /* |r| / (|B| |x| + |f|), in the norm of the bound */
} figures;

static figures step_plain(double *x, const double *y, const double *f, const work *s)
{
    const wio_series_proof *p = &s->proof;
    size_t n = s->A->n;
    double moved = 0.0, sizes = 0.0, size = 0.0, residual = 0.0, before = 0.0, right = 0.0;
    for (size_t i = 0; i < n; i++) {
        double next = f[i] + y[i], r = fabs(next - x[i]);
        moved += p->w[i] * r;
        sizes += p->w[i] * (fabs(f[i]) + 2.0 * fabs(x[i])) + p->t[i] * fabs(x[i]);
        residual += r;
        before += fabs(x[i]);
        right += fabs(f[i]);
        size += fabs(next);
        x[i] = next;
    }
    double g = wio_gamma(n + 8);
    double error = (moved + g * (sizes + moved)) * (1.0 + g) / p->least;
    return (figures){.moved = moved,
                     .bound = size > 0.0 ? error / size * (1.0 + g) : 0.0,
                     .backward = residual > 0.0 ? residual / (s->A->norm1 * before + right) : 0.0};
}

static figures step_transposed(double *x, const double *y, const double *f, const work *s)
{
    const wio_series_proof *p = &s->proof;
    size_t n = s->A->n;
    double moved = 0.0, size = 0.0, residual = 0.0, before = 0.0, right = 0.0, worst = 0.0;
    double g = wio_gamma(n + 8), tall = 0.0; /* |A|'|x| <= tall t */
    for (size_t i = 0; i < n; i++) {
        tall = fmax(tall, fabs(x[i]) / p->w[i]);
    }
    for (size_t i = 0; i < n; i++) {
        double next = f[i] + y[i], r = fabs(next - x[i]);
        double rounding = g * (fabs(f[i]) + 2.0 * fabs(x[i]) + tall * p->t[i] + r);
        double z = (p->w[i] - p->t[i]) - g * (p->w[i] + p->t[i]);
        moved = fmax(moved, r / p->w[i]);
        worst = fmax(worst, (r + rounding) / z);
        residual = fmax(residual, r);
        before = fmax(before, fabs(x[i]));
        right = fmax(right, fabs(f[i]));
        size = fmax(size, fabs(next));
        x[i] = next;
    }
    return (figures){.moved = moved,
                     .bound = size > 0.0 ? worst * p->most / size * (1.0 + g) : 0.0,
                     .backward = residual > 0.0 ? residual / (s->A->norm1 * before + right) : 0.0};
}

/* --- all of them ------------------------------------------------------------------------------------ */

static wio_status read_all(work *s)
{
    size_t n = s->A->n, count = 0;
    for (size_t c = 0; c < s->k; c++) {
        s->product[count++] =
            (wio_panel_product){.y = s->Y + c * n, .x = s->X + c * n, .transposed = s->transposed};
    }
    if (!s->settled) {
        s->product[count++] = (wio_panel_product){
            .y = s->proof.t, .x = s->proof.w, .transposed = true, .absolute = !s->A->nonnegative};
    }
    s->readings++;
    return s->A->read(s->A->context, count, s->product, s->err);
}

static void step_all(work *s)
{
    size_t n = s->A->n;
    s->moved = s->bound = s->backward = 0.0;
    for (size_t c = 0; c < s->k; c++) {
        double *x = s->X + c * n;
        const double *y = s->Y + c * n, *f = s->F + c * n;
        figures found = (s->transposed ? step_transposed : step_plain)(x, y, f, s);
        s->moved = wio_worse(found.moved, s->moved);
        s->bound = wio_worse(found.bound, s->bound);
        s->backward = wio_worse(found.backward, s->backward);
    }
}

static wio_status iterate(work *s)
{
    size_t n = s->A->n;
    double last = INFINITY;
    for (;;) {
        WIO_TRY(read_all(s));
        bool proving = !s->settled;
        if (proving) {
            wio_series_judge(&s->proof, n);
            s->settled = s->proof.least >= SETTLED;
        }
        step_all(s);
        if (s->proof.least > 0.0 && s->bound <= s->relative) {
            return WIO_OK;
        }
        if (!s->settled) {
            if (s->proof.low >= 1.0 || s->readings >= MOST_UNPROVEN) {
                return wio_fail(s->err, WIO_E_NOT_CERTIFIED,
                                "after %zu readings of A the spectral radius of |A| is only known "
                                "to be between %.4g and %.4g: nothing is proven of I - A",
                                s->readings, s->proof.low, s->proof.ratio);
            }
            wio_series_advance(&s->proof, n);
        } else if (!proving && (!(s->moved < last) || s->readings >= MOST)) {
            return wio_fail(s->err, WIO_E_NOT_CONVERGED,
                            "after %zu readings only an error of %.2g is proven, not %.2g",
                            s->readings, s->bound, s->relative);
        }
        last = s->settled ? s->moved : INFINITY;
    }
}

static void certify(wio_certificate *certificate, const work *s)
{
    const wio_series_proof *p = &s->proof;
    wio_certificate found = {.productive = s->A->nonnegative,
                             .nonnegative = s->A->nonnegative,
                             .radius_high = fmin(p->ratio, 1.0 - WIO_UNIT),
                             .condition = s->A->norm1 * p->most / p->least * (1.0 + 8.0 * WIO_UNIT),
                             .condition_bound = true,
                             .backward_error = s->backward,
                             .componentwise = NAN,
                             .error_bound = s->bound,
                             .solves = s->k};
    (void)snprintf(found.method, sizeof found.method, "power series by readings of A, %s proof",
                   s->A->nonnegative ? "M-matrix" : "comparison matrix");
    *certificate = found;
}

wio_status wio_series_solve(double *X, const wio_series *A, bool transposed, size_t k,
                            const double *F, double relative, wio_certificate *certificate,
                            wio_series_report *report, wio_error *err)
{
    size_t n = A->n;
    wio_arena arena = {0};
    work s = {.A = A,
              .transposed = transposed,
              .k = k,
              .F = F,
              .X = wio_take(&arena, k * n),
              .Y = wio_take(&arena, k * n),
              .proof = {.w = wio_take(&arena, n), .t = wio_take(&arena, n)},
              .product = wio_alloc(k + 1, sizeof *s.product),
              .relative = relative,
              .err = err};
    wio_status status = WIO_OK;
    if (arena.failed || s.product == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "no memory for %zu right-hand sides of %zu", k, n);
    } else {
        memcpy(s.X, F, k * n * sizeof *F);
        for (size_t i = 0; i < n; i++) {
            s.proof.w[i] = 1.0;
        }
        status = iterate(&s);
    }
    if (status == WIO_OK) {
        memcpy(X, s.X, k * n * sizeof *X);
        if (certificate != NULL) {
            certify(certificate, &s);
        }
        if (report != NULL) {
            *report = (wio_series_report){
                .readings = s.readings, .contraction = s.proof.ratio, .bound = s.bound};
        }
    }
    wio_free(s.product);
    wio_arena_free(&arena);
    return status;
}
