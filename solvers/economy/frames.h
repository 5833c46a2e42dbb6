/* frames.h - private to frame_*.c: further files of a table (tariffs.csv, ...) that are aggregated
 * with it. */
#ifndef WIO_FRAMES_H
#define WIO_FRAMES_H

#include "aggregate.h"

#include <stdio.h>

#define WIO_COLUMNS_FILE "columns.csv"

typedef enum frame_kind {
    KIND_NONE,    /* not described */
    KIND_SECTOR,  /* codes that the concordance of sectors maps */
    KIND_REGION,  /* codes of regions: the importer where there is a partner */
    KIND_PARTNER, /* codes of regions: where it comes from */
    KIND_KEY,     /* any other label of a row: rows of different keys stay apart */
    KIND_AMOUNT,  /* added up with the shares of the concordances */
    KIND_RATE,    /* weighted mean */
    KIND_SAME,    /* a value that all members share; it is a mistake where they do not */
    KIND_TEXT,    /* the texts of the members, each once */
    KIND_DROP     /* left out, because it is asked for */
} frame_kind;

typedef enum frame_weight {
    WEIGHT_NONE,
    WEIGHT_OUTPUT,  /* output of the row's sector (in its region) */
    WEIGHT_IMPORTS, /* what the row's region buys of its sector from its partner */
    WEIGHT_FLOW,    /* the same, between two regions that the rule names */
    WEIGHT_COLUMN   /* an amount of the same row */
} frame_weight;

typedef struct frame_rule {
    frame_kind kind;
    frame_weight weight;
    size_t column;            /* of the weight */
    size_t importer, partner; /* regions of WEIGHT_FLOW */
    size_t line;              /* row of columns.csv, SIZE_MAX: none */
} frame_rule;

/* The rules of a frame, from the table's columns.csv: rule [columns]. *drop: leave the file out.
 * Every mistake is in the log. Errors: TABLE. */
wio_status wio_frame_rules(frame_rule *rule, bool *drop, const wio_table *table,
                           const wio_frame *frame, wio_log *log, wio_error *err);
bool wio_frame_has(const frame_rule *rule, const wio_frame *frame, frame_kind kind);

/* The same description after an aggregation: weights "USA<-CHN" in the new codes, without what was
 * dropped. Errors: MEMORY. */
wio_status wio_frame_rules_rename(wio_frame *out, const wio_frame *lines, const wio_table *to,
                                  const wio_table *from, const mapping *region, wio_error *err);

typedef struct frame_member { /* an old row in a new one */
    size_t from, to;
    double share;
} frame_member;

typedef struct
    frame_place { /* of a new row, as indices of the new table; SIZE_MAX: no such column */
    size_t region, partner, sector;
} frame_place;

typedef struct frame_work {
    const wio_table *from;
    wio_table *to;
    const mapping *region, *sector;
    const wio_aggregate_options *options;
    const double *before; /* [m x regions] what a region buys of an origin ... */
    double *after;        /* ... and in the new table */
    wio_log *log;
    wio_error *err;
    /* of the file at hand */
    const wio_frame *frame;
    wio_frame *out;
    frame_rule *rule;
    frame_place *old_place; /* [rows] */
    frame_member *member;
    size_t members, room;
    wio_names keys; /* of the new rows */
    frame_place *new_place;
    size_t partial; /* cells that not all members stand behind; the largest part of a weight without
                       a value, and where */
    double gap;
    char where[160];
} frame_work;

/* frame_cells.c: the cells of `out`, whose rows are known. Errors: TABLE (a cell that does not fit its
 * description), MEMORY. */
wio_status wio_frame_cells(frame_work *w);
/* Targets of an index, and the k-th of them with its share multiplied in; SIZE_MAX stays. */
size_t wio_frame_targets(const mapping *map, size_t i);
size_t wio_frame_target(const mapping *map, size_t i, size_t k, double *share);
wio_status wio_frame_wrong(frame_work *w, size_t row, size_t column, const char *what);
wio_status wio_frame_memory(frame_work *w);
/* frame_aggregate.c: rows first .. first + count - 1 of Z added to what regions buy of origins,
 * bought [m x regions], with the same rows of Y. */
void wio_frame_bought(double *bought, const wio_table *table, size_t first, size_t count,
                      const double *Z);
/* All further files of `from`, of which everything was `bought`, for the finished flows of `to`. */
wio_status wio_frames_aggregate(wio_table *to, const wio_table *from, const double *bought,
                                const mapping *region, const mapping *sector,
                                const wio_aggregate_options *options, wio_log *log, wio_error *err);

#endif
