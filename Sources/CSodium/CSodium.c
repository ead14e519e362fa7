// Bodies for the declarations of CSodium.h.

#include "CSodium.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

int csodium_has_generator(void) {
    unsigned char byte;
    ssize_t count = getrandom(&byte, 1, GRND_NONBLOCK);
    if (count == 1) return 1;
    // A kernel without the call, or a filter that forbids it: the library takes the device then.
    if (count == 0 || (errno != ENOSYS && errno != EPERM)) return 0;
    int device = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (device < 0) return 0;
    count = read(device, &byte, 1);
    close(device);
    return count == 1;
}

// The library waits for a generator that is not seeded, and ends the process without one.
int csodium_start(void) { return csodium_has_generator() ? sodium_init() : -2; }

void csodium_random(void *bytes, size_t count) { randombytes_buf(bytes, count); }

void *csodium_allocate(size_t count) { return sodium_malloc(count); }

void csodium_free(void *bytes) { sodium_free(bytes); }

void csodium_wipe(void *bytes, size_t count) { sodium_memzero(bytes, count); }

int csodium_compare(const void *left, const void *right, size_t count) {
    return sodium_memcmp(left, right, count);
}

void csodium_hash(void *digest, size_t digest_count, const void *bytes, size_t count) {
    crypto_generichash_blake2b(digest, digest_count, bytes, count, NULL, 0);
}

void csodium_keyed_hash(void *digest, const void *bytes, size_t count, const void *key,
                        const void *salt, const void *personal) {
    crypto_generichash_blake2b_salt_personal(digest, 32, bytes, count, key, 32, salt, personal);
}

int csodium_stretch(void *key, const void *passphrase, size_t count, const void *salt,
                    uint64_t passes, size_t memory_bytes) {
    return crypto_pwhash(key, 32, passphrase, count, salt, passes, memory_bytes,
                         crypto_pwhash_ALG_ARGON2ID13);
}

void *csodium_map_locked(size_t count, int *locked, int *hidden) {
    void *bytes =
        mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) return NULL;
    *locked = mlock(bytes, count) == 0;
    *hidden = madvise(bytes, count, MADV_DONTDUMP) == 0;
    madvise(bytes, count, MADV_WIPEONFORK);
    return bytes;
}

void csodium_unmap(void *bytes, size_t count) {
    sodium_memzero(bytes, count);
    munlock(bytes, count);
    munmap(bytes, count);
}

void csodium_hash_two(void *digest, size_t digest_count, const void *first, size_t first_count,
                      const void *second, size_t second_count) {
    crypto_generichash_blake2b_state state;
    crypto_generichash_blake2b_init(&state, NULL, 0, digest_count);
    crypto_generichash_blake2b_update(&state, first, first_count);
    crypto_generichash_blake2b_update(&state, second, second_count);
    crypto_generichash_blake2b_final(&state, digest, digest_count);
}

void csodium_seal(void *out, const void *plain, size_t count, const void *associated,
                  size_t associated_count, const void *nonce, const void *key) {
    crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain, count, associated,
                                               associated_count, NULL, nonce, key);
}

int csodium_open(void *out, const void *sealed, size_t count, const void *associated,
                 size_t associated_count, const void *nonce, const void *key) {
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed, count, associated,
                                                      associated_count, nonce, key);
}

void csodium_sha256_two(void *digest, const void *first, size_t first_count, const void *second,
                        size_t second_count) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, first, first_count);
    crypto_hash_sha256_update(&state, second, second_count);
    crypto_hash_sha256_final(&state, digest);
}

void csodium_sign(void *signature, const void *bytes, size_t count, const void *seed) {
    unsigned char public_key[32], secret_key[64];
    crypto_sign_ed25519_seed_keypair(public_key, secret_key, seed);
    crypto_sign_ed25519_detached(signature, NULL, bytes, count, secret_key);
    sodium_memzero(secret_key, sizeof secret_key);
}

void csodium_sign_public(void *key, const void *seed) {
    unsigned char secret_key[64];
    crypto_sign_ed25519_seed_keypair(key, secret_key, seed);
    sodium_memzero(secret_key, sizeof secret_key);
}

int csodium_verify(const void *signature, const void *bytes, size_t count, const void *key) {
    return crypto_sign_ed25519_verify_detached(signature, bytes, count, key);
}

void csodium_box_public(void *key, const void *seed) {
    unsigned char secret_key[32];
    crypto_box_seed_keypair(key, secret_key, seed);
    sodium_memzero(secret_key, sizeof secret_key);
}

void csodium_box_seal(void *out, const void *bytes, size_t count, const void *key) {
    crypto_box_seal(out, bytes, count, key);
}

int csodium_box_open(void *out, const void *sealed, size_t count, const void *seed) {
    unsigned char public_key[32], secret_key[32];
    crypto_box_seed_keypair(public_key, secret_key, seed);
    int result = crypto_box_seal_open(out, sealed, count, public_key, secret_key);
    sodium_memzero(secret_key, sizeof secret_key);
    return result;
}
