/* table_hdf5.c - a table packed into one HDF5 file: the content of a native folder.
 *
 *   /                  what the table is, as attributes
 *   /regions /sectors /uses /primary_items /accounts /groups      lists of labels
 *   /origins /finals   what the rows of Z and the columns of Y are, as indices into these lists
 *   /Z /Y /P /S        the numbers
 *   /sources /notes /satellite_notes
 *   /files/NAME        a further CSV file, kept as text, column by column
 * table_hdf5_read.c reads it. */
#include "hdf5.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

const wio_packed_text wio_packed_head[] = {
    {"name", offsetof(wio_table, name)},
    {"title", offsetof(wio_table, title)},
    {"currency", offsetof(wio_table, currency)},
    {"unit", offsetof(wio_table, unit)},
    {"price_basis", offsetof(wio_table, price_basis)},
    {"price_basis_note", offsetof(wio_table, price_basis_note)},
    {"import_split", offsetof(wio_table, import_split)},
    {"import_split_note", offsetof(wio_table, import_split_note)},
    {"import_valuation_note", offsetof(wio_table, valuation_note)},
    {"licence", offsetof(wio_table, licence)},
    {"household_income_source", offsetof(wio_table, household_income_source)},
    {NULL, 0}};

const char *const wio_packed_notes[] = {"account", "region", "sector", "note"};

static void put_list(wio_h5 *h5, const char *path, size_t count, char *const *text)
{
    wio_h5_put_texts(h5, path, count, (const char *const *)text);
}

/* Words (roles, valuations) that stand beside a list of labels. */
static void put_words(wio_h5 *h5, const char *path, size_t count, const int *value,
                      const char *(*word)(int))
{
    const char **text = wio_alloc(count, sizeof *text);
    if (text == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        text[i] = word(value[i]);
    }
    wio_h5_put_texts(h5, path, count, text);
    wio_free(text);
}

static const char *role_word(int role)
{
    return wio_role_name((wio_role)role);
}

static const char *valuation_word(int valuation)
{
    return wio_valuation_name((wio_valuation)valuation);
}

static void put_head(wio_h5 *h5, const wio_table *table)
{
    wio_h5_put_number(h5, "/", WIO_PACKED_MARK, H5T_STD_I32LE, WIO_PACKED_FORM);
    for (const wio_packed_text *field = wio_packed_head; field->name != NULL; field++) {
        const char *text;
        memcpy(&text, (const char *)table + field->offset, sizeof text);
        if (text != NULL) {
            wio_h5_put_text(h5, "/", field->name, text);
        }
    }
    wio_h5_put_number(h5, "/", "year", H5T_STD_I32LE, table->year);
    wio_h5_put_number(h5, "/", "household_income", H5T_IEEE_F64LE, table->household_income);
    put_list(h5, "/sources", table->sources, table->source);
    put_list(h5, "/notes", table->notes, table->note);
}

static void put_regions(wio_h5 *h5, const wio_table *table)
{
    size_t count = table->region.count;
    size_t *endogenous = wio_alloc(count, sizeof *endogenous);
    int *valuation = wio_alloc(count, sizeof *valuation);
    if (endogenous == NULL || valuation == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the regions");
    } else {
        for (size_t i = 0; i < count; i++) {
            endogenous[i] = table->endogenous[i];
            valuation[i] = (int)table->valuation[i];
        }
        wio_h5_put_group(h5, "/regions");
        put_list(h5, "/regions/code", count, table->region.code);
        put_list(h5, "/regions/name", count, table->region.name);
        wio_h5_put_sizes(h5, "/regions/endogenous", count, endogenous);
        put_words(h5, "/regions/valuation", count, valuation, valuation_word);
    }
    wio_free(endogenous);
    wio_free(valuation);
}

/* A list of labels with its roles, or without (role NULL). */
static void put_names(wio_h5 *h5, const char *group, const wio_names *names, const wio_role *role)
{
    char path[64];
    wio_h5_put_group(h5, group);
    (void)snprintf(path, sizeof path, "%s/code", group);
    put_list(h5, path, names->count, names->code);
    (void)snprintf(path, sizeof path, "%s/name", group);
    put_list(h5, path, names->count, names->name);
    if (role == NULL) {
        return;
    }
    int *value = wio_alloc(names->count, sizeof *value);
    if (value == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", group);
        return;
    }
    for (size_t i = 0; i < names->count; i++) {
        value[i] = (int)role[i];
    }
    (void)snprintf(path, sizeof path, "%s/role", group);
    put_words(h5, path, names->count, value, role_word);
    wio_free(value);
}

/* Groups one after another: codes, how many sectors each has, and the sectors. */
static void put_groups(wio_h5 *h5, const wio_table *table)
{
    size_t members = 0, at = 0;
    for (size_t i = 0; i < table->groups; i++) {
        members += table->group[i].count;
    }
    const char **code = wio_alloc(table->groups, sizeof *code);
    size_t *count = wio_alloc(table->groups, sizeof *count);
    size_t *sector = wio_alloc(members, sizeof *sector);
    if (code == NULL || count == NULL || sector == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the groups");
    } else {
        for (size_t i = 0; i < table->groups; i++) {
            code[i] = table->group[i].code;
            count[i] = table->group[i].count;
            for (size_t j = 0; j < count[i]; j++) {
                sector[at++] = table->group[i].sector[j];
            }
        }
        wio_h5_put_group(h5, "/groups");
        wio_h5_put_texts(h5, "/groups/code", table->groups, code);
        wio_h5_put_sizes(h5, "/groups/count", table->groups, count);
        wio_h5_put_sizes(h5, "/groups/sector", members, sector);
    }
    wio_free(code);
    wio_free(count);
    wio_free(sector);
}

static void put_labels(wio_h5 *h5, const wio_table *table)
{
    put_regions(h5, table);
    put_names(h5, "/sectors", &table->sector, NULL);
    put_names(h5, "/uses", &table->use, table->use_role);
    put_names(h5, "/primary_items", &table->item, table->item_role);
    put_names(h5, "/accounts", &table->account, NULL);
    put_list(h5, "/accounts/unit", table->account.count, table->account_unit);
    put_groups(h5, table);
    wio_h5_put_group(h5, "/origins");
    wio_h5_put_sizes(h5, "/origins/region", table->m, table->origin_region);
    wio_h5_put_sizes(h5, "/origins/sector", table->m, table->origin_sector);
    wio_h5_put_group(h5, "/finals");
    wio_h5_put_sizes(h5, "/finals/region", table->f, table->final_region);
    wio_h5_put_sizes(h5, "/finals/use", table->f, table->final_use);
}

/* Column c of rows x columns texts. */
static void put_column(wio_h5 *h5, const char *path, size_t rows, size_t columns, size_t c,
                       char *const *cell)
{
    const char **text = wio_alloc(rows, sizeof *text);
    if (text == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
        return;
    }
    for (size_t r = 0; r < rows; r++) {
        text[r] = cell[r * columns + c];
    }
    wio_h5_put_texts(h5, path, rows, text);
    wio_free(text);
}

static void put_notes(wio_h5 *h5, const wio_table *table)
{
    char path[64];
    wio_h5_put_group(h5, "/satellite_notes");
    for (size_t c = 0; c < 4; c++) {
        (void)snprintf(path, sizeof path, "/satellite_notes/%s", wio_packed_notes[c]);
        put_column(h5, path, table->satellite_notes, 4, c, table->satellite_note);
    }
}

static void put_frame(wio_h5 *h5, const wio_frame *frame)
{
    char group[300], path[340];
    if (strchr(frame->file, '/') != NULL || strlen(frame->file) > 255) {
        (void)wio_h5_fail(h5, WIO_E_ARGUMENT, "'%.80s' is not the name of a file", frame->file);
        return;
    }
    (void)snprintf(group, sizeof group, "/files/%s", frame->file);
    wio_h5_put_group(h5, group);
    if (frame->about != NULL) {
        wio_h5_put_text(h5, group, "about", frame->about);
    }
    (void)snprintf(path, sizeof path, "%s/header", group);
    put_list(h5, path, frame->columns, frame->header);
    for (size_t c = 0; c < frame->columns; c++) {
        (void)snprintf(path, sizeof path, "%s/column%zu", group, c);
        put_column(h5, path, frame->rows, frame->columns, c, frame->cell);
    }
}

wio_status wio_table_write_hdf5(const wio_table *table, const char *path, bool overwrite,
                                wio_error *err)
{
    if (table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_write_hdf5: NULL argument");
    }
    wio_h5 h5;
    WIO_TRY(wio_h5_create(&h5, path, err));
    put_head(&h5, table);
    put_labels(&h5, table);
    wio_h5_put_doubles(&h5, "/Z", 2, (size_t[]){table->m, table->n}, table->Z);
    wio_h5_put_doubles(&h5, "/Y", 2, (size_t[]){table->m, table->f}, table->Y);
    wio_h5_put_doubles(&h5, "/P", 2, (size_t[]){table->p, table->n}, table->P);
    wio_h5_put_doubles(&h5, "/S", 2, (size_t[]){table->k, table->n}, table->S);
    put_notes(&h5, table);
    wio_h5_put_group(&h5, "/files");
    for (size_t i = 0; i < table->frames && h5.status == WIO_OK; i++) {
        put_frame(&h5, &table->frame[i]);
    }
    return wio_h5_commit(&h5, overwrite);
}
