/* import_wiod2016.c - the world table of the World Input-Output Database, release 2016: 44 regions
 * with 56 industries of ISIC 4.
 *
 * Published as WIOT2014_Nov16_ROW.xlsb, which has to be saved as .xlsx or .csv first, and for R and
 * Stata. Read from
 *   the sheet: six header lines (code, name, region and number in the last four), four label cells
 *     (code, name, region, number), below the industries II_fob, TXSP ... IntTTM and GO;
 *   the data frame written as CSV: one header line, label cells IndustryCode, IndustryDescription,
 *     Country, RNr and perhaps Year, then columns AUS1 to AUS56 for industries and AUS57 to AUS61 for
 *     final uses (vAUS1 in the file for Stata), and TOT.
 * Source: Timmer, Los, Stehrer, de Vries 2016, GGDC Research Memorandum 162. */
#include "import.h"

#include <string.h>
#include <strings.h>

enum { INDUSTRIES = 56 };

static const char *const frame_cells[] = {"IndustryCode", "IndustryDescription", "Country", "RNr",
                                          "Year"};
enum { FRAME_CODE, FRAME_NAME, FRAME_REGION, FRAME_NUMBER, FRAME_YEAR, FRAME_CELLS };

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcasecmp(text + length - tail, end) == 0;
}

/* Which cell of the first line names what, SIZE_MAX: none; how many label cells there are, 0: it is
 * no data frame. R writes a cell of row names before them, "" or none. */
static size_t find_cells(size_t at[FRAME_CELLS], const char *line)
{
    size_t count = 0, last = 0;
    for (size_t i = 0; i < FRAME_CELLS; i++) {
        at[i] = SIZE_MAX;
    }
    for (const char *cell = line; cell != NULL && count <= FRAME_CELLS; count++) {
        size_t length = strcspn(cell, ",");
        const char *next = cell[length] == ',' ? cell + length + 1 : NULL;
        if (length >= 2 && cell[0] == '"' && cell[length - 1] == '"') {
            cell++;
            length -= 2;
        }
        for (size_t i = 0; i < FRAME_CELLS; i++) {
            if (strlen(frame_cells[i]) == length && memcmp(frame_cells[i], cell, length) == 0) {
                at[i] = count;
                last = count + 1;
            }
        }
        cell = next;
    }
    return at[FRAME_CODE] != SIZE_MAX && at[FRAME_REGION] != SIZE_MAX &&
                   at[FRAME_NUMBER] != SIZE_MAX
               ? last
               : 0;
}

static bool is_frame(const char *source)
{
    size_t at[FRAME_CELLS];
    char *line = ends_with(source, ".csv") ? wio_source_line(source) : NULL;
    const char *text = line != NULL && strncmp(line, "\xef\xbb\xbf", 3) == 0 ? line + 3 : line;
    bool frame = text != NULL && find_cells(at, text) != 0;
    wio_free(line);
    return frame;
}

static bool knows(const char *source)
{
    const char *name = wio_source_name(source);
    bool sheet = ends_with(name, ".xlsb") || ends_with(name, ".xlsx") || ends_with(name, ".csv");
    if (wio_source_is_folder(source) || !sheet) {
        return false;
    }
    bool world = strncasecmp(name, "WIOT", 4) == 0 && strspn(name + 4, "0123456789") == 4;
    return world || is_frame(source);
}

wio_status wio_wiod2016_head(wio_import *import, const char *what, int year)
{
    const wio_import_head head = {
        .title = wio_import_print(import, "World Input-Output Database, release 2016, %s", what),
        .unit = "million USD",
        .price_note = strstr(wio_source_name(import->source), "_PYP") != NULL
                          ? "basic prices of the year before"
                          : "basic prices, current exchange rates",
        .import_split = "proportional",
        .split_note = "trade data by end use, proportional inside each",
        .citation = "World Input-Output Database, 2016 release (Timmer et al. 2015, Review of "
                    "International Economics 23, 575-605)",
        .licence = "CC BY 4.0 (World Input-Output Database)",
        .year = year,
    };
    import->classification = "WIOD 2016, 56 industries of ISIC 4";
    return wio_import_set_head(import, &head);
}

/* --- the sheet ---------------------------------------------------------------------------------------- */

static wio_status read_sheet(wio_import *import)
{
    enum { HEADS = 6, LABELS = 4 };
    static const wio_book_form form = {0, 1, 2, 2, 3, 4, wio_wiod2016_codes, NULL};
    wio_grid *grid = NULL;
    if (ends_with(import->source, ".xlsx")) {
        WIO_TRY(wio_grid_open_sheet(&grid, import, import->source, NULL, HEADS, LABELS));
    } else {
        WIO_TRY(wio_grid_open(&grid, import, import->source, ',', HEADS, LABELS));
    }
    WIO_TRY(
        wio_wiod2016_head(import, "world table", wio_import_year(wio_source_name(import->source))));
    return wio_import_book(import, grid, &form);
}

/* --- the data frame ----------------------------------------------------------------------------------- */

/* The row of an industry by its region and number, or SIZE_MAX. */
static size_t row_of(const wio_grid *grid, const size_t *at, const char *region, const char *number)
{
    for (size_t r = grid->heads; r < grid->csv.rows; r++) {
        if (strcmp(wio_grid_row(grid, r, at[FRAME_REGION]), region) == 0 &&
            strcmp(wio_grid_row(grid, r, at[FRAME_NUMBER]), number) == 0) {
            return r;
        }
    }
    return SIZE_MAX;
}

static void label_column(wio_import *import, wio_grid *grid, const size_t *at, size_t column)
{
    static const char *const uses[] = {"CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"};
    const char *text = wio_grid_head(grid, 0, column);
    wio_import_label *label = &grid->column[column];
    text += text[0] == 'v' ? 1 : 0; /* Stata */
    size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), number = 0;
    for (const char *digit = text + letters; *digit >= '0' && *digit <= '9' && number < 100;) {
        number = 10 * number + (size_t)(*digit++ - '0');
    }
    const char *region = wio_import_text(import, text, letters);
    if (region == NULL) {
        return;
    }
    size_t row =
        number >= 1 && number <= INDUSTRIES ? row_of(grid, at, region, text + letters) : SIZE_MAX;
    if (number > INDUSTRIES && number - INDUSTRIES <= sizeof uses / sizeof *uses) {
        wio_label_code(label, import, wio_wiod2016_codes, region, uses[number - INDUSTRIES - 1]);
    } else if (row != SIZE_MAX) {
        *label = grid->row[row];
    } else {
        wio_label_code(label, import, wio_wiod2016_codes, NULL, text);
    }
}

static wio_status read_frame(wio_import *import)
{
    size_t at[FRAME_CELLS];
    char *line = wio_source_line(import->source);
    size_t labels = line != NULL ? find_cells(at, line + (line[0] == '\xef' ? 3 : 0)) : 0;
    wio_free(line);
    if (labels == 0) {
        return wio_import_memory(import,
                                 "first line"); /* it was there when the format was chosen */
    }
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open(&grid, import, import->source, ',', 1, labels));
    WIO_TRY(wio_wiod2016_head(import, "world table",
                              wio_import_year(wio_grid_row(grid, 1, at[FRAME_YEAR]))));
    const wio_book_form form = {at[FRAME_CODE],
                                at[FRAME_NAME] != SIZE_MAX ? at[FRAME_NAME] : at[FRAME_CODE],
                                at[FRAME_REGION],
                                0,
                                0,
                                0,
                                wio_wiod2016_codes,
                                NULL};
    WIO_TRY(wio_import_book(import, grid, &form));
    for (size_t c = 0; c < grid->columns && import->status != WIO_E_MEMORY; c++) {
        label_column(import, grid, at, c);
    }
    return import->status;
}

static wio_status read(wio_import *import)
{
    if (ends_with(import->source, ".xlsb")) {
        return wio_import_wrong(
            import, import->source, 0, 0,
            "a binary workbook (.xlsb) cannot be read: open it in a spreadsheet "
            "and save it as .xlsx or .csv, or take WIOD's files for R or Stata "
            "and write them as CSV");
    }
    return is_frame(import->source) ? read_frame(import) : read_sheet(import);
}

const wio_importer wio_import_wiod2016 = {
    .name = "wiod2016",
    .reads = "WIOD 2016, world table: WIOT2014_Nov16_ROW saved as .xlsx or .csv, or the data frame "
             "for R or Stata as CSV",
    .knows = knows,
    .read = read,
};
