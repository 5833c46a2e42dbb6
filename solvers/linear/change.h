/* change.h - many systems whose coefficients differ from those of a factored one. */
#ifndef WIO_CHANGE_H
#define WIO_CHANGE_H

#include "linear.h"

/* What is added to A, in one of three forms:
 *   cells          value[k] at (row[k], column[k]), sorted by row, then column, none twice
 *   whole rows     column NULL: row [count] increases, value [count x n]
 *   whole columns  row NULL: column [count] increases, value [count x n], (i,j) at value[k n + i]
 * Whole rows and columns take a third of the memory of their cells, and are read as they are. */
typedef struct wio_change {
    size_t count;
    const size_t *row, *column;
    const double *value;
} wio_change;

typedef enum wio_change_method {
    WIO_CHANGE_AUTO,    /* the first of the others that suits; in reports: nothing is changed */
    WIO_CHANGE_LOWRANK, /* Woodbury over the changed rows or columns, whichever are fewer */
    WIO_CHANGE_REFINE,  /* Neumann series with the base factors */
    WIO_CHANGE_GMRES,   /* on the changed matrix, preconditioned by the base factors */
    WIO_CHANGE_REFACTOR /* the changed matrix factored */
} wio_change_method;

typedef struct wio_change_options {
    int threads; /* as wio_threads; 1 inside a parallel region */
    wio_change_method method;
} wio_change_options;

typedef struct wio_change_report {
    wio_change_method method; /* the one that gave the answer */
    size_t rank;              /* changed rows or columns, the fewer */
    size_t steps;             /* terms of the series; 0 without one */
    double rate;              /* last ratio of two terms, about rho(L D); 0 without a series */
    double componentwise;     /* omega against the changed matrix, at most 8(n+2)u; on a steady base
                                 that of combinations of up to 64 solutions of the call */
    double bound;             /* proven: error / largest element */
} wio_change_report;

/* (I - A - D_s) x_s = f_s for all scenarios, or its transpose, from the factors of I - A.
 *   X       [scenarios x n]; may be F where F has one vector per scenario
 *   change  [scenarios]
 *   F       [scenarios x n], or [n] for all of them with `shared`
 *   report  [scenarios] or NULL
 * Each answer is judged by its residual against the changed matrix and corrected until omega is at
 * most (n+2)u; I - A - D is proven an M-matrix from w > 0: B w - D w > 0. With low rank on a steady
 * base most need no residual: their error is proven to be below 1e-9 from the errors of the solves
 * and of the little system (change_steady.c); then a random combination of up to 64 is held against
 * the changed matrices, and componentwise is that of the combination. What does not pass is solved by
 * itself: above 512 equations by GMRES with the base factors, which proves the changed matrix anew;
 * and what that does not, by new factors, as every scenario with a negative coefficient after the
 * change, or on a base that has one. The method follows from base and change alone: the bits of a solution do not
 * depend on threads, on other scenarios, or on its place.
 * The base needs factors. One solved by products alone (method krylov, and with it all compressed rows) has
 * none: make a solver of each changed matrix then.
 * Errors: ARGUMENT, NONFINITE, NOT_PRODUCTIVE (scenario and leading row named), SINGULAR,
 * NOT_CERTIFIED, UNSUPPORTED (a base without factors), MEMORY. X and report are unchanged then.
 * Memory: beside X, n doubles for every distinct row or column that is changed with low rank (at
 * most n^2 each), and for each thread (4 x 256 + 3 r) n at most with r the largest such rank.
 * Cost: low rank: once for each distinct row or column 4/3 to 2 n^2; then 2 n^2 a solution, 2 r^2 n,
 * and 2 n^2 for the check. Series: 2 n^2 for x0, for each step and for the check. GMRES: 4 n^2 for
 * each of some 30 steps, proofs included.
 * Source: Woodbury 1950; Henderson & Searle, SIAM Review 23 (1981); Higham, ASNA, ch. 12. */
wio_status wio_changes_solve(double *X, const wio_system *base, size_t scenarios,
                             const wio_change *change, const double *F, bool shared,
                             bool transposed, const wio_change_options *options,
                             wio_change_report *report, wio_error *err);

/* --- change_block.c and change_panel.c, for change.c --------------------------------------------- */

/* What all blocks of a call read. D is what is added to A, or its transpose in a transposed call. */
typedef struct wio_change_call {
    const wio_system *base;
    const wio_change *change;
    bool transposed;
    size_t *slot[2];   /* [n] place in `vector` of row / column k, SIZE_MAX when it is not needed */
    double *vector[2]; /* [slots x n]: columns of L (to change rows), rows of L (columns);
                          of L' in a transposed call */
    double *reach[2];  /* [slots] max over i of |vector_i| / w_i, w of the base's proof */
    size_t rank;       /* the largest with low rank */
    size_t group;      /* scenarios solved side by side: WIO_BLOCK to WIO_GROUP */
    struct wio_sums *sums; /* of every block, on a steady base with low rank; else NULL */
} wio_change_call;

/* Most scenarios side by side: with 256 products run at .8 of their rate, with 64 at .65 (woven.h); more
 * would leave the caches, as each needs four vectors. */
enum { WIO_GROUP = 256 };
enum { WIO_CHANGE_ROWS, WIO_CHANGE_COLUMNS, WIO_CHANGE_SERIES };

/* What one scenario changes. */
typedef struct wio_change_found {
    size_t rows, columns; /* n + 1 for columns of whole rows, and for rows of whole columns */
    bool negative, wrong; /* a coefficient below 0 after the change; an error */
} wio_change_found;
/* found [scenarios]; MEMORY without a message. Cost: one reading of A for whole rows, one for whole
 * columns, one for every 64 scenarios that list cells; one of all changes. */
wio_status wio_change_survey(wio_change_found *found, const wio_system *base,
                             const wio_change *change, size_t scenarios, int threads);

/* Scenarios `first` on of one kind, as many of call->group as there are; F [n] for each. good[c]
 * is false where a scenario has to be factored. componentwise is -1 where only the sums of the
 * block are to tell it. Room: wio_change_room(call) doubles. MEMORY without a message. */
wio_status wio_change_block(double *const *X, bool *good, wio_change_report *const *report,
                            const wio_change_call *call, int kind, size_t first,
                            const size_t *which, size_t used, const double *const *F, double *room);
size_t wio_change_room(const wio_change_call *call);

/* y += D x. */
void wio_change_add(double *y, const wio_change *change, size_t n, bool transposed,
                    const double *x);
/* What judging needs, in one reading: y += D x, size_y += |D| |x| (magnitude), z += D w,
 * size_z += |D| w. */
typedef struct wio_change_sums {
    double *y, *size_y, *z, *size_z; /* [n] */
} wio_change_sums;
void wio_change_weigh(const wio_change_sums *sums, const wio_change *change, size_t n,
                      bool transposed, const double *x, const double *magnitude, const double *w);
/* size += |D| magnitude. */
void wio_change_add_sizes(double *size, const wio_change *change, size_t n, bool transposed,
                          const double *magnitude);
/* The correction of low rank, y [r] and K in list. rows: x [n] = L f in, the solution out. columns: v [n] = f in,
 * f + C y out. false when the little system is singular. list [n] is scratch; place [n] is all SIZE_MAX,
 * before and after. */
bool wio_change_correct(double *x, double *y, const wio_change_call *call, bool rows,
                        size_t scenario, size_t *list, size_t *place, double *room, size_t *rank);
/* A bound of the relative error below which a solution needs no residual (lu.c: STEADY). */
#define WIO_CHANGE_SURE 1e-9
/* change_steady.c: bound of the error of x over its largest element, with the y and K of
 * wio_change_correct; above WIO_CHANGE_SURE or NaN: not proven, and not in the sums. Room: 6 n. */
double wio_change_foresee(const wio_change_call *call, bool rows, size_t scenario, size_t column,
                          const double *x, const double *f, const double *y, const size_t *list,
                          size_t r, double *room);
/* z [n] becomes lower bounds of (B - D) w from D w in z and |D| w in size; all positive? */
bool wio_change_prove(double *z, const double *size, const wio_system *base, bool transposed);
size_t wio_change_correct_room(size_t n, size_t rank);

#endif
