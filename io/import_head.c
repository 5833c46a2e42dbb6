/* import_head.c - what an imported table says of itself: name, year, unit, prices, sources. */
#include "import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int wio_import_year(const char *text)
{
    int year = 0;
    for (const char *s = text; *s != '\0'; s++) {
        size_t digits = strspn(s, "0123456789");
        if (digits == 4 && (strncmp(s, "19", 2) == 0 || strncmp(s, "20", 2) == 0)) {
            year = 1000 * (s[0] - '0') + 100 * (s[1] - '0') + 10 * (s[2] - '0') + (s[3] - '0');
        }
        s += digits > 0 ? digits - 1 : 0;
    }
    return year;
}

/* How sources write millions, thousands and units of money before the currency. */
static const struct {
    const char *word;
    double divisor;
} sizes[] = {{"million", 1.0}, {"Million", 1.0},  {"Millions", 1.0}, {"Mill", 1.0},
             {"Mill.", 1.0},   {"Mio", 1.0},      {"Mio.", 1.0},     {"M.", 1.0},
             {"M", 1.0},       {"mn", 1.0},       {"thousand", 1e3}, {"Thousand", 1e3},
             {"1000", 1e3},    {"k", 1e3},        {"'000", 1e3},     {"current thousand", 1e3},
             {"", 1e6},        {"billion", 1e-3}, {"Billion", 1e-3}, {"bn", 1e-3}};

/* "M.EUR", "Mill USD", "1000 USD", ... as "million EUR" and what to divide by to get there; NULL
 * when it is no unit of money that is known. */
static const char *money_unit(double *divisor, wio_import *import, const char *unit)
{
    size_t length = strlen(unit);
    if (length < 3) {
        return NULL;
    }
    const char *currency = unit + length - 3;
    size_t before = length - 3;
    while (before > 0 && unit[before - 1] == ' ') {
        before--;
    }
    for (size_t i = 0; i < 3; i++) {
        if (currency[i] < 'A' || currency[i] > 'Z') {
            return NULL;
        }
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (strlen(sizes[i].word) == before && memcmp(sizes[i].word, unit, before) == 0) {
            *divisor = sizes[i].divisor;
            return wio_import_print(import, "million %s", currency);
        }
    }
    return NULL;
}

static wio_status put(char **out, wio_import *import, const char *text)
{
    *out = wio_strdup(text != NULL ? text : "");
    return *out != NULL ? WIO_OK : wio_import_memory(import, "head of a table");
}

static wio_status put_list(char ***list, size_t *count, wio_import *import, const char *text)
{
    char **grown = wio_grow(*list, *count, *count + 1, sizeof *grown);
    if (grown == NULL) {
        return wio_import_memory(import, "head of a table");
    }
    *list = grown;
    WIO_TRY(put(&grown[*count], import, text));
    ++*count;
    return WIO_OK;
}

wio_status wio_import_add_note(wio_import *import, const char *text)
{
    wio_table *table = import->table;
    return put_list(&table->note, &table->notes, import, text);
}

/* Unit and currency; a source in thousands is divided, and says so. */
static wio_status put_unit(wio_import *import, const char *given)
{
    const wio_import_options *o = import->options;
    const char *unit = o->unit != NULL ? o->unit : given;
    if (unit == NULL && import->describing) {
        WIO_TRY(put(&import->table->unit, import, ""));
        return put(&import->table->currency, import, "");
    }
    if (unit == NULL) {
        return wio_import_wrong(import, import->source, 0, 0,
                                "the source does not say its unit of money: give it with --unit, "
                                "such as \"million EUR\"");
    }
    if (given != NULL && o->unit != NULL && strcmp(given, o->unit) != 0) {
        wio_find(import->log, WIO_WARNING, import->source, 0, 0,
                 "the unit of this format is %s; the numbers are taken for %s, as asked", given,
                 o->unit);
    }
    const char *million = money_unit(&import->divisor, import, unit);
    if (million == NULL) {
        return import->status == WIO_E_MEMORY
                   ? WIO_E_MEMORY
                   : wio_import_wrong(
                         import, import->source, 0, 0,
                         "the unit '%s' is not understood: give it with --unit, "
                         "such as \"million EUR\", \"thousand EUR\" or \"billion EUR\"",
                         unit);
    }
    if (import->divisor != 1.0) {
        char number[WIO_NUMBER_SIZE];
        const char *note =
            wio_import_print(import, "The source is in %s; every flow is divided by %s.", unit,
                             wio_format_double(number, import->divisor));
        if (note == NULL) {
            return WIO_E_MEMORY;
        }
        WIO_TRY(wio_import_add_note(import, note));
    }
    WIO_TRY(put(&import->table->unit, import, million));
    return put(&import->table->currency, import, million + strlen("million "));
}

static wio_status put_year(wio_import *import, int given)
{
    const int asked = import->options->year;
    const int said = given != 0 ? given : wio_import_year(wio_source_name(import->source));
    if (asked == 0 && said == 0 && !import->describing) {
        return wio_import_wrong(import, import->source, 0, 0,
                                "the source does not say its year: give it with --year");
    }
    if (asked != 0 && said != 0 && asked != said) {
        wio_find(import->log, WIO_WARNING, import->source, 0, 0,
                 "the source says %d; the table is of %d, as asked", said, asked);
    }
    import->table->year = asked != 0 ? asked : said;
    return WIO_OK;
}

wio_status wio_import_set_head(wio_import *import, const wio_import_head *head)
{
    wio_table *table = import->table;
    const wio_import_options *o = import->options;
    if (import->status == WIO_E_MEMORY) { /* a text of the head could not be made */
        return WIO_E_MEMORY;
    }
    table->household_income = (double)NAN;
    WIO_TRY(put_year(import, head->year));
    WIO_TRY(put_unit(import, head->unit));
    const char *name = o->name != NULL
                           ? o->name
                           : wio_import_print(import, "%s-%d", import->importer->name, table->year);
    const char *title = head->title == NULL ? name
                        : table->year == 0
                            ? head->title
                            : wio_import_print(import, "%s, %d", head->title, table->year);
    if (name == NULL || title == NULL) {
        return WIO_E_MEMORY;
    }
    WIO_TRY(put(&table->name, import, name));
    WIO_TRY(put(&table->title, import, title));
    WIO_TRY(
        put(&table->price_basis, import, head->price_basis != NULL ? head->price_basis : "basic"));
    WIO_TRY(put(&table->price_basis_note, import, head->price_note));
    WIO_TRY(put(&table->import_split, import,
                head->import_split != NULL ? head->import_split : "mixed"));
    WIO_TRY(put(&table->import_split_note, import,
                head->split_note != NULL ? head->split_note : "not stated by the source"));
    WIO_TRY(put(&table->valuation_note, import, NULL));
    WIO_TRY(put(&table->licence, import, head->licence));
    WIO_TRY(put(&table->household_income_source, import, NULL));
    WIO_TRY(put(&table->path, import, import->source));
    if (head->citation != NULL) {
        WIO_TRY(put_list(&table->source, &table->sources, import, head->citation));
    }
    return WIO_OK;
}
