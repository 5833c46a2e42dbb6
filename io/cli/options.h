/* options.h - one option table per command: it drives parsing, --help, the manual pages and
 * shell completion, so that none of them can disagree. */
#ifndef WIO_CLI_OPTIONS_H
#define WIO_CLI_OPTIONS_H

#include "../../core/wassily.h"

#include <stdio.h>

enum { CLI_MOST_OPTIONS = 20, CLI_MOST_OPERANDS = 64 };

typedef enum cli_kind {
    CLI_FLAG,
    CLI_TEXT,
    CLI_NUMBER, /* decimal point '.', as in the files */
    CLI_COUNT,  /* 0, 1, 2, ... */
    CLI_CHOICE  /* one of the words in `argument` */
} cli_kind;

typedef struct cli_option {
    const char *name; /* without dashes: "output" */
    char letter;      /* 0: none */
    cli_kind kind;
    const char *argument; /* "FILE"; for a choice "csv|json"; NULL for a flag */
    const char *help;     /* one sentence without a full stop */
} cli_option;

typedef struct cli_value {
    bool set;
    const char *text;
    double number;
    size_t count;
} cli_value;

typedef struct cli_arguments {
    cli_value value[CLI_MOST_OPTIONS]; /* by index in the command's option table */
    const char *operand[CLI_MOST_OPERANDS];
    size_t operands;
    bool help; /* --help was given: nothing else was checked */
} cli_arguments;

typedef struct cli_command {
    const char *name, *operands; /* "STUDY.yaml" */
    const char *summary;         /* one line, lower case, no full stop */
    const char *about;           /* paragraphs, each one line, separated by '\n' */
    const char *examples;        /* command lines, separated by '\n' */
    size_t least, most;          /* operands */
    const cli_option *option;
    size_t options;
    int (*run)(const cli_arguments *arguments); /* returns the exit status */
} cli_command;

/* Every command, in the order of the help; ends with a NULL. */
extern const cli_command *const cli_commands[];

extern const cli_command cli_run, cli_info, cli_check, cli_multipliers, cli_solve, cli_invert,
    cli_extract, cli_import, cli_convert, cli_tables, cli_balance, cli_aggregate, cli_regionalise,
    cli_carve, cli_origins, cli_assemble, cli_split, cli_sector, cli_rates, cli_export, cli_schema,
    cli_doctor, cli_bench, cli_completion, cli_help;

const cli_command *cli_command_find(const char *name); /* NULL when there is none */
/* argv[0..argc) without the command's name. 0, or the exit status after a message. */
int cli_parse(cli_arguments *out, const cli_command *command, int argc, char *const *argv);
/* A usage mistake: prints "wassily NAME: ..." and where the help is; returns exit status 64. */
int cli_usage(const cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int cli_unknown_command(const char *name);
/* Whether the value of --threads is 1 to 1024, where it is set: 0, or the exit status after a
 * message. */
int cli_threads(const cli_command *command, const cli_value *threads);
/* The parts of a list with commas, copied to text [size]: how many, or SIZE_MAX when there are more
 * than `most` or the list is too long. */
size_t cli_parts(const char **part, size_t most, char *text, size_t size, const char *list);

/* The forms that are made from the tables (manual.c). */
void cli_print_overview(FILE *out);
void cli_print_help(FILE *out, const cli_command *command);
void cli_print_manual(FILE *out, const cli_command *command); /* NULL: wassily(1) itself */
void cli_print_completion(FILE *out);

#endif
