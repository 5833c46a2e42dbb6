/* rebuild.h - private to carve.c, new_sector.c, origins.c, split.c, multiregional*.c: labels of a
 * table as arrays that can be changed. */
#ifndef WIO_REBUILD_H
#define WIO_REBUILD_H

#include "frames.h"

typedef struct rebuild {
    const wio_table *from;
    size_t regions, n, m, f; /* of the new table */
    const char *import_split;
    const char **region, **region_name, **valuation, **sector, **sector_name, **use;
    bool *endogenous;
    size_t *origin, *final_region; /* regions of origins and final columns */
    size_t *was;                   /* [m] sector of `from` that an origin's sector is (part of) */
    wio_role *role;
    const frame_carry *files; /* how further files go with it; NULL: they do not, nor do groups */
    double *Z, *Y, *P, *S;
} rebuild;

/* Room for m origins, n activities, f final columns and so many regions, of which the first have the
 * labels of those of `from`. */
wio_status wio_rebuild_room(rebuild *r, const wio_table *from, size_t regions, size_t n, size_t m,
                            size_t f, wio_error *err);
void wio_rebuild_free(rebuild *r);
/* Gives origin `to` a region and the sector of an old origin. */
void wio_rebuild_label(rebuild *r, size_t to, size_t region, size_t from);
/* The table, with the texts, sources and notes of `from`, its further files and its notes on satellites as
 * far as they are true of the new one. A group has the sectors that are parts of its own alone. */
wio_status wio_rebuild_table(wio_table **out, const rebuild *r, wio_log *log, wio_error *err);
/* Adds a group of `from` by the codes of its sectors, those that the table has. MEMORY. */
wio_status wio_rebuild_group(wio_table *table, const wio_table *from, const wio_group *group,
                             wio_error *err);
/* Notes on satellites of `from` whose cell has the same number in the table; how many have not is said
 * in a note. MEMORY. */
wio_status wio_rebuild_satellite_notes(wio_table *table, const wio_table *from, wio_error *err);

#endif
