/* screen_head.c - the first and the last lines of the page: what was assumed, what is not in the
 * model, how sure the arithmetic is, where the file is. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HEAD_MOST = 12, LIMITS_LEAST = WIO_FOOT_LEAST - 2 };

static const char *attribute(const wio_screen *screen, const char *name)
{
    const char *text = wio_result_attribute(screen->result, name);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static bool attribute_number(const wio_screen *screen, const char *name, double *value)
{
    const char *text = attribute(screen, name);
    return text != NULL && wio_parse_double(value, text, strlen(text));
}

/* A sentence with its full stop. */
static void sentence(wio_text *text, const char *before, const char *what)
{
    if (what != NULL) {
        size_t length = strlen(what);
        const char *stop = length > 0 && what[length - 1] == '.' ? "" : ".";
        wio_text_add(text, "%s%s%s%s", text->length > 0 ? " " : "", before, what, stop);
    }
}

static void add_revenue(wio_text *text, const char *revenue)
{
    if (revenue == NULL) {
        return;
    }
    if (strcmp(revenue, "none") == 0) {
        sentence(text, "", "Duty revenue NOT returned (revenue: none)");
    } else if (strcmp(revenue, "households") == 0) {
        sentence(text, "", "Duty revenue returned to households (revenue: households)");
    } else {
        sentence(text, "Duty revenue spent by ", revenue);
    }
}

/* "3 of 14 numbers assumed": of the numbers whose source the study says. */
static void add_assumed(wio_text *text, const wio_screen *screen)
{
    double assumed = NAN, sourced = NAN;
    char a[WIO_CELL_SIZE], b[WIO_CELL_SIZE];
    if (!attribute_number(screen, "assumed", &assumed)) {
        return;
    }
    wio_screen_fixed(a, assumed, 0, false);
    if (attribute_number(screen, "sourced", &sourced)) {
        wio_screen_fixed(b, assumed + sourced, 0, false);
        wio_text_add(text, " %s of %s numbers assumed.", a, b);
    } else {
        wio_text_add(text, " Numbers assumed: %s.", a);
    }
}

static void add_coverage(wio_text *text, const wio_screen *screen)
{
    const wio_variable *v = wio_result_find(screen->result, "jobs_covered_output_share");
    if (v == NULL || v->data == NULL || isnan(v->data[0]) || v->data[0] > 0.9995) {
        return;
    }
    char share[WIO_CELL_SIZE];
    wio_screen_fixed(share, 100.0 * v->data[0], 0, false);
    wio_text_add(text, " Jobs known for %s%% of output: the rest is in no jobs figure.", share);
}

/* Which year the changes are of. */
static void add_when(wio_text *text, const wio_screen *screen)
{
    const wio_variable *year = wio_result_find(screen->result, "year");
    const char *report = attribute(screen, "report_year");
    if (report == NULL || year == NULL || year->data == NULL || year->rank != 1) {
        return;
    }
    if (strcmp(report, "average") == 0) {
        wio_text_add(text, " Changes are yearly averages of %d-%d.", (int)year->data[0],
                     (int)year->data[year->length[0] - 1]);
    } else {
        sentence(text, "Changes are those of ", report);
    }
}

void wio_screen_head(wio_screen *screen)
{
    const char *title = attribute(screen, "title"), *table = attribute(screen, "table");
    wio_screen_wrap(screen, WIO_INK_BOLD, title == NULL ? "Study" : title, 2);
    wio_text text = {0};
    const char *year = attribute(screen, "table_year"), *currency = attribute(screen, "currency");
    wio_text_add(&text, "%s, %s %s.", table == NULL ? "table" : table, year == NULL ? "" : year,
                 currency == NULL ? "money" : currency);
    sentence(&text, "Base: ", attribute(screen, "base"));
    sentence(&text, "", attribute(screen, "closure"));
    const char *horizon = attribute(screen, "horizon");
    const char *elasticities = attribute(screen, "elasticities");
    if (horizon != NULL && elasticities != NULL) {
        wio_text_add(&text, " Horizon %s:", horizon);
        sentence(&text, "", elasticities);
    } else {
        sentence(&text, "Horizon ", horizon);
        sentence(&text, "Elasticities ", elasticities);
    }
    if (wio_screen_duty(screen)) {
        add_revenue(&text, attribute(screen, "revenue"));
    }
    add_assumed(&text, screen);
    add_coverage(&text, screen);
    add_when(&text, screen);
    sentence(&text, "", attribute(screen, "jobs_unit_note"));
    screen->text.failed = screen->text.failed || text.failed;
    if (!text.failed) {
        wio_screen_wrap(screen, WIO_INK_PLAIN, text.data, screen->scenarios > 2 ? 0 : HEAD_MOST);
    }
    wio_text_free(&text);
    wio_screen_end(screen);
}

/* --- limits ------------------------------------------------------------------------------------------- */

/* The lines of an attribute as one list: "a; b; c". */
static void add_lines(wio_text *text, const char *lines)
{
    while (lines != NULL && *lines != '\0') {
        size_t length = strcspn(lines, "\n");
        size_t used = length > 0 && lines[length - 1] == '.' ? length - 1 : length;
        if (used > 0) {
            wio_text_add(text, "%s", text->length > 0 ? "; " : "");
            wio_text_add_bytes(text, lines, used);
        }
        lines += length + (lines[length] == '\n');
    }
}

/* "jobs_change,imports_change" as "jobs, imports"; a name and its change are one. */
static void add_names(wio_text *text, const char *names)
{
    static const char CHANGE[] = "_change";
    const char *before = "";
    size_t before_length = 0;
    while (names != NULL && *names != '\0') {
        names += strspn(names, ", \n");
        size_t length = strcspn(names, ", \n"), tail = sizeof CHANGE - 1, used = length;
        if (length > tail && strncmp(names + length - tail, CHANGE, tail) == 0) {
            used -= tail;
        }
        bool same = used == before_length && strncmp(before, names, used) == 0;
        if (!same && used > 0) {
            wio_text_add(text, "%s", text->length > 0 ? ", " : "");
            for (size_t i = 0; i < used; i++) {
                wio_text_add_bytes(text, names[i] == '_' ? " " : names + i, 1);
            }
        }
        before = names;
        before_length = used;
        names += length;
    }
}

/* What is absent, and why; then what the model leaves out. */
static void add_limits(wio_text *text, wio_screen *screen)
{
    wio_text absent = {0}, list = {0};
    const char *reason = attribute(screen, "not_modelled_reason");
    add_names(&absent, attribute(screen, "not_modelled"));
    add_lines(&list, attribute(screen, "limits"));
    if (absent.length > 0 && !absent.failed) {
        wio_text_add(text, "Not modelled: %s%s%s%s. ", absent.data, reason == NULL ? "" : " (",
                     reason == NULL ? "" : reason, reason == NULL ? "" : ")");
    }
    if (list.length > 0 && !list.failed) {
        wio_text_add(text, "Limits: %s.", list.data);
    }
    text->failed = text->failed || absent.failed || list.failed;
    wio_text_free(&absent);
    wio_text_free(&list);
}

/* At least two lines of limits, and as many as the page has room for. */
static void limits(wio_screen *screen, size_t below)
{
    wio_text text = {0};
    add_limits(&text, screen);
    if (text.failed) {
        screen->text.failed = true;
    } else if (text.length > 0) {
        size_t room = wio_screen_room(screen, below);
        room = room > LIMITS_LEAST ? room : LIMITS_LEAST;
        bool whole = wio_screen_wrapped(screen, text.data) <= room;
        if (!wio_screen_wrap(screen, WIO_INK_PLAIN, text.data, whole ? 0 : room - 1)) {
            wio_screen_say(screen, WIO_INK_PLAIN, "... and more: `limits` in the result file");
        }
    }
    wio_text_free(&text);
}

/* --- certificate ----------------------------------------------------------------------------------------- */

static bool yes(const char *text)
{
    return text != NULL && strchr("1tTyY", text[0]) != NULL;
}

/* "Certificate: error < 1e-11, I-A productive (radius 0.43)"; false when nothing is certified. */
static bool certificate_line(char line[WIO_LINE_SIZE], const wio_screen *screen)
{
    double bound = NAN, radius = NAN;
    bool known = attribute_number(screen, "certificate/error_bound", &bound) && isfinite(bound);
    bool productive = yes(attribute(screen, "certificate/productive"));
    char error[WIO_CELL_SIZE] = "", part[WIO_CELL_SIZE] = "";
    if (known && bound > 0.0) {
        wio_screen_bound(error, bound);
    }
    if (attribute_number(screen, "certificate/radius_high", &radius) && isfinite(radius)) {
        wio_screen_fixed(part, radius, 2, false);
    }
    (void)snprintf(line, WIO_LINE_SIZE, "%s%s, I-A %s%s%s%s",
                   !known        ? "NOT CERTIFIED"
                   : bound > 0.0 ? "Certificate: error < "
                                 : "Certificate: exact",
                   error, productive ? "productive" : "not proven productive",
                   part[0] == '\0' ? "" : " (radius ", part, part[0] == '\0' ? "" : ")");
    return known;
}

/* The file stands behind the certificate, or below it when the line is full. */
static bool file_fits(const wio_screen *screen, const char *line, const char *file)
{
    return strlen(line) + 3 + strlen(file) <= screen->width;
}

void wio_screen_certificate(wio_screen *screen, const char *path)
{
    char line[WIO_LINE_SIZE], file[4 * WIO_LINE_SIZE];
    bool known = certificate_line(line, screen);
    wio_screen_ascii(file, sizeof file, path);
    wio_screen_put(screen, line, 0, false, known ? WIO_INK_PLAIN : WIO_INK_BOLD);
    if (file[0] != '\0' && file_fits(screen, line, file)) {
        wio_screen_put(screen, "", 3, false, WIO_INK_PLAIN);
    } else if (file[0] != '\0') {
        wio_screen_end(screen);
    }
    wio_screen_put(screen, file, 0, false, WIO_INK_PLAIN);
    wio_screen_end(screen);
}

void wio_screen_foot(wio_screen *screen, const char *path)
{
    char line[WIO_LINE_SIZE];
    (void)certificate_line(line, screen);
    limits(screen, path == NULL || file_fits(screen, line, path) ? 1 : 2);
    wio_screen_certificate(screen, path);
}
