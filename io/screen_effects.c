/* screen_effects.c - rows of the table: jobs with their range, value added, prices, duties, trade.
 *
 * A row is there when the result has its variable or says that it is not modelled. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { REGION_ROWS = 8, PARTNER_ROWS = 2 };

static bool has(const wio_screen *screen, const char *name)
{
    return wio_screen_find(screen, name) != NULL;
}

/* Is some scenario measured from another one, so that its amounts are changes? */
static bool compared(const wio_screen *screen)
{
    const wio_variable *v = wio_result_find(screen->result, "scenario_compared_to");
    bool other = false;
    for (size_t k = 0; v != NULL && v->text != NULL && k < screen->scenarios; k++) {
        other = other || (v->text[k][0] != '\0' && strcmp(v->text[k], "table") != 0);
    }
    return other;
}

/* --- jobs ---------------------------------------------------------------------------------------------- */

/* What the jobs of every scenario are, NULL when that differs or is not said. */
static const char *counted_by_all(const wio_screen *screen)
{
    const char *first = wio_screen_counted(screen, 0);
    for (size_t k = 1; first != NULL && k < screen->scenarios; k++) {
        const char *other = wio_screen_counted(screen, k);
        first = other != NULL && strcmp(first, other) == 0 ? first : NULL;
    }
    return first;
}

/* What the number is: in which year, gross or net, of what. */
static void jobs_label(const wio_screen *screen, char label[WIO_LABEL_SIZE])
{
    const char *year = wio_result_attribute(screen->result, "report_year");
    char when[32] = "";
    if (year != NULL && strcmp(year, "average") == 0) {
        (void)snprintf(when, sizeof when, " a year");
    } else if (year != NULL && year[0] != '\0') {
        (void)snprintf(when, sizeof when, " in %.8s", year);
    }
    /* not modelled: neither gross nor net */
    const char *kind = has(screen, "jobs_change") ? counted_by_all(screen) : NULL;
    static const char *const unit[] = {" (persons)", ""};
    for (size_t i = 0; i < 2; i++) { /* without the unit where the label is narrow */
        int length = snprintf(label, WIO_LABEL_SIZE, "Jobs%s%s%s%.40s", unit[i], when,
                              kind == NULL ? "" : ", ", kind == NULL ? "" : kind);
        if (length >= 0 && (size_t)length <= wio_screen_label(screen)) {
            return;
        }
    }
}

/* Gross here, net there: "net of displaced", or "less displaced" where the column is narrow. */
static void counted_row(wio_screen *screen)
{
    static const char NET_OF[] = "net of ";
    if (counted_by_all(screen) != NULL || wio_screen_counted(screen, 0) == NULL) {
        return;
    }
    screen->missing = "not known";
    wio_row *row = wio_screen_row(screen, WIO_INK_PLAIN, "  counted");
    for (size_t k = 0; k < screen->scenarios; k++) {
        const char *kind = wio_screen_counted(screen, k), *net = "";
        if (kind != NULL && screen->columns > 2 && strncmp(kind, NET_OF, strlen(NET_OF)) == 0) {
            kind += strlen(NET_OF);
            net = "less ";
        }
        if (kind != NULL) {
            (void)snprintf(row->cell[k], WIO_CELL_SIZE, "%s%.40s", net, kind);
        }
    }
}

static void share_of_base(wio_screen *screen)
{
    const wio_variable *base = wio_result_find(screen->result, "jobs_base");
    if (base == NULL || base->data == NULL || base->rank != 1) {
        return;
    }
    double total = 0.0;
    for (size_t i = 0; i < base->length[0]; i++) {
        total += isnan(base->data[i]) ? 0.0 : base->data[i];
    }
    if (total <= 0.0 || !wio_screen_take(screen, "jobs_change", SIZE_MAX, SIZE_MAX)) {
        return;
    }
    char number[WIO_CELL_SIZE], label[WIO_LABEL_SIZE];
    bool millions = total >= 1e6;
    wio_screen_fixed(number, millions ? total / 1e6 : total, millions ? 1 : 0, false);
    (void)snprintf(label, sizeof label, "  of %s%s", number, millions ? " m" : "");
    bool known = false;
    for (size_t k = 0; k < screen->scenarios; k++) {
        screen->value[k] /= total;
        known = known || !isnan(screen->value[k]);
    }
    if (!known) {
        return;
    }
    wio_screen_row_percent(screen, WIO_INK_PLAIN, label);
}

/* "-116,000..+307,000", in thousands or millions where the column is narrow. */
static void range_cell(char cell[WIO_CELL_SIZE], double low, double high, size_t room)
{
    static const struct {
        double scale;
        int digits;
        const char *suffix;
    } form[] = {{1e3, 0, "k"}, {1e6, 1, "m"}, {1e9, 1, "bn"}};
    char a[WIO_CELL_SIZE], b[WIO_CELL_SIZE];
    wio_screen_persons(a, low, true);
    wio_screen_persons(b, high, true);
    (void)snprintf(cell, WIO_CELL_SIZE, "%.22s..%.22s", a, b);
    for (size_t i = 0; strlen(cell) > room && i < sizeof form / sizeof form[0]; i++) {
        wio_screen_fixed(a, low / form[i].scale, form[i].digits, true);
        wio_screen_fixed(b, high / form[i].scale, form[i].digits, true);
        (void)snprintf(cell, WIO_CELL_SIZE, "%.18s%s..%.18s%s", a, form[i].suffix, b,
                       form[i].suffix);
    }
}

/* What stands for a range of nothing: the number is a target, or no case touches it. */
static const char *no_range(const wio_screen *screen, size_t k)
{
    const wio_variable *target = wio_screen_find(screen, "capex_required");
    bool solved = target != NULL && !isnan(wio_screen_sum(target, k, SIZE_MAX, SIZE_MAX));
    return solved ? "set by target" : screen->columns <= 2 ? "same in every case" : "same in all";
}

static void range_row(wio_screen *screen)
{
    const wio_variable *v = wio_screen_find(screen, "jobs_case");
    if (v == NULL || v->rank != 2 || v->length[1] < 2) {
        return;
    }
    screen->missing = "not modelled";
    wio_row *row = wio_screen_row(screen, WIO_INK_PLAIN, "  RANGE over the study's cases");
    for (size_t k = 0; k < screen->scenarios; k++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t c = 0; c < v->length[1]; c++) {
            double jobs = v->data[k * v->length[1] + c];
            low = jobs < low ? jobs : low;
            high = jobs > high ? jobs : high;
        }
        if (low <= high && wio_screen_same(low, high)) {
            (void)snprintf(row->cell[k], WIO_CELL_SIZE, "%s", no_range(screen, k));
        } else if (low < high) {
            range_cell(row->cell[k], low, high, screen->columns <= 2 ? 21 : 15);
        }
    }
}

/* Manufacturing against the rest; without that group, every group that covers the economy. */
static void group_rows(wio_screen *screen)
{
    const wio_variable *v = wio_screen_find(screen, "jobs_group");
    const char *const *group = wio_result_labels(screen->result, "group");
    if (v == NULL || v->rank != 2 || group == NULL) {
        return;
    }
    size_t manufacturing = SIZE_MAX, count = v->length[1];
    for (size_t g = 0; g < count; g++) {
        manufacturing = strcmp(group[g], "manufacturing") == 0 ? g : manufacturing;
    }
    if (manufacturing != SIZE_MAX) {
        wio_screen_take(screen, "jobs_group", manufacturing, SIZE_MAX);
        wio_screen_row_persons(screen, WIO_INK_SIGN, "  manufacturing", true);
        const wio_variable *all = wio_screen_find(screen, "jobs_change");
        for (size_t k = 0; k < screen->scenarios; k++) {
            double total = all == NULL ? NAN : wio_screen_sum(all, k, SIZE_MAX, SIZE_MAX);
            screen->value[k] = total - screen->value[k];
        }
        wio_screen_row_persons(screen, WIO_INK_SIGN, "  everything else", true);
        return;
    }
    for (size_t g = 0; g < count && g < 4; g++) {
        char label[WIO_LABEL_SIZE];
        (void)snprintf(label, sizeof label, "  %.60s", group[g]);
        wio_screen_take(screen, "jobs_group", g, SIZE_MAX);
        wio_screen_row_persons(screen, WIO_INK_SIGN, label, true);
    }
}

/* Positions of the largest absolute values of the last scenario, in falling order. */
static size_t largest(const double *size, size_t count, size_t *order, size_t wanted)
{
    size_t found = 0;
    for (size_t pick = 0; pick < wanted; pick++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < count; i++) {
            bool taken = isnan(size[i]) || size[i] == 0.0;
            for (size_t j = 0; j < found && !taken; j++) {
                taken = order[j] == i;
            }
            if (!taken && (best == SIZE_MAX || fabs(size[i]) > fabs(size[best]))) {
                best = i;
            }
        }
        if (best == SIZE_MAX) {
            break;
        }
        order[found++] = best;
    }
    return found;
}

/* A variable over (scenario, activity) by home region, the most affected first. */
static void region_rows(wio_screen *screen, const char *name, bool money)
{
    if (screen->homes < 2 || !has(screen, name)) {
        return;
    }
    size_t order[REGION_ROWS], last = screen->scenarios - 1;
    double *size = wio_alloc(screen->homes, sizeof *size);
    if (size == NULL) {
        screen->text.failed = true;
        return;
    }
    for (size_t h = 0; h < screen->homes; h++) {
        wio_screen_take_where(screen, name, "region", screen->home[h], true);
        size[h] = screen->value[last];
    }
    size_t rows = largest(size, screen->homes, order, REGION_ROWS);
    double scale = wio_screen_scale(size, screen->homes);
    for (size_t r = 0; r < rows; r++) {
        const char *home = screen->home[order[r]];
        wio_screen_take_where(screen, name, "region", home, true);
        wio_row *row =
            wio_screen_row(screen, WIO_INK_SIGN, "  %.60s", wio_screen_region(screen, home));
        for (size_t k = 0; k < screen->scenarios; k++) {
            double v = screen->value[k];
            if (!isnan(v) && money) {
                wio_screen_money(row->cell[k], v / scale, true);
            } else if (!isnan(v)) {
                wio_screen_persons(row->cell[k], v, true);
            }
        }
    }
    wio_free(size);
}

static void jobs_rows(wio_screen *screen)
{
    if (wio_screen_take(screen, "jobs_change", SIZE_MAX, SIZE_MAX)) {
        char label[WIO_LABEL_SIZE];
        jobs_label(screen, label);
        wio_screen_row_persons(screen, WIO_INK_HEADLINE, label, true);
        if (has(screen, "jobs_change")) {
            counted_row(screen);
        }
        share_of_base(screen);
        range_row(screen);
        group_rows(screen);
        region_rows(screen, "jobs_change", false);
    }
    if (wio_screen_take(screen, "value_added_change", SIZE_MAX, SIZE_MAX)) {
        wio_screen_row_money(screen, WIO_INK_SIGN, "Value added", "", true);
        region_rows(screen, "value_added_change", true);
    }
}

/* --- prices ---------------------------------------------------------------------------------------------- */

static void parts_row(wio_screen *screen, const char *name, size_t home)
{
    const wio_variable *v = wio_screen_find(screen, name);
    if (v == NULL || v->rank != 3 || v->length[2] != 2) {
        return;
    }
    wio_row *row = wio_screen_row(screen, WIO_INK_PLAIN, "  direct / through inputs");
    for (size_t k = 0; k < screen->scenarios; k++) {
        char a[WIO_CELL_SIZE], b[WIO_CELL_SIZE];
        double direct = wio_screen_sum(v, k, home, 0), indirect = wio_screen_sum(v, k, home, 1);
        if (!isnan(direct) && !isnan(indirect)) {
            int digits = fabs(direct) < 0.09995 && fabs(indirect) < 0.09995 ? 2 : 1;
            wio_screen_fixed(a, 100.0 * direct, digits, false);
            wio_screen_fixed(b, 100.0 * indirect, digits, false);
            (void)snprintf(row->cell[k], WIO_CELL_SIZE, "%.20s / %.20s %%", a, b);
        }
    }
}

static void price_rows(wio_screen *screen, const char *name, const char *label, bool parts)
{
    if (screen->homes <= 1) {
        if (wio_screen_take(screen, name, SIZE_MAX, SIZE_MAX)) {
            wio_screen_row_percent(screen, WIO_INK_PLAIN, label);
            if (parts) {
                parts_row(screen, name, 0);
            }
        }
        return;
    }
    const wio_variable *v = wio_screen_find(screen, name);
    if (v == NULL || v->rank < 2 || v->length[1] != screen->homes) {
        return;
    }
    for (size_t h = 0, rows = 0; h < screen->homes && rows < REGION_ROWS; h++) {
        wio_screen_take(screen, name, h, SIZE_MAX);
        if (wio_screen_any(screen)) {
            char row_label[WIO_LABEL_SIZE];
            (void)snprintf(row_label, sizeof row_label, "%.40s, %.40s", label,
                           wio_screen_region(screen, screen->home[h]));
            wio_screen_row_percent(screen, WIO_INK_PLAIN, row_label);
            rows++;
        }
    }
}

/* The same consumer basket at both prices, in the longest words that fit. */
static void household_row(wio_screen *screen)
{
    static const char *const one[] = {"Cost to households, base basket",
                                      "Household cost, base basket", "Cost of base basket"};
    static const char *const several[] = {"Cost to households, all regions",
                                          "Household cost, all regions", "Household cost"};
    const char *const *label = screen->homes > 1 ? several : one;
    if (!wio_screen_take(screen, "household_cost", SIZE_MAX, SIZE_MAX)) {
        return;
    }
    size_t pick = 0, unit = strlen(", bn") + strlen(screen->currency);
    while (pick < 2 && strlen(label[pick]) + unit > wio_screen_label(screen)) {
        pick++;
    }
    wio_screen_row_money(screen, WIO_INK_PLAIN, label[pick], "", compared(screen));
}

/* --- duties ------------------------------------------------------------------------------------------------ */

/* Change of all duties collected, less the income and payroll taxes that a duty costs. */
static void net_duty_row(wio_screen *screen)
{
    const wio_variable *offset = wio_screen_find(screen, "revenue_offset");
    if (!wio_screen_take(screen, "tariff_revenue_change", SIZE_MAX, SIZE_MAX)) {
        return;
    }
    char label[WIO_LABEL_SIZE] = "  less old duties";
    bool money = offset != NULL && offset->units != NULL && strstr(offset->units, "million");
    for (size_t k = 0; offset != NULL && k < screen->scenarios; k++) {
        double taken = wio_screen_sum(offset, k, SIZE_MAX, SIZE_MAX), all = screen->value[k];
        taken = fabs(money ? taken : taken * all);
        if (isnan(taken) || taken == 0.0 || all == 0.0) {
            continue;
        }
        char share[WIO_CELL_SIZE];
        wio_screen_fixed(share, 100.0 * taken / fabs(all), 0, false);
        (void)snprintf(label, sizeof label, "  less old duties, %.8s%% offset", share);
        screen->value[k] = all > 0.0 ? all - taken : all + taken;
    }
    if (wio_screen_any(screen)) {
        wio_screen_row_money(screen, WIO_INK_PLAIN, label, "", compared(screen));
    }
}

static void duty_rows(wio_screen *screen)
{
    if (!wio_screen_take(screen, "tariff_revenue", SIZE_MAX, SIZE_MAX)) {
        return;
    }
    bool listed = screen->missing[4] == 'm'; /* "not modelled" */
    if (listed ? !wio_screen_duty(screen) : !wio_screen_any(screen)) {
        return;
    }
    wio_screen_take(screen, "tariff_revenue", SIZE_MAX, SIZE_MAX);
    bool with_sign = compared(screen); /* then it is a change of the duty */
    wio_screen_row_money(screen, WIO_INK_PLAIN, "Duty at the new rate, gross", "", with_sign);
    net_duty_row(screen);
    if (wio_screen_take(screen, "tariff_revenue_static", SIZE_MAX, SIZE_MAX)) {
        wio_screen_row_money(screen, WIO_INK_PLAIN, "  if nobody switched", "", with_sign);
    }
}

/* --- trade --------------------------------------------------------------------------------------------------- */

/* A region whose goods cost buyers more (or less) in some scenario. */
static bool taxed(wio_screen *screen, const char *region)
{
    return wio_screen_take_where(screen, "buyers_cost", "origin_region", region, true) &&
           wio_screen_any(screen);
}

/* The regions of the imported rows, each once. */
static const char *next_region(const wio_variable *region, size_t *at)
{
    for (; *at < region->length[0]; (*at)++) {
        bool seen = false;
        for (size_t j = 0; j < *at && !seen; j++) {
            seen = strcmp(region->text[j], region->text[*at]) == 0;
        }
        if (!seen) {
            return region->text[(*at)++];
        }
    }
    return NULL;
}

static void import_rows(wio_screen *screen)
{
    const wio_variable *region = wio_result_find(screen->result, "origin_region");
    if (region == NULL || region->text == NULL || !has(screen, "imports_change")) {
        return;
    }
    size_t at = 0, found = 0;
    const char *code = NULL, *only = NULL;
    while ((code = next_region(region, &at)) != NULL) {
        char label[WIO_LABEL_SIZE];
        if (!taxed(screen, code)) {
            continue;
        }
        found++;
        only = code;
        (void)snprintf(label, sizeof label, "Imports from %.40s", wio_screen_region(screen, code));
        wio_screen_take_where(screen, "imports_change", "origin_region", code, true);
        wio_screen_row_money(screen, WIO_INK_PLAIN, label, "", true);
    }
    if (found == 1) {
        wio_screen_take_where(screen, "imports_change", "origin_region", only, false);
        if (wio_screen_any(screen)) {
            wio_screen_row_money(screen, WIO_INK_PLAIN, "  of which replaced by others", "", true);
        }
    } else if (found == 0 && wio_screen_take(screen, "imports_change", SIZE_MAX, SIZE_MAX) &&
               wio_screen_any(screen)) {
        wio_screen_row_money(screen, WIO_INK_PLAIN, "Imports", "", true);
    }
}

/* Exports to the taxed partners; where nobody is taxed, to the partners that change most. */
static void export_rows(wio_screen *screen)
{
    const char *name =
        has(screen, "exports_change_total") ? "exports_change_total" : "exports_change";
    const wio_variable *v = wio_screen_find(screen, name);
    const char *const *partner = wio_result_labels(screen->result, "partner");
    if (v == NULL || partner == NULL || v->rank < 2 || v->length[1] == 0) {
        return;
    }
    size_t count = v->length[1], order[PARTNER_ROWS], rows = 0;
    for (size_t p = 0; p < count && rows < PARTNER_ROWS; p++) {
        if (taxed(screen, partner[p])) {
            order[rows++] = p;
        }
    }
    if (rows == 0) {
        double *size = wio_alloc(count, sizeof *size);
        if (size == NULL) {
            screen->text.failed = true;
            return;
        }
        for (size_t p = 0; p < count; p++) {
            size[p] = wio_screen_sum(v, screen->scenarios - 1, p, SIZE_MAX);
        }
        rows = largest(size, count, order, PARTNER_ROWS);
        wio_free(size);
    }
    for (size_t r = 0; r < rows; r++) {
        char label[WIO_LABEL_SIZE];
        (void)snprintf(label, sizeof label, "Exports to %.40s",
                       wio_screen_region(screen, partner[order[r]]));
        wio_screen_take(screen, name, order[r], SIZE_MAX);
        wio_screen_row_money(screen, WIO_INK_PLAIN, label, "", true);
    }
}

/* --- all of it -------------------------------------------------------------------------------------------------- */

static void compared_row(wio_screen *screen)
{
    const wio_variable *v = wio_result_find(screen->result, "scenario_compared_to");
    if (!compared(screen)) {
        return;
    }
    wio_row *row = wio_screen_row(screen, WIO_INK_PLAIN, "  change measured from");
    for (size_t k = 0; k < screen->scenarios; k++) {
        wio_screen_ascii(row->cell[k], screen->columns <= 2 ? 22 : 16,
                         v->text[k][0] == '\0' ? "table" : v->text[k]);
    }
}

void wio_screen_effects(wio_screen *screen)
{
    compared_row(screen);
    jobs_rows(screen);
    wio_screen_projects(screen);
    price_rows(screen, "consumer_price_change",
               screen->homes > 1 ? "Consumer price" : "Consumer price (base basket)", true);
    price_rows(screen, "investment_price_change",
               screen->homes > 1 ? "Capital goods" : "Price of capital goods", false);
    household_row(screen);
    duty_rows(screen);
    import_rows(screen);
    export_rows(screen);
}
