/* portable.c - one hash per kernel of our own, for TRUST 2.4, D2: the same line from every compiler,
 * optimisation and vector unit (`make portable`). Inputs come from xorshift64* and the four operations
 * alone: no library function rounds them. What BLAS computes is not in here. */
#include "../solvers/linear/inverse.h"
#include "../solvers/linear/system.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 203, BIG = N * N, WIDE = N * WIO_LANES }; /* not a multiple of any lane or tile */

static uint64_t state = 20171;

/* -1 to 1, over about twelve binary orders of magnitude. */
static double draw(void)
{
    double value = 1.0;
    for (int k = 0; k < 4; k++) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        value *= (double)((state * UINT64_C(2685821657736338717)) >> 11) * 0x1p-52 - 1.0;
    }
    return value;
}

static uint64_t hash;

static void add(const double *values, size_t count)
{
    const unsigned char *byte = (const unsigned char *)values;
    for (size_t i = 0; i < count * sizeof *values; i++) {
        hash = (hash ^ byte[i]) * 0x100000001b3u;
    }
}

static void say(const char *name)
{
    (void)printf("%s %016llx\n", name, (unsigned long long)hash);
    hash = 0xcbf29ce484222325u;
}

int main(void)
{
    static double A[BIG], lu[BIG], x[WIDE], y[WIDE], r[WIDE], off[WIDE];
    static lapack_int pivot[N];
    hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < BIG; i++) {
        A[i] = draw() / 8.0;
        lu[i] = i % (N + 1) == 0 ? 1.0 + draw() / 2.0 : draw() / 16.0;
    }
    for (size_t i = 0; i < WIDE; i++) {
        x[i] = draw();
        y[i] = draw();
    }
    for (size_t i = 0; i < N; i++) {
        pivot[i] = (lapack_int)(i + 1 + (i % 5 == 0 && i + 3 < N ? 2 : 0));
    }
    double sum = wio_sum(A, BIG, 1), dot = wio_dot(x, y, WIDE);
    add(&sum, 1);
    add(&dot, 1);
    say("sums");
    wio_apply(r, N, A, x);
    add(r, N);
    wio_apply_transposed(r, N, A, x);
    add(r, N);
    say("products");
    for (int transposed = 0; transposed < 2; transposed++) {
        wio_residual(r, off, N, A, transposed != 0, x, y);
        add(r, WIDE);
        add(off, WIDE);
        wio_residual_one(r, off, N, A, transposed != 0, x, y);
        add(r, N);
        add(off, N);
    }
    say("residuals");
    for (int transposed = 0; transposed < 2; transposed++) {
        for (size_t i = 0; i < WIDE; i++) {
            r[i] = x[i];
            off[i] = y[i];
        }
        wio_substitute(r, lu, pivot, N, transposed != 0);
        wio_substitute_one(off, lu, pivot, N, transposed != 0);
        add(r, WIDE);
        add(off, N);
    }
    say("substitution");
    static double all[BIG + N], v[N];
    for (size_t j = 0; j < N; j++) {
        v[j] = fabs(x[j]);
        for (size_t i = 0; i < N; i++) {
            A[i * N + j] = fabs(A[i * N + j]);
        }
    }
    if (wio_gth_factor(all, pivot, N, A, v, 0) != 0) {
        return EXIT_FAILURE;
    }
    add(all, BIG);
    say("elimination");
    return EXIT_SUCCESS;
}
