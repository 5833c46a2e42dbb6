/* table_series.c - packed files made: one table, or a table for each year, whole or not at all.
 *
 * The file is made beside its name. For a year more it begins as a copy of the file that is there,
 * whose large arrays are held against their digests once more at the end; so an append never lends a
 * good digest to bad bytes. Then the trailer is written, and the file renamed. */
#include "hdf5.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct wio_series {
    wio_commit commit;
    wio_h5_bytes old; /* the file that years are appended to; file -1: none */
    struct stat seen; /* as it was then */
    wio_h5_ranges ranges;
    size_t years; /* added */
    bool failed;  /* something was not added */
};

static wio_status system_failure(const char *path, const char *what, wio_error *err)
{
    const char *reason = strerrordesc_np(errno);
    return wio_fail(err, WIO_E_WRITE, "%s: %s: %s", path, what, reason != NULL ? reason : "failed");
}

/* --- beginning ---------------------------------------------------------------------------------------- */

/* By the file system where it can share blocks, else in pieces. */
static wio_status copy_bytes(int from, int to, uint64_t length, const char *path, wio_error *err)
{
    enum { MOST = 1 << 26 };
    off_t at = 0;
    while ((uint64_t)at < length) {
        uint64_t left = length - (uint64_t)at;
        size_t size = left < MOST ? (size_t)left : MOST;
        ssize_t copied = wio_write_denied() ? -1 : copy_file_range(from, &at, to, NULL, size, 0);
        if (copied < 0 && errno == EINTR) {
            continue;
        }
        if (copied < 0 &&
            (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)) {
            char piece[1 << 16];
            size = size < sizeof piece ? size : sizeof piece;
            ssize_t got = pread(from, piece, size, at);
            copied = got > 0 ? write(to, piece, (size_t)got) : got;
            at += copied > 0 ? copied : 0;
        }
        if (copied <= 0) {
            errno = copied == 0 ? EIO : errno;
            return system_failure(path, "cannot copy", err);
        }
    }
    return WIO_OK;
}

static wio_status copy_old(wio_series *series, const char *path, wio_error *err)
{
    int to = open(series->commit.temporary, O_WRONLY | O_CLOEXEC);
    if (to < 0) {
        return system_failure(path, "cannot copy", err);
    }
    wio_status status = copy_bytes(series->old.file, to, series->old.length, path, err);
    if (close(to) != 0 && status == WIO_OK) {
        status = system_failure(path, "cannot copy", err);
    }
    series->ranges.range = wio_alloc(series->old.ranges, sizeof *series->ranges.range);
    if (status == WIO_OK && series->ranges.range == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "%s: no memory for the list of its pieces", path);
    }
    if (status == WIO_OK && series->old.ranges != 0) {
        memcpy(series->ranges.range, series->old.range,
               series->old.ranges * sizeof *series->ranges.range);
        series->ranges.count = series->old.ranges;
    }
    return status;
}

/* The file that is there has to be a series of ours; it stays open as it was looked at. The end of
 * an array that is the end of the file becomes part of a piece that is no old one: checked now. */
static wio_status open_old(wio_h5_bytes *old, const char *path, wio_error *err)
{
    wio_h5 h5;
    size_t count = 0;
    WIO_TRY(wio_h5_open(&h5, path, err));
    if (!wio_h5_has_attribute(&h5, "/", WIO_SERIES_MARK)) {
        (void)wio_h5_fail(&h5, WIO_E_FORMAT,
                          wio_h5_has_attribute(&h5, "/", WIO_PACKED_MARK)
                              ? "holds one table and no series: make a series of it and the others"
                              : "is not a packed table");
    } else if (h5.bytes.pieces == 0) {
        (void)wio_h5_fail(&h5, WIO_E_FORMAT,
                          "was changed by another program: make the series again");
    }
    wio_free(wio_packed_years(&h5, &count));
    if (h5.status == WIO_OK) {
        size_t length = h5.bytes.length;
        h5.status =
            wio_h5_bytes_check(&h5.bytes, length / WIO_H5_PIECE * WIO_H5_PIECE, length, path, err);
    }
    if (h5.status == WIO_OK) {
        *old = h5.bytes;
        h5.bytes = (wio_h5_bytes){.file = -1};
    }
    return wio_h5_close(&h5);
}

wio_status wio_series_begin(wio_series **out, const char *path, bool append, bool overwrite,
                            wio_error *err)
{
    if (out == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_series_begin: NULL argument");
    }
    wio_series *series = wio_zalloc(1, sizeof *series);
    if (series == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory for a series", path);
    }
    series->old.file = -1;
    wio_status status = append ? open_old(&series->old, path, err) : WIO_OK;
    if (status == WIO_OK && append && fstat(series->old.file, &series->seen) != 0) {
        status = system_failure(path, "cannot read", err);
    }
    if (status == WIO_OK) {
        status = wio_commit_begin(&series->commit, path, overwrite || append, err);
    }
    if (status == WIO_OK && append) {
        status = copy_old(series, path, err);
    }
    if (status != WIO_OK) {
        wio_series_abort(series);
        return status;
    }
    *out = series;
    return WIO_OK;
}

void wio_series_abort(wio_series *series)
{
    if (series != NULL) {
        wio_commit_abort(&series->commit);
        wio_h5_bytes_close(&series->old);
        wio_free(series->ranges.range);
        wio_free(series);
    }
}

/* --- adding ------------------------------------------------------------------------------------------- */

typedef struct outlines { /* of the years that are in the file already */
    size_t count;
    wio_table **year;
} outlines;

static void free_outlines(outlines *all)
{
    for (size_t y = 0; y < all->count; y++) {
        wio_table_free(all->year[y]);
    }
    wio_free(all->year);
}

static void read_outlines(outlines *all, wio_h5 *h5, int year)
{
    size_t count = 0;
    int *years = wio_packed_years(h5, &count);
    all->year = wio_zalloc(count, sizeof *all->year);
    if (all->year == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for its years");
    }
    for (size_t y = 0; y < count && h5->status == WIO_OK; y++) {
        wio_table *table = wio_zalloc(1, sizeof *table);
        if (table == NULL) {
            (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for its years");
            break;
        }
        all->year[all->count++] = table;
        (void)snprintf(h5->root, sizeof h5->root, "/%d", years[y]);
        wio_packed_outline(h5, table);
        if (years[y] == year) {
            (void)wio_h5_fail(h5, WIO_E_TABLE, "has the year %d already", year);
        } else if (h5->status == WIO_OK && table->year != years[y]) {
            (void)wio_h5_fail(h5, WIO_E_FORMAT, "has a table of %d as the year %d", table->year,
                              years[y]);
        }
    }
    wio_free(years);
}

/* What is in the temporary file so far; messages name the final one. */
static wio_status look_back(outlines *all, const wio_series *series, int year, wio_error *err)
{
    wio_h5 h5;
    struct stat info;
    if (stat(series->commit.temporary, &info) == 0 && info.st_size == 0) {
        return WIO_OK;
    }
    WIO_TRY(wio_h5_open(&h5, series->commit.temporary, err));
    h5.path = series->commit.final;
    read_outlines(all, &h5, year);
    return wio_h5_close(&h5);
}

static wio_status put(wio_series *series, const wio_table *table, const char *root,
                      const outlines *earlier, wio_error *err)
{
    wio_h5 h5;
    const char *temporary = series->commit.temporary;
    WIO_TRY(wio_h5_extend(&h5, temporary, series->commit.final, wio_packed_bytes(table), err));
    if (*root != '\0' && earlier->count == 0) {
        wio_h5_put_number(&h5, "/", WIO_SERIES_MARK, H5T_STD_I32LE, WIO_SERIES_FORM);
    }
    wio_h5_put_group(&h5, *root != '\0' ? root : "/");
    (void)snprintf(h5.root, sizeof h5.root, "%s", root);
    wio_packed_put(&h5, table, earlier->count, earlier->year);
    for (size_t i = 0; i < h5.items; i++) {
        wio_h5_find_ranges(&series->ranges, &h5, &h5.item[i]);
    }
    return wio_h5_close_and_verify(&h5, temporary, err);
}

wio_status wio_series_add(wio_series *series, const wio_table *table, wio_error *err)
{
    if (series == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_series_add: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    if (series->failed) {
        return wio_fail(err, WIO_E_ARGUMENT, "%s: a year before could not be added",
                        series->commit.final);
    }
    if (table->year < -99999 || table->year > 99999) {
        return wio_fail(err, WIO_E_TABLE, "%s: %d is no year", series->commit.final, table->year);
    }
    outlines earlier = {0};
    char root[16];
    (void)snprintf(root, sizeof root, "/%d", table->year);
    wio_status status = look_back(&earlier, series, table->year, err);
    if (status == WIO_OK) {
        status = put(series, table, root, &earlier, err);
        series->failed = status != WIO_OK;
    }
    free_outlines(&earlier);
    series->years += status == WIO_OK;
    return status;
}

/* --- the end ------------------------------------------------------------------------------------------ */

/* Pieces of the old file's arrays are what they were. */
static wio_status compare_old(const wio_h5_bytes *old, const uint64_t *piece, const char *path,
                              wio_error *err)
{
    for (size_t r = 0; r < old->ranges; r++) {
        size_t first = (size_t)((old->range[r][0] + WIO_H5_PIECE - 1) / WIO_H5_PIECE);
        size_t end = (size_t)(old->range[r][1] / WIO_H5_PIECE);
        for (size_t p = first; p < end; p++) {
            if (piece[p] != old->piece[p]) {
                return wio_fail(err, WIO_E_FORMAT,
                                "%s: is damaged: its bytes are not those that were written", path);
            }
        }
    }
    return WIO_OK;
}

static wio_status close_file(wio_series *series, wio_error *err)
{
    const char *path = series->commit.final;
    struct stat info;
    int file = open(series->commit.temporary, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &info) != 0) {
        wio_status status = system_failure(path, "cannot read back", err);
        if (file >= 0) {
            (void)close(file);
        }
        return status;
    }
    uint64_t length = (uint64_t)info.st_size;
    uint64_t *piece = wio_alloc((size_t)(length / WIO_H5_PIECE) + 1, sizeof *piece);
    wio_status status = piece != NULL ? wio_h5_digest_pieces(piece, file, length, path, err)
                                      : wio_fail(err, WIO_E_MEMORY,
                                                 "%s: no memory for the list of its pieces", path);
    (void)close(file);
    if (status == WIO_OK) {
        status = compare_old(&series->old, piece, path, err);
    }
    if (status == WIO_OK) {
        wio_h5_merge_ranges(&series->ranges);
        status = wio_h5_write_trailer(&series->commit, length, piece, series->ranges.range,
                                      series->ranges.count, err);
    }
    wio_free(piece);
    return status;
}

/* Another process may have added a year since. From here to the rename it waits, at this line. */
static wio_status check_unchanged(const wio_series *series, wio_error *err)
{
    struct stat now;
    if (series->old.file >= 0) {
        (void)flock(series->old.file, LOCK_EX); /* where the file system can; until it is closed */
    }
    if (series->old.file < 0 ||
        (stat(series->commit.final, &now) == 0 && now.st_ino == series->seen.st_ino &&
         now.st_dev == series->seen.st_dev && now.st_size == series->seen.st_size &&
         now.st_mtim.tv_sec == series->seen.st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == series->seen.st_mtim.tv_nsec)) {
        return WIO_OK;
    }
    return wio_fail(err, WIO_E_CREATE, "%s: was changed meanwhile by another",
                    series->commit.final);
}

wio_status wio_series_end(wio_series *series, wio_error *err)
{
    if (series == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_series_end: NULL argument");
    }
    wio_status status =
        series->failed || series->years == 0
            ? wio_fail(err, WIO_E_ARGUMENT, "%s: no year was added", series->commit.final)
            : close_file(series, err);
    if (status == WIO_OK) {
        status = check_unchanged(series, err);
    }
    if (status == WIO_OK) {
        status = wio_commit_end(&series->commit, err);
    }
    wio_series_abort(series);
    return status;
}

wio_status wio_table_write_hdf5(const wio_table *table, const char *path, bool overwrite,
                                wio_error *err)
{
    if (table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_write_hdf5: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    wio_series series = {.old = {.file = -1}};
    const outlines none = {0};
    WIO_TRY(wio_commit_begin(&series.commit, path, overwrite, err));
    wio_status status = put(&series, table, "", &none, err);
    if (status == WIO_OK) {
        status = close_file(&series, err);
    }
    if (status == WIO_OK) {
        status = wio_commit_end(&series.commit, err);
    }
    wio_commit_abort(&series.commit);
    wio_free(series.ranges.range);
    return status;
}
