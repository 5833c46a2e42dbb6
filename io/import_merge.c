/* import_merge.c - activities of a source that the user adds to others, or leaves out (--merge).
 *
 * For an activity whose output cannot be used (TRUST 1.6), such as a row that rounding left at -1:
 * its row and its column of every block are added to those of another, and it is gone; the sums of
 * the table do not change. With nothing to go into it is left out: what others bought from it is
 * lost to them, and said. Labels of what is left stay as they are. */
#include "import.h"

#include <string.h>

static const char *region_of(const wio_table *table, size_t origin)
{
    return table->region.code[table->origin_region[origin]];
}

static const char *sector_of(const wio_table *table, size_t origin)
{
    return table->sector.code[table->origin_sector[origin]];
}

/* The activity in columns `name` and `name` + 1. */
static size_t find_origin(wio_import *import, const wio_columns *list, size_t row, size_t name)
{
    const char *region = wio_columns_cell(list, row, name);
    const char *sector = wio_columns_cell(list, row, name + 1);
    const char *pair = wio_import_print(import, "%s\n%s", region, sector);
    size_t origin = pair != NULL ? wio_names_find(&import->origin, pair) : SIZE_MAX;
    if (origin == SIZE_MAX || origin >= import->table->n) {
        (void)wio_import_wrong(import, import->options->merge, list->csv.line[row],
                               list->at[name] + 1, "'%s,%s' is no activity of the source", region,
                               sector);
        return SIZE_MAX;
    }
    return origin;
}

static const size_t OUT = SIZE_MAX; /* left out */

/* into[i]: where origin i goes; itself, or another activity that stays, or OUT. */
static wio_status read_merges(wio_import *import, size_t *into)
{
    static const char *const names[] = {"region", "sector", "into_region", "into_sector"};
    wio_columns list;
    WIO_TRY(wio_import_list(&list, import, import->options->merge, names, 4, 4));
    for (size_t r = 1; r < list.csv.rows && import->status != WIO_E_MEMORY; r++) {
        bool out = *wio_columns_cell(&list, r, 2) == '\0' && *wio_columns_cell(&list, r, 3) == '\0';
        size_t from = find_origin(import, &list, r, 0);
        size_t to = out ? OUT : find_origin(import, &list, r, 2);
        if (from == SIZE_MAX || (to == SIZE_MAX && !out)) {
            continue;
        }
        if (into[from] != from || from == to) {
            (void)wio_import_wrong(import, import->options->merge, list.csv.line[r], list.at[0] + 1,
                                   from == to ? "an activity cannot be merged with itself"
                                              : "this activity is there twice");
        }
        into[from] = to;
    }
    for (size_t i = 0; i < import->table->n && import->status == WIO_OK; i++) {
        if (into[i] != OUT && into[into[i]] != into[i]) {
            (void)wio_import_wrong(import, import->options->merge, 0, 0,
                                   "%s.%s is merged and is to take in another: name the last one",
                                   region_of(import->table, into[i]),
                                   sector_of(import->table, into[i]));
        }
    }
    wio_columns_close(&list);
    return import->status;
}

/* Adds rows and columns, then closes the gaps: [rows x columns] with stride. */
static void merge_columns(double *v, size_t rows, size_t n, const size_t *into)
{
    size_t kept = 0;
    for (size_t r = 0; r < rows; r++) {
        double *row = v + r * n;
        for (size_t j = 0; j < n; j++) {
            if (into[j] != j && into[j] != OUT) {
                row[into[j]] += row[j]; /* a missing number leaves the sum missing */
            }
        }
        for (size_t j = 0; j < n; j++) { /* to the front: never behind what is still to be read */
            if (into[j] == j) {
                v[kept++] = row[j];
            }
        }
    }
}

static void merge_rows(double *v, size_t m, size_t columns, const size_t *into)
{
    size_t kept = 0;
    for (size_t i = 0; i < m; i++) {
        for (size_t c = 0; into[i] != i && into[i] != OUT && c < columns; c++) {
            v[into[i] * columns + c] += v[i * columns + c];
        }
    }
    for (size_t i = 0; i < m; i++) {
        if (into[i] == i && columns != 0) {
            memmove(v + kept++ * columns, v + i * columns, columns * sizeof *v);
        }
    }
}

static void merge_labels(wio_table *table, const size_t *into)
{
    size_t kept = 0, n = table->n;
    for (size_t i = 0; i < table->m; i++) {
        if (into[i] == i) {
            table->origin_region[kept] = table->origin_region[i];
            table->origin_sector[kept++] = table->origin_sector[i];
        } else {
            n--;
        }
    }
    table->m = kept;
    table->n = n;
    memset(table->endogenous, 0, table->region.count * sizeof *table->endogenous);
    for (size_t i = 0; i < n; i++) { /* a region with nothing left does not produce */
        table->endogenous[table->origin_region[i]] = true;
    }
}

/* What is done, for the table's notes and the log. */
static wio_status note_merge(wio_import *import, size_t from, size_t into)
{
    const wio_table *t = import->table;
    const char *note;
    if (into != OUT) {
        note = wio_import_print(import, "%s.%s is added to %s.%s, as asked", region_of(t, from),
                                sector_of(t, from), region_of(t, into), sector_of(t, into));
    } else {
        char sold[WIO_NUMBER_SIZE], bought[WIO_NUMBER_SIZE];
        double sales = wio_sum(t->Z + from * t->n, t->n, 1) + wio_sum(t->Y + from * t->f, t->f, 1);
        double inputs = wio_sum(t->Z + from, t->m, t->n) + wio_sum(t->P + from, t->p, t->n);
        note = wio_import_print(import, "%s.%s is left out, as asked: sales of %s and inputs of %s",
                                region_of(t, from), sector_of(t, from),
                                wio_format_double(sold, sales), wio_format_double(bought, inputs));
    }
    if (note == NULL) {
        return WIO_E_MEMORY;
    }
    wio_import_note(import, "%s", note);
    return wio_import_add_note(import, note);
}

static void merge(wio_import *import, const size_t *into)
{
    wio_table *t = import->table;
    size_t n = t->n;
    merge_rows(t->Z, t->m, n, into);
    merge_rows(t->Y, t->m, t->f, into);
    merge_rows(import->output_column, t->m, 1, into);
    merge_labels(t, into);
    merge_columns(t->Z, t->m, n, into);
    merge_columns(t->P, t->p, n, into);
    merge_columns(t->S, t->k, n, into);
    merge_columns(import->output_row, 1, n, into);
}

wio_status wio_import_merge(wio_import *import)
{
    const wio_table *t = import->table;
    if (import->options->merge == NULL) {
        return WIO_OK;
    }
    size_t *into = wio_alloc(t->m, sizeof *into);
    if (into == NULL) {
        return wio_import_memory(import, "merges");
    }
    for (size_t i = 0; i < t->m; i++) {
        into[i] = i;
    }
    wio_status status = read_merges(import, into);
    for (size_t i = 0; i < t->n && status == WIO_OK; i++) {
        status = into[i] != i ? note_merge(import, i, into[i]) : WIO_OK;
    }
    if (status == WIO_OK) {
        merge(import, into);
    }
    wio_free(into);
    return status;
}
