/* woven.c - columns of an answer over activities: what they are, and what they do not cover. */
#include "assemble.h"

#include <math.h>
#include <stdio.h>

enum { NAME_SIZE = 160 };

bool wio_column_role(const wio_table *table, wio_role role)
{
    for (size_t i = 0; i < table->p; i++) {
        if (table->item_role[i] == role) {
            return true;
        }
    }
    return false;
}

wio_column wio_column_value_added(const wio_table *table)
{
    bool known = wio_column_role(table, WIO_ROLE_COMPENSATION) ||
                 wio_column_role(table, WIO_ROLE_TAX) || wio_column_role(table, WIO_ROLE_SURPLUS) ||
                 wio_column_role(table, WIO_ROLE_VALUE_ADDED);
    return (wio_column){"value_added", table->currency, "value added", true, known, 0, 1.0};
}

wio_column wio_column_account(double *weight, const wio_economy *economy, size_t a,
                              const double *output)
{
    const wio_table *table = economy->table;
    wio_column c = {.name = table->account.code[a],
                    .unit = table->account_unit[a],
                    .long_name = table->account.name[a]};
    double all = 0.0, covered = 0.0;
    for (size_t j = 0; j < economy->n; j++) {
        double e = economy->e[a * economy->n + j], x = fabs(output[j]);
        bool there = !isnan(e);
        weight[j] = there ? e : 0.0;
        c.known = c.known || there;
        c.missing += !there && economy->x[j] != 0.0;
        all += x;
        covered += there ? x : 0.0;
    }
    c.covered = c.missing == 0 ? 1.0 : (all > 0.0 ? covered / all : 0.0);
    return c;
}

wio_status wio_assemble_number(wio_result *result, const char *group, const char *name,
                               double value, wio_error *err)
{
    char full[NAME_SIZE], number[WIO_NUMBER_SIZE];
    (void)snprintf(full, sizeof full, "%s/%s", group, name);
    return wio_result_set_text(result, full, wio_format_double(number, value), err);
}

wio_status wio_assemble_coverage(wio_result *result, const wio_column *accounts, size_t count,
                                 wio_error *err)
{
    wio_text low = {0};
    for (size_t c = 0; c < count; c++) {
        wio_status status =
            wio_assemble_number(result, "coverage", accounts[c].name, accounts[c].covered, err);
        if (status != WIO_OK) {
            wio_text_free(&low);
            return status;
        }
        if (accounts[c].known && accounts[c].missing > 0) {
            wio_text_add(&low, "%s%s", low.length > 0 ? "," : "", accounts[c].name);
        }
    }
    char *names = NULL;
    WIO_TRY(wio_text_take(&names, &low, err));
    wio_status status = wio_result_set_text(result, "lower_bound", names, err);
    wio_free(names);
    return status;
}
