/* sha256.h: FIPS 180-4 SHA-256, for the history chain, core.hash and request digests. */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

struct sha256 {
    uint32_t state[8];
    uint64_t bytes;
    uint8_t block[64];
};

void sha256_init(struct sha256 *);
void sha256_add(struct sha256 *, const void *data, size_t size);
void sha256_end(struct sha256 *, uint8_t ret_hash[SHA256_BYTES]);

/* Lower-case hexadecimal, NUL-terminated. */
void sha256_hex(const uint8_t hash[SHA256_BYTES], char ret_hex[2 * SHA256_BYTES + 1]);

#endif
