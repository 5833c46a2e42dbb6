/* diagnosis.c - what stands in the way of I - A: the radius of |A|, a closed group, the rows that
 * lead; for dense rows and compressed ones. */
#include "operator.h"

#include <math.h>
#include <string.h>

/* A weight that no row falls below, as in certificate.c. */
static const double FLOOR = 1e-8;

wio_operator wio_magnitudes(const wio_matrix *A)
{
    double entries = A->dense != NULL ? (double)A->n * (double)A->n : (double)A->start[A->n];
    return (wio_operator){.A = *A, .threads = 1, .entries = entries};
}

/* The interval of any C >= 0 and its Perron vector, by w <- (C + s I) w: s keeps cycles from
 * going round for ever. */
void wio_radius_any(double *low, double *high, const wio_operator *C, bool transposed, int rounds,
                    double *w, double *v, double *y)
{
    size_t n = C->A.n;
    for (size_t i = 0; i < n; i++) {
        w[i] = 1.0;
    }
    *low = 0.0;
    *high = INFINITY;
    double shift = 0.0;
    for (int round = 0; round < rounds; round++) {
        wio_operator_apply(y, C, transposed, WIO_ABSOLUTE, 1, w);
        wio_quotients(low, high, n, y, w);
        if (*high - *low <= 1e-9 * *high) {
            break;
        }
        if (round == 0) {
            shift = 0.25 * *high;
        }
        for (size_t i = 0; i < n; i++) {
            w[i] = y[i] + shift * w[i];
        }
        wio_scale_to_one(w, n);
        for (size_t i = 0; i < n; i++) {
            w[i] += FLOOR;
        }
    }
    if (!transposed) {
        wio_sharpen_low(low, C, w, v, y);
    }
}

/* --- diagnosis ---------------------------------------------------------------------------------- */

/* Mark all that can be reached from the marked; user j of seller i when forward is false (from i
 * to those who buy from it), else from j to the sellers it buys from. */
static void spread_dense(unsigned char *mark, size_t *queue, size_t count, size_t n,
                         const double *A, bool forward)
{
    for (size_t at = 0; at < count; at++) {
        size_t from = queue[at];
        for (size_t to = 0; to < n; to++) {
            double a = forward ? A[to * n + from] : A[from * n + to];
            if (a != 0.0 && !mark[to]) {
                mark[to] = 1;
                queue[count++] = to;
            }
        }
    }
}

/* Compressed rows: forward, whole passes until one marks nothing more. */
static void spread_sparse(unsigned char *mark, size_t *queue, size_t count, const wio_matrix *A,
                          bool forward)
{
    for (size_t at = 0; !forward && at < count; at++) {
        for (size_t p = A->start[queue[at]]; p < A->start[queue[at] + 1]; p++) {
            if (A->value[p] != 0.0 && !mark[A->column[p]]) {
                mark[A->column[p]] = 1;
                queue[count++] = A->column[p];
            }
        }
    }
    for (bool more = forward; more;) {
        more = false;
        for (size_t i = 0; i < A->n; i++) {
            for (size_t p = A->start[i]; p < A->start[i + 1] && !mark[i]; p++) {
                mark[i] = A->value[p] != 0.0 && mark[A->column[p]];
                more = more || mark[i];
            }
        }
    }
}

void wio_spread(unsigned char *mark, size_t *queue, size_t count, const wio_matrix *A, bool forward)
{
    if (A->dense != NULL) {
        spread_dense(mark, queue, count, A->n, A->dense, forward);
    } else {
        spread_sparse(mark, queue, count, A, forward);
    }
}

static wio_status closed_group(size_t *count, unsigned char *outside, const wio_matrix *A,
                               const double *v)
{
    size_t n = A->n;
    size_t *queue = wio_alloc(n, sizeof *queue), reached = 0;
    if (queue == NULL) {
        return WIO_E_MEMORY;
    }
    for (size_t j = 0; j < n; j++) {
        outside[j] = v[j] > 0.0;
        if (outside[j]) {
            queue[reached++] = j;
        }
    }
    wio_spread(outside, queue, reached, A, false);
    *count = 0;
    for (size_t j = 0; j < n; j++) {
        outside[j] = !outside[j];
        *count += outside[j];
    }
    wio_free(queue);
    return WIO_OK;
}

/* Those who both supply and use row `start`, directly or not: its strongly connected block. */
static void block_of(unsigned char *inside, unsigned char *mark, size_t *queue, const wio_matrix *A,
                     size_t start)
{
    size_t n = A->n;
    memset(inside, 0, n);
    for (int forward = 0; forward < 2; forward++) {
        memset(mark, 0, n);
        mark[start] = 1;
        queue[0] = start;
        wio_spread(mark, queue, 1, A, forward != 0);
        for (size_t i = 0; i < n; i++) {
            inside[i] = forward == 0 ? mark[i] : inside[i] && mark[i];
        }
    }
}

void wio_take_top(wio_diagnosis *diagnosis, size_t n, const double *weight)
{
    size_t most = n < 5 ? n : 5;
    for (size_t t = 0; t < most; t++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < n; i++) {
            bool taken = false;
            for (size_t s = 0; s < t; s++) {
                taken = taken || diagnosis->top_row[s] == i;
            }
            if (!taken && (best == SIZE_MAX || weight[i] > weight[best])) {
                best = i;
            }
        }
        diagnosis->top_row[t] = best;
    }
    diagnosis->top = most;
}

/* 1 - column sums of A where they were not given; a share within rounding of 0 is 0. */
static void column_shares(double *share, const wio_matrix *A)
{
    size_t n = A->n, count = A->dense != NULL ? n * n : A->start[n];
    const double *value = A->dense != NULL ? A->dense : A->value;
    for (size_t j = 0; j < n; j++) {
        share[j] = A->dense != NULL ? 1.0 - wio_sum(A->dense + j, n, n) : 1.0;
    }
    for (size_t e = 0; A->dense == NULL && e < count; e++) {
        share[A->column[e]] -= value[e];
    }
    for (size_t j = 0; j < n; j++) {
        if (fabs(share[j]) <= (double)n * WIO_UNIT) {
            share[j] = 0.0;
        }
    }
}

/* 1 - column sums of |A| where A has negative elements, in any order. */
static void magnitude_shares(double *share, const wio_operator *C, double *ones)
{
    size_t n = C->A.n;
    for (size_t j = 0; j < n; j++) {
        ones[j] = 1.0;
    }
    wio_operator_apply(share, C, true, WIO_ABSOLUTE, 1, ones);
    for (size_t j = 0; j < n; j++) {
        share[j] = 1.0 - share[j];
        if (fabs(share[j]) <= (double)n * WIO_UNIT) {
            share[j] = 0.0;
        }
    }
}

bool wio_has_negative(const wio_matrix *A)
{
    size_t count = A->dense != NULL ? A->n * A->n : A->start[A->n];
    const double *value = A->dense != NULL ? A->dense : A->value;
    bool found = false;
    for (size_t e = 0; e < count; e++) {
        found = found || value[e] < 0.0;
    }
    return found;
}

wio_status wio_diagnose_matrix(wio_diagnosis *diagnosis, const wio_matrix *A, const double *v)
{
    enum { ROUNDS = 400 };
    size_t n = A->n, group = 0;
    wio_diagnosis found = {0};
    wio_status status = WIO_E_MEMORY;
    wio_operator C = wio_magnitudes(A);
    bool signs = wio_has_negative(A);
    double *vectors = wio_alloc(4 * n, sizeof *vectors);
    size_t *queue = wio_alloc(n, sizeof *queue);
    unsigned char *marks = wio_alloc(2 * n, 1);
    found.member = wio_alloc(n, sizeof *found.member);
    if (vectors == NULL || queue == NULL || marks == NULL || found.member == NULL) {
        goto done;
    }
    double *right = vectors, *left = vectors + n, *work = left + n, *y = work + n;
    double low, high;
    wio_radius_any(&found.radius_low, &found.radius_high, &C, false, ROUNDS, right, work, y);
    wio_radius_any(&low, &high, &C, true, ROUNDS, left, work, y);
    found.radius_low = fmax(found.radius_low, low);
    found.radius_high = fmin(found.radius_high, high);
    if (signs) {
        found.radius_low = 0.0; /* |A| bounds the radius from above only */
    }
    for (size_t i = 0; i < n; i++) {
        left[i] *= right[i];
    }
    wio_take_top(&found, n, left);

    if (v == NULL && signs) {
        magnitude_shares(work, &C, y);
    } else if (v == NULL) {
        column_shares(work, A);
    }
    status = closed_group(&group, marks, A, v != NULL ? v : work);
    if (status != WIO_OK) {
        goto done;
    }
    if (group == 0) {
        block_of(marks, marks + n, queue, A, found.top_row[0]);
    } else if (!signs) {
        found.radius_low = fmax(found.radius_low, 1.0); /* its columns sum to 1 or more */
    }
    for (size_t i = 0; i < n; i++) {
        if (marks[i]) {
            found.member[found.group++] = i;
        }
    }
    found.radius_high = fmax(found.radius_high, found.radius_low);
    *diagnosis = found;
    found.member = NULL;
done:
    wio_free(found.member);
    wio_free(marks);
    wio_free(queue);
    wio_free(vectors);
    return status;
}

wio_status wio_closed_group(size_t *count, unsigned char *outside, size_t n, const double *A,
                            const double *v)
{
    return closed_group(count, outside, &(wio_matrix){.n = n, .dense = A}, v);
}

wio_status wio_diagnose(wio_diagnosis *diagnosis, size_t n, const double *A, const double *v)
{
    return wio_diagnose_matrix(diagnosis, &(wio_matrix){.n = n, .dense = A}, v);
}
