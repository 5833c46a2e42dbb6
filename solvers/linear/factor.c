/* factor.c - L U = I - A of a nonsingular M-matrix by recursion, matrix products alone.
 *
 *   [P B]   [L1    ] [U1  L1^-1 B]
 *   [C D] = [C U1^-1  L2] [   U2  ],   L1 U1 = P,  L2 U2 = D - (C U1^-1)(L1^-1 B)
 *
 * No pivots are needed (Berman & Plemmons, ch. 6), and all beside the diagonals stays <= 0: every
 * sum off the diagonal adds numbers of one sign. Triangles are solved by the same recursion down to
 * leaves of 64, whose inverses (>= 0) are made by our own loops: BLAS's triangular solve runs at a
 * third of its product's rate there (measured: 18 GF/s at order 256 against 53).
 *
 * Error, with |L||U| in place of every product of magnitudes (Higham, Accuracy and Stability, 2nd
 * ed., lemma 8.4 and theorem 9.3, any order of additions): a sum of n products leaves gamma(n + 1).
 * An element of a leaf's inverse has the relative error of its chain, sum over i <= 64 of i + 2 =
 * 2208 roundings, since nothing cancels; 64 more for the product with it. As all terms have one
 * sign, a panel C U1^-1 is off by gamma(2272) of itself, which in C is gamma(2272) |L||U|. With one
 * for the rounded 1 - a_ii:
 *   L U = I - A + E,  |E| <= gamma(n + 2304) |L||U|, barring underflow. */
#include "factor.h"

#include "product.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2_KERNEL 1
#endif

enum {
    LEAF = 64,    /* as in inverse.c; in the bound above */
    STRIPE = 512, /* most columns (rows) of a panel that one thread solves for: 64 x 512 leaves run
                     at .9 of a whole product's rate, and 8 of them share a panel of 4000 */
    DIVIDED = 96  /* a panel of no more columns is not worth sharing */
};

typedef double double_vector __attribute__((vector_size(32), may_alias));
typedef float float_vector __attribute__((vector_size(32), may_alias));

#define REAL       double
#define VECTOR     double_vector
#define NAME(name) name##_double
#include "factor_leaf.h"

#define REAL       float
#define VECTOR     float_vector
#define NAME(name) name##_float
#include "factor_leaf.h"

typedef struct frame {
    size_t n, size; /* order; bytes of an element */
    bool single;
    int threads;
    char *M;             /* [n x n] */
    char *lower, *upper; /* inverses of the leaves, [LEAF x LEAF] each */
    char *strip;         /* [threads][LEAF x STRIPE] */
} frame;

static char *element(const frame *f, size_t i, size_t j)
{
    return f->M + (i * f->n + j) * f->size;
}

/* C += alpha A B, or C = A B, of rows x inner and inner x columns. */
static void product(const frame *f, void *C, size_t ldc, const void *A, size_t lda, const void *B,
                    size_t ldb, const size_t shape[3], bool subtract)
{
    const wio_product p = {.rows = shape[0],
                           .columns = shape[1],
                           .inner = shape[2],
                           .alpha = subtract ? -1.0 : 1.0,
                           .beta = subtract ? 1.0 : 0.0,
                           .A = A,
                           .B = B,
                           .C = C,
                           .lda = lda,
                           .ldb = ldb,
                           .ldc = ldc,
                           .single = f->single};
    wio_multiply_here(&p);
}

static size_t half(size_t n)
{
    return (n / 2 + LEAF - 1) / LEAF * LEAF;
}

/* B = L^-1 B: rows i to i + h, `width` columns from j on. */
static void solve_left(const frame *f, size_t i, size_t h, size_t j, size_t width, char *strip)
{
    if (h <= LEAF) {
        for (size_t r = 0; r < h; r++) {
            memcpy(strip + r * width * f->size, element(f, i + r, j), width * f->size);
        }
        product(f, element(f, i, j), f->n, f->lower + i * LEAF * f->size, LEAF, strip, width,
                (size_t[]){h, width, h}, false);
        return;
    }
    size_t first = half(h), rest = h - first;
    solve_left(f, i, first, j, width, strip);
    product(f, element(f, i + first, j), f->n, element(f, i + first, i), f->n, element(f, i, j),
            f->n, (size_t[]){rest, width, first}, true);
    solve_left(f, i + first, rest, j, width, strip);
}

/* C = C U^-1: columns i to i + h, `width` rows from j on. */
static void solve_right(const frame *f, size_t i, size_t h, size_t j, size_t width, char *strip)
{
    if (h <= LEAF) {
        for (size_t r = 0; r < width; r++) {
            memcpy(strip + r * h * f->size, element(f, j + r, i), h * f->size);
        }
        product(f, element(f, j, i), f->n, strip, h, f->upper + i * LEAF * f->size, LEAF,
                (size_t[]){width, h, h}, false);
        return;
    }
    size_t first = half(h), rest = h - first;
    solve_right(f, i, first, j, width, strip);
    product(f, element(f, j, i + first), f->n, element(f, j, i), f->n, element(f, i, i + first),
            f->n, (size_t[]){width, rest, first}, true);
    solve_right(f, i + first, rest, j, width, strip);
}

/* Both panels beside the block of h rows from i on, `rest` long, in stripes. */
static void solve_panels(const frame *f, size_t i, size_t h, size_t rest)
{
    size_t stripes = (rest + STRIPE - 1) / STRIPE;
    stripes += rest > DIVIDED ? stripes % 2 : 0;
#pragma omp parallel for schedule(dynamic) num_threads(f->threads) if (f->threads > 1)
    for (size_t s = 0; s < 2 * stripes; s++) {
        char *strip = f->strip + (size_t)omp_get_thread_num() * LEAF * STRIPE * f->size;
        size_t at = wio_piece(rest, stripes, s / 2), end = wio_piece(rest, stripes, s / 2 + 1);
        if (end > at) {
            (s % 2 == 0 ? solve_left : solve_right)(f, i, h, i + h + at, end - at, strip);
        }
    }
}

/* The block of h rows and columns from i on; false at a pivot that is not positive. */
static bool factor(const frame *f, size_t i, size_t h)
{
    if (h <= LEAF) {
        char *lower = f->lower + i * LEAF * f->size, *upper = f->upper + i * LEAF * f->size;
        void *M = element(f, i, i);
        return f->single ? factor_leaf_float(M, f->n, h, (void *)lower, (void *)upper)
                         : factor_leaf_double(M, f->n, h, (void *)lower, (void *)upper);
    }
    size_t first = half(h), rest = h - first, next = i + first;
    if (!factor(f, i, first)) {
        return false;
    }
    solve_panels(f, i, first, rest);
    const wio_product schur = {.rows = rest,
                               .columns = rest,
                               .inner = first,
                               .alpha = -1.0,
                               .beta = 1.0,
                               .A = element(f, next, i),
                               .B = element(f, i, next),
                               .C = element(f, next, next),
                               .lda = f->n,
                               .ldb = f->n,
                               .ldc = f->n,
                               .single = f->single};
    wio_multiply(&schur, 1, f->threads);
    return factor(f, next, rest);
}

wio_status wio_factor(void *lu, size_t n, const double *A, bool single, int threads)
{
    size_t leaves = (n + LEAF - 1) / LEAF, strips = (size_t)threads * STRIPE;
    frame f = {.n = n,
               .size = single ? sizeof(float) : sizeof(double),
               .single = single,
               .threads = threads,
               .M = lu};
    f.lower = wio_alloc((2 * leaves * LEAF + strips) * LEAF, f.size);
    if (f.lower == NULL) {
        return WIO_E_MEMORY;
    }
    f.upper = f.lower + leaves * LEAF * LEAF * f.size;
    f.strip = f.upper + leaves * LEAF * LEAF * f.size;
    bool good = single ? prepare_float(lu, n, A, threads) : prepare_double(lu, n, A, threads);
    good = good && factor(&f, 0, n);
    wio_free(f.lower);
    return good ? WIO_OK : WIO_E_NOT_PRODUCTIVE;
}
