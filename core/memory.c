/* memory.c - the library's only calls to malloc and free.
 *
 * Every block is aligned to 64 bytes. The budget is the tests' hook: it lets the next allocations
 * succeed and then fails, so that every out-of-memory path can be walked. */
#include "internal.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64 }; /* one cache line, one AVX-512 register */

_Atomic long wio_alloc_budget = -1;
_Atomic long wio_alloc_live = 0;
_Atomic size_t wio_alloc_bytes = 0, wio_alloc_most = 0;

void wio_alloc_mark(void)
{
    wio_alloc_most = wio_alloc_bytes;
}

static void count_block(void *block)
{
    wio_alloc_live++;
    size_t added = malloc_usable_size(block), most = wio_alloc_most;
    size_t bytes = atomic_fetch_add(&wio_alloc_bytes, added) + added;
    while (bytes > most && !atomic_compare_exchange_weak(&wio_alloc_most, &most, bytes)) {}
}

/* Large blocks in pages of 2 MB where the system gives them on request: a fifth of the faults, and
 * rows that are far apart are found. Nothing depends on whether it does. */
static void ask_for_large_pages(void *block, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    enum { LEAST = 1 << 22, PAGE = 1 << 12 };
    if (bytes >= LEAST) {
        char *first = (char *)block + (PAGE - (uintptr_t)block % PAGE) % PAGE;
        size_t length = (size_t)((char *)block + bytes - first) / PAGE * PAGE;
        (void)madvise(first, length, MADV_HUGEPAGE);
    }
#else
    (void)block;
    (void)bytes;
#endif
}

/* Takes one allocation off the budget, in one step: two threads never share the last. */
static bool within_budget(void)
{
    long left = wio_alloc_budget;
    while (left > 0 && !atomic_compare_exchange_weak(&wio_alloc_budget, &left, left - 1)) {}
    return left != 0;
}

void *wio_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT) {
        return NULL;
    }
    if (!within_budget()) {
        return NULL;
    }
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *block = aligned_alloc(ALIGNMENT, bytes != 0 ? bytes : ALIGNMENT);
    if (block != NULL) {
        ask_for_large_pages(block, bytes);
        count_block(block);
    }
    return block;
}

void *wio_zalloc(size_t count, size_t size)
{
    void *block = wio_alloc(count, size);
    if (block != NULL && count != 0 && size != 0) {
        memset(block, 0, count * size);
    }
    return block;
}

void *wio_grow(void *old, size_t used, size_t count, size_t size)
{
    void *block = wio_alloc(count, size);
    if (block != NULL && old != NULL) {
        memcpy(block, old, used * size);
        wio_free(old);
    }
    return block;
}

char *wio_strndup(const char *text, size_t length)
{
    char *copy = wio_alloc(length + 1, 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *wio_strdup(const char *text)
{
    return wio_strndup(text, strlen(text));
}

void wio_free(void *memory)
{
    if (memory != NULL) {
        wio_alloc_live--;
        wio_alloc_bytes -= malloc_usable_size(memory);
        free(memory);
    }
}

double *wio_take(wio_arena *arena, size_t count)
{
    if (arena->failed) {
        return NULL;
    }
    if (arena->count == arena->capacity) {
        size_t capacity = 2 * arena->capacity + 32;
        void **grown = wio_grow(arena->block, arena->count, capacity, sizeof *grown);
        if (grown == NULL) {
            arena->failed = true;
            return NULL;
        }
        arena->block = grown;
        arena->capacity = capacity;
    }
    double *block = wio_zalloc(count, sizeof *block);
    if (block == NULL) {
        arena->failed = true;
        return NULL;
    }
    arena->block[arena->count++] = block;
    return block;
}

void wio_arena_free(wio_arena *arena)
{
    for (size_t i = 0; i < arena->count; i++) {
        wio_free(arena->block[i]);
    }
    wio_free(arena->block);
    *arena = (wio_arena){0};
}
