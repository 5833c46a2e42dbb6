/* symmetric_models.c - the transformations, for each block of the make (symmetric_make.c) by itself.
 *
 *   columns to products   A  X V'^-1 q^     B  X g^-1 V      Almon: row by row
 *   rows to industries    C  g^ V'^-1 Ud    D  V q^-1 Ud     and the same for final uses
 *
 * X are all inputs of industries [. x industries].
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

static int threads_for(double work)
{
    return work < SMALL || omp_in_parallel() ? 1 : wio_threads(0);
}

static wio_status square(const symmetric *w)
{
    if (w->count != w->a->industries) {
        return wio_fail(w->err, WIO_E_SHAPE,
                        "models A, C and almon need as many products as industries, B and D do "
                        "not: %zu products are made at home, by %zu industries",
                        w->count, w->a->industries);
    }
    for (size_t k = 0; k < w->blocks; k++) {
        const make_block *b = &w->block[k];
        if (b->products != b->industries) {
            return wio_fail(w->err, WIO_E_SHAPE,
                            "models A, C and almon need as many products as industries, B and D "
                            "do not: %zu products are made in %s, by %zu industries",
                            b->products, w->a->region_code[k], b->industries);
        }
    }
    return WIO_OK;
}

/* Inputs in the industries of a block, beside each other: panel [inputs x industries]. */
static void gather(double *panel, const symmetric *w, const make_block *b)
{
    const size_t rows = wio_symmetric_inputs(w), n = b->industries;
    for (size_t i = 0; i < rows; i++) {
        const double *from = wio_symmetric_input(w, i);
        if (from != NULL) {
            memcpy(panel + i * n, from + b->industry, n * sizeof *panel);
        } else {
            memset(panel + i * n, 0, n * sizeof *panel);
        }
    }
}

static wio_status product_technology(symmetric *w)
{
    const size_t rows = wio_symmetric_inputs(w);
    WIO_TRY(square(w));
    for (size_t k = 0; k < w->blocks; k++) {
        const make_block *b = &w->block[k];
        const size_t n = b->products;
        size_t cells;
        double *panel =
            __builtin_mul_overflow(rows, n, &cells) ? NULL : wio_alloc(cells, sizeof *panel);
        if (panel == NULL) {
            return wio_fail(w->err, WIO_E_MEMORY, "%zu rows of %zu products", rows, n);
        }
        gather(panel, w, b);
        wio_status status = wio_general_right(panel, rows, n, b->V, w->err);
        for (size_t i = 0; status == WIO_OK && i < rows; i++) {
            double *to = wio_symmetric_output(w, i) + b->product;
            for (size_t j = 0; j < n; j++) {
                to[j] = panel[i * n + j] * w->q[w->made[b->product + j]];
            }
        }
        wio_free(panel);
        WIO_TRY(status);
    }
    return WIO_OK;
}

/* to [n] = (from g^-1) V, cell by cell in the order of industries. Without output: a column of 0. */
static void industry_row(double *to, const double *from, const symmetric *w)
{
    for (size_t k = 0; k < w->blocks; k++) {
        const make_block *b = &w->block[k];
        double *cell = to + b->product;
        memset(cell, 0, b->products * sizeof *cell);
        for (size_t i = 0; from != NULL && i < b->industries; i++) {
            const double *make = b->V + i * b->products, g = w->g[b->industry + i];
            const double x = from[b->industry + i] / (g != 0.0 ? g : 1.0);
            for (size_t j = 0; x != 0.0 && j < b->products; j++) {
                cell[j] += x * make[j];
            }
        }
    }
}

static void industry_technology(symmetric *w)
{
    const size_t rows = wio_symmetric_inputs(w);
    double work = 0.0;
    for (size_t k = 0; k < w->blocks; k++) {
        work += (double)rows * (double)w->block[k].industries * (double)w->block[k].products;
    }
    const int threads = threads_for(work);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < rows; i++) {
        industry_row(wio_symmetric_output(w, i), wio_symmetric_input(w, i), w);
    }
}

/* One row by Almon's rounds; r, s, next [n]. */
static wio_status almon_row(symmetric *w, double *u, const double *M, size_t n, double *r,
                            double *s)
{
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
    const size_t n = w->count, rows = wio_symmetric_inputs(w);
    WIO_TRY(square(w));
    double *difference = w->X + (rows - w->count - w->a->accounts) * n;
    double *scratch = wio_alloc(3 * n, sizeof *scratch);
    if (scratch == NULL) {
        return wio_fail(w->err, WIO_E_MEMORY, "a row of %zu products", n);
    }
    for (size_t k = 0; k < w->blocks; k++) {
        const make_block *b = &w->block[k];
        for (size_t c = 0; c < b->products * b->products; c++) {
            b->V[c] /= w->q[w->made[b->product + c % b->products]];
        }
    }
    for (size_t j = 0; j < n; j++) {
        difference[j] = w->q[w->made[j]];
    }
    wio_status status = WIO_OK;
    for (size_t i = 0; status == WIO_OK && i < rows; i++) {
        const double *from = wio_symmetric_input(w, i);
        double *row = wio_symmetric_output(w, i);
        bool money = i < w->count + w->imports || i >= w->count + w->imports + w->a->accounts;
        for (size_t j = 0; j < n; j++) {
            row[j] = from != NULL ? from[j] : 0.0;
        }
        for (size_t k = 0; status == WIO_OK && k < w->blocks; k++) {
            const make_block *b = &w->block[k];
            status = almon_row(w, row + b->product, b->V, b->products, scratch, scratch + n);
        }
        for (size_t k = 0; money && k < n; k++) {
            difference[k] -= row[k];
        }
    }
    wio_free(scratch);
    return status;
}

/* Row j of V q^-1 times rows beside each other [. x columns]; `make` is the block's row of V q^-1. */
static void share_rows(double *to, const double *make, const make_block *b,
                       const double *const *rows, size_t columns)
{
    memset(to, 0, columns * sizeof *to);
    for (size_t r = 0; r < b->products; r++) {
        const double x = make[r], *row = rows[b->product + r];
        for (size_t c = 0; x != 0.0 && c < columns; c++) {
            to[c] += x * row[c];
        }
    }
}

static void fixed_product_sales(symmetric *w, const double *const *final)
{
    const size_t n = w->n, f = w->finals;
    for (size_t k = 0; k < w->blocks; k++) {
        const make_block *b = &w->block[k];
        const int threads = threads_for((double)b->industries * (double)b->products * (double)n);
        for (size_t c = 0; c < b->industries * b->products; c++) {
            b->V[c] /= w->q[w->made[b->product + c % b->products]];
        }
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
        for (size_t j = 0; j < b->industries; j++) {
            const double *make = b->V + j * b->products;
            const size_t at = b->industry + j;
            share_rows(w->Z + at * n, make, b, w->home, n);
            share_rows(w->Y + at * f, make, b, final, f);
        }
    }
}

/* g^ V'^-1 B for the rows B of a block [n x columns]: through the transposes, (B' V^-1)' with
 * V^-1 = ((V')')^-1. */
static wio_status industry_sales(symmetric *w, double *to, const make_block *b,
                                 const double *const *rows, size_t columns)
{
    const size_t n = b->products;
    size_t cells;
    double *turned =
        __builtin_mul_overflow(n, n + columns, &cells) ? NULL : wio_alloc(cells, sizeof *turned);
    if (turned == NULL) {
        return wio_fail(w->err, WIO_E_MEMORY, "%zu columns", columns);
    }
    double *Vt = turned, *Bt = turned + n * n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            Vt[j * n + i] = b->V[i * n + j];
        }
        for (size_t c = 0; c < columns; c++) {
            Bt[c * n + i] = rows[b->product + i][c];
        }
    }
    wio_status status = wio_general_right(Bt, columns, n, Vt, w->err);
    for (size_t i = 0; status == WIO_OK && i < n; i++) {
        for (size_t c = 0; c < columns; c++) {
            to[(b->industry + i) * columns + c] = w->g[b->industry + i] * Bt[c * n + i];
        }
    }
    wio_free(turned);
    return status;
}

/* Industry by industry: rows are taken apart, the other inputs stay. */
static wio_status to_industries(symmetric *w)
{
    const double **final = wio_alloc(w->count, sizeof *final);
    wio_status status = final != NULL ? WIO_OK : wio_fail(w->err, WIO_E_MEMORY, "final uses");
    for (size_t r = 0; status == WIO_OK && r < w->count; r++) {
        final[r] = w->Yd + r * w->finals;
    }
    if (status == WIO_OK && w->model == WIO_SYMMETRIC_D) {
        fixed_product_sales(w, final);
    } else if (status == WIO_OK) {
        status = square(w);
        for (size_t k = 0; status == WIO_OK && k < w->blocks; k++) {
            status = industry_sales(w, w->Z, &w->block[k], w->home, w->n);
            if (status == WIO_OK) {
                status = industry_sales(w, w->Y, &w->block[k], final, w->finals);
            }
        }
    }
    for (size_t k = w->count; status == WIO_OK && k < wio_symmetric_inputs(w); k++) {
        const double *from = wio_symmetric_input(w, k);
        double *to = wio_symmetric_output(w, k);
        for (size_t j = 0; j < w->n; j++) {
            to[j] = from != NULL ? from[j] : 0.0;
        }
    }
    wio_free(final);
    return status;
}

wio_status wio_symmetric_transform(symmetric *w)
{
    switch (w->model) {
    case WIO_SYMMETRIC_A:
        return product_technology(w);
    case WIO_SYMMETRIC_B:
        industry_technology(w);
        return WIO_OK;
    case WIO_SYMMETRIC_ALMON:
        return almon(w);
    default:
        return to_industries(w);
    }
}
