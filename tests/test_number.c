/* test_number.c - suite for core/number.c. What is right is what glibc's strtod says, bit for bit:
 * it rounds every decimal correctly and shares no line with ours. */
#include "../core/internal.h"
#include "support.h"

#include <check.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reads_as(const char *text, const char *end, const char *stop, double want)
{
    double got = 0.0;
    wio_number kind;
    size_t first = strcspn(text, "123456789,");
    bool zero = text[first] == '\0' || text[first] == ',' || first > strcspn(text, "eE");
    return wio_scan_number(&got, &kind, text, end, '.') == stop &&
           memcmp(&got, &want, sizeof got) == 0 &&
           (kind == WIO_NUMBER_HUGE) == (isinf(want) != 0) &&
           (kind == WIO_NUMBER_TINY) == (fabs(want) < DBL_MIN && !zero);
}

/* That `text` is read whole and as strtod does, with nothing behind it and with more cells. Check is
 * asked only about failures: it writes every assertion into a pipe. */
static void same_as_strtod(const char *text)
{
    static const char more[] = ",1.5,,27,333,4444,";
    double want = strtod(text, NULL);
    size_t length = strlen(text);
    char row[120];
    if (!reads_as(text, text + length, text + length, want)) {
        ck_abort_msg("'%.80s' is not read as %a", text, want);
    }
    if (length + sizeof more <= sizeof row) { /* the short way needs room to look ahead */
        memcpy(row, text, length);
        memcpy(row + length, more, sizeof more);
        if (!reads_as(row, row + length + sizeof more - 1, row + length, want)) {
            ck_abort_msg("'%.80s' is not read as %a", row, want);
        }
    }
}

static uint64_t random_bits(uint64_t *state)
{
    return (uint64_t)(random_uniform(state) * 0x1p32) << 32 |
           (uint64_t)(random_uniform(state) * 0x1p32);
}

static double random_double(uint64_t *state)
{
    double value;
    do {
        uint64_t bits = random_bits(state);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

/* A decimal of up to 40 digits with a mark somewhere and perhaps an exponent. */
static void random_decimal(char *text, uint64_t *state)
{
    size_t used = 0, digits = 1 + (size_t)(random_uniform(state) * 40);
    size_t mark = (size_t)(random_uniform(state) * 2 * (double)digits);
    if (random_uniform(state) < 0.5) {
        text[used++] = random_uniform(state) < 0.5 ? '-' : '+';
    }
    for (size_t i = 0; i < digits; i++) {
        text[used++] = (char)('0' + (int)(random_uniform(state) * 10));
        if (i == mark) {
            text[used++] = '.';
        }
    }
    if (random_uniform(state) < 0.5) {
        double reach = random_uniform(state) < 0.5 ? 30 : 400;
        used += (size_t)snprintf(text + used, 12, "e%d",
                                 (int)((random_uniform(state) - 0.5) * 2 * reach));
    }
    text[used] = '\0';
}

enum { EACH = 63000 }; /* times 16 seeds: more than 10^6 */

START_TEST(a_million_random_decimals_are_read_as_strtod_does)
{
    uint64_t state = (uint64_t)_i + 1;
    char text[64];
    for (int k = 0; k < EACH / 3; k++) {
        random_decimal(text, &state);
        same_as_strtod(text);
        (void)snprintf(text, sizeof text, "%.*f", (int)(random_uniform(&state) * 9),
                       (random_uniform(&state) - 0.5) * pow(10.0, random_uniform(&state) * 10));
        same_as_strtod(text);
        (void)snprintf(text, sizeof text, "%.*g", (int)(1 + random_uniform(&state) * 20),
                       random_double(&state));
        same_as_strtod(text);
    }
}
END_TEST

/* The point half way between two doubles written exactly (glibc's printf is exact), and its next
 * neighbours in the last digit and far behind it. */
static void check_half_way(double low, uint64_t *state)
{
    char text[1600];
    double high = nextafter(low, INFINITY);
    if (!isfinite(high) || low < 0) {
        return;
    }
    /* 80-bit numbers have 64 bits and a larger range: the middle is exact */
    long double middle = ((long double)low + (long double)high) / 2;
    int length = snprintf(text, 1200, "%.*Le", 780, middle);
    ck_assert_int_gt(length, 780);
    same_as_strtod(text);
    char *e = strchr(text, 'e');
    char exponent[16];
    (void)snprintf(exponent, sizeof exponent, "%s", e);
    size_t zeros = (size_t)(random_uniform(state) * 300);
    memset(e, '0', zeros); /* a digit far behind: just above the middle */
    (void)snprintf(e + zeros, 20, "1%s", exponent);
    same_as_strtod(text);
    (void)snprintf(e + zeros, 20, "0%s", exponent);
    same_as_strtod(text);
    for (char *at = e - 1; at > text; at--) { /* just below the middle */
        if (*at >= '1' && *at <= '9') {
            (*at)--;
            break;
        }
    }
    same_as_strtod(text);
    (void)snprintf(text, sizeof text, "%.*Le", (int)(16 + random_uniform(state) * 12), middle);
    same_as_strtod(text);
}

START_TEST(points_half_way_between_two_doubles_go_to_the_even_one)
{
    uint64_t state = (uint64_t)_i + 77;
    for (int k = 0; k < 250; k++) {
        check_half_way(fabs(random_double(&state)), &state);
        check_half_way(0x1p-1074 * floor(random_uniform(&state) * 0x1p20), &state);
        check_half_way(ldexp(1.0 + floor(random_uniform(&state) * 4) * DBL_EPSILON,
                             (int)(random_uniform(&state) * 2040) - 1022),
                       &state);
    }
}
END_TEST

static const char *const hard[] = {
    "0",
    "-0",
    "0.0",
    "0e400",
    "00000000000000000000000000000000000001",
    "1e22",
    "1e23",
    "1e-22",
    "1e-23",
    "9007199254740992",
    "9007199254740993",
    "9007199254740994",
    "9007199254740993.0000000000000001",
    "9007199254740992999999999999",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "9999999999999999999",
    "10000000000000000000",
    "2.2250738585072011e-308",
    "2.2250738585072012e-308",
    "2.2250738585072014e-308",
    "2."
    "2250738585072011360574097967091319759348195463516456480234261097248222220210769455165295239081"
    "3508791414915891303962110687008643869459464552765720740782062174337998814106326732925355228688"
    "1372149012981122451451889849057222307285255133155755015914397476397983411801999323962548289017"
    "1070818506906306666559949382757725720157630626906633326475653000092458883164330377797918696120"
    "4949739037782970490505108060994073026293712895895000358379996720725430436028407889577179615094"
    "5516748243471030702609144621572289880258182545180325707018860872113128079512233426288368622321"
    "5037756666225039825343359745688844239002654981983854879482922068947216898310996983658468140228"
    "5424333066033985088644580400103493397042756718644338377048603786162277173854562306587467901408"
    "6723327636718751234567890123456789012345678901e-308",
    "4.9406564584124654e-324",
    "2.4703282292062327e-324",
    "2.4703282292062328e-324",
    "2.4703282292062329e-324",
    "2.4703282292062327208e-324",
    "2.47032822920623272088284396434110686182e-324",
    "2.47032822920623272088284396434110686183e-324",
    "1e-400",
    "1e-345",
    "1e-325",
    "1e-324",
    "1.7976931348623157e308",
    "1.7976931348623158e308",
    "1.7976931348623159e308",
    "1.797693134862315808e308",
    "1.797693134862315807e308",
    "1e308",
    "1e309",
    "1e310",
    "1e400",
    "0.1e310",
    "123456789e300",
    "8.5e15",
    "6.0221409e+23",
    "1.00000000000000011102230246251565404236316680908203125",
    "1.00000000000000011102230246251565404236316680908203124",
    "1.00000000000000011102230246251565404236316680908203126",
    "3.08984926168550152811e-32",
    "7.2057594037927933e16",
    "5e-324",
    "0.000000000000000000000000000000000000000000000000001",
    "10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    "1.2345678901234567890123456789012345678901234567890e+1",
    "1e0000000000000000000000000000001",
    "1e-999999999999999999999",
    "1e999999999999999999999",
    "1.e5",
    ".5",
    "5.",
    "+.5e+2",
    "123e-3"};

START_TEST(hard_decimals_are_read_as_strtod_does)
{
    same_as_strtod(hard[_i]);
}
END_TEST

START_TEST(sixty_four_kilobytes_of_digits_are_a_number)
{
    enum { LONG = 65536 };
    char *text = malloc(LONG + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, '7', LONG);
    text[LONG] = '\0';
    text[300] = '.';
    same_as_strtod(text);
    memset(text, '0', LONG);
    text[0] = '.';
    same_as_strtod(text);
    text[LONG - 1] = '3';
    text[310] = '4'; /* 4e-310: subnormal */
    same_as_strtod(text);
    free(text);
}
END_TEST

START_TEST(no_byte_behind_the_end_is_looked_at)
{
    double value = 0.0;
    wio_number kind;
    static const char digits[] = "12345678901234567890123456.7890123e12";
    for (size_t length = 1; length < sizeof digits; length++) {
        char *exact = malloc(length); /* the sanitizer sees a byte too far */
        ck_assert_ptr_nonnull(exact);
        memcpy(exact, digits, length);
        ck_assert_ptr_nonnull(wio_scan_number(&value, &kind, exact, exact + length, '.'));
        free(exact);
    }
    const char *stop = wio_scan_number(&value, &kind, digits, digits + 3, '.');
    ck_assert_ptr_eq(stop, digits + 3);
    ck_assert_double_eq(value, 123.0);
}
END_TEST

static const struct {
    const char *text;
    char decimal, thousands;
    wio_number kind;
    double value;
} forms[] = {
    {"1.5", '.', 0, WIO_NUMBER_GOOD, 1.5},
    {"1,5", ',', 0, WIO_NUMBER_GOOD, 1.5},
    {"1,5", '.', 0, WIO_NUMBER_TRAILING, 0},
    {"1.234", '.', 0, WIO_NUMBER_GOOD, 1.234},
    {"1.234", ',', '.', WIO_NUMBER_GOOD, 1234},
    {"1.234", ',', 0, WIO_NUMBER_TRAILING, 0},
    {"-1.234.567,25", ',', '.', WIO_NUMBER_GOOD, -1234567.25},
    {"1,234,567.25e1", '.', ',', WIO_NUMBER_GOOD, 12345672.5},
    {"12 345", '.', ' ', WIO_NUMBER_GOOD, 12345},
    {"12'345'678", '.', '\'', WIO_NUMBER_GOOD, 12345678},
    {"1234", '.', ',', WIO_NUMBER_GOOD, 1234},
    {"1,23", '.', ',', WIO_NUMBER_TRAILING, 0},
    {"1,2345", '.', ',', WIO_NUMBER_TRAILING, 0},
    {"1234,567", '.', ',', WIO_NUMBER_TRAILING, 0},
    {",234", '.', ',', WIO_NUMBER_BAD, 0},
    {"1,234,", '.', ',', WIO_NUMBER_TRAILING, 0},
    {"1.234", 0, 0, WIO_NUMBER_AMBIGUOUS, 0},
    {"-12,345", 0, 0, WIO_NUMBER_AMBIGUOUS, 0},
    {"0.234", 0, 0, WIO_NUMBER_GOOD, 0.234},
    {"1.23", 0, 0, WIO_NUMBER_GOOD, 1.23},
    {"1.2345", 0, 0, WIO_NUMBER_GOOD, 1.2345},
    {"1234.567", 0, 0, WIO_NUMBER_GOOD, 1234.567},
    {"1.234e2", 0, 0, WIO_NUMBER_GOOD, 123.4},
    {"1,5", 0, 0, WIO_NUMBER_TRAILING, 0},
    {"1.234.567", 0, 0, WIO_NUMBER_TRAILING, 0},
    {"", '.', 0, WIO_NUMBER_BAD, 0},
    {"-", '.', 0, WIO_NUMBER_BAD, 0},
    {".", '.', 0, WIO_NUMBER_BAD, 0},
    {"e5", '.', 0, WIO_NUMBER_BAD, 0},
    {"inf", '.', 0, WIO_NUMBER_BAD, 0},
    {"nan", '.', 0, WIO_NUMBER_BAD, 0},
    {"0x10", '.', 0, WIO_NUMBER_TRAILING, 0},
    {"1e", '.', 0, WIO_NUMBER_TRAILING, 0},
    {"1e+", '.', 0, WIO_NUMBER_TRAILING, 0},
    {"12abc", '.', 0, WIO_NUMBER_TRAILING, 0},
    {" 1", '.', 0, WIO_NUMBER_BAD, 0},
    {"1 ", '.', 0, WIO_NUMBER_TRAILING, 0},
    {"1e999", '.', 0, WIO_NUMBER_HUGE, 0},
    {"1e-310", '.', 0, WIO_NUMBER_TINY, 1e-310},
    {"1e-999", '.', 0, WIO_NUMBER_TINY, 0},
};

START_TEST(numbers_are_read_as_was_declared)
{
    const wio_number_form form = {forms[_i].decimal, forms[_i].thousands};
    double value = 77.0;
    wio_number kind = wio_read_number(&value, forms[_i].text, strlen(forms[_i].text), &form);
    bool set = kind == WIO_NUMBER_GOOD || kind == WIO_NUMBER_TINY;
    ck_assert_msg(kind == forms[_i].kind, "'%s': %d", forms[_i].text, (int)kind);
    ck_assert_double_eq(value, set ? forms[_i].value : 77.0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");

    TCase *known = tcase_create("known answers");
    tcase_add_loop_test(known, hard_decimals_are_read_as_strtod_does, 0,
                        sizeof hard / sizeof hard[0]);
    tcase_add_loop_test(known, numbers_are_read_as_was_declared, 0, sizeof forms / sizeof forms[0]);
    tcase_add_test(known, sixty_four_kilobytes_of_digits_are_a_number);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_set_timeout(properties, 60);
    tcase_add_loop_test(properties, a_million_random_decimals_are_read_as_strtod_does, 0, 16);
    tcase_add_loop_test(properties, points_half_way_between_two_doubles_go_to_the_even_one, 0, 16);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, no_byte_behind_the_end_is_looked_at);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}
