/* table_activities.c - primary.csv and satellites.csv with a line for each activity, as firms are listed:
 *
 *   region,sector,wages,rest           region,sector,jobs,co2
 *   HOME,A,4,1                         ,unit,persons,kt
 *   HOME,B,10,3                        HOME,A,7,0.2
 *
 * The same numbers as with a column for each (table_blocks.c), turned; `region` may be left out where
 * one region produces. */
#include "table_folder.h"

#include <stdio.h>
#include <string.h>

typedef struct lines {
    wio_folder *folder;
    wio_sheet sheet;
    size_t labels, heads; /* label cells of a line; header lines */
    size_t home;          /* the region where no column says it */
    bool satellites;
    wio_csv_target *target; /* [columns] where a column's numbers go; NULL: nowhere */
    size_t *line;           /* [n] line of an activity, 0 before */
    size_t *index;          /* [rows] activity, SIZE_MAX: none */
} lines;

static void wrong_at(const lines *l, size_t row, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void wrong_at(const lines *l, size_t row, size_t column, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_folder_wrong(l->folder, l->sheet.path, l->sheet.csv.line[row], column + 1, "%s", message);
}

/* Without a column of regions one alone may produce. */
static void find_home(lines *l)
{
    const wio_table *t = l->folder->table;
    size_t count = 0;
    for (size_t r = 0; r < t->region.count; r++) {
        l->home = t->endogenous[r] ? r : l->home;
        count += t->endogenous[r];
    }
    if (l->labels == 1 && count != 1) {
        wio_folder_wrong(l->folder, l->sheet.path, 1, 1,
                         "the first line has to begin with 'region,sector': %zu regions produce",
                         count);
    }
}

/* The activity of a row, SIZE_MAX and logged where there is none. */
static size_t find_activity(const lines *l, size_t r)
{
    const wio_table *t = l->folder->table;
    size_t region = l->home, at = l->labels - 1;
    if (l->sheet.csv.columns[r] < l->labels) {
        wrong_at(l, r, l->sheet.csv.columns[r] - 1,
                 "expected %zu cells as in the first line, got %zu", l->sheet.csv.columns[0],
                 l->sheet.csv.columns[r]);
        return SIZE_MAX;
    }
    const char *code = wio_sheet_cell(&l->sheet, r, at);
    if (l->labels == 2) {
        const char *region_code = wio_sheet_cell(&l->sheet, r, 0);
        region = wio_names_find(&t->region, region_code);
        if (region == SIZE_MAX) {
            wio_folder_unknown(l->folder, &l->sheet, r, 0, "region", region_code, &t->region);
            return SIZE_MAX;
        }
    }
    size_t sector = wio_names_find(&t->sector, code);
    if (sector == SIZE_MAX) {
        wio_folder_unknown(l->folder, &l->sheet, r, at, "sector", code, &t->sector);
        return SIZE_MAX;
    }
    size_t j = wio_table_origin(t, region, sector);
    if (j == SIZE_MAX) {
        wrong_at(l, r, at, "its region has no sector '%s' in sectors.csv", code);
    } else if (j >= t->n) {
        wrong_at(l, r, 0, "region '%s' is not endogenous: it has no columns of production",
                 t->region.code[region]);
    }
    return j < t->n ? j : SIZE_MAX;
}

/* Every activity once, and all of them. */
static void find_rows(lines *l)
{
    const wio_table *t = l->folder->table;
    for (size_t r = 0; r < l->sheet.csv.rows; r++) {
        l->index[r] = SIZE_MAX;
        size_t j = r < l->heads ? SIZE_MAX : find_activity(l, r);
        if (j == SIZE_MAX) {
            continue;
        }
        if (l->line[j] != 0) {
            wrong_at(l, r, 0, "row %s,%s is there twice (first at line %zu)",
                     wio_table_origin_region(t, j), wio_table_origin_sector(t, j), l->line[j]);
        } else {
            l->line[j] = l->sheet.csv.line[r];
            l->index[r] = j;
        }
    }
    for (size_t j = 0; j < t->n; j++) {
        if (l->line[j] == 0) {
            wio_folder_wrong(l->folder, l->sheet.path, 0, 0, "row %s,%s is missing",
                             wio_table_origin_region(t, j), wio_table_origin_sector(t, j));
        }
    }
}

/* --- what the columns are -------------------------------------------------------------------------------- */

static void find_items(lines *l)
{
    wio_table *t = l->folder->table;
    size_t columns = l->sheet.csv.columns[0];
    for (size_t c = l->labels; c < columns; c++) {
        const char *code = wio_sheet_cell(&l->sheet, 0, c);
        size_t i = wio_names_find(&t->item, code);
        if (i == SIZE_MAX) {
            wio_folder_unknown(l->folder, &l->sheet, 0, c, "primary item", code, &t->item);
            continue;
        }
        for (size_t d = l->labels; d < c; d++) {
            if (l->target[d - l->labels].to == t->P + i * t->n) {
                wrong_at(l, 0, c, "column '%s' is there twice", code);
            }
        }
        l->target[c - l->labels] = (wio_csv_target){t->P + i * t->n, 1};
    }
    for (size_t i = 0; i < t->p; i++) {
        size_t c = 0;
        while (c < columns - l->labels && l->target[c].to != t->P + i * t->n) {
            c++;
        }
        if (c == columns - l->labels) {
            wrong_at(l, 0, 0, "column '%s' is missing", t->item.code[i]);
        }
    }
}

/* The first line defines the accounts, the second their units. */
static wio_status add_accounts(lines *l)
{
    wio_table *t = l->folder->table;
    size_t columns = l->sheet.csv.columns[0];
    t->account_unit = wio_zalloc(columns, sizeof *t->account_unit);
    if (t->account_unit == NULL) {
        return wio_folder_memory(l->folder, "satellites.csv");
    }
    for (size_t c = l->labels; c < columns; c++) {
        const char *code = wio_sheet_cell(&l->sheet, 0, c), *unit = wio_sheet_cell(&l->sheet, 1, c);
        if (*code == '\0' || *unit == '\0') {
            wrong_at(l, *code == '\0' ? 0 : 1, c, "an account needs a code and a unit");
        }
        wio_status status = wio_names_add(&t->account, code, code);
        if (status == WIO_E_TABLE) {
            wrong_at(l, 0, c, "column '%s' is there twice", code);
            continue;
        }
        if (status != WIO_OK ||
            (t->account_unit[t->account.count - 1] = wio_strdup(unit)) == NULL) {
            return wio_folder_memory(l->folder, "satellites.csv");
        }
    }
    return WIO_OK;
}

static wio_status find_accounts(lines *l)
{
    wio_table *t = l->folder->table;
    size_t cells;
    WIO_TRY(add_accounts(l));
    t->k = t->account.count;
    if (__builtin_mul_overflow(t->k, t->n, &cells) ||
        (t->S = wio_zalloc(cells, sizeof *t->S)) == NULL) {
        return wio_folder_memory(l->folder, "satellites.csv");
    }
    for (size_t c = l->labels; c < l->sheet.csv.columns[0]; c++) {
        size_t a = wio_names_find(&t->account, wio_sheet_cell(&l->sheet, 0, c));
        l->target[c - l->labels] = (wio_csv_target){t->S + a * t->n, 1};
    }
    return WIO_OK;
}

static wio_status find_columns(lines *l)
{
    wio_table *t = l->folder->table;
    if (l->satellites) {
        return find_accounts(l);
    }
    size_t cells;
    t->p = t->item.count;
    if (__builtin_mul_overflow(t->p, t->n, &cells) ||
        (t->P = wio_zalloc(cells, sizeof *t->P)) == NULL) {
        return wio_folder_memory(l->folder, "primary.csv");
    }
    find_items(l);
    return WIO_OK;
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

static wio_status read_lines(lines *l)
{
    const wio_csv *csv = &l->sheet.csv;
    const char *unit = csv->rows > 1 ? wio_sheet_cell(&l->sheet, 1, l->labels - 1) : "";
    if (l->satellites &&
        (csv->rows < 2 || csv->columns[1] != csv->columns[0] || strcmp(unit, "unit") != 0)) {
        wio_folder_wrong(l->folder, l->sheet.path, 2, l->labels,
                         "the second line has to say 'unit' here, then the unit of every account");
        return WIO_OK;
    }
    size_t columns = csv->columns[0] - l->labels;
    l->target = wio_zalloc(columns, sizeof *l->target);
    l->line = wio_zalloc(l->folder->table->n, sizeof *l->line);
    l->index = wio_alloc(csv->rows, sizeof *l->index);
    if (l->target == NULL || l->line == NULL || l->index == NULL) {
        return wio_folder_memory(l->folder, l->sheet.path);
    }
    find_home(l);
    WIO_TRY(find_columns(l));
    find_rows(l);
    wio_csv_problems found;
    const wio_number_policy policy = wio_folder_policy(l->satellites);
    if (wio_csv_numbers(&found, csv, l->heads, l->labels, l->index, columns, l->target, &policy, 0,
                        NULL) != WIO_OK) {
        return wio_folder_memory(l->folder, l->sheet.path);
    }
    wio_folder_numbers(l->folder, &l->sheet, csv->columns[0], l->satellites, &found);
    return WIO_OK;
}

wio_status wio_folder_read_activities(wio_folder *folder, wio_folder_text *text, bool satellites,
                                      bool *there)
{
    static const char *const plain[] = {"sector"}, *const placed[] = {"region", "sector"};
    bool by_region = wio_folder_begins(text, placed, 2), found = false;
    *there = by_region || wio_folder_begins(text, plain, 1);
    if (!*there) {
        return WIO_OK;
    }
    lines l = {.folder = folder,
               .labels = by_region ? 2 : 1,
               .heads = satellites ? 2 : 1,
               .satellites = satellites};
    wio_status status = wio_folder_cut(&l.sheet, &found, folder, text, l.heads, l.labels);
    if (status == WIO_OK && found) {
        status = read_lines(&l);
    }
    wio_sheet_clear(&l.sheet);
    wio_free(l.target);
    wio_free(l.line);
    wio_free(l.index);
    return status;
}
