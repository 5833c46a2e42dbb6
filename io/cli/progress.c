/* progress.c - a progress bar on stderr, drawn only on a terminal and only for long work.
 *
 * Nothing is drawn in the first 0.4 s, so that short commands stay clean, nor more often than ten
 * times a second, so that the terminal never costs more than the work. */
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const double QUIET_S = 0.4, REDRAW_S = 0.1;

static double now(void)
{
    struct timespec time = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void progress_start(progress *bar, FILE *stream, bool quiet)
{
    *bar = (progress){.stream = stream, .width = 80};
    const char *terminal = getenv("TERM");
    bool capable = terminal != NULL && strcmp(terminal, "dumb") != 0;
    bar->on = !quiet && capable && isatty(fileno(stream)) == 1;
    struct winsize size = {0};
    if (bar->on && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
        bar->width = size.ws_col;
    }
    bar->start = now();
}

void progress_line(char line[PROGRESS_LINE], size_t width, size_t done, size_t total,
                   const char *what)
{
    enum { BAR = 30, AFTER = 8 }; /* "]" and " 100%  " */
    width = width < PROGRESS_LINE ? width : PROGRESS_LINE - 1;
    size_t bar = width >= 60 ? BAR : 10;
    done = done < total ? done : total;
    double share = total == 0 ? 0.0 : (double)done / (double)total;
    size_t full = (size_t)(share * (double)bar);
    char drawn[BAR + 1];
    memset(drawn, ' ', bar);
    memset(drawn, '=', full);
    if (full < bar) {
        drawn[full] = '>';
    }
    drawn[bar] = '\0';
    size_t room = width > bar + AFTER + 1 ? width - bar - AFTER - 1 : 0;
    (void)snprintf(line, PROGRESS_LINE, "[%s] %3d%%  %.*s", drawn, (int)(100.0 * share), (int)room,
                   what == NULL ? "" : what);
    for (char *c = line; *c != '\0'; c++) { /* a scenario's name must not move the cursor */
        *c = (char)((unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
    }
}

void progress_show(void *context, size_t done, size_t total, const char *what)
{
    progress *bar = context;
    if (!bar->on) {
        return;
    }
    double time = now();
    if (time - bar->start < QUIET_S || (bar->drawn && time - bar->last < REDRAW_S)) {
        return;
    }
    char line[PROGRESS_LINE];
    progress_line(line, bar->width - 1, done, total, what);
    (void)fprintf(bar->stream, "\r\033[K%s", line);
    (void)fflush(bar->stream);
    bar->drawn = true;
    bar->last = time;
}

void progress_end(progress *bar)
{
    if (bar->drawn) {
        (void)fputs("\r\033[K", bar->stream);
        (void)fflush(bar->stream);
        bar->drawn = false;
    }
}
