/* test_iterative.c - solves without factors: operator.c, krylov.c, precondition.c, iterative.c. */
#include "support.h"

#include "../core/internal.h"
#include "../solvers/linear/iterative.h"
#include "../solvers/linear/sample.h"

#include <cblas.h>
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

/* The compressed rows of a dense matrix. */
typedef struct sparse {
    size_t *start;
    uint32_t *column;
    double *value;
    wio_matrix view;
} sparse;

static sparse compressed(const double *A, size_t n)
{
    sparse s = {malloc((n + 1) * sizeof(size_t)),
                malloc(n * n * sizeof(uint32_t)),
                malloc(n * n * sizeof(double)),
                {0}};
    ck_assert(s.start != NULL && s.column != NULL && s.value != NULL);
    size_t at = 0;
    s.start[0] = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            if (A[i * n + j] != 0.0) {
                s.column[at] = (uint32_t)j;
                s.value[at++] = A[i * n + j];
            }
        }
        s.start[i + 1] = at;
    }
    s.view = (wio_matrix){.n = n, .start = s.start, .column = s.column, .value = s.value};
    return s;
}

static void sparse_free(sparse *s)
{
    free(s->start);
    free(s->column);
    free(s->value);
}

/* Random A, n from 1 to 300; some seeds have negative elements, empty rows and columns, or blocks that
 * do not trade (reducible). */
static double *example(size_t *n, int seed, double share)
{
    uint64_t state = 77 + (uint64_t)seed;
    *n = seed == 0 ? 1 : 2 + (size_t)(298.0 * random_uniform(&state));
    double *A = wio_alloc(*n * *n, sizeof *A);
    ck_assert_ptr_nonnull(A);
    random_matrix(A, *n, seed % 3 == 0 ? 1.0 : .1, share, &state);
    for (size_t e = 0; e < *n * *n; e++) {
        size_t i = e / *n, j = e % *n;
        bool empty = seed % 4 == 1 && (i % 7 == 3 || j % 11 == 5);
        bool apart = seed % 4 == 2 && i < *n / 2 && j >= *n / 2;
        A[e] *= empty || apart ? 0.0 : seed % 5 == 4 && random_uniform(&state) < .1 ? -1.0 : 1.0;
    }
    return A;
}

static wio_iterative *made(const wio_matrix *A, const wio_iterative_options *options)
{
    wio_iterative *it = NULL;
    wio_error err = {0};
    wio_status status = wio_iterative_create(&it, A, NULL, options, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return it;
}

/* --- properties ------------------------------------------------------------------------------------ */

/* y_i by long double; |error| <= gamma(n) |A| |x| for any order of the double sums. */
START_TEST(products_and_residuals_are_right_in_every_storage)
{
    size_t n;
    double *A = example(&n, _i, .3);
    sparse s = compressed(A, n);
    uint64_t state = 5;
    double *x = random_vector(n, -1.0, 1.0, &state), *f = random_vector(n, -1.0, 1.0, &state);
    double *y = wio_alloc(4 * n, sizeof *y), *r = y + n, *size = r + n, *t = size + n;
    const wio_matrix dense = {.n = n, .dense = A}, *view[] = {&dense, &s.view};
    for (size_t which = 0; which < 4; which++) {
        bool transposed = which % 2 == 1;
        wio_operator *op = NULL;
        ck_assert_int_eq(wio_operator_create(&op, view[which / 2], 2, true, NULL), WIO_OK);
        for (int kind = 0; kind < 4; kind++) {
            wio_operator_apply(y, op, transposed, kind, 1, x);
            if ((kind & WIO_SINGLE) == 0) {
                wio_operator_residual(r, size, t, op, transposed, kind, 1, x, f);
            }
            for (size_t i = 0; i < n; i++) {
                long double sum = 0, all = 0, b = 0;
                for (size_t j = 0; j < n; j++) {
                    double a = transposed ? A[j * n + i] : A[i * n + j];
                    double c = (kind & WIO_ABSOLUTE) != 0 && i != j ? fabs(a) : a;
                    sum += (long double)c * x[j];
                    all += fabsl((long double)a * x[j]);
                    b += fabsl(((i == j ? 1.0L : 0.0L) - a) * x[j]);
                }
                double single = kind & WIO_SINGLE ? 0x1p-24 : 0.0;
                ck_assert_double_le(fabs((double)(y[i] - sum)),
                                    (single + ((double)n + 4.0) * U) * (double)all + 4e-38);
                if ((kind & WIO_SINGLE) == 0) { /* long double itself: 2^-64 n */
                    long double exact = f[i] - (long double)x[i] + sum;
                    ck_assert_double_le((double)fabsl(r[i] - exact),
                                        U * (double)fabsl(exact) +
                                            (double)n * 0x1p-63 * ((double)all + 2.0));
                    ck_assert_double_le(fabs((double)(size[i] - b)),
                                        4e-16 * ((double)n + 4) * (double)(all + b));
                }
            }
        }
        wio_operator_free(op);
    }
    wio_free(y);
    wio_free(f);
    wio_free(x);
    sparse_free(&s);
    wio_free(A);
}
END_TEST

/* Against LU with its own proven bound: two solutions differ by no more than both bounds. */
START_TEST(solutions_are_those_of_lu_within_both_bounds)
{
    static const double share[] = {.5, .1, .01, .001};
    size_t n;
    double *A = example(&n, _i, share[_i % 4]);
    sparse s = compressed(A, n);
    uint64_t state = 9;
    enum { K = 3 };
    double *F = random_vector(K * n, _i % 2 == 0 ? 0.0 : -1.0, 1.0, &state);
    double *X = wio_alloc(2 * K * n, sizeof *X), *Y = X + K * n;
    for (size_t i = 1; i < n; i++) {
        F[i] = 0.0; /* one demand alone: the small elements need their digits too */
    }
    wio_system *system = NULL;
    ck_assert_int_eq(wio_system_create(&system, n, A, NULL, NULL, NULL), WIO_OK);
    size_t block[] = {0, (n + 1) / 2, n};
    const wio_matrix dense = {.n = n, .dense = A}, *view[] = {&dense, &s.view};
    for (size_t which = 0; which < 8; which++) {
        bool transposed = which % 2 == 1;
        wio_iterative_options options = {.threads = 2,
                                         .single = which < 2,
                                         .block = block,
                                         .blocks = which % 4 < 2 && n > 1 ? 2 : 0};
        wio_iterative *it = made(view[which / 4], &options);
        wio_certificate lu = {0}, own = {0};
        wio_krylov_report report = {0};
        wio_error err = {0};
        wio_status status = wio_iterative_solve(X, it, K, F, transposed, &own, &report, &err);
        ck_assert_msg(status == WIO_OK, "seed %d way %zu: %s", _i, which, err.message);
        (transposed ? wio_system_solve_transposed : wio_system_solve)(Y, system, K, F, &lu, NULL);
        for (size_t c = 0; c < K; c++) {
            double top = 0.0, off = 0.0;
            for (size_t i = c * n; i < (c + 1) * n; i++) {
                top = fmax(top, fabs(Y[i]));
                off = fmax(off, fabs(X[i] - Y[i]));
            }
            ck_assert_msg(off <= (own.error_bound + lu.error_bound) * top,
                          "seed %d way %zu: %g, bounds %g %g", _i, which, off / top,
                          own.error_bound, lu.error_bound);
        }
        ck_assert_double_le(own.componentwise, (double)(n + 2) * U);
        ck_assert_int_eq(lu.condition_bound, !lu.nonnegative);
        ck_assert_double_ge(own.condition, lu.condition * (1.0 - 1e-10));
        ck_assert_double_le(own.condition, lu.condition * 1.1);
        ck_assert_double_le(own.radius_low, lu.radius_high * (1.0 + 1e-12));
        ck_assert_double_ge(own.radius_high, lu.radius_low * (1.0 - 1e-12));
        ck_assert_uint_eq(own.solves, K);
        ck_assert(own.productive == lu.productive && own.nonnegative == lu.nonnegative);
        wio_iterative_free(it);
    }
    wio_system_free(system);
    wio_free(X);
    wio_free(F);
    sparse_free(&s);
    wio_free(A);
}
END_TEST

START_TEST(bits_do_not_depend_on_threads_or_neighbours)
{
    enum { N = 300, K = 64 };
    uint64_t state = 3;
    double *A = wio_alloc(N * N, sizeof *A), *F = random_vector(N * K, -1.0, 1.0, &state);
    double *X = wio_alloc(2 * N * K, sizeof *X), *Y = X + N * K;
    random_matrix(A, N, .5, .2, &state);
    sparse s = compressed(A, N);
    const wio_matrix dense = {.n = N, .dense = A}, *view[] = {&dense, &s.view};
    static const int threads[] = {1, 2, 3, 8};
    static const size_t batch[] = {64, 1, 5, 17};
    size_t block[] = {0, 100, 250, N};
    for (int which = 0; which < 4; which++) {
        for (size_t t = 0; t < 4; t++) {
            wio_iterative_options options = {
                .threads = threads[t], .single = true, .block = block, .blocks = 3};
            wio_iterative *it = made(view[which / 2], &options);
            for (size_t at = 0; at < K; at += batch[t]) {
                size_t k = K - at < batch[t] ? K - at : batch[t];
                ck_assert_int_eq(wio_iterative_solve((t == 0 ? X : Y) + at * N, it, k, F + at * N,
                                                     which % 2 == 1, NULL, NULL, NULL),
                                 WIO_OK);
            }
            ck_assert(t == 0 || memcmp(X, Y, N * K * sizeof *X) == 0);
            wio_iterative_free(it);
        }
    }
    wio_free(X);
    wio_free(F);
    sparse_free(&s);
    wio_free(A);
}
END_TEST

START_TEST(kernels_without_avx2_give_the_same_bits)
{
    enum { N = 67 };
    uint64_t state = 8;
    double *A = random_vector(N * N, -1.0, 1.0, &state), *x = random_vector(N, -1.0, 1.0, &state);
    float single[N * N];
    double y[N], z[N];
    for (size_t e = 0; e < N * N; e++) {
        single[e] = (float)A[e];
    }
    for (int kind = 0; kind < 4; kind++) {
        const void *from = kind & WIO_SINGLE ? (const void *)single : A;
        wio_rows(y, N, N, N, from, kind, x);
        wio_rows_portable(z, N, N, N, from, kind, x);
        ck_assert_mem_eq(y, z, sizeof y);
        wio_band(y, N, N, N, from, kind, x);
        wio_band_portable(z, N, N, N, from, kind, x);
        ck_assert_mem_eq(y, z, sizeof y);
    }
    wio_free(A);
    wio_free(x);
}
END_TEST

/* Long enough for threads on the vectors too; the last piece is not full. */
START_TEST(long_vectors_have_the_same_bits_for_any_threads_and_batch)
{
    enum { N = 8205, K = 3 };
    wio_sample sample = {0};
    uint64_t state = 13;
    ck_assert_int_eq(wio_sample_sparse(&sample, N, 6, 3, NULL), WIO_OK);
    double *F = random_vector(N * K, -1.0, 1.0, &state), *X = wio_alloc(2 * N * K, sizeof *X);
    double *Y = X + N * K;
    static const int threads[] = {1, 2, 3, 8};
    static const size_t batch[] = {K, 1, 2, K};
    for (int transposed = 0; transposed < 2; transposed++) {
        wio_certificate first = {0}, own = {0};
        for (size_t t = 0; t < 4; t++) {
            wio_iterative *it = made(&sample.A, &(wio_iterative_options){.threads = threads[t]});
            wio_iterative_start(t == 0 ? &first : &own, it);
            for (size_t at = 0; at < K; at += batch[t]) {
                size_t k = K - at < batch[t] ? K - at : batch[t];
                ck_assert_int_eq(wio_iterative_solve((t == 0 ? X : Y) + at * N, it, k, F + at * N,
                                                     transposed == 1, NULL, NULL, NULL),
                                 WIO_OK);
            }
            ck_assert(t == 0 || memcmp(X, Y, N * K * sizeof *X) == 0);
            ck_assert(t == 0 ||
                      (first.condition == own.condition && first.radius_low == own.radius_low &&
                       first.radius_high == own.radius_high));
            wio_iterative_free(it);
        }
    }
    wio_free(X);
    wio_free(F);
    wio_sample_free(&sample);
}
END_TEST

/* Bands of columns and rows that are no multiples of what is taken at once. */
START_TEST(residuals_without_avx2_have_the_same_bits)
{
    enum { N = 1031 };
    uint64_t state = 21;
    double *A = wio_alloc((size_t)N * N, sizeof *A), *v = wio_alloc(8 * N, sizeof *v);
    double *r = v, *q = v + 3 * N, *x = random_vector(N, -1.0, 1.0, &state);
    random_matrix(A, N, .5, .2, &state);
    for (size_t e = 0; e < (size_t)N * N; e += 7) {
        A[e] = -A[e];
    }
    sparse s = compressed(A, N);
    const wio_matrix dense = {.n = N, .dense = A}, *view[] = {&dense, &s.view};
    for (size_t which = 0; which < 8; which++) {
        wio_operator *op = NULL;
        int kind = which / 4 == 1 ? WIO_ABSOLUTE : 0;
        bool transposed = which % 2 == 1;
        ck_assert_int_eq(wio_operator_create(&op, view[which / 2 % 2], 3, false, NULL), WIO_OK);
        wio_operator_residual(r, r + N, r + 2 * N, op, transposed, kind, 1, x, x);
        wio_operator_residual_portable(q, q + N, q + 2 * N, op, transposed, kind, 1, x, x);
        ck_assert_mem_eq(r, q, 2 * N * sizeof *r);
        wio_operator_free(op);
    }
    wio_free(x);
    wio_free(v);
    sparse_free(&s);
    wio_free(A);
}
END_TEST

/* |B|_1 |B^-1|_1 by elimination; the bound w / min z is off by at most (1 + .01) / (1 - .01). */
START_TEST(the_condition_is_at_most_three_percent_above_the_exact_one)
{
    enum { N = 60 };
    uint64_t state = 100 + (uint64_t)_i;
    double *A = wio_alloc((size_t)N * N, sizeof *A), B[N * N], norm = 0.0, inverse = 0.0;
    lapack_int pivot[N];
    random_matrix(A, N, _i % 2 == 0 ? .5 : .01, .2, &state);
    for (size_t e = 0; _i % 3 == 0 && e < (size_t)N * N; e++) {
        A[e] = e / N == e % N ? .55 : .5 * A[e]; /* columns stay below 1 */
    }
    wio_certificate own = {0};
    wio_matrix view = {.n = N, .dense = A};
    wio_iterative *it = NULL;
    wio_status status = wio_iterative_create(
        &it, &view, NULL, &(wio_iterative_options){.single = _i % 4 < 2}, NULL, NULL, NULL);
    ck_assert_int_eq(status, WIO_OK);
    wio_iterative_start(&own, it);
    for (size_t e = 0; e < (size_t)N * N; e++) {
        B[e] = (e / N == e % N) - A[e];
    }
    for (size_t j = 0; j < N; j++) {
        norm = fmax(norm, cblas_dasum(N, B + j, N));
    }
    ck_assert_int_eq(LAPACKE_dgetrf(LAPACK_ROW_MAJOR, N, N, B, N, pivot), 0);
    ck_assert_int_eq(LAPACKE_dgetri(LAPACK_ROW_MAJOR, N, B, N, pivot), 0);
    for (size_t j = 0; j < N; j++) {
        inverse = fmax(inverse, cblas_dasum(N, B + j, N));
    }
    ck_assert(own.condition_bound); /* and of a sum with one that is exact, if it is the larger */
    wio_certificate sum = {.method = "LU", .condition = 1.0},
                    large = {.method = "LU", .condition = 1e9};
    wio_certificate_merge(&sum, &own);
    wio_certificate_merge(&large, &own);
    ck_assert(sum.condition_bound && !large.condition_bound && large.condition == 1e9);
    ck_assert_double_ge(own.condition, norm * inverse * (1.0 - 1e-13));
    ck_assert_double_le(own.condition, norm * inverse * 1.03);
    wio_iterative_free(it);
    wio_free(A);
}
END_TEST

/* A rotation by a right angle, scaled: GMRES with one basis vector makes no step, ever (its residual
 * is orthogonal to its image); BiCGStab's first alpha divides by 0. */
START_TEST(stagnation_ends_with_figures)
{
    /* B = [0 1; -1 0]: A = [1 -1; 1 1]. */
    static const double A[] = {1, -1, 1, 1}, f[] = {1, 0};
    wio_operator *op = NULL;
    ck_assert_int_eq(wio_operator_create(&op, &(wio_matrix){.n = 2, .dense = A}, 1, false, NULL),
                     WIO_OK);
    double x[2] = {0}, r[2], s[2], t[2], w[2];
    wio_krylov how = {.op = op, .basis = 1, .relative = 1e-14, .component = 4 * U};
    wio_krylov_report report = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_krylov_solve(x, r, s, t, w, &how, 1, f, &report, &err),
                     WIO_E_NOT_CONVERGED);
    ck_assert_ptr_nonnull(strstr(err.message, "did not converge: relative residual 1 "));
    how.basis = 2; /* the whole space */
    memset(x, 0, sizeof x);
    ck_assert_int_eq(wio_krylov_solve(x, r, s, t, w, &how, 1, f, &report, NULL), WIO_OK);
    ck_assert_double_eq_tol(x[0], 0.0, 1e-14);
    ck_assert_double_eq_tol(x[1], 1.0, 1e-14);
    wio_operator_free(op);
}
END_TEST

START_TEST(bicgstab_solves_alone)
{
    enum { N = 200 };
    uint64_t state = 21;
    double *A = wio_alloc(N * N, sizeof *A), *f = random_vector(N, 0.0, 1.0, &state);
    double x[N] = {0}, r[N], s[N], t[N], w[N];
    random_matrix(A, N, .2, .1, &state);
    wio_operator *op = NULL;
    ck_assert_int_eq(wio_operator_create(&op, &(wio_matrix){.n = N, .dense = A}, 1, false, NULL),
                     WIO_OK);
    wio_krylov how = {
        .op = op, .basis = 4, .relative = 1e-14, .component = N * U, .bicgstab = true};
    wio_krylov_report report = {0};
    ck_assert_int_eq(wio_krylov_solve(x, r, s, t, w, &how, 1, f, &report, NULL), WIO_OK);
    wio_operator_residual(r, s, t, op, false, 0, 1, x, f);
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_le(fabs(r[i]), N * U * (s[i] + f[i]));
    }
    wio_operator_free(op);
    wio_free(f);
    wio_free(A);
}
END_TEST

/* Nothing bought: x = f and no residual, but a bound of what the residual may be off by. */
START_TEST(a_solution_without_residual_has_a_bound)
{
    static const double A[9], f[] = {1.0, .5, .25};
    double x[3];
    wio_certificate c = {0};
    wio_iterative *it = made(&(wio_matrix){.n = 3, .dense = A}, NULL);
    ck_assert_int_eq(wio_iterative_solve(x, it, 1, f, false, &c, NULL, NULL), WIO_OK);
    ck_assert_mem_eq(x, f, sizeof x);
    ck_assert(c.error_bound > 0.0 && c.error_bound < 1e-28);
    wio_iterative_free(it);
}
END_TEST

START_TEST(a_stale_factorisation_helps)
{
    enum { N = 150 };
    uint64_t state = 4;
    double *A = wio_alloc(N * N, sizeof *A), *f = random_vector(N, 0.0, 1.0, &state);
    double x[N], r[N], s[N], t[N], w[N];
    random_matrix(A, N, .3, .02, &state);
    wio_system *stale = NULL;
    ck_assert_int_eq(wio_system_create(&stale, N, A, NULL, NULL, NULL), WIO_OK);
    for (size_t e = 0; e < N * N; e++) {
        A[e] *= .99 + .01 * random_uniform(&state);
    }
    wio_operator *op = NULL;
    ck_assert_int_eq(wio_operator_create(&op, &(wio_matrix){.n = N, .dense = A}, 1, false, NULL),
                     WIO_OK);
    for (int transposed = 0; transposed < 2; transposed++) {
        wio_krylov how = {.op = op,
                          .transposed = transposed != 0,
                          .basis = 24,
                          .apply = wio_stale_apply,
                          .context = stale,
                          .relative = 1e-14,
                          .component = N * U};
        wio_krylov_report report = {0};
        memset(x, 0, sizeof x);
        ck_assert_int_eq(wio_krylov_solve(x, r, s, t, w, &how, 1, f, &report, NULL), WIO_OK);
        ck_assert_uint_le(report.iterations, 15);
    }
    wio_operator_free(op);
    wio_system_free(stale);
    wio_free(f);
    wio_free(A);
}
END_TEST

/* --- failures -------------------------------------------------------------------------------------- */

START_TEST(unproductive_matrices_are_refused_with_the_closed_group)
{
    /* 1 and 3 buy only from each other and add no value; 0 and 2 are fine and buy from them. */
    static const double A[] = {.1, 0, .2, 0, .3, .5, .1, .25, .1, 0, .2, 0, .1, .5, .1, .75};
    sparse s = compressed(A, 4);
    const wio_matrix dense = {.n = 4, .dense = A}, *view[] = {&dense, &s.view};
    for (int which = 0; which < 2; which++) {
        wio_iterative *it = NULL;
        wio_diagnosis d = {0};
        wio_error err = {0};
        ck_assert_int_eq(wio_iterative_create(&it, view[which], NULL, NULL, &d, NULL, &err),
                         WIO_E_NOT_PRODUCTIVE);
        ck_assert_ptr_null(it);
        ck_assert_uint_eq(d.group, 2);
        ck_assert_uint_eq(d.member[0], 1);
        ck_assert_uint_eq(d.member[1], 3);
        ck_assert_double_ge(d.radius_low, 1.0);
        ck_assert_ptr_nonnull(strstr(err.message, "not productive"));
        wio_free(d.member);
    }
    sparse_free(&s);
}
END_TEST

START_TEST(every_unproductive_matrix_is_refused)
{
    size_t n;
    double *A = example(&n, 3 * _i, .3); /* dense, so that all columns sum to .7 */
    for (size_t e = 0; e < n * n; e++) {
        A[e] = fabs(A[e]) * 1.0001 / .7;
    }
    for (size_t j = 0; j < n; j++) { /* seeds with empty columns: every column at least 1 again */
        A[j * n + j] += 1.0001 - fmin(wio_sum(A + j, n, n), 1.0001);
    }
    sparse s = compressed(A, n);
    const wio_matrix dense = {.n = n, .dense = A}, *view[] = {&dense, &s.view};
    for (int which = 0; which < 2; which++) {
        wio_iterative *it = NULL;
        wio_diagnosis d = {0};
        ck_assert_int_eq(wio_iterative_create(&it, view[which], NULL, NULL, &d, NULL, NULL),
                         WIO_E_NOT_PRODUCTIVE);
        ck_assert_double_ge(d.radius_high, 1.0);
        ck_assert_uint_gt(d.top, 0);
        wio_free(d.member);
    }
    sparse_free(&s);
    wio_free(A);
}
END_TEST

static void refused(const wio_matrix *A, wio_status want, const char *text)
{
    wio_operator *op = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_operator_create(&op, A, 1, false, &err), want);
    ck_assert_msg(strstr(err.message, text) != NULL, "%s", err.message);
    ck_assert_ptr_null(op);
}

/* Rows of 0 to 90 elements: several pieces of a scan, and rows beyond what is counted in one go. */
static sparse long_rows(size_t n, uint64_t *state)
{
    sparse s = {malloc((n + 1) * sizeof(size_t)),
                malloc(n * 90 * sizeof(uint32_t)),
                malloc(n * 90 * sizeof(double)),
                {0}};
    ck_assert(s.start != NULL && s.column != NULL && s.value != NULL);
    size_t at = 0;
    s.start[0] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t count = i % 7 == 3 ? 0 : (size_t)(90.0 * random_uniform(state)), step = n / 90;
        for (size_t k = 0; k < count; k++) {
            s.column[at] = (uint32_t)(k * step + (size_t)((double)step * random_uniform(state)));
            s.value[at++] = .01 * random_uniform(state);
        }
        s.start[i + 1] = at;
    }
    s.view = (wio_matrix){.n = n, .start = s.start, .column = s.column, .value = s.value};
    return s;
}

/* The same questions, one element after the other. */
static wio_status plainly(char *text, size_t size, const wio_matrix *A)
{
    for (size_t i = 0; i < A->n; i++) {
        for (size_t p = A->start[i]; p < A->start[i + 1]; p++) {
            if (A->column[p] >= A->n || (p > A->start[i] && A->column[p] <= A->column[p - 1])) {
                (void)snprintf(text, size, "row %zu, position %zu: ", i, p);
                return WIO_E_SHAPE;
            }
        }
    }
    for (size_t p = 0; p < A->start[A->n]; p++) {
        if (!isfinite(A->value[p])) {
            (void)snprintf(text, size, "value[%zu] is ", p);
            return WIO_E_NONFINITE;
        }
    }
    return WIO_OK;
}

START_TEST(every_bad_element_is_found_wherever_it_is)
{
    enum { N = 2500, TRIES = 300 };
    uint64_t state = 91;
    sparse s = long_rows(N, &state);
    size_t last = s.start[N] - 1;
    for (size_t k = 0; k < TRIES; k++) {
        size_t p = k < 2 ? k * last : (size_t)((double)last * random_uniform(&state));
        size_t q = (size_t)((double)last * random_uniform(&state));
        uint32_t column = s.column[p];
        double value = s.value[q];
        switch (k % 5) { /* a column, an element that is not finite, both, or one below 0 */
        case 0:
            s.column[p] = p > 0 ? s.column[p - 1] : N;
            break;
        case 1:
            s.column[p] = N;
            break;
        case 2:
            s.value[q] = k % 2 == 0 ? NAN : -INFINITY;
            break;
        case 3:
            s.column[p] = UINT32_MAX;
            s.value[q] = INFINITY;
            break;
        default:
            s.value[q] = -1e-300;
            break;
        }
        char text[80] = "";
        wio_status want = plainly(text, sizeof text, &s.view);
        wio_error err = {0};
        wio_operator *op = NULL;
        ck_assert_int_eq(wio_operator_create(&op, &s.view, 1 + (int)(k % 3), false, &err), want);
        ck_assert_msg(strstr(err.message, text) != NULL, "%s, not %s", err.message, text);
        ck_assert_int_eq(wio_matrix_check(&s.view, NULL), want == WIO_E_SHAPE ? want : WIO_OK);
        for (size_t i = 0; op != NULL && k % 5 < 4 && i < N; i++) { /* a column that only moved */
            double own = 0.0;
            for (size_t e = s.start[i]; e < s.start[i + 1]; e++) {
                own = s.column[e] == i ? s.value[e] : own;
            }
            ck_assert_float_eq(op->pivot[i], (float)(1.0 / (1.0 - own)));
        }
        ck_assert(op == NULL || op->nonnegative == (k % 5 < 4));
        ck_assert(op == NULL || (op->pivot != NULL) == op->nonnegative);
        wio_operator_free(op);
        s.column[p] = column;
        s.value[q] = value;
    }
    sparse_free(&s);
}
END_TEST

START_TEST(malformed_matrices_are_refused_where_they_are)
{
    size_t start[] = {0, 2, 3}, falls[] = {0, 2, 1}, late[] = {1, 2, 3};
    uint32_t column[] = {0, 1, 1}, twice[] = {1, 1, 0}, beyond[] = {0, 1, 2};
    double value[] = {.1, .2, .3}, bad[] = {.1, NAN, .3}, dense[] = {.1, .2, INFINITY, .3};
    refused(&(wio_matrix){2, NULL, falls, column, value}, WIO_E_SHAPE, "row 1 ends at 1");
    refused(&(wio_matrix){2, NULL, late, column, value}, WIO_E_SHAPE, "start[0] is 1");
    refused(&(wio_matrix){2, NULL, start, twice, value}, WIO_E_SHAPE, "row 0, position 1");
    refused(&(wio_matrix){2, NULL, start, beyond, value}, WIO_E_SHAPE, "row 1, position 2");
    refused(&(wio_matrix){2, NULL, start, column, bad}, WIO_E_NONFINITE, "value[1] is");
    refused(&(wio_matrix){2, dense, NULL, NULL, NULL}, WIO_E_NONFINITE, "A[1][0] is inf");
    refused(&(wio_matrix){0, dense, NULL, NULL, NULL}, WIO_E_ARGUMENT, "order 1");
    static const double A[] = {.5};
    wio_iterative *it = made(&(wio_matrix){.n = 1, .dense = A}, NULL);
    double f = NAN, x = 7.0;
    ck_assert_int_eq(wio_iterative_solve(&x, it, 1, &f, false, NULL, NULL, NULL), WIO_E_NONFINITE);
    ck_assert_double_eq(x, 7.0);
    f = 1.0;
    ck_assert_int_eq(wio_iterative_solve(&x, it, 1, &f, false, NULL, NULL, NULL), WIO_OK);
    ck_assert_double_eq(x, 2.0);
    wio_iterative_free(it);
}
END_TEST

/* One equation is solved in one cycle from far away, where plain sums would do (more of them never are, the
 * basis being floats): what is returned and judged by is still the residual in twice the precision. */
START_TEST(the_residual_that_is_left_has_twice_the_precision)
{
    enum { N = 1 };
    uint64_t state = 31 + (uint64_t)_i;
    double A[N * N], x[N], r[N], s[N], t[N], w[N], own_r[N], own_s[N];
    double *f = random_vector(N, 0.0, 1.0, &state);
    random_matrix(A, N, .2, .3, &state);
    wio_operator *op = NULL;
    ck_assert_int_eq(wio_operator_create(&op, &(wio_matrix){.n = N, .dense = A}, 1, false, NULL),
                     WIO_OK);
    wio_krylov how = {.op = op, .basis = 24, .relative = 1e-14, .component = (N + 2) * U};
    wio_krylov_report report = {0};
    memcpy(x, f, sizeof x);
    ck_assert_int_eq(wio_krylov_solve(x, r, s, t, w, &how, 1, f, &report, NULL), WIO_OK);
    wio_operator_residual(own_r, own_s, t, op, false, 0, 1, x, f);
    ck_assert_mem_eq(r, own_r, sizeof r);
    ck_assert_mem_eq(s, own_s, sizeof s);
    wio_operator_free(op);
    wio_free(f);
}
END_TEST

/* Floats reach from 1e-38 to 1e38: beyond 1e36 and below 1e-36 the copy in single precision is given
 * up, wherever the element is. */
START_TEST(elements_that_floats_cannot_hold_leave_no_copy)
{
    enum { N = 3 };
    static const double odd[] = {1e-37, 2e36, 1e-320, 5e307};
    for (size_t e = 0; e < (size_t)N * N; e++) {
        for (size_t k = 0; k <= 4; k++) {
            double A[N * N] = {0.0, .1, .2, .1, .1, .1, .3, .1, .1};
            A[e] = k < 4 ? odd[k] : A[e];
            wio_operator *op = NULL;
            const wio_matrix dense = {.n = N, .dense = A};
            ck_assert_int_eq(wio_operator_create(&op, &dense, 1, true, NULL), WIO_OK);
            ck_assert_int_eq(op->single != NULL, k == 4);
            wio_operator_free(op);
            A[e] = NAN;
            refused(&dense, WIO_E_NONFINITE, "has to be a finite number");
        }
    }
}
END_TEST

START_TEST(without_memory_nothing_is_kept)
{
    enum { N = 30, K = 20 };
    uint64_t state = 6;
    double A[N * N], *F = random_vector(N * K, 0.0, 1.0, &state),
                     *X = random_vector(N * K, 0, 1, &state);
    random_matrix(A, N, .3, .2, &state);
    sparse s = compressed(A, N);
    const wio_matrix dense = {.n = N, .dense = A}, *view[] = {&dense, &s.view};
    size_t block[] = {0, 10, N};
    wio_iterative_options options = {.threads = 2, .single = true, .block = block, .blocks = 2};
    for (int which = 0; which < 2; which++) {
        long live = wio_alloc_live;
        for (long budget = 0;; budget++) {
            wio_iterative *it = NULL;
            wio_alloc_budget = budget;
            wio_status status =
                wio_iterative_create(&it, view[which], NULL, &options, NULL, NULL, NULL);
            if (status == WIO_OK) {
                double first = X[0];
                status = wio_iterative_solve(X, it, K, F, false, NULL, NULL, NULL);
                ck_assert(status == WIO_OK || X[0] == first);
            }
            wio_alloc_budget = -1;
            wio_iterative_free(it);
            ck_assert_int_eq(wio_alloc_live, live);
            ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
            if (status == WIO_OK) {
                ck_assert_int_gt(budget, 10);
                break;
            }
        }
    }
    wio_free(X);
    wio_free(F);
    sparse_free(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("iterative");
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, products_and_residuals_are_right_in_every_storage, 0, 20);
    tcase_add_loop_test(properties, solutions_are_those_of_lu_within_both_bounds, 0, 24);
    tcase_add_test(properties, bits_do_not_depend_on_threads_or_neighbours);
    tcase_add_test(properties, kernels_without_avx2_give_the_same_bits);
    tcase_add_test(properties, residuals_without_avx2_have_the_same_bits);
    tcase_add_test(properties, long_vectors_have_the_same_bits_for_any_threads_and_batch);
    tcase_add_loop_test(properties, the_condition_is_at_most_three_percent_above_the_exact_one, 0,
                        12);
    tcase_add_test(properties, bicgstab_solves_alone);
    tcase_add_loop_test(properties, the_residual_that_is_left_has_twice_the_precision, 0, 8);
    tcase_add_test(properties, a_solution_without_residual_has_a_bound);
    tcase_add_test(properties, a_stale_factorisation_helps);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(failures, 60);
    tcase_add_test(failures, stagnation_ends_with_figures);
    tcase_add_test(failures, unproductive_matrices_are_refused_with_the_closed_group);
    tcase_add_loop_test(failures, every_unproductive_matrix_is_refused, 0, 20);
    tcase_add_test(failures, malformed_matrices_are_refused_where_they_are);
    tcase_add_test(failures, every_bad_element_is_found_wherever_it_is);
    tcase_add_test(failures, elements_that_floats_cannot_hold_leave_no_copy);
    tcase_add_test(failures, without_memory_nothing_is_kept);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
