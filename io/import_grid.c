/* import_grid.c - a text file of an import as a matrix of numbers with labels around it.
 *
 * Only the labels are cut here; the numbers stay in the text until import_build.c knows where each
 * of them goes. A file without any labels still has one cell cut from every row, its first number. */
#include "import.h"

#include <string.h>

/* 50,000 activities as text. */
static const size_t MAX_FILE = (size_t)64 << 30;

void wio_grid_clear(wio_grid *grid)
{
    wio_csv_clear(&grid->csv);
    wio_free(grid->path);
    wio_free(grid->row);
    wio_free(grid->column);
    *grid = (wio_grid){0};
}

wio_status wio_import_record(wio_import *import, const char *path, size_t length,
                             const char digest[WIO_DIGEST_SIZE])
{
    wio_table *table = import->table;
    wio_input_file *grown = wio_grow(table->input, table->inputs, table->inputs + 1, sizeof *grown);
    if (grown == NULL) {
        return wio_import_memory(import, "list of inputs");
    }
    table->input = grown;
    wio_input_file *input = &grown[table->inputs];
    *input = (wio_input_file){.path = wio_strdup(path), .bytes = length};
    if (input->path == NULL) {
        return wio_import_memory(import, "list of inputs");
    }
    memcpy(input->digest, digest, sizeof input->digest);
    table->inputs++;
    return WIO_OK;
}

const char *wio_grid_row(const wio_grid *grid, size_t row, size_t cell)
{
    return cell < grid->labels && cell < grid->csv.columns[row]
               ? grid->csv.cell[grid->csv.start[row] + cell]
               : "";
}

const char *wio_grid_head(const wio_grid *grid, size_t head, size_t column)
{
    size_t cell = grid->labels + column;
    return head < grid->heads && head < grid->csv.rows && cell < grid->csv.columns[head]
               ? grid->csv.cell[grid->csv.start[head] + cell]
               : "";
}

void wio_grid_place(size_t *line, size_t *at, const wio_grid *grid, bool row, size_t index)
{
    if (row) {
        *line = grid->csv.line[index];
        *at = grid->labels > 0 ? grid->labels : 1;
    } else {
        *line = grid->csv.line[grid->heads > 0 ? grid->heads - 1 : 0];
        *at = grid->labels + index + 1;
    }
}

/* Whether a row has nothing but separators after its labels: a line of index names. */
static bool is_blank(const wio_csv *csv, size_t row, size_t labels)
{
    if (csv->rest == NULL) {
        size_t cell = labels;
        while (cell < csv->columns[row] && *csv->cell[csv->start[row] + cell] == '\0') {
            cell++;
        }
        return cell >= csv->columns[row];
    }
    const char *rest = csv->rest[row];
    for (size_t i = 0; i < csv->rest_length[row]; i++) {
        if (rest[i] != csv->delimiter && rest[i] != '"') {
            return false;
        }
    }
    return true;
}

/* Cells of a row in all. */
static size_t width(const wio_csv *csv, size_t row)
{
    size_t cells = csv->columns[row];
    if (csv->rest == NULL || csv->rest[row] == NULL) {
        return cells;
    }
    bool quoted = false;
    cells++;
    for (size_t i = 0; i < csv->rest_length[row]; i++) {
        quoted = quoted != (csv->rest[row][i] == '"');
        cells += !quoted && csv->rest[row][i] == csv->delimiter;
    }
    return cells;
}

static wio_status make_labels(wio_grid *grid, wio_import *import)
{
    const wio_csv *csv = &grid->csv;
    if (csv->rows <= grid->heads) {
        return wio_import_wrong(import, grid->path, csv->rows, 1,
                                "expected numbers after %zu header lines, but the file ends",
                                grid->heads);
    }
    size_t cells = 0;
    for (size_t r = 0; r < (grid->heads > 0 ? grid->heads : 1); r++) {
        size_t here = width(csv, r);
        cells = here > cells ? here : cells;
    }
    if (cells <= grid->labels) {
        return wio_import_wrong(import, grid->path, csv->line[0], 1,
                                "expected %zu label cells and numbers after them, got %zu cells",
                                grid->labels, cells);
    }
    grid->columns = cells - grid->labels;
    grid->row = wio_zalloc(csv->rows, sizeof *grid->row);
    grid->column = wio_zalloc(grid->columns, sizeof *grid->column);
    if (grid->row == NULL || grid->column == NULL) {
        return wio_import_memory(import, grid->path);
    }
    for (size_t r = 0; r < csv->rows; r++) {
        bool names = r == grid->heads && grid->heads > 0 && is_blank(csv, r, grid->labels);
        if (r < grid->heads || names) {
            grid->row[r].mark = WIO_MARK_NOTHING;
        }
    }
    return WIO_OK;
}

wio_status wio_grid_new(wio_grid **out, wio_import *import, const char *path)
{
    if (path == NULL) {
        return import->status;
    }
    if (import->grids == WIO_IMPORT_GRIDS) {
        return wio_import_wrong(import, path, 0, 0, "more than %d files", WIO_IMPORT_GRIDS);
    }
    wio_grid *grid = &import->grid[import->grids];
    grid->path = wio_strdup(path);
    if (grid->path == NULL) {
        return wio_import_memory(import, path);
    }
    import->grids++;
    *out = grid;
    return WIO_OK;
}

/* A place for one more grid, and its file, recorded. Takes `data` over, also on failure. */
static wio_status new_grid(wio_grid **out, char **data, size_t *length, wio_import *import,
                           const char *path, size_t heads, size_t labels)
{
    char digest[WIO_DIGEST_SIZE];
    if (path == NULL) {
        return import->status;
    }
    wio_status status = wio_file_read(data, length, path, MAX_FILE, import->err);
    if (status != WIO_OK) {
        import->status = import->status == WIO_OK ? status : import->status;
        return status;
    }
    wio_digest(digest, *data, *length);
    status = wio_import_record(import, path, *length, digest);
    if (status == WIO_OK) {
        status = wio_grid_new(out, import, path);
    }
    if (status != WIO_OK) {
        wio_free(*data);
        return status;
    }
    (*out)->heads = heads;
    (*out)->labels = labels;
    return WIO_OK;
}

wio_status wio_import_read_text(wio_csv *csv, wio_import *import, const char *path)
{
    char *data = NULL;
    size_t length = 0;
    const wio_csv_form form = {.delimiter = '\t', .published = true};
    if (path == NULL) {
        return import->status;
    }
    wio_status status = wio_file_read(&data, &length, path, (size_t)1 << 30, import->err);
    if (status == WIO_OK) {
        status = wio_csv_read(csv, data, length, path, &form, import->log, import->err);
    }
    if (status != WIO_OK) {
        import->status = status;
    }
    return status;
}

/* The grid is cut: labels made, or its status kept. */
static wio_status finish(wio_grid **out, wio_grid *grid, wio_import *import, wio_status status)
{
    if (status != WIO_OK) {
        import->status = import->status == WIO_OK ? status : import->status;
        return status;
    }
    WIO_TRY(make_labels(grid, import));
    *out = grid;
    return WIO_OK;
}

wio_status wio_grid_open(wio_grid **out, wio_import *import, const char *path, char delimiter,
                         size_t heads, size_t labels)
{
    wio_grid *grid = NULL;
    char *data = NULL;
    size_t length = 0;
    WIO_TRY(new_grid(&grid, &data, &length, import, path, heads, labels));
    const wio_csv_form form = {.delimiter = delimiter,
                               .published = true,
                               .heads = heads,
                               .labels = labels > 0 ? labels : 1};
    return finish(out, grid, import,
                  wio_csv_read(&grid->csv, data, length, path, &form, import->log, import->err));
}

/* Rows of a sheet end at their last cell that is not empty: fills them with empty ones, so that a
 * number that is missing there is found to be. */
static wio_status pad(wio_grid *grid, wio_import *import)
{
    wio_csv *csv = &grid->csv;
    size_t width = grid->labels + grid->columns, count, at = 0;
    if (__builtin_mul_overflow(width, csv->rows, &count) ||
        __builtin_add_overflow(count, csv->start[csv->rows], &count)) {
        return wio_import_memory(import, grid->path);
    }
    char **cell = wio_alloc(count, sizeof *cell);
    unsigned char *kind = wio_alloc(count, sizeof *kind);
    if (cell == NULL || kind == NULL) {
        wio_free(cell);
        wio_free(kind);
        return wio_import_memory(import, grid->path);
    }
    for (size_t r = 0; r < csv->rows; r++) {
        size_t from = csv->start[r], columns = csv->columns[r];
        csv->start[r] = at;
        for (size_t c = 0; c < columns || c < width; c++, at++) {
            cell[at] = c < columns ? csv->cell[from + c] : csv->data; /* "" */
            kind[at] = c < columns ? csv->kind[from + c] : WIO_CELL_TEXT;
        }
        csv->columns[r] = columns > width ? columns : width;
    }
    csv->start[csv->rows] = at;
    wio_free(csv->cell);
    wio_free(csv->kind);
    csv->cell = cell;
    csv->kind = kind;
    return WIO_OK;
}

wio_status wio_grid_open_sheet(wio_grid **out, wio_import *import, const char *path,
                               const char *sheet, size_t heads, size_t labels)
{
    wio_grid *grid = NULL;
    char *data = NULL;
    size_t length = 0;
    WIO_TRY(new_grid(&grid, &data, &length, import, path, heads, labels));
    wio_status status =
        wio_xlsx_parse(&grid->csv, data, length, path, sheet, import->log, import->err);
    wio_free(data);
    WIO_TRY(finish(out, grid, import, status));
    return pad(grid, import);
}
