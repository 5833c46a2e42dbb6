/* gmres.c - one cycle of GMRES (Saad & Schultz 1986) for several vectors in lockstep, its basis in single
 * precision: any storage, either direction, with or without a preconditioner. */
#include "krylov_inside.h"

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

double wio_krylov_rotate(track *t, size_t j, const double *h)
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
    double left = wio_krylov_rotate(t, j, h);
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

void wio_krylov_step(double *y, const track *t)
{
    for (size_t i = t->used; i-- > 0;) {
        double sum = t->g[i];
        for (size_t j = i + 1; j < t->used; j++) {
            sum -= t->H[i][j] * y[j];
        }
        y[i] = sum / t->H[i][i];
    }
}

/* z = M^-1 D sum y_j v_j, added to x. */
static void correct(double *x, const track *t, const space *s, size_t vector)
{
    size_t n = s->n;
    const float *V = s->V + vector * (s->how->basis + 1) * n;
    double y[MOST_BASIS];
    wio_krylov_step(y, t);
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

void wio_gmres_cycle(double *X, const double *R, track *tracks, space *s, const size_t *which,
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
