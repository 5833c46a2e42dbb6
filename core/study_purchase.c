/* study_purchase.c - purchase and purchase_catch_up shocks: a commitment as it is kept, and what
 * fell short of it bought later (MODEL S4). */
#include "study_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- jobs per output of the money's own year ------------------------------------------------------------- */

/* factor = e_t (per current million) x price level of t / e of the table: the models multiply it
 * with jobs per million at table prices. */
static void bind_jobs_factor(wio_binder *b, wio_purchase *purchase, int first_year, bool strict)
{
    const wio_node *node = wio_node_get(wio_node_get(b->root, "base"), "jobs_per_output");
    const char *file = wio_bind_word(wio_node_get(b->root, "base"), "jobs_per_output");
    const wio_table *table = b->table;
    size_t jobs = wio_table_jobs(table);
    if (file == NULL || strcmp(file, "table") == 0 || jobs == SIZE_MAX) {
        return;
    }
    const wio_frame *frame = wio_table_frame(table, file);
    if (frame == NULL) { /* reported once, with base */
        return;
    }
    size_t by = wio_frame_column(frame, "sector"), when = wio_frame_column(frame, "year");
    size_t value = wio_frame_column(frame, "jobs_per_musd"), n = table->n;
    double *factor = wio_bind_zalloc(b, purchase->years * n, sizeof *factor);
    purchase->jobs_factor = factor;
    if (by == SIZE_MAX || when == SIZE_MAX || value == SIZE_MAX || factor == NULL) {
        return;
    }
    wio_bind_fill(factor, purchase->years * n, 1.0);
    for (size_t t = 0; t < purchase->years; t++) {
        char year[16];
        size_t found = 0;
        (void)snprintf(year, sizeof year, "%d", first_year + (int)t);
        for (size_t r = 0; r < frame->rows; r++) {
            char *const *cell = &frame->cell[r * frame->columns];
            size_t sector =
                strcmp(cell[when], year) == 0 ? wio_names_find(&table->sector, cell[by]) : SIZE_MAX;
            size_t i =
                sector == SIZE_MAX ? SIZE_MAX : wio_table_origin(table, purchase->seller, sector);
            double e = NAN;
            if (i >= n || !wio_bind_cell(b, node, frame, r, value, &e)) {
                continue;
            }
            double index = wio_bind_index(b, node, 0, first_year + (int)t);
            double base = table->x[i] > 0.0 ? table->S[jobs * n + i] / table->x[i] : NAN;
            double ratio = e * index / base;
            factor[t * n + i] = isfinite(ratio) ? ratio : 1.0;
            found++;
        }
        if (found == 0 && strict) {
            wio_bind_wrong(b, node, "%s has no jobs of %s", file, year);
        } else if (found == 0) {
            wio_bind_note(b, node, "%s has no jobs of %s: those of the table are used", file, year);
        }
    }
}

static void check_jobs_file(wio_binder *b)
{
    const wio_node *base = wio_node_get(b->root, "base");
    const wio_node *node = wio_node_get(base, "jobs_per_output");
    const char *file = wio_bind_word(base, "jobs_per_output");
    if (file == NULL || strcmp(file, "table") == 0) {
        return;
    }
    const wio_frame *frame = wio_bind_frame(b, node, file);
    if (frame != NULL) {
        (void)(wio_bind_frame_column(b, node, frame, "sector") != SIZE_MAX &&
               wio_bind_frame_column(b, node, frame, "year") != SIZE_MAX &&
               wio_bind_frame_column(b, node, frame, "jobs_per_musd") != SIZE_MAX);
    }
}

/* |sum - stated| within tolerance, or a mistake with the numbers. */
static void hold_against(wio_binder *b, const wio_node *map, const char *key, double sum)
{
    double million = 0.0, stated = wio_bind_number(map, key, WIO_UNIT_MONEY, NAN);
    double tolerance = wio_bind_number(map, "tolerance", WIO_UNIT_SHARE, 0.01);
    if (isnan(stated) || isnan(tolerance) || !wio_bind_unit(b, map, &million)) {
        return;
    }
    if (!(fabs(sum - stated * million) <= tolerance * fabs(stated * million))) {
        char text[WIO_NUMBER_SIZE], number[WIO_NUMBER_SIZE + 320], part[WIO_NUMBER_SIZE];
        wio_bind_wrong(b, wio_node_get(map, key),
                       "%s is %s %s, but the commitment's own numbers add up to %s (tolerance "
                       "%s%%)",
                       key, wio_format_double(text, stated), wio_bind_word(map, "unit"),
                       wio_format_fixed(number, sum / million, 1),
                       wio_format_double(part, 100.0 * tolerance));
    }
}

/* A purchase with mistakes has no totals: nothing is held against it. */
static void forget_stated(wio_purchase *purchase)
{
    wio_free(purchase->stated_target);
    wio_free(purchase->stated_actual);
    purchase->stated_target = purchase->stated_actual = NULL;
}

void wio_bind_purchase(wio_binder *b, wio_shock *shock, const wio_node *node,
                       const wio_scenario *scenario)
{
    (void)scenario;
    wio_purchase *purchase = &shock->as.purchase;
    const char *outer = b->file, *file = NULL, *name = wio_bind_word(node, "use");
    const wio_node *definition =
        wio_bind_definition(b, wio_node_get(node, "use"), "commitments", &file);
    int first_year = 0;
    wio_bind_text(b, &purchase->commitment, name);
    if (definition == NULL || b->failed) {
        return;
    }
    char text[160];
    (void)snprintf(text, sizeof text, "purchase %.120s", name);
    wio_bind_text(b, &shock->label, text);
    b->file = file;
    bool good = wio_bind_commitment(b, definition, purchase, &first_year);
    b->file = outer;
    check_jobs_file(b);
    double *compliance = wio_bind_take(b, purchase->categories);
    bool named = wio_node_get(node, "compliance_on") != NULL;
    if (purchase->categories == 0 || !named ||
        !wio_bind_by_category(b, wio_node_get(node, "compliance"), purchase, WIO_UNIT_NONNEGATIVE,
                              compliance) ||
        !good) {
        forget_stated(purchase);
        return;
    }
    purchase->on_level = wio_bind_is(node, "compliance_on", "level");
    double actual = 0.0;
    for (size_t i = 0; i < purchase->years * purchase->categories; i++) {
        double c = compliance[i % purchase->categories], base = purchase->stated_actual[i];
        double promised = purchase->stated_target[i];
        purchase->compliance[i] = c;
        purchase->stated_target[i] = base + promised;
        purchase->stated_actual[i] =
            purchase->on_level ? c * (base + promised) : base + c * promised;
        actual += purchase->stated_actual[i];
    }
    const wio_node *check = wio_node_get(node, "check_total");
    if (check != NULL && check->kind == WIO_NODE_MAP) {
        hold_against(b, check, "actual", actual);
    }
    bind_jobs_factor(b, purchase, first_year, true);
}

/* --- catching up ------------------------------------------------------------------------------------------- */

static const wio_purchase *bought_before(const wio_scenario *scenario, const char *name)
{
    for (size_t k = scenario->shocks; name != NULL && k-- > 0;) {
        const wio_purchase *purchase = &scenario->shock[k].as.purchase;
        if (scenario->shock[k].kind == WIO_SHOCK_PURCHASE && purchase->commitment != NULL &&
            strcmp(purchase->commitment, name) == 0) {
            return purchase;
        }
    }
    return NULL;
}

/* Copies what the catch-up shares with the commitment. */
static void copy_commitment(wio_binder *b, wio_purchase *out, const wio_purchase *of, size_t years)
{
    size_t n = b->table->n;
    out->buyer = of->buyer;
    out->seller = of->seller;
    out->home_share = of->home_share;
    out->kept = of->kept;
    out->on_level = true;
    out->years = years;
    out->category = wio_bind_zalloc(b, of->categories, sizeof *out->category);
    for (size_t c = 0; out->category != NULL && c < of->categories; c++) {
        wio_bind_text(b, &out->category[c], of->category[c]);
        out->categories = c + 1;
    }
    out->weight = wio_bind_zalloc(b, of->categories * n, sizeof *out->weight);
    wio_bind_purchase_arrays(b, out);
    if (!b->failed) {
        memcpy(out->weight, of->weight, of->categories * n * sizeof *out->weight);
        memcpy(out->additionality, of->additionality, of->categories * sizeof(double));
    }
}

/* Part of each category in what fell short; nothing where more was bought than promised. */
static bool short_shares(wio_binder *b, const wio_node *at, const wio_purchase *of, double *share)
{
    double total = 0.0;
    for (size_t c = 0; c < of->categories; c++) {
        double missing = 0.0;
        for (size_t t = 0; t < of->years; t++) {
            missing += of->stated_target[t * of->categories + c] -
                       of->stated_actual[t * of->categories + c];
        }
        share[c] = missing > 0.0 ? missing : 0.0;
        total += share[c];
    }
    if (!(total > 0.0)) {
        wio_bind_wrong(b, at, "nothing fell short: all that was promised was bought");
        return false;
    }
    for (size_t c = 0; c < of->categories; c++) {
        share[c] /= total;
    }
    return true;
}

static void fill_catch_up(wio_binder *b, const wio_node *node, wio_purchase *out,
                          const wio_purchase *of, const double *share, int first_year)
{
    const wio_node *shortfall = wio_node_get(node, "shortfall");
    double *profile = wio_bind_take(b, out->years), million = 0.0;
    double target = wio_bind_number(shortfall, "target", WIO_UNIT_MONEY, NAN);
    double actual = wio_bind_number(shortfall, "actual", WIO_UNIT_MONEY, NAN);
    int year = 0;
    if (!wio_bind_profile(b, wio_node_get(node, "profile"), profile, out->years) ||
        isnan(target - actual) || !wio_bind_unit(b, shortfall, &million) ||
        !wio_bind_price_year(b, node, &year)) {
        return;
    }
    bool last_actual = wio_bind_is(node, "on_top_of", "last_actual");
    for (size_t t = 0; t < out->years; t++) {
        double index =
            wio_bind_index(b, wio_node_get(node, "price_year"), year, first_year + (int)t);
        for (size_t c = 0; !isnan(index) && c < out->categories; c++) {
            size_t at = t * out->categories + c, last = (of->years - 1) * of->categories + c;
            double bought = of->on_level
                                ? of->compliance[last] * (of->baseline[last] + of->increment[last])
                                : of->baseline[last] + of->compliance[last] * of->increment[last];
            out->increment[at] =
                of->kept * profile[t] * share[c] * (target - actual) * million / index;
            out->compliance[at] = 1.0;
            out->counterfactual[at] = last_actual ? of->counterfactual[last] - bought : 0.0;
        }
    }
}

void wio_bind_purchase_catch_up(wio_binder *b, wio_shock *shock, const wio_node *node,
                                const wio_scenario *scenario)
{
    wio_purchase *out = &shock->as.purchase;
    const wio_node *shortfall = wio_node_get(node, "shortfall");
    const char *name = wio_bind_word(node, "of");
    const wio_purchase *of = bought_before(scenario, name);
    int first = 0, last = 0;
    if (name == NULL) {
        return;
    }
    if (of == NULL) {
        for (size_t k = 0; k < scenario->shocks; k++) {
            if (scenario->shock[k].kind == WIO_SHOCK_PURCHASE &&
                scenario->shock[k].as.purchase.stated_target == NULL) {
                return; /* a purchase of a misspelt commitment, perhaps of this one */
            }
        }
        wio_bind_wrong(b, wio_node_get(node, "of"),
                       "no purchase of '%.80s' comes before this in the scenario", name);
        return;
    }
    char text[160];
    (void)snprintf(text, sizeof text, "catch-up %.120s", name);
    wio_bind_text(b, &shock->label, text);
    bool dated = wio_bind_years(b, wio_node_get(node, "years"), &first, &last);
    double target = 0.0, actual = 0.0;
    for (size_t i = 0; of->stated_target != NULL && i < of->years * of->categories; i++) {
        target += of->stated_target[i];
        actual += of->stated_actual[i];
    }
    double *share = wio_bind_take(b, of->categories);
    if (of->stated_target == NULL || !(target > 0.0) || share == NULL || shortfall == NULL ||
        shortfall->kind != WIO_NODE_MAP) {
        return; /* the purchase has mistakes of its own */
    }
    hold_against(b, shortfall, "target", target);
    hold_against(b, shortfall, "actual", actual);
    if (dated && short_shares(b, wio_node_get(node, "of"), of, share)) {
        copy_commitment(b, out, of, (size_t)(last - first) + 1);
        out->first = (size_t)(first - b->study->first_year);
        if (!b->failed) {
            fill_catch_up(b, node, out, of, share, first);
            bind_jobs_factor(b, out, first, false);
        }
    }
}
