/* bench.c - wassily bench: what the solvers cost on this machine, beside what the machine can do. */
#include "options.h"
#include "output.h"

#include <string.h>

enum { OPTION_SIZE, OPTION_SECONDS, OPTION_THREADS, OPTION_JSON, OPTION_CSV };

static const cli_option OPTIONS[] = {
    {"size", 0, CLI_CHOICE, "small|medium|large",
     "up to 400, 2,464 (the default) or 9,800 equations; the last takes minutes and 5 GB"},
    {"seconds", 0, CLI_NUMBER, "S",
     "budget for each line, after which no run begins; 2 unless given"},
    {"threads", 't', CLI_COUNT, "N",
     "threads (default: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else those available)"},
    {"json", 0, CLI_FLAG, NULL, "as JSON"},
    {"csv", 0, CLI_FLAG, NULL, "as CSV"},
};

/* "" where there is none: `none` on the screen. */
static const char *residual_of(char text[16], const wio_bench_line *line, const char *none)
{
    if (line->residual != line->residual) {
        return none;
    }
    (void)snprintf(text, 16, "%.1e", line->residual);
    return text;
}

static void print_line(void *context, const wio_bench_line *line)
{
    char text[16];
    (void)context;
    printf("%-24s %8zu %7d %5zu %10.3g %10.3g %7.1f %s %5.2f %9s  %s\n", line->name, line->n,
           line->threads, line->runs, line->best, line->median, line->rate, line->unit,
           line->rate / line->limit, residual_of(text, line, "-"), line->bits);
    (void)fflush(stdout); /* a line may be minutes before the next */
}

static void print_csv(void *context, const wio_bench_line *line)
{
    char text[16];
    (void)context;
    printf("%s,%zu,%d,%zu,%.6g,%.6g,%.4g,%s,%s,%.4g,%.4g,%zu,%zu,%s\n", line->name, line->n,
           line->threads, line->runs, line->best, line->median, line->rate,
           residual_of(text, line, ""), line->unit, line->limit, line->rate / line->limit,
           line->entries, line->sides, line->bits);
    (void)fflush(stdout);
}

static void print_json(void *context, const wio_bench_line *line)
{
    (void)context;
    cli_json_open("{", NULL);
    cli_json_text("case", line->name);
    cli_json_count("n", line->n);
    cli_json_count("entries", line->entries);
    cli_json_count("right_hand_sides", line->sides);
    cli_json_count("threads", (size_t)line->threads);
    cli_json_count("runs", line->runs);
    cli_json_number("best_s", line->best);
    cli_json_number("median_s", line->median);
    cli_json_number("rate", line->rate);
    cli_json_text("unit", line->unit);
    cli_json_number("limit", line->limit);
    cli_json_number("of_limit", line->rate / line->limit);
    cli_json_number("residual", line->residual);
    cli_json_text("bits", line->bits);
    cli_json_close("}");
}

static int check_usage(const cli_value *value)
{
    if (value[OPTION_JSON].set && value[OPTION_CSV].set) {
        return cli_usage(&cli_bench, "--json and --csv exclude one another");
    }
    int code = cli_threads(&cli_bench, &value[OPTION_THREADS]);
    if (code != 0) {
        return code;
    }
    if (value[OPTION_SECONDS].set &&
        !(value[OPTION_SECONDS].number > 0.0 && value[OPTION_SECONDS].number <= 3600.0)) {
        return cli_usage(&cli_bench, "option '--seconds' is above 0, up to 3600, not '%s'",
                         value[OPTION_SECONDS].text);
    }
    return 0;
}

static wio_bench_size size_of(const char *text)
{
    return strcmp(text, "small") == 0   ? WIO_BENCH_SMALL
           : strcmp(text, "large") == 0 ? WIO_BENCH_LARGE
                                        : WIO_BENCH_MEDIUM;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    bool json = value[OPTION_JSON].set, csv = value[OPTION_CSV].set;
    wio_log *log = NULL;
    wio_error err = {0};
    int code = check_usage(value);
    if (code != 0) {
        return code;
    }
    const wio_bench_options options = {
        .threads = (int)value[OPTION_THREADS].count,
        .size = size_of(value[OPTION_SIZE].set ? value[OPTION_SIZE].text : "medium"),
        .seconds = value[OPTION_SECONDS].number,
        .line = json  ? print_json
                : csv ? print_csv
                      : print_line};
    wio_status status = wio_log_create(&log, &err);
    if (json) {
        cli_json_open("[", NULL);
    } else if (status == WIO_OK && csv) {
        puts("case,n,threads,runs,best_s,median_s,rate,residual,unit,limit,of_limit,entries,"
             "right_hand_sides,bits");
    } else if (status == WIO_OK) {
        puts("case                            n threads  runs     best s   median s"
             "     rate    limit  residual  bits");
    }
    if (status == WIO_OK) {
        status = wio_bench(&options, log, &err);
    }
    if (json) {
        cli_json_close("]");
    }
    if (status == WIO_OK) {
        cli_print_log(log, WIO_NOTE);
    } else {
        code = cli_fail(status, &err, log);
    }
    wio_log_free(log);
    return code;
}

const cli_command cli_bench = {
    .name = "bench",
    .operands = NULL,
    .summary = "what the solvers cost on this machine",
    .about =
        "Times every method on matrices made from a seed. For each line: equations, threads, runs, "
        "the best and the median time, the rate, and what that is of the machine's own limit, "
        "measured in the same run: the matrix product for work counted in GF/s, reading memory "
        "for work counted in GB/s (a matrix that fits in the cache is read faster). There the rate "
        "is that of one reading of the matrix in the "
        "whole time, so a limit of 0.05 means that the method is worth 20 readings.\n"
        "The residual says that the answer is right; bits are the beginning of its SHA-256, the "
        "same for any number of threads. With --threads 1 the limits are those of one thread: a "
        "method whose share of them is larger then loses the difference to scaling.",
    .examples = "wassily bench --size small --seconds 0.2\n"
                "wassily bench --size large --csv > bench.csv\n"
                "wassily bench --threads 1",
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
