// OpenSSL as Swift can import it: its own headers, and functions for what they hide in macros.

#ifndef COPENSSL_H
#define COPENSSL_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stddef.h>

/// What a name in a certificate is; `COPENSSL_OTHER` is of no interest to us.
enum copenssl_name_kind {
    COPENSSL_OTHER = 0,
    COPENSSL_EMAIL = 1,
    COPENSSL_DNS = 2,
    COPENSSL_URI = 3,
};

/// A context for one role with our modes: TLS 1.2 or newer, no renegotiation, no compression, buffers given
/// back while idle, encrypted key files refused instead of asked for on the terminal, and servers that
/// resume no sessions: connections are long, and each proves its identity anew. NULL on failure.
SSL_CTX *copenssl_context(int is_server);

/// Raises the floor to TLS 1.3. 1 on success.
int copenssl_require_tls13(SSL_CTX *context);

/// Sets the key exchange groups, colon-separated. 1 on success.
int copenssl_set_groups(SSL_CTX *context, const char *groups);

/// Lets `session` read and write the socket `descriptor`, which stays the caller's. 1 on success.
int copenssl_attach(SSL *session, int descriptor);

/// Whether `session` may take more from its socket; otherwise it reads only what it holds already.
void copenssl_set_open(SSL *session, int is_open);

/// Makes a client demand a certificate for `name`, a host name or a numeric address. 1 on success.
int copenssl_expect_name(SSL *session, const char *name);

/// The system's error number inside `code`; 0 if OpenSSL itself refused.
int copenssl_system_error(unsigned long code);

/// Whether the peer closed its side without a word, or with the word for it.
int copenssl_has_ended(const SSL *session);

/// The alternative names of `certificate`; NULL if there are none. To be given to `copenssl_names_free`.
void *copenssl_names(const X509 *certificate);

/// How many names.
int copenssl_names_count(const void *names);

/// The kind of the name at `index`; its bytes live as long as `names`.
enum copenssl_name_kind copenssl_name(const void *names, int index, const unsigned char **bytes, size_t *count);

/// Frees what `copenssl_names` gave.
void copenssl_names_free(void *names);

/// The subject of `certificate` in the form of RFC 2253, UTF-8 unescaped; the length, or -1.
/// Writes at most `room` bytes; a length beyond `room` tells that it did not fit.
long copenssl_subject(const X509 *certificate, unsigned char *bytes, size_t room);

#endif
