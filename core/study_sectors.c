/* study_sectors.c - regions, sectors, groups and columns of a table, by name.
 *
 * Where several entries of a map name one sector, the closest wins: its code, then a group, then
 * `all`. Two groups that say different things about one sector are a mistake. */
#include "study_bind.h"

#include <math.h>
#include <string.h>

/* Names of sectors and groups, and `all`, for a suggestion. */
static void unknown_sector(wio_binder *b, const wio_node *at, const char *code, bool groups)
{
    const wio_table *table = b->table;
    size_t count = table->sector.count + (groups ? table->groups + 1 : 0);
    const char **word = wio_bind_zalloc(b, count, sizeof *word);
    if (word == NULL) {
        return;
    }
    for (size_t i = 0; i < table->sector.count; i++) {
        word[i] = table->sector.code[i];
    }
    for (size_t i = 0; groups && i < table->groups; i++) {
        word[table->sector.count + i] = table->group[i].code;
    }
    if (groups) {
        word[count - 1] = "all";
    }
    const char *nearest = wio_nearest(code, word, count);
    const char *what = groups ? "sector or group" : "sector";
    if (nearest != NULL) {
        wio_bind_wrong(b, at, "unknown %s '%.60s' (did you mean '%s'?)", what, code, nearest);
    } else {
        wio_bind_wrong(b, at, "unknown %s '%.60s' in table %s", what, code, table->name);
    }
    wio_free(word);
}

size_t wio_bind_sector(wio_binder *b, const wio_node *at, const char *code)
{
    size_t sector = wio_names_find(&b->table->sector, code);
    if (sector != SIZE_MAX) {
        return sector;
    }
    if (wio_table_group(b->table, code) != NULL) {
        wio_bind_wrong(b, at, "'%.60s' is a group: a sector is needed here", code);
    } else {
        unknown_sector(b, at, code, false);
    }
    return SIZE_MAX;
}

size_t wio_bind_region_code(wio_binder *b, const wio_node *at, const char *code)
{
    const wio_names *region = &b->table->region;
    size_t found = wio_names_find(region, code);
    if (found == SIZE_MAX) {
        const char *nearest =
            wio_nearest(code, (const char *const *)(void *)region->code, region->count);
        if (nearest != NULL) {
            wio_bind_wrong(b, at, "unknown region '%.60s' (did you mean '%s'?)", code, nearest);
        } else {
            wio_bind_wrong(b, at, "unknown region '%.60s' in table %s", code, b->table->name);
        }
    }
    return found;
}

size_t wio_bind_region(wio_binder *b, const wio_node *map, const char *key)
{
    const char *code = wio_bind_word(map, key);
    return code == NULL ? SIZE_MAX : wio_bind_region_code(b, wio_node_get(map, key), code);
}

/* One code, group or `all` into the mask; false on a mistake. */
static bool add_sectors(wio_binder *b, const wio_node *at, bool *mask)
{
    const wio_table *table = b->table;
    if (at->kind != WIO_NODE_SCALAR) {
        return false;
    }
    size_t sector = wio_names_find(&table->sector, at->text);
    const wio_group *group = wio_table_group(table, at->text);
    if (sector != SIZE_MAX) {
        mask[sector] = true;
    } else if (group != NULL) {
        for (size_t i = 0; i < group->count; i++) {
            mask[group->sector[i]] = true;
        }
    } else if (strcmp(at->text, "all") == 0) {
        for (size_t i = 0; i < table->sector.count; i++) {
            mask[i] = true;
        }
    } else {
        unknown_sector(b, at, at->text, true);
        return false;
    }
    return true;
}

bool wio_bind_sectors(wio_binder *b, const wio_node *node, bool *mask)
{
    bool good = true;
    if (mask == NULL) {
        return false;
    }
    if (node == NULL) {
        for (size_t i = 0; i < b->table->sector.count; i++) {
            mask[i] = true;
        }
    } else if (node->kind == WIO_NODE_SCALAR) {
        good = add_sectors(b, node, mask);
    } else if (node->kind == WIO_NODE_LIST) {
        for (size_t i = 0; i < node->count; i++) {
            good &= add_sectors(b, &node->item[i], mask);
        }
    }
    return good;
}

/* --- columns ------------------------------------------------------------------------------------ */

const wio_frame *wio_bind_frame(wio_binder *b, const wio_node *at, const char *file_name)
{
    const wio_frame *frame = wio_table_frame(b->table, file_name);
    if (frame != NULL) {
        return frame;
    }
    const char **word = wio_bind_zalloc(b, b->table->frames, sizeof *word);
    for (size_t i = 0; word != NULL && i < b->table->frames; i++) {
        word[i] = b->table->frame[i].file;
    }
    const char *nearest = word != NULL ? wio_nearest(file_name, word, b->table->frames) : NULL;
    if (nearest != NULL) {
        wio_bind_wrong(b, at, "table %s has no file '%.80s' (did you mean '%s'?)", b->table->name,
                       file_name, nearest);
    } else {
        wio_bind_wrong(b, at, "table %s has no file '%.80s'", b->table->name, file_name);
    }
    wio_free(word);
    return NULL;
}

size_t wio_bind_frame_column(wio_binder *b, const wio_node *at, const wio_frame *frame,
                             const char *column)
{
    size_t found = wio_frame_column(frame, column);
    if (found == SIZE_MAX) {
        const char *nearest =
            wio_nearest(column, (const char *const *)(void *)frame->header, frame->columns);
        if (nearest != NULL) {
            wio_bind_wrong(b, at, "%s has no column '%.80s' (did you mean '%s'?)", frame->file,
                           column, nearest);
        } else {
            wio_bind_wrong(b, at, "%s has no column '%.80s'", frame->file, column);
        }
    }
    return found;
}

bool wio_bind_cell(wio_binder *b, const wio_node *at, const wio_frame *frame, size_t row,
                   size_t column, double *value)
{
    const char *cell = frame->cell[row * frame->columns + column];
    *value = NAN;
    if (*cell != '\0' && !wio_parse_double(value, cell, strlen(cell))) {
        wio_bind_wrong(b, at, "%s:%zu: %s is '%.60s', not a number", frame->file, frame->line[row],
                       frame->header[column], cell);
        return false;
    }
    return true;
}

/* The only file with a `sector` column and this one, or NULL with a mistake. */
static const wio_frame *frame_of_column(wio_binder *b, const wio_node *at, const char *column)
{
    const wio_frame *found = NULL;
    size_t words = 0;
    for (size_t i = 0; i < b->table->frames; i++) {
        const wio_frame *frame = &b->table->frame[i];
        if (wio_frame_column(frame, "sector") == SIZE_MAX) {
            continue;
        }
        words += frame->columns;
        if (wio_frame_column(frame, column) != SIZE_MAX) {
            if (found != NULL) {
                wio_bind_wrong(b, at, "column '%.80s' is in %s and in %s: say which with `file:`",
                               column, found->file, frame->file);
                return NULL;
            }
            found = frame;
        }
    }
    if (found != NULL) {
        return found;
    }
    const char **word = wio_bind_zalloc(b, words, sizeof *word);
    size_t count = 0;
    for (size_t i = 0; word != NULL && i < b->table->frames; i++) {
        const wio_frame *frame = &b->table->frame[i];
        bool has_sector = wio_frame_column(frame, "sector") != SIZE_MAX;
        for (size_t c = 0; has_sector && c < frame->columns; c++) {
            word[count++] = frame->header[c];
        }
    }
    const char *nearest = wio_nearest(column, word, count);
    if (nearest != NULL) {
        wio_bind_wrong(b, at, "unknown column '%.80s' (did you mean '%s'?)", column, nearest);
    } else {
        wio_bind_wrong(b, at, "no file of table %s has a column '%.80s' by sector", b->table->name,
                       column);
    }
    wio_free(word);
    return NULL;
}

bool wio_bind_column(wio_binder *b, const wio_node *at, const char *file_name, const char *column,
                     double *out)
{
    const wio_table *table = b->table;
    const wio_frame *frame =
        file_name != NULL ? wio_bind_frame(b, at, file_name) : frame_of_column(b, at, column);
    bool *seen = wio_bind_zalloc(b, table->sector.count, sizeof *seen);
    bool good = frame != NULL && seen != NULL && out != NULL;
    size_t value = good ? wio_bind_frame_column(b, at, frame, column) : SIZE_MAX;
    size_t by = value != SIZE_MAX ? wio_bind_frame_column(b, at, frame, "sector") : SIZE_MAX;
    good = by != SIZE_MAX;
    wio_bind_fill(out, good ? table->sector.count : 0, NAN);
    for (size_t r = 0; good && r < frame->rows; r++) {
        size_t sector = wio_names_find(&table->sector, frame->cell[r * frame->columns + by]);
        if (sector == SIZE_MAX) {
            continue; /* a total, or a sector of another table */
        }
        if (seen[sector]) {
            wio_bind_wrong(b, at, "%s has several rows for sector %s: not a column by sector",
                           frame->file, table->sector.code[sector]);
            good = false;
        } else {
            seen[sector] = true;
            good = wio_bind_cell(b, at, frame, r, value, &out[sector]);
        }
    }
    wio_free(seen);
    return good;
}

/* --- values by sector ------------------------------------------------------------------------------- */

static bool keyed(wio_binder *b, const wio_node *map, wio_unit unit, double *out)
{
    const wio_table *table = b->table;
    size_t sectors = table->sector.count;
    size_t *from = wio_bind_zalloc(b, sectors, sizeof *from); /* 1 + entry of the group */
    bool good = from != NULL;
    for (int pass = 0; from != NULL && pass < 3; pass++) { /* all, groups, codes */
        for (size_t k = 0; k < map->count; k++) {
            const char *key = map->key[k].text;
            double value = wio_bind_value(&map->item[k], unit);
            size_t sector = wio_names_find(&table->sector, key);
            const wio_group *group = wio_table_group(table, key);
            bool all = strcmp(key, "all") == 0;
            if (pass == 0 && strcmp(key, "source") != 0 && sector == SIZE_MAX && group == NULL &&
                !all) {
                unknown_sector(b, &map->key[k], key, true);
                good = false;
            } else if (pass == 0 && all) {
                wio_bind_fill(out, sectors, value);
            } else if (pass == 1 && sector == SIZE_MAX && group != NULL) {
                for (size_t i = 0; i < group->count; i++) {
                    size_t s = group->sector[i];
                    bool named = wio_node_get(map, table->sector.code[s]) != NULL;
                    if (from[s] != 0 && out[s] != value && !named && !isnan(value)) {
                        wio_bind_wrong(b, &map->key[k],
                                       "sector %s is in '%s' and in '%s', with different values: "
                                       "give it its own",
                                       table->sector.code[s], map->key[from[s] - 1].text, key);
                        good = false;
                    }
                    from[s] = k + 1;
                    out[s] = value;
                }
            } else if (pass == 2 && sector != SIZE_MAX) {
                out[sector] = value;
            }
            good &= strcmp(key, "source") == 0 || !isnan(value);
        }
    }
    wio_free(from);
    return good;
}

bool wio_bind_by_sector(wio_binder *b, const wio_node *node, wio_unit unit, double *out)
{
    if (out == NULL || node == NULL) {
        return false;
    }
    wio_bind_fill(out, b->table->sector.count, NAN);
    node = wio_bind_unwrap(node);
    if (node->kind == WIO_NODE_SCALAR) {
        double value = wio_bind_value(node, unit);
        wio_bind_fill(out, b->table->sector.count, value);
        return !isnan(value);
    }
    if (node->kind != WIO_NODE_MAP) {
        return false;
    }
    const char *column = wio_bind_word(node, "column");
    if (column == NULL) {
        return wio_node_get(node, "column") == NULL && keyed(b, node, unit, out);
    }
    if (!wio_bind_column(b, wio_node_get(node, "column"), wio_bind_word(node, "file"), column,
                         out)) {
        return false;
    }
    /* a column holds the number itself, within the range that a typed one has */
    for (size_t s = 0; s < b->table->sector.count; s++) {
        bool negative = unit != WIO_UNIT_POINTS && unit != WIO_UNIT_CHANGE &&
                        unit != WIO_UNIT_NUMBER && out[s] < 0.0;
        if (negative || (unit == WIO_UNIT_SHARE && out[s] > 1.0)) {
            char text[WIO_NUMBER_SIZE];
            wio_bind_wrong(b, wio_node_get(node, "column"), "column '%s' has %s for sector %s",
                           column, wio_format_double(text, out[s]), b->table->sector.code[s]);
            return false;
        }
    }
    return true;
}

/* --- where a product comes from -------------------------------------------------------------------------- */

/* What a region buys from an origin, in one final column or in all its uses; not below 0. */
static double bought(const wio_table *table, size_t origin, size_t region, size_t column)
{
    double sum = 0.0;
    if (column != SIZE_MAX) {
        sum = table->Y[origin * table->f + column];
        return sum > 0.0 ? sum : 0.0;
    }
    for (size_t j = 0; j < table->n; j++) {
        sum += table->origin_region[j] == region ? table->Z[origin * table->n + j] : 0.0;
    }
    for (size_t c = 0; c < table->f; c++) {
        sum += table->final_region[c] == region ? table->Y[origin * table->f + c] : 0.0;
    }
    return sum > 0.0 ? sum : 0.0;
}

bool wio_bind_origins(double *share, const wio_table *table, size_t region, size_t sector,
                      size_t column)
{
    double total = 0.0;
    for (size_t o = 0; o < table->m; o++) {
        share[o] = table->origin_sector[o] == sector ? bought(table, o, region, column) : 0.0;
        total += share[o];
    }
    if (!(total > 0.0)) {
        return column != SIZE_MAX && wio_bind_origins(share, table, region, sector, SIZE_MAX);
    }
    for (size_t o = 0; o < table->m; o++) {
        share[o] /= total;
    }
    return true;
}

double wio_bind_flow(const wio_table *table, size_t importer, size_t exporter, size_t sector)
{
    size_t origin = wio_table_origin(table, exporter, sector);
    if (origin == SIZE_MAX) {
        return 0.0;
    }
    if (table->endogenous[importer]) {
        return bought(table, origin, importer, SIZE_MAX);
    }
    double sum = 0.0; /* an exogenous buyer has export columns only */
    for (size_t c = 0; c < table->f; c++) {
        sum += table->final_region[c] == importer ? table->Y[origin * table->f + c] : 0.0;
    }
    return sum > 0.0 ? sum : 0.0;
}
