/* ledger.h - the pieces of a scenario's change and their sorting into channels. */
#ifndef WIO_LEDGER_H
#define WIO_LEDGER_H

#include "scenario.h"

/* The two coefficient matrices of a scenario; with no substitution both are the table's. */
typedef struct wio_sides {
    const wio_economy *economy;
    const wio_system *system[2]; /* L_0, L_1 */
    const double *M[2];          /* [q x n] */
    /* [1]: the scenario's, NULL when nothing substitutes; [0]: the same with both elasticities 0,
       NULL when no channels are asked: without substitution prices rise by more. */
    const wio_armington *armington[2];
    wio_certificate *certificate;
} wio_sides;

/* Right-hand sides gathered for one solve; index i is row i of rhs and direct. */
typedef struct wio_batch {
    size_t count, capacity, n, q;
    double *rhs;     /* [capacity x n], replaced by the solution */
    double *direct;  /* [capacity x q], replaced by the imports */
    double *through; /* [q] scratch, behind direct */
} wio_batch;

wio_status wio_batch_create(wio_batch *batch, size_t capacity, size_t n, size_t q, wio_error *err);
void wio_batch_free(wio_batch *batch);
/* The next row; rhs may be filled through *rhs and *direct (both start at zero). */
size_t wio_batch_add(wio_batch *batch, double **rhs, double **direct);
wio_status wio_batch_solve(wio_batch *batch, const wio_sides *sides, int side, wio_error *err);

/* Every tariff and demand piece of a scenario into out's channels, and their sums:
 *   full_x   [n] without revenue re-spent, induced effects and plants' own output
 *   tariff_x [n] of the tariff pieces alone
 * The solved parts stay in `parts1`, a row for each part and year. */
wio_status wio_ledger_fill(wio_outcome *out, double *full_x, double *tariff_x, wio_batch *parts1,
                           const wio_sides *sides, const wio_projects *projects, bool channels,
                           wio_error *err);
/* Add x and imports to a channel; factor scales jobs per output, NULL = 1. */
void wio_ledger_add(wio_outcome *out, const wio_economy *economy, wio_channel channel,
                    const double *x, const double *imports, double weight, const double *factor);

#endif
