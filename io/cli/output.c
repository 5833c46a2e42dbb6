/* output.c - how the subcommands speak: findings, failures, JSON and tables for people. */
#include "output.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void cli_print_log(const wio_log *log, wio_severity at_least)
{
    for (size_t i = 0; i < wio_log_count(log, WIO_NOTE); i++) {
        const wio_finding *finding = wio_log_finding(log, i);
        if (finding->severity >= at_least) {
            char *line = wio_log_line(finding);
            fprintf(stderr, "%s\n", line != NULL ? line : finding->text);
            wio_free(line);
        }
    }
}

int cli_fail(wio_status status, const wio_error *err, const wio_log *log)
{
    size_t errors = wio_log_count(log, WIO_ERROR);
    cli_print_log(log, WIO_NOTE);
    /* Findings are about input (65) or an answer (1); any other failure has its own message. */
    int code = wio_status_exit(status);
    if (errors > 0 && (code == 65 || code == 1)) {
        fprintf(stderr, "wassily: %s: %zu %s\n", wio_status_text(status), errors,
                errors == 1 ? "error" : "errors");
        return code;
    }
    return cli_refuse(status, "%s", err->message);
}

int cli_refuse(wio_status status, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    char *safe = wio_text_safe(message);
    fprintf(stderr, "wassily: %s%s%s\n", wio_status_text(status),
            safe != NULL && *safe != '\0' ? ": " : "", safe != NULL ? safe : "");
    wio_free(safe);
    return wio_status_exit(status);
}

int cli_output_free(const char *path, bool force)
{
    struct stat file;
    return force || lstat(path, &file) != 0
               ? 0
               : cli_refuse(WIO_E_CREATE,
                            "%s exists; --force replaces it, -o writes to another name", path);
}

int cli_write_result(const wio_result *result, const char *path, bool force, bool reproducible)
{
    wio_error err = {0};
    const wio_write_options how = {.overwrite = force, .reproducible = reproducible};
    wio_status status = wio_result_write(result, path, &how, &err);
    if (status != WIO_OK) {
        return cli_fail(status, &err, NULL);
    }
    cli_note("wrote %s", path);
    return 0;
}

const char *cli_attribute(const wio_result *result, const char *name)
{
    const char *text = wio_result_attribute(result, name);
    return text != NULL ? text : "";
}

int cli_print_text(wio_status status, char *text, const wio_error *err)
{
    if (status != WIO_OK) {
        return cli_fail(status, err, NULL);
    }
    fputs(text, stdout);
    wio_free(text);
    return 0;
}

void cli_print_safe(const char *text)
{
    char *safe = wio_text_safe(text != NULL ? text : "");
    fputs(safe != NULL ? safe : "", stdout);
    wio_free(safe);
}

void cli_note(const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    char *safe = wio_text_safe(message);
    fprintf(stderr, "wassily: %s\n", safe != NULL ? safe : "");
    wio_free(safe);
}

bool cli_colour(void)
{
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (no_color == NULL || *no_color == '\0') &&
           terminal != NULL && strcmp(terminal, "dumb") != 0;
}

/* --- JSON ------------------------------------------------------------------------------------------ */

/* Written as it comes; the state is only the depth and whether a comma is due. */
static size_t json_depth;
static bool json_comma;

/* The name of a file may be no UTF-8, which JSON has to be: then its bytes are escaped. */
static void json_string(const char *text)
{
    bool ascii = true;
    for (const char *s = text; *s != '\0'; s++) {
        ascii = ascii && (*s & 0x80) == 0;
    }
    char *safe = ascii ? NULL : wio_text_safe(text);
    putchar('"');
    for (const unsigned char *s = (const unsigned char *)(safe != NULL ? safe : text); *s != '\0';
         s++) {
        if (*s == '"' || *s == '\\') {
            printf("\\%c", *s);
        } else if (*s < 0x20 || *s == 0x7f) {
            printf("\\u%04x", *s);
        } else {
            putchar(*s);
        }
    }
    putchar('"');
    wio_free(safe);
}

static void json_name(const char *name)
{
    printf("%s\n%*s", json_comma ? "," : "", (int)(2 * json_depth), "");
    if (name != NULL) {
        json_string(name);
        printf(": ");
    }
    json_comma = true;
}

void cli_print_csv(const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        cli_print_safe(text);
        return;
    }
    putchar('"');
    for (const char *s = text; *s != '\0'; s++) {
        printf("%.*s", *s == '"' ? 2 : 1, *s == '"' ? "\"\"" : s);
    }
    putchar('"');
}

void cli_json_text(const char *name, const char *text)
{
    json_name(name);
    if (text == NULL) {
        printf("null");
    } else {
        json_string(text);
    }
}

void cli_json_number(const char *name, double value)
{
    char digits[WIO_NUMBER_SIZE];
    json_name(name);
    printf("%s", isfinite(value) ? wio_format_double(digits, value) : "null");
}

void cli_json_count(const char *name, size_t value)
{
    json_name(name);
    printf("%zu", value);
}

void cli_json_bool(const char *name, bool value)
{
    json_name(name);
    printf(value ? "true" : "false");
}

void cli_json_open(const char *bracket, const char *name)
{
    if (json_depth > 0) {
        json_name(name);
    }
    printf("%s", bracket);
    json_depth++;
    json_comma = false;
}

void cli_json_close(const char *bracket)
{
    json_depth--;
    if (json_comma) { /* something is inside */
        printf("\n%*s", (int)(2 * json_depth), "");
    }
    printf("%s", bracket);
    if (json_depth == 0) {
        printf("\n");
    }
    json_comma = json_depth > 0;
}

void cli_json_list(const char *name, const char *const *text, size_t count)
{
    cli_json_open("[", name);
    for (size_t i = 0; i < count; i++) {
        cli_json_text(NULL, text[i]);
    }
    cli_json_close("]");
}

/* --- tables for people ------------------------------------------------------------------------------- */

enum { MOST_COLUMNS = 16, NAME_WIDTH = 28 };

static bool is_column(const wio_variable *variable)
{
    return variable->data != NULL && variable->rank == 1 &&
           strcmp(variable->dimension[0], "activity") == 0;
}

/* Digits after the point that show about five digits of the largest number of a column. */
static int column_digits(const wio_variable *variable)
{
    double largest = 0.0;
    for (size_t i = 0; i < variable->length[0]; i++) {
        largest = fmax(largest, fabs(variable->data[i])); /* fmax passes over NaN */
    }
    return largest >= 10000.0 ? 0 : largest >= 1000.0 ? 1 : largest >= 100.0 ? 2 : 4;
}

/* At most `width` bytes, cut between UTF-8 characters, padded. */
static void print_name(const char *text, size_t width)
{
    char *safe = wio_text_safe(text != NULL ? text : "");
    const unsigned char *s = (const unsigned char *)(safe != NULL ? safe : "");
    size_t bytes = 0, columns = 0;
    while (s[bytes] != '\0' && (columns < width || (s[bytes] & 0xC0U) == 0x80U)) {
        columns += (s[bytes] & 0xC0U) != 0x80U;
        bytes++;
    }
    printf("%.*s%*s", (int)bytes, (const char *)s, (int)(width - columns), "");
    wio_free(safe);
}

/* Every number of the table as %*.*f, a missing one as "-", and -0.0 as 0.0. */
static void print_cell(double value, int width, int digits)
{
    if (isnan(value)) {
        printf("  %*s", width, "-");
        return;
    }
    double unit = pow(10.0, -digits);
    printf("  %*.*f", width, digits, fabs(value) < 0.5 * unit ? 0.0 : value);
}

static const char *text_at(const wio_variable *variable, size_t i)
{
    return variable != NULL && variable->text != NULL && i < variable->length[0] ? variable->text[i]
                                                                                 : "";
}

/* Chosen columns of the activities, with room for every label. */
typedef struct listing {
    const wio_variable *label, *name, *column[MOST_COLUMNS];
    const char *heading[MOST_COLUMNS];
    size_t columns, rows, label_width;
    int width[MOST_COLUMNS], digits[MOST_COLUMNS];
} listing;

static void add_column(listing *list, const wio_variable *variable, const char *heading)
{
    size_t k = list->columns++;
    int length = (int)strlen(heading);
    list->column[k] = variable;
    list->heading[k] = heading;
    list->width[k] = length > 10 ? length : 10;
    list->digits[k] = column_digits(variable);
    list->rows = variable->length[0];
}

static void print_header(listing *list, const wio_result *result)
{
    list->label = wio_result_find(result, "activity");
    list->name = wio_result_find(result, "sector_name");
    list->label_width = strlen("activity");
    for (size_t i = 0; i < list->rows; i++) {
        size_t length = strlen(text_at(list->label, i));
        list->label_width = length > list->label_width ? length : list->label_width;
    }
    print_name("activity", list->label_width);
    printf("  ");
    print_name("name", NAME_WIDTH);
    for (size_t k = 0; k < list->columns; k++) {
        printf("  %*s", list->width[k], list->heading[k]);
    }
    printf("\n");
}

static void print_row(const listing *list, size_t i)
{
    print_name(text_at(list->label, i), list->label_width);
    printf("  ");
    print_name(text_at(list->name, i), NAME_WIDTH);
    for (size_t k = 0; k < list->columns; k++) {
        print_cell(list->column[k]->data[i], list->width[k], list->digits[k]);
    }
    printf("\n");
}

static void print_activities(const wio_result *result)
{
    listing list = {0};
    for (size_t i = 0; i < wio_result_variables(result) && list.columns < MOST_COLUMNS; i++) {
        const wio_variable *variable = wio_result_variable(result, i);
        if (is_column(variable)) {
            add_column(&list, variable, variable->name);
        }
    }
    print_header(&list, result);
    for (size_t i = 0; i < list.rows; i++) {
        print_row(&list, i);
    }
}

/* The largest value after (last, at): smaller, or as large and further down. SIZE_MAX: none. */
static size_t next_largest(const wio_variable *by, double last, size_t at)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < by->length[0]; i++) {
        double value = by->data[i];
        bool after = at == SIZE_MAX || value < last || (value == last && i > at);
        if (!isnan(value) && after && (found == SIZE_MAX || value > by->data[found])) {
            found = i;
        }
    }
    return found;
}

void cli_print_largest(const wio_result *result, const cli_column *columns, size_t count,
                       const wio_variable *by, size_t most)
{
    listing list = {0};
    for (size_t c = 0; c < count && list.columns < MOST_COLUMNS; c++) {
        const wio_variable *variable = wio_result_find(result, columns[c].variable);
        if (variable != NULL && is_column(variable)) {
            add_column(&list, variable, columns[c].heading);
        }
    }
    print_header(&list, result);
    size_t at = SIZE_MAX, printed = 0;
    for (; printed < most; printed++) {
        at = next_largest(by, at == SIZE_MAX ? 0.0 : by->data[at], at);
        if (at == SIZE_MAX) {
            break;
        }
        print_row(&list, at);
    }
    if (printed < list.rows) {
        printf("and %zu more; --csv has them all\n", list.rows - printed);
    }
}

void cli_print_safe_lines(const char *lines)
{
    while (*lines != '\0') {
        char line[1024];
        size_t length = strcspn(lines, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : 0), lines);
        cli_print_safe(line);
        printf("\n");
        lines += length + (lines[length] == '\n');
    }
}

/* The next power of ten above a proven bound. What is summed from a solution rounds on its own, so
 * nothing below 1e-15 is claimed. */
static void print_bound(const char *bound, const char *method)
{
    double value = 0.0;
    if (bound == NULL || !wio_parse_double(&value, bound, strlen(bound))) {
        return;
    }
    printf("\nrelative error below %.0e%s%s\n", pow(10.0, ceil(log10(fmax(value, 1e-15)))),
           method != NULL ? ", " : "", method != NULL ? method : "");
}

/* "jobs: lower bounds, known for 21.2% of output": accounts with missing activities. */
static void print_lower_bounds(FILE *file, const wio_result *result)
{
    const char *names = wio_result_attribute(result, "lower_bound");
    while (names != NULL && *names != '\0') {
        char coverage[128];
        size_t length = strcspn(names, ",");
        double share = NAN;
        (void)snprintf(coverage, sizeof coverage, "coverage/%.*s", (int)length, names);
        const char *text = wio_result_attribute(result, coverage);
        if (text != NULL && wio_parse_double(&share, text, strlen(text))) {
            fprintf(file, "%s%.*s: lower bounds, known for %.1f%% of output\n",
                    file == stderr ? "warning: " : "", (int)length, names, 100.0 * share);
        }
        names += length + (names[length] == ',');
        names += strspn(names, " ");
    }
}

/* "us-2017, Type I, per million of final demand", then the table. */
static void print_for_people(const wio_result *result, const char *what)
{
    static const char *const fields[] = {"table", "closure"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *text = wio_result_attribute(result, fields[i]);
        if (text != NULL) {
            cli_print_safe(text);
            printf(", ");
        }
    }
    printf("%s\n\n", what);
    print_activities(result);
    print_bound(wio_result_attribute(result, "certificate/error_bound"),
                wio_result_attribute(result, "certificate/method"));
    print_lower_bounds(stdout, result);
}

void cli_print_accuracy(const wio_result *result)
{
    print_lower_bounds(stdout, result);
    const wio_variable *turn = wio_result_find(result, "extracted");
    const char *bound = wio_result_attribute(result, "certificate/error_bound");
    double value = 0.0;
    if (bound != NULL && wio_parse_double(&value, bound, strlen(bound))) {
        printf("error of every element of %s below %.0e of the largest\n",
               turn == NULL ? "the inverse" : "its columns of the inverse",
               pow(10.0, ceil(log10(fmax(value, 1e-15)))));
    }
}

int cli_print_result(const wio_result *result, bool csv, bool json, const char *what)
{
    if (!csv && !json) {
        print_for_people(result, what);
        return 0;
    }
    if (csv) { /* data stay clean; JSON has it among its attributes */
        print_lower_bounds(stderr, result);
    }
    char *text = NULL;
    wio_error err = {0};
    wio_status status =
        json ? wio_result_json(&text, result, &err) : wio_result_csv(&text, result, NULL, &err);
    return cli_print_text(status, text, &err);
}

void cli_print_certificate(const wio_certificate *certificate)
{
    printf("I - A is %sproductive: radius of A between %.4f and %.4f, condition %s%.3g\n",
           certificate->productive ? "" : "not proven ", certificate->radius_low,
           certificate->radius_high, certificate->condition_bound ? "<= " : "",
           certificate->condition);
}
