/* carve.c - wassily carve: some regions of a multi-regional table, the others as partners. */
#include "making.h"
#include "options.h"
#include "output.h"

enum { OPTION_KEEP, OPTION_OUTPUT, OPTION_FORCE, OPTION_COLUMNS, OPTION_NAME, OPTION_TITLE };
enum { MOST_KEPT = 64, MOST_TEXT = 2000 };

static const cli_option OPTIONS[] = {
    {"keep", 'k', CLI_TEXT, "CODES", "regions that keep their production, as USA,CHN (required)"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the table here (required)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    CLI_OPTION_COLUMNS,
    CLI_OPTION_NAME,
    CLI_OPTION_TITLE,
};

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *keep[MOST_KEPT];
    char text[MOST_TEXT];
    if (!value[OPTION_KEEP].set || !value[OPTION_OUTPUT].set) {
        return cli_usage(&cli_carve, "needs --keep CODES and --output FILE.h5");
    }
    size_t kept = cli_parts(keep, MOST_KEPT, text, sizeof text, value[OPTION_KEEP].text);
    if (kept == SIZE_MAX) {
        return cli_usage(&cli_carve, "--keep takes at most %d codes", MOST_KEPT);
    }
    cli_making m;
    wio_status status =
        cli_making_columns(&m, cli_making_begin(&m, arguments->operand[0]), &value[OPTION_COLUMNS]);
    if (status == WIO_OK) {
        status = wio_table_carve(&m.out, m.table, keep, kept, m.log, &m.err);
    }
    status = cli_making_name(&m, status, &value[OPTION_NAME], &value[OPTION_TITLE]);
    int code = cli_making_write(&m, status, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set,
                                WIO_WARNING);
    if (code == 0) {
        wio_table_info before, after;
        wio_table_describe(&before, m.table);
        wio_table_describe(&after, m.out);
        printf("%zu of %zu activities kept; %zu origins and %zu final columns: what the other "
               "regions buy is one column EXP each\n",
               after.n, before.n, after.m, after.f);
        cli_note("wrote %s", value[OPTION_OUTPUT].text);
    }
    cli_making_end(&m);
    return code;
}

const cli_command cli_carve = {
    .name = "carve",
    .operands = "TABLE -k CODES -o T.h5",
    .summary = "some regions of a multi-regional table, the others as partners",
    .about = "Keeps the production of the named regions. Every other region becomes exogenous: it "
             "sells imports by sector, and what it buys, for production and for final use, is one "
             "column EXP. Effects that return through the other regions are then left out.\n"
             "Further files (tariffs.csv) keep the lines of these regions and of their trade.",
    .examples = "wassily carve world-2009 --keep USA -o usa.h5\n"
                "wassily carve world-2011 -k USA,CHN -o two.h5",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
