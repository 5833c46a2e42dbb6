/* aggregate.c - wassily aggregate: a table with other regions and sectors, and what that costs. */
#include "making.h"
#include "options.h"
#include "output.h"

enum {
    OPTION_SECTORS,
    OPTION_REGIONS,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_LOWER,
    OPTION_COLUMNS,
    OPTION_DROP,
    OPTION_NAME,
    OPTION_TITLE,
    OPTION_BIAS
};

static const cli_option OPTIONS[] = {
    {"sectors", 's', CLI_TEXT, "FILE.csv", "concordance of sectors: from,to and optionally weight"},
    {"regions", 'r', CLI_TEXT, "FILE.csv", "concordance of regions, of the same form"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the table here (required without --bias)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    {"lower-bounds", 0, CLI_FLAG, NULL,
     "add satellites that some members lack, and call the sum a lower bound; otherwise it is "
     "missing"},
    {"columns", 'c', CLI_TEXT, "FILE.csv",
     "what the columns of further files (tariffs.csv) are, instead of the table's columns.csv: "
     "file,column,kind,weight"},
    {"drop-files", 0, CLI_FLAG, NULL,
     "leave out further files with a line per sector or region whose columns are not described; "
     "otherwise they are a reason to refuse"},
    CLI_OPTION_NAME,
    CLI_OPTION_TITLE,
    {"bias", 'b', CLI_FLAG, NULL, "say how far answers of the new table are from those of TABLE"},
};

static void print_bias(const wio_table *table, const wio_aggregate_report *report)
{
    printf("largest |S A - A* S| %.3g (0: no demand has a bias)\n", report->hatanaka);
    printf("output multipliers: off by %.4g on average, by output; at most by %.4g (",
           report->multiplier_mean, report->multiplier_bias);
    cli_print_safe(wio_table_origin_region(table, report->multiplier_at));
    printf(".");
    cli_print_safe(wio_table_origin_sector(table, report->multiplier_at));
    printf(")\noutput for one final column: off by at most %.3g %%, in column %zu\n",
           100.0 * report->demand_bias, report->demand_at + 1);
}

/* A packed table stays in its file, whatever its size; the bits are the same. Anything else, what the
 * bias is computed from, and what gets a file of its own, is read. */
static wio_status open_table(wio_table **table, wio_table_file **file,
                             const cli_arguments *arguments, wio_log *log, wio_error *err)
{
    const char *path = arguments->operand[0];
    if (!arguments->value[OPTION_BIAS].set && !arguments->value[OPTION_COLUMNS].set &&
        wio_table_file_open(file, path, NULL, NULL, NULL) == WIO_OK) {
        return WIO_OK;
    }
    return wio_table_open(table, path, NULL, log, err);
}

static wio_status read_and_aggregate(wio_table **out, wio_table **table, wio_table_file **file,
                                     wio_concordance **regions, wio_concordance **sectors,
                                     wio_aggregate_report *report, const cli_arguments *arguments,
                                     wio_log *log, wio_error *err)
{
    const cli_value *value = arguments->value;
    wio_status status = open_table(table, file, arguments, log, err);
    if (status == WIO_OK && value[OPTION_COLUMNS].set) {
        status = wio_table_add_file(*table, "columns.csv", value[OPTION_COLUMNS].text, log, err);
    }
    if (status == WIO_OK && value[OPTION_SECTORS].set) {
        status = wio_concordance_read(sectors, value[OPTION_SECTORS].text, log, err);
    }
    if (status == WIO_OK && value[OPTION_REGIONS].set) {
        status = wio_concordance_read(regions, value[OPTION_REGIONS].text, log, err);
    }
    if (status == WIO_OK) {
        const wio_aggregate_options options = {.lower_bounds = value[OPTION_LOWER].set,
                                               .drop_files = value[OPTION_DROP].set,
                                               .bias = value[OPTION_BIAS].set};
        status = *file != NULL ? wio_table_file_aggregate(out, *file, *regions, *sectors, &options,
                                                          report, log, err)
                               : wio_table_aggregate(out, *table, *regions, *sectors, &options,
                                                     report, log, err);
    }
    if (status == WIO_OK && (value[OPTION_NAME].set || value[OPTION_TITLE].set)) {
        status = wio_table_rename(*out, value[OPTION_NAME].text, value[OPTION_TITLE].text, err);
    }
    if (status == WIO_OK && value[OPTION_OUTPUT].set) {
        status =
            wio_table_write_hdf5(*out, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set, err);
    }
    return status;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if (!value[OPTION_SECTORS].set && !value[OPTION_REGIONS].set) {
        return cli_usage(&cli_aggregate, "needs --sectors FILE.csv or --regions FILE.csv");
    }
    if (!value[OPTION_OUTPUT].set && !value[OPTION_BIAS].set) {
        return cli_usage(&cli_aggregate, "needs -o FILE.h5 or --bias");
    }
    wio_table *table = NULL, *out = NULL;
    wio_table_file *file = NULL;
    wio_concordance *regions = NULL, *sectors = NULL;
    wio_aggregate_report report = {0};
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = read_and_aggregate(&out, &table, &file, &regions, &sectors, &report, arguments,
                                    log, &err);
    }
    int code = 0;
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_WARNING);
        printf("%zu activities became %zu\n", report.n_before, report.n_after);
        if (value[OPTION_BIAS].set) {
            print_bias(table, &report);
        }
        if (value[OPTION_OUTPUT].set) {
            cli_note("wrote %s", value[OPTION_OUTPUT].text);
        }
    }
    wio_concordance_free(regions);
    wio_concordance_free(sectors);
    wio_table_free(out);
    wio_table_free(table);
    wio_table_file_close(file);
    wio_log_free(log);
    return code;
}

const cli_command cli_aggregate = {
    .name = "aggregate",
    .operands = "TABLE -s SECTORS.csv -r REGIONS.csv -o T.h5",
    .summary = "a table with fewer (or, with weights, other) regions and sectors",
    .about = "Adds up the flows, primary inputs and satellites of a table by concordances: CSV "
             "files with the columns from, to and optionally weight. Every code of the table has "
             "to be in them, and the weights of a code have to sum to 1. A packed table is not "
             "loaded: it may be larger than memory.\n"
             "Further files of the table (tariffs.csv) are added up as its columns.csv says, or "
             "--columns: kind is sector, region or partner (codes), key (other labels), amount "
             "(added), rate (a mean, by weight: output, imports of the line's region from its "
             "partner, USA<-CHN, or an amount of the file), same, text or drop; the column * with "
             "drop is the whole file.\n"
             "A coarser table answers differently: --bias says by how much.",
    .examples = "wassily aggregate world-2011 -s sectors.csv -o small.h5\n"
                "wassily aggregate us-2017 -s sectors.csv --bias",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
