/* screen_plain.c - multipliers and single solutions: every activity on one line.
 *
 * A column per variable over the activities that is known somewhere; what does not fit into the
 * width is named below and found in the CSV form. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMN_LEAST = 8, COLUMN_MOST = 20, NAME_LEAST = 12, COLUMNS = 16, HEADER_LINES = 3 };

typedef struct column {
    const wio_variable *variable;
    int digits;
    size_t width;                             /* with the space before it */
    char header[HEADER_LINES][WIO_CELL_SIZE]; /* two lines of name, one of unit */
} column;

static bool known(const wio_variable *v, double *largest, bool *missing)
{
    bool some = false;
    *largest = 0.0;
    *missing = false;
    for (size_t i = 0; i < v->length[0]; i++) {
        double size = fabs(v->data[i]);
        some = some || !isnan(size);
        *missing = *missing || isnan(size);
        *largest = size > *largest ? size : *largest;
    }
    return some;
}

/* "value_added" on two lines; "million USD per million USD" as "mn USD". */
static void set_header(column *c)
{
    char name[WIO_CELL_SIZE];
    wio_screen_ascii(name, sizeof name, c->variable->name);
    char *second = strchr(name, '_');
    if (second != NULL) {
        *second++ = '\0';
    }
    (void)snprintf(c->header[0], WIO_CELL_SIZE, "%s", second != NULL ? name : "");
    (void)snprintf(c->header[1], WIO_CELL_SIZE, "%s", second != NULL ? second : name);
    for (char *s = c->header[1]; *s != '\0'; s++) {
        *s = (char)(*s == '_' ? ' ' : *s);
    }
    const char *unit = c->variable->units == NULL ? "" : c->variable->units;
    bool million = strncmp(unit, "million ", 8) == 0;
    wio_screen_ascii(name, sizeof name, million ? unit + 8 : strcmp(unit, "1") == 0 ? "" : unit);
    char *per = strstr(name, " per ");
    if (per != NULL) {
        *per = '\0';
    }
    (void)snprintf(c->header[2], WIO_CELL_SIZE, "%s%.40s", million ? "mn " : "", name);
}

static void set_width(column *c, double largest, bool missing)
{
    char number[WIO_CELL_SIZE];
    wio_screen_fixed(number, -largest, c->digits, false);
    size_t width = missing ? strlen("not known") : COLUMN_LEAST - 1;
    width = strlen(number) > width ? strlen(number) : width;
    for (size_t line = 0; line < HEADER_LINES; line++) {
        size_t length = strlen(c->header[line]);
        width = length > width ? length : width;
    }
    c->width = width + 1 < COLUMN_MOST ? width + 1 : COLUMN_MOST;
}

static void list_name(wio_text *list, const char *name)
{
    wio_text_add(list, "%s%s", list->length > 0 ? ", " : "", name);
}

/* Columns that fit; the names of the others go to one of two lists. */
static size_t choose(column columns[COLUMNS], const wio_screen *screen, size_t room,
                     wio_text *absent, wio_text *more)
{
    size_t count = 0;
    for (size_t i = 0; i < wio_result_variables(screen->result); i++) {
        const wio_variable *v = wio_result_variable(screen->result, i);
        double largest = 0.0;
        bool missing = false;
        if (v->data == NULL || v->rank != 1 || strcmp(v->dimension[0], "activity") != 0) {
            continue;
        }
        if (!known(v, &largest, &missing)) {
            list_name(absent, v->name);
            continue;
        }
        column c = {.variable = v, .digits = wio_screen_digits(largest)};
        set_header(&c);
        set_width(&c, largest, missing);
        if (count < COLUMNS && more->length == 0 && c.width <= room) {
            columns[count++] = c;
            room -= c.width;
        } else {
            list_name(more, v->name);
        }
    }
    return count;
}

static void header(wio_screen *screen, const column *columns, size_t count, size_t label)
{
    for (size_t line = 0; line < HEADER_LINES; line++) {
        bool some = line == 1;
        for (size_t c = 0; c < count; c++) {
            some = some || columns[c].header[line][0] != '\0';
        }
        if (!some) {
            continue;
        }
        wio_ink ink = line < 2 ? WIO_INK_BOLD : WIO_INK_PLAIN;
        wio_screen_put(screen, line == 1 ? "Activity" : "", label, false, ink);
        for (size_t c = 0; c < count; c++) {
            wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
            wio_screen_put(screen, columns[c].header[line], columns[c].width - 1, true, ink);
        }
        wio_screen_end(screen);
    }
}

static const char *text_at(const wio_screen *screen, const char *name, size_t i)
{
    const wio_variable *v = wio_result_find(screen->result, name);
    return v != NULL && v->text != NULL && v->rank == 1 && i < v->length[0] ? v->text[i] : "";
}

static void number(wio_screen *screen, double value, const column *c)
{
    char cell[WIO_CELL_SIZE] = "not known";
    if (!isnan(value)) {
        wio_screen_fixed(cell, value, c->digits, false);
    }
    wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
    wio_screen_put(screen, cell, c->width - 1, true, WIO_INK_PLAIN);
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
            wio_screen_fit(text, label - code - 1);
            wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
            wio_screen_put(screen, text, label - code - 1, false, WIO_INK_PLAIN);
        }
        for (size_t c = 0; c < count; c++) {
            number(screen, columns[c].variable->data[i], &columns[c]);
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
        number(screen, sum, &columns[c]);
    }
    wio_screen_end(screen);
}

static void heading(wio_screen *screen, bool solve, const column *columns, size_t count)
{
    const char *title = wio_result_attribute(screen->result, "title");
    const char *table = wio_result_attribute(screen->result, "table");
    const char *closure = wio_result_attribute(screen->result, "closure");
    const char *units = count > 0 ? columns[0].variable->units : NULL;
    const char *per = units == NULL ? NULL : strstr(units, " per ");
    if (title != NULL && title[0] != '\0') {
        wio_screen_wrap(screen, WIO_INK_BOLD, title, 2);
    } else {
        wio_screen_say(screen, WIO_INK_BOLD, "%s%.60s",
                       solve ? "Output for a final demand, " : "Multipliers, ",
                       table == NULL ? "" : table);
    }
    char line[256];
    bool both = closure != NULL && closure[0] != '\0' && per != NULL;
    (void)snprintf(line, sizeof line, "%.120s%s%.60s%s", closure == NULL ? "" : closure,
                   both ? "," : "", per == NULL ? "" : per, per == NULL ? "" : " of final demand");
    wio_screen_wrap(screen, WIO_INK_PLAIN, line + strspn(line, " "), 0);
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
    size_t label = screen->width;
    for (size_t c = 0; c < count; c++) {
        label -= columns[c].width;
    }
    label = label >= code + 1 + NAME_LEAST ? label : code; /* no name rather than half a name */
    heading(screen, solve, columns, count);
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
