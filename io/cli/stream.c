/* stream.c - which tables are loaded, and which stay in their file. */
#include "stream.h"

#include "output.h"

#include <string.h>

/* An open packed table that memory does not hold, or NULL. */
static wio_table_file *too_large(const char *path)
{
    wio_table_file *file = NULL;
    if (wio_table_file_open(&file, path, NULL, NULL, NULL) != WIO_OK) {
        return NULL; /* a folder, or what wio_table_open will complain of */
    }
    if (wio_table_file_fits(file)) {
        wio_table_file_close(file);
        return NULL;
    }
    return file;
}

wio_status cli_open(wio_table **table, wio_table_file **file, const char *path, bool asked,
                    bool may, wio_log *log, wio_error *err)
{
    if (asked) {
        return wio_table_file_open(file, path, NULL, log, err);
    }
    *file = may ? too_large(path) : NULL;
    if (*file != NULL) {
        cli_note("memory does not hold %s: its flows stay in their file (--stream)", path);
        return WIO_OK;
    }
    return wio_table_open(table, path, NULL, log, err);
}

void cli_hint_stream(const cli_command *command, wio_status status)
{
    if (status == WIO_E_MEMORY) {
        cli_note("'wassily %s --stream' needs no memory for the flows of a packed table",
                 command->name);
    }
}

const char *cli_not_streamed(const cli_command *command, const cli_value *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = command->option[i].name;
        bool either = strcmp(name, "threads") == 0 || strcmp(name, "explain") == 0;
        if (value[i].set && !either) {
            return name;
        }
    }
    return NULL;
}
