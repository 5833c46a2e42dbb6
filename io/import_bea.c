/* import_bea.c - make, use and import matrix of the U.S. Bureau of Economic Analysis (AllTablesIO):
 * workbooks with a sheet for each year, or a sheet saved as CSV; sector, summary or detail.
 *
 *     IOUse_After_Redefinitions_PRO_1997-2023_Summary.xlsx    commodities x (industries, final uses)
 *     IOMake_After_Redefinitions_PRO_1997-2023_Summary.xlsx   industries x commodities
 *     ImportMatrices_..._SUM_1997-2023.xlsx                   as use, imports only
 *
 * SOURCE is a folder with one of each, or the use table itself: the others are those beside it with the
 * same words in their names. A sheet begins with a title and the unit; two lines hold codes and names
 * of the columns (detail: names above codes, summary: codes above names), the first two cells of a
 * row its code and name; totals may have a name only; "..." or nothing is 0; notes come last.
 *
 * What the publisher means, and what is done about it:
 *   F050   imports, negative. The import matrix is what counts: the column keeps what it differs from
 *          the matrix by, customs duties (in the row of wholesale trade) and c.i.f./f.o.b. (freight)
 *   S00300, S00402 (summary: in Other, Used)   noncomparable imports and used goods: made by nobody */
#include "import_bea.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#define USE(code, role, name)                                                                      \
    {code, WIO_MARK_FINAL, WIO_ROLE_##role, name},                                                 \
    {                                                                                              \
        code "00", WIO_MARK_FINAL, WIO_ROLE_##role, name                                           \
    }

static const wio_import_code codes[] = {
    USE("F010", HOUSEHOLD, NULL),
    USE("F02S", INVESTMENT, NULL),
    USE("F02E", INVESTMENT, NULL),
    USE("F02N", INVESTMENT, NULL),
    USE("F02R", INVESTMENT, NULL),
    USE("F030", INVENTORY, NULL),
    USE("F040", EXPORT, NULL),
    USE("F050", INVENTORY, NULL),
    USE("F06C", GOVERNMENT, NULL),
    USE("F06S", INVESTMENT, NULL),
    USE("F06E", INVESTMENT, NULL),
    USE("F06N", INVESTMENT, NULL),
    USE("F07C", GOVERNMENT, NULL),
    USE("F07S", INVESTMENT, NULL),
    USE("F07E", INVESTMENT, NULL),
    USE("F07N", INVESTMENT, NULL),
    USE("F10C", GOVERNMENT, NULL),
    USE("F10S", INVESTMENT, NULL),
    USE("F10E", INVESTMENT, NULL),
    USE("F10N", INVESTMENT, NULL),
    {"V001", WIO_MARK_PRIMARY, WIO_ROLE_COMPENSATION, NULL},
    {"V00100", WIO_MARK_PRIMARY, WIO_ROLE_COMPENSATION, NULL},
    {"V002", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
    {"V00200", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
    {"V003", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
    {"V00300", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
    {"T007", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"T008", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"Total Commodity Output", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {"Total Industry Output", WIO_MARK_OUTPUT, WIO_ROLE_OTHER, NULL},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static const char *const zeros[] = {"...", "---", ""};
static const char HOME[] = "USA", REST[] = "ROW";

/* --- a sheet ---------------------------------------------------------------------------------------- */

typedef struct layout {
    size_t heads, codes, names; /* header lines; which has the codes, which the names of columns */
} layout;

static const char *cell_of(const wio_csv *csv, size_t row, size_t column)
{
    const char *text = wio_import_cell(csv, row, column);
    return text + strspn(text, " ");
}

static bool is_code_head(const char *text)
{
    return strcasecmp(text, "Code") == 0 || strcasecmp(text, "IOCode") == 0 ||
           strcasecmp(text, "IO Code") == 0;
}

/* How many cells of a line are codes of rows below it. */
static size_t count_codes(const wio_csv *csv, size_t line, const wio_names *rows)
{
    size_t count = 0;
    for (size_t c = 2; c < csv->columns[line]; c++) {
        count += wio_names_find(rows, cell_of(csv, line, c)) != SIZE_MAX;
    }
    return count;
}

static wio_status find_layout(layout *to, wio_import *import, const wio_csv *csv, const char *path)
{
    enum { MOST_LINES = 40 };
    size_t head = 0, best = 0;
    while (head < csv->rows && head < MOST_LINES && !is_code_head(cell_of(csv, head, 0))) {
        head++;
    }
    if (head == csv->rows || head == MOST_LINES) {
        return wio_import_wrong(import, path, 0, 0,
                                "no line begins with 'Code' or 'IOCode': is this a make, use or "
                                "import table as BEA publishes it?");
    }
    wio_names rows = {0};
    for (size_t r = head + 1; r < csv->rows; r++) {
        const char *code = cell_of(csv, r, 0);
        if (*code != '\0' && wio_names_add(&rows, code, "") == WIO_E_MEMORY) {
            wio_names_free(&rows);
            return wio_import_memory(import, path);
        }
    }
    for (size_t line = head > 0 ? head - 1 : 0; line <= head + 1 && line < csv->rows; line++) {
        size_t count = count_codes(csv, line, &rows);
        if (count > best) {
            best = count;
            to->codes = line;
        }
    }
    wio_names_free(&rows);
    if (best == 0) {
        return wio_import_wrong(import, path, csv->line[head], 1,
                                "the lines about this one have no codes of industries or "
                                "commodities for columns");
    }
    bool below = head + 1 < csv->rows && *cell_of(csv, head + 1, 0) == '\0' &&
                 *cell_of(csv, head + 1, 1) == '\0' && *cell_of(csv, head + 1, 2) != '\0';
    to->names = to->codes != head ? head : below ? head + 1 : head > 0 ? head - 1 : head;
    to->heads = (to->names > to->codes ? to->names : to->codes) + 1;
    return WIO_OK;
}

/* The whole sheet, to see where things are. */
static wio_status look(layout *to, wio_import *import, const char *path, bool book,
                       const char *sheet)
{
    wio_csv csv = {0};
    wio_status status;
    if (book) {
        status = wio_xlsx_read(&csv, path, sheet, NULL, import->err);
    } else {
        char *data = NULL;
        size_t length = 0;
        status = wio_file_read(&data, &length, path, (size_t)1 << 30, import->err);
        if (status == WIO_OK) {
            status = wio_csv_parse(&csv, data, length, path, NULL, import->err);
        }
    }
    if (status != WIO_OK) {
        import->status = import->status == WIO_OK ? status : import->status;
        return status;
    }
    status = find_layout(to, import, &csv, path);
    wio_csv_clear(&csv);
    return status;
}

/* Whether a row has anything after its labels. */
static bool has_cells(const wio_grid *grid, size_t row)
{
    const wio_csv *csv = &grid->csv;
    for (size_t c = grid->labels; c < csv->columns[row]; c++) {
        if (*csv->cell[csv->start[row] + c] != '\0') {
            return true;
        }
    }
    for (size_t i = 0; csv->rest != NULL && i < csv->rest_length[row]; i++) {
        if (csv->rest[row][i] != csv->delimiter && csv->rest[row][i] != '"') {
            return true;
        }
    }
    return false;
}

static bool is_total(const char *code)
{
    return strncasecmp(code, "Total", 5) == 0 ||
           (code[0] == 'T' && strlen(code) == 4 && strspn(code + 1, "0123456789") == 3);
}

/* The letter of a final use or of value added, which no industry has, and digits. */
static bool is_special(const char *code)
{
    return (code[0] == 'F' || code[0] == 'V') && isdigit((unsigned char)code[1]);
}

static void set_label(wio_import *import, wio_import_label *label, const char *code,
                      const char *name, wio_mark otherwise, wio_bea_kind kind)
{
    const char *region = import->options->region != NULL ? import->options->region : HOME;
    code += strspn(code, " ");
    name += strspn(name, " ");
    code = *code != '\0' ? code : name;
    code = wio_import_text(import, code,
                           strlen(code) - (strlen(code) > 0 && code[strlen(code) - 1] == ' '));
    name = wio_import_text(import, name, strlen(name));
    if (code == NULL || name == NULL) {
        return;
    }
    wio_label_code(label, import, codes, region, code);
    label->name = *name != '\0' ? name : NULL;
    if (label->mark == WIO_MARK_PRIMARY || label->mark == WIO_MARK_OUTPUT) {
        label->region = NULL;
    } else if (label->mark == WIO_MARK_UNKNOWN && is_total(code)) {
        label->mark = WIO_MARK_LEFT_OUT;
        label->region = NULL;
    } else if (label->mark == WIO_MARK_UNKNOWN && !is_special(code)) {
        label->mark = otherwise;
    }
    bool imports = strcmp(code, "F050") == 0 || strcmp(code, "F05000") == 0;
    if (kind == WIO_BEA_IMPORT_MATRIX &&
        ((label->mark == WIO_MARK_FINAL && imports) || label->mark == WIO_MARK_OUTPUT)) {
        label->mark = WIO_MARK_LEFT_OUT; /* minus the sum of the row */
    }
}

static wio_status open_table(wio_import *import, const char *path, const wio_bea_name *words,
                             const char *sheet)
{
    const wio_bea_kind kind = words->kind;
    layout at = {0};
    wio_grid *grid = NULL;
    WIO_TRY(look(&at, import, path, words->book, sheet));
    WIO_TRY(words->book ? wio_grid_open_sheet(&grid, import, path, sheet, at.heads, 2)
                        : wio_grid_open(&grid, import, path, ',', at.heads, 2));
    grid->imports = kind == WIO_BEA_IMPORT_MATRIX;
    grid->zero = zeros;
    grid->zeros = sizeof zeros / sizeof *zeros;
    const wio_mark row = kind == WIO_BEA_MAKE_TABLE ? WIO_MARK_INDUSTRY : WIO_MARK_PRODUCT;
    const wio_mark column = kind == WIO_BEA_MAKE_TABLE ? WIO_MARK_PRODUCT : WIO_MARK_INDUSTRY;
    for (size_t r = at.heads; r < grid->csv.rows; r++) {
        bool note = *cell_of(&grid->csv, r, 1) == '\0' && !has_cells(grid, r);
        if (note || (*wio_grid_row(grid, r, 0) == '\0' && *wio_grid_row(grid, r, 1) == '\0')) {
            grid->row[r].mark = WIO_MARK_NOTHING;
        } else {
            set_label(import, &grid->row[r], wio_grid_row(grid, r, 0), wio_grid_row(grid, r, 1),
                      row, kind);
        }
    }
    for (size_t c = 0; c < grid->columns; c++) {
        const char *code = wio_grid_head(grid, at.codes, c),
                   *name = wio_grid_head(grid, at.names, c);
        if (*code == '\0' && *name == '\0') {
            grid->column[c].mark = WIO_MARK_NOTHING;
        } else {
            set_label(import, &grid->column[c], code, name, column, kind);
        }
    }
    return import->status;
}

/* --- the three tables ------------------------------------------------------------------------------- */

static wio_status set_head(wio_import *import, const wio_bea_name *use, int year)
{
    const char *level = use->level == 'd'   ? "detail"
                        : use->level == 'u' ? "summary"
                        : use->level == 's' ? "sector"
                                            : "as published";
    const char *when = use->redefinitions == 'a'   ? ", after redefinitions"
                       : use->redefinitions == 'b' ? ", before redefinitions"
                                                   : "";
    import->classification =
        wio_import_print(import, "BEA industry and commodity codes, %s", level);
    const wio_import_head head = {
        .title =
            wio_import_print(import, "Make and use of the United States (BEA), %s%s", level, when),
        .unit = "million USD",
        .price_basis = "producer",
        .price_note = "producers' prices",
        .import_split = "proportional",
        .split_note = "BEA's import matrix: every user of a commodity has the same imported share",
        .licence = "public domain (work of the United States government)",
        .citation = "U.S. Bureau of Economic Analysis, Input-Output Accounts",
        .year = year,
    };
    import->rest = REST;
    return wio_import_set_head(import, &head);
}

static wio_status open_imports(wio_import *import, const char *folder, const wio_bea_name *use,
                               const char *sheet)
{
    wio_bea_name words;
    const char *path = wio_bea_find(import, folder, WIO_BEA_IMPORT_MATRIX, use, false, &words);
    if (path == NULL && import->status == WIO_OK) {
        path = wio_bea_find(import, folder, WIO_BEA_IMPORT_MATRIX, use, true, &words);
    }
    if (import->status != WIO_OK) {
        return import->status;
    }
    if (path == NULL) {
        wio_find(
            import->log, WIO_WARNING, folder, 0, 0,
            "there is no import matrix (ImportMatrices_*) here: flows hold imported goods too, "
            "and F050 takes them off as a final use");
        return WIO_OK;
    }
    if (use->redefinitions != 0 && words.redefinitions != use->redefinitions) {
        const char *note = wio_import_print(import, "The import matrix is before redefinitions, "
                                                    "make and use are after them: in small cells "
                                                    "imports may exceed the use.");
        if (note == NULL) {
            return WIO_E_MEMORY;
        }
        wio_find(import->log, WIO_NOTE, path, 0, 0, "%s", note);
        WIO_TRY(wio_import_add_note(import, note));
    }
    return open_table(import, path, &words, sheet);
}

static wio_status read(wio_import *import)
{
    const char *folder = NULL;
    wio_bea_name use = {0}, make = {0};
    const char *use_path = wio_bea_find_use(import, &folder, &use);
    if (use_path == NULL || folder == NULL) {
        return import->status;
    }
    int year = import->options->year != 0 ? import->options->year : use.year;
    const bool chosen = year != 0;
    if (!chosen && import->describing) { /* all years are labelled alike: the last in the name */
        year = wio_import_year(wio_source_name(use_path));
    }
    if (year == 0 && use.book) {
        return wio_import_wrong(import, use_path, 0, 0,
                                "this workbook has a sheet for each year: say which with --year");
    }
    use.year = year;
    const char *make_path = wio_bea_find(import, folder, WIO_BEA_MAKE_TABLE, &use, false, &make);
    if (make_path == NULL) {
        return import->status != WIO_OK
                   ? import->status
                   : wio_import_wrong(import, folder, 0, 0,
                                      "there is no make table (IOMake_*) that belongs to %.100s "
                                      "here",
                                      wio_source_name(use_path));
    }
    const char *sheet = wio_import_print(import, "%d", year);
    WIO_TRY(set_head(import, &use, chosen ? year : 0));
    WIO_TRY(open_table(import, use_path, &use, sheet));
    WIO_TRY(open_table(import, make_path, &make, sheet));
    return open_imports(import, folder, &use, sheet);
}

/* --- imports and the two products nobody makes ---------------------------------------------------------- */

static const char *first_of(const wio_import *import, const char *code, const char *other)
{
    for (size_t i = 0; i < import->product.count; i++) {
        const char *own = strchr(import->product.code[i], '\n') + 1;
        if (strcmp(own, code) == 0 || strcmp(own, other) == 0) {
            return strcmp(own, code) == 0 ? code : other;
        }
    }
    return NULL;
}

/* F050 + imports by the matrix. */
static wio_status adjust(wio_import *import, wio_supply_blocks *b)
{
    const size_t n = b->industries, f = b->finals;
    size_t column = 0, worst = 0;
    double sum = 0.0, imports = 0.0;
    import->noncomparable = first_of(import, "S00300", "Other");
    import->scrap = first_of(import, "S00402", "Used");
    while (column < f && strstr(import->final.code[column], "\nF050") == NULL) {
        column++;
    }
    if (b->Um == NULL || column == f) {
        return WIO_OK;
    }
    for (size_t i = 0; i < b->products; i++) {
        double *own = b->Y + i * f + column;
        double row = wio_sum(b->Um + i * n, n, 1) + wio_sum(b->Ym + i * f, f, 1);
        *own += row;
        imports += row;
        sum += *own;
        worst = fabs(*own) > fabs(b->Y[worst * f + column]) ? i : worst;
    }
    char number[3][WIO_NUMBER_SIZE];
    const char *code = strchr(import->final.code[column], '\n') + 1;
    const char *note = wio_import_print(
        import,
        "Imports are those of the import matrix, %s in all; %s keeps what the use table's imports "
        "differ from them by, %s in all, the most %s in row %s: customs duties, and c.i.f./f.o.b. "
        "in "
        "the rows of freight and insurance.",
        wio_format_double(number[0], imports), code, wio_format_double(number[1], sum),
        wio_format_double(number[2], b->Y[worst * f + column]),
        strchr(import->product.code[worst], '\n') + 1);
    if (note == NULL) {
        return WIO_E_MEMORY;
    }
    wio_import_note(import, "%s", note);
    return wio_import_add_note(import, note);
}

const wio_importer wio_import_bea = {
    .name = "bea",
    .reads =
        "BEA make, use and import matrix, XLSX or CSV (sector, summary, detail); supply and use: "
        "needs --model; --year chooses the sheet",
    .knows = wio_bea_knows,
    .read = read,
    .supply_use = true,
    .adjust = adjust,
};
