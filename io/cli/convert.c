/* convert.c - wassily convert: tables, or sources of published formats, in another form. */
#include "options.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OPTION_TO, OPTION_ROLES, OPTION_OUTPUT, OPTION_APPEND, OPTION_FORCE };

static const cli_option OPTIONS[] = {
    {"to", 0, CLI_CHOICE, "hdf5|folder|pymrio",
     "the form (default: hdf5 for a name that ends in .h5, else folder)"},
    {"roles", 0, CLI_TEXT, "FILE.csv",
     "of a source: code,role for codes that its format does not know"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write here; with YEAR=SOURCE: a table for each year"},
    {"append", 0, CLI_FLAG, NULL, "add the years to those that are in the file"},
    {"force", 'f', CLI_FLAG, NULL, "replace it if it exists"},
};

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static wio_status write(const wio_table *table, const char *form, const char *path, bool force,
                        wio_log *log, wio_error *err)
{
    if (strcmp(form, "pymrio") == 0) {
        wio_status status = wio_table_write_pymrio(table, path, force, err);
        return status != WIO_OK ? status : wio_table_pymrio_losses(table, log, err);
    }
    return strcmp(form, "hdf5") == 0 ? wio_table_write_hdf5(table, path, force, err)
                                     : wio_table_write_folder(table, path, force, err);
}

/* A table, or a source that 'import auto' knows; its year where the source does not say it. */
static wio_status read(wio_table **table, bool *import, const char *from, int year,
                       const char *roles, wio_log *log, wio_error *err)
{
    const wio_import_options options = {.year = year, .roles = roles};
    *import = wio_import_detect(from) != NULL;
    wio_status status = *import ? wio_table_import(table, "auto", from, &options, log, err)
                                : wio_table_open(table, from, NULL, log, err);
    return status == WIO_OK ? wio_table_expand(*table, err) : status;
}

static int convert(const char *from, const char *to, const char *form, const char *roles,
                   bool force)
{
    wio_table *table = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    bool import = false;
    int code = 0;
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = read(&table, &import, from, 0, roles, log, &err);
    }
    if (status == WIO_OK) {
        status = write(table, form, to, force, log, &err);
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

/* --- several years -------------------------------------------------------------------------------- */

/* "2009=a/": the source, and its year; without a year the operand itself and 0. */
static const char *source_of(int *year, const char *operand)
{
    char *end = NULL;
    long value = strtol(operand, &end, 10);
    bool given = end != operand && *end == '=' && value > -100000 && value < 100000;
    *year = given ? (int)value : 0;
    return given ? end + 1 : operand;
}

static int add_year(wio_series *series, bool *imported, const char *operand, const char *roles,
                    wio_log *log)
{
    int year = 0;
    const char *from = source_of(&year, operand);
    wio_table *table = NULL;
    wio_table_info info = {0};
    wio_error err = {0};
    bool import = false;
    wio_status status = read(&table, &import, from, year, roles, log, &err);
    *imported = *imported || import;
    if (status == WIO_OK) {
        wio_table_describe(&info, table);
        if (from != operand && info.year != year) {
            wio_table_free(table);
            return cli_refuse(WIO_E_TABLE, "%s is a table of %d, not of %d", from, info.year, year);
        }
        status = wio_series_add(series, table, &err);
    }
    int code = status != WIO_OK ? cli_fail(status, &err, log) : 0;
    wio_table_free(table);
    return code;
}

static int make_series(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *to = value[OPTION_OUTPUT].text;
    wio_series *series = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    bool imported = false;
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status =
            wio_series_begin(&series, to, value[OPTION_APPEND].set, value[OPTION_FORCE].set, &err);
    }
    int code = status != WIO_OK ? cli_fail(status, &err, log) : 0;
    for (size_t i = 0; code == 0 && i < arguments->operands; i++) {
        code = add_year(series, &imported, arguments->operand[i], value[OPTION_ROLES].text, log);
    }
    if (code == 0) {
        status = wio_series_end(series, &err);
        code = status != WIO_OK ? cli_fail(status, &err, log) : 0;
    } else {
        wio_series_abort(series);
    }
    if (code == 0) {
        cli_print_log(log, imported ? WIO_NOTE : WIO_WARNING);
        cli_note("wrote %s", to);
    }
    wio_log_free(log);
    return code;
}

/* --- the command ----------------------------------------------------------------------------------- */

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    bool append = value[OPTION_APPEND].set, output = value[OPTION_OUTPUT].set;
    int year = 0;
    if (!output && append) {
        return cli_usage(&cli_convert, "'--append' needs -o FILE.h5");
    }
    if (!output && arguments->operands != 2) {
        return cli_usage(&cli_convert, "needs TABLE OUTPUT, or YEAR=SOURCE... -o FILE.h5");
    }
    const char *first = arguments->operand[0];
    bool several =
        output && (append || arguments->operands > 1 || source_of(&year, first) != first);
    const char *to = output ? value[OPTION_OUTPUT].text : arguments->operand[1];
    const char *form = value[OPTION_TO].set              ? value[OPTION_TO].text
                       : ends_with(to, ".h5") || several ? "hdf5"
                                                         : "folder";
    if (several && strcmp(form, "hdf5") != 0) {
        return cli_usage(&cli_convert, "a %s holds one table; several years need hdf5", form);
    }
    if (append && value[OPTION_FORCE].set) {
        return cli_usage(&cli_convert, "'--append' and '--force' do not go together");
    }
    size_t sources = several ? arguments->operands : 1;
    for (size_t i = 0; value[OPTION_ROLES].set && i < sources; i++) {
        const char *from = source_of(&year, arguments->operand[i]);
        if (wio_import_detect(from) == NULL) {
            return cli_usage(&cli_convert, "'--roles' is for sources, and %s is none", from);
        }
    }
    struct stat file;
    if (!append && !value[OPTION_FORCE].set && lstat(to, &file) == 0) {
        return cli_refuse(WIO_E_CREATE, "%s exists; --force replaces it", to);
    }
    return several ? make_series(arguments)
                   : convert(first, to, form, value[OPTION_ROLES].text, value[OPTION_FORCE].set);
}

const cli_command cli_convert = {
    .name = "convert",
    .operands = "TABLE|SOURCE OUTPUT | YEAR=SOURCE... -o FILE.h5",
    .summary = "a table in another form: HDF5 (of one year or several), folder, pymrio",
    .about = "Reads a table (by name, a folder, a packed file) or a source that 'wassily import "
             "auto' knows and needs no options for, and writes it as one packed HDF5 file, as a "
             "folder of CSV files, or as the folder of text files that pymrio loads. No digit is "
             "lost in any of them; what a form has no place for is listed. A list of flows "
             "(from,to,value) is written in full, zeros and all.\n"
             "With YEAR=SOURCE and -o, a packed file gets a table for each year, and --append adds "
             "years to one; labels that are the same are stored once. The file appears whole, or "
             "stays as it was. Every command takes a table of it as FILE.h5:YEAR.",
    .examples = "wassily convert us-2017 us-2017.h5\n"
                "wassily convert exiobase.h5 exiobase_pymrio --to pymrio\n"
                "wassily convert 2009=world-2009 2011=world-2011 -o world.h5\n"
                "wassily convert 2017=us-2017 -o world.h5 --append\n"
                "wassily info world.h5:2009",
    .least = 1,
    .most = CLI_MOST_OPERANDS,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
