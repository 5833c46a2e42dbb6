/* import_source.c - names of files of a source, by which its format is known and its parts are found. */
#include "import.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

bool wio_source_is_folder(const char *source)
{
    struct stat info;
    return stat(source, &info) == 0 && S_ISDIR(info.st_mode);
}

bool wio_source_has(const char *source, const char *name)
{
    struct stat info;
    char path[4096]; /* no path is longer; not from the heap, so that this cannot fail */
    int length = snprintf(path, sizeof path, "%s/%s", source, name);
    return length > 0 && (size_t)length < sizeof path && stat(path, &info) == 0;
}

const char *wio_source_name(const char *source)
{
    size_t length = strlen(source);
    while (length > 1 && source[length - 1] == '/') {
        length--;
    }
    while (length > 0 && source[length - 1] != '/') {
        length--;
    }
    return source + length;
}

char *wio_source_line(const char *source)
{
    enum { MOST = 1 << 20 };
    struct stat info;
    FILE *file = stat(source, &info) == 0 && S_ISREG(info.st_mode) ? fopen(source, "rbe") : NULL;
    char *line = file != NULL ? wio_alloc(MOST + 1, 1) : NULL;
    if (line != NULL) {
        size_t got = fread(line, 1, MOST, file);
        line[got] = '\0';
        line[strcspn(line, "\r\n")] = '\0';
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return line;
}

static bool fits(const char *name, const char *begin, const char *end)
{
    size_t length = strlen(name), head = strlen(begin), tail = strlen(end);
    return length >= head + tail && strncasecmp(name, begin, head) == 0 &&
           strcasecmp(name + length - tail, end) == 0;
}

const char *wio_source_find(wio_import *import, const char *begin, const char *end)
{
    if (!wio_source_is_folder(import->source)) {
        return import->source;
    }
    DIR *folder = opendir(import->source);
    struct dirent *entry;
    size_t found = 0;
    char name[sizeof entry->d_name] = "";
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.' && fits(entry->d_name, begin, end) && found++ == 0) {
            (void)snprintf(name, sizeof name, "%s", entry->d_name);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    if (found != 1) {
        (void)wio_import_wrong(import, import->source, 0, 0,
                               found == 0
                                   ? "there is no file %s*%s in this folder"
                                   : "there is more than one file %s*%s in this folder: name "
                                     "one of them",
                               begin, end);
        return NULL;
    }
    return wio_import_path(import, name);
}

const char *wio_source_inside(wio_import *import, bool (*knows)(const char *source))
{
    char best[sizeof((struct dirent *)0)->d_name] = "";
    DIR *folder = opendir(import->source);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        const char *name = entry->d_name;
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/%s", import->source, name);
        if (name[0] != '.' && (*best == '\0' || strcmp(name, best) < 0) &&
            length < (int)sizeof path && knows(path)) {
            (void)snprintf(best, sizeof best, "%s", name);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return *best != '\0' ? wio_import_path(import, best) : NULL;
}

const char *wio_source_find_year(wio_import *import)
{
    const char *end = import->options->year != 0 && wio_source_is_folder(import->source)
                          ? wio_import_print(import, "%d.csv", import->options->year)
                          : ".csv";
    return end != NULL ? wio_source_find(import, "", end) : NULL;
}
