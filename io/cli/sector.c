/* sector.c - wassily sector: a new sector from a recipe, taken out of an existing one. */
#include "options.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

enum { OPTION_RECIPE, OPTION_FROM, OPTION_CODE, OPTION_NAME, OPTION_OUTPUT, OPTION_FORCE };

static const cli_option OPTIONS[] = {
    {"recipe", 'r', CLI_TEXT, "FILE.csv",
     "what it buys, sells and employs: kind,region,label,value (required)"},
    {"from", 'p', CLI_TEXT, "REGION.SECTOR", "the parent, which keeps the rest (required)"},
    {"code", 'c', CLI_TEXT, "CODE", "code of the new sector (required)"},
    {"name", 'n', CLI_TEXT, "NAME", "its name (default: the code)"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the table here (required)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
};

/* The activity of that label; n where there is none. */
static size_t find_parent(const wio_table *table, const char *label)
{
    wio_table_info info;
    wio_table_describe(&info, table);
    for (size_t j = 0; j < info.n; j++) {
        const char *region = wio_table_origin_region(table, j);
        size_t length = strlen(region);
        if (strncmp(label, region, length) == 0 && label[length] == '.' &&
            strcmp(label + length + 1, wio_table_origin_sector(table, j)) == 0) {
            return j;
        }
    }
    return info.n;
}

static wio_status make(wio_table **out, const wio_table *table, const cli_value *value,
                       wio_log *log, wio_error *err)
{
    wio_table_info info;
    wio_table_describe(&info, table);
    size_t parent = find_parent(table, value[OPTION_FROM].text);
    if (parent == info.n) {
        (void)snprintf(err->message, sizeof err->message,
                       "--from: '%.80s' is no activity of this table: give REGION.SECTOR, as "
                       "wassily info --codes lists them",
                       value[OPTION_FROM].text);
        err->status = WIO_E_TABLE;
        return WIO_E_TABLE;
    }
    wio_recipe *recipe = NULL;
    wio_status status = wio_recipe_read(&recipe, table, value[OPTION_RECIPE].text, log, err);
    if (status == WIO_OK) {
        status = wio_table_new_sector(out, table, parent, value[OPTION_CODE].text,
                                      value[OPTION_NAME].text, recipe->inputs, recipe->sales,
                                      recipe->accounts, log, err);
    }
    wio_recipe_free(recipe);
    return status;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    if (!value[OPTION_RECIPE].set || !value[OPTION_FROM].set || !value[OPTION_CODE].set ||
        !value[OPTION_OUTPUT].set) {
        return cli_usage(&cli_sector, "needs --recipe, --from, --code and --output");
    }
    wio_table *table = NULL, *out = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_table_open(&table, arguments->operand[0], NULL, log, &err);
    }
    if (status == WIO_OK) {
        status = make(&out, table, value, log, &err);
    }
    if (status == WIO_OK) {
        status =
            wio_table_write_hdf5(out, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set, &err);
    }
    int code = 0;
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        wio_table_info info;
        wio_table_describe(&info, out);
        cli_print_log(log, WIO_NOTE);
        double x = wio_table_x(out)[find_parent(table, value[OPTION_FROM].text)];
        printf("%zu activities; output %.10g million of ", info.n,
               wio_table_x(table)[find_parent(table, value[OPTION_FROM].text)] - x);
        cli_print_safe(value[OPTION_FROM].text);
        printf(" is now that of ");
        cli_print_safe(value[OPTION_CODE].text);
        printf("\n");
        cli_note("wrote %s", value[OPTION_OUTPUT].text);
    }
    wio_table_free(out);
    wio_table_free(table);
    wio_log_free(log);
    return code;
}

const cli_command cli_sector = {
    .name = "sector",
    .operands = "TABLE -r RECIPE.csv -p REGION.SECTOR -c CODE -o T.h5",
    .summary = "a new sector from a recipe, taken out of an existing one",
    .about = "Takes a new sector (solar cells, assembly of electric vehicles, battery cells) out "
             "of an existing one: its inputs (kind input: from a sector of a region, or a primary "
             "item with region empty), its sales (kind sale: to a sector or a final use of a "
             "region) and its jobs and other satellites (kind account). Inputs and sales have to "
             "be the same total, its output; the parent keeps the rest and may not be left with "
             "less than nothing.",
    .examples = "wassily sector us-2017 -r solar.csv -p USA.33441X -c PV -n 'Solar cells' -o pv.h5",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
