/* text.c - a growing string, and what is safe on a terminal. Numbers are in number.c. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static bool reserve(wio_text *text, size_t more)
{
    if (text->failed) {
        return false;
    }
    if (more < text->capacity - text->length && text->data != NULL) {
        return true;
    }
    size_t capacity = 2 * text->capacity + more + 64;
    char *data = wio_grow(text->data, text->length, capacity, 1);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void wio_text_add_bytes(wio_text *text, const char *bytes, size_t length)
{
    if (reserve(text, length + 1)) {
        memcpy(text->data + text->length, bytes, length);
        text->length += length;
        text->data[text->length] = '\0';
    }
}

void wio_text_add(wio_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0 || !reserve(text, (size_t)length + 1)) {
        text->failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(text->data + text->length, (size_t)length + 1, format, args);
    va_end(args);
    text->length += (size_t)length;
}

wio_status wio_text_take(char **out, wio_text *text, wio_error *err)
{
    if (!text->failed && text->data == NULL) {
        wio_text_add_bytes(text, "", 0);
    }
    if (text->failed) {
        wio_text_free(text);
        return wio_fail(err, WIO_E_MEMORY, "text");
    }
    *out = text->data;
    *text = (wio_text){0};
    return WIO_OK;
}

void wio_text_free(wio_text *text)
{
    wio_free(text->data);
    *text = (wio_text){0};
}

/* Length of the well-formed UTF-8 sequence at s, 0 when there is none. */
static size_t utf8_length(const unsigned char *s, unsigned *code)
{
    size_t length = s[0] < 0x80             ? 1
                    : (s[0] & 0xe0) == 0xc0 ? 2
                    : (s[0] & 0xf0) == 0xe0 ? 3
                    : (s[0] & 0xf8) == 0xf0 ? 4
                                            : 0;
    if (length == 0) {
        return 0;
    }
    *code = length == 1 ? s[0] : s[0] & (0xffU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | (s[i] & 0x3fU);
    }
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return *code < least[length] || *code > 0x10ffff || surrogate ? 0 : length;
}

size_t wio_text_wrong(const char *text, size_t length)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    size_t at = 0;
    while (at < length) {
        uint64_t v;
        while (length - at >= sizeof v) { /* ASCII without zero, eight bytes at a time */
            memcpy(&v, text + at, sizeof v);
            if ((((v - ones) | v) & tops) != 0) {
                break;
            }
            at += sizeof v;
        }
        unsigned char c = at < length ? (unsigned char)text[at] : 'a';
        if (c != 0 && c < 0x80) {
            at++;
            continue;
        }
        unsigned char four[4] = {0}; /* so that nothing behind the end is looked at */
        unsigned code;
        memcpy(four, text + at, length - at < 4 ? length - at : 4);
        size_t more = c == 0 ? 0 : utf8_length(four, &code);
        if (more == 0) {
            return at;
        }
        at += more;
    }
    return length;
}

bool wio_text_combining(const char *text)
{
    /* U+0300 to U+036F are CC 80 to CD AF */
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; s++) {
        if ((s[0] == 0xcc && s[1] >= 0x80) || (s[0] == 0xcd && s[1] >= 0x80 && s[1] <= 0xaf)) {
            return true;
        }
    }
    return false;
}

void wio_text_add_safe(wio_text *text, const char *unsafe)
{
    const unsigned char *s = (const unsigned char *)unsafe;
    while (*s != '\0') {
        unsigned code = 0;
        size_t length = utf8_length(s, &code);
        bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
        bool bidi = code == 0x061c || (code >= 0x200e && code <= 0x200f) ||
                    (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        if (length == 0) {
            wio_text_add(text, "\\x%02x", *s);
            s++;
        } else {
            if (control || bidi) {
                if (code < 0x100) {
                    wio_text_add(text, "\\x%02x", code);
                } else {
                    wio_text_add(text, "\\u%04x", code);
                }
            } else {
                wio_text_add_bytes(text, (const char *)s, length);
            }
            s += length;
        }
    }
}

char *wio_text_safe(const char *unsafe)
{
    wio_text text = {0};
    char *copy = NULL;
    wio_text_add_safe(&text, unsafe);
    return wio_text_take(&copy, &text, NULL) == WIO_OK ? copy : NULL;
}
