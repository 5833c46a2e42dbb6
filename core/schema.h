/* schema.h - what a study file may say: one table of rows that drives the check of a document,
 * the suggestions, and the reference (`wassily schema`). A new key is a row in schema.c and the
 * line that reads it. */
#ifndef WIO_SCHEMA_H
#define WIO_SCHEMA_H

#include "study.h"

/* What a value may be; a row allows one or more. */
enum {
    WIO_TAKES_TEXT = 1,     /* any text */
    WIO_TAKES_WORD = 2,     /* one of the row's words */
    WIO_TAKES_NUMBER = 4,   /* a number of the row's unit, or {value: .., source: ..} */
    WIO_TAKES_NUMBERS = 8,  /* a list of numbers */
    WIO_TAKES_MAP = 16,     /* a map with the keys of the row's section */
    WIO_TAKES_LIST = 32,    /* a list of such maps */
    WIO_TAKES_TEXTS = 64,   /* a list of texts */
    WIO_TAKES_KEYED = 128,  /* numbers by sector, group, category, year, ... */
    WIO_TAKES_COLUMN = 256, /* {column: NAME} of the table's files */
    WIO_TAKES_MIRROR = 512, /* {mirror: SCENARIO} */
    WIO_TAKES_SUM = 1024    /* a list of values of the other kinds, which are added */
};

/* Unit of a number: name, what is expected, as the message and the reference say it. */
#define WIO_UNIT_LIST(X)                                                                           \
    X(WIO_UNIT_NONE, "", "")                                                                       \
    X(WIO_UNIT_NUMBER, "number", "a number")                                                       \
    X(WIO_UNIT_NONNEGATIVE, "number >= 0", "a number that is not negative")                        \
    X(WIO_UNIT_SHARE, "share", "a share from 0 to 1 (or 0% to 100%)")                              \
    X(WIO_UNIT_RATE, "rate", "a rate such as 40% or 0.4")                                          \
    X(WIO_UNIT_POINTS, "points", "points such as 10pp")                                            \
    X(WIO_UNIT_CHANGE, "relative change", "a relative change such as -15%")                        \
    X(WIO_UNIT_YEAR, "year", "a year from 1900 to 2200")                                           \
    X(WIO_UNIT_COUNT, "whole number", "a whole number from 1 to 1000")                             \
    X(WIO_UNIT_MONEY, "money in `unit`", "an amount of money (a number; its unit is in `unit`)")

typedef enum wio_unit {
#define WIO_UNIT_ENUM(name, text, expected) name,
    WIO_UNIT_LIST(WIO_UNIT_ENUM)
#undef WIO_UNIT_ENUM
} wio_unit;

/* Facts of a study that decide which keys are required and which apply. Facts after LOCAL depend
 * on the shock and are checked where it is bound. */
#define WIO_FACT_LIST(X)                                                                           \
    X(WIO_FACT_NONE, "")                                                                           \
    X(WIO_FACT_ALWAYS, "always")                                                                   \
    X(WIO_FACT_PRICES, "prices: cost-push or at-border")                                           \
    X(WIO_FACT_COST_PUSH, "prices: cost-push")                                                     \
    X(WIO_FACT_UNNESTED, "prices: cost-push and substitution: none")                               \
    X(WIO_FACT_NESTED, "substitution: nested")                                                     \
    X(WIO_FACT_ENDOGENOUS, "households: endogenous")                                               \
    X(WIO_FACT_DISPOSABLE, "household_income: disposable, or revenue: households")                 \
    X(WIO_FACT_TARIFF, "a tariff")                                                                 \
    X(WIO_FACT_NESTED_TARIFF, "substitution: nested and a tariff")                                 \
    X(WIO_FACT_PURCHASE, "a purchase")                                                             \
    X(WIO_FACT_INVESTMENT, "an investment")                                                        \
    X(WIO_FACT_MONEY, "a shock with an amount of money")                                           \
    X(WIO_FACT_DATED, "a shock with years")                                                        \
    X(WIO_FACT_LOCAL, "")                                                                          \
    X(WIO_FACT_PARTNER, "a tariff that a partner puts on home's exports")                          \
    X(WIO_FACT_PURCHASER, "price_basis: purchaser")                                                \
    X(WIO_FACT_AMOUNTS, "amounts or total")                                                        \
    X(WIO_FACT_TOTAL, "total")                                                                     \
    X(WIO_FACT_RATE, "rate")                                                                       \
    X(WIO_FACT_CHANGE, "change")                                                                   \
    X(WIO_FACT_NEW_DEMAND, "displaces.new above 0")                                                \
    X(WIO_FACT_NET, "net: true")                                                                   \
    X(WIO_FACT_NO_FROM, "no `from`")                                                               \
    X(WIO_FACT_NO_USE, "no `use`")

typedef enum wio_fact {
#define WIO_FACT_ENUM(name, text) name,
    WIO_FACT_LIST(WIO_FACT_ENUM)
#undef WIO_FACT_ENUM
        WIO_FACTS
} wio_fact;

typedef struct wio_schema_row {
    const char *section; /* the map that holds the key; "study" is the document */
    const char *key;     /* "*": any other key, a name that the user chooses */
    unsigned takes;
    wio_unit unit;
    const char *words; /* "a|b|c" with WORD */
    const char *below; /* section of MAP and LIST */
    wio_fact required; /* NONE: optional */
    wio_fact applies;  /* NONE: everywhere */
    const char *text;  /* what it says, and the default of an optional key */
} wio_schema_row;

extern const wio_schema_row wio_schema[];
extern const size_t wio_schema_rows;

/* The row of a key, the "*" row when the section has one, or NULL. */
const wio_schema_row *wio_schema_find(const char *section, const char *key);
const char *wio_fact_text(wio_fact fact);
const char *wio_unit_text(wio_unit unit);

enum { WIO_REASON_SIZE = 240 };
/* text as a number of the unit; false with the reason ("expected ..., found ..."). */
bool wio_schema_number(double *value, char reason[WIO_REASON_SIZE], wio_unit unit,
                       const char *text);

/* Where the check reports, and what it has seen. */
typedef struct wio_schema_check {
    bool fact[WIO_FACTS];
    bool unknown[WIO_FACTS]; /* the key that decides it is wrong: nothing follows from it */
    void (*mistake)(void *context, size_t line, size_t column, const char *message);
    void (*source)(void *context, const char *text);
    void *context;
} wio_schema_check;

/* Fill the facts of a document, reading leniently: it was not checked yet. */
void wio_schema_facts(wio_schema_check *check, const wio_node *root);
/* Check a map against a section, with everything below it. */
void wio_schema_check_map(const wio_schema_check *check, const wio_node *map, const char *section);

#endif
