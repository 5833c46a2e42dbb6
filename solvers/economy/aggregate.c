/* aggregate.c - a table with other regions and sectors: Z* = S Z S', with S [m* x m] the shares of
 * old rows in new ones (Miller & Blair, 3rd ed., section 4.9).
 *
 * An origin (region, sector) becomes the pairs of what its region and its sector become, with the
 * product of their shares. A satellite that a member with output lacks is missing in the sum, or,
 * where that is asked for, the sum of the others with a note that it is a lower bound. */
#include "frames.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct work {
    const wio_table *from;
    wio_table_file *file; /* where its Z is; NULL: in memory */
    wio_table *to;
    const wio_aggregate_options *options;
    mapping region, sector, origin, final;
    size_t *at;     /* [new regions x new sectors] new origin, SIZE_MAX */
    double *bought; /* [m x regions] for further files: what a region buys of an origin */
    wio_log *log;
    wio_error *err;
} work;

static wio_status refuse(work *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static wio_status refuse(work *w, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(w->log, WIO_ERROR, NULL, 0, 0, "%s", message);
    return wio_fail(w->err, WIO_E_TABLE, "%s", message);
}

static wio_status no_memory(work *w)
{
    return wio_fail(w->err, WIO_E_MEMORY, "an aggregated table");
}

/* New regions: all of one kind, all recorded at the same valuation. */
static wio_status set_regions(work *w)
{
    wio_table *to = w->to;
    const size_t count = to->region.count;
    size_t *first = wio_alloc(count, sizeof *first);
    to->endogenous = wio_zalloc(count, sizeof *to->endogenous);
    to->valuation = wio_zalloc(count, sizeof *to->valuation);
    wio_status status =
        first != NULL && to->endogenous != NULL && to->valuation != NULL ? WIO_OK : no_memory(w);
    for (size_t r = 0; status == WIO_OK && r < count; r++) {
        first[r] = SIZE_MAX;
    }
    for (size_t r = 0; status == WIO_OK && r < w->region.sources; r++) {
        for (size_t k = w->region.start[r]; k < w->region.start[r + 1]; k++) {
            size_t R = w->region.to[k];
            if (first[R] == SIZE_MAX) {
                first[R] = r;
                to->endogenous[R] = w->from->endogenous[r];
                to->valuation[R] = w->from->valuation[r];
            } else if (to->endogenous[R] != w->from->endogenous[r]) {
                status = refuse(
                    w, "%s cannot be one region: %s has production columns and %s has not",
                    to->region.code[R], w->from->region.code[to->endogenous[R] ? first[R] : r],
                    w->from->region.code[to->endogenous[R] ? r : first[R]]);
            } else if (to->valuation[R] != w->from->valuation[r]) {
                status = refuse(w,
                                "%s cannot be one region: imports from %s are recorded at %s, "
                                "those from %s at %s",
                                to->region.code[R], w->from->region.code[first[R]],
                                wio_valuation_name(to->valuation[R]), w->from->region.code[r],
                                wio_valuation_name(w->from->valuation[r]));
            }
        }
    }
    wio_free(first);
    return status;
}

static wio_status map_room(work *w, mapping *map, size_t sources, size_t entries)
{
    map->sources = sources;
    map->start = wio_zalloc(sources + 1, sizeof *map->start);
    map->to = wio_alloc(entries, sizeof *map->to);
    map->weight = wio_alloc(entries, sizeof *map->weight);
    return map->start != NULL && map->to != NULL && map->weight != NULL ? WIO_OK : no_memory(w);
}

static size_t targets_of(const mapping *map, size_t source)
{
    return map->start[source + 1] - map->start[source];
}

/* Marks the new origins that an old one reaches, and counts the entries. */
static size_t mark_origins(work *w)
{
    const wio_table *from = w->from;
    const size_t sectors = w->to->sector.count;
    size_t entries = 0;
    for (size_t i = 0; i < from->m; i++) {
        size_t r = from->origin_region[i], s = from->origin_sector[i];
        for (size_t k = w->region.start[r]; k < w->region.start[r + 1]; k++) {
            for (size_t l = w->sector.start[s]; l < w->sector.start[s + 1]; l++) {
                w->at[w->region.to[k] * sectors + w->sector.to[l]] = 0;
            }
        }
        entries += targets_of(&w->region, r) * targets_of(&w->sector, s);
    }
    return entries;
}

/* Numbers of the new origins: those of endogenous regions first. */
static wio_status number_origins(work *w)
{
    wio_table *to = w->to;
    const size_t sectors = to->sector.count, cells = to->region.count * sectors;
    to->origin_region = wio_alloc(cells, sizeof *to->origin_region);
    to->origin_sector = wio_alloc(cells, sizeof *to->origin_sector);
    if (to->origin_region == NULL || to->origin_sector == NULL) {
        return no_memory(w);
    }
    for (int endogenous = 1; endogenous >= 0; endogenous--) {
        for (size_t k = 0; k < cells; k++) {
            if (to->endogenous[k / sectors] == (endogenous == 1) && w->at[k] != SIZE_MAX) {
                to->origin_region[to->m] = k / sectors;
                to->origin_sector[to->m] = k % sectors;
                w->at[k] = to->m++;
            }
        }
        to->n = endogenous == 1 ? to->m : to->n;
    }
    return WIO_OK;
}

static wio_status map_origins(work *w)
{
    const wio_table *from = w->from;
    size_t sectors = w->to->sector.count, cells;
    if (__builtin_mul_overflow(sectors, w->to->region.count, &cells) ||
        (w->at = wio_alloc(cells, sizeof *w->at)) == NULL) {
        return no_memory(w);
    }
    memset(w->at, 0xff, cells * sizeof *w->at); /* SIZE_MAX */
    size_t entries = mark_origins(w), at = 0;
    WIO_TRY(number_origins(w));
    WIO_TRY(map_room(w, &w->origin, from->m, entries));
    for (size_t i = 0; i < from->m; i++) {
        size_t r = from->origin_region[i], s = from->origin_sector[i];
        for (size_t k = w->region.start[r]; k < w->region.start[r + 1]; k++) {
            for (size_t l = w->sector.start[s]; l < w->sector.start[s + 1]; l++) {
                w->origin.to[at] = w->at[w->region.to[k] * sectors + w->sector.to[l]];
                w->origin.weight[at++] = w->region.weight[k] * w->sector.weight[l];
            }
        }
        w->origin.start[i + 1] = at;
    }
    w->origin.targets = w->to->m;
    return WIO_OK;
}

/* Final columns: the same uses by new regions, in their order. */
static wio_status map_final(work *w)
{
    const wio_table *from = w->from;
    wio_table *to = w->to;
    size_t entries = 0, cells = to->region.count * from->use.count, at = 0;
    size_t *column = wio_alloc(cells, sizeof *column);
    for (size_t c = 0; c < from->f; c++) {
        entries += targets_of(&w->region, from->final_region[c]);
    }
    to->final_region = wio_alloc(entries, sizeof *to->final_region);
    to->final_use = wio_alloc(entries, sizeof *to->final_use);
    wio_status status = map_room(w, &w->final, from->f, entries);
    if (status != WIO_OK || column == NULL || to->final_region == NULL || to->final_use == NULL) {
        wio_free(column);
        return status != WIO_OK ? status : no_memory(w);
    }
    memset(column, 0xff, cells * sizeof *column);
    for (size_t c = 0; c < from->f; c++) {
        size_t r = from->final_region[c];
        for (size_t k = w->region.start[r]; k < w->region.start[r + 1]; k++) {
            column[w->region.to[k] * from->use.count + from->final_use[c]] = 0;
        }
    }
    for (size_t k = 0; k < cells; k++) {
        if (column[k] != SIZE_MAX) {
            to->final_region[to->f] = k / from->use.count;
            to->final_use[to->f] = k % from->use.count;
            column[k] = to->f++;
        }
    }
    for (size_t c = 0; c < from->f; c++) {
        size_t r = from->final_region[c];
        for (size_t k = w->region.start[r]; k < w->region.start[r + 1]; k++) {
            w->final.to[at] = column[w->region.to[k] * from->use.count + from->final_use[c]];
            w->final.weight[at++] = w->region.weight[k];
        }
        w->final.start[c + 1] = at;
    }
    w->final.targets = to->f;
    wio_free(column);
    return WIO_OK;
}

/* to [targets of columns] += scale * row, its columns mapped. */
static void add_row(double *to, const double *row, const mapping *columns, size_t count,
                    double scale)
{
    for (size_t j = 0; j < count; j++) {
        if (row[j] == 0.0) {
            continue;
        }
        for (size_t k = columns->start[j]; k < columns->start[j + 1]; k++) {
            to[columns->to[k]] += scale * columns->weight[k] * row[j];
        }
    }
}

/* Rows of Z as they come, in memory all at once. */
static wio_status add_rows(void *context, size_t first, size_t count, const double *Z)
{
    work *w = context;
    for (size_t i = first; i < first + count; i++) {
        for (size_t k = w->origin.start[i]; k < w->origin.start[i + 1]; k++) {
            add_row(w->to->Z + w->origin.to[k] * w->to->n, Z + (i - first) * w->from->n, &w->origin,
                    w->from->n, w->origin.weight[k]);
        }
    }
    if (w->bought != NULL) {
        wio_frame_bought(w->bought, w->from, first, count, Z);
    }
    return WIO_OK;
}

static wio_status add_flows(work *w)
{
    const wio_table *from = w->from;
    wio_table *to = w->to;
    size_t cells, final;
    if (__builtin_mul_overflow(to->m, to->n, &cells) ||
        __builtin_mul_overflow(to->m, to->f, &final)) {
        return no_memory(w);
    }
    to->Z = wio_zalloc(cells, sizeof *to->Z);
    to->Y = wio_zalloc(final, sizeof *to->Y);
    to->P = wio_zalloc(to->p * to->n, sizeof *to->P);
    if (from->frames != 0 && !__builtin_mul_overflow(from->m, from->region.count, &cells)) {
        w->bought = wio_zalloc(cells, sizeof *w->bought);
    }
    if (to->Z == NULL || to->Y == NULL || to->P == NULL ||
        (from->frames != 0 && w->bought == NULL)) {
        return no_memory(w);
    }
    WIO_TRY(w->file != NULL ? wio_table_pass(w->file, add_rows, w, w->log, w->err)
                            : add_rows(w, 0, from->m, from->Z));
    for (size_t i = 0; i < from->m; i++) {
        for (size_t k = w->origin.start[i]; k < w->origin.start[i + 1]; k++) {
            add_row(to->Y + w->origin.to[k] * to->f, from->Y + i * from->f, &w->final, from->f,
                    w->origin.weight[k]);
        }
    }
    for (size_t i = 0; i < from->p; i++) {
        add_row(to->P + i * to->n, from->P + i * from->n, &w->origin, from->n, 1.0);
    }
    return WIO_OK;
}

static wio_status add_satellite_note(work *w, size_t account, size_t J, const char *text)
{
    wio_table *to = w->to;
    char **grown = wio_grow(to->satellite_note, 4 * to->satellite_notes,
                            4 * (to->satellite_notes + 1), sizeof *grown);
    if (grown == NULL) {
        return no_memory(w);
    }
    to->satellite_note = grown;
    char **note = grown + 4 * to->satellite_notes;
    note[0] = wio_strdup(to->account.code[account]);
    note[1] = wio_strdup(to->region.code[to->origin_region[J]]);
    note[2] = wio_strdup(to->sector.code[to->origin_sector[J]]);
    note[3] = wio_strdup(text);
    to->satellite_notes++;
    return note[0] != NULL && note[1] != NULL && note[2] != NULL && note[3] != NULL ? WIO_OK
                                                                                    : no_memory(w);
}

/* One account: covered and whole [n*] are outputs with a number, and all; missing counts members. */
static wio_status add_account(work *w, size_t account, double *covered, double *whole)
{
    const wio_table *from = w->from;
    wio_table *to = w->to;
    double *S = to->S + account * to->n;
    memset(covered, 0, to->n * sizeof *covered);
    memset(whole, 0, to->n * sizeof *whole);
    for (size_t j = 0; j < from->n; j++) {
        double value = from->S[account * from->n + j];
        for (size_t k = w->origin.start[j]; k < w->origin.start[j + 1]; k++) {
            size_t J = w->origin.to[k];
            double output = w->origin.weight[k] * from->x[j];
            whole[J] += output;
            covered[J] += isnan(value) ? 0.0 : output;
            S[J] += isnan(value) ? 0.0 : w->origin.weight[k] * value;
        }
    }
    for (size_t J = 0; J < to->n; J++) {
        if (covered[J] == whole[J] && whole[J] > 0.0) {
            continue;
        }
        if (covered[J] == 0.0 || !w->options->lower_bounds) {
            S[J] = NAN; /* an inactive activity has none either */
            continue;
        }
        char text[120], share[WIO_NUMBER_SIZE];
        (void)snprintf(share, sizeof share, "%.4g", 100.0 * covered[J] / whole[J]);
        (void)snprintf(text, sizeof text, "lower bound: members with %s %% of output have a number",
                       share);
        WIO_TRY(add_satellite_note(w, account, J, text));
    }
    return WIO_OK;
}

static wio_status add_satellites(work *w)
{
    wio_table *to = w->to;
    to->S = wio_zalloc(to->k * to->n, sizeof *to->S);
    double *room = wio_zalloc(2 * to->n, sizeof *room);
    wio_status status = to->S != NULL && room != NULL ? WIO_OK : no_memory(w);
    for (size_t a = 0; status == WIO_OK && a < to->k; a++) {
        status = add_account(w, a, room, room + to->n);
    }
    wio_free(room);
    if (status == WIO_OK && w->from->satellite_notes != 0) {
        status = wio_table_note(to, w->err,
                                "Notes on satellites of the table before (%zu cells) were not "
                                "carried over: see that table.",
                                w->from->satellite_notes);
    }
    return status;
}

/* A group keeps a new sector when every member that the sector has is in the group. */
static wio_status map_group(work *w, const wio_group *old)
{
    const size_t sectors = w->to->sector.count;
    size_t *inside = wio_zalloc(2 * sectors, sizeof *inside), *outside = NULL;
    wio_group *group = &w->to->group[w->to->groups];
    if (inside == NULL) {
        return no_memory(w);
    }
    outside = inside + sectors;
    for (size_t s = 0; s < w->sector.sources; s++) {
        bool in = false;
        for (size_t k = 0; k < old->count; k++) {
            in = in || old->sector[k] == s;
        }
        for (size_t k = w->sector.start[s]; k < w->sector.start[s + 1]; k++) {
            (in ? inside : outside)[w->sector.to[k]]++;
        }
    }
    group->code = wio_strdup(old->code);
    group->sector = wio_alloc(sectors, sizeof *group->sector);
    w->to->groups++;
    wio_status status = group->code != NULL && group->sector != NULL ? WIO_OK : no_memory(w);
    for (size_t S = 0; status == WIO_OK && S < sectors; S++) {
        if (inside[S] != 0 && outside[S] == 0) {
            group->sector[group->count++] = S;
        } else if (inside[S] != 0) {
            wio_find(w->log, WIO_WARNING, NULL, 0, 0,
                     "group %s loses %s: %zu of its %zu members are not in the group", old->code,
                     w->to->sector.code[S], outside[S], inside[S] + outside[S]);
        }
    }
    if (status == WIO_OK && group->count == 0) {
        wio_find(w->log, WIO_WARNING, NULL, 0, 0, "group %s has no whole sector left: left out",
                 old->code);
        wio_free(group->code);
        wio_free(group->sector);
        *group = (wio_group){0};
        w->to->groups--;
    }
    wio_free(inside);
    return status;
}

static wio_status map_groups(work *w)
{
    w->to->group = wio_zalloc(w->from->groups, sizeof *w->to->group);
    if (w->to->group == NULL) {
        return no_memory(w);
    }
    for (size_t g = 0; g < w->from->groups; g++) {
        WIO_TRY(map_group(w, &w->from->group[g]));
    }
    return WIO_OK;
}

static wio_status build(work *w, const wio_concordance *regions, const wio_concordance *sectors)
{
    const wio_table *from = w->from;
    wio_table *to = w->to;
    WIO_TRY(wio_table_copy_head(to, from, w->err));
    WIO_TRY(wio_table_copy_labels(to, from, w->err));
    wio_status r = wio_mapping_codes(&w->region, &to->region, &from->region, regions, "region",
                                     w->log, w->err);
    wio_status s = wio_mapping_codes(&w->sector, &to->sector, &from->sector, sectors, "sector",
                                     w->log, w->err);
    if (r != WIO_OK || s != WIO_OK) { /* the mistakes of both are in the log */
        return r != WIO_OK ? r : s;
    }
    WIO_TRY(set_regions(w));
    WIO_TRY(map_origins(w));
    WIO_TRY(map_final(w));
    WIO_TRY(add_flows(w));
    WIO_TRY(add_satellites(w));
    WIO_TRY(map_groups(w));
    WIO_TRY(wio_frames_aggregate(to, from, w->bought, &w->region, &w->sector, w->options, w->log,
                                 w->err));
    WIO_TRY(wio_table_note(to, w->err,
                           "Aggregated from %s: %zu activities (%zu regions, %zu sectors) became "
                           "%zu (%zu, %zu).",
                           from->name, from->n, from->region.count, from->sector.count, to->n,
                           to->region.count, to->sector.count));
    WIO_TRY(wio_table_entitle(to, w->err, "aggregated", "aggregated: regions %zu, sectors %zu",
                              to->region.count, to->sector.count));
    return wio_table_finish(to, w->log, w->err);
}

static size_t count_split(const mapping *map)
{
    size_t count = 0;
    for (size_t i = 0; i < map->sources; i++) {
        count += targets_of(map, i) > 1;
    }
    return count;
}

static wio_status aggregate(wio_table **out, work *w, const wio_concordance *regions,
                            const wio_concordance *sectors, wio_aggregate_report *report)
{
    wio_aggregate_report made = {
        .hatanaka = NAN, .multiplier_bias = NAN, .multiplier_mean = NAN, .demand_bias = NAN};
    w->to = wio_zalloc(1, sizeof *w->to);
    wio_status status = w->to != NULL ? build(w, regions, sectors) : no_memory(w);
    if (status == WIO_OK) {
        made.n_before = w->from->n;
        made.n_after = w->to->n;
        made.split = count_split(&w->region) + count_split(&w->sector);
    }
    if (status == WIO_OK && w->options->bias) {
        status = wio_aggregate_bias(&made, w->from, w->to, &w->origin, w->log, w->err);
    }
    wio_mapping_free(&w->region);
    wio_mapping_free(&w->sector);
    wio_mapping_free(&w->origin);
    wio_mapping_free(&w->final);
    wio_free(w->at);
    wio_free(w->bought);
    if (status != WIO_OK) {
        wio_table_free(w->to);
        return status;
    }
    if (report != NULL) {
        *report = made;
    }
    *out = w->to;
    return WIO_OK;
}

static const wio_aggregate_options standard = {0};

wio_status wio_table_aggregate(wio_table **out, const wio_table *table,
                               const wio_concordance *regions, const wio_concordance *sectors,
                               const wio_aggregate_options *options, wio_aggregate_report *report,
                               wio_log *log, wio_error *err)
{
    if (out == NULL || table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_aggregate: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    work w = {
        .from = table, .options = options != NULL ? options : &standard, .log = log, .err = err};
    return aggregate(out, &w, regions, sectors, report);
}

wio_status wio_table_file_aggregate(wio_table **out, wio_table_file *file,
                                    const wio_concordance *regions, const wio_concordance *sectors,
                                    const wio_aggregate_options *options,
                                    wio_aggregate_report *report, wio_log *log, wio_error *err)
{
    if (out == NULL || file == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_file_aggregate: NULL argument");
    }
    if (options != NULL && options->bias) {
        return wio_fail(err, WIO_E_UNSUPPORTED,
                        "the bias of an aggregation needs the table in memory: open it, or leave "
                        "the bias out");
    }
    work w = {.from = file->table,
              .file = file,
              .options = options != NULL ? options : &standard,
              .log = log,
              .err = err};
    return aggregate(out, &w, regions, sectors, report);
}
