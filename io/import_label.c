/* import_label.c - what the labels of a source are: the user's word first, then the publisher's
 * codes as the importer knows them. A code that neither knows stops the import. */
#include "import.h"
#include "pymrio.h"

#include <string.h>

const char *wio_import_cell(const wio_csv *csv, size_t row, size_t column)
{
    return column < csv->columns[row] ? csv->cell[csv->start[row] + column] : "";
}

wio_status wio_import_list(wio_columns *list, wio_import *import, const char *path,
                           const char *const *names, size_t required, size_t count)
{
    wio_status status =
        wio_columns_open(list, path, names, count, required, import->log, import->err);
    for (size_t r = 1; r < list->csv.rows && status == WIO_OK; r++) {
        (void)wio_columns_whole(list, r);
    }
    status = status == WIO_OK && list->mistakes ? WIO_E_FORMAT : status;
    if (status != WIO_OK) {
        import->status = import->status == WIO_OK ? status : import->status;
        wio_columns_close(list);
    }
    return status;
}

/* --- roles that are given ------------------------------------------------------------------------------ */

static const char LEFT_OUT[] = "left_out";

static wio_status read_role(wio_import *import, const wio_columns *list, size_t row)
{
    const char *path = import->roles, *word = wio_columns_cell(list, row, 1);
    const char *code = wio_columns_cell(list, row, 0);
    wio_role role;
    if (strcmp(word, LEFT_OUT) != 0 && !wio_role_find(&role, word)) {
        const char *words[WIO_ROLES + 1] = {LEFT_OUT};
        for (int i = 0; i < WIO_ROLES; i++) {
            words[i + 1] = wio_role_name((wio_role)i);
        }
        const char *nearest = wio_nearest(word, words, WIO_ROLES + 1);
        return wio_import_wrong(import, path, list->csv.line[row], list->at[1] + 1,
                                "'%s' is no role%s%s%s: household, government, investment, "
                                "inventory, export; compensation, tax, surplus, import, "
                                "value_added, other; left_out",
                                word, nearest != NULL ? " (did you mean '" : "",
                                nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
    }
    wio_status status = wio_names_add(&import->map, code, word);
    if (status == WIO_E_TABLE) {
        return wio_import_wrong(import, path, list->csv.line[row], list->at[0] + 1,
                                "'%s' is there twice", code);
    }
    return status == WIO_OK ? WIO_OK : wio_import_memory(import, "roles");
}

wio_status wio_import_read_maps(wio_import *import)
{
    static const char *const names[] = {"code", "role"};
    wio_columns list;
    import->roles = import->options->roles;
    if (import->roles == NULL && wio_source_has(import->source, wio_pymrio_roles)) {
        import->roles = wio_import_path(import, wio_pymrio_roles);
        if (import->roles == NULL) {
            return WIO_E_MEMORY;
        }
        wio_import_note(import, "roles are taken from its %s", wio_pymrio_roles);
    }
    if (import->roles == NULL) {
        return WIO_OK;
    }
    WIO_TRY(wio_import_list(&list, import, import->roles, names, 2, 2));
    wio_status status = WIO_OK;
    for (size_t r = 1; r < list.csv.rows && status != WIO_E_MEMORY; r++) {
        status = read_role(import, &list, r);
    }
    wio_columns_close(&list);
    if (status != WIO_E_MEMORY && import->status == WIO_OK) {
        import->used = wio_zalloc(import->map.count, 1);
        status = import->used != NULL ? WIO_OK : wio_import_memory(import, "roles");
    }
    return import->status;
}

/* Names that several publishers write the same. */
static const wio_import_code common[] = {
    {"Final consumption expenditure by households", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"Final consumption expenditure by non-profit organisations serving households (NPISH)",
     WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"Final consumption expenditure by government", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, NULL},
    {"Gross fixed capital formation", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, NULL},
    {"Changes in inventories", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, NULL},
    {"Changes in valuables", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, NULL},
    {"Value Added", WIO_MARK_PRIMARY, WIO_ROLE_VALUE_ADDED, NULL},
    {"Household final consumption P.3h", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"Non-profit institutions serving households P.3n", WIO_MARK_FINAL, WIO_ROLE_HOUSEHOLD, NULL},
    {"Government final consumption P.3g", WIO_MARK_FINAL, WIO_ROLE_GOVERNMENT, NULL},
    {"Gross fixed capital formation P.51", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, NULL},
    {"Changes in inventories P.52", WIO_MARK_FINAL, WIO_ROLE_INVENTORY, NULL},
    {"Acquisitions less disposals of valuables P.53", WIO_MARK_FINAL, WIO_ROLE_INVESTMENT, NULL},
    {"Compensation of employees D.1", WIO_MARK_PRIMARY, WIO_ROLE_COMPENSATION, NULL},
    {"Taxes on production D.29", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
    {"Subsidies on production D.39", WIO_MARK_PRIMARY, WIO_ROLE_TAX, NULL},
    {"Net operating surplus B.2n", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
    {"Net mixed income B.3n", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
    {"Consumption of fixed capital K.1", WIO_MARK_PRIMARY, WIO_ROLE_SURPLUS, NULL},
    {NULL, WIO_MARK_UNKNOWN, WIO_ROLE_OTHER, NULL}};

static const wio_import_code *find_code(const wio_import_code *list, const char *code)
{
    while (list != NULL && list->code != NULL && strcmp(list->code, code) != 0) {
        list++;
    }
    return list != NULL && list->code != NULL ? list : NULL;
}

bool wio_import_has_code(const wio_import_code *list, const char *code)
{
    return find_code(list, code) != NULL;
}

void wio_label_code(wio_import_label *label, wio_import *import, const wio_import_code *list,
                    const char *region, const char *code)
{
    size_t own = wio_names_find(&import->map, code);
    *label = (wio_import_label){.mark = WIO_MARK_UNKNOWN, .region = region, .code = code};
    const wio_import_code *known = find_code(list, code);
    known = known != NULL ? known : find_code(common, code);
    if (known != NULL) {
        label->mark = known->mark;
        label->role = known->role;
        label->name = known->name;
    }
    if (own != SIZE_MAX) {
        import->used[own] = 1;
        if (strcmp(import->map.name[own], LEFT_OUT) == 0) {
            label->mark = WIO_MARK_LEFT_OUT;
        } else if (wio_role_find(&label->role, import->map.name[own])) {
            label->mark = wio_role_is_final(label->role) ? WIO_MARK_FINAL : WIO_MARK_PRIMARY;
        }
    }
}

void wio_import_leave(wio_import *import, const char *what, const char *code)
{
    if (import->left_out.length > 400) {
        if (import->left_out.data[import->left_out.length - 1] != '.') {
            wio_text_add(&import->left_out, ", ...");
        }
        return;
    }
    wio_text_add(&import->left_out, "%s%s %.100s", import->left_out.length != 0 ? ", " : "", what,
                 code);
}
