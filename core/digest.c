/* digest.c - SHA-256 of bytes, for provenance (libmd). */
#include "internal.h"

#include <sha2.h>

void wio_digest_pieces(char hex[WIO_DIGEST_SIZE], wio_next_piece *next, void *context)
{
    SHA2_CTX state;
    SHA256Init(&state);
    const void *bytes = NULL;
    for (size_t length; (length = next(context, &bytes)) != 0;) {
        SHA256Update(&state, bytes, length);
    }
    (void)SHA256End(&state, hex);
}

void wio_digest(char hex[WIO_DIGEST_SIZE], const void *bytes, size_t length)
{
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, bytes, length);
    (void)SHA256End(&context, hex);
}
