/* table_folder.c - a native table folder (DESIGN section 2): table.yaml and CSV files.
 *
 * Labels decide where a number goes, never its place in the file: columns and rows of the matrices
 * may be in any order. Origins of endogenous regions come first, otherwise the order is that of
 * regions.csv and sectors.csv. */
#include "table_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 10,000 activities as text are about 1 GB; more belongs in HDF5. */
static const size_t MAX_FILE = (size_t)4 << 30;

const wio_known_file wio_known_files[] = {
    {"regions.csv", "regions and whether they are endogenous"},
    {"sectors.csv", "sector codes and names"},
    {"uses.csv", "final uses and their roles"},
    {"primary_items.csv", "rows of primary.csv and their roles"},
    {"groups.csv", "named groups of sectors"},
    {"flows.csv", "intermediate and final flows, rows = sellers"},
    {"primary.csv", "primary inputs by user"},
    {"satellites.csv", "satellite accounts by sector; an empty cell is unknown"},
    {"satellites_notes.csv", "cells of satellites.csv that need a remark"},
    {NULL, NULL}};

bool wio_is_known_file(const char *name)
{
    for (const wio_known_file *known = wio_known_files; known->name != NULL; known++) {
        if (strcmp(known->name, name) == 0) {
            return true;
        }
    }
    return false;
}

void wio_folder_wrong(wio_folder *folder, const char *file, size_t line, size_t column,
                      const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (folder->status == WIO_OK) {
        folder->status = WIO_E_FORMAT;
        if (line != 0) {
            wio_fail(folder->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", file, line, column, message);
        } else {
            wio_fail(folder->err, WIO_E_FORMAT, "%s: %s", file, message);
        }
    }
    if (++folder->in_file <= WIO_MOST_IN_FILE) {
        wio_find(folder->log, WIO_ERROR, file, line, column, "%s", message);
    } else if (folder->in_file == WIO_MOST_IN_FILE + 1) {
        wio_find(folder->log, WIO_ERROR, file, 0, 0, "more mistakes in this file");
    }
}

wio_status wio_folder_memory(wio_folder *folder, const char *what)
{
    folder->status = WIO_E_MEMORY;
    return wio_fail(folder->err, WIO_E_MEMORY, "%s: %s", folder->path, what);
}

/* --- the files of the folder --------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static wio_status list_files(wio_folder *folder)
{
    DIR *directory = opendir(folder->path);
    if (directory == NULL) {
        char text[128];
        folder->status = WIO_E_NO_INPUT;
        return wio_fail(folder->err, WIO_E_NO_INPUT, "%s: %s", folder->path,
                        strerror_r(errno, text, sizeof text));
    }
    size_t capacity = 0;
    wio_status status = WIO_OK;
    struct dirent *entry;
    while (status == WIO_OK && (entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (folder->files == capacity) {
            capacity = 2 * capacity + 16;
            char **grown = wio_grow(folder->file, folder->files, capacity, sizeof *grown);
            if (grown == NULL) {
                status = wio_folder_memory(folder, "list of files");
                break;
            }
            folder->file = grown;
        }
        folder->file[folder->files] = wio_strdup(entry->d_name);
        if (folder->file[folder->files] == NULL) {
            status = wio_folder_memory(folder, "list of files");
        } else {
            folder->files++;
        }
    }
    (void)closedir(directory);
    if (status == WIO_OK && folder->files != 0) {
        qsort(folder->file, folder->files, sizeof *folder->file, by_name);
    }
    return status;
}

static bool has_file(const wio_folder *folder, const char *name)
{
    for (size_t i = 0; i < folder->files; i++) {
        if (strcmp(folder->file[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Remember a file for provenance: path and size; its digest comes later. */
static wio_status record(wio_folder *folder, const char *path, size_t length)
{
    wio_table *table = folder->table;
    wio_input_file *grown = wio_grow(table->input, table->inputs, table->inputs + 1, sizeof *grown);
    if (grown == NULL) {
        return wio_folder_memory(folder, "list of inputs");
    }
    table->input = grown;
    wio_input_file *input = &grown[table->inputs];
    *input = (wio_input_file){.path = wio_strdup(path), .bytes = length};
    if (input->path == NULL) {
        return wio_folder_memory(folder, "list of inputs");
    }
    table->inputs++;
    return WIO_OK;
}

wio_status wio_folder_bytes(wio_folder_text *text, wio_folder *folder, const char *name,
                            bool required)
{
    folder->in_file = 0;
    char *joined = NULL, *bytes = NULL;
    size_t length = 0;
    *text = (wio_folder_text){0};
    if (wio_path_join(&joined, folder->path, name, NULL) != WIO_OK) {
        return wio_folder_memory(folder, name);
    }
    wio_status status = WIO_OK;
    wio_error error = {0};
    if (!has_file(folder, name)) {
        if (required) {
            wio_folder_wrong(folder, joined, 0, 0, "this file is missing");
        }
    } else if ((status = wio_file_read(&bytes, &length, joined, MAX_FILE, &error)) != WIO_OK) {
        if (status == WIO_E_MEMORY) {
            status = wio_folder_memory(folder, name);
        } else {
            size_t prefix = strlen(joined); /* the finding has the path already */
            bool same = strncmp(error.message, joined, prefix) == 0 && error.message[prefix] == ':';
            wio_folder_wrong(folder, joined, 0, 0, "%s", error.message + (same ? prefix + 2 : 0));
            status = WIO_OK;
        }
    } else {
        status = record(folder, joined, length);
    }
    if (status != WIO_OK || bytes == NULL) {
        wio_free(bytes);
        wio_free(joined);
        return status;
    }
    *text = (wio_folder_text){.name = name,
                              .path = joined,
                              .data = bytes,
                              .length = length,
                              .input = folder->table->inputs - 1};
    return WIO_OK;
}

void wio_folder_digest(wio_folder *folder, const wio_folder_text *text)
{
    wio_digest(folder->table->input[text->input].digest, text->data, text->length);
}

void wio_folder_text_clear(wio_folder_text *text)
{
    wio_free(text->data);
    wio_free(text->path);
    *text = (wio_folder_text){0};
}

bool wio_folder_begins(const wio_folder_text *text, const char *const *words, size_t count)
{
    const char *at = text->data; /* NUL-terminated */
    at += strncmp(at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(words[i]), quote = *at == '"' ? 1 : 0;
        if (strncmp(at + quote, words[i], length) != 0 ||
            strchr(quote != 0 ? "\"" : ",\r\n", at[quote + length]) == NULL) {
            return false;
        }
        at += quote + length + quote;
        at += *at != '\0';
    }
    return true;
}

wio_status wio_folder_cut(wio_sheet *sheet, bool *found, wio_folder *folder, wio_folder_text *text,
                          size_t heads, size_t labels)
{
    const wio_csv_form form = {.delimiter = ',', .native = true, .heads = heads, .labels = labels};
    wio_error error = {0};
    wio_csv csv = {0};
    char *path = text->path;
    const char *name = text->name;
    wio_folder_digest(folder, text); /* cells are cut in place */
    wio_status status =
        wio_csv_read(&csv, text->data, text->length, path, &form, folder->log, &error);
    *text = (wio_folder_text){0};
    *found = false;
    if (status == WIO_OK && csv.rows == 0) {
        wio_csv_clear(&csv);
        wio_folder_wrong(folder, path, 1, 1, "the file is empty");
        wio_free(path);
        return WIO_OK;
    }
    if (status != WIO_OK) {
        wio_free(path);
        if (status == WIO_E_MEMORY) {
            return wio_folder_memory(folder, name);
        }
        if (folder->status == WIO_OK) { /* already logged */
            folder->status = wio_fail(folder->err, status, "%s", error.message);
        }
        return WIO_OK;
    }
    *sheet = (wio_sheet){.path = path, .csv = csv};
    *found = true;
    return WIO_OK;
}

wio_status wio_folder_sheet(wio_sheet *sheet, bool *found, wio_folder *folder, const char *name,
                            bool required)
{
    wio_folder_text text;
    *found = false;
    WIO_TRY(wio_folder_bytes(&text, folder, name, required));
    return text.data != NULL ? wio_folder_cut(sheet, found, folder, &text, 0, 0) : WIO_OK;
}

void wio_sheet_clear(wio_sheet *sheet)
{
    wio_csv_clear(&sheet->csv);
    wio_free(sheet->path);
    sheet->path = NULL;
}

const char *wio_sheet_cell(const wio_sheet *sheet, size_t row, size_t column)
{
    return column < sheet->csv.columns[row] ? sheet->csv.cell[sheet->csv.start[row] + column] : "";
}

bool wio_sheet_columns(size_t *at, const wio_sheet *sheet, wio_folder *folder,
                       const char *const *names, size_t required, size_t count)
{
    const wio_csv *csv = &sheet->csv;
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        at[i] = SIZE_MAX;
    }
    for (size_t c = 0; c < csv->columns[0]; c++) {
        const char *name = wio_sheet_cell(sheet, 0, c);
        size_t i = 0;
        while (i < count && strcmp(names[i], name) != 0) {
            i++;
        }
        if (i == count) {
            const char *nearest = wio_nearest(name, names, count);
            wio_find(folder->log, WIO_WARNING, sheet->path, csv->line[0], c + 1,
                     "column '%s' is not used%s%s%s", name,
                     nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?)" : "");
        } else if (at[i] != SIZE_MAX) {
            wio_folder_wrong(folder, sheet->path, csv->line[0], c + 1,
                             "column '%s' is there twice (first in column %zu)", name, at[i] + 1);
        } else {
            at[i] = c;
        }
    }
    for (size_t i = 0; i < required; i++) {
        if (at[i] == SIZE_MAX) {
            wio_folder_wrong(folder, sheet->path, csv->line[0], 1, "column '%s' is missing",
                             names[i]);
            good = false;
        }
    }
    for (size_t r = 1; r < csv->rows; r++) {
        if (csv->columns[r] != csv->columns[0]) {
            wio_folder_wrong(folder, sheet->path, csv->line[r], csv->columns[r],
                             "expected %zu cells as in the first line, got %zu", csv->columns[0],
                             csv->columns[r]);
        }
    }
    return good;
}

/* --- the whole -------------------------------------------------------------------------------------- */

static wio_status read_files(wio_folder *folder)
{
    WIO_TRY(list_files(folder));
    if (!has_file(folder, "table.yaml")) {
        folder->status = WIO_E_NO_INPUT;
        return wio_fail(folder->err, WIO_E_NO_INPUT, "%s: not a table: it has no table.yaml",
                        folder->path);
    }
    folder->table->path = wio_strdup(folder->path);
    if (folder->table->path == NULL) {
        return wio_folder_memory(folder, "path");
    }
    WIO_TRY(wio_folder_read_head(folder));
    WIO_TRY(wio_folder_read_labels(folder));
    if (folder->labels) { /* otherwise every label below would be called unknown */
        WIO_TRY(wio_folder_read_groups(folder));
        WIO_TRY(wio_folder_read_flows(folder));
        WIO_TRY(wio_folder_read_primary(folder));
        WIO_TRY(wio_folder_read_satellites(folder));
    }
    WIO_TRY(wio_folder_read_frames(folder));
    if (folder->status != WIO_OK) {
        return folder->status;
    }
    return wio_table_finish(folder->table, folder->log, folder->err);
}

wio_status wio_table_read_folder(wio_table **out, const char *path, wio_log *log, wio_error *err)
{
    wio_folder folder = {.path = path, .log = log, .err = err};
    folder.table = wio_zalloc(1, sizeof *folder.table);
    wio_status status =
        folder.table != NULL ? read_files(&folder) : wio_folder_memory(&folder, "table");
    for (size_t i = 0; i < folder.files; i++) {
        wio_free(folder.file[i]);
    }
    wio_free(folder.file);
    wio_node_clear(&folder.head);
    if (status != WIO_OK) {
        wio_table_free(folder.table);
        return status;
    }
    *out = folder.table;
    return WIO_OK;
}
