/* study_definitions.c - commitments and plants by name, also from another study file. */
#include "study_bind.h"

#include <string.h>

enum { MAX_DOCUMENTS = 32, MAX_CHAIN = 8 };

static const wio_node *lookup(wio_binder *b, const wio_node *at, const wio_node *root,
                              const char *kind, const char *name, const char *where)
{
    const wio_node *map = wio_node_get(root, kind), *found = wio_node_get(map, name);
    if (found != NULL) {
        return found;
    }
    bool any = map != NULL && map->kind == WIO_NODE_MAP;
    const char **word = any ? wio_bind_zalloc(b, map->count, sizeof *word) : NULL;
    for (size_t i = 0; word != NULL && i < map->count; i++) {
        word[i] = map->key[i].text;
    }
    const char *nearest = word != NULL ? wio_nearest(name, word, map->count) : NULL;
    if (nearest != NULL) {
        wio_bind_wrong(b, at, "'%.60s' is not under %s of %s (did you mean '%s'?)", name, kind,
                       where, nearest);
    } else {
        wio_bind_wrong(b, at, "'%.60s' is not under %s of %s", name, kind, where);
    }
    wio_free(word);
    return NULL;
}

/* Another study file, read once. */
static const wio_loaded *document(wio_binder *b, const wio_node *at, const char *name)
{
    for (size_t i = 0; i < b->loaded; i++) {
        if (strcmp(b->document[i].name, name) == 0) {
            return b->document[i].path != NULL ? &b->document[i] : NULL;
        }
    }
    if (b->load == NULL || b->loaded == MAX_DOCUMENTS) {
        wio_bind_wrong(b, at,
                       b->load == NULL ? "other files cannot be used here"
                                       : "definitions from more than %d files",
                       (int)MAX_DOCUMENTS);
        return NULL;
    }
    wio_loaded *grown = wio_grow(b->document, b->loaded, b->loaded + 1, sizeof *grown);
    if (grown == NULL) {
        b->failed = true;
        return NULL;
    }
    b->document = grown;
    wio_loaded *entry = &b->document[b->loaded];
    *entry = (wio_loaded){.name = wio_strdup(name)};
    if (entry->name == NULL) {
        b->failed = true;
        return NULL;
    }
    b->loaded++;
    wio_error err = {0};
    wio_status status = b->load(b->context, &entry->root, &entry->path, name, b->log, &err);
    if (status == WIO_E_MEMORY) {
        b->failed = true;
    } else if (status != WIO_OK) {
        wio_bind_wrong(b, at, "%s", err.message);
    }
    return status == WIO_OK ? entry : NULL;
}

/* "NAME" here or "OTHER.yaml#NAME" there. */
static const wio_node *resolve(wio_binder *b, const wio_node *at, const char *kind,
                               const char **file, const wio_node *root)
{
    const char *hash = strchr(at->text, '#');
    if (hash == NULL) {
        return lookup(b, at, root, kind, at->text, *file);
    }
    char *other = wio_strndup(at->text, (size_t)(hash - at->text));
    if (other == NULL) {
        b->failed = true;
        return NULL;
    }
    const wio_loaded *loaded = document(b, at, other);
    wio_free(other);
    if (loaded == NULL) {
        return NULL;
    }
    const wio_node *found = lookup(b, at, &loaded->root, kind, hash + 1, loaded->path);
    if (found != NULL) {
        *file = loaded->path;
    }
    return found;
}

/* Document of a file name, for a definition that refers on. */
static const wio_node *root_of(const wio_binder *b, const char *file)
{
    for (size_t i = 0; i < b->loaded; i++) {
        if (b->document[i].path == file) {
            return &b->document[i].root;
        }
    }
    return b->root;
}

const wio_node *wio_bind_definition(wio_binder *b, const wio_node *name, const char *kind,
                                    const char **file)
{
    const char *section = strcmp(kind, "plants") == 0 ? "plant" : "commitment";
    const char *outer = b->file;
    *file = b->file;
    for (size_t step = 0; step < MAX_CHAIN; step++) {
        if (name == NULL || name->kind != WIO_NODE_SCALAR || *name->text == '\0') {
            break;
        }
        b->file = *file; /* a mistake in the reference is where the reference is */
        const wio_node *found = resolve(b, name, kind, file, root_of(b, *file));
        if (found == NULL || found->kind != WIO_NODE_MAP) {
            break;
        }
        if (*file != outer) { /* this document was checked as a whole */
            b->file = *file;
            wio_schema_check_map(&b->check, found, section);
        }
        const wio_node *use = wio_node_get(found, "use");
        b->file = outer;
        if (use == NULL) {
            return found;
        }
        name = use;
        if (step + 1 == MAX_CHAIN) {
            wio_bind_wrong(b, use, "definitions refer to one another without end");
        }
    }
    b->file = outer;
    return NULL;
}
