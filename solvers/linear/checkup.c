/* checkup.c - what a check-up says of BLAS: which, how fast, and whether threads change its bits. */
#include "machine.h"

#include <stdio.h>

enum { ORDER = 1024 }; /* of the timed product: 2 Gflop */
static const double SECONDS = 0.2;
/* All threads together should beat one by this; 1 says that something holds them on one processor. */
static const double LEAST_GAIN = 1.2;

static wio_status add_blas(wio_checkup *checkup, bool *usable, int threads, wio_error *err)
{
    static const char *const BUILDS[] = {"serial", "pthread", "OpenMP"};
    wio_blas blas;
    char advice[300];
    wio_blas_read(&blas);
    wio_severity severity = wio_blas_judge(advice, sizeof advice, &blas, threads);
    /* Too much for the processor is the one fault that would end the process. */
    *usable =
        blas.processor == WIO_VECTORS_UNKNOWN || wio_kernel_vectors(blas.kernel) <= blas.processor;
    return wio_checkup_add(
        checkup, severity, "BLAS", advice, err, "%s, %s build%s%s", blas.text,
        blas.parallel >= 0 && blas.parallel < 3 ? BUILDS[blas.parallel] : "unknown",
        blas.library != NULL ? ", " : "", blas.library != NULL ? blas.library : "");
}

/* One line for a rate with one and with all threads. */
static wio_status add_rate(wio_checkup *checkup, const char *subject, const double rate[2],
                           const char *unit, int threads, double least_gain, wio_error *err)
{
    if (threads == 1) {
        return wio_checkup_add(checkup, WIO_NOTE, subject, "", err, "%.1f %s with 1 thread",
                               rate[0] * 1e-9, unit);
    }
    bool slow = rate[1] < least_gain * rate[0];
    return wio_checkup_add(checkup, slow ? WIO_WARNING : WIO_NOTE, subject,
                           slow ? "more threads bring nothing: the processors may be busy, shared, "
                                  "or all threads bound to one (OMP_PROC_BIND)"
                                : "",
                           err, "%.1f %s with 1 thread, %.1f with %d", rate[0] * 1e-9, unit,
                           rate[1] * 1e-9, threads);
}

static wio_status add_rates(wio_checkup *checkup, int threads, wio_error *err)
{
    double product[2] = {0.0, 0.0}, read[2] = {0.0, 0.0};
    for (int k = 0; k < (threads > 1 ? 2 : 1); k++) {
        WIO_TRY(wio_product_rate(&product[k], ORDER, k == 0 ? 1 : threads, SECONDS, err));
        WIO_TRY(wio_read_rate(&read[k], k == 0 ? 1 : threads, SECONDS, err));
    }
    WIO_TRY(add_rate(checkup, "matrix product", product, "GF/s", threads, LEAST_GAIN, err));
    /* One thread may well use all that the memory gives. */
    return add_rate(checkup, "memory reads", read, "GB/s", threads, 0.0, err);
}

static wio_status add_bits(wio_checkup *checkup, int threads, wio_error *err)
{
    wio_bits bits;
    wio_error failure = {0};
    wio_status status = wio_bits_test(&bits, threads, &failure);
    if (status == WIO_E_MEMORY) {
        return wio_fail(err, status, "%s", failure.message);
    }
    if (status != WIO_OK) {
        return wio_checkup_add(checkup, WIO_ERROR, "same bits",
                               "this BLAS gives wrong answers: install libopenblas0-pthread", err,
                               "%s", failure.message);
    }
    if (!bits.same) {
        return wio_checkup_add(checkup, WIO_ERROR, "same bits",
                               "this BLAS mixes up the threads that call it: install "
                               "libopenblas0-pthread, or use one thread (OMP_NUM_THREADS=1)",
                               err, "other bits in %s", bits.where);
    }
    char all[32] = "";
    if (threads > 3) {
        (void)snprintf(all, sizeof all, " and %d", threads);
    }
    return wio_checkup_add(checkup, WIO_NOTE, "same bits", "", err,
                           "%.16s with %s%s threads, alone and in a batch of 64", bits.hash,
                           threads > 3 ? "1, 2, 3" : "1, 2 and 3", all);
}

wio_status wio_checkup_solvers(wio_checkup *checkup, int threads, wio_error *err)
{
    bool usable = false;
    if (checkup == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_checkup_solvers: NULL argument");
    }
    threads = wio_threads(threads);
    WIO_TRY(add_blas(checkup, &usable, threads, err));
    threads = wio_blas_room(threads);
    if (!usable || threads == 0) {
        return WIO_OK;
    }
    WIO_TRY(add_rates(checkup, threads, err));
    return add_bits(checkup, threads, err);
}
