/* check.h - private to check*.c and stream*.c: what is checked, what is found, the accounts of regions.
 *
 * The flows are looked at once, in blocks of whole rows in their order: from memory or from the file,
 * which therefore give the same bits, as do compressed rows. What is needed of them afterwards are sums
 * [n]. */
#ifndef WIO_CHECK_H
#define WIO_CHECK_H

#include "economy.h"

enum { MOST_NAMED = 10, MOST_DECIMALS = 6 };

typedef struct wio_largest { /* the ten largest of many, in order */
    size_t count;
    size_t at[MOST_NAMED];
    double size[MOST_NAMED];
} wio_largest;

typedef struct wio_accounts {
    double income;      /* value added of the region */
    double expenditure; /* C + G + I + X - M, with primary imports and other items in M */
} wio_accounts;

/* What the rows of Z and Y were found to be; the arrays are an arena's. */
typedef struct wio_flow_sums {
    double *row;          /* [n] plain sum over Z and Y */
    double *row_cells;    /* [n] nonzero cells of Z in row i < n, and all of column j below */
    double *column_cells; /* [n] */
    double *column, *column_lost;  /* [n] over the activities' rows; the sum is both together */
    double *imports, *import_lost; /* [n] over the exogenous rows */
    double *below;                 /* [n] of the activities' rows, the negative flows alone */
    double *diagonal;              /* [n] flows of an activity to itself */
    double total, total_lost;      /* all of Z */
    wio_accounts *account;         /* [regions] expenditure */
    int decimals;                  /* that the flows need */
    size_t negative;               /* flows below 0 */
    wio_largest most_negative;     /* at i n + j */
} wio_flow_sums;

typedef struct wio_checker {
    const wio_table *table;
    wio_log *log;
    wio_error *err;
    wio_table_report *report;
    wio_arena arena;
    wio_flow_sums sums;
    double floor;    /* 1e-9 of all output: smaller activities are measured against this */
    double rounding; /* u, 0 when the numbers are not rounded to a power of ten */
    bool failed;
} wio_checker;

/* A finding; an ERROR is the answer "no". */
void wio_check_complain(wio_checker *c, wio_severity severity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *wio_check_region(const wio_checker *c, size_t origin);
const char *wio_check_sector(const wio_checker *c, size_t origin);
void wio_check_keep(wio_largest *l, size_t at, double size);

/* check_rows.c: the flows of a table in memory, either storage. MEMORY. */
wio_status wio_check_flows(wio_checker *c);
/* The same of a table in its file: one reading, which makes its x and cost (wio_table_pass). */
wio_status wio_check_file(wio_checker *c, wio_table_file *file);
void wio_check_end(wio_checker *c); /* lets go of the sums */
/* Decimals that numbers need, at least `least`. */
int wio_check_decimals(const double *v, size_t count, int least);

/* check.c: B1 to B3, B5 and B7 from the sums. balanced: TABLE, with what was complained of first. */
void wio_check_identities(wio_checker *c);
wio_status wio_check_balanced(const wio_checker *c, wio_error *err);
/* check_gaps.c: the right sides of B3 from primary inputs; both sides of every identity. */
bool wio_is_value_added(wio_role role);
void wio_check_primary(wio_accounts *a, const wio_table *table);
/* check_signs.c: negative cells, column sums above one, what jobs cover and what unit they have. */
void wio_check_signs(wio_checker *c);

#endif
