/* screen_years.c - pledges and purchases: totals in the table, and the same year by year.
 *
 * Construction is job-years (people times years), operation is jobs: they never meet in one sum. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR_LABEL = 24, YEAR_COLUMN = 8 };

static const double *years(const wio_screen *screen, size_t *count)
{
    const wio_variable *v = wio_result_find(screen->result, "year");
    bool fits = v != NULL && v->data != NULL && v->rank == 1 && v->length[0] > 0;
    *count = fits ? v->length[0] : 0;
    return fits ? v->data : NULL;
}

size_t wio_screen_report_year(const wio_screen *screen)
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
    size_t count = 0, at = wio_screen_report_year(screen);
    (void)years(screen, &count);
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

/* Capital per job that stays: only where there is a net gain. */
static void cost_per_job(wio_screen *screen)
{
    const wio_variable *built = wio_screen_find(screen, "capex_built");
    if (built == NULL || !take_report(screen, "operation_jobs_net")) {
        return;
    }
    wio_row *row =
        wio_screen_row(screen, WIO_INK_PLAIN, "  capital per net job, %smn", screen->currency);
    for (size_t k = 0; k < screen->scenarios; k++) {
        double capex = wio_screen_sum(built, k, SIZE_MAX, SIZE_MAX), jobs = screen->value[k];
        if (isnan(capex) || isnan(jobs)) {
            continue;
        }
        if (jobs >= 1.0) {
            wio_screen_fixed(row->cell[k], capex / jobs, 2, false);
        } else {
            (void)snprintf(row->cell[k], WIO_CELL_SIZE, "no net jobs");
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
}

void wio_screen_projects(wio_screen *screen)
{
    purchases(screen);
    if (wio_screen_find(screen, "operation_jobs_net") != NULL) {
        jobs_row(screen, "operation_jobs_direct", "Operation jobs, at the plants", 1.0);
        jobs_row(screen, "operation_jobs_gross", "  with suppliers, gross", 1.0);
        jobs_row(screen, "operation_jobs_displaced", "  displaced elsewhere", -1.0);
        jobs_row(screen, "operation_jobs_net", "  net", 1.0);
    }
    if (wio_screen_take(screen, "job_years", SIZE_MAX, SIZE_MAX)) {
        wio_screen_row_persons(screen, WIO_INK_SIGN, "Construction, JOB-YEARS in all", true);
    }
    if (wio_screen_take(screen, "capex_required", SIZE_MAX, SIZE_MAX) && wio_screen_any(screen)) {
        screen->missing = "not asked";
        wio_screen_row_money(screen, WIO_INK_PLAIN, "Capital required", "", false);
    }
    money_row(screen, "capex_built", "Capital built", false);
    money_row(screen, "equipment_imports", "  equipment imported", false);
    cost_per_job(screen);
    money_row(screen, "gdp_change", "GDP", true);
    money_row(screen, "gni_change", "GNI, net of foreign owners", true);
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

/* The years from the first to the last in which something happens. */
static void active_years(const wio_screen *screen, size_t count, size_t *first, size_t *end)
{
    *first = count;
    *end = 0;
    for (size_t s = 0; s < SERIES_COUNT; s++) {
        const wio_variable *v = series_variable(screen, &SERIES[s]);
        for (size_t k = 0; v != NULL && k < screen->scenarios; k++) {
            for (size_t y = 0; y < count; y++) {
                double sum = wio_screen_sum(v, k, y, SIZE_MAX);
                if (!isnan(sum) && sum != 0.0) {
                    *first = y < *first ? y : *first;
                    *end = y + 1 > *end ? y + 1 : *end;
                }
            }
        }
    }
}

/* Scale of a money series over all scenarios and years. */
static double series_scale(const wio_screen *screen, const wio_variable *v, size_t count)
{
    double largest = 0.0;
    for (size_t k = 0; k < screen->scenarios; k++) {
        for (size_t y = 0; y < count; y++) {
            double sum = fabs(wio_screen_sum(v, k, y, SIZE_MAX));
            largest = sum > largest ? sum : largest;
        }
    }
    return wio_screen_scale(&largest, 1);
}

static void series_line(wio_screen *screen, const series *s, const wio_variable *v, size_t k,
                        size_t first, size_t end, size_t count)
{
    double scale = s->money ? series_scale(screen, v, count) : 1.0;
    char label[WIO_LABEL_SIZE], unit[32];
    (void)snprintf(label, sizeof label, "  %s%s%s", s->label, s->money ? ", " : "",
                   s->money ? wio_screen_unit(screen, scale, unit) : "");
    wio_screen_put(screen, label, YEAR_LABEL, false, WIO_INK_PLAIN);
    for (size_t y = first; y < end; y++) {
        double value = wio_screen_sum(v, k, y, SIZE_MAX);
        char cell[WIO_CELL_SIZE] = "unknown";
        if (!isnan(value) && s->money) {
            wio_screen_money(cell, value / scale, s->with_sign);
        } else if (!isnan(value)) {
            wio_screen_persons(cell, value, s->with_sign);
            if (strlen(cell) > YEAR_COLUMN - 1) {
                wio_screen_fixed(cell, value / 1000.0, 0, s->with_sign);
                size_t length = strlen(cell);
                (void)snprintf(cell + length, sizeof cell - length, "k");
            }
        }
        wio_screen_put(screen, " ", 1, false, WIO_INK_PLAIN);
        wio_screen_put(screen, cell, YEAR_COLUMN - 1, true, WIO_INK_PLAIN);
    }
    wio_screen_end(screen);
}

static bool happens(const wio_variable *v, size_t k)
{
    size_t slab = v->length[1] * (v->rank > 2 ? v->length[2] : 1);
    for (size_t i = k * slab; i < (k + 1) * slab; i++) {
        if (!isnan(v->data[i]) && v->data[i] != 0.0) {
            return true;
        }
    }
    return false;
}

static void year_block(wio_screen *screen, const double *year, size_t first, size_t end,
                       size_t count)
{
    wio_screen_put(screen, "By year", YEAR_LABEL, false, WIO_INK_BOLD);
    for (size_t y = first; y < end; y++) {
        char cell[WIO_CELL_SIZE];
        (void)snprintf(cell, sizeof cell, "%d", (int)year[y]);
        wio_screen_put(screen, cell, YEAR_COLUMN, true, WIO_INK_BOLD);
    }
    wio_screen_end(screen);
    for (size_t k = 0; k < screen->scenarios; k++) {
        if (screen->scenarios > 1) {
            wio_screen_say(screen, WIO_INK_PLAIN, "%.70s", screen->scenario[k]);
        }
        for (size_t s = 0; s < SERIES_COUNT; s++) {
            const wio_variable *v = series_variable(screen, &SERIES[s]);
            if (v != NULL && happens(v, k)) {
                series_line(screen, &SERIES[s], v, k, first, end, count);
            }
        }
    }
}

void wio_screen_years(wio_screen *screen)
{
    size_t count = 0, first = 0, end = 0, columns = (screen->width - YEAR_LABEL) / YEAR_COLUMN;
    const double *year = years(screen, &count);
    if (year == NULL) {
        return;
    }
    active_years(screen, count, &first, &end);
    for (size_t at = first; at < end; at += columns) {
        wio_screen_end(screen);
        year_block(screen, year, at, end - at < columns ? end : at + columns, count);
    }
}
