/* table_blocks.c - the matrices of a table folder: flows, primary inputs, satellites.
 *
 * Two header lines (region, user) and one or two label columns name every number; it goes where
 * the names say. An empty cell is a missing number, which only a satellite may have. */
#include "table_folder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const size_t FINAL = (size_t)1 << 62; /* marks a final column in block.user[] */

typedef struct block {
    wio_folder *folder;
    wio_sheet sheet;
    size_t labels; /* label columns */
    bool final;    /* may have final columns */
    bool missing;  /* empty cells are missing numbers */
    size_t *user;  /* [columns] activity, FINAL + final column, or SIZE_MAX */
    size_t *seen;  /* [n] column of an activity + 1, 0 before */
    size_t *first; /* line where a row's label was first, 0 before */
    size_t *index; /* [rows] row of the matrix, SIZE_MAX: none */
    bool permuted;
} block;

/* A mistake in a cell. */
static void wrong_at(block *b, size_t row, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void wrong_at(block *b, size_t row, size_t column, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_folder_wrong(b->folder, b->sheet.path, b->sheet.csv.line[row], column + 1, "%s", message);
}

static void name_activity(char text[128], const wio_table *table, size_t origin)
{
    (void)snprintf(text, 128, "%s,%s", table->region.code[table->origin_region[origin]],
                   table->sector.code[table->origin_sector[origin]]);
}

/* Where a (region, sector) of a row or column is, SIZE_MAX when it is not known (and logged). */
static size_t find_origin(block *b, size_t region_row, size_t region_column, size_t sector_row,
                          size_t sector_column)
{
    const wio_table *table = b->folder->table;
    const char *region_code = wio_sheet_cell(&b->sheet, region_row, region_column);
    const char *sector_code = wio_sheet_cell(&b->sheet, sector_row, sector_column);
    size_t region = wio_names_find(&table->region, region_code);
    size_t sector = wio_names_find(&table->sector, sector_code);
    if (region == SIZE_MAX) {
        wio_folder_unknown(b->folder, &b->sheet, region_row, region_column, "region", region_code,
                           &table->region);
        return SIZE_MAX;
    }
    if (sector == SIZE_MAX) {
        wio_folder_unknown(b->folder, &b->sheet, sector_row, sector_column,
                           b->final && sector_row == 1 ? "sector or final use" : "sector",
                           sector_code, &table->sector);
        return SIZE_MAX;
    }
    size_t origin = table->origin_at[region * table->sector.count + sector];
    if (origin == SIZE_MAX) {
        wio_folder_wrong(b->folder, b->sheet.path, b->sheet.csv.line[sector_row], sector_column + 1,
                         "region '%s' has no sector '%s' in sectors.csv", region_code, sector_code);
    }
    return origin;
}

/* A final column: (region, use), in the order of the header. */
static void add_final(block *b, size_t column, size_t use)
{
    wio_table *table = b->folder->table;
    const char *region_code = wio_sheet_cell(&b->sheet, 0, column);
    size_t region = wio_names_find(&table->region, region_code);
    if (region == SIZE_MAX) {
        wio_folder_unknown(b->folder, &b->sheet, 0, column, "region", region_code, &table->region);
        return;
    }
    for (size_t c = b->labels; c < column; c++) {
        size_t f = b->user[c] - FINAL;
        if (b->user[c] != SIZE_MAX && b->user[c] >= FINAL && table->final_region[f] == region &&
            table->final_use[f] == use) {
            wio_folder_wrong(b->folder, b->sheet.path, b->sheet.csv.line[1], column + 1,
                             "column %s,%s is there twice (first in column %zu)", region_code,
                             table->use.code[use], c + 1);
            return;
        }
    }
    table->final_region[table->f] = region;
    table->final_use[table->f] = use;
    b->user[column] = FINAL + table->f++;
}

static void add_activity(block *b, size_t column)
{
    const wio_table *table = b->folder->table;
    size_t j = find_origin(b, 0, column, 1, column);
    if (j == SIZE_MAX) {
        return;
    }
    if (j >= table->n) {
        wrong_at(b, 1, column, "region '%s' is not endogenous: it has no columns of production",
                 wio_sheet_cell(&b->sheet, 0, column));
    } else if (b->seen[j] != 0) {
        char name[128];
        name_activity(name, table, j);
        wio_folder_wrong(b->folder, b->sheet.path, b->sheet.csv.line[1], column + 1,
                         "column %s is there twice (first in column %zu)", name, b->seen[j]);
    } else {
        b->seen[j] = column + 1;
        b->user[column] = j;
    }
}

/* The two header lines: which user each column is. */
static wio_status read_header(block *b)
{
    wio_table *table = b->folder->table;
    const wio_csv *csv = &b->sheet.csv;
    size_t columns = csv->columns[0];
    b->user = wio_alloc(columns, sizeof *b->user);
    b->seen = wio_zalloc(table->n, sizeof *b->seen);
    b->index = wio_alloc(csv->rows, sizeof *b->index);
    if (b->user == NULL || b->seen == NULL || b->index == NULL) {
        return wio_folder_memory(b->folder, b->sheet.path);
    }
    for (size_t r = 0; r < csv->rows; r++) {
        b->index[r] = SIZE_MAX;
    }
    if (b->final) {
        table->final_region = wio_alloc(columns, sizeof *table->final_region);
        table->final_use = wio_alloc(columns, sizeof *table->final_use);
        if (table->final_region == NULL || table->final_use == NULL) {
            return wio_folder_memory(b->folder, b->sheet.path);
        }
    }
    size_t last = 0;
    for (size_t c = 0; c < columns; c++) {
        b->user[c] = SIZE_MAX;
        if (c < b->labels) {
            continue;
        }
        size_t use = wio_names_find(&table->use, wio_sheet_cell(&b->sheet, 1, c));
        if (use != SIZE_MAX && b->final) {
            add_final(b, c, use);
        } else if (use != SIZE_MAX) {
            wrong_at(b, 1, c, "'%s' is a final use: only flows.csv has columns for it",
                     table->use.code[use]);
        } else {
            add_activity(b, c);
        }
        if (b->user[c] < FINAL) {
            b->permuted = b->permuted || b->user[c] < last;
            last = b->user[c];
        }
    }
    for (size_t j = 0; j < table->n; j++) {
        if (b->seen[j] == 0) {
            char name[128];
            name_activity(name, table, j);
            wrong_at(b, 1, 0, "column %s is missing", name);
        }
    }
    return WIO_OK;
}

/* What is wrong with a cell of numbers. */
static void name_problem(wio_folder *folder, const wio_sheet *sheet, size_t columns, bool missing,
                         const wio_csv_problem *problem)
{
    size_t line = sheet->csv.line[problem->row], column = problem->column + 1;
    if (problem->kind == WIO_CELL_COUNT) {
        wio_folder_wrong(folder, sheet->path, line, problem->length,
                         "expected %zu cells as in the first line, got %zu", columns,
                         problem->length);
    } else if (problem->kind == WIO_CELL_QUOTE) {
        wio_folder_wrong(folder, sheet->path, line, column,
                         "a quote is opened here and not closed at the end of the cell");
    } else if (problem->kind == WIO_CELL_EMPTY) {
        wio_folder_wrong(folder, sheet->path, line, column,
                         "an empty cell: write 0 where there is no flow");
    } else {
        int length = problem->length < 40 ? (int)problem->length : 40;
        wio_folder_wrong(
            folder, sheet->path, line, column, "'%.*s' is %s (%s)", length, problem->text,
            problem->kind == WIO_NUMBER_HUGE ? "too large for a number" : "not a number",
            problem->kind == WIO_NUMBER_HUGE ? "at most 1.8e308"
            : missing                        ? "leave the cell empty where it is unknown"
                                             : "decimal point, no other separators");
    }
}

void wio_folder_numbers(wio_folder *folder, const wio_sheet *sheet, size_t columns, bool missing,
                        wio_csv_problems *found)
{
    for (size_t i = 0; i < found->named; i++) {
        name_problem(folder, sheet, columns, missing, &found->problem[i]);
    }
    if (found->tiny.count != 0) {
        wio_find(folder->log, WIO_WARNING, sheet->path, sheet->csv.line[found->tiny.row],
                 found->tiny.column + 1,
                 "%zu numbers below 2.2e-308 lose digits, this one first: is the unit right?",
                 found->tiny.count);
    }
    wio_csv_problems_clear(found);
}

wio_number_policy wio_folder_policy(bool missing)
{
    static const char *const empty[] = {""};
    return (wio_number_policy){.form = {.decimal = '.'},
                               .may_miss = missing,
                               .missing = empty,
                               .missings = missing ? 1 : 0};
}

/* The numbers of all rows, from the text, where index[] and user[] say. */
static wio_status read_numbers(block *b, double *activity, double *final)
{
    const wio_table *table = b->folder->table;
    const wio_csv *csv = &b->sheet.csv;
    const wio_number_policy policy = wio_folder_policy(b->missing);
    size_t columns = csv->columns[0] - b->labels;
    wio_csv_target *target = wio_zalloc(columns, sizeof *target);
    if (target == NULL) {
        return wio_folder_memory(b->folder, b->sheet.path);
    }
    for (size_t c = 0; c < columns; c++) {
        size_t user = b->user[b->labels + c];
        if (user != SIZE_MAX && user >= FINAL) {
            target[c] = (wio_csv_target){final + (user - FINAL), table->f};
        } else if (user != SIZE_MAX) {
            target[c] = (wio_csv_target){activity + user, table->n};
        }
    }
    wio_csv_problems found;
    wio_status status =
        wio_csv_numbers(&found, csv, 2, b->labels, b->index, columns, target, &policy, 0, NULL);
    wio_free(target);
    if (status != WIO_OK) {
        return wio_folder_memory(b->folder, b->sheet.path);
    }
    wio_folder_numbers(b->folder, &b->sheet, csv->columns[0], b->missing, &found);
    return WIO_OK;
}

/* Takes over the text of a matrix and reads its header. *found false: nothing to read. */
static wio_status open_block(block *b, bool *found, wio_folder *folder, wio_folder_text *text,
                             const char *const *corner)
{
    b->folder = folder;
    WIO_TRY(wio_folder_cut(&b->sheet, found, folder, text, 2, b->labels));
    if (!*found) {
        return WIO_OK;
    }
    const wio_csv *csv = &b->sheet.csv;
    if (csv->rows < 2 || csv->columns[1] != csv->columns[0] || csv->columns[0] < b->labels) {
        wio_folder_wrong(folder, b->sheet.path, 2, 1,
                         "two header lines of the same length are needed: regions, then users");
        *found = false;
    }
    for (size_t c = 0; *found && c < b->labels; c++) {
        // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): one corner per label
        if (strcmp(wio_sheet_cell(&b->sheet, 1, c), corner[c]) != 0) {
            wrong_at(b, 1, c, "the second header line has to say '%s' here", corner[c]);
            *found = false;
        }
    }
    return *found ? read_header(b) : WIO_OK;
}

static void close_block(block *b)
{
    if (b->permuted) {
        wio_find(b->folder->log, WIO_NOTE, b->sheet.path, 0, 0,
                 "in another order than the lists of labels: matched by label");
    }
    wio_sheet_clear(&b->sheet);
    wio_free(b->user);
    wio_free(b->seen);
    wio_free(b->first);
    wio_free(b->index);
}

static wio_status make(double **out, block *b, size_t rows, size_t columns)
{
    size_t count;
    if (__builtin_mul_overflow(rows, columns, &count) ||
        (*out = wio_zalloc(count, sizeof **out)) == NULL) {
        return wio_folder_memory(b->folder, b->sheet.path);
    }
    return WIO_OK;
}

/* Marks a row's label; false, and logged, when it was there before. */
static bool new_row(block *b, size_t index, size_t row, const char *name)
{
    size_t line = b->sheet.csv.line[row];
    if (b->first[index] == 0) {
        b->first[index] = line;
        return true;
    }
    wio_folder_wrong(b->folder, b->sheet.path, line, 1, "row %s is there twice (first at line %zu)",
                     name, b->first[index]);
    return false;
}

/* --- flows.csv ---------------------------------------------------------------------------------------- */

static wio_status read_flow_rows(block *b)
{
    wio_table *table = b->folder->table;
    const wio_csv *csv = &b->sheet.csv;
    size_t last = 0;
    char name[128];
    b->first = wio_zalloc(table->m, sizeof *b->first);
    if (b->first == NULL) {
        return wio_folder_memory(b->folder, "flows.csv");
    }
    WIO_TRY(make(&table->Z, b, table->m, table->n));
    WIO_TRY(make(&table->Y, b, table->m, table->f));
    for (size_t r = 2; r < csv->rows; r++) {
        size_t i = find_origin(b, r, 0, r, 1);
        if (i == SIZE_MAX) {
            continue;
        }
        name_activity(name, table, i);
        if (new_row(b, i, r, name)) {
            b->index[r] = i;
            b->permuted = b->permuted || i < last;
            last = i;
        }
    }
    for (size_t i = 0; i < table->m; i++) {
        if (b->first[i] == 0) {
            name_activity(name, table, i);
            wio_folder_wrong(b->folder, b->sheet.path, 0, 0, "row %s is missing", name);
        }
    }
    return read_numbers(b, table->Z, table->Y);
}

wio_status wio_folder_read_flows(wio_folder *folder)
{
    block b = {.labels = 2, .final = true};
    static const char *const corner[] = {"region", "sector"};
    wio_folder_text text;
    bool found;
    WIO_TRY(wio_folder_bytes(&text, folder, "flows.csv", true));
    if (text.data == NULL) {
        return WIO_OK;
    }
    WIO_TRY(wio_folder_read_list(folder, &text, &found));
    if (found) {
        return WIO_OK;
    }
    wio_status status = open_block(&b, &found, folder, &text, corner);
    if (status == WIO_OK && found) {
        status = read_flow_rows(&b);
    }
    close_block(&b);
    return status;
}

/* --- primary.csv -------------------------------------------------------------------------------------- */

static wio_status read_primary_rows(block *b)
{
    wio_table *table = b->folder->table;
    table->p = table->item.count;
    b->first = wio_zalloc(table->p, sizeof *b->first);
    if (b->first == NULL) {
        return wio_folder_memory(b->folder, "primary.csv");
    }
    WIO_TRY(make(&table->P, b, table->p, table->n));
    for (size_t r = 2; r < b->sheet.csv.rows; r++) {
        const char *code = wio_sheet_cell(&b->sheet, r, 0);
        size_t i = wio_names_find(&table->item, code);
        if (i == SIZE_MAX) {
            wio_folder_unknown(b->folder, &b->sheet, r, 0, "primary item", code, &table->item);
        } else if (new_row(b, i, r, code)) {
            b->index[r] = i;
        }
    }
    for (size_t i = 0; i < table->p; i++) {
        if (b->first[i] == 0) {
            wio_folder_wrong(b->folder, b->sheet.path, 0, 0, "row '%s' is missing",
                             table->item.code[i]);
        }
    }
    return read_numbers(b, table->P, NULL);
}

wio_status wio_folder_read_primary(wio_folder *folder)
{
    block b = {.labels = 1};
    static const char *const corner[] = {"item"};
    wio_folder_text text;
    bool found;
    WIO_TRY(wio_folder_bytes(&text, folder, "primary.csv", true));
    if (text.data == NULL) {
        return WIO_OK;
    }
    WIO_TRY(wio_folder_read_activities(folder, &text, false, &found));
    if (found) {
        return WIO_OK;
    }
    wio_status status = open_block(&b, &found, folder, &text, corner);
    if (status == WIO_OK && found) {
        status = read_primary_rows(&b);
    }
    close_block(&b);
    return status;
}

/* --- satellites.csv, satellites_notes.csv ---------------------------------------------------------- */

/* The rows define the accounts. */
static wio_status read_accounts(block *b)
{
    wio_table *table = b->folder->table;
    size_t rows = b->sheet.csv.rows;
    b->first = wio_zalloc(rows, sizeof *b->first);
    table->account_unit = wio_zalloc(rows, sizeof *table->account_unit);
    if (b->first == NULL || table->account_unit == NULL) {
        return wio_folder_memory(b->folder, "satellites.csv");
    }
    for (size_t r = 2; r < rows; r++) {
        const char *code = wio_sheet_cell(&b->sheet, r, 0);
        const char *unit = wio_sheet_cell(&b->sheet, r, 1);
        if (*code == '\0' || *unit == '\0') {
            wrong_at(b, r, 0, "an account needs a code and a unit");
        }
        wio_status status = wio_names_add(&table->account, code, code);
        if (status == WIO_E_MEMORY) {
            return wio_folder_memory(b->folder, "satellites.csv");
        }
        size_t i = wio_names_find(&table->account, code);
        if (!new_row(b, i, r, code)) {
            continue;
        }
        table->account_unit[i] = wio_strdup(unit);
        if (table->account_unit[i] == NULL) {
            return wio_folder_memory(b->folder, "satellites.csv");
        }
    }
    table->k = table->account.count;
    return make(&table->S, b, table->k, table->n);
}

static wio_status read_notes(wio_folder *folder)
{
    static const char *const columns[] = {"account", "region", "sector", "note"};
    wio_table *table = folder->table;
    wio_sheet sheet = {0};
    bool found;
    size_t at[4];
    WIO_TRY(wio_folder_sheet(&sheet, &found, folder, "satellites_notes.csv", false));
    if (!found || !wio_sheet_columns(at, &sheet, folder, columns, 4, 4)) {
        wio_sheet_clear(&sheet);
        return WIO_OK;
    }
    const wio_names *const known[] = {&table->account, &table->region, &table->sector};
    wio_status status = WIO_OK;
    table->satellite_note = wio_zalloc(4 * sheet.csv.rows, sizeof *table->satellite_note);
    if (table->satellite_note == NULL) {
        status = wio_folder_memory(folder, "satellites_notes.csv");
    }
    for (size_t r = 1; status == WIO_OK && r < sheet.csv.rows; r++) {
        char **note = table->satellite_note + 4 * table->satellite_notes++;
        for (size_t i = 0; i < 4 && status == WIO_OK; i++) {
            const char *cell = wio_sheet_cell(&sheet, r, at[i]);
            if (i < 3 && (*cell != '\0' || i == 0) && wio_names_find(known[i], cell) == SIZE_MAX) {
                wio_folder_unknown(folder, &sheet, r, at[i], columns[i], cell, known[i]);
            }
            // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): status says it is there
            note[i] = wio_strdup(cell);
            status = note[i] != NULL ? WIO_OK : wio_folder_memory(folder, "satellites_notes.csv");
        }
    }
    wio_sheet_clear(&sheet);
    return status;
}

static wio_status read_satellite_rows(block *b)
{
    wio_table *table = b->folder->table;
    WIO_TRY(read_accounts(b));
    for (size_t r = 2; r < b->sheet.csv.rows; r++) {
        size_t i = wio_names_find(&table->account, wio_sheet_cell(&b->sheet, r, 0));
        if (b->first[i] == b->sheet.csv.line[r]) {
            b->index[r] = i;
        }
    }
    WIO_TRY(read_numbers(b, table->S, NULL));
    return read_notes(b->folder);
}

wio_status wio_folder_read_satellites(wio_folder *folder)
{
    block b = {.labels = 2, .missing = true};
    static const char *const corner[] = {"account", "unit"};
    wio_folder_text text;
    bool found;
    WIO_TRY(wio_folder_bytes(&text, folder, "satellites.csv", false));
    if (text.data == NULL) {
        return WIO_OK;
    }
    WIO_TRY(wio_folder_read_activities(folder, &text, true, &found));
    if (found) {
        return read_notes(folder);
    }
    wio_status status = open_block(&b, &found, folder, &text, corner);
    if (status == WIO_OK && found) {
        status = read_satellite_rows(&b);
    }
    close_block(&b);
    return status;
}
