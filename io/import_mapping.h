/* import_mapping.h - what the files of the generic import share.
 *
 * import_mapping.c leads the whole; import_mapping_keys.c reads the mapping (YAML), and
 * import_mapping_sheets.c what it says of a sheet; import_mapping_labels.c opens the sheets and says
 * what every row and column is; import_mapping_cells.c reads a number into its one place;
 * import_mapping_numbers.c makes a symmetric table of them.
 *
 * A mapping with `products` and `industries` is of supply and use: import_mapping_parts.c reads the
 * keys and labels that only it has, import_mapping_supply.c makes the matrices,
 * import_mapping_balance.c holds supply against use, import_mapping_blocks.c gives them to
 * import_supply_use.c. */
#ifndef WIO_IMPORT_MAPPING_H
#define WIO_IMPORT_MAPPING_H

#include "import.h"

typedef enum wio_map_kind {                 /* what a row or column of a sheet is */
                            WIO_MAP_NONE,   /* left out, or wrong */
                            WIO_MAP_SECTOR, /* a region's sector: seller in a row, user in a column */
                            WIO_MAP_USE,    /* a region's final use */
                            WIO_MAP_ITEM,   /* primary input */
                            WIO_MAP_ACCOUNT, /* satellite */
                            WIO_MAP_PRODUCT, /* of supply and use */
                            WIO_MAP_INDUSTRY,
                            WIO_MAP_SUPPLY /* imports, margins, taxes or totals of products */
} wio_map_kind;

typedef enum wio_map_part { /* which matrix of supply and use a sheet has */
                            WIO_PART_SUPPLY,
                            WIO_PART_USE,
                            WIO_PART_DOMESTIC, /* uses of home products */
                            WIO_PART_IMPORTS,  /* uses of imported ones */
                            WIO_PART_MARGINS,  /* in uses at purchasers' prices */
                            WIO_PART_TAXES,    /* in uses at purchasers' prices, less subsidies */
                            WIO_PARTS
} wio_map_part;

typedef enum wio_map_supply { /* what a further column of a supply table is */
                              WIO_SUPPLY_IMPORTS,
                              WIO_SUPPLY_MARGINS,
                              WIO_SUPPLY_TAXES,       /* on products, less subsidies */
                              WIO_SUPPLY_OUTPUT,      /* total: of industries */
                              WIO_SUPPLY_TOTAL_BASIC, /* and imports */
                              WIO_SUPPLY_TOTAL,       /* and margins and taxes */
                              WIO_SUPPLIES
} wio_map_supply;

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
    wio_map_part part;         /* of supply and use */
    bool purchasers,
        turned; /* uses at purchasers' prices; industries in rows, products in columns */

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

    bool supply_use;                     /* products and industries, and no sectors */
    wio_names product, industry, supply; /* supply: columns of a supply table beside industries */
    wio_map_supply *supply_role;         /* [supply] */
    bool products_from_labels, industries_from_labels;
    size_t home, rest; /* regions; SIZE_MAX: no rest */
    double tolerance;  /* million by which a product's supply and use may differ */

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

/* Reads a mapping and opens its sheets up to their labels; *map is cleared by the caller, also on
 * failure. ARGUMENT when it is not of that kind; WIO_OK with map->status set: mistakes. */
wio_status wio_mapping_open(wio_mapping *map, const char *data, size_t length, bool supply_use);
void wio_mapping_clear(wio_mapping *map);
/* The file of a mapping, and the folder that its paths are relative to; wio_free both. */
wio_status wio_mapping_file(char **data, size_t *length, char **folder, const char *path,
                            wio_error *err);

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

/* Codes under a key: {CODE: name}, [CODE, ...], or the word `labels`. what: "sector". */
wio_status wio_mapping_read_codes(wio_mapping *map, const char *key, const char *what,
                                  wio_names *names, bool *from_labels);
/* A code that is new; `what` is for the mistake. */
wio_status wio_mapping_add_code(wio_mapping *map, wio_names *names, const wio_node *at,
                                const char *what, const char *code, const char *name, bool *added);
/* A code of one list that is in another one before it is a mistake. */
void wio_mapping_other(wio_mapping *map, const wio_node *at, const wio_names *names,
                       const char *what);

/* --- import_mapping_sheets.c ------------------------------------------------------------------------- */

wio_status wio_mapping_sheets(wio_mapping *map);

/* --- import_mapping_labels.c, import_mapping_numbers.c ------------------------------------------------- */

/* Opens the sheets and finds out what their rows and columns are. Mistakes are logged. */
wio_status wio_mapping_labels(wio_mapping *map);
/* A label that none of the lists has, as a mistake; the nearest of them is named. */
void wio_map_unknown(wio_mapping *map, wio_map_sheet *sheet, size_t row, size_t column,
                     const char *text, const char *what, const wio_names *const *lists,
                     size_t count);
/* The table from the sheets. */
wio_status wio_mapping_table(wio_table **out, wio_mapping *map);
/* What wio_table_create has no argument for: the list under a key of the mapping, as texts. */
wio_status wio_mapping_list(char ***out, size_t *count, wio_mapping *map, const char *key);
/* The text under a key of the mapping, or NULL. */
const char *wio_mapping_value(const wio_mapping *map, const char *key);

/* --- import_mapping_cells.c ---------------------------------------------------------------------------- */

/* One matrix, with where each number was: sheet + 1 in the top 8 bits, line in the others. */
typedef struct wio_map_block {
    size_t rows, columns;
    double *value;
    uint32_t *from;
} wio_map_block;

typedef struct wio_map_reader { /* zero at first; wio_map_reader_clear */
    wio_mapping *map;
    size_t homeless, numbers_as_text; /* of the sheet now read */
    double homeless_sum;
    size_t at_row[2], at_column[2]; /* the first of each */
    wio_csv_problems found;
} wio_map_reader;

/* [rows x columns] of one value. Errors: MEMORY. */
wio_status wio_map_block_make(wio_map_block *to, wio_mapping *map, size_t rows, size_t columns,
                              double value);
void wio_map_block_free(wio_map_block *block);
/* The number in a cell of a sheet, into cell `to` of a block (NULL: there is no place for it).
 * Money is divided by the sheet's unit; a number that is no money, or may be missing, says so. */
void wio_map_put(wio_map_reader *reader, size_t sheet, size_t row, size_t column, wio_map_block *in,
                 size_t to, bool money, bool may_miss);
/* What was taken as 0 and so on in a sheet, into the log. */
void wio_map_reader_report(wio_map_reader *reader, wio_map_sheet *sheet);

/* --- import_mapping_parts.c ------------------------------------------------------------------------------ */

/* Lists of a mapping of supply and use: products, industries, columns of supply, one region. */
wio_status wio_mapping_parts(wio_mapping *map);
/* Where exports go and imports come from: after the uses. */
void wio_mapping_exports(wio_mapping *map);
/* What a sheet of supply and use holds. */
void wio_mapping_part(wio_mapping *map, wio_map_sheet *sheet);
/* What the label of a row or column is. Errors: MEMORY. */
wio_status wio_map_part_label(wio_map_label *to, wio_mapping *map, wio_map_sheet *sheet,
                              bool is_row, size_t row, size_t column, const char *text);

/* --- import_mapping_supply.c, import_mapping_blocks.c, import_mapping_balance.c -------------------------- */

typedef struct wio_map_tables { /* the numbers of supply and use as they were read; million */
    wio_mapping *map;
    size_t products, industries, finals, users; /* users: industries, then final uses */
    bool has[WIO_PARTS], has_long, purchasers;
    wio_map_block part[WIO_PARTS]; /* supply [products x industries], others [products x users] */
    wio_map_block supply;          /* [products x supply columns] */
    wio_map_block items, accounts; /* [items x users], [accounts x users] */
    wio_map_reader reader;
} wio_map_tables;

/* Sums of the supply columns of one role, [products]; false when there is none. */
bool wio_map_supply_sums(double *sum, const wio_map_tables *t, wio_map_supply role);
/* Whether imports are known in all only, and are shared among users by the model. */
bool wio_map_split_shared(const wio_map_tables *t);
/* What import_supply_use.c makes of any source: head, labels, blocks. Matrices of margins, taxes and home
 * uses move to `b`. */
wio_status wio_map_blocks(wio_import *import, wio_supply_blocks *b, wio_map_tables *t);
/* Supply against use, and every total against its parts. What differs by more than the tolerance is
 * named in the log, and map->status is set. Errors: MEMORY. */
wio_status wio_map_balance(wio_map_tables *t);

#endif
