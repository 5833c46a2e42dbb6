/* table_open.c - a table by its name or path, "series.h5:2010" for a year of a packed file.
 *
 * A bare word is first the name of an embedded table: looked for in the folders of
 * $WASSILY_TABLES, then in studies/tables of the sources this was built from, then where
 * `make install` puts them. Anything else, and a word that is no such name, is a path. */
#include "hdf5.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifndef WIO_TABLES_SOURCE
#define WIO_TABLES_SOURCE ""
#endif
#ifndef WIO_TABLES_INSTALLED
#define WIO_TABLES_INSTALLED ""
#endif

/* The places of embedded tables as one list separated by ':'. */
static wio_status places(char **out, wio_error *err)
{
    const char *given = getenv("WASSILY_TABLES");
    wio_text text = {0};
    wio_text_add(&text, "%s:%s:%s", given != NULL ? given : "", WIO_TABLES_SOURCE,
                 WIO_TABLES_INSTALLED);
    return wio_text_take(out, &text, err);
}

/* The next place of the list as a string in it, or NULL at the end; empty ones are left out. */
static const char *next_place(char **list)
{
    while (*list != NULL) {
        char *place = *list, *colon = strchr(place, ':');
        *list = colon != NULL ? colon + 1 : NULL;
        if (colon != NULL) {
            *colon = '\0';
        }
        if (*place != '\0') {
            return place;
        }
    }
    return NULL;
}

typedef enum kind { NOTHING, FOLDER, PACKED } kind;

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static wio_status kind_of(kind *out, const char *path, wio_error *err)
{
    struct stat info;
    char *file = NULL;
    int year = WIO_NO_YEAR;
    *out = NOTHING;
    WIO_TRY(wio_packed_split(&file, &year, path, err));
    int there = stat(file, &info);
    wio_free(file);
    if (there != 0) {
        return WIO_OK;
    }
    *out = S_ISDIR(info.st_mode) ? FOLDER : PACKED;
    if (*out == FOLDER && year != WIO_NO_YEAR) {
        return wio_fail(err, WIO_E_NO_INPUT, "%s: a folder holds one table, without a year", path);
    }
    if (*out == FOLDER || S_ISREG(info.st_mode)) {
        return WIO_OK;
    }
    return wio_fail(err, WIO_E_NO_INPUT, "%s: neither a folder nor a regular file", path);
}

/* PLACE/NAME with a table.yaml, or PLACE/NAME.h5. */
static wio_status find_in(char **out, kind *found, const char *place, const char *name,
                          wio_error *err)
{
    for (int i = 0; i < 2; i++) {
        struct stat info;
        wio_text text = {0};
        char *path = NULL;
        wio_text_add(&text, i == 0 ? "%s/%s/table.yaml" : "%s/%s.h5", place, name);
        WIO_TRY(wio_text_take(&path, &text, err));
        if (stat(path, &info) == 0 && S_ISREG(info.st_mode)) {
            if (i == 0) { /* the folder itself */
                path[strlen(path) - strlen("/table.yaml")] = '\0';
            }
            *found = i == 0 ? FOLDER : PACKED;
            *out = path;
            return WIO_OK;
        }
        wio_free(path);
    }
    return WIO_OK;
}

static wio_status find_embedded(char **out, kind *found, const char *name, wio_error *err)
{
    char *list = NULL;
    WIO_TRY(places(&list, err));
    char *rest = list;
    wio_status status = WIO_OK;
    const char *place;
    while (status == WIO_OK && *found == NOTHING && (place = next_place(&rest)) != NULL) {
        status = find_in(out, found, place, name, err);
    }
    wio_free(list);
    return status;
}

static wio_status find_path(char **out, kind *found, const char *path, const char *base,
                            wio_error *err)
{
    char *full = NULL;
    if (base == NULL || *base == '\0' || path[0] == '/') {
        full = wio_strdup(path);
        if (full == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "path of a table");
        }
    } else {
        WIO_TRY(wio_path_join(&full, base, path, err));
    }
    wio_status status = kind_of(found, full, err);
    if (status != WIO_OK || *found == NOTHING) {
        wio_free(full);
        return status;
    }
    *out = full;
    return WIO_OK;
}

static wio_status not_found(const char *name, const char *base, wio_error *err)
{
    char **names = NULL;
    size_t count = 0;
    WIO_TRY(wio_table_names(&names, err));
    wio_text all = {0};
    while (names[count] != NULL) {
        wio_text_add(&all, "%s%s", count != 0 ? ", " : "", names[count]);
        count++;
    }
    const char *nearest = wio_nearest(name, (const char *const *)names, count);
    wio_fail(err, WIO_E_NO_INPUT,
             "no table '%.100s'%s%s%s: it is no embedded table (%.150s) and no path%s%.100s", name,
             nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
             nearest != NULL ? "'?)" : "", count != 0 && all.data != NULL ? all.data : "none found",
             base != NULL ? " from " : "", base != NULL ? base : "");
    wio_text_free(&all);
    wio_free(names);
    return WIO_E_NO_INPUT;
}

/* Where the table is, and in which form. */
static wio_status find(char **out, kind *form, const char *name_or_path, const char *base_folder,
                       wio_error *err)
{
    if (name_or_path == NULL || *name_or_path == '\0') {
        return wio_fail(err, WIO_E_ARGUMENT, "no table is named");
    }
    char *path = NULL;
    kind found = NOTHING;
    bool word = strchr(name_or_path, '/') == NULL && name_or_path[0] != '.';
    if (word) {
        WIO_TRY(find_embedded(&path, &found, name_or_path, err));
    }
    if (found == NOTHING) {
        WIO_TRY(find_path(&path, &found, name_or_path, base_folder, err));
    }
    if (found == NOTHING) {
        return not_found(name_or_path, base_folder, err);
    }
    *out = path;
    *form = found;
    return WIO_OK;
}

/* What is no table may be what tables are made of. */
static void tell_source(const char *path, wio_log *log)
{
    const char *format = wio_import_detect(path);
    if (format != NULL) {
        wio_find(
            log, WIO_NOTE, path, 0, 0,
            "this looks like a source of the format '%s', which 'wassily import' makes a table "
            "of",
            format);
    }
}

wio_status wio_table_open(wio_table **out, const char *name_or_path, const char *base_folder,
                          wio_log *log, wio_error *err)
{
    char *path = NULL;
    kind found = NOTHING;
    if (out == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_open: NULL argument");
    }
    WIO_TRY(find(&path, &found, name_or_path, base_folder, err));
    wio_status status = found == FOLDER ? wio_table_read_folder(out, path, log, err)
                                        : wio_table_read_hdf5(out, path, log, err);
    if (status == WIO_E_FORMAT || status == WIO_E_NO_INPUT) {
        tell_source(path, log);
    }
    wio_free(path);
    return status;
}

wio_status wio_table_file_open(wio_table_file **out, const char *name_or_path,
                               const char *base_folder, wio_log *log, wio_error *err)
{
    char *path = NULL;
    kind found = NOTHING;
    if (out == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_file_open: NULL argument");
    }
    WIO_TRY(find(&path, &found, name_or_path, base_folder, err));
    wio_status status =
        found == FOLDER
            ? wio_fail(err, WIO_E_UNSUPPORTED,
                       "%s: is a folder of text, which is read as a whole; pack it first "
                       "(wassily convert)",
                       path)
            : wio_packed_open(out, path, log, err);
    wio_free(path);
    return status;
}

/* --- the names of the embedded tables ---------------------------------------------------------------- */

/* Adds the tables of a place that are not in the list yet. */
static wio_status add_names(wio_names *names, const char *place, wio_error *err)
{
    DIR *directory = opendir(place);
    if (directory == NULL) {
        return WIO_OK; /* a place may be absent */
    }
    wio_status status = WIO_OK;
    struct dirent *entry;
    while (status == WIO_OK && (entry = readdir(directory)) != NULL) {
        char name[sizeof entry->d_name];
        (void)snprintf(name, sizeof name, "%s", entry->d_name);
        if (ends_with(name, ".h5")) {
            name[strlen(name) - 3] = '\0';
        }
        if (name[0] == '.' || name[0] == '\0') {
            continue;
        }
        char *path = NULL;
        kind found = NOTHING;
        status = find_in(&path, &found, place, name, err);
        wio_free(path);
        if (status == WIO_OK && found != NOTHING &&
            wio_names_add(names, name, "") == WIO_E_MEMORY) {
            status = wio_fail(err, WIO_E_MEMORY, "names of tables");
        }
    }
    (void)closedir(directory);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One block: the pointers, then the texts, so that one wio_free frees it. */
static wio_status pack(char ***out, const wio_names *names, wio_error *err)
{
    size_t bytes = (names->count + 1) * sizeof(char *), at = bytes;
    for (size_t i = 0; i < names->count; i++) {
        bytes += strlen(names->code[i]) + 1;
    }
    char **list = wio_alloc(bytes, 1);
    if (list == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "names of tables");
    }
    for (size_t i = 0; i < names->count; i++) {
        size_t length = strlen(names->code[i]) + 1;
        list[i] = memcpy((char *)list + at, names->code[i], length);
        at += length;
    }
    list[names->count] = NULL;
    qsort(list, names->count, sizeof *list, by_name);
    *out = list;
    return WIO_OK;
}

wio_status wio_table_names(char ***names, wio_error *err)
{
    if (names == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_names: NULL argument");
    }
    char *list = NULL;
    WIO_TRY(places(&list, err));
    char *rest = list;
    wio_names found = {0};
    wio_status status = WIO_OK;
    const char *place;
    while (status == WIO_OK && (place = next_place(&rest)) != NULL) {
        status = add_names(&found, place, err);
    }
    if (status == WIO_OK) {
        status = pack(names, &found, err);
    }
    wio_names_free(&found);
    wio_free(list);
    return status;
}
