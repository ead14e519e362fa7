// Bodies for the declarations of COpenSSL.h.

#include "COpenSSL.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE; this one never does.

// Its data is the socket, and one bit that is set while nothing may be taken from it.

static const intptr_t closed_bit = 1;

static int socket_of(BIO *bio) { return (int)((intptr_t)BIO_get_data(bio) >> 1); }

static int is_temporary(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

static int transport_write(BIO *bio, const char *bytes, int count) {
    ssize_t written = send(socket_of(bio), bytes, (size_t)count, MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    if (written < 0 && is_temporary()) BIO_set_retry_write(bio);
    return (int)written;
}

static int transport_read(BIO *bio, char *bytes, int count) {
    if ((intptr_t)BIO_get_data(bio) & closed_bit) {
        BIO_set_retry_read(bio);
        return -1;
    }
    ssize_t taken = recv(socket_of(bio), bytes, (size_t)count, 0);
    BIO_clear_retry_flags(bio);
    if (taken < 0 && is_temporary()) BIO_set_retry_read(bio);
    if (taken == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)taken;
}

static long transport_control(BIO *bio, int command, long number, void *pointer) {
    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    default: return 0;
    }
}

static pthread_once_t transport_once = PTHREAD_ONCE_INIT;
static BIO_METHOD *transport;

static void make_transport(void) {
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (made == NULL) return;
    BIO_meth_set_write(made, transport_write);
    BIO_meth_set_read(made, transport_read);
    BIO_meth_set_ctrl(made, transport_control);
    transport = made;
}

int copenssl_attach(SSL *session, int descriptor) {
    pthread_once(&transport_once, make_transport);
    BIO *bio = transport == NULL ? NULL : BIO_new(transport);
    if (bio == NULL) return 0;
    BIO_set_data(bio, (void *)((intptr_t)descriptor * 2));
    BIO_set_init(bio, 1);
    SSL_set_bio(session, bio, bio);
    return 1;
}

void copenssl_set_open(SSL *session, int is_open) {
    BIO *bio = SSL_get_rbio(session);
    intptr_t data = (intptr_t)BIO_get_data(bio);
    BIO_set_data(bio, (void *)(is_open ? data & ~closed_bit : data | closed_bit));
}

// Contexts

static int refuse_passphrase(char *bytes, int room, int is_writing, void *data) {
    (void)bytes;
    (void)room;
    (void)is_writing;
    (void)data;
    return -1;
}

SSL_CTX *copenssl_context(int is_server) {
    SSL_CTX *context = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_default_passwd_cb(context, refuse_passphrase);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    return context;
}

int copenssl_require_tls13(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
}

int copenssl_set_groups(SSL_CTX *context, const char *groups) {
    return (int)SSL_CTX_set1_groups_list(context, groups);
}

int copenssl_expect_name(SSL *session, const char *name) {
    unsigned char address[sizeof(struct in6_addr)];
    X509_VERIFY_PARAM *expected = SSL_get0_param(session);
    if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(expected, name);
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(expected, name, 0) == 1 &&
           SSL_set_tlsext_host_name(session, name) == 1;
}

// Errors

int copenssl_system_error(unsigned long code) {
    return ERR_SYSTEM_ERROR(code) ? ERR_GET_REASON(code) : 0;
}

int copenssl_has_ended(const SSL *session) {
    return (SSL_get_shutdown(session) & SSL_RECEIVED_SHUTDOWN) != 0;
}

// Certificates

void *copenssl_names(const X509 *certificate) {
    return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

int copenssl_names_count(const void *names) { return sk_GENERAL_NAME_num((const GENERAL_NAMES *)names); }

enum copenssl_name_kind copenssl_name(const void *names, int index, const unsigned char **bytes, size_t *count) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value((const GENERAL_NAMES *)names, index);
    enum copenssl_name_kind kind = COPENSSL_OTHER;
    if (name->type == GEN_EMAIL) kind = COPENSSL_EMAIL;
    if (name->type == GEN_DNS) kind = COPENSSL_DNS;
    if (name->type == GEN_URI) kind = COPENSSL_URI;
    *bytes = NULL;
    *count = 0;
    if (kind == COPENSSL_OTHER) return kind;
    *bytes = ASN1_STRING_get0_data(name->d.ia5);
    *count = (size_t)ASN1_STRING_length(name->d.ia5);
    return kind;
}

void copenssl_names_free(void *names) { GENERAL_NAMES_free(names); }

long copenssl_subject(const X509 *certificate, unsigned char *bytes, size_t room) {
    BIO *memory = BIO_new(BIO_s_mem());
    if (memory == NULL) return -1;
    unsigned long form = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    long length = -1;
    if (X509_NAME_print_ex(memory, X509_get_subject_name(certificate), 0, form) >= 0) {
        char *text = NULL;
        length = BIO_get_mem_data(memory, &text);
        if (length > 0) memcpy(bytes, text, (size_t)length < room ? (size_t)length : room);
    }
    BIO_free(memory);
    return length;
}
