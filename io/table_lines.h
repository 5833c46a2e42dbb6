/* table_lines.h - the labels of a CSV file held against the rows and columns of a table's block. */
#ifndef WIO_TABLE_LINES_H
#define WIO_TABLE_LINES_H

#include "columns.h"

typedef struct wio_lines {
    const wio_table *table;
    bool whole;           /* [Z Y; P]: primary items and final uses too; else Z alone */
    size_t rows, columns; /* of the block */
    int year;             /* whose lines are read; 0: the file has no years */
    wio_columns file;
} wio_lines;

/* For a block of the table; the file is the caller's to open and close. */
wio_lines wio_lines_of(const wio_table *table, wio_balance_block block, int year);
/* The row of the block that (region, sector) or an item names, region empty; the column that
 * (region, sector or use) names. SIZE_MAX, and logged, where there is none. The fields are indices of
 * names of the file. */
size_t wio_lines_row(wio_lines *r, size_t row, size_t region_field, size_t label_field);
size_t wio_lines_column(wio_lines *r, size_t row, size_t region_field, size_t label_field);

#endif
