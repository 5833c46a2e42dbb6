/* border.c - duties on the current price at every border of a multi-regional table (MODEL 3c).
 *
 *   p' = v'(I - A o (1+T))^-1,   ptilde = p o (1+T_f)
 *
 * solved for y = p - 1, which is exactly 0 without duties and keeps its digits when they are small:
 *   (I - A o (1+T))' y = c,  c_j = sum_i t_ij a_ij,  v = 1 - A'1.
 * Primary inputs and what exogenous regions deliver keep their price; the fixed factor price of
 * each region is the numeraire, so there is no terms-of-trade effect. */
#include "economy.h"

#include <math.h>
#include <string.h>

static wio_status check_rates(const double *T, size_t count, const char *name, wio_error *err)
{
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(T[k])) {
            return wio_fail(err, WIO_E_NONFINITE, "%s[%zu] is not finite", name, k);
        }
        if (T[k] <= -1.0) {
            return wio_fail(err, WIO_E_ARGUMENT, "%s[%zu] is %g: a price cannot fall below 0", name,
                            k, T[k]);
        }
    }
    return WIO_OK;
}

static wio_role column_role(const wio_economy *economy, size_t column)
{
    return economy->table->use_role[economy->table->final_use[column]];
}

/* Relative change of what the households of each region pay; NaN without households. */
static void consumer_prices(double *cpi, const wio_economy *economy, const double *y,
                            const double *T_final)
{
    size_t n = economy->n, f = economy->f, m = n + economy->q;
    for (size_t r = 0; r < economy->table->region.count; r++) {
        double total = 0.0, rise = 0.0;
        for (size_t c = 0; c < f; c++) {
            if (economy->table->final_region[c] != r ||
                column_role(economy, c) != WIO_ROLE_HOUSEHOLD) {
                continue;
            }
            for (size_t i = 0; i < m; i++) {
                double bought = economy->table->Y[i * f + c];
                total += bought;
                /* p (1+t) - 1 = y + t + y t */
                rise += i < n ? (y[i] + T_final[i * f + c] * (1.0 + y[i])) * bought : 0.0;
            }
        }
        cpi[r] = total != 0.0 ? rise / total : NAN;
    }
}

static double duties(const double *T, const double *flow, const double *y, size_t n, size_t k)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double row = 0.0;
        for (size_t c = 0; c < k; c++) {
            row += T[i * k + c] * flow[i * k + c];
        }
        sum += (1.0 + y[i]) * row;
    }
    return sum;
}

/* y and, when asked for, its first-order part L'c. */
static wio_status solve(double *y, double *first, const wio_economy *economy, const double *T,
                        double *raised, wio_certificate *certificate, wio_error *err)
{
    size_t n = economy->n;
    memset(y, 0, n * sizeof *y);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double a = economy->A[i * n + j], duty = T[i * n + j] * a;
            raised[i * n + j] = a + duty;
            y[j] += duty;
        }
    }
    if (first != NULL) {
        WIO_TRY(wio_system_solve_transposed(first, economy->system, 1, y, certificate, err));
    }
    wio_system *system = NULL;
    WIO_TRY(wio_economy_solver(&system, economy, raised, 1, err));
    wio_certificate figures;
    wio_certificate_start(&figures, system);
    wio_status status = wio_system_solve_transposed(y, system, 1, y, &figures, err);
    if (status == WIO_OK) {
        wio_certificate_merge(certificate, &figures);
    }
    wio_system_free(system);
    return status;
}

wio_status wio_price_border(double *p, double *linear, double *cpi, double duty[2],
                            const wio_economy *economy, const double *T, const double *T_final,
                            wio_certificate *certificate, wio_error *err)
{
    size_t n = economy->n, f = economy->f;
    WIO_TRY(check_rates(T, n * n, "T", err));
    WIO_TRY(check_rates(T_final, n * f, "T_final", err));
    double *y = wio_alloc(n * (n + 2), sizeof *y);
    if (y == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "border prices of %zu activities", n);
    }
    double *first = y + n, *raised = y + 2 * n;
    wio_certificate figures;
    wio_certificate_start(&figures, economy->system);

    wio_status status = solve(y, linear != NULL ? first : NULL, economy, T, raised, &figures, err);
    if (status == WIO_OK) {
        for (size_t i = 0; i < n; i++) {
            p[i] = 1.0 + y[i];
        }
        if (linear != NULL) {
            memcpy(linear, first, n * sizeof *linear);
        }
        if (cpi != NULL) {
            consumer_prices(cpi, economy, y, T_final);
        }
        if (duty != NULL) {
            duty[0] = duties(T, economy->table->Z, y, n, n);
            duty[1] = duties(T_final, economy->table->Y, y, n, f);
        }
        if (certificate != NULL) {
            wio_certificate_merge(certificate, &figures);
        }
    }
    wio_free(y);
    return status;
}
