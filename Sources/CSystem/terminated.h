// Paths arrive as pointer and length; the kernel wants them terminated.
#pragma once

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Copies a path into `name`, of PATH_MAX bytes. A NUL inside would silently name another file, so it is refused.
static inline int terminated(char *name, const uint8_t *path, size_t length) {
    if (length >= PATH_MAX) return -ENAMETOOLONG;
    if (length && memchr(path, 0, length)) return -EINVAL;
    if (length) memcpy(name, path, length);
    name[length] = 0;
    return 0;
}
