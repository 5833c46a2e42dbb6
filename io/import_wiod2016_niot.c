/* import_wiod2016_niot.c - a national table of the World Input-Output Database, release 2016: 56
 * industries of ISIC 4, use of domestic output and of imports.
 *
 * Read from a folder REGIONYEAR (USA2014) with domestic_use.csv, import_use.csv and
 * value_added_rows.csv: one label cell, one header line, the codes of WIOD. The region produces;
 * everything imported comes from ROW, which buys the exports. Rows of value_added_rows.csv are the
 * last of the sheet. Source: Timmer et al. 2016, GGDC Research Memorandum 162. */
#include "import.h"

#include <string.h>

const wio_import_code wio_wiod2016_codes[] = {
    {"CONS_h", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Final consumption of households"},
    {"CONS_np", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Non-profit institutions serving households"},
    {"CONS_g", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, "Final consumption of government"},
    {"GFCF", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, "Gross fixed capital formation"},
    {"INVEN", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, "Changes in inventories and valuables"},
    {"EXP", WIO_MARK_FINAL, WIO_ROLE_EXPORT, "Exports"},
    {"GO", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"TOT", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"II_fob", WIO_MARK_LEFT_OUT, WIO_ROLE_OTHER, NULL},
    {"TXSP", WIO_MARK_PRIMARY, WIO_ROLE_TAX, "Taxes less subsidies on products"},
    {"EXP_adj", WIO_MARK_PRIMARY, WIO_ROLE_OTHER, "Cif/fob adjustments on exports"},
    {"PURR", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, "Direct purchases abroad by residents"},
    {"PURNR", WIO_MARK_PRIMARY, WIO_ROLE_OTHER, "Purchases on the territory by non-residents"},
    {"VA", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, "Value added at basic prices"},
    {"IntTTM", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, "International transport margins"},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static bool knows(const char *source)
{
    return wio_source_has(source, "domestic_use.csv") && wio_source_has(source, "import_use.csv") &&
           wio_source_has(source, "value_added_rows.csv");
}

static bool known(const wio_import *import, const char *code)
{
    return wio_import_has_code(wio_wiod2016_codes, code) ||
           wio_names_find(&import->map, code) != SIZE_MAX;
}

/* Rows that are no codes of the list are industries: sellers of `seller`. */
static void label(wio_import *import, wio_grid *grid, const char *region, const char *seller,
                  wio_mark origin, const wio_grid *domestic)
{
    wio_names rows = {0};
    for (size_t r = grid->heads; r < grid->csv.rows; r++) {
        const char *code = wio_grid_row(grid, r, 0);
        if (known(import, code) || seller == NULL) {
            wio_label_code(&grid->row[r], import, wio_wiod2016_codes, NULL, code);
        } else {
            grid->row[r] = (wio_import_label){.mark = origin, .region = seller, .code = code};
        }
    }
    for (size_t r = domestic->heads; r < domestic->csv.rows; r++) {
        if (wio_names_add(&rows, wio_grid_row(domestic, r, 0), "") == WIO_E_MEMORY) {
            (void)wio_import_memory(import, grid->path);
        }
    }
    for (size_t c = 0; c < grid->columns; c++) {
        const char *code = wio_grid_head(grid, 0, c);
        if (known(import, code) || wio_names_find(&rows, code) == SIZE_MAX) {
            wio_label_code(&grid->column[c], import, wio_wiod2016_codes, region, code);
        } else {
            grid->column[c] =
                (wio_import_label){.mark = WIO_MARK_ACTIVITY, .region = region, .code = code};
        }
        if (grid->column[c].mark == WIO_MARK_FINAL && grid->column[c].role == WIO_ROLE_EXPORT) {
            grid->column[c].region = "ROW";
        }
    }
    wio_names_free(&rows);
}

static wio_status read(wio_import *import)
{
    const char *name = wio_source_name(import->source), *region = import->options->region;
    size_t letters = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    int year = letters == 3 && strlen(name) >= 7 ? wio_import_year(name + 3) : 0;
    if (region == NULL && letters == 3) {
        region = wio_import_text(import, name, 3);
    }
    if (region == NULL) {
        return wio_import_wrong(
            import, import->source, 0, 0,
            "the folder is not named REGIONYEAR (USA2014): give the region with --region");
    }
    WIO_TRY(wio_wiod2016_head(import, region, year));
    wio_grid *domestic = NULL, *imports = NULL, *added = NULL;
    WIO_TRY(
        wio_grid_open(&domestic, import, wio_import_path(import, "domestic_use.csv"), ',', 1, 1));
    label(import, domestic, region, region, WIO_MARK_ACTIVITY, domestic);
    WIO_TRY(wio_grid_open(&imports, import, wio_import_path(import, "import_use.csv"), ',', 1, 1));
    label(import, imports, region, "ROW", WIO_MARK_IMPORT, domestic);
    for (size_t c = 0; c < imports->columns; c++) { /* imports in all, not output */
        if (imports->column[c].mark == WIO_MARK_OUTPUT) {
            imports->column[c].mark = WIO_MARK_LEFT_OUT;
        }
    }
    WIO_TRY(
        wio_grid_open(&added, import, wio_import_path(import, "value_added_rows.csv"), ',', 1, 1));
    label(import, added, region, NULL, WIO_MARK_UNKNOWN, domestic);
    return import->status;
}

const wio_importer wio_import_wiod2016_niot = {
    .name = "wiod2016-niot",
    .reads = "WIOD 2016, national table: a folder USA2014 with domestic_use.csv, import_use.csv "
             "and value_added_rows.csv",
    .knows = knows,
    .read = read,
};
