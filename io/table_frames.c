/* table_frames.c - further files of a table (tariffs.csv, ...): every CSV file that the layout of a
 * folder does not know, kept as text; and a file added to a table by itself. */
#include "table_folder.h"

#include <string.h>

static const size_t MAX_FILE = (size_t)1 << 30;

/* The text beside a file's name under `files:` of table.yaml, or NULL. */
static const char *about(const wio_folder *folder, const char *name)
{
    const wio_node *line = wio_node_get(wio_node_get(&folder->head, "files"), name);
    return line != NULL && line->kind == WIO_NODE_SCALAR ? line->text : NULL;
}

static wio_status copy_frame(wio_frame *frame, const wio_sheet *sheet, wio_folder *folder)
{
    const wio_csv *csv = &sheet->csv;
    frame->columns = csv->columns[0];
    size_t rows = csv->rows - 1, cells;
    if (__builtin_mul_overflow(rows, frame->columns, &cells)) {
        return wio_folder_memory(folder, frame->file);
    }
    frame->header = wio_zalloc(frame->columns, sizeof *frame->header);
    frame->cell = wio_zalloc(cells, sizeof *frame->cell);
    frame->line = wio_alloc(rows, sizeof *frame->line);
    if (frame->header == NULL || frame->cell == NULL || frame->line == NULL) {
        return wio_folder_memory(folder, frame->file);
    }
    frame->rows = rows;
    for (size_t c = 0; c < frame->columns; c++) {
        const char *name = wio_sheet_cell(sheet, 0, c);
        if (*name == '\0') {
            wio_folder_wrong(folder, sheet->path, csv->line[0], c + 1, "a column without a name");
        }
        for (size_t d = 0; d < c; d++) {
            if (strcmp(frame->header[d], name) == 0) {
                wio_folder_wrong(folder, sheet->path, csv->line[0], c + 1,
                                 "column '%s' is there twice (first in column %zu)", name, d + 1);
            }
        }
        if ((frame->header[c] = wio_strdup(name)) == NULL) {
            return wio_folder_memory(folder, frame->file);
        }
    }
    for (size_t r = 0; r < rows; r++) {
        frame->line[r] = csv->line[r + 1];
        if (csv->columns[r + 1] != frame->columns) {
            wio_folder_wrong(folder, sheet->path, csv->line[r + 1], csv->columns[r + 1],
                             "expected %zu cells as in the first line, got %zu", frame->columns,
                             csv->columns[r + 1]);
        }
        for (size_t c = 0; c < frame->columns; c++) {
            char *cell = wio_strdup(wio_sheet_cell(sheet, r + 1, c));
            if (cell == NULL) {
                return wio_folder_memory(folder, frame->file);
            }
            frame->cell[r * frame->columns + c] = cell;
        }
    }
    return WIO_OK;
}

static wio_status read_frame(wio_folder *folder, const char *name)
{
    wio_table *table = folder->table;
    wio_sheet sheet = {0};
    bool found;
    WIO_TRY(wio_folder_sheet(&sheet, &found, folder, name, false));
    if (!found) {
        return WIO_OK;
    }
    wio_frame *grown = wio_grow(table->frame, table->frames, table->frames + 1, sizeof *grown);
    wio_status status = grown != NULL ? WIO_OK : wio_folder_memory(folder, name);
    if (status == WIO_OK) {
        const char *line = about(folder, name);
        table->frame = grown;
        wio_frame *frame = &grown[table->frames++];
        *frame = (wio_frame){.file = wio_strdup(name)};
        frame->about = line != NULL ? wio_strdup(line) : NULL;
        if (frame->file == NULL || (line != NULL && frame->about == NULL)) {
            status = wio_folder_memory(folder, name);
        } else {
            status = copy_frame(frame, &sheet, folder);
        }
    }
    wio_sheet_clear(&sheet);
    return status;
}

wio_status wio_folder_read_frames(wio_folder *folder)
{
    for (size_t i = 0; i < folder->files; i++) {
        const char *name = folder->file[i];
        size_t length = strlen(name);
        bool csv = length > 4 && strcmp(name + length - 4, ".csv") == 0;
        if (csv && !wio_is_known_file(name)) {
            WIO_TRY(read_frame(folder, name));
        }
    }
    return WIO_OK;
}

/* --- one file by itself ------------------------------------------------------------------------------ */

static wio_status read_alone(wio_frame *frame, wio_folder *folder, const char *path)
{
    const wio_csv_form form = {.delimiter = ',', .native = true};
    wio_sheet sheet = {0};
    char *data = NULL;
    size_t length = 0;
    WIO_TRY(wio_file_read(&data, &length, path, MAX_FILE, folder->err));
    WIO_TRY(wio_csv_read(&sheet.csv, data, length, path, &form, folder->log, folder->err));
    wio_status status =
        (sheet.path = wio_strdup(path)) != NULL ? WIO_OK : wio_folder_memory(folder, path);
    if (status == WIO_OK && sheet.csv.rows == 0) {
        wio_folder_wrong(folder, path, 1, 1, "the file is empty");
    } else if (status == WIO_OK) {
        status = copy_frame(frame, &sheet, folder);
    }
    wio_sheet_clear(&sheet);
    return status != WIO_OK ? status : folder->status;
}

static wio_status put_frame(wio_table *table, wio_frame *frame, wio_error *err)
{
    size_t at = 0;
    while (at < table->frames && strcmp(table->frame[at].file, frame->file) != 0) {
        at++;
    }
    if (at == table->frames) {
        wio_frame *grown = wio_grow(table->frame, at, at + 1, sizeof *grown);
        if (grown == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "%s", frame->file);
        }
        table->frame = grown;
        table->frame[table->frames++] = (wio_frame){0};
    }
    wio_frame_clear(&table->frame[at]);
    table->frame[at] = *frame;
    return WIO_OK;
}

wio_status wio_table_add_file(wio_table *table, const char *name, const char *path, wio_log *log,
                              wio_error *err)
{
    if (table == NULL || name == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_add_file: NULL argument");
    }
    if (wio_is_known_file(name) || strchr(name, '/') != NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "'%.80s' is not the name of a further file", name);
    }
    wio_folder folder = {.path = path, .table = table, .log = log, .err = err};
    wio_frame frame = {.file = wio_strdup(name)};
    wio_status status =
        frame.file != NULL ? read_alone(&frame, &folder, path) : wio_folder_memory(&folder, name);
    status = status == WIO_OK ? put_frame(table, &frame, err) : status;
    if (status != WIO_OK) {
        wio_frame_clear(&frame);
    }
    return status;
}
