/* yaml.c - a YAML document as nodes with places, from libyaml's events.
 *
 * libyaml checks syntax only. What makes YAML dangerous or ambiguous is refused here (TRUST 4.2):
 * aliases, anchors, tags, directives, duplicate keys, several documents, depth, size. A mistake
 * that leaves the structure intact is logged and reading goes on, so that one run names them all.
 * Scalars stay text: the schema decides what a number is, so `no`, `0123` and `1_000` are safe. */
#include "io.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

enum {
    MAX_BYTES = 4 * 1024 * 1024,
    MAX_SCALAR = 64 * 1024,
    MAX_NODES = 200 * 1000,
    MAX_DEPTH = 32
};

typedef struct reader {
    yaml_parser_t parser;
    const char *data, *file;
    size_t length, nodes;
    wio_log *log;
    bool mistakes; /* logged, reading went on */
    wio_error *err;
} reader;

/* Logs a mistake at a mark; the first is also err's, where the caller gave no log. */
static wio_status wrong(reader *r, yaml_mark_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static wio_status wrong(reader *r, yaml_mark_t at, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(r->log, WIO_ERROR, r->file, at.line + 1, at.column + 1, "%s", message);
    r->mistakes = true;
    return wio_fail(r->err, WIO_E_FORMAT, "%s:%zu:%zu: %s", r->file, at.line + 1, at.column + 1,
                    message);
}

/* Place of a byte: the reader's errors have an offset, no mark. */
static yaml_mark_t place(const reader *r, size_t offset)
{
    yaml_mark_t at = {.index = offset};
    for (size_t i = 0; i < offset && i < r->length; i++) {
        unsigned char byte = (unsigned char)r->data[i];
        if (byte == '\n') {
            at.line++;
            at.column = 0;
        } else if ((byte & 0xc0) != 0x80) {
            at.column++;
        }
    }
    return at;
}

/* The next event. Errors: FORMAT, MEMORY. */
static wio_status next(yaml_event_t *event, reader *r)
{
    if (yaml_parser_parse(&r->parser, event) != 0) {
        return WIO_OK;
    }
    const char *problem = r->parser.problem != NULL ? r->parser.problem : "it cannot be read";
    if (r->parser.error == YAML_MEMORY_ERROR) {
        return wio_fail(r->err, WIO_E_MEMORY, "%s", r->file);
    }
    if (r->parser.error == YAML_READER_ERROR) {
        return wrong(r, place(r, r->parser.problem_offset), "not valid UTF-8 text: %s", problem);
    }
    if (strstr(problem, "cannot start any token") != NULL) {
        problem = "a text cannot begin with this character, and a line not with a tab: "
                  "quote the text, indent with spaces";
    } else if (r->parser.context != NULL) {
        return wrong(r, r->parser.problem_mark, "YAML: %s (%s, line %zu)", problem,
                     r->parser.context, r->parser.context_mark.line + 1);
    }
    return wrong(r, r->parser.problem_mark, "YAML: %s", problem);
}

/* Anchors and tags carry meaning that a study has no use for. */
static void refuse_decoration(reader *r, const yaml_event_t *event, const yaml_char_t *anchor,
                              const yaml_char_t *tag)
{
    if (anchor != NULL) {
        wrong(r, event->start_mark,
              "anchor '&%.60s' is not allowed: write the value where it is "
              "used",
              (const char *)anchor);
    }
    if (tag != NULL) {
        wrong(r, event->start_mark, "tag '%.60s' is not allowed: the schema decides the type",
              (const char *)tag);
    }
}

static wio_status read_scalar(wio_node *node, reader *r, const yaml_event_t *event)
{
    size_t length = event->data.scalar.length;
    const char *value = (const char *)event->data.scalar.value;
    if (length > MAX_SCALAR) {
        return wrong(r, event->start_mark, "a value of %zu bytes is too long (at most %d)", length,
                     (int)MAX_SCALAR);
    }
    if (memchr(value, '\0', length) != NULL) {
        wrong(r, event->start_mark, "a zero byte inside a value");
    }
    node->kind = WIO_NODE_SCALAR;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = wio_strndup(value, length);
    if (node->text == NULL) {
        return wio_fail(r->err, WIO_E_MEMORY, "%s", r->file);
    }
    return WIO_OK;
}

/* Room for one more item (and key, of a map). */
static wio_status reserve(wio_node *node, size_t *capacity, reader *r)
{
    if (node->count < *capacity) {
        return WIO_OK;
    }
    size_t wanted = *capacity == 0 ? 4 : 2 * *capacity;
    wio_node *item = wio_grow(node->item, node->count, wanted, sizeof *item);
    if (item == NULL) {
        return wio_fail(r->err, WIO_E_MEMORY, "%s", r->file);
    }
    node->item = item;
    if (node->kind == WIO_NODE_MAP) {
        wio_node *key = wio_grow(node->key, node->count, wanted, sizeof *key);
        if (key == NULL) {
            return wio_fail(r->err, WIO_E_MEMORY, "%s", r->file);
        }
        node->key = key;
    }
    *capacity = wanted;
    return WIO_OK;
}

static wio_status read_node(wio_node *node, reader *r, yaml_event_t *event, size_t depth);

static wio_status read_list(wio_node *node, reader *r, size_t depth)
{
    size_t capacity = 0;
    node->kind = WIO_NODE_LIST;
    for (;;) {
        yaml_event_t event;
        WIO_TRY(next(&event, r));
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return WIO_OK;
        }
        wio_node item = {0};
        wio_status status = read_node(&item, r, &event, depth);
        if (status == WIO_OK) {
            status = reserve(node, &capacity, r);
        }
        if (status != WIO_OK) {
            wio_node_clear(&item);
            return status;
        }
        node->item[node->count++] = item;
    }
}

/* One pair. A key that is no text, or that is there already, is logged and the pair dropped. */
static wio_status read_pair(wio_node *key, wio_node *item, bool *keep, reader *r,
                            yaml_event_t *event, const wio_node *map, wio_names *names,
                            size_t depth)
{
    yaml_mark_t at = event->start_mark;
    WIO_TRY(read_node(key, r, event, depth));
    yaml_event_t value;
    WIO_TRY(next(&value, r));
    WIO_TRY(read_node(item, r, &value, depth));

    *keep = false;
    if (key->kind != WIO_NODE_SCALAR) {
        wrong(r, at, "a key has to be plain text");
        return WIO_OK;
    }
    wio_status status = wio_names_add(names, key->text, "");
    if (status == WIO_E_MEMORY) {
        return wio_fail(r->err, WIO_E_MEMORY, "%s", r->file);
    }
    if (status != WIO_OK) {
        size_t first = wio_names_find(names, key->text);
        wrong(r, at, "key '%.80s' is there twice (first at line %zu)", key->text,
              map->key[first].line);
        return WIO_OK;
    }
    *keep = true;
    return WIO_OK;
}

static wio_status read_map(wio_node *node, reader *r, size_t depth)
{
    wio_names names = {0};
    size_t capacity = 0;
    wio_status status = WIO_OK;
    node->kind = WIO_NODE_MAP;
    while (status == WIO_OK) {
        yaml_event_t event;
        status = next(&event, r);
        if (status != WIO_OK) {
            break;
        }
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        wio_node key = {0}, item = {0};
        bool keep = false;
        status = read_pair(&key, &item, &keep, r, &event, node, &names, depth);
        if (status == WIO_OK && keep) {
            status = reserve(node, &capacity, r);
        }
        if (status == WIO_OK && keep) {
            node->key[node->count] = key;
            node->item[node->count++] = item;
        } else {
            wio_node_clear(&key);
            wio_node_clear(&item);
        }
    }
    wio_names_free(&names);
    return status;
}

/* A node from its first event, which is deleted here. */
static wio_status read_node(wio_node *node, reader *r, yaml_event_t *event, size_t depth)
{
    yaml_mark_t at = event->start_mark;
    wio_status status = WIO_OK;
    *node = (wio_node){.line = at.line + 1, .column = at.column + 1};
    if (++r->nodes > MAX_NODES) {
        status = wrong(r, at, "more than %d values and lists", (int)MAX_NODES);
    } else if (event->type == YAML_SCALAR_EVENT) {
        refuse_decoration(r, event, event->data.scalar.anchor, event->data.scalar.tag);
        status = read_scalar(node, r, event);
    } else if (event->type == YAML_ALIAS_EVENT) {
        wrong(r, at, "alias '*%.60s' is not allowed: write the value where it is used",
              (const char *)event->data.alias.anchor);
        node->text = wio_strdup("");
        status = node->text != NULL ? WIO_OK : wio_fail(r->err, WIO_E_MEMORY, "%s", r->file);
    } else if (depth >= MAX_DEPTH) {
        status = wrong(r, at, "nested deeper than %d levels", (int)MAX_DEPTH);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        refuse_decoration(r, event, event->data.sequence_start.anchor,
                          event->data.sequence_start.tag);
        yaml_event_delete(event);
        return read_list(node, r, depth + 1);
    } else {
        refuse_decoration(r, event, event->data.mapping_start.anchor,
                          event->data.mapping_start.tag);
        yaml_event_delete(event);
        return read_map(node, r, depth + 1);
    }
    yaml_event_delete(event);
    return status;
}

/* Stream start, one document, stream end. */
static wio_status read_document(wio_node *root, reader *r)
{
    yaml_event_t event;
    WIO_TRY(next(&event, r)); /* stream start */
    yaml_event_delete(&event);
    WIO_TRY(next(&event, r));
    yaml_mark_t at = event.start_mark;
    bool empty = event.type == YAML_STREAM_END_EVENT;
    bool directives = !empty && (event.data.document_start.version_directive != NULL ||
                                 event.data.document_start.tag_directives.start !=
                                     event.data.document_start.tag_directives.end);
    yaml_event_delete(&event);
    if (empty) {
        return wrong(r, (yaml_mark_t){0}, "the file is empty");
    }
    if (directives) {
        wrong(r, at, "%%YAML and %%TAG directives are not allowed");
    }
    WIO_TRY(next(&event, r));
    WIO_TRY(read_node(root, r, &event, 0));
    WIO_TRY(next(&event, r)); /* document end */
    yaml_event_delete(&event);
    WIO_TRY(next(&event, r));
    at = event.start_mark;
    bool more = event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    return more ? wrong(r, at, "a second document: one file holds one") : WIO_OK;
}

wio_status wio_yaml_read(wio_node *out, bool *mistakes, const char *data, size_t length,
                         const char *file, wio_log *log, wio_error *err)
{
    reader r = {.data = data, .length = length, .file = file, .log = log, .err = err};
    if (length > MAX_BYTES) {
        return wrong(&r, (yaml_mark_t){0}, "%zu bytes are too many (at most %d)", length,
                     (int)MAX_BYTES);
    }
    if (length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) { /* byte order mark */
        r.data += 3;
        r.length -= 3;
    }
    if (yaml_parser_initialize(&r.parser) == 0) {
        return wio_fail(err, WIO_E_MEMORY, "%s", file);
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.data, r.length);

    wio_node root = {0};
    wio_status status = read_document(&root, &r);
    yaml_parser_delete(&r.parser);
    if (status != WIO_OK) {
        wio_node_clear(&root);
        return status;
    }
    *mistakes = r.mistakes;
    *out = root;
    return WIO_OK;
}

wio_status wio_yaml_parse(wio_node *out, const char *data, size_t length, const char *file,
                          wio_log *log, wio_error *err)
{
    wio_node root = {0};
    bool mistakes = false;
    WIO_TRY(wio_yaml_read(&root, &mistakes, data, length, file, log, err));
    if (mistakes) { /* err has the first */
        wio_node_clear(&root);
        return WIO_E_FORMAT;
    }
    *out = root;
    return WIO_OK;
}
