/* main.c - the wassily command; every subcommand is one file in this folder. */
#include "options.h"

#include "output.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

const cli_command *const cli_commands[] = {
    &cli_run,         &cli_info,   &cli_check,   &cli_multipliers, &cli_solve,   &cli_invert,
    &cli_extract,     &cli_import, &cli_convert, &cli_tables,      &cli_balance, &cli_aggregate,
    &cli_regionalise, &cli_carve,  &cli_origins, &cli_assemble,    &cli_split,   &cli_sector,
    &cli_rates,       &cli_export, &cli_schema,  &cli_doctor,      &cli_bench,   &cli_completion,
    &cli_help,        NULL,
};

static bool reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* A reader that closes the pipe ("| head") has what it wanted: no message and no failure. Anything
 * else that keeps stdout from being whole is exit status 74. */
static int finish(int status)
{
    bool failed = fflush(stdout) != 0 || ferror(stdout) != 0;
    bool gone = failed && reader_is_gone();
    if (fclose(stdout) != 0) {
        failed = true;
    }
    if (!failed || gone || status != 0) {
        return status;
    }
    return cli_refuse(WIO_E_WRITE, "standard output");
}

int main(int argc, char **argv)
{
    /* A closed pipe and a full disk then show as errors of the write, which are checked. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        cli_print_overview(stderr);
        return wio_status_exit(WIO_E_ARGUMENT);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("wassily %s\n", wio_version());
        return finish(0);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        cli_print_overview(stdout);
        return finish(0);
    }
    const cli_command *command = cli_command_find(argv[1]);
    if (command == NULL) {
        return cli_unknown_command(argv[1]);
    }
    cli_arguments arguments;
    int status = cli_parse(&arguments, command, argc - 2, argv + 2);
    if (status == 0 && arguments.help) {
        cli_print_help(stdout, command);
    } else if (status == 0) {
        status = command->run(&arguments);
    }
    return finish(status);
}
