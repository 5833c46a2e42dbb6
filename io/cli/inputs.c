/* inputs.c - tells studies, tables and results apart; no numbers are read for it. */
#include "inputs.h"

#include "../../core/wassily.h"

#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

cli_input cli_input_kind(const char *path)
{
    if (ends_with(path, ".yaml") || ends_with(path, ".yml")) {
        return CLI_STUDY;
    }
    if (ends_with(path, ".h5") || ends_with(path, ".nc")) {
        int *years = NULL;
        size_t count = 0;
        if (wio_table_years(&years, &count, path, NULL) == WIO_OK) {
            wio_free(years);
            return CLI_TABLE;
        }
        wio_result *result = NULL;
        wio_status status = wio_result_read(&result, path, NULL);
        bool is_result = status == WIO_OK && wio_result_attribute(result, "command") != NULL;
        wio_result_free(result);
        return is_result ? CLI_RESULT : CLI_TABLE;
    }
    return CLI_TABLE;
}
