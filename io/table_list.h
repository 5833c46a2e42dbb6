/* table_list.h - what table_list.c, which reads a list of flows, and table_entries.c, which puts them
 * into compressed rows, share. */
#ifndef WIO_TABLE_LIST_H
#define WIO_TABLE_LIST_H

#include "table_folder.h"

/* Flows of a part of the text, in its order. A final use is the column n + region x uses + use. */
typedef struct wio_entries {
    size_t count;
    uint32_t *row, *column, *line; /* [count] */
    double *value;                 /* [count] */
} wio_entries;

/* The flows of all parts into the table's compressed rows and Y; what is there twice is logged with
 * both lines. Final columns are those that a flow goes to, by region, then by use. */
wio_status wio_entries_place(wio_folder *folder, const char *path, const wio_entries *part,
                             size_t parts);

#endif
