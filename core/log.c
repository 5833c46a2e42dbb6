/* log.c - the findings about an input, in the order they were made. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

struct wio_log {
    wio_finding *finding;
    size_t count, capacity;
    size_t dropped; /* findings for which there was no memory */
};

wio_status wio_log_create(wio_log **out, wio_error *err)
{
    if (out == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_log_create: NULL argument");
    }
    wio_log *log = wio_zalloc(1, sizeof *log);
    if (log == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "log");
    }
    *out = log;
    return WIO_OK;
}

void wio_log_free(wio_log *log)
{
    if (log == NULL) {
        return;
    }
    for (size_t i = 0; i < log->count; i++) {
        wio_free((void *)log->finding[i].file);
        wio_free((void *)log->finding[i].text);
    }
    wio_free(log->finding);
    wio_free(log);
}

size_t wio_log_count(const wio_log *log, wio_severity at_least)
{
    size_t count = 0;
    for (size_t i = 0; log != NULL && i < log->count; i++) {
        count += log->finding[i].severity >= at_least;
    }
    return count;
}

const wio_finding *wio_log_finding(const wio_log *log, size_t index)
{
    return log != NULL && index < log->count ? &log->finding[index] : NULL;
}

char *wio_log_line(const wio_finding *finding)
{
    static const char *const severity[] = {"note", "warning", "error"};
    wio_text text = {0};
    if (finding->file != NULL) {
        wio_text_add(&text, "%s:", finding->file);
        if (finding->line != 0) {
            wio_text_add(&text, "%zu:", finding->line);
        }
        if (finding->column != 0) {
            wio_text_add(&text, "%zu:", finding->column);
        }
        wio_text_add(&text, " ");
    }
    wio_text_add(&text, "%s: %s", severity[finding->severity], finding->text);
    char *line = NULL;
    return wio_text_take(&line, &text, NULL) == WIO_OK ? line : NULL;
}

void wio_find(wio_log *log, wio_severity severity, const char *file, size_t line, size_t column,
              const char *format, ...)
{
    if (log == NULL) {
        return;
    }
    char message[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (log->count == log->capacity) {
        wio_finding *grown =
            wio_grow(log->finding, log->count, 2 * log->capacity + 16, sizeof *grown);
        if (grown == NULL) {
            log->dropped++;
            return;
        }
        log->finding = grown;
        log->capacity = 2 * log->capacity + 16;
    }
    wio_finding finding = {.severity = severity, .line = line, .column = column};
    finding.text = wio_text_safe(message);
    finding.file = file != NULL ? wio_text_safe(file) : NULL;
    if (finding.text == NULL || (file != NULL && finding.file == NULL)) {
        wio_free((void *)finding.text);
        wio_free((void *)finding.file);
        log->dropped++;
        return;
    }
    log->finding[log->count++] = finding;
}

wio_status wio_log_fail(wio_error *err, wio_status status, const wio_log *log)
{
    if (log != NULL && log->dropped != 0) {
        return wio_fail(err, WIO_E_MEMORY, "%zu findings could not be kept", log->dropped);
    }
    size_t errors = wio_log_count(log, WIO_ERROR);
    for (size_t i = 0; log != NULL && i < log->count; i++) {
        if (log->finding[i].severity == WIO_ERROR) {
            char *line = wio_log_line(&log->finding[i]);
            wio_fail(err, status, "%s%s", line != NULL ? line : log->finding[i].text,
                     errors > 1 ? " (and more)" : "");
            wio_free(line);
            return status;
        }
    }
    return wio_fail(err, status, "%s", wio_status_text(status));
}
