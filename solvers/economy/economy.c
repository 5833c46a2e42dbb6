/* economy.c - coefficients of a table and the factored I - A, ready for every model.
 *
 *   A = Z_home diag(x)^-1,  M = Z_exogenous diag(x)^-1,  v = W'1 / x,  e = S / x   (MODEL 1.1)
 * An activity with x_j = 0 is kept: column j of A and M is 0, v_j = 1, its satellites are missing,
 * so that its multipliers are those of its own unit of output. */
#include "economy.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

enum {
    MOST_NAMED = 8, /* sectors named in a message */
    LARGE = 1 << 18 /* coefficients from which threads are worth their start */
};

static bool is_value_added(wio_role role)
{
    return role == WIO_ROLE_COMPENSATION || role == WIO_ROLE_TAX || role == WIO_ROLE_SURPLUS ||
           role == WIO_ROLE_VALUE_ADDED;
}

static bool has_item(const wio_table *table, wio_role role)
{
    for (size_t i = 0; i < table->p; i++) {
        if (table->item_role[i] == role) {
            return true;
        }
    }
    return false;
}

/* An outline has no flows, and gets no room for A and M. */
static wio_status allocate(wio_economy **out, const wio_table *table, wio_error *err)
{
    size_t n = table->n, q = table->m - table->n;
    bool outline = table->Z == NULL && table->start == NULL;
    wio_economy *economy = wio_zalloc(1, sizeof *economy);
    if (economy != NULL) {
        *economy = (wio_economy){.table = table, .n = n, .q = q, .f = table->f};
        bool listed = wio_table_compressed(&economy->stored, table);
        economy->product = wio_alloc(listed ? 0 : q, sizeof *economy->product);
        economy->A = outline  ? NULL
                     : listed ? wio_alloc(table->start[n], sizeof(double))
                              : wio_alloc(n, n * sizeof(double));
        economy->M = outline ? NULL : wio_alloc(listed ? 0 : q, n * sizeof(double));
        economy->imported = wio_zalloc(n, sizeof(double));
        economy->x = wio_alloc(n, sizeof(double));
        economy->v = wio_zalloc(n, sizeof(double));
        economy->other = wio_zalloc(n, sizeof(double));
        economy->wage = wio_zalloc(n, sizeof(double));
        economy->import_item = wio_zalloc(n, sizeof(double));
        economy->e = wio_alloc(table->k, n * sizeof(double));
        economy->consumption = wio_zalloc(n, sizeof(double));
        bool flows = outline || (economy->A != NULL && economy->M != NULL);
        if (flows && economy->product != NULL && economy->imported != NULL && economy->x != NULL &&
            economy->v != NULL && economy->other != NULL && economy->wage != NULL &&
            economy->import_item != NULL && economy->e != NULL && economy->consumption != NULL) {
            economy->stored.n = n;
            *(listed ? &economy->stored.value : &economy->stored.dense) = economy->A;
            *out = economy;
            return WIO_OK;
        }
    }
    wio_economy_free(economy);
    return wio_fail(err, WIO_E_MEMORY, "no memory for the coefficients of %zu activities", n);
}

/* Product of every exogenous origin: the first activity of the same sector, or one more product
 * for a sector that nobody at home makes. */
static void match_products(wio_economy *economy)
{
    const wio_table *table = economy->table;
    economy->products = economy->n;
    for (size_t o = 0; o < economy->q; o++) {
        size_t sector = table->origin_sector[economy->n + o], found = SIZE_MAX;
        for (size_t i = 0; i < economy->n && found == SIZE_MAX; i++) {
            if (table->origin_sector[i] == sector) {
                found = i;
            }
        }
        for (size_t p = 0; p < o && found == SIZE_MAX; p++) {
            if (table->origin_sector[economy->n + p] == sector) {
                found = economy->product[p];
            }
        }
        economy->product[o] = found != SIZE_MAX ? found : economy->products++;
    }
}

/* Of primary inputs and satellites. */
static void other_coefficients(wio_economy *economy)
{
    const wio_table *table = economy->table;
    size_t n = economy->n;
    for (size_t j = 0; j < n; j++) {
        double x = table->x[j];
        economy->x[j] = x;
        if (x == 0.0) {
            economy->v[j] = 1.0;
            continue;
        }
        for (size_t i = 0; i < table->p; i++) {
            double share = table->P[i * n + j] / x;
            wio_role role = table->item_role[i];
            *(is_value_added(role) ? &economy->v[j] : &economy->other[j]) += share;
            if (role == WIO_ROLE_COMPENSATION) {
                economy->wage[j] += share;
            } else if (role == WIO_ROLE_IMPORT) {
                economy->import_item[j] += share;
            }
        }
    }
    for (size_t j = 0; j < n; j++) {
        if (!has_item(table, WIO_ROLE_COMPENSATION)) {
            economy->wage[j] = NAN;
        }
        for (size_t a = 0; a < table->k; a++) {
            economy->e[a * n + j] = table->x[j] == 0.0 ? NAN : table->S[a * n + j] / table->x[j];
        }
    }
    economy->jobs = wio_table_jobs(table);
}

/* A and M; of compressed rows A alone, and the sums of M's columns. */
static wio_status coefficients(wio_economy *economy, wio_error *err)
{
    const wio_table *table = economy->table;
    size_t n = economy->n;
    other_coefficients(economy);
    if (table->start != NULL) {
        WIO_TRY(wio_table_inputs(economy->imported, table, n, table->m, err));
        for (size_t j = 0; j < n; j++) {
            economy->imported[j] = table->x[j] == 0.0 ? 0.0 : economy->imported[j] / table->x[j];
        }
        for (size_t p = 0; p < table->start[n]; p++) {
            double x = table->x[table->column[p]];
            economy->A[p] = x == 0.0 ? 0.0 : table->flow[p] / x;
        }
        return WIO_OK;
    }
    int threads = table->m * n < LARGE || omp_in_parallel() ? 1 : wio_threads(0);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < table->m; i++) {
        double *row = i < n ? economy->A + i * n : economy->M + (i - n) * n;
        const double *flow = table->Z + i * n;
        for (size_t j = 0; j < n; j++) {
            row[j] = table->x[j] == 0.0 ? 0.0 : flow[j] / table->x[j];
        }
    }
    wio_column_sums(economy->imported, economy->q, n, economy->M);
    return WIO_OK;
}

/* Household consumption in the endogenous regions, from home and in all. */
static void consumption(wio_economy *economy)
{
    const wio_table *table = economy->table;
    for (size_t c = 0; c < table->f; c++) {
        if (table->use_role[table->final_use[c]] != WIO_ROLE_HOUSEHOLD ||
            !table->endogenous[table->final_region[c]]) {
            continue;
        }
        for (size_t i = 0; i < economy->n; i++) {
            economy->consumption[i] += table->Y[i * table->f + c];
        }
        economy->consumption_total += wio_sum(table->Y + c, table->m, table->f);
    }
}

/* x less the sum of the column, compensated with x in it, so that nothing cancels. */
static wio_status left_of_output(double *left, const wio_table *table, wio_error *err)
{
    size_t n = table->n;
    double *lost = wio_zalloc(n, sizeof *lost);
    if (lost == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu column shares", n);
    }
    memcpy(left, table->x, n * sizeof *left);
    for (size_t i = 0; i < n; i++) {
        wio_flow_row row = wio_table_row(table, i);
        for (size_t p = 0; p < row.count; p++) {
            size_t j = wio_flow_user(&row, p);
            double term = -row.value[p], sum = left[j], next = sum + term;
            lost[j] += fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum;
            left[j] = next;
        }
    }
    for (size_t j = 0; j < n; j++) {
        left[j] += lost[j];
    }
    wio_free(lost);
    return WIO_OK;
}

/* Share of every column that is not in A, from the table's own entries: lets the solver tell a
 * closed group without rounding, and keep its digits where the shares are tiny. Where a table
 * records nothing outside A, what the column leaves of its output decides, 0 within rounding. */
wio_status wio_economy_shares(double *share, const wio_economy *economy, wio_error *err)
{
    const wio_table *table = economy->table;
    size_t n = economy->n;
    bool all = true;
    double *left = wio_alloc(n, sizeof *left);
    if (left == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu column shares", n);
    }
    wio_status status = wio_table_inputs(share, table, n, table->m, err);
    for (size_t j = 0; j < n && status == WIO_OK; j++) {
        share[j] += wio_sum(table->P + j, table->p, n);
        all = all && (share[j] != 0.0 || table->x[j] == 0.0);
    }
    if (status == WIO_OK && !all) {
        status = left_of_output(left, table, err);
    }
    for (size_t j = 0; j < n && status == WIO_OK; j++) {
        double x = table->x[j];
        share[j] = x == 0.0          ? 1.0 /* column j of A is 0 */
                   : share[j] != 0.0 ? share[j] / x
                                     : (fabs(left[j]) <= 1e-12 * x ? 0.0 : left[j] / x);
    }
    wio_free(left);
    return status;
}

static void add_label(wio_text *text, const wio_table *table, size_t i)
{
    wio_text_add_safe(text, table->region.code[table->origin_region[i]]);
    wio_text_add(text, ".");
    wio_text_add_safe(text, table->sector.code[table->origin_sector[i]]);
}

static void add_labels(wio_text *text, const wio_table *table, const size_t *which, size_t count)
{
    for (size_t t = 0; t < count && t < MOST_NAMED; t++) {
        wio_text_add(text, t == 0 ? "" : ", ");
        add_label(text, table, which[t]);
    }
    if (count > MOST_NAMED) {
        wio_text_add(text, " and %zu more", count - MOST_NAMED);
    }
}

wio_status wio_economy_refuse(const wio_table *table, const wio_diagnosis *diagnosis,
                              const double *column, wio_log *log, wio_error *err)
{
    wio_text text = {0};
    bool proven = diagnosis->radius_low >= 1.0;
    wio_text_add(&text, "%s: the spectral radius of A is in [%.4g, %.4g]; ",
                 proven ? "E301 Hawkins-Simon fails" : "E302 Hawkins-Simon could not be proven",
                 diagnosis->radius_low, diagnosis->radius_high);
    if (diagnosis->group > 0) {
        wio_text_add(&text, "the group of %zu that needs its own output: ", diagnosis->group);
        add_labels(&text, table, diagnosis->member, diagnosis->group);
        wio_text_add(&text, "; ");
    }
    wio_text_add(&text, "look first at ");
    add_labels(&text, table, diagnosis->top_row, diagnosis->top);
    size_t above = 0;
    for (size_t j = 0; j < table->n; j++) {
        if (column[j] >= 1.0) {
            wio_text_add(&text, above == 0 ? "; inputs are not below output in " : ", ");
            if (above++ == MOST_NAMED) {
                wio_text_add(&text, "others");
                break;
            }
            add_label(&text, table, j);
        }
    }
    if (text.failed) {
        wio_text_free(&text);
        return wio_fail(err, WIO_E_MEMORY, "no memory to say which sectors are not productive");
    }
    wio_find(log, WIO_ERROR, table->path, 0, 0, "%s", text.data);
    wio_status status = wio_fail(err, WIO_E_NOT_PRODUCTIVE, "%s", text.data);
    wio_text_free(&text);
    return status;
}

static wio_status refuse(const wio_economy *economy, const wio_diagnosis *diagnosis, wio_log *log,
                         wio_error *err)
{
    const wio_table *table = economy->table;
    size_t n = table->n;
    double *column = wio_alloc(n, sizeof *column);
    if (column == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory to say which sectors are not productive");
    }
    wio_status status = wio_table_inputs(column, table, 0, n, err);
    if (status == WIO_OK) {
        for (size_t j = 0; j < n; j++) {
            column[j] = table->x[j] > 0.0 ? column[j] / table->x[j] : 0.0;
        }
        status = wio_economy_refuse(table, diagnosis, column, log, err);
    }
    wio_free(column);
    return status;
}

wio_status wio_economy_outcome(wio_status status, const wio_economy *economy,
                               wio_diagnosis *diagnosis, const wio_error *detail, wio_log *log,
                               wio_error *err)
{
    if (status == WIO_E_NOT_PRODUCTIVE) {
        status = refuse(economy, diagnosis, log, err);
    } else if (status != WIO_OK) {
        wio_find(log, WIO_ERROR, economy->table->path, 0, 0, "%s", detail->message);
        (void)wio_fail(err, status, "%s", detail->message);
    }
    wio_free(diagnosis->member);
    return status;
}

/* Where each region's activities begin, [count + 1]; at most n + 1. */
static size_t region_blocks(size_t *block, const wio_table *table)
{
    size_t count = 0;
    for (size_t i = 0; i < table->n; i++) {
        if (i == 0 || table->origin_region[i] != table->origin_region[i - 1]) {
            block[count++] = i;
        }
    }
    block[count] = table->n;
    return count;
}

/* A solver with the regions as its blocks; plan and diagnosis may be NULL. */
static wio_status make_solver(wio_system **out, const wio_economy *economy, const wio_matrix *A,
                              const double *share, wio_solver_options options, wio_plan *plan,
                              wio_diagnosis *diagnosis, wio_error *err)
{
    size_t *block = wio_alloc(economy->n + 1, sizeof *block);
    if (block == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for the regions of %zu activities",
                        economy->n);
    }
    options.block = block;
    options.blocks = region_blocks(block, economy->table);
    wio_status status = wio_solver_make(out, A, share, &options, plan, diagnosis, err);
    wio_free(block);
    return status;
}

wio_status wio_economy_solver(wio_system **out, const wio_economy *economy, const double *A,
                              size_t sides, wio_error *err)
{
    const wio_solver_options options = {.right_hand_sides = sides};
    const wio_matrix matrix = {.n = economy->n, .dense = A};
    return make_solver(out, economy, &matrix, NULL, options, NULL, NULL, err);
}

static wio_status factor(wio_economy *economy, const wio_solver_options *how, wio_log *log,
                         wio_error *err)
{
    double *share = wio_alloc(economy->n, sizeof *share);
    if (share == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for %zu column shares", economy->n);
    }
    wio_diagnosis diagnosis = {0};
    wio_error detail = {0};
    wio_status status = wio_economy_shares(share, economy, err);
    if (status != WIO_OK) {
        wio_free(share);
        return status;
    }
    economy->started = wio_clock();
    status = make_solver(&economy->system, economy, &economy->stored, share,
                         how != NULL ? *how : (wio_solver_options){0}, &economy->plan, &diagnosis,
                         &detail);
    status = wio_economy_outcome(status, economy, &diagnosis, &detail, log, err);
    wio_free(share);
    return status;
}

/* Either storage, without a system. */
static wio_status describe(wio_economy **out, const wio_table *table, wio_error *err)
{
    if (out == NULL || table == NULL || table->n == 0) {
        return wio_fail(err, WIO_E_ARGUMENT, "an economy needs a table with activities");
    }
    WIO_TRY(wio_table_numbers(table, err));
    wio_economy *economy = NULL;
    double n = (double)table->n, k = (double)table->k; /* compressed: nine vectors beside A */
    double numbers = table->start == NULL ? n * ((double)table->m + k)
                                          : (double)table->start[table->n] + n * (9.0 + k);
    WIO_TRY(wio_memory_need(8.0 * numbers, "the coefficients of the table", err));
    WIO_TRY(allocate(&economy, table, err));
    wio_status status = coefficients(economy, err);
    if (status != WIO_OK) {
        wio_economy_free(economy);
        return status;
    }
    if (table->start == NULL) {
        match_products(economy);
    }
    consumption(economy);
    *out = economy;
    return WIO_OK;
}

wio_status wio_economy_describe(wio_economy **out, const wio_table *table, wio_error *err)
{
    WIO_TRY(wio_table_whole(table, err));
    return describe(out, table, err);
}

wio_status wio_economy_outline(wio_economy **out, const wio_table *table, wio_error *err)
{
    wio_economy *economy = NULL;
    WIO_TRY(allocate(&economy, table, err));
    match_products(economy);
    other_coefficients(economy);
    consumption(economy);
    *out = economy;
    return WIO_OK;
}

wio_status wio_economy_create(wio_economy **out, const wio_table *table, wio_log *log,
                              wio_error *err)
{
    return wio_economy_create_with(out, table, NULL, log, err);
}

wio_status wio_economy_create_with(wio_economy **out, const wio_table *table,
                                   const wio_solver_options *how, wio_log *log, wio_error *err)
{
    WIO_TRY(wio_table_whole(table, err));
    return wio_economy_create_any(out, table, how, log, err);
}

wio_status wio_economy_create_any(wio_economy **out, const wio_table *table,
                                  const wio_solver_options *how, wio_log *log, wio_error *err)
{
    wio_economy *economy = NULL;
    if (out == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_economy_create: NULL argument");
    }
    WIO_TRY(describe(&economy, table, err));
    wio_status status = factor(economy, how, log, err);
    if (status != WIO_OK) {
        wio_economy_free(economy);
        return status;
    }
    *out = economy;
    return WIO_OK;
}

void wio_economy_free(wio_economy *economy)
{
    if (economy == NULL) {
        return;
    }
    wio_free(economy->product);
    wio_free(economy->A);
    wio_free(economy->M);
    wio_free(economy->imported);
    wio_free(economy->x);
    wio_free(economy->v);
    wio_free(economy->other);
    wio_free(economy->wage);
    wio_free(economy->import_item);
    wio_free(economy->e);
    wio_free(economy->consumption);
    wio_system_free(economy->system);
    wio_free(economy);
}
