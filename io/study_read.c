/* study_read.c - a study file with the table it names and the files it takes definitions from.
 *
 * Everything a study names is below the folder of the study: no absolute path, no `..`, no link
 * that leads out (TRUST 4.2); only an embedded table is somewhere else. */
#include "io.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STUDY = 4 * 1024 * 1024 };

typedef struct source {
    wio_study *study;
    const char *folder; /* "" is the current one */
} source;

/* The folder of a path, "" without one. */
static wio_status folder_of(char **out, const char *path, wio_error *err)
{
    const char *slash = strrchr(path, '/');
    *out = slash == NULL ? wio_strdup("") : wio_strndup(path, (size_t)(slash - path) + 1);
    return *out != NULL ? WIO_OK : wio_fail(err, WIO_E_MEMORY, "path of a study");
}

/* Is a name of a file inside the folder? The file need not exist. */
static wio_status inside(const char *folder, const char *name, wio_error *err)
{
    if (name[0] == '/') {
        return wio_fail(err, WIO_E_STUDY, "'%.200s': a path in a study is relative to its folder",
                        name);
    }
    for (const char *at = name; at != NULL; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0')) {
            return wio_fail(err, WIO_E_STUDY, "'%.200s': a path in a study cannot leave its folder",
                            name);
        }
    }
    char *joined = NULL, root[PATH_MAX], real[PATH_MAX];
    WIO_TRY(wio_path_join(&joined, *folder != '\0' ? folder : ".", name, err));
    bool known =
        realpath(*folder != '\0' ? folder : ".", root) != NULL && realpath(joined, real) != NULL;
    wio_free(joined);
    size_t length = known ? strlen(root) : 0;
    bool below = !known || (strncmp(real, root, length) == 0 &&
                            (length == 1 || real[length] == '/' || real[length] == '\0'));
    return below ? WIO_OK
                 : wio_fail(err, WIO_E_STUDY, "'%.200s': a link that leaves the study's folder",
                            name);
}

static wio_status add_input(wio_study *study, const char *path, const char *data, size_t length,
                            wio_error *err)
{
    wio_input_file *grown = wio_grow(study->input, study->inputs, study->inputs + 1, sizeof *grown);
    char *copy = wio_strdup(path);
    if (grown != NULL) {
        study->input = grown;
    }
    if (grown == NULL || copy == NULL) {
        wio_free(copy);
        return wio_fail(err, WIO_E_MEMORY, "%s", path);
    }
    wio_input_file *input = &study->input[study->inputs++];
    *input = (wio_input_file){.path = copy, .bytes = length};
    wio_digest(input->digest, data, length);
    return WIO_OK;
}

/* OTHER.yaml for `use: OTHER.yaml#NAME`. */
static wio_status load(void *context, wio_node *out, char **path, const char *name, wio_log *log,
                       wio_error *err)
{
    source *from = context;
    char *full = NULL, *data = NULL;
    size_t length = 0;
    bool mistakes = false;
    wio_node root = {0};
    WIO_TRY(inside(from->folder, name, err));
    wio_text text = {0};
    wio_text_add(&text, "%s%s", from->folder, name);
    WIO_TRY(wio_text_take(&full, &text, err));
    wio_status status = wio_file_read(&data, &length, full, MAX_STUDY, err);
    if (status == WIO_OK) {
        status = add_input(from->study, full, data, length, err);
    }
    if (status == WIO_OK) {
        status = wio_yaml_read(&root, &mistakes, data, length, full, log, err);
    }
    if (status == WIO_OK && mistakes) {
        wio_node_clear(&root);
        status = WIO_E_FORMAT; /* err has the first */
    }
    wio_free(data);
    if (status != WIO_OK) {
        wio_free(full);
        return status;
    }
    *out = root;
    *path = full;
    return WIO_OK;
}

/* The table; one that cannot be used is a mistake of the study, with its place. */
static wio_status open_table(wio_study *study, const wio_node *root, const char *folder,
                             const char *file, wio_log *log, wio_error *err)
{
    const wio_node *name = wio_node_get(root, "table");
    wio_error why = {0};
    if (name == NULL || name->kind != WIO_NODE_SCALAR || *name->text == '\0') {
        return WIO_OK; /* the schema check says so */
    }
    wio_status status = inside(folder, name->text, &why);
    if (status == WIO_OK) {
        status =
            wio_table_open(&study->table, name->text, *folder != '\0' ? folder : NULL, log, &why);
    }
    if (status == WIO_OK && (status = wio_table_whole(study->table, &why)) != WIO_OK) {
        wio_table_free(study->table);
        study->table = NULL;
    }
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, WIO_E_MEMORY, "%s", why.message);
    }
    if (status != WIO_OK) {
        wio_find(log, WIO_ERROR, file, name->line, name->column, "%s", why.message);
    }
    return WIO_OK;
}

static wio_status bind(wio_study *study, const wio_node *root, const char *path, wio_log *log,
                       wio_error *err)
{
    char *folder = NULL;
    wio_error first = {0};
    WIO_TRY(folder_of(&folder, path, err));
    source from = {.study = study, .folder = folder};
    wio_status status = open_table(study, root, folder, path, log, err);
    if (status == WIO_OK) {
        status = wio_study_bind(study, root, path, load, &from, log, &first);
    }
    wio_free(folder);
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, status, "%s", first.message);
    }
    return status;
}

/* Text, digest and path; then the document and everything it names. Mistakes are in the log. */
static wio_status read_all(wio_study *study, const char *path, wio_log *log, wio_error *err)
{
    wio_node root = {0};
    wio_error first = {0};
    bool mistakes = false;
    study->path = wio_strdup(path);
    if (study->path == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s", path);
    }
    WIO_TRY(wio_file_read(&study->text, &study->text_length, path, MAX_STUDY, err));
    wio_digest(study->digest, study->text, study->text_length);
    wio_status status =
        wio_yaml_read(&root, &mistakes, study->text, study->text_length, path, log, &first);
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, status, "%s", first.message);
    }
    if (status != WIO_OK) {
        return WIO_E_STUDY;
    }
    status = bind(study, &root, path, log, err);
    wio_node_clear(&root);
    return status;
}

wio_status wio_study_read(wio_study **out, const char *path, wio_log *log, wio_error *err)
{
    if (out == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_study_read: NULL argument");
    }
    wio_study *study = wio_zalloc(1, sizeof *study);
    wio_log *own = NULL;
    if (study == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "%s", path);
    }
    if (log == NULL) { /* the findings are also how a repeated mistake is known */
        wio_status created = wio_log_create(&own, err);
        if (created != WIO_OK) {
            wio_free(study);
            return created;
        }
        log = own;
    }
    size_t before = wio_log_count(log, WIO_ERROR);
    wio_status status = read_all(study, path, log, err);
    if (status == WIO_E_STUDY || (status == WIO_OK && wio_log_count(log, WIO_ERROR) > before)) {
        status = wio_log_fail(err, WIO_E_STUDY, log);
    }
    wio_log_free(own);
    if (status != WIO_OK) {
        wio_study_free(study);
        return status;
    }
    *out = study;
    return WIO_OK;
}
