/* manual.c - the help, the manual pages and the completion script, all from the option tables. */
#include "options.h"

#include <string.h>

enum { WIDTH = 79 };

/* Paragraphs filled to the width after `indent` spaces; the first line starts at `column`. */
static void fill(FILE *out, const char *text, size_t indent, size_t column)
{
    while (*text != '\0') {
        size_t length = strcspn(text, " \n");
        if (column > indent && column + 1 + length > WIDTH) {
            fprintf(out, "\n");
            column = 0;
        } else if (column > indent) {
            fprintf(out, " ");
            column++;
        }
        for (; column < indent; column++) {
            fprintf(out, " ");
        }
        fprintf(out, "%.*s", (int)length, text);
        column += length;
        text += length;
        if (*text == '\n') {
            fprintf(out, "\n");
            column = 0;
        }
        text += *text != '\0';
    }
    fprintf(out, "\n");
}

static void print_option_name(char *buffer, size_t size, const cli_option *option)
{
    char letter[8] = "    ";
    if (option->letter != '\0') {
        (void)snprintf(letter, sizeof letter, "-%c, ", option->letter);
    }
    (void)snprintf(buffer, size, "  %s--%s%s%s", letter, option->name,
                   option->argument != NULL ? " " : "",
                   option->argument != NULL ? option->argument : "");
}

static void print_option(FILE *out, const cli_option *option)
{
    enum { HELP_COLUMN = 28 };
    char name[128];
    print_option_name(name, sizeof name, option);
    fprintf(out, "%s", name);
    size_t column = strlen(name);
    if (column >= HELP_COLUMN - 1) {
        fprintf(out, "\n");
        column = 0;
    }
    for (; column < HELP_COLUMN; column++) {
        fprintf(out, " ");
    }
    fill(out, option->help, HELP_COLUMN, HELP_COLUMN);
}

static const cli_option HELP_OPTION = {"help", 'h', CLI_FLAG, NULL, "print this and stop"};

void cli_print_help(FILE *out, const cli_command *command)
{
    fprintf(out, "usage: wassily %s%s%s [options]\n\n", command->name,
            command->operands != NULL ? " " : "",
            command->operands != NULL ? command->operands : "");
    fill(out, command->about, 0, 0);
    fprintf(out, "\noptions:\n");
    for (size_t i = 0; i < command->options; i++) {
        print_option(out, &command->option[i]);
    }
    print_option(out, &HELP_OPTION);
    fprintf(out, "\nexamples:\n");
    fill(out, command->examples, 2, 0);
}

void cli_print_overview(FILE *out)
{
    fprintf(out,
            "wassily - what tariffs, purchases and investment do to output, prices and jobs\n\n"
            "usage: wassily COMMAND [options]\n\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        fprintf(out, "  %-12s  %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    }
    fprintf(out, "\n'wassily help COMMAND' describes a command; 'wassily --version' prints the "
                 "version.\n");
}

/* --- manual pages (man(7)) ----------------------------------------------------------------------- */

static void roff(FILE *out, const char *text)
{
    for (bool start = true; *text != '\0'; text++) {
        if (start && (*text == '.' || *text == '\'')) {
            fprintf(out, "\\&");
        }
        if (*text == '\\') {
            fprintf(out, "\\e");
        } else if (*text == '-') {
            fprintf(out, "\\-");
        } else if (*text == '\n') {
            fprintf(out, "\n.PP");
            fputc('\n', out);
        } else {
            fputc(*text, out);
        }
        start = *text == '\n';
    }
}

/* One line per exit status of WIO_STATUS_LIST, with every text that leads to it. */
static void roff_exit_statuses(FILE *out)
{
    static const struct {
        int exit_status;
        const char *text;
    } statuses[] = {
#define STATUS_ROW(name, value, exit_status, text) {exit_status, text},
        WIO_STATUS_LIST(STATUS_ROW)
#undef STATUS_ROW
    };
    size_t count = sizeof statuses / sizeof *statuses;
    fprintf(out, ".SH EXIT STATUS\n");
    for (int status = 0; status < 128; status++) {
        bool found = false;
        for (size_t i = 0; i < count; i++) {
            if (statuses[i].exit_status == status) {
                if (!found) {
                    fprintf(out, ".TP\n.B %d\n", status);
                }
                fprintf(out, found ? "; " : "");
                roff(out, statuses[i].text);
                found = true;
            }
        }
        if (found) {
            fprintf(out, ".\n");
        }
    }
}

static void roff_option(FILE *out, const cli_option *option)
{
    fprintf(out, ".TP\n.B ");
    if (option->letter != '\0') {
        fprintf(out, "\\-%c, ", option->letter);
    }
    fprintf(out, "\\-\\-");
    roff(out, option->name);
    if (option->argument != NULL) {
        fprintf(out, " \\fI");
        roff(out, option->argument);
        fprintf(out, "\\fR");
    }
    fprintf(out, "\n");
    roff(out, option->help);
    fprintf(out, ".\n");
}

static void roff_command(FILE *out, const cli_command *command)
{
    fprintf(out, ".TH WASSILY\\-%s 1 \"\" \"wassily %s\" \"Wassily\"\n.SH NAME\nwassily\\-%s \\- ",
            command->name, wio_version(), command->name);
    roff(out, command->summary);
    fprintf(out, "\n.SH SYNOPSIS\n.B wassily %s\n.I ", command->name);
    roff(out, command->operands != NULL ? command->operands : "");
    fprintf(out, " [options]\n.SH DESCRIPTION\n");
    roff(out, command->about);
    fprintf(out, "\n.SH OPTIONS\n");
    for (size_t i = 0; i < command->options; i++) {
        roff_option(out, &command->option[i]);
    }
    roff_option(out, &HELP_OPTION);
    fprintf(out, ".SH EXAMPLES\n.nf\n");
    for (const char *line = command->examples; *line != '\0';) {
        char one[256];
        size_t length = strcspn(line, "\n");
        (void)snprintf(one, sizeof one, "%.*s\n", (int)length, line);
        one[strcspn(one, "\n")] = '\0';
        roff(out, one);
        fprintf(out, "\n");
        line += length + (line[length] != '\0');
    }
    fprintf(out, ".fi\n");
    roff_exit_statuses(out);
    fprintf(out, ".SH SEE ALSO\n.BR wassily (1)\n");
}

void cli_print_manual(FILE *out, const cli_command *command)
{
    if (command != NULL) {
        roff_command(out, command);
        return;
    }
    fprintf(out,
            ".TH WASSILY 1 \"\" \"wassily %s\" \"Wassily\"\n.SH NAME\nwassily \\- "
            "input\\-output analysis of tariffs, purchases and investment\n"
            ".SH SYNOPSIS\n.B wassily\n.I COMMAND\n[options]\n.SH DESCRIPTION\n"
            "Reads sector tables, solves Leontief systems over them, and estimates what "
            "tariffs, retaliation, purchases and investment pledges do to output, prices and "
            "jobs. Data goes to standard output, everything else to standard error.\n"
            ".SH COMMANDS\n",
            wio_version());
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        fprintf(out, ".TP\n.BR wassily\\-%s (1)\n", cli_commands[i]->name);
        roff(out, cli_commands[i]->summary);
        fprintf(out, "\n");
    }
    roff_exit_statuses(out);
    fprintf(out, ".SH ENVIRONMENT\n.TP\n.B WASSILY_TABLES\nA folder with further tables that "
                 "studies and commands may name.\n.TP\n.B OMP_NUM_THREADS, SLURM_CPUS_PER_TASK\n"
                 "Threads to use when \\-\\-threads is not given.\n.TP\n.B NO_COLOR\n"
                 "Print without colours.\n");
}

/* --- completion for bash ------------------------------------------------------------------------ */

/* The words of "a|b|C" that a user can type as they are: lower case ones. */
static void print_choices(FILE *out, const char *argument)
{
    for (const char *at = argument; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, "|");
        if (*at >= 'a' && *at <= 'z') {
            fprintf(out, " %.*s", (int)length, at);
        }
        at += length + (at[length] == '|');
    }
}

void cli_print_completion(FILE *out)
{
    fprintf(out, "# bash completion for wassily; source it, or put it in bash-completion's folder\n"
                 "_wassily() {\n"
                 "    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    local words=\n"
                 "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words='--version --help");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        fprintf(out, " %s", cli_commands[i]->name);
    }
    fprintf(out, "'\n    else\n        case \"${COMP_WORDS[1]} $last\" in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        const cli_command *command = cli_commands[i];
        for (size_t k = 0; k < command->options; k++) {
            const cli_option *option = &command->option[k];
            if (option->argument != NULL && strchr(option->argument, '|') != NULL) {
                fprintf(out, "        \"%s --%s\") words='", command->name, option->name);
                print_choices(out, option->argument);
                fprintf(out, "' ;;\n");
            }
        }
        fprintf(out, "        \"%s \"*) words='--help", command->name);
        for (size_t k = 0; k < command->options; k++) {
            fprintf(out, " --%s", command->option[k].name);
        }
        fprintf(out, "' ;;\n");
    }
    fprintf(out, "        esac\n    fi\n"
                 "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\"; "
                 "compgen -f -- \"$word\")\n"
                 "}\ncomplete -o filenames -F _wassily wassily\n");
}
