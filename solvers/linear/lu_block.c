/* lu_block.c - right-hand sides by the factors of lu.c, each measured and refined by its own figures.
 *
 * Up to WIO_SMALL equations eight interleaved columns, or one, for the columns there are; above it
 * blocks of 64, which threads share. */
#include "woven.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    FEW = 4,              /* columns that are cheaper one by one than as eight lanes */
    MOST_REFINEMENTS = 5, /* as LAPACK's dgerfs; one is the rule */
    MOST_MIXED = 12 /* from single precision: three are the rule, 1e-6 of the condition each */
};

/*   eta   = |r|_1 / (|B|_1 |x|_1 + |f|_1)
 *   omega = max |r_i| / (|B| |x| + |f|)_i                      (Oettli & Prager 1964)
 *           but see sparse_error
 *   |x - exact|_i <= w_i max (|r_i| + rounding of r_i) / z_i   (<B> w >= z > 0) */
wio_quality wio_judge(const wio_system *system, bool transposed, const wio_figures *at, size_t lane)
{
    const wio_proof *proof = transposed ? &system->columns : &system->rows;
    size_t n = system->n;
    double g = wio_gamma(n + 2), dot2 = 1.01 * g * g;
    double least = (double)(n + 4) * 0x1p-1074; /* what products may lose by underflow */
    double residual = 0.0, size = 0.0, right = 0.0, omega = 0.0, c = 0.0, top = 0.0, w = 0.0;
    for (size_t i = 0; i < n; i++) {
        size_t k = i * at->width + lane;
        double r = fabs(at->r[k]), x = fabs(at->x[k]), f = fabs(at->y[k]), off = at->off[k];
        double a = system->A[i * n + i], scale = fabs(1.0 - a) * x + off + f;
        residual += r;
        size += x;
        right += f;
        top = wio_worse(x, top);
        w = wio_worse(proof->w[i], w);
        omega = wio_worse(r == 0.0 ? 0.0 : r / scale, omega);
        double most = r * (1.0 + 4.0 * WIO_UNIT) + dot2 * (f + x + off + fabs(a) * x) + least;
        c = wio_worse(most / proof->z[i], c);
    }
    double norm = transposed ? system->normi : system->norm1;
    return (wio_quality){
        .backward = residual == 0.0 ? 0.0 : residual / (norm * size + right),
        .componentwise = omega,
        .bound = top == 0.0 ? 0.0 : c * w / top * (1.0 + 8.0 * WIO_UNIT),
    };
}

/* Every column is refined once, then for as long as its own figures ask for it. */
bool wio_is_open(const wio_system *system, int step, const wio_quality *worth)
{
    return step == 0 || !(worth->componentwise <= (double)(system->n + 2) * WIO_UNIT);
}

/* --- small systems: eight interleaved columns, or one ----------------------------------------- */

static void interleave(double *to, const double *from, size_t n, size_t lanes)
{
    memset(to, 0, n * WIO_LANES * sizeof *to);
    for (size_t l = 0; l < lanes; l++) {
        for (size_t i = 0; i < n; i++) {
            to[i * WIO_LANES + l] = from[l * n + i];
        }
    }
}

static void solve_eight(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                        const wio_figures *at, const double *F, size_t lanes)
{
    size_t n = system->n;
    interleave(at->y, F, n, lanes);
    memcpy(at->x, at->y, n * WIO_LANES * sizeof *at->x);
    wio_substitute(at->x, system->lu, system->pivot, n, transposed);
    for (int step = 0;; step++) {
        double keep[WIO_LANES] = {0}; /* 1: this lane is corrected */
        bool open = false;
        wio_residual(at->r, at->off, n, system->A, transposed, at->x, at->y);
        for (size_t l = 0; l < lanes; l++) {
            worth[l] = wio_judge(system, transposed, at, l);
            keep[l] = wio_is_open(system, step, &worth[l]) ? 1.0 : 0.0;
            open = open || keep[l] != 0.0;
        }
        if (!open || step == MOST_REFINEMENTS) {
            break;
        }
        wio_substitute(at->r, system->lu, system->pivot, n, transposed);
        for (size_t i = 0; i < n * WIO_LANES; i++) {
            at->x[i] = keep[i % WIO_LANES] != 0.0 ? at->x[i] + at->r[i] : at->x[i];
        }
    }
    for (size_t l = 0; l < lanes; l++) {
        for (size_t i = 0; i < n; i++) {
            X[l * n + i] = at->x[i * WIO_LANES + l];
        }
    }
}

static void solve_one(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                      const wio_figures *at, const double *F)
{
    size_t n = system->n;
    memcpy(at->x, F, n * sizeof *F);
    memcpy(at->y, F, n * sizeof *F);
    wio_substitute_one(at->x, system->lu, system->pivot, n, transposed);
    for (int step = 0;; step++) {
        wio_residual_one(at->r, at->off, n, system->A, transposed, at->x, at->y);
        *worth = wio_judge(system, transposed, at, 0);
        if (!wio_is_open(system, step, worth) || step == MOST_REFINEMENTS) {
            break;
        }
        wio_substitute_one(at->r, system->lu, system->pivot, n, transposed);
        for (size_t i = 0; i < n; i++) {
            at->x[i] += at->r[i];
        }
    }
    memcpy(X, at->x, n * sizeof *X);
}

/* Up to WIO_BLOCK columns. */
static void solve_small(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                        const wio_workspace *work, const double *F, size_t used)
{
    size_t n = system->n, done = 0;
    while (done < used) {
        size_t lanes = used - done < WIO_LANES ? used - done : WIO_LANES;
        if (lanes <= FEW) {
            lanes = 1;
            solve_one(X + done * n, worth + done, system, transposed, &work->one, F + done * n);
        } else {
            solve_eight(X + done * n, worth + done, system, transposed, &work->eight, F + done * n,
                        lanes);
        }
        done += lanes;
    }
}

/* --- large systems: blocks of 64 columns ------------------------------------------------------- */

/* Residuals of `used` columns into work->correction, and what each column is worth. */
static void measure(wio_quality *worth, const wio_system *system, bool transposed,
                    const wio_workspace *work, const double *F, size_t used)
{
    size_t n = system->n;
    const wio_figures *at = &work->eight;
    for (size_t first = 0; first < used; first += WIO_LANES) {
        size_t lanes = used - first < WIO_LANES ? used - first : WIO_LANES;
        interleave(at->x, work->solution + first * n, n, lanes);
        interleave(at->y, F + first * n, n, lanes);
        wio_residual(at->r, at->off, n, system->A, transposed, at->x, at->y);
        for (size_t l = 0; l < lanes; l++) {
            size_t c = first + l;
            worth[c] = wio_judge(system, transposed, at, l);
            for (size_t i = 0; i < n; i++) {
                work->correction[c * n + i] = at->r[i * WIO_LANES + l];
            }
        }
    }
}

/* X: the solutions of one block, refined until omega is small. Each column is treated by its own
 * figures alone. */
static void solve_block(double *X, wio_quality *worth, const wio_system *system, bool transposed,
                        const wio_workspace *work, const double *F, size_t used)
{
    size_t n = system->n;
    int most = system->pivot[0] == WIO_TILED_SINGLE ? MOST_MIXED : MOST_REFINEMENTS;
    memcpy(work->solution, F, used * n * sizeof *F);
    wio_lu_solve(work->solution, system->lu, system->pivot, n, used, transposed, work->room);
    for (int step = 0;; step++) {
        measure(worth, system, transposed, work, F, used);
        size_t open = 0;
        for (size_t c = 0; c < used; c++) {
            open += wio_is_open(system, step, &worth[c]);
        }
        if (open == 0 || step == most) {
            break;
        }
        wio_lu_solve(work->correction, system->lu, system->pivot, n, used, transposed, work->room);
        for (size_t c = 0; c < used; c++) {
            if (wio_is_open(system, step, &worth[c])) {
                for (size_t i = c * n; i < (c + 1) * n; i++) {
                    work->solution[i] += work->correction[i];
                }
            }
        }
    }
    memcpy(X, work->solution, used * n * sizeof *X);
}

/* --- all --------------------------------------------------------------------------------------- */

/* Doubles that one thread needs, and where they are in its memory. */
static size_t workspace(wio_workspace *work, double *memory, const wio_system *system, size_t k)
{
    size_t n = system->n;
    bool small = n <= WIO_SMALL;
    size_t block = small && system->diagonal == NULL ? 0 : WIO_BLOCK,
           lanes = small && k <= FEW ? 0 : WIO_LANES, room = wio_lu_room(n, WIO_BLOCK);
    if (memory != NULL) {
        double *next = memory;
        *work = (wio_workspace){.memory = next, .solution = next, .correction = next + block * n};
        next += 2 * block * n;
        work->eight = (wio_figures){WIO_LANES, next, next + lanes * n, next + 2 * lanes * n,
                                    next + 3 * lanes * n};
        next += 4 * lanes * n;
        work->one = (wio_figures){1, next, next + n, next + 2 * n, next + 3 * n};
        work->room = next + 4 * n;
    }
    return (2 * block + 4 * lanes + 4) * n + room;
}

wio_status wio_try_refinement(const wio_system *system)
{
    size_t n = system->n, size = workspace(NULL, NULL, system, WIO_BLOCK);
    double *memory = wio_alloc(size + 2 * n, sizeof *memory);
    if (memory == NULL) {
        return WIO_E_MEMORY;
    }
    double *e = memory + size, *x = e + n;
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        e[i] = 1.0;
    }
    for (int transposed = 0; transposed < 2 && good; transposed++) {
        wio_workspace work;
        wio_quality worth;
        (void)workspace(&work, memory, system, WIO_BLOCK);
        solve_block(x, &worth, system, transposed == 1, &work, e, 1);
        good = !wio_is_open(system, 1, &worth);
    }
    wio_free(memory);
    return good ? WIO_OK : WIO_E_NOT_CONVERGED;
}

/* Blocks of 64 columns, each column treated by its own figures alone; threads share the blocks. */
wio_status wio_solve_blocks(double *X, wio_quality *worth, const wio_system *system,
                            bool transposed, size_t k, const double *F)
{
    size_t n = system->n, blocks = (k + WIO_BLOCK - 1) / WIO_BLOCK;
    size_t size = workspace(NULL, NULL, system, k), all;
    int threads = n <= WIO_SMALL || blocks < 2 ? 1 : wio_solve_threads(system->threads);
    double *memory =
        __builtin_mul_overflow(size, (size_t)threads, &all) ? NULL : wio_alloc(all, sizeof *memory);
    if (memory == NULL || threads == 0) {
        wio_free(memory);
        return WIO_E_MEMORY;
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t first = b * WIO_BLOCK, used = k - first < WIO_BLOCK ? k - first : WIO_BLOCK;
        size_t own = threads > 1 ? (size_t)omp_get_thread_num() : 0;
        wio_workspace work;
        (void)workspace(&work, memory + own * size, system, k);
        (system->diagonal != NULL ? wio_gth_block
         : n <= WIO_SMALL         ? solve_small
                          : solve_block)(X + first * n, worth + first, system, transposed, &work,
                                         F + first * n, used);
    }
    wio_free(memory);
    return WIO_OK;
}
