/* import_satellite.c - satellites of another source join a table by a concordance.
 *
 *   value of (region, sector)  =  sum over sources s of  weight(s, region, sector) * value(s)
 *
 * The weights of a source must sum to 1. A source without a place, or with a place that is no
 * activity, is refused and named; an activity that gets nothing has a missing number, not 0. */
#include "import.h"

#include <math.h>
#include <string.h>

typedef struct link {
    size_t source; /* index in join.source */
    const char *region, *sector;
    double weight;
} link;

typedef struct join {
    wio_import *import;
    wio_columns satellite, concordance;
    wio_names source; /* "region\nsector" of the concordance */
    link *link;
    size_t links;
    wio_names seen; /* "region\nsector\naccount" of the satellites */
    size_t before;  /* accounts that the table had */
} join;

static const double WEIGHT_GAP = 1e-9; /* weights are written with nine digits or more */

static wio_status read_number(double *value, join *j, const wio_columns *list, size_t row)
{
    const char *text = wio_columns_cell(list, row, 4);
    if (wio_parse_double(value, text, strlen(text))) {
        return WIO_OK;
    }
    return wio_import_wrong(j->import, list->path, list->csv.line[row], list->at[4] + 1,
                            "'%.60s' is not a number (decimal point, no other separators)", text);
}

static const char *pair_of(join *j, const char *region, const char *sector)
{
    return wio_import_print(j->import, "%s\n%s", region, sector);
}

static wio_status read_link(join *j, size_t row)
{
    const wio_columns *list = &j->concordance;
    const char *cell[4];
    for (size_t i = 0; i < 4; i++) {
        cell[i] = wio_columns_cell(list, row, i);
    }
    link *l = &j->link[j->links++];
    l->region = cell[2];
    l->sector = cell[3];
    l->weight = 1.0;
    if (list->at[4] != SIZE_MAX) {
        if (read_number(&l->weight, j, list, row) == WIO_OK && l->weight < 0.0) {
            (void)wio_import_wrong(j->import, list->path, list->csv.line[row], list->at[4] + 1,
                                   "weight is %s: a share is not negative",
                                   wio_columns_cell(list, row, 4));
        }
    }
    const char *pair = pair_of(j, cell[0], cell[1]);
    wio_status status = pair != NULL ? wio_names_add(&j->source, pair, "") : WIO_E_MEMORY;
    if (status == WIO_E_MEMORY) {
        return wio_import_memory(j->import, "concordance");
    }
    l->source = wio_names_find(&j->source, pair);
    return WIO_OK;
}

static wio_status read_links(join *j)
{
    static const char *const names[] = {"region", "sector", "into_region", "into_sector", "weight"};
    const char *path = j->import->options->concordance;
    if (path == NULL) {
        return WIO_OK;
    }
    WIO_TRY(wio_import_list(&j->concordance, j->import, path, names, 4, 5));
    j->link = wio_zalloc(j->concordance.csv.rows, sizeof *j->link);
    if (j->link == NULL) {
        return wio_import_memory(j->import, "concordance");
    }
    for (size_t r = 1; r < j->concordance.csv.rows; r++) {
        WIO_TRY(read_link(j, r));
    }
    for (size_t s = 0; s < j->source.count; s++) {
        double sum = 0.0;
        for (size_t l = 0; l < j->links; l++) {
            sum += j->link[l].source == s ? j->link[l].weight : 0.0;
        }
        if (!(fabs(sum - 1.0) <= WEIGHT_GAP)) {
            char number[WIO_NUMBER_SIZE];
            const char *pair = j->source.code[s], *line = strchr(pair, '\n');
            (void)wio_import_wrong(
                j->import, path, 0, 0, "the weights of '%.*s,%s' sum to %s, not to 1",
                (int)(line - pair), pair, line + 1, wio_format_double(number, sum));
        }
    }
    return j->import->status;
}

/* The row of S for an account, which is made where it is new: all missing. */
static wio_status account_row(double **out, join *j, const char *account, const char *unit,
                              size_t line)
{
    wio_table *t = j->import->table;
    size_t k = wio_names_find(&t->account, account);
    if (k < j->before) {
        return wio_import_wrong(j->import, j->import->options->satellite, line, 1,
                                "the source has an account '%s' already", account);
    }
    if (k != SIZE_MAX && strcmp(t->account_unit[k], unit) != 0) {
        return wio_import_wrong(j->import, j->import->options->satellite, line,
                                j->satellite.at[3] + 1,
                                "the unit of account '%s' is '%s' here, but '%s' before", account,
                                unit, t->account_unit[k]);
    }
    if (k == SIZE_MAX) {
        k = t->k;
        double *S = wio_grow(t->S, k * t->n, (k + 1) * t->n, sizeof *S);
        if (S == NULL) {
            return wio_import_memory(j->import, "satellites");
        }
        t->S = S;
        char **units = wio_grow(t->account_unit, k, k + 1, sizeof *units);
        if (units == NULL) {
            return wio_import_memory(j->import, "satellites");
        }
        t->account_unit = units;
        units[k] = wio_strdup(unit);
        if (units[k] == NULL || wio_names_add(&t->account, account, account) != WIO_OK) {
            wio_free(units[k]);
            return wio_import_memory(j->import, "satellites");
        }
        t->k++;
        for (size_t i = 0; i < t->n; i++) {
            S[k * t->n + i] = (double)NAN;
        }
    }
    *out = t->S + k * t->n;
    return WIO_OK;
}

static size_t find_activity(const join *j, const char *region, const char *sector)
{
    const wio_table *t = j->import->table;
    size_t r = wio_names_find(&t->region, region), s = wio_names_find(&t->sector, sector);
    for (size_t i = 0; i < t->n && r != SIZE_MAX && s != SIZE_MAX; i++) {
        if (t->origin_region[i] == r && t->origin_sector[i] == s) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void add_to(join *j, double *row, const char *region, const char *sector, double value,
                   size_t line)
{
    size_t i = find_activity(j, region, sector);
    if (i == SIZE_MAX) {
        (void)wio_import_wrong(j->import, j->import->options->satellite, line, 1,
                               "'%s,%s' is no activity of the table%s", region, sector,
                               j->import->options->concordance != NULL ? " (from the concordance)"
                                                                       : ": give a concordance");
        return;
    }
    row[i] = (isnan(row[i]) ? 0.0 : row[i]) + value;
}

/* A line of satellites goes where its links say; "*" stands for any region, and for the same. */
static void spread(join *j, double *row, const char *region, const char *sector, double value,
                   size_t line)
{
    const char *exact = pair_of(j, region, sector), *any = pair_of(j, "*", sector);
    if (exact == NULL || any == NULL) {
        return;
    }
    size_t source = wio_names_find(&j->source, exact);
    source = source != SIZE_MAX ? source : wio_names_find(&j->source, any);
    if (source == SIZE_MAX) {
        (void)wio_import_wrong(j->import, j->import->options->satellite, line, 1,
                               "'%s,%s' is not in the concordance", region, sector);
        return;
    }
    for (size_t l = 0; l < j->links; l++) {
        const link *to = &j->link[l];
        if (to->source == source) {
            add_to(j, row, strcmp(to->region, "*") == 0 ? region : to->region, to->sector,
                   to->weight * value, line);
        }
    }
}

static wio_status read_satellite(join *j, size_t row)
{
    const wio_columns *list = &j->satellite;
    const char *cell[4];
    size_t line = list->csv.line[row];
    double value = 0.0, *account = NULL;
    for (size_t i = 0; i < 4; i++) {
        cell[i] = wio_columns_cell(list, row, i);
    }
    if (read_number(&value, j, list, row) != WIO_OK) {
        return WIO_OK; /* logged */
    }
    const char *key = wio_import_print(j->import, "%s\n%s\n%s", cell[0], cell[1], cell[2]);
    wio_status status = key != NULL ? wio_names_add(&j->seen, key, "") : WIO_E_MEMORY;
    if (status == WIO_E_MEMORY) {
        return wio_import_memory(j->import, "satellites");
    }
    if (status != WIO_OK) {
        (void)wio_import_wrong(j->import, list->path, line, 1, "'%s,%s' has the account '%s' twice",
                               cell[0], cell[1], cell[2]);
        return WIO_OK;
    }
    status = account_row(&account, j, cell[2], cell[3], line);
    if (status != WIO_OK) {
        return status == WIO_E_MEMORY ? status : WIO_OK; /* logged */
    }
    if (j->import->options->concordance != NULL) {
        spread(j, account, cell[0], cell[1], value, line);
    } else {
        add_to(j, account, cell[0], cell[1], value, line);
    }
    return WIO_OK;
}

static wio_status read_join(join *j)
{
    static const char *const names[] = {"region", "sector", "account", "unit", "value"};
    wio_import *import = j->import;
    WIO_TRY(read_links(j));
    WIO_TRY(wio_import_list(&j->satellite, import, import->options->satellite, names, 5, 5));
    j->before = import->table->k;
    for (size_t r = 1; r < j->satellite.csv.rows; r++) {
        WIO_TRY(read_satellite(j, r));
        if (import->status == WIO_E_MEMORY) {
            return WIO_E_MEMORY;
        }
    }
    for (size_t k = j->before; k < import->table->k; k++) {
        size_t missing = 0;
        for (size_t i = 0; i < import->table->n; i++) {
            missing += isnan(import->table->S[k * import->table->n + i]) ? 1 : 0;
        }
        wio_import_note(import, "account '%s' joined from %s: %zu of %zu activities have none",
                        import->table->account.code[k], import->options->satellite, missing,
                        import->table->n);
    }
    return import->status;
}

wio_status wio_import_satellite(wio_import *import)
{
    if (import->options->satellite == NULL) {
        return import->options->concordance == NULL
                   ? WIO_OK
                   : wio_fail(import->err, WIO_E_ARGUMENT, "a concordance needs a satellite");
    }
    join j = {.import = import};
    wio_status status = read_join(&j);
    wio_columns_close(&j.satellite);
    wio_columns_close(&j.concordance);
    wio_names_free(&j.source);
    wio_names_free(&j.seen);
    wio_free(j.link);
    return status;
}
