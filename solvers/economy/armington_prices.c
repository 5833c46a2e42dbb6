/* armington_prices.c - the two nests, and the prices at which nobody makes a profit (MODEL 3d).
 *
 *   PM = [sum_o s_o phi_o^(1-sm)]^(1/(1-sm))         PP = [s_d p^(1-sd) + s_M PM^(1-sd)]^(1/(1-sd))
 *   p_j = sum_i alpha_ij PP_ij + v_j,                v_j = 1 - sum_i alpha_ij
 *
 * Everything is carried as excess over the base (y = p - 1, PP - 1, p^(1-s) - 1 by expm1), so that
 * no duty gives exactly no change and a small duty keeps its digits. By Shephard's lemma the
 * derivative of the cost of j by p_i is the coefficient at current prices,
 *   a_ij(p) = a_ij p_i^-sd PP_ij^sd,
 * which costs no further power once PP is known: Newton's step solves (I - A(p))' d = r by
 * d <- r + A(p)' d, a contraction for a productive table. */
#include "armington.h"

#include <math.h>
#include <string.h>

/* Inner steps per Newton step. A table of radius .45 needs 25 for nine digits; at .95 this many
 * still gain nine, and beyond that Newton's method becomes linear instead of failing. */
enum { INNER_STEPS = 400, OUTER_STEPS = 500 };
static const double INNER_TOLERANCE = 1e-9; /* of the step; the next residual is the judge */
static const double SOLVED = 1e-15;         /* largest residual at which work stops */
static const double ACCEPTED = 1e-13;       /* largest residual that is called solved */

/* Within these bounds 1 + excess keeps its digits and cannot overflow; outside, prices are measured
 * from the cheapest one (log-sum-exp). */
static bool is_near(double excess)
{
    return excess > -0.5 && excess < 1e3;
}

/* sigma so near 1 that the Cobb-Douglas limit is used */
static bool is_unit(double sigma)
{
    return fabs(sigma - 1.0) < 1e-6;
}

double wio_ces_excess(double log_price, double sigma)
{
    return is_unit(sigma) ? log_price : expm1((1.0 - sigma) * log_price);
}

static double ces_log(double excess, double sigma)
{
    return is_unit(sigma) ? excess : log1p(excess) / (1.0 - sigma);
}

/* log PM of a cell, measured from the cheapest origin: exact where every price is far from 1. */
static double import_log(const wio_armington *a, const wio_cell *cell, size_t kind, double imports)
{
    double sigma = a->sigma_m[cell->product], least = INFINITY, excess = 0.0;
    for (size_t k = a->origin_start[cell->product]; k < a->origin_start[cell->product + 1]; k++) {
        size_t o = a->origin[k];
        if (wio_import_flow(a->economy, o, cell->user) > 0.0) {
            least = fmin(least, a->log_phi[3 * o + kind]);
        }
    }
    for (size_t k = a->origin_start[cell->product]; k < a->origin_start[cell->product + 1]; k++) {
        size_t o = a->origin[k];
        double share = wio_import_flow(a->economy, o, cell->user) / imports;
        if (share > 0.0) {
            excess += share * wio_ces_excess(a->log_phi[3 * o + kind] - least, sigma);
        }
    }
    return least + ces_log(excess, sigma);
}

void wio_armington_import_nest(wio_armington *a)
{
    for (size_t c = 0; c < a->cells; c++) {
        wio_cell *cell = &a->cell[c];
        size_t i = cell->product, kind = wio_user_kind(a->economy, cell->user);
        double sigma_m = a->sigma_m[i], sigma_d = a->sigma_d[i], excess = 0.0, imports = 0.0;
        for (size_t k = a->origin_start[i]; k < a->origin_start[i + 1]; k++) {
            double flow = wio_import_flow(a->economy, a->origin[k], cell->user);
            imports += flow;
            excess += flow * a->phi_excess[3 * a->origin[k] + kind];
        }
        excess /= imports;
        if (excess == 0.0) {
            cell->log_import = cell->import_excess = 0.0;
            cell->import_factor = 1.0;
            continue;
        }
        cell->log_import =
            is_near(excess) ? ces_log(excess, sigma_m) : import_log(a, cell, kind, imports);
        cell->import_excess = wio_ces_excess(cell->log_import, sigma_d);
        cell->import_factor = exp((sigma_m - sigma_d) * cell->log_import);
    }
}

/* PP - 1 and PP^sd of one cell at the current prices. */
static void composite(wio_cell *cell, const wio_armington *a)
{
    size_t i = cell->product;
    double sigma = a->sigma_d[i];
    double price = i < a->n ? a->price_excess[i] : 0.0;
    double excess = cell->home * price + (1.0 - cell->home) * cell->import_excess;
    if (sigma == 0.0) {
        cell->composite = excess;
        cell->composite_power = 1.0;
        return;
    }
    double log_composite;
    if (is_near(excess)) {
        log_composite = ces_log(excess, sigma);
        cell->composite = expm1(log_composite);
        cell->composite_power = (1.0 + cell->composite) / (is_unit(sigma) ? 1.0 : 1.0 + excess);
        return;
    }
    /* everything is far from its base price: measure from the cheaper of the two */
    double home = i < a->n ? a->log_price[i] : cell->log_import;
    double from = cell->home > 0.0 ? fmin(home, cell->log_import) : cell->log_import;
    excess = (1.0 - cell->home) * wio_ces_excess(cell->log_import - from, sigma);
    if (cell->home > 0.0) {
        excess += cell->home * wio_ces_excess(home - from, sigma);
    }
    log_composite = from + ces_log(excess, sigma);
    cell->composite = expm1(log_composite);
    cell->composite_power = exp(sigma * log_composite);
}

static void update_prices(wio_armington *a)
{
    for (size_t i = 0; i < a->n; i++) {
        double sigma = a->sigma_d[i];
        a->price[i] = 1.0 + a->rise[i];
        a->log_price[i] = log1p(a->rise[i]);
        a->price_excess[i] = sigma == 0.0 ? a->rise[i] : wio_ces_excess(a->log_price[i], sigma);
        a->price_power[i] = exp(-sigma * a->log_price[i]);
    }
}

/* r_j = cost of j at the current prices - p_j, and A at these prices; the largest |r| / p. Cells of
 * final users are left as they are. work has room for n. */
static double zero_profit(double *r, double *work, wio_armington *a)
{
    size_t n = a->n;
    update_prices(a);
    memcpy(r, a->fixed_cost, n * sizeof *r);
    memcpy(a->A, a->economy->A, n * n * sizeof *a->A);
    for (size_t c = 0; c < a->cells; c++) {
        wio_cell *cell = &a->cell[c];
        size_t i = cell->product, j = cell->user;
        if (j >= n) {
            continue;
        }
        composite(cell, a);
        r[j] += cell->use * cell->composite;
        if (i < n) {
            double *coefficient = &a->A[i * n + j];
            *coefficient *= a->price_power[i] * cell->composite_power;
            r[j] -= *coefficient * a->rise[i]; /* added back below, with the inactive cells */
        }
    }
    wio_apply_transposed(work, n, a->A, a->rise);
    double worst = 0.0;
    for (size_t j = 0; j < n; j++) {
        r[j] += work[j] - a->rise[j];
        double gap = fabs(r[j]) / a->price[j];
        worst = gap <= worst ? worst : gap; /* a NaN stays */
    }
    return worst;
}

static double larger(double a, double b)
{
    return b > a ? b : a;
}

/* d = r + A'd by iteration from d = r. */
static void newton_step(double *d, double *next, const wio_armington *a, const double *r)
{
    size_t n = a->n;
    memcpy(d, r, n * sizeof *d);
    for (size_t step = 0; step < INNER_STEPS; step++) {
        wio_apply_transposed(next, n, a->A, d);
        double change = 0.0, size = 0.0;
        for (size_t j = 0; j < n; j++) {
            double value = r[j] + next[j];
            change = larger(change, fabs(value - d[j]));
            size = larger(size, fabs(value));
            d[j] = value;
        }
        if (change <= INNER_TOLERANCE * size) {
            return;
        }
    }
}

/* y += d, shortened where a price would fall to 0 or below. */
static void move(wio_armington *a, const double *d)
{
    double length = 1.0;
    for (size_t j = 0; j < a->n; j++) {
        if (d[j] < -0.9 * a->price[j]) {
            length = fmin(length, 0.9 * a->price[j] / -d[j]);
        }
    }
    for (size_t j = 0; j < a->n; j++) {
        a->rise[j] += length * d[j];
    }
}

/* Powers of sigma may still leave the range of numbers: quantities would be 0 times infinity. */
static bool is_finite(const wio_armington *a)
{
    for (size_t c = 0; c < a->cells; c++) {
        const wio_cell *cell = &a->cell[c];
        size_t i = cell->product, kind = wio_user_kind(a->economy, cell->user);
        double common = cell->import_factor * cell->composite_power;
        if (i < a->n && !isfinite(a->price_power[i] * cell->composite_power)) {
            return false;
        }
        for (size_t k = a->origin_start[i]; k < a->origin_start[i + 1]; k++) {
            if (!isfinite(common * a->phi_power[3 * a->origin[k] + kind])) {
                return false;
            }
        }
    }
    return true;
}

wio_status wio_armington_solve(wio_armington *a, wio_error *err)
{
    size_t n = a->n;
    double *work = wio_alloc(3 * n, sizeof *work);
    if (work == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "Armington prices of %zu sectors", n);
    }
    double *r = work, *d = work + n, *next = work + 2 * n;
    memset(a->rise, 0, n * sizeof *a->rise);
    a->residual = zero_profit(r, next, a);
    a->iterations = 0;
    while (a->residual > SOLVED && a->iterations < OUTER_STEPS) {
        double before = a->residual;
        newton_step(d, next, a, r);
        move(a, d);
        a->residual = zero_profit(r, next, a);
        a->iterations++;
        if (!(a->residual < before)) {
            if (before <= ACCEPTED) {
                break; /* rounding, not distance */
            }
            move(a, r); /* p <- cost(p) contracts from anywhere */
            a->residual = zero_profit(r, next, a);
        }
    }
    wio_free(work);
    for (size_t c = 0; c < a->cells; c++) {
        if (a->cell[c].user >= n) {
            composite(&a->cell[c], a);
        }
    }
    if (!(a->residual <= ACCEPTED) || !is_finite(a)) {
        return wio_fail(err, WIO_E_NOT_CONVERGED,
                        "prices after tariffs: zero-profit residual %g after %zu iterations; "
                        "lower the elasticities or the tariff",
                        a->residual, a->iterations);
    }
    return WIO_OK;
}
