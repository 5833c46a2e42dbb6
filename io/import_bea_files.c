/* import_bea_files.c - which files of a folder are BEA's make, use and import matrix that belong
 * together: by the words of their names. */
#include "import_bea.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const kind_names[] = {"", "use table", "make table", "import matrix"};

static bool has(const char *name, const char *word)
{
    for (; *name != '\0'; name++) {
        if (strncasecmp(name, word, strlen(word)) == 0) {
            return true;
        }
    }
    return false;
}

static bool ends(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length > tail && strcasecmp(name + length - tail, end) == 0;
}

/* The one year of a name, or 0. */
static int single_year(const char *name)
{
    int year = wio_import_year(name);
    char text[WIO_NUMBER_SIZE];
    (void)snprintf(text, sizeof text, "%d", year);
    const char *at = year != 0 ? strstr(name, text) : NULL;
    for (const char *s = name; at != NULL && *s != '\0'; s++) {
        size_t digits = strspn(s, "0123456789");
        if (digits == 4 && s != at && (strncmp(s, "19", 2) == 0 || strncmp(s, "20", 2) == 0)) {
            return 0;
        }
        s += digits > 0 ? digits - 1 : 0;
    }
    return year;
}

static wio_bea_name words_of(const char *name)
{
    wio_bea_name w = {.book = ends(name, ".xlsx")};
    if (!w.book && !ends(name, ".csv")) {
        return w;
    }
    w.kind = has(name, "import") ? WIO_BEA_IMPORT_MATRIX
             : strncasecmp(name, "iomake", 6) == 0 || strncasecmp(name, "make", 4) == 0
                 ? WIO_BEA_MAKE_TABLE
             : strncasecmp(name, "iouse", 5) == 0 || strncasecmp(name, "use", 3) == 0
                 ? WIO_BEA_USE_TABLE
                 : WIO_BEA_NO_KIND;
    w.level = has(name, "sector") || has(name, "_sect")   ? 's'
              : has(name, "summary") || has(name, "_sum") ? 'u'
              : has(name, "detail") || has(name, "_det")  ? 'd'
                                                          : 0;
    w.redefinitions = has(name, "before") ? 'b' : has(name, "after") ? 'a' : 0;
    w.purchasers = has(name, "_pur");
    w.year = single_year(name);
    return w;
}

bool wio_bea_knows(const char *source)
{
    if (!wio_source_is_folder(source)) {
        const char *name = wio_source_name(source);
        return strncasecmp(name, "iouse_", 6) == 0 && words_of(name).kind == WIO_BEA_USE_TABLE;
    }
    DIR *folder = opendir(source);
    struct dirent *entry;
    unsigned found = 0;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strncasecmp(entry->d_name, "io", 2) == 0) {
            found |= 1u << words_of(entry->d_name).kind;
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return (found & 1u << WIO_BEA_USE_TABLE) != 0 && (found & 1u << WIO_BEA_MAKE_TABLE) != 0;
}

/* Whether a file is the one of this kind that belongs to `like`. */
static bool belongs(const wio_bea_name *w, wio_bea_kind kind, const wio_bea_name *like,
                    bool any_redefinitions)
{
    return w->kind == kind && !w->purchasers && (like->level == 0 || w->level == like->level) &&
           (any_redefinitions || like->redefinitions == 0 ||
            w->redefinitions == like->redefinitions) &&
           (like->year == 0 || w->year == 0 || w->year == like->year);
}

const char *wio_bea_find(wio_import *import, const char *folder, wio_bea_kind kind,
                         const wio_bea_name *like, bool any_redefinitions, wio_bea_name *found)
{
    DIR *open = opendir(folder);
    struct dirent *entry;
    size_t count = 0;
    char name[2][sizeof entry->d_name] = {"", ""};
    while (open != NULL && (entry = readdir(open)) != NULL) {
        wio_bea_name w = words_of(entry->d_name);
        if (entry->d_name[0] != '.' && belongs(&w, kind, like, any_redefinitions)) {
            (void)snprintf(name[count != 0], sizeof name[0], "%s", entry->d_name);
            *found = count++ == 0 ? w : *found;
        }
    }
    if (open != NULL) {
        (void)closedir(open);
    }
    if (count > 1) {
        (void)wio_import_wrong(
            import, folder, 0, 0, "more than one file is a %s here (%.90s, %.90s): %s",
            kind_names[kind], strcmp(name[0], name[1]) < 0 ? name[0] : name[1],
            strcmp(name[0], name[1]) < 0 ? name[1] : name[0],
            kind == WIO_BEA_USE_TABLE
                ? "name the use table that is meant, its make table and import matrix "
                  "are found by the same words"
                : "put those that belong together into a folder");
        return NULL;
    }
    return count == 1 ? wio_import_print(import, "%s/%s", folder, name[0]) : NULL;
}

const char *wio_bea_find_use(wio_import *import, const char **folder, wio_bea_name *use)
{
    const char *source = import->source;
    const wio_bea_name any = {.year = import->options->year};
    if (wio_source_is_folder(source)) {
        *folder = source;
        const char *path = wio_bea_find(import, source, WIO_BEA_USE_TABLE, &any, false, use);
        if (path == NULL && import->status == WIO_OK) {
            (void)wio_import_wrong(import, source, 0, 0,
                                   "there is no use table at producers' prices, IOUse_*_PRO_*.xlsx "
                                   "(or .csv), in this folder");
        }
        return path;
    }
    const char *name = wio_source_name(source);
    *use = words_of(name);
    *folder = name == source ? "." : wio_import_text(import, source, (size_t)(name - source - 1));
    if (name == source + 1) {
        *folder = "/";
    }
    if (use->kind != WIO_BEA_USE_TABLE || use->purchasers) {
        (void)wio_import_wrong(
            import, source, 0, 0,
            use->purchasers ? "this use table is at purchasers' prices: name the one at "
                              "producers' prices (PRO)"
                            : "name the use table (IOUse_*.xlsx or .csv), or the folder: the "
                              "make table and the import matrix are found beside it");
        return NULL;
    }
    return source;
}
