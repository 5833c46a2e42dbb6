/* hard_matrices.h - matrices A for the promises of TRUST 7: every kind that a table can give, from
 * condition 1 to 1e14, and LAPACK's eleven test kinds as I - A. */
#ifndef WIO_TEST_HARD_MATRICES_H
#define WIO_TEST_HARD_MATRICES_H

#include "quad.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef enum hard_expect { HARD_EITHER, HARD_SOLVED, HARD_REFUSED } hard_expect;

typedef struct hard_matrix {
    const char *name;
    size_t n;
    double *A; /* [n x n] */
    double *v; /* [n] or NULL: shares known as data */
    bool nonnegative;
    bool may_overflow; /* elements of the inverse, or a residual, leave the range of double */
    hard_expect expect;
} hard_matrix;

static inline void hard_free(hard_matrix *m)
{
    free(m->A);
    free(m->v);
}

static inline hard_matrix hard_empty(const char *name, size_t n)
{
    hard_matrix m = {.name = name, .n = n, .A = calloc(n * n, sizeof(double)), .nonnegative = true};
    ck_assert_ptr_nonnull(m.A);
    return m;
}

/* 10^x, x uniform between low and high. */
static inline double random_decade(uint64_t *state, double low, double high)
{
    return pow(10.0, low + (high - low) * random_uniform(state));
}

/* Elements over three decades, about `density` of them and a ring; column j has the sum 1 - v_j, v_j
 * between delta / 2 and 3 delta / 2. */
static inline void hard_shares(hard_matrix *m, double density, double delta, uint64_t *state)
{
    size_t n = m->n;
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0, share = delta * (0.5 + random_uniform(state));
        for (size_t i = 0; i < n; i++) {
            bool there = random_uniform(state) < density || i == (j + 1) % n;
            m->A[i * n + j] = there ? random_decade(state, -3, 0) : 0.0;
            sum += m->A[i * n + j];
        }
        for (size_t i = 0; i < n; i++) {
            m->A[i * n + j] *= (1.0 - share) / sum;
        }
    }
}

/* v = 1 - column sums of what is stored, where none of them is negative. */
static inline void hard_take_shares(hard_matrix *m)
{
    size_t n = m->n;
    m->v = calloc(n, sizeof *m->v);
    ck_assert_ptr_nonnull(m->v);
    for (size_t j = 0; j < n; j++) {
        wide left = 1;
        for (size_t i = 0; i < n; i++) {
            left -= m->A[i * n + j];
        }
        m->v[j] = (double)left;
        if (left < 0) {
            free(m->v);
            m->v = NULL;
            return;
        }
    }
}

/* A -> D^-1 A D, d over 10^+-decades: the radius stays, column sums do not. */
static inline void hard_rescale(hard_matrix *m, double decades, uint64_t *state)
{
    size_t n = m->n;
    double *d = calloc(n, sizeof *d);
    ck_assert_ptr_nonnull(d);
    for (size_t i = 0; i < n; i++) {
        d[i] = random_decade(state, -decades, decades);
    }
    for (size_t i = 0; i < n * n; i++) {
        m->A[i] = m->A[i] / d[i / n] * d[i % n];
    }
    free(d);
}

typedef enum hard_kind {
    HARD_PLAIN,     /* column sums 1 - delta, delta from 1e-14 to 1 */
    HARD_KNOWN,     /* the same with the shares as data */
    HARD_SIGNED,    /* a third of the elements negative */
    HARD_REFLECTED, /* diagonal elements above 1 */
    HARD_REDUCIBLE, /* blocks that buy from each other in one direction */
    HARD_GROUPS,    /* groups that hardly buy from each other or add value */
    HARD_IDLE,      /* columns of zeros, rows of zeros */
    HARD_SCALED,    /* column sums above 1, D^-1 A D over 12 decades */
    HARD_CHAIN,     /* radius 0, elements of the inverse up to 1e14 */
    HARD_RANGE,     /* D^-1 A D over 280 decades */
    HARD_KINDS
} hard_kind;

/* Blocks in a random order; `link` scales what goes from a block to a later one, `back` to an
 * earlier one. */
static inline void hard_blocks(hard_matrix *m, double link, double back, uint64_t *state)
{
    size_t n = m->n, block[64];
    ck_assert_uint_le(n, 64);
    for (size_t i = 0; i < n; i++) {
        block[i] = (size_t)(3 * random_uniform(state));
    }
    for (size_t i = 0; i < n * n; i++) {
        size_t from = block[i / n], to = block[i % n];
        m->A[i] *= from == to ? 1.0 : (from < to ? link : back);
    }
}

static inline hard_matrix hard_make(hard_kind kind, size_t n, uint64_t *state)
{
    static const char *const name[] = {"plain",  "known shares", "signed", "reflected", "reducible",
                                       "groups", "idle",         "scaled", "chain",     "range"};
    hard_matrix m = hard_empty(name[kind], n);
    double density = .2 + .7 * random_uniform(state);
    hard_shares(&m, density, random_decade(state, kind == HARD_SIGNED ? -4 : -14, -.3), state);
    switch (kind) {
    case HARD_SIGNED:
    case HARD_REFLECTED:
        for (size_t i = 0; i < n * n; i++) {
            bool reflect = kind == HARD_REFLECTED && i % (n + 1) == 0;
            double a = m.A[i], draw = random_uniform(state);
            m.A[i] = draw >= 1.0 / 3 ? a : (reflect ? 2.0 - a : -a);
        }
        m.nonnegative = false;
        break;
    case HARD_REDUCIBLE:
        hard_blocks(&m, 1.0, 0.0, state);
        break;
    case HARD_GROUPS:
        hard_blocks(&m, random_decade(state, -14, 0), random_decade(state, -14, 0), state);
        break;
    case HARD_IDLE:
        for (size_t k = 0; k < n; k++) {
            double draw = random_uniform(state);
            for (size_t i = 0; draw < .4 && i < n; i++) {
                m.A[draw < .2 ? k * n + i : i * n + k] = 0.0;
            }
        }
        break;
    case HARD_SCALED:
    case HARD_RANGE:
        hard_rescale(&m, kind == HARD_SCALED ? 6 : 140, state);
        m.may_overflow = kind == HARD_RANGE;
        break;
    case HARD_CHAIN:
        memset(m.A, 0, n * n * sizeof *m.A);
        for (size_t i = 0; i + 1 < n; i++) {
            m.A[i * n + i + 1] = random_decade(state, -1, 1.2);
        }
        break;
    default:
        break;
    }
    if (kind == HARD_KNOWN || (m.nonnegative && random_uniform(state) < .5)) {
        hard_take_shares(&m);
    }
    return m;
}

enum { HARD_SIDES = 4 };

/* Right-hand sides [HARD_SIDES x n]: nonnegative; of both signs, far from 1; one unit; and
 * (I - A) s, which the solution cancels. */
static inline void hard_sides(double *F, const hard_matrix *m, uint64_t *state)
{
    size_t n = m->n;
    double scale = random_decade(state, -90, 90);
    for (size_t i = 0; i < n; i++) {
        F[i] = random_uniform(state) < .3 ? 0.0 : random_decade(state, -4, 4);
        F[n + i] = scale * (random_uniform(state) - .5);
    }
    F[2 * n + (size_t)(random_uniform(state) * (double)n)] = 1.0;
    for (size_t j = 0; j < n; j++) {
        double s = random_uniform(state) - .5;
        for (size_t i = 0; i < n; i++) {
            F[3 * n + i] += ((i == j) - m->A[i * n + j]) * s;
        }
    }
}

/* --- LAPACK's kinds ------------------------------------------------------------------------------- */

enum { LAPACK_KINDS = 11 };

/* [n x n] with orthonormal columns: Gram-Schmidt, twice, of random numbers. R [n x n] may be NULL;
 * else Q holds a matrix, and R gets its triangle. */
static inline void orthonormal(double *Q, double *R, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t pass = 0; pass < 2; pass++) {
            for (size_t k = 0; k < j; k++) {
                double dot = 0.0;
                for (size_t i = 0; i < n; i++) {
                    dot += Q[i * n + k] * Q[i * n + j];
                }
                for (size_t i = 0; i < n; i++) {
                    Q[i * n + j] -= dot * Q[i * n + k];
                }
                if (R != NULL) {
                    R[k * n + j] += dot;
                }
            }
        }
        double length = 0.0;
        for (size_t i = 0; i < n; i++) {
            length += Q[i * n + j] * Q[i * n + j];
        }
        length = sqrt(length);
        for (size_t i = 0; i < n; i++) {
            Q[i * n + j] /= length;
        }
        if (R != NULL) {
            R[j * n + j] = length;
        }
    }
}

/* B = Q1 D Q2' with singular values from 1 down to 1 / kappa; as xLATMS, mode 3. */
static inline void random_condition(double *B, size_t n, double kappa, uint64_t *state)
{
    double *Q = calloc(2 * n * n, sizeof *Q);
    ck_assert_ptr_nonnull(Q);
    for (size_t i = 0; i < 2 * n * n; i++) {
        Q[i] = random_uniform(state) - .5;
    }
    orthonormal(Q, NULL, n);
    orthonormal(Q + n * n, NULL, n);
    memset(B, 0, n * n * sizeof *B);
    for (size_t k = 0; k < n; k++) {
        double size = n == 1 ? 1.0 : pow(kappa, -(double)k / (double)(n - 1));
        for (size_t i = 0; i < n * n; i++) {
            B[i] += Q[i / n * n + k] * size * Q[n * n + i % n * n + k];
        }
    }
    free(Q);
}

/* Zero columns [first, end) of B. */
static inline void no_columns(hard_matrix *m, size_t first, size_t end)
{
    for (size_t i = 0; i < m->n; i++) {
        for (size_t j = first; j < end; j++) {
            m->A[i * m->n + j] = i == j; /* of A */
        }
    }
    m->expect = HARD_REFUSED;
}

/* Kinds 1 to 11 as LAPACK has them: a general B, A = I - B. */
static inline void lapack_general(hard_matrix *m, int kind, uint64_t *state)
{
    size_t n = m->n;
    const double u = 0x1p-53;
    double kappa = kind == 8 ? sqrt(.1 / u) : (kind == 9 ? .1 / u : 2.0);
    double scale = kind == 10 ? 0x1p-1000 : (kind == 11 ? 0x1p+1000 : 1.0);
    double *B = calloc(2 * n * n, sizeof *B), *R = B + n * n;
    ck_assert_ptr_nonnull(B);
    random_condition(B, n, kappa, state);
    if (kind <= 3) {
        orthonormal(B, R, n); /* a triangle has the singular values of the whole */
    }
    for (size_t i = 0; i < n * n; i++) {
        size_t row = i / n, column = i % n;
        double b = kind == 1   ? (row == column ? pow(2.0, -(double)row / (double)n) : 0.0)
                   : kind == 2 ? R[i]
                   : kind == 3 ? R[column * n + row]
                               : B[i];
        m->A[i] = (row == column) - scale * b;
    }
    m->nonnegative = false;
    m->expect = kind == 1 ? HARD_SOLVED : HARD_EITHER;
    m->may_overflow = kind == 11;
    free(B);
}

/* The same kinds among M-matrices, A >= 0 with column sums 1 - delta. */
static inline void lapack_productive(hard_matrix *m, int kind, uint64_t *state)
{
    size_t n = m->n;
    const double u = 0x1p-53;
    double delta = kind == 8 ? 1.0 / sqrt(.1 / u) : (kind == 9 ? 10.0 * u : .5);
    hard_shares(m, .5, delta, state);
    for (size_t i = 0; i < n * n; i++) {
        size_t row = i / n, column = i % n;
        bool outside = kind == 1 ? row != column : (kind == 2 ? row > column : row < column);
        m->A[i] = kind <= 3 && outside ? 0.0 : m->A[i];
        m->A[i] *= kind == 10 ? 0x1p-300 : 1.0;
    }
    m->expect = kind == 9 || kind == 11 ? HARD_EITHER : HARD_SOLVED;
    if (kind == 11) {
        hard_rescale(m, 120, state);
        m->may_overflow = true;
    }
    if (kind == 9) {
        hard_take_shares(m);
    }
}

static inline hard_matrix lapack_make(int kind, bool productive, size_t n, uint64_t *state)
{
    static const char *const name[][2] = {
        {"1 diagonal", "1 diagonal, M"},
        {"2 upper triangular", "2 upper triangular, M"},
        {"3 lower triangular", "3 lower triangular, M"},
        {"4 condition 2", "4 condition 2, M"},
        {"5 first column zero", "5 first column zero, M"},
        {"6 last column zero", "6 last column zero, M"},
        {"7 half of the columns zero", "7 half of the columns zero, M"},
        {"8 condition sqrt(.1/u)", "8 condition sqrt(.1/u), M"},
        {"9 condition .1/u", "9 condition .1/u, M"},
        {"10 near underflow", "10 near underflow, M"},
        {"11 near overflow", "11 near overflow, M"}};
    hard_matrix m = hard_empty(name[kind - 1][productive], n);
    (productive ? lapack_productive : lapack_general)(&m, kind, state);
    if (kind >= 5 && kind <= 7) {
        no_columns(&m, kind == 5 ? 0 : (kind == 6 ? n - 1 : n / 2), kind == 5 ? 1 : n);
    }
    return m;
}

#endif
