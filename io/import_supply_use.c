/* import_supply_use.c - supply and use from the grids of an import: places of labels, the matrices, the
 * numbers straight from the text into them. What a cell is follows from the marks of its row and its
 * column (import.h, wio_supply_blocks). */
#include "import.h"

#include <math.h>
#include <string.h>

enum { LABEL_LISTS = 10 };

typedef struct owned { /* arrays first: wio_supply_use_free gets it back from them */
    wio_supply_use arrays;
    wio_supply_blocks blocks;
    wio_table *head;
    char **text; /* what labels point to */
    size_t texts;
    void *list[LABEL_LISTS];
    size_t lists;
} owned;

void wio_supply_use_free(wio_supply_use *supply_use)
{
    owned *o = (owned *)(void *)supply_use;
    if (o == NULL) {
        return;
    }
    const wio_supply_blocks *b = &o->blocks;
    double *const block[] = {
        b->U, b->Um, b->V, b->Y, b->Ym, b->W, b->S, b->product_output, b->industry_output};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        wio_free(block[i]);
    }
    for (size_t i = 0; i < o->lists; i++) {
        wio_free(o->list[i]);
    }
    for (size_t i = 0; i < o->texts; i++) {
        wio_free(o->text[i]);
    }
    wio_free(o->text);
    wio_table_free(o->head);
    wio_free(o);
}

/* --- places ---------------------------------------------------------------------------------------- */

wio_status wio_import_supply_places(wio_import *import)
{
    static const wio_mark marks[] = {WIO_MARK_PRODUCT, WIO_MARK_INDUSTRY, WIO_MARK_FINAL,
                                     WIO_MARK_PRIMARY, WIO_MARK_ACCOUNT};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        wio_import_place_all(import, marks[i]);
    }
    if (import->status == WIO_OK && (import->product.count == 0 || import->industry.count == 0)) {
        (void)wio_import_wrong(import, import->source, 0, 0, "there is no %s in it",
                               import->product.count == 0 ? "product" : "industry");
    }
    return import->status;
}

/* What a cell of these two marks is; NULL: nothing, and it has to be 0. */
static double *block_of(const wio_import *import, const wio_grid *grid, const wio_supply_blocks *b,
                        wio_mark row, wio_mark column, size_t *down, size_t *along)
{
    *along = 1;
    if (row == WIO_MARK_PRODUCT && column == WIO_MARK_INDUSTRY && grid->supply) {
        *down = 1;
        *along = b->products;
        return b->V;
    }
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

static bool is_place(wio_mark mark)
{
    return mark == WIO_MARK_PRODUCT || mark == WIO_MARK_INDUSTRY || mark == WIO_MARK_FINAL ||
           mark == WIO_MARK_PRIMARY || mark == WIO_MARK_ACCOUNT;
}

/* Every grid names each thing once. */
static wio_status check_twice(wio_import *import, const wio_grid *grid, bool rows, size_t *seen)
{
    const size_t count = rows ? grid->csv.rows : grid->columns;
    size_t base[WIO_MARKS + 1] = {0};
    const size_t room[WIO_MARKS] = {[WIO_MARK_PRODUCT] = import->product.count,
                                    [WIO_MARK_INDUSTRY] = import->industry.count,
                                    [WIO_MARK_FINAL] = import->final.count,
                                    [WIO_MARK_PRIMARY] = import->table->item.count,
                                    [WIO_MARK_ACCOUNT] = import->table->account.count};
    for (size_t m = 0; m < WIO_MARKS; m++) {
        base[m + 1] = base[m] + room[m];
    }
    memset(seen, 0, base[WIO_MARKS] * sizeof *seen);
    for (size_t i = 0; i < count; i++) {
        const wio_import_label *label = rows ? &grid->row[i] : &grid->column[i];
        if (!is_place(label->mark)) {
            continue;
        }
        size_t *at = &seen[base[label->mark] + label->at];
        if (*at != 0 && !(rows && grid->sums)) {
            (void)wio_import_wrong_label(import, grid, rows, i, "is there twice");
        }
        *at = i + 1;
    }
    return import->status;
}

/* Which products and industries have a row and a column in the files that should have them. */
static void name_missing(wio_import *import, const wio_names *names, const char *seen,
                         const char *what)
{
    enum { MOST_NAMED = 20 };
    size_t missing = 0;
    for (size_t i = 0; i < names->count; i++) {
        const char *line = strchr(names->code[i], '\n');
        if (!seen[i] && missing++ < MOST_NAMED) {
            (void)wio_import_wrong(import, import->source, 0, 0, "%.*s.%s has no %s",
                                   (int)(line - names->code[i]), names->code[i], line + 1, what);
        }
    }
    if (missing > MOST_NAMED) {
        (void)wio_import_wrong(import, import->source, 0, 0, "%zu more have no %s",
                               missing - MOST_NAMED, what);
    }
}

/* Marks in `seen` what has a row (or column) in a grid with columns (or rows) of the other mark. */
static void see(const wio_import *import, wio_mark row, wio_mark column, bool rows, char *seen)
{
    for (size_t g = 0; g < import->grids; g++) {
        const wio_grid *grid = &import->grid[g];
        bool other = false;
        for (size_t i = 0; i < (rows ? grid->columns : grid->csv.rows); i++) {
            other = other || (rows ? grid->column[i].mark == column : grid->row[i].mark == row);
        }
        for (size_t i = 0; other && !grid->imports && i < (rows ? grid->csv.rows : grid->columns);
             i++) {
            const wio_import_label *label = rows ? &grid->row[i] : &grid->column[i];
            if (label->mark == (rows ? row : column)) {
                seen[label->at] = 1;
            }
        }
    }
}

static wio_status check_labels(wio_import *import)
{
    const size_t count = import->product.count + import->industry.count + import->final.count +
                         import->table->item.count + import->table->account.count;
    size_t *seen = wio_alloc(count, sizeof *seen);
    char *met = wio_zalloc(count, 1);
    if (seen == NULL || met == NULL) {
        wio_free(seen);
        wio_free(met);
        return wio_import_memory(import, "labels");
    }
    for (size_t g = 0; g < import->grids; g++) {
        (void)check_twice(import, &import->grid[g], true, seen);
        (void)check_twice(import, &import->grid[g], false, seen);
    }
    see(import, WIO_MARK_PRODUCT, WIO_MARK_INDUSTRY, true, met);
    name_missing(import, &import->product, met, "row of use");
    memset(met, 0, count);
    see(import, WIO_MARK_PRODUCT, WIO_MARK_INDUSTRY, false, met);
    name_missing(import, &import->industry, met, "column of use");
    memset(met, 0, count);
    see(import, WIO_MARK_INDUSTRY, WIO_MARK_PRODUCT, true, met);
    for (size_t g = 0; g < import->grids; g++) { /* or its column in a supply table */
        const wio_grid *grid = &import->grid[g];
        for (size_t c = 0; grid->supply && c < grid->columns; c++) {
            if (grid->column[c].mark == WIO_MARK_INDUSTRY) {
                met[grid->column[c].at] = 1;
            }
        }
    }
    name_missing(import, &import->industry, met, "place in a make or supply table");
    wio_free(seen);
    wio_free(met);
    return import->status;
}

/* --- numbers --------------------------------------------------------------------------------------- */

static wio_status make_block(double **out, wio_import *import, size_t rows, size_t columns,
                             double value)
{
    size_t count;
    if (__builtin_mul_overflow(rows, columns, &count) ||
        (*out = wio_zalloc(count, sizeof **out)) == NULL) {
        return wio_import_memory(import, "supply and use");
    }
    for (size_t i = 0; i < count && value != 0.0; i++) {
        (*out)[i] = value;
    }
    return WIO_OK;
}

static wio_status make_blocks(wio_import *import, wio_supply_blocks *b)
{
    b->products = import->product.count;
    b->industries = import->industry.count;
    b->finals = import->final.count;
    b->items = import->table->item.count;
    b->accounts = import->table->account.count;
    WIO_TRY(make_block(&b->U, import, b->products, b->industries, 0.0));
    WIO_TRY(make_block(&b->V, import, b->industries, b->products, 0.0));
    WIO_TRY(make_block(&b->Y, import, b->products, b->finals, 0.0));
    WIO_TRY(make_block(&b->W, import, b->items, b->industries, 0.0));
    WIO_TRY(make_block(&b->S, import, b->accounts, b->industries, 0.0));
    WIO_TRY(make_block(&b->product_output, import, 1, b->products, (double)NAN));
    WIO_TRY(make_block(&b->industry_output, import, 1, b->industries, (double)NAN));
    for (size_t g = 0; g < import->grids; g++) {
        if (import->grid[g].imports && b->Um == NULL) {
            WIO_TRY(make_block(&b->Um, import, b->products, b->industries, 0.0));
            WIO_TRY(make_block(&b->Ym, import, b->products, b->finals, 0.0));
        }
    }
    if (wio_import_any_final(import, WIO_MARK_PRIMARY)) {
        WIO_TRY(make_block(&import->primary_final, import, b->items, b->finals, 0.0));
    }
    if (wio_import_any_final(import, WIO_MARK_ACCOUNT)) {
        WIO_TRY(make_block(&import->account_final, import, b->accounts, b->finals, 0.0));
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
                to[grid->row[i].at * down + grid->column[c].at] += row[c];
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
    size_t rows = 0, columns = 0, down = 0, along = 0;
    double *to = block_of(r->import, grid, b, row, column, &down, &along);
    for (size_t i = 0; i < grid->csv.rows; i++) {
        bool chosen = grid->row[i].mark == row;
        r->index[i] = chosen ? grid->row[i].at : SIZE_MAX;
        rows += chosen;
    }
    for (size_t c = 0; c < grid->columns; c++) {
        bool chosen = grid->column[c].mark == column;
        r->target[c] =
            (wio_csv_target){chosen && to != NULL ? to + grid->column[c].at * along : NULL, down};
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

static wio_status fill(wio_import *import, wio_supply_blocks *b)
{
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
        wio_import_divide(b->V, b->products * b->industries, import->divisor);
        wio_import_divide(b->Y, b->products * b->finals, import->divisor);
        wio_import_divide(b->Ym, b->products * b->finals, import->divisor);
        wio_import_divide(b->W, b->items * b->industries, import->divisor);
        wio_import_divide(b->product_output, b->products, import->divisor);
        wio_import_divide(b->industry_output, b->industries, import->divisor);
        wio_import_divide(import->primary_final, b->items * b->finals, import->divisor);
    }
    return import->status;
}

/* --- the object ------------------------------------------------------------------------------------ */

static void *new_list(owned *o, wio_import *import, size_t count, size_t size)
{
    void *list = wio_zalloc(count, size);
    if (list == NULL) {
        (void)wio_import_memory(import, "labels");
        return NULL;
    }
    o->list[o->lists++] = list;
    return list;
}

/* Codes, names and regions of "region\ncode" pairs. */
static wio_status label_pairs(const char *const **codes, const char *const **names,
                              const size_t **regions, owned *o, wio_import *import,
                              const wio_names *pairs)
{
    const char **code = new_list(o, import, pairs->count, sizeof *code);
    const char **name = new_list(o, import, pairs->count, sizeof *name);
    size_t *region = new_list(o, import, pairs->count, sizeof *region);
    if (code == NULL || name == NULL || region == NULL) {
        return import->status;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        size_t at;
        WIO_TRY(wio_import_cut_pair(&region[i], &at, import, pairs, i, &import->table->sector));
        const char *line = strchr(pairs->code[i], '\n') + 1;
        const char *own = strcmp(pairs->name[i], pairs->code[i]) != 0 ? pairs->name[i] : line;
        code[i] = wio_import_text(import, line, strlen(line));
        name[i] = wio_import_text(import, own, strlen(own));
        if (code[i] == NULL || name[i] == NULL) {
            return import->status;
        }
    }
    *codes = code;
    *names = name;
    *regions = region;
    return WIO_OK;
}

/* Final columns: in the head too, for what final uses pay beside. */
static wio_status label_finals(owned *o, wio_import *import)
{
    wio_table *head = import->table;
    const size_t count = import->final.count;
    const char **use = new_list(o, import, count, sizeof *use);
    wio_role *role = new_list(o, import, count, sizeof *role);
    head->final_region = wio_zalloc(count, sizeof *head->final_region);
    head->final_use = wio_zalloc(count, sizeof *head->final_use);
    if (use == NULL || role == NULL || head->final_region == NULL || head->final_use == NULL) {
        return wio_import_memory(import, "labels");
    }
    head->f = count;
    head->p = head->item.count;
    head->k = head->account.count;
    for (size_t c = 0; c < count; c++) {
        WIO_TRY(wio_import_cut_pair(&head->final_region[c], &head->final_use[c], import,
                                    &import->final, c, &head->use));
        use[c] = head->use.code[head->final_use[c]];
        role[c] = head->use_role[head->final_use[c]];
    }
    o->arrays.final_use = use;
    o->arrays.final_role = role;
    o->arrays.final_region = head->final_region;
    return WIO_OK;
}

static wio_status label(owned *o, wio_import *import)
{
    wio_supply_use *a = &o->arrays;
    const wio_table *head = import->table;
    WIO_TRY(label_pairs(&a->product, &a->product_name, &a->product_region, o, import,
                        &import->product));
    WIO_TRY(label_pairs(&a->industry, &a->industry_name, &a->industry_region, o, import,
                        &import->industry));
    WIO_TRY(label_finals(o, import));
    a->regions = head->region.count;
    a->region_code = (const char *const *)head->region.code;
    a->region = head->region.code[0];
    if (a->regions == 1) {
        a->regions = 0;
        a->region_code = NULL;
        a->product_region = a->industry_region = a->final_region = NULL;
    }
    a->item = (const char *const *)head->item.code;
    a->item_role = head->item_role;
    return WIO_OK;
}

/* Satellites of another source join the industries: to import_satellite.c they are the activities of
 * the head, which lends it its place for them. */
static wio_status join_satellites(wio_import *import, wio_supply_blocks *b)
{
    wio_table *head = import->table;
    if (import->options->satellite == NULL) {
        return wio_import_satellite(import);
    }
    head->origin_region = wio_zalloc(b->industries, sizeof *head->origin_region);
    head->origin_sector = wio_zalloc(b->industries, sizeof *head->origin_sector);
    if (head->origin_region == NULL || head->origin_sector == NULL) {
        return wio_import_memory(import, "satellites");
    }
    for (size_t j = 0; j < b->industries; j++) {
        WIO_TRY(wio_import_cut_pair(&head->origin_region[j], &head->origin_sector[j], import,
                                    &import->industry, j, &head->sector));
    }
    head->n = b->industries;
    head->S = b->S;
    b->S = NULL;
    wio_status status = wio_import_satellite(import);
    b->S = head->S;
    b->accounts = head->k;
    head->S = NULL;
    head->n = 0;
    return status;
}

static void point(owned *o, const wio_import *import)
{
    wio_supply_use *a = &o->arrays;
    const wio_supply_blocks *b = &o->blocks;
    const wio_table *head = import->table;
    a->name = head->name;
    a->title = head->title;
    a->currency = head->currency;
    a->year = head->year;
    a->price_basis = head->price_basis;
    a->import_split = head->import_split;
    a->rest = import->rest;
    a->products = b->products;
    a->industries = b->industries;
    a->finals = b->finals;
    a->items = b->items;
    a->accounts = b->accounts;
    a->account = (const char *const *)head->account.code;
    a->account_unit = (const char *const *)head->account_unit;
    a->U = b->U;
    a->Um = b->Um;
    a->V = b->V;
    a->Y = b->Y;
    a->Ym = b->Ym;
    a->W = b->W;
    a->S = b->S;
    a->noncomparable = import->noncomparable;
    a->scrap = import->scrap;
    a->head = head;
}

static wio_status build(owned *o, wio_import *import)
{
    wio_supply_blocks *b = &o->blocks;
    WIO_TRY(wio_import_codes(import));
    WIO_TRY(wio_import_supply_places(import));
    WIO_TRY(check_labels(import));
    WIO_TRY(make_blocks(import, b));
    WIO_TRY(fill(import, b));
    if (import->importer->adjust != NULL) {
        WIO_TRY(import->importer->adjust(import, b));
    }
    WIO_TRY(label(o, import));
    WIO_TRY(wio_import_finals(import));
    WIO_TRY(join_satellites(import, b));
    point(o, import);
    wio_supply_report(import, &o->arrays, b);
    return import->status;
}

wio_status wio_import_supply_use(wio_supply_use **out, wio_import *import)
{
    owned *o = wio_zalloc(1, sizeof *o);
    if (o == NULL) {
        return wio_import_memory(import, "supply and use");
    }
    wio_status status = build(o, import);
    if (status != WIO_OK) {
        wio_supply_use_free(&o->arrays);
        return status;
    }
    o->head = import->table;
    o->text = import->text;
    o->texts = import->texts;
    import->table = NULL;
    import->text = NULL;
    import->texts = 0;
    *out = &o->arrays;
    return WIO_OK;
}
