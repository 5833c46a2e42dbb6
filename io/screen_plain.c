/* screen_plain.c - multipliers and single solutions: every activity on one line.
 *
 * A column per variable over the activities that is known somewhere; what does not fit into the
 * width is named below and found in the CSV form. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_COLUMN = 12, NAME_LEAST = 12, COLUMNS = 16 };

typedef struct column {
    const wio_variable *variable;
    int digits;
} column;

static bool known(const wio_variable *v, double *largest)
{
    bool some = false;
    *largest = 0.0;
    for (size_t i = 0; i < v->length[0]; i++) {
        double size = fabs(v->data[i]);
        some = some || !isnan(size);
        *largest = size > *largest ? size : *largest;
    }
    return some;
}

/* Columns that fit; the names of the others go to one of two lists. */
static size_t choose(column columns[COLUMNS], const wio_screen *screen, size_t room,
                     wio_text *absent, wio_text *more)
{
    size_t count = 0, fit = room / NUMBER_COLUMN;
    fit = fit < COLUMNS ? fit : COLUMNS;
    for (size_t i = 0; i < wio_result_variables(screen->result); i++) {
        const wio_variable *v = wio_result_variable(screen->result, i);
        double largest = 0.0;
        if (v->data == NULL || v->rank != 1 || strcmp(v->dimension[0], "activity") != 0) {
            continue;
        }
        if (!known(v, &largest)) {
            wio_text_add(absent, "%s%s", absent->length > 0 ? ", " : "", v->name);
        } else if (count < fit) {
            columns[count++] = (column){.variable = v, .digits = wio_screen_digits(largest)};
        } else {
            wio_text_add(more, "%s%s", more->length > 0 ? ", " : "", v->name);
        }
    }
    return count;
}

static void header(wio_screen *screen, const column *columns, size_t count, size_t label)
{
    bool units = false;
    wio_screen_put(screen, "Activity", label, false, WIO_INK_BOLD);
    for (size_t c = 0; c < count; c++) {
        const wio_variable *v = columns[c].variable;
        char name[WIO_CELL_SIZE];
        wio_screen_ascii(name, sizeof name, v->name);
        for (char *s = name; *s != '\0'; s++) {
            *s = *s == '_' ? ' ' : *s;
        }
        wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
        wio_screen_put(screen, name, NUMBER_COLUMN - 1, true, WIO_INK_BOLD);
        units = units || (v->units != NULL && strcmp(v->units, "1") != 0);
    }
    wio_screen_end(screen);
    for (size_t c = 0; units && c < count; c++) {
        char unit[WIO_CELL_SIZE];
        const char *u = columns[c].variable->units;
        wio_screen_ascii(unit, sizeof unit, u == NULL || strcmp(u, "1") == 0 ? "" : u);
        wio_screen_put(screen, "", c == 0 ? label + 1 : 1, false, WIO_INK_PLAIN);
        wio_screen_put(screen, unit, NUMBER_COLUMN - 1, true, WIO_INK_PLAIN);
    }
    if (units) {
        wio_screen_end(screen);
    }
}

static const char *text_at(const wio_screen *screen, const char *name, size_t i)
{
    const wio_variable *v = wio_result_find(screen->result, name);
    return v != NULL && v->text != NULL && v->rank == 1 && i < v->length[0] ? v->text[i] : "";
}

static void number(wio_screen *screen, double value, int digits)
{
    char cell[WIO_CELL_SIZE] = "not known";
    if (!isnan(value)) {
        wio_screen_fixed(cell, value, digits, false);
    }
    wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
    wio_screen_put(screen, cell, NUMBER_COLUMN - 1, true, WIO_INK_PLAIN);
}

static size_t code_width(const wio_screen *screen, size_t activities)
{
    const char *const *label = wio_result_labels(screen->result, "activity");
    size_t width = 8;
    for (size_t i = 0; label != NULL && i < activities; i++) {
        width = strlen(label[i]) > width ? strlen(label[i]) : width;
    }
    return width < 24 ? width : 24;
}

static void activity_lines(wio_screen *screen, const column *columns, size_t count, size_t code,
                           size_t label)
{
    const char *const *labels = wio_result_labels(screen->result, "activity");
    for (size_t i = 0; i < wio_result_length(screen->result, "activity"); i++) {
        char text[WIO_LABEL_SIZE];
        wio_screen_ascii(text, sizeof text, labels == NULL ? "" : labels[i]);
        wio_screen_put(screen, text, code, false, WIO_INK_PLAIN);
        if (label > code + 1) {
            wio_screen_ascii(text, sizeof text, text_at(screen, "sector_name", i));
            wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
            wio_screen_put(screen, text, label - code - 1, false, WIO_INK_PLAIN);
        }
        for (size_t c = 0; c < count; c++) {
            number(screen, columns[c].variable->data[i], columns[c].digits);
        }
        wio_screen_end(screen);
    }
}

/* A solution adds up over activities; multipliers do not. */
static void total_line(wio_screen *screen, const column *columns, size_t count, size_t label)
{
    wio_screen_put(screen, "Total", label, false, WIO_INK_BOLD);
    for (size_t c = 0; c < count; c++) {
        const wio_variable *v = columns[c].variable;
        double sum = 0.0;
        for (size_t i = 0; i < v->length[0]; i++) {
            sum += isnan(v->data[i]) ? 0.0 : v->data[i];
        }
        number(screen, sum, columns[c].digits);
    }
    wio_screen_end(screen);
}

static void heading(wio_screen *screen, bool solve)
{
    const char *title = wio_result_attribute(screen->result, "title");
    const char *table = wio_result_attribute(screen->result, "table");
    const char *closure = wio_result_attribute(screen->result, "closure");
    bool named = title != NULL && title[0] != '\0';
    wio_screen_say(screen, WIO_INK_BOLD, "%.150s%.150s",
                   named   ? title
                   : solve ? "Output for a final demand, "
                           : "Multipliers per million of final demand, ",
                   named || table == NULL ? "" : table);
    if (closure != NULL && closure[0] != '\0') {
        wio_screen_wrap(screen, closure, 0);
    }
    wio_screen_end(screen);
}

void wio_screen_plain(wio_screen *screen, const char *path)
{
    const char *command = wio_result_attribute(screen->result, "command");
    bool solve = command != NULL && strcmp(command, "solve") == 0;
    column columns[COLUMNS];
    wio_text absent = {0}, more = {0};
    size_t code = code_width(screen, wio_result_length(screen->result, "activity"));
    size_t count = choose(columns, screen, screen->width - code, &absent, &more);
    size_t label = screen->width - count * NUMBER_COLUMN;
    label = label >= code + 1 + NAME_LEAST ? label : code; /* no name rather than half a name */
    heading(screen, solve);
    header(screen, columns, count, label);
    activity_lines(screen, columns, count, code, label);
    if (solve) {
        total_line(screen, columns, count, label);
    }
    wio_screen_end(screen);
    if (absent.length > 0 && !absent.failed) {
        wio_screen_say(screen, WIO_INK_PLAIN, "Not in this table: %.300s.", absent.data);
    }
    if (more.length > 0 && !more.failed) {
        wio_screen_say(screen, WIO_INK_PLAIN, "More columns with --csv: %.300s.", more.data);
    }
    screen->text.failed = screen->text.failed || absent.failed || more.failed;
    wio_text_free(&absent);
    wio_text_free(&more);
    wio_screen_certificate(screen, path);
}
