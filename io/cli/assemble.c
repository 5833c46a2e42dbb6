/* assemble.c - wassily assemble: national tables and the trade between them as one table. */
#include "making.h"
#include "options.h"
#include "output.h"

#include <string.h>

enum {
    OPTION_TRADE,
    OPTION_MODEL,
    OPTION_REST,
    OPTION_RESIDUAL,
    OPTION_COLUMNS,
    OPTION_NAME,
    OPTION_TITLE,
    OPTION_POOL,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_JSON
};

static const cli_option OPTIONS[] = {
    {"trade", 't', CLI_TEXT, "FILE.csv",
     "sector,seller,buyer,value and optionally use (intermediate, consumption, capital, or a "
     "user's "
     "code) (required)"},
    {"model", 'm', CLI_CHOICE, "chenery-moses|isard",
     "one share of an origin for all users, or home and imported cells as they are (required)"},
    {"rest", 'r', CLI_TEXT, "CODE", "what regions without a table become together (REST)"},
    {"residual", 'u', CLI_TEXT, "USE",
     "final use for exports that no buyer's table has; otherwise they are an error"},
    {"columns", 'c', CLI_TEXT, "FILE.csv",
     "what the columns of further files (tariffs.csv) are, instead of the tables' columns.csv: "
     "file,column,kind,weight"},
    {"name", 'n', CLI_TEXT, "NAME", "name of the table (mrio)"},
    CLI_OPTION_TITLE,
    {"pool", 'p', CLI_FLAG, NULL,
     "of one table of several regions: give it the shares of chenery-moses; no trade, no model"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the table here (required)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    {"json", 0, CLI_FLAG, NULL, "both sides of trade as JSON, every activity"},
};

static void print_report(const wio_multiregional_report *report, const wio_table_info *info)
{
    printf("%zu activities, %zu origins, %zu final columns\n", info->n, info->m, info->f);
    printf("imports of %.6g million %s, %.6g from regions without a table; exports to these %.6g\n",
           report->imports, info->currency, report->from_rest, report->to_rest);
    if (report->gaps != 0) {
        printf("exports of %zu activities differ from what their buyers have: %.6g million in all, "
               "the largest %.6g\n",
               report->gaps, report->residual, report->largest);
    }
}

static void json_report(const wio_multiregional_report *report)
{
    cli_json_open("{", NULL);
    cli_json_number("imports", report->imports);
    cli_json_number("from_rest", report->from_rest);
    cli_json_number("to_rest", report->to_rest);
    cli_json_count("gaps", report->gaps);
    cli_json_number("residual", report->residual);
    cli_json_number("largest", report->largest);
    cli_json_open("[", "activities");
    for (size_t i = 0; i < report->lines; i++) {
        const wio_multiregional_line *line = &report->line[i];
        cli_json_open("{", NULL);
        cli_json_text("region", line->region);
        cli_json_text("sector", line->sector);
        cli_json_number("imports", line->imports);
        cli_json_number("trade", line->trade);
        cli_json_number("exports", line->exports);
        cli_json_number("bought", line->bought);
        cli_json_number("to_rest", line->rest);
        cli_json_number("gap", line->gap);
        cli_json_close("}");
    }
    cli_json_close("]");
    cli_json_close("}");
}

/* Of several tables, table[operands], which stay the caller's. */
static wio_status assemble(cli_making *m, wio_table **table, wio_multiregional_report *report,
                           const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const wio_table *list[CLI_MOST_OPERANDS];
    const wio_multiregional_options options = {
        .model = strcmp(value[OPTION_MODEL].text, "isard") == 0 ? WIO_ISARD : WIO_CHENERY_MOSES,
        .name = value[OPTION_NAME].text,
        .rest = value[OPTION_REST].text,
        .residual = value[OPTION_RESIDUAL].text};
    wio_trade *trade = NULL;
    wio_status status = WIO_OK;
    for (size_t s = 0; s < arguments->operands && status == WIO_OK; s++) {
        status = wio_table_open(&table[s], arguments->operand[s], NULL, m->log, &m->err);
        list[s] = table[s];
        if (status == WIO_OK && value[OPTION_COLUMNS].set) {
            status = wio_table_add_file(table[s], "columns.csv", value[OPTION_COLUMNS].text, m->log,
                                        &m->err);
        }
    }
    if (status == WIO_OK) {
        status = wio_trade_read_between(&trade, value[OPTION_TRADE].text, m->log, &m->err);
    }
    if (status == WIO_OK) {
        status = wio_table_multiregional(&m->out, list, arguments->operands, trade, &options,
                                         report, m->log, &m->err);
    }
    wio_trade_free(trade);
    return status;
}

static int run_pool(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if (arguments->operands != 1 || value[OPTION_TRADE].set || value[OPTION_MODEL].set ||
        value[OPTION_REST].set || value[OPTION_RESIDUAL].set || value[OPTION_JSON].set ||
        value[OPTION_COLUMNS].set || !value[OPTION_OUTPUT].set) {
        return cli_usage(&cli_assemble,
                         "--pool is for one table, with --output FILE.h5, --name and --title");
    }
    cli_making m;
    wio_status status = cli_making_begin(&m, arguments->operand[0]);
    if (status == WIO_OK) {
        status = wio_table_pool(&m.out, m.table, m.log, &m.err);
    }
    status = cli_making_name(&m, status, &value[OPTION_NAME], &value[OPTION_TITLE]);
    int code = cli_making_write(&m, status, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set,
                                WIO_WARNING);
    if (code == 0) {
        cli_note("wrote %s; import_split is proportional", value[OPTION_OUTPUT].text);
    }
    cli_making_end(&m);
    return code;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if (value[OPTION_POOL].set) {
        return run_pool(arguments);
    }
    if (!value[OPTION_TRADE].set || !value[OPTION_MODEL].set || !value[OPTION_OUTPUT].set) {
        return cli_usage(&cli_assemble,
                         "needs --trade FILE.csv, --model MODEL and --output FILE.h5");
    }
    cli_making m = {0};
    wio_table *table[CLI_MOST_OPERANDS] = {0};
    wio_multiregional_report report = {0};
    wio_status status = wio_log_create(&m.log, &m.err);
    if (status == WIO_OK) {
        status = assemble(&m, table, &report, arguments);
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
            print_report(&report, &info);
        }
        cli_note("wrote %s; import_split is %s", value[OPTION_OUTPUT].text, info.import_split);
    }
    wio_multiregional_report_free(&report);
    for (size_t s = 0; s < arguments->operands; s++) {
        wio_table_free(table[s]);
    }
    cli_making_end(&m);
    return code;
}

const cli_command cli_assemble = {
    .name = "assemble",
    .operands = "TABLE... -t TRADE.csv -m MODEL -o T.h5",
    .summary = "one table of several regions, from national tables and trade",
    .about =
        "National tables give what is used at home, imported and exported; trade gives the "
        "shares of the sellers in each region's imports of a product. They need the same "
        "sectors, items and satellites (in any order), currency, year and prices. With isard cells "
        "of home "
        "products stay and imported ones are split by the trade of that use; with "
        "chenery-moses every user of a product in a region has the same shares of its origins, "
        "home included.\n"
        "Regions that have no table become one exogenous region; what they buy is at the level "
        "of the trade file. Where a table's exports of a product are not what its buyers have, "
        "the largest gaps are named and nothing is written, or --residual USE takes them. "
        "Nothing is scaled to fit.\n"
        "Lines of further files (tariffs.csv) get their region and are put together where columns "
        "and their description in columns.csv are the same; groups stay where the tables agree.",
    .examples =
        "wassily assemble usa.h5 chn.h5 -t trade.csv -m isard -o mrio.h5\n"
        "wassily assemble usa.h5 chn.h5 -t trade.csv -m chenery-moses --residual GAP -o m.h5\n"
        "wassily assemble mrio.h5 --pool -o pooled.h5",
    .least = 1,
    .most = CLI_MOST_OPERANDS,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
