/* import_siot.c - a national symmetric table in one CSV file with codes in the first column and the
 * first line, as Eurostat, the ONS, the Scottish Government and others publish it.
 *
 * A code that is both a row and a column, and in no list, is an activity (a product or an
 * industry); Eurostat's rows CPA_A01 meet columns A01. Everything else is an ESA code, or a word of
 * the ONS, of the list below. Totals of others are left out; imports that come as one row are a
 * primary input, and exports go to the region ROW. */
#include "import.h"

#include <string.h>

#define FINAL(code, role, name)                                                                    \
    {                                                                                              \
        code, WIO_MARK_FINAL, WIO_ROLE_##role, name                                                \
    }
#define PRIMARY(code, role, name)                                                                  \
    {                                                                                              \
        code, WIO_MARK_PRIMARY, WIO_ROLE_##role, name                                              \
    }
#define OUT(code)                                                                                  \
    {                                                                                              \
        code, WIO_MARK_LEFT_OUT, WIO_ROLE_OTHER, NULL                                              \
    }
#define OUTPUT(code)                                                                               \
    {                                                                                              \
        code, WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL                                                \
    }

static const wio_import_code codes[] = {
    /* ESA 2010 transactions, as in Eurostat's naio_10_cp1700 and 1800 */
    FINAL("P3_S14", HOUSEHOLD, "Final consumption of households"),
    FINAL("P3_S15", HOUSEHOLD, "Final consumption of non-profit institutions"),
    FINAL("P3_S13", GOVERNMENT, "Final consumption of government"),
    FINAL("P51", INVESTMENT, "Gross fixed capital formation"),
    FINAL("P51G", INVESTMENT, "Gross fixed capital formation"),
    FINAL("P53", INVESTMENT, "Acquisitions less disposals of valuables"),
    FINAL("P52", INVENTORY, "Changes in inventories"),
    FINAL("P6", EXPORT, "Exports"),
    OUT("P3"),
    OUT("P5"),
    OUT("P52_P53"),
    OUT("P6_S21"),
    OUT("P6_S2111"),
    OUT("P6_S2112"),
    OUT("P6_S22"),
    OUT("TFINU"),
    OUTPUT("TU"),
    OUT("TOTAL"),
    OUT("CPA_TOTAL"),
    OUT("TOT_CA"),
    PRIMARY("D21_M_D31", TAX, "Taxes less subsidies on products"),
    PRIMARY("D21X31", TAX, "Taxes less subsidies on products"),
    PRIMARY("D1", COMPENSATION, "Compensation of employees"),
    PRIMARY("D29_M_D39", TAX, "Other taxes less subsidies on production"),
    PRIMARY("D29X39", TAX, "Other taxes less subsidies on production"),
    PRIMARY("K1", SURPLUS, "Consumption of fixed capital"),
    PRIMARY("P51C", SURPLUS, "Consumption of fixed capital"),
    PRIMARY("B2N_B3N", SURPLUS, "Net operating surplus and mixed income"),
    PRIMARY("B2A3N", SURPLUS, "Net operating surplus and mixed income"),
    OUT("B2G_B3G"),
    OUT("B2A3G"),
    OUT("B3G"),
    OUT("B1G"),
    OUTPUT("P1"),
    OUTPUT("SUPBP"),
    PRIMARY("P7", IMPORT, "Imports cif"),
    OUT("P7_S21"),
    OUT("P7_S2111"),
    OUT("P7_S2112"),
    OUT("P7_S22"),
    /* the same in words, as the package iotables writes them */
    FINAL("final_consumption_households", HOUSEHOLD, NULL),
    FINAL("final_consumption_private", HOUSEHOLD, NULL),
    FINAL("final_consumption_government", GOVERNMENT, NULL),
    FINAL("gross_capital_formation", INVESTMENT, NULL),
    FINAL("gross_fixed_capital_formation", INVESTMENT, NULL),
    FINAL("inventory_change", INVENTORY, NULL),
    FINAL("exports", EXPORT, NULL),
    OUT("total"),
    OUT("total_final_use"),
    OUTPUT("total_use"),
    OUT("total_use_pp"),
    PRIMARY("imports", IMPORT, NULL),
    PRIMARY("net_tax", TAX, NULL),
    PRIMARY("net_tax_products", TAX, NULL),
    PRIMARY("net_tax_production", TAX, NULL),
    PRIMARY("compensation_employees", COMPENSATION, NULL),
    PRIMARY("consumption_fixed_capital", SURPLUS, NULL),
    PRIMARY("os_mixed_income_net", SURPLUS, NULL),
    PRIMARY("value_added_bp", VALUE_ADDED, NULL),
    OUT("gva"),
    OUT("intermediate_consumption"),
    OUTPUT("output"),
    OUTPUT("output_bp"),
    {"employment_domestic_total", WIO_MARK_ACCOUNT, WIO_ROLE_OTHER, NULL},
    {"employment_self_employed", WIO_MARK_ACCOUNT, WIO_ROLE_OTHER, NULL},
    {"employment_wage_salary", WIO_MARK_ACCOUNT, WIO_ROLE_OTHER, NULL},
    /* Office for National Statistics, analytical tables */
    FINAL("Households", HOUSEHOLD, NULL),
    FINAL("Non-profit instns serving households", HOUSEHOLD, NULL),
    FINAL("Central government", GOVERNMENT, NULL),
    FINAL("Local government", GOVERNMENT, NULL),
    FINAL("Gross fixed capital formation", INVESTMENT, NULL),
    FINAL("Valuables", INVESTMENT, NULL),
    FINAL("Changes in inventories", INVENTORY, NULL),
    FINAL("Exports of goods", EXPORT, NULL),
    FINAL("Exports of services", EXPORT, NULL),
    OUT("Total intermediate demand"),
    OUTPUT("Total demand"),
    OUT("Total consumption"),
    PRIMARY("Imported goods and services", IMPORT, NULL),
    PRIMARY("Taxes less subsidies on products", TAX, NULL),
    PRIMARY("Taxes less subsidies on production", TAX, NULL),
    PRIMARY("Compensation of employees", COMPENSATION, NULL),
    PRIMARY("Gross Operating Surplus", SURPLUS, NULL),
    OUTPUT("Total output"),
    /* Scottish Government, industry by industry: rows of every table; the columns are those of the
     * aggregate ones, which have no inventories apart */
    OUT("TDU"),
    PRIMARY("RUKImp", IMPORT, "Imports from the rest of the United Kingdom"),
    PRIMARY("RoWImp", IMPORT, "Imports from the rest of the world"),
    PRIMARY("TlSPrds", TAX, "Taxes less subsidies on products"),
    OUT("TIU"),
    PRIMARY("TlSPrdn", TAX, "Taxes less subsidies on production"),
    PRIMARY("CoE", COMPENSATION, "Compensation of employees"),
    PRIMARY("GOS", SURPLUS, "Gross operating surplus"),
    OUT("GVA"),
    OUTPUT("TOut"),
    FINAL("Consumers", HOUSEHOLD, NULL),
    FINAL("Government", GOVERNMENT, NULL),
    FINAL("Gross capital formation", INVESTMENT, NULL),
    FINAL("Exports - Non-residents", EXPORT, NULL),
    FINAL("Exports - RUK", EXPORT, NULL),
    FINAL("Exports - RoW", EXPORT, NULL),
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static const char CPA[] = "CPA_";

static bool listed(const wio_import *import, const char *code)
{
    const wio_import_code *list = codes;
    while (list->code != NULL && strcmp(list->code, code) != 0) {
        list++;
    }
    return list->code != NULL || wio_names_find(&import->map, code) != SIZE_MAX;
}

static bool knows(const char *source)
{
    if (wio_source_is_folder(source)) {
        return false;
    }
    char *line = wio_source_line(source);
    static const char *const words[] = {"P3_S14", "final_consumption_households",
                                        "Non-profit instns serving households", "Exports - RUK"};
    bool found = false;
    for (size_t i = 0; line != NULL && i < sizeof words / sizeof *words; i++) {
        const char *at = strstr(line, words[i]); /* not FIGARO's AT_P3_S14 */
        found = found || (at != NULL && (at == line || at[-1] == ',' || at[-1] == '"'));
    }
    wio_free(line);
    return found;
}

/* The row that a column code names: itself, or with CPA_ before it; SIZE_MAX when there is none. */
static size_t row_of(wio_import *import, const wio_names *rows, const char *code)
{
    size_t row = wio_names_find(rows, code);
    if (row == SIZE_MAX) {
        const char *product = wio_import_print(import, "%s%s", CPA, code);
        row = product != NULL ? wio_names_find(rows, product) : SIZE_MAX;
    }
    return row;
}

static void label_columns(wio_import *import, wio_grid *grid, const wio_names *rows,
                          char *is_column, const char *region, bool *renamed)
{
    for (size_t c = 0; c < grid->columns; c++) {
        wio_import_label *label = &grid->column[c];
        const char *code = wio_grid_head(grid, 0, c);
        size_t row = row_of(import, rows, code);
        if (listed(import, code) || row == SIZE_MAX) {
            wio_label_code(label, import, codes, region, code);
            label->region = label->role == WIO_ROLE_EXPORT ? "ROW" : region;
        } else {
            *label = (wio_import_label){
                .mark = WIO_MARK_ACTIVITY, .region = region, .code = rows->code[row]};
            *renamed = *renamed || strcmp(code, rows->code[row]) != 0;
            is_column[row] = 1;
        }
    }
}

static wio_status label_all(wio_import *import, wio_grid *grid, const char *region)
{
    wio_names rows = {0};
    bool renamed = false, supply = false;
    for (size_t r = grid->heads; r < grid->csv.rows; r++) {
        const char *code = wio_grid_row(grid, r, 0);
        supply = supply || strcmp(code, "SUPBP") == 0;
        if (wio_names_add(&rows, code, "") == WIO_E_MEMORY) {
            (void)wio_import_memory(import, grid->path);
        }
    }
    char *is_column = wio_zalloc(rows.count, 1);
    if (is_column == NULL) {
        wio_names_free(&rows);
        return wio_import_memory(import, grid->path);
    }
    label_columns(import, grid, &rows, is_column, region, &renamed);
    for (size_t r = grid->heads; r < grid->csv.rows; r++) {
        wio_import_label *label = &grid->row[r];
        const char *code = wio_grid_row(grid, r, 0);
        size_t row = wio_names_find(&rows, code);
        if (row != SIZE_MAX && is_column[row]) {
            *label = (wio_import_label){.mark = WIO_MARK_ACTIVITY,
                                        .region = region,
                                        .code = wio_import_text(import, code, strlen(code))};
        } else {
            wio_label_code(label, import, codes, NULL, code);
            label->unit = label->mark == WIO_MARK_ACCOUNT ? "thousand persons" : NULL;
        }
        if (supply && strcmp(code, "P1") == 0) { /* the rows have imports in them: P1 + P7 */
            label->mark = WIO_MARK_LEFT_OUT;
        }
    }
    for (size_t c = 0; c < grid->columns; c++) { /* texts that live as long as the import */
        wio_import_label *label = &grid->column[c];
        if (label->mark == WIO_MARK_ACTIVITY) {
            label->code = wio_import_text(import, label->code, strlen(label->code));
        }
    }
    if (renamed) {
        wio_import_note(import, "columns are taken for the rows with %s before their code", CPA);
    }
    wio_free(is_column);
    wio_names_free(&rows);
    return import->status;
}

static wio_status read(wio_import *import)
{
    const char *path = wio_source_find(import, "", ".csv"), *region = import->options->region;
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open(&grid, import, path, ',', 1, 1));
    if (region == NULL) {
        return wio_import_wrong(import, path, 0, 0,
                                "a national table does not say its region: give it with --region, "
                                "such as DEU");
    }
    const wio_import_head head = {
        .title = wio_import_print(import, "Symmetric input-output table, %s", region),
        .price_note = "as published",
        .year = wio_import_year(wio_source_name(path)),
    };
    WIO_TRY(wio_import_set_head(import, &head));
    return label_all(import, grid, region);
}

const wio_importer wio_import_siot = {
    .name = "siot",
    .reads = "a national symmetric table as one CSV file: Eurostat (ESA codes), ONS, Scotland, "
             "iotables; "
             "needs --region and --unit",
    .knows = knows,
    .read = read,
};
