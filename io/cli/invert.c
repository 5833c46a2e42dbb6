/* invert.c - wassily invert: the Leontief inverse of a table, as a file. */
#include "options.h"
#include "output.h"

#include <string.h>

enum { OPTION_OUTPUT, OPTION_FORCE, OPTION_CSV, OPTION_QUICK, OPTION_REPRODUCIBLE, OPTION_THREADS };

static const cli_option OPTIONS[] = {
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the inverse here (required without --csv)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    {"csv", 0, CLI_FLAG, NULL, "print a line per element: variable, activity, demand, value"},
    {"quick", 0, CLI_FLAG, NULL,
     "estimate the residual instead of computing it, and prove no bound of the error: half the "
     "time"},
    {"reproducible", 0, CLI_FLAG, NULL,
     "leave out time and machine: the same table gives the same bytes"},
    {"threads", 't', CLI_COUNT, "N",
     "threads (default: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else those available)"},
};

static double number(const wio_result *result, const char *name)
{
    double value = 0.0;
    const char *text = cli_attribute(result, name);
    (void)wio_parse_double(&value, text, strlen(text));
    return value;
}

/* What was made and what is proven about it; the numbers are in the file. */
static void print_summary(const wio_result *result)
{
    bool productive = strcmp(cli_attribute(result, "certificate/productive"), "yes") == 0;
    bool bounded = *cli_attribute(result, "certificate/error_bound") != '\0';
    const wio_certificate c = {.productive = productive,
                               .radius_low = number(result, "certificate/radius_low"),
                               .radius_high = number(result, "certificate/radius_high"),
                               .condition = number(result, "certificate/condition"),
                               .condition_bound =
                                   *cli_attribute(result, "certificate/condition_kind") != '\0'};
    cli_print_safe(cli_attribute(result, "table"));
    printf(", %s activities, ", cli_attribute(result, "certificate/solves"));
    cli_print_safe(cli_attribute(result, "certificate/method"));
    printf("\n");
    cli_print_certificate(&c);
    printf("%s; residual within its limit, %s; error of every element ",
           productive ? "no element is negative" : "elements may be negative",
           cli_attribute(result, "certificate/residual_kind"));
    if (bounded) {
        printf("below %.0e of the largest\n", number(result, "certificate/error_bound"));
    } else {
        printf("not bounded (--quick)\n");
    }
}

static int write_and_print(const wio_result *result, const cli_value *value)
{
    wio_error err = {0};
    if (value[OPTION_OUTPUT].set) {
        int code = cli_write_result(result, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set,
                                    value[OPTION_REPRODUCIBLE].set);
        if (code != 0) {
            return code;
        }
    }
    if (value[OPTION_CSV].set) {
        char *text = NULL;
        wio_status status = wio_result_csv(&text, result, "leontief_inverse", &err);
        return cli_print_text(status, text, &err);
    }
    print_summary(result);
    return 0;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *path = value[OPTION_OUTPUT].text;
    if (!value[OPTION_OUTPUT].set && !value[OPTION_CSV].set) {
        return cli_usage(&cli_invert, "needs -o FILE.h5 or --csv");
    }
    if (value[OPTION_OUTPUT].set && (strcmp(path, "-") == 0 || *path == '\0')) {
        return cli_usage(&cli_invert, "an HDF5 file cannot go to a pipe; --csv can");
    }
    int code = cli_threads(&cli_invert, &value[OPTION_THREADS]);
    if (code != 0) {
        return code;
    }
    if (value[OPTION_OUTPUT].set && (code = cli_output_free(path, value[OPTION_FORCE].set)) != 0) {
        return code;
    }
    wio_table *table = NULL;
    wio_result *result = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    const wio_invert_options options = {.threads = (int)value[OPTION_THREADS].count,
                                        .quick = value[OPTION_QUICK].set,
                                        .reproducible = value[OPTION_REPRODUCIBLE].set};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_table_open(&table, arguments->operand[0], NULL, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_invert(&result, table, &options, log, &err);
    }
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_WARNING);
        code = write_and_print(result, value);
    }
    wio_result_free(result);
    wio_table_free(table);
    wio_log_free(log);
    return code;
}

const cli_command cli_invert = {
    .name = "invert",
    .operands = "TABLE -o L.h5",
    .summary = "the Leontief inverse of a table, with the proof of its accuracy",
    .about = "Computes L = (I - A)^-1 from the coefficients A of a table and writes it as the "
             "variable leontief_inverse(activity, demand) of one HDF5 file in netCDF-4 "
             "conventions: row i, column j is the output of i that one unit of final demand for "
             "j needs. The file also says what was proven: that I - A is productive, the "
             "condition number, the residual and a bound of every element's error.\n"
             "A table that is not productive is refused with its sectors named. To answer for "
             "one demand, 'wassily solve' does not need the inverse.",
    .examples = "wassily invert us-2017 -o L.h5\n"
                "wassily invert world-2011 --csv > L.csv",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
