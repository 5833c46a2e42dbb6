/* import_book.c - sheets in which every row and column has a code, a name and a region, each in its
 * own label cell or header line, as the workbooks of WIOD and of the Asian Development Bank. */
#include "import.h"

#include <string.h>

bool wio_book_is_c35(const char *code)
{
    size_t digits = strspn(code + (*code != '\0'), "0123456789");
    if (code[0] != 'c' || digits == 0 || code[1 + digits] != '\0' || digits > 2) {
        return false;
    }
    return digits == 1 || (code[1] <= '3' && !(code[1] == '3' && code[2] > '5'));
}

/* TOT, ToT: a line of the whole sheet. */
static bool is_total(const char *region)
{
    return *region == '\0' || strcmp(region, "TOT") == 0 || strcmp(region, "ToT") == 0;
}

static bool is_industry(const wio_import *import, const wio_book_form *form, const char *region,
                        const char *code)
{
    if (is_total(region) || *code == '\0' || wio_names_find(&import->map, code) != SIZE_MAX) {
        return false;
    }
    return form->is_industry != NULL ? form->is_industry(code)
                                     : !wio_import_has_code(form->codes, code);
}

static void label_one(wio_import *import, wio_import_label *label, const wio_book_form *form,
                      const char *region, const char *code, const char *name)
{
    if (is_industry(import, form, region, code)) {
        *label = (wio_import_label){.mark = WIO_MARK_ACTIVITY, .region = region, .code = code};
    } else {
        wio_label_code(label, import, form->codes, region, *code != '\0' ? code : name);
    }
    if (*name != '\0') {
        label->name = name;
    }
}

/* Whether a row has no number: a remark below the table. */
static bool is_remark(const wio_grid *grid, size_t row)
{
    const wio_csv *csv = &grid->csv;
    size_t cell = grid->labels;
    while (csv->rest == NULL && cell < csv->columns[row] &&
           *csv->cell[csv->start[row] + cell] == '\0') {
        cell++;
    }
    return csv->rest == NULL && cell >= csv->columns[row];
}

wio_status wio_import_book(wio_import *import, wio_grid *grid, const wio_book_form *form)
{
    for (size_t r = grid->heads; r < grid->csv.rows; r++) {
        const char *region = wio_grid_row(grid, r, form->cell_region);
        const char *code = wio_grid_row(grid, r, form->cell_code);
        if (*region == '\0' && *code == '\0' && is_remark(grid, r)) {
            grid->row[r].mark = WIO_MARK_NOTHING;
        } else {
            label_one(import, &grid->row[r], form, region, code,
                      wio_grid_row(grid, r, form->cell_name));
        }
    }
    for (size_t c = 0; c < grid->columns; c++) {
        label_one(import, &grid->column[c], form, wio_grid_head(grid, form->head_region, c),
                  wio_grid_head(grid, form->head_code, c), wio_grid_head(grid, form->head_name, c));
    }
    return import->status;
}
