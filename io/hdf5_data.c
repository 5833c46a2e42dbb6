/* hdf5_data.c - the numbers of a dataset, or of a block of it, straight from the file, on all threads.
 *
 * HDF5 reads with one thread, and what it decodes it decodes alone. A dataset of ours is either one
 * run of little-endian doubles or chunks that were shuffled and deflated. Where it lies HDF5 says
 * once (a wio_h5_layout); the bytes are read, inflated and put into place here, and what they are
 * checked against (hdf5_bytes.c) is looked at while they are in the cache. */
#include "hdf5.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static bool inside(const wio_h5_bytes *bytes, uint64_t at, uint64_t length)
{
    return at <= bytes->length && length <= bytes->length - at;
}

/* --- where a dataset lies ---------------------------------------------------------------------------- */

/* Shuffled, then deflated, and nothing else. */
static bool has_our_filters(hid_t creation)
{
    static const H5Z_filter_t ours[] = {H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE};
    bool same = H5Pget_nfilters(creation) == 2;
    for (unsigned i = 0; same && i < 2; i++) {
        unsigned flags = 0;
        size_t parameters = 0;
        same = H5Pget_filter2(creation, i, &flags, &parameters, NULL, 0, NULL, NULL) == ours[i];
    }
    return same;
}

/* Where chunk c of the grid begins. */
static void corner(size_t start[WIO_H5_MAX_RANK], const wio_h5_layout *at, size_t c)
{
    for (size_t r = WIO_H5_MAX_RANK; r-- > 0;) {
        start[r] = c % at->grid[r] * at->chunk[r];
        c /= at->grid[r];
    }
}

static bool find_chunks(wio_h5_layout *at, size_t rank, hid_t dataset, hid_t creation)
{
    hsize_t chunk[WIO_H5_MAX_RANK], place[WIO_H5_MAX_RANK];
    size_t shift = WIO_H5_MAX_RANK - rank, start[WIO_H5_MAX_RANK];
    if (!has_our_filters(creation) || H5Pget_chunk(creation, WIO_H5_MAX_RANK, chunk) != (int)rank) {
        return false;
    }
    at->chunks = 1;
    at->bytes = sizeof(double);
    for (size_t r = 0; r < WIO_H5_MAX_RANK; r++) {
        at->chunk[r] = r < shift ? 1 : (size_t)chunk[r - shift];
        if (at->chunk[r] == 0 || __builtin_mul_overflow(at->bytes, at->chunk[r], &at->bytes) ||
            at->bytes > UINT32_MAX) { /* HDF5's own limit, which a damaged file need not keep */
            return false;
        }
        at->grid[r] = (at->dims[r] + at->chunk[r] - 1) / at->chunk[r];
        at->chunks *= at->grid[r];
    }
    at->place = wio_alloc(at->chunks, sizeof *at->place);
    bool good = at->place != NULL;
    for (size_t c = 0; good && c < at->chunks; c++) {
        unsigned skipped = 0;
        haddr_t address = HADDR_UNDEF;
        hsize_t size = 0;
        corner(start, at, c);
        for (size_t r = 0; r < rank; r++) {
            place[r] = start[shift + r];
        }
        good = H5Dget_chunk_info_by_coord(dataset, place, &skipped, &address, &size) >= 0 &&
               skipped == 0 && address != HADDR_UNDEF &&
               size <= compressBound((uLong)at->bytes) + 64;
        at->place[c].at = address;
        at->place[c].size = size;
    }
    return good;
}

bool wio_h5_find_layout(wio_h5_layout *at, wio_h5 *h5, const wio_h5_item *item)
{
    bool good = false;
    size_t count = sizeof(double);
    *at = (wio_h5_layout){0};
    for (size_t r = 0; r < WIO_H5_MAX_RANK; r++) {
        size_t shift = WIO_H5_MAX_RANK - item->rank;
        at->dims[r] = r < shift ? 1 : item->dims[r - shift];
        count *= at->dims[r];
    }
    hid_t dataset = WIO_H5(h5, H5Dopen2(h5->file, item->path, H5P_DEFAULT));
    hid_t creation = WIO_H5(h5, H5Dget_create_plist(dataset));
    hid_t type = WIO_H5(h5, H5Dget_type(dataset));
    if (h5->status == WIO_OK && H5Tequal(type, H5T_IEEE_F64LE) > 0 && item->rank > 0) {
        H5D_layout_t layout = H5Pget_layout(creation);
        if (layout == H5D_CONTIGUOUS && H5Dget_storage_size(dataset) == count) {
            at->at = H5Dget_offset(dataset);
            good = at->at != HADDR_UNDEF;
        } else if (layout == H5D_CHUNKED) {
            good = find_chunks(at, item->rank, dataset, creation);
        }
    }
    (void)WIO_H5(h5, H5Tclose(type));
    (void)WIO_H5(h5, H5Pclose(creation));
    (void)WIO_H5(h5, H5Dclose(dataset));
    if (!good) {
        wio_h5_layout_free(at);
    }
    return good;
}

void wio_h5_layout_free(wio_h5_layout *at)
{
    wio_free(at->place);
    *at = (wio_h5_layout){0};
}

/* --- one run of doubles ------------------------------------------------------------------------------- */

enum { READ_BAD = 1, READ_DAMAGED = 2 };

/* What of piece p lies between `from` and `end`. A piece that is whole is checked on the way. */
static int read_piece(char *to, wio_h5_bytes *bytes, size_t p, uint64_t from, uint64_t end)
{
    uint64_t first = (uint64_t)p * WIO_H5_PIECE, last = first + WIO_H5_PIECE;
    bool whole = first >= from && (last <= end || bytes->length == end);
    first = first > from ? first : from;
    last = last < end ? last : end;
    if (!wio_h5_pread(bytes->file, to + (first - from), (size_t)(last - first), first)) {
        return READ_BAD;
    }
    bool check = whole && p < bytes->pieces && !bytes->checked[p];
    return check && !wio_h5_piece_is(bytes, p, to + (first - from)) ? READ_DAMAGED : 0;
}

/* The pieces at the ends, of which more than these bytes would have to be looked at. */
static wio_status check_ends(wio_h5_bytes *bytes, uint64_t from, uint64_t end, const char *path,
                             wio_error *err)
{
    if (from % WIO_H5_PIECE != 0) {
        WIO_TRY(wio_h5_bytes_check(bytes, from, from + 1, path, err));
    }
    return end % WIO_H5_PIECE != 0 && end != bytes->length
               ? wio_h5_bytes_check(bytes, end - 1, end, path, err)
               : WIO_OK;
}

static wio_status outcome(int bad, const char *path, wio_error *err)
{
    return bad == 0 ? WIO_OK
           : bad & READ_DAMAGED
               ? wio_fail(err, WIO_E_FORMAT,
                          "%s: is damaged: its bytes are not those that were written", path)
               : wio_fail(err, WIO_E_FORMAT, "%s: its numbers cannot be read", path);
}

static wio_status read_run(void *data, wio_h5_bytes *bytes, uint64_t from, uint64_t length,
                           const char *path, wio_error *err)
{
    uint64_t end = from + length;
    if (length == 0) {
        return WIO_OK;
    }
    WIO_TRY(check_ends(bytes, from, end, path, err));
    size_t first = (size_t)(from / WIO_H5_PIECE), last = (size_t)((end - 1) / WIO_H5_PIECE);
    int bad = 0, threads = wio_h5_threads((last - first + 1) / 4);
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads)                                 \
    reduction(|                                                                                    \
              : bad) if (threads > 1)
    for (size_t p = first; p <= last; p++) {
        bad |= read_piece(data, bytes, p, from, end);
    }
    return outcome(bad, path, err);
}

/* Parts of rows. */
static wio_status read_parts(double *data, wio_h5_bytes *bytes, const wio_h5_layout *at,
                             const size_t start[WIO_H5_MAX_RANK],
                             const size_t count[WIO_H5_MAX_RANK], const char *path, wio_error *err)
{
    size_t parts = count[0] * count[1], width = count[2] * sizeof *data;
    int bad = 0, threads = wio_h5_threads(parts / 64);
    uint64_t row = at->dims[2] * sizeof *data;
    uint64_t from = at->at + (start[0] * at->dims[1] + start[1]) * row;
    uint64_t end = at->at + ((start[0] + count[0] - 1) * at->dims[1] + start[1] + count[1]) * row;
    WIO_TRY(wio_h5_bytes_check(bytes, from, end, path, err));
#pragma omp parallel for schedule(static) num_threads(threads) reduction(| : bad) if (threads > 1)
    for (size_t k = 0; k < parts; k++) {
        size_t i = start[0] + k / count[1], j = start[1] + k % count[1];
        uint64_t place = at->at + ((i * at->dims[1] + j) * at->dims[2] + start[2]) * sizeof *data;
        bad |= wio_h5_pread(bytes->file, data + k * count[2], width, place) ? 0 : READ_BAD;
    }
    return outcome(bad, path, err);
}

/* --- chunks ------------------------------------------------------------------------------------------ */

/* A block of a dataset, and where it goes. */
typedef struct box {
    double *data;
    const size_t *start, *count; /* [WIO_H5_MAX_RANK] */
} box;

/* What chunk c and the box have in common, as from .. to-1 in the dataset; false: nothing. */
static bool overlap(size_t from[WIO_H5_MAX_RANK], size_t to[WIO_H5_MAX_RANK],
                    const wio_h5_layout *at, const box *b, size_t c)
{
    size_t start[WIO_H5_MAX_RANK];
    bool some = true;
    corner(start, at, c);
    for (size_t r = 0; r < WIO_H5_MAX_RANK; r++) {
        size_t end = start[r] + at->chunk[r], last = b->start[r] + b->count[r];
        from[r] = start[r] > b->start[r] ? start[r] : b->start[r];
        to[r] = end < last ? end : last;
        some = some && from[r] < to[r];
    }
    return some;
}

/* Byte k of number i is at [k count + i]: put together again, and into its place. */
static void unshuffle(const box *b, const wio_h5_layout *at, size_t c, const unsigned char *bytes)
{
    size_t count = at->bytes / sizeof(double);
    size_t from[WIO_H5_MAX_RANK], to[WIO_H5_MAX_RANK], start[WIO_H5_MAX_RANK];
    corner(start, at, c);
    if (!overlap(from, to, at, b, c)) {
        return;
    }
    for (size_t i = from[0]; i < to[0]; i++) {
        for (size_t j = from[1]; j < to[1]; j++) {
            double *next = b->data +
                           ((i - b->start[0]) * b->count[1] + j - b->start[1]) * b->count[2] +
                           from[2] - b->start[2];
            size_t place =
                ((i - start[0]) * at->chunk[1] + j - start[1]) * at->chunk[2] + from[2] - start[2];
            for (size_t k = from[2]; k < to[2]; k++, place++) {
                unsigned char number[sizeof(double)];
                for (size_t s = 0; s < sizeof number; s++) {
                    number[s] = bytes[s * count + place];
                }
                memcpy(next++, number, sizeof number);
            }
        }
    }
}

static int read_chunk(const box *b, const wio_h5_bytes *bytes, const wio_h5_layout *at, size_t c,
                      unsigned char *plain)
{
    uLongf length = (uLongf)at->bytes;
    size_t size = (size_t)at->place[c].size;
    unsigned char *packed = plain + at->bytes;
    if (!inside(bytes, at->place[c].at, size) ||
        !wio_h5_pread(bytes->file, packed, size, at->place[c].at) ||
        uncompress(plain, &length, packed, (uLong)size) != Z_OK || length != at->bytes) {
        return READ_BAD;
    }
    unshuffle(b, at, c, plain);
    return 0;
}

static wio_status read_chunks(const box *b, wio_h5_bytes *bytes, const wio_h5_layout *at,
                              const char *path, wio_error *err)
{
    size_t from[WIO_H5_MAX_RANK], to[WIO_H5_MAX_RANK];
    size_t first = at->chunks, end = 0, room = compressBound((uLong)at->bytes) + 64 + at->bytes;
    for (size_t c = 0; c < at->chunks; c++) {
        if (overlap(from, to, at, b, c)) {
            first = c < first ? c : first;
            end = c + 1;
            WIO_TRY(wio_h5_bytes_check(bytes, at->place[c].at, at->place[c].at + at->place[c].size,
                                       path, err));
        }
    }
    int threads = wio_h5_threads(end > first ? end - first : 1), bad = 0;
    unsigned char *scratch = wio_alloc((size_t)threads, room);
    if (scratch == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory to read it", path);
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads)                                    \
    reduction(|                                                                                    \
              : bad) private(from, to) if (threads > 1)
    for (size_t c = first; c < end; c++) {
        if (overlap(from, to, at, b, c)) {
            bad |= read_chunk(b, bytes, at, c, scratch + (size_t)omp_get_thread_num() * room);
        }
    }
    wio_free(scratch);
    return outcome(bad, path, err);
}

/* --- either ------------------------------------------------------------------------------------------- */

wio_status wio_h5_read_block(double *data, wio_h5_bytes *bytes, const wio_h5_layout *at,
                             const size_t start[WIO_H5_MAX_RANK],
                             const size_t count[WIO_H5_MAX_RANK], const char *path, wio_error *err)
{
    if (count[0] == 0 || count[1] == 0 || count[2] == 0) {
        return WIO_OK;
    }
    if (at->place != NULL) {
        const box b = {data, start, count};
        return read_chunks(&b, bytes, at, path, err);
    }
    size_t size = count[0] * count[1] * count[2] * sizeof *data;
    if (!inside(bytes, at->at, at->dims[0] * at->dims[1] * at->dims[2] * sizeof *data)) {
        return outcome(READ_BAD, path, err);
    }
    bool rows = count[2] == at->dims[2]; /* one run of bytes */
    if (rows && (count[0] == 1 || count[1] == at->dims[1])) {
        uint64_t from = at->at + (start[0] * at->dims[1] + start[1]) * at->dims[2] * sizeof *data;
        return read_run(data, bytes, from, size, path, err);
    }
    return read_parts(data, bytes, at, start, count, path, err);
}

bool wio_h5_read_direct(wio_h5 *h5, const wio_h5_item *item, double *data)
{
    static const size_t start[WIO_H5_MAX_RANK] = {0};
    wio_h5_layout at;
    size_t bytes = sizeof *data;
    for (size_t i = 0; i < item->rank; i++) {
        bytes *= item->dims[i];
    }
    if (bytes < WIO_H5_LARGE || !wio_h5_find_layout(&at, h5, item)) {
        return false;
    }
    h5->status = h5->status != WIO_OK
                     ? h5->status
                     : wio_h5_read_block(data, &h5->bytes, &at, start, at.dims, h5->path, h5->err);
    wio_h5_layout_free(&at);
    return true;
}

/* The bytes of large arrays, for the trailer of a file that is being written. */
void wio_h5_find_ranges(wio_h5_ranges *ranges, wio_h5 *h5, const wio_h5_item *item)
{
    wio_h5_layout at;
    size_t bytes = sizeof(double);
    for (size_t i = 0; i < item->rank; i++) {
        bytes *= item->dims[i];
    }
    if (item->text || item->group || item->attribute != NULL || bytes < WIO_H5_LARGE ||
        !wio_h5_find_layout(&at, h5, item)) {
        return;
    }
    size_t more = at.place != NULL ? at.chunks : 1;
    uint64_t(*grown)[2] =
        wio_grow(ranges->range, ranges->count, ranges->count + more, sizeof *ranges->range);
    if (grown == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the list of its pieces");
    } else {
        ranges->range = grown;
        for (size_t c = 0; c < more; c++) {
            uint64_t from = at.place != NULL ? at.place[c].at : at.at;
            uint64_t size = at.place != NULL ? at.place[c].size : bytes;
            grown[ranges->count][0] = from;
            grown[ranges->count++][1] = from + size;
        }
    }
    wio_h5_layout_free(&at);
}

static int by_first(const void *a, const void *b)
{
    uint64_t x = ((const uint64_t *)a)[0], y = ((const uint64_t *)b)[0];
    return (x > y) - (x < y);
}

void wio_h5_merge_ranges(wio_h5_ranges *ranges)
{
    uint64_t(*range)[2] = ranges->range;
    size_t kept = 0;
    if (ranges->count == 0) {
        return;
    }
    qsort(range, ranges->count, sizeof *range, by_first);
    for (size_t r = 1; r < ranges->count; r++) {
        if (range[r][0] <= range[kept][1]) {
            range[kept][1] = range[r][1] > range[kept][1] ? range[r][1] : range[kept][1];
        } else {
            kept++;
            range[kept][0] = range[r][0];
            range[kept][1] = range[r][1];
        }
    }
    ranges->count = kept + 1;
}
