#include "ctls.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509v3.h>

// What belongs to a connection beside OpenSSL's own: it lives as long as the BIO that it is the data of.
typedef struct link {
    int socket;
    // The socket was found empty since the poller last spoke, so it need not be asked again.
    unsigned char drained;
    // The peer's end has been told of: it comes with no further edge.
    unsigned char ending;
    unsigned char ended;
    unsigned char chosen;
    unsigned char refused;
    size_t name_count;
    uint8_t *name;
} link_t;

enum { record = 16384 };

static int link_write(BIO *bio, const char *bytes, int count) {
    link_t *link = BIO_get_data(bio);
    ssize_t sent;
    BIO_clear_retry_flags(bio);
    do {
        sent = send(link->socket, bytes, (size_t)count, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
    return (int)sent;
}

static int link_read(BIO *bio, char *bytes, int count) {
    link_t *link = BIO_get_data(bio);
    ssize_t received;
    BIO_clear_retry_flags(bio);
    if (link->drained) {
        BIO_set_retry_read(bio);
        return -1;
    }
    do {
        received = recv(link->socket, bytes, (size_t)count, 0);
    } while (received < 0 && errno == EINTR);
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        link->drained = 1;
        BIO_set_retry_read(bio);
    } else if (received == 0) {
        link->ended = 1;
    } else if (received > 0 && received < count && !link->ending) {
        // A short read has emptied the socket: more bytes are a new edge.
        link->drained = 1;
    }
    return (int)received;
}

static long link_control(BIO *bio, int what, long number, void *pointer) {
    (void)number;
    (void)pointer;
    switch (what) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return ((link_t *)BIO_get_data(bio))->ended;
    default: return 0;
    }
}

static int link_destroy(BIO *bio) {
    link_t *link = BIO_get_data(bio);
    if (link) free(link->name);
    free(link);
    BIO_set_data(bio, NULL);
    return 1;
}

static BIO_METHOD *method;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_method(void) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket of a loop");
    if (!method) return;
    BIO_meth_set_write(method, link_write);
    BIO_meth_set_read(method, link_read);
    BIO_meth_set_ctrl(method, link_control);
    BIO_meth_set_destroy(method, link_destroy);
}

int sl_tls_attach(SSL *ssl, int socket) {
    pthread_once(&once, make_method);
    link_t *link = method ? calloc(1, sizeof *link) : NULL;
    BIO *bio = link ? BIO_new(method) : NULL;
    if (!bio) {
        free(link);
        return 0;
    }
    link->socket = socket;
    BIO_set_data(bio, link);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, link);
    return 1;
}

void sl_tls_news(SSL *ssl, int ending) {
    link_t *link = SSL_get_app_data(ssl);
    link->drained = 0;
    if (ending) link->ending = 1;
}

size_t sl_tls_hello_name(SSL *ssl, const uint8_t **name) {
    const link_t *link = SSL_get_app_data(ssl);
    *name = link->name;
    return link->name_count;
}

void sl_tls_choose(SSL *ssl, SSL_CTX *context) {
    link_t *link = SSL_get_app_data(ssl);
    link->chosen = 1;
    if (context && SSL_get_SSL_CTX(ssl) != context) {
        SSL_set_SSL_CTX(ssl, context);
        // The context brings the certificate only; the rest is carried over by hand.
        SSL_set_verify(ssl, SSL_CTX_get_verify_mode(context), SSL_CTX_get_verify_callback(context));
        SSL_set_verify_depth(ssl, SSL_CTX_get_verify_depth(context));
        SSL_clear_options(ssl, SSL_get_options(ssl) & ~SSL_CTX_get_options(context));
        SSL_set_options(ssl, SSL_CTX_get_options(context));
        SSL_set_min_proto_version(ssl, SSL_CTX_get_min_proto_version(context));
        SSL_set_max_proto_version(ssl, SSL_CTX_get_max_proto_version(context));
    }
}

void sl_tls_refuse(SSL *ssl) { ((link_t *)SSL_get_app_data(ssl))->refused = 1; }

// Takes the name out of the hello (RFC 6066, section 3), and stops once, so that the context can be named outside.
static int hello(SSL *ssl, int *alert, void *unused) {
    link_t *link = SSL_get_app_data(ssl);
    const unsigned char *bytes;
    size_t count;
    (void)unused;
    if (link && link->refused) {
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return SSL_CLIENT_HELLO_ERROR;
    }
    if (!link || link->chosen) return SSL_CLIENT_HELLO_SUCCESS;
    if (!link->name && SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &count) && count > 5 &&
        bytes[2] == TLSEXT_NAMETYPE_host_name) {
        size_t length = (size_t)bytes[3] << 8 | bytes[4];
        if (length > 0 && length <= 255 && length <= count - 5 && !memchr(bytes + 5, 0, length)) {
            link->name = malloc(length);
            if (link->name) {
                memcpy(link->name, bytes + 5, length);
                link->name_count = length;
            }
        }
    }
    return SSL_CLIENT_HELLO_RETRY;
}

static int named(SSL *ssl, int *alert, void *unused) {
    (void)ssl;
    (void)alert;
    (void)unused;
    return SSL_TLSEXT_ERR_OK;
}

static int application(SSL *ssl, const unsigned char **out, unsigned char *count, const unsigned char *in,
                       unsigned int in_count, void *unused) {
    static const unsigned char spoken[] = "\x08http/1.1\x08http/1.0\x08http/0.9";
    (void)ssl;
    (void)unused;
    if (SSL_select_next_proto((unsigned char **)out, count, spoken, sizeof spoken - 1, in, in_count) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    return SSL_TLSEXT_ERR_OK;
}

static int state_of(SSL *ssl, int result) {
    switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ: return SL_TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE: return SL_TLS_WANTS_WRITE;
    case SSL_ERROR_WANT_CLIENT_HELLO_CB: return SL_TLS_WANTS_CONTEXT;
    case SSL_ERROR_ZERO_RETURN: return SL_TLS_END;
    default: return SL_TLS_FAILED;
    }
}

int sl_tls_handshake(SSL *ssl) {
    int result = SSL_do_handshake(ssl);
    return result == 1 ? SL_TLS_FULL : state_of(ssl, result);
}

long sl_tls_receive(SSL *ssl, void *buffer, size_t room, int *state) {
    size_t total = 0, count;
    while (total < room) {
        int result = SSL_read_ex(ssl, (char *)buffer + total, room - total, &count);
        if (result != 1) {
            *state = state_of(ssl, result);
            if (*state == SL_TLS_FAILED) {
                // A peer that closes its end has read what it was sent; one whose system resets it may not have.
                if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) *state = SL_TLS_CUT_OFF;
                ERR_clear_error();
            }
            return (long)total;
        }
        total += count;
    }
    *state = SL_TLS_FULL;
    return (long)total;
}

// Writes a run of bytes; 1 when all of it is with the kernel.
static int write_all(SSL *ssl, const void *bytes, size_t count, size_t *done, int *state) {
    size_t at = 0, sent;
    while (at < count) {
        int result = SSL_write_ex(ssl, (const char *)bytes + at, count - at, &sent);
        if (result != 1) {
            *state = state_of(ssl, result);
            // OpenSSL says so of a write that the system refused where the peer had ended the conversation before.
            if (*state == SL_TLS_END) *state = SL_TLS_FAILED;
            if (*state == SL_TLS_FAILED) ERR_clear_error();
            return 0;
        }
        at += sent;
        *done += sent;
    }
    return 1;
}

long sl_tls_send(SSL *ssl, const void *first, size_t first_count, const void *second, size_t second_count, int *state) {
    // A record that did not fit is offered anew together with all that follows: whoever keeps the rest keeps it in one.
    static __thread unsigned char joint[record];
    size_t done = 0, whole = second_count == 0 ? first_count : first_count - first_count % record;
    *state = SL_TLS_FULL;
    if (whole && !write_all(ssl, first, whole, &done, state)) return (long)done;
    if (second_count) {
        size_t rest = first_count - whole, taken = 0;
        if (rest) {
            taken = second_count < record - rest ? second_count : record - rest;
            memcpy(joint, (const char *)first + whole, rest);
            memcpy(joint + rest, second, taken);
            if (!write_all(ssl, joint, rest + taken, &done, state)) return (long)done;
        }
        if (taken < second_count) write_all(ssl, (const char *)second + taken, second_count - taken, &done, state);
    }
    return (long)done;
}

long sl_tls_send_file(SSL *ssl, int file, int64_t offset, size_t count, int *state) {
    static __thread unsigned char piece[8 * record];
    size_t done = 0;
    *state = SL_TLS_FULL;
    while (done < count) {
        size_t wanted = count - done < sizeof piece ? count - done : sizeof piece;
        ssize_t got;
        do {
            got = pread(file, piece, wanted, offset + (int64_t)done);
        } while (got < 0 && errno == EINTR);
        if (got <= 0) {
            *state = got < 0 ? SL_TLS_FAILED : SL_TLS_END;
            return (long)done;
        }
        if (!write_all(ssl, piece, (size_t)got, &done, state)) return (long)done;
    }
    return (long)done;
}

void sl_tls_finish(SSL *ssl) {
    if (SSL_is_init_finished(ssl)) SSL_shutdown(ssl);
    ERR_clear_error();
}

void sl_tls_prepare(SSL_CTX *context, int is_server) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_SINGLE_DH_USE |
                                     SSL_OP_SINGLE_ECDH_USE | SSL_OP_NO_SSLv3);
    SSL_CTX_set_read_ahead(context, 1);
    if (is_server) {
        SSL_CTX_set_client_hello_cb(context, hello, NULL);
        SSL_CTX_set_tlsext_servername_callback(context, named);
        SSL_CTX_set_alpn_select_cb(context, application, NULL);
    }
}

int sl_tls_versions(SSL_CTX *context, int least, int most) {
    return SSL_CTX_set_min_proto_version(context, least) && SSL_CTX_set_max_proto_version(context, most);
}

void sl_tls_sessions(SSL_CTX *context, long count, int uses_cache) {
    SSL_CTX_set_session_cache_mode(context, uses_cache ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
    if (count > 0) SSL_CTX_sess_set_cache_size(context, count);
}

int sl_tls_ticket_keys(SSL_CTX *context, const void *keys, size_t count) {
    return SSL_CTX_set_tlsext_ticket_keys(context, (void *)keys, (long)count) == 1;
}

int sl_tls_groups(SSL_CTX *context, const char *names) { return SSL_CTX_set1_groups_list(context, names) == 1; }

int sl_tls_chain(SSL_CTX *context, X509 *certificate) { return SSL_CTX_add1_chain_cert(context, certificate) == 1; }

void sl_tls_own_dh(SSL_CTX *context) { SSL_CTX_set_dh_auto(context, 1); }

static int verify_none(int holds, X509_STORE_CTX *store) {
    (void)holds;
    (void)store;
    return 1;
}

static int verify_known(int holds, X509_STORE_CTX *store) {
    if (holds) return 1;
    switch (X509_STORE_CTX_get_error(store)) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return 1;
    default: return 0;
    }
}

void sl_tls_verify(SSL_CTX *context, int mode, int lenience) {
    int flags = mode == 0 ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
    if (mode == 2) flags |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context, flags, lenience == 1 ? verify_none : lenience == 2 ? verify_known : NULL);
}

typedef struct staple {
    size_t count;
    unsigned char bytes[];
} staple_t;

// Hands the stored answer about revocation to a client that asks for it (RFC 6066, section 8).
static int send_staple(SSL *ssl, void *argument) {
    const staple_t *staple = argument;
    unsigned char *copy = OPENSSL_malloc(staple->count);
    if (!copy) return SSL_TLSEXT_ERR_NOACK;
    memcpy(copy, staple->bytes, staple->count);
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)staple->count);
    return SSL_TLSEXT_ERR_OK;
}

static void drop_staple(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long number, void *argument) {
    (void)parent;
    (void)data;
    (void)index;
    (void)number;
    (void)argument;
    free(pointer);
}

static int staple_index = -1;
static pthread_once_t staple_once = PTHREAD_ONCE_INIT;

static void make_staple_index(void) { staple_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, drop_staple); }

int sl_tls_staple(SSL_CTX *context, const void *answer, size_t count) {
    pthread_once(&staple_once, make_staple_index);
    staple_t *staple = staple_index < 0 ? NULL : malloc(sizeof *staple + count);
    if (!staple) return 0;
    staple->count = count;
    memcpy(staple->bytes, answer, count);
    if (!SSL_CTX_set_ex_data(context, staple_index, staple)) {
        free(staple);
        return 0;
    }
    SSL_CTX_set_tlsext_status_cb(context, send_staple);
    SSL_CTX_set_tlsext_status_arg(context, staple);
    return 1;
}

int sl_tls_host_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name) == 1; }

int sl_tls_stack_count(const STACK_OF(X509) * stack) { return stack ? sk_X509_num(stack) : 0; }

X509 *sl_tls_stack_at(const STACK_OF(X509) * stack, int index) { return sk_X509_value(stack, index); }

int sl_tls_peer_is(SSL *ssl, const char *host, size_t count) {
    X509 *certificate = SSL_get1_peer_certificate(ssl);
    int is = certificate && X509_check_host(certificate, host, count, 0, NULL) == 1;
    X509_free(certificate);
    return is;
}

int sl_tls_peer_is_current(SSL *ssl) {
    X509 *certificate = SSL_get1_peer_certificate(ssl);
    int is = certificate && X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
             X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
    X509_free(certificate);
    return is;
}

static int password(char *buffer, int size, int writing, void *argument) {
    const char *text = argument;
    size_t count = text ? strlen(text) : 0;
    (void)writing;
    // Without a password the key cannot be read; OpenSSL would otherwise ask on the terminal.
    if (!text || count > (size_t)size) return -1;
    memcpy(buffer, text, count);
    return (int)count;
}

EVP_PKEY *sl_tls_key(const void *bytes, size_t count, const char *word) {
    BIO *bio = BIO_new_mem_buf(bytes, (int)count);
    if (!bio) return NULL;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, password, (void *)word);
    BIO_free(bio);
    return key;
}
