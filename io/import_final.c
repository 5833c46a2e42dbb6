/* import_final.c - primary inputs and satellites of final uses (a tax on what households buy, the
 * fuel they burn). The table has no block for them: they travel as further files of the table,
 *
 *     final_primary.csv     item,region,use,value
 *     final_satellites.csv  account,region,use,value
 *
 * with every number that is not 0, so that nothing is lost on the way (an empty cell: it is missing;
 * an empty primary input of a final use is none). */
#include "import.h"

#include <math.h>
#include <string.h>

wio_status wio_import_frame(wio_frame **out, wio_import *import, const char *file,
                            const char *const header[4], size_t rows, const char *about)
{
    wio_table *t = import->table;
    wio_frame *grown = wio_grow(t->frame, t->frames, t->frames + 1, sizeof *grown);
    if (grown == NULL) {
        return wio_import_memory(import, file);
    }
    t->frame = grown;
    wio_frame *frame = &grown[t->frames++];
    *frame = (wio_frame){.file = wio_strdup(file),
                         .columns = 4,
                         .rows = rows,
                         .header = wio_zalloc(4, sizeof *frame->header),
                         .cell = wio_zalloc(4 * rows, sizeof *frame->cell),
                         .line = wio_zalloc(rows, sizeof *frame->line),
                         .about = wio_strdup(about)};
    bool whole = frame->file != NULL && frame->header != NULL && frame->cell != NULL &&
                 frame->line != NULL && frame->about != NULL;
    for (size_t c = 0; c < 4 && whole; c++) {
        whole = (frame->header[c] = wio_strdup(header[c])) != NULL;
    }
    *out = frame;
    return whole ? WIO_OK : wio_import_memory(import, file);
}

static wio_status put_row(wio_import *import, char **cell, const char *code, size_t column,
                          double value)
{
    const wio_table *t = import->table;
    char number[WIO_NUMBER_SIZE];
    const char *const text[4] = {code, t->region.code[t->final_region[column]],
                                 t->use.code[t->final_use[column]],
                                 wio_format_double(number, value)};
    for (size_t c = 0; c < 4; c++) {
        if ((cell[c] = wio_strdup(text[c])) == NULL) {
            return wio_import_memory(import, "what final uses pay");
        }
    }
    return WIO_OK;
}

/* v [rows x f] as a frame; nothing when there is no number in it. */
static wio_status put_block(wio_import *import, const double *v, const wio_names *codes,
                            const char *file, const char *what, const char *about)
{
    const wio_table *t = import->table;
    size_t count = 0, at = 0;
    double sum = 0.0;
    for (size_t i = 0; v != NULL && i < codes->count * t->f; i++) {
        count += v[i] != 0.0 ? 1 : 0;
        sum += isnan(v[i]) ? 0.0 : v[i];
    }
    if (count == 0) {
        return WIO_OK;
    }
    const char *const header[4] = {what, "region", "use", "value"};
    wio_frame *frame = NULL;
    WIO_TRY(wio_import_frame(&frame, import, file, header, count, about));
    for (size_t i = 0; i < codes->count * t->f; i++) {
        if (v[i] != 0.0) {
            WIO_TRY(put_row(import, frame->cell + 4 * at++, codes->code[i / t->f], i % t->f, v[i]));
        }
    }
    char number[WIO_NUMBER_SIZE];
    const char *note =
        wio_import_print(import, "%zu numbers for final uses (sum %s) are kept in %s: %s", count,
                         wio_format_double(number, sum), file, about);
    if (note == NULL) {
        return WIO_E_MEMORY;
    }
    wio_import_note(import, "%s", note);
    return wio_import_add_note(import, note);
}

wio_status wio_import_finals(wio_import *import)
{
    const wio_table *t = import->table;
    for (size_t i = 0; import->primary_final != NULL && i < t->p * t->f; i++) {
        import->primary_final[i] = isnan(import->primary_final[i]) ? 0.0 : import->primary_final[i];
    }
    WIO_TRY(put_block(import, import->primary_final, &t->item, "final_primary.csv", "item",
                      "primary inputs that final uses pay for; no model uses them"));
    return put_block(import, import->account_final, &t->account, "final_satellites.csv", "account",
                     "satellites of final uses; no model uses them");
}
