/* import_gloria.c - GLORIA: the supply and use tables of one year of 164 regions with 120 sectors,
 * from edition 53 on, and their satellites.
 *
 * A folder GLORIA_MRIOs_59_2022 (or the one that holds it) has files of numbers only,
 * ..._T-Results_2022_059_Markup001(full).csv for supply and use, _Y- for final demand and _V- for
 * primary inputs; GLORIA_SatelliteAccounts_059_2022 beside it _TQ- and _YQ-. Their labels are the
 * products of lists in GLORIA_ReadMe_*.xlsx: of T each region's industries and then its products; of V
 * each region's items, each in rows of its own; of Y each region's uses. Markup001 is basic prices;
 * the other sheets (margins, taxes, subsidies) are not read. T has 39,360 lines: it is read by pieces;
 * a region makes its own products only, so that of make that is all that is kept.
 * Thousand US dollars. Source: Lenzen et al. 2022, Nature Sustainability 5, 157-166. */
#include "import.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char BASIC[] = "_Markup001(full).csv";

/* --- files ---------------------------------------------------------------------------------------- */

static bool fits(const char *name, const char *begin, const char *middle, const char *end)
{
    size_t length = strlen(name), head = strlen(begin), tail = strlen(end);
    return length >= head + tail && strncasecmp(name, begin, head) == 0 &&
           strcasecmp(name + length - tail, end) == 0 && strstr(name, middle) != NULL;
}

/* How many names in a folder fit; the first by name is copied. */
static size_t look(char name[NAME_MAX + 1], const char *folder, const char *begin,
                   const char *middle, const char *end)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    size_t found = 0;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (fits(entry->d_name, begin, middle, end) &&
            (found++ == 0 || strcmp(entry->d_name, name) < 0)) {
            (void)snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
        }
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    return found;
}

/* FOLDER/NAME of the one name that fits; NULL: none, which is a mistake when it is `needed`. */
static const char *find(wio_import *import, const char *folder, const char *begin,
                        const char *middle, const char *end, bool needed)
{
    char name[NAME_MAX + 1] = "";
    size_t found = look(name, folder, begin, middle, end);
    if (found == 1) {
        return wio_import_print(import, "%.700s/%s", folder, name);
    }
    const char *star = *middle != '\0' ? "*" : "";
    if (found > 1) {
        (void)wio_import_wrong(import, folder, 0, 0, "%zu names %s%s%s*%s in this folder: %s",
                               found, begin, star, middle, end,
                               import->options->year == 0 ? "say with --year which year"
                                                          : "leave one of them there");
    } else if (needed) {
        (void)wio_import_wrong(import, folder, 0, 0, "there is no %s%s%s*%s in this folder", begin,
                               star, middle, end);
    }
    return NULL;
}

typedef struct files {
    const char *labels, *T, *V, *Y, *TQ, *YQ; /* the last two may be NULL */
    int year;
} files;

static wio_status find_files(files *f, wio_import *import)
{
    char year[16] = "", any[NAME_MAX + 1];
    if (import->options->year != 0) {
        (void)snprintf(year, sizeof year, "_%d", import->options->year);
    }
    const char *source = import->source, *data = source;
    const char *above = wio_import_print(import, "%.700s/..", source);
    bool outer = look(any, source, "GLORIA_MRIOs_", "", "") != 0;
    if (outer) {
        data = find(import, source, "GLORIA_MRIOs_", year, "", true);
    }
    if (data == NULL || above == NULL) {
        return import->status;
    }
    const char *around = outer ? source : above;
    bool inside = look(any, data, "GLORIA_ReadMe_", "", ".xlsx") != 0;
    f->labels = find(import, inside ? data : around, "GLORIA_ReadMe_", "", ".xlsx", true);
    f->T = find(import, data, "", "_T-Results", BASIC, true);
    f->V = find(import, data, "", "_V-Results", BASIC, true);
    f->Y = find(import, data, "", "_Y-Results", BASIC, true);
    f->year = wio_import_year(wio_source_name(data));
    if (f->year == 0 && f->T != NULL) {
        f->year = wio_import_year(wio_source_name(f->T));
    }
    (void)snprintf(year, sizeof year, "_%d", f->year);
    const char *accounts = find(import, around, "GLORIA_SatelliteAccounts_", year, "", false);
    if (accounts != NULL) {
        f->TQ = find(import, accounts, "", "_TQ-Results", BASIC, true);
        f->YQ = find(import, accounts, "", "_YQ-Results", BASIC, true);
    } else if (import->status == WIO_OK) {
        wio_import_note(
            import, "no folder GLORIA_SatelliteAccounts_*%s: satellites are not imported", year);
    }
    return import->status;
}

/* --- labels --------------------------------------------------------------------------------------- */

typedef struct list { /* a column of a sheet; its texts live as long as the import */
    const char **text;
    size_t count;
} list;

enum { REGIONS, SECTORS, ITEMS, USES, HEADS, INDICATORS, UNITS, LISTS };

static const struct {
    const char *sheet, *column;
} columns[LISTS] = {[REGIONS] = {"Regions", "Region_acronyms"},
                    [SECTORS] = {"Sectors", "Sector_names"},
                    [ITEMS] = {"Value added and final demand", "Value_added_names"},
                    [USES] = {"Value added and final demand", "Final_demand_names"},
                    [HEADS] = {"Satellites", "Sat_head_indicator"},
                    [INDICATORS] = {"Satellites", "Sat_indicator"},
                    [UNITS] = {"Satellites", "Sat_unit"}};

/* The cells below the name of a column, down to the first that is empty. */
static wio_status read_list(list *to, wio_import *import, const char *path, const wio_csv *csv,
                            const char *column)
{
    size_t at = 0, cells = csv->rows > 0 ? csv->columns[0] : 0;
    while (at < cells && strcmp(wio_import_cell(csv, 0, at), column) != 0) {
        at++;
    }
    if (at == cells) {
        return wio_import_wrong(import, path, 1, 1, "there is no column '%s'", column);
    }
    to->text = wio_zalloc(csv->rows, sizeof *to->text);
    if (to->text == NULL) {
        return wio_import_memory(import, path);
    }
    for (size_t r = 1; r < csv->rows && *wio_import_cell(csv, r, at) != '\0'; r++) {
        const char *cell = wio_import_cell(csv, r, at);
        const char *text = wio_import_text(import, cell, strlen(cell));
        if (text == NULL) {
            return WIO_E_MEMORY;
        }
        to->text[to->count++] = text;
    }
    return to->count != 0
               ? WIO_OK
               : wio_import_wrong(import, path, 2, at + 1, "column '%s' is empty", column);
}

static wio_status read_lists(list *lists, wio_import *import, const char *path, size_t count)
{
    for (size_t l = 0; l < count; l++) {
        wio_csv csv = {0};
        wio_status status = wio_xlsx_read(&csv, path, columns[l].sheet, NULL, import->err);
        if (status != WIO_OK) {
            import->status = status;
            return status;
        }
        const char *place = wio_import_print(import, "%.600s:%s", path, columns[l].sheet);
        status = place != NULL ? read_list(&lists[l], import, place, &csv, columns[l].column)
                               : WIO_E_MEMORY;
        wio_csv_clear(&csv);
        WIO_TRY(status);
    }
    return WIO_OK;
}

/* Codes of accounts: head | indicator, with their number where that is there twice. */
static wio_status name_accounts(wio_import *import, list *lists)
{
    list *names = &lists[INDICATORS];
    wio_names seen = {0};
    wio_status status = WIO_OK;
    if (lists[HEADS].count != names->count || lists[UNITS].count != names->count) {
        return wio_import_wrong(import, import->source, 0, 0,
                                "%zu indicators of satellites, but %zu heads and %zu units",
                                names->count, lists[HEADS].count, lists[UNITS].count);
    }
    for (size_t i = 0; i < names->count && status == WIO_OK; i++) {
        const char *code =
            wio_import_print(import, "%.400s | %.400s", lists[HEADS].text[i], names->text[i]);
        if (code != NULL && wio_names_find(&seen, code) != SIZE_MAX) {
            code = wio_import_print(import, "%s [%zu]", code, i + 1);
        }
        status = code != NULL ? wio_names_add(&seen, code, "") : WIO_E_MEMORY;
        names->text[i] = code;
    }
    wio_names_free(&seen);
    return status == WIO_OK ? WIO_OK : wio_import_memory(import, "satellites");
}

/* Industries and products of every region, in the order of T. */
static void label_sectors(wio_import_label *label, const list *lists)
{
    const size_t sectors = lists[SECTORS].count;
    for (size_t i = 0; i < 2 * sectors * lists[REGIONS].count; i++) {
        bool industry = i / sectors % 2 == 0;
        label[i] = (wio_import_label){.mark = industry ? WIO_MARK_INDUSTRY : WIO_MARK_PRODUCT,
                                      .region = lists[REGIONS].text[i / (2 * sectors)],
                                      .code = lists[SECTORS].text[i % sectors]};
    }
}

/* Items or uses of every region. */
static void label_codes(wio_import_label *label, wio_import *import, const list *lists, int which)
{
    const list *codes = &lists[which];
    for (size_t i = 0; i < codes->count * lists[REGIONS].count; i++) {
        wio_label_code(&label[i], import, NULL,
                       which == USES ? lists[REGIONS].text[i / codes->count] : NULL,
                       codes->text[i % codes->count]);
    }
}

static void label_accounts(wio_import_label *label, wio_import *import, const list *lists)
{
    for (size_t i = 0; i < lists[INDICATORS].count; i++) {
        wio_label_code(&label[i], import, NULL, NULL, lists[INDICATORS].text[i]);
        label[i].mark = label[i].mark == WIO_MARK_LEFT_OUT ? WIO_MARK_LEFT_OUT : WIO_MARK_ACCOUNT;
        label[i].unit = lists[UNITS].text[i];
    }
}

/* --- the whole -------------------------------------------------------------------------------------- */

static wio_status open_files(wio_import *import, const files *f, const list *lists)
{
    const size_t regions = lists[REGIONS].count, all = 2 * regions * lists[SECTORS].count;
    const size_t items = regions * lists[ITEMS].count, uses = regions * lists[USES].count;
    const size_t accounts = lists[INDICATORS].count;
    wio_grid *T, *Y, *V, *TQ, *YQ;
    WIO_TRY(wio_grid_open_stream(&T, import, f->T, all, all));
    label_sectors(T->row, lists);
    label_sectors(T->column, lists);
    WIO_TRY(wio_grid_open_stream(&Y, import, f->Y, all, uses));
    label_sectors(Y->row, lists);
    label_codes(Y->column, import, lists, USES);
    WIO_TRY(wio_grid_open_stream(&V, import, f->V, items, all));
    V->sums = true;
    label_codes(V->row, import, lists, ITEMS);
    label_sectors(V->column, lists);
    if (f->TQ != NULL && f->YQ != NULL) {
        WIO_TRY(wio_grid_open_stream(&TQ, import, f->TQ, accounts, all));
        label_accounts(TQ->row, import, lists);
        label_sectors(TQ->column, lists);
        WIO_TRY(wio_grid_open_stream(&YQ, import, f->YQ, accounts, uses));
        label_accounts(YQ->row, import, lists);
        label_codes(YQ->column, import, lists, USES);
    }
    return import->status;
}

/* Use and the table that is made of it, n x n each; make twice and what a model works on, of each
 * region; satellites and final uses, of the source, in the model and in the table; pieces of a file
 * with their cells. Refused before T is read when there is no room. */
static wio_status need_room(wio_import *import, const list *lists)
{
    const double regions = (double)lists[REGIONS].count, sectors = (double)lists[SECTORS].count;
    const double n = regions * sectors, finals = regions * (double)(lists[USES].count + 1);
    const double bytes =
        8.0 * n * (2.0 * n + 4.0 * sectors + 2.0 * (double)lists[INDICATORS].count + 4.0 * finals) +
        6.0 * (double)wio_stream_bytes;
    if (import->describing) {
        return WIO_OK;
    }
    wio_status status =
        wio_memory_need(bytes, "GLORIA's supply and use, made symmetric,", import->err);
    import->status = status;
    return status;
}

static wio_status read_labelled(wio_import *import, const files *f, list *lists)
{
    WIO_TRY(read_lists(lists, import, f->labels, f->TQ != NULL ? LISTS : HEADS));
    if (f->TQ != NULL) {
        WIO_TRY(name_accounts(import, lists));
    }
    WIO_TRY(need_room(import, lists));
    const wio_import_head head = {
        .title = "GLORIA supply and use tables",
        .unit = "thousand USD",
        .price_note = "basic prices (Markup001), current exchange rates",
        .citation = "GLORIA (Lenzen et al. 2022, Nature Sustainability 5, 157-166; IELab)",
        .licence = "GLORIA: see the terms of its ReadMe (ielab.info)",
        .year = f->year,
    };
    WIO_TRY(wio_import_set_head(import, &head));
    import->classification = wio_import_print(import, "GLORIA, %zu sectors", lists[SECTORS].count);
    return import->classification != NULL ? open_files(import, f, lists) : WIO_E_MEMORY;
}

static wio_status read(wio_import *import)
{
    files f = {0};
    list lists[LISTS] = {{0}};
    WIO_TRY(find_files(&f, import));
    wio_status status = read_labelled(import, &f, lists);
    for (size_t l = 0; l < LISTS; l++) {
        wio_free(lists[l].text);
    }
    return status;
}

static bool knows(const char *source)
{
    char name[NAME_MAX + 1];
    return wio_source_is_folder(source) && (look(name, source, "GLORIA_MRIOs_", "", "") != 0 ||
                                            look(name, source, "", "_T-Results", BASIC) != 0);
}

const wio_importer wio_import_gloria = {
    .name = "gloria",
    .reads = "GLORIA: the folder with GLORIA_MRIOs_VERSION_YEAR, GLORIA_SatelliteAccounts_* and "
             "GLORIA_ReadMe_*.xlsx; supply and use: needs --model",
    .knows = knows,
    .read = read,
    .supply_use = true,
    .makes_own = true,
};
