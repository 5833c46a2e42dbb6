/* woven.c - many right-hand sides by the factors of a large system, side by side.
 *
 * Element i of column c is at Y[i width + c]: for BLAS the columns are then what fills its vector
 * registers, and every one of them goes through the same operations. Measured with equal columns for
 * seven kernels of OpenBLAS 0.3.21 (Prescott, Nehalem, Sandybridge, Haswell, Zen, SkylakeX,
 * Cooperlake; tests/test_woven.c looks again): in doubles the bits of a column depend neither
 * on its place, nor on its neighbours, nor on the width, if that is a multiple of 16 and at least 64;
 * in floats the first and the last eight columns have other bits with the kernels Haswell and Zen,
 * and so have some in the middle of more than 256.
 * With the vectors one after the other, as they come from the caller, the last four of 64 have other
 * bits at odd orders with SkylakeX and Cooperlake (dgetrs at 577), and half of the columns in floats
 * with Haswell and Zen. */
#include "woven.h"

#include "factor.h"

#include <math.h>
#include <string.h>

enum {
    GRAIN = 16, /* widths are multiples of this */
    EDGE = 8,   /* columns of zeros on either side of floats */
    SIDE = 8    /* one cache line of doubles: what is turned at a time */
};

size_t wio_woven_width(size_t k)
{
    size_t width = (k + GRAIN - 1) / GRAIN * GRAIN;
    return width < WIO_BLOCK ? WIO_BLOCK : width;
}

void wio_weave(double *Y, size_t width, const double *X, size_t n, size_t k)
{
    for (size_t i0 = 0; i0 < n; i0 += SIDE) {
        size_t end = i0 + SIDE < n ? i0 + SIDE : n;
        for (size_t c0 = 0; c0 < k; c0 += SIDE) {
            size_t last = c0 + SIDE < k ? c0 + SIDE : k;
            for (size_t c = c0; c < last; c++) {
                for (size_t i = i0; i < end; i++) {
                    Y[i * width + c] = X[c * n + i];
                }
            }
        }
        for (size_t i = i0; i < end && k < width; i++) {
            memset(Y + i * width + k, 0, (width - k) * sizeof *Y);
        }
    }
}

void wio_unweave(double *X, const double *Y, size_t width, size_t n, size_t k)
{
    for (size_t i0 = 0; i0 < n; i0 += SIDE) {
        size_t end = i0 + SIDE < n ? i0 + SIDE : n;
        for (size_t c0 = 0; c0 < k; c0 += SIDE) {
            size_t last = c0 + SIDE < k ? c0 + SIDE : k;
            for (size_t i = i0; i < end; i++) {
                for (size_t c = c0; c < last; c++) {
                    X[c * n + i] = Y[i * width + c];
                }
            }
        }
    }
}

void wio_woven_solve(double *Y, const double *lu, const lapack_int *pivot, size_t n, size_t width,
                     bool transposed)
{
    const wio_factor_kind kind = {.transposed = transposed, .pivoted = pivot[0] > WIO_TILED};
    wio_blas_single();
    if (kind.pivoted && transposed) {
        wio_permute(Y, pivot, n, width, false);
    }
    wio_factor_solve(Y, lu, n, width, &kind);
    if (kind.pivoted && !transposed) {
        wio_permute(Y, pivot, n, width, true);
    }
}

/* By factors in single precision, 64 columns at most: every one over its power of two, so that none
 * overflows. */
static void solve_single(double *X, const double *lu, size_t n, size_t k, bool transposed, float *Y)
{
    const wio_factor_kind kind = {.transposed = transposed, .single = true};
    size_t width = wio_woven_width(k) + (size_t)(2 * EDGE);
    int power[WIO_BLOCK];
    memset(Y, 0, n * width * sizeof *Y);
    for (size_t c = 0; c < k; c++) {
        double top = 0.0;
        for (size_t i = c * n; i < (c + 1) * n; i++) {
            top = fmax(top, fabs(X[i]));
        }
        (void)frexp(isfinite(top) ? top : 1.0, &power[c]);
        power[c] = power[c] < -1000 ? -1000 : (power[c] > 1000 ? 1000 : power[c]);
        double scale = ldexp(1.0, -power[c]);
        for (size_t i = 0; i < n; i++) {
            Y[i * width + EDGE + c] = (float)(X[c * n + i] * scale);
        }
    }
    wio_blas_single();
    wio_factor_solve(Y, lu, n, width, &kind);
    for (size_t c = 0; c < k; c++) {
        double scale = ldexp(1.0, power[c]);
        for (size_t i = 0; i < n; i++) {
            X[c * n + i] = (double)Y[i * width + EDGE + c] * scale;
        }
    }
}

size_t wio_lu_room(size_t n, size_t k)
{
    return n <= WIO_SMALL ? 0 : n * wio_woven_width(k < WIO_WIDE ? k : WIO_WIDE);
}

void wio_lu_solve(double *X, const double *lu, const lapack_int *pivot, size_t n, size_t k,
                  bool transposed, double *room)
{
    for (size_t c = 0; n <= WIO_SMALL && c < k; c++) {
        wio_substitute_one(X + c * n, lu, pivot, n, transposed);
    }
    bool single = n > WIO_SMALL && pivot[0] == WIO_TILED_SINGLE;
    size_t most = single ? WIO_BLOCK : WIO_WIDE;
    for (size_t first = 0; n > WIO_SMALL && first < k; first += most) {
        size_t used = k - first < most ? k - first : most, width = wio_woven_width(used);
        double *own = X + first * n;
        if (single) {
            solve_single(own, lu, n, used, transposed, (float *)room);
            continue;
        }
        wio_weave(room, width, own, n, used);
        wio_woven_solve(room, lu, pivot, n, width, transposed);
        wio_unweave(own, room, width, n, used);
    }
}

void wio_lu_solve_one(double *x, const double *lu, const lapack_int *pivot, size_t n,
                      bool transposed, int threads)
{
    if (n <= WIO_SMALL) {
        wio_substitute_one(x, lu, pivot, n, transposed);
        return;
    }
    bool pivoted = pivot[0] > WIO_TILED;
    if (pivoted && transposed) {
        wio_permute(x, pivot, n, 1, false);
    }
    wio_factor_solve_one(x, lu, n, transposed, pivot[0] == WIO_TILED_SINGLE, threads);
    if (pivoted && !transposed) {
        wio_permute(x, pivot, n, 1, true);
    }
}
