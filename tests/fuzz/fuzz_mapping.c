/* fuzz_mapping.c - a mapping, a line %%%%, and the text it reads, which is /proc/self/fd/100. */
#include "../../io/io.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { TEXT = 100 };

/* The text as a file in memory with a number that the mapping can know. */
static bool put_text(const uint8_t *text, size_t length)
{
    static bool made = false;
    if (!made) {
        int file = memfd_create("text", 0);
        made = file >= 0 && dup2(file, TEXT) == TEXT;
    }
    return made && ftruncate(TEXT, 0) == 0 && pwrite(TEXT, text, length, 0) == (ssize_t)length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char line[] = "%%%%\n";
    const uint8_t *cut = size != 0 ? memmem(bytes, size, line, sizeof line - 1) : NULL;
    size_t mapping = cut != NULL ? (size_t)(cut - bytes) : size;
    const uint8_t *text = cut != NULL ? cut + sizeof line - 1 : bytes + size;
    wio_log *log = NULL;
    wio_table *table = NULL;
    if (put_text(text, (size_t)(bytes + size - text)) && wio_log_create(&log, NULL) == WIO_OK) {
        (void)wio_mapping_parse(&table, (const char *)bytes, mapping, "m.yaml", "", log, NULL);
    }
    wio_table_free(table);
    wio_log_free(log);
    if (wio_alloc_live != 0) {
        __builtin_trap();
    }
    return 0;
}
