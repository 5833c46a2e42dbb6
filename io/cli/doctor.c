/* doctor.c - wassily doctor: is this machine fit for the work, and what to do when it is not. */
#include "options.h"
#include "output.h"

#include <string.h>

enum { OPTION_THREADS, OPTION_JSON };

static const cli_option OPTIONS[] = {
    {"threads", 't', CLI_COUNT, "N",
     "threads to test with (default: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else those available)"},
    {"json", 0, CLI_FLAG, NULL, "as JSON"},
};

static const char *word_of(wio_severity severity)
{
    return severity == WIO_NOTE ? "ok" : severity == WIO_WARNING ? "warning" : "failed";
}

static void print_lines(const wio_checkup *checkup)
{
    const wio_check *line;
    for (size_t i = 0; (line = wio_checkup_line(checkup, i)) != NULL; i++) {
        printf("%-8s %-15s ", word_of(line->severity), line->subject);
        cli_print_safe(line->found);
        printf("\n");
        if (line->advice != NULL) {
            printf("%25s", "");
            cli_print_safe(line->advice);
            printf("\n");
        }
    }
}

static void print_json(const wio_checkup *checkup, bool fit)
{
    const wio_check *line;
    cli_json_open("{", NULL);
    cli_json_text("version", wio_version());
    cli_json_bool("fit", fit);
    cli_json_open("[", "checks");
    for (size_t i = 0; (line = wio_checkup_line(checkup, i)) != NULL; i++) {
        cli_json_open("{", NULL);
        cli_json_text("subject", line->subject);
        cli_json_text("state", word_of(line->severity));
        cli_json_text("found", line->found);
        cli_json_text("advice", line->advice);
        cli_json_close("}");
    }
    cli_json_close("]");
    cli_json_close("}");
}

static wio_status look(wio_checkup *checkup, int threads, wio_error *err)
{
    wio_status status = wio_checkup_system(checkup, threads, err);
    if (status == WIO_OK) {
        status = wio_checkup_solvers(checkup, threads, err);
    }
    return status == WIO_OK ? wio_checkup_files(checkup, err) : status;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    wio_checkup *checkup = NULL;
    wio_error err = {0};
    size_t count[3] = {0};
    int code = cli_threads(&cli_doctor, &value[OPTION_THREADS]);
    if (code != 0) {
        return code;
    }
    wio_status status = wio_checkup_create(&checkup, &err);
    if (status == WIO_OK) {
        status = look(checkup, (int)value[OPTION_THREADS].count, &err);
    }
    if (status != WIO_OK) {
        wio_checkup_free(checkup);
        return cli_fail(status, &err, NULL);
    }
    const wio_check *line;
    for (size_t i = 0; (line = wio_checkup_line(checkup, i)) != NULL; i++) {
        count[line->severity]++;
    }
    if (value[OPTION_JSON].set) {
        print_json(checkup, count[WIO_ERROR] == 0);
    } else {
        print_lines(checkup);
        printf("%zu ok, %zu warning%s, %zu failed\n", count[WIO_NOTE], count[WIO_WARNING],
               count[WIO_WARNING] == 1 ? "" : "s", count[WIO_ERROR]);
    }
    wio_checkup_free(checkup);
    return count[WIO_ERROR] == 0 ? 0 : wio_status_exit(WIO_E_NO);
}

const cli_command cli_doctor = {
    .name = "doctor",
    .operands = NULL,
    .summary = "whether this machine and its libraries are fit for the work",
    .about =
        "Looks at threads and memory with their limits, floating point, BLAS and its kernel, HDF5 "
        "and the tables; times the matrix product and reading; and computes fixed work with 1, 2, "
        "3 and all threads, which has to give the same bits. Each line is ok, warning or failed, "
        "with what to do. Takes a few seconds.\n"
        "Exit status 0 when nothing failed, 1 when something did.",
    .examples = "wassily doctor\n"
                "OMP_NUM_THREADS=4 wassily doctor --json",
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
