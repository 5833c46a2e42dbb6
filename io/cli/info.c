/* info.c - wassily info: what a table, a study or a result file is. */
#include "inputs.h"
#include "options.h"
#include "output.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

enum { OPTION_JSON, OPTION_SCREEN, OPTION_CODES };

static const cli_option OPTIONS[] = {
    {"json", 0, CLI_FLAG, NULL, "as JSON"},
    {"screen", 0, CLI_FLAG, NULL, "for a result: print its summary again"},
    {"codes", 0, CLI_FLAG, NULL,
     "for a table or study: list every region, sector, group, use, primary input, account and "
     "column of a further file that a study can name"},
};

static void print_field(const char *name, const char *text)
{
    if (text == NULL || *text == '\0') {
        return;
    }
    for (size_t length; *text != '\0'; text += length + (text[length] == '\n')) {
        char line[1024];
        length = strcspn(text, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)length, text);
        printf("%-18s", name);
        cli_print_safe(line);
        printf("\n");
        name = "";
    }
}

static void print_list(const char *name, const char *const *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        print_field(i == 0 ? name : "", text[i]);
    }
}

/* --- tables ---------------------------------------------------------------------------------------- */

static void print_table(const wio_table *table)
{
    wio_table_info info;
    wio_table_describe(&info, table);
    print_field("name", info.name);
    print_field("title", info.title);
    printf("%-18s%d\n", "year", info.year);
    print_field("unit", info.unit);
    print_field("price basis", info.price_basis);
    print_field("import split", info.import_split);
    for (size_t i = 0; i < info.regions; i++) {
        bool endogenous = false;
        const char *region = wio_table_region(table, i, &endogenous);
        printf("%-18s", i == 0 ? "regions" : "");
        cli_print_safe(region);
        printf(endogenous ? " (produces)\n" : " (imports and exports only)\n");
    }
    printf("%-18s%zu activities, %zu origins, %zu final uses, %zu primary items\n", "size", info.n,
           info.m, info.f, info.p);
    if (info.stored != 0) {
        printf("%-18s%zu, in compressed rows: for solve, multipliers and check\n", "flows",
               info.stored);
    }
    for (size_t i = 0; i < info.k; i++) {
        const char *unit = NULL;
        const char *account = wio_table_account(table, i, &unit);
        printf("%-18s", i == 0 ? "satellites" : "");
        cli_print_safe(account);
        printf(" (");
        cli_print_safe(unit);
        printf(")\n");
    }
    if (isfinite(info.total_output)) {
        printf("%-18s%.0f\n", "total output", info.total_output);
    }
    if (isfinite(info.household_income)) {
        printf("%-18s%.0f\n", "household income", info.household_income);
    }
    print_field("licence", info.licence);
    print_list("sources", info.source, info.sources);
    print_list("notes", info.note, info.notes);
}

static void print_codes(const wio_table *table)
{
    static const char *const kinds[WIO_CODES] = {
        [WIO_CODE_REGION] = "regions",      [WIO_CODE_SECTOR] = "sectors",
        [WIO_CODE_GROUP] = "groups",        [WIO_CODE_USE] = "final uses",
        [WIO_CODE_ITEM] = "primary inputs", [WIO_CODE_ACCOUNT] = "satellite accounts",
        [WIO_CODE_COLUMN] = "columns"};
    for (int kind = 0; kind < WIO_CODES; kind++) {
        const char *code, *name = NULL;
        for (size_t i = 0; (code = wio_table_code(&name, table, (wio_code)kind, i)) != NULL; i++) {
            if (i == 0) {
                printf("%s%s\n", kind > 0 ? "\n" : "", kinds[kind]);
            }
            char padded[64];
            (void)snprintf(padded, sizeof padded, name != NULL ? "  %-24s " : "  %s", code);
            cli_print_safe(padded);
            cli_print_safe(name != NULL ? name : "");
            printf("\n");
        }
    }
}

static void json_table(const wio_table *table)
{
    wio_table_info info;
    wio_table_describe(&info, table);
    cli_json_open("{", NULL);
    cli_json_text("kind", "table");
    cli_json_text("name", info.name);
    cli_json_text("title", info.title);
    cli_json_number("year", info.year);
    cli_json_text("currency", info.currency);
    cli_json_text("unit", info.unit);
    cli_json_text("price_basis", info.price_basis);
    cli_json_text("import_split", info.import_split);
    cli_json_number("total_output", info.total_output);
    cli_json_number("household_income", info.household_income);
    cli_json_count("activities", info.n);
    cli_json_count("origins", info.m);
    cli_json_count("final_uses", info.f);
    cli_json_count("primary_items", info.p);
    if (info.stored != 0) {
        cli_json_count("flows_in_compressed_rows", info.stored);
    }
    cli_json_open("[", "regions");
    for (size_t i = 0; i < info.regions; i++) {
        bool endogenous = false;
        const char *region = wio_table_region(table, i, &endogenous);
        cli_json_open("{", NULL);
        cli_json_text("code", region);
        cli_json_bool("endogenous", endogenous);
        cli_json_close("}");
    }
    cli_json_close("]");
    cli_json_open("[", "satellites");
    for (size_t i = 0; i < info.k; i++) {
        const char *unit = NULL;
        const char *account = wio_table_account(table, i, &unit);
        cli_json_open("{", NULL);
        cli_json_text("account", account);
        cli_json_text("unit", unit);
        cli_json_close("}");
    }
    cli_json_close("]");
    cli_json_text("licence", info.licence);
    cli_json_list("sources", info.source, info.sources);
    cli_json_list("notes", info.note, info.notes);
    cli_json_close("}");
}

/* --- files with several years ----------------------------------------------------------------------- */

static void print_year(const wio_table *table, bool json)
{
    wio_table_info info;
    wio_table_describe(&info, table);
    if (json) {
        json_table(table);
        return;
    }
    printf("%-18d", info.year);
    cli_print_safe(info.name);
    printf(": %zu activities, %zu origins, %zu final uses, %zu primary items", info.n, info.m,
           info.f, info.p);
    if (isfinite(info.total_output)) {
        printf("; output %.0f ", info.total_output);
        cli_print_safe(info.unit);
    }
    printf("\n");
}

static int info_series(const char *path, bool json, const int *year, size_t years)
{
    if (json) {
        cli_json_open("{", NULL);
        cli_json_text("kind", "series");
        cli_json_count("years", years);
        cli_json_open("[", "tables");
    } else {
        printf("%-18s%zu tables; one of them: ", "series", years);
        cli_print_safe(path);
        printf(":%d\n", year[years - 1]);
    }
    int code = 0;
    for (size_t i = 0; i < years && code == 0; i++) {
        char name[4200];
        wio_table_file *file = NULL;
        wio_error err = {0};
        (void)snprintf(name, sizeof name, "%s:%d", path, year[i]);
        wio_status status = wio_table_file_open(&file, name, NULL, NULL, &err);
        if (status != WIO_OK) {
            code = cli_fail(status, &err, NULL);
        } else {
            print_year(wio_table_file_outline(file), json);
        }
        wio_table_file_close(file);
    }
    if (json) {
        cli_json_close("]");
        cli_json_close("}");
    }
    return code;
}

/* --- results --------------------------------------------------------------------------------------- */

/* Some lines of the page, by attribute; what a result does not have is left out. */
static void print_fields(const wio_result *result, const char *const (*fields)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = wio_result_attribute(result, fields[i][1]);
        char bound[64];
        if (text != NULL && strcmp(fields[i][1], "certificate/condition") == 0 &&
            wio_result_attribute(result, "certificate/condition_kind") != NULL) {
            (void)snprintf(bound, sizeof bound, "<= %s", text);
            text = bound;
        }
        print_field(fields[i][0], text);
    }
}

static void print_variable(const wio_variable *variable)
{
    char shape[160] = "";
    size_t used = 0;
    for (size_t k = 0; k < variable->rank && used < sizeof shape; k++) {
        used += (size_t)snprintf(shape + used, sizeof shape - used, "%s%s %zu", k > 0 ? ", " : " (",
                                 variable->dimension[k], variable->length[k]);
    }
    cli_print_safe(variable->name);
    printf("%s%s\n    ", shape, used > 0 ? ")" : "");
    cli_print_safe(variable->long_name);
    if (variable->data != NULL && strcmp(variable->units, variable->name) != 0) {
        printf("; ");
        cli_print_safe(strcmp(variable->units, "1") == 0 ? "a ratio" : variable->units);
    }
    printf("\n");
}

/* Labels first, one line each; then what there is over them. */
static void print_variables(const wio_result *result)
{
    printf("\nlabels\n");
    for (size_t i = 0; i < wio_result_variables(result); i++) {
        const wio_variable *variable = wio_result_variable(result, i);
        if (variable->text != NULL) {
            char name[64];
            (void)snprintf(name, sizeof name, "%.48s", variable->name);
            printf("  %-21s%zu by %s: ", name, variable->length[0], variable->dimension[0]);
            cli_print_safe(variable->length[0] > 0 ? variable->text[0] : "");
            printf(variable->length[0] > 1 ? ", ...\n" : "\n");
        }
    }
    printf("\nvariables\n");
    for (size_t i = 0; i < wio_result_variables(result); i++) {
        const wio_variable *variable = wio_result_variable(result, i);
        if (variable->text == NULL) {
            printf("  ");
            print_variable(variable);
        }
    }
}

static void print_result(const wio_result *result)
{
    static const char *const asked[][2] = {
        {"title", "title"},
        {"table", "table"},
        {"", "table_title"},
        {"closure", "closure"},
        {"horizon", "horizon"},
        {"elasticities", "elasticities"},
        {"base", "base"},
        {"duty revenue", "revenue"},
        {"reported", "report_year"},
        {"numbers assumed", "assumed"},
        {"numbers sourced", "sourced"},
        {"not modelled", "not_modelled"},
        {"because", "not_modelled_reason"},
    };
    static const char *const trust[][2] = {
        {"limits", "limits"},
        {"repairs", "repairs"},
        {"lower bound", "lower_bound"},
        {"sources", "sources"},
        {"table's sources", "table_sources"},
        {"licence of table", "licence"},
        {"productive", "certificate/productive"},
        {"error bound", "certificate/error_bound"},
        {"backward error", "certificate/backward_error"},
        {"condition", "certificate/condition"},
        {"radius of A from", "certificate/radius_low"},
        {"to", "certificate/radius_high"},
        {"solves", "certificate/solves"},
        {"method", "certificate/method"},
        {"solved by", "plan/method"},
        {"because", "plan/reason"},
        {"seconds expected", "plan/predicted_seconds"},
        {"taken", "plan/seconds"},
        {"bytes expected", "plan/predicted_bytes"},
        {"taken", "plan/bytes"},
        {"written by", "provenance/version"},
        {"compiler", "provenance/compiler"},
        {"BLAS", "provenance/blas"},
        {"numerics", "provenance/numerics"},
        {"at", "provenance/end"},
        {"threads", "provenance/threads"},
        {"study sha256", "provenance/study_sha256"},
        {"files read", "provenance/inputs"},
    };
    print_fields(result, asked, sizeof asked / sizeof *asked);
    const wio_variable *scenario = wio_result_find(result, "scenario");
    if (scenario != NULL && scenario->text != NULL) {
        print_list("scenarios", scenario->text, scenario->length[0]);
    }
    printf("\n");
    print_fields(result, trust, sizeof trust / sizeof *trust);
    print_variables(result);
}

static void json_result(const wio_result *result)
{
    cli_json_open("{", NULL);
    cli_json_text("kind", "result");
    cli_json_text("title", wio_result_attribute(result, "title"));
    cli_json_text("table", wio_result_attribute(result, "table"));
    cli_json_text("command", wio_result_attribute(result, "command"));
    cli_json_open("[", "variables");
    for (size_t i = 0; i < wio_result_variables(result); i++) {
        const wio_variable *variable = wio_result_variable(result, i);
        cli_json_open("{", NULL);
        cli_json_text("name", variable->name);
        cli_json_text("units", variable->units);
        cli_json_text("long_name", variable->long_name);
        cli_json_list("dimensions", variable->dimension, variable->rank);
        cli_json_open("[", "shape");
        for (size_t k = 0; k < variable->rank; k++) {
            cli_json_count(NULL, variable->length[k]);
        }
        cli_json_close("]");
        cli_json_close("}");
    }
    cli_json_close("]");
    cli_json_close("}");
}

static int info_result(const char *path, bool json, bool screen)
{
    wio_result *result = NULL;
    wio_error err = {0};
    wio_status status = wio_result_read(&result, path, &err);
    if (status != WIO_OK) {
        return cli_fail(status, &err, NULL);
    }
    int code = 0;
    if (screen) {
        char *text = NULL;
        const wio_text_options options = {.colour = cli_colour(), .width = 80};
        status = wio_result_screen(&text, result, path, &options, &err);
        code = cli_print_text(status, text, &err);
    } else {
        (json ? json_result : print_result)(result);
    }
    wio_result_free(result);
    return code;
}

/* What there is of a table without its numbers: of a packed one the outline. */
static wio_status open_outline(wio_table **table, wio_table_file **file, const char *path,
                               wio_log *log, wio_error *err)
{
    wio_status status = wio_table_file_open(file, path, NULL, NULL, NULL);
    return status == WIO_OK ? WIO_OK : wio_table_open(table, path, NULL, log, err);
}

/* A study is described by its table: what it asks is in the file itself. */
static int info_table(const char *path, cli_input kind, bool json, bool codes)
{
    wio_table *table = NULL;
    wio_table_file *file = NULL;
    wio_study *study = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = kind == CLI_STUDY ? wio_study_read(&study, path, log, &err)
                                   : open_outline(&table, &file, path, log, &err);
    }
    int code = 0;
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_NOTE);
        if (kind == CLI_STUDY && !json && !codes) {
            cli_print_safe(path);
            printf(": a study without mistakes; its table:\n");
        }
        (json    ? json_table
         : codes ? print_codes
                 : print_table)(kind == CLI_STUDY ? wio_study_table(study)
                                : file != NULL    ? wio_table_file_outline(file)
                                                  : table);
    }
    wio_table_file_close(file);
    wio_study_free(study);
    wio_table_free(table);
    wio_log_free(log);
    return code;
}

/* --- sources that can be imported ---------------------------------------------------------------- */

static int info_source(const char *path, bool json)
{
    wio_import_summary s;
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_import_describe(&s, "auto", path, log, &err);
    }
    if (status != WIO_OK) {
        int code = cli_fail(status, &err, log);
        wio_log_free(log);
        return code;
    }
    wio_log_free(log);
    if (json) {
        cli_json_open("{", NULL);
        cli_json_text("kind", "source");
        cli_json_text("format", s.format);
        cli_json_text("title", s.title);
        cli_json_number("year", s.year != 0 ? s.year : (double)NAN);
        cli_json_text("unit", *s.unit != '\0' ? s.unit : NULL);
        cli_json_count("regions", s.regions);
        cli_json_count("activities", s.activities);
        cli_json_count("imports", s.imports);
        cli_json_count("final_columns", s.final_columns);
        cli_json_count("primary_items", s.primary_items);
        cli_json_count("accounts", s.accounts);
        cli_json_count("unknown_codes", s.unknown);
        cli_json_close("}");
        return 0;
    }
    print_field("format", s.format);
    print_field("reads", s.reads);
    print_field("title", s.title);
    if (s.year != 0) {
        printf("%-18s%d\n", "year", s.year);
    }
    print_field("unit", s.unit);
    printf("%-18s%zu regions, %zu %s, %zu imports, %zu final columns, %zu primary inputs, "
           "%zu accounts\n",
           "labels", s.regions, s.activities,
           wio_import_is_supply_use(s.format) ? "industries" : "activities", s.imports,
           s.final_columns, s.primary_items, s.accounts);
    if (s.unknown != 0) {
        printf("%-18s%zu labels have codes that need a role (--roles)\n", "unknown", s.unknown);
    }
    printf("%-18swassily import %s SOURCE -o TABLE.h5%s%s%s\n", "to read it", s.format,
           wio_import_is_supply_use(s.format) ? " --model MODEL" : "",
           s.year == 0 ? " --year YEAR" : "", *s.unit == '\0' ? " --unit UNIT --region CODE" : "");
    return 0;
}

/* A path that is no table of ours, but a source of a known format. */
static bool is_source(const char *path)
{
    size_t length = strlen(path);
    bool packed = length > 3 && strcmp(path + length - 3, ".h5") == 0;
    char file[4096];
    struct stat info;
    int written = snprintf(file, sizeof file, "%s/table.yaml", path);
    bool ours = written < 0 || (size_t)written >= sizeof file || stat(file, &info) == 0;
    return !packed && !ours && stat(path, &info) == 0 && wio_import_detect(path) != NULL;
}

static int run(const cli_arguments *arguments)
{
    const char *path = arguments->operand[0];
    bool json = arguments->value[OPTION_JSON].set, screen = arguments->value[OPTION_SCREEN].set;
    bool codes = arguments->value[OPTION_CODES].set;
    cli_input kind = cli_input_kind(path);
    if (codes && (json || kind == CLI_RESULT)) {
        return cli_usage(&cli_info, json ? "'--codes' and '--json' do not go together"
                                         : "'--codes' is for a table or a study");
    }
    if (screen && (json || kind != CLI_RESULT)) {
        return cli_usage(&cli_info, json ? "'--screen' and '--json' do not go together"
                                         : "'--screen' is for a result file");
    }
    int *year = NULL;
    size_t years = 0;
    if (kind == CLI_TABLE && !codes && wio_table_years(&year, &years, path, NULL) == WIO_OK &&
        years > 1) {
        int code = info_series(path, json, year, years);
        wio_free(year);
        return code;
    }
    wio_free(year);
    if (kind == CLI_TABLE && !codes && is_source(path)) {
        return info_source(path, json);
    }
    return kind == CLI_RESULT ? info_result(path, json, screen)
                              : info_table(path, kind, json, codes);
}

const cli_command cli_info = {
    .name = "info",
    .operands = "TABLE|STUDY.yaml|RESULT.h5|SOURCE",
    .summary = "what a table, a study, a result file or a source to import is",
    .about =
        "For a table: year, unit, price basis, regions, size, satellites, sources and notes; of a "
        "packed one no numbers are read. For a packed file of several years: each of them. "
        "For a study: the same of the table it names. For a result: what was asked, all limits, "
        "repairs and sources, how accurate it is proven to be, what made it from which files, "
        "and every variable with its dimensions and units. For a source that 'wassily import' "
        "knows: "
        "its format and labels; its numbers are not read.",
    .examples =
        "wassily info us-2017\nwassily info us-2017 --codes\nwassily info opening_salvo.h5\n"
        "wassily info opening_salvo.h5 --screen",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
