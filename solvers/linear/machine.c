/* machine.c - which BLAS and kernel there is, what may be wrong with it, and two rates: of the
 * matrix product and of reading memory. */
#include "machine.h"

#include "inverse.h"

#include <cblas.h>
#include <dlfcn.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- which BLAS ---------------------------------------------------------------------------------- */

wio_vectors wio_kernel_vectors(const char *kernel)
{
    static const struct {
        const char *name;
        wio_vectors vectors;
    } KERNELS[] = {
        {"Prescott", WIO_VECTORS_SSE},
        {"Generic", WIO_VECTORS_SSE},
        {"Core2", WIO_VECTORS_SSE},
        {"Penryn", WIO_VECTORS_SSE},
        {"Dunnington", WIO_VECTORS_SSE},
        {"Nehalem", WIO_VECTORS_SSE},
        {"Atom", WIO_VECTORS_SSE},
        {"Nano", WIO_VECTORS_SSE},
        {"Katmai", WIO_VECTORS_SSE},
        {"Coppermine", WIO_VECTORS_SSE},
        {"Northwood", WIO_VECTORS_SSE},
        {"Banias", WIO_VECTORS_SSE},
        {"Athlon", WIO_VECTORS_SSE},
        {"Opteron", WIO_VECTORS_SSE},
        {"Opteron_SSE3", WIO_VECTORS_SSE},
        {"Barcelona", WIO_VECTORS_SSE},
        {"Bobcat", WIO_VECTORS_SSE},
        {"Sandybridge", WIO_VECTORS_AVX},
        {"Bulldozer", WIO_VECTORS_AVX},
        {"Piledriver", WIO_VECTORS_AVX},
        {"Steamroller", WIO_VECTORS_AVX},
        {"Excavator", WIO_VECTORS_AVX},
        {"Haswell", WIO_VECTORS_AVX2},
        {"Zen", WIO_VECTORS_AVX2},
        {"SkylakeX", WIO_VECTORS_AVX512},
        {"Cooperlake", WIO_VECTORS_AVX512},
        {"SapphireRapids", WIO_VECTORS_AVX512},
    };
    for (size_t k = 0; k < sizeof KERNELS / sizeof *KERNELS; k++) {
        if (strcasecmp(KERNELS[k].name, kernel) == 0) {
            return KERNELS[k].vectors;
        }
    }
    return WIO_VECTORS_UNKNOWN;
}

/* As the processor and the system allow: GCC's test includes that the registers are saved. */
static wio_vectors processor_vectors(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        return WIO_VECTORS_AVX512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return WIO_VECTORS_AVX2;
    }
    return __builtin_cpu_supports("avx") ? WIO_VECTORS_AVX : WIO_VECTORS_SSE;
#else
    return WIO_VECTORS_UNKNOWN;
#endif
}

/* The file that a function comes from; NULL when the linker does not say. A function's address as
 * an object's is what POSIX asks of dladdr. */
static const char *file_of(const char *name)
{
    Dl_info info;
    void *at = dlsym(RTLD_DEFAULT, name);
    return at != NULL && dladdr(at, &info) != 0 ? info.dli_fname : NULL;
}

void wio_blas_read(wio_blas *out)
{
    const char *own = file_of("openblas_get_config"), *product = file_of("cblas_dgemm");
    const char *factors = file_of("dgetrf_");
    *out = (wio_blas){.asked = getenv("OPENBLAS_CORETYPE"),
                      .library = product,
                      .parallel = openblas_get_parallel(),
                      .processor = processor_vectors()};
    wio_blas_describe(out->text, sizeof out->text);
    (void)snprintf(out->kernel, sizeof out->kernel, "%s", openblas_get_corename());
    out->foreign = own != NULL && product != NULL && factors != NULL &&
                   (strcmp(own, product) != 0 || strcmp(own, factors) != 0);
}

wio_severity wio_blas_judge(char *advice, size_t size, const wio_blas *blas, int threads)
{
    wio_vectors kernel = wio_kernel_vectors(blas->kernel);
    *advice = '\0';
    if (kernel > blas->processor && blas->processor != WIO_VECTORS_UNKNOWN) {
        (void)snprintf(advice, size,
                       "kernel %s needs instructions that this processor lacks: unset "
                       "OPENBLAS_CORETYPE",
                       blas->kernel);
        return WIO_ERROR;
    }
    if (blas->parallel == 0 && threads > 1) {
        (void)snprintf(advice, size,
                       "the serial build is not safe when several threads call it: install "
                       "libopenblas0-pthread, or use one thread (OMP_NUM_THREADS=1)");
        return WIO_ERROR;
    }
    if (blas->foreign) {
        (void)snprintf(advice, size,
                       "not all of BLAS and LAPACK comes from OpenBLAS (LD_PRELOAD, or Debian's "
                       "alternatives): bits and speed are known for OpenBLAS only");
        return WIO_WARNING;
    }
    if (kernel != WIO_VECTORS_UNKNOWN && kernel < WIO_VECTORS_AVX2 &&
        blas->processor >= WIO_VECTORS_AVX2) {
        (void)snprintf(advice, size,
                       "kernel %s leaves this processor's vector units idle, 3 to 5 times slower: "
                       "set OPENBLAS_CORETYPE=%s",
                       blas->kernel,
                       blas->processor == WIO_VECTORS_AVX512 ? "SkylakeX (or Haswell)" : "Haswell");
        return WIO_WARNING;
    }
    if (blas->asked != NULL && strcasecmp(blas->asked, blas->kernel) != 0) {
        (void)snprintf(advice, size,
                       "OPENBLAS_CORETYPE names another kernel, which this OpenBLAS does not have: "
                       "correct or unset it");
        return WIO_WARNING;
    }
    return WIO_NOTE;
}

/* --- rates ----------------------------------------------------------------------------------------- */

wio_status wio_product_rate(double *rate, size_t order, int threads, double seconds, wio_error *err)
{
    double *A = wio_alloc(order, order * 3 * sizeof *A), best = INFINITY;
    if (A == NULL) {
        return wio_fail(err, WIO_E_MEMORY, "no memory to time a product of order %zu", order);
    }
    for (size_t i = 0; i < 3 * order * order; i++) {
        A[i] = 1.0 + 0x1p-10 * (double)(i % 1021);
    }
    const double *B = A + order * order;
    const wio_product square = {.rows = order,
                                .columns = order,
                                .inner = order,
                                .alpha = 1.0,
                                .A = A,
                                .B = B,
                                .C = A + 2 * order * order,
                                .lda = order,
                                .ldb = order,
                                .ldc = order};
    wio_blas_single();
    double begin = wio_clock();
    for (int runs = 0; runs < 2 || wio_clock() - begin < seconds; runs++) {
        double start = wio_clock();
        wio_multiply(&square, 1, threads);
        best = fmin(best, wio_clock() - start);
    }
    wio_free(A);
    *rate = 2.0 * (double)order * (double)order * (double)order / best;
    return WIO_OK;
}

/* The sum of count numbers, a multiple of 32: eight chains, so that additions do not wait. */
static double sum_part(const double *v, size_t count)
{
    wio_quad s[8] = {0};
    for (size_t i = 0; i < count; i += 32) {
        for (size_t c = 0; c < 8; c++) {
            s[c] += *(const wio_quad *)(v + i + 4 * c);
        }
    }
    s[0] += s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7];
    return s[0][0] + s[0][1] + s[0][2] + s[0][3];
}

wio_status wio_read_rate(double *rate, int threads, double seconds, wio_error *err)
{
    enum { GRAIN = 4096, MOST = 8192 }; /* numbers of a piece; pieces: 268 MB */
    size_t pieces = (size_t)fmin(MOST, wio_memory_left() / 8.0 / (8.0 * GRAIN));
    double *v = pieces > 0 ? wio_alloc(pieces, GRAIN * sizeof *v) : NULL, best = INFINITY;
    double *sum = wio_zalloc(pieces, sizeof *sum);
    if (v == NULL || sum == NULL) {
        wio_free(v);
        wio_free(sum);
        return wio_fail(err, WIO_E_MEMORY, "no memory to time reading");
    }
    double begin = wio_clock();
    for (int runs = 0; runs < 3 || wio_clock() - begin < seconds; runs++) {
        double start = wio_clock();
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
        for (size_t p = 0; p < pieces; p++) {
            if (runs == 0) { /* each thread touches what it will read */
                for (size_t i = 0; i < GRAIN; i++) {
                    v[p * GRAIN + i] = 1.0;
                }
            }
            sum[p] = sum_part(v + p * GRAIN, GRAIN);
        }
        best = runs > 0 ? fmin(best, wio_clock() - start) : best;
    }
    bool right = wio_sum(sum, pieces, 1) == (double)pieces * GRAIN; /* so that it has to be done */
    wio_free(v);
    wio_free(sum);
    if (!right) {
        return wio_fail(err, WIO_E_INTERNAL, "a sum of ones is not their number");
    }
    *rate = (double)pieces * GRAIN * sizeof(double) / best;
    return WIO_OK;
}
