/* file.c - the whole of a regular file in memory, and paths put together.
 *
 * Only regular files are read: opening a FIFO or a device could wait for ever or never end. The
 * size is a hint, not the truth: bytes are read until there are none. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <omp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 8 << 20 };

static wio_status cannot(const char *path, const char *what, wio_error *err)
{
    char text[128];
    /* the GNU strerror_r: thread-safe, and it may ignore the buffer */
    return wio_fail(err, WIO_E_NO_INPUT, "%s: %s: %s", path, what,
                    strerror_r(errno, text, sizeof text));
}

/* The first `expected` bytes by pieces on all threads, since fresh memory is given page by page. How
 * many there are from the beginning without a gap. */
static size_t read_pieces(char *bytes, int fd, size_t expected)
{
    size_t pieces = expected / PIECE, good = pieces;
    int threads = omp_in_parallel() || pieces < 4 ? 1 : wio_threads(0);
    (void)threads; /* where the pragma is not read */
#pragma omp parallel for schedule(dynamic) num_threads(threads) reduction(min                      \
                                                                          : good) if (threads > 1)
    for (size_t p = 0; p < pieces; p++) {
        size_t done = 0;
        while (done < PIECE) {
            ssize_t got =
                pread(fd, bytes + p * PIECE + done, PIECE - done, (off_t)(p * PIECE + done));
            if (got == 0 || (got < 0 && errno != EINTR)) {
                break;
            }
            done += got > 0 ? (size_t)got : 0;
        }
        good = done < PIECE && p < good ? p : good;
    }
    return good * PIECE;
}

/* Bytes until the end of the file, NUL-terminated. */
static wio_status read_all(char **data, size_t *length, int fd, size_t expected, const char *path,
                           size_t limit, wio_error *err)
{
    size_t capacity = expected + 2, used = 0; /* one to find the end, one for the NUL */
    char *bytes = wio_alloc(capacity, 1);
    if (bytes == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: %zu bytes", path, capacity);
    }
    used = read_pieces(bytes, fd, expected);
    if (used != 0 && lseek(fd, (off_t)used, SEEK_SET) < 0) {
        wio_free(bytes);
        return cannot(path, "cannot read", err);
    }
    for (;;) {
        if (used + 1 == capacity) {
            char *grown = wio_grow(bytes, used, 2 * capacity, 1);
            if (grown == NULL) {
                wio_free(bytes);
                return wio_fail(err, WIO_E_MEMORY, "%s: %zu bytes", path, 2 * capacity);
            }
            bytes = grown;
            capacity *= 2;
        }
        ssize_t got = read(fd, bytes + used, capacity - 1 - used);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            wio_free(bytes);
            return cannot(path, "cannot read", err);
        }
        if (got == 0) {
            break;
        }
        used += (size_t)got;
        if (used > limit) {
            wio_free(bytes);
            return wio_fail(err, WIO_E_FORMAT, "%s: more than %zu bytes: too large for its kind",
                            path, limit);
        }
    }
    bytes[used] = '\0';
    *data = bytes;
    *length = used;
    return WIO_OK;
}

wio_status wio_file_read(char **data, size_t *length, const char *path, size_t limit,
                         wio_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return cannot(path, "cannot open", err);
    }
    struct stat info;
    wio_status status;
    if (fstat(fd, &info) != 0) {
        status = cannot(path, "cannot open", err);
    } else if (!S_ISREG(info.st_mode)) {
        status = wio_fail(err, WIO_E_NO_INPUT, "%s: not a regular file but a %s", path,
                          S_ISDIR(info.st_mode) ? "folder" : "pipe, socket or device");
    } else if (info.st_size < 0 || (uintmax_t)info.st_size > limit) {
        status = wio_fail(err, WIO_E_FORMAT, "%s: more than %zu bytes: too large for its kind",
                          path, limit);
    } else {
        status = read_all(data, length, fd, (size_t)info.st_size, path, limit, err);
    }
    (void)close(fd);
    return status;
}

wio_status wio_path_join(char **out, const char *folder, const char *name, wio_error *err)
{
    wio_text text = {0};
    size_t length = strlen(folder);
    bool slash = length != 0 && folder[length - 1] != '/';
    wio_text_add(&text, "%s%s%s", folder, slash ? "/" : "", name);
    return wio_text_take(out, &text, err);
}
