/* study_fixture.h - what the suites of studies share: TOY3 as a folder with groups and files of
 * columns, and two studies of it that are right. The current folder is the scratch folder. */
#ifndef WIO_TEST_STUDY_FIXTURE_H
#define WIO_TEST_STUDY_FIXTURE_H

#include "../core/study.h"
#include "support.h"

#include <check.h>
#include <stdlib.h>
#include <unistd.h>

/* A tariff and its answer, with substitution. */
static const char TARIFF[] =
    "wassily: 1\n"
    "title: T\n"
    "table: toy\n"
    "base:\n"
    "  rates: {US<-CN: mfn, CN<-US: 0}\n"
    "model: {households: exogenous, prices: cost-push, substitution: nested}\n"
    "parameters:\n"
    "  horizon: long\n"
    "  sigma_domestic: 2.5\n"
    "  sigma_import: 5\n"
    "  final_demand_elasticity: 1\n"
    "  export_elasticity: 3\n"
    "  revenue: none\n"
    "sensitivity:\n"
    "  - {name: low, set: {sigma_domestic: 0.8}}\n"
    "break_even: {for: jobs_change, over: sigma_domestic}\n"
    "scenarios:\n"
    "  - name: tariff\n"
    "    shocks:\n"
    "      - tariff: {importer: US, exporter: CN, sectors: goods, change: 10pp, pass_through: 1}\n"
    "  - name: answer\n"
    "    extends: tariff\n"
    "    shocks:\n"
    "      - tariff: {importer: CN, exporter: US, change: 10pp, pass_through: 1, recapture: 0}\n";

/* Final demand, purchases, a plant and who owns it. */
static const char MONEY[] =
    "wassily: 1\n"
    "title: M\n"
    "table: toy\n"
    "base:\n"
    "  price_index: {2020: 1.1, 2021: 1.2}\n"
    "  jobs_per_output: table\n"
    "model: {households: exogenous, prices: fixed}\n"
    "commitments:\n"
    "  deal:\n"
    "    buyer: CN\n"
    "    seller: US\n"
    "    years: [2020, 2021]\n"
    "    weights:\n"
    "      farm: {A: 1}\n"
    "      made: {M: 0.5, S: 0.5}\n"
    "    baseline: {price_year: 2017, unit: musd, farm: 10, made: 20}\n"
    "    increment: {price_year: own, unit: musd, farm: [1, 2], made: [3, 4]}\n"
    "    price_basis: basic\n"
    "    counterfactual: baseline\n"
    "    additionality: 0.5\n"
    "plants:\n"
    "  works:\n"
    "    like: M\n"
    "    capital_output: 2\n"
    "    bridge: {kit: 0.4, site: 0.6}\n"
    "    bridge_sectors:\n"
    "      kit: {M: 1}\n"
    "      site: I\n"
    "    local_content: table\n"
    "report: {year: 2021}\n"
    "scenarios:\n"
    "  - name: demand\n"
    "    shocks:\n"
    "      - final_demand:\n"
    "          region: US\n"
    "          use: C\n"
    "          amounts: {A: 1, M: 2}\n"
    "          unit: musd\n"
    "          price_year: 2020\n"
    "          price_basis: basic\n"
    "          local_content: table\n"
    "  - name: bought\n"
    "    shocks:\n"
    "      - purchase: {use: deal, compliance: 0.5, compliance_on: level}\n"
    "      - purchase_catch_up:\n"
    "          of: deal\n"
    "          shortfall: {target: 70, actual: 35, unit: musd}\n"
    "          years: [2021, 2022]\n"
    "          profile: [0.5, 0.5]\n"
    "          on_top_of: counterfactual\n"
    "          price_year: 2017\n"
    "  - name: built\n"
    "    shocks:\n"
    "      - investment:\n"
    "          plant: works\n"
    "          capex: {total: 10, unit: musd, years: [2020, 2021], profile: [0.4, 0.6],\n"
    "                  price_year: 2017, price_basis: basic}\n"
    "          announced_to_built: 1\n"
    "          operation: {start: 2021, utilisation: [0.5, 0.85], depreciation: 0.08}\n"
    "          displaces: {home: 0.5, imports: {CN: 0.4}, export: 0.1, new: 0}\n"
    "          net: true\n"
    "      - joint_venture:\n"
    "          plant: works\n"
    "          foreign_share: 0.4\n"
    "          licence_fee: 0.03\n"
    "          repatriation: 0.8\n"
    "          profit_tax: 0.2\n";

static char *before;

static void study_setup(void)
{
    scratch_make();
    wio_table *table = toy3();
    ck_assert_int_eq(wio_table_write_folder(table, scratch("toy"), false, NULL), WIO_OK);
    wio_table_free(table);
    scratch_write("toy/groups.csv", "group,sector\n"
                                    "goods,A\n"
                                    "goods,M\n"
                                    "made,M\n"
                                    "made,S\n");
    scratch_write("toy/rates.csv", "sector,mfn,added,twice,doubt\n"
                                   "A,0.02,0.1,1,0.9\n"
                                   "M,0.05,0.2,1,0.1\n");
    scratch_write("toy/other.csv", "sector,twice,gap,word\n"
                                   "A,2,0.1,x\n"
                                   "M,2,,1\n"
                                   "S,2,0.3,1\n");
    scratch_write("toy/weights.csv", "category,sector,weight,half\n"
                                     "farm,A,1,0.5\n"
                                     "made,M,0.5,0.5\n"
                                     "made,S,0.5,0.5\n");
    scratch_write("toy/jobs.csv", "sector,year,jobs_per_musd\n"
                                  "A,2020,9\n"
                                  "M,2020,2\n"
                                  "S,2020,5\n"
                                  "A,2021,8\n"
                                  "M,2021,2\n"
                                  "S,2021,4\n");
    scratch_write("toy/plants.csv", "plant,base_sector,equipment_share,structures_share,ipp_share,"
                                    "output_per_capex,jobs_per_musd_output\n"
                                    "mill,M,1,0,0,0.5,2.5\n");
    before = getcwd(NULL, 0);
    ck_assert_int_eq(chdir(scratch(".")), 0);
}

static void study_teardown(void)
{
    ck_assert_int_eq(chdir(before), 0);
    free(before);
    scratch_remove();
    ck_assert_int_eq(wio_alloc_live, 0);
}

#endif
