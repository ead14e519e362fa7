// Bodies for the declarations of CCertificates.h.

#include "CCertificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static FILE *open_beside(const char *name, const char *suffix, const char *mode) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s", name, suffix);
    return fopen(path, mode);
}

static int set_subject(X509_NAME *subject, const char *text) {
    char parts[1024];
    snprintf(parts, sizeof parts, "%s", text);
    char *rest = NULL;
    int joins = 0;
    for (char *part = strtok_r(parts, "/", &rest); part != NULL; part = strtok_r(NULL, "/", &rest)) {
        joins = part[0] == '+';
        char *key = part + joins;
        char *value = strchr(key, '=');
        if (value == NULL) return 0;
        *value++ = 0;
        if (X509_NAME_add_entry_by_txt(subject, key, MBSTRING_UTF8, (unsigned char *)value, -1, -1,
                                       joins ? -1 : 0) != 1)
            return 0;
    }
    return 1;
}

static int extend(X509 *certificate, int kind, const char *value) {
    if (value == NULL) return 1;
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    if (extension == NULL) return 0;
    int done = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return done;
}

static int date(X509 *certificate, EVP_PKEY *key, long begins, long ends) {
    long serial = 0;
    if (RAND_bytes((unsigned char *)&serial, 4) != 1) return 0;
    return X509_set_version(certificate, 2) &&
           ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), begins) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), ends) != NULL && X509_set_pubkey(certificate, key);
}

static int sign(X509 *certificate, EVP_PKEY *own, const char *issuer) {
    if (issuer == NULL)
        return X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) &&
               X509_sign(certificate, own, EVP_sha256()) > 0;
    FILE *above = open_beside(issuer, ".pem", "r");
    FILE *secret = open_beside(issuer, ".key", "r");
    if (above == NULL || secret == NULL) return 0;
    X509 *signer = PEM_read_X509(above, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_PrivateKey(secret, NULL, NULL, NULL);
    fclose(above);
    fclose(secret);
    int done = signer != NULL && key != NULL &&
               X509_set_issuer_name(certificate, X509_get_subject_name(signer)) &&
               X509_sign(certificate, key, EVP_sha256()) > 0;
    X509_free(signer);
    EVP_PKEY_free(key);
    return done;
}

int ccertificates_issue(const char *subject, const char *alternatives, const char *usage, long begins, long ends,
                        int is_authority, const char *issuer, const char *name) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    FILE *file = open_beside(name, ".pem", "w");
    FILE *secret = open_beside(name, ".key", "w");
    int done = key != NULL && certificate != NULL && file != NULL && secret != NULL &&
               date(certificate, key, begins, ends) &&
               set_subject(X509_get_subject_name(certificate), subject) &&
               extend(certificate, NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "CA:FALSE") &&
               extend(certificate, NID_subject_alt_name, alternatives) &&
               extend(certificate, NID_ext_key_usage, usage) && sign(certificate, key, issuer) &&
               PEM_write_X509(file, certificate) &&
               PEM_write_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL);
    if (file != NULL) fclose(file);
    if (secret != NULL) fclose(secret);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return done;
}

int ccertificates_encrypted_key(const char *path) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen(path, "w");
    unsigned char phrase[] = "phrase";
    int done = key != NULL && file != NULL &&
               PEM_write_PrivateKey(file, key, EVP_aes_256_cbc(), phrase, 6, NULL, NULL);
    if (file != NULL) fclose(file);
    EVP_PKEY_free(key);
    return done;
}

void ccertificates_speak(SSL *session, int version) {
    SSL_set_min_proto_version(session, version);
    SSL_set_max_proto_version(session, version);
    SSL_set_security_level(session, 0);
    SSL_set_cipher_list(session, "ALL:@SECLEVEL=0");
}
