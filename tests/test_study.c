/* test_study.c - suite for core/study*.c and io/study_read.c: what a study that is right becomes.
 *
 * Arithmetic below is a handful of operations on numbers of order 1: 1e-14 is their rounding. */
#include "study_fixture.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double ROUNDING = 1e-14;

static wio_study *study;

static void setup(void)
{
    study_setup();
    study = NULL;
}

static void teardown(void)
{
    wio_study_free(study);
    study_teardown();
}

static void near(double value, double expected)
{
    ck_assert_double_eq_tol(value, expected, ROUNDING * fmax(1.0, fabs(expected)));
}

/* Reads a study with one place changed (find NULL: as it is). */
static void read_changed(const char *base, const char *find, const char *replace)
{
    wio_error err = {0};
    wio_text text = {0};
    const char *at = find != NULL ? strstr(base, find) : base;
    ck_assert_ptr_nonnull(at);
    wio_text_add_bytes(&text, base, (size_t)(at - base));
    wio_text_add(&text, "%s%s", replace != NULL ? replace : "",
                 at + (find != NULL ? strlen(find) : 0));
    scratch_write("study.yaml", text.data);
    wio_text_free(&text);
    wio_study_free(study);
    study = NULL;
    ck_assert_msg(wio_study_read(&study, "study.yaml", NULL, &err) == WIO_OK, "%s", err.message);
}

static const wio_tariff *first_tariff(void)
{
    ck_assert_int_eq(study->scenario[0].shock[0].kind, WIO_SHOCK_TARIFF);
    return &study->scenario[0].shock[0].as.tariff;
}

/* --- rates and tariffs ------------------------------------------------------------------------------ */

START_TEST(effective_points_are_coverage_exclusions_and_collection_of_the_change)
{
    read_changed(TARIFF, "change: 10pp",
                 "change: 10pp, coverage: 0.9, exclusions: 15%, collected: 0.95");
    const wio_tariff *tariff = first_tariff();
    near(tariff->points[0], 0.072675); /* MODEL S5 */
    near(tariff->points[1], 0.072675);
    ck_assert_double_eq(tariff->points[2], 0.0); /* services are no goods */
    near(tariff->base[0], 0.02);
    near(tariff->base[1], 0.05);
    ck_assert(isnan(tariff->recapture));
    ck_assert(tariff->uses[0] && tariff->uses[1] && tariff->uses[2]);
    near(study->base_rate[1][1], 0.05); /* US<-CN */
    ck_assert_double_eq(study->base_rate[1][2], 0.0);
    ck_assert_ptr_null(study->base_rate[2]); /* US<-RW */
    ck_assert_str_eq(study->scenario[0].shock[0].label, "tariff US<-CN");
}
END_TEST

START_TEST(a_rate_is_the_new_total_and_duties_of_a_pair_add)
{
    read_changed(TARIFF, "change: 10pp", "rate: 40%");
    ck_assert(first_tariff()->total);
    near(first_tariff()->points[0], 0.38);
    near(first_tariff()->points[1], 0.35);
    read_changed(TARIFF, "mfn, CN<-US: 0}\n", "[mfn, {column: added}], CN<-US: 0}\n");
    near(first_tariff()->base[1], 0.25);
    ck_assert_str_eq(study->base_text, "rates from MFN + added 24.8%"); /* (2*.12+150*.25)/152 */
}
END_TEST

START_TEST(replaces_leaves_the_other_duties_in_place)
{
    read_changed(TARIFF, "mfn, CN<-US: 0}\n", "[mfn, added], CN<-US: 0}\n");
    char *text = wio_strdup(study->text);
    read_changed(text, "change: 10pp", "rate: 40%, replaces: {column: mfn}");
    near(first_tariff()->points[0], 0.38);
    near(first_tariff()->points[1], 0.35);
    read_changed(text, "change: 10pp", "rate: 40%");
    near(first_tariff()->points[0], 0.28);
    near(first_tariff()->points[1], 0.15);
    wio_free(text);
}
END_TEST

START_TEST(columns_scale_and_uses_are_read)
{
    read_changed(TARIFF, "sectors: goods, change: 10pp",
                 "change: {column: added}, scale: 0.5, uses: [intermediate]");
    const wio_tariff *tariff = first_tariff();
    near(tariff->points[0], 0.05);
    near(tariff->points[1], 0.1);
    ck_assert(!tariff->scope[2]); /* the column says nothing about services */
    ck_assert(tariff->uses[0] && !tariff->uses[1] && !tariff->uses[2]);
    ck_assert_str_eq(study->base_text, "rates from MFN 5.0%"); /* (2*.02 + 150*.05)/152 */
}
END_TEST

START_TEST(a_mirror_is_the_mean_rise_weighted_by_base_imports)
{
    char *text = NULL;
    read_changed(TARIFF, "change: 10pp", "change: {column: added}");
    text = wio_strdup(study->text);
    read_changed(text, "change: 10pp, pass_through: 1, recapture",
                 "change: {mirror: tariff}, pass_through: 1, recapture");
    const wio_tariff *answer = &study->scenario[1].shock[1].as.tariff;
    double mean = (2.0 * 0.1 + 150.0 * 0.2) / 152.0; /* TOY3's imports from CN: A 2, M 150 */
    for (size_t s = 0; s < 3; s++) {
        near(answer->points[s], mean);
    }
    ck_assert_double_eq(answer->recapture, 0.0);
    wio_free(text);
}
END_TEST

START_TEST(sectors_without_a_rate_are_dropped_or_take_the_mean_of_their_group)
{
    read_changed(TARIFF, "change: 10pp",
                 "change: {column: added}, unparsed: {column: doubt, above: 0.5, use: drop}");
    ck_assert_double_eq(first_tariff()->points[0], 0.0);
    near(first_tariff()->points[1], 0.2);
    read_changed(TARIFF, "change: 10pp",
                 "change: {column: added}, unparsed: {column: doubt, above: 50%, use: group_mean}");
    near(first_tariff()->points[0], 0.2); /* goods without A is M */
    read_changed(TARIFF, "change: 10pp",
                 "change: {column: added}, unparsed: {column: doubt, above: 0.5, use: as_given}");
    near(first_tariff()->points[0], 0.1);
}
END_TEST

START_TEST(import_prices_and_productivity_are_bound_by_sector)
{
    static const char tariff[] = "      - tariff: {importer: US, exporter: CN, sectors: goods, "
                                 "change: 10pp, pass_through: 1}";
    read_changed(TARIFF, tariff,
                 "      - import_price: {importer: US, exporter: CN, sectors: M, change: -15%}\n"
                 "      - productivity: {region: US, sectors: made, labour: 2%, inputs: 1%}");
    const wio_import_price *price = &study->scenario[0].shock[0].as.import_price;
    near(price->change[1], -0.15);
    ck_assert_double_eq(price->change[0], 0.0);
    const wio_productivity *productivity = &study->scenario[0].shock[1].as.productivity;
    ck_assert_double_eq(productivity->labour[0], 0.0);
    near(productivity->labour[2], 0.02);
    near(productivity->inputs[1], 0.01);
}
END_TEST

/* --- parameters -------------------------------------------------------------------------------------- */

START_TEST(the_closest_entry_of_a_map_wins)
{
    read_changed(TARIFF, "sigma_import: 5", "sigma_import: {M: 4, all: 2, goods: 5}");
    const double *sigma = study->cases_[0].parameters.sigma_import;
    ck_assert_double_eq(sigma[0], 5.0);
    ck_assert_double_eq(sigma[1], 4.0);
    ck_assert_double_eq(sigma[2], 2.0);
}
END_TEST

START_TEST(cases_are_the_study_with_what_they_set)
{
    read_changed(TARIFF, "set: {sigma_domestic: 0.8}",
                 "set: {sigma_domestic: 0.8, pass_through: 0.5, final_demand_elasticity: "
                 "{households: 2, government: 0, investment: 1}}");
    ck_assert_uint_eq(study->cases, 2);
    ck_assert_str_eq(study->cases_[0].name, "central");
    ck_assert_str_eq(study->cases_[1].name, "low");
    const wio_parameters *central = &study->cases_[0].parameters;
    const wio_parameters *low = &study->cases_[1].parameters;
    ck_assert_double_eq(central->sigma_domestic[2], 2.5);
    ck_assert_double_eq(low->sigma_domestic[2], 0.8);
    ck_assert_double_eq(low->sigma_import[2], 5.0);
    ck_assert(isnan(central->pass_through) && isnan(central->duty_offset));
    ck_assert_double_eq(low->pass_through, 0.5);
    ck_assert_double_eq(central->eta[WIO_ROLE_INVENTORY], 1.0);
    ck_assert_double_eq(low->eta[WIO_ROLE_HOUSEHOLD], 2.0);
    ck_assert_double_eq(low->eta[WIO_ROLE_INVENTORY], 0.0);
    ck_assert_str_eq(low->horizon, "long");
    ck_assert_str_eq(study->break_even_over, "sigma_domestic");
    ck_assert_double_eq(study->break_even_low, 0.2);
    ck_assert(study->model.substitution && study->model.prices == WIO_PRICES_COST_PUSH);
}
END_TEST

START_TEST(endogenous_households_have_a_denominator)
{
    read_changed(TARIFF, "  revenue: none\n",
                 "  revenue: households\n  disposable: {tax: 0.22, saving: 8%, leakage: 0.02}\n"
                 "  duty_offset: 0.23\n");
    char *text = wio_strdup(study->text);
    const wio_parameters *p = &study->cases_[0].parameters;
    ck_assert_int_eq(p->revenue, WIO_REVENUE_HOUSEHOLDS);
    ck_assert_double_eq(p->households.saving, 0.08);
    ck_assert_double_eq(p->duty_offset, 0.23);
    ck_assert(!p->households.endogenous);
    read_changed(text, "households: exogenous,",
                 "households: endogenous, household_income: 900, rounds: 3, replacement: 10%,");
    const wio_household_options *options = &study->cases_[0].parameters.households;
    ck_assert(options->endogenous);
    ck_assert_int_eq(options->income, WIO_INCOME_AMOUNT);
    ck_assert_double_eq(options->amount, 900.0);
    ck_assert_uint_eq(options->rounds, 3);
    ck_assert_double_eq(options->replacement, 0.1);
    read_changed(text, "households: exogenous,",
                 "households: endogenous, household_income: disposable,");
    ck_assert_int_eq(study->cases_[0].parameters.households.income, WIO_INCOME_DISPOSABLE);
    read_changed(text, "households: exogenous,",
                 "households: endogenous, household_income: total,");
    ck_assert_int_eq(study->cases_[0].parameters.households.income, WIO_INCOME_TOTAL);
    wio_free(text);
}
END_TEST

START_TEST(a_number_sets_a_parameter_of_a_copy_only)
{
    read_changed(TARIFF, NULL, NULL);
    static const char *const names[] = {
        "sigma_domestic",      "sigma_import",    "export_elasticity",  "final_demand_elasticity",
        "sector_pass_through", "wage_indexation", "duty_offset",        "pass_through",
        "recapture",           "additionality",   "announced_to_built", "displacement_home"};
    wio_parameters copy = {0};
    wio_error err = {0};
    ck_assert_int_eq(wio_parameters_copy(&copy, &study->cases_[0].parameters, study->table, &err),
                     WIO_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_int_eq(wio_parameters_set(&copy, study->table, names[i], 0.25, &err), WIO_OK);
    }
    ck_assert_double_eq(copy.sigma_domestic[2] + copy.sigma_import[0] + copy.export_elasticity[1] +
                            copy.eta[WIO_ROLE_GOVERNMENT] + copy.sector_pass_through[0] +
                            copy.wage_indexation + copy.duty_offset + copy.pass_through +
                            copy.recapture + copy.additionality + copy.announced_to_built +
                            copy.displacement_home,
                        3.0);
    ck_assert_double_eq(study->cases_[0].parameters.sigma_domestic[2], 2.5);
    ck_assert_ptr_null(study->cases_[0].parameters.sector_pass_through);
    ck_assert_int_eq(wio_parameters_set(&copy, study->table, "revenue", 1.0, &err),
                     WIO_E_UNSUPPORTED);
    ck_assert_str_eq(err.message, "'revenue' is not a parameter that a number can set");
    wio_parameters_clear(&copy);
    ck_assert_ptr_null(copy.sigma_domestic);
}
END_TEST

/* --- final demand ----------------------------------------------------------------------------------------- */

static const char AMOUNTS[] = "          amounts: {A: 1, M: 2}\n"
                              "          unit: musd\n"
                              "          price_year: 2020\n"
                              "          price_basis: basic\n"
                              "          local_content: table\n";

static const wio_final_demand *demand(void)
{
    return &study->scenario[0].shock[0].as.final_demand;
}

START_TEST(an_amount_is_deflated_and_split_as_the_use_buys)
{
    read_changed(MONEY, NULL, NULL);
    ck_assert_uint_eq(demand()->years, 0);
    near(demand()->domestic[0], 1.0 / 1.1 * 20.0 / 26.0); /* C: 20 US-A, 6 RW-A */
    near(demand()->imported[3], 1.0 / 1.1 * 6.0 / 26.0);
    near(demand()->domestic[1], 2.0 / 1.1 * 170.0 / 300.0); /* 170 US, 60 CN, 70 RW */
    near(demand()->imported[1], 2.0 / 1.1 * 60.0 / 300.0);
    near(demand()->imported[4], 2.0 / 1.1 * 70.0 / 300.0);
    ck_assert_str_eq(study->scenario[0].shock[0].label, "final demand US.C");
}
END_TEST

START_TEST(purchaser_money_gives_its_margin_to_trade_and_its_tax_to_nobody)
{
    read_changed(MONEY, AMOUNTS,
                 "          amounts: {M: 0.1}\n"
                 "          unit: busd\n"
                 "          price_year: 2017\n"
                 "          price_basis: purchaser\n"
                 "          margin: {share: 20%, to: {S: 1}}\n"
                 "          tax: 0.05\n"
                 "          local_content: 1\n");
    near(demand()->domestic[1], 75.0); /* MODEL 1.4: 100 = 75 M + 20 S + 5 tax */
    near(demand()->domestic[2], 20.0);
    ck_assert_double_eq(demand()->domestic[0], 0.0);
}
END_TEST

START_TEST(a_total_is_shared_by_weights_or_as_the_table_buys)
{
    static const char money[] = "          unit: musd\n          price_year: 2017\n"
                                "          price_basis: basic\n          local_content: {M: 0.5, "
                                "all: 1}\n";
    wio_text text = {0};
    wio_text_add(&text, "          total: 10\n          weights: {A: 0.4, M: 60%%}\n%s", money);
    read_changed(MONEY, AMOUNTS, text.data);
    near(demand()->domestic[0], 4.0);
    near(demand()->domestic[1], 3.0);
    near(demand()->imported[1] + demand()->imported[4], 3.0);
    near(demand()->imported[1], 3.0 * 60.0 / 130.0);
    wio_text_free(&text);
    wio_text_add(&text,
                 "          total: 10\n          sectors: [A, S]\n          weights: table\n%s",
                 money);
    read_changed(MONEY, AMOUNTS, text.data);
    near(demand()->domestic[0], 10.0 * 26.0 / 600.0); /* A 20+6, S 560+14 */
    near(demand()->domestic[2], 10.0 * 574.0 / 600.0);
    wio_text_free(&text);
}
END_TEST

START_TEST(a_change_is_of_every_origin_of_what_the_use_buys)
{
    read_changed(MONEY, AMOUNTS, "          change: {goods: -20%}\n");
    near(demand()->domestic[0], -4.0);
    near(demand()->domestic[1], -34.0);
    ck_assert_double_eq(demand()->domestic[2], 0.0);
    near(demand()->imported[1], -12.0);
    near(demand()->imported[3], -1.2);
}
END_TEST

START_TEST(a_path_of_years_scales_the_amounts)
{
    read_changed(MONEY, "          amounts: {A: 1, M: 2}\n",
                 "          amounts: {A: 1.1}\n          years: {2020: 0.5, 2022: 2}\n");
    ck_assert_int_eq(study->first_year, 2020);
    ck_assert_uint_eq(study->years, 3);
    ck_assert_uint_eq(demand()->years, 3);
    near(demand()->domestic[0], 0.5 * 20.0 / 26.0);
    ck_assert_double_eq(demand()->domestic[3], 0.0);
    near(demand()->domestic[6], 2.0 * 20.0 / 26.0);
    read_changed(MONEY, "          amounts: {A: 1, M: 2}\n",
                 "          amounts: {A: 1.1}\n          years: [2021, 2022]\n");
    ck_assert_double_eq(demand()->domestic[0], 0.0);
    near(demand()->domestic[3], 20.0 / 26.0);
}
END_TEST

START_TEST(exports_are_made_at_home)
{
    read_changed(MONEY,
                 "          region: US\n"
                 "          use: C\n"
                 "          amounts: {A: 1, M: 2}\n"
                 "          unit: musd\n"
                 "          price_year: 2020\n"
                 "          price_basis: basic\n"
                 "          local_content: table\n",
                 "          region: CN\n"
                 "          use: EXP\n"
                 "          amounts: {A: 1.1, M: 2.2}\n"
                 "          unit: musd\n"
                 "          price_year: 2020\n"
                 "          price_basis: basic\n");
    near(demand()->domestic[0], 1.0);
    near(demand()->domestic[1], 2.0);
    for (size_t o = 0; o < 6; o++) {
        ck_assert_double_eq(demand()->imported[o], 0.0);
    }
}
END_TEST

/* --- purchases --------------------------------------------------------------------------------------------- */

static const wio_purchase *purchase(size_t k)
{
    return &study->scenario[1].shock[k].as.purchase;
}

START_TEST(a_commitment_is_kept_at_table_prices_and_as_stated)
{
    read_changed(MONEY, NULL, NULL);
    const wio_purchase *deal = purchase(0);
    ck_assert_uint_eq(deal->categories, 2);
    ck_assert_str_eq(deal->category[0], "farm");
    ck_assert_uint_eq(deal->years, 2);
    ck_assert_uint_eq(deal->first, 0);
    ck_assert(deal->on_level);
    near(deal->baseline[0], 10.0);
    near(deal->increment[0], 1.0 / 1.1);
    near(deal->increment[2], 2.0 / 1.2);
    near(deal->counterfactual[3], 20.0);
    near(deal->compliance[3], 0.5);
    near(deal->weight[0], 1.0);
    near(deal->weight[3 + 2], 0.5);
    near(deal->additionality[1], 0.5);
    near(deal->stated_target[2], 12.0);
    near(deal->stated_actual[3], 12.0); /* 0.5 (20 + 4) */
    ck_assert_ptr_null(deal->jobs_factor);
}
END_TEST

START_TEST(what_fell_short_is_caught_up_by_category)
{
    read_changed(MONEY, NULL, NULL);
    const wio_purchase *later = purchase(1);
    ck_assert_uint_eq(later->first, 1);
    ck_assert_uint_eq(later->years, 2);
    near(later->increment[0], 0.5 * 35.0 * 11.5 / 35.0); /* farm: 23 promised, 11.5 bought */
    near(later->increment[3], 0.5 * 35.0 * 23.5 / 35.0);
    ck_assert_double_eq(later->baseline[0], 0.0);
    ck_assert_double_eq(later->counterfactual[0], 0.0);
    ck_assert_double_eq(later->compliance[0], 1.0);
    ck_assert(later->on_level);
    read_changed(MONEY, "on_top_of: counterfactual", "on_top_of: last_actual");
    near(purchase(1)->counterfactual[0], 10.0 - 0.5 * (10.0 + 2.0 / 1.2));
}
END_TEST

START_TEST(compliance_by_category_on_the_increment)
{
    read_changed(MONEY,
                 "compliance: 0.5, compliance_on: level}\n"
                 "      - purchase_catch_up:\n"
                 "          of: deal\n"
                 "          shortfall: {target: 70, actual: 35, unit: musd}",
                 "compliance: {farm: 0, made: 0.5}, compliance_on: increment, "
                 "check_total: {actual: 63.5, unit: musd}}\n"
                 "      - purchase_catch_up:\n"
                 "          of: deal\n"
                 "          shortfall: {target: 70, actual: 63.5, unit: musd}");
    ck_assert(!purchase(0)->on_level);
    near(purchase(0)->stated_actual[0], 10.0);
    near(purchase(0)->stated_actual[1], 21.5);
    near(purchase(1)->increment[0], 0.5 * 6.5 * 3.0 / 6.5); /* farm 3 short, made 3.5 */
}
END_TEST

START_TEST(margins_of_a_commitment_move_its_weights)
{
    read_changed(MONEY, "    price_basis: basic\n",
                 "    price_basis: purchaser\n"
                 "    margin: {share: {farm: 20%, made: 0}, to: {S: 1}}\n"
                 "    tax: 0.1\n");
    const wio_purchase *deal = purchase(0);
    near(deal->weight[0], 0.7 / 0.9);
    near(deal->weight[2], 0.2 / 0.9);
    near(deal->weight[3 + 1], 0.5);
    near(deal->baseline[0], 9.0);
    near(deal->stated_target[2], 12.0); /* as stated: with the tax */
    near(purchase(1)->increment[0], 0.9 * 0.5 * 11.5);
}
END_TEST

START_TEST(weights_and_counterfactual_come_from_the_table)
{
    read_changed(MONEY, "weights:\n      farm: {A: 1}\n      made: {M: 0.5, S: 0.5}",
                 "weights: {file: weights.csv, by: category}");
    near(purchase(0)->weight[3 + 1], 0.5);
    read_changed(MONEY, "counterfactual: baseline", "counterfactual: table");
    near(purchase(0)->counterfactual[0], 8.0); /* TOY3 sells 8, 20, 6 to CN */
    near(purchase(0)->counterfactual[1], 26.0);
    read_changed(MONEY, "counterfactual: baseline",
                 "counterfactual: {price_year: 2017, unit: busd, farm: 0.011, made: [0.01, 0.02]}");
    near(purchase(0)->counterfactual[2], 11.0);
    near(purchase(0)->counterfactual[3], 20.0);
}
END_TEST

START_TEST(jobs_follow_the_money_of_the_year)
{
    read_changed(MONEY, "jobs_per_output: table", "jobs_per_output: jobs.csv");
    const double *factor = purchase(0)->jobs_factor;
    ck_assert_ptr_nonnull(factor);
    near(factor[0], 9.0 * 1.1 / 10.0); /* TOY3: e = (10, 3, 6) */
    near(factor[3 + 2], 4.0 * 1.2 / 6.0);
    near(purchase(1)->jobs_factor[0], 8.0 * 1.2 / 10.0); /* 2021 */
    near(purchase(1)->jobs_factor[3], 1.0);              /* 2022 is not in the file */
}
END_TEST

/* --- plants -------------------------------------------------------------------------------------------------- */

static const wio_investment *plant(void)
{
    return &study->scenario[2].shock[0].as.investment;
}

START_TEST(a_pledge_is_a_path_of_capex_and_of_use)
{
    read_changed(MONEY, NULL, NULL);
    ck_assert_str_eq(plant()->plant, "works");
    ck_assert_uint_eq(plant()->activity, 1);
    near(plant()->capex[0], 4.0);
    near(plant()->capex[1], 6.0);
    near(plant()->capex[2], 0.0);
    ck_assert_uint_eq(plant()->operation, 1);
    near(plant()->utilisation[0], 0.0);
    near(plant()->utilisation[1], 0.5);
    near(plant()->utilisation[2], 0.85);
    near(plant()->capital_output, 2.0);
    near(plant()->depreciation, 0.08);
    near(plant()->jobs, 3.0);
    near(plant()->compensation, 200.0 / 700.0);
    near(plant()->surplus, 120.0 / 700.0);
    near(plant()->market, 1.0);
    near(plant()->displaces_home, 0.5);
    near(plant()->displaces_import[1], 0.4);
    near(plant()->displaces_export, 0.1);
    ck_assert(plant()->net);
    ck_assert_uint_eq(plant()->venture, 0);
    near(study->scenario[2].shock[1].as.venture.profit_tax, 0.2);
    near(plant()->recipe[0], 40.0 / 700.0);
    near(plant()->recipe[7], 60.0 / 700.0);
}
END_TEST

START_TEST(the_bridge_is_typed_or_as_a_use_buys)
{
    read_changed(MONEY, NULL, NULL);
    near(plant()->bridge[1], 0.4 + 0.6 * 225.0 / 287.0); /* I: 2 of A, 225 of M, 60 of S */
    near(plant()->bridge[2], 0.6 * 60.0 / 287.0);
    /* kit: M as all of US buys it; site: M as I does */
    double all = 0.0;
    for (size_t j = 0; j < 3; j++) {
        all += study->table->Z[3 + j];
    }
    double us = all + 170.0 + 25.0 + 150.0, cn = 150.0, rw = 200.0;
    double home = 0.4 * us / (us + cn + rw) + 0.6 * 150.0 / 287.0;
    near(plant()->local_content[1], home / plant()->bridge[1]);
    near(plant()->local_content[0], 1.0);
    near(plant()->import_share[1] + plant()->import_share[4], 1.0);
}
END_TEST

START_TEST(local_content_of_the_models_example)
{
    read_changed(MONEY,
                 "    bridge: {kit: 0.4, site: 0.6}\n"
                 "    bridge_sectors:\n"
                 "      kit: {M: 1}\n"
                 "      site: I\n"
                 "    local_content: table\n",
                 "    bridge: {kit: 0.6, site: 0.4}\n"
                 "    bridge_sectors: {kit: {M: 1}, site: {S: 1}}\n"
                 "    local_content: {kit: 0.45, site: 1}\n");
    near(plant()->bridge[1], 0.6); /* MODEL S2: b = (0, .6, .4), lc = (1, .45, 1) */
    near(plant()->bridge[2], 0.4);
    near(plant()->local_content[1], 0.45);
    near(plant()->import_share[1], 150.0 / 350.0);
    near(plant()->import_share[4], 200.0 / 350.0);
}
END_TEST

START_TEST(a_plant_comes_from_a_file_with_a_recipe_of_its_own)
{
    read_changed(MONEY,
                 "    like: M\n"
                 "    capital_output: 2\n"
                 "    bridge: {kit: 0.4, site: 0.6}\n"
                 "    bridge_sectors:\n"
                 "      kit: {M: 1}\n"
                 "      site: I\n",
                 "    from: {file: plants.csv, plant: mill}\n"
                 "    recipe: {A: 0.1, S: 0.2}\n"
                 "    bridge_sectors: {equipment: I}\n");
    ck_assert_uint_eq(plant()->activity, 1);
    near(plant()->jobs, 2.5);
    near(plant()->capital_output, 2.0);
    near(plant()->recipe[0], 0.1 * 40.0 / 48.0); /* M buys A: 40 US, 2 CN, 6 RW */
    near(plant()->recipe[3], 0.1 * 2.0 / 48.0);
    near(plant()->recipe[2], 0.2 * 100.0 / 112.0);
    near(plant()->recipe[1], 0.0);
}
END_TEST

START_TEST(margins_of_capex_are_bought_at_home)
{
    read_changed(MONEY, "price_year: 2017, price_basis: basic}\n",
                 "price_year: 2017, price_basis: purchaser, land: 3%, tax: 0.1,\n"
                 "                  margin: {share: 0.18, to: {S: 1}}}\n");
    near(plant()->capex[0], 3.6);
    near(plant()->land, 0.03);
    double m = 0.4 + 0.6 * 225.0 / 287.0;
    near(plant()->bridge[1], 0.8 * m); /* (1 - .1 - .18)/(1 - .1) */
    near(wio_sum(plant()->bridge, 3, 1), 1.0);
    near(plant()->local_content[2], 1.0);
}
END_TEST

START_TEST(a_package_of_two_plants)
{
    wio_text text = {0};
    wio_text_add(&text, "%s", MONEY);
    char *with_cells = NULL;
    ck_assert_int_eq(wio_text_take(&with_cells, &text, NULL), WIO_OK);
    scratch_write("other.yaml", with_cells);
    wio_free(with_cells);
    read_changed(MONEY, "  - name: built\n    shocks:\n",
                 "  - name: built\n    solve_for: {jobs: 500, count: direct}\n    shocks:\n"
                 "      - investment:\n"
                 "          plant: other.yaml#works\n"
                 "          capex: {total: 1, unit: busd, years: [2020, 2020], profile: [1],\n"
                 "                  price_year: own, price_basis: basic}\n"
                 "          announced_to_built: 0.7\n"
                 "          operation: {start: 2021, utilisation: [1], depreciation: 0}\n"
                 "          sells_to: {works: 80%}\n"
                 "          net: false\n");
    near(plant()->market, 0.2);
    near(plant()->capex[0], 1000.0 / 1.1);
    near(plant()->utilisation[2], 1.0); /* the last one stays */
    ck_assert(!plant()->net);
    ck_assert_uint_eq(plant()->venture, SIZE_MAX);
    ck_assert_uint_eq(study->scenario[2].shock[1].as.investment.venture, 0);
    ck_assert_int_eq(study->scenario[2].solve_count, WIO_COUNT_DIRECT);
    ck_assert_double_eq(study->scenario[2].solve_target, 500.0);
    ck_assert_uint_eq(study->inputs, 1);
    ck_assert_str_eq(study->input[0].path, "other.yaml");
    ck_assert_uint_eq(study->input[0].bytes, strlen(MONEY));
    ck_assert_uint_eq(strlen(study->input[0].digest), 64);
}
END_TEST

/* --- scenarios and the document ------------------------------------------------------------------------------- */

START_TEST(scenarios_may_refer_to_later_ones)
{
    read_changed(TARIFF, "scenarios:\n",
                 "scenarios:\n"
                 "  - name: both\n"
                 "    extends: answer\n"
                 "    compare_to: tariff\n"
                 "    shocks:\n"
                 "      - tariff: {importer: US, exporter: CN, sectors: A, change: 1pp,"
                 " pass_through: 1}\n");
    ck_assert_uint_eq(study->scenarios, 3);
    const wio_scenario *both = &study->scenario[0];
    ck_assert_uint_eq(both->shocks, 3);
    ck_assert_uint_eq(both->compare_to, 1);
    near(both->shock[0].as.tariff.points[1], 0.1);
    ck_assert_uint_eq(both->shock[1].as.tariff.importer, 1);
    near(both->shock[2].as.tariff.points[0], 0.01);
    ck_assert_uint_eq(study->scenario[1].compare_to, SIZE_MAX);
    ck_assert_uint_eq(study->years, 0);
}
END_TEST

START_TEST(sources_are_kept_and_assumptions_counted)
{
    read_changed(TARIFF, "sigma_domestic: 2.5\n  sigma_import: 5\n",
                 "sigma_domestic: {value: 2.5, source: \"paper\"}\n"
                 "  sigma_import: {value: 5, source: assumed}\n"
                 "  duty_offset: {value: 0.2, source: \"Assumed: a fifth\"}\n");
    ck_assert_uint_eq(study->assumed, 2);
    ck_assert_uint_eq(study->sourced, 1);
    ck_assert_uint_eq(study->sources, 2);
    ck_assert_str_eq(study->source[0], "paper");
    ck_assert_str_eq(study->source[1], "Assumed: a fifth");
    ck_assert_str_eq(study->title, "T");
    ck_assert_str_eq(study->table_name, "toy");
    ck_assert_uint_eq(study->text_length, strlen(study->text));
    ck_assert_uint_eq(strlen(study->digest), 64);
}
END_TEST

START_TEST(reporting_can_ask_for_a_later_year_and_the_matrix)
{
    read_changed(MONEY, "report: {year: 2021}", "report: {year: 2030, matrix: jobs}");
    ck_assert_int_eq(study->report_year, 2030);
    ck_assert_uint_eq(study->years, 11);
    near(plant()->utilisation[10], 0.85);
    ck_assert(study->demand_matrix);
    read_changed(MONEY, "report: {year: 2021}", "report: {year: average}");
    ck_assert_int_eq(study->report_year, 0);
}
END_TEST

START_TEST(a_table_of_many_producers_has_borders)
{
    wio_table *table = toy_mrio();
    wio_error err = {0};
    ck_assert_int_eq(wio_table_write_folder(table, "mrio", false, &err), WIO_OK);
    wio_table_free(table);
    scratch_write("study.yaml",
                  "wassily: 1\ntitle: B\ntable: mrio\n"
                  "base: {rates: {US<-CN: 0, CN<-US: 5%}}\n"
                  "model: {households: exogenous, prices: at-border}\n"
                  "scenarios:\n"
                  "  - name: both\n"
                  "    shocks:\n"
                  "      - tariff: {importer: US, exporter: CN, sectors: G, change: 10pp,"
                  " pass_through: 1}\n"
                  "      - tariff: {importer: CN, exporter: US, sectors: G, rate: 20%,"
                  " pass_through: 1}\n"
                  "      - final_demand: {region: CN, use: F, change: -10%, sectors: S}\n");
    ck_assert_msg(wio_study_read(&study, "study.yaml", NULL, &err) == WIO_OK, "%s", err.message);
    near(study->scenario[0].shock[1].as.tariff.points[0], 0.15);
    const wio_final_demand *slump = &study->scenario[0].shock[2].as.final_demand;
    near(slump->domestic[1], -1.0);
    near(slump->domestic[3], -46.0);
    near(slump->domestic[5], -3.0);
    ck_assert_double_eq(slump->domestic[2], 0.0);
    ck_assert_str_eq(study->base_text, "rates from 0.0% (CN), 5.0% (US)");
}
END_TEST

/* Wages of one region would be spent by the households of all. */
START_TEST(households_of_several_regions_are_not_pooled)
{
    wio_table *table = toy_mrio();
    wio_error err = {0};
    wio_log *log = NULL;
    ck_assert_int_eq(wio_log_create(&log, &err), WIO_OK);
    ck_assert_int_eq(wio_table_write_folder(table, "mrio", false, &err), WIO_OK);
    wio_table_free(table);
    scratch_write("study.yaml",
                  "wassily: 1\ntitle: B\ntable: mrio\n"
                  "model: {households: endogenous, household_income: wages, prices: fixed}\n"
                  "scenarios:\n"
                  "  - name: slump\n"
                  "    shocks:\n"
                  "      - final_demand: {region: CN, use: F, change: -10%, sectors: S}\n");
    ck_assert_int_eq(wio_study_read(&study, "study.yaml", log, &err), WIO_E_STUDY);
    ck_assert(logged(log, "households: endogenous needs a table with one region"));
    wio_log_free(log);
}
END_TEST

START_TEST(comparisons_in_a_circle_are_refused)
{
    wio_table *table = toy3();
    wio_error err = {0};
    wio_log *log = NULL;
    ck_assert_int_eq(wio_log_create(&log, &err), WIO_OK);
    ck_assert_int_eq(wio_table_write_folder(table, "circle", false, &err), WIO_OK);
    wio_table_free(table);
    scratch_write("study.yaml", "wassily: 1\ntitle: B\ntable: circle\n"
                                "model: {households: exogenous, prices: fixed}\n"
                                "scenarios:\n"
                                "  - {name: a, compare_to: c, shocks: []}\n"
                                "  - {name: b, compare_to: a, shocks: []}\n"
                                "  - {name: c, compare_to: b, shocks: []}\n"
                                "  - {name: d, compare_to: c, shocks: []}\n");
    ck_assert_int_eq(wio_study_read(&study, "study.yaml", log, &err), WIO_E_STUDY);
    ck_assert(logged(log, "compared in a circle: 'a' comes back to itself"));
    ck_assert(logged(log, "compared in a circle: 'c' comes back to itself"));
    ck_assert(!logged(log, "'d' comes back"));
    wio_log_free(log);
}
END_TEST

/* --- properties ------------------------------------------------------------------------------------------------- */

static void check_investment(const wio_study *s, const wio_investment *built)
{
    size_t n = s->table->n, q = s->table->m - n;
    ck_assert_double_eq_tol(wio_sum(built->bridge, n, 1), 1.0, 1e-12);
    double *imported = wio_zalloc(s->table->sector.count, sizeof *imported);
    for (size_t o = 0; o < q; o++) {
        imported[s->table->origin_sector[n + o]] += built->import_share[o];
    }
    for (size_t i = 0; i < n; i++) {
        ck_assert(built->local_content[i] >= 0.0 && built->local_content[i] <= 1.0);
        if (built->bridge[i] > 0.0 && built->local_content[i] < 1.0) {
            ck_assert_double_eq_tol(imported[s->table->origin_sector[i]], 1.0, 1e-12);
        }
    }
    wio_free(imported);
}

static void check_shock(const wio_study *s, const wio_shock *shock)
{
    ck_assert_ptr_nonnull(shock->label);
    if (shock->kind == WIO_SHOCK_INVESTMENT) {
        check_investment(s, &shock->as.investment);
    }
    if (shock->kind == WIO_SHOCK_PURCHASE || shock->kind == WIO_SHOCK_PURCHASE_CATCH_UP) {
        for (size_t c = 0; c < shock->as.purchase.categories; c++) {
            ck_assert_double_eq_tol(
                wio_sum(shock->as.purchase.weight + c * s->table->n, s->table->n, 1), 1.0, 1e-9);
        }
    }
    for (size_t i = 0; shock->kind == WIO_SHOCK_TARIFF && i < s->table->sector.count; i++) {
        ck_assert(isfinite(shock->as.tariff.points[i]) && isfinite(shock->as.tariff.base[i]));
        ck_assert(shock->as.tariff.pass_through[i] >= 0.0);
    }
}

START_TEST(every_study_that_ships_binds)
{
    char folder[512], path[1024];
    size_t studies = 0;
    (void)snprintf(folder, sizeof folder, "%s/studies", before);
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot == NULL || strcmp(dot, ".yaml") != 0) {
            continue;
        }
        wio_error err = {0};
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        ck_assert_msg(wio_study_read(&study, path, NULL, &err) == WIO_OK, "%s", err.message);
        for (size_t i = 0; i < study->scenarios; i++) {
            for (size_t k = 0; k < study->scenario[i].shocks; k++) {
                check_shock(study, &study->scenario[i].shock[k]);
            }
        }
        wio_study_free(study);
        study = NULL;
        studies++;
    }
    (void)closedir(directory);
    ck_assert_uint_gt(studies, 0);
}
END_TEST

/* Damage of any kind gives a study or a place. Loop index: the seed. */
START_TEST(damaged_studies_are_read_or_refused_with_a_place)
{
    static const char *const bits[] = {"{",     "}",   "[",   "]",     ": ", "\n", "  ", "- ",
                                       "1e309", "nan", "'",   "value", "{}", "[]", "0",  "-1",
                                       "10pp",  "5%",  "all", "goods", "#",  "\\", "",   "US<-CN"};
    uint64_t state = (uint64_t)_i + 1;
    for (int round = 0; round < 40; round++) {
        const char *base = round % 2 == 0 ? TARIFF : MONEY;
        size_t length = strlen(base), from = (size_t)(random_uniform(&state) * (double)length);
        size_t cut = (size_t)(random_uniform(&state) * 12.0);
        const char *bit = bits[(size_t)(random_uniform(&state) * 24.0)];
        wio_text text = {0};
        wio_error err = {0};
        wio_text_add_bytes(&text, base, from);
        wio_text_add(&text, "%s%s", bit, from + cut < length ? base + from + cut : "");
        scratch_write("study.yaml", text.data);
        wio_text_free(&text);
        wio_status status = wio_study_read(&study, "study.yaml", NULL, &err);
        if (status == WIO_OK) {
            wio_study_free(study);
        } else {
            ck_assert_int_eq(status, WIO_E_STUDY);
            ck_assert_msg(strncmp(err.message, "study.yaml:", 11) == 0, "%s", err.message);
        }
        study = NULL;
    }
}
END_TEST

/* --- failures ---------------------------------------------------------------------------------------------------- */

START_TEST(a_study_that_is_not_there_is_no_input)
{
    wio_error err = {0};
    ck_assert_int_eq(wio_study_read(&study, "absent.yaml", NULL, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_null(study);
    ck_assert_int_eq(wio_study_read(&study, "toy", NULL, NULL), WIO_E_NO_INPUT);
}
END_TEST

START_TEST(a_link_out_of_the_folder_is_refused)
{
    wio_error err = {0};
    ck_assert_int_eq(symlink("/etc/hostname", "out.yaml"), 0);
    ck_assert_int_eq(symlink("toy", "inside"), 0);
    const char *at = strstr(MONEY, "use: deal");
    wio_text text = {0};
    wio_text_add_bytes(&text, MONEY, (size_t)(at - MONEY));
    wio_text_add(&text, "use: out.yaml#deal%s", at + strlen("use: deal"));
    scratch_write("study.yaml", text.data);
    wio_text_free(&text);
    ck_assert_int_eq(wio_study_read(&study, "study.yaml", NULL, &err), WIO_E_STUDY);
    ck_assert_ptr_nonnull(strstr(err.message, "'out.yaml': a link that leaves the study's folder"));
    read_changed(TARIFF, "table: toy", "table: inside");
}
END_TEST

START_TEST(definitions_that_go_in_a_circle_are_refused)
{
    wio_error err = {0};
    scratch_write("a.yaml", "plants: {p: {use: b.yaml#p}}\n");
    scratch_write("b.yaml", "plants: {p: {use: a.yaml#p}}\n");
    const char *at = strstr(MONEY, "plant: works\n          capex");
    wio_text text = {0};
    wio_text_add_bytes(&text, MONEY, (size_t)(at - MONEY));
    wio_text_add(&text, "plant: a.yaml#p%s", at + strlen("plant: works"));
    scratch_write("study.yaml", text.data);
    wio_text_free(&text);
    ck_assert_int_eq(wio_study_read(&study, "study.yaml", NULL, &err), WIO_E_STUDY);
    ck_assert_ptr_nonnull(strstr(err.message, "definitions refer to one another without end"));
}
END_TEST

START_TEST(every_allocation_failure_leaves_nothing_behind)
{
    static const char use[] = "use: deal, compliance: 0.5, compliance_on: level}\n"
                              "      - purchase_catch_up:\n"
                              "          of: deal\n";
    static const char other[] = "use: other.yaml#deal, compliance: 0.5, compliance_on: level}\n"
                                "      - purchase_catch_up:\n"
                                "          of: other.yaml#deal\n";
    scratch_write("other.yaml", MONEY);
    read_changed(_i == 0 ? TARIFF : MONEY, _i == 2 ? use : NULL, _i == 2 ? other : NULL);
    wio_study_free(study);
    study = NULL;
    long live = wio_alloc_live, budget = 0;
    for (wio_status status = WIO_E_MEMORY; status != WIO_OK; budget++) {
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_study_read(&study, "study.yaml", NULL, &err);
        wio_alloc_budget = -1;
        if (status != WIO_OK) {
            ck_assert_msg(status == WIO_E_MEMORY, "budget %ld: %s", budget, err.message);
            ck_assert_int_eq(err.status, WIO_E_MEMORY);
            ck_assert_ptr_null(study);
            ck_assert_int_eq(wio_alloc_live, live);
        }
    }
    ck_assert_int_gt(budget, 300);
    wio_study_free(study);
    study = NULL;
    ck_assert_int_eq(wio_alloc_live, live);
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("study");
    TCase *known = add_case(suite, "known answers");
    tcase_add_test(known, effective_points_are_coverage_exclusions_and_collection_of_the_change);
    tcase_add_test(known, a_rate_is_the_new_total_and_duties_of_a_pair_add);
    tcase_add_test(known, replaces_leaves_the_other_duties_in_place);
    tcase_add_test(known, columns_scale_and_uses_are_read);
    tcase_add_test(known, a_mirror_is_the_mean_rise_weighted_by_base_imports);
    tcase_add_test(known, sectors_without_a_rate_are_dropped_or_take_the_mean_of_their_group);
    tcase_add_test(known, import_prices_and_productivity_are_bound_by_sector);
    tcase_add_test(known, the_closest_entry_of_a_map_wins);
    tcase_add_test(known, cases_are_the_study_with_what_they_set);
    tcase_add_test(known, endogenous_households_have_a_denominator);
    tcase_add_test(known, a_number_sets_a_parameter_of_a_copy_only);
    tcase_add_test(known, an_amount_is_deflated_and_split_as_the_use_buys);
    tcase_add_test(known, purchaser_money_gives_its_margin_to_trade_and_its_tax_to_nobody);
    tcase_add_test(known, a_total_is_shared_by_weights_or_as_the_table_buys);
    tcase_add_test(known, a_change_is_of_every_origin_of_what_the_use_buys);
    tcase_add_test(known, a_path_of_years_scales_the_amounts);
    tcase_add_test(known, exports_are_made_at_home);
    tcase_add_test(known, a_commitment_is_kept_at_table_prices_and_as_stated);
    tcase_add_test(known, what_fell_short_is_caught_up_by_category);
    tcase_add_test(known, compliance_by_category_on_the_increment);
    tcase_add_test(known, margins_of_a_commitment_move_its_weights);
    tcase_add_test(known, weights_and_counterfactual_come_from_the_table);
    tcase_add_test(known, jobs_follow_the_money_of_the_year);
    tcase_add_test(known, a_pledge_is_a_path_of_capex_and_of_use);
    tcase_add_test(known, the_bridge_is_typed_or_as_a_use_buys);
    tcase_add_test(known, local_content_of_the_models_example);
    tcase_add_test(known, a_plant_comes_from_a_file_with_a_recipe_of_its_own);
    tcase_add_test(known, margins_of_capex_are_bought_at_home);
    tcase_add_test(known, a_package_of_two_plants);
    tcase_add_test(known, scenarios_may_refer_to_later_ones);
    tcase_add_test(known, sources_are_kept_and_assumptions_counted);
    tcase_add_test(known, reporting_can_ask_for_a_later_year_and_the_matrix);
    tcase_add_test(known, a_table_of_many_producers_has_borders);
    tcase_add_test(known, households_of_several_regions_are_not_pooled);
    tcase_add_test(known, comparisons_in_a_circle_are_refused);

    TCase *properties = add_case(suite, "properties");
    tcase_add_test(properties, every_study_that_ships_binds);
    tcase_add_loop_test(properties, damaged_studies_are_read_or_refused_with_a_place, 0, 25);

    TCase *failures = add_case(suite, "failures");
    tcase_add_test(failures, a_study_that_is_not_there_is_no_input);
    tcase_add_test(failures, a_link_out_of_the_folder_is_refused);
    tcase_add_test(failures, definitions_that_go_in_a_circle_are_refused);
    tcase_add_loop_test(failures, every_allocation_failure_leaves_nothing_behind, 0, 3);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
