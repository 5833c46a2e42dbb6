/* table_finish.c - what follows from a table's numbers, and what no model may be given.
 *
 *   x    = Z 1 + Y 1 over the activity rows       gross output, the row sum
 *   cost = 1'Z + 1'P                              the column sum
 *
 * Refused (TRUST 1.6): a number that is not finite (except a missing satellite), x_j < 0, x_j = 0
 * with inputs or with sales that cancel, labels that are there twice. An activity that neither
 * buys nor sells stays, as inactive, with a warning. */
#include "table.h"

#include <math.h>
#include <stdio.h>

enum { MOST_NAMED = 10 }; /* findings of one kind that are named one by one */

/* An error to the log, and the first one to err. */
static wio_status refuse(wio_log *log, wio_error *err, const wio_table *table, wio_status status,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

static wio_status refuse(wio_log *log, wio_error *err, const wio_table *table, wio_status status,
                         const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(log, WIO_ERROR, table->path, 0, 0, "%s", message);
    return wio_fail(err, status, "%s", message);
}

static const char *region_of(const wio_table *table, size_t origin)
{
    return table->region.code[table->origin_region[origin]];
}

static const char *sector_of(const wio_table *table, size_t origin)
{
    return table->sector.code[table->origin_sector[origin]];
}

static wio_status index_origins(wio_table *table, wio_log *log, wio_error *err)
{
    size_t sectors = table->sector.count, count;
    if (__builtin_mul_overflow(table->region.count, sectors, &count)) {
        return wio_fail(err, WIO_E_MEMORY, "index of origins");
    }
    wio_free(table->origin_at);
    table->origin_at = wio_alloc(count, sizeof *table->origin_at);
    if (table->origin_at == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "index of origins");
    }
    for (size_t i = 0; i < count; i++) {
        table->origin_at[i] = SIZE_MAX;
    }
    wio_status status = WIO_OK;
    for (size_t i = 0; i < table->m; i++) {
        size_t *at = &table->origin_at[table->origin_region[i] * sectors + table->origin_sector[i]];
        if (*at != SIZE_MAX) {
            status = refuse(log, err, table, WIO_E_TABLE,
                            "%s.%s is there twice (origins %zu and %zu): labels must differ",
                            region_of(table, i), sector_of(table, i), *at, i);
        } else {
            *at = i;
        }
    }
    return status;
}

static wio_status check_labels(const wio_table *table, wio_log *log, wio_error *err)
{
    wio_status status = WIO_OK;
    for (size_t u = 0; u < table->use.count; u++) {
        if (wio_names_find(&table->sector, table->use.code[u]) != SIZE_MAX) {
            status = refuse(log, err, table, WIO_E_TABLE,
                            "'%s' is a sector and a final use: give one of them another code",
                            table->use.code[u]);
        }
    }
    for (size_t c = 0; c < table->f; c++) {
        for (size_t d = 0; d < c; d++) {
            if (table->final_region[c] == table->final_region[d] &&
                table->final_use[c] == table->final_use[d]) {
                status = refuse(log, err, table, WIO_E_TABLE,
                                "final column %s.%s is there twice (%zu and %zu)",
                                table->region.code[table->final_region[c]],
                                table->use.code[table->final_use[c]], d, c);
            }
        }
    }
    return status;
}

/* Where a number of a block is, in the table's own words. */
static void place(char text[200], const wio_table *table, char block, size_t row, size_t column)
{
    char seller[96], buyer[96];
    if (block == 'P') {
        (void)snprintf(seller, sizeof seller, "%s", table->item.code[row]);
    } else if (block == 'S') {
        (void)snprintf(seller, sizeof seller, "%s", table->account.code[row]);
    } else {
        (void)snprintf(seller, sizeof seller, "%s.%s", region_of(table, row),
                       sector_of(table, row));
    }
    if (block == 'Y') {
        (void)snprintf(buyer, sizeof buyer, "%s.%s",
                       table->region.code[table->final_region[column]],
                       table->use.code[table->final_use[column]]);
    } else {
        (void)snprintf(buyer, sizeof buyer, "%s.%s", region_of(table, column),
                       sector_of(table, column));
    }
    (void)snprintf(text, 200, "%s to %s", seller, buyer);
}

typedef struct findings { /* numbers that are not finite */
    const wio_table *table;
    size_t count;
    wio_log *log;
    wio_error *err;
} findings;

static void tell_wrong(findings *f, char block, size_t row, size_t column, double value)
{
    if (++f->count <= MOST_NAMED) {
        char text[200];
        place(text, f->table, block, row, column);
        refuse(f->log, f->err, f->table, WIO_E_NONFINITE,
               "%c[%zu,%zu], %s, is %s: give the number, or leave the activity out", block, row,
               column, text, isnan(value) ? "missing" : "infinite");
    }
}

/* Rows first .. first + rows - 1 of a block. */
static void find_wrong(findings *f, char block, const double *v, size_t first, size_t rows,
                       size_t columns)
{
    for (size_t i = 0; i < rows * columns; i++) {
        if (!isfinite(v[i]) && !(block == 'S' && isnan(v[i]))) {
            tell_wrong(f, block, first + i / columns, i % columns, v[i]);
        }
    }
}

/* The same of Z, either storage: a row at a time, the columns by their own numbers. */
static void find_wrong_flows(findings *f)
{
    const wio_table *t = f->table;
    if (t->start == NULL) {
        find_wrong(f, 'Z', t->Z, 0, t->m, t->n);
        return;
    }
    for (size_t i = 0; i < t->m; i++) {
        wio_flow_row row = wio_table_row(t, i);
        for (size_t p = 0; p < row.count; p++) {
            if (!isfinite(row.value[p])) {
                tell_wrong(f, 'Z', i, row.column[p], row.value[p]);
            }
        }
    }
}

/* A sum over a missing or infinite number is not finite. */
static bool all_finite(const double *v, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(v[i])) {
            return false;
        }
    }
    return true;
}

/* Y, P and S; Z was looked at before. */
static wio_status check_finite(findings *f)
{
    const wio_table *t = f->table;
    find_wrong(f, 'Y', t->Y, 0, t->m, t->f);
    find_wrong(f, 'P', t->P, 0, t->p, t->n);
    find_wrong(f, 'S', t->S, 0, t->k, t->n);
    if (f->count > MOST_NAMED) {
        refuse(f->log, f->err, t, WIO_E_NONFINITE, "%zu more numbers are missing or infinite",
               f->count - MOST_NAMED);
    }
    return f->count == 0 ? WIO_OK : WIO_E_NONFINITE;
}

static wio_status make_sums(wio_table *table, wio_error *err)
{
    wio_free(table->x);
    wio_free(table->cost);
    table->x = wio_alloc(table->n, sizeof *table->x);
    table->cost = wio_zalloc(table->n, sizeof *table->cost);
    return table->x != NULL && table->cost != NULL
               ? WIO_OK
               : wio_fail(err, WIO_E_MEMORY, "gross output of %zu activities", table->n);
}

/* x and cost are sums over Z; now Y and P. */
static void add_the_rest(wio_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        table->x[i] += wio_sum(table->Y + i * table->f, table->f, 1);
        table->cost[i] += wio_sum(table->P + i, table->p, table->n);
    }
}

static bool any(const double *v, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++) {
        if (v[i * stride] != 0.0) {
            return true;
        }
    }
    return false;
}

/* Column j and row j of Z where they are: in memory, read from the file into [m + n] numbers, or, of
 * compressed rows, the sizes of column sums [n] in place of the column. */
typedef struct lines {
    const double *column, *row;
    size_t stride, rows, columns; /* stride of the column */
    double *read;
} lines;

/* Whether an activity buys anything at all: the sums of |z|, made once. */
static wio_status get_compressed(lines *at, const wio_table *table, size_t j, wio_error *err)
{
    if (at->read == NULL) {
        at->read = wio_zalloc(table->n, sizeof *at->read);
        if (at->read == NULL) {
            return wio_fail(err, WIO_E_MEMORY, "flows of an activity");
        }
        for (size_t p = 0; p < table->start[table->m]; p++) {
            at->read[table->column[p]] += fabs(table->flow[p]);
        }
    }
    wio_flow_row row = wio_table_row(table, j);
    at->column = at->read + j;
    at->rows = 1;
    at->row = row.value;
    at->columns = row.count;
    return WIO_OK;
}

static wio_status get_lines(lines *at, const wio_table *table, wio_table_file *file, size_t j,
                            wio_error *err)
{
    *at = (lines){.stride = table->n, .rows = table->m, .columns = table->n, .read = at->read};
    if (table->start != NULL) {
        return get_compressed(at, table, j, err);
    }
    if (table->Z != NULL) {
        at->column = table->Z + j;
        at->row = table->Z + j * table->n;
        return WIO_OK;
    }
    if (at->read == NULL && (at->read = wio_alloc(table->m + table->n, sizeof *at->read)) == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "flows of an activity");
    }
    at->column = at->read;
    at->row = at->read + table->m;
    at->stride = 1;
    WIO_TRY(file->block(at->read, file, 0, table->m, j, 1, err));
    return file->block(at->read + table->m, file, j, 1, 0, table->n, err);
}

/* Activities without any flow, in one finding: a region's table or a world of 40 countries has many. */
static void tell_inactive(const wio_table *table, size_t count, wio_text *names, wio_log *log)
{
    if (count == 1) {
        wio_find(log, WIO_WARNING, table->path, 0, 0,
                 "%s neither buys nor sells: kept as an inactive activity",
                 names->data != NULL ? names->data : "an activity");
    } else if (count != 0) {
        wio_find(log, WIO_WARNING, table->path, 0, 0,
                 "%zu activities neither buy nor sell, and are kept as inactive: %s%s", count,
                 names->data != NULL ? names->data : "", count > MOST_NAMED ? ", ..." : "");
    }
    wio_text_free(names);
}

/* TRUST 1.6: what an activity's output may be. file: of an outline. */
static wio_status check_output(const wio_table *table, wio_table_file *file, wio_log *log,
                               wio_error *err)
{
    wio_status status = WIO_OK;
    wio_text names = {0};
    size_t wrong = 0, inactive = 0;
    lines at = {0};
    for (size_t j = 0; j < table->n; j++) {
        double x = table->x[j];
        if (!isfinite(x) || !isfinite(table->cost[j])) {
            status = refuse(log, err, table, WIO_E_NONFINITE,
                            "the row or column sum of %s.%s is not a number: its flows are too "
                            "large",
                            region_of(table, j), sector_of(table, j));
            continue;
        }
        wio_status read = x == 0.0 ? get_lines(&at, table, file, j, err) : WIO_OK;
        if (read != WIO_OK) {
            wio_free(at.read);
            wio_text_free(&names);
            return read;
        }
        bool buys = x == 0.0 &&
                    (any(at.column, at.rows, at.stride) || any(table->P + j, table->p, table->n));
        bool sells =
            x == 0.0 && (any(at.row, at.columns, 1) || any(table->Y + j * table->f, table->f, 1));
        const char *problem = x < 0.0             ? "has negative output"
                              : x == 0.0 && buys  ? "buys inputs but has no output"
                              : x == 0.0 && sells ? "has sales that cancel to no output"
                                                  : NULL;
        if (problem != NULL && ++wrong <= MOST_NAMED) {
            char number[WIO_NUMBER_SIZE];
            status = refuse(log, err, table, WIO_E_TABLE,
                            "%s.%s %s (row sum %s): correct its row, merge it with another "
                            "sector, or leave it out (--merge of wassily import does both)",
                            region_of(table, j), sector_of(table, j), problem,
                            wio_format_double(number, x));
        } else if (x == 0.0 && problem == NULL && ++inactive <= MOST_NAMED) {
            wio_text_add(&names, "%s%s.%s", inactive == 1 ? "" : ", ", region_of(table, j),
                         sector_of(table, j));
        }
    }
    tell_inactive(table, inactive, &names, log);
    if (wrong > MOST_NAMED) {
        refuse(log, err, table, WIO_E_TABLE, "%zu more activities have no usable output",
               wrong - MOST_NAMED);
    }
    wio_free(at.read);
    return status;
}

wio_status wio_table_finish_labels(wio_table *table, wio_log *log, wio_error *err)
{
    WIO_TRY(index_origins(table, log, err));
    return check_labels(table, log, err);
}

wio_status wio_table_finish(wio_table *table, wio_log *log, wio_error *err)
{
    findings found = {.table = table, .log = log, .err = err};
    WIO_TRY(wio_table_finish_labels(table, log, err));
    WIO_TRY(make_sums(table, err));
    WIO_TRY(wio_table_inputs(table->cost, table, 0, table->m, err));
    bool finite = all_finite(table->cost, table->n);
    if (table->start != NULL) {
        for (size_t i = 0; i < table->n; i++) {
            wio_flow_row row = wio_table_row(table, i);
            table->x[i] = wio_sum(row.value, row.count, 1);
        }
    } else {
        wio_row_sums(table->x, table->n, table->n, table->Z);
    }
    if (!finite) {
        find_wrong_flows(&found);
    }
    add_the_rest(table);
    WIO_TRY(check_finite(&found));
    return check_output(table, NULL, log, err);
}

/* --- of a table that stays in its file ------------------------------------------------------------- */

wio_status wio_table_read(wio_table_file *file, size_t rows, wio_table_rows *use, void *context,
                          wio_error *err)
{
    enum { TOGETHER = 8 }; /* rows as wio_row_sums has them */
    size_t n = file->table->n, bytes = file->panel != 0 ? file->panel : WIO_PANEL;
    size_t panel = bytes / sizeof(double) / n / TOGETHER * TOGETHER;
    panel = panel < TOGETHER ? TOGETHER : panel;
    panel = panel < rows ? panel : rows;
    double *Z = wio_alloc(panel, n * sizeof *Z);
    wio_status status = Z != NULL ? WIO_OK : wio_fail(err, WIO_E_MEMORY, "a part of a table");
    for (size_t first = 0; status == WIO_OK && first < rows; first += panel) {
        size_t count = rows - first < panel ? rows - first : panel;
        status = file->block(Z, file, first, count, 0, n, err);
        status = status == WIO_OK ? use(context, first, count, Z) : status;
    }
    wio_free(Z);
    return status;
}

typedef struct pass {
    wio_table *table;
    double *lost; /* [n] of the column sums, whose totals are the table's cost */
    findings found;
    wio_table_rows *use;
    void *context;
} pass;

static wio_status next_panel(void *context, size_t first, size_t rows, const double *Z)
{
    pass *p = context;
    wio_table *t = p->table;
    size_t producing = first < t->n ? t->n - first : 0; /* rows of activities */
    producing = producing < rows ? producing : rows;
    if (producing != 0) {
        wio_row_sums(t->x + first, producing, t->n, Z);
    }
    bool before = all_finite(t->cost, t->n);
    wio_column_sums_add(t->cost, p->lost, rows, t->n, Z);
    if (!before || !all_finite(t->cost, t->n)) {
        find_wrong(&p->found, 'Z', Z, first, rows, t->n);
    }
    return p->use != NULL ? p->use(p->context, first, rows, Z) : WIO_OK;
}

static wio_status run_pass(pass *p, wio_table_file *file, wio_log *log, wio_error *err)
{
    wio_table *t = file->table;
    WIO_TRY(file->numbers(file, err));
    WIO_TRY(make_sums(t, err));
    WIO_TRY(wio_table_read(file, t->m, next_panel, p, err));
    for (size_t j = 0; j < t->n; j++) {
        t->cost[j] += p->lost[j];
    }
    add_the_rest(t);
    WIO_TRY(check_finite(&p->found));
    return check_output(t, file, log, err);
}

wio_status wio_table_pass(wio_table_file *file, wio_table_rows *use, void *context, wio_log *log,
                          wio_error *err)
{
    wio_table *t = file->table;
    pass p = {.table = t,
              .lost = wio_zalloc(t->n, sizeof *p.lost),
              .found = {.table = t, .log = log, .err = err},
              .use = use,
              .context = context};
    wio_status status = p.lost != NULL ? run_pass(&p, file, log, err)
                                       : wio_fail(err, WIO_E_MEMORY, "a part of a table");
    wio_free(p.lost);
    if (status != WIO_OK) { /* half of a sum is none */
        wio_free(t->x);
        wio_free(t->cost);
        t->x = t->cost = NULL;
    }
    return status;
}
