/* sums.c - sums in a fixed order, compensated (Neumaier 1974), so that a reported total has the
 * same bits for any number of threads and no rounding that matters. */
#include "internal.h"

#include <math.h>

double wio_sum(const double *v, size_t count, size_t stride)
{
    double sum = 0.0, lost = 0.0;
    for (size_t i = 0; i < count; i++) {
        double term = v[i * stride], next = sum + term;
        lost += fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    return sum + lost;
}

double wio_dot(const double *a, const double *b, size_t count)
{
    double sum = 0.0, lost = 0.0;
    for (size_t i = 0; i < count; i++) {
        double term = a[i] * b[i];
        double error = fma(a[i], b[i], -term); /* exact: two-product */
        double next = sum + term;
        lost += (fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum) + error;
        sum = next;
    }
    return sum + lost;
}
