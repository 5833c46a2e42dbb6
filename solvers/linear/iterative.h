/* iterative.h - (I - A) x = f without factors, proven: dense rows or compressed ones. */
#ifndef WIO_ITERATIVE_H
#define WIO_ITERATIVE_H

#include "krylov.h"

typedef struct wio_iterative wio_iterative;

typedef struct wio_iterative_options {
    int threads;             /* as wio_threads; 1 inside a parallel region */
    const size_t *block;     /* [blocks + 1] where groups that mostly deal among themselves begin */
    size_t blocks;           /* 0: no preconditioner. Blocks above 2048 rows are left out */
    const wio_system *stale; /* factors of a matrix near A instead, outliving the object; or NULL */
    size_t cycles; /* of GMRES before a solution is given up; 0: 60, and BiCGStab after some */
    bool single;   /* keep a dense A in single precision too, for the inner passes: n^2 floats */
    double memory; /* bytes for the vectors of a solve, about; 0: a third of A, 64 MB at least */
} wio_iterative_options;

/* Proves I - A usable and keeps what solves need. A has to outlive the object; nothing else is kept
 * of the arguments. What is proven, every rounding counted: with w near (I - A)^-1 e, as found by the
 * same Krylov method, w > 0 and w - A w >= z > 0; the same for A'. With negative elements the
 * comparison matrix has to pass. The condition number is an upper bound, by 1 % above the exact one
 * where A >= 0.
 *   v          [n] column shares that are not in A, or NULL: only names closed groups
 *   diagnosis  filled when the status is NOT_PRODUCTIVE; may be NULL
 * Errors: ARGUMENT, SHAPE, NONFINITE, NOT_PRODUCTIVE, SINGULAR, MEMORY. Cost: some 15 passes. */
wio_status wio_iterative_create(wio_iterative **out, const wio_matrix *A, const double *v,
                                const wio_iterative_options *options, wio_diagnosis *diagnosis,
                                wio_krylov_report *report, wio_error *err);
void wio_iterative_free(wio_iterative *it);
/* All zero, and the figures that belong to the matrix itself. */
void wio_iterative_start(wio_certificate *certificate, const wio_iterative *it);

/* w and the lower bounds of <B> w that prove it, or of <B'> w; for tests. */
const wio_proof *wio_iterative_proof(const wio_iterative *it, bool transposed);

/* (I - A) X = F for k vectors, or (I - A)' X = F; X may be F. Stops when |f - B x|_2 <= 1e-14 |f|_2,
 * or 2u | |B||x| + |f| |_2 where rounding x alone is more, and omega <= (n+2)u. The certificate is
 * merged as by wio_system_solve; report may be NULL and is added to.
 * Errors: ARGUMENT, NONFINITE, NOT_CONVERGED, NOT_CERTIFIED, MEMORY. */
wio_status wio_iterative_solve(double *X, const wio_iterative *it, size_t k, const double *F,
                               bool transposed, wio_certificate *certificate,
                               wio_krylov_report *report, wio_error *err);

#endif
