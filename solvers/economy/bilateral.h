/* bilateral.h - private to bilateral.c, origins.c and multiregional*.c: trade by product, use and
 * partner as an array. */
#ifndef WIO_BILATERAL_H
#define WIO_BILATERAL_H

#include "../../core/table.h"

enum { /* uses of a product, narrowest last; users follow */
       WIO_USE_OTHER,
       WIO_USE_INTERMEDIATE,
       WIO_USE_CONSUMPTION,
       WIO_USE_CAPITAL,
       WIO_USE_ALL, /* the sum of all lines */
       WIO_USES
};

typedef struct wio_bilateral {
    size_t rows, uses, partners; /* uses = WIO_USES + users */
    double *value;               /* [rows x uses x partners] */
    size_t *at;                  /* [rows x uses x partners] line + 1 of the trade, 0: none */
    bool by_use;                 /* a line has a use */
    bool shared;                 /* a line stands for several users with the same code */
    size_t mistakes;
} wio_bilateral;

/* Files trade: row_of [sectors of the table] gives the row, SIZE_MAX for what is not traded in the
 * table (a warning, with the million). Partners are in `partner`. Users are the activities' sectors,
 * then the final columns; `users` false: a line may have no use. Mistakes go to the log and are
 * counted; the first is in err. MEMORY. */
wio_status wio_bilateral_make(wio_bilateral *out, const wio_table *table, const wio_trade *trade,
                              const size_t *row_of, size_t rows, const wio_names *partner,
                              bool users, wio_log *log, wio_error *err);
void wio_bilateral_free(wio_bilateral *bilateral);
/* The narrowest use of user u (activity, or n + final column) that has lines; SIZE_MAX: no line. */
size_t wio_bilateral_use(const wio_bilateral *bilateral, const wio_table *table, size_t row,
                         size_t user);
const double *wio_bilateral_values(const wio_bilateral *bilateral, size_t row, size_t use);
double wio_bilateral_total(const wio_bilateral *bilateral, size_t row, size_t use);

#endif
