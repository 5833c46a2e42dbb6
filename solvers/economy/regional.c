/* regional.c - a region of a national table by location quotients (Flegg & Webber 1997, 2000).
 *
 *   a_r,ij = t_ij a_ij,   t = min(1, quotient)     the rest, (1 - t_ij) a_ij, from the rest of the nation
 *   x_r,j  = x_j E_rj / E_nj                       output by employment, same output per job
 *
 * The quotient of AFLQ can exceed 1, which would make the region buy more at home than the nation
 * uses in all; it is 1 then, as for the others. */
#include "rebuild.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const METHODS[] = {"LQ", "CILQ", "FLQ", "AFLQ"};
enum { MOST_NAMED = 10 };

typedef struct region {
    const wio_table *nation;
    wio_regional_method method;
    double delta, size, lambda;
    double *LQ, *ratio; /* [n] x_r / x */
    size_t n, home;     /* home: region of the nation in its list */
    size_t jobless;     /* sectors with output and no jobs in the nation */
    size_t rows;        /* of the new table: region, rest of the nation, foreign origins */
    size_t finals;
    double *Z, *Y, *P, *S;
    wio_regional_report report;
    wio_log *log;
    wio_error *err;
} region;

static wio_status quotients(region *r, const double *jobs)
{
    const wio_table *t = r->nation;
    const size_t account = wio_table_jobs(t);
    if (account == SIZE_MAX) {
        return wio_fail(r->err, WIO_E_TABLE, "%s has no account 'jobs': quotients need it",
                        t->name);
    }
    const double *E = t->S + account * t->n;
    double total = 0.0, here = 0.0;
    for (size_t j = 0; j < r->n; j++) {
        const char *code = t->sector.code[t->origin_sector[j]];
        if (!(jobs[j] >= 0.0) || isinf(jobs[j]) || (isnan(E[j]) && t->x[j] > 0.0)) {
            return wio_fail(r->err, WIO_E_TABLE,
                            "jobs of %s: %g in the region, %g in the nation: both are needed", code,
                            jobs[j], E[j]);
        }
        double nation = isnan(E[j]) ? 0.0 : E[j];
        if (jobs[j] > nation * (1.0 + 1e-12)) {
            return wio_fail(r->err, WIO_E_TABLE,
                            "%s has %g jobs in the region and %g in the nation", code, jobs[j],
                            nation);
        }
        total += nation;
        here += jobs[j];
    }
    if (!(here > 0.0)) {
        return wio_fail(r->err, WIO_E_TABLE, "the region has no jobs");
    }
    r->size = here / total;
    bool flegg = r->method == WIO_REGIONAL_FLQ || r->method == WIO_REGIONAL_AFLQ;
    r->lambda = flegg ? pow(log2(1.0 + r->size), r->delta) : 1.0;
    for (size_t j = 0; j < r->n; j++) {
        r->ratio[j] = E[j] > 0.0 ? jobs[j] / E[j] : 0.0;
        r->LQ[j] = r->ratio[j] / r->size;
        if (t->x[j] > 0.0 && !(E[j] > 0.0) && ++r->jobless <= MOST_NAMED) {
            wio_find(r->log, WIO_WARNING, NULL, 0, 0,
                     "%s makes %.6g without a job in the nation: jobs give the region none of it",
                     t->sector.code[t->origin_sector[j]], t->x[j]);
        }
    }
    return WIO_OK;
}

/* Share of the nation's input from i to j that the region buys at home. */
static double share(const region *r, size_t i, size_t j)
{
    double q = r->LQ[i];
    if (r->method != WIO_REGIONAL_LQ && i != j) {
        q = r->LQ[j] > 0.0 ? q / r->LQ[j] : 0.0;
    }
    q *= r->lambda;
    if (r->method == WIO_REGIONAL_AFLQ && r->LQ[j] > 1.0) {
        q *= log2(1.0 + r->LQ[j]);
    }
    return q < 1.0 ? q : 1.0;
}

/* Rows: the region, the rest of the nation, then the foreign origins. */
static void flows(region *r)
{
    const wio_table *t = r->nation;
    const size_t n = r->n;
    double imports = 0.0, all = 0.0;
    for (size_t i = 0; i < t->m; i++) {
        for (size_t j = 0; j < n; j++) {
            double z = t->Z[i * n + j] * r->ratio[j];
            if (i >= n) {
                r->Z[(n + i) * n + j] = z;
                continue;
            }
            double at_home = z * share(r, i, j);
            r->Z[i * n + j] = at_home;
            r->Z[(n + i) * n + j] = z - at_home;
            imports += z - at_home;
            all += z;
        }
    }
    r->report.imports = all > 0.0 ? imports / all : 0.0;
    for (size_t k = 0; k < t->p; k++) {
        for (size_t j = 0; j < n; j++) {
            r->P[k * n + j] = t->P[k * n + j] * r->ratio[j];
        }
    }
}

/* Final uses; the last column is sales to the rest of the nation. */
static void finals(region *r)
{
    const wio_table *t = r->nation;
    const size_t n = r->n, f = r->finals;
    for (size_t i = 0; i < t->m; i++) {
        double q = i < n ? r->LQ[i] * r->lambda : 0.0;
        q = q < 1.0 ? q : 1.0;
        for (size_t c = 0; c < t->f; c++) {
            double y = t->Y[i * t->f + c];
            if (i >= n) { /* re-exports of imports stay with the nation */
                bool export = t->use_role[t->final_use[c]] == WIO_ROLE_EXPORT;
                r->Y[(n + i) * f + c] = export ? 0.0 : y * r->size;
            } else if (t->use_role[t->final_use[c]] == WIO_ROLE_EXPORT) {
                r->Y[i * f + c] = y * r->ratio[i];
            } else {
                r->Y[i * f + c] = y * r->size * q;
                r->Y[(n + i) * f + c] = y * r->size * (1.0 - q);
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        double sold = wio_sum(r->Z + i * n, n, 1) + wio_sum(r->Y + i * f, t->f, 1);
        double rest = t->x[i] * r->ratio[i] - sold;
        /* nothing is made: nothing is bought, by LQ = 0; or all is sold here, but for rounding */
        if (r->ratio[i] == 0.0 || fabs(rest) <= 1e-12 * t->x[i] * r->ratio[i]) {
            rest = 0.0;
        }
        r->Y[i * f + t->f] = rest;
        if (rest < -1e-12 * t->x[i] && ++r->report.negative_exports <= MOST_NAMED) {
            wio_find(r->log, WIO_WARNING, NULL, 0, 0,
                     "sales of %s to the rest of the nation are %.6g: its quotients ask for more "
                     "than it makes",
                     t->sector.code[t->origin_sector[i]], rest);
        }
    }
}

/* Labels of the new table and everything into wio_table_create. */
static wio_status make(wio_table **out, const region *r, const char *code, const double *jobs)
{
    const wio_table *t = r->nation;
    const size_t n = r->n, regions = t->region.count + 1, account = wio_table_jobs(t);
    wio_status status = WIO_E_MEMORY;
    const char **codes = wio_zalloc(regions, sizeof *codes);
    const char **valuation = wio_zalloc(regions, sizeof *valuation);
    bool *endogenous = wio_zalloc(regions, sizeof *endogenous);
    size_t *origin = wio_zalloc(r->rows, sizeof *origin);
    const char **sector = wio_zalloc(r->rows, sizeof *sector);
    const char **name = wio_zalloc(r->rows, sizeof *name);
    size_t *final_region = wio_zalloc(r->finals, sizeof *final_region);
    const char **use = wio_zalloc(r->finals, sizeof *use);
    wio_role *role = wio_zalloc(r->finals, sizeof *role);
    wio_text rest = {0}, title = {0};
    wio_text_add(&rest, "%s-rest", t->region.code[r->home]);
    wio_text_add(&title, "%s, by %s from %s", code, METHODS[r->method], t->name);
    if (codes != NULL && valuation != NULL && endogenous != NULL && origin != NULL &&
        sector != NULL && name != NULL && final_region != NULL && use != NULL && role != NULL &&
        !rest.failed && !title.failed) {
        /* Region s of the nation is s + 2 past its home: 0 the region, 1 the rest, then abroad. */
        codes[0] = code;
        codes[1] = rest.data;
        endogenous[0] = true;
        for (size_t s = 0, at = 2; s < t->region.count; s++) {
            if (s != r->home) {
                valuation[at] = wio_valuation_name(t->valuation[s]);
                codes[at++] = t->region.code[s];
            }
        }
        for (size_t i = 0; i < r->rows; i++) {
            size_t from = i < n ? i : i - n, s = t->origin_region[from];
            origin[i] = i < n ? 0 : s == r->home ? 1 : s < r->home ? s + 2 : s + 1;
            sector[i] = t->sector.code[t->origin_sector[from]];
            name[i] = t->sector.name[t->origin_sector[from]];
        }
        for (size_t c = 0; c < t->f; c++) {
            size_t s = t->final_region[c];
            final_region[c] = s == r->home ? 0 : s < r->home ? s + 2 : s + 1;
            use[c] = t->use.code[t->final_use[c]];
            role[c] = t->use_role[t->final_use[c]];
        }
        final_region[t->f] = 1;
        use[t->f] = "REST";
        role[t->f] = WIO_ROLE_EXPORT;
        for (size_t k = 0; k < t->k; k++) {
            for (size_t j = 0; j < n; j++) {
                r->S[k * n + j] = k == account ? jobs[j] : t->S[k * n + j] * r->ratio[j];
            }
        }
        const wio_table_arrays arrays = {.name = code,
                                         .title = title.data,
                                         .currency = t->currency,
                                         .year = t->year,
                                         .price_basis = t->price_basis,
                                         .import_split = t->import_split,
                                         .household_income = NAN,
                                         .regions = regions,
                                         .region_code = codes,
                                         .endogenous = endogenous,
                                         .valuation = valuation,
                                         .n = n,
                                         .m = r->rows,
                                         .origin_region = origin,
                                         .origin_sector = sector,
                                         .origin_sector_name = name,
                                         .f = r->finals,
                                         .final_region = final_region,
                                         .final_use = use,
                                         .final_role = role,
                                         .p = t->p,
                                         .primary_item = (const char *const *)t->item.code,
                                         .primary_role = t->item_role,
                                         .k = t->k,
                                         .account = (const char *const *)t->account.code,
                                         .account_unit = (const char *const *)t->account_unit,
                                         .Z = r->Z,
                                         .Y = r->Y,
                                         .P = r->P,
                                         .S = r->S};
        status = wio_table_create(out, &arrays, r->log, r->err);
    } else {
        status = wio_fail(r->err, WIO_E_MEMORY, "labels of a regional table");
    }
    void *const block[] = {codes, valuation,    endogenous, origin, sector,
                           name,  final_region, use,        role};
    for (size_t k = 0; k < sizeof block / sizeof *block; k++) {
        wio_free(block[k]);
    }
    wio_text_free(&rest);
    wio_text_free(&title);
    return status;
}

/* Amounts of lines of the nation: the region's part of their sector's jobs, or of all. */
static double part(const void *context, const frame_place *p, size_t k, double share)
{
    const region *r = context;
    const wio_table *t = r->nation;
    bool none = p->region == SIZE_MAX && p->partner == SIZE_MAX;
    (void)k;
    if (!none && p->region != r->home && p->partner != r->home) {
        return share;
    }
    for (size_t j = 0; j < r->n; j++) {
        if (t->origin_sector[j] == p->sector) {
            return r->ratio[j];
        }
    }
    return r->size;
}

/* Texts, sources, groups and further files of the nation, as far as they are the region's. */
static wio_status take_over(wio_table *table, region *r)
{
    const wio_table *t = r->nation;
    char *home[] = {t->region.code[r->home]}, *code[] = {table->region.code[0]};
    const wio_concordance regions = {.count = 1, .from = home, .to = code};
    const frame_carry files = {.from = t,
                               .region = &regions,
                               .share = part,
                               .context = r,
                               .gone = "codes that the new table does not have",
                               .shares = "jobs in the region and in the nation"};
    char *name = table->name, *title = table->title;
    table->name = table->title = NULL;
    wio_status status = wio_table_copy_head(table, t, r->err);
    wio_free(table->name);
    wio_free(table->title);
    table->name = name;
    table->title = title;
    WIO_TRY(status);
    table->household_income = NAN; /* it was the nation's */
    wio_free(table->household_income_source);
    table->household_income_source = NULL;
    WIO_TRY(wio_table_copy_inputs(table, t, r->err));
    for (size_t g = 0; g < t->groups; g++) {
        WIO_TRY(wio_rebuild_group(table, t, &t->group[g], r->err));
    }
    WIO_TRY(wio_rebuild_satellite_notes(table, t, r->err));
    return wio_frames_carry(table, &files, r->log, r->err);
}

static wio_status check(region *r)
{
    const wio_table *t = r->nation;
    size_t count = 0;
    for (size_t s = 0; s < t->region.count; s++) {
        if (t->endogenous[s]) {
            r->home = s;
            count++;
        }
    }
    if (count != 1) {
        return wio_fail(r->err, WIO_E_TABLE,
                        "%s has %zu regions with production: quotients need a national table",
                        t->name, count);
    }
    bool flegg = r->method == WIO_REGIONAL_FLQ || r->method == WIO_REGIONAL_AFLQ;
    if (flegg && !(r->delta >= 0.0 && r->delta <= 1.0)) {
        return wio_fail(r->err, WIO_E_ARGUMENT,
                        "%s needs delta, 0 to 1: it decides how much a small region imports",
                        METHODS[r->method]);
    }
    return WIO_OK;
}

static wio_status run(wio_table **out, region *r, const char *code, const double *jobs,
                      wio_arena *arena)
{
    const wio_table *t = r->nation;
    WIO_TRY(check(r));
    r->rows = r->n + t->m;
    r->finals = t->f + 1;
    r->LQ = wio_take(arena, r->n);
    r->ratio = wio_take(arena, r->n);
    r->Z = wio_take(arena, r->rows * r->n);
    r->Y = wio_take(arena, r->rows * r->finals);
    r->P = wio_take(arena, t->p * r->n);
    r->S = wio_take(arena, t->k * r->n);
    if (arena->failed) {
        return wio_fail(r->err, WIO_E_MEMORY, "a regional table of %zu sectors", r->n);
    }
    WIO_TRY(quotients(r, jobs));
    flows(r);
    finals(r);
    r->report.size = r->size;
    r->report.lambda = r->lambda;
    wio_table *table = NULL;
    WIO_TRY(make(&table, r, code, jobs));
    char delta[WIO_NUMBER_SIZE], jobless[100] = "";
    if (r->jobless > 0) {
        (void)snprintf(jobless, sizeof jobless,
                       "; %zu have output and no jobs in the nation, and none of it here",
                       r->jobless);
    }
    wio_status status = take_over(table, r);
    status = status != WIO_OK
                 ? status
                 : wio_table_note(
                       table, r->err,
                       "Made from %s by %s%s%s: an estimate from jobs, not a survey. Imports from "
                       "the rest of the "
                       "nation are %.4g of home inputs; %zu sectors have negative sales there%s.",
                       t->name, METHODS[r->method], isnan(r->delta) ? "" : ", delta ",
                       isnan(r->delta) ? "" : wio_format_double(delta, r->delta), r->report.imports,
                       r->report.negative_exports, jobless);
    if (status != WIO_OK) {
        wio_table_free(table);
        return status;
    }
    *out = table;
    return WIO_OK;
}

wio_status wio_table_regionalise(wio_table **out, const wio_table *nation, const char *code,
                                 const double *jobs, wio_regional_method method, double delta,
                                 wio_regional_report *report, wio_log *log, wio_error *err)
{
    if (out == NULL || nation == NULL || code == NULL || jobs == NULL ||
        (unsigned)method >= WIO_REGIONAL_METHODS) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_regionalise: NULL or unknown argument");
    }
    WIO_TRY(wio_table_whole(nation, err));
    region r = {
        .nation = nation, .method = method, .delta = delta, .n = nation->n, .log = log, .err = err};
    if (method != WIO_REGIONAL_FLQ && method != WIO_REGIONAL_AFLQ) {
        r.delta = (double)NAN; /* they have none, and the notes name none */
    }
    wio_arena arena = {0};
    wio_status status = run(out, &r, code, jobs, &arena);
    wio_arena_free(&arena);
    if (status == WIO_OK && report != NULL) {
        *report = r.report;
    }
    return status;
}
