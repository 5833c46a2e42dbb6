/* method.h - the options about the solver that `run`, `multipliers` and `solve` share. */
#ifndef WIO_CLI_METHOD_H
#define WIO_CLI_METHOD_H

#include "options.h"

/* Rows of an option table; METHOD is the index of the first of them. */
#define CLI_METHOD_OPTIONS                                                                         \
    {"method", 0, CLI_CHOICE, "auto|lu|refined|mixed|krylov|entrywise",                            \
     "how the table's system is solved (default: auto, the cheapest that is safe)"},               \
        {"explain", 0, CLI_FLAG, NULL,                                                             \
         "say on stderr which method was used, why, and its time and memory, expected and "        \
         "actual"},                                                                                \
        {"threads", 't', CLI_COUNT, "N",                                                           \
         "threads (default: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else those available)"},         \
    {                                                                                              \
        "memory", 0, CLI_NUMBER, "GB",                                                             \
            "memory that solving may use beside the table (default: what the machine and its "     \
            "limits leave)"                                                                        \
    }

enum { CLI_METHOD, CLI_EXPLAIN, CLI_THREADS, CLI_MEMORY, CLI_METHOD_COUNT };

/* value[0] is that of --method. 0, or the exit status after a message. */
int cli_method(wio_solver_options *out, const cli_command *command, const cli_value *value);
/* The plan in a result's attributes, to stderr. */
void cli_explain(const wio_result *result);

#endif
