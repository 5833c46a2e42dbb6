/* sample.h - matrices made from a seed, on which methods are timed and tested. */
#ifndef WIO_SAMPLE_H
#define WIO_SAMPLE_H

#include "linear.h"

/* A >= 0 and v > 0, the share of every column that is not in A: v_j was chosen first, and column j
 * scaled to a sum of 1 - v_j, so v is data and agrees within rounding. Every element comes from the
 * seed and its place by integers, products, sums and quotients alone: the same bits on any machine
 * and for any number of threads. Freed by wio_sample_free, all zero before. */
typedef struct wio_sample {
    wio_matrix A;          /* a view of the arrays below */
    double *v;             /* [n] */
    size_t blocks, *block; /* [blocks + 1] where groups that mostly deal among themselves begin */
    double *element;       /* [n x n] row-major, or the values of compressed rows */
    size_t *start;         /* compressed rows only, as in wio_matrix */
    uint32_t *column;
} wio_sample;

void wio_sample_free(wio_sample *sample);

/* Uniform elements, no zeros, one block; v .3 to .7. */
wio_status wio_sample_dense(wio_sample *out, size_t n, uint64_t seed, wio_error *err);

/* `blocks` groups of `each`, n = blocks each, stored dense: one pattern of coefficients for all
 * groups (sizes over four decades), most of every column from its own group, the rest by gravity,
 * size of the origin / distance^2; `zeros` of the elements are 0, more so between groups; v .3 to
 * .6. The shape of a multi-regional table, where zeros are .5 to .8. */
wio_status wio_sample_blocks(wio_sample *out, size_t blocks, size_t each, double zeros,
                             uint64_t seed, wio_error *err);

/* Compressed rows, `entries` (1 to n) in every row: the diagonal, then about half within the row's
 * group (of 1,000), half anywhere; v .3 to .7. n up to 2^32 - 1. */
wio_status wio_sample_sparse(wio_sample *out, size_t n, size_t entries, uint64_t seed,
                             wio_error *err);
/* The same without groups: beside the diagonal any column, with equal chances. */
wio_status wio_sample_scattered(wio_sample *out, size_t n, size_t entries, uint64_t seed,
                                wio_error *err);

/* `base` [m x m], A >= 0, repeated over groups up to order n >= m (the last group may be cut): a
 * column keeps its sum, of which a part comes from the same sellers in other groups, by gravity and
 * with half to one and a half of the even share. v_j = 1 - the sum of base's column, whatever its
 * sign. NONFINITE when base has a negative element, or one that is no number. */
wio_status wio_sample_tiled(wio_sample *out, size_t n, const double *base, size_t m, uint64_t seed,
                            wio_error *err);

/* All of them: ARGUMENT (a size of 0, zeros outside 0 to .9), MEMORY. Cost: one pass, n^2 or
 * n entries numbers. */

#endif
