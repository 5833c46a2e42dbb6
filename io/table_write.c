/* table_write.c - a table as a native folder, whole or not at all.
 *
 * Its files are written into a folder beside it, which is
 * then renamed. An existing table is exchanged for the new one in one step and removed after; only
 * a folder that holds a table and nothing else is ever replaced, and a README.md stays in it. */
#include "table_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct writer {
    const wio_table *table;
    const char *path;
    char *temporary; /* the folder that is filled */
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

/* Removes a folder with its files, none of which is a folder. Failing is no harm: it is beside. */
static void remove_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *directory = folder >= 0 ? fdopendir(folder) : NULL;
    if (directory == NULL) {
        if (folder >= 0) {
            (void)close(folder);
        }
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        (void)unlinkat(folder, entry->d_name, 0);
    }
    (void)closedir(directory);
    (void)rmdir(path);
}

/* An empty folder beside the final one, named after it. */
static wio_status make_temporary(writer *w, const char *final)
{
    const char *slash = strrchr(final, '/');
    int folder = slash != NULL ? (int)(slash - final) + 1 : 0;
    for (unsigned number = 0; number < 1000; number++) {
        wio_text name = {0};
        wio_text_add(&name, "%.*s.%.200s.tmp.%ld.%u", folder, final, final + folder, (long)getpid(),
                     number);
        WIO_TRY(wio_text_take(&w->temporary, &name, w->err));
        if (!wio_write_denied() && mkdir(w->temporary, 0777) == 0) {
            return WIO_OK;
        }
        int why = errno;
        wio_free(w->temporary);
        w->temporary = NULL;
        errno = why;
        if (why != EEXIST) {
            break;
        }
    }
    return fail(w, WIO_E_CREATE, "cannot create a folder");
}

static int sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || wio_write_denied()) {
        if (folder >= 0) {
            (void)close(folder);
        }
        return -1;
    }
    int result = fsync(folder) != 0 && errno != EINVAL ? -1 : 0; /* EINVAL: it need not be */
    (void)close(folder);
    return result;
}

static int sync_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash != NULL ? wio_strndup(path, (size_t)(slash - path) + 1) : wio_strdup(".");
    int result = parent != NULL ? sync_folder(parent) : -1;
    int why = parent != NULL ? errno : ENOMEM;
    wio_free(parent);
    errno = why;
    return result;
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

/* Under its final name; a table that was there is under the temporary one afterwards. */
static wio_status publish(const writer *w, const char *final, bool exists)
{
    if (sync_folder(w->temporary) != 0) {
        return fail(w, WIO_E_WRITE, "cannot sync");
    }
    unsigned how = exists ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    bool denied = wio_write_denied();
    if (denied || renameat2(AT_FDCWD, w->temporary, AT_FDCWD, final, how) != 0) {
        if (denied || (errno != EINVAL && errno != ENOSYS)) {
            return fail(w, WIO_E_WRITE, "cannot rename");
        }
        if (exists) { /* the file system cannot exchange: it is missing for a moment */
            remove_folder(final);
        }
        if (rename(w->temporary, final) != 0) {
            return fail(w, WIO_E_WRITE, "cannot rename");
        }
    }
    if (sync_parent(final) != 0) {
        wio_status status = fail(w, WIO_E_WRITE, "cannot sync its folder");
        if (!exists) {
            (void)rename(final, w->temporary);
        }
        return status;
    }
    return WIO_OK;
}

/* Whether there is something under the final name, and whether it may be replaced. */
static wio_status check_target(const writer *w, const char *final, bool overwrite, bool *exists)
{
    struct stat info;
    *exists = lstat(final, &info) == 0;
    if (!*exists) {
        return errno == ENOENT ? WIO_OK : fail(w, WIO_E_CREATE, "cannot create");
    }
    if (!S_ISDIR(info.st_mode)) {
        return wio_fail(w->err, WIO_E_CREATE, "%s: is there and is no folder", w->path);
    }
    return overwrite ? check_replaceable(w)
                     : wio_fail(w->err, WIO_E_CREATE,
                                "%s: exists; choose another name or ask to overwrite it (--force)",
                                w->path);
}

static wio_status write_folder(writer *w, const char *final, bool overwrite)
{
    bool exists = false;
    WIO_TRY(check_names(w));
    WIO_TRY(check_target(w, final, overwrite, &exists));
    WIO_TRY(make_temporary(w, final));
    wio_status status = put_all(w);
    if (status == WIO_OK && exists) {
        status = keep_readme(w);
    }
    if (status == WIO_OK) {
        status = publish(w, final, exists);
    }
    remove_folder(w->temporary); /* what failed, or what was replaced */
    wio_free(w->temporary);
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
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    const char *name = path + length;
    while (name > path && name[-1] != '/') {
        name--;
    }
    size_t named = (size_t)(path + length - name);
    if (named == 0 || (named <= 2 && strncmp(name, "..", named) == 0)) {
        return wio_fail(err, WIO_E_CREATE, "'%.200s': the name of a folder is needed", path);
    }
    char *final = wio_strndup(path, length);
    if (final == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory for its name", path);
    }
    wio_status status = write_folder(&w, final, overwrite);
    wio_free(final);
    return status;
}
