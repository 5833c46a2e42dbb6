/* frame_assemble.c - further files of several tables, for the one that is assembled of them. Lines get
 * the region that their table is of; files of the same name are one where they have the same columns,
 * of the same kind, weight and unit. */
#include "frames.h"

#include <stdio.h>
#include <string.h>

static const char *const RULES[] = {"kind", "weight", "unit"}; /* of columns.csv */
enum { RULE_COUNT = sizeof RULES / sizeof *RULES };

typedef struct gathering {
    wio_table *to;    /* has the files of the tables before */
    const char *code; /* region of the table at hand */
    wio_frame *own;   /* [owns] its files */
    size_t owns;
    wio_log *log;
    wio_error *err;
} gathering;

static wio_status no_memory(const gathering *g)
{
    return wio_fail(g->err, WIO_E_MEMORY, "further files");
}

static const wio_frame *own_file(const gathering *g, const char *file)
{
    for (size_t k = 0; k < g->owns; k++) {
        if (strcmp(g->own[k].file, file) == 0) {
            return &g->own[k];
        }
    }
    return NULL;
}

static const char *says(const wio_frame *lines, const char *file, const char *column,
                        const char *rule)
{
    return lines != NULL ? wio_frame_says(lines, file, column, rule) : "";
}

/* Why two files are not one, "" where they are. */
static void compare(char *reason, size_t size, const gathering *g, const wio_frame *a,
                    const wio_frame *b)
{
    const wio_frame *of_a = wio_table_frame(g->to, WIO_COLUMNS_FILE),
                    *of_b = own_file(g, WIO_COLUMNS_FILE);
    bool region = false;
    for (size_t c = 0; c < a->columns; c++) {
        if (wio_frame_column(b, a->header[c]) == SIZE_MAX) {
            (void)snprintf(reason, size, "it has no column '%.60s', as that before it has",
                           a->header[c]);
            return;
        }
    }
    for (size_t c = 0; c < b->columns; c++) {
        const char *name = b->header[c];
        if (wio_frame_column(a, name) == SIZE_MAX) {
            (void)snprintf(reason, size, "its column '%.60s' is not in that before it", name);
            return;
        }
        for (size_t k = 0; k < RULE_COUNT; k++) {
            const char *mine = says(of_b, b->file, name, RULES[k]),
                       *other = says(of_a, a->file, name, RULES[k]);
            if (strcmp(mine, other) != 0) {
                (void)snprintf(reason, size,
                               "the %s of its column '%.60s' is '%.60s', in that before it '%.60s'",
                               RULES[k], name, mine, other);
                return;
            }
        }
        region = region || strcmp(name, "region") == 0 ||
                 strcmp(says(of_b, b->file, name, "kind"), "region") == 0;
    }
    (void)snprintf(reason, size, "%s", region ? "" : "its lines are others and name no region");
}

static bool same_file(const wio_frame *a, const wio_frame *b)
{
    bool same = a->columns == b->columns && a->rows == b->rows;
    for (size_t c = 0; same && c < a->columns; c++) {
        same = strcmp(a->header[c], b->header[c]) == 0;
    }
    for (size_t c = 0; same && c < a->columns * a->rows; c++) {
        same = strcmp(a->cell[c], b->cell[c]) == 0;
    }
    return same;
}

/* The `count` lines of b that are `taken` [rows of b] behind those of a, column by column. */
static wio_status append_rows(const gathering *g, wio_frame *a, const wio_frame *b,
                              const bool *taken, size_t count)
{
    size_t rows, cells;
    if (__builtin_add_overflow(a->rows, count, &rows) ||
        __builtin_mul_overflow(rows, a->columns, &cells)) {
        return no_memory(g);
    }
    char **cell = wio_grow(a->cell, a->rows * a->columns, cells, sizeof *cell);
    a->cell = cell != NULL ? cell : a->cell;
    size_t *line = wio_grow(a->line, a->rows, rows, sizeof *line);
    a->line = line != NULL ? line : a->line;
    if (cell == NULL || line == NULL) {
        return no_memory(g);
    }
    bool whole = true;
    for (size_t r = 0; r < b->rows; r++) {
        for (size_t c = 0; taken[r] && c < a->columns; c++) {
            size_t from = wio_frame_column(b, a->header[c]);
            char *text = wio_strdup(from != SIZE_MAX ? b->cell[r * b->columns + from] : "");
            cell[a->rows * a->columns + c] = text;
            whole = whole && text != NULL;
        }
        line[a->rows] = 0;
        a->rows += taken[r];
    }
    return whole ? WIO_OK : no_memory(g);
}

/* What tells a line from others: its sector, regions and keys, in the order of a's columns. */
static wio_status line_key(char **out, const gathering *g, const wio_frame *a, const wio_frame *of,
                           size_t r)
{
    static const char *const LABELS[] = {"sector", "region", "partner", "key"};
    const wio_frame *rules = wio_table_frame(g->to, WIO_COLUMNS_FILE);
    wio_text text = {0};
    wio_text_add(&text, "%s", "");
    for (size_t c = 0; c < a->columns; c++) {
        const char *name = a->header[c], *kind = says(rules, a->file, name, "kind");
        bool label = strcmp(name, "sector") == 0 || strcmp(name, "region") == 0;
        for (size_t k = 0; k < sizeof LABELS / sizeof *LABELS; k++) {
            label = label || strcmp(kind, LABELS[k]) == 0;
        }
        if (label) {
            wio_text_add(&text, "%s\x1f", of->cell[r * of->columns + wio_frame_column(of, name)]);
        }
    }
    return wio_text_take(out, &text, g->err);
}

/* taken [rows of b]: lines whose labels a does not have; *count of them. */
static wio_status find_new(bool *taken, size_t *count, const gathering *g, const wio_frame *a,
                           const wio_frame *b)
{
    wio_names there = {0};
    wio_status status = WIO_OK;
    for (size_t r = 0; status == WIO_OK && r < a->rows + b->rows; r++) {
        const bool old = r < a->rows;
        char *key = NULL;
        status = line_key(&key, g, a, old ? a : b, old ? r : r - a->rows);
        bool found = status == WIO_OK && wio_names_find(&there, key) != SIZE_MAX;
        if (status == WIO_OK && old && !found) {
            status = wio_names_add(&there, key, "") == WIO_OK ? WIO_OK : no_memory(g);
        } else if (status == WIO_OK && !old) {
            taken[r - a->rows] = !found;
            *count += !found;
        }
        wio_free(key);
    }
    wio_names_free(&there);
    return status;
}

/* The lines of b behind those of a; those that a has already, by their labels, stay a's. */
static wio_status append_lines(const gathering *g, wio_frame *a, const wio_frame *b)
{
    bool *taken = wio_zalloc(b->rows, sizeof *taken);
    size_t count = 0;
    wio_status status = taken != NULL ? find_new(taken, &count, g, a, b) : no_memory(g);
    status = status == WIO_OK ? append_rows(g, a, b, taken, count) : status;
    wio_free(taken);
    if (status != WIO_OK || count == b->rows) {
        return status;
    }
    wio_find(g->log, WIO_WARNING, b->file, 0, 0,
             "%zu of %zu lines of %s are left out: a table before it has lines of the same labels",
             b->rows - count, b->rows, g->code);
    return wio_table_note(
        g->to, g->err,
        "%s: %zu of %zu lines of %s were left out, a table before it has lines of "
        "the same labels.",
        b->file, b->rows - count, b->rows, g->code);
}

static wio_status put_file(const gathering *g, wio_frame *file)
{
    wio_table *to = g->to;
    wio_frame *grown = wio_grow(to->frame, to->frames, to->frames + 1, sizeof *grown);
    if (grown == NULL) {
        return no_memory(g);
    }
    to->frame = grown;
    to->frame[to->frames++] = *file;
    *file = (wio_frame){0};
    return WIO_OK;
}

/* The column of that name, which is empty where it was not there. */
static wio_status need_column(const gathering *g, wio_frame *a, const char *name)
{
    const size_t old = a->columns, columns = old + 1;
    size_t cells;
    if (wio_frame_column(a, name) != SIZE_MAX) {
        return WIO_OK;
    }
    char **header = wio_zalloc(columns, sizeof *header), **cell = NULL;
    if (header == NULL || __builtin_mul_overflow(columns, a->rows, &cells) ||
        (cell = wio_zalloc(cells, sizeof *cell)) == NULL) {
        wio_free(header);
        return no_memory(g);
    }
    bool whole = (header[old] = wio_strdup(name)) != NULL;
    memcpy(header, a->header, old * sizeof *header);
    for (size_t r = 0; r < a->rows; r++) {
        memcpy(cell + r * columns, a->cell + r * old, old * sizeof *cell);
        whole = (cell[r * columns + old] = wio_strdup("")) != NULL && whole;
    }
    wio_free(a->header);
    wio_free(a->cell);
    a->header = header;
    a->cell = cell;
    a->columns = columns;
    return whole ? WIO_OK : no_memory(g);
}

/* Lines of the table's columns.csv that describe files which are new; `added` [owns]. */
static wio_status gather_rules(gathering *g, const bool *added)
{
    const wio_frame *mine = own_file(g, WIO_COLUMNS_FILE);
    wio_frame *all = (wio_frame *)(uintptr_t)wio_table_frame(g->to, WIO_COLUMNS_FILE);
    const size_t file = mine != NULL ? wio_frame_column(mine, "file") : SIZE_MAX;
    if (mine == NULL || all == NULL || file == SIZE_MAX) {
        return mine != NULL && all == NULL ? put_file(g, (wio_frame *)(uintptr_t)mine) : WIO_OK;
    }
    for (size_t c = 0; c < mine->columns; c++) {
        WIO_TRY(need_column(g, all, mine->header[c]));
    }
    bool *taken = wio_zalloc(mine->rows, sizeof *taken);
    size_t count = 0;
    for (size_t r = 0; taken != NULL && r < mine->rows; r++) {
        const wio_frame *of = own_file(g, mine->cell[r * mine->columns + file]);
        taken[r] = of != NULL && added[of - g->own];
        count += taken[r];
    }
    wio_status status = taken != NULL ? append_rows(g, all, mine, taken, count) : no_memory(g);
    wio_free(taken);
    return status;
}

static wio_status gather_file(gathering *g, size_t k, bool *added)
{
    const wio_frame *own = &g->own[k];
    wio_frame *there = (wio_frame *)(uintptr_t)wio_table_frame(g->to, own->file);
    char reason[300] = "";
    if (there == NULL) {
        added[k] = true;
        return WIO_OK; /* moved when the descriptions have been read */
    }
    if (same_file(there, own)) {
        return WIO_OK;
    }
    compare(reason, sizeof reason, g, there, own);
    if (*reason == '\0') {
        return append_lines(g, there, own);
    }
    wio_find(g->log, WIO_WARNING, NULL, 0, 0, "%s of %s is left out: %s", own->file, g->code,
             reason);
    return wio_table_note(g->to, g->err, "%s of %s was left out: %s.", own->file, g->code, reason);
}

static wio_status gather(gathering *g)
{
    bool *added = wio_zalloc(g->owns, sizeof *added);
    wio_status status = added != NULL ? WIO_OK : no_memory(g);
    for (size_t k = 0; status == WIO_OK && k < g->owns; k++) {
        if (strcmp(g->own[k].file, WIO_COLUMNS_FILE) != 0) {
            status = gather_file(g, k, added);
        }
    }
    status = status == WIO_OK ? gather_rules(g, added) : status;
    for (size_t k = 0; status == WIO_OK && k < g->owns; k++) {
        status = added[k] ? put_file(g, &g->own[k]) : WIO_OK;
    }
    wio_free(added);
    return status;
}

/* Whether a table has the imports from every other region with a table by themselves: what else it imports is
 * from the rest then, and not a block that trade splits. */
static bool knows_all(const wio_table *to, const wio_table *table, size_t home)
{
    for (size_t r = 0; r < to->region.count; r++) {
        bool other = to->endogenous[r] && strcmp(to->region.code[r], table->region.code[home]) != 0;
        if (other && wio_names_find(&table->region, to->region.code[r]) == SIZE_MAX) {
            return false;
        }
    }
    return true;
}

/* The regions of a table in the new one: those without a table are the rest, if they are not more. */
static wio_status carry_own(gathering *g, const wio_table *table, size_t home, const char *rest)
{
    const size_t count = table->region.count;
    const char *none = knows_all(g->to, table, home) ? rest : "";
    char **from = wio_alloc(count, sizeof *from), **to = wio_alloc(count, sizeof *to);
    wio_frame *before = g->to->frame;
    const size_t befores = g->to->frames;
    wio_concordance region = {.from = from, .to = to};
    wio_status status = from != NULL && to != NULL ? WIO_OK : no_memory(g);
    for (size_t r = 0; status == WIO_OK && r < count; r++) {
        size_t there = wio_names_find(&g->to->region, table->region.code[r]);
        if (r != home && (there == SIZE_MAX || !g->to->endogenous[there])) {
            from[region.count] = table->region.code[r];
            to[region.count++] = (char *)(uintptr_t)none;
        }
    }
    const frame_carry how = {
        .from = table, .region = &region, .gone = "regions that are others now", .home = g->code};
    if (status == WIO_OK) {
        g->to->frame = NULL;
        g->to->frames = 0;
        status = wio_frames_carry(g->to, &how, g->log, g->err);
        g->own = g->to->frame;
        g->owns = g->to->frames;
        g->to->frame = before;
        g->to->frames = befores;
    }
    wio_free(from);
    wio_free(to);
    return status;
}

wio_status wio_frames_assemble(wio_table *to, const wio_table *const *table, size_t count,
                               const char *rest, wio_log *log, wio_error *err)
{
    wio_status status = WIO_OK;
    for (size_t s = 0; status == WIO_OK && s < count; s++) {
        size_t home = table[s]->origin_region[0]; /* the only region that produces */
        gathering g = {.to = to, .code = table[s]->region.code[home], .log = log, .err = err};
        status = carry_own(&g, table[s], home, rest);
        status = status == WIO_OK ? gather(&g) : status;
        for (size_t k = 0; k < g.owns; k++) {
            wio_frame_clear(&g.own[k]);
        }
        wio_free(g.own);
    }
    return status;
}
