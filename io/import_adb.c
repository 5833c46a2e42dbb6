/* import_adb.c - the Multi-Regional Input-Output tables of the Asian Development Bank: 62 to 74
 * economies and the rest of the world with 35 sectors, a workbook a year.
 *
 * The sheet is WIOD's of 2013 with other final uses: the title and the prices in the first lines; the
 * last three header lines are names, economies and codes (c1 to c35, F1 to F5; a line of numbers above
 * them in the edition for Latin America); label cells are empty, name, economy and code. Blank cells
 * among flows are how the publisher writes 0.
 * Source: ADB, Multi-Regional Input-Output Tables, kidb.adb.org. Million US dollars, basic prices. */
#include "import.h"

#include <string.h>
#include <strings.h>

enum { LABELS = 4, HEADS = 6, MOST_HEADS = 12 };

static const wio_import_code codes[] = {{"F1", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
                                        {"F2", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
                                        {"F3", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, NULL},
                                        {"F4", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, NULL},
                                        {"F5", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, NULL},
                                        {"TOTAL", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
                                        {"r60", WIO_MARK_LEFT_OUT, WIO_ROLE_OTHER, NULL},
                                        {"r99", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
                                        {"r61", WIO_MARK_PRIMARY, WIO_ROLE_OTHER, NULL},
                                        {"r62", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, NULL},
                                        {"r63", WIO_MARK_PRIMARY, WIO_ROLE_OTHER, NULL},
                                        {"r64", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, NULL},
                                        {"r65", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, NULL},
                                        {"trs", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, NULL},
                                        {"r69", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
                                        {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static bool knows(const char *source)
{
    const char *name = wio_source_name(source);
    size_t length = strlen(name);
    return !wio_source_is_folder(source) && length > 12 && strncasecmp(name, "ADB", 3) == 0 &&
           strncasecmp(name + 4, "MRIO", 4) == 0 && strcasecmp(name + length - 5, ".xlsx") == 0;
}

/* A sheet with HEADS header lines or a few more (an empty line may be there or not): the last is the
 * first that has the code c1. */
static wio_status open_sheet(wio_grid **out, wio_import *import)
{
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open_sheet(&grid, import, import->source, NULL, HEADS, LABELS));
    size_t last = HEADS - 1;
    while (last < grid->csv.rows && last < MOST_HEADS &&
           strcmp(wio_import_cell(&grid->csv, last, LABELS), "c1") != 0) {
        grid->row[last++].mark = WIO_MARK_NOTHING;
    }
    if (last == grid->csv.rows || last == MOST_HEADS) {
        return wio_import_wrong(import, import->source, 0, 0,
                                "there is no header line with the code c1 in column E, in lines %d "
                                "to %d of the first sheet",
                                HEADS, MOST_HEADS);
    }
    grid->row[last].mark = WIO_MARK_NOTHING;
    grid->heads = last + 1;
    *out = grid;
    return WIO_OK;
}

/* What the name of a final use says it is; editions number them, and an order could change. */
static bool role_by_name(wio_role *role, const char *name)
{
    static const struct {
        const char *word;
        wio_role role;
    } words[] = {{"overnment", WIO_ROLE_GOVERNMENT},
                 {"ousehold", WIO_ROLE_HOUSEHOLD},
                 {"NPISH", WIO_ROLE_HOUSEHOLD},
                 {"apital formation", WIO_ROLE_INVESTMENT},
                 {"nventor", WIO_ROLE_INVENTORY}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(name, words[i].word) != NULL) {
            *role = words[i].role;
            return true;
        }
    }
    return false;
}

static wio_status check_uses(wio_import *import, const wio_grid *grid)
{
    for (size_t c = 0; c < grid->columns; c++) {
        const wio_import_label *label = &grid->column[c];
        wio_role role;
        if (label->mark == WIO_MARK_FINAL && label->name != NULL &&
            wio_names_find(&import->map, label->code) == SIZE_MAX &&
            role_by_name(&role, label->name) && role != label->role) {
            size_t line, at;
            wio_grid_place(&line, &at, grid, false, c);
            return wio_import_wrong(import, grid->path, line, at,
                                    "%s is '%.80s' here, not %s as in the editions that are known: "
                                    "say with --roles what every F1 to F5 is",
                                    label->code, label->name, wio_role_name(label->role));
        }
    }
    return WIO_OK;
}

static wio_status read(wio_import *import)
{
    static const char *const blank[] = {""};
    wio_grid *grid = NULL;
    WIO_TRY(open_sheet(&grid, import));
    size_t heads = grid->heads;
    grid->zero = blank;
    grid->zeros = 1;
    const char *prices = wio_grid_row(grid, 1, 0);
    const wio_import_head head = {
        .title = "ADB Multi-Regional Input-Output table",
        .unit = "million USD",
        .price_note = *prices != '\0' ? wio_import_print(import, "basic prices; %.200s", prices)
                                      : "basic prices",
        .import_split = "proportional",
        .split_note = "trade data by end use, proportional inside each",
        .citation = "Asian Development Bank, Multi-Regional Input-Output Tables (kidb.adb.org)",
        .licence = "ADB terms of use",
        .year = wio_import_year(wio_grid_row(grid, 0, 0)),
    };
    WIO_TRY(wio_import_set_head(import, &head));
    import->classification = "ADB MRIO, 35 sectors (c1 to c35) of ISIC 3";
    const wio_book_form form = {3, 1, 2, heads - 1, heads - 3, heads - 2, codes, wio_book_is_c35};
    WIO_TRY(wio_import_book(import, grid, &form));
    return check_uses(import, grid);
}

const wio_importer wio_import_adb = {
    .name = "adb",
    .reads = "ADB MRIO, 62 to 74 economies: the workbook ADB-MRIO-YEAR*.xlsx of one year",
    .knows = knows,
    .read = read,
};
