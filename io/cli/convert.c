/* convert.c - wassily convert: a table, or a source of a published format, in another form. */
#include "options.h"
#include "output.h"

#include <string.h>
#include <sys/stat.h>

enum { OPTION_TO, OPTION_FORCE };

static const cli_option OPTIONS[] = {
    {"to", 0, CLI_CHOICE, "hdf5|folder|pymrio",
     "the form (default: hdf5 for a name that ends in .h5, else folder)"},
    {"force", 'f', CLI_FLAG, NULL, "replace it if it exists"},
};

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static wio_status write(const wio_table *table, const char *form, const char *path, bool force,
                        wio_error *err)
{
    return strcmp(form, "hdf5") == 0     ? wio_table_write_hdf5(table, path, force, err)
           : strcmp(form, "pymrio") == 0 ? wio_table_write_pymrio(table, path, force, err)
                                         : wio_table_write_folder(table, path, force, err);
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *from = arguments->operand[0], *to = arguments->operand[1];
    const char *form = value[OPTION_TO].set   ? value[OPTION_TO].text
                       : ends_with(to, ".h5") ? "hdf5"
                                              : "folder";
    struct stat file;
    if (!value[OPTION_FORCE].set && lstat(to, &file) == 0) {
        return cli_refuse(WIO_E_CREATE, "%s exists; --force replaces it", to);
    }
    wio_table *table = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    int code = 0;
    wio_status status = wio_log_create(&log, &err);
    bool import = status == WIO_OK && wio_import_detect(from) != NULL;
    if (status == WIO_OK) {
        status = import ? wio_table_import(&table, "auto", from, NULL, log, &err)
                        : wio_table_open(&table, from, NULL, log, &err);
    }
    if (status == WIO_OK) {
        status = write(table, form, to, value[OPTION_FORCE].set, &err);
    }
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, import ? WIO_NOTE : WIO_WARNING);
        cli_note("wrote %s", to);
    }
    wio_table_free(table);
    wio_log_free(log);
    return code;
}

const cli_command cli_convert = {
    .name = "convert",
    .operands = "TABLE|SOURCE OUTPUT",
    .summary = "a table in another form: HDF5, folder, pymrio",
    .about = "Reads a table (by name, a folder, a packed file) or a source that 'wassily import "
             "auto' knows and needs no options for, and writes it as one packed HDF5 file, as a "
             "folder of CSV files, or as the folder of text files that pymrio loads. No digit is "
             "lost in any of them.",
    .examples = "wassily convert us-2017 us-2017.h5\n"
                "wassily convert exiobase.h5 exiobase_pymrio --to pymrio",
    .least = 2,
    .most = 2,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
