/* import_mario.c - an input-output table of MARIO: its workbook, or exported as CSV (to_csv, flows).
 *
 * The workbook has a sheet "flows" with everything, three header lines and three label cells
 * (region, level, item; factors and satellites have the region "-"), and a sheet "units".
 * Z.csv and Y.csv have three header lines and three label cells (region, level, item); V.csv and
 * E.csv (factors of production, satellites), and VY.csv and EY.csv for final uses, one label cell.
 * units.csv says the unit of every item. Supply and use have the levels Activity and Commodity, and
 * are a format of their own. MARIO's users name factors and final uses
 * themselves; those that are not in the lists have to be given a role. */
#include "import.h"

#include <string.h>

static const wio_import_code finals[] = {{"Households", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
                                         {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static const wio_import_code factors[] = {{"Taxes", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
                                          {"Wages", WIO_MARK_PRIMARY, WIO_ROLE_COMPENSATION, NULL},
                                          {"Capital", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
                                          {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

typedef enum part { FLOWS, FINALS, FACTORS, SATELLITES } part;

static const struct {
    const char *file;
    part row, column;
    bool optional;
} files[] = {{"Z.csv", FLOWS, FLOWS, false},     {"Y.csv", FLOWS, FINALS, false},
             {"V.csv", FACTORS, FLOWS, false},   {"VY.csv", FACTORS, FINALS, true},
             {"E.csv", SATELLITES, FLOWS, true}, {"EY.csv", SATELLITES, FINALS, true}};

/* SOURCE/flows where the files are in the export's folder of flows. */
static bool in_flows(const char *source)
{
    return !wio_source_has(source, "Z.csv") && wio_source_has(source, "flows/Z.csv");
}

static bool is_book(const char *source)
{
    size_t length = strlen(source);
    return length > 5 && strcmp(source + length - 5, ".xlsx") == 0;
}

/* The level of the first unit: "Sector", or "Commodity" or "Activity" of supply and use; wio_free. */
static char *first_level(const char *source)
{
    wio_csv units = {0};
    wio_status status = WIO_E_NO_INPUT;
    char *path = NULL, *data = NULL, *level = NULL;
    size_t length = 0;
    if (is_book(source)) { /* a sheet of units is not usual: it is small, and MARIO's */
        status = wio_xlsx_read(&units, source, "units", NULL, NULL);
    } else if (wio_path_join(&path, source, in_flows(source) ? "flows/units.csv" : "units.csv",
                             NULL) == WIO_OK) {
        status = wio_file_read(&data, &length, path, (size_t)1 << 28, NULL);
        if (status == WIO_OK) {
            status = wio_csv_parse(&units, data, length, path, NULL, NULL);
        }
    }
    if (status == WIO_OK && units.rows > 1) {
        level = wio_strdup(wio_import_cell(&units, 1, 0));
    }
    wio_csv_clear(&units);
    wio_free(path);
    return level;
}

/* Z.csv of an export begins with the word Region and two empty cells. */
static bool is_export(const char *source)
{
    char *path = NULL, *line = NULL;
    if (wio_path_join(&path, source, in_flows(source) ? "flows/Z.csv" : "Z.csv", NULL) == WIO_OK) {
        line = wio_source_line(path);
    }
    bool found = line != NULL && strncmp(line, "Region,,,", 9) == 0;
    wio_free(path);
    wio_free(line);
    return found;
}

static bool has_level(const char *source, const char *level, const char *other)
{
    char *first = is_book(source) || is_export(source) ? first_level(source) : NULL;
    bool found = first != NULL && (strcmp(first, level) == 0 || strcmp(first, other) == 0);
    wio_free(first);
    return found;
}

static bool knows(const char *source)
{
    return has_level(source, "Sector", "Sector");
}

static bool knows_supply_use(const char *source)
{
    return has_level(source, "Commodity", "Activity");
}

static const char *unit_of(const wio_csv *units, const char *level, const char *item)
{
    for (size_t r = 1; r < units->rows; r++) {
        if (strcmp(wio_import_cell(units, r, 0), level) == 0 &&
            strcmp(wio_import_cell(units, r, 1), item) == 0) {
            return wio_import_cell(units, r, 2);
        }
    }
    return "not stated";
}

static bool has_item(const wio_import *import, const char *item)
{
    for (size_t g = 0; g < import->grids; g++) {
        const wio_grid *grid = &import->grid[g];
        for (size_t i = 0; i < grid->csv.rows + grid->columns; i++) {
            const char *code =
                i < grid->csv.rows ? grid->row[i].code : grid->column[i - grid->csv.rows].code;
            if (code != NULL && strcmp(code, item) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Items with a unit and nothing else: what was read may not be whole. */
static void tell_absent(wio_import *import, const wio_csv *units)
{
    size_t absent = 0;
    const char *first = "";
    for (size_t r = 1; r < units->rows; r++) {
        const char *item = wio_import_cell(units, r, 1);
        if (!has_item(import, item)) {
            first = absent++ == 0 ? item : first;
        }
    }
    if (absent != 0) {
        wio_find(import->log, WIO_WARNING, import->source, 0, 0,
                 "%zu items have a unit, but no row or column ('%.100s' first): is the source "
                 "whole?",
                 absent, first);
    }
}

/* The unit of all flows, which is that of the first item: a table in several units has no sums. */
static const char *unit_of_flows(wio_import *import, const wio_csv *units)
{
    const char *unit = units->rows > 1 ? wio_import_cell(units, 1, 2) : "";
    for (size_t r = 2; r < units->rows; r++) {
        const char *level = wio_import_cell(units, r, 0), *own = wio_import_cell(units, r, 2);
        bool flow = strcmp(level, "Sector") == 0 || strcmp(level, "Activity") == 0 ||
                    strcmp(level, "Commodity") == 0;
        if (flow && strcmp(own, unit) != 0) {
            (void)wio_import_wrong(import, "units", units->line[r], 3,
                                   "the unit is '%s', but that of the first item is '%s'", own,
                                   unit);
            return NULL;
        }
    }
    return wio_import_text(import, unit, strlen(unit));
}

static void set_label(wio_import *import, wio_import_label *label, part what, const char *region,
                      const char *level, const char *item)
{
    const bool both = import->importer->supply_use;
    if (what == FLOWS && both && strcmp(level, "Activity") == 0) {
        *label = (wio_import_label){.mark = WIO_MARK_INDUSTRY, .region = region, .code = item};
    } else if (what == FLOWS && both && strcmp(level, "Commodity") == 0) {
        *label = (wio_import_label){.mark = WIO_MARK_PRODUCT, .region = region, .code = item};
    } else if (what == FLOWS && !both && strcmp(level, "Sector") == 0) {
        *label = (wio_import_label){.mark = WIO_MARK_ACTIVITY, .region = region, .code = item};
    } else if (what == FLOWS) {
        *label = (wio_import_label){.mark = WIO_MARK_UNKNOWN, .region = region, .code = item};
        if (import->status == WIO_OK) { /* once is enough */
            (void)wio_import_wrong(
                import, import->source, 0, 0,
                "level '%s': %s are read, in MARIO's standard layout, without "
                "factors by region; %s",
                level, both ? "supply and use (Activity, Commodity)" : "tables of sectors",
                both ? "the format 'mario' has tables of sectors"
                     : "the format 'mario-sut' has supply and use");
        }
    } else if (what == SATELLITES) {
        *label = (wio_import_label){.mark = WIO_MARK_ACCOUNT, .code = item};
    } else {
        wio_label_code(label, import, what == FINALS ? finals : factors,
                       what == FINALS ? region : NULL, item);
    }
}

static wio_status open_file(wio_import *import, const char *path, part row, part column,
                            const wio_csv *units)
{
    size_t labels = row == FLOWS ? 3 : 1;
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open(&grid, import, path, ',', 3, labels));
    for (size_t r = 0; r < grid->csv.rows; r++) {
        if (grid->row[r].mark == WIO_MARK_NOTHING) {
            continue;
        }
        const char *item = wio_grid_row(grid, r, labels - 1);
        set_label(import, &grid->row[r], row, wio_grid_row(grid, r, 0), wio_grid_row(grid, r, 1),
                  item);
        if (row == SATELLITES) {
            const char *unit = unit_of(units, "Satellite account", item);
            grid->row[r].unit = wio_import_text(import, unit, strlen(unit));
        }
    }
    for (size_t c = 0; c < grid->columns; c++) {
        set_label(import, &grid->column[c], column, wio_grid_head(grid, 0, c),
                  wio_grid_head(grid, 1, c), wio_grid_head(grid, 2, c));
    }
    return import->status == WIO_E_MEMORY ? WIO_E_MEMORY : WIO_OK;
}

static wio_status read_files(wio_import *import, const wio_csv *units, const char *folder)
{
    const char *unit = unit_of_flows(import, units);
    if (unit == NULL) {
        return import->status;
    }
    const wio_import_head head = {
        .title = import->importer->supply_use ? "Supply and use exported by MARIO"
                                              : "Table exported by MARIO",
        .unit = unit,
        .price_note = "as in MARIO",
    };
    WIO_TRY(wio_import_set_head(import, &head));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *name = wio_import_print(import, "%s%s", folder, files[i].file);
        if (name == NULL) {
            return WIO_E_MEMORY;
        }
        if (files[i].optional && !wio_source_has(import->source, name)) {
            wio_import_note(import, "there is no %s: not imported", files[i].file);
            continue;
        }
        WIO_TRY(
            open_file(import, wio_import_path(import, name), files[i].row, files[i].column, units));
    }
    if (import->status == WIO_OK) {
        tell_absent(import, units);
    }
    return import->status;
}

/* --- the workbook ------------------------------------------------------------------------------------- */

/* What a level is; a level that is unknown is refused as one of flows. */
static part level_of(const char *level)
{
    return strcmp(level, "Consumption category") == 0   ? FINALS
           : strcmp(level, "Factor of production") == 0 ? FACTORS
           : strcmp(level, "Satellite account") == 0    ? SATELLITES
                                                        : FLOWS;
}

static wio_status label_book(wio_import *import, wio_grid *grid, const wio_csv *units)
{
    for (size_t r = 3; r < grid->csv.rows; r++) {
        const char *level = wio_grid_row(grid, r, 1), *item = wio_grid_row(grid, r, 2);
        set_label(import, &grid->row[r], level_of(level), wio_grid_row(grid, r, 0), level, item);
        if (level_of(level) == SATELLITES) {
            const char *unit = unit_of(units, level, item);
            grid->row[r].unit = wio_import_text(import, unit, strlen(unit));
        }
    }
    for (size_t c = 0; c < grid->columns; c++) {
        const char *level = wio_grid_head(grid, 1, c);
        set_label(import, &grid->column[c], level_of(level), wio_grid_head(grid, 0, c), level,
                  wio_grid_head(grid, 2, c));
    }
    return import->status;
}

static wio_status read_book(wio_import *import)
{
    wio_csv units = {0};
    wio_grid *grid = NULL;
    wio_status status = wio_xlsx_read(&units, import->source, "units", import->log, import->err);
    if (status != WIO_OK) {
        import->status = status;
        return status;
    }
    const char *unit = unit_of_flows(import, &units);
    const wio_import_head head = {
        .title = import->importer->supply_use ? "Supply and use of MARIO" : "Table of MARIO",
        .unit = unit,
        .price_note = "as in MARIO",
    };
    status = unit != NULL ? wio_import_set_head(import, &head) : import->status;
    if (status == WIO_OK) {
        status = wio_grid_open_sheet(&grid, import, import->source, "flows", 3, 3);
    }
    if (status == WIO_OK) {
        status = label_book(import, grid, &units);
    }
    if (status == WIO_OK) {
        tell_absent(import, &units);
    }
    wio_csv_clear(&units);
    return status;
}

static wio_status read(wio_import *import)
{
    if (!import->importer->supply_use && knows_supply_use(import->source)) {
        return wio_import_wrong(import, import->source, 0, 0,
                                "this has supply and use: its format is mario-sut");
    }
    static const char *const columns[] = {"Level", "Item", "Unit"};
    if (is_book(import->source)) {
        return read_book(import);
    }
    const char *folder = in_flows(import->source) ? "flows/" : "";
    const char *name = wio_import_print(import, "%sunits.csv", folder);
    const char *path = name != NULL ? wio_import_path(import, name) : NULL;
    wio_columns units;
    if (path == NULL) {
        return import->status;
    }
    WIO_TRY(wio_import_list(&units, import, path, columns, 3, 3));
    wio_status status = read_files(import, &units.csv, folder);
    wio_columns_close(&units);
    return status;
}

const wio_importer wio_import_mario = {
    .name = "mario",
    .reads =
        "MARIO: an input-output table as its workbook (sheets flows, units) or exported as CSV",
    .knows = knows,
    .read = read,
};

const wio_importer wio_import_mario_supply_use = {
    .name = "mario-sut",
    .reads = "MARIO: supply and use as its workbook or exported as CSV; needs --model",
    .knows = knows_supply_use,
    .read = read,
    .supply_use = true,
};
