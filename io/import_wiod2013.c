/* import_wiod2013.c - the world table of the World Input-Output Database, release 2013: 41 regions
 * with 35 industries of NACE 1.
 *
 * Read from the published workbook (wiot09_row_sep12.xlsx), whose labels are WIOD's codes c1 to c42
 * and r60 to r69; or from a folder of one year with Z.csv and Y.csv (labels AUS_c1 and AUS_c37_HFCE, WIOD's own
 * codes) and X_VA.csv, a row an activity: gross output X and what is left of it beside intermediate
 * inputs, VA_resid, which has value added, net taxes on products and international margins in it.
 * Source: Timmer et al. 2015, Review of International Economics 23, 575-605. */
#include "import.h"

#include <string.h>
#include <strings.h>

static const wio_import_code finals[] = {
    {"c37_HFCE", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Final consumption of households"},
    {"c38_NPISH", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Non-profit institutions serving households"},
    {"c39_GGFC", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, "Final consumption of government"},
    {"c41_GFCF", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, "Gross fixed capital formation"},
    {"c42_INVNT", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, "Changes in inventories and valuables"},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static const wio_import_code lines[] = {
    {"X", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"VA_resid", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED,
     "Value added, net taxes on products and international transport margins"},
    {"Zcolsum", WIO_MARK_LEFT_OUT, WIO_ROLE_OTHER, NULL},
    {"row_discrepancy", WIO_MARK_LEFT_OUT, WIO_ROLE_OTHER, NULL},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static wio_status set_head(wio_import *import, int year)
{
    const wio_import_head head = {
        .title = "World Input-Output Database, release 2013, world table",
        .unit = "million USD",
        .price_note = "basic prices, current exchange rates",
        .import_split = "proportional",
        .split_note = "trade data by end use, proportional inside each",
        .citation = "World Input-Output Database, 2013 release (Timmer et al. 2015, Review of "
                    "International Economics 23, 575-605)",
        .licence = "CC BY 4.0 (World Input-Output Database)",
        .year = year,
    };
    import->classification = "WIOD 2013, 35 industries (c1 to c35) of NACE 1";
    return wio_import_set_head(import, &head);
}

/* --- the workbook ------------------------------------------------------------------------------------ */

enum { HEADS = 6, LABELS = 4 };

static const wio_import_code book[] = {
    {"c37", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"c38", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"c39", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, NULL},
    {"c41", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, NULL},
    {"c42", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, NULL},
    {"Total output", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"r60", WIO_MARK_LEFT_OUT, WIO_ROLE_OTHER, NULL},
    {"r99", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
    {"r61", WIO_MARK_PRIMARY, WIO_ROLE_OTHER, NULL},
    {"r62", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, NULL},
    {"r63", WIO_MARK_PRIMARY, WIO_ROLE_OTHER, NULL},
    {"r64", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, NULL},
    {"r65", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, NULL},
    {"International Transport Margins", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, NULL},
    {"r69", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static wio_status read_book(wio_import *import)
{
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open_sheet(&grid, import, import->source, NULL, HEADS, LABELS));
    const char *place = grid->csv.place != NULL ? strstr(grid->csv.place, ".xlsx:") : NULL;
    WIO_TRY(set_head(import, place != NULL ? wio_import_year(place) : 0));
    static const wio_book_form form = {3, 1, 2, 5, 3, 4, book, wio_book_is_c35};
    return wio_import_book(import, grid, &form);
}

/* --- the folder --------------------------------------------------------------------------------------- */

static bool is_book(const char *source)
{
    const char *name = wio_source_name(source);
    size_t length = strlen(name);
    return !wio_source_is_folder(source) && length > 9 && strncasecmp(name, "wiot", 4) == 0 &&
           strcmp(name + length - 5, ".xlsx") == 0;
}

static bool knows(const char *source)
{
    if (is_book(source)) {
        return true;
    }
    if (!wio_source_has(source, "Z.csv") || !wio_source_has(source, "X_VA.csv")) {
        return false;
    }
    char *path = NULL, *line = NULL;
    if (wio_path_join(&path, source, "Y.csv", NULL) == WIO_OK) {
        line = wio_source_line(path);
    }
    bool found = line != NULL && strstr(line, "_c37_HFCE") != NULL;
    wio_free(path);
    wio_free(line);
    return found;
}

static wio_status read(wio_import *import)
{
    static const wio_pairs pairs = {finals, lines, NULL, false};
    static const char *const files[] = {"Z.csv", "Y.csv", "X_VA.csv"};
    const wio_grid *flows = NULL;
    if (!wio_source_is_folder(import->source)) {
        return read_book(import);
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        wio_grid *grid = NULL;
        WIO_TRY(wio_grid_open(&grid, import, wio_import_path(import, files[i]), ',', 1, 1));
        WIO_TRY(wio_import_pairs(import, grid, &pairs, flows));
        flows = i == 0 ? grid : flows;
    }
    return set_head(import, 0);
}

const wio_importer wio_import_wiod2013 = {
    .name = "wiod2013",
    .reads = "WIOD 2013, world table: the workbook wiotYY_row_*.xlsx, or a folder of one year with "
             "Z.csv, Y.csv and X_VA.csv",
    .knows = knows,
    .read = read,
};
