/* output.h - what the subcommands share when they speak: findings and failures to stderr, JSON
 * pieces and the table of activities to stdout. */
#ifndef WIO_CLI_OUTPUT_H
#define WIO_CLI_OUTPUT_H

#include "../../core/wassily.h"

#include <stdio.h>

/* Findings of at least this severity, one per line, to stderr. */
void cli_print_log(const wio_log *log, wio_severity at_least);
/* Findings and the failure to stderr; returns its exit status. The message is left out when the
 * findings say it all. log and err->message may be empty. */
int cli_fail(wio_status status, const wio_error *err, const wio_log *log);
/* A failure that the command itself found; the same form. */
int cli_refuse(wio_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Asked before the work, not only when it is done: whether `path` is free to be written to. 0, or
 * the exit status after a message. */
int cli_output_free(const char *path, bool force);
/* A result to a file, with a note. Returns the exit status. */
int cli_write_result(const wio_result *result, const char *path, bool force, bool reproducible);
/* An attribute of a result, "" where it has none. */
const char *cli_attribute(const wio_result *result, const char *name);

/* Text to stdout, then freed. `status` is what making it returned. Returns the exit status. */
int cli_print_text(wio_status status, char *text, const wio_error *err);
/* To a terminal's stdout: with control characters escaped. */
void cli_print_safe(const char *text);
/* A cell of CSV to stdout, in quotes where it needs them. */
void cli_print_csv(const char *text);
/* A message on stderr that is no failure ("wrote out.h5"). */
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* JSON: a quoted string (NULL gives null), a number (NaN gives null), and `"name": ` pairs. */
void cli_json_text(const char *name, const char *text);
void cli_json_number(const char *name, double value);
void cli_json_count(const char *name, size_t value);
void cli_json_bool(const char *name, bool value);
/* Opens or closes with the right commas: cli_json_open("{", NULL) ... cli_json_close("}"). */
void cli_json_open(const char *bracket, const char *name);
void cli_json_close(const char *bracket);
/* A list of strings. */
void cli_json_list(const char *name, const char *const *text, size_t count);

/* A result over activities: CSV, JSON, or for people with a headline that ends in `what`. */
int cli_print_result(const wio_result *result, bool csv, bool json, const char *what);
/* A column over activities by its variable's name, under a heading. */
typedef struct cli_column {
    const char *variable, *heading;
} cli_column;

/* The activities with the largest values of `by`, at most `most` of them, largest first, and how
 * many more there are. Columns that the result lacks are left out. */
void cli_print_largest(const wio_result *result, const cli_column *columns, size_t count,
                       const wio_variable *by, size_t most);
/* Lines with control characters escaped. */
void cli_print_safe_lines(const char *lines);
/* What is proven about a result, and accounts that are lower bounds. */
void cli_print_accuracy(const wio_result *result);
/* One line about the accuracy of a solve. */
void cli_print_certificate(const wio_certificate *certificate);
/* Whether stdout may be coloured: a terminal that can, and no NO_COLOR. */
bool cli_colour(void);

#endif
