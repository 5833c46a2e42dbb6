/* change.c - many systems with changed coefficients from one factorisation: which method, in what
 * company, and what is left to be factored anew.
 *
 * A scenario's method follows from its own change: nothing changed, low rank where few rows or
 * columns are, else the series; what either leaves unproven is solved by itself, by GMRES with the
 * base factors or by new ones. The columns and rows of L
 * that low rank needs are solved for once in a call, each by itself in its block of 64, so that
 * their bits do not depend on who else needs them. */
#include "change.h"
#include "iterative.h"
#include "woven.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    FEW_BY =
        16, /* low rank up to n/16: r^3/3 + r n is then little beside the 4 n^2 of two solves */
    ALWAYS_FEW = 8,
    CYCLES = 6, /* of it: three are the rule */
    KINDS = 5,  /* WIO_CHANGE_ROWS, _COLUMNS, _SERIES and these two */
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
    double *rooms;             /* [threads x wio_change_room] */
} job;

static const double *right(const job *j, size_t s)
{
    return j->F + (j->shared ? 0 : s * j->n);
}

/* The error in the change of scenario s: sorted, inside, finite. */
static wio_status explain(const wio_system *base, const wio_change *d, size_t s, wio_error *err)
{
    size_t n = base->n;
    if ((d->row == NULL && d->column == NULL) || d->value == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "scenario %zu: its change has no data", s);
    }
    bool cells = d->row != NULL && d->column != NULL;
    for (size_t k = 0; k < d->count; k++) {
        size_t i = d->row != NULL ? d->row[k] : 0, j = d->column != NULL ? d->column[k] : 0;
        size_t i_before = k > 0 && d->row != NULL ? d->row[k - 1] : 0;
        size_t j_before = k > 0 && d->column != NULL ? d->column[k - 1] : 0;
        if (i >= n || j >= n) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "scenario %zu changes element (%zu,%zu) of a matrix of order %zu", s, i,
                            j, n);
        }
        if (k > 0 && (i < i_before || (i == i_before && j <= j_before))) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "scenario %zu: change %zu at (%zu,%zu) is not in order of rows, then "
                            "columns, or is there twice",
                            s, k, i, j);
        }
        for (size_t l = 0; l < (cells ? 1 : n); l++) {
            size_t r = d->row != NULL ? i : l, c = d->column != NULL ? j : l;
            double after = base->A[r * n + c] + d->value[cells ? k : k * n + l];
            if (!isfinite(after)) {
                return wio_fail(err, WIO_E_NONFINITE, "scenario %zu: (%zu,%zu) becomes %g", s, r, c,
                                after);
            }
        }
    }
    return wio_fail(err, WIO_E_ARGUMENT, "scenario %zu: its change is wrong", s);
}

/* What the methods with bounds beforehand leave out of account is underflow. */
static bool is_tiny_or_huge(const job *j, size_t s)
{
    return wio_right_scale(right(j, s), j->n) != 1.0;
}

static int choose(const job *j, const wio_change_found *found, wio_change_method asked,
                  size_t *rank)
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
        asked == WIO_CHANGE_REFACTOR || asked == WIO_CHANGE_GMRES) {
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
    const wio_change_call *call = &j->call;
    wio_change_found *found = wio_alloc(j->scenarios, sizeof *found);
    wio_status status =
        found != NULL ? wio_change_survey(found, call->base, call->change, j->scenarios, j->threads)
                      : WIO_E_MEMORY;
    if (status != WIO_OK) {
        wio_free(found);
        return wio_fail(err, status, "no memory to look at %zu changes", j->scenarios);
    }
    size_t wrong = SIZE_MAX;
    for (size_t s = j->scenarios; s-- > 0;) {
        wrong = found[s].wrong ? s : wrong;
        j->kind[s] = (unsigned char)choose(j, &found[s], asked, &j->rank[s]);
        if (j->kind[s] <= WIO_CHANGE_SERIES && is_tiny_or_huge(j, s)) {
            j->kind[s] = FACTORED;
        }
        bool low = j->kind[s] == WIO_CHANGE_ROWS || j->kind[s] == WIO_CHANGE_COLUMNS;
        j->call.rank = low && j->rank[s] > j->call.rank ? j->rank[s] : j->call.rank;
    }
    wio_free(found);
    return wrong == SIZE_MAX ? WIO_OK : explain(call->base, &call->change[wrong], wrong, err);
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

/* How many columns go side by side: groups of one size, `most` at most and as many for every thread;
 * bits do not depend on it (woven.c). */
static size_t group_of(size_t columns, size_t n, int threads, size_t most)
{
    size_t groups = (columns + most - 1) / most, team = (size_t)threads;
    groups = (groups + team - 1) / team * team;
    size_t blocks = (columns + groups * WIO_BLOCK - 1) / (groups * WIO_BLOCK);
    return n <= WIO_SMALL || blocks < 2 ? WIO_BLOCK : blocks * WIO_BLOCK;
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
    size_t room = wio_change_room(call), most = 4 * call->group; /* vectors in it */
    size_t side = group_of(count, n, j->threads, most < WIO_WIDE ? most : WIO_WIDE);
    size_t blocks = (count + side - 1) / side;
    double *vector = call->vector[kind] = wio_alloc(count, n * sizeof *vector);
    double *reach = call->reach[kind] = wio_zalloc(count, sizeof *reach);
    if (vector == NULL || reach == NULL) {
        return WIO_E_MEMORY;
    }
    const double *w = call->transposed ? call->base->columns.w : call->base->rows.w;
    bool transposed = (kind == WIO_CHANGE_ROWS) == call->transposed;
    const wio_system *base = call->base;
#pragma omp parallel for schedule(dynamic) num_threads(j->threads) if (j->threads > 1 && blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t first = b * side, width = count - first < side ? count - first : side;
        memset(vector + first * n, 0, width * n * sizeof *vector);
        for (size_t c = first; c < first + width; c++) {
            vector[c * n + index[c]] = 1.0;
        }
        wio_lu_solve(vector + first * n, base->lu, base->pivot, n, width, transposed,
                     j->rooms + (size_t)omp_get_thread_num() * room);
        for (size_t c = first; kind == WIO_CHANGE_ROWS && c < first + width; c++) {
            for (size_t i = 0; i < n; i++) {
                reach[c] = wio_worse(fabs(vector[c * n + i]) / w[i], reach[c]);
            }
        }
    }
    return WIO_OK;
}

/* Group b of the `count` scenarios in j->which. */
static wio_status run_group(job *j, int kind, size_t count, size_t b, double *room)
{
    size_t side = j->call.group, first = b * side,
           used = count - first < side ? count - first : side;
    double *X[WIO_GROUP] = {0};
    const double *F[WIO_GROUP] = {0};
    bool good[WIO_GROUP] = {0};
    wio_change_report *report[WIO_GROUP] = {0};
    for (size_t c = 0; c < used; c++) {
        size_t s = j->which[first + c];
        X[c] = j->X + s * j->n;
        F[c] = right(j, s);
        report[c] = &j->report[s];
    }
    WIO_TRY(
        wio_change_block(X, good, report, &j->call, kind, first, j->which + first, used, F, room));
    for (size_t c = 0; c < used; c++) {
        size_t s = j->which[first + c];
        j->report[s].method = kind == WIO_CHANGE_SERIES ? WIO_CHANGE_REFINE : WIO_CHANGE_LOWRANK;
        j->kind[s] = good[c] ? j->kind[s] : FACTORED;
    }
    return WIO_OK;
}

/* omega of scenario s from a residual of its own, in plain sums; room [3 n]. */
static double own_omega(const job *j, size_t s, double *room)
{
    const wio_change_call *call = &j->call;
    size_t n = j->n;
    const double *x = j->X + s * n, *f = right(j, s);
    double *r = room, *size = r + n, *magnitude = size + n, omega = 0.0;
    for (size_t i = 0; i < n; i++) {
        magnitude[i] = fabs(x[i]);
    }
    (call->transposed ? wio_apply_transposed : wio_apply)(r, n, call->base->A, x);
    (call->transposed ? wio_apply_transposed : wio_apply)(size, n, call->base->A, magnitude);
    wio_change_add(r, &call->change[s], n, call->transposed, x);
    wio_change_add_sizes(size, &call->change[s], n, call->transposed, magnitude);
    for (size_t i = 0; i < n; i++) {
        double left = fabs((f[i] - x[i]) + r[i]);
        omega = wio_worse(left == 0.0 ? 0.0 : left / (fabs(f[i]) + magnitude[i] + size[i]), omega);
    }
    return omega;
}

/* What the sums of all blocks say of those that were proven beforehand. Where they say that something is
 * wrong, each is looked at alone, so that only what is wrong itself is factored. */
static void judge_sums(job *j, size_t count)
{
    const wio_change_call *call = &j->call;
    double limit = 8.0 * (double)(j->n + 2) * WIO_UNIT;
    wio_sums_multiply(call->sums, call->base, call->transposed, j->threads);
    for (size_t b = 0; b < call->sums->blocks; b++) {
        double all = wio_sums_judge(call->sums, call->base, call->transposed, b).componentwise;
        for (size_t k = b * WIO_BLOCK; k < count && k < (b + 1) * WIO_BLOCK; k++) {
            size_t s = j->which[k];
            if (j->kind[s] != FACTORED && j->report[s].componentwise < 0.0) {
                double omega = all <= limit ? all : own_omega(j, s, j->rooms);
                j->report[s].componentwise = omega;
                j->kind[s] = omega <= limit ? j->kind[s] : FACTORED;
            }
        }
    }
}

static wio_status run_groups(job *j, int kind, size_t count)
{
    size_t side = j->call.group, groups = (count + side - 1) / side;
    size_t room = wio_change_room(&j->call);
    int failed = 0;
#pragma omp parallel for schedule(dynamic) num_threads(j->threads)                                 \
    reduction(|                                                                                    \
              : failed) if (groups > 1)
    for (size_t b = 0; b < groups; b++) {
        double *own = j->rooms + (size_t)omp_get_thread_num() * room;
        failed |= run_group(j, kind, count, b, own) != WIO_OK;
    }
    return failed ? WIO_E_MEMORY : WIO_OK;
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
    if (kind == WIO_CHANGE_SERIES || !(j->call.base->steady[j->call.transposed] > 0.0)) {
        return run_groups(j, kind, count);
    }
    size_t n = j->n, blocks = (count + WIO_BLOCK - 1) / WIO_BLOCK;
    double *memory = wio_zalloc(6 * blocks, n * sizeof *memory);
    if (memory == NULL) {
        return WIO_E_MEMORY;
    }
    wio_sums sums = {blocks, memory, memory + 2 * blocks * n, memory + 4 * blocks * n};
    j->call.sums = &sums;
    wio_status status = run_groups(j, kind, count);
    if (status == WIO_OK) {
        judge_sums(j, count);
    }
    j->call.sums = NULL;
    wio_free(memory);
    return status;
}

/* A + D of scenario s; NULL without memory. */
static double *changed_matrix(const job *j, size_t s)
{
    const wio_change *d = &j->call.change[s];
    size_t n = j->n;
    double *A = wio_alloc(n, n * sizeof *A);
    if (A == NULL) {
        return NULL;
    }
    memcpy(A, j->call.base->A, n * n * sizeof *A);
    bool cells = d->row != NULL && d->column != NULL;
    for (size_t k = 0; k < d->count; k++) {
        for (size_t i = 0; i < (cells ? 1 : n); i++) {
            size_t row = d->row != NULL ? d->row[k] : i, at = d->column != NULL ? d->column[k] : i;
            A[row * n + at] += d->value[cells ? k : k * n + i];
        }
    }
    return A;
}

/* Without factors of its own: the proof of A + D and the solution by GMRES, to which the base factors
 * are near. *out owns what it needs but A. refused: the radius of A + D is proven to be 1 or more, and
 * no factors help. */
static wio_status prepare_gmres(wio_system **out, const job *j, const double *A, bool *refused,
                                wio_error *err)
{
    const wio_matrix matrix = {.n = j->n, .dense = A};
    const wio_iterative_options how = {
        .threads = j->threads, .stale = j->call.base, .cycles = CYCLES, .single = true};
    wio_diagnosis found = {0};
    wio_system *system = wio_zalloc(1, sizeof *system);
    wio_status status = system == NULL ? WIO_E_MEMORY
                                       : wio_iterative_create(&system->iterative, &matrix, NULL,
                                                              &how, &found, NULL, err);
    *refused = status == WIO_E_NOT_PRODUCTIVE && found.radius_low >= 1.0;
    wio_free(found.member);
    if (status != WIO_OK) {
        wio_system_free(system);
        return status;
    }
    system->n = j->n;
    system->A = A;
    wio_iterative_start(&system->own, system->iterative);
    *out = system;
    return WIO_OK;
}

/* Whether GMRES may be tried: for what the series may be tried, and where new factors cost more than
 * readings of the old ones (measured: 3 to 6 times as much at 520 to 2,050 equations). */
static bool may_try(const job *j, const double *A, wio_change_method asked)
{
    size_t n = j->n;
    bool good = asked == WIO_CHANGE_GMRES || (asked != WIO_CHANGE_REFACTOR && n > WIO_SMALL);
    good = good && j->call.base->own.nonnegative && j->call.base->diagonal == NULL;
    for (size_t e = 0; good && e < n * n; e++) {
        good = A[e] >= 0.0;
    }
    return good;
}

/* Scenario s by itself; the error names it. */
static wio_status alone(job *j, size_t s, wio_change_method asked, wio_error *err)
{
    size_t n = j->n;
    wio_error own = {0};
    wio_status status = WIO_E_NOT_CONVERGED;
    double *A = changed_matrix(j, s);
    if (A == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory to factor scenario %zu", s);
    }
    bool refused = false;
    for (int factors = may_try(j, A, asked) ? 0 : 1; factors < 2 && status != WIO_OK && !refused;
         factors++) {
        wio_system *system = NULL;
        wio_certificate worth;
        own = (wio_error){0};
        status = factors == 1 ? wio_system_create(&system, n, A, NULL, NULL, &own)
                              : prepare_gmres(&system, j, A, &refused, &own);
        if (status == WIO_OK) {
            wio_certificate_start(&worth, system);
            status = (j->call.transposed ? wio_system_solve_transposed : wio_system_solve)(
                j->X + s * n, system, 1, right(j, s), &worth, &own);
        }
        wio_system_free(system);
        if (status == WIO_OK) {
            j->report[s] =
                (wio_change_report){.method = factors == 1 ? WIO_CHANGE_REFACTOR : WIO_CHANGE_GMRES,
                                    .componentwise = worth.componentwise,
                                    .bound = worth.error_bound};
        }
    }
    wio_free(A);
    return status == WIO_OK ? WIO_OK : wio_fail(err, status, "scenario %zu: %s", s, own.message);
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
    wio_quality *worth = wio_alloc(count, sizeof *worth);
    if (Y == NULL || worth == NULL) {
        wio_free(worth);
        wio_free(Y);
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu unchanged scenarios", count);
    }
    for (size_t s = 0, at = 0; s < j->scenarios; s++) {
        if (j->kind[s] == UNCHANGED) {
            memcpy(Y + n * at++, right(j, s), n * sizeof *Y);
        }
    }
    wio_status status =
        wio_system_solve_each(Y, worth, j->call.base, j->call.transposed, count, Y, err);
    for (size_t s = 0, at = 0; status == WIO_OK && s < j->scenarios; s++) {
        if (j->kind[s] == UNCHANGED) {
            memcpy(j->X + s * n, Y + n * at, n * sizeof *Y);
            j->report[s] = (wio_change_report){.componentwise = worth[at].componentwise,
                                               .bound = worth[at].bound};
            at++;
        }
    }
    wio_free(worth);
    wio_free(Y);
    return status;
}

static wio_status run_all(job *j, wio_change_method asked, wio_error *err)
{
    WIO_TRY(classify(j, asked, err));
    WIO_TRY(unchanged(j, err));
    size_t rooms;
    j->call.group = group_of(j->scenarios, j->n, j->threads, WIO_GROUP);
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
            WIO_TRY(alone(j, s, asked, err));
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
    }
    if (j->X == NULL || j->report == NULL || j->kind == NULL || j->rank == NULL ||
        j->which == NULL) {
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
        wio_free(j->call.reach[kind]);
    }
    wio_free(j->X);
    wio_free(j->report);
    wio_free(j->kind);
    wio_free(j->rank);
    wio_free(j->which);
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
    if (base->lu == NULL) {
        return wio_fail(
            err, WIO_E_UNSUPPORTED,
            "changed coefficients need the factors of the base, which the method krylov "
            "does not make: create the base by lu, refined or mixed, or a solver for "
            "each changed matrix");
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
