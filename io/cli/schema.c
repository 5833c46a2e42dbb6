/* schema.c - wassily schema: every key of a study file, from the table that checks them. */
#include "options.h"
#include "output.h"

enum { OPTION_JSON };

static const cli_option OPTIONS[] = {
    {"json", 0, CLI_FLAG, NULL, "as JSON, for other programs"},
};

static int run(const cli_arguments *arguments)
{
    char *text = NULL;
    wio_error err = {0};
    wio_status status = wio_schema_text(&text, arguments->value[OPTION_JSON].set, &err);
    return cli_print_text(status, text, &err);
}

const cli_command cli_schema = {
    .name = "schema",
    .operands = NULL,
    .summary = "every key that a study file may have",
    .about = "Prints the reference of study files: every key, its type, whether it is required, "
             "and what it means. It is made from the table that 'wassily run' checks studies by.",
    .examples = "wassily schema | less\nwassily schema --json > keys.json",
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
