/* check_gaps.c - both sides of every identity of a table (MODEL 1.2), in every place. */
#include "check.h"

#include <math.h>

bool wio_is_value_added(wio_role role)
{
    return role == WIO_ROLE_COMPENSATION || role == WIO_ROLE_TAX || role == WIO_ROLE_SURPLUS ||
           role == WIO_ROLE_VALUE_ADDED;
}

/* Primary imports and items that are no value added count as imports. */
void wio_check_primary(wio_accounts *a, const wio_table *table)
{
    for (size_t p = 0; p < table->p; p++) {
        bool value_added = wio_is_value_added(table->item_role[p]);
        for (size_t j = 0; j < table->n; j++) {
            double v = table->P[p * table->n + j];
            wio_accounts *region = &a[table->origin_region[j]];
            region->income += value_added ? v : 0.0;
            region->expenditure -= value_added ? 0.0 : v;
        }
    }
}

static wio_table_gap gap_of(const wio_checker *c, const char *identity, size_t region,
                            size_t activity, double left, double right)
{
    double scale = fmax(fabs(left), c->floor);
    return (wio_table_gap){.identity = identity,
                           .region = region,
                           .activity = activity,
                           .left = left,
                           .right = right,
                           .share = fabs(left - right) / scale};
}

/* B1's right side is the row sum, which output was made from (core/table_finish.c). */
static size_t add_activities(wio_table_gap *gap, const wio_checker *c)
{
    const wio_table *table = c->table;
    size_t at = 0;
    for (size_t j = 0; j < table->n; j++) {
        double x = table->x[j];
        gap[at++] = gap_of(c, "B1", table->origin_region[j], j, x, x);
        if (table->p != 0) {
            gap[at++] = gap_of(c, "B2", table->origin_region[j], j, x, table->cost[j]);
        }
    }
    return at;
}

static size_t add_regions(wio_table_gap *gap, const wio_checker *c)
{
    const wio_table *table = c->table;
    wio_accounts world = {0}, *a = c->sums.account;
    size_t at = 0;
    wio_check_primary(a, table);
    for (size_t r = 0; r < table->region.count; r++) {
        if (table->endogenous[r]) {
            gap[at++] = gap_of(c, "B3", r, SIZE_MAX, a[r].income, a[r].expenditure);
            world.income += a[r].income;
            world.expenditure += a[r].expenditure;
        }
    }
    gap[at++] = gap_of(c, "B5", SIZE_MAX, SIZE_MAX, world.income, world.expenditure);
    return at;
}

/* From the sums of a checker that has looked at the flows. */
static wio_status list_gaps(wio_table_gap **gaps, size_t *count, wio_checker *c, wio_error *err)
{
    const wio_table *table = c->table;
    wio_table_gap *gap = wio_alloc(2 * table->n + table->region.count + 1, sizeof *gap);
    if (gap == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "the gaps of %zu activities", table->n);
    }
    c->floor = 1e-9 * wio_sum(table->x, table->n, 1);
    size_t at = add_activities(gap, c);
    at += table->p != 0 ? add_regions(gap + at, c) : 0;
    *gaps = gap;
    *count = at;
    return WIO_OK;
}

wio_status wio_table_gaps(wio_table_gap **gaps, size_t *count, const wio_table *table,
                          wio_error *err)
{
    if (gaps == NULL || count == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_gaps: NULL argument");
    }
    WIO_TRY(wio_table_numbers(table, err));
    wio_checker c = {.table = table, .err = err};
    wio_status status = wio_check_flows(&c);
    status = status == WIO_OK ? list_gaps(gaps, count, &c, err) : status;
    wio_check_end(&c);
    return status;
}

wio_status wio_table_file_gaps(wio_table_gap **gaps, size_t *count, wio_table_file *file,
                               wio_error *err)
{
    if (gaps == NULL || count == NULL || file == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_file_gaps: NULL argument");
    }
    wio_checker c = {.table = file->table, .err = err};
    wio_status status = wio_check_file(&c, file);
    status = status == WIO_OK ? list_gaps(gaps, count, &c, err) : status;
    wio_check_end(&c);
    return status;
}
