/* import_mapping_cells.c - the number in a cell of a mapping's sheet, into its one place: no number is
 * given twice, and what is taken as 0, as unknown or as a number is reported once for a sheet. */
#include "import_mapping.h"

#include <math.h>
#include <string.h>

wio_status wio_map_block_make(wio_map_block *to, wio_mapping *map, size_t rows, size_t columns,
                              double value)
{
    size_t count;
    to->rows = rows;
    to->columns = columns;
    if (__builtin_mul_overflow(rows, columns, &count) ||
        (to->value = wio_alloc(count, sizeof *to->value)) == NULL ||
        (to->from = wio_zalloc(count, sizeof *to->from)) == NULL) {
        return wio_mapping_memory(map, "numbers");
    }
    for (size_t i = 0; i < count; i++) {
        to->value[i] = value;
    }
    return WIO_OK;
}

void wio_map_block_free(wio_map_block *block)
{
    wio_free(block->value);
    wio_free(block->from);
    *block = (wio_map_block){0};
}

static const char *problem_text(int kind, const wio_number_policy *policy)
{
    switch (kind) {
    case WIO_CELL_EMPTY:
        return "an empty cell: write 0, or add \"\" to `zero` or `missing`";
    case WIO_CELL_MISSING:
        return "a missing number, which only an account may have";
    case WIO_NUMBER_HUGE:
        return "too large for a number (at most 1.8e308)";
    case WIO_NUMBER_AMBIGUOUS:
        return "either a decimal or thousands: declare `decimal`";
    case WIO_NUMBER_TRAILING:
    default:
        return policy->form.decimal == ',' ? "not a number (decimal comma)"
               : policy->form.decimal == '.'
                   ? "not a number (decimal point)"
                   : "not a number (`decimal` is not declared: a point is expected)";
    }
}

/* The number of a cell; false when it is none (and logged). */
static bool read_number(wio_map_reader *b, wio_map_sheet *sheet, double *value, size_t row,
                        size_t column, bool may_miss)
{
    const wio_csv *cells = &sheet->cells;
    bool there = column < cells->columns[row];
    const char *text = there ? cells->cell[cells->start[row] + column] : "";
    int kind =
        cells->kind != NULL && there ? cells->kind[cells->start[row] + column] : WIO_CELL_TEXT;
    wio_number_policy policy = sheet->policy;
    policy.may_miss = may_miss;
    if (kind == WIO_CELL_NUMBER) {
        policy.form = (wio_number_form){.decimal = '.'};
    } else if (kind != WIO_CELL_TEXT) {
        wio_mapping_cell(b->map, sheet, WIO_ERROR, row, column, "'%.40s' is %s, not a number", text,
                         kind == WIO_CELL_DATE      ? "a date"
                         : kind == WIO_CELL_BOOLEAN ? "a truth value"
                                                    : "an error");
        return false;
    }
    size_t before = b->found.total, replaced = b->found.zeros.count + b->found.missing.count;
    wio_csv_number(value, text, strlen(text), row, column, &policy, &b->found);
    if (b->found.total != before) {
        int why = b->found.named != 0 ? b->found.problem[b->found.named - 1].kind : WIO_NUMBER_BAD;
        b->found.named = b->found.total = 0;
        wio_mapping_cell(b->map, sheet, WIO_ERROR, row, column, "%s%.40s%s%s",
                         *text != '\0' ? "'" : "", text, *text != '\0' ? "' is " : "",
                         problem_text(why, &policy));
        return false;
    }
    if (kind == WIO_CELL_TEXT && cells->kind != NULL && *text != '\0' &&
        replaced == b->found.zeros.count + b->found.missing.count && b->numbers_as_text++ == 0) {
        b->at_row[1] = row;
        b->at_column[1] = column;
    }
    return true;
}

void wio_map_put(wio_map_reader *reader, size_t sheet, size_t row, size_t column, wio_map_block *in,
                 size_t to, bool money, bool may_miss)
{
    wio_map_reader *b = reader;
    wio_map_sheet *at = &b->map->sheet[sheet];
    double value = NAN;
    uint32_t *from = in != NULL ? &in->from[to] : NULL;
    if (from != NULL && *from != 0) {
        const wio_map_sheet *first = &b->map->sheet[(*from >> 24) - 1];
        wio_mapping_cell(b->map, at, WIO_ERROR, row, column,
                         "this number is there twice (first in %s, line %u)", first->path,
                         (unsigned)(*from & 0xffffff));
        return;
    }
    if (from != NULL) { /* given, even when it is no number */
        size_t line = at->cells.line[row];
        *from = (uint32_t)(sheet + 1) << 24 | (uint32_t)(line < 0xffffff ? line : 0xffffff);
    }
    if (!read_number(b, at, &value, row, column, may_miss || in == NULL)) {
        return;
    }
    value = money ? value / at->per_million : value;
    if (in != NULL) {
        in->value[to] = value;
        return;
    }
    if (value != 0.0 && !isnan(value) && b->homeless++ == 0) {
        b->at_row[0] = row;
        b->at_column[0] = column;
    }
    b->homeless_sum += !money || isnan(value) ? 0.0 : value;
}

void wio_map_reader_report(wio_map_reader *reader, wio_map_sheet *sheet)
{
    wio_map_reader *b = reader;
    wio_mapping *map = b->map;
    char number[WIO_NUMBER_SIZE];
    const wio_csv_problems *found = &b->found;
    if (found->tiny.count != 0) {
        wio_mapping_cell(map, sheet, WIO_WARNING, found->tiny.row, found->tiny.column,
                         "a number below 2.2e-308 loses digits (first of %zu): is the unit right?",
                         found->tiny.count);
    }
    if (found->spaces.count != 0) {
        wio_mapping_cell(map, sheet, WIO_WARNING, found->spaces.row, found->spaces.column,
                         "spaces around a number are left out (first of %zu)", found->spaces.count);
    }
    if (found->zeros.count != 0) {
        wio_mapping_cell(map, sheet, WIO_NOTE, found->zeros.row, found->zeros.column,
                         "taken as 0, as `zero` says (first of %zu)", found->zeros.count);
    }
    if (found->missing.count != 0) {
        wio_mapping_cell(map, sheet, WIO_NOTE, found->missing.row, found->missing.column,
                         "taken as unknown, as `missing` says (first of %zu)",
                         found->missing.count);
    }
    if (b->numbers_as_text != 0) {
        wio_mapping_cell(map, sheet, WIO_WARNING, b->at_row[1], b->at_column[1],
                         "a number stored as text (first of %zu): read as a number",
                         b->numbers_as_text);
    }
    if (b->homeless != 0) {
        wio_mapping_cell(map, sheet, WIO_WARNING, b->at_row[0], b->at_column[0],
                         "primary items and accounts of final uses have no place in a table: %zu "
                         "numbers, this one first, are left out (sum of the items %s million)",
                         b->homeless, wio_format_double(number, b->homeless_sum));
    }
    b->found.tiny = b->found.spaces = b->found.zeros = b->found.missing = (wio_csv_tally){0};
    b->numbers_as_text = b->homeless = 0;
    b->homeless_sum = 0.0;
}
