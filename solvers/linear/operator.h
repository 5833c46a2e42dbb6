/* operator.h - a matrix of coefficients, dense or compressed rows, applied to vectors at the speed of
 * memory; not for models.
 *
 * Vectors of a batch are contiguous: vector c at X + c*n. One pass over A serves all of them. Bits
 * depend neither on the number of threads nor on the neighbours of a vector: an element of the
 * result is one fixed sum, whoever makes it. Immutable after creation. */
#ifndef WIO_OPERATOR_H
#define WIO_OPERATOR_H

#include "system.h"

typedef struct wio_operator {
    wio_matrix A; /* a view: the arrays are the caller's */
    int threads;
    bool nonnegative; /* no element of A is below 0 */
    float *single;    /* [n x n] copy of a dense A, or NULL */
    uint32_t *cut;    /* [n x (threads - 1)] CSR: where a row enters the next band of columns */
    float *pivot;     /* [n] CSR, A >= 0: 1 / (1 - a_ii), or 1 where that is no help; for sweep.c */
    double *shift;    /* [n] c_ii - |a_ii| of the comparison matrix I - C; NULL: zeros */
    double entries;   /* elements stored */
} wio_operator;

/* Whether compressed rows are well formed: start ascending from 0 and never beyond start[n], columns
 * ascending within a row and below n. Reads no element outside [0, start[n]). SHAPE names the row. */
wio_status wio_matrix_check(const wio_matrix *A, wio_error *err);

/* Whether some element is below 0. */
bool wio_has_negative(const wio_matrix *A);

/* A view of A, checked: every element finite; CSR: start ascending from 0, columns ascending within
 * a row and below n.
 *   single  keep a dense A in single precision too; left out where an element does not fit
 *   threads as wio_threads
 * Errors: ARGUMENT, SHAPE (names the row), NONFINITE (names the element), MEMORY. Cost: one pass. */
wio_status wio_operator_create(wio_operator **out, const wio_matrix *A, int threads, bool single,
                               wio_error *err);
void wio_operator_free(wio_operator *op);

/* Y = A X or A' X for k vectors; Y must not overlap X.
 *   kind  0; WIO_SINGLE: by the single-precision copy where there is one; WIO_ABSOLUTE: with C, the
 *         comparison matrix of I - A (|a_ij| off the diagonal) */
void wio_operator_apply(double *Y, const wio_operator *op, bool transposed, int kind, size_t k,
                        const double *X);

/* R = F - X + A X in twice the working precision, S = sum_j |b_ij| |x_j| of B = I - A in plain
 * arithmetic; transposed and kind as above (never single). T [n] is scratch.
 *   |R - exact| <= u |R| + gamma(n+4)^2 (|F| + S + 2 |X|)          (Ogita, Rump & Oishi 2005) */
void wio_operator_residual(double *R, double *S, double *T, const wio_operator *op, bool transposed,
                           int kind, size_t k, const double *X, const double *F);
/* The same bits by plain C: for tests. */
void wio_operator_residual_portable(double *R, double *S, double *T, const wio_operator *op,
                                    bool transposed, int kind, size_t k, const double *X,
                                    const double *F);

/* What one pass over A reads, in passes over its doubles. */
double wio_operator_pass(const wio_operator *op, int kind);

/* |A| as an operator with WIO_ABSOLUTE, unchecked; one thread, nothing to free. */
wio_operator wio_magnitudes(const wio_matrix *A);

/* Narrow [low, high] by the quotients of y = C w, over the rows with w_i > 0; high needs all. */
void wio_quotients(double *low, double *high, size_t n, const double *y, const double *w);
void wio_scale_to_one(double *w, size_t n);
void wio_sharpen_low(double *low, const wio_operator *C, const double *w, double *v, double *y);
/* The interval of any |A| and its Perron vector w; v and y [n] are scratch. */
void wio_radius_any(double *low, double *high, const wio_operator *C, bool transposed, int rounds,
                    double *w, double *v, double *y);
/* The (at most five) rows with the largest weights, largest first. */
void wio_take_top(wio_diagnosis *diagnosis, size_t n, const double *weight);
/* wio_diagnose for either storage. */
wio_status wio_diagnose_matrix(wio_diagnosis *diagnosis, const wio_matrix *A, const double *v);

#endif
