/* balance_check.c - targets that no scaling can meet, found before the work and named.
 *
 *   - a row (column) without a cell that may change, or with cells of the wrong sign alone;
 *   - targets that do not add up: sum of u = sum of v is needed, in all and in every block of rows
 *     and columns that trades with no other (connected by nonzero cells), because every cell is in
 *     one row and one column of the same block;
 *   - within a block, cells of one sign: rows I sell only to columns N(I), so that
 *     sum of u over I <= sum of v over N(I) (Gale's condition). If RAS diverges, its row factors
 *     grow without bound on such an I, so the sets to try are the rows of the largest factors. */
#include "balance.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_NAMED = 10, NAMES_IN_A_LINE = 6 };

void wio_balance_name(wio_text *text, const balance *b, bool column, size_t index)
{
    const char *const *name = column ? b->options->column_name : b->options->row_name;
    if (name != NULL) {
        wio_text_add(text, "%s", name[index]);
    } else {
        wio_text_add(text, "%zu", index + 1);
    }
}

/* Logs an offender as an error. */
__attribute__((format(printf, 2, 3))) static void blame(balance *b, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(b->log, WIO_ERROR, NULL, 0, 0, "%s", message);
    wio_fail(b->err, WIO_E_TABLE, "%s", message);
}

static const char *number(char buffer[WIO_NUMBER_SIZE], double value)
{
    (void)snprintf(buffer, WIO_NUMBER_SIZE, "%.10g", value);
    return buffer;
}

/* z 0 is 0, or not a number. */
BALANCE_WIDE static unsigned char row_sign(const double *z, size_t count)
{
    balance_quad zero = {0.0};
    balance_mask above = {0}, below = {0};
    size_t j = 0;
    for (; j + 4 <= count; j += 4) {
        balance_quad here = *(const balance_quad *)(z + j);
        zero += here * 0.0;
        above |= here > 0.0;
        below |= here < 0.0;
    }
    for (; j < count; j++) {
        zero[0] += z[j] * 0.0;
        above[0] |= z[j] > 0.0;
        below[0] |= z[j] < 0.0;
    }
    unsigned sign = 0;
    for (size_t l = 0; l < 4; l++) {
        sign |= (zero[l] == 0.0 ? 0U : (unsigned)WIO_BROKEN) |
                (above[l] != 0 ? (unsigned)WIO_POSITIVE : 0U) |
                (below[l] != 0 ? (unsigned)WIO_NEGATIVE : 0U);
    }
    return (unsigned char)sign;
}

/* Rows until every column has shown all that a cell can be. */
static void column_signs(balance *b, const double *Z)
{
    const unsigned char all = b->negative ? WIO_POSITIVE | WIO_NEGATIVE : WIO_POSITIVE;
    unsigned char *column = b->sign + b->rows;
    size_t open = b->columns;
    for (size_t j = 0; j < b->columns; j++) {
        column[j] = 0;
    }
    for (size_t i = 0; i < b->rows && open != 0; i++) {
        const double *z = Z + i * b->columns;
        for (size_t j = 0; j < b->columns; j++) {
            unsigned char before = column[j];
            column[j] |= z[j] > 0.0 ? WIO_POSITIVE : z[j] < 0.0 ? WIO_NEGATIVE : 0;
            open -= before != all && column[j] == all;
        }
    }
}

void wio_balance_signs(balance *b, const double *Z)
{
    int threads = omp_in_parallel() ? 1 : b->threads;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < b->rows; i++) {
        b->sign[i] = row_sign(Z + i * b->columns, b->columns);
    }
    b->negative = false;
    for (size_t i = 0; i < b->rows; i++) {
        b->negative = b->negative || (b->sign[i] & WIO_NEGATIVE) != 0;
    }
}

static size_t blame_lines(balance *b, bool column, const unsigned char *sign)
{
    const size_t count = column ? b->columns : b->rows;
    const double *target = column ? b->v : b->u;
    const double floor = b->tolerance * (column ? b->column_floor : b->row_floor);
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const char *problem = sign[i] == 0 && fabs(target[i]) > floor ? "no cell that may change"
                              : sign[i] == WIO_POSITIVE && target[i] < -floor
                                  ? "positive cells only"
                              : sign[i] == WIO_NEGATIVE && target[i] > floor ? "negative cells only"
                                                                             : NULL;
        if (problem == NULL || ++wrong > MOST_NAMED) {
            continue;
        }
        wio_text name = {0};
        char value[WIO_NUMBER_SIZE];
        wio_balance_name(&name, b, column, i);
        blame(b, "%s %s has %s, but is to sum to %s", column ? "column" : "row",
              name.failed ? "?" : name.data, problem, number(value, target[i]));
        wio_text_free(&name);
    }
    if (wrong > MOST_NAMED) {
        blame(b, "%zu more %s cannot reach their targets", wrong - MOST_NAMED,
              column ? "columns" : "rows");
    }
    return wrong;
}

static size_t root_of(size_t *parent, size_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* Blocks: rows 0.., columns rows.. joined by the cells that are not 0; the root is the smallest. */
static void join(size_t *parent, const balance *b)
{
    for (size_t i = 0; i < b->rows + b->columns; i++) {
        parent[i] = i;
    }
    size_t blocks = b->rows + b->columns;
    for (size_t i = 0; i < b->rows && blocks > 1; i++) {
        /* Rows to come are blocks of their own; once the rest is one, a row needs only one cell. */
        bool one = blocks - (b->rows - i) == 1;
        for (size_t j = 0; j < b->columns; j++) {
            if (b->W[i * b->columns + j] != 0.0) {
                size_t x = root_of(parent, i), y = root_of(parent, b->rows + j);
                blocks -= x != y;
                parent[x > y ? x : y] = x > y ? y : x;
                if (one) {
                    break;
                }
            }
        }
    }
}

/* "A, B, C and 4 more" of the lines for which take[i] == key. */
static void add_names(wio_text *text, const balance *b, bool column, const size_t *take, size_t key)
{
    const size_t count = column ? b->columns : b->rows;
    size_t named = 0;
    for (size_t i = 0; i < count; i++) {
        if (take[i] != key) {
            continue;
        }
        if (named < NAMES_IN_A_LINE) {
            wio_text_add(text, named == 0 ? "" : ", ");
            wio_balance_name(text, b, column, i);
        }
        named++;
    }
    if (named > NAMES_IN_A_LINE) {
        wio_text_add(text, " and %zu more", named - NAMES_IN_A_LINE);
    }
}

static void blame_block(balance *b, const size_t *parent, size_t root, double up, double vp)
{
    wio_text text = {0};
    char a[WIO_NUMBER_SIZE], c[WIO_NUMBER_SIZE], d[WIO_NUMBER_SIZE];
    wio_text_add(&text, "rows ");
    add_names(&text, b, false, parent, root);
    wio_text_add(&text, " trade only with columns ");
    add_names(&text, b, true, parent + b->rows, root);
    blame(b, "%s, but the rows are to sum to %s and the columns to %s (%s)",
          text.failed ? "rows" : text.data, number(a, up), number(c, vp), number(d, up - vp));
    wio_text_free(&text);
}

/* The sums of every block's targets. sum [2 x (rows + columns)] is scratch. */
static size_t blame_blocks(balance *b, const size_t *parent, double *sum)
{
    const size_t lines = b->rows + b->columns;
    double *mass = sum + lines; /* |targets| of a block: what a difference is relative to */
    size_t wrong = 0, blocks = 0;
    double up = 0.0, total = 0.0;
    for (size_t i = 0; i < lines; i++) {
        size_t root = parent[i];
        double target = i < b->rows ? b->u[i] : b->v[i - b->rows];
        sum[root] += i < b->rows ? target : -target;
        mass[root] += fabs(target);
        up += i < b->rows ? target : 0.0;
        total += i < b->rows ? target : -target;
        blocks += root == i;
    }
    double limit = b->tolerance * fmax(b->row_floor, b->column_floor) * 1e9;
    if (fabs(total) > limit) {
        char a[WIO_NUMBER_SIZE], c[WIO_NUMBER_SIZE], d[WIO_NUMBER_SIZE];
        blame(b,
              "the rows are to sum to %s in all and the columns to %s (%s): both are "
              "the sum of every cell; correct a target, or let KRAS move targets by "
              "their standard errors",
              number(a, up), number(c, up - total), number(d, total));
        wrong++;
    }
    for (size_t i = 0; i < lines && blocks > 1; i++) {
        if (parent[i] != i || b->sign[i] == 0 ||
            fabs(sum[i]) <= b->tolerance * mass[i] + 1e-9 * limit) {
            continue;
        }
        double rows = 0.0;
        for (size_t k = 0; k < b->rows; k++) {
            rows += parent[k] == i ? b->u[k] : 0.0;
        }
        if (++wrong <= MOST_NAMED) {
            blame_block(b, parent, i, rows, rows - sum[i]);
        }
    }
    return wrong;
}

wio_status wio_balance_feasible(balance *b)
{
    const size_t lines = b->rows + b->columns;
    size_t *parent = wio_alloc(lines, sizeof *parent);
    double *sum = wio_zalloc(2 * lines, sizeof *sum);
    size_t wrong = 0;
    bool enough = parent != NULL && sum != NULL;
    if (enough) {
        if (b->own != NULL) { /* else the rows are known already */
            wio_balance_signs(b, b->W);
        }
        column_signs(b, b->W);
        wrong += blame_lines(b, false, b->sign);
        wrong += blame_lines(b, true, b->sign + b->rows);
        join(parent, b);
        for (size_t i = 0; i < lines; i++) {
            parent[i] = root_of(parent, i);
        }
        wrong += blame_blocks(b, parent, sum);
    }
    wio_free(sum);
    wio_free(parent);
    if (!enough) {
        return wio_fail(b->err, WIO_E_MEMORY, "%zu rows and columns", lines);
    }
    return wrong == 0 ? WIO_OK : WIO_E_TABLE;
}

typedef struct ranked {
    double factor;
    size_t line;
} ranked;

static int largest_first(const void *x, const void *y)
{
    const ranked *a = x, *b = y;
    if (a->factor != b->factor) {
        return a->factor < b->factor ? 1 : -1;
    }
    return a->line > b->line ? 1 : -1;
}

/* The rows of the largest factors, one more at a time: the first set that its columns cannot take.
 * in [rows + columns] marks the set. */
static bool blocked_set(balance *b, const ranked *order, size_t *in, double *up, double *vp)
{
    const double slack = 1e3 * b->tolerance;
    *up = *vp = 0.0;
    for (size_t k = 0; k + 1 < b->rows; k++) {
        size_t i = order[k].line;
        in[i] = 1;
        *up += b->u[i];
        for (size_t j = 0; j < b->columns; j++) {
            if (b->W[i * b->columns + j] != 0.0 && in[b->rows + j] == 0) {
                in[b->rows + j] = 1;
                *vp += b->v[j];
            }
        }
        if (*up - *vp > slack * fmax(fabs(*up), b->row_floor * 1e9)) {
            return true;
        }
    }
    return false;
}

wio_status wio_balance_blocked(balance *b)
{
    ranked *order = wio_alloc(b->rows, sizeof *order);
    size_t *in = wio_zalloc(b->rows + b->columns, sizeof *in);
    wio_status status = WIO_OK;
    if (order == NULL || in == NULL) {
        status = wio_fail(b->err, WIO_E_MEMORY, "%zu rows", b->rows);
    } else {
        for (size_t i = 0; i < b->rows; i++) {
            order[i] = (ranked){.factor = isnan(b->r[i]) ? HUGE_VAL : b->r[i], .line = i};
        }
        qsort(order, b->rows, sizeof *order, largest_first);
        double up, vp;
        if (blocked_set(b, order, in, &up, &vp)) {
            wio_text text = {0};
            char a[WIO_NUMBER_SIZE], c[WIO_NUMBER_SIZE];
            wio_text_add(&text, "rows ");
            add_names(&text, b, false, in, 1);
            wio_text_add(&text, " are to sum to %s, but sell only to columns ", number(a, up));
            add_names(&text, b, true, in + b->rows, 1);
            blame(b, "%s, which are to sum to %s", text.failed ? "rows" : text.data, number(c, vp));
            wio_text_free(&text);
            status = WIO_E_TABLE;
        }
    }
    wio_free(in);
    wio_free(order);
    return status;
}
