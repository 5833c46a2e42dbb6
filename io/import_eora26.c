/* import_eora26.c - Eora26: the world table of one year in 26 sectors, as tab-separated text.
 *
 * Eora26_YEAR_bp_T.txt (flows), _FD (final demand), _VA (primary inputs), _Q and _QY (satellites)
 * have numbers only; their labels are in labels_T.txt, labels_FD.txt, labels_VA.txt and
 * labels_Q.txt, a line each. Thousand US dollars at basic prices
 * (bp); the edition at purchasers' prices (pp) is refused.
 * Source: Lenzen, Moran, Kanemoto, Geschke 2013, Economic Systems Research 25, 20-49. */
#include "import.h"

#include <string.h>

static const wio_import_code finals[] = {{"Export", WIO_MARK_FINAL, WIO_ROLE_EXPORT, NULL},
                                         {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

enum { LABELS_T, LABELS_FD, LABELS_VA, LABELS_Q, LABEL_FILES };

static bool knows(const char *source)
{
    return wio_source_has(source, "labels_T.txt") && wio_source_has(source, "labels_FD.txt");
}

/* The last cell of a line that is not empty; *before: how many cells stand before it. */
static const char *last_cell(const wio_csv *csv, size_t row, size_t *before)
{
    size_t cell = csv->columns[row];
    while (cell > 1 && *csv->cell[csv->start[row] + cell - 1] == '\0') {
        cell--;
    }
    *before = cell - 1;
    return csv->cell[csv->start[row] + cell - 1];
}

/* One label from a line: T and FD are country, code, kind, name; the others are words only. */
static void set_label(wio_import *import, wio_import_label *label, const wio_csv *csv, size_t row,
                      int file)
{
    size_t before;
    const char *last = last_cell(csv, row, &before);
    const char *code = wio_import_text(import, last, strlen(last));
    const char *cell = csv->cell[csv->start[row] + (before >= 3 ? 1 : 0)];
    const char *region = wio_import_text(import, cell, strlen(cell));
    if (code == NULL || region == NULL) {
        return;
    }
    if (file == LABELS_T) {
        *label = (wio_import_label){.mark = WIO_MARK_ACTIVITY, .region = region, .code = code};
    } else if (file == LABELS_FD) {
        wio_label_code(label, import, finals, region, code);
    } else if (file == LABELS_VA) {
        wio_label_code(label, import, NULL, NULL, code);
    } else {
        const char *open = strrchr(region, '('), *close = strrchr(region, ')');
        const char *unit = open != NULL && close != NULL && close > open
                               ? wio_import_text(import, open + 1, (size_t)(close - open - 1))
                               : "not stated";
        *label = (wio_import_label){
            .mark = WIO_MARK_ACCOUNT,
            .code = before > 0 ? wio_import_print(import, "%s | %s", region, code) : code,
            .unit = unit};
    }
}

/* Labels for one side of a grid from a file of them. */
static wio_status set_labels(wio_import *import, wio_grid *grid, bool rows, int file)
{
    static const char *const names[LABEL_FILES] = {"labels_T.txt", "labels_FD.txt", "labels_VA.txt",
                                                   "labels_Q.txt"};
    const char *path = wio_import_path(import, names[file]);
    size_t count = rows ? grid->csv.rows : grid->columns;
    wio_csv csv = {0};
    WIO_TRY(wio_import_read_text(&csv, import, path));
    wio_status status = WIO_OK;
    if (csv.rows != count) {
        status = wio_import_wrong(import, path, csv.rows, 1, "%zu labels, but %s has %zu %s",
                                  csv.rows, grid->path, count, rows ? "rows" : "columns");
    }
    for (size_t i = 0; i < count && status == WIO_OK; i++) {
        set_label(import, rows ? &grid->row[i] : &grid->column[i], &csv, i, file);
    }
    wio_csv_clear(&csv);
    return import->status;
}

static wio_status open_block(wio_import *import, const char *end, int rows, int columns)
{
    wio_grid *grid = NULL;
    WIO_TRY(wio_grid_open(&grid, import, wio_source_find(import, "Eora26_", end), '\t', 0, 0));
    WIO_TRY(set_labels(import, grid, true, rows));
    return set_labels(import, grid, false, columns);
}

static wio_status read(wio_import *import)
{
    const char *flows = wio_source_find(import, "Eora26_", "_T.txt");
    if (flows == NULL) {
        return import->status;
    }
    if (strstr(wio_source_name(flows), "_pp_") != NULL) {
        return wio_import_wrong(import, flows, 0, 0,
                                "purchasers' prices (pp): take the table at basic prices (bp)");
    }
    const wio_import_head head = {
        .title = "Eora26 world table",
        .unit = "thousand USD",
        .price_note = "basic prices (bp), current exchange rates",
        .citation = "Eora26 (Lenzen, Moran, Kanemoto, Geschke 2013, Economic Systems Research 25, "
                    "20-49)",
        .licence = "Eora licence: academic use; ask worldmrio.com for any other",
        .year = wio_import_year(wio_source_name(flows)),
    };
    WIO_TRY(wio_import_set_head(import, &head));
    import->classification = "Eora26, 26 sectors of ISIC 3";
    WIO_TRY(open_block(import, "_T.txt", LABELS_T, LABELS_T));
    WIO_TRY(open_block(import, "_FD.txt", LABELS_T, LABELS_FD));
    WIO_TRY(open_block(import, "_VA.txt", LABELS_VA, LABELS_T));
    if (wio_source_has(import->source, "labels_Q.txt")) {
        WIO_TRY(open_block(import, "_Q.txt", LABELS_Q, LABELS_T));
        return open_block(import, "_QY.txt", LABELS_Q, LABELS_FD);
    }
    wio_import_note(import, "no labels_Q.txt: satellites are not imported");
    return import->status;
}

const wio_importer wio_import_eora26 = {
    .name = "eora26",
    .reads = "Eora26: a folder of one year with Eora26_YEAR_bp_T.txt, _FD, _VA, _Q, _QY and the "
             "files labels_*.txt",
    .knows = knows,
    .read = read,
};
