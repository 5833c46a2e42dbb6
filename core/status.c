/* status.c - status texts and error detail. */
#include "internal.h"

#include <stdio.h>

const char *wio_status_text(wio_status status)
{
    switch (status) {
#define WIO_STATUS_CASE(name, value, exit_status, text)                                            \
    case name:                                                                                     \
        return text;
        WIO_STATUS_LIST(WIO_STATUS_CASE)
#undef WIO_STATUS_CASE
    }
    return "unknown status";
}

int wio_status_exit(wio_status status)
{
    // NOLINTBEGIN(bugprone-branch-clone): several have the same exit status
    switch (status) {
#define WIO_STATUS_CASE(name, value, exit_status, text)                                            \
    case name:                                                                                     \
        return exit_status;
        WIO_STATUS_LIST(WIO_STATUS_CASE)
#undef WIO_STATUS_CASE
    }
    // NOLINTEND(bugprone-branch-clone)
    return 70;
}

const char *wio_version(void)
{
    return WIO_VERSION;
}

wio_status(wio_fail)(wio_error *err, wio_status status, const char *format, ...)
{
    if (err != NULL && err->status == WIO_OK) {
        va_list args;
        err->status = status;
        va_start(args, format);
        (void)vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
    }
    return status;
}
