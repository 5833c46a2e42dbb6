/* test_lu.c - solves of solvers/linear/lu.c: errors, bounds and bits.
 *
 * The reference is Gaussian elimination in 113 bits (quad.h). */
#include "support.h"

#include "../solvers/linear/system.h"
#include "quad.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const double U = 0x1p-53;

static wio_system *make(size_t n, const double *A, const double *v)
{
    wio_system *system = NULL;
    wio_error err = {0};
    wio_status status = wio_system_create(&system, n, A, v, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return system;
}

/* --- known answers ------------------------------------------------------------------------------ */

START_TEST(two_sectors_by_hand)
{
    /* B = [.8 -.3; -.1 .5], det = .37: x = (.5*6+.3*4, .1*6+.8*4)/.37, y from the transpose. */
    static const double A[] = {.2, .3, .1, .5}, f[] = {6, 4};
    wio_system *system = make(2, A, NULL);
    double x[2], y[2];
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, NULL, NULL), WIO_OK);
    ck_assert_double_eq_tol(x[0], 4.2 / .37, 8 * U * x[0]);
    ck_assert_double_eq_tol(x[1], 3.8 / .37, 8 * U * x[1]);
    ck_assert_int_eq(wio_system_solve_transposed(y, system, 1, f, NULL, NULL), WIO_OK);
    ck_assert_double_eq_tol(y[0], 3.4 / .37, 8 * U * y[0]);
    ck_assert_double_eq_tol(y[1], 5.0 / .37, 8 * U * y[1]);
    wio_certificate c;
    wio_certificate_start(&c, system);
    /* |B|_1 = .9, |B^-1|_1 = (.5+.1, .3+.8)/.37 = 1.1/.37; rho = .35 + sqrt(.0225+.03). */
    ck_assert_double_eq_tol(c.condition, .9 * 1.1 / .37, 16 * U * c.condition);
    double rho = .35 + sqrt(.0525);
    ck_assert(c.productive && c.nonnegative);
    ck_assert(c.radius_low <= rho && rho <= c.radius_high);
    ck_assert_double_lt(c.radius_high - c.radius_low, .001);
    wio_system_free(system);
}
END_TEST

START_TEST(one_sector_and_none)
{
    static const double A[] = {.75}, f[] = {1, -3};
    wio_system *system = make(1, A, NULL);
    double x[2];
    ck_assert_int_eq(wio_system_solve(x, system, 2, f, NULL, NULL), WIO_OK);
    ck_assert_double_eq(x[0], 4.0);
    ck_assert_double_eq(x[1], -12.0);
    ck_assert_int_eq(wio_system_solve(NULL, system, 0, NULL, NULL, NULL), WIO_OK);
    ck_assert_uint_eq(wio_system_order(system), 1);
    ck_assert_double_eq(wio_system_matrix(system)[0], .75);
    wio_system_free(system);
    wio_system_free(NULL);
}
END_TEST

/* The first buys from itself alone, the second from both: nobody asks for the second. LAPACK
 * interchanges the rows of (I - A)', and rounding is left where 0 belongs, which was refused. */
START_TEST(what_no_demand_reaches_is_exactly_zero)
{
    static const double A[] = {0.79812591192243909, 0.46401167765408846, 0, 0.41609449239811747};
    static const double f[] = {0.21180003373867629, 0, 0, 1};
    double x[4] = {7, 7, 7, 7};
    wio_system *system = make(2, A, NULL);
    long before = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        ck_assert_double_eq(x[0], 7);
        wio_alloc_budget = budget;
        status = wio_system_solve(x, system, 2, f, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_int_eq((int)(wio_alloc_live - before), 0);
    }
    ck_assert_int_eq(status, WIO_OK);
    ck_assert_double_eq_tol(x[0], f[0] / (1 - A[0]), 8 * U * x[0]);
    ck_assert_double_eq(x[1], 0.0);
    ck_assert_double_eq_tol(x[3], 1 / (1 - A[3]), 8 * U * x[3]);
    /* The transpose: (I - A') y = g, where only the second reaches the first. */
    static const double swapped[] = {0.79812591192243909, 0, 0.46401167765408846,
                                     0.41609449239811747};
    wio_system_free(system);
    system = make(2, swapped, NULL);
    ck_assert_int_eq(wio_system_solve_transposed(x, system, 2, f, NULL, NULL), WIO_OK);
    ck_assert_double_eq(x[1], 0.0);
    wio_system_free(system);
}
END_TEST

typedef wio_status solve_function(double *, const wio_system *, size_t, const double *,
                                  wio_certificate *, wio_error *);
static solve_function *const SOLVE[] = {wio_system_solve, wio_system_solve_transposed};

/* --- properties: the loop index is the seed ------------------------------------------------------- */

START_TEST(random_systems_are_solved_within_the_bound_that_is_proven)
{
    uint64_t state = 77 + (uint64_t)_i;
    size_t n = 1 + (size_t)_i % 41;
    static const double shares[] = {.4, .1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10};
    double share = shares[_i % 7];
    double *A = wio_alloc(n * n, sizeof *A), *x = wio_alloc(n, sizeof *x);
    wide *exact = malloc(n * sizeof *exact);
    ck_assert(A != NULL && x != NULL && exact != NULL);
    random_matrix(A, n, .3, share, &state);
    double *f = random_vector(n, _i % 3 == 0 ? -1.0 : 0.0, 1.0, &state);
    wio_system *system = make(n, A, NULL);
    for (int transposed = 0; transposed < 2; transposed++) {
        wio_certificate c = {0};
        wio_status status = transposed ? wio_system_solve_transposed(x, system, 1, f, &c, NULL)
                                       : wio_system_solve(x, system, 1, f, &c, NULL);
        ck_assert_int_eq(status, WIO_OK);
        wide *B = wide_system(n, A, NULL, transposed != 0);
        ck_assert(wide_solve(exact, n, B, f));
        free(B);
        double worst = 0.0, top = 0.0;
        for (size_t i = 0; i < n; i++) {
            double miss = (double)((wide)x[i] - exact[i]);
            worst = fmax(worst, fabs(miss));
            top = fmax(top, fabs(x[i]));
        }
        ck_assert_msg(worst <= c.error_bound * top, "seed %d n %zu: %g > %g", _i, n, worst / top,
                      c.error_bound);
        /* Not vacuous either: within 100 n kappa u of the truth. */
        ck_assert_double_le(c.error_bound, 100.0 * (double)n * c.condition * U);
        ck_assert_double_le(c.componentwise, (double)(n + 2) * U);
        ck_assert_double_le(c.backward_error, (double)(n + 2) * U);
        ck_assert_uint_eq(c.solves, 1);
        ck_assert(c.productive && c.radius_low <= c.radius_high && c.radius_high < 1.0);
        ck_assert_double_le(1.0 - share, c.radius_high + 4 * U * (double)n); /* equal column sums */
        ck_assert_double_ge(1.0 - share, c.radius_low - 4 * U * (double)n);
    }
    wio_system_free(system);
    free(exact);
    wio_free(f);
    wio_free(x);
    wio_free(A);
}
END_TEST

/* B w >= z > 0 proves as much for w / 1024 and z / 1024: the same bound, to the bit. */
START_TEST(the_bound_does_not_depend_on_the_scale_of_its_proof)
{
    static const double A[] = {.2, .3, .1, .5}, f[] = {6, 1};
    wio_system *system = make(2, A, NULL);
    wio_certificate before = {0}, after = {0};
    double x[2];
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, &before, NULL), WIO_OK);
    for (size_t i = 0; i < 2; i++) {
        system->rows.w[i] /= 1024;
        system->rows.z[i] /= 1024;
    }
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, &after, NULL), WIO_OK);
    ck_assert_double_gt(before.error_bound, 0.0);
    ck_assert_double_eq(after.error_bound, before.error_bound);
    wio_system_free(system);
}
END_TEST

/* Below 2.2e-308 a number has few digits, and the residual underflows to 0: the bound says so. */
START_TEST(bounds_hold_where_numbers_underflow)
{
    static const double A[] = {.2, .3, .1, .5};
    wio_system *system = make(2, A, NULL);
    wide *B = wide_system(2, A, NULL, false), exact[2];
    size_t solved = 0;
    for (double scale = 1e-300; scale > 1e-322; scale *= .7) {
        const double f[] = {6 * scale, 4 * scale};
        double x[2];
        wio_certificate c = {0};
        wio_status status = wio_system_solve(x, system, 1, f, &c, NULL);
        ck_assert(status == WIO_OK || (status == WIO_E_NOT_CERTIFIED && scale < 0x1p-1022));
        solved += status == WIO_OK;
        ck_assert(wide_solve(exact, 2, B, f));
        for (size_t i = 0; status == WIO_OK && i < 2; i++) {
            ck_assert_msg(wide_abs(exact[i] - x[i]) <= (wide)c.error_bound * x[0], "scale %g: %g",
                          scale, c.error_bound);
        }
    }
    ck_assert_uint_gt(solved, 60); /* of 142, 50 of them above 2^-1022 */
    free(B);
    wio_system_free(system);
}
END_TEST

START_TEST(bits_do_not_depend_on_neighbours_or_position)
{
    uint64_t state = 31 + (uint64_t)_i;
    static const size_t sizes[] = {1, 5, 33, 64, 113, 150, WIO_SMALL, WIO_SMALL + 1};
    size_t n = sizes[_i];
    double *A = wio_alloc(n * n, sizeof *A);
    double *X = wio_alloc(130 * n, sizeof *X), *alone = wio_alloc(n, sizeof *alone);
    ck_assert(A != NULL && X != NULL && alone != NULL);
    random_matrix(A, n, .5, .3, &state);
    double *F = random_vector(130 * n, -1.0, 1.0, &state);
    wio_system *system = make(n, A, NULL);
    for (int transposed = 0; transposed < 2; transposed++) {
        wio_status (*solve)(double *, const wio_system *, size_t, const double *, wio_certificate *,
                            wio_error *) =
            transposed ? wio_system_solve_transposed : wio_system_solve;
        ck_assert_int_eq(solve(alone, system, 1, F, NULL, NULL), WIO_OK);
        size_t most = n > 200 ? 66 : 130, next = n > 200 ? 64 : 15, places = n > 200 ? 3 : 9;
        for (size_t k = 2; k <= most; k += next) { /* the vector at every place of a batch of k */
            for (size_t at = 0; at < k; at += 1 + k / places) {
                memcpy(X, F + n, (k - 1) * n * sizeof *X); /* neighbours, and the last free */
                memmove(X + (at + 1) * n, X + at * n, (k - 1 - at) * n * sizeof *X);
                memcpy(X + at * n, F, n * sizeof *X);
                ck_assert_int_eq(solve(X, system, k, X, NULL, NULL), WIO_OK);
                ck_assert_msg(memcmp(X + at * n, alone, n * sizeof *X) == 0,
                              "n %zu, place %zu of %zu, transposed %d", n, at, k, transposed);
            }
        }
    }
    wio_system_free(system);
    wio_free(F);
    wio_free(alone);
    wio_free(X);
    wio_free(A);
}
END_TEST

START_TEST(bits_do_not_depend_on_the_number_of_threads)
{
    enum { SIZE = 113, BATCH = 96, PARTS = 12 };
    uint64_t state = 8;
    size_t n = SIZE;
    double *A = wio_alloc(n * n, sizeof *A), *first = wio_alloc(BATCH * n, sizeof *first);
    double *X = wio_alloc(BATCH * n, sizeof *X);
    ck_assert(A != NULL && first != NULL && X != NULL);
    random_matrix(A, n, .5, .3, &state);
    double *F = random_vector(BATCH * n, -1.0, 1.0, &state);
    for (int threads = 1; threads <= 3; threads++) {
        int failed = 0;
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(+ : failed)
        for (int part = 0; part < PARTS; part++) { /* every part factors and solves for itself */
            wio_system *system = NULL;
            size_t at = (size_t)part * (BATCH / PARTS) * n;
            failed += wio_system_create(&system, n, A, NULL, NULL, NULL) != WIO_OK ||
                      wio_system_solve(X + at, system, BATCH / PARTS, F + at, NULL, NULL) != WIO_OK;
            wio_system_free(system);
        }
        ck_assert_int_eq(failed, 0);
        if (threads == 1) {
            memcpy(first, X, BATCH * n * sizeof *X);
        }
        ck_assert_int_eq(memcmp(first, X, BATCH * n * sizeof *X), 0);
    }
    wio_free(F);
    wio_free(X);
    wio_free(first);
    wio_free(A);
}
END_TEST

START_TEST(backward_errors_stay_below_those_that_lapack_accepts)
{
    /* dget02's ratio |r|_1 / (|B|_1 |x|_1 u): LAPACK's own tests ask for 30. */
    uint64_t state = 60 + (uint64_t)_i;
    size_t n = 10 + 20 * (size_t)_i;
    double *A = wio_alloc(n * n, sizeof *A), *y = wio_alloc(n, sizeof *y);
    ck_assert(A != NULL && y != NULL);
    random_matrix(A, n, .2, pow(10.0, -1.0 - (double)_i), &state);
    double *f = random_vector(n, 0.0, 1.0, &state);
    double *x = random_vector(n, 0.0, 1.0, &state);
    wio_system *system = make(n, A, NULL);
    wio_certificate c = {0};
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, &c, NULL), WIO_OK);
    ck_assert_double_le(c.backward_error / U, 10.0);
    wio_apply(y, n, A, x); /* and seen from outside, in plain arithmetic */
    double residual = 0.0, size = 0.0;
    for (size_t i = 0; i < n; i++) {
        residual += fabs(f[i] - x[i] + y[i]);
        size += fabs(x[i]);
    }
    ck_assert_double_le(residual / (size * U), 10.0 * (double)n);
    wio_system_free(system);
    wio_free(x);
    wio_free(f);
    wio_free(y);
    wio_free(A);
}
END_TEST

/* Residuals that cancel: x is nearly the solution of every lane. */
START_TEST(residuals_are_those_of_twice_the_precision_on_any_processor)
{
    uint64_t state = 400 + (uint64_t)_i;
    size_t n = 1 + 3 * (size_t)_i, lanes = WIO_LANES * n;
    double *A = wio_alloc(n * n, sizeof *A), *out = wio_alloc(4 * lanes, sizeof *out);
    ck_assert(A != NULL && out != NULL);
    random_matrix(A, n, .5, .3, &state);
    double *x = random_vector(lanes, -1.0, 1.0, &state), *y = wio_zalloc(lanes, sizeof *y);
    ck_assert_ptr_nonnull(y);
    for (int transposed = 0; transposed < 2; transposed++) {
        for (size_t i = 0; i < lanes; i++) { /* y = B x, rounded */
            size_t row = i / WIO_LANES, l = i % WIO_LANES;
            y[i] = x[i];
            for (size_t j = 0; j < n; j++) {
                y[i] -= (transposed ? A[j * n + row] : A[row * n + j]) * x[j * WIO_LANES + l];
            }
        }
        wio_residual(out, out + lanes, n, A, transposed != 0, x, y);
        wio_residual_portable(out + 2 * lanes, out + 3 * lanes, n, A, transposed != 0, x, y);
        ck_assert_int_eq(memcmp(out, out + 2 * lanes, 2 * lanes * sizeof *out), 0);
        double g = wio_gamma(n + 2);
        for (size_t i = 0; i < lanes; i++) {
            size_t row = i / WIO_LANES, l = i % WIO_LANES;
            wide exact = (wide)y[i] - (wide)x[i];
            double size = fabs(y[i]) + fabs(x[i]);
            for (size_t j = 0; j < n; j++) {
                double a = transposed ? A[j * n + row] : A[row * n + j];
                exact += (wide)a * (wide)x[j * WIO_LANES + l];
                size += fabs(a * x[j * WIO_LANES + l]);
            }
            double miss = fabs((double)((wide)out[i] - exact));
            ck_assert_double_le(miss, U * fabs(out[i]) * (1 + 2 * U) + g * g * size);
        }
    }
    wio_free(y);
    wio_free(x);
    wio_free(out);
    wio_free(A);
}
END_TEST

/* Triangles that were pivoted, lanes that differ: alone, in company, with and without AVX2. */
START_TEST(substitutions_and_residuals_have_equal_bits_in_every_lane_and_alone)
{
    uint64_t state = 900 + (uint64_t)_i;
    size_t n = 1 + 5 * (size_t)_i, lanes = WIO_LANES * n;
    double *A = random_vector(n * n, -1.0, 1.0, &state), *lu = wio_alloc(n * n, sizeof *lu);
    lapack_int *pivot = wio_alloc(n, sizeof *pivot);
    double *x = random_vector(lanes, -1.0, 1.0, &state), *y = random_vector(lanes, -1, 1, &state);
    double *out = wio_alloc(2 * lanes, sizeof *out), *one = wio_alloc(6 * n, sizeof *one);
    ck_assert(lu != NULL && pivot != NULL && out != NULL && one != NULL);
    ck_assert_uint_eq(wio_lu_factor(lu, pivot, n, A), 0);
    for (int transposed = 0; transposed < 2; transposed++) {
        double *other = out + lanes, *r = one + 2 * n, *off = r + n;
        memcpy(out, x, lanes * sizeof *out);
        memcpy(other, x, lanes * sizeof *out);
        wio_substitute(out, lu, pivot, n, transposed != 0);
        wio_substitute_portable(other, lu, pivot, n, transposed != 0);
        ck_assert_int_eq(memcmp(out, other, lanes * sizeof *out), 0);
        for (size_t l = 0; l < WIO_LANES; l++) {
            for (size_t i = 0; i < n; i++) {
                one[i] = x[i * WIO_LANES + l];
            }
            wio_substitute_one(one, lu, pivot, n, transposed != 0);
            for (size_t i = 0; i < n; i++) {
                ck_assert_msg(memcmp(&one[i], &out[i * WIO_LANES + l], sizeof *one) == 0,
                              "row %zu of %zu, lane %zu, transposed %d", i, n, l, transposed);
            }
        }
        /* and they do solve: B x = b within the growth of small pivoted factors */
        for (size_t l = 0; l < WIO_LANES; l++) {
            for (size_t i = 0; i < n; i++) {
                double sum = out[i * WIO_LANES + l] - x[i * WIO_LANES + l], size = 1.0;
                for (size_t j = 0; j < n; j++) {
                    double term =
                        (transposed ? A[j * n + i] : A[i * n + j]) * out[j * WIO_LANES + l];
                    sum -= term;
                    size = fmax(size, fabs(out[j * WIO_LANES + l]));
                }
                ck_assert_double_le(fabs(sum), 10.0 * (double)(n * n) * U * size);
            }
        }
        wio_residual(out, other, n, A, transposed != 0, x, y);
        for (size_t l = 0; l < WIO_LANES; l++) {
            for (size_t i = 0; i < n; i++) {
                one[i] = x[i * WIO_LANES + l];
                one[n + i] = y[i * WIO_LANES + l];
            }
            wio_residual_one(r, off, n, A, transposed != 0, one, one + n);
            wio_residual_one_portable(r + 2 * n, off + 2 * n, n, A, transposed != 0, one, one + n);
            ck_assert_int_eq(memcmp(r, r + 2 * n, 2 * n * sizeof *r), 0);
            for (size_t i = 0; i < n; i++) {
                ck_assert(memcmp(&r[i], &out[i * WIO_LANES + l], sizeof *r) == 0);
                ck_assert(memcmp(&off[i], &other[i * WIO_LANES + l], sizeof *r) == 0);
            }
        }
    }
    wio_free(one);
    wio_free(out);
    wio_free(y);
    wio_free(x);
    wio_free(pivot);
    wio_free(lu);
    wio_free(A);
}
END_TEST

START_TEST(apply_and_its_transpose_agree)
{
    uint64_t state = 5 + (uint64_t)_i;
    size_t n = 1 + (size_t)_i;
    double *A = random_vector(n * n, -1.0, 1.0, &state), *x = random_vector(n, -1.0, 1.0, &state);
    double *y = random_vector(n, -1.0, 1.0, &state), *g = wio_alloc(n, sizeof *g);
    ck_assert_ptr_nonnull(g);
    double tolerance = 4.0 * (double)(n * n) * U;
    wio_apply(g, n, A, x);
    double one = wio_dot(y, g, n);
    wio_apply_transposed(g, n, A, y);
    ck_assert_double_eq_tol(wio_dot(g, x, n), one, tolerance); /* y'(A x) = (A'y)'x */
    double *other = wio_alloc(n, sizeof *other);
    ck_assert_ptr_nonnull(other);
    wio_apply_transposed_portable(other, n, A, y);
    ck_assert_int_eq(memcmp(other, g, n * sizeof *g), 0);
    wio_apply(g, n, A, x);
    wio_apply_portable(other, n, n, A, x);
    ck_assert_int_eq(memcmp(other, g, n * sizeof *g), 0);
    wio_apply_rows(other, n / 2, n, A, x); /* a row does not know how many there are */
    ck_assert_int_eq(memcmp(other, g, n / 2 * sizeof *g), 0);
    wio_free(other);
    wio_free(g);
    wio_free(y);
    wio_free(x);
    wio_free(A);
}
END_TEST

START_TEST(the_blas_has_a_name)
{
    char text[256];
    wio_blas_describe(text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "OpenBLAS"));
    ck_assert_ptr_nonnull(strstr(text, "kernel "));
    char little[5];
    wio_blas_describe(little, sizeof little);
    ck_assert_uint_eq(strlen(little), 4);
}
END_TEST

/* --- failures ---------------------------------------------------------------------------------------- */

START_TEST(numbers_that_are_not_are_refused_with_their_place)
{
    double A[] = {.1, .1, .2, .3}, f[] = {1, INFINITY}, x[] = {7, 8};
    wio_system *system = NULL;
    wio_error err = {0};
    for (size_t i = 0; i < 4; i++) {
        double kept = A[i];
        char place[8];
        (void)snprintf(place, sizeof place, "A[%zu]", i);
        A[i] = i % 2 == 0 ? NAN : -INFINITY;
        err = (wio_error){0};
        ck_assert_int_eq(wio_system_create(&system, 2, A, NULL, NULL, &err), WIO_E_NONFINITE);
        ck_assert_ptr_nonnull(strstr(err.message, place));
        A[i] = kept;
    }
    system = make(2, A, NULL);
    err = (wio_error){0};
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, NULL, &err), WIO_E_NONFINITE);
    ck_assert_ptr_nonnull(strstr(err.message, "[1] is inf"));
    ck_assert(x[0] == 7 && x[1] == 8);
    wio_system_free(system);
    static const double v[] = {.1, NAN};
    ck_assert_int_eq(wio_system_create(&system, 2, A, v, NULL, NULL), WIO_E_NONFINITE);
    ck_assert_int_eq(wio_system_create(&system, 0, A, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_system_create(NULL, 2, A, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_system_solve(x, NULL, 1, f, NULL, NULL), WIO_E_ARGUMENT);
}
END_TEST

/* B = diag(.5, .5), but the second pivot is off by 1 %: each of six corrections leaves 1 % of the
 * error, x_2 is off by 1e-12 of itself and 1e-18 of x_1. That no row's norm excuses: 2e-6 is not
 * below 1000 n u. */
START_TEST(what_refinement_cannot_mend_is_refused)
{
    static const double A[] = {.5, 0, 0, .5}, f[] = {1, 1e-6};
    double x[] = {7, 8};
    wio_system *system = make(2, A, NULL);
    wio_error err = {0};
    system->lu[3] *= 1.01;
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, NULL, &err), WIO_E_NOT_CERTIFIED);
    ck_assert_ptr_nonnull(strstr(err.message, "solution 0: componentwise"));
    ck_assert(x[0] == 7 && x[1] == 8);
    system->lu[3] /= 1.01;
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, NULL, &err), WIO_OK);
    wio_system_free(system);
}
END_TEST

/* 170,000 right-hand sides of 520 equations: more than the address space that is left, and it is said
 * how many bytes before anything is solved. Pages of zeros that are only read take no memory. */
/* A batch is worth what its worst column is, wherever that stands; a column without a residual has a bound
 * all the same, of what the residual itself may be off by. */
START_TEST(a_batch_has_the_worst_figures_of_its_columns)
{
    static const size_t orders[] = {3, 60, 530};
    enum { K = 5 };
    size_t n = orders[_i / 2];
    uint64_t state = 5 + (uint64_t)_i;
    double *A = calloc(n * n, sizeof *A), *X = calloc(K * n, sizeof *X);
    double *F = random_vector(K * n, -1.0, 1.0, &state);
    random_matrix(A, n, .6, .2, &state);
    for (size_t i = 0; i < n; i++) {
        F[2 * n + i] = F[3 * n + i] * (i == 0 ? 1.0 : 1e-3); /* one column unlike the others */
    }
    const wio_system_options options = {.threads = 1, .refined = true};
    wio_system *system = NULL;
    ck_assert_int_eq(wio_system_create_with(&system, n, A, NULL, &options, NULL, NULL), WIO_OK);
    wio_certificate worst = {0}, all = {0};
    for (size_t c = 0; c < K; c++) {
        wio_certificate own = {0};
        ck_assert_int_eq(SOLVE[_i % 2](X, system, 1, F + c * n, &own, NULL), WIO_OK);
        ck_assert_double_gt(own.error_bound, 0.0);
        worst.error_bound = fmax(worst.error_bound, own.error_bound);
        worst.componentwise = fmax(worst.componentwise, own.componentwise);
        worst.backward_error = fmax(worst.backward_error, own.backward_error);
    }
    for (size_t first = 0; first < K; first++) { /* every order: the worst first, and last */
        double *G = calloc(K * n, sizeof *G);
        for (size_t c = 0; c < K; c++) {
            memcpy(G + c * n, F + (first + c) % K * n, n * sizeof *G);
        }
        all = (wio_certificate){0};
        ck_assert_int_eq(SOLVE[_i % 2](X, system, K, G, &all, NULL), WIO_OK);
        ck_assert(all.error_bound == worst.error_bound &&
                  all.componentwise == worst.componentwise &&
                  all.backward_error == worst.backward_error);
        free(G);
    }
    wio_system_free(system);
    double f[3] = {1.0, .5, .25}, x[3]; /* nothing bought: x = f without a residual */
    memset(A, 0, n * n * sizeof *A);
    ck_assert_int_eq(wio_system_create(&system, 3, A, NULL, NULL, NULL), WIO_OK);
    all = (wio_certificate){0};
    ck_assert_int_eq(SOLVE[_i % 2](x, system, 1, f, &all, NULL), WIO_OK);
    ck_assert(x[0] == 1.0 && x[1] == .5 && x[2] == .25 && all.componentwise == 0.0);
    ck_assert(all.error_bound > 0.0 && all.error_bound < 1e-28);
    wio_system_free(system);
    wio_free(F);
    free(X);
    free(A);
}
END_TEST

START_TEST(more_right_hand_sides_than_fit_are_refused_with_the_bytes)
{
    enum { N = 520, K = 170000 };
    uint64_t state = 3;
    double *A = calloc((size_t)N * N, sizeof *A), *F = calloc((size_t)K * N, sizeof *F);
    ck_assert(A != NULL && F != NULL);
    random_matrix(A, N, .3, .3, &state);
    for (int how = 0; how < 2; how++) {
        const wio_system_options options = {.threads = 1, .refined = how == 1};
        wio_system *system = NULL;
        wio_error err = {0};
        struct rlimit before;
        ck_assert_int_eq(wio_system_create_with(&system, N, A, NULL, &options, NULL, NULL), WIO_OK);
        ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
        const struct rlimit limit = {.rlim_cur = 700000000, .rlim_max = before.rlim_max};
        ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
        wio_status status = wio_system_solve(F, system, K, F, NULL, &err);
        ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_msg(strstr(err.message, " needs 795") != NULL, "%s", err.message);
        wio_system_free(system);
    }
    free(F);
    free(A);
}
END_TEST

START_TEST(overflowing_solutions_are_not_certified)
{
    static const double A[] = {.75}, f[] = {DBL_MAX};
    double x = 3;
    wio_system *system = make(1, A, NULL);
    wio_error err = {0};
    ck_assert_int_eq(wio_system_solve(&x, system, 1, f, NULL, &err), WIO_E_NOT_CERTIFIED);
    ck_assert_double_eq(x, 3);
    wio_system_free(system);
}
END_TEST

/* Allow 0, 1, 2, ... allocations until it works; nothing may stay behind. */
START_TEST(running_out_of_memory_leaves_nothing_behind)
{
    static const double good[] = {.2, .3, .1, .5}, bad[] = {.5, .6, .6, .5},
                        mixed[] = {.2, -.3, .1, .5}, v[] = {.7, 0}, f[] = {1, 1};
    const double *const matrices[] = {good, bad, mixed};
    const wio_status last[] = {WIO_OK, WIO_E_NOT_PRODUCTIVE, WIO_OK};
    const double *A = matrices[_i];
    long before = wio_alloc_live, budget = 0;
    for (;; budget++) {
        wio_system *system = NULL;
        wio_diagnosis d = {0};
        wio_alloc_budget = budget;
        wio_status status = wio_system_create(&system, 2, A, v, &d, NULL);
        wio_alloc_budget = -1;
        wio_system_free(system);
        wio_free(d.member);
        ck_assert_int_eq((int)(wio_alloc_live - before), 0);
        if (status == last[_i]) {
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_ptr_null(system);
        ck_assert_int_lt((int)budget, 40);
    }
    ck_assert_int_ge((int)budget, 8);
    if (_i != 0) {
        return;
    }
    wio_system *system = make(2, good, NULL);
    double x[2] = {9, 9};
    for (budget = 0;; budget++) {
        wio_alloc_budget = budget;
        wio_status status = wio_system_solve(x, system, 1, f, NULL, NULL);
        wio_alloc_budget = -1;
        if (status == WIO_OK) {
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_double_eq(x[0], 9);
    }
    ck_assert_int_eq((int)budget, 3);
    wio_system_free(system);
    ck_assert_int_eq((int)(wio_alloc_live - before), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lu");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, two_sectors_by_hand);
    tcase_add_test(known, one_sector_and_none);
    tcase_add_test(known, what_no_demand_reaches_is_exactly_zero);
    tcase_add_test(known, the_blas_has_a_name);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, random_systems_are_solved_within_the_bound_that_is_proven, 0,
                        240);
    tcase_add_test(properties, bounds_hold_where_numbers_underflow);
    tcase_add_test(properties, the_bound_does_not_depend_on_the_scale_of_its_proof);
    tcase_add_loop_test(properties, bits_do_not_depend_on_neighbours_or_position, 0, 8);
    tcase_add_test(properties, bits_do_not_depend_on_the_number_of_threads);
    tcase_add_loop_test(properties, backward_errors_stay_below_those_that_lapack_accepts, 0, 8);
    tcase_add_loop_test(properties, residuals_are_those_of_twice_the_precision_on_any_processor, 0,
                        20);
    tcase_add_loop_test(properties,
                        substitutions_and_residuals_have_equal_bits_in_every_lane_and_alone, 0, 12);
    tcase_add_loop_test(properties, apply_and_its_transpose_agree, 0, 40);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, numbers_that_are_not_are_refused_with_their_place);
    tcase_add_test(failures, what_refinement_cannot_mend_is_refused);
    tcase_add_loop_test(properties, a_batch_has_the_worst_figures_of_its_columns, 0, 6);
    tcase_add_test(failures, more_right_hand_sides_than_fit_are_refused_with_the_bytes);
    tcase_add_test(failures, overflowing_solutions_are_not_certified);
    tcase_add_loop_test(failures, running_out_of_memory_leaves_nothing_behind, 0, 3);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
