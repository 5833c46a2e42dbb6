/* hdf5_read.c - HDF5 files inspected, then read (TRUST 4.1.3).
 *
 * A file may come from anywhere, and a well-formed one can name other files, claim terabytes or
 * carry code to load. So before any data is touched everything in it has to be plain: hard links,
 * groups and datasets of at most rank 3, numbers of at most 8 bytes, texts in one dimension,
 * storage inside the file, filters that come with HDF5, sizes in proportion to the file. */
#include "hdf5.h"

#include <math.h>
#include <string.h>

enum { MAX_DEPTH = 8, MAX_OBJECTS = 100000, RATIO = 200 };
static const size_t ALWAYS_ALLOWED = (size_t)64 << 20; /* bytes: the ratio counts above this */
static const size_t MAX_BYTES = (size_t)16 << 30;      /* of numbers in one file */

static wio_status refuse(wio_h5 *h5, const char *path, const char *why)
{
    return wio_h5_fail(h5, WIO_E_FORMAT, "'%.200s' %s: not a file that Wassily wrote", path, why);
}

/* --- inspection --------------------------------------------------------------------------------- */

/* Number or text, with its extent in item; *size is that of one element. */
static void inspect_type(wio_h5 *h5, wio_h5_item *item, hid_t type, size_t *size)
{
    H5T_class_t kind = (H5T_class_t)WIO_H5(h5, H5Tget_class(type));
    bool variable = kind == H5T_STRING && WIO_H5(h5, H5Tis_variable_str(type)) > 0;
    *size = H5Tget_size(type); /* 0 = failed: refused below */
    item->text = kind == H5T_STRING;
    bool number = (kind == H5T_INTEGER || kind == H5T_FLOAT) && *size != 0 && *size <= 8;
    if (!number && !(variable && item->rank <= 1)) {
        (void)refuse(h5, item->path, "has a type other than numbers and lists of text");
    }
}

static void inspect_space(wio_h5 *h5, wio_h5_item *item, hid_t space, size_t *count)
{
    hsize_t extent[WIO_H5_MAX_RANK] = {0};
    int rank = (int)WIO_H5(h5, H5Sget_simple_extent_ndims(space));
    H5S_class_t kind = (H5S_class_t)WIO_H5(h5, H5Sget_simple_extent_type(space));
    *count = 1;
    if (rank < 0 || rank > WIO_H5_MAX_RANK || (kind != H5S_SCALAR && kind != H5S_SIMPLE)) {
        (void)refuse(h5, item->path, "has more than 3 dimensions");
        return;
    }
    (void)WIO_H5(h5, H5Sget_simple_extent_dims(space, extent, NULL));
    item->rank = (size_t)rank;
    for (size_t i = 0; i < item->rank; i++) {
        item->dims[i] = (size_t)extent[i];
        if (__builtin_mul_overflow(*count, item->dims[i], count)) {
            (void)refuse(h5, item->path, "is larger than any memory");
        }
    }
}

/* Storage inside the file, in chunks no larger than sense, through filters HDF5 brings itself. */
static void inspect_storage(wio_h5 *h5, const char *path, hid_t creation, size_t bytes)
{
    hsize_t chunk[WIO_H5_MAX_RANK];
    H5D_layout_t layout = (H5D_layout_t)WIO_H5(h5, H5Pget_layout(creation));
    if (WIO_H5(h5, H5Pget_external_count(creation)) != 0) {
        (void)refuse(h5, path, "keeps its data in another file");
        return;
    }
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
        (void)refuse(h5, path, "is a view of other data");
        return;
    }
    if (layout == H5D_CHUNKED) {
        int rank = (int)WIO_H5(h5, H5Pget_chunk(creation, WIO_H5_MAX_RANK, chunk));
        size_t size = 8;
        for (int i = 0; i < rank && i < WIO_H5_MAX_RANK; i++) {
            if (__builtin_mul_overflow(size, (size_t)chunk[i], &size)) {
                size = SIZE_MAX;
            }
        }
        if (size > ALWAYS_ALLOWED && size / 2 > bytes) {
            (void)refuse(h5, path, "has chunks larger than itself");
        }
    }
    int filters = (int)WIO_H5(h5, H5Pget_nfilters(creation));
    for (int i = 0; i < filters; i++) {
        unsigned flags = 0;
        size_t parameters = 0;
        int64_t filter = WIO_H5(
            h5, H5Pget_filter2(creation, (unsigned)i, &flags, &parameters, NULL, 0, NULL, NULL));
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
            filter != H5Z_FILTER_FLETCHER32) {
            (void)refuse(h5, path, "uses a filter other than deflate, shuffle and fletcher32");
        }
    }
}

static void inspect_dataset(wio_h5 *h5, wio_h5_item *item, hid_t dataset)
{
    size_t count = 0, size = 0, bytes = 0;
    hid_t space = WIO_H5(h5, H5Dget_space(dataset));
    hid_t type = WIO_H5(h5, H5Dget_type(dataset));
    hid_t creation = WIO_H5(h5, H5Dget_create_plist(dataset));
    if (h5->status == WIO_OK) {
        inspect_space(h5, item, space, &count);
        inspect_type(h5, item, type, &size);
        if (__builtin_mul_overflow(count, size > 8 ? size : 8, &bytes) ||
            __builtin_add_overflow(h5->logical, bytes, &h5->logical)) {
            (void)refuse(h5, item->path, "is larger than any memory");
        }
        inspect_storage(h5, item->path, creation, bytes);
    }
    (void)WIO_H5(h5, H5Pclose(creation));
    (void)WIO_H5(h5, H5Tclose(type));
    (void)WIO_H5(h5, H5Sclose(space));
}

typedef struct place {
    wio_h5 *h5;
    const char *path; /* "" for the root */
    int depth;
    bool group;
} place;

static herr_t visit_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context)
{
    (void)info;
    const place *at = context;
    wio_h5 *h5 = at->h5;
    /* the two that only dimension scales have, with references in them; they are never read */
    if (strcmp(name, "DIMENSION_LIST") == 0 || strcmp(name, "REFERENCE_LIST") == 0) {
        return 0;
    }
    hid_t id = WIO_H5(h5, H5Aopen(object, name, H5P_DEFAULT));
    hid_t type = WIO_H5(h5, H5Aget_type(id));
    hid_t space = WIO_H5(h5, H5Aget_space(id));
    H5T_class_t kind = (H5T_class_t)WIO_H5(h5, H5Tget_class(type));
    int64_t rank = WIO_H5(h5, H5Sget_simple_extent_ndims(space));
    int64_t count = WIO_H5(h5, H5Sget_simple_extent_npoints(space));
    bool number = kind != H5T_STRING && count == 1 && at->path[0] != '\0';
    bool listed =
        (kind == H5T_STRING && rank == 0) || number; /* numbers of groups below the root */
    if ((kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_STRING) || rank > 1 ||
        count > 4096 || h5->items >= MAX_OBJECTS) {
        (void)refuse(h5, name, "is an attribute of an unknown kind");
    }
    (void)WIO_H5(h5, H5Sclose(space));
    (void)WIO_H5(h5, H5Tclose(type));
    (void)WIO_H5(h5, H5Aclose(id));
    if (at->group && listed && h5->status == WIO_OK) {
        (void)wio_h5_add_item(h5, at->path[0] != '\0' ? at->path : "/", name);
    }
    return h5->status == WIO_OK ? 0 : -1;
}

static void inspect_group(wio_h5 *h5, hid_t group, const char *path, int depth);

static void inspect_object(wio_h5 *h5, hid_t object, const char *path, int depth)
{
    H5I_type_t kind = (H5I_type_t)WIO_H5(h5, H5Iget_type(object));
    if (h5->status != WIO_OK) {
        return;
    }
    if ((kind != H5I_GROUP && kind != H5I_DATASET) || depth > MAX_DEPTH ||
        h5->items >= MAX_OBJECTS) {
        (void)refuse(h5, path, "is of an unknown kind, or nested too deep");
        return;
    }
    wio_h5_item *item = wio_h5_add_item(h5, path, NULL);
    if (item == NULL) {
        return;
    }
    item->group = kind == H5I_GROUP;
    if (item->group) {
        inspect_group(h5, object, path, depth);
    } else {
        inspect_dataset(h5, item, object);
        place at = {h5, path, depth, false};
        (void)WIO_H5(h5,
                     H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_attribute, &at));
    }
}

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *context)
{
    const place *at = context;
    wio_h5 *h5 = at->h5;
    if (info->type != H5L_TYPE_HARD) {
        (void)refuse(h5, name, "is a link to somewhere else");
        return -1;
    }
    wio_text path = {0};
    wio_text_add(&path, "%s/%s", at->path, name);
    hid_t object = WIO_H5(h5, H5Oopen(group, name, H5P_DEFAULT));
    if (path.failed) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for a name");
    } else if (h5->status == WIO_OK) {
        inspect_object(h5, object, path.data, at->depth + 1);
    }
    wio_text_free(&path);
    (void)WIO_H5(h5, H5Oclose(object));
    return h5->status == WIO_OK ? 0 : -1;
}

/* In order of creation where the file knows it. */
static void inspect_group(wio_h5 *h5, hid_t group, const char *path, int depth)
{
    place at = {h5, path, depth, true};
    unsigned links = 0, attributes = 0;
    hid_t creation = WIO_H5(h5, H5Gget_create_plist(group));
    (void)WIO_H5(h5, H5Pget_link_creation_order(creation, &links));
    (void)WIO_H5(h5, H5Pget_attr_creation_order(creation, &attributes));
    (void)WIO_H5(h5, H5Pclose(creation));
    H5_index_t by_link = links & H5P_CRT_ORDER_TRACKED ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
    H5_index_t by_attribute =
        attributes & H5P_CRT_ORDER_TRACKED ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
    if (h5->status == WIO_OK) {
        (void)WIO_H5(h5, H5Aiterate2(group, by_attribute, H5_ITER_INC, NULL, visit_attribute, &at));
    }
    if (h5->status == WIO_OK) {
        (void)WIO_H5(h5, H5Literate(group, by_link, H5_ITER_INC, NULL, visit_link, &at));
    }
}

static void inspect(wio_h5 *h5, size_t file_bytes)
{
    hid_t root = WIO_H5(h5, H5Gopen2(h5->file, "/", H5P_DEFAULT));
    if (h5->status == WIO_OK) {
        inspect_group(h5, root, "", 0);
    }
    (void)WIO_H5(h5, H5Gclose(root));
    if (h5->logical > MAX_BYTES ||
        (h5->logical > ALWAYS_ALLOWED && h5->logical / RATIO > file_bytes)) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "claims %zu bytes of data in a file of %zu bytes",
                          h5->logical, file_bytes);
    }
}

/* --- opening ------------------------------------------------------------------------------------- */

wio_status wio_h5_open(wio_h5 *h5, const char *path, wio_error *err)
{
    (void)wio_h5_begin(h5, path, WIO_E_FORMAT, err);
    if (h5->status == WIO_OK) {
        h5->status = wio_h5_bytes_open(&h5->bytes, path, err);
    }
    if (h5->status == WIO_OK && H5Fis_hdf5(path) <= 0) { /* an unreadable file fails here too */
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "is not an HDF5 file");
    }
    if (h5->status == WIO_OK) {
        hid_t access = WIO_H5(h5, H5Pcreate(H5P_FILE_ACCESS));
#if H5_VERSION_GE(1, 10, 7)
        /* Locks fail on several network file systems, and a committed file never changes. */
        (void)WIO_H5(h5, H5Pset_file_locking(access, 0, 1));
#endif
        h5->file = WIO_H5(h5, H5Fopen(path, H5F_ACC_RDONLY, access));
        (void)WIO_H5(h5, H5Pclose(access));
    }
    if (h5->status == WIO_OK) {
        inspect(h5, h5->bytes.size);
    }
    return h5->status == WIO_OK ? WIO_OK : wio_h5_close(h5);
}

/* --- data ----------------------------------------------------------------------------------------- */

/* The dataset when it has the kind and shape that is asked for. */
static const wio_h5_item *expect(wio_h5 *h5, const char *path, bool text, size_t rank,
                                 const size_t *dims)
{
    if (h5->status != WIO_OK) {
        return NULL;
    }
    const wio_h5_item *item = wio_h5_find(h5, path);
    if (item == NULL || item->group) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "has no dataset '%.200s'", path);
        return NULL;
    }
    bool same = item->text == text && item->rank == rank;
    for (size_t i = 0; same && dims != NULL && i < rank; i++) {
        same = item->dims[i] == dims[i];
    }
    if (!same) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "dataset '%.200s' does not have the expected %s", path,
                          item->text == text ? "shape" : "type");
        return NULL;
    }
    return item;
}

static void read_dataset(wio_h5 *h5, const char *path, hid_t type, hid_t transfer, void *data)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    hid_t dataset = WIO_H5(h5, H5Dopen2(h5->file, path, H5P_DEFAULT));
    if (h5->status == WIO_OK) {
        (void)WIO_H5(h5, H5Dread(dataset, type, H5S_ALL, H5S_ALL, transfer, data));
    }
    (void)WIO_H5(h5, H5Dclose(dataset));
}

static size_t count_of(const wio_h5_item *item)
{
    size_t count = 1; /* inspected: no overflow */
    for (size_t i = 0; i < item->rank; i++) {
        count *= item->dims[i];
    }
    return count;
}

double *wio_h5_doubles(wio_h5 *h5, const char *path, size_t rank, const size_t *dims)
{
    const wio_h5_item *item = expect(h5, path, false, rank, dims);
    double *data = item != NULL ? wio_alloc(count_of(item), sizeof *data) : NULL;
    if (data == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
        return NULL;
    }
    if (!wio_h5_read_direct(h5, item, data)) {
        if (h5->status == WIO_OK && count_of(item) >= WIO_H5_LARGE / sizeof *data) {
            h5->status = wio_h5_bytes_check(&h5->bytes, 0, h5->bytes.length, h5->path, h5->err);
        }
        read_dataset(h5, path, H5T_NATIVE_DOUBLE, H5P_DEFAULT, data);
    }
    if (h5->status != WIO_OK) {
        wio_free(data);
        return NULL;
    }
    return data;
}

size_t *wio_h5_sizes(wio_h5 *h5, const char *path, size_t count)
{
    double *number = wio_h5_doubles(h5, path, 1, &count);
    size_t *size = number != NULL ? wio_alloc(count, sizeof *size) : NULL;
    for (size_t i = 0; size != NULL && i < count; i++) {
        if (!(number[i] >= 0 && number[i] < 0x1p53) || number[i] != floor(number[i])) {
            (void)wio_h5_fail(h5, WIO_E_FORMAT, "'%s'[%zu] is not a whole number", path, i);
            wio_free(size);
            size = NULL;
        } else {
            size[i] = (size_t)number[i];
        }
    }
    if (size == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
    }
    wio_free(number);
    return size;
}

/* Where HDF5 puts the texts it reads: a list of blocks with a limit, since many elements may
 * point to one long text. Freed as a whole, so a failure in the middle loses nothing. */
typedef struct block {
    struct block *next;
    size_t used, size;
    char bytes[];
} block;

typedef struct pool {
    wio_h5 *h5;
    block *first;
    size_t total;
} pool;

static void *pool_alloc(size_t size, void *context)
{
    pool *all = context;
    size = (size + 15) / 16 * 16;
    block *b = all->first;
    if (b == NULL || b->size - b->used < size) {
        size_t room = size > 65536 ? size : 65536;
        if (all->total > ALWAYS_ALLOWED || size > ALWAYS_ALLOWED) {
            (void)wio_h5_fail(all->h5, WIO_E_FORMAT, "has more text than a file of ours");
            return NULL;
        }
        b = wio_alloc(sizeof *b + room, 1);
        if (b == NULL) {
            (void)wio_h5_fail(all->h5, WIO_E_MEMORY, "no memory for its texts");
            return NULL;
        }
        *b = (block){.next = all->first, .size = room};
        all->first = b;
        all->total += room;
    }
    void *at = b->bytes + b->used;
    b->used += size;
    return at;
}

static void pool_free(void *memory, void *context)
{
    (void)memory;
    (void)context;
}

/* Pointers and characters in one block. */
static char **pack(char *const *text, size_t count)
{
    size_t bytes = count * sizeof *text;
    for (size_t i = 0; i < count; i++) {
        bytes += (text[i] != NULL ? strlen(text[i]) : 0) + 1;
    }
    char **packed = wio_alloc(bytes, 1);
    char *at = (char *)(packed + count);
    for (size_t i = 0; packed != NULL && i < count; i++) {
        size_t size = (text[i] != NULL ? strlen(text[i]) : 0) + 1; /* HDF5 keeps "" as NULL */
        memcpy(at, text[i] != NULL ? text[i] : "", size);
        packed[i] = at;
        at += size;
    }
    return packed;
}

char **wio_h5_texts(wio_h5 *h5, const char *path, size_t count)
{
    char **packed = NULL, **raw = NULL;
    if (expect(h5, path, true, 1, &count) == NULL) {
        return NULL;
    }
    pool all = {.h5 = h5};
    raw = wio_zalloc(count, sizeof *raw);
    hid_t transfer = WIO_H5(h5, H5Pcreate(H5P_DATASET_XFER));
    (void)WIO_H5(h5, H5Pset_vlen_mem_manager(transfer, pool_alloc, &all, pool_free, &all));
    if (raw != NULL) {
        read_dataset(h5, path, h5->text, transfer, raw);
        packed = h5->status == WIO_OK ? pack(raw, count) : NULL;
    }
    (void)WIO_H5(h5, H5Pclose(transfer));
    if (packed == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
    }
    while (all.first != NULL) {
        block *next = all.first->next;
        wio_free(all.first);
        all.first = next;
    }
    wio_free(raw);
    return packed;
}

/* --- attributes ------------------------------------------------------------------------------------ */

bool wio_h5_has_attribute(wio_h5 *h5, const char *path, const char *attribute)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    return h5->status == WIO_OK &&
           WIO_H5(h5, H5Aexists_by_name(h5->file, path, attribute, H5P_DEFAULT)) > 0;
}

/* One text, of variable or fixed length, or one number as its shortest decimals. */
static char *read_text(wio_h5 *h5, hid_t id, hid_t type)
{
    char *copy = NULL;
    if (H5Tget_class(type) != H5T_STRING) {
        double value = NAN;
        char buffer[WIO_NUMBER_SIZE];
        (void)WIO_H5(h5, H5Aread(id, H5T_NATIVE_DOUBLE, &value));
        return wio_strdup(wio_format_double(buffer, value));
    }
    if (WIO_H5(h5, H5Tis_variable_str(type)) > 0) {
        char *text = NULL;
        (void)WIO_H5(h5, H5Aread(id, h5->text, &text));
        copy = h5->status == WIO_OK ? wio_strdup(text != NULL ? text : "") : NULL;
        (void)WIO_H5(h5, H5free_memory(text));
        return copy;
    }
    size_t size = H5Tget_size(type);
    copy = wio_zalloc(size + 1, 1);
    if (copy != NULL) {
        (void)WIO_H5(h5, H5Aread(id, type, copy));
    }
    return copy;
}

char *wio_h5_text(wio_h5 *h5, const char *path, const char *attribute)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    if (h5->status != WIO_OK) {
        return NULL;
    }
    char *text = NULL;
    hid_t id = WIO_H5(h5, H5Aopen_by_name(h5->file, path, attribute, H5P_DEFAULT, H5P_DEFAULT));
    hid_t type = WIO_H5(h5, H5Aget_type(id));
    hid_t space = WIO_H5(h5, H5Aget_space(id));
    bool scalar = WIO_H5(h5, H5Sget_simple_extent_npoints(space)) == 1;
    if (h5->status == WIO_OK && !scalar) {
        (void)refuse(h5, attribute, "is not one text or number");
    }
    if (h5->status == WIO_OK) {
        text = read_text(h5, id, type);
    }
    (void)WIO_H5(h5, H5Sclose(space));
    (void)WIO_H5(h5, H5Tclose(type));
    (void)WIO_H5(h5, H5Aclose(id));
    if (text == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", attribute);
    } else if (h5->status != WIO_OK) {
        wio_free(text);
        text = NULL;
    }
    return text;
}

double wio_h5_number(wio_h5 *h5, const char *path, const char *attribute)
{
    char full[WIO_H5_PATH];
    path = wio_h5_full(h5, full, path);
    double value = NAN;
    if (h5->status != WIO_OK) {
        return NAN;
    }
    hid_t id = WIO_H5(h5, H5Aopen_by_name(h5->file, path, attribute, H5P_DEFAULT, H5P_DEFAULT));
    hid_t space = WIO_H5(h5, H5Aget_space(id));
    if (h5->status == WIO_OK && WIO_H5(h5, H5Sget_simple_extent_npoints(space)) != 1) {
        (void)refuse(h5, attribute, "is not one number");
    }
    if (h5->status == WIO_OK) {
        (void)WIO_H5(h5, H5Aread(id, H5T_NATIVE_DOUBLE, &value));
    }
    (void)WIO_H5(h5, H5Sclose(space));
    (void)WIO_H5(h5, H5Aclose(id));
    return h5->status == WIO_OK ? value : NAN;
}
