/* fuzz_csv.c - any bytes as a text with cells: cut whole, and as a matrix of numbers. The first two
 * bytes choose the delimiter and how numbers are written. */
#include "../../io/io.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char *copy_of(const uint8_t *bytes, size_t size)
{
    return wio_strndup((const char *)bytes, size);
}

static void read_numbers(const uint8_t *bytes, size_t size, char delimiter, unsigned how)
{
    enum { COLUMNS = 4 };
    static const char *const texts[] = {":", "n/a", ""};
    const wio_csv_form form = {.delimiter = delimiter, .heads = 1, .labels = 1};
    const wio_number_policy policy = {.form = {"\0.,"[how % 3], "\0., "[how / 3 % 4]},
                                      .trim = how % 2 == 0,
                                      .zero = texts,
                                      .zeros = how % 4,
                                      .missing = texts + 1,
                                      .missings = how % 3};
    wio_csv csv;
    char *data = copy_of(bytes, size);
    if (data == NULL || wio_csv_read(&csv, data, size, "f.csv", &form, NULL, NULL) != WIO_OK) {
        return;
    }
    double *value = wio_alloc(csv.rows * COLUMNS, sizeof *value);
    size_t *index = wio_alloc(csv.rows, sizeof *index);
    wio_csv_target target[COLUMNS];
    for (size_t r = 0; index != NULL && r < csv.rows; r++) {
        index[r] = r;
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        target[c] = (wio_csv_target){c == 2 ? NULL : value + c, COLUMNS};
    }
    wio_csv_problems found;
    if (value != NULL && index != NULL &&
        wio_csv_numbers(&found, &csv, 1, 1, index, COLUMNS, target, &policy, 1, NULL) == WIO_OK) {
        wio_csv_problems_clear(&found);
    }
    wio_free(value);
    wio_free(index);
    wio_csv_clear(&csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2) {
        return 0;
    }
    const wio_csv_form form = {.delimiter = "\0,;\t|"[bytes[0] % 5], .native = bytes[0] > 127};
    unsigned how = bytes[1];
    bytes += 2;
    size -= 2;
    wio_csv csv;
    char *data = copy_of(bytes, size);
    if (data != NULL && wio_csv_read(&csv, data, size, "f.csv", &form, NULL, NULL) == WIO_OK) {
        for (size_t r = 0; r < csv.rows; r++) {
            for (size_t c = 0; c < csv.columns[r]; c++) { /* every cell can be read to its end */
                if (strlen(csv.cell[csv.start[r] + c]) > size) {
                    __builtin_trap();
                }
            }
        }
        wio_csv_clear(&csv);
    }
    read_numbers(bytes, size, form.delimiter, how);
    if (wio_alloc_live != 0) {
        __builtin_trap();
    }
    return 0;
}
