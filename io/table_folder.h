/* table_folder.h - what the files that read and write a native table folder share.
 *
 * table_folder.c opens the folder and goes through its files; table_head.c reads table.yaml,
 * table_labels.c the lists of labels, table_blocks.c the matrices, table_activities.c those with a line
 * for each activity, table_list.c flows one by one, table_frames.c all other files;
 * table_text.c makes the text of every file, table_write.c the folder. */
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

enum { WIO_MOST_IN_FILE = 100 }; /* mistakes of a file that are named, one by one */

/* A mistake. line and column 0 where they do not apply. */
void wio_folder_wrong(wio_folder *folder, const char *file, size_t line, size_t column,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));
wio_status wio_folder_memory(wio_folder *folder, const char *what);

/* The text of a file of it. */
typedef struct wio_folder_text {
    const char *name;
    char *path, *data;
    size_t length, input; /* input: of the table */
} wio_folder_text;

/* Reads a file whole and records it for provenance, but for its digest. data stays NULL when it is not there or
 * cannot be read; that is a mistake when it is required. */
wio_status wio_folder_bytes(wio_folder_text *text, wio_folder *folder, const char *name,
                            bool required);
void wio_folder_digest(wio_folder *folder, const wio_folder_text *text);
void wio_folder_text_clear(wio_folder_text *text);
/* Whether the first cells of the first line are these words, quoted or not. */
bool wio_folder_begins(const wio_folder_text *text, const char *const *words, size_t count);
/* The same for a CSV file; *found false: nothing to read, which was logged where it is wrong. */
wio_status wio_folder_sheet(wio_sheet *sheet, bool *found, wio_folder *folder, const char *name,
                            bool required);
/* A text that was read as such a file, and is taken over. labels not 0: after `heads` lines only so many
 * cells are cut, wio_csv_numbers has the rest. */
wio_status wio_folder_cut(wio_sheet *sheet, bool *found, wio_folder *folder, wio_folder_text *text,
                          size_t heads, size_t labels);
void wio_sheet_clear(wio_sheet *sheet);
/* Names what is wrong with cells that should be numbers; `columns` there should be; missing: a cell
 * may be empty. Clears *found. */
void wio_folder_numbers(wio_folder *folder, const wio_sheet *sheet, size_t columns, bool missing,
                        wio_csv_problems *found);
/* How cells of numbers are read. */
wio_number_policy wio_folder_policy(bool missing);
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
/* Flows one by one, into compressed rows (table_list.c); *list false: it is no such text. */
wio_status wio_folder_read_list(wio_folder *folder, wio_folder_text *text, bool *list);
/* primary.csv, or satellites.csv, with a line for each activity (table_activities.c); *lines false: it
 * is no such text. */
wio_status wio_folder_read_activities(wio_folder *folder, wio_folder_text *text, bool satellites,
                                      bool *lines);
extern size_t wio_list_piece; /* bytes that are cut together; changed by tests alone */
wio_status wio_folder_read_primary(wio_folder *folder);
wio_status wio_folder_read_satellites(wio_folder *folder);
wio_status wio_folder_read_frames(wio_folder *folder);

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
