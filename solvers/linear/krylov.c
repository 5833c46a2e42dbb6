/* krylov.c - refinement around restarted GMRES, and BiCGStab where that stagnates. */
#include "krylov_inside.h"
#include "operator_inside.h"

enum { MOST_LOOPS = 60 };

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

/* The same sizes for sweep.c, in floats: D / max D, which only scales the unknowns. */
static void weigh_single(float *d, const space *s, const track *t, bool first, const double *size,
                         const double *f)
{
    bool even = s->how->largest > 0.0 || first;
    float least = (float)fmax(t->accuracy, 1e-30);
    double by = t->most > 1e-300 ? 1.0 / t->most : 0.0; /* below, no cycle makes a step */
#pragma omp parallel for simd num_threads(s->threads) schedule(static)
    for (size_t i = 0; i < s->n; i++) {
        float whole = even ? 1.0F : (float)((size[i] + fabs(f[i])) * by);
        d[i] = whole > least ? whole : least;
    }
}

/* Residual and sizes of one vector; at a guess of 0 they are known. `rough`: by plain sums. */
static void take_residual(double *r, double *size, double *T, double *x, const double *f, space *s,
                          size_t loop, bool rough)
{
    const wio_krylov *how = s->how;
    if (loop == 0 && how->zero) {
#pragma omp parallel for num_threads(s->threads) schedule(static)
        for (size_t p = 0; p < s->pieces; p++) { /* shared, as these are the first to touch it */
            size_t at = p * PIECE, count = piece_size(s, p);
            memset(x + at, 0, count * sizeof *x);
            memset(size + at, 0, count * sizeof *size);
            memcpy(r + at, f + at, count * sizeof *r);
        }
        return;
    }
    if (rough) {
        plain_residual(r, size, s, x, f);
    } else {
        wio_operator_residual(r, size, T, how->op, how->transposed, how->kind & WIO_ABSOLUTE, 1, x,
                              f);
    }
    s->passes += 1.0;
}

/* What the methods beside sweep.c need, when it gave up. */
static wio_status need_doubles(space *s, size_t k)
{
    if (s->D == NULL) {
        s->D = wio_alloc(k * s->n, sizeof(double));
    }
    if (s->Z == NULL) {
        s->Z = wio_alloc(k * s->n, sizeof(double));
    }
    return s->D != NULL && s->Z != NULL ? WIO_OK : WIO_E_MEMORY;
}

/* A cycle for every vector that is not done, by the method of its stage. */
static wio_status improve(double *X, double *R, track *tracks, space *s, size_t k)
{
    size_t n = s->n, which[WIO_BLOCK];
    for (int kind = SINGLE; kind <= DOUBLE; kind++) {
        size_t count = 0;
        for (size_t c = 0; c < k; c++) {
            if (!tracks[c].done && tracks[c].stage == (stage)kind) {
                which[count++] = c;
            }
        }
        if (count > 0 && kind == SINGLE && s->sweeps) {
            wio_sweep_cycle(X, R, tracks, s, which, count);
        } else if (count > 0) {
            wio_gmres_cycle(X, R, tracks, s, which, count, (stage)kind);
        }
    }
    for (size_t c = 0; c < k; c++) {
        if (!tracks[c].done && tracks[c].stage == BICGSTAB) {
            double *block = wio_alloc(5 * n, sizeof *block);
            if (block == NULL) {
                return WIO_E_MEMORY;
            }
            wio_bicgstab(X + c * n, R + c * n, &tracks[c], s, s->D + c * n, block);
            wio_free(block);
        }
    }
    return WIO_OK;
}

static wio_status refine(double *X, double *R, double *S, double *T, track *tracks, space *s,
                         size_t k, const double *F, double *relative)
{
    const double FAR = 1e8, NEAR = 100.0; /* in measures: 1 is done, at about 1e-14 */
    const wio_krylov *how = s->how;
    size_t n = s->n;
    bool stuck = false;
    size_t most = s->how->cycles > 0 ? s->how->cycles : MOST_LOOPS;
    for (size_t loop = 0; loop < most; loop++) {
        size_t open = 0;
        for (size_t c = 0; c < k; c++) {
            track *t = &tracks[c];
            if (t->done || t->stage == STUCK) {
                continue;
            }
            /* A cycle gains six digits at most: from farther away plain sums are as good. */
            bool rough = how->largest > 0.0 || t->last > FAR;
            take_residual(R + c * n, S + c * n, T, X + c * n, F + c * n, s, loop, rough);
            judge(t, &relative[c], s, R + c * n, S + c * n, F + c * n);
            if (rough && how->largest == 0.0 && !(t->measure > NEAR)) {
                take_residual(R + c * n, S + c * n, T, X + c * n, F + c * n, s, loop, false);
                judge(t, &relative[c], s, R + c * n, S + c * n, F + c * n);
            }
            advance(t, loop);
            stuck = stuck || (t->stage == STUCK && !t->done);
            open += !t->done && t->stage != STUCK;
            if (s->sweeps && t->stage == SINGLE) {
                weigh_single(s->d + c * n, s, t, loop == 0, S + c * n, F + c * n);
            } else {
                WIO_TRY(need_doubles(s, k));
                weigh(s->D + c * n, s, t, loop == 0, S + c * n, F + c * n);
            }
        }
        if (open == 0) {
            return stuck ? WIO_E_NOT_CONVERGED : WIO_OK;
        }
        WIO_TRY(improve(X, R, tracks, s, k));
    }
    return WIO_E_NOT_CONVERGED;
}

static void space_free(space *s)
{
    wio_free(s->sums);
    wio_free(s->z);
    wio_free(s->d);
    wio_free(s->Z);
    wio_free(s->D);
    wio_free(s->part);
    wio_free(s->V);
}

static wio_status space_create(space *s, size_t k)
{
    size_t n = s->n, basis = s->how->basis;
    s->V = s->how->bicgstab ? wio_alloc(1, 1) : wio_alloc(k * (basis + 1), n * sizeof(float));
    s->part = wio_alloc((basis + FIGURES) * s->pieces, sizeof(double));
    if (s->V == NULL || s->part == NULL) {
        return WIO_E_MEMORY;
    }
    if (!s->sweeps) {
        return need_doubles(s, k);
    }
    s->d = wio_alloc(k * n, sizeof *s->d);
    s->z = wio_alloc(k * wio_sweep_floats(n), sizeof *s->z);
    s->sums = wio_alloc(k * wio_sweep_sums(n, basis), sizeof *s->sums);
    return s->d != NULL && s->z != NULL && s->sums != NULL ? WIO_OK : WIO_E_MEMORY;
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
    s.sweeps = wio_sweep_can(how);
    s.wide = wio_has_wide();
    track *tracks = wio_zalloc(k, sizeof *tracks);
    wio_status status = tracks != NULL ? space_create(&s, k) : WIO_E_MEMORY;
    if (status == WIO_OK) {
        bool single = s.sweeps || ((how->kind & WIO_SINGLE) != 0 && how->op->single != NULL);
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
    space_free(&s);
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
