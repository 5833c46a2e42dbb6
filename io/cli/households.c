/* households.c - from options to wio_household_options; the income is never guessed. */
#include "households.h"

#include <string.h>

static int read_income(wio_household_options *out, const cli_command *command, const char *text)
{
    static const struct {
        const char *word;
        wio_income income;
    } words[] = {{"total", WIO_INCOME_TOTAL},
                 {"wages", WIO_INCOME_WAGES},
                 {"disposable", WIO_INCOME_DISPOSABLE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i].word) == 0) {
            out->income = words[i].income;
            return 0;
        }
    }
    out->income = WIO_INCOME_AMOUNT;
    if (!wio_parse_double(&out->amount, text, strlen(text)) || !(out->amount > 0.0)) {
        return cli_usage(command,
                         "option '--household-income' is total, wages, disposable or an amount "
                         "above 0 in the table's million, not '%s'",
                         text);
    }
    return 0;
}

static int read_shares(wio_household_options *out, const cli_command *command,
                       const cli_value *value)
{
    bool disposable = out->income == WIO_INCOME_DISPOSABLE;
    double *share[] = {&out->tax, &out->saving, &out->leakage};
    for (size_t i = 0; i < 3; i++) {
        const cli_value *given = &value[CLI_TAX + i];
        const char *name = command->option[CLI_TAX + i].name;
        if (given->set != disposable) {
            return cli_usage(command,
                             disposable ? "'--household-income disposable' needs --%s"
                                        : "option '--%s' needs '--household-income disposable'",
                             name);
        }
        if (given->set && !(given->number >= 0.0 && given->number < 1.0)) {
            return cli_usage(command, "option '--%s' is a share from 0 to below 1, not '%s'", name,
                             given->text);
        }
        *share[i] = given->number;
    }
    if (out->tax + out->saving + out->leakage >= 1.0) {
        return cli_usage(command, "--tax, --saving and --leakage leave nothing to spend");
    }
    return 0;
}

int cli_households(wio_household_options *out, const cli_command *command,
                   const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    *out = (wio_household_options){0};
    out->endogenous =
        value[CLI_HOUSEHOLDS].set && strcmp(value[CLI_HOUSEHOLDS].text, "endogenous") == 0;
    for (size_t i = CLI_HOUSEHOLD_INCOME; i < CLI_ROUNDS && !out->endogenous; i++) {
        if (value[i].set) {
            return cli_usage(command, "option '--%s' needs '--households endogenous'",
                             command->option[i].name);
        }
    }
    if (value[CLI_ROUNDS].set && value[CLI_ROUNDS].count == 0) {
        return cli_usage(command, "option '--rounds' is at least 1");
    }
    out->rounds = value[CLI_ROUNDS].count;
    if (!out->endogenous) {
        return 0;
    }
    if (!value[CLI_HOUSEHOLD_INCOME].set) {
        return cli_usage(command, "'--households endogenous' needs --household-income "
                                  "total|wages|disposable|AMOUNT: the answer turns on it");
    }
    int status = read_income(out, command, value[CLI_HOUSEHOLD_INCOME].text);
    return status != 0 ? status : read_shares(out, command, value);
}
