/* table_copy.c - a table made from another: its texts, its labels, and notes on what was done.
 *
 * Whoever changes a table works on a copy and says so in its notes, so that a file that is opened
 * years later still tells that it is not the published one. */
#include "table.h"

#include <stdio.h>
#include <string.h>

static wio_status no_memory(wio_error *err)
{
    return wio_fail(err, WIO_E_MEMORY, "a copy of a table");
}

static wio_status copy_text(char **out, const char *text, wio_error *err)
{
    wio_free(*out);
    *out = text != NULL ? wio_strdup(text) : NULL;
    return *out != NULL || text == NULL ? WIO_OK : no_memory(err);
}

static wio_status copy_texts(char ***out, char *const *text, size_t count, wio_error *err)
{
    *out = wio_zalloc(count, sizeof **out);
    if (*out == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        WIO_TRY(copy_text(&(*out)[i], text[i], err));
    }
    return WIO_OK;
}

static wio_status copy_bytes(void *out, const void *from, size_t count, size_t size, wio_error *err)
{
    void *block = wio_alloc(count, size);
    if (block == NULL) {
        return no_memory(err);
    }
    if (from != NULL && count != 0) {
        memcpy(block, from, count * size);
    }
    memcpy(out, &block, sizeof block);
    return WIO_OK;
}

wio_status wio_names_copy(wio_names *out, const wio_names *from, wio_error *err)
{
    for (size_t i = 0; i < from->count; i++) {
        if (wio_names_add(out, from->code[i], from->name[i]) != WIO_OK) {
            return no_memory(err);
        }
    }
    return WIO_OK;
}

wio_status wio_table_copy_head(wio_table *table, const wio_table *from, wio_error *err)
{
    const struct {
        char **to;
        const char *text;
    } head[] = {{&table->name, from->name},
                {&table->title, from->title},
                {&table->currency, from->currency},
                {&table->unit, from->unit},
                {&table->price_basis, from->price_basis},
                {&table->price_basis_note, from->price_basis_note},
                {&table->import_split, from->import_split},
                {&table->import_split_note, from->import_split_note},
                {&table->valuation_note, from->valuation_note},
                {&table->licence, from->licence},
                {&table->household_income_source, from->household_income_source}};
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
        WIO_TRY(copy_text(head[i].to, head[i].text, err));
    }
    table->year = from->year;
    table->household_income = from->household_income;
    table->sources = from->sources;
    WIO_TRY(copy_texts(&table->source, from->source, from->sources, err));
    table->notes = from->notes;
    return copy_texts(&table->note, from->note, from->notes, err);
}

wio_status wio_table_copy_inputs(wio_table *table, const wio_table *from, wio_error *err)
{
    table->input = wio_zalloc(from->inputs, sizeof *table->input);
    if (table->input == NULL) {
        return no_memory(err);
    }
    table->inputs = from->inputs;
    for (size_t i = 0; i < from->inputs; i++) {
        table->input[i] = from->input[i];
        table->input[i].path = NULL;
        WIO_TRY(copy_text(&table->input[i].path, from->input[i].path, err));
    }
    return WIO_OK;
}

wio_status wio_table_copy_labels(wio_table *table, const wio_table *from, wio_error *err)
{
    WIO_TRY(wio_names_copy(&table->use, &from->use, err));
    WIO_TRY(copy_bytes(&table->use_role, from->use_role, from->use.count, sizeof(wio_role), err));
    WIO_TRY(wio_names_copy(&table->item, &from->item, err));
    WIO_TRY(
        copy_bytes(&table->item_role, from->item_role, from->item.count, sizeof(wio_role), err));
    WIO_TRY(wio_names_copy(&table->account, &from->account, err));
    WIO_TRY(copy_texts(&table->account_unit, from->account_unit, from->account.count, err));
    table->p = from->p;
    table->k = from->k;
    return wio_table_copy_inputs(table, from, err);
}

static wio_status copy_places(wio_table *table, const wio_table *from, wio_error *err)
{
    const size_t regions = from->region.count;
    WIO_TRY(wio_names_copy(&table->region, &from->region, err));
    WIO_TRY(wio_names_copy(&table->sector, &from->sector, err));
    WIO_TRY(copy_bytes(&table->endogenous, from->endogenous, regions, sizeof(bool), err));
    WIO_TRY(copy_bytes(&table->valuation, from->valuation, regions, sizeof(wio_valuation), err));
    table->n = from->n;
    table->m = from->m;
    table->f = from->f;
    WIO_TRY(copy_bytes(&table->origin_region, from->origin_region, from->m, sizeof(size_t), err));
    WIO_TRY(copy_bytes(&table->origin_sector, from->origin_sector, from->m, sizeof(size_t), err));
    WIO_TRY(copy_bytes(&table->final_region, from->final_region, from->f, sizeof(size_t), err));
    return copy_bytes(&table->final_use, from->final_use, from->f, sizeof(size_t), err);
}

static wio_status copy_groups(wio_table *table, const wio_table *from, wio_error *err)
{
    table->group = wio_zalloc(from->groups, sizeof *table->group);
    if (table->group == NULL) {
        return no_memory(err);
    }
    table->groups = from->groups;
    for (size_t g = 0; g < from->groups; g++) {
        table->group[g].count = from->group[g].count;
        WIO_TRY(copy_text(&table->group[g].code, from->group[g].code, err));
        WIO_TRY(copy_bytes(&table->group[g].sector, from->group[g].sector, from->group[g].count,
                           sizeof(size_t), err));
    }
    return WIO_OK;
}

wio_status wio_frame_copy(wio_frame *out, const wio_frame *from, wio_error *err)
{
    size_t cells;
    if (__builtin_mul_overflow(from->rows, from->columns, &cells)) {
        return no_memory(err);
    }
    WIO_TRY(copy_text(&out->file, from->file, err));
    WIO_TRY(copy_text(&out->about, from->about, err));
    out->columns = from->columns;
    WIO_TRY(copy_texts(&out->header, from->header, from->columns, err));
    out->rows = from->rows;
    WIO_TRY(copy_texts(&out->cell, from->cell, cells, err));
    return copy_bytes(&out->line, from->line, from->rows, sizeof(size_t), err);
}

wio_status wio_table_copy_frames(wio_table *table, const wio_table *from, wio_error *err)
{
    table->frame = wio_zalloc(from->frames, sizeof *table->frame);
    if (table->frame == NULL) {
        return no_memory(err);
    }
    table->frames = from->frames;
    for (size_t i = 0; i < from->frames; i++) {
        WIO_TRY(wio_frame_copy(&table->frame[i], &from->frame[i], err));
    }
    return WIO_OK;
}

static wio_status copy_all(wio_table *table, const wio_table *from, wio_error *err)
{
    WIO_TRY(wio_table_copy_head(table, from, err));
    WIO_TRY(wio_table_copy_labels(table, from, err));
    WIO_TRY(copy_places(table, from, err));
    WIO_TRY(copy_text(&table->path, from->path, err));
    table->satellite_notes = from->satellite_notes;
    WIO_TRY(
        copy_texts(&table->satellite_note, from->satellite_note, 4 * from->satellite_notes, err));
    WIO_TRY(copy_groups(table, from, err));
    WIO_TRY(wio_table_copy_frames(table, from, err));
    const size_t n = from->n, m = from->m, f = from->f;
    WIO_TRY(copy_bytes(&table->Z, from->Z, m * n, sizeof(double), err));
    WIO_TRY(copy_bytes(&table->Y, from->Y, m * f, sizeof(double), err));
    WIO_TRY(copy_bytes(&table->P, from->P, from->p * n, sizeof(double), err));
    return copy_bytes(&table->S, from->S, from->k * n, sizeof(double), err);
}

wio_status wio_table_copy(wio_table **out, const wio_table *from, wio_error *err)
{
    WIO_TRY(wio_table_whole(from, err));
    wio_table *table = wio_zalloc(1, sizeof *table);
    if (table == NULL) {
        return no_memory(err);
    }
    wio_status status = copy_all(table, from, err);
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

static wio_status replace_texts(wio_table *table, char *name, char *title, wio_error *err)
{
    if (name == NULL || title == NULL) {
        wio_free(name);
        wio_free(title);
        return no_memory(err);
    }
    wio_free(table->name);
    wio_free(table->title);
    table->name = name;
    table->title = title;
    return WIO_OK;
}

wio_status wio_table_entitle(wio_table *table, wio_error *err, const char *ending,
                             const char *format, ...)
{
    char words[400];
    wio_text name = {0}, title = {0};
    char *new_name = NULL, *new_title = NULL;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    wio_text_add(&name, "%s-%s", table->name, ending);
    wio_text_add(&title, "%s; %s",
                 table->title != NULL && *table->title != '\0' ? table->title : table->name, words);
    wio_status one = wio_text_take(&new_name, &name, err);
    wio_status two = wio_text_take(&new_title, &title, err);
    if (one != WIO_OK || two != WIO_OK) {
        wio_free(new_name);
        wio_free(new_title);
        return one != WIO_OK ? one : two;
    }
    return replace_texts(table, new_name, new_title, err);
}

wio_status wio_table_rename(wio_table *table, const char *name, const char *title, wio_error *err)
{
    if (table == NULL || (name != NULL && *name == '\0')) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_table_rename: no table, or a name without a letter");
    }
    return replace_texts(table, wio_strdup(name != NULL ? name : table->name),
                         wio_strdup(title != NULL          ? title
                                    : table->title != NULL ? table->title
                                                           : ""),
                         err);
}

wio_status wio_table_note(wio_table *table, wio_error *err, const char *format, ...)
{
    char message[1000];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    char **grown = wio_grow(NULL, 0, table->notes + 1, sizeof *grown);
    char *text = wio_strdup(message);
    if (grown == NULL || text == NULL) {
        wio_free(grown);
        wio_free(text);
        return wio_fail(err, WIO_E_MEMORY, "a note of a table");
    }
    if (table->notes != 0) {
        memcpy(grown, table->note, table->notes * sizeof *grown);
    }
    wio_free(table->note);
    table->note = grown;
    table->note[table->notes++] = text;
    return WIO_OK;
}
