/* bilateral.c - trade by product, use and partner as an array, every line held against the table. */
#include "bilateral.h"

#include <stdio.h>
#include <string.h>

enum { MOST_NAMED = 20 };

typedef struct filing {
    wio_bilateral *b;
    const wio_table *t;
    const wio_trade *trade;
    wio_log *log;
    wio_error *err;
} filing;

static void wrong(filing *f, size_t k, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void wrong(filing *f, size_t k, const char *format, ...)
{
    const wio_trade *trade = f->trade;
    size_t line = trade->line != NULL ? trade->line[k] : 0;
    char message[300];
    if (++f->b->mistakes > MOST_NAMED) {
        return;
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(f->log, WIO_ERROR, trade->path, line, 0, "%s", message);
    wio_fail(f->err, WIO_E_TABLE, "%s%s%s", trade->path != NULL ? trade->path : "",
             trade->path != NULL ? ": " : "", message);
}

/* " (did you mean 'x'?)", or nothing. */
static const char *near(char text[120], const char *code, const wio_names *names)
{
    const char *nearest = wio_nearest(code, (const char *const *)names->code, names->count);
    (void)snprintf(text, 120, nearest != NULL ? " (did you mean '%.80s'?)" : "%s",
                   nearest != NULL ? nearest : "");
    return text;
}

/* Files a line for one use. */
static void put(filing *f, size_t k, size_t row, size_t use, size_t partner)
{
    wio_bilateral *b = f->b;
    size_t at = (row * b->uses + use) * b->partners + partner;
    if (b->at[at] != 0) {
        size_t first = f->trade->line != NULL ? f->trade->line[b->at[at] - 1] : b->at[at];
        wrong(f, k, "%s from or to %s for the same use is there twice (first at line %zu)",
              f->trade->sector[k], f->trade->partner[k], first);
        return;
    }
    b->at[at] = k + 1;
    b->value[at] = f->trade->value[k];
}

/* A use that is a code: every user with it. Whether there is one. */
static bool put_users(filing *f, size_t k, size_t row, const char *use, size_t partner)
{
    const wio_table *t = f->t;
    bool found = false;
    for (size_t u = 0; f->b->uses > WIO_USES && u < t->n + t->f; u++) {
        const char *code =
            u < t->n ? t->sector.code[t->origin_sector[u]] : t->use.code[t->final_use[u - t->n]];
        if (strcmp(code, use) == 0) {
            put(f, k, row, WIO_USES + u, partner);
            f->b->shared = f->b->shared || found;
            found = true;
        }
    }
    return found;
}

static void file_line(filing *f, size_t k, const size_t *row_of, const wio_names *partners)
{
    static const char *const CLASS[] = {"", "intermediate", "consumption", "capital"};
    const wio_trade *trade = f->trade;
    const char *use = trade->use != NULL ? trade->use[k] : "";
    char text[120];
    size_t sector = wio_names_find(&f->t->sector, trade->sector[k]);
    if (sector == SIZE_MAX) {
        wrong(f, k, "the table has no sector '%.80s'%s", trade->sector[k],
              near(text, trade->sector[k], &f->t->sector));
        return;
    }
    if (!(trade->value[k] >= 0.0) || trade->value[k] > 1e300) {
        wrong(f, k, "trade of %s is %g: it has to be a number that is not negative",
              trade->sector[k], trade->value[k]);
        return;
    }
    size_t row = row_of[sector], partner = wio_names_find(partners, trade->partner[k]);
    if (row == SIZE_MAX) {
        wio_find(f->log, WIO_WARNING, trade->path, trade->line != NULL ? trade->line[k] : 0, 0,
                 "%g million of %s is not used: the table does not trade it", trade->value[k],
                 trade->sector[k]);
        return;
    }
    wio_bilateral *b = f->b;
    size_t class = WIO_USE_OTHER;
    while (class < WIO_USE_ALL && strcmp(CLASS[class], use) != 0) {
        class ++;
    }
    b->by_use = b->by_use || *use != '\0';
    if (class < WIO_USE_ALL && (class == WIO_USE_OTHER || b->uses > WIO_USES)) {
        put(f, k, row, class, partner);
    } else if (!put_users(f, k, row, use, partner)) {
        wrong(f, k,
              "use '%.80s' is neither intermediate, consumption, capital nor a user of this table",
              use);
        return;
    }
    b->value[(row * b->uses + WIO_USE_ALL) * b->partners + partner] += trade->value[k];
    b->at[(row * b->uses + WIO_USE_ALL) * b->partners + partner] = k + 1;
}

wio_status wio_bilateral_make(wio_bilateral *out, const wio_table *table, const wio_trade *trade,
                              const size_t *row_of, size_t rows, const wio_names *partner,
                              bool users, wio_log *log, wio_error *err)
{
    wio_bilateral b = {.rows = rows,
                       .uses = WIO_USES + (users ? table->n + table->f : 0),
                       .partners = partner->count};
    size_t cells;
    if (__builtin_mul_overflow(rows, b.uses, &cells) ||
        __builtin_mul_overflow(cells, b.partners, &cells)) {
        return wio_fail(err, WIO_E_MEMORY, "trade of %zu sectors", rows);
    }
    b.value = wio_zalloc(cells, sizeof *b.value);
    b.at = wio_zalloc(cells, sizeof *b.at);
    if (b.value == NULL || b.at == NULL) {
        wio_bilateral_free(&b);
        return wio_fail(err, WIO_E_MEMORY, "trade of %zu sectors", rows);
    }
    filing f = {.b = &b, .t = table, .trade = trade, .log = log, .err = err};
    for (size_t k = 0; k < trade->count; k++) {
        file_line(&f, k, row_of, partner);
    }
    *out = b;
    return WIO_OK;
}

void wio_bilateral_free(wio_bilateral *bilateral)
{
    wio_free(bilateral->value);
    wio_free(bilateral->at);
    *bilateral = (wio_bilateral){0};
}

static bool has(const wio_bilateral *b, size_t row, size_t use)
{
    for (size_t p = 0; p < b->partners; p++) {
        if (b->at[(row * b->uses + use) * b->partners + p] != 0) {
            return true;
        }
    }
    return false;
}

/* The class of a user, as for the split into home-made and imported (MODEL 1.3). */
static size_t class_of(const wio_table *t, size_t user)
{
    if (user < t->n) {
        return WIO_USE_INTERMEDIATE;
    }
    wio_role role = t->use_role[t->final_use[user - t->n]];
    return role == WIO_ROLE_HOUSEHOLD || role == WIO_ROLE_GOVERNMENT   ? WIO_USE_CONSUMPTION
           : role == WIO_ROLE_INVESTMENT || role == WIO_ROLE_INVENTORY ? WIO_USE_CAPITAL
                                                                       : WIO_USE_OTHER;
}

size_t wio_bilateral_use(const wio_bilateral *b, const wio_table *table, size_t row, size_t user)
{
    const size_t order[] = {WIO_USES + user, class_of(table, user), WIO_USE_OTHER, WIO_USE_ALL};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        if (order[k] < b->uses && has(b, row, order[k])) {
            return order[k];
        }
    }
    return SIZE_MAX;
}

const double *wio_bilateral_values(const wio_bilateral *b, size_t row, size_t use)
{
    return b->value + (row * b->uses + use) * b->partners;
}

double wio_bilateral_total(const wio_bilateral *b, size_t row, size_t use)
{
    return wio_sum(wio_bilateral_values(b, row, use), b->partners, 1);
}
