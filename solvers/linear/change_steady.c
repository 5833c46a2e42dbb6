/* change_steady.c - what the error of a low-rank answer can be at most, from the errors of its parts.
 *
 * A solve of a steady base, x^ for g, has |B x^ - g| <= c a z with a = max |x^| / w, where
 * w > 0, B w >= z > 0 and c come from factor_solve.c (eps |L||U| w <= c z). With P, V, K, y of
 * change_panel.c as computed, d the rounding of the last sum, and m = a + 2 sum |y_k| max(|V_k| / w),
 * which is at least max |x0| / w + sum |y_k| max(|V_k| / w) to first order, the residual
 * rho = f - (B - D) x is
 *
 *   rows     (f - B x0) + sum y_k (e_k - B V_k) + E_K (P x - y) - B d,
 *            |d| <= gamma(r+2) m w and |B| w <= w + A w <= 2 w, so that
 *            |rho| <= m (c z + 2 gamma(r+2) w) + E_K |P x - y|
 *   columns  (f + P'y + d - B x) + P'(x_K - y) - d,
 *            |rho| <= c a z + |P|'|x_K - y| + gamma(r+2) (|f| + |P|'|y|)
 *
 * and |x - x*| <= w max(|rho_i| / z'_i), 0 < z' <= (B - D) w. The parts f and D x go into the sums
 * of the block, in which what was really computed is looked at. */
#include "change.h"
#include "system.h"

#include <math.h>
#include <string.h>

bool wio_change_prove(double *z, const double *size, const wio_system *base, bool transposed)
{
    const wio_proof *proof = transposed ? &base->columns : &base->rows;
    /* Each sum has at most n terms and n roundings of them; one more for the difference. */
    size_t n = base->n;
    double g = wio_gamma(2 * n + 4);
    bool positive = true;
    for (size_t i = 0; i < n; i++) {
        z[i] = proof->z[i] - z[i] - g * (proof->z[i] + size[i]);
        positive = positive && z[i] > 0.0;
    }
    return positive;
}

/* Column `column` of all: x, and f + D x in place of f. */
static void add_to_sums(const wio_sums *sums, size_t n, size_t column, const double *x,
                        const double *f, const double *dx, const double *size_dx)
{
    size_t b = column / WIO_BLOCK;
    double sign = wio_sign_of(column % WIO_BLOCK);
    double *x_with = sums->x + b * n, *x_size = sums->x + (sums->blocks + b) * n;
    double *f_with = sums->f + b * n, *f_size = sums->f + (sums->blocks + b) * n;
    for (size_t i = 0; i < n; i++) {
        x_with[i] += sign * x[i];
        x_size[i] += fabs(x[i]);
        f_with[i] += sign * (f[i] + dx[i]);
        f_size[i] += fabs(f[i]) + size_dx[i];
    }
}

/* rho for changed rows. */
static void bound_rows(double *rho, const wio_change_call *call, double a, const double *dx,
                       const double *size_dx, const double *y, const size_t *list, size_t r)
{
    const wio_proof *proof = call->transposed ? &call->base->columns : &call->base->rows;
    size_t n = call->base->n;
    double m = a, c = call->base->steady[call->transposed];
    for (size_t k = 0; k < r; k++) {
        size_t slot = call->slot[WIO_CHANGE_ROWS][list[k]];
        m += 2.0 * fabs(y[k]) * call->reach[WIO_CHANGE_ROWS][slot];
    }
    for (size_t i = 0; i < n; i++) {
        rho[i] = 1.01 * m * (c * proof->z[i] + 2.0 * wio_gamma(r + 2) * proof->w[i]);
    }
    for (size_t k = 0; k < r; k++) {
        size_t i = list[k];
        rho[i] += fabs(dx[i] - y[k]) + wio_gamma(2 * n + 4) * (size_dx[i] + fabs(y[k]));
    }
}

/* rho for changed columns; magnitude [n] is overwritten. */
static void bound_columns(double *rho, double *magnitude, const wio_change_call *call, double a,
                          const wio_change *d, const double *x, const double *f,
                          const double *size_dx, const double *y, const size_t *list, size_t r)
{
    const wio_proof *proof = call->transposed ? &call->base->columns : &call->base->rows;
    size_t n = call->base->n;
    double c = call->base->steady[call->transposed], g = wio_gamma(2 * r + 4);
    memset(magnitude, 0, n * sizeof *magnitude);
    memset(rho, 0, n * sizeof *rho);
    for (size_t k = 0; k < r; k++) {
        magnitude[list[k]] = fabs(x[list[k]] - y[k]);
    }
    wio_change_add_sizes(rho, d, n, call->transposed, magnitude);
    for (size_t i = 0; i < n; i++) { /* |y| <= |x_K| + |x_K - y| */
        rho[i] += c * a * proof->z[i] + g * (fabs(f[i]) + size_dx[i] + rho[i]);
    }
}

double wio_change_foresee(const wio_change_call *call, bool rows, size_t scenario, size_t column,
                          const double *x, const double *f, const double *y, const size_t *list,
                          size_t r, double *room)
{
    const wio_change *d = &call->change[scenario];
    const wio_proof *proof = call->transposed ? &call->base->columns : &call->base->rows;
    size_t n = call->base->n;
    double *dx = room, *size_dx = dx + n, *z = size_dx + n, *size_z = z + n;
    double *magnitude = size_z + n, *rho = magnitude + n;
    double a = 0.0, top = 0.0, heaviest = 0.0, most = 0.0;
    memset(room, 0, 4 * n * sizeof *room);
    for (size_t i = 0; i < n; i++) {
        magnitude[i] = fabs(x[i]);
        top = wio_worse(magnitude[i], top);
        a = wio_worse(magnitude[i] / proof->w[i], a);
        heaviest = wio_worse(proof->w[i], heaviest);
    }
    const wio_change_sums sums = {dx, size_dx, z, size_z};
    wio_change_weigh(&sums, d, n, call->transposed, x, magnitude, proof->w);
    if (!wio_change_prove(z, size_z, call->base, call->transposed)) {
        return INFINITY;
    }
    if (rows) {
        bound_rows(rho, call, a, dx, size_dx, y, list, r);
    } else {
        bound_columns(rho, magnitude, call, a, d, x, f, size_dx, y, list, r);
    }
    for (size_t i = 0; i < n; i++) {
        most = wio_worse(rho[i] / z[i], most);
    }
    double bound = top == 0.0 ? 0.0 : 1.01 * most * heaviest / top;
    if (bound <= WIO_CHANGE_SURE) {
        add_to_sums(call->sums, n, column, x, f, dx, size_dx);
    }
    return bound;
}
