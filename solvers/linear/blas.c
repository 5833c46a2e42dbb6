/* blas.c - which BLAS, and one thread per call.
 *
 * The bits of OpenBLAS depend on its thread count, so Wassily cuts the work itself and lets every
 * call run on the caller's thread (TRUST 2.3). */
#include "linear.h"

#include <cblas.h>
#include <stdio.h>
#include <sys/mman.h>

void wio_blas_single(void)
{
    if (openblas_get_num_threads() != 1) {
        openblas_set_num_threads(1);
    }
}

int wio_blas_room(int threads)
{
    /* OpenBLAS 0.3.21 takes a buffer of 32 MiB for each thread that calls it, and tries for ever
     * where there is none; a thread has a stack of 8 MiB, and its scenario some matrices. */
    static const size_t ROOM = (size_t)128 << 20;
    for (; threads > 0; threads--) {
        void *room = mmap(NULL, (size_t)threads * ROOM, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room != MAP_FAILED) {
            (void)munmap(room, (size_t)threads * ROOM);
            return threads;
        }
    }
    return 0;
}

void wio_blas_describe(char *text, size_t size)
{
    const char *config = openblas_get_config(), *core = openblas_get_corename();
    int length = 0;
    /* The configuration ends with a kernel that may not be the one in use: name the latter. */
    while (length < 200 && config[length] != '\0') {
        length++;
    }
    while (length > 0 && config[length - 1] == ' ') {
        length--;
    }
    (void)snprintf(text, size, "%.*s, kernel %s", length, config, core);
}
