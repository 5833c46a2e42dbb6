/* study_values.c - reporting mistakes once, memory of a study, and plain values. */
#include "study_bind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_MISTAKES = 1000 }; /* a file with more is not a study; bounds the search for repeats */

static bool is_missing(const char *text)
{
    return strncmp(text, "missing key", 11) == 0;
}

/* Was something reported at this place already (with this text, when text is given)? The reader
 * of the document may have reported into the log. */
static bool reported(const wio_binder *b, const wio_node *at, const char *text)
{
    for (size_t i = 0; i < b->mistakes; i++) {
        const wio_mistake *mistake = &b->mistake[i];
        if (mistake->line == at->line && mistake->column == at->column &&
            strcmp(mistake->file, b->file) == 0 &&
            (text == NULL ? !is_missing(mistake->text) : strcmp(mistake->text, text) == 0)) {
            return true;
        }
    }
    for (size_t i = 0; text == NULL && wio_log_finding(b->log, i) != NULL; i++) {
        const wio_finding *finding = wio_log_finding(b->log, i);
        if (finding->severity == WIO_ERROR && finding->line == at->line &&
            finding->column == at->column && finding->file != NULL &&
            strcmp(finding->file, b->file) == 0) {
            return true;
        }
    }
    return false;
}

static void keep(wio_binder *b, const wio_node *at, const char *message)
{
    if (b->mistake == NULL) {
        b->mistake = wio_bind_zalloc(b, MAX_MISTAKES, sizeof *b->mistake);
    }
    char *text = wio_strdup(message);
    if (b->mistake == NULL || text == NULL) {
        wio_free(text);
        b->failed = true;
        return;
    }
    b->mistake[b->mistakes] = (wio_mistake){.file = b->file,
                                            .line = at->line,
                                            .column = at->column,
                                            .order = b->mistakes,
                                            .text = text};
    b->mistakes++;
}

static int by_place(const void *left, const void *right)
{
    const wio_mistake *a = left, *b = right;
    int file = strcmp(a->file, b->file);
    if (file != 0) {
        return file;
    }
    size_t x[3] = {a->line, a->column, a->order}, y[3] = {b->line, b->column, b->order};
    for (int i = 0; i < 3; i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

wio_status wio_bind_report(wio_binder *b, wio_error *err)
{
    if (b->mistakes == 0) {
        return WIO_OK;
    }
    qsort(b->mistake, b->mistakes, sizeof *b->mistake, by_place);
    for (size_t i = 0; i < b->mistakes; i++) {
        const wio_mistake *mistake = &b->mistake[i];
        wio_find(b->log, WIO_ERROR, mistake->file, mistake->line, mistake->column, "%s",
                 mistake->text);
    }
    const wio_mistake *first = &b->mistake[0];
    char more[40] = "";
    if (b->mistakes > 1) {
        (void)snprintf(more, sizeof more, " (and %zu more)", b->mistakes - 1);
    }
    return wio_fail(err, WIO_E_STUDY, "%s:%zu:%zu: error: %s%s", first->file, first->line,
                    first->column, first->text, more);
}

void wio_bind_wrong(wio_binder *b, const wio_node *at, const char *format, ...)
{
    char message[480];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (b->mistakes < MAX_MISTAKES && !reported(b, at, NULL)) {
        keep(b, at, message);
    }
}

void wio_bind_missing(wio_binder *b, const wio_node *map, const char *format, ...)
{
    char message[480];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (b->mistakes < MAX_MISTAKES && !reported(b, map, message)) {
        keep(b, map, message);
    }
}

void wio_bind_note(wio_binder *b, const wio_node *at, const char *format, ...)
{
    char message[480];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    for (size_t i = 0; wio_log_finding(b->log, i) != NULL; i++) {
        const wio_finding *finding = wio_log_finding(b->log, i);
        if (finding->line == at->line && strcmp(finding->text, message) == 0) {
            return;
        }
    }
    wio_find(b->log, WIO_NOTE, b->file, at->line, at->column, "%s", message);
}

void *wio_bind_zalloc(wio_binder *b, size_t count, size_t size)
{
    void *block = wio_zalloc(count, size);
    b->failed |= block == NULL;
    return block;
}

double *wio_bind_take(wio_binder *b, size_t count)
{
    double *block = wio_take(&b->scratch, count);
    b->failed |= block == NULL;
    return block;
}

double *wio_bind_fill(double *values, size_t count, double value)
{
    for (size_t i = 0; values != NULL && i < count; i++) {
        values[i] = value;
    }
    return values;
}

void wio_bind_text(wio_binder *b, char **out, const char *text)
{
    if (*out == NULL && text != NULL) {
        *out = wio_strdup(text);
        b->failed |= *out == NULL;
    }
}

const wio_node *wio_bind_unwrap(const wio_node *node)
{
    const wio_node *inner = wio_node_get(node, "value");
    return inner != NULL ? inner : node;
}

const char *wio_bind_word(const wio_node *map, const char *key)
{
    const wio_node *node = wio_bind_unwrap(wio_node_get(map, key));
    return node != NULL && node->kind == WIO_NODE_SCALAR && *node->text != '\0' ? node->text : NULL;
}

bool wio_bind_is(const wio_node *map, const char *key, const char *word)
{
    const char *text = wio_bind_word(map, key);
    return text != NULL && strcmp(text, word) == 0;
}

double wio_bind_value(const wio_node *node, wio_unit unit)
{
    double value = NAN;
    char reason[WIO_REASON_SIZE];
    node = wio_bind_unwrap(node);
    if (node == NULL || node->kind != WIO_NODE_SCALAR ||
        !wio_schema_number(&value, reason, unit, node->text)) {
        return NAN;
    }
    return value;
}

double wio_bind_number(const wio_node *map, const char *key, wio_unit unit, double otherwise)
{
    const wio_node *node = wio_node_get(map, key);
    return node == NULL ? otherwise : wio_bind_value(node, unit);
}

bool wio_bind_years(wio_binder *b, const wio_node *node, int *first, int *last)
{
    if (node == NULL || node->kind != WIO_NODE_LIST) {
        return false;
    }
    double from = node->count > 0 ? wio_bind_value(&node->item[0], WIO_UNIT_YEAR) : NAN;
    double to = node->count > 1 ? wio_bind_value(&node->item[1], WIO_UNIT_YEAR) : NAN;
    if (node->count != 2 || from > to) {
        wio_bind_wrong(b, node, "years are [first, last] in order, such as [2026, 2030]");
        return false;
    }
    if (isnan(from) || isnan(to)) {
        return false;
    }
    *first = (int)from;
    *last = (int)to;
    return true;
}

void wio_bind_sum_to_one(wio_binder *b, const wio_node *at, const char *what, double sum)
{
    if (fabs(sum - 1.0) > 1e-9) {
        char text[WIO_NUMBER_SIZE];
        /* 0.1 + 0.2 is to be shown as 0.3 */
        double shown = round(sum * 1e12) / 1e12;
        wio_bind_wrong(b, at, "the sum of %s is %s, not 1", what, wio_format_double(text, shown));
    }
}

bool wio_bind_profile(wio_binder *b, const wio_node *node, double *out, size_t count)
{
    if (node == NULL || node->kind != WIO_NODE_LIST || out == NULL) {
        return false;
    }
    if (node->count != count) {
        wio_bind_wrong(b, node, "%zu shares for %zu years", node->count, count);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        out[i] = wio_bind_value(&node->item[i], WIO_UNIT_SHARE);
        if (isnan(out[i])) {
            return false;
        }
    }
    wio_bind_sum_to_one(b, node, "profile", wio_sum(out, count, 1));
    return true;
}
