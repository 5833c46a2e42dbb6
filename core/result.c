/* result.c - the container of results: variables over named dimensions, and text attributes.
 *
 * Labels of a dimension are a text variable of the dimension's own name, so that a reader of the
 * public header finds them like any other variable. Variables are allocated one by one: a pointer
 * that was handed out stays good while others are added. */
#include "result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_RANK = 3 };

typedef struct dimension {
    char *name;
    size_t length;
} dimension;

typedef struct variable {
    wio_variable view; /* what the public header shows */
    char *name, *units, *long_name;
    double *data;
    char **text; /* one block: pointers, then characters */
} variable;

typedef struct attribute {
    char *name, *value;
} attribute;

struct wio_result {
    size_t dimensions, variables, attributes;
    size_t dimension_room, variable_room, attribute_room;
    dimension *dimension;
    variable **variable;
    attribute *attribute;
};

static wio_status no_memory(wio_error *err, const char *name)
{
    return wio_fail(err, WIO_E_MEMORY, "result: no memory for '%s'", name);
}

wio_status wio_result_create(wio_result **out, wio_error *err)
{
    wio_result *result = wio_zalloc(1, sizeof *result);
    if (result == NULL) {
        return no_memory(err, "container");
    }
    *out = result;
    return WIO_OK;
}

static void variable_free(variable *v)
{
    if (v != NULL) {
        wio_free(v->name);
        wio_free(v->units);
        wio_free(v->long_name);
        wio_free(v->data);
        wio_free(v->text);
        wio_free(v);
    }
}

void wio_result_free(wio_result *result)
{
    if (result == NULL) {
        return;
    }
    for (size_t i = 0; i < result->dimensions; i++) {
        wio_free(result->dimension[i].name);
    }
    for (size_t i = 0; i < result->variables; i++) {
        variable_free(result->variable[i]);
    }
    for (size_t i = 0; i < result->attributes; i++) {
        wio_free(result->attribute[i].name);
        wio_free(result->attribute[i].value);
    }
    wio_free(result->dimension);
    wio_free(result->variable);
    wio_free(result->attribute);
    wio_free(result);
}

/* --- dimensions ------------------------------------------------------------------------------- */

static const dimension *find_dimension(const wio_result *result, const char *name, size_t length)
{
    for (size_t i = 0; i < result->dimensions; i++) {
        const char *known = result->dimension[i].name;
        if (strlen(known) == length && memcmp(known, name, length) == 0) {
            return &result->dimension[i];
        }
    }
    return NULL;
}

static wio_status check_name(const char *name, const char *what, wio_error *err)
{
    size_t length = strlen(name);
    if (length == 0 || name[0] == '/' || name[length - 1] == '/' || strstr(name, "//") != NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "result: '%s' cannot be the name of %s", name, what);
    }
    return WIO_OK;
}

static wio_status append_dimension(wio_result *result, const char *name, size_t length,
                                   wio_error *err)
{
    if (result->dimensions == result->dimension_room) {
        size_t room = 2 * result->dimension_room + 16;
        dimension *grown = wio_grow(result->dimension, result->dimensions, room, sizeof *grown);
        if (grown == NULL) {
            return no_memory(err, name);
        }
        result->dimension = grown;
        result->dimension_room = room;
    }
    char *copy = wio_strdup(name);
    if (copy == NULL) {
        return no_memory(err, name);
    }
    result->dimension[result->dimensions++] = (dimension){copy, length};
    return WIO_OK;
}

wio_status wio_result_dimension(wio_result *result, const char *name, size_t length,
                                const char *const *labels, const char *long_name, wio_error *err)
{
    WIO_TRY(check_name(name, "a dimension", err));
    if (length == 0 || strpbrk(name, ",/") != NULL) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "result: dimension '%s' of length %zu: a name without ',' and '/', and at "
                        "least one element are needed",
                        name, length);
    }
    const wio_variable *taken = wio_result_find(result, name);
    if (taken != NULL && (taken->rank != 1 || strcmp(taken->dimension[0], name) != 0)) {
        return wio_fail(err, WIO_E_ARGUMENT, "result: '%s' is already a variable", name);
    }
    const dimension *known = find_dimension(result, name, strlen(name));
    if (known != NULL && known->length != length) {
        return wio_fail(err, WIO_E_SHAPE, "result: dimension '%s' has %zu elements, not %zu", name,
                        known->length, length);
    }
    bool added = known == NULL;
    if (added) {
        WIO_TRY(append_dimension(result, name, length, err));
    }
    if (labels == NULL || taken != NULL) {
        return WIO_OK;
    }
    wio_status status = wio_result_add_text(result, name, name, labels, long_name, err);
    if (status != WIO_OK && added) {
        wio_free(result->dimension[--result->dimensions].name);
    }
    return status;
}

size_t wio_result_length(const wio_result *result, const char *name)
{
    const dimension *known = find_dimension(result, name, strlen(name));
    return known != NULL ? known->length : 0;
}

size_t wio_result_dimensions(const wio_result *result)
{
    return result->dimensions;
}

const char *wio_result_dimension_name(const wio_result *result, size_t index, size_t *length)
{
    if (index >= result->dimensions) {
        return NULL;
    }
    if (length != NULL) {
        *length = result->dimension[index].length;
    }
    return result->dimension[index].name;
}

const char *const *wio_result_labels(const wio_result *result, const char *name)
{
    const wio_variable *v = wio_result_find(result, name);
    return v != NULL && wio_result_length(result, name) != 0 ? v->text : NULL;
}

/* --- variables --------------------------------------------------------------------------------- */

/* "scenario,activity" -> the view's names and lengths; *elements is their product. */
static wio_status bind_dimensions(wio_variable *view, size_t *elements, const wio_result *result,
                                  const char *dimensions, wio_error *err)
{
    *elements = 1;
    view->rank = 0;
    while (*dimensions != '\0') {
        size_t length = strcspn(dimensions, ",");
        const dimension *known = find_dimension(result, dimensions, length);
        bool good = known != NULL && view->rank < MAX_RANK;
        for (size_t d = 0; good && d < view->rank; d++) {
            good = view->dimension[d] != known->name;
        }
        if (!good) {
            return wio_fail(err, WIO_E_ARGUMENT,
                            "result: variable '%s' over '%.*s': not a dimension, or one too many",
                            view->name, (int)(length < 80 ? length : 80), dimensions);
        }
        view->dimension[view->rank] = known->name;
        view->length[view->rank++] = known->length;
        if (__builtin_mul_overflow(*elements, known->length, elements)) {
            return wio_fail(err, WIO_E_SHAPE, "result: variable '%s' is too large", view->name);
        }
        dimensions += length;
        dimensions += *dimensions == ',';
    }
    return WIO_OK;
}

/* Only the coordinate of a dimension may carry its name: netCDF knows no other meaning. */
static wio_status check_variable(const wio_result *result, const wio_variable *view, wio_error *err)
{
    WIO_TRY(check_name(view->name, "a variable", err));
    if (wio_result_find(result, view->name) != NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "result: variable '%s' was added before", view->name);
    }
    bool own = view->rank == 1 && strcmp(view->dimension[0], view->name) == 0;
    if (wio_result_length(result, view->name) != 0 && !own) {
        return wio_fail(err, WIO_E_ARGUMENT,
                        "result: variable '%s' has the name of a dimension it is not the labels of",
                        view->name);
    }
    return WIO_OK;
}

static wio_status new_variable(variable **out, size_t *elements, const wio_result *result,
                               const char *name, const char *dimensions, const char *units,
                               const char *long_name, wio_error *err)
{
    wio_variable view = {.name = name};
    WIO_TRY(bind_dimensions(&view, elements, result, dimensions, err));
    WIO_TRY(check_variable(result, &view, err));
    variable *v = wio_zalloc(1, sizeof *v);
    if (v == NULL) {
        return no_memory(err, name);
    }
    v->name = wio_strdup(name);
    v->units = wio_strdup(units != NULL && units[0] != '\0' ? units : "1");
    v->long_name = wio_strdup(long_name != NULL && long_name[0] != '\0' ? long_name : name);
    if (v->name == NULL || v->units == NULL || v->long_name == NULL) {
        variable_free(v);
        return no_memory(err, name);
    }
    v->view = view;
    v->view.name = v->name;
    v->view.units = v->units;
    v->view.long_name = v->long_name;
    *out = v;
    return WIO_OK;
}

static wio_status append_variable(wio_result *result, variable *v, wio_error *err)
{
    if (result->variables == result->variable_room) {
        size_t room = 2 * result->variable_room + 64;
        variable **grown = wio_grow(result->variable, result->variables, room, sizeof *grown);
        if (grown == NULL) {
            return no_memory(err, v->name);
        }
        result->variable = grown;
        result->variable_room = room;
    }
    result->variable[result->variables++] = v;
    return WIO_OK;
}

wio_status wio_result_add(double **data, wio_result *result, const char *name,
                          const char *dimensions, const char *units, const char *long_name,
                          wio_error *err)
{
    variable *v = NULL;
    size_t elements = 0;
    WIO_TRY(new_variable(&v, &elements, result, name, dimensions, units, long_name, err));
    v->data = wio_alloc(elements, sizeof *v->data);
    wio_status status = v->data == NULL ? no_memory(err, name) : append_variable(result, v, err);
    if (status != WIO_OK) {
        variable_free(v);
        return status;
    }
    for (size_t i = 0; i < elements; i++) {
        v->data[i] = NAN;
    }
    v->view.data = v->data;
    *data = v->data;
    return WIO_OK;
}

/* Pointers and characters in one block; a NULL text becomes "". */
static char **copy_texts(const char *const *text, size_t count)
{
    size_t bytes = count * sizeof *text; /* count is the length of an array that exists */
    for (size_t i = 0; i < count; i++) {
        bytes += (text[i] != NULL ? strlen(text[i]) : 0) + 1;
    }
    char **copy = wio_alloc(bytes, 1);
    if (copy == NULL) {
        return NULL;
    }
    char *at = (char *)(copy + count);
    for (size_t i = 0; i < count; i++) {
        size_t size = (text[i] != NULL ? strlen(text[i]) : 0) + 1;
        memcpy(at, text[i] != NULL ? text[i] : "", size);
        copy[i] = at;
        at += size;
    }
    return copy;
}

wio_status wio_result_add_text(wio_result *result, const char *name, const char *dimension_name,
                               const char *const *text, const char *long_name, wio_error *err)
{
    variable *v = NULL;
    size_t elements = 0;
    if (dimension_name[0] == '\0' || strchr(dimension_name, ',') != NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "result: text variable '%s' needs one dimension",
                        name);
    }
    WIO_TRY(new_variable(&v, &elements, result, name, dimension_name, "", long_name, err));
    v->text = copy_texts(text, elements);
    wio_status status = v->text == NULL ? no_memory(err, name) : append_variable(result, v, err);
    if (status != WIO_OK) {
        variable_free(v);
        return status;
    }
    v->view.text = (const char *const *)v->text;
    return WIO_OK;
}

size_t wio_result_variables(const wio_result *result)
{
    return result->variables;
}

const wio_variable *wio_result_variable(const wio_result *result, size_t index)
{
    return index < result->variables ? &result->variable[index]->view : NULL;
}

const wio_variable *wio_result_find(const wio_result *result, const char *name)
{
    for (size_t i = 0; i < result->variables; i++) {
        if (strcmp(result->variable[i]->name, name) == 0) {
            return &result->variable[i]->view;
        }
    }
    return NULL;
}

/* --- attributes --------------------------------------------------------------------------------- */

wio_status wio_result_set_text(wio_result *result, const char *name, const char *text,
                               wio_error *err)
{
    WIO_TRY(check_name(name, "an attribute", err));
    if (result->attributes == result->attribute_room) {
        size_t room = 2 * result->attribute_room + 64;
        attribute *grown = wio_grow(result->attribute, result->attributes, room, sizeof *grown);
        if (grown == NULL) {
            return no_memory(err, name);
        }
        result->attribute = grown;
        result->attribute_room = room;
    }
    char *value = wio_strdup(text);
    if (value == NULL) {
        return no_memory(err, name);
    }
    for (size_t i = 0; i < result->attributes; i++) {
        if (strcmp(result->attribute[i].name, name) == 0) {
            wio_free(result->attribute[i].value);
            result->attribute[i].value = value;
            return WIO_OK;
        }
    }
    char *copy = wio_strdup(name);
    if (copy == NULL) {
        wio_free(value);
        return no_memory(err, name);
    }
    result->attribute[result->attributes++] = (attribute){copy, value};
    return WIO_OK;
}

wio_status wio_result_set(wio_result *result, const char *name, wio_error *err, const char *format,
                          ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        return wio_fail(err, WIO_E_INTERNAL, "result: attribute '%s' cannot be formatted", name);
    }
    char *text = wio_alloc((size_t)length + 1, 1);
    if (text == NULL) {
        return no_memory(err, name);
    }
    va_start(args, format);
    (void)vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    wio_status status = wio_result_set_text(result, name, text, err);
    wio_free(text);
    return status;
}

size_t wio_result_attributes(const wio_result *result)
{
    return result->attributes;
}

const char *wio_result_attribute_at(const wio_result *result, size_t index, const char **value)
{
    if (index >= result->attributes) {
        return NULL;
    }
    if (value != NULL) {
        *value = result->attribute[index].value;
    }
    return result->attribute[index].name;
}

const char *wio_result_attribute(const wio_result *result, const char *name)
{
    for (size_t i = 0; i < result->attributes; i++) {
        if (strcmp(result->attribute[i].name, name) == 0) {
            return result->attribute[i].value;
        }
    }
    return NULL;
}
