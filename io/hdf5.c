/* hdf5.c - HDF5 files made in memory, verified and committed.
 *
 * The bytes depend on the content alone: no times, creation order kept, one library version bound,
 * fixed layout rules. A double array is shuffled and deflated when a look at its bytes says that
 * this pays (see compressible), else stored as it is. */
#include "hdf5.h"

#include <endian.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether a double in memory is what IEEE_F64LE is in the file. */
#define LITTLE_ENDIAN_HOST (BYTE_ORDER == LITTLE_ENDIAN)

/* HDF5's state is the process's: so is the lock. What we change of it is put back on close. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool initialised; /* guarded by the lock */
static H5E_auto2_t saved_report;
static void *saved_context;
static unsigned saved_plugins;

wio_status wio_h5_fail(wio_h5 *h5, wio_status status, const char *format, ...)
{
    if (h5->status == WIO_OK) {
        char message[400];
        va_list args;
        va_start(args, format);
        (void)vsnprintf(message, sizeof message, format, args);
        va_end(args);
        h5->status = wio_fail(h5->err, status, "%s: %s", h5->path, message);
    }
    return h5->status;
}

/* The innermost entry of HDF5's error stack says what went wrong. */
static herr_t keep_reason(unsigned n, const H5E_error2_t *entry, void *context)
{
    const char **reason = context;
    if (n == 0 && entry->desc != NULL) {
        *reason = entry->desc;
    }
    return 0;
}

int64_t wio_h5_checked(wio_h5 *h5, int64_t value, const char *call)
{
    if (value < 0 && h5->status == WIO_OK) {
        const char *reason = "no reason given";
        (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_reason, &reason);
        (void)wio_h5_fail(h5, h5->failure, "HDF5 %.*s: %s", (int)strcspn(call, "("), call, reason);
    }
    return value;
}

wio_status wio_h5_begin(wio_h5 *h5, const char *path, wio_status failure, wio_error *err)
{
    (void)pthread_mutex_lock(&lock);
    *h5 = (wio_h5){.file = -1,
                   .text = -1,
                   .bytes = {.file = -1},
                   .disk = -1,
                   .path = path,
                   .failure = failure,
                   .err = err,
                   .open = true};
    if (!initialised) {
        /* Without its exit handler HDF5 cannot crash at exit after a failed write (TRUST 3.1). It
         * refuses when the host program has used HDF5 before: then the handler is the host's. */
        (void)H5dont_atexit();
        initialised = true;
    }
    (void)WIO_H5(h5, H5open());
    (void)WIO_H5(h5, H5Eget_auto2(H5E_DEFAULT, &saved_report, &saved_context));
    (void)WIO_H5(h5, H5Eset_auto2(H5E_DEFAULT, NULL, NULL));
    (void)WIO_H5(h5, H5PLget_loading_state(&saved_plugins));
    (void)WIO_H5(h5, H5PLset_loading_state(0));
    h5->text = WIO_H5(h5, H5Tcopy(H5T_C_S1));
    (void)WIO_H5(h5, H5Tset_size(h5->text, H5T_VARIABLE));
    (void)WIO_H5(h5, H5Tset_cset(h5->text, H5T_CSET_UTF8));
    return h5->status;
}

wio_status wio_h5_close(wio_h5 *h5)
{
    wio_status status = h5->status;
    if (!h5->open) {
        return status;
    }
    if (h5->text >= 0) {
        (void)WIO_H5(h5, H5Tclose(h5->text));
    }
    if (h5->file >= 0) {
        (void)WIO_H5(h5, H5Fclose(h5->file));
    }
    if (h5->disk >= 0) {
        (void)close(h5->disk);
    }
    wio_h5_bytes_close(&h5->bytes);
    (void)WIO_H5(h5, H5PLset_loading_state(saved_plugins));
    (void)WIO_H5(h5, H5Eclear2(H5E_DEFAULT));
    (void)WIO_H5(h5, H5Eset_auto2(H5E_DEFAULT, saved_report, saved_context));
    for (size_t i = 0; i < h5->items; i++) {
        wio_free(h5->item[i].path);
        wio_free(h5->item[i].attribute);
    }
    wio_free(h5->item);
    status = h5->status;
    *h5 = (wio_h5){.status = status};
    (void)pthread_mutex_unlock(&lock);
    return status;
}

wio_h5_item *wio_h5_add_item(wio_h5 *h5, const char *path, const char *attribute)
{
    if (h5->items == h5->room) {
        size_t room = 2 * h5->room + 64;
        wio_h5_item *grown = wio_grow(h5->item, h5->items, room, sizeof *grown);
        if (grown == NULL) {
            (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the list of its contents");
            return NULL;
        }
        h5->item = grown;
        h5->room = room;
    }
    wio_h5_item item = {.path = wio_strdup(path),
                        .attribute = attribute != NULL ? wio_strdup(attribute) : NULL};
    if (item.path == NULL || (attribute != NULL && item.attribute == NULL)) {
        wio_free(item.path);
        wio_free(item.attribute);
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the list of its contents");
        return NULL;
    }
    h5->item[h5->items] = item;
    return &h5->item[h5->items++];
}

const char *wio_h5_full(const wio_h5 *h5, char full[WIO_H5_PATH], const char *path)
{
    if (h5->root[0] == '\0') {
        return path;
    }
    (void)snprintf(full, WIO_H5_PATH, "%s%s", h5->root, strcmp(path, "/") == 0 ? "" : path);
    return full;
}

const wio_h5_item *wio_h5_find(const wio_h5 *h5, const char *path)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    for (size_t i = 0; i < h5->items; i++) {
        if (h5->item[i].attribute == NULL && strcmp(h5->item[i].path, path) == 0) {
            return &h5->item[i];
        }
    }
    return NULL;
}

static uint64_t digest_texts(const char *const *text, size_t count)
{
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++) {
        all = wio_h5_digest(all, text[i], strlen(text[i]) + 1);
    }
    return all;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* One library version for everything and creation order everywhere: netCDF readers keep it. */
wio_status wio_h5_create(wio_h5 *h5, const char *path, wio_error *err)
{
    enum { GROWTH = 1 << 20 }; /* bytes by which the file grows in memory */
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    (void)wio_h5_begin(h5, path, WIO_E_WRITE, err);
    hid_t access = WIO_H5(h5, H5Pcreate(H5P_FILE_ACCESS));
    (void)WIO_H5(h5, H5Pset_fapl_core(access, GROWTH, 0));
    (void)WIO_H5(h5, H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18));
    hid_t creation = WIO_H5(h5, H5Pcreate(H5P_FILE_CREATE));
    (void)WIO_H5(h5, H5Pset_obj_track_times(creation, 0));
    (void)WIO_H5(h5, H5Pset_link_creation_order(creation, order));
    (void)WIO_H5(h5, H5Pset_attr_creation_order(creation, order));
    if (h5->status == WIO_OK) {
        h5->file = WIO_H5(h5, H5Fcreate("wassily", H5F_ACC_TRUNC, creation, access));
    }
    (void)WIO_H5(h5, H5Pclose(creation));
    (void)WIO_H5(h5, H5Pclose(access));
    return h5->status == WIO_OK ? WIO_OK : wio_h5_close(h5);
}

static void create_group(wio_h5 *h5, const char *path)
{
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    if (WIO_H5(h5, H5Lexists(h5->file, path, H5P_DEFAULT)) != 0) {
        return;
    }
    hid_t creation = WIO_H5(h5, H5Pcreate(H5P_GROUP_CREATE));
    (void)WIO_H5(h5, H5Pset_obj_track_times(creation, 0));
    (void)WIO_H5(h5, H5Pset_link_creation_order(creation, order));
    (void)WIO_H5(h5, H5Pset_attr_creation_order(creation, order));
    hid_t group = WIO_H5(h5, H5Gcreate2(h5->file, path, H5P_DEFAULT, creation, H5P_DEFAULT));
    (void)WIO_H5(h5, H5Gclose(group));
    (void)WIO_H5(h5, H5Pclose(creation));
}

void wio_h5_put_group(wio_h5 *h5, const char *path)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    if (h5->status != WIO_OK) {
        return;
    }
    char *copy = wio_strdup(path);
    if (copy == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the name of a group");
        return;
    }
    for (char *slash = strchr(copy + 1, '/'); slash != NULL && h5->status == WIO_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        create_group(h5, copy);
        *slash = '/';
    }
    if (h5->status == WIO_OK && copy[1] != '\0') {
        create_group(h5, copy);
    }
    wio_free(copy);
}

/* Shuffling puts the k-th bytes of all numbers together, and deflate lives on bytes that repeat:
 * so count the bytes that equal the one eight before. Measured on the results and tables of
 * studies/: whole numbers and sparse changes have 50 to 100 %, full mantissas 10 to 20 %, for
 * which deflate takes its time and saves nothing. Beyond 32 MiB an almost constant array stays as
 * it is too: our own reader takes a ratio above 200:1 for an attack.
 *
 * The large arrays of a table have to repeat more: 128 MB with seven tenths of zeros become half as
 * much and load in 0.40 s instead of 0.028, which only pays where a disk gives less than 0.17 GB/s;
 * whole numbers become a seventh and load in 0.17 s, which pays below 0.8 GB/s. */
static bool compressible(const wio_h5 *h5, const double *data, size_t count)
{
    enum { LEAST = 4096, LARGE = 32 << 20 };
    double enough = h5->disk >= 0 && count >= WIO_H5_LARGE / sizeof *data ? 0.7 : 0.4;
    const unsigned char *byte = (const unsigned char *)data;
    size_t bytes = count * sizeof *data, same = 0;
    if (bytes < LEAST) {
        return false;
    }
    for (size_t i = sizeof *data; i < bytes; i++) {
        same += byte[i] == byte[i - sizeof *data];
    }
    double share = (double)same / (double)bytes;
    return share > enough && (bytes <= LARGE || share < 0.995);
}

/* Chunks of at most 1 MiB (HDF5's chunk cache), whole in the last dimensions. */
static void set_chunks(wio_h5 *h5, hid_t creation, size_t rank, const size_t *dims)
{
    enum { CHUNK = (1 << 20) / sizeof(double), DEFLATE_LEVEL = 1 };
    hsize_t chunk[WIO_H5_MAX_RANK];
    size_t left = CHUNK;
    for (size_t i = rank; i-- > 0;) {
        chunk[i] = dims[i] < left ? dims[i] : left;
        left /= (size_t)chunk[i];
        left = left > 0 ? left : 1;
    }
    (void)WIO_H5(h5, H5Pset_chunk(creation, (int)rank, chunk));
    (void)WIO_H5(h5, H5Pset_shuffle(creation));
    (void)WIO_H5(h5, H5Pset_deflate(creation, DEFLATE_LEVEL));
}

static size_t elements(size_t rank, const size_t *dims)
{
    size_t count = 1; /* of an array that exists: no overflow */
    for (size_t i = 0; i < rank; i++) {
        count *= dims[i];
    }
    return count;
}

/* A new dataset with all of its data. */
static void put(wio_h5 *h5, const char *path, size_t rank, const size_t *dims, hid_t file_type,
                hid_t memory_type, const void *data, bool compress)
{
    hsize_t extent[WIO_H5_MAX_RANK] = {0};
    for (size_t i = 0; i < rank; i++) {
        extent[i] = dims[i];
    }
    hid_t space = rank == 0 ? WIO_H5(h5, H5Screate(H5S_SCALAR))
                            : WIO_H5(h5, H5Screate_simple((int)rank, extent, NULL));
    hid_t creation = WIO_H5(h5, H5Pcreate(H5P_DATASET_CREATE));
    (void)WIO_H5(h5, H5Pset_obj_track_times(creation, 0));
    (void)WIO_H5(
        h5, H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    if (memory_type != h5->text) { /* all of it is written at once, so nothing is filled in */
        (void)WIO_H5(h5, H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER));
    }
    compress = compress && rank != 0 && WIO_H5(h5, H5Zfilter_avail(H5Z_FILTER_DEFLATE)) > 0;
    if (compress) {
        set_chunks(h5, creation, rank, dims);
    }
    bool plain = h5->disk >= 0 && !compress && H5Tequal(file_type, H5T_IEEE_F64LE) > 0 &&
                 LITTLE_ENDIAN_HOST && elements(rank, dims) >= WIO_H5_LARGE / sizeof(double);
    if (plain) {
        (void)WIO_H5(h5, H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY));
    }
    if (h5->status == WIO_OK) {
        hid_t dataset = WIO_H5(
            h5, H5Dcreate2(h5->file, path, file_type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
        if (plain) {
            wio_h5_put_plain(h5, dataset, data, elements(rank, dims) * sizeof(double));
        } else {
            (void)WIO_H5(h5, H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
        }
        (void)WIO_H5(h5, H5Dclose(dataset));
    }
    (void)WIO_H5(h5, H5Pclose(creation));
    (void)WIO_H5(h5, H5Sclose(space));
}

static wio_h5_item *note(wio_h5 *h5, const char *path, const char *attribute, size_t rank,
                         const size_t *dims, bool text)
{
    if (h5->status != WIO_OK) {
        return NULL;
    }
    wio_h5_item *item = wio_h5_add_item(h5, path, attribute);
    if (item != NULL) {
        item->rank = rank;
        item->text = text;
        for (size_t i = 0; i < rank; i++) {
            item->dims[i] = dims[i];
        }
    }
    return item;
}

void wio_h5_put_doubles(wio_h5 *h5, const char *path, size_t rank, const size_t *dims,
                        const double *data)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    wio_h5_item *item = note(h5, path, NULL, rank, dims, false);
    if (item != NULL) {
        size_t count = elements(rank, dims);
        item->digest = wio_h5_digest(0, data, count * sizeof *data);
        put(h5, path, rank, dims, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, data,
            compressible(h5, data, count));
    }
}

void wio_h5_put_sizes(wio_h5 *h5, const char *path, size_t count, const size_t *data)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    wio_h5_item *item = note(h5, path, NULL, 1, &count, false);
    double *copy = item != NULL ? wio_alloc(count, sizeof *copy) : NULL;
    if (copy == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = (double)data[i]; /* verified by its value as a double: exact below 2^53 */
    }
    item->digest = wio_h5_digest(0, copy, count * sizeof *copy);
    put(h5, path, 1, &count, H5T_STD_I64LE, H5T_NATIVE_DOUBLE, copy, false);
    wio_free(copy);
}

void wio_h5_put_texts(wio_h5 *h5, const char *path, size_t count, const char *const *data)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    wio_h5_item *item = note(h5, path, NULL, 1, &count, true);
    if (item != NULL) {
        item->digest = digest_texts(data, count);
        put(h5, path, 1, &count, h5->text, h5->text, data, false);
    }
}

static void put_attribute(wio_h5 *h5, const char *path, const char *attribute, hid_t space,
                          hid_t type, hid_t memory_type, const void *data)
{
    hid_t id = WIO_H5(h5, H5Acreate_by_name(h5->file, path, attribute, type, space, H5P_DEFAULT,
                                            H5P_DEFAULT, H5P_DEFAULT));
    (void)WIO_H5(h5, H5Awrite(id, memory_type, data));
    (void)WIO_H5(h5, H5Aclose(id));
    (void)WIO_H5(h5, H5Sclose(space));
}

void wio_h5_put_text(wio_h5 *h5, const char *path, const char *attribute, const char *text)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    wio_h5_item *item = note(h5, path, attribute, 0, NULL, true);
    if (item != NULL) {
        item->digest = digest_texts(&text, 1);
        put_attribute(h5, path, attribute, WIO_H5(h5, H5Screate(H5S_SCALAR)), h5->text, h5->text,
                      &text);
    }
}

void wio_h5_put_fixed(wio_h5 *h5, const char *path, const char *attribute, const char *text)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    if (h5->status == WIO_OK) {
        hid_t type = WIO_H5(h5, H5Tcopy(H5T_C_S1));
        (void)WIO_H5(h5, H5Tset_size(type, strlen(text) + 1));
        put_attribute(h5, path, attribute, WIO_H5(h5, H5Screate(H5S_SCALAR)), type, type, text);
        (void)WIO_H5(h5, H5Tclose(type));
    }
}

void wio_h5_put_number(wio_h5 *h5, const char *path, const char *attribute, hid_t type,
                       double value)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    wio_h5_item *item = note(h5, path, attribute, 0, NULL, false);
    if (item != NULL) {
        hsize_t one = 1;
        item->digest = wio_h5_digest(0, &value, sizeof value);
        put_attribute(h5, path, attribute, WIO_H5(h5, H5Screate_simple(1, &one, NULL)), type,
                      H5T_NATIVE_DOUBLE, &value);
    }
}

/* --- committing ------------------------------------------------------------------------------- */

static uint64_t read_digest(wio_h5 *h5, const wio_h5_item *item)
{
    uint64_t found = 0;
    if (item->attribute != NULL && !item->text) {
        double value = wio_h5_number(h5, item->path, item->attribute);
        return wio_h5_digest(0, &value, sizeof value);
    }
    if (item->attribute != NULL) {
        char *text = wio_h5_text(h5, item->path, item->attribute);
        found = text != NULL ? digest_texts((const char *const *)&text, 1) : 0;
        wio_free(text);
    } else if (item->text) {
        char **text = wio_h5_texts(h5, item->path, item->dims[0]);
        found = text != NULL ? digest_texts((const char *const *)text, item->dims[0]) : 0;
        wio_free(text);
    } else {
        double *data = wio_h5_doubles(h5, item->path, item->rank, item->dims);
        size_t count = elements(item->rank, item->dims);
        found = data != NULL ? wio_h5_digest(0, data, count * sizeof *data) : 0;
        wio_free(data);
    }
    return found;
}

/* What was written, read again from the file system with all inspections. */
static wio_status verify(const char *temporary, const wio_h5_item *item, size_t items,
                         const char *final, wio_error *err)
{
    wio_h5 back;
    WIO_TRY(wio_h5_open(&back, temporary, err));
    for (size_t i = 0; i < items && back.status == WIO_OK; i++) {
        if (read_digest(&back, &item[i]) != item[i].digest && back.status == WIO_OK) {
            (void)wio_fail(err, WIO_E_WRITE, "%s: '%s' reads back differently, the disk may be bad",
                           final, item[i].attribute != NULL ? item[i].attribute : item[i].path);
            back.status = WIO_E_WRITE;
        }
    }
    return wio_h5_close(&back);
}

static void write_trailer(wio_h5 *h5, wio_commit *commit, const char *image, uint64_t length)
{
    wio_h5_ranges ranges = {0};
    size_t count = (size_t)((length + WIO_H5_PIECE - 1) / WIO_H5_PIECE);
    uint64_t *piece = wio_alloc(count, sizeof *piece);
    for (size_t i = 0; i < h5->items; i++) {
        wio_h5_find_ranges(&ranges, h5, &h5->item[i]);
    }
    if (piece == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the list of its pieces");
    }
    for (size_t p = 0; p < count && h5->status == WIO_OK; p++) {
        uint64_t at = (uint64_t)p * WIO_H5_PIECE, left = length - at;
        piece[p] = wio_h5_digest(at, image + at, left < WIO_H5_PIECE ? (size_t)left : WIO_H5_PIECE);
    }
    if (h5->status == WIO_OK) {
        wio_h5_merge_ranges(&ranges);
        h5->status =
            wio_h5_write_trailer(commit, length, piece, ranges.range, ranges.count, h5->err);
    }
    wio_free(ranges.range);
    wio_free(piece);
}

/* The bytes of the file lie in the memory of HDF5's core driver, which H5Fflush completes. */
static void write_image(wio_h5 *h5, wio_commit *commit)
{
    void **memory = NULL;
    (void)WIO_H5(h5, H5Fflush(h5->file, H5F_SCOPE_GLOBAL));
    int64_t length = WIO_H5(h5, H5Fget_file_image(h5->file, NULL, 0));
    (void)WIO_H5(h5, H5Fget_vfd_handle(h5->file, H5P_DEFAULT, (void **)&memory));
    if (h5->status == WIO_OK) {
        h5->status = wio_commit_write(commit, *memory, (size_t)length, h5->err);
    }
    if (h5->status == WIO_OK) {
        write_trailer(h5, commit, *memory, (uint64_t)length);
    }
}

wio_status wio_h5_close_and_verify(wio_h5 *h5, const char *temporary, wio_error *err)
{
    wio_h5_item *item = h5->item; /* outlives the file, for the comparison */
    size_t items = h5->items;
    const char *path = h5->path;
    h5->item = NULL;
    h5->items = 0;
    wio_status status = wio_h5_close(h5);
    if (status == WIO_OK) {
        status = verify(temporary, item, items, path, err);
    }
    for (size_t i = 0; i < items; i++) {
        wio_free(item[i].path);
        wio_free(item[i].attribute);
    }
    wio_free(item);
    return status;
}

wio_status wio_h5_commit(wio_h5 *h5, bool overwrite)
{
    wio_commit commit = {0};
    wio_error *err = h5->err;
    const char *path = h5->path;
    if (h5->status == WIO_OK) {
        h5->status = wio_commit_begin(&commit, path, overwrite, err);
    }
    if (h5->status == WIO_OK) {
        write_image(h5, &commit);
    }
    wio_status status = wio_h5_close_and_verify(h5, commit.temporary, err);
    if (status != WIO_OK) {
        wio_commit_abort(&commit);
        return status;
    }
    return wio_commit_end(&commit, err);
}
