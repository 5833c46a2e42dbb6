/* xlsx.h - what the two files that read a workbook share: xlsx.c opens the archive and reads what is
 * of the whole workbook (sheets, styles, shared strings), xlsx_sheet.c the cells of one sheet. */
#ifndef WIO_XLSX_H
#define WIO_XLSX_H

#include "io.h"

#include <expat.h>
#include <zip.h>

enum {
    WIO_XLSX_ROWS = 1048576, /* the format's own limits */
    WIO_XLSX_COLUMNS = 16384,
    WIO_XLSX_TEXT = 64 * 1024 /* bytes of one cell */
};

typedef struct wio_book {
    const char *file;
    zip_t *zip;
    size_t length; /* of the archive: no member is larger when packed */
    wio_log *log;
    wio_error *err;
    wio_text pool;  /* every text, NUL-terminated one after the other; "" first */
    size_t strings; /* shared strings */
    size_t string_capacity;
    size_t *string; /* [strings] where in the pool */
    size_t styles;
    size_t style_capacity;
    bool *date; /* [styles] a number with this style is a date or a time */
    size_t formats, format_capacity;
    unsigned long *format; /* [formats] numbers of the book's own formats that are dates */
} wio_book;

/* One member being parsed: the handlers set status and stop the parser. */
typedef struct wio_member {
    wio_book *book;
    const char *name;
    XML_Parser parser;
    wio_status status;
    void *own; /* the handlers' own */
} wio_member;

typedef struct wio_handlers {
    void (*start)(wio_member *member, const char *element, const char **attribute);
    void (*end)(wio_member *member, const char *element);
    void (*text)(wio_member *member, const char *text, size_t length);
} wio_handlers;

/* Inflates and parses a member by its exact name. Sizes, ratio and DOCTYPE are refused while it
 * goes on. Errors: FORMAT, MEMORY, and what a handler says. */
wio_status wio_member_parse(wio_book *book, const char *name, const wio_handlers *handlers,
                            void *own);
/* A mistake that ends the parsing. */
void wio_member_stop(wio_member *member, wio_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The value of an attribute by its name without prefix, or NULL. */
const char *wio_attribute(const char **attribute, const char *name);
/* Adds a text to the pool. False: no memory. */
bool wio_pool_add(size_t *at, wio_book *book, const char *text, size_t length);
/* The whole of a text as a number from 0 to `most`. */
bool wio_whole(size_t *value, const char *text, size_t most);

/* The cells of a member that is a sheet called `name`. */
wio_status wio_xlsx_sheet(wio_csv *out, wio_book *book, const char *member, const char *name);

#endif
