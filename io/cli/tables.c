/* tables.c - wassily tables: what tables there are to name in a study. */
#include "options.h"
#include "output.h"

#include <string.h>

enum { OPTION_JSON };

static const cli_option OPTIONS[] = {
    {"json", 0, CLI_FLAG, NULL, "as JSON"},
};

/* `name` is what a study writes: the folder's name. */
static void print_line(const char *name, const wio_table_info *info)
{
    cli_print_safe(name);
    printf("%*s  %d  %5zu activities, %zu region%s: ",
           (int)(strlen(name) < 12 ? 12 - strlen(name) : 0), "", info->year, info->n, info->regions,
           info->regions == 1 ? "" : "s");
    cli_print_safe(info->title);
    printf("\n");
}

static void print_json(const char *name, const wio_table_info *info)
{
    cli_json_open("{", NULL);
    cli_json_text("name", name);
    cli_json_text("title", info->title);
    cli_json_number("year", info->year);
    cli_json_text("unit", info->unit);
    cli_json_count("activities", info->n);
    cli_json_count("origins", info->m);
    cli_json_count("regions", info->regions);
    cli_json_text("licence", info->licence);
    cli_json_close("}");
}

static int run(const cli_arguments *arguments)
{
    bool json = arguments->value[OPTION_JSON].set;
    char **names = NULL;
    wio_error err = {0};
    wio_status status = wio_table_names(&names, &err);
    if (status != WIO_OK) {
        return cli_fail(status, &err, NULL);
    }
    int code = 0;
    if (json) {
        cli_json_open("[", NULL);
    }
    for (size_t i = 0; names[i] != NULL; i++) {
        wio_table *table = NULL;
        wio_error detail = {0};
        wio_status opened = wio_table_open(&table, names[i], NULL, NULL, &detail);
        if (opened != WIO_OK) { /* one broken folder does not hide the others */
            code = cli_fail(opened, &detail, NULL);
            continue;
        }
        wio_table_info info;
        wio_table_describe(&info, table);
        (json ? print_json : print_line)(names[i], &info);
        wio_table_free(table);
    }
    if (json) {
        cli_json_close("]");
    } else if (names[0] == NULL) {
        cli_note("no tables found: 'make install' puts them beside the library, WASSILY_TABLES "
                 "names a folder of them");
    }
    wio_free(names);
    return code;
}

const cli_command cli_tables = {
    .name = "tables",
    .operands = NULL,
    .summary = "the tables that a study can name",
    .about = "Lists the tables that come with wassily and those in the folder $WASSILY_TABLES. A "
             "study or command names them by name; any other table is given by its path.",
    .examples = "wassily tables",
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
