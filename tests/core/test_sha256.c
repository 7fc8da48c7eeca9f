/* SHA-256 against the examples of FIPS 180-4, in one piece and byte by byte. */
#include "check.h"

#include "sha256.h"

static void hash_is(const char *text, size_t size, size_t step, const char *expected) {
    struct sha256 sha;
    uint8_t hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    sha256_init(&sha);
    for (size_t at = 0; at < size; at += step)
        sha256_add(&sha, text + at, size - at < step ? size - at : step);
    sha256_end(&sha, hash);
    sha256_hex(hash, hex);
    if (strcmp(hex, expected) != 0) check_failed(__FILE__, __LINE__, expected, hex);
}

TEST(sha256_gives_the_published_hashes) {
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    static char million[1000000];
    memset(million, 'a', sizeof million);
    hash_is("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_is("abc", 3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for (size_t step = 1; step < 56; step += 5)
        hash_is(two_blocks, 56, step,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    hash_is(million, sizeof million, 977,
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
