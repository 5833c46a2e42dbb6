/* operator.c - A X and A' X, dense and compressed rows.
 *
 * Plain: threads take rows. Transposed: threads take bands of columns, so that every sum of a column
 * runs down its rows in order, whoever makes it. */
#include "operator_inside.h"

#include <float.h>
#include <string.h>

enum { ROWS = 64, BAND = 8192, SPARSE_ROWS = 256, ROWS_SEEN = 1024 };

/* --- creation ----------------------------------------------------------------------------------- */

/* Stored elements p of `first` + 1 to `last` - 1 whose column is not above that of p - 1. */
static size_t drops(const uint32_t *column, size_t first, size_t last)
{
    size_t all = 0;
    for (size_t at = first + 1; at < last;) {
        size_t end = least(at + 4096, last);
        uint32_t some = 0;
#pragma omp simd reduction(+ : some)
        for (size_t p = at; p < end; p++) {
            some += column[p] <= column[p - 1] ? 1U : 0U;
        }
        all += some;
        at = end;
    }
    return all;
}

/* Whether the columns of rows `first` to `last` ascend below n; *at is the first position that does not.
 * All elements in one run, whatever row they are in: only where a row begins may a column drop. */
static bool ascends(size_t *row, size_t *at, const wio_matrix *A, size_t first, size_t last)
{
    size_t begin = A->start[first], allowed = 0;
    bool below = true;
    for (size_t i = first; i < last; i++) {
        size_t p = A->start[i], end = A->start[i + 1];
        if (end > p) {
            allowed += p > begin && A->column[p] <= A->column[p - 1];
            below = below && A->column[end - 1] < A->n;
        }
    }
    if (below && drops(A->column, begin, A->start[last]) == allowed) {
        return true;
    }
    for (size_t i = first; i < last; i++) {
        for (size_t p = A->start[i]; p < A->start[i + 1]; p++) {
            if (A->column[p] >= A->n || (p > A->start[i] && A->column[p] <= A->column[p - 1])) {
                *row = i;
                *at = p;
                return false;
            }
        }
    }
    return true;
}

/* Of all rows, before any column is read. */
static wio_status check_starts(const wio_matrix *A, wio_error *err)
{
    if (A->start[0] != 0) {
        return wio_fail(err, WIO_E_SHAPE, "start[0] is %zu, it has to be 0", A->start[0]);
    }
    for (size_t i = 0; i < A->n; i++) {
        if (A->start[i + 1] < A->start[i]) {
            return wio_fail(err, WIO_E_SHAPE, "row %zu ends at %zu, before its start %zu", i,
                            A->start[i + 1], A->start[i]);
        }
    }
    return WIO_OK;
}

static wio_status out_of_order(const wio_matrix *A, size_t row, size_t at, wio_error *err)
{
    return wio_fail(err, WIO_E_SHAPE,
                    "row %zu, position %zu: column %u has to be below %zu and above the one before "
                    "it",
                    row, at, A->column[at], A->n);
}

wio_status wio_matrix_check(const wio_matrix *A, wio_error *err)
{
    WIO_TRY(check_starts(A, err));
    int team = omp_in_parallel() != 0 || A->start[A->n] < WIO_LEAST_WORK ? 1 : wio_threads(0);
    size_t row = A->n, at = 0;
#pragma omp parallel for num_threads(team) schedule(static)
    for (size_t first = 0; first < A->n; first += ROWS_SEEN) {
        size_t i = 0, p = 0;
        if (!ascends(&i, &p, A, first, least(first + ROWS_SEEN, A->n))) {
#pragma omp critical(wio_matrix_row)
            if (i < row) {
                row = i;
                at = p;
            }
        }
    }
    return row == A->n ? WIO_OK : out_of_order(A, row, at, err);
}

/* What a pass over the elements finds. */
typedef struct scan {
    size_t bad;     /* first element that is not finite, SIZE_MAX: none */
    size_t row, at; /* first row whose columns do not ascend, and where; SIZE_MAX: none */
    bool negative, fits;
} scan;

static const scan NOTHING = {SIZE_MAX, SIZE_MAX, SIZE_MAX, false, true};

/* Two elements: one register of every processor of this family. */
typedef double pair
    __attribute__((vector_size(2 * sizeof(double)), aligned(sizeof(double)), may_alias));
typedef int64_t answers __attribute__((vector_size(2 * sizeof(int64_t))));

typedef struct questions {
    answers odd, negative, extreme;
} questions;

static inline __attribute__((always_inline)) void ask(questions *q, pair a)
{
    pair size = (pair)((answers)a & INT64_MAX);
    q->odd |= ~(answers)(size <= DBL_MAX); /* NaN too */
    q->negative |= (answers)(a < 0.0);
    q->extreme |= (answers)(size >= 1e36) | ((answers)(size < 1e-36) & (answers)(size > 0.0));
}

static bool any(answers a)
{
    return (a[0] | a[1]) != 0;
}

/* Looks at count elements, and copies them where `to` is not NULL. */
static void scan_values(scan *seen, float *to, const double *value, size_t first, size_t count)
{
    questions q = {{0}, {0}, {0}};
    size_t end = first + count, k = first;
    for (; to == NULL && k + 2 <= end; k += 2) {
        ask(&q, *(const pair *)(value + k));
    }
    for (; to != NULL && k + 2 <= end; k += 2) {
        ask(&q, *(const pair *)(value + k));
        to[k] = (float)value[k];
        to[k + 1] = (float)value[k + 1];
    }
    if (k < end) {
        ask(&q, (pair){value[k], 0.0});
        if (to != NULL) {
            to[k] = (float)value[k];
        }
    }
    seen->negative = any(q.negative);
    seen->fits = !any(q.extreme);
    for (k = first; any(q.odd) && k < end && seen->bad == SIZE_MAX; k++) {
        seen->bad = isfinite(value[k]) ? SIZE_MAX : k;
    }
}

static void join(scan *all, const scan *seen)
{
    all->bad = least(all->bad, seen->bad);
    all->at = seen->row < all->row ? seen->at : all->at;
    all->row = least(all->row, seen->row);
    all->negative = all->negative || seen->negative;
    all->fits = all->fits && seen->fits;
}

static void scan_dense(wio_operator *op, scan *all)
{
    enum { CHUNK = 1 << 16 };
    size_t count = op->A.n * op->A.n;
#pragma omp parallel for num_threads(team(op)) schedule(static)
    for (size_t first = 0; first < count; first += CHUNK) {
        scan seen = NOTHING;
        scan_values(&seen, op->single, op->A.dense, first, least(CHUNK, count - first));
#pragma omp critical(wio_operator_scan)
        join(all, &seen);
    }
}

/* Where rows enter the bands of columns, and their 1 / (1 - a_ii), if that is between 1 and 1000. */
static void index_rows(wio_operator *op, size_t first, size_t last)
{
    const wio_matrix *A = &op->A;
    size_t cuts = (size_t)op->threads - 1;
    for (size_t i = first; i < last; i++) {
        for (size_t t = 0; t < cuts; t++) {
            size_t at = position_short(A, i, A->n * (t + 1) / (cuts + 1));
            op->cut[i * cuts + t] = (uint32_t)(at - A->start[i]);
        }
        size_t p = position_short(A, i, i);
        double a = p < A->start[i + 1] && A->column[p] == i ? A->value[p] : 0.0;
        op->pivot[i] = a < 0.999 ? (float)(1.0 / (1.0 - a)) : 1.0F;
    }
}

/* Some rows at a time, while their elements are in the cache. */
static void scan_rows(wio_operator *op, scan *all)
{
    const wio_matrix *A = &op->A;
#pragma omp parallel for num_threads(team(op)) schedule(static)
    for (size_t first = 0; first < A->n; first += ROWS_SEEN) {
        size_t last = least(first + ROWS_SEEN, A->n), p = A->start[first];
        scan seen = NOTHING;
        scan_values(&seen, NULL, A->value, p, A->start[last] - p);
        if (ascends(&seen.row, &seen.at, A, first, last)) {
            index_rows(op, first, last);
        }
#pragma omp critical(wio_operator_scan)
        join(all, &seen);
    }
}

static wio_status look_at_elements(wio_operator *op, wio_error *err)
{
    size_t n = op->A.n;
    scan all = NOTHING;
    if (op->A.dense != NULL) {
        scan_dense(op, &all);
    } else {
        scan_rows(op, &all);
    }
    if (all.row != SIZE_MAX) {
        return out_of_order(&op->A, all.row, all.at, err);
    }
    if (all.bad != SIZE_MAX && op->A.dense != NULL) {
        return wio_fail(err, WIO_E_NONFINITE, "A[%zu][%zu] is %g, it has to be a finite number",
                        all.bad / n, all.bad % n, op->A.dense[all.bad]);
    }
    if (all.bad != SIZE_MAX) {
        return wio_fail(err, WIO_E_NONFINITE, "value[%zu] is %g, it has to be a finite number",
                        all.bad, op->A.value[all.bad]);
    }
    op->nonnegative = !all.negative;
    if (!all.fits) {
        wio_free(op->single);
        op->single = NULL;
    }
    if (all.negative) { /* sweeps are for A >= 0 */
        wio_free(op->pivot);
        op->pivot = NULL;
    }
    return WIO_OK;
}

/* |b_ii| = 1 - c_ii: c = a up to 1, and 2 - a beyond. */
static wio_status shift_diagonal(wio_operator *op)
{
    op->shift = wio_alloc(op->A.n, sizeof *op->shift);
    if (op->shift == NULL) {
        return WIO_E_MEMORY;
    }
    for (size_t i = 0; i < op->A.n; i++) {
        double a = diagonal(&op->A, i);
        op->shift[i] = a < 0.0 ? 2.0 * a : a > 1.0 ? 2.0 * (1.0 - a) : 0.0;
    }
    return WIO_OK;
}

wio_status wio_operator_create(wio_operator **out, const wio_matrix *A, int threads, bool single,
                               wio_error *err)
{
    if (out == NULL || A == NULL || A->n == 0 || A->n >= UINT32_MAX ||
        (A->dense == NULL && (A->start == NULL || A->column == NULL || A->value == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_operator_create: no matrix of order 1 to %u",
                        UINT32_MAX - 1);
    }
    if (A->dense == NULL) {
        WIO_TRY(check_starts(A, err));
    }
    wio_operator *op = wio_zalloc(1, sizeof *op);
    if (op == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for an operator of %zu rows", A->n);
    }
    op->A = *A;
    op->threads = wio_threads(threads);
    op->entries =
        A->dense != NULL ? (double)A->n * (double)A->n : (double)A->start[A->n] + (double)A->n;
    wio_status status = WIO_OK;
    if (A->dense == NULL) {
        op->cut = wio_alloc(A->n * ((size_t)op->threads - 1), sizeof *op->cut);
        op->pivot = wio_alloc(A->n, sizeof *op->pivot);
        status = op->cut != NULL && op->pivot != NULL ? WIO_OK : WIO_E_MEMORY;
    } else if (single) {
        op->single = wio_alloc(A->n * A->n, sizeof *op->single);
        status = op->single != NULL ? WIO_OK : WIO_E_MEMORY;
    }
    if (status == WIO_OK) {
        status = look_at_elements(op, err);
    }
    /* Without negative elements zeros, unless some a_ii > 1, which no proof survives. */
    if (status == WIO_OK && !op->nonnegative) {
        status = shift_diagonal(op);
    }
    if (status != WIO_OK) {
        wio_operator_free(op);
        return status == WIO_E_MEMORY
                   ? wio_fail(err, status, "no memory for an operator of %zu rows", A->n)
                   : status;
    }
    *out = op;
    return WIO_OK;
}

void wio_operator_free(wio_operator *op)
{
    if (op != NULL) {
        wio_free(op->single);
        wio_free(op->cut);
        wio_free(op->pivot);
        wio_free(op->shift);
        wio_free(op);
    }
}

double wio_operator_pass(const wio_operator *op, int kind)
{
    return (kind & WIO_SINGLE) != 0 && op->single != NULL ? 0.5 : 1.0;
}

/* --- products ----------------------------------------------------------------------------------- */

static void dense_rows(double *Y, const wio_operator *op, int kind, const char *A, size_t size,
                       size_t k, const double *X)
{
    size_t n = op->A.n, step = k == 1 ? ROWS : 4;
#pragma omp parallel for num_threads(team(op)) schedule(dynamic)
    for (size_t first = 0; first < n; first += ROWS) {
        size_t last = least(first + ROWS, n);
        for (size_t i = first; i < last; i += step) {
            for (size_t c = 0; c < k; c++) {
                wio_rows(Y + c * n + i, least(step, last - i), n, n, A + i * n * size, kind,
                         X + c * n);
            }
        }
    }
}

/* Bands as wide as threads and the second cache allow: short pieces of far rows are read slowly. An
 * element is one sum down its column, so the width does not change a bit. */
static size_t band_width(const wio_operator *op)
{
    size_t team_size = (size_t)team(op), width = (op->A.n + team_size - 1) / team_size;
    return least(BAND, (width + 7) / 8 * 8);
}

static void dense_bands(double *Y, const wio_operator *op, int kind, const char *A, size_t size,
                        size_t k, const double *X)
{
    enum { DOWN = 8 };
    size_t n = op->A.n, band = band_width(op);
#pragma omp parallel for num_threads(team(op)) schedule(dynamic)
    for (size_t j = 0; j < n; j += band) {
        size_t width = least(band, n - j), step = k == 1 ? n : DOWN;
        for (size_t c = 0; c < k; c++) {
            memset(Y + c * n + j, 0, width * sizeof *Y);
        }
        for (size_t i = 0; i < n; i += step) {
            for (size_t c = 0; c < k; c++) {
                wio_band(Y + c * n + j, least(step, n - i), width, n, A + (i * n + j) * size, kind,
                         X + c * n + i);
            }
        }
    }
}

static void sparse_rows(double *Y, const wio_operator *op, bool absolute, size_t k, const double *X)
{
    const wio_matrix *A = &op->A;
    size_t n = A->n;
#pragma omp parallel for num_threads(team(op)) schedule(dynamic, 8)
    for (size_t first = 0; first < n; first += SPARSE_ROWS) {
        size_t last = least(first + SPARSE_ROWS, n);
        for (size_t c = 0; c < k; c++) {
            const double *x = X + c * n;
            for (size_t i = first; i < last; i++) {
                double even = 0.0, odd = 0.0;
                size_t p = A->start[i], end = A->start[i + 1];
                fetch(A, p, end, x);
                for (; p + 2 <= end; p += 2) {
                    even += taken(A->value[p], absolute) * x[A->column[p]];
                    odd += taken(A->value[p + 1], absolute) * x[A->column[p + 1]];
                }
                if (p < end) {
                    even += taken(A->value[p], absolute) * x[A->column[p]];
                }
                Y[c * n + i] = even + odd;
            }
        }
    }
}

static void sparse_bands(double *Y, const wio_operator *op, bool absolute, size_t k,
                         const double *X)
{
    const wio_matrix *A = &op->A;
    size_t n = A->n, bands = (size_t)team(op);
#pragma omp parallel for num_threads((int)bands) schedule(static)
    for (size_t t = 0; t < bands; t++) {
        size_t left = n * t / bands, right = n * (t + 1) / bands;
        for (size_t c = 0; c < k; c++) {
            memset(Y + c * n + left, 0, (right - left) * sizeof *Y);
        }
        for (size_t first = 0; first < n; first += SPARSE_ROWS) {
            size_t last = least(first + SPARSE_ROWS, n);
            for (size_t c = 0; c < k; c++) {
                double *y = Y + c * n;
                for (size_t i = first; i < last; i++) {
                    size_t from, to;
                    band_of(&from, &to, op, i, t, bands);
                    fetch(A, from, to, y);
                    for (size_t p = from; p < to; p++) {
                        y[A->column[p]] += taken(A->value[p], absolute) * X[c * n + i];
                    }
                }
            }
        }
    }
}

void wio_operator_apply(double *Y, const wio_operator *op, bool transposed, int kind, size_t k,
                        const double *X)
{
    bool single = (kind & WIO_SINGLE) != 0 && op->single != NULL;
    kind = (op->nonnegative ? 0 : kind & WIO_ABSOLUTE) | (single ? WIO_SINGLE : 0);
    if (op->A.dense != NULL) {
        const char *A = single ? (const char *)op->single : (const char *)op->A.dense;
        size_t size = single ? sizeof(float) : sizeof(double);
        (transposed ? dense_bands : dense_rows)(Y, op, kind, A, size, k, X);
    } else {
        (transposed ? sparse_bands : sparse_rows)(Y, op, (kind & WIO_ABSOLUTE) != 0, k, X);
    }
    size_t n = op->A.n;
    if ((kind & WIO_ABSOLUTE) != 0 && op->shift != NULL) {
        for (size_t e = 0; e < k * n; e++) {
            Y[e] += op->shift[e % n] * X[e];
        }
    }
}
