/* import_figaro.c - Eurostat's FIGARO inter-country tables, industry by industry or product by
 * product, as the CSV matrix of one year.
 *
 * The first header cell is rowLabels; labels are AT_A01, final uses AT_P3_S14; the rows of value
 * added begin with W2_ for the world. Source: Eurostat, FIGARO tables. Million euro, basic prices. */
#include "import.h"

#include <string.h>

static const wio_import_code finals[] = {
    {"P3_S13", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, "Final consumption of government"},
    {"P3_S14", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Final consumption of households"},
    {"P3_S15", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, "Final consumption of non-profit institutions"},
    {"P51G", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, "Gross fixed capital formation"},
    {"P5M", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, "Changes in inventories and valuables"},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static const wio_import_code lines[] = {
    {"W2_D21X31", WIO_MARK_PRIMARY, WIO_ROLE_TAX, "Taxes less subsidies on products"},
    {"W2_OP_RES", WIO_MARK_PRIMARY, WIO_ROLE_IMPORT, "Purchases of residents abroad"},
    {"W2_OP_NRES", WIO_MARK_PRIMARY, WIO_ROLE_OTHER, "Purchases of non-residents on the territory"},
    {"W2_D1", WIO_MARK_PRIMARY, WIO_ROLE_COMPENSATION, "Compensation of employees"},
    {"W2_D29X39", WIO_MARK_PRIMARY, WIO_ROLE_TAX, "Other taxes less subsidies on production"},
    {"W2_B2A3G", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, "Gross operating surplus and mixed income"},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static bool knows(const char *source)
{
    char *line = wio_source_is_folder(source) ? NULL : wio_source_line(source);
    const char *text = line != NULL && strncmp(line, "\xef\xbb\xbf", 3) == 0 ? line + 3 : line;
    bool found = text != NULL &&
                 (strncmp(text, "rowLabels,", 10) == 0 || strncmp(text, "\"rowLabels\",", 12) == 0);
    wio_free(line);
    return found;
}

static wio_status read(wio_import *import)
{
    static const wio_pairs pairs = {finals, lines, NULL, false};
    const char *path = wio_source_find_year(import);
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open(&grid, import, path, ',', 1, 1));
    bool products = strstr(wio_source_name(path), "prod-by-prod") != NULL;
    import->classification =
        products ? "FIGARO, products (CPA 2.1)" : "FIGARO, industries (NACE 2)";
    const wio_import_head head = {
        .title = "FIGARO inter-country input-output table",
        .unit = "million EUR",
        .price_note = "basic prices, current exchange rates",
        .import_split = "mixed",
        .split_note = "bilateral trade by end use, proportional inside each",
        .citation = "Eurostat, FIGARO tables",
        .licence = "Eurostat: reuse with the source named (CC BY 4.0)",
        .year = wio_import_year(wio_source_name(path)),
    };
    WIO_TRY(wio_import_set_head(import, &head));
    return wio_import_pairs(import, grid, &pairs, NULL);
}

const wio_importer wio_import_figaro = {
    .name = "figaro",
    .reads = "Eurostat FIGARO: the CSV matrix of one year, by industry or by product",
    .knows = knows,
    .read = read,
};
