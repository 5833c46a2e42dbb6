/* study_plant.c - a kind of new plant: what it belongs to, what it uses, what building it buys
 * (MODEL S2).
 *
 *   bridge_i        = sum over kinds k of share_k b_ki
 *   local_content_i = sum_k share_k b_ki lc_ki / bridge_i
 *
 * with the products b_k of each kind typed, or as a final use of the table buys them, imports
 * included. Negative cells of a use (used goods sold) are left out, with a note. */
#include "study_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void wio_plant_clear(wio_plant *plant)
{
    wio_free(plant->recipe);
    wio_free(plant->bridge);
    wio_free(plant->local_content);
    wio_free(plant->import_share);
    *plant = (wio_plant){0};
}

/* A kind of capital: its share, its products, the use it is bought as. */
typedef struct kind {
    const char *name;
    double share;
    double *product; /* [sectors] sums to 1 */
    size_t column;   /* final column, or SIZE_MAX */
} kind;

enum { MAX_KINDS = 16 };

typedef struct row { /* of plants.csv or its like */
    const wio_frame *frame;
    size_t at;
    const wio_node *node;
} row;

/* A number of the row, NaN when there is no row, column or value. */
static double from_row(wio_binder *b, const row *r, const char *column)
{
    size_t at = r->frame != NULL ? wio_frame_column(r->frame, column) : SIZE_MAX;
    double value = NAN;
    if (at != SIZE_MAX) {
        (void)wio_bind_cell(b, r->node, r->frame, r->at, at, &value);
    }
    return value;
}

static bool find_row(wio_binder *b, const wio_node *node, row *out)
{
    const wio_node *from = wio_node_get(node, "from");
    const char *file = wio_bind_word(from, "file"), *plant = wio_bind_word(from, "plant");
    *out = (row){.node = from};
    if (file == NULL || plant == NULL) {
        return from == NULL;
    }
    const wio_frame *frame = wio_bind_frame(b, wio_node_get(from, "file"), file);
    if (frame == NULL) {
        return false;
    }
    const wio_node *at = wio_node_get(from, "plant");
    size_t column = wio_bind_frame_column(b, at, frame, "plant");
    const char **word = wio_bind_zalloc(b, frame->rows, sizeof *word);
    for (size_t r = 0; column != SIZE_MAX && word != NULL && r < frame->rows; r++) {
        word[r] = frame->cell[r * frame->columns + column];
        if (strcmp(word[r], plant) == 0) {
            out->frame = frame;
            out->at = r;
        }
    }
    if (column != SIZE_MAX && word != NULL && out->frame == NULL) {
        const char *nearest = wio_nearest(plant, word, frame->rows);
        if (nearest != NULL) {
            wio_bind_wrong(b, at, "%s has no plant '%.60s' (did you mean '%s'?)", file, plant,
                           nearest);
        } else {
            wio_bind_wrong(b, at, "%s has no plant '%.60s'", file, plant);
        }
    }
    wio_free(word);
    return out->frame != NULL;
}

/* The activity the plant belongs to. */
static bool bind_activity(wio_binder *b, const wio_node *node, const row *r, wio_plant *out)
{
    const wio_table *table = b->table;
    const wio_node *like = wio_node_get(node, "like"), *at = like;
    const char *code = wio_bind_word(node, "like");
    size_t region =
        wio_node_get(node, "region") != NULL ? wio_bind_region(b, node, "region") : b->home;
    if (code == NULL && r->frame != NULL && wio_frame_column(r->frame, "base_sector") != SIZE_MAX) {
        code =
            r->frame->cell[r->at * r->frame->columns + wio_frame_column(r->frame, "base_sector")];
        at = r->node;
    }
    if (code == NULL) {
        if (like == NULL) {
            wio_bind_missing(b, node, "missing key 'like' in plant: the sector it belongs to");
        }
        return false;
    }
    if (b->home == SIZE_MAX) {
        wio_bind_wrong(b, node, "plants need a table with one region that produces");
        return false;
    }
    size_t sector = wio_bind_sector(b, at, code);
    if (sector == SIZE_MAX || region == SIZE_MAX) {
        return false;
    }
    out->activity = wio_table_origin(table, region, sector);
    if (out->activity >= table->n || !(table->x[out->activity] > 0.0)) {
        wio_bind_wrong(b, at, "%s does not produce %s", table->region.code[region], code);
        return false;
    }
    return true;
}

/* Inputs per unit of output by origin: the sector's column, or a recipe by product that is split
 * over origins as that sector buys the product (as the region does, where it buys none). */
static bool bind_recipe(wio_binder *b, const wio_node *node, wio_plant *out)
{
    const wio_table *table = b->table;
    const wio_node *recipe = wio_node_get(node, "recipe");
    size_t j = out->activity, region = table->origin_region[j];
    for (size_t o = 0; recipe == NULL && o < table->m; o++) {
        out->recipe[o] = table->Z[o * table->n + j] / table->x[j];
    }
    if (recipe == NULL) {
        return true;
    }
    double *input = wio_bind_take(b, table->sector.count), *share = wio_bind_take(b, table->m);
    if (b->failed || !wio_bind_by_sector(b, recipe, WIO_UNIT_SHARE, input)) {
        return false;
    }
    double sum = 0.0;
    for (size_t s = 0; s < table->sector.count; s++) {
        if (isnan(input[s]) || input[s] == 0.0) {
            continue;
        }
        double total = 0.0;
        for (size_t o = 0; o < table->m; o++) {
            double used = table->origin_sector[o] == s ? table->Z[o * table->n + j] : 0.0;
            share[o] = used > 0.0 ? used : 0.0;
            total += share[o];
        }
        if (!(total > 0.0) && !wio_bind_origins(share, table, region, s, SIZE_MAX)) {
            wio_bind_wrong(b, recipe, "nobody in %s uses %s in this table",
                           table->region.code[region], table->sector.code[s]);
            return false;
        }
        for (size_t o = 0; o < table->m; o++) {
            out->recipe[o] += input[s] * share[o] / (total > 0.0 ? total : 1.0);
        }
        sum += input[s];
    }
    if (sum > 1.0 + 1e-9) {
        char text[WIO_NUMBER_SIZE];
        wio_bind_wrong(b, recipe, "recipe uses %s of inputs per unit of output: more than it sells",
                       wio_format_double(text, round(sum * 1e12) / 1e12));
        return false;
    }
    return true;
}

static double primary(const wio_table *table, size_t j, wio_role role)
{
    double sum = 0.0;
    for (size_t i = 0; i < table->p; i++) {
        sum += table->item_role[i] == role ? table->P[i * table->n + j] : 0.0;
    }
    return sum / table->x[j];
}

static bool bind_numbers(wio_binder *b, const wio_node *node, const row *r, wio_plant *out)
{
    const wio_table *table = b->table;
    size_t j = out->activity, account = wio_table_jobs(table);
    double jobs = from_row(b, r, "jobs_per_musd_output");
    double per_capital = from_row(b, r, "output_per_capex");
    if (isnan(jobs) && account != SIZE_MAX) {
        jobs = table->S[account * table->n + j] / table->x[j];
    }
    /* tables without a split of value added: all of it counts as surplus */
    double surplus = primary(table, j, WIO_ROLE_SURPLUS) + primary(table, j, WIO_ROLE_VALUE_ADDED);
    out->jobs = wio_bind_number(node, "jobs_per_musd", WIO_UNIT_NONNEGATIVE, jobs);
    out->compensation = wio_bind_number(node, "compensation", WIO_UNIT_SHARE,
                                        primary(table, j, WIO_ROLE_COMPENSATION));
    out->surplus = wio_bind_number(node, "surplus", WIO_UNIT_SHARE, surplus);
    out->capital_output =
        wio_bind_number(node, "capital_output", WIO_UNIT_NONNEGATIVE, 1.0 / per_capital);
    if (isnan(out->jobs) && wio_node_get(node, "jobs_per_musd") == NULL) {
        wio_bind_missing(b, node,
                         "missing key 'jobs_per_musd': the table does not know the jobs of %s",
                         table->sector.code[table->origin_sector[j]]);
    }
    if (isnan(out->capital_output) && wio_node_get(node, "capital_output") == NULL) {
        wio_bind_missing(b, node,
                         "missing key 'capital_output' in plant: capital per unit of yearly "
                         "output");
    } else if (!(out->capital_output > 0.0)) {
        if (out->capital_output <= 0.0) {
            wio_bind_wrong(b, wio_node_get(node, "capital_output"),
                           "capital_output has to be above 0");
        }
        return false;
    }
    return !isnan(out->jobs + out->compensation + out->surplus + out->capital_output);
}

/* --- the bridge -------------------------------------------------------------------------------------- */

/* The final column of the region for a kind of capital: a use of its name, or its usual code. */
static size_t use_column(const wio_table *table, size_t region, const char *name)
{
    static const char *const usual[][2] = {
        {"equipment", "EQUIP"}, {"structures", "STRUCT"}, {"ipp", "IPP"}};
    size_t use = wio_names_find(&table->use, name);
    for (size_t i = 0; use == SIZE_MAX && i < 3; i++) {
        if (strcmp(name, usual[i][0]) == 0) {
            use = wio_names_find(&table->use, usual[i][1]);
        }
    }
    for (size_t c = 0; use != SIZE_MAX && c < table->f; c++) {
        if (table->final_region[c] == region && table->final_use[c] == use) {
            return c;
        }
    }
    return SIZE_MAX;
}

static bool bind_kinds(wio_binder *b, const wio_node *node, const row *r, kind *kinds,
                       size_t *count)
{
    static const char *const column[][2] = {
        {"structures", "structures_share"}, {"equipment", "equipment_share"}, {"ipp", "ipp_share"}};
    const wio_node *bridge = wio_bind_unwrap(wio_node_get(node, "bridge"));
    const wio_node *at = bridge != NULL ? bridge : r->node;
    double sum = 0.0;
    *count = 0;
    for (size_t i = 0; bridge == NULL && i < 3; i++) {
        double share = from_row(b, r, column[i][1]);
        if (share > 0.0) {
            kinds[(*count)++] = (kind){.name = column[i][0], .share = share};
        }
    }
    bool map = bridge != NULL && bridge->kind == WIO_NODE_MAP;
    for (size_t i = 0; map && i < bridge->count && *count < MAX_KINDS; i++) {
        if (strcmp(bridge->key[i].text, "source") != 0) {
            kinds[(*count)++] = (kind){.name = bridge->key[i].text,
                                       .share = wio_bind_value(&bridge->item[i], WIO_UNIT_SHARE)};
        }
    }
    if (at == NULL || (bridge != NULL && !map)) {
        if (bridge == NULL) {
            wio_bind_missing(b, node, "missing key 'bridge' in plant: what the capital is");
        }
        return false;
    }
    for (size_t k = 0; k < *count; k++) {
        sum += kinds[k].share;
    }
    if (!isnan(sum)) {
        wio_bind_sum_to_one(b, at, "bridge", sum);
    }
    return fabs(sum - 1.0) <= 1e-9;
}

/* Products of a final use, by sector, imports included. */
static bool products_of_use(wio_binder *b, const wio_node *at, kind *k)
{
    const wio_table *table = b->table;
    double sum = 0.0;
    bool negative = false;
    for (size_t o = 0; o < table->m; o++) {
        double value = table->Y[o * table->f + k->column];
        negative |= value < 0.0;
        k->product[table->origin_sector[o]] += value > 0.0 ? value : 0.0;
        sum += value > 0.0 ? value : 0.0;
    }
    if (!(sum > 0.0)) {
        wio_bind_wrong(b, at, "final use %s buys nothing in this table",
                       table->use.code[table->final_use[k->column]]);
        return false;
    }
    if (negative) {
        wio_bind_note(b, at, "%s of %s: negative cells (used goods sold) are left out", k->name,
                      table->use.code[table->final_use[k->column]]);
    }
    for (size_t s = 0; s < table->sector.count; s++) {
        k->product[s] /= sum;
    }
    return true;
}

static bool bind_products(wio_binder *b, const wio_node *node, size_t region, kind *k)
{
    const wio_node *sectors = wio_node_get(node, "bridge_sectors");
    const wio_node *own = wio_bind_unwrap(wio_node_get(sectors, k->name));
    const char *use = k->name;
    k->product = wio_bind_take(b, b->table->sector.count);
    k->column = SIZE_MAX;
    if (sectors == NULL || b->failed) {
        return false;
    }
    if (sectors->kind == WIO_NODE_MAP && own == NULL) {
        wio_bind_missing(b, sectors, "missing key '%.60s': the bridge has that kind of capital",
                         k->name);
        return false;
    }
    if (own != NULL && own->kind == WIO_NODE_MAP) {
        if (!wio_bind_by_sector(b, own, WIO_UNIT_SHARE, k->product)) {
            return false;
        }
        double sum = 0.0;
        for (size_t s = 0; s < b->table->sector.count; s++) {
            k->product[s] = isnan(k->product[s]) ? 0.0 : k->product[s];
            sum += k->product[s];
        }
        char what[120];
        (void)snprintf(what, sizeof what, "bridge_sectors of %.60s", k->name);
        wio_bind_sum_to_one(b, own, what, sum);
        return fabs(sum - 1.0) <= 1e-9;
    }
    if (own != NULL && own->kind == WIO_NODE_SCALAR) {
        use = own->text;
    }
    k->column = use_column(b->table, region, use);
    if (k->column == SIZE_MAX) {
        wio_bind_wrong(b, own != NULL ? own : sectors,
                       "the table has no final use for '%.60s': give its sectors", use);
        return false;
    }
    return products_of_use(b, own != NULL ? own : sectors, k);
}

/* Keys of bridge_sectors and local_content that are no kind of the bridge. */
static bool is_kind(const kind *kinds, size_t count, const char *name)
{
    for (size_t k = 0; k < count; k++) {
        if (strcmp(kinds[k].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* local [sectors] of one kind: NaN = as the table. */
static bool bind_local(wio_binder *b, const wio_node *node, const kind *kinds, size_t count,
                       const kind *k, double *local)
{
    const wio_node *content = wio_bind_unwrap(wio_node_get(node, "local_content"));
    wio_bind_fill(local, b->table->sector.count, NAN);
    if (content == NULL) {
        return false;
    }
    if (content->kind == WIO_NODE_SCALAR && strcmp(content->text, "table") == 0) {
        return true;
    }
    bool by_kind = content->kind == WIO_NODE_MAP && content->count > 0 &&
                   is_kind(kinds, count, content->key[0].text);
    if (!by_kind) {
        return wio_bind_by_sector(b, content, WIO_UNIT_SHARE, local);
    }
    bool good = true;
    for (size_t i = 0; i < content->count; i++) {
        if (!is_kind(kinds, count, content->key[i].text) &&
            strcmp(content->key[i].text, "source") != 0) {
            wio_bind_wrong(b, &content->key[i], "'%.60s' is no kind of capital of the bridge",
                           content->key[i].text);
            good = false;
        }
    }
    double value = wio_bind_number(content, k->name, WIO_UNIT_SHARE, NAN);
    if (isnan(value) && wio_node_get(content, k->name) == NULL) {
        wio_bind_missing(b, content, "missing key '%.60s' in local_content", k->name);
    }
    wio_bind_fill(local, b->table->sector.count, value);
    return good && !isnan(value);
}

/* Adds one kind's products to the bridge (by product) and what of them is bought at home. */
static bool add_kind(wio_binder *b, const wio_node *node, size_t region, const kind *k,
                     const double *local, double *bought, wio_plant *out)
{
    const wio_table *table = b->table;
    double *share = wio_bind_take(b, table->m);
    const wio_node *at = wio_node_get(node, "local_content");
    for (size_t s = 0; share != NULL && s < table->sector.count; s++) {
        double part = k->share * k->product[s];
        size_t home = wio_table_origin(table, region, s);
        if (part == 0.0) {
            continue;
        }
        if (home == SIZE_MAX || home >= table->n) {
            wio_bind_wrong(b, at, "%s has no sector %s, which the bridge buys",
                           table->region.code[region], table->sector.code[s]);
            return false;
        }
        double own = 1.0, imports = 0.0;
        if (wio_bind_origins(share, table, region, s, k->column)) {
            own = share[home];
            imports = 1.0 - own;
        }
        double content = isnan(local[s]) ? own : local[s];
        if (content < 1.0 && !(imports > 0.0) &&
            !(wio_bind_origins(share, table, region, s, SIZE_MAX) && share[home] < 1.0)) {
            wio_bind_note(b, at, "the table has no imports of %s: all of it is bought at home",
                          table->sector.code[s]);
            content = 1.0;
        }
        out->bridge[home] += part;
        bought[home] += part * content;
        /* where imports of the product come from, weighted by what is imported */
        double abroad = 1.0 - share[home];
        for (size_t o = table->n; content < 1.0 && o < table->m; o++) {
            out->import_share[o - table->n] += part * (1.0 - content) * share[o] / abroad;
        }
    }
    return !b->failed;
}

static bool bind_bridge(wio_binder *b, const wio_node *node, const row *r, const wio_money *basis,
                        wio_plant *out)
{
    const wio_table *table = b->table;
    size_t n = table->n, region = table->origin_region[out->activity], count = 0;
    kind kinds[MAX_KINDS];
    double *bought = wio_bind_take(b, n), *local = wio_bind_take(b, table->sector.count);
    if (b->failed || !bind_kinds(b, node, r, kinds, &count)) {
        return false;
    }
    bool good = true;
    for (size_t k = 0; k < count; k++) {
        bool products = bind_products(b, node, region, &kinds[k]);
        bool content = bind_local(b, node, kinds, count, &kinds[k], local);
        good &= products && content && add_kind(b, node, region, &kinds[k], local, bought, out);
    }
    const wio_node *sectors = wio_node_get(node, "bridge_sectors");
    for (size_t i = 0; sectors != NULL && sectors->kind == WIO_NODE_MAP && i < sectors->count;
         i++) {
        const wio_node *key = &sectors->key[i];
        if (!is_kind(kinds, count, key->text) && strcmp(key->text, "source") != 0) {
            wio_bind_wrong(b, key, "'%.60s' is no kind of capital of the bridge", key->text);
            good = false;
        }
    }
    if (!good || b->failed) {
        return false;
    }
    for (size_t o = n; o < table->m; o++) { /* to shares of what is imported of the product */
        size_t home = wio_table_origin(table, region, table->origin_sector[o]);
        double imported = home < n ? out->bridge[home] - bought[home] : 0.0;
        out->import_share[o - n] /= imported > 0.0 ? imported : 1.0;
    }
    for (size_t i = 0; i < n; i++) {
        out->local_content[i] = out->bridge[i] > 0.0 ? bought[i] / out->bridge[i] : 1.0;
    }
    if (basis != NULL && basis->margin != NULL) { /* margins are bought at home */
        double *before = wio_bind_take(b, n);
        double margin = wio_bind_number(basis->margin, "share", WIO_UNIT_SHARE, NAN);
        if (before == NULL || isnan(margin)) {
            return false;
        }
        double kept = (1.0 - basis->tax - margin) / (1.0 - basis->tax);
        memcpy(before, out->bridge, n * sizeof *before);
        wio_bind_margin(b, basis, region, margin, out->bridge);
        for (size_t i = 0; i < n; i++) {
            double imported = kept * before[i] * (1.0 - out->local_content[i]);
            out->local_content[i] = out->bridge[i] > 0.0 ? 1.0 - imported / out->bridge[i] : 1.0;
        }
    }
    return true;
}

bool wio_bind_plant(wio_binder *b, wio_plant *out, const wio_node *node, const wio_money *basis)
{
    const wio_table *table = b->table;
    wio_plant plant = {0};
    row r;
    plant.recipe = wio_bind_zalloc(b, table->m, sizeof(double));
    plant.bridge = wio_bind_zalloc(b, table->n, sizeof(double));
    plant.local_content = wio_bind_zalloc(b, table->n, sizeof(double));
    plant.import_share = wio_bind_zalloc(b, table->m - table->n, sizeof(double));
    bool good = !b->failed;
    good = good && find_row(b, node, &r) && bind_activity(b, node, &r, &plant);
    if (good) {
        bool recipe = bind_recipe(b, node, &plant);
        bool numbers = bind_numbers(b, node, &r, &plant);
        bool bridge = bind_bridge(b, node, &r, basis, &plant);
        good = recipe && numbers && bridge;
    }
    if (!good || b->failed) {
        wio_plant_clear(&plant);
        return false;
    }
    *out = plant;
    return true;
}
