/* pymrio.h - what reading and writing pymrio's folder share: the file pymrio_extensions.csv of a
 * table, which keeps where an account came from.
 *
 *   code,folder,cells,unit
 *   ,.,,Mill USD                        the unit of flows as the source writes it
 *   ,emissions,stressor<tab>compartment,   names of the label cells of an extension
 *   CO2 | air,emissions,CO2<tab>air,kg  an account or primary input
 *   F_Y,emissions,,                     the extension has numbers for final uses */
#ifndef WIO_PYMRIO_H
#define WIO_PYMRIO_H

#include "io.h"

struct wio_import;

extern const char wio_pymrio_file[];  /* "pymrio_extensions.csv" */
extern const char wio_pymrio_roles[]; /* "wassily_roles.csv": in the folder that is written */
enum { WIO_PYMRIO_CODE, WIO_PYMRIO_FOLDER, WIO_PYMRIO_CELLS, WIO_PYMRIO_UNIT, WIO_PYMRIO_COLUMNS };

void wio_pymrio_line(wio_text *text, const char *const cell[WIO_PYMRIO_COLUMNS]);
/* The lines as a frame of the table. */
wio_status wio_pymrio_keep(struct wio_import *import, wio_text *lines);

#endif
