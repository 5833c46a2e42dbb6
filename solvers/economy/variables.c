/* variables.c - the variables of a result: one table of rows says name, dimensions, unit, text, and
 * where the figure comes from. */
#include "assemble.h"

#include <math.h>
#include <string.h>

/* --- figures that are more than a look into an array --------------------------------------------- */

static double channel_sum(const double *by_channel, size_t n, size_t i)
{
    double sum = 0.0;
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        sum += by_channel[c * n + i];
    }
    return sum;
}

/* basket is [regions x (consumer, investment, government) x (direct, indirect)] */
static double consumer_price(const wio_assembly *a, const wio_outcome *o, size_t i)
{
    return o->basket[6 * a->home[i / 2] + i % 2];
}

static double investment_price(const wio_assembly *a, const wio_outcome *o, size_t i)
{
    return o->basket[6 * a->home[i / 2] + 2 + i % 2];
}

static double government_price(const wio_assembly *a, const wio_outcome *o, size_t i)
{
    return o->basket[6 * a->home[i / 2] + 4 + i % 2];
}

static double export_price(const wio_assembly *a, const wio_outcome *o, size_t i)
{
    return o->export_price[a->home[i]];
}

static double household_cost(const wio_assembly *a, const wio_outcome *o, size_t i)
{
    return o->cost[a->home[i]];
}

/* Change of exports to a partner: sum over that partner's export columns. */
static double exports_change(const wio_assembly *a, const wio_outcome *o, size_t at)
{
    const wio_table *table = a->study->table;
    size_t n = a->economy->n, f = a->economy->f, i = at % n;
    double sum = 0.0;
    for (size_t c = 0; c < f; c++) {
        sum += table->final_region[c] == a->partner[at / n] ? o->exports[i * f + c] : 0.0;
    }
    return sum;
}

static double exports_total(const wio_assembly *a, const wio_outcome *o, size_t p)
{
    double sum = 0.0;
    for (size_t i = 0; i < a->economy->n; i++) {
        sum += exports_change(a, o, p * a->economy->n + i);
    }
    return sum;
}

static double group_jobs(const wio_assembly *a, const wio_outcome *o, size_t g)
{
    const wio_table *table = a->study->table;
    const wio_group *group = &table->group[g];
    double sum = 0.0;
    for (size_t i = 0; i < a->economy->n; i++) {
        size_t k = 0;
        while (k < group->count && group->sector[k] != table->origin_sector[i]) {
            k++;
        }
        double jobs = k < group->count ? channel_sum(o->jobs, a->economy->n, i) : 0.0;
        sum += isnan(jobs) ? 0.0 : jobs;
    }
    return sum;
}

/* --- the table ------------------------------------------------------------------------------------ */

typedef enum source {
    TOTAL,   /* [channels x size] array: sum over channels */
    CHANNEL, /* [channels x size] array: the channels in use */
    ARRAY,   /* [size x stride] array: element `shift` of each; 0 where there is none */
    SCALAR,  /* a field of the outcome */
    FIGURE   /* a function */
} source;

enum {
    QUANTITIES = 1,
    PRICES = 2,
    JOBS = 4,
    ORIGINS = 8,
    PARTNERS = 16,
    YEARS = 32,
    PLANTS = 64,
    VENTURES = 128,
    PURCHASES = 256,
    SOLVED = 512,
    MATRIX = 1024,
    GROUPS = 2048
};

typedef struct row {
    const char *name, *dimensions; /* after scenario */
    const char *units;             /* NULL: money */
    const char *long_name;
    int needs;
    source source;
    size_t offset, stride, shift;
    double (*figure)(const wio_assembly *a, const wio_outcome *o, size_t i);
} row;

#define AT(field) .offset = offsetof(wio_outcome, field), .stride = 1

static const row ROWS[] = {
    {"output_change", "activity", NULL, "change of gross output", QUANTITIES, TOTAL, AT(x)},
    {"value_added_change", "activity", NULL, "change of value added at base prices", QUANTITIES,
     TOTAL, AT(value_added)},
    {"output_channel", "channel,activity", NULL, "change of gross output by channel", QUANTITIES,
     CHANNEL, AT(x)},
    {"value_added_channel", "channel,activity", NULL, "change of value added by channel",
     QUANTITIES, CHANNEL, AT(value_added)},
    {"jobs_change", "activity", "persons", "change of jobs", QUANTITIES | JOBS, TOTAL, AT(jobs)},
    {"jobs_channel", "channel,activity", "persons", "change of jobs by channel", QUANTITIES | JOBS,
     CHANNEL, AT(jobs)},
    {"jobs_group", "group", "persons", "change of jobs by group (groups may overlap)",
     QUANTITIES | JOBS | GROUPS, FIGURE, .figure = group_jobs},
    {"imports_change", "origin", NULL, "change of imports at base prices", QUANTITIES | ORIGINS,
     TOTAL, AT(imports)},
    {"imports_channel", "channel,origin", NULL, "change of imports by channel",
     QUANTITIES | ORIGINS, CHANNEL, AT(imports)},
    {"exports_change", "partner,activity", NULL, "change of exports at base prices",
     QUANTITIES | PARTNERS, FIGURE, .figure = exports_change},
    {"exports_change_total", "partner", NULL, "change of exports at base prices",
     QUANTITIES | PARTNERS, FIGURE, .figure = exports_total},
    {"price_change", "activity", "1", "relative change of the producer's price", PRICES, ARRAY,
     AT(price)},
    {"margin_loss", "activity", NULL, "cost rise not moved into prices, a year at base output",
     PRICES, ARRAY, AT(margin_loss)},
    {"consumer_price_change", "home,part", "1",
     "relative change of the cost of the base consumer basket", PRICES, FIGURE,
     .figure = consumer_price},
    {"investment_price_change", "home,part", "1",
     "relative change of the cost of the base investment basket", PRICES, FIGURE,
     .figure = investment_price},
    {"government_price_change", "home,part", "1",
     "relative change of the cost of the base government basket", PRICES, FIGURE,
     .figure = government_price},
    {"export_price_change", "home", "1", "relative change of export prices, base weights", PRICES,
     FIGURE, .figure = export_price},
    {"household_cost", "home", NULL, "extra cost of the base consumer basket, a year", PRICES,
     FIGURE, .figure = household_cost},
    {"tariff_revenue_static", "origin", NULL, "duty at the points added if nobody switched",
     PRICES | ORIGINS, ARRAY, AT(revenue_static)},
    {"buyers_cost", "origin", NULL, "extra cost to buyers at base quantities", PRICES | ORIGINS,
     ARRAY, AT(buyers_cost)},
    {"tariff_revenue", "origin", NULL, "duty at the points added", PRICES | ORIGINS | QUANTITIES,
     ARRAY, AT(revenue)},
    {"tariff_revenue_change", "origin", NULL, "change of all duties, old duties lost counted",
     PRICES | ORIGINS | QUANTITIES, ARRAY, AT(revenue_change)},
    {"revenue_spent", "", NULL, "duty revenue spent again", PRICES | ORIGINS | QUANTITIES, SCALAR,
     AT(revenue_spent)},
    {"revenue_offset", "", NULL, "duties lost again in income and payroll tax",
     PRICES | ORIGINS | QUANTITIES, SCALAR, AT(revenue_offset)},
    {"output_year", "year,activity", NULL, "change of gross output in each year",
     QUANTITIES | YEARS, ARRAY, AT(x_year)},
    {"jobs_year", "year,activity", "persons", "change of jobs in each year, without construction",
     QUANTITIES | YEARS | JOBS, ARRAY, AT(jobs_year)},
    {"purchases_gross", "year", NULL, "purchases above the counterfactual",
     QUANTITIES | YEARS | PURCHASES, ARRAY, .offset = offsetof(wio_outcome, purchases),
     .stride = 2},
    {"purchases_net", "year", NULL, "purchases that are additional", QUANTITIES | YEARS | PURCHASES,
     ARRAY, .offset = offsetof(wio_outcome, purchases), .stride = 2, .shift = 1},
    {"category_purchases_gross", "category,year", NULL, "purchases above the counterfactual",
     QUANTITIES | YEARS | PURCHASES, ARRAY, .offset = offsetof(wio_outcome, by_category),
     .stride = 3},
    {"category_purchases_net", "category,year", NULL, "purchases that are additional",
     QUANTITIES | YEARS | PURCHASES, ARRAY, .offset = offsetof(wio_outcome, by_category),
     .stride = 3, .shift = 1},
    {"category_jobs", "category,year", "persons",
     "direct and indirect jobs of the additional purchases", QUANTITIES | YEARS | PURCHASES | JOBS,
     ARRAY, .offset = offsetof(wio_outcome, by_category), .stride = 3, .shift = 2},
    {"job_years", "year,activity", "job-years",
     "work in construction and its supply chain; never part of jobs", QUANTITIES | YEARS | PLANTS,
     ARRAY, AT(job_years)},
    {"operation_jobs_direct", "year", "persons", "jobs in the plants", QUANTITIES | YEARS | PLANTS,
     ARRAY, .offset = offsetof(wio_outcome, operation), .stride = 4},
    {"operation_jobs_gross", "year", "persons", "jobs in the plants and their supply chains",
     QUANTITIES | YEARS | PLANTS, ARRAY, .offset = offsetof(wio_outcome, operation), .stride = 4,
     .shift = 1},
    {"operation_jobs_displaced", "year", "persons", "jobs displaced elsewhere",
     QUANTITIES | YEARS | PLANTS, ARRAY, .offset = offsetof(wio_outcome, operation), .stride = 4,
     .shift = 2},
    {"operation_jobs_net", "year", "persons", "gross less displaced", QUANTITIES | YEARS | PLANTS,
     ARRAY, .offset = offsetof(wio_outcome, operation), .stride = 4, .shift = 3},
    {"capex_built", "year", NULL, "investment that is built", QUANTITIES | YEARS | PLANTS, ARRAY,
     AT(capex)},
    {"equipment_imports", "year", NULL, "imported directly for construction",
     QUANTITIES | YEARS | PLANTS, ARRAY, AT(equipment)},
    {"capex_required", "", NULL, "announced investment that meets the target", QUANTITIES | SOLVED,
     SCALAR, AT(capex_required)},
    {"gdp_change", "", NULL, "value added less licence fees paid abroad", QUANTITIES | PLANTS,
     SCALAR, AT(gdp)},
    {"gni_change", "", NULL, "GDP change less profits of foreign owners", QUANTITIES | PLANTS,
     SCALAR, AT(gni)},
    {"licence_fees", "", NULL, "licence fees paid abroad", QUANTITIES | VENTURES, SCALAR,
     AT(licence)},
    {"cash_leaving", "", NULL, "profits repatriated and licence fees", QUANTITIES | VENTURES,
     SCALAR, AT(cash_leaving)},
    {"jobs_by_demand", "activity,demand", "persons",
     "jobs of the activity for the demand of the column", QUANTITIES | JOBS | MATRIX, ARRAY,
     AT(by_demand)},
};

/* Elements of a scenario: the product of the dimensions. */
static size_t elements(const wio_assembly *a, const char *dimensions)
{
    size_t count = 1;
    char name[32];
    while (*dimensions != '\0') {
        size_t length = strcspn(dimensions, ",");
        memcpy(name, dimensions, length);
        name[length] = '\0';
        count *= wio_result_length(a->result, name);
        dimensions += length + (dimensions[length] == ',');
    }
    return count;
}

static double figure(const wio_assembly *a, const row *r, const wio_outcome *o, size_t count,
                     size_t i)
{
    const char *field = (const char *)o + r->offset;
    if (r->source == FIGURE) {
        return r->figure(a, o, i);
    }
    if (r->source == SCALAR) {
        return *(const double *)(const void *)field;
    }
    const double *array = *(double *const *)(const void *)field;
    if (r->source == TOTAL) {
        return channel_sum(array, count, i);
    }
    if (r->source == CHANNEL) {
        size_t size = count / a->channels;
        return array[a->channel[i / size] * size + i % size];
    }
    return array != NULL ? array[i * r->stride + r->shift] : 0.0;
}

static wio_status add_row(wio_assembly *a, const row *r)
{
    char dimensions[64] = "scenario";
    if (r->dimensions[0] != '\0') {
        size_t length = strlen(r->dimensions);
        dimensions[strlen("scenario")] = ',';
        memcpy(dimensions + strlen("scenario,"), r->dimensions, length + 1);
    }
    size_t count = elements(a, r->dimensions);
    double *data = NULL;
    WIO_TRY(wio_result_add(&data, a->result, r->name, dimensions,
                           r->units != NULL ? r->units : a->money, r->long_name, a->err));
    for (size_t s = 0; s < a->study->scenarios; s++) {
        const wio_outcome *o = &a->outcome[s];
        bool known = o->quantities || (r->needs & QUANTITIES) == 0;
        for (size_t i = 0; i < count; i++) {
            data[s * count + i] = known ? figure(a, r, o, count, i) : NAN;
        }
    }
    return WIO_OK;
}

/* --- the table's own figures, and the cases -------------------------------------------------------- */

static wio_status add_bases(wio_assembly *a)
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

static wio_status add_cases(wio_assembly *a, const double *break_even)
{
    const wio_study *study = a->study;
    static const char *const name[] = {"jobs_case", "value_added_case", "output_case",
                                       "consumer_price_case"};
    static const char *const text[] = {"change of jobs", "change of value added",
                                       "change of output", "change of consumer prices"};
    for (size_t k = 0; k < 4; k++) {
        bool skip = (k == 0 && a->economy->jobs == SIZE_MAX) || (k == 3 && !a->prices) ||
                    (k < 3 && !a->quantities);
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

wio_status wio_assemble_variables(wio_assembly *a, const double *break_even)
{
    int has = (a->quantities ? QUANTITIES : 0) | (a->prices ? PRICES : 0) |
              (a->economy->jobs != SIZE_MAX ? JOBS : 0) | (a->economy->q > 0 ? ORIGINS : 0) |
              (a->partners > 0 ? PARTNERS : 0) | (a->study->years > 0 ? YEARS : 0) |
              (a->plants ? PLANTS : 0) | (a->ventures ? VENTURES : 0) |
              (a->purchases ? PURCHASES : 0) | (a->solved ? SOLVED : 0) | (a->matrix ? MATRIX : 0) |
              (a->study->table->groups > 0 ? GROUPS : 0);
    WIO_TRY(add_bases(a));
    for (size_t k = 0; k < sizeof ROWS / sizeof *ROWS; k++) {
        bool channels = ROWS[k].source != CHANNEL || a->channels > 0;
        if ((ROWS[k].needs & ~has) == 0 && channels) {
            WIO_TRY(add_row(a, &ROWS[k]));
        }
    }
    return add_cases(a, break_even);
}
