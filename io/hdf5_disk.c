/* hdf5_disk.c - HDF5 written into a file on the disk, for tables that are too large to be in memory
 * twice, and for a year more in a file that has some.
 *
 * HDF5 survives a full disk badly (TRUST 3.1). So the space is reserved before it opens the file, it
 * writes labels only, and the large arrays are written here, into the places that it allocated. */
#include "hdf5.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static wio_status fail(const char *path, int number, wio_error *err)
{
    const char *reason = strerrordesc_np(number);
    return wio_fail(err, WIO_E_WRITE, "%s: cannot write: %s", path,
                    reason != NULL ? reason : "failed");
}

/* `bytes` beyond the end; where the file system cannot reserve, it has to have them free. */
static wio_status reserve(int file, size_t bytes, const char *path, wio_error *err)
{
    struct stat info;
    struct statvfs disk;
    if (wio_write_denied() || fstat(file, &info) != 0) {
        return fail(path, errno, err);
    }
    if (fallocate(file, FALLOC_FL_KEEP_SIZE, info.st_size, (off_t)bytes) == 0) {
        return WIO_OK;
    }
    if (errno != EOPNOTSUPP && errno != ENOSYS) {
        return fail(path, errno, err);
    }
    return fstatvfs(file, &disk) != 0 || disk.f_bavail >= bytes / disk.f_frsize
               ? WIO_OK
               : fail(path, ENOSPC, err);
}

/* One library version, creation order and no times, as wio_h5_create has them. */
static hid_t make(wio_h5 *h5, const char *temporary, hid_t access)
{
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t file = -1, creation = WIO_H5(h5, H5Pcreate(H5P_FILE_CREATE));
    (void)WIO_H5(h5, H5Pset_obj_track_times(creation, 0));
    (void)WIO_H5(h5, H5Pset_link_creation_order(creation, order));
    (void)WIO_H5(h5, H5Pset_attr_creation_order(creation, order));
    if (h5->status == WIO_OK) {
        file = WIO_H5(h5, H5Fcreate(temporary, H5F_ACC_TRUNC, creation, access));
    }
    (void)WIO_H5(h5, H5Pclose(creation));
    return file;
}

wio_status wio_h5_extend(wio_h5 *h5, const char *temporary, const char *path, size_t bytes,
                         wio_error *err)
{
    struct stat info = {0};
    (void)wio_h5_begin(h5, path, WIO_E_WRITE, err);
    if (h5->status == WIO_OK) {
        h5->disk = open(temporary, O_RDWR | O_CLOEXEC);
        h5->status = h5->disk < 0 || fstat(h5->disk, &info) != 0 ? fail(path, errno, err) : WIO_OK;
    }
    hid_t access = WIO_H5(h5, H5Pcreate(H5P_FILE_ACCESS));
    (void)WIO_H5(h5, H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18));
#if H5_VERSION_GE(1, 10, 7)
    (void)WIO_H5(h5, H5Pset_file_locking(access, 0, 1)); /* the file is nobody else's */
#endif
    if (h5->status == WIO_OK) {
        h5->file = info.st_size == 0 ? make(h5, temporary, access)
                                     : WIO_H5(h5, H5Fopen(temporary, H5F_ACC_RDWR, access));
    }
    (void)WIO_H5(h5, H5Pclose(access));
    if (h5->status == WIO_OK) { /* creating cut the file to nothing: so not before */
        h5->status = reserve(h5->disk, bytes, path, err);
    }
    return h5->status == WIO_OK ? WIO_OK : wio_h5_close(h5);
}

void wio_h5_put_plain(wio_h5 *h5, hid_t dataset, const void *data, size_t bytes)
{
    enum { PIECE = 1 << 22 }; /* per call of write(2), so that a test can stop in the middle */
    haddr_t at = WIO_H5(h5, dataset) >= 0 ? H5Dget_offset(dataset) : HADDR_UNDEF;
    if (h5->status != WIO_OK || at == HADDR_UNDEF) {
        (void)wio_h5_fail(h5, WIO_E_INTERNAL, "an array has no place");
        return;
    }
    for (const char *next = data; bytes != 0;) {
        ssize_t wrote = wio_write_denied()
                            ? -1
                            : pwrite(h5->disk, next, bytes < PIECE ? bytes : PIECE, (off_t)at);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            h5->status = fail(h5->path, wrote < 0 ? errno : ENOSPC, h5->err);
            return;
        }
        next += wrote;
        at += (haddr_t)wrote;
        bytes -= (size_t)wrote;
    }
}
