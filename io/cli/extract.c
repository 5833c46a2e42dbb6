/* extract.c - wassily extract: what hangs on an activity's links, by hypothetical extraction. */
#include "options.h"
#include "output.h"

#include <math.h>
#include <string.h>

enum {
    OPTION_SECTOR,
    OPTION_GROUP,
    OPTION_KIND,
    OPTION_SHARE,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_CSV,
    OPTION_JSON,
    OPTION_REPRODUCIBLE,
    OPTION_THREADS
};

static const cli_option OPTIONS[] = {
    {"sector", 's', CLI_TEXT, "A,B,...",
     "take these out together: REGION.CODE, or CODE for the sector in every region (default: every "
     "activity in turn)"},
    {"group", 'g', CLI_TEXT, "NAME", "take out a group of the table's sectors together"},
    {"kind", 'k', CLI_CHOICE, "total|backward|forward",
     "what is cut: all of the sector (default), its purchases, or its sales to industries"},
    {"share", 0, CLI_NUMBER, "PHI",
     "cut this share of the purchases or sales, 0 < PHI <= 1 (default: 1)"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the result here too"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    {"csv", 0, CLI_FLAG, NULL, "a line per activity in the table's order as CSV"},
    {"json", 0, CLI_FLAG, NULL, "the same as JSON, with its provenance"},
    {"reproducible", 0, CLI_FLAG, NULL,
     "leave out time and machine: the same table gives the same bytes"},
    {"threads", 't', CLI_COUNT, "N",
     "threads (default: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else those available)"},
};

enum { MOST_SECTORS = 64, MOST_LINES = 15 };

static bool some_known(const wio_variable *variable)
{
    for (size_t i = 0; variable != NULL && i < variable->length[0]; i++) {
        if (!isnan(variable->data[i])) {
            return true;
        }
    }
    return false;
}

/* "jobs_lost  3372 persons, 1272 of it outside", for every account of some taken out together. */
static void print_totals(const wio_result *result)
{
    static const char *const ends[] = {"total/", "outside/"};
    for (size_t i = 0; i < wio_result_variables(result); i++) {
        const wio_variable *v = wio_result_variable(result, i);
        double value[2] = {NAN, NAN};
        for (size_t e = 0; e < 2; e++) {
            char name[200];
            (void)snprintf(name, sizeof name, "%s%s", ends[e], v->name);
            const char *text = cli_attribute(result, name);
            (void)wio_parse_double(&value[e], text, strlen(text));
        }
        if (!isnan(value[0])) {
            int digits = fabs(value[0]) >= 1000.0 ? 0 : 4;
            printf("%-20s %14.*f ", v->name, digits, value[0]);
            cli_print_safe(v->units);
            printf(", %.*f of it outside\n", digits, value[1]);
        }
    }
    printf("\n");
}

static void print_for_people(const wio_result *result)
{
    static const cli_column each[] = {
        {"output_lost", "output"},
        {"output_lost_outside", "outside"},
        {"value_added_lost", "value added"},
        {"value_added_lost_outside", "outside"},
        {"jobs_lost", "jobs"},
        {"jobs_lost_outside", "outside"},
    };
    static const cli_column together[] = {
        {"output_lost", "output"}, {"value_added_lost", "value added"}, {"jobs_lost", "jobs"}};
    bool in_turn = strcmp(cli_attribute(result, "extracted"), "each in turn") == 0;
    const wio_variable *by = wio_result_find(result, "jobs_lost");
    by = some_known(by) ? by : wio_result_find(result, "output_lost");
    cli_print_safe(cli_attribute(result, "table"));
    printf(", %s, %s extraction", cli_attribute(result, "closure"), cli_attribute(result, "kind"));
    if (strcmp(cli_attribute(result, "share"), "1") != 0) {
        printf(" of a share of %s", cli_attribute(result, "share"));
    }
    printf(", ");
    cli_print_safe(in_turn ? "each activity in turn" : cli_attribute(result, "extracted"));
    printf("\nlost in million ");
    cli_print_safe(cli_attribute(result, "currency"));
    printf("%s; outside: in all other activities\n\n",
           strcmp(by->name, "jobs_lost") == 0 ? " and jobs" : "");
    if (in_turn) {
        cli_print_largest(result, each, sizeof each / sizeof *each, by, MOST_LINES);
    } else {
        print_totals(result);
        cli_print_largest(result, together, sizeof together / sizeof *together, by, MOST_LINES);
    }
    printf("\n");
    cli_print_safe_lines(cli_attribute(result, "limits"));
    cli_print_accuracy(result);
}

static int write_and_print(const wio_result *result, const cli_value *value)
{
    if (value[OPTION_OUTPUT].set) {
        int code = cli_write_result(result, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set,
                                    value[OPTION_REPRODUCIBLE].set);
        if (code != 0) {
            return code;
        }
    }
    if (value[OPTION_CSV].set || value[OPTION_JSON].set) {
        return cli_print_result(result, value[OPTION_CSV].set, value[OPTION_JSON].set, "");
    }
    print_for_people(result);
    return 0;
}

static int solve(const char *path, const wio_extract_options *options, const cli_value *value)
{
    wio_table *table = NULL;
    wio_result *result = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    int code = 0;
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_table_open(&table, path, NULL, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_table_balanced(table, log, &err);
    }
    if (status == WIO_OK) {
        status = wio_extract(&result, table, options, log, &err);
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

/* 0, or the exit status after a message. */
static int check_usage(const cli_value *value)
{
    const char *path = value[OPTION_OUTPUT].text;
    if (value[OPTION_CSV].set && value[OPTION_JSON].set) {
        return cli_usage(&cli_extract, "'--csv' and '--json' do not go together");
    }
    if (value[OPTION_SECTOR].set && value[OPTION_GROUP].set) {
        return cli_usage(&cli_extract, "'--sector' and '--group' do not go together");
    }
    double share = value[OPTION_SHARE].number;
    if (value[OPTION_SHARE].set && !(share > 0.0 && share <= 1.0)) {
        return cli_usage(&cli_extract, "option '--share' is above 0 and up to 1, not '%s'",
                         value[OPTION_SHARE].text);
    }
    if (value[OPTION_SHARE].set &&
        (!value[OPTION_KIND].set || strcmp(value[OPTION_KIND].text, "total") == 0)) {
        return cli_usage(&cli_extract, "'--share' goes with --kind backward or --kind forward");
    }
    int code = cli_threads(&cli_extract, &value[OPTION_THREADS]);
    if (code != 0) {
        return code;
    }
    if (value[OPTION_OUTPUT].set && (strcmp(path, "-") == 0 || *path == '\0')) {
        return cli_usage(&cli_extract, "an HDF5 file cannot go to a pipe; --csv can");
    }
    return value[OPTION_OUTPUT].set ? cli_output_free(path, value[OPTION_FORCE].set) : 0;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *sector[MOST_SECTORS];
    char list[4096];
    int code = check_usage(value);
    if (code != 0) {
        return code;
    }
    const char *kind = value[OPTION_KIND].set ? value[OPTION_KIND].text : "total";
    wio_extract_options options = {
        .kind = strcmp(kind, "backward") == 0  ? WIO_EXTRACT_BACKWARD
                : strcmp(kind, "forward") == 0 ? WIO_EXTRACT_FORWARD
                                               : WIO_EXTRACT_TOTAL,
        .share = value[OPTION_SHARE].set ? value[OPTION_SHARE].number : 1.0,
        .group = value[OPTION_GROUP].set ? value[OPTION_GROUP].text : NULL,
        .threads = (int)value[OPTION_THREADS].count,
        .reproducible = value[OPTION_REPRODUCIBLE].set};
    if (value[OPTION_SECTOR].set) {
        options.sector = sector;
        options.sectors =
            cli_parts(sector, MOST_SECTORS, list, sizeof list, value[OPTION_SECTOR].text);
        if (options.sectors == SIZE_MAX) {
            return cli_usage(&cli_extract, "option '--sector' names more than %d", MOST_SECTORS);
        }
    }
    return solve(arguments->operand[0], &options, value);
}

const cli_command cli_extract = {
    .name = "extract",
    .operands = "TABLE",
    .summary = "what hangs on a sector: output, value added and jobs lost without it",
    .about =
        "Hypothetical extraction at today's coefficients. 'total' sets a sector's row, column "
        "and final demand to 0; 'backward' buys its inputs outside the table; 'forward' "
        "imports what industries bought of it, or a share of that (--share). Says what output, "
        "value added and jobs are then lost, in all and outside the sector itself.\n"
        "Without --sector or --group every activity is taken out in turn, from one inverse, "
        "and the 15 with the most jobs are printed; --csv and --json have all, in the table's "
        "order.\n"
        "Extraction measures dependence on today's links, it is not a forecast: nobody "
        "substitutes, no price moves, and jobs are gross.",
    .examples = "wassily extract us-2017\n"
                "wassily extract us-2017 --sector 336111 --csv > without_cars.csv\n"
                "wassily extract us-2017 --sector 332 --kind forward --share 0.3",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
