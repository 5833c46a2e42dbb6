/* stream.h - tables whose flows stay in their file: asked for, or for want of memory. */
#ifndef WIO_CLI_STREAM_H
#define WIO_CLI_STREAM_H

#include "options.h"

/* A row of an option table. */
#define CLI_STREAM_OPTION                                                                          \
    {                                                                                              \
        "stream", 0, CLI_FLAG, NULL,                                                               \
            "leave the flows of a packed table in their file, which may be larger than memory "    \
            "(by itself where memory does not hold them)"                                          \
    }

/* Opens a table: *file where its flows stay in it, because that is `asked` for, or because memory does
 * not hold them and the question `may` be answered so (a note says it); else *table. */
wio_status cli_open(wio_table **table, wio_table_file **file, const char *path, bool asked,
                    bool may, wio_log *log, wio_error *err);
/* After a failure for want of memory: that --stream is there. */
void cli_hint_stream(const cli_command *command, wio_status status);
/* The first of `count` options that is given and says nothing about an answer from the file, or NULL:
 * households, and how a solver in memory works. */
const char *cli_not_streamed(const cli_command *command, const cli_value *value, size_t count);

#endif
