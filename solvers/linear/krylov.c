/* krylov.c - refinement around restarted GMRES, and BiCGStab where that stagnates. */
#include "krylov.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { MOST_BASIS = 64, MOST_LOOPS = 60, MOST_STEPS = 500, PIECE = 2048 };

/* Which way a vector is being solved: each stage is entered when the one before gains too little. */
typedef enum stage { SINGLE, DOUBLE, BICGSTAB, STUCK } stage;

typedef struct track {
    stage stage;
    bool done;
    double measure, last; /* 1 or less: done */
    double most;          /* max (S_i + |f_i|) */
    double accuracy;      /* max |r_i| over it */
    size_t slow, steps;
    size_t used; /* of the basis in this cycle */
    bool open;   /* in this cycle */
    double aim;  /* for the cycle's residual */
    double H[MOST_BASIS + 1][MOST_BASIS], g[MOST_BASIS + 1], cosine[MOST_BASIS], sine[MOST_BASIS];
} track;

typedef struct space {
    const wio_krylov *how;
    size_t n, pieces;
    int threads;
    float *V;     /* [k x (basis + 1) x n] */
    double *part; /* [(basis + FIGURES) x pieces] */
    double *D;    /* [k x n] */
    double *Z, *W;
    double passes;
} space;

/* --- vectors: fixed pieces, sums in their order -------------------------------------------------- */

static double sum_parts(const double *part, size_t pieces)
{
    double sum = 0.0;
    for (size_t p = 0; p < pieces; p++) {
        sum += part[p];
    }
    return sum;
}

/* Eight lanes, lane l over i = l, l + 8, ...; `single` is a constant where this is inlined. */
static inline __attribute__((always_inline)) double lanes(const void *a, const double *b,
                                                          size_t count, const bool single)
{
    typedef float four
        __attribute__((vector_size(4 * sizeof(float)), aligned(sizeof(float)), may_alias));
    const float *f = a;
    const double *d = a;
    wio_quad low = {0}, high = {0};
    double lane[8];
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        if (single) {
            low += __builtin_convertvector(*(const four *)(f + i), wio_quad) *
                   *(const wio_quad *)(b + i);
            high += __builtin_convertvector(*(const four *)(f + i + 4), wio_quad) *
                    *(const wio_quad *)(b + i + 4);
        } else {
            low += *(const wio_quad *)(d + i) * *(const wio_quad *)(b + i);
            high += *(const wio_quad *)(d + i + 4) * *(const wio_quad *)(b + i + 4);
        }
    }
    *(wio_quad *)lane = low;
    *(wio_quad *)(lane + 4) = high;
    for (; i < count; i++) {
        lane[i % 8] += (single ? (double)f[i] : d[i]) * b[i];
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static double dot_piece(const double *a, const double *b, size_t count)
{
    return lanes(a, b, count, false);
}

static double mixed_piece(const float *a, const double *b, size_t count)
{
    return lanes(a, b, count, true);
}

static size_t piece_size(const space *s, size_t p)
{
    return s->n - p * PIECE < PIECE ? s->n - p * PIECE : PIECE;
}

static double dot(const space *s, const double *a, const double *b)
{
#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (size_t p = 0; p < s->pieces; p++) {
        s->part[p] = dot_piece(a + p * PIECE, b + p * PIECE, piece_size(s, p));
    }
    return sum_parts(s->part, s->pieces);
}

/* --- what a vector is worth ----------------------------------------------------------------------- */

enum { TOP, OMEGA, MOST, RESIDUAL, RIGHT, SIZES, FIGURES };

static void figures_piece(double *at, size_t step, const double *r, const double *size,
                          const double *f, size_t count)
{
    double top = 0.0, omega = 0.0, most = 0.0;
    for (size_t i = 0; i < count; i++) {
        double a = fabs(r[i]), whole = size[i] + fabs(f[i]);
        top = wio_worse(a, top);
        most = whole > most ? whole : most;
        omega = wio_worse(a == 0.0 ? 0.0 : a / whole, omega);
    }
    at[TOP * step] = top;
    at[OMEGA * step] = omega;
    at[MOST * step] = most;
    at[RESIDUAL * step] = dot_piece(r, r, count);
    at[RIGHT * step] = dot_piece(f, f, count);
    at[SIZES * step] = dot_piece(size, size, count);
}

/* In one sweep: the measure of the stopping rule, and the report's residual. */
static void judge(track *t, double *relative, const space *s, const double *r, const double *size,
                  const double *f)
{
    const wio_krylov *how = s->how;
    const double *part = s->part;
    size_t pieces = s->pieces;
    double top = 0.0, omega = 0.0, most = 0.0;
#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (size_t p = 0; p < pieces; p++) {
        size_t at = p * PIECE;
        figures_piece(s->part + p, pieces, r + at, size + at, f + at, piece_size(s, p));
    }
    for (size_t p = 0; p < pieces; p++) {
        top = wio_worse(part[TOP * pieces + p], top);
        omega = wio_worse(part[OMEGA * pieces + p], omega);
        most = fmax(part[MOST * pieces + p], most);
    }
    double residual = sqrt(sum_parts(part + RESIDUAL * pieces, pieces));
    double right = sqrt(sum_parts(part + RIGHT * pieces, pieces));
    double sizes = sqrt(sum_parts(part + SIZES * pieces, pieces));
    *relative = residual == 0.0 ? 0.0 : residual / right;
    double allowed = fmax(how->relative * right, 2.0 * WIO_UNIT * sizes);
    t->measure = how->largest > 0.0 ? top / how->largest
                                    : wio_worse(residual == 0.0 ? 0.0 : residual / allowed,
                                                omega / how->component);
    t->most = most;
    t->accuracy = most > 0.0 ? top / most : 0.0;
}

/* The sizes that the next correction is measured by, floored at the accuracy there is. */
static void weigh(double *D, const space *s, const track *t, bool first, const double *size,
                  const double *f)
{
    bool even = s->how->largest > 0.0 || first;
    double least = fmax(t->accuracy, 1e-30) * (even ? 1.0 : t->most);
#pragma omp parallel for simd num_threads(s->threads) schedule(static)
    for (size_t i = 0; i < s->n; i++) {
        double d = even ? 1.0 : size[i] + fabs(f[i]);
        D[i] = d > least ? d : least;
    }
}

/* --- GMRES ---------------------------------------------------------------------------------------- */

/* z = M^-1 D v for every open vector, side by side in Z; returns how many. */
static size_t gather(const space *s, const track *tracks, const size_t *open, size_t count,
                     size_t j)
{
    size_t n = s->n, basis = s->how->basis + 1;
    (void)tracks;
    for (size_t a = 0; a < count; a++) {
        const float *v = s->V + (open[a] * basis + j) * n;
        const double *d = s->D + open[a] * n;
        double *z = s->Z + a * n;
#pragma omp parallel for simd num_threads(s->threads) schedule(static)
        for (size_t i = 0; i < n; i++) {
            z[i] = d[i] * (double)v[i];
        }
    }
    if (s->how->apply != NULL) {
        s->how->apply(s->Z, s->how->context, s->how->transposed, count);
    }
    return count;
}

/* w = D^-1 (z - A z) where W holds A z, and h_i = (v_i, w), h_count = (w, w), in one sweep. */
static void project(double *h, const space *s, const float *V, const double *d, const double *z,
                    double *w, size_t count)
{
    size_t n = s->n;
#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (size_t p = 0; p < s->pieces; p++) {
        size_t at = p * PIECE, size = piece_size(s, p);
        if (z != NULL) {
#pragma omp simd
            for (size_t i = at; i < at + size; i++) {
                w[i] = (z[i] - w[i]) / d[i];
            }
        }
        for (size_t v = 0; v < count; v++) {
            s->part[v * s->pieces + p] = mixed_piece(V + v * n + at, w + at, size);
        }
        s->part[count * s->pieces + p] = dot_piece(w + at, w + at, size);
    }
    for (size_t v = 0; v <= count; v++) {
        h[v] = sum_parts(s->part + v * s->pieces, s->pieces);
    }
}

/* w -= sum h_v v_v; the norm of what is left. */
static double remove_from(double *w, const space *s, const float *V, const double *h, size_t count)
{
    size_t n = s->n;
#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (size_t p = 0; p < s->pieces; p++) {
        size_t at = p * PIECE, size = piece_size(s, p);
        for (size_t v = 0; v < count; v++) {
            const float *b = V + v * n;
#pragma omp simd
            for (size_t i = at; i < at + size; i++) {
                w[i] -= h[v] * (double)b[i];
            }
        }
        s->part[p] = dot_piece(w + at, w + at, size);
    }
    return sqrt(sum_parts(s->part, s->pieces));
}

static void to_basis(float *v, const space *s, const double *w, double norm)
{
#pragma omp parallel for simd num_threads(s->threads) schedule(static)
    for (size_t i = 0; i < s->n; i++) {
        v[i] = (float)(w[i] / norm);
    }
}

/* Column j of H by the rotations so far and one more; the residual that is left. */
static double rotate(track *t, size_t j, const double *h)
{
    double column[MOST_BASIS + 1];
    memcpy(column, h, (j + 2) * sizeof *h);
    for (size_t i = 0; i < j; i++) {
        double a = column[i], b = column[i + 1];
        column[i] = t->cosine[i] * a + t->sine[i] * b;
        column[i + 1] = t->cosine[i] * b - t->sine[i] * a;
    }
    double length = hypot(column[j], column[j + 1]);
    t->cosine[j] = length > 0.0 ? column[j] / length : 1.0;
    t->sine[j] = length > 0.0 ? column[j + 1] / length : 0.0;
    column[j] = length;
    t->g[j + 1] = -t->sine[j] * t->g[j];
    t->g[j] *= t->cosine[j];
    for (size_t i = 0; i <= j; i++) {
        t->H[i][j] = column[i];
    }
    return fabs(t->g[j + 1]);
}

/* One more basis vector for the vector in slot `a`. */
static void extend(track *t, const space *s, size_t vector, size_t a, size_t j)
{
    size_t n = s->n, count = j + 1;
    float *V = s->V + vector * (s->how->basis + 1) * n;
    double *w = s->W + a * n, h[MOST_BASIS + 2], again[MOST_BASIS + 2];
    project(h, s, V, s->D + vector * n, s->Z + a * n, w, count);
    double before = sqrt(h[count]), norm = remove_from(w, s, V, h, count);
    if (norm <
        0.1 * before) { /* digits were lost, more than the next cycle makes good: once more */
        project(again, s, V, NULL, NULL, w, count);
        norm = remove_from(w, s, V, again, count);
        for (size_t v = 0; v < count; v++) {
            h[v] += again[v];
        }
    }
    bool broken = !(norm > 1e-7 * before); /* the space is invariant, to the basis' digits */
    h[count] = broken ? 0.0 : norm;
    double left = rotate(t, j, h);
    if (!(t->H[j][j] > 0.0)) { /* a singular step adds nothing */
        t->open = false;
        return;
    }
    t->used = j + 1;
    t->steps++;
    t->open = !broken && left > t->aim && t->used < s->how->basis;
    if (!broken) {
        to_basis(V + (j + 1) * n, s, w, norm);
    }
}

/* z = M^-1 D sum y_j v_j, added to x. */
static void correct(double *x, const track *t, const space *s, size_t vector)
{
    size_t n = s->n;
    const float *V = s->V + vector * (s->how->basis + 1) * n;
    double y[MOST_BASIS];
    for (size_t i = t->used; i-- > 0;) {
        double sum = t->g[i];
        for (size_t j = i + 1; j < t->used; j++) {
            sum -= t->H[i][j] * y[j];
        }
        y[i] = sum / t->H[i][i];
    }
    const double *d = s->D + vector * n;
#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (size_t p = 0; p < s->pieces; p++) {
        size_t at = p * PIECE, size = piece_size(s, p);
        double *z = s->Z + at;
        memset(z, 0, size * sizeof *z);
        for (size_t j = 0; j < t->used; j++) {
            const float *v = V + j * n + at;
#pragma omp simd
            for (size_t i = 0; i < size; i++) {
                z[i] += y[j] * (double)v[i];
            }
        }
#pragma omp simd
        for (size_t i = 0; i < size; i++) {
            z[i] *= d[at + i];
        }
    }
    if (s->how->apply != NULL) {
        s->how->apply(s->Z, s->how->context, s->how->transposed, 1);
    }
#pragma omp parallel for simd num_threads(s->threads) schedule(static)
    for (size_t i = 0; i < n; i++) {
        x[i] += s->Z[i];
    }
}

/* One cycle for the `count` vectors named, all of one stage. R holds their residuals. */
static void cycle(double *X, const double *R, track *tracks, space *s, const size_t *which,
                  size_t count, stage kind)
{
    size_t n = s->n, open[WIO_BLOCK];
    int how = (s->how->kind & WIO_ABSOLUTE) | (kind == SINGLE ? WIO_SINGLE : 0);
    for (size_t c = 0; c < count; c++) {
        track *t = &tracks[which[c]];
        const double *r = R + which[c] * n, *d = s->D + which[c] * n;
        double *w = s->W;
#pragma omp parallel for simd num_threads(s->threads) schedule(static)
        for (size_t i = 0; i < n; i++) {
            w[i] = r[i] / d[i];
        }
        double norm = sqrt(dot(s, w, w)), wanted = 0.2 * norm / fmax(t->measure, 1.0);
        t->used = 0;
        t->open = norm > 0.0 && isfinite(norm);
        t->g[0] = norm;
        t->aim = fmax(wanted, 1e-6 * norm);
        if (t->open) {
            to_basis(s->V + which[c] * (s->how->basis + 1) * n, s, w, norm);
        }
    }
    for (size_t j = 0; j < s->how->basis; j++) {
        size_t active = 0;
        for (size_t c = 0; c < count; c++) {
            if (tracks[which[c]].open) {
                open[active++] = which[c];
            }
        }
        if (active == 0) {
            break;
        }
        (void)gather(s, tracks, open, active, j);
        wio_operator_apply(s->W, s->how->op, s->how->transposed, how, active, s->Z);
        s->passes += wio_operator_pass(s->how->op, how);
        for (size_t a = 0; a < active; a++) {
            extend(&tracks[open[a]], s, open[a], a, j);
        }
    }
    for (size_t c = 0; c < count; c++) {
        correct(X + which[c] * n, &tracks[which[c]], s, which[c]);
    }
}

/* --- BiCGStab: one vector, everything in double ----------------------------------------------------- */

/* out = D^-1 B M^-1 D in; Z is scratch. */
static void scaled(double *out, space *s, const double *d, const double *in)
{
    for (size_t i = 0; i < s->n; i++) {
        s->Z[i] = d[i] * in[i];
    }
    if (s->how->apply != NULL) {
        s->how->apply(s->Z, s->how->context, s->how->transposed, 1);
    }
    int kind = s->how->kind & WIO_ABSOLUTE;
    wio_operator_apply(out, s->how->op, s->how->transposed, kind, 1, s->Z);
    s->passes += 1.0;
    for (size_t i = 0; i < s->n; i++) {
        out[i] = (s->Z[i] - out[i]) / d[i];
    }
}

static void bicgstab(double *x, double *r, track *t, space *s, const double *d, double *block)
{
    size_t n = s->n;
    double *shadow = block, *p = block + n, *v = p + n, *u = v + n, *w = u + n;
    for (size_t i = 0; i < n; i++) {
        r[i] /= d[i];
        shadow[i] = p[i] = r[i];
        u[i] = 0.0;
    }
    double rho = dot(s, r, r), first = sqrt(rho), aim = fmax(0.2 / fmax(t->measure, 1.0), 1e-9);
    double best = first;
    for (size_t step = 0; step < MOST_STEPS && best > aim * first; step++) {
        scaled(v, s, d, p);
        double under = dot(s, shadow, v), alpha = rho / under;
        if (!isfinite(alpha) || alpha == 0.0) {
            break; /* breakdown: the outer loop begins anew from what there is */
        }
        for (size_t i = 0; i < n; i++) {
            r[i] -= alpha * v[i];
        }
        scaled(w, s, d, r);
        double length = dot(s, w, w), omega = length > 0.0 ? dot(s, w, r) / length : 0.0;
        for (size_t i = 0; i < n; i++) {
            u[i] += alpha * p[i] + omega * r[i];
            r[i] -= omega * w[i];
        }
        t->steps++;
        best = sqrt(dot(s, r, r));
        double next = dot(s, shadow, r), beta = next / rho * (alpha / omega);
        rho = next;
        if (!isfinite(beta) || !isfinite(best) || rho == 0.0) {
            break;
        }
        for (size_t i = 0; i < n; i++) {
            p[i] = r[i] + beta * (p[i] - omega * v[i]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        s->Z[i] = d[i] * u[i];
    }
    if (s->how->apply != NULL) {
        s->how->apply(s->Z, s->how->context, s->how->transposed, 1);
    }
    for (size_t i = 0; i < n && isfinite(best); i++) {
        x[i] += s->Z[i];
    }
}

/* --- the loop around them ---------------------------------------------------------------------------- */

/* After a residual: done, or which stage is next. */
static void advance(track *t, size_t loop)
{
    t->done = t->measure <= 1.0;
    if (loop > 0 && !(t->measure <= 0.5 * t->last) && ++t->slow >= 2 && t->stage < STUCK) {
        t->stage++;
        t->slow = 0;
    }
    t->last = fmin(t->last, t->measure);
    if (t->measure != t->measure) {
        t->stage = STUCK;
    }
}

/* r = f - (x - A x) by plain sums, for few digits; size = |x| + |A x| in place of |B| |x|. */
static void plain_residual(double *r, double *size, const space *s, const double *x,
                           const double *f)
{
    wio_operator_apply(r, s->how->op, s->how->transposed, s->how->kind & WIO_ABSOLUTE, 1, x);
#pragma omp parallel for simd num_threads(s->threads) schedule(static)
    for (size_t i = 0; i < s->n; i++) {
        size[i] = fabs(x[i]) + fabs(r[i]);
        r[i] = f[i] - (x[i] - r[i]);
    }
}

static wio_status refine(double *X, double *R, double *S, double *T, track *tracks, space *s,
                         size_t k, const double *F, double *relative)
{
    size_t n = s->n, which[WIO_BLOCK];
    bool stuck = false;
    for (size_t loop = 0; loop < MOST_LOOPS; loop++) {
        size_t open = 0;
        for (size_t c = 0; c < k; c++) {
            track *t = &tracks[c];
            if (t->done || t->stage == STUCK) {
                continue;
            }
            if (s->how->largest > 0.0) {
                plain_residual(R + c * n, S + c * n, s, X + c * n, F + c * n);
            } else {
                wio_operator_residual(R + c * n, S + c * n, T, s->how->op, s->how->transposed,
                                      s->how->kind & WIO_ABSOLUTE, 1, X + c * n, F + c * n);
            }
            s->passes += 1.0;
            judge(t, &relative[c], s, R + c * n, S + c * n, F + c * n);
            advance(t, loop);
            stuck = stuck || (t->stage == STUCK && !t->done);
            open += !t->done && t->stage != STUCK;
            weigh(s->D + c * n, s, t, loop == 0, S + c * n, F + c * n);
        }
        if (open == 0) {
            return stuck ? WIO_E_NOT_CONVERGED : WIO_OK;
        }
        for (int kind = SINGLE; kind <= DOUBLE; kind++) {
            size_t count = 0;
            for (size_t c = 0; c < k; c++) {
                if (!tracks[c].done && tracks[c].stage == (stage)kind) {
                    which[count++] = c;
                }
            }
            cycle(X, R, tracks, s, which, count, (stage)kind);
        }
        for (size_t c = 0; c < k; c++) {
            if (!tracks[c].done && tracks[c].stage == BICGSTAB) {
                double *block = wio_alloc(5 * n, sizeof *block);
                if (block == NULL) {
                    return WIO_E_MEMORY;
                }
                bicgstab(X + c * n, R + c * n, &tracks[c], s, s->D + c * n, block);
                wio_free(block);
            }
        }
    }
    return WIO_E_NOT_CONVERGED;
}

wio_status wio_krylov_solve(double *X, double *R, double *S, double *T, double *W,
                            const wio_krylov *how, size_t k, const double *F,
                            wio_krylov_report *report, wio_error *err)
{
    size_t n = how->op->A.n;
    if (k > WIO_BLOCK || how->basis == 0 || how->basis > MOST_BASIS) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_krylov_solve: %zu vectors, basis of %zu", k,
                        how->basis);
    }
    double begin = wio_clock(), relative[WIO_BLOCK] = {0};
    bool alone = omp_in_parallel() != 0 || n < 4 * PIECE;
    space s = {.how = how, .n = n, .pieces = (n + PIECE - 1) / PIECE, .W = W};
    s.threads = alone ? 1 : how->op->threads;
    track *tracks = wio_zalloc(k, sizeof *tracks);
    s.V = how->bicgstab ? wio_alloc(1, 1) : wio_alloc(k * (how->basis + 1), n * sizeof(float));
    s.part = wio_alloc((how->basis + FIGURES) * s.pieces, sizeof(double));
    s.D = wio_alloc(k * n, sizeof(double));
    s.Z = wio_alloc(k * n, sizeof(double));
    wio_status status = WIO_E_MEMORY;
    if (tracks != NULL && s.V != NULL && s.part != NULL && s.D != NULL && s.Z != NULL) {
        bool single = (how->kind & WIO_SINGLE) != 0 && how->op->single != NULL;
        for (size_t c = 0; c < k; c++) {
            tracks[c].stage = how->bicgstab ? BICGSTAB : single ? SINGLE : DOUBLE;
            tracks[c].last = INFINITY;
        }
        status = refine(X, R, S, T, tracks, &s, k, F, relative);
    }
    double worst = 0.0;
    for (size_t c = 0; tracks != NULL && c < k; c++) {
        worst = wio_worse(relative[c], worst);
        report->iterations =
            report->iterations > tracks[c].steps ? report->iterations : tracks[c].steps;
    }
    report->residual = wio_worse(worst, report->residual);
    report->passes += s.passes;
    report->seconds += wio_clock() - begin;
    wio_free(s.Z);
    wio_free(s.D);
    wio_free(s.part);
    wio_free(s.V);
    wio_free(tracks);
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, status, "no memory for a basis of %zu vectors of %zu", how->basis, n);
    }
    if (status == WIO_E_NOT_CONVERGED) {
        return wio_fail(err, status,
                        "(I - A) x = f did not converge: relative residual %.2g after %zu steps "
                        "and %.1f passes over A",
                        worst, report->iterations, s.passes);
    }
    return status;
}
