/* precondition.c - what a Krylov method may be helped by: the inverse diagonal blocks of I - A, or
 * the factors of another matrix. */
#include "krylov.h"

#include <math.h>
#include <omp.h>
#include <string.h>

static void copy_block(double *B, const wio_matrix *A, size_t first, size_t size)
{
    memset(B, 0, size * size * sizeof *B);
    for (size_t i = 0; i < size; i++) {
        if (A->dense != NULL) {
            memcpy(B + i * size, A->dense + (first + i) * A->n + first, size * sizeof *B);
            continue;
        }
        for (size_t p = A->start[first + i]; p < A->start[first + i + 1]; p++) {
            if (A->column[p] >= first && A->column[p] < first + size) {
                B[i * size + A->column[p] - first] = A->value[p];
            }
        }
    }
}

/* The inverse of I - A of one block in single precision; *out stays NULL where it has none. */
static wio_status invert_block(float **out, const wio_matrix *A, size_t first, size_t size)
{
    double *B = wio_alloc(3 * size * size + wio_lu_room(size, size), sizeof *B);
    lapack_int *pivot = wio_alloc(size, sizeof *pivot);
    float *inverse = wio_alloc(size * size, sizeof *inverse);
    wio_status status = WIO_E_MEMORY;
    if (B != NULL && pivot != NULL && inverse != NULL) {
        double *lu = B + size * size, *X = lu + size * size;
        bool fine = true;
        copy_block(B, A, first, size);
        status = WIO_OK;
        fine = wio_lu_factor(lu, pivot, size, B) == 0;
        memset(X, 0, size * size * sizeof *X);
        for (size_t i = 0; i < size; i++) {
            X[i * size + i] = 1.0;
        }
        if (fine) {
            wio_lu_solve(X, lu, pivot, size, size, true, X + size * size); /* rows of the inverse */
        }
        for (size_t e = 0; e < size * size; e++) {
            fine = fine && fabs(X[e]) < 1e30;
            inverse[e] = fine ? (float)X[e] : 0.0F;
        }
        if (fine) {
            *out = inverse;
            inverse = NULL;
        }
    }
    wio_free(inverse);
    wio_free(pivot);
    wio_free(B);
    return status;
}

wio_status wio_blocks_create(wio_blocks **out, const wio_matrix *A, const size_t *first,
                             size_t blocks, int threads, wio_error *err)
{
    if (blocks == 0 || first[0] != 0 || first[blocks] != A->n) {
        return wio_fail(err, WIO_E_ARGUMENT, "blocks have to begin at 0 and end at %zu", A->n);
    }
    for (size_t b = 0; b < blocks; b++) {
        if (first[b + 1] <= first[b]) {
            return wio_fail(err, WIO_E_ARGUMENT, "block %zu begins at %zu and ends at %zu", b,
                            first[b], first[b + 1]);
        }
    }
    wio_blocks *own = wio_zalloc(1, sizeof *own);
    size_t *copy = wio_alloc(blocks + 1, sizeof *copy);
    float **inverse = wio_zalloc(blocks, sizeof *inverse);
    if (own == NULL || copy == NULL || inverse == NULL) {
        wio_free(own);
        wio_free(copy);
        wio_free(inverse);
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu blocks", blocks);
    }
    memcpy(copy, first, (blocks + 1) * sizeof *copy);
    *own = (wio_blocks){blocks, copy, inverse, A->n, wio_threads(threads)};
    bool failed = false;
    wio_blas_single();
    int team = omp_in_parallel() != 0 || A->n < 1000 ? 1 : own->threads;
#pragma omp parallel for num_threads(team) schedule(dynamic) reduction(|| : failed)
    for (size_t b = 0; b < blocks; b++) {
        failed = failed || invert_block(&inverse[b], A, copy[b], copy[b + 1] - copy[b]) != WIO_OK;
    }
    if (failed) {
        wio_blocks_free(own);
        return wio_fail(err, WIO_E_MEMORY, "no memory for the inverses of %zu blocks", blocks);
    }
    *out = own;
    return WIO_OK;
}

void wio_blocks_free(wio_blocks *blocks)
{
    if (blocks != NULL) {
        for (size_t b = 0; b < blocks->blocks; b++) {
            wio_free(blocks->inverse[b]);
        }
        wio_free(blocks->inverse);
        wio_free((void *)blocks->first);
        wio_free(blocks);
    }
}

/* z of one block, by pieces that fit on the stack. */
static void apply_block(double *z, const float *inverse, size_t size, bool transposed, double *y)
{
    if (transposed) {
        memset(y, 0, size * sizeof *y);
        wio_band(y, size, size, size, inverse, WIO_SINGLE, z);
    } else {
        wio_rows(y, size, size, size, inverse, WIO_SINGLE, z);
    }
    memcpy(z, y, size * sizeof *z);
}

void wio_blocks_apply(double *Z, const void *context, bool transposed, size_t k)
{
    enum { MOST = 2048 };
    const wio_blocks *own = context;
    int team = omp_in_parallel() != 0 || own->n < 1000 ? 1 : own->threads;
#pragma omp parallel for num_threads(team) schedule(dynamic)
    for (size_t b = 0; b < own->blocks; b++) {
        double y[MOST];
        size_t size = own->first[b + 1] - own->first[b];
        for (size_t c = 0; c < k && own->inverse[b] != NULL && size <= MOST; c++) {
            apply_block(Z + c * own->n + own->first[b], own->inverse[b], size, transposed, y);
        }
    }
}

void wio_stale_apply(double *Z, const void *context, bool transposed, size_t k)
{
    const wio_system *system = context;
    int threads = omp_in_parallel() ? 1 : wio_threads(system->threads);
    for (size_t c = 0; c < k; c++) { /* alone, so that bits do not depend on k */
        wio_lu_solve_one(Z + c * system->n, system->lu, system->pivot, system->n, transposed,
                         threads);
    }
}
