/* completion.c - wassily completion: the script that completes commands and options in bash. */
#include "options.h"

static int run(const cli_arguments *arguments)
{
    (void)arguments;
    cli_print_completion(stdout);
    return 0;
}

const cli_command cli_completion = {
    .name = "completion",
    .operands = NULL,
    .summary = "completion of commands and options for bash",
    .about = "Prints a script for bash; 'make install' puts it where bash-completion finds it.",
    .examples = "source <(wassily completion)",
    .run = run,
};
