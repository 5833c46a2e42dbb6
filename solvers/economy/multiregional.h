/* multiregional.h - private to multiregional*.c: national tables, and how they are one table. */
#ifndef WIO_MULTIREGIONAL_H
#define WIO_MULTIREGIONAL_H

#include "bilateral.h"
#include "rebuild.h"

#define WIO_ASSEMBLY_EXPORT "EXP" /* final use of the regions without a table */

typedef struct nations {
    const wio_table **table; /* [count] those given, or copies in the order of the first */
    wio_table **copy;        /* [count] the copies, or NULL */
    size_t count, sectors;   /* sectors: activities of each table */
    wio_names region;        /* [count] their regions */
    wio_names sector;        /* the activities' codes, then what is only imported */
    size_t *home;            /* [count] index of that region in its table */
    size_t mistakes;
    wio_log *log;
    wio_error *err;
} nations;

/* A mistake to the log; the first one to err. */
void wio_nations_blame(nations *a, const char *file, size_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Room for `count` tables, and them in it. MEMORY. */
wio_status wio_nations_take(nations *a, const wio_table *const *table);
/* Fills region, sector and home; what differs between the tables is a mistake, named. TABLE, MEMORY. */
wio_status wio_nations_hold(nations *a);
void wio_nations_free(nations *a);
/* Whether a final column is exports: of that role, or of another region. */
bool wio_nations_export(const nations *a, size_t s, size_t column);
/* The texts of the new table: its name, sources, notes, groups and files of all tables; regions without a
 * table are `rest`. MEMORY. */
wio_status wio_nations_head(wio_table *table, const nations *a, const char *name, const char *rest);
/* multiregional_order.c: table s with sectors, items and accounts in the order of the first, where it has
 * the same codes in another one. MEMORY. */
wio_status wio_nations_order(nations *a, size_t s);

typedef struct assembly {
    nations a;
    const wio_trade *trade;
    const wio_multiregional_options *options;
    const char *rest;
    wio_trade view;             /* [trade lines] those of one buyer, or of one seller's exports */
    wio_names partner;          /* the other ends of its lines */
    wio_bilateral b;            /* the same, filed */
    double *share;              /* [count + 1] of the regions, then rest */
    double *imports;            /* [sectors and imported only x most users] of one buyer */
    size_t most_users, columns; /* of a table; final columns of all at home */
    bool by_use;
    double *bought, *to_rest, *exports; /* [n] */
    double *imported, *traded;          /* [n] */
    double from_rest;
    rebuild r;
    wio_multiregional_report report;
} assembly;

wio_status wio_assembly_memory(const assembly *m);               /* MEMORY */
size_t wio_assembly_region(const assembly *m, const char *code); /* SIZE_MAX: it has no table */
/* What region s uses, its exports to regions without a table, items and accounts; its final columns
 * start at `first`. Mistakes are counted. MEMORY. */
wio_status wio_assembly_fill(assembly *m, size_t s, size_t first);
/* The report; gaps into the column of the residual, or mistakes. */
void wio_assembly_close(assembly *m);
/* Leaves out the rows and the final columns of the rest that are empty. */
void wio_assembly_trim(assembly *m);

#endif
