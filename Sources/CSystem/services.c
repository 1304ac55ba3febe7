#define _GNU_SOURCE
#include "csystem.h"
#include "terminated.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int sl_inherited_listener(int socket, int *only_v6, uint8_t *path, size_t capacity, size_t *path_length) {
    int listens = 0, dual = 0;
    socklen_t size = sizeof listens;
    *path_length = 0;
    *only_v6 = 1;
    if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0) return -errno;
    if (!listens) return -EINVAL;
    struct sockaddr_storage room;
    struct sockaddr_un *local = (struct sockaddr_un *)&room;
    socklen_t length = sizeof room;
    if (getsockname(socket, (struct sockaddr *)&room, &length) < 0) return -errno;
    if (room.ss_family == AF_UNIX && length > offsetof(struct sockaddr_un, sun_path)) {
        size_t used = strnlen(local->sun_path, length - offsetof(struct sockaddr_un, sun_path));
        if (used == 0 || used > capacity) return -EINVAL;
        memcpy(path, local->sun_path, used);
        *path_length = used;
    }
    if (room.ss_family == AF_INET6) {
        size = sizeof dual;
        if (getsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &dual, &size) == 0) *only_v6 = dual;
    }
    int flags = fcntl(socket, F_GETFL);
    if (flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    return fcntl(socket, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

int sl_notify(const uint8_t *path, size_t length, const uint8_t *bytes, size_t count) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (length == 0 || length >= sizeof to.sun_path) return -EINVAL;
    memcpy(to.sun_path, path, length);
    // An @ stands for the NUL with which the names of the abstract kind begin.
    if (to.sun_path[0] == '@') to.sun_path[0] = 0;
    int socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return -errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(socket_, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&to, size);
    int outcome = sent < 0 ? -errno : 0;
    close(socket_);
    return outcome;
}
