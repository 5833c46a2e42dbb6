/* pymrio_losses.c - what of a table a folder of pymrio's has no place for. */
#include "pymrio.h"

#include <math.h>
#include <string.h>

static void lose(wio_log *log, const char *what)
{
    wio_find(log, WIO_WARNING, NULL, 0, 0, "pymrio's folder has no place for %s", what);
}

static bool named(const wio_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (names->name[i][0] != '\0' && strcmp(names->name[i], names->code[i]) != 0) {
            return true;
        }
    }
    return false;
}

/* Those files are where the writer looks for what final uses pay and for the extensions' names. */
static bool is_kept(const char *file)
{
    return strcmp(file, wio_pymrio_file) == 0 || strcmp(file, "final_primary.csv") == 0 ||
           strcmp(file, "final_satellites.csv") == 0;
}

wio_status wio_table_pymrio_losses(const wio_table *table, wio_log *log, wio_error *err)
{
    if (table == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_pymrio_losses: NULL argument");
    }
    for (size_t i = 0; i < table->frames; i++) {
        if (!is_kept(table->frame[i].file)) {
            wio_find(log, WIO_WARNING, NULL, 0, 0, "pymrio's folder has no place for %s",
                     table->frame[i].file);
        }
    }
    if (table->groups != 0) {
        lose(log, "groups of sectors");
    }
    if (table->satellite_notes != 0) {
        lose(log, "notes on satellites");
    }
    if (named(&table->region) || named(&table->sector) || named(&table->use) ||
        named(&table->item)) {
        lose(log, "names beside the codes");
    }
    if (isfinite(table->household_income)) {
        lose(log, "the households' income");
    }
    if (table->sources != 0 || table->notes != 0 || table->licence != NULL) {
        lose(log, "sources, notes and licence");
    }
    wio_find(
        log, WIO_WARNING, NULL, 0, 0,
        "an import of the folder takes neither name nor title, which are in its metadata.json");
    lose(log, "the price basis, and the roles of uses and primary inputs: these are in its "
              "wassily_roles.csv, which an import of the folder takes");
    return WIO_OK;
}
