// What a server is started with by others: listening sockets, and a manager that wants to know when it is ready.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Makes an inherited descriptor ours, if it is a socket that listens; the path of a local one is written to `path`.
int sl_inherited_listener(int socket, int *only_v6, uint8_t *path, size_t capacity, size_t *path_length);
// Sends one datagram to a local socket (sd_notify(3)).
int sl_notify(const uint8_t *path, size_t length, const uint8_t *bytes, size_t count);
