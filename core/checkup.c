/* checkup.c - the lines of a check-up, and those about the process itself: threads, memory, open
 * files, floating point, locale. */
#include "internal.h"

#include <fenv.h>
#include <float.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FEWEST_FILES = 64 };
static const double LEAST_MEMORY = 350e6; /* what the embedded tables need (io/cli/memory.c) */

struct wio_checkup {
    wio_check *line;
    size_t count, capacity;
};

wio_status wio_checkup_create(wio_checkup **out, wio_error *err)
{
    wio_checkup *made = out != NULL ? wio_zalloc(1, sizeof *made) : NULL;
    if (made == NULL) {
        return wio_fail(err, out != NULL ? WIO_E_MEMORY : WIO_E_ARGUMENT, "wio_checkup_create");
    }
    *out = made;
    return WIO_OK;
}

static void line_free(wio_check *line)
{
    wio_free((char *)(uintptr_t)line->subject);
    wio_free((char *)(uintptr_t)line->found);
    wio_free((char *)(uintptr_t)line->advice);
}

void wio_checkup_free(wio_checkup *checkup)
{
    for (size_t i = 0; checkup != NULL && i < checkup->count; i++) {
        line_free(&checkup->line[i]);
    }
    if (checkup != NULL) {
        wio_free(checkup->line);
        wio_free(checkup);
    }
}

const wio_check *wio_checkup_line(const wio_checkup *checkup, size_t index)
{
    return checkup != NULL && index < checkup->count ? &checkup->line[index] : NULL;
}

static bool room_for_one(wio_checkup *checkup)
{
    if (checkup->count < checkup->capacity) {
        return true;
    }
    size_t capacity = 2 * checkup->capacity + 8;
    wio_check *line = wio_grow(checkup->line, checkup->count, capacity, sizeof *line);
    if (line != NULL) {
        checkup->line = line;
        checkup->capacity = capacity;
    }
    return line != NULL;
}

wio_status wio_checkup_add(wio_checkup *checkup, wio_severity severity, const char *subject,
                           const char *advice, wio_error *err, const char *format, ...)
{
    char found[512];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(found, sizeof found, format, values);
    va_end(values);
    wio_check line = {.severity = severity, .subject = wio_strdup(subject)};
    bool whole = line.subject != NULL;
    if (whole) {
        line.found = wio_text_safe(found);
        whole = line.found != NULL;
    }
    if (whole && *advice != '\0') {
        line.advice = wio_text_safe(advice);
        whole = line.advice != NULL;
    }
    if (!whole || !room_for_one(checkup)) {
        line_free(&line);
        return wio_fail(err, WIO_E_MEMORY, "no memory for the check-up");
    }
    checkup->line[checkup->count++] = line;
    return WIO_OK;
}

/* --- the process ----------------------------------------------------------------------------------- */

static int processors_allowed(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* Which setting decided, in the order of wio_threads: the first of them that it takes. */
static wio_status check_threads(wio_checkup *checkup, int asked, wio_error *err)
{
    static const char *const SETTINGS[] = {"OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK"};
    int used = wio_threads(asked), allowed = processors_allowed();
    const char *value = NULL, *name = asked > 0 ? "asked for" : "every processor allowed";
    char advice[200] = "";
    for (size_t s = 0; asked <= 0 && value == NULL && s < 2; s++) {
        const char *set = getenv(SETTINGS[s]);
        if (set != NULL && *set >= '1' && *set <= '9' && strtol(set, NULL, 10) == used) {
            value = set;
            name = SETTINGS[s];
        } else if (set != NULL) {
            (void)snprintf(advice, sizeof advice,
                           "%s is not a number from 1 to 1024 and is ignored", SETTINGS[s]);
        }
    }
    if (used > allowed) {
        (void)snprintf(advice, sizeof advice,
                       "more threads than the %d processors allowed only wait for one another: "
                       "use %d",
                       allowed, allowed);
    } else if (value != NULL && *advice == '\0' && 2 * used <= allowed && used < 4) {
        (void)snprintf(advice, sizeof advice, "%d processors are allowed: unset %s to use them",
                       allowed, name);
    }
    return wio_checkup_add(checkup, *advice != '\0' ? WIO_WARNING : WIO_NOTE, "threads", advice,
                           err, "%d (%s%s%s); %d of %ld processors allowed", used, name,
                           value != NULL ? "=" : "", value != NULL ? value : "", allowed,
                           sysconf(_SC_NPROCESSORS_ONLN));
}

static wio_status check_memory(wio_checkup *checkup, wio_error *err)
{
    double machine = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    double left = wio_memory_left();
    struct rlimit space;
    bool limited = getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY;
    bool little = left < LEAST_MEMORY;
    return wio_checkup_add(
        checkup, little ? WIO_WARNING : WIO_NOTE, "memory",
        little ? "the embedded tables need 350 MB: raise the limit (ulimit -v, the batch job's)"
               : "",
        err, "%.1f GB in the machine, %.1f GB may be used%s", machine * 1e-9, left * 1e-9,
        limited               ? " (ulimit -v)"
        : left < .9 * machine ? " (control group or ulimit -d)"
                              : "");
}

static wio_status check_files(wio_checkup *checkup, wio_error *err)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) {
        return WIO_OK;
    }
    bool few = files.rlim_cur < FEWEST_FILES;
    return wio_checkup_add(checkup, few ? WIO_WARNING : WIO_NOTE, "open files",
                           few ? "raise it: ulimit -n 256" : "", err, "%llu at a time",
                           (unsigned long long)files.rlim_cur);
}

/* Half of the smallest normal number is not zero unless a library has set flush-to-zero. */
static bool keeps_small_numbers(void)
{
    volatile double least = DBL_MIN, half = least / 2.0;
    volatile double back = half * 2.0;
    return half > 0.0 && back == least;
}

static wio_status check_arithmetic(wio_checkup *checkup, wio_error *err)
{
    bool nearest = fegetround() == FE_TONEAREST, small = keeps_small_numbers();
    const char *advice = "";
    if (!nearest) {
        advice = "something changed the rounding mode: proofs do not hold; look at LD_PRELOAD";
    } else if (!small) {
        advice =
            "a library built with -ffast-math flushes small numbers to zero: look at LD_PRELOAD";
    } else if (FLT_EVAL_METHOD != 0) {
        advice = "expressions are not rounded to double: build for SSE2 (-mfpmath=sse)";
    }
    return wio_checkup_add(checkup, *advice != '\0' ? WIO_ERROR : WIO_NOTE, "arithmetic", advice,
                           err, "rounds to %s, small numbers %s, long double of %d bits",
                           nearest ? "nearest" : "something else", small ? "kept" : "lost",
                           LDBL_MANT_DIG);
}

static wio_status check_locale(wio_checkup *checkup, wio_error *err)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_NUMERIC", "LANG"};
    const char *value = NULL;
    for (size_t i = 0; i < 3 && (value == NULL || *value == '\0'); i++) {
        value = getenv(NAMES[i]);
    }
    return wio_checkup_add(checkup, WIO_NOTE, "locale", "", err,
                           "%s; numbers are read and written with '.' in every locale",
                           value != NULL && *value != '\0' ? value : "C");
}

wio_status wio_checkup_system(wio_checkup *checkup, int threads, wio_error *err)
{
    if (checkup == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_checkup_system: NULL argument");
    }
    WIO_TRY(check_threads(checkup, threads, err));
    WIO_TRY(check_memory(checkup, err));
    WIO_TRY(check_files(checkup, err));
    WIO_TRY(check_arithmetic(checkup, err));
    return check_locale(checkup, err);
}
