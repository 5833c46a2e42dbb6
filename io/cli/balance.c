/* balance.c - wassily balance: a table brought to given totals, and what that changed. */
#include "options.h"
#include "output.h"

#include <string.h>

enum {
    OPTION_ROWS,
    OPTION_COLUMNS,
    OPTION_METHOD,
    OPTION_BLOCK,
    OPTION_FIXED,
    OPTION_YEAR,
    OPTION_ACCOUNTS,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_REPORT,
    OPTION_THREADS
};

static const cli_option OPTIONS[] = {
    {"rows", 'r', CLI_TEXT, "FILE.csv",
     "totals of rows: region,sector,total and optionally sigma; region is empty for a primary "
     "item"},
    {"columns", 'c', CLI_TEXT, "FILE.csv",
     "totals of columns: region,user,total and optionally sigma"},
    {"method", 'm', CLI_CHOICE, "ras|gras|kras",
     "ras (default): no negative cells; gras: cells keep their sign; kras: totals with a sigma may "
     "give way"},
    {"block", 'b', CLI_CHOICE, "table|flows",
     "table (default): flows, final uses and primary inputs together; flows: the flows alone"},
    {"fixed", 0, CLI_TEXT, "FILE.csv", "cells that stay: region,sector,to_region,user"},
    {"year", 'y', CLI_COUNT, "YYYY",
     "the totals are of this year, and so is the new table; where files have a column year, its "
     "lines are read"},
    {"accounts", 'a', CLI_TEXT, "FILE.csv",
     "satellites of that year: region,sector,account,value; the others are missing"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the balanced table here"},
    {"force", 'f', CLI_FLAG, NULL, "replace files that exist"},
    {"report", 0, CLI_TEXT, "FILE.csv", "write every changed cell here: before, after, change"},
    {"threads", 't', CLI_COUNT, "N", "threads (default: all that are available)"},
};

/* What the command holds; everything is freed in one place. */
typedef struct job {
    wio_table *table, *balanced;
    wio_log *log;
    double *u, *v, *u_sigma, *v_sigma, *S;
    int year; /* 0: the table's own */
    bool *fixed;
    char *text;
    wio_balance_report report;
    wio_error err;
} job;

static wio_status read_inputs(job *j, const cli_arguments *arguments, wio_balance_block block)
{
    const cli_value *value = arguments->value;
    wio_status status = wio_log_create(&j->log, &j->err);
    if (status == WIO_OK) {
        status = wio_table_open(&j->table, arguments->operand[0], NULL, j->log, &j->err);
    }
    if (status == WIO_OK) {
        status = wio_balance_read(&j->u, &j->u_sigma, j->table, block, false,
                                  value[OPTION_ROWS].text, j->year, j->log, &j->err);
    }
    if (status == WIO_OK) {
        status = wio_balance_read(&j->v, &j->v_sigma, j->table, block, true,
                                  value[OPTION_COLUMNS].text, j->year, j->log, &j->err);
    }
    if (status == WIO_OK && value[OPTION_FIXED].set) {
        status = wio_balance_read_fixed(&j->fixed, j->table, block, value[OPTION_FIXED].text,
                                        j->log, &j->err);
    }
    if (status == WIO_OK && value[OPTION_ACCOUNTS].set) {
        status = wio_accounts_read(&j->S, j->table, value[OPTION_ACCOUNTS].text, j->log, &j->err);
    }
    return status;
}

/* Standard errors that a method without any would ignore. */
static void tell_sigma(const double *sigma, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        if (sigma[i] > 0.0) {
            cli_note("warning: sigma in %s is not used: only --method kras lets totals give way",
                     path);
            return;
        }
    }
}

static void tell_sigmas(const job *j, const cli_value *value, wio_balance_block block)
{
    wio_table_info info;
    wio_table_describe(&info, j->table);
    bool whole = block == WIO_BALANCE_TABLE;
    tell_sigma(j->u_sigma, info.m + (whole ? info.p : 0), value[OPTION_ROWS].text);
    tell_sigma(j->v_sigma, info.n + (whole ? info.f : 0), value[OPTION_COLUMNS].text);
}

/* The balanced table as that of its year. */
static wio_status date_table(job *j)
{
    wio_table *dated = NULL;
    wio_status status = wio_table_of_year(&dated, j->balanced, j->year, j->S, j->log, &j->err);
    if (status == WIO_OK) {
        wio_table_free(j->balanced);
        j->balanced = dated;
    }
    return status;
}

static wio_status write_outputs(job *j, const cli_value *value)
{
    bool force = value[OPTION_FORCE].set;
    wio_status status = WIO_OK;
    if (value[OPTION_OUTPUT].set) {
        status = wio_table_write_hdf5(j->balanced, value[OPTION_OUTPUT].text, force, &j->err);
    }
    if (status == WIO_OK && value[OPTION_REPORT].set) {
        status = wio_table_changes(&j->text, j->table, j->balanced, &j->err);
        if (status == WIO_OK) {
            status = wio_text_write(value[OPTION_REPORT].text, j->text, force, &j->err);
        }
    }
    return status;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if (!value[OPTION_ROWS].set || !value[OPTION_COLUMNS].set) {
        return cli_usage(&cli_balance, "needs --rows FILE.csv and --columns FILE.csv");
    }
    if (value[OPTION_ACCOUNTS].set && !value[OPTION_YEAR].set) {
        return cli_usage(&cli_balance, "--accounts needs --year");
    }
    const char *method = value[OPTION_METHOD].set ? value[OPTION_METHOD].text : "ras";
    bool kras = strcmp(method, "kras") == 0;
    wio_balance_block block =
        value[OPTION_BLOCK].set && strcmp(value[OPTION_BLOCK].text, "flows") == 0
            ? WIO_BALANCE_FLOWS
            : WIO_BALANCE_TABLE;
    job j = {.year = (int)value[OPTION_YEAR].count};
    if (value[OPTION_YEAR].set && (j.year < 1800 || j.year > 2200)) { /* before all the work */
        return cli_usage(&cli_balance, "'--year %d': a year from 1800 to 2200", j.year);
    }
    wio_status status = read_inputs(&j, arguments, block);
    if (status == WIO_OK) {
        const wio_balance_options options = {.method = kras ? WIO_BALANCE_KRAS
                                                       : strcmp(method, "gras") == 0
                                                           ? WIO_BALANCE_GRAS
                                                           : WIO_BALANCE_RAS,
                                             .threads = (int)value[OPTION_THREADS].count,
                                             .fixed = j.fixed,
                                             .row_sigma = kras ? j.u_sigma : NULL,
                                             .column_sigma = kras ? j.v_sigma : NULL};
        status = wio_table_balance(&j.balanced, j.table, block, j.u, j.v, &options, &j.report,
                                   j.log, &j.err);
    }
    if (status == WIO_OK && value[OPTION_YEAR].set) {
        status = date_table(&j);
    }
    if (status == WIO_OK) {
        status = write_outputs(&j, value);
    }
    int code = 0;
    if (status != WIO_OK) {
        code = cli_fail(status, &j.err, j.log);
    } else {
        cli_print_log(j.log, WIO_NOTE);
        if (!kras) {
            tell_sigmas(&j, value, block);
        }
        printf("%zu sweeps; %zu cells changed, the most by %.6g; rows within %.0e, columns within "
               "%.0e of their totals\n",
               j.report.sweeps, j.report.changed, j.report.largest_change, j.report.row_gap,
               j.report.column_gap);
        if (j.report.moved != 0) {
            printf("%zu totals gave way, the most by %.2g of its sigma\n", j.report.moved,
                   j.report.largest_move);
        }
        if (value[OPTION_OUTPUT].set) {
            cli_note("wrote %s", value[OPTION_OUTPUT].text);
        }
    }
    wio_free(j.text);
    wio_free(j.fixed);
    wio_free(j.S);
    wio_free(j.u);
    wio_free(j.v);
    wio_free(j.u_sigma);
    wio_free(j.v_sigma);
    wio_table_free(j.balanced);
    wio_table_free(j.table);
    wio_log_free(j.log);
    return code;
}

const cli_command cli_balance = {
    .name = "balance",
    .operands = "TABLE --rows u.csv --columns v.csv",
    .summary = "bring a table to given totals of rows and columns",
    .about = "Finds the table nearest to TABLE that has the totals: rows are origins and primary "
             "items, columns are activities and final uses. Rows and columns that the files do "
             "not list keep their totals. Zeros stay zeros.\n"
             "Totals that cannot be met are refused, with the rows and columns that stand in the "
             "way. The notes of the new table say what was done; --report lists every changed "
             "cell.\n"
             "With --year the table is projected: it becomes one of that year, at its prices. What "
             "the totals do not say (jobs and other satellites, household income) is then unknown "
             "and not that of the old year; --accounts gives satellites.",
    .examples = "wassily balance us-2017 --rows u.csv --columns v.csv -o us-2018.h5\n"
                "wassily balance us-2017 -r u.csv -c v.csv --method gras --report cells.csv\n"
                "wassily balance us-2017 -r u.csv -c v.csv --year 2019 -a jobs.csv -o us-2019.h5",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
