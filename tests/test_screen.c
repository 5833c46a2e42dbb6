/* test_screen.c - the page that people read, from results built by hand.
 *
 * WASSILY_UPDATE_GOLDEN=1 rewrites the golden files; read the difference before keeping it. */
#include "../core/result.h"
#include "support.h"

#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK(call) ck_assert_int_eq((call), WIO_OK)

/* --- building results --------------------------------------------------------------------------- */

static double *add(wio_result *r, const char *name, const char *dimensions, const char *units)
{
    double *data = NULL;
    OK(wio_result_add(&data, r, name, dimensions, units, name, NULL));
    return data;
}

/* The whole array from literals. */
static void fill(wio_result *r, const char *name, const char *dimensions, const char *units,
                 const double *values, size_t count)
{
    memcpy(add(r, name, dimensions, units), values, count * sizeof *values);
}
#define FILL(r, name, dimensions, units, ...)                                                      \
    fill(r, name, dimensions, units, (const double[]){__VA_ARGS__},                                \
         sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void dimension(wio_result *r, const char *name, size_t length, const char *const *labels)
{
    OK(wio_result_dimension(r, name, length, labels, name, NULL));
}
#define DIMENSION(r, name, ...)                                                                    \
    dimension(r, name, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                     \
              (const char *const[]){__VA_ARGS__})
#define TEXT(r, name, of, ...)                                                                     \
    OK(wio_result_add_text(r, name, of, (const char *const[]){__VA_ARGS__}, name, NULL))
#define SET(r, name, value) OK(wio_result_set_text(r, name, value, NULL))

static void certificate(wio_result *r)
{
    SET(r, "certificate/error_bound", "8.3e-12");
    SET(r, "certificate/productive", "1");
    SET(r, "certificate/radius_high", "0.4312");
}

static wio_result *study(const char *title)
{
    wio_result *r = NULL;
    OK(wio_result_create(&r, NULL));
    SET(r, "command", "run");
    SET(r, "title", title);
    SET(r, "table", "us-2017");
    SET(r, "table_year", "2017");
    SET(r, "currency", "USD");
    SET(r, "closure", "Type I");
    SET(r, "assumed", "3");
    SET(r, "sourced", "11");
    SET(r, "limits",
        "exchange rate, central bank, full employment\n"
        "2017-24 fall in China's share (2024 imports were 17% smaller)\n"
        "Origin of final imports is estimated.");
    certificate(r);
    return r;
}

static void six_sectors(wio_result *r)
{
    DIMENSION(r, "activity", "USA.332", "USA.337", "USA.3342", "USA.722", "USA.GSL", "USA.23NR");
    TEXT(r, "region", "activity", "USA", "USA", "USA", "USA", "USA", "USA");
    TEXT(r, "sector", "activity", "332", "337", "3342", "722", "GSL", "23NR");
    TEXT(r, "sector_name", "activity", "Metal products", "Furniture", "Communication equipment",
         "Restaurants", "State and local government", "Other nonresidential construction");
    FILL(r, "jobs_base", "activity", "persons", 1.6e6, 4e5, 3e5, 12e6, 19e6, 4e6);
}

static wio_result *salvo(void)
{
    wio_result *r = study("Opening salvo - 10 points on all Chinese goods, and China's answer");
    SET(r, "base", "rates from MFN 2.6%");
    SET(r, "horizon", "long");
    SET(r, "elasticities", "sigma 2.5 home/foreign, 3.8 between origins, exports 3");
    SET(r, "revenue", "none");
    SET(r, "break_even_over", "sigma_domestic");
    SET(r, "break_even_for", "jobs_change");
    DIMENSION(r, "scenario", "tariff", "tariff and answer");
    TEXT(r, "scenario_jobs", "scenario", "net of losses", "net of losses");
    six_sectors(r);
    DIMENSION(r, "home", "USA");
    DIMENSION(r, "part", "direct", "indirect");
    DIMENSION(r, "origin", "CHN.332", "CHN.337", "ROW.332", "ROW.337");
    TEXT(r, "origin_region", "origin", "CHN", "CHN", "ROW", "ROW");
    DIMENSION(r, "partner", "CHN", "ROW");
    TEXT(r, "partner_name", "partner", "China", "Rest of world");
    DIMENSION(r, "channel", "substitution", "spending", "dearer_exports", "partner_answer");
    DIMENSION(r, "case", "central", "short run", "FGKK", "revenue returned");
    DIMENSION(r, "group", "goods", "manufacturing", "services");
    TEXT(r, "scenario_compared_to", "scenario", "table", "table");
    FILL(r, "jobs_change", "scenario,activity", "persons", 17812.4, 7431, 5904, -6790, 5843, -4800,
         17799, 7420, 5888, -6791, -3212, -4803);
    FILL(r, "jobs_group", "scenario,group", "persons", 30000, 31147, -5747, 30000, 31107, -14806);
    FILL(r, "jobs_case", "scenario,case", "persons", 25400.4, -116011, -71846, 306981, 16301,
         -119612, -73604, 298612);
    FILL(r, "value_added_change", "scenario,activity", "million USD", 3000, 1000, 500, 100, 50, 50,
         2000, 500, 200, 100, 20, 11);
    FILL(r, "consumer_price_change", "scenario,home,part", "1", 0.0013, 0.0006, 0.0013, 0.0006);
    FILL(r, "investment_price_change", "scenario,home,part", "1", 0.003, 0.0013, 0.003, 0.0013);
    FILL(r, "household_cost", "scenario,home", "million USD", 25100, 25102);
    FILL(r, "tariff_revenue", "scenario,origin", "million USD", 20000, 15000, 2000, 2200, 20000,
         15000, 2000, 2199);
    FILL(r, "tariff_revenue_change", "scenario,origin", "million USD", 25000, 10000, 1000, 1143,
         25000, 10000, 1000, 1143);
    FILL(r, "revenue_offset", "scenario", "million USD", 8542.9, 8542.9);
    FILL(r, "tariff_revenue_static", "scenario,origin", "million USD", 30000, 20500, 0, 0, 30000,
         20500, 0, 0);
    FILL(r, "buyers_cost", "scenario,origin", "million USD", 30000, 20500, 0, 0, 30000, 20500, 0,
         0);
    FILL(r, "imports_change", "scenario,origin", "million USD", -100000, -13100, 60000, 4200,
         -100000, -13100, 60000, 3800);
    FILL(r, "exports_change_total", "scenario,partner", "million USD", -700, -2300, -3012, -2200);
    double *channel = add(r, "jobs_channel", "scenario,channel,activity", "persons");
    memset(channel, 0, 48 * sizeof *channel);
    const double last[] = {243812, -174613, -43797, -29101};
    for (size_t c = 0; c < 4; c++) {
        channel[24 + 6 * c] = last[c];
    }
    FILL(r, "break_even", "scenario", "1", 2.31, 2.3218);
    FILL(r, "break_even_low", "", "1", 0.5);
    FILL(r, "break_even_high", "", "1", 8.0);
    return r;
}

static wio_result *pledge(void)
{
    wio_result *r = study("Three plants, and what 500,000 jobs would take");
    SET(r, "report_year", "2032");
    DIMENSION(r, "scenario", "gross, as in the press release", "net");
    TEXT(r, "scenario_jobs", "scenario", "gross", "net of displaced");
    six_sectors(r);
    dimension(r, "year", 8, NULL);
    FILL(r, "year", "year", "1", 2026, 2027, 2028, 2029, 2030, 2031, 2032, 2033);
    DIMENSION(r, "channel", "direct", "indirect", "displaced");
    double *jobs = add(r, "jobs_change", "scenario,activity", "persons");
    for (size_t i = 0; i < 12; i++) {
        jobs[i] = i < 6 ? 8000 + 100 * (double)i : i % 3 == 0 ? -2500.0 : 4100.0;
    }
    double *construction = add(r, "job_years", "scenario,year,activity", "job-years");
    double *direct = add(r, "operation_jobs_direct", "scenario,year", "persons");
    double *gross = add(r, "operation_jobs_gross", "scenario,year", "persons");
    double *displaced = add(r, "operation_jobs_displaced", "scenario,year", "persons");
    double *net = add(r, "operation_jobs_net", "scenario,year", "persons");
    double *capex = add(r, "capex_built", "scenario,year", "million USD");
    for (size_t k = 0; k < 2; k++) {
        for (size_t y = 0; y < 8; y++) {
            double busy = y < 5 ? 1.0 : 0.0, running = y >= 2 && y < 7 ? (double)y - 1.0 : 0.0;
            for (size_t i = 0; i < 6; i++) {
                construction[(k * 8 + y) * 6 + i] = busy * (1000.0 * (double)(y + 1) + 7.0);
            }
            size_t at = k * 8 + y;
            direct[at] = 4000.0 * running;
            gross[at] = 9800.0 * running;
            displaced[at] = k == 0 ? 0.0 : 8000.0 * running;
            net[at] = gross[at] - displaced[at];
            capex[at] = busy * 12500.0;
        }
    }
    double *channel = add(r, "jobs_channel", "scenario,channel,activity", "persons");
    for (size_t i = 0; i < 36; i++) {
        channel[i] = (i / 6) % 3 == 2 ? -6666.0 : 3500.0;
    }
    FILL(r, "capex_required", "scenario", "million USD", NAN, 84321.5);
    FILL(r, "gdp_change", "scenario", "million USD", 14000, 3100);
    FILL(r, "gni_change", "scenario", "million USD", 13000, 2100);
    return r;
}

static wio_result *purchases(void)
{
    wio_result *r = study("Purchases as pledged, as made, and caught up");
    SET(r, "report_year", "average");
    DIMENSION(r, "scenario", "pledged", "made", "caught up");
    TEXT(r, "scenario_jobs", "scenario", "net of diverted", "net of diverted", "net of diverted");
    six_sectors(r);
    dimension(r, "year", 3, NULL);
    FILL(r, "year", "year", "1", 2020, 2021, 2026);
    DIMENSION(r, "channel", "direct", "indirect");
    double *jobs = add(r, "jobs_change", "scenario,activity", "persons");
    double *by_year = add(r, "jobs_year", "scenario,year,activity", "persons");
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < 6; i++) {
            double level = k == 1 ? -900.0 : 15000.0 + 1000.0 * (double)i;
            jobs[k * 6 + i] = level;
            for (size_t y = 0; y < 3; y++) {
                by_year[(k * 3 + y) * 6 + i] = level * (1.0 + 0.1 * (double)y);
            }
        }
    }
    FILL(r, "purchases_gross", "scenario,year", "million USD", 76700, 123300, 0, -6800, -6800, 0,
         -6800, -6800, 53400);
    FILL(r, "purchases_net", "scenario,year", "million USD", 55000, 88000, 0, -4900, -4900, 0,
         -4900, -4900, 38000);
    return r;
}

static wio_result *slump(void)
{
    wio_result *r = study("A slump of China's property investment, felt by others");
    SET(r, "table", "world-2009");
    DIMENSION(r, "scenario", "20% less building");
    TEXT(r, "scenario_jobs", "scenario", "gross");
    DIMENSION(r, "home", "USA", "CHN", "DEU");
    TEXT(r, "home_name", "home", "United States", "China", "");
    DIMENSION(r, "activity", "USA.G", "USA.S", "CHN.G", "CHN.S", "DEU.G", "DEU.S");
    TEXT(r, "region", "activity", "USA", "USA", "CHN", "CHN", "DEU", "DEU");
    TEXT(r, "sector", "activity", "G", "S", "G", "S", "G", "S");
    TEXT(r, "sector_name", "activity", "Goods", "Services", "Goods", "Services", "G\xc3\xbcter",
         "Dienste");
    FILL(r, "jobs_change", "scenario,activity", "persons", -1200, -150.2, -230000, -91234, NAN,
         NAN);
    FILL(r, "jobs_base", "activity", "persons", 3e7, 1e8, 2e8, 3e8, NAN, NAN);
    FILL(r, "value_added_change", "scenario,activity", "million USD", -300.5, -120, -40000, -30000,
         -700, -210);
    FILL(r, "jobs_covered_output_share", "", "1", 0.61);
    return r;
}

static wio_result *six_scenarios(void)
{
    wio_result *r = study("Six views of one tariff");
    SET(r, "not_modelled", "jobs_change,imports_change,tariff_revenue,tariff_revenue_change");
    SET(r, "not_modelled_reason", "no substitution: quantities are given");
    DIMENSION(r, "scenario", "a", "b with a name that takes more than one line of its column", "c",
              "d", "e", "f");
    six_sectors(r);
    DIMENSION(r, "home", "USA");
    DIMENSION(r, "part", "direct", "indirect");
    DIMENSION(r, "case", "central", "half");
    TEXT(r, "scenario_compared_to", "scenario", "table", "a", "a", "table", "", "e");
    DIMENSION(r, "origin", "CHN.332", "ROW.332");
    FILL(r, "tariff_revenue_static", "scenario,origin", "million USD", 1e4, 0, 2e4, 0, 3e4, 0, 4e4,
         0, 5e4, 0, 6e4, 0);
    double *price = add(r, "price_change", "scenario,activity", "1");
    double *consumer = add(r, "consumer_price_change", "scenario,home,part", "1");
    for (size_t k = 0; k < 6; k++) {
        for (size_t i = 0; i < 6; i++) {
            price[k * 6 + i] = 0.01 * (double)(k + 1) / (double)(i + 1) * (i == 4 ? -1.0 : 1.0);
        }
        consumer[2 * k] = k == 3 ? NAN : 0.0001 * (double)k;
        consumer[2 * k + 1] = k == 3 ? NAN : 0.00002 * (double)k;
    }
    return r;
}

static wio_result *multipliers(bool solve)
{
    wio_result *r = NULL;
    OK(wio_result_create(&r, NULL));
    SET(r, "command", solve ? "solve" : "multipliers");
    SET(r, "table", "us-2017");
    SET(r, "closure", "Type I: households exogenous");
    DIMENSION(r, "activity", "USA.332", "USA.722", "USA.GSL");
    TEXT(r, "sector_name", "activity", "Metal products", "Restaurants and bars of every kind",
         "State government");
    FILL(r, "output", "activity", solve ? "million USD" : "million USD per million USD", 1.6543219,
         1.7, 1.2);
    FILL(r, "value_added", "activity", "million USD", 0.9, 0.912345, 0.97);
    FILL(r, "compensation", "activity", "million USD", NAN, NAN, NAN);
    FILL(r, "jobs", "activity", solve ? "persons" : "persons per million USD", 7.53, 17.25, NAN);
    certificate(r);
    return r;
}

/* --- checks ----------------------------------------------------------------------------------------- */

static char *screen(const wio_result *r, const char *path, bool colour)
{
    char *text = NULL;
    OK(wio_result_screen(&text, r, path, &(wio_text_options){.colour = colour}, NULL));
    return text;
}

static void golden(const char *name, const char *text)
{
    char path[256], old[16384];
    snprintf(path, sizeof path, "tests/golden/%s.txt", name);
    if (getenv("WASSILY_UPDATE_GOLDEN") != NULL) {
        FILE *file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        fputs(text, file);
        fclose(file);
    }
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is missing", path);
    size_t length = fread(old, 1, sizeof old - 1, file);
    old[length] = '\0';
    fclose(file);
    ck_assert_msg(strcmp(old, text) == 0, "%s differs; now:\n%s", path, text);
}

/* ASCII, at most `width` columns, no NaN, no spaces at line ends. Returns the lines. */
static size_t check_page(const char *text, size_t width)
{
    size_t lines = 0, column = 0;
    for (const char *c = text; *c != '\0'; c++) {
        ck_assert_msg(*c == '\n' || (*c >= ' ' && *c < 0x7f), "byte %d in:\n%s", *c, text);
        if (*c == '\n') {
            ck_assert_msg(c == text || c[-1] != ' ', "space at a line's end:\n%s", text);
            lines++;
            column = 0;
        } else {
            ck_assert_msg(++column <= width, "line %zu is too long:\n%s", lines + 1, text);
        }
    }
    ck_assert_ptr_null(strstr(text, "nan"));
    ck_assert_ptr_null(strstr(text, "inf,"));
    ck_assert_ptr_null(strstr(text, "-0.0%"));
    return lines;
}

typedef wio_result *maker(void);
typedef struct page {
    const char *name;
    maker *make;
} page;

static const page PAGES[] = {{"screen_salvo", salvo},
                             {"screen_pledge", pledge},
                             {"screen_purchases", purchases},
                             {"screen_slump", slump},
                             {"screen_six", six_scenarios}};
enum { PAGE_COUNT = sizeof PAGES / sizeof PAGES[0] };

START_TEST(a_page_is_its_golden_file)
{
    wio_result *r = PAGES[_i].make();
    char *text = screen(r, "answer.h5", false);
    check_page(text, 80);
    golden(PAGES[_i].name, text);
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(multipliers_are_one_line_per_activity)
{
    wio_result *r = multipliers(_i == 1);
    char *text = screen(r, NULL, false);
    check_page(text, 80);
    golden(_i == 1 ? "screen_solve" : "screen_multipliers", text);
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(two_scenarios_fit_on_a_page_of_45_lines)
{
    for (size_t p = 0; p < 2; p++) {
        wio_result *r = PAGES[p].make();
        SET(r, "limits",
            "a very long list of limits that goes on and on\nand on, and then on again, for many "
            "lines, because models leave out so much\nmore than they have in them\nthe weather\n"
            "the mood of leaders, which decides more than any elasticity in the literature does\n"
            "everything else that nobody thought of\nwhat was thought of and then forgotten again\n"
            "what was forgotten and never thought of, which is the largest of all these classes\n");
        char *text = screen(r, "answer.h5", false);
        ck_assert_uint_le(check_page(text, 80), 45);
        wio_free(text);
        wio_result_free(r);
    }
}
END_TEST

/* A study with everything in it: tariffs, plants, purchases, ten categories, forty years. */
static wio_result *everything(void)
{
    static const char *const categories[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    static const char *const money[] = {"purchases_gross", "purchases_net", "capex_built",
                                        "equipment_imports"};
    static const char *const persons[] = {"operation_jobs_direct", "operation_jobs_gross",
                                          "operation_jobs_displaced", "operation_jobs_net"};
    uint64_t state = 5;
    wio_result *r = salvo();
    SET(r, "report_year", "2030");
    dimension(r, "year", 40, NULL);
    double *year = add(r, "year", "year", "1");
    for (size_t y = 0; y < 40; y++) {
        year[y] = 2020.0 + (double)y;
    }
    dimension(r, "category", 10, categories);
    double *jobs = add(r, "category_jobs", "scenario,category,year", "persons");
    double *job_years = add(r, "job_years", "scenario,year,activity", "job-years");
    double *jobs_year = add(r, "jobs_year", "scenario,year,activity", "persons");
    for (size_t i = 0; i < 800; i++) {
        jobs[i] = 1e4 * (random_uniform(&state) - 0.5);
    }
    for (size_t i = 0; i < 480; i++) {
        job_years[i] = jobs_year[i] = 1e5 * random_uniform(&state);
    }
    for (size_t v = 0; v < 8; v++) {
        const char *name = v < 4 ? money[v] : persons[v - 4];
        double *data = add(r, name, "scenario,year", v < 4 ? "million USD" : "persons");
        for (size_t i = 0; i < 80; i++) {
            data[i] = 1e5 * random_uniform(&state);
        }
    }
    FILL(r, "capex_required", "scenario", "million USD", 1e5, 2e5);
    FILL(r, "gdp_change", "scenario", "million USD", 14000, 3100);
    FILL(r, "gni_change", "scenario", "million USD", 13000, 2100);
    FILL(r, "licence_fees", "scenario", "million USD", 300, 100);
    FILL(r, "cash_leaving", "scenario", "million USD", 300, 100);
    return r;
}

START_TEST(a_study_with_everything_in_it_fits_too)
{
    wio_result *r = everything();
    char *text = screen(r, "a/folder/with/a/very/long/name/and/a/file/answer.h5", false);
    ck_assert_uint_le(check_page(text, 80), 45);
    ck_assert_ptr_nonnull(strstr(text, "Certificate"));
    ck_assert_ptr_nonnull(strstr(text, "the result file has every row"));
    wio_free(text);
    wio_result_free(r);
}
END_TEST

/* --- what is said of whom ------------------------------------------------------------------------------ */

/* The line of a page that has `what` in it. */
static void find_line(char line[128], const char *text, const char *what)
{
    const char *at = strstr(text, what);
    ck_assert_msg(at != NULL, "no '%s' in:\n%s", what, text);
    while (at > text && at[-1] != '\n') {
        at--;
    }
    snprintf(line, 128, "%.*s", (int)strcspn(at, "\n"), at);
}

START_TEST(columns_that_count_alike_say_so_in_the_first_row)
{
    wio_result *r = salvo();
    char *text = screen(r, NULL, false);
    ck_assert_ptr_nonnull(strstr(text, "\nJobs (persons), net of losses "));
    ck_assert_ptr_null(strstr(text, "\n  counted"));
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(gross_and_net_columns_each_say_which_they_are)
{
    char line[128];
    wio_result *r = pledge();
    char *text = screen(r, NULL, false);
    ck_assert_ptr_nonnull(strstr(text, "\nJobs (persons) in 2032 "));
    find_line(line, text, "  counted");
    ck_assert_str_eq(
        line, "  counted                                            gross      net of displaced");
    ck_assert_ptr_nonnull(strstr(text, "operation jobs, gross"));
    ck_assert_ptr_nonnull(strstr(text, "capital per job counted"));
    wio_free(text);
    wio_result_free(r);
    r = study("Three kinds in narrow columns");
    DIMENSION(r, "scenario", "a", "b", "c");
    DIMENSION(r, "activity", "USA.332");
    TEXT(r, "scenario_jobs", "scenario", "net of diverted", "gross", "net of displaced");
    FILL(r, "jobs_change", "scenario,activity", "persons", 1, 2, 3);
    text = screen(r, NULL, false);
    find_line(line, text, "  counted");
    ck_assert_str_eq(
        line, "  counted                          less diverted           gross  less displaced");
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(a_scenario_without_projects_has_no_years)
{
    wio_result *r = purchases();
    static const char *const by_year[] = {"jobs_year", "purchases_gross", "purchases_net"};
    for (size_t i = 0; i < 3; i++) { /* "made" */
        const wio_variable *v = wio_result_find(r, by_year[i]);
        double *data = NULL; /* as in disturb */
        memcpy(&data, &v->data, sizeof data);
        size_t slab = i == 0 ? 18 : 3;
        memset(data + slab, 0, slab * sizeof *data);
    }
    char *text = screen(r, NULL, false);
    const char *years = strstr(text, "By year");
    ck_assert_ptr_nonnull(years);
    ck_assert_ptr_nonnull(strstr(years, "\npledged\n"));
    ck_assert_ptr_nonnull(strstr(years, "\ncaught up\n"));
    ck_assert_ptr_null(strstr(years, "\nmade"));
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(what_no_case_can_change_is_no_range)
{
    char line[128];
    wio_result *r = pledge(); /* capex_required: the second scenario meets a target */
    DIMENSION(r, "case", "central", "half built");
    FILL(r, "jobs_case", "scenario,case", "persons", 50000, 50000, 500000, 500000);
    char *text = screen(r, NULL, false);
    find_line(line, text, "RANGE");
    ck_assert_str_eq(
        line, "  RANGE over the study's cases          same in every case         set by target");
    ck_assert_ptr_nonnull(strstr(text, "no case changes it"));
    ck_assert_ptr_null(strstr(text, "half built"));
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(duty_revenue_is_spoken_of_only_where_there_is_duty)
{
    wio_result *r = salvo();
    char *text = screen(r, NULL, false);
    ck_assert_ptr_nonnull(strstr(text, "NOT returned"));
    wio_free(text);
    const wio_variable *v = wio_result_find(r, "tariff_revenue_static");
    double *data = NULL; /* as in disturb */
    memcpy(&data, &v->data, sizeof data);
    memset(data, 0, 8 * sizeof *data);
    text = screen(r, NULL, false);
    ck_assert_ptr_null(strstr(text, "NOT returned"));
    wio_free(text);
    wio_result_free(r);
}
END_TEST

/* --- properties ---------------------------------------------------------------------------------------- */

/* The text without its colour codes. */
static void strip(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        if (*from == '\033') {
            from += strcspn(from, "m") + 1;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

START_TEST(colour_changes_nothing_but_colour)
{
    wio_result *r = PAGES[_i].make();
    char *plain = screen(r, "answer.h5", false), *coloured = screen(r, "answer.h5", true);
    ck_assert_ptr_null(strchr(plain, '\033'));
    ck_assert_ptr_nonnull(strstr(coloured, "\033[1m"));
    strip(coloured);
    ck_assert_str_eq(plain, coloured);
    wio_free(plain);
    wio_free(coloured);
    wio_result_free(r);
}
END_TEST

START_TEST(a_hosts_decimal_comma_changes_nothing)
{
    wio_result *r = salvo();
    char *before = screen(r, NULL, false);
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL) {
        printf("skipped: no locale de_DE.UTF-8\n");
    }
    char *after = screen(r, NULL, false);
    ck_assert_str_eq(before, after);
    wio_free(before);
    wio_free(after);
    wio_result_free(r);
}
END_TEST

/* Numbers of any size, some missing, in a result with everything in it. */
static void disturb(wio_result *r, uint64_t *state)
{
    for (size_t i = 0; i < wio_result_variables(r); i++) {
        const wio_variable *v = wio_result_variable(r, i);
        size_t count = 1;
        for (size_t d = 0; d < v->rank; d++) {
            count *= v->length[d];
        }
        if (v->data == NULL || strcmp(v->name, "year") == 0) {
            continue;
        }
        double *data = NULL; /* the container hands its arrays out once, when they are added */
        memcpy(&data, &v->data, sizeof data);
        for (size_t j = 0; j < count; j++) {
            double u = random_uniform(state);
            data[j] = u < 0.1   ? NAN
                      : u < 0.2 ? 0.0
                                : (u - 0.6) * pow(10.0, 14.0 * random_uniform(state) - 4.0);
        }
    }
}

START_TEST(any_numbers_keep_the_page_in_shape)
{
    uint64_t state = 17;
    for (size_t round = 0; round < 200; round++) {
        wio_result *r = PAGES[round % PAGE_COUNT].make();
        disturb(r, &state);
        char *text = screen(r, "answer.h5", false);
        check_page(text, 80);
        wio_free(text);
        wio_result_free(r);
    }
}
END_TEST

/* Names of any bytes, from terminal escapes to broken UTF-8. */
START_TEST(hostile_names_stay_plain_text)
{
    wio_result *r =
        study("\033[2J\xff\xc3\xa9t\xc3\xa9 \xe2\x80\x94 \xe4\xb8\xad\xe5\x9b\xbd\n\x07");
    SET(r, "jobs_unit_note", "a note");
    DIMENSION(r, "scenario", "\033]0;x\007", "\xf0\x9f\x98");
    DIMENSION(r, "activity", "A.\xe2\x80\xae", "B.1");
    TEXT(r, "sector", "activity", "\x1b", "1");
    TEXT(r, "sector_name", "activity",
         "\xc3\x9c"
         "bung\r\n",
         "%s%n");
    FILL(r, "jobs_change", "scenario,activity", "persons", 1, -2, 3, -4);
    char *text = screen(r, "\033[31mfile", false);
    check_page(text, 80);
    ck_assert_ptr_nonnull(strstr(text, "?[2J?ete - ??"));
    ck_assert_ptr_nonnull(strstr(text, "Ubung"));
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(wider_screens_hold_more_scenarios)
{
    wio_result *r = six_scenarios();
    for (size_t width = 0; width < 300; width += 30) {
        char *text = NULL;
        OK(wio_result_screen(&text, r, NULL, &(wio_text_options){.width = width}, NULL));
        check_page(text, width == 0 ? 80 : width < 72 ? 72 : width);
        wio_free(text);
    }
    wio_result_free(r);
}
END_TEST

START_TEST(what_is_not_modelled_is_said_and_never_zero)
{
    wio_result *r = six_scenarios();
    char *text = screen(r, NULL, false);
    const char *jobs = strstr(text, "Jobs (persons)");
    ck_assert_ptr_nonnull(jobs);
    ck_assert_ptr_nonnull(strstr(jobs, "not modelled"));
    ck_assert_ptr_nonnull(strstr(text, "not known")); /* the price of scenario d */
    wio_free(text);
    wio_result_free(r);
}
END_TEST

START_TEST(a_number_is_never_cut)
{
    static const double sizes[] = {1e3, 1234567, 5e8, 1e12, 1e15};
    static const char *const shown[] = {"-1,000..+1,000", "-1.2m..+1.2m", "-0.5bn..+0.5bn",
                                        "in the file", "in the file"};
    for (size_t i = 0; i < 5; i++) {
        wio_result *r = six_scenarios();
        double *range = add(r, "jobs_case", "scenario,case", "persons");
        for (size_t k = 0; k < 12; k++) {
            range[k] = k % 2 == 0 ? -sizes[i] : sizes[i];
        }
        char *text = screen(r, NULL, false);
        const char *row = strstr(text, "RANGE");
        ck_assert_ptr_nonnull(row);
        char line[128];
        snprintf(line, sizeof line, "%.*s", (int)strcspn(row, "\n"), row);
        ck_assert_msg(strstr(line, shown[i]) != NULL, "%s", line);
        wio_free(text);
        wio_result_free(r);
    }
}
END_TEST

/* --- failures --------------------------------------------------------------------------------------------- */

START_TEST(every_failing_allocation_is_an_error_and_nothing_is_left)
{
    wio_result *r = _i < PAGE_COUNT ? PAGES[_i].make() : multipliers(_i > PAGE_COUNT);
    long live = wio_alloc_live;
    wio_status status = WIO_E_MEMORY;
    long budget = 0;
    for (; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 1000);
        char *text = NULL;
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_result_screen(&text, r, "a.h5", NULL, &err);
        wio_alloc_budget = -1;
        if (status != WIO_OK) {
            ck_assert_int_eq(status, WIO_E_MEMORY);
            ck_assert_int_eq(err.status, WIO_E_MEMORY);
            ck_assert_ptr_null(text);
        }
        wio_free(text);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    ck_assert_int_gt(budget, 3);
    wio_result_free(r);
}
END_TEST

START_TEST(a_missing_result_is_refused)
{
    char *text = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_result_screen(&text, NULL, NULL, NULL, &err), WIO_E_ARGUMENT);
    ck_assert_ptr_null(text);
}
END_TEST

START_TEST(an_empty_result_still_prints)
{
    wio_result *r = NULL;
    OK(wio_result_create(&r, NULL));
    char *text = screen(r, NULL, false);
    check_page(text, 80);
    ck_assert_ptr_nonnull(strstr(text, "NOT CERTIFIED"));
    wio_free(text);
    DIMENSION(r, "scenario", "only");
    text = screen(r, NULL, false);
    check_page(text, 80);
    wio_free(text);
    wio_result_free(r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen");
    TCase *gold = tcase_create("golden");
    tcase_add_loop_test(gold, a_page_is_its_golden_file, 0, PAGE_COUNT);
    tcase_add_loop_test(gold, multipliers_are_one_line_per_activity, 0, 2);
    TCase *properties = tcase_create("properties");
    tcase_add_test(properties, two_scenarios_fit_on_a_page_of_45_lines);
    tcase_add_test(properties, a_study_with_everything_in_it_fits_too);
    tcase_add_test(properties, columns_that_count_alike_say_so_in_the_first_row);
    tcase_add_test(properties, gross_and_net_columns_each_say_which_they_are);
    tcase_add_test(properties, a_scenario_without_projects_has_no_years);
    tcase_add_test(properties, what_no_case_can_change_is_no_range);
    tcase_add_test(properties, duty_revenue_is_spoken_of_only_where_there_is_duty);
    tcase_add_loop_test(properties, colour_changes_nothing_but_colour, 0, PAGE_COUNT);
    tcase_add_test(properties, a_hosts_decimal_comma_changes_nothing);
    tcase_add_test(properties, any_numbers_keep_the_page_in_shape);
    tcase_add_test(properties, hostile_names_stay_plain_text);
    tcase_add_test(properties, wider_screens_hold_more_scenarios);
    tcase_add_test(properties, a_number_is_never_cut);
    tcase_add_test(properties, what_is_not_modelled_is_said_and_never_zero);
    TCase *failures = tcase_create("failures");
    tcase_add_loop_test(failures, every_failing_allocation_is_an_error_and_nothing_is_left, 0,
                        PAGE_COUNT + 2);
    tcase_add_test(failures, a_missing_result_is_refused);
    tcase_add_test(failures, an_empty_result_still_prints);
    suite_add_tcase(suite, gold);
    suite_add_tcase(suite, properties);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
