#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int sl_poller_create(void) {
    int poller = epoll_create1(EPOLL_CLOEXEC);
    return poller < 0 ? -errno : poller;
}

int sl_poller_add(int poller, int descriptor, int watch, uint64_t token) {
    static const uint32_t interests[] = {
        [SL_WATCH_EDGES] = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        [SL_WATCH_LEVEL_READ] = EPOLLIN,
        [SL_WATCH_LISTENER] = EPOLLIN | EPOLLEXCLUSIVE,
    };
    struct epoll_event event = {.events = interests[watch], .data.u64 = token};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) < 0 ? -errno : 0;
}

int sl_poller_remove(int poller, int descriptor) {
    struct epoll_event unused = {0};
    return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &unused) < 0 ? -errno : 0;
}

int sl_poller_wait(int poller, struct sl_event *events, int capacity, int milliseconds) {
    enum { MOST = 512 };
    struct epoll_event raw[MOST];
    int n = epoll_wait(poller, raw, capacity < MOST ? capacity : MOST, milliseconds);
    if (n < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < n; i++) {
        uint32_t bits = raw[i].events;
        // What is broken is also ready: the next read or write finds out what is wrong.
        int broken = bits & (EPOLLERR | EPOLLHUP);
        events[i].token = raw[i].data.u64;
        events[i].readiness = (bits & EPOLLIN || broken ? SL_READABLE : 0) | (bits & EPOLLOUT || broken ? SL_WRITABLE : 0)
                              | (bits & (EPOLLRDHUP | EPOLLHUP) ? SL_PEER_CLOSED : 0) | (broken ? SL_BROKEN : 0);
    }
    return n;
}

int sl_wakeup_create(void) {
    int wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return wakeup < 0 ? -errno : wakeup;
}

int sl_wakeup_signal(int wakeup) {
    uint64_t one = 1;
    return write(wakeup, &one, sizeof one) < 0 && errno != EAGAIN ? -errno : 0;
}

int sl_wakeup_drain(int wakeup) {
    uint64_t count;
    return read(wakeup, &count, sizeof count) < 0 && errno != EAGAIN ? -errno : 0;
}
