/* making.h - what commands share that make a table out of a table. */
#ifndef WIO_CLI_MAKING_H
#define WIO_CLI_MAKING_H

#include "options.h"

typedef struct cli_making {
    wio_table *table, *out; /* the operand; what the command makes of it */
    wio_log *log;
    wio_error err;
} cli_making;

/* A log, and the table that is named. Close it with cli_making_end whatever the status. */
wio_status cli_making_begin(cli_making *making, const char *name);
/* --columns: what the columns of the table's further files are, instead of its own columns.csv. Returns the
 * status that it is given, or its own. */
wio_status cli_making_columns(cli_making *making, wio_status status, const cli_value *columns);
/* --name and --title of the new table, where they are given. The same. */
wio_status cli_making_name(cli_making *making, wio_status status, const cli_value *name,
                           const cli_value *title);
/* What `status` says of the making: the new table to its file, and findings of at least this
 * severity to stderr; or the failure. Returns the exit status; 0: the command may say what it did. */
int cli_making_write(cli_making *making, wio_status status, const char *path, bool force,
                     wio_severity at_least);
void cli_making_end(cli_making *making);

#define CLI_OPTION_COLUMNS                                                                         \
    {                                                                                              \
        "columns", 0, CLI_TEXT, "FILE.csv",                                                        \
            "what the columns of further files (tariffs.csv) are, instead of the table's "         \
            "columns.csv: "                                                                        \
            "file,column,kind,weight"                                                              \
    }
#define CLI_OPTION_NAME                                                                            \
    {                                                                                              \
        "name", 0, CLI_TEXT, "NAME",                                                               \
            "name of the new table (default: the old one's and what was done)"                     \
    }
#define CLI_OPTION_TITLE                                                                           \
    {                                                                                              \
        "title", 0, CLI_TEXT, "TEXT", "title of the new table"                                     \
    }

#endif
