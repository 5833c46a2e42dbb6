/* table_labels.c - the lists of a table folder: regions, sectors, uses, items, groups.
 *
 * A list is broken when later files could not be understood with it (no file, no column, no line);
 * a wrong line in it is only left out, so that the other files are still read for their mistakes. */
#include "table_folder.h"

#include <string.h>

/* More than any table has; beyond it a list is multiplied by mistake (regions x sectors). */
static const size_t MAX_ORIGINS = 4000000;

void wio_folder_unknown(wio_folder *folder, const wio_sheet *sheet, size_t row, size_t column,
                        const char *what, const char *code, const wio_names *names)
{
    const char *nearest = wio_nearest(code, (const char *const *)names->code, names->count);
    wio_folder_wrong(folder, sheet->path, sheet->csv.line[row], column + 1, "unknown %s '%s'%s%s%s",
                     what, code, nearest != NULL ? " (did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
}

/* A list in which every code is once. line[] remembers where each was. */
typedef struct list {
    wio_folder *folder;
    wio_sheet sheet;
    size_t column[3];
    size_t *line;
} list;

/* Opens a list; *found only when it can be read. */
static wio_status open_list(list *l, bool *found, wio_folder *folder, const char *name,
                            const char *const *columns, size_t required, size_t count, bool must)
{
    *l = (list){.folder = folder};
    WIO_TRY(wio_folder_sheet(&l->sheet, found, folder, name, must));
    if (!*found) {
        return WIO_OK;
    }
    *found = wio_sheet_columns(l->column, &l->sheet, folder, columns, required, count);
    l->line = wio_alloc(l->sheet.csv.rows, sizeof *l->line);
    if (l->line == NULL) {
        wio_sheet_clear(&l->sheet);
        return wio_folder_memory(folder, name);
    }
    return WIO_OK;
}

static void close_list(list *l)
{
    wio_sheet_clear(&l->sheet);
    wio_free(l->line);
    l->line = NULL;
}

static const char *cell(const list *l, size_t row, size_t column)
{
    return wio_sheet_cell(&l->sheet, row, l->column[column]);
}

/* Adds the code of a line; *added false when it is no good or there already. */
static wio_status add_code(wio_names *names, bool *added, list *l, size_t row, const char *what)
{
    const char *code = cell(l, row, 0), *name = cell(l, row, 1);
    const char *path = l->sheet.path;
    size_t line = l->sheet.csv.line[row], column = l->column[0] + 1, length = strlen(code);
    *added = false;
    if (length == 0) {
        wio_folder_wrong(l->folder, path, line, column, "a %s without a code", what);
        return WIO_OK;
    }
    if (code[0] == ' ' || code[length - 1] == ' ') {
        wio_find(l->folder->log, WIO_WARNING, path, line, column,
                 "the code '%s' begins or ends with a space", code);
    }
    if (wio_text_combining(code)) {
        wio_find(l->folder->log, WIO_WARNING, path, line, column,
                 "the code '%s' has accents as characters of their own: it equals no code with "
                 "accented letters",
                 code);
    }
    size_t index = names->count;
    wio_status status = wio_names_add(names, code, *name != '\0' ? name : code);
    if (status == WIO_E_TABLE) {
        wio_folder_wrong(l->folder, path, line, column,
                         "%s '%s' is there twice (first at line %zu)", what, code,
                         l->line[wio_names_find(names, code)]);
        return WIO_OK;
    }
    if (status != WIO_OK) {
        return wio_folder_memory(l->folder, what);
    }
    l->line[index] = line;
    *added = true;
    return WIO_OK;
}

/* --- regions.csv -------------------------------------------------------------------------------------- */

static wio_status read_valuation(wio_folder *folder, size_t region)
{
    wio_table *table = folder->table;
    const char *code = table->region.code[region];
    const wio_node *map = wio_node_get(&folder->head, "import_valuation");
    const wio_node *node = wio_node_get(map, code);
    table->valuation[region] = WIO_BASIC;
    char *path = NULL;
    if (wio_path_join(&path, folder->path, "table.yaml", NULL) != WIO_OK) {
        return wio_folder_memory(folder, "table.yaml");
    }
    if (node == NULL) {
        if (!table->endogenous[region] && folder->head.kind == WIO_NODE_MAP) {
            wio_find(folder->log, WIO_WARNING, path, 0, 0,
                     "import_valuation says nothing of region %s: taken as basic", code);
        }
    } else if (node->kind != WIO_NODE_SCALAR ||
               !wio_valuation_find(&table->valuation[region], node->text)) {
        wio_folder_wrong(folder, path, node->line, node->column,
                         "import_valuation of %s: write customs, duty_paid or basic", code);
    }
    wio_free(path);
    return WIO_OK;
}

/* Keys of import_valuation that are no regions. */
static wio_status check_valuation(wio_folder *folder)
{
    const wio_node *map = wio_node_get(&folder->head, "import_valuation");
    char *path = NULL;
    if (wio_path_join(&path, folder->path, "table.yaml", NULL) != WIO_OK) {
        return wio_folder_memory(folder, "table.yaml");
    }
    if (map != NULL && map->kind != WIO_NODE_MAP) {
        wio_folder_wrong(folder, path, map->line, map->column,
                         "import_valuation has to be {REGION: customs|duty_paid|basic, ...}");
    }
    for (size_t i = 0; map != NULL && map->kind == WIO_NODE_MAP && i < map->count; i++) {
        if (wio_names_find(&folder->table->region, map->key[i].text) == SIZE_MAX) {
            wio_folder_wrong(folder, path, map->key[i].line, map->key[i].column,
                             "import_valuation: '%s' is no region of regions.csv",
                             map->key[i].text);
        }
    }
    wio_free(path);
    return WIO_OK;
}

static wio_status read_region_lines(list *l)
{
    wio_folder *folder = l->folder;
    wio_table *table = folder->table;
    table->endogenous = wio_zalloc(l->sheet.csv.rows, sizeof *table->endogenous);
    table->valuation = wio_zalloc(l->sheet.csv.rows, sizeof *table->valuation);
    if (table->endogenous == NULL || table->valuation == NULL) {
        return wio_folder_memory(folder, "regions.csv");
    }
    for (size_t r = 1; r < l->sheet.csv.rows; r++) {
        bool added;
        size_t region = table->region.count;
        WIO_TRY(add_code(&table->region, &added, l, r, "region"));
        const char *word = cell(l, r, 2);
        bool one = strcmp(word, "1") == 0;
        if (!one && strcmp(word, "0") != 0) {
            wio_folder_wrong(folder, l->sheet.path, l->sheet.csv.line[r], l->column[2] + 1,
                             "endogenous is '%s': write 1 (it produces) or 0 (it only delivers "
                             "imports and takes exports)",
                             word);
        }
        if (added) {
            table->endogenous[region] = one;
            WIO_TRY(read_valuation(folder, region));
        }
    }
    return check_valuation(folder);
}

static wio_status read_regions(wio_folder *folder)
{
    static const char *const columns[] = {"code", "name", "endogenous"};
    list l;
    bool found;
    WIO_TRY(open_list(&l, &found, folder, "regions.csv", columns, 3, 3, true));
    wio_status status = found ? read_region_lines(&l) : WIO_OK;
    if (status == WIO_OK && found && folder->table->region.count == 0) {
        wio_folder_wrong(folder, l.sheet.path, 1, 1, "no region is listed");
    }
    close_list(&l);
    return status;
}

/* --- sectors.csv: which origins there are --------------------------------------------------------- */

typedef struct origin {
    size_t region, sector, line; /* region SIZE_MAX: every region */
} origin;

/* The lines of sectors.csv as (region, sector); *by_region when a line names its region. */
static wio_status read_sector_lines(origin *lines, size_t *count, bool *by_region, list *l)
{
    wio_table *table = l->folder->table;
    bool column = l->column[2] != SIZE_MAX;
    for (size_t r = 1; r < l->sheet.csv.rows; r++) {
        const char *code = cell(l, r, 0);
        const char *region_code = column ? cell(l, r, 2) : "";
        size_t line = l->sheet.csv.line[r], region = SIZE_MAX;
        size_t sector = wio_names_find(&table->sector, code);
        if (*region_code != '\0') {
            *by_region = true;
            region = wio_names_find(&table->region, region_code);
            if (region == SIZE_MAX) {
                wio_folder_unknown(l->folder, &l->sheet, r, l->column[2], "region", region_code,
                                   &table->region);
                continue;
            }
        }
        if (sector == SIZE_MAX || region == SIZE_MAX) {
            bool added;
            size_t next = table->sector.count;
            WIO_TRY(add_code(&table->sector, &added, l, r, "sector"));
            if (!added) {
                continue;
            }
            sector = next;
        } else if (strcmp(table->sector.name[sector], cell(l, r, 1)) != 0) {
            wio_find(l->folder->log, WIO_WARNING, l->sheet.path, line, l->column[1] + 1,
                     "sector '%s' has another name at line %zu: that one is kept", code,
                     l->line[sector]);
        }
        lines[(*count)++] = (origin){region, sector, line};
    }
    return WIO_OK;
}

/* One origin into the table, unless it is there. */
static void add_origin(list *l, size_t *first_line, size_t region, size_t sector, size_t line)
{
    wio_table *table = l->folder->table;
    size_t *first = &first_line[region * table->sector.count + sector];
    if (*first != 0) {
        wio_folder_wrong(l->folder, l->sheet.path, line, l->column[0] + 1,
                         "sector '%s' of region '%s' is there twice (first at line %zu)",
                         table->sector.code[sector], table->region.code[region], *first);
        return;
    }
    *first = line;
    table->origin_region[table->m] = region;
    table->origin_sector[table->m++] = sector;
}

/* Endogenous regions first, otherwise as listed; then n and the index of origins. */
static wio_status order_origins(wio_folder *folder)
{
    wio_table *table = folder->table;
    size_t *region = wio_alloc(table->m, sizeof *region);
    size_t *sector = wio_alloc(table->m, sizeof *sector);
    if (region == NULL || sector == NULL) {
        wio_free(region);
        wio_free(sector);
        return wio_folder_memory(folder, "order of origins");
    }
    size_t to = 0;
    for (int endogenous = 1; endogenous >= 0; endogenous--) {
        for (size_t i = 0; i < table->m; i++) {
            if (table->endogenous[table->origin_region[i]] == (endogenous == 1)) {
                region[to] = table->origin_region[i];
                sector[to++] = table->origin_sector[i];
            }
        }
        table->n = endogenous == 1 ? to : table->n;
    }
    for (size_t i = 0; i < table->region.count * table->sector.count; i++) {
        table->origin_at[i] = SIZE_MAX;
    }
    for (size_t i = 0; i < table->m; i++) {
        table->origin_at[region[i] * table->sector.count + sector[i]] = i;
    }
    wio_free(table->origin_region);
    wio_free(table->origin_sector);
    table->origin_region = region;
    table->origin_sector = sector;
    return WIO_OK;
}

/* Regions x sectors, or what the lines name when they name regions. */
static wio_status expand_origins(const origin *lines, size_t count, bool by_region, list *l)
{
    wio_folder *folder = l->folder;
    wio_table *table = folder->table;
    size_t regions = table->region.count, most;
    if (__builtin_mul_overflow(regions, table->sector.count, &most) || most > MAX_ORIGINS) {
        wio_folder_wrong(folder, l->sheet.path, 0, 0,
                         "%zu regions times %zu sectors are too many (at most %zu)", regions,
                         table->sector.count, MAX_ORIGINS);
        return WIO_OK;
    }
    table->origin_region = wio_alloc(most, sizeof *table->origin_region);
    table->origin_sector = wio_alloc(most, sizeof *table->origin_sector);
    table->origin_at = wio_zalloc(most, sizeof *table->origin_at); /* first lines, for now */
    if (table->origin_region == NULL || table->origin_sector == NULL || table->origin_at == NULL) {
        return wio_folder_memory(folder, "sectors.csv");
    }
    for (size_t r = 0; r < (by_region ? 1 : regions); r++) {
        for (size_t i = 0; i < count; i++) {
            size_t low = by_region ? 0 : r, high = by_region ? regions : r + 1;
            if (lines[i].region != SIZE_MAX) {
                low = lines[i].region;
                high = low + 1;
            }
            for (size_t region = low; region < high; region++) {
                add_origin(l, table->origin_at, region, lines[i].sector, lines[i].line);
            }
        }
    }
    return order_origins(folder);
}

static wio_status read_sectors(wio_folder *folder)
{
    static const char *const columns[] = {"code", "name", "region"};
    list l;
    bool found, by_region = false;
    WIO_TRY(open_list(&l, &found, folder, "sectors.csv", columns, 2, 3, true));
    if (!found || folder->table->region.count == 0) {
        close_list(&l);
        return WIO_OK;
    }
    size_t count = 0;
    origin *lines = wio_alloc(l.sheet.csv.rows, sizeof *lines);
    wio_status status = lines != NULL ? read_sector_lines(lines, &count, &by_region, &l)
                                      : wio_folder_memory(folder, "sectors.csv");
    if (status == WIO_OK) {
        status = expand_origins(lines, count, by_region, &l);
    }
    if (status == WIO_OK && folder->table->n == 0) {
        wio_folder_wrong(folder, l.sheet.path, 0, 0,
                         "no endogenous region has a sector: nothing produces");
    }
    wio_free(lines);
    close_list(&l);
    return status;
}

/* --- uses.csv, primary_items.csv ------------------------------------------------------------------- */

static wio_status read_roles(wio_folder *folder, const char *file, const char *code_column,
                             const char *what, bool final, wio_names *names, wio_role **roles)
{
    const char *const columns[] = {code_column, "name", "role"};
    list l;
    bool found;
    WIO_TRY(open_list(&l, &found, folder, file, columns, 3, 3, true));
    *roles = wio_zalloc(found ? l.sheet.csv.rows : 1, sizeof **roles);
    wio_status status = *roles != NULL ? WIO_OK : wio_folder_memory(folder, file);
    for (size_t r = 1; status == WIO_OK && found && r < l.sheet.csv.rows; r++) {
        bool added;
        size_t index = names->count;
        status = add_code(names, &added, &l, r, what);
        wio_role role = WIO_ROLE_OTHER;
        const char *word = cell(&l, r, 2);
        if (!wio_role_find(&role, word) || wio_role_is_final(role) != final) {
            wio_folder_wrong(folder, l.sheet.path, l.sheet.csv.line[r], l.column[2] + 1,
                             "role '%s': write %s", word,
                             final ? "household, government, investment, inventory or export"
                                   : "compensation, tax, surplus, import, value_added or other");
        }
        if (status == WIO_OK && added) {
            (*roles)[index] = role;
        }
    }
    folder->labels = folder->labels && found;
    close_list(&l);
    return status;
}

wio_status wio_folder_read_labels(wio_folder *folder)
{
    wio_table *table = folder->table;
    WIO_TRY(read_regions(folder));
    WIO_TRY(read_sectors(folder));
    folder->labels = table->n != 0;
    WIO_TRY(
        read_roles(folder, "uses.csv", "code", "final use", true, &table->use, &table->use_role));
    return read_roles(folder, "primary_items.csv", "item", "primary item", false, &table->item,
                      &table->item_role);
}

/* --- groups.csv --------------------------------------------------------------------------------------- */

/* The group of a line, new when its code is. */
static wio_status find_group(wio_group **out, list *l, size_t row)
{
    wio_folder *folder = l->folder;
    wio_table *table = folder->table;
    const char *code = cell(l, row, 0);
    for (size_t i = 0; i < table->groups; i++) {
        if (strcmp(table->group[i].code, code) == 0) {
            *out = &table->group[i];
            return WIO_OK;
        }
    }
    const char *problem = *code == '\0'              ? "a group has no code"
                          : strcmp(code, "all") == 0 ? "'all' always means every sector: name the "
                                                       "group differently"
                          : wio_names_find(&table->sector, code) != SIZE_MAX
                              ? "this is also the code of a sector: name the group differently"
                              : NULL;
    if (problem != NULL) {
        wio_folder_wrong(folder, l->sheet.path, l->sheet.csv.line[row], l->column[0] + 1, "%s",
                         problem);
        return WIO_OK;
    }
    wio_group *grown = wio_grow(table->group, table->groups, table->groups + 1, sizeof *grown);
    if (grown == NULL) {
        return wio_folder_memory(folder, "groups.csv");
    }
    table->group = grown;
    grown[table->groups] = (wio_group){.code = wio_strdup(code),
                                       .sector = wio_alloc(table->sector.count, sizeof(size_t))};
    *out = &grown[table->groups++];
    return (*out)->code != NULL && (*out)->sector != NULL ? WIO_OK
                                                          : wio_folder_memory(folder, "groups.csv");
}

static wio_status add_member(list *l, size_t row)
{
    wio_table *table = l->folder->table;
    wio_group *group = NULL;
    const char *code = cell(l, row, 1);
    size_t sector = wio_names_find(&table->sector, code);
    if (sector == SIZE_MAX) {
        wio_folder_unknown(l->folder, &l->sheet, row, l->column[1], "sector", code, &table->sector);
        return WIO_OK;
    }
    WIO_TRY(find_group(&group, l, row));
    for (size_t i = 0; group != NULL && i < group->count; i++) {
        if (group->sector[i] == sector) {
            wio_folder_wrong(l->folder, l->sheet.path, l->sheet.csv.line[row], l->column[1] + 1,
                             "sector '%s' is in group '%s' twice", code, group->code);
            return WIO_OK;
        }
    }
    if (group != NULL) {
        group->sector[group->count++] = sector;
    }
    return WIO_OK;
}

wio_status wio_folder_read_groups(wio_folder *folder)
{
    static const char *const columns[] = {"group", "sector"};
    list l;
    bool found;
    WIO_TRY(open_list(&l, &found, folder, "groups.csv", columns, 2, 2, false));
    wio_status status = WIO_OK;
    for (size_t r = 1; found && status == WIO_OK && r < l.sheet.csv.rows; r++) {
        status = add_member(&l, r);
    }
    close_list(&l);
    return status;
}
