/* screen.c - the answer on the screen: assumptions, answer, reasons, limits, in that order.
 *
 * At most 45 lines of 80 columns for a study with two scenarios; no time, no machine, so that the
 * same result always prints the same text. */
#include "screen.h"

#include <string.h>

enum { WIDTH = 80, WIDTH_LEAST = 72, WIDTH_MOST = 200, LABEL_LEAST = 32, COLUMN_LEAST = 16 };

/* Scenarios side by side: as many as fit, spread evenly over the blocks. */
static size_t columns_of(size_t scenarios, size_t width)
{
    size_t fit = (width - LABEL_LEAST) / COLUMN_LEAST;
    size_t blocks = (scenarios + fit - 1) / fit;
    return blocks == 0 ? 1 : (scenarios + blocks - 1) / blocks;
}

static void set_currency(wio_screen *screen)
{
    const char *currency = wio_result_attribute(screen->result, "currency");
    wio_screen_ascii(screen->currency, sizeof screen->currency - 1,
                     currency == NULL ? "" : currency);
    if (strcmp(screen->currency, "USD") == 0) {
        memcpy(screen->currency, "$", 2);
    } else if (screen->currency[0] != '\0') {
        size_t length = strlen(screen->currency);
        memcpy(screen->currency + length, " ", 2);
    }
}

static bool prepare(wio_screen *screen)
{
    size_t scenarios = screen->scenarios, rows = WIO_ROWS + 1;
    screen->row = wio_zalloc(rows, sizeof *screen->row);
    screen->cells = wio_zalloc(rows * scenarios, sizeof *screen->cells);
    screen->value = wio_zalloc(scenarios, sizeof *screen->value);
    if (screen->row == NULL || screen->cells == NULL || screen->value == NULL) {
        return false;
    }
    for (size_t r = 0; r < rows; r++) {
        screen->row[r].cell = screen->cells + r * scenarios;
    }
    return true;
}

static void page(wio_screen *screen, const char *path)
{
    wio_screen_head(screen);
    wio_screen_effects(screen);
    wio_screen_table(screen);
    wio_screen_years(screen);
    wio_screen_reasons(screen);
    wio_screen_foot(screen, path);
}

wio_status wio_result_screen(char **text, const wio_result *result, const char *path,
                             const wio_text_options *options, wio_error *err)
{
    if (text == NULL || result == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_result_screen: text or result is NULL");
    }
    wio_screen screen = {.result = result, .width = WIDTH, .missing = "not known"};
    if (options != NULL) {
        size_t width = options->width == 0 ? WIDTH : options->width;
        width = width < WIDTH_LEAST ? WIDTH_LEAST : width;
        screen.width = width < WIDTH_MOST ? width : WIDTH_MOST;
        screen.colour = options->colour;
    }
    screen.scenario = wio_result_labels(result, "scenario");
    screen.scenarios = screen.scenario == NULL ? 0 : wio_result_length(result, "scenario");
    screen.home = wio_result_labels(result, "home");
    screen.homes = screen.home == NULL ? 0 : wio_result_length(result, "home");
    screen.columns = columns_of(screen.scenarios, screen.width);
    set_currency(&screen);
    wio_status status = WIO_OK;
    if (screen.scenarios == 0) {
        wio_screen_plain(&screen, path);
    } else if (prepare(&screen)) {
        page(&screen, path);
    } else {
        status = wio_fail(err, WIO_E_MEMORY, "the screen of %zu scenarios", screen.scenarios);
    }
    if (status == WIO_OK) {
        status = wio_text_take(text, &screen.text, err);
    }
    wio_text_free(&screen.text);
    wio_free(screen.row);
    wio_free(screen.cells);
    wio_free(screen.value);
    return status;
}
