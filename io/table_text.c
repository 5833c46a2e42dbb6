/* table_text.c - the text of every file of a native table folder, every double kept. */
#include "table_folder.h"

#include <math.h>
#include <string.h>

static void add_row(wio_text *text, const char *const *cell, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wio_text_add_bytes(text, ",", i != 0);
        if (count == 1 && *cell[i] == '\0') {
            wio_text_add(text, "\"\""); /* an empty line would be no row */
        } else {
            wio_csv_add_cell(text, cell[i]);
        }
    }
    wio_text_add_bytes(text, "\n", 1);
}

static void add_number(wio_text *text, double value)
{
    char number[WIO_NUMBER_SIZE];
    wio_text_add(text, ",%s", wio_format_double(number, value));
}

/* A YAML scalar in double quotes. */
static void add_quoted(wio_text *text, const char *value)
{
    wio_text_add_bytes(text, "\"", 1);
    for (const unsigned char *s = (const unsigned char *)value; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\') {
            wio_text_add(text, "\\%c", *s);
        } else if (*s < 0x20 || *s == 0x7f) {
            wio_text_add(text, "\\x%02X", *s);
        } else if (*s == 0xc2 && s[1] < 0xa0) { /* C1 controls; U+0085 would be a line break */
            wio_text_add(text, "\\x%02X", *++s);
        } else if (*s == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9)) {
            wio_text_add(text, "\\u20%02X", s[2] - 0x80); /* line breaks to YAML */
            s += 2;
        } else {
            wio_text_add_bytes(text, (const char *)s, 1);
        }
    }
    wio_text_add_bytes(text, "\"", 1);
}

static void add_key(wio_text *text, const char *key, const char *value)
{
    if (value != NULL && *value != '\0') {
        wio_text_add(text, "%s: ", key);
        add_quoted(text, value);
        wio_text_add_bytes(text, "\n", 1);
    }
}

static void add_list(wio_text *text, const char *key, char *const *item, size_t count)
{
    if (count != 0) {
        wio_text_add(text, "%s:\n", key);
    }
    for (size_t i = 0; i < count; i++) {
        wio_text_add(text, "  - ");
        add_quoted(text, item[i]);
        wio_text_add_bytes(text, "\n", 1);
    }
}

bool wio_table_has_file(const wio_table *table, const char *name)
{
    return strcmp(name, "groups.csv") == 0             ? table->groups != 0
           : strcmp(name, "satellites.csv") == 0       ? table->k != 0
           : strcmp(name, "satellites_notes.csv") == 0 ? table->satellite_notes != 0
                                                       : true;
}

static void head_text(wio_text *text, const wio_table *table)
{
    char number[WIO_NUMBER_SIZE];
    add_key(text, "name", table->name);
    add_key(text, "title", table->title);
    wio_text_add(text, "year: %d\n", table->year);
    add_key(text, "unit", table->unit);
    add_key(text, "price_basis", table->price_basis);
    add_key(text, "price_basis_note", table->price_basis_note);
    add_key(text, "import_split", table->import_split);
    add_key(text, "import_split_note", table->import_split_note);
    wio_text_add(text, "import_valuation:\n");
    for (size_t r = 0; r < table->region.count; r++) {
        wio_text_add(text, "  ");
        add_quoted(text, table->region.code[r]);
        wio_text_add(text, ": %s\n", wio_valuation_name(table->valuation[r]));
    }
    add_key(text, "import_valuation_note", table->valuation_note);
    if (!isnan(table->household_income)) {
        wio_text_add(text, "household_income:\n  amount: %s\n",
                     wio_format_double(number, table->household_income));
        add_key(text, "  source", table->household_income_source);
    }
    add_list(text, "sources", table->source, table->sources);
    add_key(text, "licence", table->licence);
    add_list(text, "notes", table->note, table->notes);
    wio_text_add(text, "files:\n");
    for (const wio_known_file *file = wio_known_files; file->name != NULL; file++) {
        if (wio_table_has_file(table, file->name)) {
            wio_text_add(text, "  %s: \"%s\"\n", file->name, file->about);
        }
    }
    for (size_t i = 0; i < table->frames; i++) {
        wio_text_add(text, "  ");
        add_quoted(text, table->frame[i].file);
        wio_text_add(text, ": ");
        add_quoted(text, table->frame[i].about != NULL ? table->frame[i].about : "");
        wio_text_add_bytes(text, "\n", 1);
    }
}

static void regions_text(wio_text *text, const wio_table *table)
{
    wio_text_add(text, "code,name,endogenous\n");
    for (size_t r = 0; r < table->region.count; r++) {
        const char *const row[] = {table->region.code[r], table->region.name[r],
                                   table->endogenous[r] ? "1" : "0"};
        add_row(text, row, 3);
    }
}

/* Whether the origins are every sector of every region, in the order of the lists. */
static bool plain_order(const wio_table *table)
{
    size_t at = 0;
    for (int endogenous = 1; endogenous >= 0; endogenous--) {
        for (size_t r = 0; r < table->region.count; r++) {
            for (size_t s = 0; table->endogenous[r] == (endogenous == 1) && s < table->sector.count;
                 s++, at++) {
                if (at >= table->m || table->origin_region[at] != r ||
                    table->origin_sector[at] != s) {
                    return false;
                }
            }
        }
    }
    return at == table->m;
}

static void sectors_text(wio_text *text, const wio_table *table)
{
    if (plain_order(table)) {
        wio_text_add(text, "code,name\n");
        for (size_t s = 0; s < table->sector.count; s++) {
            add_row(text, (const char *const[]){table->sector.code[s], table->sector.name[s]}, 2);
        }
        return;
    }
    wio_text_add(text, "code,name,region\n");
    for (size_t i = 0; i < table->m; i++) {
        size_t s = table->origin_sector[i];
        const char *const row[] = {table->sector.code[s], table->sector.name[s],
                                   table->region.code[table->origin_region[i]]};
        add_row(text, row, 3);
    }
}

static void roles_text(wio_text *text, const char *header, const wio_names *names,
                       const wio_role *role)
{
    wio_text_add(text, "%s,name,role\n", header);
    for (size_t i = 0; i < names->count; i++) {
        const char *const row[] = {names->code[i], names->name[i], wio_role_name(role[i])};
        add_row(text, row, 3);
    }
}

static void uses_text(wio_text *text, const wio_table *table)
{
    roles_text(text, "code", &table->use, table->use_role);
}

static void items_text(wio_text *text, const wio_table *table)
{
    roles_text(text, "item", &table->item, table->item_role);
}

static void groups_text(wio_text *text, const wio_table *table)
{
    wio_text_add(text, "group,sector\n");
    for (size_t g = 0; g < table->groups; g++) {
        const wio_group *group = &table->group[g];
        for (size_t i = 0; i < group->count; i++) {
            const char *const row[] = {group->code, table->sector.code[group->sector[i]]};
            add_row(text, row, 2);
        }
    }
}

/* The two header lines: regions, then users, after the label columns. */
static void header_text(wio_text *text, const wio_table *table, const char *labels, size_t count,
                        bool final)
{
    wio_text_add_bytes(text, ",", count - 1);
    for (size_t j = 0; j < table->n; j++) {
        wio_text_add_bytes(text, ",", 1);
        wio_csv_add_cell(text, table->region.code[table->origin_region[j]]);
    }
    for (size_t c = 0; final && c < table->f; c++) {
        wio_text_add_bytes(text, ",", 1);
        wio_csv_add_cell(text, table->region.code[table->final_region[c]]);
    }
    wio_text_add(text, "\n%s", labels);
    for (size_t j = 0; j < table->n; j++) {
        wio_text_add_bytes(text, ",", 1);
        wio_csv_add_cell(text, table->sector.code[table->origin_sector[j]]);
    }
    for (size_t c = 0; final && c < table->f; c++) {
        wio_text_add_bytes(text, ",", 1);
        wio_csv_add_cell(text, table->use.code[table->final_use[c]]);
    }
    wio_text_add_bytes(text, "\n", 1);
}

static void flows_text(wio_text *text, const wio_table *table)
{
    header_text(text, table, "region,sector", 2, true);
    for (size_t i = 0; i < table->m; i++) {
        wio_csv_add_cell(text, table->region.code[table->origin_region[i]]);
        wio_text_add_bytes(text, ",", 1);
        wio_csv_add_cell(text, table->sector.code[table->origin_sector[i]]);
        for (size_t j = 0; j < table->n; j++) {
            add_number(text, table->Z[i * table->n + j]);
        }
        for (size_t c = 0; c < table->f; c++) {
            add_number(text, table->Y[i * table->f + c]);
        }
        wio_text_add_bytes(text, "\n", 1);
    }
}

static void primary_text(wio_text *text, const wio_table *table)
{
    header_text(text, table, "item", 1, false);
    for (size_t i = 0; i < table->p; i++) {
        wio_csv_add_cell(text, table->item.code[i]);
        for (size_t j = 0; j < table->n; j++) {
            add_number(text, table->P[i * table->n + j]);
        }
        wio_text_add_bytes(text, "\n", 1);
    }
}

static void satellites_text(wio_text *text, const wio_table *table)
{
    header_text(text, table, "account,unit", 2, false);
    for (size_t i = 0; i < table->k; i++) {
        wio_csv_add_cell(text, table->account.code[i]);
        wio_text_add_bytes(text, ",", 1);
        wio_csv_add_cell(text, table->account_unit[i]);
        for (size_t j = 0; j < table->n; j++) {
            add_number(text, table->S[i * table->n + j]);
        }
        wio_text_add_bytes(text, "\n", 1);
    }
}

static void notes_text(wio_text *text, const wio_table *table)
{
    wio_text_add(text, "account,region,sector,note\n");
    for (size_t i = 0; i < table->satellite_notes; i++) {
        add_row(text, (const char *const *)table->satellite_note + 4 * i, 4);
    }
}

void wio_frame_text(wio_text *text, const wio_frame *frame)
{
    add_row(text, (const char *const *)frame->header, frame->columns);
    for (size_t r = 0; r < frame->rows; r++) {
        add_row(text, (const char *const *)frame->cell + r * frame->columns, frame->columns);
    }
}

const wio_folder_file wio_table_files[] = {{"table.yaml", head_text},
                                           {"regions.csv", regions_text},
                                           {"sectors.csv", sectors_text},
                                           {"uses.csv", uses_text},
                                           {"primary_items.csv", items_text},
                                           {"groups.csv", groups_text},
                                           {"flows.csv", flows_text},
                                           {"primary.csv", primary_text},
                                           {"satellites.csv", satellites_text},
                                           {"satellites_notes.csv", notes_text},
                                           {NULL, NULL}};
