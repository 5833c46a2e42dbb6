/* price.c - what a rise of import prices does to home prices, quantities fixed (MODEL 3c).
 *
 *   c1_j = sum_o tau_o m_oj                            first round
 *   dp   = psi o (c1 + lambda dCPI w + A' dp)          full; margins take the rest of the rise
 *
 * dp is linear in dCPI: dp = d + lambda dCPI e with d, e the answers to c1 and w, so that
 *   dCPI = dCPI(d) / (1 - chi),  chi = lambda e'C / C_tot.
 * psi = 1: transposed solves with the base factorisation; else I - A diag(psi) is factored. */
#include "economy.h"

#include <math.h>
#include <string.h>

enum { INTERMEDIATE, CONSUMPTION, INVESTMENT };

size_t wio_use_kind(wio_role role)
{
    switch (role) {
    case WIO_ROLE_HOUSEHOLD:
    case WIO_ROLE_GOVERNMENT:
        return CONSUMPTION;
    case WIO_ROLE_INVESTMENT:
    case WIO_ROLE_INVENTORY:
        return INVESTMENT;
    default:
        return INTERMEDIATE;
    }
}

static wio_role column_role(const wio_economy *economy, size_t column)
{
    return economy->table->use_role[economy->table->final_use[column]];
}

/* Relative price of everything the columns of a role buy: [0] duties paid directly, [1] dp. */
static void deflator(double part[2], const wio_economy *economy, const double *tau,
                     const double *dp, wio_role role)
{
    size_t n = economy->n, f = economy->f, m = n + economy->q;
    const double *Y = economy->table->Y;
    double total = 0.0, direct = 0.0, indirect = 0.0;
    for (size_t r = 0; r < m; r++) {
        double bought = 0.0;
        for (size_t c = 0; c < f; c++) {
            bought += column_role(economy, c) == role ? Y[r * f + c] : 0.0;
        }
        total += bought;
        if (r < n) {
            indirect += dp[r] * bought;
        } else {
            direct += tau[3 * (r - n) + wio_use_kind(role)] * bought;
        }
    }
    part[0] = total != 0.0 ? direct / total : 0.0;
    part[1] = total != 0.0 ? indirect / total : 0.0;
}

static double export_price(const wio_economy *economy, const double *dp)
{
    size_t n = economy->n, f = economy->f;
    double total = 0.0, rise = 0.0;
    for (size_t c = 0; c < f; c++) {
        if (column_role(economy, c) != WIO_ROLE_EXPORT) {
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            total += economy->table->Y[i * f + c];
            rise += dp[i] * economy->table->Y[i * f + c];
        }
    }
    return total != 0.0 ? rise / total : 0.0;
}

static double buyers_cost(const wio_economy *economy, const double *tau)
{
    size_t n = economy->n, f = economy->f;
    double cost = 0.0;
    for (size_t o = 0; o < economy->q; o++) {
        const double *Z = economy->table->Z + (n + o) * n, *Y = economy->table->Y + (n + o) * f;
        cost += tau[3 * o + INTERMEDIATE] * wio_sum(Z, n, 1);
        for (size_t c = 0; c < f; c++) {
            cost += tau[3 * o + wio_use_kind(column_role(economy, c))] * Y[c];
        }
    }
    return cost;
}

static void first_round(double *c1, const wio_economy *economy, const double *tau)
{
    size_t n = economy->n;
    memset(c1, 0, n * sizeof *c1);
    for (size_t o = 0; o < economy->q; o++) {
        double rise = tau[3 * o + INTERMEDIATE];
        for (size_t j = 0; rise != 0.0 && j < n; j++) {
            c1[j] += rise * economy->M[o * n + j];
        }
    }
}

static wio_status check_input(const wio_economy *economy, const wio_price_input *input,
                              wio_error *err)
{
    for (size_t k = 0; k < 3 * economy->q; k++) {
        if (!isfinite(input->tau[k])) {
            return wio_fail(err, WIO_E_NONFINITE, "tau[%zu] is not finite", k);
        }
    }
    for (size_t j = 0; input->psi != NULL && j < economy->n; j++) {
        if (!(input->psi[j] >= 0.0 && input->psi[j] <= 1.0)) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "sector pass-through psi[%zu] is %g, expected 0 to 1", j,
                            input->psi[j]);
        }
    }
    if (!isfinite(input->wage_indexation)) {
        return wio_fail(err, WIO_E_NONFINITE, "wage indexation is not finite");
    }
    for (size_t j = 0; input->wage_indexation != 0.0 && j < economy->n; j++) {
        if (!isfinite(economy->wage[j])) {
            return wio_fail(err, WIO_E_TABLE,
                            "wages cannot follow prices: the table has no primary item of role "
                            "compensation; set wage_indexation to 0");
        }
    }
    return WIO_OK;
}

/* d = psi o (c + A' d), k columns of c in G, answers in place. */
static wio_status pass_on(double *G, const wio_economy *economy, const double *psi, size_t k,
                          wio_certificate *certificate, wio_error *err)
{
    if (psi == NULL) {
        return wio_system_solve_transposed(G, economy->system, k, G, certificate, err);
    }
    size_t n = economy->n;
    double *scaled = wio_alloc(n * n, sizeof *scaled);
    if (scaled == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "price model of %zu sectors", n);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            scaled[i * n + j] = economy->A[i * n + j] * psi[j];
        }
    }
    for (size_t c = 0; c < k; c++) {
        for (size_t j = 0; j < n; j++) {
            G[c * n + j] *= psi[j];
        }
    }
    wio_system *system = NULL;
    wio_status status = wio_economy_solver(&system, economy, scaled, k, err);
    if (status == WIO_OK) {
        status = wio_system_solve_transposed(G, system, k, G, certificate, err);
    }
    wio_system_free(system);
    wio_free(scaled);
    return status;
}

/* dp = d + lambda dCPI e; gives lambda dCPI, the rise of wages. */
static wio_status index_wages(double *rise, double *dp, const double *e, const wio_economy *economy,
                              const wio_price_input *input, wio_error *err)
{
    double part[2], echo = 0.0;
    *rise = 0.0;
    if (input->wage_indexation == 0.0 || !(economy->consumption_total > 0.0)) {
        return WIO_OK;
    }
    deflator(part, economy, input->tau, dp, WIO_ROLE_HOUSEHOLD);
    echo = wio_dot(e, economy->consumption, economy->n) / economy->consumption_total;
    double chi = input->wage_indexation * echo;
    if (!(chi < 1.0)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wage indexation %g gives a price spiral without end (chi = %g >= 1)",
                        input->wage_indexation, chi);
    }
    *rise = input->wage_indexation * (part[0] + part[1]) / (1.0 - chi);
    for (size_t j = 0; j < economy->n; j++) {
        dp[j] += *rise * e[j];
    }
    return WIO_OK;
}

static void publish(wio_price_output *out, const wio_economy *economy, const wio_price_input *input,
                    const double *c1, const double *dp, double rise)
{
    size_t n = economy->n;
    if (out->first_round != NULL) {
        memcpy(out->first_round, c1, n * sizeof *c1);
    }
    if (out->change != NULL) {
        memcpy(out->change, dp, n * sizeof *dp);
    }
    for (size_t j = 0; out->margin_loss != NULL && j < n; j++) {
        double cost = c1[j] + (rise != 0.0 ? rise * economy->wage[j] : 0.0);
        for (size_t i = 0; input->psi != NULL && i < n; i++) {
            cost += economy->A[i * n + j] * dp[i];
        }
        out->margin_loss[j] = input->psi == NULL ? 0.0 : (1.0 - input->psi[j]) * cost;
    }
    deflator(out->consumer, economy, input->tau, dp, WIO_ROLE_HOUSEHOLD);
    deflator(out->investment, economy, input->tau, dp, WIO_ROLE_INVESTMENT);
    deflator(out->government, economy, input->tau, dp, WIO_ROLE_GOVERNMENT);
    out->export_price = export_price(economy, dp);
    out->buyers_cost = buyers_cost(economy, input->tau);
}

wio_status wio_price_cost_push(wio_price_output *out, const wio_economy *economy,
                               const wio_price_input *input, wio_certificate *certificate,
                               wio_error *err)
{
    WIO_TRY(check_input(economy, input, err));
    size_t n = economy->n, k = input->wage_indexation != 0.0 ? 2 : 1;
    double *c1 = wio_alloc(3 * n, sizeof *c1);
    if (c1 == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "price model of %zu sectors", n);
    }
    double *dp = c1 + n, rise = 0.0;
    wio_certificate figures;
    wio_certificate_start(&figures, economy->system);
    first_round(c1, economy, input->tau);
    memcpy(dp, c1, n * sizeof *dp);
    if (k == 2) {
        memcpy(dp + n, economy->wage, n * sizeof *dp);
    }

    wio_status status = pass_on(dp, economy, input->psi, k, &figures, err);
    if (status == WIO_OK) {
        status = index_wages(&rise, dp, dp + n, economy, input, err);
    }
    if (status == WIO_OK) {
        publish(out, economy, input, c1, dp, rise);
        if (certificate != NULL) {
            wio_certificate_merge(certificate, &figures);
        }
    }
    wio_free(c1);
    return status;
}

/* ERP_j = (t_j - sum_i a_ij t_i) / (1 - sum_i a_ij), a of home and imports together */
void wio_effective_protection(double *erp, const wio_economy *economy, const double *t)
{
    size_t n = economy->n;
    for (size_t j = 0; j < n; j++) {
        double dearer = 0.0, inputs = 0.0;
        for (size_t i = 0; i < n + economy->q; i++) {
            bool home = i < n;
            double a = home ? economy->A[i * n + j] : economy->M[(i - n) * n + j];
            dearer += a * t[home ? i : economy->product[i - n]];
            inputs += a;
        }
        erp[j] = inputs != 1.0 ? (t[j] - dearer) / (1.0 - inputs) : NAN;
    }
}
