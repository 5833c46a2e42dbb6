/* solver.c - the public wio_solver: the planned method behind one object. */
#include "plan.h"

#include "iterative.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* Says in the plan what turned out otherwise. */
static void note(wio_plan *plan, wio_method method, const char *why)
{
    size_t used = strlen(plan->reason);
    (void)snprintf(plan->reason + used, sizeof plan->reason - used, "; %s", why);
    plan->method = method;
}

/* Single precision that did not do, and digits that LU does not have (lu.c). */
static void note_factors(wio_plan *plan, const wio_system *system)
{
    if (plan->method != WIO_METHOD_ENTRYWISE && system->diagonal != NULL) {
        note(plan, WIO_METHOD_ENTRYWISE, "the condition number is above what lu has digits for");
    } else if (plan->method == WIO_METHOD_MIXED && system->n > WIO_SMALL &&
               system->pivot[0] != WIO_TILED_SINGLE) {
        note(plan, WIO_METHOD_LU, "single precision did not do, so double");
    }
}

/* By factors; compressed rows are stored in full. */
static wio_status with_factors(wio_system **out, wio_plan *plan, const wio_matrix *A,
                               const double *v, int threads, wio_diagnosis *diagnosis,
                               wio_error *err)
{
    wio_method method = plan->method;
    if (A->dense == NULL) {
        WIO_TRY(wio_matrix_check(A, err));
    }
    double *full = A->dense == NULL ? expand(A) : NULL;
    const double *dense = A->dense != NULL ? A->dense : full;
    if (dense == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for a matrix of %zu rows in full", A->n);
    }
    const wio_system_options options = {.threads = threads,
                                        .borrow = true,
                                        .entrywise = method == WIO_METHOD_ENTRYWISE,
                                        .refined = method == WIO_METHOD_REFINED,
                                        .mixed = method == WIO_METHOD_MIXED,
                                        .half = isnan(plan->alternative[WIO_METHOD_LU])};
    wio_status status = wio_system_create_with(out, A->n, dense, v, &options, diagnosis, err);
    if (status == WIO_OK && full != NULL) {
        (*out)->copy = full; /* the system's own from here on */
    } else {
        wio_free(full);
    }
    if (status == WIO_OK) {
        note_factors(plan, *out);
    }
    return status;
}

/* Whether the inverse diagonal blocks are worth their making, 2 b^3 operations and 4 b^2 bytes each: for
 * less than ten readings of A, which they save at best, and a quarter of its memory. */
static bool worth_blocks(const wio_solver_options *options, const wio_matrix *A)
{
    double flops = 0.0, bytes = 0.0, n = (double)A->n;
    double stored = A->dense != NULL ? 8.0 * n * n : 12.0 * (double)A->start[A->n];
    for (size_t b = 0; options->block != NULL && b < options->blocks; b++) {
        double rows = (double)(options->block[b + 1] - options->block[b]);
        flops += 2.0 * rows * rows * rows;
        bytes += 4.0 * rows * rows;
    }
    return flops <= 10.0 * WIO_FLOPS_PER_BYTE * stored && bytes <= 0.25 * stored;
}

/* By products with A, which stays the caller's. */
static wio_status with_products(wio_system **out, const wio_matrix *A, const double *v,
                                const wio_solver_options *options, wio_diagnosis *diagnosis,
                                wio_error *err)
{
    wio_system *system = wio_zalloc(1, sizeof *system);
    if (system == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for a solver of %zu equations", A->n);
    }
    const wio_iterative_options how = {.threads = options->threads,
                                       .block = options->block,
                                       .blocks = worth_blocks(options, A) ? options->blocks : 0,
                                       .single = A->dense != NULL};
    system->n = A->n;
    system->A = A->dense;
    wio_krylov_report report = {0};
    wio_status status =
        wio_iterative_create(&system->iterative, A, v, &how, diagnosis, &report, err);
    if (status != WIO_OK) {
        wio_system_free(system);
        return status;
    }
    wio_iterative_start(&system->own, system->iterative);
    *out = system;
    return WIO_OK;
}

/* AUTO chose products and they proved nothing: factors have the last word where they fit, unless the
 * radius is known to be 1 or more. */
static bool worth_factors(wio_status status, const wio_solver_options *options, const wio_matrix *A,
                          const wio_plan *plan, const wio_diagnosis *diagnosis)
{
    bool undecided = (status == WIO_E_NOT_PRODUCTIVE && !(diagnosis->radius_low >= 1.0)) ||
                     status == WIO_E_SINGULAR || status == WIO_E_NOT_CONVERGED;
    double seconds = plan->alternative[WIO_METHOD_LU];
    return undecided && options->method == WIO_METHOD_AUTO && seconds == seconds && A->n < INT_MAX;
}

/* Negative elements: single precision does not suit, and the proof needs factors of the comparison matrix
 * and that matrix (certificate.c). What does not fit with them is refused before it starts. */
static wio_status count_signs(wio_plan *plan, const wio_matrix *A,
                              const wio_solver_options *options, wio_error *err)
{
    if (A->dense == NULL) {
        WIO_TRY(wio_matrix_check(A, err));
    }
    if (plan->method == WIO_METHOD_ENTRYWISE || !wio_has_negative(A)) {
        return WIO_OK;
    }
    double n = (double)A->n, room = wio_plan_room(A, options);
    size_t entries = A->dense != NULL ? A->n * A->n : A->start[A->n];
    double bytes =
        16.0 * n * n + wio_method_cost(WIO_METHOD_LU, A->dense != NULL, A->n, entries, 1).bytes;
    if (bytes <= room) {
        plan->bytes = bytes;
        return WIO_OK;
    }
    if (options->method == WIO_METHOD_AUTO && !isnan(plan->alternative[WIO_METHOD_KRYLOV])) {
        note(plan, WIO_METHOD_KRYLOV, "factors of a matrix with negative elements do not fit");
        return WIO_OK;
    }
    return wio_fail(err, WIO_E_MEMORY,
                    "%zu equations with negative elements by the method %s need %.0f bytes "
                    "(%.3g GB) beside the matrix, and %.0f (%.3g GB) may be used; krylov needs the "
                    "least",
                    A->n, wio_method_name(plan->method), bytes, bytes * 1e-9, room, room * 1e-9);
}

/* Above a condition of 1e8 the rounding of 1 - a_ii alone costs half of the digits; v has them (TRUST 1.4,
 * step 5). AUTO's products stay for compressed rows, which would have to be stored in full. */
static bool worth_digits(const wio_system *system, const wio_solver_options *options,
                         const wio_matrix *A, const double *v, const wio_plan *plan)
{
    return options->method == WIO_METHOD_AUTO && A->dense != NULL && system->own.condition > 1e8 &&
           !isnan(plan->alternative[WIO_METHOD_ENTRYWISE]) && wio_gth_fits(A->n, A->dense, v);
}

static wio_status make(wio_system **out, wio_plan *plan, const wio_matrix *A, const double *v,
                       const wio_solver_options *options, wio_diagnosis *diagnosis, wio_error *err)
{
    wio_error detail = {0};
    wio_status status = WIO_OK;
    if (plan->method != WIO_METHOD_KRYLOV) {
        WIO_TRY(count_signs(plan, A, options, err));
    }
    if (plan->method != WIO_METHOD_KRYLOV) {
        status = with_factors(out, plan, A, v, options->threads, diagnosis, &detail);
        double seconds = plan->alternative[WIO_METHOD_KRYLOV];
        if (status != WIO_E_NOT_CONVERGED || options->method != WIO_METHOD_AUTO || isnan(seconds)) {
            return status == WIO_OK ? WIO_OK : wio_fail(err, status, "%s", detail.message);
        }
        note(plan, WIO_METHOD_KRYLOV, "single precision did not do, and double does not fit");
    }
    status = with_products(out, A, v, options, diagnosis, &detail);
    if (status == WIO_OK && worth_digits(*out, options, A, v, plan)) {
        wio_system_free(*out);
        note(plan, WIO_METHOD_ENTRYWISE,
             "the condition number is above what krylov has digits for");
        return with_factors(out, plan, A, v, options->threads, diagnosis, err);
    }
    if (!worth_factors(status, options, A, plan, diagnosis)) {
        return status == WIO_OK ? WIO_OK : wio_fail(err, status, "%s", detail.message);
    }
    wio_free(diagnosis->member);
    *diagnosis = (wio_diagnosis){0};
    note(plan, WIO_METHOD_LU, "krylov proved nothing, so factors did");
    return with_factors(out, plan, A, v, options->threads, diagnosis, err);
}

wio_status wio_solver_make(wio_system **out, const wio_matrix *A, const double *v,
                           const wio_solver_options *options, wio_plan *plan,
                           wio_diagnosis *diagnosis, wio_error *err)
{
    static const wio_solver_options none = {0};
    wio_plan own;
    wio_diagnosis found = {0};
    options = options != NULL ? options : &none;
    WIO_TRY(wio_plan_make(&own, A, v, options, err));
    double start = wio_clock();
    size_t before = wio_alloc_bytes;
    wio_alloc_mark();
    wio_status status = make(out, &own, A, v, options, &found, err);
    if (diagnosis != NULL) {
        *diagnosis = found;
    } else {
        wio_free(found.member);
    }
    WIO_TRY(status);
    own.took = wio_clock() - start;
    size_t most = wio_alloc_most; /* another thread may have freed what was there before */
    own.held = most > before ? (double)(most - before) : 0.0;
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
