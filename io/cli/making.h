/* making.h - what commands share that make a table out of a table. */
#ifndef WIO_CLI_MAKING_H
#define WIO_CLI_MAKING_H

#include "../../core/wassily.h"

typedef struct cli_making {
    wio_table *table, *out; /* the operand; what the command makes of it */
    wio_log *log;
    wio_error err;
} cli_making;

/* A log, and the table that is named. Close it with cli_making_end whatever the status. */
wio_status cli_making_begin(cli_making *making, const char *name);
/* What `status` says of the making: the new table to its file, and findings of at least this
 * severity to stderr; or the failure. Returns the exit status; 0: the command may say what it did. */
int cli_making_write(cli_making *making, wio_status status, const char *path, bool force,
                     wio_severity at_least);
void cli_making_end(cli_making *making);

#endif
