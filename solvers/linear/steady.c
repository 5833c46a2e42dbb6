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
#include "factor.h"

#include "system.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum { ROWS = 512 }; /* of A that one thread multiplies with at a time */

/* Signs of a block's columns: bits of pi. */
double wio_sign_of(size_t column)
{
    return (0x243f6a8885a308d3U >> column & 1U) != 0 ? 1.0 : -1.0;
}

static void add_up(double *with_signs, double *magnitudes, const double *X, size_t n, size_t used)
{
    memset(with_signs, 0, n * sizeof *X);
    memset(magnitudes, 0, n * sizeof *X);
    for (size_t c = 0; c < used; c++) {
        double sign = wio_sign_of(c);
        const double *x = X + c * n;
        for (size_t i = 0; i < n; i++) {
            with_signs[i] += sign * x[i];
            magnitudes[i] += fabs(x[i]);
        }
    }
}

/* c w_i max(|x| / w) over max |x|: the proven relative error. */
static double column_bound(const wio_proof *proof, double c, double heaviest, const double *x,
                           size_t n)
{
    double a = 0.0, top = 0.0;
    for (size_t i = 0; i < n; i++) {
        a = wio_worse(fabs(x[i]) / proof->w[i], a);
        top = wio_worse(fabs(x[i]), top);
    }
    return top == 0.0 ? 0.0 : c * heaviest * a / top * (1.0 + 8.0 * WIO_UNIT);
}

/* One block, and the largest bound of its columns. */
static double solve_block(double *X, const wio_system *system, bool transposed, const double *F,
                          size_t used, const wio_sums *s, size_t b, double heaviest)
{
    const wio_proof *proof = transposed ? &system->columns : &system->rows;
    size_t n = system->n;
    memcpy(X, F, used * n * sizeof *X);
    memset(X + used * n, 0, (WIO_BLOCK - used) * n * sizeof *X);
    wio_factor_solve(X, system->lu, n, transposed, false);
    double most = 0.0;
    for (size_t c = 0; c < used; c++) {
        most = wio_worse(column_bound(proof, system->steady[transposed], heaviest, X + c * n, n),
                         most);
    }
    add_up(s->x + b * n, s->x + (s->blocks + b) * n, X, n, used);
    add_up(s->f + b * n, s->f + (s->blocks + b) * n, F, n, used);
    return most;
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
    double *memory = threads > 0 ? wio_alloc(6 * blocks, n * sizeof *memory) : NULL;
    if (memory == NULL) {
        return WIO_E_MEMORY;
    }
    const wio_sums s = {blocks, memory, memory + 2 * blocks * n, memory + 4 * blocks * n};
    const wio_proof *proof = transposed ? &system->columns : &system->rows;
    double heaviest = 0.0, most = 0.0;
    for (size_t i = 0; i < n; i++) {
        heaviest = fmax(proof->w[i], heaviest);
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads)                                    \
    reduction(max                                                                                  \
              : most) if (threads > 1 && blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t first = b * WIO_BLOCK, used = k - first < WIO_BLOCK ? k - first : WIO_BLOCK;
        double bound =
            solve_block(X + first * n, system, transposed, F + first * n, used, &s, b, heaviest);
        most = bound > most || isnan(bound) ? (isnan(bound) ? INFINITY : bound) : most;
    }
    wio_sums_multiply(&s, system, transposed, threads);
    wio_status status = check(&s, system, transposed, k, all, err);
    if (status == WIO_OK && !isfinite(most)) {
        status = wio_fail(err, WIO_E_NOT_CERTIFIED, "a solution is not a finite number");
    }
    all->error_bound = fmax(all->error_bound, most);
    wio_free(memory);
    return status;
}
