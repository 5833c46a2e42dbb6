/* solver.c - the public wio_solver: the planned method behind one object. */
#include "plan.h"

#include "system.h"

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
    switch (own.method) {
    case WIO_METHOD_LU:
    case WIO_METHOD_REFINED:
        status = wio_system_create(out, A->n, A->dense, v, diagnosis, err);
        break;
    case WIO_METHOD_ENTRYWISE:
        status = wio_system_create_entrywise(out, A->n, A->dense, v, diagnosis, err);
        break;
    default:
        status = wio_fail(err, WIO_E_UNSUPPORTED, "%s", wio_method_name(own.method));
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
