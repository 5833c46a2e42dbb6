/* import_supply_make.c - the make of supply and use: one matrix, or, where a source says that a region
 * makes its own products only, what every region makes of them. Of 164 regions that is 1/164 of it. */
#include "import.h"

#include <string.h>

/* Length of the region's code in "region\ncode", with the line end. */
static size_t region_length(const char *pair)
{
    return (size_t)(strchr(pair, '\n') - pair) + 1;
}

/* Where a region ends that begins at `first`. */
static size_t region_end(const wio_names *pairs, size_t first)
{
    const char *region = pairs->code[first];
    size_t length = region_length(region), at = first;
    while (at < pairs->count && strncmp(pairs->code[at], region, length) == 0) {
        at++;
    }
    return at;
}

/* Regions one after the other, the same of products and of industries; else they are not counted. */
static bool find_regions(wio_supply_blocks *b, const wio_import *import)
{
    const wio_names *product = &import->product, *industry = &import->industry;
    size_t i = 0, j = 0;
    b->regions = 0;
    while (i < product->count && j < industry->count) {
        const char *region = product->code[i];
        if (strncmp(region, industry->code[j], region_length(region)) != 0) {
            return false;
        }
        size_t next_i = region_end(product, i), next_j = region_end(industry, j);
        size_t cell = b->first_cell[b->regions] + (next_i - i) * (next_j - j);
        i = next_i;
        j = next_j;
        b->regions++;
        b->first_product[b->regions] = i;
        b->first_industry[b->regions] = j;
        b->first_cell[b->regions] = cell;
    }
    return i == product->count && j == industry->count;
}

wio_status wio_supply_make_room(wio_import *import, wio_supply_blocks *b)
{
    if (import->importer->makes_own) {
        const size_t most = b->products + 1; /* a region has a product */
        b->first_product = wio_zalloc(most, sizeof *b->first_product);
        b->first_industry = wio_zalloc(most, sizeof *b->first_industry);
        b->first_cell = wio_zalloc(most, sizeof *b->first_cell);
        if (b->first_product == NULL || b->first_industry == NULL || b->first_cell == NULL) {
            return wio_import_memory(import, "regions");
        }
        if (find_regions(b, import) && b->regions > 1) {
            return wio_import_block(&b->V_regions, import, 1, b->first_cell[b->regions], 0.0);
        }
        b->regions = 0;
    }
    return wio_import_block(&b->V, import, b->industries, b->products, 0.0);
}

static bool inside(const size_t *first, size_t region, size_t at)
{
    return at >= first[region] && at < first[region + 1];
}

/* What industries of a region make of other regions' products has to be 0. */
static wio_status check_others(wio_import *import, wio_grid *grid, const wio_supply_blocks *b,
                               size_t region, size_t rows, size_t *index, wio_csv_target *target)
{
    const size_t wide = grid->columns;
    size_t count;
    double *cells =
        __builtin_mul_overflow(rows, wide, &count) ? NULL : wio_zalloc(count, sizeof *cells);
    if (cells == NULL) {
        return wio_import_memory(import, grid->path);
    }
    for (size_t c = 0; c < wide; c++) {
        const wio_import_label *label = &grid->column[c];
        bool other =
            label->mark == WIO_MARK_PRODUCT && !inside(b->first_product, region, label->at);
        target[c] = (wio_csv_target){other ? cells + c : NULL, wide};
    }
    for (size_t i = 0, row = 0; i < grid->csv.rows; i++) {
        index[i] = index[i] != SIZE_MAX ? row++ : SIZE_MAX;
    }
    wio_status status = wio_import_cells(import, grid, index, target, false);
    for (size_t i = 0; status == WIO_OK && i < grid->csv.rows; i++) {
        for (size_t c = 0; index[i] != SIZE_MAX && c < wide; c++) {
            double cell = cells[index[i] * wide + c];
            if (cell != 0.0) {
                char number[WIO_NUMBER_SIZE];
                status = wio_import_wrong(
                    import, grid->path, grid->csv.line[i], grid->labels + c + 1,
                    "industry '%s.%s' makes %s of product '%s.%s': here a region makes its own "
                    "products only",
                    grid->row[i].region, grid->row[i].code, wio_format_double(number, cell),
                    grid->column[c].region, grid->column[c].code);
                break;
            }
        }
    }
    wio_free(cells);
    return status;
}

wio_status wio_supply_make_read(wio_import *import, wio_grid *grid, const wio_supply_blocks *b,
                                size_t *index, wio_csv_target *target)
{
    for (size_t r = 0; r < b->regions; r++) {
        const size_t products = b->first_product[r + 1] - b->first_product[r];
        size_t rows = 0;
        for (size_t i = 0; i < grid->csv.rows; i++) {
            const wio_import_label *label = &grid->row[i];
            bool own = label->mark == WIO_MARK_INDUSTRY && inside(b->first_industry, r, label->at);
            index[i] = own ? label->at - b->first_industry[r] : SIZE_MAX;
            rows += own;
        }
        if (rows == 0) {
            continue;
        }
        for (size_t c = 0; c < grid->columns; c++) {
            const wio_import_label *label = &grid->column[c];
            bool own = label->mark == WIO_MARK_PRODUCT && inside(b->first_product, r, label->at);
            double *to = b->V_regions + b->first_cell[r];
            target[c] =
                (wio_csv_target){own ? to + (label->at - b->first_product[r]) : NULL, products};
        }
        WIO_TRY(wio_import_cells(import, grid, index, target, false));
        WIO_TRY(check_others(import, grid, b, r, rows, index, target));
    }
    return WIO_OK;
}

size_t wio_supply_make_cells(const wio_supply_blocks *b)
{
    return b->V != NULL ? b->industries * b->products : b->first_cell[b->regions];
}

void wio_supply_make_sums(double *q, double *g, const wio_supply_blocks *b)
{
    if (b->V != NULL) {
        wio_column_sums(q, b->industries, b->products, b->V);
        wio_row_sums(g, b->industries, b->products, b->V);
        return;
    }
    for (size_t r = 0; r < b->regions; r++) {
        const size_t i = b->first_product[r], j = b->first_industry[r];
        const size_t products = b->first_product[r + 1] - i, rows = b->first_industry[r + 1] - j;
        const double *V = b->V_regions + b->first_cell[r];
        wio_column_sums(q + i, rows, products, V);
        wio_row_sums(g + j, rows, products, V);
    }
}

void wio_supply_make_at(size_t *industry, size_t *product, const wio_supply_blocks *b, size_t cell)
{
    size_t r = 0, products = b->products;
    if (b->V == NULL) {
        while (b->first_cell[r + 1] <= cell) {
            r++;
        }
        products = b->first_product[r + 1] - b->first_product[r];
        cell -= b->first_cell[r];
    }
    *industry = cell / products + (b->V == NULL ? b->first_industry[r] : 0);
    *product = cell % products + (b->V == NULL ? b->first_product[r] : 0);
}
