/* basic_prices.c - supply and use as statistical offices publish them, made ready for a model: uses at
 * purchasers' prices become uses at basic prices, and imports known in all are shared among users.
 *
 * Margins and taxes that are known by user are taken off cell by cell, P - M - T. For the others the
 * purchasers' price of product i has the shares tax_i = t_i / p_i and, of every kind v of margins,
 *
 *     mu(k, i) = max(m_vi, 0) / p_i  (-m_vk / sum of what is earned),   k with m_vk < 0,
 *
 * with p_i the row sum of P: the same for every user, an estimate. Users and totals stay: what they
 * paid for goods, they pay for goods, trade, transport and taxes. Eurostat Manual (2008), chapter 6. */
#include "symmetric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double SAME = 1e-9; /* relative: imports of a product that nobody makes are its uses */

typedef struct prices {
    const wio_supply_use *a;
    const wio_supply_columns *c;
    symmetric *w;
    wio_arena *arena;
    size_t users;
    double *X;    /* [products x users] at purchasers', in the end at basic prices */
    double *paid; /* [users] taxes on products */
} prices;

static wio_status no_memory(const prices *p)
{
    return wio_fail(p->w->err, WIO_E_MEMORY, "%zu products x %zu users", p->a->products, p->users);
}

static wio_status blame(const prices *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static wio_status blame(const prices *p, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(p->w->log, WIO_ERROR, p->w->place, 0, 0, "%s", message);
    return wio_fail(p->w->err, WIO_E_TABLE, "%s", message);
}

wio_status wio_symmetric_check_columns(const wio_supply_use *a, wio_error *err)
{
    const wio_supply_columns *c = a->columns;
    const size_t users = a->industries + a->finals;
    if (c == NULL) {
        return WIO_OK;
    }
    if (a->regions != 0 || (c->margins != 0 && c->margin == NULL) ||
        (a->rest == NULL && (c->imports != NULL || c->home != NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "columns of supply are of one region, imports need a `rest`, and margins "
                        "their numbers");
    }
    if (a->Um != NULL && (c->imports != NULL || c->home != NULL)) {
        return wio_fail(err, WIO_E_ARGUMENT, "imports by user are there, and imports to be shared");
    }
    const struct {
        const char *name;
        const double *v;
        size_t rows, columns;
    } blocks[] = {{"imports", c->imports, a->products, 1},
                  {"margin", c->margin, c->margins, a->products},
                  {"tax", c->tax, a->products, 1},
                  {"margin_use", c->margin_use, a->products, users},
                  {"tax_use", c->tax_use, a->products, users},
                  {"home", c->home, a->products, users}};
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        for (size_t k = 0; blocks[b].v != NULL && k < blocks[b].rows * blocks[b].columns; k++) {
            if (!isfinite(blocks[b].v[k])) {
                return wio_fail(err, WIO_E_NONFINITE, "%s[%zu,%zu] is not a finite number",
                                blocks[b].name, k / blocks[b].columns, k % blocks[b].columns);
            }
        }
    }
    return WIO_OK;
}

/* --- purchasers' to basic prices ------------------------------------------------------------------------------- */

/* What users are known to pay leaves their uses. */
static void take_off(prices *p, const double *known)
{
    for (size_t k = 0; known != NULL && k < p->a->products * p->users; k++) {
        p->X[k] -= known[k];
    }
}

/* One kind of margins as shares mu; own [products] gets what of each row it is. */
static wio_status share_margins(const prices *p, const double *margin, const double *row,
                                double *mu, double *own)
{
    const size_t products = p->a->products;
    double earned = 0.0, paid = 0.0;
    for (size_t k = 0; k < products; k++) {
        *(margin[k] < 0.0 ? &earned : &paid) += fabs(margin[k]);
    }
    if (earned == 0.0 && paid != 0.0) {
        return blame(p, "margins of %g are paid, but no product earns them (has them below 0)",
                     paid);
    }
    for (size_t i = 0; i < products; i++) {
        double share = margin[i] > 0.0 ? margin[i] / row[i] : 0.0;
        own[i] += share;
        for (size_t k = 0; share != 0.0 && k < products; k++) {
            if (margin[k] < 0.0) {
                mu[k * products + i] += share * (-margin[k] / earned);
            }
        }
    }
    return WIO_OK;
}

/* A row without uses has no share, one with more than it is worth none that makes sense. */
static wio_status check_shares(const prices *p, const double *tax, const double *own,
                               const double *row)
{
    wio_status status = WIO_OK;
    for (size_t i = 0; i < p->a->products; i++) {
        if (row[i] == 0.0 && (tax[i] != 0.0 || own[i] != 0.0)) {
            status = blame(p, "product %s has taxes or margins, but no use to share them by",
                           p->a->product[i]);
        } else if (!(tax[i] + own[i] <= 1.0)) {
            status =
                blame(p, "taxes and margins of product %s are %g of its use at purchasers' prices",
                      p->a->product[i], tax[i] + own[i]);
        }
    }
    return status;
}

/* The shares of what is not known by user. */
static wio_status share(prices *p)
{
    const size_t products = p->a->products;
    const wio_supply_columns *c = p->c;
    double *row = wio_take(p->arena, products), *tax = wio_take(p->arena, products);
    double *own = wio_take(p->arena, products), *mu = wio_take(p->arena, products * products);
    if (p->arena->failed) {
        return no_memory(p);
    }
    wio_row_sums(row, products, p->users, p->X);
    for (size_t i = 0; c->tax_use == NULL && c->tax != NULL && i < products; i++) {
        tax[i] = c->tax[i] != 0.0 ? c->tax[i] / row[i] : 0.0;
    }
    for (size_t k = 0; c->margin_use == NULL && k < c->margins; k++) {
        WIO_TRY(share_margins(p, c->margin + k * products, row, mu, own));
    }
    WIO_TRY(check_shares(p, tax, own, row));
    return wio_basic_prices(p->X, p->paid, products, p->users, p->X, tax, mu, p->w->err);
}

static wio_status to_basic(prices *p)
{
    const wio_supply_columns *c = p->c;
    const size_t products = p->a->products;
    if ((c->margin_use == NULL && c->margins != 0) || (c->tax_use == NULL && c->tax != NULL)) {
        WIO_TRY(share(p));
    }
    take_off(p, c->margin_use);
    take_off(p, c->tax_use);
    for (size_t u = 0; c->tax_use != NULL && u < p->users; u++) {
        p->paid[u] = wio_sum(c->tax_use + u, products, p->users);
    }
    return WIO_OK;
}

/* --- imports --------------------------------------------------------------------------------------------------- */

/* Imports in all, shared among home uses. A product that nobody makes is imported as it is used. */
static wio_status share_imports(prices *p, const wio_supply_use *ready, double *Um, double *Ym)
{
    const wio_supply_use *a = p->a;
    double *m = wio_take(p->arena, a->products);
    if (m == NULL) {
        return no_memory(p);
    }
    for (size_t i = 0; i < a->products; i++) {
        double used = wio_sum(ready->U + i * a->industries, a->industries, 1);
        for (size_t c = 0; c < a->finals; c++) {
            used += a->final_role[c] != WIO_ROLE_EXPORT ? ready->Y[i * a->finals + c] : 0.0;
        }
        bool made = false;
        for (size_t j = 0; j < a->industries; j++) {
            made = made || a->V[j * a->products + i] != 0.0;
        }
        m[i] = p->c->imports[i];
        m[i] = !made && fabs(m[i] - used) <= SAME * fabs(used) ? used : m[i];
    }
    return wio_import_split(Um, Ym, ready, m, 1, p->w->log, p->w->err);
}

static wio_status split(prices *p, wio_supply_use *ready)
{
    const wio_supply_use *a = p->a;
    const size_t n = a->industries, f = a->finals;
    if (p->c->imports == NULL && p->c->home == NULL) {
        return WIO_OK;
    }
    double *Um = wio_take(p->arena, a->products * n), *Ym = wio_take(p->arena, a->products * f);
    if (p->arena->failed) {
        return no_memory(p);
    }
    ready->Um = Um;
    ready->Ym = Ym;
    if (p->c->home == NULL) {
        return share_imports(p, ready, Um, Ym);
    }
    for (size_t k = 0; k < a->products * p->users; k++) {
        size_t i = k / p->users, u = k % p->users;
        *(u < n ? &Um[i * n + u] : &Ym[i * f + (u - n)]) = p->X[k] - p->c->home[k];
    }
    return WIO_OK;
}

/* --- the arrays for the model -------------------------------------------------------------------------------------- */

/* Taxes on products as one more primary input. */
static wio_status add_taxes(prices *p, wio_supply_use *ready)
{
    const wio_supply_use *a = p->a;
    const size_t n = a->industries;
    double *W = wio_take(p->arena, (a->items + 1) * n);
    const char **item = (const char **)(void *)wio_take(p->arena, a->items + 1);
    wio_role *role = (wio_role *)(void *)wio_take(p->arena, a->items + 1);
    if (p->arena->failed) {
        return no_memory(p);
    }
    if (a->items != 0) {
        memcpy(W, a->W, a->items * n * sizeof *W);
        memcpy(item, a->item, a->items * sizeof *item);
        memcpy(role, a->item_role, a->items * sizeof *role);
    }
    memcpy(W + a->items * n, p->paid, n * sizeof *W);
    item[a->items] = p->c->tax_item != NULL ? p->c->tax_item : "taxes_on_products";
    role[a->items] = WIO_ROLE_TAX;
    ready->W = W;
    ready->item = item;
    ready->item_role = role;
    ready->items = a->items + 1;
    return WIO_OK;
}

wio_status wio_symmetric_settle(wio_supply_use *ready, symmetric *w, wio_arena *arena)
{
    const wio_supply_use *a = w->a;
    const size_t n = a->industries, f = a->finals;
    prices p = {.a = a, .c = a->columns, .w = w, .arena = arena, .users = n + f};
    double *U = wio_take(arena, a->products * n), *Y = wio_take(arena, a->products * f);
    p.X = wio_take(arena, a->products * p.users);
    p.paid = wio_take(arena, p.users);
    if (arena->failed) {
        return no_memory(&p);
    }
    for (size_t k = 0; k < a->products * p.users; k++) {
        size_t i = k / p.users, u = k % p.users;
        p.X[k] = u < n ? a->U[i * n + u] : a->Y[i * f + (u - n)];
    }
    if (p.c->purchasers) {
        WIO_TRY(to_basic(&p));
    }
    for (size_t k = 0; k < a->products * p.users; k++) {
        size_t i = k / p.users, u = k % p.users;
        *(u < n ? &U[i * n + u] : &Y[i * f + (u - n)]) = p.X[k];
    }
    *ready = *a;
    ready->columns = NULL;
    ready->U = U;
    ready->Y = Y;
    WIO_TRY(split(&p, ready));
    if (p.c->purchasers && (p.c->tax != NULL || p.c->tax_use != NULL)) {
        WIO_TRY(add_taxes(&p, ready));
        w->paid = p.paid;
    }
    w->columns = p.c;
    return WIO_OK;
}

/* --- what is said of it ---------------------------------------------------------------------------------------------- */

static double total(const double *v, size_t count)
{
    return v != NULL ? wio_sum(v, count, 1) : 0.0;
}

/* Margins that are paid, of all kinds. */
static double margins_paid(const symmetric *w)
{
    const wio_supply_columns *c = w->columns;
    const size_t products = w->a->products, users = w->a->industries + w->a->finals;
    double sum = 0.0;
    for (size_t k = 0; c->margin_use == NULL && k < c->margins * products; k++) {
        sum += c->margin[k] > 0.0 ? c->margin[k] : 0.0;
    }
    for (size_t k = 0; c->margin_use != NULL && k < products * users; k++) {
        sum += c->margin_use[k] > 0.0 ? c->margin_use[k] : 0.0;
    }
    return sum;
}

static wio_status note_all(wio_table *table, const symmetric *w)
{
    static const char shared[] = "in proportion along each row, an estimate",
                      known[] = "by user, as the source has them";
    const wio_supply_columns *c = w->columns;
    if (c->purchasers) {
        WIO_TRY(wio_symmetric_note(
            table, w,
            "Uses at purchasers' prices are taken to basic prices: taxes less subsidies on "
            "products, %.10g in all, %s; margins, %.10g in all, %s.",
            total(w->paid, w->a->industries + w->a->finals), c->tax_use != NULL ? known : shared,
            margins_paid(w), c->margin_use != NULL ? known : shared));
    }
    if (c->imports != NULL) {
        WIO_TRY(wio_symmetric_note(
            table, w,
            "Imports, %.10g in all, are shared among the home uses of each product in "
            "proportion, an estimate; exports are home-made.",
            total(c->imports, w->a->products)));
    }
    return c->home == NULL
               ? WIO_OK
               : wio_symmetric_note(
                     table, w, "Imported uses are what uses of home products leave of all uses.");
}

/* Room for more rows in final_primary.csv, made when it is not there. */
static wio_status grow_frame(wio_frame **out, wio_table *table, size_t more, wio_error *err)
{
    static const char *const header[] = {"item", "region", "use", "value"};
    static const char file[] = "final_primary.csv",
                      about[] = "primary inputs that final uses pay for; no model uses them";
    size_t at = 0;
    while (at < table->frames && strcmp(table->frame[at].file, file) != 0) {
        at++;
    }
    if (at == table->frames) {
        wio_frame *grown = wio_grow(table->frame, at, at + 1, sizeof *grown);
        if (grown == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "%s", file);
        }
        table->frame = grown;
        wio_frame *frame = &grown[table->frames++];
        *frame = (wio_frame){.file = wio_strdup(file),
                             .columns = 4,
                             .header = wio_zalloc(4, sizeof *frame->header),
                             .cell = wio_zalloc(0, sizeof *frame->cell),
                             .line = wio_zalloc(0, sizeof *frame->line),
                             .about = wio_strdup(about)};
        bool whole = frame->file != NULL && frame->header != NULL && frame->cell != NULL &&
                     frame->line != NULL && frame->about != NULL;
        for (size_t c = 0; c < 4 && whole; c++) {
            whole = (frame->header[c] = wio_strdup(header[c])) != NULL;
        }
        if (!whole) {
            return wio_fail(err, WIO_E_MEMORY, "%s", file);
        }
    }
    wio_frame *frame = &table->frame[at];
    char **cell = wio_grow(frame->cell, 4 * frame->rows, 4 * (frame->rows + more), sizeof *cell);
    frame->cell = cell != NULL ? cell : frame->cell;
    size_t *line = wio_grow(frame->line, frame->rows, frame->rows + more, sizeof *line);
    frame->line = line != NULL ? line : frame->line;
    *out = frame;
    return cell != NULL && line != NULL ? WIO_OK : wio_fail(err, WIO_E_MEMORY, "%s", file);
}

/* Taxes on products that final uses pay: a table has no place for them but a further file. */
static wio_status keep_final_taxes(wio_table *table, const symmetric *w)
{
    const wio_supply_use *a = w->a;
    const double *paid = w->paid + a->industries;
    const char *item = a->item[a->items - 1], *region = a->region;
    wio_frame *frame = NULL;
    size_t count = 0;
    for (size_t c = 0; c < a->finals; c++) {
        count += paid[c] != 0.0;
    }
    if (count == 0) {
        return WIO_OK;
    }
    WIO_TRY(grow_frame(&frame, table, count, w->err));
    for (size_t c = 0; c < a->finals; c++) {
        char number[WIO_NUMBER_SIZE];
        if (paid[c] == 0.0) {
            continue;
        }
        char **cell = frame->cell + 4 * frame->rows;
        const char *const text[4] = {item, region, a->final_use[c],
                                     wio_format_double(number, paid[c])};
        frame->line[frame->rows++] = 0;
        memset(cell, 0, 4 * sizeof *cell);
        for (size_t k = 0; k < 4; k++) {
            if ((cell[k] = wio_strdup(text[k])) == NULL) {
                return wio_fail(w->err, WIO_E_MEMORY, "what final uses pay");
            }
        }
    }
    return wio_symmetric_note(table, w,
                              "Final uses pay %.10g of the taxes on products: they are in %s.",
                              wio_sum(paid, a->finals, 1), frame->file);
}

wio_status wio_symmetric_settled(wio_table *table, const symmetric *w)
{
    if (w->columns == NULL) {
        return WIO_OK;
    }
    WIO_TRY(note_all(table, w));
    return w->paid != NULL ? keep_final_taxes(table, w) : WIO_OK;
}
