/* check_gaps.c - both sides of every identity of a table (MODEL 1.2), in every place. */
#include "check.h"

#include <math.h>

bool wio_is_value_added(wio_role role)
{
    return role == WIO_ROLE_COMPENSATION || role == WIO_ROLE_TAX || role == WIO_ROLE_SURPLUS ||
           role == WIO_ROLE_VALUE_ADDED;
}

/* Expenditure of every region, cell by cell: final uses in it, what it sells to others, less what
 * it buys from others. Sales inside a region are no part of either side. */
void wio_check_flows(wio_accounts *a, const wio_table *table)
{
    for (size_t i = 0; i < table->m; i++) {
        size_t seller = table->origin_region[i];
        wio_flow_row row = wio_table_row(table, i);
        for (size_t p = 0; p < row.count; p++) {
            size_t buyer = table->origin_region[wio_flow_user(&row, p)];
            if (seller != buyer) {
                a[seller].expenditure += row.value[p];
                a[buyer].expenditure -= row.value[p];
            }
        }
        /* a final use at home adds C, G or I; abroad X; of imports C, G or I and as much M */
        a[seller].expenditure += wio_sum(table->Y + i * table->f, table->f, 1);
    }
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

static size_t add_activities(wio_table_gap *gap, const wio_checker *c)
{
    const wio_table *table = c->table;
    size_t at = 0;
    for (size_t j = 0; j < table->n; j++) {
        wio_flow_row row = wio_table_row(table, j);
        double sales =
            wio_sum(row.value, row.count, 1) + wio_sum(table->Y + j * table->f, table->f, 1);
        gap[at++] = gap_of(c, "B1", table->origin_region[j], j, table->x[j], sales);
        if (table->p != 0) {
            gap[at++] = gap_of(c, "B2", table->origin_region[j], j, table->x[j], table->cost[j]);
        }
    }
    return at;
}

wio_status wio_table_gaps(wio_table_gap **gaps, size_t *count, const wio_table *table,
                          wio_error *err)
{
    if (gaps == NULL || count == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_gaps: NULL argument");
    }
    WIO_TRY(wio_table_numbers(table, err));
    wio_checker c = {.table = table, .floor = 1e-9 * wio_sum(table->x, table->n, 1)};
    const size_t regions = table->region.count;
    wio_table_gap *gap = wio_alloc(2 * table->n + regions + 1, sizeof *gap);
    wio_accounts *a = wio_zalloc(regions + 1, sizeof *a), *world = a != NULL ? a + regions : NULL;
    if (gap == NULL || a == NULL) {
        wio_free(gap);
        wio_free(a);
        return wio_fail(err, WIO_E_MEMORY, "the gaps of %zu activities", table->n);
    }
    size_t at = add_activities(gap, &c);
    if (table->p != 0) {
        wio_check_flows(a, table);
        wio_check_primary(a, table);
        for (size_t r = 0; r < regions; r++) {
            if (table->endogenous[r]) {
                gap[at++] = gap_of(&c, "B3", r, SIZE_MAX, a[r].income, a[r].expenditure);
                world->income += a[r].income;
                world->expenditure += a[r].expenditure;
            }
        }
        gap[at++] = gap_of(&c, "B5", SIZE_MAX, SIZE_MAX, world->income, world->expenditure);
    }
    wio_free(a);
    *gaps = gap;
    *count = at;
    return WIO_OK;
}
