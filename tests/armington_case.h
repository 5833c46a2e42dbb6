/* armington_case.h - one tariff scenario on one economy, solved end to end: what the suites for
 * solvers/economy/armington*.c ask of it. */
#ifndef WIO_TEST_ARMINGTON_CASE_H
#define WIO_TEST_ARMINGTON_CASE_H

#include "../solvers/economy/economy.h"
#include "random_economy.h"

enum { MAX_N = 128, MAX_Q = 256, MAX_F = 8 };

/* Inputs, and the answers of tariff_solve. Static in the suites: too big for a stack. */
typedef struct tariff_case {
    double phi[3 * MAX_Q], sigma_d[MAX_N + 1], sigma_m[MAX_N + 1], eta[MAX_F], epsilon[MAX_N];
    double phi_ret[MAX_N * MAX_F], recapture[MAX_N * MAX_F], zeta[MAX_N * MAX_F];
    double p[MAX_N], x[MAX_N], A[MAX_N * MAX_N], M[MAX_Q * MAX_N];
    double home[MAX_N], abroad[MAX_Q], exports[MAX_N * MAX_F]; /* final uses */
    double imports[MAX_Q];                                     /* all */
    double jobs, residual, revenue;                            /* revenue at phi - 1 */
    size_t iterations, negatives;
} tariff_case;

static inline void tariff_start(tariff_case *k, const wio_economy *e, double sigma_d,
                                double sigma_m, double eta, double epsilon)
{
    ck_assert(e->n <= MAX_N && e->q <= MAX_Q && e->f <= MAX_F && e->products <= MAX_N + 1);
    for (size_t i = 0; i < 3 * e->q; i++) {
        k->phi[i] = 1.0;
    }
    for (size_t i = 0; i < e->products; i++) {
        k->sigma_d[i] = sigma_d;
        k->sigma_m[i] = sigma_m;
    }
    for (size_t c = 0; c < e->f; c++) {
        k->eta[c] = eta;
    }
    for (size_t i = 0; i < e->n; i++) {
        k->epsilon[i] = epsilon;
    }
    for (size_t i = 0; i < e->n * e->f; i++) {
        k->phi_ret[i] = k->zeta[i] = 1.0;
        k->recapture[i] = 0.0;
    }
}

static inline wio_armington_input tariff_input(const tariff_case *k)
{
    return (wio_armington_input){.phi = k->phi,
                                 .sigma_domestic = k->sigma_d,
                                 .sigma_import = k->sigma_m,
                                 .eta = k->eta,
                                 .epsilon = k->epsilon,
                                 .phi_ret = k->phi_ret,
                                 .recapture = k->recapture,
                                 .zeta = k->zeta};
}

static inline void tariff_solve(tariff_case *k, const wio_economy *e)
{
    wio_armington *a = NULL;
    wio_error err = {0};
    const wio_armington_input input = tariff_input(k);
    ck_assert_msg(wio_armington_create(&a, e, &input, &err) == WIO_OK, "%s", err.message);
    size_t n = e->n, q = e->q, f = e->f;
    memcpy(k->p, wio_armington_prices(a), n * sizeof *k->p);
    k->residual = wio_armington_residual(a, &k->iterations);
    k->negatives = wio_armington_fixed_cells(a);
    wio_armington_coefficients(k->A, k->M, a);
    wio_armington_final(k->home, k->abroad, a, true, true);
    wio_armington_exports(k->exports, a, true, true);
    for (size_t i = 0; i < n; i++) {
        k->x[i] = k->home[i];
        for (size_t c = 0; c < f; c++) {
            k->x[i] += k->exports[i * f + c];
        }
    }
    wio_system *system = NULL;
    wio_certificate certificate;
    ck_assert_int_eq(wio_system_create(&system, n, k->A, NULL, NULL, NULL), WIO_OK);
    wio_certificate_start(&certificate, system);
    ck_assert_int_eq(wio_system_solve(k->x, system, 1, k->x, &certificate, NULL), WIO_OK);
    wio_system_free(system);
    k->jobs = k->revenue = 0.0;
    for (size_t i = 0; i < n; i++) {
        k->jobs += e->e[e->jobs * n + i] * (k->x[i] - e->x[i]);
    }
    for (size_t o = 0; o < q; o++) {
        double inputs = wio_dot(k->M + o * n, k->x, n);
        k->imports[o] = k->abroad[o] + inputs;
        k->revenue += (k->phi[3 * o] - 1.0) * inputs;
    }
    double home[MAX_N], abroad[MAX_Q];
    for (size_t c = 0; c < f; c++) {
        wio_armington_final_column(home, abroad, a, c, true, true);
        size_t kind = wio_use_kind(e->table->use_role[e->table->final_use[c]]);
        for (size_t o = 0; o < q; o++) {
            k->revenue += (k->phi[3 * o + kind] - 1.0) * abroad[o];
        }
    }
    wio_armington_free(a);
}

#endif
