/* import.h - what the importers of published formats share; never installed.
 *
 * An importer opens the text files of its source as grids, says of every row and column label what
 * it is, and gives the head of the table; import_build.c makes the table from that and reads the
 * numbers straight into its blocks. So every importer refuses and reports the same things. */
#ifndef WIO_IMPORT_H
#define WIO_IMPORT_H

#include "columns.h"

typedef enum wio_mark {
    WIO_MARK_UNKNOWN,  /* a code that nobody knows: stops the import */
    WIO_MARK_NOTHING,  /* a line without numbers */
    WIO_MARK_ACTIVITY, /* (region, code) of a region that produces */
    WIO_MARK_IMPORT,   /* (region, code) of a region that only delivers */
    WIO_MARK_FINAL,    /* (region, code) with a final role */
    WIO_MARK_PRIMARY,  /* code with a primary role */
    WIO_MARK_ACCOUNT,  /* code, unit */
    WIO_MARK_PRODUCT,  /* (region, code) of supply and use */
    WIO_MARK_INDUSTRY, /* the same */
    WIO_MARK_OUTPUT,   /* the source's gross output: compared with ours, not kept */
    WIO_MARK_LEFT_OUT, /* not imported, and reported */
    WIO_MARKS
} wio_mark;

typedef struct wio_import_label { /* texts live as long as the import */
    wio_mark mark;
    const char *region, *code, *name, *unit;
    wio_role role;
    size_t at; /* index in its block; set by import_build.c */
} wio_import_label;

typedef struct wio_grid { /* a matrix of numbers with labels around it, in one text file */
    char *path;
    wio_csv csv;
    size_t heads, labels; /* header lines; label cells of a row */
    size_t columns;       /* of numbers */
    wio_import_label *row,
        *column;             /* [csv.rows] those of the header lines are NOTHING; [columns] */
    const char *row_place;   /* where labels come from when the file has none, or NULL */
    bool imports;            /* supply and use: its flows are imported ones (Um, Ym) */
    bool streamed;           /* labels only: its numbers are read by pieces (import_stream.c) */
    bool sums;               /* supply and use: rows of one primary item add up */
    const char *const *zero; /* [zeros] texts that the publisher writes for 0, "" an empty cell */
    size_t zeros, taken_as_zero; /* how many cells were: import_fill.c counts */
} wio_grid;

enum { WIO_IMPORT_GRIDS = 128 };

typedef struct wio_import {
    const struct wio_importer *importer;
    const wio_import_options *options;
    const char *source;
    wio_log *log;
    wio_error *err;
    wio_status status; /* of the first mistake; reading goes on to find the next */
    size_t mistakes;
    wio_table *table;
    wio_grid grid[WIO_IMPORT_GRIDS];
    size_t grids;
    bool describing;            /* labels only: year, unit and region need not be known */
    double divisor;             /* flows and primary inputs are divided by it: 1, 1e3 or 1e6 */
    const char *classification; /* "WIOD 2013, 35 industries of NACE 1" */
    wio_text left_out;          /* for the report */
    const char *roles; /* file of roles: the user's (--roles), or the folder's own; NULL: none */
    wio_names map;     /* what is in it: code -> role */
    char *used;        /* [map.count] whether a code of the map was met */
    char **text;       /* what labels point to */
    size_t texts, text_capacity;
    wio_names origin, final;            /* "region\nsector" and "region\nuse", as in the table */
    double *primary_final;              /* [p x f] primary inputs of final uses, or NULL */
    double *account_final;              /* [k x f], NaN where there is none, or NULL */
    double *output_row, *output_column; /* [n], [m] gross output of the source, NaN: not given */
    wio_names product, industry;        /* "region\ncode" of supply and use */
    const char
        *rest; /* of supply and use: code of where imports come from and exports go, or NULL */
    const char *noncomparable, *scrap; /* products that may have no output, as in wio_supply_use */
    const char *region_name, *rest_name, *rest_valuation; /* the same */
} wio_import;

/* The numbers of supply and use as they were read; which cell goes where follows from the marks:
 *
 *                 PRODUCT   INDUSTRY   FINAL       columns
 *     PRODUCT     -         U          Y           of a grid of imports Um and Ym
 *     INDUSTRY    V         -          -
 *     PRIMARY     -         W          frame final_primary.csv
 *     ACCOUNT     -         S          frame final_satellites.csv
 *     OUTPUT      compared with our sums, as is an OUTPUT column
 *
 * A number other than 0 where there is a dash stops the import. */
typedef struct wio_supply_blocks {
    size_t products, industries, finals, items, accounts;
    double *U, *Um;    /* [products x industries]; Um NULL: no grid of imports */
    double *V;         /* [industries x products], or NULL where there are parts of it: */
    double *V_regions; /* [its industries x its products] of every region, one after the other */
    size_t regions;    /* of V_regions; their first products, industries and cells [regions + 1] */
    size_t *first_product, *first_industry, *first_cell;
    double *Y, *Ym;                           /* [products x finals] */
    double *W, *S;                            /* [items x industries], [accounts x industries] */
    double *product_output, *industry_output; /* of the source, NaN: not given */
    wio_supply_columns columns; /* of a mapping; its arrays are freed with the others */
    bool has_columns;
} wio_supply_blocks;

typedef struct wio_importer {
    const char *name;  /* "pymrio" */
    const char *reads; /* one line of help */
    /* Whether the source is of this format: by names of files and the first line, cheaply. */
    bool (*knows)(const char *source);
    wio_status (*read)(wio_import *import); /* opens, labels, and gives the head */
    bool supply_use; /* labels are products and industries: import_supply_use.c builds from them */
    bool makes_own;  /* a region makes its own products only: of make only that is kept */
    /* Supply and use: when the numbers are in, what the publisher's own way needs; or NULL. */
    wio_status (*adjust)(wio_import *import, wio_supply_blocks *blocks);
    /* Instead of read: makes the whole table, without options and report. */
    wio_status (*whole)(wio_table **out, const char *source, wio_log *log, wio_error *err);
    /* The same for supply and use: head, labels and numbers. */
    wio_status (*whole_supply)(wio_import *import, wio_supply_blocks *blocks);
} wio_importer;

extern const wio_importer *const wio_importers[]; /* ends with NULL */
extern const wio_importer wio_import_pymrio, wio_import_exiobase3, wio_import_wiod2013,
    wio_import_wiod2016, wio_import_wiod2016_niot, wio_import_adb, wio_import_icio,
    wio_import_figaro, wio_import_eora26, wio_import_mario, wio_import_siot, wio_import_bea,
    wio_import_gloria, wio_import_mario_supply_use, wio_import_bls;

/* --- import.c ------------------------------------------------------------------------------------ */

/* A mistake: to the log with its place, the first to err; its status, so that one may return it. */
wio_status wio_import_wrong(wio_import *import, const char *file, size_t line, size_t column,
                            const char *format, ...) __attribute__((format(printf, 5, 6)));
void wio_import_note(wio_import *import, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
wio_status wio_import_memory(wio_import *import, const char *what);
/* A text that lives as long as the import; NULL when there is no memory (and the status says so). */
const char *wio_import_text(wio_import *import, const char *text, size_t length);
const char *wio_import_print(wio_import *import, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* SOURCE/NAME as a text of the import. */
const char *wio_import_path(wio_import *import, const char *name);

/* What the head of a table needs; NULL texts are empty, except that name and year are found. */
typedef struct wio_import_head {
    const char *title, *unit; /* "million USD", or as the source writes it */
    const char *price_basis, *price_note, *import_split, *split_note, *licence, *citation;
    int year; /* 0: in the name of the source */
} wio_import_head;
/* A note that travels with the table. */
wio_status wio_import_add_note(wio_import *import, const char *text);
wio_status wio_import_set_head(wio_import *import, const wio_import_head *head);
/* The last 19xx or 20xx in a text, or 0. */
int wio_import_year(const char *text);

/* --- names of files ------------------------------------------------------------------------------ */

bool wio_source_is_folder(const char *source);
bool wio_source_has(const char *source, const char *name); /* a file or folder in it */
const char *wio_source_name(const char *source);           /* after the last '/' */
/* The first line of the regular file SOURCE, at most 1 MB of it; wio_free. NULL: none. */
char *wio_source_line(const char *source);
/* The one file of a folder whose name begins and ends so ("" is anything), or the source itself
 * when it is a file; a text of the import, NULL with a mistake when there is none or several. */
const char *wio_source_find(wio_import *import, const char *begin, const char *end);
/* The one CSV file of a folder, of the year where one is asked for; otherwise the same. */
const char *wio_source_find_year(wio_import *import);
/* The first thing in a folder, by name, that a format would be found out for; NULL: none. */
const char *wio_source_inside(wio_import *import, bool (*knows)(const char *source));

/* --- import_grid.c ------------------------------------------------------------------------------- */

/* Opens a text file as a grid with so many header lines and label cells; delimiter '\t', ',', ...
 * A line of index names after the header lines is NOTHING. Labels are UNKNOWN until they are set. */
wio_status wio_grid_open(wio_grid **out, wio_import *import, const char *path, char delimiter,
                         size_t heads, size_t labels);
/* The same from a sheet of a workbook, by its name; NULL: the first. */
wio_status wio_grid_open_sheet(wio_grid **out, wio_import *import, const char *path,
                               const char *sheet, size_t heads, size_t labels);
/* All cells of a tab-separated text, without a grid. */
wio_status wio_import_read_text(wio_csv *csv, wio_import *import, const char *path);
/* A file of numbers only, without labels of its own, that is read by pieces when it is its turn. */
wio_status wio_grid_open_stream(wio_grid **out, wio_import *import, const char *path, size_t rows,
                                size_t columns);
/* Gives `read` the file as grids of some rows each, one after the other; records its digest. */
typedef wio_status wio_grid_read(wio_import *import, wio_grid *piece, void *context);
wio_status wio_grid_stream(wio_import *import, wio_grid *grid, wio_grid_read *read, void *context);
extern size_t wio_stream_bytes; /* of a piece, and the longest line; tests make it small */
/* An empty grid of a file. */
wio_status wio_grid_new(wio_grid **out, wio_import *import, const char *path);
/* A file that was read, for provenance. */
wio_status wio_import_record(wio_import *import, const char *path, size_t length,
                             const char digest[WIO_DIGEST_SIZE]);
void wio_grid_clear(wio_grid *grid);
/* Label cell `cell` of a row; header cell of a column in header line `head`; "" where none is. */
const char *wio_grid_row(const wio_grid *grid, size_t row, size_t cell);
const char *wio_grid_head(const wio_grid *grid, size_t head, size_t column);
/* Place of a label in its file. */
void wio_grid_place(size_t *line, size_t *at, const wio_grid *grid, bool row, size_t index);

/* --- labels (import_label.c) --------------------------------------------------------------------- */

typedef struct wio_import_code { /* a publisher's code and what it is; ends with code NULL */
    const char *code;
    wio_mark mark;
    wio_role role;
    const char *name;
} wio_import_code;

/* The mark and role of a code: what the user says first, then the list, then the names that several
 * publishers share; else UNKNOWN. */
void wio_label_code(wio_import_label *label, wio_import *import, const wio_import_code *list,
                    const char *region, const char *code);
bool wio_import_has_code(const wio_import_code *list, const char *code);
wio_status wio_import_read_maps(wio_import *import); /* --roles */
/* What is left out, for the report: "row OUT". */
void wio_import_leave(wio_import *import, const char *what, const char *code);

/* A CSV file of the user's with named columns, of which the first `required` have to be there, and
 * every row whole. Rows are 1 to list->csv.rows - 1. Nothing to close on failure. */
wio_status wio_import_list(wio_columns *list, wio_import *import, const char *path,
                           const char *const *names, size_t required, size_t count);
const char *wio_import_cell(const wio_csv *csv, size_t row, size_t column); /* "" where none is */

/* --- import_pairs.c: labels REGION_CODE, as most world tables write them --------------------------- */

typedef struct wio_pairs {
    const wio_import_code *final; /* codes of final uses, after (or before) the region */
    const wio_import_code *line;  /* whole labels of rows and columns */
    const wio_import_code *tail; /* ends of row labels "REGION_TAIL"; the whole label is the code */
    bool either_order;           /* USE_REGION is known too */
} wio_pairs;
/* Labels every row (its first label cell) and column (its last header cell) of a grid. A column that
 * is no row, no final use and no line of its own is UNKNOWN. `rows` has the labels of activities
 * when they are in another file, else NULL. */
wio_status wio_import_pairs(wio_import *import, wio_grid *grid, const wio_pairs *pairs,
                            const wio_grid *rows);

/* --- import_book.c: a code, a name and a region for every row and column --------------------------- */

typedef struct wio_book_form {
    size_t cell_code, cell_name, cell_region; /* which label cell of a row */
    size_t head_code, head_name, head_region; /* which header line */
    const wio_import_code *codes;             /* everything that is no industry */
    bool (*is_industry)(const char *code); /* NULL: every code of a region that is not in codes */
} wio_book_form;
wio_status wio_import_book(wio_import *import, wio_grid *grid, const wio_book_form *form);
bool wio_book_is_c35(const char *code);            /* c1 to c35 */
extern const wio_import_code wio_wiod2016_codes[]; /* of the world and the national tables */
/* Their head; what: "world table", or the region of a national one. */
wio_status wio_wiod2016_head(wio_import *import, const char *what, int year);

/* --- import_build.c, import_fill.c, import_merge.c, import_report.c, import_satellite.c ------------------------- */

/* Gives every label its place and counts them: the first half of building. */
wio_status wio_import_places(wio_import *import);
wio_status wio_import_build(wio_import *import);
wio_status wio_import_fill(wio_import *import);
wio_status wio_import_merge(wio_import *import);
void wio_import_report(wio_import *import);
/* A further file of the table, of four columns; its cells are still to be filled. */
wio_status wio_import_frame(wio_frame **out, wio_import *import, const char *file,
                            const char *const header[4], size_t rows, const char *about);
wio_status wio_import_finals(wio_import *import);
/* Unknown codes are mistakes, those left out are noted, as are roles that met no code. */
wio_status wio_import_codes(wio_import *import);
void wio_import_place_all(wio_import *import, wio_mark mark);
wio_status wio_import_wrong_label(wio_import *import, const wio_grid *grid, bool row, size_t index,
                                  const char *problem);
wio_status wio_import_cut_pair(size_t *region, size_t *code, wio_import *import,
                               const wio_names *pairs, size_t at, wio_names *codes);
bool wio_import_any_final(const wio_import *import, wio_mark mark);
/* [rows x columns] of one value. Errors: MEMORY. */
wio_status wio_import_block(double **out, wio_import *import, size_t rows, size_t columns,
                            double value);
/* The numbers of the rows with an index, into the columns with a target. */
wio_status wio_import_cells(wio_import *import, wio_grid *grid, const size_t *index,
                            const wio_csv_target *target, bool may_miss);
void wio_import_divide(double *v, size_t count, double divisor); /* v may be NULL */
/* A line of the report, into the log and the notes; frees the text. */
void wio_report_add(wio_import *import, wio_text *text, wio_severity severity);
void wio_report_number(wio_text *text, double value);
void wio_report_roles(wio_import *import);
wio_status wio_import_satellite(wio_import *import);

/* --- import_supply_use.c ---------------------------------------------------------------------------- */

/* Builds, fills and reports; labels, numbers and import->table move from the import to *out. */
wio_status wio_import_supply_use(wio_supply_use **out, wio_import *import);
/* From a mapping (import_mapping_supply.c): head, labels and numbers. */
wio_status wio_mapping_supply_use(wio_import *import, wio_supply_blocks *blocks);
/* Places of all labels, for a summary. */
wio_status wio_import_supply_places(wio_import *import);
wio_status wio_import_supply_check(wio_import *import); /* each once, and where it should be */
/* The matrices and their numbers. The caller frees them, also after a failure. */
wio_status wio_import_supply_fill(wio_import *import, wio_supply_blocks *blocks);
/* import_supply_make.c: room for the make, whole or by regions; the numbers of one grid's industries
 * by region; sums of products and of industries; which industry and product a cell of it is. */
wio_status wio_supply_make_room(wio_import *import, wio_supply_blocks *b);
wio_status wio_supply_make_read(wio_import *import, wio_grid *grid, const wio_supply_blocks *b,
                                size_t *index, wio_csv_target *target);
size_t wio_supply_make_cells(const wio_supply_blocks *b);
void wio_supply_make_sums(double *q, double *g, const wio_supply_blocks *b);
void wio_supply_make_at(size_t *industry, size_t *product, const wio_supply_blocks *b, size_t cell);
/* Shapes, totals, negatives, balances (import_supply_report.c); sets arrays->residual. */
void wio_supply_report(wio_import *import, wio_supply_use *arrays, const wio_supply_blocks *b);

#endif
