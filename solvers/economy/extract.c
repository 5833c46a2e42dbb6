/* extract.c - the public wio_extract: hypothetical extraction, what hangs on an activity's links.
 *
 * With L = (I - A)^-1, s the share that is cut, y = amount_k / ((1-s) + s l_kk), for one activity k:
 *   total     row, column and final demand of k become 0:  x - x* = L e_k x_k / l_kk
 *   backward  k's column of A times 1-s:                   x - x* = s (L - I) e_k y,  amount x_k
 *   forward   k's row of A times 1-s:                      x - x* = s L e_k y,        amount (A x)_k
 * so that all activities in turn need g'L and the diagonal of one inverse; several together need
 * their columns of L (linear/extract.h). Losses count per unit of output: 1, value added, satellites.
 * Source: Dietzenbacher, van der Linden & Steenge 1993; Dietzenbacher & van der Linden 1997;
 * Miller & Blair, 3rd ed., chapter 12; MODEL 3f. */
#include "assemble.h"

#include "../linear/extract.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIXED = 2, NAME_SIZE = 160 };             /* output, value_added; then the accounts */
static const double RESIDUAL_LIMIT = 1e-9;       /* of the changed equations, componentwise */
static const double BELOW_ZERO = 0x1p-53 * 1024; /* of output: less is rounding */

static const char *const KIND[] = {"total", "backward", "forward"};

/* What is being worked on. */
typedef struct extraction {
    const wio_extract_options *options;
    const wio_table *table;
    wio_economy *economy;
    wio_result *result;
    wio_arena arena;
    wio_cut cut;
    wio_column *columns; /* [count] */
    size_t count;
    double *weight;  /* [count x n] */
    double *amount;  /* [n] what the formulas start from */
    size_t members;  /* 0: every activity in turn */
    size_t *member;  /* [members] increasing */
    size_t negative; /* activities in turn, or activities, whose output falls below 0 */
    double started;
} extraction;

/* --- which activities ------------------------------------------------------------------------------ */

/* "HOME.AGR" is one activity, "AGR" the sector in every region that has it. */
static wio_status mark(bool *taken, const wio_table *table, const char *name, wio_error *err)
{
    bool found = false;
    for (size_t i = 0; i < table->n && !found; i++) {
        const char *region = table->region.code[table->origin_region[i]];
        size_t length = strlen(region);
        if (strncmp(name, region, length) == 0 && name[length] == '.' &&
            strcmp(name + length + 1, table->sector.code[table->origin_sector[i]]) == 0) {
            taken[i] = found = true;
        }
    }
    if (found) {
        return WIO_OK;
    }
    for (size_t i = 0; i < table->n; i++) {
        if (strcmp(name, table->sector.code[table->origin_sector[i]]) == 0) {
            taken[i] = found = true;
        }
    }
    const char *nearest =
        wio_nearest(name, (const char *const *)table->sector.code, table->sector.count);
    return found ? WIO_OK
                 : wio_fail(err, WIO_E_ARGUMENT,
                            "'%.80s' is no activity (REGION.CODE) or sector of an endogenous "
                            "region of %.80s%s%.80s%s",
                            name, table->name, nearest != NULL ? " (did you mean '" : "",
                            nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
}

static wio_status mark_group(bool *taken, const wio_table *table, const char *code, wio_error *err)
{
    const wio_group *group = wio_table_group(table, code);
    if (group == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "%.80s has no group '%.80s'; 'wassily info %.80s --codes' lists its groups",
                        table->name, code, table->name);
    }
    for (size_t i = 0; i < table->n; i++) {
        for (size_t k = 0; k < group->count && !taken[i]; k++) {
            taken[i] = table->origin_sector[i] == group->sector[k];
        }
    }
    return WIO_OK;
}

static wio_status find_members(extraction *q, wio_error *err)
{
    const wio_extract_options *o = q->options;
    size_t n = q->table->n;
    if (o->sectors == 0 && o->group == NULL) {
        return WIO_OK;
    }
    bool *taken = wio_zalloc(n, sizeof *taken);
    q->member = wio_alloc(n, sizeof *q->member);
    wio_status status = taken == NULL || q->member == NULL
                            ? wio_fail(err, WIO_E_MEMORY, "no memory for %zu activities", n)
                            : WIO_OK;
    for (size_t s = 0; status == WIO_OK && s < o->sectors; s++) {
        status = mark(taken, q->table, o->sector[s], err);
    }
    if (status == WIO_OK && o->group != NULL) {
        status = mark_group(taken, q->table, o->group, err);
    }
    for (size_t i = 0; status == WIO_OK && i < n; i++) {
        if (taken[i]) {
            q->member[q->members++] = i;
        }
    }
    wio_free(taken);
    if (status == WIO_OK && q->members == 0) {
        status = wio_fail(err, WIO_E_ARGUMENT, "group '%.80s' has no activity in %.80s", o->group,
                          q->table->name);
    }
    return status;
}

static wio_status check_options(extraction *q, wio_error *err)
{
    static const wio_cut_links links[] = {WIO_CUT_ALL, WIO_CUT_COLUMNS, WIO_CUT_ROWS};
    const wio_extract_options *o = q->options;
    if ((int)o->kind < 0 || o->kind > WIO_EXTRACT_FORWARD ||
        (o->sectors > 0 && o->sector == NULL)) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_extract: unknown kind, or sector is NULL");
    }
    q->cut = (wio_cut){links[o->kind], o->share == 0.0 ? 1.0 : o->share};
    if (!(q->cut.share > 0.0 && q->cut.share <= 1.0)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "the share of links that is cut is %g: it is above 0, "
                        "up to 1",
                        o->share);
    }
    if (o->kind == WIO_EXTRACT_TOTAL && q->cut.share != 1.0) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "a share goes with backward or forward extraction; total takes out all");
    }
    return WIO_OK;
}

/* --- what is counted ------------------------------------------------------------------------------- */

/* Coverage of accounts is by `output` [n]. An activity without output has no value added to lose. */
static void make_columns(extraction *q, const double *output)
{
    const wio_economy *economy = q->economy;
    size_t n = economy->n;
    q->columns[0] = (wio_column){"output", q->table->currency, "gross output", true, true, 0, 1.0};
    q->columns[1] = wio_column_value_added(q->table);
    for (size_t j = 0; j < n; j++) {
        q->weight[j] = 1.0;
        q->weight[n + j] = economy->x[j] == 0.0 ? 0.0 : economy->v[j];
    }
    for (size_t a = 0; a < q->table->k; a++) {
        q->columns[FIXED + a] = wio_column_account(q->weight + (FIXED + a) * n, economy, a, output);
    }
}

/* x, or what industries buy of each; an activity without output has nothing to lose. */
static void make_amount(extraction *q)
{
    const wio_economy *economy = q->economy;
    if (q->cut.links == WIO_CUT_ROWS) {
        wio_apply(q->amount, economy->n, economy->A, economy->x);
    } else {
        memcpy(q->amount, economy->x, economy->n * sizeof *q->amount);
    }
    for (size_t i = 0; i < economy->n; i++) {
        q->amount[i] = economy->x[i] == 0.0 ? 0.0 : q->amount[i];
    }
}

static wio_status prepare(extraction *q, wio_error *err)
{
    size_t n = q->table->n;
    q->count = FIXED + q->table->k;
    q->columns = wio_zalloc(q->count, sizeof *q->columns);
    q->weight = wio_take(&q->arena, q->count * n); /* k n numbers are in the table */
    q->amount = wio_take(&q->arena, n);
    if (q->columns == NULL || q->weight == NULL || q->amount == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu losses of %zu activities", q->count,
                        n);
    }
    return wio_result_create(&q->result, err);
}

/* `name`_lost`tail`; an account of a name that is taken has _account in it. */
static wio_status add_variable(double **data, extraction *q, const wio_column *c, const char *tail,
                               const char *what, wio_error *err)
{
    char name[NAME_SIZE], units[NAME_SIZE], about[NAME_SIZE];
    (void)snprintf(name, sizeof name, "%.100s_lost%s", c->name, tail);
    if (wio_result_find(q->result, name) != NULL) {
        (void)snprintf(name, sizeof name, "%.100s_account_lost%s", c->name, tail);
    }
    (void)snprintf(units, sizeof units, "%s%s", c->money ? "million " : "", c->unit);
    (void)snprintf(about, sizeof about, "%.80s %s", c->long_name != NULL ? c->long_name : c->name,
                   what);
    return wio_result_add(data, q->result, name, "activity", units, about, err);
}

/* --- every activity in turn ------------------------------------------------------------------------ */

static wio_status lose_each(extraction *q, double *loss, double *own, wio_inverse_report *report,
                            wio_log *log, wio_error *err)
{
    wio_economy *economy = q->economy;
    double *share = wio_take(&q->arena, economy->n);
    if (share == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu column shares", economy->n);
    }
    const wio_inverse_options how = {.threads = q->options->threads};
    wio_diagnosis diagnosis = {0};
    wio_error detail = {0};
    wio_inverse_plan(&economy->plan, economy->n, false, wio_threads(how.threads));
    economy->started = q->started;
    size_t before = wio_alloc_bytes;
    wio_alloc_mark();
    WIO_TRY(wio_economy_shares(share, economy, err));
    wio_status status =
        wio_extract_each(loss, own, NULL, economy->n, economy->A, share, &q->cut, q->count,
                         q->weight, q->amount, &how, report, &diagnosis, &detail);
    size_t most = wio_alloc_most; /* another thread may have freed what was there before */
    economy->plan.held = most > before ? (double)(most - before) : 0.0;
    status = wio_economy_outcome(status, economy, &diagnosis, &detail, log, err);
    return status;
}

static wio_status set_plan_each(extraction *q, wio_error *err)
{
    WIO_TRY(wio_assemble_plan(q->result, q->economy, q->options->reproducible, err));
    return wio_result_set_text(q->result, "plan/reason",
                               "every activity's extraction from one inverse: its diagonal and "
                               "weighted column sums",
                               err);
}

static wio_status answer_each(extraction *q, wio_log *log, wio_error *err)
{
    size_t n = q->table->n;
    wio_inverse_report report = {0};
    double bytes = 8.0 * (double)n * (3.0 * (double)n + 3.0 * (double)(FIXED + q->table->k));
    WIO_TRY(wio_memory_need(bytes, "every activity's extraction", err));
    WIO_TRY(wio_economy_describe(&q->economy, q->table, err));
    WIO_TRY(prepare(q, err));
    make_columns(q, q->economy->x);
    make_amount(q);
    double *loss = wio_take(&q->arena, q->count * n), *own = wio_take(&q->arena, n);
    if (loss == NULL || own == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for the losses of %zu activities", n);
    }
    WIO_TRY(lose_each(q, loss, own, &report, log, err));
    WIO_TRY(wio_assemble_activities(q->result, q->economy, err));
    for (size_t c = 0; c < q->count; c++) {
        double *whole = NULL, *outside = NULL;
        WIO_TRY(add_variable(&whole, q, &q->columns[c], "", "lost without the activity", err));
        WIO_TRY(add_variable(&outside, q, &q->columns[c], "_outside",
                             "lost without the activity, in all others", err));
        for (size_t k = 0; k < n && q->columns[c].known; k++) {
            whole[k] = loss[c * n + k];
            outside[k] = loss[c * n + k] - q->weight[c * n + k] * own[k];
        }
    }
    for (size_t k = 0; k < n; k++) {
        q->negative += own[k] > q->economy->x[k] + BELOW_ZERO * fabs(q->economy->x[k]);
    }
    char number[WIO_NUMBER_SIZE];
    WIO_TRY(wio_assemble_certificate(q->result, &report.certificate, err));
    WIO_TRY(wio_result_set_text(q->result, "certificate/residual",
                                wio_format_double(number, report.residual), err));
    return set_plan_each(q, err);
}

/* --- some together --------------------------------------------------------------------------------- */

/* The changed equations (I - A*) x* = f*, asked of A itself and not of its factors: the largest
 * |residual_i| / (|d| + |A||d| + |cut|)_i for d = x - x*. Taken out whole: d - A d = 0 outside K.
 * Columns: d - A d = s A E_K x*_K everywhere. Rows: d - A d = s E_K (A x*)_K. work [4 n]. */
static double changed_residual(const extraction *q, const double *drop, double *work)
{
    const wio_economy *economy = q->economy;
    size_t n = economy->n;
    double *kept = work, *flow = work + n, *size = work + 2 * n, *cut = work + 3 * n, worst = 0.0;
    memset(kept, 0, n * sizeof *kept);
    memset(cut, 0, n * sizeof *cut);
    if (q->cut.links == WIO_CUT_COLUMNS) {
        for (size_t k = 0; k < q->members; k++) {
            size_t i = q->member[k];
            kept[i] = q->cut.share * (economy->x[i] - drop[i]);
        }
        wio_apply(cut, n, economy->A, kept);
    }
    wio_apply(flow, n, economy->A, drop);
    for (size_t i = 0; i < n; i++) {
        size[i] = fabs(drop[i]);
        for (size_t j = 0; j < n; j++) {
            size[i] += fabs(economy->A[i * n + j] * drop[j]);
        }
    }
    for (size_t k = 0; k < q->members; k++) {
        size_t i = q->member[k];
        if (q->cut.links == WIO_CUT_ROWS) {
            cut[i] = q->cut.share * (q->amount[i] - flow[i]);
        } else if (q->cut.links == WIO_CUT_ALL) {
            cut[i] = drop[i] - flow[i]; /* f_k is what makes its own equation hold */
        }
    }
    for (size_t i = 0; i < n; i++) {
        double scale = size[i] + fabs(cut[i]);
        double residual = fabs(drop[i] - flow[i] - cut[i]);
        worst = scale > 0.0 ? fmax(worst, residual / scale) : worst;
    }
    return worst;
}

static wio_status lose_together(extraction *q, double *drop, wio_certificate *certificate,
                                wio_error *err)
{
    size_t n = q->table->n;
    double *work = wio_take(&q->arena, 4 * n), m = (double)q->members;
    if (work == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory to check %zu activities", n);
    }
    WIO_TRY(wio_memory_need(8.0 * m * ((double)n + m), "the extraction of the group", err));
    wio_certificate_start(certificate, q->economy->system);
    WIO_TRY(wio_extract_group(drop, q->economy->system, &q->cut, q->members, q->member, q->amount,
                              certificate, err));
    double residual = changed_residual(q, drop, work);
    if (!(residual <= RESIDUAL_LIMIT)) {
        return wio_fail(err, WIO_E_NOT_CERTIFIED,
                        "the extraction misses the changed equations by %.1e, above %.0e", residual,
                        RESIDUAL_LIMIT);
    }
    for (size_t i = 0; i < n; i++) {
        double x = q->economy->x[i];
        q->negative += drop[i] > x + BELOW_ZERO * fabs(x);
    }
    return wio_assemble_number(q->result, "certificate", "changed_residual", residual, err);
}

/* total/<name>_lost, and outside/<name>_lost: without the activities that are taken out. */
static wio_status set_totals(extraction *q, size_t c, const double *lost, wio_error *err)
{
    size_t n = q->table->n, next = 0;
    char name[NAME_SIZE];
    double *outside = wio_take(&q->arena, n);
    if (outside == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for the sum of %zu losses", n);
    }
    for (size_t i = 0; i < n; i++) {
        bool inside = next < q->members && q->member[next] == i;
        next += inside;
        outside[i] = inside ? 0.0 : lost[i];
    }
    (void)snprintf(name, sizeof name, "%.100s_lost", q->columns[c].name);
    WIO_TRY(wio_assemble_number(q->result, "total", name, wio_sum(lost, n, 1), err));
    return wio_assemble_number(q->result, "outside", name, wio_sum(outside, n, 1), err);
}

static wio_status answer_together(extraction *q, wio_log *log, wio_error *err)
{
    size_t n = q->table->n;
    const wio_solver_options how = {.threads = q->options->threads, .right_hand_sides = q->members};
    wio_certificate certificate = {0};
    WIO_TRY(wio_economy_create_with(&q->economy, q->table, &how, log, err));
    WIO_TRY(prepare(q, err));
    double *drop = wio_take(&q->arena, n), *lost = wio_take(&q->arena, n), *taken = NULL;
    if (drop == NULL || lost == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for the losses of %zu activities", n);
    }
    make_amount(q);
    WIO_TRY(lose_together(q, drop, &certificate, err));
    make_columns(q, drop);
    WIO_TRY(wio_assemble_activities(q->result, q->economy, err));
    for (size_t c = 0; c < q->count; c++) {
        double *data = NULL;
        WIO_TRY(add_variable(&data, q, &q->columns[c], "", "lost", err));
        for (size_t i = 0; i < n && q->columns[c].known; i++) {
            lost[i] = q->weight[c * n + i] * drop[i];
            bool there = c < FIXED || !isnan(q->economy->e[(c - FIXED) * n + i]);
            data[i] = there ? lost[i] : NAN;
        }
        if (q->columns[c].known) {
            WIO_TRY(set_totals(q, c, lost, err));
        }
    }
    WIO_TRY(wio_result_add(&taken, q->result, "extracted", "activity", "1",
                           "1 where links are cut, else 0", err));
    memset(taken, 0, n * sizeof *taken);
    for (size_t k = 0; k < q->members; k++) {
        taken[q->member[k]] = 1.0;
    }
    WIO_TRY(wio_assemble_plan(q->result, q->economy, q->options->reproducible, err));
    return wio_assemble_certificate(q->result, &certificate, err);
}

/* --- what the result says of itself ---------------------------------------------------------------- */

static wio_status set_limits(extraction *q, wio_log *log, wio_error *err)
{
    static const char *const links[] = {
        "row, column and final demand of what is taken out are 0: what it bought and sold is gone",
        "inputs that are cut come from outside the table; what is sold is what buyers still need",
        "sales to industries that are cut are imported instead; sales to final demand stay"};
    wio_text limits = {0};
    wio_text_add(&limits,
                 "extraction measures dependence on today's links, it is not a forecast: no "
                 "substitution, no prices\naverage coefficients of %d, household spending left "
                 "out (Type I)\njobs are gross: nobody is taken to find other work\n%s\n",
                 q->table->year, links[q->options->kind]);
    if (q->negative > 0) {
        wio_text_add(&limits,
                     "output below 0 in the end: %zu, because final demand below 0 (stocks drawn "
                     "down) is kept as it is\n",
                     q->negative);
        wio_find(log, WIO_WARNING, q->table->path, 0, 0,
                 "output below 0 in the end: %zu, because final demand below 0 (stocks drawn down) "
                 "is kept as it is",
                 q->negative);
    }
    char *lines = NULL;
    WIO_TRY(wio_text_take(&lines, &limits, err));
    wio_status status = wio_result_set_text(q->result, "limits", lines, err);
    wio_free(lines);
    return status;
}

/* "HOME.AGR,HOME.MAN", or "each in turn". */
static wio_status set_extracted(extraction *q, wio_error *err)
{
    const char *const *label = wio_result_labels(q->result, "activity");
    wio_text text = {0};
    wio_text_add(&text, "%s", q->members == 0 ? "each in turn" : "");
    for (size_t k = 0; k < q->members; k++) {
        wio_text_add(&text, "%s%s", k > 0 ? "," : "", label[q->member[k]]);
    }
    char *list = NULL;
    WIO_TRY(wio_text_take(&list, &text, err));
    wio_status status = wio_result_set_text(q->result, "extracted", list, err);
    wio_free(list);
    return status;
}

static wio_status describe(extraction *q, wio_log *log, wio_error *err)
{
    char number[WIO_NUMBER_SIZE];
    WIO_TRY(wio_result_set_text(q->result, "command", "extract", err));
    WIO_TRY(wio_result_set(q->result, "title", err, "Hypothetical extraction (%s%s), %s",
                           KIND[q->options->kind], q->cut.share < 1.0 ? ", in part" : "",
                           q->table->title));
    WIO_TRY(wio_assemble_table(q->result, q->table, err));
    WIO_TRY(wio_result_set_text(q->result, "closure", "Type I", err));
    WIO_TRY(wio_result_set_text(q->result, "kind", KIND[q->options->kind], err));
    WIO_TRY(wio_result_set_text(q->result, "share", wio_format_double(number, q->cut.share), err));
    WIO_TRY(set_extracted(q, err));
    WIO_TRY(wio_assemble_coverage(q->result, q->columns + FIXED, q->count - FIXED, err));
    WIO_TRY(set_limits(q, log, err));
    return wio_assemble_provenance(q->result, q->table, NULL, 0, q->options->threads,
                                   q->options->reproducible, err);
}

wio_status wio_extract(wio_result **out, const wio_table *table, const wio_extract_options *options,
                       wio_log *log, wio_error *err)
{
    static const wio_extract_options standard = {0};
    if (out == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_extract: NULL argument");
    }
    extraction q = {
        .options = options != NULL ? options : &standard, .table = table, .started = wio_clock()};
    wio_status status = check_options(&q, err);
    if (status == WIO_OK) {
        status = find_members(&q, err);
    }
    if (status == WIO_OK) {
        status = q.members == 0 ? answer_each(&q, log, err) : answer_together(&q, log, err);
    }
    if (status == WIO_OK) {
        status = describe(&q, log, err);
    }
    if (status == WIO_OK) {
        *out = q.result;
        q.result = NULL;
    }
    wio_result_free(q.result);
    wio_economy_free(q.economy);
    wio_arena_free(&q.arena);
    wio_free(q.columns);
    wio_free(q.member);
    return status;
}
