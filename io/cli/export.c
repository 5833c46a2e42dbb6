/* export.c - wassily export: a result as CSV or JSON, a table in its other form. */
#include "inputs.h"
#include "options.h"
#include "output.h"

#include <string.h>

enum { OPTION_TO, OPTION_VARIABLE, OPTION_OUTPUT, OPTION_FORCE };

static const cli_option OPTIONS[] = {
    {"to", 0, CLI_CHOICE, "csv|json|hdf5|folder|pymrio",
     "csv and json: a result, to standard output; hdf5, folder and pymrio (a folder that pymrio "
     "loads): a table, to --output (required)"},
    {"variable", 'v', CLI_TEXT, "NAME", "with csv: only this variable of the result"},
    {"output", 'o', CLI_TEXT, "PATH", "where the table goes"},
    {"force", 'f', CLI_FLAG, NULL, "replace it if it exists"},
};

static int export_result(const char *path, const char *form, const char *variable)
{
    wio_result *result = NULL;
    char *text = NULL;
    wio_error err = {0};
    wio_status status = wio_result_read(&result, path, &err);
    if (status == WIO_OK && variable != NULL && wio_result_find(result, variable) == NULL) {
        int code = cli_usage(&cli_export, "%s has no variable '%s'; 'wassily info' lists them",
                             path, variable);
        wio_result_free(result);
        return code;
    }
    if (status == WIO_OK) {
        status = strcmp(form, "json") == 0 ? wio_result_json(&text, result, &err)
                                           : wio_result_csv(&text, result, variable, &err);
    }
    wio_result_free(result);
    return cli_print_text(status, text, &err);
}

static int export_table(const char *path, const char *form, const char *output, bool force)
{
    wio_table *table = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_table_open(&table, path, NULL, log, &err);
    }
    if (status == WIO_OK) {
        status = strcmp(form, "hdf5") == 0     ? wio_table_write_hdf5(table, output, force, &err)
                 : strcmp(form, "pymrio") == 0 ? wio_table_write_pymrio(table, output, force, &err)
                                               : wio_table_write_folder(table, output, force, &err);
    }
    int code = 0;
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_WARNING);
        cli_note("wrote %s", output);
    }
    wio_table_free(table);
    wio_log_free(log);
    return code;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *path = arguments->operand[0];
    if (!value[OPTION_TO].set) {
        return cli_usage(&cli_export, "needs --to csv|json|hdf5|folder|pymrio");
    }
    const char *form = value[OPTION_TO].text;
    bool to_text = strcmp(form, "csv") == 0 || strcmp(form, "json") == 0;
    if (value[OPTION_VARIABLE].set && strcmp(form, "csv") != 0) {
        return cli_usage(&cli_export, "option '--variable' needs '--to csv'");
    }
    if (to_text && (value[OPTION_OUTPUT].set || value[OPTION_FORCE].set)) {
        return cli_usage(&cli_export, "%s goes to standard output: redirect it with '> FILE'",
                         form);
    }
    if (!to_text && !value[OPTION_OUTPUT].set) {
        return cli_usage(&cli_export, "'--to %s' needs --output PATH", form);
    }
    if (to_text && cli_input_kind(path) == CLI_STUDY) {
        return cli_usage(&cli_export, "%s is a study: 'wassily run' it and export the result",
                         path);
    }
    return to_text ? export_result(path, form, value[OPTION_VARIABLE].text)
                   : export_table(path, form, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set);
}

const cli_command cli_export = {
    .name = "export",
    .operands = "RESULT.h5|TABLE",
    .summary = "a result as CSV or JSON, a table as a folder or one file",
    .about = "Prints a result file as CSV in long form (variable, labels, value) or as JSON; or "
             "writes a table as one packed HDF5 file, as a folder of CSV files, or as the folder "
             "of text files that pymrio loads (pymrio.load_all). No digit is lost in any of them.",
    .examples = "wassily export out.h5 --to csv --variable jobs_change > jobs.csv\n"
                "wassily export us-2017 --to hdf5 -o us-2017.h5",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
