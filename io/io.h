/* io.h - shared by the files of io/; never installed. Readers take bytes, never a locale. */
#ifndef WIO_IO_H
#define WIO_IO_H

#include "../core/result.h"
#include "../core/study.h"
#include "../core/table.h"

/* The whole of a regular file, NUL-terminated (the NUL is not counted); FIFOs, devices and folders
 * are refused. limit in bytes. */
wio_status wio_file_read(char **data, size_t *length, const char *path, size_t limit,
                         wio_error *err);
wio_status wio_path_join(char **out, const char *folder, const char *name, wio_error *err);

/* --- csv.c ---------------------------------------------------------------------------------------- */

typedef enum wio_cell_kind { /* of a workbook's cell */
                             WIO_CELL_TEXT,
                             WIO_CELL_NUMBER,
                             WIO_CELL_DATE,
                             WIO_CELL_BOOLEAN,
                             WIO_CELL_ERROR
} wio_cell_kind;

/* Rows of cells, each with its place; cells point into `data`. A sheet of a workbook is the same. */
typedef struct wio_csv {
    size_t rows;
    size_t *columns; /* [rows] cells that are cut */
    size_t *start;   /* [rows + 1] first cell of a row in cell[] */
    char **cell;     /* NUL-terminated, unquoted */
    size_t *line;    /* [rows] line where the row starts; row number of a sheet */
    char **rest;     /* [rows] what is not cut; NULL: all is. NULL array: all of every row is */
    size_t *rest_length;
    unsigned char *kind; /* [cells] wio_cell_kind of a workbook's cells, or NULL: text */
    char *place;         /* "file.xlsx:Sheet1!" of a workbook's sheet, or NULL */
    char delimiter;
    char *data;
} wio_csv;

typedef struct wio_csv_form {
    char delimiter;       /* 0: found out from the first lines, and reported */
    bool native;          /* a table folder's: advice is to save the file with commas */
    bool published;       /* of a format with this delimiter: nobody can declare another */
    size_t heads, labels; /* labels not 0: after `heads` rows, only so many cells are cut */
} wio_csv_form;

/* RFC 4180; UTF-8 with or without BOM; LF, CRLF or CR alone; empty lines are no rows. A cell is at
 * most 64 KB, a line 64 MB. Findings name file:line:column, and the column counts cells; all
 * mistakes are logged, up to ten.
 * `data` [length + 1] as wio_file_read gives it is taken over (also on failure).
 * Errors: FORMAT, MEMORY. Cost: bytes are checked on all threads, cut on one. */
wio_status wio_csv_read(wio_csv *out, char *data, size_t length, const char *file,
                        const wio_csv_form *form, wio_log *log, wio_error *err);
/* The same with commas, every cell. */
wio_status wio_csv_parse(wio_csv *out, char *data, size_t length, const char *file, wio_log *log,
                         wio_error *err);
void wio_csv_clear(wio_csv *csv);
/* --- csv_numbers.c: numbers straight from the text, on all threads -------------------------------- */

/* What a cell that should be a number may be. Texts of `zero` mean 0, those of `missing` NaN. */
typedef struct wio_number_policy {
    wio_number_form form;
    bool trim;     /* spaces around a number are no mistake, but counted */
    bool may_miss; /* `missing` is no mistake */
    size_t zeros, missings;
    const char *const *zero, *const *missing;
} wio_number_policy;

enum { /* beside those of wio_number */
       WIO_CELL_EMPTY = WIO_NUMBERS,
       WIO_CELL_MISSING, /* a text of `missing` where none may be */
       WIO_CELL_QUOTE,   /* begins with a quote and does not end with one */
       WIO_CELL_COUNT,   /* the row has `length` cells, not as many as there should be */
       WIO_CELL_KIND     /* a date or truth value of a workbook */
};

typedef struct wio_csv_problem {
    size_t row, column; /* from 0 */
    int kind;           /* wio_number or one of the above */
    const char *text;   /* [length] the cell as it is */
    size_t length;
} wio_csv_problem;

typedef struct wio_csv_tally { /* how many, and where the first is */
    size_t count, row, column;
} wio_csv_tally;

enum { WIO_PROBLEMS_NAMED = 101 };

typedef struct wio_csv_problems {
    wio_csv_problem *problem; /* [named] in the order of the text */
    size_t named, total;
    wio_csv_tally tiny, spaces, zeros, missing;
    wio_csv_tally texts; /* of a workbook: numbers stored as text */
    bool failed;         /* no memory for them */
} wio_csv_problems;

void wio_csv_problems_clear(wio_csv_problems *problems);

/* Where column c of the matrix goes: row r to to[index[r] * stride]. NULL: not wanted. */
typedef struct wio_csv_target {
    double *to;
    size_t stride;
} wio_csv_target;

/* Numbers of the rows from `first` on, `columns` in each after the label cells; rows with index
 * SIZE_MAX are left out. A cell that is no number is 0 (NaN where missing or empty) and a problem.
 * threads 0: as many as there are; same bits and problems for any number. Errors: MEMORY. */
wio_status wio_csv_numbers(wio_csv_problems *found, const wio_csv *csv, size_t first, size_t labels,
                           const size_t *index, size_t columns, const wio_csv_target *target,
                           const wio_number_policy *policy, int threads, wio_error *err);
/* One cell of them. */
void wio_csv_number(double *to, const char *text, size_t length, size_t row, size_t column,
                    const wio_number_policy *policy, wio_csv_problems *found);

void wio_csv_add_cell(wio_text *text, const char *cell); /* quoted where needed */

/* --- xlsx.c, xlsx_sheet.c: a sheet of a workbook ----------------------------------------------------- */

/* The sheet called so, or the one with that number from 1; NULL: the first. Formulas give the value
 * last saved; formulas, hidden rows and columns and merged cells are warnings. Limits and what is
 * refused: TRUST 4.2. Errors: NO_INPUT, FORMAT, MEMORY. */
wio_status wio_xlsx_read(wio_csv *out, const char *path, const char *sheet, wio_log *log,
                         wio_error *err);
wio_status wio_xlsx_parse(wio_csv *out, const char *data, size_t length, const char *file,
                          const char *sheet, wio_log *log, wio_error *err);
enum { WIO_CELL_NAME = 32 };
/* "C7": row from 1, column from 0. */
char *wio_cell_name(char name[WIO_CELL_NAME], size_t row, size_t column);

/* --- import_mapping.c: a table from any text or workbook ------------------------------------------------ */

/* wio_table_import_mapping from bytes; files are looked for in `folder`, "" or ending in '/'. */
wio_status wio_mapping_parse(wio_table **out, const char *data, size_t length, const char *path,
                             const char *folder, wio_log *log, wio_error *err);

/* --- table_folder.c, table_hdf5.c ----------------------------------------------------------------- */

wio_status wio_table_read_folder(wio_table **out, const char *path, wio_log *log, wio_error *err);
wio_status wio_table_read_hdf5(wio_table **out, const char *path, wio_log *log, wio_error *err);

/* --- yaml.c ------------------------------------------------------------------------------------------ */

/* A YAML document as nodes with places. Aliases, anchors, tags, duplicate keys, depth > 32,
 * scalars > 64 KiB, more than 200,000 nodes are errors. */
wio_status wio_yaml_parse(wio_node *out, const char *data, size_t length, const char *file,
                          wio_log *log, wio_error *err);
/* The same, but a document whose structure is whole is handed over with its mistakes in the log
 * (and the first in err), so that what reads it can find its own in the same run. */
wio_status wio_yaml_read(wio_node *out, bool *mistakes, const char *data, size_t length,
                         const char *file, wio_log *log, wio_error *err);

/* --- commit.c: a file under its final name is whole (TRUST 3.2) --------------------------------------- */

/* Tests only: let the next `count` creations, writes, syncs and renames succeed, then fail; -1
 * turns it off. */
extern _Atomic long wio_write_budget;
bool wio_write_denied(void); /* asked before each of them: true, with errno set, when it fails */

typedef struct wio_commit {
    char *final, *temporary;
    int folder;
    bool overwrite;
} wio_commit;
/* CREATE when it exists and overwrite is false, or the folder is not writable. */
wio_status wio_commit_begin(wio_commit *commit, const char *path, bool overwrite, wio_error *err);
/* Adds to the end of the temporary file. */
wio_status wio_commit_write(wio_commit *commit, const void *data, size_t length, wio_error *err);
/* Sync, rename, sync the folder. On failure the temporary file is removed. */
wio_status wio_commit_end(wio_commit *commit, wio_error *err);
void wio_commit_abort(wio_commit *commit); /* after end: nothing */
wio_status wio_file_write(const char *path, const char *data, size_t length, bool overwrite,
                          wio_error *err); /* the whole of a text file, through a commit */

/* An empty folder beside `path`, which is opened; tree.c. */
wio_status wio_temporary_folder(char **temporary, int *folder, const char *path, wio_error *err);

/* --- tree.c: a folder with subfolders, whole or not at all --------------------------------------- */

typedef struct wio_tree {
    char *final, *temporary; /* the caller fills the folder `temporary` */
    int folder;              /* where both are */
    bool exists;
} wio_tree;
/* CREATE when it exists and overwrite is false, it has no file `mark`, or its name is . or .. */
wio_status wio_tree_begin(wio_tree *tree, const char *path, const char *mark, bool overwrite,
                          wio_error *err);
wio_status wio_tree_end(wio_tree *tree, wio_error *err);
void wio_tree_abort(wio_tree *tree);            /* always after begin: removes what is not final */
void wio_tree_remove(int at, const char *name); /* with its files and its folders of files */

/* A JSON string with its quotes (result_text.c). */
void wio_json_text(wio_text *text, const char *value);

#endif
