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
#include "stream.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double WARN_COLUMN = 1e-4, FAIL_COLUMN = 1e-2; /* of output, MODEL 1.2 */
static const double WARN_GDP = 1e-3, WARN_WORLD = 1e-4;

void wio_check_complain(wio_checker *c, wio_severity severity, const char *format, ...)
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

const char *wio_check_region(const wio_checker *c, size_t origin)
{
    return c->table->region.code[c->table->origin_region[origin]];
}

const char *wio_check_sector(const wio_checker *c, size_t origin)
{
    return c->table->sector.code[c->table->origin_sector[origin]];
}

/* --- rounding ---------------------------------------------------------------------------------------- */

static double rounding_unit(const wio_checker *c)
{
    const wio_table *table = c->table;
    int decimals = wio_check_decimals(table->Y, table->m * table->f, c->sums.decimals);
    double unit = 1.0;
    decimals = wio_check_decimals(table->P, table->p * table->n, decimals);
    for (int i = 0; i < decimals; i++) {
        unit *= 10.0;
    }
    return decimals > MOST_DECIMALS ? 0.0 : 1.0 / unit;
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
static double allowance(const wio_checker *c, size_t j)
{
    const wio_table *table = c->table;
    size_t cells =
        nonzero(table->Y + j * table->f, table->f, 1) + nonzero(table->P + j, table->p, table->n);
    return 1.5 * c->rounding * sqrt(c->sums.row_cells[j] + c->sums.column_cells[j] + (double)cells);
}

void wio_check_keep(wio_largest *l, size_t at, double size)
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

/* --- B1, B2, B7 --------------------------------------------------------------------------------------- */

static void check_rows(wio_checker *c)
{
    const wio_table *table = c->table;
    for (size_t i = 0; i < table->n; i++) {
        double gap = fabs(c->sums.row[i] - table->x[i]) / fmax(table->x[i], c->floor);
        c->report->row_at = gap > c->report->row_gap ? i : c->report->row_at;
        c->report->row_gap = fmax(c->report->row_gap, gap);
    }
}

/* The largest gaps of one kind, a finding for each. */
static void name_columns(wio_checker *c, const wio_largest *l, wio_severity severity)
{
    const wio_table *table = c->table;
    for (size_t k = 0; k < l->count; k++) {
        size_t j = l->at[k];
        double ratio = table->x[j] > 0.0 ? log10(fabs(table->cost[j]) / table->x[j]) / 3.0 : 0.0;
        bool thousand = fabs(ratio) > 0.5 && fabs(ratio - nearbyint(ratio)) < 0.02;
        wio_check_complain(
            c, severity, "B2 %s.%s: inputs add up to %.9g, output is %.9g (%.2g %% apart)%s",
            wio_check_region(c, j), wio_check_sector(c, j), table->cost[j], table->x[j],
            100.0 * l->size[k], thousand ? ": this looks like thousands against millions" : "");
    }
}

static void check_columns(wio_checker *c)
{
    const wio_table *table = c->table;
    size_t warned = 0, failed = 0;
    wio_largest warnings = {0}, errors = {0};
    for (size_t j = 0; j < table->n; j++) {
        double gap = table->x[j] - table->cost[j];
        double share = fabs(gap) / fmax(table->x[j], c->floor);
        c->report->column_at = share > c->report->column_gap ? j : c->report->column_at;
        c->report->column_gap = fmax(c->report->column_gap, share);
        if (share <= WARN_COLUMN || fabs(gap) <= allowance(c, j)) {
            continue;
        }
        bool fails = share > FAIL_COLUMN;
        wio_check_keep(fails ? &errors : &warnings, j, share);
        failed += fails ? 1 : 0;
        warned += fails ? 0 : 1;
    }
    name_columns(c, &errors, WIO_ERROR);
    name_columns(c, &warnings, WIO_WARNING);
    if (warned > MOST_NAMED || failed > MOST_NAMED) {
        wio_check_complain(
            c, failed > MOST_NAMED ? WIO_ERROR : WIO_WARNING,
            "B2: %zu activities differ by more than %g of output, %zu by more than %g; the "
            "largest are named (wassily check --csv lists all)",
            warned + failed, WARN_COLUMN, failed, FAIL_COLUMN);
    }
}

/* Primary inputs in thousands beside flows in millions: what the flows leave of output is a power
 * of ten of what P says (TRUST 1.6). */
static void check_scale(wio_checker *c)
{
    const wio_table *table = c->table;
    double left = c->report->output - (c->sums.total + c->sums.total_lost);
    double given = wio_sum(table->P, table->p * table->n, 1);
    if (left <= 0.0 || given <= 0.0) {
        return;
    }
    double power = log10(given / left);
    long thousand = lround(power / 3.0);
    if (thousand != 0 && labs(thousand) <= 3 && fabs(power - 3.0 * (double)thousand) < 0.05) {
        wio_check_complain(
            c, WIO_WARNING,
            "W111 primary inputs are about 10^%ld times what the flows leave of output: this "
            "looks like thousands against millions",
            3 * thousand);
    }
}

/* --- B3, B5 --------------------------------------------------------------------------------------------- */

static void name_regions(wio_checker *c, const wio_largest *l, const wio_accounts *a)
{
    for (size_t k = 0; k < l->count; k++) {
        size_t r = l->at[k];
        wio_check_complain(
            c, WIO_WARNING, "B3 %s: value added is %.9g, C + G + I + X - M is %.9g (%.2g %% apart)",
            c->table->region.code[r], a[r].income, a[r].expenditure, 100.0 * l->size[k]);
    }
}

static void check_gdp(wio_checker *c)
{
    const wio_table *table = c->table;
    wio_accounts world = {0}, *a = c->sums.account;
    size_t regions = 0;
    wio_check_primary(a, table);
    wio_largest l = {0};
    size_t warned = 0;
    for (size_t r = 0; r < table->region.count; r++) {
        if (!table->endogenous[r]) {
            continue;
        }
        double gap = fabs(a[r].income - a[r].expenditure) / fmax(fabs(a[r].income), c->floor);
        c->report->gdp_at = gap > c->report->gdp_gap ? r : c->report->gdp_at;
        c->report->gdp_gap = fmax(c->report->gdp_gap, gap);
        if (gap > WARN_GDP) {
            warned++;
            wio_check_keep(&l, r, gap);
        }
        world.income += a[r].income;
        world.expenditure += a[r].expenditure;
        regions++;
    }
    name_regions(c, &l, a);
    if (warned > MOST_NAMED) {
        wio_check_complain(
            c, WIO_WARNING,
            "B3: %zu regions differ by more than %g of value added; the largest are named "
            "(wassily check --csv lists all)",
            warned, WARN_GDP);
    }
    c->report->gdp = world.income;
    double gap = fabs(world.income - world.expenditure) / fmax(fabs(world.income), c->floor);
    if (regions > 1 && gap > WARN_WORLD) {
        wio_check_complain(
            c, WIO_WARNING,
            "B5 all regions: value added is %.9g, expenditure is %.9g (%.2g %% apart)",
            world.income, world.expenditure, 100.0 * gap);
    }
}

/* --- B8 --------------------------------------------------------------------------------------------------- */

/* Productive, and the table's own final demand gives back its output. */
static wio_status check_productive(wio_checker *c)
{
    const wio_table *table = c->table;
    wio_economy *economy = NULL;
    wio_error detail = {0};
    wio_status status = wio_economy_create_any(&economy, table, NULL, c->log, &detail);
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

void wio_check_identities(wio_checker *c)
{
    const wio_table *table = c->table;
    c->report->output = wio_sum(table->x, table->n, 1);
    c->floor = 1e-9 * c->report->output;
    c->rounding = rounding_unit(c);
    check_rows(c);
    if (table->p == 0) {
        c->report->column_gap = c->report->gdp_gap = c->report->gdp = NAN;
        wio_check_complain(c, WIO_WARNING,
                           "the table has no primary inputs: B2 and B3 cannot be checked");
        return;
    }
    check_columns(c);
    check_gdp(c);
    check_scale(c);
}

wio_status wio_check_balanced(const wio_checker *c, wio_error *err)
{
    return c->failed ? wio_fail(err, WIO_E_TABLE, "the table %s does not add up: %s",
                                c->table->name, c->err->message)
                     : WIO_OK;
}

wio_status wio_table_balanced(const wio_table *table, wio_log *log, wio_error *err)
{
    WIO_TRY(wio_table_numbers(table, err));
    wio_table_report found = {0};
    wio_error detail = {0};
    wio_checker c = {.table = table, .log = log, .err = &detail, .report = &found};
    wio_status status = wio_check_flows(&c);
    if (status != WIO_OK) {
        (void)wio_fail(err, status, "%s", detail.message);
    } else {
        wio_check_identities(&c);
        status = wio_check_balanced(&c, err);
    }
    wio_check_end(&c);
    return status;
}

wio_status wio_table_check(wio_table_report *report, const wio_table *table, wio_log *log,
                           wio_error *err)
{
    if (report == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_check: NULL argument");
    }
    WIO_TRY(wio_table_numbers(table, err));
    wio_table_report found = {0};
    wio_checker c = {.table = table, .log = log, .err = err, .report = &found};
    wio_status status = wio_check_flows(&c);
    if (status == WIO_OK) {
        wio_check_identities(&c);
        wio_check_signs(&c);
        status = check_productive(&c);
    }
    wio_check_end(&c);
    WIO_TRY(status);
    *report = found;
    return c.failed ? WIO_E_NO : WIO_OK;
}

/* --- with the flows in their file ------------------------------------------------------------------------ */

static wio_status prove_productive(wio_checker *c, const wio_stream *stream)
{
    wio_diagnosis diagnosis = {0};
    wio_error detail = {0};
    wio_status status = wio_series_certify(&c->report->certificate, &stream->A, stream->share,
                                           &diagnosis, &c->report->readings, &detail);
    if (status == WIO_E_NOT_PRODUCTIVE) {
        wio_error named = {0};
        status = wio_economy_refuse(c->table, &diagnosis, stream->column, c->log, &named);
        detail = named;
    } else if (status == WIO_E_SINGULAR) {
        wio_find(c->log, WIO_ERROR, c->table->path, 0, 0, "%s", detail.message);
    }
    wio_free(diagnosis.member);
    if (status == WIO_E_NOT_PRODUCTIVE || status == WIO_E_SINGULAR) {
        wio_fail(c->err, WIO_E_NO, "B8 %s", detail.message);
        c->failed = true;
        return WIO_OK;
    }
    return status == WIO_OK ? WIO_OK : wio_fail(c->err, status, "%s", detail.message);
}

static wio_status check_productive_file(wio_checker *c, wio_table_file *file, int threads)
{
    wio_arena arena = {0};
    wio_stream stream = {0};
    wio_status status = wio_stream_start(&stream, file, c, &arena, 1, threads, c->err);
    if (status == WIO_OK) {
        status = prove_productive(c, &stream);
    }
    wio_stream_end(&stream);
    wio_arena_free(&arena);
    return status;
}

wio_status wio_table_file_check(wio_table_report *report, wio_table_file *file,
                                const wio_stream_options *options, wio_log *log, wio_error *err)
{
    if (report == NULL || file == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_file_check: NULL argument");
    }
    wio_table_report found = {0};
    wio_checker c = {.table = file->table, .log = log, .err = err, .report = &found};
    wio_status status = wio_check_file(&c, file);
    if (status == WIO_OK) {
        found.readings = 1;
        wio_check_identities(&c);
        wio_check_signs(&c);
        status = check_productive_file(&c, file, options != NULL ? options->threads : 0);
    }
    wio_check_end(&c);
    WIO_TRY(status);
    *report = found;
    return c.failed ? WIO_E_NO : WIO_OK;
}
