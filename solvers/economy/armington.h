/* armington.h - what the files of the Armington core share. A cell is one product bought by one
 * user; it is active when imports can be exchanged for something, that is when some are bought
 * and nothing in it is held fixed. */
#ifndef WIO_ARMINGTON_H
#define WIO_ARMINGTON_H

#include "economy.h"

typedef struct wio_cell {   /* 64 bytes: there are thousands, read in every step */
    uint32_t product, user; /* user: activity, or n + final column; A [n x n] is in memory */
    double use;             /* home and imports; per unit of output when the user is an activity */
    double home;            /* share of home in it, s_d */
    double log_import;      /* log PM */
    double import_excess;   /* PM^(1-sd) - 1, or log PM where sd = 1 */
    double import_factor;   /* PM^(sm - sd) */
    double composite;       /* PP - 1 */
    double composite_power; /* PP^sd */
} wio_cell;

/* What stands in wio_armington.final_cell beside indices of cells. */
#define WIO_CELL_HOME  (SIZE_MAX - 1) /* home only: PP = p */
#define WIO_CELL_FIXED SIZE_MAX       /* quantity held, or nothing bought */

struct wio_armington {
    const wio_economy *economy;
    size_t n, q, f, products;
    double *eta;                        /* [f] */
    double *epsilon;                    /* [n] */
    double *phi_ret, *recapture, *zeta; /* [n x f] */
    double *sigma_d, *sigma_m;          /* [products] */
    size_t *origin_start, *origin;      /* origins of a product: origin[start[i] .. start[i+1]) */
    double *phi;                        /* [q x 3] */
    double *log_phi;                    /* [q x 3] */
    double *phi_excess;                 /* [q x 3] phi^(1-sm) - 1, or log phi where sm = 1 */
    double *phi_power;                  /* [q x 3] phi^-sm */
    size_t cells;
    wio_cell *cell;       /* [cells] by product, then user */
    size_t *final_cell;   /* [products x f] */
    double *fixed_cost;   /* [n] rise of cost from imports held fixed */
    size_t negatives;     /* cells held because something in them is negative */
    double *rise;         /* [n] y = p - 1 */
    double *price;        /* [n] p */
    double *log_price;    /* [n] */
    double *price_excess; /* [n] p^(1-sd) - 1, or log p where sd = 1 */
    double *price_power;  /* [n] p^-sd */
    double *A;            /* [n x n] coefficients at the current prices */
    double residual;
    size_t iterations;
};

static inline wio_role wio_column_role(const wio_economy *economy, size_t column)
{
    return economy->table->use_role[economy->table->final_use[column]];
}

/* What user buys of a home product and of an origin row; the shares of a user come from these. */
static inline double wio_home_flow(const wio_economy *economy, size_t product, size_t user)
{
    size_t n = economy->n;
    if (product >= n) {
        return 0.0;
    }
    return user < n ? economy->A[product * n + user]
                    : economy->table->Y[product * economy->f + user - n];
}

static inline double wio_import_flow(const wio_economy *economy, size_t origin, size_t user)
{
    size_t n = economy->n;
    return user < n ? economy->M[origin * n + user]
                    : economy->table->Y[(n + origin) * economy->f + user - n];
}

static inline size_t wio_user_kind(const wio_economy *economy, size_t user)
{
    return user < economy->n ? 0 : wio_use_kind(wio_column_role(economy, user - economy->n));
}

/* armington_prices.c */
double wio_ces_excess(double log_price, double sigma);
/* The import nest of every cell, from phi. */
void wio_armington_import_nest(wio_armington *a);
/* Solves for the prices and leaves cells, A, residual and iterations at the solution. */
wio_status wio_armington_solve(wio_armington *a, wio_error *err);

#endif
