/* memory.c - a limit of address space (ulimit -v) is met before the libraries start.
 *
 * OpenBLAS 0.3.21 starts its threads while it is loaded, before main, and waits for ever where it
 * finds no room for their buffers (TRUST 3.4). So this function stands in .preinit_array, which runs
 * before any library's own start: under a limit the command starts itself again with one thread for
 * OpenBLAS (Wassily has its own threads and never asks for OpenBLAS's), and refuses a limit with
 * which nothing can be solved. Without a limit it does nothing. */
#include "options.h"

#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    NEEDED_MB = 160, /* measured: the libraries take 95 MB, the buffer of BLAS 32 MB */
    MOST_VARIABLES = 4096
};

#define ONE_THREAD "OPENBLAS_NUM_THREADS=1"

static void refuse(void)
{
    static const char message[] =
        "wassily: out of memory: the limit of address space is too low; the "
        "embedded tables need 350 MB (ulimit -v 350000)\n";
    ssize_t wrote = write(STDERR_FILENO, message, sizeof message - 1);
    (void)wrote;
    _exit(wio_status_exit(WIO_E_MEMORY));
}

/* No library has started: only system calls, no allocation, no stdio. */
__attribute__((no_sanitize("address", "undefined"))) static void meet_limit(int argc, char **argv,
                                                                            char **environment)
{
    static char *again[MOST_VARIABLES + 2];
    static char one_thread[] = ONE_THREAD;
    struct rlimit limit;
    (void)argc;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
        return;
    }
    if (limit.rlim_cur < (rlim_t)NEEDED_MB * 1000 * 1000) {
        refuse();
    }
    size_t count = 0;
    for (; environment[count] != NULL; count++) {
        if (count == MOST_VARIABLES) {
            return;
        }
        if (strcmp(environment[count], ONE_THREAD) == 0) {
            return;
        }
        bool other = strncmp(environment[count], ONE_THREAD, sizeof ONE_THREAD - 2) == 0;
        again[count] = other ? one_thread : environment[count];
    }
    again[count] = one_thread;
    (void)execve("/proc/self/exe", argv, again); /* returns only where it cannot: go on */
}

typedef void preinit(int, char **, char **);
__attribute__((section(".preinit_array"), used)) static preinit *const at_start = meet_limit;
