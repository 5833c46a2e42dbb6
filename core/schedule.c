/* schedule.c - the life of a tariff schedule, and product codes by their beginnings. */
#include "schedule.h"

#include <string.h>

void wio_schedule_free(wio_schedule *schedule)
{
    if (schedule == NULL) {
        return;
    }
    wio_names_free(&schedule->code);
    wio_names_free(&schedule->partner);
    wio_names_free(&schedule->authority);
    wio_names_free(&schedule->product);
    wio_names_free(&schedule->sector);
    for (size_t i = 0; i < schedule->entries; i++) {
        wio_free(schedule->entry[i].code);
    }
    wio_free(schedule->tariff);
    wio_free(schedule->first);
    wio_free(schedule->entry);
    wio_free(schedule->member);
    wio_free(schedule->member_at);
    wio_free(schedule->path);
    wio_free(schedule);
}

size_t wio_longest_prefix(const wio_names *names, const char *code)
{
    char prefix[WIO_CODE_SIZE];
    size_t length = strlen(code), found = SIZE_MAX;
    if (length >= sizeof prefix) {
        return SIZE_MAX;
    }
    memcpy(prefix, code, length + 1);
    for (; length > 0 && found == SIZE_MAX; length--) {
        prefix[length] = '\0';
        found = wio_names_find(names, prefix);
    }
    return found;
}
