/* test_sweep.c - sweep.c: the Gauss-Seidel sweep inside GMRES, against elimination in long double, residuals in
 * 113 bits, and matrices for which the sweep is exact or hopeless. */
#include "support.h"

#include "../core/internal.h"
#include "../solvers/linear/iterative.h"
#include "../solvers/linear/krylov_inside.h"
#include "../solvers/linear/sample.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

/* Compressed rows in the making. */
typedef struct rows {
    size_t n, stored, room;
    size_t *start;
    uint32_t *column;
    double *value;
} rows;

static rows rows_new(size_t n, size_t room)
{
    rows A = {.n = n, .room = room + 1};
    A.start = calloc(n + 1, sizeof *A.start);
    A.column = malloc(A.room * sizeof *A.column);
    A.value = malloc(A.room * sizeof *A.value);
    ck_assert(A.start != NULL && A.column != NULL && A.value != NULL);
    return A;
}

static void put(rows *A, size_t j, double a)
{
    ck_assert_uint_lt(A->stored, A->room);
    A->column[A->stored] = (uint32_t)j;
    A->value[A->stored++] = a;
}

static wio_matrix view(const rows *A)
{
    return (wio_matrix){.n = A->n, .start = A->start, .column = A->column, .value = A->value};
}

static void rows_free(rows *A)
{
    free(A->start);
    free(A->column);
    free(A->value);
}

/* The element (i, i + step) alone, for all rows that have it: who buys from whom is a chain. */
static rows chain(size_t n, long step, double a)
{
    rows A = rows_new(n, n);
    for (size_t i = 0; i < n; i++) {
        long j = (long)i + step;
        if (j >= 0 && j < (long)n) {
            put(&A, (size_t)j, a);
        }
        A.start[i + 1] = A.stored;
    }
    return A;
}

enum { SCATTERED, LIKE_MRIO, BLOCKS, UP, DOWN, NEAR_ONE, GAPS, SHAPES };

/* A >= 0 of a shape, columns of sum .9 at most, but for NEAR_ONE, where a_ii is up to 1 - 1e-4. */
static rows example(int shape, size_t n, uint64_t seed)
{
    uint64_t state = 4711 + seed;
    if (shape == UP || shape == DOWN) {
        return chain(n, shape == UP ? 1 : -1, .9);
    }
    size_t wide = n < 40 ? n : 40, group = shape == BLOCKS ? 37 : n / 7 + 1;
    rows A = rows_new(n, n * (wide + 1));
    double *sum = calloc(n, sizeof *sum);
    ck_assert_ptr_nonnull(sum);
    for (size_t i = 0; i < n; i++) {
        bool empty = shape == GAPS && (i % 5 == 2 || i / 300 % 2 == 1);
        size_t base = i / group * group;
        for (size_t j = 0; j < n && !empty; j++) {
            bool inside = j >= base && j < base + group;
            double chance = (double)wide / (double)n / 2.0;
            chance = shape == BLOCKS      ? (inside ? .5 : 0.0)
                     : shape == LIKE_MRIO ? (inside ? 4.0 : .4) * chance
                                          : chance;
            chance = shape == GAPS && j % 11 == 5 ? 0.0 : chance;
            bool own = i == j && shape != GAPS;
            if ((own || random_uniform(&state) < chance) && A.stored < A.room) {
                double r = random_uniform(&state), a = r * r * r;
                put(&A, j, a);
                sum[j] += a;
            }
        }
        A.start[i + 1] = A.stored;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t p = A.start[i]; p < A.start[i + 1]; p++) {
            size_t j = A.column[p];
            double own = 1.0 - pow(10.0, -1.0 - (double)(j % 4)); /* .9 to .9999 */
            A.value[p] = shape != NEAR_ONE ? .9 * A.value[p] / sum[j]
                         : i == j          ? own
                                           : .5 * (1.0 - own) * A.value[p] / sum[j];
        }
    }
    free(sum);
    return A;
}

/* x of (I - A) x = f for n <= 300 in long double, by LU without pivots: the columns are dominant. */
static void exact(long double *x, const rows *A, const double *f)
{
    size_t n = A->n;
    long double *B = calloc(n * n, sizeof *B);
    ck_assert_ptr_nonnull(B);
    for (size_t i = 0; i < n; i++) {
        B[i * n + i] = 1.0L;
        for (size_t p = A->start[i]; p < A->start[i + 1]; p++) {
            B[i * n + A->column[p]] -= (long double)A->value[p];
        }
        x[i] = f[i];
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t i = k + 1; i < n; i++) {
            long double l = B[i * n + k] / B[k * n + k];
            for (size_t j = k + 1; l != 0.0L && j < n; j++) {
                B[i * n + j] -= l * B[k * n + j];
            }
            x[i] -= l * x[k];
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) {
            x[i] -= B[i * n + j] * x[j];
        }
        x[i] /= B[i * n + i];
    }
    free(B);
}

/* |f - (I - A) x|_1 in 113 bits, and max |r_i| / (|B| |x| + |f|)_i. */
static double residual(double *omega, const rows *A, const double *x, const double *f)
{
    __float128 all = 0;
    *omega = 0.0;
    for (size_t i = 0; i < A->n; i++) {
        __float128 r = (__float128)f[i] - x[i], b = 1, size = fabs(f[i]);
        for (size_t p = A->start[i]; p < A->start[i + 1]; p++) {
            size_t j = A->column[p];
            r += (__float128)A->value[p] * x[j];
            b -= j == i ? (__float128)A->value[p] : 0;
            size += j == i ? 0 : (__float128)(A->value[p] * fabs(x[j]));
        }
        size += (b < 0 ? -b : b) * (__float128)fabs(x[i]);
        r = r < 0 ? -r : r;
        all += r;
        *omega = fmax(*omega, r == 0 ? 0.0 : (double)(r / size));
    }
    return (double)all;
}

/* 1 - the largest column sum. */
static double margin(const rows *A)
{
    double most = 0.0, *sum = calloc(A->n, sizeof *sum);
    ck_assert_ptr_nonnull(sum);
    for (size_t p = 0; p < A->stored; p++) {
        sum[A->column[p]] += A->value[p];
        most = fmax(most, sum[A->column[p]]);
    }
    free(sum);
    return 1.0 - most;
}

/* Solves for k vectors by wio_krylov_solve, from X. */
static wio_status solve(double *X, const rows *A, int threads, size_t basis, size_t k,
                        const double *F, bool zero, wio_krylov_report *report)
{
    size_t n = A->n;
    wio_operator *op = NULL;
    const wio_matrix matrix = view(A);
    ck_assert_int_eq(wio_operator_create(&op, &matrix, threads, false, NULL), WIO_OK);
    double *room = wio_alloc(3 * k, n * sizeof *room);
    ck_assert_ptr_nonnull(room);
    wio_krylov how = {.op = op,
                      .basis = basis,
                      .relative = 1e-14,
                      .component = (double)(n + 2) * U,
                      .zero = zero};
    ck_assert(wio_sweep_can(&how));
    wio_status status = wio_krylov_solve(X, room, room + k * n, room + 2 * k * n, room + 2 * k * n,
                                         &how, k, F, report, NULL);
    wio_free(room);
    wio_operator_free(op);
    return status;
}

/* --- known answers --------------------------------------------------------------------------------- */

/* |x - x*|_1 <= |r|_1 / (1 - |A|_1), the rule lets |r|_2 <= 1e-14 |f|_2 or 2u || |B||x| + |f| ||_2
 * through, and |.|_1 <= sqrt(n) |.|_2; sizes are at most 2 |x|_1 + |f|_1 <= 3 |f|_1 / margin. The exact
 * answer itself is good to n^2 2^-64 / margin. */
START_TEST(solutions_are_those_of_elimination_in_long_double)
{
    static const size_t order[] = {1, 2, 3, 15, 16, 17, 63, 64, 65, 255, 256, 257, 300};
    size_t n = order[_i % 13];
    for (int shape = 0; shape < SHAPES; shape++) {
        enum { K = 3 };
        rows A = example(shape, n, (uint64_t)_i);
        uint64_t state = 31 + (uint64_t)_i;
        double *F = random_vector(K * n, -1.0, 1.0, &state), *X = wio_zalloc(K * n, sizeof *X);
        long double *x = malloc(n * sizeof *x);
        ck_assert(X != NULL && x != NULL);
        for (size_t i = 1; i < n; i++) {
            F[i] = 0.0;                    /* one demand alone */
            F[2 * n + i] = fabs(F[n + i]); /* of one sign */
        }
        F[2 * n] = 1.0;
        wio_krylov_report report = {0};
        ck_assert_msg(solve(X, &A, 2, 24, K, F, _i % 2 == 0, &report) == WIO_OK, "shape %d n %zu",
                      shape, n);
        for (size_t c = 0; c < K; c++) {
            double off = 0.0, right = 0.0, left = margin(&A), omega;
            exact(x, &A, F + c * n);
            for (size_t i = 0; i < n; i++) {
                off += fabs((double)(X[c * n + i] - x[i]));
                right += fabs(F[c * n + i]);
            }
            double rule = sqrt((double)n) * fmax(1e-14, 6.0 * U / left) * right;
            ck_assert_msg(off <= 1.01 * rule / left + (double)(n * n) * 0x1p-63 / left,
                          "shape %d n %zu: %g", shape, n, off);
            ck_assert_double_le(residual(&omega, &A, X + c * n, F + c * n), 1.01 * rule);
            ck_assert_double_le(omega, 1.01 * (double)(n + 2) * U);
        }
        free(x);
        wio_free(X);
        wio_free(F);
        rows_free(&A);
    }
}
END_TEST

/* Pieces of 256 rows, 16 runs of them: up to 5,000 rows make 20 pieces, some runs of two, some of none.
 * The certified solve, its error bound against the residual in 113 bits. */
START_TEST(larger_solutions_have_the_residual_and_the_bound_that_are_stated)
{
    static const size_t order[] = {511, 1025, 4097, 5000};
    size_t n = order[_i];
    for (int shape = 0; shape < SHAPES; shape++) {
        rows A = example(shape, n, 7);
        uint64_t state = 5;
        double *f = random_vector(n, -1.0, 1.0, &state), *x = wio_alloc(n, sizeof *x), omega;
        const wio_matrix matrix = view(&A);
        wio_iterative *it = NULL;
        wio_certificate own = {0};
        wio_krylov_report report = {0};
        wio_error err = {0};
        ck_assert_msg(wio_iterative_create(&it, &matrix, NULL, NULL, NULL, NULL, &err) == WIO_OK,
                      "shape %d: %s", shape, err.message);
        ck_assert_int_eq(wio_iterative_solve(x, it, 1, f, false, &own, &report, &err), WIO_OK);
        double top = 0.0, error = residual(&omega, &A, x, f) / margin(&A);
        for (size_t i = 0; i < n; i++) {
            top = fmax(top, fabs(x[i]));
        }
        ck_assert_double_le(omega, 1.01 * (double)(n + 2) * U);
        ck_assert_double_le(own.error_bound, 1e-9);
        ck_assert_double_ge(own.error_bound * top * (double)n, 1e-30);
        ck_assert_double_le(error / top, 1e-9);
        ck_assert_uint_le(report.iterations, 400);
        wio_iterative_free(it);
        wio_free(x);
        wio_free(f);
        rows_free(&A);
    }
}
END_TEST

/* Below the diagonal alone, and no more rows than a piece has: M = I - A, a sweep is the solution to the digits of
 * floats. Each cycle is then one step, and three of them reach 1e-14. A product alone needs n - 1. */
START_TEST(one_sweep_solves_what_is_triangular)
{
    rows A = chain(256, -1, .9), B = chain(256, 1, .9);
    double f[256] = {1.0}, x[256] = {0}, last = 1.0;
    wio_krylov_report report = {0}, other = {0};
    ck_assert_int_eq(solve(x, &A, 1, 24, 1, f, true, &report), WIO_OK);
    ck_assert_uint_le(report.iterations, 4);
    for (size_t i = 0; i < 256; i++, last *= .9) {
        ck_assert_double_eq_tol(x[i], last, 1e-12 * last);
    }
    f[0] = 0.0;
    f[255] = 1.0; /* against the order of the rows there is nothing to gain */
    ck_assert_int_eq(solve(x, &B, 1, 24, 1, f, true, &other), WIO_OK);
    ck_assert_uint_gt(other.iterations, 40);
    for (size_t i = 256; i-- > 0;) {
        last = i == 255 ? 1.0 : .9 * last;
        ck_assert_double_eq_tol(x[i], last, 1e-12 * last);
    }
    rows_free(&A);
    rows_free(&B);
}
END_TEST

/* Nothing bought at all, and nothing wanted. */
START_TEST(empty_matrices_and_empty_demands_are_solved)
{
    rows A = rows_new(700, 0), B = chain(700, -1, .9);
    uint64_t state = 3;
    double *f = random_vector(2 * 700, -1.0, 1.0, &state), *x = f + 700;
    wio_krylov_report report = {0};
    ck_assert_int_eq(solve(x, &A, 1, 24, 1, f, true, &report), WIO_OK);
    for (size_t i = 0; i < 700; i++) {
        ck_assert_double_eq_tol(x[i], f[i], 702 * U * fabs(f[i]));
    }
    memset(f, 0, 700 * sizeof *f);
    ck_assert_int_eq(solve(x, &B, 1, 24, 1, f, true, &report), WIO_OK);
    ck_assert_mem_eq(x, f, 700 * sizeof *x);
    /* From a guess that is no solution, 0 is reached or is within rounding of the guess' size. */
    x[5] = 1.0;
    wio_status status = solve(x, &B, 1, 24, 1, f, false, &report);
    ck_assert(status == WIO_OK || status == WIO_E_NOT_CONVERGED);
    for (size_t i = 0; i < 700; i++) {
        ck_assert_double_le(fabs(x[i]), 1e-14);
    }
    wio_free(f);
    rows_free(&A);
    rows_free(&B);
}
END_TEST

/* --- properties ------------------------------------------------------------------------------------ */

static uint64_t hash(const double *x, size_t n)
{
    uint64_t h = 14695981039346656037U, bits;
    for (size_t i = 0; i < n; i++) {
        memcpy(&bits, x + i, sizeof bits);
        h = (h ^ bits) * 1099511628211U;
    }
    return h;
}

START_TEST(bits_are_the_same_for_any_threads_and_company)
{
    enum { N = 200000, K = 2 };
    wio_sample sample = {0};
    uint64_t state = 17, first = 0;
    ck_assert_int_eq((_i == 0 ? wio_sample_sparse : wio_sample_scattered)(&sample, N, 4, 5, NULL),
                     WIO_OK);
    rows A = {N, 0, 0, sample.start, sample.column, sample.element};
    double *F = random_vector(K * N, -1.0, 1.0, &state), *X = wio_alloc(K * N, sizeof *X);
    static const int threads[] = {1, 2, 3, 8};
    for (size_t t = _i == 0 ? 0 : 2; t < 4; t++) { /* the last alone, the others together */
        size_t k = t == 3 ? 1 : K;
        wio_krylov_report report = {0};
        ck_assert_int_eq(solve(X, &A, threads[t], 24, k, F, true, &report), WIO_OK);
        first = first == 0 ? hash(X, N) : first;
        ck_assert_uint_eq(hash(X, N), first);
    }
    wio_free(X);
    wio_free(F);
    wio_sample_free(&sample);
}
END_TEST

/* --- failures -------------------------------------------------------------------------------------- */

/* Radius far above 1, nothing proven: sweeps and restarted GMRES of two vectors stand still, BiCGStab
 * ends it. */
static rows hopeless(size_t n)
{
    rows A = rows_new(n, n * n);
    uint64_t state = 12;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            put(&A, j, random_uniform(&state) * (i == j ? 3.0 : 1.0));
        }
        A.start[i + 1] = A.stored;
    }
    return A;
}

START_TEST(sweeps_that_stand_still_give_way)
{
    enum { N = 12 };
    rows A = hopeless(N);
    uint64_t state = 2;
    double *f = random_vector(N, -1.0, 1.0, &state), x[N] = {0}, omega;
    wio_krylov_report report = {0};
    ck_assert_int_eq(solve(x, &A, 1, 1, 1, f, true, &report), WIO_OK);
    (void)residual(&omega, &A, x, f);
    ck_assert_double_le(omega, 1.01 * (N + 2) * U);
    ck_assert_uint_gt(report.iterations, 8);
    wio_free(f);
    rows_free(&A);
}
END_TEST

/* x = (a^2, a, 1) with a = 1e30 or 1e39: a sweep leaves the range of floats. What it saw must not reach x;
 * the other methods go on, and may not get there either. */
START_TEST(what_floats_cannot_hold_does_not_spoil_the_solution)
{
    for (int large = 0; large < 2; large++) {
        rows A = chain(3, 1, large == 1 ? 1e39 : 1e30);
        double f[3] = {large, large, 1.0}, x[3] = {0};
        wio_krylov_report report = {0};
        wio_status status = solve(x, &A, 1, 24, 1, f, true, &report);
        ck_assert(status == WIO_OK || status == WIO_E_NOT_CONVERGED);
        for (size_t i = 0; i < 3; i++) {
            ck_assert_msg(isfinite(x[i]), "x[%zu] is %g", i, x[i]);
        }
        rows_free(&A);
    }
}
END_TEST

/* Numbers so small that 1 / max |r| is none: no sweep, but an answer. */
START_TEST(the_smallest_demands_are_solved_for)
{
    rows A = chain(3, -1, .5);
    double f[3] = {0x1p-1070, 0, 0}, x[3] = {0};
    wio_krylov_report report = {0};
    ck_assert_int_eq(solve(x, &A, 1, 24, 1, f, true, &report), WIO_OK);
    ck_assert_double_eq(x[0], 0x1p-1070);
    ck_assert_double_eq(x[1], 0x1p-1071);
    ck_assert_double_eq(x[2], 0x1p-1072);
    rows_free(&A);
}
END_TEST

START_TEST(negative_elements_and_transposes_are_left_to_the_others)
{
    rows A = chain(5, -1, .5);
    A.value[2] = -.25;
    wio_operator *op = NULL;
    const wio_matrix matrix = view(&A);
    ck_assert_int_eq(wio_operator_create(&op, &matrix, 1, false, NULL), WIO_OK);
    ck_assert(!wio_sweep_can(&(wio_krylov){.op = op, .basis = 4}));
    wio_operator_free(op);
    A.value[2] = .25;
    ck_assert_int_eq(wio_operator_create(&op, &matrix, 1, false, NULL), WIO_OK);
    ck_assert(wio_sweep_can(&(wio_krylov){.op = op, .basis = 4}));
    ck_assert(!wio_sweep_can(&(wio_krylov){.op = op, .basis = 4, .transposed = true}));
    ck_assert(!wio_sweep_can(&(wio_krylov){.op = op, .basis = 4, .bicgstab = true}));
    ck_assert(!wio_sweep_can(&(wio_krylov){.op = op, .basis = 4, .apply = wio_blocks_apply}));
    wio_operator_free(op);
    rows_free(&A);
}
END_TEST

/* On the way to BiCGStab, so that what the other methods need is refused too. */
START_TEST(without_memory_nothing_is_kept)
{
    enum { N = 12, K = 2 };
    rows A = hopeless(N);
    uint64_t state = 2;
    double *F = random_vector(K * N, -1.0, 1.0, &state), X[K * N], room[3 * K * N];
    wio_operator *op = NULL;
    const wio_matrix matrix = view(&A);
    ck_assert_int_eq(wio_operator_create(&op, &matrix, 1, false, NULL), WIO_OK);
    wio_krylov how = {
        .op = op, .basis = 1, .relative = 1e-14, .component = (N + 2) * U, .zero = true};
    long live = wio_alloc_live, budget = 0;
    for (wio_status status = WIO_E_MEMORY; status == WIO_E_MEMORY; budget++) {
        wio_krylov_report report = {0};
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_krylov_solve(X, room, room + K * N, room + 2 * K * N, room + 2 * K * N, &how,
                                  K, F, &report, &err);
        wio_alloc_budget = -1;
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_msg(status == WIO_OK || strstr(err.message, "no memory") != NULL, "%s",
                      err.message);
    }
    ck_assert_int_gt(budget, 8); /* six at first, then D, Z and BiCGStab's block */
    wio_operator_free(op);
    wio_free(F);
    rows_free(&A);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 60);
    tcase_add_loop_test(known, solutions_are_those_of_elimination_in_long_double, 0, 26);
    tcase_add_loop_test(known, larger_solutions_have_the_residual_and_the_bound_that_are_stated, 0,
                        4);
    tcase_add_test(known, one_sweep_solves_what_is_triangular);
    tcase_add_test(known, empty_matrices_and_empty_demands_are_solved);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, bits_are_the_same_for_any_threads_and_company, 0, 2);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, sweeps_that_stand_still_give_way);
    tcase_add_test(failures, what_floats_cannot_hold_does_not_spoil_the_solution);
    tcase_add_test(failures, the_smallest_demands_are_solved_for);
    tcase_add_test(failures, negative_elements_and_transposes_are_left_to_the_others);
    tcase_add_test(failures, without_memory_nothing_is_kept);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
