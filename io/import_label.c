/* import_label.c - what the labels of a source are: the user's word first, then the publisher's
 * codes as the importer knows them. A code that neither knows stops the import. */
#include "import.h"

#include <string.h>

const char *wio_import_cell(const wio_csv *csv, size_t row, size_t column)
{
    return column < csv->columns[row] ? csv->cell[csv->start[row] + column] : "";
}

wio_status wio_import_list(wio_csv *csv, size_t *at, wio_import *import, const char *path,
                           const char *const *names, size_t required, size_t count)
{
    char *data = NULL;
    size_t length = 0;
    wio_csv list = {0};
    wio_status status = wio_file_read(&data, &length, path, (size_t)1 << 30, import->err);
    if (status == WIO_OK) {
        status = wio_csv_parse(&list, data, length, path, import->log, import->err);
    }
    if (status != WIO_OK) {
        import->status = import->status == WIO_OK ? status : import->status;
        return status;
    }
    size_t columns = list.rows > 0 ? list.columns[0] : 0;
    for (size_t i = 0; i < count; i++) {
        at[i] = SIZE_MAX;
        for (size_t c = columns; c-- > 0;) {
            at[i] = strcmp(list.cell[c], names[i]) == 0 ? c : at[i];
        }
        if (at[i] == SIZE_MAX && i < required) {
            status = wio_import_wrong(import, path, 1, 1, "column '%s' is missing", names[i]);
        }
    }
    for (size_t r = 1; r < list.rows; r++) {
        if (list.columns[r] != columns) {
            status = wio_import_wrong(import, path, list.line[r], list.columns[r],
                                      "expected %zu cells as in the first line, got %zu", columns,
                                      list.columns[r]);
        }
    }
    if (status != WIO_OK) {
        wio_csv_clear(&list);
        return status;
    }
    *csv = list;
    return WIO_OK;
}

/* --- the user's roles ------------------------------------------------------------------------------ */

static const char LEFT_OUT[] = "left_out";

static wio_status read_role(wio_import *import, const wio_csv *csv, const size_t *at, size_t row)
{
    const char *path = import->options->roles, *word = wio_import_cell(csv, row, at[1]);
    const char *code = wio_import_cell(csv, row, at[0]);
    wio_role role;
    if (strcmp(word, LEFT_OUT) != 0 && !wio_role_find(&role, word)) {
        const char *words[WIO_ROLES + 1] = {LEFT_OUT};
        for (int i = 0; i < WIO_ROLES; i++) {
            words[i + 1] = wio_role_name((wio_role)i);
        }
        const char *nearest = wio_nearest(word, words, WIO_ROLES + 1);
        return wio_import_wrong(import, path, csv->line[row], at[1] + 1,
                                "'%s' is no role%s%s%s: household, government, investment, "
                                "inventory, export; compensation, tax, surplus, import, "
                                "value_added, other; left_out",
                                word, nearest != NULL ? " (did you mean '" : "",
                                nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
    }
    wio_status status = wio_names_add(&import->map, code, word);
    if (status == WIO_E_TABLE) {
        return wio_import_wrong(import, path, csv->line[row], at[0] + 1, "'%s' is there twice",
                                code);
    }
    return status == WIO_OK ? WIO_OK : wio_import_memory(import, "roles");
}

wio_status wio_import_read_maps(wio_import *import)
{
    static const char *const names[] = {"code", "role"};
    wio_csv csv = {0};
    size_t at[2];
    if (import->options->roles == NULL) {
        return WIO_OK;
    }
    WIO_TRY(wio_import_list(&csv, at, import, import->options->roles, names, 2, 2));
    wio_status status = WIO_OK;
    for (size_t r = 1; r < csv.rows && status != WIO_E_MEMORY; r++) {
        status = read_role(import, &csv, at, r);
    }
    wio_csv_clear(&csv);
    if (status != WIO_E_MEMORY && import->status == WIO_OK) {
        import->used = wio_zalloc(import->map.count, 1);
        status = import->used != NULL ? WIO_OK : wio_import_memory(import, "roles");
    }
    return import->status;
}

void wio_label_code(wio_import_label *label, wio_import *import, const wio_import_code *list,
                    const char *region, const char *code)
{
    size_t own = wio_names_find(&import->map, code);
    *label = (wio_import_label){.mark = WIO_MARK_UNKNOWN, .region = region, .code = code};
    for (; list != NULL && list->code != NULL; list++) {
        if (strcmp(list->code, code) == 0) {
            label->mark = list->mark;
            label->role = list->role;
            label->name = list->name;
            break;
        }
    }
    if (own != SIZE_MAX) {
        import->used[own] = 1;
        if (strcmp(import->map.name[own], LEFT_OUT) == 0) {
            label->mark = WIO_MARK_LEFT_OUT;
        } else if (wio_role_find(&label->role, import->map.name[own])) {
            label->mark = wio_role_is_final(label->role) ? WIO_MARK_FINAL : WIO_MARK_PRIMARY;
        }
    }
}

void wio_import_leave(wio_import *import, const char *what, const char *code)
{
    if (import->left_out.length > 400) {
        if (import->left_out.data[import->left_out.length - 1] != '.') {
            wio_text_add(&import->left_out, ", ...");
        }
        return;
    }
    wio_text_add(&import->left_out, "%s%s %.100s", import->left_out.length != 0 ? ", " : "", what,
                 code);
}
