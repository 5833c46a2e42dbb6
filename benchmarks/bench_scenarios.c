/* bench_scenarios.c - what one further scenario on us-2017 costs: a demand vector, and 10 points
 * on Chinese goods with China's answer (nested substitution, full ledger).
 *
 * CSV: case,n,threads,runs,best_ms,median_ms,residual; the times are per scenario, one thread. The
 * residual is the largest componentwise backward error of the certificates. */
#include "../solvers/economy/scenario.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7, SCENARIOS = 150 };

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void time_scenario(const char *name, const wio_economy *economy, const wio_study *study,
                          const wio_scenario *scenario, const wio_parameters *parameters,
                          bool ledger)
{
    double best[ROUNDS], residual = 0.0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_ms();
        for (int k = 0; k < SCENARIOS; k++) {
            wio_outcome out = {0};
            wio_error err = {0};
            if (wio_scenario_solve(&out, economy, study, scenario, parameters, ledger, false,
                                   &err) != WIO_OK) {
                fprintf(stderr, "%s: %s\n", name, err.message);
                exit(EXIT_FAILURE);
            }
            residual = fmax(residual, out.certificate.componentwise);
            wio_outcome_free(&out);
        }
        best[round] = (now_ms() - start) / SCENARIOS;
    }
    qsort(best, ROUNDS, sizeof *best, compare);
    printf("%s,%zu,1,%d,%.4f,%.4f,%.2e\n", name, economy->n, ROUNDS * SCENARIOS, best[0],
           best[ROUNDS / 2], residual);
}

int main(void)
{
    wio_table *table = NULL;
    wio_economy *economy = NULL;
    wio_error err = {0};
    if (wio_table_open(&table, "us-2017", NULL, NULL, &err) != WIO_OK ||
        wio_economy_create(&economy, table, NULL, &err) != WIO_OK) {
        fprintf(stderr, "%s\n", err.message);
        return EXIT_FAILURE;
    }
    size_t sectors = table->sector.count, n = table->n, q = table->m - table->n;
    double *value = calloc(9 * sectors + n + q, sizeof *value);
    if (value == NULL) {
        return EXIT_FAILURE;
    }
    double *sigma_domestic = value, *sigma_import = value + sectors, *epsilon = value + 2 * sectors;
    double *base = value + 3 * sectors, *points = value + 4 * sectors, *ones = value + 5 * sectors;
    double *domestic = value + 9 * sectors, *imported = domestic + n;
    const wio_group *goods = wio_table_group(table, "goods");
    for (size_t i = 0; i < sectors; i++) {
        sigma_domestic[i] = 2.5;
        sigma_import[i] = 3.8;
        epsilon[i] = 3.0;
        ones[i] = 1.0;
    }
    for (size_t i = 0; i < goods->count; i++) {
        points[goods->sector[i]] = 0.1;
    }
    for (size_t i = 0; i < n; i++) {
        domestic[i] = (double)(i % 7);
    }
    wio_parameters parameters = {.sigma_domestic = sigma_domestic,
                                 .sigma_import = sigma_import,
                                 .export_elasticity = epsilon,
                                 .pass_through = NAN,
                                 .recapture = NAN,
                                 .duty_offset = NAN,
                                 .additionality = NAN,
                                 .announced_to_built = NAN,
                                 .displacement_home = NAN};
    parameters.eta[WIO_ROLE_HOUSEHOLD] = parameters.eta[WIO_ROLE_GOVERNMENT] = 1.0;
    parameters.eta[WIO_ROLE_INVESTMENT] = 1.0;
    wio_case central = {.parameters = parameters};
    wio_shock demand[1] = {{.kind = WIO_SHOCK_FINAL_DEMAND,
                            .as.final_demand = {.domestic = domestic, .imported = imported}}};
    wio_shock tariffs[2] = {{.kind = WIO_SHOCK_TARIFF}, {.kind = WIO_SHOCK_TARIFF}};
    for (size_t k = 0; k < 2; k++) {
        tariffs[k].as.tariff = (wio_tariff){.importer = k,
                                            .exporter = 1 - k,
                                            .base = base,
                                            .points = points,
                                            .pass_through = ones,
                                            .uses = {true, true, true}};
    }
    wio_scenario scenario = {.name = (char *)(uintptr_t)"bench", .compare_to = SIZE_MAX};
    wio_study study = {.table = table,
                       .model = {.prices = WIO_PRICES_COST_PUSH, .substitution = true},
                       .cases = 1,
                       .cases_ = &central,
                       .scenarios = 1,
                       .scenario = &scenario};
    puts("case,n,threads,runs,best_ms,median_ms,residual");
    scenario.shocks = 1;
    scenario.shock = demand;
    time_scenario("demand", economy, &study, &scenario, &parameters, true);
    scenario.shocks = 2;
    scenario.shock = tariffs;
    time_scenario("armington_totals", economy, &study, &scenario, &parameters, false);
    time_scenario("armington_ledger", economy, &study, &scenario, &parameters, true);
    free(value);
    wio_economy_free(economy);
    wio_table_free(table);
    return EXIT_SUCCESS;
}
