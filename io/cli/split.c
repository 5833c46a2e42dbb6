/* split.c - wassily split: sectors or regions that become several, by shares. */
#include "making.h"
#include "options.h"
#include "output.h"

enum {
    OPTION_SECTORS,
    OPTION_REGIONS,
    OPTION_RESIDUAL,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_COLUMNS,
    OPTION_NAME,
    OPTION_TITLE
};

static const cli_option OPTIONS[] = {
    {"sectors", 's', CLI_TEXT, "FILE.csv",
     "sectors to split: from,to,weight and optionally inputs and satellites"},
    {"regions", 'r', CLI_TEXT, "FILE.csv", "regions to split, of the same form"},
    {"residual", 0, CLI_TEXT, "ITEM",
     "primary item that takes the difference where shares of inputs are not those of output"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the table here (required)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    CLI_OPTION_COLUMNS,
    CLI_OPTION_NAME,
    CLI_OPTION_TITLE,
};

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if ((!value[OPTION_SECTORS].set && !value[OPTION_REGIONS].set) || !value[OPTION_OUTPUT].set) {
        return cli_usage(&cli_split,
                         "needs --sectors FILE.csv or --regions FILE.csv, and --output FILE.h5");
    }
    cli_making m;
    wio_split *regions = NULL, *sectors = NULL;
    wio_status status =
        cli_making_columns(&m, cli_making_begin(&m, arguments->operand[0]), &value[OPTION_COLUMNS]);
    if (status == WIO_OK && value[OPTION_SECTORS].set) {
        status = wio_split_read(&sectors, value[OPTION_SECTORS].text, m.log, &m.err);
    }
    if (status == WIO_OK && value[OPTION_REGIONS].set) {
        status = wio_split_read(&regions, value[OPTION_REGIONS].text, m.log, &m.err);
    }
    if (status == WIO_OK) {
        status = wio_table_split(&m.out, m.table, regions, sectors, value[OPTION_RESIDUAL].text,
                                 m.log, &m.err);
    }
    status = cli_making_name(&m, status, &value[OPTION_NAME], &value[OPTION_TITLE]);
    int code =
        cli_making_write(&m, status, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set, WIO_NOTE);
    if (code == 0) {
        wio_table_info before, after;
        wio_table_describe(&before, m.table);
        wio_table_describe(&after, m.out);
        printf("%zu activities became %zu; nothing was balanced\n", before.n, after.n);
        cli_note("wrote %s", value[OPTION_OUTPUT].text);
    }
    wio_split_free(regions);
    wio_split_free(sectors);
    cli_making_end(&m);
    return code;
}

const cli_command cli_split = {
    .name = "split",
    .operands = "TABLE -s SECTORS.csv -o T.h5",
    .summary = "sectors or regions that become several, by shares",
    .about =
        "Disaggregates sectors or regions by given shares of output (weight), of inputs and "
        "of satellites, which sum to 1 for every code; codes without a line stay. Adding the "
        "parts up gives back the table. Every part buys and sells in the proportions of the "
        "whole: balance brings it to totals that are known better.\n"
        "Where shares of inputs differ from those of output, --residual names the primary "
        "item that takes the difference.\n"
        "Further files (tariffs.csv) go with the table as its columns.csv, or --columns, says: "
        "amounts are divided by the weights, everything else is the same for every part.",
    .examples = "wassily split us-2017 -s cells.csv -o fine.h5\n"
                "wassily split world-2009 -r states.csv --residual value_added -o states.h5",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
