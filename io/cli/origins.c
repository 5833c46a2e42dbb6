/* origins.c - wassily origins: imports of a national table by country, from bilateral trade. */
#include "making.h"
#include "options.h"
#include "output.h"

enum {
    OPTION_TRADE,
    OPTION_EXPORTS,
    OPTION_BLOCK,
    OPTION_REST,
    OPTION_LEVELS,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_COLUMNS,
    OPTION_NAME,
    OPTION_TITLE,
    OPTION_JSON
};

static const cli_option OPTIONS[] = {
    {"trade", 't', CLI_TEXT, "FILE.csv",
     "imports: sector,partner,value and optionally use (intermediate, consumption, capital, or a "
     "user's code) (required)"},
    {"exports", 'e', CLI_TEXT, "FILE.csv", "exports by the buying partner, of the same form"},
    {"block", 'b', CLI_TEXT, "CODE", "the exogenous region to split (default: the only one)"},
    {"rest", 'r', CLI_TEXT, "CODE",
     "partner that gets imports without trade; otherwise they are an error"},
    {"levels", 'l', CLI_FLAG, NULL,
     "trade is in the table's own money: --rest gets what is left of each sector's imports"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the table here (required)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    CLI_OPTION_COLUMNS,
    CLI_OPTION_NAME,
    CLI_OPTION_TITLE,
    {"json", 0, CLI_FLAG, NULL, "the comparison of trade and table as JSON, every sector"},
};

enum { MOST_LINES = 15 };

static double share(double part, double whole)
{
    return whole != 0.0 ? 100.0 * part / whole : 0.0;
}

static void print_report(const wio_origins_report *report, const char *money)
{
    size_t shown = report->lines < MOST_LINES ? report->lines : MOST_LINES;
    printf("imports of %.6g million %s split into %zu origins; trade has %.6g (%.1f %%), to the "
           "rest %.6g\n",
           report->table, money, report->partners, report->trade,
           share(report->trade, report->table), report->rest);
    printf("%-12s %12s %12s %10s %12s\n", "sector", "table", "trade", "trade, %", "to the rest");
    for (size_t i = 0; i < shown; i++) {
        const wio_origins_gap *line = &report->line[i];
        char *code = wio_text_safe(line->sector);
        printf("%-12s %12.6g %12.6g %10.1f %12.6g\n", code != NULL ? code : "", line->table,
               line->trade, share(line->trade, line->table), line->rest);
        wio_free(code);
    }
    if (shown < report->lines) {
        printf("and %zu more: --json lists all\n", report->lines - shown);
    }
}

static void json_report(const wio_origins_report *report)
{
    cli_json_open("{", NULL);
    cli_json_count("partners", report->partners);
    cli_json_number("imports", report->table);
    cli_json_number("trade", report->trade);
    cli_json_number("rest", report->rest);
    cli_json_open("[", "sectors");
    for (size_t i = 0; i < report->lines; i++) {
        cli_json_open("{", NULL);
        cli_json_text("sector", report->line[i].sector);
        cli_json_number("imports", report->line[i].table);
        cli_json_number("trade", report->line[i].trade);
        cli_json_number("rest", report->line[i].rest);
        cli_json_close("}");
    }
    cli_json_close("]");
    cli_json_close("}");
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if (!value[OPTION_TRADE].set || !value[OPTION_OUTPUT].set) {
        return cli_usage(&cli_origins, "needs --trade FILE.csv and --output FILE.h5");
    }
    if (value[OPTION_LEVELS].set && !value[OPTION_REST].set) {
        return cli_usage(&cli_origins, "--levels needs --rest CODE");
    }
    cli_making m;
    wio_trade *imports = NULL, *exports = NULL;
    wio_origins_report report = {0};
    wio_status status =
        cli_making_columns(&m, cli_making_begin(&m, arguments->operand[0]), &value[OPTION_COLUMNS]);
    if (status == WIO_OK) {
        status = wio_trade_read(&imports, value[OPTION_TRADE].text, m.log, &m.err);
    }
    if (status == WIO_OK && value[OPTION_EXPORTS].set) {
        status = wio_trade_read(&exports, value[OPTION_EXPORTS].text, m.log, &m.err);
    }
    if (status == WIO_OK) {
        const wio_origins_options options = {.block = value[OPTION_BLOCK].text,
                                             .rest = value[OPTION_REST].text,
                                             .levels = value[OPTION_LEVELS].set,
                                             .exports = exports};
        status = wio_table_origins(&m.out, m.table, imports, &options, &report, m.log, &m.err);
    }
    status = cli_making_name(&m, status, &value[OPTION_NAME], &value[OPTION_TITLE]);
    int code = cli_making_write(&m, status, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set,
                                WIO_WARNING);
    if (code == 0) {
        wio_table_info info;
        wio_table_describe(&info, m.out);
        if (value[OPTION_JSON].set) {
            json_report(&report);
        } else {
            print_report(&report, info.currency);
        }
        cli_note("wrote %s; import_split is %s", value[OPTION_OUTPUT].text, info.import_split);
    }
    wio_origins_report_free(&report);
    wio_trade_free(imports);
    wio_trade_free(exports);
    cli_making_end(&m);
    return code;
}

const cli_command cli_origins = {
    .name = "origins",
    .operands = "TABLE -t TRADE.csv -o T.h5",
    .summary = "a national table's imports by country, from bilateral trade",
    .about = "Splits the imports of a national table into origins. Trade gives the shares of the "
             "partners, by sector and, where the file says so, by use; the table gives the "
             "levels, so every total stays. How far trade and table differ is printed by sector. "
             "Imports without trade are an error, or go to --rest.\n"
             "With --levels the values themselves count and --rest gets what is left: for trade "
             "with one country.\n"
             "Further files (tariffs.csv) keep the lines that do not name what is split.",
    .examples = "wassily origins usa.h5 -t imports.csv -o usa-origins.h5\n"
                "wassily origins usa.h5 -t from_china.csv --levels --rest ROW -o usa-china.h5",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
