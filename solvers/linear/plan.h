/* plan.h - what a method costs, for plan.c and its tests. */
#ifndef WIO_PLAN_H
#define WIO_PLAN_H

#include "linear.h"

/* Operations of a matrix product in the time that one byte is moved: what the nominal rates come to. */
enum { WIO_FLOPS_PER_BYTE = 4 };

/* A method's work beside A: floating-point operations at the rate of a matrix product, bytes moved
 * at the rate of memory, and the most bytes it holds. */
typedef struct wio_cost {
    double flops, moved, bytes;
} wio_cost;

/* For n equations with `entries` stored elements and k right-hand sides. */
wio_cost wio_method_cost(wio_method method, bool dense, size_t n, size_t entries, size_t k);

/* Bytes that may be used beside A. */
double wio_plan_room(const wio_matrix *A, const wio_solver_options *options);

#endif
