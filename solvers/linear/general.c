/* general.c - X (B')^-1 for a square matrix that is no I - A: LU with row pivots (dgetrf), on the
 * implicit transpose. Not certified: a caller that can check its result has to. */
#include "system.h"

#include <limits.h>
#include <math.h>
#include <string.h>

wio_status wio_general_right(double *X, size_t rows, size_t n, const double *B, wio_error *err)
{
    size_t cells;
    if (n == 0 || rows == 0) {
        return WIO_OK;
    }
    if (n > INT_MAX || rows > INT_MAX || __builtin_mul_overflow(n, n, &cells)) {
        return wio_fail(err, WIO_E_MEMORY, "a matrix of order %zu", n);
    }
    size_t room;
    double *factors = __builtin_add_overflow(cells, wio_lu_room(n, rows), &room)
                          ? NULL
                          : wio_alloc(room, sizeof *factors);
    lapack_int *pivot = wio_alloc(n, sizeof *pivot);
    wio_status status = WIO_OK;
    if (factors == NULL || pivot == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "factors of order %zu", n);
    } else {
        /* Row-major B is B' by columns, row-major X is X': B X_new' = X' is the transposed solve. */
        memcpy(factors, B, cells * sizeof *factors);
        lapack_int order = (lapack_int)n;
        wio_blas_single();
        lapack_int info =
            LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, order, order, factors, order, pivot);
        if (info > 0) {
            status = wio_fail(err, WIO_E_SINGULAR, "the matrix is singular (pivot %d)", (int)info);
        } else if (info < 0) {
            status = wio_fail(err, WIO_E_INTERNAL, "dgetrf refused its arguments");
        } else {
            wio_lu_solve(X, factors, pivot, n, rows, false, factors + cells);
        }
    }
    wio_free(pivot);
    wio_free(factors);
    return status;
}
