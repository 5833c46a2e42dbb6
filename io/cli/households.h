/* households.h - the options about households that `multipliers` and `solve` share. */
#ifndef WIO_CLI_HOUSEHOLDS_H
#define WIO_CLI_HOUSEHOLDS_H

#include "options.h"

/* Rows of an option table and their indices; they come first in both tables. */
#define CLI_HOUSEHOLD_OPTIONS                                                                      \
    {"households", 0, CLI_CHOICE, "exogenous|endogenous",                                          \
     "spend new wages (endogenous, Type II) or not (default: exogenous, Type I)"},                 \
        {"household-income", 0, CLI_TEXT, "total|wages|disposable|AMOUNT",                         \
         "the income that household spending is a share of: the table's household_income, its "    \
         "compensation, compensation after --tax, --saving and --leakage, or an amount in the "    \
         "table's million (required with --households endogenous)"},                               \
        {"tax", 0, CLI_NUMBER, "SHARE", "share of wages taken by taxes, with disposable"},         \
        {"saving", 0, CLI_NUMBER, "SHARE", "share of wages saved, with disposable"},               \
        {"leakage", 0, CLI_NUMBER, "SHARE", "share of wages spent elsewhere, with disposable"},    \
    {                                                                                              \
        "rounds", 0, CLI_COUNT, "K", "stop after K rounds of spending (default: all of them)"      \
    }

enum {
    CLI_HOUSEHOLDS,
    CLI_HOUSEHOLD_INCOME,
    CLI_TAX,
    CLI_SAVING,
    CLI_LEAKAGE,
    CLI_ROUNDS,
    CLI_HOUSEHOLD_COUNT
};

/* 0, or the exit status after a message about options that do not go together. */
int cli_households(wio_household_options *out, const cli_command *command,
                   const cli_arguments *arguments);

#endif
