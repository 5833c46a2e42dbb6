/* steady.c - many right-hand sides of a system whose errors are bounded beforehand.
 *
 * Every column x^ of wio_factor_solve has |x^ - x*|_i <= c w_i max(|x^| / w), so none needs a
 * residual of its own: n operations a column bound its error. That rests on the model of rounding in
 * factor_solve.c; what was really computed is looked at once for every 64 columns. With fixed signs
 * s_c = +1 or -1
 *
 *   r = sum s_c f_c - (I - A) sum s_c x_c,   omega = max |r_i| / (|I - A| sum |x_c| + sum |f_c|)_i,
 *
 * which is at most the largest componentwise error (Oettli & Prager) of the 64, so that good columns
 * never fail; an error of one shows as a 64th of its size. In plain arithmetic: r itself is off by
 * at most (n + 66) u of the denominator. */
#include "woven.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    ROWS = 512,  /* of A that one thread multiplies with at a time */
    LANES = 16,  /* columns that are looked at together: widths are multiples of it */
    PARTIAL = 8, /* sums of one row's columns that are in flight */
    MOST = WIO_WIDE / WIO_BLOCK
};

/* Signs of a block's columns: bits of pi. */
double wio_sign_of(size_t column)
{
    return (0x243f6a8885a308d3U >> column & 1U) != 0 ? 1.0 : -1.0;
}

/* The columns of one thread at a time, side by side. */
typedef struct piece {
    size_t block, first, used, width; /* `first` is column 64 `block` of all */
    double *Y;                        /* [n x width] */
} piece;

/* What the blocks of one row add up to, with signs and in magnitude, in rows b and blocks + b of to. */
static void add_up(double *to, size_t blocks, const piece *p, size_t n, const double *sign)
{
    for (size_t i = 0; i < n; i++) {
        const double *row = p->Y + i * p->width;
        for (size_t c0 = 0, b = p->block; c0 < p->width; c0 += WIO_BLOCK, b++) {
            size_t end = p->width - c0 < WIO_BLOCK ? p->width - c0 : WIO_BLOCK;
            double with[PARTIAL] = {0.0}, size[PARTIAL] = {0.0};
            for (size_t c = 0; c < end; c += PARTIAL) {
                for (size_t l = 0; l < PARTIAL; l++) {
                    double x = row[c0 + c + l];
                    with[l] += sign[c + l] * x;
                    size[l] += fabs(x);
                }
            }
            to[b * n + i] = ((with[0] + with[4]) + (with[2] + with[6])) +
                            ((with[1] + with[5]) + (with[3] + with[7]));
            to[(blocks + b) * n + i] = ((size[0] + size[4]) + (size[2] + size[6])) +
                                       ((size[1] + size[5]) + (size[3] + size[7]));
        }
    }
}

/* The largest of c w_i max(|x| / w) over max |x|, the proven relative error, of some columns; NaN
 * where one is not finite. */
static double column_bounds(const wio_proof *proof, double c, double heaviest, const piece *p,
                            size_t n)
{
    double most = 0.0;
    for (size_t c0 = 0; c0 < p->width; c0 += LANES) {
        double a[LANES] = {0.0}, top[LANES] = {0.0}, lost[LANES] = {0.0};
        for (size_t i = 0; i < n; i++) {
            const double *row = p->Y + i * p->width + c0;
            double w = 1.0 / proof->w[i]; /* x w is x / w but for two roundings */
            for (size_t l = 0; l < LANES; l++) {
                double x = fabs(row[l]), over = x * w;
                a[l] = over > a[l] ? over : a[l];
                top[l] = x > top[l] ? x : top[l];
                lost[l] += 0.0 * x; /* NaN from then on, where x is not finite */
            }
        }
        for (size_t l = 0; l < LANES; l++) {
            double bound = top[l] == 0.0 ? 0.0 : c * heaviest * a[l] / top[l];
            most = wio_worse(bound * (1.0 + 12.0 * WIO_UNIT) + lost[l], most);
        }
    }
    return most;
}

/* How many pieces there are for so many blocks: all threads have as many, none is wider than
 * WIO_WIDE. The bits do not depend on it (woven.c). */
static size_t count_pieces(size_t blocks, size_t threads)
{
    size_t least = (blocks + MOST - 1) / MOST, count = (least + threads - 1) / threads * threads;
    return count < blocks ? count : blocks;
}

static piece make_piece(double *Y, size_t n, size_t k, size_t blocks, size_t count, size_t at)
{
    piece p = {.block = blocks * at / count};
    size_t end = blocks * (at + 1) / count * WIO_BLOCK;
    p.first = p.block * WIO_BLOCK;
    p.used = (end < k ? end : k) - p.first;
    p.width = wio_woven_width(p.used);
    p.Y = Y + p.first * n;
    return p;
}

/* Solutions in place of what is woven from F, their sums and the largest bound. */
static double solve_piece(const piece *p, const wio_system *system, bool transposed,
                          const double *F, const wio_sums *s, double heaviest)
{
    size_t n = system->n;
    double sign[WIO_BLOCK];
    for (size_t c = 0; c < WIO_BLOCK; c++) {
        sign[c] = wio_sign_of(c);
    }
    wio_weave(p->Y, p->width, F + p->first * n, n, p->used);
    add_up(s->f, s->blocks, p, n, sign);
    wio_woven_solve(p->Y, system->lu, system->pivot, n, p->width, transposed);
    add_up(s->x, s->blocks, p, n, sign);
    return column_bounds(transposed ? &system->columns : &system->rows, system->steady[transposed],
                         heaviest, p, n);
}

void wio_sums_multiply(const wio_sums *s, const wio_system *system, bool transposed, int threads)
{
    size_t n = system->n;
    int order = (int)n, columns = (int)(2 * s->blocks);
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < n; i += ROWS) {
        int rows = (int)(n - i < ROWS ? n - i : ROWS);
        cblas_dgemm(CblasColMajor, transposed ? CblasNoTrans : CblasTrans, CblasNoTrans, rows,
                    columns, order, 1.0, transposed ? system->A + i : system->A + i * n, order,
                    s->x, order, 0.0, s->Ax + i, order);
    }
}

/* omega of block b, and the normwise error of the same combination. */
wio_quality wio_sums_judge(const wio_sums *s, const wio_system *system, bool transposed, size_t b)
{
    size_t n = system->n, other = (s->blocks + b) * n;
    double residual = 0.0, size = 0.0, right = 0.0, omega = 0.0;
    for (size_t i = 0, at = b * n; i < n; i++, at++) {
        double a = system->A[i * n + i], x = s->x[other + i], f = s->f[other + i];
        double r = fabs((s->f[at] - s->x[at]) + s->Ax[at]);
        double scale = f + fabs(1.0 - a) * x + (s->Ax[other + i] - a * x);
        residual += r;
        size += x;
        right += f;
        omega = wio_worse(r == 0.0 ? 0.0 : r / scale, omega);
    }
    double norm = transposed ? system->normi : system->norm1;
    return (wio_quality){.backward = residual == 0.0 ? 0.0 : residual / (norm * size + right),
                         .componentwise = omega};
}

static wio_status check(const wio_sums *s, const wio_system *system, bool transposed, size_t k,
                        wio_certificate *all, wio_error *err)
{
    double limit = 8.0 * (double)(system->n + 2) * WIO_UNIT;
    for (size_t b = 0; b < s->blocks; b++) {
        wio_quality worth = wio_sums_judge(s, system, transposed, b);
        size_t first = b * WIO_BLOCK, last = first + WIO_BLOCK < k ? first + WIO_BLOCK : k;
        if (!(worth.componentwise <= limit)) {
            return wio_fail(err, WIO_E_NOT_CERTIFIED,
                            "solutions %zu to %zu: componentwise backward error %.2g of their "
                            "combination is above %.2g",
                            first, last - 1, worth.componentwise, limit);
        }
        all->componentwise = fmax(all->componentwise, worth.componentwise);
        all->backward_error = fmax(all->backward_error, worth.backward);
    }
    return WIO_OK;
}

wio_status wio_steady_solve(double *X, const wio_system *system, bool transposed, size_t k,
                            const double *F, wio_certificate *all, wio_error *err)
{
    size_t n = system->n, blocks = (k + WIO_BLOCK - 1) / WIO_BLOCK;
    int threads = wio_solve_threads(system->threads);
    double *memory = threads > 0 ? wio_alloc((WIO_BLOCK + 6) * blocks, n * sizeof *memory) : NULL;
    if (memory == NULL) {
        return WIO_E_MEMORY;
    }
    double *Y = memory + 6 * blocks * n;
    const wio_sums s = {blocks, memory, memory + 2 * blocks * n, memory + 4 * blocks * n};
    const wio_proof *proof = transposed ? &system->columns : &system->rows;
    double heaviest = 0.0, most = 0.0;
    for (size_t i = 0; i < n; i++) {
        heaviest = fmax(proof->w[i], heaviest);
    }
    size_t pieces = count_pieces(blocks, (size_t)threads);
    wio_blas_single();
#pragma omp parallel for schedule(dynamic) num_threads(threads)                                    \
    reduction(max                                                                                  \
              : most) if (threads > 1 && pieces > 1)
    for (size_t at = 0; at < pieces; at++) {
        const piece p = make_piece(Y, n, k, blocks, pieces, at);
        double bound = solve_piece(&p, system, transposed, F, &s, heaviest);
        most = bound > most || isnan(bound) ? (isnan(bound) ? INFINITY : bound) : most;
    }
    wio_sums_multiply(&s, system, transposed, threads);
    wio_status status = check(&s, system, transposed, k, all, err);
    if (status == WIO_OK && !isfinite(most)) {
        status = wio_fail(err, WIO_E_NOT_CERTIFIED, "a solution is not a finite number");
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1 && pieces > 1)
    for (size_t at = 0; at < pieces; at++) {
        const piece p = make_piece(Y, n, k, blocks, pieces, at);
        if (status == WIO_OK) {
            wio_unweave(X + p.first * n, p.Y, p.width, n, p.used);
        }
    }
    all->error_bound = fmax(all->error_bound, most);
    wio_free(memory);
    return status;
}
