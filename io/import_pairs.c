/* import_pairs.c - labels REGION_CODE, as most world tables write them.
 *
 * The region is what stands before the first '_'. A code is a final use when the publisher's list
 * has it; an activity when it is a row and a column; anything else is unknown. */
#include "import.h"

#include <string.h>

/* The end of a label in the list of tails, or NULL. */
static const wio_import_code *tail_of(const wio_import_code *list, const char *label)
{
    const char *cut = strchr(label, '_');
    for (; cut != NULL && list != NULL && list->code != NULL; list++) {
        if (strcmp(cut + 1, list->code) == 0) {
            return list;
        }
    }
    return NULL;
}

static void label_row(wio_import *import, wio_import_label *label, const char *text,
                      const wio_pairs *pairs)
{
    const char *cut = strchr(text, '_');
    const wio_import_code *tail = tail_of(pairs->tail, text);
    bool own = wio_names_find(&import->map, text) != SIZE_MAX;
    if (own || wio_import_has_code(pairs->line, text) || cut == NULL || cut == text) {
        wio_label_code(label, import, pairs->line, NULL, text);
    } else if (tail != NULL) {
        *label = (wio_import_label){.mark = tail->mark, .role = tail->role, .code = text};
    } else {
        const char *region = wio_import_text(import, text, (size_t)(cut - text));
        *label = (wio_import_label){.mark = WIO_MARK_ACTIVITY, .region = region, .code = cut + 1};
    }
}

static void label_column(wio_import *import, wio_import_label *label, const char *text,
                         const wio_pairs *pairs, const wio_names *rows)
{
    const char *cut = strchr(text, '_');
    bool own = cut != NULL && wio_names_find(&import->map, cut + 1) != SIZE_MAX;
    if (wio_names_find(&import->map, text) != SIZE_MAX || wio_import_has_code(pairs->line, text) ||
        cut == NULL || cut == text) {
        wio_label_code(label, import, pairs->line, NULL, text);
        return;
    }
    const char *first = wio_import_text(import, text, (size_t)(cut - text));
    if (first == NULL) {
        return;
    }
    if (own || wio_import_has_code(pairs->final, cut + 1)) {
        wio_label_code(label, import, pairs->final, first, cut + 1);
    } else if (pairs->either_order && wio_import_has_code(pairs->final, first)) {
        wio_label_code(label, import, pairs->final, cut + 1, first);
    } else if (wio_names_find(rows, text) != SIZE_MAX) {
        *label = (wio_import_label){.mark = WIO_MARK_ACTIVITY, .region = first, .code = cut + 1};
    } else {
        *label = (wio_import_label){.mark = WIO_MARK_UNKNOWN, .region = first, .code = cut + 1};
    }
}

wio_status wio_import_pairs(wio_import *import, wio_grid *grid, const wio_pairs *pairs,
                            const wio_grid *rows)
{
    wio_names names = {0};
    const wio_grid *from = rows != NULL ? rows : grid;
    for (size_t r = 0; r < grid->csv.rows; r++) {
        if (grid->row[r].mark != WIO_MARK_NOTHING) {
            label_row(import, &grid->row[r], wio_grid_row(grid, r, 0), pairs);
        }
    }
    wio_status status = WIO_OK;
    for (size_t r = 0; r < from->csv.rows && status != WIO_E_MEMORY; r++) {
        if (from->row[r].mark == WIO_MARK_ACTIVITY) {
            status = wio_names_add(&names, wio_grid_row(from, r, 0), "");
        }
    }
    for (size_t c = 0; c < grid->columns && status != WIO_E_MEMORY; c++) {
        label_column(import, &grid->column[c], wio_grid_head(grid, grid->heads - 1, c), pairs,
                     &names);
    }
    wio_names_free(&names);
    return status == WIO_E_MEMORY ? wio_import_memory(import, grid->path) : import->status;
}
