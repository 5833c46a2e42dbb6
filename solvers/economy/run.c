/* run.c - every scenario of a study under every case, and what would flip the sign.
 *
 * A task is one scenario under one set of parameters. Tasks are independent and run in parallel;
 * each is solved by one thread, and results are put together in a fixed order, so the bits do not
 * depend on the number of threads. */
#include "assemble.h"

#include <math.h>
#include <omp.h>

enum { SIDES = 8 }; /* right-hand sides of a scenario, with prices and ledger: the plan's guess */

typedef struct run {
    const wio_study *study;
    const wio_run_options *options;
    wio_economy *economy;
    wio_outcome *outcome; /* [cases x scenarios] */
    wio_error *error;     /* [cases x scenarios] */
    size_t done, total;
    omp_lock_t lock; /* of done and the caller's progress */
} run;

static bool stopped(const run *r)
{
    return r->options->stop != NULL && *r->options->stop != 0;
}

static void report_progress(run *r, const char *what)
{
    if (r->options->progress != NULL) {
        r->options->progress(r->options->context, r->done, r->total, what);
    }
}

/* At least one: the factorisation had room for its own. */
static int threads_for(const run *r, size_t tasks)
{
    int threads = wio_threads(r->options->threads);
    threads = (size_t)threads > tasks ? (int)tasks : threads;
    int room = wio_blas_room(threads);
    return room > 0 ? room : 1;
}

static wio_status solve_tasks(run *r, wio_error *err)
{
    const wio_study *study = r->study;
    size_t tasks = study->cases * study->scenarios;
    // NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): the pragma reads it
    int threads = threads_for(r, tasks);
    wio_blas_single();
    omp_init_lock(&r->lock);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t task = 0; task < tasks; task++) {
        size_t c = task / study->scenarios, s = task % study->scenarios;
        if (stopped(r)) {
            wio_fail(&r->error[task], WIO_E_INTERRUPTED, "stopped before scenario '%s'",
                     study->scenario[s].name);
            continue;
        }
        bool matrix = c == 0 && (study->demand_matrix || r->options->demand_matrix);
        (void)wio_scenario_solve(&r->outcome[task], r->economy, study, &study->scenario[s],
                                 &study->cases_[c].parameters, c == 0, matrix, &r->error[task]);
        omp_set_lock(&r->lock); /* a named critical section would export its symbol */
        r->done++;
        report_progress(r, study->scenario[s].name);
        omp_unset_lock(&r->lock);
    }
    omp_destroy_lock(&r->lock);
    for (size_t task = 0; task < tasks; task++) {
        if (r->error[task].status != WIO_OK) {
            size_t c = task / study->scenarios;
            return wio_fail(err, r->error[task].status, "%s%s%s", r->error[task].message,
                            c > 0 ? " (case: " : "", c > 0 ? study->cases_[c].name : "");
        }
    }
    return WIO_OK;
}

/* Changes from another scenario. A scenario waits until those that are measured from it are done,
 * so that every base still holds its changes from the table. waiting [scenarios] starts at zero. */
static void compare(run *r, size_t *waiting)
{
    const wio_study *study = r->study;
    for (size_t s = 0; s < study->scenarios; s++) {
        if (study->scenario[s].compare_to != SIZE_MAX) {
            waiting[study->scenario[s].compare_to]++;
        }
    }
    for (size_t start = 0; start < study->scenarios; start++) {
        /* follow the chain from its loose end as long as nobody else waits */
        for (size_t s = start; s != SIZE_MAX && waiting[s] == 0;) {
            size_t base = study->scenario[s].compare_to;
            waiting[s] = SIZE_MAX; /* done */
            for (size_t c = 0; base != SIZE_MAX && c < study->cases; c++) {
                wio_outcome *row = r->outcome + c * study->scenarios;
                wio_outcome_compare(&row[s], &row[base], r->economy, study);
            }
            if (base != SIZE_MAX) {
                waiting[base]--;
            }
            s = base;
        }
    }
}

/* --- break-even ------------------------------------------------------------------------------- */

typedef struct search {
    run *r;
    size_t scenario;
    wio_parameters parameters;
    bool failed; /* a solve failed, as against a bracket without a change of sign */
} search;

static double target(const search *s, const wio_outcome *outcome)
{
    const char *what = s->r->study->break_even_for;
    return what[0] == 'v'   ? outcome->value_added_total
           : what[0] == 'o' ? outcome->output_total
                            : outcome->jobs_total;
}

static wio_status try_change(search *s, double value, double *change, wio_error *err)
{
    const wio_study *study = s->r->study;
    const wio_scenario *scenario = &study->scenario[s->scenario];
    if (stopped(s->r)) {
        return wio_fail(err, WIO_E_INTERRUPTED, "stopped during the break-even search");
    }
    WIO_TRY(wio_parameters_set(&s->parameters, study->table, study->break_even_over, value, err));
    wio_outcome outcome = {0};
    WIO_TRY(wio_scenario_solve(&outcome, s->r->economy, study, scenario, &s->parameters, false,
                               false, err));
    *change = target(s, &outcome);
    wio_outcome_free(&outcome);
    if (scenario->compare_to != SIZE_MAX) {
        WIO_TRY(wio_scenario_solve(&outcome, s->r->economy, study,
                                   &study->scenario[scenario->compare_to], &s->parameters, false,
                                   false, err));
        *change -= target(s, &outcome);
        wio_outcome_free(&outcome);
    }
    return isnan(*change) ? wio_fail(err, WIO_E_NONFINITE, "break-even: %s is not modelled",
                                     study->break_even_for)
                          : WIO_OK;
}

static wio_status change_at(void *context, double value, double *change, wio_error *err)
{
    search *s = context;
    wio_status status = try_change(s, value, change, err);
    s->failed = s->failed || status != WIO_OK;
    return status;
}

static wio_status break_even(double *root, run *r, size_t scenario, wio_error *err)
{
    const wio_study *study = r->study;
    *root = NAN;
    if (!r->outcome[scenario].quantities) {
        return WIO_OK;
    }
    search s = {.r = r, .scenario = scenario};
    WIO_TRY(wio_parameters_copy(&s.parameters, &study->cases_[0].parameters, study->table, err));
    /* four digits are more than an elasticity is known to */
    double tolerance = 1e-6 * (study->break_even_high - study->break_even_low);
    wio_error local = {0};
    wio_status status = wio_root(root, change_at, &s, study->break_even_low, study->break_even_high,
                                 tolerance, &local);
    if (status == WIO_E_NOT_CONVERGED &&
        !s.failed) { /* no change of sign in the bracket: an answer too */
        *root = NAN;
        status = WIO_OK;
    }
    wio_parameters_clear(&s.parameters);
    return status == WIO_OK ? WIO_OK : wio_fail(err, status, "%s", local.message);
}

static wio_status break_evens(double *root, run *r, wio_error *err)
{
    const wio_study *study = r->study;
    wio_status *status = wio_zalloc(study->scenarios, sizeof *status);
    wio_error *error = wio_zalloc(study->scenarios, sizeof *error);
    wio_status worst = WIO_OK;
    if (status == NULL || error == NULL) {
        worst = wio_fail(err, WIO_E_MEMORY, "break-even");
        goto done;
    }
    // NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): the pragma reads it
    int threads = threads_for(r, study->scenarios);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t s = 0; s < study->scenarios; s++) {
        status[s] = break_even(&root[s], r, s, &error[s]);
    }
    for (size_t s = 0; s < study->scenarios && worst == WIO_OK; s++) {
        if (status[s] != WIO_OK) {
            worst = wio_fail(err, status[s], "%s", error[s].message);
        }
    }
done:
    wio_free(error);
    wio_free(status);
    return worst;
}

static wio_status check_certificates(const run *r, wio_error *err)
{
    const wio_study *study = r->study;
    size_t tasks = study->cases * study->scenarios;
    for (size_t task = 0; task < tasks && !r->options->allow_uncertified; task++) {
        size_t c = task / study->scenarios, s = task % study->scenarios;
        const wio_certificate *certificate = &r->outcome[task].certificate;
        /* TRUST 1.4: silent up to 1e-8, a warning up to 1e-4, above that no answer */
        if (!(certificate->error_bound <= 1e-4)) {
            return wio_fail(err, WIO_E_NOT_CERTIFIED,
                            "scenario '%s'%s%s%s: the proven error bound is %.3g (at most 1e-4 "
                            "without --allow-uncertified), condition number %.3g",
                            study->scenario[s].name, c > 0 ? " (case: " : "",
                            c > 0 ? study->cases_[c].name : "", c > 0 ? ")" : "",
                            certificate->error_bound, certificate->condition);
        }
    }
    return WIO_OK;
}

wio_status wio_run(wio_result **out, const wio_study *study, const wio_run_options *options,
                   wio_log *log, wio_error *err)
{
    static const wio_run_options none = {0};
    if (out == NULL || study == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "NULL argument");
    }
    size_t tasks = study->cases * study->scenarios;
    run r = {.study = study, .options = options != NULL ? options : &none};
    r.total = tasks + (study->break_even_over != NULL ? 1 : 0);
    wio_result *result = NULL;
    double *root = NULL;
    size_t *waiting = NULL;
    wio_status status = wio_table_balanced(study->table, log, err);
    if (status == WIO_OK) {
        const wio_solver_options how = {.method = r.options->method,
                                        .threads = r.options->threads,
                                        .memory = r.options->memory,
                                        .right_hand_sides = tasks * SIDES};
        status = wio_economy_create_with(&r.economy, study->table, &how, log, err);
    }
    if (status != WIO_OK) {
        goto done;
    }
    r.outcome = wio_zalloc(tasks, sizeof *r.outcome);
    r.error = wio_zalloc(tasks, sizeof *r.error);
    root = wio_zalloc(study->scenarios, sizeof *root);
    waiting = wio_zalloc(study->scenarios, sizeof *waiting);
    if (r.outcome == NULL || r.error == NULL || root == NULL || waiting == NULL) {
        status = wio_fail(err, WIO_E_MEMORY, "%zu tasks", tasks);
        goto done;
    }
    status = solve_tasks(&r, err);
    if (status == WIO_OK) {
        compare(&r, waiting);
        status = check_certificates(&r, err);
    }
    if (status == WIO_OK && study->break_even_over != NULL) {
        status = break_evens(root, &r, err);
        r.done++;
        report_progress(&r, "break-even");
    }
    if (status == WIO_OK) {
        status = wio_assemble(&result, r.economy, study, r.outcome,
                              study->break_even_over != NULL ? root : NULL, r.options, err);
    }
    if (status == WIO_OK) {
        *out = result;
    }
done:
    for (size_t task = 0; r.outcome != NULL && task < tasks; task++) {
        wio_outcome_free(&r.outcome[task]);
    }
    wio_free(r.outcome);
    wio_free(r.error);
    wio_free(root);
    wio_free(waiting);
    wio_economy_free(r.economy);
    return status;
}
