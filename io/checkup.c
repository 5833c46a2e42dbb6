/* checkup.c - what a check-up says of files: HDF5, libyaml, and the embedded tables. */
#include "io.h"

#include <hdf5.h>
#include <stdio.h>
#include <yaml.h>

/* Read before any other call of HDF5, which ends the process when header and library differ. */
static wio_status add_hdf5(wio_checkup *checkup, wio_error *err)
{
    unsigned major = 0, minor = 0, release = 0;
    hbool_t safe = false;
    if (H5get_libversion(&major, &minor, &release) < 0) {
        return wio_checkup_add(checkup, WIO_ERROR, "HDF5", "reinstall libhdf5", err,
                               "does not give its version");
    }
    bool fits = major == H5_VERS_MAJOR && minor == H5_VERS_MINOR;
#if H5_VERSION_GE(1, 8, 16)
    (void)H5is_library_threadsafe(&safe);
#endif
#ifdef H5_HAVE_PARALLEL
    const char *build = "MPI build";
    wio_severity severity = WIO_WARNING;
    const char *advice = "an MPI library is loaded for nothing: build with HDF5=hdf5-serial";
#else
    const char *build = "serial build";
    wio_severity severity = WIO_NOTE;
    const char *advice = "";
#endif
    char rebuild[120];
    if (!fits) {
        (void)snprintf(rebuild, sizeof rebuild, "wassily was built for HDF5 %d.%d: build it again",
                       H5_VERS_MAJOR, H5_VERS_MINOR);
        severity = WIO_ERROR;
        advice = rebuild;
    }
    return wio_checkup_add(checkup, severity, "HDF5", advice, err, "%u.%u.%u, %s, %s", major, minor,
                           release, build,
                           safe ? "locks itself (thread-safe)" : "called by one thread at a time");
}

static wio_status add_tables(wio_checkup *checkup, wio_error *err)
{
    char **names = NULL;
    wio_text list = {0};
    char *text = NULL;
    WIO_TRY(wio_table_names(&names, err));
    bool found = names[0] != NULL;
    for (size_t i = 0; names[i] != NULL; i++) {
        wio_text_add(&list, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    wio_free(names);
    if (!found) {
        return wio_checkup_add(checkup, WIO_WARNING, "tables",
                               "'make install' puts them beside the library; WASSILY_TABLES names "
                               "a folder of them",
                               err, "none found");
    }
    WIO_TRY(wio_text_take(&text, &list, err));
    wio_status status = wio_checkup_add(checkup, WIO_NOTE, "tables", "", err, "%s", text);
    wio_free(text);
    return status;
}

wio_status wio_checkup_files(wio_checkup *checkup, wio_error *err)
{
    if (checkup == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_checkup_files: NULL argument");
    }
    WIO_TRY(add_hdf5(checkup, err));
    WIO_TRY(
        wio_checkup_add(checkup, WIO_NOTE, "libyaml", "", err, "%s", yaml_get_version_string()));
    return add_tables(checkup, err);
}
