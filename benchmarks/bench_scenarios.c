/* bench_scenarios.c - what 1,000 scenarios on us-2017 cost, through the API that a user has: a
 * study of demand scenarios, and one of tariffs with China's answer (nested substitution, the full
 * ledger). A further scenario is (time of many - time of one) / (many - 1).
 *
 * CSV: case,n,threads,runs,best_ms,median_ms,residual   per further scenario, or per file
 *      write lines have MB/s in the place of the residual. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 5, MANY = 1000 };

static const char DEMAND[] = "wassily: 1\ntitle: benchmark\ntable: us-2017\n"
                             "model: {households: exogenous, prices: fixed}\nscenarios:\n";
static const char TARIFFS[] =
    "wassily: 1\ntitle: benchmark\ntable: us-2017\n"
    "base: {rates: {USA<-CHN: mfn_rate, CHN<-USA: 0}}\n"
    "model: {households: exogenous, prices: cost-push, substitution: nested, "
    "primary_prices: fixed}\n"
    "parameters: {horizon: long, sigma_domestic: 2.5, sigma_import: 3.8, "
    "final_demand_elasticity: 1, export_elasticity: 3, revenue: none}\n"
    "scenarios:\n";

static void stop_on(wio_status status, const wio_error *err)
{
    if (status != WIO_OK) {
        fprintf(stderr, "bench_scenarios: %s\n", err->message);
        exit(EXIT_FAILURE);
    }
}

static wio_study *study_of(const char *path, bool tariffs, int scenarios)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    fputs(tariffs ? TARIFFS : DEMAND, file);
    for (int k = 0; k < scenarios; k++) {
        fprintf(file, "  - name: s%d\n    shocks:\n", k);
        if (tariffs) {
            fprintf(
                file,
                "      - tariff: {importer: USA, exporter: CHN, sectors: goods, change: %d.%dpp, "
                "pass_through: 1}\n"
                "      - tariff: {importer: CHN, exporter: USA, sectors: goods, change: 10pp, "
                "pass_through: 1, recapture: 0}\n",
                5 + k % 20, k % 10);
        } else {
            fprintf(
                file,
                "      - final_demand: {region: ROW, use: EXP, amounts: {'3364': %d, '211': 5}, "
                "unit: musd, price_year: 2017, price_basis: producer}\n",
                100 + k);
        }
    }
    fclose(file);
    wio_study *study = NULL;
    wio_error err = {0};
    stop_on(wio_study_read(&study, path, NULL, &err), &err);
    return study;
}

static double run_ms(wio_result **out, const wio_study *study, int threads)
{
    wio_run_options options = {.threads = threads, .reproducible = true};
    wio_error err = {0};
    double start = wio_clock();
    stop_on(wio_run(out, study, &options, NULL, &err), &err);
    return 1e3 * (wio_clock() - start);
}

static void measure(const char *name, const char *folder, bool tariffs, int threads)
{
    char path[512], file[512];
    double further[ROUNDS], writing[ROUNDS], bytes = 0.0, residual = 0.0;
    snprintf(path, sizeof path, "%s/bench.yaml", folder);
    snprintf(file, sizeof file, "%s/bench.h5", folder);
    wio_study *one = study_of(path, tariffs, 1), *many = study_of(path, tariffs, MANY);
    for (int round = 0; round < ROUNDS; round++) {
        wio_result *result = NULL;
        double single = run_ms(&result, one, threads);
        wio_result_free(result);
        further[round] = (run_ms(&result, many, threads) - single) / (MANY - 1);
        residual = strtod(wio_result_attribute(result, "certificate/componentwise"), NULL);
        wio_error err = {0};
        double start = wio_clock();
        stop_on(wio_result_write(result, file, &(wio_write_options){.overwrite = true}, &err),
                &err);
        writing[round] = 1e3 * (wio_clock() - start);
        struct stat info;
        bytes = stat(file, &info) == 0 ? (double)info.st_size : 0.0;
        wio_result_free(result);
    }
    qsort(further, ROUNDS, sizeof *further, ascending);
    qsort(writing, ROUNDS, sizeof *writing, ascending);
    printf("%s,113,%d,%d,%.4f,%.4f,%.2e\n", name, threads, ROUNDS * MANY, further[0],
           further[ROUNDS / 2], residual);
    printf("%s_write,113,%d,%d,%.1f,%.1f,%.0f\n", name, threads, ROUNDS, writing[0],
           writing[ROUNDS / 2], bytes / 1e6 / (writing[ROUNDS / 2] / 1e3));
    fflush(stdout);
    wio_study_free(one);
    wio_study_free(many);
    (void)unlink(path);
    (void)unlink(file);
}

int main(void)
{
    char folder[] = "/tmp/wassily-bench-XXXXXX";
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return EXIT_FAILURE;
    }
    puts("case,n,threads,runs,best_ms,median_ms,residual");
    for (int threads = 1; threads <= 2; threads++) {
        measure("demand", folder, false, threads);
        measure("armington", folder, true, threads);
    }
    (void)rmdir(folder);
    return EXIT_SUCCESS;
}
