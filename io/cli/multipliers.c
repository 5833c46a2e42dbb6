/* multipliers.c - wassily multipliers: what a million of final demand for each activity sets off. */
#include "households.h"
#include "method.h"
#include "output.h"

enum {
    OPTION_METHOD = CLI_HOUSEHOLD_COUNT,
    OPTION_CSV = OPTION_METHOD + CLI_METHOD_COUNT,
    OPTION_JSON
};

static const cli_option OPTIONS[] = {
    CLI_HOUSEHOLD_OPTIONS,
    CLI_METHOD_OPTIONS,
    {"csv", 0, CLI_FLAG, NULL, "a line per activity as CSV; what a table lacks is an empty cell"},
    {"json", 0, CLI_FLAG, NULL, "the same as JSON, with its provenance"},
};

static int run(const cli_arguments *arguments)
{
    wio_household_options households;
    int code = cli_households(&households, &cli_multipliers, arguments);
    if (code != 0) {
        return code;
    }
    wio_solver_options how;
    code = cli_method(&how, &cli_multipliers, arguments->value + OPTION_METHOD);
    if (code != 0) {
        return code;
    }
    if (arguments->value[OPTION_CSV].set && arguments->value[OPTION_JSON].set) {
        return cli_usage(&cli_multipliers, "'--csv' and '--json' do not go together");
    }
    wio_table *table = NULL;
    wio_result *result = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_table_open(&table, arguments->operand[0], NULL, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_table_balanced(table, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_multipliers(&result, table, &households, &how, &err);
    }
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_WARNING);
        code = cli_print_result(result, arguments->value[OPTION_CSV].set,
                                arguments->value[OPTION_JSON].set, "per million of final demand");
        if (arguments->value[OPTION_METHOD + CLI_EXPLAIN].set) {
            cli_explain(result);
        }
    }
    wio_result_free(result);
    wio_table_free(table);
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
        "TABLE is a name from 'wassily tables', a folder or a packed HDF5 table. A folder whose "
        "flows.csv is a list (from,to,value) may have a million activities.",
    .examples = "wassily multipliers us-2017\n"
                "wassily multipliers us-2017 --csv > multipliers.csv\n"
                "wassily multipliers us-2017 --households endogenous --household-income total",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
