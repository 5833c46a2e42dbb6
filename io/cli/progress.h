/* progress.h - a progress bar on stderr, drawn only on a terminal and only for long work. */
#ifndef WIO_CLI_PROGRESS_H
#define WIO_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { PROGRESS_LINE = 256 };

/* All-zero with `stream` set means off; progress_start fills it. */
typedef struct progress {
    FILE *stream;
    bool on;    /* stream is a terminal that can go back to the start of a line */
    bool drawn; /* a bar is on the screen and has to be wiped */
    size_t width;
    double start, last; /* seconds of a monotonic clock */
} progress;

/* quiet: never draw. */
void progress_start(progress *bar, FILE *stream, bool quiet);
/* The callback of wio_run_options: context is the bar. */
void progress_show(void *context, size_t done, size_t total, const char *what);
/* Wipe the bar; call it before anything else is written. Calling it again does nothing. */
void progress_end(progress *bar);

/* One line without a newline: "[=====>    ]  42%  what", never longer than width. */
void progress_line(char line[PROGRESS_LINE], size_t width, size_t done, size_t total,
                   const char *what);

#endif
