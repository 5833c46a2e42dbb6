/* import_mapping.c - a table from any CSV, TSV or XLSX, by a small YAML file that says what is where
 * (io/README.md has its keys). Nothing is guessed: what a label is, is said in the mapping. */
#include "import_mapping.h"

#include <stdio.h>
#include <string.h>

static const size_t MAX_MAPPING = (size_t)4 << 20;
enum { MOST_IN_SHEET = 50 };

/* --- findings ------------------------------------------------------------------------------------------- */

void wio_mapping_wrong(wio_mapping *map, const wio_node *at, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(map->log, WIO_ERROR, map->path, at->line, at->column, "%s", message);
    (void)wio_fail(map->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", map->path, at->line, at->column,
                   message);
    map->status = map->status == WIO_OK ? WIO_E_FORMAT : map->status;
}

wio_status(wio_mapping_memory)(wio_mapping *map, const char *what)
{
    map->status = WIO_E_MEMORY;
    return wio_fail(map->err, WIO_E_MEMORY, "%s: %s", map->path, what);
}

void wio_mapping_cell(wio_mapping *map, wio_map_sheet *sheet, wio_severity severity, size_t row,
                      size_t column, const char *format, ...)
{
    char message[400], place[400], name[WIO_CELL_NAME];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    const wio_csv *cells = &sheet->cells;
    size_t line = row < cells->rows ? cells->line[row] : 0;
    bool book = cells->place != NULL;
    if (book) {
        (void)snprintf(place, sizeof place, "%s%s", cells->place,
                       wio_cell_name(name, line, column));
    }
    if (severity == WIO_ERROR) {
        map->status = map->status == WIO_OK ? WIO_E_FORMAT : map->status;
        if (book) {
            (void)wio_fail(map->err, WIO_E_FORMAT, "%s: %s", place, message);
        } else {
            (void)wio_fail(map->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", sheet->path, line, column + 1,
                           message);
        }
        if (++sheet->wrong > MOST_IN_SHEET) {
            if (sheet->wrong == MOST_IN_SHEET + 1) {
                wio_find(map->log, WIO_ERROR, sheet->path, 0, 0, "more mistakes follow");
            }
            return;
        }
    }
    wio_find(map->log, severity, book ? place : sheet->path, book ? 0 : line, book ? 0 : column + 1,
             "%s", message);
}

/* --- the whole ---------------------------------------------------------------------------------------- */

void wio_mapping_clear(wio_mapping *map)
{
    for (size_t i = 0; i < map->sheets; i++) {
        wio_map_sheet *sheet = &map->sheet[i];
        wio_free((void *)sheet->policy.zero);
        wio_free((void *)sheet->policy.missing);
        wio_csv_clear(&sheet->cells);
        wio_free(sheet->path);
        wio_free(sheet->row);
        wio_free(sheet->column_at);
    }
    for (size_t i = 0; i < map->inputs; i++) {
        wio_free(map->input[i].path);
    }
    wio_free(map->input);
    wio_free(map->sheet);
    wio_free(map->endogenous);
    wio_free(map->valuation);
    wio_free(map->use_role);
    wio_free(map->use_region);
    wio_free(map->item_role);
    wio_free(map->account_unit);
    wio_names_free(&map->region);
    wio_names_free(&map->sector);
    wio_names_free(&map->use);
    wio_names_free(&map->item);
    wio_names_free(&map->account);
    wio_names_free(&map->product);
    wio_names_free(&map->industry);
    wio_names_free(&map->supply);
    wio_free(map->supply_role);
    wio_node_clear(&map->root);
}

/* A mapping of the other kind is refused before its sheets are opened. */
static wio_status check_kind(wio_mapping *map, bool supply_use)
{
    if (map->supply_use == supply_use) {
        return WIO_OK;
    }
    return supply_use
               ? wio_fail(map->err, WIO_E_ARGUMENT,
                          "%s: this mapping is of a symmetric table: it has `sectors`, and no "
                          "`products` and `industries` to make symmetric by a model",
                          map->path)
               : wio_fail(map->err, WIO_E_ARGUMENT,
                          "%s: this mapping is of supply and use (`products`, `industries`), which "
                          "have to be made symmetric by a model",
                          map->path);
}

wio_status wio_mapping_open(wio_mapping *map, const char *data, size_t length, bool supply_use)
{
    bool mistakes = false;
    WIO_TRY(wio_yaml_read(&map->root, &mistakes, data, length, map->path, map->log, map->err));
    map->status = mistakes ? WIO_E_FORMAT : WIO_OK;
    WIO_TRY(wio_mapping_keys(map));
    if (map->status != WIO_OK) {
        return WIO_OK;
    }
    WIO_TRY(check_kind(map, supply_use));
    return wio_mapping_labels(map);
}

wio_status wio_mapping_parse(wio_table **out, const char *data, size_t length, const char *path,
                             const char *folder, wio_log *log, wio_error *err)
{
    wio_mapping map = {.path = path, .folder = folder, .log = log, .err = err};
    wio_table *table = NULL;
    wio_status status = wio_mapping_open(&map, data, length, false);
    if (status == WIO_OK && map.status == WIO_OK) {
        status = wio_mapping_table(&table, &map);
    }
    status = status == WIO_OK ? map.status : status;
    wio_mapping_clear(&map);
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

wio_status wio_mapping_file(char **data, size_t *length, char **folder, const char *path,
                            wio_error *err)
{
    char *text = NULL;
    WIO_TRY(wio_file_read(&text, length, path, MAX_MAPPING, err));
    const char *slash = strrchr(path, '/');
    *folder = slash != NULL ? wio_strndup(path, (size_t)(slash - path) + 1) : wio_strdup("");
    if (*folder == NULL) {
        wio_free(text);
        return wio_fail(err, WIO_E_MEMORY, "%s", path);
    }
    *data = text;
    return WIO_OK;
}

wio_status wio_table_import_mapping(wio_table **out, const char *mapping_path, wio_log *log,
                                    wio_error *err)
{
    if (out == NULL || mapping_path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_import_mapping: NULL argument");
    }
    char *data = NULL, *folder = NULL;
    size_t length = 0;
    WIO_TRY(wio_mapping_file(&data, &length, &folder, mapping_path, err));
    wio_status status = wio_mapping_parse(out, data, length, mapping_path, folder, log, err);
    wio_free(folder);
    wio_free(data);
    return status;
}
