/* test_machine.c - what doctor and bench say of the machine: every fault that a BLAS, a kernel or the
 * process may have is named, and the test of the bits can fail. */
#include "support.h"

#include "../core/internal.h"
#include "../solvers/linear/machine.h"

#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

/* --- known answers ------------------------------------------------------------------------------ */

static wio_blas blas_of(const char *kernel, wio_vectors processor)
{
    wio_blas blas = {.parallel = 1, .processor = processor};
    (void)snprintf(blas.kernel, sizeof blas.kernel, "%s", kernel);
    return blas;
}

static void check_judged(const wio_blas *blas, wio_severity severity, const char *advised)
{
    char advice[300];
    ck_assert_int_eq(wio_blas_judge(advice, sizeof advice, blas, 2), severity);
    ck_assert_msg(strstr(advice, advised) != NULL, "%s", advice);
    ck_assert((severity == WIO_NOTE) == (*advice == '\0'));
}

START_TEST(a_fitting_kernel_is_well)
{
    wio_blas blas = blas_of("SkylakeX", WIO_VECTORS_AVX512);
    check_judged(&blas, WIO_NOTE, "");
    blas = blas_of("Zen", WIO_VECTORS_AVX512);
    check_judged(&blas, WIO_NOTE, "");
    blas = blas_of("Nehalem", WIO_VECTORS_SSE);
    check_judged(&blas, WIO_NOTE, "");
    blas = blas_of("ARMV8", WIO_VECTORS_UNKNOWN);
    check_judged(&blas, WIO_NOTE, "");
    blas.parallel = 2;
    check_judged(&blas, WIO_NOTE, "");
}
END_TEST

START_TEST(a_kernel_far_below_the_processor_is_named_with_one_that_it_can_run)
{
    char advice[300];
    wio_blas blas = blas_of("Prescott", WIO_VECTORS_AVX512);
    check_judged(&blas, WIO_WARNING, "OPENBLAS_CORETYPE=SkylakeX");
    blas.processor = WIO_VECTORS_AVX2;
    check_judged(&blas, WIO_WARNING, "OPENBLAS_CORETYPE=Haswell");
    (void)wio_blas_judge(advice, sizeof advice, &blas, 1);
    ck_assert_ptr_null(strstr(advice, "SkylakeX")); /* would end in SIGILL */
    blas.processor = WIO_VECTORS_AVX;
    check_judged(&blas, WIO_NOTE, "");
}
END_TEST

START_TEST(a_kernel_above_the_processor_fails)
{
    wio_blas blas = blas_of("SkylakeX", WIO_VECTORS_AVX2);
    check_judged(&blas, WIO_ERROR, "unset OPENBLAS_CORETYPE");
}
END_TEST

START_TEST(a_serial_build_fails_unless_one_thread_calls_it)
{
    char advice[300];
    wio_blas blas = blas_of("Haswell", WIO_VECTORS_AVX2);
    blas.parallel = 0;
    check_judged(&blas, WIO_ERROR, "libopenblas0-pthread");
    ck_assert_int_eq(wio_blas_judge(advice, sizeof advice, &blas, 1), WIO_NOTE);
}
END_TEST

START_TEST(another_library_and_another_kernel_than_asked_are_warnings)
{
    wio_blas blas = blas_of("Haswell", WIO_VECTORS_AVX2);
    blas.foreign = true;
    check_judged(&blas, WIO_WARNING, "OpenBLAS");
    blas.foreign = false;
    blas.asked = "haswell";
    check_judged(&blas, WIO_NOTE, "");
    blas.asked = "bogus";
    check_judged(&blas, WIO_WARNING, "OPENBLAS_CORETYPE");
}
END_TEST

START_TEST(the_blas_in_use_is_openblas_with_a_kernel)
{
    wio_blas blas;
    wio_blas_read(&blas);
    ck_assert_ptr_nonnull(strstr(blas.text, "OpenBLAS"));
    ck_assert_ptr_nonnull(strstr(blas.text, blas.kernel));
    ck_assert(!blas.foreign);
    ck_assert(wio_kernel_vectors(blas.kernel) <= blas.processor);
}
END_TEST

/* --- the process -------------------------------------------------------------------------------- */

static const wio_check *line_of(const wio_checkup *checkup, const char *subject)
{
    const wio_check *line = NULL;
    for (size_t i = 0; (line = wio_checkup_line(checkup, i)) != NULL; i++) {
        if (strcmp(line->subject, subject) == 0) {
            return line;
        }
    }
    ck_abort_msg("no line '%s'", subject);
    return NULL;
}

static wio_checkup *system_of(void)
{
    wio_checkup *checkup = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_checkup_create(&checkup, &err), WIO_OK);
    ck_assert_msg(wio_checkup_system(checkup, 0, &err) == WIO_OK, "%s", err.message);
    return checkup;
}

static void check_system(const char *subject, wio_severity severity, const char *found)
{
    wio_checkup *checkup = system_of();
    const wio_check *line = line_of(checkup, subject);
    ck_assert_msg(line->severity == severity && strstr(line->found, found) != NULL, "%s",
                  line->found);
    ck_assert((line->advice == NULL) == (severity == WIO_NOTE));
    wio_checkup_free(checkup);
}

START_TEST(what_decided_the_number_of_threads_is_said)
{
    (void)unsetenv("OMP_NUM_THREADS");
    (void)unsetenv("SLURM_CPUS_PER_TASK");
    check_system("threads", WIO_NOTE, "every processor allowed");
    ck_assert_int_eq(setenv("SLURM_CPUS_PER_TASK", "500", 1), 0);
    check_system("threads", WIO_WARNING, "500 (SLURM_CPUS_PER_TASK=500)");
    ck_assert_int_eq(setenv("OMP_NUM_THREADS", "400", 1), 0);
    check_system("threads", WIO_WARNING, "400 (OMP_NUM_THREADS=400)");
    ck_assert_int_eq(unsetenv("SLURM_CPUS_PER_TASK"), 0);
    ck_assert_int_eq(setenv("OMP_NUM_THREADS", "many", 1), 0);
    check_system("threads", WIO_WARNING, "every processor allowed");
}
END_TEST

START_TEST(arithmetic_that_rounds_elsewhere_or_loses_small_numbers_fails)
{
    check_system("arithmetic", WIO_NOTE, "rounds to nearest, small numbers kept");
    ck_assert_int_eq(fesetround(FE_UPWARD), 0);
    wio_checkup *checkup = system_of();
    (void)fesetround(FE_TONEAREST);
    ck_assert_int_eq(line_of(checkup, "arithmetic")->severity, WIO_ERROR);
    wio_checkup_free(checkup);
#if defined(__x86_64__)
    unsigned control = _mm_getcsr();
    _mm_setcsr(control | 0x8000); /* flush to zero, as -ffast-math sets it */
    checkup = system_of();
    _mm_setcsr(control);
    ck_assert_int_eq(line_of(checkup, "arithmetic")->severity, WIO_ERROR);
    ck_assert_ptr_nonnull(strstr(line_of(checkup, "arithmetic")->advice, "fast-math"));
    wio_checkup_free(checkup);
#endif
}
END_TEST

START_TEST(files_have_lines_of_their_own)
{
    wio_checkup *checkup = NULL;
    ck_assert_int_eq(wio_checkup_create(&checkup, NULL), WIO_OK);
    ck_assert_int_eq(wio_checkup_files(checkup, NULL), WIO_OK);
    ck_assert_int_eq(line_of(checkup, "HDF5")->severity, WIO_NOTE);
    (void)line_of(checkup, "libyaml");
    ck_assert_ptr_nonnull(strstr(line_of(checkup, "tables")->found, "us-2017"));
    ck_assert_ptr_null(wio_checkup_line(checkup, 3));
    wio_checkup_free(checkup);
}
END_TEST

/* --- properties --------------------------------------------------------------------------------- */

START_TEST(rates_are_those_of_a_machine)
{
    double product = 0.0, read = 0.0;
    ck_assert_int_eq(wio_product_rate(&product, 300, 2, 0.0, NULL), WIO_OK);
    ck_assert_int_eq(wio_read_rate(&read, 2, 0.0, NULL), WIO_OK);
    ck_assert(product > 1e7 && product < 1e15);
    ck_assert(read > 1e7 && read < 1e14);
}
END_TEST

/* The 16 digits that `wassily doctor` prints with another kernel; false when it cannot be asked. */
static bool hash_with(char hash[17], const char *kernel)
{
    char command[600], line[600];
    const char *program = getenv("WASSILY");
    bool found = false;
    (void)snprintf(command, sizeof command, "OPENBLAS_CORETYPE=%s '%s' doctor --threads 1", kernel,
                   program != NULL ? program : "build/wassily");
    FILE *pipe = popen(command, "r");
    while (pipe != NULL && fgets(line, sizeof line, pipe) != NULL) {
        found = sscanf(line, "ok same bits %16s", hash) == 1 || found;
    }
    return pipe != NULL && pclose(pipe) == 0 && found;
}

/* So a BLAS that gave two kernels' bits to two threads would be found. */
START_TEST(the_test_of_the_bits_tells_kernels_apart)
{
    wio_bits bits;
    wio_blas blas;
    wio_error err = {0};
    char other[17] = "";
    ck_assert_msg(wio_bits_test(&bits, 2, &err) == WIO_OK, "%s", err.message);
    ck_assert_msg(bits.same, "%s", bits.where);
    ck_assert_uint_eq(strlen(bits.hash), WIO_DIGEST_SIZE - 1);
    wio_blas_read(&blas);
    if (blas.processor == WIO_VECTORS_UNKNOWN) {
        return;
    }
    bool prescott = wio_kernel_vectors(blas.kernel) == WIO_VECTORS_SSE;
    if (prescott && blas.processor < WIO_VECTORS_AVX2) {
        return; /* no other kernel that is sure to differ */
    }
    ck_assert(hash_with(other, prescott ? "Haswell" : "Prescott"));
    ck_assert_str_ne(other, "");
    ck_assert(strncmp(other, bits.hash, 16) != 0);
    ck_assert(hash_with(other, blas.kernel)); /* and another process with this one gives the same */
    ck_assert(strncmp(other, bits.hash, 16) == 0);
}
END_TEST

typedef struct seen {
    size_t lines;
    char bits[40][17];
} seen;

static void look_at(void *context, const wio_bench_line *line)
{
    seen *all = context;
    ck_assert_uint_lt(all->lines, 40);
    ck_assert(line->n == 400 || line->n == 10000);
    ck_assert(line->runs >= 1 && line->best > 0.0 && line->median >= line->best);
    ck_assert(line->rate > 0.0 && line->limit > 0.0);
    ck_assert(isnan(line->residual) || line->residual < 1.0);
    ck_assert_uint_eq(strlen(line->bits), 16);
    (void)snprintf(all->bits[all->lines++], 17, "%s", line->bits);
}

START_TEST(the_bench_has_the_same_bits_with_one_and_two_threads)
{
    static seen one, two;
    wio_error err = {0};
    wio_bench_options options = {.threads = 1, .seconds = 1e-9, .line = look_at, .context = &one};
    ck_assert_msg(wio_bench(&options, NULL, &err) == WIO_OK, "%s", err.message);
    options.threads = 2;
    options.context = &two;
    ck_assert_msg(wio_bench(&options, NULL, &err) == WIO_OK, "%s", err.message);
    ck_assert_uint_ge(one.lines, 8);
    ck_assert_uint_eq(one.lines, two.lines);
    for (size_t i = 0; i < one.lines; i++) {
        ck_assert_str_eq(one.bits[i], two.bits[i]);
    }
}
END_TEST

/* --- failures ----------------------------------------------------------------------------------- */

START_TEST(what_is_not_there_is_an_argument)
{
    wio_bench_options options = {0};
    ck_assert_int_eq(wio_checkup_create(NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_checkup_system(NULL, 0, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_checkup_solvers(NULL, 0, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_checkup_files(NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_bench(NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_bench(&options, NULL, NULL), WIO_E_ARGUMENT);
    options.line = look_at;
    options.size = (wio_bench_size)7;
    ck_assert_int_eq(wio_bench(&options, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_ptr_null(wio_checkup_line(NULL, 0));
    wio_checkup_free(NULL);
}
END_TEST

static wio_status whole_checkup(wio_checkup **out)
{
    WIO_TRY(wio_checkup_create(out, NULL));
    WIO_TRY(wio_checkup_system(*out, 0, NULL));
    return wio_checkup_files(*out, NULL);
}

START_TEST(every_allocation_of_a_checkup_may_fail)
{
    long live = wio_alloc_live, budget = 0;
    wio_status status = WIO_E_MEMORY;
    for (; status == WIO_E_MEMORY; budget++) {
        wio_checkup *checkup = NULL;
        wio_alloc_budget = budget;
        status = whole_checkup(&checkup);
        wio_alloc_budget = -1;
        wio_checkup_free(checkup);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    ck_assert_int_eq(status, WIO_OK);
    ck_assert_int_ge(budget, 20);
}
END_TEST

START_TEST(rates_and_bits_without_memory_leave_nothing)
{
    double rate = 7.0;
    wio_bits bits = {.hash = "kept"};
    long live = wio_alloc_live;
    for (long budget = 0; budget < 14; budget++) {
        wio_alloc_budget = budget;
        wio_status product = wio_product_rate(&rate, 8, 1, 0.0, NULL);
        wio_alloc_budget = budget;
        wio_status read = budget < 2 ? wio_read_rate(&rate, 1, 0.0, NULL) : WIO_OK;
        wio_alloc_budget = budget;
        wio_status same = wio_bits_test(&bits, 1, NULL);
        wio_alloc_budget = -1;
        ck_assert_int_eq(product, budget == 0 ? WIO_E_MEMORY : WIO_OK);
        ck_assert_int_eq(read, budget < 2 ? WIO_E_MEMORY : WIO_OK);
        ck_assert_int_eq(same, WIO_E_MEMORY);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    ck_assert_str_eq(bits.hash, "kept");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("machine");
    TCase *known = tcase_create("known answers"), *properties = tcase_create("properties");
    TCase *failures = tcase_create("failures");
    tcase_set_timeout(properties, 120);
    tcase_add_test(known, a_fitting_kernel_is_well);
    tcase_add_test(known, a_kernel_far_below_the_processor_is_named_with_one_that_it_can_run);
    tcase_add_test(known, a_kernel_above_the_processor_fails);
    tcase_add_test(known, a_serial_build_fails_unless_one_thread_calls_it);
    tcase_add_test(known, another_library_and_another_kernel_than_asked_are_warnings);
    tcase_add_test(known, the_blas_in_use_is_openblas_with_a_kernel);
    tcase_add_test(known, what_decided_the_number_of_threads_is_said);
    tcase_add_test(known, arithmetic_that_rounds_elsewhere_or_loses_small_numbers_fails);
    tcase_add_test(known, files_have_lines_of_their_own);
    tcase_add_test(properties, rates_are_those_of_a_machine);
    tcase_add_test(properties, the_test_of_the_bits_tells_kernels_apart);
    tcase_add_test(properties, the_bench_has_the_same_bits_with_one_and_two_threads);
    tcase_add_test(failures, what_is_not_there_is_an_argument);
    tcase_add_test(failures, every_allocation_of_a_checkup_may_fail);
    tcase_add_test(failures, rates_and_bits_without_memory_leave_nothing);
    suite_add_tcase(suite, known);
    suite_add_tcase(suite, properties);
    suite_add_tcase(suite, failures);
    return run_suite(suite);
}
