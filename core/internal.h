/* internal.h - shared by the library's own files; never installed. */
#ifndef WIO_INTERNAL_H
#define WIO_INTERNAL_H

#include "wassily.h"

#include <stdarg.h>
#include <stdint.h>

/* Record the first failure and hand its status back: return wio_fail(err, ...). */
wio_status wio_fail(wio_error *err, wio_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* it does not look into another file: the status is what was given */
#define wio_fail(err, status, ...) ((void)(wio_fail)(err, status, __VA_ARGS__), (status))
#endif

#define WIO_TRY(expr)                                                                              \
    do {                                                                                           \
        wio_status wio_try_status_ = (expr);                                                       \
        if (wio_try_status_ != WIO_OK) {                                                           \
            return wio_try_status_;                                                                \
        }                                                                                          \
    } while (0)

/* --- memory (memory.c): the library's only malloc --------------------------------------------- */

/* count*size bytes aligned to 64, not initialised; NULL on overflow or exhaustion. count 0 gives
 * a valid pointer. Freed by wio_free. wio_zalloc zeroes. */
void *wio_alloc(size_t count, size_t size);
void *wio_zalloc(size_t count, size_t size);
/* Grow to count elements, keeping `used`; on failure NULL and the old block is kept. */
void *wio_grow(void *old, size_t used, size_t count, size_t size);
char *wio_strdup(const char *text);
char *wio_strndup(const char *text, size_t length);

/* Tests only: let the next `count` allocations succeed, then fail; -1 turns it off. */
extern _Atomic long wio_alloc_budget;
extern _Atomic long wio_alloc_live; /* blocks now allocated */

/* Bytes now allocated here, and the most since wio_alloc_mark. */
extern _Atomic size_t wio_alloc_bytes, wio_alloc_most;
void wio_alloc_mark(void);
/* Bytes that this process may still allocate: the least of the machine's memory, the limits of
 * address space and data (ulimit) and those of its control groups, less what is allocated. */
double wio_memory_left(void);
/* MEMORY, with the bytes, when `what` needs more than is left: asked before a large job starts. */
wio_status wio_memory_need(double bytes, const char *what, wio_error *err);

double wio_clock(void); /* seconds, for differences */

/* Many arrays with one end of life: take what is needed, look at `failed` once, free all. */
typedef struct wio_arena {
    void **block;
    size_t count, capacity;
    bool failed;
} wio_arena;
double *wio_take(wio_arena *arena, size_t count); /* zeroed doubles, NULL once failed */
void wio_arena_free(wio_arena *arena);

/* --- text (text.c): a growing string ------------------------------------------------------------ */

typedef struct wio_text {
    char *data; /* NUL-terminated once something was added */
    size_t length, capacity;
    bool failed; /* out of memory: further additions do nothing */
} wio_text;

void wio_text_add(wio_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wio_text_add_bytes(wio_text *text, const char *bytes, size_t length);
/* Hand the string over (never NULL on WIO_OK), or MEMORY. */
wio_status wio_text_take(char **out, wio_text *text, wio_error *err);
void wio_text_free(wio_text *text);

/* First byte of text[0..length) that is zero or belongs to no UTF-8 character; length: none. */
size_t wio_text_wrong(const char *text, size_t length);
/* Whether an accent stands by itself (U+0300 to U+036F): the text is not in Unicode's form NFC and
 * equals no text with the accented letter, though both look alike. */
bool wio_text_combining(const char *text);
/* Escape control characters, bidi controls and invalid UTF-8 for a terminal. */
void wio_text_add_safe(wio_text *text, const char *unsafe);

/* --- number (number.c): numbers without a locale, correctly rounded (more in wassily.h) --------- */

typedef enum wio_number {
    WIO_NUMBER_GOOD,
    WIO_NUMBER_TINY,      /* below 2^-1022: digits are lost, perhaps all */
    WIO_NUMBER_BAD,       /* no number begins here */
    WIO_NUMBER_TRAILING,  /* a number, and something after it */
    WIO_NUMBER_HUGE,      /* beyond the largest double */
    WIO_NUMBER_AMBIGUOUS, /* 1.234 where nobody said what the point is */
    WIO_NUMBERS
} wio_number;

/* How numbers are written. decimal 0: '.', but 1.234 and 1,234 are ambiguous. */
typedef struct wio_number_form {
    char decimal;   /* '.', ',' or 0 */
    char thousands; /* separates groups of three digits; 0: none */
} wio_number_form;

/* The number that begins at text, with `mark` for a decimal point; where it ends, or NULL. *value
 * is infinite when HUGE. Reads nothing from `end` on. */
const char *wio_scan_number(double *value, wio_number *kind, const char *text, const char *end,
                            char mark);
/* The whole of text[0..length) as a number; *value is set when GOOD or TINY. */
wio_number wio_read_number(double *value, const char *text, size_t length,
                           const wio_number_form *form);
/* Fixed digits after the point, '.' in every locale, -0 printed as 0. */
const char *wio_format_fixed(char buffer[WIO_NUMBER_SIZE + 320], double value, int digits);

/* --- log (log.c) ------------------------------------------------------------------------------ */

/* Add a finding; does nothing without a log. Returns `status` so that a reader can go on:
 *     status = wio_find(log, WIO_ERROR, file, line, column, WIO_E_FORMAT, "..."). An ERROR is also
 * the first failure of err when err is given through wio_log_fail. */
void wio_find(wio_log *log, wio_severity severity, const char *file, size_t line, size_t column,
              const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The file has errors in the log: err gets the first of them and how many more there are. */
wio_status wio_log_fail(wio_error *err, wio_status status, const wio_log *log);

/* --- names (names.c): labels found by hash ------------------------------------------------------ */

typedef struct wio_names {
    size_t count;
    char **code;  /* [count] owned, unique */
    char **name;  /* [count] owned */
    size_t *slot; /* hash table, private */
    size_t slots;
    size_t capacity;
} wio_names;

/* Adds a label. TABLE (without a message: the caller knows where) when it is there, MEMORY. */
wio_status wio_names_add(wio_names *names, const char *code, const char *name);
size_t wio_names_find(const wio_names *names, const char *code); /* SIZE_MAX when absent */
/* The same for many: they wait for memory together, where a million labels are in no cache. */
void wio_names_find_all(size_t *index, const wio_names *names, const char *const *code,
                        size_t count);
void wio_names_free(wio_names *names);

/* --- sums (sums.c): fixed order, compensated, the same for any number of threads --------------- */

double wio_sum(const double *v, size_t count, size_t stride);
/* More terms onto a sum that is total + lost (zeros at first): in one or in many parts the same bits. */
void wio_sum_add(double *total, double *lost, const double *v, size_t count, size_t stride);
double wio_dot(const double *a, const double *b, size_t count);
/* Sums of the columns and of the rows of V [rows x columns], each with the bits of wio_sum; all
 * threads where the matrix is large. */
void wio_column_sums(double *sum, size_t rows, size_t columns, const double *V);
void wio_row_sums(double *sum, size_t rows, size_t columns, const double *V);
/* More rows onto sums of columns that are total + lost [columns each, zeros at first]: in one or in
 * many parts the same bits. */
void wio_column_sums_add(double *total, double *lost, size_t rows, size_t columns, const double *V);

/* --- threads (threads.c) ----------------------------------------------------------------------- */

int wio_threads(int asked); /* the number to use; never touches OpenMP state */

/* --- check-up (checkup.c) ------------------------------------------------------------------------ */

/* Add a line; advice "" is none. MEMORY. */
wio_status wio_checkup_add(wio_checkup *checkup, wio_severity severity, const char *subject,
                           const char *advice, wio_error *err, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* --- digest (digest.c) -------------------------------------------------------------------------- */

enum { WIO_DIGEST_SIZE = 65 };
void wio_digest(char hex[WIO_DIGEST_SIZE], const void *bytes, size_t length); /* SHA-256 */
/* The same of bytes that come in pieces: how many there are at *bytes now, 0 at the end. */
typedef size_t wio_next_piece(void *context, const void **bytes);
void wio_digest_pieces(char hex[WIO_DIGEST_SIZE], wio_next_piece *next, void *context);

#endif
