/* import_supply_fill.c - supply and use: the matrices, the numbers straight from the text into them. What
 * a cell is follows from the marks of its row and its column (import.h, wio_supply_blocks). */
#include "import.h"

#include <math.h>

/* What a cell of these two marks is; NULL: nothing, and it has to be 0. */
static double *block_of(const wio_import *import, const wio_grid *grid, const wio_supply_blocks *b,
                        wio_mark row, wio_mark column, size_t *down)
{
    if (row == WIO_MARK_PRODUCT && column == WIO_MARK_INDUSTRY) {
        *down = b->industries;
        return grid->imports ? b->Um : b->U;
    }
    if (row == WIO_MARK_PRODUCT && column == WIO_MARK_FINAL) {
        *down = b->finals;
        return grid->imports ? b->Ym : b->Y;
    }
    if (grid->imports) {
        return NULL;
    }
    *down = column == WIO_MARK_FINAL      ? b->finals
            : column == WIO_MARK_INDUSTRY ? b->industries
                                          : b->products;
    if (row == WIO_MARK_INDUSTRY && column == WIO_MARK_PRODUCT) {
        return b->V;
    }
    if (row == WIO_MARK_PRIMARY) {
        return column == WIO_MARK_INDUSTRY ? b->W
               : column == WIO_MARK_FINAL  ? import->primary_final
                                           : NULL;
    }
    if (row == WIO_MARK_ACCOUNT) {
        return column == WIO_MARK_INDUSTRY ? b->S
               : column == WIO_MARK_FINAL  ? import->account_final
                                           : NULL;
    }
    return NULL;
}

static wio_status make_blocks(wio_import *import, wio_supply_blocks *b)
{
    b->products = import->product.count;
    b->industries = import->industry.count;
    b->finals = import->final.count;
    b->items = import->table->item.count;
    b->accounts = import->table->account.count;
    WIO_TRY(wio_import_block(&b->U, import, b->products, b->industries, 0.0));
    WIO_TRY(wio_supply_make_room(import, b));
    WIO_TRY(wio_import_block(&b->Y, import, b->products, b->finals, 0.0));
    WIO_TRY(wio_import_block(&b->W, import, b->items, b->industries, 0.0));
    WIO_TRY(wio_import_block(&b->S, import, b->accounts, b->industries, (double)NAN));
    WIO_TRY(wio_import_block(&b->product_output, import, 1, b->products, (double)NAN));
    WIO_TRY(wio_import_block(&b->industry_output, import, 1, b->industries, (double)NAN));
    for (size_t g = 0; g < import->grids; g++) {
        if (import->grid[g].imports && b->Um == NULL) {
            WIO_TRY(wio_import_block(&b->Um, import, b->products, b->industries, 0.0));
            WIO_TRY(wio_import_block(&b->Ym, import, b->products, b->finals, 0.0));
        }
    }
    if (wio_import_any_final(import, WIO_MARK_PRIMARY)) {
        WIO_TRY(wio_import_block(&import->primary_final, import, b->items, b->finals, 0.0));
    }
    if (wio_import_any_final(import, WIO_MARK_ACCOUNT)) {
        WIO_TRY(wio_import_block(&import->account_final, import, b->accounts, b->finals, 0.0));
    }
    return WIO_OK;
}

typedef struct reading { /* of one grid */
    wio_import *import;
    wio_grid *grid;
    size_t *index;
    wio_csv_target *target;
} reading;

/* The chosen rows in the columns of a mark, beside each other: [rows x columns of the grid]. */
static wio_status read_beside(double **out, size_t *cells_read, reading *r, wio_mark column)
{
    const wio_grid *grid = r->grid;
    size_t count, wide = grid->columns, rows = 0;
    for (size_t i = 0; i < grid->csv.rows; i++) { /* a row of its own for each that is read */
        r->index[i] = r->index[i] != SIZE_MAX ? rows++ : SIZE_MAX;
    }
    double *cells =
        __builtin_mul_overflow(rows, wide, &count) ? NULL : wio_zalloc(count, sizeof *cells);
    if (cells == NULL) {
        return wio_import_memory(r->import, grid->path);
    }
    for (size_t c = 0; c < wide; c++) {
        bool chosen = grid->column[c].mark == column;
        r->target[c] = (wio_csv_target){chosen ? cells + c : NULL, wide};
    }
    wio_status status = wio_import_cells(r->import, r->grid, r->index, r->target, false);
    if (status != WIO_OK) {
        wio_free(cells);
        return status;
    }
    *out = cells;
    *cells_read = count;
    return WIO_OK;
}

/* Rows of one label add up, in the order of the file. */
static wio_status add_rows(reading *r, wio_mark column, double *to, size_t down)
{
    const wio_grid *grid = r->grid;
    double *cells = NULL;
    size_t count, wide = grid->columns;
    WIO_TRY(read_beside(&cells, &count, r, column));
    for (size_t i = 0; i < grid->csv.rows; i++) {
        const double *row = r->index[i] != SIZE_MAX ? cells + r->index[i] * wide : NULL;
        for (size_t c = 0; row != NULL && c < wide; c++) {
            if (grid->column[c].mark == column) {
                double *cell = &to[grid->row[i].at * down + grid->column[c].at];
                *cell = isnan(*cell) ? row[c] : *cell + row[c]; /* an account that was missing */
            }
        }
    }
    wio_free(cells);
    return WIO_OK;
}

/* Cells that have no place must be 0. */
static wio_status read_nothing(reading *r, wio_mark column)
{
    const wio_grid *grid = r->grid;
    double *cells = NULL;
    size_t count, wide = grid->columns, last = SIZE_MAX;
    wio_status status = read_beside(&cells, &count, r, column);
    if (status != WIO_OK) {
        return status;
    }
    for (size_t k = 0; k < count && last == SIZE_MAX; k++) {
        last = cells[k] != 0.0 ? k : SIZE_MAX;
    }
    for (size_t i = 0; last != SIZE_MAX && i < grid->csv.rows; i++) {
        if (r->index[i] == last / wide) {
            char number[WIO_NUMBER_SIZE];
            (void)wio_import_wrong(r->import, grid->path, grid->csv.line[i],
                                   grid->labels + last % wide + 1,
                                   "%s between '%s' and '%s' has no place in supply and use",
                                   wio_format_double(number, cells[last]), grid->row[i].code,
                                   grid->column[last % wide].code);
            break;
        }
    }
    wio_free(cells);
    return status;
}

/* All rows of one mark in the columns of another. */
static wio_status read_block(reading *r, const wio_supply_blocks *b, wio_mark row, wio_mark column)
{
    wio_grid *grid = r->grid;
    size_t rows = 0, columns = 0, down = 0;
    if (row == WIO_MARK_INDUSTRY && column == WIO_MARK_PRODUCT && b->V == NULL && !grid->imports) {
        return wio_supply_make_read(r->import, grid, b, r->index, r->target);
    }
    double *to = block_of(r->import, grid, b, row, column, &down);
    for (size_t i = 0; i < grid->csv.rows; i++) {
        bool chosen = grid->row[i].mark == row;
        r->index[i] = chosen ? grid->row[i].at : SIZE_MAX;
        rows += chosen;
    }
    for (size_t c = 0; c < grid->columns; c++) {
        bool chosen = grid->column[c].mark == column;
        r->target[c] =
            (wio_csv_target){chosen && to != NULL ? to + grid->column[c].at : NULL, down};
        columns += chosen;
    }
    if (rows == 0 || columns == 0) {
        return WIO_OK;
    }
    return to == NULL   ? read_nothing(r, column)
           : grid->sums ? add_rows(r, column, to, down)
                        : wio_import_cells(r->import, grid, r->index, r->target, false);
}

/* The source's own totals: an OUTPUT row, an OUTPUT column. Those of a grid of imports are none. */
static wio_status read_totals(reading *r, const wio_supply_blocks *b)
{
    wio_grid *grid = r->grid;
    for (int side = 0; side < 4; side++) {
        const bool row = side < 2, product = side % 2 == 0;
        double *to = product ? b->product_output : b->industry_output;
        const wio_mark mark = product ? WIO_MARK_PRODUCT : WIO_MARK_INDUSTRY;
        size_t rows = 0, columns = 0;
        for (size_t i = 0; i < grid->csv.rows; i++) {
            bool chosen = grid->row[i].mark == (row ? WIO_MARK_OUTPUT : mark);
            r->index[i] = !chosen ? SIZE_MAX : row ? 0 : grid->row[i].at;
            rows += chosen;
        }
        for (size_t c = 0; c < grid->columns; c++) {
            bool chosen = grid->column[c].mark == (row ? mark : WIO_MARK_OUTPUT);
            r->target[c] = (wio_csv_target){chosen ? to + (row ? grid->column[c].at : 0) : NULL, 1};
            columns += chosen;
        }
        if (rows != 0 && columns != 0 && !grid->imports) {
            WIO_TRY(wio_import_cells(r->import, grid, r->index, r->target, true));
        }
    }
    return WIO_OK;
}

static wio_status read_grid(wio_import *import, wio_grid *grid, const wio_supply_blocks *b)
{
    static const wio_mark rows[] = {WIO_MARK_PRODUCT, WIO_MARK_INDUSTRY, WIO_MARK_PRIMARY,
                                    WIO_MARK_ACCOUNT};
    static const wio_mark columns[] = {WIO_MARK_PRODUCT, WIO_MARK_INDUSTRY, WIO_MARK_FINAL};
    reading r = {.import = import,
                 .grid = grid,
                 .index = wio_alloc(grid->csv.rows, sizeof *r.index),
                 .target = wio_alloc(grid->columns, sizeof *r.target)};
    wio_status status =
        r.index != NULL && r.target != NULL ? WIO_OK : wio_import_memory(import, grid->path);
    for (size_t i = 0; status == WIO_OK && i < 12; i++) {
        status = read_block(&r, b, rows[i / 3], columns[i % 3]);
    }
    if (status == WIO_OK) {
        status = read_totals(&r, b);
    }
    wio_free(r.index);
    wio_free(r.target);
    return status;
}

static wio_status read_piece(wio_import *import, wio_grid *piece, void *context)
{
    return read_grid(import, piece, context);
}

wio_status wio_import_supply_fill(wio_import *import, wio_supply_blocks *b)
{
    WIO_TRY(make_blocks(import, b));
    for (size_t g = 0; g < import->grids; g++) {
        wio_grid *grid = &import->grid[g];
        WIO_TRY(grid->streamed ? wio_grid_stream(import, grid, read_piece, b)
                               : read_grid(import, grid, b));
        if (grid->taken_as_zero != 0) {
            wio_find(import->log, WIO_NOTE, grid->path, 0, 0,
                     "%zu cells are empty or hold a text that stands for 0", grid->taken_as_zero);
        }
        wio_csv_clear(&grid->csv); /* the text is not needed any more */
    }
    if (import->divisor != 1.0) {
        wio_import_divide(b->U, b->products * b->industries, import->divisor);
        wio_import_divide(b->Um, b->products * b->industries, import->divisor);
        wio_import_divide(b->V != NULL ? b->V : b->V_regions, wio_supply_make_cells(b),
                          import->divisor);
        wio_import_divide(b->Y, b->products * b->finals, import->divisor);
        wio_import_divide(b->Ym, b->products * b->finals, import->divisor);
        wio_import_divide(b->W, b->items * b->industries, import->divisor);
        wio_import_divide(b->product_output, b->products, import->divisor);
        wio_import_divide(b->industry_output, b->industries, import->divisor);
        wio_import_divide(import->primary_final, b->items * b->finals, import->divisor);
    }
    return import->status;
}
