/* table_folder.h - what the files that read and write a native table folder share.
 *
 * table_folder.c opens the folder and goes through its files; table_head.c reads table.yaml,
 * table_labels.c the lists of labels, table_blocks.c the matrices; table_text.c
 * makes the text of every file, table_write.c the folder. */
#ifndef WIO_TABLE_FOLDER_H
#define WIO_TABLE_FOLDER_H

#include "io.h"

/* A folder being read. A mistake is logged and reading goes on, so that one run names them all;
 * the status of the first is kept. Only MEMORY ends the reading at once. */
typedef struct wio_folder {
    const char *path;
    size_t files;
    char **file; /* [files] names in the folder, sorted */
    wio_table *table;
    wio_log *log;
    wio_error *err;
    wio_status status; /* of the first mistake */
    size_t in_file;    /* mistakes in the file now read */
    bool labels;       /* regions, sectors, uses and items could be read */
    wio_node head;     /* table.yaml; empty when it could not be read */
} wio_folder;

/* One CSV file of it, in rows of cells. */
typedef struct wio_sheet {
    char *path;
    wio_csv csv;
} wio_sheet;

/* A mistake. line and column 0 where they do not apply. */
void wio_folder_wrong(wio_folder *folder, const char *file, size_t line, size_t column,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));
wio_status wio_folder_memory(wio_folder *folder, const char *what);

/* Reads a file whole and records it for provenance. *data stays NULL when it is not there or
 * cannot be read; that is a mistake when it is required. */
wio_status wio_folder_bytes(char **data, size_t *length, char **path, wio_folder *folder,
                            const char *name, bool required);
/* The same for a CSV file; *found false: nothing to read, which was logged where it is wrong. */
wio_status wio_folder_sheet(wio_sheet *sheet, bool *found, wio_folder *folder, const char *name,
                            bool required);
/* The same, but after two header lines only the label cells are cut: wio_csv_numbers has the rest. */
wio_status wio_folder_matrix(wio_sheet *sheet, bool *found, wio_folder *folder, const char *name,
                             size_t labels, bool required);
void wio_sheet_clear(wio_sheet *sheet);
const char *wio_sheet_cell(const wio_sheet *sheet, size_t row, size_t column);
/* Columns of a list by their names in the first line; an optional one may be SIZE_MAX. False, and
 * logged, when a required one is missing. A line of another length is a mistake. */
void wio_folder_unknown(wio_folder *folder, const wio_sheet *sheet, size_t row, size_t column,
                        const char *what, const char *code, const wio_names *names);
bool wio_sheet_columns(size_t *at, const wio_sheet *sheet, wio_folder *folder,
                       const char *const *names, size_t required, size_t count);

wio_status wio_folder_read_head(wio_folder *folder);
wio_status wio_folder_read_labels(wio_folder *folder);
wio_status wio_folder_read_groups(wio_folder *folder);
wio_status wio_folder_read_flows(wio_folder *folder);
wio_status wio_folder_read_primary(wio_folder *folder);
wio_status wio_folder_read_satellites(wio_folder *folder);

/* The files that the layout knows; every other CSV file is a frame. */
typedef struct wio_known_file {
    const char *name, *about;
} wio_known_file;
extern const wio_known_file wio_known_files[];
bool wio_is_known_file(const char *name);

/* What a table's files hold, table.yaml first; the last entry is NULL. */
typedef struct wio_folder_file {
    const char *name;
    void (*text)(wio_text *text, const wio_table *table);
} wio_folder_file;
extern const wio_folder_file wio_table_files[];
bool wio_table_has_file(const wio_table *table, const char *name); /* groups etc. may be absent */
void wio_frame_text(wio_text *text, const wio_frame *frame);

#endif
