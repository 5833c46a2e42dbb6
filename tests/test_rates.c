/* test_rates.c - tariff schedules: which lines apply to an entry, what they add up to, and what the
 * averages are. */
#include "support.h"

#include "../core/internal.h"
#include "../core/schedule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Two sectors, TOYS and CARS; two partners. Worked by hand in the tests below. */
static const char LINES_TEXT[] = "hs,kind,authority,rate,partner,from,to\n"
                                 "9503,base,mfn,0,,,\n"
                                 "8703,base,mfn,2.5%,,,\n"
                                 "8703,replace,column2,10%,RUS,2022-04-09,\n"
                                 "8703,add,s301,25%,CHN,2018-07-06,2024-09-26\n"
                                 "8703,add,s301,1.0,CHN,2024-09-27,\n"
                                 "870310,add,s301,0.075,CHN,2024-09-27,\n"
                                 "8703,add,ieepa,10%,CHN,2025-02-04,\n"
                                 "8703109000,except,s301,0.5,CHN,,2025-05-31\n"
                                 "9503,add,ieepa,10%,CHN,2025-02-04,\n";
static const char TRADE_TEXT[] = "hs,value,partner\n"
                                 "9503001234,300,CHN\n"
                                 "8703101000,100,CHN\n"
                                 "8703109000,100,CHN\n"
                                 "8703230000,200,CHN\n"
                                 "8703230000,50,RUS\n";
static const char MEMBERS_TEXT[] = "hs,sector,weight\n"
                                   "95,TOYS,1\n"
                                   "8703,CARS,1\n"
                                   "870310,CARS,0.75\n"
                                   "870310,TOYS,0.25\n";

static wio_log *read_log;

static wio_status read_texts(wio_schedule **out, const char *lines, const char *trade,
                             const char *members, wio_error *err)
{
    char a[128], b[128], c[128];
    scratch_write("lines.csv", lines);
    scratch_write("trade.csv", trade);
    scratch_write("members.csv", members);
    (void)snprintf(a, sizeof a, "%s", scratch("lines.csv"));
    (void)snprintf(b, sizeof b, "%s", scratch("trade.csv"));
    (void)snprintf(c, sizeof c, "%s", scratch("members.csv"));
    return wio_schedule_read(out, a, b, c, read_log, err);
}

static wio_schedule *schedule_of(const char *lines, const char *trade, const char *members)
{
    wio_schedule *schedule = NULL;
    wio_error err = {0};
    ck_assert_msg(read_texts(&schedule, lines, trade, members, &err) == WIO_OK, "%s", err.message);
    return schedule;
}

static wio_result *rates_of(const wio_schedule *schedule, const wio_rates_options *options)
{
    wio_result *result = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_rates(&result, schedule, options, read_log, &err) == WIO_OK, "%s",
                  err.message);
    return result;
}

static void begin(void)
{
    scratch_make();
    ck_assert_int_eq(wio_log_create(&read_log, NULL), WIO_OK);
}

static void end(void)
{
    wio_log_free(read_log);
    ck_assert_int_eq(wio_alloc_live, 0);
    scratch_remove();
}

static double figure(const wio_result *result, const char *name, size_t sector, size_t partner)
{
    const wio_variable *v = wio_result_find(result, name);
    ck_assert_ptr_nonnull(v);
    return v->data[sector * v->length[1] + partner];
}

enum { TOYS, CARS };
enum { RUS, CHN }; /* in the order of the lines file */

/* 4 February 2025, CHN. 8703230000: .025 + 1.00 + .10 = 1.125. 8703101000: s301 by the longer code,
 * .025 + .075 + .10 = .2. 8703109000: half of s301 excepted, .025 + .0375 + .10 = .1625. Of 870310 a
 * quarter is TOYS. CARS: (200 * 1.125 + 75 * .2 + 75 * .1625) / 350; TOYS: (300 * .1 + 25 * .2 +
 * 25 * .1625) / 350. RUS on that day: column 2 replaces 2.5 % by 10 %. */
START_TEST(lines_add_up_on_the_entry)
{
    wio_schedule *schedule = schedule_of(LINES_TEXT, TRADE_TEXT, MEMBERS_TEXT);
    const wio_rates_options options = {.date = 20250204};
    wio_result *result = rates_of(schedule, &options);
    const double cars = (200 * 1.125 + 75 * .2 + 75 * .1625) / 350;
    ck_assert_double_eq_tol(figure(result, "rate", CARS, CHN), cars, 1e-15);
    ck_assert_double_eq_tol(figure(result, "rate", TOYS, CHN),
                            (300 * .1 + 25 * .2 + 25 * .1625) / 350, 1e-15);
    ck_assert_double_eq_tol(figure(result, "base_rate", CARS, CHN), .025, 1e-15);
    ck_assert_double_eq_tol(figure(result, "added_rate", CARS, CHN), cars - .025, 1e-15);
    ck_assert_double_eq_tol(figure(result, "rate", CARS, RUS), .10, 1e-15);
    ck_assert_double_eq(figure(result, "least", CARS, CHN), .1625);
    ck_assert_double_eq(figure(result, "most", CARS, CHN), 1.125);
    ck_assert_double_eq(figure(result, "trade", CARS, CHN), 350);
    ck_assert_double_eq(figure(result, "lines", CARS, CHN), 3);
    double variance =
        (200 * pow(1.125 - cars, 2) + 75 * pow(.2 - cars, 2) + 75 * pow(.1625 - cars, 2)) / 350;
    ck_assert_double_eq_tol(figure(result, "spread", CARS, CHN), sqrt(variance), 1e-14);
    ck_assert_double_eq_tol(figure(result, "simple_mean", CARS, CHN), (1.125 + .2 + .1625) / 3,
                            1e-15);
    ck_assert(isnan(figure(result, "rate", TOYS, RUS))); /* no trade to weigh with */
    ck_assert_str_eq(wio_result_attribute(result, "total/trade"), "750");
    ck_assert_str_eq(wio_result_attribute(result, "date"), "2025-02-04");
    wio_result_free(result);
    wio_schedule_free(schedule);
}
END_TEST

START_TEST(dates_decide_with_both_days_included)
{
    static const struct {
        int date;
        double rate; /* of 8703230000 from CHN */
    } day[] = {{20180705, .025},  {20180706, .275},  {20240926, .275},
               {20240927, 1.025}, {20250203, 1.025}, {20250204, 1.125}};
    wio_schedule *schedule =
        schedule_of(LINES_TEXT, "hs,value,partner\n8703230000,1,CHN\n", MEMBERS_TEXT);
    for (size_t i = 0; i < sizeof day / sizeof *day; i++) {
        const wio_rates_options options = {.date = day[i].date};
        wio_result *result = rates_of(schedule, &options);
        ck_assert_double_eq_tol(figure(result, "rate", CARS, CHN), day[i].rate, 1e-15);
        wio_result_free(result);
    }
    wio_schedule_free(schedule);
}
END_TEST

START_TEST(authorities_can_be_chosen)
{
    static const char *const two[] = {"mfn", "ieepa"}, *const wrong[] = {"s310"};
    wio_schedule *schedule = schedule_of(LINES_TEXT, TRADE_TEXT, MEMBERS_TEXT);
    wio_rates_options options = {.date = 20250204, .authority = two, .authorities = 2};
    wio_result *result = rates_of(schedule, &options);
    wio_error err = {0};
    ck_assert_double_eq_tol(figure(result, "rate", CARS, CHN), .125, 1e-15);
    ck_assert_double_eq_tol(figure(result, "rate", CARS, RUS), .025, 1e-15);
    wio_result_free(result);
    options.authority = wrong;
    options.authorities = 1;
    result = NULL;
    ck_assert_int_eq(wio_rates(&result, schedule, &options, NULL, &err), WIO_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "'s310' (did you mean 's301'?)"));
    ck_assert_ptr_null(result);
    wio_schedule_free(schedule);
}
END_TEST

/* Trade that cannot be counted stops the run with its size; allowed, it is left out and said. */
START_TEST(trade_that_cannot_be_counted_is_named_in_money)
{
    static const struct {
        const char *line, *error, *total;
    } trouble[] = {
        {"0101210000,77,CHN\n", "trade of 77 in 1 codes has no sector in the concordance",
         "total/unmapped"},
        {"9504000000,77,CHN\n", "trade of 77 in 1 codes has no base rate in the schedule",
         "total/without_line"},
        {"9505000000,77,CHN\n", "trade of 77 in 1 codes has a specific duty", "total/unknown"},
    };
    char lines[1024], trade[512];
    (void)snprintf(lines, sizeof lines, "%s9505,base,mfn,,,,\n", LINES_TEXT);
    (void)snprintf(trade, sizeof trade, "%s%s", TRADE_TEXT, trouble[_i].line);
    wio_schedule *schedule = schedule_of(lines, trade, MEMBERS_TEXT);
    wio_rates_options options = {.date = 20250204};
    wio_result *result = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_rates(&result, schedule, &options, read_log, &err), WIO_E_TABLE);
    ck_assert_msg(strstr(err.message, trouble[_i].error) != NULL, "%s", err.message);
    ck_assert_ptr_null(result);
    ck_assert_uint_ge(wio_log_count(read_log, WIO_ERROR), 2); /* the sum, and the code by name */
    options.allow_unmapped = options.allow_unknown = true;
    result = rates_of(schedule, &options);
    ck_assert_str_eq(wio_result_attribute(result, trouble[_i].total), "77");
    ck_assert_double_eq(figure(result, "trade", TOYS, CHN), 350);
    ck_assert(logged(read_log, "left out"));
    wio_result_free(result);
    wio_schedule_free(schedule);
}
END_TEST

START_TEST(the_ten_largest_amounts_are_named)
{
    wio_text trade = {0};
    wio_text_add(&trade, "hs,value\n");
    for (int i = 0; i < 40; i++) {
        wio_text_add(&trade, "01%08d,%d\n", i, (i * 17) % 41);
    }
    wio_schedule *schedule = schedule_of(LINES_TEXT, trade.data, MEMBERS_TEXT);
    const wio_rates_options options = {.date = 20250204};
    wio_result *result = NULL;
    ck_assert_int_eq(wio_rates(&result, schedule, &options, read_log, NULL), WIO_E_TABLE);
    ck_assert_uint_eq(wio_log_count(read_log, WIO_ERROR), 11);
    ck_assert_ptr_nonnull(strstr(wio_log_finding(read_log, 1)->text, ": 40"));
    ck_assert_ptr_nonnull(strstr(wio_log_finding(read_log, 10)->text, ": 31"));
    wio_text_free(&trade);
    wio_schedule_free(schedule);
}
END_TEST

START_TEST(two_lines_of_one_authority_are_refused)
{
    static const char *const extra[] = {"8703,add,ieepa,20%,CHN,2025-03-04,\n",
                                        "8703,base,fta,0,CHN,,\n"};
    char lines[1024];
    (void)snprintf(lines, sizeof lines, "%s%s", LINES_TEXT, extra[_i]);
    wio_schedule *schedule = schedule_of(lines, TRADE_TEXT, MEMBERS_TEXT);
    wio_rates_options options = {.date = 20250304};
    wio_result *result = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_rates(&result, schedule, &options, read_log, &err), WIO_E_TABLE);
    ck_assert_msg(strstr(err.message, "are in force on 8703") != NULL, "%s", err.message);
    wio_schedule_free(schedule);
}
END_TEST

/* A line for the partner goes before one for everybody, in whatever order they stand. */
START_TEST(a_line_for_the_partner_goes_first)
{
    static const char *const lines[] = {
        "hs,kind,authority,rate,partner\n9503,base,mfn,1%,\n9503,base,mfn,5%,CHN\n",
        "hs,kind,authority,rate,partner\n9503,base,mfn,5%,CHN\n9503,base,mfn,1%,*\n"};
    wio_schedule *schedule =
        schedule_of(lines[_i], "hs,value,partner\n9503,1,CHN\n9503,1,MEX\n", "hs,sector\n95,T\n");
    const wio_rates_options options = {.date = 20250204};
    wio_result *result = rates_of(schedule, &options);
    ck_assert_double_eq(figure(result, "rate", 0, 0), .05);
    ck_assert_double_eq(figure(result, "rate", 0, 1), .01);
    wio_result_free(result);
    wio_schedule_free(schedule);
}
END_TEST

START_TEST(mistakes_in_all_three_files_are_named)
{
    wio_schedule *schedule = NULL;
    wio_error err = {0};
    ck_assert_int_eq(read_texts(&schedule,
                                "hs,kind,authority,rate,partner,from,to\n"
                                "8703,bass,mfn,2.5%,,,\n"
                                "8703,add,s301,25,,,\n"
                                "87o3,add,s301,25%,,,\n"
                                "8703,add,,25%,,,\n"
                                "8703,add,s301,25%,,2025-13-01,\n"
                                "8703,add,s301,25%,,2025-02-01,2025-01-01\n"
                                "8703,except,s301,1.5,,,\n"
                                "8703,add,s301,-1%,,,\n"
                                "8703,add\n",
                                "hs,value,partner\n8703,x,CHN\n8703,-5,CHN\n8703,5,\n",
                                "hs,sector,weight\n8703,CARS,0.5\n8703,TOYS,0.4\n", &err),
                     WIO_E_FORMAT);
    ck_assert_ptr_null(schedule);
    static const char *const findings[] = {
        "lines.csv:2:2: error: kind is 'bass', not base, replace, add or except (did you mean "
        "'base'?)",
        "lines.csv:3:4: error: rate 25 would be 2500 %: write 25% or a share",
        "lines.csv:4:1: error: '87o3' is not a product code",
        "lines.csv:5:3: error: a line needs its authority",
        "lines.csv:6:6: error: '2025-13-01' is not a date like 2025-02-04",
        "lines.csv:7:7: error: the line ends before it begins",
        "lines.csv:8:4: error: an exception is the share of the line",
        "lines.csv:9:4: error: rate is '-1%', not a share",
        "lines.csv:10:1: error: expected 7 cells as in the first line, got 2",
        "trade.csv:2:2: error: value is 'x', not a number (money)",
        "trade.csv:3:2: error: imports of -5 are no weight",
        "trade.csv:4:3: error: the partner is missing",
        "members.csv:1:1: error: the weights of 8703 add up to 0.9, not 1",
    };
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        ck_assert_msg(logged(read_log, findings[i]), "%s", findings[i]);
    }
}
END_TEST

START_TEST(every_failed_allocation_leaves_nothing)
{
    wio_status status = WIO_E_MEMORY;
    long before = wio_alloc_live; /* the log */
    for (long budget = 0; status == WIO_E_MEMORY && budget < 500; budget++) {
        wio_schedule *schedule = NULL;
        wio_result *result = NULL;
        const wio_rates_options options = {.date = 20250204};
        char a[128], b[128], c[128];
        scratch_write("lines.csv", LINES_TEXT);
        scratch_write("trade.csv", TRADE_TEXT);
        scratch_write("members.csv", MEMBERS_TEXT);
        (void)snprintf(a, sizeof a, "%s", scratch("lines.csv"));
        (void)snprintf(b, sizeof b, "%s", scratch("trade.csv"));
        (void)snprintf(c, sizeof c, "%s", scratch("members.csv"));
        wio_alloc_budget = budget;
        status = wio_schedule_read(&schedule, a, b, c, NULL, NULL);
        if (status == WIO_OK) {
            status = wio_rates(&result, schedule, &options, NULL, NULL);
        }
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        wio_result_free(result);
        wio_schedule_free(schedule);
        ck_assert_int_eq(wio_alloc_live, before);
    }
    ck_assert_int_eq(status, WIO_OK);
}
END_TEST

START_TEST(nonsense_is_refused)
{
    wio_schedule *schedule = schedule_of(LINES_TEXT, TRADE_TEXT, MEMBERS_TEXT);
    const wio_rates_options none = {0};
    wio_result *result = NULL;
    ck_assert_int_eq(wio_rates(&result, schedule, &none, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_rates(&result, NULL, &none, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_schedule_read(NULL, "a", "b", "c", NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_uint_eq(wio_longest_prefix(&schedule->product, "8703101"), 2);
    ck_assert_uint_eq(wio_longest_prefix(&schedule->product, "01"), SIZE_MAX);
    wio_schedule_free(schedule);
    wio_schedule_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rates");
    TCase *known = tcase_create("known answers"), *failures = tcase_create("failures");
    tcase_add_checked_fixture(known, begin, end);
    tcase_add_checked_fixture(failures, begin, end);
    tcase_add_test(known, lines_add_up_on_the_entry);
    tcase_add_test(known, dates_decide_with_both_days_included);
    tcase_add_test(known, authorities_can_be_chosen);
    tcase_add_loop_test(known, a_line_for_the_partner_goes_first, 0, 2);
    tcase_add_loop_test(failures, trade_that_cannot_be_counted_is_named_in_money, 0, 3);
    tcase_add_test(failures, the_ten_largest_amounts_are_named);
    tcase_add_loop_test(failures, two_lines_of_one_authority_are_refused, 0, 2);
    tcase_add_test(failures, mistakes_in_all_three_files_are_named);
    tcase_add_test(failures, every_failed_allocation_leaves_nothing);
    tcase_add_test(failures, nonsense_is_refused);
    suite_add_tcase(suite, known);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
