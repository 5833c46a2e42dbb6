/* test_uses.c - rows, columns, sums and rounds of the inverse without the inverse. */
#include "support.h"

#include "../core/internal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* TOY3 (MODEL 1.5): A = Z / x, and its inverse and sums as printed in MODEL 3a. */
static const double Z[] = {20, 40, 10, 15, 120, 60, 20, 100, 200}, x[] = {120, 700, 1200};
static const double L[] = {1.216510, .086894, .017379, .200279, 1.233818,
                           .076032,  .277636, .228890, 1.216510};
static double A[9];

static wio_solver *toy_solver(wio_matrix *matrix, wio_method method)
{
    wio_solver *solver = NULL;
    const wio_solver_options options = {.method = method};
    for (size_t i = 0; i < 9; i++) {
        A[i] = Z[i] / x[i % 3];
    }
    *matrix = (wio_matrix){.n = 3, .dense = A};
    ck_assert_int_eq(wio_solver_create(&solver, matrix, NULL, &options, NULL, NULL), WIO_OK);
    return solver;
}

/* Six printed decimals: half of the last, and no rounding that counts at a condition of 3. */
static const double PRINTED = .5e-6 + 1e-12;

START_TEST(rows_and_columns_of_the_toy_are_as_printed)
{
    static const size_t which[] = {2, 0};
    wio_matrix matrix;
    wio_solver *solver = toy_solver(&matrix, (wio_method)_i);
    double X[6];
    ck_assert_int_eq(wio_solver_lines(X, solver, 2, which, true, NULL, NULL), WIO_OK);
    for (size_t j = 0; j < 3; j++) {
        ck_assert_double_eq_tol(X[j], L[6 + j], PRINTED);
        ck_assert_double_eq_tol(X[3 + j], L[j], PRINTED);
    }
    ck_assert_int_eq(wio_solver_lines(X, solver, 2, which, false, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(X[i], L[3 * i + 2], PRINTED);
        ck_assert_double_eq_tol(X[3 + i], L[3 * i], PRINTED);
    }
    wio_solver_free(solver);
}
END_TEST

/* 1'L and e'L with e = (10, 3, 6), MODEL 3a; L1 from the printed L, three roundings of it. */
START_TEST(sums_of_the_toy_are_as_printed)
{
    static const double columns[] = {1.694424, 1.549602, 1.309920}, e[] = {10, 3, 6};
    static const double jobs[] = {14.431748, 5.943731, 7.700941};
    wio_matrix matrix;
    wio_solver *solver = toy_solver(&matrix, (wio_method)_i);
    double sum[3], rows[3], weighted[3];
    wio_certificate certificate = {0};
    ck_assert_int_eq(wio_solver_sums(sum, solver, NULL, true, &certificate, NULL), WIO_OK);
    ck_assert_int_eq(wio_solver_sums(rows, solver, NULL, false, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_solver_sums(weighted, solver, e, true, NULL, NULL), WIO_OK);
    ck_assert(certificate.productive && certificate.error_bound < 1e-12);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(sum[i], columns[i], PRINTED);
        ck_assert_double_eq_tol(weighted[i], jobs[i], PRINTED);
        ck_assert_double_eq_tol(rows[i], L[3 * i] + L[3 * i + 1] + L[3 * i + 2], 3 * PRINTED);
    }
    wio_solver_free(solver);
}
END_TEST

/* f = 10 of M: the rounds are columns of powers of A, by hand, and with the rest they are dx of MODEL
 * 3a, (.868936, 12.338178, 2.288903). */
START_TEST(rounds_and_the_rest_add_up)
{
    static const double f[] = {0, 10, 0}, all[] = {.868936, 12.338178, 2.288903};
    wio_matrix matrix;
    wio_solver *solver = toy_solver(&matrix, (wio_method)_i);
    double round[12], rest[3], again[3];
    for (size_t rounds = 1; rounds <= 4; rounds++) {
        ck_assert_int_eq(wio_solver_rounds(round, rest, solver, &matrix, rounds, f, NULL, NULL),
                         WIO_OK);
        memcpy(again, f, sizeof again);
        for (size_t i = 0; i < 3; i++) {
            double sum = rest[i];
            for (size_t t = 0; t < rounds; t++) {
                sum += round[3 * t + i];
            }
            ck_assert_double_eq_tol(sum, all[i], PRINTED);
        }
        for (size_t t = 0; t < rounds; t++) {
            double next[3] = {0};
            for (size_t i = 0; i < 3; i++) {
                ck_assert_double_eq_tol(round[3 * t + i], again[i], 8 * DBL_EPSILON * 10);
                for (size_t j = 0; j < 3; j++) {
                    next[i] += A[3 * i + j] * again[j];
                }
            }
            memcpy(again, next, sizeof again);
        }
    }
    wio_solver_free(solver);
}
END_TEST

/* Diagonal of the printed inverse: of all, and of two of them in any order. */
START_TEST(own_elements_of_the_toy_are_as_printed)
{
    static const size_t which[] = {2, 0};
    wio_matrix matrix;
    wio_solver *solver = toy_solver(&matrix, (wio_method)_i);
    double all[3], some[2];
    wio_certificate certificate = {0};
    ck_assert_int_eq(wio_solver_diagonal(all, solver, 3, NULL, &certificate, NULL), WIO_OK);
    ck_assert(certificate.productive && certificate.error_bound < 1e-12);
    ck_assert_uint_eq(certificate.solves, 3);
    ck_assert_int_eq(wio_solver_diagonal(some, solver, 2, which, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(all[i], L[4 * i], PRINTED);
    }
    ck_assert(some[0] == all[2] && some[1] == all[0]);
    wio_solver_free(solver);
}
END_TEST

/* Every use of L for n of a matrix in rows of zeros and numbers, dense and compressed, by every method;
 * against L itself, made in long double by Gauss-Jordan: column sums of .6, so that |L| <= 2.5. n is above
 * what is solved for at a time, and above WIO_SMALL, where the methods differ. */
enum { N = 530, LINES = 20, ROUNDS = 3 };

static long double *inverse_of(const double *B)
{
    long double *M = calloc((size_t)N * N, 2 * sizeof *M), *X = M + (size_t)N * N;
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            M[i * N + j] = (i == j ? 1.0L : 0.0L) - B[i * N + j];
        }
        X[i * N + i] = 1.0L;
    }
    for (size_t k = 0; k < N; k++) { /* no pivots: an M-matrix, dominant by columns */
        for (size_t i = 0; i < N; i++) {
            long double factor = i == k ? 0.0L : M[i * N + k] / M[k * N + k];
            for (size_t j = 0; factor != 0.0L && j < N; j++) {
                M[i * N + j] -= factor * M[k * N + j];
                X[i * N + j] -= factor * X[k * N + j];
            }
        }
    }
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            X[i * N + j] /= M[i * N + i];
        }
    }
    memmove(M, X, (size_t)N * N * sizeof *M);
    return M;
}

/* The largest difference of `count` numbers from the exact ones, `step` apart. */
static double miss(const double *got, const long double *exact, size_t count, size_t step)
{
    double most = 0.0;
    for (size_t i = 0; i < count; i++) {
        most = fmax(most, (double)fabsl(got[i] - exact[i * step]));
    }
    return most;
}

static void check_uses(const wio_solver *solver, const wio_matrix *matrix, const double *B,
                       const long double *exact, const double *f, const char *what)
{
    const double close = 1e-13 * 2.5; /* n u times the condition is below */
    size_t which[LINES];
    double *X = calloc((size_t)LINES * N + ROUNDS * N, sizeof *X), *round = X + LINES * N;
    double own[N], sum[N];
    for (size_t c = 0; c < LINES; c++) {
        which[c] = (c * 97 + 5) % N;
    }
    for (int rows = 0; rows < 2; rows++) {
        ck_assert_int_eq(wio_solver_lines(X, solver, LINES, which, rows == 1, NULL, NULL), WIO_OK);
        for (size_t c = 0; c < LINES; c++) {
            const long double *line = exact + which[c] * (rows == 1 ? N : 1);
            ck_assert_msg(miss(X + c * N, line, N, rows == 1 ? 1 : N) <= close, "%s, line %zu",
                          what, which[c]);
        }
    }
    ck_assert_int_eq(wio_solver_diagonal(own, solver, LINES, which, NULL, NULL), WIO_OK);
    for (size_t c = 0; c < LINES; c++) {
        ck_assert_msg(miss(own + c, exact + which[c] * (N + 1), 1, 1) <= close,
                      "%s: own element %zu", what, which[c]);
    }
    if (strncmp(what, "krylov", 6) != 0) { /* that takes long for all */
        ck_assert_int_eq(wio_solver_diagonal(own, solver, N, NULL, NULL, NULL), WIO_OK);
        ck_assert_msg(miss(own, exact, N, N + 1) <= close, "%s: diagonal", what);
    }
    long double want[N], rest[N];
    for (int columns = 0; columns < 2; columns++) {
        ck_assert_int_eq(wio_solver_sums(sum, solver, f, columns == 1, NULL, NULL), WIO_OK);
        for (size_t i = 0; i < N; i++) {
            want[i] = 0.0L;
            for (size_t j = 0; j < N; j++) {
                want[i] += exact[columns == 1 ? j * N + i : i * N + j] * f[j];
            }
        }
        ck_assert_msg(miss(sum, want, N, 1) <= 40 * close, "%s: sums", what); /* of 2.5 N / 20 */
    }
    ck_assert_int_eq(wio_solver_rounds(round, sum, solver, matrix, ROUNDS, f, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < N; i++) {
        rest[i] = 0.0L;
        for (size_t j = 0; j < N; j++) {
            rest[i] += exact[i * N + j] * f[j];
        }
        want[i] = f[i];
    }
    for (size_t t = 0; t < ROUNDS; t++) {
        long double next[N] = {0};
        ck_assert_msg(miss(round + t * N, want, N, 1) <= close, "%s: round %zu", what, t);
        for (size_t i = 0; i < N; i++) {
            rest[i] -= want[i];
            for (size_t j = 0; j < N; j++) {
                next[i] += B[i * N + j] * want[j];
            }
        }
        memcpy(want, next, sizeof want);
    }
    ck_assert_msg(miss(sum, rest, N, 1) <= 40 * close, "%s: later rounds", what);
    free(X);
}

START_TEST(uses_are_those_of_the_inverse_in_either_storage)
{
    uint64_t state = 8;
    double *B = calloc((size_t)N * N, sizeof *B), *value = calloc((size_t)N * N, sizeof *value);
    double *f = random_vector(N, -1.0, 1.0, &state), share[N];
    size_t *start = calloc(N + 1, sizeof *start);
    uint32_t *column = calloc((size_t)N * N, sizeof *column);
    random_matrix(B, N, .1, .4, &state);
    for (size_t i = 0; i < N; i++) {
        share[i] = 1.0 - wio_sum(B + i, N, N);
        start[i + 1] = start[i];
        for (size_t j = 0; j < N; j++) {
            if (B[i * N + j] != 0.0) {
                column[start[i + 1]] = (uint32_t)j;
                value[start[i + 1]++] = B[i * N + j];
            }
        }
    }
    long double *exact = inverse_of(B);
    const wio_matrix view[] = {{.n = N, .dense = B},
                               {.n = N, .start = start, .column = column, .value = value}};
    for (int m = WIO_METHOD_LU; m < WIO_METHODS; m++) {
        for (int storage = 0; storage < 2; storage++) {
            char what[64];
            wio_solver *solver = NULL;
            const wio_solver_options options = {.method = (wio_method)m};
            (void)snprintf(what, sizeof what, "%s, %s", wio_method_name((wio_method)m),
                           storage == 0 ? "dense" : "compressed");
            ck_assert_int_eq(
                wio_solver_create(&solver, &view[storage], share, &options, NULL, NULL), WIO_OK);
            check_uses(solver, &view[storage], B, exact, f, what);
            wio_solver_free(solver);
        }
    }
    free(exact);
    free(column);
    free(start);
    wio_free(f);
    free(value);
    free(B);
}
END_TEST

START_TEST(a_line_that_is_not_there_is_refused)
{
    static const size_t which[] = {1, 3};
    static const double f[3] = {1, 1, 1};
    wio_matrix matrix, other = {.n = 2, .dense = A};
    wio_solver *solver = toy_solver(&matrix, WIO_METHOD_LU);
    double X[6] = {0}, rest[3];
    wio_error err = {0};
    ck_assert_int_eq(wio_solver_lines(X, solver, 2, which, true, NULL, &err), WIO_E_ARGUMENT);
    ck_assert_str_eq(err.message, "line 1: there is no row 3, only 0 to 2");
    ck_assert(X[0] == 0.0);
    ck_assert_int_eq(wio_solver_lines(X, solver, 0, which, true, NULL, NULL), WIO_E_ARGUMENT);
    err = (wio_error){0};
    ck_assert_int_eq(wio_solver_diagonal(X, solver, 2, which, NULL, &err), WIO_E_ARGUMENT);
    ck_assert_str_eq(err.message, "line 1: there is no column 3, only 0 to 2");
    ck_assert_int_eq(wio_solver_diagonal(X, solver, 2, NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_solver_diagonal(NULL, solver, 1, which, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_solver_diagonal(X, solver, 0, which, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert(X[0] == 0.0);
    ck_assert_int_eq(wio_solver_sums(NULL, solver, NULL, true, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_solver_rounds(X, rest, solver, &other, 1, f, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_solver_rounds(X, rest, solver, &matrix, 0, f, NULL, NULL), WIO_E_ARGUMENT);
    wio_solver_free(solver);
}
END_TEST

/* A round is known before anything is solved: NaN in a column that nobody buys from would be in the
 * first and in no later one. rounds + 1 is 0 for the largest number of rounds. */
START_TEST(rounds_of_nonsense_are_refused)
{
    static const size_t start[] = {0, 1, 2}, many[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 16};
    static const uint32_t column[] = {0, 0};
    static const double value[] = {.25, .5};
    const wio_matrix matrix = {.n = 2, .start = start, .column = column, .value = value};
    wio_solver *solver = NULL;
    double f[] = {1.0, NAN}, round[4] = {-7.0}, rest[2] = {-7.0};
    ck_assert_int_eq(wio_solver_create(&solver, &matrix, NULL, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_solver_rounds(round, rest, solver, &matrix, 2, f, NULL, NULL),
                     WIO_E_NONFINITE);
    f[1] = 1.0;
    for (size_t t = 0; t < 3; t++) {
        ck_assert_int_eq(wio_solver_rounds(round, rest, solver, &matrix, many[t], f, NULL, NULL),
                         WIO_E_MEMORY);
    }
    ck_assert(round[0] == -7.0 && rest[0] == -7.0);
    wio_solver_free(solver);
}
END_TEST

START_TEST(every_failed_allocation_leaves_nothing)
{
    static const size_t which[] = {1};
    static const double f[3] = {1, 2, 3};
    wio_matrix matrix;
    wio_solver *solver = toy_solver(&matrix, WIO_METHOD_LU);
    long before = wio_alloc_live;
    for (int call = 0; call < 4; call++) {
        wio_status status = WIO_E_MEMORY;
        for (long budget = 0; status == WIO_E_MEMORY && budget < 50; budget++) {
            double X[6] = {0}, rest[3] = {0};
            wio_alloc_budget = budget;
            status = call == 0   ? wio_solver_lines(X, solver, 1, which, false, NULL, NULL)
                     : call == 1 ? wio_solver_sums(X, solver, NULL, true, NULL, NULL)
                     : call == 2 ? wio_solver_diagonal(X, solver, 3, NULL, NULL, NULL)
                                 : wio_solver_rounds(X, rest, solver, &matrix, 2, f, NULL, NULL);
            wio_alloc_budget = -1;
            ck_assert(status == WIO_OK || (status == WIO_E_MEMORY && X[0] == 0.0));
            ck_assert_int_eq(wio_alloc_live, before);
        }
        ck_assert_int_eq(status, WIO_OK);
    }
    wio_solver_free(solver);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("uses");
    TCase *known = tcase_create("known answers"), *failures = tcase_create("failures");
    tcase_add_loop_test(known, rows_and_columns_of_the_toy_are_as_printed, WIO_METHOD_LU,
                        WIO_METHOD_ENTRYWISE);
    tcase_add_loop_test(known, sums_of_the_toy_are_as_printed, WIO_METHOD_LU, WIO_METHOD_ENTRYWISE);
    tcase_add_loop_test(known, rounds_and_the_rest_add_up, WIO_METHOD_LU, WIO_METHOD_ENTRYWISE);
    tcase_add_loop_test(known, own_elements_of_the_toy_are_as_printed, WIO_METHOD_LU,
                        WIO_METHOD_ENTRYWISE);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_test(properties, uses_are_those_of_the_inverse_in_either_storage);
    suite_add_tcase(suite, properties);
    tcase_add_test(failures, a_line_that_is_not_there_is_refused);
    tcase_add_test(failures, rounds_of_nonsense_are_refused);
    tcase_add_test(failures, every_failed_allocation_leaves_nothing);
    suite_add_tcase(suite, known);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
