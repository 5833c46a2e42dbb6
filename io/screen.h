/* screen.h - shared by the files io/screen*.c: the answer as an economist reads it.
 *
 * Everything is found in the result by name, so a result that was read back from its file prints
 * the same text. Rows are collected first and printed in blocks of scenarios side by side. */
#ifndef WIO_SCREEN_H
#define WIO_SCREEN_H

#include "io.h"

enum {
    WIO_CELL_SIZE = 48,
    WIO_LABEL_SIZE = 96,
    WIO_LINE_SIZE = 256,
    WIO_ROWS = 64,         /* rows of the first table */
    WIO_SCREEN_LINES = 45, /* of a study with up to two scenarios */
    WIO_FOOT_LEAST = 4,    /* of them for limits and certificate */
    WIO_FOOT = 5,          /* with some room for the limits */
    WIO_HALF_ROWS = 9      /* lines of a list that shares its line with another */
};

typedef enum wio_ink {
    WIO_INK_PLAIN,
    WIO_INK_BOLD,
    WIO_INK_SIGN,    /* green for +, red for - */
    WIO_INK_HEADLINE /* label bold, numbers as SIGN */
} wio_ink;

typedef struct wio_row {
    char label[WIO_LABEL_SIZE];
    wio_ink ink;
    char (*cell)[WIO_CELL_SIZE]; /* [scenarios] */
} wio_row;

/* One line of a list that takes half the width. */
typedef struct wio_half {
    char label[WIO_LABEL_SIZE];
    char value[WIO_CELL_SIZE];
} wio_half;

typedef struct wio_half_list {
    size_t count;
    char title[WIO_LABEL_SIZE];
    wio_half line[WIO_HALF_ROWS];
} wio_half_list;

typedef struct wio_screen {
    const wio_result *result;
    wio_text text;
    size_t width, line; /* line: where the last line starts in text */
    bool colour;
    size_t scenarios, columns; /* columns: scenarios side by side */
    const char *const *scenario;
    size_t homes;
    const char *const *home; /* codes */
    char currency[16];       /* "$" or "EUR " */
    wio_row *row;            /* [WIO_ROWS + 1], the last one never printed */
    size_t rows;
    char (*cells)[WIO_CELL_SIZE];
    double *value;       /* [scenarios] what is printed next */
    const char *missing; /* what a NaN of value[] is called */
    double scale;        /* of the last row of money */
} wio_screen;

/* --- screen_number.c: numbers and text ---------------------------------------------------------- */

/* Printable ASCII of any UTF-8 text, cut to size - 1. */
void wio_screen_ascii(char *out, size_t size, const char *text);
/* "1,234.5": grouped thousands; signed: '+' before a positive number. */
void wio_screen_fixed(char out[WIO_CELL_SIZE], double value, int digits, bool with_sign);
/* Persons, rounded to 1,000 from a million on, to 100 from 10,000 and to 10 from 1,000. */
void wio_screen_persons(char out[WIO_CELL_SIZE], double value, bool with_sign);
/* Money in its unit with one decimal, two below one. */
void wio_screen_money(char out[WIO_CELL_SIZE], double value, bool with_sign);
/* A relative change as percent. */
void wio_screen_percent(char out[WIO_CELL_SIZE], double value, bool with_sign);
/* Digits after the point with which `largest` shows three or four figures. */
int wio_screen_digits(double largest);
/* The next power of ten at or above a small positive number: "1e-11". */
void wio_screen_bound(char out[WIO_CELL_SIZE], double bound);

/* --- screen_rows.c: lines, and the table with a column per scenario ------------------------------ */

/* Text padded to width (0: as it is), on the right of the field when `right`. */
void wio_screen_put(wio_screen *screen, const char *text, size_t width, bool right, wio_ink ink);
void wio_screen_end(wio_screen *screen); /* end of line, spaces before it removed */
void wio_screen_say(wio_screen *screen, wio_ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Text broken at words to at most `lines` lines (0: as many as it takes). False when it was cut. */
bool wio_screen_wrap(wio_screen *screen, wio_ink ink, const char *text, size_t lines);
/* How many lines that takes. */
size_t wio_screen_wrapped(const wio_screen *screen, const char *text);
/* Cut a name to width, at a word when that leaves two thirds of it. */
void wio_screen_fit(char *text, size_t width);
size_t wio_screen_lines(const wio_screen *screen);
/* Lines left on the page above its last `below` ones; many when the page has no bound. */
size_t wio_screen_room(const wio_screen *screen, size_t below);
/* Width of the labels of the table. */
size_t wio_screen_label(const wio_screen *screen);

/* Sum over the slab of a scenario; `second` and `third` pick one position or SIZE_MAX for all.
 * Missing elements are left out; NaN when nothing is known. */
double wio_screen_sum(const wio_variable *variable, size_t scenario, size_t second, size_t third);
/* The variable when it has scenarios first, else NULL. */
const wio_variable *wio_screen_find(const wio_screen *screen, const char *name);
/* Fill value[] with such sums. False when the result has no such variable and does not say that it
 * is not modelled; true and all NaN when it says so. */
bool wio_screen_take(wio_screen *screen, const char *name, size_t second, size_t third);
/* The same over the positions of the last dimension whose label is `want` (or is not). */
bool wio_screen_take_where(wio_screen *screen, const char *name, const char *labels,
                           const char *want, bool equal);
/* What the jobs of a scenario are: "gross", "net of displaced"; NULL when it is not said. */
const char *wio_screen_counted(const wio_screen *screen, size_t scenario);
/* "China" for CHN where the result says so and the name is short, else the code. */
const char *wio_screen_region(const wio_screen *screen, const char *code);
/* Is some value[] known and not zero? */
bool wio_screen_any(const wio_screen *screen);

/* Equal but for rounding. */
bool wio_screen_same(double a, double b);
/* Does some scenario have a duty of home? True when the result does not say. */
bool wio_screen_duty(const wio_screen *screen);

/* Rows from value[]. Labels of money get their unit; one that starts with a space is an item of
 * the row above and shares its unit. */
wio_row *wio_screen_row(wio_screen *screen, wio_ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void wio_screen_row_persons(wio_screen *screen, wio_ink ink, const char *label, bool with_sign);
void wio_screen_row_money(wio_screen *screen, wio_ink ink, const char *label, const char *suffix,
                          bool with_sign);
void wio_screen_row_percent(wio_screen *screen, wio_ink ink, const char *label);
/* Million of money to billion when a number is that large: the divisor. */
double wio_screen_scale(const double *value, size_t count);
const char *wio_screen_unit(const wio_screen *screen, double scale, char unit[32]);

/* Print the rows with the scenarios as columns, in blocks, and forget them. */
void wio_screen_table(wio_screen *screen);
/* Two lists side by side; an empty one leaves its half out. */
void wio_screen_halves(wio_screen *screen, const wio_half_list *left, const wio_half_list *right);

/* --- the parts, in the order of the page ---------------------------------------------------------- */

void wio_screen_head(wio_screen *screen);                   /* screen_head.c: assumptions */
void wio_screen_foot(wio_screen *screen, const char *path); /* screen_head.c: limits, certificate */
void wio_screen_certificate(wio_screen *screen, const char *path);
void wio_screen_effects(wio_screen *screen);  /* screen_effects.c: jobs, prices, duties, trade */
void wio_screen_projects(wio_screen *screen); /* screen_years.c: plants and purchases, totals */
void wio_screen_years(wio_screen *screen);    /* screen_years.c: the same by year */
void wio_screen_reasons(wio_screen *screen);  /* screen_reasons.c: channels, cases, sectors */
void wio_screen_plain(wio_screen *screen, const char *path); /* screen_plain.c: one line each */

#endif
