/* test_power_series.c - suite for solvers/linear/series.c, series_radius.c and panel.c: solves and proofs
 * where A is only read, row after row. Here A is in memory, and is handed over in panels. */
#include "../solvers/linear/series.h"
#include "../solvers/linear/system.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    const double *A;
    size_t n, rows; /* of a panel */
    int threads;
    size_t readings, last; /* fails after `last`, if that is not 0 */
} reader;

static wio_status read_matrix(void *context, size_t count, const wio_panel_product *product,
                              wio_error *err)
{
    reader *r = context;
    if (r->last != 0 && ++r->readings > r->last) {
        return wio_fail(err, WIO_E_FORMAT, "the matrix is damaged");
    }
    for (size_t c = 0; c < count; c++) {
        memset(product[c].y, product[c].transposed ? 0 : 0xff, r->n * sizeof(double));
    }
    for (size_t first = 0; first < r->n; first += r->rows) {
        size_t rows = r->n - first < r->rows ? r->n - first : r->rows;
        wio_panel_apply(count, product, first, rows, r->n, r->A + first * r->n, r->threads);
    }
    return WIO_OK;
}

/* norm1 from above: 1 + the largest sum of magnitudes. */
static wio_series series_of(reader *r)
{
    wio_series s = {.n = r->n, .nonnegative = true, .read = read_matrix, .context = r};
    for (size_t j = 0; j < r->n; j++) {
        double sum = 1.0;
        for (size_t i = 0; i < r->n; i++) {
            double a = r->A[i * r->n + j];
            sum += i == j ? fabs(1.0 - a) - 1.0 : fabs(a);
            s.nonnegative = s.nonnegative && a >= 0.0;
        }
        s.norm1 = fmax(s.norm1, sum * (1.0 + 1e-14));
    }
    return s;
}

/* --- known answers ------------------------------------------------------------------------------------ */

/* A = [.15 .25; .2 .05] (Miller & Blair, 3rd ed., section 2.3): L = [.95 .25; .2 .85] / .7575, L (600, 1500)
 * = (945, 1395) / .7575; column sums 1.15 / .7575 and 1.10 / .7575; radius (.2 + sqrt(.21)) / 2; of I - A
 * the largest column sum is 1.2, of L 1.15 / .7575. */
START_TEST(miller_and_blair)
{
    static const double A[] = {.15, .25, .2, .05}, f[] = {600, 1500}, ones[] = {1, 1};
    static const double share[] = {.65, .7};
    reader r = {.A = A, .n = 2, .rows = 1, .threads = 1};
    wio_series s = series_of(&r);
    wio_certificate c = {0};
    wio_series_report report = {0};
    double x[2], m[2], radius = (.2 + sqrt(.21)) / 2.0;
    size_t readings = 0;
    ck_assert_int_eq(wio_series_solve(x, &s, false, 1, f, 1e-14, &c, &report, NULL), WIO_OK);
    ck_assert_double_eq_tol(x[0], 945 / .7575, 2e-11); /* 1e-14 of 2640 together */
    ck_assert_double_eq_tol(x[1], 1395 / .7575, 2e-11);
    ck_assert(c.productive && report.bound <= 1e-14 && report.contraction < 0.4);
    ck_assert_int_eq(wio_series_solve(m, &s, true, 1, ones, 1e-13, NULL, NULL, NULL), WIO_OK);
    ck_assert_double_eq_tol(m[0], 1.15 / .7575, 2e-13);
    ck_assert_double_eq_tol(m[1], 1.10 / .7575, 2e-13);
    ck_assert_int_eq(wio_series_certify(&c, &s, share, NULL, &readings, NULL), WIO_OK);
    ck_assert(c.radius_low <= radius && radius <= c.radius_high);
    ck_assert(c.radius_high - c.radius_low <= 1e-3 * c.radius_high && readings < 32);
    ck_assert_double_ge(c.condition, 1.2 * 1.15 / .7575);
    ck_assert_double_le(c.condition, 1.2 * 1.15 / .7575 * 1.0102); /* min z above .99 */
}
END_TEST

/* Sector 2 uses 1.2 of itself alone; 0 and 1 are productive. */
START_TEST(the_group_that_needs_its_own_output_is_found)
{
    static const double A[] = {.1, .2, 0, .3, .1, 0, .1, .1, 1.2}, share[] = {.5, .6, -.2};
    reader r = {.A = A, .n = 3, .rows = 2, .threads = 1};
    wio_series s = series_of(&r);
    wio_certificate c = {.condition = 7.0};
    wio_diagnosis d = {0};
    size_t readings = 0;
    double x[3] = {7.0};
    wio_error err = {0};
    ck_assert_int_eq(wio_series_certify(&c, &s, share, &d, &readings, &err), WIO_E_NOT_PRODUCTIVE);
    ck_assert_double_eq_tol(d.radius_low, 1.2, 1e-3);
    ck_assert_double_ge(d.radius_high, d.radius_low);
    ck_assert(d.group == 1 && d.member[0] == 2 && d.top_row[0] == 2 && c.condition == 7.0);
    wio_free(d.member);
    ck_assert_int_eq(wio_series_solve(x, &s, true, 1, share, 1e-9, NULL, NULL, &err),
                     WIO_E_NOT_CERTIFIED);
    ck_assert_double_eq(x[0], 7.0);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* A radius of 1 - 1e-4 in a ring of 3, which 256 readings do not tell from 1: neither proven nor refused. */
START_TEST(what_is_too_near_to_one_is_not_judged)
{
    static const double A[] = {0, .9999, 0, 0, 0, .9999, .9999, 0, 0}, share[] = {1e-4, 1e-4, 1e-4};
    static const double alone[] = {.999999999999};
    reader r = {.A = A, .n = 3, .rows = 3, .threads = 1};
    wio_series s = series_of(&r);
    wio_certificate c = {0};
    wio_diagnosis d = {0};
    size_t readings = 0;
    /* columns sum to less than one, so the first reading proves it */
    ck_assert_int_eq(wio_series_certify(&c, &s, share, &d, &readings, NULL), WIO_OK);
    ck_assert(c.radius_low <= .9999 && c.radius_high >= .9999 && c.radius_high < 1.0);
    ck_assert_double_ge(c.condition, 2e4 * (1.0 - 1e-3));
    reader near = {.A = alone, .n = 1, .rows = 1, .threads = 1};
    s = series_of(&near);
    ck_assert_int_eq(wio_series_certify(&c, &s, share, &d, &readings, NULL), WIO_OK);
    ck_assert_double_ge(c.condition, 1.0); /* a number: |1 - a| |1 / (1 - a)| */
    /* [.5 b; b' .5] with b b' = .25 (1 - 1e-8)^2: columns sum to 10.5 and .525, radius 1 - .5e-8 */
    const double ring[] = {.5, .025 * (1.0 - 1e-8), 10.0 * (1.0 - 1e-8), .5};
    const double some[] = {.1, .475};
    reader third = {.A = ring, .n = 2, .rows = 2, .threads = 1};
    s = series_of(&third);
    wio_error err = {0};
    wio_status status = wio_series_certify(&c, &s, some, &d, &readings, &err);
    ck_assert_msg(status == WIO_E_NOT_CONVERGED, "%d %s", status, err.message);
    ck_assert_msg(strstr(err.message, "is only known to be between") != NULL, "%s", err.message);
    ck_assert_ptr_null(d.member);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* --- properties --------------------------------------------------------------------------------------- */

/* Of x, solution of (I - A) x = f or its transpose, in long double: the series until nothing changes. */
static void reference(long double *x, const double *A, size_t n, bool transposed, const double *f)
{
    long double *next = calloc(n, sizeof *next);
    for (size_t i = 0; i < n; i++) {
        x[i] = f[i];
    }
    for (int step = 0; step < 3000; step++) {
        for (size_t i = 0; i < n; i++) {
            next[i] = f[i];
            for (size_t j = 0; j < n; j++) {
                next[i] += (long double)(transposed ? A[j * n + i] : A[i * n + j]) * x[j];
            }
        }
        memcpy(x, next, n * sizeof *x);
    }
    free(next);
}

/* Scaled on both sides, and some elements below 0: neither norm of A says anything. */
static double *skewed(size_t n, double share, bool negative, uint64_t *state)
{
    double *A = calloc(n * n, sizeof *A), *d = calloc(n, sizeof *d);
    random_matrix(A, n, 0.6, share, state);
    for (size_t i = 0; i < n; i++) {
        d[i] = exp(4.0 * random_uniform(state));
    }
    for (size_t k = 0; k < n * n; k++) {
        A[k] *= d[k / n] / d[k % n] * (negative && random_uniform(state) < 0.2 ? -1.0 : 1.0);
    }
    free(d);
    return A;
}

START_TEST(every_error_is_below_what_is_proven)
{
    uint64_t state = (uint64_t)_i + 1;
    size_t n = 1 + (size_t)(40 * random_uniform(&state)), k = 3;
    double *A = skewed(n, 0.1 + 0.5 * random_uniform(&state), _i % 2 == 1, &state);
    reader r = {.A = A, .n = n, .rows = 1 + (size_t)_i % 5, .threads = 1};
    wio_series s = series_of(&r);
    double *f = random_vector(k * n, _i % 3 == 0 ? 0.0 : -1.0, 1.0, &state);
    double *x = wio_alloc(k * n, sizeof *x);
    long double *exact = calloc(n, sizeof *exact);
    for (int transposed = 0; transposed < 2; transposed++) {
        for (double relative = 1e-3; relative > 1e-11; relative *= 1e-4) {
            wio_series_report report = {0};
            wio_error err = {0};
            ck_assert_msg(
                wio_series_solve(x, &s, transposed, k, f, relative, NULL, &report, &err) == WIO_OK,
                "%s", err.message);
            ck_assert(report.bound <= relative && report.contraction < 1.0);
            for (size_t c = 0; c < k; c++) {
                long double off = 0.0L, size = 0.0L, most = 0.0L, largest = 0.0L;
                reference(exact, A, n, transposed, f + c * n);
                for (size_t i = 0; i < n; i++) {
                    long double e = fabsl(x[c * n + i] - exact[i]), v = fabsl(x[c * n + i]);
                    off += e;
                    size += v;
                    most = e > most ? e : most;
                    largest = v > largest ? v : largest;
                }
                ck_assert((transposed ? most / largest : off / size) <= report.bound);
            }
        }
    }
    free(exact);
    free(A);
    wio_free(x);
    wio_free(f);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* The interval holds the radius that dense LU's own certificate brackets; the verdict is the same. */
START_TEST(the_verdict_is_that_of_factors)
{
    uint64_t state = (uint64_t)_i + 77;
    size_t n = 2 + (size_t)(40 * random_uniform(&state)), readings = 0;
    double *A = skewed(n, 0.3, _i % 4 == 3, &state), *share = calloc(n, sizeof *share);
    double grow = 0.5 + 1.5 * random_uniform(&state); /* .7 grow is the radius of |A| */
    for (size_t e = 0; e < n * n; e++) {
        A[e] *= grow;
    }
    for (size_t j = 0; j < n; j++) {
        share[j] = 1.0 - wio_sum(A + j, n, n);
    }
    reader r = {.A = A, .n = n, .rows = 3, .threads = 1};
    wio_series s = series_of(&r);
    wio_system *system = NULL;
    wio_certificate a = {0}, b = {0};
    wio_diagnosis d = {0}, e = {0};
    wio_status status = wio_system_create(&system, n, A, share, &d, NULL);
    ck_assert_int_eq(wio_series_certify(&b, &s, share, &e, &readings, NULL), status);
    if (status == WIO_OK) {
        wio_certificate_start(&a, system);
        ck_assert(a.productive == b.productive && a.nonnegative == b.nonnegative);
        ck_assert(a.radius_low <= b.radius_high && b.radius_low <= a.radius_high);
        /* Both are bounds where elements are negative; 256 readings leave min z below .99 where the
         * radius to the 256th is not small: .97^256 = 4e-4, times what a skewed A makes of it. */
        ck_assert(b.condition >= a.condition * (1.0 - 1e-12) || !a.nonnegative);
        ck_assert(b.condition <= a.condition * 1.02 || !a.nonnegative || a.radius_high > 0.97);
    } else {
        ck_assert(d.radius_low <= e.radius_high && e.radius_low <= d.radius_high);
        ck_assert_uint_eq(d.group, e.group);
        ck_assert_uint_eq(d.top_row[0], e.top_row[0]);
    }
    wio_system_free(system);
    wio_free(d.member);
    wio_free(e.member);
    free(share);
    free(A);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* 300 x 300: above the work that one thread does alone. */
START_TEST(neither_threads_nor_panels_change_a_bit)
{
    static const size_t rows[] = {1, 7, 8, 64, 65, 299, 300};
    enum { N = 300, K = 2 };
    uint64_t state = 5;
    double *A = skewed(N, 0.4, true, &state), *f = random_vector((size_t)K * N, -1.0, 1.0, &state);
    double *x = wio_alloc(2 * K, N * sizeof *x), *first = wio_alloc(2 * K, N * sizeof *x);
    for (int threads = 1; threads <= 3; threads++) {
        for (size_t p = 0; p < sizeof rows / sizeof *rows; p++) {
            reader r = {.A = A, .n = N, .rows = rows[p], .threads = threads};
            wio_series s = series_of(&r);
            bool once = threads == 1 && p == 0;
            double *to = once ? first : x;
            for (int transposed = 0; transposed < 2; transposed++) {
                ck_assert_int_eq(wio_series_solve(to + transposed * K * N, &s, transposed, K, f,
                                                  1e-9, NULL, NULL, NULL),
                                 WIO_OK);
            }
            ck_assert(once || memcmp(x, first, (size_t)2 * K * N * sizeof *x) == 0);
        }
    }
    free(A);
    wio_free(f);
    wio_free(x);
    wio_free(first);
}
END_TEST

/* --- failures ----------------------------------------------------------------------------------------- */

/* In every reading: of the proof, of the powers, of the search for a group. */
START_TEST(a_failed_reading_is_passed_on)
{
    static const double good[] = {.15, .25, .2, .05}, bad[] = {.9, .3, .3, .9}, f[] = {1, 2};
    static const double share[] = {-.2, -.2};
    for (int k = 0; k < 3; k++) {
        wio_status want = k == 2 ? WIO_E_NOT_PRODUCTIVE : WIO_OK, status = WIO_E_FORMAT;
        for (size_t last = 1; status == WIO_E_FORMAT; last++) {
            reader r = {.A = k == 2 ? bad : good, .n = 2, .rows = 2, .threads = 1, .last = last};
            wio_series s = series_of(&r);
            wio_certificate c = {.condition = 7.0};
            wio_diagnosis d = {0};
            wio_error err = {0};
            double x[2] = {7.0, 7.0};
            size_t readings = 0;
            status = k == 0 ? wio_series_solve(x, &s, false, 1, f, 1e-9, &c, NULL, &err)
                            : wio_series_certify(&c, &s, share, &d, &readings, &err);
            ck_assert(status == want || (status == WIO_E_FORMAT && c.condition == 7.0 &&
                                         x[0] == 7.0 && d.member == NULL));
            ck_assert(status != WIO_E_FORMAT || strcmp(err.message, "the matrix is damaged") == 0);
            wio_free(d.member);
        }
        ck_assert_int_eq(status, want);
    }
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(rounding_ends_the_iteration)
{
    static const double A[] = {.15, .25, .2, .05}, f[] = {600, 1500};
    reader r = {.A = A, .n = 2, .rows = 2, .threads = 1};
    wio_series s = series_of(&r);
    wio_error err = {0};
    double x[2] = {7.0, 7.0};
    ck_assert_int_eq(wio_series_solve(x, &s, false, 1, f, 1e-18, NULL, NULL, &err),
                     WIO_E_NOT_CONVERGED);
    ck_assert_msg(strstr(err.message, "is proven, not 1e-18") != NULL, "%s", err.message);
    ck_assert_double_eq(x[0], 7.0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("power_series");
    TCase *known = tcase_create("known answers");
    tcase_add_test(known, miller_and_blair);
    tcase_add_test(known, the_group_that_needs_its_own_output_is_found);
    tcase_add_test(known, what_is_too_near_to_one_is_not_judged);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, every_error_is_below_what_is_proven, 0, 12);
    tcase_add_loop_test(properties, the_verdict_is_that_of_factors, 0, 40);
    tcase_add_test(properties, neither_threads_nor_panels_change_a_bit);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, a_failed_reading_is_passed_on);
    tcase_add_test(failures, rounding_ends_the_iteration);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
