/* import.c - wassily import: a table from a published format. */
#include "options.h"
#include "output.h"

#include <string.h>

enum {
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_YEAR,
    OPTION_NAME,
    OPTION_UNIT,
    OPTION_REGION,
    OPTION_ROLES,
    OPTION_MERGE,
    OPTION_SATELLITE,
    OPTION_CONCORDANCE,
    OPTION_MODEL,
    OPTION_LIST,
    OPTION_QUIET
};

static const cli_option OPTIONS[] = {
    {"output", 'o', CLI_TEXT, "PATH",
     "write the table here: FILE.h5 for one packed file, FOLDER/ for a folder of CSV files"},
    {"force", 'f', CLI_FLAG, NULL, "replace it if it exists"},
    {"year", 'y', CLI_COUNT, "YEAR", "the year, where the source does not say it or has several"},
    {"name", 0, CLI_TEXT, "NAME", "name of the table (default: format and year)"},
    {"unit", 0, CLI_TEXT, "UNIT", "unit of the flows, such as 'million EUR' or 'thousand HRK'"},
    {"region", 0, CLI_TEXT, "CODE", "region of a national table that does not say it"},
    {"roles", 0, CLI_TEXT, "FILE.csv",
     "what codes are that the format does not know: columns code,role; left_out is a role too"},
    {"merge", 0, CLI_TEXT, "FILE.csv",
     "add activities to others: columns region,sector,into_region,into_sector; the last two empty "
     "leave one out"},
    {"satellite", 0, CLI_TEXT, "FILE.csv",
     "join satellites: columns region,sector,account,unit,value"},
    {"concordance", 0, CLI_TEXT, "FILE.csv",
     "where satellites go: columns region,sector,into_region,into_sector,weight; region * is any"},
    {"model", 0, CLI_TEXT, "MODEL",
     "how supply and use are made symmetric: A or almon (product technology), B (industry "
     "technology): product by product; C (fixed industry sales), D (fixed product sales): industry "
     "by industry"},
    {"list", 0, CLI_FLAG, NULL, "list the formats"},
    {"quiet", 'q', CLI_FLAG, NULL, "print warnings only, no report of what was read"},
};

static int list_formats(void)
{
    const char *name, *reads = NULL;
    for (size_t i = 0; (name = wio_import_format(&reads, i)) != NULL; i++) {
        printf("%-14s %s\n", name, reads);
    }
    return 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static const char *text_of(const cli_value *value)
{
    return value->set ? value->text : NULL;
}

/* Supply and use, and the symmetric table that the model makes of them. */
static wio_status import_supply_use(wio_table **table, const cli_arguments *arguments,
                                    const wio_import_options *options, wio_log *log, wio_error *err)
{
    wio_symmetric_model model = WIO_SYMMETRIC_D;
    wio_supply_use *supply_use = NULL;
    (void)wio_symmetric_find(&model, arguments->value[OPTION_MODEL].text);
    wio_status status = wio_supply_use_import(&supply_use, arguments->operand[0],
                                              arguments->operand[1], options, log, err);
    if (status == WIO_OK) {
        status = wio_table_symmetric(table, supply_use, model, NULL, log, err);
    }
    wio_supply_use_free(supply_use);
    return status;
}

/* Supply and use need a model, symmetric tables have none; 0 when the command line fits. */
static int check_model(const cli_arguments *arguments)
{
    const cli_value *model = &arguments->value[OPTION_MODEL];
    const char *format = arguments->operand[0];
    wio_symmetric_model found;
    if (strcmp(format, "auto") == 0) {
        format = wio_import_detect(arguments->operand[1]);
    }
    if (model->set && !wio_symmetric_find(&found, model->text)) {
        return cli_usage(&cli_import, "option '--model' is A, B, C, D or almon, not '%s'",
                         model->text);
    }
    if (format == NULL || strcmp(format, "mapping") == 0) {
        return 0; /* said by the import itself: a mapping is of either */
    }
    if (wio_import_is_supply_use(format) && !model->set) {
        return cli_usage(&cli_import,
                         "'%s' has supply and use: --model says how they are made symmetric: A, B, "
                         "C, D or almon",
                         format);
    }
    if (!wio_import_is_supply_use(format) && model->set) {
        return cli_usage(&cli_import,
                         "'%s' is a format of symmetric tables: option '--model' is for supply and "
                         "use",
                         format);
    }
    return 0;
}

static int import(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *path = value[OPTION_OUTPUT].text;
    bool force = value[OPTION_FORCE].set;
    const wio_import_options options = {.year = (int)value[OPTION_YEAR].count,
                                        .name = text_of(&value[OPTION_NAME]),
                                        .unit = text_of(&value[OPTION_UNIT]),
                                        .region = text_of(&value[OPTION_REGION]),
                                        .roles = text_of(&value[OPTION_ROLES]),
                                        .merge = text_of(&value[OPTION_MERGE]),
                                        .satellite = text_of(&value[OPTION_SATELLITE]),
                                        .concordance = text_of(&value[OPTION_CONCORDANCE])};
    wio_table *table = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    int code = 0;
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = value[OPTION_MODEL].set
                     ? import_supply_use(&table, arguments, &options, log, &err)
                     : wio_table_import(&table, arguments->operand[0], arguments->operand[1],
                                        &options, log, &err);
    }
    if (status == WIO_OK) {
        status = ends_with(path, ".h5") ? wio_table_write_hdf5(table, path, force, &err)
                                        : wio_table_write_folder(table, path, force, &err);
    }
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, value[OPTION_QUIET].set ? WIO_WARNING : WIO_NOTE);
        cli_note("wrote %s", path);
    }
    wio_table_free(table);
    wio_log_free(log);
    return code;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if (value[OPTION_LIST].set) {
        return list_formats();
    }
    if (arguments->operands != 2) {
        return cli_usage(&cli_import, "needs a FORMAT (or auto) and a SOURCE; --list lists the "
                                      "formats");
    }
    if (!value[OPTION_OUTPUT].set || *value[OPTION_OUTPUT].text == '\0') {
        return cli_usage(&cli_import, "needs -o FILE.h5 or -o FOLDER/");
    }
    if (value[OPTION_YEAR].set &&
        (value[OPTION_YEAR].count < 1000 || value[OPTION_YEAR].count > 9999)) {
        return cli_usage(&cli_import, "option '--year' is a year such as 2019, not '%s'",
                         value[OPTION_YEAR].text);
    }
    if (value[OPTION_CONCORDANCE].set && !value[OPTION_SATELLITE].set) {
        return cli_usage(&cli_import, "option '--concordance' needs '--satellite'");
    }
    int code = check_model(arguments);
    if (code != 0) {
        return code;
    }
    code = cli_output_free(value[OPTION_OUTPUT].text, value[OPTION_FORCE].set);
    return code == 0 ? import(arguments) : code;
}

const cli_command cli_import = {
    .name = "import",
    .operands = "FORMAT SOURCE -o TABLE",
    .summary = "a table from a format in which the world publishes them",
    .about =
        "Reads a table as its publisher gives it out and writes it as one packed HDF5 file or "
        "as a folder of CSV files. What was read is reported: shapes, totals, the role of "
        "every final use and primary input, what was left out, activities without output, "
        "negative numbers. Labels stay as they are; nothing is clipped, filled or balanced.\n"
        "The format 'auto' is found out from names of files and first lines, and said. A code "
        "that the format does not know stops the import until --roles says what it is. An "
        "activity without usable output (a row that rounding left negative) is refused; "
        "--merge adds it to another.\n"
        "Supply and use (bea, bls, gloria, mario-sut, and a mapping with products and industries) "
        "are made symmetric on the way: --model says how, and has no default; products that do not "
        "balance get a final use 'residual', and it is said by how much. Satellites join "
        "industries. By a mapping uses at purchasers' prices become uses at basic prices, imports "
        "known in all are shared among users, and products that do not balance within its "
        "'tolerance' are refused.\n"
        "Formats: exiobase3, pymrio, wiod2013, wiod2016, wiod2016-niot, adb, icio (OECD), figaro, "
        "eora26, mario, siot (national: Eurostat, ONS, Scotland); supply and use: bea and bls "
        "(United "
        "States), gloria, mario-sut; and mapping for anything else; 'wassily import "
        "--list' says what each reads.",
    .examples =
        "wassily import icio 2018.csv -o icio-2018.h5\n"
        "wassily import auto IOT_2019_pxp -o exiobase-2019.h5\n"
        "wassily import bea AllTablesIO/IOUse_After_Redefinitions_PRO_1997-2023_Summary.xlsx "
        "--year 2021 --model D -o us-2021.h5\n"
        "wassily import mapping supply-use.yaml --model D -o at-2020.h5\n"
        "wassily import siot uk2010.csv --region GBR --unit 'million GBP' -o uk2010/",
    .least = 0,
    .most = 2,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
