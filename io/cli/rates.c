/* rates.c - wassily rates: sector rates from tariff lines, trade and a concordance. */
#include "options.h"
#include "output.h"

#include <string.h>

enum {
    OPTION_LINES,
    OPTION_TRADE,
    OPTION_CONCORDANCE,
    OPTION_DATE,
    OPTION_AUTHORITIES,
    OPTION_UNMAPPED,
    OPTION_UNKNOWN,
    OPTION_JSON
};

static const cli_option OPTIONS[] = {
    {"lines", 0, CLI_TEXT, "FILE.csv",
     "tariff lines: hs,kind,authority,rate and, if needed, partner,from,to; kind is base, replace "
     "(column 2), add (section 301, 232, ...) or except (share left out) (required)"},
    {"trade", 0, CLI_TEXT, "FILE.csv", "imports: hs,value and, if needed, partner (required)"},
    {"concordance", 0, CLI_TEXT, "FILE.csv", "hs,sector and, if needed, weight (required)"},
    {"date", 0, CLI_TEXT, "YYYY-MM-DD", "the day whose rates are asked for (required)"},
    {"authorities", 0, CLI_TEXT, "A,B,...", "count these only (default: all in force)"},
    {"allow-unmapped", 0, CLI_FLAG, NULL,
     "leave out trade without a sector or a base rate; how much is said on stderr"},
    {"allow-unknown", 0, CLI_FLAG, NULL,
     "leave out trade whose duty has no ad valorem equivalent; how much is said on stderr"},
    {"json", 0, CLI_FLAG, NULL, "the result as JSON instead of CSV"},
};

enum { MOST_AUTHORITIES = 32 };

/* "2025-02-04" as 20250204; 0 when it is not a date. */
static int read_date(const char *text)
{
    int date = 0;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') {
        return 0;
    }
    for (size_t i = 0; i < 10; i++) {
        if (i != 4 && i != 7) {
            if (text[i] < '0' || text[i] > '9') {
                return 0;
            }
            date = 10 * date + (text[i] - '0');
        }
    }
    return date / 100 % 100 >= 1 && date / 100 % 100 <= 12 && date % 100 >= 1 && date % 100 <= 31
               ? date
               : 0;
}

/* A line per sector and partner: what a table's tariffs.csv holds. */
static void print_csv(const wio_result *result)
{
    static const char *const names[] = {"rate",          "base_rate", "added_rate", "simple_mean",
                                        "least",         "most",      "spread",     "trade",
                                        "unknown_trade", "lines"};
    const wio_variable *sector = wio_result_find(result, "sector");
    const wio_variable *partner = wio_result_find(result, "partner");
    printf("sector,partner");
    for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
        printf(",%s", names[f]);
    }
    printf("\n");
    for (size_t s = 0; s < sector->length[0]; s++) {
        for (size_t p = 0; p < partner->length[0]; p++) {
            cli_print_csv(sector->text[s]);
            printf(",");
            cli_print_csv(partner->text[p]);
            for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
                char number[WIO_NUMBER_SIZE];
                double value = wio_result_find(result, names[f])->data[s * partner->length[0] + p];
                printf(",%s", value == value ? wio_format_double(number, value) : "");
            }
            printf("\n");
        }
    }
}

static int solve(const cli_value *value, const wio_rates_options *options)
{
    wio_schedule *schedule = NULL;
    wio_result *result = NULL;
    wio_log *log = NULL;
    char *text = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_schedule_read(&schedule, value[OPTION_LINES].text, value[OPTION_TRADE].text,
                                   value[OPTION_CONCORDANCE].text, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_rates(&result, schedule, options, log, &err);
    }
    int code = 0;
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_WARNING);
        if (value[OPTION_JSON].set) {
            status = wio_result_json(&text, result, &err);
            code = cli_print_text(status, text, &err);
        } else {
            print_csv(result);
        }
    }
    wio_result_free(result);
    wio_schedule_free(schedule);
    wio_log_free(log);
    return code;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *authority[MOST_AUTHORITIES];
    char list[1024];
    for (size_t i = OPTION_LINES; i <= OPTION_DATE; i++) {
        if (!value[i].set) {
            return cli_usage(&cli_rates, "needs --lines, --trade, --concordance and --date");
        }
    }
    wio_rates_options options = {.date = read_date(value[OPTION_DATE].text),
                                 .allow_unmapped = value[OPTION_UNMAPPED].set,
                                 .allow_unknown = value[OPTION_UNKNOWN].set};
    if (options.date == 0) {
        return cli_usage(&cli_rates, "option '--date' is a day like 2025-02-04, not '%s'",
                         value[OPTION_DATE].text);
    }
    if (value[OPTION_AUTHORITIES].set) {
        options.authority = authority;
        options.authorities = cli_parts(authority, MOST_AUTHORITIES, list, sizeof list,
                                        value[OPTION_AUTHORITIES].text);
        if (options.authorities == SIZE_MAX) {
            return cli_usage(&cli_rates, "option '--authorities' names more than %d",
                             MOST_AUTHORITIES);
        }
    }
    return solve(value, &options);
}

const cli_command cli_rates = {
    .name = "rates",
    .operands = "",
    .summary = "sector rates from tariff lines, trade and a concordance",
    .about =
        "Puts the tariff lines in force on a day together on every traded product code (rates of "
        "several authorities add, column 2 or a preference replaces the base rate, exceptions "
        "take a share away) and averages them by sector and partner with trade as weights. "
        "Prints a line per sector and partner: the rate, its parts, its range and spread "
        "inside the sector. Save it as tariffs.csv beside a table, and a study can name its "
        "columns.\n"
        "Trade without a sector or a rate is listed in money and stops the run, unless it is "
        "allowed.",
    .examples = "wassily rates --lines hts.csv --trade imports_china.csv --concordance hs_bea.csv "
                "--date 2025-02-04 > tariffs.csv\n"
                "wassily rates --lines hts.csv --trade imports_china.csv --concordance hs_bea.csv "
                "--date 2025-02-04 --authorities mfn,s301",
    .least = 0,
    .most = 0,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
