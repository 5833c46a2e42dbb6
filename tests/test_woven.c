/* test_woven.c - columns side by side: their bits by every kind of factors, at the level of BLAS, so
 * that another kernel (OPENBLAS_CORETYPE; make kernels) is found out. */
#include "support.h"

#include "../solvers/linear/factor.h"
#include "../solvers/linear/woven.h"

#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double U = 0x1p-53;

/* Odd and even, near the leaves' and the tiles' edges; 577 is where dgetrs failed. */
static const size_t ORDER[] = {513, 577, 600, 1025};
enum { TILED, SINGLE, PIVOTED, KINDS };

typedef struct factors {
    size_t n;
    double *A, *lu, *room;
    lapack_int *pivot;
} factors;

/* I - A of an economy; where pivots are wanted, of elements of any sign that need them. */
static factors make_factors(size_t n, int kind, size_t k)
{
    uint64_t state = 31 + n;
    factors f = {.n = n};
    f.A = kind == PIVOTED ? random_vector(n * n, -1.0, 1.0, &state) : wio_alloc(n * n, 8);
    f.lu = wio_alloc(n * n, sizeof *f.lu);
    f.pivot = wio_alloc(n, sizeof *f.pivot);
    f.room = wio_alloc(wio_lu_room(n, k), sizeof *f.room);
    ck_assert(f.A != NULL && f.lu != NULL && f.pivot != NULL && f.room != NULL);
    if (kind == PIVOTED) {
        ck_assert_uint_eq(wio_lu_factor(f.lu, f.pivot, n, f.A), 0);
        ck_assert_int_ne(f.pivot[0], 1); /* 1 in n by chance */
        return f;
    }
    random_matrix(f.A, n, .3, .1, &state);
    ck_assert_int_eq(wio_factor(f.lu, n, f.A, kind == SINGLE, 2), WIO_OK);
    f.pivot[0] = kind == SINGLE ? WIO_TILED_SINGLE : WIO_TILED;
    return f;
}

static void free_factors(factors *f)
{
    wio_free(f->A);
    wio_free(f->lu);
    wio_free(f->pivot);
    wio_free(f->room);
}

static void solve(double *X, const factors *f, size_t k, bool transposed)
{
    wio_lu_solve(X, f->lu, f->pivot, f->n, k, transposed, f->room);
}

/* --- known answers ------------------------------------------------------------------------------ */

START_TEST(columns_come_back_as_they_went)
{
    static const size_t count[] = {1, 8, 21, 64, 70};
    size_t n = 13, k = count[_i], width = wio_woven_width(k);
    uint64_t state = 5;
    double *X = random_vector(k * n, -1.0, 1.0, &state), *Y = wio_alloc(n * width, sizeof *Y);
    double *back = wio_zalloc(k * n, sizeof *back);
    ck_assert(Y != NULL && back != NULL && width >= k && width >= 64 && width % 16 == 0);
    memset(Y, 0xff, n * width * sizeof *Y);
    wio_weave(Y, width, X, n, k);
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < width; c++) {
            double want = c < k ? X[c * n + i] : 0.0;
            ck_assert(Y[i * width + c] == want);
        }
    }
    wio_unweave(back, Y, width, n, k);
    ck_assert_mem_eq(back, X, k * n * sizeof *X);
    wio_free(back);
    wio_free(Y);
    wio_free(X);
}
END_TEST

/* |f - B x|_i <= gamma(3n) (P|L||U||x|)_i (Higham, theorem 9.4). With partial pivoting |L| <= 1 and
 * |U| <= 2^.. max|B| in theory, below n^(2/3) max|B| for random matrices (Trefethen & Schreiber 1990),
 * so that 3 n u n n^(2/3) 2 max|x| bounds it with ease; wrong interchanges leave errors near 1. */
START_TEST(factors_with_interchanges_solve_the_system)
{
    size_t n = ORDER[_i / 2], k = 3;
    bool transposed = _i % 2 == 1;
    uint64_t state = 17;
    factors f = make_factors(n, PIVOTED, k);
    double *F = random_vector(k * n, -1.0, 1.0, &state), *X = wio_alloc(k * n, sizeof *X);
    ck_assert_ptr_nonnull(X);
    memcpy(X, F, k * n * sizeof *X);
    solve(X, &f, k, transposed);
    double one[1100];
    memcpy(one, F, n * sizeof *one);
    wio_lu_solve_one(one, f.lu, f.pivot, n, transposed, 2);
    for (size_t c = 0; c <= k; c++) {
        const double *x = c < k ? X + c * n : one, *right = c < k ? F + c * n : F;
        double top = 0.0, worst = 0.0;
        for (size_t i = 0; i < n; i++) {
            long double r = right[i] - x[i];
            for (size_t j = 0; j < n; j++) {
                r += (long double)f.A[transposed ? j * n + i : i * n + j] * x[j];
            }
            worst = fmax(worst, (double)fabsl(r));
            top = fmax(top, fabs(x[i]));
        }
        double size = (double)n;
        ck_assert_double_le(worst, 6.0 * size * U * size * pow(size, 2.0 / 3.0) * top);
    }
    wio_free(X);
    wio_free(F);
    free_factors(&f);
}
END_TEST

/* --- properties ---------------------------------------------------------------------------------- */

START_TEST(equal_columns_have_equal_bits_in_any_number)
{
    static const size_t count[] = {2, 63, 64, 65, 127, 200, 512, 513, 1000};
    enum { MOST = 1000 };
    size_t n = ORDER[_i / KINDS];
    int kind = _i % KINDS;
    uint64_t state = 3;
    factors f = make_factors(n, kind, MOST);
    double *X = wio_alloc(MOST * n, sizeof *X), *x = random_vector(2 * n, -1.0, 1.0, &state);
    double *right = x + n;
    ck_assert_ptr_nonnull(X);
    for (int transposed = 0; transposed < 2; transposed++) {
        memcpy(x, right, n * sizeof *x);
        solve(x, &f, 1, transposed == 1);
        for (size_t q = 0; q < sizeof count / sizeof *count; q++) {
            for (size_t c = 0; c < count[q]; c++) {
                memcpy(X + c * n, right, n * sizeof *x);
            }
            solve(X, &f, count[q], transposed == 1);
            for (size_t c = 0; c < count[q]; c++) {
                if (memcmp(X + c * n, x, n * sizeof *x) != 0) { /* Check's assertions are slow */
                    ck_abort_msg("kind %d, n %zu, transposed %d: column %zu of %zu", kind, n,
                                 transposed, c, count[q]);
                }
            }
        }
    }
    wio_free(x);
    wio_free(X);
    free_factors(&f);
}
END_TEST

/* Neighbours of other sizes, some of them beginning with zeros, which are skipped where all do. */
START_TEST(neighbours_change_no_bit)
{
    enum { MOST = 577 };
    static const size_t place[] = {0, 7, 8, 15, 16, 60, 63, 64, 71, 300, 511, 512, 576};
    size_t n = ORDER[_i / KINDS];
    int kind = _i % KINDS;
    uint64_t state = 8;
    factors f = make_factors(n, kind, MOST);
    double *F = random_vector(MOST * n, -1.0, 1.0, &state), *x = wio_alloc(n, sizeof *x);
    double *X = wio_alloc(MOST * n, sizeof *X);
    ck_assert(X != NULL && x != NULL);
    for (size_t c = 0; c < MOST; c++) {
        double scale = ldexp(1.0, (int)(c % 40) - 20);
        size_t zeros = c % 3 == 0 ? n / 2 + c % 100 : 0;
        for (size_t i = 0; i < n; i++) {
            F[c * n + i] = i < zeros ? (i % 2 == 0 ? 0.0 : -0.0) : F[c * n + i] * scale;
        }
    }
    for (int transposed = 0; transposed < 2; transposed++) {
        memcpy(X, F, MOST * n * sizeof *X);
        solve(X, &f, MOST, transposed == 1);
        for (size_t p = 0; p < sizeof place / sizeof *place; p++) {
            size_t c = place[p];
            memcpy(x, F + c * n, n * sizeof *x);
            solve(x, &f, 1, transposed == 1);
            ck_assert_msg(memcmp(x, X + c * n, n * sizeof *x) == 0,
                          "kind %d, n %zu, transposed %d: column %zu", kind, n, transposed, c);
        }
    }
    wio_free(X);
    wio_free(x);
    wio_free(F);
    free_factors(&f);
}
END_TEST

/* How many threads this process has. */
static int count_tasks(void)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    ck_assert_ptr_nonnull(tasks);
    for (const struct dirent *d = readdir(tasks); d != NULL; d = readdir(tasks)) {
        count += d->d_name[0] != '.';
    }
    (void)closedir(tasks);
    return count;
}

/* A lone column is shared among as many threads as were asked for, and has the bits of one. Above
 * 1025 equations the first halves alone are more than what threads are started for. */
START_TEST(a_lone_column_takes_the_threads_it_is_given)
{
    static const int threads[] = {2, 3, 8};
    int kind = _i / 2;
    size_t n = 1100;
    bool transposed = _i % 2 == 1;
    uint64_t state = 23;
    factors f = make_factors(n, kind, 1);
    double *x = random_vector(n, -1.0, 1.0, &state), *one = wio_alloc(n, sizeof *one);
    double *more = wio_alloc(n, sizeof *more);
    ck_assert(one != NULL && more != NULL);
    memcpy(one, x, n * sizeof *x);
    wio_lu_solve_one(one, f.lu, f.pivot, n, transposed, 1);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        memcpy(more, x, n * sizeof *x);
        wio_lu_solve_one(more, f.lu, f.pivot, n, transposed, threads[t]);
        ck_assert_msg(memcmp(more, one, n * sizeof *one) == 0, "%d threads", threads[t]);
    }
    if (getenv("OMP_THREAD_LIMIT") == NULL) {
        ck_assert_int_ge(count_tasks(), 8); /* they wait for the next call */
    }
    /* and the same column among others: two ways of solving, close, not equal */
    double top = 0.0, gap = 0.0;
    solve(x, &f, 1, transposed);
    for (size_t i = 0; i < n; i++) {
        top = fmax(top, fabs(x[i]));
        gap = fmax(gap, fabs(x[i] - one[i]));
    }
    /* |B^-1| |L||U| is at most some n^2 for the random matrix with interchanges, near 2 otherwise. */
    double unit = kind == SINGLE ? 0x1p-24 : U, size = (double)n;
    ck_assert_double_le(gap, unit * (kind == PIVOTED ? size * size * size : 10.0 * size) * top);
    wio_free(more);
    wio_free(one);
    wio_free(x);
    free_factors(&f);
}
END_TEST

/* X (B')^-1 of general.c: a row's bits are the row's own too. */
START_TEST(rows_of_a_general_quotient_are_their_own)
{
    enum { ROWS = 70 };
    size_t n = ORDER[_i];
    uint64_t state = 12;
    double *B = random_vector(n * n, -1.0, 1.0, &state);
    double *X = random_vector((ROWS + 1) * n, -1.0, 1.0, &state), *one = X + ROWS * n;
    for (size_t r = 1; r < ROWS; r += 2) {
        memcpy(X + r * n, one, n * sizeof *X);
    }
    ck_assert_int_eq(wio_general_right(X, ROWS, n, B, NULL), WIO_OK);
    ck_assert_int_eq(wio_general_right(one, 1, n, B, NULL), WIO_OK);
    for (size_t r = 1; r < ROWS; r += 2) {
        ck_assert_msg(memcmp(X + r * n, one, n * sizeof *X) == 0, "n %zu, row %zu", n, r);
    }
    wio_free(X);
    wio_free(B);
}
END_TEST

int main(void)
{
    enum { ORDERS = sizeof ORDER / sizeof *ORDER };
    Suite *suite = suite_create("woven");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 60);
    tcase_add_loop_test(known, columns_come_back_as_they_went, 0, 5);
    tcase_add_loop_test(known, factors_with_interchanges_solve_the_system, 0, 2 * ORDERS);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 120);
    tcase_add_loop_test(properties, equal_columns_have_equal_bits_in_any_number, 0, KINDS * ORDERS);
    tcase_add_loop_test(properties, neighbours_change_no_bit, 0, KINDS * ORDERS);
    tcase_add_loop_test(properties, a_lone_column_takes_the_threads_it_is_given, 0, 2 * KINDS);
    tcase_add_loop_test(properties, rows_of_a_general_quotient_are_their_own, 0, ORDERS);
    suite_add_tcase(suite, properties);
    return run_suite(suite);
}
