/* import_stream.c - a text file of an import that is too large for memory: its labels are known from
 * elsewhere, and its rows are read by pieces of whole lines, once, from the first to the last. */
#include "import.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

size_t wio_stream_bytes = (size_t)32 << 20;

wio_status wio_grid_open_stream(wio_grid **out, wio_import *import, const char *path, size_t rows,
                                size_t columns)
{
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_new(&grid, import, path));
    grid->streamed = true;
    grid->columns = columns;
    grid->row = wio_zalloc(rows, sizeof *grid->row);
    grid->column = wio_zalloc(columns, sizeof *grid->column);
    grid->csv.line = wio_alloc(rows, sizeof *grid->csv.line);
    if (grid->row == NULL || grid->column == NULL || grid->csv.line == NULL) {
        return wio_import_memory(import, path);
    }
    for (size_t r = 0; r < rows; r++) {
        grid->csv.line[r] = r + 1;
    }
    grid->csv.rows = rows;
    *out = grid;
    return WIO_OK;
}

typedef struct stream {
    wio_import *import;
    wio_grid *grid;
    wio_grid_read *read;
    void *context;
    int fd;
    char *bytes;           /* [capacity] what was read and not yet used */
    size_t capacity, used; /* ... of it there */
    size_t rows, lines;    /* done */
    size_t length;         /* of the file so far */
    bool ended;
    wio_status status;
} stream;

/* `length` bytes of whole lines. */
static wio_status use_lines(stream *s, size_t length)
{
    const wio_csv_form form = {.delimiter = ',', .published = true, .labels = 1};
    wio_grid piece = *s->grid;
    char *data = wio_strndup(s->bytes, length);
    if (data == NULL) {
        return wio_import_memory(s->import, s->grid->path);
    }
    piece.csv = (wio_csv){0};
    wio_status status = wio_csv_read(&piece.csv, data, length, s->grid->path, &form, s->import->log,
                                     s->import->err);
    if (status != WIO_OK) {
        s->import->status = s->import->status == WIO_OK ? status : s->import->status;
        return status;
    }
    size_t rows = piece.csv.rows;
    if (rows > s->grid->csv.rows - s->rows) {
        status = wio_import_wrong(s->import, s->grid->path,
                                  s->lines + piece.csv.line[s->grid->csv.rows - s->rows], 1,
                                  "more lines than the %zu that have a label", s->grid->csv.rows);
    } else {
        for (size_t r = 0; r < rows; r++) {
            piece.csv.line[r] += s->lines;
        }
        piece.row = s->grid->row + s->rows;
        piece.streamed = false;
        piece.taken_as_zero = 0;
        status = s->read(s->import, &piece, s->context);
        s->grid->taken_as_zero += piece.taken_as_zero;
    }
    s->rows += rows;
    for (size_t i = 0; i < length; i++) {
        s->lines += s->bytes[i] == '\n' ? 1 : 0;
    }
    wio_csv_clear(&piece.csv);
    return status;
}

/* Uses the whole lines that are there, at the end of the file the rest too. */
static wio_status use_what_is_there(stream *s)
{
    size_t length = s->used;
    while (!s->ended && length > 0 && s->bytes[length - 1] != '\n') {
        length--;
    }
    if (length == 0 && s->used == s->capacity) {
        return wio_import_wrong(s->import, s->grid->path, s->lines + 1, 1,
                                "a line of more than %zu bytes", s->capacity);
    }
    if (length != 0) {
        WIO_TRY(use_lines(s, length));
        memmove(s->bytes, s->bytes + length, s->used - length);
        s->used -= length;
    }
    return WIO_OK;
}

/* The next bytes of the file, for its digest; those before them are used first. */
static size_t next_bytes(void *context, const void **bytes)
{
    stream *s = context;
    s->status = s->status == WIO_OK ? use_what_is_there(s) : s->status;
    if (s->status != WIO_OK) {
        return 0;
    }
    ssize_t got = -1;
    do {
        got = read(s->fd, s->bytes + s->used, s->capacity - s->used);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        s->status = wio_import_wrong(s->import, s->grid->path, 0, 0, "cannot be read to its end");
    }
    if (got <= 0) {
        s->ended = true;
        s->status = s->status == WIO_OK ? use_what_is_there(s) : s->status;
        return 0;
    }
    *bytes = s->bytes + s->used;
    s->used += (size_t)got;
    s->length += (size_t)got;
    return (size_t)got;
}

wio_status wio_grid_stream(wio_import *import, wio_grid *grid, wio_grid_read *read, void *context)
{
    struct stat info;
    char digest[WIO_DIGEST_SIZE];
    stream s = {.import = import,
                .grid = grid,
                .read = read,
                .context = context,
                .fd = open(grid->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY),
                .capacity = wio_stream_bytes};
    if (s.fd < 0 || fstat(s.fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        s.status = wio_import_wrong(import, grid->path, 0, 0, "is no regular file to read");
    } else if ((s.bytes = wio_alloc(s.capacity, 1)) == NULL) {
        s.status = wio_import_memory(import, grid->path);
    } else {
        wio_digest_pieces(digest, next_bytes, &s);
    }
    if (s.status == WIO_OK && s.rows < grid->csv.rows) {
        s.status =
            wio_import_wrong(import, grid->path, s.lines, 1,
                             "%zu lines, but there are labels for %zu", s.rows, grid->csv.rows);
    }
    if (s.status == WIO_OK) {
        s.status = wio_import_record(import, grid->path, s.length, digest);
    }
    if (s.fd >= 0) {
        (void)close(s.fd);
    }
    wio_free(s.bytes);
    return s.status;
}
