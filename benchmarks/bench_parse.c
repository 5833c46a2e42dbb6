/* bench_parse.c - a table as text into numbers: read, checked, labels cut, numbers parsed.
 *
 * The file (two header lines, two label columns, n x n numbers of 4 decimals, every fifth a 0) is
 * made under /tmp before the clock starts and kept for parse_pandas.py. `gflops` holds MB/s of text;
 * the residual is the largest difference from what was written, which has to be 0; a line
 * `peak` gives the most memory held over that of the numbers, text apart.
 *
 *     bench_parse [n ...]     default 1000 and 2000; 9800 is 1 GB */
#include "../io/io.h"
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_RUNS = 5 };

/* The next number of the table in units of 1e-4, 0 to 10^9. */
static uint64_t cell(uint64_t *state)
{
    uint64_t v = next(state) >> 16;
    return v % 5 == 0 ? 0 : v % 1000000000;
}

static bool make(const char *path, size_t n)
{
    FILE *file = fopen(path, "w");
    uint64_t state = 42;
    if (file == NULL) {
        return false;
    }
    for (int header = 0; header < 2; header++) {
        fputs(header == 0 ? "," : "region,sector", file);
        for (size_t j = 0; j < n; j++) {
            fprintf(file, header == 0 ? ",R%zu" : ",S%zu", header == 0 ? j / 50 : j % 50);
        }
        fputs("\n", file);
    }
    for (size_t i = 0; i < n; i++) {
        fprintf(file, "R%zu,S%zu", i / 50, i % 50);
        for (size_t j = 0; j < n; j++) {
            uint64_t v = cell(&state);
            if (v == 0) {
                fputs(",0", file);
            } else {
                fprintf(file, ",%u.%04u", (unsigned)(v / 10000), (unsigned)(v % 10000));
            }
        }
        fputs("\n", file);
    }
    return fclose(file) == 0;
}

/* One run from the file to the numbers. */
static wio_status parse(double **out, size_t *text, const char *path, size_t n, int threads,
                        wio_error *err)
{
    const wio_csv_form form = {.delimiter = ',', .heads = 2, .labels = 2};
    const wio_number_policy policy = {.form = {.decimal = '.'}};
    char *data = NULL;
    wio_csv csv = {0};
    wio_csv_problems found = {0};
    WIO_TRY(wio_file_read(&data, text, path, (size_t)4 << 30, err));
    WIO_TRY(wio_csv_read(&csv, data, *text, path, &form, NULL, err));
    double *numbers = wio_alloc(n * n, sizeof *numbers);
    size_t *index = wio_alloc(csv.rows, sizeof *index);
    wio_csv_target *target = wio_alloc(n, sizeof *target);
    if (numbers == NULL || index == NULL || target == NULL || csv.rows != n + 2) {
        return wio_fail(err, WIO_E_MEMORY, "%s: %zu rows", path, csv.rows);
    }
    for (size_t i = 0; i < csv.rows; i++) {
        index[i] = i - 2;
    }
    for (size_t j = 0; j < n; j++) {
        target[j] = (wio_csv_target){numbers + j, n};
    }
    WIO_TRY(wio_csv_numbers(&found, &csv, 2, 2, index, n, target, &policy, threads, err));
    if (found.total != 0) {
        return wio_fail(err, WIO_E_FORMAT, "%s: %zu mistakes", path, found.total);
    }
    wio_free(index);
    wio_free(target);
    wio_csv_clear(&csv);
    *out = numbers;
    return WIO_OK;
}

static double difference(const double *numbers, size_t n)
{
    uint64_t state = 42;
    double most = 0.0;
    for (size_t i = 0; i < n * n; i++) {
        most = fmax(most, fabs(numbers[i] - (double)cell(&state) / 10000.0));
    }
    return most;
}

static int bench(size_t n)
{
    char path[64];
    struct stat info;
    (void)snprintf(path, sizeof path, "/tmp/wassily_parse_%zu.csv", n);
    if (stat(path, &info) != 0 && !make(path, n)) {
        fprintf(stderr, "%s: cannot be written\n", path);
        return 1;
    }
    int most = wio_threads(0);
    for (int threads = 1; threads <= most; threads *= 2) {
        double seconds[MOST_RUNS], spent = 0.0, residual = 0.0;
        size_t runs = 0, text = 0;
        wio_error err = {0};
        for (; runs < MOST_RUNS && (runs < 2 || spent < 5.0); runs++) {
            double *numbers = NULL, start = wio_clock();
            wio_alloc_mark();
            if (parse(&numbers, &text, path, n, threads, &err) != WIO_OK) {
                fprintf(stderr, "%s\n", err.message);
                return 1;
            }
            seconds[runs] = wio_clock() - start;
            spent += seconds[runs];
            residual = difference(numbers, n);
            wio_free(numbers);
        }
        qsort(seconds, runs, sizeof *seconds, ascending);
        printf("parse,%zu,%d,%zu,%.3e,%.3e,%.1f,%.1e\n", n, threads, runs, seconds[0],
               seconds[runs / 2], (double)text / seconds[0] * 1e-6, residual);
        printf("peak,%zu,%d,1,0,0,%.3f,0\n", n, threads,
               ((double)wio_alloc_most - (double)text) / (8.0 * (double)n * (double)n));
    }
    return 0;
}

int main(int count, char **argument)
{
    printf("case,n,threads,runs,best_s,median_s,gflops,residual\n");
    if (count < 2) {
        return bench(1000) + bench(2000);
    }
    int wrong = 0;
    for (int i = 1; i < count; i++) {
        wrong += bench((size_t)strtoul(argument[i], NULL, 10));
    }
    return wrong != 0;
}
