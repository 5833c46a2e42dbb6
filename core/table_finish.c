/* table_finish.c - what follows from a table's numbers, and what no model may be given.
 *
 *   x    = Z 1 + Y 1 over the activity rows       gross output, the row sum
 *   cost = 1'Z + 1'P                              the column sum
 *
 * Refused (TRUST 1.6): a number that is not finite (except a missing satellite), x_j < 0, x_j = 0
 * with inputs or with sales that cancel, labels that are there twice. An activity that neither
 * buys nor sells stays, as inactive, with a warning. */
#include "table.h"

#include <math.h>
#include <stdio.h>

enum { MOST_NAMED = 10 }; /* findings of one kind that are named one by one */

/* An error to the log, and the first one to err. */
static wio_status refuse(wio_log *log, wio_error *err, const wio_table *table, wio_status status,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

static wio_status refuse(wio_log *log, wio_error *err, const wio_table *table, wio_status status,
                         const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(log, WIO_ERROR, table->path, 0, 0, "%s", message);
    return wio_fail(err, status, "%s", message);
}

static const char *region_of(const wio_table *table, size_t origin)
{
    return table->region.code[table->origin_region[origin]];
}

static const char *sector_of(const wio_table *table, size_t origin)
{
    return table->sector.code[table->origin_sector[origin]];
}

static wio_status index_origins(wio_table *table, wio_log *log, wio_error *err)
{
    size_t sectors = table->sector.count, count;
    if (__builtin_mul_overflow(table->region.count, sectors, &count)) {
        return wio_fail(err, WIO_E_MEMORY, "index of origins");
    }
    wio_free(table->origin_at);
    table->origin_at = wio_alloc(count, sizeof *table->origin_at);
    if (table->origin_at == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "index of origins");
    }
    for (size_t i = 0; i < count; i++) {
        table->origin_at[i] = SIZE_MAX;
    }
    wio_status status = WIO_OK;
    for (size_t i = 0; i < table->m; i++) {
        size_t *at = &table->origin_at[table->origin_region[i] * sectors + table->origin_sector[i]];
        if (*at != SIZE_MAX) {
            status = refuse(log, err, table, WIO_E_TABLE,
                            "%s.%s is there twice (origins %zu and %zu): labels must differ",
                            region_of(table, i), sector_of(table, i), *at, i);
        } else {
            *at = i;
        }
    }
    return status;
}

static wio_status check_labels(const wio_table *table, wio_log *log, wio_error *err)
{
    wio_status status = WIO_OK;
    for (size_t u = 0; u < table->use.count; u++) {
        if (wio_names_find(&table->sector, table->use.code[u]) != SIZE_MAX) {
            status = refuse(log, err, table, WIO_E_TABLE,
                            "'%s' is a sector and a final use: give one of them another code",
                            table->use.code[u]);
        }
    }
    for (size_t c = 0; c < table->f; c++) {
        for (size_t d = 0; d < c; d++) {
            if (table->final_region[c] == table->final_region[d] &&
                table->final_use[c] == table->final_use[d]) {
                status = refuse(log, err, table, WIO_E_TABLE,
                                "final column %s.%s is there twice (%zu and %zu)",
                                table->region.code[table->final_region[c]],
                                table->use.code[table->final_use[c]], d, c);
            }
        }
    }
    return status;
}

/* Where a number of a block is, in the table's own words. */
static void place(char text[200], const wio_table *table, char block, size_t row, size_t column)
{
    char seller[96], buyer[96];
    if (block == 'P') {
        (void)snprintf(seller, sizeof seller, "%s", table->item.code[row]);
    } else if (block == 'S') {
        (void)snprintf(seller, sizeof seller, "%s", table->account.code[row]);
    } else {
        (void)snprintf(seller, sizeof seller, "%s.%s", region_of(table, row),
                       sector_of(table, row));
    }
    if (block == 'Y') {
        (void)snprintf(buyer, sizeof buyer, "%s.%s",
                       table->region.code[table->final_region[column]],
                       table->use.code[table->final_use[column]]);
    } else {
        (void)snprintf(buyer, sizeof buyer, "%s.%s", region_of(table, column),
                       sector_of(table, column));
    }
    (void)snprintf(text, 200, "%s to %s", seller, buyer);
}

/* With the column sums of Z at hand: a sum over a missing or infinite number is not finite. */
static wio_status check_finite(const wio_table *table, wio_log *log, wio_error *err)
{
    bool Z_is_finite = true;
    for (size_t j = 0; j < table->n; j++) {
        Z_is_finite = Z_is_finite && isfinite(table->cost[j]);
    }
    const struct {
        char name;
        const double *v;
        size_t rows, columns;
    } blocks[] = {{'Z', table->Z, table->m, table->n},
                  {'Y', table->Y, table->m, table->f},
                  {'P', table->P, table->p, table->n},
                  {'S', table->S, table->k, table->n}};
    size_t found = 0;
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        bool may_miss = blocks[b].name == 'S';
        size_t count = b == 0 && Z_is_finite ? 0 : blocks[b].rows * blocks[b].columns;
        for (size_t i = 0; i < count; i++) {
            double v = blocks[b].v[i];
            if (isfinite(v) || (may_miss && isnan(v))) {
                continue;
            }
            if (++found <= MOST_NAMED) {
                size_t row = i / blocks[b].columns, column = i % blocks[b].columns;
                char text[200];
                place(text, table, blocks[b].name, row, column);
                refuse(log, err, table, WIO_E_NONFINITE,
                       "%c[%zu,%zu], %s, is %s: give the number, or leave the activity out",
                       blocks[b].name, row, column, text, isnan(v) ? "missing" : "infinite");
            }
        }
    }
    if (found > MOST_NAMED) {
        refuse(log, err, table, WIO_E_NONFINITE, "%zu more numbers are missing or infinite",
               found - MOST_NAMED);
    }
    return found == 0 ? WIO_OK : WIO_E_NONFINITE;
}

static wio_status derive(wio_table *table, wio_error *err)
{
    wio_free(table->x);
    wio_free(table->cost);
    table->x = wio_alloc(table->n, sizeof *table->x);
    table->cost = wio_alloc(table->n, sizeof *table->cost);
    if (table->x == NULL || table->cost == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "gross output of %zu activities", table->n);
    }
    wio_row_sums(table->x, table->n, table->n, table->Z);
    wio_column_sums(table->cost, table->m, table->n, table->Z);
    for (size_t i = 0; i < table->n; i++) {
        table->x[i] += wio_sum(table->Y + i * table->f, table->f, 1);
        table->cost[i] += wio_sum(table->P + i, table->p, table->n);
    }
    return WIO_OK;
}

static bool any(const double *v, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++) {
        if (v[i * stride] != 0.0) {
            return true;
        }
    }
    return false;
}

/* Activities without any flow, in one finding: a region's table or a world of 40 countries has many. */
static void tell_inactive(const wio_table *table, size_t count, wio_text *names, wio_log *log)
{
    if (count == 1) {
        wio_find(log, WIO_WARNING, table->path, 0, 0,
                 "%s neither buys nor sells: kept as an inactive activity",
                 names->data != NULL ? names->data : "an activity");
    } else if (count != 0) {
        wio_find(log, WIO_WARNING, table->path, 0, 0,
                 "%zu activities neither buy nor sell, and are kept as inactive: %s%s", count,
                 names->data != NULL ? names->data : "", count > MOST_NAMED ? ", ..." : "");
    }
    wio_text_free(names);
}

/* TRUST 1.6: what an activity's output may be. */
static wio_status check_output(const wio_table *table, wio_log *log, wio_error *err)
{
    wio_status status = WIO_OK;
    wio_text names = {0};
    size_t wrong = 0, inactive = 0;
    for (size_t j = 0; j < table->n; j++) {
        double x = table->x[j];
        if (!isfinite(x) || !isfinite(table->cost[j])) {
            status = refuse(log, err, table, WIO_E_NONFINITE,
                            "the row or column sum of %s.%s is not a number: its flows are too "
                            "large",
                            region_of(table, j), sector_of(table, j));
            continue;
        }
        bool buys = x == 0.0 && (any(table->Z + j, table->m, table->n) ||
                                 any(table->P + j, table->p, table->n));
        bool sells = x == 0.0 && (any(table->Z + j * table->n, table->n, 1) ||
                                  any(table->Y + j * table->f, table->f, 1));
        const char *problem = x < 0.0             ? "has negative output"
                              : x == 0.0 && buys  ? "buys inputs but has no output"
                              : x == 0.0 && sells ? "has sales that cancel to no output"
                                                  : NULL;
        if (problem != NULL && ++wrong <= MOST_NAMED) {
            char number[WIO_NUMBER_SIZE];
            status = refuse(log, err, table, WIO_E_TABLE,
                            "%s.%s %s (row sum %s): correct its row, merge it with another "
                            "sector, or leave it out (--merge of wassily import does both)",
                            region_of(table, j), sector_of(table, j), problem,
                            wio_format_double(number, x));
        } else if (x == 0.0 && problem == NULL && ++inactive <= MOST_NAMED) {
            wio_text_add(&names, "%s%s.%s", inactive == 1 ? "" : ", ", region_of(table, j),
                         sector_of(table, j));
        }
    }
    tell_inactive(table, inactive, &names, log);
    if (wrong > MOST_NAMED) {
        refuse(log, err, table, WIO_E_TABLE, "%zu more activities have no usable output",
               wrong - MOST_NAMED);
    }
    return status;
}

wio_status wio_table_finish(wio_table *table, wio_log *log, wio_error *err)
{
    WIO_TRY(index_origins(table, log, err));
    WIO_TRY(check_labels(table, log, err));
    WIO_TRY(derive(table, err));
    WIO_TRY(check_finite(table, log, err));
    return check_output(table, log, err);
}
