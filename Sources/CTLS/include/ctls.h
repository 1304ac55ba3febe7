// What of OpenSSL is macros, callbacks and varying arguments, as functions that Swift can call.
#ifndef CTLS_H
#define CTLS_H

#include <stddef.h>
#include <stdint.h>

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;
struct x509_st;
struct stack_st_X509;
struct evp_pkey_st;

// How receiving or a handshake ended, beside the bytes that it brought.
enum {
    SL_TLS_FULL = 0,      // the buffer is full, or the handshake is done
    SL_TLS_WANTS_READ,    // the socket is empty
    SL_TLS_WANTS_WRITE,   // the socket is full
    SL_TLS_WANTS_CONTEXT, // the client's hello was read: name the context to go on with
    SL_TLS_END,           // the peer ended the conversation properly
    SL_TLS_FAILED,        // it broke
    SL_TLS_CUT_OFF        // the peer has left without a word, behind what was received
};

// Gives a connection its socket, which it never closes. Returns 0 where there is no memory.
int sl_tls_attach(struct ssl_st *ssl, int socket);
// The poller told of something to read; `ending` when the peer's end is among it.
void sl_tls_news(struct ssl_st *ssl, int ending);
// The name in the client's hello; 0 bytes where there was none.
size_t sl_tls_hello_name(struct ssl_st *ssl, const uint8_t **name);
// Goes on behind the hello with another context (or the same).
void sl_tls_choose(struct ssl_st *ssl, struct ssl_ctx_st *context);
// Goes on behind the hello with the alert that the name is not known here.
void sl_tls_refuse(struct ssl_st *ssl);

int sl_tls_handshake(struct ssl_st *ssl);
long sl_tls_receive(struct ssl_st *ssl, void *buffer, size_t room, int *state);
// Sends what fits of two pieces, joined into as few records as can be; -1 when it broke.
long sl_tls_send(struct ssl_st *ssl, const void *first, size_t first_count, const void *second, size_t second_count,
                 int *state);
// Sends what fits of a file; 0 with SL_TLS_END when the file ends before.
long sl_tls_send_file(struct ssl_st *ssl, int file, int64_t offset, size_t count, int *state);
// Tells the peer that nothing more will come.
void sl_tls_finish(struct ssl_st *ssl);

// Contexts.
void sl_tls_prepare(struct ssl_ctx_st *context, int is_server);
int sl_tls_versions(struct ssl_ctx_st *context, int least, int most);
void sl_tls_sessions(struct ssl_ctx_st *context, long count, int uses_cache);
int sl_tls_ticket_keys(struct ssl_ctx_st *context, const void *keys, size_t count);
int sl_tls_groups(struct ssl_ctx_st *context, const char *names);
int sl_tls_chain(struct ssl_ctx_st *context, struct x509_st *certificate);
int sl_tls_staple(struct ssl_ctx_st *context, const void *answer, size_t count);
int sl_tls_host_name(struct ssl_st *ssl, const char *name);
void sl_tls_own_dh(struct ssl_ctx_st *context);
// Whether peers show certificates: 0 no, 1 if they have one, 2 always; and what becomes of one that does not hold:
// 0 it ends the handshake, 1 whoever asks decides, 2 an unknown issuer is let pass.
void sl_tls_verify(struct ssl_ctx_st *context, int mode, int lenience);

// Whether the peer's certificate is for a host, and whether it holds today.
int sl_tls_peer_is(struct ssl_st *ssl, const char *host, size_t count);
int sl_tls_peer_is_current(struct ssl_st *ssl);

// Objects.
int sl_tls_stack_count(const struct stack_st_X509 *stack);
struct x509_st *sl_tls_stack_at(const struct stack_st_X509 *stack, int index);
// Reads a key in PEM; tries each password. NULL if none fits.
struct evp_pkey_st *sl_tls_key(const void *bytes, size_t count, const char *password);

#endif
