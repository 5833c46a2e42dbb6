/* pymrio_frame.c - pymrio_extensions.csv: where the accounts of a pymrio folder came from. */
#include "import.h"
#include "pymrio.h"

#include <string.h>

const char wio_pymrio_file[] = "pymrio_extensions.csv";
const char wio_pymrio_roles[] = "wassily_roles.csv";

void wio_pymrio_line(wio_text *text, const char *const cell[WIO_PYMRIO_COLUMNS])
{
    for (size_t i = 0; i < WIO_PYMRIO_COLUMNS; i++) {
        wio_text_add_bytes(text, ",", i != 0);
        wio_csv_add_cell(text, cell[i]);
    }
    wio_text_add_bytes(text, "\n", 1);
}

wio_status wio_pymrio_keep(struct wio_import *import, wio_text *lines)
{
    static const char *const header[] = {"code", "folder", "cells", "unit"};
    char *data = NULL;
    size_t length = lines->length;
    wio_csv csv = {0};
    wio_frame *frame = NULL;
    if (wio_text_take(&data, lines, NULL) != WIO_OK) {
        return wio_import_memory(import, wio_pymrio_file);
    }
    WIO_TRY(wio_csv_parse(&csv, data, length, wio_pymrio_file, import->log, import->err));
    wio_status status = wio_import_frame(&frame, import, wio_pymrio_file, header, csv.rows,
                                         "where pymrio's extensions keep the accounts");
    for (size_t i = 0; status == WIO_OK && i < WIO_PYMRIO_COLUMNS * csv.rows; i++) {
        const char *cell = wio_import_cell(&csv, i / WIO_PYMRIO_COLUMNS, i % WIO_PYMRIO_COLUMNS);
        if ((frame->cell[i] = wio_strdup(cell)) == NULL) {
            status = wio_import_memory(import, wio_pymrio_file);
        }
    }
    wio_csv_clear(&csv);
    return status;
}
