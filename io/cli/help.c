/* help.c - wassily help: the overview, one command, or a manual page. */
#include "options.h"

enum { OPTION_MAN };

static const cli_option OPTIONS[] = {
    {"man", 0, CLI_FLAG, NULL, "print the manual page in man's own language (for 'make man')"},
};

static int run(const cli_arguments *arguments)
{
    bool man = arguments->value[OPTION_MAN].set;
    const char *name = arguments->operand[0];
    const cli_command *command = name != NULL ? cli_command_find(name) : NULL;
    if (name != NULL && command == NULL) {
        return cli_unknown_command(name);
    }
    if (man) {
        cli_print_manual(stdout, command);
    } else if (command != NULL) {
        cli_print_help(stdout, command);
    } else {
        cli_print_overview(stdout);
    }
    return 0;
}

const cli_command cli_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "describe the commands, or one of them",
    .about = "Lists the commands, or describes one with its options.",
    .examples = "wassily help run\nwassily help run --man | man -l -",
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
