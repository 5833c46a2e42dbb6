/* table_hdf5_read.c - a packed table back into memory (its form is in table_hdf5.c).
 *
 * A file may have a table for each year, in a group named after it. A file may come from anywhere:
 * beyond the inspections of hdf5_read.c every label is unique, every index has its label, and the
 * numbers go through wio_table_finish like any others. */
#include "hdf5.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static size_t length_of(wio_h5 *h5, const char *path)
{
    const wio_h5_item *item = wio_h5_find(h5, path);
    if (item == NULL || item->group || item->rank == 0) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "has no list '%s'", path);
        return 0;
    }
    return item->dims[0];
}

/* Each text a block of its own, as the table frees them. *count is set with *out. */
static void get_list(wio_h5 *h5, char ***out, size_t *count, const char *path)
{
    size_t length = length_of(h5, path);
    char **packed = wio_h5_texts(h5, path, length);
    char **list = packed != NULL ? wio_zalloc(length, sizeof *list) : NULL;
    bool good = list != NULL;
    for (size_t i = 0; good && i < length; i++) {
        list[i] = wio_strdup(packed[i]);
        good = list[i] != NULL;
    }
    wio_free(packed);
    *out = list;
    *count = list != NULL ? length : 0;
    if (!good) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
    }
}

static void get_head(wio_h5 *h5, wio_table *table)
{
    if (!wio_h5_has_attribute(h5, "/", WIO_PACKED_MARK)) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "is not a packed table");
    } else if (wio_h5_number(h5, "/", WIO_PACKED_MARK) != WIO_PACKED_FORM) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "is a packed table of a later version of Wassily");
    }
    for (const wio_packed_text *field = wio_packed_head; field->name != NULL; field++) {
        if (wio_h5_has_attribute(h5, "/", field->name)) {
            char *text = wio_h5_text(h5, "/", field->name);
            memcpy((char *)table + field->offset, &text, sizeof text);
        }
    }
    table->total_output = wio_h5_has_attribute(h5, "/", WIO_PACKED_OUTPUT)
                              ? wio_h5_number(h5, "/", WIO_PACKED_OUTPUT)
                              : (double)NAN;
    double year = wio_h5_number(h5, "/", "year");
    table->household_income = wio_h5_number(h5, "/", "household_income");
    if (h5->status == WIO_OK && !(year >= -10000 && year <= 10000)) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "has no year");
        return;
    }
    table->year = h5->status == WIO_OK ? (int)year : 0;
    get_list(h5, &table->source, &table->sources, "/sources");
    get_list(h5, &table->note, &table->notes, "/notes");
}

static void get_names(wio_h5 *h5, wio_names *names, const char *group)
{
    char path[64];
    (void)snprintf(path, sizeof path, "%s/code", group);
    size_t count = length_of(h5, path);
    char **code = wio_h5_texts(h5, path, count);
    (void)snprintf(path, sizeof path, "%s/name", group);
    char **name = wio_h5_texts(h5, path, count);
    for (size_t i = 0; name != NULL && code != NULL && i < count && h5->status == WIO_OK; i++) {
        wio_status status =
            code[i][0] != '\0' ? wio_names_add(names, code[i], name[i]) : WIO_E_FORMAT;
        if (status == WIO_E_MEMORY) {
            (void)wio_h5_fail(h5, status, "no memory for '%s'", group);
        } else if (status != WIO_OK) {
            (void)wio_h5_fail(h5, WIO_E_FORMAT, "'%s' %zu, '%.80s', is empty or there twice", group,
                              i, code[i]);
        }
    }
    wio_free(code);
    wio_free(name);
}

static void get_roles(wio_h5 *h5, wio_role **out, size_t count, const char *path)
{
    char **word = wio_h5_texts(h5, path, count);
    wio_role *role = word != NULL ? wio_alloc(count, sizeof *role) : NULL;
    if (role == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
    }
    for (size_t i = 0; role != NULL && i < count; i++) {
        if (!wio_role_find(&role[i], word[i])) {
            (void)wio_h5_fail(h5, WIO_E_FORMAT, "'%s' has the unknown role '%.40s'", path, word[i]);
        }
    }
    wio_free(word);
    *out = role;
}

static void get_regions(wio_h5 *h5, wio_table *table)
{
    get_names(h5, &table->region, "/regions");
    size_t count = table->region.count;
    size_t *endogenous = wio_h5_sizes(h5, "/regions/endogenous", count);
    char **word = wio_h5_texts(h5, "/regions/valuation", count);
    if (word != NULL && endogenous != NULL) {
        table->endogenous = wio_alloc(count, sizeof *table->endogenous);
        table->valuation = wio_alloc(count, sizeof *table->valuation);
        if (table->endogenous == NULL || table->valuation == NULL) {
            (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the regions");
        }
    }
    // NOLINTBEGIN(clang-analyzer-core.NullDereference): the status says that all are there
    for (size_t i = 0; i < count && h5->status == WIO_OK; i++) {
        table->endogenous[i] = endogenous[i] != 0;
        if (!wio_valuation_find(&table->valuation[i], word[i])) {
            (void)wio_h5_fail(h5, WIO_E_FORMAT, "region %s has the unknown valuation '%.40s'",
                              table->region.code[i], word[i]);
        }
    }
    // NOLINTEND(clang-analyzer-core.NullDereference)
    wio_free(endogenous);
    wio_free(word);
}

/* Indices into a list of `limit` labels. */
static void get_indices(wio_h5 *h5, size_t **out, size_t count, const char *path, size_t limit)
{
    *out = wio_h5_sizes(h5, path, count);
    for (size_t i = 0; *out != NULL && i < count; i++) {
        if ((*out)[i] >= limit) {
            (void)wio_h5_fail(h5, WIO_E_FORMAT, "'%s'[%zu] is %zu, but there are %zu labels", path,
                              i, (*out)[i], limit);
            return;
        }
    }
}

static void get_groups(wio_h5 *h5, wio_table *table)
{
    size_t groups = length_of(h5, "/groups/code"), members = length_of(h5, "/groups/sector");
    size_t *sector = NULL, at = 0;
    char **code = wio_h5_texts(h5, "/groups/code", groups);
    size_t *count = wio_h5_sizes(h5, "/groups/count", groups);
    get_indices(h5, &sector, members, "/groups/sector", table->sector.count);
    if (h5->status == WIO_OK) {
        table->group = wio_zalloc(groups, sizeof *table->group);
        table->groups = table->group != NULL ? groups : 0;
    }
    for (size_t i = 0; i < table->groups && h5->status == WIO_OK; i++) {
        wio_group *group = &table->group[i];
        if (count[i] > members - at) {
            (void)wio_h5_fail(h5, WIO_E_FORMAT, "group '%.80s' has too many sectors", code[i]);
            break;
        }
        group->code = wio_strdup(code[i]);
        group->sector = wio_alloc(count[i], sizeof *group->sector);
        if (group->code == NULL || group->sector == NULL) {
            (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the groups");
            break;
        }
        group->count = count[i];
        if (count[i] != 0) {
            memcpy(group->sector, sector + at, count[i] * sizeof *sector);
        }
        at += count[i];
    }
    if (table->group == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the groups");
    }
    wio_free(code);
    wio_free(count);
    wio_free(sector);
}

/* The activities are the origins of endogenous regions, and come first. */
static void count_activities(wio_h5 *h5, wio_table *table)
{
    while (table->n < table->m && table->endogenous[table->origin_region[table->n]]) {
        table->n++;
    }
    for (size_t i = table->n; i < table->m; i++) {
        if (table->endogenous[table->origin_region[i]]) {
            (void)wio_h5_fail(h5, WIO_E_FORMAT, "origin %zu is an activity after an import", i);
            return;
        }
    }
    if (table->n == 0) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "has no activity");
    }
}

static void get_labels(wio_h5 *h5, wio_table *table)
{
    size_t units = 0;
    get_regions(h5, table);
    get_names(h5, &table->sector, "/sectors");
    get_names(h5, &table->use, "/uses");
    get_roles(h5, &table->use_role, table->use.count, "/uses/role");
    get_names(h5, &table->item, "/primary_items");
    get_roles(h5, &table->item_role, table->item.count, "/primary_items/role");
    get_names(h5, &table->account, "/accounts");
    if (h5->status == WIO_OK && length_of(h5, "/accounts/unit") != table->account.count) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "does not have one unit for each account");
    }
    if (h5->status == WIO_OK) {
        get_list(h5, &table->account_unit, &units, "/accounts/unit");
    }
    table->p = table->item.count;
    table->k = table->account.count;
    get_groups(h5, table);
    table->m = length_of(h5, "/origins/region");
    table->f = length_of(h5, "/finals/region");
    get_indices(h5, &table->origin_region, table->m, "/origins/region", table->region.count);
    get_indices(h5, &table->origin_sector, table->m, "/origins/sector", table->sector.count);
    get_indices(h5, &table->final_region, table->f, "/finals/region", table->region.count);
    get_indices(h5, &table->final_use, table->f, "/finals/use", table->use.count);
    if (h5->status == WIO_OK) {
        count_activities(h5, table);
    }
}

/* Column c of rows x columns texts, each a block of its own. */
static void get_column(wio_h5 *h5, char **cell, const char *path, size_t rows, size_t columns,
                       size_t c)
{
    char **text = wio_h5_texts(h5, path, rows);
    for (size_t r = 0; text != NULL && r < rows; r++) {
        cell[r * columns + c] = wio_strdup(text[r]);
        if (cell[r * columns + c] == NULL) {
            (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
            break;
        }
    }
    wio_free(text);
}

static void get_notes(wio_h5 *h5, wio_table *table)
{
    char path[64];
    size_t rows = length_of(h5, "/satellite_notes/note");
    if (h5->status != WIO_OK) {
        return;
    }
    table->satellite_note = wio_zalloc(rows, 4 * sizeof *table->satellite_note);
    if (table->satellite_note == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the notes");
        return;
    }
    table->satellite_notes = rows;
    for (size_t c = 0; c < 4 && h5->status == WIO_OK; c++) {
        (void)snprintf(path, sizeof path, "/satellite_notes/%s", wio_packed_notes[c]);
        get_column(h5, table->satellite_note, path, rows, 4, c);
    }
}

static void get_frame(wio_h5 *h5, wio_frame *frame, const char *group)
{
    char path[340];
    size_t cells = 0;
    frame->file = wio_strdup(group + strlen("/files/"));
    if (wio_h5_has_attribute(h5, group, "about")) {
        frame->about = wio_h5_text(h5, group, "about");
    }
    (void)snprintf(path, sizeof path, "%s/header", group);
    get_list(h5, &frame->header, &frame->columns, path);
    (void)snprintf(path, sizeof path, "%s/column0", group);
    size_t rows = length_of(h5, path);
    if (h5->status != WIO_OK || __builtin_mul_overflow(rows, frame->columns, &cells)) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "'%s' is larger than any memory", group);
        return;
    }
    frame->cell = wio_zalloc(cells, sizeof *frame->cell);
    frame->line = wio_zalloc(rows, sizeof *frame->line);
    if (frame->file == NULL || frame->cell == NULL || frame->line == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", group);
        return;
    }
    frame->rows = rows;
    for (size_t c = 0; c < frame->columns && h5->status == WIO_OK; c++) {
        (void)snprintf(path, sizeof path, "%s/column%zu", group, c);
        get_column(h5, frame->cell, path, rows, frame->columns, c);
    }
}

/* The item's path within the table, "" when it is not in it. */
static const char *path_in(const wio_h5 *h5, const wio_h5_item *item)
{
    size_t root = strlen(h5->root);
    return strncmp(item->path, h5->root, root) == 0 && item->path[root] == '/' ? item->path + root
                                                                               : "";
}

static bool is_frame(const wio_h5 *h5, const wio_h5_item *item)
{
    const char *path = path_in(h5, item);
    return item->attribute == NULL && item->group && strncmp(path, "/files/", 7) == 0 &&
           strchr(path + 7, '/') == NULL && strlen(path) < 300;
}

static void get_frames(wio_h5 *h5, wio_table *table)
{
    size_t count = 0;
    for (size_t i = 0; i < h5->items; i++) {
        count += is_frame(h5, &h5->item[i]);
    }
    table->frame = wio_zalloc(count, sizeof *table->frame);
    if (table->frame == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for its files");
        return;
    }
    for (size_t i = 0; i < h5->items && h5->status == WIO_OK; i++) {
        if (is_frame(h5, &h5->item[i])) {
            get_frame(h5, &table->frame[table->frames++], path_in(h5, &h5->item[i]));
        }
    }
}

void wio_packed_outline(wio_h5 *h5, wio_table *table)
{
    get_head(h5, table);
    if (h5->status == WIO_OK) {
        get_labels(h5, table);
    }
    if (h5->status == WIO_OK) {
        get_notes(h5, table);
    }
    if (h5->status == WIO_OK) {
        get_frames(h5, table);
    }
}

static void get_numbers(wio_h5 *h5, wio_table *table)
{
    table->Z = wio_h5_doubles(h5, "/Z", 2, (size_t[]){table->m, table->n});
    table->Y = wio_h5_doubles(h5, "/Y", 2, (size_t[]){table->m, table->f});
    table->P = wio_h5_doubles(h5, "/P", 2, (size_t[]){table->p, table->n});
    table->S = wio_h5_doubles(h5, "/S", 2, (size_t[]){table->k, table->n});
}

wio_status wio_packed_report(const char *path, wio_status status, const wio_error *found,
                             wio_log *log, wio_error *err)
{
    const char *colon = strrchr(path, ':'); /* the finding has the file's path already */
    size_t length = strlen(path), file = colon != NULL ? (size_t)(colon - path) : length;
    for (size_t prefix = length;; prefix = file) {
        if (strncmp(found->message, path, prefix) == 0 && found->message[prefix] == ':') {
            wio_find(log, WIO_ERROR, path, 0, 0, "%s", found->message + prefix + 2);
            break;
        }
        if (prefix == file) {
            wio_find(log, WIO_ERROR, path, 0, 0, "%s", found->message);
            break;
        }
    }
    return wio_fail(err, status, "%s", found->message);
}

static wio_status read_file(wio_table *table, const char *path, wio_error *err)
{
    wio_h5 h5;
    char *file = NULL;
    int year = WIO_NO_YEAR;
    WIO_TRY(wio_packed_split(&file, &year, path, err));
    wio_status status = wio_h5_open(&h5, file, err);
    if (status == WIO_OK) {
        wio_packed_enter(&h5, year);
        if (h5.status == WIO_OK) {
            wio_packed_outline(&h5, table);
        }
        if (h5.status == WIO_OK) {
            get_numbers(&h5, table);
        }
        if (h5.status == WIO_OK) {
            bool series = h5.root[0] != '\0';
            h5.status =
                wio_packed_record(table, file, series ? table->year : WIO_NO_YEAR, &h5.bytes, err);
        }
        status = wio_h5_close(&h5);
    }
    wio_free(file);
    return status;
}

wio_status wio_table_read_hdf5(wio_table **out, const char *path, wio_log *log, wio_error *err)
{
    wio_error error = {0};
    wio_table *table = wio_zalloc(1, sizeof *table);
    if (table == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory for a table", path);
    }
    wio_status status = read_file(table, path, &error);
    status = status != WIO_OK ? wio_packed_report(path, status, &error, log, err)
                              : wio_table_finish(table, log, err);
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}
