/* schedule.h - a tariff schedule: lines by product code, the trade they apply to, and the sectors that
 * product codes belong to. Read by io/schedule_read.c, reckoned with in solvers/economy/rates.c. */
#ifndef WIO_SCHEDULE_H
#define WIO_SCHEDULE_H

#include "internal.h"

enum { WIO_CODE_SIZE = 32 }; /* longer than any product code */

/* What a line does to the duty on an entry. */
typedef enum wio_line_kind {
    WIO_LINE_BASE,    /* the rate unless replaced: MFN */
    WIO_LINE_REPLACE, /* instead of the base: column 2, a preference */
    WIO_LINE_ADD,     /* on top of it: section 301, 232, emergency duties */
    WIO_LINE_EXCEPT,  /* `rate` is the share of the line's value that the authority leaves out */
    WIO_LINE_KINDS
} wio_line_kind;

typedef struct wio_tariff_line {
    size_t code;      /* index in schedule.code: what entries have to begin with */
    size_t partner;   /* index in schedule.partner, SIZE_MAX: every one */
    size_t authority; /* index in schedule.authority */
    wio_line_kind kind;
    double rate;  /* a share; NaN: specific or compound, no ad valorem equivalent is given */
    int from, to; /* yyyymmdd, both days included */
    size_t line;  /* in its file */
} wio_tariff_line;

typedef struct wio_entry { /* trade in one code from one partner */
    char *code;
    size_t partner;
    double value;
    size_t line;
} wio_entry;

typedef struct wio_membership { /* part of a code that belongs to a sector */
    size_t code, sector;        /* indices in schedule.product and schedule.sector */
    double weight;
} wio_membership;

struct wio_schedule {
    wio_names code, partner, authority, product, sector;
    wio_tariff_line *tariff; /* [tariffs] by code, then by line */
    size_t tariffs;
    size_t *first; /* [code.count + 1] lines of a code */
    wio_entry *entry;
    size_t entries;
    wio_membership *member; /* [members] by product */
    size_t members;
    size_t *member_at; /* [product.count + 1] */
    char *path;        /* of the lines */
};

/* The longest code of a list that `code` begins with; SIZE_MAX when there is none. */
size_t wio_longest_prefix(const wio_names *names, const char *code);

#endif
