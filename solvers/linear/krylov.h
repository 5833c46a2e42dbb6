/* krylov.h - (I - A) x = f by products with A alone; not for models.
 *
 * Refinement around restarted GMRES (Saad & Schultz 1986): the residual r = f - x + A x of the
 * solution itself, in twice the working precision, decides when a vector is done; a cycle solves for
 * a correction in the norm |D^-1 r|_2, where D = |B| |x| + |f| are the sizes that the componentwise
 * error is measured by, so that small elements get their digits too. Where cycles stagnate, BiCGStab
 * (van der Vorst 1992) takes over. Vectors go in lockstep: one pass over A serves all that are open;
 * the bits of a vector depend neither on its neighbours nor on threads. */
#ifndef WIO_KRYLOV_H
#define WIO_KRYLOV_H

#include "operator.h"

/* z = M^-1 z (M^-T when transposed) for k vectors, in place; bits independent of k and of threads. */
typedef void wio_precondition(double *Z, const void *context, bool transposed, size_t k);

/* The inverse diagonal blocks of I - A, in single precision. */
typedef struct wio_blocks {
    size_t blocks;
    const size_t *first; /* [blocks + 1] copy */
    float **inverse;     /* row-major; NULL: singular, left alone */
    size_t n;
    int threads;
} wio_blocks;

/* Errors: ARGUMENT (boundaries that do not rise from 0 to n), MEMORY. Cost: 2 sum b^3 flops. */
wio_status wio_blocks_create(wio_blocks **out, const wio_matrix *A, const size_t *first,
                             size_t blocks, int threads, wio_error *err);
void wio_blocks_free(wio_blocks *blocks);
wio_precondition wio_blocks_apply; /* context: wio_blocks */
wio_precondition wio_stale_apply;  /* context: wio_system, the factors of another matrix */

typedef struct wio_krylov {
    const wio_operator *op;
    bool transposed;
    int kind;                /* WIO_ABSOLUTE, and WIO_SINGLE for cycles while they gain by it */
    wio_precondition *apply; /* or NULL */
    const void *context;
    size_t basis;     /* vectors of a cycle, at least 1 */
    double relative;  /* stop when |r|_2 <= relative |f|_2, or rounding of x prevents it */
    double component; /* and max |r_i| / (|B| |x| + |f|)_i is at most this */
    double largest;   /* stop when max |r_i| is at most this, by plain sums, nothing else, and leave
                         |x| + |A x| in S; 0: the two above */
    bool zero;        /* X holds no guess: begin at 0, whose residual costs nothing */
    size_t cycles;    /* most residuals that are taken; 0: 60 */
    bool bicgstab;    /* from the start: few vectors */
} wio_krylov;

typedef struct wio_krylov_report {
    size_t iterations; /* most of any vector */
    double passes;     /* over A, in passes over its doubles; one for all vectors of a step */
    double seconds;
    double residual; /* largest |r|_2 / |f|_2 */
} wio_krylov_report;

/* X: in the first guess, out the solutions; R, S as wio_operator_residual leaves them; T [n] and W
 * [k x n] are scratch, and may be one. NOT_CONVERGED with figures, MEMORY; X then holds what was reached. The report
 * is added to. Memory: k (basis + 1) n floats; BiCGStab 5 n doubles. */
wio_status wio_krylov_solve(double *X, double *R, double *S, double *T, double *W,
                            const wio_krylov *how, size_t k, const double *F,
                            wio_krylov_report *report, wio_error *err);

#endif
