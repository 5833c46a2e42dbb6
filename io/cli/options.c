/* options.c - parses a command line by its command's option table.
 *
 * Options and operands mix freely; --name=value and --name value, -oFILE and -o FILE are the same;
 * "--" ends the options; a lone "-" is an operand. A mistake is exit status 64 and a suggestion. */
#include "options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int usage_exit(const char *command)
{
    fprintf(stderr, "try 'wassily help%s%s'\n", command != NULL ? " " : "",
            command != NULL ? command : "");
    return wio_status_exit(WIO_E_ARGUMENT);
}

int cli_usage(const cli_command *command, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    char *safe = wio_text_safe(message);
    fprintf(stderr, "wassily %s: %s\n", command->name, safe != NULL ? safe : "usage");
    wio_free(safe);
    return usage_exit(command->name);
}

int cli_threads(const cli_command *command, const cli_value *threads)
{
    return threads->set && (threads->count == 0 || threads->count > 1024)
               ? cli_usage(command, "option '--threads' is 1 to 1024, not '%s'", threads->text)
               : 0;
}

size_t cli_parts(const char **part, size_t most, char *text, size_t size, const char *list)
{
    size_t count = 0, length = strlen(list);
    if (length >= size) {
        return SIZE_MAX;
    }
    memcpy(text, list, length + 1);
    for (char *at = text; at != NULL;) {
        if (count == most) {
            return SIZE_MAX;
        }
        char *comma = strchr(at, ',');
        if (comma != NULL) {
            *comma++ = '\0';
        }
        part[count++] = at;
        at = comma;
    }
    return count;
}

const cli_command *cli_command_find(const char *name)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (strcmp(cli_commands[i]->name, name) == 0) {
            return cli_commands[i];
        }
    }
    return NULL;
}

int cli_unknown_command(const char *name)
{
    const char *words[32];
    size_t count = 0;
    for (; count < 32 && cli_commands[count] != NULL; count++) {
        words[count] = cli_commands[count]->name;
    }
    const char *near = wio_nearest(name, words, count);
    char *safe = wio_text_safe(name);
    fprintf(stderr, "wassily: unknown command '%s'", safe != NULL ? safe : "");
    fprintf(stderr, near != NULL ? " (did you mean '%s'?)\n" : "\n", near);
    wio_free(safe);
    return usage_exit(NULL);
}

/* Whether `word` is one of the words of "a|b|c". */
static bool is_choice(const char *choices, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = choices; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (length > 0 && strcspn(at, "|") == length && strncmp(at, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool parse_count(size_t *count, const char *text)
{
    if (*text < '0' || *text > '9') {
        return false;
    }
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || value > 1000000) {
        return false;
    }
    *count = (size_t)value;
    return true;
}

static int set_value(cli_arguments *out, const cli_command *command, size_t index, const char *text)
{
    const cli_option *option = &command->option[index];
    cli_value *value = &out->value[index];
    if (value->set) {
        return cli_usage(command, "option '--%s' is given twice", option->name);
    }
    *value = (cli_value){.set = true, .text = text};
    if (option->kind == CLI_NUMBER && !wio_parse_double(&value->number, text, strlen(text))) {
        return cli_usage(command, "option '--%s' needs a number, not '%s'", option->name, text);
    }
    if (option->kind == CLI_COUNT && !parse_count(&value->count, text)) {
        return cli_usage(command, "option '--%s' needs a whole number, not '%s'", option->name,
                         text);
    }
    if (option->kind == CLI_CHOICE && !is_choice(option->argument, text)) {
        return cli_usage(command, "option '--%s' is one of %s, not '%s'", option->name,
                         option->argument, text);
    }
    return 0;
}

static int unknown_option(const cli_command *command, const char *name, size_t length)
{
    const char *words[CLI_MOST_OPTIONS + 1] = {"help"};
    char word[64];
    for (size_t i = 0; i < command->options; i++) {
        words[i + 1] = command->option[i].name;
    }
    (void)snprintf(word, sizeof word, "%.*s", (int)(length < 60 ? length : 60), name);
    const char *near = wio_nearest(word, words, command->options + 1);
    if (near != NULL) {
        return cli_usage(command, "unknown option '--%s' (did you mean '--%s'?)", word, near);
    }
    return cli_usage(command, "unknown option '--%s'", word);
}

/* One option at argv[*i]; moves *i over a value that is an argument of its own. */
static int parse_option(cli_arguments *out, const cli_command *command, int argc, char *const *argv,
                        int *i)
{
    const char *word = argv[*i];
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    const char *equals = is_long ? strchr(name, '=') : NULL;
    size_t length = !is_long ? 1 : equals != NULL ? (size_t)(equals - name) : strlen(name);
    size_t index = 0;
    for (; index < command->options; index++) {
        const cli_option *option = &command->option[index];
        if (is_long ? strlen(option->name) == length && strncmp(option->name, name, length) == 0
                    : option->letter == *name) {
            break;
        }
    }
    if (index == command->options) {
        return is_long ? unknown_option(command, name, length)
                       : cli_usage(command, "unknown option '-%c'", *name);
    }
    const cli_option *option = &command->option[index];
    const char *attached =
        is_long ? (equals != NULL ? equals + 1 : NULL) : (name[1] != '\0' ? name + 1 : NULL);
    if (option->kind == CLI_FLAG) {
        return attached != NULL ? cli_usage(command, "option '--%s' takes no value", option->name)
                                : set_value(out, command, index, "");
    }
    if (attached == NULL && *i + 1 >= argc) {
        return cli_usage(command, "option '--%s' needs %s", option->name, option->argument);
    }
    return set_value(out, command, index, attached != NULL ? attached : argv[++*i]);
}

int cli_parse(cli_arguments *out, const cli_command *command, int argc, char *const *argv)
{
    bool only_operands = false;
    *out = (cli_arguments){0};
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            out->help = true;
            return 0;
        }
    }
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (!only_operands && strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && word[0] == '-' && word[1] != '\0') {
            int status = parse_option(out, command, argc, argv, &i);
            if (status != 0) {
                return status;
            }
        } else if (out->operands == command->most) {
            return cli_usage(command, "unexpected argument '%s'", word);
        } else {
            out->operand[out->operands++] = word;
        }
    }
    if (out->operands < command->least) {
        return cli_usage(command, "needs %s", command->operands);
    }
    return 0;
}
