/* solver.c - the public wio_solver: the planned method behind one object. */
#include "plan.h"

#include "system.h"

/* A stored in full; freed by the caller. NULL without memory. */
static double *expand(const wio_matrix *A)
{
    double *full = wio_zalloc(A->n, A->n * sizeof *full);
    for (size_t i = 0; full != NULL && i < A->n; i++) {
        for (size_t p = A->start[i]; p < A->start[i + 1]; p++) {
            full[i * A->n + A->column[p]] = A->value[p];
        }
    }
    return full;
}

/* By factors, which copy the matrix. */
static wio_status with_factors(wio_system **out, wio_method method, const wio_matrix *A,
                               const double *v, int threads, wio_diagnosis *diagnosis,
                               wio_error *err)
{
    double *full = A->dense == NULL ? expand(A) : NULL;
    const double *dense = A->dense != NULL ? A->dense : full;
    if (dense == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for a matrix of %zu rows in full", A->n);
    }
    const wio_system_options options = {.threads = threads,
                                        .refined = method == WIO_METHOD_REFINED,
                                        .mixed = method == WIO_METHOD_MIXED};
    wio_status status = method == WIO_METHOD_ENTRYWISE
                            ? wio_system_create_entrywise(out, A->n, dense, v, diagnosis, err)
                            : wio_system_create_with(out, A->n, dense, v, &options, diagnosis, err);
    wio_free(full);
    return status;
}

wio_status wio_solver_make(wio_system **out, const wio_matrix *A, const double *v,
                           const wio_solver_options *options, wio_plan *plan,
                           wio_diagnosis *diagnosis, wio_error *err)
{
    wio_plan own;
    WIO_TRY(wio_plan_make(&own, A, v, options, err));
    double start = wio_clock();
    size_t before = wio_alloc_bytes;
    wio_alloc_mark();
    wio_status status = WIO_E_UNSUPPORTED;
    if (own.method == WIO_METHOD_KRYLOV) {
        status = wio_fail(err, WIO_E_UNSUPPORTED, "%s", wio_method_name(own.method));
    } else {
        status = with_factors(out, own.method, A, v, options != NULL ? options->threads : 0,
                              diagnosis, err);
    }
    WIO_TRY(status);
    own.took = wio_clock() - start;
    own.held = (double)(wio_alloc_most - before);
    if (plan != NULL) {
        *plan = own;
    }
    return WIO_OK;
}

wio_status wio_solver_create(wio_solver **out, const wio_matrix *A, const double *v,
                             const wio_solver_options *options, wio_plan *plan, wio_error *err)
{
    if (out == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_solver_create: NULL argument");
    }
    return wio_solver_make(out, A, v, options, plan, NULL, err);
}

void wio_solver_free(wio_solver *solver)
{
    wio_system_free(solver);
}

wio_status wio_solver_solve(double *X, const wio_solver *solver, size_t k, const double *F,
                            bool transposed, wio_certificate *certificate, wio_error *err)
{
    if (X == NULL || solver == NULL || F == NULL || k == 0) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_solver_solve: NULL argument or nothing to solve");
    }
    return transposed ? wio_system_solve_transposed(X, solver, k, F, certificate, err)
                      : wio_system_solve(X, solver, k, F, certificate, err);
}
