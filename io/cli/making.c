/* making.c - a table made out of a table: opened, written, and what went wrong. */
#include "making.h"

#include "output.h"

wio_status cli_making_begin(cli_making *making, const char *name)
{
    *making = (cli_making){0};
    wio_status status = wio_log_create(&making->log, &making->err);
    return status == WIO_OK ? wio_table_open(&making->table, name, NULL, making->log, &making->err)
                            : status;
}

wio_status cli_making_columns(cli_making *making, wio_status status, const cli_value *columns)
{
    return status == WIO_OK && columns->set
               ? wio_table_add_file(making->table, "columns.csv", columns->text, making->log,
                                    &making->err)
               : status;
}

wio_status cli_making_name(cli_making *making, wio_status status, const cli_value *name,
                           const cli_value *title)
{
    return status == WIO_OK && (name->set || title->set)
               ? wio_table_rename(making->out, name->text, title->text, &making->err)
               : status;
}

int cli_making_write(cli_making *making, wio_status status, const char *path, bool force,
                     wio_severity at_least)
{
    if (status == WIO_OK) {
        status = wio_table_write_hdf5(making->out, path, force, &making->err);
    }
    if (status != WIO_OK) {
        return cli_fail(status, &making->err, making->log);
    }
    cli_print_log(making->log, at_least);
    return 0;
}

void cli_making_end(cli_making *making)
{
    wio_table_free(making->out);
    wio_table_free(making->table);
    wio_log_free(making->log);
}
