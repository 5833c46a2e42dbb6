/* test_steady.c - systems above 512 equations: bounds proven beforehand, bits, the check of every
 * block, single precision. The reference is elimination without pivots in long double. */
#include "support.h"

#include "../solvers/linear/system.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

typedef wio_status solver(double *, const wio_system *, size_t, const double *, wio_certificate *,
                          wio_error *);
static solver *const SOLVE[] = {wio_system_solve, wio_system_solve_transposed};

/* k solutions in long double: its error is 2^-11 of that of double. */
static void solve_long(long double *X, size_t n, const double *A, size_t k, const double *F,
                       bool transposed)
{
    long double *B = malloc(n * n * sizeof *B);
    ck_assert_ptr_nonnull(B);
    for (size_t i = 0; i < n * n; i++) {
        B[i] = (long double)(i % (n + 1) == 0) - A[transposed ? i % n * n + i / n : i];
    }
    for (size_t i = 0; i < k * n; i++) {
        X[i] = F[i];
    }
    for (size_t p = 0; p < n; p++) {
        for (size_t i = p + 1; i < n; i++) {
            long double factor = B[i * n + p] / B[p * n + p];
            for (size_t j = p + 1; factor != 0 && j < n; j++) {
                B[i * n + j] -= factor * B[p * n + j];
            }
            for (size_t c = 0; c < k; c++) {
                X[c * n + i] -= factor * X[c * n + p];
            }
        }
    }
    for (size_t c = 0; c < k; c++) {
        for (size_t i = n; i-- > 0;) {
            for (size_t j = i + 1; j < n; j++) {
                X[c * n + i] -= B[i * n + j] * X[c * n + j];
            }
            X[c * n + i] /= B[i * n + i];
        }
    }
    free(B);
}

static double *economy(size_t n, double share, uint64_t seed)
{
    double *A = wio_alloc(n * n, sizeof *A);
    ck_assert_ptr_nonnull(A);
    random_matrix(A, n, .2, share, &seed);
    return A;
}

static wio_system *make(size_t n, const double *A, wio_system_options options)
{
    wio_system *system = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_system_create_with(&system, n, A, NULL, &options, NULL, &err) == WIO_OK, "%s",
                  err.message);
    return system;
}

/* --- properties: the loop index is the seed ------------------------------------------------------ */

/* Demands that are positive, of both signs, and sparse; by the steady path, refined, and from single
 * precision. */
START_TEST(errors_are_within_the_bound_that_is_proven)
{
    static const double shares[] = {.4, .1, 1e-2, 1e-4, 1e-6, 1e-8};
    enum { COLUMNS = 3 };
    size_t n = 513 + 37 * (size_t)_i;
    double share = shares[_i % 6];
    uint64_t state = 11 + (uint64_t)_i;
    double *A = economy(n, share, 90 + (uint64_t)_i);
    double *F = random_vector(COLUMNS * n, -1.0, 1.0, &state);
    double *x = wio_alloc(n, sizeof *x);
    long double *exact = malloc(COLUMNS * n * sizeof *exact);
    ck_assert(x != NULL && exact != NULL);
    for (size_t i = 0; i < n; i++) {
        F[i] = fabs(F[i]);
        F[2 * n + i] = i == n / 3 ? 1.0 : 0.0;
    }
    for (int transposed = 0; transposed < 2; transposed++) {
        solve_long(exact, n, A, COLUMNS, F, transposed == 1);
        for (int how = 0; how < 3; how++) {
            wio_system *system =
                make(n, A, (wio_system_options){.refined = how == 1, .mixed = how == 2});
            if (how == 0 && share >= .1) { /* and it is the steady path that was tested */
                ck_assert_double_gt(system->steady[transposed], 0.0);
            }
            for (size_t c = 0; c < COLUMNS; c++) {
                wio_certificate worth = {0};
                ck_assert_int_eq(SOLVE[transposed](x, system, 1, F + c * n, &worth, NULL), WIO_OK);
                double miss = 0.0, top = 0.0, own = worth.condition * (double)n * 0x1p-63;
                for (size_t i = 0; i < n; i++) {
                    miss = fmax(miss, (double)fabsl(x[i] - exact[c * n + i]));
                    top = fmax(top, fabs(x[i]));
                }
                ck_assert_msg(miss <= (worth.error_bound + own) * top, "%zu how %d: %g > %g", n,
                              how, miss / top, worth.error_bound);
                ck_assert_double_le(worth.componentwise, 8.0 * (double)(n + 2) * U);
                ck_assert(system->steady[transposed] == 0.0 || worth.error_bound <= 1e-9);
                if (how != 0) { /* as good from single precision as from double */
                    ck_assert_double_le(worth.componentwise, (double)(n + 2) * U);
                }
            }
            wio_system_free(system);
        }
    }
    free(exact);
    wio_free(x);
    wio_free(F);
    wio_free(A);
}
END_TEST

START_TEST(bits_do_not_depend_on_the_batch_the_place_or_the_threads)
{
    enum { MOST = 1000 };
    static const size_t sizes[] = {1, 2, 63, 64, 65, 200, MOST};
    static const int threads[] = {1, 2, 3, 8};
    size_t n = 577;
    uint64_t state = 5;
    bool mixed = _i >= 2;
    size_t most = mixed ? 70 : MOST; /* refining takes longer */
    double *A = economy(n, .3, 17), *F = random_vector(MOST * n, -1.0, 1.0, &state);
    double *X = wio_alloc(MOST * n, sizeof *X), *Y = wio_alloc(MOST * n, sizeof *Y);
    ck_assert(X != NULL && Y != NULL);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        wio_system *system =
            make(n, A, (wio_system_options){.threads = threads[t], .mixed = mixed});
        double *to = t == 0 ? X : Y;
        ck_assert_int_eq(SOLVE[_i % 2](to, system, most, F, NULL, NULL), WIO_OK);
        ck_assert_int_eq(memcmp(X, to, most * n * sizeof *X), 0);
        for (size_t s = 0; t == 0 && s < sizeof sizes / sizeof *sizes; s++) {
            size_t k = sizes[s] < most ? sizes[s] : most, first = (most - k) / 3;
            ck_assert_int_eq(SOLVE[_i % 2](Y, system, k, F + first * n, NULL, NULL), WIO_OK);
            ck_assert_int_eq(memcmp(X + first * n, Y, k * n * sizeof *X), 0);
        }
        wio_system_free(system);
    }
    wio_free(Y);
    wio_free(X);
    wio_free(F);
    wio_free(A);
}
END_TEST

/* c max w max(|x| / w) / max |x|, by the formula of factor_solve.c from the solutions themselves. */
START_TEST(the_bound_is_that_of_the_worst_column)
{
    enum { K = 70 };
    size_t n = 530;
    bool transposed = _i == 1;
    uint64_t state = 6;
    double *A = economy(n, .05, 3), *F = random_vector(K * n, 0.0, 1.0, &state), want = 0.0;
    double *X = wio_alloc(K * n, sizeof *X), heaviest = 0.0;
    wio_system *system = make(n, A, (wio_system_options){0});
    const double *w = transposed ? system->columns.w : system->rows.w;
    ck_assert_double_gt(system->steady[_i], 0.0);
    wio_certificate all = {0};
    ck_assert_int_eq(SOLVE[_i](X, system, K, F, &all, NULL), WIO_OK);
    for (size_t i = 0; i < n; i++) {
        heaviest = fmax(heaviest, w[i]);
    }
    for (size_t c = 0; c < K; c++) {
        double a = 0.0, top = 0.0;
        for (size_t i = 0; i < n; i++) {
            a = fmax(a, fabs(X[c * n + i]) / w[i]);
            top = fmax(top, fabs(X[c * n + i]));
        }
        want = fmax(want, system->steady[_i] * heaviest * a / top);
    }
    ck_assert_double_eq_tol(all.error_bound, want, 40 * U * want);
    wio_system_free(system);
    wio_free(X);
    wio_free(F);
    wio_free(A);
}
END_TEST

START_TEST(methods_say_what_they_are)
{
    static const wio_system_options how[] = {
        {0}, {.refined = true}, {.mixed = true}, {.mixed = true}};
    static const double share[] = {.2, .2, .2, 1e-7}; /* above 1e6: double again */
    static const char *const said[] = {"bounded beforehand", "dense LU, refined",
                                       "single precision", "LU"};
    double *A = economy(520, share[_i], 8);
    wio_system *system = make(520, A, how[_i]);
    wio_certificate c;
    wio_certificate_start(&c, system);
    ck_assert_msg(strstr(c.method, said[_i]) != NULL, "%s", c.method);
    ck_assert(c.productive && c.nonnegative);
    ck_assert_int_eq(system->pivot[0], _i == 2 ? WIO_TILED_SINGLE : WIO_TILED);
    wio_system_free(system);
    wio_free(A);
}
END_TEST

START_TEST(no_right_hand_sides_and_overwriting_are_allowed)
{
    size_t n = 513;
    double *A = economy(n, .2, 8), *f = wio_alloc(2 * n, sizeof *f);
    ck_assert_ptr_nonnull(f);
    for (size_t i = 0; i < n; i++) {
        f[i] = f[n + i] = A[i] + 1.0;
    }
    wio_system *system = make(n, A, (wio_system_options){0});
    ck_assert_int_eq(wio_system_solve(NULL, system, 0, NULL, NULL, NULL), WIO_OK);
    double *x = wio_alloc(n, sizeof *x);
    ck_assert_ptr_nonnull(x);
    ck_assert_int_eq(wio_system_solve(x, system, 1, f, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_system_solve(f, system, 2, f, NULL, NULL), WIO_OK);
    ck_assert_int_eq(memcmp(f, x, n * sizeof *x), 0);
    memset(f, 0, 2 * n * sizeof *f); /* nothing is demanded, nothing made; omega is 0, not NaN */
    wio_certificate c = {0};
    ck_assert_int_eq(wio_system_solve(f, system, 2, f, &c, NULL), WIO_OK);
    ck_assert(f[0] == 0.0 && c.componentwise == 0.0 && c.error_bound == 0.0);
    wio_free(x);
    wio_system_free(system);
    wio_free(f);
    wio_free(A);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------ */

/* Equal columns with opposite signs cancel in the combination, but not in what it is measured by. */
START_TEST(nearly_equal_columns_are_not_refused)
{
    size_t n = 600, k = 64;
    uint64_t state = 3;
    double *A = economy(n, .1, 4), *f = random_vector(n, 0.0, 1.0, &state);
    double *F = wio_alloc(k * n, sizeof *F);
    ck_assert_ptr_nonnull(F);
    for (size_t i = 0; i < k * n; i++) {
        F[i] = f[i % n] * (1.0 + 1e-15 * (double)(i / n));
    }
    wio_system *system = make(n, A, (wio_system_options){0});
    wio_certificate c = {0};
    ck_assert_int_eq(wio_system_solve(F, system, k, F, &c, NULL), WIO_OK);
    ck_assert_double_le(c.componentwise, (double)(n + 66) * U);
    wio_system_free(system);
    wio_free(F);
    wio_free(f);
    wio_free(A);
}
END_TEST

START_TEST(a_corrupted_factor_is_noticed)
{
    size_t n = 600, k = 100;
    uint64_t state = 3;
    double *A = economy(n, .1, 4), *F = random_vector(k * n, 0.0, 1.0, &state);
    double *X = wio_zalloc(k * n, sizeof *X);
    ck_assert_ptr_nonnull(X);
    wio_system *system = make(n, A, (wio_system_options){0});
    ck_assert_double_gt(system->steady[0], 0.0);
    size_t at = _i == 0 ? 0 : (_i == 1 ? 300 * n + 20 : 40 * n + 500);
    system->lu[at] = _i == 0 ? system->lu[at] * (1 + 1e-9) : system->lu[at] - 1e-6;
    wio_error err = {0};
    ck_assert_int_eq(wio_system_solve(X, system, k, F, NULL, &err), WIO_E_NOT_CERTIFIED);
    ck_assert_ptr_nonnull(strstr(err.message, "solutions 0 to 63"));
    ck_assert_double_eq(X[0], 0.0); /* untouched */
    wio_system_free(system);
    wio_free(X);
    wio_free(F);
    wio_free(A);
}
END_TEST

START_TEST(what_has_no_answer_is_refused_and_signs_go_to_lapack)
{
    size_t n = 520;
    double *A = economy(n, .2, 8), *f = wio_alloc(n, sizeof *f);
    ck_assert_ptr_nonnull(f);
    A[3] = -1e-3;
    wio_system *system = make(n, A, (wio_system_options){.mixed = _i == 1});
    wio_certificate c = {0};
    for (size_t i = 0; i < n; i++) {
        f[i] = 1.0;
    }
    ck_assert_int_eq(wio_system_solve(f, system, 1, f, &c, NULL), WIO_OK);
    ck_assert(!c.productive && system->steady[0] == 0.0 && system->pivot[0] >= 1);
    wio_system_free(system);
    A[3] = 0.0;
    for (size_t i = 0; i < n * n; i++) {
        A[i] *= 1.5;
    }
    const wio_system_options options = {.mixed = _i == 1};
    wio_error err = {0};
    ck_assert_int_eq(wio_system_create_with(&system, n, A, NULL, &options, NULL, &err),
                     WIO_E_NOT_PRODUCTIVE);
    wio_free(f);
    wio_free(A);
}
END_TEST

/* Allow 0, 1, 2, ... allocations until it works; nothing may stay behind. */
START_TEST(running_out_of_memory_leaves_nothing_behind)
{
    size_t n = 513;
    double *A = economy(n, .2, 8), *f = wio_zalloc(n, sizeof *f);
    ck_assert_ptr_nonnull(f);
    f[0] = 1.0;
    const wio_system_options options = {.mixed = _i == 1};
    wio_system *system = NULL;
    long before = wio_alloc_live, budget = 0;
    for (;; budget++) {
        wio_alloc_budget = budget;
        wio_status status = wio_system_create_with(&system, n, A, NULL, &options, NULL, NULL);
        wio_alloc_budget = -1;
        if (status == WIO_OK) {
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_ptr_null(system);
        ck_assert_int_eq((int)(wio_alloc_live - before), 0);
        ck_assert_int_lt((int)budget, 40);
    }
    ck_assert_int_ge((int)budget, 11);
    long made = wio_alloc_live;
    for (budget = 0;; budget++) {
        wio_alloc_budget = budget;
        wio_status status = wio_system_solve(f, system, 1, f, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert_int_eq((int)(wio_alloc_live - made), 0);
        if (status == WIO_OK) {
            break;
        }
        ck_assert_int_eq(status, WIO_E_MEMORY);
        ck_assert_double_eq(f[0], 1.0);
    }
    ck_assert_int_eq((int)budget, _i == 1 ? 3 : 2);
    wio_system_free(system);
    ck_assert_int_eq((int)(wio_alloc_live - before), 0);
    wio_free(f);
    wio_free(A);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("steady");
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 120);
    tcase_add_loop_test(properties, errors_are_within_the_bound_that_is_proven, 0, 6);
    tcase_add_loop_test(properties, bits_do_not_depend_on_the_batch_the_place_or_the_threads, 0, 4);
    tcase_add_loop_test(properties, methods_say_what_they_are, 0, 4);
    tcase_add_test(properties, no_right_hand_sides_and_overwriting_are_allowed);
    tcase_add_loop_test(properties, the_bound_is_that_of_the_worst_column, 0, 2);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 60);
    tcase_add_test(failures, nearly_equal_columns_are_not_refused);
    tcase_add_loop_test(failures, a_corrupted_factor_is_noticed, 0, 3);
    tcase_add_loop_test(failures, what_has_no_answer_is_refused_and_signs_go_to_lapack, 0, 2);
    tcase_add_loop_test(failures, running_out_of_memory_leaves_nothing_behind, 0, 2);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
