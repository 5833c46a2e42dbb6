/* threads.c - how many threads to use: asked, OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, affinity. */
#include "internal.h"

#include <sched.h>
#include <stdlib.h>

enum { MOST_THREADS = 1024 };

static int from_environment(const char *name)
{
    const char *text = getenv(name);
    if (text == NULL || *text < '1' || *text > '9') {
        return 0;
    }
    long count = strtol(text, NULL, 10);
    return count >= 1 && count <= MOST_THREADS ? (int)count : 0;
}

int wio_threads(int asked)
{
    if (asked > 0) {
        return asked < MOST_THREADS ? asked : MOST_THREADS;
    }
    int count = from_environment("OMP_NUM_THREADS");
    if (count == 0) {
        count = from_environment("SLURM_CPUS_PER_TASK");
    }
    if (count == 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    }
    return count;
}
