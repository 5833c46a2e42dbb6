/* solve.c - wassily solve: the output that a final demand needs. */
#include "households.h"
#include "method.h"
#include "output.h"

enum {
    OPTION_METHOD = CLI_HOUSEHOLD_COUNT,
    OPTION_DEMAND = OPTION_METHOD + CLI_METHOD_COUNT,
    OPTION_CSV,
    OPTION_JSON
};

static const cli_option OPTIONS[] = {
    CLI_HOUSEHOLD_OPTIONS,
    CLI_METHOD_OPTIONS,
    {"demand", 'd', CLI_TEXT, "FILE.csv",
     "columns region,sector,demand (or sector,demand for one region), in the table's million; "
     "what is not listed is 0 (required)"},
    {"csv", 0, CLI_FLAG, NULL, "a line per activity as CSV"},
    {"json", 0, CLI_FLAG, NULL, "the same as JSON, with its provenance"},
};

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
    wio_table *table = NULL;
    wio_result *result = NULL;
    wio_log *log = NULL;
    double *f = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_table_open(&table, arguments->operand[0], NULL, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_table_balanced(table, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_demand_read(&f, table, value[OPTION_DEMAND].text, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_solve(&result, table, f, &households, &how, &err);
    }
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_WARNING);
        code = cli_print_result(result, value[OPTION_CSV].set, value[OPTION_JSON].set,
                                "for the final demand given");
        if (value[OPTION_METHOD + CLI_EXPLAIN].set) {
            cli_explain(result);
        }
    }
    wio_result_free(result);
    wio_free(f);
    wio_table_free(table);
    wio_log_free(log);
    return code;
}

const cli_command cli_solve = {
    .name = "solve",
    .operands = "TABLE --demand FILE.csv",
    .summary = "the output, imports and jobs that a final demand needs",
    .about = "Solves x = A x + f for a final demand from a CSV file and prints, for every activity "
             "of the table, the demand and the output, value added, imports and satellites "
             "(jobs) that it needs.",
    .examples = "wassily solve us-2017 --demand cars.csv\n"
                "wassily solve us-2017 --demand cars.csv --csv > needed.csv",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
