/* table_write.c - a table as a native folder, whole or not at all.
 *
 * Its files are written into a folder beside it (tree.c). Only a folder that holds a table and nothing
 * else is ever replaced, and a README.md stays in it. */
#include "table_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct writer {
    const wio_table *table;
    const char *path;
    const char *temporary; /* the folder that is filled */
    wio_error *err;
} writer;

static wio_status fail(const writer *w, wio_status status, const char *what)
{
    char text[128];
    int number = errno;
    return wio_fail(w->err, status, "%s: %s: %s", w->path, what,
                    strerror_r(number, text, sizeof text));
}

/* One file of the folder; takes the text over. */
static wio_status put(const writer *w, const char *name, wio_text *text)
{
    char *data = NULL, *path = NULL;
    size_t length = text->length;
    WIO_TRY(wio_text_take(&data, text, w->err));
    wio_status status = wio_path_join(&path, w->temporary, name, w->err);
    if (status == WIO_OK) {
        status = wio_file_write(path, data, length, false, w->err);
    }
    wio_free(path);
    wio_free(data);
    return status;
}

static wio_status put_all(const writer *w)
{
    for (size_t i = 0; wio_table_files[i].name != NULL; i++) {
        if (wio_table_has_file(w->table, wio_table_files[i].name)) {
            wio_text text = {0};
            wio_table_files[i].text(&text, w->table);
            WIO_TRY(put(w, wio_table_files[i].name, &text));
        }
    }
    for (size_t i = 0; i < w->table->frames; i++) {
        wio_text text = {0};
        wio_frame_text(&text, &w->table->frame[i]);
        WIO_TRY(put(w, w->table->frame[i].file, &text));
    }
    return WIO_OK;
}

/* What a reader needs; and a frame's name becomes a file's: nothing that leads elsewhere or hides another file. */
static wio_status check_names(const writer *w)
{
    const wio_table *table = w->table;
    if (*table->name == '\0' || *table->price_basis == '\0' || *table->import_split == '\0' ||
        *table->currency == '\0') {
        return wio_fail(w->err, WIO_E_UNSUPPORTED,
                        "%s: a table without name, currency, price_basis or import_split could "
                        "not be read again",
                        w->path);
    }
    for (size_t i = 0; i < w->table->frames; i++) {
        const char *name = w->table->frame[i].file;
        size_t length = strlen(name);
        if (length < 5 || strcmp(name + length - 4, ".csv") != 0 || name[0] == '.' ||
            strchr(name, '/') != NULL || wio_is_known_file(name) ||
            wio_table_frame(w->table, name) != &w->table->frame[i]) {
            return wio_fail(w->err, WIO_E_FORMAT,
                            "%s: the table has data named '%.60s', which cannot be a file of it",
                            w->path, name);
        }
    }
    return WIO_OK;
}

static bool is_table_file(const char *name)
{
    size_t length = strlen(name);
    return strcmp(name, "table.yaml") == 0 || strcmp(name, "README.md") == 0 ||
           (length > 4 && strcmp(name + length - 4, ".csv") == 0);
}

/* Only a table may be replaced: table.yaml is there, and nothing that is no part of a table. */
static wio_status check_replaceable(const writer *w)
{
    DIR *directory = opendir(w->path);
    if (directory == NULL) {
        return fail(w, WIO_E_CREATE, "cannot replace");
    }
    bool table = false;
    struct dirent *entry;
    wio_status status = WIO_OK;
    while (status == WIO_OK && (entry = readdir(directory)) != NULL) {
        const char *name = entry->d_name;
        table = table || strcmp(name, "table.yaml") == 0;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !is_table_file(name)) {
            status = wio_fail(w->err, WIO_E_CREATE,
                              "%s: not replaced, because it holds '%.60s', which is no part of a "
                              "table",
                              w->path, name);
        }
    }
    (void)closedir(directory);
    if (status == WIO_OK && !table) {
        status = wio_fail(w->err, WIO_E_CREATE, "%s: not replaced, because it is no table folder",
                          w->path);
    }
    return status;
}

/* README.md of the table that was replaced goes into the new one. */
static wio_status keep_readme(const writer *w)
{
    char *from = NULL, *to = NULL;
    wio_status status = wio_path_join(&from, w->path, "README.md", w->err);
    if (status == WIO_OK) {
        status = wio_path_join(&to, w->temporary, "README.md", w->err);
    }
    if (status == WIO_OK && link(from, to) != 0 && errno != ENOENT) {
        char *data = NULL; /* a file system without hard links */
        size_t length = 0;
        status = wio_file_read(&data, &length, from, (size_t)1 << 30, w->err);
        if (status == WIO_OK) {
            status = wio_file_write(to, data, length, false, w->err);
        }
        wio_free(data);
    }
    wio_free(from);
    wio_free(to);
    return status;
}

wio_status wio_table_write_folder(const wio_table *table, const char *path, bool overwrite,
                                  wio_error *err)
{
    if (table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_write_folder: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    writer w = {.table = table, .path = path, .err = err};
    wio_tree tree = {0};
    WIO_TRY(check_names(&w));
    WIO_TRY(wio_tree_begin(&tree, path, NULL, overwrite, err));
    w.temporary = tree.temporary;
    wio_status status = tree.exists ? check_replaceable(&w) : WIO_OK;
    if (status == WIO_OK) {
        status = put_all(&w);
    }
    if (status == WIO_OK && tree.exists) {
        status = keep_readme(&w);
    }
    if (status == WIO_OK) {
        status = wio_tree_end(&tree, err);
    }
    wio_tree_abort(&tree);
    return status;
}
