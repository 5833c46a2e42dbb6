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
#include <limits.h>

enum {
    WIO_H5_MAX_RANK = 3,
    WIO_H5_PATH = 512 /* the longest path of ours */
};

typedef struct wio_h5_item { /* what was written, to be compared, or what was found */
    char *path;              /* "/jobs_change" */
    char *attribute;         /* NULL: the object itself */
    bool group, text;
    size_t rank, dims[WIO_H5_MAX_RANK];
    uint64_t digest; /* of the content, when writing */
} wio_h5_item;

/* --- hdf5_bytes.c: the bytes of a file of ours, known piece by piece ------------------------------ */

typedef struct wio_h5_bytes {
    int file;               /* -1: none */
    size_t size;            /* of the file */
    size_t length;          /* of what is before the trailer */
    size_t pieces;          /* of WIO_H5_PIECE bytes, the last one shorter; 0: not a file of ours */
    uint64_t *piece;        /* [pieces] digests */
    unsigned char *checked; /* [pieces] */
    size_t ranges;
    uint64_t (*range)[2]; /* [ranges] bytes from, to that are checked when they are read */
    uint64_t mark;        /* digest of all digests, 0 without them */
} wio_h5_bytes;

typedef struct wio_h5_trailer { /* the end of every file of ours, little-endian */
    char mark[8];
    uint64_t length;        /* of the file before digests, ranges and trailer */
    uint64_t digest;        /* of the digests */
    uint64_t ranges;        /* how many */
    uint64_t ranges_digest; /* of the ranges, with the digest for a seed */
} wio_h5_trailer;
#define WIO_H5_MARK "WIOSUM3"
enum {
    WIO_H5_PIECE = 1 << 20,
    WIO_H5_LARGE = 1 << 22 /* bytes of an array from which its pieces are checked when it is read;
                              below them H5Dread is as fast as threads */
};

/* Opens a regular file and checks all pieces that are in no range. Errors: NO_INPUT, FORMAT
 * (damaged), MEMORY; the message begins with the path. */
wio_status wio_h5_bytes_open(wio_h5_bytes *bytes, const char *path, wio_error *err);
void wio_h5_bytes_close(wio_h5_bytes *bytes);
/* The pieces that hold bytes from .. to-1, where that was not done before. */
wio_status wio_h5_bytes_check(wio_h5_bytes *bytes, uint64_t from, uint64_t to, const char *path,
                              wio_error *err);
/* Whether data, the bytes of piece p, are what was written; remembered. */
bool wio_h5_piece_is(wio_h5_bytes *bytes, size_t p, const void *data);
/* The digests of a file's first `length` bytes, on all threads; the digest of digests. */
wio_status wio_h5_digest_pieces(uint64_t *piece, int file, uint64_t length, const char *path,
                                wio_error *err);
uint64_t wio_h5_chain(const uint64_t *piece, size_t count);
/* Adds digests (of length bytes), ranges (ascending) and trailer; both arrays are used up. */
wio_status wio_h5_write_trailer(wio_commit *commit, uint64_t length, uint64_t *piece,
                                uint64_t (*range)[2], size_t ranges, wio_error *err);
/* True when all of the bytes could be read. */
bool wio_h5_pread(int file, void *to, size_t length, uint64_t at);
int wio_h5_threads(size_t pieces); /* for so many pieces of work */
uint64_t wio_h5_digest(uint64_t seed, const void *bytes, size_t length);

/* --- an open file ------------------------------------------------------------------------------------ */

typedef struct wio_h5 {
    hid_t file;
    hid_t text; /* the type of every text: variable length, UTF-8 */
    const char *path;
    wio_status status;  /* the first failure */
    wio_status failure; /* what a failed HDF5 call means: WRITE or FORMAT */
    wio_error *err;
    wio_h5_item *item; /* in order of creation */
    size_t items, room;
    size_t logical;     /* bytes of all datasets */
    wio_h5_bytes bytes; /* the file itself, when reading */
    char root[16];      /* "" or "/2010": what every path below is in */
    int disk;           /* when writing into a file that is there (wio_h5_extend); -1 else */
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
/* Closes h5, opens the file again and compares every content. */
wio_status wio_h5_close_and_verify(wio_h5 *h5, const char *temporary, wio_error *err);

/* Writing into a file on the disk, for what is too large to be in memory twice (hdf5_disk.c). */

/* Opens the file of a commit (empty, or HDF5 without a trailer) after reserving `bytes` more, so that
 * HDF5 never meets a full disk. Messages name `path`. */
wio_status wio_h5_extend(wio_h5 *h5, const char *temporary, const char *path, size_t bytes,
                         wio_error *err);
/* The numbers of a dataset that is allocated: written past HDF5. */
void wio_h5_put_plain(wio_h5 *h5, hid_t dataset, const void *data, size_t bytes);

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
/* Where a dataset of doubles lies, filled up to three dimensions with leading ones (hdf5_data.c). */
typedef struct wio_h5_place { /* of a chunk */
    uint64_t at, size;
} wio_h5_place;
typedef struct wio_h5_layout {
    size_t dims[WIO_H5_MAX_RANK];
    uint64_t at;                                          /* one run of doubles, or: */
    size_t chunk[WIO_H5_MAX_RANK], grid[WIO_H5_MAX_RANK]; /* shuffled and deflated */
    size_t chunks, bytes;                                 /* of one, inflated */
    wio_h5_place *place;                                  /* [chunks] or NULL */
} wio_h5_layout;
/* False: it is of another form, and H5Dread has to do it. */
bool wio_h5_find_layout(wio_h5_layout *at, wio_h5 *h5, const wio_h5_item *item);
void wio_h5_layout_free(wio_h5_layout *at);
/* data [count] = the block from `start` on, which lies in the dataset; its bytes are checked. HDF5 is
 * not asked, so the file may be closed to it. Errors: FORMAT, MEMORY. */
wio_status wio_h5_read_block(double *data, wio_h5_bytes *bytes, const wio_h5_layout *at,
                             const size_t start[WIO_H5_MAX_RANK],
                             const size_t count[WIO_H5_MAX_RANK], const char *path, wio_error *err);
/* All of a large dataset; false: H5Dread has to do it. The status says how it went. */
bool wio_h5_read_direct(wio_h5 *h5, const wio_h5_item *item, double *data);
typedef struct wio_h5_ranges {
    size_t count;
    uint64_t (*range)[2];
} wio_h5_ranges;
void wio_h5_find_ranges(wio_h5_ranges *ranges, wio_h5 *h5, const wio_h5_item *item);
/* The path within the whole file. */
const char *wio_h5_full(const wio_h5 *h5, char full[WIO_H5_PATH], const char *path);
/* Ascending, and one where they meet. */
void wio_h5_merge_ranges(wio_h5_ranges *ranges);
wio_h5_item *wio_h5_add_item(wio_h5 *h5, const char *path, const char *attribute);

/* --- table_hdf5.c, for its reader ------------------------------------------------------------------- */

#define WIO_PACKED_MARK   "wassily_table" /* the attribute of / that says what the file is */
#define WIO_PACKED_OUTPUT "total_output"
enum { WIO_PACKED_FORM = 1 }; /* its value; a reader refuses another one */

typedef struct wio_packed_text { /* a text of the table's head: attribute and field */
    const char *name;
    size_t offset;
} wio_packed_text;
extern const wio_packed_text wio_packed_head[]; /* the last name is NULL */
extern const char *const wio_packed_notes[];    /* [4] the columns of satellite_note */

#define WIO_SERIES_MARK "wassily_series" /* the attribute of / of a file with several years */
enum { WIO_SERIES_FORM = 1, WIO_NO_YEAR = INT_MIN };

/* The content of a table into h5's root; what an earlier year has too becomes a link to it. */
void wio_packed_put(wio_h5 *h5, const wio_table *table, size_t years, wio_table *const *year);
size_t wio_packed_bytes(const wio_table *table); /* at least what it takes in a file */

/* table_hdf5_axes.c: what each entry along an axis is; which axes an array has, and its unit. */
void wio_packed_put_scale(wio_h5 *h5, const char *path, size_t count, char *const *label);
void wio_packed_put_origin(wio_h5 *h5, const wio_table *table);
void wio_packed_put_activity(wio_h5 *h5, const wio_table *table);
void wio_packed_put_final(wio_h5 *h5, const wio_table *table);
void wio_packed_put_item(wio_h5 *h5, const wio_table *table);
void wio_packed_put_account(wio_h5 *h5, const wio_table *table);
void wio_packed_put_axes(wio_h5 *h5, const wio_table *table);

/* --- table_same.c: what two tables have in common -------------------------------------------------- */

bool wio_same_sources(const wio_table *a, const wio_table *b);
bool wio_same_notes(const wio_table *a, const wio_table *b);
bool wio_same_regions(const wio_table *a, const wio_table *b);
bool wio_same_sectors(const wio_table *a, const wio_table *b);
bool wio_same_uses(const wio_table *a, const wio_table *b);
bool wio_same_items(const wio_table *a, const wio_table *b);
bool wio_same_accounts(const wio_table *a, const wio_table *b);
bool wio_same_groups(const wio_table *a, const wio_table *b);
bool wio_same_origins(const wio_table *a, const wio_table *b);
bool wio_same_finals(const wio_table *a, const wio_table *b);
bool wio_same_axes(const wio_table *a, const wio_table *b);
bool wio_same_final_axis(const wio_table *a, const wio_table *b);
bool wio_same_satellite_notes(const wio_table *a, const wio_table *b);
bool wio_same_frame(const wio_frame *a, const wio_frame *b);

/* --- table_hdf5_source.c ------------------------------------------------------------------------------ */

/* "series.h5:2010" as file and year; WIO_NO_YEAR and the whole path without one. */
wio_status wio_packed_split(char **file, int *year, const char *path, wio_error *err);
/* Goes to the year of an open file; WIO_NO_YEAR: to the only one. */
void wio_packed_enter(wio_h5 *h5, int year);
/* The years of a series, ascending; NULL and a failure, or NULL and 0 for a single table. */
int *wio_packed_years(wio_h5 *h5, size_t *count);
/* Everything but the numbers of Z, Y, P and S. */
void wio_packed_outline(wio_h5 *h5, wio_table *table);
/* A packed table that stays in its file (table_file.c). */
wio_status wio_packed_open(wio_table_file **out, const char *path, wio_log *log, wio_error *err);
/* The table's path and the file it came from. */
wio_status wio_packed_record(wio_table *table, const char *path, int year,
                             const wio_h5_bytes *bytes, wio_error *err);
/* A failure of the file goes to the log with its path once. */
wio_status wio_packed_report(const char *path, wio_status status, const wio_error *found,
                             wio_log *log, wio_error *err);

/* --- result_hdf5.c, for its reader ------------------------------------------------------------------ */

bool wio_h5_is_span(const char *units);        /* "hours": xarray would make time spans of it */
bool wio_h5_is_derived(const char *attribute); /* of the file, not of the container */

#endif
