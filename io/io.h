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

typedef struct wio_csv { /* cells point into `data` */
    size_t rows;
    size_t *columns; /* [rows] */
    size_t *start;   /* [rows + 1] first cell of a row in cell[] */
    char **cell;     /* NUL-terminated, unquoted */
    size_t *line;    /* [rows] line where the row starts */
    char *data;
} wio_csv;

/* RFC 4180 with comma; UTF-8 with or without BOM; LF or CRLF; empty lines are no rows. Findings
 * name file:line:column, and the column counts cells.
 * `data` is taken over (also on failure). */
wio_status wio_csv_parse(wio_csv *out, char *data, size_t length, const char *file, wio_log *log,
                         wio_error *err);
void wio_csv_clear(wio_csv *csv);
void wio_csv_add_cell(wio_text *text, const char *cell); /* quoted where needed */

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

#endif
