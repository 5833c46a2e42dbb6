/* aggregate.h - private to aggregate*.c: what becomes what, with which share. */
#ifndef WIO_AGGREGATE_H
#define WIO_AGGREGATE_H

#include "../../core/table.h"

typedef struct mapping { /* of codes, or of rows: the targets of i are start[i] .. start[i+1]-1 */
    size_t sources, targets;
    size_t *start;  /* [sources + 1] */
    size_t *to;     /* target */
    double *weight; /* sums to 1 over a source */
} mapping;

void wio_mapping_free(mapping *map);
/* The map of a list of codes, and the new list in `names`; every offender goes to the log. `what` is
 * "region" or "sector". concordance NULL: every code to itself. TABLE, MEMORY. */
wio_status wio_mapping_codes(mapping *map, wio_names *names, const wio_names *codes,
                             const wio_concordance *concordance, const char *what, wio_log *log,
                             wio_error *err);
/* aggregate_bias.c: origins [m] map of table to aggregated. */
wio_status wio_aggregate_bias(wio_aggregate_report *report, const wio_table *table,
                              const wio_table *aggregated, const mapping *origins, wio_log *log,
                              wio_error *err);

#endif
