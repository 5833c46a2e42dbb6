/* hdf5_data.c - the numbers of a dataset straight from the file, on all threads.
 *
 * HDF5 reads with one thread, and what it decodes it decodes alone. A dataset of ours is either one
 * run of little-endian doubles or chunks that were shuffled and deflated; where it lies HDF5 says,
 * the bytes are read, inflated and put into place here. Anything else is left to H5Dread. */
#include "hdf5.h"

#include <errno.h>
#include <omp.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    LEAST = 1 << 22, /* bytes below which H5Dread is as fast */
    RUN = 1 << 22    /* bytes that one thread reads at a time */
};

static int threads_for(size_t pieces)
{
    int threads = omp_in_parallel() ? 1 : wio_threads(0);
    return (size_t)threads < pieces ? threads : (int)pieces;
}

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

static bool inside(const wio_h5 *h5, uint64_t at, uint64_t length)
{
    return at <= h5->bytes && length <= h5->bytes - at;
}

/* --- one run of doubles ---------------------------------------------------------------------------- */

static bool read_run(wio_h5 *h5, hid_t dataset, double *data, size_t bytes)
{
    haddr_t at = H5Dget_offset(dataset);
    if (at == HADDR_UNDEF || H5Dget_storage_size(dataset) != bytes || !inside(h5, at, bytes)) {
        return false;
    }
    size_t pieces = (bytes + RUN - 1) / RUN;
    int bad = 0, threads = threads_for(pieces);
#pragma omp parallel for schedule(static) num_threads(threads) reduction(| : bad) if (threads > 1)
    for (size_t p = 0; p < pieces; p++) {
        size_t from = p * RUN, length = bytes - from < RUN ? bytes - from : RUN;
        bad |= !wio_h5_pread(h5->raw, (char *)data + from, length, at + from);
    }
    return bad == 0;
}

/* --- chunks ------------------------------------------------------------------------------------------ */

typedef struct chunks {
    size_t rank, count;
    size_t dims[WIO_H5_MAX_RANK], chunk[WIO_H5_MAX_RANK], grid[WIO_H5_MAX_RANK];
    size_t bytes; /* of one, inflated */
    struct {
        haddr_t at;
        hsize_t size;
    } * place; /* [count] */
} chunks;

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
static void corner(hsize_t start[WIO_H5_MAX_RANK], const chunks *all, size_t c)
{
    for (size_t r = all->rank; r-- > 0;) {
        start[r] = (hsize_t)(c % all->grid[r]) * all->chunk[r];
        c /= all->grid[r];
    }
}

static bool find_chunks(chunks *all, const wio_h5 *h5, const wio_h5_item *item, hid_t dataset,
                        hid_t creation)
{
    hsize_t chunk[WIO_H5_MAX_RANK];
    *all = (chunks){.rank = item->rank, .count = 1, .bytes = sizeof(double)};
    if (!has_our_filters(creation) ||
        H5Pget_chunk(creation, WIO_H5_MAX_RANK, chunk) != (int)item->rank) {
        return false;
    }
    for (size_t r = 0; r < all->rank; r++) {
        all->dims[r] = item->dims[r];
        all->chunk[r] = (size_t)chunk[r];
        all->grid[r] = (all->dims[r] + all->chunk[r] - 1) / all->chunk[r];
        all->count *= all->grid[r];
        all->bytes *= all->chunk[r];
    }
    all->place = wio_alloc(all->count, sizeof *all->place);
    bool good = all->place != NULL;
    for (size_t c = 0; good && c < all->count; c++) {
        hsize_t start[WIO_H5_MAX_RANK];
        unsigned skipped = 0;
        corner(start, all, c);
        good = H5Dget_chunk_info_by_coord(dataset, start, &skipped, &all->place[c].at,
                                          &all->place[c].size) >= 0 &&
               skipped == 0 && all->place[c].at != HADDR_UNDEF &&
               all->place[c].size <= compressBound((uLong)all->bytes) + 64 &&
               inside(h5, all->place[c].at, all->place[c].size);
    }
    return good;
}

/* Byte b of number i is at [b count + i]: put together again, and into its place. */
static void unshuffle(double *data, const chunks *all, size_t c, const unsigned char *bytes)
{
    size_t count = all->bytes / sizeof(double), extent[WIO_H5_MAX_RANK] = {1, 1, 1};
    size_t from[WIO_H5_MAX_RANK] = {0}, dims[WIO_H5_MAX_RANK] = {1, 1, 1};
    size_t chunk[WIO_H5_MAX_RANK] = {1, 1, 1}, shift = WIO_H5_MAX_RANK - all->rank;
    hsize_t start[WIO_H5_MAX_RANK];
    corner(start, all, c);
    for (size_t r = 0; r < all->rank; r++) {
        dims[shift + r] = all->dims[r];
        chunk[shift + r] = all->chunk[r];
        from[shift + r] = (size_t)start[r];
    }
    for (size_t r = 0; r < WIO_H5_MAX_RANK; r++) {
        size_t left = dims[r] - from[r];
        extent[r] = left < chunk[r] ? left : chunk[r];
    }
    for (size_t i = 0; i < extent[0]; i++) {
        for (size_t j = 0; j < extent[1]; j++) {
            double *to = data + ((from[0] + i) * dims[1] + from[1] + j) * dims[2] + from[2];
            size_t at = (i * chunk[1] + j) * chunk[2];
            for (size_t k = 0; k < extent[2]; k++, at++) {
                unsigned char number[sizeof(double)];
                for (size_t b = 0; b < sizeof number; b++) {
                    number[b] = bytes[b * count + at];
                }
                memcpy(to + k, number, sizeof number);
            }
        }
    }
}

static bool read_chunk(double *data, const wio_h5 *h5, const chunks *all, size_t c,
                       unsigned char *packed, unsigned char *bytes)
{
    uLongf length = (uLongf)all->bytes;
    size_t size = (size_t)all->place[c].size;
    if (!wio_h5_pread(h5->raw, packed, size, all->place[c].at) ||
        uncompress(bytes, &length, packed, (uLong)size) != Z_OK || length != all->bytes) {
        return false;
    }
    unshuffle(data, all, c, bytes);
    return true;
}

static bool read_chunks(wio_h5 *h5, const wio_h5_item *item, hid_t dataset, hid_t creation,
                        double *data)
{
    chunks all;
    bool good = find_chunks(&all, h5, item, dataset, creation);
    int threads = good ? threads_for(all.count) : 0;
    size_t room = good ? compressBound((uLong)all.bytes) + 64 + all.bytes : 0;
    unsigned char *scratch = good ? wio_alloc((size_t)threads, room) : NULL;
    int bad = scratch == NULL;
    if (!bad) {
#pragma omp parallel for schedule(dynamic) num_threads(threads) reduction(| : bad) if (threads > 1)
        for (size_t c = 0; c < all.count; c++) {
            unsigned char *own = scratch + (size_t)omp_get_thread_num() * room;
            bad |= !read_chunk(data, h5, &all, c, own + all.bytes, own);
        }
    }
    wio_free(scratch);
    wio_free(all.place);
    return bad == 0;
}

/* --- either ------------------------------------------------------------------------------------------- */

bool wio_h5_read_direct(wio_h5 *h5, const wio_h5_item *item, double *data)
{
    size_t bytes = sizeof *data;
    for (size_t i = 0; i < item->rank; i++) {
        bytes *= item->dims[i];
    }
    if (bytes < LEAST || item->rank == 0) {
        return false;
    }
    bool done = false;
    hid_t dataset = WIO_H5(h5, H5Dopen2(h5->file, item->path, H5P_DEFAULT));
    hid_t creation = WIO_H5(h5, H5Dget_create_plist(dataset));
    hid_t type = WIO_H5(h5, H5Dget_type(dataset));
    if (h5->status == WIO_OK && H5Tequal(type, H5T_NATIVE_DOUBLE) > 0) {
        H5D_layout_t layout = H5Pget_layout(creation);
        if (layout == H5D_CONTIGUOUS) {
            done = read_run(h5, dataset, data, bytes);
        } else if (layout == H5D_CHUNKED) {
            done = read_chunks(h5, item, dataset, creation, data);
        }
    }
    (void)WIO_H5(h5, H5Tclose(type));
    (void)WIO_H5(h5, H5Pclose(creation));
    (void)WIO_H5(h5, H5Dclose(dataset));
    return done;
}
