#define _GNU_SOURCE
#include "csystem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

union any_address {
    struct sockaddr base;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
    struct sockaddr_storage room;
};

static socklen_t into(union any_address *to, const struct sl_address *from) {
    memset(to, 0, sizeof *to);
    switch (from->family) {
    case SL_FAMILY_V4:
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = htons(from->port);
        memcpy(&to->v4.sin_addr, &from->high, 4);
        return sizeof to->v4;
    case SL_FAMILY_V6:
        to->v6.sin6_family = AF_INET6;
        to->v6.sin6_port = htons(from->port);
        to->v6.sin6_scope_id = from->scope;
        memcpy(&to->v6.sin6_addr, &from->high, 8);
        memcpy((char *)&to->v6.sin6_addr + 8, &from->low, 8);
        return sizeof to->v6;
    case SL_FAMILY_LOCAL:
        if (from->path_length == 0 || from->path_length >= sizeof to->local.sun_path) return 0;
        to->local.sun_family = AF_UNIX;
        memcpy(to->local.sun_path, from->path, from->path_length);
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + from->path_length + 1);
    default: return 0;
    }
}

static void from(struct sl_address *to, const union any_address *from) {
    memset(to, 0, sizeof *to);
    switch (from->base.sa_family) {
    case AF_INET:
        to->family = SL_FAMILY_V4;
        to->port = ntohs(from->v4.sin_port);
        memcpy(&to->high, &from->v4.sin_addr, 4);
        break;
    case AF_INET6:
        to->port = ntohs(from->v6.sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&from->v6.sin6_addr)) {
            // A client that came over IPv4 to a dual-stack listener is shown, and matched, as what it is.
            to->family = SL_FAMILY_V4;
            memcpy(&to->high, (const char *)&from->v6.sin6_addr + 12, 4);
            break;
        }
        to->family = SL_FAMILY_V6;
        to->scope = from->v6.sin6_scope_id;
        memcpy(&to->high, &from->v6.sin6_addr, 8);
        memcpy(&to->low, (const char *)&from->v6.sin6_addr + 8, 8);
        break;
    case AF_UNIX: to->family = SL_FAMILY_LOCAL; break;
    default: break;
    }
}

static int set(int socket, int level, int name, int value) {
    return setsockopt(socket, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

static int close_with(int socket, int failure) {
    close(socket);
    return failure;
}

int sl_listen(const struct sl_address *address, int backlog, unsigned options) {
    union any_address where;
    socklen_t length = into(&where, address);
    if (!length) return address->family == SL_FAMILY_LOCAL ? -ENAMETOOLONG : -EAFNOSUPPORT;
    int opened = socket(where.base.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (opened < 0) return -errno;
    int failure = 0;
    if (where.base.sa_family != AF_UNIX) {
        failure = set(opened, SOL_SOCKET, SO_REUSEADDR, 1);
        // Accepted sockets inherit this, which saves a call for each connection.
        if (!failure) failure = set(opened, IPPROTO_TCP, TCP_NODELAY, 1);
        if (!failure && options & SL_LISTEN_REUSE_PORT) failure = set(opened, SOL_SOCKET, SO_REUSEPORT, 1);
        if (!failure && options & SL_LISTEN_DEFER) failure = set(opened, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
    }
    if (!failure && where.base.sa_family == AF_INET6 && options & (SL_LISTEN_V6_ONLY | SL_LISTEN_ANY_V6))
        failure = set(opened, IPPROTO_IPV6, IPV6_V6ONLY, options & SL_LISTEN_V6_ONLY ? 1 : 0);
    if (failure) return close_with(opened, failure);
    if (bind(opened, &where.base, length) < 0) return close_with(opened, -errno);
    if (listen(opened, backlog) < 0) return close_with(opened, -errno);
    return opened;
}

int sl_accept(int listener, struct sl_address *peer) {
    union any_address from_where;
    socklen_t length = sizeof from_where;
    from_where.base.sa_family = AF_UNSPEC;
    int accepted = accept4(listener, &from_where.base, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) return -errno;
    from(peer, &from_where);
    return accepted;
}

int sl_connect(const struct sl_address *address, const struct sl_address *source) {
    union any_address where;
    socklen_t length = into(&where, address);
    if (!length) return address->family == SL_FAMILY_LOCAL ? -ENAMETOOLONG : -EAFNOSUPPORT;
    int opened = socket(where.base.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (opened < 0) return -errno;
    if (where.base.sa_family != AF_UNIX) {
        int failure = set(opened, IPPROTO_TCP, TCP_NODELAY, 1);
        if (failure) return close_with(opened, failure);
    }
    if (source) {
        union any_address here;
        socklen_t here_length = into(&here, source);
        if (!here_length || bind(opened, &here.base, here_length) < 0) return close_with(opened, here_length ? -errno : -EINVAL);
    }
    if (connect(opened, &where.base, length) < 0 && errno != EINPROGRESS) return close_with(opened, -errno);
    return opened;
}

int sl_is_shortage(int result) {
    return result == -EMFILE || result == -ENFILE || result == -ENOBUFS || result == -ENOMEM;
}

int sl_socket_error(int socket) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return errno;
    return error;
}

int sl_socket_name(int socket, struct sl_address *address) {
    union any_address where;
    socklen_t length = sizeof where;
    where.base.sa_family = AF_UNSPEC;
    if (getsockname(socket, &where.base, &length) < 0) return -errno;
    from(address, &where);
    return 0;
}

int sl_shutdown_listener(int socket) {
    return shutdown(socket, SHUT_RDWR) < 0 ? -errno : 0;
}

int sl_shutdown_write(int socket) {
    return shutdown(socket, SHUT_WR) < 0 ? -errno : 0;
}

int sl_reset_on_close(int socket) {
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0 ? -errno : 0;
}

int sl_keep_alive(int socket, int idle_seconds) {
    int failure = set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    if (!failure && idle_seconds > 0) failure = set(socket, IPPROTO_TCP, TCP_KEEPIDLE, idle_seconds);
    return failure;
}

// The calls of the data plane go to the kernel directly: the library's recv and send are points at which a thread may be
// cancelled, and pay for that with two locked instructions each as soon as there is more than one thread.
ssize_t sl_receive(int socket, void *buffer, size_t length) {
    ssize_t n;
    do n = syscall(SYS_recvfrom, socket, buffer, length, 0, NULL, NULL); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

ssize_t sl_peek(int socket, void *buffer, size_t length) {
    ssize_t n;
    do n = recv(socket, buffer, length, MSG_PEEK | MSG_DONTWAIT); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

ssize_t sl_send(int socket, const void *bytes, size_t length, int more) {
    ssize_t n;
    int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    do n = syscall(SYS_sendto, socket, bytes, length, flags, NULL, 0); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

ssize_t sl_send_two(int socket, const void *first, size_t first_length, const void *second, size_t second_length) {
    struct iovec pieces[2] = {
        {.iov_base = (void *)first, .iov_len = first_length},
        {.iov_base = (void *)second, .iov_len = second_length},
    };
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    ssize_t n;
    do n = syscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

ssize_t sl_send_file(int socket, int file, int64_t offset, size_t length) {
    ssize_t n;
    off_t at;
    do {
        at = offset;
        n = sendfile(socket, file, &at, length);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

int sl_socket_pair(int pair[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

int sl_pipe(int pair[2]) {
    return pipe2(pair, O_CLOEXEC) < 0 ? -errno : 0;
}

enum { MOST_DESCRIPTORS = 250 };

ssize_t sl_send_descriptors(int socket, const void *bytes, size_t length, const int *descriptors, size_t count) {
    if (count > MOST_DESCRIPTORS) return -EINVAL;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
    } control;
    struct iovec piece = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (count) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * count);
    }
    ssize_t n;
    do n = sendmsg(socket, &message, MSG_NOSIGNAL); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

ssize_t sl_receive_descriptors(int socket, void *bytes, size_t length, int *descriptors, size_t *count) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
    } control;
    struct iovec piece = {.iov_base = bytes, .iov_len = length};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    size_t room = *count;
    *count = 0;
    ssize_t n;
    do n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC); while (n < 0 && errno == EINTR);
    if (n < 0) return -errno;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t got = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < got; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof descriptor);
            if (*count < room) descriptors[(*count)++] = descriptor;
            else close(descriptor);
        }
    }
    return n;
}

int sl_parse_address(const uint8_t *text, size_t length, struct sl_address *address) {
    char name[INET6_ADDRSTRLEN + 1];
    if (length >= sizeof name || memchr(text, 0, length)) return 0;
    memcpy(name, text, length);
    name[length] = 0;
    union any_address found;
    memset(&found, 0, sizeof found);
    if (inet_pton(AF_INET, name, &found.v4.sin_addr) == 1) found.base.sa_family = AF_INET;
    else if (inet_pton(AF_INET6, name, &found.v6.sin6_addr) == 1) {
        memset(address, 0, sizeof *address);
        address->family = SL_FAMILY_V6;
        memcpy(&address->high, &found.v6.sin6_addr, 8);
        memcpy(&address->low, (const char *)&found.v6.sin6_addr + 8, 8);
        return 1;
    } else return 0;
    from(address, &found);
    return 1;
}

size_t sl_print_v6(const struct sl_address *address, uint8_t *buffer, size_t capacity) {
    union any_address where;
    into(&where, address);
    char text[INET6_ADDRSTRLEN];
    if (!inet_ntop(AF_INET6, &where.v6.sin6_addr, text, sizeof text)) return 0;
    size_t n = strlen(text);
    if (n > capacity) n = capacity;
    memcpy(buffer, text, n);
    return n;
}

int sl_resolve(const uint8_t *host, size_t length, struct sl_address *addresses, size_t capacity, int *error) {
    char name[256];
    if (length == 0 || length >= sizeof name || memchr(host, 0, length)) {
        *error = EAI_NONAME;
        return -EINVAL;
    }
    memcpy(name, host, length);
    name[length] = 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC, .ai_flags = AI_ADDRCONFIG}, *found;
    *error = getaddrinfo(name, NULL, &hints, &found);
    if (*error == EAI_NONAME || *error == EAI_ADDRFAMILY || *error == EAI_NODATA) {
        // AI_ADDRCONFIG hides loopback names on a machine that has no other address.
        hints.ai_flags = 0;
        *error = getaddrinfo(name, NULL, &hints, &found);
    }
    if (*error) return -EIO;
    size_t count = 0;
    for (struct addrinfo *each = found; each && count < capacity; each = each->ai_next) {
        union any_address where;
        if (each->ai_addrlen > sizeof where) continue;
        memcpy(&where, each->ai_addr, each->ai_addrlen);
        from(&addresses[count++], &where);
    }
    freeaddrinfo(found);
    return (int)count;
}

size_t sl_resolve_error_text(int error, uint8_t *buffer, size_t capacity) {
    const char *text = gai_strerror(error);
    size_t n = strlen(text);
    if (n > capacity) n = capacity;
    memcpy(buffer, text, n);
    return n;
}
