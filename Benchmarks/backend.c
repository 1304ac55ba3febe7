// The application that the benchmark's proxies stand in front of: as cheap as a server can be, so that it is not what
// is measured. One thread, keep-alive, HTTP/1.1 and 1.0.
//
//     backend PORT       on 127.0.0.1
//
//     /bytes/N           N bytes, with their length
//     /chunks/N          N bytes, in chunks of 4 KiB
//     anything else      3 bytes
//
// A request's body is skipped by its Content-Length; requests with chunked bodies are not sent by the benchmark.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LARGEST = 4 << 20, CHUNK = 4096, INPUT = 16384, EVENTS = 256 };

struct answer {
    const char *bytes;
    size_t length;
};

struct connection {
    int socket;
    int wants_to_write;
    size_t filled, to_skip;
    struct answer answer;  // What is left of the answer being sent.
    char input[INPUT];
};

// Answers are made once for each target and kept: the benchmark asks for a handful.
static struct {
    char target[64];
    struct answer answer;
} known[64];
static size_t known_count;

static struct answer make_answer(const char *target) {
    size_t size = 3;
    int chunked = 0;
    if (strncmp(target, "/bytes/", 7) == 0) size = strtoul(target + 7, NULL, 10);
    if (strncmp(target, "/chunks/", 8) == 0) size = strtoul(target + 8, NULL, 10), chunked = 1;
    if (size > LARGEST) size = LARGEST;

    char *bytes = malloc(size + size / CHUNK * 16 + 512);
    size_t length = sprintf(bytes, "HTTP/1.1 200 OK\r\nServer: backend\r\nContent-Type: text/plain\r\n");
    if (!chunked) {
        length += sprintf(bytes + length, "Content-Length: %zu\r\n\r\n", size);
        memset(bytes + length, '.', size);
        length += size;
    } else {
        length += sprintf(bytes + length, "Transfer-Encoding: chunked\r\n\r\n");
        for (size_t left = size; left > 0;) {
            size_t now = left < CHUNK ? left : CHUNK;
            length += sprintf(bytes + length, "%zx\r\n", now);
            memset(bytes + length, '.', now);
            length += now;
            length += sprintf(bytes + length, "\r\n");
            left -= now;
        }
        length += sprintf(bytes + length, "0\r\n\r\n");
    }
    return (struct answer){bytes, length};
}

static struct answer answer_for(const char *head, const char *end) {
    const char *start = memchr(head, ' ', end - head);
    const char *stop = start ? memchr(start + 1, ' ', end - start - 1) : NULL;
    char target[64] = "/";
    if (stop && (size_t)(stop - start) <= sizeof target) {
        memcpy(target, start + 1, stop - start - 1);
        target[stop - start - 1] = 0;
    }
    for (size_t i = 0; i < known_count; i++)
        if (strcmp(known[i].target, target) == 0) return known[i].answer;
    if (known_count == sizeof known / sizeof *known) return known[0].answer;
    strcpy(known[known_count].target, target);
    known[known_count].answer = make_answer(target);
    return known[known_count++].answer;
}

static size_t body_length(const char *head, const char *end) {
    static const char name[] = "\r\ncontent-length:";
    for (const char *at = head; at + sizeof name < end; at++)
        if (strncasecmp(at, name, sizeof name - 1) == 0) return strtoul(at + sizeof name - 1, NULL, 10);
    return 0;
}

// Sends what is left of the answer; -1 when the connection is gone.
static int send_answer(struct connection *c) {
    while (c->answer.length > 0) {
        ssize_t n = send(c->socket, c->answer.bytes, c->answer.length, MSG_NOSIGNAL);
        if (n < 0) return errno == EAGAIN ? 0 : -1;
        c->answer.bytes += n;
        c->answer.length -= n;
    }
    return 0;
}

// Answers the requests that have arrived whole, until one answer cannot be sent at once; -1 when it is gone.
static int answer_input(struct connection *c) {
    size_t at = 0;
    while (c->answer.length == 0) {
        size_t skipped = c->to_skip < c->filled - at ? c->to_skip : c->filled - at;
        at += skipped;
        c->to_skip -= skipped;
        char *head = c->input + at;
        char *end = memmem(head, c->filled - at, "\r\n\r\n", 4);
        if (!end) break;
        c->to_skip = body_length(head, end);
        c->answer = answer_for(head, end);
        at = end + 4 - c->input;
        if (send_answer(c) < 0) return -1;
    }
    memmove(c->input, c->input + at, c->filled - at);
    c->filled -= at;
    return c->filled == INPUT ? -1 : 0;
}

static int serve(int poller, struct connection *c, unsigned events) {
    if (send_answer(c) < 0 || answer_input(c) < 0) return -1;
    while (c->answer.length == 0 && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        size_t room = INPUT - c->filled;
        ssize_t n = recv(c->socket, c->input + c->filled, room, 0);
        if (n < 0 && errno == EAGAIN) break;
        if (n <= 0) return -1;
        c->filled += n;
        if (answer_input(c) < 0) return -1;
        if ((size_t)n < room) break;
    }
    int wants = c->answer.length > 0;
    if (wants != c->wants_to_write) {
        c->wants_to_write = wants;
        struct epoll_event change = {.events = wants ? EPOLLOUT : EPOLLIN, .data.ptr = c};
        epoll_ctl(poller, EPOLL_CTL_MOD, c->socket, &change);
    }
    return 0;
}

static void accept_all(int poller, int listener) {
    int socket, on = 1;
    while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *c = calloc(1, sizeof *c);
        c->socket = socket;
        struct epoll_event first = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poller, EPOLL_CTL_ADD, socket, &first);
    }
}

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: backend PORT\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096))
        return perror("backend"), 1;

    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event waiting[EVENTS], first = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &first);
    for (;;) {
        int ready = epoll_wait(poller, waiting, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = waiting[i].data.ptr;
            if (!c) {
                accept_all(poller, listener);
            } else if (serve(poller, c, waiting[i].events) < 0) {
                close(c->socket);
                free(c);
            }
        }
    }
}
