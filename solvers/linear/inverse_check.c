/* inverse_check.c - what is proven about a computed inverse X >= 0 of B = I - A, A >= 0.
 *
 * w = X e is an approximate solution of B w = e. If w > 0 and B w >= z > 0, every rounding counted,
 * B is a nonsingular M-matrix (certificate.c): the radius of A is below 1 and B^-1 >= 0. With
 * R = I - B X, column by column,
 *   |X - B^-1|_ij <= w_i max_k |R_kj| / z_k.
 * R comes from one product G = A X, whose rounding is at most gamma(n) G: nothing there cancels.
 * Quick: for a vector s of random signs E (s' R)_j^2 = |R_j|_2^2, so that sqrt(n) times the root of
 * the mean over 16 of them is a likely upper bound of |R_j|_1 (too small by a factor of 4 with a
 * probability below 1e-6), and costs 16 rows instead of n.
 *
 * All sums over columns run over 64 fixed blocks of rows, then over the blocks in order. */
#include "inverse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BLOCKS = 64, SIGNS = 16 };

typedef struct scratch {
    size_t n, height; /* rows of a block */
    int threads;
    const double *A, *X;
    double *G;                 /* [n x n] */
    double *sum, *ratio, *top; /* [BLOCKS x n] by block and column, then [n] in block 0 */
    double *x, *y, *v;         /* [n] */
    double component[BLOCKS];  /* largest componentwise residual of a block */
    wio_proof rows;
    double norm, inverse_norm; /* |B|_1, |X|_1 */
    double *memory;
} scratch;

static wio_status open_scratch(scratch *s, size_t n, const double *A, const double *X, double *work,
                               int threads)
{
    double *at = wio_alloc(3 * BLOCKS + 5, n * sizeof *at);
    if (at == NULL) {
        return WIO_E_MEMORY;
    }
    *s = (scratch){.n = n,
                   .height = (n + BLOCKS - 1) / BLOCKS,
                   .threads = threads,
                   .A = A,
                   .X = X,
                   .G = work,
                   .memory = at};
    s->sum = at;
    s->ratio = s->sum + BLOCKS * n;
    s->top = s->ratio + BLOCKS * n;
    s->x = s->top + BLOCKS * n;
    s->y = s->x + n;
    s->v = s->y + n;
    s->rows.w = s->v + n;
    s->rows.z = s->rows.w + n;
    return WIO_OK;
}

/* Rows of block b; none past the end. */
static size_t block_rows(const scratch *s, size_t b, size_t *first)
{
    *first = b * s->height < s->n ? b * s->height : s->n;
    return s->n - *first < s->height ? s->n - *first : s->height;
}

/* The larger, and NaN when one of them is. */
static double worse(double a, double b)
{
    return isnan(b) || a <= b ? b : a;
}

/* Block 0 of `part` receives the sum or the largest over the blocks; the largest of these. */
static double gather(const scratch *s, double *part, bool add)
{
    double most = 0.0;
    for (size_t b = 1; b < BLOCKS; b++) {
        for (size_t j = 0; j < s->n; j++) {
            double next = part[b * s->n + j];
            part[j] = add ? part[j] + next : worse(part[j], next);
        }
    }
    for (size_t j = 0; j < s->n; j++) {
        most = worse(part[j], most);
    }
    return most;
}

enum { AT_ONCE = 8 }; /* rows that are still in the cache when they are read again */

/* sum_j += |m_ij| over `rows` rows, one after the other. */
static inline __attribute__((always_inline)) void add_magnitudes(double *sum, size_t n,
                                                                 const double *M, const size_t rows)
{
    size_t j = 0;
    for (; j + 4 <= n; j += 4) {
        wio_quad total = *(const wio_quad *)(sum + j);
        for (size_t r = 0; r < rows; r++) {
            const double *m = M + r * n + j;
            total += (wio_quad){fabs(m[0]), fabs(m[1]), fabs(m[2]), fabs(m[3])};
        }
        *(wio_quad *)(sum + j) = total;
    }
    for (; j < n; j++) {
        for (size_t r = 0; r < rows; r++) {
            sum[j] += fabs(M[r * n + j]);
        }
    }
}

/* y = M x, and the largest column sum of |M|, or of |I - M|, in one reading of M. */
static double apply_and_norm(const scratch *s, const double *M, bool from_identity, const double *x,
                             double *y)
{
    size_t n = s->n;
#pragma omp parallel for schedule(static) num_threads(s->threads) if (s->threads > 1)
    for (size_t b = 0; b < BLOCKS; b++) {
        size_t first, rows = block_rows(s, b, &first), end = first + rows;
        double *sum = s->sum + b * n;
        memset(sum, 0, n * sizeof *sum);
        for (size_t i = first; i < end; i += AT_ONCE) {
            const double *row = M + i * n;
            size_t now = end - i < AT_ONCE ? end - i : AT_ONCE;
            wio_apply_rows(y + i, now, n, row, x);
            if (now == AT_ONCE) {
                add_magnitudes(sum, n, row, AT_ONCE);
            } else {
                add_magnitudes(sum, n, row, now);
            }
        }
        for (size_t i = first; from_identity && i < end; i++) {
            double own = M[i * n + i];
            sum[i] += fabs(1.0 - own) - fabs(own);
        }
    }
    return gather(s, s->sum, true);
}

/* w = X e, y = A w, and the norms. */
static void weigh(scratch *s)
{
    for (size_t i = 0; i < s->n; i++) {
        s->x[i] = 1.0;
    }
    s->inverse_norm = apply_and_norm(s, s->X, false, s->x, s->rows.w);
    s->norm = apply_and_norm(s, s->A, true, s->rows.w, s->y);
}

/* z <= B w; true when w and z prove that B is an M-matrix. */
static bool prove(scratch *s)
{
    double g = wio_gamma(s->n + 2) * (1.0 + 4.0 * WIO_UNIT);
    bool positive = true;
    for (size_t i = 0; i < s->n; i++) {
        double w = s->rows.w[i], y = s->y[i];
        s->rows.z[i] = (w - y) - g * (w + y);
        positive = positive && isfinite(w) && w > 0.0 && s->rows.z[i] > 0.0;
    }
    return positive;
}

static void inverse_step(double *w, const double *y, const void *context)
{
    const scratch *s = context;
    wio_apply_shared(w, s->n, s->X, y, s->threads);
}

/* --- the residual, in full ------------------------------------------------------------------------- */

/* Row i of R = I - X + A X: its parts of the column sums, and with z what bounds the error. */
static void residual_row(scratch *s, size_t b, size_t i, const double *z)
{
    size_t n = s->n;
    const double *x = s->X + i * n, *product = s->G + i * n;
    double *sum = s->sum + b * n, *ratio = s->ratio + b * n, *top = s->top + b * n;
    double a = s->A[i * n + i], own = fabs(1.0 - a), g = 1.01 * wio_gamma(n + 4);
    double component = s->component[b];
    for (size_t j = 0; j < n; j++) {
        double one = i == j ? 1.0 : 0.0;
        double r = fabs((one - x[j]) + product[j]);
        sum[j] += r;
        if (z != NULL) {
            double scale = own * x[j] + (product[j] - a * x[j]) + one;
            double c = (r + g * (one + x[j] + product[j])) / z[i];
            ratio[j] = c > ratio[j] ? c : ratio[j];
            top[j] = x[j] > top[j] ? x[j] : top[j];
            component = r > component * scale ? r / scale : component;
        }
    }
    s->component[b] = component;
}

/* |R|_1; with z also what block 0 of ratio and top holds. */
static double residual_norm(scratch *s, const double *z)
{
    size_t n = s->n;
    const wio_product product = {n, n, n, 1.0, 0.0, s->A, s->X, s->G, n, n, n, false};
    wio_multiply(&product, 1, s->threads);
#pragma omp parallel for schedule(static) num_threads(s->threads) if (s->threads > 1)
    for (size_t b = 0; b < BLOCKS; b++) {
        size_t first, rows = block_rows(s, b, &first);
        memset(s->sum + b * n, 0, n * sizeof(double));
        memset(s->ratio + b * n, 0, n * sizeof(double));
        memset(s->top + b * n, 0, n * sizeof(double));
        s->component[b] = 0.0;
        for (size_t i = first; i < first + rows; i++) {
            residual_row(s, b, i, z);
        }
    }
    return gather(s, s->sum, true);
}

/* The figures that only the whole residual gives. */
static double judge_in_full(scratch *s, wio_certificate *certificate)
{
    double norm = residual_norm(s, s->rows.z), w = 0.0;
    (void)gather(s, s->ratio, false);
    (void)gather(s, s->top, false);
    for (size_t i = 0; i < s->n; i++) {
        w = worse(s->rows.w[i], w);
    }
    for (size_t j = 0; j < s->n; j++) {
        double bound = s->ratio[j] * w / s->top[j] * (1.0 + 16.0 * WIO_UNIT);
        certificate->error_bound = worse(bound, certificate->error_bound);
    }
    for (size_t b = 0; b < BLOCKS; b++) {
        certificate->componentwise = worse(s->component[b], certificate->componentwise);
    }
    return norm;
}

/* --- the residual, estimated ----------------------------------------------------------------------- */

/* [SIGNS x n] of +1 and -1, the same for every matrix (splitmix64, Steele et al. 2014). */
static void fill_signs(double *S, size_t count)
{
    uint64_t state = 0, bits = 0;
    for (size_t i = 0; i < count; i++) {
        if (i % 64 == 0) {
            bits = state += 0x9e3779b97f4a7c15U;
            bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
            bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
            bits ^= bits >> 31;
        }
        S[i] = (bits >> (i % 64) & 1U) != 0 ? 1.0 : -1.0;
    }
}

/* S R = S - (S B) X; the three live in block-sized parts of the scratch. */
static double estimate(scratch *s)
{
    size_t n = s->n;
    double *S = s->sum, *SB = s->ratio, *SR = s->top, most = 0.0;
    fill_signs(S, SIGNS * n);
    memcpy(SB, S, SIGNS * n * sizeof *SB);
    memcpy(SR, S, SIGNS * n * sizeof *SR);
    const wio_product left = {SIGNS, n, n, -1.0, 1.0, S, s->A, SB, n, n, n, false};
    const wio_product right = {SIGNS, n, n, -1.0, 1.0, SB, s->X, SR, n, n, n, false};
    wio_multiply(&left, 1, s->threads);
    wio_multiply(&right, 1, s->threads);
    for (size_t j = 0; j < n; j++) {
        double squares = 0.0;
        for (size_t k = 0; k < SIGNS; k++) {
            squares += SR[k * n + j] * SR[k * n + j];
        }
        most = worse(squares, most);
    }
    return sqrt((double)n * most / SIGNS);
}

/* --- all of it ------------------------------------------------------------------------------------- */

static wio_status check(wio_inverse_report *report, scratch *s, bool quick)
{
    wio_certificate own = {.productive = true, .nonnegative = true, .solves = s->n};
    double n = (double)s->n;
    (void)snprintf(own.method, sizeof own.method, "block recursion without pivots, M-matrix proof");
    weigh(s);
    own.condition = s->norm * s->inverse_norm;
    if (!prove(s) || !(own.condition * n * WIO_UNIT <= 0.1)) {
        return WIO_E_NOT_PRODUCTIVE;
    }
    double residual = quick ? estimate(s) : judge_in_full(s, &own);
    own.backward_error = residual / own.condition;
    report->residual = own.backward_error / (n * WIO_UNIT);
    report->estimated = quick;
    if (!(report->residual <= 1.0) || own.componentwise > 8.0 * (n + 2.0) * WIO_UNIT) {
        return WIO_E_NOT_PRODUCTIVE;
    }
    if (quick) {
        own.error_bound = own.componentwise = NAN;
    }
    wio_radius(&own.radius_low, &own.radius_high, s->n, s->A, &s->rows, inverse_step, s, s->threads,
               s->x, s->v, s->y);
    report->certificate = own;
    return WIO_OK;
}

wio_status wio_inverse_check(wio_inverse_report *report, size_t n, const double *A, const double *X,
                             double *work, bool quick, int threads)
{
    scratch s;
    WIO_TRY(open_scratch(&s, n, A, X, work, threads));
    wio_status status = check(report, &s, quick);
    wio_free(s.memory);
    return status;
}

wio_status wio_inverse_residual(double *ratio, size_t n, const double *A, const double *X,
                                double *work, int threads)
{
    scratch s;
    WIO_TRY(open_scratch(&s, n, A, X, work, threads));
    weigh(&s);
    *ratio = residual_norm(&s, NULL) / (s.norm * s.inverse_norm * (double)n * WIO_UNIT);
    wio_free(s.memory);
    return WIO_OK;
}
