/* table_hdf5.c - a table packed into one HDF5 file: the content of a native folder.
 *
 *   /                  what the table is, as attributes
 *   /regions /sectors /uses /primary_items /accounts /groups      lists of labels
 *   /origins /finals   what the rows of Z and the columns of Y are, as indices into these lists
 *   /Z /Y /P /S        the numbers
 *   /sources /notes /satellite_notes
 *   /origin /activity /final /item /account        the axes of the arrays (table_hdf5_axes.c)
 *   /files/NAME        a further CSV file, kept as text, column by column
 * table_hdf5_read.c reads it, table_series.c makes the file. */
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
    wio_h5_put_number(h5, "/", WIO_PACKED_OUTPUT, H5T_IEEE_F64LE, wio_sum(table->x, table->n, 1));
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

/* --- the parts of a table, each of which years may have in common --------------------------------- */

static void put_sources(wio_h5 *h5, const wio_table *table)
{
    wio_packed_put_scale(h5, "/sources", table->sources, table->source);
}

static void put_table_notes(wio_h5 *h5, const wio_table *table)
{
    wio_packed_put_scale(h5, "/notes", table->notes, table->note);
}

static void put_sectors(wio_h5 *h5, const wio_table *table)
{
    put_names(h5, "/sectors", &table->sector, NULL);
}

static void put_uses(wio_h5 *h5, const wio_table *table)
{
    put_names(h5, "/uses", &table->use, table->use_role);
}

static void put_items(wio_h5 *h5, const wio_table *table)
{
    put_names(h5, "/primary_items", &table->item, table->item_role);
}

static void put_accounts(wio_h5 *h5, const wio_table *table)
{
    put_names(h5, "/accounts", &table->account, NULL);
    put_list(h5, "/accounts/unit", table->account.count, table->account_unit);
}

static void put_origins(wio_h5 *h5, const wio_table *table)
{
    wio_h5_put_group(h5, "/origins");
    wio_h5_put_sizes(h5, "/origins/region", table->m, table->origin_region);
    wio_h5_put_sizes(h5, "/origins/sector", table->m, table->origin_sector);
}

static void put_finals(wio_h5 *h5, const wio_table *table)
{
    wio_h5_put_group(h5, "/finals");
    wio_h5_put_sizes(h5, "/finals/region", table->f, table->final_region);
    wio_h5_put_sizes(h5, "/finals/use", table->f, table->final_use);
}

static const struct {
    const char *path;
    void (*put)(wio_h5 *h5, const wio_table *table);
    bool (*same)(const wio_table *a, const wio_table *b);
} parts[] = {{"/sources", put_sources, wio_same_sources},
             {"/notes", put_table_notes, wio_same_notes},
             {"/regions", put_regions, wio_same_regions},
             {"/sectors", put_sectors, wio_same_sectors},
             {"/uses", put_uses, wio_same_uses},
             {"/primary_items", put_items, wio_same_items},
             {"/accounts", put_accounts, wio_same_accounts},
             {"/groups", put_groups, wio_same_groups},
             {"/origins", put_origins, wio_same_origins},
             {"/finals", put_finals, wio_same_finals},
             {"/satellite_notes", put_notes, wio_same_satellite_notes},
             {"/origin", wio_packed_put_origin, wio_same_axes},
             {"/activity", wio_packed_put_activity, wio_same_axes},
             {"/final", wio_packed_put_final, wio_same_final_axis},
             {"/item", wio_packed_put_item, wio_same_items},
             {"/account", wio_packed_put_account, wio_same_accounts}};

/* The same object under another name, as in year `from`. */
static void link_part(wio_h5 *h5, int from, const char *path)
{
    char old[WIO_H5_PATH], new[WIO_H5_PATH];
    (void)snprintf(old, sizeof old, "/%d%s", from, path);
    (void)WIO_H5(h5, H5Lcreate_hard(h5->file, old, h5->file, wio_h5_full(h5, new, path),
                                    H5P_DEFAULT, H5P_DEFAULT));
}

static void put_parts(wio_h5 *h5, const wio_table *table, size_t years, wio_table *const *year)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts && h5->status == WIO_OK; i++) {
        size_t y = 0;
        while (y < years && !parts[i].same(year[y], table)) {
            y++;
        }
        if (y < years) {
            link_part(h5, year[y]->year, parts[i].path);
        } else {
            parts[i].put(h5, table);
        }
    }
}

static void put_frames(wio_h5 *h5, const wio_table *table, size_t years, wio_table *const *year)
{
    char path[300];
    wio_h5_put_group(h5, "/files");
    for (size_t i = 0; i < table->frames && h5->status == WIO_OK; i++) {
        const wio_frame *frame = &table->frame[i], *other = NULL;
        size_t y = 0;
        for (; y < years; y++) {
            other = wio_table_frame(year[y], frame->file);
            if (other != NULL && wio_same_frame(other, frame)) {
                break;
            }
        }
        (void)snprintf(path, sizeof path, "/files/%.255s", frame->file);
        if (y < years) {
            link_part(h5, year[y]->year, path);
        } else {
            put_frame(h5, frame);
        }
    }
}

void wio_packed_put(wio_h5 *h5, const wio_table *table, size_t years, wio_table *const *year)
{
    put_head(h5, table);
    put_parts(h5, table, years, year);
    wio_h5_put_doubles(h5, "/Z", 2, (size_t[]){table->m, table->n}, table->Z);
    wio_h5_put_doubles(h5, "/Y", 2, (size_t[]){table->m, table->f}, table->Y);
    wio_h5_put_doubles(h5, "/P", 2, (size_t[]){table->p, table->n}, table->P);
    wio_h5_put_doubles(h5, "/S", 2, (size_t[]){table->k, table->n}, table->S);
    wio_packed_put_axes(h5, table);
    put_frames(h5, table, years, year);
}

/* --- how large it will be ------------------------------------------------------------------------- */

/* A text takes a reference of 16 bytes, and in its heap a head of 16 and up to 7 to fill up. */
static size_t text_bytes(char *const *text, size_t count)
{
    size_t bytes = 40 * count;
    for (size_t i = 0; i < count; i++) {
        bytes += text[i] != NULL ? strlen(text[i]) : 0;
    }
    return bytes;
}

static size_t names_bytes(const wio_names *names)
{
    return text_bytes(names->code, names->count) + text_bytes(names->name, names->count) +
           60 * names->count; /* roles, units, numbers beside them */
}

size_t wio_packed_bytes(const wio_table *table)
{
    enum { OBJECT = 4096, OBJECTS = 64 }; /* heads, heaps and indices */
    const wio_table *t = table;
    size_t numbers = t->m * t->n + t->m * t->f + t->p * t->n + t->k * t->n + 2 * (t->m + t->f);
    size_t bytes = (numbers + numbers / 64) * sizeof(double) + (size_t)OBJECT * OBJECTS;
    bytes += 2 * (t->m + t->n + t->f + t->p + t->k) * 40; /* axes, with codes of 40 bytes ... */
    for (size_t i = 0; i < t->m; i++) {                   /* ... or more, twice for activities */
        bytes += 2 * (strlen(t->region.code[t->origin_region[i]]) +
                      strlen(t->sector.code[t->origin_sector[i]]));
    }
    bytes += names_bytes(&t->region) + names_bytes(&t->sector) + names_bytes(&t->use) +
             names_bytes(&t->item) + names_bytes(&t->account);
    bytes += text_bytes(t->source, t->sources) + text_bytes(t->note, t->notes) +
             text_bytes(t->satellite_note, 4 * t->satellite_notes);
    for (size_t g = 0; g < t->groups; g++) {
        bytes += 60 + t->group[g].count * sizeof(double);
    }
    for (size_t i = 0; i < t->frames; i++) {
        const wio_frame *frame = &t->frame[i];
        bytes += OBJECT * (frame->columns + 2) + text_bytes(frame->header, frame->columns) +
                 text_bytes(frame->cell, frame->rows * frame->columns);
    }
    return bytes + bytes / 16;
}
