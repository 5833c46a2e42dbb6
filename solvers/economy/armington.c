/* armington.c - national Armington core with flat supply (MODEL 3d): what buyers exchange when
 * imports become dearer. Two CES nests by user and product: origins of imports (sigma_import),
 * home against imports (sigma_domestic); composites in fixed proportion to output for industries,
 * with own-price elasticity eta for final users.
 *
 * Flat supply makes it block recursive: prices do not depend on quantities (armington_prices.c),
 * then quantities are one linear solve on changed coefficients (armington_answers.c).
 *
 * What is held fixed in quantity: every cell (product x user) in which home or any origin is
 * negative (counted; a negative has no share and no power), and the columns of role inventory,
 * whatever eta says: stocks follow production plans, and their sign is an accident of the year.
 * What they buy becomes dearer all the same. us-2017 with 10 points on Chinese goods gives MODEL's
 * +25,401 jobs this way, and +25,950 when the nonnegative cells of INV respond. */
#include "armington.h"

#include <math.h>
#include <string.h>

void wio_armington_free(wio_armington *a)
{
    if (a == NULL) {
        return;
    }
    wio_free(a->eta);
    wio_free(a->epsilon);
    wio_free(a->phi_ret);
    wio_free(a->recapture);
    wio_free(a->zeta);
    wio_free(a->sigma_d);
    wio_free(a->sigma_m);
    wio_free(a->origin_start);
    wio_free(a->origin);
    wio_free(a->phi);
    wio_free(a->log_phi);
    wio_free(a->phi_excess);
    wio_free(a->phi_power);
    wio_free(a->cell);
    wio_free(a->final_cell);
    wio_free(a->fixed_cost);
    wio_free(a->rise);
    wio_free(a->price);
    wio_free(a->log_price);
    wio_free(a->price_excess);
    wio_free(a->price_power);
    wio_free(a->A);
    wio_free(a);
}

static wio_status check_range(const double *values, size_t count, double most, const char *name,
                              wio_error *err)
{
    for (size_t k = 0; values != NULL && k < count; k++) {
        if (!isfinite(values[k])) {
            return wio_fail(err, WIO_E_NONFINITE, "%s[%zu] is not finite", name, k);
        }
        if (values[k] < 0.0) {
            return wio_fail(err, WIO_E_ARGUMENT, "%s[%zu] is %g, expected at least 0", name, k,
                            values[k]);
        }
        if (values[k] > most) {
            return wio_fail(err, WIO_E_ARGUMENT, "%s[%zu] is %g, expected 0 to %g", name, k,
                            values[k], most);
        }
    }
    return WIO_OK;
}

static wio_status check_positive(const double *values, size_t count, const char *name,
                                 wio_error *err)
{
    for (size_t k = 0; values != NULL && k < count; k++) {
        if (!isfinite(values[k])) {
            return wio_fail(err, WIO_E_NONFINITE, "%s[%zu] is not finite", name, k);
        }
        if (!(values[k] > 0.0)) {
            return wio_fail(err, WIO_E_ARGUMENT, "%s[%zu] is %g: a price factor is above 0", name,
                            k, values[k]);
        }
    }
    return WIO_OK;
}

static wio_status check_input(const wio_economy *economy, const wio_armington_input *input,
                              wio_error *err)
{
    size_t n = economy->n, f = economy->f, homes = 0;
    for (size_t r = 0; r < economy->table->region.count; r++) {
        homes += economy->table->endogenous[r] ? 1 : 0;
    }
    if (homes != 1) {
        return wio_fail(err, WIO_E_UNSUPPORTED,
                        "substitution needs a table with one producing region, this one has %zu; "
                        "use prices: at-border without substitution",
                        homes);
    }
    if (input->phi == NULL || input->sigma_domestic == NULL || input->sigma_import == NULL ||
        input->eta == NULL || input->epsilon == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "Armington: price factors and elasticities missing");
    }
    WIO_TRY(check_positive(input->phi, 3 * economy->q, "phi", err));
    WIO_TRY(check_positive(input->phi_ret, n * f, "phi_ret", err));
    WIO_TRY(check_positive(input->zeta, n * f, "zeta", err));
    WIO_TRY(check_range(input->sigma_domestic, economy->products, INFINITY, "sigma_domestic", err));
    WIO_TRY(check_range(input->sigma_import, economy->products, INFINITY, "sigma_import", err));
    WIO_TRY(check_range(input->eta, f, INFINITY, "eta", err));
    WIO_TRY(check_range(input->epsilon, n, INFINITY, "epsilon", err));
    return check_range(input->recapture, n * f, 1.0, "recapture", err);
}

static double *copy_or(const double *values, size_t count, double otherwise)
{
    double *copy = wio_alloc(count, sizeof *copy);
    for (size_t k = 0; copy != NULL && k < count; k++) {
        copy[k] = values != NULL ? values[k] : otherwise;
    }
    return copy;
}

/* Everything but the cells. False when out of memory. */
static bool allocate(wio_armington *a, const wio_armington_input *input)
{
    size_t n = a->n, q = a->q, f = a->f;
    a->eta = copy_or(input->eta, f, 0.0);
    a->epsilon = copy_or(input->epsilon, n, 0.0);
    a->phi_ret = copy_or(input->phi_ret, n * f, 1.0);
    a->recapture = copy_or(input->recapture, n * f, 0.0);
    a->zeta = copy_or(input->zeta, n * f, 1.0);
    a->sigma_d = copy_or(input->sigma_domestic, a->products, 0.0);
    a->sigma_m = copy_or(input->sigma_import, a->products, 0.0);
    a->phi = copy_or(input->phi, 3 * q, 1.0);
    a->log_phi = wio_alloc(3 * q, sizeof *a->log_phi);
    a->phi_excess = wio_alloc(3 * q, sizeof *a->phi_excess);
    a->phi_power = wio_alloc(3 * q, sizeof *a->phi_power);
    a->origin_start = wio_zalloc(a->products + 1, sizeof *a->origin_start);
    a->origin = wio_alloc(q, sizeof *a->origin);
    a->final_cell = wio_alloc(a->products * f, sizeof *a->final_cell);
    a->fixed_cost = wio_zalloc(n, sizeof *a->fixed_cost);
    a->rise = wio_zalloc(n, sizeof *a->rise);
    a->price = wio_alloc(n, sizeof *a->price);
    a->log_price = wio_alloc(n, sizeof *a->log_price);
    a->price_excess = wio_alloc(n, sizeof *a->price_excess);
    a->price_power = wio_alloc(n, sizeof *a->price_power);
    a->A = wio_alloc(n * n, sizeof *a->A);
    return a->eta && a->epsilon && a->phi_ret && a->recapture && a->zeta && a->sigma_d &&
           a->sigma_m && a->phi && a->log_phi && a->phi_excess && a->phi_power && a->origin_start &&
           a->origin && a->final_cell && a->fixed_cost && a->rise && a->price && a->log_price &&
           a->price_excess && a->price_power && a->A;
}

/* Origins by product, in row order; and the powers of phi, which no user shares but by kind. */
static void prepare_origins(wio_armington *a)
{
    const wio_economy *economy = a->economy;
    for (size_t o = 0; o < a->q; o++) {
        a->origin_start[economy->product[o] + 1]++;
    }
    for (size_t i = 0; i < a->products; i++) {
        a->origin_start[i + 1] += a->origin_start[i];
    }
    for (size_t o = a->q; o-- > 0;) { /* from the back: start[i + 1] moves down to start[i] */
        a->origin[--a->origin_start[economy->product[o] + 1]] = o;
    }
    for (size_t i = 0; i < a->products; i++) {
        a->origin_start[i] = a->origin_start[i + 1];
    }
    a->origin_start[a->products] = a->q;
    for (size_t k = 0; k < 3 * a->q; k++) {
        double sigma = a->sigma_m[economy->product[k / 3]];
        a->log_phi[k] = log(a->phi[k]);
        a->phi_excess[k] = sigma == 0.0 ? a->phi[k] - 1.0 : wio_ces_excess(a->log_phi[k], sigma);
        a->phi_power[k] = exp(-sigma * a->log_phi[k]);
    }
}

typedef enum cell_state { EMPTY, FIXED, HOME_ONLY, ACTIVE } cell_state;

/* Imports of one product by every user [n + f], and whether a flow in the cell is negative. */
static void gather(double *imports, bool *negative, const wio_armington *a, size_t product)
{
    const wio_economy *economy = a->economy;
    size_t n = a->n, f = a->f;
    for (size_t u = 0; u < n + f; u++) {
        imports[u] = 0.0;
        negative[u] = wio_home_flow(economy, product, u) < 0.0;
    }
    for (size_t k = a->origin_start[product]; k < a->origin_start[product + 1]; k++) {
        const double *inputs = economy->M + a->origin[k] * n;
        const double *final = economy->table->Y + (n + a->origin[k]) * f;
        for (size_t u = 0; u < n + f; u++) {
            double flow = u < n ? inputs[u] : final[u - n];
            imports[u] += flow;
            negative[u] = negative[u] || flow < 0.0;
        }
    }
}

static cell_state examine(const wio_armington *a, size_t user, double home, double imports,
                          bool negative)
{
    bool stock = user >= a->n && wio_column_role(a->economy, user - a->n) == WIO_ROLE_INVENTORY;
    if (negative || stock) {
        return FIXED;
    }
    return imports > 0.0 ? ACTIVE : home > 0.0 ? HOME_ONLY : EMPTY;
}

/* Cost of industry j rises with imports that it holds fixed. */
static void add_fixed_cost(wio_armington *a, size_t product, size_t j)
{
    for (size_t k = a->origin_start[product]; k < a->origin_start[product + 1]; k++) {
        size_t o = a->origin[k];
        a->fixed_cost[j] += wio_import_flow(a->economy, o, j) * (a->phi[3 * o] - 1.0);
    }
}

/* With a->cell NULL: only counts them. imports, negative: room for n + f. */
static void find_cells(wio_armington *a, double *imports, bool *negative)
{
    bool counting = a->cell == NULL;
    a->cells = a->negatives = 0;
    for (size_t i = 0; i < a->products; i++) {
        gather(imports, negative, a, i);
        for (size_t u = 0; u < a->n + a->f; u++) {
            if (u >= a->n && wio_column_role(a->economy, u - a->n) == WIO_ROLE_EXPORT) {
                a->final_cell[i * a->f + u - a->n] = WIO_CELL_FIXED;
                continue;
            }
            double home = wio_home_flow(a->economy, i, u);
            cell_state state = examine(a, u, home, imports[u], negative[u]);
            a->negatives += negative[u] ? 1 : 0;
            if (u >= a->n) {
                a->final_cell[i * a->f + u - a->n] = state == ACTIVE      ? a->cells
                                                     : state == HOME_ONLY ? WIO_CELL_HOME
                                                                          : WIO_CELL_FIXED;
            }
            if (!counting && state == FIXED && u < a->n) {
                add_fixed_cost(a, i, u);
            }
            if (!counting && state == ACTIVE) {
                a->cell[a->cells] = (wio_cell){.product = (uint32_t)i,
                                               .user = (uint32_t)u,
                                               .use = home + imports[u],
                                               .home = home / (home + imports[u])};
            }
            a->cells += state == ACTIVE ? 1 : 0;
        }
    }
}

/* The cells of a->economy, without their prices. False when out of memory. */
static bool make_cells(wio_armington *a)
{
    double *imports = wio_alloc(a->n + a->f, sizeof *imports);
    bool *negative = wio_alloc(a->n + a->f, sizeof *negative);
    if (imports != NULL && negative != NULL) {
        find_cells(a, imports, negative);
        a->cell = wio_alloc(a->cells, sizeof *a->cell);
        if (a->cell != NULL) {
            find_cells(a, imports, negative);
        }
    }
    wio_free(negative);
    wio_free(imports);
    return a->cell != NULL;
}

/* Origins, cells and fixed costs of another object; they depend on the economy and phi alone. */
static bool copy_cells(wio_armington *a, const wio_armington *other)
{
    a->cells = other->cells;
    a->negatives = other->negatives;
    a->cell = wio_alloc(a->cells, sizeof *a->cell);
    if (a->cell == NULL) {
        return false;
    }
    memcpy(a->cell, other->cell, a->cells * sizeof *a->cell);
    memcpy(a->final_cell, other->final_cell, a->products * a->f * sizeof *a->final_cell);
    memcpy(a->fixed_cost, other->fixed_cost, a->n * sizeof *a->fixed_cost);
    return true;
}

/* like: an object with the same economy and phi, or NULL. */
static wio_status create(wio_armington **out, const wio_economy *economy,
                         const wio_armington_input *input, const wio_armington *like,
                         wio_error *err)
{
    wio_armington *a = wio_zalloc(1, sizeof *a);
    if (a == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "Armington core");
    }
    a->economy = economy;
    a->n = economy->n;
    a->q = economy->q;
    a->f = economy->f;
    a->products = economy->products;
    wio_status status = WIO_E_MEMORY;
    if (allocate(a, input)) {
        prepare_origins(a);
        status = (like != NULL ? copy_cells(a, like) : make_cells(a)) ? WIO_OK : WIO_E_MEMORY;
    }
    if (status == WIO_OK) {
        wio_armington_import_nest(a);
        status = wio_armington_solve(a, err);
    } else {
        (void)wio_fail(err, status, "Armington core of %zu sectors", a->n);
    }
    if (status != WIO_OK) {
        wio_armington_free(a);
        return status;
    }
    *out = a;
    return WIO_OK;
}

wio_status wio_armington_create(wio_armington **out, const wio_economy *economy,
                                const wio_armington_input *input, wio_error *err)
{
    WIO_TRY(check_input(economy, input, err));
    return create(out, economy, input, NULL, err);
}

wio_status wio_armington_rigid(wio_armington **out, const wio_armington *flexible, wio_error *err)
{
    wio_armington_input input = {.phi = flexible->phi,
                                 .sigma_domestic = NULL, /* 0 */
                                 .sigma_import = NULL,
                                 .eta = flexible->eta,
                                 .epsilon = flexible->epsilon,
                                 .phi_ret = flexible->phi_ret,
                                 .recapture = flexible->recapture,
                                 .zeta = flexible->zeta};
    return create(out, flexible->economy, &input, flexible, err);
}
