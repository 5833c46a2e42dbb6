/* names.c - labels found by hash, and the nearest label to a misspelt one.
 *
 * Open addressing with FNV-1a; a slot holds index + 1, 0 is free. Codes match exactly. */
#include "internal.h"

#include <string.h>

static size_t hash(const char *code)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *code != '\0'; code++) {
        h = (h ^ (unsigned char)*code) * UINT64_C(1099511628211);
    }
    return (size_t)(h ^ h >> 32);
}

static wio_status rehash(wio_names *names)
{
    size_t slots = names->slots == 0 ? 64 : 2 * names->slots;
    size_t *slot = wio_zalloc(slots, sizeof *slot);
    if (slot == NULL) {
        return WIO_E_MEMORY;
    }
    for (size_t i = 0; i < names->count; i++) {
        size_t at = hash(names->code[i]) & (slots - 1);
        while (slot[at] != 0) {
            at = (at + 1) & (slots - 1);
        }
        slot[at] = i + 1;
    }
    wio_free(names->slot);
    names->slot = slot;
    names->slots = slots;
    return WIO_OK;
}

static wio_status reserve(wio_names *names)
{
    if (2 * (names->count + 1) > names->slots) {
        WIO_TRY(rehash(names));
    }
    if (names->count < names->capacity) {
        return WIO_OK;
    }
    size_t capacity = 2 * names->capacity + 16;
    char **code = wio_grow(names->code, names->count, capacity, sizeof *code);
    if (code == NULL) {
        return WIO_E_MEMORY;
    }
    names->code = code;
    char **name = wio_grow(names->name, names->count, capacity, sizeof *name);
    if (name == NULL) {
        return WIO_E_MEMORY;
    }
    names->name = name;
    names->capacity = capacity;
    return WIO_OK;
}

wio_status wio_names_add(wio_names *names, const char *code, const char *name)
{
    if (wio_names_find(names, code) != SIZE_MAX) {
        return WIO_E_TABLE;
    }
    WIO_TRY(reserve(names));
    char *code_copy = wio_strdup(code);
    char *name_copy = wio_strdup(name);
    if (code_copy == NULL || name_copy == NULL) {
        wio_free(code_copy);
        wio_free(name_copy);
        return WIO_E_MEMORY;
    }
    size_t at = hash(code) & (names->slots - 1);
    while (names->slot[at] != 0) {
        at = (at + 1) & (names->slots - 1);
    }
    names->code[names->count] = code_copy;
    names->name[names->count] = name_copy;
    names->slot[at] = ++names->count;
    return WIO_OK;
}

size_t wio_names_find(const wio_names *names, const char *code)
{
    if (names->slots == 0) {
        return SIZE_MAX;
    }
    for (size_t at = hash(code) & (names->slots - 1); names->slot[at] != 0;
         at = (at + 1) & (names->slots - 1)) {
        if (strcmp(names->code[names->slot[at] - 1], code) == 0) {
            return names->slot[at] - 1;
        }
    }
    return SIZE_MAX;
}

void wio_names_find_all(size_t *index, const wio_names *names, const char *const *code,
                        size_t count)
{
    enum { TOGETHER = 32 }; /* more than a core's outstanding misses */
    size_t at[TOGETHER];
    for (size_t first = 0; first < count; first += TOGETHER) {
        size_t most = count - first < TOGETHER ? count - first : TOGETHER;
        for (size_t k = 0; k < most && names->slots != 0; k++) {
            at[k] = hash(code[first + k]) & (names->slots - 1);
            __builtin_prefetch(&names->slot[at[k]]);
        }
        for (size_t k = 0; k < most && names->slots != 0; k++) {
            size_t slot = names->slot[at[k]];
            __builtin_prefetch(slot != 0 ? &names->code[slot - 1] : NULL);
        }
        for (size_t k = 0; k < most && names->slots != 0; k++) {
            size_t slot = names->slot[at[k]];
            __builtin_prefetch(slot != 0 ? names->code[slot - 1] : NULL);
        }
        for (size_t k = 0; k < most; k++) {
            index[first + k] = wio_names_find(names, code[first + k]);
        }
    }
}

void wio_names_free(wio_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        wio_free(names->code[i]);
        wio_free(names->name[i]);
    }
    wio_free(names->code);
    wio_free(names->name);
    wio_free(names->slot);
    *names = (wio_names){0};
}

/* Optimal string alignment distance (a swap of neighbours counts 1), words below 64 bytes. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n >= 64 || m >= 64) {
        return SIZE_MAX;
    }
    unsigned char d[3][65];
    for (size_t j = 0; j <= m; j++) {
        d[0][j] = (unsigned char)j;
    }
    for (size_t i = 1; i <= n; i++) {
        unsigned char *row = d[i % 3], *up = d[(i + 2) % 3], *up2 = d[(i + 1) % 3];
        row[0] = (unsigned char)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = up[j - 1] + (a[i - 1] != b[j - 1] ? 1U : 0U);
            best = up[j] + 1U < best ? up[j] + 1U : best;
            best = row[j - 1] + 1U < best ? row[j - 1] + 1U : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                up2[j - 2] + 1U < best) {
                best = up2[j - 2] + 1U;
            }
            row[j] = (unsigned char)best;
        }
    }
    return d[n % 3][m];
}

const char *wio_nearest(const char *word, const char *const *words, size_t count)
{
    enum {
        MOST = 10000
    }; /* more are numbers of firms, not names: a file of mistakes would take days */
    size_t limit = (strlen(word) + 2) / 3; /* 1 of 3 letters, 2 of 4 to 6 */
    count = count > MOST ? 0 : count;
    size_t best = SIZE_MAX;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, words[i]);
        if (d <= limit && d < best) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}
