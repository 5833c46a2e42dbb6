/* frames.h - private to frame_*.c: further files of a table (tariffs.csv, ...) that go with it into
 * the table that is made of it. */
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

/* The same description for the new table: weights "USA<-CHN" in the new codes, without what was
 * dropped; rates of the lines that are `lost` [rows] become `same`. Errors: MEMORY. */
wio_status wio_frame_rules_rename(wio_frame *out, const wio_frame *lines, const wio_table *to,
                                  const wio_table *from, const mapping *region, const bool *lost,
                                  wio_error *err);
/* What a line of columns.csv says of a column: "" where there is none, or no such field. */
const char *wio_frame_says(const wio_frame *lines, const char *file, const char *column,
                           const char *field);

typedef struct frame_member { /* an old row in a new one */
    size_t from, to;
    double share;
    bool rest; /* of its amounts it has what the members before it leave: shares sum to 1 */
} frame_member;

typedef struct frame_place { /* of a row, as indices of a table; SIZE_MAX: no such column */
    size_t region, partner, sector;
} frame_place;

/* What part of a line's amounts goes to the k-th of the sectors that its sector becomes; `share` is what
 * the concordances say. Negative: the line does not go there. */
typedef double frame_share(const void *context, const frame_place *old, size_t k, double share);

/* How the files of a table go into one that is made of it. What they cannot say of the new table is
 * left out by name, with its reason in the notes; nothing is a reason to refuse. */
typedef struct frame_carry {
    const wio_table *from;
    const wio_concordance *region, *sector; /* codes that change; NULL: none. Others stay */
    frame_share *share;                     /* NULL: the shares of the concordances */
    const void *context;
    const char *gone;   /* what lines that go nowhere are: "regions that are not kept" */
    const char *shares; /* what amounts were divided by: "the weights of the parts" */
    const char
        *home; /* region of lines that name none, a column `region` more; NULL: as they are */
} frame_carry;

/* frame_carry.c: all further files of how->from, for the finished flows of `to`. Errors: MEMORY. */
wio_status wio_frames_carry(wio_table *to, const frame_carry *how, wio_log *log, wio_error *err);
/* frame_assemble.c: the files of several tables of a region each; regions without a table are `rest`.
 * Lines of files that have the same name and columns are put together. Errors: MEMORY. */
wio_status wio_frames_assemble(wio_table *to, const wio_table *const *table, size_t count,
                               const char *rest, wio_log *log, wio_error *err);

typedef struct frame_work {
    const wio_table *from;
    wio_table *to;
    const mapping *region, *sector;
    const wio_aggregate_options *options;
    const frame_carry *how; /* NULL: an aggregation, which refuses what it cannot do */
    bool merges;            /* several lines may become one */
    const double *before; /* [m x regions] what a region buys of an origin, where lines merge ... */
    double *after;        /* ... and in the new table: of an aggregation */
    bool *lost;           /* [rows of columns.csv] rates whose weight the new table cannot have */
    wio_log *log;
    wio_log *mistakes; /* where they are findings: of an aggregation */
    wio_error *err;
    /* of the file at hand */
    const wio_frame *frame;
    wio_frame *out;
    frame_rule *rule;
    frame_place *old_place; /* [rows] */
    frame_member *member;
    size_t members, room;
    wio_names keys; /* of the new rows, where lines merge */
    frame_place *new_place;
    size_t rows, gone; /* new rows; old ones that go nowhere */
    double given;      /* of the amount at hand, to the members of its row before this one */
    size_t partial; /* cells that not all members stand behind; the largest part of a weight without
                       a value, and where */
    double gap;
    char where[160];
} frame_work;

/* frame_rows.c: the places of the old rows, and the new rows that these are members of. Errors: TABLE (a
 * code that the table does not have), MEMORY. */
wio_status wio_frame_places(frame_work *w);
wio_status wio_frame_members(frame_work *w);
/* Whether every row goes somewhere and is alone and whole there. */
bool wio_frame_one_to_one(const frame_work *w);
/* What has to be said of the new rows, in the log and the notes of the table. Errors: MEMORY. */
wio_status wio_frame_note_rows(frame_work *w);

/* frame_cells.c: the cells of `out`, whose rows are known. Errors: TABLE (a cell that does not fit its
 * description), MEMORY. */
wio_status wio_frame_cells(frame_work *w);
/* Targets of an index, and the k-th of them with its share multiplied in; SIZE_MAX stays. */
size_t wio_frame_targets(const mapping *map, size_t i);
size_t wio_frame_target(const mapping *map, size_t i, size_t k, double *share);
wio_status wio_frame_wrong(frame_work *w, size_t row, size_t column, const char *what);
wio_status wio_frame_memory(frame_work *w);
/* frame_carry.c: weights that the new table has no word for: refused by an aggregation (UNSUPPORTED);
 * elsewhere the rates stay, and are of the kind `same` now. */
wio_status wio_frame_check_weights(frame_work *w);
/* Whether the file can go without a description: its lines stay as they are, one for one. */
bool wio_frame_needs_no_word(const frame_work *w);
/* A first column `region` for a file whose lines name none, where how->home says so. Errors: TABLE,
 * MEMORY. */
wio_status wio_frame_add_region(frame_work *w);
/* frame_files.c: every file of w->from, then its columns.csv; whether a column of one holds codes. */
wio_status wio_frames_map(frame_work *w);
bool wio_frame_holds_codes(const wio_frame *f, size_t column, const wio_names *names);
/* Rows first .. first + count - 1 of Z added to what regions buy of origins,
 * bought [m x regions], with the same rows of Y. */
void wio_frame_bought(double *bought, const wio_table *table, size_t first, size_t count,
                      const double *Z);
/* All further files of `from`, of which everything was `bought`, for the finished flows of `to`. */
wio_status wio_frames_aggregate(wio_table *to, const wio_table *from, const double *bought,
                                const mapping *region, const mapping *sector,
                                const wio_aggregate_options *options, wio_log *log, wio_error *err);

#endif
