/* change_survey.c - what every scenario's change is, before anything is solved: whether its indices
 * are in order, how many rows and columns it touches, and what the coefficients become.
 *
 * Whole rows and columns go by lines of A: line k is fetched once (eight columns of A at a time, one
 * cache line of each row) and held against every scenario that changes it. Cells go by groups of 64
 * scenarios, a few rows of A after the other, while they are in cache. */
#include "change.h"
#include "system.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    BAND = 32, /* rows of A that the cells of all scenarios of a group are held against at a time */
    AHEAD =
        16, /* cells that A is asked for beforehand: measured, .35 instead of .5 s for 60 million */
    STRIP = 8, /* lines of A at a time */
};

/* --- whole rows and columns ------------------------------------------------------------------------ */

/* One line of one scenario's change. */
typedef struct use {
    size_t scenario;
    const double *value; /* [n] */
} use;

/* Two lanes, which every x86-64 compares at once; of four the compiler makes single comparisons
 * where there is no AVX. */
typedef double pair __attribute__((vector_size(16), aligned(sizeof(double)), may_alias));
typedef int64_t mask __attribute__((vector_size(16)));

/* What a + v is anywhere: below 0; not finite. */
static void look_at_line(bool *negative, bool *wrong, const double *a, const double *v, size_t n)
{
    const pair zero = {0.0, 0.0};
    mask below = {0, 0}, finite = {-1, -1};
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        pair after = *(const pair *)(a + i) + *(const pair *)(v + i);
        below |= after < zero;
        finite &= (after - after) == zero; /* NaN where it is not finite */
    }
    double last = i < n ? a[i] + v[i] : 0.0;
    *negative = (below[0] | below[1]) != 0 || last < 0.0;
    *wrong = (finite[0] & finite[1]) == 0 || !(fabs(last) <= DBL_MAX);
}

static bool is_whole(const wio_change *d)
{
    return d->count > 0 && (d->row == NULL) != (d->column == NULL);
}

/* Whether the lines of a whole form are in order and below n; nothing but rank is known of it yet. */
static bool in_order(const wio_change *d, size_t n)
{
    const size_t *own = d->row != NULL ? d->row : d->column;
    bool right = true;
    for (size_t k = 0; k < d->count; k++) {
        right = right && own[k] < n && (k == 0 || own[k] > own[k - 1]);
    }
    return right;
}

static const size_t *lines_of(const wio_change *d, bool columns)
{
    return is_whole(d) && (d->row == NULL) == columns ? (columns ? d->column : d->row) : NULL;
}

/* The uses of every line, sorted by line: of line k they are [start[k], start[k + 1]). */
static use *sort_uses(size_t *start, const wio_change_found *found, const wio_change *change,
                      size_t scenarios, size_t n, bool columns)
{
    memset(start, 0, (n + 2) * sizeof *start);
    for (size_t s = 0; s < scenarios; s++) {
        const size_t *line = lines_of(&change[s], columns);
        for (size_t k = 0; line != NULL && !found[s].wrong && k < change[s].count; k++) {
            start[line[k] + 2]++;
        }
    }
    for (size_t k = 2; k < n + 2; k++) {
        start[k] += start[k - 1];
    }
    use *uses = wio_alloc(start[n + 1], sizeof *uses);
    for (size_t s = 0; uses != NULL && s < scenarios; s++) {
        const size_t *line = lines_of(&change[s], columns);
        for (size_t k = 0; line != NULL && !found[s].wrong && k < change[s].count; k++) {
            uses[start[line[k] + 1]++] = (use){s, change[s].value + k * n};
        }
    }
    return uses;
}

/* Lines [first, last) of A against all that change them; copy has room for STRIP x n. */
static void look_at_lines(wio_change_found *found, const double *A, size_t n, const size_t *start,
                          const use *uses, bool columns, size_t first, size_t last, double *copy)
{
    for (size_t i = 0; columns && i < n; i++) {
        for (size_t j = first; j < last; j++) {
            copy[(j - first) * n + i] = A[i * n + j];
        }
    }
    for (size_t j = first; j < last; j++) {
        const double *line = columns ? copy + (j - first) * n : A + j * n;
        for (size_t at = start[j]; at < start[j + 1]; at++) {
            wio_change_found *own = &found[uses[at].scenario];
            bool negative, wrong;
            look_at_line(&negative, &wrong, line, uses[at].value, n);
            if (negative) { /* the other lines of the scenario may be on other threads */
#pragma omp atomic write
                own->negative = true;
            }
            if (wrong) {
#pragma omp atomic write
                own->wrong = true;
            }
        }
    }
}

static wio_status survey_lines(wio_change_found *found, const wio_system *base,
                               const wio_change *change, size_t scenarios, bool columns,
                               int threads)
{
    size_t n = base->n, strips = (n + STRIP - 1) / STRIP;
    size_t *start = wio_alloc(n + 2, sizeof *start);
    use *uses = start != NULL ? sort_uses(start, found, change, scenarios, n, columns) : NULL;
    double *copy = uses != NULL ? wio_alloc((size_t)threads, STRIP * n * sizeof *copy) : NULL;
    wio_status status = copy != NULL ? WIO_OK : WIO_E_MEMORY;
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1 && copy != NULL)
    for (size_t b = 0; b < strips; b++) {
        size_t first = b * STRIP, last = n - first < STRIP ? n : first + STRIP;
        if (copy != NULL && start[first] < start[last]) {
            look_at_lines(found, base->A, n, start, uses, columns, first, last,
                          copy + (size_t)omp_get_thread_num() * STRIP * n);
        }
    }
    wio_free(start);
    wio_free(uses);
    wio_free(copy);
    return status;
}

/* --- cells ------------------------------------------------------------------------------------------ */

/* Cells *at on in rows below `to`; seen [n] marks columns. Wrong, and nothing more is looked at, where
 * one is outside or not behind the one before it. */
static void look_at_cells(wio_change_found *found, size_t *at, unsigned char *seen, size_t n,
                          const double *A, const wio_change *d, size_t to)
{
    const size_t *row = d->row, *column = d->column, count = d->count;
    const double *value = d->value;
    size_t k = *at, rows = 0;
    size_t before = k > 0 ? row[k - 1] : SIZE_MAX;
    size_t least = k > 0 ? row[k - 1] * n + column[k - 1] + 1 : 0;
    bool wrong = false;
    unsigned negative = 0, odd = 0;
    for (; k < count && row[k] < to; k++) {
        size_t i = row[k], j = column[k], cell = i * n + j;
        if (j >= n || cell < least) {
            wrong = true;
            break;
        }
        size_t next = k + AHEAD < count ? k + AHEAD : k;
        if (row[next] < n && column[next] < n) {
            __builtin_prefetch(&A[row[next] * n + column[next]]);
        }
        double after = A[cell] + value[k];
        negative |= after < 0.0;
        odd |= !(fabs(after) <= DBL_MAX);
        rows += i != before;
        seen[j] = 1;
        before = i;
        least = cell + 1;
    }
    *at = k;
    found->rows += rows;
    found->negative = found->negative || negative != 0;
    found->wrong = found->wrong || wrong || odd != 0;
}

/* The cells of scenarios [first, first + used) together; seen [WIO_BLOCK x n]. */
static void survey_cells(wio_change_found *found, unsigned char *seen, const wio_system *base,
                         const wio_change *change, size_t used)
{
    size_t n = base->n, at[WIO_BLOCK] = {0};
    memset(seen, 0, used * n);
    for (size_t i = 0; i < n; i += BAND) {
        size_t to = n - i < BAND ? n : i + BAND;
        for (size_t c = 0; c < used; c++) {
            if (!is_whole(&change[c]) && !found[c].wrong) {
                look_at_cells(&found[c], &at[c], seen + c * n, n, base->A, &change[c], to);
            }
        }
    }
    for (size_t c = 0; c < used; c++) {
        if (!is_whole(&change[c])) {
            found[c].wrong = found[c].wrong || at[c] < change[c].count;
            for (size_t j = 0; j < n; j++) {
                found[c].columns += seen[c * n + j];
            }
        }
    }
}

static wio_status survey_all_cells(wio_change_found *found, const wio_system *base,
                                   const wio_change *change, size_t scenarios, int threads)
{
    size_t n = base->n, groups = (scenarios + WIO_BLOCK - 1) / WIO_BLOCK;
    unsigned char *seen = wio_alloc((size_t)threads, WIO_BLOCK * n);
    if (seen == NULL) {
        return WIO_E_MEMORY;
    }
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && groups > 1)
    for (size_t g = 0; g < groups; g++) {
        size_t first = g * WIO_BLOCK, left = scenarios - first;
        survey_cells(found + first, seen + (size_t)omp_get_thread_num() * WIO_BLOCK * n, base,
                     change + first, left < WIO_BLOCK ? left : WIO_BLOCK);
    }
    wio_free(seen);
    return WIO_OK;
}

wio_status wio_change_survey(wio_change_found *found, const wio_system *base,
                             const wio_change *change, size_t scenarios, int threads)
{
    bool cells = false, rows = false, columns = false;
    for (size_t s = 0; s < scenarios; s++) {
        const wio_change *d = &change[s];
        found[s] = (wio_change_found){0};
        if (d->count == 0) {
            continue;
        }
        if ((d->row == NULL && d->column == NULL) || d->value == NULL) {
            found[s].wrong = true;
        } else if (is_whole(d)) {
            found[s].wrong = !in_order(d, base->n);
            found[s].rows = d->row != NULL ? d->count : base->n + 1; /* never a tie */
            found[s].columns = d->row != NULL ? base->n + 1 : d->count;
            rows = rows || d->row != NULL;
            columns = columns || d->row == NULL;
        } else {
            cells = true;
        }
    }
    if (rows) {
        WIO_TRY(survey_lines(found, base, change, scenarios, false, threads));
    }
    if (columns) {
        WIO_TRY(survey_lines(found, base, change, scenarios, true, threads));
    }
    return cells ? survey_all_cells(found, base, change, scenarios, threads) : WIO_OK;
}
