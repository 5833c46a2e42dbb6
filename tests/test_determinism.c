/* test_determinism.c - TRUST 2.4, D1: the same bits for 1, 2, 3 and 8 threads and batches of 1, 7, 64
 * and 1000 right-hand sides, whichever method solves. One row per method: a new one is added to
 * METHODS and has to keep to it. */
#include "support.h"

#include "../core/internal.h"
#include "../solvers/linear/change.h"
#include "../solvers/linear/system.h"
#include "hard_matrices.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One system, by every method that has an object of its own. */
typedef struct solvers {
    size_t n;
    const double *A, *v;
    wio_system *lu, *entrywise;
    wio_solver *planned[WIO_METHODS]; /* refined, mixed and krylov */
    wio_solver *compressed;           /* krylov on compressed rows */
} solvers;

typedef wio_status batch_solver(double *X, const solvers *s, size_t k, const double *F);

static wio_status by_lu(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_system_solve(X, s->lu, k, F, NULL, NULL);
}

static wio_status by_lu_transposed(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_system_solve_transposed(X, s->lu, k, F, NULL, NULL);
}

static wio_status by_elimination(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_system_solve(X, s->entrywise, k, F, NULL, NULL);
}

static wio_status by_elimination_transposed(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_system_solve_transposed(X, s->entrywise, k, F, NULL, NULL);
}

static wio_status by_product(double *X, const solvers *s, size_t k, const double *F)
{
    for (size_t c = 0; c < k; c++) {
        wio_apply(X + c * s->n, s->n, s->A, F + c * s->n);
    }
    return WIO_OK;
}

static wio_status by_transposed_product(double *X, const solvers *s, size_t k, const double *F)
{
    for (size_t c = 0; c < k; c++) {
        wio_apply_transposed(X + c * s->n, s->n, s->A, F + c * s->n);
    }
    return WIO_OK;
}

static wio_status by_refined(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_solver_solve(X, s->planned[WIO_METHOD_REFINED], k, F, false, NULL, NULL);
}

static wio_status by_mixed(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_solver_solve(X, s->planned[WIO_METHOD_MIXED], k, F, true, NULL, NULL);
}

static wio_status by_krylov(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_solver_solve(X, s->planned[WIO_METHOD_KRYLOV], k, F, false, NULL, NULL);
}

static wio_status by_compressed(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_solver_solve(X, s->compressed, k, F, false, NULL, NULL);
}

static wio_status by_compressed_transposed(double *X, const solvers *s, size_t k, const double *F)
{
    return wio_solver_solve(X, s->compressed, k, F, true, NULL, NULL);
}

/* Three cells a quarter less than before, in every system. */
static wio_status change_cells(double *X, const solvers *s, size_t k, const double *F,
                               const size_t *row, const size_t *column, wio_change_method method)
{
    double value[3];
    const wio_change_options how = {.method = method};
    wio_change *change = calloc(k, sizeof *change);
    for (size_t i = 0; i < 3; i++) {
        value[i] = -.25 * s->A[row[i] * s->n + column[i]];
    }
    for (size_t c = 0; change != NULL && c < k; c++) {
        change[c] = (wio_change){.count = 3, .row = row, .column = column, .value = value};
    }
    wio_status status =
        change == NULL ? WIO_E_MEMORY
                       : wio_changes_solve(X, s->lu, k, change, F, false, false, &how, NULL, NULL);
    free(change);
    return status;
}

static wio_status by_changed_rows(double *X, const solvers *s, size_t k, const double *F)
{
    static const size_t row[] = {2, 2, 5}, column[] = {1, 7, 2};
    return change_cells(X, s, k, F, row, column, WIO_CHANGE_AUTO);
}

static wio_status by_changed_columns(double *X, const solvers *s, size_t k, const double *F)
{
    static const size_t row[] = {1, 3, 7}, column[] = {4, 0, 4};
    return change_cells(X, s, k, F, row, column, WIO_CHANGE_AUTO);
}

static wio_status by_changed_cells(double *X, const solvers *s, size_t k, const double *F)
{
    static const size_t row[] = {2, 6, 9}, column[] = {1, 0, 4};
    return change_cells(X, s, k, F, row, column, WIO_CHANGE_REFINE);
}

static const struct {
    const char *name;
    batch_solver *solve;
} METHODS[] = {{"LU", by_lu},
               {"LU, transposed", by_lu_transposed},
               {"GTH", by_elimination},
               {"GTH, transposed", by_elimination_transposed},
               {"A x", by_product},
               {"A' x", by_transposed_product},
               {"refined", by_refined},
               {"mixed, transposed", by_mixed},
               {"krylov", by_krylov},
               {"krylov, compressed", by_compressed},
               {"krylov, compressed, transposed", by_compressed_transposed},
               {"changed rows", by_changed_rows},
               {"changed columns", by_changed_columns},
               {"changed cells", by_changed_cells}};

enum { METHODS_COUNT = sizeof METHODS / sizeof *METHODS, THREADS = 4, BATCHES = 4 };
static const char *const THREAD[THREADS] = {"1", "2", "3", "8"};
static const size_t BATCH[BATCHES] = {1, 7, 64, 1000};
static const size_t ORDER[] = {300, 577}; /* below and above WIO_SMALL */

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const double *values, size_t count)
{
    const unsigned char *byte = (const unsigned char *)values;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count * sizeof *values; i++) {
        hash = (hash ^ byte[i]) * 0x100000001b3u;
    }
    return hash;
}

/* k right-hand sides in batches, the batches in any order on any thread; and what they hash to. */
static uint64_t solve_all(batch_solver *solve, const solvers *s, size_t k, const double *F,
                          size_t batch, int threads)
{
    size_t n = s->n, batches = (k + batch - 1) / batch, failed = 0;
    double *X = calloc(k * n, sizeof *X);
    ck_assert_ptr_nonnull(X);
#pragma omp parallel for schedule(dynamic) num_threads(threads) reduction(+ : failed)
    for (size_t b = 0; b < batches; b++) {
        size_t first = b * batch, used = k - first < batch ? k - first : batch;
        failed += solve(X + first * n, s, used, F + first * n) != WIO_OK;
    }
    ck_assert_uint_eq(failed, 0);
    uint64_t hash = hash_of(X, k * n);
    free(X);
    return hash;
}

/* A system with pivots out of order in its rows, zeros, and shares of 1e-3: rounding everywhere. */
static hard_matrix make_matrix(size_t n)
{
    uint64_t state = 2026;
    hard_matrix m = hard_empty("determinism", n);
    hard_shares(&m, .4, 1e-3, &state);
    hard_take_shares(&m);
    ck_assert_ptr_nonnull(m.v);
    return m;
}

/* A in compressed rows; freed by free_rows. */
static wio_matrix compress(const double *A, size_t n)
{
    size_t *start = calloc(n + 1, sizeof *start);
    uint32_t *column = calloc(n * n, sizeof *column);
    double *value = calloc(n * n, sizeof *value);
    ck_assert(start != NULL && column != NULL && value != NULL);
    for (size_t i = 0; i < n; i++) {
        start[i + 1] = start[i];
        for (size_t j = 0; j < n; j++) {
            if (A[i * n + j] != 0.0) {
                column[start[i + 1]] = (uint32_t)j;
                value[start[i + 1]++] = A[i * n + j];
            }
        }
    }
    return (wio_matrix){.n = n, .start = start, .column = column, .value = value};
}

static void free_rows(wio_matrix *A)
{
    free((void *)A->start);
    free((void *)A->column);
    free((void *)A->value);
}

START_TEST(bits_are_the_same_for_any_threads_and_batches)
{
    size_t n = ORDER[_i], k = test_depth() > 1 ? 1000 : 71; /* the last batch is short */
    uint64_t state = 9, want[METHODS_COUNT] = {0};
    hard_matrix m = make_matrix(n);
    double *F = random_vector(k * n, -.1, 1.0, &state);
    for (size_t c = 0; c < k; c += 3) { /* a third without negative elements, some of it 0 */
        for (size_t i = c * n; i < (c + 1) * n; i++) {
            F[i] = F[i] < 0.0 ? 0.0 : F[i];
        }
    }
    wio_matrix rows = compress(m.A, n);
    for (int t = 0; t < THREADS; t++) {
        ck_assert_int_eq(setenv("OMP_NUM_THREADS", THREAD[t], 1), 0);
        solvers s = {.n = n, .A = m.A, .v = m.v};
        ck_assert_int_eq(wio_system_create(&s.lu, n, m.A, NULL, NULL, NULL), WIO_OK);
        ck_assert_int_eq(wio_system_create_entrywise(&s.entrywise, n, m.A, m.v, NULL, NULL),
                         WIO_OK);
        for (wio_method p = WIO_METHOD_REFINED; p <= WIO_METHOD_KRYLOV; p++) {
            const wio_matrix A = {.n = n, .dense = m.A};
            const wio_solver_options options = {.method = p};
            wio_error err = {0};
            ck_assert_msg(wio_solver_create(&s.planned[p], &A, m.v, &options, NULL, &err) == WIO_OK,
                          "%s: %s", wio_method_name(p), err.message);
        }
        const wio_solver_options products = {.method = WIO_METHOD_KRYLOV};
        ck_assert_int_eq(wio_solver_create(&s.compressed, &rows, NULL, &products, NULL, NULL),
                         WIO_OK);
        /* Threads that each solve batches; and for the largest, one call that has all threads. */
        for (size_t b = 0; b < BATCHES + (t == THREADS - 1 ? 1 : 0); b++) {
            size_t batch = BATCH[b < BATCHES ? b : BATCHES - 1];
            for (size_t q = 0; q < METHODS_COUNT; q++) {
                int callers = b < BATCHES ? atoi(THREAD[t]) : 1;
                uint64_t hash = solve_all(METHODS[q].solve, &s, k, F, batch, callers);
                want[q] = t == 0 && b == 0 ? hash : want[q];
                ck_assert_msg(hash == want[q],
                              "%s, n %zu, %s threads, %d callers, batches of %zu: other bits",
                              METHODS[q].name, n, THREAD[t], callers, batch);
            }
        }
        wio_solver_free(s.compressed);
        wio_system_free(s.lu);
        wio_system_free(s.entrywise);
        for (wio_method p = WIO_METHOD_REFINED; p <= WIO_METHOD_KRYLOV; p++) {
            wio_solver_free(s.planned[p]);
        }
    }
    /* And they are answers to different questions, but for two: LU is refined here anyway, as it is
       not steady, and mixed is LU up to WIO_SMALL. */
    for (size_t q = 0; q < METHODS_COUNT; q++) {
        for (size_t p = 0; p < q && METHODS[q].solve != by_refined && METHODS[q].solve != by_mixed;
             p++) {
            ck_assert_msg(want[p] != want[q], "%s and %s", METHODS[p].name, METHODS[q].name);
        }
    }
    free_rows(&rows);
    wio_free(F);
    hard_free(&m);
}
END_TEST

/* Every method at orders where the kernels of BLAS have a remainder: `count` equal right-hand sides, each
 * of which has to get the bits that one alone gets. */
enum { EQUAL_LU, EQUAL_REFINED, EQUAL_MIXED, EQUAL_KRYLOV, EQUAL_ENTRYWISE, EQUAL_PIVOTED, EQUALS };
static const char *const EQUAL[EQUALS] = {"lu",     "refined",   "mixed",
                                          "krylov", "entrywise", "pivoted"};
static const size_t EQUAL_ORDER[] = {513, 577, 600, 1025};

static wio_solver *make_equal(int which, double *A, const double *v, size_t n)
{
    static const wio_method method[] = {WIO_METHOD_LU,     WIO_METHOD_REFINED,   WIO_METHOD_MIXED,
                                        WIO_METHOD_KRYLOV, WIO_METHOD_ENTRYWISE, WIO_METHOD_LU};
    const wio_matrix matrix = {.n = n, .dense = A};
    const wio_solver_options options = {.method = method[which]};
    wio_solver *solver = NULL;
    wio_error err = {0};
    for (size_t i = 0; which == EQUAL_PIVOTED && i < n; i++) {
        A[i * n + (i * 7 + 1) % n] *= -1.0;
    }
    ck_assert_msg(wio_solver_create(&solver, &matrix, v, &options, NULL, &err) == WIO_OK, "%s: %s",
                  EQUAL[which], err.message);
    return solver;
}

START_TEST(equal_columns_have_equal_bits)
{
    size_t n = EQUAL_ORDER[_i / EQUALS], most = test_depth() > 1 ? 1000 : 135;
    int which = _i % EQUALS;
    /* Blocks of 64 but for lu, whose width follows their number. */
    const size_t count[] = {64, which == EQUAL_LU || which == EQUAL_MIXED ? most : 71};
    uint64_t state = 41;
    hard_matrix m = make_matrix(n);
    double *A = wio_alloc(n * n, sizeof *A), *X = wio_alloc((2 * most + 1) * n, sizeof *X);
    double *f = random_vector(n, -.1, 1.0, &state), *F = X + most * n, *x = F + most * n;
    ck_assert(A != NULL && X != NULL);
    random_matrix(A, n, .3, .3, &state);
    bool given = which == EQUAL_ENTRYWISE;
    wio_solver *solver = make_equal(which, given ? m.A : A, given ? m.v : NULL, n);
    for (size_t c = 0; c < most; c++) {
        memcpy(F + c * n, f, n * sizeof *f);
    }
    for (size_t q = 0; q < 4; q++) {
        bool transposed = q % 2 == 1;
        size_t k = count[q / 2];
        ck_assert_int_eq(wio_solver_solve(x, solver, 1, f, transposed, NULL, NULL), WIO_OK);
        ck_assert_int_eq(wio_solver_solve(X, solver, k, F, transposed, NULL, NULL), WIO_OK);
        for (size_t c = 0; c < k; c++) {
            if (memcmp(X + c * n, x, n * sizeof *x) != 0) {
                ck_abort_msg("%s, n %zu, transposed %d: column %zu of %zu has other bits",
                             EQUAL[which], n, transposed, c, k);
            }
        }
    }
    wio_solver_free(solver);
    wio_free(f);
    wio_free(X);
    wio_free(A);
    hard_free(&m);
}
END_TEST

/* The same for changed coefficients: rows, columns and scattered cells, on a base that is steady and on
 * one that is not, so that residuals are taken; 300 go side by side in groups of 128 and more. */
START_TEST(equal_changes_have_equal_bits)
{
    enum { MOST = 300, CELLS = 6 };
    static const size_t rows[2][CELLS] = {{2, 2, 2, 5, 5, 5}, {1, 2, 7, 8, 9, 20}};
    static const size_t columns[2][CELLS] = {{1, 7, 9, 2, 8, 20}, {2, 5, 2, 5, 2, 5}};
    size_t n = EQUAL_ORDER[_i / 4], way = (size_t)_i % 4;
    const size_t *row = rows[way == 1], *column = columns[way == 1];
    uint64_t state = 43;
    double *A = wio_alloc(n * n, sizeof *A), *X = wio_alloc((MOST + 1) * n, sizeof *X);
    double *f = random_vector(n, -.1, 1.0, &state), *x = X + MOST * n, value[CELLS];
    wio_change change[MOST];
    wio_system *base = NULL;
    ck_assert(A != NULL && X != NULL);
    random_matrix(A, n, .9, .3, &state);
    for (size_t i = 0; i < CELLS; i++) {
        value[i] = -.25 * A[row[i] * n + column[i]];
    }
    for (size_t c = 0; c < MOST; c++) {
        change[c] = (wio_change){.count = CELLS, .row = row, .column = column, .value = value};
    }
    const wio_system_options options = {.refined = way == 2};
    const wio_change_options how = {.method = way == 3 ? WIO_CHANGE_REFINE : WIO_CHANGE_LOWRANK};
    ck_assert_int_eq(wio_system_create_with(&base, n, A, NULL, &options, NULL, NULL), WIO_OK);
    for (int transposed = 0; transposed < 2; transposed++) {
        wio_error err = {0};
        ck_assert_msg(wio_changes_solve(x, base, 1, change, f, true, transposed == 1, &how, NULL,
                                        &err) == WIO_OK,
                      "%s", err.message);
        ck_assert_int_eq(
            wio_changes_solve(X, base, MOST, change, f, true, transposed == 1, &how, NULL, NULL),
            WIO_OK);
        for (size_t c = 0; c < MOST; c++) {
            if (memcmp(X + c * n, x, n * sizeof *x) != 0) {
                ck_abort_msg("way %zu, n %zu, transposed %d: scenario %zu has other bits", way, n,
                             transposed, c);
            }
        }
    }
    wio_system_free(base);
    wio_free(f);
    wio_free(X);
    wio_free(A);
}
END_TEST

/* Four ways to an inverse: without pivots, quickly, by solves without subtraction, with pivots. */
START_TEST(inverses_have_the_same_bits_for_any_threads)
{
    size_t n = _i == 0 ? 300 : 520; /* below and above WIO_SMALL */
    uint64_t want[4] = {0};
    hard_matrix m = make_matrix(n);
    double *X = calloc(3 * n * n, sizeof *X), *near = X + n * n, *other = near + n * n, *v;
    ck_assert_ptr_nonnull(X);
    hard_matrix close = {.n = n, .A = near};
    uint64_t state = 4;
    hard_shares(&close, .4, 1e-10, &state);
    hard_take_shares(&close);
    v = close.v;
    memcpy(other, m.A, n * n * sizeof *other);
    for (size_t i = 0; i < n; i++) {
        other[i * n + (i * 7 + 1) % n] *= -1.0;
    }
    for (int t = 0; t < THREADS; t++) {
        bool few =
            t % 2 != 0 && test_depth() == 1; /* solves of every row take long: 1 and 3 threads */
        for (size_t way = 0; way < (few ? 2 : 4); way++) {
            const wio_inverse_options options = {.threads = atoi(THREAD[t]), .quick = way == 1};
            wio_inverse_report r = {0};
            wio_error err = {0};
            ck_assert_int_eq(setenv("OMP_NUM_THREADS", THREAD[t], 1), 0);
            const double *A = way == 2 ? near : (way == 3 ? other : m.A);
            wio_status status = wio_inverse(X, n, A, way == 2 ? v : NULL, &options, &r, NULL, &err);
            ck_assert_msg(status == WIO_OK, "%zu: %s", way, err.message);
            ck_assert(r.pivoted == (way > 1));
            uint64_t hash = hash_of(X, n * n);
            want[way] = t == 0 ? hash : want[way];
            ck_assert_msg(hash == want[way], "way %zu, n %zu, %s threads: other bits", way, n,
                          THREAD[t]);
        }
    }
    ck_assert(want[0] == want[1] && want[0] != want[2] && want[0] != want[3]);
    free(v);
    free(X);
    hard_free(&m);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("determinism");
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 600);
    tcase_add_loop_test(properties, bits_are_the_same_for_any_threads_and_batches, 0, 2);
    tcase_add_loop_test(properties, equal_columns_have_equal_bits, 0, 4 * EQUALS);
    tcase_add_loop_test(properties, equal_changes_have_equal_bits, 0, 16);
    tcase_add_loop_test(properties, inverses_have_the_same_bits_for_any_threads, 0, 2);
    suite_add_tcase(suite, properties);
    return run_suite(suite);
}
