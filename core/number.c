/* number.c - numbers in and out of text: correctly rounded, and without a locale.
 *
 * A decimal is digits x 10^e, its first 19 significant digits as a 64-bit integer w. Three ways to
 * the nearest double (ties to even), each taken where the one before cannot decide:
 *   1. w <= 2^53 and |e| <= 22: one exact product or quotient, rounded once by the processor
 *      (Clinger, How to read floating point numbers accurately, PLDI 1990).
 *   2. w 5^r exactly in 128 bits times 5^(28q) truncated to 128 bits, e = 28 q + r: the value is in
 *      [T, T + U) for a known small U (after Lemire, Number parsing at a gigabyte per second, 2021).
 *      When both ends round alike, that is the answer.
 *   3. All digits against the point half way between two neighbours, in integers of any length. */
#include "internal.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#if FLT_RADIX != 2 || DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024
#error "double has to be IEEE 754 binary64"
#endif

__extension__ typedef unsigned __int128 u128;

enum {
    DIGITS = 19,     /* that a 64-bit integer always holds */
    STEP = 28,       /* powers of 5 between two rows of `powers`: 5^27 < 2^63 */
    LOWEST_ROW = -13 /* 5^(-364) */
};

/* 5^(28 q) = (high 2^64 + low) 2^exponent, truncated to 128 bits with the topmost set. */
static const struct {
    uint64_t high, low;
    int exponent;
} powers[] = {
    {UINT64_C(0xe1afa13afbd14d6d), UINT64_C(0x82189c09a3a1ec21), -973},
    {UINT64_C(0xe3e27a444d8d98b7), UINT64_C(0xfd1b1b2308169b25), -908},
    {UINT64_C(0xe61acf033d1a45df), UINT64_C(0x6fb92487298e33bd), -843},
    {UINT64_C(0xe858ad248f5c22c9), UINT64_C(0xd1b3400f8f9cff68), -778},
    {UINT64_C(0xea9c227723ee8bcb), UINT64_C(0x465e15a979c1cadc), -713},
    {UINT64_C(0xece53cec4a314ebd), UINT64_C(0xa4f8bf5635246428), -648},
    {UINT64_C(0xef340a98172aace4), UINT64_C(0x86fb897116c87c34), -583},
    {UINT64_C(0xf18899b1bc3f8ca1), UINT64_C(0xdc44e6c3cb279ac1), -518},
    {UINT64_C(0xf3e2f893dec3f126), UINT64_C(0x5a89dba3c3efccfa), -453},
    {UINT64_C(0xf64335bcf065d37d), UINT64_C(0x4d4617b5ff4a16d5), -388},
    {UINT64_C(0xf8a95fcf88747d94), UINT64_C(0x75a44c6397ce912a), -323},
    {UINT64_C(0xfb158592be068d2e), UINT64_C(0xeed6e2f0f0d56712), -258},
    {UINT64_C(0xfd87b5f28300ca0d), UINT64_C(0x8bca9d6e188853fc), -193},
    {UINT64_C(0x8000000000000000), UINT64_C(0x0000000000000000), -127},
    {UINT64_C(0x813f3978f8940984), UINT64_C(0x4000000000000000), -62},
    {UINT64_C(0x82818f1281ed449f), UINT64_C(0xbff8f10e7a8921a4), 3},
    {UINT64_C(0x83c7088e1aab65db), UINT64_C(0x792667c6da79e0fa), 68},
    {UINT64_C(0x850fadc09923329e), UINT64_C(0x03e2cf6bc604ddb0), 133},
    {UINT64_C(0x865b86925b9bc5c2), UINT64_C(0x0b8a2392ba45a9b2), 198},
    {UINT64_C(0x87aa9aff79042286), UINT64_C(0x90fb44d2f05d0842), 263},
    {UINT64_C(0x88fcf317f22241e2), UINT64_C(0x441fece3bdf81f03), 328},
    {UINT64_C(0x8a5296ffe33cc92f), UINT64_C(0x82bd6b70d99aaa6f), 393},
    {UINT64_C(0x8bab8eefb6409c1a), UINT64_C(0x1ad089b6c2f7548e), 458},
    {UINT64_C(0x8d07e33455637eb2), UINT64_C(0xdb0b487b6423e1e8), 523},
    {UINT64_C(0x8e679c2f5e44ff8f), UINT64_C(0x570f09eaa7ea7648), 588},
};

/* --- text in pieces ------------------------------------------------------------------------------ */

typedef struct decimal {
    uint64_t w;       /* the first 19 significant digits */
    int64_t exponent; /* of the last digit in w */
    bool negative;
    bool cut;          /* digits that are not 0 follow those in w */
    const char *start; /* first digit or mark */
    const char *stop;  /* after the last */
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { EIGHT_AT_ONCE = true };
#else
enum { EIGHT_AT_ONCE = false }; /* the first digit would not be the lowest byte */
#endif

/* How many of the eight bytes at `at` are digits before the first that is none, and their value. A
 * byte less '0' is 10 or more, and has its top bit set with 118 added, where it is no digit (what
 * is carried only reaches bytes behind it). Leading zeros are shifted in for what is no digit, then
 * neighbours are joined by 10, 100 and 10^4. */
static unsigned count_digits(uint64_t *value, const char *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    v ^= UINT64_C(0x3030303030303030);
    uint64_t other = ((v + UINT64_C(0x7676767676767676)) | v) & UINT64_C(0x8080808080808080);
    unsigned digits = other != 0 ? (unsigned)__builtin_ctzll(other) / 8 : 8;
    v = digits != 0 ? v << (64 - 8 * digits) : 0;
    v = v * 10 + (v >> 8);
    *value = ((v & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
              (v >> 16 & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >>
             32;
    return digits;
}

/* Digits into d until there are none; `fraction` when they are behind the mark. */
static const char *take_digits(decimal *d, size_t *significant, const char *at, const char *end,
                               bool fraction)
{
    uint64_t eight;
    for (; d->w == 0 && at < end && *at == '0'; at++) { /* so that w has 19 when it is cut */
        d->exponent -= fraction;
    }
    while (EIGHT_AT_ONCE && end - at >= 8 && *significant + 8 <= DIGITS &&
           count_digits(&eight, at) == 8) {
        d->w = d->w * 100000000 + eight;
        *significant += 8;
        d->exponent -= fraction ? 8 : 0;
        at += 8;
    }
    for (; at < end && is_digit(*at); at++) {
        if (*significant < DIGITS) {
            d->w = d->w * 10 + (uint64_t)(*at - '0');
            *significant += 1;
            d->exponent -= fraction;
        } else {
            d->cut = d->cut || *at != '0';
            d->exponent += !fraction;
        }
    }
    return at;
}

/* [sign] digits [mark digits] [e [sign] digits], as far as it goes. NULL when it is no number. */
static const char *take_decimal(decimal *d, const char *text, const char *end, char mark)
{
    enum { FAR = 1000000 }; /* far beyond any double: the exponent need not be known exactly */
    const char *at = text;
    size_t significant = 0;
    *d = (decimal){0};
    if (at < end && (*at == '-' || *at == '+')) {
        d->negative = *at++ == '-';
    }
    d->start = at;
    at = take_digits(d, &significant, at, end, false);
    size_t digits = (size_t)(at - d->start);
    if (at < end && *at == mark) {
        const char *first = ++at;
        at = take_digits(d, &significant, at, end, true);
        digits += (size_t)(at - first);
    }
    if (digits == 0) {
        return NULL;
    }
    d->stop = at;
    if (end - at >= 2 && (*at == 'e' || *at == 'E')) {
        const char *e = at + 1;
        bool down = *e == '-';
        e += *e == '-' || *e == '+';
        if (e < end && is_digit(*e)) {
            int64_t power = 0;
            for (; e < end && is_digit(*e); e++) {
                power = power < FAR ? 10 * power + (*e - '0') : power;
            }
            d->exponent += down ? -power : power;
            at = e;
        }
    }
    return at;
}

/* --- the slow way: integers of any length ---------------------------------------------------------- */

/* 800 digits are 2,658 bits, 2^-1074 shifts by 1,074 more: 8,192 hold both sides. */
enum { LIMBS = 256, MOST_DIGITS = 800 };

typedef struct big {
    size_t count;
    uint32_t limb[LIMBS]; /* least first */
} big;

/* b = b times + plus. */
static void big_multiply(big *b, uint32_t times, uint32_t plus)
{
    uint64_t carry = plus;
    for (size_t i = 0; i < b->count; i++) {
        carry += (uint64_t)b->limb[i] * times;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0 && b->count < LIMBS) {
        b->limb[b->count++] = (uint32_t)carry;
    }
}

static void big_times_five(big *b, int64_t power)
{
    for (; power >= 13; power -= 13) {
        big_multiply(b, 1220703125, 0); /* 5^13 */
    }
    for (; power > 0; power--) {
        big_multiply(b, 5, 0);
    }
}

static void big_shift(big *b, int64_t bits)
{
    size_t limbs = (size_t)bits / 32;
    if (b->count == 0 || limbs + b->count > LIMBS) {
        return;
    }
    memmove(b->limb + limbs, b->limb, b->count * sizeof *b->limb);
    memset(b->limb, 0, limbs * sizeof *b->limb);
    b->count += limbs;
    big_multiply(b, (uint32_t)1 << bits % 32, 0);
}

static int big_compare(const big *a, const big *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (size_t i = a->count; i-- > 0;) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

/* Sign of the decimal less half 2^two. More than 800 digits cannot matter one by one: a point half
 * way has at most 767, so the rest counts as one digit 1 when it is not 0. */
static int compare_half(const decimal *d, uint64_t half, int64_t two)
{
    big left = {0}, right = {.count = 2, .limb = {(uint32_t)half, (uint32_t)(half >> 32)}};
    right.count -= right.limb[1] == 0;
    int64_t ten = d->exponent;
    size_t taken = 0, significant = 0;
    bool rest = false;
    for (const char *at = d->start; at < d->stop; at++) {
        if (!is_digit(*at)) {
            continue;
        }
        significant += significant != 0 || *at != '0';
        if (significant > MOST_DIGITS) {
            rest = rest || *at != '0';
        } else if (significant != 0) {
            big_multiply(&left, 10, (uint32_t)(*at - '0'));
            taken++;
        }
    }
    /* d->exponent belongs to the last digit in w, of which there are `in_w` */
    size_t in_w = 0;
    for (uint64_t w = d->w; w != 0; w /= 10) {
        in_w++;
    }
    ten -= (int64_t)taken - (int64_t)in_w;
    if (rest) {
        big_multiply(&left, 10, 1);
        ten--;
    }
    big_times_five(ten >= 0 ? &left : &right, ten >= 0 ? ten : -ten);
    big_shift(ten >= two ? &left : &right, ten >= two ? ten - two : two - ten);
    return big_compare(&left, &right);
}

/* --- the double ------------------------------------------------------------------------------------ */

static int leading_zeros(u128 v)
{
    uint64_t high = (uint64_t)(v >> 64);
    return high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)v);
}

/* floor(a b / 2^128) */
static u128 multiply_high(u128 a, u128 b)
{
    uint64_t a1 = (uint64_t)(a >> 64), a0 = (uint64_t)a;
    uint64_t b1 = (uint64_t)(b >> 64), b0 = (uint64_t)b;
    u128 low = (u128)a0 * b0, one = (u128)a1 * b0, two = (u128)a0 * b1;
    u128 middle = (low >> 64) + (uint64_t)one + (uint64_t)two;
    return (u128)a1 * b1 + (one >> 64) + (two >> 64) + (middle >> 64);
}

/* Rounds the value in [t, t + range) 2^two, topmost bit of t set, to a double's bits. */
static uint64_t round_bits(const decimal *d, u128 t, u128 range, int64_t two)
{
    int64_t e = two + 127; /* 2^e <= value < 2^(e+1) */
    int64_t keep = e >= -1022 ? 53 : 53 - (-1022 - e);
    if (keep < 0) { /* below half the least number, but for what t lost */
        return e == -1076 && range > ~t && compare_half(d, 1, -1075) > 0 ? 1 : 0;
    }
    int shift = (int)(128 - keep);
    uint64_t m = shift < 128 ? (uint64_t)(t >> shift) : 0;
    u128 half = (u128)1 << (shift - 1), rest = t - (shift < 128 ? (u128)m << shift : 0);
    bool up;
    if (rest < half && range < half - rest) {
        up = false;
    } else if (rest > half) {
        up = true;
    } else {
        int sign = compare_half(d, 2 * m + 1, two + shift - 1);
        up = sign > 0 || (sign == 0 && (m & 1) != 0);
    }
    m += up;
    if (e < -1022) {
        return m; /* 2^52 is the least normal number, as its bits say */
    }
    uint64_t exponent = (uint64_t)(e + 1022) << 52; /* m's own topmost bit adds the missing 1 */
    return exponent + m;
}

/* Bits of |value|; those of infinity when it is too large. */
static uint64_t nearest_bits(const decimal *d)
{
    static const uint64_t infinity = UINT64_C(0x7ff0000000000000);
    static const uint64_t five[] = {1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125};
    int64_t e = d->exponent;
    if (d->w == 0 || e < -345) { /* below 10^19 10^-346: less than half of 2^-1074 */
        return 0;
    }
    if (e > 309) {
        return infinity;
    }
    int64_t above = e - (int64_t)LOWEST_ROW * STEP;
    int64_t q = above / STEP; /* row of powers */
    uint64_t power = 1;
    for (int64_t r = above % STEP; r > 0; r -= 9) {
        power *= five[r < 9 ? r : 9];
    }
    u128 p = (u128)d->w * power;
    int s = leading_zeros(p);
    u128 t = multiply_high(p << s, (u128)powers[q].high << 64 | powers[q].low);
    u128 range = d->cut ? ((u128)power << s) + 4 : 2;
    int64_t two = 128 + powers[q].exponent + e - s;
    if ((t >> 127) == 0) {
        t <<= 1;
        range <<= 1;
        two--;
    }
    uint64_t bits = round_bits(d, t, range, two);
    return bits < infinity ? bits : infinity;
}

static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static double to_double(wio_number *kind, const decimal *d)
{
    double value;
    *kind = WIO_NUMBER_GOOD;
    if (!d->cut && d->w <= UINT64_C(1) << 53 && d->exponent >= -22 && d->exponent <= 22) {
        value = (double)d->w;
        value = d->exponent < 0 ? value / ten[-d->exponent] : value * ten[d->exponent];
    } else {
        uint64_t bits = nearest_bits(d);
        memcpy(&value, &bits, sizeof value);
        *kind = isinf(value)                   ? WIO_NUMBER_HUGE
                : value < DBL_MIN && d->w != 0 ? WIO_NUMBER_TINY
                                               : WIO_NUMBER_GOOD;
    }
    return d->negative ? -value : value;
}

/* Up to seven digits before the mark and up to seven behind it, without an exponent: most numbers
 * of most tables. Where they end; NULL: look more closely. */
static const char *scan_short(double *value, const char *text, const char *end, char mark)
{
    uint64_t whole, part = 0;
    unsigned behind = 0;
    if (!EIGHT_AT_ONCE || end - text < 18) {
        return NULL;
    }
    const char *at = text + (*text == '-');
    unsigned digits = count_digits(&whole, at);
    at += digits;
    if (*at == mark) {
        behind = count_digits(&part, ++at);
        at += behind;
    }
    if (digits == 8 || behind == 8 || digits + behind == 0 || *at == 'e' || *at == 'E') {
        return NULL;
    }
    double v = ((double)whole * ten[behind] + (double)part) / ten[behind]; /* < 2^53: exact */
    *value = *text == '-' ? -v : v;
    return at;
}

const char *wio_scan_number(double *value, wio_number *kind, const char *text, const char *end,
                            char mark)
{
    const char *simple = scan_short(value, text, end, mark);
    if (simple != NULL) {
        *kind = WIO_NUMBER_GOOD;
        return simple;
    }
    decimal d;
    const char *stop = take_decimal(&d, text, end, mark);
    if (stop == NULL) {
        *kind = WIO_NUMBER_BAD;
        return NULL;
    }
    *value = to_double(kind, &d);
    return stop;
}

bool wio_parse_double(double *value, const char *text, size_t length)
{
    double parsed;
    wio_number kind;
    const char *stop = wio_scan_number(&parsed, &kind, text, text + length, '.');
    if (stop != text + length || kind == WIO_NUMBER_HUGE) {
        return false;
    }
    *value = parsed;
    return true;
}

/* --- numbers as people write them -------------------------------------------------------------------- */

/* 1 to 3 digits, then groups of a separator and three digits: where they end, NULL when it is not
 * so. The digits go to `plain`. */
static const char *take_groups(char *plain, size_t *used, const char *at, const char *end,
                               char separator)
{
    const char *start = at;
    while (at < end && is_digit(*at) && at - start < 4) {
        plain[(*used)++] = *at++;
    }
    if (at == start || at - start > 3 || at == end || *at != separator) {
        return NULL;
    }
    while (at < end && *at == separator) {
        for (size_t i = 1; i <= 3; i++) {
            if (end - at < 4 || !is_digit(at[i])) {
                return NULL;
            }
            plain[(*used)++] = at[i];
        }
        at += 4;
    }
    return at < end && is_digit(*at) ? NULL : at;
}

wio_number wio_read_number(double *value, const char *text, size_t length,
                           const wio_number_form *form)
{
    const char *end = text + length, *at = text;
    char plain[256];
    size_t used = 0;
    char separators[] = {form->thousands, 0, 0};
    if (form->decimal == '\0') {
        separators[0] = '.';
        separators[1] = ',';
    }
    if (at < end && (*at == '-' || *at == '+')) {
        plain[used++] = *at++;
    }
    for (size_t i = 0; separators[i] != '\0' && length < sizeof plain - 2; i++) {
        size_t digits = used;
        const char *rest = take_groups(plain, &digits, at, end, separators[i]);
        if (form->decimal == '\0') {
            if (rest == end && at + 8 > end && *at != '0') {
                return WIO_NUMBER_AMBIGUOUS; /* one group: 1.234 */
            }
        } else if (rest != NULL) {
            memcpy(plain + digits, rest, (size_t)(end - rest));
            const wio_number_form simple = {.decimal = form->decimal};
            return wio_read_number(value, plain, digits + (size_t)(end - rest), &simple);
        }
    }
    wio_number kind;
    double parsed;
    char mark = '.';
    if (form->decimal != '\0') {
        mark = form->decimal;
    }
    const char *stop = wio_scan_number(&parsed, &kind, text, end, mark);
    if (stop == NULL) {
        return WIO_NUMBER_BAD;
    }
    if (stop != end) {
        return WIO_NUMBER_TRAILING;
    }
    if (kind != WIO_NUMBER_HUGE) {
        *value = parsed;
    }
    return kind;
}

/* --- numbers out ---------------------------------------------------------------------------------------- */

/* The host's decimal point, which may be several bytes, becomes '.'. */
static void point(char *buffer)
{
    const char *host = localeconv()->decimal_point;
    if (host[0] == '.' && host[1] == '\0') {
        return;
    }
    char *at = strstr(buffer, host);
    if (at != NULL) {
        *at = '.';
        memmove(at + 1, at + strlen(host), strlen(at + strlen(host)) + 1);
    }
}

const char *wio_format_double(char buffer[WIO_NUMBER_SIZE], double value)
{
    if (isnan(value)) {
        buffer[0] = '\0';
        return buffer;
    }
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(buffer, WIO_NUMBER_SIZE, "%.*g", digits, value);
        point(buffer);
        double back;
        if (wio_parse_double(&back, buffer, strlen(buffer)) && back == value) {
            break;
        }
    }
    return buffer;
}

const char *wio_format_fixed(char buffer[WIO_NUMBER_SIZE + 320], double value, int digits)
{
    (void)snprintf(buffer, WIO_NUMBER_SIZE + 320, "%.*f", digits, value);
    point(buffer);
    if (buffer[0] == '-' && strspn(buffer + 1, "0.") == strlen(buffer + 1)) {
        memmove(buffer, buffer + 1, strlen(buffer));
    }
    return buffer;
}
