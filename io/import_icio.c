/* import_icio.c - the OECD's Inter-Country Input-Output tables, editions 2016 to 2025.
 *
 * One CSV file a year: labels AUS_01T03 (edition 2018) or AUS_A01_02 (2021 and later) for rows and
 * columns, AUS_HFCE for final uses (2016: HFCE_AUS); below them taxes, value added and output. China
 * and Mexico are split by type of firm in some editions (CN1, CN2, MX1, MX2): kept as the regions
 * that the file names, beside CHN and MEX.
 * Source: OECD, ICIO tables, ReadMe of each edition. Million US dollars at basic prices. */
#include "import.h"

#include <string.h>
#include <strings.h>

static const wio_import_code finals[] = {
    {"HFCE", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Final consumption of households"},
    {"NPISH", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Non-profit institutions serving households"},
    {"NPS", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Non-profit institutions serving households"},
    {"GGFC", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, "Final consumption of general government"},
    {"GFCF", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, "Gross fixed capital formation"},
    {"INVNT", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, "Changes in inventories and valuables"},
    {"INV", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, "Changes in inventories"},
    {"P33", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Direct purchases abroad by residents"},
    {"DIRP", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Direct purchases abroad by residents"},
    {"DPABR", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Direct purchases abroad by residents"},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static const wio_import_code lines[] = {
    {"TLS", WIO_MARK_PRIMARY, WIO_ROLE_TAX, "Taxes less subsidies on products"},
    {"VA", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, "Value added at basic prices"},
    {"VALU", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, "Value added at basic prices"},
    {"VA+TAXSUB", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, "Value added and net taxes on products"},
    {"OUT", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"OUTPUT", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"TOTAL", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"DISC", WIO_MARK_LEFT_OUT, WIO_ROLE_OTHER, NULL},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static const wio_import_code tails[] = {
    {"TAXSUB", WIO_MARK_PRIMARY, WIO_ROLE_TAX, "Taxes less subsidies on products"},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static bool knows(const char *source)
{
    if (wio_source_is_folder(source)) {
        return false;
    }
    char *line = wio_source_line(source);
    bool found = line != NULL && (strstr(line, "_HFCE") != NULL || strstr(line, "HFCE_") != NULL);
    wio_free(line);
    return found;
}

static wio_status read(wio_import *import)
{
    static const wio_pairs pairs = {finals, lines, tails, true};
    const char *path = wio_source_find_year(import);
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open(&grid, import, path, ',', 1, 1));
    const wio_import_head head = {
        .title = "OECD Inter-Country Input-Output table",
        .unit = "million USD",
        .price_note = "basic prices, current exchange rates",
        .import_split = "mixed",
        .split_note = "bilateral trade by end use, proportional inside each",
        .citation = "OECD, Inter-Country Input-Output tables",
        .licence = "OECD terms and conditions",
        .year = wio_import_year(wio_source_name(path)),
    };
    WIO_TRY(wio_import_set_head(import, &head));
    WIO_TRY(wio_import_pairs(import, grid, &pairs, NULL));
    for (size_t r = 0; r < grid->csv.rows; r++) { /* C01T05AGR is of the edition of 2016 */
        if (grid->row[r].mark == WIO_MARK_ACTIVITY) {
            const char *code = grid->row[r].code;
            bool old = code[0] == 'C' && strlen(code) > 5 && strpbrk(code + 1, "AEIOU") != NULL;
            import->classification =
                old ? "OECD ICIO, industries of ISIC 3" : "OECD ICIO, industries of ISIC 4";
            break;
        }
    }
    return import->status;
}

const wio_importer wio_import_icio = {
    .name = "icio",
    .reads = "OECD ICIO, editions 2016 to 2025: a CSV file of one year",
    .knows = knows,
    .read = read,
};
