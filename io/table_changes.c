/* table_changes.c - where two tables of the same shape differ, cell by cell, as CSV. */
#include "io.h"

#include <string.h>

static void add_label(wio_text *text, const wio_table *table, bool column, char block, size_t i)
{
    const char *region = "", *label;
    if (column && block == 'Y') {
        region = table->region.code[table->final_region[i]];
        label = table->use.code[table->final_use[i]];
    } else if (!column && block == 'P') {
        label = table->item.code[i];
    } else {
        region = table->region.code[table->origin_region[i]];
        label = table->sector.code[table->origin_sector[i]];
    }
    wio_csv_add_cell(text, region);
    wio_text_add(text, ",");
    wio_csv_add_cell(text, label);
    wio_text_add(text, ",");
}

static void add_block(wio_text *text, const wio_table *before, const double *a, const double *b,
                      char block, size_t rows, size_t columns)
{
    for (size_t k = 0; k < rows * columns; k++) {
        if (a[k] == b[k]) {
            continue;
        }
        char x[WIO_NUMBER_SIZE], y[WIO_NUMBER_SIZE], d[WIO_NUMBER_SIZE];
        wio_text_add(text, "%s,", block == 'Z' ? "flows" : block == 'Y' ? "final" : "primary");
        add_label(text, before, false, block, k / columns);
        add_label(text, before, true, block, k % columns);
        wio_text_add(text, "%s,%s,%s\n", wio_format_double(x, a[k]), wio_format_double(y, b[k]),
                     wio_format_double(d, b[k] - a[k]));
    }
}

wio_status wio_table_changes(char **text, const wio_table *before, const wio_table *after,
                             wio_error *err)
{
    if (text == NULL || before == NULL || after == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_changes: NULL argument");
    }
    WIO_TRY(wio_table_whole(after, err));
    WIO_TRY(wio_table_whole(before, err));
    if (before->m != after->m || before->n != after->n || before->f != after->f ||
        before->p != after->p) {
        return wio_fail(err, WIO_E_SHAPE, "the tables have different shapes");
    }
    wio_text out = {0};
    wio_text_add(&out, "block,region,sector,to_region,user,before,after,change\n");
    add_block(&out, before, before->Z, after->Z, 'Z', before->m, before->n);
    add_block(&out, before, before->Y, after->Y, 'Y', before->m, before->f);
    add_block(&out, before, before->P, after->P, 'P', before->p, before->n);
    return wio_text_take(text, &out, err);
}

wio_status wio_text_write(const char *path, const char *text, bool overwrite, wio_error *err)
{
    if (path == NULL || text == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_text_write: NULL argument");
    }
    return wio_file_write(path, text, strlen(text), overwrite, err);
}
