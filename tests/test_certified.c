/* test_certified.c - TRUST 7, P13: answers in exact rational arithmetic (tests/data/certified.csv,
 * written by certified.py beside it) against those of wio_multipliers and wio_solve, as the log
 * relative error of NIST, LRE = -log10 |x - c| / |c|: at least 13 digits up to condition 1e3, and one
 * less for every power of ten above. Four cases a table: multipliers, response, column, jobs. */
#include "support.h"

#include "../core/internal.h"
#include "../io/io.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char FILE_NAME[] = "tests/data/certified.csv";

enum { TABLES = 22, QUESTIONS = 4, MOST = 130, OWN_CASES = 60, DIGITS_MOST = 16 };
static const char *const QUESTION[QUESTIONS] = {"multipliers", "response", "column", "jobs"};

/* One table of the file: its flows and demand, and the lines of its answers. */
typedef struct certified {
    char name[64];
    size_t n, line; /* of the next line to read */
    bool kept;      /* its numbers are in the file, not in a third party's */
    wio_table *table;
} certified;

static void load(wio_csv *csv, const char *path)
{
    char *data = NULL;
    size_t length = 0;
    wio_error err = {0};
    ck_assert_msg(wio_file_read(&data, &length, path, 1u << 26, &err) == WIO_OK, "%s", err.message);
    ck_assert_msg(wio_csv_parse(csv, data, length, path, NULL, &err) == WIO_OK, "%s", err.message);
}

static const char *cell(const wio_csv *csv, size_t row, size_t column)
{
    ck_assert_uint_lt(row, csv->rows);
    ck_assert_uint_lt(column, csv->columns[row]);
    return csv->cell[csv->start[row] + column];
}

static double number(const wio_csv *csv, size_t row, size_t column)
{
    const char *text = cell(csv, row, column);
    return text[0] == '\0' ? 0.0 : strtod(text, NULL);
}

static bool starts(const wio_csv *csv, size_t row, const char *word)
{
    return row < csv->rows && strcmp(cell(csv, row, 0), word) == 0;
}

/* Z [n x n] and Y [n] as one final use of a national table; jobs j + 1 in sector j. */
static wio_table *table_of(size_t n, const double *Z, const double *Y)
{
    static char name[MOST][8];
    static const char *code[MOST];
    double jobs[MOST], left[MOST];
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(name[i], sizeof name[i], "s%zu", i);
        code[i] = name[i];
        double x = wio_sum(Z + i * n, n, 1) + Y[i];
        jobs[i] = x != 0.0 ? (double)(i + 1) : 0.0;
        left[i] = x - wio_sum(Z + i, n, n);
    }
    wio_table_arrays arrays = one_region("certified", n, code, Z, Y, left, jobs);
    arrays.final_role = (const wio_role[]){WIO_ROLE_INVENTORY};
    return table_made(&arrays);
}

/* Z and Y from where the file says; false when a third party's is not there. */
static bool numbers_from(double *Z, double *Y, certified *c, const wio_csv *csv)
{
    size_t n = c->n, at = c->line;
    if (starts(csv, at, "Z")) {
        c->kept = true;
        for (size_t i = 0; i < n * n; i++) {
            Z[i] = number(csv, at + i / n, 1 + i % n);
        }
        for (size_t i = 0; i < n; i++) {
            Y[i] = number(csv, at + n, 1 + i);
        }
        c->line = at + n + 1;
        return true;
    }
    c->line = at + 1;
    if (starts(csv, at, "shipped")) {
        wio_table *table = NULL;
        wio_error err = {0};
        wio_status status = wio_table_open(&table, cell(csv, at, 1), NULL, NULL, &err);
        ck_assert_msg(status == WIO_OK, "%s", err.message);
        wio_table_info info;
        wio_table_describe(&info, table);
        ck_assert_uint_eq(info.n, n);
        size_t finals = info.f;
        c->kept = true;
        memcpy(Z, wio_table_Z(table), n * n * sizeof *Z);
        for (size_t i = 0; i < n; i++) {
            Y[i] = wio_sum(wio_table_Y(table) + i * finals, finals, 1);
        }
        wio_table_free(table);
        return true;
    }
    char path[2][512];
    if (!third_party(path[0], sizeof path[0], cell(csv, at, 1)) ||
        !third_party(path[1], sizeof path[1], cell(csv, at, 2))) {
        return false;
    }
    wio_csv flows = {0}, uses = {0};
    load(&flows, path[0]);
    load(&uses, path[1]);
    size_t first = (size_t)number(csv, at, 3), count = (size_t)number(csv, at, 4);
    for (size_t i = 0; i < n; i++) {
        double use[16];
        ck_assert_uint_le(count, 16);
        for (size_t j = 0; j < n; j++) {
            Z[i * n + j] = number(&flows, i + 1, j + 1);
        }
        for (size_t k = 0; k < count; k++) {
            use[k] = number(&uses, i + 1, first + k);
        }
        Y[i] = wio_sum(use, count, 1);
    }
    wio_csv_clear(&flows);
    wio_csv_clear(&uses);
    return true;
}

/* Table `index` of the file; its table is NULL where the numbers are not there. */
static certified find(const wio_csv *csv, size_t index)
{
    static double Z[MOST * MOST], Y[MOST];
    certified c = {0};
    for (size_t tables = 0; c.line < csv->rows; c.line++) {
        if (starts(csv, c.line, "table") && tables++ == index) {
            (void)snprintf(c.name, sizeof c.name, "%s", cell(csv, c.line, 1));
            c.n = (size_t)number(csv, c.line++, 2);
            ck_assert_uint_le(c.n, MOST);
            c.table = numbers_from(Z, Y, &c, csv) ? table_of(c.n, Z, Y) : NULL;
            return c;
        }
    }
    ck_abort_msg("%s has no table %zu", FILE_NAME, index);
    return c;
}

/* Digits that are right, up to 16. */
static double lre(double got, double want)
{
    if (got == want) {
        return DIGITS_MOST;
    }
    double miss = fabs(got - want) / (want == 0.0 ? 1.0 : fabs(want));
    return miss == miss ? fmin(DIGITS_MOST, -log10(miss)) : 0.0;
}

static wio_result *solved(const certified *c, bool one)
{
    double f[MOST];
    for (size_t j = 0; j < c->n; j++) {
        f[j] = one ? (double)(j == c->n / 2) : (double)(j + 1);
    }
    wio_result *result = NULL;
    wio_error err = {0};
    ck_assert_msg(wio_solve(&result, c->table, f, NULL, NULL, &err) == WIO_OK, "%s: %s", c->name,
                  err.message);
    return result;
}

START_TEST(answers_have_the_digits_of_exact_arithmetic)
{
    wio_csv csv = {0};
    load(&csv, FILE_NAME);
    certified c = find(&csv, (size_t)_i);
    if (c.table == NULL) {
        wio_csv_clear(&csv);
        return;
    }
    wio_result *result[3] = {multipliers_of(c.table, NULL), solved(&c, false), solved(&c, true)};
    const double *values[QUESTIONS] = {
        numbers_of(result[0], "output"), numbers_of(result[1], "output"),
        numbers_of(result[2], "output"), numbers_of(result[0], "jobs")};
    double worst[QUESTIONS] = {DIGITS_MOST, DIGITS_MOST, DIGITS_MOST, DIGITS_MOST};
    size_t answers[QUESTIONS] = {0};
    for (; starts(&csv, c.line, "answer"); c.line++) {
        size_t q = 0, i = (size_t)number(&csv, c.line, 2);
        while (strcmp(QUESTION[q], cell(&csv, c.line, 1)) != 0) {
            ck_assert_uint_lt(++q, QUESTIONS);
        }
        ck_assert_uint_lt(i, c.n);
        worst[q] = fmin(worst[q], lre(values[q][i], number(&csv, c.line, 3)));
        answers[q]++;
    }
    double kappa = strtod(wio_result_attribute(result[0], "certificate/condition"), NULL);
    double least = 13.0 - fmax(0.0, ceil(log10(kappa / 1e3)));
    for (size_t q = 0; q < QUESTIONS; q++) {
        printf("%-22s n %3zu  condition %8.3g  %-12s LRE %4.1f\n", c.name, c.n, kappa, QUESTION[q],
               worst[q]);
        ck_assert_uint_gt(answers[q], 0);
        ck_assert_msg(worst[q] >= least, "%s, %s: %.2f digits at condition %.3g", c.name,
                      QUESTION[q], worst[q], kappa);
    }
    for (size_t r = 0; r < 3; r++) {
        wio_result_free(result[r]);
    }
    wio_table_free(c.table);
    wio_csv_clear(&csv);
}
END_TEST

/* P13's number, without third parties; the one above runs over all tables of the file. */
START_TEST(sixty_cases_are_kept_here)
{
    wio_csv csv = {0};
    size_t kept = 0, tables = 0;
    load(&csv, FILE_NAME);
    for (size_t row = 0; row < csv.rows; row++) {
        if (starts(&csv, row, "table")) {
            tables++;
            kept += starts(&csv, row + 1, "file") ? 0 : QUESTIONS;
        }
    }
    ck_assert_uint_eq(tables, TABLES);
    ck_assert_uint_ge(kept, OWN_CASES);
    wio_csv_clear(&csv);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("certified");
    TCase *known = tcase_create("known answers");
    tcase_set_timeout(known, 30);
    tcase_add_loop_test(known, answers_have_the_digits_of_exact_arithmetic, 0, TABLES);
    tcase_add_test(known, sixty_cases_are_kept_here);
    suite_add_tcase(suite, known);
    return run_suite(suite);
}
