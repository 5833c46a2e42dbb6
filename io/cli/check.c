/* check.c - wassily check: every identity of a table, or every mistake of a study, and a verdict. */
#include "options.h"
#include "output.h"

#include "inputs.h"
#include "stream.h"

#include <math.h>

enum { OPTION_JSON, OPTION_CSV, OPTION_STREAM, OPTION_THREADS };

static const cli_option OPTIONS[] = {
    {"json", 0, CLI_FLAG, NULL, "the verdict, the figures and the findings as JSON"},
    {"csv", 0, CLI_FLAG, NULL,
     "every identity in every place: both sides, the gap and its share, as CSV"},
    CLI_STREAM_OPTION,
    {"threads", 't', CLI_COUNT, "N",
     "threads of --stream (default: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else those available)"},
};

static void json_findings(const wio_log *log)
{
    static const char *const severity[] = {"note", "warning", "error"};
    cli_json_open("[", "findings");
    for (size_t i = 0; i < wio_log_count(log, WIO_NOTE); i++) {
        const wio_finding *finding = wio_log_finding(log, i);
        cli_json_open("{", NULL);
        cli_json_text("severity", severity[finding->severity]);
        cli_json_text("file", finding->file);
        cli_json_count("line", finding->line);
        cli_json_count("column", finding->column);
        cli_json_text("text", finding->text);
        cli_json_close("}");
    }
    cli_json_close("]");
}

static const double ROUNDING =
    1e-10; /* a smaller gap is that of sums, and its place is by chance */

/* "USA.11", where a gap is largest; NULL where there is none. */
static const char *activity_name(char *text, size_t size, const wio_table *table, double gap,
                                 size_t at)
{
    (void)snprintf(text, size, "%s.%s", wio_table_origin_region(table, at),
                   wio_table_origin_sector(table, at));
    return gap > ROUNDING ? text : NULL;
}

static const char *region_name(const wio_table *table, const wio_table_report *report)
{
    return report->gdp_gap > ROUNDING ? wio_table_region(table, report->gdp_at, NULL) : NULL;
}

static void json_report(const wio_table *table, const wio_table_report *report)
{
    const wio_certificate *certificate = &report->certificate;
    char text[300];
    cli_json_number("row_gap", report->row_gap);
    cli_json_text("row_gap_at",
                  activity_name(text, sizeof text, table, report->row_gap, report->row_at));
    cli_json_number("column_gap", report->column_gap);
    cli_json_text("column_gap_at",
                  activity_name(text, sizeof text, table, report->column_gap, report->column_at));
    cli_json_number("gdp_gap", report->gdp_gap);
    cli_json_text("gdp_gap_at", region_name(table, report));
    cli_json_count("zero_output", report->zero_output);
    cli_json_count("negative_flows", report->negative_flows);
    cli_json_count("negative_final", report->negative_final);
    cli_json_count("column_sums_above_one", report->column_sums_above_one);
    cli_json_number("output_covered_by_jobs", report->output_covered_by_jobs);
    cli_json_number("gdp", report->gdp);
    cli_json_number("output", report->output);
    cli_json_number("jobs", report->jobs);
    cli_json_bool("productive", certificate->productive);
    cli_json_number("radius_low", certificate->radius_low);
    cli_json_number("radius_high", certificate->radius_high);
    cli_json_number("condition", certificate->condition);
    cli_json_bool("condition_is_upper_bound", certificate->condition_bound);
    if (report->readings != 0) {
        cli_json_count("readings", report->readings);
    }
}

static void print_gap(const char *identity, double gap, const char *unit, const char *at)
{
    if (isnan(gap)) {
        printf("  %-30s not checked: there are no primary inputs\n", identity);
        return;
    }
    printf("  %-30s largest gap %.1e %s%s", identity, gap, unit, at != NULL ? ", at " : "");
    cli_print_safe(at != NULL ? at : "");
    printf("\n");
}

static void print_report(const wio_table *table, const wio_table_report *report)
{
    wio_table_info info;
    wio_table_describe(&info, table);
    cli_print_safe(info.name);
    printf(": ");
    cli_print_safe(info.title);
    char text[300];
    printf("\n");
    print_gap("rows add up to output", report->row_gap, "of output",
              activity_name(text, sizeof text, table, report->row_gap, report->row_at));
    print_gap("columns add up to output", report->column_gap, "of output",
              activity_name(text, sizeof text, table, report->column_gap, report->column_at));
    print_gap("income equals expenditure", report->gdp_gap, "of value added",
              region_name(table, report));
    printf("  gross output %.0f, GDP ", report->output);
    printf(isnan(report->gdp) ? "not known" : "%.0f", report->gdp);
    printf(" (%s)\n", info.unit != NULL ? info.unit : "million");
    if (report->jobs > 0.0) {
        printf("  jobs %.0f, known for %.1f %% of output\n", report->jobs,
               100.0 * report->output_covered_by_jobs);
    }
    printf("  %zu activities without output, %zu negative flows, %zu negative final uses,\n"
           "  %zu columns of A that sum to more than one\n  ",
           report->zero_output, report->negative_flows, report->negative_final,
           report->column_sums_above_one);
    cli_print_certificate(&report->certificate);
}

/* A line for each identity in each place. */
static wio_status print_gaps(const wio_table *table, wio_table_file *file, wio_error *err)
{
    wio_table_gap *gap = NULL;
    size_t count = 0;
    wio_status status = file != NULL ? wio_table_file_gaps(&gap, &count, file, err)
                                     : wio_table_gaps(&gap, &count, table, err);
    if (status != WIO_OK) {
        return status;
    }
    printf("identity,region,sector,left,right,gap,share\n");
    for (size_t k = 0; k < count; k++) {
        const wio_table_gap *g = &gap[k];
        const double number[] = {g->left, g->right, g->left - g->right, g->share};
        printf("%s,", g->identity);
        cli_print_csv(g->region != SIZE_MAX ? wio_table_region(table, g->region, NULL) : "");
        printf(",");
        cli_print_csv(g->activity != SIZE_MAX ? wio_table_origin_sector(table, g->activity) : "");
        for (size_t i = 0; i < 4; i++) {
            char text[WIO_NUMBER_SIZE];
            printf(",%s", wio_format_double(text, number[i]));
        }
        printf("\n");
    }
    wio_free(gap);
    return WIO_OK;
}

/* A verdict on a table: what it is of, and what was found. */
typedef struct verdict {
    wio_table *table;
    wio_table_file *file;   /* where its flows stay in it */
    const wio_table *named; /* the table, or the outline of the file; NULL: not opened */
    wio_table_report report;
} verdict;

static wio_status find_verdict(verdict *v, const cli_arguments *arguments, wio_log *log,
                               wio_error *err)
{
    const cli_value *value = arguments->value;
    const wio_stream_options stream = {.threads = (int)value[OPTION_THREADS].count};
    wio_status status = cli_open(&v->table, &v->file, arguments->operand[0],
                                 value[OPTION_STREAM].set, true, log, err);
    if (status != WIO_OK) {
        return status;
    }
    v->named = v->table != NULL ? v->table : wio_table_file_outline(v->file);
    return v->table != NULL ? wio_table_check(&v->report, v->table, log, err)
                            : wio_table_file_check(&v->report, v->file, &stream, log, err);
}

static void print_verdict(const verdict *v, wio_status status, const wio_log *log)
{
    size_t warnings = wio_log_count(log, WIO_WARNING);
    print_report(v->named, &v->report);
    cli_print_log(log, WIO_NOTE);
    if (status != WIO_OK) {
        printf("not every identity holds\n");
    } else {
        printf("every identity%s holds",
               isnan(v->report.column_gap) ? " that could be checked" : "");
        printf(warnings == 0 ? "\n" : ", with %zu warning%s\n", warnings, warnings == 1 ? "" : "s");
    }
    if (v->report.readings != 0) {
        cli_note("%zu readings of the flows in their file", v->report.readings);
    }
}

static int check_table(const cli_arguments *arguments, bool json, bool csv)
{
    verdict v = {0};
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = find_verdict(&v, arguments, log, &err);
    }
    int code = wio_status_exit(status);
    bool answered = v.named != NULL && (status == WIO_OK || status == WIO_E_NO);
    if (csv && answered) {
        cli_print_log(log, WIO_NOTE);
        wio_status printed = print_gaps(v.named, v.file, &err);
        code = printed != WIO_OK ? cli_fail(printed, &err, log) : code;
    } else if (json) {
        cli_json_open("{", NULL);
        cli_json_text("checked", arguments->operand[0]);
        cli_json_bool("ok", status == WIO_OK);
        if (answered) {
            json_report(v.named, &v.report);
        }
        json_findings(log);
        cli_json_close("}");
    } else if (answered) {
        print_verdict(&v, status, log);
    }
    if (!answered) {
        code = cli_fail(status, &err, log);
        if (v.file == NULL) {
            cli_hint_stream(&cli_check, status);
        }
    }
    wio_table_file_close(v.file);
    wio_table_free(v.table);
    wio_log_free(log);
    return code;
}

static int check_study(const char *path, bool json)
{
    wio_study *study = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_study_read(&study, path, log, &err);
    }
    if (json) {
        cli_json_open("{", NULL);
        cli_json_text("checked", path);
        cli_json_bool("ok", status == WIO_OK);
        json_findings(log);
        cli_json_close("}");
    }
    int code = 0;
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else if (!json) {
        cli_print_log(log, WIO_NOTE);
        cli_print_safe(path);
        printf(": no mistakes\n");
    }
    wio_study_free(study);
    wio_log_free(log);
    return code;
}

static int run(const cli_arguments *arguments)
{
    const char *path = arguments->operand[0];
    bool json = arguments->value[OPTION_JSON].set, csv = arguments->value[OPTION_CSV].set;
    if (json && csv) {
        return cli_usage(&cli_check, "'--csv' and '--json' do not go together");
    }
    int code = cli_threads(&cli_check, &arguments->value[OPTION_THREADS]);
    if (code != 0) {
        return code;
    }
    bool stream = arguments->value[OPTION_STREAM].set;
    switch (cli_input_kind(path)) {
    case CLI_STUDY:
        return csv || stream ? cli_usage(&cli_check, "'--%s' is for tables, %s is a study",
                                         csv ? "csv" : "stream", path)
                             : check_study(path, json);
    case CLI_RESULT:
        return cli_usage(&cli_check, "%s is a result; check takes a table or a study", path);
    case CLI_TABLE:
    default:
        return check_table(arguments, json, csv);
    }
}

const cli_command cli_check = {
    .name = "check",
    .operands = "TABLE|STUDY.yaml",
    .summary = "every identity of a table, or every mistake of a study",
    .about = "For a table: whether rows and columns add up to output, income equals expenditure "
             "and the economy is productive, with the sectors that are not named; exit status 1 "
             "when something does not hold. For a study: reads it and the table it names and "
             "prints every mistake with its line and column; exit status 65 when there is one. "
             "Nothing is solved.\n"
             "The largest gaps are named; --csv lists every identity in every place: B1 output and "
             "row sum, B2 output and column sum (left, right), B3 value added and expenditure of a "
             "region, B5 of all.\n"
             "With --stream the flows of a packed table stay in their file, which is read 20 to 60 "
             "times: the same verdict and figures, but that the condition is an upper bound.",
    .examples = "wassily check us-2017\nwassily check my_table/ --csv\n"
                "wassily check world.h5:2010 --stream\n"
                "wassily check my_study.yaml",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
