/* sweep.c - one cycle of GMRES for compressed rows of A >= 0, helped by a Gauss-Seidel sweep that costs no
 * reading of A of its own.
 *
 * With B = I - A = M - N, where M holds the diagonal and what a row meets that was computed before it,
 * y = M^-1 N z is one sweep over the rows in place: z_i <- (sum_j a_ij z_j - a_ii z_i) / (1 - a_ii). The
 * cycle works on I - G, G = D^-1 M^-1 N D, and on g = D^-1 M^-1 r, which is a sweep with r beside it
 * from z = 0. For an M-matrix the radius of G is below that of A (Varga 1962, theorem 3.29): 17 to 19
 * steps where A alone takes 21 to 30.
 *
 * The rows go in LANES runs of pieces. Piece s of every run is computed from what pieces 0 to s - 1 of
 * all runs left, and from its own rows above; then all are published. So threads share the pieces of a
 * step, and bits do not depend on how. Basis, z and D are floats: a cycle gains a few digits, and the
 * residual in twice the precision decides (krylov.c). Slot v of the basis is not scaled to length 1;
 * its own factor is in `scale`. */
#include "krylov_inside.h"
#include "operator_inside.h"

enum { LANES = 16, MOST = 4096, LEAST = 256, AHEAD = 64 };

typedef struct sweep {
    const space *s;
    size_t size, pieces, steps;     /* rows of a piece; pieces in all, of a run */
    size_t count, known;            /* vectors; slots of each that are there */
    float *z[WIO_BLOCK];            /* [n + LANES * size]: all rows, then the pieces in work */
    float *slot[WIO_BLOCK];         /* [known + 1][n]: the last one is written */
    const float *d[WIO_BLOCK];      /* [n] */
    const double *right[WIO_BLOCK]; /* [n] beside the products, times `by`; or NULL */
    double by[WIO_BLOCK];
    size_t of[WIO_BLOCK];    /* which vector it is */
    double *sums[WIO_BLOCK]; /* [known + 1][pieces] (slot v, new slot), the last one with itself */
} sweep;

static size_t piece_rows(size_t n)
{
    size_t size = (n + LANES * LANES - 1) / (LANES * LANES);
    size = (size + 63) / 64 * 64;
    return size < LEAST ? LEAST : size > MOST ? MOST : size;
}

bool wio_sweep_can(const wio_krylov *how)
{
    return how->op->pivot != NULL && !how->transposed && how->apply == NULL && !how->bicgstab &&
           how->op->A.n < UINT32_MAX - LANES * MOST;
}

size_t wio_sweep_floats(size_t n)
{
    return n + LANES * piece_rows(n);
}

size_t wio_sweep_sums(size_t n, size_t basis)
{
    size_t size = piece_rows(n);
    return (basis + 2) * ((n + size - 1) / size);
}

/* --- one piece ------------------------------------------------------------------------------------ */

typedef uint32_t places
    __attribute__((vector_size(4 * sizeof(uint32_t)), aligned(sizeof(uint32_t)), may_alias));

/* Where the elements of a row are: the `rows` columns from `first` on `off` further on, modulo 2^32. */
typedef struct window {
    places first, rows, off;
} window;

/* sum += a_l z_l for four elements. */
static inline __attribute__((always_inline)) void
add_four(wio_quad *sum, const double *a, const uint32_t *column, const float *z, const window *in)
{
    places j = *(const places *)column;
    places at = j + ((places)(j - in->first < in->rows) & in->off);
    *sum += *(const wio_quad *)a * (wio_quad){z[at[0]], z[at[1]], z[at[2]], z[at[3]]};
}

/* sum_j a_j z_j over `count` stored elements, element p in lane p % 8 of those that fill eight, and in
 * lane p % 4 after. Asks for what AHEAD elements later will be wanted, from `next`. */
static inline __attribute__((always_inline)) double row_sum(const double *a, const uint32_t *column,
                                                            const uint32_t *next, size_t count,
                                                            const float *z, const window *in)
{
    wio_quad low = {0}, high = {0};
    double rest[4] = {0};
    uint32_t at[4] = {0};
    size_t p = 0;
    for (; p + 8 <= count; p += 8) {
        add_four(&low, a + p, column + p, z, in);
        add_four(&high, a + p + 4, column + p + 4, z, in);
        /* A is read once: it must not drive z out of the last cache. */
        __builtin_prefetch(a + p + 256, 0, 0);
        __builtin_prefetch(column + p + 512, 0, 0);
#pragma GCC unroll 8
        for (size_t l = 0; l < 8; l++) {
            __builtin_prefetch(z + next[p + l]);
        }
    }
    for (size_t l = p; l < count; l++) {
        __builtin_prefetch(z + next[l]);
    }
    if (p + 4 <= count) {
        add_four(&low, a + p, column + p, z, in);
        p += 4;
    }
    if (p < count) {
        memcpy(rest, a + p, (count - p) * sizeof *a);
        memcpy(at, column + p, (count - p) * sizeof *at);
        add_four(&high, rest, at, z, in);
    }
    low += high;
    return (low[0] + low[2]) + (low[1] + low[3]);
}

/* Eight lanes, lane l over i = l, l + 8, ... */
static inline __attribute__((always_inline)) double dot_floats(const float *a, const float *b,
                                                               size_t count)
{
    typedef float four
        __attribute__((vector_size(4 * sizeof(float)), aligned(sizeof(float)), may_alias));
    wio_quad low = {0}, high = {0};
    double lane[8];
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        low += __builtin_convertvector(*(const four *)(a + i), wio_quad) *
               __builtin_convertvector(*(const four *)(b + i), wio_quad);
        high += __builtin_convertvector(*(const four *)(a + i + 4), wio_quad) *
                __builtin_convertvector(*(const four *)(b + i + 4), wio_quad);
    }
    *(wio_quad *)lane = low;
    *(wio_quad *)(lane + 4) = high;
    for (; i < count; i++) {
        lane[i % 8] += (double)a[i] * (double)b[i];
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* The new rows of a piece beside z, the new slot D^-1 times them, and its sums. */
static inline __attribute__((always_inline)) void piece(const sweep *w, size_t c, size_t at,
                                                        size_t lane)
{
    const wio_operator *op = w->s->how->op;
    const wio_matrix *A = &op->A;
    size_t n = A->n, first = at * w->size, rows = least(w->size, n - first), stored = A->start[n];
    size_t own_at = n + lane * w->size;
    float *z = w->z[c], *own = z + own_at, *slot = w->slot[c] + w->known * n + first;
    const double *right = w->right[c] != NULL ? w->right[c] + first : NULL;
    uint32_t f = (uint32_t)first, r = (uint32_t)rows, o = (uint32_t)(own_at - first);
    const window in = {{f, f, f, f}, {r, r, r, r}, {o, o, o, o}};
    memcpy(own, z + first, rows * sizeof *own);
    for (size_t i = 0; i < rows; i++) {
        size_t from = A->start[first + i], to = A->start[first + i + 1];
        size_t ahead = to + AHEAD <= stored ? AHEAD : 0;
        double sum =
            row_sum(A->value + from, A->column + from, A->column + from + ahead, to - from, z, &in);
        sum += right != NULL ? right[i] * w->by[c] : 0.0;
        own[i] = (float)((double)own[i] + (double)op->pivot[first + i] * (sum - (double)own[i]));
    }
#pragma omp simd
    for (size_t i = 0; i < rows; i++) {
        slot[i] = own[i] / w->d[c][first + i];
    }
    for (size_t v = 0; v <= w->known; v++) {
        w->sums[c][v * w->pieces + at] = dot_floats(w->slot[c] + v * n + first, slot, rows);
    }
}

#ifdef WIO_WIDE
__attribute__((target("avx2,fma"))) static void piece_wide(const sweep *w, size_t c, size_t at,
                                                           size_t lane)
{
    piece(w, c, at, lane);
}
#endif

static void one_piece(const sweep *w, size_t c, size_t at, size_t lane)
{
#ifdef WIO_WIDE
    if (w->s->wide) {
        piece_wide(w, c, at, lane);
        return;
    }
#endif
    piece(w, c, at, lane);
}

/* z = M^-1 (N z + by right) for all vectors, in one reading of A. */
static void run(const sweep *w)
{
    size_t n = w->s->n;
#pragma omp parallel num_threads(w->s->threads)
    for (size_t step = 0; step < w->steps; step++) {
#pragma omp for schedule(dynamic)
        for (size_t lane = 0; lane < LANES; lane++) {
            size_t at = lane * w->steps + step;
            for (size_t c = 0; at < w->pieces && c < w->count; c++) {
                one_piece(w, c, at, lane);
            }
        }
#pragma omp for schedule(static)
        for (size_t lane = 0; lane < LANES; lane++) {
            size_t at = lane * w->steps + step, first = at * w->size;
            for (size_t c = 0; at < w->pieces && c < w->count; c++) {
                memcpy(w->z[c] + first, w->z[c] + n + lane * w->size,
                       least(w->size, n - first) * sizeof(float));
            }
        }
    }
}

/* --- between sweeps --------------------------------------------------------------------------------- */

/* The last slot less sum b_v slot_v, and z = D times it; the square of what is left. */
static double reduce(const sweep *w, size_t c, const double *b)
{
    size_t n = w->s->n;
    double *sums = w->sums[c];
#pragma omp parallel for num_threads(w->s->threads) schedule(static)
    for (size_t at = 0; at < w->pieces; at++) {
        size_t first = at * w->size, rows = least(w->size, n - first);
        float *last = w->slot[c] + w->known * n + first, *z = w->z[c] + first;
        for (size_t i = 0; i < rows; i += 64) {
            double left[64];
            size_t width = least(64, rows - i);
            for (size_t l = 0; l < width; l++) {
                left[l] = (double)last[i + l];
            }
            for (size_t v = 0; v < w->known; v++) {
                const float *slot = w->slot[c] + v * n + first + i;
#pragma omp simd
                for (size_t l = 0; l < width; l++) {
                    left[l] -= b[v] * (double)slot[l];
                }
            }
            for (size_t l = 0; l < width; l++) {
                last[i + l] = (float)left[l];
                z[i + l] = last[i + l] * w->d[c][first + i + l];
            }
        }
        sums[at] = dot_floats(last, last, rows);
    }
    return sum_parts(sums, w->pieces);
}

/* The sums of the last slot with those before it, once more. */
static void again(const sweep *w, size_t c)
{
#pragma omp parallel for num_threads(w->s->threads) schedule(static)
    for (size_t at = 0; at < w->pieces; at++) {
        size_t n = w->s->n, first = at * w->size, rows = least(w->size, n - first);
        for (size_t v = 0; v <= w->known; v++) {
            w->sums[c][v * w->pieces + at] =
                dot_floats(w->slot[c] + v * n + first, w->slot[c] + w->known * n + first, rows);
        }
    }
}

/* The step that the last slot makes: G v_j = sum h_v v_v + h v_known, and I - G of that. */
static void extend(track *t, const sweep *w, size_t c)
{
    size_t known = w->known, j = known - 1;
    double h[MOST_BASIS + 2] = {0}, b[MOST_BASIS], before = 0.0, left = 0.0;
    for (int round = 0; round < 2; round++) {
        for (size_t v = 0; v < known; v++) {
            double q = sum_parts(w->sums[c] + v * w->pieces, w->pieces) * t->scale[v];
            b[v] = q * t->scale[v];
            h[v] -= q * t->scale[j];
        }
        before = sqrt(sum_parts(w->sums[c] + known * w->pieces, w->pieces));
        left = sqrt(reduce(w, c, b));
        if (left > 0.02 * before) {
            break;
        }
        again(w, c); /* digits were lost, more than the next cycle makes good */
    }
    bool broken = !(left > 1e-6 * before); /* the space is invariant, to the basis' digits */
    h[j] += 1.0;
    h[known] = broken ? 0.0 : -left * t->scale[j];
    double residual = wio_krylov_rotate(t, j, h);
    if (!(t->H[j][j] > 0.0)) { /* a singular step adds nothing */
        t->open = false;
        return;
    }
    t->used = known;
    t->steps++;
    /* Slots shrink with every step, and floats end at 1e-38. */
    bool small = !(left > 1e-12 / t->scale[0]);
    t->open = !broken && !small && residual > t->aim && t->used < w->s->how->basis;
    t->scale[known] = 1.0 / left;
}

/* x += top D sum y_v v_v */
static void correct(double *x, const track *t, const sweep *w, size_t c)
{
    size_t n = w->s->n;
    double y[MOST_BASIS];
    wio_krylov_step(y, t);
    for (size_t v = 0; v < t->used; v++) {
        y[v] *= t->scale[v] / w->by[c];
    }
#pragma omp parallel for num_threads(w->s->threads) schedule(static)
    for (size_t first = 0; first < n; first += 64) {
        double z[64] = {0};
        size_t width = least(64, n - first);
        for (size_t v = 0; v < t->used; v++) {
            const float *slot = w->slot[c] + v * n + first;
#pragma omp simd
            for (size_t l = 0; l < width; l++) {
                z[l] += y[v] * (double)slot[l];
            }
        }
        for (size_t l = 0; l < width; l++) {
            x[first + l] += z[l] * (double)w->d[c][first + l];
        }
    }
}

/* --- a cycle ---------------------------------------------------------------------------------------- */

/* The vectors of `which` that are open, or all. */
static void choose(sweep *w, const double *R, const track *tracks, const size_t *which,
                   size_t count, bool all)
{
    const space *s = w->s;
    size_t n = s->n, basis = s->how->basis;
    w->count = 0;
    for (size_t k = 0; k < count; k++) {
        size_t v = which[k], c = w->count;
        if (!all && !tracks[v].open) {
            continue;
        }
        w->z[c] = s->z + v * wio_sweep_floats(n);
        w->slot[c] = s->V + v * (basis + 1) * n;
        w->d[c] = s->d + v * n;
        w->sums[c] = s->sums + v * wio_sweep_sums(n, basis);
        w->right[c] = R != NULL ? R + v * n : NULL;
        w->by[c] = 1.0 / (tracks[v].accuracy * tracks[v].most);
        w->of[c] = v;
        w->count++;
    }
}

void wio_sweep_cycle(double *X, const double *R, track *tracks, space *s, const size_t *which,
                     size_t count)
{
    size_t n = s->n;
    sweep w = {.s = s, .size = piece_rows(n)};
    w.pieces = (n + w.size - 1) / w.size;
    w.steps = (w.pieces + LANES - 1) / LANES;
    choose(&w, R, tracks, which, count, true);
    for (size_t c = 0; c < w.count; c++) {
#pragma omp parallel for num_threads(s->threads) schedule(static)
        for (size_t at = 0; at < w.pieces; at++) {
            memset(w.z[c] + at * w.size, 0, least(w.size, n - at * w.size) * sizeof(float));
        }
    }
    for (size_t j = 0; w.count > 0; j++) {
        w.known = j;
        run(&w);
        s->passes += 1.0;
        for (size_t c = 0; c < w.count; c++) {
            track *t = &tracks[w.of[c]];
            if (j > 0) {
                extend(t, &w, c);
                continue;
            }
            double norm = sqrt(sum_parts(w.sums[c], w.pieces));
            t->used = 0;
            t->open = norm > 0.0 && isfinite(norm);
            t->g[0] = norm;
            t->scale[0] = 1.0 / norm;
            t->aim = fmax(0.2 * norm / fmax(t->measure, 1.0), 1e-6 * norm);
        }
        choose(&w, NULL, tracks, which, count, false);
    }
    choose(&w, NULL, tracks, which, count, true);
    for (size_t c = 0; c < w.count; c++) {
        correct(X + w.of[c] * n, &tracks[w.of[c]], &w, c);
    }
}
