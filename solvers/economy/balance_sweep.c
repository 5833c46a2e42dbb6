/* balance_sweep.c - RAS and GRAS by their factors, one pass over the matrix per sweep.
 *
 *   x_ij = z_ij r_i s_j  (z_ij > 0),   z_ij / (r_i s_j)  (z_ij < 0)
 *   row i:     p r - n / r = u_i   with p = sum of z+ s,  n = sum of z- / s
 *   column j:  p s - n / s = v_j   with p = sum of z+ r,  n = sum of z- / r
 *
 * The matrix is only read: a row gives its factor from the columns' factors, and at once adds to
 * the columns' sums, while it is in the cache. Rows go in blocks whose size depends on the shape
 * alone, each with its own sums, which are added in order: the bits do not depend on threads. */
#include "balance.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* At most 64 blocks (32 threads still find two each); fewer rows than 16 are not worth a thread. */
enum { MOST_BLOCKS = 64, LEAST_ROWS = 16, LANES = 16 };

typedef struct sums { /* of the columns, a line per block of rows */
    size_t block, blocks;
    double *p, *n;
    double *gap; /* [blocks] */
} sums;

double wio_balance_factor(double target, double p, double n)
{
    if (p == 0.0) {
        return n == 0.0 ? 1.0 : -n / target;
    }
    double root = n == 0.0 ? fabs(target) : hypot(target, 2.0 * sqrt(p) * sqrt(n));
    return target >= 0.0 ? (target + root) / (2.0 * p) : 2.0 * n / (root - target);
}

double wio_balance_gap(double p, double n, double target, double floor)
{
    return fabs(p - n - target) / fmax(fmax(fabs(target), p + n), floor);
}

static double inverse_or_zero(double s)
{
    return s == 0.0 ? 0.0 : 1.0 / s;
}

/* sum of z s, sixteen running sums that are added in order at the end. */
BALANCE_WIDE static double dot(const double *z, const double *s, size_t count)
{
    balance_quad a = {0.0}, b = {0.0}, c = {0.0}, d = {0.0};
    double rest = 0.0;
    size_t j = 0;
    for (; j + LANES <= count; j += LANES) {
        const balance_quad *p = (const balance_quad *)(z + j);
        const balance_quad *q = (const balance_quad *)(s + j);
        a += p[0] * q[0];
        b += p[1] * q[1];
        c += p[2] * q[2];
        d += p[3] * q[3];
    }
    for (; j < count; j++) {
        rest += z[j] * s[j];
    }
    a = (a + b) + (c + d);
    return ((a[0] + a[1]) + (a[2] + a[3])) + rest;
}

static void signed_dot(double *p, double *n, const double *z, const double *s, const double *t,
                       size_t count)
{
    double above = 0.0, below = 0.0;
    for (size_t j = 0; j < count; j++) {
        above += z[j] > 0.0 ? z[j] * s[j] : 0.0;
        below -= z[j] < 0.0 ? z[j] * t[j] : 0.0;
    }
    *p = above;
    *n = below;
}

/* to += z r; they must not overlap. */
BALANCE_WIDE static void add_scaled(double *to, const double *z, double r, size_t count)
{
    size_t j = 0;
    for (; j + LANES <= count; j += LANES) {
        balance_quad *p = (balance_quad *)(to + j);
        const balance_quad *q = (const balance_quad *)(z + j);
        p[0] += q[0] * r;
        p[1] += q[1] * r;
        p[2] += q[2] * r;
        p[3] += q[3] * r;
    }
    for (; j < count; j++) {
        to[j] += z[j] * r;
    }
}

static void add_signed(double *p, double *n, const double *z, double r, size_t count)
{
    double q = inverse_or_zero(r);
    for (size_t j = 0; j < count; j++) {
        p[j] += z[j] > 0.0 ? z[j] * r : 0.0;
        n[j] -= z[j] < 0.0 ? z[j] * q : 0.0;
    }
}

/* The rows of one block: the gap that the columns' factors have left, new factors, column sums. */
static void sweep_block(balance *b, sums *c, size_t block)
{
    const size_t n = b->columns, first = block * c->block;
    const size_t end = first + c->block < b->rows ? first + c->block : b->rows;
    double *p = c->p + block * n, *m = b->negative ? c->n + block * n : NULL, worst = 0.0;
    memset(p, 0, n * sizeof *p);
    if (m != NULL) {
        memset(m, 0, n * sizeof *m);
    }
    for (size_t i = first; i < end; i++) {
        const double *z = b->W + i * n;
        double above, below = 0.0;
        if (m != NULL) {
            signed_dot(&above, &below, z, b->s, b->t, n);
        } else {
            above = dot(z, b->s, n);
        }
        double old = b->r[i], q = inverse_or_zero(old);
        double gap = wio_balance_gap(above * old, below * q, b->u[i], b->row_floor);
        worst = gap <= worst ? worst : gap; /* a NaN stays */
        b->r[i] = wio_balance_factor(b->u[i], above, below);
        if (m != NULL) {
            add_signed(p, m, z, b->r[i], n);
        } else {
            add_scaled(p, z, b->r[i], n);
        }
    }
    c->gap[block] = worst;
}

static void column_factors(balance *b, const sums *c)
{
    const size_t n = b->columns;
    for (size_t block = 1; block < c->blocks; block++) {
        for (size_t j = 0; j < n; j++) {
            c->p[j] += c->p[block * n + j];
        }
        for (size_t j = 0; b->negative && j < n; j++) {
            c->n[j] += c->n[block * n + j];
        }
    }
    for (size_t j = 0; j < n; j++) {
        b->s[j] = wio_balance_factor(b->v[j], c->p[j], b->negative ? c->n[j] : 0.0);
        b->t[j] = inverse_or_zero(b->s[j]);
    }
}

static double sweep(balance *b, sums *c)
{
    int threads = omp_in_parallel() ? 1 : b->threads;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t block = 0; block < c->blocks; block++) {
        sweep_block(b, c, block);
    }
    column_factors(b, c);
    double worst = 0.0;
    for (size_t block = 0; block < c->blocks; block++) {
        worst = c->gap[block] <= worst ? worst : c->gap[block];
    }
    return worst;
}

static wio_status sweeps(balance *b, sums *c, double *gap)
{
    for (size_t i = 0; i < b->rows; i++) {
        b->r[i] = 1.0;
    }
    for (size_t j = 0; j < b->columns; j++) {
        b->s[j] = b->t[j] = 1.0;
    }
    *gap = INFINITY;
    for (b->done = 0; b->done < b->sweeps;) {
        *gap = sweep(b, c);
        b->done++;
        /* The first gap is that of Z itself: its columns have not been looked at. */
        /* A gap within the tolerance was met by the factors before this sweep, which are means of
         * what was off (no larger, therefore): those of this sweep are closer still. */
        if (b->done > 1 && *gap <= b->tolerance) {
            return WIO_OK;
        }
        if (!isfinite(*gap)) {
            break;
        }
    }
    return WIO_E_NOT_CONVERGED;
}

wio_status wio_balance_sweep(balance *b, double *gap)
{
    sums c = {.block = (b->rows + MOST_BLOCKS - 1) / MOST_BLOCKS};
    c.block = c.block < LEAST_ROWS ? LEAST_ROWS : c.block;
    c.blocks = (b->rows + c.block - 1) / c.block;
    wio_arena arena = {0};
    c.p = wio_take(&arena, c.blocks * b->columns);
    c.n = wio_take(&arena, b->negative ? c.blocks * b->columns : 0);
    c.gap = wio_take(&arena, c.blocks);
    wio_status status = arena.failed
                            ? wio_fail(b->err, WIO_E_MEMORY, "sums of %zu columns", b->columns)
                            : sweeps(b, &c, gap);
    wio_arena_free(&arena);
    return status;
}

/* x = z r s; x may be z. */
BALANCE_WIDE static void scale_row(double *x, const double *z, double r, const double *s,
                                   size_t count)
{
    size_t j = 0;
    for (; j + 4 <= count; j += 4) {
        *(balance_quad *)(x + j) =
            *(const balance_quad *)(z + j) * r * *(const balance_quad *)(s + j);
    }
    for (; j < count; j++) {
        x[j] = z[j] * r * s[j];
    }
}

void wio_balance_apply(double *x, const balance *b, size_t i)
{
    const size_t n = b->columns;
    const double *z = b->W + i * n, r = b->r[i], q = inverse_or_zero(r);
    if (!b->negative) {
        scale_row(x, z, r, b->s, n);
        return;
    }
    for (size_t j = 0; j < n; j++) {
        x[j] = z[j] >= 0.0 ? z[j] * r * b->s[j] : z[j] * q * b->t[j];
    }
}
