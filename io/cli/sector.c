/* sector.c - wassily sector: a new sector from a recipe, taken out of an existing one. */
#include "making.h"
#include "options.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

enum {
    OPTION_RECIPE,
    OPTION_FROM,
    OPTION_CODE,
    OPTION_NAME,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_COLUMNS,
    OPTION_TABLE_NAME,
    OPTION_TITLE
};

static const cli_option OPTIONS[] = {
    {"recipe", 'r', CLI_TEXT, "FILE.csv",
     "what it buys, sells and employs: kind,region,label,value (required)"},
    {"from", 'p', CLI_TEXT, "REGION.SECTOR", "the parent, which keeps the rest (required)"},
    {"code", 'c', CLI_TEXT, "CODE", "code of the new sector (required)"},
    {"name", 'n', CLI_TEXT, "NAME", "its name (default: the code)"},
    {"output", 'o', CLI_TEXT, "FILE.h5", "write the table here (required)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    CLI_OPTION_COLUMNS,
    {"table-name", 0, CLI_TEXT, "NAME", "name of the new table (default: the old one's and CODE)"},
    CLI_OPTION_TITLE,
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

static wio_status make(cli_making *m, size_t *parent, const cli_value *value)
{
    wio_table_info info;
    wio_table_describe(&info, m->table);
    *parent = find_parent(m->table, value[OPTION_FROM].text);
    if (*parent == info.n) {
        (void)snprintf(m->err.message, sizeof m->err.message,
                       "--from: '%.80s' is no activity of this table: give REGION.SECTOR, as "
                       "wassily info --codes lists them",
                       value[OPTION_FROM].text);
        return WIO_E_TABLE;
    }
    wio_recipe *recipe = NULL;
    wio_status status =
        wio_recipe_read(&recipe, m->table, value[OPTION_RECIPE].text, m->log, &m->err);
    if (status == WIO_OK) {
        status = wio_table_new_sector(&m->out, m->table, *parent, value[OPTION_CODE].text,
                                      value[OPTION_NAME].text, recipe->inputs, recipe->sales,
                                      recipe->accounts, m->log, &m->err);
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
    cli_making m;
    size_t parent = 0;
    wio_status status =
        cli_making_columns(&m, cli_making_begin(&m, arguments->operand[0]), &value[OPTION_COLUMNS]);
    if (status == WIO_OK) {
        status = make(&m, &parent, value);
    }
    status = cli_making_name(&m, status, &value[OPTION_TABLE_NAME], &value[OPTION_TITLE]);
    int code =
        cli_making_write(&m, status, value[OPTION_OUTPUT].text, value[OPTION_FORCE].set, WIO_NOTE);
    if (code == 0) {
        wio_table_info info;
        wio_table_describe(&info, m.out);
        printf("%zu activities; output %.10g million of ", info.n,
               wio_table_x(m.table)[parent] - wio_table_x(m.out)[parent]);
        cli_print_safe(value[OPTION_FROM].text);
        printf(" is now that of ");
        cli_print_safe(value[OPTION_CODE].text);
        printf("\n");
        cli_note("wrote %s", value[OPTION_OUTPUT].text);
    }
    cli_making_end(&m);
    return code;
}

const cli_command cli_sector = {
    .name = "sector",
    .operands = "TABLE -r RECIPE.csv -p REGION.SECTOR -c CODE -o T.h5",
    .summary = "a new sector from a recipe, taken out of an existing one",
    .about =
        "Takes a new sector (solar cells, assembly of electric vehicles, battery cells) out "
        "of an existing one: its inputs (kind input: from a sector of a region, or a primary "
        "item with region empty), its sales (kind sale: to a sector or a final use of a "
        "region) and its jobs and other satellites (kind account). Inputs and sales have to "
        "be the same total, its output; the parent keeps the rest and may not be left with "
        "less than nothing.\n"
        "Further files (tariffs.csv) go with the table as its columns.csv, or --columns, says: "
        "amounts of the parent are divided by output, everything else is the same for both.",
    .examples = "wassily sector us-2017 -r solar.csv -p USA.33441X -c PV -n 'Solar cells' -o pv.h5",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
