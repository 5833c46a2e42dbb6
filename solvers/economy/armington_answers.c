/* armington_answers.c - quantities at the solved prices of the Armington core (MODEL 3d).
 *
 *   a_ij(p)   = a_ij (p_i/PP)^-sd               home
 *   a^o_ij(p) = a^o_ij (PM/PP)^-sd (phi_o/PM)^-sm
 *   final     the same factors times PP^-eta
 *   exports   X0 p^-eps [1 - (1 - recapture)(1 - phi_ret^-eps)]
 *
 * Sales lost to a partner's duty and recaptured go to the other export columns of the product, in
 * proportion to their base where it is positive and no duty stands in the way; where there is no
 * such column they stay in the same one, so that the total is right. */
#include "armington.h"

#include <math.h>
#include <string.h>

const double *wio_armington_prices(const wio_armington *a)
{
    return a->price;
}

double wio_armington_residual(const wio_armington *a, size_t *iterations)
{
    if (iterations != NULL) {
        *iterations = a->iterations;
    }
    return a->residual;
}

size_t wio_armington_fixed_cells(const wio_armington *a)
{
    return a->negatives;
}

static double home_factor(const wio_armington *a, const wio_cell *cell)
{
    return cell->product < a->n ? a->price_power[cell->product] * cell->composite_power : 1.0;
}

/* (PM/PP)^-sd (phi_o/PM)^-sm */
static double import_factor(const wio_armington *a, const wio_cell *cell, size_t origin,
                            size_t kind)
{
    return cell->import_factor * cell->composite_power * a->phi_power[3 * origin + kind];
}

double wio_armington_composite(const wio_armington *a, size_t product, size_t final)
{
    double price = product < a->n ? a->price[product] : 1.0;
    size_t at = a->final_cell[product * a->f + final];
    if (at != WIO_CELL_FIXED) {
        return at == WIO_CELL_HOME ? price : 1.0 + a->cell[at].composite;
    }
    size_t user = a->n + final, kind = wio_user_kind(a->economy, user);
    double bought = wio_home_flow(a->economy, product, user), paid = price * bought;
    for (size_t k = a->origin_start[product]; k < a->origin_start[product + 1]; k++) {
        double flow = wio_import_flow(a->economy, a->origin[k], user);
        bought += flow;
        paid += a->phi[3 * a->origin[k] + kind] * flow;
    }
    return bought != 0.0 ? paid / bought : price;
}

void wio_armington_coefficients(double *A, double *M, const wio_armington *a)
{
    size_t n = a->n;
    memcpy(A, a->A, n * n * sizeof *A);
    memcpy(M, a->economy->M, a->q * n * sizeof *M);
    for (size_t c = 0; c < a->cells; c++) {
        const wio_cell *cell = &a->cell[c];
        if (cell->user >= n) {
            continue;
        }
        for (size_t k = a->origin_start[cell->product]; k < a->origin_start[cell->product + 1];
             k++) {
            size_t o = a->origin[k];
            M[o * n + cell->user] *= import_factor(a, cell, o, 0);
        }
    }
}

static void add_column(double *home, double *imported, const wio_armington *a, size_t column,
                       bool substitution, bool response)
{
    const wio_economy *economy = a->economy;
    size_t user = a->n + column, kind = wio_user_kind(economy, user);
    bool abroad = wio_column_role(economy, column) == WIO_ROLE_EXPORT;
    double eta = a->eta[column];
    for (size_t i = 0; i < a->products; i++) {
        size_t at = a->final_cell[i * a->f + column];
        const wio_cell *cell = at < WIO_CELL_HOME ? &a->cell[at] : NULL;
        double squeeze = 1.0;
        if (response && at != WIO_CELL_FIXED) {
            squeeze = exp(-eta * (cell != NULL ? log1p(cell->composite) : a->log_price[i]));
        }
        if (i < a->n && !abroad) {
            double factor = cell != NULL && substitution ? home_factor(a, cell) : 1.0;
            home[i] += squeeze * factor * wio_home_flow(economy, i, user);
        }
        for (size_t k = a->origin_start[i]; k < a->origin_start[i + 1]; k++) {
            size_t o = a->origin[k];
            double factor = cell != NULL && substitution ? import_factor(a, cell, o, kind) : 1.0;
            imported[o] += squeeze * factor * wio_import_flow(economy, o, user);
        }
    }
}

void wio_armington_final_column(double *home, double *imported, const wio_armington *a,
                                size_t column, bool substitution, bool response)
{
    memset(home, 0, a->n * sizeof *home);
    memset(imported, 0, a->q * sizeof *imported);
    add_column(home, imported, a, column, substitution, response);
}

void wio_armington_final(double *home, double *imported, const wio_armington *a, bool substitution,
                         bool response)
{
    memset(home, 0, a->n * sizeof *home);
    memset(imported, 0, a->q * sizeof *imported);
    for (size_t c = 0; c < a->f; c++) {
        add_column(home, imported, a, c, substitution, response);
    }
}

/* The base of an export cell that responds; 0 for other columns and for negative cells. */
static double exported(const wio_armington *a, size_t i, size_t c)
{
    return wio_column_role(a->economy, c) == WIO_ROLE_EXPORT
               ? fmax(0.0, a->economy->table->Y[i * a->f + c])
               : 0.0;
}

static void resell(double *row, const wio_armington *a, size_t i, size_t from, double amount)
{
    double others = 0.0;
    for (size_t c = 0; c < a->f; c++) {
        others += c != from && a->phi_ret[i * a->f + c] <= 1.0 ? exported(a, i, c) : 0.0;
    }
    if (!(others > 0.0)) {
        row[from] += amount;
        return;
    }
    for (size_t c = 0; c < a->f; c++) {
        if (c != from && a->phi_ret[i * a->f + c] <= 1.0) {
            row[c] += amount * exported(a, i, c) / others;
        }
    }
}

void wio_armington_exports(double *exports, const wio_armington *a, bool own_price, bool partners)
{
    size_t f = a->f;
    memset(exports, 0, a->n * f * sizeof *exports);
    for (size_t i = 0; i < a->n; i++) {
        double own = own_price ? exp(-a->epsilon[i] * a->log_price[i]) : 1.0;
        for (size_t c = 0; c < f; c++) {
            double base = exported(a, i, c), phi = a->phi_ret[i * f + c];
            if (base == 0.0) {
                exports[i * f + c] += wio_column_role(a->economy, c) == WIO_ROLE_EXPORT
                                          ? a->economy->table->Y[i * f + c]
                                          : 0.0;
                continue;
            }
            double sold = base * own;
            double lost = partners && phi != 1.0 ? -sold * expm1(-a->epsilon[i] * log(phi)) : 0.0;
            exports[i * f + c] += sold - lost;
            if (lost != 0.0 && a->recapture[i * f + c] != 0.0) {
                resell(exports + i * f, a, i, c, a->recapture[i * f + c] * lost);
            }
        }
    }
}

void wio_armington_export_loss(double *loss, const wio_armington *a, bool own_price)
{
    size_t f = a->f;
    for (size_t i = 0; i < a->n; i++) {
        loss[i] = 0.0;
        double own = own_price ? exp(-a->epsilon[i] * a->log_price[i]) : 1.0;
        for (size_t c = 0; c < f; c++) {
            double zeta = a->zeta[i * f + c];
            if (zeta != 1.0) {
                double sold =
                    exported(a, i, c) * own * exp(-a->epsilon[i] * log(a->phi_ret[i * f + c]));
                loss[i] += (1.0 - zeta) * a->price[i] * sold;
            }
        }
    }
}
