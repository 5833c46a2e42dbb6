/* krylov_inside.h - what krylov.c, gmres.c, bicgstab.c and sweep.c share: the state of a solution, and
 * sums over vectors in fixed pieces, so that bits depend on no number of threads. */
#ifndef WIO_KRYLOV_INSIDE_H
#define WIO_KRYLOV_INSIDE_H

#include "krylov.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { MOST_BASIS = 64, PIECE = 2048 };

/* Which way a vector is being solved: each stage is entered when the one before gains too little. */
typedef enum stage { SINGLE, DOUBLE, BICGSTAB, STUCK } stage;

typedef struct track {
    stage stage;
    bool done;
    double measure, last; /* 1 or less: done */
    double most;          /* max (S_i + |f_i|) */
    double accuracy;      /* max |r_i| over it */
    size_t slow, steps;
    size_t used; /* of the basis in this cycle */
    bool open;   /* in this cycle */
    double aim;  /* for the cycle's residual */
    double H[MOST_BASIS + 1][MOST_BASIS], g[MOST_BASIS + 1], cosine[MOST_BASIS], sine[MOST_BASIS];
    double scale[MOST_BASIS + 1]; /* sweep.c: what makes a slot's length 1 */
} track;

typedef struct space {
    const wio_krylov *how;
    size_t n, pieces;
    int threads;
    float *V;     /* [k x (basis + 1) x n] */
    double *part; /* [(basis + FIGURES) x pieces] */
    double *D;    /* [k x n] */
    double *Z, *W;
    bool sweeps;  /* sweep.c: then D and Z are made when they are needed, and there are */
    float *d, *z; /* [k x n], [k x wio_sweep_floats] */
    double *sums; /* [k x wio_sweep_sums] */
    bool wide;    /* AVX2 and FMA */
    double passes;
} space;

/* --- vectors: fixed pieces, sums in their order -------------------------------------------------- */

static inline double sum_parts(const double *part, size_t pieces)
{
    double sum = 0.0;
    for (size_t p = 0; p < pieces; p++) {
        sum += part[p];
    }
    return sum;
}

/* Eight lanes, lane l over i = l, l + 8, ...; `single` is a constant where this is inlined. */
static inline __attribute__((always_inline)) double lanes(const void *a, const double *b,
                                                          size_t count, const bool single)
{
    typedef float four
        __attribute__((vector_size(4 * sizeof(float)), aligned(sizeof(float)), may_alias));
    const float *f = a;
    const double *d = a;
    wio_quad low = {0}, high = {0};
    double lane[8];
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        if (single) {
            low += __builtin_convertvector(*(const four *)(f + i), wio_quad) *
                   *(const wio_quad *)(b + i);
            high += __builtin_convertvector(*(const four *)(f + i + 4), wio_quad) *
                    *(const wio_quad *)(b + i + 4);
        } else {
            low += *(const wio_quad *)(d + i) * *(const wio_quad *)(b + i);
            high += *(const wio_quad *)(d + i + 4) * *(const wio_quad *)(b + i + 4);
        }
    }
    *(wio_quad *)lane = low;
    *(wio_quad *)(lane + 4) = high;
    for (; i < count; i++) {
        lane[i % 8] += (single ? (double)f[i] : d[i]) * b[i];
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static inline double dot_piece(const double *a, const double *b, size_t count)
{
    return lanes(a, b, count, false);
}

static inline double mixed_piece(const float *a, const double *b, size_t count)
{
    return lanes(a, b, count, true);
}

static inline size_t piece_size(const space *s, size_t p)
{
    return s->n - p * PIECE < PIECE ? s->n - p * PIECE : PIECE;
}

static inline double dot(const space *s, const double *a, const double *b)
{
#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (size_t p = 0; p < s->pieces; p++) {
        s->part[p] = dot_piece(a + p * PIECE, b + p * PIECE, piece_size(s, p));
    }
    return sum_parts(s->part, s->pieces);
}

/* Column j of H by the rotations so far and one more; the residual that is left. gmres.c */
double wio_krylov_rotate(track *t, size_t j, const double *h);
/* The solution y of the triangular system that the rotations left: the cycle's step in its basis. */
void wio_krylov_step(double *y, const track *t);
/* One cycle for the `count` vectors named, all of one stage. R holds their residuals. */
void wio_gmres_cycle(double *X, const double *R, track *tracks, space *s, const size_t *which,
                     size_t count, stage kind);
/* From the residual r, which is used up, x += correction; block [5 n] is scratch. */
void wio_bicgstab(double *x, double *r, track *t, space *s, const double *d, double *block);

/* Whether sweep.c can: compressed rows of A >= 0, plain, nothing else to help. */
bool wio_sweep_can(const wio_krylov *how);
/* What one vector needs beside its basis. */
size_t wio_sweep_floats(size_t n);
size_t wio_sweep_sums(size_t n, size_t basis);
void wio_sweep_cycle(double *X, const double *R, track *tracks, space *s, const size_t *which,
                     size_t count);

#endif
