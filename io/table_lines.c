/* table_lines.c - which row or column of a table the labels of a CSV file name. */
#include "table_lines.h"

wio_lines wio_lines_of(const wio_table *table, wio_balance_block block, int year)
{
    bool whole = block == WIO_BALANCE_TABLE;
    return (wio_lines){.table = table,
                       .whole = whole,
                       .year = year,
                       .rows = table->m + (whole ? table->p : 0),
                       .columns = table->n + (whole ? table->f : 0)};
}

/* The row of the block that (region, sector) or an item names; SIZE_MAX, and logged. */
size_t wio_lines_row(wio_lines *r, size_t row, size_t region_field, size_t label_field)
{
    const wio_table *table = r->table;
    const char *region = wio_columns_cell(&r->file, row, region_field),
               *label = wio_columns_cell(&r->file, row, label_field);
    if (*region == '\0') {
        size_t item = r->whole ? wio_names_find(&table->item, label) : SIZE_MAX;
        return item != SIZE_MAX
                   ? table->m + item
                   : wio_columns_unknown(&r->file, row, label_field, "primary item", &table->item);
    }
    size_t s = wio_names_find(&table->region, region), i = wio_names_find(&table->sector, label);
    if (s == SIZE_MAX) {
        return wio_columns_unknown(&r->file, row, region_field, "region", &table->region);
    }
    if (i == SIZE_MAX) {
        return wio_columns_unknown(&r->file, row, label_field, "sector", &table->sector);
    }
    size_t origin = wio_table_origin(table, s, i);
    if (origin == SIZE_MAX) {
        wio_columns_wrong(&r->file, row, label_field, "%s has no sector %s", region, label);
    }
    return origin;
}

size_t wio_lines_column(wio_lines *r, size_t row, size_t region_field, size_t label_field)
{
    const wio_table *table = r->table;
    const char *region = wio_columns_cell(&r->file, row, region_field),
               *label = wio_columns_cell(&r->file, row, label_field);
    size_t s = wio_names_find(&table->region, region);
    if (s == SIZE_MAX) {
        return wio_columns_unknown(&r->file, row, region_field, "region", &table->region);
    }
    size_t j = wio_table_origin(table, s, wio_names_find(&table->sector, label));
    if (j < table->n) {
        return j;
    }
    size_t use = wio_names_find(&table->use, label);
    for (size_t c = 0; r->whole && use != SIZE_MAX && c < table->f; c++) {
        if (table->final_region[c] == s && table->final_use[c] == use) {
            return table->n + c;
        }
    }
    if (use == SIZE_MAX) {
        return wio_columns_unknown(&r->file, row, label_field, "user", &table->sector);
    }
    wio_columns_wrong(&r->file, row, label_field, "%s.%s is no column of %s", region, label,
                      r->whole ? "this table" : "the intermediate flows");
    return SIZE_MAX;
}
