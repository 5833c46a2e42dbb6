/* schema.c - the schema table of study files (DESIGN section 3). Order = order of the reference. */
#include "schema.h"

#include <string.h>

#define TEXT                   WIO_TAKES_TEXT, WIO_UNIT_NONE, NULL, NULL
#define TEXTS                  (WIO_TAKES_TEXT | WIO_TAKES_TEXTS), WIO_UNIT_NONE, NULL, NULL
#define WORD(words)            WIO_TAKES_WORD, WIO_UNIT_NONE, words, NULL
#define WORDS(words)           (WIO_TAKES_WORD | WIO_TAKES_TEXTS), WIO_UNIT_NONE, words, NULL
#define NUMBER(unit)           WIO_TAKES_NUMBER, WIO_UNIT_##unit, NULL, NULL
#define NUMBER_OR(unit, words) (WIO_TAKES_NUMBER | WIO_TAKES_WORD), WIO_UNIT_##unit, words, NULL
#define NUMBERS(unit)          WIO_TAKES_NUMBERS, WIO_UNIT_##unit, NULL, NULL
#define BY_SECTOR(unit)                                                                            \
    (WIO_TAKES_NUMBER | WIO_TAKES_KEYED | WIO_TAKES_COLUMN), WIO_UNIT_##unit, NULL, NULL
#define BY_CATEGORY(unit)      (WIO_TAKES_NUMBER | WIO_TAKES_KEYED), WIO_UNIT_##unit, NULL, NULL
#define KEYED(unit)            WIO_TAKES_KEYED, WIO_UNIT_##unit, NULL, NULL
#define MAP(section)           WIO_TAKES_MAP, WIO_UNIT_NONE, NULL, section
#define MAP_OR(words, section) (WIO_TAKES_MAP | WIO_TAKES_WORD), WIO_UNIT_NONE, words, section
#define LIST(section)          WIO_TAKES_LIST, WIO_UNIT_NONE, NULL, section
#define REQUIRED               WIO_FACT_ALWAYS, WIO_FACT_NONE
#define OPTIONAL               WIO_FACT_NONE, WIO_FACT_NONE
#define WITH(fact)             WIO_FACT_##fact, WIO_FACT_##fact /* required and only there */
#define ONLY_WITH(fact)        WIO_FACT_NONE, WIO_FACT_##fact   /* optional, only there */
#define NEEDED_WITH(fact)      WIO_FACT_##fact, WIO_FACT_NONE /* required there, allowed elsewhere */

/* Parameters that one number can set: break-even and sensitivity. */
#define NUMBER_PARAMETERS                                                                          \
    "sigma_domestic|sigma_import|export_elasticity|final_demand_elasticity|sector_pass_through|"   \
    "wage_indexation|duty_offset|pass_through|recapture|additionality|announced_to_built|"         \
    "displacement_home"

#define SOURCE(section)                                                                            \
    {                                                                                              \
        section, "source", TEXT, OPTIONAL, "where the numbers are from; `assumed` is counted"      \
    }

/* An amount of money says its unit, the year of its prices and its price basis. */
#define MONEY_UNIT(section)                                                                        \
    {                                                                                              \
        section, "unit", TEXT, REQUIRED,                                                           \
            "musd or busd: million or billion of the table's currency"                             \
    }
#define MONEY_BASIS(section, needed)                                                               \
    {section, "price_basis", TEXT, needed, "the table's own basis, or purchaser with a margin"},   \
        {section, "margin", MAP("margin"), ONLY_WITH(PURCHASER),                                   \
         "trade and transport margin inside purchaser prices"},                                    \
    {                                                                                              \
        section, "tax", NUMBER(SHARE), ONLY_WITH(PURCHASER),                                       \
            "product taxes inside purchaser prices (default 0)"                                    \
    }

const wio_schema_row wio_schema[] = {
    {"study", "wassily", NUMBER(COUNT), REQUIRED, "version of this format: 1"},
    {"study", "title", TEXT, REQUIRED, "one line, printed above the answer"},
    {"study", "table", TEXT, REQUIRED,
     "an embedded table's name, or a path relative to the study's folder"},
    {"study", "base", MAP("base"), NEEDED_WITH(TARIFF), "what changes are measured from"},
    {"study", "model", MAP("model"), REQUIRED, "the closure"},
    {"study", "parameters", MAP("parameters"), NEEDED_WITH(NESTED), "elasticities and shares"},
    {"study", "sensitivity", LIST("sensitivity"), OPTIONAL,
     "cases run with the study and printed beside its headline as a range"},
    {"study", "break_even", MAP("break_even"), OPTIONAL,
     "the value of a parameter at which the answer changes sign"},
    {"study", "commitments", MAP("commitments"), OPTIONAL, "purchase commitments, by name"},
    {"study", "plants", MAP("plants"), OPTIONAL, "kinds of new plants, by name"},
    {"study", "report", MAP("report"), NEEDED_WITH(DATED), "what is reported"},
    {"study", "scenarios", LIST("scenario"), REQUIRED, "what is compared"},

    {"base", "rates", MAP("rates"), WITH(TARIFF), "duties of the base, by pair of regions"},
    {"base", "price_index", KEYED(NONNEGATIVE), ONLY_WITH(MONEY),
     "price level by year, table year = 1: {2020: 1.038}; required for money of another year"},
    {"base", "jobs_per_output", TEXT, ONLY_WITH(PURCHASE),
     "table, or a file of the table with sector, year, jobs_per_musd: jobs per million of the "
     "year's own money, for purchases (default table)"},

    {"rates", "*",
     (WIO_TAKES_NUMBER | WIO_TAKES_TEXT | WIO_TAKES_KEYED | WIO_TAKES_COLUMN | WIO_TAKES_SUM),
     WIO_UNIT_RATE, NULL, NULL, OPTIONAL,
     "IMPORTER<-EXPORTER: a number, a column, numbers by sector, or a list of these, which are "
     "added; required for each pair that a tariff is on"},

    {"model", "households", WORD("exogenous|endogenous"), REQUIRED,
     "endogenous: wages are re-spent (Type II, an upper bound)"},
    {"model", "household_income", NUMBER_OR(NONNEGATIVE, "total|wages|disposable"),
     WITH(ENDOGENOUS), "denominator of the consumption column; a number is an amount in million"},
    {"model", "rounds", NUMBER(COUNT), ONLY_WITH(ENDOGENOUS),
     "rounds of re-spending (default: all of them)"},
    {"model", "replacement", NUMBER(SHARE), ONLY_WITH(ENDOGENOUS),
     "share of new wages that replaces benefits (default 0)"},
    {"model", "prices", WORD("fixed|cost-push|at-border"), REQUIRED,
     "cost-push: duties on inputs and final goods of one country; at-border: ad valorem at every "
     "border of a multi-regional table"},
    {"model", "substitution", WORD("none|nested"), NEEDED_WITH(COST_PUSH),
     "nested: two-level CES, home against imports, then by origin; none: the quantities of a "
     "tariff are not modelled"},
    {"model", "primary_prices", WORD("fixed"), OPTIONAL, "wages and profits per output: fixed"},

    {"parameters", "horizon", TEXT, WITH(NESTED), "names the elasticity set in the headline"},
    {"parameters", "sigma_domestic", BY_SECTOR(NONNEGATIVE), WITH(NESTED),
     "elasticity between home and imports"},
    {"parameters", "sigma_import", BY_SECTOR(NONNEGATIVE), WITH(NESTED),
     "elasticity between origins of imports"},
    {"parameters", "export_elasticity", BY_SECTOR(NONNEGATIVE), WITH(NESTED),
     "elasticity of exports to their price abroad"},
    {"parameters", "final_demand_elasticity", (WIO_TAKES_NUMBER | WIO_TAKES_MAP),
     WIO_UNIT_NONNEGATIVE, NULL, "final_demand_elasticity", WITH(NESTED),
     "elasticity of final demand to its price: one number for every use, or by use"},
    {"parameters", "revenue", WORD("none|households|government"), WITH(NESTED_TARIFF),
     "what happens to the duty: none is an unannounced tax rise"},
    {"parameters", "disposable", MAP("disposable"), WITH(DISPOSABLE),
     "what households keep from spending"},
    {"parameters", "sector_pass_through", BY_SECTOR(SHARE), ONLY_WITH(UNNESTED),
     "share of a sector's cost rise that goes into its price (default 1)"},
    {"parameters", "wage_indexation", NUMBER(SHARE), ONLY_WITH(UNNESTED),
     "share of the consumer price rise that wages follow (default 0)"},
    {"parameters", "duty_offset", NUMBER(SHARE), ONLY_WITH(TARIFF),
     "income and payroll tax lost per unit of duty, reported apart"},

    {"final_demand_elasticity", "households", NUMBER(NONNEGATIVE), REQUIRED,
     "household consumption"},
    {"final_demand_elasticity", "government", NUMBER(NONNEGATIVE), REQUIRED,
     "government consumption"},
    {"final_demand_elasticity", "investment", NUMBER(NONNEGATIVE), REQUIRED, "investment"},
    {"final_demand_elasticity", "inventory", NUMBER(NONNEGATIVE), OPTIONAL,
     "changes in inventories (default 0)"},
    SOURCE("final_demand_elasticity"),

    {"disposable", "tax", NUMBER(SHARE), REQUIRED, "taxes, of income"},
    {"disposable", "saving", NUMBER(SHARE), REQUIRED, "saving, of income after tax"},
    {"disposable", "leakage", NUMBER(SHARE), REQUIRED, "spending abroad, of what is left"},
    SOURCE("disposable"),

    {"sensitivity", "name", TEXT, REQUIRED, "printed beside the range"},
    {"sensitivity", "set", MAP("set"), REQUIRED,
     "keys of `parameters`, and numbers that replace the shocks' own"},
    {"set", "pass_through", NUMBER(SHARE), ONLY_WITH(TARIFF), "of every tariff on home's imports"},
    {"set", "recapture", NUMBER(SHARE), ONLY_WITH(TARIFF), "of every partner's tariff"},
    {"set", "additionality", NUMBER(SHARE), ONLY_WITH(PURCHASE), "of every purchase"},
    {"set", "announced_to_built", NUMBER(SHARE), ONLY_WITH(INVESTMENT), "of every investment"},
    {"set", "displacement_home", NUMBER(SHARE), ONLY_WITH(INVESTMENT),
     "share of every new plant's sales that displaces home output; the others in proportion"},

    {"break_even", "for", WORD("jobs_change|value_added_change|output_change"), REQUIRED,
     "the total that becomes zero"},
    {"break_even", "over", WORD(NUMBER_PARAMETERS), REQUIRED, "the parameter that is moved"},
    {"break_even", "between", NUMBERS(NONNEGATIVE), OPTIONAL,
     "[low, high] (default: the parameter's usual range)"},

    {"commitments", "*", MAP("commitment"), OPTIONAL, "a purchase commitment"},
    {"commitment", "buyer", TEXT, REQUIRED, "region that promised to buy"},
    {"commitment", "seller", TEXT, REQUIRED, "endogenous region that sells"},
    {"commitment", "years", NUMBERS(YEAR), REQUIRED, "[first, last]"},
    {"commitment", "weights", MAP("weights"), REQUIRED,
     "what each category is made of: shares by sector that sum to 1"},
    {"commitment", "baseline", MAP("amounts"), REQUIRED, "purchases of a year before"},
    {"commitment", "increment", MAP("amounts"), REQUIRED, "promised on top, by year"},
    MONEY_BASIS("commitment", REQUIRED),
    {"commitment", "counterfactual", MAP_OR("baseline|table", "amounts"), REQUIRED,
     "what would have been bought anyway: baseline; table (the table's exports to the buyer, a "
     "sector of several categories split by their baselines); or amounts"},
    {"commitment", "additionality", BY_CATEGORY(SHARE), REQUIRED,
     "share that is not taken from other buyers"},
    {"commitment", "home_share", NUMBER(SHARE), OPTIONAL,
     "of what is taken from other buyers, the share taken from home sales (default 0)"},
    SOURCE("commitment"),
    {"weights", "file", TEXT, OPTIONAL, "a file of the table with a `sector` column"},
    {"weights", "by", TEXT, OPTIONAL, "its column of categories"},
    {"weights", "column", TEXT, OPTIONAL, "its column of shares (default weight)"},
    SOURCE("weights"),
    {"weights", "*", KEYED(SHARE), OPTIONAL, "a category: {sector: share}, instead of `file`"},
    {"amounts", "price_year", NUMBER_OR(YEAR, "own"), REQUIRED,
     "year of the prices; own: each year in its own"},
    MONEY_UNIT("amounts"),
    SOURCE("amounts"),
    {"amounts", "*", (WIO_TAKES_NUMBER | WIO_TAKES_NUMBERS), WIO_UNIT_MONEY, NULL, NULL, OPTIONAL,
     "a category: one amount for every year, or a list by year"},
    {"margin", "share", BY_CATEGORY(SHARE), REQUIRED,
     "margin as a share of the purchaser price; in a commitment also by category"},
    {"margin", "to", KEYED(SHARE), REQUIRED, "sectors that earn it; sums to 1"},
    SOURCE("margin"),

    {"plants", "*", MAP("plant"), OPTIONAL, "a kind of new plant"},
    {"plant", "use", TEXT, OPTIONAL, "OTHER.yaml#NAME: the definition is in another study"},
    {"plant", "from", MAP("from"), OPTIONAL,
     "a row of a file such as plants.csv: base sector, capital split, output per capital, jobs"},
    {"plant", "region", TEXT, OPTIONAL, "where it is (default: the only endogenous region)"},
    {"plant", "like", TEXT, NEEDED_WITH(NO_FROM), "the sector it belongs to"},
    {"plant", "recipe", KEYED(SHARE), OPTIONAL,
     "inputs per unit of output by sector, imports included (default: the sector's column)"},
    {"plant", "jobs_per_musd", NUMBER(NONNEGATIVE), OPTIONAL,
     "jobs per million of output (default: the sector's)"},
    {"plant", "compensation", NUMBER(SHARE), OPTIONAL,
     "compensation per unit of output (default: the sector's)"},
    {"plant", "surplus", NUMBER(SHARE), OPTIONAL,
     "operating surplus per unit of output (default: the sector's)"},
    {"plant", "capital_output", NUMBER(NONNEGATIVE), NEEDED_WITH(NO_FROM),
     "capital per unit of yearly output"},
    {"plant", "bridge", KEYED(SHARE), NEEDED_WITH(NO_FROM),
     "what the capital is: {structures: 0.5, equipment: 0.4, ipp: 0.1}; sums to 1"},
    {"plant", "bridge_sectors", MAP_OR("by final use", "bridge_sectors"), NEEDED_WITH(NO_USE),
     "products of each kind of capital; by final use: as the table's EQUIP, STRUCT and IPP (or "
     "the use of that name) buy them"},
    {"plant", "local_content", (WIO_TAKES_NUMBER | WIO_TAKES_KEYED | WIO_TAKES_WORD),
     WIO_UNIT_SHARE, "table", NULL, NEEDED_WITH(NO_USE),
     "share of the capital goods bought at home: table, a number, or by kind or sector"},
    SOURCE("plant"),
    {"from", "file", TEXT, REQUIRED, "a file of the table"},
    {"from", "plant", TEXT, REQUIRED, "its row"},
    {"bridge_sectors", "*", (WIO_TAKES_KEYED | WIO_TAKES_TEXT), WIO_UNIT_SHARE, NULL, NULL,
     OPTIONAL, "a kind of capital: {sector: share} that sums to 1, or a final use of the table"},

    SOURCE("bridge_sectors"),

    {"report", "year", NUMBER_OR(YEAR, "average"), WITH(DATED),
     "the year that is reported; average: over all years"},
    {"report", "matrix", WORD("jobs"), OPTIONAL, "also the matrix \"whose demand, whose jobs\""},

    {"scenario", "name", TEXT, REQUIRED, "unique"},
    {"scenario", "extends", TEXT, OPTIONAL, "a scenario whose shocks come first"},
    {"scenario", "compare_to", TEXT, OPTIONAL,
     "table, or the scenario that its changes are measured from (default table)"},
    {"scenario", "solve_for", MAP("solve_for"), OPTIONAL,
     "scale every capex until the jobs are met"},
    {"scenario", "shocks", LIST("shock"), REQUIRED, "its own shocks, in order"},
    {"solve_for", "jobs", NUMBER(NONNEGATIVE), REQUIRED, "operation jobs"},
    {"solve_for", "count", WORD("direct|gross|net"), REQUIRED, "which jobs are counted"},

    {"shock", "tariff", MAP("tariff"), ONLY_WITH(PRICES), "a duty, or relief from one"},
    {"shock", "import_price", MAP("import_price"), ONLY_WITH(PRICES), "dearer or cheaper imports"},
    {"shock", "final_demand", MAP("final_demand"), OPTIONAL, "more or less final demand"},
    {"shock", "purchase", MAP("purchase"), OPTIONAL, "a purchase commitment, as it is kept"},
    {"shock", "purchase_catch_up", MAP("purchase_catch_up"), OPTIONAL,
     "what was not bought, bought later"},
    {"shock", "investment", MAP("investment"), OPTIONAL, "a pledge to build plants"},
    {"shock", "joint_venture", MAP("joint_venture"), OPTIONAL, "who owns a plant"},
    {"shock", "productivity", MAP("productivity"), OPTIONAL, "fewer workers or inputs per output"},

    {"tariff", "importer", TEXT, REQUIRED, "region that levies it"},
    {"tariff", "exporter", TEXT, REQUIRED, "region whose goods pay it"},
    {"tariff", "sectors", TEXTS, OPTIONAL,
     "all, codes and groups (default: all that have a value)"},
    {"tariff", "rate", BY_SECTOR(RATE), OPTIONAL, "the new total: 40%. Either this or change"},
    {"tariff", "change", (WIO_TAKES_NUMBER | WIO_TAKES_KEYED | WIO_TAKES_COLUMN | WIO_TAKES_MIRROR),
     WIO_UNIT_POINTS, NULL, NULL, OPTIONAL,
     "points added to the base: 10pp. {mirror: SCENARIO}: the mean rise, weighted by base "
     "imports, of the other side's tariffs in that scenario"},
    {"tariff", "replaces", BY_SECTOR(RATE), ONLY_WITH(RATE),
     "the part of the base that the rate replaces (default: all of it)"},
    {"tariff", "scale", NUMBER(NUMBER), ONLY_WITH(CHANGE), "factor on change (default 1)"},
    {"tariff", "uses", WORDS("all|intermediate|consumption|investment"), OPTIONAL,
     "kinds of buyers that pay it (default all)"},
    {"tariff", "coverage", BY_SECTOR(SHARE), OPTIONAL, "share of the value in scope (default 1)"},
    {"tariff", "exclusions", BY_SECTOR(SHARE), OPTIONAL, "share excluded again (default 0)"},
    {"tariff", "collected", BY_SECTOR(SHARE), OPTIONAL, "share enforced (default 1)"},
    {"tariff", "pass_through", BY_SECTOR(SHARE), REQUIRED, "share of the duty the buyer pays"},
    {"tariff", "recapture", NUMBER(SHARE), WITH(PARTNER),
     "share of the lost sales resold elsewhere"},
    {"tariff", "unparsed", MAP("unparsed"), OPTIONAL, "sectors whose rate is not to be trusted"},
    SOURCE("tariff"),
    {"unparsed", "column", TEXT, REQUIRED, "column with the share of value that has no rate"},
    {"unparsed", "file", TEXT, OPTIONAL, "its file, where several have the column"},
    {"unparsed", "above", NUMBER(SHARE), REQUIRED, "sectors above this share"},
    {"unparsed", "use", WORD("drop|group_mean|as_given"), REQUIRED,
     "drop: no change there; group_mean: the mean of the smallest group that has other sectors "
     "of this tariff, weighted by base imports; as_given: the rate as it is"},

    {"import_price", "importer", TEXT, REQUIRED, "endogenous region that buys"},
    {"import_price", "exporter", TEXT, REQUIRED, "exogenous region that sells"},
    {"import_price", "sectors", TEXTS, OPTIONAL,
     "all, codes and groups (default: all that have a value)"},
    {"import_price", "change", BY_SECTOR(CHANGE), REQUIRED, "of the price before duty"},
    SOURCE("import_price"),

    {"final_demand", "region", TEXT, REQUIRED, "region of the buyers"},
    {"final_demand", "use", TEXT, REQUIRED, "final use of the table"},
    {"final_demand", "amounts", KEYED(MONEY), OPTIONAL, "money by sector"},
    {"final_demand", "total", NUMBER(MONEY), OPTIONAL, "money in all, with weights"},
    {"final_demand", "weights", (WIO_TAKES_WORD | WIO_TAKES_KEYED | WIO_TAKES_COLUMN),
     WIO_UNIT_SHARE, "table", NULL, WITH(TOTAL),
     "shares by sector that sum to 1; table: as that use buys the sectors"},
    {"final_demand", "change", BY_SECTOR(CHANGE), OPTIONAL, "of what that use buys in the table"},
    {"final_demand", "sectors", TEXTS, OPTIONAL,
     "with change or total: all, codes and groups (default all)"},
    {"final_demand", "unit", TEXT, WITH(AMOUNTS), "musd or busd, as for every amount"},
    {"final_demand", "price_year", NUMBER(YEAR), WITH(AMOUNTS), "year of the prices"},
    {"final_demand", "price_basis", TEXT, WITH(AMOUNTS),
     "the table's own basis, or purchaser with a margin"},
    {"final_demand", "margin", MAP("margin"), ONLY_WITH(PURCHASER),
     "trade and transport margin inside purchaser prices"},
    {"final_demand", "tax", NUMBER(SHARE), ONLY_WITH(PURCHASER),
     "product taxes inside purchaser prices (default 0)"},
    {"final_demand", "local_content",
     (WIO_TAKES_NUMBER | WIO_TAKES_KEYED | WIO_TAKES_COLUMN | WIO_TAKES_WORD), WIO_UNIT_SHARE,
     "table", NULL, WITH(AMOUNTS), "share bought at home; table: as that use buys the product"},
    {"final_demand", "years", (WIO_TAKES_NUMBERS | WIO_TAKES_KEYED), WIO_UNIT_NUMBER, NULL, NULL,
     OPTIONAL, "[first, last], or {year: factor}: a path (default: undated)"},
    SOURCE("final_demand"),

    {"purchase", "use", TEXT, REQUIRED, "a commitment, or OTHER.yaml#NAME"},
    {"purchase", "compliance", BY_CATEGORY(NONNEGATIVE), REQUIRED, "actual over promised"},
    {"purchase", "compliance_on", WORD("level|increment"), REQUIRED,
     "level: of baseline + increment; increment: of what was promised on top"},
    {"purchase", "check_total", MAP("check_total"), OPTIONAL, "refuse when the total is off"},
    SOURCE("purchase"),
    {"check_total", "actual", NUMBER(MONEY), REQUIRED, "bought over all years, as stated"},
    MONEY_UNIT("check_total"),
    {"check_total", "tolerance", NUMBER(SHARE), OPTIONAL, "relative (default 1%)"},
    SOURCE("check_total"),

    {"purchase_catch_up", "of", TEXT, REQUIRED, "the commitment, as a purchase before it uses it"},
    {"purchase_catch_up", "shortfall", MAP("shortfall"), REQUIRED,
     "what is owed; held against the commitment, split over categories by what each fell short"},
    {"purchase_catch_up", "years", NUMBERS(YEAR), REQUIRED, "[first, last]"},
    {"purchase_catch_up", "profile", NUMBERS(SHARE), REQUIRED, "share of each year; sums to 1"},
    {"purchase_catch_up", "on_top_of", WORD("counterfactual|last_actual"), REQUIRED,
     "what the catch-up is added to"},
    {"purchase_catch_up", "price_year", NUMBER_OR(YEAR, "own"), REQUIRED,
     "own: nominal money of the year it is paid in"},
    SOURCE("purchase_catch_up"),
    {"shortfall", "target", NUMBER(MONEY), REQUIRED, "promised over all years"},
    {"shortfall", "actual", NUMBER(MONEY), REQUIRED, "bought over all years"},
    MONEY_UNIT("shortfall"),
    {"shortfall", "tolerance", NUMBER(SHARE), OPTIONAL, "relative (default 1%)"},
    SOURCE("shortfall"),

    {"investment", "plant", TEXT, REQUIRED, "a plant, or OTHER.yaml#NAME"},
    {"investment", "capex", MAP("capex"), REQUIRED, "the money announced"},
    {"investment", "announced_to_built", NUMBER(SHARE), REQUIRED,
     "share that is built; 1 has to be typed"},
    {"investment", "operation", MAP("operation"), REQUIRED, "when and how much it produces"},
    {"investment", "displaces", MAP_OR("none", "displaces"), NEEDED_WITH(NET),
     "whose sales the plant's sales replace; sums to 1; none with net: false"},
    {"investment", "new_demand_paid_by", WORD("other_consumption|savings"), WITH(NEW_DEMAND),
     "what pays for new demand: less of other consumption, or savings (nothing else falls)"},
    {"investment", "sells_to", KEYED(SHARE), OPTIONAL,
     "shares of output sold to other plants of the scenario, which displace nothing"},
    {"investment", "net", WORD("true|false"), REQUIRED,
     "true: displacement counts; false: gross, as in a press release"},
    SOURCE("investment"),
    {"capex", "total", NUMBER(MONEY), REQUIRED, "over all years"},
    MONEY_UNIT("capex"),
    {"capex", "price_year", NUMBER_OR(YEAR, "own"), REQUIRED,
     "year of the prices; own: each year in its own"},
    MONEY_BASIS("capex", REQUIRED),
    {"capex", "years", NUMBERS(YEAR), REQUIRED, "[first, last]"},
    {"capex", "profile", NUMBERS(SHARE), REQUIRED, "share of each year; sums to 1"},
    {"capex", "land", NUMBER(SHARE), OPTIONAL, "share that buys land: a transfer (default 0)"},
    SOURCE("capex"),
    {"operation", "start", NUMBER(YEAR), REQUIRED, "first year of production"},
    {"operation", "utilisation", NUMBERS(SHARE), REQUIRED,
     "share of capacity by year from start; the last one stays"},
    {"operation", "depreciation", NUMBER(SHARE), REQUIRED, "of capital, a year"},
    SOURCE("operation"),
    {"displaces", "home", NUMBER(SHARE), REQUIRED, "existing output at home"},
    {"displaces", "imports", KEYED(SHARE), REQUIRED, "imports by region"},
    {"displaces", "export", NUMBER(SHARE), REQUIRED, "sold abroad: displaces nothing here"},
    {"displaces", "new", NUMBER(SHARE), REQUIRED, "new demand at home"},
    SOURCE("displaces"),

    {"joint_venture", "plant", TEXT, REQUIRED, "the plant of an investment of the scenario"},
    {"joint_venture", "foreign_share", NUMBER(SHARE), REQUIRED, "of the equity"},
    {"joint_venture", "licence_fee", NUMBER(SHARE), REQUIRED, "of sales, an imported service"},
    {"joint_venture", "repatriation", NUMBER(SHARE), REQUIRED, "of the foreign profit"},
    {"joint_venture", "profit_tax", NUMBER(SHARE), REQUIRED, "of profit"},
    SOURCE("joint_venture"),

    {"productivity", "region", TEXT, REQUIRED, "an endogenous region"},
    {"productivity", "sectors", TEXTS, OPTIONAL, "all, codes and groups (default all)"},
    {"productivity", "labour", NUMBER(CHANGE), OPTIONAL, "more output per job: 2%"},
    {"productivity", "inputs", NUMBER(CHANGE), OPTIONAL, "fewer inputs per output: 1%"},
    SOURCE("productivity"),

    {"value", "value", (WIO_TAKES_TEXT | WIO_TAKES_NUMBERS | WIO_TAKES_KEYED), WIO_UNIT_NONE, NULL,
     NULL, REQUIRED, "the value, where a source is given with it"},
    SOURCE("value"),
    {"column", "column", TEXT, REQUIRED, "a column of one of the table's files, by sector"},
    {"column", "file", TEXT, OPTIONAL, "the file, where several have the column"},
    SOURCE("column"),
    {"mirror", "mirror", TEXT, REQUIRED, "a scenario with tariffs of the other side"},
    SOURCE("mirror"),
};

const size_t wio_schema_rows = sizeof wio_schema / sizeof wio_schema[0];

const wio_schema_row *wio_schema_find(const char *section, const char *key)
{
    const wio_schema_row *any = NULL;
    for (size_t i = 0; i < wio_schema_rows; i++) {
        if (strcmp(wio_schema[i].section, section) != 0) {
            continue;
        }
        if (strcmp(wio_schema[i].key, key) == 0) {
            return &wio_schema[i];
        }
        if (strcmp(wio_schema[i].key, "*") == 0) {
            any = &wio_schema[i];
        }
    }
    /* a case may set whatever the study's parameters may */
    if (any == NULL && strcmp(section, "set") == 0) {
        return wio_schema_find("parameters", key);
    }
    return any;
}

const char *wio_fact_text(wio_fact fact)
{
    static const char *const text[WIO_FACTS] = {
#define WIO_FACT_TEXT(name, words) [name] = words,
        WIO_FACT_LIST(WIO_FACT_TEXT)
#undef WIO_FACT_TEXT
    };
    return text[fact];
}

const char *wio_unit_text(wio_unit unit)
{
    static const char *const text[] = {
#define WIO_UNIT_TEXT(name, words, expected) [name] = words,
        WIO_UNIT_LIST(WIO_UNIT_TEXT)
#undef WIO_UNIT_TEXT
    };
    return text[unit];
}
