/* multipliers.c - wassily multipliers: what a million of final demand for each activity sets off. */
#include "households.h"
#include "method.h"
#include "output.h"
#include "stream.h"

enum {
    OPTION_METHOD = CLI_HOUSEHOLD_COUNT,
    OPTION_STREAM = OPTION_METHOD + CLI_METHOD_COUNT,
    OPTION_CSV,
    OPTION_JSON
};

static const cli_option OPTIONS[] = {
    CLI_HOUSEHOLD_OPTIONS,
    CLI_METHOD_OPTIONS,
    CLI_STREAM_OPTION,
    {"csv", 0, CLI_FLAG, NULL, "a line per activity as CSV; what a table lacks is an empty cell"},
    {"json", 0, CLI_FLAG, NULL, "the same as JSON, with its provenance"},
};

static wio_status find(wio_result **result, const cli_arguments *arguments,
                       const wio_household_options *households, const wio_solver_options *how,
                       wio_log *log, wio_error *err)
{
    bool asked = arguments->value[OPTION_STREAM].set;
    bool may = cli_not_streamed(&cli_multipliers, arguments->value, OPTION_STREAM) == NULL;
    const wio_stream_options stream = {.threads = how->threads};
    wio_table *table = NULL;
    wio_table_file *file = NULL;
    wio_status status = cli_open(&table, &file, arguments->operand[0], asked, may, log, err);
    if (status == WIO_OK && table != NULL) {
        status = wio_table_balanced(table, log, err);
    }
    if (status == WIO_OK) {
        status = table != NULL ? wio_multipliers(result, table, households, how, err)
                               : wio_table_file_multipliers(result, file, &stream, log, err);
    }
    wio_table_file_close(file);
    wio_table_free(table);
    return status;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    wio_household_options households;
    int code = cli_households(&households, &cli_multipliers, arguments);
    if (code != 0) {
        return code;
    }
    wio_solver_options how;
    code = cli_method(&how, &cli_multipliers, value + OPTION_METHOD);
    if (code != 0) {
        return code;
    }
    if (value[OPTION_CSV].set && value[OPTION_JSON].set) {
        return cli_usage(&cli_multipliers, "'--csv' and '--json' do not go together");
    }
    const char *other = cli_not_streamed(&cli_multipliers, value, OPTION_STREAM);
    if (value[OPTION_STREAM].set && other != NULL) {
        return cli_usage(&cli_multipliers,
                         "'--stream' and '--%s' do not go together (Type II is not computed from "
                         "the file)",
                         other);
    }
    wio_result *result = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = find(&result, arguments, &households, &how, log, &err);
    }
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
        if (!value[OPTION_STREAM].set && other == NULL) {
            cli_hint_stream(&cli_multipliers, status);
        }
    } else {
        cli_print_log(log, WIO_WARNING);
        code = cli_print_result(result, value[OPTION_CSV].set, value[OPTION_JSON].set,
                                "per million of final demand");
        if (value[OPTION_METHOD + CLI_EXPLAIN].set) {
            cli_explain(result);
        }
    }
    wio_result_free(result);
    wio_log_free(log);
    return code;
}

const cli_command cli_multipliers = {
    .name = "multipliers",
    .operands = "TABLE",
    .summary = "output, value added, imports and jobs per million of demand",
    .about =
        "Prints, for every activity of a table, what one million of final demand for its "
        "output needs in all of the economy: output, value added, compensation, imports, and "
        "each satellite account of the table (jobs). Type I leaves household spending out, "
        "Type II (--households endogenous) spends the new wages; its multipliers sum over "
        "industries only.\n"
        "With --stream the flows of a packed table stay in their file, which is read 20 to 80 "
        "times: every column of Type I; Type II is not computed.\n"
        "TABLE is a name from 'wassily tables', a folder or a packed HDF5 table. A folder whose "
        "flows.csv is a list (from,to,value) may have a million activities.",
    .examples = "wassily multipliers us-2017\n"
                "wassily multipliers world.h5:2010 --stream --csv > multipliers.csv\n"
                "wassily multipliers us-2017 --csv > multipliers.csv\n"
                "wassily multipliers us-2017 --households endogenous --household-income total",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
