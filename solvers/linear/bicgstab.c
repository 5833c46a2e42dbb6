/* bicgstab.c - BiCGStab (van der Vorst 1992): one vector, everything in double precision. */
#include "krylov_inside.h"

enum { MOST_STEPS = 500 };

/* out = D^-1 B M^-1 D in; Z is scratch. */
static void scaled(double *out, space *s, const double *d, const double *in)
{
    for (size_t i = 0; i < s->n; i++) {
        s->Z[i] = d[i] * in[i];
    }
    if (s->how->apply != NULL) {
        s->how->apply(s->Z, s->how->context, s->how->transposed, 1);
    }
    int kind = s->how->kind & WIO_ABSOLUTE;
    wio_operator_apply(out, s->how->op, s->how->transposed, kind, 1, s->Z);
    s->passes += 1.0;
    for (size_t i = 0; i < s->n; i++) {
        out[i] = (s->Z[i] - out[i]) / d[i];
    }
}

void wio_bicgstab(double *x, double *r, track *t, space *s, const double *d, double *block)
{
    size_t n = s->n;
    double *shadow = block, *p = block + n, *v = p + n, *u = v + n, *w = u + n;
    for (size_t i = 0; i < n; i++) {
        r[i] /= d[i];
        shadow[i] = p[i] = r[i];
        u[i] = 0.0;
    }
    double rho = dot(s, r, r), first = sqrt(rho), aim = fmax(0.2 / fmax(t->measure, 1.0), 1e-9);
    double best = first;
    for (size_t step = 0; step < MOST_STEPS && best > aim * first; step++) {
        scaled(v, s, d, p);
        double under = dot(s, shadow, v), alpha = rho / under;
        if (!isfinite(alpha) || alpha == 0.0) {
            break; /* breakdown: the outer loop begins anew from what there is */
        }
        for (size_t i = 0; i < n; i++) {
            r[i] -= alpha * v[i];
        }
        scaled(w, s, d, r);
        double length = dot(s, w, w), omega = length > 0.0 ? dot(s, w, r) / length : 0.0;
        for (size_t i = 0; i < n; i++) {
            u[i] += alpha * p[i] + omega * r[i];
            r[i] -= omega * w[i];
        }
        t->steps++;
        best = sqrt(dot(s, r, r));
        double next = dot(s, shadow, r), beta = next / rho * (alpha / omega);
        rho = next;
        if (!isfinite(beta) || !isfinite(best) || rho == 0.0) {
            break;
        }
        for (size_t i = 0; i < n; i++) {
            p[i] = r[i] + beta * (p[i] - omega * v[i]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        s->Z[i] = d[i] * u[i];
    }
    if (s->how->apply != NULL) {
        s->how->apply(s->Z, s->how->context, s->how->transposed, 1);
    }
    for (size_t i = 0; i < n && isfinite(best); i++) {
        x[i] += s->Z[i];
    }
}
