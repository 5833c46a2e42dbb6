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
static void remove_tree(int at, const char *name, int depth)
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
            remove_tree(folder, entry->d_name, depth - 1);
        }
    }
    (void)closedir(directory);
    (void)unlinkat(at, name, AT_REMOVEDIR);
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
    t.final = wio_strndup(path, length);
    if (t.final == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s", path);
    }
    wio_status status = check_target(&t, t.final, mark, overwrite, err);
    for (unsigned number = 0; status == WIO_OK; number++) {
        wio_text name = {0};
        wio_text_add(&name, "%s.tmp.%ld.%u", t.final, (long)getpid(), number);
        status = wio_text_take(&t.temporary, &name, err);
        if (status != WIO_OK || (!wio_write_denied() && mkdir(t.temporary, 0777) == 0)) {
            break;
        }
        if (errno != EEXIST || number > 1000) {
            status = fail(err, WIO_E_CREATE, path, "cannot create a folder");
        }
        wio_free(t.temporary);
        t.temporary = NULL;
    }
    if (status != WIO_OK) {
        wio_free(t.final);
        return status;
    }
    *tree = t;
    return WIO_OK;
}

wio_status wio_tree_end(wio_tree *tree, wio_error *err)
{
    unsigned how = tree->exists ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    int folder = open(tree->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = folder >= 0 && !wio_write_denied() ? fsync(folder) : -1;
    if (folder >= 0) {
        (void)close(folder);
    }
    if (result == 0) {
        result = wio_write_denied()
                     ? -1
                     : renameat2(AT_FDCWD, tree->temporary, AT_FDCWD, tree->final, how);
    }
    if (result != 0 && (errno == EINVAL || errno == ENOSYS)) { /* it cannot exchange */
        if (tree->exists) {
            remove_tree(AT_FDCWD, tree->final, 1);
        }
        result = rename(tree->temporary, tree->final);
    }
    return result == 0 ? WIO_OK : fail(err, WIO_E_WRITE, tree->final, "cannot write");
}

void wio_tree_abort(wio_tree *tree)
{
    if (tree->temporary != NULL) { /* what failed, or what was replaced */
        remove_tree(AT_FDCWD, tree->temporary, 1);
    }
    wio_free(tree->temporary);
    wio_free(tree->final);
    *tree = (wio_tree){0};
}
