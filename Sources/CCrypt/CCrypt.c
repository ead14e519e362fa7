// Bodies for the declarations of CCrypt.h.

#include "CCrypt.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

int ccrypt_hash(const char *phrase, const char *setting, char *out, size_t room) {
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL) return 0;
    const char *hash = crypt_r(phrase, setting, data);
    // What cannot be hashed comes back as NULL or as a text that begins with an asterisk.
    int done = hash != NULL && hash[0] != '*' && strlen(hash) < room;
    if (done) strcpy(out, hash);
    explicit_bzero(data, sizeof *data);
    free(data);
    return done;
}
