/* assemble.c - outcomes of a study become a result: one home for names, units and dimensions. */
#include "assemble.h"

#include <math.h>
#include <string.h>

static const char *const CHANNEL_NAME[WIO_CHANNELS] = {
    "substitution", "spending", "dearer_exports", "partner_answer", "revenue",
    "direct",       "indirect", "displaced",      "productivity",   "induced"};

typedef struct assembly {
    wio_result *result;
    const wio_economy *economy;
    const wio_study *study;
    const wio_outcome *outcome;
    size_t channels;
    wio_channel channel[WIO_CHANNELS]; /* those in use */
    size_t homes, partners;
    size_t *home, *partner; /* region indices */
    const char *money;      /* "million USD" */
    wio_error *err;
} assembly;

static double channel_sum(const double *by_channel, size_t n, size_t i)
{
    double sum = 0.0;
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        sum += by_channel[c * n + i];
    }
    return sum;
}

static bool any_quantities(const assembly *a)
{
    for (size_t s = 0; s < a->study->scenarios; s++) {
        if (a->outcome[s].quantities) {
            return true;
        }
    }
    return false;
}

static bool any_prices(const assembly *a)
{
    return a->study->model.prices != WIO_PRICES_FIXED;
}

/* --- labels ----------------------------------------------------------------------------------- */

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

wio_status wio_assemble_labels(wio_result *result, const wio_economy *economy, wio_error *err)
{
    WIO_TRY(label_rows(result, economy->table, 0, economy->n, "activity", "region", "sector",
                       "sector_name", err));
    if (economy->q == 0) {
        return WIO_OK;
    }
    return label_rows(result, economy->table, economy->n, economy->q, "origin", "origin_region",
                      "origin_sector", "origin_sector_name", err);
}

/* Labels from any array of texts by index. */
static wio_status label(assembly *a, const char *dimension, size_t count, const char *long_name,
                        const char *(*text)(const assembly *, size_t))
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

static const char *scenario_name(const assembly *a, size_t i)
{
    return a->study->scenario[i].name;
}

static const char *compared_to(const assembly *a, size_t i)
{
    size_t base = a->study->scenario[i].compare_to;
    return base == SIZE_MAX ? "table" : a->study->scenario[base].name;
}

/* What the jobs of a scenario are net of, in the words of the screen. */
static const char *jobs_counted(const assembly *a, size_t i)
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

static const char *case_name(const assembly *a, size_t i)
{
    return i == 0 ? "central" : a->study->cases_[i].name;
}

static const char *channel_name(const assembly *a, size_t i)
{
    return CHANNEL_NAME[a->channel[i]];
}

static const char *home_name(const assembly *a, size_t i)
{
    return a->study->table->region.code[a->home[i]];
}

static const char *partner_name(const assembly *a, size_t i)
{
    return a->study->table->region.code[a->partner[i]];
}

static const char *group_name(const assembly *a, size_t i)
{
    return a->study->table->group[i].code;
}

/* A text beside each scenario. */
static wio_status describe(assembly *a, const char *name, const char *long_name,
                           const char *(*text)(const assembly *, size_t))
{
    size_t count = a->study->scenarios;
    const char **texts = wio_alloc(count, sizeof *texts);
    if (texts == NULL) {
        return wio_fail(a->err, WIO_E_MEMORY, "labels");
    }
    for (size_t i = 0; i < count; i++) {
        texts[i] = text(a, i);
    }
    wio_status status = wio_result_add_text(a->result, name, "scenario", texts, long_name, a->err);
    wio_free(texts);
    return status;
}

static wio_status add_dimensions(assembly *a)
{
    const wio_study *study = a->study;
    static const char *const parts[] = {"direct", "indirect"};
    WIO_TRY(label(a, "scenario", study->scenarios, "scenario of the study", scenario_name));
    WIO_TRY(describe(a, "scenario_compared_to", "what the changes are measured from", compared_to));
    WIO_TRY(describe(a, "scenario_jobs", "what the jobs are counted net of", jobs_counted));
    WIO_TRY(wio_assemble_labels(a->result, a->economy, a->err));
    WIO_TRY(label(a, "case", study->cases, "sensitivity case", case_name));
    WIO_TRY(label(a, "home", a->homes, "region with production columns", home_name));
    WIO_TRY(wio_result_dimension(a->result, "part", 2, parts, "part of a price change", a->err));
    if (a->channels > 0) {
        WIO_TRY(label(a, "channel", a->channels, "channel of the change", channel_name));
    }
    if (a->partners > 0) {
        WIO_TRY(label(a, "partner", a->partners, "region that only trades", partner_name));
    }
    if (study->table->groups > 0) {
        WIO_TRY(label(a, "group", study->table->groups, "group of sectors (groups may overlap)",
                      group_name));
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

/* --- variables ---------------------------------------------------------------------------------- */

/* scenario x count values through `get`; NaN for scenarios whose quantities are not modelled. */
typedef double value_of(const assembly *a, const wio_outcome *outcome, size_t i);

static wio_status add_each(assembly *a, const char *name, const char *dimensions, size_t count,
                           const char *units, const char *long_name, bool needs_quantities,
                           value_of *value)
{
    double *data = NULL;
    WIO_TRY(wio_result_add(&data, a->result, name, dimensions, units, long_name, a->err));
    for (size_t s = 0; s < a->study->scenarios; s++) {
        const wio_outcome *outcome = &a->outcome[s];
        for (size_t i = 0; i < count; i++) {
            data[s * count + i] =
                needs_quantities && !outcome->quantities ? NAN : value(a, outcome, i);
        }
    }
    return WIO_OK;
}

static double output_change(const assembly *a, const wio_outcome *o, size_t i)
{
    return channel_sum(o->x, a->economy->n, i);
}

static double jobs_change(const assembly *a, const wio_outcome *o, size_t i)
{
    return channel_sum(o->jobs, a->economy->n, i);
}

static double value_added_change(const assembly *a, const wio_outcome *o, size_t i)
{
    return channel_sum(o->value_added, a->economy->n, i);
}

static double imports_change(const assembly *a, const wio_outcome *o, size_t i)
{
    return channel_sum(o->imports, a->economy->q, i);
}

static double output_channel(const assembly *a, const wio_outcome *o, size_t i)
{
    size_t n = a->economy->n;
    return o->x[a->channel[i / n] * n + i % n];
}

static double jobs_channel(const assembly *a, const wio_outcome *o, size_t i)
{
    size_t n = a->economy->n;
    return o->jobs[a->channel[i / n] * n + i % n];
}

static double value_added_channel(const assembly *a, const wio_outcome *o, size_t i)
{
    size_t n = a->economy->n;
    return o->value_added[a->channel[i / n] * n + i % n];
}

static double imports_channel(const assembly *a, const wio_outcome *o, size_t i)
{
    size_t q = a->economy->q;
    return o->imports[a->channel[i / q] * q + i % q];
}

static double price_change(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->price[i];
}

static double margin_loss(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->margin_loss[i];
}

static double consumer_price(const assembly *a, const wio_outcome *o, size_t i)
{
    return o->basket[6 * a->home[i / 2] + i % 2];
}

static double investment_price(const assembly *a, const wio_outcome *o, size_t i)
{
    return o->basket[6 * a->home[i / 2] + 2 + i % 2];
}

static double government_price(const assembly *a, const wio_outcome *o, size_t i)
{
    return o->basket[6 * a->home[i / 2] + 4 + i % 2];
}

static double export_price(const assembly *a, const wio_outcome *o, size_t i)
{
    return o->export_price[a->home[i]];
}

static double household_cost(const assembly *a, const wio_outcome *o, size_t i)
{
    return o->cost[a->home[i]];
}

static double revenue(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->revenue[i];
}

static double revenue_static(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->revenue_static[i];
}

static double revenue_change(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->revenue_change[i];
}

static double buyers_cost(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->buyers_cost[i];
}

static double revenue_spent(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    (void)i;
    return o->revenue_spent;
}

static double revenue_offset(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    (void)i;
    return o->revenue_offset;
}

/* Change of exports to a partner: sum over that partner's export columns. */
static double exports_change(const assembly *a, const wio_outcome *o, size_t at)
{
    const wio_table *table = a->study->table;
    size_t n = a->economy->n, f = a->economy->f, i = at % n;
    double sum = 0.0;
    for (size_t c = 0; c < f; c++) {
        sum += table->final_region[c] == a->partner[at / n] ? o->exports[i * f + c] : 0.0;
    }
    return sum;
}

static double exports_total(const assembly *a, const wio_outcome *o, size_t p)
{
    double sum = 0.0;
    for (size_t i = 0; i < a->economy->n; i++) {
        sum += exports_change(a, o, p * a->economy->n + i);
    }
    return sum;
}

static double group_jobs(const assembly *a, const wio_outcome *o, size_t g)
{
    const wio_table *table = a->study->table;
    const wio_group *group = &table->group[g];
    double sum = 0.0;
    for (size_t k = 0; k < group->count; k++) {
        for (size_t i = 0; i < a->economy->n; i++) {
            double jobs = jobs_change(a, o, i);
            sum += table->origin_sector[i] == group->sector[k] && !isnan(jobs) ? jobs : 0.0;
        }
    }
    return sum;
}

static double jobs_year(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->jobs_year != NULL ? o->jobs_year[i] : NAN;
}

static double output_year(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->x_year != NULL ? o->x_year[i] : NAN;
}

static double job_years(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->job_years != NULL ? o->job_years[i] : 0.0;
}

static double capex(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->capex != NULL ? o->capex[i] : 0.0;
}

static double equipment(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->equipment != NULL ? o->equipment[i] : 0.0;
}

static double operation(const wio_outcome *o, size_t i)
{
    return o->operation != NULL ? o->operation[i] : 0.0;
}

static double operation_direct(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return operation(o, 4 * i);
}

static double operation_gross(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return operation(o, 4 * i + 1);
}

static double operation_displaced(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return operation(o, 4 * i + 2);
}

static double operation_net(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return operation(o, 4 * i + 3);
}

static double capex_required(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    (void)i;
    return o->capex_required;
}

static double purchases_gross(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->purchases != NULL ? o->purchases[2 * i] : 0.0;
}

static double purchases_net(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->purchases != NULL ? o->purchases[2 * i + 1] : 0.0;
}

static double gdp(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    (void)i;
    return o->gdp;
}

static double gni(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    (void)i;
    return o->gni;
}

static double licence(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    (void)i;
    return o->licence;
}

static double cash_leaving(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    (void)i;
    return o->cash_leaving;
}

static double by_demand(const assembly *a, const wio_outcome *o, size_t i)
{
    (void)a;
    return o->by_demand[i];
}

static wio_status add_bases(assembly *a)
{
    const wio_economy *economy = a->economy;
    const wio_table *table = economy->table;
    size_t n = economy->n, q = economy->q, f = economy->f;
    double *x = NULL, *v = NULL, *jobs = NULL, *imports = NULL, *exports = NULL, *total = NULL;
    WIO_TRY(wio_result_add(&x, a->result, "output_base", "activity", a->money,
                           "gross output of the table", a->err));
    WIO_TRY(wio_result_add(&v, a->result, "value_added_base", "activity", a->money,
                           "value added of the table", a->err));
    for (size_t i = 0; i < n; i++) {
        x[i] = economy->x[i];
        v[i] = economy->v[i] * economy->x[i];
    }
    if (economy->jobs != SIZE_MAX) {
        double covered = 0.0, *share = NULL;
        WIO_TRY(wio_result_add(&jobs, a->result, "jobs_base", "activity", "persons",
                               "jobs of the table", a->err));
        WIO_TRY(wio_result_add(&share, a->result, "jobs_covered_output_share", "", "1",
                               "share of output whose jobs are known", a->err));
        memcpy(jobs, table->S + wio_table_jobs(table) * n, n * sizeof *jobs);
        for (size_t i = 0; i < n; i++) {
            covered += isnan(jobs[i]) ? 0.0 : x[i];
        }
        *share = covered / wio_sum(x, n, 1);
    }
    if (q > 0) {
        WIO_TRY(wio_result_add(&imports, a->result, "imports_base", "origin", a->money,
                               "imports of the table, as recorded", a->err));
        for (size_t o = 0; o < q; o++) {
            imports[o] =
                wio_sum(table->Z + (n + o) * n, n, 1) + wio_sum(table->Y + (n + o) * f, f, 1);
        }
    }
    if (a->partners > 0) {
        WIO_TRY(wio_result_add(&exports, a->result, "exports_base", "partner,activity", a->money,
                               "exports of the table", a->err));
        WIO_TRY(wio_result_add(&total, a->result, "exports_base_total", "partner", a->money,
                               "exports of the table", a->err));
        for (size_t p = 0; p < a->partners; p++) {
            total[p] = 0.0;
            for (size_t i = 0; i < n; i++) {
                exports[p * n + i] = 0.0;
                for (size_t c = 0; c < f; c++) {
                    exports[p * n + i] +=
                        table->final_region[c] == a->partner[p] ? table->Y[i * f + c] : 0.0;
                }
                total[p] += exports[p * n + i];
            }
        }
    }
    return WIO_OK;
}

static wio_status add_quantities(assembly *a)
{
    size_t n = a->economy->n, q = a->economy->q, c = a->channels;
    const char *m = a->money;
    WIO_TRY(add_each(a, "output_change", "scenario,activity", n, m, "change of gross output", true,
                     output_change));
    WIO_TRY(add_each(a, "value_added_change", "scenario,activity", n, m,
                     "change of value added at base prices", true, value_added_change));
    if (c > 0) {
        WIO_TRY(add_each(a, "output_channel", "scenario,channel,activity", c * n, m,
                         "change of gross output by channel", true, output_channel));
        WIO_TRY(add_each(a, "value_added_channel", "scenario,channel,activity", c * n, m,
                         "change of value added by channel", true, value_added_channel));
    }
    if (a->economy->jobs != SIZE_MAX) {
        WIO_TRY(add_each(a, "jobs_change", "scenario,activity", n, "persons",
                         "change of jobs, net of losses", true, jobs_change));
        if (c > 0) {
            WIO_TRY(add_each(a, "jobs_channel", "scenario,channel,activity", c * n, "persons",
                             "change of jobs by channel", true, jobs_channel));
        }
        if (a->study->table->groups > 0) {
            WIO_TRY(add_each(a, "jobs_group", "scenario,group", a->study->table->groups, "persons",
                             "change of jobs by group (groups may overlap)", true, group_jobs));
        }
    }
    if (q > 0) {
        WIO_TRY(add_each(a, "imports_change", "scenario,origin", q, m,
                         "change of imports at base prices", true, imports_change));
        if (c > 0) {
            WIO_TRY(add_each(a, "imports_channel", "scenario,channel,origin", c * q, m,
                             "change of imports by channel", true, imports_channel));
        }
    }
    if (a->partners > 0) {
        WIO_TRY(add_each(a, "exports_change", "scenario,partner,activity", a->partners * n, m,
                         "change of exports at base prices", true, exports_change));
        WIO_TRY(add_each(a, "exports_change_total", "scenario,partner", a->partners, m,
                         "change of exports at base prices", true, exports_total));
    }
    return WIO_OK;
}

static wio_status add_prices(assembly *a)
{
    size_t n = a->economy->n, q = a->economy->q, homes = a->homes;
    const char *m = a->money;
    WIO_TRY(add_each(a, "price_change", "scenario,activity", n, "1",
                     "relative change of the producer's price", false, price_change));
    WIO_TRY(add_each(a, "margin_loss", "scenario,activity", n, m,
                     "cost rise not moved into prices, a year at base output", false, margin_loss));
    WIO_TRY(add_each(a, "consumer_price_change", "scenario,home,part", 2 * homes, "1",
                     "relative change of the cost of the base consumer basket", false,
                     consumer_price));
    WIO_TRY(add_each(a, "investment_price_change", "scenario,home,part", 2 * homes, "1",
                     "relative change of the cost of the base investment basket", false,
                     investment_price));
    WIO_TRY(add_each(a, "government_price_change", "scenario,home,part", 2 * homes, "1",
                     "relative change of the cost of the base government basket", false,
                     government_price));
    WIO_TRY(add_each(a, "export_price_change", "scenario,home", homes, "1",
                     "relative change of export prices, base weights", false, export_price));
    WIO_TRY(add_each(a, "household_cost", "scenario,home", homes, m,
                     "extra cost of the base consumer basket, a year", false, household_cost));
    if (q == 0) {
        return WIO_OK;
    }
    WIO_TRY(add_each(a, "tariff_revenue_static", "scenario,origin", q, m,
                     "duty at the points added if nobody switched", false, revenue_static));
    WIO_TRY(add_each(a, "buyers_cost", "scenario,origin", q, m,
                     "extra cost to buyers at base quantities", false, buyers_cost));
    if (!any_quantities(a)) {
        return WIO_OK;
    }
    WIO_TRY(add_each(a, "tariff_revenue", "scenario,origin", q, m, "duty at the points added", true,
                     revenue));
    WIO_TRY(add_each(a, "tariff_revenue_change", "scenario,origin", q, m,
                     "change of all duties, old duties lost counted", true, revenue_change));
    WIO_TRY(add_each(a, "revenue_spent", "scenario", 1, m, "duty revenue spent again", true,
                     revenue_spent));
    return add_each(a, "revenue_offset", "scenario", 1, m,
                    "duties lost again in income and payroll tax", true, revenue_offset);
}

static wio_status add_plants(assembly *a)
{
    size_t n = a->economy->n, years = a->study->years;
    const char *m = a->money;
    bool plants = false, ventures = false, purchases = false, solved = false;
    for (size_t s = 0; s < a->study->scenarios; s++) {
        const wio_scenario *scenario = &a->study->scenario[s];
        solved = solved || scenario->solve_count != WIO_COUNT_NONE;
        for (size_t k = 0; k < scenario->shocks; k++) {
            wio_shock_kind kind = scenario->shock[k].kind;
            plants = plants || kind == WIO_SHOCK_INVESTMENT;
            ventures = ventures || kind == WIO_SHOCK_JOINT_VENTURE;
            purchases =
                purchases || kind == WIO_SHOCK_PURCHASE || kind == WIO_SHOCK_PURCHASE_CATCH_UP;
        }
    }
    if (years > 0 && any_quantities(a)) {
        WIO_TRY(add_each(a, "output_year", "scenario,year,activity", years * n, m,
                         "change of gross output in each year", true, output_year));
        if (a->economy->jobs != SIZE_MAX) {
            WIO_TRY(add_each(a, "jobs_year", "scenario,year,activity", years * n, "persons",
                             "change of jobs in each year, without construction", true, jobs_year));
        }
    }
    if (purchases) {
        WIO_TRY(add_each(a, "purchases_gross", "scenario,year", years, m,
                         "purchases above the counterfactual", true, purchases_gross));
        WIO_TRY(add_each(a, "purchases_net", "scenario,year", years, m,
                         "purchases that are additional", true, purchases_net));
    }
    if (plants) {
        WIO_TRY(add_each(a, "job_years", "scenario,year,activity", years * n, "job-years",
                         "work in construction of plants; never part of jobs", true, job_years));
        WIO_TRY(add_each(a, "operation_jobs_direct", "scenario,year", years, "persons",
                         "jobs in the plants", true, operation_direct));
        WIO_TRY(add_each(a, "operation_jobs_gross", "scenario,year", years, "persons",
                         "jobs in the plants and their supply chains", true, operation_gross));
        WIO_TRY(add_each(a, "operation_jobs_displaced", "scenario,year", years, "persons",
                         "jobs displaced elsewhere", true, operation_displaced));
        WIO_TRY(add_each(a, "operation_jobs_net", "scenario,year", years, "persons",
                         "gross less displaced", true, operation_net));
        WIO_TRY(add_each(a, "capex_built", "scenario,year", years, m, "investment that is built",
                         true, capex));
        WIO_TRY(add_each(a, "equipment_imports", "scenario,year", years, m,
                         "imported directly for construction", true, equipment));
    }
    if (solved) {
        WIO_TRY(add_each(a, "capex_required", "scenario", 1, m,
                         "announced investment that meets the target", true, capex_required));
    }
    if (plants || ventures) {
        WIO_TRY(add_each(a, "gdp_change", "scenario", 1, m,
                         "value added less licence fees paid abroad", true, gdp));
        WIO_TRY(add_each(a, "gni_change", "scenario", 1, m,
                         "GDP change less profits of foreign owners", true, gni));
    }
    if (ventures) {
        WIO_TRY(add_each(a, "licence_fees", "scenario", 1, m, "licence fees paid abroad", true,
                         licence));
        WIO_TRY(add_each(a, "cash_leaving", "scenario", 1, m,
                         "profits repatriated and licence fees", true, cash_leaving));
    }
    return WIO_OK;
}

static wio_status add_cases(assembly *a, const double *break_even)
{
    const wio_study *study = a->study;
    static const char *const name[] = {"jobs_case", "value_added_case", "output_case",
                                       "consumer_price_case"};
    static const char *const text[] = {"change of jobs", "change of value added",
                                       "change of output", "change of consumer prices"};
    for (size_t k = 0; k < 4; k++) {
        bool skip = (k == 0 && a->economy->jobs == SIZE_MAX) || (k == 3 && !any_prices(a)) ||
                    (k < 3 && !any_quantities(a));
        double *data = NULL;
        if (skip) {
            continue;
        }
        WIO_TRY(wio_result_add(&data, a->result, name[k], "scenario,case",
                               k == 0   ? "persons"
                               : k == 3 ? "1"
                                        : a->money,
                               text[k], a->err));
        for (size_t s = 0; s < study->scenarios; s++) {
            for (size_t c = 0; c < study->cases; c++) {
                const wio_outcome *o = &a->outcome[c * study->scenarios + s];
                double value[] = {o->jobs_total, o->value_added_total, o->output_total,
                                  o->consumer_price};
                data[s * study->cases + c] = k < 3 && !o->quantities ? NAN : value[k];
            }
        }
    }
    if (break_even == NULL) {
        return WIO_OK;
    }
    double *data = NULL;
    WIO_TRY(wio_result_add(&data, a->result, "break_even", "scenario", "1",
                           "value at which the change is zero", a->err));
    memcpy(data, break_even, study->scenarios * sizeof *data);
    WIO_TRY(wio_result_add(&data, a->result, "break_even_low", "", "1", "lowest value searched",
                           a->err));
    *data = study->break_even_low;
    WIO_TRY(wio_result_add(&data, a->result, "break_even_high", "", "1", "highest value searched",
                           a->err));
    *data = study->break_even_high;
    return WIO_OK;
}

static wio_status add_matrix(assembly *a)
{
    bool asked = true;
    for (size_t s = 0; s < a->study->scenarios; s++) {
        asked = asked && (a->outcome[s].by_demand != NULL || !a->outcome[s].quantities);
    }
    if (!asked || !any_quantities(a) || a->outcome[0].by_demand == NULL) {
        return WIO_OK;
    }
    const char *const *labels = wio_result_labels(a->result, "activity");
    WIO_TRY(wio_result_dimension(a->result, "demand", a->economy->n, labels,
                                 "activity whose output is demanded", a->err));
    return add_each(a, "jobs_by_demand", "scenario,activity,demand", a->economy->n * a->economy->n,
                    "persons", "jobs of the activity for the demand of the column", true,
                    by_demand);
}

static wio_status find_regions(assembly *a)
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

wio_status wio_assemble(wio_result **out, const wio_economy *economy, const wio_study *study,
                        const wio_outcome *outcome, const double *break_even,
                        const wio_run_options *options, wio_error *err)
{
    assembly a = {.economy = economy, .study = study, .outcome = outcome, .err = err};
    wio_text money = {0};
    char *unit = NULL;
    wio_text_add(&money, "million %s", study->table->currency);
    wio_status status = wio_text_take(&unit, &money, err);
    a.money = unit;
    if (status == WIO_OK) {
        status = wio_result_create(&a.result, err);
    }
    if (status == WIO_OK) {
        status = find_regions(&a);
    }
    if (status == WIO_OK) {
        status = add_dimensions(&a);
    }
    if (status == WIO_OK) {
        status = add_bases(&a);
    }
    if (status == WIO_OK && any_quantities(&a)) {
        status = add_quantities(&a);
    }
    if (status == WIO_OK && any_prices(&a)) {
        status = add_prices(&a);
    }
    if (status == WIO_OK) {
        status = add_plants(&a);
    }
    if (status == WIO_OK) {
        status = add_cases(&a, break_even);
    }
    if (status == WIO_OK) {
        status = add_matrix(&a);
    }
    if (status == WIO_OK) {
        status = wio_assemble_attributes(a.result, economy, study, outcome, options, err);
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
