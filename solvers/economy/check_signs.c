/* check_signs.c - signs, zero outputs and units of a table: what no identity says. */
#include "check.h"

#include <math.h>
#include <string.h>

/* Negative intermediate flows: the certificate then goes through the comparison matrix. */
static void check_flows(wio_checker *c)
{
    const wio_table *table = c->table;
    const wio_largest l = c->sums.most_negative;
    c->report->negative_flows = c->sums.negative;
    wio_text text = {0};
    for (size_t t = 0; t < l.count; t++) {
        size_t i = l.at[t] / table->n, j = l.at[t] % table->n;
        wio_text_add(&text, "%s%s.%s to %s.%s %.6g", t == 0 ? "" : ", ", wio_check_region(c, i),
                     wio_check_sector(c, i), wio_check_region(c, j), wio_check_sector(c, j),
                     -l.size[t]);
    }
    if (l.count != 0) {
        wio_check_complain(c, WIO_WARNING,
                           "W202 %zu negative flows, so that effects below zero are possible: %s",
                           c->report->negative_flows, text.data != NULL ? text.data : "");
    }
    wio_text_free(&text);
}

/* Negative final uses are natural in inventories, and worth a look elsewhere. */
static void check_final(wio_checker *c)
{
    const wio_table *table = c->table;
    wio_largest l = {0};
    size_t odd = 0;
    for (size_t i = 0; i < table->m * table->f; i++) {
        if (table->Y[i] < 0.0) {
            c->report->negative_final++;
            if (table->use_role[table->final_use[i % table->f]] != WIO_ROLE_INVENTORY) {
                odd++;
                wio_check_keep(&l, i, -table->Y[i]);
            }
        }
    }
    wio_text text = {0};
    for (size_t t = 0; t < l.count; t++) {
        size_t i = l.at[t] / table->f, f = l.at[t] % table->f;
        wio_text_add(&text, "%s%s.%s to %s.%s %.6g", t == 0 ? "" : ", ", wio_check_region(c, i),
                     wio_check_sector(c, i), table->region.code[table->final_region[f]],
                     table->use.code[table->final_use[f]], -l.size[t]);
    }
    if (odd != 0) {
        wio_check_complain(c, WIO_NOTE, "%zu negative final uses outside inventories: %s", odd,
                           text.data != NULL ? text.data : "");
    }
    wio_text_free(&text);
}

/* A column of A may sum to more than one in a productive table: named, never refused. */
static void check_column_sums(wio_checker *c)
{
    const wio_table *table = c->table;
    wio_text text = {0};
    for (size_t j = 0; j < table->n; j++) {
        double inputs = c->sums.column[j] + c->sums.column_lost[j];
        c->report->zero_output += table->x[j] == 0.0;
        if (table->x[j] > 0.0 && inputs > table->x[j]) {
            if (++c->report->column_sums_above_one <= MOST_NAMED) {
                wio_text_add(&text, "%s%s.%s %.4g",
                             c->report->column_sums_above_one == 1 ? "" : ", ",
                             wio_check_region(c, j), wio_check_sector(c, j), inputs / table->x[j]);
            }
        }
    }
    if (c->report->column_sums_above_one != 0) {
        wio_check_complain(c, WIO_WARNING,
                           "W203 %zu activities use more inputs than they produce: %s",
                           c->report->column_sums_above_one, text.data != NULL ? text.data : "");
    }
    wio_text_free(&text);
}

/* Persons and value added of a region; `all`: no activity lacks its jobs. */
static void region_jobs(const wio_table *table, size_t jobs, size_t region, double *persons,
                        double *income, bool *all)
{
    *persons = *income = 0.0;
    *all = true;
    for (size_t j = 0; j < table->n; j++) {
        double s = table->S[jobs * table->n + j];
        if (table->origin_region[j] != region) {
            continue;
        }
        *all = *all && !isnan(s);
        *persons += isnan(s) ? 0.0 : s;
        for (size_t p = 0; p < table->p; p++) {
            *income += wio_is_value_added(table->item_role[p]) ? table->P[p * table->n + j] : 0.0;
        }
    }
}

/* Jobs in thousands that are called persons, or money in thousands that is called millions: value
 * added of a job outside 50 to two million, where a unit of the currency is about a dollar. */
static void check_persons(wio_checker *c)
{
    static const char *const near_dollar[] = {"USD", "EUR", "GBP", "CHF", "CAD", "AUD"};
    const wio_table *table = c->table;
    size_t jobs = wio_table_jobs(table);
    bool comparable = false;
    for (size_t k = 0; k < sizeof near_dollar / sizeof *near_dollar; k++) {
        comparable = comparable || strcmp(table->currency, near_dollar[k]) == 0;
    }
    if (!comparable || jobs == SIZE_MAX || strcmp(table->account_unit[jobs], "persons") != 0) {
        return;
    }
    for (size_t r = 0; r < table->region.count; r++) {
        double persons, income;
        bool all;
        region_jobs(table, jobs, r, &persons, &income, &all);
        double money = 1e6 * income / persons;
        if (persons > 0.0 && money > 0.0 && (money < 50.0 || (all && money > 2e6))) {
            wio_check_complain(
                c, WIO_WARNING,
                "W112 %s: value added of a job is %.3g %s: are jobs in persons and flows in "
                "millions?",
                table->region.code[r], money, table->currency);
        }
    }
}

static void check_jobs(wio_checker *c)
{
    const wio_table *table = c->table;
    size_t jobs = wio_table_jobs(table);
    double covered = 0.0, persons = 0.0;
    for (size_t j = 0; jobs != SIZE_MAX && j < table->n; j++) {
        double s = table->S[jobs * table->n + j];
        covered += isnan(s) ? 0.0 : table->x[j];
        persons += isnan(s) ? 0.0 : s;
    }
    c->report->jobs = persons;
    c->report->output_covered_by_jobs = c->report->output > 0.0 ? covered / c->report->output : 0.0;
    if (jobs != SIZE_MAX && covered < c->report->output) {
        wio_check_complain(c, WIO_NOTE,
                           "jobs are known for %.1f %% of output: totals cover these only",
                           100.0 * c->report->output_covered_by_jobs);
    }
}

void wio_check_signs(wio_checker *c)
{
    check_flows(c);
    check_final(c);
    check_column_sums(c);
    check_jobs(c);
    check_persons(c);
}
