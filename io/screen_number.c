/* screen_number.c - numbers as people read them, and names in plain ASCII.
 *
 * Rounding follows what the models can say: persons to three or four figures, money to tenths of
 * its unit, percentages to hundredths unless that would print a nonzero number as zero. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- names ---------------------------------------------------------------------------------------- */

typedef struct plain {
    unsigned code;
    const char *ascii;
} plain;

static const plain PLAIN[] = {
    {0xd7, "x"},    {0xdf, "ss"},     {0xc6, "AE"},       {0xe6, "ae"},   {0x2018, "'"},
    {0x2019, "'"},  {0x201c, "\""},   {0x201d, "\""},     {0x2026, ".."}, {0x2190, "<-"},
    {0x2192, "->"}, {0x3c3, "sigma"}, {0x3b5, "epsilon"}, {0x3b7, "eta"}, {0x2265, ">="},
    {0x2264, "<="}, {0x2212, "-"},    {0x20ac, "EUR"},    {0x152, "OE"},  {0x153, "oe"},
    {0xb1, "+-"},   {0xb7, "."},      {0xa0, " "},
};

/* U+00C0 to U+00FF without their accents. */
static const char LATIN[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

static const char *ascii_of(unsigned code, char one[2])
{
    for (size_t i = 0; i < sizeof PLAIN / sizeof PLAIN[0]; i++) {
        if (PLAIN[i].code == code) {
            return PLAIN[i].ascii;
        }
    }
    one[1] = '\0';
    if (code >= 0xc0 && code <= 0xff) {
        one[0] = LATIN[code - 0xc0];
    } else if (code >= 0x2010 && code <= 0x2015) {
        one[0] = '-';
    } else if (code == '\t' || code == '\n' || code == '\r') {
        one[0] = ' ';
    } else {
        one[0] = (char)(code >= ' ' && code < 0x7f ? code : '?');
    }
    return one;
}

/* One character of UTF-8; a byte that starts none counts as one unknown character. */
static size_t decode(unsigned *code, const unsigned char *s)
{
    size_t length = s[0] < 0x80             ? 1
                    : (s[0] & 0xe0) == 0xc0 ? 2
                    : (s[0] & 0xf0) == 0xe0 ? 3
                    : (s[0] & 0xf8) == 0xf0 ? 4
                                            : 0;
    *code = length == 1 ? s[0] : length == 0 ? 0 : s[0] & (0xffU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            *code = 0;
            return 1;
        }
        *code = *code << 6 | (s[i] & 0x3fU);
    }
    return length == 0 ? 1 : length;
}

void wio_screen_ascii(char *out, size_t size, const char *text)
{
    size_t used = 0;
    const unsigned char *s = (const unsigned char *)(text == NULL ? "" : text);
    while (*s != '\0') {
        unsigned code = 0;
        s += decode(&code, s);
        char one[2];
        for (const char *c = ascii_of(code, one); *c != '\0' && used + 1 < size; c++) {
            out[used++] = *c;
        }
    }
    out[used] = '\0';
}

/* --- numbers ---------------------------------------------------------------------------------------- */

void wio_screen_fixed(char out[WIO_CELL_SIZE], double value, int digits, bool with_sign)
{
    char plain_form[WIO_NUMBER_SIZE + 320];
    wio_format_fixed(plain_form, value, digits);
    const char *s = plain_form;
    size_t used = 0;
    if (*s == '-') {
        out[used++] = *s++;
    } else if (with_sign && strspn(s, "0.") != strlen(s)) {
        out[used++] = '+';
    }
    size_t whole = strspn(s, "0123456789");
    if (used + whole + whole / 3 + strlen(s + whole) + 1 > WIO_CELL_SIZE) {
        (void)snprintf(out, WIO_CELL_SIZE, "too large");
        return;
    }
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0) {
            out[used++] = ',';
        }
        out[used++] = s[i];
    }
    memcpy(out + used, s + whole, strlen(s + whole) + 1);
}

void wio_screen_persons(char out[WIO_CELL_SIZE], double value, bool with_sign)
{
    double size = fabs(value);
    double step = size >= 1e6 ? 1000.0 : size >= 1e4 ? 100.0 : size >= 1e3 ? 10.0 : 1.0;
    int digits = size < 9.95 && size >= 0.05 ? 1 : 0; /* small economies of tests and teaching */
    double shown = digits == 1 ? value : step * round(value / step);
    wio_screen_fixed(out, shown, digits, with_sign);
}

void wio_screen_money(char out[WIO_CELL_SIZE], double value, bool with_sign)
{
    int digits = value == 0.0 ? 0 : fabs(value) < 0.995 ? 2 : 1;
    wio_screen_fixed(out, value, digits, with_sign);
}

void wio_screen_percent(char out[WIO_CELL_SIZE], double value, bool with_sign)
{
    double percent = 100.0 * value, size = fabs(percent);
    int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    while (size > 0.0 && digits < 6 && size < 0.5 * pow(10.0, -digits)) {
        digits++;
    }
    wio_screen_fixed(out, percent, digits, with_sign);
    size_t length = strlen(out);
    if (length + 1 < WIO_CELL_SIZE) {
        memcpy(out + length, "%", 2);
    }
}

int wio_screen_digits(double largest)
{
    return largest < 9.9995 ? 4 : largest < 99.995 ? 3 : largest < 9999.95 ? 1 : 0;
}

void wio_screen_bound(char out[WIO_CELL_SIZE], double bound)
{
    int exponent = -320;
    while (exponent < 308 && pow(10.0, exponent) < bound) {
        exponent++;
    }
    (void)snprintf(out, WIO_CELL_SIZE, "1e%d", exponent);
}
