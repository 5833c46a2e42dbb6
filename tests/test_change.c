/* test_change.c - wio_changes_solve: every method against factors of the changed matrix. */
#include "support.h"

#include "../solvers/linear/change.h"
#include "../solvers/linear/system.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

enum kind { CHANGE_ROWS, CHANGE_COLUMNS, CHANGE_CELLS };

/* A change with its own memory. */
typedef struct owned {
    wio_change change;
    size_t *row, *column;
    double *value;
} owned;

static void *room(size_t count, size_t size)
{
    void *p = calloc(count + 1, size);
    ck_assert_ptr_nonnull(p);
    return p;
}

static void disown(owned *o, size_t count)
{
    for (size_t s = 0; s < count; s++) {
        free(o[s].row);
        free(o[s].column);
        free(o[s].value);
    }
    free(o);
}

/* `few` whole rows, whole columns, or a share of few/n of all cells, each times 1 +- size. */
static owned make_change(const double *A, size_t n, enum kind kind, size_t few, double size,
                         uint64_t *state)
{
    unsigned char *chosen = room(n, 1);
    for (size_t k = 0; k < few; k++) {
        chosen[(size_t)((double)n * random_uniform(state))] = 1;
    }
    owned o = {.row = room(n * n, sizeof(size_t)),
               .column = room(n * n, sizeof(size_t)),
               .value = room(n * n, sizeof(double))};
    double share = (double)few / (double)n;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            bool take = kind == CHANGE_ROWS      ? chosen[i]
                        : kind == CHANGE_COLUMNS ? chosen[j]
                                                 : random_uniform(state) < share;
            if (take && A[i * n + j] != 0.0) {
                o.row[at] = i;
                o.column[at] = j;
                o.value[at++] = A[i * n + j] * size * (2.0 * random_uniform(state) - 1.0);
            }
        }
    }
    free(chosen);
    o.change = (wio_change){at, o.row, o.column, o.value};
    return o;
}

static wio_system *system_of(const double *A, size_t n)
{
    wio_system *system = NULL;
    wio_error err = {0};
    wio_status status = wio_system_create(&system, n, A, NULL, NULL, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return system;
}

/* x by factors of A + D, within the sum of both proven bounds. */
static void check_answer(const double *x, const wio_change_report *report, const double *A,
                         size_t n, const wio_change *d, const double *f, bool transposed)
{
    double *B = room(n * n, sizeof *B), *want = room(n, sizeof *want), top = 0.0;
    memcpy(B, A, n * n * sizeof *B);
    for (size_t k = 0; k < d->count; k++) {
        B[d->row[k] * n + d->column[k]] += d->value[k];
    }
    wio_system *system = system_of(B, n);
    wio_certificate worth;
    wio_certificate_start(&worth, system);
    ck_assert_int_eq((transposed ? wio_system_solve_transposed : wio_system_solve)(want, system, 1,
                                                                                   f, &worth, NULL),
                     WIO_OK);
    for (size_t i = 0; i < n; i++) {
        top = fmax(top, fabs(want[i]));
    }
    /* A + D is rounded here, once per element: u times the condition number. */
    double tolerance = (worth.error_bound + report->bound + 2.0 * worth.condition * U) * 1.01;
    ck_assert_double_lt(report->bound, 1e-9);
    ck_assert_double_le(report->componentwise, 8.0 * (double)(n + 2) * U);
    for (size_t i = 0; i < n; i++) {
        ck_assert_double_eq_tol(x[i], want[i], tolerance * top);
    }
    wio_system_free(system);
    free(want);
    free(B);
}

/* --- known answers -------------------------------------------------------------------------------- */

START_TEST(one_larger_coefficient_moves_output_as_printed)
{
    /* MODEL 3(j): a_SM + .02, by every method. */
    static const double want[] = {.243672, 1.066067, 17.057074};
    double A[9], x[3], f[3], y[3];
    const wio_change d = {1, (const size_t[]){2}, (const size_t[]){1}, (const double[]){.02}};
    toy_coefficients(A, x);
    wio_system *base = system_of(A, 3);
    wio_apply(f, 3, A, x);
    for (size_t i = 0; i < 3; i++) {
        f[i] = x[i] - f[i];
    }
    for (int m = WIO_CHANGE_AUTO; m <= WIO_CHANGE_REFACTOR; m++) {
        const wio_change_options how = {.method = (wio_change_method)m};
        wio_change_report report;
        ck_assert_int_eq(wio_changes_solve(y, base, 1, &d, f, false, false, &how, &report, NULL),
                         WIO_OK);
        ck_assert_int_eq(report.method, m == 0 ? (int)WIO_CHANGE_LOWRANK : m);
        for (size_t i = 0; i < 3; i++) {
            ck_assert_double_eq_tol(y[i] - x[i], want[i], 5.001e-7);
        }
    }
    wio_system_free(base);
}
END_TEST

START_TEST(row_sales_cut_by_a_share_give_the_partial_extraction)
{
    /* MODEL 3(f): intermediate sales of M times 1 - .3, total final demand unchanged. */
    static const double want[] = {4.750077, 67.447234, 12.512398};
    double A[9], x[3], f[3], y[3];
    toy_coefficients(A, x);
    wio_apply(f, 3, A, x);
    for (size_t i = 0; i < 3; i++) {
        f[i] = x[i] - f[i];
    }
    const wio_change d = {3, (const size_t[]){1, 1, 1}, (const size_t[]){0, 1, 2},
                          (const double[]){-.3 * A[3], -.3 * A[4], -.3 * A[5]}};
    wio_system *base = system_of(A, 3);
    ck_assert_int_eq(wio_changes_solve(y, base, 1, &d, f, false, false, NULL, NULL, NULL), WIO_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(x[i] - y[i], want[i], 5.001e-7);
    }
    wio_system_free(base);
}
END_TEST

/* --- properties ----------------------------------------------------------------------------------- */

/* Loop: bit 0 transposed, the rest the kind of change; orders on both sides of WIO_SMALL. */
START_TEST(every_method_agrees_with_new_factors)
{
    static const size_t orders[] = {1, 2, 7, 60, 130, 530};
    bool transposed = _i % 2 != 0;
    enum kind kind = (enum kind)(_i / 2);
    uint64_t state = 77 + (uint64_t)_i;
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        size_t n = orders[o], scenarios = n > 500 ? 2 : 5;
        double *A = room(n * n, sizeof *A), *X = room(n * scenarios, sizeof *X);
        double *F = random_vector(n * scenarios, -1.0, 2.0, &state);
        random_matrix(A, n, .6, .5, &state);
        wio_system *base = system_of(A, n);
        owned *made = room(scenarios, sizeof *made);
        wio_change *change = room(scenarios, sizeof *change);
        wio_change_report *report = room(scenarios, sizeof *report);
        for (size_t s = 0; s < scenarios; s++) {
            made[s] = make_change(A, n, kind, 1 + n / 40, s % 2 == 0 ? .1 : .9, &state);
            change[s] = made[s].change;
        }
        for (int m = WIO_CHANGE_AUTO; m <= WIO_CHANGE_REFACTOR; m++) {
            const wio_change_options how = {.method = (wio_change_method)m, .threads = 2};
            wio_error err = {0};
            wio_status status = wio_changes_solve(X, base, scenarios, change, F, false, transposed,
                                                  &how, report, &err);
            ck_assert_msg(status == WIO_OK, "%s", err.message);
            for (size_t s = 0; s < scenarios; s++) {
                check_answer(X + s * n, &report[s], A, n, &change[s], F + s * n, transposed);
                if (m == WIO_CHANGE_REFACTOR && change[s].count > 0) {
                    ck_assert_int_eq(report[s].method, m);
                }
                if (m == WIO_CHANGE_GMRES && change[s].count > 0 && s % 2 == 0) {
                    ck_assert_int_eq(report[s].method, m);
                }
                /* Small changes of a well-conditioned matrix need no factors of their own. */
                if (m != WIO_CHANGE_REFACTOR && s % 2 == 0) {
                    ck_assert_int_ne(report[s].method, WIO_CHANGE_REFACTOR);
                }
            }
        }
        disown(made, scenarios);
        wio_system_free(base);
        free(report);
        free(change);
        wio_free(F);
        free(X);
        free(A);
    }
}
END_TEST

START_TEST(bits_depend_on_nothing_but_base_and_change)
{
    static const size_t orders[] = {40, 520};
    uint64_t state = 5;
    for (size_t o = 0; o < 2; o++) {
        size_t n = orders[o], scenarios = 100;
        double *A = room(n * n, sizeof *A), *X = room(n * scenarios, sizeof *X);
        double *Y = room(n * scenarios, sizeof *Y);
        double *F = random_vector(n * scenarios, 0.0, 2.0, &state);
        random_matrix(A, n, .6, .5, &state);
        wio_system *base = system_of(A, n);
        owned *made = room(scenarios, sizeof *made);
        wio_change *change = room(scenarios, sizeof *change);
        for (size_t s = 0; s < scenarios; s++) {
            made[s] = make_change(A, n, (enum kind)(s % 3), s % 7 == 6 ? 0 : 2, .1, &state);
            change[s] = made[s].change;
        }
        wio_change_options how = {.threads = 1};
        ck_assert_int_eq(
            wio_changes_solve(X, base, scenarios, change, F, false, false, &how, NULL, NULL),
            WIO_OK);
        static const int threads[] = {2, 3, 8};
        static const size_t batch[] = {100, 33, 64};
        for (size_t t = 0; t < 3; t++) {
            how.threads = threads[t];
            for (size_t at = 0; at < scenarios; at += batch[t]) {
                size_t count = scenarios - at < batch[t] ? scenarios - at : batch[t];
                ck_assert_int_eq(wio_changes_solve(Y + at * n, base, count, change + at, F + at * n,
                                                   false, false, &how, NULL, NULL),
                                 WIO_OK);
            }
            ck_assert_mem_eq(X, Y, n * scenarios * sizeof *X);
        }
        for (size_t s = 0; s < 14; s++) { /* alone */
            ck_assert_int_eq(wio_changes_solve(Y, base, 1, change + s, F + s * n, false, false,
                                               &how, NULL, NULL),
                             WIO_OK);
            ck_assert_mem_eq(X + s * n, Y, n * sizeof *X);
        }
        memcpy(Y, F, n * scenarios * sizeof *Y); /* in place */
        ck_assert_int_eq(
            wio_changes_solve(Y, base, scenarios, change, Y, false, false, &how, NULL, NULL),
            WIO_OK);
        ck_assert_mem_eq(X, Y, n * scenarios * sizeof *X);
        disown(made, scenarios);
        wio_system_free(base);
        free(change);
        wio_free(F);
        free(Y);
        free(X);
        free(A);
    }
}
END_TEST

/* Loop: bit 0 columns, bit 1 transposed. A dense A, so that every cell of a line is listed. */
START_TEST(whole_lines_have_the_solutions_of_their_cells)
{
    enum { N = 530, FEW = 3, S = 2 };
    bool columns = _i % 2 != 0, transposed = _i / 2 != 0;
    static const size_t line[S][FEW] = {{0, 200, 529}, {7, 8, 300}};
    uint64_t state = 19 + (uint64_t)_i;
    double *A = room((size_t)N * N, sizeof *A), *f = random_vector(N, -.5, 1.0, &state);
    double *value = room((size_t)S * FEW * N, sizeof *value),
           *listed = room((size_t)S * FEW * N, 8);
    size_t *row = room((size_t)S * FEW * N, sizeof *row), *column = room((size_t)S * FEW * N, 8);
    double *X = room((size_t)S * N, sizeof *X), *Y = room((size_t)S * N, sizeof *Y);
    wio_change whole[S], cells[S];
    wio_change_report by_line[S], by_cell[S];
    random_matrix(A, N, .6, .5, &state);
    for (size_t s = 0; s < S; s++) {
        size_t at = s * FEW * N, count = 0;
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < N; j++) {
                for (size_t k = 0; k < FEW; k++) {
                    if (line[s][k] != (columns ? j : i)) {
                        continue;
                    }
                    double d = A[i * N + j] * .2 * (2.0 * random_uniform(&state) - 1.0);
                    value[at + k * N + (columns ? i : j)] = d;
                    row[at + count] = i;
                    column[at + count] = j;
                    listed[at + count++] = d;
                }
            }
        }
        whole[s] =
            (wio_change){FEW, columns ? NULL : line[s], columns ? line[s] : NULL, value + at};
        cells[s] = (wio_change){count, row + at, column + at, listed + at};
    }
    wio_system *base = system_of(A, N);
    for (int m = WIO_CHANGE_AUTO; m <= WIO_CHANGE_REFACTOR; m++) {
        const wio_change_options how = {.method = (wio_change_method)m};
        ck_assert_int_eq(
            wio_changes_solve(X, base, S, whole, f, true, transposed, &how, by_line, NULL), WIO_OK);
        ck_assert_int_eq(
            wio_changes_solve(Y, base, S, cells, f, true, transposed, &how, by_cell, NULL), WIO_OK);
        for (size_t s = 0; s < S; s++) {
            check_answer(X + s * N, &by_line[s], A, N, &cells[s], f, transposed);
            ck_assert_int_eq(by_line[s].method, m == 0 ? (int)WIO_CHANGE_LOWRANK : m);
            ck_assert_uint_eq(by_line[s].rank, FEW);
            ck_assert_double_gt(by_line[s].componentwise, 0.0);
        }
        if (m != WIO_CHANGE_REFINE) { /* its sums go along lines or cells: other roundings */
            ck_assert_mem_eq(X, Y, (size_t)S * N * sizeof *X);
        }
    }
    value[0] = -2.0 * A[columns ? line[0][0] : line[0][0] * N] - 1.0; /* below 0 in a corner */
    ck_assert_int_eq(wio_changes_solve(X, base, 1, whole, f, true, transposed, NULL, by_line, NULL),
                     WIO_OK);
    ck_assert_int_eq(by_line[0].method, WIO_CHANGE_REFACTOR);
    value[5] = NAN;
    X[0] = 77.0;
    ck_assert_int_eq(wio_changes_solve(X, base, S, whole, f, true, transposed, NULL, NULL, NULL),
                     WIO_E_NONFINITE);
    const size_t twice[] = {4, 4, 5};
    whole[1] = (wio_change){FEW, columns ? NULL : twice, columns ? twice : NULL, listed};
    ck_assert_int_eq(
        wio_changes_solve(X, base, 1, whole + 1, f, true, transposed, NULL, NULL, NULL),
        WIO_E_ARGUMENT);
    ck_assert(X[0] == 77.0);
    wio_system_free(base);
    void *own[] = {A, value, listed, row, column, X, Y};
    for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
        free(own[k]);
    }
    wio_free(f);
}
END_TEST

START_TEST(no_change_has_the_bits_of_the_base)
{
    uint64_t state = 11;
    enum { N = 40 };
    static double A[N * N], x[N], y[2 * N];
    const wio_change none[2] = {{0}};
    double *f = random_vector(N, 0.0, 1.0, &state);
    random_matrix(A, N, .6, .5, &state);
    wio_system *base = system_of(A, N);
    ck_assert_int_eq(wio_system_solve(x, base, 1, f, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_changes_solve(y, base, 2, none, f, true, false, NULL, NULL, NULL), WIO_OK);
    ck_assert_mem_eq(x, y, sizeof x);
    ck_assert_mem_eq(x, y + N, sizeof x);
    wio_system_free(base);
    wio_free(f);
}
END_TEST

START_TEST(a_change_of_zeros_gives_the_base_within_its_bound)
{
    double A[9], x[3], f[3] = {1, 2, 3}, y[3];
    const wio_change zero = {2, (const size_t[]){0, 2}, (const size_t[]){1, 0},
                             (const double[]){0.0, 0.0}};
    toy_coefficients(A, x);
    wio_system *base = system_of(A, 3);
    wio_change_report report;
    ck_assert_int_eq(wio_system_solve(x, base, 1, f, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_changes_solve(y, base, 1, &zero, f, true, false, NULL, &report, NULL),
                     WIO_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(y[i], x[i], 2.0 * report.bound * 10.0);
    }
    wio_system_free(base);
}
END_TEST

/* Orders of measured and of steady systems. The figure of the residual of a steady one is that of the
 * combinations of a call (change.h). */
START_TEST(what_is_reported_of_no_change_does_not_depend_on_company)
{
    enum { MOST = 530, K = 3 };
    static const size_t orders[] = {40, MOST};
    uint64_t state = 12;
    const wio_change none[K] = {{0}};
    double *A = room(MOST * MOST, sizeof *A), *x = room(K * MOST, sizeof *x);
    for (size_t o = 0; o < 2; o++) {
        size_t n = orders[o];
        double *F = random_vector(K * n, -1.0, 1.0, &state);
        F[0] = 1e-200; /* very uneven, and one that is solved for over a power of two */
        for (size_t i = 0; i < n; i++) {
            F[n + i] *= 0x1p-1020;
        }
        random_matrix(A, n, .6, .1, &state);
        wio_system *base = system_of(A, n);
        wio_change_report together[K], alone;
        ck_assert_int_eq(wio_changes_solve(x, base, K, none, F, false, false, NULL, together, NULL),
                         WIO_OK);
        for (size_t c = 0; c < K; c++) {
            ck_assert_int_eq(
                wio_changes_solve(x, base, 1, none, F + c * n, false, false, NULL, &alone, NULL),
                WIO_OK);
            ck_assert_double_eq(alone.bound, together[c].bound);
            ck_assert(o == 1 || alone.componentwise == together[c].componentwise);
            ck_assert_double_gt(alone.bound, 0.0);
            wio_certificate whole;
            wio_certificate_start(&whole, base);
            ck_assert_int_eq(wio_system_solve(x, base, 1, F + c * n, &whole, NULL), WIO_OK);
            ck_assert_double_eq_tol(alone.bound, whole.error_bound, 1e-14 * alone.bound);
        }
        wio_system_free(base);
        wio_free(F);
    }
    free(x);
    free(A);
}
END_TEST

/* Two groups that do not trade, and the matrix of the second is changed behind the factors' back: the
 * combination of all says so. Scenarios within the first keep method and bits. */
START_TEST(one_bad_solution_does_not_change_its_neighbours)
{
    enum { N = 600, HALF = N / 2, K = 4 };
    uint64_t state = 8;
    double *A = room(N * N, sizeof *A), *X = room(2 * K * N, sizeof *X),
           *F = room(K * N, sizeof *F);
    double *Y = X + K * N;
    random_matrix(A, N, 1.0, .5, &state);
    for (size_t e = 0; e < (size_t)N * N; e++) {
        A[e] *= e / N / HALF == e % N / HALF ? 1.0 : 0.0;
    }
    const wio_system_options how = {.borrow = true};
    wio_system *base = NULL;
    ck_assert_int_eq(wio_system_create_with(&base, N, A, NULL, &how, NULL, NULL), WIO_OK);
    const size_t row[] = {3, HALF + 3}, column[] = {5, HALF + 5};
    double value[] = {.5 * A[3 * N + 5], .5 * A[row[1] * N + column[1]]};
    wio_change change[K];
    for (size_t s = 0; s < K; s++) {
        change[s] = (wio_change){1, &row[s == 2], &column[s == 2], &value[s == 2]};
        for (size_t i = 0; i < HALF; i++) {
            F[s * N + i + (s == 2 ? HALF : 0)] = random_uniform(&state);
        }
    }
    wio_change_report report[K], first[K];
    ck_assert_int_eq(wio_changes_solve(X, base, K, change, F, false, false, NULL, first, NULL),
                     WIO_OK);
    for (size_t e = 0; e < HALF; e++) { /* far above the limit of 8(n+2)u */
        A[(HALF + 9) * N + HALF + e] *= 1.0 + 1e-8;
    }
    ck_assert_int_eq(wio_changes_solve(Y, base, K, change, F, false, false, NULL, report, NULL),
                     WIO_OK);
    for (size_t s = 0; s < K; s++) {
        ck_assert_int_eq(first[s].method, WIO_CHANGE_LOWRANK);
        ck_assert_int_eq(report[s].method, s == 2 ? WIO_CHANGE_GMRES : WIO_CHANGE_LOWRANK);
        ck_assert_double_le(report[s].componentwise, 8.0 * (N + 2) * U);
        ck_assert_int_eq(memcmp(X + s * N, Y + s * N, N * sizeof *X) == 0, s != 2);
    }
    wio_system_free(base);
    free(F);
    free(X);
    free(A);
}
END_TEST

/* Column sums of .5 that become .9 in every cell: rho(L D) = .8 is too much for the series, and the base
 * cannot prove it. Above WIO_SMALL equations GMRES with the base factors does both; what is not
 * productive is refused there too. Transposed with the loop. */
START_TEST(a_large_change_of_a_large_matrix_needs_no_new_factors)
{
    enum { N = 530 };
    bool transposed = _i % 2 == 1;
    uint64_t state = 21;
    double *A = room((size_t)N * N, sizeof *A), *x = room(4 * N, sizeof *x);
    double *f = random_vector(N, 0.0, 1.0, &state);
    random_matrix(A, N, .1, .5, &state);
    owned o = {.row = room((size_t)N * N, sizeof *o.row),
               .column = room((size_t)N * N, sizeof *o.column),
               .value = room((size_t)N * N, sizeof *o.value)};
    size_t count = 0;
    for (size_t e = 0; e < (size_t)N * N; e++) {
        if (A[e] != 0.0) {
            o.row[count] = e / N;
            o.column[count] = e % N;
            o.value[count++] = .8 * A[e];
        }
    }
    const wio_change change = {count, o.row, o.column, o.value};
    wio_system *base = system_of(A, N);
    wio_change_report report[2];
    wio_change_options how = {.threads = 1};
    ck_assert_int_eq(
        wio_changes_solve(x, base, 1, &change, f, true, transposed, &how, report, NULL), WIO_OK);
    ck_assert_int_eq(report[0].method, WIO_CHANGE_GMRES);
    ck_assert_uint_eq(report[0].rank, N);
    ck_assert_double_le(report[0].componentwise, (double)(N + 2) * U);
    ck_assert_double_le(report[0].bound, 1e-9);
    how.threads = 3; /* the same bits */
    ck_assert_int_eq(
        wio_changes_solve(x + N, base, 1, &change, f, true, transposed, &how, NULL, NULL), WIO_OK);
    ck_assert_mem_eq(x, x + N, N * sizeof *x);
    how.method = WIO_CHANGE_REFACTOR;
    ck_assert_int_eq(
        wio_changes_solve(x + N, base, 1, &change, f, true, transposed, &how, report + 1, NULL),
        WIO_OK);
    ck_assert_int_eq(report[1].method, WIO_CHANGE_REFACTOR);
    double top = 0.0;
    for (size_t i = 0; i < N; i++) {
        top = fmax(top, fabs(x[N + i]));
    }
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq_tol(x[i], x[N + i], (report[0].bound + report[1].bound) * top);
    }
    for (size_t k = 0; k < count; k++) {
        o.value[k] *= 1.26; /* column sums of 1.004 */
    }
    wio_error err = {0};
    how.method = WIO_CHANGE_AUTO;
    ck_assert_int_eq(wio_changes_solve(x, base, 1, &change, f, true, transposed, &how, NULL, &err),
                     WIO_E_NOT_PRODUCTIVE);
    ck_assert_ptr_nonnull(strstr(err.message, "scenario 0: I - A is not productive"));
    wio_system_free(base);
    free(o.row);
    free(o.column);
    free(o.value);
    wio_free(f);
    free(x);
    free(A);
}
END_TEST

/* Demands of 1e-310 beside ordinary ones, on a steady base: answers are those of demands 2^1030 times as
 * large, but for the places that numbers below 2^-1022 lack; and no bound is below what they lost. */
START_TEST(tiny_demands_are_not_certified_beyond_their_digits)
{
    size_t n = 530, r = 2;
    bool rows = _i % 2 == 0;
    uint64_t state = 6;
    double *A = room(n * n, sizeof *A), *x = room(6 * n, sizeof *x);
    double *f = random_vector(3 * n, .5, 1.0, &state), *value = room(r * n, sizeof *value);
    random_matrix(A, n, .6, .3, &state);
    static const size_t line[] = {3, 100};
    for (size_t k = 0; k < r * n; k++) {
        value[k] = .2 * (rows ? A[line[k / n] * n + k % n] : A[k % n * n + line[k / n]]);
    }
    const wio_change one = {r, rows ? line : NULL, rows ? NULL : line, value};
    const wio_change change[] = {one, one, one};
    wio_system *base = system_of(A, n);
    ck_assert_double_gt(base->steady[0], 0.0);
    wio_change_report report[3];
    double *large = x + 3 * n;
    ck_assert_int_eq(wio_changes_solve(large, base, 3, change, f, false, false, NULL, report, NULL),
                     WIO_OK);
    for (size_t i = n; i < 2 * n; i++) {
        f[i] *= 0x1p-1066; /* not exact: what is below 2^-1074 is gone */
    }
    for (size_t i = n; i < 2 * n; i++) {
        large[i] = f[i] * 0x1p600 * 0x1p400; /* the demand that is left, exactly */
    }
    double *g = room(n, sizeof *g), *want = room(n, sizeof *want);
    memcpy(g, large + n, n * sizeof *g);
    ck_assert_int_eq(wio_changes_solve(want, base, 1, change, g, false, false, NULL, NULL, NULL),
                     WIO_OK);
    ck_assert_int_eq(wio_changes_solve(x, base, 3, change, f, false, false, NULL, report, NULL),
                     WIO_OK);
    double top = 0.0, gap = 0.0;
    for (size_t i = 0; i < n; i++) {
        top = fmax(top, fabs(want[i]));
        gap = fmax(gap, fabs(x[n + i] * 0x1p600 * 0x1p400 - want[i]));
    }
    ck_assert_msg(gap <= (report[1].bound + 1e-12) * top, "%g of the largest, proven: %g",
                  gap / top, report[1].bound);
    ck_assert_mem_eq(x, large, n * sizeof *x); /* the neighbours have their bits */
    ck_assert_mem_eq(x + 2 * n, large + 2 * n, n * sizeof *x);
    wio_system_free(base);
    free(want);
    free(g);
    free(value);
    wio_free(f);
    free(x);
    free(A);
}
END_TEST

/* --- failures ------------------------------------------------------------------------------------- */

START_TEST(what_stands_no_proof_is_factored_or_refused)
{
    /* det(I - A) with a_12 = a: .8 .7 - .1 a. a = 5.6 makes the capacitance matrix singular, 4 is
       productive but B w - D w > 0 fails for the old w, a < 0 is no M-matrix. */
    static const double A[] = {.2, .1, .1, .3}, f[] = {1, 1};
    static const double added[] = {5.5, 3.9, -.2, 7.0};
    static const wio_status want[] = {WIO_E_NOT_PRODUCTIVE, WIO_OK, WIO_OK, WIO_E_NOT_PRODUCTIVE};
    wio_system *base = system_of(A, 2);
    for (size_t t = 0; t < 4; t++) {
        for (int m = WIO_CHANGE_AUTO; m <= WIO_CHANGE_REFACTOR; m++) {
            double x[4] = {-1, -1, -1, -1};
            const wio_change both[] = {{0},
                                       {1, (const size_t[]){0}, (const size_t[]){1}, &added[t]}};
            const wio_change_options how = {.method = (wio_change_method)m};
            wio_change_report report[2] = {{.rank = 9}};
            wio_error err = {0};
            wio_status status =
                wio_changes_solve(x, base, 2, both, f, true, false, &how, report, &err);
            ck_assert_int_eq(status, want[t]);
            if (status != WIO_OK) {
                ck_assert_ptr_nonnull(strstr(err.message, "scenario 1: I - A"));
                ck_assert_ptr_nonnull(strstr(err.message, "row "));
                ck_assert(x[0] == -1 && x[3] == -1 && report[0].rank == 9);
                continue;
            }
            double a = .1 + added[t], det = .8 * .7 - .1 * a; /* Cramer */
            bool gmres = m == WIO_CHANGE_GMRES && t == 1;     /* proves the changed matrix itself */
            ck_assert_int_eq(report[1].method, gmres ? WIO_CHANGE_GMRES : WIO_CHANGE_REFACTOR);
            ck_assert_double_eq_tol(x[2], (.7 + a) / det, 64 * U * 40);
            ck_assert_double_eq_tol(x[3], (.8 + .1) / det, 64 * U * 40);
        }
    }
    wio_system_free(base);
}
END_TEST

/* Every place of a line is looked at: at the first, in the middle, at the last, of an even and an odd
 * number. Which
 * method was taken says what was seen. */
START_TEST(one_bad_coefficient_of_a_whole_line_is_seen)
{
    size_t n = 33 + (size_t)(_i / 2);
    bool columns = _i % 2 == 1;
    const size_t place[] = {0, 1, n / 2, n - 2, n - 1}, line[] = {2, n - 1};
    uint64_t state = 9;
    double *A = room(n * n, sizeof *A), *f = random_vector(n, .5, 1.0, &state);
    double *x = room(3 * n, sizeof *x), *none = room(2 * n, sizeof *none);
    double *value = room(2 * n, sizeof *value);
    random_matrix(A, n, .3, .1, &state);
    wio_system *base = system_of(A, n);
    const wio_change_options how = {.threads = 2, .method = WIO_CHANGE_LOWRANK};
    for (size_t p = 0; p < 10; p++) {
        size_t at = (p / 5) * n + place[p % 5], l = line[p / 5];
        size_t cell = columns ? place[p % 5] * n + l : l * n + place[p % 5];
        const size_t *index = line;
        const wio_change still = {2, columns ? NULL : index, columns ? index : NULL, none};
        const wio_change bad = {2, columns ? NULL : index, columns ? index : NULL, value};
        const wio_change change[] = {still, bad, still};
        wio_change_report report[3];
        wio_error err = {0};
        value[at] = -A[cell] - 1e-3; /* below 0 there and nowhere else */
        ck_assert_int_eq(wio_changes_solve(x, base, 3, change, f, true, false, &how, report, &err),
                         WIO_OK);
        ck_assert_int_eq(report[0].method, WIO_CHANGE_LOWRANK);
        ck_assert_int_eq(report[1].method, WIO_CHANGE_REFACTOR);
        ck_assert_int_eq(report[2].method, WIO_CHANGE_LOWRANK);
        value[at] = p % 2 == 0 ? INFINITY : NAN;
        ck_assert_int_eq(wio_changes_solve(x, base, 3, change, f, true, false, &how, report, &err),
                         WIO_E_NONFINITE);
        ck_assert_ptr_nonnull(strstr(err.message, "scenario 1"));
        value[at] = 0.0;
    }
    wio_system_free(base);
    free(value);
    free(none);
    free(x);
    wio_free(f);
    free(A);
}
END_TEST

START_TEST(arguments_are_checked)
{
    static const double A[] = {.2, .1, .1, .3}, f[] = {1, 1}, bad[] = {1, NAN};
    static const double value[] = {.1, .1}, huge[] = {NAN, .1};
    static const size_t i[] = {1, 0}, j[] = {0, 0}, far[] = {2, 0};
    const wio_change unsorted = {2, i, j, value}, twice = {2, j, j, value};
    const wio_change outside = {1, far, j, value}, infinite = {1, j, j, huge};
    const wio_change empty = {1, NULL, NULL, NULL}, good = {1, j, j, value};
    double x[2];
    wio_error err = {0};
    wio_system *base = system_of(A, 2);
    const wio_change *wrong[] = {&unsorted, &twice, &outside, &empty};
    for (size_t w = 0; w < 4; w++) {
        ck_assert_int_eq(wio_changes_solve(x, base, 1, wrong[w], f, false, false, NULL, NULL, &err),
                         WIO_E_ARGUMENT);
    }
    ck_assert_ptr_nonnull(strstr(err.message, "scenario 0"));
    ck_assert_int_eq(wio_changes_solve(x, base, 1, &infinite, f, false, false, NULL, NULL, NULL),
                     WIO_E_NONFINITE);
    ck_assert_int_eq(wio_changes_solve(x, base, 1, &good, bad, false, false, NULL, NULL, NULL),
                     WIO_E_NONFINITE);
    ck_assert_int_eq(wio_changes_solve(x, NULL, 1, &good, f, false, false, NULL, NULL, NULL),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_changes_solve(x, base, 1, NULL, f, false, false, NULL, NULL, NULL),
                     WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_changes_solve(NULL, base, 0, NULL, NULL, false, false, NULL, NULL, NULL),
                     WIO_OK);
    wio_system_free(base);
}
END_TEST

START_TEST(a_base_without_factors_is_refused_with_what_to_do)
{
    static const double A[] = {.2, .1, .1, .3}, f[] = {1, 1};
    const wio_matrix matrix = {.n = 2, .dense = A};
    const wio_change none = {0};
    wio_solver_options how = {.method = WIO_METHOD_KRYLOV};
    wio_system *base = NULL;
    wio_error err = {0};
    double x[2] = {7, 7};
    ck_assert_int_eq(wio_solver_make(&base, &matrix, NULL, &how, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_changes_solve(x, base, 1, &none, f, false, false, NULL, NULL, &err),
                     WIO_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.message, "a solver for each changed matrix"));
    ck_assert(x[0] == 7 && x[1] == 7);
    wio_system_free(base);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    enum { N = 20, SCENARIOS = 5 };
    static double A[N * N], X[N * SCENARIOS];
    uint64_t state = 3;
    double *f = random_vector(N, 0.0, 1.0, &state);
    random_matrix(A, N, .6, .5, &state);
    wio_system *base = system_of(A, N);
    owned *made = room(SCENARIOS, sizeof *made);
    wio_change change[SCENARIOS];
    for (size_t s = 0; s < SCENARIOS; s++) {
        made[s] = make_change(A, N, (enum kind)(s % 3), s == 3 ? 0 : 2, .1, &state);
        change[s] = made[s].change;
    }
    made[4].value[0] = -2.0 * A[made[4].row[0] * N + made[4].column[0]]; /* negative: factored */
    const wio_change_options how = {.threads = 1};
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status == WIO_E_MEMORY; budget++) {
        wio_error err = {0};
        X[0] = -7.0;
        wio_alloc_budget = budget;
        status = wio_changes_solve(X, base, SCENARIOS, change, f, true, false, &how, NULL, &err);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || (X[0] == -7.0 && err.message[0] != '\0'));
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_int_lt(budget, 500);
    }
    ck_assert_int_eq(status, WIO_OK);
    disown(made, SCENARIOS);
    wio_system_free(base);
    wio_free(f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("change");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, one_larger_coefficient_moves_output_as_printed);
    tcase_add_test(known, row_sales_cut_by_a_share_give_the_partial_extraction);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 120);
    tcase_add_loop_test(properties, every_method_agrees_with_new_factors, 0, 6);
    tcase_add_test(properties, bits_depend_on_nothing_but_base_and_change);
    tcase_add_loop_test(properties, whole_lines_have_the_solutions_of_their_cells, 0, 4);
    tcase_add_test(properties, no_change_has_the_bits_of_the_base);
    tcase_add_test(properties, a_change_of_zeros_gives_the_base_within_its_bound);
    tcase_add_test(properties, what_is_reported_of_no_change_does_not_depend_on_company);
    tcase_add_test(properties, one_bad_solution_does_not_change_its_neighbours);
    tcase_add_loop_test(properties, a_large_change_of_a_large_matrix_needs_no_new_factors, 0, 2);
    tcase_add_loop_test(properties, tiny_demands_are_not_certified_beyond_their_digits, 0, 2);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, what_stands_no_proof_is_factored_or_refused);
    tcase_add_loop_test(failures, one_bad_coefficient_of_a_whole_line_is_seen, 0, 4);
    tcase_add_test(failures, arguments_are_checked);
    tcase_add_test(failures, a_base_without_factors_is_refused_with_what_to_do);
    tcase_add_test(failures, every_allocation_may_fail);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
