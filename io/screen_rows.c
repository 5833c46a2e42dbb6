/* screen_rows.c - lines of the page, and its table with a column per scenario.
 *
 * Colour codes are added after padding, so that the columns of a coloured page and of a plain one
 * are the same. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMN_WIDTH = 22, COLUMN_NARROW = 16, HEADING_LINES = 3 };

/* --- lines ------------------------------------------------------------------------------------------ */

static const char *ink_code(wio_ink ink, const char *text)
{
    char sign = text[strspn(text, " ")];
    switch (ink) {
    case WIO_INK_BOLD:
        return "\033[1m";
    case WIO_INK_SIGN:
        return sign == '+' ? "\033[32m" : sign == '-' ? "\033[31m" : "";
    case WIO_INK_HEADLINE:
        return sign == '+' ? "\033[1;32m" : sign == '-' ? "\033[1;31m" : "\033[1m";
    case WIO_INK_PLAIN:
        break;
    }
    return "";
}

static void add_spaces(wio_screen *screen, size_t count)
{
    for (; count > 0; count--) {
        wio_text_add_bytes(&screen->text, " ", 1);
    }
}

void wio_screen_put(wio_screen *screen, const char *text, size_t width, bool right, wio_ink ink)
{
    size_t length = strlen(text);
    length = width > 0 && length > width ? width : length;
    size_t space = width > length ? width - length : 0;
    const char *code = screen->colour ? ink_code(ink, text) : "";
    add_spaces(screen, right ? space : 0);
    wio_text_add_bytes(&screen->text, code, strlen(code));
    wio_text_add_bytes(&screen->text, text, length);
    wio_text_add(&screen->text, "%s", code[0] != '\0' ? "\033[0m" : "");
    add_spaces(screen, right ? 0 : space);
}

void wio_screen_end(wio_screen *screen)
{
    wio_text *text = &screen->text;
    while (!text->failed && text->length > screen->line && text->data[text->length - 1] == ' ') {
        text->length--;
    }
    wio_text_add_bytes(text, "\n", 1);
    screen->line = text->length;
}

void wio_screen_say(wio_screen *screen, wio_ink ink, const char *format, ...)
{
    char line[512], ascii[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    wio_screen_ascii(ascii, sizeof ascii, line);
    wio_screen_put(screen, ascii, 0, false, ink);
    wio_screen_end(screen);
}

/* Length of the longest piece of text that fits into width and ends at a word. */
static size_t piece(const char *text, size_t width)
{
    size_t length = strlen(text);
    if (length <= width) {
        return length;
    }
    size_t cut = width;
    while (cut > 0 && text[cut] != ' ') {
        cut--;
    }
    return cut == 0 ? width : cut;
}

void wio_screen_fit(char *text, size_t width)
{
    static const char *const loose[] = {",", ";", " ", " and", " of", " or", " the"};
    if (strlen(text) <= width) {
        return;
    }
    size_t cut = piece(text, width);
    text[3 * cut >= 2 * width ? cut : width] = '\0';
    for (size_t i = 0; i < sizeof loose / sizeof loose[0];
         i++) { /* nothing that wants a next word */
        size_t length = strlen(text), tail = strlen(loose[i]);
        if (length > tail && strcmp(text + length - tail, loose[i]) == 0) {
            text[length - tail] = '\0';
            i = SIZE_MAX; /* from the start */
        }
    }
}

bool wio_screen_wrap(wio_screen *screen, wio_ink ink, const char *text, size_t lines)
{
    size_t size = 3 * strlen(text) + 1;
    char *ascii = wio_alloc(size, 1);
    if (ascii == NULL) {
        screen->text.failed = true;
        return true;
    }
    wio_screen_ascii(ascii, size, text);
    const char *rest = ascii;
    for (size_t line = 0; *rest != '\0' && (lines == 0 || line < lines); line++) {
        size_t length = piece(rest, screen->width);
        char line_text[512]; /* wider than any screen */
        (void)snprintf(line_text, sizeof line_text, "%.*s", (int)length, rest);
        wio_screen_put(screen, line_text, 0, false, ink);
        wio_screen_end(screen);
        rest += length;
        rest += strspn(rest, " ");
    }
    bool whole = *rest == '\0';
    wio_free(ascii);
    return whole;
}

size_t wio_screen_wrapped(const wio_screen *screen, const char *text)
{
    size_t lines = 0;
    for (; *text != '\0'; lines++) {
        text += piece(text, screen->width);
        text += strspn(text, " ");
    }
    return lines;
}

size_t wio_screen_lines(const wio_screen *screen)
{
    size_t lines = 0;
    for (size_t i = 0; i < screen->text.length; i++) {
        lines += screen->text.data[i] == '\n';
    }
    return lines;
}

size_t wio_screen_room(const wio_screen *screen, size_t below)
{
    size_t used = wio_screen_lines(screen) + below;
    if (screen->scenarios > 2) {
        return SIZE_MAX;
    }
    return used < WIO_SCREEN_LINES ? WIO_SCREEN_LINES - used : 0;
}

static size_t column_width(const wio_screen *screen)
{
    return screen->columns <= 2 ? COLUMN_WIDTH : COLUMN_NARROW;
}

size_t wio_screen_label(const wio_screen *screen)
{
    return screen->width - (screen->columns > 1 ? screen->columns : 2) * column_width(screen);
}

/* --- values ----------------------------------------------------------------------------------------- */

double wio_screen_sum(const wio_variable *variable, size_t scenario, size_t second, size_t third)
{
    size_t rows = variable->rank > 1 ? variable->length[1] : 1;
    size_t columns = variable->rank > 2 ? variable->length[2] : 1;
    double sum = 0.0;
    bool known = false;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            double v = variable->data[(scenario * rows + i) * columns + j];
            bool wanted = (second == SIZE_MAX || second == i) && (third == SIZE_MAX || third == j);
            if (wanted && !isnan(v)) {
                sum += v;
                known = true;
            }
        }
    }
    return known ? sum : NAN;
}

const wio_variable *wio_screen_find(const wio_screen *screen, const char *name)
{
    const wio_variable *v = wio_result_find(screen->result, name);
    bool fits = v != NULL && v->data != NULL && v->rank >= 1 &&
                strcmp(v->dimension[0], "scenario") == 0 && v->length[0] == screen->scenarios;
    return fits ? v : NULL;
}

/* Is name one of the comma-separated names of the attribute not_modelled? */
static bool not_modelled(const wio_screen *screen, const char *name)
{
    const char *list = wio_result_attribute(screen->result, "not_modelled");
    size_t length = strlen(name);
    while (list != NULL && *list != '\0') {
        list += strspn(list, ", \n");
        size_t word = strcspn(list, ", \n");
        if (word == length && strncmp(list, name, length) == 0) {
            return true;
        }
        list += word;
    }
    return false;
}

static bool nothing(wio_screen *screen, const char *name)
{
    bool listed = not_modelled(screen, name);
    screen->missing = listed ? "not modelled" : "not known";
    for (size_t k = 0; k < screen->scenarios; k++) {
        screen->value[k] = NAN;
    }
    return listed;
}

bool wio_screen_take(wio_screen *screen, const char *name, size_t second, size_t third)
{
    bool listed = nothing(screen, name);
    const wio_variable *v = wio_screen_find(screen, name);
    for (size_t k = 0; v != NULL && k < screen->scenarios; k++) {
        screen->value[k] = wio_screen_sum(v, k, second, third);
    }
    return listed || v != NULL;
}

bool wio_screen_take_where(wio_screen *screen, const char *name, const char *labels,
                           const char *want, bool equal)
{
    bool listed = nothing(screen, name);
    const wio_variable *v = wio_screen_find(screen, name);
    const wio_variable *l = wio_result_find(screen->result, labels);
    if (v == NULL || v->rank != 2 || l == NULL || l->text == NULL || l->rank != 1 ||
        strcmp(l->dimension[0], v->dimension[1]) != 0) {
        return listed;
    }
    for (size_t k = 0; k < screen->scenarios; k++) {
        double sum = 0.0;
        bool known = false;
        for (size_t j = 0; j < v->length[1]; j++) {
            double element = v->data[k * v->length[1] + j];
            if ((strcmp(l->text[j], want) == 0) == equal && !isnan(element)) {
                sum += element;
                known = true;
            }
        }
        screen->value[k] = known ? sum : NAN;
    }
    return true;
}

const char *wio_screen_counted(const wio_screen *screen, size_t scenario)
{
    const wio_variable *v = wio_result_find(screen->result, "scenario_jobs");
    bool said = v != NULL && v->text != NULL && v->rank == 1 && v->length[0] == screen->scenarios;
    return said && v->text[scenario][0] != '\0' ? v->text[scenario] : NULL;
}

const char *wio_screen_region(const wio_screen *screen, const char *code)
{
    enum { SHORT = 20 };
    static const char *const from[][2] = {{"partner", "partner_name"}, {"home", "home_name"}};
    for (size_t k = 0; k < 2; k++) {
        const char *const *codes = wio_result_labels(screen->result, from[k][0]);
        const wio_variable *names = wio_result_find(screen->result, from[k][1]);
        for (size_t i = 0; codes != NULL && names != NULL && names->text != NULL &&
                           names->rank == 1 && i < names->length[0];
             i++) {
            if (strcmp(codes[i], code) == 0 && names->text[i][0] != '\0' &&
                strlen(names->text[i]) <= SHORT) {
                return names->text[i];
            }
        }
    }
    return code;
}

bool wio_screen_any(const wio_screen *screen)
{
    for (size_t k = 0; k < screen->scenarios; k++) {
        if (!isnan(screen->value[k]) && screen->value[k] != 0.0) {
            return true;
        }
    }
    return false;
}

bool wio_screen_same(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b));
}

bool wio_screen_duty(const wio_screen *screen)
{
    const wio_variable *v = wio_screen_find(screen, "tariff_revenue_static");
    bool some = v == NULL;
    size_t count = v == NULL ? 0 : 1;
    for (size_t d = 0; v != NULL && d < v->rank; d++) {
        count *= v->length[d];
    }
    for (size_t i = 0; i < count; i++) {
        some = some || (!isnan(v->data[i]) && v->data[i] != 0.0);
    }
    return some;
}

/* --- rows of the table -------------------------------------------------------------------------------- */

wio_row *wio_screen_row(wio_screen *screen, wio_ink ink, const char *format, ...)
{
    wio_row *row = &screen->row[screen->rows];
    screen->rows += screen->rows < WIO_ROWS;
    char label[WIO_LABEL_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(label, sizeof label, format, args);
    va_end(args);
    wio_screen_ascii(row->label, sizeof row->label, label);
    row->ink = ink;
    for (size_t k = 0; k < screen->scenarios; k++) {
        (void)snprintf(row->cell[k], WIO_CELL_SIZE, "%s", screen->missing);
    }
    return row;
}

void wio_screen_row_persons(wio_screen *screen, wio_ink ink, const char *label, bool with_sign)
{
    wio_row *row = wio_screen_row(screen, ink, "%s", label);
    for (size_t k = 0; k < screen->scenarios; k++) {
        if (!isnan(screen->value[k])) {
            wio_screen_persons(row->cell[k], screen->value[k], with_sign);
        }
    }
}

double wio_screen_scale(const double *value, size_t count)
{
    double largest = 0.0;
    for (size_t k = 0; k < count; k++) {
        largest = fabs(value[k]) > largest ? fabs(value[k]) : largest;
    }
    return largest >= 999.5 ? 1000.0 : 1.0;
}

const char *wio_screen_unit(const wio_screen *screen, double scale, char unit[32])
{
    (void)snprintf(unit, 32, "%s%s", screen->currency, scale > 1.0 ? "bn" : "mn");
    return unit;
}

void wio_screen_row_money(wio_screen *screen, wio_ink ink, const char *label, const char *suffix,
                          bool with_sign)
{
    bool known = false;
    for (size_t k = 0; k < screen->scenarios; k++) {
        known = known || !isnan(screen->value[k]);
    }
    /* an item of the row above is in its unit, when that has one */
    bool below = label[0] == ' ' && screen->scale > 0.0;
    if (!below) {
        screen->scale = known ? wio_screen_scale(screen->value, screen->scenarios) : 0.0;
    }
    bool say = !below && known;
    char unit[32];
    wio_row *row = wio_screen_row(screen, ink, "%s%s%s%s", label, say ? ", " : "",
                                  say ? wio_screen_unit(screen, screen->scale, unit) : "", suffix);
    for (size_t k = 0; k < screen->scenarios; k++) {
        if (!isnan(screen->value[k])) {
            wio_screen_money(row->cell[k], screen->value[k] / screen->scale, with_sign);
        }
    }
}

void wio_screen_row_percent(wio_screen *screen, wio_ink ink, const char *label)
{
    wio_row *row = wio_screen_row(screen, ink, "%s", label);
    for (size_t k = 0; k < screen->scenarios; k++) {
        if (!isnan(screen->value[k])) {
            wio_screen_percent(row->cell[k], screen->value[k], true);
        }
    }
}

/* --- printing the table --------------------------------------------------------------------------------- */

/* The `which`-th line of a name broken at words; returns how many lines it takes. */
static size_t name_line(char out[WIO_LABEL_SIZE], const char *name, size_t width, size_t which)
{
    char ascii[WIO_LABEL_SIZE];
    wio_screen_ascii(ascii, sizeof ascii, name);
    const char *rest = ascii;
    size_t lines = 0;
    out[0] = '\0';
    for (; *rest != '\0' && lines < HEADING_LINES; lines++) {
        size_t length = piece(rest, width);
        if (lines == which) {
            (void)snprintf(out, WIO_LABEL_SIZE, "%.*s", (int)length, rest);
        }
        rest += length;
        rest += strspn(rest, " ");
    }
    return lines;
}

/* Scenario names over their columns, each one's last line next to the numbers. */
static void heading(wio_screen *screen, size_t first, size_t count, size_t label, size_t column)
{
    char part[WIO_LABEL_SIZE];
    size_t lines = 1;
    for (size_t k = first; k < first + count; k++) {
        size_t used = name_line(part, screen->scenario[k], column - 1, SIZE_MAX);
        lines = used > lines ? used : lines;
    }
    for (size_t line = 0; line < lines; line++) {
        wio_screen_put(screen, "", label, false, WIO_INK_PLAIN);
        for (size_t k = first; k < first + count; k++) {
            size_t used = name_line(part, screen->scenario[k], column - 1, SIZE_MAX);
            size_t skip = lines - used; /* empty lines above a short name */
            name_line(part, screen->scenario[k], column - 1, line < skip ? SIZE_MAX : line - skip);
            wio_screen_put(screen, part, column, true, WIO_INK_PLAIN);
        }
        wio_screen_end(screen);
    }
}

static void block(wio_screen *screen, size_t first, size_t count, size_t label, size_t column)
{
    heading(screen, first, count, label, column);
    size_t room = wio_screen_room(screen, WIO_FOOT);
    size_t rows = screen->rows <= room ? screen->rows : room > 0 ? room - 1 : 0;
    for (size_t r = 0; r < rows; r++) {
        const wio_row *row = &screen->row[r];
        bool headline = row->ink == WIO_INK_HEADLINE;
        wio_screen_put(screen, row->label, label, false, headline ? WIO_INK_BOLD : WIO_INK_PLAIN);
        for (size_t k = first; k < first + count; k++) {
            wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
            /* half a number would be another number */
            bool fits = strlen(row->cell[k]) < column;
            wio_screen_put(screen, fits ? row->cell[k] : "in the file", column - 1, true, row->ink);
        }
        wio_screen_end(screen);
    }
    if (rows < screen->rows) {
        wio_screen_say(screen, WIO_INK_PLAIN, "... and more: the result file has every row");
    }
}

void wio_screen_table(wio_screen *screen)
{
    size_t column = column_width(screen), label = wio_screen_label(screen);
    for (size_t first = 0; first < screen->scenarios; first += screen->columns) {
        size_t rest = screen->scenarios - first;
        if (first > 0) {
            wio_screen_end(screen);
        }
        block(screen, first, rest < screen->columns ? rest : screen->columns, label, column);
    }
    screen->rows = 0;
}

/* --- two lists side by side -------------------------------------------------------------------------------- */

static void half(wio_screen *screen, const wio_half_list *list, size_t line, size_t width)
{
    if (line == 0) {
        char title[WIO_LABEL_SIZE];
        wio_screen_ascii(title, sizeof title, list->title);
        wio_screen_put(screen, title, width, false, WIO_INK_BOLD);
        return;
    }
    const wio_half none = {0}, *h = line <= list->count ? &list->line[line - 1] : &none;
    size_t room = width - 2, length = strlen(h->value);
    length = length < room ? length : room;
    char name[WIO_LABEL_SIZE];
    memcpy(name, h->label, sizeof name);
    wio_screen_fit(name, length > 0 ? room - length - 1 : room);
    wio_screen_put(screen, "  ", 2, false, WIO_INK_PLAIN);
    wio_screen_put(screen, name, room - length, false, WIO_INK_PLAIN);
    if (length > 0) {
        wio_screen_put(screen, h->value, length, true, WIO_INK_SIGN);
    }
}

void wio_screen_halves(wio_screen *screen, const wio_half_list *left, const wio_half_list *right)
{
    size_t lines = left->count > right->count ? left->count : right->count;
    size_t room = wio_screen_room(screen, WIO_FOOT + 2); /* the empty line and the title */
    lines = lines < room ? lines : room;
    if (lines == 0) {
        return;
    }
    wio_screen_end(screen);
    size_t width = (screen->width - 4) / 2;
    for (size_t line = 0; line <= lines; line++) {
        if (left->count > 0) {
            half(screen, left, line, width);
            wio_screen_put(screen, "    ", 4, false, WIO_INK_PLAIN);
        }
        if (right->count > 0) {
            half(screen, right, line, width);
        }
        wio_screen_end(screen);
    }
}
