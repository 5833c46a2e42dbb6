/* screen_years.c - pledges and purchases: totals in the table, and the same year by year.
 *
 * Construction is job-years (people times years), operation is jobs: they never meet in one sum. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR_LABEL = 24, YEAR_COLUMN = 8, REASONS_LEAST = 5 };

static const double *years(const wio_screen *screen, size_t *count)
{
    const wio_variable *v = wio_result_find(screen->result, "year");
    bool fits = v != NULL && v->data != NULL && v->rank == 1 && v->length[0] > 0;
    *count = fits ? v->length[0] : 0;
    return fits ? v->data : NULL;
}

/* The report year as an index of the year axis, SIZE_MAX for an average or none. */
static size_t report_year(const wio_screen *screen)
{
    size_t count = 0;
    const double *year = years(screen, &count);
    const char *report = wio_result_attribute(screen->result, "report_year");
    double wanted = NAN;
    if (report == NULL || !wio_parse_double(&wanted, report, strlen(report))) {
        return SIZE_MAX;
    }
    for (size_t y = 0; y < count; y++) {
        if (year[y] == wanted) {
            return y;
        }
    }
    return SIZE_MAX;
}

/* --- totals ---------------------------------------------------------------------------------------------- */

/* A stock or flow of the report year, or the mean over the years. */
static bool take_report(wio_screen *screen, const char *name)
{
    const wio_variable *v = wio_screen_find(screen, name);
    size_t count = 0, at = report_year(screen);
    if (v != NULL && v->rank > 1) {
        (void)years(screen, &count);
    } else {
        at = SIZE_MAX; /* not by year */
    }
    if (!wio_screen_take(screen, name, at, SIZE_MAX)) {
        return false;
    }
    for (size_t k = 0; at == SIZE_MAX && count > 0 && k < screen->scenarios; k++) {
        screen->value[k] /= (double)count;
    }
    return true;
}

static void jobs_row(wio_screen *screen, const char *name, const char *label, double sign)
{
    if (take_report(screen, name)) {
        for (size_t k = 0; k < screen->scenarios; k++) {
            screen->value[k] *= sign;
        }
        wio_screen_row_persons(screen, WIO_INK_SIGN, label, true);
    }
}

/* Are the jobs of a scenario counted gross? */
static bool is_gross(const wio_screen *screen, size_t k)
{
    const char *counted = wio_screen_counted(screen, k);
    return counted != NULL && strcmp(counted, "gross") == 0;
}

/* Capital per job that stays: only where there is a gain. */
static void cost_per_job(wio_screen *screen)
{
    bool gross = false;
    for (size_t k = 0; k < screen->scenarios; k++) {
        gross = gross || is_gross(screen, k);
    }
    const wio_variable *built = wio_screen_find(screen, "capex_built");
    if (built == NULL || !take_report(screen, "operation_jobs_net")) {
        return;
    }
    wio_row *row = wio_screen_row(screen, WIO_INK_PLAIN, "  capital per %s, %smn",
                                  gross ? "job counted" : "net job", screen->currency);
    for (size_t k = 0; k < screen->scenarios; k++) {
        double capex = wio_screen_sum(built, k, SIZE_MAX, SIZE_MAX), jobs = screen->value[k];
        if (isnan(capex) || isnan(jobs)) {
            continue;
        }
        if (jobs >= 1.0) {
            wio_screen_fixed(row->cell[k], capex / jobs, 2, false);
        } else {
            (void)snprintf(row->cell[k], WIO_CELL_SIZE, "no jobs gained");
        }
    }
}

static void money_row(wio_screen *screen, const char *name, const char *label, bool with_sign)
{
    if (wio_screen_take(screen, name, SIZE_MAX, SIZE_MAX) && wio_screen_any(screen)) {
        wio_screen_row_money(screen, WIO_INK_PLAIN, label, "", with_sign);
    }
}

static void purchases(wio_screen *screen)
{
    size_t count = 0;
    const double *year = years(screen, &count);
    if (year == NULL || wio_screen_find(screen, "purchases_gross") == NULL) {
        return;
    }
    char label[WIO_LABEL_SIZE];
    (void)snprintf(label, sizeof label, "Purchases %d-%d, gross", (int)year[0],
                   (int)year[count - 1]);
    money_row(screen, "purchases_gross", label, true);
    money_row(screen, "purchases_net", "  net of sales diverted", true);
    if (wio_screen_take(screen, "jobs_year", SIZE_MAX, SIZE_MAX)) {
        (void)snprintf(label, sizeof label, "Job-years %d-%d", (int)year[0], (int)year[count - 1]);
        wio_screen_row_persons(screen, WIO_INK_SIGN, label, true);
    }
    const char *const *category = wio_result_labels(screen->result, "category");
    size_t categories = category != NULL ? wio_result_length(screen->result, "category") : 0;
    for (size_t c = 0; c < categories; c++) { /* their signs differ */
        if (wio_screen_take(screen, "category_jobs", c, SIZE_MAX)) {
            (void)snprintf(label, sizeof label, "  purchases of %.30s", category[c]);
            wio_screen_row_persons(screen, WIO_INK_SIGN, label, true);
        }
    }
}

/* Is the total of a variable over scenarios another one's? */
static bool differs(wio_screen *screen, const char *name, const char *other)
{
    const wio_variable *v = wio_screen_find(screen, other);
    bool equal = v != NULL && take_report(screen, name);
    for (size_t k = 0; equal && k < screen->scenarios; k++) {
        double a = wio_screen_sum(v, k, SIZE_MAX, SIZE_MAX), b = screen->value[k];
        equal = fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b));
    }
    return !equal;
}

void wio_screen_projects(wio_screen *screen)
{
    purchases(screen);
    if (wio_screen_find(screen, "operation_jobs_net") != NULL) {
        jobs_row(screen, "operation_jobs_direct", "Operation jobs, at the plants", 1.0);
        jobs_row(screen, "operation_jobs_gross", "  with suppliers, gross", 1.0);
        jobs_row(screen, "operation_jobs_displaced", "  displaced elsewhere", -1.0);
        if (differs(screen, "operation_jobs_net", "jobs_change")) { /* the first row says it */
            jobs_row(screen, "operation_jobs_net", "  net", 1.0);
        }
    }
    if (wio_screen_take(screen, "job_years", SIZE_MAX, SIZE_MAX)) {
        wio_screen_row_persons(screen, WIO_INK_SIGN, "Construction, JOB-YEARS in all", true);
    }
    if (wio_screen_take(screen, "capex_required", SIZE_MAX, SIZE_MAX) && wio_screen_any(screen)) {
        screen->missing = "not asked";
        wio_screen_row_money(screen, WIO_INK_PLAIN, "Capital required, announced", "", false);
    }
    money_row(screen, "capex_built", "Capital built", false);
    money_row(screen, "equipment_imports", "  equipment imported", false);
    cost_per_job(screen);
    if (differs(screen, "gdp_change", "value_added_change")) {
        money_row(screen, "gdp_change", "GDP", true);
    }
    if (differs(screen, "gni_change", "value_added_change")) {
        money_row(screen, "gni_change", "GNI, net of foreign owners", true);
    }
    money_row(screen, "licence_fees", "  licence fees paid abroad", false);
    money_row(screen, "cash_leaving", "  cash leaving the country", false);
}

/* --- year by year ------------------------------------------------------------------------------------------ */

typedef struct series {
    const char *name, *label;
    bool money, with_sign;
} series;

static const series SERIES[] = {
    {"purchases_gross", "purchases, gross", true, true},
    {"purchases_net", "  net of diverted", true, true},
    {"jobs_year", "jobs that year", false, true},
    {"capex_built", "capital built", true, false},
    {"job_years", "construction job-years", false, true},
    {"operation_jobs_gross", "operation jobs, gross", false, true},
    {"operation_jobs_net", "operation jobs, net", false, true},
};
enum { SERIES_COUNT = sizeof SERIES / sizeof SERIES[0] };

/* Operation jobs say it better than the jobs of all activities together. */
static const wio_variable *series_variable(const wio_screen *screen, const series *s)
{
    bool instead =
        strcmp(s->name, "jobs_year") == 0 && wio_screen_find(screen, "operation_jobs_net") != NULL;
    const wio_variable *v = instead ? NULL : wio_screen_find(screen, s->name);
    return v != NULL && v->rank >= 2 && strcmp(v->dimension[1], "year") == 0 ? v : NULL;
}

/* Sum of a series in a year, 0 when nothing is known. */
static double at_year(const wio_variable *v, size_t k, size_t y)
{
    double sum = wio_screen_sum(v, k, y, SIZE_MAX);
    return isnan(sum) ? 0.0 : sum;
}

/* Largest absolute value of a series over scenarios and years. */
static double series_size(const wio_screen *screen, const wio_variable *v)
{
    double largest = 0.0;
    for (size_t k = 0; k < screen->scenarios; k++) {
        for (size_t y = 0; y < v->length[1]; y++) {
            double size = fabs(at_year(v, k, y));
            largest = size > largest ? size : largest;
        }
    }
    return largest;
}

/* The years in which something happens, in order; returns how many. What rounding leaves of an
 * exact zero is nothing. */
static size_t active_years(size_t *active, const wio_screen *screen, size_t count)
{
    size_t found = 0;
    for (size_t y = 0; y < count; y++) {
        bool some = false;
        for (size_t s = 0; s < SERIES_COUNT && !some; s++) {
            const wio_variable *v = series_variable(screen, &SERIES[s]);
            double least = v == NULL ? 0.0 : 1e-9 * series_size(screen, v);
            for (size_t k = 0; v != NULL && k < screen->scenarios && !some; k++) {
                some = fabs(at_year(v, k, y)) > least;
            }
        }
        if (some) {
            active[found++] = y;
        }
    }
    return found;
}

/* How the numbers of a line are written, all of them alike. */
typedef struct form {
    double scale;
    int digits; /* -1: persons in full */
    const char *suffix;
} form;

static void series_cell(char cell[WIO_CELL_SIZE], const form *f, double value, bool with_sign)
{
    char number[WIO_CELL_SIZE];
    if (isnan(value)) {
        (void)snprintf(cell, WIO_CELL_SIZE, "unknown");
    } else if (f->digits < 0) {
        wio_screen_persons(cell, value, with_sign);
    } else {
        wio_screen_fixed(number, value / f->scale, value == 0.0 ? 0 : f->digits, with_sign);
        (void)snprintf(cell, WIO_CELL_SIZE, "%.40s%s", number, value == 0.0 ? "" : f->suffix);
    }
}

/* The first form in which every number of the line fits its column; persons of a scenario are all
 * written alike, so that gross and net compare. */
static form series_form(const wio_screen *screen, const series *s, size_t k, double scale)
{
    const form persons[] = {{1.0, -1, ""}, {1e3, 1, "k"}, {1e3, 0, "k"}, {1e6, 1, "m"}};
    const form money[] = {{scale, 2, ""}, {scale, 1, ""}, {scale, 0, ""}, {scale, 0, ""}};
    size_t best = 0;
    for (const series *other = SERIES; other < SERIES + SERIES_COUNT; other++) {
        const wio_variable *v = series_variable(screen, other);
        bool alike = s->money ? other == s : !other->money;
        if (!alike || v == NULL) {
            continue;
        }
        for (size_t y = 0; y < v->length[1]; y++) {
            double value = at_year(v, k, y);
            best = s->money && best == 0 && fabs(value) / scale >= 9.995 ? 1 : best;
            char cell[WIO_CELL_SIZE];
            series_cell(cell, s->money ? &money[best] : &persons[best], value, s->with_sign);
            while (strlen(cell) >= YEAR_COLUMN && best < 3) {
                best++;
                series_cell(cell, s->money ? &money[best] : &persons[best], value, s->with_sign);
            }
        }
    }
    return s->money ? money[best] : persons[best];
}

static void series_line(wio_screen *screen, const series *s, const wio_variable *v, size_t k,
                        const size_t *active, size_t columns)
{
    double largest = series_size(screen, v);
    double scale = s->money ? wio_screen_scale(&largest, 1) : 1.0;
    form f = series_form(screen, s, k, scale);
    char label[WIO_LABEL_SIZE], unit[32], cell[WIO_CELL_SIZE];
    (void)snprintf(label, sizeof label, "  %s%s%s", s->label, s->money ? ", " : "",
                   s->money ? wio_screen_unit(screen, scale, unit) : "");
    wio_screen_put(screen, label, YEAR_LABEL, false, WIO_INK_PLAIN);
    for (size_t c = 0; c < columns; c++) {
        series_cell(cell, &f, wio_screen_sum(v, k, active[c], SIZE_MAX), s->with_sign);
        wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
        wio_screen_put(screen, strlen(cell) < YEAR_COLUMN ? cell : "in file", YEAR_COLUMN - 1, true,
                       WIO_INK_PLAIN);
    }
    wio_screen_end(screen);
}

/* Are two series, each of a scenario, the same in every year? */
static bool same(const wio_variable *a, size_t i, const wio_variable *b, size_t j)
{
    for (size_t y = 0; y < a->length[1]; y++) {
        double one = at_year(a, i, y), other = at_year(b, j, y);
        if (fabs(one - other) > 1e-9 * (fabs(one) + fabs(other))) {
            return false;
        }
    }
    return true;
}

static bool happens(const wio_screen *screen, const wio_variable *v, size_t k)
{
    double least = 1e-9 * series_size(screen, v);
    for (size_t y = 0; y < v->length[1]; y++) {
        if (fabs(at_year(v, k, y)) > least) {
            return true;
        }
    }
    return false;
}

/* The first scenario before k whose years are all the same, or k. */
static size_t same_years(const wio_screen *screen, size_t k)
{
    for (size_t j = 0; j < k; j++) {
        bool all = true;
        for (size_t s = 0; s < SERIES_COUNT && all; s++) {
            const wio_variable *v = series_variable(screen, &SERIES[s]);
            all = v == NULL || same(v, k, v, j);
        }
        if (all) {
            return j;
        }
    }
    return k;
}

/* Does a line of this series say something of this scenario? Where nothing is displaced, operation
 * jobs are said once, as what the scenario counts. */
static bool shown(const wio_screen *screen, size_t k, const series *s)
{
    const wio_variable *v = series_variable(screen, s);
    const wio_variable *gross = wio_screen_find(screen, "operation_jobs_gross");
    const wio_variable *net = wio_screen_find(screen, "operation_jobs_net");
    if (v == NULL || !happens(screen, v, k)) {
        return false;
    }
    bool twice = gross != NULL && net != NULL && same(gross, k, net, k);
    return !twice || v != (is_gross(screen, k) ? net : gross);
}

/* Prints the lines of a scenario, or only counts them. */
static size_t scenario_lines(wio_screen *screen, size_t k, const size_t *active, size_t columns)
{
    size_t count = 0;
    for (size_t s = 0; s < SERIES_COUNT; s++) {
        if (shown(screen, k, &SERIES[s])) {
            count++;
            if (active != NULL) {
                const wio_variable *v = series_variable(screen, &SERIES[s]);
                series_line(screen, &SERIES[s], v, k, active, columns);
            }
        }
    }
    return count;
}

/* Lines of a block of years, its empty line and its title included. */
static size_t block_lines(wio_screen *screen)
{
    size_t lines = 2;
    for (size_t k = 0; k < screen->scenarios; k++) {
        size_t own = scenario_lines(screen, k, NULL, 0);
        bool twin = own > 0 && same_years(screen, k) != k;
        lines += own == 0 ? 0 : twin ? 1 : own + (screen->scenarios > 1);
    }
    return lines;
}

static void year_block(wio_screen *screen, const double *year, const size_t *active, size_t columns)
{
    wio_screen_end(screen);
    wio_screen_put(screen, "By year", YEAR_LABEL, false, WIO_INK_BOLD);
    for (size_t c = 0; c < columns; c++) {
        char cell[WIO_CELL_SIZE];
        (void)snprintf(cell, sizeof cell, "%d", (int)year[active[c]]);
        wio_screen_put(screen, cell, YEAR_COLUMN, true, WIO_INK_BOLD);
    }
    wio_screen_end(screen);
    for (size_t k = 0; k < screen->scenarios; k++) {
        size_t twin = same_years(screen, k);
        if (scenario_lines(screen, k, NULL, 0) == 0) {
            continue;
        }
        if (twin != k) {
            wio_screen_say(screen, WIO_INK_PLAIN, "%.35s: as %.35s", screen->scenario[k],
                           screen->scenario[twin]);
            continue;
        }
        if (screen->scenarios > 1) {
            wio_screen_say(screen, WIO_INK_PLAIN, "%.70s", screen->scenario[k]);
        }
        scenario_lines(screen, k, active, columns);
    }
}

void wio_screen_years(wio_screen *screen)
{
    size_t count = 0, columns = (screen->width - YEAR_LABEL) / YEAR_COLUMN;
    const double *year = years(screen, &count);
    if (year == NULL) {
        return;
    }
    size_t *active = wio_alloc(count, sizeof *active);
    if (active == NULL) {
        screen->text.failed = true;
        return;
    }
    size_t found = active_years(active, screen, count), lines = block_lines(screen);
    for (size_t at = 0; at < found; at += columns) {
        if (lines > wio_screen_room(screen, WIO_FOOT + REASONS_LEAST)) {
            wio_screen_say(screen, WIO_INK_PLAIN, "%s: in the result file",
                           at == 0 ? "By year" : "Later years");
            break;
        }
        year_block(screen, year, active + at, found - at < columns ? found - at : columns);
    }
    wio_free(active);
}
