/* rates.c - sector rates of a tariff schedule on a date, weighted by trade (MODEL S5, section 8 v).
 *
 * On every entry of the trade file, code c from partner p, the lines in force are found by the longest
 * code that c begins with, authority by authority, and a line for p goes before one for everybody:
 *   t = (base or replacement) (1 - e) + sum over a of add_a (1 - e_a)
 * Rates are put together on the entry, where they apply, and only then averaged: a mean of sums, not
 * a sum of means over different trade. */
#include "../../core/result.h"
#include "../../core/schedule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NAMED = 10 };

/* One authority on one entry. */
typedef struct found {
    const wio_tariff_line *line, *except;
} found;

typedef struct cell { /* a sector and partner */
    double trade, unknown, rate, base, squares, simple, least, most;
    size_t lines, entries;
} cell;

/* Entries of one kind of trouble: how many, their trade, and the largest of them. */
typedef struct trouble {
    size_t count, named;
    double money;
    const wio_entry *largest[MOST_NAMED];
} trouble;

typedef struct reckoning {
    const wio_schedule *schedule;
    const wio_rates_options *options;
    wio_log *log;
    wio_error *err;
    bool *counts; /* [authorities] */
    found *on;    /* [authorities] of the entry at hand */
    cell *cells;  /* [sectors x partners] */
    double total;
    trouble unmapped, without, unknown;
    size_t overlaps;
} reckoning;

static bool in_force(const reckoning *k, const wio_tariff_line *line, size_t partner)
{
    return k->counts[line->authority] && line->from <= k->options->date &&
           k->options->date <= line->to && (line->partner == SIZE_MAX || line->partner == partner);
}

/* `line` takes its place unless a better one has it: a line for the partner goes before one for
 * everybody. False when both are of one rank. */
static bool place(const wio_tariff_line **at, const wio_tariff_line *line)
{
    if (*at == NULL || ((*at)->partner == SIZE_MAX && line->partner != SIZE_MAX)) {
        *at = line;
        return true;
    }
    return (*at)->partner != SIZE_MAX && line->partner == SIZE_MAX;
}

static void overlap(reckoning *k, const wio_entry *entry, const wio_tariff_line *a,
                    const wio_tariff_line *b)
{
    if (++k->overlaps <= MOST_NAMED) {
        wio_find(k->log, WIO_ERROR, k->schedule->path, b->line, 0,
                 "%s has two lines in force on %s: this one and line %zu; end one of them",
                 k->schedule->authority.code[b->authority], entry->code, a->line);
        wio_fail(k->err, WIO_E_TABLE, "%s:%zu: two lines of %s are in force on %s",
                 k->schedule->path, b->line, k->schedule->authority.code[b->authority],
                 entry->code);
    }
}

/* Fills k->on: from the longest code that the entry begins with to the shortest. */
static void find_lines(reckoning *k, const wio_entry *entry)
{
    const wio_schedule *s = k->schedule;
    char code[WIO_CODE_SIZE];
    memset(k->on, 0, s->authority.count * sizeof *k->on);
    (void)snprintf(code, sizeof code, "%s", entry->code);
    for (size_t length = strlen(code); length > 0; length--) {
        code[length] = '\0';
        size_t at = wio_names_find(&s->code, code);
        for (size_t i = at == SIZE_MAX ? 0 : s->first[at]; at != SIZE_MAX && i < s->first[at + 1];
             i++) {
            const wio_tariff_line *line = &s->tariff[i];
            found *on = &k->on[line->authority];
            const wio_tariff_line **slot = line->kind == WIO_LINE_EXCEPT ? &on->except : &on->line;
            bool settled = *slot != NULL && (*slot)->code != at; /* by a longer code */
            if (in_force(k, line, entry->partner) && !settled && !place(slot, line)) {
                overlap(k, entry, *slot, line);
            }
        }
    }
}

/* The rate on the entry whose lines are in k->on: *base and the sum of what is added. NaN where a part
 * is unknown; false when no base line is there. */
static bool add_up(reckoning *k, const wio_entry *entry, double *base, double *added)
{
    const wio_tariff_line *first = NULL;
    double first_rate = 0.0;
    *added = 0.0;
    for (size_t a = 0; a < k->schedule->authority.count; a++) {
        const wio_tariff_line *line = k->on[a].line;
        if (line == NULL) {
            continue;
        }
        double rate = line->rate * (k->on[a].except != NULL ? 1.0 - k->on[a].except->rate : 1.0);
        if (line->kind == WIO_LINE_ADD) {
            *added += rate;
        } else if (first == NULL ||
                   (first->kind == WIO_LINE_BASE && line->kind == WIO_LINE_REPLACE)) {
            first = line;
            first_rate = rate;
        } else if (first->kind == line->kind) {
            overlap(k, entry, first, line);
        }
    }
    *base = first_rate;
    return first != NULL;
}

/* Trade that cannot be counted; the largest amounts are kept to be named. */
static void add_trouble(trouble *t, const wio_entry *entry)
{
    t->count++;
    t->money += entry->value;
    size_t at = t->named < MOST_NAMED ? t->named++ : MOST_NAMED;
    for (; at > 0 && t->largest[at - 1]->value < entry->value; at--) {
        if (at < MOST_NAMED) {
            t->largest[at] = t->largest[at - 1];
        }
    }
    if (at < MOST_NAMED) {
        t->largest[at] = entry;
    }
}

static void count_entry(reckoning *k, const wio_entry *entry)
{
    const wio_schedule *s = k->schedule;
    double base = 0.0, added = 0.0;
    size_t product = wio_longest_prefix(&s->product, entry->code);
    k->total += entry->value;
    if (product == SIZE_MAX) {
        add_trouble(&k->unmapped, entry);
        return;
    }
    find_lines(k, entry);
    if (!add_up(k, entry, &base, &added)) {
        add_trouble(&k->without, entry);
        return;
    }
    double rate = base + added;
    bool unknown = isnan(rate);
    if (unknown) {
        add_trouble(&k->unknown, entry);
    }
    for (size_t i = s->member_at[product]; i < s->member_at[product + 1]; i++) {
        cell *c = &k->cells[s->member[i].sector * s->partner.count + entry->partner];
        double weight = s->member[i].weight * entry->value;
        c->entries++;
        if (unknown) {
            c->unknown += weight;
            continue;
        }
        c->least = c->lines == 0 ? rate : fmin(c->least, rate);
        c->most = c->lines == 0 ? rate : fmax(c->most, rate);
        c->lines++;
        c->simple += rate;
        c->trade += weight;
        c->rate += weight * rate;
        c->base += weight * base;
        c->squares += weight * rate * rate;
    }
}

static void name_largest(const reckoning *k, const trouble *t, wio_severity severity)
{
    for (size_t i = 0; i < t->named; i++) {
        const wio_entry *entry = t->largest[i];
        wio_find(k->log, severity, NULL, 0, 0, "  %s from %s: %.15g", entry->code,
                 k->schedule->partner.code[entry->partner], entry->value);
    }
}

/* More than one kind of trouble may be there: the first goes to err, all are logged. */
static wio_status judge(reckoning *k)
{
    const struct {
        const trouble *trouble;
        bool allowed;
        const char *what;
    } kind[] = {
        {&k->unmapped, k->options->allow_unmapped, "no sector in the concordance"},
        {&k->without, k->options->allow_unmapped, "no base rate in the schedule"},
        {&k->unknown, k->options->allow_unknown, "a specific duty without ad valorem equivalent"},
    };
    wio_status status = k->overlaps > 0 ? WIO_E_TABLE : WIO_OK;
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
        const trouble *t = kind[i].trouble;
        if (t->count == 0) {
            continue;
        }
        wio_severity severity = kind[i].allowed ? WIO_WARNING : WIO_ERROR;
        wio_find(k->log, severity, NULL, 0, 0,
                 "trade of %.15g (%.2g %% of all) in %zu codes has %s%s", t->money,
                 k->total > 0.0 ? 100.0 * t->money / k->total : 0.0, t->count, kind[i].what,
                 kind[i].allowed ? ": left out" : "");
        name_largest(k, t, severity);
        if (!kind[i].allowed && status == WIO_OK) {
            status = wio_fail(k->err, WIO_E_TABLE, "trade of %.15g in %zu codes has %s", t->money,
                              t->count, kind[i].what);
        }
    }
    return status;
}

/* --- the result ----------------------------------------------------------------------------------- */

typedef enum figure {
    RATE,
    BASE,
    ADDED,
    SIMPLE,
    LEAST,
    MOST,
    SPREAD,
    TRADE,
    UNKNOWN,
    CODES,
    FIGURES
} figure;

static double figure_of(const cell *c, figure which)
{
    double mean = c->rate / c->trade; /* NaN without trade */
    switch (which) {
    case RATE:
        return mean;
    case BASE:
        return c->base / c->trade;
    case ADDED:
        return (c->rate - c->base) / c->trade;
    case SIMPLE:
        return c->lines > 0 ? c->simple / (double)c->lines : NAN;
    case LEAST:
        return c->lines > 0 ? c->least : NAN;
    case MOST:
        return c->lines > 0 ? c->most : NAN;
    case SPREAD:
        return sqrt(fmax(c->squares / c->trade - mean * mean, 0.0)) + 0.0 * mean;
    case TRADE:
        return c->trade;
    case UNKNOWN:
        return c->unknown;
    default:
        return (double)c->entries;
    }
}

static wio_status assemble(wio_result *result, const reckoning *k)
{
    static const struct {
        const char *name, *units, *about;
    } figures[FIGURES] = {
        {"rate", "1", "trade-weighted rate of duty"},
        {"base_rate", "1", "of which the base rate or what replaces it"},
        {"added_rate", "1", "of which added by other authorities"},
        {"simple_mean", "1", "mean over product codes"},
        {"least", "1", "lowest rate of a product code"},
        {"most", "1", "highest rate of a product code"},
        {"spread", "1", "trade-weighted standard deviation inside the sector"},
        {"trade", "money", "imports whose rate is known"},
        {"unknown_trade", "money", "imports whose duty has no ad valorem equivalent, left out"},
        {"lines", "1", "product codes"},
    };
    const wio_schedule *s = k->schedule;
    size_t cells = s->sector.count * s->partner.count;
    WIO_TRY(wio_result_dimension(result, "sector", s->sector.count,
                                 (const char *const *)s->sector.code, "sector", k->err));
    WIO_TRY(wio_result_dimension(result, "partner", s->partner.count,
                                 (const char *const *)s->partner.code, "partner", k->err));
    for (size_t f = 0; f < FIGURES; f++) {
        double *data = NULL;
        WIO_TRY(wio_result_add(&data, result, figures[f].name, "sector,partner", figures[f].units,
                               figures[f].about, k->err));
        for (size_t c = 0; c < cells; c++) {
            data[c] = figure_of(&k->cells[c], (figure)f);
        }
    }
    const struct {
        const char *name;
        double value;
    } total[] = {{"total/trade", k->total},
                 {"total/unmapped", k->unmapped.money},
                 {"total/without_line", k->without.money},
                 {"total/unknown", k->unknown.money}};
    char number[WIO_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof total / sizeof *total; i++) {
        WIO_TRY(wio_result_set_text(result, total[i].name,
                                    wio_format_double(number, total[i].value), k->err));
    }
    WIO_TRY(wio_result_set_text(result, "command", "rates", k->err));
    return wio_result_set(result, "date", k->err, "%04d-%02d-%02d", k->options->date / 10000,
                          k->options->date / 100 % 100, k->options->date % 100);
}

/* Which authorities count; ARGUMENT for one that is not in the schedule. */
static wio_status choose(reckoning *k)
{
    const wio_names *names = &k->schedule->authority;
    for (size_t a = 0; a < names->count; a++) {
        k->counts[a] = k->options->authority == NULL;
    }
    for (size_t i = 0; k->options->authority != NULL && i < k->options->authorities; i++) {
        const char *code = k->options->authority[i];
        size_t at = wio_names_find(names, code);
        if (at == SIZE_MAX) {
            const char *nearest = wio_nearest(code, (const char *const *)names->code, names->count);
            return wio_fail(k->err, WIO_E_ARGUMENT,
                            "no line of the schedule has the authority "
                            "'%.60s'%s%s%s",
                            code, nearest != NULL ? " (did you mean '" : "",
                            nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
        }
        k->counts[at] = true;
    }
    return WIO_OK;
}

wio_status wio_rates(wio_result **out, const wio_schedule *schedule,
                     const wio_rates_options *options, wio_log *log, wio_error *err)
{
    if (out == NULL || schedule == NULL || options == NULL || options->date <= 0) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_rates: a schedule and a date are needed");
    }
    size_t authorities = schedule->authority.count;
    reckoning k = {.schedule = schedule, .options = options, .log = log, .err = err};
    wio_result *result = NULL;
    k.counts = wio_zalloc(authorities, sizeof *k.counts);
    k.on = wio_zalloc(authorities, sizeof *k.on);
    k.cells = wio_zalloc(schedule->sector.count, schedule->partner.count * sizeof *k.cells);
    wio_status status = k.counts != NULL && k.on != NULL && k.cells != NULL
                            ? choose(&k)
                            : wio_fail(err, WIO_E_MEMORY, "no memory for the rates");
    for (size_t i = 0; status == WIO_OK && i < schedule->entries; i++) {
        count_entry(&k, &schedule->entry[i]);
    }
    if (status == WIO_OK) {
        status = judge(&k);
    }
    if (status == WIO_OK) {
        status = wio_result_create(&result, err);
    }
    if (status == WIO_OK) {
        status = assemble(result, &k);
    }
    wio_free(k.counts);
    wio_free(k.on);
    wio_free(k.cells);
    if (status != WIO_OK) {
        wio_result_free(result);
        return status;
    }
    *out = result;
    return WIO_OK;
}
