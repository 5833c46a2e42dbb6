/* blas.c - which BLAS, and one thread per call.
 *
 * The bits of OpenBLAS depend on its thread count, so Wassily cuts the work itself and lets every
 * call run on the caller's thread (TRUST 2.3). */
#include "linear.h"

#include <cblas.h>
#include <stdio.h>

void wio_blas_single(void)
{
    if (openblas_get_num_threads() != 1) {
        openblas_set_num_threads(1);
    }
}

void wio_blas_describe(char *text, size_t size)
{
    const char *config = openblas_get_config(), *core = openblas_get_corename();
    int length = 0;
    /* The configuration ends with a kernel that may not be the one in use: name the latter. */
    while (config[length] != '\0' && length < 200) {
        length++;
    }
    while (length > 0 && config[length - 1] == ' ') {
        length--;
    }
    (void)snprintf(text, size, "%.*s, kernel %s", length, config, core);
}
