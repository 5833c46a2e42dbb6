/* ledger.c - the change of a scenario, piece by piece, sorted into channels that add up.
 *
 * Shapley values add over games, so every piece is its own small game with the switches that it
 * depends on (s = substitution, which decides prices, L_s, M_s and domestic shares; without it the
 * prices are those of fixed coefficients, which is what MODEL 4's answers take):
 *
 *   final demand   w(s, eta)        = L_s [ H(s,eta) - H0 + s (A1 - A0) x0 ]
 *   exports        w(s, eps, ret)   = L_s [ X(eps,ret) - X0 ]
 *   a demand part  w(s, part)       = L_s d
 *
 * Two players: phi_1 = (w10 + w11 - w01) / 2. A part's value without substitution is zero when the
 * part is off, so phi_part = (L_0 d + L_1 d) / 2 and phi_s = (L_1 d - L_0 d) / 2. */
#include "ledger.h"

#include <string.h>

wio_status wio_batch_create(wio_batch *batch, size_t capacity, size_t n, size_t q, wio_error *err)
{
    *batch = (wio_batch){.capacity = capacity, .n = n, .q = q};
    batch->rhs = wio_zalloc(capacity * n, sizeof(double));
    batch->direct = wio_zalloc((capacity + 1) * q, sizeof(double));
    if (batch->rhs == NULL || batch->direct == NULL) {
        wio_batch_free(batch);
        return wio_fail(err, WIO_E_MEMORY, "%zu right-hand sides", capacity);
    }
    batch->through = batch->direct + capacity * q;
    return WIO_OK;
}

void wio_batch_free(wio_batch *batch)
{
    wio_free(batch->rhs);
    wio_free(batch->direct);
    *batch = (wio_batch){0};
}

size_t wio_batch_add(wio_batch *batch, double **rhs, double **direct)
{
    size_t at = batch->count++;
    *rhs = batch->rhs + at * batch->n;
    *direct = batch->direct + at * batch->q;
    return at;
}

wio_status wio_batch_solve(wio_batch *batch, const wio_sides *sides, int side, wio_error *err)
{
    if (batch->count == 0) {
        return WIO_OK;
    }
    WIO_TRY(wio_system_solve(batch->rhs, sides->system[side], batch->count, batch->rhs,
                             sides->certificate, err));
    for (size_t k = 0; k < batch->count; k++) {
        double *imports = batch->direct + k * batch->q;
        wio_apply_rows(batch->through, batch->q, batch->n, sides->M[side],
                       batch->rhs + k * batch->n);
        for (size_t o = 0; o < batch->q; o++) {
            imports[o] += batch->through[o];
        }
    }
    return WIO_OK;
}

void wio_ledger_add(wio_outcome *out, const wio_economy *economy, wio_channel channel,
                    const double *x, const double *imports, double weight, const double *factor)
{
    size_t n = economy->n, q = economy->q;
    const double *e = economy->jobs != SIZE_MAX ? economy->e + economy->jobs * n : NULL;
    out->used[channel] = true;
    for (size_t i = 0; i < n; i++) {
        double change = weight * x[i];
        out->x[channel * n + i] += change;
        out->value_added[channel * n + i] += economy->v[i] * change;
        if (e != NULL) {
            out->jobs[channel * n + i] += e[i] * (factor != NULL ? factor[i] : 1.0) * change;
        }
    }
    for (size_t o = 0; imports != NULL && o < q; o++) {
        out->imports[channel * q + o] += weight * imports[o];
    }
}

static void add_row(wio_outcome *out, const wio_economy *economy, wio_channel channel,
                    const wio_batch *batch, size_t row, double weight)
{
    wio_ledger_add(out, economy, channel, batch->rhs + row * batch->n,
                   batch->direct + row * batch->q, weight, NULL);
}

static void add_to(double *x, const wio_batch *batch, size_t row, double weight)
{
    for (size_t i = 0; i < batch->n; i++) {
        x[i] += weight * batch->rhs[row * batch->n + i];
    }
}

/* H(s,eta) - H0 + s (A1-A0) x0 and the imports that come with it, before M_s x. */
static void final_piece(double *rhs, double *direct, const wio_sides *sides, const double *base,
                        const double *moved, size_t side, bool response)
{
    size_t n = sides->economy->n, q = sides->economy->q;
    wio_armington_final(rhs, direct, sides->armington[side], true, response);
    for (size_t i = 0; i < n; i++) {
        rhs[i] += -base[i] + (side == 1 ? moved[i] : 0.0);
    }
    for (size_t o = 0; o < q; o++) {
        direct[o] += -base[n + o] + (side == 1 ? moved[n + o] : 0.0);
    }
}

/* X(eps,ret) - X0 summed over export columns. */
static void export_piece(double *rhs, const wio_sides *sides, size_t side, double *scratch,
                         bool own, bool partners)
{
    size_t n = sides->economy->n, f = sides->economy->f;
    const double *Y = sides->economy->table->Y;
    const wio_table *table = sides->economy->table;
    wio_armington_exports(scratch, sides->armington[side], own, partners);
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < f; c++) {
            if (table->use_role[table->final_use[c]] == WIO_ROLE_EXPORT) {
                rhs[i] += scratch[i * f + c] - Y[i * f + c];
            }
        }
    }
}

/* The tariff's pieces as rows of the two batches. */
typedef struct tariff_rows {
    size_t substitution1, both1, response0; /* final demand: w10, w11 on side 1, w01 on side 0 */
    size_t own[2], partners[2], all[2];     /* exports, by side */
} tariff_rows;

static wio_status gather_tariff(tariff_rows *rows, wio_batch batch[2], const wio_sides *sides,
                                const double *A1, bool channels, wio_error *err)
{
    const wio_economy *economy = sides->economy;
    size_t n = economy->n, q = economy->q;
    wio_arena arena = {0};
    double *base = wio_take(&arena, n + q), *moved = wio_take(&arena, n + q);
    double *scratch = wio_take(&arena, n * economy->f), *change = wio_take(&arena, n);
    if (arena.failed) {
        wio_arena_free(&arena);
        return wio_fail(err, WIO_E_MEMORY, "ledger of %zu activities", n);
    }
    wio_armington_final(base, base + n, sides->armington[1], false, false);
    for (size_t i = 0; i < n + q; i++) { /* differences first: a small change keeps its digits */
        const double *after = i < n ? A1 + i * n : sides->M[1] + (i - n) * n;
        const double *before = i < n ? economy->A + i * n : economy->M + (i - n) * n;
        for (size_t j = 0; j < n; j++) {
            change[j] = after[j] - before[j];
        }
        wio_apply_rows(moved + i, 1, n, change, economy->x);
    }
    double *rhs, *direct;
    rows->both1 = wio_batch_add(&batch[1], &rhs, &direct);
    final_piece(rhs, direct, sides, base, moved, 1, true);
    rows->all[1] = wio_batch_add(&batch[1], &rhs, &direct);
    export_piece(rhs, sides, 1, scratch, true, true);
    if (channels) {
        rows->substitution1 = wio_batch_add(&batch[1], &rhs, &direct);
        final_piece(rhs, direct, sides, base, moved, 1, false);
        rows->response0 = wio_batch_add(&batch[0], &rhs, &direct);
        final_piece(rhs, direct, sides, base, moved, 0, true);
        for (size_t s = 0; s < 2; s++) {
            rows->own[s] = wio_batch_add(&batch[s], &rhs, &direct);
            export_piece(rhs, sides, s, scratch, true, false);
            rows->partners[s] = wio_batch_add(&batch[s], &rhs, &direct);
            export_piece(rhs, sides, s, scratch, false, true);
        }
        rows->all[0] = wio_batch_add(&batch[0], &rhs, &direct);
        export_piece(rhs, sides, 0, scratch, true, true);
    }
    wio_arena_free(&arena);
    return WIO_OK;
}

/* The export game {s, eps, ret}, element by element, through the one Shapley routine. */
static wio_status share_exports(wio_outcome *out, const wio_sides *sides, const wio_batch batch[2],
                                const tariff_rows *rows, wio_error *err)
{
    size_t n = sides->economy->n, q = sides->economy->q;
    static const wio_channel channel[3] = {WIO_CHANNEL_SUBSTITUTION, WIO_CHANNEL_EXPORTS,
                                           WIO_CHANNEL_RETALIATION};
    wio_arena arena = {0};
    double *part = wio_take(&arena, 3 * (n + q));
    if (arena.failed) {
        wio_arena_free(&arena);
        return wio_fail(err, WIO_E_MEMORY, "channels of exports");
    }
    for (size_t i = 0; i < n + q; i++) {
        double worth[8] = {0}, share[3];
        for (size_t s = 0; s < 2; s++) {
            const double *at = i < n ? batch[s].rhs + i : batch[s].direct + (i - n);
            size_t stride = i < n ? n : q;
            worth[s + 2] = at[rows->own[s] * stride];
            worth[s + 4] = at[rows->partners[s] * stride];
            worth[s + 6] = at[rows->all[s] * stride];
        }
        wio_shapley(share, 3, worth);
        for (size_t k = 0; k < 3; k++) {
            part[k * (n + q) + i] = share[k];
        }
    }
    for (size_t k = 0; k < 3; k++) {
        wio_ledger_add(out, sides->economy, channel[k], part + k * (n + q), part + k * (n + q) + n,
                       1.0, NULL);
    }
    wio_arena_free(&arena);
    return WIO_OK;
}

static wio_status share_tariff(wio_outcome *out, const wio_sides *sides, const wio_batch batch[2],
                               const tariff_rows *rows, wio_error *err)
{
    const wio_economy *economy = sides->economy;
    add_row(out, economy, WIO_CHANNEL_SUBSTITUTION, &batch[1], rows->substitution1, 0.5);
    add_row(out, economy, WIO_CHANNEL_SUBSTITUTION, &batch[1], rows->both1, 0.5);
    add_row(out, economy, WIO_CHANNEL_SUBSTITUTION, &batch[0], rows->response0, -0.5);
    add_row(out, economy, WIO_CHANNEL_SPENDING, &batch[0], rows->response0, 0.5);
    add_row(out, economy, WIO_CHANNEL_SPENDING, &batch[1], rows->both1, 0.5);
    add_row(out, economy, WIO_CHANNEL_SPENDING, &batch[1], rows->substitution1, -0.5);
    return share_exports(out, sides, batch, rows, err);
}

/* One solved part and year: x and imports on both sides into the channels. */
static void share_part(wio_outcome *out, const wio_economy *economy, const wio_part *part,
                       const wio_batch *zero, const wio_batch *one, size_t row, size_t t,
                       double weight)
{
    size_t n = economy->n, q = economy->q;
    const double *factor = part->factor != NULL ? part->factor + t * n : NULL;
    const double *home = part->home + t * n, *imported = part->imported + t * q;
    wio_channel chain = part->displaced ? WIO_CHANNEL_DISPLACED : WIO_CHANNEL_INDIRECT;
    const double *x1 = one->rhs + row * n, *m1 = one->direct + row * q;
    if (zero == NULL) {
        wio_ledger_add(out, economy, chain, x1, m1, weight, factor);
    } else {
        const double *x0 = zero->rhs + row * n, *m0 = zero->direct + row * q;
        wio_ledger_add(out, economy, chain, x0, m0, 0.5 * weight, factor);
        wio_ledger_add(out, economy, chain, x1, m1, 0.5 * weight, factor);
        wio_ledger_add(out, economy, WIO_CHANNEL_SUBSTITUTION, x1, m1, 0.5 * weight, factor);
        wio_ledger_add(out, economy, WIO_CHANNEL_SUBSTITUTION, x0, m0, -0.5 * weight, factor);
    }
    if (part->direct) {
        wio_ledger_add(out, economy, WIO_CHANNEL_DIRECT, home, imported, weight, factor);
        wio_ledger_add(out, economy, WIO_CHANNEL_INDIRECT, home, imported, -weight, factor);
    }
    if (part->own == NULL) {
        return;
    }
    out->used[WIO_CHANNEL_DIRECT] = true;
    for (size_t i = 0; i < n; i++) { /* a plant: its own jobs and value added, not the sector's */
        out->x[WIO_CHANNEL_DIRECT * n + i] += weight * part->own[t * n + i];
        out->jobs[WIO_CHANNEL_DIRECT * n + i] += weight * part->own_jobs[t * n + i];
        out->value_added[WIO_CHANNEL_DIRECT * n + i] += weight * part->own_value_added[t * n + i];
    }
}

static void gather_parts(wio_batch *batch, const wio_projects *projects)
{
    for (size_t k = 0; k < projects->parts; k++) {
        const wio_part *part = &projects->part[k];
        for (size_t t = 0; part->row != SIZE_MAX && t < part->years; t++) {
            double *rhs, *direct;
            (void)wio_batch_add(batch, &rhs, &direct);
            memcpy(rhs, part->home + t * batch->n, batch->n * sizeof *rhs);
            memcpy(direct, part->imported + t * batch->q, batch->q * sizeof *direct);
        }
    }
}

static wio_status fill(wio_outcome *out, double *full_x, double *tariff_x, wio_batch *parts1,
                       wio_batch tariff[2], wio_batch *parts0, const wio_sides *sides,
                       const wio_projects *projects, bool channels, wio_error *err)
{
    const wio_economy *economy = sides->economy;
    bool two = sides->armington[1] != NULL;
    tariff_rows rows = {0};
    if (two) {
        WIO_TRY(gather_tariff(&rows, tariff, sides, wio_system_matrix(sides->system[1]), channels,
                              err));
        WIO_TRY(wio_batch_solve(&tariff[1], sides, 1, err));
        WIO_TRY(wio_batch_solve(&tariff[0], sides, 0, err));
        add_to(tariff_x, &tariff[1], rows.both1, 1.0);
        add_to(tariff_x, &tariff[1], rows.all[1], 1.0);
        memcpy(full_x, tariff_x, economy->n * sizeof *full_x);
        if (channels) {
            WIO_TRY(share_tariff(out, sides, tariff, &rows, err));
        } else { /* totals only: where it lands does not matter */
            add_row(out, economy, WIO_CHANNEL_SUBSTITUTION, &tariff[1], rows.both1, 1.0);
            add_row(out, economy, WIO_CHANNEL_SUBSTITUTION, &tariff[1], rows.all[1], 1.0);
        }
    }
    bool share = two && channels;
    gather_parts(parts1, projects);
    WIO_TRY(wio_batch_solve(parts1, sides, 1, err));
    if (share) {
        gather_parts(parts0, projects);
        WIO_TRY(wio_batch_solve(parts0, sides, 0, err));
    }
    for (size_t k = 0; k < projects->parts; k++) {
        const wio_part *part = &projects->part[k];
        for (size_t t = 0; part->row != SIZE_MAX && t < part->years; t++) {
            double weight = projects->weight[t];
            size_t row = part->row + t;
            if (weight == 0.0) {
                continue;
            }
            share_part(out, economy, part, share ? parts0 : NULL, parts1, row, t, weight);
            add_to(full_x, parts1, row, weight);
        }
    }
    return WIO_OK;
}

wio_status wio_ledger_fill(wio_outcome *out, double *full_x, double *tariff_x, wio_batch *parts1,
                           const wio_sides *sides, const wio_projects *projects, bool channels,
                           wio_error *err)
{
    enum { TARIFF_ROWS = 8 };
    size_t n = sides->economy->n, q = sides->economy->q;
    size_t rows = projects->rows;
    wio_batch tariff[2] = {{0}, {0}}, parts0 = {0};
    wio_status status = wio_batch_create(&tariff[0], TARIFF_ROWS, n, q, err);
    if (status == WIO_OK) {
        status = wio_batch_create(&tariff[1], TARIFF_ROWS, n, q, err);
    }
    if (status == WIO_OK) {
        status = wio_batch_create(&parts0, rows, n, q, err);
    }
    if (status == WIO_OK) {
        status = wio_batch_create(parts1, rows, n, q, err);
    }
    if (status == WIO_OK) {
        status =
            fill(out, full_x, tariff_x, parts1, tariff, &parts0, sides, projects, channels, err);
    }
    if (status != WIO_OK) {
        wio_batch_free(parts1);
    }
    wio_batch_free(&parts0);
    wio_batch_free(&tariff[0]);
    wio_batch_free(&tariff[1]);
    return status;
}
