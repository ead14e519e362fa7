// libsodium, and wrappers for calls that Swift imports badly.

#ifndef CSODIUM_H
#define CSODIUM_H

#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

/// Starts the library; -1 if it cannot, -2 if the system gives no random bytes now.
int csodium_start(void);

/// 1 if the system's generator gives bytes at once, 0 if it is not seeded yet or not there.
int csodium_has_generator(void);

/// `count` bytes from the system's generator.
void csodium_random(void *bytes, size_t count);

/// Guarded, locked memory; NULL when there is none.
void *csodium_allocate(size_t count);

/// Wipes and frees what `csodium_allocate` gave.
void csodium_free(void *bytes);

/// Zeroes bytes in a way no compiler leaves out.
void csodium_wipe(void *bytes, size_t count);

/// 0 if both are equal; takes the same time wherever they differ.
int csodium_compare(const void *left, const void *right, size_t count);

/// BLAKE2b without a key.
void csodium_hash(void *digest, size_t digest_count, const void *bytes, size_t count);

/// BLAKE2b-256 under a 32-byte key, with 16 bytes each of salt and personalisation.
void csodium_keyed_hash(void *digest, const void *bytes, size_t count, const void *key,
                        const void *salt, const void *personal);

/// Argon2id with a 16-byte salt into 32 bytes; 0 unless there was not enough memory.
int csodium_stretch(void *key, const void *passphrase, size_t count, const void *salt,
                    uint64_t passes, size_t memory_bytes);

/// Private anonymous pages that are locked in memory, left out of dumps and emptied in a forked child.
/// `*locked` and `*hidden` tell whether locking and leaving out worked; NULL when there is no memory.
void *csodium_map_locked(size_t count, int *locked, int *hidden);

/// Wipes and unmaps what `csodium_map_locked` gave.
void csodium_unmap(void *bytes, size_t count);

/// BLAKE2b without a key over `first` followed by `second`.
void csodium_hash_two(void *digest, size_t digest_count, const void *first, size_t first_count,
                      const void *second, size_t second_count);

/// XChaCha20-Poly1305: `out` takes `count` + 16 bytes.
void csodium_seal(void *out, const void *plain, size_t count, const void *associated,
                  size_t associated_count, const void *nonce, const void *key);

/// Opens `count` bytes, tag included; 0 if they are authentic. `out` takes `count` - 16 bytes.
int csodium_open(void *out, const void *sealed, size_t count, const void *associated,
                 size_t associated_count, const void *nonce, const void *key);

/// SHA-256 over `first` followed by `second`.
void csodium_sha256_two(void *digest, const void *first, size_t first_count, const void *second,
                        size_t second_count);

/// Ed25519: the 64-byte signature of `count` bytes under the key that the 32-byte seed gives.
void csodium_sign(void *signature, const void *bytes, size_t count, const void *seed);

/// Ed25519: the 32-byte public key that the seed gives.
void csodium_sign_public(void *key, const void *seed);

/// X25519: the 32-byte public key that the 32-byte seed gives.
void csodium_box_public(void *key, const void *seed);

/// Seals `count` bytes to a public key so that only its seed opens them; `out` takes 48 more.
void csodium_box_seal(void *out, const void *bytes, size_t count, const void *key);

/// Opens `count` bytes with the seed; 0 if they are whole. `out` takes 48 fewer.
int csodium_box_open(void *out, const void *sealed, size_t count, const void *seed);

/// Ed25519: 0 if the signature over `count` bytes is that of `key`.
int csodium_verify(const void *signature, const void *bytes, size_t count, const void *key);

#endif
