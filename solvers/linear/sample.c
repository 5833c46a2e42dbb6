/* sample.c - matrices made from a seed: dense, in blocks, compressed rows, and a given one repeated.
 *
 * The number of an element is a hash of the seed and its place, so threads may fill any part of a
 * matrix in any order. Nothing here calls the mathematics library, whose last digit differs between
 * machines. */
#include "sample.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    STRIP = 512, /* columns that one thread sums */
    GROUP = 1000 /* rows of a group in compressed rows */
};

/* What a number is for: each purpose has numbers of its own. */
enum { ELEMENT, SHARE, PATTERN, ABSENT, PLACE_X, PLACE_Y, SIZE, TRADE };

/* (0, 1), 52 bits: the finaliser of splitmix64 (Steele, Lea & Flood 2014), purpose and place in
 * its counter. */
static double uniform(uint64_t seed, uint64_t purpose, uint64_t at)
{
    uint64_t z = seed * 0xd1342543de82ef95u + purpose * 0x2545f4914f6cdd1du;
    z = (z ^ (z >> 32)) + (at + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return ((double)(z >> 12) + 0.5) * 0x1p-52;
}

static double between(double low, double high, double u)
{
    return low + (high - low) * u;
}

static int threads_here(void)
{
    return omp_in_parallel() ? 1 : wio_threads(0);
}

void wio_sample_free(wio_sample *sample)
{
    wio_free(sample->v);
    wio_free(sample->block);
    wio_free(sample->element);
    wio_free(sample->start);
    wio_free(sample->column);
    *sample = (wio_sample){0};
}

static wio_status no_memory(wio_sample *sample, size_t n, wio_error *err)
{
    wio_sample_free(sample);
    return wio_fail(err, WIO_E_MEMORY, "no memory for a sample matrix of order %zu", n);
}

/* Blocks of `each` rows up to n; false without memory. */
static bool set_blocks(wio_sample *sample, size_t n, size_t each)
{
    sample->blocks = (n + each - 1) / each;
    sample->block = wio_alloc(sample->blocks + 1, sizeof *sample->block);
    for (size_t b = 0; sample->block != NULL && b <= sample->blocks; b++) {
        sample->block[b] = b < sample->blocks ? b * each : n;
    }
    return sample->block != NULL;
}

static bool make_dense(wio_sample *sample, size_t n, size_t each)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(n, sizeof *sample->element, &bytes)) {
        return false;
    }
    sample->v = wio_alloc(n, sizeof *sample->v);
    sample->element = wio_alloc(n, bytes);
    sample->A = (wio_matrix){.n = n, .dense = sample->element};
    return sample->v != NULL && sample->element != NULL && set_blocks(sample, n, each);
}

/* Every column of the dense elements to a sum of 1 - v_j, summed in the order of its rows. */
static bool scale_columns(wio_sample *sample)
{
    size_t n = sample->A.n, strips = (n + STRIP - 1) / STRIP;
    double *A = sample->element, *factor = wio_zalloc(n, sizeof *factor);
    if (factor == NULL) {
        return false;
    }
#pragma omp parallel for schedule(static) num_threads(threads_here())
    for (size_t s = 0; s < strips; s++) {
        size_t end = (s + 1) * STRIP < n ? (s + 1) * STRIP : n;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = s * STRIP; j < end; j++) {
                factor[j] += A[i * n + j];
            }
        }
        for (size_t j = s * STRIP; j < end; j++) {
            factor[j] = factor[j] > 0.0 ? (1.0 - sample->v[j]) / factor[j] : 0.0;
        }
    }
#pragma omp parallel for schedule(static) num_threads(threads_here())
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            A[i * n + j] *= factor[j];
        }
    }
    wio_free(factor);
    return true;
}

static void set_shares(wio_sample *sample, double low, double high, uint64_t seed)
{
    for (size_t j = 0; j < sample->A.n; j++) {
        sample->v[j] = between(low, high, uniform(seed, SHARE, j));
    }
}

wio_status wio_sample_dense(wio_sample *out, size_t n, uint64_t seed, wio_error *err)
{
    wio_sample made = {0};
    if (n == 0) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_sample_dense: n is 0");
    }
    if (!make_dense(&made, n, n)) {
        return no_memory(&made, n, err);
    }
    double *A = made.element;
#pragma omp parallel for schedule(static) num_threads(threads_here())
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            A[i * n + j] = uniform(seed, ELEMENT, i * n + j);
        }
    }
    set_shares(&made, .3, .7, seed);
    if (!scale_columns(&made)) {
        return no_memory(&made, n, err);
    }
    *out = made;
    return WIO_OK;
}

/* --- groups ------------------------------------------------------------------------------------- */

/* weight [blocks x blocks], column s: what of the inputs of group s comes from group r; 5 to 35 in
 * a hundred from others, by size of r / distance^2. */
static void gravity(double *weight, size_t blocks, uint64_t seed)
{
    for (size_t s = 0; s < blocks; s++) {
        double sum = 0.0, outside = blocks > 1 ? between(.05, .35, uniform(seed, TRADE, s)) : 0.0;
        for (size_t r = 0; r < blocks; r++) {
            double u = uniform(seed, SIZE, r);
            double x = uniform(seed, PLACE_X, r) - uniform(seed, PLACE_X, s);
            double y = uniform(seed, PLACE_Y, r) - uniform(seed, PLACE_Y, s);
            weight[r * blocks + s] = r == s ? 0.0 : (.02 + u * u * u) / (.02 + x * x + y * y);
            sum += weight[r * blocks + s];
        }
        for (size_t r = 0; r < blocks; r++) {
            weight[r * blocks + s] =
                r == s ? 1.0 - outside : weight[r * blocks + s] * (outside / sum);
        }
    }
}

/* The parts of cells that are 0 at home and between groups, so that it is `zeros` of all of them. */
static void absences(double *home, double *between_groups, double zeros, size_t blocks)
{
    double own = 1.0 / (double)blocks, others = 1.0 - own;
    if (blocks == 1) {
        *home = zeros;
        *between_groups = 0.0;
        return;
    }
    *between_groups = fmin((zeros - zeros / 2.0 * own) / others, .95);
    *home = (zeros - *between_groups * others) / own;
}

static void fill_blocks(wio_sample *sample, size_t each, double zeros, const double *weight,
                        uint64_t seed)
{
    size_t n = sample->A.n, blocks = sample->blocks;
    double home, foreign, *A = sample->element;
    absences(&home, &foreign, zeros, blocks);
#pragma omp parallel for schedule(static) num_threads(threads_here())
    for (size_t i = 0; i < n; i++) {
        size_t r = i / each;
        for (size_t j = 0; j < n; j++) {
            size_t s = j / each;
            double u = uniform(seed, PATTERN, i % each * each + j % each);
            double noise = between(.5, 1.5, uniform(seed, ELEMENT, i * n + j));
            bool absent = uniform(seed, ABSENT, i * n + j) < (r == s ? home : foreign);
            A[i * n + j] = absent && i != j ? 0.0 : u * u * u * u * noise * weight[r * blocks + s];
        }
    }
}

wio_status wio_sample_blocks(wio_sample *out, size_t blocks, size_t each, double zeros,
                             uint64_t seed, wio_error *err)
{
    wio_sample made = {0};
    size_t n = 0;
    if (blocks == 0 || each == 0 || !(zeros >= 0.0 && zeros <= .9) ||
        __builtin_mul_overflow(blocks, each, &n)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_sample_blocks: %zu blocks of %zu with %g of zeros: sizes are at "
                        "least 1, zeros 0 to .9",
                        blocks, each, zeros);
    }
    double *weight = wio_alloc(blocks, blocks * sizeof *weight);
    bool room = weight != NULL && make_dense(&made, n, each);
    if (room) {
        gravity(weight, blocks, seed);
        fill_blocks(&made, each, zeros, weight, seed);
        set_shares(&made, .3, .6, seed);
        room = scale_columns(&made);
    }
    wio_free(weight);
    if (!room) {
        return no_memory(&made, n, err);
    }
    *out = made;
    return WIO_OK;
}

/* --- a given matrix repeated --------------------------------------------------------------------- */

static void fill_tiled(wio_sample *sample, const double *base, size_t m, const double *weight,
                       uint64_t seed)
{
    size_t n = sample->A.n, blocks = sample->blocks;
    double *A = sample->element;
#pragma omp parallel for schedule(static) num_threads(threads_here())
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double noise = between(.5, 1.5, uniform(seed, ELEMENT, i * n + j));
            A[i * n + j] = base[i % m * m + j % m] * weight[i / m * blocks + j / m] *
                           (i / m == j / m ? 1.0 : noise);
        }
    }
}

wio_status wio_sample_tiled(wio_sample *out, size_t n, const double *base, size_t m, uint64_t seed,
                            wio_error *err)
{
    wio_sample made = {0};
    if (base == NULL || m == 0 || n < m) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_sample_tiled: order %zu from a matrix of order %zu", n, m);
    }
    for (size_t i = 0; i < m * m; i++) {
        if (!(base[i] >= 0.0 && base[i] <= DBL_MAX)) {
            return wio_fail(err, WIO_E_NONFINITE, "wio_sample_tiled: element (%zu,%zu) is %g",
                            i / m, i % m, base[i]);
        }
    }
    size_t blocks = (n + m - 1) / m;
    double *weight = wio_alloc(blocks, blocks * sizeof *weight);
    bool room = weight != NULL && make_dense(&made, n, m);
    if (room) {
        gravity(weight, blocks, seed);
        fill_tiled(&made, base, m, weight, seed);
        for (size_t j = 0; j < n; j++) {
            made.v[j] = j < m ? 1.0 - wio_sum(base + j, m, m) : made.v[j - m];
        }
        room = scale_columns(&made);
    }
    wio_free(weight);
    if (!room) {
        return no_memory(&made, n, err);
    }
    *out = made;
    return WIO_OK;
}

/* --- compressed rows ----------------------------------------------------------------------------- */

/* Places `column` among the `count` ascending ones of a row; false when it is there. */
static bool insert(uint32_t *row, size_t count, uint32_t column)
{
    size_t at = count;
    while (at > 0 && row[at - 1] > column) {
        at--;
    }
    if (at > 0 && row[at - 1] == column) {
        return false;
    }
    memmove(row + at + 1, row + at, (count - at) * sizeof *row);
    row[at] = column;
    return true;
}

/* The columns of row i. Tries are counted so that each has a number of its own; a column that is
 * taken gives way to the next free one. */
static void choose_columns(uint32_t *row, size_t i, size_t n, size_t entries, bool grouped,
                           uint64_t seed)
{
    size_t group = i / GROUP * GROUP, size = n - group < GROUP ? n - group : GROUP;
    row[0] = (uint32_t)i;
    for (size_t count = 1; count < entries; count++) {
        double u = uniform(seed, PATTERN, i * entries + count);
        size_t at = grouped && count % 2 == 1 ? group + (size_t)(u * (double)size)
                                              : (size_t)(u * (double)n);
        while (!insert(row, count, (uint32_t)at)) {
            at = at + 1 < n ? at + 1 : 0;
        }
    }
}

static bool scale_rows(wio_sample *sample, size_t entries)
{
    size_t n = sample->A.n;
    double *factor = wio_zalloc(n, sizeof *factor);
    if (factor == NULL) {
        return false;
    }
    for (size_t k = 0; k < n * entries; k++) {
        factor[sample->column[k]] += sample->element[k];
    }
    for (size_t j = 0; j < n; j++) {
        factor[j] = (1.0 - sample->v[j]) / factor[j]; /* the diagonal is always there */
    }
    for (size_t k = 0; k < n * entries; k++) {
        sample->element[k] *= factor[sample->column[k]];
    }
    wio_free(factor);
    return true;
}

static wio_status make_sparse(wio_sample *out, size_t n, size_t entries, bool grouped,
                              uint64_t seed, wio_error *err)
{
    wio_sample made = {0};
    size_t stored = 0;
    if (n == 0 || n > UINT32_MAX || entries == 0 || entries > n ||
        __builtin_mul_overflow(n, entries, &stored)) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_sample_sparse: %zu entries in %zu rows", entries,
                        n);
    }
    made.v = wio_alloc(n, sizeof *made.v);
    made.start = wio_alloc(n + 1, sizeof *made.start);
    made.column = wio_alloc(stored, sizeof *made.column);
    made.element = wio_alloc(stored, sizeof *made.element);
    if (made.v == NULL || made.start == NULL || made.column == NULL || made.element == NULL ||
        !set_blocks(&made, n, GROUP)) {
        return no_memory(&made, n, err);
    }
    made.A =
        (wio_matrix){.n = n, .start = made.start, .column = made.column, .value = made.element};
#pragma omp parallel for schedule(static) num_threads(threads_here())
    for (size_t i = 0; i < n; i++) {
        made.start[i] = i * entries;
        choose_columns(made.column + i * entries, i, n, entries, grouped, seed);
        for (size_t k = i * entries; k < (i + 1) * entries; k++) {
            double u = uniform(seed, ELEMENT, k);
            made.element[k] = u * u;
        }
    }
    made.start[n] = stored;
    set_shares(&made, .3, .7, seed);
    if (!scale_rows(&made, entries)) {
        return no_memory(&made, n, err);
    }
    *out = made;
    return WIO_OK;
}

wio_status wio_sample_sparse(wio_sample *out, size_t n, size_t entries, uint64_t seed,
                             wio_error *err)
{
    return make_sparse(out, n, entries, true, seed, err);
}

wio_status wio_sample_scattered(wio_sample *out, size_t n, size_t entries, uint64_t seed,
                                wio_error *err)
{
    return make_sparse(out, n, entries, false, seed, err);
}
