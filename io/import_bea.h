/* import_bea.h - files of the U.S. Bureau of Economic Analysis by the words of their names
 * (import_bea_files.c), for what is in them (import_bea.c). */
#ifndef WIO_IMPORT_BEA_H
#define WIO_IMPORT_BEA_H

#include "import.h"

typedef enum wio_bea_kind {
    WIO_BEA_NO_KIND,
    WIO_BEA_USE_TABLE,
    WIO_BEA_MAKE_TABLE,
    WIO_BEA_IMPORT_MATRIX
} wio_bea_kind;

typedef struct wio_bea_name { /* what the words of a name say; 0: nothing */
    wio_bea_kind kind;
    char level, redefinitions; /* 's'ector, s'u'mmary, 'd'etail; 'b'efore, 'a'fter */
    int year;                  /* of a name with one year, no range */
    bool purchasers, book;
} wio_bea_name;

bool wio_bea_knows(const char *source);
/* The path of the one file of a kind in the folder that belongs to `like`; NULL: none, or a mistake.
 * Kept in the import. */
const char *wio_bea_find(wio_import *import, const char *folder, wio_bea_kind kind,
                         const wio_bea_name *like, bool any_redefinitions, wio_bea_name *found);
/* The use table and its folder; NULL: a mistake. */
const char *wio_bea_find_use(wio_import *import, const char **folder, wio_bea_name *use);

#endif
