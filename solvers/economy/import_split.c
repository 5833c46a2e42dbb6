/* import_split.c - what of a use is imported when only totals are known, and purchasers' prices.
 *
 *   proportional   zm_ij = z_ij m_i / (q_i - exports_i + m_i), exports home-made      (MODEL 1.3)
 *   by end use     the same within intermediate use, consumption, investment
 *   basic prices   y_b,i = y_p,i (1 - tax_i - sum_k mu_ki),  y_b,k += sum_i mu_ki y_p,i  (MODEL 1.4)
 *
 * The uses of a product at home are q - exports + m where supply and use balance; their own sum is
 * taken, so that the imports add up to m whatever the balance is. */
#include "../../core/internal.h"

#include <math.h>
#include <string.h>

/* 0 intermediate, 1 consumption, 2 investment; SIZE_MAX: exports. */
static size_t kind_of(wio_role role, size_t kinds)
{
    if (role == WIO_ROLE_EXPORT) {
        return SIZE_MAX;
    }
    bool consumption = role == WIO_ROLE_HOUSEHOLD || role == WIO_ROLE_GOVERNMENT;
    return kinds == 1 ? 0 : consumption ? 1 : 2;
}

static wio_status split_product(double *Um, double *Ym, const wio_supply_use *a, size_t i,
                                const double *m, size_t kinds, wio_log *log, wio_error *err)
{
    static const char *const KIND[] = {"intermediate use", "consumption", "investment"};
    double use[3] = {0.0};
    const double *u = a->U + i * a->industries, *y = a->Y + i * a->finals;
    use[0] = wio_sum(u, a->industries, 1);
    for (size_t c = 0; c < a->finals; c++) {
        size_t kind = kind_of(a->final_role[c], kinds);
        if (kind != SIZE_MAX) {
            use[kind] += y[c];
        }
    }
    for (size_t k = 0; k < kinds; k++) {
        if (m[k] < 0.0 || (m[k] > 0.0 && m[k] > use[k] * (1.0 + 1e-12))) {
            wio_find(log, WIO_ERROR, NULL, 0, 0, "imports of %s for %s are %g, but %g is used",
                     a->product[i], kinds == 1 ? "all home uses" : KIND[k], m[k], use[k]);
            return wio_fail(err, WIO_E_TABLE, "imports of %s for %s are %g, but %g is used",
                            a->product[i], kinds == 1 ? "all home uses" : KIND[k], m[k], use[k]);
        }
        use[k] = m[k] > 0.0 ? m[k] / use[k] : 0.0; /* now the share */
    }
    for (size_t j = 0; j < a->industries; j++) {
        Um[i * a->industries + j] = u[j] * use[0];
    }
    for (size_t c = 0; c < a->finals; c++) {
        size_t kind = kind_of(a->final_role[c], kinds);
        Ym[i * a->finals + c] = kind != SIZE_MAX ? y[c] * use[kind] : 0.0;
    }
    return WIO_OK;
}

wio_status wio_import_split(double *Um, double *Ym, const wio_supply_use *arrays, const double *m,
                            size_t kinds, wio_log *log, wio_error *err)
{
    const wio_supply_use *a = arrays;
    if (Um == NULL || Ym == NULL || a == NULL || m == NULL || a->U == NULL || a->Y == NULL ||
        a->final_role == NULL || a->product == NULL || (kinds != 1 && kinds != 3)) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_import_split: NULL argument, or kinds not 1 or 3");
    }
    size_t uses = a->products * a->industries, finals = a->products * a->finals;
    double *work = wio_alloc(uses + finals, sizeof *work);
    if (work == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "imports of %zu products", a->products);
    }
    wio_status status = WIO_OK;
    for (size_t i = 0; i < a->products; i++) { /* every product that is wrong is in the log */
        for (size_t k = 0; k < kinds; k++) {
            if (!isfinite(m[i * kinds + k])) {
                status = wio_fail(err, WIO_E_NONFINITE, "imports of %s are not a finite number",
                                  a->product[i]);
            }
        }
        wio_status one = split_product(work, work + uses, a, i, m + i * kinds, kinds, log, err);
        status = status == WIO_OK ? one : status;
    }
    if (status == WIO_OK) {
        memcpy(Um, work, uses * sizeof *Um);
        memcpy(Ym, work + uses, finals * sizeof *Ym);
    }
    wio_free(work);
    return status;
}

wio_status wio_basic_prices(double *Y, double *taxes, size_t products, size_t users,
                            const double *purchasers, const double *tax, const double *mu,
                            wio_error *err)
{
    if (Y == NULL || taxes == NULL || purchasers == NULL || tax == NULL || mu == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_basic_prices: NULL argument");
    }
    for (size_t i = 0; i < products; i++) {
        double share = tax[i] + wio_sum(mu + i, products, products);
        if (!(share <= 1.0)) {
            return wio_fail(err, WIO_E_TABLE,
                            "tax and margins of product %zu are %g of its purchasers' price", i,
                            share);
        }
    }
    size_t count;
    double *work = NULL;
    if (__builtin_mul_overflow(products, users, &count) ||
        (work = wio_zalloc(count, sizeof *work)) == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%zu products x %zu users", products, users);
    }
    memset(taxes, 0, users * sizeof *taxes);
    for (size_t i = 0; i < products; i++) {
        double own = 1.0 - tax[i] - wio_sum(mu + i, products, products);
        for (size_t c = 0; c < users; c++) {
            double paid = purchasers[i * users + c];
            work[i * users + c] += own * paid;
            taxes[c] += tax[i] * paid;
        }
        for (size_t k = 0; k < products; k++) { /* few products earn margins */
            double share = mu[k * products + i];
            for (size_t c = 0; share != 0.0 && c < users; c++) {
                work[k * users + c] += share * purchasers[i * users + c];
            }
        }
    }
    memcpy(Y, work, count * sizeof *Y);
    wio_free(work);
    return WIO_OK;
}
