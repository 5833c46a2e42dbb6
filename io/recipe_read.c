/* recipe_read.c - the recipe of a new sector from a CSV file: what it buys, sells and employs. */
#include "table_lines.h"

#include <math.h>
#include <string.h>

enum { KIND, REGION, LABEL, VALUE, NAMES };

static const char *const KINDS[] = {"input", "sale", "account"};

void wio_recipe_free(wio_recipe *recipe)
{
    if (recipe != NULL) {
        wio_free(recipe->inputs);
        wio_free(recipe->sales);
        wio_free(recipe->accounts);
        wio_free(recipe);
    }
}

/* The number that a line gives, NULL where it names none. line: where each was before. */
static double *place_of(wio_recipe *recipe, size_t **line, size_t *lines, wio_lines *r, size_t row)
{
    const char *kind = wio_columns_cell(&r->file, row, KIND);
    if (strcmp(kind, "input") == 0) {
        size_t i = wio_lines_row(r, row, REGION, LABEL);
        *line = i != SIZE_MAX ? &lines[i] : NULL;
        return i != SIZE_MAX ? &recipe->inputs[i] : NULL;
    }
    if (strcmp(kind, "sale") == 0) {
        size_t j = wio_lines_column(r, row, REGION, LABEL);
        *line = j != SIZE_MAX ? &lines[r->rows + j] : NULL;
        return j != SIZE_MAX ? &recipe->sales[j] : NULL;
    }
    if (strcmp(kind, "account") == 0) {
        size_t k = wio_columns_code(&r->file, row, LABEL, "account", &r->table->account);
        if (*wio_columns_cell(&r->file, row, REGION) != '\0') {
            wio_columns_wrong(&r->file, row, REGION, "an account has no region");
        }
        *line = k != SIZE_MAX ? &lines[r->rows + r->columns + k] : NULL;
        return k != SIZE_MAX ? &recipe->accounts[k] : NULL;
    }
    const char *near = wio_nearest(kind, KINDS, sizeof KINDS / sizeof KINDS[0]);
    wio_columns_wrong(&r->file, row, KIND,
                      "'%.60s' is no kind of line: input, sale or account%s%s%s", kind,
                      near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
                      near != NULL ? "'?)" : "");
    return NULL;
}

static wio_status read_lines(wio_recipe *recipe, size_t *lines, wio_lines *r)
{
    size_t rows = r->file.mistakes ? 0 : r->file.csv.rows;
    for (size_t row = 1; row < rows; row++) {
        size_t *line = NULL;
        double value = 0.0;
        if (!wio_columns_whole(&r->file, row)) {
            continue;
        }
        double *to = place_of(recipe, &line, lines, r, row);
        bool good = wio_columns_number(&value, &r->file, row, VALUE, "value", NULL);
        if (to != NULL &&
            wio_columns_once(line, &r->file, row, LABEL, wio_columns_cell(&r->file, row, REGION),
                             wio_columns_cell(&r->file, row, LABEL)) &&
            good) {
            *to = value;
        }
    }
    return r->file.mistakes ? WIO_E_FORMAT : WIO_OK;
}

static wio_status make_room(wio_recipe **out, size_t **lines, const wio_lines *r, wio_error *err)
{
    size_t k = r->table->k;
    wio_recipe *recipe = wio_zalloc(1, sizeof *recipe);
    *lines = wio_zalloc(r->rows + r->columns + k, sizeof **lines);
    if (recipe != NULL) {
        recipe->inputs = wio_zalloc(r->rows, sizeof *recipe->inputs);
        recipe->sales = wio_zalloc(r->columns, sizeof *recipe->sales);
        recipe->accounts = wio_zalloc(k, sizeof *recipe->accounts);
    }
    *out = recipe;
    if (recipe == NULL || *lines == NULL || recipe->inputs == NULL || recipe->sales == NULL ||
        recipe->accounts == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "a recipe of %zu inputs and %zu sales", r->rows,
                        r->columns);
    }
    for (size_t i = 0; i < k; i++) {
        recipe->accounts[i] = NAN;
    }
    return WIO_OK;
}

wio_status wio_recipe_read(wio_recipe **out, const wio_table *table, const char *path, wio_log *log,
                           wio_error *err)
{
    static const char *const names[NAMES] = {"kind", "region", "label", "value"};
    if (out == NULL || table == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_recipe_read: NULL argument");
    }
    wio_lines r = wio_lines_of(table, WIO_BALANCE_TABLE, 0);
    wio_recipe *recipe = NULL;
    size_t *lines = NULL;
    wio_status status = make_room(&recipe, &lines, &r, err);
    if (status == WIO_OK) {
        status = wio_columns_open(&r.file, path, names, NAMES, NAMES, log, err);
        status = status == WIO_OK ? read_lines(recipe, lines, &r) : status;
        wio_columns_close(&r.file);
    }
    wio_free(lines);
    if (status != WIO_OK) {
        wio_recipe_free(recipe);
        return status;
    }
    *out = recipe;
    return WIO_OK;
}
