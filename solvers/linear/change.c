/* change.c - many systems with changed coefficients from one factorisation: which method, in what
 * company, and what is left to be factored anew.
 *
 * A scenario's method follows from its own change: nothing changed, low rank where few rows or
 * columns are, else the series; what either leaves unproven is factored. The columns and rows of L
 * that low rank needs are solved for once in a call, each by itself in its block of 64, so that
 * their bits do not depend on who else needs them. */
#include "change.h"
#include "system.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    FEW_BY =
        16, /* low rank up to n/16: r^3/3 + r n is then little beside the 4 n^2 of two solves */
    ALWAYS_FEW = 8,
    KINDS = 5, /* WIO_CHANGE_ROWS, _COLUMNS, _SERIES and these two */
    FACTORED = 3,
    UNCHANGED = 4
};

typedef struct job {
    wio_change_call call;
    size_t n, scenarios;
    const double *F;
    bool shared;
    int threads;
    double *X;                 /* [scenarios x n] */
    wio_change_report *report; /* [scenarios] */
    unsigned char *kind;       /* [scenarios] */
    size_t *rank, *which;      /* [scenarios] */
    size_t *list;              /* [threads x n] */
    double *rooms;             /* [threads x wio_change_room] */
} job;

static const double *right(const job *j, size_t s)
{
    return j->F + (j->shared ? 0 : s * j->n);
}

/* What one scenario changes. */
typedef struct survey {
    size_t rows, columns;
    bool negative; /* a coefficient is below 0 after the change */
} survey;

/* Whole rows or columns: their indices increase, below n, and what they become is finite. */
static wio_status survey_whole(survey *found, const wio_system *base, const wio_change *d, size_t s,
                               wio_error *err)
{
    size_t n = base->n;
    bool rows = d->row != NULL, infinite = false;
    const size_t *own = rows ? d->row : d->column;
    *found = (survey){rows ? d->count : n + 1, rows ? n + 1 : d->count, false}; /* never a tie */
    for (size_t k = 0; k < d->count; k++) {
        if (own[k] >= n || (k > 0 && own[k] <= own[k - 1])) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "scenario %zu: %s %zu of its change is %zu: they increase, below %zu",
                            s, rows ? "row" : "column", k, own[k], n);
        }
    }
    const double *value = d->value;
    size_t outer = rows ? d->count : n, inner = rows ? n : d->count;
    for (size_t o = 0; o < outer; o++) { /* along the rows of A in both cases */
        const double *from = base->A + (rows ? own[o] : o) * n;
        unsigned below = 0, bad = 0;
        for (size_t i = 0; i < inner; i++) {
            double after = rows ? from[i] + value[o * n + i] : from[own[i]] + value[i * n + o];
            below |= after < 0.0;
            bad |= !(fabs(after) <= DBL_MAX);
        }
        found->negative = found->negative || below != 0;
        infinite = infinite || bad != 0;
    }
    return infinite ? wio_fail(err, WIO_E_NONFINITE,
                               "scenario %zu: a coefficient becomes NaN or infinite", s)
                    : WIO_OK;
}

/* Cells: sorted, inside, finite. seen [n] holds no s + 1 before. */
static wio_status survey_cells(survey *found, size_t *seen, const wio_system *base,
                               const wio_change *d, size_t s, wio_error *err)
{
    size_t n = base->n;
    *found = (survey){0};
    for (size_t k = 0; k < d->count; k++) {
        size_t i = d->row[k], j = d->column[k];
        if (i >= n || j >= n) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "scenario %zu changes element (%zu,%zu) of a matrix of order %zu", s, i,
                            j, n);
        }
        if (k > 0 && (i < d->row[k - 1] || (i == d->row[k - 1] && j <= d->column[k - 1]))) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "scenario %zu: change %zu at (%zu,%zu) is not in order of rows, then "
                            "columns, or is there twice",
                            s, k, i, j);
        }
        double after = base->A[i * n + j] + d->value[k];
        if (!isfinite(after)) {
            return wio_fail(err, WIO_E_NONFINITE, "scenario %zu: (%zu,%zu) becomes %g", s, i, j,
                            after);
        }
        found->negative = found->negative || after < 0.0;
        found->rows += k == 0 || i != d->row[k - 1];
        found->columns += seen[j] != s + 1;
        seen[j] = s + 1;
    }
    return WIO_OK;
}

static wio_status look_at(survey *found, size_t *seen, const job *j, size_t s, wio_error *err)
{
    const wio_change *d = &j->call.change[s];
    *found = (survey){0};
    if (d->count > 0 && ((d->row == NULL && d->column == NULL) || d->value == NULL)) {
        return wio_fail(err, WIO_E_ARGUMENT, "scenario %zu: its change has no data", s);
    }
    if (d->count > 0 && (d->row == NULL || d->column == NULL)) {
        return survey_whole(found, j->call.base, d, s, err);
    }
    return survey_cells(found, seen, j->call.base, d, s, err);
}

static int choose(const job *j, const survey *found, wio_change_method asked, size_t *rank)
{
    size_t rows = j->call.transposed ? found->columns : found->rows;
    size_t columns = j->call.transposed ? found->rows : found->columns;
    size_t few = j->n / FEW_BY > ALWAYS_FEW ? j->n / FEW_BY : ALWAYS_FEW;
    const wio_system *base = j->call.base;
    *rank = rows < columns ? rows : columns;
    if (*rank == 0) {
        return UNCHANGED;
    }
    if (found->negative || !base->own.nonnegative || base->diagonal != NULL ||
        asked == WIO_CHANGE_REFACTOR) {
        return FACTORED;
    }
    bool low = asked == WIO_CHANGE_LOWRANK || (asked == WIO_CHANGE_AUTO && *rank <= few);
    if (!low) {
        return WIO_CHANGE_SERIES;
    }
    return rows <= columns ? WIO_CHANGE_ROWS : WIO_CHANGE_COLUMNS;
}

/* Every scenario's kind and rank; the error of the first that is wrong. */
static wio_status classify(job *j, wio_change_method asked, wio_error *err)
{
    size_t wrong = j->scenarios;
    survey found;
    memset(j->list, 0, (size_t)j->threads * j->n * sizeof *j->list);
#pragma omp parallel for schedule(static) num_threads(j->threads) private(found)                   \
    reduction(min                                                                                  \
              : wrong) if (j->threads > 1 && j->scenarios > 1)
    for (size_t s = 0; s < j->scenarios; s++) {
        size_t *seen = j->list + (size_t)omp_get_thread_num() * j->n;
        if (look_at(&found, seen, j, s, NULL) == WIO_OK) {
            j->kind[s] = (unsigned char)choose(j, &found, asked, &j->rank[s]);
        } else {
            wrong = s < wrong ? s : wrong;
        }
    }
    if (wrong < j->scenarios) {
        memset(j->list, 0, j->n * sizeof *j->list);
        return look_at(&found, j->list, j, wrong, err);
    }
    for (size_t s = 0; s < j->scenarios; s++) {
        bool low = j->kind[s] == WIO_CHANGE_ROWS || j->kind[s] == WIO_CHANGE_COLUMNS;
        j->call.rank = low && j->rank[s] > j->call.rank ? j->rank[s] : j->call.rank;
    }
    return WIO_OK;
}

/* slot[k] for all rows or columns k that scenarios of this kind change, in order; how many. */
static size_t number_vectors(job *j, int kind)
{
    const wio_change_call *call = &j->call;
    size_t n = j->n, count = 0, *slot = call->slot[kind];
    memset(slot, 0xff, n * sizeof *slot); /* SIZE_MAX */
    for (size_t s = 0; s < j->scenarios; s++) {
        const wio_change *d = &call->change[s];
        const size_t *index = (kind == WIO_CHANGE_COLUMNS) == call->transposed ? d->row : d->column;
        for (size_t k = 0; j->kind[s] == kind && k < d->count; k++) {
            slot[index[k]] = 0;
        }
    }
    for (size_t k = 0; k < n; k++) {
        slot[k] = slot[k] == 0 ? count++ : SIZE_MAX;
    }
    return count;
}

/* The columns (ROWS) or rows (COLUMNS) of L that scenarios of this kind need. In increasing order,
 * so that the first halves of the solves of a block begin at its first unit vector. */
static wio_status solve_vectors(job *j, int kind)
{
    wio_change_call *call = &j->call;
    size_t n = j->n;
    size_t *slot = call->slot[kind] = wio_alloc(n, 2 * sizeof *slot);
    if (slot == NULL) {
        return WIO_E_MEMORY;
    }
    size_t *index = slot + n, count = number_vectors(j, kind);
    for (size_t k = 0; k < n; k++) {
        if (slot[k] != SIZE_MAX) {
            index[slot[k]] = k;
        }
    }
    size_t blocks = (count + WIO_BLOCK - 1) / WIO_BLOCK;
    double *vector = call->vector[kind] = wio_alloc(blocks * WIO_BLOCK, n * sizeof *vector);
    if (vector == NULL) {
        return WIO_E_MEMORY;
    }
    bool transposed = (kind == WIO_CHANGE_ROWS) == call->transposed;
    const wio_system *base = call->base;
#pragma omp parallel for schedule(dynamic) num_threads(j->threads) if (j->threads > 1 && blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t first = b * WIO_BLOCK, width = count - first < WIO_BLOCK ? count - first : WIO_BLOCK;
        memset(vector + first * n, 0, WIO_BLOCK * n * sizeof *vector);
        for (size_t c = first; c < first + width; c++) {
            vector[c * n + index[c]] = 1.0;
        }
        wio_lu_solve(vector + first * n, base->lu, base->pivot, n,
                     n > WIO_SMALL ? WIO_BLOCK : width, transposed);
    }
    return WIO_OK;
}

/* Block b of the `count` scenarios in j->which. */
static wio_status run_block(job *j, int kind, size_t count, size_t b, double *room)
{
    size_t first = b * WIO_BLOCK, used = count - first < WIO_BLOCK ? count - first : WIO_BLOCK;
    double *X[WIO_BLOCK] = {0};
    const double *F[WIO_BLOCK] = {0};
    bool good[WIO_BLOCK] = {0};
    wio_change_report *report[WIO_BLOCK] = {0};
    for (size_t c = 0; c < used; c++) {
        size_t s = j->which[first + c];
        X[c] = j->X + s * j->n;
        F[c] = right(j, s);
        report[c] = &j->report[s];
    }
    WIO_TRY(wio_change_block(X, good, report, &j->call, kind, j->which + first, used, F, room));
    for (size_t c = 0; c < used; c++) {
        size_t s = j->which[first + c];
        j->report[s].method = kind == WIO_CHANGE_SERIES ? WIO_CHANGE_REFINE : WIO_CHANGE_LOWRANK;
        j->kind[s] = good[c] ? j->kind[s] : FACTORED;
    }
    return WIO_OK;
}

static wio_status run_kind(job *j, int kind)
{
    size_t count = 0;
    for (size_t s = 0; s < j->scenarios; s++) {
        if (j->kind[s] == kind) {
            j->which[count++] = s;
        }
    }
    if (count == 0) {
        return WIO_OK;
    }
    if (kind != WIO_CHANGE_SERIES) {
        WIO_TRY(solve_vectors(j, kind));
    }
    size_t blocks = (count + WIO_BLOCK - 1) / WIO_BLOCK, room = wio_change_room(&j->call);
    int failed = 0, team = (size_t)j->threads < blocks ? j->threads : (int)blocks;
#pragma omp parallel for schedule(static, 1) num_threads(team) reduction(| : failed) if (team > 1)
    for (int t = 0; t < team; t++) {
        for (size_t b = (size_t)t; b < blocks; b += (size_t)team) {
            failed |= run_block(j, kind, count, b, j->rooms + (size_t)t * room) != WIO_OK;
        }
    }
    return failed ? WIO_E_MEMORY : WIO_OK;
}

/* Scenario s by factors of its own; the error names it. */
static wio_status refactor(job *j, size_t s, wio_error *err)
{
    const wio_system *base = j->call.base;
    const wio_change *d = &j->call.change[s];
    size_t n = j->n;
    wio_system *system = NULL;
    wio_certificate worth;
    wio_error own = {0};
    double *A = wio_alloc(n, n * sizeof *A);
    if (A == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory to factor scenario %zu", s);
    }
    memcpy(A, base->A, n * n * sizeof *A);
    bool cells = d->row != NULL && d->column != NULL;
    for (size_t k = 0; k < d->count; k++) {
        for (size_t i = 0; i < (cells ? 1 : n); i++) {
            size_t row = d->row != NULL ? d->row[k] : i, at = d->column != NULL ? d->column[k] : i;
            A[row * n + at] += d->value[cells ? k : k * n + i];
        }
    }
    wio_status status = wio_system_create(&system, n, A, NULL, NULL, &own);
    wio_free(A);
    if (status == WIO_OK) {
        wio_certificate_start(&worth, system);
        status = (j->call.transposed ? wio_system_solve_transposed : wio_system_solve)(
            j->X + s * n, system, 1, right(j, s), &worth, &own);
    }
    wio_system_free(system);
    if (status != WIO_OK) {
        return wio_fail(err, status, "scenario %zu: %s", s, own.message);
    }
    j->report[s].method = WIO_CHANGE_REFACTOR;
    j->report[s].componentwise = worth.componentwise;
    j->report[s].bound = worth.error_bound;
    return WIO_OK;
}

/* Where nothing changes: the bits of the base. Together, because a lone solve costs as much as 64. */
static wio_status unchanged(job *j, wio_error *err)
{
    size_t n = j->n, count = 0;
    for (size_t s = 0; s < j->scenarios; s++) {
        count += j->kind[s] == UNCHANGED;
    }
    if (count == 0) {
        return WIO_OK;
    }
    double *Y = wio_alloc(count, n * sizeof *Y);
    if (Y == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu unchanged scenarios", count);
    }
    wio_certificate worth;
    wio_certificate_start(&worth, j->call.base);
    for (size_t s = 0, at = 0; s < j->scenarios; s++) {
        if (j->kind[s] == UNCHANGED) {
            memcpy(Y + n * at++, right(j, s), n * sizeof *Y);
        }
    }
    wio_status status = (j->call.transposed ? wio_system_solve_transposed : wio_system_solve)(
        Y, j->call.base, count, Y, &worth, err);
    for (size_t s = 0, at = 0; status == WIO_OK && s < j->scenarios; s++) {
        if (j->kind[s] == UNCHANGED) {
            memcpy(j->X + s * n, Y + n * at++, n * sizeof *Y);
            j->report[s] = (wio_change_report){.componentwise = worth.componentwise,
                                               .bound = worth.error_bound};
        }
    }
    wio_free(Y);
    return status;
}

static wio_status run_all(job *j, wio_change_method asked, wio_error *err)
{
    WIO_TRY(classify(j, asked, err));
    WIO_TRY(unchanged(j, err));
    size_t rooms;
    if (!__builtin_mul_overflow(wio_change_room(&j->call), (size_t)j->threads, &rooms)) {
        j->rooms = wio_alloc(rooms, sizeof *j->rooms);
    }
    if (j->rooms == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for changes of rank %zu of %zu equations",
                        j->call.rank, j->n);
    }
    for (int kind = WIO_CHANGE_ROWS; kind <= WIO_CHANGE_SERIES; kind++) {
        if (run_kind(j, kind) != WIO_OK) {
            return wio_fail(err, WIO_E_MEMORY, "no memory for %zu changed scenarios of order %zu",
                            j->scenarios, j->n);
        }
    }
    for (size_t s = 0; s < j->scenarios; s++) {
        if (j->kind[s] == FACTORED) {
            WIO_TRY(refactor(j, s, err));
        }
        j->report[s].rank = j->rank[s];
    }
    return WIO_OK;
}

static wio_status open_job(job *j, wio_error *err)
{
    size_t n = j->n, cells;
    if (!__builtin_mul_overflow(j->scenarios, n, &cells)) {
        j->X = wio_alloc(j->scenarios, n * sizeof *j->X);
        j->report = wio_zalloc(j->scenarios, sizeof *j->report);
        j->kind = wio_alloc(j->scenarios, 1);
        j->rank = wio_alloc(j->scenarios, sizeof *j->rank);
        j->which = wio_alloc(j->scenarios, sizeof *j->which);
        j->list = wio_alloc((size_t)j->threads, n * sizeof *j->list);
    }
    if (j->X == NULL || j->report == NULL || j->kind == NULL || j->rank == NULL ||
        j->which == NULL || j->list == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu scenarios of %zu equations",
                        j->scenarios, n);
    }
    return WIO_OK;
}

static void close_job(job *j)
{
    for (int kind = 0; kind < 2; kind++) {
        wio_free(j->call.slot[kind]);
        wio_free(j->call.vector[kind]);
    }
    wio_free(j->X);
    wio_free(j->report);
    wio_free(j->kind);
    wio_free(j->rank);
    wio_free(j->which);
    wio_free(j->list);
    wio_free(j->rooms);
}

wio_status wio_changes_solve(double *X, const wio_system *base, size_t scenarios,
                             const wio_change *change, const double *F, bool shared,
                             bool transposed, const wio_change_options *options,
                             wio_change_report *report, wio_error *err)
{
    if (base == NULL || (scenarios > 0 && (X == NULL || change == NULL || F == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_changes_solve: NULL argument");
    }
    if (scenarios == 0) {
        return WIO_OK;
    }
    size_t n = base->n, vectors = shared ? 1 : scenarios;
    for (size_t s = 0; s < vectors; s++) {
        for (size_t i = 0; i < n; i++) {
            if (!isfinite(F[s * n + i])) {
                return wio_fail(err, WIO_E_NONFINITE, "right-hand side %zu: element %zu is %g", s,
                                i, F[s * n + i]);
            }
        }
    }
    job j = {.call = {.base = base, .change = change, .transposed = transposed},
             .n = n,
             .scenarios = scenarios,
             .F = F,
             .shared = shared,
             .threads = wio_solve_threads(options != NULL ? options->threads : 0)};
    if (j.threads == 0) {
        return wio_fail(err, WIO_E_MEMORY, "no room for the buffers of BLAS (ulimit -v)");
    }
    wio_blas_single();
    wio_status status = open_job(&j, err);
    if (status == WIO_OK) {
        status = run_all(&j, options != NULL ? options->method : WIO_CHANGE_AUTO, err);
    }
    if (status == WIO_OK) {
        memcpy(X, j.X, scenarios * n * sizeof *X);
        if (report != NULL) {
            memcpy(report, j.report, scenarios * sizeof *report);
        }
    }
    close_job(&j);
    return status;
}
