/* table_list.c - flows.csv as a list, a line for each flow that there is:
 *
 *   from_region,from,to_region,to,value      or, where regions.csv has one region,      from,to,value
 *
 * `from` is a sector, `to` a sector or a final use; what is not listed is 0. The table keeps such flows
 * in compressed rows. The text is cut into parts of whole lines of a fixed size, read on all threads and
 * put together in order: the same table and findings for any number of threads. */
#include "table_list.h"

#include <omp.h>
#include <string.h>

size_t wio_list_piece = (size_t)1 << 20;
enum {
    TOGETHER = 32,
    BYTES = 20
}; /* parts read before mistakes are looked at; of a flow as read */

typedef struct part {
    const char *text;
    size_t length, lines; /* lines before it */
    wio_sheet sheet;
    wio_log *log; /* its own: a log is one thread's */
    wio_error err;
    size_t *index; /* [rows] which flow, SIZE_MAX: a label is wrong */
    wio_csv_problems found;
    size_t wrong; /* rows and cells */
    wio_status status;
} part;

typedef struct list {
    wio_folder *folder;
    const wio_folder_text *text;
    size_t labels; /* 2, or 4 with regions */
    size_t parts;
    part *part;
    wio_entries *entries; /* [parts] */
} list;

static const char *const PLAIN[] = {"from", "to", "value"};
static const char *const PLACED[] = {"from_region", "from", "to_region", "to", "value"};

/* --- parts of whole lines -------------------------------------------------------------------------------- */

static size_t count_of(const char *text, size_t length, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        count += text[i] == c;
    }
    return count;
}

/* Where a part ends that begins at `at`: at the end of a line, and of what is in quotes. */
static const char *part_end(const char *at, const char *end)
{
    const char *stop = (size_t)(end - at) > wio_list_piece ? at + wio_list_piece : end;
    size_t quotes = count_of(at, (size_t)(stop - at), '"');
    while (stop < end) {
        const char *line = memchr(stop, '\n', (size_t)(end - stop));
        const char *next = line != NULL ? line + 1 : end;
        quotes += count_of(stop, (size_t)(next - stop), '"');
        stop = next;
        if (quotes % 2 == 0) {
            break;
        }
    }
    return stop;
}

static wio_status deal(list *l, size_t *lines)
{
    const char *at = l->text->data, *end = at + l->text->length;
    size_t capacity = 0;
    *lines = 0;
    do {
        if (l->parts == capacity) {
            capacity = 2 * capacity + 16;
            part *grown = wio_grow(l->part, l->parts, capacity, sizeof *grown);
            if (grown == NULL) {
                return wio_folder_memory(l->folder, "flows.csv");
            }
            l->part = grown;
        }
        const char *stop = part_end(at, end);
        l->part[l->parts++] = (part){.text = at, .length = (size_t)(stop - at), .lines = *lines};
        *lines += count_of(at, (size_t)(stop - at), '\n');
        at = stop;
    } while (at < end);
    l->entries = wio_zalloc(l->parts, sizeof *l->entries);
    return l->entries != NULL ? WIO_OK : wio_folder_memory(l->folder, "flows.csv");
}

/* --- labels ------------------------------------------------------------------------------------------------ */

/* The origin of a row, or on side 1 its user; SIZE_MAX where there is no such one. A final use is
 * n + region x uses + use. */
static size_t find_side(const list *l, const wio_sheet *sheet, size_t r, size_t side, size_t sector)
{
    const wio_table *t = l->folder->table;
    size_t placed = l->labels / 4, column = side * (1 + placed) + placed, region = 0;
    const char *code = wio_sheet_cell(sheet, r, column);
    if (placed != 0) {
        region = wio_names_find(&t->region, wio_sheet_cell(sheet, r, column - 1));
    }
    if (sector != SIZE_MAX && region != SIZE_MAX) {
        size_t origin = wio_table_origin(t, region, sector);
        return side == 0 || origin < t->n ? origin : SIZE_MAX;
    }
    size_t use = side == 1 && region != SIZE_MAX ? wio_names_find(&t->use, code) : SIZE_MAX;
    return use != SIZE_MAX ? t->n + region * t->use.count + use : SIZE_MAX;
}

/* Why there is none. */
static void tell_side(const list *l, const wio_sheet *sheet, size_t r, size_t side)
{
    const wio_table *t = l->folder->table;
    size_t placed = l->labels / 4, column = side * (1 + placed) + placed, region = 0;
    const char *code = wio_sheet_cell(sheet, r, column);
    if (placed != 0) {
        const char *region_code = wio_sheet_cell(sheet, r, column - 1);
        region = wio_names_find(&t->region, region_code);
        if (region == SIZE_MAX) {
            wio_folder_unknown(l->folder, sheet, r, column - 1, "region", region_code, &t->region);
            return;
        }
    }
    size_t sector = wio_names_find(&t->sector, code);
    if (sector == SIZE_MAX) {
        wio_folder_unknown(l->folder, sheet, r, column,
                           side == 1 ? "sector or final use" : "sector", code, &t->sector);
    } else if (wio_table_origin(t, region, sector) == SIZE_MAX) {
        wio_folder_wrong(l->folder, sheet->path, sheet->csv.line[r], column + 1,
                         "region '%s' has no sector '%s' in sectors.csv", t->region.code[region],
                         code);
    } else {
        wio_folder_wrong(l->folder, sheet->path, sheet->csv.line[r], column + 1,
                         "region '%s' is not endogenous: it has no columns of production",
                         t->region.code[region]);
    }
}

/* What is wrong with a row whose flow has no place. */
static void tell_row(const list *l, const wio_sheet *sheet, size_t r)
{
    if (sheet->csv.columns[r] < l->labels) {
        wio_folder_wrong(l->folder, sheet->path, sheet->csv.line[r], sheet->csv.columns[r],
                         "expected %zu cells as in the first line, got %zu", l->labels + 1,
                         sheet->csv.columns[r]);
        return;
    }
    for (size_t side = 0; side < 2; side++) {
        const char *code = wio_sheet_cell(sheet, r, l->labels == 4 ? 2 * side + 1 : side);
        size_t sector = wio_names_find(&l->folder->table->sector, code);
        if (find_side(l, sheet, r, side, sector) == SIZE_MAX) {
            tell_side(l, sheet, r, side);
        }
    }
}

/* --- one part ------------------------------------------------------------------------------------------------ */

static void free_text(part *p)
{
    wio_csv_clear(&p->sheet.csv);
    wio_log_free(p->log);
    wio_free(p->index);
    p->log = NULL;
    p->index = NULL;
}

static wio_status cut(part *p, const list *l, bool first)
{
    const wio_csv_form form = {
        .delimiter = ',', .native = true, .heads = first ? 1 : 0, .labels = l->labels};
    char *data = wio_strndup(p->text, p->length); /* it is taken over, and changed */
    if (data == NULL || wio_log_create(&p->log, NULL) != WIO_OK) {
        wio_free(data);
        return WIO_E_MEMORY;
    }
    p->sheet.path = l->text->path;
    WIO_TRY(wio_csv_read(&p->sheet.csv, data, p->length, l->text->path, &form, p->log, &p->err));
    for (size_t r = 0; r < p->sheet.csv.rows; r++) {
        p->sheet.csv.line[r] += p->lines;
    }
    return WIO_OK;
}

/* The flows of rows begin..end-1, at most BLOCK of them. */
enum { BLOCK = 256 };
static void find_rows(part *p, wio_entries *to, const list *l, size_t begin, size_t end)
{
    const char *code[BLOCK];
    size_t sector[2][BLOCK];
    for (size_t side = 0; side < 2; side++) {
        size_t column = l->labels == 4 ? 2 * side + 1 : side;
        for (size_t r = begin; r < end; r++) {
            code[r - begin] = wio_sheet_cell(&p->sheet, r, column);
        }
        wio_names_find_all(sector[side], &l->folder->table->sector, code, end - begin);
    }
    for (size_t r = begin; r < end; r++) {
        bool whole = p->sheet.csv.columns[r] >= l->labels;
        size_t row = whole ? find_side(l, &p->sheet, r, 0, sector[0][r - begin]) : SIZE_MAX;
        size_t user = whole ? find_side(l, &p->sheet, r, 1, sector[1][r - begin]) : SIZE_MAX;
        p->index[r] = SIZE_MAX;
        if (row != SIZE_MAX && user != SIZE_MAX) {
            to->row[to->count] = (uint32_t)row;
            to->column[to->count] = (uint32_t)user;
            to->line[to->count] = (uint32_t)p->sheet.csv.line[r];
            p->index[r] = to->count++;
        }
    }
}

static wio_status read_part(part *p, wio_entries *to, const list *l, bool first)
{
    WIO_TRY(cut(p, l, first));
    const wio_csv *csv = &p->sheet.csv;
    size_t rows = csv->rows;
    p->index = wio_alloc(rows, sizeof *p->index);
    to->row = wio_alloc(rows, sizeof *to->row);
    to->column = wio_alloc(rows, sizeof *to->column);
    to->line = wio_alloc(rows, sizeof *to->line);
    to->value = wio_alloc(rows, sizeof *to->value);
    if (p->index == NULL || to->row == NULL || to->column == NULL || to->line == NULL ||
        to->value == NULL) {
        return WIO_E_MEMORY;
    }
    for (size_t r = first ? 1 : 0; r < rows; r += BLOCK) {
        find_rows(p, to, l, r, rows - r < BLOCK ? rows : r + BLOCK);
    }
    const wio_csv_target target = {to->value, 1};
    const wio_number_policy policy = wio_folder_policy(false);
    WIO_TRY(wio_csv_numbers(&p->found, csv, first ? 1 : 0, l->labels, p->index, 1, &target, &policy,
                            1, NULL));
    size_t wrong = rows - (first ? 1 : 0) - to->count + p->found.total;
    if (wrong == 0 && p->found.tiny.count == 0) {
        free_text(p); /* nothing to tell of it */
    }
#pragma omp atomic write
    p->wrong = wrong;
    return WIO_OK;
}

/* Whether the parts before have more mistakes than are named: then this one need not be read. */
static bool enough_wrong(const list *l, size_t k)
{
    size_t sum = 0;
    for (size_t i = 0; i < k; i++) {
        size_t wrong;
#pragma omp atomic read
        wrong = l->part[i].wrong;
        sum += wrong;
    }
    return sum > WIO_MOST_IN_FILE;
}

/* Its mistakes, in the order of the file; frees its text. */
static wio_status finish_part(part *p, const list *l, bool first)
{
    wio_folder *folder = l->folder;
    const wio_finding *finding;
    for (size_t i = 0; p->log != NULL && (finding = wio_log_finding(p->log, i)) != NULL; i++) {
        wio_folder_wrong(folder, l->text->path, finding->line + p->lines, finding->column, "%s",
                         finding->text);
    }
    bool cut = p->status == WIO_OK && p->sheet.csv.rows != 0;
    for (size_t r = first ? 1 : 0; cut && r < p->sheet.csv.rows; r++) {
        if (p->index[r] == SIZE_MAX && folder->in_file <= WIO_MOST_IN_FILE) {
            tell_row(l, &p->sheet, r);
        }
    }
    if (cut) {
        wio_folder_numbers(folder, &p->sheet, l->labels + 1, false, &p->found);
    }
    free_text(p);
    return p->status == WIO_E_MEMORY ? wio_folder_memory(folder, "flows.csv") : WIO_OK;
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

/* The first line, whole: which columns there are. */
static bool check_first(list *l)
{
    size_t regions = l->folder->table->region.count;
    bool placed = l->labels == 4;
    bool good =
        placed ? wio_folder_begins(l->text, PLACED, 5) : wio_folder_begins(l->text, PLAIN, 3);
    if (!good) {
        wio_folder_wrong(l->folder, l->text->path, 1, 1,
                         "the first line of a list of flows is 'from_region,from,to_region,to,"
                         "value', or 'from,to,value' where there is one region");
    } else if (!placed && regions != 1) {
        wio_folder_wrong(l->folder, l->text->path, 1, 1,
                         "the first line has to be 'from_region,from,to_region,to,value': "
                         "regions.csv has %zu regions",
                         regions);
        good = false;
    }
    return good;
}

static wio_status read_parts(list *l)
{
    wio_error error = {0};
    size_t lines = 0;
    WIO_TRY(deal(l, &lines));
    const wio_table *t = l->folder->table;
    double users = (double)t->n + (double)t->region.count * (double)t->use.count;
    if ((double)lines >= UINT32_MAX || users >= UINT32_MAX) {
        wio_folder_wrong(l->folder, l->text->path, 0, 0, "more than 4294967294 lines or users");
        return WIO_OK;
    }
    if (wio_memory_need((double)BYTES * (double)lines, "a list of flows", &error) != WIO_OK) {
        return wio_folder_memory(l->folder, error.message);
    }
    int threads = omp_in_parallel() || l->parts < 2 ? 1 : wio_threads(0);
    (void)threads; /* where the pragma is not read */
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
    for (size_t k = 0; k <= l->parts; k++) {
        if (k == 0) { /* as long as a tenth of the rest */
            wio_folder_digest(l->folder, l->text);
        } else if (!enough_wrong(l, k - 1)) {
            l->part[k - 1].status = read_part(&l->part[k - 1], &l->entries[k - 1], l, k == 1);
        }
    }
    wio_status status = WIO_OK;
    for (size_t k = 0; k < l->parts; k++) {
        wio_status found = finish_part(&l->part[k], l, k == 0);
        status = status == WIO_OK ? found : status;
    }
    return status;
}

wio_status wio_folder_read_list(wio_folder *folder, wio_folder_text *text, bool *found)
{
    bool placed = wio_folder_begins(text, PLACED, 1);
    *found = placed || wio_folder_begins(text, PLAIN, 1);
    if (!*found) {
        return WIO_OK;
    }
    list l = {.folder = folder, .text = text, .labels = placed ? 4 : 2};
    wio_status status = check_first(&l) ? read_parts(&l) : WIO_OK;
    wio_free(text->data); /* its name is needed still */
    text->data = NULL;
    if (status == WIO_OK && l.entries != NULL) {
        status = wio_entries_place(folder, text->path, l.entries, l.parts);
    }
    for (size_t k = 0; l.entries != NULL && k < l.parts; k++) {
        wio_free(l.entries[k].row);
        wio_free(l.entries[k].column);
        wio_free(l.entries[k].line);
        wio_free(l.entries[k].value);
    }
    wio_free(l.entries);
    wio_free(l.part);
    wio_folder_text_clear(text);
    return status;
}
