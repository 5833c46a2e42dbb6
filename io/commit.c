/* commit.c - a file under its final name is whole.
 *
 * The content goes to a temporary file in the same folder; it is synced, renamed, and the folder
 * is synced (TRUST 3.2). A failed fsync is never tried again: the kernel may have dropped the
 * pages and would then report success. The write budget is the tests' hook: it lets the next
 * creations, writes, syncs and renames succeed and the following ones fail.
 *
 * A process that was killed leaves its temporary file or folder (tree.c) behind. The name says whose
 * it was - .NAME.tmp.PLACE.PID.N, where PLACE stands for the machine and its process numbers - so the
 * next one into the same folder removes what belongs to processes that are dead. */
#include "io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Atomic long wio_write_budget = -1;

/* True when the budget says that this operation fails, as on a full disk. */
bool wio_write_denied(void)
{
    if (wio_write_budget == 0) {
        errno = ENOSPC;
        return true;
    }
    if (wio_write_budget > 0) {
        wio_write_budget--;
    }
    return false;
}

static wio_status fail(wio_error *err, wio_status status, const char *what, const char *path,
                       int number)
{
    const char *reason = strerrordesc_np(number);
    return wio_fail(err, status, "%s: %s: %s", path, what, reason != NULL ? reason : "failed");
}

static wio_status check_target(const char *path, bool overwrite, wio_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return errno == ENOENT ? WIO_OK : fail(err, WIO_E_CREATE, "cannot create", path, errno);
    }
    if (S_ISDIR(info.st_mode)) {
        return wio_fail(err, WIO_E_CREATE, "%s: is a folder, a file name is needed", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return wio_fail(err, WIO_E_CREATE, "%s: is not a regular file", path);
    }
    if (!overwrite) {
        return wio_fail(err, WIO_E_CREATE,
                        "%s: exists; choose another name or ask to overwrite it (--force)", path);
    }
    return WIO_OK;
}

enum { PLACE_SIZE = 9 };

/* Eight hex digits for this host and its pid namespace: in a shared folder the same process number
 * means another process on another machine or in another container. 32-bit FNV-1a. */
static void place_of_processes(char place[PLACE_SIZE])
{
    char text[512] = {0};
    (void)gethostname(text, 255);
    size_t length = strlen(text);
    if (readlink("/proc/self/ns/pid", text + length, sizeof text - 1 - length) < 0) {
        text[length] = '\0'; /* no /proc: the host alone */
    }
    uint32_t hash = 2166136261U;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        hash = (hash ^ *c) * 16777619U;
    }
    (void)snprintf(place, PLACE_SIZE, "%08x", (unsigned)hash);
}

/* The process number in .NAME.tmp.PLACE.PID.N; 0 for every other name. */
static pid_t owner_of(const char *name, const char *place)
{
    const char *at = NULL;
    for (const char *next = name; (next = strstr(next, ".tmp.")) != NULL; next++) {
        at = next + 5;
    }
    if (name[0] != '.' || at == NULL || strncmp(at, place, PLACE_SIZE - 1) != 0 ||
        at[PLACE_SIZE - 1] != '.') {
        return 0;
    }
    at += PLACE_SIZE;
    size_t digits = strspn(at, "0123456789");
    size_t more = at[digits] == '.' ? strspn(at + digits + 1, "0123456789") : 0;
    if (digits == 0 || digits > 9 || more == 0 || at[digits + 1 + more] != '\0') {
        return 0;
    }
    pid_t pid = 0;
    for (size_t i = 0; i < digits; i++) {
        pid = 10 * pid + (at[i] - '0');
    }
    return pid;
}

/* Removes the temporary files and folders that dead processes of this place left in the folder. */
static void sweep(int folder, const char *place)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* a position of its own */
    DIR *entries = copy >= 0 ? fdopendir(copy) : NULL;
    if (entries == NULL) {
        if (copy >= 0) {
            (void)close(copy);
        }
        return;
    }
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        pid_t owner = owner_of(entry->d_name, place);
        struct stat info;
        if (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH &&
            fstatat(folder, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0) {
            if (S_ISREG(info.st_mode)) {
                (void)unlinkat(folder, entry->d_name, 0);
            } else if (S_ISDIR(info.st_mode)) {
                wio_tree_remove(folder, entry->d_name);
            }
        }
    }
    (void)closedir(entries);
}

static bool create_empty(const char *name, bool folder)
{
    if (wio_write_denied()) {
        return false;
    }
    if (folder) {
        return mkdir(name, 0777) == 0;
    }
    int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0) {
        (void)close(file);
    }
    return file >= 0;
}

/* folder/.name.tmp.PLACE.PID.N with the first N that is free; created empty. */
static wio_status create_temporary(char **out, const char *path, size_t folder_length,
                                   const char *place, bool folder, wio_error *err)
{
    size_t room = strlen(path) + 64;
    char *name = wio_alloc(room, 1);
    if (name == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory for its name", path);
    }
    for (unsigned number = 0; number < 1000; number++) {
        /* 200: the name of the temporary file has to fit where the final one fits (255 bytes) */
        (void)snprintf(name, room, "%.*s.%.200s.tmp.%s.%ld.%u", (int)folder_length, path,
                       path + folder_length, place, (long)getpid(), number);
        if (create_empty(name, folder)) {
            *out = name;
            return WIO_OK;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    int number = errno;
    wio_free(name);
    return fail(err, WIO_E_CREATE,
                folder ? "cannot create a folder" : "cannot create a file beside it", path, number);
}

static int open_folder(const char *path, size_t folder_length)
{
    if (folder_length == 0) {
        return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    char *name = wio_strndup(path, folder_length);
    int folder = name != NULL ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int number = name != NULL ? errno : ENOMEM;
    wio_free(name);
    errno = number;
    return folder;
}

/* *folder: where the path is, opened and swept. */
static wio_status begin(char **temporary, int *folder, const char *path, bool tree, wio_error *err)
{
    const char *slash = strrchr(path, '/');
    size_t folder_length = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    char place[PLACE_SIZE];
    int opened = open_folder(path, folder_length);
    if (opened < 0) {
        return errno == ENOMEM ? wio_fail(err, WIO_E_MEMORY, "%s: no memory for its name", path)
                               : fail(err, WIO_E_CREATE, "cannot open its folder", path, errno);
    }
    place_of_processes(place);
    sweep(opened, place);
    wio_status status = create_temporary(temporary, path, folder_length, place, tree, err);
    if (status != WIO_OK) {
        (void)close(opened);
        return status;
    }
    *folder = opened;
    return WIO_OK;
}

wio_status wio_temporary_folder(char **temporary, int *folder, const char *path, wio_error *err)
{
    return begin(temporary, folder, path, true, err);
}

wio_status wio_commit_begin(wio_commit *commit, const char *path, bool overwrite, wio_error *err)
{
    const char *slash = strrchr(path, '/');
    size_t folder_length = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    if (path[folder_length] == '\0' || folder_length > 4096) {
        return wio_fail(err, WIO_E_CREATE, "'%.200s': a file name is needed", path);
    }
    WIO_TRY(check_target(path, overwrite, err));
    char *final = wio_strdup(path), *temporary = NULL;
    int folder = -1;
    wio_status status = final != NULL
                            ? begin(&temporary, &folder, path, false, err)
                            : wio_fail(err, WIO_E_MEMORY, "%s: no memory for its name", path);
    if (status != WIO_OK) {
        wio_free(final);
        return status;
    }
    *commit = (wio_commit){final, temporary, folder, overwrite};
    return WIO_OK;
}

/* One piece per call of write(2), so that a test can stop in the middle of a file. */
static wio_status write_all(int file, const char *data, size_t length, const char *path,
                            wio_error *err)
{
    enum { PIECE = 1 << 20 };
    /* Reserve the space first: a full disk shows before the work, where the file system can. */
    off_t end = lseek(file, 0, SEEK_END);
    if (length != 0 && fallocate(file, FALLOC_FL_KEEP_SIZE, end, (off_t)length) != 0 &&
        errno == ENOSPC) {
        return fail(err, WIO_E_WRITE, "cannot write", path, errno);
    }
    while (length != 0) {
        ssize_t wrote =
            wio_write_denied() ? -1 : write(file, data, length < PIECE ? length : PIECE);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return fail(err, WIO_E_WRITE, "cannot write", path, wrote < 0 ? errno : ENOSPC);
        }
        data += wrote;
        length -= (size_t)wrote;
    }
    return WIO_OK;
}

wio_status wio_commit_write(wio_commit *commit, const void *data, size_t length, wio_error *err)
{
    int file = open(commit->temporary, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0) {
        return fail(err, WIO_E_WRITE, "cannot write", commit->final, errno);
    }
    wio_status status = write_all(file, data, length, commit->final, err);
    if (close(file) != 0 && status == WIO_OK) {
        status = fail(err, WIO_E_WRITE, "cannot write", commit->final, errno);
    }
    return status;
}

static int sync_file(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return -1;
    }
    int result = wio_write_denied() ? -1 : fsync(file);
    int number = errno;
    (void)close(file);
    errno = number;
    return result;
}

/* Renames without replacing; where the file system cannot (EINVAL), a hard link says the same. */
static int rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    if (link(from, to) == 0) {
        return unlink(from);
    }
    return errno != EEXIST && access(to, F_OK) != 0 ? rename(from, to) : -1;
}

static wio_status publish(const wio_commit *commit, wio_error *err)
{
    if (sync_file(commit->temporary) != 0) {
        return fail(err, WIO_E_WRITE, "cannot sync", commit->final, errno);
    }
    int renamed = wio_write_denied()  ? -1
                  : commit->overwrite ? rename(commit->temporary, commit->final)
                                      : rename_new(commit->temporary, commit->final);
    if (renamed != 0) {
        return errno == EEXIST ? wio_fail(err, WIO_E_CREATE, "%s: was created meanwhile by another",
                                          commit->final)
                               : fail(err, WIO_E_WRITE, "cannot rename", commit->final, errno);
    }
    /* EINVAL: the file system does not sync folders */
    if (wio_write_denied() || (fsync(commit->folder) != 0 && errno != EINVAL)) {
        int number = errno;
        if (!commit->overwrite) {
            (void)unlink(commit->final);
        }
        return fail(err, WIO_E_WRITE, "cannot sync its folder", commit->final, number);
    }
    return WIO_OK;
}

wio_status wio_commit_end(wio_commit *commit, wio_error *err)
{
    wio_status status = publish(commit, err);
    wio_commit_abort(commit);
    return status;
}

void wio_commit_abort(wio_commit *commit)
{
    if (commit->temporary != NULL) {
        (void)unlink(commit->temporary); /* gone already after a rename */
        (void)close(commit->folder);
        wio_free(commit->final);
        wio_free(commit->temporary);
        *commit = (wio_commit){0};
    }
}

wio_status wio_file_write(const char *path, const char *data, size_t length, bool overwrite,
                          wio_error *err)
{
    wio_commit commit = {0};
    WIO_TRY(wio_commit_begin(&commit, path, overwrite, err));
    wio_status status = wio_commit_write(&commit, data, length, err);
    if (status != WIO_OK) {
        wio_commit_abort(&commit);
        return status;
    }
    return wio_commit_end(&commit, err);
}
