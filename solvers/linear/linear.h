/* linear.h - linear systems with I - A; no word of economics.
 *
 * A is row-major [n x n], element (i,j) at A[i*n + j]. Vectors of a batch are contiguous:
 * vector c of F starts at F + c*n. Small systems are solved by our own substitution, large ones with
 * 64 right-hand sides or more side by side (zero-padded), one BLAS call = one thread, so the bits of
 * a solution do not depend on its neighbours, on the number of threads, or on the order of calls.
 */
#ifndef WIO_LINEAR_H
#define WIO_LINEAR_H

#include "../../core/internal.h"

/* A ready to be solved: whichever method is behind it. Immutable after creation. */
typedef struct wio_system wio_system;

/* What stands in the way when I - A is not a nonsingular M-matrix. */
typedef struct wio_diagnosis {
    double radius_low, radius_high;
    size_t group;   /* size of the closed group found, 0 when none */
    size_t *member; /* [group], freed by wio_free */
    size_t top;     /* rows with the largest left*right Perron product */
    size_t top_row[5];
} wio_diagnosis;

/* Factor I - A and prove what can be proven about it. By LU; where the exact condition number is
 * above 1e8, or LU proves nothing, by elimination without subtraction (gth.c), if A >= 0, v >= 0 and
 * v agrees with the columns of A within rounding. Then the diagonal of A is not used, and solutions
 * are right in every digit but the last few, relative to the rest of A and to v.
 *   A         [n x n]; copied
 *   v         [n] column shares that are not in A (1 - column sum, as data), or NULL
 *   diagnosis filled when the status is NOT_PRODUCTIVE; may be NULL
 * Errors: NONFINITE, NOT_PRODUCTIVE (radius proven >= 1, or not certified below 1), SINGULAR,
 * MEMORY. Cost: 2/3 n^3 flops and two solves. */
wio_status wio_system_create(wio_system **out, size_t n, const double *A, const double *v,
                             wio_diagnosis *diagnosis, wio_error *err);
/* By elimination without subtraction from the start, whatever the condition number. v is needed;
 * ARGUMENT when A or v has a negative element, or v is not 1 - column sum within rounding. */
wio_status wio_system_create_entrywise(wio_system **out, size_t n, const double *A, const double *v,
                                       wio_diagnosis *diagnosis, wio_error *err);

typedef struct wio_system_options {
    int threads;    /* as wio_threads; 1 inside a parallel region */
    bool borrow;    /* A is not copied: it has to outlive the system */
    bool entrywise; /* as wio_system_create_entrywise */
    bool refined;   /* every right-hand side by its own residual, whatever was proven beforehand */
    bool mixed;     /* factors in single precision, every right-hand side refined to double: half of
                     the memory and of the time for the factors. Not below 513 equations; double
                     where the condition number is above 1e6 or the refinement is slow */
    bool half;      /* with mixed: NOT_CONVERGED then, as there is no room for double */
} wio_system_options;

/* wio_system_create with a choice; NULL: all zero. Above 512 equations and for A >= 0 the factors
 * are made without pivots, in tiles that threads share, and where the error of every solution is
 * proven to be below 1e-9 of its largest element before any is computed (a steady system), columns
 * are not refined; a random combination of every 64 is checked against A. */
wio_status wio_system_create_with(wio_system **out, size_t n, const double *A, const double *v,
                                  const wio_system_options *options, wio_diagnosis *diagnosis,
                                  wio_error *err);
/* The public wio_solver_create with the diagnosis of wio_system_create. */
wio_status wio_solver_make(wio_system **out, const wio_matrix *A, const double *v,
                           const wio_solver_options *options, wio_plan *plan,
                           wio_diagnosis *diagnosis, wio_error *err);
void wio_system_free(wio_system *system);
size_t wio_system_order(const wio_system *system);
/* The A it was made from; NULL where that is stored as compressed rows. */
const double *wio_system_matrix(const wio_system *system);

/* (I - A) x = f for k vectors, certified; refined once unless the system is steady. X may be F.
 * The certificate is merged: it keeps the worst figures; start it from wio_certificate_start.
 * Errors: NONFINITE, NOT_CERTIFIED (componentwise error above TRUST 1.4's limit), MEMORY. */
wio_status wio_system_solve(double *X, const wio_system *system, size_t k, const double *F,
                            wio_certificate *certificate, wio_error *err);
/* (I - A)' y = g, the same way. */
wio_status wio_system_solve_transposed(double *Y, const wio_system *system, size_t k,
                                       const double *G, wio_certificate *certificate,
                                       wio_error *err);
/* All zero, and the figures that belong to the system itself. */
void wio_certificate_start(wio_certificate *certificate, const wio_system *system);
void wio_certificate_merge(wio_certificate *into, const wio_certificate *from);

typedef struct wio_inverse_options {
    int threads; /* as wio_threads; 1 inside a parallel region */
    bool quick;  /* estimate the residual by 16 sign vectors, and prove no bound of the error */
} wio_inverse_options;

/* How good an inverse is. */
typedef struct wio_inverse_report {
    wio_certificate certificate; /* error_bound and componentwise: NaN when quick */
    double residual;             /* |I - B X|_1 / (n |B|_1 |X|_1 u); the limit is 1 */
    bool estimated;              /* residual comes from sign vectors (a likely upper bound) */
    bool pivoted;                /* made by solves, with pivots or without subtraction */
    size_t clamped;              /* elements within the bound below 0 that were set to 0 */
} wio_inverse_report;

/* X = (I - A)^-1, row-major [n x n]; X may not be A. After a failure X holds nothing of use.
 *   v, diagnosis  as in wio_system_create
 * A >= 0: block recursion without pivots, matrix products alone (2 n^3 flops), then the proof from
 * the inverse itself: w = X e > 0 with B w > 0. Unless quick, the residual in full (2 n^3 more) and
 * a proven bound of every element's error. Where A has a negative element, the proof fails, or the
 * condition is above 1e8 and v is given: wio_system_create and one certified solve per row. The
 * bits do not depend on the number of threads.
 * Errors: as wio_system_create; NOT_CERTIFIED (an element further below 0 than its bound; error
 * above TRUST 1.4's limit). Memory: n^2 beside X; 2 n^2 with solves. */
wio_status wio_inverse(double *X, size_t n, const double *A, const double *v,
                       const wio_inverse_options *options, wio_inverse_report *report,
                       wio_diagnosis *diagnosis, wio_error *err);

/* What wio_inverse without pivots will cost, X included: seconds, bytes and the reason. The method stays AUTO,
 * and there are no alternatives. */
void wio_inverse_plan(wio_plan *out, size_t n, bool quick, int threads);

/* y = A x and y = A' x in a fixed order of additions; one thread. The bits do not depend on the
 * processor. */
void wio_apply(double *y, size_t n, const double *A, const double *x);
void wio_apply_transposed(double *y, size_t n, const double *A, const double *x);
/* y = A x for A [m x n]; every element has the bits that wio_apply would give it. */
void wio_apply_rows(double *y, size_t m, size_t n, const double *A, const double *x);

/* Name, version and kernel of the BLAS in use, one line ("OpenBLAS 0.3.21 ... Haswell"). */
void wio_blas_describe(char *text, size_t size);
/* One BLAS call = one thread from here on; called by every entry that uses BLAS. */
void wio_blas_single(void);
/* As many of the threads as there is address space for (ulimit -v), 0 to `threads`: asked before
 * BLAS is, which never returns where it finds none (TRUST 3.4). */
int wio_blas_room(int threads);

/* Root of a function on [low, high] (Brent). Status NOT_CONVERGED when the ends have one sign;
 * then *root is NaN. `value` may fail, and its status is passed on. */
typedef wio_status wio_function(void *context, double x, double *value, wio_error *err);
wio_status wio_root(double *root, wio_function *value, void *context, double low, double high,
                    double tolerance, wio_error *err);

/* --- general.c --------------------------------------------------------------------------------- */

/* X := X (B')^-1, X [rows x n], B [n x n] any square matrix. Errors: SINGULAR, MEMORY; X is then
 * unchanged. Not certified. Cost: 2/3 n^3 + 2 rows n^2 flops. */
wio_status wio_general_right(double *X, size_t rows, size_t n, const double *B, wio_error *err);

#endif
