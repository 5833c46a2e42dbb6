/* hdf5_bytes.c - the bytes of a file of ours, known piece by piece.
 *
 * After the last byte that HDF5 knows of, which it never looks at, a file of ours has
 *
 *   a digest of every piece of WIO_H5_PIECE bytes before
 *   the ranges of bytes that are nothing but large arrays of numbers, ascending: from, to
 *   the trailer
 *
 * Damage is found before HDF5 meets it (HDF5 1.10 crashes on one flipped bit in eight): a piece is
 * checked when the file is opened, and one that lies in a range, which HDF5 never reads, when its
 * numbers are. So a file of many gigabytes opens at once. */
#include "hdf5.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <omp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char DAMAGED[] = "%s: is damaged: its bytes are not those that were written";

bool wio_h5_pread(int file, void *to, size_t length, uint64_t at)
{
    char *next = to;
    while (length != 0) {
        ssize_t got = pread(file, next, length, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        next += got;
        at += (uint64_t)got;
        length -= (size_t)got;
    }
    return true;
}

int wio_h5_threads(size_t pieces)
{
    int threads = omp_in_parallel() ? 1 : wio_threads(0);
    return (size_t)threads < pieces ? threads : pieces > 0 ? (int)pieces : 1;
}

/* A check against a bad disk, at the speed of memory (SHA-256 would halve the writing rate). LANES lanes
 * of h = (h ^ word) * odd: each step can be undone, so a change of one word cannot vanish. */
static const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);

static inline uint64_t step(uint64_t lane, const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t h = (lane ^ le64toh(word)) * odd;
    return h ^ h >> 32;
}

uint64_t wio_h5_digest(uint64_t seed, const void *bytes, size_t length)
{
    enum { WORD = sizeof(uint64_t), LANES = 8 }; /* 4 wait for the multiplier, 8 for memory */
    uint64_t a = seed, b = a + 1, c = a + 2, d = a + 3, e = a + 4, f = a + 5, g = a + 6, h = a + 7;
    const char *at = bytes;
    size_t words = length / WORD, i = 0;
    for (; i + LANES <= words; i += LANES) { /* in registers, which no loop over lanes is */
        const char *next = at + i * WORD;
        a = step(a, next);
        b = step(b, next + WORD);
        c = step(c, next + 2 * WORD);
        d = step(d, next + 3 * WORD);
        e = step(e, next + 4 * WORD);
        f = step(f, next + 5 * WORD);
        g = step(g, next + 6 * WORD);
        h = step(h, next + 7 * WORD);
    }
    uint64_t lane[LANES] = {a, b, c, d, e, f, g, h}, word = length;
    for (; i < words; i++) {
        lane[i % LANES] = step(lane[i % LANES], at + i * WORD);
    }
    for (i = words * WORD; i < length; i++) {
        word = word * 257 + (unsigned char)at[i];
    }
    for (size_t k = 0; k < LANES; k++) {
        word = (word ^ lane[k]) * odd;
        word ^= word >> 29;
    }
    return word;
}

/* --- pieces ----------------------------------------------------------------------------------------- */

static size_t pieces_of(uint64_t length)
{
    return (size_t)((length + WIO_H5_PIECE - 1) / WIO_H5_PIECE);
}

static size_t piece_size(uint64_t length, size_t p)
{
    uint64_t left = length - (uint64_t)p * WIO_H5_PIECE;
    return left < WIO_H5_PIECE ? (size_t)left : WIO_H5_PIECE;
}

bool wio_h5_piece_is(wio_h5_bytes *bytes, size_t p, const void *data)
{
    uint64_t at = (uint64_t)p * WIO_H5_PIECE;
    bool same = wio_h5_digest(at, data, piece_size(bytes->length, p)) == bytes->piece[p];
    bytes->checked[p] = same ? 1 : bytes->checked[p];
    return same;
}

uint64_t wio_h5_chain(const uint64_t *piece, size_t count)
{
    uint64_t sum = 0;
    for (size_t p = 0; p < count; p++) {
        uint64_t word = htole64(piece[p]);
        sum = wio_h5_digest(sum, &word, sizeof word);
    }
    return sum;
}

wio_status wio_h5_digest_pieces(uint64_t *piece, int file, uint64_t length, const char *path,
                                wio_error *err)
{
    size_t count = pieces_of(length);
    int threads = wio_h5_threads(count / 8), failed = 0; /* 8: worth the start of a thread */
    char *scratch = wio_alloc((size_t)threads, WIO_H5_PIECE);
    if (scratch == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory to check it", path);
    }
#pragma omp parallel for schedule(static) num_threads(threads)                                     \
    reduction(|                                                                                    \
              : failed) if (threads > 1)
    for (size_t p = 0; p < count; p++) {
        char *own = scratch + (size_t)omp_get_thread_num() * WIO_H5_PIECE;
        uint64_t at = (uint64_t)p * WIO_H5_PIECE;
        failed |= !wio_h5_pread(file, own, piece_size(length, p), at);
        piece[p] = wio_h5_digest(at, own, piece_size(length, p));
    }
    wio_free(scratch);
    return failed == 0 ? WIO_OK : wio_fail(err, WIO_E_NO_INPUT, "%s: cannot be read", path);
}

wio_status wio_h5_bytes_check(wio_h5_bytes *bytes, uint64_t from, uint64_t to, const char *path,
                              wio_error *err)
{
    if (bytes->pieces == 0 || from >= to) {
        return WIO_OK;
    }
    size_t first = (size_t)(from / WIO_H5_PIECE), end = pieces_of(to), open = 0;
    end = end < bytes->pieces ? end : bytes->pieces;
    for (size_t p = first; p < end; p++) {
        open += !bytes->checked[p];
    }
    if (open == 0) {
        return WIO_OK;
    }
    int threads = wio_h5_threads(open / 8), bad = 0;
    char *scratch = wio_alloc((size_t)threads, WIO_H5_PIECE);
    if (scratch == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory to check it", path);
    }
#pragma omp parallel for schedule(static) num_threads(threads) reduction(| : bad) if (threads > 1)
    for (size_t p = first; p < end; p++) {
        char *own = scratch + (size_t)omp_get_thread_num() * WIO_H5_PIECE;
        if (!bytes->checked[p]) {
            bad |= !wio_h5_pread(bytes->file, own, piece_size(bytes->length, p),
                                 (uint64_t)p * WIO_H5_PIECE) ||
                   !wio_h5_piece_is(bytes, p, own);
        }
    }
    wio_free(scratch);
    return bad == 0 ? WIO_OK : wio_fail(err, WIO_E_FORMAT, DAMAGED, path);
}

/* --- opening ------------------------------------------------------------------------------------------ */

static wio_status no_memory(const char *path, wio_error *err)
{
    return wio_fail(err, WIO_E_MEMORY, "%s: no memory to check it", path);
}

static wio_status take_room(wio_h5_bytes *bytes, uint64_t length, uint64_t ranges, const char *path,
                            wio_error *err)
{
    size_t pieces = pieces_of(length);
    bytes->piece = wio_alloc(pieces, sizeof *bytes->piece);
    bytes->checked = wio_zalloc(pieces, 1);
    bytes->range = wio_alloc((size_t)ranges, sizeof *bytes->range);
    if (bytes->piece == NULL || bytes->checked == NULL || bytes->range == NULL) {
        return no_memory(path, err);
    }
    bytes->pieces = pieces;
    bytes->length = (size_t)length;
    bytes->ranges = (size_t)ranges;
    return WIO_OK;
}

/* Digests and ranges as they stand in the file, little-endian. */
static bool read_list(wio_h5_bytes *bytes, const wio_h5_trailer *trailer)
{
    uint64_t at = bytes->length, end = 0;
    size_t size = bytes->pieces * sizeof *bytes->piece, more = bytes->ranges * sizeof *bytes->range;
    if (!wio_h5_pread(bytes->file, bytes->piece, size, at) ||
        !wio_h5_pread(bytes->file, bytes->range, more, at + size)) {
        return false;
    }
    bool good = wio_h5_digest(le64toh(trailer->digest), bytes->range, more) ==
                le64toh(trailer->ranges_digest);
    for (size_t p = 0; p < bytes->pieces; p++) {
        bytes->piece[p] = le64toh(bytes->piece[p]);
    }
    bytes->mark = wio_h5_chain(bytes->piece, bytes->pieces);
    good = good && bytes->mark == le64toh(trailer->digest);
    for (size_t r = 0; r < bytes->ranges && good; r++) {
        uint64_t from = le64toh(bytes->range[r][0]), to = le64toh(bytes->range[r][1]);
        good = from >= end && to > from && to <= bytes->length;
        bytes->range[r][0] = from;
        bytes->range[r][1] = end = to;
    }
    return good;
}

/* Pieces of which some byte lies in no range. */
static wio_status check_the_rest(wio_h5_bytes *bytes, const char *path, wio_error *err)
{
    uint64_t from = 0;
    for (size_t r = 0; r < bytes->ranges; r++) {
        uint64_t first = (bytes->range[r][0] + WIO_H5_PIECE - 1) / WIO_H5_PIECE * WIO_H5_PIECE;
        uint64_t end = bytes->range[r][1] == bytes->length
                           ? bytes->length
                           : bytes->range[r][1] / WIO_H5_PIECE * WIO_H5_PIECE;
        if (end > first) {
            WIO_TRY(wio_h5_bytes_check(bytes, from, first, path, err));
            from = end;
        }
    }
    return wio_h5_bytes_check(bytes, from, bytes->length, path, err);
}

/* Without a trailer of ours the file was changed by another program, or made by one, and what
 * hdf5_read.c inspects has to do. */
static wio_status read_trailer(wio_h5_bytes *bytes, const char *path, wio_error *err)
{
    wio_h5_trailer trailer;
    if (bytes->size >= sizeof trailer &&
        wio_h5_pread(bytes->file, &trailer, sizeof trailer, bytes->size - sizeof trailer) &&
        memcmp(trailer.mark, WIO_H5_MARK, sizeof trailer.mark) == 0) {
        uint64_t length = le64toh(trailer.length), ranges = le64toh(trailer.ranges);
        if (length > bytes->size || ranges > bytes->size / sizeof *bytes->range ||
            length + pieces_of(length) * sizeof *bytes->piece + ranges * sizeof *bytes->range +
                    sizeof trailer !=
                bytes->size) {
            return wio_fail(err, WIO_E_FORMAT, DAMAGED, path);
        }
        WIO_TRY(take_room(bytes, length, ranges, path, err));
        return read_list(bytes, &trailer) ? check_the_rest(bytes, path, err)
                                          : wio_fail(err, WIO_E_FORMAT, DAMAGED, path);
    }
    bytes->length = bytes->size;
    return WIO_OK;
}

/* Regular files only. */
wio_status wio_h5_bytes_open(wio_h5_bytes *bytes, const char *path, wio_error *err)
{
    struct stat info;
    wio_status status;
    *bytes = (wio_h5_bytes){.file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (bytes->file < 0 || fstat(bytes->file, &info) != 0) {
        const char *reason = strerrordesc_np(errno);
        status = wio_fail(err, WIO_E_NO_INPUT, "%s: %s", path,
                          reason != NULL ? reason : "cannot be opened");
    } else if (!S_ISREG(info.st_mode)) {
        status = wio_fail(err, WIO_E_NO_INPUT, "%s: is not a regular file", path);
    } else {
        bytes->size = (size_t)info.st_size;
        status = read_trailer(bytes, path, err);
    }
    if (status != WIO_OK) {
        wio_h5_bytes_close(bytes);
    }
    return status;
}

void wio_h5_bytes_close(wio_h5_bytes *bytes)
{
    if (bytes->file >= 0) {
        (void)close(bytes->file);
    }
    wio_free(bytes->piece);
    wio_free(bytes->checked);
    wio_free(bytes->range);
    *bytes = (wio_h5_bytes){.file = -1};
}

/* --- writing ------------------------------------------------------------------------------------------ */

wio_status wio_h5_write_trailer(wio_commit *commit, uint64_t length, uint64_t *piece,
                                uint64_t (*range)[2], size_t ranges, wio_error *err)
{
    size_t pieces = pieces_of(length);
    wio_h5_trailer trailer = {.mark = WIO_H5_MARK,
                              .length = htole64(length),
                              .digest = htole64(wio_h5_chain(piece, pieces)),
                              .ranges = htole64((uint64_t)ranges)};
    for (size_t p = 0; p < pieces; p++) {
        piece[p] = htole64(piece[p]);
    }
    for (size_t r = 0; r < ranges; r++) {
        range[r][0] = htole64(range[r][0]);
        range[r][1] = htole64(range[r][1]);
    }
    trailer.ranges_digest =
        htole64(wio_h5_digest(le64toh(trailer.digest), range, ranges * sizeof *range));
    WIO_TRY(wio_commit_write(commit, piece, pieces * sizeof *piece, err));
    if (ranges != 0) {
        WIO_TRY(wio_commit_write(commit, range, ranges * sizeof *range, err));
    }
    return wio_commit_write(commit, &trailer, sizeof trailer, err);
}
