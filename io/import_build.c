/* import_build.c - a table from the grids of an import.
 *
 * First every label gets its place: activities in the order in which their rows come, then the
 * origins that only deliver, final uses, primary inputs and accounts in the order in which they are
 * met. Then the blocks are made and the numbers of each grid are read straight into them, so that no
 * number is ever held twice. Every activity must have one row and one column of flows. */
#include "import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NAMED = 20 };

/* --- places of labels ------------------------------------------------------------------------------ */

static const char *print_label(wio_import *import, const wio_import_label *label)
{
    const char *text = label->region != NULL && *label->region != '\0'
                           ? wio_import_print(import, "%.200s.%.200s", label->region, label->code)
                           : label->code;
    return text != NULL ? text : "?";
}

wio_status wio_import_wrong_label(wio_import *import, const wio_grid *grid, bool row, size_t index,
                                  const char *problem)
{
    size_t line, at;
    const wio_import_label *label = row ? &grid->row[index] : &grid->column[index];
    wio_grid_place(&line, &at, grid, row, index);
    return wio_import_wrong(import, grid->path, line, at, "%s '%s' %s", row ? "row" : "column",
                            print_label(import, label), problem);
}

/* The index of a code that is added where it is new. */
static size_t place_name(wio_names *names, wio_import *import, const char *code, const char *name)
{
    size_t at = wio_names_find(names, code);
    if (at == SIZE_MAX) {
        at = names->count;
        if (wio_names_add(names, code, name != NULL ? name : code) != WIO_OK) {
            (void)wio_import_memory(import, "labels");
        }
    }
    return at;
}

static size_t place_pair(wio_names *names, wio_import *import, const wio_import_label *label)
{
    wio_text key = {0};
    char *text = NULL;
    wio_text_add(&key, "%s\n%s", label->region, label->code);
    if (wio_text_take(&text, &key, NULL) != WIO_OK) {
        (void)wio_import_memory(import, "labels");
        return 0;
    }
    size_t at = place_name(names, import, text, label->name);
    wio_free(text);
    return at;
}

/* Role of a use or an item, which has to be the same wherever it is met. */
static void place_role(wio_role **roles, wio_import *import, const wio_names *names,
                       const wio_import_label *label, size_t at, size_t before)
{
    if (import->status == WIO_E_MEMORY) {
        return;
    }
    if (names->count != before) {
        wio_role *grown = wio_grow(*roles, before, names->count, sizeof *grown);
        if (grown == NULL) {
            (void)wio_import_memory(import, "roles");
            return;
        }
        *roles = grown;
        grown[at] = label->role;
    } else if ((*roles)[at] != label->role) {
        (void)wio_import_wrong(import, import->source, 0, 0, "'%s' is both %s and %s", label->code,
                               wio_role_name((*roles)[at]), wio_role_name(label->role));
    }
}

static void place_account(wio_import *import, wio_import_label *label)
{
    wio_table *table = import->table;
    size_t before = table->account.count;
    if (wio_names_find(&table->account, label->code) == SIZE_MAX) { /* room before there is one */
        char **grown = wio_grow(table->account_unit, before, before + 1, sizeof *grown);
        if (grown == NULL) {
            (void)wio_import_memory(import, "units of accounts");
            return;
        }
        table->account_unit = grown;
        grown[before] = NULL;
    }
    label->at = place_name(&table->account, import, label->code, label->name);
    if (table->account.count != before) {
        table->account_unit[before] = wio_strdup(label->unit != NULL ? label->unit : "");
        if (table->account_unit[before] == NULL) {
            (void)wio_import_memory(import, "units of accounts");
        }
    }
}

static void place_label(wio_import *import, wio_import_label *label)
{
    wio_table *table = import->table;
    size_t uses = table->use.count, items = table->item.count;
    switch (label->mark) {
    case WIO_MARK_ACTIVITY:
    case WIO_MARK_IMPORT:
        label->at = place_pair(&import->origin, import, label);
        break;
    case WIO_MARK_FINAL:
        label->at = place_pair(&import->final, import, label);
        place_role(&table->use_role, import, &table->use, label,
                   place_name(&table->use, import, label->code, label->name), uses);
        break;
    case WIO_MARK_PRIMARY:
        label->at = place_name(&table->item, import, label->code, label->name);
        place_role(&table->item_role, import, &table->item, label, label->at, items);
        break;
    case WIO_MARK_ACCOUNT:
        place_account(import, label);
        break;
    case WIO_MARK_PRODUCT:
        label->at = place_pair(&import->product, import, label);
        break;
    case WIO_MARK_INDUSTRY:
        label->at = place_pair(&import->industry, import, label);
        break;
    default:
        break;
    }
}

/* --- the labels of the table -------------------------------------------------------------------------- */

wio_status wio_import_codes(wio_import *import)
{
    for (size_t g = 0; g < import->grids; g++) {
        const wio_grid *grid = &import->grid[g];
        for (size_t i = 0; i < grid->csv.rows + grid->columns; i++) {
            bool row = i < grid->csv.rows;
            size_t index = row ? i : i - grid->csv.rows;
            const wio_import_label *label = row ? &grid->row[index] : &grid->column[index];
            if (label->mark == WIO_MARK_UNKNOWN) {
                char text[300]; /* the code is shown with its region, which --roles does not take */
                (void)snprintf(text, sizeof text,
                               "is no code of this format: say what it is with --roles (a CSV file "
                               "with the columns code,role: the code is '%.100s')",
                               label->code);
                (void)wio_import_wrong_label(import, grid, row, index, text);
            } else if (label->mark == WIO_MARK_LEFT_OUT) {
                wio_import_leave(import, row ? "row" : "column", print_label(import, label));
            }
        }
    }
    for (size_t i = 0; i < import->map.count; i++) {
        if (!import->used[i]) {
            (void)wio_import_wrong(import, import->roles, 0, 0, "the source has no code '%s'",
                                   import->map.code[i]);
        }
    }
    return import->status;
}

/* All labels of one mark, in the order of the files; rows before columns. */
void wio_import_place_all(wio_import *import, wio_mark mark)
{
    for (size_t g = 0; g < import->grids; g++) {
        wio_grid *grid = &import->grid[g];
        for (size_t r = 0; r < grid->csv.rows && import->status != WIO_E_MEMORY; r++) {
            if (grid->row[r].mark == mark) {
                place_label(import, &grid->row[r]);
            }
        }
        for (size_t c = 0; c < grid->columns && import->status != WIO_E_MEMORY; c++) {
            if (grid->column[c].mark == mark) {
                place_label(import, &grid->column[c]);
            }
        }
    }
}

/* "region\ncode" of a pair cut in two: indices of its region and its code. */
wio_status wio_import_cut_pair(size_t *region, size_t *code, wio_import *import,
                               const wio_names *pairs, size_t at, wio_names *codes)
{
    const char *pair = pairs->code[at], *line = strchr(pair, '\n');
    const char *name = wio_import_text(import, pair, (size_t)(line - pair));
    if (name == NULL) {
        return import->status;
    }
    *region = place_name(&import->table->region, import, name, NULL);
    /* without a name of its own a pair has its own text for a name */
    bool named = strcmp(pairs->name[at], pair) != 0;
    *code = place_name(codes, import, line + 1, named ? pairs->name[at] : line + 1);
    return import->status == WIO_E_MEMORY ? WIO_E_MEMORY : WIO_OK;
}

/* Regions, sectors, origins and final columns of the table from the pairs. */
static wio_status name_table(wio_import *import)
{
    wio_table *table = import->table;
    table->m = import->origin.count;
    table->f = import->final.count;
    table->p = table->item.count;
    table->k = table->account.count;
    table->origin_region = wio_alloc(table->m, sizeof *table->origin_region);
    table->origin_sector = wio_alloc(table->m, sizeof *table->origin_sector);
    table->final_region = wio_alloc(table->f, sizeof *table->final_region);
    table->final_use = wio_alloc(table->f, sizeof *table->final_use);
    if (table->use_role == NULL) { /* a table may have none */
        table->use_role = wio_alloc(0, sizeof *table->use_role);
    }
    if (table->item_role == NULL) {
        table->item_role = wio_alloc(0, sizeof *table->item_role);
    }
    if (table->origin_region == NULL || table->origin_sector == NULL ||
        table->final_region == NULL || table->final_use == NULL || table->use_role == NULL ||
        table->item_role == NULL) {
        return wio_import_memory(import, "labels");
    }
    for (size_t i = 0; i < table->m; i++) {
        WIO_TRY(wio_import_cut_pair(&table->origin_region[i], &table->origin_sector[i], import,
                                    &import->origin, i, &table->sector));
    }
    for (size_t c = 0; c < table->f; c++) {
        WIO_TRY(wio_import_cut_pair(&table->final_region[c], &table->final_use[c], import,
                                    &import->final, c, &table->use));
    }
    size_t regions = table->region.count;
    table->endogenous = wio_zalloc(regions, sizeof *table->endogenous);
    table->valuation = wio_alloc(regions, sizeof *table->valuation);
    if (table->endogenous == NULL || table->valuation == NULL) {
        return wio_import_memory(import, "regions");
    }
    for (size_t r = 0; r < regions; r++) {
        table->valuation[r] = WIO_BASIC;
    }
    for (size_t i = 0; i < table->n; i++) {
        table->endogenous[table->origin_region[i]] = true;
    }
    return WIO_OK;
}

/* Whether the labels of one side name each thing at most once; *all counts activities. */
static wio_status check_side(wio_import *import, const wio_grid *grid, bool rows, size_t *seen,
                             size_t *activities)
{
    const wio_table *table = import->table;
    size_t count = rows ? grid->csv.rows : grid->columns;
    const size_t base[WIO_MARKS] = {[WIO_MARK_FINAL] = table->m,
                                    [WIO_MARK_PRIMARY] = table->m + table->f,
                                    [WIO_MARK_ACCOUNT] = table->m + table->f + table->p};
    memset(seen, 0, (table->m + table->f + table->p + table->k) * sizeof *seen);
    *activities = 0;
    for (size_t i = 0; i < count; i++) {
        const wio_import_label *label = rows ? &grid->row[i] : &grid->column[i];
        if (label->mark == WIO_MARK_UNKNOWN || label->mark == WIO_MARK_NOTHING ||
            label->mark >= WIO_MARK_OUTPUT) {
            continue;
        }
        size_t *at = &seen[base[label->mark] + label->at];
        *activities += label->mark == WIO_MARK_ACTIVITY;
        if (*at != 0) {
            size_t line, column;
            char text[80];
            wio_grid_place(&line, &column, grid, rows, *at - 1);
            (void)snprintf(text, sizeof text, "is there twice (first in %s %zu)",
                           rows ? "line" : "column", rows ? line : column);
            (void)wio_import_wrong_label(import, grid, rows, i, text);
        }
        *at = i + 1;
    }
    return import->status;
}

/* Whether any file has columns of this mark. */
static bool any_column(const wio_import *import, wio_mark mark)
{
    for (size_t g = 0; g < import->grids; g++) {
        for (size_t c = 0; c < import->grid[g].columns; c++) {
            if (import->grid[g].column[c].mark == mark) {
                return true;
            }
        }
    }
    return false;
}

static void name_missing(wio_import *import, const wio_grid *grid, const size_t *seen, size_t count,
                         const char *what)
{
    size_t named = 0, missing = 0;
    for (size_t i = 0; i < count; i++) {
        if (seen[i] != 0) {
            continue;
        }
        missing++;
        const wio_table *table = import->table;
        if (named++ < MOST_NAMED) {
            (void)wio_import_wrong(import, grid != NULL ? grid->path : import->source, 0, 0,
                                   "%s.%s has no %s here",
                                   table->region.code[table->origin_region[i]],
                                   table->sector.code[table->origin_sector[i]], what);
        }
    }
    if (missing > MOST_NAMED) {
        (void)wio_import_wrong(import, import->source, 0, 0, "%zu more have none",
                               missing - MOST_NAMED);
    }
}

/* How often each origin has a row in a file with columns of this mark. */
static void count_rows(wio_import *import, wio_mark mark, size_t *count)
{
    for (size_t g = 0; g < import->grids; g++) {
        const wio_grid *grid = &import->grid[g];
        bool has = false;
        for (size_t c = 0; c < grid->columns; c++) {
            has = has || grid->column[c].mark == mark;
        }
        for (size_t r = 0; has && r < grid->csv.rows; r++) {
            const wio_import_label *label = &grid->row[r];
            bool origin = label->mark == WIO_MARK_ACTIVITY || label->mark == WIO_MARK_IMPORT;
            if (origin && count[label->at]++ != 0) {
                (void)wio_import_wrong_label(import, grid, true, r, "is in two files");
            }
        }
    }
}

/* Every grid names each thing once; those with columns of activities have all of them; and every
 * origin has one row of flows and one of final uses. */
static wio_status check_labels(wio_import *import)
{
    const wio_table *table = import->table;
    size_t count = table->m + table->f + table->p + table->k, activities;
    size_t *seen = wio_alloc(count, sizeof *seen), *flows = wio_zalloc(table->m, sizeof *flows);
    if (seen == NULL || flows == NULL) {
        wio_free(seen);
        wio_free(flows);
        return wio_import_memory(import, "labels");
    }
    for (size_t g = 0; g < import->grids; g++) {
        const wio_grid *grid = &import->grid[g];
        (void)check_side(import, grid, true, seen, &activities);
        (void)check_side(import, grid, false, seen, &activities);
        if (activities != 0) {
            name_missing(import, grid, seen, table->n, "column");
        }
    }
    count_rows(import, WIO_MARK_ACTIVITY, flows);
    name_missing(import, NULL, flows, table->m, "row of flows");
    memset(flows, 0, table->m * sizeof *flows);
    count_rows(import, WIO_MARK_FINAL, flows);
    if (table->f != 0) {
        name_missing(import, NULL, flows, table->m, "row of final uses");
    }
    if (any_column(import, WIO_MARK_PRIMARY)) { /* of activities, which then stand in rows */
        memset(flows, 0, table->m * sizeof *flows);
        count_rows(import, WIO_MARK_PRIMARY, flows);
        name_missing(import, NULL, flows, table->n, "row of primary inputs");
    }
    wio_free(seen);
    wio_free(flows);
    return import->status;
}

wio_status wio_import_block(double **out, wio_import *import, size_t rows, size_t columns,
                            double value)
{
    size_t count;
    if (__builtin_mul_overflow(rows, columns, &count) ||
        (*out = wio_zalloc(count, sizeof **out)) == NULL) {
        return wio_import_memory(import, "the matrices of the table");
    }
    for (size_t i = 0; i < count && value != 0.0; i++) {
        (*out)[i] = value;
    }
    return WIO_OK;
}

bool wio_import_any_final(const wio_import *import, wio_mark mark)
{
    for (size_t g = 0; g < import->grids; g++) {
        const wio_grid *grid = &import->grid[g];
        bool rows = false, columns = false;
        for (size_t r = 0; r < grid->csv.rows; r++) {
            rows = rows || grid->row[r].mark == mark;
        }
        for (size_t c = 0; c < grid->columns; c++) {
            columns = columns || grid->column[c].mark == WIO_MARK_FINAL;
        }
        if (rows && columns) {
            return true;
        }
    }
    return false;
}

static wio_status make_blocks(wio_import *import)
{
    wio_table *table = import->table;
    WIO_TRY(wio_import_block(&table->Z, import, table->m, table->n, 0.0));
    WIO_TRY(wio_import_block(&table->Y, import, table->m, table->f, 0.0));
    WIO_TRY(wio_import_block(&table->P, import, table->p, table->n, 0.0));
    WIO_TRY(wio_import_block(&table->S, import, table->k, table->n, (double)NAN));
    WIO_TRY(wio_import_block(&import->output_row, import, 1, table->n, (double)NAN));
    WIO_TRY(wio_import_block(&import->output_column, import, 1, table->m, (double)NAN));
    if (wio_import_any_final(import, WIO_MARK_PRIMARY)) {
        WIO_TRY(wio_import_block(&import->primary_final, import, table->p, table->f, 0.0));
    }
    if (wio_import_any_final(import, WIO_MARK_ACCOUNT)) {
        WIO_TRY(wio_import_block(&import->account_final, import, table->k, table->f, 0.0));
    }
    return WIO_OK;
}

wio_status wio_import_places(wio_import *import)
{
    wio_import_place_all(import, WIO_MARK_ACTIVITY);
    import->table->n = import->origin.count;
    if (import->status == WIO_OK && import->table->n == 0) {
        (void)wio_import_wrong(import, import->source, 0, 0, "there is no activity in it");
    }
    wio_import_place_all(import, WIO_MARK_IMPORT);
    wio_import_place_all(import, WIO_MARK_FINAL);
    wio_import_place_all(import, WIO_MARK_PRIMARY);
    wio_import_place_all(import, WIO_MARK_ACCOUNT);
    return import->status;
}

wio_status wio_import_build(wio_import *import)
{
    WIO_TRY(wio_import_codes(import));
    WIO_TRY(wio_import_places(import));
    WIO_TRY(name_table(import));
    WIO_TRY(check_labels(import));
    WIO_TRY(make_blocks(import));
    return wio_import_fill(import);
}
