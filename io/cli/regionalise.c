/* regionalise.c - wassily regionalise: a region's table from a national one and the region's jobs. */
#include "making.h"
#include "options.h"
#include "output.h"

#include <math.h>
#include <string.h>

enum {
    OPTION_REGION,
    OPTION_JOBS,
    OPTION_METHOD,
    OPTION_DELTA,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_COLUMNS,
    OPTION_NAME,
    OPTION_TITLE
};

static const cli_option OPTIONS[] = {
    {"region", 'r', CLI_TEXT, "CODE", "code of the region (required)"},
    {"jobs", 'j', CLI_TEXT, "FILE.csv", "its jobs: sector,jobs, a line per sector (required)"},
    {"method", 'm', CLI_CHOICE, "lq|cilq|flq|aflq", "the quotient (required)"},
    {"delta", 'd', CLI_NUMBER, "X", "exponent of flq and aflq, 0 to 1 (they have no default)"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the table here (required)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    CLI_OPTION_COLUMNS,
    CLI_OPTION_NAME,
    CLI_OPTION_TITLE,
};

static wio_regional_method method_of(const char *text)
{
    return strcmp(text, "lq") == 0     ? WIO_REGIONAL_LQ
           : strcmp(text, "cilq") == 0 ? WIO_REGIONAL_CILQ
           : strcmp(text, "flq") == 0  ? WIO_REGIONAL_FLQ
                                       : WIO_REGIONAL_AFLQ;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if (!value[OPTION_REGION].set || !value[OPTION_JOBS].set || !value[OPTION_METHOD].set ||
        !value[OPTION_OUTPUT].set) {
        return cli_usage(&cli_regionalise, "needs --region, --jobs, --method and --output");
    }
    wio_regional_method method = method_of(value[OPTION_METHOD].text);
    if (value[OPTION_DELTA].set && method != WIO_REGIONAL_FLQ && method != WIO_REGIONAL_AFLQ) {
        return cli_usage(&cli_regionalise, "option '--delta' is for flq and aflq, not for %s",
                         value[OPTION_METHOD].text);
    }
    cli_making m;
    double *jobs = NULL;
    wio_regional_report report = {0};
    wio_status status =
        cli_making_columns(&m, cli_making_begin(&m, arguments->operand[0]), &value[OPTION_COLUMNS]);
    if (status == WIO_OK) {
        status = wio_jobs_read(&jobs, m.table, value[OPTION_JOBS].text, m.log, &m.err);
    }
    if (status == WIO_OK) {
        double delta = value[OPTION_DELTA].set ? value[OPTION_DELTA].number : (double)NAN;
        status = wio_table_regionalise(&m.out, m.table, value[OPTION_REGION].text, jobs, method,
                                       delta, &report, m.log, &m.err);
    }
    status = cli_making_name(&m, status, &value[OPTION_NAME], &value[OPTION_TITLE]);
    int code = cli_making_write(&m, status, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set,
                                WIO_WARNING);
    if (code == 0) {
        printf("%.4g %% of the nation's jobs; %.4g %% of home inputs come from the rest of the "
               "nation; %zu sectors sell less than is bought\n",
               100.0 * report.size, 100.0 * report.imports, report.negative_exports);
        cli_note("wrote %s", value[OPTION_OUTPUT].text);
    }
    wio_free(jobs);
    cli_making_end(&m);
    return code;
}

const cli_command cli_regionalise = {
    .name = "regionalise",
    .operands = "TABLE -r CODE -j JOBS.csv -m flq -d .3 -o T.h5",
    .summary = "a region's table from a national table and the region's jobs",
    .about =
        "Estimates the table of a region by location quotients: output follows jobs, and what "
        "a sector is too small to deliver comes from the rest of the nation. flq and aflq "
        "(Flegg and Webber) need delta, which decides how much a small region imports.\n"
        "This is an estimate; the notes of the table say so.\n"
        "Further files (tariffs.csv) go with the table as its columns.csv, or --columns, says: "
        "amounts are the region's part by jobs of their sector, everything else stays.",
    .examples = "wassily regionalise us-2017 -r OH -j ohio.csv -m flq --delta .3 -o ohio.h5",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
