/* schema_check.c - a document held against the schema table, before anything looks at a table.
 *
 * Keys, kinds of values and the syntax of numbers are checked here, once; what binds the values
 * later reads them again and stays silent about what was reported here. */
#include "schema.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE = 470, MAX_WORDS = 200 };

/* --- numbers ---------------------------------------------------------------------------------- */

static const char *expected(wio_unit unit)
{
    static const char *const text[] = {
#define WIO_UNIT_EXPECTED(name, words, wanted) [name] = wanted,
        WIO_UNIT_LIST(WIO_UNIT_EXPECTED)
#undef WIO_UNIT_EXPECTED
    };
    return text[unit];
}

/* The three ways to say a percentage mean different things; a mix says which one to write. */
static const char *mixed(wio_unit unit, bool percent, bool points)
{
    if (unit == WIO_UNIT_POINTS && percent) {
        return "could be points or a rate: write '10pp' for points added, or `rate: 10%` for the "
               "new total";
    }
    if (unit == WIO_UNIT_RATE && points) {
        return "are points added: write `change: 10pp`, or a rate such as 10%";
    }
    if (unit == WIO_UNIT_CHANGE && points) {
        return "are points of a rate: write a relative change such as -15%";
    }
    return NULL;
}

static bool in_range(wio_unit unit, double value)
{
    switch (unit) {
    case WIO_UNIT_NONNEGATIVE:
        return value >= 0.0;
    case WIO_UNIT_SHARE:
        return value >= 0.0 && value <= 1.0;
    case WIO_UNIT_RATE:
        return value >= 0.0 && value <= 100.0;
    case WIO_UNIT_POINTS:
        return value >= -1.0 && value <= 100.0;
    case WIO_UNIT_CHANGE:
        return value >= -1.0;
    case WIO_UNIT_YEAR:
        return value >= 1900.0 && value <= 2200.0 && floor(value) == value;
    case WIO_UNIT_COUNT:
        return value >= 1.0 && value <= 1000.0 && floor(value) == value;
    case WIO_UNIT_NONE:
    case WIO_UNIT_NUMBER:
    case WIO_UNIT_MONEY:
        break;
    }
    return true;
}

bool wio_schema_number(double *value, char reason[WIO_REASON_SIZE], wio_unit unit, const char *text)
{
    size_t length = strlen(text);
    bool points = length > 2 && strcmp(text + length - 2, "pp") == 0;
    bool percent = length > 1 && text[length - 1] == '%';
    double number = 0.0;
    bool is_number = wio_parse_double(&number, text, length - (points ? 2 : percent ? 1 : 0));
    bool takes_percent = unit == WIO_UNIT_SHARE || unit == WIO_UNIT_RATE || unit == WIO_UNIT_CHANGE;
    const char *mix = is_number ? mixed(unit, percent, points) : NULL;
    if (mix != NULL) {
        (void)snprintf(reason, WIO_REASON_SIZE, "'%.40s' %s", text, mix);
        return false;
    }
    bool suffix = points ? unit == WIO_UNIT_POINTS : percent ? takes_percent : true;
    /* 0 is 0 in every unit; another bare number of points or of a change could be 100 times off */
    bool bare = !points && !percent && number != 0.0;
    bool ambiguous = bare && (unit == WIO_UNIT_POINTS || unit == WIO_UNIT_CHANGE ||
                              (unit == WIO_UNIT_RATE && number > 5.0));
    number /= points || percent ? 100.0 : 1.0;
    if (!is_number || !suffix || ambiguous || !in_range(unit, number)) {
        (void)snprintf(reason, WIO_REASON_SIZE, "expected %s, found '%.60s'%s", expected(unit),
                       text, strchr(text, ',') != NULL ? " (the decimal sign is a point)" : "");
        return false;
    }
    *value = number;
    return true;
}

/* --- reporting -------------------------------------------------------------------------------- */

static void report(const wio_schema_check *check, size_t line, size_t column, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

static void report(const wio_schema_check *check, size_t line, size_t column, const char *format,
                   ...)
{
    char message[MESSAGE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    check->mistake(check->context, line, column, message);
}

/* Appends to a fixed buffer, cut at its end. */
static void append(char *buffer, size_t size, const char *text)
{
    size_t used = strlen(buffer);
    if (used + 1 < size) {
        (void)snprintf(buffer + used, size - used, "%s", text);
    }
}

/* The words of "a|b|c", cut up in `buffer`. */
static size_t split(const char *word[MAX_WORDS], char *buffer, size_t size, const char *words)
{
    size_t count = 0;
    (void)snprintf(buffer, size, "%s", words);
    for (char *at = buffer; at != NULL && count < MAX_WORDS;) {
        word[count++] = at;
        at = strchr(at, '|');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return count;
}

static bool is_word(const char *text, const char *words)
{
    size_t length = strlen(text);
    for (const char *at = words; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, text, length) == 0 && (at[length] == '\0' || at[length] == '|')) {
            return true;
        }
    }
    return false;
}

/* What a row expects, in words. */
static void describe(char *out, size_t size, const wio_schema_row *row)
{
    char words[MESSAGE];
    const char *word[MAX_WORDS];
    *out = '\0';
    if ((row->takes & WIO_TAKES_WORD) != 0) {
        size_t count = split(word, words, sizeof words, row->words);
        for (size_t i = 0; i < count; i++) {
            append(out, size, i == 0 ? "" : i + 1 == count ? " or " : ", ");
            append(out, size, word[i]);
        }
    }
    const struct {
        unsigned takes;
        const char *text;
    } kinds[] = {
        {WIO_TAKES_NUMBER, expected(row->unit)},  {WIO_TAKES_TEXT, "a text"},
        {WIO_TAKES_NUMBERS, "a list of numbers"}, {WIO_TAKES_TEXTS, "a list"},
        {WIO_TAKES_MAP, "a map of keys"},         {WIO_TAKES_LIST, "a list of maps"},
        {WIO_TAKES_KEYED, "a map of numbers"},    {WIO_TAKES_COLUMN, "{column: NAME}"},
        {WIO_TAKES_MIRROR, "{mirror: SCENARIO}"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if ((row->takes & kinds[i].takes) != 0) {
            append(out, size, *out == '\0' ? "" : " or ");
            append(out, size, kinds[i].text);
        }
    }
}

static void wrong_kind(const wio_schema_check *check, const wio_node *node, const char *key,
                       const wio_schema_row *row)
{
    char wanted[MESSAGE - 120], found[80];
    const char *nearest = NULL;
    describe(wanted, sizeof wanted, row);
    if (node->kind != WIO_NODE_SCALAR) {
        (void)snprintf(found, sizeof found, "a %s", node->kind == WIO_NODE_MAP ? "map" : "list");
    } else if (*node->text == '\0' && !node->quoted) {
        (void)snprintf(found, sizeof found, "nothing");
    } else {
        (void)snprintf(found, sizeof found, "'%.60s'", node->text);
    }
    if ((row->takes & WIO_TAKES_WORD) != 0 && node->kind == WIO_NODE_SCALAR) {
        char words[MESSAGE];
        const char *word[MAX_WORDS];
        nearest = wio_nearest(node->text, word, split(word, words, sizeof words, row->words));
        if (nearest != NULL) {
            report(check, node->line, node->column,
                   "%s: expected %s, found %s (did you mean '%s'?)", key, wanted, found, nearest);
            return;
        }
    }
    report(check, node->line, node->column, "%s: expected %s, found %s", key, wanted, found);
}

/* --- values ----------------------------------------------------------------------------------- */

static void check_value(const wio_schema_check *check, const wio_node *node, const char *key,
                        const wio_schema_row *row);

static void check_scalar(const wio_schema_check *check, const wio_node *node, const char *key,
                         const wio_schema_row *row)
{
    char reason[WIO_REASON_SIZE] = "";
    double value = 0.0;
    unsigned takes = row->takes;
    bool empty = *node->text == '\0' && !node->quoted;
    if ((takes & WIO_TAKES_WORD) != 0 && is_word(node->text, row->words) && !empty) {
        return;
    }
    if ((takes & WIO_TAKES_NUMBER) != 0 &&
        wio_schema_number(&value, reason, row->unit, node->text)) {
        return;
    }
    if ((takes & WIO_TAKES_TEXT) != 0 && !empty) {
        return;
    }
    /* where only a number is wrong, its reason says more than the kinds */
    bool looks_like_number = strpbrk(node->text, "0123456789") != NULL;
    if ((takes & WIO_TAKES_NUMBER) != 0 && !empty &&
        (looks_like_number || (takes & ~(unsigned)WIO_TAKES_NUMBER) == 0)) {
        report(check, node->line, node->column, "%s: %s", key, reason);
        return;
    }
    wrong_kind(check, node, key, row);
}

static void check_list(const wio_schema_check *check, const wio_node *node, const char *key,
                       const wio_schema_row *row)
{
    if ((row->takes & WIO_TAKES_LIST) != 0) {
        for (size_t i = 0; i < node->count; i++) {
            if (node->item[i].kind == WIO_NODE_MAP) {
                wio_schema_check_map(check, &node->item[i], row->below);
            } else {
                report(check, node->item[i].line, node->item[i].column,
                       "%s: expected a list of maps, found a %s in it", key,
                       node->item[i].kind == WIO_NODE_LIST ? "list" : "text");
            }
        }
        return;
    }
    wio_schema_row item = *row;
    if ((row->takes & WIO_TAKES_SUM) != 0) {
        item.takes = row->takes & ~(unsigned)WIO_TAKES_SUM;
    } else if ((row->takes & WIO_TAKES_NUMBERS) != 0) {
        item.takes = WIO_TAKES_NUMBER;
    } else if ((row->takes & WIO_TAKES_TEXTS) != 0) {
        item.takes = row->words != NULL ? WIO_TAKES_WORD : WIO_TAKES_TEXT;
    } else {
        wrong_kind(check, node, key, row);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        check_value(check, &node->item[i], key, &item);
    }
}

static void check_map_value(const wio_schema_check *check, const wio_node *node, const char *key,
                            const wio_schema_row *row)
{
    unsigned takes = row->takes, numbers = WIO_TAKES_NUMBER | WIO_TAKES_NUMBERS;
    const wio_node *inner = wio_node_get(node, "value");
    if (inner != NULL && (takes & (numbers | WIO_TAKES_KEYED)) != 0) {
        wio_schema_check_map(check, node, "value");
        check_value(check, inner, key, row);
    } else if (wio_node_get(node, "column") != NULL && (takes & WIO_TAKES_COLUMN) != 0) {
        wio_schema_check_map(check, node, "column");
    } else if (wio_node_get(node, "mirror") != NULL && (takes & WIO_TAKES_MIRROR) != 0) {
        wio_schema_check_map(check, node, "mirror");
    } else if ((takes & WIO_TAKES_MAP) != 0) {
        wio_schema_check_map(check, node, row->below);
    } else if ((takes & WIO_TAKES_KEYED) != 0) {
        wio_schema_row item = *row;
        item.takes = WIO_TAKES_NUMBER;
        for (size_t i = 0; i < node->count; i++) {
            bool source = strcmp(node->key[i].text, "source") == 0;
            if (source && node->item[i].kind == WIO_NODE_SCALAR) {
                check->source(check->context, node->item[i].text);
            } else {
                check_value(check, &node->item[i], node->key[i].text, &item);
            }
        }
    } else {
        wrong_kind(check, node, key, row);
    }
}

static void check_value(const wio_schema_check *check, const wio_node *node, const char *key,
                        const wio_schema_row *row)
{
    if (node->kind == WIO_NODE_SCALAR) {
        check_scalar(check, node, key, row);
    } else if (node->kind == WIO_NODE_LIST) {
        check_list(check, node, key, row);
    } else {
        check_map_value(check, node, key, row);
    }
}

/* --- maps ------------------------------------------------------------------------------------- */

static void unknown_key(const wio_schema_check *check, const wio_node *key, const char *section)
{
    const char *word[MAX_WORDS];
    char list[MESSAGE / 2] = "";
    size_t count = 0;
    bool set = strcmp(section, "set") == 0;
    for (size_t i = 0; i < wio_schema_rows && count < MAX_WORDS; i++) {
        const wio_schema_row *row = &wio_schema[i];
        if (strcmp(row->section, section) == 0 ||
            (set && strcmp(row->section, "parameters") == 0)) {
            append(list, sizeof list, count == 0 ? "" : ", ");
            append(list, sizeof list, row->key);
            word[count++] = row->key;
        }
    }
    const char *nearest = wio_nearest(key->text, word, count);
    if (nearest != NULL) {
        report(check, key->line, key->column, "unknown key '%.60s' (did you mean '%s'?)", key->text,
               nearest);
    } else {
        report(check, key->line, key->column, "unknown key '%.60s' in %s (keys: %s)", key->text,
               section, list);
    }
}

/* Is a fact known here, and does it hold? LOCAL ones are left to what binds the shock. */
static bool holds(const wio_schema_check *check, wio_fact fact)
{
    return fact < WIO_FACT_LOCAL && check->fact[fact] && !check->unknown[fact];
}

static void missing_keys(const wio_schema_check *check, const wio_node *map, const char *section)
{
    for (size_t i = 0; i < wio_schema_rows; i++) {
        const wio_schema_row *row = &wio_schema[i];
        if (strcmp(row->section, section) != 0 || wio_node_get(map, row->key) != NULL ||
            !holds(check, row->required)) {
            continue;
        }
        if (row->required == WIO_FACT_ALWAYS) {
            report(check, map->line, map->column, "missing key '%s' in %s: %s", row->key, section,
                   row->text);
        } else {
            report(check, map->line, map->column, "missing key '%s' in %s (needed with %s): %s",
                   row->key, section, wio_fact_text(row->required), row->text);
        }
    }
}

void wio_schema_check_map(const wio_schema_check *check, const wio_node *map, const char *section)
{
    bool wrapper = strcmp(section, "value") == 0;
    if (strcmp(section, "shock") == 0 && map->count != 1) {
        report(check, map->line, map->column,
               "a shock is one key such as `tariff:` with its own keys below, found %zu",
               map->count);
    }
    for (size_t i = 0; i < map->count; i++) {
        const wio_node *key = &map->key[i], *item = &map->item[i];
        const wio_schema_row *row = wio_schema_find(section, key->text);
        if (row == NULL) {
            unknown_key(check, key, section);
            continue;
        }
        bool source = strcmp(key->text, "source") == 0 && strcmp(row->key, "*") != 0;
        if (source && item->kind == WIO_NODE_SCALAR && *item->text != '\0') {
            check->source(check->context, item->text);
        }
        if (row->applies != WIO_FACT_NONE && row->applies < WIO_FACT_LOCAL &&
            !check->fact[row->applies] && !check->unknown[row->applies]) {
            report(check, key->line, key->column, "key '%s' is not used by this study: it needs %s",
                   key->text, wio_fact_text(row->applies));
        }
        if (!wrapper || strcmp(key->text, "value") != 0) { /* checked by the row around it */
            check_value(check, item, key->text, row);
        }
    }
    missing_keys(check, map, section);
}

/* --- facts ------------------------------------------------------------------------------------ */

static bool says(const wio_node *map, const char *key, const char *word)
{
    const wio_node *node = wio_node_get(map, key);
    return node != NULL && node->kind == WIO_NODE_SCALAR && strcmp(node->text, word) == 0;
}

static void shock_facts(bool fact[WIO_FACTS], const wio_node *shock)
{
    const wio_node *demand = wio_node_get(shock, "final_demand");
    bool bought =
        wio_node_get(shock, "purchase") != NULL || wio_node_get(shock, "purchase_catch_up") != NULL;
    bool built = wio_node_get(shock, "investment") != NULL;
    fact[WIO_FACT_TARIFF] |= wio_node_get(shock, "tariff") != NULL;
    fact[WIO_FACT_PURCHASE] |= bought;
    fact[WIO_FACT_INVESTMENT] |= built;
    fact[WIO_FACT_DATED] |= bought || built || wio_node_get(demand, "years") != NULL;
    fact[WIO_FACT_MONEY] |= bought || built || wio_node_get(demand, "amounts") != NULL ||
                            wio_node_get(demand, "total") != NULL;
}

/* Is the word of a key missing or none of those it takes? */
static bool undecided(const wio_node *map, const char *section, const char *key)
{
    const wio_node *node = wio_node_get(map, key);
    const wio_schema_row *row = wio_schema_find(section, key);
    return node == NULL || node->kind != WIO_NODE_SCALAR || *node->text == '\0' ||
           !is_word(node->text, row->words);
}

/* A mistyped word of the model is one mistake, not one for every key that depends on it. */
static void unknown_facts(wio_schema_check *check, const wio_node *model)
{
    bool *unknown = check->unknown;
    memset(unknown, 0, sizeof check->unknown);
    if (undecided(model, "model", "prices")) {
        unknown[WIO_FACT_PRICES] = unknown[WIO_FACT_COST_PUSH] = true;
        unknown[WIO_FACT_UNNESTED] = true;
    }
    if (undecided(model, "model", "substitution") &&
        (check->fact[WIO_FACT_COST_PUSH] || unknown[WIO_FACT_COST_PUSH] ||
         wio_node_get(model, "substitution") != NULL)) {
        unknown[WIO_FACT_NESTED] = unknown[WIO_FACT_UNNESTED] = true;
        unknown[WIO_FACT_NESTED_TARIFF] = true;
    }
    if (undecided(model, "model", "households")) {
        unknown[WIO_FACT_ENDOGENOUS] = unknown[WIO_FACT_DISPOSABLE] = true;
    }
}

void wio_schema_facts(wio_schema_check *check, const wio_node *root)
{
    bool *fact = check->fact;
    const wio_node *model = wio_node_get(root, "model");
    const wio_node *scenarios = wio_node_get(root, "scenarios");
    const wio_node *cases = wio_node_get(root, "sensitivity");
    memset(fact, 0, sizeof check->fact);
    fact[WIO_FACT_ALWAYS] = true;
    fact[WIO_FACT_COST_PUSH] = says(model, "prices", "cost-push");
    fact[WIO_FACT_PRICES] = fact[WIO_FACT_COST_PUSH] || says(model, "prices", "at-border");
    fact[WIO_FACT_NESTED] = says(model, "substitution", "nested");
    fact[WIO_FACT_UNNESTED] = fact[WIO_FACT_COST_PUSH] && !fact[WIO_FACT_NESTED];
    fact[WIO_FACT_ENDOGENOUS] = says(model, "households", "endogenous");
    fact[WIO_FACT_DISPOSABLE] =
        (fact[WIO_FACT_ENDOGENOUS] && says(model, "household_income", "disposable")) ||
        says(wio_node_get(root, "parameters"), "revenue", "households");
    for (size_t i = 0; cases != NULL && cases->kind == WIO_NODE_LIST && i < cases->count; i++) {
        fact[WIO_FACT_DISPOSABLE] |=
            says(wio_node_get(&cases->item[i], "set"), "revenue", "households");
    }
    bool any = scenarios != NULL && scenarios->kind == WIO_NODE_LIST;
    for (size_t i = 0; any && i < scenarios->count; i++) {
        const wio_node *shocks = wio_node_get(&scenarios->item[i], "shocks");
        bool list = shocks != NULL && shocks->kind == WIO_NODE_LIST;
        for (size_t k = 0; list && k < shocks->count; k++) {
            shock_facts(fact, &shocks->item[k]);
        }
    }
    fact[WIO_FACT_NESTED_TARIFF] = fact[WIO_FACT_NESTED] && fact[WIO_FACT_TARIFF];
    unknown_facts(check, model);
}
