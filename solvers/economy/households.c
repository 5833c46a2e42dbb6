/* households.c - households endogenous: Type II by the n x n factors of Type I (MODEL 3b).
 *
 *   h_r = wages / x (less the part that replaces benefits),  h_c = domestic consumption / income
 *   k = h_r' L h_c,  L_II = L + (L h_c)(h_r' L) / (1 - k)     (Miller & Blair, 3rd ed., 6.2)
 * Truncated after K rounds: 1/(1 - k) becomes 1 + k + ... + k^(K-1). */
#include "economy.h"

#include <math.h>

/* Denominator of the consumption column in million, by its name; 0 with a failure in err. */
static wio_status denominator(double *income, const wio_economy *economy,
                              const wio_household_options *options, wio_error *err)
{
    const wio_table *table = economy->table;
    switch (options->income) {
    case WIO_INCOME_TOTAL:
        *income = table->household_income;
        if (!(*income > 0.0)) {
            return wio_fail(err, WIO_E_TABLE,
                            "table %s has no household_income: choose another income (wages, "
                            "disposable, or an amount in million %s)",
                            table->name, table->currency);
        }
        return WIO_OK;
    case WIO_INCOME_WAGES:
        *income = 0.0;
        for (size_t i = 0; i < table->p; i++) {
            if (table->item_role[i] == WIO_ROLE_COMPENSATION) {
                *income += wio_sum(table->P + i * table->n, table->n, 1);
            }
        }
        if (!(*income > 0.0)) {
            return wio_fail(err, WIO_E_TABLE, "table %s: the wages add up to %g", table->name,
                            *income);
        }
        return WIO_OK;
    case WIO_INCOME_AMOUNT:
        *income = options->amount;
        if (!(isfinite(*income) && *income > 0.0)) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "household income %g: an amount in million above 0 is needed", *income);
        }
        return WIO_OK;
    case WIO_INCOME_DISPOSABLE:
        *income = economy->consumption_total;
        if (!(*income > 0.0)) {
            return wio_fail(err, WIO_E_TABLE, "table %s: households consume %g", table->name,
                            *income);
        }
        return WIO_OK;
    }
    return wio_fail(err, WIO_E_ARGUMENT, "unknown household income %d", (int)options->income);
}

static bool is_share(double share)
{
    return share >= 0.0 && share <= 1.0;
}

static wio_status one_producer(const wio_economy *economy, wio_error *err)
{
    size_t producers = 0;
    for (size_t r = 0; r < economy->table->region.count; r++) {
        producers += economy->table->endogenous[r];
    }
    if (producers > 1) { /* wages of one region would be spent by the households of all */
        return wio_fail(err, WIO_E_UNSUPPORTED,
                        "table %s: endogenous households need one region that produces, and it has "
                        "%zu",
                        economy->table->name, producers);
    }
    return WIO_OK;
}

static wio_status check_options(const wio_economy *economy, const wio_household_options *options,
                                wio_error *err)
{
    if (!is_share(options->tax) || !is_share(options->saving) || !is_share(options->leakage) ||
        !is_share(options->replacement)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "households: tax %g, saving %g, leakage %g and replacement %g have to be "
                        "shares between 0 and 1",
                        options->tax, options->saving, options->leakage, options->replacement);
    }
    for (size_t i = 0; i < economy->table->p; i++) {
        if (economy->table->item_role[i] == WIO_ROLE_COMPENSATION) {
            return one_producer(economy, err);
        }
    }
    return wio_fail(err, WIO_E_TABLE,
                    "table %s has no primary item with the role compensation: endogenous "
                    "households need wages",
                    economy->table->name);
}

/* h_c = consumption / income; for disposable income, the shares that are not spent at home. */
static void spending(double *spend, const wio_economy *economy, double income,
                     const wio_household_options *options)
{
    double kept = 1.0;
    if (options->income == WIO_INCOME_DISPOSABLE) {
        kept = (1.0 - options->tax) * (1.0 - options->saving) * (1.0 - options->leakage);
    }
    for (size_t i = 0; i < economy->n; i++) {
        spend[i] = income > 0.0 ? economy->consumption[i] / income * kept : 0.0;
    }
}

/* 1/(1 - k), or the first `rounds` terms of its series. */
static double gain(double k, size_t rounds)
{
    if (rounds == 0) {
        return 1.0 / (1.0 - k);
    }
    double sum = 0.0, term = 1.0;
    for (size_t r = 0; r < rounds && term > 0.0; r++) {
        sum += term;
        term *= k;
    }
    return sum;
}

wio_status wio_households_create(wio_households **out, const wio_economy *economy,
                                 const wio_system *system, const wio_household_options *options,
                                 wio_error *err)
{
    if (out == NULL || economy == NULL || system == NULL || options == NULL ||
        wio_system_order(system) != economy->n) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_households_create: NULL or another order");
    }
    double income = 0.0;
    WIO_TRY(check_options(economy, options, err));
    WIO_TRY(denominator(&income, economy, options, err));

    size_t n = economy->n;
    wio_status status = WIO_OK;
    wio_households *households = wio_zalloc(1, sizeof *households);
    if (households == NULL || (households->consume = wio_alloc(n, sizeof(double))) == NULL ||
        (households->income = wio_alloc(n, sizeof(double))) == NULL ||
        (households->spread = wio_alloc(n, sizeof(double))) == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "no memory for the households of %zu activities", n);
        goto done;
    }
    spending(households->consume, economy, income, options);
    for (size_t j = 0; j < n; j++) {
        households->income[j] = economy->wage[j] * (1.0 - options->replacement);
    }
    status = wio_system_solve(households->spread, system, 1, households->consume, NULL, err);
    if (status != WIO_OK) {
        goto done;
    }
    households->k = wio_dot(households->income, households->spread, n);
    if (!(households->k >= 0.0 && households->k < 1.0)) {
        status = wio_fail(err, WIO_E_ARGUMENT,
                          "households spend %.4g of every round's income again, it has to be below "
                          "1: the income of %.6g million is too small for this table",
                          households->k, income);
        goto done;
    }
    households->gain = gain(households->k, options->rounds);
    *out = households;
    households = NULL;
done:
    wio_households_free(households);
    return status;
}

void wio_households_free(wio_households *households)
{
    if (households == NULL) {
        return;
    }
    wio_free(households->consume);
    wio_free(households->income);
    wio_free(households->spread);
    wio_free(households);
}

void wio_households_induced(double *induced, const wio_households *households, size_t n,
                            const double *dx)
{
    double first = wio_dot(households->income, dx, n) * households->gain;
    for (size_t i = 0; i < n; i++) {
        induced[i] = households->spread[i] * first;
    }
}
