/* solve.c - wassily solve: the output that a final demand needs. */
#include "households.h"
#include "method.h"
#include "output.h"

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
    {"stream", 0, CLI_FLAG, NULL,
     "leave the flows of a packed table in their file, which may be larger than memory: output "
     "alone, with its proven error"},
    {"csv", 0, CLI_FLAG, NULL, "a line per activity as CSV"},
    {"json", 0, CLI_FLAG, NULL, "the same as JSON, with its provenance"},
};

/* --- with the flows in their file ------------------------------------------------------------------ */

/* Output of every activity, with all its digits; what is proven of it to stderr. */
static int print_output(const wio_table *table, const double *x, const wio_stream_report *report,
                        bool csv)
{
    void (*const print)(const char *) = csv ? cli_print_csv : cli_print_safe;
    wio_table_info info = {0};
    wio_table_describe(&info, table);
    printf(csv ? "region,sector,output\n" : "output for the final demand given\n\n");
    for (size_t i = 0; i < info.n; i++) {
        char number[WIO_NUMBER_SIZE];
        print(wio_table_origin_region(table, i));
        printf(csv ? "," : ".");
        print(wio_table_origin_sector(table, i));
        printf("%s%s\n", csv ? "," : "  ", wio_format_double(number, x[i]));
    }
    cli_note("%zu readings of the flows; proven: %s is at most %.2g", report->passes,
             report->by_output ? "the largest error, as a share of the table's output,"
                               : "the sum of all errors, in the table's million,",
             report->bound);
    return 0;
}

static int stream(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    wio_table_file *file = NULL;
    wio_stream_report report = {0};
    wio_log *log = NULL;
    double *x = NULL; /* the demand, then the output */
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_table_file_open(&file, arguments->operand[0], NULL, log, &err);
    }
    if (status == WIO_OK) {
        status =
            wio_demand_read(&x, wio_table_file_outline(file), value[OPTION_DEMAND].text, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_table_file_solve(x, file, x, 0.0, &report, log, &err);
    }
    int code = 0;
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_WARNING);
        code = print_output(wio_table_file_outline(file), x, &report, value[OPTION_CSV].set);
    }
    wio_free(x);
    wio_table_file_close(file);
    wio_log_free(log);
    return code;
}

/* --- the command ----------------------------------------------------------------------------------- */

/* Options of a solver and of households say nothing about a solution from the file. */
static bool other_than_stream(const cli_value *value)
{
    bool other = value[OPTION_JSON].set;
    for (size_t i = 0; i < OPTION_DEMAND; i++) {
        other = other || value[i].set;
    }
    return other;
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
    if (value[OPTION_STREAM].set) {
        return other_than_stream(value)
                   ? cli_usage(&cli_solve, "'--stream' goes together with '--demand' and '--csv'")
                   : stream(arguments);
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
        if (status == WIO_E_MEMORY) {
            cli_note("'wassily solve --stream' needs no memory for the flows of a packed table");
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
    wio_free(f);
    wio_table_free(table);
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
        "With --stream the flows of a packed table stay in their file, which is read 20 to 70 "
        "times: output alone, and what is proven of its error. Flows have to be at least 0.",
    .examples = "wassily solve us-2017 --demand cars.csv\n"
                "wassily solve us-2017 --demand cars.csv --csv > needed.csv\n"
                "wassily solve world.h5:2010 --demand cars.csv --stream --csv > output.csv",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
