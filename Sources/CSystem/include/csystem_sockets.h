// Sockets, readiness and the passing of descriptors between processes.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SL_FAMILY_NONE = 0, SL_FAMILY_V4 = 4, SL_FAMILY_V6 = 6, SL_FAMILY_LOCAL = 1 };

// An address in host terms: `bytes` are in network order (the first four for v4), the port in host order. For a local
// (unix) socket, `path` points to `path_length` bytes that the caller keeps alive; it is never filled in by a call.
struct sl_address {
    uint8_t family;
    uint16_t port;
    uint32_t scope;
    uint64_t high;
    uint64_t low;
    const uint8_t *path;
    size_t path_length;
};

enum { SL_LISTEN_REUSE_PORT = 1, SL_LISTEN_V6_ONLY = 2, SL_LISTEN_ANY_V6 = 4, SL_LISTEN_DEFER = 8 };

int sl_listen(const struct sl_address *address, int backlog, unsigned options);
int sl_accept(int listener, struct sl_address *peer);
int sl_connect(const struct sl_address *address, const struct sl_address *source);
int sl_socket_error(int socket);
/* Whether a negative errno says that descriptors or memory of this machine are used up. */
int sl_is_shortage(int result);
int sl_socket_name(int socket, struct sl_address *address);
int sl_shutdown_write(int socket);
int sl_shutdown_listener(int socket);
int sl_reset_on_close(int socket);
int sl_keep_alive(int socket, int idle_seconds);

ssize_t sl_receive(int socket, void *buffer, size_t length);
ssize_t sl_peek(int socket, void *buffer, size_t length);
ssize_t sl_send(int socket, const void *bytes, size_t length, int more);
ssize_t sl_send_two(int socket, const void *first, size_t first_length, const void *second, size_t second_length);
ssize_t sl_send_file(int socket, int file, int64_t offset, size_t length);

int sl_socket_pair(int pair[2]);
int sl_pipe(int pair[2]);
ssize_t sl_send_descriptors(int socket, const void *bytes, size_t length, const int *descriptors, size_t count);
ssize_t sl_receive_descriptors(int socket, void *bytes, size_t length, int *descriptors, size_t *count);

int sl_parse_address(const uint8_t *text, size_t length, struct sl_address *address);
size_t sl_print_v6(const struct sl_address *address, uint8_t *buffer, size_t capacity);
int sl_resolve(const uint8_t *host, size_t length, struct sl_address *addresses, size_t capacity, int *error);
size_t sl_resolve_error_text(int error, uint8_t *buffer, size_t capacity);

enum { SL_READABLE = 1, SL_WRITABLE = 2, SL_PEER_CLOSED = 4, SL_BROKEN = 8 };
enum { SL_WATCH_EDGES = 0, SL_WATCH_LEVEL_READ = 1, SL_WATCH_LISTENER = 2 };

struct sl_event {
    uint64_t token;
    uint32_t readiness;
};

int sl_poller_create(void);
int sl_poller_add(int poller, int descriptor, int watch, uint64_t token);
int sl_poller_remove(int poller, int descriptor);
int sl_poller_wait(int poller, struct sl_event *events, int capacity, int milliseconds);
int sl_wakeup_create(void);
int sl_wakeup_signal(int wakeup);
int sl_wakeup_drain(int wakeup);
