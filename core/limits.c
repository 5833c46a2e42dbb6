/* limits.c - how much memory this process may have: machine, ulimit and control groups; a clock.
 *
 * A batch system gives a job less than the machine has, by a control group; what goes beyond is
 * killed without a word. So the limit is read before a job starts. */
#include "internal.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

double wio_clock(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The beginning of a small file of the kernel's, NUL-terminated; false when it cannot be read. */
static bool read_file(char *text, size_t size, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    ssize_t got = read(file, text, size - 1);
    (void)close(file);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/* The limit in folder + path and in every folder above it. */
static double group_limit(const char *folder, const char *path, size_t length, const char *name)
{
    double least = INFINITY;
    for (;;) {
        char file[PATH_SIZE], text[64];
        int wrote = snprintf(file, sizeof file, "%s%.*s/%s", folder, (int)length, path, name);
        if (wrote > 0 && (size_t)wrote < sizeof file && read_file(text, sizeof text, file) &&
            text[0] >= '0' && text[0] <= '9') {
            least = fmin(least, (double)strtoull(text, NULL, 10));
        }
        if (length == 0) {
            return least;
        }
        do {
            length--;
        } while (length > 0 && path[length] != '/');
    }
}

/* Version 2 has one line "0::/path", version 1 "7:memory:/path" among others. */
static double groups_limit(void)
{
    char text[4096];
    double least = INFINITY;
    if (!read_file(text, sizeof text, "/proc/self/cgroup")) {
        return least;
    }
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        const char *first = memchr(line, ':', length);
        const char *second =
            first != NULL ? memchr(first + 1, ':', length - (size_t)(first + 1 - line)) : NULL;
        if (second != NULL) {
            const char *path = second + 1, *end = line + length;
            size_t kind = (size_t)(second - first - 1), rest = (size_t)(end - path);
            if (kind == 0) {
                least = fmin(least, group_limit("/sys/fs/cgroup", path, rest, "memory.max"));
            } else if (kind == 6 && memcmp(first + 1, "memory", kind) == 0) {
                least = fmin(least, group_limit("/sys/fs/cgroup/memory", path, rest,
                                                "memory.limit_in_bytes"));
            }
        }
        line += length + (line[length] == '\n');
    }
    return least;
}

/* What getrlimit found, with its status. */
static double soft_limit(int failed, const struct rlimit *limit)
{
    return failed == 0 && limit->rlim_cur != RLIM_INFINITY ? (double)limit->rlim_cur : INFINITY;
}

double wio_memory_left(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    double machine = pages > 0 && size > 0 ? (double)pages * (double)size : INFINITY;
    double limit = fmin(machine, groups_limit());
    struct rlimit space = {0}, data = {0};
    limit = fmin(limit, soft_limit(getrlimit(RLIMIT_AS, &space), &space));
    limit = fmin(limit, soft_limit(getrlimit(RLIMIT_DATA, &data), &data));
    return fmax(limit - (double)wio_alloc_bytes, 0.0);
}

wio_status wio_memory_need(double bytes, const char *what, wio_error *err)
{
    double left = wio_memory_left();
    if (bytes <= left) {
        return WIO_OK;
    }
    return wio_fail(err, WIO_E_MEMORY,
                    "%s needs %.0f bytes (%.3g GB), and machine and limits leave %.0f (%.3g GB)",
                    what, bytes, bytes * 1e-9, left, left * 1e-9);
}
