/* test_fuzz_corpus.c - suite that replays the corpora of tests/fuzz: what a fuzzer began with, and
 * every input that once broke something. `make fuzz` looks for more. */
#include "../core/internal.h"
#include "support.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LLVMFuzzerTestOneInput fuzz_csv
#define read_numbers           csv_numbers
#include "fuzz/fuzz_csv.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_yaml
#include "fuzz/fuzz_yaml.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_mapping
#include "fuzz/fuzz_mapping.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_xlsx
#include "fuzz/fuzz_xlsx.c"

static const struct {
    const char *name;
    int (*run)(const uint8_t *bytes, size_t size);
} targets[] = {
    {"csv", fuzz_csv}, {"yaml", fuzz_yaml}, {"mapping", fuzz_mapping}, {"xlsx", fuzz_xlsx}};

START_TEST(every_input_of_the_corpus_is_survived)
{
    char path[512];
    size_t inputs = 0;
    (void)snprintf(path, sizeof path, "tests/fuzz/%s", targets[_i].name);
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        (void)snprintf(path, sizeof path, "tests/fuzz/%s/%s", targets[_i].name, entry->d_name);
        FILE *file = fopen(path, "rb");
        ck_assert_ptr_nonnull(file);
        uint8_t *bytes = malloc(1 << 20);
        ck_assert_ptr_nonnull(bytes);
        size_t size = fread(bytes, 1, 1 << 20, file);
        (void)fclose(file);
        for (size_t cut = size;; cut -= cut / 7 + 1) { /* whole, and shorter and shorter */
            uint8_t *exact = malloc(cut + 1);
            ck_assert_ptr_nonnull(exact);
            memcpy(exact, bytes, cut);
            ck_assert_int_eq(targets[_i].run(exact, cut), 0);
            free(exact);
            if (cut == 0) {
                break;
            }
        }
        free(bytes);
        inputs++;
    }
    (void)closedir(folder);
    ck_assert_uint_ge(inputs, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fuzz_corpus");

    TCase *known = tcase_create("known answers");
    tcase_add_loop_test(known, every_input_of_the_corpus_is_survived, 0,
                        sizeof targets / sizeof targets[0]);
    suite_add_tcase(suite, known);

    return run_suite(suite);
}
