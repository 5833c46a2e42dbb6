/* test_factor.c - factors without pivots in tiles: against LAPACK's, in long double, and their bits. */
#include "support.h"

#include "../solvers/linear/factor.h"
#include "../solvers/linear/system.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

/* One more than a tile's, a leaf's and a stripe's edge, and what is near them. */
static const size_t SIZES[] = {1, 63, 65, 513, 577, 1000, 1025};

static double *economy(size_t n, double share, uint64_t seed)
{
    double *A = wio_alloc(n * n, sizeof *A);
    ck_assert_ptr_nonnull(A);
    random_matrix(A, n, .3, share, &seed);
    return A;
}

static double element(const void *lu, size_t at, bool single)
{
    return single ? (double)((const float *)lu)[at] : ((const double *)lu)[at];
}

/* --- known answers ------------------------------------------------------------------------------ */

/* |L U - B| <= gamma(n + 2304) |L||U| in every element of some rows, in long double; with floats
 * the unit is 2^-24. Signs are those of an M-matrix. */
START_TEST(factors_multiply_to_the_matrix_within_the_bound_of_the_file)
{
    size_t n = SIZES[_i / 2];
    bool single = _i % 2 == 1;
    double *A = economy(n, .1, 50 + (uint64_t)_i), *lu = wio_alloc(n * n, sizeof *lu);
    ck_assert_ptr_nonnull(lu);
    ck_assert_int_eq(wio_factor(lu, n, A, single, 2), WIO_OK);
    double bound = (double)(n + 2304) * (single ? 0x1p-24 : U) * 1.001;
    size_t step = n > 100 ? n / 17 : 1;
    for (size_t i = 0; i < n; i += step) {
        for (size_t j = 0; j < n; j++) {
            long double sum = 0, size = 0;
            bool signs = true; /* asked once: Check's assertions are slow */
            for (size_t k = 0; k <= (i < j ? i : j); k++) {
                double l = element(lu, i * n + k, single);
                double u = k == j ? 1.0 : element(lu, k * n + j, single);
                signs = signs && (k == i ? l > 0.0 : l <= 0.0) && (k == j || u <= 0.0);
                sum += (long double)l * u;
                size += fabsl((long double)l * u);
            }
            long double b = (long double)(i == j) - A[i * n + j];
            ck_assert(signs);
            ck_assert_msg((double)fabsl(sum - b) <= bound * (double)size, "n %zu (%zu,%zu) %g", n,
                          i, j, (double)fabsl(sum - b));
        }
    }
    wio_free(lu);
    wio_free(A);
}
END_TEST

/* Column sums below 1: LAPACK interchanges nothing (Higham 9.9), so its factors are the same ones,
 * within n u of the condition. */
START_TEST(factors_are_those_of_lapack)
{
    size_t n = 577;
    double *A = economy(n, .3, 9), *lu = wio_alloc(n * n, sizeof *lu);
    double *other = wio_alloc(n * n, sizeof *other);
    lapack_int *pivot = wio_alloc(n, sizeof *pivot);
    ck_assert(lu != NULL && other != NULL && pivot != NULL);
    ck_assert_int_eq(wio_factor(lu, n, A, false, 2), WIO_OK);
    ck_assert_uint_eq(wio_lu_factor(other, pivot, n, A), 0);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(pivot[i], (lapack_int)i + 1);
    }
    double worst = 0.0;
    for (size_t i = 0; i < n * n; i++) {
        worst = fmax(worst, fabs(lu[i] - other[i]));
    }
    ck_assert_double_le(worst, 100.0 * (double)n * U);
    for (int transposed = 0; transposed < 2; transposed++) { /* and solves with them agree */
        uint64_t state = 4;
        double *X = random_vector(WIO_BLOCK * n, -1.0, 1.0, &state);
        double *Y = wio_alloc(2 * WIO_BLOCK * n, sizeof *Y), *room = Y + WIO_BLOCK * n;
        const lapack_int tiled = WIO_TILED;
        ck_assert_ptr_nonnull(Y);
        memcpy(Y, X, WIO_BLOCK * n * sizeof *Y);
        double *one = wio_alloc(n, sizeof *one);
        ck_assert_ptr_nonnull(one);
        memcpy(one, X, n * sizeof *one);
        wio_lu_solve(X, lu, &tiled, n, WIO_BLOCK, transposed == 1, room);
        wio_factor_solve_one(one, lu, n, transposed == 1, false, 2);
        wio_lu_solve(Y, other, pivot, n, WIO_BLOCK, transposed == 1, room);
        for (size_t i = 0; i < WIO_BLOCK * n; i++) { /* |x| <= |B^-1| below 4 */
            worst = fmax(worst, fabs(X[i] - Y[i]));
            worst = i < n ? fmax(worst, fabs(one[i] - Y[i])) : worst;
        }
        ck_assert_double_le(worst, 100.0 * (double)n * U);
        wio_free(one);
        wio_free(Y);
        wio_free(X);
    }
    wio_free(pivot);
    wio_free(other);
    wio_free(lu);
    wio_free(A);
}
END_TEST

/* --- properties ---------------------------------------------------------------------------------- */

START_TEST(bits_do_not_depend_on_the_number_of_threads)
{
    static const int threads[] = {2, 3, 8};
    size_t n = SIZES[_i / 2];
    bool single = _i % 2 == 1;
    size_t bytes = n * n * (single ? sizeof(float) : sizeof(double));
    double *A = economy(n, .1, 70 + (uint64_t)_i), *lu = wio_alloc(n * n, sizeof *lu);
    double *other = wio_alloc(n * n, sizeof *other);
    ck_assert(lu != NULL && other != NULL);
    wio_blas_single();
    ck_assert_int_eq(wio_factor(lu, n, A, single, 1), WIO_OK);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        ck_assert_int_eq(wio_factor(other, n, A, single, threads[t]), WIO_OK);
        ck_assert_int_eq(memcmp(lu, other, bytes), 0);
    }
    double *x = wio_alloc(2 * n, sizeof *x); /* one vector, shared among threads */
    ck_assert_ptr_nonnull(x);
    for (int transposed = 0; transposed < 2; transposed++) {
        for (size_t i = 0; i < n; i++) {
            x[i] = x[n + i] = A[i];
        }
        wio_factor_solve_one(x, lu, n, transposed == 1, single, 1);
        wio_factor_solve_one(x + n, lu, n, transposed == 1, single, 3);
        ck_assert_int_eq(memcmp(x, x + n, n * sizeof *x), 0);
    }
    wio_free(x);
    wio_free(other);
    wio_free(lu);
    wio_free(A);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------ */

START_TEST(what_needs_pivots_is_refused)
{
    size_t n = 530;
    double *A = economy(n, .2, 3), *lu = wio_alloc(n * n, sizeof *lu);
    ck_assert_ptr_nonnull(lu);
    double kept = A[n + 5];
    A[n + 5] = -1e-9; /* a negative element */
    ck_assert_int_eq(wio_factor(lu, n, A, false, 2), WIO_E_NOT_PRODUCTIVE);
    A[n + 5] = NAN;
    ck_assert_int_eq(wio_factor(lu, n, A, false, 2), WIO_E_NOT_PRODUCTIVE);
    A[n + 5] = kept;
    for (size_t i = 0; i < n * n; i++) {
        A[i] *= 1.5; /* radius 1.2: some pivot is below 0 */
    }
    ck_assert_int_eq(wio_factor(lu, n, A, false, 2), WIO_E_NOT_PRODUCTIVE);
    ck_assert_int_eq(wio_factor(lu, n, A, true, 2), WIO_E_NOT_PRODUCTIVE);
    wio_free(lu);
    wio_free(A);
}
END_TEST

START_TEST(running_out_of_memory_leaves_nothing_behind)
{
    size_t n = 100;
    double *A = economy(n, .2, 3), *lu = wio_alloc(n * n, sizeof *lu);
    ck_assert_ptr_nonnull(lu);
    long before = wio_alloc_live;
    wio_alloc_budget = 0;
    ck_assert_int_eq(wio_factor(lu, n, A, false, 2), WIO_E_MEMORY);
    wio_alloc_budget = 1;
    ck_assert_int_eq(wio_factor(lu, n, A, false, 2), WIO_OK);
    wio_alloc_budget = -1;
    ck_assert_int_eq((int)(wio_alloc_live - before), 0);
    wio_free(lu);
    wio_free(A);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("factor");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 60);
    tcase_add_loop_test(known, factors_multiply_to_the_matrix_within_the_bound_of_the_file, 0, 14);
    tcase_add_test(known, factors_are_those_of_lapack);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, bits_do_not_depend_on_the_number_of_threads, 0, 14);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, what_needs_pivots_is_refused);
    tcase_add_test(failures, running_out_of_memory_leaves_nothing_behind);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
