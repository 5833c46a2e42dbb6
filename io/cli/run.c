/* run.c - wassily run: solve a study, print the summary, write the result file.
 *
 * The file is written before anything is printed, so a summary on the screen means a whole file. */
#include "method.h"
#include "output.h"
#include "progress.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_JSON,
    OPTION_CSV,
    OPTION_QUIET,
    OPTION_MATRIX,
    OPTION_REPRODUCIBLE,
    OPTION_UNCERTIFIED,
    OPTION_METHOD
};

static const cli_option OPTIONS[] = {
    {"output", 'o', CLI_TEXT, "FILE.h5",
     "write the result here (default: the study's name with .h5, in the current folder)"},
    {"force", 'f', CLI_FLAG, NULL, "replace the file if it exists"},
    {"json", 0, CLI_FLAG, NULL, "print the result as JSON instead of the summary"},
    {"csv", 0, CLI_FLAG, NULL, "print every variable as CSV instead of the summary"},
    {"quiet", 'q', CLI_FLAG, NULL, "print nothing but warnings and errors"},
    {"matrix", 0, CLI_FLAG, NULL, "also compute whose demand gives whose jobs"},
    {"reproducible", 0, CLI_FLAG, NULL,
     "leave out time and machine: the same run gives the same bytes"},
    {"allow-uncertified", 0, CLI_FLAG, NULL,
     "write a result whose accuracy could not be proven; it says so"},
    CLI_METHOD_OPTIONS,
};

static volatile sig_atomic_t stop_asked;

/* The first signal asks the solver to stop at the next right moment; a second one does not wait. */
static void on_signal(int number)
{
    (void)number;
    if (stop_asked != 0) {
        _exit(130);
    }
    stop_asked = 1;
}

/* An ignored interrupt stays ignored: that is how a shell starts a job in the background. */
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigset_t caught;
    (void)sigemptyset(&action.sa_mask);
    (void)sigemptyset(&caught);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction before;
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(numbers[i], &action, NULL);
            (void)sigaddset(&caught, numbers[i]);
        }
    }
    (void)sigprocmask(SIG_UNBLOCK, &caught, NULL);
}

/* "dir/name.yaml" gives "name.h5". False when that is too long. */
static bool default_output(char *path, size_t size, const char *study)
{
    const char *slash = strrchr(study, '/');
    const char *name = slash != NULL ? slash + 1 : study;
    const char *dot = strrchr(name, '.');
    bool yaml =
        dot != NULL && dot != name &&
        (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
    int length = yaml ? (int)(dot - name) : (int)strlen(name);
    int written = snprintf(path, size, "%.*s.h5", length, name);
    return written > 0 && (size_t)written < size;
}

/* Whether the result can be written, asked before solving. */
static int check_output(const char *path, bool force)
{
    struct stat file;
    if (lstat(path, &file) == 0 && S_ISDIR(file.st_mode)) {
        return cli_refuse(WIO_E_CREATE, "%s is a folder; name a file with -o", path);
    }
    int code = cli_output_free(path, force);
    if (code != 0) {
        return code;
    }
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    if (length >= sizeof folder) {
        return cli_refuse(WIO_E_CREATE, "the name %.80s... is too long", path);
    }
    (void)snprintf(folder, sizeof folder, "%.*s", (int)length, slash == NULL ? "." : path);
    if (access(folder, W_OK | X_OK) != 0) {
        return cli_refuse(WIO_E_CREATE, "%s: no folder %s that can be written to", path, folder);
    }
    return 0;
}

static int print_result(const wio_result *result, const char *path, const cli_value *value)
{
    char *text = NULL;
    wio_error err = {0};
    wio_status status = WIO_OK;
    if (value[OPTION_JSON].set) {
        status = wio_result_json(&text, result, &err);
    } else if (value[OPTION_CSV].set) {
        status = wio_result_csv(&text, result, NULL, &err);
    } else {
        const wio_text_options options = {.colour = cli_colour(), .width = 80};
        status = wio_result_screen(&text, result, path, &options, &err);
    }
    return cli_print_text(status, text, &err);
}

static wio_status solve(wio_result **out, const wio_study *study, const cli_value *value,
                        const wio_solver_options *how, wio_log *log, wio_error *err)
{
    progress bar;
    progress_start(&bar, stderr, value[OPTION_QUIET].set);
    const wio_run_options options = {.threads = how->threads,
                                     .method = how->method,
                                     .memory = how->memory,
                                     .reproducible = value[OPTION_REPRODUCIBLE].set,
                                     .allow_uncertified = value[OPTION_UNCERTIFIED].set,
                                     .demand_matrix = value[OPTION_MATRIX].set,
                                     .progress = progress_show,
                                     .context = &bar,
                                     .stop = &stop_asked};
    wio_status status = wio_run(out, study, &options, log, err);
    progress_end(&bar);
    return status;
}

/* The study was read; everything from the check of the output to the summary. */
static int run_study(const wio_study *study, const char *path, const cli_value *value,
                     const wio_solver_options *how, wio_log *log)
{
    int code = check_output(path, value[OPTION_FORCE].set);
    if (code != 0) {
        return code;
    }
    wio_result *result = NULL;
    wio_error err = {0};
    wio_status status = solve(&result, study, value, how, log, &err);
    if (status == WIO_OK && stop_asked != 0) { /* asked after the last solve: still no file */
        status = WIO_E_INTERRUPTED;
    }
    if (status == WIO_OK) {
        const wio_write_options options = {.overwrite = value[OPTION_FORCE].set,
                                           .reproducible = value[OPTION_REPRODUCIBLE].set};
        status = wio_result_write(result, path, &options, &err);
    }
    if (status != WIO_OK) {
        code = cli_fail(status, &err, log);
    } else {
        cli_print_log(log, WIO_WARNING);
        code = value[OPTION_QUIET].set ? 0 : print_result(result, path, value);
        if (value[OPTION_METHOD + CLI_EXPLAIN].set) {
            cli_explain(result);
        }
    }
    wio_result_free(result);
    return code;
}

static int run(const cli_arguments *arguments)
{
    const cli_value *value = arguments->value;
    const char *file = arguments->operand[0];
    char chosen[4096];
    const char *path = value[OPTION_OUTPUT].set ? value[OPTION_OUTPUT].text : chosen;
    if (value[OPTION_JSON].set + value[OPTION_CSV].set + value[OPTION_QUIET].set > 1) {
        return cli_usage(&cli_run, "'--json', '--csv' and '--quiet' do not go together");
    }
    if (strcmp(file, "-") == 0) {
        return cli_usage(&cli_run, "a study is a file, not a pipe: the table and the definitions "
                                   "it names are found from its place");
    }
    if (value[OPTION_OUTPUT].set && (strcmp(path, "-") == 0 || *path == '\0')) {
        return cli_usage(&cli_run, "a result file cannot go to a pipe; --json and --csv can");
    }
    wio_solver_options how;
    int code = cli_method(&how, &cli_run, value + OPTION_METHOD);
    if (code != 0) {
        return code;
    }
    if (!value[OPTION_OUTPUT].set && !default_output(chosen, sizeof chosen, file)) {
        return cli_usage(&cli_run, "the name of the study is too long; name the result with -o");
    }
    wio_study *study = NULL;
    wio_log *log = NULL;
    wio_error err = {0};
    catch_signals();
    wio_status status = wio_log_create(&log, &err);
    if (status == WIO_OK) {
        status = wio_study_read(&study, file, log, &err);
    }
    code =
        status == WIO_OK ? run_study(study, path, value, &how, log) : cli_fail(status, &err, log);
    wio_study_free(study);
    wio_log_free(log);
    return code;
}

const cli_command cli_run = {
    .name = "run",
    .operands = "STUDY.yaml",
    .summary = "solve a study, print the answer, write the result file",
    .about = "Reads a study and its table, solves every scenario and every sensitivity case, "
             "writes one HDF5 file in netCDF-4 conventions (xarray, netCDF4, R and Julia open it) "
             "and prints the answer. A study with mistakes gets all of them, each with its line "
             "and column, and exit status 65.\n"
             "An interrupt (Ctrl-C, SIGTERM) stops at the next right moment with exit status 75 "
             "and leaves no file.",
    .examples = "wassily run studies/opening_salvo.yaml\n"
                "wassily run studies/opening_salvo.yaml -o answer.h5 --force\n"
                "wassily run studies/opening_salvo.yaml --csv > answer.csv",
    .least = 1,
    .most = 1,
    .option = OPTIONS,
    .options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run,
};
