/* check_rows.c - one look at the flows of a table, row after row: what every identity needs of them.
 *
 * Rows come in blocks of any size, in order, and every sum goes on where it was: so the blocks change
 * no bit. They are looked at a few at a time, while they are in the cache. Of compressed rows only what
 * is stored is looked at, in the same order: a zero changes no sum. */
#include "check.h"

#include <math.h>

static double scale_of(int decimals)
{
    double scale = 1.0;
    for (int i = 0; i < decimals; i++) {
        scale *= 10.0;
    }
    return scale;
}

int wio_check_decimals(const double *v, size_t count, int least)
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

/* Room for the sums. MEMORY. */
static wio_status start_sums(wio_checker *c)
{
    wio_flow_sums *s = &c->sums;
    double **const vector[] = {&s->row,         &s->row_cells,   &s->column_cells,
                               &s->column,      &s->column_lost, &s->imports,
                               &s->import_lost, &s->below,       &s->diagonal};
    for (size_t i = 0; i < sizeof vector / sizeof *vector; i++) {
        *vector[i] = wio_take(&c->arena, c->table->n);
    }
    s->account = wio_zalloc(c->table->region.count, sizeof *s->account);
    return s->account != NULL && !c->arena.failed
               ? WIO_OK
               : wio_fail(c->err, WIO_E_MEMORY, "no memory to check %zu activities", c->table->n);
}

void wio_check_end(wio_checker *c)
{
    wio_free(c->sums.account);
    wio_arena_free(&c->arena);
}

/* --- one row of Z ------------------------------------------------------------------------------------- */

static double count_cells(double *column_cells, const double *z, size_t n)
{
    size_t found = 0;
    for (size_t j = 0; j < n; j++) {
        column_cells[j] += z[j] != 0.0 ? 1.0 : 0.0;
    }
    for (size_t j = 0; j < n; j++) {
        found += z[j] != 0.0;
    }
    return (double)found;
}

/* Negative flows: how many, the largest, and of the activities' rows their sums by column. */
static void look_below(wio_flow_sums *s, size_t i, const double *z, size_t n)
{
    double least = 0.0;
    for (size_t j = 0; j < n; j++) {
        least = z[j] < least ? z[j] : least;
    }
    for (size_t j = 0; j < n && least < 0.0; j++) {
        if (z[j] < 0.0) {
            s->negative++;
            s->below[j] += i < n ? z[j] : 0.0;
            wio_check_keep(&s->most_negative, i * n + j, -z[j]);
        }
    }
}

/* Expenditure of every region, cell by cell: final uses in it, what it sells to others, less what
 * it buys from others. Sales inside a region are no part of either side. */
static void look_at_trade(wio_accounts *a, const wio_table *table, size_t i, const double *z)
{
    size_t seller = table->origin_region[i];
    for (size_t j = 0; j < table->n; j++) {
        size_t buyer = table->origin_region[j];
        if (seller != buyer) {
            a[seller].expenditure += z[j];
            a[buyer].expenditure -= z[j];
        }
    }
    /* a final use at home adds C, G or I; abroad X; of imports C, G or I and as much M */
    a[seller].expenditure += wio_sum(table->Y + i * table->f, table->f, 1);
}

static void look_at_row(wio_flow_sums *s, const wio_table *table, size_t i, const double *z)
{
    const double *y = table->Y + i * table->f;
    double sum = 0.0;
    for (size_t j = 0; j < table->n; j++) {
        sum += z[j];
    }
    for (size_t j = 0; j < table->f; j++) {
        sum += y[j];
    }
    s->row[i] = sum;
    s->diagonal[i] = z[i];
}

/* --- all of them -------------------------------------------------------------------------------------- */

static void look(wio_checker *c, size_t first, size_t rows, const double *Z)
{
    const wio_table *table = c->table;
    wio_flow_sums *s = &c->sums;
    size_t n = table->n, home = first < n ? n - first : 0; /* rows of activities */
    home = home < rows ? home : rows;
    wio_column_sums_add(s->column, s->column_lost, home, n, Z);
    wio_column_sums_add(s->imports, s->import_lost, rows - home, n, Z + home * n);
    wio_sum_add(&s->total, &s->total_lost, Z, rows * n, 1);
    s->decimals = wio_check_decimals(Z, rows * n, s->decimals);
    for (size_t r = 0; r < rows; r++) {
        const double *z = Z + r * n;
        size_t i = first + r;
        double cells = count_cells(s->column_cells, z, n);
        look_below(s, i, z, n);
        look_at_trade(s->account, table, i, z);
        if (i < n) {
            s->row_cells[i] = cells;
            look_at_row(s, table, i, z);
        }
    }
}

static wio_status look_at_rows(void *checker, size_t first, size_t rows, const double *Z)
{
    enum { CACHED = 1 << 16 }; /* numbers: 512 KiB */
    wio_checker *c = checker;
    size_t n = c->table->n, deep = CACHED / n / 8 * 8;
    deep = deep < 8 ? 8 : deep;
    for (size_t r = 0; r < rows; r += deep) {
        look(c, first + r, rows - r < deep ? rows - r : deep, Z + r * n);
    }
    return WIO_OK;
}

/* --- compressed rows ---------------------------------------------------------------------------------- */

/* One flow, z, to activity j: what is kept by column, negative flows and trade, as of a row in full. */
static void look_at_flow(wio_flow_sums *s, const wio_table *table, size_t i, size_t j, double z)
{
    size_t seller = table->origin_region[i], buyer = table->origin_region[j];
    bool home = i < table->n;
    wio_sum_add(&(home ? s->column : s->imports)[j], &(home ? s->column_lost : s->import_lost)[j],
                &z, 1, 1);
    s->column_cells[j] += z != 0.0 ? 1.0 : 0.0;
    if (z < 0.0) {
        s->negative++;
        s->below[j] += home ? z : 0.0;
        wio_check_keep(&s->most_negative, i * table->n + j, -z);
    }
    if (seller != buyer) {
        s->account[seller].expenditure += z;
        s->account[buyer].expenditure -= z;
    }
}

static void look_at_compressed(wio_flow_sums *s, const wio_table *table)
{
    size_t stored = table->start[table->m];
    wio_sum_add(&s->total, &s->total_lost, table->flow, stored, 1);
    s->decimals = wio_check_decimals(table->flow, stored, s->decimals);
    for (size_t i = 0; i < table->m; i++) {
        const double *y = table->Y + i * table->f;
        wio_flow_row row = wio_table_row(table, i);
        double sum = 0.0, cells = 0.0;
        for (size_t p = 0; p < row.count; p++) {
            size_t j = wio_flow_user(&row, p);
            look_at_flow(s, table, i, j, row.value[p]);
            sum += row.value[p];
            cells += row.value[p] != 0.0 ? 1.0 : 0.0;
            if (i == j) {
                s->diagonal[i] = row.value[p];
            }
        }
        s->account[table->origin_region[i]].expenditure += wio_sum(y, table->f, 1);
        for (size_t j = 0; j < table->f; j++) {
            sum += y[j];
        }
        if (i < table->n) {
            s->row[i] = sum;
            s->row_cells[i] = cells;
        }
    }
}

wio_status wio_check_flows(wio_checker *c)
{
    WIO_TRY(start_sums(c));
    if (c->table->start != NULL) {
        look_at_compressed(&c->sums, c->table);
        return WIO_OK;
    }
    return look_at_rows(c, 0, c->table->m, c->table->Z);
}

wio_status wio_check_file(wio_checker *c, wio_table_file *file)
{
    WIO_TRY(start_sums(c));
    return wio_table_pass(file, look_at_rows, c, c->log, c->err);
}
