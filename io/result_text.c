/* result_text.c - a result as JSON and as CSV, for programs.
 *
 * JSON has the form of xarray's Dataset.to_dict: Dataset.from_dict(json.load(file)) opens it.
 * CSV is long for a study, and one line per activity for multipliers and solve. What is not known
 * is null in JSON and an empty cell in CSV. */
#include "io.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_coordinate(const wio_variable *v)
{
    return v->text != NULL || (v->rank == 1 && strcmp(v->name, v->dimension[0]) == 0);
}

static size_t count_of(const wio_variable *v)
{
    size_t count = 1;
    for (size_t d = 0; d < v->rank; d++) {
        count *= v->length[d];
    }
    return count;
}

/* --- JSON ------------------------------------------------------------------------------------------ */

/* Bytes of the well-formed UTF-8 sequence at s, 0 when there is none (RFC 3629). */
static size_t sequence(const unsigned char *s)
{
    size_t length = s[0] < 0x80                    ? 1
                    : s[0] >= 0xc2 && s[0] <= 0xdf ? 2
                    : s[0] >= 0xe0 && s[0] <= 0xef ? 3
                    : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
                                                   : 0;
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool wrong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
                 (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f);
    return wrong ? 0 : length;
}

void wio_json_text(wio_text *text, const char *value)
{
    const unsigned char *s = (const unsigned char *)value;
    wio_text_add_bytes(text, "\"", 1);
    while (*s != '\0') {
        size_t length = sequence(s);
        if (length == 0) {
            wio_text_add(text, "\\ufffd");
            length = 1;
        } else if (*s == '"' || *s == '\\') {
            wio_text_add(text, "\\%c", *s);
        } else if (*s < 0x20 || *s == 0x7f) {
            wio_text_add(text, "\\u%04x", *s);
        } else {
            wio_text_add_bytes(text, (const char *)s, length);
        }
        s += length;
    }
    wio_text_add_bytes(text, "\"", 1);
}

static void add_element(wio_text *text, const wio_variable *v, size_t index)
{
    char buffer[WIO_NUMBER_SIZE];
    if (v->text != NULL) {
        wio_json_text(text, v->text[index]);
    } else if (!isfinite(v->data[index])) {
        wio_text_add_bytes(text, "null", 4);
    } else {
        (void)wio_format_double(buffer, v->data[index]);
        wio_text_add_bytes(text, buffer, strlen(buffer));
    }
}

/* Nested arrays: a bracket opens and closes where a dimension's block begins and ends. */
static void add_data(wio_text *text, const wio_variable *v)
{
    size_t count = count_of(v), block[3] = {1, 1, 1};
    for (size_t d = 0; d < v->rank; d++) {
        for (size_t e = d; e < v->rank; e++) {
            block[d] *= v->length[e];
        }
    }
    for (size_t i = 0; i < count && !text->failed; i++) {
        if (i > 0) {
            wio_text_add_bytes(text, ",", 1);
        }
        for (size_t d = 0; d < v->rank; d++) {
            if (i % block[d] == 0) {
                wio_text_add_bytes(text, "[", 1);
            }
        }
        add_element(text, v, i);
        for (size_t d = 0; d < v->rank; d++) {
            if ((i + 1) % block[d] == 0) {
                wio_text_add_bytes(text, "]", 1);
            }
        }
    }
}

static void add_variables(wio_text *text, const wio_result *result, bool coordinates)
{
    const char *comma = "";
    for (size_t i = 0; i < wio_result_variables(result) && !text->failed; i++) {
        const wio_variable *v = wio_result_variable(result, i);
        if (is_coordinate(v) != coordinates) {
            continue;
        }
        wio_text_add(text, "%s\n  ", comma);
        wio_json_text(text, v->name);
        wio_text_add(text, ": {\"dims\": [");
        for (size_t d = 0; d < v->rank; d++) {
            wio_text_add(text, "%s", d > 0 ? ", " : "");
            wio_json_text(text, v->dimension[d]);
        }
        wio_text_add(text, "], \"attrs\": {\"units\": ");
        wio_json_text(text, v->units);
        wio_text_add(text, ", \"long_name\": ");
        wio_json_text(text, v->long_name);
        wio_text_add(text, "}, \"data\": ");
        add_data(text, v);
        wio_text_add(text, "}");
        comma = ",";
    }
}

wio_status wio_result_json(char **out, const wio_result *result, wio_error *err)
{
    if (out == NULL || result == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_result_json: NULL argument");
    }
    wio_text text = {0};
    wio_text_add(&text, "{\n\"wassily\": \"" WIO_VERSION "\",\n\"attrs\": {");
    for (size_t i = 0; i < wio_result_attributes(result); i++) {
        const char *value = NULL, *name = wio_result_attribute_at(result, i, &value);
        wio_text_add(&text, "%s\n  ", i > 0 ? "," : "");
        wio_json_text(&text, name);
        wio_text_add(&text, ": ");
        wio_json_text(&text, value);
    }
    wio_text_add(&text, "\n},\n\"dims\": {");
    for (size_t i = 0; i < wio_result_dimensions(result); i++) {
        size_t length = 0;
        const char *name = wio_result_dimension_name(result, i, &length);
        wio_text_add(&text, "%s", i > 0 ? ", " : "");
        wio_json_text(&text, name);
        wio_text_add(&text, ": %zu", length);
    }
    wio_text_add(&text, "},\n\"coords\": {");
    add_variables(&text, result, true);
    wio_text_add(&text, "\n},\n\"data_vars\": {");
    add_variables(&text, result, false);
    wio_text_add(&text, "\n}\n}\n");
    return wio_text_take(out, &text, err);
}

/* --- CSV ------------------------------------------------------------------------------------------- */

/* A text that a spreadsheet would take for a formula gets an apostrophe before it (CWE-1236). */
static void add_text_cell(wio_text *text, const char *cell)
{
    double number;
    if (cell[0] == '\0' || strchr("=+-@\t\r", cell[0]) == NULL ||
        wio_parse_double(&number, cell, strlen(cell))) {
        wio_csv_add_cell(text, cell);
        return;
    }
    wio_text guarded = {0};
    wio_text_add(&guarded, "'%s", cell);
    if (guarded.failed) {
        text->failed = true;
    } else {
        wio_csv_add_cell(text, guarded.data);
    }
    wio_text_free(&guarded);
}

static void add_value(wio_text *text, const wio_variable *v, size_t index)
{
    char buffer[WIO_NUMBER_SIZE];
    if (v->text != NULL) {
        add_text_cell(text, v->text[index]);
    } else if (isfinite(v->data[index])) {
        (void)wio_format_double(buffer, v->data[index]);
        wio_text_add_bytes(text, buffer, strlen(buffer));
    }
}

/* The label of a dimension's element, its coordinate, or its number counted from 1. */
static void add_label(wio_text *text, const wio_result *result, const char *dimension, size_t index)
{
    const wio_variable *v = wio_result_find(result, dimension);
    if (v != NULL) {
        add_value(text, v, index);
    } else {
        wio_text_add(text, "%zu", index + 1);
    }
}

/* One line per element; a dimension of the header that the variable lacks stays empty. */
static void add_lines(wio_text *text, const wio_result *result, const wio_variable *v,
                      const char *const *header, size_t columns)
{
    size_t count = count_of(v), block[3], block_of = 1;
    for (size_t d = v->rank; d-- > 0;) {
        block[d] = block_of;
        block_of *= v->length[d];
    }
    for (size_t i = 0; i < count && !text->failed; i++) {
        wio_csv_add_cell(text, v->name);
        for (size_t c = 0; c < columns; c++) {
            wio_text_add_bytes(text, ",", 1);
            size_t d = 0;
            while (d < v->rank && strcmp(v->dimension[d], header[c]) != 0) {
                d++;
            }
            if (d < v->rank) {
                add_label(text, result, header[c], i / block[d] % v->length[d]);
            }
        }
        wio_text_add_bytes(text, ",", 1);
        add_value(text, v, i);
        wio_text_add_bytes(text, "\n", 1);
    }
}

static void add_header(wio_text *text, const char *const *header, size_t columns)
{
    wio_text_add(text, "variable");
    for (size_t c = 0; c < columns; c++) {
        wio_text_add_bytes(text, ",", 1);
        wio_csv_add_cell(text, header[c]);
    }
    wio_text_add(text, ",value\n");
}

/* Long form of every number variable, over all dimensions that one of them has. */
static wio_status add_long(wio_text *text, const wio_result *result, wio_error *err)
{
    size_t dimensions = wio_result_dimensions(result), columns = 0;
    const char **header = wio_alloc(dimensions, sizeof *header);
    if (header == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for the header");
    }
    for (size_t i = 0; i < dimensions; i++) {
        const char *name = wio_result_dimension_name(result, i, NULL);
        bool used = false;
        for (size_t j = 0; j < wio_result_variables(result) && !used; j++) {
            const wio_variable *v = wio_result_variable(result, j);
            for (size_t d = 0; d < v->rank && !is_coordinate(v); d++) {
                used = used || strcmp(v->dimension[d], name) == 0;
            }
        }
        if (used) {
            header[columns++] = name;
        }
    }
    add_header(text, header, columns);
    for (size_t i = 0; i < wio_result_variables(result); i++) {
        const wio_variable *v = wio_result_variable(result, i);
        if (!is_coordinate(v)) {
            add_lines(text, result, v, header, columns);
        }
    }
    wio_free(header);
    return WIO_OK;
}

static bool over_activity(const wio_variable *v)
{
    return v->data != NULL && v->rank == 1 && strcmp(v->dimension[0], "activity") == 0;
}

/* activity,region,sector,<variables over activity>: what `multipliers`, `solve` and `extract`
 * answer. */
static void add_wide(wio_text *text, const wio_result *result)
{
    static const char *const label[] = {"activity", "region", "sector"};
    size_t rows = wio_result_length(result, "activity");
    wio_text_add(text, "activity,region,sector");
    for (size_t j = 0; j < wio_result_variables(result); j++) {
        const wio_variable *v = wio_result_variable(result, j);
        if (over_activity(v)) {
            wio_text_add_bytes(text, ",", 1);
            add_text_cell(text, v->name);
        }
    }
    wio_text_add_bytes(text, "\n", 1);
    for (size_t i = 0; i < rows && !text->failed; i++) {
        for (size_t c = 0; c < sizeof label / sizeof label[0]; c++) {
            const wio_variable *v = wio_result_find(result, label[c]);
            wio_text_add_bytes(text, ",", c > 0);
            if (v != NULL && v->text != NULL && v->length[0] == rows) {
                add_text_cell(text, v->text[i]);
            }
        }
        for (size_t j = 0; j < wio_result_variables(result); j++) {
            const wio_variable *v = wio_result_variable(result, j);
            if (over_activity(v)) {
                wio_text_add_bytes(text, ",", 1);
                add_value(text, v, i);
            }
        }
        wio_text_add_bytes(text, "\n", 1);
    }
}

static wio_status no_such(const wio_result *result, const char *name, wio_error *err)
{
    size_t count = wio_result_variables(result);
    const char **known = wio_alloc(count, sizeof *known);
    if (known == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory for the names of variables");
    }
    for (size_t i = 0; i < count; i++) {
        known[i] = wio_result_variable(result, i)->name;
    }
    const char *nearest = wio_nearest(name, known, count);
    wio_status status = wio_fail(err, WIO_E_ARGUMENT, "the result has no variable '%.100s'%s%s%s",
                                 name, nearest != NULL ? " (did you mean '" : "",
                                 nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
    wio_free(known);
    return status;
}

wio_status wio_result_csv(char **out, const wio_result *result, const char *variable,
                          wio_error *err)
{
    if (out == NULL || result == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_result_csv: NULL argument");
    }
    wio_text text = {0};
    const char *command = wio_result_attribute(result, "command");
    bool wide =
        command != NULL && (strcmp(command, "multipliers") == 0 || strcmp(command, "solve") == 0 ||
                            strcmp(command, "extract") == 0);
    if (variable != NULL) {
        const wio_variable *v = wio_result_find(result, variable);
        if (v == NULL) {
            return no_such(result, variable, err);
        }
        add_header(&text, v->dimension, v->rank);
        add_lines(&text, result, v, v->dimension, v->rank);
    } else if (wide) {
        add_wide(&text, result);
    } else {
        wio_status status = add_long(&text, result, err);
        if (status != WIO_OK) {
            wio_text_free(&text);
            return status;
        }
    }
    return wio_text_take(out, &text, err);
}
