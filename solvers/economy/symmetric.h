/* symmetric.h - private to symmetric*.c: supply and use on their way to a table. */
#ifndef WIO_SYMMETRIC_H
#define WIO_SYMMETRIC_H

#include "../../core/table.h"

typedef struct
    make_layout { /* where the make of a region is; one region where they make each other's */
    size_t regions;
    size_t *product, *industry; /* [regions + 1] the first of each region */
    size_t *cell;               /* [regions + 1] in V_regions */
} make_layout;

typedef struct make_block {   /* what makes its own products alone: a region, or everything */
    size_t product, products; /* from which on, in `made`, and how many */
    size_t industry, industries;
    double *V; /* [industries x products] */
} make_block;

typedef struct symmetric {
    const wio_supply_use *a;
    wio_symmetric_model model;
    size_t count;        /* products made at home: rows of home uses */
    size_t n;            /* activities: `count`, or industries */
    size_t regions;      /* at least 1 */
    size_t finals;       /* final columns with the residuals */
    size_t imports;      /* rows of imports: products, or 0 where there are none */
    size_t *made;        /* [count] */
    size_t item[2];      /* products that become primary items */
    double *q, *g;       /* [products], [industries] */
    const double **home; /* [count] rows of home uses [industries]: those of U where nothing is
                            imported by user */
    double *Yd;          /* [count x finals] home final uses */
    make_layout layout;
    size_t blocks;
    make_block *block; /* [blocks] of products with a row */
    /* the result: */
    double *Z; /* [n + imports x n] home flows, then room for imports; not the arena's, as is S */
    double *S; /* [accounts x n] */
    double *X; /* [imports + items + 3 x n] inputs: imports, items, products that became items,
                  Almon's difference */
    double *Y; /* [n x finals] home final uses of the new activities */
    const wio_supply_columns *columns; /* from which the arrays were made ready, or NULL */
    const double *paid;                /* [users] taxes on products that they pay, or NULL */
    wio_symmetric_report report;
    const char *place; /* the source, for messages, or NULL */
    wio_log *log;
    wio_error *err;
} symmetric;

/* Z, S, X and Y by the model: rows or columns of the inputs become the new activities. */
wio_status wio_symmetric_transform(symmetric *w);
wio_status wio_symmetric_table(wio_table **out, symmetric *w);
/* symmetric_make.c: the make as its source has it, and as blocks. */
wio_status wio_make_layout(symmetric *w, wio_arena *arena);
double wio_make_of_product(const symmetric *w, size_t product);
double wio_make_of_industry(const symmetric *w, size_t industry);
bool wio_make_nothing(const symmetric *w, size_t industry); /* every cell is 0 */
wio_status wio_make_blocks(symmetric *w, wio_arena *arena);
/* Whether a product that nobody makes is a primary item. */
bool wio_symmetric_is_item(const symmetric *w, size_t product);
/* basic_prices.c: arrays with columns of supply, w->a, made ready for a model; what points into the
 * arena lives as long as it. Then, of the table that was made, what is said. */
wio_status wio_symmetric_check_columns(const wio_supply_use *a, wio_error *err);
wio_status wio_symmetric_settle(wio_supply_use *ready, symmetric *w, wio_arena *arena);
wio_status wio_symmetric_settled(wio_table *table, const symmetric *w);
/* symmetric_table.c: a note of the table that is in the log too. */
wio_status wio_symmetric_note(wio_table *table, const symmetric *w, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Region of a product, of an industry. */
size_t wio_symmetric_product_region(const wio_supply_use *a, size_t product);
size_t wio_symmetric_industry_region(const wio_supply_use *a, size_t industry);
/* Inputs in rows: home products, imports, accounts, items, products that became items. How many; row k
 * as it is [industries], NULL for zeros; and where it goes [n]. */
size_t wio_symmetric_inputs(const symmetric *w);
const double *wio_symmetric_input(const symmetric *w, size_t k);
double *wio_symmetric_output(const symmetric *w, size_t k);
/* Product by product: the activities are products; else industries. */
bool wio_symmetric_by_product(wio_symmetric_model model);

#endif
