/* table_compressed.c - a table whose flows are in compressed rows, as firm-level networks are: 12 bytes
 * for a flow that there is, none for one that there is not. */
#include "table.h"

#include <math.h>
#include <string.h>

bool wio_table_compressed(wio_matrix *Z, const wio_table *table)
{
    if (table->start == NULL) {
        return false;
    }
    *Z = (wio_matrix){
        .n = table->n, .start = table->start, .column = table->column, .value = table->flow};
    return true;
}

wio_status wio_table_expand(wio_table *table, wio_error *err)
{
    if (table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_expand: NULL argument");
    }
    if (table->start == NULL) {
        return WIO_OK;
    }
    size_t cells;
    WIO_TRY(
        wio_memory_need(8.0 * (double)table->m * (double)table->n, "a list of flows in full", err));
    double *Z =
        __builtin_mul_overflow(table->m, table->n, &cells) ? NULL : wio_zalloc(cells, sizeof *Z);
    if (Z == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "flows of %zu origins in full", table->m);
    }
    for (size_t i = 0; i < table->m; i++) {
        for (size_t p = table->start[i]; p < table->start[i + 1]; p++) {
            Z[i * table->n + table->column[p]] = table->flow[p];
        }
    }
    wio_free(table->start);
    wio_free(table->column);
    wio_free(table->flow);
    table->start = NULL;
    table->column = NULL;
    table->flow = NULL;
    table->Z = Z;
    return WIO_OK;
}

wio_status wio_table_inputs(double *sum, const wio_table *table, size_t first, size_t end,
                            wio_error *err)
{
    size_t n = table->n;
    if (table->start == NULL) {
        wio_column_sums(sum, end - first, n, table->Z + first * n);
        return WIO_OK;
    }
    double *lost = wio_zalloc(n, sizeof *lost); /* Neumaier, as wio_sum */
    if (lost == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "sums of %zu columns", n);
    }
    memset(sum, 0, n * sizeof *sum);
    for (size_t p = table->start[first]; p < table->start[end]; p++) {
        size_t j = table->column[p];
        double term = table->flow[p], next = sum[j] + term;
        lost[j] += fabs(sum[j]) >= fabs(term) ? (sum[j] - next) + term : (term - next) + sum[j];
        sum[j] = next;
    }
    for (size_t j = 0; j < n; j++) {
        sum[j] += lost[j];
    }
    wio_free(lost);
    return WIO_OK;
}

/* start ascending from 0, columns ascending within a row and below n. */
static wio_status check_rows(const wio_table *table, const wio_matrix *flows, wio_error *err)
{
    if (flows->start == NULL || flows->column == NULL || flows->value == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "flows: start, column or value is NULL");
    }
    if (flows->n != table->n || flows->start[0] != 0) {
        return wio_fail(err, WIO_E_SHAPE,
                        "flows of %zu columns, the first row at %zu: the table has %zu activities, "
                        "and its first row begins at 0",
                        flows->n, flows->start[0], table->n);
    }
    for (size_t i = 0; i < table->m; i++) { /* before any element is looked at */
        if (flows->start[i + 1] < flows->start[i]) {
            return wio_fail(err, WIO_E_SHAPE, "row %zu of the flows ends before it begins", i);
        }
    }
    for (size_t i = 0; i < table->m; i++) {
        for (size_t p = flows->start[i]; p < flows->start[i + 1]; p++) {
            if (flows->column[p] >= table->n ||
                (p > flows->start[i] && flows->column[p] <= flows->column[p - 1])) {
                return wio_fail(err, WIO_E_SHAPE,
                                "row %zu of the flows: columns have to ascend and be below %zu", i,
                                table->n);
            }
        }
    }
    return WIO_OK;
}

wio_status wio_table_copy_flows(wio_table *table, const wio_matrix *flows, wio_error *err)
{
    WIO_TRY(check_rows(table, flows, err));
    size_t count = flows->start[table->m];
    table->start = wio_alloc(table->m + 1, sizeof *table->start);
    table->column = wio_alloc(count, sizeof *table->column);
    table->flow = wio_alloc(count, sizeof *table->flow);
    if (table->start == NULL || table->column == NULL || table->flow == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%zu flows in compressed rows", count);
    }
    memcpy(table->start, flows->start, (table->m + 1) * sizeof *table->start);
    memcpy(table->column, flows->column, count * sizeof *table->column);
    memcpy(table->flow, flows->value, count * sizeof *table->flow);
    return WIO_OK;
}
