/* import_pymrio.c - the folder of text files that pymrio saves, and EXIOBASE 3, which has the same
 * layout.
 *
 * Z.txt and Y.txt: tab-separated, two header lines (region, sector or category), two label cells.
 * unit.txt: the unit of every activity. Every subfolder with F.txt is an extension: two header
 * lines, as many label cells as its unit.txt has before the unit; F_Y.txt (F_hh.txt in early
 * EXIOBASE) has the same for final uses. An account of several label cells gets the code
 * "cell | cell"; table file pymrio_extensions.csv keeps the cells, so that what was imported can be
 * written as it was (pymrio_write.c). Rows of an extension that are known primary inputs in the
 * table's unit are primary inputs. What pymrio derives (A, L, x, S, M, D_...) is not read. */
#include "import.h"
#include "pymrio.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const wio_import_code finals[] = {
    {"Exports: Total (fob)", WIO_MARK_FINAL, WIO_ROLE_EXPORT, NULL},
    {"Export", WIO_MARK_FINAL, WIO_ROLE_EXPORT, NULL},
    {"c37_HFCE", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"c38_NPISH", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"c39_GGFC", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, NULL},
    {"c41_GFCF", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, NULL},
    {"c42_INVNT", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, NULL},
    {"HFCE", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"NPISH", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"GGFC", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, NULL},
    {"GFCF", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, NULL},
    {"INVNT", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, NULL},
    {"DPABR", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

#define WAGES "Compensation of employees; wages, salaries, & employers' social contributions: "
static const wio_import_code factors[] = {
    {"Value added", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, NULL},
    {"Taxes less subsidies on products purchased: Total", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
    {"Other net taxes on production", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
    {WAGES "Low-skilled", WIO_MARK_PRIMARY, WIO_ROLE_COMPENSATION, NULL},
    {WAGES "Medium-skilled", WIO_MARK_PRIMARY, WIO_ROLE_COMPENSATION, NULL},
    {WAGES "High-skilled", WIO_MARK_PRIMARY, WIO_ROLE_COMPENSATION, NULL},
    {"Operating surplus: Consumption of fixed capital", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
    {"Operating surplus: Rents on land", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
    {"Operating surplus: Royalties on resources", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
    {"Operating surplus: Remaining net operating surplus", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS,
     NULL},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

/* A file of units: label cells, then the unit. */
typedef struct units {
    wio_csv csv;
    size_t labels;
} units;

static wio_status read_units(units *out, wio_import *import, const char *path)
{
    WIO_TRY(wio_import_read_text(&out->csv, import, path));
    if (out->csv.rows < 2 || out->csv.columns[0] < 2) {
        return wio_import_wrong(import, path, 1, 1,
                                "expected label cells and a unit in every line");
    }
    out->labels = out->csv.columns[0] - 1;
    for (size_t r = 1; r < out->csv.rows; r++) {
        if (out->csv.columns[r] != out->labels + 1) {
            return wio_import_wrong(import, path, out->csv.line[r], out->csv.columns[r],
                                    "expected %zu cells as in the first line, got %zu",
                                    out->labels + 1, out->csv.columns[r]);
        }
    }
    return WIO_OK;
}

/* --- flows and final uses ------------------------------------------------------------------------- */

static void label_columns(wio_import *import, wio_grid *grid, bool uses)
{
    for (size_t c = 0; c < grid->columns; c++) {
        const char *region = wio_grid_head(grid, 0, c), *code = wio_grid_head(grid, 1, c);
        if (uses) {
            wio_label_code(&grid->column[c], import, finals, region, code);
        } else {
            grid->column[c] =
                (wio_import_label){.mark = WIO_MARK_ACTIVITY, .region = region, .code = code};
        }
    }
}

static wio_status open_flows(wio_import *import, const char *name, bool uses)
{
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open(&grid, import, wio_import_path(import, name), '\t', 2, 2));
    for (size_t r = 0; r < grid->csv.rows; r++) {
        if (grid->row[r].mark != WIO_MARK_NOTHING) {
            grid->row[r] = (wio_import_label){.mark = WIO_MARK_ACTIVITY,
                                              .region = wio_grid_row(grid, r, 0),
                                              .code = wio_grid_row(grid, r, 1)};
        }
    }
    label_columns(import, grid, uses);
    return import->status;
}

/* --- extensions ------------------------------------------------------------------------------------- */

typedef struct extension {
    wio_import *import;
    const char *folder, *money; /* the table's unit as the source writes it */
    units units;
    wio_text *rows; /* lines of pymrio_extensions.csv */
} extension;

/* The label cells of a row as one code; *cells with tabs between. */
static const char *join_cells(const char **cells, extension *e, const wio_grid *grid, size_t row)
{
    wio_text code = {0}, tabs = {0};
    for (size_t i = 0; i < grid->labels; i++) {
        wio_text_add(&code, "%s%s", i > 0 ? " | " : "", wio_grid_row(grid, row, i));
        wio_text_add(&tabs, "%s%s", i > 0 ? "\t" : "", wio_grid_row(grid, row, i));
    }
    const char *text = NULL;
    *cells = NULL;
    if (!code.failed && !tabs.failed) {
        text = wio_import_text(e->import, code.data, code.length);
        *cells = wio_import_text(e->import, tabs.data, tabs.length);
    } else {
        (void)wio_import_memory(e->import, "labels");
    }
    wio_text_free(&code);
    wio_text_free(&tabs);
    return *cells != NULL ? text : NULL;
}

/* The unit of a row by its label cells, in the same order as a rule; "" when there is none. */
static const char *unit_of(const extension *e, const wio_grid *grid, size_t row, size_t guess)
{
    const wio_csv *csv = &e->units.csv;
    for (size_t i = 0; i < csv->rows; i++) {
        size_t r = (guess + i) % csv->rows, same = 0;
        while (r != 0 && same < grid->labels &&
               strcmp(wio_import_cell(csv, r, same), wio_grid_row(grid, row, same)) == 0) {
            same++;
        }
        if (r != 0 && same == grid->labels) {
            return wio_import_cell(csv, r, e->units.labels);
        }
    }
    return "";
}

static wio_status label_row(extension *e, wio_grid *grid, size_t row, size_t guess, bool list)
{
    const char *cells, *code = join_cells(&cells, e, grid, row);
    const char *unit = unit_of(e, grid, row, guess);
    if (code == NULL) {
        return WIO_E_MEMORY;
    }
    if (*unit == '\0') {
        return wio_import_wrong(e->import, grid->path, grid->csv.line[row], 1,
                                "'%s' has no unit in unit.txt", code);
    }
    wio_import_label label;
    wio_label_code(&label, e->import, factors, NULL, code);
    /* a role that the folder itself keeps is that of a primary input, which may share its code */
    bool user =
        e->import->options->roles != NULL && wio_names_find(&e->import->map, code) != SIZE_MAX;
    if (!user && (label.mark != WIO_MARK_PRIMARY || strcmp(unit, e->money) != 0)) {
        label = (wio_import_label){.mark = WIO_MARK_ACCOUNT, .code = code};
    }
    label.unit = wio_import_text(e->import, unit, strlen(unit));
    grid->row[row] = label;
    if (list && label.mark != WIO_MARK_LEFT_OUT) {
        const char *const cell[] = {code, e->folder, cells, unit};
        wio_pymrio_line(e->rows, cell);
    }
    return WIO_OK;
}

/* Rows of unit.txt that F.txt does not have: it may not be whole. */
static void tell_absent(const extension *e, const wio_grid *grid)
{
    const wio_csv *csv = &e->units.csv;
    size_t rows = grid->csv.rows, absent = 0, first = 0;
    for (size_t r = 1; r < csv->rows; r++) {
        size_t tried = 0, same = 0;
        for (; tried < rows && same < grid->labels; tried++) {
            size_t row = (grid->heads + r + tried) % rows; /* usually the same order */
            same = 0;
            while (same < grid->labels &&
                   strcmp(wio_import_cell(csv, r, same), wio_grid_row(grid, row, same)) == 0) {
                same++;
            }
        }
        if (same < grid->labels) {
            first = absent++ == 0 ? r : first;
        }
    }
    if (absent != 0) {
        wio_find(e->import->log, WIO_WARNING, grid->path, 0, 0,
                 "%zu rows of unit.txt are not in it ('%.100s' first): is it whole?", absent,
                 wio_import_cell(csv, first, 0));
    }
}

static wio_status open_matrix(extension *e, const char *name, bool uses)
{
    const char *path = wio_import_print(e->import, "%s/%s", e->folder, name);
    wio_grid *grid = NULL;
    path = path != NULL ? wio_import_path(e->import, path) : NULL;
    WIO_TRY(wio_grid_open(&grid, e->import, path, '\t', 2, e->units.labels));
    size_t guess = 0;
    for (size_t r = 0; r < grid->csv.rows; r++) {
        if (grid->row[r].mark != WIO_MARK_NOTHING) {
            WIO_TRY(label_row(e, grid, r, ++guess, !uses));
        } else if (r == 2 && !uses) { /* names of the label cells */
            const char *cells;
            if (join_cells(&cells, e, grid, r) == NULL) {
                return WIO_E_MEMORY;
            }
            const char *const cell[] = {"", e->folder, cells, ""};
            wio_pymrio_line(e->rows, cell);
        }
    }
    if (!uses) {
        tell_absent(e, grid);
    }
    label_columns(e->import, grid, uses);
    return e->import->status;
}

static wio_status read_extension(wio_import *import, const char *folder, const char *money,
                                 wio_text *rows)
{
    extension e = {.import = import, .folder = folder, .money = money, .rows = rows};
    const char *unit = wio_import_print(import, "%s/unit.txt", folder);
    const char *final = wio_import_print(import, "%s/F_Y.txt", folder);
    const char *early = wio_import_print(import, "%s/F_hh.txt", folder);
    if (unit == NULL || final == NULL || early == NULL) {
        return WIO_E_MEMORY;
    }
    wio_status status = read_units(&e.units, import, wio_import_path(import, unit));
    if (status == WIO_OK) {
        status = open_matrix(&e, "F.txt", false);
    }
    if (status == WIO_OK && wio_source_has(import->source, final)) {
        const char *const cell[] = {"F_Y", folder, "", ""};
        wio_pymrio_line(rows, cell);
        status = open_matrix(&e, "F_Y.txt", true);
    } else if (status == WIO_OK && wio_source_has(import->source, early)) {
        status = open_matrix(&e, "F_hh.txt", true);
    }
    wio_csv_clear(&e.units.csv);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Subfolders with an F.txt, sorted; impacts are derived from the others. */
static wio_status read_extensions(wio_import *import, const char *money, wio_text *rows)
{
    enum { MOST = 40 };
    const char *name[MOST];
    size_t count = 0;
    DIR *folder = opendir(import->source);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        const char *file = wio_import_print(import, "%s/F.txt", entry->d_name);
        if (entry->d_name[0] == '.' || file == NULL || !wio_source_has(import->source, file)) {
            continue;
        }
        if (count == MOST) { /* none is left out unsaid */
            (void)wio_import_wrong(import, import->source, 0, 0,
                                   "more than %d folders have an F.txt: move those that are not "
                                   "needed elsewhere",
                                   (int)MOST);
            break;
        }
        name[count++] = wio_import_text(import, entry->d_name, strlen(entry->d_name));
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    if (import->status != WIO_OK) {
        return import->status;
    }
    qsort(name, count, sizeof *name, by_name);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name[i], "impacts") == 0) {
            wio_import_leave(import, "extension", "impacts (derived from the others)");
        } else {
            WIO_TRY(read_extension(import, name[i], money, rows));
        }
    }
    return import->status;
}

/* --- the whole ---------------------------------------------------------------------------------------- */

static int find_year(wio_import *import)
{
    int year = wio_import_year(wio_source_name(import->source));
    const char *path = wio_import_path(import, "metadata.json");
    char *data = NULL;
    size_t length = 0;
    if (year != 0 || path == NULL || !wio_source_has(import->source, "metadata.json")) {
        return year;
    }
    wio_status status = wio_file_read(&data, &length, path, (size_t)1 << 20, NULL);
    if (status == WIO_E_MEMORY) {
        (void)wio_import_memory(import, path);
    } else if (status == WIO_OK) {
        char *history = strstr(data, "\"history\""); /* dates of work, not of data */
        if (history != NULL) {
            *history = '\0';
        }
        year = wio_import_year(data);
    }
    wio_free(data);
    return year;
}

static wio_status read_folder(wio_import *import, const wio_import_head *about)
{
    static const char *const derived[] = {"A.txt",  "L.txt", "x.txt",
                                          "As.txt", "G.txt", "population.txt"};
    units u = {0};
    WIO_TRY(read_units(&u, import, wio_import_path(import, "unit.txt")));
    const char *money = wio_import_cell(&u.csv, 1, u.labels);
    for (size_t r = 2; r < u.csv.rows; r++) {
        if (strcmp(wio_import_cell(&u.csv, r, u.labels), money) != 0) {
            (void)wio_import_wrong(import, "unit.txt", u.csv.line[r], u.labels + 1,
                                   "the unit is '%s', but that of the first activity is '%s'",
                                   wio_import_cell(&u.csv, r, u.labels), money);
        }
    }
    money = wio_import_text(import, money, strlen(money));
    const size_t priced = u.csv.rows - 1;
    wio_csv_clear(&u.csv);
    if (import->status != WIO_OK) {
        return import->status;
    }
    wio_import_head head = *about;
    head.unit = money;
    head.year = find_year(import);
    WIO_TRY(wio_import_set_head(import, &head));
    WIO_TRY(open_flows(import, "Z.txt", false));
    WIO_TRY(open_flows(import, "Y.txt", true));
    size_t activities = 0;
    for (size_t r = 0; r < import->grid[0].csv.rows; r++) {
        activities += import->grid[0].row[r].mark == WIO_MARK_ACTIVITY;
    }
    if (priced != activities) {
        wio_find(import->log, WIO_WARNING, "unit.txt", 0, 0,
                 "has units for %zu activities, but Z.txt has %zu", priced, activities);
    }
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
        if (wio_source_has(import->source, derived[i])) {
            wio_import_leave(import, "file", derived[i]);
        }
    }
    wio_text rows = {0};
    const char *const cell[] = {"", ".", "", money};
    wio_pymrio_line(&rows, cell);
    wio_status status = read_extensions(import, money, &rows);
    if (status == WIO_OK) {
        status = wio_pymrio_keep(import, &rows);
    }
    wio_text_free(&rows);
    return status;
}

static bool knows_pymrio(const char *source)
{
    return wio_source_has(source, "Z.txt") && wio_source_has(source, "Y.txt") &&
           wio_source_has(source, "unit.txt");
}

static bool knows_exiobase3(const char *source)
{
    bool named = strncmp(wio_source_name(source), "IOT_", 4) == 0;
    return (wio_source_has(source, "Z.txt") || wio_source_has(source, "A.txt")) &&
           wio_source_has(source, "Y.txt") && (named || wio_source_has(source, "satellite/F.txt"));
}

static wio_status read_pymrio(wio_import *import)
{
    const wio_import_head head = {.title = "Table in the layout of pymrio",
                                  .price_note = "not stated by the source"};
    return read_folder(import, &head);
}

static wio_status read_exiobase3(wio_import *import)
{
    const char *name = wio_source_name(import->source);
    if (!wio_source_has(import->source, "Z.txt")) {
        return wio_import_wrong(
            import, import->source, 0, 0,
            "this folder has coefficients (A.txt) but no flows (Z.txt): take a "
            "version of EXIOBASE 3 that has Z.txt, or save one with pymrio after "
            "calc_all");
    }
    bool products = strstr(name, "pxp") != NULL, industries = strstr(name, "ixi") != NULL;
    import->classification = products     ? "EXIOBASE 3, products (pxp)"
                             : industries ? "EXIOBASE 3, industries (ixi)"
                                          : "EXIOBASE 3";
    const wio_import_head head = {
        .title = import->classification,
        .price_note = "basic prices, current exchange rates",
        .import_split = "proportional",
        .citation = "EXIOBASE 3 (Stadler et al. 2018, Journal of Industrial Ecology 22, 502-515)",
        .licence = "CC BY-SA 4.0 (EXIOBASE 3.8 and later; see its own licence)",
    };
    return read_folder(import, &head);
}

const wio_importer wio_import_pymrio = {
    .name = "pymrio",
    .reads = "a folder that pymrio saved as text: Z.txt, Y.txt, unit.txt, a folder an extension",
    .knows = knows_pymrio,
    .read = read_pymrio,
};

const wio_importer wio_import_exiobase3 = {
    .name = "exiobase3",
    .reads = "EXIOBASE 3, ixi or pxp: the unpacked folder of one year with Z.txt, Y.txt, unit.txt "
             "and its satellites",
    .knows = knows_exiobase3,
    .read = read_exiobase3,
};
