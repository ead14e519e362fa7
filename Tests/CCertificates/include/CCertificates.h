// Certificates for tests, made on the spot, with any fault a test asks for.

#ifndef CCERTIFICATES_H
#define CCERTIFICATES_H

#include <openssl/ssl.h>

/// Writes a certificate for a new P-256 key to `name`.pem and the key to `name`.key. 1 on success.
///
/// `subject`: its parts, most general first, as in "O=desk/CN=anna"; one after '+' joins the one before.
/// `alternatives`: names as in "email:a@b.c,DNS:host,URI:spiffe://x"; NULL for none.
/// `usage`: extended key usage as in "clientAuth"; NULL for none.
/// `begins`, `ends`: validity in seconds from now.
/// `issuer`: the name of the signer's files; NULL signs with its own key.
int ccertificates_issue(const char *subject, const char *alternatives, const char *usage, long begins, long ends,
                        int is_authority, const char *issuer, const char *name);

/// Writes a new key, encrypted under a passphrase, to `file`. 1 on success.
int ccertificates_encrypted_key(const char *file);

/// Makes a client's `session` speak `version` only, at no level of security.
void ccertificates_speak(SSL *session, int version);

#endif
