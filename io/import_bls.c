/* import_bls.c - the input-output matrices of the U.S. Bureau of Labor Statistics (Employment
 * Projections): use, make and final demand of one year, from which its employment requirements are
 * made.
 *
 * A folder with NOMINAL_USE_YEAR, NOMINAL_MAKE_YEAR and NOMINAL_FDAGG_YEAR (or NOMINAL_FD_YEAR), as
 * .DAT or .txt with tabs or .csv; or the same with REAL_ or PROJECT_ (chained dollars, which do not add
 * up exactly). By BLS's layout file they are numbers only:
 *   USE   n + 1 lines and columns: commodities by industries, the last line value added, the last
 *         column all final demand
 *   MAKE  n industries by n commodities
 *   FD    n commodities by detailed final uses; FDAGG by some groups of them
 * The names are in BLS's sectoring plans, which are workbooks of the old kind (.xls): their codes have
 * to be written beside the matrices, in the same order, as labels_industries.csv (code,name) and
 * labels_uses.csv (code,role,name; roles as for --roles, imports as a use of their own, negative).
 * Source: BLS, Input-Output layout. Million dollars at producers' prices. */
#include "import.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char HOME[] = "USA", INDUSTRIES[] = "labels_industries.csv",
                  USES[] = "labels_uses.csv";
static const char *const kinds[] = {"NOMINAL", "REAL", "PROJECT"};

static const wio_import_code lines[] = {
    {"VA", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, "Value added"},
    {"FD", WIO_MARK_LEFT_OUT, WIO_ROLE_OTHER, NULL},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

/* How many files KIND_WHAT_YEAR.* a folder has (year 0: of any year); one of them in `name`. */
static size_t look(char name[NAME_MAX + 1], const char *folder, const char *kind, const char *what,
                   int year)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    char begin[64];
    (void)snprintf(begin, sizeof begin, "%s_%s_", kind, what);
    size_t found = 0, length = strlen(begin);
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        const char *rest = entry->d_name + length;
        if (strncasecmp(entry->d_name, begin, length) == 0 && strspn(rest, "0123456789") == 4 &&
            rest[4] == '.' && (year == 0 || wio_import_year(rest) == year) && found++ == 0) {
            (void)snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
        }
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    return found;
}

static const char *find(wio_import *import, const char *kind, const char *what, int year)
{
    char name[NAME_MAX + 1] = "";
    size_t found = look(name, import->source, kind, what, year);
    if (found != 1) {
        (void)wio_import_wrong(import, import->source, 0, 0,
                               found == 0 ? "there is no %s_%s_* of the year in this folder"
                                          : "there are several %s_%s_* in this folder: say with "
                                            "--year which year",
                               kind, what);
        return NULL;
    }
    return wio_import_path(import, name);
}

static wio_status open_matrix(wio_grid **out, wio_import *import, const char *path, size_t rows,
                              size_t columns)
{
    size_t length = path != NULL ? strlen(path) : 0;
    char delimiter = length > 4 && strcasecmp(path + length - 4, ".csv") == 0 ? ',' : '\t';
    WIO_TRY(wio_grid_open(out, import, path, delimiter, 0, 0));
    const wio_grid *grid = *out;
    return grid->csv.rows == rows && grid->columns == columns
               ? WIO_OK
               : wio_import_wrong(
                     import, path, 1, 1,
                     "%zu lines of %zu numbers, but by the labels there are %zu of %zu",
                     grid->csv.rows, grid->columns, rows, columns);
}

/* Industries and commodities have the same codes; what comes after them is `last`. */
static wio_status label_side(wio_import_label *label, wio_import *import, const wio_columns *codes,
                             wio_mark mark, const char *last)
{
    for (size_t r = 1; r < codes->csv.rows; r++) {
        const char *code = wio_columns_cell(codes, r, 0), *name = wio_columns_cell(codes, r, 1);
        code = wio_import_text(import, code, strlen(code));
        name = wio_import_text(import, name, strlen(name));
        label[r - 1] = (wio_import_label){.mark = mark, .region = HOME, .code = code, .name = name};
    }
    if (last != NULL) {
        wio_label_code(&label[codes->csv.rows - 1], import, lines, NULL, last);
    }
    return import->status;
}

static wio_status label_uses(wio_grid *grid, wio_import *import, const wio_columns *uses)
{
    for (size_t c = 0; c < grid->columns; c++) {
        const char *code = wio_columns_cell(uses, c + 1, 0),
                   *word = wio_columns_cell(uses, c + 1, 1);
        const char *name = wio_columns_cell(uses, c + 1, 2);
        wio_import_label *label = &grid->column[c];
        code = wio_import_text(import, code, strlen(code));
        name = wio_import_text(import, name, strlen(name));
        if (code == NULL || name == NULL) {
            return import->status;
        }
        wio_label_code(label, import, NULL, HOME, code);
        label->name = *name != '\0' ? name : NULL;
        if (label->mark != WIO_MARK_UNKNOWN) { /* --roles says it */
            continue;
        }
        if (!wio_role_find(&label->role, word) || !wio_role_is_final(label->role)) {
            return wio_import_wrong(import, uses->path, uses->csv.line[c + 1], 2,
                                    "'%.60s' is no role of a final use: household, government, "
                                    "investment, inventory or export",
                                    word);
        }
        label->mark = WIO_MARK_FINAL;
    }
    return WIO_OK;
}

static wio_status open_all(wio_import *import, const char *kind, int year,
                           const wio_columns *industries, const wio_columns *uses)
{
    const size_t n = industries->csv.rows - 1, f = uses->csv.rows - 1;
    char any[NAME_MAX + 1];
    wio_grid *use, *make, *final;
    WIO_TRY(open_matrix(&use, import, find(import, kind, "USE", year), n + 1, n + 1));
    WIO_TRY(label_side(use->row, import, industries, WIO_MARK_PRODUCT, "VA"));
    WIO_TRY(label_side(use->column, import, industries, WIO_MARK_INDUSTRY, "FD"));
    WIO_TRY(open_matrix(&make, import, find(import, kind, "MAKE", year), n, n));
    WIO_TRY(label_side(make->row, import, industries, WIO_MARK_INDUSTRY, NULL));
    WIO_TRY(label_side(make->column, import, industries, WIO_MARK_PRODUCT, NULL));
    const char *what = look(any, import->source, kind, "FDAGG", year) != 0 ? "FDAGG" : "FD";
    WIO_TRY(open_matrix(&final, import, find(import, kind, what, year), n, f));
    WIO_TRY(label_side(final->row, import, industries, WIO_MARK_PRODUCT, NULL));
    return label_uses(final, import, uses);
}

static wio_status read_labelled(wio_import *import, const char *kind, int year)
{
    static const char *const of_industries[] = {"code", "name"};
    static const char *const of_uses[] = {"code", "role", "name"};
    const char *first = wio_import_path(import, INDUSTRIES),
               *second = wio_import_path(import, USES);
    wio_columns industries, uses;
    if (first == NULL || second == NULL) {
        return import->status;
    }
    if (!wio_source_has(import->source, INDUSTRIES) || !wio_source_has(import->source, USES)) {
        return wio_import_wrong(import, import->source, 0, 0,
                                "BLS's matrices have no labels: write its sectoring plans beside "
                                "them as %s (code,name) and %s (code,role,name), a line for each "
                                "row or column in their order",
                                INDUSTRIES, USES);
    }
    WIO_TRY(wio_import_list(&industries, import, first, of_industries, 1, 2));
    wio_status status = wio_import_list(&uses, import, second, of_uses, 2, 3);
    if (status == WIO_OK) {
        status = open_all(import, kind, year, &industries, &uses);
        wio_columns_close(&uses);
    }
    wio_columns_close(&industries);
    return status;
}

static wio_status read(wio_import *import)
{
    char name[NAME_MAX + 1] = "";
    size_t k = 0;
    const size_t last = sizeof kinds / sizeof *kinds - 1;
    while (k < last && look(name, import->source, kinds[k], "USE", import->options->year) == 0) {
        k++;
    }
    const char *use = find(import, kinds[k], "USE", import->options->year);
    if (use == NULL) {
        return import->status;
    }
    const int year = wio_import_year(wio_source_name(use));
    const wio_import_head head = {
        .title = "Input-output matrices of the United States (BLS)",
        .unit = "million USD",
        .price_basis = "producer",
        .price_note = k == 0 ? "producers' prices" : "chained dollars, which do not add up exactly",
        .split_note = "none: uses hold imported goods too, and a final use takes them off",
        .licence = "public domain (work of the United States government)",
        .citation = "U.S. Bureau of Labor Statistics, Employment Projections, input-output data",
        .year = year,
    };
    import->rest = "ROW";
    import->classification = "BLS sectoring plan";
    WIO_TRY(wio_import_set_head(import, &head));
    return read_labelled(import, kinds[k], year);
}

static bool knows(const char *source)
{
    char name[NAME_MAX + 1];
    bool found = false;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        found = found || (look(name, source, kinds[k], "USE", 0) != 0 &&
                          look(name, source, kinds[k], "MAKE", 0) != 0);
    }
    return found;
}

const wio_importer wio_import_bls = {
    .name = "bls",
    .reads = "BLS input-output matrices: a folder with NOMINAL_USE_YEAR, _MAKE_, _FDAGG_ or _FD_, "
             "labels_industries.csv and labels_uses.csv; supply and use: needs --model",
    .knows = knows,
    .read = read,
    .supply_use = true,
};
