/* bench_load.c - a packed table into memory, against read() of the same bytes into fresh memory.
 *
 *     bench_load [N]...      default 4000; a file of 8 N^2 bytes is made in TMPDIR, or /tmp
 *
 * CSV: case,n,threads,runs,best_s,median_s,gflops,residual,gbytes_s,of_read
 *      of_read is the rate against read()'s in the same run; residual is 0 when every number came
 *      back as it was written. The file is in the page cache in every case, and the cases take turns. */
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RUNS = 7, CASES = 2 };

static void die(const char *what, const wio_error *err)
{
    (void)fprintf(stderr, "bench_load: %s: %s\n", what, err != NULL ? err->message : "failed");
    exit(1);
}

/* One region of n sectors with full mantissas, which do not compress, as measured flows. */
static wio_table *make(size_t n, double *Z)
{
    const char *region = "A", *use = "C";
    const bool endogenous = true;
    const wio_role household = WIO_ROLE_HOUSEHOLD;
    const size_t zero = 0;
    size_t *origin = calloc(n, sizeof *origin);
    char(*code)[8] = calloc(n, sizeof *code);
    const char **sector = calloc(n, sizeof *sector);
    double *Y = calloc(n, sizeof *Y);
    uint64_t state = 2017;
    if (origin == NULL || code == NULL || sector == NULL || Y == NULL) {
        die("no memory", NULL);
    }
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(code[i], sizeof code[i], "%zu", i % 1000000);
        sector[i] = code[i];
        Y[i] = 1000.0;
    }
    for (size_t i = 0; i < n * n; i++) {
        Z[i] = uniform(&state);
    }
    const wio_table_arrays arrays = {.name = "load",
                                     .title = "load",
                                     .currency = "USD",
                                     .year = 2017,
                                     .price_basis = "basic",
                                     .import_split = "survey",
                                     .regions = 1,
                                     .region_code = &region,
                                     .endogenous = &endogenous,
                                     .n = n,
                                     .m = n,
                                     .origin_region = origin,
                                     .origin_sector = sector,
                                     .f = 1,
                                     .final_region = &zero,
                                     .final_use = &use,
                                     .final_role = &household,
                                     .Z = Z,
                                     .Y = Y};
    wio_table *table = NULL;
    wio_error err = {0};
    if (wio_table_create(&table, &arrays, NULL, &err) != WIO_OK) {
        die("table", &err);
    }
    free(origin);
    free(code);
    free(sector);
    free(Y);
    return table;
}

static double read_bytes(const char *path, size_t *bytes)
{
    struct stat info;
    double start = wio_clock();
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &info) != 0) {
        die(path, NULL);
    }
    *bytes = (size_t)info.st_size;
    char *to = wio_alloc(*bytes, 1);
    for (size_t at = 0; to != NULL && at < *bytes;) {
        ssize_t got = read(file, to + at, *bytes - at);
        if (got <= 0) {
            die("read", NULL);
        }
        at += (size_t)got;
    }
    (void)close(file);
    double seconds = wio_clock() - start;
    wio_free(to);
    return seconds;
}

static double load(const char *path, const double *Z, size_t n, bool *same)
{
    wio_table *table = NULL;
    wio_error err = {0};
    double start = wio_clock();
    if (wio_table_open(&table, path, NULL, NULL, &err) != WIO_OK) {
        die("load", &err);
    }
    double seconds = wio_clock() - start;
    *same = memcmp(wio_table_Z(table), Z, n * n * sizeof *Z) == 0;
    wio_table_free(table);
    return seconds;
}

static bool measure(size_t n)
{
    static const char *const NAMES[CASES] = {"read", "packed_load"};
    const char *folder = getenv("TMPDIR");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/bench_load_%d.h5", folder != NULL ? folder : "/tmp",
                   (int)getpid());
    double *Z = malloc(n * n * sizeof *Z), seconds[CASES][RUNS];
    size_t bytes = 0;
    bool same = true;
    wio_error err = {0};
    if (Z == NULL) {
        die("no memory", NULL);
    }
    wio_table *table = make(n, Z);
    if (wio_table_write_hdf5(table, path, true, &err) != WIO_OK) {
        die("write", &err);
    }
    wio_table_free(table);
    for (int run = 0; run < RUNS; run++) {
        bool good;
        seconds[0][run] = read_bytes(path, &bytes);
        seconds[1][run] = load(path, Z, n, &good);
        same = same && good;
    }
    for (int c = 0; c < CASES; c++) {
        qsort(seconds[c], RUNS, sizeof seconds[c][0], ascending);
        double median = seconds[c][RUNS / 2];
        printf("%s,%zu,%d,%d,%.4f,%.4f,0,%d,%.2f,%.2f\n", NAMES[c], n, wio_threads(0), RUNS,
               seconds[c][0], median, same ? 0 : 1, (double)bytes / median * 1e-9,
               seconds[0][RUNS / 2] / median);
    }
    (void)fflush(stdout);
    (void)unlink(path);
    free(Z);
    return same;
}

int main(int argc, char **argv)
{
    bool same = true;
    printf("case,n,threads,runs,best_s,median_s,gflops,residual,gbytes_s,of_read\n");
    for (int k = 1; k < argc; k++) {
        size_t n = (size_t)strtoul(argv[k], NULL, 10);
        if (n == 0 || n > 40000) {
            fprintf(stderr, "bench_load: an order is 1 to 40000, not '%s'\n", argv[k]);
            return EXIT_FAILURE;
        }
        same = measure(n) && same;
    }
    return (argc > 1 ? same : measure(4000)) ? EXIT_SUCCESS : EXIT_FAILURE;
}
