/* study.c - a study from its document: schema first, then every group of keys bound to the table.
 *
 * Nothing stops at the first mistake; only a lack of memory does. */
#include "study_bind.h"

#include <math.h>
#include <string.h>

/* --- lifetime ----------------------------------------------------------------------------------- */

static void clear_purchase(wio_purchase *purchase)
{
    for (size_t c = 0; purchase->category != NULL && c < purchase->categories; c++) {
        wio_free(purchase->category[c]);
    }
    wio_free(purchase->category);
    wio_free(purchase->commitment);
    wio_free(purchase->weight);
    wio_free(purchase->baseline);
    wio_free(purchase->increment);
    wio_free(purchase->counterfactual);
    wio_free(purchase->compliance);
    wio_free(purchase->additionality);
    wio_free(purchase->jobs_factor);
    wio_free(purchase->stated_target);
    wio_free(purchase->stated_actual);
}

static void clear_investment(wio_investment *plant)
{
    wio_free(plant->plant);
    wio_free(plant->capex);
    wio_free(plant->bridge);
    wio_free(plant->local_content);
    wio_free(plant->import_share);
    wio_free(plant->utilisation);
    wio_free(plant->recipe);
    wio_free(plant->displaces_import);
    wio_free(plant->new_demand_paid_by);
}

static void clear_shock(wio_shock *shock)
{
    switch (shock->kind) {
    case WIO_SHOCK_FINAL_DEMAND:
        wio_free(shock->as.final_demand.domestic);
        wio_free(shock->as.final_demand.imported);
        break;
    case WIO_SHOCK_TARIFF:
        wio_free(shock->as.tariff.base);
        wio_free(shock->as.tariff.points);
        wio_free(shock->as.tariff.pass_through);
        wio_free(shock->as.tariff.scope);
        break;
    case WIO_SHOCK_IMPORT_PRICE:
        wio_free(shock->as.import_price.change);
        break;
    case WIO_SHOCK_PURCHASE:
    case WIO_SHOCK_PURCHASE_CATCH_UP:
        clear_purchase(&shock->as.purchase);
        break;
    case WIO_SHOCK_INVESTMENT:
        clear_investment(&shock->as.investment);
        break;
    case WIO_SHOCK_JOINT_VENTURE:
        wio_free(shock->as.venture.plant);
        break;
    case WIO_SHOCK_PRODUCTIVITY:
        wio_free(shock->as.productivity.labour);
        wio_free(shock->as.productivity.inputs);
        break;
    case WIO_SHOCK_KINDS:
        break;
    }
    wio_free(shock->label);
}

static void free_scenarios(wio_study *study)
{
    for (size_t i = 0; i < study->scenarios; i++) {
        wio_scenario *scenario = &study->scenario[i];
        for (size_t k = 0; k < scenario->shocks; k++) {
            clear_shock(&scenario->shock[k]);
        }
        wio_free(scenario->shock);
        wio_free(scenario->name);
    }
    wio_free(study->scenario);
}

void wio_study_free(wio_study *study)
{
    if (study == NULL) {
        return;
    }
    size_t regions = study->table != NULL ? study->table->region.count : 0;
    free_scenarios(study);
    for (size_t i = 0; i < study->cases; i++) {
        wio_free(study->cases_[i].name);
        wio_parameters_clear(&study->cases_[i].parameters);
    }
    wio_free(study->cases_);
    for (size_t i = 0; study->base_rate != NULL && i < regions * regions; i++) {
        wio_free(study->base_rate[i]);
    }
    wio_free(study->base_rate);
    for (size_t i = 0; i < study->inputs; i++) {
        wio_free(study->input[i].path);
    }
    wio_free(study->input);
    for (size_t i = 0; i < study->sources; i++) {
        wio_free(study->source[i]);
    }
    wio_free(study->source);
    wio_free(study->break_even_over);
    wio_free(study->break_even_for);
    wio_free(study->base_text);
    wio_free(study->title);
    wio_free(study->path);
    wio_free(study->text);
    wio_free(study->table_name);
    wio_table_free(study->table);
    wio_free(study);
}

const wio_table *wio_study_table(const wio_study *study)
{
    return study->table;
}

/* --- what the schema check reports ------------------------------------------------------------------ */

static void on_mistake(void *context, size_t line, size_t column, const char *message)
{
    wio_node at = {.line = line, .column = column};
    if (strncmp(message, "missing key", 11) == 0) {
        wio_bind_missing(context, &at, "%s", message);
    } else {
        wio_bind_wrong(context, &at, "%s", message);
    }
}

static bool is_assumed(const char *text)
{
    static const char word[] = "assumed";
    size_t i = 0;
    while (i < sizeof word - 1 && (text[i] | 0x20) == word[i]) { /* ASCII, either case */
        i++;
    }
    char after = (char)(text[i] | 0x20);
    return i == sizeof word - 1 && !(after >= 'a' && after <= 'z');
}

static void on_source(void *context, const char *text)
{
    wio_binder *b = context;
    if (is_assumed(text)) {
        b->study->assumed++;
    } else {
        b->study->sourced++;
    }
    if (strcmp(text, "assumed") != 0) {
        b->failed |= wio_names_add(&b->sources, text, "") == WIO_E_MEMORY;
    }
}

static void keep_sources(wio_binder *b)
{
    wio_study *study = b->study;
    study->source = wio_bind_zalloc(b, b->sources.count, sizeof *study->source);
    for (size_t i = 0; study->source != NULL && i < b->sources.count; i++) {
        wio_bind_text(b, &study->source[i], b->sources.code[i]);
        study->sources = i + 1;
    }
}

/* --- binding -------------------------------------------------------------------------------------------- */

static void bind_version(wio_binder *b)
{
    const wio_node *node = wio_node_get(b->root, "wassily");
    double version = wio_bind_value(node, WIO_UNIT_COUNT);
    if (!isnan(version) && version != 1.0) {
        wio_bind_wrong(b, wio_bind_unwrap(node), "format %d is not known: this version reads 1",
                       (int)version);
    }
}

static void bind_price_index(wio_binder *b)
{
    const wio_node *map =
        wio_bind_unwrap(wio_node_get(wio_node_get(b->root, "base"), "price_index"));
    b->index = wio_bind_zalloc(b, 301, sizeof *b->index);
    (void)wio_bind_fill(b->index, 301, NAN);
    for (size_t i = 0;
         b->index != NULL && map != NULL && map->kind == WIO_NODE_MAP && i < map->count; i++) {
        const wio_node *key = &map->key[i];
        double year = wio_bind_value(key, WIO_UNIT_YEAR);
        double level = wio_bind_value(&map->item[i], WIO_UNIT_NONNEGATIVE);
        if (strcmp(key->text, "source") == 0) {
            continue;
        }
        if (isnan(year)) {
            wio_bind_wrong(b, key, "'%.40s' is no year: price_index is {year: level}", key->text);
        } else if (level == 0.0) {
            wio_bind_wrong(b, &map->item[i], "a price level has to be above 0");
        } else if ((int)year == b->table->year && level != 1.0) {
            wio_bind_wrong(b, &map->item[i], "%d is the table's own year: its price level is 1",
                           b->table->year);
        } else {
            b->index[(int)year - 1900] = level;
        }
    }
}

/* Definitions that no scenario uses have to be right too. */
/* Bind every definition once, used or not, so that its mistakes are found. */
static void check_definitions(wio_binder *b)
{
    const wio_node *commitments = wio_node_get(b->root, "commitments");
    const wio_node *plants = wio_node_get(b->root, "plants");
    bool any = commitments != NULL && commitments->kind == WIO_NODE_MAP;
    for (size_t i = 0; any && !b->failed && i < commitments->count; i++) {
        wio_shock shock = {.kind = WIO_SHOCK_PURCHASE};
        int first = 0;
        if (commitments->item[i].kind == WIO_NODE_MAP) {
            (void)wio_bind_commitment(b, &commitments->item[i], &shock.as.purchase, &first);
        }
        clear_shock(&shock);
        wio_arena_free(&b->scratch);
    }
    any = plants != NULL && plants->kind == WIO_NODE_MAP;
    for (size_t i = 0; any && !b->failed && i < plants->count; i++) {
        const char *outer = b->file, *file = NULL;
        const wio_node *node = wio_bind_definition(b, &plants->key[i], "plants", &file);
        wio_plant plant = {0};
        b->file = node != NULL ? file : outer;
        if (node != NULL && wio_bind_plant(b, &plant, node, NULL)) {
            wio_plant_clear(&plant);
        }
        b->file = outer;
        wio_arena_free(&b->scratch);
    }
}

static size_t only_producer(const wio_table *table)
{
    size_t home = SIZE_MAX, count = 0;
    for (size_t r = 0; r < table->region.count; r++) {
        if (table->endogenous[r]) {
            home = r;
            count++;
        }
    }
    return count == 1 ? home : SIZE_MAX;
}

static void bind_all(wio_binder *b)
{
    wio_study *study = b->study;
    wio_schema_facts(&b->check, b->root);
    wio_schema_check_map(&b->check, b->root, "study");
    bind_version(b);
    wio_bind_text(b, &study->title, wio_bind_word(b->root, "title"));
    wio_bind_text(b, &study->table_name, wio_bind_word(b->root, "table"));
    if (b->table == NULL) {
        wio_bind_break_even(b);
        return;
    }
    b->home = only_producer(b->table);
    bind_price_index(b);
    if (!b->failed) {
        wio_bind_rates(b);
    }
    if (!b->failed) {
        wio_bind_parameters(b);
        wio_bind_break_even(b);
    }
    if (!b->failed) {
        wio_bind_scenarios(b);
    }
    if (!b->failed && b->check.fact[WIO_FACT_MONEY]) {
        check_definitions(b);
    }
    keep_sources(b);
}

static void clear_binder(wio_binder *b)
{
    size_t regions = b->table != NULL ? b->table->region.count : 0;
    for (size_t i = 0; i < regions * regions; i++) {
        wio_free(b->rate != NULL ? b->rate[i] : NULL);
        wio_free(b->rate_name != NULL ? b->rate_name[i] : NULL);
    }
    wio_free(b->rate);
    wio_free(b->rate_name);
    wio_free(b->index);
    wio_free(b->done);
    for (size_t i = 0; i < b->loaded; i++) {
        wio_node_clear(&b->document[i].root);
        wio_free(b->document[i].name);
        wio_free(b->document[i].path);
    }
    wio_free(b->document);
    for (size_t i = 0; i < b->mistakes; i++) {
        wio_free(b->mistake[i].text);
    }
    wio_free(b->mistake);
    wio_names_free(&b->sources);
    wio_arena_free(&b->scratch);
}

wio_status wio_study_bind(wio_study *study, const wio_node *root, const char *file,
                          wio_load_document *load, void *context, wio_log *log, wio_error *err)
{
    wio_binder b = {.study = study,
                    .table = study->table,
                    .root = root,
                    .file = file,
                    .log = log,
                    .load = load,
                    .context = context,
                    .home = SIZE_MAX,
                    .check = {.mistake = on_mistake, .source = on_source}};
    b.check.context = &b;
    if (root->kind != WIO_NODE_MAP) {
        wio_bind_wrong(&b, root, "a study is a map of keys such as `title:` and `table:`");
    } else {
        bind_all(&b);
    }
    wio_status status =
        b.failed ? wio_fail(err, WIO_E_MEMORY, "study %s", file) : wio_bind_report(&b, err);
    clear_binder(&b);
    return status;
}
