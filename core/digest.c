/* digest.c - SHA-256 of bytes, for provenance (libmd). */
#include "internal.h"

#include <sha2.h>

void wio_digest(char hex[WIO_DIGEST_SIZE], const void *bytes, size_t length)
{
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, bytes, length);
    (void)SHA256End(&context, hex);
}
