/* fuzz_mapping.c - a mapping, a line %%%%, and the text it reads, which is /proc/self/fd/100. The mapping
 * itself is /proc/self/fd/101 when it is read as one of supply and use. */
#include "../../io/io.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { TEXT = 100, MAPPING = 101 };

/* Bytes as a file in memory with a number that the mapping can know. */
static bool put_file(int number, const uint8_t *bytes, size_t length)
{
    static bool made[2] = {false, false};
    if (!made[number - TEXT]) {
        int file = memfd_create("text", 0);
        made[number - TEXT] = file >= 0 && dup2(file, number) == number;
    }
    return made[number - TEXT] && ftruncate(number, 0) == 0 &&
           pwrite(number, bytes, length, 0) == (ssize_t)length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char line[] = "%%%%\n";
    const uint8_t *cut = size != 0 ? memmem(bytes, size, line, sizeof line - 1) : NULL;
    size_t mapping = cut != NULL ? (size_t)(cut - bytes) : size;
    const uint8_t *text = cut != NULL ? cut + sizeof line - 1 : bytes + size;
    wio_log *log = NULL;
    wio_table *table = NULL;
    wio_supply_use *supply_use = NULL;
    if (put_file(TEXT, text, (size_t)(bytes + size - text)) && put_file(MAPPING, bytes, mapping) &&
        wio_log_create(&log, NULL) == WIO_OK) {
        wio_status status =
            wio_mapping_parse(&table, (const char *)bytes, mapping, "m.yaml", "", log, NULL);
        if (status == WIO_E_ARGUMENT) { /* of the other kind */
            (void)wio_supply_use_import(&supply_use, "mapping", "/proc/self/fd/101", NULL, log,
                                        NULL);
        }
    }
    wio_table_free(table);
    wio_supply_use_free(supply_use);
    wio_log_free(log);
    if (wio_alloc_live != 0) {
        __builtin_trap();
    }
    return 0;
}
