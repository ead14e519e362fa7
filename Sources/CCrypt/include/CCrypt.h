// The system's password hashing.

#ifndef CCRYPT_H
#define CCRYPT_H

#include <stddef.h>

/// Hashes the terminated `phrase` in the way that `setting` names, which may be an earlier hash.
/// Writes the terminated hash to `out`. 1 on success; takes as long as `setting` asks for.
int ccrypt_hash(const char *phrase, const char *setting, char *out, size_t room);

#endif
