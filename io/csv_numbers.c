/* csv_numbers.c - a matrix of numbers straight from the text, on all threads.
 *
 * The rows are dealt into chunks of about 1 MB of text whatever the number of threads; each chunk
 * writes its own numbers and keeps its own problems, and the problems are put together in the order
 * of the chunks. So the same text gives the same bits and the same findings on any machine. */
#include "io.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { CHUNK = 1 << 20 };

typedef struct chunk {
    size_t first, end; /* rows */
    wio_csv_problems found;
} chunk;

typedef struct job {
    const wio_csv *csv;
    const size_t *index;
    size_t columns;
    const wio_csv_target *target;
    const wio_number_policy *policy;
} job;

/* --- problems ------------------------------------------------------------------------------------------ */

static void note(wio_csv_tally *tally, size_t row, size_t column)
{
    if (tally->count++ == 0) {
        tally->row = row;
        tally->column = column;
    }
}

static void keep(wio_csv_problems *to, wio_csv_problem problem)
{
    if (to->total++ >= WIO_PROBLEMS_NAMED || to->failed) {
        return;
    }
    if (to->problem == NULL) {
        to->problem = wio_alloc(WIO_PROBLEMS_NAMED, sizeof *to->problem);
    }
    if (to->problem == NULL) {
        to->failed = true;
        return;
    }
    to->problem[to->named++] = problem;
}

static void add_tally(wio_csv_tally *to, const wio_csv_tally *from)
{
    if (to->count == 0) {
        *to = *from;
    } else {
        to->count += from->count;
    }
}

/* `from` follows `to` in the text. */
static void join(wio_csv_problems *to, const wio_csv_problems *from)
{
    size_t total = to->total + from->total;
    to->failed = to->failed || from->failed;
    for (size_t i = 0; i < from->named; i++) {
        keep(to, from->problem[i]);
    }
    to->total = total;
    add_tally(&to->tiny, &from->tiny);
    add_tally(&to->spaces, &from->spaces);
    add_tally(&to->zeros, &from->zeros);
    add_tally(&to->missing, &from->missing);
    add_tally(&to->texts, &from->texts);
}

void wio_csv_problems_clear(wio_csv_problems *problems)
{
    wio_free(problems->problem);
    *problems = (wio_csv_problems){0};
}

/* --- one cell ------------------------------------------------------------------------------------------- */

static bool is_one_of(const char *text, size_t length, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i]) == length && memcmp(list[i], text, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

void wio_csv_number(double *to, const char *text, size_t length, size_t row, size_t column,
                    const wio_number_policy *policy, wio_csv_problems *found)
{
    const char *whole = text;
    size_t whole_length = length;
    double value = NAN;
    while (policy->trim && length != 0 && is_space(*text)) {
        text++;
        length--;
    }
    while (policy->trim && length != 0 && is_space(text[length - 1])) {
        length--;
    }
    if (is_one_of(text, length, policy->zero, policy->zeros)) {
        note(&found->zeros, row, column);
        *to = 0.0;
    } else if (is_one_of(text, length, policy->missing, policy->missings)) {
        note(&found->missing, row, column);
        *to = NAN;
        if (!policy->may_miss) {
            keep(found, (wio_csv_problem){row, column, WIO_CELL_MISSING, text, length});
        }
    } else if (length == 0) {
        *to = NAN;
        keep(found, (wio_csv_problem){row, column, WIO_CELL_EMPTY, whole, whole_length});
    } else {
        wio_number kind = wio_read_number(&value, text, length, &policy->form);
        bool good = kind == WIO_NUMBER_GOOD || kind == WIO_NUMBER_TINY;
        *to = good ? value : 0.0;
        if (kind == WIO_NUMBER_TINY) {
            note(&found->tiny, row, column);
        } else if (!good) {
            keep(found, (wio_csv_problem){row, column, (int)kind, whole, whole_length});
        }
    }
    if (length != whole_length) {
        note(&found->spaces, row, column);
    }
}

/* --- one row ------------------------------------------------------------------------------------------- */

/* Where a cell ends that begins at `at`: at a delimiter outside quotes, or at the end. */
static const char *cell_end(const char *at, const char *end, char delimiter)
{
    if (at < end && *at == '"') {
        for (at++; at < end; at++) {
            if (*at == '"' && (at + 1 == end || at[1] != '"')) {
                break;
            }
            at += *at == '"';
        }
    }
    const char *stop = at < end ? memchr(at, delimiter, (size_t)(end - at)) : NULL;
    return stop != NULL ? stop : end;
}

/* A cell that is no bare number: quoted, with separators of thousands, empty, missing or wrong. */
static void slow_cell(const job *j, double *to, const char *at, const char *stop, size_t row,
                      size_t column, wio_csv_problems *found)
{
    size_t length = (size_t)(stop - at);
    if (length != 0 && at[0] == '"') {
        if (length < 2 || at[length - 1] != '"') {
            *to = 0.0;
            keep(found, (wio_csv_problem){row, column, WIO_CELL_QUOTE, at, length});
            return;
        }
        at++;
        length -= 2;
    }
    wio_csv_number(to, at, length, row, column, j->policy, found);
}

/* The numbers behind the label cells of a row. */
static void read_rest(const job *j, size_t row, wio_csv_problems *found)
{
    const wio_csv *csv = j->csv;
    const char *at = csv->rest[row]; /* NULL in a row of labels alone */
    const char *end = at != NULL ? at + csv->rest_length[row] : NULL;
    const wio_number_form *form = &j->policy->form;
    bool plain = form->decimal != '\0' && form->thousands == '\0';
    size_t labels = csv->columns[row], index = j->index[row], cells = 0;
    for (bool more = at != NULL; more; cells++) {
        const wio_csv_target *target = cells < j->columns ? &j->target[cells] : NULL;
        double *to =
            target != NULL && target->to != NULL ? target->to + index * target->stride : NULL;
        const char *stop = NULL;
        double value;
        wio_number kind;
        if (to != NULL && plain) {
            stop = wio_scan_number(&value, &kind, at, end, form->decimal);
        }
        if (stop != NULL && (stop == end || *stop == csv->delimiter) && kind == WIO_NUMBER_GOOD) {
            *to = value;
        } else {
            stop = cell_end(at, end, csv->delimiter);
            if (to != NULL) {
                slow_cell(j, to, at, stop, row, labels + cells, found);
            }
        }
        more = stop < end;
        at = stop + more;
    }
    if (cells != j->columns) {
        keep(found,
             (wio_csv_problem){row, labels + cells - 1, WIO_CELL_COUNT, NULL, labels + cells});
    }
}

/* A cell that is cut; in a workbook it has to be meant as a number. */
static void read_cell(const job *j, double *to, size_t at, size_t row, size_t column,
                      wio_csv_problems *found)
{
    const char *cell = j->csv->cell[at];
    int kind = j->csv->kind != NULL ? j->csv->kind[at] : WIO_CELL_NUMBER;
    if (kind == WIO_CELL_DATE || kind == WIO_CELL_BOOLEAN) {
        *to = 0.0;
        keep(found, (wio_csv_problem){row, column, WIO_CELL_KIND, cell, strlen(cell)});
        return;
    }
    size_t other = found->total + found->zeros.count + found->missing.count;
    wio_csv_number(to, cell, strlen(cell), row, column, j->policy, found);
    if (kind == WIO_CELL_TEXT &&
        other == found->total + found->zeros.count + found->missing.count) {
        note(&found->texts, row, column);
    }
}

/* The same where the cells are cut. */
static void read_cells(const job *j, size_t row, size_t labels, wio_csv_problems *found)
{
    const wio_csv *csv = j->csv;
    size_t cells = csv->columns[row] > labels ? csv->columns[row] - labels : 0;
    for (size_t c = 0; c < cells && c < j->columns; c++) {
        const wio_csv_target *target = &j->target[c];
        if (target->to != NULL) {
            read_cell(j, target->to + j->index[row] * target->stride, csv->start[row] + labels + c,
                      row, labels + c, found);
        }
    }
    if (cells != j->columns) {
        keep(found, (wio_csv_problem){row, csv->columns[row] - 1, WIO_CELL_COUNT, NULL,
                                      csv->columns[row]});
    }
}

/* --- all of them ---------------------------------------------------------------------------------------- */

/* Rows [first, end) by where their text begins. */
static wio_status deal(chunk **out, size_t *chunks, const wio_csv *csv, size_t first,
                       wio_error *err)
{
    size_t count = 0, capacity = 0;
    const char *begin = NULL;
    chunk *list = NULL;
    for (size_t row = first; row < csv->rows; row++) {
        const char *at = csv->rest != NULL && csv->rest[row] != NULL ? csv->rest[row]
                                                                     : csv->cell[csv->start[row]];
        if (begin == NULL || at - begin >= CHUNK) {
            if (count == capacity) {
                chunk *grown = wio_grow(list, count, 2 * capacity + 16, sizeof *grown);
                if (grown == NULL) {
                    wio_free(list);
                    return wio_fail(err, WIO_E_MEMORY, "%zu rows of numbers", csv->rows);
                }
                list = grown;
                capacity = 2 * capacity + 16;
            }
            begin = at;
            list[count++] = (chunk){.first = row};
        }
        list[count - 1].end = row + 1;
    }
    *out = list;
    *chunks = count;
    return WIO_OK;
}

wio_status wio_csv_numbers(wio_csv_problems *found, const wio_csv *csv, size_t first, size_t labels,
                           const size_t *index, size_t columns, const wio_csv_target *target,
                           const wio_number_policy *policy, int threads, wio_error *err)
{
    const job j = {csv, index, columns, target, policy};
    chunk *list = NULL;
    size_t chunks = 0;
    WIO_TRY(deal(&list, &chunks, csv, first, err));
    threads = omp_in_parallel() || chunks < 2 ? 1 : wio_threads(threads);
    (void)threads; /* where the pragma is not read */
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
    for (size_t c = 0; c < chunks; c++) {
        for (size_t row = list[c].first; row < list[c].end; row++) {
            if (index[row] == SIZE_MAX) {
                continue;
            }
            if (csv->rest != NULL) {
                read_rest(&j, row, &list[c].found);
            } else {
                read_cells(&j, row, labels, &list[c].found);
            }
        }
    }
    *found = (wio_csv_problems){0};
    for (size_t c = 0; c < chunks; c++) {
        join(found, &list[c].found);
        wio_csv_problems_clear(&list[c].found);
    }
    wio_free(list);
    if (found->failed) {
        wio_csv_problems_clear(found);
        return wio_fail(err, WIO_E_MEMORY, "a list of mistakes");
    }
    return WIO_OK;
}
