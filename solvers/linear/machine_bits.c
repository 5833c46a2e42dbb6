/* machine_bits.c - does the number of threads change the bits? Fixed work with 1, 2, 3 and all
 * threads, compared by SHA-256 (TRUST 2.3: verify by behaviour, not by what BLAS says of itself).
 *
 * The system that is solved has a condition number near 1e8, so a last bit that differs anywhere in
 * the elimination shows in half of the digits; and as many threads as are tested call BLAS at the
 * same moment, which is what Debian's serial OpenBLAS does not survive. */
#include "machine.h"

#include "inverse.h"
#include "sample.h"

#include <stdio.h>
#include <string.h>

enum {
    ORDER = 640, /* above WIO_SMALL: LAPACK's own kernels */
    ROWS = 2592, /* of the product: four tiles */
    INNER = 150,
    COLUMNS = 300,
    ROUNDS = 3 /* raw solutions by each thread */
};

typedef struct fixed {
    double *A;         /* [ORDER x ORDER], columns of sum 1 - 1e-7: ROWS x INNER numbers at least */
    double *F;         /* [WIO_BLOCK x ORDER] */
    wio_sample gentle; /* the matrix that is inverted */
} fixed;

static void fixed_free(fixed *f)
{
    wio_free(f->A);
    wio_free(f->F);
    wio_sample_free(&f->gentle);
}

/* Also after a failure to be freed. */
static wio_status fixed_make(fixed *f, wio_error *err)
{
    WIO_TRY(wio_sample_dense(&f->gentle, ORDER, 2017, err));
    f->A = wio_alloc((size_t)ORDER * ORDER, sizeof *f->A);
    f->F = wio_alloc((size_t)WIO_BLOCK * ORDER, sizeof *f->F);
    if (f->A == NULL || f->F == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for the test of the bits");
    }
    for (size_t i = 0; i < (size_t)ORDER * ORDER; i++) {
        f->A[i] = f->gentle.element[i] * ((1.0 - 1e-7) / (1.0 - f->gentle.v[i % ORDER]));
    }
    memcpy(f->F, f->A, (size_t)WIO_BLOCK * ORDER * sizeof *f->F);
    return WIO_OK;
}

static wio_status no_memory(wio_error *err)
{
    return wio_fail(err, WIO_E_MEMORY, "no memory for the test of the bits");
}

/* --- the work; each fills hash with what it made --------------------------------------------------- */

static wio_status product(char hash[WIO_DIGEST_SIZE], const fixed *f, int threads, wio_error *err)
{
    double *C = wio_alloc((size_t)ROWS * COLUMNS, sizeof *C);
    if (C == NULL) {
        return no_memory(err);
    }
    const wio_product p = {.rows = ROWS,
                           .columns = COLUMNS,
                           .inner = INNER,
                           .alpha = 1.0,
                           .A = f->A,
                           .B = f->gentle.element,
                           .C = C,
                           .lda = INNER,
                           .ldb = COLUMNS,
                           .ldc = COLUMNS};
    wio_multiply(&p, 1, threads);
    wio_digest(hash, C, (size_t)ROWS * COLUMNS * sizeof *C);
    wio_free(C);
    return WIO_OK;
}

/* LAPACK's factors and 64 solutions three times side by side, no refinement; the hash is empty when
 * the three are not the same, or others than 64 by themselves. */
static wio_status raw_solve(char hash[WIO_DIGEST_SIZE], const fixed *f, wio_error *err)
{
    enum { COPIES = 3, ALL = COPIES * WIO_BLOCK };
    size_t n = ORDER, right = (size_t)WIO_BLOCK * n, bytes = right * sizeof(double);
    double *lu = wio_alloc(n * n + COPIES * right + wio_lu_room(n, ALL), sizeof *lu);
    lapack_int *pivot = wio_alloc(n, sizeof *pivot);
    wio_status status = lu == NULL || pivot == NULL ? no_memory(err) : WIO_OK;
    if (status == WIO_OK) {
        size_t zero = wio_lu_factor(lu, pivot, n, f->A);
        double *X = lu + n * n, *room = X + COPIES * right;
        for (size_t c = 0; c < COPIES; c++) {
            memcpy(X + c * right, f->F, bytes);
        }
        wio_lu_solve(X, lu, pivot, n, ALL, false, room);
        bool same = memcmp(X, X + right, bytes) == 0 && memcmp(X, X + 2 * right, bytes) == 0;
        memcpy(X, f->F, bytes);
        wio_lu_solve(X, lu, pivot, n, WIO_BLOCK, false, room);
        wio_digest(hash, lu, (n * n + right) * sizeof *lu);
        if (!same || memcmp(X, X + right, bytes) != 0) {
            *hash = '\0';
        }
        status = zero != 0 ? wio_fail(err, WIO_E_SINGULAR, "pivot %zu is zero", zero) : WIO_OK;
    }
    wio_free(lu);
    wio_free(pivot);
    return status;
}

/* The certified solutions of 64 right-hand sides; the hash is empty when one of them is another
 * when it is solved alone. */
static wio_status batch(char hash[WIO_DIGEST_SIZE], const fixed *f, wio_error *err)
{
    size_t n = ORDER, alone[] = {7};
    wio_system *system = NULL;
    wio_certificate certificate;
    double *X = wio_alloc((size_t)(WIO_BLOCK + 1) * n, sizeof *X), *one = NULL;
    wio_status status = X == NULL ? no_memory(err) : WIO_OK;
    if (status == WIO_OK) {
        status = wio_system_create(&system, n, f->A, NULL, NULL, err);
    }
    if (status == WIO_OK) {
        wio_certificate_start(&certificate, system);
        status = wio_system_solve(X, system, WIO_BLOCK, f->F, &certificate, err);
    }
    if (status == WIO_OK) {
        wio_digest(hash, X, WIO_BLOCK * n * sizeof *X);
        one = X + WIO_BLOCK * n;
    }
    for (size_t k = 0; status == WIO_OK && k < sizeof alone / sizeof *alone; k++) {
        status = wio_system_solve(one, system, 1, f->F + alone[k] * n, &certificate, err);
        if (status == WIO_OK && memcmp(one, X + alone[k] * n, n * sizeof *one) != 0) {
            *hash = '\0';
        }
    }
    wio_system_free(system);
    wio_free(X);
    return status;
}

static wio_status inverse(char hash[WIO_DIGEST_SIZE], const fixed *f, int threads, wio_error *err)
{
    const wio_inverse_options quick = {.threads = threads, .quick = true};
    double *X = wio_alloc((size_t)ORDER * ORDER, sizeof *X);
    wio_status status =
        X == NULL ? no_memory(err)
                  : wio_inverse(X, ORDER, f->gentle.element, NULL, &quick, NULL, NULL, err);
    if (status == WIO_OK) {
        wio_digest(hash, X, (size_t)ORDER * ORDER * sizeof *X);
    }
    wio_free(X);
    return status;
}

/* --- the comparison ---------------------------------------------------------------------------------- */

typedef wio_status whole(char hash[WIO_DIGEST_SIZE], const fixed *f, int threads, wio_error *err);
typedef wio_status job(char hash[WIO_DIGEST_SIZE], const fixed *f, wio_error *err);

/* The same job by every thread at once, `rounds` times; an empty hash when two of them differ. */
static wio_status at_once(char hash[WIO_DIGEST_SIZE], job *work, const fixed *f, int threads,
                          int rounds, wio_error *err)
{
    int jobs = threads * rounds;
    wio_status status = WIO_OK;
    bool same = true;
    WIO_TRY(work(hash, f, err));
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (int k = 0; k < jobs; k++) {
        char own[WIO_DIGEST_SIZE] = "";
        wio_error failure = {0};
        wio_status done = work(own, f, &failure);
#pragma omp critical(wio_bits)
        {
            same = same && strcmp(own, hash) == 0;
            if (done != WIO_OK && status == WIO_OK) {
                status = wio_fail(err, done, "%s", failure.message);
            }
        }
    }
    if (!same) {
        *hash = '\0';
    }
    return status;
}

static wio_status raw_solves(char hash[WIO_DIGEST_SIZE], const fixed *f, int threads,
                             wio_error *err)
{
    return at_once(hash, raw_solve, f, threads, ROUNDS, err);
}

static wio_status batches(char hash[WIO_DIGEST_SIZE], const fixed *f, int threads, wio_error *err)
{
    return at_once(hash, batch, f, threads, 1, err);
}

static const struct {
    const char *name;
    whole *work;
} PARTS[] = {{"a product", product},
             {"elimination and solutions side by side", raw_solves},
             {"solutions alone and in a batch", batches},
             {"an inverse", inverse}};
enum { PART_COUNT = sizeof PARTS / sizeof *PARTS };

/* Every part with one number of threads; `first` is filled at one thread and compared after. */
static wio_status compare(wio_bits *out, char first[PART_COUNT][WIO_DIGEST_SIZE], const fixed *f,
                          int threads, wio_error *err)
{
    for (size_t p = 0; p < PART_COUNT; p++) {
        char hash[WIO_DIGEST_SIZE] = "";
        WIO_TRY(PARTS[p].work(hash, f, threads, err));
        if (threads == 1) {
            memcpy(first[p], hash, sizeof hash);
        }
        if (out->same && (*hash == '\0' || strcmp(hash, first[p]) != 0)) {
            out->same = false;
            (void)snprintf(out->where, sizeof out->where, "%s, with %d thread%s", PARTS[p].name,
                           threads, threads == 1 ? "" : "s");
        }
    }
    return WIO_OK;
}

wio_status wio_bits_test(wio_bits *out, int threads, wio_error *err)
{
    const int counts[] = {1, 2, 3, threads};
    char first[PART_COUNT][WIO_DIGEST_SIZE] = {{0}};
    wio_bits own = {.same = true};
    fixed f = {0};
    wio_status status = fixed_make(&f, err);
    wio_blas_single();
    for (int c = 0; status == WIO_OK && c < 4; c++) {
        if (c < 3 || threads > 3) {
            int room = wio_blas_room(counts[c]);
            status = room < 1 ? no_memory(err) : compare(&own, first, &f, room, err);
        }
    }
    fixed_free(&f);
    WIO_TRY(status);
    wio_digest(own.hash, first, sizeof first);
    *out = own;
    return WIO_OK;
}
