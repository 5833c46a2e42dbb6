/* extract.c - unknowns taken out of x = A x + f, without a system for each.
 *
 * Without K the rest solves (I - A_RR) x*_R = f_R. x - L E_K y does so for any y, because
 * (I - A) L E_K y is 0 outside K; y is the one that makes it 0 inside K: L_KK y = x_K. */
#include "extract.h"
#include "system.h"

#include <math.h>
#include <string.h>

static wio_status check(const double *v, size_t count, const char *name, wio_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(v[i])) {
            return wio_fail(err, WIO_E_NONFINITE, "%s[%zu] is %g, it has to be a finite number",
                            name, i, v[i]);
        }
    }
    return WIO_OK;
}

wio_status wio_extract_each(double *loss, double *diagonal, size_t n, const double *A,
                            const double *v, size_t accounts, const double *weight, const double *x,
                            const wio_inverse_options *options, wio_inverse_report *report,
                            wio_diagnosis *diagnosis, wio_error *err)
{
    size_t cells;
    if (A == NULL || x == NULL || n == 0 || __builtin_mul_overflow(accounts, n, &cells) ||
        (accounts > 0 && (loss == NULL || weight == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_extract_each: NULL argument, or n is 0");
    }
    WIO_TRY(check(x, n, "x", err));
    WIO_TRY(check(weight, cells, "weight", err));
    double *L = wio_alloc(n, n * sizeof *L), *lost = wio_alloc(cells, sizeof *lost);
    wio_status status = WIO_OK;
    if (L == NULL || lost == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "no memory to take out each of %zu unknowns", n);
    }
    if (status == WIO_OK) {
        status = wio_inverse(L, n, A, v, options, report, diagnosis, err);
    }
    for (size_t a = 0; status == WIO_OK && a < accounts; a++) {
        wio_apply_transposed(lost + a * n, n, L, weight + a * n);
        for (size_t k = 0; k < n; k++) {
            lost[a * n + k] *= x[k] / L[k * n + k];
        }
    }
    for (size_t k = 0; status == WIO_OK && diagonal != NULL && k < n; k++) {
        diagonal[k] = L[k * n + k];
    }
    if (status == WIO_OK && cells > 0) {
        memcpy(loss, lost, cells * sizeof *loss);
    }
    wio_free(lost);
    wio_free(L);
    return status;
}

static wio_status check_group(const wio_system *system, size_t count, const size_t *group,
                              wio_error *err)
{
    for (size_t k = 0; k < count; k++) {
        if (group[k] >= system->n || (k > 0 && group[k] <= group[k - 1])) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "member %zu of the group is %zu: members increase, below %zu", k,
                            group[k], system->n);
        }
    }
    return WIO_OK;
}

wio_status wio_extract_group(double *drop, const wio_system *system, size_t count,
                             const size_t *group, const double *x, wio_certificate *certificate,
                             wio_error *err)
{
    if (drop == NULL || system == NULL || x == NULL || count == 0 || group == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_extract_group: NULL argument, or an empty group");
    }
    WIO_TRY(check_group(system, count, group, err));
    size_t n = system->n;
    WIO_TRY(check(x, n, "x", err));
    double *columns = wio_zalloc(count, n * sizeof *columns);
    double *S = wio_alloc(count, (count + 1) * sizeof *S), *y = S != NULL ? S + count * count : S;
    lapack_int *pivot = wio_alloc(count, sizeof *pivot);
    wio_status status = WIO_OK;
    if (columns == NULL || S == NULL || pivot == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "no memory to take %zu of %zu unknowns out", count, n);
        goto done;
    }
    for (size_t k = 0; k < count; k++) {
        columns[k * n + group[k]] = 1.0;
    }
    status = wio_system_solve(columns, system, count, columns, certificate, err);
    if (status != WIO_OK) {
        goto done;
    }
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < count; i++) {
            S[k * count + i] = columns[k * n + group[i]]; /* by columns */
        }
        y[k] = x[group[k]];
    }
    wio_blas_single();
    if (LAPACKE_dgesv_work(LAPACK_COL_MAJOR, (lapack_int)count, 1, S, (lapack_int)count, pivot, y,
                           (lapack_int)count) != 0) {
        status = wio_fail(err, WIO_E_SINGULAR,
                          "the group of %zu cannot be taken out: L_KK is "
                          "singular",
                          count);
        goto done;
    }
    memset(drop, 0, n * sizeof *drop);
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < n; i++) {
            drop[i] += y[k] * columns[k * n + i];
        }
    }
    for (size_t k = 0; k < count; k++) {
        drop[group[k]] = x[group[k]];
    }
done:
    wio_free(pivot);
    wio_free(S);
    wio_free(columns);
    return status;
}
