/* system.h - what lu.c and certificate.c share; not for models. */
#ifndef WIO_SYSTEM_H
#define WIO_SYSTEM_H

#include "linear.h"

#include <lapacke.h>

/* Rounding unit u = 2^-53. */
#define WIO_UNIT 0x1p-53

/* Four lanes at any address; the compiler makes two SSE2 registers of it, or one of AVX2. */
typedef double wio_quad
    __attribute__((vector_size(4 * sizeof(double)), aligned(sizeof(double)), may_alias));

/* Proof that a matrix B with comparison matrix <B> is an H-matrix: <B> w = z > 0 with w > 0.
 * Then |B^-1| <= <B>^-1 and |B^-1 r| <= w max(|r_i| / z_i). */
typedef struct wio_proof {
    double *w; /* [n] positive */
    double *z; /* [n] lower bounds of <B> w, positive */
} wio_proof;

struct wio_system {
    size_t n;
    const double *A;     /* [n x n] row-major: `copy`, or the caller's; NULL: compressed rows */
    double *copy;        /* or NULL */
    double *lu;          /* [n x n] factors of (I - A)', column-major; room for gth.c's [n+1 x n] */
    lapack_int *pivot;   /* [n] */
    double norm1, normi; /* of I - A: largest column and row sum of magnitudes */
    wio_proof rows;      /* for (I - A) x = f */
    wio_proof columns;   /* for (I - A)' y = g */
    wio_certificate own; /* figures of the system itself, no solves */
    double *diagonal;    /* [n] of I - A, from v and the rest of A; NULL unless lu is gth.c's */
    int threads;         /* for solves, outside of parallel regions */
    double steady[2];    /* plain, transposed: c of wio_factor_bound; 0: every column is refined */
    struct wio_iterative *iterative; /* solves by products with A; then there are no factors */
};

enum {
    /* What pivot[0] is when lu holds no factors of LAPACK's, whose pivots are 1 or more, but those
       of factor.c; only above WIO_SMALL. */
    WIO_TILED = 0,
    WIO_TILED_SINGLE = -1 /* lu is an array of floats */
};

/* What one solution is worth (TRUST 1.4, 1.5). */
typedef struct wio_quality {
    double backward, componentwise, bound;
} wio_quality;

/* What `width` interleaved columns are judged by; element (i, lane) at [width i + lane]. */
typedef struct wio_figures {
    size_t width;
    double *x, *y, *r, *off;
} wio_figures;

typedef struct wio_workspace {
    double *memory;
    double *solution, *correction; /* [WIO_BLOCK x n]; large systems and gth.c only */
    double *room;                  /* of wio_lu_solve, for WIO_BLOCK columns */
    wio_figures eight;             /* [n x WIO_LANES] */
    wio_figures one;               /* [n]; small systems only */
} wio_workspace;

/* The larger, and NaN when one of them is. */
static inline double wio_worse(double a, double b)
{
    return b != b || a <= b ? b : a;
}

/* B x = b by the factors of B', k vectors in place; transposed: B' x = b. substitute.c up to
 * WIO_SMALL, woven.c above: equal bits whatever k, the place and the neighbours. room holds
 * wio_lu_room(n, k) doubles. */
void wio_lu_solve(double *X, const double *lu, const lapack_int *pivot, size_t n, size_t k,
                  bool transposed, double *room);
size_t wio_lu_room(size_t n, size_t k);
/* One vector without the cost of 64, and with other bits above WIO_SMALL. */
void wio_lu_solve_one(double *x, const double *lu, const lapack_int *pivot, size_t n,
                      bool transposed, int threads);
/* Factors of (I - A)' in place of lu; 0, or the 1-based pivot that is exactly zero. */
size_t wio_lu_factor(double *lu, lapack_int *pivot, size_t n, const double *A);

enum {
    WIO_BLOCK = 64, /* columns that are judged together; a multiple of WIO_LANES */
    WIO_LANES = 8,  /* right-hand sides that go through residual and substitution together */
    /* Largest order that is solved by substitute.c; on n alone, so that the bits never depend on
       k. Faster than 64-column blocks up to 1024 where it was measured (README); above 512 the
       factors leave the second-level cache of many machines, and products are the safer choice. */
    WIO_SMALL = 512
};

/* The interchanges of LAPACK's factors, rows of x [n x width]: in order, or from the last. */
void wio_permute(double *x, const lapack_int *pivot, size_t n, size_t width, bool backward);
/* The same as wio_lu_solve, for eight interleaved vectors, element (i, lane) at [8 i + lane], and
 * for a lone one: equal bits, whatever the other lanes hold. */
void wio_substitute(double *x, const double *lu, const lapack_int *pivot, size_t n,
                    bool transposed);
void wio_substitute_one(double *x, const double *lu, const lapack_int *pivot, size_t n,
                        bool transposed);
/* The same bits without AVX2: what other machines get, for the tests. */
void wio_substitute_portable(double *x, const double *lu, const lapack_int *pivot, size_t n,
                             bool transposed);

/* How a dense matrix is stored and read by the two kernels below. */
enum {
    WIO_SINGLE = 1,  /* A is float; products and sums are double all the same */
    WIO_ABSOLUTE = 2 /* |a_ij| instead of a_ij */
};
/* y_i = sum_j a_ij x_j for m rows of `width` elements, row i at A + i stride: eight lanes, so
 * that rounding is below gamma(width / 8 + 4). */
void wio_rows(double *y, size_t m, size_t width, size_t stride, const void *A, int kind,
              const double *x);
/* y_j += sum_i a_ij x_i for m rows of `width` elements, one row after the other. */
void wio_band(double *y, size_t m, size_t width, size_t stride, const void *A, int kind,
              const double *x);
/* The same bits without AVX2: what other machines get, for the tests. */
void wio_rows_portable(double *y, size_t m, size_t width, size_t stride, const void *A, int kind,
                       const double *x);
void wio_band_portable(double *y, size_t m, size_t width, size_t stride, const void *A, int kind,
                       const double *x);
/* wio_apply_rows and wio_apply_transposed without AVX2, the same bits. */
void wio_apply_portable(double *y, size_t m, size_t n, const double *A, const double *x);
void wio_apply_transposed_portable(double *y, size_t n, const double *A, const double *x);

/* r = y - x + A x (or A') for eight interleaved vectors.
 * Products and sums are error-free transformed (Dot2 of Ogita, Rump & Oishi 2005):
 *   |r - exact| <= u |r| + gamma(n+2)^2 (|y| + |x| + |A| |x|).
 * off is sum over j != i of |a_ij| |x_j|, in plain arithmetic. */
void wio_residual(double *r, double *off, size_t n, const double *A, bool transposed,
                  const double *x, const double *y);
/* The same bits for one vector, contiguous. */
void wio_residual_one(double *r, double *off, size_t n, const double *A, bool transposed,
                      const double *x, const double *y);
/* The same bits without vector instructions: what other machines get, for the tests. */
void wio_residual_portable(double *r, double *off, size_t n, const double *A, bool transposed,
                           const double *x, const double *y);
void wio_residual_one_portable(double *r, double *off, size_t n, const double *A, bool transposed,
                               const double *x, const double *y);

/* Sums of the columns of every block, with fixed signs and of magnitudes: rows b and blocks + b.
 * What one combination of 64 says of all (steady.c). */
typedef struct wio_sums {
    size_t blocks;
    double *x;  /* [2 blocks x n] solutions */
    double *f;  /* the same of right-hand sides */
    double *Ax; /* A, or its transpose, times x */
} wio_sums;
double wio_sign_of(size_t column);
void wio_sums_multiply(const wio_sums *s, const wio_system *system, bool transposed, int threads);
/* omega of block b, and the normwise error of the same combination. */
wio_quality wio_sums_judge(const wio_sums *s, const wio_system *system, bool transposed, size_t b);

/* --- lu_block.c, for lu_solve.c ------------------------------------------------------------------- */

/* What lane `lane` of a solution is worth. */
wio_quality wio_judge(const wio_system *system, bool transposed, const wio_figures *at,
                      size_t lane);
/* Every column is refined once, then for as long as its own figures ask for it. */
bool wio_is_open(const wio_system *system, int step, const wio_quality *worth);
/* Blocks of 64 columns, each column treated by its own figures alone; threads share the blocks.
 * X [k x n] and worth [k]. MEMORY. */
wio_status wio_solve_blocks(double *X, wio_quality *worth, const wio_system *system,
                            bool transposed, size_t k, const double *F);

/* --- the rest ------------------------------------------------------------------------------------- */

/* wio_system_solve, or transposed, of a system with factors, and what each solution is worth by itself. Only
 * for a steady system backward and componentwise are those of combinations of the whole call. */
wio_status wio_system_solve_each(double *X, wio_quality *each, const wio_system *system,
                                 bool transposed, size_t k, const double *F, wio_error *err);
/* The power of two that brings a right-hand side to ordinary size, where nothing overflows and no digit
 * is lost by underflow; 1 for most. */
double wio_right_scale(const double *f, size_t n);
/* The threads to use here: what was asked for, 1 inside a parallel region, and no more than there is
 * address space for; 0 when there is none for one. */
int wio_solve_threads(int asked);
/* X [k x n], solutions of a steady system for F [k x n]; X may be F. The figures of the k solutions go
 * into *all: the bound of each, and the residual of one combination of every WIO_BLOCK of them with
 * random signs. NOT_CERTIFIED, MEMORY. */
wio_status wio_steady_solve(double *X, const wio_system *system, bool transposed, size_t k,
                            const double *F, wio_certificate *all, wio_error *err);
/* Mark all that can be reached from the `count` rows marked and queued; queue has room for n. From
 * i to those who buy from it when forward is false, else from j to the sellers it buys from. */
void wio_spread(unsigned char *mark, size_t *queue, size_t count, const wio_matrix *A,
                bool forward);
/* NONFINITE with the first element that is not a finite number. */
wio_status wio_check_finite(const double *v, size_t count, const char *name, wio_error *err);
/* Whether refinement from single precision gets to where double is: tried with B x = e and its
 * transpose. OK, NOT_CONVERGED, MEMORY. */
wio_status wio_try_refinement(const wio_system *system);
/* Fill own, rows and columns; NOT_PRODUCTIVE or SINGULAR without a message when it cannot. */
wio_status wio_certify(wio_system *system);
/* Radius, closed group and leading rows of a matrix that was refused. */
wio_status wio_diagnose(wio_diagnosis *diagnosis, size_t n, const double *A, const double *v);
/* The sectors that reach nobody with v > 0 (then the radius is at least 1): count and marks. */
wio_status wio_closed_group(size_t *count, unsigned char *outside, size_t n, const double *A,
                            const double *v);
/* The interval of the radius of a system that is proven; w, v and y have room for n. */
void wio_radius_productive(double *low, double *high, const wio_system *system, double *w,
                           double *v, double *y);

/* Elimination without subtraction (gth.c). Whether it may be used: v is there, A and v >= 0, and v
 * is 1 - column sum within rounding, so that both are about the same matrix. */
bool wio_gth_fits(size_t n, const double *A, const double *v);
/* In place of lu [n+1 x n], for wio_lu_solve; 0, or the 1-based k with d_k = 0: the rows up to k
 * hold a closed group without v. threads as wio_threads, 1 inside a parallel region; the bits are
 * the same. */
size_t wio_gth_factor(double *lu, lapack_int *pivot, size_t n, const double *A, const double *v,
                      int threads);
/* Its factors and figures in place of the LU's. No sector may be in a closed group. SINGULAR,
 * without a message, when elements underflow. */
wio_status wio_gth_adopt(wio_system *system, const double *v);
/* Up to WIO_BLOCK columns. */
void wio_gth_block(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                   const wio_workspace *work, const double *F, size_t used);
/* Proven relative error of every element of a solution for a right-hand side >= 0. */
double wio_gth_bound(size_t n);

/* NOT_PRODUCTIVE when a group buys only from itself and adds no value: its radius is 1 or more,
 * whatever the rounded coefficients say. Looked for only where v is known; MEMORY. */
wio_status wio_closed(size_t n, const double *A, const double *v);

/* w = B^-1 y, near enough for the steps of an iteration. */
typedef void wio_step(double *w, const double *y, const void *context);
/* The interval of the radius of a productive A, with rows as its proof; w, v, y [n] are scratch. */
void wio_radius(double *low, double *high, size_t n, const double *A, const wio_proof *rows,
                wio_step *step, const void *context, int threads, double *w, double *v, double *y);
/* wio_apply with the rows shared among threads: the same bits. */
void wio_apply_shared(double *y, size_t n, const double *A, const double *x, int threads);
/* gamma(k) = k u / (1 - k u). */
double wio_gamma(size_t k);

#endif
