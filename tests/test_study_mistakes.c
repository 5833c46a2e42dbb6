/* test_study_mistakes.c - suite for what is wrong with a study: every mistake, with its place.
 *
 * A case changes one place of a study that is right; the expected text is every error, as
 * "line:column: text". */
#include "study_fixture.h"

#include <string.h>

/* In the order of the file; what the reader of YAML sees comes first. */
static const char MANY[] =
    "6:23: anchor '&l' is not allowed: write the value where it is used\n"
    "15:5: key 'name' is there twice (first at line 14)\n"
    "1:1: missing key 'title' in study: one line, printed above the answer\n"
    "2:1: unknown key 'titel' (did you mean 'title'?)\n"
    "4:16: 'US->CN' could be read both ways: write IMPORTER<-EXPORTER, such as USA<-CHN for the "
    "duties of USA on goods from CHN\n"
    "6:13: missing key 'revenue' in parameters (needed with substitution: nested and a tariff): "
    "what happens to the duty: none is an unannounced tax rise\n"
    "6:67: sigma_import: expected a number that is not negative or a map of numbers or {column: "
    "NAME}, found 'x'\n"
    "10:14: unknown scenario 'b' (did you mean 'a'?)\n"
    "12:17: missing key 'pass_through' in tariff: share of the duty the buyer pays\n"
    "12:42: unknown region 'CM' (did you mean 'CN'?)\n"
    "12:54: change: '10%' could be points or a rate: write '10pp' for points added, or `rate: 10%` "
    "for the new total\n"
    "12:65: rate: '10pp' are points added: write `change: 10pp`, or a rate such as 10%\n"
    "13:9: unknown key 'tarif' (did you mean 'tariff'?)\n"
    "14:11: a second scenario 'a'\n"
    "16:29: missing key 'unit' in final_demand (needed with amounts or total): musd or busd, as "
    "for every amount\n"
    "16:29: missing key 'price_year' in final_demand (needed with amounts or total): year of the "
    "prices\n"
    "16:29: missing key 'price_basis' in final_demand (needed with amounts or total): the table's "
    "own basis, or purchaser with a margin\n"
    "16:29: missing key 'local_content' in final_demand (needed with amounts or total): share "
    "bought at home; table: as that use buys the product\n"
    "16:60: unknown sector 'X' (did you mean 'A'?)\n";

static const struct {
    const char *study, *find, *replace, *expected;
} MISTAKES[] = {
    {TARIFF, "title: T", "titel: T",
     "1:1: missing key 'title' in study: one line, printed above the answer\n2:1: unknown key "
     "'titel' (did you mean 'title'?)\n"},
    {TARIFF, "    shocks:", "    shocs:",
     "18:5: missing key 'shocks' in scenario: its own shocks, in order\n19:5: unknown key 'shocs' "
     "(did you mean 'shocks'?)\n"},
    {TARIFF, "wassily: 1", "wassily: 2", "1:10: format 2 is not known: this version reads 1\n"},
    {TARIFF, "wassily: 1", "wassily: one",
     "1:10: wassily: expected a whole number from 1 to 1000, found 'one'\n"},
    {TARIFF, "title: T\n", "",
     "1:1: missing key 'title' in study: one line, printed above the answer\n"},
    {TARIFF, "title: T", "title: [T]", "2:8: title: expected a text, found a list\n"},
    {TARIFF, "title: T", "title:", "2:7: title: expected a text, found nothing\n"},
    {TARIFF, "table: toy", "table: tog",
     "3:8: no table 'tog': it is no embedded table (us-2017, world-2009, world-2011) and no "
     "path\n"},
    {TARIFF, "table: toy", "table: ../toy",
     "3:8: '../toy': a path in a study cannot leave its folder\n"},
    {TARIFF, "table: toy", "table: /etc",
     "3:8: '/etc': a path in a study is relative to its folder\n"},
    {TARIFF, "prices: cost-push", "prices: cost_push",
     "6:40: prices: expected fixed, cost-push or at-border, found 'cost_push' (did you mean "
     "'cost-push'?)\n"},
    {TARIFF, "prices: cost-push, substitution: nested", "prices: fixed",
     "8:3: key 'horizon' is not used by this study: it needs substitution: nested\n9:3: key "
     "'sigma_domestic' is not used by this study: it needs substitution: nested\n10:3: key "
     "'sigma_import' is not used by this study: it needs substitution: nested\n11:3: key "
     "'final_demand_elasticity' is not used by this study: it needs substitution: nested\n12:3: "
     "key 'export_elasticity' is not used by this study: it needs substitution: nested\n13:3: key "
     "'revenue' is not used by this study: it needs substitution: nested and a tariff\n15:23: key "
     "'sigma_domestic' is not used by this study: it needs substitution: nested\n16:38: "
     "sigma_domestic is not used by this study\n20:9: key 'tariff' is not used by this study: it "
     "needs prices: cost-push or at-border\n24:9: key 'tariff' is not used by this study: it needs "
     "prices: cost-push or at-border\n"},
    {TARIFF, ", substitution: nested", "",
     "6:8: missing key 'substitution' in model (needed with prices: cost-push): nested: two-level "
     "CES, home against imports, then by origin; none: the quantities of a tariff are not "
     "modelled\n"},
    {TARIFF, "substitution: nested", "substitution: none",
     "8:3: key 'horizon' is not used by this study: it needs substitution: nested\n9:3: key "
     "'sigma_domestic' is not used by this study: it needs substitution: nested\n10:3: key "
     "'sigma_import' is not used by this study: it needs substitution: nested\n11:3: key "
     "'final_demand_elasticity' is not used by this study: it needs substitution: nested\n12:3: "
     "key 'export_elasticity' is not used by this study: it needs substitution: nested\n13:3: key "
     "'revenue' is not used by this study: it needs substitution: nested and a tariff\n15:23: key "
     "'sigma_domestic' is not used by this study: it needs substitution: nested\n16:38: "
     "sigma_domestic is not used by this study\n24:42: a duty of CN on goods from US changes "
     "nothing that this model determines: substitution: nested is needed\n"},
    {TARIFF, "prices: cost-push", "prices: at-border",
     "6:40: prices: at-border needs a table with several regions that produce; toy3 has 1: write "
     "cost-push\n6:65: substitution: nested needs prices: cost-push\n"},
    {TARIFF, "households: exogenous", "households: endogenous",
     "6:8: missing key 'household_income' in model (needed with households: endogenous): "
     "denominator of the consumption column; a number is an amount in million\n"},
    {TARIFF, "households: exogenous", "households: endogenous, household_income: disposable",
     "8:3: missing key 'disposable' in parameters (needed with household_income: disposable, or "
     "revenue: households): what households keep from spending\n"},
    {TARIFF, "  revenue: none\n", "",
     "8:3: missing key 'revenue' in parameters (needed with substitution: nested and a tariff): "
     "what happens to the duty: none is an unannounced tax rise\n"},
    {TARIFF, "revenue: none", "revenue: households",
     "8:3: missing key 'disposable' in parameters (needed with household_income: disposable, or "
     "revenue: households): what households keep from spending\n"},
    {TARIFF, "  horizon: long\n", "",
     "8:3: missing key 'horizon' in parameters (needed with substitution: nested): names the "
     "elasticity set in the headline\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: -5",
     "10:17: sigma_import: expected a number that is not negative, found '-5'\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {A: 5, M: 5}",
     "10:17: sigma_import has no value for sector S (`all` gives the others one)\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {goods: 5, made: 4, S: 3}",
     "10:28: sector M is in 'goods' and in 'made', with different values: give it its own\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {goods: 5, all: 4, B: 3}",
     "10:36: unknown sector or group 'B' (did you mean 'A'?)\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {value: 5, sorce: x}",
     "10:28: unknown key 'sorce' (did you mean 'source'?)\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {column: gap}",
     "10:17: sigma_import has no value for sector M (`all` gives the others one)\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {column: word}",
     "10:26: other.csv:2: word is 'x', not a number\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {column: twice}",
     "10:26: column 'twice' is in other.csv and in rates.csv: say which with `file:`\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {column: added, file: weights.csv}",
     "10:26: weights.csv has no column 'added'\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {column: ad, file: rate.csv}",
     "10:26: table toy3 has no file 'rate.csv' (did you mean 'rates.csv'?)\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: {column: jobs_per_musd}",
     "10:26: jobs.csv has several rows for sector A: not a column by sector\n"},
    {TARIFF, "sigma_import: 5", "sigma_import: 5\n  wage_indexation: 0.5",
     "11:3: key 'wage_indexation' is not used by this study: it needs prices: cost-push and "
     "substitution: none\n"},
    {TARIFF, "final_demand_elasticity: 1",
     "final_demand_elasticity: {household: 1, government: 0, investment: 1}",
     "11:28: missing key 'households' in final_demand_elasticity: household consumption\n11:29: "
     "unknown key 'household' (did you mean 'households'?)\n"},
    {TARIFF, "set: {sigma_domestic: 0.8}", "set: {sigma_domestik: 0.8, additionality: 1}",
     "15:23: unknown key 'sigma_domestik' (did you mean 'sigma_domestic'?)\n15:44: key "
     "'additionality' is not used by this study: it needs a purchase\n"},
    {TARIFF, "name: low", "name: central",
     "15:12: a second case 'central': that is the study itself\n"},
    {TARIFF, "over: sigma_domestic", "over: sigma",
     "16:38: over: expected sigma_domestic, sigma_import, export_elasticity, "
     "final_demand_elasticity, sector_pass_through, wage_indexation, duty_offset, pass_through, "
     "recapture, additionality, announced_to_built or displacement_home, found 'sigma'\n"},
    {TARIFF, "over: sigma_domestic", "over: additionality",
     "16:38: additionality is not used by this study\n"},
    {TARIFF, "over: sigma_domestic", "over: sigma_domestic, between: [8, 1]",
     "16:63: between is [low, high]\n"},
    {TARIFF, "US<-CN: mfn", "US->CN: mfn",
     "5:11: 'US->CN' could be read both ways: write IMPORTER<-EXPORTER, such as USA<-CHN for the "
     "duties of USA on goods from CHN\n"},
    {TARIFF, "US<-CN: mfn", "US-CN: mfn",
     "5:11: 'US-CN' is no pair of regions: write IMPORTER<-EXPORTER\n"},
    {TARIFF, "US<-CN: mfn", "US<-CH: mfn", "5:11: unknown region 'CH' (did you mean 'CN'?)\n"},
    {TARIFF, "US<-CN: mfn", "US<-CN: mfm", "5:19: unknown column 'mfm' (did you mean 'mfn'?)\n"},
    {TARIFF, "US<-CN: mfn", "US<-CN: 10pp",
     "5:19: '10pp' are points added: write `change: 10pp`, or a rate such as 10%\n"},
    {TARIFF, "US<-CN: mfn", "US<-CN: [mfn, -1]",
     "5:25: expected a rate such as 40% or 0.4, found '-1'\n"},
    {TARIFF, "US<-CN: mfn, ", "",
     "20:17: base.rates has no 'US<-CN': what is this tariff measured from?\n"},
    {TARIFF, "base:\n  rates: {US<-CN: mfn, CN<-US: 0}\n", "",
     "1:1: missing key 'base' in study (needed with a tariff): what changes are measured "
     "from\n18:17: base.rates has no 'US<-CN': what is this tariff measured from?\n22:17: "
     "base.rates has no 'CN<-US': what is this tariff measured from?\n"},
    {TARIFF, "change: 10pp", "change: 10%",
     "20:70: change: '10%' could be points or a rate: write '10pp' for points added, or `rate: "
     "10%` for the new total\n"},
    {TARIFF, "change: 10pp", "rate: 10pp",
     "20:68: rate: '10pp' are points added: write `change: 10pp`, or a rate such as 10%\n"},
    {TARIFF, "change: 10pp", "change: 10",
     "20:70: change: expected points such as 10pp, found '10'\n"},
    {TARIFF, "change: 10pp", "rate: 40",
     "20:68: rate: expected a rate such as 40% or 0.4, found '40'\n"},
    {TARIFF, "change: 10pp", "change: 10pp, rate: 40%",
     "20:17: a tariff has either rate (the new total) or change (the points added)\n"},
    {TARIFF, "change: 10pp, ", "",
     "20:17: missing key 'rate' or 'change' in tariff: the new total, or the points added\n"},
    {TARIFF, "change: 10pp", "change: 10pp, replaces: {column: mfn}",
     "20:86: replaces is not used: it needs rate\n"},
    {TARIFF, "change: 10pp", "rate: 40%, scale: 2", "20:80: scale is not used: it needs change\n"},
    {TARIFF, ", pass_through: 1}", "}",
     "20:17: missing key 'pass_through' in tariff: share of the duty the buyer pays\n"},
    {TARIFF, "pass_through: 1}", "pass_through: 110%}",
     "20:90: pass_through: expected a share from 0 to 1 (or 0% to 100%), found '110%'\n"},
    {TARIFF, "pass_through: 1}", "pass_through: 1, recapture: 0}",
     "20:104: recapture is not used: it needs a tariff that a partner puts on home's exports\n"},
    {TARIFF, ", recapture: 0", "",
     "24:17: missing key 'recapture' in tariff (needed with a tariff that a partner puts on home's "
     "exports): share of the lost sales resold elsewhere\n"},
    {TARIFF, "importer: US, exporter: CN", "importer: CN, exporter: CN",
     "20:42: importer and exporter are both CN\n"},
    {TARIFF, "importer: US, exporter: CN", "importer: CN, exporter: RW",
     "20:42: neither CN nor RW produces in this table\n"},
    {TARIFF, "importer: US, exporter: CN", "importer: US, exporter: RW",
     "20:17: base.rates has no 'US<-RW': what is this tariff measured from?\n"},
    {TARIFF, "importer: US", "importer: USA", "20:28: unknown region 'USA' (did you mean 'US'?)\n"},
    {TARIFF, "sectors: goods", "sectors: [good, X1]",
     "20:56: unknown sector or group 'good' (did you mean 'goods'?)\n20:62: unknown sector or "
     "group 'X1' in table toy3\n"},
    {TARIFF, "sectors: goods", "sectors: all", "20:17: no base rate (base.rates) for sector S\n"},
    {TARIFF, "sectors: goods", "sectors: all, uses: [imports]",
     "20:17: no base rate (base.rates) for sector S\n20:67: uses: expected all, intermediate, "
     "consumption or investment, found 'imports'\n"},
    {TARIFF, "sectors: goods, change: 10pp", "sectors: all, change: {column: added}",
     "20:17: no base rate (base.rates) for sector S\n20:68: no change for sector S\n"},
    {TARIFF, "change: 10pp", "change: {A: 10pp, M: 5%}",
     "20:83: M: '5%' could be points or a rate: write '10pp' for points added, or `rate: 10%` for "
     "the new total\n"},
    {TARIFF, "change: 10pp", "change: -10pp", "20:17: the duty of US<-CN on A would be -8.000%\n"},
    {TARIFF, "change: 10pp", "change: {mirror: anser}",
     "20:79: unknown scenario 'anser' (did you mean 'answer'?)\n"},
    {TARIFF, "change: 10pp", "change: {mirror: answer}",
     "18:5: scenario 'tariff' extends or mirrors itself, directly or through others\n22:14: "
     "scenario 'answer' extends or mirrors itself, directly or through others\n"},
    {TARIFF, "change: 10pp, pass_through: 1, recapture",
     "change: {mirror: plain}, pass_through: 1, recapture", "24:63: unknown scenario 'plain'\n"},
    {TARIFF, "change: 10pp", "change: 10pp, unparsed: {column: doubts, above: 0.5, use: drop}",
     "20:95: unknown column 'doubts' (did you mean 'doubt'?)\n"},
    {TARIFF, "extends: tariff", "extends: tarif",
     "22:14: unknown scenario 'tarif' (did you mean 'tariff'?)\n"},
    {TARIFF, "extends: tariff", "extends: answer",
     "22:14: scenario 'answer' extends or mirrors itself, directly or through others\n"},
    {TARIFF, "extends: tariff", "compare_to: answer",
     "22:17: scenario 'answer' is compared to itself\n"},
    {TARIFF, "name: answer", "name: tariff", "21:11: a second scenario 'tariff'\n"},
    {TARIFF, "name: answer", "name: table",
     "21:11: a scenario cannot be called 'table': compare_to uses it\n"},
    {TARIFF, "extends: tariff", "extends: tariff\n    solve_for: {jobs: 100, count: net}",
     "23:16: solve_for scales capex: the scenario has no investment\n"},
    {TARIFF, "- tariff: {importer: US", "- tarif: {importer: US",
     "20:9: unknown key 'tarif' (did you mean 'tariff'?)\n"},
    {TARIFF,
     "      - tariff: {importer: US, exporter: CN, sectors: goods, change: 10pp, pass_through: 1}",
     "      - tariff: {importer: US, exporter: CN, sectors: goods, rate: 10%, pass_through: 1}\n   "
     "   - tariff: {importer: US, exporter: CN, sectors: A, rate: 20%, pass_through: 1}",
     "21:17: scenario 'tariff' has two rates for US<-CN A: a rate is the new total; write change "
     "for what is added\n"},
    {TARIFF,
     "      - tariff: {importer: US, exporter: CN, sectors: goods, change: 10pp, pass_through: 1}",
     "      - import_price: {importer: CN, exporter: US, change: -15}",
     "20:34: CN does not produce in this table: an import price is of goods from outside, bought "
     "by a region that produces\n20:60: change: expected a relative change such as -15%, found "
     "'-15'\n"},
    {TARIFF,
     "      - tariff: {importer: US, exporter: CN, sectors: goods, change: 10pp, pass_through: 1}",
     "      - import_price: {importer: US, exporter: CN, change: -100%}",
     "20:60: a price cannot fall by 100%\n"},
    {TARIFF,
     "      - tariff: {importer: US, exporter: CN, sectors: goods, change: 10pp, pass_through: 1}",
     "      - productivity: {region: CN}",
     "20:23: missing key 'labour' or 'inputs' in productivity\n20:32: CN does not produce in this "
     "table\n"},
    {TARIFF, "title: T", "title: &t T",
     "2:8: anchor '&t' is not allowed: write the value where it is used\n"},
    {MONEY, "          price_year: 2020\n", "",
     "35:11: missing key 'price_year' in final_demand (needed with amounts or total): year of the "
     "prices\n"},
    {MONEY, "          price_basis: basic\n", "",
     "35:11: missing key 'price_basis' in final_demand (needed with amounts or total): the table's "
     "own basis, or purchaser with a margin\n"},
    {MONEY, "          unit: musd", "          unit: meur",
     "38:17: unknown unit 'meur': musd (million USD) or busd (billion USD)\n"},
    {MONEY, "price_year: 2020", "price_year: 2019",
     "39:23: money of 2019 in a table of 2017: base.price_index has no 2019 (its price level, 2017 "
     "= 1)\n"},
    {MONEY, "price_basis: basic\n          local", "price_basis: producer\n          local",
     "40:24: price_basis 'producer': the table is in basic prices; write basic, or purchaser with "
     "a margin\n"},
    {MONEY, "price_basis: basic\n          local", "price_basis: purchaser\n          local",
     "35:11: missing key 'margin' (needed with price_basis: purchaser): {share: .., to: {SECTOR: "
     "..}}\n"},
    {MONEY, "price_basis: basic\n          local",
     "price_basis: basic\n          tax: 0.1\n          local",
     "41:16: tax is not used: it needs price_basis: purchaser\n"},
    {MONEY, "price_basis: basic\n          local",
     "price_basis: purchaser\n          margin: {share: 0.2, to: {S: 0.9}}\n          local",
     "41:36: the sum of margin.to is 0.9, not 1\n"},
    {MONEY, "          local_content: table\n", "",
     "35:11: missing key 'local_content' in final_demand (needed with amounts or total): share "
     "bought at home; table: as that use buys the product\n"},
    {MONEY, "local_content: table\n  - name", "local_content: 1.5\n  - name",
     "41:26: local_content: expected a share from 0 to 1 (or 0% to 100%), found '1.5'\n"},
    {MONEY, "amounts: {A: 1, M: 2}", "amounts: {goods: 1, B: 2}",
     "37:21: 'goods' is a group: a sector is needed here\n37:31: unknown sector 'B' (did you mean "
     "'A'?)\n"},
    {MONEY, "amounts: {A: 1, M: 2}", "total: 3",
     "35:11: missing key 'weights' in final_demand (needed with total): shares by sector that sum "
     "to 1, or table\n"},
    {MONEY, "amounts: {A: 1, M: 2}", "total: 3\n          weights: {A: 0.4, M: 0.5}",
     "38:20: the sum of weights is 0.9, not 1\n"},
    {MONEY, "amounts: {A: 1, M: 2}", "change: -20%",
     "38:17: unit is not used with change: it is of what the table has\n39:23: price_year is not "
     "used with change: it is of what the table has\n40:24: price_basis is not used with change: "
     "it is of what the table has\n41:26: local_content is not used with change: it is of what the "
     "table has\n"},
    {MONEY, "use: C\n", "use: HH\n", "36:16: region US has no final use 'HH' in table toy3\n"},
    {MONEY, "use: C\n", "use: EXP\n", "36:16: region US has no final use 'EXP' in table toy3\n"},
    {MONEY, "region: US\n          use: C", "region: CN\n          use: EXP",
     "41:26: local_content is not used: the buyer is abroad, what it buys is exported\n"},
    {MONEY, "use: C\n", "use: C\n          years: [2022, 2020]\n",
     "37:18: years are [first, last] in order, such as [2026, 2030]\n"},
    {MONEY, "price_index: {2020: 1.1, 2021: 1.2}", "price_index: {2020: 1.1, 2021: 0}",
     "5:34: a price level has to be above 0\n17:29: money of 2021 in a table of 2017: "
     "base.price_index has no 2021 (its price level, 2017 = 1)\n"},
    {MONEY, "price_index: {2020: 1.1, 2021: 1.2}", "price_index: {2020: 1.1, 2021: 1.2, 2017: 1.1}",
     "5:45: 2017 is the table's own year: its price level is 1\n"},
    {MONEY, "price_index: {2020: 1.1, 2021: 1.2}", "price_index: {2020: 1.1, x: 1.2}",
     "5:28: 'x' is no year: price_index is {year: level}\n17:29: money of 2021 in a table of 2017: "
     "base.price_index has no 2021 (its price level, 2017 = 1)\n"},
    {MONEY, "jobs_per_output: table", "jobs_per_output: job.csv",
     "6:20: table toy3 has no file 'job.csv' (did you mean 'jobs.csv'?)\n"},
    {MONEY, "jobs_per_output: table", "jobs_per_output: rates.csv",
     "6:20: rates.csv has no column 'year'\n"},
    {MONEY, "report: {year: 2021}\n", "",
     "1:1: missing key 'report' in study (needed with a shock with years): what is reported\n"},
    {MONEY, "report: {year: 2021}", "report: {year: 2001}",
     "30:16: report.year 2001 is not a year of this study (2020 to 2022)\n"},
    {MONEY, "use: deal", "use: dael",
     "44:25: 'dael' is not under commitments of study.yaml (did you mean 'deal'?)\n"},
    {MONEY, "use: deal", "use: other.yaml#deal",
     "44:25: other.yaml: cannot open: No such file or directory\n"},
    {MONEY, "use: deal", "use: ../other.yaml#deal",
     "44:25: '../other.yaml': a path in a study cannot leave its folder\n"},
    {MONEY, ", compliance_on: level", "",
     "44:19: missing key 'compliance_on' in purchase: level: of baseline + increment; increment: "
     "of what was promised on top\n"},
    {MONEY, "compliance: 0.5", "compliance: {farm: 0.5}",
     "44:43: missing key 'made': every category needs a value\n"},
    {MONEY, "compliance: 0.5", "compliance: {farm: 0.5, mad: 0.5}",
     "44:55: unknown category 'mad' (did you mean 'made'?)\n"},
    {MONEY, "compliance_on: level", "compliance_on: level, check_total: {actual: 36, unit: musd}",
     "44:92: actual is 36 musd, but the commitment's own numbers add up to 35.0 (tolerance 1%)\n"},
    {MONEY, "target: 70, actual: 35", "target: 72, actual: 35",
     "47:31: target is 72 musd, but the commitment's own numbers add up to 70.0 (tolerance 1%)\n"},
    {MONEY, "of: deal", "of: deals",
     "46:15: no purchase of 'deals' comes before this in the scenario\n"},
    {MONEY, "profile: [0.5, 0.5]", "profile: [0.5, 0.4]",
     "49:20: the sum of profile is 0.9, not 1\n"},
    {MONEY, "profile: [0.5, 0.5]", "profile: [1]", "49:20: 1 shares for 2 years\n"},
    {MONEY, "compliance: 0.5", "compliance: 1",
     "46:15: nothing fell short: all that was promised was bought\n47:43: actual is 35 musd, but "
     "the commitment's own numbers add up to 70.0 (tolerance 1%)\n"},
    {MONEY, "seller: US", "seller: RW", "11:13: RW does not produce in this table\n"},
    {MONEY, "years: [2020, 2021]", "years: [2020]",
     "12:12: years are [first, last] in order, such as [2026, 2030]\n"},
    {MONEY, "farm: {A: 1}", "farm: {A: 0.9}", "14:7: the sum of weights of farm is 0.9, not 1\n"},
    {MONEY, "farm: {A: 1}", "farms: {A: 1}",
     "14:7: unknown category 'farms' (did you mean 'farm'?)\n"},
    {MONEY, "farm: [1, 2]", "farm: [1, 2, 3]", "17:52: 3 amounts for 2 years\n"},
    {MONEY, "farm: [1, 2], ", "", "17:16: missing key 'farm': the baseline has that category\n"},
    {MONEY, "    counterfactual: baseline\n", "",
     "10:5: missing key 'counterfactual' in commitment: what would have been bought anyway: "
     "baseline; table (the table's exports to the buyer, a sector of several categories split by "
     "their baselines); or amounts\n"},
    {MONEY, "    additionality: 0.5\n", "",
     "10:5: missing key 'additionality' in commitment: share that is not taken from other "
     "buyers\n"},
    {MONEY, "weights:\n      farm: {A: 1}\n      made: {M: 0.5, S: 0.5}",
     "weights: {file: weights.csv, by: kind}", "13:38: weights.csv has no column 'kind'\n"},
    {MONEY, "weights:\n      farm: {A: 1}\n      made: {M: 0.5, S: 0.5}",
     "weights: {file: weights.csv, by: category, column: half}",
     "13:14: the sum of weights of farm is 0.5, not 1\n"},
    {MONEY, "plant: works\n          capex", "plant: work\n          capex",
     "55:18: 'work' is not under plants of study.yaml (did you mean 'works'?)\n63:18: no "
     "investment in plant 'works' in scenario 'built'\n"},
    {MONEY, "    like: M\n", "", "23:5: missing key 'like' in plant: the sector it belongs to\n"},
    {MONEY, "like: M", "like: B", "23:11: unknown sector 'B' (did you mean 'A'?)\n"},
    {MONEY, "    capital_output: 2\n", "",
     "23:5: missing key 'capital_output' in plant: capital per unit of yearly output\n"},
    {MONEY, "like: M\n    capital_output: 2\n    bridge: {kit: 0.4, site: 0.6}",
     "from: {file: plants.csv, plant: mil}",
     "23:37: plants.csv has no plant 'mil' (did you mean 'mill'?)\n"},
    {MONEY, "bridge: {kit: 0.4, site: 0.6}", "bridge: {kit: 0.4, site: 0.5}",
     "25:13: the sum of bridge is 0.9, not 1\n"},
    {MONEY, "kit: {M: 1}", "kt: {M: 1}",
     "27:7: missing key 'kit': the bridge has that kind of capital\n27:7: 'kt' is no kind of "
     "capital of the bridge\n"},
    {MONEY, "site: I", "site: GFCF",
     "28:13: the table has no final use for 'GFCF': give its sectors\n"},
    {MONEY, "local_content: table\nreport", "local_content: {kit: 0.5}\nreport",
     "29:20: missing key 'site' in local_content\n"},
    {MONEY, "like: M\n", "like: M\n    recipe: {A: 0.8, M: 0.4}\n",
     "24:13: recipe uses 1.2 of inputs per unit of output: more than it sells\n"},
    {MONEY, "profile: [0.4, 0.6]", "profile: [0.4, 0.7]",
     "56:72: the sum of profile is 1.1, not 1\n"},
    {MONEY, "          announced_to_built: 1\n", "",
     "55:11: missing key 'announced_to_built' in investment: share that is built; 1 has to be "
     "typed\n"},
    {MONEY, "          net: true\n", "",
     "55:11: missing key 'net' in investment: true: displacement counts; false: gross, as in a "
     "press release\n"},
    {MONEY, "net: true", "net: false", "60:22: displaces is not used: it needs net: true\n"},
    {MONEY, "displaces: {home: 0.5, imports: {CN: 0.4}, export: 0.1, new: 0}", "displaces: none",
     "60:22: net: true has to say what the plant's sales displace: {home: .., imports: {..}, "
     "export: .., new: ..}\n"},
    {MONEY, "export: 0.1, new: 0}", "export: 0, new: 0.1}",
     "55:11: missing key 'new_demand_paid_by' in investment (needed with displaces.new above 0): "
     "other_consumption or savings\n"},
    {MONEY, "export: 0.1, new: 0}", "export: 0.2, new: 0}",
     "60:22: the sum of displaces is 1.1, not 1\n"},
    {MONEY, "imports: {CN: 0.4}", "imports: {US: 0.4}",
     "60:44: US is home: its output is displaces.home\n"},
    {MONEY, "net: true", "net: true\n          sells_to: {mine: 0.5}",
     "62:22: no investment in plant 'mine' in scenario 'built'\n"},
    {MONEY, "plant: works\n          foreign", "plant: mine\n          foreign",
     "63:18: no investment in plant 'mine' in scenario 'built'\n"},
    {MONEY, "          licence_fee: 0.03\n", "",
     "63:11: missing key 'licence_fee' in joint_venture: of sales, an imported service\n"},
    {MONEY, "announced_to_built: 1",
     "announced_to_built: {value: 1, source: x}\n          labour: 1",
     "59:11: unknown key 'labour' in investment (keys: plant, capex, announced_to_built, "
     "operation, displaces, new_demand_paid_by, sells_to, net, source)\n"},
};

/* The study with the first `find` replaced, in study.yaml. */
static void write_changed(const char *study, const char *find, const char *replace)
{
    const char *at = strstr(study, find);
    wio_text text = {0};
    ck_assert_msg(at != NULL, "'%s' is not in the study", find);
    wio_text_add_bytes(&text, study, (size_t)(at - study));
    wio_text_add(&text, "%s%s", replace, at + strlen(find));
    char *changed = NULL;
    ck_assert_int_eq(wio_text_take(&changed, &text, NULL), WIO_OK);
    scratch_write("study.yaml", changed);
    wio_free(changed);
}

/* Every error as "line:column: text\n"; the caller frees. */
static char *errors_of(const wio_log *log)
{
    wio_text text = {0};
    wio_text_add(&text, "%s", "");
    for (size_t i = 0; wio_log_finding(log, i) != NULL; i++) {
        const wio_finding *finding = wio_log_finding(log, i);
        if (finding->severity == WIO_ERROR) {
            ck_assert_str_eq(finding->file, "study.yaml");
            wio_text_add(&text, "%zu:%zu: %s\n", finding->line, finding->column, finding->text);
        }
    }
    char *all = NULL;
    ck_assert_int_eq(wio_text_take(&all, &text, NULL), WIO_OK);
    return all;
}

START_TEST(a_mistake_is_named_with_its_place_and_what_to_do)
{
    wio_study *study = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    write_changed(MISTAKES[_i].study, MISTAKES[_i].find, MISTAKES[_i].replace);
    wio_status status = wio_study_read(&study, "study.yaml", log, &err);
    char *errors = errors_of(log);
    ck_assert_msg(strcmp(errors, MISTAKES[_i].expected) == 0,
                  "'%s' instead of '%s':\n%sexpected:\n%s", MISTAKES[_i].replace, MISTAKES[_i].find,
                  errors, MISTAKES[_i].expected);
    ck_assert_int_eq(status, WIO_E_STUDY);
    ck_assert_int_eq(wio_status_exit(status), 65);
    ck_assert_int_eq(err.status, WIO_E_STUDY);
    ck_assert_int_eq(strncmp(err.message, "study.yaml:", 11), 0);
    ck_assert_ptr_null(study);
    wio_free(errors);
    wio_log_free(log);
}
END_TEST

START_TEST(the_studies_that_the_cases_change_are_right)
{
    wio_study *study = NULL;
    wio_error err = {0};
    scratch_write("study.yaml", _i == 0 ? TARIFF : MONEY);
    ck_assert_msg(wio_study_read(&study, "study.yaml", NULL, &err) == WIO_OK, "%s", err.message);
    wio_study_free(study);
}
END_TEST

START_TEST(a_line_of_the_log_reads_as_a_compiler_writes_it)
{
    wio_study *study = NULL;
    wio_log *log = new_log();
    write_changed(TARIFF, "shocks:", "shokcs:");
    ck_assert_int_eq(wio_study_read(&study, "study.yaml", log, NULL), WIO_E_STUDY);
    char *line = wio_log_line(wio_log_finding(log, 1));
    ck_assert_str_eq(line, "study.yaml:19:5: error: unknown key 'shokcs' (did you mean 'shocks'?)");
    wio_free(line);
    wio_log_free(log);
}
END_TEST

START_TEST(a_study_with_many_mistakes_gets_all_of_them_in_one_run)
{
    wio_study *study = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    scratch_write("study.yaml",
                  "wassily: 1\n"
                  "titel: Many\n"
                  "table: toy\n"
                  "base: {rates: {US->CN: mfn}}\n"
                  "model: {households: exogenous, prices: cost-push, substitution: nested}\n"
                  "parameters: {horizon: &l long, sigma_domestic: 2.5, sigma_import: x,\n"
                  "             final_demand_elasticity: 1, export_elasticity: 3}\n"
                  "scenarios:\n"
                  "  - name: a\n"
                  "    extends: b\n"
                  "    shocks:\n"
                  "      - tariff: {importer: US, exporter: CM, change: 10%, rate: 10pp}\n"
                  "      - tarif: {}\n"
                  "  - name: a\n"
                  "    name: c\n"
                  "    shocks: [{final_demand: {region: US, use: C, amounts: {X: 1}}}]\n");
    ck_assert_int_eq(wio_study_read(&study, "study.yaml", log, &err), WIO_E_STUDY);
    char *errors = errors_of(log);
    ck_assert_str_eq(errors, MANY);
    wio_free(errors);
    wio_log_free(log);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("study mistakes");
    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, study_setup, study_teardown);
    tcase_add_loop_test(failures, the_studies_that_the_cases_change_are_right, 0, 2);
    tcase_add_loop_test(failures, a_mistake_is_named_with_its_place_and_what_to_do, 0,
                        sizeof MISTAKES / sizeof MISTAKES[0]);
    tcase_add_test(failures, a_line_of_the_log_reads_as_a_compiler_writes_it);
    tcase_add_test(failures, a_study_with_many_mistakes_gets_all_of_them_in_one_run);
    suite_add_tcase(suite, failures);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
