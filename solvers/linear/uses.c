/* uses.c - what the inverse L = (I - A)^-1 is asked for, without L.
 *
 *   column j = L e_j,  row i = e_i' L,  l_ii = e_i' L e_i,  row sums = L 1,  column sums = 1' L,
 *   x = f + A f + A^2 f + ... + A^(K-1) f + L A^K f                    (the rounds, and the rest) */
#include "iterative.h"

#include <string.h>

static wio_status check_lines(size_t k, const size_t *which, size_t n, bool rows, wio_error *err)
{
    for (size_t c = 0; c < k; c++) {
        if (which[c] >= n) {
            return wio_fail(err, WIO_E_ARGUMENT, "line %zu: there is no %s %zu, only 0 to %zu", c,
                            rows ? "row" : "column", which[c], n - 1);
        }
    }
    return WIO_OK;
}

wio_status wio_solver_lines(double *X, const wio_solver *solver, size_t k, const size_t *which,
                            bool rows, wio_certificate *certificate, wio_error *err)
{
    if (X == NULL || solver == NULL || which == NULL || k == 0) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_solver_lines: NULL argument or no line");
    }
    size_t n = wio_system_order(solver);
    WIO_TRY(check_lines(k, which, n, rows, err));
    double *E = wio_zalloc(k, n * sizeof *E);
    if (E == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu lines of %zu", k, n);
    }
    for (size_t c = 0; c < k; c++) {
        E[c * n + which[c]] = 1.0;
    }
    wio_status status = wio_solver_solve(X, solver, k, E, rows, certificate, err);
    wio_free(E);
    return status;
}

/* Columns of L by blocks, of which one element each is kept; a column's bits do not depend on the
 * others, so the width does not matter but for memory: woven.c likes hundreds, krylov.c takes 16. */
wio_status wio_solver_diagonal(double *l, const wio_solver *solver, size_t k, const size_t *which,
                               wio_certificate *certificate, wio_error *err)
{
    enum { WITH_FACTORS = 256, WITHOUT = 16 };
    if (l == NULL || solver == NULL || k == 0 || (which == NULL && k != wio_system_order(solver))) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_solver_diagonal: NULL argument, or not as many elements as asked for");
    }
    if (which != NULL) {
        WIO_TRY(check_lines(k, which, wio_system_order(solver), false, err));
    }
    size_t n = wio_system_order(solver), width = solver->iterative == NULL ? WITH_FACTORS : WITHOUT;
    width = k < width ? k : width;
    double *X = wio_alloc(width, n * sizeof *X), *own = wio_alloc(k, sizeof *own);
    size_t *index = wio_alloc(width, sizeof *index);
    wio_certificate worst = {0};
    wio_status status = WIO_OK;
    if (X == NULL || own == NULL || index == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "no memory for %zu columns of %zu", width, n);
    }
    for (size_t first = 0; status == WIO_OK && first < k; first += width) {
        size_t used = k - first < width ? k - first : width;
        for (size_t c = 0; c < used; c++) {
            index[c] = which != NULL ? which[first + c] : first + c;
        }
        status = wio_solver_lines(X, solver, used, index, false, &worst, err);
        for (size_t c = 0; status == WIO_OK && c < used; c++) {
            own[first + c] = X[c * n + index[c]];
        }
    }
    if (status == WIO_OK) {
        memcpy(l, own, k * sizeof *l);
        if (certificate != NULL) {
            wio_certificate_merge(certificate, &worst);
        }
    }
    wio_free(index);
    wio_free(own);
    wio_free(X);
    return status;
}

wio_status wio_solver_sums(double *x, const wio_solver *solver, const double *weight, bool columns,
                           wio_certificate *certificate, wio_error *err)
{
    if (x == NULL || solver == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_solver_sums: NULL argument");
    }
    if (weight != NULL) {
        return wio_solver_solve(x, solver, 1, weight, columns, certificate, err);
    }
    size_t n = wio_system_order(solver);
    double *ones = wio_alloc(n, sizeof *ones);
    if (ones == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for sums of %zu", n);
    }
    for (size_t i = 0; i < n; i++) {
        ones[i] = 1.0;
    }
    wio_status status = wio_solver_solve(x, solver, 1, ones, columns, certificate, err);
    wio_free(ones);
    return status;
}

wio_status wio_solver_rounds(double *round, double *rest, const wio_solver *solver,
                             const wio_matrix *A, size_t rounds, const double *f,
                             wio_certificate *certificate, wio_error *err)
{
    if (round == NULL || rest == NULL || solver == NULL || A == NULL || f == NULL || rounds == 0 ||
        A->n != wio_system_order(solver)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_solver_rounds: NULL argument, no round, or a matrix of another order");
    }
    size_t n = A->n, cells;
    wio_operator *op = NULL;
    double *term = NULL;
    WIO_TRY(wio_check_finite(f, n, "demand", err)); /* an empty column of A would hide it */
    if (rounds < SIZE_MAX && !__builtin_mul_overflow(rounds + 1, n, &cells)) {
        term = wio_alloc(cells, sizeof *term);
    }
    if (term == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu rounds of %zu", rounds, n);
    }
    wio_status status = wio_operator_create(&op, A, 0, false, err);
    if (status == WIO_OK) {
        memcpy(term, f, n * sizeof *f);
        for (size_t t = 0; t < rounds; t++) {
            wio_operator_apply(term + (t + 1) * n, op, false, 0, 1, term + t * n);
        }
        status = wio_solver_solve(rest, solver, 1, term + rounds * n, false, certificate, err);
    }
    if (status == WIO_OK) {
        memcpy(round, term, rounds * n * sizeof *round);
    }
    wio_operator_free(op);
    wio_free(term);
    return status;
}
