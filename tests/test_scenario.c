/* test_scenario.c - suite for solvers/economy/scenario.c, ledger.c, duties.c, projects.c: whole
 * scenarios on TOY3 against the answers of MODEL 2, 3b, 3d. */
#include "../solvers/economy/scenario.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* Half of the sixth printed digit, and rounding: n kappa u x = 3 * 3 * 1e-16 * 1e4. */
static const double PRINTED = .5e-6 + 1e-11;

enum { US, CN, RW };

static wio_table *table;
static wio_economy *economy;
static wio_study study;
static wio_parameters parameters;
static wio_case cases[1];
static wio_shock shock[4];
static wio_scenario scenario;
static wio_outcome out;
static double nothing[3], tenth[3] = {.1, .1, 0}, ones[3] = {1, 1, 1};
static double sigma_domestic[3] = {2.5, 2.5, 2.5}, sigma_import[3] = {5, 5, 5},
              epsilon[3] = {3, 3, 3};

static void setup(void)
{
    table = toy3();
    ck_assert_int_eq(wio_economy_create(&economy, table, NULL, NULL), WIO_OK);
    parameters = (wio_parameters){.sigma_domestic = sigma_domestic,
                                  .sigma_import = sigma_import,
                                  .export_elasticity = epsilon,
                                  .pass_through = NAN,
                                  .recapture = NAN,
                                  .duty_offset = NAN,
                                  .additionality = NAN,
                                  .announced_to_built = NAN,
                                  .displacement_home = NAN};
    parameters.eta[WIO_ROLE_HOUSEHOLD] = parameters.eta[WIO_ROLE_GOVERNMENT] =
        parameters.eta[WIO_ROLE_INVESTMENT] = 1.0;
    memset(shock, 0, sizeof shock);
    scenario = (wio_scenario){.name = (char *)"test", .compare_to = SIZE_MAX, .shock = shock};
    cases[0].parameters = parameters;
    study = (wio_study){.table = table,
                        .model = {.prices = WIO_PRICES_COST_PUSH, .substitution = true},
                        .cases = 1,
                        .cases_ = cases,
                        .scenarios = 1,
                        .scenario = &scenario};
    out = (wio_outcome){0};
}

static void teardown(void)
{
    wio_outcome_free(&out);
    wio_economy_free(economy);
    wio_table_free(table);
}

static void add_tariff(size_t importer, size_t exporter, double *points, double *pass_through)
{
    shock[scenario.shocks++] = (wio_shock){.kind = WIO_SHOCK_TARIFF,
                                           .as.tariff = {.importer = importer,
                                                         .exporter = exporter,
                                                         .base = nothing,
                                                         .points = points,
                                                         .pass_through = pass_through,
                                                         .uses = {true, true, true},
                                                         .recapture = 0.0}};
}

static void solve(void)
{
    wio_error err = {0};
    wio_status status =
        wio_scenario_solve(&out, economy, &study, &scenario, &parameters, true, false, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
}

static double sum(const double *by_channel, wio_channel channel)
{
    return wio_sum(by_channel + 3 * channel, 3, 1);
}

/* The channels are made of pieces: their sum has to be the whole again. */
static void check_adding_up(void)
{
    double jobs = 0.0, output = 0.0;
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        jobs += sum(out.jobs, (wio_channel)c);
        output += sum(out.x, (wio_channel)c);
    }
    ck_assert_double_eq_tol(jobs, out.jobs_total, 1e-10);
    ck_assert_double_eq_tol(output, out.output_total, 1e-10);
}

START_TEST(a_tariff_gives_the_answers_of_the_model)
{
    static const double price[] = {1.005679, 1.006833, 1.001743};
    static const double x[] = {119.929781, 707.086883, 1198.867871}, x0[] = {120, 700, 1200};
    add_tariff(US, CN, tenth, ones);
    solve();
    for (size_t i = 0; i < 3; i++) {
        double dx = 0.0;
        for (size_t c = 0; c < WIO_CHANNELS; c++) {
            dx += out.x[3 * c + i];
        }
        ck_assert_double_eq_tol(out.price[i], price[i] - 1.0, PRINTED);
        ck_assert_double_eq_tol(dx, x[i] - x0[i], PRINTED);
    }
    ck_assert_double_eq_tol(out.jobs_total, 13.765690, PRINTED);
    ck_assert_double_eq_tol(wio_sum(out.revenue_change, 6, 1), 10.746671, PRINTED);
    /* CN imports A 2 -> 1.347987, M 150 -> 106.118727; RW M 200 -> 227.786821 */
    double imports[6] = {0};
    for (size_t c = 0; c < WIO_CHANNELS; c++) {
        for (size_t o = 0; o < 6; o++) {
            imports[o] += out.imports[6 * c + o];
        }
    }
    ck_assert_double_eq_tol(imports[0], 1.347987 - 2, PRINTED);
    ck_assert_double_eq_tol(imports[1], 106.118727 - 150, PRINTED);
    ck_assert_double_eq_tol(imports[4], 227.786821 - 200, PRINTED);
    check_adding_up();
}
END_TEST

START_TEST(retaliation_turns_the_sign)
{
    add_tariff(US, CN, tenth, ones);
    add_tariff(CN, US, tenth, ones);
    solve();
    ck_assert_double_eq_tol(out.jobs_total, -43.727991, PRINTED);
    check_adding_up();
}
END_TEST

START_TEST(totals_alone_equal_the_ledger)
{
    add_tariff(US, CN, tenth, ones);
    add_tariff(CN, US, tenth, ones);
    solve();
    wio_outcome totals = {0};
    ck_assert_int_eq(
        wio_scenario_solve(&totals, economy, &study, &scenario, &parameters, false, false, NULL),
        WIO_OK);
    ck_assert_double_eq_tol(totals.jobs_total, out.jobs_total, 1e-10);
    ck_assert_double_eq_tol(totals.output_total, out.output_total, 1e-10);
    wio_outcome_free(&totals);
}
END_TEST

START_TEST(revenue_returned_adds_more_jobs_than_the_tariff)
{
    parameters.revenue = WIO_REVENUE_HOUSEHOLDS;
    parameters.households = (wio_household_options){.tax = .22, .saving = .08, .leakage = .02};
    add_tariff(US, CN, tenth, ones);
    solve();
    ck_assert_double_eq_tol(out.jobs_total, 13.765690 + 47.254568, 2 * PRINTED);
    check_adding_up();
}
END_TEST

START_TEST(no_tariff_changes_nothing)
{
    add_tariff(US, CN, nothing, ones);
    solve();
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq(out.price[i], 0.0);
    }
    ck_assert_double_eq_tol(out.jobs_total, 0.0, 1e-10);
}
END_TEST

START_TEST(a_tariff_without_substitution_has_no_quantities)
{
    study.model.substitution = false;
    add_tariff(US, CN, tenth, ones);
    solve();
    ck_assert(!out.quantities);
    ck_assert(isnan(out.jobs_total));
    /* MODEL 3c: dp, CPI direct .0066667 + indirect .0029429, revenue at base quantities 15.2 */
    ck_assert_double_eq_tol(out.price[1], .008051, PRINTED);
    ck_assert_double_eq_tol(out.basket[0], .0066667, .5e-7 + 1e-12);
    ck_assert_double_eq_tol(out.basket[1], .0029429, .5e-7 + 1e-12);
    ck_assert_double_eq_tol(wio_sum(out.revenue_static, 6, 1), 15.2, 1e-10);
}
END_TEST

START_TEST(partial_pass_through_splits_the_duty)
{
    /* S5, TOY3, beta .8: 12.16 borne by buyers, 14.92 collected (at base quantities) */
    double beta[] = {.8, .8, .8};
    study.model.substitution = false;
    add_tariff(US, CN, tenth, beta);
    solve();
    ck_assert_double_eq_tol(wio_sum(out.buyers_cost, 6, 1), 12.16, 1e-10);
    ck_assert_double_eq_tol(wio_sum(out.revenue_static, 6, 1), 14.92, .005);
}
END_TEST

/* --- demand --------------------------------------------------------------------------------------- */

START_TEST(demand_splits_into_direct_indirect_and_induced)
{
    double domestic[3] = {0, 10, 0}, imported[6] = {0};
    parameters.households = (wio_household_options){.endogenous = true};
    shock[scenario.shocks++] =
        (wio_shock){.kind = WIO_SHOCK_FINAL_DEMAND,
                    .as.final_demand = {.domestic = domestic, .imported = imported}};
    solve();
    ck_assert_double_eq_tol(sum(out.jobs, WIO_CHANNEL_DIRECT), 30.0, 1e-12);
    ck_assert_double_eq_tol(sum(out.jobs, WIO_CHANNEL_INDIRECT), 29.437311, PRINTED);
    ck_assert_double_eq_tol(sum(out.jobs, WIO_CHANNEL_INDUCED), 45.641681, PRINTED);
    ck_assert_double_eq_tol(out.jobs_total, 105.078992, PRINTED);
    check_adding_up();
}
END_TEST

START_TEST(jobs_by_demand_has_both_margins)
{
    double domestic[3] = {1, 10, 4}, imported[6] = {0};
    shock[scenario.shocks++] =
        (wio_shock){.kind = WIO_SHOCK_FINAL_DEMAND,
                    .as.final_demand = {.domestic = domestic, .imported = imported}};
    wio_outcome matrix = {0};
    ck_assert_int_eq(
        wio_scenario_solve(&matrix, economy, &study, &scenario, &parameters, true, true, NULL),
        WIO_OK);
    static const double multiplier[] = {14.431748, 5.943731, 7.700941};
    for (size_t k = 0; k < 3; k++) { /* column sums: jobs multiplier x demand */
        double column = 0.0, row = 0.0, jobs = 0.0;
        for (size_t i = 0; i < 3; i++) {
            column += matrix.by_demand[3 * i + k];
            row += matrix.by_demand[3 * k + i];
        }
        for (size_t c = 0; c < WIO_CHANNELS; c++) {
            jobs += matrix.jobs[3 * c + k];
        }
        ck_assert_double_eq_tol(column, multiplier[k] * domestic[k], 10 * PRINTED);
        ck_assert_double_eq_tol(row, jobs, 1e-10);
    }
    wio_outcome_free(&matrix);
}
END_TEST

/* S6 with half of the duty passed on: two tariffs on one entry are one of their sum, and what is
 * taken back leaves nothing, in surplus as in jobs. */
START_TEST(partners_tariffs_add_and_are_taken_back_whole)
{
    static double fifth[3] = {.2, .2, 0}, back[3] = {-.2, -.2, 0}, half[3] = {.5, .5, .5};
    add_tariff(CN, US, fifth, half);
    solve();
    double jobs = out.jobs_total, value_added = out.value_added_total;
    /* buyers pay 1.1, the exporter keeps 1.1/1.2 of 28 at 1.1^-3: the rest leaves the surplus */
    double lost = (1 - 1.1 / 1.2) * 28 * pow(1.1, -3), chain = 0.0;
    for (size_t i = 0; i < 3; i++) {
        chain += economy->v[i] * out.x[3 * WIO_CHANNEL_RETALIATION + i];
    }
    ck_assert_double_eq_tol(sum(out.value_added, WIO_CHANNEL_RETALIATION) - chain, -lost, 1e-12);
    wio_outcome_free(&out);
    scenario.shocks = 0;
    add_tariff(CN, US, tenth, half);
    add_tariff(CN, US, tenth, half);
    solve();
    ck_assert_double_eq_tol(out.jobs_total, jobs, 1e-11);
    ck_assert_double_eq_tol(out.value_added_total, value_added, 1e-12);
    wio_outcome_free(&out);
    add_tariff(CN, US, back, half);
    solve();
    ck_assert_double_eq_tol(out.jobs_total, 0.0, 1e-11);
    ck_assert_double_eq_tol(out.value_added_total, 0.0, 1e-12);
}
END_TEST

START_TEST(labour_productivity_costs_jobs_in_proportion)
{
    double labour[3] = {0, .25, 0};
    shock[scenario.shocks++] = (wio_shock){
        .kind = WIO_SHOCK_PRODUCTIVITY, .as.productivity = {.labour = labour, .inputs = nothing}};
    solve();
    /* e -> e/1.25 on 2100 jobs: -420 */
    ck_assert_double_eq_tol(out.jobs_total, -420.0, 1e-9);
}
END_TEST

/* x' = (I - A')^-1 f with column M of A a tenth smaller, recomputed from scratch. */
START_TEST(input_saving_equals_a_new_solve)
{
    double inputs[3] = {0, .1, 0}, A[9], x[3], jobs = 0.0;
    static const double Zd[] = {20, 40, 10, 15, 120, 60, 20, 100, 200}, x0[] = {120, 700, 1200};
    static const double e[] = {10, 3, 6};
    for (size_t i = 0; i < 3; i++) {
        x[i] = x0[i];
        for (size_t j = 0; j < 3; j++) {
            x[i] -= Zd[3 * i + j];
            A[3 * i + j] = Zd[3 * i + j] / x0[j] * (1.0 - inputs[j]);
        }
    }
    wio_system *system = NULL;
    ck_assert_int_eq(wio_system_create(&system, 3, A, NULL, NULL, NULL), WIO_OK);
    ck_assert_int_eq(wio_system_solve(x, system, 1, x, NULL, NULL), WIO_OK);
    wio_system_free(system);
    shock[scenario.shocks++] = (wio_shock){
        .kind = WIO_SHOCK_PRODUCTIVITY, .as.productivity = {.labour = nothing, .inputs = inputs}};
    solve();
    for (size_t i = 0; i < 3; i++) {
        jobs += e[i] * (x[i] - x0[i]);
        ck_assert_double_eq_tol(out.x[3 * WIO_CHANNEL_PRODUCTIVITY + i], x[i] - x0[i], 1e-10);
    }
    ck_assert_double_eq_tol(out.jobs_total, jobs, 1e-8);
}
END_TEST

/* --- plants ----------------------------------------------------------------------------------------- */

static double capex[8] = {0}, utilisation[8] = {0}, bridge[3] = {0, .6, .4},
              local_content[3] = {1, .45, 1}, import_share[6] = {0, 1, 0, 0, 0, 0},
              recipe[9] = {0, .30, .12, 0, 0, 0, 0, 0, 0}, displaced_imports[3] = {0, .45, .20};

/* MODEL S2: capex 10 in phases .3/.5/.2, then o = 8 x .85 from a plant that is there already:
 * kappa is chosen so that the capital of year 3 gives a capacity of 8. */
static void add_plant(double scale)
{
    study.years = 4;
    study.first_year = 2026;
    study.report_year = 2029;
    double phase[] = {.3, .5, .2};
    for (size_t t = 0; t < 3; t++) {
        capex[t] = 10 * scale * phase[t];
    }
    utilisation[3] = .85;
    shock[scenario.shocks++] = (wio_shock){.kind = WIO_SHOCK_INVESTMENT,
                                           .as.investment = {.plant = (char *)"plant",
                                                             .activity = 1,
                                                             .capex = capex,
                                                             .announced_to_built = 1.0,
                                                             .bridge = bridge,
                                                             .local_content = local_content,
                                                             .import_share = import_share,
                                                             .capital_output = 10.0 / 8.0,
                                                             .depreciation = 0.0,
                                                             .operation = 3,
                                                             .utilisation = utilisation,
                                                             .recipe = recipe,
                                                             .jobs = 1.5,
                                                             .compensation = .12,
                                                             .surplus = .18,
                                                             .market = 1.0,
                                                             .displaces_home = .25,
                                                             .displaces_new = .10,
                                                             .displaces_import = displaced_imports,
                                                             .new_demand_paid_by = (char *)"abroad",
                                                             .net = true,
                                                             .venture = SIZE_MAX}};
}

START_TEST(a_pledge_has_gross_displaced_and_net_jobs)
{
    static const double job_years[] = {14.055552, 23.425920, 9.370368, 0};
    add_plant(1.0);
    solve();
    for (size_t t = 0; t < 4; t++) {
        ck_assert_double_eq_tol(wio_sum(out.job_years + 3 * t, 3, 1), job_years[t], PRINTED);
        ck_assert_double_eq_tol(out.equipment[t], capex[t] * .33, 1e-12);
    }
    const double *operation = out.operation + 4 * 3;
    ck_assert_double_eq_tol(operation[0], 10.2, 1e-12);
    ck_assert_double_eq_tol(operation[1], 28.609180, PRINTED);
    ck_assert_double_eq_tol(operation[2], 10.104343, PRINTED);
    ck_assert_double_eq_tol(operation[3], 18.504837, PRINTED);
    ck_assert_double_eq_tol(out.jobs_total, 18.504837, PRINTED); /* no job-years inside */
    ck_assert_double_eq_tol(sum(out.jobs, WIO_CHANNEL_DISPLACED), -10.104343, PRINTED);
    ck_assert_double_eq_tol(wio_sum(out.jobs_year + 9, 3, 1), out.jobs_total, 1e-10);
    ck_assert_double_eq_tol(wio_sum(out.jobs_year, 3, 1), 0.0, 1e-10);
    check_adding_up();
}
END_TEST

START_TEST(solve_for_scales_the_capex_to_the_target)
{
    add_plant(1.0);
    scenario.solve_count = WIO_COUNT_NET;
    scenario.solve_target = 2 * 18.504837;
    solve();
    ck_assert_double_eq_tol(out.capex_required, 20.0, 20 * PRINTED / 18.5);
    ck_assert_double_eq_tol(out.operation[15], 2 * 18.504837, 1e-9);
}
END_TEST

START_TEST(a_plant_cannot_displace_more_imports_than_there_are)
{
    add_plant(100.0); /* output 680, of which .45 from CN: 306 of 150 */
    wio_error err = {0};
    ck_assert_int_eq(
        wio_scenario_solve(&out, economy, &study, &scenario, &parameters, true, false, &err),
        WIO_E_STUDY);
    ck_assert_str_eq(
        err.message,
        "scenario 'test': in 2029 the plants displace 306 million of imports CN.M, and "
        "there are 150; lower the share, the capex or the utilisation");
    ck_assert_ptr_null(out.x);
}
END_TEST

START_TEST(a_joint_venture_lowers_gni_not_gdp)
{
    add_plant(1.0);
    shock[0].as.investment.venture = 0;
    shock[0].as.investment.net = false;
    memset(recipe, 0, sizeof recipe); /* the direct effects alone */
    shock[scenario.shocks++] = (wio_shock){.kind = WIO_SHOCK_JOINT_VENTURE,
                                           .as.venture = {.plant = (char *)"plant",
                                                          .foreign_share = .40,
                                                          .licence_fee = .03,
                                                          .repatriation = .8,
                                                          .profit_tax = 0}};
    solve();
    ck_assert_double_eq_tol(out.gdp, 1.836, 1e-12); /* MODEL S3, o = 6.8 */
    ck_assert_double_eq_tol(out.gni, 1.428, 1e-12);
    ck_assert_double_eq_tol(out.cash_leaving, .5304, 1e-12);
}
END_TEST

/* A second plant, in A, buys .2 of M per unit from home; the first sells it half of its output of
 * 6.8: what the recipe buys of M (.2 x 6.8 = 1.36, below 3.4) is no demand on the table's M. */
START_TEST(inside_sales_are_not_demanded_twice)
{
    static double other[9] = {0, .20, 0, 0, 0, 0, 0, 0, 0};
    add_plant(1.0);
    shock[0].as.investment.market = .5;
    shock[0].as.investment.net = false;
    memset(recipe, 0, sizeof recipe);
    shock[scenario.shocks++] = shock[0];
    shock[1].as.investment.activity = 0;
    shock[1].as.investment.market = 1.0;
    shock[1].as.investment.recipe = other;
    solve();
    ck_assert_double_eq_tol(out.operation[13], 2 * 10.2, 1e-10); /* no supply chain is left */
    shock[0].as.investment.market = .9; /* sells .68 inside: .68 of M is still bought */
    wio_outcome_free(&out);
    solve();
    ck_assert_double_eq_tol(out.operation[13], 2 * 10.2 + .68 * 5.943731, PRINTED);
}
END_TEST

/* --- purchases ---------------------------------------------------------------------------------------- */

START_TEST(purchases_ramp_up_as_in_the_model)
{
    /* MODEL 3g: (4,6,2) x ramp x compliance .58 on the increment x additionality .7 */
    static const double ramp[] = {.2, .4, .6, .8, 1};
    static const double jobs[] = {8.833850, 17.667701, 26.501551, 35.335402, 44.169252};
    double weight[] = {4.0 / 12, 6.0 / 12, 2.0 / 12}, none[5] = {0}, increment[5], compliance[5];
    double g[] = {.7};
    for (size_t t = 0; t < 5; t++) {
        increment[t] = 12 * ramp[t];
        compliance[t] = .58;
    }
    study.years = 5;
    study.first_year = 2026;
    shock[scenario.shocks++] =
        (wio_shock){.kind = WIO_SHOCK_PURCHASE,
                    .as.purchase = {.buyer = CN,
                                    .seller = US,
                                    .categories = 1,
                                    .category = (char *[]){(char *)(uintptr_t) "all"},
                                    .weight = weight,
                                    .years = 5,
                                    .baseline = none,
                                    .increment = increment,
                                    .counterfactual = none,
                                    .compliance = compliance,
                                    .additionality = g}};
    solve();
    double all = 0.0;
    for (size_t t = 0; t < 5; t++) {
        double year = wio_sum(out.jobs_year + 3 * t, 3, 1);
        ck_assert_double_eq_tol(year, jobs[t], PRINTED);
        ck_assert_double_eq_tol(out.purchases[2 * t], increment[t] * .58, 1e-12);
        all += year;
    }
    for (size_t t = 0; t < 5; t++) { /* one category: the same jobs, by the multipliers */
        ck_assert_double_eq_tol(out.by_category[3 * t + 1], increment[t] * .58 * .7, 1e-12);
        ck_assert_double_eq_tol(out.by_category[3 * t + 2], jobs[t], PRINTED);
    }
    ck_assert_double_eq_tol(all, 132.507756, 3 * PRINTED);
    ck_assert_double_eq_tol(out.jobs_total, all / 5, 1e-10); /* report_year 0: the average */
    /* what is not additional leaves the other buyer: CN +, RW - */
    ck_assert_double_eq_tol(out.exports[0 * 5 + 3], .58 * 12 * .6 / 3, 1e-12);
    ck_assert_double_eq_tol(out.exports[0 * 5 + 4], -.3 * .58 * 12 * .6 / 3, 1e-12);

    /* productivity is in every year too: the years still average to the whole */
    double labour[3] = {0, .25, 0};
    shock[scenario.shocks++] = (wio_shock){
        .kind = WIO_SHOCK_PRODUCTIVITY, .as.productivity = {.labour = labour, .inputs = nothing}};
    wio_outcome_free(&out);
    solve();
    ck_assert_double_eq_tol(wio_sum(out.jobs_year, 15, 1) / 5, out.jobs_total, 1e-9);
    ck_assert_double_lt(out.jobs_total, -300.0);
}
END_TEST

START_TEST(changes_can_be_measured_from_another_scenario)
{
    add_tariff(US, CN, tenth, ones);
    solve();
    wio_outcome none = {0};
    scenario.shocks = 0;
    ck_assert_int_eq(
        wio_scenario_solve(&none, economy, &study, &scenario, &parameters, true, false, NULL),
        WIO_OK);
    wio_outcome_compare(&none, &out, economy, &study);
    ck_assert_double_eq_tol(none.jobs_total, -13.765690, PRINTED);
    ck_assert_double_eq_tol(none.price[1], 1.0 / 1.006833 - 1.0, PRINTED);
    wio_outcome_free(&none);
}
END_TEST

START_TEST(every_allocation_failure_is_reported)
{
    add_tariff(US, CN, tenth, ones);
    add_tariff(CN, US, tenth, ones);
    add_plant(1.0);
    parameters.households = (wio_household_options){.endogenous = true};
    parameters.revenue = WIO_REVENUE_GOVERNMENT;
    wio_status status = WIO_E_MEMORY;
    long budget = 0, live = wio_alloc_live;
    for (; status != WIO_OK && budget < 10000; budget++) {
        wio_alloc_budget = budget;
        status =
            wio_scenario_solve(&out, economy, &study, &scenario, &parameters, true, true, NULL);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "budget %ld: %s", budget,
                      wio_status_text(status));
        ck_assert(status == WIO_OK || wio_alloc_live == live);
    }
    ck_assert_int_gt(budget, 50);
    ck_assert_int_eq(status, WIO_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario");
    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, setup, teardown);
    tcase_add_test(known, a_tariff_gives_the_answers_of_the_model);
    tcase_add_test(known, retaliation_turns_the_sign);
    tcase_add_test(known, revenue_returned_adds_more_jobs_than_the_tariff);
    tcase_add_test(known, a_tariff_without_substitution_has_no_quantities);
    tcase_add_test(known, partial_pass_through_splits_the_duty);
    tcase_add_test(known, demand_splits_into_direct_indirect_and_induced);
    tcase_add_test(known, partners_tariffs_add_and_are_taken_back_whole);
    tcase_add_test(known, labour_productivity_costs_jobs_in_proportion);
    tcase_add_test(known, a_pledge_has_gross_displaced_and_net_jobs);
    tcase_add_test(known, solve_for_scales_the_capex_to_the_target);
    tcase_add_test(known, a_joint_venture_lowers_gni_not_gdp);
    tcase_add_test(known, inside_sales_are_not_demanded_twice);
    tcase_add_test(known, purchases_ramp_up_as_in_the_model);
    suite_add_tcase(suite, known);
    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, setup, teardown);
    tcase_add_test(properties, totals_alone_equal_the_ledger);
    tcase_add_test(properties, no_tariff_changes_nothing);
    tcase_add_test(properties, jobs_by_demand_has_both_margins);
    tcase_add_test(properties, input_saving_equals_a_new_solve);
    tcase_add_test(properties, changes_can_be_measured_from_another_scenario);
    suite_add_tcase(suite, properties);
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, setup, teardown);
    tcase_add_test(failures, a_plant_cannot_displace_more_imports_than_there_are);
    tcase_add_test(failures, every_allocation_failure_is_reported);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
