/* fuzz_xlsx.c - any bytes as a workbook: as the archive itself when they begin as one, else as its
 * members, which are put into an archive here, since no fuzzer guesses a checksum. Members are
 * separated by lines %%%%: sheet, shared strings, styles, workbook, relations; those that are not
 * there are the usual ones. */
#include "../../io/io.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MEMBERS = 5 };

static const char *const names[MEMBERS] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                           "xl/styles.xml", "xl/workbook.xml",
                                           "xl/_rels/workbook.xml.rels"};
static const char *const usual[MEMBERS] = {
    "<worksheet><sheetData/></worksheet>", "<sst><si><t>one</t></si><si><t>two</t></si></sst>",
    "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
    "<workbook><sheets><sheet name=\"S\" r:id=\"r1\"/></sheets></workbook>",
    "<R><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></R>"};

static uint32_t checksum(const uint8_t *bytes, size_t size) /* CRC-32 of ISO 3309 */
{
    uint32_t crc = 0xffffffffU;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
        }
    }
    return ~crc;
}

static void add_number(wio_text *to, size_t value, int bytes)
{
    for (int i = 0; i < bytes; i++, value >>= 8) {
        const char byte = (char)(value & 255);
        wio_text_add_bytes(to, &byte, 1);
    }
}

/* One member, stored, and its line in the directory. */
static void add_member(wio_text *archive, wio_text *directory, const char *name,
                       const uint8_t *bytes, size_t size)
{
    size_t at = archive->length;
    uint32_t crc = checksum(bytes, size);
    for (int k = 0; k < 2; k++) {
        wio_text *to = k == 0 ? archive : directory;
        wio_text_add_bytes(to, k == 0 ? "PK\3\4" : "PK\1\2", 4);
        add_number(to, 20, k == 0 ? 2 : 4); /* versions */
        add_number(to, 0, 8);               /* flags, stored, time and date */
        add_number(to, crc, 4);
        add_number(to, size, 4);
        add_number(to, size, 4);
        add_number(to, strlen(name), 2);
        add_number(to, 0, k == 0 ? 2 : 12);
        if (k == 1) {
            add_number(to, at, 4);
        }
        wio_text_add_bytes(to, name, strlen(name));
    }
    wio_text_add_bytes(archive, (const char *)bytes, size);
}

static void build(wio_text *archive, const uint8_t *bytes, size_t size)
{
    wio_text directory = {0};
    const uint8_t *end = bytes + size;
    for (size_t i = 0; i < MEMBERS; i++) {
        if (i == 0 || bytes != end) {
            const uint8_t *cut =
                bytes != end ? memmem(bytes, (size_t)(end - bytes), "\n%%%%\n", 6) : NULL;
            const uint8_t *stop = cut != NULL ? cut : end;
            add_member(archive, &directory, names[i], bytes, (size_t)(stop - bytes));
            bytes = cut != NULL ? cut + 6 : end;
        } else {
            add_member(archive, &directory, names[i], (const uint8_t *)usual[i], strlen(usual[i]));
        }
    }
    size_t at = archive->length;
    wio_text_add_bytes(archive, directory.data, directory.length);
    wio_text_add_bytes(archive, "PK\5\6\0\0\0", 8);
    add_number(archive, MEMBERS, 2);
    add_number(archive, MEMBERS, 2);
    add_number(archive, directory.length, 4);
    add_number(archive, at, 4);
    add_number(archive, 0, 2);
    wio_text_free(&directory);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    wio_text archive = {0};
    if (size >= 2 && memcmp(bytes, "PK", 2) == 0) {
        wio_text_add_bytes(&archive, (const char *)bytes, size);
    } else {
        build(&archive, bytes, size);
    }
    wio_csv csv;
    wio_log *log = NULL;
    if (!archive.failed && wio_log_create(&log, NULL) == WIO_OK &&
        wio_xlsx_parse(&csv, archive.data, archive.length, "f.xlsx", NULL, log, NULL) == WIO_OK) {
        for (size_t i = 0; i < csv.start[csv.rows]; i++) {
            if (strlen(csv.cell[i]) > 65536) {
                __builtin_trap();
            }
        }
        wio_csv_clear(&csv);
    }
    wio_log_free(log);
    wio_text_free(&archive);
    if (wio_alloc_live != 0) {
        __builtin_trap();
    }
    return 0;
}
