/* stream.h - private to stream*.c: a table whose flows stay in its file, as what solvers/linear reads. */
#ifndef WIO_STREAM_H
#define WIO_STREAM_H

#include "../linear/series.h"
#include "check.h"

/* A = Z / output of the activities, read from the file. */
typedef struct wio_stream {
    wio_table_file *file;
    const wio_table *t;
    wio_series A;
    int threads;
    size_t room;      /* of `scaled`, in vectors */
    double *scaled;   /* [room x n] x / output */
    double *share;    /* [n] of each column of A that is not in it, as wio_economy_shares */
    double *imported; /* [n] imports from exogenous regions per output */
    double *column;   /* [n] column sums of A */
    /* of the reading that is under way */
    size_t count;
    const wio_panel_product *product; /* forward ones read `scaled` */
    wio_panel_product *own;           /* [room] */
} wio_stream;

/* From the sums of a checker that has looked at the file (wio_check_file); sides: solutions at once.
 * Errors: MEMORY. */
wio_status wio_stream_start(wio_stream *out, wio_table_file *file, const wio_checker *c,
                            wio_arena *arena, size_t sides, int threads, wio_error *err);
void wio_stream_end(wio_stream *stream);
/* All that a question to such a table needs. Not to be copied. */
typedef struct wio_streamed {
    wio_checker checker;
    wio_table_report found; /* of the identities */
    wio_error detail;
    wio_stream stream;
    wio_economy *economy; /* an outline */
    wio_arena arena;
} wio_streamed;

/* One reading. The table has to add up (wio_table_balanced). sides: solutions at once. Errors: those of
 * wio_table_pass, TABLE, MEMORY. end: whatever the status was. */
wio_status wio_streamed_start(wio_streamed *s, wio_table_file *file, size_t sides, int threads,
                              wio_log *log, wio_error *err);
void wio_streamed_end(wio_streamed *s);

#endif
