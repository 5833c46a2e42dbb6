/* tree.c - a folder with subfolders that appears whole or not at all.
 *
 * It is filled under a temporary name beside its place and then renamed. An existing folder is
 * replaced only when the caller allows it and it has the file that such a folder must have; the two
 * are exchanged in one step, and the old one is removed after. */
#include "io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static wio_status fail(wio_error *err, wio_status status, const char *path, const char *what)
{
    char text[128];
    return wio_fail(err, status, "%s: %s: %s", path, what, strerror_r(errno, text, sizeof text));
}

/* Removes a folder with its files and, `depth` deep, its folders. Failing is no harm. */
static void remove_folder(int at, const char *name, int depth)
{
    int folder = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *directory = folder >= 0 ? fdopendir(folder) : NULL;
    if (directory == NULL) {
        if (folder >= 0) {
            (void)close(folder);
        }
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            unlinkat(folder, entry->d_name, 0) != 0 && depth > 0) {
            remove_folder(folder, entry->d_name, depth - 1);
        }
    }
    (void)closedir(directory);
    (void)unlinkat(at, name, AT_REMOVEDIR);
}

void wio_tree_remove(int at, const char *name)
{
    remove_folder(at, name, 1);
}

static wio_status check_target(wio_tree *tree, const char *path, const char *mark, bool overwrite,
                               wio_error *err)
{
    struct stat info;
    char *file = NULL;
    tree->exists = lstat(path, &info) == 0;
    if (!tree->exists) {
        return errno == ENOENT ? WIO_OK : fail(err, WIO_E_CREATE, path, "cannot create");
    }
    if (!S_ISDIR(info.st_mode)) {
        return wio_fail(err, WIO_E_CREATE, "%s: is there and is no folder", path);
    }
    if (!overwrite) {
        return wio_fail(err, WIO_E_CREATE,
                        "%s: exists; choose another name or ask to overwrite it (--force)", path);
    }
    if (mark == NULL) {
        return WIO_OK;
    }
    WIO_TRY(wio_path_join(&file, path, mark, err));
    bool marked = stat(file, &info) == 0;
    wio_free(file);
    return marked
               ? WIO_OK
               : wio_fail(err, WIO_E_CREATE, "%s: not replaced, because it has no %s", path, mark);
}

wio_status wio_tree_begin(wio_tree *tree, const char *path, const char *mark, bool overwrite,
                          wio_error *err)
{
    wio_tree t = {0};
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
    t.final = wio_strndup(path, length);
    if (t.final == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory for its name", path);
    }
    wio_status status = check_target(&t, t.final, mark, overwrite, err);
    if (status == WIO_OK) {
        status = wio_temporary_folder(&t.temporary, &t.folder, t.final, err);
    }
    if (status != WIO_OK) {
        wio_free(t.final);
        return status;
    }
    *tree = t;
    return WIO_OK;
}

static int sync_folder(int folder)
{
    if (folder < 0 || wio_write_denied()) {
        return -1;
    }
    return fsync(folder) != 0 && errno != EINVAL ? -1 : 0; /* EINVAL: it need not be */
}

static wio_status sync_temporary(const wio_tree *tree, wio_error *err)
{
    int folder = open(tree->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    wio_status status =
        sync_folder(folder) == 0 ? WIO_OK : fail(err, WIO_E_WRITE, tree->final, "cannot sync");
    if (folder >= 0) {
        (void)close(folder);
    }
    return status;
}

/* Under its final name; a folder that was there is under the temporary one afterwards. */
wio_status wio_tree_end(wio_tree *tree, wio_error *err)
{
    unsigned how = tree->exists ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    WIO_TRY(sync_temporary(tree, err));
    bool denied = wio_write_denied();
    if (denied || renameat2(AT_FDCWD, tree->temporary, AT_FDCWD, tree->final, how) != 0) {
        if (denied || (errno != EINVAL && errno != ENOSYS)) {
            return fail(err, WIO_E_WRITE, tree->final, "cannot rename");
        }
        if (tree->exists) { /* the file system cannot exchange: it is missing for a moment */
            wio_tree_remove(AT_FDCWD, tree->final);
        }
        if (rename(tree->temporary, tree->final) != 0) {
            return fail(err, WIO_E_WRITE, tree->final, "cannot rename");
        }
    }
    if (sync_folder(tree->folder) != 0) {
        wio_status status = fail(err, WIO_E_WRITE, tree->final, "cannot sync its folder");
        if (!tree->exists) {
            (void)rename(tree->final, tree->temporary);
        }
        return status;
    }
    return WIO_OK;
}

void wio_tree_abort(wio_tree *tree)
{
    if (tree->temporary != NULL) { /* what failed, or what was replaced */
        wio_tree_remove(AT_FDCWD, tree->temporary);
        (void)close(tree->folder);
    }
    wio_free(tree->temporary);
    wio_free(tree->final);
    *tree = (wio_tree){0};
}
