/* import.c - the registry of published formats, and the import of a table in one of them.
 *
 * An importer only says where the files are and what their labels mean. Everything else, what is
 * refused and what is reported, is the same for all of them and is in the other import_*.c. */
#include "import.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_MISTAKES = 100, MOST_MERGES = 10 };

static bool never(const char *source)
{
    (void)source;
    return false;
}

/* Any other layout: the user's description of it (import_mapping.c). */
static const wio_importer mapping = {
    .name = "mapping",
    .reads = "any CSV, TSV or XLSX by a YAML file that says where labels and numbers are; one with "
             "products and industries is of supply and use: needs --model",
    .knows = never,
    .whole = wio_table_import_mapping,
    .whole_supply = wio_mapping_supply_use,
};

/* In the order in which "auto" asks: the more particular first. */
const wio_importer *const wio_importers[] = {
    /* EXIOBASE's folder is pymrio's too */
    &wio_import_exiobase3,
    &wio_import_pymrio,
    &wio_import_wiod2016,
    &wio_import_wiod2013,
    &wio_import_wiod2016_niot,
    &wio_import_adb,
    &wio_import_icio,
    &wio_import_figaro,
    &wio_import_eora26,
    &wio_import_mario,
    &wio_import_siot,
    /* supply and use */
    &wio_import_mario_supply_use,
    &wio_import_bea,
    &wio_import_bls,
    &wio_import_gloria,
    &mapping,
    NULL,
};

/* --- mistakes and texts -------------------------------------------------------------------------- */

wio_status wio_import_wrong(wio_import *import, const char *file, size_t line, size_t column,
                            const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (import->status == WIO_OK) {
        import->status = WIO_E_FORMAT;
        if (line != 0) {
            wio_fail(import->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", file, line, column, message);
        } else {
            wio_fail(import->err, WIO_E_FORMAT, "%s: %s", file, message);
        }
    }
    if (++import->mistakes <= MOST_MISTAKES) {
        wio_find(import->log, WIO_ERROR, file, line, column, "%s", message);
    } else if (import->mistakes == MOST_MISTAKES + 1) {
        wio_find(import->log, WIO_ERROR, file, 0, 0, "more mistakes follow");
    }
    return WIO_E_FORMAT;
}

void wio_import_note(wio_import *import, const char *format, ...)
{
    char message[2000];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(import->log, WIO_NOTE, import->source, 0, 0, "%s", message);
}

wio_status wio_import_memory(wio_import *import, const char *what)
{
    import->status = WIO_E_MEMORY;
    return wio_fail(import->err, WIO_E_MEMORY, "%s: %s", import->source, what);
}

/* Takes the text over. */
static const char *keep(wio_import *import, char *text)
{
    if (text != NULL && import->texts == import->text_capacity) {
        size_t capacity = 2 * import->text_capacity + 64;
        char **grown = wio_grow(import->text, import->texts, capacity, sizeof *grown);
        if (grown == NULL) {
            wio_free(text);
            text = NULL;
        } else {
            import->text = grown;
            import->text_capacity = capacity;
        }
    }
    if (text == NULL) {
        (void)wio_import_memory(import, "labels");
        return NULL;
    }
    import->text[import->texts++] = text;
    return text;
}

const char *wio_import_text(wio_import *import, const char *text, size_t length)
{
    return keep(import, wio_strndup(text, length));
}

const char *wio_import_print(wio_import *import, const char *format, ...)
{
    char message[1000];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return keep(import, wio_strdup(message));
}

const char *wio_import_path(wio_import *import, const char *name)
{
    char *path = NULL;
    (void)wio_path_join(&path, import->source, name, NULL);
    return keep(import, path);
}

/* --- the import ----------------------------------------------------------------------------------- */

const char *wio_import_format(const char **reads, size_t index)
{
    size_t count = sizeof wio_importers / sizeof *wio_importers - 1;
    if (index >= count) {
        return NULL;
    }
    if (reads != NULL) {
        *reads = wio_importers[index]->reads;
    }
    return wio_importers[index]->name;
}

static const wio_importer *detect(const char *source)
{
    const wio_importer *const *importer = wio_importers;
    while (*importer != NULL && !(*importer)->knows(source)) {
        importer++;
    }
    return *importer;
}

const char *wio_import_detect(const char *source)
{
    const wio_importer *importer = source != NULL ? detect(source) : NULL;
    return importer != NULL ? importer->name : NULL;
}

static wio_status no_format(const char *format, wio_error *err)
{
    const char *names[sizeof wio_importers / sizeof *wio_importers];
    size_t count = 0;
    wio_text all = {0};
    for (; wio_importers[count] != NULL; count++) {
        names[count] = wio_importers[count]->name;
        wio_text_add(&all, "%s%s", count != 0 ? ", " : "", names[count]);
    }
    const char *nearest = wio_nearest(format, names, count);
    wio_fail(err, WIO_E_ARGUMENT, "no format '%.60s'%s%s%s: there are auto, %.300s", format,
             nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
             nearest != NULL ? "'?)" : "", all.data != NULL ? all.data : "");
    wio_text_free(&all);
    return WIO_E_ARGUMENT;
}

static wio_status choose(wio_import *import, const char *format)
{
    struct stat info;
    bool automatic = strcmp(format, "auto") == 0;
    for (size_t i = 0; wio_importers[i] != NULL && !automatic; i++) {
        if (strcmp(wio_importers[i]->name, format) == 0) {
            import->importer = wio_importers[i];
        }
    }
    if (!automatic && import->importer == NULL) {
        return no_format(format, import->err);
    }
    if (stat(import->source, &info) != 0) {
        return wio_fail(import->err, WIO_E_NO_INPUT, "%s: there is no such file or folder",
                        import->source);
    }
    if (automatic) {
        import->importer = detect(import->source);
        if (import->importer == NULL) {
            return wio_fail(import->err, WIO_E_UNSUPPORTED,
                            "%s: of no format that is known by its files: name the format "
                            "('wassily import --help' lists them)",
                            import->source);
        }
        wio_import_note(import, "taken for the format '%s': %s", import->importer->name,
                        import->importer->reads);
    }
    return WIO_OK;
}

/* How to go on when the output of activities cannot be used: the lines that --merge takes. */
static void say_how_to_merge(wio_import *import)
{
    const wio_table *t = import->table;
    wio_text lines = {0};
    size_t count = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (!(t->x[i] > 0.0) && !(t->x[i] == 0.0 && t->cost[i] == 0.0)) {
            wio_text_add(&lines, ++count <= MOST_MERGES ? " '%s,%s,,'" : "",
                         t->region.code[t->origin_region[i]], t->sector.code[t->origin_sector[i]]);
        }
    }
    if (count != 0 && lines.data != NULL && !lines.failed) {
        wio_find(import->log, WIO_ERROR, import->source, 0, 0,
                 "to import it all the same, give --merge a CSV file: the line "
                 "'region,sector,into_region,into_sector', then%s%s; the last two cells name the "
                 "activity that takes it in, and leave it out when they are empty",
                 lines.data, count > MOST_MERGES ? " and so on" : "");
    }
    wio_text_free(&lines);
}

/* The files of the source. One that the format would not be found out for gets told what is read. */
static wio_status read_source(wio_import *import)
{
    const wio_importer *importer = import->importer;
    WIO_TRY(wio_import_read_maps(import));
    wio_status status = importer->read(import);
    status = status != WIO_OK ? status : import->status;
    if (status != WIO_OK && status != WIO_E_MEMORY && !importer->knows(import->source)) {
        const char *inside = wio_source_inside(import, importer->knows);
        wio_find(import->log, WIO_ERROR, import->source, 0, 0,
                 "does not look like '%s', which reads %s%s%s%s", importer->name, importer->reads,
                 inside != NULL ? " (did you mean '" : "", inside != NULL ? inside : "",
                 inside != NULL ? "'?)" : "");
    }
    return status;
}

static wio_status read_all(wio_import *import)
{
    WIO_TRY(read_source(import));
    WIO_TRY(wio_import_build(import));
    WIO_TRY(wio_import_merge(import));
    WIO_TRY(wio_import_finals(import));
    WIO_TRY(wio_import_satellite(import));
    wio_status status = wio_table_finish(import->table, import->log, import->err);
    if (status != WIO_OK) {
        if (status == WIO_E_TABLE && import->table->cost != NULL) {
            say_how_to_merge(import);
        }
        return status;
    }
    wio_import_report(import);
    return import->status;
}

static void clear(wio_import *import)
{
    for (size_t i = 0; i < import->grids; i++) {
        wio_grid_clear(&import->grid[i]);
    }
    for (size_t i = 0; i < import->texts; i++) {
        wio_free(import->text[i]);
    }
    wio_names *const names[] = {&import->map, &import->origin, &import->final, &import->product,
                                &import->industry};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        wio_names_free(names[i]);
    }
    void *const block[] = {import->text,          import->used,       import->primary_final,
                           import->account_final, import->output_row, import->output_column};
    for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
        wio_free(block[i]);
    }
    wio_text_free(&import->left_out);
    wio_table_free(import->table);
    wio_free(import);
}

/* An import with its format chosen. Freed by clear() on success. */
static wio_status start(wio_import **out, const char *format, const char *source,
                        const wio_import_options *options, wio_log *log, wio_error *err)
{
    wio_import *import = wio_zalloc(1, sizeof *import);
    if (import == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s", source);
    }
    import->options = options;
    import->source = source;
    import->log = log;
    import->err = err;
    import->divisor = 1.0;
    wio_status status = choose(import, format);
    if (status == WIO_OK) {
        import->table = wio_zalloc(1, sizeof *import->table);
        status = import->table != NULL ? WIO_OK : wio_import_memory(import, "a table");
    }
    if (status != WIO_OK) {
        clear(import);
        return status;
    }
    *out = import;
    return WIO_OK;
}

static bool is_empty(const wio_import_options *o)
{
    return o->year == 0 && o->name == NULL && o->unit == NULL && o->region == NULL &&
           o->roles == NULL && o->merge == NULL && o->satellite == NULL && o->concordance == NULL;
}

static wio_status check_empty(const wio_import *import)
{
    return is_empty(import->options)
               ? WIO_OK
               : wio_fail(import->err, WIO_E_ARGUMENT,
                          "%s: a mapping says everything itself: give it no other option",
                          import->source);
}

wio_status wio_table_import(wio_table **out, const char *format, const char *source,
                            const wio_import_options *options, wio_log *log, wio_error *err)
{
    static const wio_import_options none;
    wio_import *import = NULL;
    if (out == NULL || format == NULL || source == NULL || *source == '\0') {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_import: a format and a source are needed");
    }
    WIO_TRY(start(&import, format, source, options != NULL ? options : &none, log, err));
    if (import->importer->whole != NULL) {
        wio_status status = check_empty(import);
        status = status == WIO_OK ? import->importer->whole(out, source, log, err) : status;
        clear(import);
        return status;
    }
    if (import->importer->supply_use) {
        wio_status status =
            wio_fail(err, WIO_E_ARGUMENT,
                     "%s: '%s' has supply and use, which have to be made symmetric by a model",
                     source, import->importer->name);
        clear(import);
        return status;
    }
    wio_status status = read_all(import);
    if (status == WIO_OK) {
        *out = import->table;
        import->table = NULL;
    }
    clear(import);
    return status;
}

bool wio_import_is_supply_use(const char *format)
{
    for (size_t i = 0; format != NULL && wio_importers[i] != NULL; i++) {
        if (strcmp(wio_importers[i]->name, format) == 0) {
            return wio_importers[i]->supply_use;
        }
    }
    return false;
}

static wio_status read_supply_use(wio_supply_use **out, wio_import *import)
{
    if (import->importer->whole_supply != NULL) {
        WIO_TRY(check_empty(import));
        return wio_import_supply_use(out, import);
    }
    if (!import->importer->supply_use) {
        return wio_fail(import->err, WIO_E_ARGUMENT,
                        "%s: '%s' is a format of symmetric tables, it has no supply and use",
                        import->source, import->importer->name);
    }
    if (import->options->merge != NULL) {
        return wio_fail(import->err, WIO_E_ARGUMENT,
                        "%s: merge is for symmetric tables, not for supply and use: import first, "
                        "then aggregate",
                        import->source);
    }
    WIO_TRY(read_source(import));
    return wio_import_supply_use(out, import);
}

wio_status wio_supply_use_import(wio_supply_use **out, const char *format, const char *source,
                                 const wio_import_options *options, wio_log *log, wio_error *err)
{
    static const wio_import_options none;
    wio_import *import = NULL;
    if (out == NULL || format == NULL || source == NULL || *source == '\0') {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_supply_use_import: a format and a source are needed");
    }
    WIO_TRY(start(&import, format, source, options != NULL ? options : &none, log, err));
    wio_status status = read_supply_use(out, import);
    clear(import);
    return status;
}

static void summarise(wio_import_summary *summary, const wio_import *import)
{
    const wio_table *t = import->table;
    *summary = (wio_import_summary){.format = import->importer->name,
                                    .reads = import->importer->reads,
                                    .year = t->year,
                                    .activities = t->n,
                                    .imports = import->origin.count - t->n,
                                    .final_columns = import->final.count,
                                    .primary_items = t->item.count,
                                    .accounts = t->account.count};
    (void)snprintf(summary->title, sizeof summary->title, "%s", t->title);
    (void)snprintf(summary->unit, sizeof summary->unit, "%s", t->unit);
    const char *last = "";
    const wio_names *origin = &import->origin;
    if (import->importer->supply_use) {
        origin = &import->industry;
        summary->activities = origin->count;
        summary->imports = 0;
    }
    for (size_t i = 0; i < summary->activities; i++) { /* regions come one after the other */
        const char *pair = origin->code[i];
        size_t length = strcspn(pair, "\n") + 1;
        summary->regions += strncmp(last, pair, length) != 0 ? 1 : 0;
        last = pair;
    }
    for (size_t g = 0; g < import->grids; g++) {
        const wio_grid *grid = &import->grid[g];
        for (size_t r = 0; r < grid->csv.rows; r++) {
            summary->unknown += grid->row[r].mark == WIO_MARK_UNKNOWN ? 1 : 0;
        }
        for (size_t c = 0; c < grid->columns; c++) {
            summary->unknown += grid->column[c].mark == WIO_MARK_UNKNOWN ? 1 : 0;
        }
    }
}

wio_status wio_import_describe(wio_import_summary *summary, const char *format, const char *source,
                               wio_log *log, wio_error *err)
{
    static const wio_import_options any = {.region = "?"};
    wio_import *import = NULL;
    if (summary == NULL || format == NULL || source == NULL || *source == '\0') {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "wio_import_describe: a format and a source are needed");
    }
    WIO_TRY(start(&import, format, source, &any, log, err));
    import->describing = true;
    wio_status status =
        import->importer->read != NULL
            ? read_source(import)
            : wio_fail(err, WIO_E_UNSUPPORTED, "%s: a mapping is its own description", source);
    if (status == WIO_OK) {
        status = import->importer->supply_use ? wio_import_supply_places(import)
                                              : wio_import_places(import);
    }
    if (status == WIO_OK) {
        summarise(summary, import);
    }
    clear(import);
    return status;
}
