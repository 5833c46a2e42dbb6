/* machine.h - what the machine and its BLAS do: for the doctor, the bench and their tests. */
#ifndef WIO_MACHINE_H
#define WIO_MACHINE_H

#include "linear.h"

/* Vector instructions, each level with those below it. */
typedef enum wio_vectors {
    WIO_VECTORS_UNKNOWN, /* another processor, or a kernel that is not in the list */
    WIO_VECTORS_SSE,
    WIO_VECTORS_AVX,
    WIO_VECTORS_AVX2,  /* with FMA */
    WIO_VECTORS_AVX512 /* F, CD, BW, DQ and VL: what the kernel SkylakeX needs */
} wio_vectors;

/* The BLAS in use. */
typedef struct wio_blas {
    char text[256];      /* wio_blas_describe */
    char kernel[32];     /* "Haswell" */
    const char *asked;   /* OPENBLAS_CORETYPE, or NULL */
    const char *library; /* file that answers cblas_dgemm; NULL: not known */
    int parallel;        /* openblas_get_parallel: 0 serial, 1 threads, 2 OpenMP */
    bool foreign;        /* a library that is not OpenBLAS answers cblas_dgemm or dgetrf */
    wio_vectors processor;
} wio_blas;

void wio_blas_read(wio_blas *out);
/* What a kernel of OpenBLAS 0.3 is made for. */
wio_vectors wio_kernel_vectors(const char *kernel);
/* NOTE when all is well, else how bad it is, with what to do in advice (empty for NOTE). */
wio_severity wio_blas_judge(char *advice, size_t size, const wio_blas *blas, int threads);

/* The rate of wio_multiply, flop/s: the best of the runs in about `seconds`, at least two, for a
 * square product of that order. The rate at which doubles are read from memory, bytes/s: the threads
 * sum parts of 256 MB, or of an eighth of the memory that is left. MEMORY. */
wio_status wio_product_rate(double *rate, size_t order, int threads, double seconds,
                            wio_error *err);
wio_status wio_read_rate(double *rate, int threads, double seconds, wio_error *err);

/* Whether fixed work gives the same bits with 1, 2, 3 and all threads. */
typedef struct wio_bits {
    char hash[WIO_DIGEST_SIZE]; /* of all of it, with one thread */
    bool same;
    char where[96]; /* the first that differs: "the solve, with 3 threads"; empty when same */
} wio_bits;

/* A product in tiles; elimination with pivots and 64 solutions of a system of condition 1e8, by as
 * many threads at the same time (another kernel, or a BLAS that mixes up its callers, gives other
 * bits there); certified solutions of it in a batch and alone; an inverse. Some tenths of a second.
 * Errors: MEMORY, and NOT_CERTIFIED and the like when a solution is refused. */
wio_status wio_bits_test(wio_bits *out, int threads, wio_error *err);

#endif
