/* check.h - private to check*.c: what is checked, what is found, the accounts of regions. */
#ifndef WIO_CHECK_H
#define WIO_CHECK_H

#include "economy.h"

enum { MOST_NAMED = 10 };

typedef struct wio_checker {
    const wio_table *table;
    wio_log *log;
    wio_error *err;
    wio_table_report *report;
    double floor;    /* 1e-9 of all output: smaller activities are measured against this */
    double rounding; /* u, 0 when the numbers are not rounded to a power of ten */
    bool failed;
    size_t *bought; /* [n] of compressed rows: flows that are not 0; NULL */
} wio_checker;

typedef struct wio_largest { /* the ten largest of many, in order */
    size_t count;
    size_t at[MOST_NAMED];
    double size[MOST_NAMED];
} wio_largest;

typedef struct wio_accounts {
    double income;      /* value added of the region */
    double expenditure; /* C + G + I + X - M, with primary imports and other items in M */
} wio_accounts;

/* A finding; an ERROR is the answer "no". */
void wio_check_complain(wio_checker *c, wio_severity severity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *wio_check_region(const wio_checker *c, size_t origin);
const char *wio_check_sector(const wio_checker *c, size_t origin);
void wio_check_keep(wio_largest *l, size_t at, double size);

/* check_gaps.c: both sides of B3, [regions] each, to be zero before. */
bool wio_is_value_added(wio_role role);
void wio_check_flows(wio_accounts *a, const wio_table *table);
void wio_check_primary(wio_accounts *a, const wio_table *table);
/* check_signs.c: negative cells, column sums above one, what jobs cover and what unit they have. */
wio_status wio_check_signs(wio_checker *c);

#endif
