/* table_file.c - a packed table that stays in its file: its outline is read, its numbers in blocks.
 *
 * HDF5 says where the arrays lie and is left; so any other file may be opened meanwhile. */
#include "hdf5.h"

#include <stdio.h>
#include <sys/stat.h>

enum { Z, Y, P, S, ARRAYS };

typedef struct packed {
    wio_table_file file; /* first: what a caller has is this */
    wio_h5_bytes bytes;
    wio_h5_layout layout[ARRAYS];
    char *path;
    struct stat opened; /* the file as it was then */
} packed;

/* Bytes that were checked once are not checked again, so another writer is noticed by the file's time:
 * one that replaces the file by another does no harm, since this one stays open. */
static bool changed(const packed *p)
{
    struct stat now;
    return fstat(p->bytes.file, &now) != 0 || now.st_size != p->opened.st_size ||
           now.st_mtim.tv_sec != p->opened.st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != p->opened.st_mtim.tv_nsec;
}

static wio_status read_block(double *to, packed *p, int array, size_t row, size_t rows,
                             size_t column, size_t columns, wio_error *err)
{
    const size_t start[] = {0, row, column}, count[] = {1, rows, columns};
    wio_error own = {0};
    wio_status status =
        wio_h5_read_block(to, &p->bytes, &p->layout[array], start, count, p->path, &own);
    if (changed(p)) {
        return wio_fail(err, WIO_E_FORMAT, "%s: was changed while it was read: begin again",
                        p->path);
    }
    return status == WIO_OK ? WIO_OK : wio_fail(err, status, "%s", own.message);
}

static wio_status block(double *to, wio_table_file *file, size_t row, size_t rows, size_t column,
                        size_t columns, wio_error *err)
{
    return read_block(to, (packed *)file, Z, row, rows, column, columns, err);
}

static wio_status numbers(wio_table_file *file, wio_error *err)
{
    packed *p = (packed *)file;
    wio_table *t = file->table;
    double **to[ARRAYS] = {[Y] = &t->Y, [P] = &t->P, [S] = &t->S};
    const size_t rows[ARRAYS] = {[Y] = t->m, [P] = t->p, [S] = t->k};
    for (int i = Y; i < ARRAYS; i++) {
        size_t columns = i == Y ? t->f : t->n, count = rows[i] * columns; /* inspected */
        if (*to[i] != NULL) {
            continue;
        }
        double *data = wio_alloc(count, sizeof *data);
        wio_status status =
            data == NULL ? wio_fail(err, WIO_E_MEMORY, "%s: no memory for its numbers", p->path)
                         : read_block(data, p, i, 0, rows[i], 0, columns, err);
        if (status != WIO_OK) {
            wio_free(data);
            return status;
        }
        *to[i] = data;
    }
    return WIO_OK;
}

static void close_packed(wio_table_file *file)
{
    packed *p = (packed *)file;
    for (int i = 0; i < ARRAYS; i++) {
        wio_h5_layout_free(&p->layout[i]);
    }
    wio_h5_bytes_close(&p->bytes);
    wio_table_free(p->file.table);
    wio_free(p->path);
    wio_free(p);
}

/* Where an array lies; it has the shape that the labels say. */
static void find_array(packed *p, wio_h5 *h5, int array, const char *path, size_t rows,
                       size_t columns)
{
    const wio_h5_item *item = wio_h5_find(h5, path);
    if (h5->status != WIO_OK) {
        return;
    }
    if (item == NULL || item->group || item->text || item->rank != 2 || item->dims[0] != rows ||
        item->dims[1] != columns) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "dataset '%s' does not have the expected shape", path);
    } else if (rows * columns != 0 && !wio_h5_find_layout(&p->layout[array], h5, item)) {
        (void)wio_h5_fail(h5, WIO_E_UNSUPPORTED,
                          "was laid out by another program and cannot be read in parts; pack it "
                          "again (wassily convert)");
    }
}

static wio_status read_file(packed *p, const char *path, wio_error *err)
{
    wio_h5 h5;
    int year = WIO_NO_YEAR;
    wio_table *t = p->file.table;
    WIO_TRY(wio_packed_split(&p->path, &year, path, err));
    WIO_TRY(wio_h5_open(&h5, p->path, err));
    wio_packed_enter(&h5, year);
    if (h5.status == WIO_OK) {
        wio_packed_outline(&h5, t);
    }
    if (h5.status == WIO_OK) {
        find_array(p, &h5, Z, "/Z", t->m, t->n);
        find_array(p, &h5, Y, "/Y", t->m, t->f);
        find_array(p, &h5, P, "/P", t->p, t->n);
        find_array(p, &h5, S, "/S", t->k, t->n);
    }
    if (h5.status == WIO_OK) {
        bool series = h5.root[0] != '\0';
        h5.status = wio_packed_record(t, p->path, series ? t->year : WIO_NO_YEAR, &h5.bytes, err);
    }
    if (h5.status == WIO_OK) {
        p->bytes = h5.bytes;
        h5.bytes = (wio_h5_bytes){.file = -1};
        if (fstat(p->bytes.file, &p->opened) != 0) {
            (void)wio_h5_fail(&h5, WIO_E_NO_INPUT, "cannot be read");
        }
    }
    return wio_h5_close(&h5);
}

wio_status wio_packed_open(wio_table_file **out, const char *path, wio_log *log, wio_error *err)
{
    wio_error error = {0};
    packed *p = wio_zalloc(1, sizeof *p);
    if (p == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory for a table", path);
    }
    p->bytes.file = -1;
    p->file = (wio_table_file){.table = wio_zalloc(1, sizeof *p->file.table),
                               .numbers = numbers,
                               .block = block,
                               .close = close_packed};
    wio_status status = p->file.table != NULL
                            ? read_file(p, path, &error)
                            : wio_fail(&error, WIO_E_MEMORY, "%s: no memory for a table", path);
    status = status != WIO_OK ? wio_packed_report(path, status, &error, log, err)
                              : wio_table_finish_labels(p->file.table, log, err);
    if (status != WIO_OK) {
        close_packed(&p->file);
        return status;
    }
    *out = &p->file;
    return WIO_OK;
}

void wio_table_file_close(wio_table_file *file)
{
    if (file != NULL) {
        file->close(file);
    }
}

const wio_table *wio_table_file_outline(const wio_table_file *file)
{
    return file->table;
}

wio_status wio_table_file_block(double *to, wio_table_file *file, size_t row, size_t rows,
                                size_t column, size_t columns, wio_error *err)
{
    if (to == NULL || file == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_file_block: NULL argument");
    }
    const wio_table *t = file->table;
    if (row > t->m || rows > t->m - row || column > t->n || columns > t->n - column) {
        return wio_fail(err, WIO_E_SHAPE,
                        "rows %zu to %zu and columns %zu to %zu are not inside Z [%zu x %zu]", row,
                        row + rows, column, column + columns, t->m, t->n);
    }
    return file->block(to, file, row, rows, column, columns, err);
}
