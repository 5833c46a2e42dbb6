/* symmetric.h - private to symmetric*.c: supply and use on their way to a table. */
#ifndef WIO_SYMMETRIC_H
#define WIO_SYMMETRIC_H

#include "../../core/table.h"

typedef struct symmetric {
    const wio_supply_use *a;
    wio_symmetric_model model;
    size_t count;        /* products made at home: rows of Ud, Yd, columns of V */
    size_t regions;      /* at least 1 */
    size_t finals, rows; /* final columns with the residuals; room of X in rows */
    size_t imports;      /* rows of X for imports: products, or 0 where there are none */
    size_t *made;        /* [count] */
    size_t *range;       /* [2 x the larger of products and industries], scratch */
    size_t item[2];      /* products that become primary items */
    double *q, *g;       /* [products], [industries] */
    double *Ud, *Yd;     /* [count x industries], [count x finals] home uses */
    double *V;           /* [industries x count] */
    double *X; /* [rows x n] inputs: home products, imports, satellites, items, products that
                            became items, Almon's difference */
    double *Y; /* [n x finals] home final uses of the new activities */
    double *work;
    const wio_supply_columns *columns; /* from which the arrays were made ready, or NULL */
    const double *paid;                /* [users] taxes on products that they pay, or NULL */
    wio_symmetric_report report;
    const char *place; /* the source, for messages, or NULL */
    wio_log *log;
    wio_error *err;
} symmetric;

/* X and Y by the model: rows of X and Y, or columns of X, become the new activities. */
wio_status wio_symmetric_transform(symmetric *w);
wio_status wio_symmetric_table(wio_table **out, symmetric *w);
/* Whether a product that nobody makes is a primary item. */
bool wio_symmetric_is_item(const symmetric *w, size_t product);
/* basic_prices.c: arrays with columns of supply, w->a, made ready for a model; what points into the
 * arena lives as long as it. Then, of the table that was made, what is said. */
wio_status wio_symmetric_check_columns(const wio_supply_use *a, wio_error *err);
wio_status wio_symmetric_settle(wio_supply_use *ready, symmetric *w, wio_arena *arena);
wio_status wio_symmetric_settled(wio_table *table, const symmetric *w);
/* Region of a product, of an industry. */
size_t wio_symmetric_product_region(const wio_supply_use *a, size_t product);
size_t wio_symmetric_industry_region(const wio_supply_use *a, size_t industry);
/* Product by product: the activities are products; else industries. */
bool wio_symmetric_by_product(wio_symmetric_model model);

#endif
