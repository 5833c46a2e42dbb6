/* check.c - does a table hold together: the identities of MODEL 1.2 and productivity.
 *
 *   B1  x = Z 1 + Y 1                    rows; x is derived from them, so only rounding is left
 *   B2  x' = 1'Z + 1'P                   columns; divided by x_j this is B7
 *   B3  1'P 1 = C + G + I + X - M        by region: income against expenditure
 *   B5  sum of GDP = sum of expenditure  the same over all endogenous regions
 *   B8  spectral radius of A < 1         through wio_economy_create, proven
 *
 * A column may miss its output by what rounding explains, 3 u sqrt(cells) / 2 for numbers rounded
 * to u; beyond it by 1e-4 of output with a warning, and by no more than 1e-2. Nothing is ever
 * balanced here. */
#include "economy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMED = 10, MOST_DECIMALS = 6 };
static const double WARN_COLUMN = 1e-4, FAIL_COLUMN = 1e-2; /* of output, MODEL 1.2 */
static const double WARN_GDP = 1e-3, WARN_WORLD = 1e-4;

typedef struct checker {
    const wio_table *table;
    wio_log *log;
    wio_error *err;
    wio_table_report *report;
    double floor;    /* 1e-9 of all output: smaller activities are measured against this */
    double rounding; /* u, 0 when the numbers are not rounded to a power of ten */
    bool failed;
} checker;

static void complain(checker *c, wio_severity severity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(checker *c, wio_severity severity, const char *format, ...)
{
    char message[1000];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(c->log, severity, c->table->path, 0, 0, "%s", message);
    if (severity == WIO_ERROR) {
        wio_fail(c->err, WIO_E_NO, "%s", message);
        c->failed = true;
    }
}

static const char *region_of(const checker *c, size_t origin)
{
    return c->table->region.code[c->table->origin_region[origin]];
}

static const char *sector_of(const checker *c, size_t origin)
{
    return c->table->sector.code[c->table->origin_sector[origin]];
}

/* --- rounding ---------------------------------------------------------------------------------------- */

static double scale_of(int decimals)
{
    double scale = 1.0;
    for (int i = 0; i < decimals; i++) {
        scale *= 10.0;
    }
    return scale;
}

/* Decimals that the numbers need, at least `least`. */
static int decimals_of(const double *v, size_t count, int least)
{
    for (size_t i = 0; i < count && least <= MOST_DECIMALS; i++) {
        double scaled = v[i] * scale_of(least);
        while (fabs(scaled - nearbyint(scaled)) > 4.0 * 0x1p-53 * fabs(scaled)) {
            if (++least > MOST_DECIMALS) {
                break;
            }
            scaled = v[i] * scale_of(least);
        }
    }
    return least;
}

static double rounding_unit(const wio_table *table)
{
    int decimals = decimals_of(table->Z, table->m * table->n, 0);
    decimals = decimals_of(table->Y, table->m * table->f, decimals);
    decimals = decimals_of(table->P, table->p * table->n, decimals);
    return decimals > MOST_DECIMALS ? 0.0 : 1.0 / scale_of(decimals);
}

static size_t nonzero(const double *v, size_t count, size_t stride)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += v[i * stride] != 0.0;
    }
    return found;
}

/* What rounding can make of an activity's row less its column. */
static double allowance(const checker *c, size_t j)
{
    const wio_table *table = c->table;
    size_t cells = nonzero(table->Z + j * table->n, table->n, 1) +
                   nonzero(table->Y + j * table->f, table->f, 1) +
                   nonzero(table->Z + j, table->m, table->n) +
                   nonzero(table->P + j, table->p, table->n);
    return 1.5 * c->rounding * sqrt((double)cells);
}

/* --- B1, B2, B7 --------------------------------------------------------------------------------------- */

static void check_rows(checker *c)
{
    const wio_table *table = c->table;
    for (size_t i = 0; i < table->n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < table->n; j++) {
            sum += table->Z[i * table->n + j];
        }
        for (size_t j = 0; j < table->f; j++) {
            sum += table->Y[i * table->f + j];
        }
        double gap = fabs(sum - table->x[i]) / fmax(table->x[i], c->floor);
        c->report->row_gap = fmax(c->report->row_gap, gap);
    }
}

static void check_columns(checker *c)
{
    const wio_table *table = c->table;
    size_t warned = 0, failed = 0;
    for (size_t j = 0; j < table->n; j++) {
        double gap = table->x[j] - table->cost[j];
        double share = fabs(gap) / fmax(table->x[j], c->floor);
        c->report->column_gap = fmax(c->report->column_gap, share);
        if (share <= WARN_COLUMN || fabs(gap) <= allowance(c, j)) {
            continue;
        }
        bool fails = share > FAIL_COLUMN;
        size_t *named = fails ? &failed : &warned;
        if (++*named <= MOST_NAMED) {
            complain(c, fails ? WIO_ERROR : WIO_WARNING,
                     "B2 %s.%s: inputs add up to %.9g, output is %.9g (%.2g %% apart)",
                     region_of(c, j), sector_of(c, j), table->cost[j], table->x[j], 100.0 * share);
        }
    }
    if (warned > MOST_NAMED || failed > MOST_NAMED) {
        complain(c, failed > MOST_NAMED ? WIO_ERROR : WIO_WARNING,
                 "B2: %zu activities differ by more than %g of output, %zu by more than %g",
                 warned + failed, WARN_COLUMN, failed, FAIL_COLUMN);
    }
}

/* Primary inputs in thousands beside flows in millions: what the flows leave of output is a power
 * of ten of what P says (TRUST 1.6). */
static void check_scale(checker *c)
{
    const wio_table *table = c->table;
    double left = c->report->output - wio_sum(table->Z, table->m * table->n, 1);
    double given = wio_sum(table->P, table->p * table->n, 1);
    if (left <= 0.0 || given <= 0.0) {
        return;
    }
    double power = log10(given / left);
    long thousand = lround(power / 3.0);
    if (thousand != 0 && labs(thousand) <= 3 && fabs(power - 3.0 * (double)thousand) < 0.05) {
        complain(c, WIO_WARNING,
                 "W111 primary inputs are about 10^%ld times what the flows leave of output: this "
                 "looks like thousands against millions",
                 3 * thousand);
    }
}

/* --- B3, B5 --------------------------------------------------------------------------------------------- */

static bool is_value_added(wio_role role)
{
    return role == WIO_ROLE_COMPENSATION || role == WIO_ROLE_TAX || role == WIO_ROLE_SURPLUS ||
           role == WIO_ROLE_VALUE_ADDED;
}

typedef struct accounts {
    double income;      /* value added of the region */
    double expenditure; /* C + G + I + X - M, with primary imports and other items in M */
} accounts;

/* Expenditure of every region, cell by cell: final uses in it, what it sells to others, less what
 * it buys from others. Sales inside a region are no part of either side. */
static void add_flows(accounts *a, const wio_table *table)
{
    for (size_t i = 0; i < table->m; i++) {
        size_t seller = table->origin_region[i];
        for (size_t j = 0; j < table->n; j++) {
            size_t buyer = table->origin_region[j];
            if (seller != buyer) {
                a[seller].expenditure += table->Z[i * table->n + j];
                a[buyer].expenditure -= table->Z[i * table->n + j];
            }
        }
        /* a final use at home adds C, G or I; abroad X; of imports C, G or I and as much M */
        a[seller].expenditure += wio_sum(table->Y + i * table->f, table->f, 1);
    }
}

/* Primary imports and items that are no value added count as imports. */
static void add_primary(accounts *a, const wio_table *table)
{
    for (size_t p = 0; p < table->p; p++) {
        bool value_added = is_value_added(table->item_role[p]);
        for (size_t j = 0; j < table->n; j++) {
            double v = table->P[p * table->n + j];
            accounts *region = &a[table->origin_region[j]];
            region->income += value_added ? v : 0.0;
            region->expenditure -= value_added ? 0.0 : v;
        }
    }
}

static wio_status check_gdp(checker *c)
{
    const wio_table *table = c->table;
    accounts world = {0};
    size_t regions = 0;
    accounts *a = wio_zalloc(table->region.count, sizeof *a);
    if (a == NULL) {
        return wio_fail(c->err, WIO_E_MEMORY, "no memory for %zu regions", table->region.count);
    }
    add_flows(a, table);
    add_primary(a, table);
    for (size_t r = 0; r < table->region.count; r++) {
        if (!table->endogenous[r]) {
            continue;
        }
        double gap = fabs(a[r].income - a[r].expenditure) / fmax(fabs(a[r].income), c->floor);
        c->report->gdp_gap = fmax(c->report->gdp_gap, gap);
        if (gap > WARN_GDP) {
            complain(c, WIO_WARNING,
                     "B3 %s: value added is %.9g, C + G + I + X - M is %.9g (%.2g %% apart)",
                     table->region.code[r], a[r].income, a[r].expenditure, 100.0 * gap);
        }
        world.income += a[r].income;
        world.expenditure += a[r].expenditure;
        regions++;
    }
    wio_free(a);
    c->report->gdp = world.income;
    double gap = fabs(world.income - world.expenditure) / fmax(fabs(world.income), c->floor);
    if (regions > 1 && gap > WARN_WORLD) {
        complain(c, WIO_WARNING,
                 "B5 all regions: value added is %.9g, expenditure is %.9g (%.2g %% apart)",
                 world.income, world.expenditure, 100.0 * gap);
    }
    return WIO_OK;
}

/* --- signs and coverage -------------------------------------------------------------------------------- */

typedef struct largest { /* the ten largest of many, in order */
    size_t count;
    size_t at[MOST_NAMED];
    double size[MOST_NAMED];
} largest;

static void keep_largest(largest *l, size_t at, double size)
{
    size_t last = l->count < MOST_NAMED ? l->count++ : MOST_NAMED;
    if (last == MOST_NAMED && size <= l->size[MOST_NAMED - 1]) {
        return;
    }
    size_t i = last < MOST_NAMED ? last : MOST_NAMED - 1;
    for (; i > 0 && l->size[i - 1] < size; i--) {
        l->size[i] = l->size[i - 1];
        l->at[i] = l->at[i - 1];
    }
    l->size[i] = size;
    l->at[i] = at;
}

/* Negative intermediate flows: the certificate then goes through the comparison matrix. */
static void check_flows(checker *c)
{
    const wio_table *table = c->table;
    largest l = {0};
    for (size_t i = 0; i < table->m * table->n; i++) {
        if (table->Z[i] < 0.0) {
            c->report->negative_flows++;
            keep_largest(&l, i, -table->Z[i]);
        }
    }
    wio_text text = {0};
    for (size_t t = 0; t < l.count; t++) {
        size_t i = l.at[t] / table->n, j = l.at[t] % table->n;
        wio_text_add(&text, "%s%s.%s to %s.%s %.6g", t == 0 ? "" : ", ", region_of(c, i),
                     sector_of(c, i), region_of(c, j), sector_of(c, j), -l.size[t]);
    }
    if (l.count != 0) {
        complain(c, WIO_WARNING,
                 "W202 %zu negative flows, so that effects below zero are possible: %s",
                 c->report->negative_flows, text.data != NULL ? text.data : "");
    }
    wio_text_free(&text);
}

/* Negative final uses are natural in inventories, and worth a look elsewhere. */
static void check_final(checker *c)
{
    const wio_table *table = c->table;
    largest l = {0};
    size_t odd = 0;
    for (size_t i = 0; i < table->m * table->f; i++) {
        if (table->Y[i] < 0.0) {
            c->report->negative_final++;
            if (table->use_role[table->final_use[i % table->f]] != WIO_ROLE_INVENTORY) {
                odd++;
                keep_largest(&l, i, -table->Y[i]);
            }
        }
    }
    wio_text text = {0};
    for (size_t t = 0; t < l.count; t++) {
        size_t i = l.at[t] / table->f, f = l.at[t] % table->f;
        wio_text_add(&text, "%s%s.%s to %s.%s %.6g", t == 0 ? "" : ", ", region_of(c, i),
                     sector_of(c, i), table->region.code[table->final_region[f]],
                     table->use.code[table->final_use[f]], -l.size[t]);
    }
    if (odd != 0) {
        complain(c, WIO_NOTE, "%zu negative final uses outside inventories: %s", odd,
                 text.data != NULL ? text.data : "");
    }
    wio_text_free(&text);
}

/* A column of A may sum to more than one in a productive table: named, never refused. */
static void check_column_sums(checker *c)
{
    const wio_table *table = c->table;
    wio_text text = {0};
    for (size_t j = 0; j < table->n; j++) {
        double inputs = wio_sum(table->Z + j, table->n, table->n);
        c->report->zero_output += table->x[j] == 0.0;
        if (table->x[j] > 0.0 && inputs > table->x[j]) {
            if (++c->report->column_sums_above_one <= MOST_NAMED) {
                wio_text_add(&text, "%s%s.%s %.4g",
                             c->report->column_sums_above_one == 1 ? "" : ", ", region_of(c, j),
                             sector_of(c, j), inputs / table->x[j]);
            }
        }
    }
    if (c->report->column_sums_above_one != 0) {
        complain(c, WIO_WARNING, "W203 %zu activities use more inputs than they produce: %s",
                 c->report->column_sums_above_one, text.data != NULL ? text.data : "");
    }
    wio_text_free(&text);
}

static void check_jobs(checker *c)
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
        complain(c, WIO_NOTE, "jobs are known for %.1f %% of output: totals cover these only",
                 100.0 * c->report->output_covered_by_jobs);
    }
}

/* --- B8 --------------------------------------------------------------------------------------------------- */

/* Productive, and the table's own final demand gives back its output. */
static wio_status check_productive(checker *c)
{
    const wio_table *table = c->table;
    wio_economy *economy = NULL;
    wio_error detail = {0};
    wio_status status = wio_economy_create(&economy, table, c->log, &detail);
    if (status == WIO_E_NOT_PRODUCTIVE || status == WIO_E_SINGULAR) {
        wio_fail(c->err, WIO_E_NO, "B8 %s", detail.message); /* already logged */
        c->failed = true;
        return WIO_OK;
    }
    if (status != WIO_OK) {
        return wio_fail(c->err, status, "%s", detail.message);
    }
    double *f = wio_alloc(table->n, sizeof *f);
    if (f == NULL) {
        wio_economy_free(economy);
        return wio_fail(c->err, WIO_E_MEMORY, "no memory to check %zu activities", table->n);
    }
    for (size_t i = 0; i < table->n; i++) {
        f[i] = wio_sum(table->Y + i * table->f, table->f, 1);
    }
    wio_certificate_start(&c->report->certificate, economy->system);
    status = wio_system_solve(f, economy->system, 1, f, &c->report->certificate, c->err);
    wio_free(f);
    wio_economy_free(economy);
    return status;
}

/* B1 to B3, B5, B7: everything that needs no factorisation. */
static wio_status check_identities(checker *c)
{
    const wio_table *table = c->table;
    c->report->output = wio_sum(table->x, table->n, 1);
    c->floor = 1e-9 * c->report->output;
    c->rounding = rounding_unit(table);
    check_rows(c);
    if (table->p == 0) {
        c->report->column_gap = c->report->gdp_gap = c->report->gdp = NAN;
        complain(c, WIO_WARNING, "the table has no primary inputs: B2 and B3 cannot be checked");
        return WIO_OK;
    }
    check_columns(c);
    WIO_TRY(check_gdp(c));
    check_scale(c);
    return WIO_OK;
}

wio_status wio_table_balanced(const wio_table *table, wio_log *log, wio_error *err)
{
    WIO_TRY(wio_table_whole(table, err));
    wio_table_report found = {0};
    wio_error detail = {0};
    checker c = {.table = table, .log = log, .err = &detail, .report = &found};
    wio_status status = check_identities(&c);
    if (status != WIO_OK) {
        return wio_fail(err, status, "%s", detail.message);
    }
    return c.failed ? wio_fail(err, WIO_E_TABLE, "the table %s does not add up: %s", table->name,
                               detail.message)
                    : WIO_OK;
}

wio_status wio_table_check(wio_table_report *report, const wio_table *table, wio_log *log,
                           wio_error *err)
{
    if (report == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_check: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    wio_table_report found = {0};
    checker c = {.table = table, .log = log, .err = err, .report = &found};
    WIO_TRY(check_identities(&c));
    check_flows(&c);
    check_final(&c);
    check_column_sums(&c);
    check_jobs(&c);
    WIO_TRY(check_productive(&c));
    *report = found;
    return c.failed ? WIO_E_NO : WIO_OK;
}
