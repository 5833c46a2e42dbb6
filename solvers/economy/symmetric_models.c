/* symmetric_models.c - the transformations. X holds all inputs of industries [. x industries].
 *
 *   columns to products   A  X V'^-1 q^     B  X g^-1 V      Almon: row by row
 *   rows to industries    C  g^ V'^-1 Ud    D  V q^-1 Ud     and the same for final uses
 *
 * Almon (2000): r_k, what product k needs of one input, starts as u and is improved by
 *   r_k = u_k - s_k sum_{j != k} M_kj r_j + sum_{j != k} s_j M_jk r_k,     M = V q^-1,
 * what industry k uses less what its by-products need, plus what other industries use for k. s_k
 * <= 1 is the largest share for which no industry gives away more than it uses: no flow turns
 * negative, the sum of a row stays. Columns then miss their output a little; the item
 * `almon_difference` says by how much. */
#include "symmetric.h"

#include "../linear/linear.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { MOST_ROUNDS = 1000 };
static const double SMALL = 1e6; /* multiplications: less is done before the threads are there */
static const double SETTLED = 1e-13; /* of the row's largest cell */

bool wio_symmetric_by_product(wio_symmetric_model model)
{
    return model == WIO_SYMMETRIC_A || model == WIO_SYMMETRIC_B || model == WIO_SYMMETRIC_ALMON;
}

static size_t input_rows(const symmetric *w)
{
    return w->count + w->imports + w->a->accounts + w->a->items + w->report.items_from_rows;
}

/* to [rows x n] = from [rows x m] M [m x n], each cell in the order of k on any number of threads.
 * Rows of M are read from their first cell that is not 0 to their last, in `range` [2 m]: a make
 * matrix of several regions has blocks on its diagonal only. */
static void product(double *to, const double *from, const double *M, size_t rows, size_t m,
                    size_t n, size_t *range)
{
    const int threads =
        (double)rows * (double)m * (double)n < SMALL || omp_in_parallel() ? 1 : wio_threads(0);
    for (size_t k = 0; k < m; k++) {
        size_t first = 0, last = n;
        while (first < n && M[k * n + first] == 0.0) {
            first++;
        }
        while (last > first && M[k * n + last - 1] == 0.0) {
            last--;
        }
        range[2 * k] = first;
        range[2 * k + 1] = last;
    }
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < rows; i++) {
        memset(to + i * n, 0, n * sizeof *to);
        for (size_t k = 0; k < m; k++) {
            double x = from[i * m + k];
            for (size_t j = range[2 * k]; x != 0.0 && j < range[2 * k + 1]; j++) {
                to[i * n + j] += x * M[k * n + j];
            }
        }
    }
}

static wio_status square(const symmetric *w)
{
    return w->count == w->a->industries
               ? WIO_OK
               : wio_fail(w->err, WIO_E_SHAPE,
                          "models A, C and almon need as many products as industries, B and D do "
                          "not: %zu products are made at home, by %zu industries",
                          w->count, w->a->industries);
}

static wio_status product_technology(symmetric *w)
{
    const size_t n = w->count, rows = input_rows(w);
    WIO_TRY(square(w));
    WIO_TRY(wio_general_right(w->X, rows, n, w->V, w->err));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < n; j++) {
            w->X[i * n + j] *= w->q[w->made[j]];
        }
    }
    return WIO_OK;
}

static void industry_technology(symmetric *w)
{
    const size_t n = w->a->industries, rows = input_rows(w);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < n; j++) {
            w->X[i * n + j] /= w->g[j] != 0.0 ? w->g[j] : 1.0; /* without output: a column of 0 */
        }
    }
    product(w->work, w->X, w->V, rows, n, w->count, w->range);
    memcpy(w->X, w->work, rows * w->count * sizeof *w->X);
}

/* One row by Almon's rounds; r, s, next [n]. */
static wio_status almon_row(symmetric *w, double *u, const double *M, double *r, double *s)
{
    const size_t n = w->count;
    double largest = 0.0;
    memcpy(r, u, n * sizeof *r);
    for (size_t k = 0; k < n; k++) {
        largest = fmax(largest, fabs(u[k]));
    }
    for (int round = 0; round < MOST_ROUNDS; round++) {
        double change = 0.0;
        for (size_t k = 0; k < n; k++) { /* what k gives away, and the share that it can */
            double away = 0.0;
            for (size_t j = 0; j < n; j++) {
                away += j != k ? M[k * n + j] * r[j] : 0.0;
            }
            s[k] = away > u[k] ? fmax(u[k], 0.0) / away : 1.0;
            s[n + k] = u[k] - s[k] * away;
        }
        for (size_t k = 0; k < n; k++) {
            double gain = 0.0;
            for (size_t j = 0; j < n; j++) {
                gain += j != k ? s[j] * M[j * n + k] * r[k] : 0.0;
            }
            s[n + k] += gain;
        }
        for (size_t k = 0; k < n; k++) {
            change = fmax(change, fabs(s[n + k] - r[k]));
            r[k] = s[n + k];
        }
        if (change <= SETTLED * largest) {
            memcpy(u, r, n * sizeof *u);
            return WIO_OK;
        }
    }
    return wio_fail(w->err, WIO_E_NOT_CONVERGED,
                    "Almon's method does not settle: an industry makes less than half of its main "
                    "product itself");
}

static wio_status almon(symmetric *w)
{
    const size_t n = w->count, rows = input_rows(w);
    WIO_TRY(square(w));
    double *M = w->V, *difference = w->X + rows * n;
    double *scratch = wio_alloc(3 * n, sizeof *scratch);
    if (scratch == NULL) {
        return wio_fail(w->err, WIO_E_MEMORY, "a row of %zu products", n);
    }
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k < n; k++) {
            M[j * n + k] /= w->q[w->made[k]];
        }
        difference[j] = w->q[w->made[j]];
    }
    wio_status status = WIO_OK;
    for (size_t i = 0; status == WIO_OK && i < rows; i++) {
        status = almon_row(w, w->X + i * n, M, scratch, scratch + n);
        bool money = i < w->count + w->imports || i >= w->count + w->imports + w->a->accounts;
        for (size_t k = 0; money && k < n; k++) {
            difference[k] -= w->X[i * n + k];
        }
    }
    wio_free(scratch);
    return status;
}

/* Rows of Z and Y to industries: R [industries x count]. */
static void fixed_product_sales(symmetric *w)
{
    const size_t n = w->a->industries, count = w->count;
    for (size_t j = 0; j < n; j++) {
        for (size_t r = 0; r < count; r++) {
            w->V[j * count + r] /= w->q[w->made[r]];
        }
    }
    product(w->work, w->V, w->Ud, n, count, n, w->range);
    product(w->Y, w->V, w->Yd, n, count, w->finals, w->range);
}

/* g^ V'^-1 B for B [n x columns]: through the transposes, (B' V^-1)' with V^-1 = ((V')')^-1. */
static wio_status industry_sales(symmetric *w, double *to, const double *B, size_t columns)
{
    const size_t n = w->count;
    double *turned = wio_alloc(n * (n + columns), sizeof *turned), *Vt = turned;
    if (turned == NULL) {
        return wio_fail(w->err, WIO_E_MEMORY, "%zu columns", columns);
    }
    double *Bt = turned + n * n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            Vt[j * n + i] = w->V[i * n + j];
        }
        for (size_t c = 0; c < columns; c++) {
            Bt[c * n + i] = B[i * columns + c];
        }
    }
    wio_status status = wio_general_right(Bt, columns, n, Vt, w->err);
    for (size_t i = 0; status == WIO_OK && i < n; i++) {
        for (size_t c = 0; c < columns; c++) {
            to[i * columns + c] = w->g[i] * Bt[c * n + i];
        }
    }
    wio_free(turned);
    return status;
}

/* The rows of home industries take the place of those of home products. */
static void replace_rows(symmetric *w)
{
    const size_t n = w->a->industries, rest = input_rows(w) - w->count;
    memmove(w->X + n * n, w->X + w->count * n, rest * n * sizeof *w->X);
    memcpy(w->X, w->work, n * n * sizeof *w->X);
}

wio_status wio_symmetric_transform(symmetric *w)
{
    const size_t n = w->a->industries;
    if (wio_symmetric_by_product(w->model)) {
        memcpy(w->Y, w->Yd, w->count * w->finals * sizeof *w->Y);
        if (w->model == WIO_SYMMETRIC_B) {
            industry_technology(w);
            return WIO_OK;
        }
        return w->model == WIO_SYMMETRIC_A ? product_technology(w) : almon(w);
    }
    if (w->model == WIO_SYMMETRIC_D) {
        fixed_product_sales(w);
    } else {
        WIO_TRY(square(w));
        WIO_TRY(industry_sales(w, w->work, w->Ud, n));
        WIO_TRY(industry_sales(w, w->Y, w->Yd, w->finals));
    }
    replace_rows(w);
    return WIO_OK;
}
