/* method.c - from options to wio_solver_options, and what the plan was. */
#include "method.h"

#include "output.h"

#include <string.h>

int cli_method(wio_solver_options *out, const cli_command *command, const cli_value *value)
{
    *out = (wio_solver_options){0};
    for (wio_method m = WIO_METHOD_AUTO; value[CLI_METHOD].set && m < WIO_METHODS; m++) {
        if (strcmp(value[CLI_METHOD].text, wio_method_name(m)) == 0) {
            out->method = m;
        }
    }
    const cli_value *threads = &value[CLI_THREADS], *memory = &value[CLI_MEMORY];
    int code = cli_threads(command, threads);
    if (code != 0) {
        return code;
    }
    if (memory->set && !(memory->number > 0.0 && memory->number <= 1e9)) {
        return cli_usage(command, "option '--memory' is a number of GB above 0, not '%s'",
                         memory->text);
    }
    out->threads = (int)threads->count;
    out->memory = memory->set ? memory->number * 1e9 : 0.0;
    return 0;
}

static double number(const wio_result *result, const char *name)
{
    double value = 0.0;
    const char *text = wio_result_attribute(result, name);
    if (text != NULL) {
        (void)wio_parse_double(&value, text, strlen(text));
    }
    return value;
}

void cli_explain(const wio_result *result)
{
    const char *method = wio_result_attribute(result, "plan/method");
    const char *reason = wio_result_attribute(result, "plan/reason");
    if (method == NULL || reason == NULL) {
        return;
    }
    cli_note("solved by %s: %s", method, reason);
    if (wio_result_attribute(result, "plan/seconds") != NULL) {
        cli_note("expected %.2g s and %.3g MB, took %.2g s and %.3g MB",
                 number(result, "plan/predicted_seconds"),
                 number(result, "plan/predicted_bytes") * 1e-6, number(result, "plan/seconds"),
                 number(result, "plan/bytes") * 1e-6);
    }
}
