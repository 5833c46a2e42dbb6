/* extract.c - unknowns taken out of x = A x + f, without a system for each.
 *
 * Without K the rest solves (I - A_RR) x*_R = f_R. x - L E_K y does so for any y, because
 * (I - A) L E_K y is 0 outside K; y is the one that makes it 0 inside K: L_KK y = x_K.
 * Columns cut, (I - A + s A E_K E_K') x* = f: x - x* = s L A E_K x*_K, where L A = L - I. Rows cut,
 * (I - A + s E_K E_K' A) x* = f: x - x* = s L E_K (A x*)_K. Both are solved for their small factor
 * by taking rows K (of A x, with A L = L - I): ((1-s) I + s L_KK) y = x_K or (A x)_K. */
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

static const wio_cut WHOLE = {WIO_CUT_ALL, 1.0};

static wio_status check_cut(const wio_cut *cut, wio_error *err)
{
    bool valid =
        cut->links == WIO_CUT_ALL ? cut->share == 1.0 : cut->share > 0.0 && cut->share <= 1.0;
    return valid ? WIO_OK
                 : wio_fail(err, WIO_E_ARGUMENT,
                            "a share of %g of the links cannot be cut: it is above 0, up to 1, "
                            "and 1 where an unknown is taken out whole",
                            cut->share);
}

/* loss [n] holds g'L and becomes g'(x - x*). */
static void lose(double *loss, size_t n, const double *L, const wio_cut *cut, const double *weight,
                 const double *amount)
{
    for (size_t k = 0; k < n; k++) {
        double pivot = (1.0 - cut->share) + cut->share * L[k * n + k];
        double kept = cut->links == WIO_CUT_COLUMNS ? weight[k] : 0.0;
        loss[k] = cut->share * (loss[k] - kept) * (amount[k] / pivot);
    }
}

/* What unknown k itself loses; with ALL without rounding. */
static double lose_own(const double *L, size_t n, size_t k, const wio_cut *cut, double amount)
{
    double l = L[k * n + k], pivot = (1.0 - cut->share) + cut->share * l;
    double part = cut->links == WIO_CUT_COLUMNS ? l - 1.0 : l;
    return cut->links == WIO_CUT_ALL ? amount : cut->share * part * (amount / pivot);
}

wio_status wio_extract_each(double *loss, double *own, double *diagonal, size_t n, const double *A,
                            const double *v, const wio_cut *cut, size_t accounts,
                            const double *weight, const double *amount,
                            const wio_inverse_options *options, wio_inverse_report *report,
                            wio_diagnosis *diagnosis, wio_error *err)
{
    size_t cells;
    if (A == NULL || amount == NULL || n == 0 || __builtin_mul_overflow(accounts, n, &cells) ||
        (accounts > 0 && (loss == NULL || weight == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_extract_each: NULL argument, or n is 0");
    }
    cut = cut != NULL ? cut : &WHOLE;
    WIO_TRY(check_cut(cut, err));
    WIO_TRY(check(amount, n, "x", err));
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
        lose(lost + a * n, n, L, cut, weight + a * n, amount);
    }
    for (size_t k = 0; status == WIO_OK && k < n; k++) {
        if (own != NULL) {
            own[k] = lose_own(L, n, k, cut, amount[k]);
        }
        if (diagonal != NULL) {
            diagonal[k] = L[k * n + k];
        }
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

/* y [count] with ((1-s) I + s L_KK) y = amount_K; S [count x count] by columns. */
static wio_status solve_small(double *S, double *y, lapack_int *pivot, const double *columns,
                              size_t n, const wio_cut *cut, size_t count, const size_t *group,
                              const double *amount, wio_error *err)
{
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < count; i++) {
            S[k * count + i] = cut->share * columns[k * n + group[i]];
        }
        S[k * count + k] += 1.0 - cut->share;
        y[k] = amount[group[k]];
    }
    wio_blas_single();
    if (LAPACKE_dgesv_work(LAPACK_COL_MAJOR, (lapack_int)count, 1, S, (lapack_int)count, pivot, y,
                           (lapack_int)count) != 0) {
        return wio_fail(err, WIO_E_SINGULAR,
                        "the group of %zu cannot be taken out: L_KK is singular", count);
    }
    return WIO_OK;
}

static void add_up(double *drop, size_t n, const wio_cut *cut, size_t count, const size_t *group,
                   const double *columns, const double *y, const double *amount)
{
    memset(drop, 0, n * sizeof *drop);
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < n; i++) {
            drop[i] += cut->share * y[k] * columns[k * n + i];
        }
    }
    for (size_t k = 0; k < count; k++) {
        if (cut->links == WIO_CUT_ALL) {
            drop[group[k]] = amount[group[k]];
        } else if (cut->links == WIO_CUT_COLUMNS) {
            drop[group[k]] -= cut->share * y[k];
        }
    }
}

wio_status wio_extract_group(double *drop, const wio_system *system, const wio_cut *cut,
                             size_t count, const size_t *group, const double *amount,
                             wio_certificate *certificate, wio_error *err)
{
    if (drop == NULL || system == NULL || amount == NULL || count == 0 || group == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_extract_group: NULL argument, or an empty group");
    }
    cut = cut != NULL ? cut : &WHOLE;
    WIO_TRY(check_cut(cut, err));
    WIO_TRY(check_group(system, count, group, err));
    size_t n = system->n;
    WIO_TRY(check(amount, n, "x", err));
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
    status = solve_small(S, y, pivot, columns, n, cut, count, group, amount, err);
    if (status == WIO_OK) {
        add_up(drop, n, cut, count, group, columns, y, amount);
    }
done:
    wio_free(pivot);
    wio_free(S);
    wio_free(columns);
    return status;
}
