/* hdf5.h - the way of io/ to HDF5: small calls, every return value checked.
 *
 * A wio_h5 is one open file. Its first failure is kept in `status` and in the caller's wio_error;
 * calls after it do nothing. HDF5 is not thread-safe, so the library's lock is held from
 * wio_h5_create or wio_h5_open to wio_h5_close.
 *
 * Writing goes to memory and from there through io/commit.c: HDF5 never meets a full disk, which
 * it survives badly (TRUST 3.1), and every failed write is an ordinary one. */
#ifndef WIO_HDF5_H
#define WIO_HDF5_H

#include "io.h"

#include <hdf5.h>

enum { WIO_H5_MAX_RANK = 3 };

typedef struct wio_h5_item { /* what was written, to be compared, or what was found */
    char *path;              /* "/jobs_change" */
    char *attribute;         /* NULL: the object itself */
    bool group, text;
    size_t rank, dims[WIO_H5_MAX_RANK];
    uint64_t digest; /* of the content, when writing */
} wio_h5_item;

typedef struct wio_h5 {
    hid_t file;
    hid_t text; /* the type of every text: variable length, UTF-8 */
    const char *path;
    wio_status status;  /* the first failure */
    wio_status failure; /* what a failed HDF5 call means: WRITE or FORMAT */
    wio_error *err;
    wio_h5_item *item; /* in order of creation */
    size_t items, room;
    size_t logical; /* bytes of all datasets */
    int raw;        /* the file itself, when reading; -1 else */
    size_t bytes;   /* its size */
    uint64_t mark;  /* digest of its bytes in its trailer, 0 without one */
    bool open;
} wio_h5;

/* The value of an HDF5 call; a negative one becomes the file's failure, in HDF5's own words. */
#define WIO_H5(h5, call) wio_h5_checked((h5), (int64_t)(call), #call)
int64_t wio_h5_checked(wio_h5 *h5, int64_t value, const char *call);
wio_status wio_h5_fail(wio_h5 *h5, wio_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Lets go of everything; the status is the first failure. */
wio_status wio_h5_close(wio_h5 *h5);

/* --- writing (hdf5.c): paths are absolute, "/provenance" ----------------------------------------- */

wio_status wio_h5_create(wio_h5 *h5, const char *path, wio_error *err);
void wio_h5_put_group(wio_h5 *h5, const char *path); /* with the groups above; may exist */
void wio_h5_put_doubles(wio_h5 *h5, const char *path, size_t rank, const size_t *dims,
                        const double *data);
/* Whole numbers below 2^53, kept as 64-bit integers. */
void wio_h5_put_sizes(wio_h5 *h5, const char *path, size_t count, const size_t *data);
void wio_h5_put_texts(wio_h5 *h5, const char *path, size_t count, const char *const *data);
void wio_h5_put_text(wio_h5 *h5, const char *path, const char *attribute, const char *text);
/* The same in the fixed-length form that the dimension scales of HDF5 ask for. */
void wio_h5_put_fixed(wio_h5 *h5, const char *path, const char *attribute, const char *text);
void wio_h5_put_number(wio_h5 *h5, const char *path, const char *attribute, hid_t type,
                       double value); /* an attribute of one element */
/* Write the file, read it back, compare every content, publish; closes h5 in every case. */
wio_status wio_h5_commit(wio_h5 *h5, bool overwrite);

/* --- reading (hdf5_read.c): everything is inspected before anything is read (TRUST 4.1.3) -------- */

wio_status wio_h5_open(wio_h5 *h5, const char *path, wio_error *err);
const wio_h5_item *wio_h5_find(const wio_h5 *h5, const char *path); /* NULL when absent */
/* Free with wio_free; NULL on failure, which it is when the shape is another one (dims may be NULL:
 * any extents). Texts are one block. */
double *wio_h5_doubles(wio_h5 *h5, const char *path, size_t rank, const size_t *dims);
size_t *wio_h5_sizes(wio_h5 *h5, const char *path, size_t count);
char **wio_h5_texts(wio_h5 *h5, const char *path, size_t count);
bool wio_h5_has_attribute(wio_h5 *h5, const char *path, const char *attribute);
char *wio_h5_text(wio_h5 *h5, const char *path, const char *attribute);
double wio_h5_number(wio_h5 *h5, const char *path, const char *attribute);

/* --- between the files ------------------------------------------------------------------------------ */

wio_status wio_h5_begin(wio_h5 *h5, const char *path, wio_status failure, wio_error *err);
typedef struct wio_h5_trailer { /* the end of every file of ours, little-endian */
    char mark[8];
    uint64_t length; /* of the file before the trailer */
    uint64_t digest; /* of the digests of its pieces */
} wio_h5_trailer;
#define WIO_H5_MARK "WIOSUM2"
enum { WIO_H5_PIECE = 1 << 20 };
/* True when all of the bytes could be read. */
bool wio_h5_pread(int file, void *to, size_t length, uint64_t at);
/* Straight from the file (hdf5_data.c); false: H5Dread has to do it. data has room for all. */
bool wio_h5_read_direct(wio_h5 *h5, const wio_h5_item *item, double *data);
uint64_t wio_h5_digest(uint64_t seed, const void *bytes, size_t length);
wio_h5_item *wio_h5_add_item(wio_h5 *h5, const char *path, const char *attribute);

/* --- table_hdf5.c, for its reader ------------------------------------------------------------------- */

#define WIO_PACKED_MARK "wassily_table" /* the attribute of / that says what the file is */
enum { WIO_PACKED_FORM = 1 };           /* its value; a reader refuses another one */

typedef struct wio_packed_text { /* a text of the table's head: attribute and field */
    const char *name;
    size_t offset;
} wio_packed_text;
extern const wio_packed_text wio_packed_head[]; /* the last name is NULL */
extern const char *const wio_packed_notes[];    /* [4] the columns of satellite_note */

/* --- result_hdf5.c, for its reader ------------------------------------------------------------------ */

bool wio_h5_is_span(const char *units);        /* "hours": xarray would make time spans of it */
bool wio_h5_is_derived(const char *attribute); /* of the file, not of the container */

#endif
