/* test_solver.c - the public wio_solver: every method gives the same answer, on either storage.
 *
 * The reference is the power series f + A f + A^2 f + ... in long double, whose remainder after 200
 * terms is .7^200 < 1e-30 of the answer for matrices with column sums of .7 (in the transposed sense
 * too: ||A||_1 bounds the series of A, and of A' by the same number). */
#include "support.h"

#include "../core/internal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 560, SIDES = 3, TERMS = 200 };

static double *A, *v, *F;
static size_t *start;
static uint32_t *column;
static double *value;

static void make_matrix(void)
{
    uint64_t state = 3;
    A = calloc((size_t)N * N, sizeof *A);
    v = calloc(N, sizeof *v);
    F = calloc((size_t)N * SIDES, sizeof *F);
    start = calloc(N + 1, sizeof *start);
    column = calloc((size_t)N * N, sizeof *column);
    value = calloc((size_t)N * N, sizeof *value);
    random_matrix(A, N, .2, .3, &state);
    for (size_t i = 0; i < N; i++) {
        long double sum = 1.0L;
        start[i + 1] = start[i];
        for (size_t j = 0; j < N; j++) {
            sum -= A[j * N + i];
            if (A[i * N + j] != 0.0) {
                column[start[i + 1]] = (uint32_t)j;
                value[start[i + 1]++] = A[i * N + j];
            }
        }
        v[i] = (double)sum;
        F[i] = 100.0 * random_uniform(&state);
        F[N + i] = i == 17 ? 1.0 : 0.0;
        F[2 * N + i] = random_uniform(&state) - .5;
    }
}

static void free_matrix(void)
{
    free(A);
    free(v);
    free(F);
    free(start);
    free(column);
    free(value);
}

static wio_matrix dense_matrix(void)
{
    return (wio_matrix){.n = N, .dense = A};
}

static wio_matrix sparse_matrix(void)
{
    return (wio_matrix){.n = N, .start = start, .column = column, .value = value};
}

/* x = sum over A^t f in long double. */
static void series(double *x, const double *f, bool transposed)
{
    long double *term = malloc(3 * N * sizeof *term), *next = term + N, *sum = next + N;
    for (size_t i = 0; i < N; i++) {
        sum[i] = term[i] = f[i];
    }
    for (int t = 0; t < TERMS; t++) {
        memset(next, 0, N * sizeof *next);
        for (size_t i = 0; i < N; i++) {
            for (size_t p = start[i]; p < start[i + 1]; p++) {
                size_t j = column[p];
                *(transposed ? &next[j] : &next[i]) +=
                    (long double)value[p] * (transposed ? term[i] : term[j]);
            }
        }
        for (size_t i = 0; i < N; i++) {
            term[i] = next[i];
            sum[i] += term[i];
        }
    }
    for (size_t i = 0; i < N; i++) {
        x[i] = (double)sum[i];
    }
    free(term);
}

static wio_solver *solver_of(const wio_matrix *matrix, const double *shares,
                             const wio_solver_options *options, wio_plan *plan)
{
    wio_solver *solver = NULL;
    wio_error err = {0};
    wio_status status = wio_solver_create(&solver, matrix, shares, options, plan, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return solver;
}

/* Every element within the certificate's own bound, which has to be worth having. */
static void check_against_series(const wio_matrix *matrix, wio_method method)
{
    const wio_solver_options options = {.method = method, .right_hand_sides = SIDES};
    wio_plan plan = {0};
    wio_solver *solver = solver_of(matrix, v, &options, &plan);
    double *X = malloc((size_t)N * SIDES * sizeof *X), *x = malloc(N * sizeof *x);
    ck_assert_int_eq(plan.method, method);
    ck_assert(plan.took > 0.0 && plan.held > 0.0);
    for (int transposed = 0; transposed < 2; transposed++) {
        wio_certificate certificate = {0};
        wio_error err = {0};
        wio_status status =
            wio_solver_solve(X, solver, SIDES, F, transposed != 0, &certificate, &err);
        ck_assert_msg(status == WIO_OK, "%s: %s", wio_method_name(method), err.message);
        ck_assert(certificate.productive && certificate.solves >= SIDES);
        ck_assert_msg(certificate.error_bound <= 1e-8, "%s: %g", wio_method_name(method),
                      certificate.error_bound);
        ck_assert(certificate.condition >= 1.0 && certificate.condition < 1e3);
        ck_assert(certificate.radius_high < 1.0 && certificate.radius_low > 0.0);
        for (size_t c = 0; c < SIDES; c++) {
            double top = 0.0;
            series(x, F + c * N, transposed != 0);
            for (size_t i = 0; i < N; i++) {
                top = fmax(top, fabs(x[i]));
            }
            for (size_t i = 0; i < N; i++) {
                double gap = fabs(X[c * N + i] - x[i]);
                ck_assert_msg(gap <= (certificate.error_bound + DBL_EPSILON) * top,
                              "%s, side %zu, row %zu: off by %g of %g", wio_method_name(method), c,
                              i, gap, top);
                ck_assert_msg(gap <= 1e-12 * top, "%s: %g", wio_method_name(method), gap / top);
            }
        }
    }
    free(X);
    free(x);
    wio_solver_free(solver);
    ck_assert_int_eq(wio_alloc_live, 0);
}

START_TEST(every_method_agrees_on_dense_rows)
{
    const wio_matrix matrix = dense_matrix();
    check_against_series(&matrix, (wio_method)_i);
}
END_TEST

START_TEST(every_method_agrees_on_sparse_rows)
{
    const wio_matrix matrix = sparse_matrix();
    check_against_series(&matrix, (wio_method)_i);
}
END_TEST

START_TEST(bits_do_not_depend_on_threads_or_company)
{
    static const int threads[] = {1, 2, 3, 8};
    const wio_matrix matrix = _i % 2 == 0 ? dense_matrix() : sparse_matrix();
    wio_method method = (wio_method)(_i / 2);
    double *first = malloc((size_t)N * SIDES * sizeof *first), *X = malloc((size_t)N * SIDES * 8);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        const wio_solver_options options = {.method = method, .threads = threads[t]};
        wio_solver *solver = solver_of(&matrix, v, &options, NULL);
        for (int transposed = 0; transposed < 2; transposed++) {
            bool other = transposed != 0;
            ck_assert_int_eq(wio_solver_solve(X, solver, SIDES, F, other, NULL, NULL), WIO_OK);
            if (t == 0 && !other) {
                memcpy(first, X, (size_t)N * SIDES * sizeof *X);
            } else if (!other) {
                ck_assert_int_eq(memcmp(first, X, (size_t)N * SIDES * sizeof *X), 0);
            }
            for (size_t c = 0; c < SIDES; c++) { /* alone */
                double *alone = malloc(N * sizeof *alone);
                ck_assert_int_eq(wio_solver_solve(alone, solver, 1, F + c * N, other, NULL, NULL),
                                 WIO_OK);
                ck_assert_int_eq(memcmp(alone, X + c * N, N * sizeof *alone), 0);
                free(alone);
            }
        }
        wio_solver_free(solver);
    }
    free(first);
    free(X);
}
END_TEST

START_TEST(the_solution_may_take_the_place_of_the_demand)
{
    const wio_matrix matrix = dense_matrix();
    const wio_solver_options options = {.method = (wio_method)_i};
    wio_solver *solver = solver_of(&matrix, v, &options, NULL);
    double *X = malloc((size_t)N * SIDES * 8), *Y = malloc((size_t)N * SIDES * 8);
    memcpy(Y, F, (size_t)N * SIDES * 8);
    ck_assert_int_eq(wio_solver_solve(X, solver, SIDES, F, false, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_solver_solve(Y, solver, SIDES, Y, false, NULL, NULL), WIO_OK);
    ck_assert_int_eq(memcmp(X, Y, (size_t)N * SIDES * 8), 0);
    free(X);
    free(Y);
    wio_solver_free(solver);
}
END_TEST

/* Demands of any size a double has: over a power of two the same bits come out, and where those are
 * below 2^-1022 the bound says what is lost. */
START_TEST(demands_of_any_size_are_solved)
{
    static const double sizes[] = {0x1p-1040, 0x1p-1000, 0x1p-600, 0x1p600, 0x1p900};
    const wio_matrix matrix = dense_matrix();
    const wio_solver_options options = {.method = (wio_method)_i};
    wio_solver *solver = solver_of(&matrix, v, &options, NULL);
    double *X = malloc((size_t)N * 2 * sizeof *X), *G = malloc((size_t)N * 2 * sizeof *G);
    ck_assert_int_eq(wio_solver_solve(X, solver, 1, F, false, NULL, NULL), WIO_OK);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        double *Y = malloc((size_t)N * 2 * sizeof *Y), top = 0.0;
        wio_certificate certificate = {0};
        wio_error err = {0};
        for (size_t i = 0; i < N; i++) {
            G[i] = F[i] * sizes[s];
            G[N + i] = F[i];
        }
        wio_status status = wio_solver_solve(Y, solver, 2, G, false, &certificate, &err);
        ck_assert_msg(status == WIO_OK, "%s, %g: %s", wio_method_name((wio_method)_i), sizes[s],
                      err.message);
        ck_assert_int_eq(memcmp(Y + N, X, N * sizeof *X), 0); /* whoever stands beside it */
        for (size_t i = 0; i < N; i++) {
            top = fmax(top, Y[i]);
        }
        for (size_t i = 0; i < N; i++) {
            ck_assert_msg(fabs(Y[i] - X[i] * sizes[s]) <= (certificate.error_bound + 1e-12) * top,
                          "%s, %g, row %zu: %g, not %g", wio_method_name((wio_method)_i), sizes[s],
                          i, Y[i], X[i] * sizes[s]);
        }
        ck_assert(sizes[s] < 0x1p-1022 || certificate.error_bound < 1e-8);
        free(Y);
    }
    free(X);
    free(G);
    wio_solver_free(solver);
}
END_TEST

/* Sectors 5 and 9 sell each other half of what they make and half more: radius above 1. */
START_TEST(what_is_not_productive_is_refused_by_every_method)
{
    wio_matrix matrix = _i % 2 == 0 ? dense_matrix() : sparse_matrix();
    double *B = matrix.dense != NULL ? A : value;
    size_t count = matrix.dense != NULL ? (size_t)N * N : start[N];
    for (size_t i = 0; i < count; i++) {
        B[i] *= 1.5; /* column sums 1.05: the radius is between the least and the largest of them */
    }
    const wio_solver_options options = {.method = (wio_method)(_i / 2)};
    wio_solver *solver = NULL;
    wio_error err = {0};
    wio_status status = wio_solver_create(&solver, &matrix, NULL, &options, NULL, &err);
    if (options.method == WIO_METHOD_ENTRYWISE) { /* needs shares, and there are none below 0 */
        ck_assert_int_eq(status, WIO_E_UNSUPPORTED);
    } else {
        ck_assert_msg(status == WIO_E_NOT_PRODUCTIVE, "%s: %s", wio_method_name(options.method),
                      err.message);
        ck_assert_ptr_nonnull(strstr(err.message, "spectral radius"));
    }
    ck_assert_ptr_null(solver);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(nonsense_is_refused_by_every_method)
{
    const wio_matrix matrix = dense_matrix();
    const wio_solver_options options = {.method = (wio_method)_i};
    wio_solver *solver = solver_of(&matrix, v, &options, NULL);
    double *X = calloc(N, sizeof *X), f = F[3];
    wio_error err = {0};
    F[3] = NAN;
    ck_assert_int_eq(wio_solver_solve(X, solver, 1, F, false, NULL, &err), WIO_E_NONFINITE);
    F[3] = f;
    ck_assert(X[0] == 0.0 && X[N - 1] == 0.0);
    ck_assert_int_eq(wio_solver_solve(NULL, solver, 1, F, false, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_solver_solve(X, solver, 0, F, false, NULL, NULL), WIO_E_ARGUMENT);
    wio_solver_free(solver);
    A[5] = INFINITY;
    solver = NULL;
    ck_assert_int_eq(wio_solver_create(&solver, &matrix, v, &options, NULL, &err), WIO_E_NONFINITE);
    ck_assert_ptr_null(solver);
    ck_assert_int_eq(wio_solver_create(NULL, &matrix, v, &options, NULL, NULL), WIO_E_ARGUMENT);
    free(X);
}
END_TEST

/* Three rows, four elements: what is wrong with them is said before anything beyond them is read. */
START_TEST(malformed_rows_are_refused_by_every_method)
{
    static const struct {
        size_t start[4];
        uint32_t column[4];
        const char *says;
    } bad[] = {{{1, 2, 3, 4}, {0, 1, 2, 0}, "start[0]"},
               {{0, 3, 2, 4}, {0, 1, 2, 0}, "row 1"},
               {{0, (size_t)1 << 40, 2, 4}, {0, 1, 2, 0}, "row 1"},
               {{0, 2, 3, 4}, {0, 3, 1, 2}, "row 0"},
               {{0, 2, 3, 4}, {0, UINT32_MAX, 1, 2}, "row 0"},
               {{0, 1, 3, 4}, {0, 2, 1, 2}, "row 1"},
               {{0, 1, 3, 4}, {0, 1, 1, 2}, "row 1"}};
    static const double shares[] = {.5, .5, .5};
    const wio_solver_options options = {.method = (wio_method)_i};
    for (size_t t = 0; t < sizeof bad / sizeof *bad; t++) {
        /* of their own on the heap, so that a reading beyond them is seen */
        size_t *begin = malloc(sizeof bad[t].start);
        uint32_t *at = malloc(sizeof bad[t].column);
        double *number = malloc(4 * sizeof *number);
        memcpy(begin, bad[t].start, sizeof bad[t].start);
        memcpy(at, bad[t].column, sizeof bad[t].column);
        number[0] = number[1] = number[2] = number[3] = .125;
        const wio_matrix matrix = {.n = 3, .start = begin, .column = at, .value = number};
        wio_solver *solver = NULL;
        wio_error err = {0};
        ck_assert_int_eq(wio_solver_create(&solver, &matrix, shares, &options, NULL, &err),
                         WIO_E_SHAPE);
        ck_assert_msg(strstr(err.message, bad[t].says) != NULL, "%zu: %s", t, err.message);
        ck_assert_ptr_null(solver);
        ck_assert_int_eq(wio_alloc_live, 0);
        free(begin);
        free(at);
        free(number);
    }
}
END_TEST

START_TEST(a_method_that_runs_out_of_memory_leaves_nothing)
{
    const wio_matrix matrix = _i % 2 == 0 ? dense_matrix() : sparse_matrix();
    const wio_solver_options options = {.method = (wio_method)(_i / 2)};
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY && budget < 200; budget++) {
        wio_solver *solver = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_solver_create(&solver, &matrix, v, &options, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "%ld: %s", budget, err.message);
        ck_assert((solver != NULL) == (status == WIO_OK));
        wio_solver_free(solver);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
    ck_assert_int_eq(status, WIO_OK);
}
END_TEST

/* Exact: a comparison matrix is dominant by rows and columns in each, and the radius of a triangular
 * A is its largest |a_ii|. rho <= 3 here, far above 1 - z / w of the comparison matrix. */
START_TEST(a_radius_is_never_said_to_be_smaller_than_it_is)
{
    static const struct {
        double a[4], radius;
    } signed_[] = {{{-3.0, .5, 0.0, .25}, 3.0},
                   {{2.5, .5, 0.0, -.25}, 2.5},
                   {{-.5, .25, 0.0, .25}, .5},
                   {{.25, -.5, 0.0, .75}, .75}};
    static const wio_method methods[] = {WIO_METHOD_LU, WIO_METHOD_REFINED, WIO_METHOD_MIXED,
                                         WIO_METHOD_KRYLOV};
    const wio_solver_options options = {.method = methods[_i]};
    for (size_t t = 0; t < sizeof signed_ / sizeof *signed_; t++) {
        const wio_matrix matrix = {.n = 2, .dense = signed_[t].a};
        wio_solver *solver = solver_of(&matrix, NULL, &options, NULL);
        static const double f[] = {1.0, 2.0};
        double x[2];
        wio_certificate found = {0};
        ck_assert_int_eq(wio_solver_solve(x, solver, 1, f, false, &found, NULL), WIO_OK);
        ck_assert(!found.productive && !found.nonnegative);
        ck_assert_msg(found.radius_low <= signed_[t].radius &&
                          found.radius_high >= signed_[t].radius,
                      "%zu: %g is not in [%g, %g]", t, signed_[t].radius, found.radius_low,
                      found.radius_high);
        wio_solver_free(solver);
    }
}
END_TEST

/* Column sums of 1 - share: at 1e-7 the condition is above what single precision is used for, at 1e-10
 * above what LU is. The plan says what was done instead; and where double factors do not fit they
 * are not made: 3.6 MB are less than 8 n^2 + 2,048 n bytes and more than 4 n^2 + 2,048 n. */
START_TEST(the_plan_says_what_was_done_instead)
{
    static const struct {
        double share, memory;
        wio_method asked, done;
        const char *says;
    } cases[] = {
        {1e-7, 0.0, WIO_METHOD_MIXED, WIO_METHOD_LU, "; single precision did not do, so double"},
        {1e-10, 0.0, WIO_METHOD_LU, WIO_METHOD_ENTRYWISE, "; the condition number is above"},
        {1e-7, 3.6e6, WIO_METHOD_MIXED, WIO_METHODS, "hold 1254400 bytes more"},
        {1e-7, 3.6e6, WIO_METHOD_AUTO, WIO_METHOD_KRYLOV, "and double does not fit"},
        {-.01, 3.6e6, WIO_METHOD_MIXED, WIO_METHODS, "I - A is not productive"}};
    uint64_t state = 12;
    double share[N];
    random_matrix(A, N, .2, cases[_i].share, &state);
    for (size_t j = 0; j < N; j++) {
        long double sum = 1.0L;
        for (size_t i = 0; i < N; i++) {
            sum -= A[i * N + j];
        }
        share[j] = (double)sum;
    }
    const wio_matrix matrix = dense_matrix();
    const wio_solver_options options = {
        .method = cases[_i].asked, .memory = cases[_i].memory, .right_hand_sides = 25};
    wio_solver *solver = NULL;
    wio_plan plan = {0};
    wio_error err = {0};
    const double *known = cases[_i].done == WIO_METHOD_ENTRYWISE ? share : NULL;
    wio_status status = wio_solver_create(&solver, &matrix, known, &options, &plan, &err);
    if (cases[_i].done == WIO_METHODS) {
        ck_assert_int_eq(status,
                         cases[_i].share < 0.0 ? WIO_E_NOT_PRODUCTIVE : WIO_E_NOT_CONVERGED);
        ck_assert_msg(strstr(err.message, cases[_i].says) != NULL, "%s", err.message);
    } else {
        ck_assert_msg(status == WIO_OK, "%s", err.message);
        ck_assert_msg(strstr(plan.reason, cases[_i].says) != NULL, "%s", plan.reason);
        ck_assert_int_eq(plan.method, cases[_i].done);
        ck_assert(cases[_i].memory == 0.0 || plan.held <= cases[_i].memory);
    }
    wio_solver_free(solver);
}
END_TEST

/* Enough equations for AUTO to do without factors: where the condition is above 1e8 and the shares are
 * known, their digits are not given away. Column j buys 1 - d of its inputs evenly from all: then
 * 1'x = 1'f / d, and x = f + (1 - d) / n 1'x. */
START_TEST(no_digits_are_given_away_for_want_of_factors)
{
    enum { MANY = 1400 };
    const double d = 0x1p-35;
    double *even = malloc((size_t)MANY * MANY * sizeof *even),
           *share = malloc(MANY * sizeof *share);
    double *x = calloc(MANY, sizeof *x);
    long double sum = 0.0L, total = 0.0L;
    for (size_t e = 0; e < (size_t)MANY * MANY; e++) {
        even[e] = (1.0 - d) / MANY;
    }
    for (size_t j = 0; j < MANY; j++) {
        sum += even[0];
        x[j] = j % 3 == 0 ? 1.0 : 0.0;
        total += x[j];
    }
    for (size_t j = 0; j < MANY; j++) {
        share[j] = (double)(1.0L - sum);
    }
    const wio_matrix matrix = {.n = MANY, .dense = even};
    wio_plan plan = {0};
    wio_certificate found = {0};
    wio_solver *solver = solver_of(&matrix, share, NULL, &plan);
    ck_assert_int_eq(plan.method, WIO_METHOD_ENTRYWISE);
    ck_assert_msg(strstr(plan.reason, "above what krylov has") != NULL, "%s", plan.reason);
    ck_assert_int_eq(wio_solver_solve(x, solver, 1, x, false, &found, NULL), WIO_OK);
    for (size_t i = 0; i < MANY; i++) {
        long double exact = (i % 3 == 0 ? 1.0L : 0.0L) + even[0] * (total / (long double)share[0]);
        ck_assert_double_eq_tol(x[i], (double)exact, 1e-13 * (double)exact); /* TRUST, P3 */
    }
    ck_assert_ptr_nonnull(strstr(found.method, "GTH"));
    wio_solver_free(solver);
    free(x);
    free(share);
    free(even);
}
END_TEST

/* With negative elements the proof holds 16 n^2 bytes more than the factors: the plan has them, and what
 * does not fit with them is refused with them, or solved without factors. */
START_TEST(negative_elements_are_in_the_plan)
{
    for (size_t e = 0; e < (size_t)N * N; e += 7) {
        A[e] = -A[e];
    }
    const wio_matrix matrix = dense_matrix();
    wio_solver_options options = {.method = WIO_METHOD_LU};
    wio_solver *solver = NULL;
    wio_plan plan = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_solver_create(&solver, &matrix, NULL, &options, &plan, NULL), WIO_OK);
    /* 2,048 n of it, an eighth here, are for solves. */
    ck_assert_msg(plan.bytes > .9 * plan.held && plan.bytes < 1.2 * plan.held, "%.0f, held %.0f",
                  plan.bytes, plan.held);
    wio_solver_free(solver);
    solver = NULL;
    options.memory = .9 * plan.bytes;
    ck_assert_int_eq(wio_solver_create(&solver, &matrix, NULL, &options, NULL, &err), WIO_E_MEMORY);
    ck_assert_msg(strstr(err.message, "need 8673280 bytes") != NULL, "%s", err.message);
    options.method = WIO_METHOD_AUTO;
    options.right_hand_sides = 25; /* factors, were they to fit */
    ck_assert_int_eq(wio_solver_create(&solver, &matrix, NULL, &options, &plan, NULL), WIO_OK);
    ck_assert_int_eq(plan.method, WIO_METHOD_KRYLOV);
    ck_assert_msg(strstr(plan.reason, "negative elements do not fit") != NULL, "%s", plan.reason);
    wio_solver_free(solver);
}
END_TEST

START_TEST(one_equation_is_enough)
{
    static const double a = .25, share = .75, f = 3.0;
    static const size_t from[] = {0, 1};
    static const uint32_t at = 0;
    const wio_matrix one = _i % 2 == 0
                               ? (wio_matrix){.n = 1, .dense = &a}
                               : (wio_matrix){.n = 1, .start = from, .column = &at, .value = &a};
    const wio_solver_options options = {.method = (wio_method)(_i / 2)};
    wio_solver *solver = solver_of(&one, &share, &options, NULL);
    double x = 0.0;
    ck_assert_int_eq(wio_solver_solve(&x, solver, 1, &f, false, NULL, NULL), WIO_OK);
    ck_assert_double_eq_tol(x, 4.0, 4 * DBL_EPSILON * 4.0);
    wio_solver_free(solver);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("solver");
    TCase *known = tcase_create("known answers"), *properties = tcase_create("properties");
    TCase *failures = tcase_create("failures");
    TCase *cases[] = {known, properties, failures};
    for (size_t i = 0; i < 3; i++) {
        tcase_set_timeout(cases[i], 60);
        tcase_add_checked_fixture(cases[i], make_matrix, free_matrix);
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_loop_test(known, every_method_agrees_on_dense_rows, WIO_METHOD_LU, WIO_METHODS);
    tcase_add_loop_test(known, every_method_agrees_on_sparse_rows, WIO_METHOD_LU, WIO_METHODS);
    tcase_add_loop_test(known, a_radius_is_never_said_to_be_smaller_than_it_is, 0, 4);
    tcase_add_loop_test(known, the_plan_says_what_was_done_instead, 0, 5);
    tcase_add_test(known, no_digits_are_given_away_for_want_of_factors);
    tcase_add_test(known, negative_elements_are_in_the_plan);
    tcase_add_loop_test(known, one_equation_is_enough, 0, 2 * WIO_METHODS);
    tcase_add_loop_test(properties, bits_do_not_depend_on_threads_or_company, 0, 2 * WIO_METHODS);
    tcase_add_loop_test(properties, demands_of_any_size_are_solved, 0, WIO_METHODS);
    tcase_add_loop_test(properties, the_solution_may_take_the_place_of_the_demand, 0, WIO_METHODS);
    tcase_add_loop_test(failures, what_is_not_productive_is_refused_by_every_method, 0,
                        2 * WIO_METHODS);
    tcase_add_loop_test(failures, malformed_rows_are_refused_by_every_method, 0, WIO_METHODS);
    tcase_add_loop_test(failures, nonsense_is_refused_by_every_method, 0, WIO_METHODS);
    tcase_add_loop_test(failures, a_method_that_runs_out_of_memory_leaves_nothing, 0,
                        2 * WIO_METHODS);
    return run_suite(suite);
}
