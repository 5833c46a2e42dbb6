/* import_supply_labels.c - supply and use: the places of labels, and whether every product and industry
 * is where it should be, once. */
#include "import.h"

#include <string.h>

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

/* Products that a file of imports leaves out: allowed, and said. */
static void tell_no_imports(wio_import *import, const wio_grid *grid, char *seen)
{
    const wio_names *products = &import->product;
    size_t missing = 0, first = 0;
    memset(seen, 0, products->count);
    for (size_t r = 0; r < grid->csv.rows; r++) {
        if (grid->row[r].mark == WIO_MARK_PRODUCT) {
            seen[grid->row[r].at] = 1;
        }
    }
    for (size_t i = products->count; i-- > 0;) {
        first = seen[i] ? first : i;
        missing += seen[i] ? 0 : 1;
    }
    if (missing != 0) {
        const char *line = strchr(products->code[first], '\n');
        wio_find(import->log, WIO_WARNING, grid->path, 0, 0,
                 "%zu products have no row of imports (%.*s.%s first): taken as 0", missing,
                 (int)(line - products->code[first]), products->code[first], line + 1);
    }
}

wio_status wio_import_supply_check(wio_import *import)
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
        if (import->grid[g].imports) {
            tell_no_imports(import, &import->grid[g], met);
        }
    }
    memset(met, 0, count);
    see(import, WIO_MARK_PRODUCT, WIO_MARK_INDUSTRY, true, met);
    name_missing(import, &import->product, met, "row of use");
    memset(met, 0, count);
    if (import->final.count != 0) {
        see(import, WIO_MARK_PRODUCT, WIO_MARK_FINAL, true, met);
        name_missing(import, &import->product, met, "row of final uses");
        memset(met, 0, count);
    }
    see(import, WIO_MARK_PRODUCT, WIO_MARK_INDUSTRY, false, met);
    name_missing(import, &import->industry, met, "column of use");
    memset(met, 0, count);
    see(import, WIO_MARK_INDUSTRY, WIO_MARK_PRODUCT, true, met);
    name_missing(import, &import->industry, met, "row of make");
    wio_free(seen);
    wio_free(met);
    return import->status;
}
