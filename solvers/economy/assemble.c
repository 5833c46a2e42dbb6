/* assemble.c - outcomes of a study become a result: dimensions, labels, and what is in it. */
#include "assemble.h"

#include <string.h>

static const char *const CHANNEL_NAME[WIO_CHANNELS] = {
    "substitution", "spending", "dearer_exports", "partner_answer", "revenue",
    "direct",       "indirect", "displaced",      "productivity",   "induced"};

static wio_status label_rows(wio_result *result, const wio_table *table, size_t first, size_t count,
                             const char *dimension, const char *region, const char *sector,
                             const char *name, wio_error *err)
{
    const char **region_code = wio_alloc(count, sizeof *region_code);
    const char **sector_code = wio_alloc(count, sizeof *sector_code);
    const char **sector_name = wio_alloc(count, sizeof *sector_name);
    char **label = wio_zalloc(count, sizeof *label);
    wio_status status = WIO_OK;
    if (region_code == NULL || sector_code == NULL || sector_name == NULL || label == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "%zu labels", count);
    }
    for (size_t i = 0; status == WIO_OK && i < count; i++) {
        region_code[i] = table->region.code[table->origin_region[first + i]];
        sector_code[i] = table->sector.code[table->origin_sector[first + i]];
        sector_name[i] = table->sector.name[table->origin_sector[first + i]];
        wio_text text = {0};
        wio_text_add(&text, "%s.%s", region_code[i], sector_code[i]);
        status = wio_text_take(&label[i], &text, err);
    }
    if (status == WIO_OK) {
        status = wio_result_dimension(result, dimension, count, (const char *const *)label,
                                      "region and sector", err);
    }
    if (status == WIO_OK) {
        status = wio_result_add_text(result, region, dimension, region_code, "region", err);
    }
    if (status == WIO_OK) {
        status = wio_result_add_text(result, sector, dimension, sector_code, "sector", err);
    }
    if (status == WIO_OK) {
        status =
            wio_result_add_text(result, name, dimension, sector_name, "name of the sector", err);
    }
    for (size_t i = 0; label != NULL && i < count; i++) {
        wio_free(label[i]);
    }
    wio_free(label);
    wio_free(sector_name);
    wio_free(sector_code);
    wio_free(region_code);
    return status;
}

wio_status wio_assemble_activities(wio_result *result, const wio_economy *economy, wio_error *err)
{
    return label_rows(result, economy->table, 0, economy->n, "activity", "region", "sector",
                      "sector_name", err);
}

/* The activities, and dimension origin with its coordinates when there is one. */
static wio_status add_labels(wio_result *result, const wio_economy *economy, wio_error *err)
{
    WIO_TRY(wio_assemble_activities(result, economy, err));
    if (economy->q == 0) {
        return WIO_OK;
    }
    return label_rows(result, economy->table, economy->n, economy->q, "origin", "origin_region",
                      "origin_sector", "origin_sector_name", err);
}

/* Labels from any array of texts by index. */
static wio_status label(wio_assembly *a, const char *dimension, size_t count, const char *long_name,
                        const char *(*text)(const wio_assembly *, size_t))
{
    const char **labels = wio_alloc(count, sizeof *labels);
    if (labels == NULL) {
        return wio_fail(a->err, WIO_E_MEMORY, "%zu labels", count);
    }
    for (size_t i = 0; i < count; i++) {
        labels[i] = text(a, i);
    }
    wio_status status =
        wio_result_dimension(a->result, dimension, count, labels, long_name, a->err);
    wio_free(labels);
    return status;
}

static const char *scenario_name(const wio_assembly *a, size_t i)
{
    return a->study->scenario[i].name;
}

static const char *compared_to(const wio_assembly *a, size_t i)
{
    size_t base = a->study->scenario[i].compare_to;
    return base == SIZE_MAX ? "table" : a->study->scenario[base].name;
}

/* What the jobs of a scenario are net of, in the words of the screen. */
static const char *jobs_counted(const wio_assembly *a, size_t i)
{
    const wio_scenario *scenario = &a->study->scenario[i];
    const char *counted = "gross";
    for (size_t k = 0; k < scenario->shocks; k++) {
        const wio_shock *shock = &scenario->shock[k];
        if (shock->kind == WIO_SHOCK_INVESTMENT) {
            if (!shock->as.investment.net) {
                return "gross";
            }
            counted = "net of displaced";
        } else if (shock->kind == WIO_SHOCK_TARIFF || shock->kind == WIO_SHOCK_IMPORT_PRICE) {
            counted = "net of losses";
        } else if ((shock->kind == WIO_SHOCK_PURCHASE ||
                    shock->kind == WIO_SHOCK_PURCHASE_CATCH_UP) &&
                   counted[0] == 'g') {
            counted = "net of diverted";
        }
    }
    return counted;
}

static const char *case_name(const wio_assembly *a, size_t i)
{
    return i == 0 ? "central" : a->study->cases_[i].name;
}

static const char *channel_name(const wio_assembly *a, size_t i)
{
    return CHANNEL_NAME[a->channel[i]];
}

static const char *home_code(const wio_assembly *a, size_t i)
{
    return a->study->table->region.code[a->home[i]];
}

static const char *partner_code(const wio_assembly *a, size_t i)
{
    return a->study->table->region.code[a->partner[i]];
}

static const char *home_name(const wio_assembly *a, size_t i)
{
    return a->study->table->region.name[a->home[i]];
}

static const char *partner_name(const wio_assembly *a, size_t i)
{
    return a->study->table->region.name[a->partner[i]];
}

static const char *group_name(const wio_assembly *a, size_t i)
{
    return a->study->table->group[i].code;
}

/* A text beside each label of a dimension that is there. */
static wio_status describe(wio_assembly *a, const char *name, const char *dimension,
                           const char *long_name, const char *(*text)(const wio_assembly *, size_t))
{
    size_t count = wio_result_length(a->result, dimension);
    const char **texts = wio_alloc(count, sizeof *texts);
    if (texts == NULL) {
        return wio_fail(a->err, WIO_E_MEMORY, "labels");
    }
    for (size_t i = 0; i < count; i++) {
        texts[i] = text(a, i);
    }
    wio_status status = wio_result_add_text(a->result, name, dimension, texts, long_name, a->err);
    wio_free(texts);
    return status;
}

static wio_status add_dimensions(wio_assembly *a)
{
    const wio_study *study = a->study;
    static const char *const parts[] = {"direct", "indirect"};
    WIO_TRY(label(a, "scenario", study->scenarios, "scenario of the study", scenario_name));
    WIO_TRY(describe(a, "scenario_compared_to", "scenario", "what the changes are measured from",
                     compared_to));
    WIO_TRY(
        describe(a, "scenario_jobs", "scenario", "what the jobs are counted net of", jobs_counted));
    WIO_TRY(add_labels(a->result, a->economy, a->err));
    WIO_TRY(label(a, "case", study->cases, "sensitivity case", case_name));
    WIO_TRY(label(a, "home", a->homes, "region with production columns", home_code));
    WIO_TRY(describe(a, "home_name", "home", "name of the region", home_name));
    WIO_TRY(wio_result_dimension(a->result, "part", 2, parts, "part of a price change", a->err));
    if (a->channels > 0) {
        WIO_TRY(label(a, "channel", a->channels, "channel of the change", channel_name));
    }
    if (a->partners > 0) {
        WIO_TRY(label(a, "partner", a->partners, "region that only trades", partner_code));
        WIO_TRY(describe(a, "partner_name", "partner", "name of the region", partner_name));
    }
    if (study->table->groups > 0) {
        WIO_TRY(label(a, "group", study->table->groups, "group of sectors (groups may overlap)",
                      group_name));
    }
    if (a->matrix && a->quantities) {
        WIO_TRY(wio_result_dimension(a->result, "demand", a->economy->n,
                                     wio_result_labels(a->result, "activity"),
                                     "activity whose output is demanded", a->err));
    }
    if (a->purchases) {
        wio_names categories = {0};
        wio_status status = wio_categories(&categories, study, a->err);
        if (status == WIO_OK) {
            status = wio_result_dimension(a->result, "category", categories.count,
                                          (const char *const *)categories.code,
                                          "category of purchases", a->err);
        }
        wio_names_free(&categories);
        WIO_TRY(status);
    }
    if (study->years > 0) {
        double *year = NULL;
        WIO_TRY(wio_result_dimension(a->result, "year", study->years, NULL, "year", a->err));
        WIO_TRY(wio_result_add(&year, a->result, "year", "year", "year", "year", a->err));
        for (size_t t = 0; t < study->years; t++) {
            year[t] = (double)(study->first_year + (int)t);
        }
    }
    return WIO_OK;
}

static wio_status find_regions(wio_assembly *a)
{
    const wio_table *table = a->study->table;
    a->home = wio_zalloc(table->region.count, sizeof *a->home);
    a->partner = wio_zalloc(table->region.count, sizeof *a->partner);
    if (a->home == NULL || a->partner == NULL) {
        return wio_fail(a->err, WIO_E_MEMORY, "regions");
    }
    for (size_t r = 0; r < table->region.count; r++) {
        if (table->endogenous[r]) {
            a->home[a->homes++] = r;
        } else {
            a->partner[a->partners++] = r;
        }
    }
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        for (size_t s = 0; s < a->study->scenarios; s++) {
            if (a->outcome[s].quantities && a->outcome[s].used[c]) {
                a->channel[a->channels++] = (wio_channel)c;
                break;
            }
        }
    }
    return WIO_OK;
}

/* What the study asks for decides which variables there are. */
static void find_contents(wio_assembly *a)
{
    const wio_study *study = a->study;
    a->prices = study->model.prices != WIO_PRICES_FIXED;
    a->matrix = true;
    for (size_t s = 0; s < study->scenarios; s++) {
        const wio_scenario *scenario = &study->scenario[s];
        a->quantities = a->quantities || a->outcome[s].quantities;
        a->matrix = a->matrix && a->outcome[s].by_demand != NULL;
        a->solved = a->solved || scenario->solve_count != WIO_COUNT_NONE;
        for (size_t k = 0; k < scenario->shocks; k++) {
            wio_shock_kind kind = scenario->shock[k].kind;
            a->plants = a->plants || kind == WIO_SHOCK_INVESTMENT;
            a->ventures = a->ventures || kind == WIO_SHOCK_JOINT_VENTURE;
            a->purchases =
                a->purchases || kind == WIO_SHOCK_PURCHASE || kind == WIO_SHOCK_PURCHASE_CATCH_UP;
        }
    }
}

static wio_status assemble(wio_assembly *a, const double *break_even,
                           const wio_run_options *options)
{
    WIO_TRY(wio_result_create(&a->result, a->err));
    WIO_TRY(find_regions(a));
    find_contents(a);
    WIO_TRY(add_dimensions(a));
    WIO_TRY(wio_assemble_variables(a, break_even));
    return wio_assemble_attributes(a->result, a->economy, a->study, a->outcome, options, a->err);
}

wio_status wio_assemble(wio_result **out, const wio_economy *economy, const wio_study *study,
                        const wio_outcome *outcome, const double *break_even,
                        const wio_run_options *options, wio_error *err)
{
    wio_assembly a = {.economy = economy, .study = study, .outcome = outcome, .err = err};
    wio_text money = {0};
    char *unit = NULL;
    wio_text_add(&money, "million %s", study->table->currency);
    wio_status status = wio_text_take(&unit, &money, err);
    a.money = unit;
    if (status == WIO_OK) {
        status = assemble(&a, break_even, options);
    }
    wio_free(a.home);
    wio_free(a.partner);
    wio_free(unit);
    if (status != WIO_OK) {
        wio_result_free(a.result);
        return status;
    }
    *out = a.result;
    return WIO_OK;
}
