/* study_rates.c - base.rates: the duties that a change is measured from, by pair of regions.
 *
 * A file of rates may cover goods only. Inside the binder a sector without a rate is NaN, so that
 * a tariff on it is refused; the study's own array has 0 there, since nothing is levied. */
#include "study_bind.h"

#include <math.h>
#include <string.h>

/* One summand: a number, a column by name, by sector, {column: ..}. */
static bool one_rate(wio_binder *b, const wio_node *node, double *out)
{
    char reason[WIO_REASON_SIZE];
    double value = NAN;
    const wio_node *inner = wio_bind_unwrap(node);
    if (inner->kind == WIO_NODE_SCALAR && *inner->text != '\0' &&
        !wio_schema_number(&value, reason, WIO_UNIT_RATE, inner->text)) {
        double number = NAN;
        if (wio_parse_double(&number, inner->text, strcspn(inner->text, "%p"))) {
            wio_bind_wrong(b, inner, "%s", reason);
            return false;
        }
        return wio_bind_column(b, inner, NULL, inner->text, out);
    }
    return wio_bind_by_sector(b, inner, WIO_UNIT_RATE, out);
}

/* "mfn_rate" is printed as "MFN", "section301_2020_rate" as "section301 2020". */
static void add_name(wio_text *text, const wio_node *node)
{
    const wio_node *inner = wio_bind_unwrap(node);
    const char *column =
        inner->kind == WIO_NODE_SCALAR ? inner->text : wio_bind_word(inner, "column");
    double number = NAN;
    char reason[WIO_REASON_SIZE];
    if (column == NULL || wio_schema_number(&number, reason, WIO_UNIT_RATE, column)) {
        return;
    }
    size_t length = strlen(column);
    if (length > 5 && strcmp(column + length - 5, "_rate") == 0) {
        length -= 5;
    }
    wio_text_add(text, "%s", text->length > 0 ? " + " : "");
    if (length == 3 && strncmp(column, "mfn", 3) == 0) {
        wio_text_add(text, "MFN");
        return;
    }
    for (size_t i = 0; i < length; i++) {
        wio_text_add(text, "%c", column[i] == '_' ? ' ' : column[i]);
    }
}

/* "USA<-CHN" into regions; false with a mistake. */
static bool pair(wio_binder *b, const wio_node *key, size_t *importer, size_t *exporter)
{
    const char *arrow = strstr(key->text, "<-");
    if (strstr(key->text, "->") != NULL) {
        wio_bind_wrong(b, key,
                       "'%.60s' could be read both ways: write IMPORTER<-EXPORTER, such as "
                       "USA<-CHN for the duties of USA on goods from CHN",
                       key->text);
        return false;
    }
    if (arrow == NULL) {
        wio_bind_wrong(b, key, "'%.60s' is no pair of regions: write IMPORTER<-EXPORTER",
                       key->text);
        return false;
    }
    char *left = wio_strndup(key->text, (size_t)(arrow - key->text));
    if (left == NULL) {
        b->failed = true;
        return false;
    }
    *importer = wio_bind_region_code(b, key, left);
    *exporter = *importer != SIZE_MAX ? wio_bind_region_code(b, key, arrow + 2) : SIZE_MAX;
    wio_free(left);
    if (*importer == SIZE_MAX || *exporter == SIZE_MAX) {
        return false;
    }
    if (*importer == *exporter) {
        wio_bind_wrong(b, key, "a region has no duties on its own goods");
        return false;
    }
    return true;
}

static void bind_pair(wio_binder *b, const wio_node *key, const wio_node *node)
{
    size_t importer = 0, exporter = 0, sectors = b->table->sector.count;
    if (!pair(b, key, &importer, &exporter)) {
        b->rates_wrong = true;
        return;
    }
    size_t at = importer * b->table->region.count + exporter;
    double *rate = wio_bind_zalloc(b, sectors, sizeof *rate);
    double *known = wio_bind_zalloc(b, sectors, sizeof *known);
    double *part = wio_bind_take(b, sectors);
    wio_text name = {0};
    bool good = rate != NULL && known != NULL && part != NULL;
    bool list = node->kind == WIO_NODE_LIST;
    for (size_t i = 0; good && i < (list ? node->count : 1); i++) {
        const wio_node *summand = list ? &node->item[i] : node;
        good = one_rate(b, summand, part);
        add_name(&name, summand);
        for (size_t s = 0; good && s < sectors; s++) {
            rate[s] += part[s];
        }
    }
    if (name.length > 0 && wio_text_take(&b->rate_name[at], &name, NULL) != WIO_OK) {
        b->failed = true;
    }
    wio_text_free(&name);
    for (size_t s = 0; good && s < sectors; s++) {
        known[s] = isnan(rate[s]) ? 0.0 : rate[s];
    }
    b->rate[at] = rate;
    b->study->base_rate[at] = known;
    if (!good) { /* the tariffs of this pair do not report it again */
        wio_bind_fill(rate, sectors, 0.0);
    }
}

/* Import-weighted mean over the sectors that have a rate. */
static double mean_rate(const wio_binder *b, size_t importer, size_t exporter, const double *rate)
{
    double weighted = 0.0, weights = 0.0;
    for (size_t s = 0; s < b->table->sector.count; s++) {
        double flow = wio_bind_flow(b->table, importer, exporter, s);
        weighted += isnan(rate[s]) ? 0.0 : flow * rate[s];
        weights += isnan(rate[s]) ? 0.0 : flow;
    }
    return weights > 0.0 ? weighted / weights : 0.0;
}

/* "rates from MFN 2.6%", over the pairs in which an endogenous region imports. */
static void describe(wio_binder *b)
{
    const wio_table *table = b->table;
    size_t regions = table->region.count, pairs = 0;
    for (size_t at = 0; at < regions * regions; at++) {
        pairs += b->rate[at] != NULL && table->endogenous[at / regions];
    }
    wio_text text = {0};
    for (size_t at = 0; at < regions * regions; at++) {
        size_t importer = at / regions, exporter = at % regions;
        if (b->rate[at] == NULL || !table->endogenous[importer]) {
            continue;
        }
        char number[WIO_NUMBER_SIZE + 320];
        double mean = mean_rate(b, importer, exporter, b->rate[at]);
        wio_text_add(&text, "%s", text.length == 0 ? "rates from " : ", ");
        if (b->rate_name[at] != NULL) {
            wio_text_add(&text, "%s ", b->rate_name[at]);
        }
        wio_text_add(&text, "%s%%", wio_format_fixed(number, 100.0 * mean, 1));
        if (pairs > 1) {
            wio_text_add(&text, " (%s)", table->region.code[exporter]);
        }
    }
    if (text.length > 0 && wio_text_take(&b->study->base_text, &text, NULL) != WIO_OK) {
        b->failed = true;
    }
    wio_text_free(&text);
}

void wio_bind_rates(wio_binder *b)
{
    size_t regions = b->table->region.count;
    const wio_node *rates = wio_node_get(wio_node_get(b->root, "base"), "rates");
    b->rate = wio_bind_zalloc(b, regions * regions, sizeof *b->rate);
    b->rate_name = wio_bind_zalloc(b, regions * regions, sizeof *b->rate_name);
    b->study->base_rate = wio_bind_zalloc(b, regions * regions, sizeof *b->study->base_rate);
    if (b->failed || rates == NULL || rates->kind != WIO_NODE_MAP) {
        return;
    }
    for (size_t i = 0; i < rates->count; i++) {
        bind_pair(b, &rates->key[i], &rates->item[i]);
    }
    if (!b->failed) {
        describe(b);
    }
    wio_arena_free(&b->scratch);
}
