/* random_economy.h - random balanced national tables for the property tests (MODEL 5): one home
 * region, two exogenous ones, 2 to 31 sectors of which the last may have no home producer, half of
 * the cells empty, every kind of final use. */
#ifndef WIO_TEST_RANDOM_ECONOMY_H
#define WIO_TEST_RANDOM_ECONOMY_H

#include "../core/table.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_FINALS = 6, RANDOM_SEEDS = 25, RANDOM_LOOPS = 40 }; /* 1000 economies */

/* Exponential, or 0 with the given probability. */
static inline double random_cell(uint64_t *state, double empty)
{
    bool nothing = random_uniform(state) < empty;
    double cell = -log(1.0 - random_uniform(state));
    return nothing ? 0.0 : cell;
}

/* Z [m x n]: column shares home .1 to .6, imports 0 to .3 of output; Y [m x finals]. */
static inline void random_flows(double *Z, double *Y, size_t n, size_t m, uint64_t *state)
{
    double *x = calloc(2 * n, sizeof *x), *f = x + n;
    ck_assert_ptr_nonnull(x);
    for (size_t j = 0; j < n; j++) {
        double home = 0.0, imports = 0.0;
        for (size_t i = 0; i < m; i++) {
            Z[i * n + j] = random_cell(state, .5);
            *(i < n ? &home : &imports) += Z[i * n + j];
        }
        double share = .1 + .5 * random_uniform(state), abroad = .3 * random_uniform(state);
        for (size_t i = 0; i < m; i++) {
            double sum = i < n ? home : imports;
            Z[i * n + j] *= sum > 0.0 ? (i < n ? share : abroad) / sum : 0.0;
        }
    }
    for (size_t i = 0; i < m; i++) {
        for (size_t c = 0; c < RANDOM_FINALS; c++) {
            double amount = 100.0 * random_cell(state, i < n ? .2 : .5);
            Y[i * RANDOM_FINALS + c] = i >= n && c >= 4 ? 0.0 : amount + (i < n && c == 0);
            if (i < n) {
                f[i] += Y[i * RANDOM_FINALS + c];
            }
        }
    }
    for (size_t step = 0; step < 200; step++) { /* .6^200 < 1e-44 */
        for (size_t i = 0; i < n; i++) {
            double next = f[i];
            for (size_t j = 0; j < n; j++) {
                next += Z[i * n + j] * x[j];
            }
            x[i] = next;
        }
    }
    for (size_t k = 0; k < m * n; k++) {
        Z[k] *= x[k % n];
    }
    free(x);
}

static inline wio_table *random_table(uint64_t *state)
{
    static const char *const region[] = {"US", "CN", "RW"};
    static const char *const use[] = {"C", "G", "I", "INV", "EXP", "EXP"};
    size_t n = 2 + (size_t)(30 * random_uniform(state)), extra = random_uniform(state) < .3;
    size_t m = n + 2 * (n + extra);
    static char name[40][24];
    const char *sector[128];
    size_t place[128];
    for (size_t k = 0; k < 40; k++) {
        snprintf(name[k], sizeof name[k], "S%zu", k);
    }
    for (size_t r = 0; r < m; r++) {
        sector[r] = name[r < n ? r : (r - n) % (n + extra)];
        place[r] = r < n ? 0 : 1 + (r - n) / (n + extra);
    }
    double *Z = calloc(m * n + m * RANDOM_FINALS + 3 * n, sizeof *Z);
    ck_assert_ptr_nonnull(Z);
    double *Y = Z + m * n, *P = Y + m * RANDOM_FINALS, *jobs = P + 2 * n;
    random_flows(Z, Y, n, m, state);
    for (size_t j = 0; j < n; j++) {
        double left = 0.0, wages = random_uniform(state);
        for (size_t k = 0; k < n; k++) {
            left += Z[j * n + k];
        }
        for (size_t c = 0; c < RANDOM_FINALS; c++) {
            left += Y[j * RANDOM_FINALS + c];
        }
        for (size_t i = 0; i < m; i++) {
            left -= Z[i * n + j];
        }
        P[j] = wages * left;
        P[n + j] = (1.0 - wages) * left;
        jobs[j] = 1000.0 * random_uniform(state);
    }
    const wio_table_arrays arrays = {
        .name = "random",
        .title = "random",
        .currency = "USD",
        .year = 2017,
        .price_basis = "basic",
        .import_split = "survey",
        .household_income = 1000,
        .regions = 3,
        .region_code = region,
        .endogenous = (const bool[]){true, false, false},
        .n = n,
        .m = m,
        .origin_region = place,
        .origin_sector = sector,
        .f = RANDOM_FINALS,
        .final_region = (const size_t[]){0, 0, 0, 0, 1, 2},
        .final_use = use,
        .final_role =
            (const wio_role[]){WIO_ROLE_HOUSEHOLD, WIO_ROLE_GOVERNMENT, WIO_ROLE_INVESTMENT,
                               WIO_ROLE_INVENTORY, WIO_ROLE_EXPORT, WIO_ROLE_EXPORT},
        .p = 2,
        .primary_item = (const char *const[]){"wages", "gos"},
        .primary_role = (const wio_role[]){WIO_ROLE_COMPENSATION, WIO_ROLE_SURPLUS},
        .k = 1,
        .account = (const char *const[]){"jobs"},
        .account_unit = (const char *const[]){"persons"},
        .Z = Z,
        .Y = Y,
        .P = P,
        .S = jobs};
    wio_table *table = table_made(&arrays);
    free(Z);
    return table;
}

#endif
