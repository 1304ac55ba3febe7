#define _GNU_SOURCE
#include "csystem.h"
#include "terminated.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int sl_open(const uint8_t *path, size_t length, int how, uint32_t permissions, int follow) {
    static const int flags[] = {
        [SL_OPEN_READ] = O_RDONLY | O_NONBLOCK,
        [SL_OPEN_APPEND] = O_WRONLY | O_APPEND | O_CREAT,
        [SL_OPEN_REPLACE] = O_WRONLY | O_TRUNC | O_CREAT,
        [SL_OPEN_READWRITE] = O_RDWR,
        [SL_OPEN_CREATE_NEW] = O_RDWR | O_CREAT | O_EXCL,
    };
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    int descriptor = open(name, flags[how] | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), (mode_t)permissions);
    return descriptor < 0 ? -errno : descriptor;
}

// EINTR from close leaves the descriptor closed on Linux, so it is not an error.
int sl_close(int descriptor) {
    return close(descriptor) < 0 && errno != EINTR ? -errno : 0;
}

ssize_t sl_read(int descriptor, void *buffer, size_t length) {
    ssize_t n;
    do n = read(descriptor, buffer, length); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

ssize_t sl_pread(int descriptor, void *buffer, size_t length, int64_t offset) {
    ssize_t n;
    do n = pread(descriptor, buffer, length, offset); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

ssize_t sl_write(int descriptor, const void *buffer, size_t length) {
    ssize_t n;
    do n = write(descriptor, buffer, length); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

static void fill(struct sl_status *status, const struct stat *from) {
    status->kind = S_ISREG(from->st_mode)   ? SL_KIND_FILE
                   : S_ISDIR(from->st_mode) ? SL_KIND_DIRECTORY
                   : S_ISLNK(from->st_mode) ? SL_KIND_LINK
                                            : SL_KIND_OTHER;
    status->permissions = from->st_mode & 07777;
    status->user = from->st_uid;
    status->group = from->st_gid;
    status->size = from->st_size;
    status->modified_ns = (int64_t)from->st_mtim.tv_sec * 1000000000 + from->st_mtim.tv_nsec;
    status->device = from->st_dev;
    status->inode = from->st_ino;
}

int sl_stat(const uint8_t *path, size_t length, int follow, struct sl_status *status) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    struct stat found;
    if (fstatat(AT_FDCWD, name, &found, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) return -errno;
    fill(status, &found);
    return 0;
}

int sl_fstat(int descriptor, struct sl_status *status) {
    struct stat found;
    if (fstat(descriptor, &found) < 0) return -errno;
    fill(status, &found);
    return 0;
}

int sl_access(const uint8_t *path, size_t length, int write, int execute) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    return access(name, execute ? X_OK : write ? W_OK : R_OK) < 0 ? -errno : 0;
}

int sl_chmod(const uint8_t *path, size_t length, uint32_t permissions) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    return chmod(name, (mode_t)permissions) < 0 ? -errno : 0;
}

int sl_unlink(const uint8_t *path, size_t length) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    return unlink(name) < 0 ? -errno : 0;
}

int sl_rmdir(const uint8_t *path, size_t length) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    return rmdir(name) < 0 ? -errno : 0;
}

int sl_mkdir(const uint8_t *path, size_t length, uint32_t permissions) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    return mkdir(name, (mode_t)permissions) < 0 ? -errno : 0;
}

int sl_rename(const uint8_t *from, size_t from_length, const uint8_t *to, size_t to_length) {
    char old[PATH_MAX], new[PATH_MAX];
    int failure = terminated(old, from, from_length);
    if (!failure) failure = terminated(new, to, to_length);
    if (failure) return failure;
    return rename(old, new) < 0 ? -errno : 0;
}

ssize_t sl_readlink(const uint8_t *path, size_t length, uint8_t *buffer, size_t capacity) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    ssize_t n = readlink(name, (char *)buffer, capacity);
    return n < 0 ? -errno : n;
}

ssize_t sl_realpath(const uint8_t *path, size_t length, uint8_t *buffer, size_t capacity) {
    char name[PATH_MAX], real[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) return failure;
    if (!realpath(name, real)) return -errno;
    size_t n = strlen(real);
    if (n > capacity) return -ENAMETOOLONG;
    memcpy(buffer, real, n);
    return (ssize_t)n;
}

ssize_t sl_getcwd(uint8_t *buffer, size_t capacity) {
    if (!getcwd((char *)buffer, capacity)) return -errno;
    return (ssize_t)strlen((const char *)buffer);
}

struct sl_directory *sl_directory_open(const uint8_t *path, size_t length, int *error) {
    char name[PATH_MAX];
    int failure = terminated(name, path, length);
    if (failure) {
        *error = -failure;
        return NULL;
    }
    DIR *opened = opendir(name);
    if (!opened) *error = errno;
    return (struct sl_directory *)opened;
}

int sl_directory_next(struct sl_directory *directory, const uint8_t **name, size_t *length, uint8_t *kind) {
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir((DIR *)directory);
        if (!entry) return -errno;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        *name = (const uint8_t *)entry->d_name;
        *length = strlen(entry->d_name);
        struct stat found;
        switch (entry->d_type) {
        case DT_REG: *kind = SL_KIND_FILE; break;
        case DT_DIR: *kind = SL_KIND_DIRECTORY; break;
        case DT_LNK: *kind = SL_KIND_LINK; break;
        case DT_UNKNOWN:
            // Some file systems do not say; ask the entry itself.
            if (fstatat(dirfd((DIR *)directory), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0) {
                struct sl_status status;
                fill(&status, &found);
                *kind = status.kind;
            } else {
                *kind = SL_KIND_OTHER;
            }
            break;
        default: *kind = SL_KIND_OTHER;
        }
        return 1;
    }
}

void sl_directory_close(struct sl_directory *directory) {
    closedir((DIR *)directory);
}

struct sl_glob *sl_glob_open(const uint8_t *pattern, size_t length, size_t *count, int *error) {
    char name[PATH_MAX];
    int failure = terminated(name, pattern, length);
    if (failure) {
        *error = -failure;
        return NULL;
    }
    glob_t *names = calloc(1, sizeof *names);
    if (!names) {
        *error = ENOMEM;
        return NULL;
    }
    int outcome = glob(name, 0, NULL, names);
    if (outcome == GLOB_NOSPACE || outcome == GLOB_ABORTED) {
        *error = outcome == GLOB_NOSPACE ? ENOMEM : EIO;
        globfree(names);
        free(names);
        return NULL;
    }
    *count = outcome == 0 ? names->gl_pathc : 0;
    return (struct sl_glob *)names;
}

const uint8_t *sl_glob_name(const struct sl_glob *names, size_t index, size_t *length) {
    const char *name = ((const glob_t *)names)->gl_pathv[index];
    *length = strlen(name);
    return (const uint8_t *)name;
}

void sl_glob_close(struct sl_glob *names) {
    globfree((glob_t *)names);
    free(names);
}

int sl_fnmatch(const uint8_t *pattern, size_t pattern_length, const uint8_t *name, size_t name_length, int slashes) {
    char p[PATH_MAX], n[PATH_MAX];
    int failure = terminated(p, pattern, pattern_length);
    if (!failure) failure = terminated(n, name, name_length);
    if (failure) return failure;
    return fnmatch(p, n, slashes ? FNM_PATHNAME | FNM_PERIOD : 0) == 0;
}

const char *sl_environment_at(size_t index) {
    extern char **environ;
    if (!environ) return NULL;
    return environ[index];
}

size_t sl_error_text(int error, uint8_t *buffer, size_t capacity) {
    char room[256];
    const char *text = strerror_r(error, room, sizeof room);
    size_t n = strlen(text);
    if (n > capacity) n = capacity;
    memcpy(buffer, text, n);
    return n;
}

int sl_replace(int descriptor, int by) {
    return dup3(by, descriptor, O_CLOEXEC) < 0 ? -errno : 0;
}

int sl_duplicate_onto(int descriptor, int number) {
    return dup2(descriptor, number) < 0 ? -errno : 0;
}

int sl_duplicate(int descriptor) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    return copy < 0 ? -errno : copy;
}

int sl_wait_readable(int descriptor, int milliseconds) {
    struct pollfd waiting = {.fd = descriptor, .events = POLLIN};
    int n;
    do n = poll(&waiting, 1, milliseconds); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

int sl_wait_writable(int descriptor, int milliseconds) {
    struct pollfd waiting = {.fd = descriptor, .events = POLLOUT};
    int n;
    do n = poll(&waiting, 1, milliseconds); while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

int sl_temporary_file(const uint8_t *folder, size_t length) {
    char name[PATH_MAX];
    int failure = terminated(name, folder, length);
    if (failure) return failure;
    int descriptor = open(name, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) return descriptor;
    // Not every file system knows nameless files; there the name is removed at once.
    if (length + sizeof "/sluice-XXXXXX" > PATH_MAX) return -ENAMETOOLONG;
    memcpy(name + length, "/sluice-XXXXXX", sizeof "/sluice-XXXXXX");
    descriptor = mkostemp(name, O_CLOEXEC);
    if (descriptor < 0) return -errno;
    unlink(name);
    return descriptor;
}
