/* solve.c - wassily solve: the output that a final demand needs. */
#include "households.h"
#include "method.h"
#include "output.h"
#include "stream.h"

enum {
    OPTION_METHOD = CLI_HOUSEHOLD_COUNT,
    OPTION_DEMAND = OPTION_METHOD + CLI_METHOD_COUNT,
    OPTION_STREAM,
    OPTION_CSV,
    OPTION_JSON
};

static const cli_option OPTIONS[] = {
    CLI_HOUSEHOLD_OPTIONS,
    CLI_METHOD_OPTIONS,
    {"demand", 'd', CLI_TEXT, "FILE.csv",
     "columns region,sector,demand (or sector,demand for one region), in the table's million; "
     "what is not listed is 0 (required)"},
    CLI_STREAM_OPTION,
    {"csv", 0, CLI_FLAG, NULL, "a line per activity as CSV"},
    {"json", 0, CLI_FLAG, NULL, "the same as JSON, with its provenance"},
};

static wio_status solve(wio_result **result, const cli_arguments *arguments,
                        const wio_household_options *households, const wio_solver_options *how,
                        wio_log *log, wio_error *err)
{
    const cli_value *value = arguments->value;
    bool asked = value[OPTION_STREAM].set;
    bool may = cli_not_streamed(&cli_solve, value, OPTION_DEMAND) == NULL;
    const wio_stream_options stream = {.threads = how->threads};
    wio_table *table = NULL;
    wio_table_file *file = NULL;
    double *f = NULL;
    wio_status status = cli_open(&table, &file, arguments->operand[0], asked, may, log, err);
    if (status == WIO_OK && table != NULL) {
        status = wio_table_balanced(table, log, err);
    }
    if (status == WIO_OK) {
        const wio_table *labels = table != NULL ? table : wio_table_file_outline(file);
        status = wio_demand_read(&f, labels, value[OPTION_DEMAND].text, log, err);
    }
    if (status == WIO_OK) {
        status = table != NULL ? wio_solve(result, table, f, households, how, err)
                               : wio_table_file_solve(result, file, f, &stream, log, err);
    }
    wio_free(f);
    wio_table_file_close(file);
    wio_table_free(table);
    return status;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    wio_household_options households;
    int code = cli_households(&households, &cli_solve, arguments);
    if (code != 0) {
        return code;
    }
    wio_solver_options how;
    code = cli_method(&how, &cli_solve, value + OPTION_METHOD);
    if (code != 0) {
        return code;
    }
    if (!value[OPTION_DEMAND].set) {
        return cli_usage(&cli_solve, "needs --demand FILE.csv");
    }
    if (value[OPTION_CSV].set && value[OPTION_JSON].set) {
        return cli_usage(&cli_solve, "'--csv' and '--json' do not go together");
    }
    const char *other = cli_not_streamed(&cli_solve, value, OPTION_DEMAND);
    if (value[OPTION_STREAM].set && other != NULL) {
        return cli_usage(&cli_solve, "'--stream' and '--%s' do not go together", other);
    }
    wio_result *result = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = solve(&result, arguments, &households, &how, log, &err);
    }
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
        if (!value[OPTION_STREAM].set && other == NULL) {
            cli_hint_stream(&cli_solve, status);
        }
    } else {
        cli_print_log(log, WIO_WARNING);
        code = cli_print_result(result, value[OPTION_CSV].set, value[OPTION_JSON].set,
                                "for the final demand given");
        if (value[OPTION_METHOD + CLI_EXPLAIN].set) {
            cli_explain(result);
        }
    }
    wio_result_free(result);
    wio_log_free(log);
    return code;
}

const cli_command cli_solve = {
    .name = "solve",
    .operands = "TABLE --demand FILE.csv",
    .summary = "the output, imports and jobs that a final demand needs",
    .about =
        "Solves x = A x + f for a final demand from a CSV file and prints, for every activity "
        "of the table, the demand and the output, value added, imports and satellites "
        "(jobs) that it needs. TABLE is a name from 'wassily tables', a folder or a packed HDF5 "
        "table; a folder whose flows.csv is a list (from,to,value) may have a million "
        "activities.\n"
        "With --stream the flows of a packed table stay in their file, which is read 20 to 80 "
        "times; what is proven of the error is printed as ever.",
    .examples = "wassily solve us-2017 --demand cars.csv\n"
                "wassily solve us-2017 --demand cars.csv --csv > needed.csv\n"
                "wassily solve world.h5:2010 --demand cars.csv --stream --csv > output.csv",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
