/* import_mapping.h - what the files of the generic import share.
 *
 * import_mapping.c leads the whole; import_mapping_keys.c reads the mapping (YAML), and
 * import_mapping_sheets.c what it says of a sheet; import_mapping_labels.c opens the sheets and says
 * what every row and column is; import_mapping_numbers.c puts the numbers into a table. */
#ifndef WIO_IMPORT_MAPPING_H
#define WIO_IMPORT_MAPPING_H

#include "io.h"

typedef enum wio_map_kind {                 /* what a row or column of a sheet is */
                            WIO_MAP_NONE,   /* left out, or wrong */
                            WIO_MAP_SECTOR, /* a region's sector: seller in a row, user in a column */
                            WIO_MAP_USE,    /* a region's final use */
                            WIO_MAP_ITEM,   /* primary input */
                            WIO_MAP_ACCOUNT /* satellite */
} wio_map_kind;

enum { WIO_MAP_FILTERS = 16 };

typedef struct wio_map_label {
    wio_map_kind kind;
    size_t region, code; /* indices into the mapping's lists */
} wio_map_label;

typedef struct wio_map_sheet {
    const wio_node *node;
    const char *file, *sheet, *split;
    bool is_long;
    char delimiter;
    double per_million; /* units of the file in a million of the currency */
    wio_number_policy policy;
    size_t region_row, code_row;       /* header: where column labels are, from 1; 0: none */
    size_t region_column, code_column; /* labels: where row labels are */
    size_t first_row, last_row, first_column, last_column;
    const char *row_region, *column_region; /* of labels that name none, or NULL */
    const wio_node *rename, *ignore, *where;
    const wio_node *column[5]; /* long: from_region, from, to_region, to, value */

    char *path; /* as it was opened */
    wio_csv cells;
    wio_map_label *row;       /* [cells.rows] wide; long: what is sold */
    wio_map_label *column_at; /* [columns] wide; long: [cells.rows] who buys */
    size_t columns;           /* of the widest row */
    bool long_known;
    size_t at[5]; /* long: where those columns are, SIZE_MAX: nowhere */
    size_t filters, filter[WIO_MAP_FILTERS];
    bool combining; /* a label with accents by themselves was reported */
    size_t wrong;   /* mistakes so far */
    size_t trimmed, trimmed_row, trimmed_column; /* labels with spaces around them */
} wio_map_sheet;

typedef struct wio_mapping {
    const char *path, *folder;
    wio_node root;
    wio_log *log;
    wio_error *err;
    wio_status status; /* of the first mistake */

    wio_names region, sector, use, item, account; /* code and name */
    bool *endogenous;                             /* [regions] */
    const char **valuation;                       /* [regions] or NULL */
    wio_role *use_role;                           /* [uses] */
    const char **use_region;                      /* [uses] of labels that name none, or NULL */
    wio_role *item_role;                          /* [items] */
    const char **account_unit;                    /* [accounts] */
    bool sectors_from_labels;
    size_t sheets;
    wio_map_sheet *sheet;
    size_t inputs;
    wio_input_file *input;
} wio_mapping;

/* A mistake in the mapping, at a node; the first is err's. */
void wio_mapping_wrong(wio_mapping *map, const wio_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
wio_status wio_mapping_memory(wio_mapping *map, const char *what);
#ifdef __clang_analyzer__ /* as for wio_fail: the status is what is given */
#define wio_mapping_memory(map, what) ((void)(wio_mapping_memory)(map, what), WIO_E_MEMORY)
#endif
/* A finding in a cell of a sheet: line and column, or C7. Errors beyond 50 of a sheet are counted. */
void wio_mapping_cell(wio_mapping *map, wio_map_sheet *sheet, wio_severity severity, size_t row,
                      size_t column, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* --- import_mapping_keys.c ----------------------------------------------------------------------- */

/* Every key of the mapping. Mistakes are logged. */
wio_status wio_mapping_keys(wio_mapping *map);
/* Keys of a node that are not in the list. */
void wio_mapping_check_keys(wio_mapping *map, const wio_node *node, const char *const *keys,
                            size_t count);
/* The node of a key when it is of that kind, else NULL, and logged. */
const wio_node *wio_mapping_get(wio_mapping *map, const wio_node *node, const char *key,
                                wio_node_kind kind, bool required);
const char *wio_mapping_text(wio_mapping *map, const wio_node *node, const char *key,
                             bool required);
/* Which of the words the text is; SIZE_MAX, and logged, when it is none of them. */
size_t wio_mapping_word(wio_mapping *map, const wio_node *item, const char *what,
                        const char *const *words, size_t count);
/* A row or column number from 1, a column also as letters; 0 when there is none. */
size_t wio_mapping_number(wio_mapping *map, const wio_node *node, const char *key, bool letters,
                          bool required);

/* --- import_mapping_sheets.c ------------------------------------------------------------------------- */

wio_status wio_mapping_sheets(wio_mapping *map);

/* --- import_mapping_labels.c, import_mapping_numbers.c ------------------------------------------------- */

/* Opens the sheets and finds out what their rows and columns are. Mistakes are logged. */
wio_status wio_mapping_labels(wio_mapping *map);
/* The table from the sheets. */
wio_status wio_mapping_table(wio_table **out, wio_mapping *map);

#endif
