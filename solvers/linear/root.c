/* root.c - a zero of a function of one variable: Brent's method (Algorithms for Minimization
 * without Derivatives, 1973, ch. 4): bisection, with a secant or inverse quadratic step whenever
 * that step stays inside and shrinks fast enough. */
#include "linear.h"

#include <float.h>
#include <math.h>

enum { MOST_STEPS = 200 }; /* bisection alone needs 64 for any interval of doubles */

/* b is the best point, a the one before it, c on the other side of the zero from b. */
typedef struct bracket {
    double a, fa, b, fb, c, fc;
    double step, before; /* the last two steps */
} bracket;

static void order(bracket *k)
{
    if ((k->fb > 0.0) == (k->fc > 0.0)) {
        k->c = k->a;
        k->fc = k->fa;
        k->step = k->before = k->b - k->a;
    }
    if (fabs(k->fc) < fabs(k->fb)) {
        k->a = k->b;
        k->fa = k->fb;
        k->b = k->c;
        k->fb = k->fc;
        k->c = k->a;
        k->fc = k->fa;
    }
}

/* Next step: interpolation when it is safe, else half the way to c. */
static void choose_step(bracket *k, double least)
{
    double half = 0.5 * (k->c - k->b);
    if (fabs(k->before) >= least && fabs(k->fa) > fabs(k->fb)) {
        double p, q, s = k->fb / k->fa;
        if (k->a == k->c) { /* secant */
            p = 2.0 * half * s;
            q = 1.0 - s;
        } else { /* inverse quadratic */
            double t = k->fa / k->fc, r = k->fb / k->fc;
            p = s * (2.0 * half * t * (t - r) - (k->b - k->a) * (r - 1.0));
            q = (t - 1.0) * (r - 1.0) * (s - 1.0);
        }
        q = p > 0.0 ? -q : q;
        p = fabs(p);
        if (2.0 * p < fmin(3.0 * half * q - fabs(least * q), fabs(k->before * q))) {
            k->before = k->step;
            k->step = p / q;
            return;
        }
    }
    k->step = k->before = half;
}

wio_status wio_root(double *root, wio_function *value, void *context, double low, double high,
                    double tolerance, wio_error *err)
{
    if (root == NULL || value == NULL || !isfinite(low) || !isfinite(high) || !(tolerance >= 0.0)) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_root: bad bracket [%g, %g] or tolerance %g", low,
                        high, tolerance);
    }
    bracket k = {.a = low, .b = high};
    WIO_TRY(value(context, low, &k.fa, err));
    WIO_TRY(value(context, high, &k.fb, err));
    if (!isfinite(k.fa) || !isfinite(k.fb)) {
        return wio_fail(err, WIO_E_NONFINITE, "the function is %g at %g and %g at %g", k.fa, low,
                        k.fb, high);
    }
    if (k.fa == 0.0) {
        *root = low;
        return WIO_OK;
    }
    if (k.fb != 0.0 && (k.fa > 0.0) == (k.fb > 0.0)) {
        *root = NAN;
        return wio_fail(err, WIO_E_NOT_CONVERGED, "no sign change: %g at %g and %g at %g", k.fa,
                        low, k.fb, high);
    }
    k.c = k.a;
    k.fc = k.fa;
    k.step = k.before = k.b - k.a;
    for (int i = 0; i < MOST_STEPS; i++) {
        order(&k);
        double least = 2.0 * DBL_EPSILON * fabs(k.b) + 0.5 * tolerance;
        if (k.fb == 0.0 || fabs(0.5 * (k.c - k.b)) <= least) {
            *root = k.b;
            return WIO_OK;
        }
        choose_step(&k, least);
        k.a = k.b;
        k.fa = k.fb;
        k.b += fabs(k.step) > least ? k.step : copysign(least, k.c - k.b);
        WIO_TRY(value(context, k.b, &k.fb, err));
        if (!isfinite(k.fb)) {
            return wio_fail(err, WIO_E_NONFINITE, "the function is %g at %g", k.fb, k.b);
        }
    }
    *root = NAN;
    return wio_fail(err, WIO_E_NOT_CONVERGED, "no root to %g within %d steps, last %g", tolerance,
                    MOST_STEPS, k.b);
}
